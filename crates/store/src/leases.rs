//! Leases of a process that is known to be gone.

use crate::{Error, Tx, value::values};
use jiff::Timestamp;

impl Tx {
    /// Ends every lease on jobs, sessions and deliveries. Only for a process that knows itself to
    /// be the only one on this database: then all leases are those of its dead predecessor, and
    /// waiting for them to run out would only delay the work.
    pub async fn end_all_leases_across_buckets(&mut self, now: Timestamp) -> Result<(), Error> {
        const JOBS: &str = "update jobs set lease_owner = null, run_at = $1
            where lease_owner is not null and finished_at is null";
        const SESSIONS: &str = "update sessions set lease_until = $1
            where finished_at is null and lease_until > $1";
        const DELIVERIES: &str = "update deliveries set lease_owner = null, next_attempt_at = $1
            where lease_owner is not null and state = 'pending'";
        for sql in [JOBS, SESSIONS, DELIVERIES] {
            self.run(sql, values![now]).await?;
        }
        Ok(())
    }
}
