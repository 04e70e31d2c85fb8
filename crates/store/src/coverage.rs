//! Which days of a resource have been completely read.

use crate::{
    Error, Tx,
    value::{hex, values},
};
use domain::{
    ids::{LinkId, RecordId},
    time::Window,
};
use jiff::{Timestamp, ToSpan as _};
use uuid::Uuid;

/// Days that have been completely read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covered {
    /// From first to last.
    pub days: Window,
    /// When the oldest of the readings that make it up was done.
    pub read_at: Timestamp,
}

fn key(account: Option<RecordId>) -> Uuid {
    account.map_or(Uuid::nil(), Uuid::from)
}

impl Tx {
    /// Forgets what has been read of a link, so that it is all asked for again.
    pub async fn forget_coverage(&mut self, link: LinkId) -> Result<u64, Error> {
        const SQL: &str = "delete from coverage where bucket = $1 and link = $2";
        const READINGS: &str = "delete from readings where bucket = $1 and link = $2";
        self.run(READINGS, values![link.bucket(), link]).await?;
        self.run(SQL, values![link.bucket(), link]).await
    }

    /// Forgets which days of these accounts, or of what else records belong to, have been read.
    pub async fn forget_coverage_of(
        &mut self,
        link: LinkId,
        accounts: &[RecordId],
    ) -> Result<u64, Error> {
        const SQL: &str = "delete from coverage where bucket = $1 and link = $2
            and account in (select unhex(value ->> 'id') from json_each($3))";
        self.run(SQL, values![link.bucket(), link, hex(accounts)]).await
    }

    /// Notes that a resource of a link was brought up to date.
    pub async fn note_reading(
        &mut self,
        link: LinkId,
        resource: &str,
        read_at: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "insert into readings (bucket, link, resource, read_at)
            values ($1, $2, $3, $4)
            on conflict (bucket, link, resource) do update set read_at = excluded.read_at";
        self.run(SQL, values![link.bucket(), link, resource, read_at]).await.map(drop)
    }

    /// When a resource of a link was last brought up to date; nothing where no record of it is stored.
    pub async fn last_reading(
        &mut self,
        link: LinkId,
        resource: &str,
    ) -> Result<Option<Timestamp>, Error> {
        const SQL: &str = "select read_at from readings
            where bucket = $1 and link = $2 and resource = $3
                and exists (select 1 from records
                    where bucket = $1 and link = $2 and resource = $3)";
        let row = self.row(SQL, values![link.bucket(), link, resource]).await?;
        row.map(|row| row.at(0)).transpose()
    }

    /// Adds days that a complete reading covered. Intervals that overlap or touch become one, which
    /// is as old as its oldest part outside the new days.
    pub async fn add_coverage(
        &mut self,
        link: LinkId,
        resource: &str,
        account: Option<RecordId>,
        days: Window,
        read_at: Timestamp,
    ) -> Result<(), Error> {
        const NEIGHBOURS: &str = "delete from coverage
            where bucket = $1 and link = $2 and resource = $3 and account = $4
                and from_day <= $6 and to_day >= $5
            returning from_day, to_day, read_at";
        const INSERT: &str = "insert into coverage
            (bucket, link, resource, account, from_day, to_day, read_at)
            values ($1, $2, $3, $4, $5, $6, $7)";
        let (before, after) = (days.from.saturating_sub(1.day()), days.to.saturating_add(1.day()));
        let place = values![link.bucket(), link, resource, key(account), before, after];
        let mut merged = Covered { days, read_at };
        for row in self.rows(NEIGHBOURS, place).await? {
            let old = covered(&row)?;
            if !(days.from <= old.days.from && old.days.to <= days.to) {
                merged.read_at = merged.read_at.min(old.read_at);
            }
            merged.days.from = merged.days.from.min(old.days.from);
            merged.days.to = merged.days.to.max(old.days.to);
        }
        let Covered { days, read_at } = merged;
        let row = values![link.bucket(), link, resource, key(account), days.from, days.to, read_at];
        self.run(INSERT, row).await.map(drop)
    }

    /// The days that have been completely read, in order; no two intervals overlap or touch.
    pub async fn coverage(
        &mut self,
        link: LinkId,
        resource: &str,
        account: Option<RecordId>,
    ) -> Result<Vec<Covered>, Error> {
        const SQL: &str = "select from_day, to_day, read_at from coverage
            where bucket = $1 and link = $2 and resource = $3 and account = $4 order by from_day";
        let place = values![link.bucket(), link, resource, key(account)];
        self.rows(SQL, place).await?.iter().map(covered).collect()
    }
}

fn covered(row: &crate::value::Row) -> Result<Covered, Error> {
    let days = Window { from: row.at(0)?, to: row.at(1)? };
    Ok(Covered { days, read_at: row.at(2)? })
}
