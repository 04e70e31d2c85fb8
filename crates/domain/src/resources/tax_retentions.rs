//! Tax retentions: vouchers of what was withheld from a payment (in Mexico *CFDI de retenciones*).

use super::{bad, body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Direction, Facts, Item},
    resource::{
        Count, Documents, Envelope, Events, Kind, Kinds, Origin, Part, Resource, Unsaid, Verbs,
        WindowRule,
    },
    time::{Moment, day},
    words,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/tax-retentions/`.
pub static TAX_RETENTIONS: Resource = Resource {
    name: "TAX_RETENTIONS",
    offered_as: "TAX_RETENTIONS",
    announced_as: "TAX_RETENTIONS",
    path: "/api/tax-retentions/",
    noun: "tax retention",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Fiscal],
    countries: &["MX"],
    core: true,
    window: WindowRule::Dates { at_most: 365 },
    kinds: Some(Kinds {
        all: &[
            Kind { word: Direction::Inflow.as_str(), window: None },
            Kind { word: Direction::Outflow.as_str(), window: None },
        ],
        unsaid: Unsaid::Refused,
    }),
    documents: Some(Documents::apart("attach_xml", &["xml"])),
    single: false,
    load: Part::WHOLE,
    vanishes: false,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events {
        loaded: &[
            ("total_tax_retentions", Count::Total),
            ("first_tax_retention_date", Count::FirstDay),
            ("last_tax_retention_date", Count::LastDay),
        ],
        ..Events::NONE
    },
    read,
    schemas: || served::<TaxRetention>(&TAX_RETENTIONS),
};

/// What was withheld from a payment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxRetention {
    /// The authority's number of the voucher.
    pub invoice_identification: Option<String>,
    /// The version of its form.
    pub version: Option<String>,
    /// For what it was withheld, by the catalogue's code.
    pub code: Option<u32>,
    /// When it was issued.
    pub issued_at: Option<Moment>,
    /// When it was certified.
    pub certified_at: Option<Moment>,
    /// When it was cancelled, if it was.
    pub cancelled_at: Option<Moment>,
    /// The tax number of who withheld.
    pub sender_id: Option<String>,
    /// Who withheld.
    pub sender_name: Option<String>,
    /// Where the receiver pays taxes.
    pub receiver_nationality: Option<ReceiverNationality>,
    /// The tax number of who got less.
    pub receiver_id: Option<String>,
    /// Who got less.
    pub receiver_name: Option<String>,
    /// The whole payment.
    pub total_invoice_amount: Option<Amount>,
    /// The part of it that is not taxed.
    pub total_exempt_amount: Option<Amount>,
    /// What was withheld.
    pub total_retained_amount: Option<Amount>,
    /// The part of it that is taxed.
    pub total_taxable_amount: Option<Amount>,
    /// What was withheld, by kind of tax.
    pub retention_breakdown: Option<Vec<Retained>>,
}

words!(
    /// Where the receiver of a payment pays taxes.
    ReceiverNationality {
        /// Here.
        National = "NATIONAL",
        /// Abroad.
        Foreign = "FOREIGN",
    }
);
words!(
    /// Whether what was withheld is final.
    RetentionStatus {
        /// It is.
        Paid = "PAID",
        /// It counts towards a later payment.
        Provisioned = "PROVISIONED",
    }
);

/// One kind of tax that was withheld.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Retained {
    /// What it is computed of.
    pub base_amount: Option<Amount>,
    /// Which tax, by its code.
    pub tax_type: Option<String>,
    /// What was withheld.
    pub retained_amount: Option<Amount>,
    /// Whether that is final.
    pub payment_status: Option<RetentionStatus>,
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: TaxRetention = parse(&TAX_RETENTIONS, item)?;
    let number = it.invoice_identification.as_deref().map(str::trim).unwrap_or_default();
    if number.is_empty() {
        return Err(bad(&TAX_RETENTIONS, "invoice_identification", "must be known"));
    }
    let Some(issued) = it.issued_at else {
        return Err(bad(&TAX_RETENTIONS, "issued_at", "must be known"));
    };
    Ok(Item {
        facts: Facts::Keyed(vec![format!("folio:{}", number.to_ascii_lowercase())]),
        account,
        source_id: None,
        day: Some(day(issued.0)),
        body: body(&TAX_RETENTIONS, &it)?,
    })
}
