//! Requests for one resource of one link, as callers make them.

use crate::{
    Caller, Engine, Error, effects::Cause, mandate::Purpose, sessions::Brought,
    waiting::check_usable,
};
use connect::talk::Remark;
use domain::{
    ids::{LinkId, RecordId, SessionId},
    link::Link,
    resource::{self, Resource},
    time::Window,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a caller wants from the institution, or computed from what it said.
pub struct Retrieval {
    /// The resource.
    pub resource: &'static Resource,
    /// The link to read through.
    pub link: LinkId,
    /// Only this kind, where the resource has several.
    pub kind: Option<&'static str>,
    /// Only these days, where the resource has days.
    pub window: Option<Window>,
    /// Only this account.
    pub account: Option<RecordId>,
    /// Whether the documents that belong to the records are wanted.
    pub documents: bool,
    /// What else the body chose, by its keys, where the resource has choices.
    pub chosen: BTreeMap<String, Vec<String>>,
    /// Whether to keep what is read.
    pub save: bool,
    /// A token given up front.
    pub token: Option<SecretString>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retrieved {
    /// Whether it was kept: 201 rather than 200.
    pub saved: bool,
    /// The records as JSON objects, in the institution's order.
    pub items: Vec<String>,
    /// Their ids, where they were kept.
    pub(crate) records: Vec<RecordId>,
    /// What the reading came to, where it was kept.
    pub(crate) report: Report,
}

impl Retrieved {
    /// What came next.
    pub(crate) fn add(&mut self, next: Self) {
        self.items.extend(next.items);
        self.records.extend(next.records);
        let Report { created, updated, deleted, unchanged, .. } = self.report;
        self.report = Report {
            created: created + next.report.created,
            updated: updated + next.report.updated,
            deleted: deleted + next.report.deleted,
            unchanged: unchanged + next.report.unchanged,
            ..next.report
        };
    }
}

/// What one reading came to, besides its records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Report {
    /// The form in which it came, where there are several.
    pub(crate) format: Option<String>,
    /// New records.
    pub(crate) created: usize,
    /// Records that changed.
    pub(crate) updated: usize,
    /// Records that were deleted.
    pub(crate) deleted: usize,
    /// Records that were shown as they are stored.
    pub(crate) unchanged: usize,
    /// What was shown of each account, in the order of their keys.
    pub(crate) accounts: Vec<AccountReport>,
    /// What was wrong with what was read.
    pub(crate) remarks: Vec<Remark>,
}

/// What one reading showed of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountReport {
    /// The account.
    pub(crate) id: RecordId,
    /// Its record.
    pub(crate) body: String,
    /// How many items.
    pub(crate) items: usize,
    /// The days that the reading showed completely, or says it shows.
    pub(crate) days: Option<Window>,
}

/// One resource to read, as sessions and jobs remember it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// The resource's name.
    pub(crate) resource: String,
    /// Only this kind.
    #[serde(default)]
    pub(crate) kind: Option<String>,
    /// Which part of a load it is.
    #[serde(default)]
    pub(crate) part: Option<usize>,
    /// Only these days.
    pub(crate) window: Option<Window>,
    /// Only this account.
    pub(crate) account: Option<RecordId>,
    /// Whether its documents as well.
    #[serde(default)]
    pub(crate) documents: bool,
    /// What else was chosen, by the keys of the body.
    #[serde(default)]
    pub(crate) chosen: BTreeMap<String, Vec<String>>,
    /// Whether to keep what is read.
    pub(crate) save: bool,
}

impl Wanted {
    /// All there is of a resource, to be kept.
    pub(crate) fn all_of(resource: &str) -> Self {
        Self {
            resource: resource.into(),
            kind: None,
            part: None,
            window: None,
            account: None,
            documents: false,
            chosen: BTreeMap::new(),
            save: true,
        }
    }
    pub(crate) fn resource(&self) -> Result<&'static Resource, Error> {
        resource::named(&self.resource).ok_or(Error::Unsupported)
    }
}

impl Engine {
    /// Reads from the institution, or computes. `Challenged` when it asks.
    pub async fn retrieve(&self, caller: &Caller, wanted: Retrieval) -> Result<Retrieved, Error> {
        let link = self.usable(caller, &wanted).await?;
        let purpose = Purpose::Retrieve(wanted_of(&wanted));
        let watch = self
            .open_for_caller(caller, &link, purpose, Brought { token: wanted.token, secrets: None })
            .await?;
        self.answer_of(watch).await
    }

    /// Queues the reading; a webhook with the caller's request id tells when it is done.
    pub async fn retrieve_later(&self, caller: &Caller, wanted: Retrieval) -> Result<(), Error> {
        let link = self.usable(caller, &wanted).await?;
        self.queue_load(caller, &link, Cause::Async(caller.request), vec![wanted_of(&wanted)]).await
    }

    /// Brings the answer to a challenge of a retrieval; `save` overrides what the POST said.
    pub async fn resume_retrieval(
        &self,
        caller: &Caller,
        resource: &'static Resource,
        session: SessionId,
        link: Option<LinkId>,
        answer: Option<SecretString>,
        save: Option<bool>,
    ) -> Result<Retrieved, Error> {
        let now_for = |purpose| match purpose {
            Purpose::Retrieve(wanted) if wanted.resource == resource.name => {
                Some(Purpose::Retrieve(Wanted { save: save.unwrap_or(wanted.save), ..wanted }))
            }
            _ => None,
        };
        let watch = self.answer_challenge(caller, session, link, answer, now_for).await?;
        self.answer_of(watch).await
    }

    /// The link, if data can be asked of it.
    async fn usable(&self, caller: &Caller, wanted: &Retrieval) -> Result<Link, Error> {
        let link = self.link(caller.tenant, wanted.link).await.map_err(|error| match error {
            Error::NoSuch(_) => Error::field(
                "does_not_exist",
                format!("Object with id={} does not exist.", wanted.link),
                "link",
            ),
            error => error,
        })?;
        check_usable(&link)?;
        let institution = self.institution_named(&link.institution).await?;
        if !institution.offers(wanted.resource) {
            return Err(Error::Unsupported);
        }
        if let Some(account) = wanted.account {
            let mut tx = self.store().read().await?;
            if tx.bodies(link.id, &[account]).await?.is_empty() {
                let key = wanted.resource.account_key.map_or("account", |account| account.key);
                return Err(Error::field(
                    "does_not_exist",
                    format!("Object with id={account} does not exist."),
                    key,
                ));
            }
        }
        Ok(link)
    }
}

fn wanted_of(retrieval: &Retrieval) -> Wanted {
    Wanted {
        resource: retrieval.resource.name.into(),
        kind: retrieval.kind.map(str::to_owned),
        part: None,
        window: retrieval.window,
        account: retrieval.account,
        documents: retrieval.documents,
        chosen: retrieval.chosen.clone(),
        save: retrieval.save,
    }
}
