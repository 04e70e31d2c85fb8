//! Consents: what somebody allowed at an institution of Open Finance, and until when.

use super::{body, parse, served};
use crate::{
    filter::{Field, IS, Source},
    institution::InstitutionType,
    record::{BadItem, Facts, Item},
    resource::{Envelope, Events, Origin, Part, Resource, Verbs, WindowRule},
    time::Moment,
    words,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/consents/`.
pub static CONSENTS: Resource = Resource {
    name: "CONSENTS",
    offered_as: "CONSENTS",
    announced_as: "CONSENTS",
    path: "/api/consents/",
    noun: "consent",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: false, resume: false, delete: false, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    country: None,
    core: true,
    window: WindowRule::Now,
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::LinkId, Envelope::InstitutionFace, Envelope::CreatedAt],
    filters: &[Field::text("user_document", IS, Source::Body(&["document_number"]))],
    required: Some("user_document"),
    deletion_limited: false,
    marks_seen: false,
    events: Events::NONE,
    read,
    schemas: || served::<Consent>(&CONSENTS),
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
}
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
