//! Tenants, their API keys, and the server's own sealed keys.

use crate::{
    Error, Tx,
    value::{Row, values},
};
use domain::{
    ids::{KeyId, TenantId},
    refresh::Rate,
};
use jiff::Timestamp;
use std::fmt;

/// Who runs an integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// For people.
    pub name: String,
    /// How often its recurrent links are refreshed unless they say otherwise.
    pub default_rate: Rate,
    /// Since when.
    pub created_at: Timestamp,
}

/// An API key. Its secret is known as a hash only.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The public half (`secret_id`).
    pub id: KeyId,
    /// Whose.
    pub tenant: TenantId,
    /// The hash of the secret half.
    pub hash: String,
    /// For people.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used, within a minute or so.
    pub last_used_at: Option<Timestamp>,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
}
impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({}, {:?})", self.id, self.name)
    }
}

fn tenant(row: &Row) -> Result<Tenant, Error> {
    Ok(Tenant {
        id: row.get("id")?,
        name: row.get("name")?,
        default_rate: row.parsed("default_rate")?,
        created_at: row.get("created_at")?,
    })
}

fn api_key(row: &Row) -> Result<ApiKey, Error> {
    Ok(ApiKey {
        id: row.get("id")?,
        tenant: row.get("tenant")?,
        hash: row.get("hash")?,
        name: row.get("name")?,
        created_at: row.get("created_at")?,
        last_used_at: row.get("last_used_at")?,
        revoked_at: row.get("revoked_at")?,
    })
}

impl Tx {
    /// Stores a new tenant.
    pub async fn add_tenant(&mut self, tenant: &Tenant) -> Result<(), Error> {
        const SQL: &str =
            "insert into tenants (id, name, default_rate, created_at) values ($1, $2, $3, $4)";
        let Tenant { id, name, default_rate, created_at } = tenant;
        self.run(SQL, values![*id, name, default_rate.as_str(), *created_at]).await.map(drop)
    }

    /// A tenant.
    pub async fn tenant(&mut self, id: TenantId) -> Result<Option<Tenant>, Error> {
        const SQL: &str = "select id, name, default_rate, created_at from tenants where id = $1";
        self.row(SQL, values![id]).await?.as_ref().map(tenant).transpose()
    }

    /// Every tenant, the oldest first.
    pub async fn tenants(&mut self) -> Result<Vec<Tenant>, Error> {
        const SQL: &str =
            "select id, name, default_rate, created_at from tenants order by created_at, id";
        self.rows(SQL, values![]).await?.iter().map(tenant).collect()
    }

    /// Gives a tenant another name; false if there is none.
    pub async fn rename_tenant(&mut self, id: TenantId, name: &str) -> Result<bool, Error> {
        self.hit("update tenants set name = $2 where id = $1", values![id, name]).await
    }

    /// Sets how often a tenant's links are refreshed unless they say otherwise.
    pub async fn set_default_rate(&mut self, id: TenantId, rate: Rate) -> Result<bool, Error> {
        const SQL: &str = "update tenants set default_rate = $2 where id = $1";
        self.hit(SQL, values![id, rate.as_str()]).await
    }

    /// Stores a new API key.
    pub async fn add_key(&mut self, key: &ApiKey) -> Result<(), Error> {
        const SQL: &str = "insert into api_keys
            (id, tenant, hash, name, created_at, last_used_at, revoked_at)
            values ($1, $2, $3, $4, $5, $6, $7)";
        let ApiKey { id, tenant, hash, name, created_at, last_used_at, revoked_at } = key;
        let row = values![*id, *tenant, hash, name, *created_at, *last_used_at, *revoked_at];
        self.run(SQL, row).await.map(drop)
    }

    /// An API key, revoked or not. Whoever presents it is nobody yet, so no tenant is named.
    pub async fn key(&mut self, id: KeyId) -> Result<Option<ApiKey>, Error> {
        const SQL: &str = "select id, tenant, hash, name, created_at, last_used_at, revoked_at
            from api_keys where id = $1";
        self.row(SQL, values![id]).await?.as_ref().map(api_key).transpose()
    }

    /// A tenant's API keys, the oldest first.
    pub async fn keys(&mut self, tenant: TenantId) -> Result<Vec<ApiKey>, Error> {
        const SQL: &str = "select id, tenant, hash, name, created_at, last_used_at, revoked_at
            from api_keys where tenant = $1 order by created_at, id";
        self.rows(SQL, values![tenant]).await?.iter().map(api_key).collect()
    }

    /// Revokes an API key; false if there is none or it is revoked.
    pub async fn revoke_key(
        &mut self,
        tenant: TenantId,
        id: KeyId,
        now: Timestamp,
    ) -> Result<bool, Error> {
        const SQL: &str = "update api_keys set revoked_at = $3
            where tenant = $1 and id = $2 and revoked_at is null";
        self.hit(SQL, values![tenant, id, now]).await
    }

    /// Notes that an API key was used.
    pub async fn touch_key(&mut self, id: KeyId, now: Timestamp) -> Result<(), Error> {
        const SQL: &str = "update api_keys set last_used_at = $2 where id = $1";
        self.run(SQL, values![id, now]).await.map(drop)
    }

    /// Stores a sealed key of the server's, unless there is one of that name; whether it was
    /// stored. Of several nodes that start at once, one wins; all then read what it stored.
    pub async fn put_server_key_if_absent(
        &mut self,
        name: &str,
        sealed: &[u8],
    ) -> Result<bool, Error> {
        const SQL: &str =
            "insert into server_keys (name, sealed) values ($1, $2) on conflict (name) do nothing";
        self.hit(SQL, values![name, sealed]).await
    }

    /// A sealed key of the server's.
    pub async fn server_key(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let row = self.row("select sealed from server_keys where name = $1", values![name]).await?;
        row.map(|row| row.at(0)).transpose()
    }

    /// All sealed keys of the server's, with their names.
    pub async fn server_keys(&mut self) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let rows = self.rows("select name, sealed from server_keys order by name", values![]);
        rows.await?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
    }

    /// Puts `sealed` in the place of `old`, as when keys are wrapped anew; false if it is no longer
    /// so.
    pub async fn replace_server_key(
        &mut self,
        name: &str,
        old: &[u8],
        sealed: &[u8],
    ) -> Result<bool, Error> {
        const SQL: &str = "update server_keys set sealed = $3 where name = $1 and sealed = $2";
        self.hit(SQL, values![name, old, sealed]).await
    }
}
