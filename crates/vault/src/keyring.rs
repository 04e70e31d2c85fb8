//! The key ring: numbered 256-bit keys that wrap everything else. It comes from a file, an
//! environment variable or a command, never from the database, so that a stolen database opens
//! nothing.
//!
//! Its text form is one key per line (or, in a variable, separated by spaces or commas), number
//! and base64: `1:q83v…=`. What follows `#` on a line is a remark. The highest number is the
//! newest key: it wraps, the others only open.

use crate::random_bytes;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretBox};
use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};
use zeroize::Zeroizing;

const KEY_LEN: usize = 32;
/// Hundreds of keys; whatever is longer is no key ring.
const MAX_TEXT: u64 = 64 * 1024;
const COMMAND_PATIENCE: Duration = Duration::from_secs(30);

/// Where a key ring comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file that nobody else may read.
    File(PathBuf),
    /// The environment variable of this name.
    Variable(String),
    /// What this program prints, given these arguments: for secret managers. Not a shell.
    Command(Vec<String>),
}

/// Why there is no key ring. Says what to do, and nothing of the keys.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is not there.
    #[error("there is no key ring at {0}; “vinculo init” makes one")]
    Missing(PathBuf),
    /// The file is there already.
    #[error("{0} exists already; a key ring is never overwritten")]
    Exists(PathBuf),
    /// Others may read the file.
    #[error("others may read the key ring {path} (mode {mode:04o}); run: chmod 600 {path}", path = path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file cannot be read or written.
    #[error("the key ring {path} cannot be used", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The variable is not set, or not text.
    #[error("the environment variable {0} holds no key ring")]
    NoVariable(String),
    /// The command could not be run, failed, or took longer than 30 s.
    #[error("the command “{program}” gave no key ring: {why}")]
    Command {
        /// The program, without its arguments.
        program: String,
        /// What went wrong.
        why: String,
    },
    /// There is text, but not a key on every line.
    #[error("entry {entry} of the key ring is not “number:base64 of 32 bytes”")]
    Malformed {
        /// Counted from 1.
        entry: usize,
    },
    /// Two keys share a number.
    #[error("the key ring has two keys numbered {0}")]
    Twice(u32),
    /// There is no key, or more text than a key ring has.
    #[error("the key ring holds no keys, or is longer than 64 KiB")]
    Size,
    /// The operating system gave no random bytes.
    #[error(transparent)]
    Vault(#[from] crate::Error),
}

/// At least one numbered key. Wiped when dropped.
pub struct KeyRing {
    keys: BTreeMap<u32, SecretBox<[u8; KEY_LEN]>>,
}

