//! What must be forgotten: finished work, old timelines, delivered webhooks, and above all the
//! sealed outcomes of sessions that nobody will ask for any more.

use crate::{Engine, Error};
use domain::{link::Refusals, time::earlier};
use jiff::SignedDuration;

/// How often it is looked at.
pub(crate) const EVERY: SignedDuration = SignedDuration::from_mins(10);

const SESSIONS: SignedDuration = SignedDuration::from_hours(1);
const JOBS: SignedDuration = SignedDuration::from_hours(7 * 24);
const EVENTS: SignedDuration = SignedDuration::from_hours(90 * 24);
const TIMELINE: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Events are large in number: some at a time, so that no transaction is long.
const EVENTS_AT_ONCE: u32 = 5_000;

impl Engine {
    /// Forgets what is older than its time. Looks at what is, takes no input.
    pub async fn forget_old(&self) -> Result<u64, Error> {
        let now = self.env().now();
        let before = |age: SignedDuration| earlier(now, age);
        let mut tx = self.store().write().await?;
        let mut forgotten = tx.prune_sessions_across_buckets(before(SESSIONS)).await?;
        forgotten += tx.prune_jobs_across_buckets(before(JOBS)).await?;
        forgotten += tx.prune_refusals_across_buckets(before(Refusals::REMEMBERED)).await?;
        forgotten += tx.prune_timeline_across_buckets(before(TIMELINE)).await?;
        forgotten += tx.prune_events_across_buckets(before(EVENTS), EVENTS_AT_ONCE).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}
