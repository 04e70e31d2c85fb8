//! The data directory of `vinculo dev`: its database, its key ring, its API key, its clock and the
//! faults of its sandbox, and a lock that keeps a second process out of it. The database has a lock
//! of its own, wherever it is: see [`crate::installation::lock`].

use anyhow::{Context as _, Result, bail};
use connect::sandbox::Faults;
use domain::ids::KeyId;
use engine::clock::VirtualClock;
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};
use uuid::Uuid;
use vault::{
    KeyRing,
    keyring::{self, Source},
};
use zeroize::Zeroizing;

/// Where `vinculo dev` keeps its data when nobody says.
pub(crate) const FOLDER: &str = ".vinculo";

/// The two halves of an API key.
pub(crate) struct ApiKey {
    pub(crate) id: KeyId,
    pub(crate) password: SecretString,
}

/// A data directory. Not necessarily ours alone: see [`Home::enter`].
pub(crate) struct Home(PathBuf);

/// Held while the directory is ours. The system lets go of it however the process ends.
pub(crate) struct Lock(File);

impl Home {
    pub(crate) fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
    /// Whether there is one.
    pub(crate) fn exists(&self) -> bool {
        self.ring_path().exists()
    }
    /// The URL of its SQLite database.
    pub(crate) fn database(&self) -> SecretString {
        format!("sqlite:{}", self.0.join("vinculo.db").display()).into()
    }
    /// Its key ring.
    pub(crate) fn keys(&self) -> Source {
        Source::File(self.ring_path())
    }
    fn ring_path(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// Makes the directory if need be, and takes it for this process alone.
    pub(crate) fn enter(&self) -> Result<Lock> {
        let shown = self.0.display();
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(&self.0).with_context(|| format!("cannot make {shown}"))?;
        Lock::take(&self.0.join("lock"), &self.0, "give this one its own directory: --data DIR")
    }

    /// The key ring, made if there is none.
    pub(crate) fn ring(&self, _: &Lock) -> Result<KeyRing> {
        if self.exists() {
            return Ok(KeyRing::read(&self.keys())?);
        }
        let ring = KeyRing::generate()?;
        ring.replace(&self.ring_path())?;
        Ok(ring)
    }

    /// The clock, as far ahead of the machine's time as it was when it last moved.
    pub(crate) fn clock(&self, _: &Lock) -> Result<VirtualClock> {
        let path = self.0.join("clock");
        let shown = path.display().to_string();
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("cannot open {shown}"))?;
        let mut text = String::new();
        (&mut file)
            .take(100)
            .read_to_string(&mut text)
            .with_context(|| format!("cannot read {shown}"))?;
        let ahead = match text.trim() {
            "" => 0,
            text => {
                text.parse().with_context(|| format!("{shown} is not a number of microseconds"))?
            }
        };
        let file = Mutex::new(file);
        Ok(VirtualClock::running_remembered(SignedDuration::from_micros(ahead), move |ahead| {
            // Of one length and in one write: whenever the process dies, the file is whole.
            let text = format!("{:<40}\n", ahead.as_micros());
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = file.rewind().and_then(|()| file.write_all(text.as_bytes())) {
                tracing::error!(%error, "{shown} cannot be written; a restart may turn the clock back");
            }
        }))
    }

