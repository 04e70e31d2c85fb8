//! Deliveries: events on their way to endpoints, and every attempt at one.
//!
//! Deliveries of one link to one endpoint go out in the order in which they were announced: one is
//! not claimed while an earlier one has never been attempted or is being attempted. One that has
//! failed once no longer holds up the others.

use crate::{
    Buckets, Error, Tx,
    claims::{Claim, claim},
    conditions::Sql,
    lists::Listed,
    value::{Row, Value, fenced, hex, places, values},
};
use domain::{
    filter::{Condition, Page, Source},
    ids::{DeliveryId, EndpointId, EventId, LinkId, NodeId, TenantId},
    words,
};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

words!(
    /// Where a delivery stands.
    DeliveryState {
        /// To be attempted, again or for the first time.
        Pending = "pending",
        /// The endpoint has taken it.
        Delivered = "delivered",
        /// Given up.
        Failed = "failed",
        /// No longer wanted.
        Cancelled = "cancelled",
    }
);

/// An event on its way to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Of its link's bucket.
    pub id: DeliveryId,
    /// Whose.
    pub tenant: TenantId,
    /// The event's link.
    pub link: LinkId,
    /// What.
    pub event: EventId,
    /// Where to.
    pub endpoint: EndpointId,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it has been attempted.
    pub attempts: u32,
    /// How often since it was announced or last replayed.
    pub tries: u32,
    /// When it may be claimed: the next attempt, or the end of the lease.
    pub next_attempt_at: Timestamp,
    /// Who is attempting it.
    pub lease_owner: Option<NodeId>,
    /// Which lease this is.
    pub fence: u64,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When it was delivered, given up or cancelled.
    pub finished_at: Option<Timestamp>,
    /// The HTTP status of the last attempt.
    pub last_status: Option<u32>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// A delivery as it is listed, with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDelivery {
    /// The delivery.
    pub delivery: Delivery,
    /// `webhook_type`.
    pub kind: String,
    /// `webhook_code`.
    pub code: String,
}

/// How many deliveries of one hour are in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryCount {
    /// Which hour, from 0.
    pub hour: u32,
    /// Where they stand.
    pub state: DeliveryState,
    /// How many there are.
    pub count: u64,
}

/// A claimed delivery with what is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The delivery, under its lease.
    pub delivery: Delivery,
    /// What is sent, byte for byte.
    pub body: String,
}

/// One try at a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which delivery, and under which lease.
    pub delivery: DeliveryId,
    /// The fence of the lease.
    pub fence: u64,
    /// Its number, from 1: the delivery's `attempts` plus one.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// The answer's HTTP status, if there was one.
    pub status: Option<u32>,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// How long it took.
    pub duration_ms: u32,
    /// What is next.
    pub verdict: Verdict,
}

/// What an attempt means for its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The endpoint has taken it.
    Delivered,
    /// Try again then.
    RetryAt(Timestamp),
    /// Give up.
    Failed,
}

/// One try, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastAttempt {
    /// Its number, from 1.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// The answer's HTTP status, if there was one.
    pub status: Option<u32>,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// How long it took.
    pub duration_ms: u32,
}

macro_rules! delivery_columns {
    () => {
        "id, tenant, link, event, endpoint, state, attempts, tries, next_attempt_at, lease_owner, \
     fence, created_at, finished_at, last_status, last_error"
    };
}

/// Deliveries on conditions: on their own columns, or on `type` and `code` of their events. Only where
/// some are of the events are these looked up: counting a whole list needs none of them.
fn deliveries_across_buckets(rule: &str, values: Vec<Value>, conditions: &[Condition]) -> Sql {
    const ALONE: &str = " from deliveries ";
    const WITH_EVENTS: &str = " from deliveries join
            (select bucket as event_bucket, id as event_id, type, code from events) as about
            on event_bucket = deliveries.bucket and event_id = deliveries.event ";
    let of_event =
        |condition: &Condition| matches!(condition.field.source, Source::Column("type" | "code"));
    let (about, own): (Vec<_>, Vec<_>) = conditions.iter().cloned().partition(of_event);
    let from = if about.is_empty() { ALONE } else { WITH_EVENTS };
    let mut list = Sql::new(rule, values).before(from);
    list.and("deliveries", &own).and("about", &about);
    list
}

