//! Webhooks without the network: every event there is, what its body says, who wants it, when a
//! delivery is tried again, and what is signed.

use crate::{
    access::NotAChoice,
    env::{share, spread},
    ids::{EndpointId, EventId, LinkId, RecordId},
    resource::{Count, News, Part, Resource},
    words,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize, ser::SerializeMap};
use serde_json::Value;

words!(
    /// Why an event came about.
    ProcessType {
        /// An initial load, a refresh on demand, a repair, a change of mode.
        HistoricalUpdate = "historical_update",
        /// A scheduled refresh.
        RecurrentUpdate = "recurrent_update",
        /// A request that was answered 202.
        AsyncPost = "async_post",
    }
);

words!(
    /// What can be said of a link: the codes of type `LINK`.
    LinkCode {
        /// It has become invalid.
        InvalidCredentials = "invalid_credentials",
        /// It needs its end user.
        TokenRequired = "token_required",
        /// A deletion that was answered 202 is done.
        LinkDeleted = "link_deleted",
    }
);

/// One line of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType {
    /// `webhook_type`: a resource, `LINK`, `CONSENT`, or our own `ENDPOINT`.
    pub of: &'static str,
    /// `webhook_code`.
    pub code: &'static str,
    /// Why it can come about; empty for our own events, which say nothing of it.
    pub because: &'static [ProcessType],
    /// The keys of `data`, in order.
    pub data: &'static [&'static str],
    /// Sent only to endpoints that name it in full.
    pub opt_in: bool,
}

const HISTORICAL: &[ProcessType] = &[ProcessType::HistoricalUpdate];
const RECURRENT: &[ProcessType] = &[ProcessType::RecurrentUpdate];
const NEW: &[ProcessType] = &[ProcessType::RecurrentUpdate, ProcessType::AsyncPost];
/// What the ledger finds changed, whoever made it read.
const ANY: &[ProcessType] = ProcessType::ALL;
const ASYNC: &[ProcessType] = &[ProcessType::AsyncPost];

/// Keys of a `historical_update` that also counts directions and says first and last dates.
const BREAKDOWN: &[&str] = &[
    "total_transactions",
    "total_inflow_transactions",
    "total_outflow_transactions",
    "first_transaction_date",
    "last_transaction_date",
];
const INVOICES: &[&str] = &["total_invoices", "first_invoice_date", "last_invoice_date"];
const LOGIN: &[&str] = &["error_code", "error_message", "status"];
const CONSENT: &[&str] =
    &["consent_id", "action", "institution", "institution_display_name", "institution_icon_logo"];
const CONSENT_DUE: &[&str] = &[
    "consent_id",
    "consent_due_date",
    "action",
    "institution",
    "institution_display_name",
    "institution_icon_logo",
];

const fn event(
    of: &'static str,
    code: &'static str,
    because: &'static [ProcessType],
    data: &'static [&'static str],
) -> EventType {
    EventType { of, code, because, data, opt_in: false }
}
const fn opt_in(event: EventType) -> EventType {
    EventType { opt_in: true, ..event }
}

