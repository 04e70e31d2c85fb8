//! `vinculo dev`: the emulator, ready at once.

use super::{LogFlags, keys, operators};
use crate::{
    WrongUse,
    config::{self, Format, Log, Role},
    connectors::{self, Approval, Directory},
    home::{ApiKey, FOLDER, Home, Lock},
    http, installation,
    out::tell,
    wiring::{self, Running},
};
use anyhow::{Context as _, Result};
use connect::{
    program::{Confinement, Room},
    sandbox::Sandbox,
    statement_files::StatementFiles,
    talk::Connector,
};
use domain::{env::Env, ids::KeyId, operator::SignIn};
use engine::NotReady;
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    env::{VarError, var},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use store::Store;
use vault::Vault;

const ID: &str = "VINCULO_SECRET_ID";
/// Farther than its clock is ever moved.
const NEVER: SignedDuration = SignedDuration::from_hours(200 * 366 * 24);
const PASSWORD: &str = "VINCULO_SECRET_PASSWORD";

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// Where to listen; port 0 picks one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The data directory; made if it is not there
    #[arg(long, value_name = "DIR", default_value = FOLDER)]
    data: PathBuf,
    /// Keep the data in PostgreSQL (postgres://…) or another file (sqlite:FILE) instead
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// A directory with connectors that are programs: a folder for each, with a connector.json. What
    /// they ask for counts as approved
    #[arg(long, value_name = "DIR")]
    connectors: Option<PathBuf>,
    /// Send a name that connectors may reach to an address of yours: bank.example:443=127.0.0.1:8443
    #[arg(long, value_name = "NAME:PORT=ADDRESS", value_parser = config::mapped)]
    connector_host: Vec<(String, SocketAddr)>,
    /// Run connectors without a cage: they can then read this machine
    #[arg(long)]
    uncaged: bool,
    /// Offer the banks of this list as well, which answer OFX Direct Connect
    #[arg(long, value_name = "FILE")]
    ofx: Option<PathBuf>,
    /// Tell movements apart by the words and merchants of this file before those that are built in
    #[arg(long, value_name = "FILE")]
    merchants: Option<PathBuf>,
}

pub(crate) async fn run(flags: &Flags, log: &LogFlags) -> Result<()> {
    let home = Home::at(&flags.data);
    let mut lock = home.enter()?;
    let vault = wiring::vault(&home.ring(&lock)?, &home.keys())?;
    let clock = home.clock(&lock)?;
    let env = Env::new(Arc::new(clock.clone()), *vault::random_bytes()?);
    log.start(&Log::default(), Arc::new(clock.clone()))?;

    let url = flags.database.clone().map_or_else(|| home.database(), SecretString::from);
    let mut file = installation::lock(&url)?;
    let store = installation::open(&url, 16, Duration::from_secs(10)).await?;
    ours(&store, &vault, &home).await?;
    store.migrate().await.context("the database cannot be brought up to date")?;
    let (key, source) = api_key(&home, &lock, &env)?;
    keys::see_to_it(&store, &env, key.id, &key.password).await?;
    operators::see_to_it(&store, &env, &key.password).await?;

    let directory = match &flags.connectors {
        None => None,
        Some(path) => {
            let confinement = connectors::for_development(flags.uncaged).await?;
            if let Confinement::Caged(walls) = &confinement
                && !walls.closes_network()
            {
                tracing::warn!("{}", walls.sentence());
            }
            let hosts = flags.connector_host.iter().cloned().collect();
            let room = Room { hosts, ..Room::new(confinement, installation::real_env()?) };
            tracing::info!("connectors in {} may reach whatever they ask for", path.display());
            Some((path, room))
        }
    };
    let ahead = clock.offset();
    let sandbox = Sandbox::with(home.faults(&lock)?);
    let faults = Some(sandbox.faults().clone());
    let mut built_in: Vec<Arc<dyn Connector>> = vec![Arc::new(sandbox), Arc::new(StatementFiles)];
    if let Some(file) = &flags.ofx {
        built_in.push(Arc::new(wiring::ofx(file)?));
    }
    let directory = directory
        .map(|(path, room)| Directory::new(path, Approval::Everything, room, built_in.clone()));
    let parts = engine::Parts {
        env,
        clock: Some(clock),
        store,
        vault,
        connectors: built_in,
        settings: engine::Settings {
            alone: file.is_some(),
            faults,
            local_webhooks: true,
            rules: flags.merchants.as_deref().map(wiring::rules).transpose()?,
            // Its clock leaps; nobody should have to sign in again after that.
            sign_in: SignIn { idle: NEVER, longest: NEVER },
            ..engine::Settings::default()
        },
    };
    let roles = [Role::Api, Role::Worker];
    let running = Running::start(
        parts,
        server::Settings::dev(),
        &roles,
        flags.listen,
        http::Bounds::default(),
        directory,
        home.keys(),
    )
    .await?;
    for lock in [Some(&mut lock), file.as_mut()].into_iter().flatten() {
        lock.listens(running.address);
    }
    if log.format == Some(Format::Json) {
        // A log is kept and passed on: what is for a person's eyes, the key among it, is not in it.
        let (address, data) = (running.address, home.path().display());
        tracing::info!(%address, %data, "ready");
    } else {
        welcome(&home, running.address, &key, source, ahead.as_hours() / 24);
    }
    running.announce()?;
    running.until_told_to_stop(Duration::from_secs(10)).await
}

