//! The commands, one file or folder each.

mod connector;
mod dev;
mod doctor;
mod init;
mod jobs;
mod keys;
mod links;
mod migrate;
mod openapi;
mod operators;
mod serve;
mod statements;

use crate::{config::Format, telemetry};
use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use std::sync::Arc;

/// Vinculo, an open-finance links engine that speaks Belvo's API.
#[derive(Parser)]
#[command(version, about, infer_subcommands = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    log: LogFlags,
    #[command(subcommand)]
    command: Command,
}

/// How much to log, and how.
#[derive(clap::Args)]
pub(crate) struct LogFlags {
    /// How log lines look [default: human]
    #[arg(long = "log", value_name = "FORMAT", global = true)]
    pub(crate) format: Option<Format>,
    /// error, warn, info, debug or trace, or directives as in `RUST_LOG` [default: info]
    #[arg(long = "log-level", value_name = "LEVEL", global = true)]
    pub(crate) level: Option<String>,
}

impl LogFlags {
    /// Starts logging as the flags say, else as `configured`.
    fn start(
        &self,
        configured: &crate::config::Log,
        clock: Arc<dyn domain::env::Clock>,
    ) -> Result<()> {
        let level = self.level.as_deref().or(configured.level.as_deref());
        telemetry::start(self.format.unwrap_or(configured.format), level, clock)
    }
}

#[derive(Subcommand)]
enum Command {
    /// Run the emulator: the whole engine on SQLite, with sandbox institutions and a clock that
    /// can be advanced
    Dev(dev::Flags),
    /// Run in production, on PostgreSQL, as vinculo.toml says
    Serve(serve::Flags),
    /// Write a commented vinculo.toml and a key ring
    Init(init::Flags),
    /// Bring the database up to date
    Migrate(migrate::Flags),
    /// API keys, and the key ring that seals credentials
    Keys(keys::Flags),
    /// Who may sign in to the console
    Operators(operators::Flags),
    /// Look at links
    Links(links::Flags),
    /// Look at background work, and do it again
    Jobs(jobs::Flags),
    /// Check the configuration and everything it names, and say what to do
    Doctor(doctor::Flags),
    /// Look at connectors that are programs, check them, and run a session against one
    Connector(connector::Flags),
    /// Read statement files of banks, without a server
    Statements(statements::Flags),
    /// Print the OpenAPI document
    Openapi,
}

impl Cli {
    /// Does what was asked.
    pub(crate) fn run(self) -> Result<()> {
        let log = &self.log;
        match self.command {
            Command::Dev(flags) => block_on(dev::run(&flags, log)),
            Command::Serve(flags) => block_on(serve::run(&flags, log)),
            Command::Init(flags) => init::run(&flags),
            Command::Migrate(flags) => block_on(migrate::run(&flags)),
            Command::Keys(flags) => block_on(keys::run(&flags)),
            Command::Operators(flags) => block_on(operators::run(&flags)),
            Command::Links(flags) => block_on(links::run(&flags)),
            Command::Jobs(flags) => block_on(jobs::run(&flags)),
            Command::Doctor(flags) => block_on(doctor::run(&flags)),
            Command::Connector(flags) => {
                if flags.is_run() {
                    // What the connector itself logs belongs to what is shown.
                    let clock = Arc::new(engine::clock::SystemClock::new());
                    log.start(&crate::config::Log::default(), clock)?;
                }
                block_on(connector::run(&flags))
            }
            Command::Statements(flags) => statements::run(&flags),
            Command::Openapi => openapi::run(),
        }
    }
}

fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("the runtime cannot be started")?.block_on(work)
}