/// Every event that exists.
#[rustfmt::skip]
pub static CATALOGUE: &[EventType] = &[
    event("ACCOUNTS", "historical_update", HISTORICAL, &["total_accounts"]),
    event("ACCOUNTS", "new_accounts_available", NEW, &["new_accounts"]),
    event("OWNERS", "historical_update", HISTORICAL, &["total_owners"]),
    event("OWNERS", "new_owners_available", NEW, &["new_owners"]),
    event("TRANSACTIONS", "historical_update", HISTORICAL, BREAKDOWN),
    event("TRANSACTIONS", "new_transactions_available", NEW, &["new_transactions"]),
    event("TRANSACTIONS", "transactions_updated", ANY, &["count", "transactions", "updated_transactions"]),
    event("TRANSACTIONS", "transactions_deleted", ANY, &["count", "transactions", "deleted_transactions"]),
    event("BILLS", "historical_update", HISTORICAL, &["total_bills"]),
    event("BILLS", "new_bills_available", NEW, &["new_bills"]),
    event("INVESTMENTS", "historical_update", HISTORICAL, &["total_investments"]),
    event("INVESTMENTS", "new_investments_available", NEW, &["new_investments"]),
    event("INVESTMENT_TRANSACTIONS", "historical_update", HISTORICAL, BREAKDOWN),
    event("INVESTMENT_TRANSACTIONS", "new_investment_transactions_available", NEW, &["new_transactions"]),
    event("INVESTMENTS_PORTFOLIOS", "historical_update", HISTORICAL, &["total_portfolios"]),
    event("INVESTMENTS_PORTFOLIOS", "new_investments_portfolios_available", NEW, &["new_portfolios"]),
    event("EXCHANGES", "historical_update", HISTORICAL, &["total_exchanges"]),
    event("INCOMES", "historical_update", HISTORICAL, &["total_incomes", "number_of_income_streams"]),
    event("RECURRING_EXPENSES", "historical_update", HISTORICAL, &["total_recurring_expenses"]),
    event("RISK_INSIGHTS", "historical_update", HISTORICAL, &["total_risk_insights"]),
    event("INVOICES", "initial_inflow_update", HISTORICAL, INVOICES),
    event("INVOICES", "initial_outflow_update", HISTORICAL, INVOICES),
    event("INVOICES", "historical_inflow_update", HISTORICAL, INVOICES),
    event("INVOICES", "historical_outflow_update", HISTORICAL, INVOICES),
    event("INVOICES", "new_inflow_invoices_available", NEW, &["new_invoices"]),
    event("INVOICES", "new_outflow_invoices_available", NEW, &["new_invoices"]),
    event("TAX_RETURNS", "historical_update", HISTORICAL,
        &["type", "total_tax_returns", "first_tax_return_year", "last_tax_return_year"]),
    event("TAX_RETURNS", "new_tax_returns_available", NEW, &["type", "new_tax_returns"]),
    event("TAX_STATUS", "historical_update", HISTORICAL, &["total_tax_status", "last_status_change_date"]),
    event("TAX_COMPLIANCE_STATUS", "historical_update", HISTORICAL, &["total_tax_compliance_status"]),
    event("TAX_RETENTIONS", "historical_update", HISTORICAL,
        &["total_tax_retentions", "first_tax_retention_date", "last_tax_retention_date"]),
    event("FINANCIAL_STATEMENTS", "historical_update", HISTORICAL, &["new_financial_statements"]),
    event("FINANCIAL_STATEMENTS", "new_financial_statements_available", NEW, &["new_financial_statements"]),
    event("DEBT_REPORTS", "historical_update", HISTORICAL, &["total_debt_reports"]),
    event("DEBT_REPORTS", "new_debt_reports_available", NEW, &["new_debt_reports"]),
    event("EMPLOYMENT_RECORDS", "historical_update", HISTORICAL, &["total_employment_record_profiles"]),
    opt_in(event("EMPLOYMENT_RECORDS", "employment_changes", RECURRENT, &["employment_changes"])),
    event("EMPLOYMENT_METRICS", "historical_update", HISTORICAL, &["total_employment_metrics"]),
    event("CURRENT_EMPLOYMENTS", "historical_update", HISTORICAL, &["total_current_employments"]),
    event("EMPLOYMENTS", "historical_update", HISTORICAL, &["total_employments"]),
    event("EMPLOYMENTS", "new_employments_available", NEW, &["new_employments"]),
    event(LINK, LinkCode::InvalidCredentials.as_str(), ANY, LOGIN),
    event(LINK, LinkCode::TokenRequired.as_str(), ANY, LOGIN),
    event(LINK, LinkCode::LinkDeleted.as_str(), ASYNC, &[]),
    opt_in(event("CONSENT", "openfinance_consent_about_to_expire", RECURRENT, CONSENT_DUE)),
    event("CONSENT", "openfinance_consent_expired", RECURRENT, CONSENT),
    event("CONSENT", "openfinance_consent_with_unrecoverable_resources", RECURRENT, &["consent_id"]),
    event("CONSENT", "openfinance_consent_with_temporarily_unavailable_resources", RECURRENT, &["consent_id"]),
    event("CONSENT", "openfinance_consent_expiration_changed", RECURRENT, &["consent_id"]),
    event(ENDPOINT, "test", &[], &["endpoint"]),
    event(ENDPOINT, "endpoint_disabled", &[], &["endpoint", "reason"]),
];

