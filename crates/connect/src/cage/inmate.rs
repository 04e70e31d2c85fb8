//! A connector in its cage, seen from outside.

use super::{Cell, Error, Walls, bubblewrap, folder::Folder, forwarding::forward, order, spawner};
use crate::cage::walls::WallsKind;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fmt, fs, os::unix::fs::PermissionsExt as _, path::PathBuf, process::Stdio, time::Duration,
};
use tokio::{
    net::TcpListener,
    process::{Child, ChildStderr, ChildStdin, ChildStdout},
    time::timeout,
};
use tokio_util::task::AbortOnDropHandle;

/// How a connector ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this exit code (99 stands for all that are greater).
    Exited(u8),
    /// By this signal, its own or the kernel's doing.
    Signal(u8),
    /// It had more processes at once than it may.
    Processes,
    /// It had more memory than it may, files in memory included.
    Memory,
    /// It had more processor time than it may.
    Cpu,
    /// It made more files than it may.
    Files,
    /// It never began: the cage could not be built. Standard error says why.
    NotStarted,
    /// We ended it.
    Stopped,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "it ended with exit code {code}"),
            Self::Signal(signal) => write!(f, "it died of signal {signal}"),
            Self::Processes => write!(f, "it was ended: too many processes"),
            Self::Memory => write!(f, "it was ended: too much memory"),
            Self::Cpu => write!(f, "it was ended: too much processor time"),
            Self::Files => write!(f, "it was ended: too many files"),
            Self::NotStarted => write!(f, "it could not be started"),
            Self::Stopped => write!(f, "it was stopped"),
        }
    }
}

/// A running connector. Dropping it kills everything that it has started.
pub struct Inmate {
    /// Its standard input; take it to use it, drop it to end it.
    pub stdin: Option<ChildStdin>,
    /// Its standard output.
    pub stdout: Option<ChildStdout>,
    /// Its standard error.
    pub stderr: Option<ChildStderr>,
    /// The address of the proxy as the connector sees it: `http://127.0.0.1:3128`. `None` without
    /// egress.
    pub proxy: Option<String>,
    child: Child,
    namespaces: bool,
    ended: Option<Ended>,
    /// Where the fallback's proxy listens.
    _forwarding: Option<AbortOnDropHandle<()>>,
    /// Files that the cage is made of: with namespaces a few names, else home and `/tmp`.
    _folder: Folder,
}

impl fmt::Debug for Inmate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inmate({:?})", self.child.id())
    }
}

/// How long a killed cage may take to be gone. It is the kernel's doing alone.
const GONE: Duration = Duration::from_secs(5);

impl Inmate {
    /// Waits until it has ended by itself, or by its limits. Nothing that it started is left then.
    pub async fn wait(&mut self) -> Ended {
        if let Some(ended) = self.ended {
            return ended;
        }
        let ended = match self.child.wait().await {
            Ok(status) => told(status),
            Err(_) => Ended::NotStarted,
        };
        *self.ended.insert(ended)
    }

    /// Asks it to end (SIGTERM), and after `grace` kills everything that it has started (SIGKILL).
    /// Says how it ended; [`Ended::Stopped`] if it had to be killed. Nothing is left when this returns.
    pub async fn end(mut self, grace: Duration) -> Ended {
        drop(self.stdin.take());
        if self.ended.is_none()
            && let Some(warden) = self.warden()
        {
            signal(warden, Signal::TERM);
            if let Ok(ended) = timeout(grace, self.wait()).await {
                return ended;
            }
        }
        if let Some(ended) = self.ended {
            return ended;
        }
        self.kill();
        if timeout(GONE, self.child.wait()).await.is_err() {
            tracing::error!(inmate = ?self, "a killed connector does not go away");
        }
        *self.ended.insert(Ended::Stopped)
    }

    /// The process that watches over the cage, in the machine's own numbers.
    fn warden(&self) -> Option<Pid> {
        let started = self.child.id()?;
        let warden = if self.namespaces { children(started).first().copied()? } else { started };
        pid(warden)
    }

    fn kill(&mut self) {
        let Some(started) = self.child.id() else { return };
        if self.namespaces {
            // The first process takes all of its namespace with it, and Bubblewrap waits for that.
            match children(started).first().copied().and_then(pid) {
                Some(first) => signal(first, Signal::KILL),
                // Bubblewrap has not come that far; the first process dies with it.
                None => drop(self.child.start_kill()),
            }
        } else {
            reap(started);
            drop(self.child.start_kill());
        }
    }
}

impl Drop for Inmate {
    fn drop(&mut self) {
        if self.ended.is_none() {
            self.kill();
        }
    }
}

fn pid(number: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(number).ok()?)
}

fn signal(to: Pid, signal: Signal) {
    if let Err(error) = kill_process(to, signal)
        && error != rustix::io::Errno::SRCH
    {
        tracing::warn!(%error, ?signal, "a connector's process cannot be signalled");
    }
}

/// How often the tree is looked at again. Each round stops what it finds, so a tree that grows is
/// caught up with; what is stopped does not grow.
const ROUNDS: usize = 200;

