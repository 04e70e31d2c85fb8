//! Employments of Colombia: who paid into social security for somebody, month by month.

use super::{body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{Count, Envelope, Events, News, Origin, Part, Resource, Verbs, WindowRule},
    words,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/co/employments/`.
pub static EMPLOYMENTS_COLOMBIA: Resource = Resource {
    name: "EMPLOYMENTS_COLOMBIA",
    offered_as: "EMPLOYMENTS",
    announced_as: "EMPLOYMENTS",
    path: "/api/co/employments/",
    noun: "Colombian employment",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: true },
    institutions: &[InstitutionType::Employment],
    countries: &["CO"],
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
        Field::date("start_date", Source::Column("day")),
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
    schemas: || served::<EmploymentColombia>(&EMPLOYMENTS_COLOMBIA),
};

/// A time with an employer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmploymentColombia {
    /// The employer.
    pub employer_data: EmployerColombia,
    /// What was paid, month by month.
    pub salary_and_benefit_details: Option<Vec<SalaryColombia>>,
}

/// Who pays into social security.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmployerColombia {
    /// The registered name.
    pub name: Option<String>,
    /// `NIT`, `CE`, `CC` or `PASSPORT`.
    pub id_type: Option<String>,
    /// The number of that.
    pub id_number: Option<u64>,
    /// The code of the main activity.
    pub economic_activity_code: Option<u32>,
    /// The main activity.
    pub economic_activity_code_description: Option<String>,
    /// The code of the class.
    pub contributor_class_code: Option<String>,
    /// The class.
    pub contributor_class_code_description: Option<String>,
    /// The code of the type.
    pub contributor_type_code: Option<u32>,
    /// The type.
    pub contributor_type_description: Option<String>,
    /// For how many months the person worked there.
    pub tenure: Option<u32>,
}

/// What a month paid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct SalaryColombia {
    /// `YYYY-MM`.
    pub month: Option<String>,
    /// Before what is withheld.
    pub gross_amount: Option<Amount>,
    /// After it.
    pub net_amount: Option<Amount>,
    /// By which kind of contract.
    pub employment_type: Option<ContractType>,
    /// Says more about it.
    pub employment_type_additional_info: Option<String>,
    /// Whether parafiscal contributions are owed.
    pub parafiscal_contribution: Option<bool>,
    /// Whether everything is in the salary.
    pub salary_comprehensive: Option<bool>,
    /// Whether it is the same every month.
    pub salary_type: Option<SalaryKind>,
    /// The pension fund.
    pub pension_fund_name: Option<String>,
    /// The health insurance.
    pub healthcare_provider_name: Option<String>,
    /// What explains the month.
    pub status_changes: Option<Vec<StatusChange>>,
}
words!(
    /// A kind of contract.
    ContractType {
        /// Employed.
        Salaried = "SALARIED",
        /// By contract.
        Contractual = "CONTRACTUAL",
        /// A pension.
        Pensioned = "PENSIONED",
    }
);
words!(
    /// Whether a salary is the same every month.
    SalaryKind {
        /// It is.
        Fixed = "FIXED",
        /// It is not.
        Variable = "VARIABLE",
    }
);
words!(
    /// What explains a month.
    StatusChange {
        /// It was the first.
        First = "FIRST_MONTH",
        /// It was the last.
        Final = "FINAL_MONTH",
        /// Away.
        OnLeave = "ON_LEAVE",
        /// Retired.
        Retirement = "RETIREMENT_MONTH",
        /// On holiday.
        OnVacation = "ON_VACATION",
        /// The salary rose or fell for good.
        PermanentChange = "PERMANENT_SALARY_CHANGE",
        /// It did for a while.
        TemporaryChange = "TEMPORARY_SALARY_CHANGE",
    }
);

fn read(item: &RawValue, _key: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: EmploymentColombia = parse(&EMPLOYMENTS_COLOMBIA, item)?;
    let months = it.salary_and_benefit_details.iter().flatten();
    let first = months.filter_map(|row| row.month.as_deref()).min();
    let employer = it.employer_data.id_number.map(|number| number.to_string());
    let employer = employer.or_else(|| it.employer_data.name.clone()).unwrap_or_default();
    let key = format!("contract:{employer}|{}", first.unwrap_or_default());
    Ok(Item {
        account: None,
        source_id: None,
        facts: Facts::Keyed(vec![key]),
        day: first.and_then(|month| format!("{month}-01").parse().ok()),
        body: body(&EMPLOYMENTS_COLOMBIA, &it)?,
    })
}