/// The type of events about links.
pub const LINK: &str = "LINK";
/// The type of our own events, about the webhooks themselves.
pub const ENDPOINT: &str = "ENDPOINT";

/// An event's `data`: keys in the order in which they were put. Counts, dates and ids, never an
/// end user's data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Data(Vec<(String, Value)>);

impl Data {
    /// The same with one key more.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.push((key.into(), value.into()));
        self
    }
    /// Its keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }
}
impl Serialize for Data {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// What a reading came to, for the `data` of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All records that it showed.
    pub total: u64,
    /// Those of them that are new.
    pub new: u64,
    /// Those that brought money in.
    pub inflow: u64,
    /// Those that took money out.
    pub outflow: u64,
    /// The earliest day among them.
    pub first: Option<Date>,
    /// The latest day among them.
    pub last: Option<Date>,
    /// Which kind was read, where there are several.
    pub kind: Option<&'static str>,
    /// What [`Count::Sum`] comes to.
    pub sum: u64,
}

impl Counts {
    fn value(&self, count: Count) -> Value {
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        match count {
            Count::Total => self.total.into(),
            Count::New => self.new.into(),
            Count::Inflow => self.inflow.into(),
            Count::Outflow => self.outflow.into(),
            Count::FirstDay => day(self.first).into(),
            Count::LastDay => day(self.last).into(),
            Count::FirstYear => self.first.map(Date::year).into(),
            Count::LastYear => self.last.map(Date::year).into(),
            Count::Kind => self.kind.into(),
            Count::Sum(_) => self.sum.into(),
        }
    }
    fn data(&self, keys: &[(&'static str, Count)]) -> Data {
        keys.iter().fold(Data::default(), |data, &(key, count)| data.with(key, self.value(count)))
    }
}

/// What there is to say, before it is known of which link and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// `webhook_type`.
    pub of: &'static str,
    /// `webhook_code`.
    pub code: &'static str,
    /// `data`.
    pub data: Data,
}

impl Announcement {
    /// The most ids that one event lists; more become several events.
    pub const MOST_IDS: usize = 1000;

