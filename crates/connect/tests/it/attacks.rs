//! Runs the malicious connector.

use connect::cage::{Cell, Ended, Inmate, Limits, Walls, WallsKind, spawn};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::{
    fs,
    os::fd::OwnedFd,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, Interest, unix::AsyncFd},
    sync::OnceCell,
    time::timeout,
};

/// Longer than anything takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Names another copy of the cage's inner side.
pub(crate) const INNER: &str = "VINCULO_TEST_INNER";

/// This machine with the wanted cage, or a failure that says what is missing.
pub(crate) async fn walls(kind: WallsKind) -> Walls {
    static PROBED: OnceCell<Walls> = OnceCell::const_new();
    let program = std::env::var_os(INNER);
    let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_cage-inner").into());
    let walls = PROBED.get_or_init(|| Walls::probe(Path::new(&program))).await.clone();
    let walls = match kind {
        WallsKind::Namespaces => walls,
        WallsKind::Fallback => walls.without_namespaces(),
    };
    assert_eq!(walls.kind(), Some(kind), "{}", walls.advice().join(" "));
    walls
}

/// The malicious connector in its folder.
pub(crate) struct Malicious {
    folder: TempDir,
    pub(crate) cell: Cell,
    pub(crate) walls: Walls,
}

/// What came of an attack.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) ended: Ended,
    pub(crate) said: String,
    pub(crate) errors: String,
}

impl Malicious {
    pub(crate) async fn new(kind: WallsKind, attack: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let script = folder.path().join("malicious.py");
        fs::write(&script, include_str!("malicious.py")).expect("the script is written");
        // A connector never runs as root.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("ours");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o644)).expect("ours");
        assert!(
            Path::new("/usr/bin/python3").exists(),
            "these tests need Debian's Python: apt-get install python3"
        );
        let mut command = vec!["python3".to_owned(), "malicious.py".to_owned()];
        command.extend(attack.iter().map(|word| (*word).to_owned()));
        let cell = Cell {
            folder: folder.path().to_owned(),
            command,
            needs: Vec::new(),
            limits: Limits::default(),
            egress: None,
            trust: None,
        };
        Self { folder, cell, walls: walls(kind).await }
    }

    pub(crate) fn limited(mut self, limits: Limits) -> Self {
        self.cell.limits = limits;
        self
    }

    pub(crate) fn egress(mut self, socket: &Path) -> Self {
        self.cell.egress = Some(socket.to_owned());
        self
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(crate) async fn start(&self) -> Inmate {
        spawn(&self.cell, &self.walls).await.expect("the cage is built")
    }

    /// Lets it do what it does, until it ends.
    pub(crate) async fn run(&self) -> Outcome {
        let mut inmate = self.start().await;
        let stdout = inmate.stdout.take().expect("standard output");
        let stderr = inmate.stderr.take().expect("standard error");
        let ((said, errors), ended) = timeout(PATIENCE, async {
            let ended = inmate.wait();
            let said = async { tokio::join!(text(stdout), text(stderr)) };
            tokio::join!(said, ended)
        })
        .await
        .expect("the attack ends in time");
        Outcome { ended, said, errors }
    }
}

async fn text(mut from: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).await.expect("it can be read");
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Outcome {
    /// Nothing that was tried succeeded, and all of it was tried.
    pub(crate) fn all_stopped(&self, attempts: usize) {
        assert_eq!(self.ended, Ended::Exited(0), "{self:?}");
        let stopped = self.said.lines().filter(|line| line.starts_with("stopped ")).count();
        assert!(!self.said.contains("got "), "{self:?}");
        assert_eq!(stopped, attempts, "{self:?}");
    }
}

/// The processes of this machine whose command line holds `token`.
pub(crate) fn processes_with(token: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("processes are listed").flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|number| {
            let line = fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
            *number != std::process::id() && String::from_utf8_lossy(&line).contains(token)
        })
        .collect()
}

/// Processes that are watched to their end.
pub(crate) struct Watched(Vec<AsyncFd<OwnedFd>>);

impl Watched {
    #[expect(deprecated, reason = "its successor is unsafe; an `OwnedFd` is what it asks for")]
    pub(crate) fn with(token: &str) -> Self {
        let all = processes_with(token).into_iter().filter_map(|number| {
            let number = Pid::from_raw(i32::try_from(number).expect("a number"))?;
            // One that has ended in the meantime needs no watching.
            let descriptor = pidfd_open(number, PidfdFlags::NONBLOCK).ok()?;
            Some(AsyncFd::with_interest(descriptor, Interest::READABLE).expect("it can be watched"))
        });
        Self(all.collect())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Waits until all have ended.
    pub(crate) async fn gone(self) {
        for process in self.0 {
            let ended = timeout(PATIENCE, process.readable()).await.expect("it ends in time");
            drop(ended.expect("it is watched"));
        }
    }
}
