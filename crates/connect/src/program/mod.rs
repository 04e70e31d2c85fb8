//! Connectors that are programs of their own: one process for each session, spoken to as
//! `docs/connectors/protocol.md` says. To the engine they are connectors like all others.
//!
//! Architecture invariant: a program's process is started and ended in `process` and nowhere else;
//! what it says reaches a log or an error only through [`Cleaner`].

mod blobs;
mod cleaner;
mod process;
mod raw;
mod session;
mod stderr;

pub use cleaner::Cleaner;
pub use raw::Raw;
pub use session::{Session, Traffic};

use crate::{
    cage::Walls,
    egress::{Recorder, Recording},
    manifest::{Manifest, Refused},
    talk::{Connector, Conversation, Failure},
};
use aws_lc_rs::digest;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{env::Env, institution::Institution, record::Trust};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_util::task::TaskTracker;

/// What programs run behind.
#[derive(Debug, Clone)]
pub enum Confinement {
    /// In the cage.
    Caged(Walls),
    /// With all rights of this process: only where the operator has said so in so many words. There
    /// is no proxy then, and nothing holds what a program reaches.
    Uncaged,
}

/// Where the way out of one session's cage leads. No session of an engine has any but
/// [`Network::Open`]: [`Connector::open`] takes none.
#[derive(Debug, Clone, Default)]
pub enum Network {
    /// To the institutions.
    #[default]
    Open,
    /// To the institutions, and what is said is heard: the connector's TLS is opened. For
    /// development.
    Record(Arc<Recorder>),
    /// To nobody: a session is answered as it was recorded. For development.
    Replay(Arc<Recording>),
}

/// What all programs of this process share.
#[derive(Debug)]
pub struct Room {
    /// What holds them.
    pub confinement: Confinement,
    /// Where the operator sends `name:port` instead of where the names' owners say.
    pub hosts: BTreeMap<String, SocketAddr>,
    /// The machine's own time, whatever the engine's clock shows: processes live by no other.
    pub env: Env,
    /// The language of prompts, as in BCP 47.
    pub locale: String,
    /// Who looks after processes that are on their way out.
    pub tasks: TaskTracker,
}

impl Room {
    /// A room with nothing mapped, for prompts in English.
    #[must_use]
    pub fn new(confinement: Confinement, env: Env) -> Self {
        let (hosts, tasks) = (BTreeMap::new(), TaskTracker::new());
        Self { confinement, hosts, env, locale: "en".into(), tasks }
    }
    /// Waits until every process that was started is gone. No session may be open any more.
    pub async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// A connector that is a program.
#[derive(Debug, Clone)]
pub struct Program {
    manifest: Arc<Manifest>,
    folder: PathBuf,
    room: Arc<Room>,
}

impl Program {
    /// The program of `manifest` in `folder`, an absolute path. Every destination that the manifest
    /// asks for counts as approved: who does not approve them makes no program.
    #[must_use]
    pub fn new(manifest: Arc<Manifest>, folder: &Path, room: Arc<Room>) -> Self {
        Self { manifest, folder: folder.into(), room }
    }

    /// As [`Program::new`], of the manifest that lies in `folder`.
    pub fn load(folder: &Path, room: Arc<Room>) -> Result<Self, Refused> {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.into());
        Manifest::load(&folder).map(|manifest| Self::new(Arc::new(manifest), &folder, room))
    }

    /// What it says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// A session on `network` that is not an engine's; its process starts with the first call.
    #[must_use]
    pub fn session(&self, institution: &str, subject: &str, network: Network) -> Session {
        Session::new(self.clone(), institution, subject, network)
    }

    /// Its process with bare pipes, to which nothing was said yet.
    pub async fn raw(&self) -> Result<Raw, Failure> {
        Raw::start(self).await
    }
}

impl Connector for Program {
    fn name(&self) -> &str {
        &self.manifest.id
    }
    fn version(&self) -> &str {
        &self.manifest.version
    }
    fn institutions(&self) -> Vec<Institution> {
        self.manifest.catalogue()
    }
    fn trust(&self, institution: &str) -> Trust {
        let offered = self.manifest.institutions.iter().find(|offered| offered.name == institution);
        offered.map_or(Trust::None, |offered| offered.ids)
    }
    fn revokes(&self, institution: &str) -> bool {
        let mut offered = self.manifest.institutions.iter();
        offered.any(|offered| offered.name == institution && offered.revokes)
    }
    /// The clock of `env` may be one that is moved, and no process follows: the room's counts.
    fn open(&self, institution: &str, subject: &str, _env: &Env) -> Box<dyn Conversation> {
        let subject = pseudonym(&self.manifest.id, subject);
        Box::new(self.session(institution, &subject, Network::Open))
    }
}

/// A program is told no id of ours, and two connectors are not told the same: what they are told is
/// of no use to find a person elsewhere.
fn pseudonym(connector: &str, subject: &str) -> String {
    let text = format!("subject {connector} {subject}");
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(digest.as_ref())
}

#[cfg(test)]
mod tests;
