//! Records what a session says to institutions and hears, cleaned before it is written.

use super::{
    Session, Way,
    intercept::{Request, Response},
    recording::{Asked, Body, Came, Exchange, LARGEST, MOST, Recording},
    scrub::Scrub,
};
use crate::redactor::Redactor;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{body::Bytes, client::conn::http1, header, http};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer, pki_types::ServerName};
use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

/// Listens to one session. What it has heard is held in memory until the session is over and all that
/// must not be in a recording is known.
pub struct Recorder {
    redactor: Arc<Redactor>,
    client: Arc<ClientConfig>,
    heard: Mutex<Heard>,
}

struct Heard {
    scrub: Scrub,
    exchanges: Vec<Exchange>,
    /// Bytes of all of them, about.
    size: u64,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorder")
    }
}

/// What a client must not ask for, so that every answer is whole and can be cleaned: what is
/// compressed, what it has already, a piece.
const WHOLE: [header::HeaderName; 5] = [
    header::ACCEPT_ENCODING,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_RANGE,
    header::RANGE,
];

/// The longest body that is passed on while recording, in bytes.
pub(super) const LONGEST_BODY: usize = 16 << 20;

impl Recorder {
    /// `trust` is a file of further authorities (PEM) that institutions may be certified by: for tests.
    pub fn new(trust: Option<&Path>) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        for certificate in rustls_native_certs::load_native_certs().certs {
            // A machine may have authorities that rustls cannot read; it does without them.
            drop(roots.add(certificate));
        }
        for certificate in trust.iter().map(|path| authorities(path)) {
            for certificate in certificate? {
                roots.add(certificate).map_err(io::Error::other)?;
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.alpn_protocols = vec![b"http/1.1".to_vec()];
        let redactor = Arc::new(Redactor::default());
        let scrub = Scrub::new(redactor.clone());
        let heard = Mutex::new(Heard { scrub, exchanges: Vec::new(), size: 0 });
        Ok(Self { redactor, client: Arc::new(client), heard })
    }

    /// What must be told the session's secrets.
    #[must_use]
    pub fn redactor(&self) -> &Arc<Redactor> {
        &self.redactor
    }

    /// What was heard, cleaned once more of all that came to be known, and of `own`: words that the
    /// session has shown to be one person's own.
    #[must_use]
    pub fn recording(&self, own: &[String]) -> Recording {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let Heard { scrub, exchanges, .. } = &mut *heard;
        scrub.learn(own);
        let again = |text: &mut String| *text = scrub.again(text);
        let mut exchanges = exchanges.clone();
        for Exchange { request, response } in &mut exchanges {
            again(&mut request.url);
            for (headers, body) in [
                (&mut request.headers, &mut request.body),
                (&mut response.headers, &mut response.body),
            ] {
                for (_, value) in headers.iter_mut() {
                    again(value);
                }
                if let Body::Text(text) = body {
                    again(text);
                }
            }
        }
        Recording { session: None, exchanges }
    }

    /// Asks the institution at the other end of `stream`, keeps both sides, and answers.
    pub(super) async fn answer(
        &self,
        stream: TcpStream,
        host: &str,
        port: u16,
        mut request: Request,
        session: &Session,
    ) -> Result<Response, &'static str> {
        for name in WHOLE {
            request.headers_mut().remove(name);
        }
        let asked = request.clone();
        if !session.carry(Way::Out, request.body().len()) {
            return Err("the session moved too many bytes");
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|_| "the host is not a name")?;
        let tls = TlsConnector::from(self.client.clone());
        let stream = tls.connect(name, stream).await.map_err(
            |_| "the institution's certificate is not trusted, or it does not speak TLS",
        )?;
        let broken = "the institution broke off";
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|_| broken)?;
        let _connected = AbortOnDropHandle::new(TaskTracker::new().spawn(async move {
            // Its end is seen by who waits for the answer.
            drop(connection.await);
        }));
        let answer = sender.send_request(request.map(Full::new)).await.map_err(|_| broken)?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, LONGEST_BODY).collect().await;
        let body = body.map_err(|_| "the answer is too long, or was broken off")?.to_bytes();
        if !session.carry(Way::In, body.len()) {
            return Err("the session moved too many bytes");
        }
        let answer = Response::from_parts(head, body);
        self.keep(&asked, &answer, host, port)?;
        Ok(answer)
    }

    fn keep(
        &self,
        asked: &Request,
        came: &Response,
        host: &str,
        port: u16,
    ) -> Result<(), &'static str> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let Heard { scrub, exchanges, size } = &mut *heard;
        *size += (asked.body().len() + came.body().len()) as u64;
        // A quarter, since JSON can write a letter as six.
        if exchanges.len() == MOST || *size > LARGEST / 4 {
            return Err("the session is too long to be recorded");
        }
        // First what came: a cookie or a name that is learnt there is then known in the request too.
        let response = Came {
            headers: headers(came.headers(), scrub),
            body: body(came.headers(), came.body(), scrub),
            status: came.status().as_u16(),
        };
        let path = asked.uri().path_and_query().map_or("/", |path| path.as_str());
        let request = Asked {
            method: asked.method().to_string(),
            url: format!("https://{host}:{port}{}", scrub.address(path)),
            headers: headers(asked.headers(), scrub),
            body: body(asked.headers(), asked.body(), scrub),
        };
        exchanges.push(Exchange { request, response });
        Ok(())
    }
}

fn authorities(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    use rustls::pki_types::pem::PemObject as _;
    let all = CertificateDer::pem_file_iter(path).map_err(io::Error::other)?;
    all.collect::<Result<_, _>>().map_err(io::Error::other)
}

fn headers(all: &http::HeaderMap, scrub: &mut Scrub) -> Vec<(String, String)> {
    all.iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), scrub.header(name.as_str(), &value))
        })
        .collect()
}

fn body(headers: &http::HeaderMap, bytes: &Bytes, scrub: &mut Scrub) -> Body {
    let plain = headers.get(header::CONTENT_ENCODING).is_none_or(|value| value == "identity");
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) if plain && common(headers) => Body::Text(scrub.common(text)),
        Ok(text) if plain => Body::Text(scrub.body(said(header::CONTENT_TYPE), text)),
        _ => Body::Omitted(bytes.len() as u64),
    }
}

/// Whether a body is a program or a style that the institution lets everybody's caches keep.
fn common(headers: &http::HeaderMap) -> bool {
    let all = |name: header::HeaderName| -> String {
        let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
        values.collect::<Vec<_>>().join(",").to_ascii_lowercase()
    };
    let (kind, kept) = (all(header::CONTENT_TYPE), all(header::CACHE_CONTROL));
    let has = |words: &[&str]| words.iter().any(|word| kept.contains(word));
    ["text/css", "text/javascript", "application/javascript"]
        .iter()
        .any(|one| kind.starts_with(one))
        && has(&["public", "immutable"])
        && !has(&["private", "no-store", "no-cache"])
        && !headers.contains_key(header::SET_COOKIE)
}