    /// What went wrong at the sandbox when it was last told, and still does.
    pub(crate) fn faults(&self, _: &Lock) -> Result<Faults> {
        let path = self.0.join("faults.json");
        let faults = match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).with_context(|| {
                format!("{} is not a list of faults; delete it to have none", path.display())
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        Ok(Faults::remembered(faults, move |faults| {
            let text = serde_json::to_string_pretty(faults).map_err(io::Error::from);
            if let Err(error) = text.and_then(|text| keyring::write_private(&path, &text)) {
                tracing::error!(%error, "{} cannot be written", path.display());
            }
        }))
    }

    /// The API key that was made for this directory, made if there is none.
    pub(crate) fn api_key(&self, _: &Lock, new: impl FnOnce() -> KeyId) -> Result<ApiKey> {
        let path = self.0.join("api-key");
        match fs::read_to_string(&path).map(Zeroizing::new) {
            Ok(text) => parse_api_key(&text).with_context(|| {
                format!("{} is not “id:password”; delete it to get a new key", path.display())
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = ApiKey { id: new(), password: vault::random_secret()? };
                let text = Zeroizing::new(format!("{}:{}\n", key.id, key.password.expose_secret()));
                keyring::write_private(&path, &text)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                Ok(key)
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }
}

fn parse_api_key(text: &str) -> Option<ApiKey> {
    let (id, password) = text.trim_end().split_once(':')?;
    let id = Uuid::try_parse(id).ok()?;
    (!password.is_empty()).then(|| ApiKey { id: id.into(), password: password.into() })
}

impl Lock {
    /// Takes the lock file at `path`, which keeps every other process away from `what`.
    pub(crate) fn take(path: &Path, what: &Path, remedy: &str) -> Result<Self> {
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only for the message: whoever holds the lock may be just writing.
                let read = (&mut file).take(200).read_to_string(&mut holder);
                let holder = read.map_or("another process", |_| holder.trim());
                bail!("{} is in use by {holder}: stop it, or {remedy}", what.display());
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        let mut lock = Self(file);
        lock.says("").with_context(|| format!("cannot write {}", path.display()))?;
        Ok(lock)
    }

    /// Leaves word of where its holder listens, for the message that another process shows.
    pub(crate) fn listens(&mut self, address: SocketAddr) {
        if let Err(error) = self.says(&format!(", which listens on http://{address}")) {
            tracing::debug!(%error, "the lock file could not be written");
        }
    }

    /// Leaves word of who holds the lock, for the message that another process shows.
    fn says(&mut self, more: &str) -> io::Result<()> {
        let file = &mut self.0;
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "process {}{more}", std::process::id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_once_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("deep/.vinculo"));
        assert!(!home.exists());
        let first = {
            let lock = home.enter().unwrap();
            assert_eq!(home.ring(&lock).unwrap().newest(), 1);
            home.api_key(&lock, || Uuid::from_u128(7).into()).unwrap()
        };
        assert!(home.exists());
        let lock = home.enter().unwrap();
        assert_eq!(home.ring(&lock).unwrap().newest(), 1);
        let again = home.api_key(&lock, || Uuid::from_u128(8).into()).unwrap();
        assert_eq!(again.id, first.id);
        assert_eq!(again.password.expose_secret(), first.password.expose_secret());
    }

    #[test]
    fn the_clock_goes_on_where_it_was_moved_to() {
        use domain::env::Clock as _;
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let lock = home.enter().unwrap();
        let clock = home.clock(&lock).unwrap();
        let month = clock.now() + SignedDuration::from_hours(30 * 24);
        clock.advance_to(month);
        clock.advance(SignedDuration::from_hours(24));
        let again = home.clock(&lock).unwrap();
        assert!(again.now() >= month + SignedDuration::from_hours(24));
        assert!(again.offset() < SignedDuration::from_hours(32 * 24));
    }

    #[test]
    fn what_goes_wrong_at_the_sandbox_goes_on_going_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let lock = home.enter().unwrap();
        let fault: connect::sandbox::Fault =
            serde_json::from_str(r#"{"scope": {"institution": "b"}, "effect": {"slow": 3}}"#)
                .unwrap();
        home.faults(&lock).unwrap().add(fault.clone()).unwrap();
        let again = home.faults(&lock).unwrap();
        assert_eq!(again.list(jiff::Timestamp::UNIX_EPOCH), [fault]);
        again.clear(None);
        assert!(home.faults(&lock).unwrap().list(jiff::Timestamp::UNIX_EPOCH).is_empty());
        fs::write(home.path().join("faults.json"), "{").unwrap();
        assert!(home.faults(&lock).unwrap_err().to_string().contains("delete it"));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_look_inside() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join(".vinculo"));
        let lock = home.enter().unwrap();
        home.ring(&lock).unwrap();
        home.api_key(&lock, || Uuid::from_u128(7).into()).unwrap();
        for (name, expected) in [("", 0o700), ("keys", 0o600), ("api-key", 0o600)] {
            let mode = fs::metadata(home.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, expected, "{name}");
        }
    }
}