/// Those that are over, to endpoints that are enabled.
fn replayable(tenant: TenantId, conditions: &[Condition]) -> Sql {
    const RULE: &str = "where deliveries.tenant = $1 and deliveries.state <> 'pending'
            and deliveries.endpoint in (select id from endpoints
                where endpoints.tenant = $1 and endpoints.disabled_at is null)";
    deliveries_across_buckets(RULE, values![tenant], conditions)
}

fn delivery(row: &Row) -> Result<Delivery, Error> {
    Ok(Delivery {
        id: row.get("id")?,
        tenant: row.get("tenant")?,
        link: row.get("link")?,
        event: row.get("event")?,
        endpoint: row.get("endpoint")?,
        state: row.parsed("state")?,
        attempts: row.get("attempts")?,
        tries: row.get("tries")?,
        next_attempt_at: row.get("next_attempt_at")?,
        lease_owner: row.get("lease_owner")?,
        fence: row.get("fence")?,
        created_at: row.get("created_at")?,
        finished_at: row.get("finished_at")?,
        last_status: row.get("last_status")?,
        last_error: row.get("last_error")?,
    })
}

/// Holds for a delivery that no earlier one of its link and endpoint keeps back. A subquery with a
/// limit is asked for each candidate, by its index, whatever the planner believes of the table; and
/// of `< 1` it believes that many candidates pass, which is so.
macro_rules! in_order {
    ($now:literal) => {
        concat!(
            "coalesce((select 1 from deliveries as earlier
        where earlier.bucket = deliveries.bucket and earlier.link = deliveries.link
            and earlier.endpoint = deliveries.endpoint and earlier.state = 'pending'
            and (earlier.number < deliveries.number
                or (earlier.number = deliveries.number and earlier.id < deliveries.id))
            and (earlier.tries = 0
                or (earlier.lease_owner is not null and earlier.next_attempt_at > ",
            $now,
            "))
        limit 1), 0) < 1"
        )
    };
}

impl Tx {
    /// Takes up to `limit` due deliveries out of `buckets` for `node`, the longest due first, until
    /// `lease_until`, keeping the order of each link and endpoint. Those to the endpoints of `busy`
    /// are left for later, so that a slow receiver does not take the place of all others.
    pub async fn claim_deliveries_across_buckets(
        &mut self,
        node: NodeId,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
        buckets: Buckets,
        busy: &[EndpointId],
    ) -> Result<Vec<Claimed>, Error> {
        const DELIVERIES: Claim = claim!(
            "deliveries",
            if: concat!(
                "state = 'pending' and endpoint not in
                    (select unhex(busy.value ->> 'id') from json_each($5) as busy) and ",
                in_order!("$1")
            ),
            by: "next_attempt_at",
            then: "number",
            also: "",
            columns: delivery_columns!()
        );
        const BODIES: &str = "select events.id, events.body
            from json_each($1) as wanted join events
                on events.bucket = cast(wanted.value ->> 'bucket' as smallint)
                and events.id = unhex(wanted.value ->> 'id')";
        let due = values![now, buckets.from, buckets.to, limit, hex(busy)];
        let claimed = self.take(&DELIVERIES, due, node, lease_until).await?;
        let claimed = claimed.iter().map(delivery).collect::<Result<Vec<_>, _>>()?;
        let events: Vec<EventId> = claimed.iter().map(|delivery| delivery.event).collect();
        let mut bodies = HashMap::with_capacity(events.len());
        for row in self.rows(BODIES, values![places(&events)]).await? {
            bodies.insert(row.at::<EventId>(0)?, row.at::<String>(1)?);
        }
        let with_body = claimed.into_iter().filter_map(|delivery| {
            let body = bodies.get(&delivery.event)?.clone();
            Some(Claimed { delivery, body })
        });
        Ok(with_body.collect())
    }