    /// A part of a load of `resource` is complete; said even when it found nothing, since
    /// integrations wait for it. `None` for resources that no event speaks of.
    #[must_use]
    pub fn loaded(resource: &Resource, part: &Part, counts: &Counts) -> Option<Self> {
        let keys = resource.events.loaded;
        let said = Self { of: resource.announced_as, code: part.code, data: counts.data(keys) };
        (!keys.is_empty()).then_some(said)
    }
    /// Records of `resource` are new. A refresh that found none says nothing; a request that was
    /// answered 202 is told the zero too.
    #[must_use]
    pub fn new(resource: &Resource, counts: &Counts) -> Option<Self> {
        let fits = |news: &&News| news.kind.is_none() || news.kind == counts.kind;
        let News { code, data, .. } = resource.events.new.iter().find(fits)?;
        Some(Self { of: resource.announced_as, code, data: counts.data(data) })
    }
    /// Stored records have changed.
    #[must_use]
    pub fn updated(resource: &Resource, ids: &[RecordId]) -> Vec<Self> {
        Self::listing(resource, resource.events.updated, "updated", ids)
    }
    /// Stored records have vanished at the institution.
    #[must_use]
    pub fn deleted(resource: &Resource, ids: &[RecordId]) -> Vec<Self> {
        Self::listing(resource, resource.events.deleted, "deleted", ids)
    }
    /// Receivers look for the ids under either key.
    fn listing(
        resource: &Resource,
        code: Option<&'static str>,
        what: &str,
        ids: &[RecordId],
    ) -> Vec<Self> {
        let Some(code) = code else { return Vec::new() };
        let name = resource.announced_as.to_ascii_lowercase();
        let events = ids.chunks(Self::MOST_IDS).map(|ids| {
            let listed: Vec<String> = ids.iter().map(RecordId::to_string).collect();
            let data = Data::default()
                .with("count", ids.len())
                .with(name.as_str(), listed.clone())
                .with(format!("{what}_{name}"), listed);
            Self { of: resource.announced_as, code, data }
        });
        events.collect()
    }
    /// What changed from one record to the next; nothing is no news.
    #[must_use]
    pub fn changes(resource: &Resource, changes: &[&'static str]) -> Option<Self> {
        let code = resource.events.changes?.code;
        let data = Data::default().with(code, changes);
        (!changes.is_empty()).then_some(Self { of: resource.announced_as, code, data })
    }
    /// A link has become invalid: `message` is the login error's, as the API words it.
    #[must_use]
    pub fn invalid_credentials(message: &str) -> Self {
        Self::link(LinkCode::InvalidCredentials, "login_error", message, 400)
    }
    /// A link needs its end user: `message` is that of the 428.
    #[must_use]
    pub fn token_required(message: &str) -> Self {
        Self::link(LinkCode::TokenRequired, "token_required", message, 428)
    }
    fn link(code: LinkCode, error: &str, message: &str, status: u16) -> Self {
        let data =
            Data::default().with(LOGIN[0], error).with(LOGIN[1], message).with(LOGIN[2], status);
        Self { of: LINK, code: code.as_str(), data }
    }
    /// A deletion that was answered 202 is done.
    #[must_use]
    pub fn link_deleted() -> Self {
        Self { of: LINK, code: LinkCode::LinkDeleted.as_str(), data: Data::default() }
    }
    /// What an operator sends to see whether an endpoint listens.
    #[must_use]
    pub fn test(endpoint: EndpointId) -> Self {
        let data = Data::default().with("endpoint", endpoint.to_string());
        Self { of: ENDPOINT, code: "test", data }
    }
    /// An endpoint gets nothing any more; told to the tenant's others.
    #[must_use]
    pub fn endpoint_disabled(endpoint: EndpointId, reason: &str) -> Self {
        let data = Data::default().with("endpoint", endpoint.to_string()).with("reason", reason);
        Self { of: ENDPOINT, code: "endpoint_disabled", data }
    }
    /// Its line in the catalogue.
    #[must_use]
    pub fn event_type(&self) -> Option<&'static EventType> {
        find(self.of, self.code)
    }
    /// The body that is sent.
    #[must_use]
    pub fn payload(
        self,
        id: EventId,
        because: Option<ProcessType>,
        link: Option<LinkId>,
        request_id: String,
        external_id: Option<String>,
    ) -> Payload {
        Payload {
            webhook_id: id.hex(),
            webhook_type: self.of,
            process_type: because,
            webhook_code: self.code,
            link_id: link,
            request_id,
            external_id,
            data: self.data,
        }
    }
}

fn find(of: &str, code: &str) -> Option<&'static EventType> {
    CATALOGUE.iter().find(|event| event.of == of && event.code == code)
}

