//! Where a tenant's webhooks go: what a tenant sets and sees, and how its secrets are kept.

use super::{About, Webhooks};
use crate::{Actor, Caller, Error, FieldProblem, Listed};
use domain::{
    filter::Page,
    ids::{DeliveryId, EndpointId, TenantId},
    time::later,
    webhook::{Announcement, MOST_ENDPOINTS, Subscription},
};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use store::endpoints::Endpoint as Stored;
use vault::Place;

/// How long the secret before a rotation still signs.
pub const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// The longest `authorization`, in bytes.
pub const LONGEST_AUTHORIZATION: usize = 4096;

const SECRET: &str = "secret";
const AUTHORIZATION: &str = "authorization";

/// An endpoint as its tenant sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Where webhooks are posted.
    pub url: String,
    /// Whether an `Authorization` header goes with them. Its value is never shown again.
    pub has_authorization: bool,
    /// What it wants: `*`, types and `TYPE/code`.
    pub events: Vec<String>,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// Since when nothing is sent to it, and why.
    pub disabled: Option<(Timestamp, String)>,
    /// Since when everything sent to it has failed.
    pub failing_since: Option<Timestamp>,
    /// Until when the secret before the last rotation signs as well.
    pub old_secret_until: Option<Timestamp>,
}

/// What makes an endpoint.
#[derive(Debug)]
pub struct NewEndpoint {
    /// Where to post.
    pub url: String,
    /// What to send as `Authorization`, verbatim.
    pub authorization: Option<SecretString>,
    /// What it wants; everything but the opt-in events if empty.
    pub events: Vec<String>,
}

/// What changes about an endpoint; `None` leaves it.
#[derive(Debug, Default)]
pub struct Change {
    /// A new address.
    pub url: Option<String>,
    /// Another `Authorization`, or none.
    pub authorization: Option<Option<SecretString>>,
    /// Another subscription.
    pub events: Option<Vec<String>>,
    /// Whether anything is sent to it.
    pub enabled: Option<bool>,
}

/// A key that signs what is sent to an endpoint.
pub(super) struct SigningKey {
    pub(super) key: SecretSlice<u8>,
    /// Until when it signs; `None` for the present one.
    pub(super) until: Option<Timestamp>,
}

impl Webhooks {
    /// Makes an endpoint and its secret, which is shown only now.
    pub async fn add_endpoint(
        &self,
        caller: &Caller,
        wanted: NewEndpoint,
    ) -> Result<(Endpoint, SecretString), Error> {
        let id = self.env.id();
        let place = |field| place(caller.tenant, id, field);
        let mut problems = Vec::new();
        self.check_url(&wanted.url, &mut problems);
        let events = check_events(&wanted.events, &mut problems);
        if let Some(value) = &wanted.authorization {
            check_authorization(value, &mut problems);
        }
        if !problems.is_empty() {
            return Err(Error::Fields(problems));
        }
        let secret = vault::new_webhook_secret()?;
        let authorization_sealed = match &wanted.authorization {
            Some(value) => Some(self.seal(&place(AUTHORIZATION), value)?),
            None => None,
        };
        let stored = Stored {
            id,
            tenant: caller.tenant,
            url: wanted.url,
            authorization_sealed,
            secret_sealed: self.seal(&place(SECRET), &secret)?,
            old_secret_sealed: None,
            old_secret_until: None,
            events: events.patterns().to_vec(),
            created_at: self.env.now(),
            disabled_at: None,
            disabled_reason: None,
            failing_since: None,
        };
        let mut tx = self.store.write().await?;
        if tx.endpoints(caller.tenant).await?.len() >= MOST_ENDPOINTS {
            let message =
                format!("There are {MOST_ENDPOINTS} endpoints already; delete one first.");
            return Err(Error::field("invalid", message, "url"));
        }
        tx.add_endpoint(&stored).await?;
        self.note(&mut tx, caller, "add_endpoint", id).await?;
        tx.commit().await?;
        Ok((self.shown(stored), secret))
    }

    /// A page of a tenant's endpoints, the oldest first.
    pub async fn endpoints(&self, tenant: TenantId, page: Page) -> Result<Listed<Endpoint>, Error> {
        let all = self.store.read().await?.endpoints(tenant).await?;
        Ok(Listed::of_all(page, all)?.map(|stored| self.shown(stored)))
    }

