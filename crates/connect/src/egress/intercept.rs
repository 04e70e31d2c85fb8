//! Opens a connector's TLS to record it or to answer it from a recording. In development only: the
//! connector must be told to trust the session's authority.

use super::{
    Session,
    authority::Authority,
    record::{LONGEST_BODY, Recorder},
    replay::Replay,
};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    body::{Bytes, Incoming},
    header,
    http::{self, HeaderMap},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

pub(super) type Request = http::Request<Bytes>;
pub(super) type Response = http::Response<Bytes>;

/// What is done with what is read.
pub(super) enum Answers {
    Recorded(std::sync::Arc<Recorder>),
    Replayed(Replay),
}

pub(super) struct Interceptor {
    pub(super) authority: Authority,
    pub(super) answers: Answers,
}

impl std::fmt::Debug for Interceptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Interceptor")
    }
}

/// How long one exchange may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// What belongs to one connection, not to what is said over it.
const HOPS: [header::HeaderName; 6] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::TE,
    header::TRAILER,
    header::CONTENT_LENGTH,
];

impl Interceptor {
    /// Is `host` to whoever is at the other end of `stream`.
    pub(super) async fn serve(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        host: &str,
        port: u16,
        session: &Session,
    ) -> Result<(), &'static str> {
        let config =
            self.authority.server(host).map_err(|_| "no certificate can be made for it")?;
        let tls = TlsAcceptor::from(config).accept(stream).await;
        let tls = match tls {
            Ok(tls) => tls,
            Err(error) => {
                return match error.get_ref() {
                    Some(why) if why.is::<rustls::Error>() => {
                        Err("the connector does not trust the recording's authority")
                    }
                    // It came and went, as browsers do that open a connection in case they need one.
                    _ => Ok(()),
                };
            }
        };
        let service = service_fn(|request| async {
            let answer = timeout(PATIENCE, self.exchange(request, host, port, session)).await;
            let answer = answer.unwrap_or(Err("the exchange took too long"));
            Ok::<_, Infallible>(match answer {
                Ok(answer) => answer.map(Full::new),
                Err(why) => {
                    session.refuse(&format!("{host}:{port}"), why);
                    let mut sorry = http::Response::new(Full::new(Bytes::from(why)));
                    *sorry.status_mut() = http::StatusCode::BAD_GATEWAY;
                    sorry
                }
            })
        });
        // A connector may break off when it likes.
        drop(http1::Builder::new().serve_connection(TokioIo::new(tls), service).await);
        Ok(())
    }

    async fn exchange(
        &self,
        request: http::Request<Incoming>,
        host: &str,
        port: u16,
        session: &Session,
    ) -> Result<Response, &'static str> {
        let (mut head, body) = request.into_parts();
        let named = head.headers.get(header::HOST).and_then(|value| value.to_str().ok());
        let same = named.and_then(|named| {
            let (name, number) = named.rsplit_once(':').unwrap_or((named, "443"));
            super::entry::pair(name, number).ok()
        });
        if same != Some((host.to_owned(), port)) {
            return Err("the Host header is not the address's");
        }
        let body = Limited::new(body, LONGEST_BODY).collect().await;
        let body = body.map_err(|_| "the request is too long, or was broken off")?.to_bytes();
        without_hops(&mut head.headers);
        if head.uri.authority().is_some() {
            return Err("the request is for a proxy");
        }
        let request = Request::from_parts(head, body);
        let mut answer = match &self.answers {
            Answers::Replayed(replay) => match replay.answer(host, port, &request) {
                Ok(answer) => answer,
                Err(_) if aside(&request) => not_found(),
                Err(why) => {
                    session.tally().missing += 1;
                    return Err(why);
                }
            },
            Answers::Recorded(recorder) => {
                let stream = session.dial(host, port).await?;
                recorder.answer(stream, host, port, request, session).await?
            }
        };
        without_hops(answer.headers_mut());
        Ok(answer)
    }
}

/// Whether a browser asks for what a page is dressed with, or in case it is needed: pictures, fonts,
/// styles, its icon. Whether and when it does so is chance, and nothing is read from it.
fn aside(request: &Request) -> bool {
    let is = |name: &str, good: &dyn Fn(&[u8]) -> bool| {
        request.headers().get(name).is_some_and(|value| good(value.as_bytes()))
    };
    is("sec-purpose", &|purpose| purpose.starts_with(b"prefetch"))
        || is("sec-fetch-dest", &|what| !PAGES.contains(&what))
}

/// What a page or a program of it is read from, as browsers call it.
const PAGES: [&[u8]; 4] = [b"document", b"iframe", b"frame", b"empty"];

fn not_found() -> Response {
    let mut answer = http::Response::new(Bytes::new());
    *answer.status_mut() = http::StatusCode::NOT_FOUND;
    answer
}

fn without_hops(headers: &mut HeaderMap) {
    for name in HOPS {
        headers.remove(name);
    }
}
