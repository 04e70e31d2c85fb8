//! Invoices: what somebody has issued and received, as their tax authority keeps it (in Mexico
//! CFDI). Mexico and Colombia share the resource, each with a shape of its own.

use super::{
    any_of, bad, body, invoices_colombia, invoices_colombia::InvoiceColombia, parse, served,
};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Direction, Facts, Item},
    resource::{
        Count, Documents, Envelope, Events, Kind, Kinds, News, Origin, Part, Reach, Resource,
        Unsaid, Verbs, WindowRule,
    },
    time::Moment,
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;
use utoipa::{
    ToSchema,
    openapi::{RefOr, schema::Schema},
};

const INFLOW: &str = Direction::Inflow.as_str();
const OUTFLOW: &str = Direction::Outflow.as_str();

const EVERYWHERE: &[&str] = &[];
/// Where five years are kept, and not one.
const FIVE_YEARS: &[&str] = &["MX"];

const fn first(kind: &'static str, code: &'static str) -> Part {
    Part { countries: EVERYWHERE, kind: Some(kind), days: Reach::Last(30), code }
}
const fn inflow(countries: &'static [&'static str], year: i32) -> Part {
    let (kind, code) = (Some(INFLOW), "historical_inflow_update");
    Part { countries, kind, days: Reach::Year(year), code }
}
const fn outflow(countries: &'static [&'static str], year: i32) -> Part {
    let (kind, code) = (Some(OUTFLOW), "historical_outflow_update");
    Part { countries, kind, days: Reach::Year(year), code }
}

/// `/api/invoices/`.
pub static INVOICES: Resource = Resource {
    name: "INVOICES",
    offered_as: "INVOICES",
    announced_as: "INVOICES",
    path: "/api/invoices/",
    noun: "invoice",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: true, delete: true, asynchronous: true },
    institutions: &[InstitutionType::Fiscal],
    countries: &["MX", "CO"],
    core: true,
    window: WindowRule::Dates { at_most: 365 },
    kinds: Some(Kinds {
        all: &[Kind { word: INFLOW, window: None }, Kind { word: OUTFLOW, window: None }],
        unsaid: Unsaid::Refused,
    }),
    documents: Some(Documents::apart("attach_xml", &["xml"])),
    single: false,
    // What is recent comes first, for whoever waits for it; then all that is kept.
    load: &[
        first(INFLOW, "initial_inflow_update"),
        first(OUTFLOW, "initial_outflow_update"),
        inflow(EVERYWHERE, 0),
        outflow(EVERYWHERE, 0),
        inflow(FIVE_YEARS, 1),
        outflow(FIVE_YEARS, 1),
        inflow(FIVE_YEARS, 2),
        outflow(FIVE_YEARS, 2),
        inflow(FIVE_YEARS, 3),
        outflow(FIVE_YEARS, 3),
        inflow(FIVE_YEARS, 4),
        outflow(FIVE_YEARS, 4),
    ],
    vanishes: false,
    slice: Some(92),
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("id", IN, Source::Column("id")),
        Field::word("type", Direction::WORDS, IN, Source::Body(&["type"])),
        Field::text("status", IN, Source::Body(&["status"])),
        Field::text("invoice_identification", IN, Source::Body(&["invoice_identification"])),
        Field::date("invoice_date", Source::Column("day")),
        Field::amount("total_amount", Source::Body(&["total_amount"])),
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
    schemas,
};

