//! The cage: where the programs of others run. A connector in it sees its own folder, the system's
//! libraries, an empty home and one way out, the session's [egress](crate::egress); it cannot see,
//! reach, outgrow or outlive anything else.
//!
//! Three things are put around it. Bubblewrap gives it namespaces of its own: files, processes,
//! network. In there, the program starts itself again ([`inner`]) as the *warden*, which forwards the
//! proxy, counts processes, memory and time, and ends what is left over; and once more as the
//! *threshold*, which takes rights away (limits, Landlock, seccomp) and becomes the connector.
//! Without Bubblewrap the last two alone are the fallback.
//!
//! Why so, and what it does not hold: `docs/adr/0013-the-cage.md`.

mod bubblewrap;
#[cfg(target_os = "linux")]
mod census;
mod folder;
mod forwarding;
mod inmate;
mod order;
mod spawner;
#[cfg(target_os = "linux")]
mod syscalls;
#[cfg(target_os = "linux")]
mod threshold;
mod walls;
#[cfg(target_os = "linux")]
mod warden;

pub use inmate::{Ended, Inmate};
pub use walls::{Walls, WallsKind};

use serde::{Deserialize, Serialize};
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The first argument that makes the program the cage's inner side. Nobody types it.
pub const MARKER: &str = "cage-inner";

/// Where the proxy listens inside a cage with a network of its own.
pub const PROXY_PORT: u16 = 3128;

/// What one session's connector may have.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The connector's own folder, absolute: it sees it read-only at the same path, and starts in it.
    pub folder: PathBuf,
    /// What to run. A first word without a slash is looked for in `/usr/local/bin`, `/usr/bin` and
    /// `/bin`; one with a slash that is not absolute is in the folder.
    pub command: Vec<String>,
    /// Further absolute paths that it may read.
    pub needs: Vec<PathBuf>,
    /// What it may use up.
    pub limits: Limits,
    /// The Unix socket of the session's proxy ([`crate::egress::Egress::socket`]); `None` for no
    /// network at all.
    pub egress: Option<PathBuf>,
    /// Whom those inside are told to trust, when a session is recorded or replayed.
    pub trust: Option<Trusted>,
}

/// Who answers in the institutions' place when a session is recorded or replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// The certificate (PEM) of its authority, for HTTP clients.
    pub authority: PathBuf,
    /// SHA-256 of the one key (SPKI) that it has for all of them, in base64, for browsers: they look
    /// for authorities in places of their own, but can be told that a key is good.
    pub key: String,
}

/// What everything in one cage may use up together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Memory in MiB, with what it has written to its home and `/tmp`.
    pub memory_mib: u64,
    /// Processes at once.
    pub processes: u32,
    /// Open files of one process.
    pub open_files: u64,
    /// Seconds of processor time.
    pub cpu_seconds: u64,
    /// The largest file, and the size of each writable place (home, `/tmp`, `/dev/shm`), in MiB.
    pub file_mib: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_mib: 256, processes: 16, open_files: 256, cpu_seconds: 900, file_mib: 64 }
    }
}

/// Why a connector could not be put into a cage.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing on this machine holds a connector.
    #[error("no cage works on this machine: {0}")]
    NoWalls(String),
    /// The cell asks for something that nobody gets.
    #[error("{0}")]
    Cell(String),
    /// The machine refused.
    #[error("the cage could not be built: {0}")]
    Io(#[from] io::Error),
}

/// Starts the cell's command behind `walls`. Needs a runtime.
pub async fn spawn(cell: &Cell, walls: &Walls) -> Result<Inmate, Error> {
    check(cell)?;
    inmate::start(cell, walls).await
}

/// Paths that no manifest gets, whatever it asks for, with what is below them.
const NEVER: &[&str] =
    &["/home", "/root", "/var", "/tmp", "/run", "/proc", "/sys", "/dev", "/boot"];

fn check(cell: &Cell) -> Result<(), Error> {
    let refuse = |text: String| Err(Error::Cell(text));
    if cell.command.first().is_none_or(String::is_empty) {
        return refuse("there is no command to run".to_owned());
    }
    if cell.command.iter().any(|word| word.contains('\0')) {
        return refuse("the command contains a zero byte".to_owned());
    }
    let whole = |path: &Path| {
        path.is_absolute()
            && path.components().all(|c| !matches!(c, std::path::Component::ParentDir))
    };
    let shown = cell.folder.display();
    if !whole(&cell.folder) || cell.folder.parent().is_none() {
        return refuse(format!("{shown} is not the absolute path of a connector's folder"));
    }
    if ["/proc", "/sys", "/dev", bubblewrap::PLACE].iter().any(|at| cell.folder.starts_with(at)) {
        return refuse(format!("a connector cannot live in {shown}"));
    }
    if !cell.folder.is_dir() {
        return refuse(format!("there is no folder {shown}"));
    }
    for need in &cell.needs {
        let shown = need.display();
        if !whole(need) {
            return refuse(format!("needs: {shown} is not an absolute path"));
        }
        // Where it really is counts: a link out of /opt into /home is /home.
        let Ok(real) = need.canonicalize() else {
            return refuse(format!("needs: there is no {shown}"));
        };
        for path in [need, &real] {
            if path.parent().is_none()
                || path == Path::new("/etc")
                || NEVER.iter().any(|never| path.starts_with(never))
            {
                return refuse(format!("needs: no connector may read {shown}"));
            }
        }
    }
    Ok(())
}

/// The program's other side: what it does when its first argument is [`MARKER`]. `args` are those
/// after it. To be called before anything else: no runtime, no threads, no logging yet.
#[must_use]
pub fn inner(args: &[OsString]) -> ExitCode {
    #[cfg(target_os = "linux")]
    {
        order::follow(args)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = args;
        ExitCode::from(order::NOT_STARTED)
    }
}

#[cfg(test)]
mod tests;
