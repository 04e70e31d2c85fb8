//! Single statements without a transaction, and the connections that rest between two of them.

use crate::Error;
use sqlx::{
    Database,
    pool::{Pool, PoolConnection},
};
use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Connections without a transaction that rest between two glances, out of their pool.
#[derive(Debug)]
pub(crate) struct Resting<D: Database>(Mutex<Vec<Rested<D>>>);

/// One of them, and how many glances it has served.
type Rested<D> = (PoolConnection<D>, u32);

/// After so many glances a connection goes back to its pool, which looks at its age.
const GLANCES: u32 = 1_000;

impl<D: Database> Default for Resting<D> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<D: Database> Resting<D> {
    fn all(&self) -> MutexGuard<'_, Vec<Rested<D>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// The one that has rested the shortest.
    fn take(&self) -> Option<Rested<D>> {
        self.all().pop()
    }
    /// Begins a transaction, which must not wait for connections that only rest.
    pub(super) async fn give_way<T>(
        &self,
        pool: &Pool<D>,
        beginning: impl Future<Output = T>,
    ) -> T {
        let mut beginning = Box::pin(beginning);
        let mut looked = false;
        poll_fn(|context| {
            let polled = beginning.as_mut().poll(context);
            // By now it has taken a connection, or stands in the queue for one.
            if polled.is_pending() && !std::mem::replace(&mut looked, true) && is_exhausted(pool) {
                drop(self.take());
            }
            polled
        })
        .await
    }
    pub(super) async fn close(&self, pool: &Pool<D>) {
        // From here on nothing comes to rest.
        let closed = pool.close();
        let resting = std::mem::take(&mut *self.all());
        drop(resting);
        closed.await;
    }
}

impl<D: Database> Drop for Resting<D> {
    fn drop(&mut self) {
        // Not through the pool, which would need a runtime for it.
        for (conn, _) in self.all().drain(..) {
            drop(conn.detach());
        }
    }
}

/// Whether whoever wants a connection has to wait for one that is out.
fn is_exhausted<D: Database>(pool: &Pool<D>) -> bool {
    pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
}

/// A connection at work on a glance.
#[derive(Debug)]
pub(super) struct Glance<D: Database> {
    /// Until it is dropped, or given up.
    conn: Option<PoolConnection<D>>,
    pub(super) uses: u32,
    /// Not in the middle of a statement.
    pub(super) whole: bool,
    pool: Pool<D>,
    resting: Arc<Resting<D>>,
}

impl<D: Database> Glance<D> {
    pub(super) async fn new(pool: &Pool<D>, resting: &Arc<Resting<D>>) -> Result<Self, Error> {
        let (conn, uses) = match resting.take() {
            Some(rested) => rested,
            None => (pool.acquire().await?, 0),
        };
        let (pool, resting) = (pool.clone(), resting.clone());
        Ok(Self { conn: Some(conn), uses, whole: true, pool, resting })
    }
    /// None where the exchange of one that had died has failed.
    pub(super) fn connection(&mut self) -> Result<&mut D::Connection, Error> {
        self.conn.as_deref_mut().ok_or(Error::Busy)
    }
    pub(super) async fn exchange(&mut self) -> Result<(), Error> {
        // The old one first: it may be the last that the pool has to give.
        self.conn = None;
        self.conn = Some(self.pool.acquire().await?);
        self.uses = 0;
        Ok(())
    }
}

impl<D: Database> Drop for Glance<D> {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        let uses = self.uses + 1;
        if self.whole && uses < GLANCES && !self.pool.is_closed() && !is_exhausted(&self.pool) {
            self.resting.all().push((conn, uses));
        }
        // Else it goes back to the pool, for whoever waits there.
    }
}
