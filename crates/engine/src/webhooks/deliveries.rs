//! What became of each event on its way to each endpoint, and sending it again.

use super::{Webhooks, endpoints::disabled, no_link};
use crate::{Caller, Error, Listed, query::one_link};
use domain::{
    filter::{Condition, Field, IN, IS, Page, Source, Test, Value},
    ids::{DeliveryId, EndpointId, LinkId, TenantId},
};
use jiff::Timestamp;
pub use store::deliveries::{Delivery, DeliveryState, ListedDelivery, PastAttempt};

/// The most deliveries that one request sends again: what is more is for the next one.
pub const MOST_REPLAYED: u32 = 10_000;

/// Which deliveries to send again. Those to endpoints that are disabled never are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Those to this endpoint; to any if nothing is said.
    pub endpoint: Option<EndpointId>,
    /// Those about this link.
    pub link: Option<LinkId>,
    /// Those of events of this `webhook_type`.
    pub kind: Option<String>,
    /// Those of events of this `webhook_code`.
    pub code: Option<String>,
    /// Those announced from then …
    pub from: Timestamp,
    /// … until before then.
    pub to: Timestamp,
    /// Those that ended so.
    pub states: Vec<DeliveryState>,
}

impl Replay {
    /// What is sent again if nothing else is said: what has not arrived.
    pub const MISSED: [DeliveryState; 2] = [DeliveryState::Failed, DeliveryState::Cancelled];

    fn conditions(&self) -> Result<Vec<Condition>, Error> {
        static ENDPOINT: Field = Field::id("endpoint", IS, Source::Column("endpoint"));
        static LINK: Field = Field::id("link", IS, Source::Column("link"));
        static TYPE: Field = Field::text("webhook_type", IS, Source::Column("type"));
        static CODE: Field = Field::text("webhook_code", IS, Source::Column("code"));
        static AT: Field = Field::instant("created_at", Source::Column("created_at"));
        static STATE: Field =
            Field::word("state", DeliveryState::WORDS, IN, Source::Column("state"));
        if self.to <= self.from {
            return Err(Error::field("invalid", "`to` must be after `from`.", "to"));
        }
        let is = |field, value: Option<Value>| {
            value.map(|value| Condition { field, test: Test::Is(value) })
        };
        let text = |text: &Option<String>| text.clone().map(Value::Text);
        let states = self.states.iter().map(|state| Value::Text(state.as_str().into())).collect();
        let said = [
            is(&ENDPOINT, self.endpoint.map(|id| Value::Id(id.into()))),
            is(&LINK, self.link.map(|id| Value::Id(id.into()))),
            is(&TYPE, text(&self.kind)),
            is(&CODE, text(&self.code)),
            Some(Condition { field: &AT, test: Test::Gte(Value::Instant(self.from)) }),
            Some(Condition { field: &AT, test: Test::Lt(Value::Instant(self.to)) }),
            Some(Condition { field: &STATE, test: Test::In(states) }),
        ];
        Ok(said.into_iter().flatten().collect())
    }
}

/// What came of sending many again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// How many are on their way.
    pub count: u64,
    /// How many of the same kind are left for another request.
    pub left: u64,
}

/// A delivery with all there is to see of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// The delivery and what it is about.
    pub delivery: ListedDelivery,
    /// Every attempt, in order.
    pub attempts: Vec<PastAttempt>,
    /// What is sent, byte for byte.
    pub body: String,
}

impl Webhooks {
    /// A page of a tenant's deliveries, newest first. Conditions are on the columns `id`, `link`,
    /// `endpoint`, `event`, `state`, `created_at`, and on `type` and `code` of the event.
    pub async fn deliveries(
        &self,
        tenant: TenantId,
        conditions: &[Condition],
        page: Page,
    ) -> Result<Listed<ListedDelivery>, Error> {
        let mut tx = self.store.read().await?;
        let listed = match one_link(conditions) {
            Some(link) => tx.deliveries_of_link(tenant, link, conditions, page).await?,
            None => tx.deliveries_across_buckets(tenant, conditions, page).await?,
        };
        Listed::on(page, listed.count, listed.items)
    }