    /// Stores attempts and what they mean. An attempt under a lost lease changes nothing: whoever
    /// holds the lease now will tell. How many counted.
    pub async fn record_attempts(&mut self, attempts: &[Attempt]) -> Result<u64, Error> {
        const DONE: &str = "with done (bucket, id, fence, state, number, next, finished, status,
            error) as (values ";
        // The fence moves on, so that what was told once is not told again. (To ask whether the lease
        // has an owner would mislead PostgreSQL, whose statistics hardly ever see one.)
        const UPDATE: &str = ") update deliveries set lease_owner = null,
                fence = deliveries.fence + 1, state = done.state,
                attempts = done.number, tries = tries + 1, next_attempt_at = done.next,
                finished_at = done.finished, last_status = done.status, last_error = done.error
            from done where deliveries.bucket = done.bucket and deliveries.id = done.id
                and deliveries.fence = done.fence
            returning deliveries.id";
        const ATTEMPTS: &str = "insert into attempts
            (bucket, delivery, number, at, status, error, duration_ms) values ";
        const ONCE: &str = " on conflict (bucket, delivery, number) do nothing";
        let mut counted = 0;
        for some in attempts.chunks(500) {
            let rows = some.iter().map(|attempt| {
                let (state, next, finished) = match attempt.verdict {
                    Verdict::Delivered => (DeliveryState::Delivered, attempt.at, Some(attempt.at)),
                    Verdict::RetryAt(next) => (DeliveryState::Pending, next, None),
                    Verdict::Failed => (DeliveryState::Failed, attempt.at, Some(attempt.at)),
                };
                values![
                    attempt.delivery.bucket(),
                    attempt.delivery,
                    attempt.fence,
                    state.as_str(),
                    attempt.number,
                    next,
                    finished,
                    attempt.status,
                    attempt.error.as_deref(),
                ]
            });
            let mut sql = Sql::new(DONE, Vec::with_capacity(some.len() * 9));
            sql.rows(self, None, rows).push(UPDATE);
            let (sql, values) = sql.finish();
            let told = self.rows(sql, values).await?;
            let told =
                told.iter().map(|row| row.at(0)).collect::<Result<HashSet<DeliveryId>, Error>>()?;
            let rows = some.iter().filter(|attempt| told.contains(&attempt.delivery));
            let rows = rows.map(|attempt| {
                values![
                    attempt.delivery.bucket(),
                    attempt.delivery,
                    attempt.number,
                    attempt.at,
                    attempt.status,
                    attempt.error.as_deref(),
                    attempt.duration_ms,
                ]
            });
            if !told.is_empty() {
                let mut sql = Sql::new(ATTEMPTS, Vec::with_capacity(told.len() * 7));
                sql.rows(self, None, rows).push(ONCE);
                let (sql, values) = sql.finish();
                self.run(sql, values).await?;
            }
            counted += told.len() as u64;
        }
        Ok(counted)
    }

    /// When the next delivery that nothing keeps back falls due, or the next lease ends.
    pub async fn next_delivery_at_across_buckets(
        &mut self,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        const SQL: &str = concat!(
            "select next_attempt_at from deliveries where state = 'pending' and ",
            in_order!("$1"),
            " order by next_attempt_at limit 1"
        );
        self.row(SQL, values![now]).await?.map_or(Ok(None), |row| row.at(0))
    }

