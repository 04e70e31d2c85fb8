//! `vinculo connector`: for who writes connectors, and for who runs them.

mod check;
mod conformance;
mod list;
mod recorded;
mod run;
mod skeleton;

use anyhow::Result;
use clap::Subcommand;

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the connectors of the configured directory, and what is wrong with them
    List(list::Flags),
    /// Check a connector's manifest, without running anything
    Check(check::Flags),
    /// Run one session against a connector and show it live
    Run(run::Flags),
    /// Make a working connector to begin with, for a demo bank of its own
    New(skeleton::Flags),
    /// Prove that a connector keeps the protocol, row by row
    Test(conformance::Flags),
}

impl Flags {
    /// Whether the session's own log lines are wanted, and no configuration says how.
    pub(crate) fn is_run(&self) -> bool {
        matches!(self.command, Command::Run(_))
    }
}

pub(crate) async fn run(flags: &Flags) -> Result<()> {
    match &flags.command {
        Command::List(flags) => list::run(flags).await,
        Command::Check(flags) => check::run(flags),
        Command::Run(flags) => run::run(flags).await,
        Command::New(flags) => skeleton::run(flags),
        Command::Test(flags) => conformance::run(flags).await,
    }
}
