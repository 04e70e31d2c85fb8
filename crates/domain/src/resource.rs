//! A resource is data: one static [`Resource`] says what its records are, which verbs its path
//! has, what can be filtered and which webhooks speak of it. Routes, OpenAPI, storage, filters and
//! webhooks are computed from it; adding one touches no handler (ADR 0005).

use crate::{
    filter::Field,
    institution::InstitutionType,
    record::{BadItem, Item},
    time::Window,
    webhook::Announcement,
};
use jiff::{Span, Timestamp, civil::Date};
use serde_json::value::RawValue;

mod origin;
mod passing;
pub use origin::{Choice, Computed, Insight, Origin};
pub use passing::{Passing, replaced};

/// A kind of data with a REST path.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a table of yes and no")]
pub struct Resource {
    /// What records are filed under: `TRANSACTIONS`.
    pub name: &'static str,
    /// The name in an institution's `resources` and in `fetch_resources`. Two shapes of one thing
    /// (daily and momentary balances) share it.
    pub offered_as: &'static str,
    /// `webhook_type` in events. Two countries' shapes of one thing share it.
    pub announced_as: &'static str,
    /// The collection's path: `/api/transactions/`.
    pub path: &'static str,
    /// One record, in words and in English: `transaction`; OpenAPI operation ids come from it.
    pub noun: &'static str,
    /// Where its records come from.
    pub origin: Origin,
    /// What can be done.
    pub verbs: Verbs,
    /// Institutions that can have it.
    pub institutions: &'static [InstitutionType],
    /// The only countries whose institutions can have it; empty for all.
    pub countries: &'static [&'static str],
    /// Part of every recurrent link's initial load and refresh.
    pub core: bool,
    /// The dates that a retrieval takes.
    pub window: WindowRule,
    /// What a body's `type` chooses between; `None` where there is but one kind.
    pub kinds: Option<Kinds>,
    /// Documents that come with a record where they are asked for.
    pub documents: Option<Documents>,
    /// There is one record at a time: a retrieval answers with it instead of with an array.
    pub single: bool,
    /// What a load reads, part by part, each with its event.
    pub load: &'static [Part],
    /// What a complete reading does not show is gone. Otherwise nothing leaves by silence.
    pub vanishes: bool,
    /// The most days that are asked for at once, where there may be too much of it to be held in
    /// memory: each such reading is then kept part by part. Only of what has one key, belongs to the
    /// link itself and does not vanish.
    pub slice: Option<i32>,
    /// The body key that restricts a retrieval to one account.
    pub account_key: Option<AccountKey>,
    /// What its records belong to: that is read first, and takes them along when it is deleted.
    pub belongs_to: Option<Parent>,
    /// What the platform adds to the institution's fields.
    pub envelope: &'static [Envelope],
    /// What lists can be filtered by.
    pub filters: &'static [Field],
    /// The filter that a list must name, by itself or with `__in`.
    pub required: Option<&'static str>,
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

/// The body key by which a retrieval names one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountKey {
    /// The key.
    pub key: &'static str,
    /// Whether a body must have it.
    pub required: bool,
}

impl AccountKey {
    /// A key that a body may have.
    #[must_use]
    pub const fn optional(key: &'static str) -> Self {
        Self { key, required: false }
    }
    /// A key that a body must have.
    #[must_use]
    pub const fn required(key: &'static str) -> Self {
        Self { key, required: true }
    }
}

/// What records belong to: an account, an investment. That resource belongs to nothing itself.
#[derive(Debug, Clone, Copy)]
pub struct Parent {
    /// The resource of it. Connectors name it by the key that they give its own items.
    pub resource: &'static Resource,
    /// How each record shows it.
    pub shown: Shown,
}

/// How a record shows what it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Not at all, or by its id alone ([`Envelope::Parent`]).
    Apart,
    /// All of it under this key.
    Whole(&'static str),
    /// Under this key, with these of its keys.
    Brief(&'static str, &'static [&'static str]),
}

impl Shown {
    /// The key under which a record shows it.
    #[must_use]
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Self::Apart => None,
            Self::Whole(key) | Self::Brief(key, _) => Some(key),
        }
    }
}

/// The verbs of a resource's paths. A list is always there, and a detail but below another record.
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

