//! The one way out of a cage: a proxy for one session, on a Unix socket, that lets through what the
//! manifest asks for and the operator approved, and says what it refused.

mod entry;

pub use entry::{Entry, NotAnEntry};
use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// What a session may reach, and how much of it.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The approved pairs.
    pub entries: Vec<Entry>,
    /// Addresses that the operator gives for `name:port` instead of a resolver's: for tests and for
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
        Self { bytes: 1 << 30, connections: 2000, at_once: 64, idle: Duration::from_secs(120) }
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
}

/// How many refusals of a session are kept in words.
pub const MOST_REFUSALS: usize = 100;

/// The proxy of one session. Dropping it closes every connection and removes the socket.
#[derive(Debug)]
pub struct Egress {
    socket: PathBuf,
}

impl Egress {
    /// Opens the proxy in a private folder of its own. Needs a runtime.
    pub fn open(rules: Rules) -> io::Result<Self> {
        drop(rules);
        Err(io::Error::other("not yet"))
    }
    /// What to give to [`crate::cage::Cell::egress`].
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }
    /// What went through so far, and what did not.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally::default()
    }
}
