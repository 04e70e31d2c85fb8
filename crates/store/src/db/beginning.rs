//! How a transaction begins.

use sqlx::{Database, Pool, SqlSafeStr as _, Transaction};
use std::{
    pin::Pin,
    task::{Context, Poll},
};
use tokio::runtime::Handle;

/// Begins a transaction by `statement`. Whoever turns away while it waits for a connection has asked
/// for nothing; once there is one, the transaction is begun to its end and then rolled back.
pub(super) async fn begin<D: Database>(
    pool: &Pool<D>,
    statement: &'static str,
) -> sqlx::Result<Transaction<'static, D>> {
    let conn = pool.acquire().await?;
    Beginning(Some(Transaction::begin(conn, Some(statement.into_sql_str())))).await
}

type Begun<D> = sqlx::Result<Transaction<'static, D>>;

/// A transaction that its database is being asked to begin.
///
/// Of one that is dropped half way (a client hangs up, a session is cancelled) sqlx 0.9.0 does not
/// know that PostgreSQL has begun it: the pool would give the connection, still in that transaction,
/// to somebody who then reads what was true long ago and may write nothing
/// (<https://github.com/launchbadge/sqlx/issues/4393>). So it goes on without whoever waited.
struct Beginning<D: Database>(Option<Pin<Box<dyn Future<Output = Begun<D>> + Send>>>);

impl<D: Database> Future for Beginning<D> {
    type Output = Begun<D>;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Begun<D>> {
        let Some(rest) = &mut self.0 else { return Poll::Pending };
        let polled = rest.as_mut().poll(context);
        if polled.is_ready() {
            self.0 = None;
        }
        polled
    }
}

impl<D: Database> Drop for Beginning<D> {
    fn drop(&mut self) {
        if let (Some(rest), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(rest);
        }
    }
}
