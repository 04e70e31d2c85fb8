//! Links: what is known of them, and that no login is registered twice.

use crate::{
    Error, Tx,
    conditions::Sql,
    lists::Listed,
    value::{Row, Value, values},
};
use domain::{
    filter::{Condition, Page},
    ids::{LinkId, TenantId},
    link::{Link, Status},
    refresh::Rate,
};
use jiff::Timestamp;

/// What became of a new link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is stored.
    Inserted,
    /// The same tenant already has a link with this login at this institution.
    Taken(LinkId),
}

/// How many links are in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkCount {
    /// Their status.
    pub status: Status,
    /// Their rate; `None` for those that are not refreshed on a schedule.
    pub rate: Option<Rate>,
    /// How many there are.
    pub count: u64,
    /// Of how many the data are late.
    pub late: u64,
}

macro_rules! link_columns { () => {
    "id, tenant, institution, access_mode, status, external_id, institution_user_id, \
     refresh_rate, cast(schedule as text) as schedule, credentials_storage, stale_in, \
     cast(fetch_resources as text) as fetch_resources, created_by, created_at, last_accessed_at, \
     updated_at, refreshed_at, refused, credentials_version, credentials_since, version"
} }

/// A link, and how often it has been saved.
fn link(row: &Row) -> Result<Link, Error> {
    Ok(Link {
        id: row.get("id")?,
        tenant: row.get("tenant")?,
        institution: row.get("institution")?,
        access_mode: row.parsed("access_mode")?,
        status: row.parsed("status")?,
        external_id: row.get("external_id")?,
        institution_user_id: row.get("institution_user_id")?,
        refresh_rate: row.maybe_parsed("refresh_rate")?,
        schedule: row.maybe_json("schedule")?,
        credentials_storage: row.parsed("credentials_storage")?,
        stale_in: row.parsed("stale_in")?,
        fetch_resources: row.json("fetch_resources")?,
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
        last_accessed_at: row.get("last_accessed_at")?,
        updated_at: row.get("updated_at")?,
        refreshed_at: row.get("refreshed_at")?,
        refused: row.get("refused")?,
        credentials_version: row.get("credentials_version")?,
        credentials_since: row.get("credentials_since")?,
    })
}

/// The columns that change in a link's life, after bucket, id and tenant.
fn changing(link: &Link) -> Result<Vec<Value>, Error> {
    let schedule = link.schedule.as_ref().map(serde_json::to_string).transpose();
    let schedule = schedule.map_err(|e| crate::value::corrupt("schedule", e))?;
    let fetch = serde_json::to_string(&link.fetch_resources);
    let fetch = fetch.map_err(|e| crate::value::corrupt("fetch_resources", e))?;
    Ok(values![
        link.id.bucket(),
        link.id,
        link.tenant,
        link.access_mode.as_str(),
        link.status.as_str(),
        link.external_id.as_deref(),
        link.institution_user_id.as_deref(),
        link.refresh_rate.map(domain::refresh::Rate::as_str),
        schedule,
        link.credentials_storage.to_string(),
        link.stale_in.to_string(),
        fetch,
        link.last_accessed_at,
        link.updated_at,
        link.refreshed_at,
        link.refused,
        link.credentials_version,
        link.credentials_since,
    ])
}

impl Tx {
    /// Stores a new link, unless its login is taken. `login` is a keyed hash of the login at the
    /// institution; random where there is none.
    pub async fn insert_link(&mut self, link: &Link, login: &[u8; 32]) -> Result<Inserted, Error> {
        const INSERT: &str = "insert into links
            (bucket, id, tenant, access_mode, status, external_id, institution_user_id,
             refresh_rate, schedule, credentials_storage, stale_in, fetch_resources,
             last_accessed_at, updated_at, refreshed_at, refused, credentials_version,
             credentials_since, institution, login, created_by, created_at, version)
            values ($1, $2, $3, $4, $5, $6, $7, $8, json($9), $10, $11, json($12), $13, $14, $15,
             $16, $17, $18, $19, $20, $21, $22, 1)
            on conflict (bucket, tenant, institution, login) do nothing";
        const TAKEN: &str = "select id from links
            where bucket = $1 and tenant = $2 and institution = $3 and login = $4";
        let mut row = changing(link)?;
        row.extend(values![&link.institution, login, link.created_by, link.created_at]);
        if self.hit(INSERT, row).await? {
            return Ok(Inserted::Inserted);
        }
        let key = values![link.id.bucket(), link.tenant, &link.institution, login];
        let taken = self.row(TAKEN, key).await?;
        // It went between the two statements: whoever asks again will get the place.
        let taken = taken.ok_or(Error::Busy)?;
        Ok(Inserted::Taken(taken.get("id")?))
    }

    /// A link of this tenant.
    pub async fn link(&mut self, tenant: TenantId, id: LinkId) -> Result<Option<Link>, Error> {
        const SQL: &str = concat!(
            "select ",
            link_columns!(),
            " from links where bucket = $1 and id = $2 and tenant = $3"
        );
        let row = self.row(SQL, values![id.bucket(), id, tenant]).await?;
        row.as_ref().map(link).transpose()
    }

