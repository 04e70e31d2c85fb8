//! A small load generator: raw HTTP/1.1 over kept-alive connections, so that what is measured is
//! the server and not the client. It shares the machine with the server, for both sides alike.

use axum::{Router, http::header::CONTENT_TYPE};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What a run came to.
pub(crate) struct Figures {
    /// Answers in a second.
    pub(crate) rate: f64,
    /// The time that 50 and 99 of 100 answers took at most, in milliseconds.
    pub(crate) p50: f64,
    /// As `p50`.
    pub(crate) p99: f64,
    /// Bytes of one answer's body.
    pub(crate) bytes: usize,
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(1 << 20) }
    }

    /// Sends a request and reads its answer whole; the length of the body.
    async fn ask(&mut self, request: &[u8]) -> usize {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        loop {
            assert!(
                self.stream.read_buf(&mut self.buffer).await.unwrap() > 0,
                "the server hung up"
            );
            let Some(head) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") else {
                continue;
            };
            let text = std::str::from_utf8(&self.buffer[..head]).unwrap();
            assert!(text.starts_with("HTTP/1.1 2"), "{text}");
            let length = text
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length: ")
                        .and_then(|n| n.parse().ok())
                })
                .expect("a content-length");
            while self.buffer.len() < head + 4 + length {
                assert!(
                    self.stream.read_buf(&mut self.buffer).await.unwrap() > 0,
                    "the server hung up"
                );
            }
            return length;
        }
    }
}

/// The body of one answer.
pub(crate) async fn body(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut connection = Connection::open(address).await;
    let length = connection.ask(request).await;
    connection.buffer.split_off(connection.buffer.len() - length)
}

/// As many requests as go, over `connections`, for `time`.
pub(crate) async fn flood(
    address: SocketAddr,
    request: &[u8],
    connections: usize,
    time: Duration,
) -> Figures {
    let begun = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let request = request.to_vec();
            async move {
                let mut connection = Connection::open(address).await;
                let (mut took, mut bytes) = (Vec::new(), 0);
                while begun.elapsed() < time {
                    let asked = Instant::now();
                    bytes = connection.ask(&request).await;
                    took.push(asked.elapsed());
                }
                (took, bytes)
            }
        })
        .collect();
    figures(futures::future::join_all(tasks).await, begun.elapsed())
}

/// `rate` requests a second, whether or not answers keep up; times count from when each was due.
pub(crate) async fn steady(
    address: SocketAddr,
    request: &[u8],
    rate: u32,
    time: Duration,
) -> Figures {
    const CONNECTIONS: u32 = 16;
    let begun = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|lane| {
            let request = request.to_vec();
            async move {
                let mut connection = Connection::open(address).await;
                let (mut took, mut bytes, mut turn) = (Vec::new(), 0, lane);
                loop {
                    let due = Duration::from_secs_f64(f64::from(turn) / f64::from(rate));
                    if due >= time {
                        return (took, bytes);
                    }
                    tokio::time::sleep_until((begun + due).into()).await;
                    bytes = connection.ask(&request).await;
                    took.push(begun.elapsed().saturating_sub(due));
                    turn += CONNECTIONS;
                }
            }
        })
        .collect();
    figures(futures::future::join_all(tasks).await, begun.elapsed())
}

fn figures(lanes: Vec<(Vec<Duration>, usize)>, took: Duration) -> Figures {
    let bytes = lanes.first().map_or(0, |(_, bytes)| *bytes);
    let mut times: Vec<Duration> = lanes.into_iter().flat_map(|(times, _)| times).collect();
    times.sort_unstable();
    let at =
        |part: usize| times.get(times.len() * part / 100).map_or(0.0, |t| t.as_secs_f64() * 1000.0);
    Figures { rate: times.len() as f64 / took.as_secs_f64(), p50: at(50), p99: at(99), bytes }
}

/// Serves on a port of its own, until the process ends.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut serving = tokio::task::JoinSet::new();
    serving.spawn(async move { axum::serve(listener, service).await });
    serving.detach_all();
    address
}

/// A handler that answers whatever it is asked with the same bytes.
pub(crate) fn bare(bytes: Vec<u8>, media: &'static str) -> Router {
    let bytes = bytes::Bytes::from(bytes);
    Router::new().fallback(move || std::future::ready(([(CONTENT_TYPE, media)], bytes.clone())))
}
