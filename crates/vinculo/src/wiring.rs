//! Where store, vault, connectors, engine and server meet, and how a process runs and stops.

use crate::{
    WrongUse,
    config::{Config, Role},
    connectors::{self, Directory, Hangup},
    http,
    out::{self, Out, tell},
};
use anyhow::{Context as _, Result};
use connect::{program::Room, sandbox::Sandbox, talk::Connector};
use engine::{Engine, Parts, tokens::TokenSettings};
use jiff::SignedDuration;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, signal, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Who of this program's own speaks to institutions.
pub(crate) fn built_in(sandbox: bool) -> Vec<Arc<dyn Connector>> {
    if sandbox { vec![Arc::new(Sandbox::new())] } else { vec![] }
}

/// What the operator decides of the engine.
pub(crate) fn engine_settings(config: &Config) -> engine::Settings {
    engine::Settings {
        default_rate: config.work.default_rate,
        workers: config.work.side_by_side.max(1),
        sessions_per_tenant: config.work.sessions_per_tenant,
        jobs_per_link: config.work.waiting_per_link,
        tokens: TokenSettings {
            access: SignedDuration::from_mins(config.tokens.minutes.into()),
            environment: if config.sandbox.enabled { "sandbox" } else { "production" }.into(),
            ..TokenSettings::default()
        },
        local_webhooks: config.webhooks.private_addresses,
        ..engine::Settings::default()
    }
}

/// What the operator decides of the surface.
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
    http: JoinHandle<()>,
    stop: CancellationToken,
    signals: Signals,
    /// Where the programs of others run.
    room: Option<Arc<Room>>,
}

impl Running {
    /// Starts the roles. What `directory` offers is offered, now and whenever it changes.
    pub(crate) async fn start(
        mut parts: Parts,
        settings: server::Settings,
        roles: &[Role],
        listen: SocketAddr,
        bounds: http::Bounds,
        directory: Option<Directory>,
    ) -> Result<Self> {
        let signals = Signals::new()?;
        // Early, because it is what most often goes wrong.
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("cannot listen on {listen}; choose another with --listen"))?;
        let address = listener.local_addr()?;
        let host = settings.public_url.as_ref().map(|url| url.authority().to_owned());
        parts.settings.tokens.host = host.unwrap_or_else(|| address.to_string());
        let directory = match directory {
            Some(mut directory) => {
                directory.learn(&parts.store).await.context("the database cannot be used")?;
                directory.look();
                parts.connectors = directory.connectors();
                Some(directory)
            }
            None => None,
        };
        let engine = Engine::open(parts).await.context("the engine cannot be started")?;
        if roles.contains(&Role::Worker) {
            engine.start();
        } else {
            engine.attend();
        }
        let router = if roles.contains(&Role::Api) {
            server::router(engine.clone(), settings)
        } else {
            server::machine_router(engine.clone(), settings)
        };
        let stop = CancellationToken::new();
        let told = stop.clone();
        let room = directory.as_ref().map(Directory::room);
        if let Some(directory) = directory {
            let (engine, told) = (engine.clone(), stop.clone());
            let env = directory.room().env.clone();
            let hangup = Hangup::new()?;
            drop(TaskTracker::new().spawn(async move {
                let watching = connectors::watch(directory, engine, env, hangup);
                tokio::select! {
                    () = watching => {}
                    () = told.cancelled() => {}
                }
            }));
        }
        let http = TaskTracker::new().spawn(http::serve(listener, router, bounds, told));
        Ok(Self { engine, address, http, stop, signals, room })
    }

    /// Says on standard output where it listens: one line, for programs to wait for.
    pub(crate) fn announce(&self) -> Result<()> {
        match Out::line(format_args!("listening on http://{}", self.address)) {
            // Nobody reads it; the server is there all the same.
            Ok(()) | Err(out::Error::Closed(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Serves until SIGINT or SIGTERM, then stops: no new requests, those at work may finish,
    /// leases are given back. Whatever is not done after `patience` is cut off, as a crash would;
    /// a second signal does so at once.
    pub(crate) async fn until_told_to_stop(mut self, patience: Duration) -> Result<()> {
        tokio::select! {
            () = self.signals.next() => {}
            ended = &mut self.http => {
                ended.context("the HTTP server broke")?;
            }
        }
        tell(format_args!("stopping; once more to stop at once"));
        self.stop.cancel();
        let stopped = async {
            // Requests first: they need the engine. Whoever only waits for news is cut off.
            let answered = tokio::time::timeout(patience / 2, &mut self.http).await.is_ok();
            let rested = tokio::time::timeout(patience / 2, self.engine.stop()).await.is_ok();
            let left = match &self.room {
                Some(room) => tokio::time::timeout(patience / 2, room.close()).await.is_ok(),
                None => true,
            };
            answered && rested && left
        };
        let whole = tokio::select! {
            whole = stopped => whole,
            () = self.signals.next() => false,
        };
        if !whole {
            tracing::warn!("cut off what had not ended; it is taken up again later");
        }
        Ok(())
    }
}

/// SIGINT and SIGTERM, caught from the moment it is made.
struct Signals {
    #[cfg(unix)]
    interrupt: signal::unix::Signal,
    #[cfg(unix)]
    terminate: signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> Result<Self> {
        use signal::unix::{SignalKind, signal};
        let catch = |kind| signal(kind).context("cannot listen to signals");
        Ok(Self {
            interrupt: catch(SignalKind::interrupt())?,
            terminate: catch(SignalKind::terminate())?,
        })
    }
    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn new() -> Result<Self> {
        Ok(Self {})
    }
    #[cfg(not(unix))]
    async fn next(&mut self) {
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
