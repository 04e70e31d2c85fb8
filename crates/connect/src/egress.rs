//! The one way out of a cage: a proxy for one session, on a Unix socket, that lets through what the
//! manifest asks for and the operator approved, and says what it refused.

//!
//! It resolves names itself and connects to the addresses that it has checked; it reads the name that
//! a TLS client greets with, and passes nothing on before that is the name that was asked for. What is
//! said inside TLS it cannot see.

mod authority;
mod connection;
mod entry;
mod greeting;
mod intercept;
mod record;
mod recording;
mod replay;
mod resolver;
mod scrub;

pub use entry::{Entry, NotAnEntry};
pub use record::Recorder;
pub use recording::{Asked, Body, Came, Exchange, Recording};

use crate::cage::Trusted;
use authority::Authority;
use connection::Connection;
use intercept::{Answers, Interceptor};
use replay::Replay;
use resolver::Resolver;
use std::{
    collections::BTreeMap,
    fs, io,
    net::SocketAddr,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    net::{TcpStream, UnixListener},
    task::JoinSet,
    time::timeout,
};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

/// What a session may reach, and how much of it.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The approved pairs.
    pub entries: Vec<Entry>,
    /// Addresses that the operator gives for `name:port` (small letters) instead of a resolver's: for tests and for
    /// private networks. They may be private, because the operator says so.
    pub hosts: BTreeMap<String, SocketAddr>,
    /// How much.
    pub caps: Caps,
}

/// How much may go through the proxy of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Bytes, both ways together.
    pub bytes: u64,
    /// Connections in the session.
    pub connections: u32,
    /// Connections at once.
    pub at_once: u32,
    /// How long a connection may be silent, and how long a greeting may take.
    pub idle: Duration,
}

impl Default for Caps {
    fn default() -> Self {
        Self { bytes: 1 << 30, connections: 2000, at_once: 64, idle: Duration::from_mins(2) }
    }
}

/// Something that the proxy did not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What was asked for, `host:port`, cut to 300 bytes.
    pub asked: String,
    /// Why not, in words for the operator.
    pub why: &'static str,
}

/// What went through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Connections that reached an institution.
    pub connections: u32,
    /// Bytes to institutions.
    pub sent: u64,
    /// Bytes from institutions.
    pub received: u64,
    /// What was refused, the first [`MOST_REFUSALS`] of them.
    pub refused: Vec<Refused>,
    /// How many were refused.
    pub refusals: u64,
    /// Of these, how many a recording had no answer to.
    pub missing: u64,
}

/// How many refusals of a session are kept in words.
pub const MOST_REFUSALS: usize = 100;

/// The proxy of one session. Dropping it closes every connection and removes the socket.
#[derive(Debug)]
pub struct Egress {
    socket: PathBuf,
    trusted: Option<Trusted>,
    session: Arc<Session>,
    _serving: AbortOnDropHandle<()>,
    _folder: TempDir,
}

impl Egress {
    /// Opens the proxy in a private folder of its own. Needs a runtime.
    pub fn open(rules: Rules) -> io::Result<Self> {
        Self::with(rules, Resolver::System, None)
    }

    /// Opens a proxy that also opens the connector's TLS and lets `recorder` hear what is said, cleaned
    /// of the session's secrets and of what looks like one person's own. For development: the connector must
    /// trust [`Egress::trusted`], and who keeps the file must read it first. Plain HTTP is refused.
    pub fn record(rules: Rules, recorder: Arc<Recorder>) -> io::Result<Self> {
        Self::intercepted(rules, Answers::Recorded(recorder))
    }

    /// Opens a proxy that answers from `recording` and reaches no network.
    pub fn replay(rules: Rules, recording: &Recording) -> io::Result<Self> {
        Self::intercepted(rules, Answers::Replayed(Replay::new(recording)))
    }

    fn intercepted(rules: Rules, answers: Answers) -> io::Result<Self> {
        let interceptor = Interceptor { authority: Authority::new()?, answers };
        Self::with(rules, Resolver::System, Some(interceptor))
    }

