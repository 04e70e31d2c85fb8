//! Tenants: who may call, their settings, what they did.

use crate::{Caller, Engine, Error};
use domain::{
    ids::{AuditId, KeyId, TenantId},
    refresh::Rate,
};
use secrecy::SecretString;
use serde_json::json;
use store::{
    Tx,
    audit::AuditLine,
    tenants::{ApiKey, Tenant},
};

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
            .map_err(|e| Error::Internal("checking a key", Box::new(e)))??;
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
        let secret = secret.clone();
        let hash = self
            .tracker()
            .spawn_blocking(move || vault::hash_secret(&secret))
            .await
            .map_err(|e| Error::Internal("hashing a key", Box::new(e)))??;
        let key = ApiKey {
            id,
            tenant,
            hash,
            name: name.into(),
            created_at: self.env().now(),
            last_used_at: None,
            revoked_at: None,
        };
        let mut tx = self.store().write().await?;
        tx.add_key(&key).await?;
        tx.commit().await?;
        Ok(id)
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
