//! The binary from outside: what it prints, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod canary;
mod conformance;
mod connectors;
mod operator;
mod serving;
mod statements;
mod wrong_use;

use assert_cmd::Command;
use std::path::Path;

/// `vinculo` in `folder`, with an environment of its own.
pub(crate) fn vinculo(folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("vinculo"));
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// What a finished command printed, and its exit code.
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: Option<i32>,
}

/// Runs `vinculo` with `arguments` in `folder`.
pub(crate) fn say(folder: &Path, arguments: &[&str]) -> Said {
    said(vinculo(folder).args(arguments))
}

pub(crate) fn said(command: &mut Command) -> Said {
    let output = command.output().expect("vinculo can be run");
    Said {
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
        code: output.status.code(),
    }
}
