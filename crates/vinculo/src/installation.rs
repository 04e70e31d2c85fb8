//! Which Vinculo a command is about: the one that a configuration describes, or the data directory
//! of `vinculo dev`.

use crate::{
    WrongUse,
    config::{self, Config, Connectors, FILE, Setting},
    connectors::{self, Directory, UNCAGED},
    home::{FOLDER, Home, Lock},
    wiring,
};
use anyhow::{Context as _, Result, bail};
use connect::program::{Confinement, Room};
use domain::env::Env;
use engine::clock::SystemClock;
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use store::Store;
use vault::{KeyRing, keyring::Source};

/// The flags with which an operator says which one.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// The configuration file [default: ./vinculo.toml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory of a `vinculo dev` instead
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    data: Option<PathBuf>,
    /// Another database than the configured one: postgres://… or sqlite:FILE
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// A Vinculo that an operator's command can work on.
pub(crate) struct Installation {
    pub(crate) config: Config,
    database: SecretString,
    keys: Option<Source>,
}

/// The machine's time and fresh chance, for commands that act without an engine.
pub(crate) fn real_env() -> Result<Env> {
    Ok(Env::new(Arc::new(SystemClock::new()), *vault::random_bytes()?))
}

/// What `[keys]` names; `None` if it names nothing.
pub(crate) fn source(keys: &config::Keys) -> Result<Option<Source>> {
    let mut sources = [
        keys.file.clone().map(Source::File),
        keys.variable.clone().map(Source::Variable),
        keys.command.clone().map(Source::Command),
    ]
    .into_iter()
    .flatten();
    let first = sources.next();
    if sources.next().is_some() {
        let mistake = "keys: give exactly one of file, variable and command";
        return Err(WrongUse(mistake.into()).into());
    }
    Ok(first)
}

impl Which {
    /// The configuration with these flags over it.
    fn config(&self, mut flags: Vec<Setting>) -> Result<Config> {
        let mut settings = config::of_environment(std::env::vars());
        if let Some(url) = &self.database {
            settings.push(Setting::flag("--database", "database.url", url));
        }
        settings.append(&mut flags);
        Ok(Config::load(self.config.as_deref(), settings)?)
    }

    /// The installation: what the flags say; else what is configured; else `./.vinculo`.
    pub(crate) fn find(&self) -> Result<Installation> {
        self.find_with(vec![])
    }
    /// As [`Which::find`], with further flags of the command's own.
    pub(crate) fn find_with(&self, flags: Vec<Setting>) -> Result<Installation> {
        let config = self.config(flags)?;
        let home = match &self.data {
            Some(path) => Some(Home::at(path)),
            None if config.database.url.is_some() || Path::new(FILE).exists() => None,
            None => Some(Home::at(FOLDER)).filter(Home::exists),
        };
        if let Some(home) = home {
            if !home.exists() {
                let shown = home.path().display();
                return Err(WrongUse(format!("{shown} is no data directory of Vinculo")).into());
            }
            let url = self.database.clone().map(SecretString::from);
            let database = url.unwrap_or_else(|| home.database());
            return Ok(Installation { config, database, keys: Some(home.keys()) });
        }
        let database = config.database.url.clone().ok_or_else(|| {
            WrongUse(
                "no database is configured: run “vinculo init” to write vinculo.toml, set \
                 VINCULO_DATABASE__URL, or say --data DIR for a “vinculo dev”"
                    .into(),
            )
        })?;
        Ok(Installation { keys: source(&config.keys)?, database, config })
    }
}