/// Kills all that `root` has started, but not `root`, to which orphans fall: without it they would
/// fall to the machine's first process, and be lost.
pub(super) fn reap(root: u32) {
    for _ in 0..ROUNDS {
        let all = descendants(root);
        let mut grew = false;
        for process in all.iter().copied().filter_map(pid) {
            grew |= kill_process(process, Signal::STOP).is_ok();
        }
        for process in all.iter().copied().filter_map(pid) {
            grew |= kill_process(process, Signal::KILL).is_ok();
        }
        if all.is_empty() || !grew {
            return;
        }
    }
    tracing::error!("a connector's processes multiply faster than they can be killed");
}

/// All processes below `root`, dead ones that wait for their parent left out.
pub(super) fn descendants(root: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(number) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        if let Some((parent, dead)) = parent(number) {
            parents.push((number, parent, dead));
        }
    }
    let mut found = vec![root];
    let mut at = 0;
    while let Some(above) = found.get(at).copied() {
        found.extend(parents.iter().filter(|p| p.1 == above && p.0 != above).map(|p| p.0));
        at += 1;
    }
    let dead = |number: &u32| parents.iter().any(|p| p.0 == *number && p.2);
    found.into_iter().skip(1).filter(|number| !dead(number)).collect()
}

/// The parent of a process, and whether it is dead.
fn parent(number: u32) -> Option<(u32, bool)> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    // The name in brackets may contain anything, brackets and blanks too.
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace();
    let dead = matches!(fields.next()?, "Z" | "X" | "x");
    Some((fields.next()?.parse().ok()?, dead))
}

fn children(of: u32) -> Vec<u32> {
    if let Ok(text) = fs::read_to_string(format!("/proc/{of}/task/{of}/children")) {
        return text.split_ascii_whitespace().filter_map(|n| n.parse().ok()).collect();
    }
    descendants(of)
}

fn told(status: std::process::ExitStatus) -> Ended {
    use std::os::unix::process::ExitStatusExt as _;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    match code {
        Some(0) => Ended::Exited(0),
        Some(order::PROCESSES) => Ended::Processes,
        Some(order::MEMORY) => Ended::Memory,
        Some(order::CPU) => Ended::Cpu,
        Some(order::FILES) => Ended::Files,
        Some(code @ order::EXITED..order::KILLED) => Ended::Exited(code - order::EXITED),
        Some(code @ order::KILLED..order::PROCESSES) => Ended::Signal(code - order::KILLED),
        None if status.signal().is_some() => Ended::Stopped,
        // The warden says nothing else: it was Bubblewrap, or the inner side could not begin.
        _ => Ended::NotStarted,
    }
}

/// Where the connector may write when it has no file system of its own: in memory, as in a cage with
/// namespaces.
fn scratch(user: Option<u32>) -> Result<Folder, Error> {
    let folder = Folder::in_memory()?;
    for name in ["home", "tmp"] {
        let path = folder.path().join(name);
        fs::create_dir(&path)?;
        if let Some(user) = user {
            std::os::unix::fs::chown(&path, Some(user), Some(user))?;
        }
    }
    if let Some(user) = user {
        std::os::unix::fs::chown(folder.path(), Some(user), Some(user))?;
    }
    Ok(folder)
}

/// The forwarding of the fallback: on this machine's own loopback, at a port that is free.
async fn offer(socket: PathBuf) -> std::io::Result<(u16, AbortOnDropHandle<()>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let task = tokio_util::task::TaskTracker::new().spawn(forward(listener, socket));
    Ok((port, AbortOnDropHandle::new(task)))
}

pub(super) async fn start(cell: &Cell, walls: &Walls) -> Result<Inmate, Error> {
    let user = walls.user();
    let folder;
    let mut forwarding = None;
    let mut proxy = None;
    let mut command = match walls.kind() {
        Some(WallsKind::Namespaces) => {
            proxy = cell.egress.as_ref().map(|_| super::PROXY_PORT);
            folder = bubblewrap::etc(user)?;
            bubblewrap::command(cell, walls, folder.path(), user)?
        }
        Some(WallsKind::Fallback) => {
            if let Some(socket) = &cell.egress {
                let (port, task) = offer(socket.clone()).await?;
                (proxy, forwarding) = (Some(port), Some(task));
            }
            folder = scratch(user)?;
            let mut cell = cell.clone();
            if let Some(trust) = &mut cell.trust {
                // Where it is, the connector's user cannot go.
                let there = folder.path().join("trust.pem");
                fs::write(&there, fs::read(&trust.authority)?)?;
                fs::set_permissions(&there, fs::Permissions::from_mode(0o644))?;
                trust.authority = there;
            }
            walls.fallback_command(&cell, folder.path(), proxy, user)?
        }
        None => return Err(Error::NoWalls(walls.advice().join(" "))),
    };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawner::start(command.into()).await?;
    Ok(Inmate {
        stdin: child.stdin.take(),
        stdout: child.stdout.take(),
        stderr: child.stderr.take(),
        proxy: proxy.map(|port| format!("http://127.0.0.1:{port}")),
        child,
        namespaces: walls.kind() == Some(WallsKind::Namespaces),
        ended: None,
        _forwarding: forwarding,
        _folder: folder,
    })
}
