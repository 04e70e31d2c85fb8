//! The change log: what happened to records, in an order that a reader with a cursor can rely on.
//!
//! The ledger's transaction writes a commit and its changes, and waits for nobody. Afterwards
//! [`Store::sequence`] gives committed commits their positions. Two sequencers that choose the same
//! position meet on the primary key, and one begins again: a position becomes visible only after
//! all those before it. So a reader that has seen position *n* never has to look back.

use crate::{
    Error, Store, Tx,
    conditions::Sql,
    lists::Listed,
    value::{Row, corrupt, places, values},
};
use domain::{
    filter::Page,
    ids::{CommitId, LinkId, RecordId, TenantId},
    words,
};
use jiff::Timestamp;
use std::collections::HashMap;

words!(
    /// What happened to a record.
    ChangeKind {
        /// It is new.
        Created = "created",
        /// It says something else now.
        Updated = "updated",
        /// It is gone.
        Deleted = "deleted",
    }
);

/// One change, as the ledger writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    /// The resource's name.
    pub resource: String,
    /// Which record.
    pub record: RecordId,
    /// What happened to it.
    pub kind: ChangeKind,
}

/// One change, as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The place of its commit in the tenant's log, from 1.
    pub position: u64,
    /// Its place in the commit, from 0.
    pub ordinal: u32,
    /// The commit.
    pub commit: CommitId,
    /// The link of the record.
    pub link: LinkId,
    /// The resource's name.
    pub resource: String,
    /// Which record.
    pub record: RecordId,
    /// What happened to it.
    pub kind: ChangeKind,
}

/// What one commit did to the records of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitOfLink {
    /// The commit.
    pub commit: CommitId,
    /// When.
    pub at: Timestamp,
    /// The resource's name.
    pub resource: String,
    /// How many records were new.
    pub created: u64,
    /// How many said something else.
    pub updated: u64,
    /// How many were gone.
    pub deleted: u64,
}

/// Commits that are given their positions in one transaction.
const SEQUENCED_AT_ONCE: u32 = 200;
/// How often a sequencer begins again before it leaves the rest to the other.
const TRIES: usize = 5;
/// Changes in one statement.
const BATCH: usize = 500;

impl Tx {
    /// Adds a commit and its changes to the log. Nothing is added for no changes.
    pub async fn log_changes(
        &mut self,
        commit: CommitId,
        tenant: TenantId,
        link: LinkId,
        at: Timestamp,
        changes: &[NewChange],
    ) -> Result<(), Error> {
        const COMMIT: &str = "insert into commits (bucket, id, tenant, link, at, sequenced)
            values ($1, $2, $3, $4, $5, false)";
        const CHANGES: &str = "insert into changes
            (bucket, commit_id, ordinal, link, resource, record, kind) values ";
        if changes.is_empty() {
            return Ok(());
        }
        let bucket = link.bucket();
        self.run(COMMIT, values![bucket, commit, tenant, link, at]).await?;
        let mut ordinal = 0_u32;
        for some in changes.chunks(BATCH) {
            let rows = some.iter().map(|change| {
                let row = values![
                    bucket,
                    commit,
                    ordinal,
                    link,
                    &change.resource,
                    change.record,
                    change.kind.as_str(),
                ];
                ordinal += 1;
                row
            });
            let mut sql = Sql::new(CHANGES, Vec::with_capacity(some.len() * 7));
            sql.rows(self, None, rows);
            let (sql, values) = sql.finish();
            self.run(sql, values).await?;
        }
        Ok(())
    }

    /// Up to `limit` changes of a tenant after one place in its log, in order. The beginning is
    /// position 0, ordinal 0; after a change, it is that change's own place.
    pub async fn changes_after(
        &mut self,
        tenant: TenantId,
        position: u64,
        ordinal: u32,
        limit: u32,
    ) -> Result<Vec<Change>, Error> {
        // A commit has at least one change, so as many commits as changes are enough, and one more
        // for that of which all may have been read.
        const FEED: &str = "select position, commit_id from feed
            where tenant = $1 and position >= $2 order by position limit $3";
        let feed = self.rows(FEED, values![tenant, position, u64::from(limit) + 1]).await?;
        let mut positions = HashMap::with_capacity(feed.len());
        let mut commits: Vec<CommitId> = Vec::with_capacity(feed.len());
        for row in &feed {
            positions.insert(row.at::<CommitId>(1)?, row.at::<u64>(0)?);
            commits.push(row.at(1)?);
        }
        let mut found = Vec::new();
        // A few commits at a time, so that large ones are not all read for a small page.
        for some in commits.chunks(32) {
            for row in self
                .changes_of_commits_across_buckets(some, limit, position, ordinal, &positions)
                .await?
            {
                found.push(row);
            }
            if found.len() >= limit as usize {
                break;
            }
        }
        found.truncate(limit as usize);
        Ok(found)
    }

