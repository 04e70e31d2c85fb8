//! What became of each event on its way to each endpoint, and sending it again.

use super::{Webhooks, endpoints::disabled, no_link};
use crate::{Caller, Error, Listed, query::one_link};
use domain::{
    filter::{Condition, Page},
    ids::{DeliveryId, LinkId, TenantId},
};
pub use store::events::{Delivery, DeliveryState, ListedDelivery, PastAttempt, Replay};

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

    /// Sends again everything that `replay` says, in the order in which it was announced; how many.
    pub async fn replay_deliveries(&self, caller: &Caller, replay: &Replay) -> Result<u64, Error> {
        if replay.to <= replay.from {
            return Err(Error::field("invalid", "`to` must be after `from`.", "to"));
        }
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
        let count = tx.replay_across_buckets(caller.tenant, replay, self.env.now()).await?;
        let subject = replay.endpoint.map_or_else(|| "all endpoints".into(), |id| id.to_string());
        let action = "replay_deliveries";
        self.audit(&mut tx, caller.tenant, Some(caller), action, (subject, None)).await?;
        tx.commit().await?;
        self.wake();
        Ok(count)
    }
}

/// The link that a delivery is about, if it is about one.
#[must_use]
pub fn link_of(delivery: &Delivery) -> Option<LinkId> {
    Some(delivery.link).filter(|link| *link != no_link())
}
