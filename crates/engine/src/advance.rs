//! Moving the clock: everything that falls due on the way is done at its own instant, in order,
//! deliveries included, before the answer.

use crate::{Engine, Error};
use jiff::Timestamp;

/// Why the clock was not moved.
#[derive(Debug, thiserror::Error)]
pub enum NotAdvanced {
    /// The clock is the real one.
    #[error("this clock cannot be moved")]
    Real,
    /// Time does not run backwards.
    #[error("the clock only moves forward; it is {0} already")]
    Backwards(Timestamp),
    /// Something broke on the way; the clock stands where it broke.
    #[error(transparent)]
    Broke(#[from] Error),
}

impl Engine {
    /// Moves the clock to `to`. Work, deliveries, expiries and retries happen one after the other at
    /// the instants at which they fall due; the background workers rest meanwhile, so that the same
    /// history gives the same log.
    pub async fn advance(&self, to: Timestamp) -> Result<Timestamp, NotAdvanced> {
        let clock = self.movable_clock().ok_or(NotAdvanced::Real)?;
        if to < self.env().now() {
            return Err(NotAdvanced::Backwards(self.env().now()));
        }
        let _turn = self.turn().lock().await;
        let _held = self.webhooks().hold().await;
        // What the workers have begun, they end first.
        let all = u32::try_from(self.settings().workers).unwrap_or(u32::MAX);
        let _slots = self.slots().acquire_many_owned(all).await.map_err(|_| Error::Busy)?;
        loop {
            self.settle_down().await?;
            let Some(next) = self.next_due().await?.filter(|next| *next <= to) else { break };
            {
                // Nobody is in the middle of anything while the clock moves.
                let _still = self.gate().write_owned().await;
                clock.advance_to(next.max(self.env().now()));
            }
            // Parked sessions whose time is up notice by themselves; let them close.
            tokio::task::yield_now().await;
        }
        {
            let _still = self.gate().write_owned().await;
            clock.advance_to(to.max(self.env().now()));
        }
        self.settle_down().await?;
        Ok(self.env().now())
    }

    /// Does all that is due now, until nothing is.
    pub async fn settle_down(&self) -> Result<(), Error> {
        loop {
            self.end_abandoned_sessions().await?;
            self.until_sessions_rest().await;
            let jobs = self.claim(1).await?;
            let worked = !jobs.is_empty();
            for job in jobs {
                self.run_job(job).await;
            }
            let delivered = self.webhooks().deliver_until_quiet().await?;
            if !worked && delivered == 0 {
                return Ok(());
            }
        }
    }

    /// Waits until every session of this process is over or parked.
    async fn until_sessions_rest(&self) {
        drop(self.gate().write_owned().await);
    }

    /// The earliest instant at which anything falls due.
    async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        let mut tx = self.store().read().await?;
        let job = tx.next_run_at_across_buckets().await?;
        let delivery = tx.next_delivery_at_across_buckets(self.env().now()).await?;
        drop(tx);
        let parked = self.live().next_deadline();
        Ok([job, delivery, parked].into_iter().flatten().min())
    }
}
