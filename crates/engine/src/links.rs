//! Links: register, resume, update, modify, refresh, delete.

use crate::{
    Caller, Engine, Error, Listed,
    effects::Cause,
    jobs::{Kind, Load},
    mandate::Purpose,
    sessions::{Brought, Run},
    waiting::{Watch, check_usable, distinct},
};
use connect::talk::Failure;
use domain::{
    access::{AccessMode, CredentialsStorage, StaleIn},
    filter::{Condition, Page},
    ids::{Bucket, LinkId, RecordId, SessionId, TenantId},
    institution::Institution,
    link::{Event, Link, Status},
    refresh::Rate,
    resource::Resource,
    time::later,
};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use store::{Tx, changes::ChangeKind, links::Inserted};

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
        let institution =
            self.institution_named(&wanted.institution).await.map_err(|error| match error {
                Error::NoSuch(_) => {
                    let message =
                        format!("Object with name={} does not exist.", wanted.institution);
                    Error::field("does_not_exist", message, "institution")
                }
                error => error,
            })?;
        self.check_open(&institution.name).await?;
        let storage = if institution.takes_statement_files() {
            // There are no credentials that could be forgotten.
            check_fed_by_files(wanted.access_mode)?;
            CredentialsStorage::Store
        } else {
            wanted
                .credentials_storage
                .unwrap_or(CredentialsStorage::default_for(wanted.access_mode))
        };
        if wanted.access_mode == AccessMode::Recurrent && storage != CredentialsStorage::Store {
            return Err(Error::RecurrentMustStore);
        }
        if storage == CredentialsStorage::NoStore && wanted.fetch_resources.is_empty() {
            return Err(Error::MustFetch);
        }
        check_fetch(&institution, &wanted.fetch_resources)?;

        let now = self.env().now();
        let name = |field: &str| wanted.fields.get(field).map_or("", |v| v.expose_secret());
        let login = self.index().digest(&[
            uuid::Uuid::from(caller.tenant).as_bytes(),
            institution.name.as_bytes(),
            name("username").as_bytes(),
            name("username_type").as_bytes(),
            name("username2").as_bytes(),
            name("username3").as_bytes(),
        ]);
        // Where nobody logs in, no two registrations are of one login.
        let login = if wanted.fields.is_empty() { self.nobodys_login() } else { login };
        let bucket = match name("username") {
            "" => Bucket::of(u16::from_be_bytes([login[0], login[1]])),
            user => self.index().bucket(caller.tenant, &institution.name, user),
        };
        let link = Link {
            id: self.env().id_in(bucket),
            tenant: caller.tenant,
            institution: institution.name.clone(),
            access_mode: wanted.access_mode,
            status: Status::Unconfirmed,
            external_id: wanted.external_id,
            institution_user_id: None,
            refresh_rate: match wanted.access_mode {
                AccessMode::Recurrent => Some(self.default_rate(caller.tenant).await?),
                AccessMode::Single => None,
            },
            schedule: None,
            credentials_storage: storage,
            stale_in: wanted.stale_in.unwrap_or(StaleIn::DEFAULT),
            fetch_resources: distinct(wanted.fetch_resources),
            created_by: caller.key()?,
            created_at: now,
            last_accessed_at: None,
            updated_at: now,
            refreshed_at: None,
            refused: 0,
            credentials_version: 1,
            credentials_since: Some(now),
        };
        let watch =
            self.open_registration(caller, link, &login, &wanted.fields, wanted.token).await?;
        self.confirmed(watch).await
    }

    /// A login that no other registration is of.
    fn nobodys_login(&self) -> [u8; 32] {
        self.index().digest(&[uuid::Uuid::from(self.env().id::<RecordId>()).as_bytes()])
    }

    /// Lets the login of a link be registered anew, as another link.
    pub(crate) async fn release_login(&self, tx: &mut Tx, link: &Link) -> Result<(), Error> {
        tx.release_login(link.tenant, link.id, &self.nobodys_login()).await?;
        Ok(())
    }

    /// Stores the new link, its secrets and its first session in one transaction. A login that is
    /// linked already is a duplicate, unless its registration was never completed: then this one
    /// takes its place; or its credentials are erased: then nothing but registering anew helps, and
    /// the old link stays beside the new one, with its data.
    async fn open_registration(
        &self,
        caller: &Caller,
        mut link: Link,
        login: &[u8; 32],
        fields: &BTreeMap<String, SecretString>,
        token: Option<SecretString>,
    ) -> Result<Watch, Error> {
        let patience = later(self.env().now(), self.settings().session_patience);
        loop {
            let mut tx = self.store().write().await?;
            match tx.insert_link(&link, login).await? {
                Inserted::Inserted => {}
                Inserted::Taken(id) => {
                    let Some(other) = tx.link_for_update(link.tenant, id).await? else { continue };
                    if other.status == Status::Unconfirmed {
                        if let Some(session) = tx.open_session_of(link.tenant, id).await? {
                            drop(tx);
                            self.make_room(&session, patience).await?;
                            continue;
                        }
                        tx.delete_link(link.tenant, id).await?;
                        link.id = self.env().id_in(link.id.bucket());
                    } else if other.has_credentials() {
                        return Err(Error::Duplicated {
                            institution_user_id: other.institution_user_id,
                        });
                    } else {
                        self.release_login(&mut tx, &other).await?;
                    }
                    if !matches!(tx.insert_link(&link, login).await?, Inserted::Inserted) {
                        continue;
                    }
                }
            }
            tx.put_secrets(&self.seal_new(link.tenant, link.id, fields)?).await?;
            let row = self.new_session(&link, &Purpose::Register, caller.request);
            if !tx.open_session(&row).await? {
                continue;
            }
            if self.is_crowded(&mut tx, &link).await? {
                return Err(Failure::TooManySessions.into());
            }
            if let Some(at) = link.erase_credentials_at() {
                let job = self.new_job(&link, Kind::Erase, link.id.to_string(), &(), at);
                tx.schedule(&job).await?;
            }
            self.bind_token(&mut tx, caller, row.session.id).await?;
            let brought = Brought { token, secrets: None };
            let run = Run::new(self, row, Purpose::Register, brought);
            tx.commit().await?;
            return Ok(Watch::of(run));
        }
    }

    /// Brings the answer to a challenge of a registration or of new credentials.
    pub async fn resume_link(
        &self,
        caller: &Caller,
        session: SessionId,
        link: Option<LinkId>,
        answer: Option<SecretString>,
    ) -> Result<Link, Error> {
        let now_for =
            |purpose| matches!(purpose, Purpose::Register | Purpose::Repair).then_some(purpose);
        let watch = self.answer_challenge(caller, session, link, answer, now_for).await?;
        self.confirmed(watch).await
    }

    /// One link.
    pub async fn link(&self, tenant: TenantId, id: LinkId) -> Result<Link, Error> {
        self.store().read().await?.link(tenant, id).await?.ok_or(Error::NoSuch("link"))
    }

    /// A page of links, newest first. `Error::NoSuch("page")` beyond the last.
    pub async fn links(
        &self,
        tenant: TenantId,
        conditions: &[Condition],
        page: Page,
    ) -> Result<Listed<Link>, Error> {
        let listed =
            self.store().read().await?.links_across_buckets(tenant, conditions, page).await?;
        Listed::on(page, listed.count, listed.items)
    }

    /// Replaces the given credentials (never the user name) and logs in with them.
    pub async fn replace_credentials(
        &self,
        caller: &Caller,
        id: LinkId,
        fields: BTreeMap<String, SecretString>,
        token: Option<SecretString>,
    ) -> Result<Link, Error> {
        let mut tx = self.store().read().await?;
        let link = tx.link(caller.tenant, id).await?.ok_or(Error::NoSuch("link"))?;
        let secrets = tx.secrets(id).await?.ok_or(Error::NoSuch("link"))?;
        drop(tx);
        let known = if link.has_credentials() { self.open_fields(&link, &secrets)? } else { None };
        let Some(mut all) = known else {
            // Erased for good, the user name too: there is nothing left to replace a part of. Or kept
            // for nothing but telling the institution that they are.
            return Err(Error::ExpiredCredentials);
        };
        all.extend(fields);
        let secrets = Some(self.seal_again(&link, &secrets, &all)?);
        let brought = Brought { token, secrets };
        let watch = self.open_for_caller(caller, &link, Purpose::Repair, brought).await?;
        self.confirmed(watch).await
    }

    /// Changes how a link is used.
    pub async fn modify_link(
        &self,
        caller: &Caller,
        id: LinkId,
        wanted: Modification,
    ) -> Result<Link, Error> {
        let default_rate = self.default_rate(caller.tenant).await?;
        let mut tx = self.store().write().await?;
        let before = tx.link_for_update(caller.tenant, id).await?.ok_or(Error::NoSuch("link"))?;
        let mut link = before.clone();
        if let Some(names) = wanted.fetch_resources {
            check_fetch(&self.institution_named(&link.institution).await?, &names)?;
            link.fetch_resources = distinct(names);
        }
        if let Some(mode) = wanted.access_mode
            && self.institution_named(&link.institution).await?.takes_statement_files()
        {
            check_fed_by_files(mode)?;
        }
        link.stale_in = wanted.stale_in.unwrap_or(link.stale_in);
        if wanted.access_mode == Some(AccessMode::Recurrent)
            && link.access_mode == AccessMode::Single
            && (!link.has_credentials() || link.credentials_storage == CredentialsStorage::NoStore)
        {
            return Err(Error::CannotSwitch);
        }
        let cause = Cause::Load(caller.request);
        if link != before {
            tx.save_link(&link).await?;
            self.reschedule_endings(&mut tx, &before, &link).await?;
        }
        let events = [
            wanted
                .access_mode
                .map(|mode| Event::ModeChanged(mode, wanted.refresh_rate.unwrap_or(default_rate))),
            wanted.refresh_rate.map(Event::RateChanged),
        ];
        for event in events.into_iter().flatten() {
            link = self
                .happened(&mut tx, &link, event, cause.clone())
                .await?
                .ok_or(Error::NoSuch("link"))?;
        }
        tx.commit().await?;
        self.wake_workers();
        Ok(link)
    }

    /// Forgets a link and everything below it, now.
    pub async fn delete_link(&self, caller: &Caller, id: LinkId) -> Result<(), Error> {
        let mut tx = self.store().write().await?;
        let link = tx.link_for_update(caller.tenant, id).await?.ok_or(Error::NoSuch("link"))?;
        let session = self.forget_link(&mut tx, &link).await?;
        self.audit(&mut tx, caller, "delete_link", &id.to_string()).await?;
        tx.commit().await?;
        self.forgotten(session);
        Ok(())
    }

    /// Forgets it soon, and announces `link_deleted`.
    pub async fn delete_link_later(&self, caller: &Caller, id: LinkId) -> Result<(), Error> {
        let mut tx = self.store().write().await?;
        let link = tx.link_for_update(caller.tenant, id).await?.ok_or(Error::NoSuch("link"))?;
        let load = Load { cause: Cause::Async(caller.request), wanted: None };
        let job = self.new_job(&link, Kind::Delete, id.to_string(), &load, self.env().now());
        tx.schedule(&job).await?;
        self.audit(&mut tx, caller, "delete_link", &id.to_string()).await?;
        tx.commit().await?;
        self.wake_workers();
        Ok(())
    }

    /// Removes a link with all that hangs on it, and says so in the change log. Its data key goes
    /// too, so that back-ups hold nothing readable of it. Answers the session that was open.
    pub(crate) async fn forget_link(
        &self,
        tx: &mut Tx,
        link: &Link,
    ) -> Result<Option<SessionId>, Error> {
        let change = (RecordId::from(uuid::Uuid::from(link.id)), ChangeKind::Deleted);
        self.log_changes(tx, link, "LINK", &[change]).await?;
        let open = tx.open_session_of(link.tenant, link.id).await?;
        tx.delete_link(link.tenant, link.id).await?;
        Ok(open.map(|row| row.session.id))
    }

    /// A link is gone for everybody: so is its conversation.
    pub(crate) fn forgotten(&self, session: Option<SessionId>) {
        if let Some(session) = session {
            self.live().cancel(session);
        }
        self.wake_readers();
    }

    /// Removes a link's records and keeps the link. Answers how many there were.
    pub(crate) async fn forget_data(&self, tx: &mut Tx, link: &Link) -> Result<u64, Error> {
        let mut removed = 0;
        for resource in domain::resource::all() {
            removed += self.forget_records(tx, link, resource).await?;
        }
        tx.forget_coverage(link.id).await?;
        Ok(removed)
    }

    /// Removes a link's records of one resource. Answers how many there were.
    pub(crate) async fn forget_records(
        &self,
        tx: &mut Tx,
        link: &Link,
        resource: &'static Resource,
    ) -> Result<u64, Error> {
        let known = tx.records_for_ledger(link.id, resource.name, None, None).await?;
        let ids: Vec<_> = known.iter().map(|record| record.id).collect();
        let removed = tx.delete_records(link.id, &ids).await?;
        let changes: Vec<_> = ids.into_iter().map(|id| (id, ChangeKind::Deleted)).collect();
        self.log_changes(tx, link, resource.name, &changes).await?;
        Ok(removed)
    }

    /// Queues a refresh of the named resources (`fetch_resources` names), or of all where none is
    /// named: somebody waits for its webhooks.
    pub async fn refresh_link(
        &self,
        caller: &Caller,
        id: LinkId,
        resources: Option<Vec<String>>,
    ) -> Result<(), Error> {
        let now = self.env().now();
        let link = self.link(caller.tenant, id).await?;
        check_usable(&link)?;
        let institution = self.institution_named(&link.institution).await?;
        if institution.takes_statement_files() {
            return Err(Error::Unsupported);
        }
        let resources = resources.filter(|names| !names.is_empty());
        if let Some(names) = &resources {
            check_fetch(&institution, names)?;
        }
        let names = resources.map_or_else(|| institution.resources.clone(), distinct);
        let wanted = self.load_of(&link, Some(&names)).await?;
        let load = Load { cause: Cause::Load(caller.request), wanted: Some(wanted) };
        let mut tx = self.store().write().await?;
        let link = tx.link_for_update(caller.tenant, id).await?.ok_or(Error::NoSuch("link"))?;
        if let Some(at) = link.refreshed_at {
            let left = Link::COOLDOWN.saturating_sub(now.duration_since(at));
            if left.is_positive() {
                return Err(Error::RefreshedJustNow { minutes: (left.as_secs() + 59) / 60 });
            }
        }
        tx.schedule(&self.new_job(&link, Kind::Load, caller.request.hex(), &load, now)).await?;
        tx.save_link(&Link { refreshed_at: Some(now), ..link }).await?;
        self.audit(&mut tx, caller, "refresh_link", &id.to_string()).await?;
        tx.commit().await?;
        self.wake_workers();
        Ok(())
    }
}