/// The body of a webhook: the same bytes at every attempt and for every endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payload {
    /// 32 hex digits, by which receivers recognise a repeat.
    pub webhook_id: String,
    /// A resource, or what else it is about.
    pub webhook_type: &'static str,
    /// Why; left out of our own events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process_type: Option<ProcessType>,
    /// What happened.
    pub webhook_code: &'static str,
    /// To which link; null in our own events.
    pub link_id: Option<LinkId>,
    /// The `request_id` that the causing request was answered with; of a scheduled run its own.
    pub request_id: String,
    /// The caller's own key of the link.
    pub external_id: Option<String>,
    /// Counts, dates and ids.
    pub data: Data,
}

/// Which events an endpoint wants: `*`, a type (`LINK`) or an event (`LINK/token_required`).
///
/// Opt-in events are wanted only when named in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subscription(Vec<String>);

impl Default for Subscription {
    /// Everything that is not opt-in.
    fn default() -> Self {
        Self(vec!["*".into()])
    }
}

impl From<Vec<String>> for Subscription {
    /// As it was stored: what no event matches any more does no harm.
    fn from(patterns: Vec<String>) -> Self {
        Self(patterns)
    }
}

impl Subscription {
    /// The most patterns that one endpoint can give.
    pub const MOST: usize = 100;

    /// Reads what a tenant asks for: nothing means [`Subscription::default`]. The error is the
    /// first pattern that no event matches, or the first one too many.
    pub fn parse(patterns: &[String]) -> Result<Self, NotAChoice> {
        if patterns.is_empty() {
            return Ok(Self::default());
        }
        let exists = |pattern: &str| {
            pattern == "*"
                || CATALOGUE.iter().any(|event| event.of == pattern || event.is_named(pattern))
        };
        let bad = patterns.iter().enumerate().find(|(n, text)| *n >= Self::MOST || !exists(text));
        match bad {
            Some((_, pattern)) => Err(NotAChoice(pattern.chars().take(100).collect())),
            None => Ok(Self(patterns.to_vec())),
        }
    }
    /// Its patterns, as they were given.
    #[must_use]
    pub fn patterns(&self) -> &[String] {
        &self.0
    }
    /// Whether an event goes to this endpoint.
    #[must_use]
    pub fn wants(&self, event: &EventType) -> bool {
        self.0.iter().any(|pattern| {
            event.is_named(pattern) || (!event.opt_in && (pattern == "*" || pattern == event.of))
        })
    }
}

impl EventType {
    fn is_named(&self, pattern: &str) -> bool {
        pattern.split_once('/') == Some((self.of, self.code))
    }
}

/// How long a receiver may take to answer.
pub const TIME_LIMIT: SignedDuration = SignedDuration::from_secs(5);
/// The least that a receiver is given; see [`patience`].
pub const LEAST_TIME: SignedDuration = SignedDuration::from_millis(10);
/// How long to wait for an answer while the clock is being moved, where nothing else goes on
/// meanwhile: each post in a row that was not answered in time halves the time of the next.
#[must_use]
pub fn patience(unanswered: u32) -> SignedDuration {
    let millis = TIME_LIMIT.as_secs() * 1000;
    SignedDuration::from_millis(millis >> unanswered.min(30)).max(LEAST_TIME)
}
/// The most endpoints that a tenant can have.
pub const MOST_ENDPOINTS: usize = 50;
/// An endpoint is disabled when everything sent to it for so long has failed: longer than one
/// event is tried, so that a weekend's outage disables nobody.
pub const PATIENCE: SignedDuration = SignedDuration::from_hours(5 * 24);
/// The longest wait that a `Retry-After` can ask for.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Seconds before each attempt after the first: ten attempts over three days.
const WAITS: [i64; 9] =
    [5, 60, 5 * 60, 30 * 60, 2 * 3600, 8 * 3600, 12 * 3600, 24 * 3600, 24 * 3600];

/// What one attempt to deliver came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Any 2xx.
    Delivered,
    /// No answer, or one that is no success; redirects are not followed.
    Failed,
    /// 410: the endpoint is to be disabled at once.
    Gone,
}

