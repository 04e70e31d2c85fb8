//! Employment records: what Mexico's social security knows of somebody's jobs, report by report.

use super::{bad, body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{
        Changes, Count, Documents, DocumentsShown, Envelope, Events, Origin, Part, Passing,
        Resource, Verbs, WindowRule,
    },
    time::Moment,
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The document that belongs to a report, by its title: the weeks that were paid in.
pub const REPORT: &str = "Constancia de semanas cotizadas";

/// `/api/employment-records/`.
pub static EMPLOYMENT_RECORDS: Resource = Resource {
    name: "EMPLOYMENT_RECORDS",
    offered_as: "EMPLOYMENT_RECORDS",
    announced_as: "EMPLOYMENT_RECORDS",
    path: "/api/employment-records/",
    noun: "employment record",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: true },
    institutions: &[InstitutionType::Employment],
    countries: &[],
    core: true,
    window: WindowRule::Now,
    kinds: None,
    documents: Some(Documents {
        asked_by: "attach_pdf",
        names: &[REPORT],
        shown: DocumentsShown::Listed("files"),
    }),
    single: false,
    load: Part::WHOLE,
    vanishes: false,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[
        Envelope::Id,
        Envelope::Link,
        Envelope::CollectedAt,
        Envelope::CreatedAt,
        Envelope::Passing(Passing::Days { key: "days_since_extraction", since: "collected_at" }),
    ],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("id", IN, Source::Column("id")),
        Field::text("internal_identification", IN, Source::Body(&["internal_identification"])),
        Field::instant("collected_at", Source::Column("collected_at")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: None,
    deletion_limited: true,
    marks_seen: false,
    events: Events {
        loaded: &[("total_employment_record_profiles", Count::Total)],
        changes: Some(Changes { code: "employment_changes", between: changes }),
        ..Events::NONE
    },
    read,
    schemas: || served::<EmploymentRecord>(&EMPLOYMENT_RECORDS),
};

/// A report on all of somebody's jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmploymentRecord {
    /// The day of the report; that of reading where the institution does not say.
    pub report_date: Option<Date>,
    /// How many days old it is when it is shown.
    #[serde(default)]
    pub days_since_extraction: u32,
    /// The person's CURP.
    pub internal_identification: String,
    /// The person.
    pub personal_data: PersonalData,
    /// What was paid in; null where the institution does not count it.
    pub social_security_summary: Option<SocialSecurity>,
    /// The jobs.
    pub employment_records: Vec<Job>,
    /// How likely the person is to keep a job; null without a model.
    pub employment_scores: Option<Vec<EmploymentScore>>,
    /// What the person may earn today; null without a model.
    pub salary_estimation: Option<SalaryEstimate>,
}

/// Whose report it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonalData {
    /// The whole name.
    pub official_name: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The family names.
    pub last_name: Option<String>,
    /// Born.
    pub birth_date: Option<Date>,
    /// What the person is entitled to.
    pub entitlements: Entitlements,
    /// Documents.
    pub document_ids: Vec<EmploymentDocument>,
    /// E-mail.
    pub email: Option<String>,
}

/// What somebody is entitled to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entitlements {
    /// The public health insurance.
    pub entitled_to_health_insurance: bool,
    /// What the employer pays besides.
    pub entitled_to_company_benefits: bool,
    /// Until when; null while employed.
    pub valid_until: Option<Date>,
    /// Whether the person has work.
    pub status: Option<EmploymentStatus>,
}
words!(
    /// Whether somebody has work.
    EmploymentStatus {
        /// Has.
        Employed = "EMPLOYED",
        /// Has stopped for good.
        Retired = "RETIRED",
        /// Has none.
        Unemployed = "UNEMPLOYED",
    }
);

