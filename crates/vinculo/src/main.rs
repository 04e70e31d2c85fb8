//! The binary: flags, configuration, wiring and the operator's tools.
//!
//! Entry points: `cmd` has a file for each command; `wiring` is where store, vault, connectors,
//! engine and server meet.

mod cmd;
mod config;
mod connectors;
mod home;
mod http;
mod installation;
mod out;
mod telemetry;
mod terminal;
mod wiring;

use clap::Parser as _;
use std::process::ExitCode;

/// Wrong use: flags or settings that cannot be followed. Ends the process with 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongUse(String);

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|word| word == connect::cage::MARKER) {
        // We are inside a connector's cage: no flags, no logging, no configuration.
        return connect::cage::inner(&args.collect::<Vec<_>>());
    }
    match cmd::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if matches!(error.downcast_ref(), Some(out::Error::Closed(_))) => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            if telemetry::is_for_machines() {
                tracing::error!(error = &*error as &dyn std::error::Error, "it cannot go on");
            } else {
                out::tell(format_args!("vinculo: {error:#}"));
            }
            let wrong_use = error.is::<WrongUse>() || error.is::<config::Error>();
            ExitCode::from(if wrong_use { 2 } else { 1 })
        }
    }
}