/// An invoice of Mexico, or another voucher of the authority's: a credit note, a payment, a payroll.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = InvoiceMexico)]
pub struct Invoice {
    /// The authority's number of it: the same for issuer and receiver, and for ever.
    pub invoice_identification: Option<String>,
    /// The day on which it was issued.
    pub invoice_date: Option<Date>,
    /// `Vigente` or `Cancelado`.
    pub status: Option<String>,
    /// What kind of voucher it is.
    pub invoice_type: Option<InvoiceType>,
    /// `OUTFLOW` where the person issued it, `INFLOW` where they received it.
    #[serde(rename = "type")]
    pub kind: Option<Direction>,
    /// Its taxes together; left out where only the outline is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_details: Option<TaxDetails>,
    /// The issuer's tax number.
    pub sender_id: Option<String>,
    /// The issuer's tax regime, by its code.
    #[serde(default)]
    pub sender_fiscal_regime: Option<String>,
    /// The issuer.
    pub sender_name: Option<String>,
    /// What the authority's list of simulated operations says of the issuer.
    #[serde(default)]
    pub sender_tax_fraud_status: Option<FraudStatus>,
    /// The receiver's tax number.
    pub receiver_id: Option<String>,
    /// The receiver's postcode; left out where only the outline is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver_postal_code: Option<String>,
    /// The receiver's tax regime, by its code.
    #[serde(default)]
    pub receiver_fiscal_regime: Option<String>,
    /// The receiver.
    pub receiver_name: Option<String>,
    /// What the authority's list of simulated operations says of the receiver.
    #[serde(default)]
    pub receiver_tax_fraud_status: Option<FraudStatus>,
    /// How far its cancellation has come.
    pub cancelation_status: Option<String>,
    /// When it was cancelled.
    pub cancelation_update_date: Option<Date>,
    /// When it was certified.
    pub certification_date: Option<Date>,
    /// Who certified it: their tax number.
    pub certification_authority: Option<String>,
    /// How it is paid, by its code.
    pub payment_type: Option<String>,
    /// Deprecated.
    #[serde(default)]
    pub payment_type_description: Option<String>,
    /// Whether it is paid at once.
    #[serde(default)]
    pub payment_method: Option<PaymentMethod>,
    /// Deprecated.
    #[serde(default)]
    pub payment_method_description: Option<String>,
    /// What the receiver uses it for, by its code.
    #[serde(default)]
    pub usage: Option<String>,
    /// The version of its form.
    #[serde(default)]
    pub version: Option<String>,
    /// The postcode where it was issued.
    #[serde(default)]
    pub place_of_issue: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub invoice_details: Vec<InvoiceLine>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// All lines before taxes.
    pub subtotal_amount: Option<Amount>,
    /// What one of `currency` is in the country's own.
    pub exchange_rate: Option<Amount>,
    /// The taxes of all lines.
    pub tax_amount: Option<Amount>,
    /// What is taken off.
    pub discount_amount: Option<Amount>,
    /// What is to be paid.
    pub total_amount: Option<Amount>,
    /// Other vouchers that it belongs to.
    #[serde(default)]
    pub related_invoices: Vec<RelatedInvoice>,
    /// Payments that it tells of; only on `Pago`.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// The pay that it tells of; only on `Nómina`.
    #[serde(default)]
    pub payroll: Option<Payroll>,
    /// The issuer's own number.
    #[serde(default)]
    pub folio: Option<String>,
    /// The issuer's own series.
    #[serde(default)]
    pub series: Option<String>,
    /// Whether it is an export, by its code.
    #[serde(default)]
    pub export_type: Option<String>,
    /// Why only its outline is known; null where all is.
    #[serde(default)]
    pub warnings: Option<Warnings>,
    /// Deprecated: `sender_tax_fraud_status` again.
    #[serde(default)]
    pub sender_blacklist_status: Option<FraudStatus>,
    /// Deprecated: `receiver_tax_fraud_status` again.
    #[serde(default)]
    pub receiver_blacklist_status: Option<FraudStatus>,
}

words!(
    /// What kind of voucher an invoice is.
    InvoiceType {
        /// A credit note.
        Egreso = "Egreso",
        /// A sale.
        Ingreso = "Ingreso",
        /// A payroll.
        Nomina = "Nómina",
        /// A payment.
        Pago = "Pago",
        /// Goods that are moved.
        Traslado = "Traslado",
    }
);
words!(
    /// Whether an invoice is paid at once.
    PaymentMethod {
        /// In one payment.
        Single = "PUE",
        /// Later, or in parts: payments are vouchers of their own.
        Deferred = "PPD",
        /// Partly at once.
        Mixed = "PIP",
    }
);
words!(
    /// What an authority's list of simulated operations says of a taxpayer.
    FraudStatus {
        /// Under suspicion.
        Investigating = "INVESTIGATING",
        /// Cleared.
        Dismissed = "DISMISSED",
        /// Found to simulate.
        Confirmed = "CONFIRMED",
        /// Cleared by a court.
        Overturned = "OVERTURNED",
        /// Not on the list.
        NoStatus = "NO_TAX_FRAUD_STATUS",
    }
);

/// The taxes of a voucher.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxDetails {
    /// What was withheld.
    pub total_tax_retained: Amount,
    /// What was added.
    pub total_tax_transferred: Amount,
    /// What was withheld, by kind.
    #[serde(default)]
    pub retained_taxes: Vec<TaxTotal>,
    /// What was added, by kind.
    #[serde(default)]
    pub transferred_taxes: Vec<TaxTotal>,
}

