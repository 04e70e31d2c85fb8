//! Tenants: who may call, their settings, what they did.

use crate::{Caller, Engine, Error, Listed};
use domain::{
    filter::Page,
    ids::{AuditId, KeyId, TenantId},
    refresh::Rate,
};
use secrecy::SecretString;
use serde_json::json;
use store::Tx;
pub use store::{
    audit::AuditLine,
    tenants::{ApiKey, Tenant},
};

/// The longest name of an API key, in characters.
pub const LONGEST_KEY_NAME: usize = 100;
/// The most API keys that a tenant can have at a time, revoked ones apart.
pub const MOST_KEYS: usize = 100;

/// What a tenant can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantSettings {
    /// The rate of its new recurrent links.
    pub default_rate: Rate,
}

impl Engine {
    /// The tenant of a key, if the secret is the key's. Verdicts are remembered for a while, so
    /// that the slow hash is paid once.
    pub async fn authenticate(
        &self,
        id: &str,
        secret: &SecretString,
    ) -> Result<Option<(TenantId, KeyId)>, Error> {
        let Ok(id) = id.parse::<KeyId>() else { return Ok(None) };
        let Some(key) = self.store().glance().await?.key(id).await? else { return Ok(None) };
        if key.revoked_at.is_some() {
            return Ok(None);
        }
        let now = self.env().now();
        if let Some(verdict) = self.verifier().remembered(id, secret, &key.hash, now) {
            return Ok(verdict.then_some((key.tenant, id)));
        }
        // Bounded: guessing must not take every thread.
        let _slot = self.hashing().acquire().await.map_err(|_| Error::Busy)?;
        let (engine, secret) = (self.clone(), secret.clone());
        let tenant = key.tenant;
        let good = self
            .tracker()
            .spawn_blocking(move || engine.verifier().verify(id, &secret, &key.hash, now))
            .await
            .map_err(Error::broke("checking a key"))??;
        if good {
            let mut tx = self.store().write().await?;
            tx.touch_key(id, now).await?;
            tx.commit().await?;
        }
        Ok(good.then_some((tenant, id)))
    }

    /// Makes a tenant.
    pub async fn add_tenant(&self, name: &str) -> Result<Tenant, Error> {
        let tenant = Tenant {
            id: self.env().id(),
            name: name.into(),
            default_rate: self.settings().default_rate,
            created_at: self.env().now(),
        };
        let mut tx = self.store().write().await?;
        tx.add_tenant(&tenant).await?;
        tx.commit().await?;
        Ok(tenant)
    }

    /// Makes an API key. The secret is kept only as a hash.
    pub async fn add_key(
        &self,
        tenant: TenantId,
        id: Option<KeyId>,
        name: &str,
        secret: &SecretString,
    ) -> Result<KeyId, Error> {
        let id = id.unwrap_or_else(|| self.env().id());
        let key = self.fresh_key(tenant, id, name, secret).await?;
        let mut tx = self.store().write().await?;
        tx.add_key(&key).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A key that nobody has used, not yet stored: of its secret only the hash.
    async fn fresh_key(
        &self,
        tenant: TenantId,
        id: KeyId,
        name: &str,
        secret: &SecretString,
    ) -> Result<ApiKey, Error> {
        let secret = secret.clone();
        let hash = self
            .tracker()
            .spawn_blocking(move || vault::hash_secret(&secret))
            .await
            .map_err(Error::broke("hashing a key"))??;
        Ok(ApiKey {
            id,
            tenant,
            hash,
            name: name.into(),
            created_at: self.env().now(),
            last_used_at: None,
            revoked_at: None,
        })
    }

    /// A page of a tenant's API keys, those that were revoked included, the oldest first.
    pub async fn keys(&self, tenant: TenantId, page: Page) -> Result<Listed<ApiKey>, Error> {
        Listed::of_all(page, self.store().glance().await?.keys(tenant).await?)
    }

    /// One of a tenant's API keys, also if it was revoked.
    pub async fn key(&self, tenant: TenantId, id: KeyId) -> Result<ApiKey, Error> {
        let known = self.store().glance().await?.key(id).await?;
        known.filter(|key| key.tenant == tenant).ok_or(Error::NoSuch("key"))
    }

    /// Makes an API key for whoever asks in the name of its tenant; its secret is shown only now.
    pub async fn make_key(
        &self,
        caller: &Caller,
        name: &str,
    ) -> Result<(ApiKey, SecretString), Error> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_KEY_NAME {
            let message = format!("A name has 1 to {LONGEST_KEY_NAME} characters.");
            return Err(Error::field("invalid", message, "name"));
        }
        let secret = vault::random_secret()?;
        let key = self.fresh_key(caller.tenant, self.env().id(), name, &secret).await?;
        let mut tx = self.store().write().await?;
        let good = tx.keys(caller.tenant).await?.iter().filter(|k| k.revoked_at.is_none()).count();
        if good >= MOST_KEYS {
            let message = format!("There are {MOST_KEYS} keys already; revoke one first.");
            return Err(Error::field("invalid", message, "name"));
        }
        tx.add_key(&key).await?;
        self.audit(&mut tx, caller, "make_key", &key.id.to_string()).await?;
        tx.commit().await?;
        Ok((key, secret))
    }

