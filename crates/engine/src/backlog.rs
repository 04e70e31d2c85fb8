//! Work as people see it: what waits, what has failed, and doing it again.

use crate::{Caller, Engine, Error, Listed};
use domain::{
    filter::Page,
    ids::{JobId, TenantId},
};
use store::jobs::NewJob;
pub use store::jobs::{Job, Shown};

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
        let now = self.env().now();
        let mut tx = self.store().write().await?;
        let job = tx.job(caller.tenant, id).await?.ok_or(Error::NoSuch("job"))?;
        if job.outcome.as_deref() == Some("done") {
            return Err(Error::field("invalid", "This work is done.", "id"));
        }
        if job.finished_at.is_none() && job.lease_owner.is_some() {
            return Err(Error::field("invalid", "This work is being done.", "id"));
        }
        let Job { tenant, link, institution, kind, subject, payload, .. } = job;
        let again = self.env().id_in(id.bucket());
        let job = NewJob {
            id: again,
            tenant,
            link,
            institution,
            kind,
            subject,
            payload,
            run_at: now,
            created_at: now,
        };
        tx.schedule(&job).await?;
        self.audit(&mut tx, caller, "retry_job", &id.to_string()).await?;
        tx.commit().await?;
        self.wake_workers();
        Ok(())
    }
}
