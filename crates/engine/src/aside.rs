//! Work that waits for a connector. Which institutions are spoken to is for each process to say of
//! itself, so work that has been due for long, and that this process cannot do, is set aside where no
//! claim comes past it; whichever process has a connector for it takes it up again.

use crate::{Engine, Error};
use domain::time::earlier;
use jiff::SignedDuration;

/// How long work may have been due before it is set aside: whoever can do it does it sooner.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// How much is set aside in one transaction.
const AT_ONCE: u32 = 5_000;

impl Engine {
    /// Sets aside what has been due for long at institutions that this process does not speak to.
    pub async fn set_work_aside(&self) -> Result<(), Error> {
        let catalogue = self.catalogue();
        let since = earlier(self.env().now(), PATIENCE);
        loop {
            let mut tx = self.store().write().await?;
            let moved = tx.set_aside_across_buckets(since, &catalogue.names(), AT_ONCE).await?;
            tx.commit().await?;
            if moved < AT_ONCE.into() {
                return Ok(());
            }
        }
    }

    /// Takes up again what other processes have set aside and this one can do.
    pub(crate) async fn take_up_work(&self) -> Result<(), Error> {
        let catalogue = self.catalogue();
        let offered = catalogue.names();
        // Nearly always there is nothing, which is no reason to write.
        if !self.store().read().await?.any_aside_across_buckets(&offered).await? {
            return Ok(());
        }
        let mut tx = self.store().write().await?;
        tx.take_up_across_buckets(&offered).await?;
        tx.commit().await?;
        self.wake_workers();
        Ok(())
    }
}