impl KeyRing {
    /// A new ring with one key, numbered 1.
    pub fn generate() -> Result<Self, crate::Error> {
        let mut ring = Self { keys: BTreeMap::new() };
        ring.add_newest()?;
        Ok(ring)
    }
    /// Adds a fresh key and returns its number. From now on it wraps what is new.
    pub fn add_newest(&mut self) -> Result<u32, crate::Error> {
        let number = match self.keys.last_key_value() {
            Some((last, _)) => last.checked_add(1).ok_or(crate::Error::UnknownKey(u32::MAX))?,
            None => 1,
        };
        let key = random_bytes::<KEY_LEN>()?;
        self.keys.insert(number, SecretBox::init_with(|| *key));
        Ok(number)
    }
    /// Takes a key out, unless it is the only one. What it wraps can then be opened no more.
    pub fn remove(&mut self, number: u32) -> bool {
        self.keys.len() > 1 && self.keys.remove(&number).is_some()
    }
    /// The number of the key that wraps.
    #[must_use]
    pub fn newest(&self) -> u32 {
        self.keys.last_key_value().map_or(0, |(&number, _)| number)
    }
    /// The numbers, ascending.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.keys.keys().copied()
    }
    pub(crate) fn keys(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.keys.iter().map(|(&number, key)| (number, key.expose_secret().as_slice()))
    }

    /// Reads a ring from where it is kept.
    pub fn read(source: &Source) -> Result<Self, Error> {
        match source {
            Source::File(path) => Self::read_file(path),
            Source::Variable(name) => {
                let text = std::env::var(name).map(Zeroizing::new);
                Self::parse(&text.map_err(|_| Error::NoVariable(name.clone()))?)
            }
            Source::Command(command) => Self::parse(&output_of(command)?),
        }
    }
    /// Reads a ring from text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let words = text
            .lines()
            .map(|line| line.split_once('#').map_or(line, |(keys, _)| keys))
            .flat_map(|line| line.split([' ', '\t', ',']))
            .filter(|word| !word.is_empty());
        let mut keys = BTreeMap::new();
        for (entry, word) in words.enumerate() {
            let (number, key) = parse_key(word).ok_or(Error::Malformed { entry: entry + 1 })?;
            if keys.insert(number, key).is_some() {
                return Err(Error::Twice(number));
            }
        }
        if keys.is_empty() { Err(Error::Size) } else { Ok(Self { keys }) }
    }
    /// The ring as text; wiped when dropped.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        // All room at once: growing would leave copies of the keys behind.
        let mut text = Zeroizing::new(String::with_capacity(64 * (self.keys.len() + 2)));
        text.push_str(
            "# The key ring of Vinculo. Keep a copy apart from the database's backups:\n",
        );
        text.push_str("# without it, sealed credentials are lost; with it, they can be read.\n");
        for (number, key) in self.keys() {
            let key = Zeroizing::new(STANDARD.encode(key));
            for part in [&*number.to_string(), ":", &*key, "\n"] {
                text.push_str(part);
            }
        }
        text
    }

    /// Writes a new file that only its owner may read; never over an existing one.
    pub fn write_new(&self, path: &Path) -> Result<(), Error> {
        let fail = |source| Error::Io { path: path.into(), source };
        let mut file = private(OpenOptions::new().write(true).create_new(true))
            .open(path)
            .map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => Error::Exists(path.into()),
                _ => fail(error),
            })?;
        let written = file.write_all(self.to_text().as_bytes()).and_then(|()| file.sync_all());
        written.and_then(|()| sync_folder(path)).map_err(fail)
    }
    /// Writes the file at once and durably: a crash leaves the old ring or the new one.
    pub fn replace(&self, path: &Path) -> Result<(), Error> {
        write_private(path, &self.to_text())
            .map_err(|source| Error::Io { path: path.into(), source })
    }
    fn read_file(path: &Path) -> Result<Self, Error> {
        let fail = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => Error::Missing(path.into()),
            _ => Error::Io { path: path.into(), source },
        };
        let file = File::open(path).map_err(fail)?;
        // Asked of the open file, so that what is checked is what is read.
        refuse_if_exposed(path, &file.metadata().map_err(fail)?)?;
        Self::parse(&bounded_text(file).map_err(fail)?)
    }
}

fn parse_key(word: &str) -> Option<(u32, SecretBox<[u8; KEY_LEN]>)> {
    let (number, key) = word.split_once(':')?;
    let key = Zeroizing::new(STANDARD.decode(key).ok()?);
    let key: &[u8; KEY_LEN] = key.as_slice().try_into().ok()?;
    Some((number.parse().ok()?, SecretBox::init_with(|| *key)))
}

fn bounded_text(from: impl io::Read) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(4096));
    from.take(MAX_TEXT + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_TEXT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "longer than 64 KiB"));
    }
    Ok(text)
}

fn output_of(command: &[String]) -> Result<Zeroizing<String>, Error> {
    let (program, arguments) = command.split_first().ok_or(Error::Size)?;
    let fail = |why: String| Error::Command { program: program.clone(), why };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| fail(error.to_string()))?;
    let (say, heard) = mpsc::channel();
    let output = child.stdout.take().ok_or_else(|| fail("it has no output".into()))?;
    // Nobody joins this thread: after a kill, the command's own children may hold the pipe open.
    std::thread::spawn(move || say.send(bounded_text(output)).is_ok());
    let text = heard.recv_timeout(COMMAND_PATIENCE);
    if text.is_err() && child.kill().is_ok() {
        return Err(fail("it took longer than 30 s".into()));
    }
    let status = child.wait().map_err(|error| fail(error.to_string()))?;
    match text {
        Ok(Ok(text)) if status.success() => Ok(text),
        Ok(Err(error)) => Err(fail(error.to_string())),
        _ => Err(fail(status.to_string())),
    }
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}
#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn refuse_if_exposed(path: &Path, metadata: &fs::Metadata) -> Result<(), Error> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
    if mode & 0o077 > 0 { Err(Error::Exposed { path: path.into(), mode }) } else { Ok(()) }
}
#[cfg(not(unix))]
fn refuse_if_exposed(_: &Path, _: &fs::Metadata) -> Result<(), Error> {
    Ok(())
}