    /// A delivery of this tenant, and its attempts in order.
    pub async fn delivery(
        &mut self,
        tenant: TenantId,
        id: DeliveryId,
    ) -> Result<Option<(Delivery, Vec<PastAttempt>)>, Error> {
        const SQL: &str = concat!(
            "select ",
            delivery_columns!(),
            " from deliveries where bucket = $1 and id = $2 and tenant = $3"
        );
        const ATTEMPTS: &str = "select number, at, status, error, duration_ms from attempts
            where bucket = $1 and delivery = $2 order by number";
        let Some(row) = self.row(SQL, values![id.bucket(), id, tenant]).await? else {
            return Ok(None);
        };
        let attempts = self.rows(ATTEMPTS, values![id.bucket(), id]).await?;
        let attempts = attempts.iter().map(|row| {
            Ok(PastAttempt {
                number: row.get("number")?,
                at: row.get("at")?,
                status: row.get("status")?,
                error: row.get("error")?,
                duration_ms: row.get("duration_ms")?,
            })
        });
        Ok(Some((delivery(&row)?, attempts.collect::<Result<_, Error>>()?)))
    }

    /// The deliveries of an event of this tenant.
    pub async fn deliveries_of(
        &mut self,
        tenant: TenantId,
        event: EventId,
    ) -> Result<Vec<Delivery>, Error> {
        const SQL: &str = concat!(
            "select ",
            delivery_columns!(),
            " from deliveries where bucket = $1 and event = $2 and tenant = $3
              order by created_at, id"
        );
        let rows = self.rows(SQL, values![event.bucket(), event, tenant]).await?;
        rows.iter().map(delivery).collect()
    }

    /// A page of a tenant's deliveries, newest first. Conditions are on columns of deliveries, or
    /// on `type` and `code` of their events.
    pub async fn deliveries_across_buckets(
        &mut self,
        tenant: TenantId,
        conditions: &[Condition],
        page: Page,
    ) -> Result<Listed<ListedDelivery>, Error> {
        const RULE: &str = "where deliveries.tenant = $1";
        let list = deliveries_across_buckets(RULE, values![tenant], conditions);
        self.deliveries_page(&list, page).await
    }

    /// The same of one link, out of its bucket.
    pub async fn deliveries_of_link(
        &mut self,
        tenant: TenantId,
        link: LinkId,
        conditions: &[Condition],
        page: Page,
    ) -> Result<Listed<ListedDelivery>, Error> {
        const RULE: &str = "where deliveries.tenant = $1 and deliveries.bucket = $2
            and deliveries.event in (select id from events where bucket = $2 and link = $3)";
        let values = values![tenant, link.bucket(), link];
        let list = deliveries_across_buckets(RULE, values, conditions);
        self.deliveries_page(&list, page).await
    }

