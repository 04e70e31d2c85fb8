//! Bills: what a card's period came to, once it is closed.

use super::{accounts::ACCOUNTS, bad, body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{
        Count, Envelope, Events, News, Origin, Parent, Part, Resource, Shown, Verbs, WindowRule,
    },
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/bills/`.
pub static BILLS: Resource = Resource {
    name: "BILLS",
    offered_as: "BILLS",
    announced_as: "BILLS",
    path: "/api/bills/",
    noun: "bill",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::Now,
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: None,
    belongs_to: Some(Parent { resource: &ACCOUNTS, shown: Shown::Whole("account") }),
    envelope: &[Envelope::Id, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("account", IN, Source::Column("account")),
        Field::id("id", IN, Source::Column("id")),
        Field::date("due_date", Source::Column("day")),
        Field::instant("collected_at", Source::Column("collected_at")).bounds(),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: Some("link"),
    deletion_limited: false,
    marks_seen: false,
    events: Events {
        loaded: &[("total_bills", Count::Total)],
        new: &[News::of("new_bills_available", &[("new_bills", Count::New)])],
        updated: None,
        deleted: None,
        changes: None,
        told: None,
    },
    read,
    schemas: || served::<Bill>(&BILLS),
};

/// What a card's period came to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Bill {
    /// The institution's own key.
    pub internal_identification: Option<String>,
    /// What the institution calls it, mostly its month.
    pub bill_name: Option<String>,
    /// When it is to be paid.
    pub due_date: Option<Date>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// What it came to.
    pub total_amount: Option<Amount>,
    /// The least that must be paid.
    pub minimum_amount: Option<Amount>,
    /// Whether it may be paid in instalments.
    pub is_installment: Option<bool>,
    /// What it charges for credit and for being late.
    #[serde(default)]
    pub finance_charges: Vec<FinanceCharge>,
    /// What was paid on it.
    #[serde(default)]
    pub payments: Vec<BillPayment>,
}

/// What a bill charges for credit or for being late.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct FinanceCharge {
    /// What for.
    #[serde(rename = "type")]
    pub kind: Option<FinanceChargeType>,
    /// Says more.
    pub additional_info: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// How much.
    pub amount: Option<Amount>,
}
words!(
    /// What a bill charges for.
    FinanceChargeType {
        /// What was paid late.
        LatePaymentInterest = "LATE_PAYMENT_INTEREST",
        /// Being late at all.
        LateFee = "LATE_FEE",
        /// What was not paid.
        ArrearsInterest = "ARREARS_INTEREST",
        /// The tax on credit.
        Iof = "IOF",
        /// Nothing.
        NoCharge = "NO_CHARGE",
        /// Something else.
        Other = "OTHER",
    }
);

/// What was paid on a bill.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct BillPayment {
    /// All of it, or a part.
    #[serde(rename = "type")]
    pub kind: Option<BillPaymentType>,
    /// When.
    pub payment_date: Option<Date>,
    /// How.
    pub payment_mode: Option<BillPaymentMode>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// How much.
    pub amount: Option<Amount>,
}
words!(
    /// How much of a bill was paid.
    BillPaymentType {
        /// An instalment.
        Installment = "INSTALLMENT",
        /// All of it.
        Full = "FULL",
        /// Some of it.
        Other = "OTHER",
    }
);
words!(
    /// How a bill was paid.
    BillPaymentMode {
        /// Taken from an account.
        DirectDebit = "DIRECT_DEBIT",
        /// By a slip with a bar code.
        BankSlip = "BANK_SLIP",
        /// Taken from wages.
        SalaryDeduction = "SALARY_DEDUCTION",
        /// By instant transfer.
        Pix = "PIX",
    }
);

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: Bill = parse(&BILLS, item)?;
    let id = it.internal_identification.as_ref().map(|id| format!("id:{id}"));
    let due = it.due_date.map(|day| format!("due:{day}"));
    let keys: Vec<String> = id.into_iter().chain(due).collect();
    if keys.is_empty() {
        return Err(bad(&BILLS, "due_date", "must be known where the bill has no key"));
    }
    Ok(Item {
        account,
        source_id: it.internal_identification.clone(),
        facts: Facts::Keyed(keys),
        day: it.due_date,
        body: body(&BILLS, &it)?,
    })
}
