//! Consents: what somebody allowed at an institution of Open Finance, and until when.

use super::{body, parse, served};
use crate::{
    filter::{Field, IS, Source},
    institution::InstitutionType,
    record::{BadItem, Facts, Item},
    resource::{
        Envelope, Events, Origin, Part, Passing, Resource, Sighting, Verbs, WindowRule, replaced,
    },
    time::Moment,
    webhook::{Announcement, Data},
    words,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/consents/`.
pub static CONSENTS: Resource = Resource {
    name: "CONSENTS",
    offered_as: "CONSENTS",
    announced_as: "CONSENT",
    path: "/api/consents/",
    noun: "consent",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: false, resume: false, delete: false, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: true,
    window: WindowRule::Now,
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[
        Envelope::Id,
        Envelope::LinkId,
        Envelope::InstitutionFace,
        Envelope::CreatedAt,
        Envelope::Passing(ENDS),
    ],
    filters: &[Field::text("user_document", IS, Source::Body(&["document_number"]))],
    required: Some("user_document"),
    deletion_limited: false,
    // When it was seen last tells whether its end has come near since.
    marks_seen: true,
    events: Events { told: Some(told), ..Events::NONE },
    read,
    schemas: || served::<Consent>(&CONSENTS),
};

/// A consent that holds does so until its end, whether or not anybody looks.
const ENDS: Passing = Passing::Word {
    key: "status",
    while_it_lasts: ConsentStatus::Authorised.as_str(),
    until: "expired_at",
    after: ConsentStatus::Expired.as_str(),
};

/// What somebody allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consent {
    /// Who did.
    pub display_name: Option<String>,
    /// Their tax number, digits alone.
    pub document_number: String,
    /// By which name they were sent to the institution.
    pub user_name: Option<String>,
    /// Until when; left out where it has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expired_at: Option<Moment>,
    /// Whether it has no end.
    #[serde(default)]
    pub undefined_consent_expiration: bool,
    /// For how many days.
    pub consent_duration: Option<u16>,
    /// Where it stands in the network.
    pub status: Option<ConsentStatus>,
    /// What was allowed, by family.
    pub permissions: Permissions,
    /// How some of what was allowed cannot be read; left out where all of it can.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unavailable_resources: Vec<Unavailability>,
}
words!(
    /// How what was allowed cannot be read.
    Unavailability {
        /// Not at present.
        Paused = "TEMPORARILY_UNAVAILABLE",
        /// No more.
        Lost = "UNAVAILABLE",
    }
);
words!(
    /// Where a consent stands.
    ConsentStatus {
        /// It holds.
        Authorised = "AUTHORISED",
        /// Others have to agree.
        AwaitingConfirmation = "AWAITING_AUTHORISATION_CONFIRMATION",
        /// It was not given yet.
        Awaiting = "AWAITING_AUTHORISATION",
        /// It was refused or withdrawn.
        Rejected = "REJECTED",
        /// It has ended.
        Expired = "EXPIRED",
    }
);

/// What was allowed, in the network's words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
pub struct Permissions {
    /// Of accounts.
    pub accounts: Vec<String>,
    /// Of cards.
    pub credit_cards: Vec<String>,
    /// Of loans.
    pub credit_operations: Vec<String>,
    /// Of the person.
    pub register: Vec<String>,
    /// What all the others need.
    pub resources: Vec<String>,
    /// Of investments.
    pub investments: Vec<String>,
}

impl Consent {
    /// Whether its person can take it back: it holds.
    #[must_use]
    pub fn is_revocable(&self) -> bool {
        self.status == Some(ConsentStatus::Authorised)
    }
    /// How many days are left, one that has begun counted whole; `None` where it has no end.
    #[must_use]
    pub fn days_left(&self, now: Timestamp) -> Option<i64> {
        const DAY: i64 = 86_400;
        let left = self.expired_at?.0.duration_since(now).as_secs().max(0);
        Some(left / DAY + i64::from(left % DAY > 0))
    }
}

/// A consent's end is told of when it lies within this.
const NEAR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A consent as it is served, as far as webhooks speak of it.
#[derive(Deserialize)]
struct Served {
    id: String,
    belvo_institution_name: String,
    institution_display_name: String,
    institution_icon_logo: String,
    expired_at: Option<Moment>,
    #[serde(default)]
    unavailable_resources: Vec<Unavailability>,
}

fn says(code: &'static str, data: Data) -> Announcement {
    Announcement { of: "CONSENT", code, data }
}

impl Served {
    fn of(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }
    fn id(&self) -> Data {
        Data::default().with("consent_id", self.id.as_str())
    }
    /// That it is to be renewed, and where.
    fn to_renew(&self, data: Data) -> Data {
        data.with("action", "renew")
            .with("institution", self.belvo_institution_name.as_str())
            .with("institution_display_name", self.institution_display_name.as_str())
            .with("institution_icon_logo", self.institution_icon_logo.as_str())
    }
}

/// What is told of a consent that is seen again.
fn told(it: &Sighting<'_>) -> Vec<Announcement> {
    let (Some(before), Some(after)) = (Served::of(it.before), Served::of(it.after)) else {
        return Vec::new();
    };
    let mut told = Vec::new();
    if before.expired_at != after.expired_at {
        told.push(says("openfinance_consent_expiration_changed", after.id()));
    }
    if let Some(Moment(ends)) = after.expired_at {
        let is_near = |at: Timestamp| ends.duration_since(at) <= NEAR;
        let was_told = before.expired_at == after.expired_at && is_near(it.seen);
        if is_near(it.at) && it.at < ends && !was_told {
            let due = after.id().with("consent_due_date", Moment(ends).to_string());
            let code = "openfinance_consent_about_to_expire";
            told.push(says(code, after.to_renew(due)));
        }
    }
    for (how, code) in [
        (Unavailability::Lost, "openfinance_consent_with_unrecoverable_resources"),
        (Unavailability::Paused, "openfinance_consent_with_temporarily_unavailable_resources"),
    ] {
        let is = |consent: &Served| consent.unavailable_resources.contains(&how);
        if is(&after) && !is(&before) {
            told.push(says(code, after.id()));
        }
    }
    told
}

/// What is told of a consent, as it is served, once it does not hold any more.
#[must_use]
pub fn expired(body: &str) -> Option<Announcement> {
    let it = Served::of(body)?;
    Some(says("openfinance_consent_expired", it.to_renew(it.id())))
}

/// A consent, as it is served, that the institution lets nobody in by any more: it has ended or, where
/// it still had time, was withdrawn.
#[must_use]
pub fn withdrawn(body: &str, at: Timestamp) -> String {
    let body = ENDS.shown(body.to_owned(), at);
    let holds = serde_json::from_str::<Standing>(&body)
        .is_ok_and(|it| it.status == Some(ConsentStatus::Authorised));
    if !holds {
        return body;
    }
    let withdrawn = format!("\"{}\"", ConsentStatus::Rejected);
    replaced(body, "status", &withdrawn)
}

#[derive(Deserialize)]
struct Standing {
    status: Option<ConsentStatus>,
}

fn read(item: &RawValue, key: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let mut it: Consent = parse(&CONSENTS, item)?;
    it.document_number.retain(|c| c.is_ascii_alphanumeric());
    let document = format!("document:{}", it.document_number);
    let id = key.as_ref().map(|key| format!("id:{key}"));
    Ok(Item {
        account: None,
        source_id: key,
        facts: Facts::Keyed(id.into_iter().chain([document]).collect()),
        day: None,
        body: body(&CONSENTS, &it)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn consent(ends: Option<&str>, unavailable: &[&str]) -> String {
        json!({"id": "c", "belvo_institution_name": "b_br_r", "institution_display_name": "B",
            "institution_icon_logo": "", "document_number": "1", "permissions": {},
            "expired_at": ends, "unavailable_resources": unavailable})
        .to_string()
    }
    fn codes(before: &str, seen: &str, after: &str, at: &str) -> Vec<&'static str> {
        let instant = |text: &str| text.parse().expect("a timestamp");
        let sighting = Sighting { before, seen: instant(seen), after, at: instant(at) };
        told(&sighting).into_iter().map(|said| said.code).collect()
    }
    const ENDS: Option<&str> = Some("2026-02-10T00:00:00Z");

    #[test]
    fn the_end_of_a_consent_is_told_of_once_when_it_has_come_near() {
        let it = consent(ENDS, &[]);
        let near = ["openfinance_consent_about_to_expire"];
        let at = |day: u8| format!("2026-02-{day:02}T00:00:00Z");
        assert_eq!(codes(&it, &at(1), &it, &at(2)), [""; 0], "eight days before");
        assert_eq!(codes(&it, &at(2), &it, &at(3)), near);
        assert_eq!(codes(&it, &at(3), &it, &at(4)), [""; 0], "it was told already");
        assert_eq!(codes(&it, &at(1), &it, &at(9)), near, "however long nobody looked");
        assert_eq!(codes(&it, &at(1), &it, &at(11)), [""; 0], "it is over");
        let told = ["openfinance_consent_expiration_changed", near[0]];
        assert_eq!(codes(&consent(None, &[]), &at(8), &it, &at(9)), told);
    }

    #[test]
    fn what_cannot_be_read_is_told_of_when_it_begins() {
        let (one, at) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
        let (all, paused) = (consent(None, &[]), consent(None, &["TEMPORARILY_UNAVAILABLE"]));
        let lost = consent(None, &["TEMPORARILY_UNAVAILABLE", "UNAVAILABLE"]);
        let code = |word: &str| format!("openfinance_consent_with_{word}_resources");
        assert_eq!(codes(&all, one, &paused, at), [code("temporarily_unavailable")]);
        assert_eq!(codes(&paused, one, &paused, at), [""; 0]);
        assert_eq!(codes(&paused, one, &lost, at), [code("unrecoverable")]);
        assert_eq!(codes(&lost, one, &all, at), [""; 0]);
    }

    #[test]
    fn a_consent_that_lets_nobody_in_has_ended_or_was_withdrawn() {
        let at = |text: &str| text.parse().expect("a timestamp");
        let said = |ends: Option<&str>, status: &str| {
            let mut it: serde_json::Value =
                serde_json::from_str(&consent(ends, &[])).expect("json");
            it["status"] = status.into();
            let body = withdrawn(&it.to_string(), at("2026-02-10T00:00:00Z"));
            let it: serde_json::Value = serde_json::from_str(&body).expect("json");
            it["status"].as_str().expect("a status").to_owned()
        };
        assert_eq!(said(ENDS, "AUTHORISED"), "EXPIRED");
        assert_eq!(said(Some("2026-02-10T00:00:01Z"), "AUTHORISED"), "REJECTED");
        assert_eq!(said(None, "AUTHORISED"), "REJECTED", "it had no end");
        assert_eq!(said(ENDS, "AWAITING_AUTHORISATION"), "AWAITING_AUTHORISATION");
        assert_eq!(withdrawn("{}", at("2026-02-10T00:00:00Z")), "{}");
    }

    #[test]
    fn the_rest_of_a_day_is_a_day() {
        let it: Consent = serde_json::from_str(&consent(ENDS, &[])).expect("a consent");
        for (now, left) in
            [("2026-02-08T00:00:00Z", 2), ("2026-02-09T12:00:00Z", 1), ("2026-02-11T00:00:00Z", 0)]
        {
            assert_eq!(it.days_left(now.parse().expect("a timestamp")), Some(left), "{now}");
        }
        let endless: Consent = serde_json::from_str(&consent(None, &[])).expect("a consent");
        assert_eq!(endless.days_left(Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn what_is_told_of_consents_is_in_the_catalogue() {
        let said = expired(&consent(ENDS, &[])).expect("a consent");
        let known = said.event_type().expect("known");
        assert_eq!(said.data.keys().collect::<Vec<_>>(), known.data);
        assert_eq!(expired("{}"), None);
        let at = "2026-02-09T00:00:00Z".parse().expect("a timestamp");
        let (before, after) = (consent(None, &[]), consent(ENDS, &["UNAVAILABLE"]));
        let sighting = Sighting { before: &before, seen: at, after: &after, at };
        for said in told(&sighting) {
            let known = said.event_type().expect("known");
            assert_eq!(said.data.keys().collect::<Vec<_>>(), known.data, "{}", said.code);
        }
    }
}
