//! Takes connections: not more than there is room for, none that never says what it wants, and
//! none cut off in the middle of an answer when the process stops.

use axum::{Router, extract::connect_info::IntoMakeServiceWithConnectInfo};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service as _;

/// What connections may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// How many may be open at once. More wait in the system's queue.
    pub(crate) connections: usize,
    /// How long a request's head may take, idling between two requests included.
    pub(crate) head: Duration,
}
impl Default for Bounds {
    fn default() -> Self {
        Self { connections: 800, head: Duration::from_mins(1) }
    }
}

/// Serves `router` until `stop`; then lets requests at work end, and ends.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stop: CancellationToken,
) {
    let mut services = router.into_make_service_with_connect_info::<SocketAddr>();
    let builder = Arc::new(builder(bounds));
    let room = Arc::new(Semaphore::new(bounds.connections));
    let connections = TaskTracker::new();
    loop {
        if room.available_permits() == 0 {
            tracing::warn!("{} connections are open: more must wait", bounds.connections);
        }
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let service = service(&mut services, peer).await;
                let (builder, stop) = (Arc::clone(&builder), stop.clone());
                connections.spawn(async move {
                    converse(&builder, stream, service, &stop).await;
                    drop(place);
                });
            }
            // The peer has gone already.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

fn builder(bounds: Bounds) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(bounds.head);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .max_concurrent_streams(100)
        .max_header_list_size(64 * 1024);
    builder
}

type Services = IntoMakeServiceWithConnectInfo<Router, SocketAddr>;
type Answers = <Services as tower::Service<SocketAddr>>::Response;

async fn service(services: &mut Services, peer: SocketAddr) -> TowerToHyperService<Answers> {
    match services.call(peer).await {
        Ok(service) => TowerToHyperService::new(service),
        Err(never) => match never {},
    }
}

/// One connection, from its first byte to its last.
async fn converse(
    builder: &auto::Builder<TokioExecutor>,
    stream: TcpStream,
    service: TowerToHyperService<Answers>,
    stop: &CancellationToken,
) {
    // Answers are small and whole: waiting to fill a packet only costs time.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection is slower than it could be");
    }
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{extract::ConnectInfo, routing::get};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::Notify,
    };

    async fn running(
        router: Router,
        bounds: Bounds,
    ) -> (SocketAddr, CancellationToken, TaskTracker) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(serve(listener, router, bounds, stop.clone()));
        tasks.close();
        (address, stop, tasks)
    }
    async fn ask(address: SocketAddr, head: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }
    async fn answer(mut stream: TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }
    const ONCE: &str = "GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
    const KEPT: &str = "GET / HTTP/1.1\r\nhost: here\r\n\r\n";

    #[tokio::test]
    async fn a_request_at_work_is_answered_before_the_server_ends() {
        let (arrived, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (arrived_too, go_on_too) = (arrived.clone(), go_on.clone());
        let handler = async move |ConnectInfo(peer): ConnectInfo<SocketAddr>| {
            arrived_too.notify_one();
            go_on_too.notified().await;
            format!("from {}", peer.ip())
        };
        let router = Router::new().route("/", get(handler));
        let (address, stop, tasks) = running(router, Bounds::default()).await;
        let stream = ask(address, KEPT).await;
        arrived.notified().await;
        stop.cancel();
        go_on.notify_one();
        assert!(answer(stream).await.ends_with("from 127.0.0.1"));
        tasks.wait().await;
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    }

    #[tokio::test]
    async fn who_never_says_what_it_wants_makes_room() {
        let bounds = Bounds { connections: 1, head: Duration::from_millis(50) };
        let router = Router::new().route("/", get(async || "served"));
        let (address, stop, tasks) = running(router, bounds).await;
        let idle = ask(address, "GET / HTTP/1.1\r\nx-slow: ").await;
        let waiting = ask(address, ONCE).await;
        assert!(answer(waiting).await.ends_with("served"));
        assert!(!answer(idle).await.contains("served"));
        stop.cancel();
        tasks.wait().await;
    }
}
