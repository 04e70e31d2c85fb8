//! `vinculo links`: what state links are in. Shows no data of end users and no secrets.

use crate::{installation::Which, out::Out};
use anyhow::{Result, bail};
use clap::Subcommand;
use domain::{
    filter::Page,
    ids::{LinkId, TenantId},
};
use jiff::Timestamp;
use store::{Store, Tx};

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// List links, the newest of each tenant first
    List {
        #[command(flatten)]
        which: Which,
        /// Only of this tenant
        #[arg(long, value_name = "ID")]
        tenant: Option<TenantId>,
        /// At most so many of each tenant
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
    },
    /// Show one link, what happened to it, and its work
    Show {
        #[command(flatten)]
        which: Which,
        id: LinkId,
    },
}

pub(crate) async fn run(flags: &Flags) -> Result<()> {
    match &flags.what {
        What::List { which, tenant, limit } => {
            list(&which.find()?.store().await?, *tenant, *limit).await
        }
        What::Show { which, id } => show(&which.find()?.store().await?, *id).await,
    }
}

pub(super) fn moment(at: Option<Timestamp>) -> String {
    at.map_or("-".into(), |at| format!("{at:.0}"))
}

async fn list(store: &Store, only: Option<TenantId>, limit: u32) -> Result<()> {
    let mut tx = store.read().await?;
    let mut rows = Vec::new();
    let mut total = 0;
    for tenant in tx.tenants().await? {
        if only.is_some_and(|only| only != tenant.id) {
            continue;
        }
        let page = Page { number: 1, size: limit };
        let links = tx.links_across_buckets(tenant.id, &[], page).await?;
        total += links.count;
        rows.extend(links.items.into_iter().map(|link| {
            vec![
                link.id.to_string(),
                tenant.name.clone(),
                link.institution,
                link.access_mode.to_string(),
                link.status.to_string(),
                link.refresh_rate.map_or("-".into(), |rate| rate.to_string()),
                moment(link.last_accessed_at),
            ]
        }));
    }
    let head = ["ID", "TENANT", "INSTITUTION", "MODE", "STATUS", "RATE", "LAST ACCESSED"];
    Out::table(&head, &rows)?;
    if total > rows.len() as u64 {
        Out::line(format_args!("{} of {total}; more with --limit", rows.len()))?;
    }
    Ok(())
}

async fn show(store: &Store, id: LinkId) -> Result<()> {
    let mut tx = store.read().await?;
    let Some(link) = find(&mut tx, id).await? else { bail!("there is no link {id}") };
    let credentials = if link.has_credentials() {
        format!("sealed, version {}", link.credentials_version)
    } else {
        "erased".into()
    };
    for (name, value) in [
        ("id", link.id.to_string()),
        ("tenant", link.tenant.to_string()),
        ("institution", link.institution.clone()),
        ("access mode", link.access_mode.to_string()),
        ("status", link.status.to_string()),
        ("refresh rate", link.refresh_rate.map_or("-".into(), |rate| rate.to_string())),
        ("credentials", credentials),
        ("kept for", link.credentials_storage.to_string()),
        ("stale in", link.stale_in.to_string()),
        ("registered", moment(Some(link.created_at))),
        ("last accessed", moment(link.last_accessed_at)),
        ("last updated", moment(Some(link.updated_at))),
        ("refused logins", link.refused.to_string()),
    ] {
        Out::line(format_args!("{name:<14}  {value}"))?;
    }
    Out::line("")?;
    let page = Page { number: 1, size: 20 };
    let happened = tx.timeline(link.tenant, id, page).await?;
    let rows = happened
        .items
        .into_iter()
        .map(|entry| vec![moment(Some(entry.at)), entry.kind, entry.detail]);
    Out::table(&["AT", "WHAT HAPPENED", "DETAIL"], &rows.collect::<Vec<_>>())?;
    Out::line("")?;
    let jobs = tx.jobs_of(id, 20).await?;
    super::jobs::table(&jobs)
}

/// An operator names a link without its tenant.
async fn find(tx: &mut Tx, id: LinkId) -> Result<Option<domain::link::Link>> {
    for tenant in tx.tenants().await? {
        if let Some(link) = tx.link(tenant.id, id).await? {
            return Ok(Some(link));
        }
    }
    Ok(None)
}
