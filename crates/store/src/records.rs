//! Records: what the ledger keeps, and the bodies that the API serves.
//!
//! Bodies go in and out as text; nothing here decodes them.

use crate::{
    Error, Tx,
    conditions::Sql,
    value::{Row, batch, hex, values},
};
use domain::{
    filter::{Condition, Page},
    ids::{LinkId, RecordId, TenantId},
    time::Window,
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// A record as the ledger reads it: all but the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// Carries the link's bucket.
    pub id: RecordId,
    /// The record that it belongs to, its account or another; `None` for records of the link itself.
    pub account: Option<RecordId>,
    /// The institution's id.
    pub source_id: Option<String>,
    /// The key that the ledger files it under.
    pub natural_key: String,
    /// The value date.
    pub day: Option<Date>,
    /// Not yet booked.
    pub pending: bool,
    /// What it says of its identity: text of the ledger's.
    pub facts: String,
    /// A hash of what the institution said.
    pub content: i64,
    /// Since when complete readings have missed it.
    pub suspected_at: Option<Timestamp>,
    /// What is undecided about it: text of the ledger's.
    pub doubt: Option<String>,
    /// When a reading last changed since when it is missed or what is undecided about it.
    pub judged_at: Option<Timestamp>,
    /// When it was first stored.
    pub created_at: Timestamp,
    /// When it began to say what it says: another content was written, or the first one.
    pub changed_at: Timestamp,
    /// When the institution last said it.
    pub collected_at: Timestamp,
}

/// A record to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Of its link's bucket. An id that is there already is overwritten.
    pub id: RecordId,
    /// The link it belongs to.
    pub link: LinkId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The resource's name.
    pub resource: &'static str,
    /// The record that it belongs to, its account or another; `None` for records of the link itself.
    pub account: Option<RecordId>,
    /// The institution's id.
    pub source_id: Option<String>,
    /// The key that the ledger files it under.
    pub natural_key: String,
    /// The value date.
    pub day: Option<Date>,
    /// Not yet booked.
    pub pending: bool,
    /// What it says of its identity: text of the ledger's.
    pub facts: String,
    /// A hash of what the institution said.
    pub content: i64,
    /// Since when complete readings have missed it.
    pub suspected_at: Option<Timestamp>,
    /// What is undecided about it: text of the ledger's.
    pub doubt: Option<String>,
    /// When it was first stored. An overwritten record keeps its own.
    pub created_at: Timestamp,
    /// When the institution last said it.
    pub collected_at: Timestamp,
    /// The JSON object that the API serves.
    pub body: String,
}

/// A record that a reading saw again, unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub id: RecordId,
    /// When.
    pub collected_at: Timestamp,
    /// The body with the new instant in it; `None` leaves it as it is.
    pub body: Option<String>,
}

/// One record of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRow {
    /// Which.
    pub id: RecordId,
    /// The link it belongs to.
    pub link: LinkId,
    /// The record that it belongs to.
    pub account: Option<RecordId>,
    /// The JSON object that the API serves.
    pub body: String,
}

/// A page of records, and how long the whole list is. [`Page::exists`] tells whether it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRows {
    /// How many there are on all pages.
    pub count: u64,
    /// Those on this page, newest first.
    pub rows: Vec<PageRow>,
    /// The bodies of what they belong to, where they were asked for.
    pub parents: HashMap<RecordId, String>,
}

/// What a link has of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How many records.
    pub total: u64,
    /// How many of them are movements in.
    pub inflow: u64,
    /// How many of them are movements out.
    pub outflow: u64,
    /// The first value date.
    pub first: Option<Date>,
    /// The last value date.
    pub last: Option<Date>,
}

/// How much a link has of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceCount {
    /// The resource's name.
    pub resource: String,
    /// How many records.
    pub count: u64,
    /// When the newest came.
    pub newest: Timestamp,
}

/// Rows in one statement: few enough for the bounds on parameters of both databases.
const BATCH: usize = 200;

/// What [`stored`] reads, of a link and resource.
const FOR_LEDGER: &str = "select id, account, source_id, natural_key, day, pending, facts, content,
        suspected_at, doubt, judged_at, created_at, coalesce(changed_at, created_at), collected_at
    from records where bucket = $1 and link = $2 and resource = $3";

