//! Steps with a visible beginning, end and duration.

use anyhow::{Context, Result};
use std::time::Duration;
#[expect(clippy::disallowed_types, reason = "how long a chore took is telemetry")]
use std::time::Instant;

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
        let result = work().with_context(|| format!("step “{name}” failed"));
        let took = began.elapsed();
        println!("━━ {name}: {} in {}", if result.is_ok() { "ok" } else { "FAILED" }, clock(took));
        self.done.push((name, took));
        result
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

fn clock(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}