impl Outcome {
    /// The outcome of an answer's status; `None` when there was no answer.
    #[must_use]
    pub const fn of(status: Option<u16>) -> Self {
        match status {
            Some(200..=299) => Self::Delivered,
            Some(410) => Self::Gone,
            _ => Self::Failed,
        }
    }
}

/// How long to wait after so many failed attempts (one or more) at one delivery; `None` when it is
/// given up. The receiver's `retry_after` lengthens a wait, up to [`LONGEST_WAIT`].
#[must_use]
pub fn wait(
    failed: u32,
    retry_after: Option<SignedDuration>,
    chance: u64,
) -> Option<SignedDuration> {
    let seconds = *WAITS.get(usize::try_from(failed).ok()?.saturating_sub(1))?;
    let own = SignedDuration::from_secs(seconds);
    let asked = retry_after.unwrap_or_default().clamp(SignedDuration::ZERO, LONGEST_WAIT);
    // Never sooner than was asked: chance only lengthens a receiver's own wait.
    Some(spread(own, chance).max(asked + share(asked / 10, chance)))
}

/// Reads a `Retry-After` of seconds. One that is a date is read where the time of the answer is known.
#[must_use]
pub fn retry_after(header: &str) -> Option<SignedDuration> {
    let digits = header.trim();
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| SignedDuration::from_secs(digits.parse().unwrap_or(i64::MAX)))
}

/// Whether an endpoint that has only failed since `failing_since` is to be disabled.
#[must_use]
pub fn is_worn_out(failing_since: Timestamp, now: Timestamp) -> bool {
    now.duration_since(failing_since) >= PATIENCE
}

