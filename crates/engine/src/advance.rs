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
    /// history gives the same log. Whatever sleeps on the clock wakes at its own instant too.
    ///
    /// A caller that goes away does not stop it half-way.
    pub async fn advance(&self, to: Timestamp) -> Result<Timestamp, NotAdvanced> {
        let engine = self.clone();
        let advanced = self.tracker().spawn(async move { engine.advance_whole(to).await }).await;
        advanced.map_err(Error::broke("moving the clock"))?
    }

    async fn advance_whole(&self, to: Timestamp) -> Result<Timestamp, NotAdvanced> {
        let clock = self.movable_clock().ok_or(NotAdvanced::Real)?;
        if to < self.env().now() {
            return Err(NotAdvanced::Backwards(self.env().now()));
        }
        let _turn = self.turn().lock().await;
        let _held = self.webhooks().hold().await;
        loop {
            self.settle_down().await?;
            let Some(next) = self.next_due().await?.filter(|next| *next <= to) else { break };
            clock.advance_to(next.max(self.env().now()));
        }
        clock.advance_to(to.max(self.env().now()));
        self.settle_down().await?;
        Ok(self.env().now())
    }

    /// Does all that is due now, until nothing is and everybody rests: is done, or waits for the
    /// clock or for an end user.
    pub async fn settle_down(&self) -> Result<(), Error> {
        loop {
            self.bustle().rest(self.env()).await;
            // What is held here is not lost, however far the clock has moved.
            self.give_signs_of_life().await;
            let jobs = self.claim(1).await?;
            if !jobs.is_empty() {
                for job in jobs {
                    self.start_job(job);
                }
                continue;
            }
            if self.webhooks().deliver_until_quiet().await? == 0 {
                return Ok(());
            }
        }
    }

    /// The earliest instant at which anything falls due.
    async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        let catalogue = self.catalogue();
        let mut tx = self.store().read().await?;
        let job = tx.next_run_at_across_buckets(Some(&catalogue.names())).await?;
        let delivery = tx.next_delivery_at_across_buckets(self.env().now()).await?;
        drop(tx);
        Ok([job, delivery, self.bustle().next()].into_iter().flatten().min())
    }
}
