//! Where store, vault, connectors, engine and server meet, and how a process runs and stops.

use crate::{
    WrongUse,
    config::{Config, Role},
    connectors::{self, Directory, Hangup},
    http,
    out::{self, Out},
};
use anyhow::{Context as _, Result};
use connect::{
    ofx::{Institutions, Ofx},
    program::Room,
    sandbox::Sandbox,
    statement_files::StatementFiles,
    talk::Connector,
};
use engine::{Broken, Engine, Parts, tokens::TokenSettings};
use insights::categories::Rules;
use jiff::SignedDuration;
use std::{fs, io, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::{net::TcpListener, signal, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use vault::{KeyRing, Vault, keyring::Source};

/// Who of this program's own speaks to institutions.
pub(crate) fn built_in(config: &Config) -> Result<Vec<Arc<dyn Connector>>> {
    let mut all: Vec<Arc<dyn Connector>> = Vec::new();
    if config.sandbox.enabled {
        all.push(Arc::new(Sandbox::new()));
    }
    if config.statements.enabled {
        all.push(Arc::new(StatementFiles));
    }
    if let Some(file) = &config.ofx.institutions {
        all.push(Arc::new(ofx(file)?));
    }
    Ok(all)
}

/// Who speaks to the banks that `file` lists.
pub(crate) fn ofx(file: &Path) -> Result<Ofx> {
    let shown = file.display();
    let text = fs::read_to_string(file)
        .map_err(|error| WrongUse(format!("ofx.institutions, {shown}: {error}")))?;
    let listed = Institutions::of_file(&file.to_string_lossy(), &text)
        .map_err(|mistake| WrongUse(format!("{shown}, {mistake}")))?;
    tracing::info!("{} institutions of OFX Direct Connect are offered", listed.count());
    Ok(Ofx::new(listed)?)
}

/// What seals, with the ring that is kept there; which is read again for a key that this process
/// does not know and another one wraps by already.
pub(crate) fn vault(ring: &KeyRing, keys: &Source) -> Result<Vault> {
    let keys = keys.clone();
    Ok(Vault::new(ring)?.rereading(move || {
        let read = tokio::task::block_in_place(|| KeyRing::read(&keys));
        read.inspect_err(|error| tracing::error!("the key ring cannot be read again: {error}")).ok()
    }))
}

/// Reads the key ring again at each hang-up. One that cannot be used is not taken.
async fn reread_ring(engine: Engine, keys: Source, mut hangup: Hangup) {
    loop {
        hangup.next().await;
        let keys = keys.clone();
        let replaced = async {
            let ring = tokio::task::spawn_blocking(move || KeyRing::read(&keys)).await;
            let ring = ring.map_err(Broken::from)??;
            engine.replace_ring(&ring).await?;
            anyhow::Ok(ring.newest())
        };
        match replaced.await {
            Ok(newest) => tracing::info!("the key ring was read again; key {newest} wraps"),
            Err(error) => {
                tracing::error!("the key ring stays as it was: {error:#}");
            }
        }
    }
}

/// The largest file of own merchants.
const LARGEST_RULES: u64 = 16 << 20;

/// The rules that `file` adds to those that are built in.
pub(crate) fn rules(file: &Path) -> Result<Arc<Rules>> {
    let shown = file.display();
    let unreadable = |error: io::Error| WrongUse(format!("insights.merchants, {shown}: {error}"));
    if fs::metadata(file).map_err(unreadable)?.len() > LARGEST_RULES {
        return Err(WrongUse(format!("{shown}: more than {} MiB", LARGEST_RULES >> 20)).into());
    }
    let text = fs::read_to_string(file).map_err(unreadable)?;
    let rules = Rules::read(Some(&text)).map_err(|bad| WrongUse(format!("{shown}, {bad}")))?;
    tracing::info!("movements are told apart by {rules:?}");
    Ok(Arc::new(rules))
}

/// What the operator decides of the engine.
pub(crate) fn engine_settings(config: &Config) -> Result<engine::Settings> {
    Ok(engine::Settings {
        default_rate: config.work.default_rate,
        workers: config.work.side_by_side.max(1),
        sessions_per_tenant: config.work.sessions_per_tenant,
        sessions_per_institution: config.work.sessions_per_institution,
        refusals_per_login: config.work.refusals_per_login,
        jobs_per_link: config.work.waiting_per_link,
        tokens: TokenSettings {
            access: SignedDuration::from_mins(config.tokens.minutes.into()),
            environment: if config.sandbox.enabled { "sandbox" } else { "production" }.into(),
            ..TokenSettings::default()
        },
        local_webhooks: config.webhooks.private_addresses,
        rules: config.insights.merchants.as_deref().map(rules).transpose()?,
        ..engine::Settings::default()
    })
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
            upload: usize::from(config.statements.largest_mib.max(1)) << 20,
            uploads_at_once: config.statements.side_by_side.max(1),
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
        keys: Source,
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
        let (told, hangup) = (stop.clone(), Hangup::new()?);
        let rereading = reread_ring(engine.clone(), keys, hangup);
        drop(TaskTracker::new().spawn(async move { told.run_until_cancelled(rereading).await }));
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
                ended.map_err(Broken::from).context("the HTTP server broke")?;
            }
        }
        tracing::info!("stopping; once more to stop at once");
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
