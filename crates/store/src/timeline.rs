//! What has happened to a link, for people.

use crate::{Error, Tx, lists::Listed, value::values};
use domain::{
    filter::Page,
    ids::{EntryId, LinkId, TenantId},
};
use jiff::Timestamp;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Of its link's bucket.
    pub id: EntryId,
    /// Whose.
    pub tenant: TenantId,
    /// The link.
    pub link: LinkId,
    /// When.
    pub at: Timestamp,
    /// What: a word of the engine's.
    pub kind: String,
    /// JSON of the engine's; nothing personal.
    pub detail: String,
}

impl Tx {
    /// Adds an entry. Where others are there of its instant or later, it gets the next microsecond, so
    /// that the order of instants is the order of writing.
    pub async fn add_entry(&mut self, entry: &Entry) -> Result<(), Error> {
        const SQL: &str = "insert into timeline (bucket, id, tenant, link, at, kind, detail)
            values ($1, $2, $3, $4, coalesce((select max(at) + 1 from timeline
                where bucket = $1 and link = $4 and at >= $5), $5), $6, json($7))";
        let row = values![
            entry.link.bucket(),
            entry.id,
            entry.tenant,
            entry.link,
            entry.at,
            &entry.kind,
            &entry.detail,
        ];
        self.run(SQL, row).await.map(drop)
    }

    /// A page of a link's timeline, newest first.
    pub async fn timeline(
        &mut self,
        tenant: TenantId,
        link: LinkId,
        page: Page,
    ) -> Result<Listed<Entry>, Error> {
        const COUNT: &str =
            "select count(*) from timeline where bucket = $1 and link = $2 and tenant = $3";
        const SQL: &str = "select id, tenant, link, at, kind, cast(detail as text) as detail
            from timeline where bucket = $1 and link = $2 and tenant = $3
            order by at desc, id desc limit $4 offset $5";
        let count = self.number(COUNT, values![link.bucket(), link, tenant]).await?;
        let page = values![link.bucket(), link, tenant, page.size, page.offset()];
        let rows = self.rows(SQL, page).await?;
        let items = rows.iter().map(|row| {
            Ok(Entry {
                id: row.get("id")?,
                tenant: row.get("tenant")?,
                link: row.get("link")?,
                at: row.get("at")?,
                kind: row.get("kind")?,
                detail: row.get("detail")?,
            })
        });
        Ok(Listed { count, items: items.collect::<Result<_, Error>>()? })
    }

    /// Removes entries older than `before`; how many.
    pub async fn prune_timeline_across_buckets(&mut self, before: Timestamp) -> Result<u64, Error> {
        const SQL: &str = "delete from timeline where at < $1";
        self.run(SQL, values![before]).await
    }
}
