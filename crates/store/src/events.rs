//! The outbox: events, announced with the deliveries that they cause.

use crate::{
    Error, Tx,
    conditions::Sql,
    lists::Listed,
    value::{Row, places, values},
};
use domain::{
    filter::Page,
    ids::{DeliveryId, EndpointId, EventId, LinkId, RequestId, TenantId},
};
use jiff::Timestamp;
use std::collections::HashMap;

/// A fact to announce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Of its link's bucket; on the wire, `webhook_id`.
    pub id: EventId,
    /// Whose.
    pub tenant: TenantId,
    /// The link that it is about.
    pub link: LinkId,
    /// `webhook_type`.
    pub kind: String,
    /// `webhook_code`.
    pub code: String,
    /// `process_type`.
    pub process_type: Option<String>,
    /// The request that caused it, or a fresh one; not known of those that an earlier version
    /// announced.
    pub request: Option<RequestId>,
    /// What is sent, byte for byte.
    pub body: String,
    /// When it was announced.
    pub created_at: Timestamp,
}

/// An event to be announced, and where to. The ids of deliveries come from the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// What.
    pub event: Event,
    /// A delivery for each endpoint that wants it.
    pub to: Vec<(DeliveryId, EndpointId)>,
}

/// Rows in one statement: few enough for the bounds on parameters of both databases.
const BATCH: usize = 200;

macro_rules! event_columns {
    () => {
        "id, tenant, link, type, code, process_type, request, body, created_at"
    };
}

fn event(row: &Row) -> Result<Event, Error> {
    Ok(Event {
        id: row.get("id")?,
        tenant: row.get("tenant")?,
        link: row.get("link")?,
        kind: row.get("type")?,
        code: row.get("code")?,
        process_type: row.get("process_type")?,
        request: row.get("request")?,
        body: row.get("body")?,
        created_at: row.get("created_at")?,
    })
}

impl Tx {
    /// How many of a link's events of this type and code have been announced for a request: work that
    /// is done again after a crash does not announce again what it had announced before.
    pub async fn times_announced(
        &mut self,
        link: LinkId,
        of: &str,
        code: &str,
        request: RequestId,
    ) -> Result<u64, Error> {
        const SQL: &str = "select count(*) from events where bucket = $1 and link = $2
            and type = $3 and code = $4 and request = $5";
        self.number(SQL, values![link.bucket(), link, of, code, request]).await
    }

    /// Stores events, in their order, and the deliveries of each: due now, after all that are pending
    /// for the same link and endpoint.
    pub async fn announce(&mut self, announced: &[Announced]) -> Result<(), Error> {
        const EVENTS: &str =
            "insert into events (bucket, id, tenant, link, type, code, process_type,
            request, body, created_at) values ";
        const FRESH: &str = "with fresh (bucket, id, tenant, link, event, endpoint, place, at)
            as (values ";
        // A subquery of an aggregate alone is asked for each row, by its index.
        const DELIVERIES: &str = ") insert into deliveries (bucket, id, tenant, link, event, endpoint,
                number, state, attempts, tries, next_attempt_at, fence, created_at)
            select bucket, id, tenant, link, event, endpoint, place + coalesce((
                    select max(number) from deliveries as pending where pending.bucket = fresh.bucket
                        and pending.link = fresh.link and pending.endpoint = fresh.endpoint
                        and pending.state = 'pending'), 0),
                'pending', 0, 0, at, 0, at from fresh";
        for some in announced.chunks(BATCH) {
            let rows = some.iter().map(|Announced { event, .. }| {
                let mut row = values![event.link.bucket(), event.id, event.tenant, event.link];
                row.extend(values![&event.kind, &event.code, event.process_type.as_deref()]);
                row.extend(values![event.request, &event.body, event.created_at]);
                row
            });
            let mut sql = Sql::new(EVENTS, Vec::with_capacity(some.len() * 10));
            sql.rows(self, None, rows);
            let (sql, values) = sql.finish();
            self.run(sql, values).await?;
        }
        let deliveries: Vec<_> = announced
            .iter()
            .flat_map(|Announced { event, to }| to.iter().map(move |delivery| (event, delivery)))
            .collect();
        for some in deliveries.chunks(BATCH) {
            // The statement does not see its own rows: each says how many of them come before it.
            let mut places: HashMap<(LinkId, EndpointId), u32> = HashMap::new();
            let rows = some.iter().map(|(event, (delivery, endpoint))| {
                let place = places.entry((event.link, *endpoint)).or_default();
                *place += 1;
                let mut row = values![event.link.bucket(), *delivery, event.tenant, event.link];
                row.extend(values![event.id, *endpoint, *place, event.created_at]);
                row
            });
            let mut sql = Sql::new(FRESH, Vec::with_capacity(some.len() * 8));
            sql.rows(self, None, rows).push(DELIVERIES);
            let (sql, values) = sql.finish();
            self.run(sql, values).await?;
        }
        Ok(())
    }

    /// An event of this tenant.
    pub async fn event(&mut self, tenant: TenantId, id: EventId) -> Result<Option<Event>, Error> {
        const SQL: &str = concat!(
            "select ",
            event_columns!(),
            " from events where bucket = $1 and id = $2 and tenant = $3"
        );
        let row = self.row(SQL, values![id.bucket(), id, tenant]).await?;
        row.as_ref().map(event).transpose()
    }

    /// A page of a tenant's events, newest first.
    pub async fn events_across_buckets(
        &mut self,
        tenant: TenantId,
        page: Page,
    ) -> Result<Listed<Event>, Error> {
        const COUNT: &str = "select count(*) from events where tenant = $1";
        const SQL: &str = concat!(
            "select ",
            event_columns!(),
            " from events where tenant = $1 order by created_at desc, id desc limit $2 offset $3"
        );
        let count = self.number(COUNT, values![tenant]).await?;
        let rows = self.rows(SQL, values![tenant, page.size, page.offset()]).await?;
        Ok(Listed { count, items: rows.iter().map(event).collect::<Result<_, _>>()? })
    }

    /// Removes events announced before `before` that nothing is pending of, with their deliveries
    /// and attempts; how many events. At most `limit`, so that it never takes long.
    pub async fn prune_events_across_buckets(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<u64, Error> {
        const OLD: &str = "select id from events where created_at < $1
            and not exists (select 1 from deliveries where deliveries.bucket = events.bucket
                and deliveries.event = events.id and deliveries.state = 'pending')
            order by created_at limit $2";
        const PRUNE: &[&str] = &[
            "delete from attempts where (bucket, delivery) in (select deliveries.bucket, deliveries.id
                from json_each($1) as old join deliveries
                    on deliveries.bucket = cast(old.value ->> 'bucket' as smallint)
                    and deliveries.event = unhex(old.value ->> 'id'))",
            "delete from deliveries where (bucket, event) in (select
                cast(value ->> 'bucket' as smallint), unhex(value ->> 'id') from json_each($1))",
            "delete from events where (bucket, id) in (select
                cast(value ->> 'bucket' as smallint), unhex(value ->> 'id') from json_each($1))",
        ];
        let old = self.rows(OLD, values![before, limit]).await?;
        let old = old.iter().map(|row| row.at(0)).collect::<Result<Vec<EventId>, Error>>()?;
        if old.is_empty() {
            return Ok(0);
        }
        for sql in PRUNE {
            self.run(*sql, values![places(&old)]).await?;
        }
        Ok(old.len() as u64)
    }
}
