//! A resource is data: one static [`Resource`] says what its records are, which verbs its path
//! has, what can be filtered and which webhooks speak of it. Routes, OpenAPI, storage, filters and
//! webhooks are computed from it; adding one touches no handler (ADR 0005).

use crate::{
    filter::Field,
    institution::InstitutionType,
    record::{BadItem, Item},
};
use jiff::Timestamp;
use serde_json::value::RawValue;

/// A kind of data with a REST path.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a table of yes and no")]
pub struct Resource {
    /// What records are filed under, and `webhook_type` in events: `TRANSACTIONS`.
    pub name: &'static str,
    /// The name in an institution's `resources` and in `fetch_resources`. Two shapes of one thing
    /// (daily and momentary balances) share it.
    pub offered_as: &'static str,
    /// The collection's path: `/api/transactions/`.
    pub path: &'static str,
    /// One record, in words and in English: `transaction`; OpenAPI operation ids come from it.
    pub noun: &'static str,
    /// What can be done.
    pub verbs: Verbs,
    /// Institutions that can have it.
    pub institutions: &'static [InstitutionType],
    /// Part of every recurrent link's initial load and refresh.
    pub core: bool,
    /// The dates that a retrieval takes.
    pub window: WindowRule,
    /// The body key that restricts a retrieval to one account.
    pub account_key: Option<&'static str>,
    /// Records belong to accounts; the accounts are read first.
    pub by_account: bool,
    /// Each record shows its whole account under `account`.
    pub embeds_account: bool,
    /// What the platform adds to the institution's fields.
    pub envelope: &'static [Envelope],
    /// What lists can be filtered by.
    pub filters: &'static [Field],
    /// A list must name a link.
    pub link_required: bool,
    /// Names of resources whose records of an account go when the account is deleted; here, on
    /// the resource that is deleted.
    pub cascades_to: &'static [&'static str],
    /// Deletions share the limit of five a minute.
    pub deletion_limited: bool,
    /// Unchanged records are marked as seen at each reading (few and fresh), or left alone.
    pub marks_seen: bool,
    /// Its webhooks.
    pub events: Events,
    /// Checks an institution's item and brings it into the contract's shape, `stamp`ing blocks
    /// that carry their own time of collection.
    pub read:
        fn(item: &RawValue, account: Option<String>, stamp: Timestamp) -> Result<Item, BadItem>,
    /// The OpenAPI schemas of a record: the record's own first, then those it refers to.
    pub schemas: fn() -> Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>,
}

/// The verbs of a resource's paths. List and detail are always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a table of yes and no")]
pub struct Verbs {
    /// POST goes to the institution.
    pub retrieve: bool,
    /// PATCH brings a challenge's answer.
    pub resume: bool,
    /// DELETE forgets one record.
    pub delete: bool,
    /// POST may be asked to answer 202 and finish by webhook.
    pub asynchronous: bool,
}

/// A hundred years: asking for more than there is is not an error, what exists is returned.
pub const ANY_WINDOW: i32 = 36_525;

/// The dates in a retrieval's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowRule {
    /// None: the present state.
    Now,
    /// `date_from` and `date_to`, both required, at most so many days.
    Dates {
        /// The longest window, in days.
        at_most: i32,
    },
    /// `date_from` and `date_to`, each optional.
    OptionalDates {
        /// The window without them: so many days up to today.
        default: i32,
    },
}

/// A key that the platform adds to a record's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Envelope {
    /// `id`; left out where nothing is saved.
    Id,
    /// `link`.
    Link,
    /// `institution: {name, type}`.
    Institution,
    /// `account_id`.
    AccountId,
    /// `collected_at`.
    CollectedAt,
    /// `created_at`.
    CreatedAt,
    /// `last_accessed_at`: when the link last reached the institution.
    LastAccessedAt,
}

/// The codes by which webhooks speak of a resource.
#[derive(Debug, Clone, Copy)]
pub struct Events {
    /// The key of the total in `historical_update`: `total_accounts`.
    pub total: Option<&'static str>,
    /// Whether `historical_update` also counts directions and says first and last dates.
    pub breakdown: bool,
    /// The code when something new was found, and the key of its count.
    pub new: Option<(&'static str, &'static str)>,
    /// The codes when stored records changed and vanished.
    pub updated: Option<&'static str>,
    /// As `updated`.
    pub deleted: Option<&'static str>,
}

impl Events {
    /// No webhook speaks of it.
    pub const NONE: Self =
        Self { total: None, breakdown: false, new: None, updated: None, deleted: None };
}

/// Every resource, in the order in which a load reads them.
#[must_use]
pub fn all() -> &'static [&'static Resource] {
    crate::resources::ALL
}

/// The resource that records of `name` belong to.
#[must_use]
pub fn named(name: &str) -> Option<&'static Resource> {
    all().iter().copied().find(|r| r.name == name)
}

/// The resource that `fetch_resources` calls `name`.
#[must_use]
pub fn offered_as(name: &str) -> Option<&'static Resource> {
    all().iter().copied().find(|r| r.offered_as == name)
}
