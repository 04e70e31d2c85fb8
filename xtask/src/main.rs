//! Everything a developer or CI does with this repository, behind one door: `cargo xtask`.
#![expect(clippy::print_stdout, reason = "a developer's tool speaks on its terminal")]

mod ci;
mod connectors;
mod documents;
mod hostile;
mod http;
mod kill;
mod machine;
mod ofx;
mod pg;
mod progress;
mod sdk;
mod served;
mod tidy;

use anyhow::{Result, ensure};
use clap::{CommandFactory, Parser, Subcommand};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Vinculo's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
    /// Use this binary instead of a release build
    #[arg(long, global = true, value_name = "FILE")]
    program: Option<PathBuf>,
}

#[derive(Clone, Subcommand)]
enum Chore {
    /// All of CI, on this machine: what is missing is installed or named
    Ci,
    /// Start a throw-away PostgreSQL and print its URL; it goes when the command ends
    Pg,
    /// Check that names, directions and documents agree with what exists
    Tidy,
    /// Write openapi/vinculo.json from the code
    Openapi {
        /// Only say whether the file is what the code says
        #[arg(long)]
        check: bool,
    },
    /// Write docs/resources.md from what a sandbox answers
    Reference,
    /// Show the widget, the consent portal, the console and the documents as pictures in target/screenshots
    Screenshots,
    /// Write sdk/schema/ from the code
    Schema,
    /// Run the official SDKs against a release build
    Sdk {
        /// On which database; both when not given
        database: Option<Database>,
    },
    /// Test the SDKs for connectors, and connectors made with them, in their cages
    Connectors,
    /// Start a release build and walk one link through it
    Smoke,
    /// Run what README.md and docs/ show
    Documents,
    /// Send generated requests to every operation; none may be a server error
    Hostile,
    /// Run OFX Direct Connect through a release build, against a bank built from ofxtools
    Ofx {
        /// Measure our reader of statements beside others instead
        #[arg(long)]
        bench: bool,
    },
    /// Kill a release build again and again while clients work, and look for what is lost or twice
    Kill {
        /// On which database; both when not given
        database: Option<Database>,
        /// How often it is killed
        #[arg(long, default_value_t = 10)]
        rounds: u32,
        /// Where chance starts
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Prove the ledger on generated histories and misbehaving institutions
    Sim {
        /// How many histories
        #[arg(long, default_value_t = 2_000)]
        cases: u64,
        /// Where chance starts
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Only those whose institution tells little apart (no instants, ids that do not last): four in ten,
        /// and nearly all that ever broke a promise
        #[arg(long)]
        hard: bool,
    },
    /// Measure what docs/performance.md reports
    Bench {
        /// On which database; on both, if nothing is said
        database: Option<Database>,
        /// Only these parts: start, insights, list, register, ledger, fiscal, refresh, deliveries, programs,
        /// console
        #[arg(long, value_delimiter = ',')]
        parts: Vec<String>,
    },
}

/// Which database a chore runs on.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

fn main() -> ExitCode {
    let Cli { chore, program } = Cli::parse();
    match carry_out(chore, program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(chore: Chore, program: Option<PathBuf>) -> Result<()> {
    let program = program.map(std::path::absolute).transpose()?;
    let top = top(std::env::var_os("CARGO_MANIFEST_DIR").as_ref().map(Path::new));
    ensure!(top.join("xtask").is_dir(), "{} is no checkout of Vinculo", top.display());
    std::env::set_current_dir(top)?;
    let program = || program.map_or_else(machine::build_release, Ok);
    match chore {
        Chore::Ci => ci::run(),
        Chore::Pg => pg::serve(),
        Chore::Tidy => tidy::run(&chores()),
        Chore::Openapi { check } => ci::openapi(&program()?, check),
        Chore::Reference => ci::reference(),
        Chore::Screenshots => ci::screenshots(),
        Chore::Schema => ci::schemas(),
        Chore::Sdk { database } => {
            let program = program()?;
            let tools = sdk::Tools::ready()?;
            on_each(database, pg::Cluster::start, |cluster| tools.run(&program, cluster))
        }
        Chore::Documents => {
            documents::run(&program()?, &sdk::Tools::ready()?, &pg::Cluster::start()?)
        }
        Chore::Hostile => hostile::run(&program()?, &sdk::Tools::ready()?),
        Chore::Ofx { bench: true } => ofx::bench(),
        Chore::Ofx { bench: false } => ofx::tests(&program()?),
        Chore::Kill { database, rounds, seed } => {
            let program = program()?;
            let kill = |cluster: Option<&pg::Cluster>| kill::run(&program, cluster, rounds, seed);
            on_each(database, pg::Cluster::start, kill)
        }
        Chore::Sim { cases, seed, hard } => ci::sim(cases, seed, hard),
        Chore::Bench { database, mut parts } => {
            let all = parts.is_empty();
            let mut wants = |part: &str| {
                let named = parts.len();
                parts.retain(|known| known != part);
                all || parts.len() < named
            };
            if wants("start") {
                served::bench(&program()?)?;
            }
            if wants("insights") {
                let mut insights = machine::cargo(&["run", "--release", "--locked"]);
                machine::run(insights.args(["--package", "insights", "--example", "cost"]))?;
            }
            if !all && parts.is_empty() {
                return Ok(());
            }
            on_each(database, pg::Cluster::on_disk, |cluster| {
                let mut bench =
                    machine::cargo(&["run", "--release", "--locked", "--package", "sim"]);
                bench.args(["--example", "bench", "--"]).args(&parts);
                if let Some(cluster) = cluster {
                    bench.args(["--database", &cluster.database("bench")?]);
                }
                machine::run(&mut bench)
            })
        }
        Chore::Connectors => {
            let kit = connectors::ready()?;
            kit.sdks()?;
            kit.run(&program()?)
        }
        Chore::Smoke => served::smoke(&program()?),
    }
}

/// Does `work` on the one database, or on SQLite and then on a PostgreSQL of its own, which `start`
/// starts.
fn on_each(
    database: Option<Database>,
    start: fn() -> Result<pg::Cluster>,
    work: impl Fn(Option<&pg::Cluster>) -> Result<()>,
) -> Result<()> {
    if database != Some(Database::Postgres) {
        work(None)?;
    }
    if database != Some(Database::Sqlite) {
        work(Some(&start()?))?;
    }
    Ok(())
}

/// The names of the chores, for the documents that mention them.
fn chores() -> Vec<String> {
    Cli::command().get_subcommands().map(|chore| chore.get_name().into()).collect()
}

/// The top of the repository in which Cargo runs us as the package at `package`, which need not be the
/// one in which we were built: a `target` is copied between checkouts. Without Cargo, the folder
/// that we are in.
fn top(package: Option<&Path>) -> PathBuf {
    package.and_then(Path::parent).unwrap_or(Path::new(".")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chores_act_on_the_checkout_that_they_are_run_in_whichever_they_were_built_in() {
        assert_eq!(
            top(Some(Path::new("/elsewhere/vinculo/xtask"))),
            Path::new("/elsewhere/vinculo")
        );
        assert_eq!(top(None), Path::new("."));
    }
}