/// What is fed by uploads cannot be refreshed by us.
fn check_fed_by_files(mode: AccessMode) -> Result<(), Error> {
    if mode == AccessMode::Recurrent {
        let message = "Links of this institution get their data from uploaded statement files: only single is possible.";
        return Err(Error::field("invalid", message, "access_mode"));
    }
    Ok(())
}

/// `fetch_resources` may name what the institution offers, and what is computed only together with
/// what it is computed from.
fn check_fetch(institution: &Institution, names: &[String]) -> Result<(), Error> {
    if !names.iter().all(|name| institution.supports(name)) {
        let message = format!(
            "The institution only supports the following resources: {}",
            institution.resources.join(", ")
        );
        return Err(Error::field("invalid", message, "resources"));
    }
    let wants = |resource: &str| names.iter().any(|name| name == resource);
    for computed in domain::resource::all().iter().filter(|resource| wants(resource.offered_as)) {
        let from = computed.computed().map_or(&[][..], |computed| computed.from);
        let from: Vec<&str> = from.iter().map(|source| source.offered_as).collect();
        if !from.iter().all(|source| wants(source)) {
            let message = format!("{} needs {} as well", computed.name, from.join(" and "));
            return Err(Error::field("invalid", message, "resources"));
        }
    }
    Ok(())
}