/// One kind of tax of a voucher.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxTotal {
    /// How it is computed: `Tasa`.
    pub tax_type: Option<String>,
    /// `ISR`, `IVA` or `IEPS`.
    pub tax: String,
    /// The rate.
    pub tax_percentage: Amount,
    /// What it is computed of.
    pub pre_tax_amount: Amount,
    /// What it comes to.
    pub tax_amount: Amount,
}

/// One line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct InvoiceLine {
    /// When this was read.
    pub collected_at: Option<Moment>,
    /// What it is.
    pub description: Option<String>,
    /// The catalogue's code for it.
    pub product_identification: Option<String>,
    /// How much of it.
    pub quantity: Option<Amount>,
    /// The catalogue's code for its unit.
    pub unit_code: Option<String>,
    /// Its unit.
    pub unit_description: Option<String>,
    /// The price of one.
    pub unit_amount: Option<Amount>,
    /// What is taken off.
    #[serde(default)]
    pub discount: Option<Amount>,
    /// Whether it is taxed, by its code.
    #[serde(default)]
    pub tax_subject_code: Option<String>,
    /// The seller's own code.
    #[serde(default)]
    pub identifier_number: Option<String>,
    /// Before taxes.
    pub pre_tax_amount: Option<Amount>,
    /// The rate of its tax.
    pub tax_percentage: Option<Amount>,
    /// Its tax.
    pub tax_amount: Option<Amount>,
    /// With its tax.
    pub total_amount: Option<Amount>,
    /// What was withheld of it.
    #[serde(default)]
    pub retained_taxes: Vec<RetainedTax>,
    /// What was added to it.
    #[serde(default)]
    pub transferred_taxes: Vec<TransferredTax>,
    /// Which tax it bears, where there is but one.
    #[serde(default)]
    pub tax_type: Option<String>,
}

/// A tax that was withheld of a line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct RetainedTax {
    /// When this was read.
    pub collected_at: Option<Moment>,
    /// How it is computed.
    pub tax_type: Option<String>,
    /// Which.
    pub tax: Option<String>,
    /// The rate.
    pub tax_percentage: Option<Amount>,
    /// What it comes to.
    pub retained_tax_amount: Option<Amount>,
}

/// A tax that was added to a line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TransferredTax {
    /// When this was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collected_at: Option<Moment>,
    /// How it is computed.
    pub tax_type: Option<String>,
    /// Which.
    pub tax: Option<String>,
    /// The rate.
    pub tax_percentage: Option<Amount>,
    /// What it comes to.
    pub transferred_tax_amount: Option<Amount>,
}

/// Points to another voucher.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct RelatedInvoice {
    /// How they belong together, by its code.
    pub relationship_type: Option<String>,
    /// The authority's number of the other.
    pub related_invoice_identification: Option<String>,
}

/// A payment of invoices that were not paid at once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Payment {
    /// When.
    pub date: Option<Moment>,
    /// How, by its code.
    pub payment_type: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// What one of `currency` is in the country's own, as text.
    pub exchange_rate: Option<String>,
    /// How much.
    pub amount: Option<Amount>,
    /// The bank's reference.
    pub operation_number: Option<String>,
    /// The tax number of the receiving bank.
    pub beneficiary_rfc: Option<String>,
    /// The receiving account.
    pub beneficiary_account_number: Option<String>,
    /// The tax number of the paying bank.
    pub payer_rfc: Option<String>,
    /// The paying account.
    pub payer_account_number: Option<String>,
    /// The paying bank.
    pub payer_bank_name: Option<String>,
    /// What was paid.
    #[serde(default)]
    pub related_documents: Vec<PaidInvoice>,
}

/// An invoice that was paid, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct PaidInvoice {
    /// The authority's number of it.
    pub invoice_identification: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Whether it was to be paid at once.
    pub payment_method: Option<PaymentMethod>,
    /// The how-manieth payment of it this is.
    pub partiality_number: u32,
    /// Owed before.
    pub previous_balance: Option<Amount>,
    /// Paid now.
    pub amount_paid: Option<Amount>,
    /// Owed after.
    pub outstanding_balance: Option<Amount>,
}