    async fn deliveries_page(
        &mut self,
        list: &Sql,
        page: Page,
    ) -> Result<Listed<ListedDelivery>, Error> {
        const COUNT: &str = "select count(*)";
        const SELECT: &str = concat!(
            "select ",
            delivery_columns!(),
            ", (select type from events where events.bucket = deliveries.bucket
                and events.id = deliveries.event) as type,
              (select code from events where events.bucket = deliveries.bucket
                and events.id = deliveries.event) as code"
        );
        let (count, rows) =
            self.page_of_list(COUNT, SELECT, list, "created_at desc, id desc", page).await?;
        let items = rows.iter().map(|row| {
            Ok(ListedDelivery {
                delivery: delivery(row)?,
                kind: row.get("type")?,
                code: row.get("code")?,
            })
        });
        Ok(Listed { count, items: items.collect::<Result<_, Error>>()? })
    }

    /// How many of a tenant's latest deliveries, `limit` at most and none before `since`, are in each
    /// state, by the hours since then.
    pub async fn latest_deliveries_across_buckets(
        &mut self,
        tenant: TenantId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<DeliveryCount>, Error> {
        const SQL: &str = "select hour, state, count(*) as count from
                (select (created_at - $2) / 3600000000 as hour, state from deliveries
                where tenant = $1 and created_at >= $2
                order by created_at desc, id desc limit $3) as latest
            group by hour, state order by hour, state";
        let rows = self.rows(SQL, values![tenant, since, limit]).await?;
        let count = |row: &Row| {
            Ok(DeliveryCount {
                hour: row.get("hour")?,
                state: row.parsed("state")?,
                count: row.get("count")?,
            })
        };
        rows.iter().map(count).collect()
    }

    /// Makes a delivery of this tenant pending again, due now, however it ended; false if there is
    /// none or it is pending.
    pub async fn replay(
        &mut self,
        tenant: TenantId,
        id: DeliveryId,
        now: Timestamp,
    ) -> Result<bool, Error> {
        const SQL: &str = "update deliveries set state = 'pending', next_attempt_at = $4,
                tries = 0, finished_at = null, number = 1 + (select coalesce(max(number), 0)
                    from deliveries as others where others.bucket = $1
                        and others.link = deliveries.link and others.endpoint = deliveries.endpoint
                        and others.state = 'pending')
            where bucket = $1 and id = $2 and tenant = $3 and state <> 'pending'";
        self.hit(SQL, values![id.bucket(), id, tenant, now]).await
    }

    /// How many deliveries of a tenant can be made pending again: those on these conditions that are
    /// not, to endpoints that are enabled.
    pub async fn replayable_across_buckets(
        &mut self,
        tenant: TenantId,
        conditions: &[Condition],
    ) -> Result<u64, Error> {
        let (sql, values) = replayable(tenant, conditions).before("select count(*)").finish();
        self.number(sql, values).await
    }

    /// Makes them pending again, due now, `limit` at most, the earliest first; how many. They go out
    /// in the order in which they were announced, after what is pending for the same link and endpoint
    /// and before what is announced from now on.
    pub async fn replay_across_buckets(
        &mut self,
        tenant: TenantId,
        conditions: &[Condition],
        limit: u32,
        now: Timestamp,
    ) -> Result<u64, Error> {
        const SELECT: &str = "select deliveries.bucket, deliveries.id, deliveries.fence";
        const REPLAY: &str = "update deliveries set state = 'pending', next_attempt_at = $2,
                tries = 0, finished_at = null,
                number = cast(wanted.value ->> 'place' as bigint) + (select coalesce(max(number), 0)
                    from deliveries as others where others.bucket = deliveries.bucket
                        and others.link = deliveries.link and others.endpoint = deliveries.endpoint
                        and others.state = 'pending')
            from json_each($1) as wanted
            where deliveries.bucket = cast(wanted.value ->> 'bucket' as smallint)
                and deliveries.id = unhex(wanted.value ->> 'id')
                and deliveries.fence = cast(wanted.value ->> 'fence' as bigint)
                and deliveries.state <> 'pending'";
        let mut wanted = replayable(tenant, conditions).before(SELECT);
        wanted.push(" order by deliveries.created_at, deliveries.id limit ").bind(limit);
        let (sql, values) = wanted.finish();
        let wanted = self.rows(sql, values).await?;
        if wanted.is_empty() {
            return Ok(0);
        }
        self.run(REPLAY, values![fenced(&wanted)?, now]).await
    }

    /// Cancels what is pending for an endpoint; how many.
    pub async fn cancel_deliveries_across_buckets(
        &mut self,
        tenant: TenantId,
        endpoint: EndpointId,
        now: Timestamp,
    ) -> Result<u64, Error> {
        const SQL: &str = "update deliveries set state = 'cancelled', finished_at = $3,
                lease_owner = null, fence = fence + 1
            where tenant = $1 and endpoint = $2 and state = 'pending'";
        self.run(SQL, values![tenant, endpoint, now]).await
    }

    /// How many deliveries are in each state, of one tenant or of all.
    pub async fn deliveries_by_state_across_buckets(
        &mut self,
        tenant: Option<TenantId>,
    ) -> Result<Vec<(DeliveryState, u64)>, Error> {
        const SQL: &str = "select state, count(*) as count from deliveries
            where tenant = coalesce($1, tenant) group by state order by state";
        let rows = self.rows(SQL, values![tenant]).await?;
        rows.iter().map(|row| Ok((row.parsed("state")?, row.get("count")?))).collect()
    }
}