/// A document of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmploymentDocument {
    /// Which.
    pub document_type: Option<EmploymentDocumentType>,
    /// Its number.
    pub document_number: Option<String>,
}
words!(
    /// A kind of document.
    EmploymentDocumentType {
        /// Social security.
        Nss = "NSS",
        /// Of the person.
        Curp = "CURP",
        /// Of the taxpayer.
        Rfc = "RFC",
    }
);

/// What was paid in, in weeks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SocialSecurity {
    /// Taken out of the pension.
    pub weeks_redeemed: Option<u32>,
    /// Paid back.
    pub weeks_reinstated: Option<u32>,
    /// Paid in.
    pub weeks_contributed: Option<u32>,
}

/// A job: one time with one employer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Job {
    /// When this was read.
    pub collected_at: Option<Moment>,
    /// The employer.
    pub employer: String,
    /// The employer's number in the register.
    pub employer_id: Option<String>,
    /// The first day.
    pub start_date: Date,
    /// The last day; null while it lasts.
    pub end_date: Option<Date>,
    /// How many weeks it lasted.
    pub weeks_employed: u32,
    /// The state where it was.
    pub state: Option<String>,
    /// What was last paid for a day, with what is paid all year round besides.
    pub most_recent_base_salary: Amount,
    /// The same for a month.
    pub monthly_salary: Amount,
    /// ISO 4217.
    pub currency: String,
    /// What happened while it lasted.
    pub employment_status_updates: Option<Vec<JobEvent>>,
}

/// Something that happened in a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobEvent {
    /// What.
    pub event: Option<JobEventType>,
    /// What was paid for a day from then on.
    pub base_salary: Amount,
    /// When.
    pub update_date: Date,
}
words!(
    /// What can happen in a job.
    JobEventType {
        /// It ended.
        Left = "DISMISSED_RESIGNED",
        /// The salary rose or fell.
        SalaryModified = "SALARY_MODIFICATION",
        /// It began.
        Hired = "HIRED",
        /// Paid in by oneself.
        VoluntaryContribution = "VOLUNTARY_CONTRIBUTION",
        /// Away.
        Absence = "ABSENCE",
        /// Ill.
        SickLeave = "SICK_LEAVE",
        /// From the institution's own books.
        Normal = "NORMAL",
        /// From the workers' central base.
        Bduta = "BDUTA_CERTIFICATE",
        /// From another body.
        Dye = "DYE_CERTIFICATE",
    }
);

/// How likely somebody is to keep a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmploymentScore {
    /// 300 to 900, higher is better.
    pub score: Option<u16>,
    /// For so many months.
    pub period: u16,
    /// Which model says so.
    pub version: String,
}

/// What somebody may earn today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SalaryEstimate {
    /// Whether they earn anything.
    pub employment_status_estimate: Option<EmploymentStatus>,
    /// For a day.
    pub base_salary_estimate: Option<Amount>,
    /// ISO 4217.
    pub currency: String,
}

fn read(item: &RawValue, _key: Option<String>, stamp: Timestamp) -> Result<Item, BadItem> {
    let resource = &EMPLOYMENT_RECORDS;
    let mut it: EmploymentRecord = parse(resource, item)?;
    if it.internal_identification.is_empty() {
        return Err(bad(resource, "internal_identification", "must not be empty"));
    }
    for job in &mut it.employment_records {
        job.collected_at = Some(Moment(stamp));
    }
    let report = *it.report_date.get_or_insert_with(|| crate::time::day(stamp));
    Ok(Item {
        account: None,
        source_id: None,
        facts: Facts::Keyed(vec![format!("report:{}|{report}", it.internal_identification)]),
        day: Some(report),
        body: body(resource, &it)?,
    })
}

words!(
    /// What changed in somebody's work between two reports.
    EmploymentChange {
        /// Found work.
        Employed = "EMPLOYED",
        /// Lost it.
        Unemployed = "UNEMPLOYED",
        /// Stopped for good.
        Retired = "RETIRED",
        /// Works for somebody else.
        EmployerChanged = "EMPLOYER_CHANGED",
        /// Earns more.
        SalaryIncreased = "SALARY_INCREASED",
        /// Earns less.
        SalaryDecreased = "SALARY_DECREASED",
    }
);