    /// One endpoint.
    pub async fn endpoint(&self, tenant: TenantId, id: EndpointId) -> Result<Endpoint, Error> {
        let found = self.store.read().await?.endpoint(tenant, id).await?;
        found.map(|stored| self.shown(stored)).ok_or(Error::NoSuch("endpoint"))
    }

    /// Changes an endpoint. Disabling it cancels what is pending for it.
    pub async fn change_endpoint(
        &self,
        caller: &Caller,
        id: EndpointId,
        change: Change,
    ) -> Result<Endpoint, Error> {
        let mut problems = Vec::new();
        if let Some(url) = &change.url {
            self.check_url(url, &mut problems);
        }
        let events = change.events.as_ref().map(|events| check_events(events, &mut problems));
        if let Some(Some(value)) = &change.authorization {
            check_authorization(value, &mut problems);
        }
        if !problems.is_empty() {
            return Err(Error::Fields(problems));
        }
        let mut tx = self.store.write().await?;
        let stored = tx.endpoint_for_update(caller.tenant, id).await?;
        let mut stored = stored.ok_or(Error::NoSuch("endpoint"))?;
        if let Some(url) = change.url {
            stored.url = url;
        }
        if let Some(events) = events {
            stored.events = events.patterns().to_vec();
        }
        match change.authorization {
            None => {}
            Some(None) => stored.authorization_sealed = None,
            Some(Some(value)) => {
                let place = place(caller.tenant, id, AUTHORIZATION);
                stored.authorization_sealed = Some(self.seal(&place, &value)?);
            }
        }
        match change.enabled {
            Some(true) if stored.disabled_at.is_some() => {
                (stored.disabled_at, stored.disabled_reason) = (None, None);
                // A clean start: yesterday's failures must not disable it again today.
                stored.failing_since = None;
            }
            Some(false) if stored.disabled_at.is_none() => {
                stored.disabled_at = Some(self.env.now());
                stored.disabled_reason = Some(match caller.by {
                    Actor::Key(_) => "Disabled through the API.".into(),
                    Actor::Operator(_) => "Disabled by an operator.".into(),
                });
                tx.cancel_deliveries_across_buckets(caller.tenant, id, self.env.now()).await?;
            }
            _ => {}
        }
        tx.save_endpoint(&stored).await?;
        self.note(&mut tx, caller, "change_endpoint", id).await?;
        tx.commit().await?;
        Ok(self.shown(stored))
    }

