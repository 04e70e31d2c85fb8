//! Tax compliance status: an authority's opinion of whether somebody has met their obligations.

use super::{bad, body, edition, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    record::{BadItem, Facts, Item},
    resource::{Count, Documents, Envelope, Events, Origin, Part, Resource, Verbs, WindowRule},
    words,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/tax-compliance-status/`.
pub static TAX_COMPLIANCE_STATUS: Resource = Resource {
    name: "TAX_COMPLIANCE_STATUS",
    offered_as: "TAX_COMPLIANCE_STATUS",
    announced_as: "TAX_COMPLIANCE_STATUS",
    path: "/api/tax-compliance-status/",
    noun: "tax compliance status",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Fiscal],
    countries: &["MX"],
    core: true,
    window: WindowRule::Now,
    kinds: None,
    documents: Some(Documents::apart("attach_pdf", &["pdf"])),
    single: true,
    load: Part::WHOLE,
    vanishes: false,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("id", IN, Source::Column("id")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events { loaded: &[("total_tax_compliance_status", Count::Total)], ..Events::NONE },
    read,
    schemas: || served::<TaxComplianceStatus>(&TAX_COMPLIANCE_STATUS),
};

/// An authority's opinion, as of the day on which it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxComplianceStatus {
    /// The authority's number of the document.
    pub internal_identification: Option<String>,
    /// Whose it is: their tax number.
    pub rfc: Option<String>,
    /// The opinion.
    pub outcome: Option<Outcome>,
}

words!(
    /// An authority's opinion.
    Outcome {
        /// All obligations are met.
        Positive = "POSITIVE",
        /// Some are not.
        Negative = "NEGATIVE",
        /// There are none.
        NoObligations = "NO_OBLIGATIONS",
    }
);

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: TaxComplianceStatus = parse(&TAX_COMPLIANCE_STATUS, item)?;
    if it.outcome.is_none() {
        return Err(bad(&TAX_COMPLIANCE_STATUS, "outcome", "must be known"));
    }
    // Each document has a number of its own.
    let said = TaxComplianceStatus { internal_identification: None, ..it.clone() };
    Ok(Item {
        facts: Facts::Edition(edition(&TAX_COMPLIANCE_STATUS, &said)?),
        account,
        source_id: None,
        day: None,
        body: body(&TAX_COMPLIANCE_STATUS, &it)?,
    })
}