/// What changed from the report `before` to the report `after`, both as they are served.
fn changes(before: &str, after: &str) -> Vec<&'static str> {
    let read = |body| serde_json::from_str::<EmploymentRecord>(body).ok();
    let (Some(before), Some(after)) = (read(before), read(after)) else { return Vec::new() };
    let (was, is) = (status(&before), status(&after));
    let mut changes = Vec::new();
    match is {
        _ if was == is => {}
        Some(EmploymentStatus::Employed) => changes.push(EmploymentChange::Employed),
        Some(EmploymentStatus::Unemployed) => changes.push(EmploymentChange::Unemployed),
        Some(EmploymentStatus::Retired) => changes.push(EmploymentChange::Retired),
        None => {}
    }
    let (earlier, later) = (open(&before), open(&after));
    if !earlier.is_empty() && !later.is_empty() {
        let employers = |jobs: &[&Job]| -> BTreeSet<String> {
            jobs.iter().map(|job| job.employer_id.clone().unwrap_or(job.employer.clone())).collect()
        };
        let daily = |jobs: &[&Job]| jobs.iter().map(|job| job.most_recent_base_salary.0).sum();
        let (had, has): (rust_decimal::Decimal, rust_decimal::Decimal) =
            (daily(&earlier), daily(&later));
        if employers(&earlier) != employers(&later) {
            changes.push(EmploymentChange::EmployerChanged);
        }
        match has.cmp(&had) {
            std::cmp::Ordering::Greater => changes.push(EmploymentChange::SalaryIncreased),
            std::cmp::Ordering::Less => changes.push(EmploymentChange::SalaryDecreased),
            std::cmp::Ordering::Equal => {}
        }
    }
    changes.into_iter().map(EmploymentChange::as_str).collect()
}

/// The jobs that had not ended.
fn open(report: &EmploymentRecord) -> Vec<&Job> {
    report.employment_records.iter().filter(|job| job.end_date.is_none()).collect()
}
fn status(report: &EmploymentRecord) -> Option<EmploymentStatus> {
    report.personal_data.entitlements.status
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn report(status: &str, jobs: &[(&str, f64)]) -> String {
        let job = |(employer, salary): &(&str, f64)| -> Value {
            json!({"employer": employer, "start_date": "2024-01-01", "weeks_employed": 10,
                "most_recent_base_salary": salary, "monthly_salary": 1, "currency": "MXN"})
        };
        json!({"report_date": "2026-01-14", "internal_identification": "C",
            "personal_data": {"document_ids": [], "entitlements": {"status": status,
                "entitled_to_health_insurance": true, "entitled_to_company_benefits": true}},
            "employment_records": jobs.iter().map(job).collect::<Vec<_>>()})
        .to_string()
    }

    #[test]
    fn two_reports_tell_what_changed() {
        let idle = report("UNEMPLOYED", &[]);
        let one = report("EMPLOYED", &[("A", 10.0)]);
        assert_eq!(changes(&one, &one), [""; 0]);
        assert_eq!(changes(&idle, &one), ["EMPLOYED"]);
        assert_eq!(changes(&one, &idle), ["UNEMPLOYED"]);
        assert_eq!(changes(&one, &report("RETIRED", &[])), ["RETIRED"]);
        assert_eq!(changes(&one, &report("EMPLOYED", &[("A", 11.0)])), ["SALARY_INCREASED"]);
        assert_eq!(
            changes(&one, &report("EMPLOYED", &[("B", 9.0)])),
            ["EMPLOYER_CHANGED", "SALARY_DECREASED"]
        );
        assert_eq!(changes("not a report", &one), [""; 0]);
    }
}
