//! Employment metrics: a career in numbers, computed from employment records.

use super::{
    computed,
    employment_records::{EMPLOYMENT_RECORDS, EmploymentStatus},
    parse, served,
};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{
        Computed, Count, Envelope, Events, Insight, Origin, Part, Resource, Verbs, WindowRule,
    },
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/employment-metrics/`.
pub static EMPLOYMENT_METRICS: Resource = Resource {
    name: "EMPLOYMENT_METRICS",
    offered_as: "EMPLOYMENT_METRICS",
    announced_as: "EMPLOYMENT_METRICS",
    path: "/api/employment-metrics/",
    noun: "employment metric",
    origin: Origin::Computed(Computed {
        insight: Insight::EmploymentMetrics,
        from: &[&EMPLOYMENT_RECORDS],
        choices: &[],
        keeps: Some(30),
    }),
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Employment],
    countries: &["MX"],
    core: true,
    window: WindowRule::Day,
    kinds: None,
    documents: None,
    single: true,
    load: Part::WHOLE,
    vanishes: false,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::Computations],
    filters: &[Field::id("link", IN, Source::Column("link"))],
    required: None,
    deletion_limited: false,
    marks_seen: true,
    events: Events { loaded: &[("total_employment_metrics", Count::Total)], ..Events::NONE },
    read,
    schemas: || served::<EmploymentMetric>(&EMPLOYMENT_METRICS),
};

/// A career as of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct EmploymentMetric {
    /// Date the metrics look back from; null means request day.
    pub reference_date: Option<Date>,
    /// Age in years at the reference date.
    pub age: Option<u32>,
    /// Status at the reference date. Values: `EMPLOYED`, `RETIRED`, `UNEMPLOYED`.
    pub current_status: Option<EmploymentStatus>,
    /// Jobs open at the reference date.
    pub current_employer_count: Option<u32>,
    /// Base salary of the latest (or current) job.
    pub base_salary_last: Option<Amount>,
    /// Weeks in the latest (or current) job.
    pub weeks_employed_last_job: Option<Amount>,
    /// Weeks since the last job ended; 0 when employed.
    pub weeks_since_last_job: Option<Amount>,
    /// Distinct weeks worked; overlaps count once.
    pub weeks_employed_total: Option<Amount>,
    /// Weeks with two or more open jobs.
    pub weeks_with_multiple_employers: Option<Amount>,
    /// Job periods ever held.
    pub employer_count: Option<u32>,
    /// Distinct employers; re-hires count once.
    pub unique_employer_count: Option<u32>,
    /// Distinct employers per career year.
    pub employers_per_year: Option<Amount>,
    /// Weeks without a job, summed.
    pub weeks_between_jobs: Option<Amount>,
    /// Longest gap in weeks.
    pub max_weeks_between_jobs: Option<Amount>,
    /// Raises above 2 % in the latest job.
    pub increases_last_job: Option<u32>,
    /// Cuts above 2 % in the latest job.
    pub decreases_last_job: Option<u32>,
    /// Raise between last two jobs, counted.
    pub increases_after_change: Option<u32>,
    /// Cut between last two jobs, counted.
    pub decreases_after_change: Option<u32>,
    /// Raises in the whole career.
    pub increases_overall: Option<u32>,
    /// Cuts in the whole career.
    pub decreases_overall: Option<u32>,
    /// Raises in the last year.
    pub increases_1y: Option<u32>,
    /// Cuts in the last year.
    pub decreases_1y: Option<u32>,
    /// Raises in three years; null if career shorter.
    pub increases_3y: Option<u32>,
    /// Cuts in three years; null if career shorter.
    pub decreases_3y: Option<u32>,
    /// Raises in five years; null if career shorter.
    pub increases_5y: Option<u32>,
    /// Cuts in five years; null if career shorter.
    pub decreases_5y: Option<u32>,
    /// Salary change over one year, percent.
    pub yearly_change_1y: Option<Amount>,
    /// Change over three years, percent; null if career shorter.
    pub yearly_change_3y: Option<Amount>,
    /// Change over five years, percent; null if career shorter.
    pub yearly_change_5y: Option<Amount>,
    /// Lowest monthly salary, one year.
    pub min_monthly_salary_1y: Option<Amount>,
    /// Lowest monthly salary, three years.
    pub min_monthly_salary_3y: Option<Amount>,
    /// Lowest monthly salary, five years.
    pub min_monthly_salary_5y: Option<Amount>,
    /// Mean monthly salary, one year.
    pub average_monthly_salary_1y: Option<Amount>,
    /// Mean monthly salary, three years.
    pub average_monthly_salary_3y: Option<Amount>,
    /// Mean monthly salary, five years.
    pub average_monthly_salary_5y: Option<Amount>,
    /// Highest monthly salary, one year.
    pub max_monthly_salary_1y: Option<Amount>,
    /// Highest monthly salary, three years.
    pub max_monthly_salary_3y: Option<Amount>,
    /// Highest monthly salary, five years.
    pub max_monthly_salary_5y: Option<Amount>,
}

/// What metrics are known by: the day that they look back from, or that they are of the day on
/// which they are asked for.
#[derive(Deserialize)]
struct Dated {
    reference_date: Option<Date>,
}

fn read(item: &RawValue, _key: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let Dated { reference_date } = parse(&EMPLOYMENT_METRICS, item)?;
    let day = reference_date.map_or_else(String::new, |day| day.to_string());
    Ok(computed(item, Facts::Keyed(vec![format!("reference:{day}")]), None))
}
