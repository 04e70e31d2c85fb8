//! Records what a session says to institutions and hears, cleaned before it is written.

use super::{
    Session, Way,
    intercept::{Request, Response},
    recording::{Asked, Body, Came, Exchange},
    scrub::Scrub,
};
use crate::redactor::Redactor;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{body::Bytes, client::conn::http1, header, http};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer, pki_types::ServerName};
use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

/// Where and how a session is recorded.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The file, which is written anew, readable by its owner alone.
    pub path: PathBuf,
    /// Knows the session's secrets, and may be told more: whatever else must not be in it.
    pub redactor: Arc<Redactor>,
    /// A file of further authorities (PEM) that institutions may be certified by: for tests.
    pub trust: Option<PathBuf>,
}

pub(super) struct Recorder {
    file: Mutex<fs::File>,
    scrub: Mutex<Scrub>,
    client: Arc<ClientConfig>,
}

/// The longest body that is passed on while recording, in bytes.
pub(super) const LONGEST_BODY: usize = 16 << 20;

impl Recorder {
    pub(super) fn new(recording: Recording) -> io::Result<Self> {
        let mut options = fs::OpenOptions::new();
        let file =
            options.write(true).create(true).truncate(true).mode(0o600).open(&recording.path)?;
        let mut roots = RootCertStore::empty();
        for certificate in rustls_native_certs::load_native_certs().certs {
            // A machine may have authorities that rustls cannot read; it does without them.
            drop(roots.add(certificate));
        }
        for certificate in recording.trust.iter().map(|path| authorities(path)) {
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
        let scrub = Mutex::new(Scrub::new(recording.redactor));
        Ok(Self { file: Mutex::new(file), scrub, client: Arc::new(client) })
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
        // What is compressed cannot be cleaned.
        request.headers_mut().remove(header::ACCEPT_ENCODING);
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
        self.keep(&asked, &answer, host, port).map_err(|_| "the recording cannot be written")?;
        Ok(answer)
    }

    fn keep(&self, asked: &Request, came: &Response, host: &str, port: u16) -> io::Result<()> {
        let mut scrub = self.scrub.lock().unwrap_or_else(PoisonError::into_inner);
        // First what came: a cookie or a name that is learnt there is then known in the request too.
        let response = Came {
            headers: headers(came.headers(), &mut scrub),
            body: body(came.headers(), came.body(), &mut scrub),
            status: came.status().as_u16(),
        };
        let path = asked.uri().path_and_query().map_or("/", |path| path.as_str());
        let request = Asked {
            method: asked.method().to_string(),
            url: format!("https://{host}:{port}{}", scrub.text(path)),
            headers: headers(asked.headers(), &mut scrub),
            body: body(asked.headers(), asked.body(), &mut scrub),
        };
        drop(scrub);
        let mut line = serde_json::to_vec(&Exchange { request, response })?;
        line.push(b'\n');
        self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line)
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
    match std::str::from_utf8(bytes) {
        Ok(text) if plain => Body::Text(scrub.body(text)),
        _ => Body::Omitted(bytes.len() as u64),
    }
}
