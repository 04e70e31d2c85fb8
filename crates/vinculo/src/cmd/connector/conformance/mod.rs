//! `vinculo connector test`: whether a connector keeps the protocol, row by row. What is checked, and
//! how authors prepare for it, is in `docs/connectors/conformance.md`.

mod memory;
mod report;
mod suite;
mod talk;
mod users;

use crate::{WrongUse, config, connectors, installation, out::Out};
use anyhow::{Result, bail};
use connect::{
    manifest::Manifest,
    program::{Program, Room},
};
use report::{Row, Verdict};
use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};
use suite::Suite;
use talk::Observed;
use users::Conformance;

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// The connector's folder
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Send a name that the connector reaches to an address of yours: bank.example:443=127.0.0.1:8443
    #[arg(long = "host", value_name = "NAME:PORT=ADDRESS", value_parser = config::mapped)]
    hosts: Vec<(String, SocketAddr)>,
    /// Print one JSON object instead of the table
    #[arg(long)]
    json: bool,
    /// Show what the connector writes to standard error, cleaned of its secrets
    #[arg(long)]
    verbose: bool,
    /// Where chance starts, to repeat a run
    #[arg(long)]
    seed: Option<u64>,
    /// For how long nothing is read, to see whether the connector waits
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 2000)]
    #[arg(value_parser = clap::value_parser!(u64).range(100..=60_000))]
    look_away: u64,
    /// Run the connector without a cage: it can then read this machine
    #[arg(long)]
    uncaged: bool,
}

/// Runs the suite; an error if a row failed.
pub(crate) async fn run(flags: &Flags) -> Result<()> {
    let folder = std::path::absolute(&flags.path)?;
    if !folder.is_dir() {
        return Err(WrongUse(format!("there is no folder {}", folder.display())).into());
    }
    let env = installation::real_env()?;
    let seed = flags.seed.unwrap_or_else(|| env.chance_u64() >> 32);
    let mut rows = Vec::new();
    let json = flags.json;
    let mut closed = None;
    let mut tell = |row: &Row| {
        let (sign, words) = row.verdict.shown();
        if !json
            && let Err(error) =
                Out::line(format_args!("{sign:<5} {:<38} {words}", row.name).to_string().trim_end())
        {
            closed = Some(error);
        }
    };
    let manifest = match Manifest::load(&folder) {
        Ok(manifest) => Some(manifest),
        Err(refused) => {
            first(&mut rows, &mut tell, "manifest", Err(refused.to_string()));
            None
        }
    };
    if let Some(manifest) = manifest {
        let said = format!("{} {}", manifest.id, manifest.version);
        first(&mut rows, &mut tell, "manifest", Ok(said));
        match Conformance::load(&folder, &manifest) {
            Err(error) => first(&mut rows, &mut tell, "test users", Err(format!("{error:#}"))),
            Ok(users) => {
                let count = format!("{} users", users.users.len());
                first(&mut rows, &mut tell, "test users", Ok(count));
                let confinement = connectors::for_development(flags.uncaged).await?;
                let hosts = flags.hosts.iter().cloned().collect();
                let room = Room { hosts, ..Room::new(confinement.clone(), env.clone()) };
                let program = Program::new(Arc::new(manifest.clone()), &folder, Arc::new(room));
                let mut suite = Suite {
                    manifest: &manifest,
                    users: &users,
                    program,
                    folder: &folder,
                    confinement: &confinement,
                    env: &env,
                    seed,
                    look_away: Duration::from_millis(flags.look_away),
                    observed: Arc::new(Mutex::new(Observed {
                        verbose: flags.verbose,
                        ..Observed::default()
                    })),
                    tell: &mut tell,
                    rows: Vec::new(),
                };
                suite.run().await;
                rows.append(&mut suite.rows);
            }
        }
    }
    if let Some(error) = closed {
        return Err(error.into());
    }
    let failed = rows.iter().filter(|row| row.verdict.is_failed()).count();
    if json {
        let report = serde_json::json!({
            "connector": folder, "seed": seed, "passed": failed == 0, "rows": rows,
        });
        Out::line(report)?;
    } else {
        let checked = rows.len();
        Out::line(format_args!("{checked} rows, {failed} failed (seed {seed})"))?;
    }
    if failed > 0 {
        bail!("{failed} of {} rows failed", rows.len());
    }
    Ok(())
}

fn first(
    rows: &mut Vec<Row>,
    tell: &mut impl FnMut(&Row),
    name: &str,
    checked: Result<String, String>,
) {
    let verdict = checked.map_or_else(Verdict::Failed, Verdict::Passed);
    let row = Row { name: name.into(), verdict };
    tell(&row);
    rows.push(row);
}
