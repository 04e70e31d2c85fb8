//! Links: register, resume, update, modify, refresh, delete.

use crate::{Caller, Engine, Error, Listed};
use domain::{
    access::{AccessMode, CredentialsStorage, StaleIn},
    filter::{Condition, Page},
    ids::{LinkId, SessionId, TenantId},
    link::Link,
    refresh::Rate,
};
use secrecy::SecretString;
use std::collections::BTreeMap;

/// What a caller says to register a link.
pub struct Registration {
    /// The institution's name.
    pub institution: String,
    /// The login: `username`, `password`, `username2` …, as far as given.
    pub fields: BTreeMap<String, SecretString>,
    /// A token given up front.
    pub token: Option<SecretString>,
    /// Whether Vinculo comes back by itself.
    pub access_mode: AccessMode,
    /// The caller's own key.
    pub external_id: Option<String>,
    /// What a load brings besides the core.
    pub fetch_resources: Vec<String>,
    /// How long credentials are kept; `None` for the mode's default.
    pub credentials_storage: Option<CredentialsStorage>,
    /// How long data may go without an update.
    pub stale_in: Option<StaleIn>,
}

/// What a caller changes about a link; `None` leaves it.
#[derive(Debug, Clone, Default)]
pub struct Modification {
    /// A new access mode.
    pub access_mode: Option<AccessMode>,
    /// A new patience with stale data.
    pub stale_in: Option<StaleIn>,
    /// A new list of resources.
    pub fetch_resources: Option<Vec<String>>,
    /// A new rate (native face).
    pub refresh_rate: Option<Rate>,
}

impl Engine {
    /// Registers a link and logs in. `Challenged` when the institution asks.
    pub async fn register(&self, caller: &Caller, wanted: Registration) -> Result<Link, Error> {
        let _ = (caller, wanted.institution);
        Err(Error::Busy)
    }
    /// Brings the answer to a challenge of a registration or of new credentials.
    pub async fn resume_link(
        &self,
        caller: &Caller,
        session: SessionId,
        link: Option<LinkId>,
        answer: Option<SecretString>,
    ) -> Result<Link, Error> {
        let _ = (caller, session, link, answer);
        Err(Error::SessionExpired)
    }
    /// One link.
    pub async fn link(&self, tenant: TenantId, id: LinkId) -> Result<Link, Error> {
        let _ = (tenant, id);
        Err(Error::NoSuch("link"))
    }
    /// A page of links, newest first. `Error::NoSuch("page")` beyond the last.
    pub async fn links(
        &self,
        tenant: TenantId,
        conditions: &[Condition],
        page: Page,
    ) -> Result<Listed<Link>, Error> {
        let _ = (tenant, conditions, page);
        Err(Error::Busy)
    }
    /// Replaces the given credentials (never the user name) and logs in with them.
    pub async fn replace_credentials(
        &self,
        caller: &Caller,
        id: LinkId,
        fields: BTreeMap<String, SecretString>,
        token: Option<SecretString>,
    ) -> Result<Link, Error> {
        let _ = (caller, id, fields, token);
        Err(Error::NoSuch("link"))
    }
    /// Changes how a link is used.
    pub async fn modify_link(
        &self,
        caller: &Caller,
        id: LinkId,
        wanted: Modification,
    ) -> Result<Link, Error> {
        let _ = (caller, id, wanted);
        Err(Error::NoSuch("link"))
    }
    /// Forgets a link and everything below it, now.
    pub async fn delete_link(&self, caller: &Caller, id: LinkId) -> Result<(), Error> {
        let _ = (caller, id);
        Err(Error::NoSuch("link"))
    }
    /// Forgets it soon, and announces `link_deleted`.
    pub async fn delete_link_later(&self, caller: &Caller, id: LinkId) -> Result<(), Error> {
        let _ = (caller, id);
        Err(Error::NoSuch("link"))
    }
    /// Queues a refresh of the named resources (`fetch_resources` names), or of all.
    pub async fn refresh_link(
        &self,
        caller: &Caller,
        id: LinkId,
        resources: Option<Vec<String>>,
    ) -> Result<(), Error> {
        let _ = (caller, id, resources);
        Err(Error::NoSuch("link"))
    }
}