/// The kinds of a resource: what a body chooses between with `type`, whatever the case. Each is
/// fetched, compared and announced apart from the others.
#[derive(Debug, Clone, Copy)]
pub struct Kinds {
    /// In the order in which they are read.
    pub all: &'static [Kind],
    /// What a body means that names none.
    pub unsaid: Unsaid,
}

/// One kind of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// What bodies, connectors and events call it: `INFLOW`.
    pub word: &'static str,
    /// The dates that a retrieval of it takes, where they are not those of the resource.
    pub window: Option<WindowRule>,
}

/// What a body means that names no kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsaid {
    /// Nothing: a kind must be named.
    Refused,
    /// This one.
    Is(&'static str),
    /// All of them.
    All,
}

impl Kinds {
    /// The kind of that name, whatever its case.
    #[must_use]
    pub fn named(&self, word: &str) -> Option<&'static Kind> {
        self.all.iter().find(|kind| kind.word.eq_ignore_ascii_case(word))
    }
    /// The words.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.all.iter().map(|kind| kind.word)
    }
}

impl Resource {
    /// The dates that a retrieval of `kind` takes.
    #[must_use]
    pub fn window_of(&self, kind: Option<&str>) -> WindowRule {
        let own = self.kinds.zip(kind).and_then(|(kinds, word)| kinds.named(word)?.window);
        own.unwrap_or(self.window)
    }
    /// Whether records belong to days that a reading can be restricted to.
    #[must_use]
    pub fn has_days(&self) -> bool {
        !matches!(self.window, WindowRule::Now | WindowRule::Day | WindowRule::LastYear { .. })
    }
    /// The kinds that a reading of `kind` reads one after the other: that one or, if it is `None`,
    /// all there are.
    #[must_use]
    pub fn kinds_of(&self, kind: Option<&str>) -> Vec<Option<&'static str>> {
        match (self.kinds, kind) {
            (None, _) => vec![None],
            (Some(kinds), None) => kinds.words().map(Some).collect(),
            (Some(kinds), Some(word)) => vec![kinds.named(word).map(|kind| kind.word)],
        }
    }
    /// What its records of a kind are filed under, where days that were read are remembered.
    #[must_use]
    pub fn filed_as(&self, kind: Option<&str>) -> String {
        kind.map_or_else(|| self.name.into(), |kind| format!("{}/{kind}", self.name))
    }
}

/// Documents (a PDF, an XML file) that belong to records. They are collected only where they are
/// asked for, kept apart from the record, and shown as base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Documents {
    /// The body's key that asks for them: `attach_pdf`.
    pub asked_by: &'static str,
    /// What connectors call them.
    pub names: &'static [&'static str],
    /// Where the record shows them.
    pub shown: DocumentsShown,
}

/// Where a record shows its documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentsShown {
    /// Each under a key of its own, which is its name; null where there is none: `pdf`.
    Apart,
    /// All in one list under this key, each with its name as `type` and itself as `value`; null
    /// where there is none.
    Listed(&'static str),
}

impl Documents {
    /// Documents that each have a key of their own.
    #[must_use]
    pub const fn apart(asked_by: &'static str, names: &'static [&'static str]) -> Self {
        Self { asked_by, names, shown: DocumentsShown::Apart }
    }
    /// The record's keys that show them.
    #[must_use]
    pub const fn keys(&self) -> &[&'static str] {
        match &self.shown {
            DocumentsShown::Apart => self.names,
            DocumentsShown::Listed(key) => std::slice::from_ref(key),
        }
    }
    /// The key that shows the document of that name.
    #[must_use]
    pub const fn key_of<'a>(&self, name: &'a str) -> &'a str {
        match self.shown {
            DocumentsShown::Apart => name,
            DocumentsShown::Listed(key) => key,
        }
    }
}

/// A part of a load: one reading, and the event that says it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Only of institutions of these countries; empty for all.
    pub countries: &'static [&'static str],
    /// Only this kind.
    pub kind: Option<&'static str>,
    /// Which days.
    pub days: Reach,
    /// The event's `webhook_code`.
    pub code: &'static str,
}

impl Part {
    /// All at once.
    pub const WHOLE: &'static [Self] =
        &[Self { countries: &[], kind: None, days: Reach::Default, code: "historical_update" }];
}

/// The days of a part of a load, counted back from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// As many as the resource's window takes.
    Default,
    /// The last so many.
    Last(i32),
    /// The so-manieth year back, from 0: 365 days each.
    Year(i32),
}

