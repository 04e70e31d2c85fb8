//! `vinculo connector`: for who writes connectors, and for who runs them.

use super::{conformance, skeleton};
use anyhow::Result;
use clap::Subcommand;

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a working connector to begin with, for a demo bank of its own
    New(skeleton::Flags),
    /// Prove that a connector keeps the protocol, row by row
    Test(conformance::Flags),
}

pub(crate) async fn run(flags: &Flags) -> Result<()> {
    match &flags.command {
        Command::New(flags) => skeleton::run(flags),
        Command::Test(flags) => conformance::run(flags).await,
    }
}