    fn with(
        rules: Rules,
        resolver: Resolver,
        interceptor: Option<Interceptor>,
    ) -> io::Result<Self> {
        // Short, since the path of a socket has 107 bytes at most.
        let folder = tempfile::Builder::new().prefix("vinculo-egress-").tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
        let socket = folder.path().join("proxy");
        let listener = UnixListener::bind(&socket)?;
        fs::set_permissions(&socket, fs::Permissions::from_mode(0o600))?;
        let trusted = interceptor.as_ref().map(|interceptor| Trusted {
            authority: folder.path().join("authority.pem"),
            key: interceptor.authority.key(),
        });
        if let (Some(Trusted { authority, .. }), Some(interceptor)) = (&trusted, &interceptor) {
            fs::write(authority, &interceptor.authority.certificate)?;
            // The connector is another user.
            fs::set_permissions(authority, fs::Permissions::from_mode(0o644))?;
        }
        let session = Arc::new(Session { rules, resolver, interceptor, tally: Mutex::default() });
        let serving = TaskTracker::new().spawn(serve(listener, session.clone()));
        let serving = AbortOnDropHandle::new(serving);
        Ok(Self { socket, trusted, session, _serving: serving, _folder: folder })
    }

    /// Whom the connector must trust, to give to [`crate::cage::Cell::trust`]; `None` if TLS is not
    /// opened.
    #[must_use]
    pub fn trusted(&self) -> Option<&Trusted> {
        self.trusted.as_ref()
    }

    /// What to give to [`crate::cage::Cell::egress`].
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// What went through so far, and what did not.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.session.tally().clone()
    }
}

/// What all connections of a session share.
#[derive(Debug)]
struct Session {
    rules: Rules,
    resolver: Resolver,
    interceptor: Option<Interceptor>,
    tally: Mutex<Tally>,
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// To the institution.
    Out,
    /// From it.
    In,
}

impl Session {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says and keeps what was not done. What was asked for is the connector's own text: it is cut,
    /// and bytes that could forge a line of a log are taken out.
    fn refuse(&self, asked: &str, why: &'static str) {
        let asked: String = asked.chars().filter(|c| !c.is_control()).take(MOST_ASKED).collect();
        tracing::warn!(%asked, why, "a connector was refused the network");
        let mut tally = self.tally();
        tally.refusals += 1;
        if tally.refused.len() < MOST_REFUSALS {
            tally.refused.push(Refused { asked, why });
        }
    }

    /// A connection to an institution, at an address that was checked.
    async fn dial(&self, host: &str, port: u16) -> Result<TcpStream, &'static str> {
        let dialled = async {
            for address in self.resolver.resolve(&self.rules, host, port).await? {
                if let Ok(stream) = TcpStream::connect(address).await {
                    // Latency only.
                    stream.set_nodelay(true).ok();
                    return Ok(stream);
                }
            }
            Err("the institution cannot be reached")
        };
        timeout(DIAL, dialled).await.unwrap_or(Err("the institution does not answer"))
    }

    /// Counts a connection; `false` if there were enough.
    fn admit(&self) -> bool {
        let mut tally = self.tally();
        let room = tally.connections < self.rules.caps.connections;
        tally.connections += u32::from(room);
        room
    }

    /// Counts bytes; `false` if there were enough.
    fn carry(&self, way: Way, bytes: usize) -> bool {
        let mut tally = self.tally();
        let bytes = bytes as u64;
        match way {
            Way::Out => tally.sent += bytes,
            Way::In => tally.received += bytes,
        }
        tally.sent + tally.received <= self.rules.caps.bytes
    }
}

/// How long a connection to an institution may take to be made, over all its addresses.
const DIAL: Duration = Duration::from_secs(20);

/// How much of what was asked for is kept, in characters.
const MOST_ASKED: usize = 300;

async fn serve(listener: UnixListener, session: Arc<Session>) {
    let most = usize::try_from(session.rules.caps.at_once).unwrap_or(usize::MAX);
    let mut open = JoinSet::new();
    loop {
        if open.len() >= most {
            // The next one waits in the socket's own queue.
            drop(open.join_next().await);
        }
        tokio::select! {
            Some(_) = open.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(open.spawn(Connection::serve(stream, session.clone()))),
                // No file is left for it: then one of those that are open must end first.
                Err(error) => {
                    tracing::warn!(%error, "the proxy cannot take a connection");
                    if open.join_next().await.is_none() {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            },
        }
    }
}

#[cfg(test)]
mod tests;