impl Reach {
    /// The days; `None` leaves them to the resource's window.
    #[must_use]
    pub fn until(self, today: Date) -> Option<Window> {
        match self {
            Self::Default => None,
            Self::Last(days) => Some(Window::last_days(today, days)),
            Self::Year(back) => {
                let days = back.clamp(0, 100) * 365;
                Some(Window::last_days(today.saturating_sub(Span::new().days(days)), 365))
            }
        }
    }
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
    /// `year_from` and `year_to`, each optional: whole calendar years, up to this one.
    Years {
        /// Without `year_from`: so many years before `year_to`.
        default: i16,
    },
    /// `year` and `month`, both required: one calendar month.
    Month,
    /// `reference_date`, optional: one day, or the present state.
    Day,
    /// `date_from` and `date_to`, each optional; everything without them. Records last, and it is
    /// those that the window touches.
    Touching,
    /// `date_from` and `date_to`, both or none: days of the last year to compute from.
    LastYear {
        /// So many days must lie between them.
        at_least: i32,
    },
}

/// How many days back institutions show at most, and insights are computed from.
pub const HISTORY: i32 = 365;

impl WindowRule {
    /// The days of a retrieval that says none; `None` where there are no days.
    #[must_use]
    pub fn default(self, today: Date) -> Option<Window> {
        match self {
            Self::Now | Self::Day | Self::Touching | Self::LastYear { .. } => None,
            Self::Dates { at_most } => Some(Window::last_days(today, at_most.min(HISTORY))),
            Self::OptionalDates { default } => Some(Window::last_days(today, default)),
            Self::Years { default } => {
                let first = Date::new(today.year().saturating_sub(default).max(1), 1, 1).ok()?;
                Window::new(first, today)
            }
            // The one before is often over for some days before it is told.
            Self::Month => {
                let before = today.first_of_month().saturating_sub(Span::new().months(1));
                Window::new(before, today)
            }
        }
    }
}

/// A key that the platform adds to a record's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Envelope {
    /// `id`; left out where nothing is saved.
    Id,
    /// `link`.
    Link,
    /// The same as `link_id`.
    LinkId,
    /// `institution: {name, type}`.
    Institution,
    /// What people know the institution by: `belvo_institution_name`, `institution_display_name`,
    /// `institution_icon_logo`.
    InstitutionFace,
    /// What people call the institution, as `institution`.
    InstitutionName,
    /// The id of what it belongs to, under this key: `account_id`.
    Parent(&'static str),
    /// `collected_at`.
    CollectedAt,
    /// `created_at`.
    CreatedAt,
    /// `last_accessed_at`: when the link last reached the institution.
    LastAccessedAt,
    /// `created_at` and `updated_at` of what is computed again and again under one id: when it was
    /// first, and when it was last.
    Computations,
    /// `id` of what an object inside means, beside the institution's own key of it.
    Pointer(Pointer),
    /// Nothing, but the institution's own key is brought up to the day when it is shown.
    Passing(Passing),
}

/// An object inside a record that means a record of another resource, by the institution's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointer {
    /// The object's key, wherever it stands: `credit_card_bill`.
    pub object: &'static str,
    /// The name of the other resource.
    pub resource: &'static str,
}

/// The codes by which webhooks speak of a resource, and what their `data` count.
#[derive(Debug, Clone, Copy)]
pub struct Events {
    /// `data` of the events of a load ([`Resource::load`]); without any they are not sent.
    pub loaded: &'static [(&'static str, Count)],
    /// What is sent when something new was found: the first that fits the kind.
    pub new: &'static [News],
    /// The codes when stored records changed and vanished.
    pub updated: Option<&'static str>,
    /// As `updated`.
    pub deleted: Option<&'static str>,
    /// What is told when a new record differs from the one before it.
    pub changes: Option<Changes>,
    /// What is told of a record that is seen again, through a recurrent link.
    pub told: Option<fn(&Sighting<'_>) -> Vec<Announcement>>,
}

/// A record that is seen again. Bodies are as they are served.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// What it said before.
    pub before: &'a str,
    /// When that was seen last.
    pub seen: Timestamp,
    /// What it says now.
    pub after: &'a str,
    /// When that is seen.
    pub at: Timestamp,
}

