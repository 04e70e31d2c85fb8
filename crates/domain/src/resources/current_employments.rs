//! Current employments: the jobs that somebody in Mexico has in one month.

use super::{
    body,
    employment_records::{EmploymentDocument, EmploymentStatus},
    parse, served,
};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{Count, Envelope, Events, Origin, Part, Resource, Verbs, WindowRule},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/mx/current-employments/`.
pub static CURRENT_EMPLOYMENTS: Resource = Resource {
    name: "CURRENT_EMPLOYMENTS",
    offered_as: "CURRENT_EMPLOYMENTS",
    announced_as: "CURRENT_EMPLOYMENTS",
    path: "/api/mx/current-employments/",
    noun: "current employment",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Employment],
    countries: &[],
    core: true,
    window: WindowRule::Now,
    kinds: None,
    documents: None,
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
        Field::instant("collected_at", Source::Column("collected_at")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events { loaded: &[("total_current_employments", Count::Total)], ..Events::NONE },
    read,
    schemas: || served::<CurrentEmploymentMexico>(&CURRENT_EMPLOYMENTS),
};

/// The jobs of one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CurrentEmploymentMexico {
    /// Which, `YYYY-MM`; null without work.
    pub month: Option<String>,
    /// The person's CURP; null without work.
    pub internal_identification: Option<String>,
    /// The person.
    pub personal_data: CurrentPersonalData,
    /// `EMPLOYED` or `UNEMPLOYED`.
    pub status: EmploymentStatus,
    /// The jobs; null without work.
    pub current_employment_records: Option<Vec<CurrentJob>>,
}

/// Whose jobs they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CurrentPersonalData {
    /// The whole name.
    pub official_name: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The family names.
    pub last_name: Option<String>,
    /// Born.
    pub birth_date: Option<Date>,
    /// Documents.
    pub document_ids: Vec<EmploymentDocument>,
}

/// A job that somebody has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CurrentJob {
    /// The employer.
    pub employer: String,
    /// The employer's number in the register.
    pub employer_id: String,
    /// The employer's tax number.
    pub employer_rfc: String,
    /// The state where it is.
    pub state: String,
    /// For how many days by now.
    pub days_employed: u32,
    /// What is paid for a day.
    pub base_salary: Option<Amount>,
    /// What is paid for a month.
    pub monthly_salary: Option<Amount>,
}

fn read(item: &RawValue, _key: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: CurrentEmploymentMexico = parse(&CURRENT_EMPLOYMENTS, item)?;
    let jobs = it.current_employment_records.iter().flatten();
    let employers: Vec<&str> = jobs.map(|job| job.employer_id.as_str()).collect();
    let month = it.month.as_deref().unwrap_or_default();
    let key = format!("month:{month}|{}|{}", it.status, employers.join(","));
    Ok(Item {
        account: None,
        source_id: None,
        facts: Facts::Keyed(vec![key]),
        day: None,
        body: body(&CURRENT_EMPLOYMENTS, &it)?,
    })
}
