//! What is remembered of credentials that institutions refused: how often and when, under a keyed
//! hash. The credentials themselves are nowhere here.

use crate::{Error, Tx, value::values};
use domain::{ids::Bucket, link::Refusals};
use jiff::Timestamp;

impl Tx {
    /// How often these credentials were refused, if that is remembered. They are a keyed hash, in
    /// the bucket of the links that they open.
    pub async fn refusals(
        &mut self,
        bucket: Bucket,
        credentials: &[u8; 32],
    ) -> Result<Option<Refusals>, Error> {
        const SQL: &str = "select count, last_at from refusals
            where bucket = $1 and credentials = $2";
        let row = self.row(SQL, values![bucket, credentials]).await?;
        row.map(|row| Ok(Refusals { count: row.at(0)?, last: row.at(1)? })).transpose()
    }

    /// Remembers that these credentials were refused once more. What is older than `forgotten` no
    /// longer counts.
    pub async fn note_refusal(
        &mut self,
        bucket: Bucket,
        credentials: &[u8; 32],
        forgotten: Timestamp,
        now: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "insert into refusals (bucket, credentials, count, last_at)
            values ($1, $2, 1, $4) on conflict (bucket, credentials) do update set
                count = case when refusals.last_at > $3 then refusals.count + 1 else 1 end,
                last_at = excluded.last_at";
        self.run(SQL, values![bucket, credentials, forgotten, now]).await.map(drop)
    }

    /// Forgets that these credentials were ever refused; whether they were.
    pub async fn forget_refusals(
        &mut self,
        bucket: Bucket,
        credentials: &[u8; 32],
    ) -> Result<bool, Error> {
        const SQL: &str = "delete from refusals where bucket = $1 and credentials = $2";
        self.hit(SQL, values![bucket, credentials]).await
    }

    /// Forgets all refusals whose last one was before `before`; how many credentials that were.
    pub async fn prune_refusals_across_buckets(&mut self, before: Timestamp) -> Result<u64, Error> {
        const SQL: &str = "delete from refusals where last_at < $1";
        self.run(SQL, values![before]).await
    }
}
