//! Debt reports of Chile: what the banks have told the authority of somebody's debts.

use super::{body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{
        Count, Documents, Envelope, Events, News, Origin, Part, Resource, Verbs, WindowRule,
    },
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/cl/debt-reports/`.
pub static DEBT_REPORTS: Resource = Resource {
    name: "DEBT_REPORTS",
    offered_as: "DEBT_REPORTS",
    announced_as: "DEBT_REPORTS",
    path: "/api/cl/debt-reports/",
    noun: "debt report",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: true },
    institutions: &[InstitutionType::Fiscal],
    countries: &["CL"],
    core: false,
    window: WindowRule::Now,
    kinds: None,
    documents: Some(Documents::apart("attach_pdf", &["pdf"])),
    single: false,
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
    events: Events {
        loaded: &[("total_debt_reports", Count::Total)],
        new: &[News::of("new_debt_reports_available", &[("new_debt_reports", Count::New)])],
        ..Events::NONE
    },
    read,
    schemas: || served::<DebtReport>(&DEBT_REPORTS),
};

/// Somebody's debts as of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DebtReportChile)]
pub struct DebtReport {
    /// Whose they are.
    pub personal_data: DebtorChile,
    /// As of this day.
    pub debt_data_last_update: Date,
    /// ISO 4217.
    pub currency: String,
    /// All of them.
    pub total: Option<Amount>,
    /// Not late.
    pub current: Option<Amount>,
    /// 30 to 59 days late.
    pub delinquent: Option<Amount>,
    /// 60 to 89 days late.
    pub severely_delinquent: Option<Amount>,
    /// 90 days late or more.
    pub defaulted: Option<Amount>,
    /// As the debtor.
    pub direct_debts: Option<Vec<DebtToBank>>,
    /// As a guarantor.
    pub indirect_debts: Option<Vec<DebtToBank>>,
    /// Credit that could still be drawn.
    pub credit_lines: Option<Vec<CreditAvailable>>,
    /// Other credit.
    pub other_credits: Option<Vec<CreditAvailable>>,
}

/// Who owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DebtorChile {
    /// The whole name.
    pub full_name: String,
    /// Always `RUT`.
    pub document_id_type: DebtorDocument,
    /// The RUT.
    pub document_id_number: String,
}
words!(
    /// By what a debtor is known.
    DebtorDocument {
        /// The tax number.
        Rut = "RUT",
    }
);

/// What is owed to one bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DebtToBank {
    /// The bank.
    pub financial_institution: String,
    /// `Vivienda`, `Comercial`, `Consumo` or `Otro`.
    pub credit_type: String,
    /// All of it.
    pub amount: Amount,
    /// Not late.
    pub current: Option<Amount>,
    /// 30 to 59 days late.
    pub delinquent: Option<Amount>,
    /// 60 to 89 days late.
    pub severely_delinquent: Option<Amount>,
    /// 90 days late or more.
    pub defaulted: Option<Amount>,
}

/// What one bank would still lend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreditAvailable {
    /// The bank.
    pub financial_institution: String,
    /// To the debtor.
    pub direct_amount: Option<Amount>,
    /// To others for whom they answer.
    pub indirect_amount: Option<Amount>,
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: DebtReport = parse(&DEBT_REPORTS, item)?;
    Ok(Item {
        facts: Facts::Keyed(vec![format!("as_of:{}", it.debt_data_last_update)]),
        account,
        source_id: None,
        day: Some(it.debt_data_last_update),
        body: body(&DEBT_REPORTS, &it)?,
    })
}
