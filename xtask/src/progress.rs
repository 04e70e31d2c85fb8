//! Steps with a visible beginning, end and duration, one after the other or beside others.

use crate::machine::{shown, target};
use anyhow::{Context, Result, anyhow};
#[expect(clippy::disallowed_types, reason = "how long a chore took is telemetry")]
use std::time::Instant;
use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A run of steps; stops at the first that fails.
#[expect(clippy::disallowed_types, reason = "how long a chore took is telemetry")]
pub(crate) struct Progress {
    began: Instant,
    done: Vec<(&'static str, Duration)>,
}

#[expect(clippy::disallowed_types, reason = "how long a chore took is telemetry")]
impl Progress {
    /// Starts counting.
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), done: Vec::new() }
    }

    /// Runs one step, saying when it begins, when it ends and how long it took.
    pub(crate) fn step<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let began = Instant::now();
        println!("\n━━ {:02} {name} (at {})", self.done.len() + 1, clock(self.began.elapsed()));
        let result = work();
        self.ended(name, began, result)
    }

    /// Begins `command`, which needs nothing of the steps to come, and lets it run beside them: most
    /// keep one processor waiting for the other. What it prints is kept until it is awaited.
    pub(crate) fn beside(&self, name: &'static str, command: &mut Command) -> Result<Beside> {
        let folder = target().join("beside");
        fs::create_dir_all(&folder)?;
        let log = folder.join(format!("{}.log", name.replace(' ', "-")));
        let said = File::create(&log)?;
        command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said);
        println!("\n━━ {name} begins beside what follows (at {})", clock(self.began.elapsed()));
        println!("   $ {}", shown(command));
        let child = command.spawn().with_context(|| format!("cannot start {}", shown(command)))?;
        Ok(Beside { name, began: Instant::now(), child, log })
    }

    /// Waits for what was begun beside the others, and shows what it printed.
    pub(crate) fn join(&mut self, mut beside: Beside) -> Result<()> {
        println!("\n━━ {:02} {}, begun before", self.done.len() + 1, beside.name);
        let status = beside.child.wait()?;
        println!("{}", fs::read_to_string(&beside.log)?.trim_end());
        let result = if status.success() { Ok(()) } else { Err(anyhow!("it ended with {status}")) };
        self.ended(beside.name, beside.began, result)
    }

    fn ended<T>(&mut self, name: &'static str, began: Instant, result: Result<T>) -> Result<T> {
        let took = began.elapsed();
        println!("━━ {name}: {} in {}", if result.is_ok() { "ok" } else { "FAILED" }, clock(took));
        self.done.push((name, took));
        result.with_context(|| format!("step “{name}” failed"))
    }

    /// The table of what ran and how long it took.
    pub(crate) fn summary(&self) {
        println!("\n━━ all steps");
        for (name, took) in &self.done {
            println!("   {:>7}  {name}", clock(*took));
        }
        println!("   {:>7}  in all", clock(self.began.elapsed()));
    }
}

/// What runs beside the steps; it ends when this is dropped.
#[expect(clippy::disallowed_types, reason = "how long a chore took is telemetry")]
pub(crate) struct Beside {
    name: &'static str,
    began: Instant,
    child: Child,
    log: PathBuf,
}

impl Drop for Beside {
    fn drop(&mut self) {
        // One that was awaited is gone, and the system says so.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn clock(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}
