//! `vinculo doctor`: looks at everything that a start needs, and says what to do.

use crate::{
    connectors::Line,
    installation::{self, Installation, Which},
    out::Out,
    wiring,
};
use anyhow::{Result, bail};
use connect::{manifest::Manifest, program::Confinement};
use domain::env::Env;
use std::{collections::BTreeSet, fs, net::TcpListener};
use store::{Store, Way};
use vault::{KeyRing, Vault};

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    which: Which,
}

/// What was found.
enum Finding {
    Good(String),
    /// Works, but should be known.
    Note(String),
    /// What is wrong, and what to do.
    Bad(String, &'static str),
}

pub(crate) async fn run(flags: &Flags) -> Result<()> {
    let env = installation::real_env()?;
    let mut findings = Vec::new();
    match flags.which.find() {
        Ok(installation) => examine(&installation, &env, &mut findings).await,
        Err(error) => {
            findings.push(Finding::Bad(format!("{error:#}"), "correct the configuration"));
        }
    }
    findings.push(clock(&env));
    findings.push(core_dumps());
    findings.push(cage().await);
    let mut bad = 0;
    for finding in findings {
        match finding {
            Finding::Good(what) => Out::line(format_args!("ok    {what}"))?,
            Finding::Note(what) => Out::line(format_args!("note  {what}"))?,
            Finding::Bad(what, remedy) => {
                bad += 1;
                Out::line(format_args!("BAD   {what}\n      → {remedy}"))?;
            }
        }
    }
    if bad > 0 {
        bail!("{bad} of these must be put right");
    }
    Ok(())
}

async fn examine(installation: &Installation, env: &Env, findings: &mut Vec<Finding>) {
    findings.push(Finding::Good("the configuration can be read".into()));
    let ring = match installation.ring() {
        Ok(ring) => {
            let newest = ring.newest();
            findings.push(Finding::Good(format!("the key ring opens; key {newest} seals")));
            Some(ring)
        }
        Err(error) => {
            let remedy = "“vinculo init” makes a key ring; [keys] in vinculo.toml names it";
            findings.push(Finding::Bad(format!("{error:#}"), remedy));
            None
        }
    };
    match installation.open().await {
        Ok(store) => {
            match store.way() {
                None => {}
                Some(Way::Direct) => {
                    findings.push(Finding::Good("PostgreSQL is reached directly".into()));
                }
                Some(Way::Pooled) => findings.push(Finding::Note(
                    "PostgreSQL is reached through a transaction pooler, which is slower: see \
                     “What runs” in docs/operations.md"
                        .into(),
                )),
            }
            let before = findings.len();
            findings.push(version(&store).await);
            if matches!(findings[before], Finding::Good(_)) {
                findings.push(contents(&store, ring.as_ref()).await);
                findings.push(waiting(&store, env).await);
            }
            store.close().await;
        }
        Err(error) => {
            let remedy = "check database.url (or VINCULO_DATABASE__URL) and that the server runs";
            findings.push(Finding::Bad(format!("{error:#}"), remedy));
        }
    }
    if let Some(file) = &installation.config.insights.merchants {
        findings.push(match wiring::rules(file) {
            Ok(rules) => {
                Finding::Good(format!("{} merchants are known by name", rules.merchants()))
            }
            Err(error) => Finding::Bad(format!("{error:#}"), "correct the file, or take it out"),
        });
    }
    connectors(installation, findings).await;
    let listen = installation.config.server.listen;
    findings.push(match TcpListener::bind(listen) {
        Ok(_) => Finding::Good(format!("{listen} is free to listen on")),
        Err(error) => Finding::Note(format!(
            "{listen} cannot be listened on just now ({error}); that is as it should be if \
             Vinculo is running"
        )),
    });
}

/// What can hold connectors of others.
async fn cage() -> Finding {
    let Ok(own) = std::env::current_exe() else {
        return Finding::Note(
            "who we are is not known: connectors of others cannot be caged".into(),
        );
    };
    let walls = connect::cage::Walls::probe(&own).await;
    match walls.kind() {
        Some(connect::cage::WallsKind::Namespaces) => Finding::Good(walls.sentence()),
        // Nobody needs a cage who runs nobody else's connectors.
        _ => Finding::Note(walls.sentence()),
    }
}

async fn version(store: &Store) -> Finding {
    match store.check().await {
        Ok(()) => Finding::Good("the database answers and is up to date".into()),
        Err(error @ store::Error::Newer { .. }) => {
            Finding::Bad(error.to_string(), "install the Vinculo that wrote it, or a newer one")
        }
        Err(error) => Finding::Bad(format!("{:#}", anyhow::Error::new(error)), "vinculo migrate"),
    }
}

/// Whether the ring opens what the database holds.
async fn contents(store: &Store, ring: Option<&KeyRing>) -> Finding {
    let all = async {
        let mut tx = store.read().await?;
        let wrapped = tx.secrets_by_key_across_buckets().await?;
        let server_keys = tx.server_keys().await?;
        anyhow::Ok((wrapped, server_keys, tx.tenants().await?.len()))
    };
    let (wrapped, server_keys, tenants) = match all.await {
        Ok(all) => all,
        Err(error) => return Finding::Bad(format!("{error:#}"), "look at the database's log"),
    };
    let Some(ring) = ring else {
        return Finding::Note("without the key ring, what is sealed cannot be checked".into());
    };
    let known: BTreeSet<u32> = ring.numbers().collect();
    if let Some((number, count)) = wrapped.iter().find(|(number, _)| !known.contains(number)) {
        return Finding::Bad(
            format!("{count} links are sealed by key {number}, which the ring does not have"),
            "put the key back into the ring; without it these links need their credentials anew",
        );
    }
    let opens = |vault: &Vault| {
        server_keys.iter().all(|(name, sealed)| vault.open_server_key(name, sealed).is_ok())
    };
    match Vault::new(ring) {
        Ok(vault) if opens(&vault) => match tenants {
            0 => Finding::Note("there is no tenant yet: vinculo keys create".into()),
            _ => Finding::Good("the key ring opens what the database holds".into()),
        },
        _ => Finding::Bad(
            "the key ring does not open what the database holds".into(),
            "this is another installation's key ring: restore the one that belongs to the database",
        ),
    }
}

/// Whether work is being done.
async fn waiting(store: &Store, env: &Env) -> Finding {
    let next = async { store.read().await?.next_run_at_across_buckets(None).await };
    match next.await {
        Ok(Some(due)) if env.now().duration_since(due).as_mins() >= 5 => Finding::Note(format!(
            "work has been due since {due:.0}; if Vinculo is running, no worker does it: check \
             server.roles, that a process has the connector of its institution, and its log"
        )),
        Ok(_) => Finding::Good("no work is overdue".into()),
        Err(error) => {
            Finding::Bad(format!("{:#}", anyhow::Error::new(error)), "look at the database's log")
        }
    }
}

/// Whether the connectors of others can be held and are offered.
async fn connectors(installation: &Installation, findings: &mut Vec<Finding>) {
    match installation.directory().await {
        Ok(None) => return,
        Ok(Some(directory)) => {
            // What holds the others is said anyway.
            if matches!(directory.room().confinement, Confinement::Uncaged) {
                let what = "connectors run without a cage, and can read this machine";
                findings.push(Finding::Note(what.into()));
            }
        }
        Err(error) => findings.push(Finding::Bad(
            format!("{error:#}"),
            "make a cage possible, or remove connectors.directory",
        )),
    }
    let Ok(Some(mut directory)) = installation.directory_at_rest() else { return };
    if let Ok(store) = installation.open().await {
        // Without it, only what the database would say is not known.
        drop(directory.learn(&store).await);
        store.close().await;
    }
    directory.look();
    for Line { folder, offered, complaint } in directory.lines() {
        if let Some(manifest) = offered {
            let Manifest { id, version, institutions, .. } = &*manifest;
            let institutions = institutions.len();
            findings.push(Finding::Good(format!(
                "connector {id} {version} is offered, with {institutions} institutions"
            )));
        }
        if let Some(complaint) = complaint {
            findings.push(Finding::Bad(
                format!("connector in {folder}: {complaint}"),
                "it is not offered until then; other connectors are",
            ));
        }
    }
}

/// A year that cannot be right means that certificates and schedules will fail.
fn clock(env: &Env) -> Finding {
    let day = domain::time::day(env.now());
    if (2025..2100).contains(&day.year()) {
        Finding::Good(format!("the clock shows {day} (UTC)"))
    } else {
        Finding::Bad(format!("the clock shows {day}"), "set the system time, by NTP for instance")
    }
}

/// A core dump would hold whatever secrets are open at that moment.
fn core_dumps() -> Finding {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max core file size"));
    match limit.and_then(|line| line.split_whitespace().next()) {
        Some("0") => Finding::Good("core dumps are off".into()),
        Some(_) => Finding::Note(
            "core dumps are on, and would hold open secrets: “ulimit -c 0”, or LimitCORE=0 in the \
             systemd unit"
                .into(),
        ),
        None => Finding::Note("whether core dumps are on is not known on this system".into()),
    }
}