impl Installation {
    /// Where the key ring is kept.
    pub(crate) fn keys(&self) -> Result<&Source> {
        self.keys.as_ref().ok_or_else(|| {
            WrongUse(
                "there is no key ring: run “vinculo init” to make one, and name it as file, \
                 variable or command under [keys] in vinculo.toml (or VINCULO_KEYS__FILE, …)"
                    .into(),
            )
            .into()
        })
    }
    /// The directory of connectors, if one is configured. An error where nothing can hold them.
    pub(crate) async fn directory(&self) -> Result<Option<Directory>> {
        let Connectors { directory, uncaged, hosts, .. } = &self.config.connectors;
        let Some(path) = directory else { return Ok(None) };
        let confinement =
            connectors::for_production(uncaged.is_some()).await.with_context(|| {
                format!("[connectors] uncaged = \"{UNCAGED}\" runs them all the same")
            })?;
        let room = Room { hosts: hosts.clone(), ..Room::new(confinement, real_env()?) };
        self.directory_in(path, room).map(Some)
    }
    fn directory_in(&self, path: &Path, room: Room) -> Result<Directory> {
        let built_in = wiring::built_in(&self.config)?;
        Ok(Directory::new(path, self.config.connectors.approval(), room, built_in))
    }
    /// As [`Installation::directory`], to look at only: nothing is run from it.
    pub(crate) fn directory_at_rest(&self) -> Result<Option<Directory>> {
        let Some(path) = &self.config.connectors.directory else { return Ok(None) };
        self.directory_in(path, Room::new(Confinement::Uncaged, real_env()?)).map(Some)
    }
    /// The key ring.
    pub(crate) fn ring(&self) -> Result<KeyRing> {
        KeyRing::read(self.keys()?).context("the key ring cannot be read")
    }
    /// The database, at whatever version it is.
    pub(crate) async fn open(&self) -> Result<Store> {
        self.open_within(Duration::from_secs(3)).await
    }
    /// As [`Installation::open`], waiting longer: a server may start before its database.
    pub(crate) async fn open_within(&self, patience: Duration) -> Result<Store> {
        open(&self.database, self.config.database.connections, patience).await
    }
    /// See [`lock`].
    pub(crate) fn lock(&self) -> Result<Option<Lock>> {
        lock(&self.database)
    }
    /// The database, which must be at this program's version.
    pub(crate) async fn store(&self) -> Result<Store> {
        let store = self.open().await?;
        store.check().await?;
        Ok(store)
    }
}

/// Keeps the engines of other processes away from a SQLite file, which is for one at a time. Whoever
/// runs an engine takes it first. `None` where the database may be shared.
pub(crate) fn lock(database: &SecretString) -> Result<Option<Lock>> {
    let file = Store::file(database.expose_secret()).context("the database cannot be opened")?;
    let Some(file) = file.map(Path::new) else { return Ok(None) };
    // By whichever name it is opened, it is one file with one lock.
    let mut path = file.canonicalize().unwrap_or_else(|_| file.into()).into_os_string();
    path.push(".lock");
    Lock::take(Path::new(&path), file, "use PostgreSQL to run several").map(Some)
}

/// Opens a database. The URL is not shown when that fails: it may hold a password.
pub(crate) async fn open(
    url: &SecretString,
    connections: u32,
    patience: Duration,
) -> Result<Store> {
    let settings = store::Settings { connections, patience };
    match Store::open(url.expose_secret(), settings).await {
        Ok(store) => Ok(store),
        Err(store::Error::Busy) => {
            let patience = patience.as_secs();
            bail!("the database cannot be opened: no connection within {patience} seconds")
        }
        Err(error) => Err(error).context("the database cannot be opened"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_is_for_one_by_whatever_name_and_a_server_for_many() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postgres.db");
        fs::write(&file, "").unwrap();
        let url = |path: &Path| SecretString::from(format!("sqlite:{}", path.display()));
        let held = lock(&url(&file)).unwrap();
        assert!(held.is_some());
        let mut names = vec![url(&file), SecretString::from(file.display().to_string())];
        #[cfg(unix)]
        {
            let other = folder.path().join("other.db");
            std::os::unix::fs::symlink(&file, &other).unwrap();
            names.push(url(&other));
        }
        for name in names {
            let refused = lock(&name).err().unwrap();
            assert!(refused.to_string().contains("is in use by process"), "{refused}");
        }
        drop(held);
        assert!(lock(&url(&file)).unwrap().is_some());
        assert!(lock(&"postgres://localhost/vinculo".into()).unwrap().is_none());
    }
}