    /// One delivery, its attempts and its body.
    pub async fn delivery(&self, tenant: TenantId, id: DeliveryId) -> Result<Story, Error> {
        let mut tx = self.store.read().await?;
        let gone = || Error::NoSuch("delivery");
        let (delivery, attempts) = tx.delivery(tenant, id).await?.ok_or_else(gone)?;
        let event = tx.event(tenant, delivery.event).await?.ok_or_else(gone)?;
        let delivery = ListedDelivery { delivery, kind: event.kind, code: event.code };
        Ok(Story { delivery, attempts, body: event.body })
    }

    /// Sends a delivery again, however it ended, with the same body and the same id.
    pub async fn replay_delivery(&self, caller: &Caller, id: DeliveryId) -> Result<Story, Error> {
        let mut tx = self.store.write().await?;
        let found = tx.delivery(caller.tenant, id).await?;
        let (delivery, _) = found.ok_or(Error::NoSuch("delivery"))?;
        match tx.endpoint(caller.tenant, delivery.endpoint).await? {
            Some(endpoint) if endpoint.disabled_at.is_none() => {}
            Some(_) => return Err(disabled()),
            None => {
                return Err(Error::field("does_not_exist", "The endpoint is gone.", "endpoint"));
            }
        }
        // One that is pending is on its way anyway: not an error, and nothing to do.
        tx.replay(caller.tenant, id, self.env.now()).await?;
        let subject = (id.to_string(), None);
        self.audit(&mut tx, caller.tenant, Some(caller), "replay_delivery", subject).await?;
        tx.commit().await?;
        self.wake();
        self.delivery(caller.tenant, id).await
    }

    /// How many deliveries `replay` would send again.
    pub async fn replayable(&self, tenant: TenantId, replay: &Replay) -> Result<u64, Error> {
        let conditions = replay.conditions()?;
        Ok(self.store.read().await?.replayable_across_buckets(tenant, &conditions).await?)
    }

    /// Sends again what `replay` says, [`MOST_REPLAYED`] at most, the earliest first and in the order
    /// in which they were announced. What is on its way is left alone, so that doing it twice sends
    /// nothing twice.
    pub async fn replay_deliveries(
        &self,
        caller: &Caller,
        replay: &Replay,
    ) -> Result<Replayed, Error> {
        let conditions = replay.conditions()?;
        let mut tx = self.store.write().await?;
        if let Some(id) = replay.endpoint {
            match tx.endpoint(caller.tenant, id).await? {
                Some(endpoint) if endpoint.disabled_at.is_none() => {}
                Some(_) => return Err(disabled()),
                None => {
                    let message = format!("Object with id={id} does not exist.");
                    return Err(Error::field("does_not_exist", message, "endpoint"));
                }
            }
        }
        let (tenant, now) = (caller.tenant, self.env.now());
        let count = tx.replay_across_buckets(tenant, &conditions, MOST_REPLAYED, now).await?;
        let left = if count < u64::from(MOST_REPLAYED) {
            0
        } else {
            tx.replayable_across_buckets(tenant, &conditions).await?
        };
        let subject = replay.endpoint.map_or_else(|| "all endpoints".into(), |id| id.to_string());
        let action = "replay_deliveries";
        self.audit(&mut tx, caller.tenant, Some(caller), action, (subject, None)).await?;
        tx.commit().await?;
        self.wake();
        Ok(Replayed { count, left })
    }
}

/// The link that a delivery is about, if it is about one.
#[must_use]
pub fn link_of(delivery: &Delivery) -> Option<LinkId> {
    Some(delivery.link).filter(|link| *link != no_link())
}