    /// Forgets an endpoint and cancels what is pending for it. What was sent stays listed.
    pub async fn delete_endpoint(&self, caller: &Caller, id: EndpointId) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        if !tx.delete_endpoint(caller.tenant, id).await? {
            return Err(Error::NoSuch("endpoint"));
        }
        tx.cancel_deliveries_across_buckets(caller.tenant, id, self.env.now()).await?;
        self.note(&mut tx, caller, "delete_endpoint", id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives an endpoint a new secret, shown only now. The one before signs as well for
    /// [`OVERLAP`], so that receivers can change over without losing anything.
    pub async fn rotate_secret(
        &self,
        caller: &Caller,
        id: EndpointId,
    ) -> Result<(Endpoint, SecretString), Error> {
        let secret = vault::new_webhook_secret()?;
        let sealed = self.seal(&place(caller.tenant, id, SECRET), &secret)?;
        let until = later(self.env.now(), OVERLAP);
        let mut tx = self.store.write().await?;
        let stored = tx.endpoint_for_update(caller.tenant, id).await?;
        let mut stored = stored.ok_or(Error::NoSuch("endpoint"))?;
        stored.old_secret_sealed = Some(std::mem::replace(&mut stored.secret_sealed, sealed));
        stored.old_secret_until = Some(until);
        tx.save_endpoint(&stored).await?;
        self.note(&mut tx, caller, "rotate_endpoint_secret", id).await?;
        tx.commit().await?;
        Ok((self.shown(stored), secret))
    }

    /// Sends an endpoint a test event, whatever it has subscribed to; the delivery to look at.
    pub async fn test_endpoint(
        &self,
        caller: &Caller,
        id: EndpointId,
    ) -> Result<DeliveryId, Error> {
        let mut tx = self.store.write().await?;
        let stored = tx.endpoint(caller.tenant, id).await?.ok_or(Error::NoSuch("endpoint"))?;
        if stored.disabled_at.is_some() {
            return Err(disabled());
        }
        let about =
            About { tenant: caller.tenant, link: None, because: None, request: caller.request };
        let sent = self
            .publish(&mut tx, vec![(about, Announcement::test(id))], |endpoint, _| {
                endpoint.id == id
            })
            .await?;
        self.note(&mut tx, caller, "test_endpoint", id).await?;
        tx.commit().await?;
        self.wake();
        sent.first().copied().ok_or(Error::NoSuch("endpoint"))
    }

    /// The keys that sign for an endpoint, the newest first.
    pub(super) fn keys(&self, stored: &Stored) -> Result<Vec<SigningKey>, Error> {
        let place = place(stored.tenant, stored.id, SECRET);
        let key = self.key(&place, &stored.secret_sealed)?;
        let mut keys = vec![SigningKey { key, until: None }];
        if let (Some(old), Some(until)) = (&stored.old_secret_sealed, stored.old_secret_until) {
            keys.push(SigningKey { key: self.key(&place, old)?, until: Some(until) });
        }
        Ok(keys)
    }

    /// The `Authorization` header of an endpoint.
    pub(super) fn authorization(&self, stored: &Stored) -> Result<Option<HeaderValue>, Error> {
        let Some(sealed) = &stored.authorization_sealed else { return Ok(None) };
        let plain =
            self.vault.open_alone(&place(stored.tenant, stored.id, AUTHORIZATION), sealed)?;
        let mut value = HeaderValue::from_bytes(plain.expose_secret())
            .map_err(|e| Error::Internal("reading an authorization", Box::new(e)))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    fn key(&self, place: &Place<'_>, sealed: &[u8]) -> Result<SecretSlice<u8>, Error> {
        let opened = self.vault.open_alone(place, sealed)?;
        let text = str::from_utf8(opened.expose_secret())
            .map_err(|e| Error::Internal("reading a webhook secret", Box::new(e)))?;
        Ok(vault::webhook_key(&text.into())?)
    }

    fn seal(&self, place: &Place<'_>, value: &SecretString) -> Result<Vec<u8>, Error> {
        Ok(self.vault.seal_alone(place, value.expose_secret().as_bytes())?)
    }

    fn check_url(&self, url: &str, problems: &mut Vec<FieldProblem>) {
        if let Err(why) = self.sender.reach().endpoint(url) {
            problems.push(problem("invalid", why.to_string(), "url"));
        }
    }

    async fn note(
        &self,
        tx: &mut store::Tx,
        caller: &Caller,
        action: &str,
        id: EndpointId,
    ) -> Result<(), Error> {
        self.audit(tx, caller.tenant, Some(caller), action, (id.to_string(), None)).await
    }

    fn shown(&self, stored: Stored) -> Endpoint {
        let now = self.env.now();
        Endpoint {
            id: stored.id,
            url: stored.url,
            has_authorization: stored.authorization_sealed.is_some(),
            events: stored.events,
            created_at: stored.created_at,
            disabled: stored.disabled_at.zip(stored.disabled_reason),
            failing_since: stored.failing_since,
            old_secret_until: stored.old_secret_until.filter(|until| *until > now),
        }
    }
}

/// Nothing can be sent to a disabled endpoint.
pub(super) fn disabled() -> Error {
    Error::field("invalid", "The endpoint is disabled; enable it first.", "endpoint")
}

fn place(tenant: TenantId, id: EndpointId, field: &'static str) -> Place<'static> {
    Place { tenant: tenant.into(), subject: id.into(), field }
}

fn problem(code: &'static str, message: String, field: &'static str) -> FieldProblem {
    FieldProblem { code, message, field: Some(field) }
}

fn check_events(patterns: &[String], problems: &mut Vec<FieldProblem>) -> Subscription {
    Subscription::parse(patterns).unwrap_or_else(|bad| {
        problems.push(problem("invalid_choice", bad.to_string(), "events"));
        Subscription::default()
    })
}

fn check_authorization(value: &SecretString, problems: &mut Vec<FieldProblem>) {
    let text = value.expose_secret();
    let fits = !text.is_empty()
        && text.len() <= LONGEST_AUTHORIZATION
        && text.trim() == text
        && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !fits {
        let message = format!(
            "Enter what goes into an Authorization header: up to {LONGEST_AUTHORIZATION} printable ASCII characters."
        );
        problems.push(problem("invalid", message, "authorization"));
    }
}