/// An error if the database is of an installation with another key ring. Asked before anything is
/// written: nobody should find a migration, a key and an operator of ours in theirs.
async fn ours(store: &Store, vault: &Vault, home: &Home) -> Result<()> {
    match engine::fits(store, vault).await {
        Err(error @ NotReady::KeyRing(_)) => Err(error).context(format!(
            "this database belongs to another installation, and was left as it is: name the data \
             directory that it was made with (--data DIR; this one is {}), or another database \
             (--database URL)",
            home.path().display()
        )),
        fits => Ok(fits?),
    }
}

/// Where the API key is from.
#[derive(Clone, Copy)]
enum KeySource {
    Environment,
    Directory,
}

/// The key of the environment, else that of the data directory; and where it is from.
fn api_key(home: &Home, lock: &Lock, env: &Env) -> Result<(ApiKey, KeySource)> {
    let read = |name: &str| match var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(WrongUse(format!("{name} is not text"))),
    };
    match (read(ID)?, read(PASSWORD)?) {
        (Some(id), Some(password)) => {
            let id: KeyId = id.parse().map_err(|_| WrongUse(format!("{ID} must be a UUID")))?;
            Ok((ApiKey { id, password: password.into() }, KeySource::Environment))
        }
        (None, None) => Ok((home.api_key(lock, || env.id())?, KeySource::Directory)),
        _ => Err(WrongUse(format!("set both {ID} and {PASSWORD}, or neither")).into()),
    }
}

/// The first screen. On standard error, so that standard output has the one line for programs.
fn welcome(home: &Home, address: SocketAddr, key: &ApiKey, source: KeySource, days_ahead: i64) {
    let url = format!("http://{address}");
    // A password that somebody chose is theirs to show.
    let (keys, why) = match source {
        KeySource::Environment => (format!("KEY=${ID}:${PASSWORD}"), "from the environment"),
        KeySource::Directory => {
            (format!("KEY={}:{}", key.id, key.password.expose_secret()), "made for this directory")
        }
    };
    let clock = match days_ahead {
        0 => String::new(),
        1 => "\n  Clock    a day ahead, as you left it".into(),
        days => format!("\n  Clock    {days} days ahead, as you left it"),
    };
    tell(format_args!(
        "
  Vinculo {version} for development: institutions, people and money are invented.

  API      {url}
  Console  {url}/console/  (sign in as {operator}, with the key's password)
  Key      {id}  ({why})
  Data     {data}{clock}

  Register a link, read its transactions, let a month pass:

    {keys}
    curl -u $KEY {url}/api/links/ -H 'Content-Type: application/json' -d \\
      '{{\"institution\": \"erebor_mx_retail\", \"username\": \"bnk100\", \"password\": \"full\", \"access_mode\": \"recurrent\"}}'
    LINK=(the id in the answer)
    curl -u $KEY \"{url}/api/transactions/?link=$LINK&page_size=5\"
    curl -u $KEY {url}/v1/clock/advance/ -H 'Content-Type: application/json' -d '{{\"by\": \"30d\"}}'

  Institutions and what they offer: {url}/api/institutions/
  Everything that can be asked:     {url}/openapi.json
  How it is used:                   {url}/docs/
  Ctrl-C stops it; the data stay.
",
        version = env!("CARGO_PKG_VERSION"),
        id = key.id,
        operator = operators::DEV,
        data = home.path().display(),
    ));
}