    /// A page of the commits about a link of this tenant, the latest first. A commit is about one
    /// resource.
    pub async fn commits_of_link(
        &mut self,
        tenant: TenantId,
        link: LinkId,
        page: Page,
    ) -> Result<Listed<CommitOfLink>, Error> {
        const COUNT: &str =
            "select count(*) from commits where bucket = $1 and link = $2 and tenant = $3";
        const SQL: &str = "select latest.id, latest.at, changes.resource,
                count(*) filter (where changes.kind = 'created'),
                count(*) filter (where changes.kind = 'updated'),
                count(*) filter (where changes.kind = 'deleted')
            from (select id, at from commits where bucket = $1 and link = $2 and tenant = $3
                order by at desc, id desc limit $4 offset $5) as latest
            join changes on changes.bucket = $1 and changes.commit_id = latest.id
            group by latest.id, latest.at, changes.resource
            order by latest.at desc, latest.id desc, changes.resource";
        let count = self.number(COUNT, values![link.bucket(), link, tenant]).await?;
        let page = values![link.bucket(), link, tenant, page.size, page.offset()];
        let rows = self.rows(SQL, page).await?;
        let items = rows.iter().map(|row| {
            Ok(CommitOfLink {
                commit: row.at(0)?,
                at: row.at(1)?,
                resource: row.at(2)?,
                created: row.at(3)?,
                updated: row.at(4)?,
                deleted: row.at(5)?,
            })
        });
        Ok(Listed { count, items: items.collect::<Result<_, Error>>()? })
    }

    async fn changes_of_commits_across_buckets(
        &mut self,
        commits: &[CommitId],
        limit: u32,
        position: u64,
        ordinal: u32,
        positions: &HashMap<CommitId, u64>,
    ) -> Result<Vec<Change>, Error> {
        const SQL: &str = "select changes.commit_id, changes.ordinal, changes.link,
                changes.resource, changes.record, changes.kind
            from json_each($1) as wanted join changes
                on changes.bucket = cast(wanted.value ->> 'bucket' as smallint)
                and changes.commit_id = unhex(wanted.value ->> 'id')
            where changes.ordinal > $4 or changes.commit_id <> $3
            order by wanted.key, changes.ordinal limit $2";
        let read: Option<CommitId> =
            commits.iter().copied().find(|commit| positions.get(commit) == Some(&position));
        let after =
            values![places(commits), limit, read.map_or(uuid::Uuid::nil(), Into::into), ordinal];
        let rows = self.rows(SQL, after).await?;
        rows.iter().map(|row| change(row, positions)).collect()
    }

    /// The last position of a tenant's log; 0 when it is empty.
    pub async fn head(&mut self, tenant: TenantId) -> Result<u64, Error> {
        const SQL: &str = "select coalesce(max(position), 0) from feed where tenant = $1";
        self.number(SQL, values![tenant]).await
    }

    /// Tenants with commits that have no position yet.
    pub async fn unsequenced_tenants_across_buckets(
        &mut self,
        limit: u32,
    ) -> Result<Vec<TenantId>, Error> {
        const SQL: &str = "select distinct tenant from commits where not sequenced limit $1";
        self.rows(SQL, values![limit]).await?.iter().map(|row| row.at(0)).collect()
    }

    /// Whether a tenant has commits that have no position yet.
    pub async fn is_unsequenced_across_buckets(&mut self, tenant: TenantId) -> Result<bool, Error> {
        const SQL: &str = "select id from commits
            where tenant = $1 and not sequenced order by at, id limit 1";
        Ok(self.row(SQL, values![tenant]).await?.is_some())
    }

    async fn sequence_some_across_buckets(&mut self, tenant: TenantId) -> Result<usize, Error> {
        const WAITING: &str = "select id from commits
            where tenant = $1 and not sequenced order by at, id limit $2";
        const FEED: &str = "insert into feed (tenant, position, bucket, commit_id)
            select $2, cast($3 as bigint) + cast(key as bigint),
                cast(value ->> 'bucket' as smallint), unhex(value ->> 'id') from json_each($1)";
        const MARK: &str = "update commits set sequenced = true from json_each($1) as done
            where commits.bucket = cast(done.value ->> 'bucket' as smallint)
                and commits.id = unhex(done.value ->> 'id')";
        // The head first: a position that is taken after this makes us begin again, and a commit
        // that another sequencer has placed before this is marked, and not seen as waiting below.
        let head = self.head(tenant).await?;
        let waiting = self.rows(WAITING, values![tenant, SEQUENCED_AT_ONCE]).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let commits =
            waiting.iter().map(|row| row.at(0)).collect::<Result<Vec<CommitId>, Error>>()?;
        let batch = places(&commits);
        self.run(FEED, values![batch.clone(), tenant, head + 1]).await?;
        self.run(MARK, values![batch]).await?;
        Ok(commits.len())
    }
}

impl Store {
    /// Gives the tenant's committed changes their places in its log; how many commits got one.
    /// Any node may do so at any time.
    pub async fn sequence(&self, tenant: TenantId) -> Result<usize, Error> {
        let (mut done, mut tries) = (0, 0);
        loop {
            // Most looks find nothing; they should not take the one writer of SQLite.
            if !self.glance().await?.is_unsequenced_across_buckets(tenant).await? {
                return Ok(done);
            }
            let mut tx = self.write().await?;
            match tx.sequence_some_across_buckets(tenant).await {
                Ok(0) => return Ok(done),
                Ok(some) => {
                    tx.commit().await?;
                    done += some;
                }
                Err(Error::Duplicate(_) | Error::Conflict(_)) if tries < TRIES => tries += 1,
                // Whoever keeps winning is doing our work.
                Err(Error::Duplicate(_) | Error::Conflict(_)) => return Ok(done),
                Err(error) => return Err(error),
            }
        }
    }
}

fn change(row: &Row, positions: &HashMap<CommitId, u64>) -> Result<Change, Error> {
    let commit = row.at(0)?;
    let kind: String = row.at(5)?;
    Ok(Change {
        position: positions.get(&commit).copied().unwrap_or_default(),
        ordinal: row.at(1)?,
        commit,
        link: row.at(2)?,
        resource: row.at(3)?,
        record: row.at(4)?,
        kind: kind.parse().map_err(|e| corrupt("kind", e))?,
    })
}