/// What is told of two records, one of which followed the other.
#[derive(Debug, Clone, Copy)]
pub struct Changes {
    /// The event's code, and the key of its list.
    pub code: &'static str,
    /// What changed from one body to the next, in words of the contract.
    pub between: fn(before: &str, after: &str) -> Vec<&'static str>,
}

/// What is sent when something new was found.
#[derive(Debug, Clone, Copy)]
pub struct News {
    /// Only of this kind; `None` for any.
    pub kind: Option<&'static str>,
    /// `webhook_code`.
    pub code: &'static str,
    /// `data`.
    pub data: &'static [(&'static str, Count)],
}

impl News {
    /// News of any kind.
    #[must_use]
    pub const fn of(code: &'static str, data: &'static [(&'static str, Count)]) -> Self {
        Self { kind: None, code, data }
    }
}

/// What a key of an event's `data` says of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// How many records it showed.
    Total,
    /// How many of them are new.
    New,
    /// How many brought money in.
    Inflow,
    /// How many took money out.
    Outflow,
    /// The earliest day among them.
    FirstDay,
    /// The latest day among them.
    LastDay,
    /// The year of the earliest day.
    FirstYear,
    /// The year of the latest day.
    LastYear,
    /// Which kind was read.
    Kind,
    /// The sum of a whole number that each record says under this key. Of one key at most.
    Sum(&'static str),
}

impl Events {
    /// No webhook speaks of it.
    pub const NONE: Self =
        Self { loaded: &[], new: &[], updated: None, deleted: None, changes: None, told: None };
}

impl Envelope {
    /// The keys themselves.
    #[must_use]
    pub const fn keys(&self) -> &[&'static str] {
        match self {
            Self::Id => &["id"],
            Self::Link => &["link"],
            Self::LinkId => &["link_id"],
            Self::Institution | Self::InstitutionName => &["institution"],
            Self::InstitutionFace => {
                &["belvo_institution_name", "institution_display_name", "institution_icon_logo"]
            }
            Self::Parent(key) => std::slice::from_ref(key),
            Self::CollectedAt => &["collected_at"],
            Self::CreatedAt => &["created_at"],
            Self::LastAccessedAt => &["last_accessed_at"],
            Self::Computations => &["created_at", "updated_at"],
            Self::Pointer(_) | Self::Passing(_) => &[],
        }
    }
}

impl Resource {
    /// The object inside its records that means a record of another resource.
    #[must_use]
    pub fn pointer(&self) -> Option<Pointer> {
        self.envelope.iter().find_map(|part| match part {
            Envelope::Pointer(pointer) => Some(*pointer),
            _ => None,
        })
    }
    /// A stored body as it is at an instant.
    #[must_use]
    pub fn shown_at(&self, body: String, at: Timestamp) -> String {
        self.envelope.iter().fold(body, |body, part| match part {
            Envelope::Passing(passing) => passing.shown(body, at),
            _ => body,
        })
    }
    /// The keys of a record of which its institution says nothing.
    pub fn platform_keys(&self) -> impl Iterator<Item = &'static str> {
        let parent = self.belongs_to.and_then(|parent| parent.shown.key());
        let documents = self.documents.iter().flat_map(Documents::keys).copied();
        self.envelope.iter().flat_map(Envelope::keys).copied().chain(parent).chain(documents)
    }
    /// Whether its list hangs below one record of what it belongs to: `/api/br/exchanges/{id}/history/`.
    /// It is then read together with that, and cannot be read alone.
    #[must_use]
    pub fn is_nested(&self) -> bool {
        self.path.contains('{')
    }
    /// The resources whose records belong to records of this one.
    pub fn children(&'static self) -> impl Iterator<Item = &'static Self> {
        let mine = |child: &&Self| {
            child.belongs_to.is_some_and(|parent| std::ptr::eq(parent.resource, self))
        };
        all().iter().copied().filter(mine)
    }
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

/// These names of resources, and those of all that is computed from nothing else.
#[must_use]
pub fn with_computed(names: &[&str]) -> Vec<String> {
    let has = |source: &&Resource| names.contains(&source.offered_as);
    let computed = all().iter().filter(|r| r.computed().is_some_and(|c| c.from.iter().all(has)));
    names.iter().copied().chain(computed.map(|r| r.offered_as)).map(str::to_owned).collect()
}

/// The resource that `fetch_resources` calls `name`.
#[must_use]
pub fn offered_as(name: &str) -> Option<&'static Resource> {
    all().iter().copied().find(|r| r.offered_as == name)
}
