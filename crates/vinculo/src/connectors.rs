//! The connectors of others: a directory with a folder for each, read without running anything, and
//! read again while Vinculo runs. What is wrong with one is said once, and harms no other.

use anyhow::{Context as _, Result};
use connect::{
    cage::Walls,
    egress::Entry,
    manifest::{FILE, Manifest},
    program::{Confinement, Program, Room},
    talk::Connector,
};
use domain::env::Env;
use engine::Engine;
use jiff::SignedDuration;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Read as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};
use store::Store;
use tokio::signal;

/// What an operator says who runs connectors where no cage closes.
pub(crate) const UNCAGED: &str = "I understand that connectors can then read this machine";
/// How often the directory is looked at.
const LOOK: SignedDuration = SignedDuration::from_secs(3);
/// Folders that are looked at, at most.
const MOST: usize = 500;
/// Bytes of a manifest that are compared, at most; a longer one is refused.
const MANIFEST: u64 = (1 << 20) + 1;

/// Which destinations connectors may have.
#[derive(Debug, Clone)]
pub(crate) enum Approval {
    /// Whatever they ask for: for development.
    Everything,
    /// Those that the operator has named, by the connector's id.
    Named(BTreeMap<String, BTreeSet<Entry>>),
}

impl Approval {
    /// What `manifest` asks for and was not given.
    fn missing(&self, manifest: &Manifest) -> Vec<Entry> {
        let Self::Named(approved) = self else { return Vec::new() };
        let given = approved.get(&manifest.id);
        let missing = |entry: &Entry| given.is_none_or(|given| !given.contains(entry));
        manifest.destinations().into_iter().filter(missing).collect()
    }
}

/// What holds programs in production: a cage that closes the network. Where there is none it is an
/// error, unless the operator says [`UNCAGED`]: then what there is holds them, if only by half or
/// not at all.
pub(crate) async fn for_production(understood: bool) -> Result<Confinement> {
    let walls = walls().await?;
    if walls.closes_network() {
        return Ok(Confinement::Caged(walls));
    }
    let found = walls.sentence();
    if !understood {
        anyhow::bail!(
            "connectors of others are not run without a cage that closes the network, and {found}"
        );
    }
    tracing::warn!("connectors run all the same: {found}");
    Ok(match walls.kind() {
        Some(_) => Confinement::Caged(walls),
        None => Confinement::Uncaged,
    })
}

/// What holds programs while they are written: whatever cage there is, or none if `uncaged`. An
/// error where there is none to be had.
pub(crate) async fn for_development(uncaged: bool) -> Result<Confinement> {
    if uncaged {
        return Ok(Confinement::Uncaged);
    }
    let walls = walls().await?;
    if walls.kind().is_none() {
        let found = walls.sentence();
        anyhow::bail!(
            "connectors of others are not run without a cage, and {found}: --uncaged runs them all \
             the same"
        );
    }
    Ok(Confinement::Caged(walls))
}

async fn walls() -> Result<Walls> {
    let own = std::env::current_exe().context("this program's own file cannot be found")?;
    Ok(Walls::probe(&own).await)
}

/// A manifest's text, and what became of it.
struct Seen {
    text: Result<String, String>,
    read: Result<Arc<Manifest>, String>,
}

/// The directory and what is offered from it.
pub(crate) struct Directory {
    path: PathBuf,
    approval: Approval,
    room: Arc<Room>,
    built_in: Vec<Arc<dyn Connector>>,
    /// Of all institutions that there have ever been, by id.
    known: BTreeMap<i64, String>,
    /// By the folder's name, as all below.
    seen: BTreeMap<String, Seen>,
    offered: BTreeMap<String, Arc<Manifest>>,
    complaints: BTreeMap<String, String>,
}

/// One folder, for lists.
pub(crate) struct Line {
    pub(crate) folder: String,
    /// What is offered from it.
    pub(crate) offered: Option<Arc<Manifest>>,
    /// What is wrong with what lies in it now.
    pub(crate) complaint: Option<String>,
}

impl Directory {
    /// Nothing is offered before the first look.
    pub(crate) fn new(
        path: &Path,
        approval: Approval,
        room: Room,
        built_in: Vec<Arc<dyn Connector>>,
    ) -> Self {
        Self {
            path: std::path::absolute(path).unwrap_or_else(|_| path.into()),
            approval,
            room: Arc::new(room),
            built_in,
            known: BTreeMap::new(),
            seen: BTreeMap::new(),
            offered: BTreeMap::new(),
            complaints: BTreeMap::new(),
        }
    }

    /// Where programs run.
    pub(crate) fn room(&self) -> Arc<Room> {
        self.room.clone()
    }

