//! `vinculo serve`: production.

use super::LogFlags;
use crate::{
    WrongUse,
    config::{Role, Setting},
    http,
    installation::Which,
    wiring::{self, Running},
};
use anyhow::{Context as _, Result};
use std::{net::SocketAddr, sync::Arc, time::Duration};

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    which: Which,
    /// Where to listen; port 0 picks one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// What this process does: api, worker, or both [default: api,worker]
    #[arg(long, value_name = "ROLES")]
    roles: Option<String>,
}

pub(crate) async fn run(flags: &Flags, log: &LogFlags) -> Result<()> {
    let mut settings = Vec::new();
    if let Some(listen) = flags.listen {
        settings.push(Setting::flag("--listen", "server.listen", &listen));
    }
    if let Some(roles) = &flags.roles {
        settings.push(Setting::flag("--roles", "server.roles", roles));
    }
    let installation = flags.which.find_with(settings)?;
    let config = &installation.config;
    if config.server.roles.is_empty() {
        return Err(WrongUse("server.roles: say api, worker, or both".into()).into());
    }
    let clock = Arc::new(engine::clock::SystemClock::new());
    log.start(&config.log, clock.clone())?;
    let keys = installation.keys()?.clone();
    let vault = wiring::vault(&installation.ring()?, &keys)?;
    let mut lock = installation.lock()?;
    let store = installation.open_within(Duration::from_secs(30)).await?;
    if config.database.migrate {
        for step in store.migrate().await? {
            tracing::info!("migrated: {step}");
        }
    }
    store.check().await.context("the database cannot be used")?;

    let server = wiring::server_settings(config)?;
    let directory = installation.directory().await?;
    let running = Running::start(
        engine::Parts {
            env: domain::env::Env::new(clock, *vault::random_bytes()?),
            clock: None,
            store,
            vault,
            connectors: wiring::built_in(config)?,
            settings: engine::Settings {
                alone: lock.is_some(),
                ..wiring::engine_settings(config)?
            },
        },
        server,
        &config.server.roles,
        config.server.listen,
        http::Bounds {
            connections: usize::try_from(config.limits.connections.max(1)).unwrap_or(usize::MAX),
            ..http::Bounds::default()
        },
        directory,
        keys,
    )
    .await?;
    if let Some(lock) = &mut lock {
        lock.listens(running.address);
    }
    if config.sandbox.enabled {
        tracing::warn!("the sandbox institutions are offered");
    }
    if !config.server.roles.contains(&Role::Worker) {
        tracing::info!("this process does no background work");
    }
    running.announce()?;
    running.until_told_to_stop(Duration::from_secs(config.server.stop_seconds.into())).await
}
