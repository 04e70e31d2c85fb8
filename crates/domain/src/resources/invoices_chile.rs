//! Invoices of Chile: the authority's ledgers of purchases and sales (SII, *registro de compras y
//! ventas*). Receipts for consumers come as one sum for each month.

use super::{bad, body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Direction, Facts, Item},
    resource::{
        Count, Envelope, Events, Kind, Kinds, News, Origin, Part, Reach, Resource, Unsaid, Verbs,
        WindowRule,
    },
    time::Moment,
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

const INFLOW: &str = Direction::Inflow.as_str();
const OUTFLOW: &str = Direction::Outflow.as_str();

const fn part(kind: &'static str, days: Reach, code: &'static str) -> Part {
    Part { countries: &[], kind: Some(kind), days, code }
}

/// `/api/cl/invoices/`.
pub static INVOICES_CHILE: Resource = Resource {
    name: "INVOICES_CHILE",
    offered_as: "INVOICES",
    announced_as: "INVOICES",
    path: "/api/cl/invoices/",
    noun: "invoice of Chile",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: true },
    institutions: &[InstitutionType::Fiscal],
    countries: &["CL"],
    core: false,
    window: WindowRule::Dates { at_most: 365 },
    kinds: Some(Kinds {
        all: &[Kind { word: INFLOW, window: None }, Kind { word: OUTFLOW, window: None }],
        unsaid: Unsaid::All,
    }),
    documents: None,
    single: false,
    load: &[
        part(INFLOW, Reach::Last(30), "initial_inflow_update"),
        part(OUTFLOW, Reach::Last(30), "initial_outflow_update"),
        part(INFLOW, Reach::Year(0), "historical_inflow_update"),
        part(OUTFLOW, Reach::Year(0), "historical_outflow_update"),
    ],
    vanishes: false,
    slice: Some(92),
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
    events: Events {
        loaded: &[
            ("total_invoices", Count::Total),
            ("first_invoice_date", Count::FirstDay),
            ("last_invoice_date", Count::LastDay),
        ],
        new: &[
            News {
                kind: Some(INFLOW),
                code: "new_inflow_invoices_available",
                data: &[("new_invoices", Count::New)],
            },
            News {
                kind: Some(OUTFLOW),
                code: "new_outflow_invoices_available",
                data: &[("new_invoices", Count::New)],
            },
        ],
        ..Events::NONE
    },
    read,
    schemas: || served::<InvoiceChile>(&INVOICES_CHILE),
};

/// A document in one of the authority's ledgers, or the month's sum of such as are not kept one by
/// one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceChile {
    /// With all taxes.
    pub total_amount: Amount,
    /// Before taxes.
    pub net_amount: Amount,
    /// VAT.
    pub vat_amount: Amount,
    /// ISO 4217.
    pub currency: String,
    /// The day on which it was issued; of a sum, the first of its month.
    pub issue_date: Date,
    /// When the authority received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Moment>,
    /// When its receiver acknowledged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Moment>,
    /// When its receiver disputed it.
    #[serde(default)]
    pub claim_date: Option<Date>,
    /// Where it stands.
    pub status: InvoiceStatusChile,
    /// The authority's code of its kind: 33 for an invoice.
    pub document_code: u32,
    /// The authority's name of its kind.
    pub category: String,
    /// The issuer's number; left out of a sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folio: Option<String>,
    /// The issuer's RUT.
    pub sender_id: String,
    /// The issuer.
    pub sender_name: String,
    /// The receiver's RUT; left out of a sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver_id: Option<String>,
    /// The receiver; left out of a sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver_name: Option<String>,
    /// `INFLOW` in the ledger of purchases, `OUTFLOW` in that of sales.
    #[serde(rename = "type")]
    pub kind: Direction,
    /// What the ledger of purchases says; null for sales.
    #[serde(default)]
    pub purchase_invoice_details: Option<PurchaseChile>,
    /// What the ledger of sales says; null for purchases.
    #[serde(default)]
    pub sales_invoice_details: Option<SaleChile>,
    /// The month's sum; left out of single documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary_invoice_details: Option<MonthSumChile>,
}

words!(
    /// Where a document of Chile stands.
    InvoiceStatusChile {
        /// In the ledger.
        Registered = "REGISTERED",
        /// Not yet acknowledged.
        Pending = "PENDING",
        /// Disputed.
        Rejected = "REJECTED",
        /// Taken back.
        Cancelled = "CANCELLED",
    }
);

