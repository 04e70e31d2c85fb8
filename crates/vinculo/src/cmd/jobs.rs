//! `vinculo jobs`: background work that waits or failed, and doing it again.

use super::links::moment;
use crate::{
    installation::{self, Which},
    out::Out,
};
use anyhow::{Result, bail};
use clap::Subcommand;
use domain::{
    filter::Page,
    ids::{JobId, TenantId},
};
use engine::{
    Error,
    backlog::{self, Job, Shown},
};
use store::Store;

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// List the work that waits or is being done, or that failed
    List {
        #[command(flatten)]
        which: Which,
        /// What has failed, instead of what waits
        #[arg(long)]
        failed: bool,
        /// Only of this tenant
        #[arg(long, value_name = "ID")]
        tenant: Option<TenantId>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
    },
    /// Do a piece of work again, now
    Retry {
        #[command(flatten)]
        which: Which,
        id: JobId,
    },
}

pub(crate) async fn run(flags: &Flags) -> Result<()> {
    match &flags.what {
        What::List { which, failed, tenant, limit } => {
            let shown = if *failed { Shown::Failed } else { Shown::Waiting };
            let store = which.find()?.store().await?;
            let page = Page { number: 1, size: *limit };
            let jobs = store.read().await?.jobs_across_buckets(*tenant, shown, page).await?;
            table(&jobs.items)?;
            if jobs.count > jobs.items.len() as u64 {
                let count = jobs.items.len();
                Out::line(format_args!("{count} of {}; more with --limit", jobs.count))?;
            }
            Ok(())
        }
        What::Retry { which, id } => retry(&which.find()?.store().await?, *id).await,
    }
}

pub(super) fn table(jobs: &[Job]) -> Result<()> {
    let rows = jobs.iter().map(|job| {
        let state = match (&job.finished_at, &job.lease_owner) {
            (Some(_), _) => job.outcome.clone().unwrap_or_default(),
            (None, Some(_)) => "running".into(),
            (None, None) => "waiting".into(),
        };
        vec![
            job.id.to_string(),
            job.kind.clone(),
            job.link.map_or("-".into(), |link| link.to_string()),
            state,
            job.attempt.to_string(),
            moment(Some(job.finished_at.unwrap_or(job.run_at))),
        ]
    });
    let head = ["ID", "KIND", "LINK", "STATE", "ATTEMPT", "DUE OR ENDED"];
    Ok(Out::table(&head, &rows.collect::<Vec<_>>())?)
}

/// Work that failed is queued anew; work that waits becomes due. What is being done is left alone.
async fn retry(store: &Store, id: JobId) -> Result<()> {
    match backlog::retry(store, &installation::real_env()?, id).await {
        Ok(()) => Ok(Out::line("queued; it is done as soon as a worker is free")?),
        Err(Error::NoSuch(_)) => bail!("there is no work {id}"),
        Err(Error::Fields(mistakes)) => {
            let why = mistakes.first().map_or("", |mistake| mistake.message.as_str());
            bail!("{id} is left as it is: {why}")
        }
        Err(error) => Err(error.into()),
    }
}
