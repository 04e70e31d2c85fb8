//! Sends what is due: claims a batch under a lease, posts it, and records what came of it together
//! with the next claim, so that a delivery costs a fraction of a transaction. Couriers go on posting
//! what is claimed while a transaction waits for the disk.
//!
//! At least once: a process that dies between posting and recording has posted for nothing; when
//! its lease ends another posts the same body under the same `webhook-id`. One delivery of a link
//! and endpoint is under way at a time, which keeps their order, as long as none has failed: one that is
//! tried again keeps nothing back. The store sees to that.

use super::{
    About, Webhooks,
    endpoints::SigningKey,
    sender::{Answer, Sender, Silence, common_headers},
    wants,
};
use crate::{
    Error,
    error::{Broken, Chain},
};
use bytes::Bytes;
use domain::{
    env::Env,
    ids::{DeliveryId, EndpointId, EventId, TenantId},
    time::later,
    webhook::{Announcement, Outcome, TIME_LIMIT, is_worn_out, patience, signed_content, wait},
};
use futures::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use reqwest::{
    Url,
    header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue},
};
use secrecy::ExposeSecret;
use std::{
    collections::{HashMap, VecDeque},
    fmt::Write as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use store::{
    Buckets, Tx,
    deliveries::{Attempt, Claimed, Verdict},
    endpoints::Endpoint as Stored,
};
use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

/// How long a claim lasts; what a dead process had is taken over within thirty seconds.
const LEASE: SignedDuration = SignedDuration::from_secs(20);
/// What must be left of a lease for a post to begin: its time limit, and time to record it.
const MARGIN: SignedDuration = SignedDuration::from_secs(TIME_LIMIT.as_secs() + 2);
/// Deliveries that a process has claimed at once …
const CLAIMED: usize = 4096;
/// … and takes with one claim: few enough that a slow endpoint is noticed before it has them all.
const BATCH: usize = 512;
/// Posts under way to one endpoint, so that a slow one leaves room for the others …
const EACH: usize = 64;
/// … and to one whose last attempts have failed.
const EACH_FAILING: usize = 4;
/// How long until the next look when nobody says that anything is due. Other processes do not.
const POLL: SignedDuration = SignedDuration::from_millis(500);
/// How long to rest when the database did not do what was asked.
const REST: SignedDuration = SignedDuration::from_secs(1);
/// How long until the next look when what is due is in somebody else's hands.
const BLINK: SignedDuration = SignedDuration::from_millis(50);

const WEBHOOK_ID: HeaderName = HeaderName::from_static("webhook-id");
const WEBHOOK_TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const WEBHOOK_SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// Endpoints as they were last opened. Bounded by how many endpoints there are.
pub(super) type Known = HashMap<EndpointId, Arc<Destination>>;

/// An endpoint, opened: what every post to it has in common.
pub(super) struct Destination {
    stored: Stored,
    url: Url,
    headers: HeaderMap,
    keys: Vec<SigningKey>,
}

/// A claimed delivery on its way.
pub(super) struct Parcel {
    id: DeliveryId,
    event: EventId,
    fence: u64,
    attempts: u32,
    tries: u32,
    lease_until: Timestamp,
    body: String,
    to: Arc<Destination>,
}

/// A parcel that has been posted.
pub(super) struct Posted {
    parcel: Parcel,
    at: Timestamp,
    answer: Answer,
}

impl Destination {
    /// Signed for the moment at which it is sent, by every key that is valid then.
    fn headers(&self, event: EventId, body: &str, now: Timestamp, wall: Timestamp) -> HeaderMap {
        let (id, at) = (event.hex(), wall.as_second());
        let content = signed_content(&id, at, body);
        let mut signatures = String::with_capacity(48);
        let valid = |key: &&SigningKey| key.until.is_none_or(|until| now < until);
        for SigningKey { key, .. } in self.keys.iter().filter(valid) {
            let signature = vault::webhook_signature(key.expose_secret(), content.as_bytes());
            let space = if signatures.is_empty() { "" } else { " " };
            // Writing into a string cannot fail.
            write!(signatures, "{space}v1,{signature}").ok();
        }
        let mut headers = self.headers.clone();
        for (name, value) in
            [(WEBHOOK_ID, id), (WEBHOOK_TIMESTAMP, at.to_string()), (WEBHOOK_SIGNATURE, signatures)]
        {
            let value = HeaderValue::from_maybe_shared(Bytes::from(value));
            headers.insert(name, value.expect("hex, digits and base64 are header values"));
        }
        headers
    }

    /// How many posts may be under way to it.
    fn room(&self) -> usize {
        if self.stored.failing_since.is_some() { EACH_FAILING } else { EACH }
    }
}

/// Who posts for one endpoint, parcel after parcel.
struct Courier {
    lanes: Arc<Lanes>,
    sender: Sender,
    env: Env,
    back: mpsc::UnboundedSender<Posted>,
    stop: CancellationToken,
}

impl Courier {
    async fn serve(self, first: Parcel) {
        let id = first.to.stored.id;
        let mut next = Some(first);
        while let Some(parcel) = next {
            let posted = parcel.post(self.sender.clone(), self.env.now(), TIME_LIMIT).await;
            if self.back.send(posted).is_err() || self.stop.is_cancelled() {
                return;
            }
            next = self.lanes.next(id, self.env.now());
        }
    }
}

impl Parcel {
    /// Whether a post that begins now can be recorded under the lease.
    fn is_fresh(&self, now: Timestamp) -> bool {
        self.lease_until.duration_since(now) >= MARGIN
    }
    pub(super) async fn post(
        mut self,
        sender: Sender,
        now: Timestamp,
        limit: SignedDuration,
    ) -> Posted {
        let headers = self.to.headers(self.event, &self.body, now, sender.wall());
        let body = Bytes::from(std::mem::take(&mut self.body));
        let answer = sender.post(&self.to.url, headers, body, limit).await;
        Posted { parcel: self, at: now, answer }
    }
}

impl Posted {
    fn status(&self) -> Option<u16> {
        self.answer.verdict.as_ref().ok().map(|said| said.status)
    }
    fn outcome(&self) -> Outcome {
        Outcome::of(self.status())
    }
    /// What is stored of it, and what is next.
    fn attempt(&self, now: Timestamp, chance: impl FnOnce() -> u64) -> Attempt {
        let (error, asked) = match &self.answer.verdict {
            Ok(said) => (said.body.clone(), said.retry_after),
            Err(silence) => (silence.to_string(), None),
        };
        let failed = self.parcel.tries + 1;
        let (verdict, error) = match self.outcome() {
            Outcome::Delivered => (Verdict::Delivered, None),
            Outcome::Gone => (Verdict::Failed, Some(error)),
            Outcome::Failed => {
                let next = wait(failed, asked, chance()).map(|wait| later(now, wait));
                (next.map_or(Verdict::Failed, Verdict::RetryAt), Some(error))
            }
        };
        Attempt {
            delivery: self.parcel.id,
            fence: self.parcel.fence,
            number: self.parcel.attempts + 1,
            at: self.at,
            status: self.status().map(u32::from),
            error,
            duration_ms: u32::try_from(self.answer.took.as_millis()).unwrap_or(u32::MAX),
            verdict,
        }
    }
}

/// What a process has for one endpoint.
#[derive(Default)]
struct Lane {
    waiting: VecDeque<Parcel>,
    under_way: usize,
}

/// What a process has claimed and not yet posted, by endpoint. The couriers of a lane serve it until
/// nothing waits there.
#[derive(Default)]
struct Lanes(Mutex<HashMap<EndpointId, Lane>>);

impl Lanes {
    fn open(&self) -> MutexGuard<'_, HashMap<EndpointId, Lane>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Puts parcels into their lanes; those with which new couriers set out.
    fn add(&self, parcels: Vec<Parcel>) -> Vec<Parcel> {
        let mut lanes = self.open();
        let mut first = Vec::new();
        for parcel in parcels {
            let lane = lanes.entry(parcel.to.stored.id).or_default();
            if lane.under_way < parcel.to.room() {
                lane.under_way += 1;
                first.push(parcel);
            } else {
                lane.waiting.push_back(parcel);
            }
        }
        first
    }
    /// The next parcel of a courier that is back; without one, the courier is free.
    fn next(&self, id: EndpointId, now: Timestamp) -> Option<Parcel> {
        let mut lanes = self.open();
        let lane = lanes.get_mut(&id)?;
        // Too late to be recorded: whoever holds the next lease sends it.
        while lane.waiting.pop_front_if(|parcel| !parcel.is_fresh(now)).is_some() {}
        // An endpoint that has begun to fail gets by with fewer couriers.
        let under_way = lane.under_way;
        let next = lane.waiting.pop_front_if(|parcel| under_way <= parcel.to.room());
        if next.is_none() {
            lane.under_way = lane.under_way.saturating_sub(1);
            if lane.under_way == 0 && lane.waiting.is_empty() {
                lanes.remove(&id);
            }
        }
        next
    }
    /// How many parcels there are, and the endpoints that have enough of them.
    fn load(&self) -> (usize, Vec<EndpointId>) {
        let lanes = self.open();
        let all = lanes.values().map(|lane| lane.waiting.len() + lane.under_way).sum();
        let busy = lanes.iter().filter(|(_, lane)| lane.waiting.len() >= EACH);
        (all, busy.map(|(id, _)| *id).collect())
    }
}

/// What a batch of attempts says of one endpoint.
#[derive(Default)]
struct Health {
    delivered: bool,
    failed: bool,
    gone: bool,
}

/// A courier that broke down had a parcel, which is sent again when its lease ends.
fn note(end: Result<(), JoinError>) {
    if let Err(error) = end.map_err(Broken::from) {
        tracing::error!(%error, "a courier broke down");
    }
}

impl Webhooks {
    /// Sends what falls due, until told to stop.
    pub async fn dispatch(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let begin = self.begin.lock().await;
            let floor = self.floor.lock().await;
            drop(begin);
            let next = self.burst(&stop).await;
            drop(floor);
            let until = next.unwrap_or_else(|error| {
                tracing::warn!(error = %Chain(&error), "webhooks rest for a moment");
                self.later(REST)
            });
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.woken.notified() => {}
                () = self.env.sleep_until(until) => {}
            }
        }
    }

    /// Keeps the background from beginning to send until the guard is dropped; what it has begun is
    /// finished first. For whoever moves the clock: receivers have all their time again.
    pub async fn hold(&self) -> impl Drop + '_ {
        let held = self.begin.lock().await;
        drop(self.floor.lock().await);
        self.unanswered().clear();
        held
    }

    /// Sends all that is due now and what falls due meanwhile, to each endpoint one after the other,
    /// so that the same history comes in the same order; how many attempts were made. Whoever waits
    /// for this waits for the receivers, so one that does not answer gets less and less time, until
    /// it does or until the next [`Webhooks::hold`].
    pub async fn deliver_until_quiet(&self) -> Result<usize, Error> {
        let _floor = self.floor.lock().await;
        let mut attempts = 0;
        loop {
            match self.deliver_due().await? {
                0 => return Ok(attempts),
                some => attempts += some,
            }
        }
    }

    /// One batch: claims, sends, records. How many attempts were made.
    async fn deliver_due(&self) -> Result<usize, Error> {
        let mut tx = self.store.write().await?;
        let mut parcels = self.claim(&mut tx, BATCH, &[]).await?;
        tx.commit().await?;
        parcels.sort_unstable_by_key(|parcel| parcel.id);
        let mut lanes: Vec<Vec<Parcel>> = Vec::new();
        for parcel in parcels {
            match lanes.iter_mut().find(|lane| lane[0].to.stored.id == parcel.to.stored.id) {
                Some(lane) => lane.push(parcel),
                None => lanes.push(vec![parcel]),
            }
        }
        let lanes: Vec<_> = lanes.into_iter().map(|lane| self.post_in_turn(lane)).collect();
        let mut posted: Vec<Posted> = stream::iter(lanes).buffer_unordered(EACH).concat().await;
        // The same order whoever answered first, so that the same history gives the same chances.
        posted.sort_unstable_by_key(|posted| posted.parcel.id);
        let mut tx = self.store.write().await?;
        self.record(&mut tx, &posted).await?;
        tx.commit().await?;
        Ok(posted.len())
    }

    async fn post_in_turn(&self, lane: Vec<Parcel>) -> Vec<Posted> {
        let mut all = Vec::with_capacity(lane.len());
        for parcel in lane {
            let endpoint = parcel.to.stored.id;
            let before = self.unanswered().get(&endpoint).copied().unwrap_or_default();
            let posted = parcel.post(self.sender.clone(), self.env.now(), patience(before)).await;
            match posted.answer.verdict {
                Err(Silence::TimedOut(_)) => self.unanswered().insert(endpoint, before + 1),
                _ => self.unanswered().remove(&endpoint),
            };
            all.push(posted);
        }
        all
    }

    fn unanswered(&self) -> MutexGuard<'_, HashMap<EndpointId, u32>> {
        self.unanswered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends until nothing is due and nothing is under way. When to look again.
    async fn burst(&self, stop: &CancellationToken) -> Result<Timestamp, Error> {
        let lanes = Arc::new(Lanes::default());
        let (back, mut returns) = mpsc::unbounded_channel();
        let mut couriers = JoinSet::new();
        let mut posted: Vec<Posted> = Vec::new();
        // Another look is worth its while: something may be due.
        let mut look = true;
        loop {
            let stopping = stop.is_cancelled();
            look &= !stopping;
            let (load, busy) = lanes.load();
            let claims = look && load + BATCH <= CLAIMED;
            if claims && posted.is_empty() && couriers.is_empty() {
                // Most looks find nothing; they should not take the one writer of SQLite.
                let now = self.env.now();
                let next = self.store.glance().await?.next_delivery_at_across_buckets(now).await?;
                if next.is_none_or(|next| now < next) {
                    return Ok(next.unwrap_or(Timestamp::MAX).min(self.later(POLL)));
                }
            }
            if claims || !posted.is_empty() {
                let room = if claims { BATCH } else { 0 };
                match self.turn_over(&mut posted, room, &busy).await {
                    Ok(claimed) => {
                        look = !claimed.is_empty();
                        for parcel in lanes.add(claimed) {
                            let courier = Courier {
                                lanes: lanes.clone(),
                                sender: self.sender.clone(),
                                env: self.env.clone(),
                                back: back.clone(),
                                stop: stop.clone(),
                            };
                            couriers.spawn(courier.serve(parcel));
                        }
                    }
                    // What is under way goes on, and what was posted is recorded when it can be.
                    Err(error) if !stopping => {
                        tracing::warn!(error = %Chain(&error), "webhooks cannot be recorded");
                        self.env.sleep(REST).await;
                    }
                    Err(error) => return Err(error),
                }
            }
            if couriers.is_empty() && returns.is_empty() && posted.is_empty() {
                if look {
                    continue;
                }
                return Ok(self.later(BLINK));
            }
            tokio::select! {
                _ = returns.recv_many(&mut posted, CLAIMED) => {}
                Some(end) = couriers.join_next() => note(end),
                () = self.woken.notified() => {}
                () = stop.cancelled(), if !stopping => {}
                () = self.env.sleep(POLL) => {}
            }
            while let Ok(more) = returns.try_recv() {
                posted.push(more);
            }
            while let Some(end) = couriers.try_join_next() {
                note(end);
            }
            look = true;
        }
    }

    fn later(&self, by: SignedDuration) -> Timestamp {
        later(self.env.now(), by)
    }

    /// Records what has been posted and claims up to `room` more, in one transaction.
    async fn turn_over(
        &self,
        posted: &mut Vec<Posted>,
        room: usize,
        busy: &[EndpointId],
    ) -> Result<Vec<Parcel>, Error> {
        let mut tx = self.store.write().await?;
        self.record(&mut tx, posted).await?;
        let claimed = self.claim(&mut tx, room, busy).await?;
        tx.commit().await?;
        posted.clear();
        Ok(claimed)
    }

    /// Claims what is due, and finds out where it goes.
    pub(super) async fn claim(
        &self,
        tx: &mut Tx,
        room: usize,
        busy: &[EndpointId],
    ) -> Result<Vec<Parcel>, Error> {
        let limit = u32::try_from(room).unwrap_or(u32::MAX);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let now = self.env.now();
        let lease_until = self.later(LEASE);
        let claimed = tx
            .claim_deliveries_across_buckets(self.node, now, lease_until, limit, Buckets::ALL, busy)
            .await?;
        let destinations = self.destinations(tx, &claimed).await?;
        let mut parcels = Vec::with_capacity(claimed.len());
        for Claimed { delivery, body } in claimed {
            match destinations.get(&delivery.endpoint) {
                Some(Some(to)) => parcels.push(Parcel {
                    id: delivery.id,
                    event: delivery.event,
                    fence: delivery.fence,
                    attempts: delivery.attempts,
                    tries: delivery.tries,
                    lease_until,
                    body,
                    to: to.clone(),
                }),
                // Its secrets do not open: ours to mend, so it waits for the next lease.
                Some(None) => {}
                // Announced or replayed while the endpoint was being deleted or disabled.
                None => {
                    tx.cancel_deliveries_across_buckets(delivery.tenant, delivery.endpoint, now)
                        .await?;
                }
            }
        }
        Ok(parcels)
    }

    /// The endpoints of `claimed` that take anything; `None` for those that cannot be opened.
    async fn destinations(
        &self,
        tx: &mut Tx,
        claimed: &[Claimed],
    ) -> Result<HashMap<EndpointId, Option<Arc<Destination>>>, Error> {
        let mut ids: Vec<_> = claimed.iter().map(|claimed| claimed.delivery.endpoint).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let stored = tx.endpoints_of_any_tenant(&ids).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = HashMap::with_capacity(ids.len());
        for stored in stored.into_iter().filter(|stored| stored.disabled_at.is_none()) {
            let id = stored.id;
            let opened = match known.get(&id) {
                Some(same) if same.stored == stored => Some(same.clone()),
                _ => match self.destination(stored) {
                    Ok(new) => Some(Arc::new(new)),
                    Err(error) => {
                        tracing::error!(endpoint.id = %id, error = %Chain(&error), "an endpoint cannot be opened");
                        None
                    }
                },
            };
            if let Some(opened) = &opened {
                known.insert(id, opened.clone());
            }
            found.insert(id, opened);
        }
        for id in ids.iter().filter(|id| !found.contains_key(id)) {
            known.remove(id);
        }
        Ok(found)
    }

    fn destination(&self, stored: Stored) -> Result<Destination, Error> {
        let url = Url::parse(&stored.url)
            .map_err(|e| Error::Internal("reading the URL of an endpoint", Box::new(e)))?;
        let mut headers = common_headers();
        if let Some(value) = self.authorization(&stored)? {
            headers.insert(AUTHORIZATION, value);
        }
        Ok(Destination { url, headers, keys: self.keys(&stored)?, stored })
    }

    /// Stores what came of some posts, and what it means for their endpoints.
    pub(super) async fn record(&self, tx: &mut Tx, posted: &[Posted]) -> Result<(), Error> {
        if posted.is_empty() {
            return Ok(());
        }
        let now = self.env.now();
        let attempts: Vec<_> =
            posted.iter().map(|posted| posted.attempt(now, || self.env.chance_u64())).collect();
        tx.record_attempts(&attempts).await?;
        let mut healths: Vec<(&Stored, Health)> = Vec::new();
        for (posted, attempt) in posted.iter().zip(&attempts) {
            let stored = &posted.parcel.to.stored;
            let at = healths.iter().position(|(known, _)| known.id == stored.id);
            let at = at.unwrap_or_else(|| {
                healths.push((stored, Health::default()));
                healths.len() - 1
            });
            let health = &mut healths[at].1;
            self.metrics.attempted(posted.outcome());
            match posted.outcome() {
                Outcome::Delivered => health.delivered = true,
                Outcome::Failed => health.failed = true,
                Outcome::Gone => health.gone = true,
            }
            if let Some(why) = &attempt.error {
                tracing::info!(
                    delivery.id = %attempt.delivery,
                    endpoint.id = %stored.id,
                    number = attempt.number,
                    status = attempt.status,
                    why,
                    "a delivery failed"
                );
            }
        }
        // Whatever was known of them when these were claimed: another may have failed since then.
        let well = healths.iter().filter(|(_, health)| health.delivered);
        let well: Vec<EndpointId> = well.map(|(stored, _)| stored.id).collect();
        if !well.is_empty() {
            tx.are_well(&well).await?;
        }
        for (stored, health) in healths {
            self.judge(tx, stored, &health, now).await?;
        }
        Ok(())
    }

    /// Draws the conclusions of a batch for one endpoint.
    async fn judge(
        &self,
        tx: &mut Tx,
        seen: &Stored,
        health: &Health,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Stored { id, tenant, .. } = *seen;
        if health.gone {
            return self.disable(tx, tenant, id, "It answered 410 Gone.").await;
        }
        if health.delivered {
            return Ok(());
        }
        match seen.failing_since {
            None => drop(tx.is_failing(tenant, id, now).await?),
            Some(since) if is_worn_out(since, now) => {
                // Somebody else may have got through, or mended it, since it was looked at.
                let current = tx.endpoint(tenant, id).await?.and_then(|e| e.failing_since);
                if current.is_some_and(|since| is_worn_out(since, now)) {
                    let reason = "Everything sent to it for five days has failed.";
                    self.disable(tx, tenant, id, reason).await?;
                }
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Sends nothing to an endpoint any more, and tells the tenant's others.
    async fn disable(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: EndpointId,
        reason: &str,
    ) -> Result<(), Error> {
        let now = self.env.now();
        if !tx.disable_endpoint(tenant, id, now, reason).await? {
            return Ok(());
        }
        let cancelled = tx.cancel_deliveries_across_buckets(tenant, id, now).await?;
        tracing::warn!(endpoint.id = %id, reason, cancelled, "an endpoint has been disabled");
        let subject = (id.to_string(), Some(reason));
        self.audit(tx, tenant, None, "disable_endpoint", subject).await?;
        let about = About { tenant, link: None, because: None, request: self.env.id() };
        let what = Announcement::endpoint_disabled(id, reason);
        let others = |endpoint: &Stored, kind: &_| endpoint.id != id && wants(endpoint, kind);
        self.publish(tx, vec![(about, what)], others).await.map(drop)
    }
}