fn stored(row: &Row) -> Result<StoredRecord, Error> {
    Ok(StoredRecord {
        id: row.at(0)?,
        account: row.at(1)?,
        source_id: row.at(2)?,
        natural_key: row.at(3)?,
        day: row.at(4)?,
        pending: row.at(5)?,
        facts: row.at(6)?,
        content: row.at(7)?,
        suspected_at: row.at(8)?,
        doubt: row.at(9)?,
        judged_at: row.at(10)?,
        created_at: row.at(11)?,
        changed_at: row.at(12)?,
        collected_at: row.at(13)?,
    })
}

fn page_row(row: &Row) -> Result<PageRow, Error> {
    Ok(PageRow { id: row.at(0)?, link: row.at(1)?, account: row.at(2)?, body: row.at(3)? })
}

/// Stands between the records of a page: a character that JSON never holds.
const SEPARATOR: char = '\u{1e}';

/// The ids of a record, of its link and of what it belongs to, in hex; when it was created; its body.
fn packed_row(packed: &str) -> Result<(i64, PageRow), Error> {
    let (ids, rest) = packed.split_once(' ').ok_or_else(broken)?;
    let (created_at, body) = rest.split_once(' ').ok_or_else(broken)?;
    let created_at = created_at.parse().map_err(|_| broken())?;
    let account = if ids.len() > 64 { Some(packed_id(ids, 64)?.into()) } else { None };
    let (id, link) = (packed_id(ids, 0)?.into(), packed_id(ids, 32)?.into());
    Ok((created_at, PageRow { id, link, account, body: body.to_owned() }))
}
fn packed_id(digits: &str, from: usize) -> Result<Uuid, Error> {
    let digits = digits.get(from..from + 32).ok_or_else(broken)?;
    Uuid::try_parse_ascii(digits.as_bytes()).map_err(|_| broken())
}
fn broken() -> Error {
    Error::Corrupt { column: "page".into(), cause: "a record without its ids".into() }
}

/// Keys, as statements take them.
fn keyed(keys: &[&str]) -> String {
    #[derive(Serialize)]
    struct Key<'a> {
        key: &'a str,
    }
    batch(keys.iter().map(|key| Key { key }))
}

impl Tx {
    /// What the ledger compares a reading with: the records of a link and resource, of one account
    /// or of all, whose value date lies in the window or all.
    pub async fn records_for_ledger(
        &mut self,
        link: LinkId,
        resource: &str,
        account: Option<RecordId>,
        days: Option<Window>,
    ) -> Result<Vec<StoredRecord>, Error> {
        let mut sql = Sql::new(FOR_LEDGER, values![link.bucket(), link, resource]);
        if let Some(account) = account {
            sql.push(" and account = ").bind(account);
        }
        if let Some(Window { from, to }) = days {
            sql.push(" and day between ").bind(from).push(" and ").bind(to);
        }
        let (sql, values) = sql.finish();
        self.rows(sql, values).await?.iter().map(stored).collect()
    }

    /// The same of a part of a large reading, which speaks of nothing but what it shows: those whose
    /// value date lies in the window and that are filed under one of these keys.
    pub async fn records_of_part_for_ledger(
        &mut self,
        link: LinkId,
        resource: &str,
        days: Window,
        keys: &[&str],
    ) -> Result<Vec<StoredRecord>, Error> {
        const OF_LINK: &str = " and account is null and day between $4 and $5
            and natural_key in (select value ->> 'key' from json_each($6))";
        let place = values![link.bucket(), link, resource, days.from, days.to, keyed(keys)];
        let mut sql = Sql::new(FOR_LEDGER, place);
        sql.push(OF_LINK);
        let (sql, values) = sql.finish();
        self.rows(sql, values).await?.iter().map(stored).collect()
    }

    /// How many of a link's own records of a resource are filed under keys that begin with `mark`,
    /// of the days of a window.
    pub async fn records_standing(
        &mut self,
        link: LinkId,
        resource: &str,
        mark: &str,
        days: Window,
    ) -> Result<u64, Error> {
        const SQL: &str = "select count(*) from records
            where bucket = $1 and link = $2 and resource = $3 and account is null
                and day between $4 and $5 and substr(natural_key, 1, cast($6 as integer)) = $7";
        let length = i64::try_from(mark.chars().count()).unwrap_or_default();
        let place = values![link.bucket(), link, resource, days.from, days.to, length, mark];
        self.number(SQL, place).await
    }

