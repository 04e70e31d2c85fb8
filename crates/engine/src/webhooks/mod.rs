//! Tells tenants what happened: announces in the transaction of the thing itself, sends afterwards,
//! at least once, until the receiver has taken it or three days are over.
//!
//! - [`Webhooks::announce`] writes an event and its deliveries (the outbox);
//! - [`dispatcher`] claims what is due, posts it through the [`sender`], records what came of it;
//! - [`endpoints`] and [`deliveries`] are what a tenant sees of it.

pub mod deliveries;
pub mod dispatcher;
pub mod endpoints;
pub mod guard;
pub mod sender;

#[cfg(test)]
pub(crate) mod receiver;
#[cfg(test)]
mod tests;

use crate::{Caller, Engine, Error, metrics::Metrics};
use dispatcher::Known;
use domain::{
    env::Env,
    ids::{DeliveryId, EndpointId, EventId, LinkId, NodeId, RequestId, TenantId},
    link::Link,
    webhook::{Announcement, EventType, ProcessType, Subscription},
};
use sender::Sender;
use serde_json::json;
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};
use store::{
    Store, Tx,
    audit::AuditLine,
    endpoints::Endpoint as Stored,
    events::{Announced, Event},
};
use tokio::sync::{Mutex, Notify};
use uuid::Uuid;
use vault::Vault;

/// What stands for the link in events that are about none; shown as null.
pub(crate) fn no_link() -> LinkId {
    Uuid::nil().into()
}

/// Everything about webhooks, wired together.
pub struct Webhooks {
    env: Env,
    store: Store,
    vault: Arc<Vault>,
    node: NodeId,
    sender: Sender,
    metrics: Metrics,
    /// Endpoints as they were last opened.
    known: std::sync::Mutex<Known>,
    /// How many posts in a row each endpoint has left unanswered while the clock was moved.
    unanswered: std::sync::Mutex<HashMap<EndpointId, u32>>,
    /// Something may be due before the next look.
    woken: Notify,
    /// Whoever holds it keeps the background from beginning to send.
    begin: Mutex<()>,
    /// Held by whoever claims and sends, one at a time in a process.
    floor: Mutex<()>,
}

/// Something to announce about a link.
pub struct Notice<'a> {
    /// The link.
    pub link: &'a Link,
    /// In the course of what it happened.
    pub because: ProcessType,
    /// The request that its webhook repeats.
    pub request: RequestId,
    /// What happened.
    pub what: Announcement,
}

/// What an event is about.
struct About<'a> {
    tenant: TenantId,
    link: Option<&'a Link>,
    because: Option<ProcessType>,
    request: RequestId,
}

impl Webhooks {
    /// Webhooks that go out through `sender`.
    #[must_use]
    pub fn new(
        env: Env,
        store: Store,
        vault: Arc<Vault>,
        node: NodeId,
        sender: Sender,
        metrics: Metrics,
    ) -> Self {
        Self {
            env,
            store,
            vault,
            node,
            sender,
            metrics,
            known: std::sync::Mutex::default(),
            unanswered: std::sync::Mutex::default(),
            woken: Notify::new(),
            begin: Mutex::default(),
            floor: Mutex::default(),
        }
    }

    /// Stores events about links, in their order, and one delivery of each for each endpoint that
    /// wants it. Call [`Webhooks::wake`] when `tx` is committed.
    pub async fn announce(
        &self,
        tx: &mut Tx,
        notices: impl IntoIterator<Item = Notice<'_>>,
    ) -> Result<(), Error> {
        let told = notices.into_iter().map(|Notice { link, because, request, what }| {
            let about =
                About { tenant: link.tenant, link: Some(link), because: Some(because), request };
            (about, what)
        });
        self.publish(tx, told.collect(), wants).await.map(drop)
    }

    /// Makes the dispatcher look now rather than a moment later.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    async fn publish(
        &self,
        tx: &mut Tx,
        told: Vec<(About<'_>, Announcement)>,
        goes_to: impl Fn(&Stored, &EventType) -> bool,
    ) -> Result<Vec<DeliveryId>, Error> {
        let mut endpoints: HashMap<TenantId, Vec<Stored>> = HashMap::new();
        let mut announced = Vec::with_capacity(told.len());
        for (about, what) in told {
            let kind = what
                .event_type()
                .ok_or_else(|| Error::Internal("announcing", what.code.to_owned().into()))?;
            let known = match endpoints.entry(about.tenant) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    let mut found = tx.endpoints(about.tenant).await?;
                    found.retain(|endpoint| endpoint.disabled_at.is_none());
                    unknown.insert(found)
                }
            };
            let event = self.event(&about, kind, what);
            let bucket = event.link.bucket();
            let to: Vec<_> = known
                .iter()
                .filter(|endpoint| goes_to(endpoint, kind))
                .map(|endpoint| (self.env.id_in(bucket), endpoint.id))
                .collect();
            tracing::info!(
                event.id = %event.id.hex(),
                event.r#type = kind.of,
                event.code = kind.code,
                link.id = about.link.map(|link| tracing::field::display(link.id)),
                endpoints = to.len(),
                "announced"
            );
            announced.push(Announced { event, to });
        }
        tx.announce(&announced).await?;
        Ok(announced.into_iter().flat_map(|one| one.to).map(|(id, _)| id).collect())
    }

    fn event(&self, about: &About<'_>, kind: &EventType, what: Announcement) -> Event {
        let link = about.link.map_or_else(no_link, |link| link.id);
        let id: EventId = self.env.id_in(link.bucket());
        let payload = what.payload(
            id,
            about.because,
            about.link.map(|link| link.id),
            about.request.hex(),
            about.link.and_then(|link| link.external_id.clone()),
        );
        Event {
            id,
            tenant: about.tenant,
            link,
            kind: kind.of.into(),
            code: kind.code.into(),
            process_type: about.because.map(|because| because.as_str().into()),
            request: Some(about.request),
            body: serde_json::to_string(&payload).expect("payloads are plain data"),
            created_at: self.env.now(),
        }
    }

    /// A line of the audit log, in the transaction of the act.
    async fn audit(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        who: Option<&Caller>,
        action: &str,
        (subject, reason): (String, Option<&str>),
    ) -> Result<(), Error> {
        let detail = match who {
            Some(caller) => json!({"request_id": caller.request.hex()}),
            None => json!({"reason": reason}),
        };
        let line = AuditLine {
            id: self.env.id(),
            tenant,
            at: self.env.now(),
            actor: who.map_or_else(|| "dispatcher".into(), |caller| caller.by.to_string()),
            action: action.into(),
            subject,
            detail: detail.to_string(),
        };
        Ok(tx.audit(&line).await?)
    }
}

/// Whether an endpoint has subscribed to an event.
fn wants(endpoint: &Stored, kind: &EventType) -> bool {
    Subscription::from(endpoint.events.clone()).wants(kind)
}

impl Engine {
    /// Sends what falls due, until told to stop.
    pub(crate) async fn dispatch(self) {
        self.webhooks().dispatch(self.stopping()).await;
    }
    /// Something may have been announced: to be called after the commit.
    pub(crate) fn wake_dispatcher(&self) {
        self.webhooks().wake();
    }
}