    /// Refuses a tenant's API key from now on, and every token that was made with it. One that is
    /// refused already stays so.
    pub async fn revoke_key(&self, caller: &Caller, id: KeyId) -> Result<(), Error> {
        let mut tx = self.store().write().await?;
        let known = tx.key(id).await?.filter(|key| key.tenant == caller.tenant);
        known.ok_or(Error::NoSuch("key"))?;
        if tx.revoke_key(caller.tenant, id, self.env().now()).await? {
            self.audit(&mut tx, caller, "revoke_key", &id.to_string()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Every tenant, the oldest first.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        Ok(self.store().glance().await?.tenants().await?)
    }

    /// A page of a tenant's audit log, newest first.
    pub async fn audit_log(
        &self,
        tenant: TenantId,
        page: Page,
    ) -> Result<Listed<AuditLine>, Error> {
        let listed = self.store().read().await?.audit_log(tenant, page).await?;
        Listed::on(page, listed.count, listed.items)
    }

    /// Writes down an act that is more than one call, or that only shows what is otherwise masked:
    /// before it is done.
    pub async fn note_act(
        &self,
        caller: &Caller,
        action: &'static str,
        subject: &str,
    ) -> Result<(), Error> {
        let mut tx = self.store().write().await?;
        self.audit(&mut tx, caller, action, subject).await?;
        Ok(tx.commit().await?)
    }

    /// What a tenant has set.
    pub async fn tenant_settings(&self, tenant: TenantId) -> Result<TenantSettings, Error> {
        let tenant =
            self.store().read().await?.tenant(tenant).await?.ok_or(Error::NoSuch("tenant"))?;
        Ok(TenantSettings { default_rate: tenant.default_rate })
    }

    /// Sets it; links that exist keep their rate.
    pub async fn set_tenant_settings(
        &self,
        caller: &Caller,
        settings: TenantSettings,
    ) -> Result<TenantSettings, Error> {
        let mut tx = self.store().write().await?;
        tx.set_default_rate(caller.tenant, settings.default_rate).await?;
        self.audit(&mut tx, caller, "set_default_rate", settings.default_rate.as_str()).await?;
        tx.commit().await?;
        self.tenant_settings(caller.tenant).await
    }

    pub(crate) async fn default_rate(&self, tenant: TenantId) -> Result<Rate, Error> {
        Ok(self.tenant_settings(tenant).await?.default_rate)
    }

    /// A line of the audit log, in the transaction of the act.
    pub(crate) async fn audit(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        action: &str,
        subject: &str,
    ) -> Result<(), Error> {
        let line = AuditLine {
            id: self.env().id::<AuditId>(),
            tenant: caller.tenant,
            at: self.env().now(),
            actor: caller.by.to_string(),
            action: action.into(),
            subject: subject.into(),
            detail: json!({"request_id": caller.request.hex()}).to_string(),
        };
        Ok(tx.audit(&line).await?)
    }
}