    /// Learns which ids and names of institutions are taken for ever.
    pub(crate) async fn learn(&mut self, store: &Store) -> Result<()> {
        let keys = store.read().await?.institution_keys().await?;
        self.known = keys.into_iter().collect();
        Ok(())
    }

    /// All connectors that are offered, those of this program first.
    pub(crate) fn connectors(&self) -> Vec<Arc<dyn Connector>> {
        let programs = self.offered.iter().map(|(folder, manifest)| -> Arc<dyn Connector> {
            let folder = self.path.join(folder);
            Arc::new(Program::new(manifest.clone(), &folder, self.room.clone()))
        });
        self.built_in.iter().cloned().chain(programs).collect()
    }

    /// What is in the directory.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let folders: BTreeSet<_> = self.offered.keys().chain(self.complaints.keys()).collect();
        let line = |folder: &String| Line {
            folder: folder.clone(),
            offered: self.offered.get(folder).cloned(),
            complaint: self.complaints.get(folder).cloned(),
        };
        folders.into_iter().map(line).collect()
    }

    /// Looks again. True if something else is offered than before.
    pub(crate) fn look(&mut self) -> bool {
        let mut complaints = BTreeMap::new();
        match self.folders() {
            Ok(folders) => {
                self.seen.retain(|folder, _| folders.contains(folder));
                for folder in folders {
                    self.read(folder);
                }
            }
            Err(error) => {
                // Perhaps it is being replaced at this moment: all stays as it is.
                let complaint = format!("{} cannot be read: {error}", self.path.display());
                complaints.insert(String::new(), complaint);
            }
        }
        let next = self.choose(&mut complaints);
        for (folder, complaint) in &complaints {
            if self.complaints.get(folder) != Some(complaint) {
                tracing::error!(folder, "a connector is refused: {complaint}");
            }
        }
        for (folder, manifest) in &next {
            let before = self.offered.get(folder);
            if before != Some(manifest) {
                let Manifest { id, version, .. } = &**manifest;
                let egress: Vec<_> =
                    manifest.destinations().iter().map(ToString::to_string).collect();
                let egress = egress.join(" ");
                tracing::info!(connector = id, version, egress, "a connector is offered");
            }
        }
        for (folder, manifest) in
            self.offered.iter().filter(|(folder, _)| !next.contains_key(*folder))
        {
            tracing::warn!(folder, connector = manifest.id, "a connector was taken away");
        }
        let changed = next != self.offered;
        (self.offered, self.complaints) = (next, complaints);
        changed
    }

    /// The folders with a manifest.
    fn folders(&self) -> io::Result<BTreeSet<String>> {
        let mut folders = BTreeSet::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !name.starts_with('.') && entry.path().join(FILE).exists() {
                folders.insert(name);
            }
            if folders.len() > MOST {
                return Err(io::Error::other(format!("it has more than {MOST} connectors")));
            }
        }
        Ok(folders)
    }

    /// Reads a folder's manifest, if it is not the same as before.
    fn read(&mut self, folder: String) {
        let path = self.path.join(&folder);
        let mut text = String::new();
        let read = fs::File::open(path.join(FILE))
            .and_then(|file| file.take(MANIFEST).read_to_string(&mut text))
            .map(|_| text)
            .map_err(|error| error.to_string());
        // A program that was missing may have come, though the manifest is the same.
        if self.seen.get(&folder).is_some_and(|seen| seen.text == read && seen.read.is_ok()) {
            return;
        }
        let manifest = Manifest::load(&path).map(Arc::new).map_err(|refused| refused.to_string());
        self.seen.insert(folder, Seen { text: read, read: manifest });
    }

    /// What is to be offered, and why the rest is not. Who is offered already comes first, so that
    /// nobody is pushed out by a newcomer.
    fn choose(&self, complaints: &mut BTreeMap<String, String>) -> BTreeMap<String, Arc<Manifest>> {
        let mut taken = Taken::by(&self.built_in, &self.known);
        let mut next = BTreeMap::new();
        let is_new = |folder: &&String| !self.offered.contains_key(*folder);
        let mut order: Vec<_> = self.seen.keys().collect();
        order.sort_by_key(|folder| (is_new(folder), *folder));
        for folder in order {
            let Some(seen) = self.seen.get(folder) else { continue };
            let fresh = seen.read.clone().and_then(|manifest| {
                self.admit(&manifest, &taken)?;
                Ok(manifest)
            });
            let chosen = match fresh {
                Ok(manifest) => Some(manifest),
                Err(complaint) => {
                    // The version before stays.
                    let before = self.offered.get(folder).cloned();
                    let before = before.filter(|old| self.admit(old, &taken).is_ok());
                    complaints.insert(folder.clone(), complaint);
                    before
                }
            };
            if let Some(manifest) = chosen {
                taken.take(&manifest);
                next.insert(folder.clone(), manifest);
            }
        }
        next
    }

    /// Why a manifest cannot be offered beside what is.
    fn admit(&self, manifest: &Manifest, taken: &Taken) -> Result<(), String> {
        taken.leaves(manifest)?;
        let missing = self.approval.missing(manifest);
        if missing.is_empty() {
            return Ok(());
        }
        let missing: Vec<_> = missing.iter().map(|entry| format!("\"{entry}\"")).collect();
        let (id, missing) = (&manifest.id, missing.join(", "));
        Err(format!(
            "{id} asks to reach what is not approved; if it may, add to egress under \
             [connectors.approved.{id}]: {missing}"
        ))
    }
}

