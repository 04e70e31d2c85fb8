//! Where tenants' webhooks go.

use crate::{
    Error, Tx,
    value::{Row, Value, corrupt, hex, values},
};
use domain::ids::{EndpointId, TenantId};
use jiff::Timestamp;
use std::fmt;

/// An address that takes a tenant's webhooks.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Whose.
    pub tenant: TenantId,
    /// Where.
    pub url: String,
    /// The `Authorization` header to send, sealed.
    pub authorization_sealed: Option<Vec<u8>>,
    /// The secret that signs, sealed.
    pub secret_sealed: Vec<u8>,
    /// The secret before, which signs as well for a while.
    pub old_secret_sealed: Option<Vec<u8>>,
    /// Until when.
    pub old_secret_until: Option<Timestamp>,
    /// The events that it wants, `TYPE/code` or `TYPE`; empty for all.
    pub events: Vec<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Since when nothing is sent.
    pub disabled_at: Option<Timestamp>,
    /// Why.
    pub disabled_reason: Option<String>,
    /// Since when every attempt has failed.
    pub failing_since: Option<Timestamp>,
}
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({}, {:?})", self.id, self.url)
    }
}

macro_rules! endpoint_columns { () => {
    "id, tenant, url, authorization_sealed, secret_sealed, old_secret_sealed, old_secret_until, \
     cast(events as text) as events, created_at, disabled_at, disabled_reason, failing_since"
} }

fn endpoint(row: &Row) -> Result<Endpoint, Error> {
    Ok(Endpoint {
        id: row.get("id")?,
        tenant: row.get("tenant")?,
        url: row.get("url")?,
        authorization_sealed: row.get("authorization_sealed")?,
        secret_sealed: row.get("secret_sealed")?,
        old_secret_sealed: row.get("old_secret_sealed")?,
        old_secret_until: row.get("old_secret_until")?,
        events: row.json("events")?,
        created_at: row.get("created_at")?,
        disabled_at: row.get("disabled_at")?,
        disabled_reason: row.get("disabled_reason")?,
        failing_since: row.get("failing_since")?,
    })
}

fn columns(endpoint: &Endpoint) -> Result<Vec<Value>, Error> {
    let events = serde_json::to_string(&endpoint.events).map_err(|e| corrupt("events", e))?;
    Ok(values![
        endpoint.id,
        endpoint.tenant,
        &endpoint.url,
        endpoint.authorization_sealed.as_deref(),
        &endpoint.secret_sealed,
        endpoint.old_secret_sealed.as_deref(),
        endpoint.old_secret_until,
        events,
        endpoint.disabled_at,
        endpoint.disabled_reason.as_deref(),
        endpoint.failing_since,
    ])
}

impl Tx {
    /// Stores a new endpoint.
    pub async fn add_endpoint(&mut self, endpoint: &Endpoint) -> Result<(), Error> {
        const SQL: &str = "insert into endpoints (id, tenant, url, authorization_sealed,
                secret_sealed, old_secret_sealed, old_secret_until, events, disabled_at,
                disabled_reason, failing_since, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, json($8), $9, $10, $11, $12)";
        let mut row = columns(endpoint)?;
        row.extend(values![endpoint.created_at]);
        self.run(SQL, row).await.map(drop)
    }

    /// An endpoint of this tenant.
    pub async fn endpoint(
        &mut self,
        tenant: TenantId,
        id: EndpointId,
    ) -> Result<Option<Endpoint>, Error> {
        const SQL: &str = concat!(
            "select ",
            endpoint_columns!(),
            " from endpoints where id = $1 and tenant = $2"
        );
        self.row(SQL, values![id, tenant]).await?.as_ref().map(endpoint).transpose()
    }

    /// The same, to be changed: until this transaction ends nobody else changes it.
    pub async fn endpoint_for_update(
        &mut self,
        tenant: TenantId,
        id: EndpointId,
    ) -> Result<Option<Endpoint>, Error> {
        macro_rules! one {
            ($lock:literal) => {
                concat!(
                    "select ",
                    endpoint_columns!(),
                    " from endpoints where id = $1 and tenant = $2",
                    $lock
                )
            };
        }
        const ONE: &str = one!("");
        const ONE_LOCKED: &str = one!(" for update");
        let row = self.row(self.lock(ONE, ONE_LOCKED), values![id, tenant]).await?;
        row.as_ref().map(endpoint).transpose()
    }

    /// A tenant's endpoints, the oldest first, disabled ones included.
    pub async fn endpoints(&mut self, tenant: TenantId) -> Result<Vec<Endpoint>, Error> {
        const SQL: &str = concat!(
            "select ",
            endpoint_columns!(),
            " from endpoints where tenant = $1 order by created_at, id"
        );
        self.rows(SQL, values![tenant]).await?.iter().map(endpoint).collect()
    }

    /// Those of these endpoints that exist, whosever they are: for the dispatcher.
    pub async fn endpoints_of_any_tenant(
        &mut self,
        ids: &[EndpointId],
    ) -> Result<Vec<Endpoint>, Error> {
        const SQL: &str = concat!(
            "select ",
            endpoint_columns!(),
            " from endpoints where id in
                (select unhex(wanted.value ->> 'id') from json_each($1) as wanted)"
        );
        self.rows(SQL, values![hex(ids)]).await?.iter().map(endpoint).collect()
    }

    /// Disables an endpoint; false if it is gone or disabled already.
    pub async fn disable_endpoint(
        &mut self,
        tenant: TenantId,
        id: EndpointId,
        at: Timestamp,
        reason: &str,
    ) -> Result<bool, Error> {
        const SQL: &str = "update endpoints set disabled_at = $3, disabled_reason = $4
            where id = $1 and tenant = $2 and disabled_at is null";
        self.hit(SQL, values![id, tenant, at, reason]).await
    }

    /// Stores what has changed of an endpoint; false if it is gone. Its birth never changes.
    pub async fn save_endpoint(&mut self, endpoint: &Endpoint) -> Result<bool, Error> {
        const SQL: &str = "update endpoints set url = $3, authorization_sealed = $4,
                secret_sealed = $5, old_secret_sealed = $6, old_secret_until = $7,
                events = json($8), disabled_at = $9, disabled_reason = $10, failing_since = $11
            where id = $1 and tenant = $2";
        self.hit(SQL, columns(endpoint)?).await
    }

    /// Notes since when every attempt at an endpoint has failed; false where it is noted already.
    pub async fn is_failing(
        &mut self,
        tenant: TenantId,
        id: EndpointId,
        since: Timestamp,
    ) -> Result<bool, Error> {
        const SQL: &str = "update endpoints set failing_since = $3
            where id = $1 and tenant = $2 and failing_since is null";
        self.hit(SQL, values![id, tenant, since]).await
    }

    /// An attempt at each of these endpoints has succeeded; how many had been failing.
    pub async fn are_well(&mut self, ids: &[EndpointId]) -> Result<u64, Error> {
        const SQL: &str = "update endpoints set failing_since = null
            where failing_since is not null
                and id in (select unhex(value ->> 'id') from json_each($1))";
        self.run(SQL, values![hex(ids)]).await
    }

    /// Removes an endpoint; false if there is none. Its deliveries are cancelled on their own.
    pub async fn delete_endpoint(
        &mut self,
        tenant: TenantId,
        id: EndpointId,
    ) -> Result<bool, Error> {
        const SQL: &str = "delete from endpoints where id = $1 and tenant = $2";
        self.hit(SQL, values![id, tenant]).await
    }
}