/// What a Standard Webhooks signature covers. `id` and `timestamp` (seconds since 1970) are those
/// of the headers `webhook-id` and `webhook-timestamp`.
#[must_use]
pub fn signed_content(id: &str, timestamp: i64, body: &str) -> String {
    format!("{id}.{timestamp}.{body}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{Bucket, uuid_in},
        resource::{self, Events},
    };
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn id(n: u64) -> Uuid {
        uuid_in(Bucket::of(7), 1_768_381_953_104, n.to_be_bytes())
    }
    fn event_type(of: &str, code: &str) -> &'static EventType {
        find(of, code).expect("in the catalogue")
    }
    fn subscription(patterns: &[&str]) -> Result<Subscription, NotAChoice> {
        Subscription::parse(&patterns.iter().map(|&p| p.into()).collect::<Vec<_>>())
    }

    #[test]
    fn a_payload_shows_its_keys_in_the_documented_order() {
        let said = Announcement {
            of: "TRANSACTIONS",
            code: "new_transactions_available",
            data: Data::default().with("new_transactions", 12),
        };
        let payload = said.payload(
            EventId::from(id(1)),
            Some(ProcessType::RecurrentUpdate),
            Some(LinkId::from(id(2))),
            "b8a1f3c2-77d4-4c0e-9a55-2f6e1d0c8b94".into(),
            Some("customer-8841".into()),
        );
        insta::assert_snapshot!(serde_json::to_string_pretty(&payload).expect("json"), @r#"
        {
          "webhook_id": "019bbbc7345070078000000000000001",
          "webhook_type": "TRANSACTIONS",
          "process_type": "recurrent_update",
          "webhook_code": "new_transactions_available",
          "link_id": "019bbbc7-3450-7007-8000-000000000002",
          "request_id": "b8a1f3c2-77d4-4c0e-9a55-2f6e1d0c8b94",
          "external_id": "customer-8841",
          "data": {
            "new_transactions": 12
          }
        }
        "#);
    }

    #[test]
    fn a_link_event_says_the_error_that_a_request_would_have_got() {
        let json = |said: Announcement| serde_json::to_string(&said.data).expect("json");
        insta::assert_snapshot!(json(Announcement::invalid_credentials("No.")), @r#"{"error_code":"login_error","error_message":"No.","status":400}"#);
        insta::assert_snapshot!(json(Announcement::token_required("A token.")), @r#"{"error_code":"token_required","error_message":"A token.","status":428}"#);
        insta::assert_snapshot!(json(Announcement::link_deleted()), @"{}");
    }

    #[test]
    fn every_event_is_in_the_catalogue_once() {
        let names: BTreeSet<_> = CATALOGUE.iter().map(|event| (event.of, event.code)).collect();
        assert_eq!(names.len(), CATALOGUE.len());
        for code in LinkCode::ALL {
            assert!(find(LINK, code.as_str()).is_some());
        }
    }

    #[test]
    fn whatever_a_resource_announces_is_as_the_catalogue_says() {
        let ids: Vec<RecordId> = (0..2500).map(|n| RecordId::from(id(n))).collect();
        for resource in resource::all() {
            let kinds = resource.kinds_of(None).into_iter();
            let counts = kinds.map(|kind| Counts { kind, ..Counts::default() });
            let said = (resource.load.iter())
                .filter_map(|part| Announcement::loaded(resource, part, &Counts::default()))
                .chain(counts.filter_map(|counts| Announcement::new(resource, &counts)))
                .chain(Announcement::updated(resource, &ids))
                .chain(Announcement::deleted(resource, &ids))
                .chain(Announcement::changes(resource, &["EMPLOYED"]));
            for said in said {
                let known = said.event_type().expect("in the catalogue");
                for key in said.data.keys() {
                    assert!(known.data.contains(&key), "{}/{}: {key}", said.of, said.code);
                }
            }
            let Events { updated, .. } = resource.events;
            let events = Announcement::updated(resource, &ids).len();
            assert_eq!(events, if updated.is_some() { 3 } else { 0 }, "{}", resource.name);
            assert!(Announcement::deleted(resource, &[]).is_empty());
        }
    }

    #[test]
    fn our_own_announcements_are_in_the_catalogue() {
        let endpoint = EndpointId::from(id(1));
        for said in [
            Announcement::invalid_credentials("x"),
            Announcement::token_required("x"),
            Announcement::link_deleted(),
            Announcement::test(endpoint),
            Announcement::endpoint_disabled(endpoint, "x"),
        ] {
            let known = said.event_type().expect("in the catalogue");
            assert_eq!(said.data.keys().collect::<Vec<_>>(), known.data);
        }
    }

    #[test]
    fn an_endpoint_that_asks_for_nothing_gets_all_but_the_opt_in_events() {
        for everything in [subscription(&[]), subscription(&["*"]), Ok(Subscription::default())] {
            let everything = everything.expect("good");
            for event in CATALOGUE {
                assert_eq!(everything.wants(event), !event.opt_in, "{}/{}", event.of, event.code);
            }
        }
    }

    #[test]
    fn an_endpoint_gets_the_types_and_events_that_it_names() {
        let some = subscription(&["LINK", "ACCOUNTS/historical_update", "EMPLOYMENT_RECORDS"]);
        let some = some.expect("good");
        assert!(some.wants(event_type("LINK", "token_required")));
        assert!(some.wants(event_type("ACCOUNTS", "historical_update")));
        assert!(!some.wants(event_type("ACCOUNTS", "new_accounts_available")));
        assert!(some.wants(event_type("EMPLOYMENT_RECORDS", "historical_update")));
        assert!(!some.wants(event_type("EMPLOYMENT_RECORDS", "employment_changes")));
        let named = subscription(&["EMPLOYMENT_RECORDS/employment_changes"]).expect("good");
        assert!(named.wants(event_type("EMPLOYMENT_RECORDS", "employment_changes")));
    }

    #[test]
    fn a_pattern_that_no_event_matches_is_refused() {
        for bad in ["", "LINKS", "LINK/", "LINK/x", "link", "/", "**", "LINK/token_required/x"] {
            assert_eq!(subscription(&["LINK", bad]), Err(NotAChoice(bad.into())), "{bad}");
        }
        assert!(subscription(&["LINK"; Subscription::MOST]).is_ok());
        assert!(subscription(&["LINK"; Subscription::MOST + 1]).is_err());
    }

    #[test]
    fn ten_attempts_take_about_three_days() {
        let waits: Vec<_> = (1..).map_while(|failed| wait(failed, None, u64::MAX / 2)).collect();
        assert_eq!(waits.len() + 1, 10);
        let all = waits.iter().fold(SignedDuration::ZERO, |sum, wait| sum + *wait);
        assert!((65..=75).contains(&all.as_hours()), "{all}");
        assert!(waits[0] <= SignedDuration::from_secs(6), "the first is quick");
        assert!(PATIENCE > all * 11 / 10, "one event's attempts do not wear an endpoint out");
    }

    #[test]
    fn an_answer_is_a_success_only_when_it_says_so() {
        for status in [200, 201, 204, 299] {
            assert_eq!(Outcome::of(Some(status)), Outcome::Delivered);
        }
        for status in [100, 301, 302, 400, 404, 429, 500, 503] {
            assert_eq!(Outcome::of(Some(status)), Outcome::Failed);
        }
        assert_eq!(Outcome::of(None), Outcome::Failed);
        assert_eq!(Outcome::of(Some(410)), Outcome::Gone);
    }

    #[test]
    fn an_endpoint_wears_out_after_five_days_of_failure() {
        let since: Timestamp = "2026-01-14T09:00:00Z".parse().expect("a timestamp");
        assert!(!is_worn_out(since, "2026-01-19T08:59:59Z".parse().expect("a timestamp")));
        assert!(is_worn_out(since, "2026-01-19T09:00:00Z".parse().expect("a timestamp")));
    }

    #[test]
    fn what_is_signed_is_id_time_and_body() {
        assert_eq!(signed_content("msg_1", 1_768_381_953, "{}"), "msg_1.1768381953.{}");
    }

    #[test]
    fn retry_after_is_read_in_seconds() {
        assert_eq!(retry_after(" 120 "), Some(SignedDuration::from_secs(120)));
        assert_eq!(retry_after("99999999999999999999"), Some(SignedDuration::from_secs(i64::MAX)));
        for other in ["", "-1", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "+1"] {
            assert_eq!(retry_after(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn waits_grow_are_spread_and_never_undercut_what_was_asked(
            failed in 1..9_u32, asked in prop::option::of("[0-9]{1,22}"), chance in any::<u64>()
        ) {
            let asked = asked.and_then(|asked| retry_after(&asked));
            let waited = wait(failed, asked, chance).expect("there are nine waits");
            prop_assert!(waited >= asked.unwrap_or_default().min(LONGEST_WAIT));
            prop_assert!(waited <= LONGEST_WAIT * 11 / 10);
            prop_assert!(waited > SignedDuration::ZERO);
            let own = |failed| wait(failed, None, chance);
            prop_assert!(waited >= own(failed).expect("there are nine waits"));
            prop_assert!(own(failed + 1) >= own(failed));
        }
        #[test]
        fn after_the_last_attempt_nothing_waits(failed in 10..=u32::MAX, asked in any::<i64>(), chance in any::<u64>()) {
            prop_assert_eq!(wait(failed, Some(SignedDuration::from_secs(asked)), chance), None);
        }
        #[test]
        fn no_patterns_panic(patterns in prop::collection::vec("[A-Z*/_]{0,12}|.{0,200}", 0..5)) {
            if let Ok(subscription) = Subscription::parse(&patterns) {
                prop_assert!(CATALOGUE.iter().any(|event| subscription.wants(event)));
            }
        }
    }
}