/// Writes a file that only its owner may read, at once and durably: a crash leaves what was there
/// or the new text, never a part.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private(OpenOptions::new().write(true).create_new(true)).open(&beside)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all())?;
    fs::rename(&beside, path).and_then(|()| sync_folder(path))
}

/// Makes the new name in the folder survive a power cut.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(ring: &KeyRing) -> Vec<(u32, Vec<u8>)> {
        ring.keys().map(|(number, key)| (number, key.to_vec())).collect()
    }
    fn why(result: Result<KeyRing, Error>) -> String {
        result.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_is_written_is_read_again_from_file_and_command() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let mut ring = KeyRing::generate().unwrap();
        ring.write_new(&path).unwrap();
        assert!(matches!(ring.write_new(&path), Err(Error::Exists(_))), "never overwritten");
        ring.add_newest().unwrap();
        ring.replace(&path).unwrap();
        ring.replace(&path).unwrap();
        let cat = ["cat".into(), path.display().to_string()];
        for source in [Source::File(path), Source::Command(cat.into())] {
            let read = KeyRing::read(&source).unwrap();
            assert_eq!(keys(&read), keys(&ring));
            assert_eq!(read.newest(), 2);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_ring_that_others_may_read_is_refused_with_the_remedy() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        KeyRing::generate().unwrap().write_new(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for mode in [0o640, 0o604, 0o660, 0o644] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let why = why(KeyRing::read(&Source::File(path.clone())));
            assert!(why.contains(&format!("chmod 600 {}", path.display())), "{why}");
        }
    }

    #[test]
    fn a_missing_ring_says_how_to_make_one() {
        let nowhere = Source::File("/nonexistent/keys".into());
        assert!(why(KeyRing::read(&nowhere)).contains("vinculo init"));
        let unset = Source::Variable("VINCULO_TEST_NO_SUCH_VARIABLE".into());
        assert!(why(KeyRing::read(&unset)).contains("VINCULO_TEST_NO_SUCH_VARIABLE"));
    }

    #[test]
    fn a_command_that_fails_is_no_key_ring() {
        for command in [vec![], vec!["false"], vec!["/nonexistent"], vec!["yes", "1:x"]] {
            let command = command.into_iter().map(String::from).collect();
            assert!(KeyRing::read(&Source::Command(command)).is_err());
        }
    }

    #[test]
    fn remarks_blank_lines_and_separators_of_a_variable_are_understood() {
        let key = STANDARD.encode([7; 32]);
        for text in [
            format!("# mine\n\n 1:{key}   # old\r\n12:{key}\n"),
            format!("1:{key},12:{key}"),
            format!("1:{key} 12:{key}"),
        ] {
            assert_eq!(KeyRing::parse(&text).unwrap().numbers().collect::<Vec<_>>(), [1, 12]);
        }
    }

    #[test]
    fn errors_never_show_what_they_could_not_read() {
        let canary = STANDARD.encode(b"canary canary canary canary cana");
        let texts = [
            String::new(),
            canary.clone(),
            format!("x:{canary}"),
            format!("1:{canary}="),
            format!("1:{canary},1:{canary}"),
            format!("1:{}", STANDARD.encode("canary")),
        ];
        for text in texts {
            let error = KeyRing::parse(&text).err().expect("no ring");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(&canary[..8]), "{shown}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_ring_or_an_error(text in "[0-9:#A-Za-z+/= ,\n]{0,200}") {
            if let Ok(ring) = KeyRing::parse(&text) {
                prop_assert_eq!(keys(&KeyRing::parse(&ring.to_text()).unwrap()), keys(&ring));
            }
        }
    }
}
