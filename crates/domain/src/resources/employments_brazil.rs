//! Employments of Brazil: somebody's contracts, with what each month paid.

use super::{body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{Count, Envelope, Events, News, Origin, Part, Resource, Verbs, WindowRule},
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/br/employments/`.
pub static EMPLOYMENTS_BRAZIL: Resource = Resource {
    name: "EMPLOYMENTS_BRAZIL",
    offered_as: "EMPLOYMENTS",
    announced_as: "EMPLOYMENTS",
    path: "/api/br/employments/",
    noun: "Brazilian employment",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: true },
    institutions: &[InstitutionType::Employment],
    countries: &["BR"],
    core: true,
    window: WindowRule::Touching,
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("id", IN, Source::Column("id")),
        Field::date("start_date", Source::Body(&["start_date"])),
        Field::date("end_date", Source::Body(&["end_date"])),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: Some("link"),
    deletion_limited: false,
    marks_seen: false,
    events: Events {
        loaded: &[("total_employments", Count::Total)],
        new: &[News::of("new_employments_available", &[("new_employments", Count::New)])],
        ..Events::NONE
    },
    read,
    schemas: || served::<EmploymentBrazil>(&EMPLOYMENTS_BRAZIL),
};

/// A contract with an employer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmploymentBrazil {
    /// The first day.
    pub start_date: Date,
    /// The last day; null while it lasts.
    pub end_date: Option<Date>,
    /// The employer.
    pub employer_data: EmployerBrazil,
    /// What the person did there.
    pub occupations: Vec<OccupationBrazil>,
    /// What was paid, month by month.
    pub salaries: Vec<SalaryBrazil>,
}

/// An employer of Brazil.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmployerBrazil {
    /// What it is called.
    pub name: String,
    /// Its number at the institution.
    pub code: String,
    /// CNAE code.
    pub economic_activity: String,
}

/// What somebody did for an employer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OccupationBrazil {
    /// The first day.
    pub start_date: Date,
    /// The last day; null while it lasts.
    pub end_date: Option<Date>,
    /// CBO occupation.
    pub description: String,
    /// The employer's word for it.
    pub name: String,
    /// `Urbana`, `Rural`, `Não Identificado`.
    pub locale: String,
}

/// What a month paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SalaryBrazil {
    /// Before what is withheld.
    pub base_amount: Amount,
    /// What is withheld.
    pub retained_amount: Amount,
    /// What kind of payment it is.
    #[serde(rename = "type")]
    pub kind: Option<SalaryType>,
    /// `YYYY-MM`.
    pub month: String,
    /// ISO 4217.
    pub currency: String,
}
words!(
    /// A kind of payment.
    SalaryType {
        /// For a month.
        Regular = "REGULAR",
        /// At the end of the year.
        Thirteenth = "THIRTEENTH",
        /// Paid in by oneself.
        Voluntary = "VOLUNTARY",
        /// A pension.
        Retirement = "RETIREMENT",
    }
);

fn read(item: &RawValue, _key: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: EmploymentBrazil = parse(&EMPLOYMENTS_BRAZIL, item)?;
    let key = format!("contract:{}|{}", it.employer_data.code, it.start_date);
    Ok(Item {
        account: None,
        source_id: None,
        facts: Facts::Keyed(vec![key]),
        day: None,
        body: body(&EMPLOYMENTS_BRAZIL, &it)?,
    })
}
