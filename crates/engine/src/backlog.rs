//! Work as people see it: what waits, what has failed, and doing it again.

use crate::{Caller, Engine, Error, Listed, operators::COMMAND_LINE};
use domain::{
    env::Env,
    filter::Page,
    ids::{AuditId, JobId, TenantId},
};
pub use store::jobs::{Job, Shown};
use store::{Store, Tx, audit::AuditLine, jobs::NewJob};

impl Engine {
    /// A page of a tenant's work: what waits, the next due first, or what has failed, the latest
    /// first. What has ended is known for a week.
    pub async fn backlog(
        &self,
        tenant: TenantId,
        shown: Shown,
        page: Page,
    ) -> Result<Listed<Job>, Error> {
        let mut tx = self.store().read().await?;
        let listed = tx.jobs_across_buckets(Some(tenant), shown, page).await?;
        Listed::on(page, listed.count, listed.items)
    }

    /// Does a piece of work now: what waits becomes due, what has failed is queued anew. What is
    /// being done is left alone.
    pub async fn retry_job(&self, caller: &Caller, id: JobId) -> Result<(), Error> {
        let mut tx = self.store().write().await?;
        let job = tx.job(caller.tenant, id).await?.ok_or(Error::NoSuch("job"))?;
        again(&mut tx, self.env(), job).await?;
        self.audit(&mut tx, caller, RETRY, &id.to_string()).await?;
        tx.commit().await?;
        self.wake_workers();
        Ok(())
    }
}

/// What the audit log calls it.
const RETRY: &str = "retry_job";

/// As [`Engine::retry_job`], by the command line: whichever tenant's it is, and without an engine.
pub async fn retry(store: &Store, env: &Env, id: JobId) -> Result<(), Error> {
    let mut tx = store.write().await?;
    let job = job(&mut tx, id).await?.ok_or(Error::NoSuch("job"))?;
    let line = AuditLine {
        id: env.id::<AuditId>(),
        tenant: job.tenant,
        at: env.now(),
        actor: COMMAND_LINE.into(),
        action: RETRY.into(),
        subject: id.to_string(),
        detail: "{}".into(),
    };
    again(&mut tx, env, job).await?;
    tx.audit(&line).await?;
    Ok(tx.commit().await?)
}

/// An operator names work without its tenant.
async fn job(tx: &mut Tx, id: JobId) -> Result<Option<Job>, Error> {
    for tenant in tx.tenants().await? {
        if let Some(job) = tx.job(tenant.id, id).await? {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

/// Makes work due that waits, and queues what has failed anew.
async fn again(tx: &mut Tx, env: &Env, job: Job) -> Result<(), Error> {
    if job.outcome.as_deref() == Some("done") {
        return Err(Error::field("invalid", "This work is done.", "id"));
    }
    if job.finished_at.is_none() && job.lease_owner.is_some() {
        return Err(Error::field("invalid", "This work is being done.", "id"));
    }
    let now = env.now();
    let Job { id, tenant, link, institution, kind, subject, payload, .. } = job;
    let again = NewJob {
        id: env.id_in(id.bucket()),
        tenant,
        link,
        institution,
        kind,
        subject,
        payload,
        run_at: now,
        created_at: now,
    };
    Ok(tx.schedule(&again).await?)
}