    /// A link of this tenant, held until the transaction ends: who else wants it for update waits.
    pub async fn link_for_update(
        &mut self,
        tenant: TenantId,
        id: LinkId,
    ) -> Result<Option<Link>, Error> {
        const HOLD: &str =
            "select id from links where bucket = $1 and id = $2 and tenant = $3 for update";
        if self.is_postgres() {
            self.row(HOLD, values![id.bucket(), id, tenant]).await?;
        }
        self.link(tenant, id).await
    }

    /// Stores what has changed of a link; false if it is gone. Its institution, its creator and its
    /// birth never change.
    pub async fn save_link(&mut self, link: &Link) -> Result<bool, Error> {
        const SQL: &str = "update links set access_mode = $4, status = $5, external_id = $6,
            institution_user_id = $7, refresh_rate = $8, schedule = json($9),
            credentials_storage = $10, stale_in = $11, fetch_resources = json($12),
            last_accessed_at = $13, updated_at = $14, refreshed_at = $15, refused = $16,
            credentials_version = $17, credentials_since = $18, version = version + 1
            where bucket = $1 and id = $2 and tenant = $3";
        self.hit(SQL, changing(link)?).await
    }

    /// Lets the login of a link be linked anew, as another link: `nobody` is a hash of nothing. False
    /// if there was no such link.
    pub async fn release_login(
        &mut self,
        tenant: TenantId,
        id: LinkId,
        nobody: &[u8; 32],
    ) -> Result<bool, Error> {
        const SQL: &str =
            "update links set login = $4 where bucket = $1 and id = $2 and tenant = $3";
        self.hit(SQL, values![id.bucket(), id, tenant, nobody]).await
    }

    /// Removes a link and everything below it; false if there was none. What remains are the change
    /// log, which tells readers of the end, and the audit log.
    pub async fn delete_link(&mut self, tenant: TenantId, id: LinkId) -> Result<bool, Error> {
        const LINK: &str = "delete from links where bucket = $1 and id = $2 and tenant = $3";
        const BELOW: &[&str] = &[
            "delete from attempts where bucket = $1 and delivery in
                (select id from deliveries where bucket = $1 and event in
                    (select id from events where bucket = $1 and link = $2))",
            "delete from deliveries where bucket = $1 and event in
                (select id from events where bucket = $1 and link = $2)",
            "delete from events where bucket = $1 and link = $2",
            "delete from jobs where bucket = $1 and link = $2",
            "delete from coverage where bucket = $1 and link = $2",
            "delete from readings where bucket = $1 and link = $2",
            "delete from timeline where bucket = $1 and link = $2",
            "delete from documents where bucket = $1 and link = $2",
            "delete from records where bucket = $1 and link = $2",
            "delete from sessions where bucket = $1 and link = $2",
            "delete from link_secrets where bucket = $1 and link = $2",
            "delete from statement_mappings where bucket = $1 and link = $2",
        ];
        if !self.hit(LINK, values![id.bucket(), id, tenant]).await? {
            return Ok(false);
        }
        for sql in BELOW {
            self.run(*sql, values![id.bucket(), id]).await?;
        }
        Ok(true)
    }

    /// A page of a tenant's links, newest first.
    pub async fn links_across_buckets(
        &mut self,
        tenant: TenantId,
        conditions: &[Condition],
        page: Page,
    ) -> Result<Listed<Link>, Error> {
        const COUNT: &str = "select count(*)";
        const SELECT: &str = concat!("select ", link_columns!());
        let mut list = Sql::new(" from links where links.tenant = $1", values![tenant]);
        list.and("links", conditions);
        let (count, rows) =
            self.page_of_list(COUNT, SELECT, &list, "created_at desc, id desc", page).await?;
        Ok(Listed { count, items: rows.iter().map(link).collect::<Result<_, _>>()? })
    }

    /// How many links a tenant has in each status and rate, and of how many the data are older than
    /// `late_before` of their rate.
    pub async fn links_by_state_across_buckets(
        &mut self,
        tenant: TenantId,
        late_before: impl Fn(Rate) -> Timestamp,
    ) -> Result<Vec<LinkCount>, Error> {
        const SQL: &str = "select status, refresh_rate, count(*) as count,
                count(*) filter (where updated_at < case refresh_rate when '6h' then $2
                    when '12h' then $3 when '24h' then $4 when '7d' then $5 when '30d' then $6 end)
                    as late
            from links where tenant = $1 group by status, refresh_rate";
        let [six, twelve, day, week, month] =
            [Rate::SixHours, Rate::TwelveHours, Rate::Day, Rate::Week, Rate::Month]
                .map(late_before);
        let rows = self.rows(SQL, values![tenant, six, twelve, day, week, month]).await?;
        let count = |row: &Row| {
            Ok(LinkCount {
                status: row.parsed("status")?,
                rate: row.maybe_parsed("refresh_rate")?,
                count: row.get("count")?,
                late: row.get("late")?,
            })
        };
        rows.iter().map(count).collect()
    }

    /// How many links a tenant has of each institution in each status, by the names of the
    /// institutions.
    pub async fn links_by_institution_across_buckets(
        &mut self,
        tenant: TenantId,
    ) -> Result<Vec<(String, Status, u64)>, Error> {
        const SQL: &str = "select institution, status, count(*) as count from links
            where tenant = $1 group by institution, status order by institution, status";
        let rows = self.rows(SQL, values![tenant]).await?;
        rows.iter()
            .map(|row| Ok((row.get("institution")?, row.parsed("status")?, row.get("count")?)))
            .collect()
    }
}