    /// What a reading may speak of though its value date lies outside these days: what is not yet
    /// booked, and what has one of these ids of the institution's.
    pub async fn records_elsewhere_for_ledger(
        &mut self,
        link: LinkId,
        resource: &str,
        account: Option<RecordId>,
        days: Window,
        source_ids: &[&str],
    ) -> Result<Vec<StoredRecord>, Error> {
        #[derive(Serialize)]
        struct Named<'a> {
            id: &'a str,
        }
        let ids = batch(source_ids.iter().map(|&id| Named { id }));
        let values = values![link.bucket(), link, resource, days.from, days.to, ids];
        let mut of_account = Sql::new("", values);
        if let Some(account) = account {
            of_account.push(" and account = ").bind(account);
        }
        let mut sql = of_account.fork().before(FOR_LEDGER);
        sql.push(" and pending and (day < $4 or day > $5) union all ")
            .push(FOR_LEDGER)
            .push(of_account.text())
            .push(" and not pending and (day < $4 or day > $5) and source_id is not null")
            .push(" and source_id in (select value ->> 'id' from json_each($6))");
        let (sql, values) = sql.finish();
        self.rows(sql, values).await?.iter().map(stored).collect()
    }

    /// Writes records: new ones, and in the place of those with the same id. One whose content is
    /// another has changed when it was collected.
    pub async fn write_records(&mut self, records: &[NewRecord]) -> Result<(), Error> {
        const INSERT: &str = "insert into records (bucket, id, link, tenant, resource, account,
            source_id, natural_key, day, pending, facts, content, suspected_at, doubt, created_at,
            collected_at, body) values ";
        const UPDATE: &str = " on conflict (bucket, id, link) do update set
            account = excluded.account, source_id = excluded.source_id,
            natural_key = excluded.natural_key, day = excluded.day, pending = excluded.pending,
            facts = excluded.facts, content = excluded.content,
            suspected_at = excluded.suspected_at, doubt = excluded.doubt,
            changed_at = case when excluded.content = records.content
                then records.changed_at else excluded.collected_at end,
            collected_at = excluded.collected_at, body = excluded.body";
        for some in records.chunks(BATCH) {
            let rows = some.iter().map(|record| {
                values![
                    record.link.bucket(),
                    record.id,
                    record.link,
                    record.tenant,
                    record.resource,
                    record.account,
                    record.source_id.as_deref(),
                    &record.natural_key,
                    record.day,
                    record.pending,
                    &record.facts,
                    record.content,
                    record.suspected_at,
                    record.doubt.as_deref(),
                    record.created_at,
                    record.collected_at,
                    &record.body,
                ]
            });
            let mut sql = Sql::new(INSERT, Vec::with_capacity(some.len() * 17));
            sql.rows(self, Some(16), rows);
            sql.push(UPDATE);
            let (sql, values) = sql.finish();
            self.run(sql, values).await?;
        }
        Ok(())
    }

    /// Notes that records were seen again; one that was suspected no longer is.
    pub async fn mark_seen(&mut self, link: LinkId, seen: &[Seen]) -> Result<(), Error> {
        // The whole primary key stands in each row, for each to be looked up by it.
        const SEEN: &str = "with seen (bucket, link, id, at, body) as (values ";
        const UPDATE: &str = ") update records set collected_at = seen.at, suspected_at = null,
            body = coalesce(seen.body, records.body) from seen where records.bucket = seen.bucket
            and records.link = seen.link and records.id = seen.id";
        for some in seen.chunks(BATCH) {
            let rows = some.iter().map(|seen| {
                values![link.bucket(), link, seen.id, seen.collected_at, seen.body.as_deref()]
            });
            let mut sql = Sql::new(SEEN, Vec::with_capacity(some.len() * 5));
            sql.rows(self, Some(4), rows).push(UPDATE);
            let (sql, values) = sql.finish();
            self.run(sql, values).await?;
        }
        Ok(())
    }

    /// Notes that a complete reading missed these records. Suspicion counts from its beginning.
    pub async fn suspect_records(
        &mut self,
        link: LinkId,
        ids: &[RecordId],
        at: Timestamp,
    ) -> Result<u64, Error> {
        const SQL: &str = "update records set suspected_at = $4, judged_at = $4
            where bucket = $1 and link = $2 and suspected_at is null
                and id in (select unhex(value ->> 'id') from json_each($3))";
        self.run(SQL, values![link.bucket(), link, hex(ids), at]).await
    }

    /// Notes that a reading showed these records again: the suspicion ends.
    pub async fn clear_records(
        &mut self,
        link: LinkId,
        ids: &[RecordId],
        at: Timestamp,
    ) -> Result<u64, Error> {
        const SQL: &str = "update records set suspected_at = null, judged_at = $4
            where bucket = $1 and link = $2 and suspected_at is not null
                and id in (select unhex(value ->> 'id') from json_each($3))";
        self.run(SQL, values![link.bucket(), link, hex(ids), at]).await
    }

    /// Sets or lifts what is undecided about records, as a reading judged it.
    pub async fn set_doubts(
        &mut self,
        link: LinkId,
        doubts: &[(RecordId, Option<String>)],
        at: Timestamp,
    ) -> Result<u64, Error> {
        const TOLD: &str = "with told (bucket, link, id, doubt, at) as (values ";
        const UPDATE: &str = ") update records set doubt = told.doubt, judged_at = told.at
            from told where records.bucket = told.bucket and records.link = told.link
                and records.id = told.id";
        let mut set = 0;
        for some in doubts.chunks(BATCH) {
            let rows = some
                .iter()
                .map(|(id, doubt)| values![link.bucket(), link, *id, doubt.as_deref(), at]);
            let mut sql = Sql::new(TOLD, Vec::with_capacity(some.len() * 5));
            sql.rows(self, None, rows).push(UPDATE);
            let (sql, values) = sql.finish();
            set += self.run(sql, values).await?;
        }
        Ok(set)
    }

    /// Removes records; how many there were.
    pub async fn delete_records(&mut self, link: LinkId, ids: &[RecordId]) -> Result<u64, Error> {
        const SQL: &str = "delete from records where bucket = $1 and link = $2
            and id in (select unhex(value ->> 'id') from json_each($3))";
        self.delete_documents(link, ids).await?;
        self.run(SQL, values![link.bucket(), link, hex(ids)]).await
    }

    /// Removes the records that belong to these accounts or others, in these resources; which they
    /// were.
    pub async fn delete_records_of_accounts(
        &mut self,
        link: LinkId,
        accounts: &[RecordId],
        resources: &[&str],
    ) -> Result<Vec<(RecordId, String)>, Error> {
        const SQL: &str = "delete from records where bucket = $1 and link = $2
            and account in (select unhex(value ->> 'id') from json_each($3))
            and resource in (select value ->> 'name' from json_each($4))
            returning id, resource";
        #[derive(Serialize)]
        struct Name<'a> {
            name: &'a str,
        }
        let names = batch(resources.iter().map(|name| Name { name }));
        let rows = self.rows(SQL, values![link.bucket(), link, hex(accounts), names]).await?;
        let gone = rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?)));
        let gone = gone.collect::<Result<Vec<(RecordId, String)>, Error>>()?;
        let ids: Vec<RecordId> = gone.iter().map(|(id, _)| *id).collect();
        self.delete_documents(link, &ids).await?;
        Ok(gone)
    }

    /// Removes all records of a link; how many there were.
    pub async fn delete_records_of_link(&mut self, link: LinkId) -> Result<u64, Error> {
        const SQL: &str = "delete from records where bucket = $1 and link = $2";
        const DOCUMENTS: &str = "delete from documents where bucket = $1 and link = $2";
        self.run(DOCUMENTS, values![link.bucket(), link]).await?;
        self.run(SQL, values![link.bucket(), link]).await
    }

    /// A page of one link's records: one statement. `with_parents` also brings the bodies of
    /// what they belong to.
    pub async fn records_page(
        &mut self,
        tenant: TenantId,
        link: LinkId,
        resource: &str,
        conditions: &[Condition],
        page: Page,
        with_parents: bool,
    ) -> Result<PageRows, Error> {
        const FROM: &str = " from records where records.bucket = $1 and records.link = $2
            and records.resource = $3 and (select links.tenant from links
                where links.bucket = $1 and links.id = $2) = $4";
        let mut list = Sql::new(FROM, values![link.bucket(), link, resource, tenant]);
        list.and("records", conditions);
        self.page_of_records(&list, page, with_parents).await
    }

    /// A page of all the records that a tenant has of a resource: one statement.
    pub async fn records_page_across_buckets(
        &mut self,
        tenant: TenantId,
        resource: &str,
        conditions: &[Condition],
        page: Page,
        with_parents: bool,
    ) -> Result<PageRows, Error> {
        const FROM: &str = " from records where records.tenant = $1 and records.resource = $2";
        let mut list = Sql::new(FROM, values![tenant, resource]);
        list.and("records", conditions);
        self.page_of_records(&list, page, with_parents).await
    }

    /// Count, page and what it belongs to in one statement and one row: a row of its own for each record would
    /// cost more than the record itself. The page is sorted here: no database need keep bodies aside
    /// for that.
    async fn page_of_records(
        &mut self,
        list: &Sql,
        page: Page,
        with_parents: bool,
    ) -> Result<PageRows, Error> {
        const PAGE: &str =
            "with page as not materialized (select records.bucket, records.id, records.link,
            records.account, records.created_at, cast(records.body as text) as body";
        const KEYS: &str = " from (select bucket as b, id as i, link as l";
        const BODIES: &str = ") as kept join records on records.bucket = kept.b
            and records.id = kept.i and records.link = kept.l";
        const ORDER: &str = " order by records.created_at desc, records.id desc";
        const COUNT: &str = ") select (select count(*)";
        const ROWS: &str = "), (select string_agg(hex(id) || hex(link) ||
            case when account is null then '' else hex(account) end
            || ' ' || created_at || ' ' || body, ";
        const AND: &str = ") from page), ";
        const PARENTS: &str = "(select string_agg(hex(records.id) || ' ' ||
            cast(records.body as text), ";
        const WANTED: &str = ") from (select distinct bucket, link, account from page) as wanted
            join records on records.bucket = wanted.bucket
                and records.id = wanted.account and records.link = wanted.link)";
        // What comes before a later page is skipped in the index, without looking at the records.
        let later = page.offset() > 0;
        let mut sql = list.fork().before(if later { KEYS } else { "" }).before(PAGE);
        sql.push(ORDER).push(" limit ").bind(page.size);
        sql.push(" offset ").bind(page.offset());
        if later {
            sql.push(BODIES).push(ORDER);
        }
        sql.push(COUNT).push(list.text());
        sql.push(ROWS).bind(SEPARATOR.to_string());
        sql.push(AND);
        if with_parents {
            sql.push(PARENTS).bind(SEPARATOR.to_string());
            sql.push(WANTED);
        } else {
            sql.push("cast(null as text)");
        }
        let (sql, values) = sql.finish();
        let row = self.row(sql, values).await?.ok_or_else(broken)?;
        let texts = |text: Option<String>| text.into_iter().collect::<Vec<_>>();
        let (rows, parents) = (texts(row.at(1)?), texts(row.at(2)?));
        let rows = rows.iter().flat_map(|rows| rows.split(SEPARATOR)).map(packed_row);
        let mut rows = rows.collect::<Result<Vec<_>, Error>>()?;
        rows.sort_unstable_by_key(|(created_at, row)| std::cmp::Reverse((*created_at, row.id)));
        let parents = parents.iter().flat_map(|all| all.split(SEPARATOR)).map(|packed| {
            let (id, body) = packed.split_once(' ').ok_or_else(broken)?;
            Ok((packed_id(id, 0)?.into(), body.to_owned()))
        });
        Ok(PageRows {
            count: row.at(0)?,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            parents: parents.collect::<Result<_, Error>>()?,
        })
    }

    /// One record of a tenant.
    pub async fn record(
        &mut self,
        tenant: TenantId,
        resource: &str,
        id: RecordId,
    ) -> Result<Option<PageRow>, Error> {
        // Whose it is, is compared here: SQLite would look for it by the tenant.
        const SQL: &str = "select id, link, account, cast(body as text) as body, tenant, resource
            from records where bucket = $1 and id = $2";
        let Some(row) = self.row(SQL, values![id.bucket(), id]).await? else { return Ok(None) };
        let theirs = row.at::<TenantId>(4)? != tenant || row.at::<String>(5)? != resource;
        if theirs { Ok(None) } else { page_row(&row).map(Some) }
    }

    /// The bodies of some of a link's records: of what others belong to, for instance.
    pub async fn bodies(
        &mut self,
        link: LinkId,
        ids: &[RecordId],
    ) -> Result<Vec<(RecordId, String)>, Error> {
        const SQL: &str = "select id, cast(body as text) as body from records
            where bucket = $1 and link = $2
                and id in (select unhex(value ->> 'id') from json_each($3))";
        let rows = self.rows(SQL, values![link.bucket(), link, hex(ids)]).await?;
        rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
    }

    /// Some of a link's records of a resource, in the order in which they were stored, from the one
    /// after `after` on: of days from `since` on, if it says one.
    pub async fn records_after(
        &mut self,
        link: LinkId,
        resource: &str,
        since: Option<Date>,
        after: Option<(Timestamp, RecordId)>,
        most: usize,
    ) -> Result<Vec<(Timestamp, PageRow)>, Error> {
        const SQL: &str = "select id, link, account, cast(body as text) as body, created_at
            from records where bucket = $1 and link = $2 and resource = $3";
        let mut sql = Sql::new(SQL, values![link.bucket(), link, resource]);
        if let Some(day) = since {
            sql.push(" and day >= ").bind(day);
        }
        if let Some((created_at, id)) = after {
            sql.push(" and (created_at, id) > (").bind(created_at);
            sql.push(", ").bind(id).push(")");
        }
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        sql.push(" order by created_at, id limit ").bind(most);
        let (sql, values) = sql.finish();
        let rows = self.rows(sql, values).await?;
        rows.iter().map(|row| Ok((row.at(4)?, page_row(row)?))).collect()
    }

    /// Those of a link's records of a resource that are filed under these keys.
    pub async fn records_with_keys(
        &mut self,
        link: LinkId,
        resource: &str,
        keys: &[String],
    ) -> Result<Vec<(String, RecordId)>, Error> {
        const SQL: &str = "select natural_key, id from records
            where bucket = $1 and link = $2 and resource = $3
                and natural_key in (select value ->> 'key' from json_each($4))";
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let rows = self.rows(SQL, values![link.bucket(), link, resource, keyed(&keys)]).await?;
        rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
    }

    /// The names of the resources of which a link has anything.
    pub async fn resources_of(&mut self, link: LinkId) -> Result<Vec<String>, Error> {
        const SQL: &str = "select distinct resource from records where bucket = $1 and link = $2
            order by resource";
        let rows = self.rows(SQL, values![link.bucket(), link]).await?;
        rows.iter().map(|row| row.at(0)).collect()
    }

    /// How much a link has of each resource of which it has anything.
    pub async fn records_by_resource(&mut self, link: LinkId) -> Result<Vec<ResourceCount>, Error> {
        const SQL: &str = "select resource, count(*), max(created_at) from records
            where bucket = $1 and link = $2 group by resource order by resource";
        let rows = self.rows(SQL, values![link.bucket(), link]).await?;
        let count = |row: &Row| {
            Ok(ResourceCount { resource: row.at(0)?, count: row.at(1)?, newest: row.at(2)? })
        };
        rows.iter().map(count).collect()
    }

    /// What a link has of a resource.
    pub async fn summary(&mut self, link: LinkId, resource: &str) -> Result<Summary, Error> {
        const SQL: &str = "select count(*),
                count(*) filter (where body ->> 'type' = 'INFLOW'),
                count(*) filter (where body ->> 'type' = 'OUTFLOW'),
                min(day), max(day)
            from records where bucket = $1 and link = $2 and resource = $3";
        let row = self.row(SQL, values![link.bucket(), link, resource]).await?;
        let Some(row) = row else {
            return Ok(Summary { total: 0, inflow: 0, outflow: 0, first: None, last: None });
        };
        Ok(Summary {
            total: row.at(0)?,
            inflow: row.at(1)?,
            outflow: row.at(2)?,
            first: row.at(3)?,
            last: row.at(4)?,
        })
    }
}