/// What the ledger of purchases says of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PurchaseChile {
    /// VAT that counts against one's own.
    pub vat_refundable_amount: Option<Amount>,
    /// VAT that does not.
    pub vat_non_refundable_amount: Option<Amount>,
    /// Why not, by its code.
    pub vat_non_refundable_code: Option<u32>,
    /// Fixed assets before taxes.
    pub net_amount_fixed_assets: Option<Amount>,
    /// VAT on fixed assets.
    pub vat_fixed_assets: Option<Amount>,
    /// VAT of what is used for taxed and untaxed sales alike.
    pub vat_common_use: Option<Amount>,
    /// Taxes that count against nothing.
    pub tax_non_credit_amount: Option<Amount>,
    /// VAT that was not withheld.
    pub vat_non_withheld: Option<Amount>,
    /// What is exempt.
    pub tax_exempt_amount: Option<Amount>,
    /// Whether a credit or debit note belongs to it.
    pub credit_or_debit_note_on_purchase: Option<bool>,
    /// Tax on cigarettes.
    pub tax_cigarettes_amount: Option<Amount>,
    /// Tax on cigars.
    pub tax_cigar_amount: Option<Amount>,
    /// Tax on other tobacco.
    pub tax_processed_tobacco_amount: Option<Amount>,
    /// A further tax.
    pub additional_tax_amount: Option<Amount>,
    /// Its rate, as text.
    pub additional_tax_rate: Option<String>,
    /// Its code.
    pub additional_tax_code: Option<u32>,
}

/// What the ledger of sales says of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SaleChile {
    /// What builders are credited.
    pub construction_sector_tax_credit: Option<Amount>,
    /// The tax of free zones.
    pub tax_free_trade_zone_amount: Option<Amount>,
    /// The deposit on containers.
    pub container_deposit_guarantee: Option<Amount>,
    /// Whether nothing is to be paid.
    pub is_free_of_charge: Option<bool>,
    /// Whether it is for a service that is billed period by period.
    pub periodic_billing_type: Option<bool>,
    /// What cannot be billed.
    pub non_billable_amount: Option<Amount>,
    /// All of the period.
    pub total_amount_for_period: Option<Amount>,
    /// Carrying passengers inside the country.
    pub domestic_transportation_amount: Option<Amount>,
    /// Carrying passengers across its borders.
    pub international_transportation_amount: Option<Amount>,
    /// The authority's code of the branch.
    pub branch_code: Option<u32>,
    /// What is exempt.
    pub tax_exempt_amount: Option<Amount>,
    /// Whether a credit or debit note belongs to it.
    pub credit_or_debit_note_on_purchase: Option<bool>,
    /// A further tax, by its code.
    pub additional_tax_code: Option<u32>,
    /// Its rate, as text.
    pub additional_tax_rate: Option<String>,
    /// What it comes to.
    pub additional_tax_amount: Option<Amount>,
    /// VAT of which all was withheld.
    pub vat_total_withheld: Option<Amount>,
    /// VAT of which a part was withheld.
    pub vat_partially_withheld: Option<Amount>,
    /// VAT that was not withheld.
    pub vat_non_withheld: Option<Amount>,
    /// One's own VAT.
    pub vat_sales: Option<Amount>,
    /// VAT for others.
    pub vat_third_party: Option<Amount>,
    /// VAT that came too late.
    pub vat_past_due: Option<Amount>,
    /// The RUT of who settles for others.
    pub invoice_settlement_sender_id: Option<String>,
    /// Their commission before taxes.
    pub invoice_settlement_net_commission: Option<Amount>,
    /// Their commission that is exempt.
    pub invoice_settlement_exempt_commission: Option<Amount>,
    /// The VAT on their commission.
    pub invoice_settlement_vat_commission: Option<Amount>,
    /// The kind of the document that it refers to.
    pub reference_document_type: Option<String>,
    /// Its number.
    pub reference_document_folio: Option<String>,
    /// The number of a receiver abroad.
    pub foreign_recipient_id: Option<String>,
    /// Their nationality.
    pub foreign_recipient_nationality: Option<String>,
}

/// What a month's documents came to that are not kept one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthSumChile {
    /// `YYYY-MM`.
    pub month: String,
    /// When the sum last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Moment>,
    /// How many documents.
    pub total_documents: u64,
    /// What of them is exempt.
    #[serde(default = "nothing")]
    pub tax_exempt_amount: Amount,
}

fn nothing() -> Amount {
    Amount::cents(0)
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: InvoiceChile = parse(&INVOICES_CHILE, item)?;
    let folio = it.folio.as_deref().map(str::trim).filter(|folio| !folio.is_empty());
    // A sum grows while its month lasts, and belongs to the first of it.
    let (key, day) = match (&it.summary_invoice_details, folio) {
        (Some(sum), _) => {
            let Ok(first) = format!("{}-01", sum.month).parse::<Date>() else {
                let path = "summary_invoice_details.month";
                return Err(bad(&INVOICES_CHILE, path, "must be YYYY-MM"));
            };
            (format!("month:{}:{}", it.document_code, sum.month), first)
        }
        (None, Some(folio)) => {
            let sender = it.sender_id.to_ascii_uppercase();
            (format!("folio:{}:{folio}:{sender}", it.document_code), it.issue_date)
        }
        (None, None) => return Err(bad(&INVOICES_CHILE, "folio", "must be known")),
    };
    Ok(Item {
        facts: Facts::Keyed(vec![key]),
        account,
        source_id: None,
        day: Some(day),
        body: body(&INVOICES_CHILE, &it)?,
    })
}