/// One pay of an employee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Payroll {
    /// How many days are paid.
    pub days: Option<u32>,
    /// Ordinary or not, by its code.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What was paid.
    pub amount: Amount,
    /// The version of its form.
    pub version: String,
    /// The first day that is paid.
    pub date_from: Option<Date>,
    /// The last day that is paid.
    pub date_to: Option<Date>,
    /// When this was read.
    pub collected_at: Option<Moment>,
    /// The day on which it was paid.
    pub payment_date: Date,
    /// How often.
    #[serde(default)]
    pub periodicity: Option<Periodicity>,
    /// What was earned.
    #[serde(default)]
    pub earnings_breakdown: Option<Vec<Earning>>,
    /// What was taken off.
    #[serde(default)]
    pub tax_deductions: Option<Vec<PayrollAmount>>,
    /// What else was paid.
    #[serde(default)]
    pub other_payments: Option<Vec<PayrollAmount>>,
}

words!(
    /// How often somebody is paid.
    Periodicity {
        /// Every day.
        Daily = "DAILY",
        /// Every week.
        Weekly = "WEEKLY",
        /// Every ten days.
        TenthDay = "TENTH_DAY",
        /// Every two weeks.
        FourteenthDay = "FOURTEENTH_DAY",
        /// Twice a month.
        FifteenthDay = "FIFTEENTH_DAY",
        /// Every month.
        Monthly = "MONTHLY",
        /// Every two months.
        Bimonthly = "BIMONTHLY",
        /// By the task.
        PerTask = "PER_TASK",
        /// By commission.
        Commission = "COMMISSION",
        /// Once.
        OneOff = "ONE_OFF",
        /// Otherwise.
        Other = "OTHER_PERIODICITY",
    }
);

/// Something that was earned.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Earning {
    /// What, by its code.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The part that is taxed.
    pub taxable_amount: Amount,
    /// The part that is not.
    pub vat_free_amount: Amount,
}

/// Something that was taken off, or paid besides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct PayrollAmount {
    /// What, by its code.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// How much.
    pub amount: Amount,
}

/// Why only the outline of an invoice is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Warnings {
    /// `sat_xml_limit_reached` or `sat_service_unavailable`.
    pub code: Option<String>,
    /// The same in words.
    pub message: Option<String>,
}

/// What tells the shapes apart.
#[derive(Deserialize)]
struct Outline {
    invoice_type: Option<String>,
    sender_details: Option<IgnoredAny>,
    receiver_details: Option<IgnoredAny>,
}

fn read(item: &RawValue, account: Option<String>, stamp: Timestamp) -> Result<Item, BadItem> {
    let it: Outline = parse(&INVOICES, item)?;
    let details = it.sender_details.is_some() || it.receiver_details.is_some();
    if details || it.invoice_type.as_deref() == Some(invoices_colombia::SALE) {
        invoices_colombia::read(item, account, stamp)
    } else {
        read_mexico(item, account, stamp)
    }
}

/// By what an invoice is known, whatever its country: the authority's number of it.
pub(super) fn key(number: Option<&str>) -> Result<String, BadItem> {
    let number = number.map(str::trim).unwrap_or_default();
    if number.is_empty() {
        return Err(bad(&INVOICES, "invoice_identification", "must be known"));
    }
    Ok(format!("folio:{}", number.to_ascii_lowercase()))
}

fn read_mexico(
    item: &RawValue,
    account: Option<String>,
    stamp: Timestamp,
) -> Result<Item, BadItem> {
    let mut it: Invoice = parse(&INVOICES, item)?;
    let key = key(it.invoice_identification.as_deref())?;
    if it.invoice_date.is_none() {
        return Err(bad(&INVOICES, "invoice_date", "must be known"));
    }
    let stamp = Some(Moment(stamp));
    for line in &mut it.invoice_details {
        line.collected_at = stamp;
        line.retained_taxes.iter_mut().for_each(|tax| tax.collected_at = stamp);
        line.transferred_taxes.iter_mut().for_each(|tax| tax.collected_at = stamp);
    }
    if let Some(payroll) = &mut it.payroll {
        payroll.collected_at = stamp;
    }
    it.sender_blacklist_status = it.sender_tax_fraud_status;
    it.receiver_blacklist_status = it.receiver_tax_fraud_status;
    Ok(Item {
        facts: Facts::Keyed(vec![key]),
        account,
        source_id: None,
        day: it.invoice_date,
        body: body(&INVOICES, &it)?,
    })
}

fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let says = "What somebody has issued or received, in the shape of its country.";
    let mexico = served::<Invoice>(&INVOICES);
    any_of("Invoice", says, [mexico, served::<InvoiceColombia>(&INVOICES)])
}
