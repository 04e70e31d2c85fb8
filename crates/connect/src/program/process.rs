//! The one place where a connector's process is started and ended.

use super::{Confinement, Network, Program, Room};
use crate::{
    cage::{self, Cell, Inmate},
    egress::{Caps, Egress, Rules, Tally},
};
use jiff::SignedDuration;
use rustix::process::{Pid, Signal, kill_process_group};
use std::{io, process::Stdio, time::Duration};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// How long a process may take to go once its standard input has ended, and again once it was
/// asked by SIGTERM.
pub(super) const GRACE: SignedDuration = SignedDuration::from_secs(2);

/// Why there is no process.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error(transparent)]
    Cage(#[from] cage::Error),
    #[error("the proxy cannot be opened: {0}")]
    Egress(#[source] io::Error),
    #[error("the program cannot be started: {0}")]
    Start(#[source] io::Error),
    #[error("the process has no pipes")]
    Pipes,
}

/// What is spoken through.
pub(super) struct Pipes {
    pub(super) stdin: ChildStdin,
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
}

/// A running connector. Dropping it kills all that it has started.
#[derive(Debug)]
pub(super) struct Process {
    kind: Kind,
    /// The only way to the network, as the program sees it.
    pub(super) proxy: Option<String>,
    egress: Option<Egress>,
}

#[derive(Debug)]
enum Kind {
    Caged(Box<Inmate>),
    Free(Free),
}

impl Process {
    /// Starts a program's process for one session.
    pub(super) async fn start(
        program: &Program,
        network: &Network,
    ) -> Result<(Self, Pipes), Error> {
        match &program.room.confinement {
            Confinement::Caged(walls) => Self::caged(program, network, walls).await,
            Confinement::Uncaged => Self::free(program),
        }
    }

    async fn caged(
        program: &Program,
        network: &Network,
        walls: &cage::Walls,
    ) -> Result<(Self, Pipes), Error> {
        let entries = program.manifest.destinations();
        let egress = if entries.is_empty() {
            None
        } else {
            let hosts = program.room.hosts.clone();
            let rules = Rules { entries, hosts, caps: Caps::default() };
            let opened = match network {
                Network::Open => Egress::open(rules),
                Network::Record(recorder) => Egress::record(rules, recorder.clone()),
                Network::Replay(recording) => Egress::replay(rules, recording),
            };
            Some(opened.map_err(Error::Egress)?)
        };
        let limits = program.manifest.limits;
        let cell = Cell {
            // Where it is at this moment: a link may have been pointed at a newer one.
            folder: program.folder.canonicalize().unwrap_or_else(|_| program.folder.clone()),
            command: program.manifest.command.clone(),
            needs: program.manifest.needs.clone(),
            limits: cage::Limits {
                memory_mib: limits.memory_mib.into(),
                processes: limits.processes,
                open_files: limits.open_files.into(),
                cpu_seconds: limits.seconds.into(),
                ..cage::Limits::default()
            },
            egress: egress.as_ref().map(|egress| egress.socket().to_owned()),
            trust: egress.as_ref().and_then(Egress::trusted).cloned(),
        };
        let mut inmate = cage::spawn(&cell, walls).await?;
        let pipes = (inmate.stdin.take(), inmate.stdout.take(), inmate.stderr.take());
        let proxy = inmate.proxy.clone();
        let process = Self { kind: Kind::Caged(Box::new(inmate)), proxy, egress };
        Ok((process, all(pipes)?))
    }

    fn free(program: &Program) -> Result<(Self, Pipes), Error> {
        let mut words = program.manifest.command.iter();
        let first = words.next().ok_or(Error::Pipes)?;
        // Not as the command is looked for: a relative program is looked for where we are.
        let file = match first.strip_prefix("./") {
            Some(inside) => program.folder.join(inside),
            None => first.into(),
        };
        let mut child = Command::new(file)
            .args(words)
            .current_dir(&program.folder)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::Start)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let process = Self { kind: Kind::Free(Free { child, group }), proxy: None, egress: None };
        Ok((process, all(pipes)?))
    }

    /// What went through its proxy, where it has one.
    pub(super) fn tally(&self) -> Option<Tally> {
        self.egress.as_ref().map(Egress::tally)
    }

    /// Waits until it has ended by itself; says how.
    pub(super) async fn ended(&mut self) -> String {
        match &mut self.kind {
            Kind::Caged(inmate) => inmate.wait().await.to_string(),
            Kind::Free(free) => free.ended().await,
        }
    }

    /// Ends it, whose standard input has ended already: waits a little, asks by SIGTERM, waits a
    /// little again, and kills all that it has started. Nothing of it is left.
    pub(super) async fn end(mut self, room: &Room) -> String {
        if let Some(ended) = room.env.within(GRACE, self.ended()).await {
            return ended;
        }
        let Self { kind, egress, .. } = self;
        let ended = match kind {
            Kind::Caged(inmate) => {
                let grace = Duration::try_from(GRACE).unwrap_or_default();
                inmate.end(grace).await.to_string()
            }
            Kind::Free(mut free) => {
                free.signal(Signal::TERM);
                if let Some(ended) = room.env.within(GRACE, free.ended()).await {
                    ended
                } else {
                    free.signal(Signal::KILL);
                    free.ended().await
                }
            }
        };
        drop(egress);
        ended
    }
}

fn all(
    pipes: (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>),
) -> Result<Pipes, Error> {
    match pipes {
        (Some(stdin), Some(stdout), Some(stderr)) => Ok(Pipes { stdin, stdout, stderr }),
        _ => Err(Error::Pipes),
    }
}

/// A process without a cage, and its group: what leaves the group of its own will is not held.
#[derive(Debug)]
struct Free {
    child: Child,
    group: Option<Pid>,
}

impl Free {
    async fn ended(&mut self) -> String {
        let status = self.child.wait().await;
        // Who outlives its parent goes with it.
        self.signal(Signal::KILL);
        self.group = None;
        status.map_or_else(|error| error.to_string(), |status| format!("it ended with {status}"))
    }
    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group
            && let Err(error) = kill_process_group(group, signal)
            && error != rustix::io::Errno::SRCH
        {
            tracing::warn!(%error, ?signal, "a connector's processes cannot be signalled");
        }
    }
}

impl Drop for Free {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}
