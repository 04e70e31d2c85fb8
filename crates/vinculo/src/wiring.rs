//! Where store, vault, connectors, engine and server meet, and how a process runs and stops.

use crate::{
    WrongUse,
    config::{Config, Role},
    out::{self, Out, tell},
};
use anyhow::{Context as _, Result};
use axum::serve::ListenerExt as _;
use connect::talk::Connector;
use engine::{Engine, Parts};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, signal, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Who speaks to institutions.
pub(crate) fn connectors(sandbox: bool) -> Vec<Arc<dyn Connector>> {
    if sandbox { vec![Arc::new(connect::sandbox::Sandbox::new())] } else { vec![] }
}

pub(crate) fn engine_settings(config: &Config) -> engine::Settings {
    engine::Settings {
        local_webhooks: config.webhooks.private_addresses,
        ..engine::Settings::default()
    }
}

pub(crate) fn dev_engine_settings() -> engine::Settings {
    engine::Settings { local_webhooks: true, ..engine::Settings::default() }
}

pub(crate) fn server_settings(config: &Config) -> Result<server::Settings> {
    let url = config.server.public_url.as_deref().map(|url| {
        url.parse().map_err(|error| WrongUse(format!("server.public_url, “{url}”: {error}")))
    });
    Ok(server::Settings {
        public_url: url.transpose()?,
        behind_proxy: config.server.behind_proxy,
        limits: server::Limits {
            requests_in_30_seconds: config.limits.requests_in_30_seconds,
            deletions_a_minute: config.limits.deletions_a_minute,
            ..server::Limits::contract()
        },
        ..server::Settings::serve()
    })
}

/// A process that serves.
pub(crate) struct Running {
    engine: Engine,
    pub(crate) address: SocketAddr,
    http: JoinHandle<std::io::Result<()>>,
    stop: CancellationToken,
}

impl Running {
    /// Starts the roles and says on standard output where it listens.
    pub(crate) async fn start(
        parts: Parts,
        settings: server::Settings,
        roles: &[Role],
        listen: SocketAddr,
    ) -> Result<Self> {
        // First, because it is what most often goes wrong.
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("cannot listen on {listen}; choose another with --listen"))?;
        let address = listener.local_addr()?;
        let engine = Engine::open(parts).await.context("the engine cannot be started")?;
        if roles.contains(&Role::Worker) {
            engine.start();
        }
        let router = match roles.contains(&Role::Api) {
            true => server::router(engine.clone(), settings),
            false => server::machine_router(engine.clone(), settings),
        };
        let stop = CancellationToken::new();
        let told = stop.clone().cancelled_owned();
        // Answers are small and whole: waiting to fill a packet only costs time.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "a connection is slower than it could be");
            }
        });
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let tasks = TaskTracker::new();
        let http = tasks.spawn(async move {
            axum::serve(listener, service).with_graceful_shutdown(told).await
        });
        match Out::line(format_args!("listening on http://{address}")) {
            // Nobody reads it; the server is there all the same.
            Ok(()) | Err(out::Error::Closed(_)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(Self { engine, address, http, stop })
    }

    /// Serves until SIGINT or SIGTERM, then stops: no new requests, those at work may finish,
    /// leases are given back. Whatever is not done after `patience` is cut off, as a crash would;
    /// a second signal does so at once.
    pub(crate) async fn until_told_to_stop(mut self, patience: Duration) -> Result<()> {
        let mut signals = Signals::new()?;
        tokio::select! {
            () = signals.next() => {}
            ended = &mut self.http => {
                ended.context("the HTTP server broke")?.context("the HTTP server failed")?;
            }
        }
        tell(format_args!("stopping; once more to stop at once"));
        self.stop.cancel();
        let stopped = async {
            let (_, http) = tokio::join!(self.engine.stop(), &mut self.http);
            http.context("the HTTP server broke")?.context("the HTTP server failed")
        };
        tokio::select! {
            stopped = stopped => stopped,
            () = signals.next() => {
                tracing::warn!("stopped at once; what was at work is taken up again later");
                Ok(())
            }
            () = tokio::time::sleep(patience) => {
                tracing::warn!("not everything ended in time; it is taken up again later");
                Ok(())
            }
        }
    }
}

/// SIGINT and SIGTERM.
struct Signals {
    #[cfg(unix)]
    terminate: signal::unix::Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: signal::unix::signal(signal::unix::SignalKind::terminate())
                .context("cannot listen to signals")?,
        })
    }
    async fn next(&mut self) {
        #[cfg(unix)]
        let terminate = self.terminate.recv();
        #[cfg(not(unix))]
        let terminate = std::future::pending::<()>();
        tokio::select! {
            _ = signal::ctrl_c() => {}
            _ = terminate => {}
        }
    }
}