/// Ids and names that connectors and institutions have.
struct Taken {
    connectors: BTreeSet<String>,
    /// Of institutions that are offered.
    ids: BTreeSet<i64>,
    names: BTreeSet<String>,
    known: BTreeMap<i64, String>,
    known_names: BTreeMap<String, i64>,
}

impl Taken {
    fn by(built_in: &[Arc<dyn Connector>], known: &BTreeMap<i64, String>) -> Self {
        let institutions: Vec<_> = built_in.iter().flat_map(|c| c.institutions()).collect();
        Self {
            connectors: built_in.iter().map(|connector| connector.name().to_owned()).collect(),
            ids: institutions.iter().map(|institution| institution.id).collect(),
            names: institutions.into_iter().map(|institution| institution.name).collect(),
            known_names: known.iter().map(|(id, name)| (name.clone(), *id)).collect(),
            known: known.clone(),
        }
    }
    fn take(&mut self, manifest: &Manifest) {
        self.connectors.insert(manifest.id.clone());
        self.ids.extend(manifest.institutions.iter().map(|offered| offered.id));
        self.names.extend(manifest.institutions.iter().map(|offered| offered.name.clone()));
    }
    /// Whether there is room for all of `manifest`.
    fn leaves(&self, manifest: &Manifest) -> Result<(), String> {
        if self.connectors.contains(&manifest.id) {
            return Err(format!("another connector has the id {}", manifest.id));
        }
        for offered in &manifest.institutions {
            let (id, name) = (offered.id, &offered.name);
            if self.ids.contains(&id) {
                return Err(format!("institution {name}: another connector's has the id {id}"));
            }
            if self.names.contains(name) {
                return Err(format!("institution {name}: another connector has one of this name"));
            }
            if let Some(known) = self.known.get(&id).filter(|known| *known != name) {
                return Err(format!("institution {name}: the id {id} is that of {known} for ever"));
            }
            if let Some(known) = self.known_names.get(name).filter(|known| **known != id) {
                return Err(format!("institution {name}: its id is {known} for ever, not {id}"));
            }
        }
        Ok(())
    }
}

/// Looks again and again, and at once when `hangup` says so; ends with its task.
pub(crate) async fn watch(mut directory: Directory, engine: Engine, env: Env, mut hangup: Hangup) {
    let mut changed = false;
    loop {
        tokio::select! {
            () = env.sleep(LOOK) => {}
            () = hangup.next() => {}
        }
        let looked = tokio::task::spawn_blocking(move || {
            let changed = directory.look();
            (directory, changed)
        });
        // It only breaks when the process ends.
        let Ok((back, news)) = looked.await else { return };
        directory = back;
        changed |= news;
        if !changed {
            continue;
        }
        let connectors = directory.connectors();
        let replaced = async {
            engine.replace_connectors(&connectors).await?;
            directory.learn(engine.store()).await
        };
        match replaced.await {
            Ok(()) => changed = false,
            Err(error) => tracing::error!("the connectors cannot be exchanged yet: {error:#}"),
        }
    }
}

/// SIGHUP: look again at what was read when the process started.
pub(crate) struct Hangup {
    #[cfg(unix)]
    signal: signal::unix::Signal,
}

impl Hangup {
    #[cfg(unix)]
    pub(crate) fn new() -> Result<Self> {
        use signal::unix::{SignalKind, signal};
        let signal = signal(SignalKind::hangup()).context("cannot listen to signals")?;
        Ok(Self { signal })
    }
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        self.signal.recv().await;
    }

    #[cfg(not(unix))]
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {})
    }
    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) {
        std::future::pending::<()>().await;
    }
}

/// `name:port` to an address of the operator's, as it stands in the configuration or a flag.
pub(crate) type Hosts = BTreeMap<String, SocketAddr>;

#[cfg(test)]
mod tests;
