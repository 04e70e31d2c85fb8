//! What social security shows of careers: reports and current jobs in Mexico, contracts in Brazil
//! and Colombia.

use super::{
    career::{Job, Pay},
    chance::Seed,
    institutions::Country,
    items::Showing,
    national_ids::tax_number,
    pdf,
    world::{in_month, month_of},
};
use domain::{
    money::Amount,
    resources::{
        current_employments::{CurrentEmploymentMexico, CurrentJob, CurrentPersonalData},
        employment_records::{
            EmploymentDocument, EmploymentDocumentType, EmploymentRecord, EmploymentStatus,
            Entitlements, Job as ReportedJob, JobEvent, JobEventType, PersonalData, SocialSecurity,
        },
        employments_brazil::{
            EmployerBrazil, EmploymentBrazil, OccupationBrazil, SalaryBrazil, SalaryType,
        },
        employments_colombia::{
            ContractType, EmployerColombia, EmploymentColombia, SalaryColombia, SalaryKind,
            StatusChange,
        },
    },
    time::Window,
};
use jiff::civil::Date;

fn first_day(job: &Job) -> Date {
    in_month(job.since, 1)
}
fn month_name(month: i64) -> String {
    let day = in_month(month, 1);
    format!("{:04}-{:02}", day.year(), day.month())
}
fn days(from: Date, to: Date) -> u32 {
    let span = from.until(to).map_or(0, |span| span.get_days());
    u32::try_from(span + 1).unwrap_or(0)
}
/// The wage of a day, of that of a month.
fn daily(monthly: i64) -> Amount {
    Amount::cents(monthly * 10 / 304)
}

impl Showing<'_> {
    fn month(&self) -> i64 {
        month_of(self.today())
    }
    /// The last day of a job, if it has ended.
    fn last_day(&self, job: &Job) -> Option<Date> {
        let until = job.until.filter(|until| *until <= self.month())?;
        Some(in_month(until - 1, 31))
    }
    fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.world.career.jobs(self.month())
    }
    fn job(&self) -> Option<&Job> {
        self.world.career.job(self.month())
    }
    /// The last month of a job whose wage was paid.
    fn last_paid(&self, job: &Job) -> i64 {
        job.until.map_or(self.month(), |until| until.min(self.month())) - 1
    }
    fn register(job: &Job) -> String {
        format!("Y{}", Seed::of(&["register", job.employer.name]).digits(9))
    }
    fn documents(&self) -> Vec<EmploymentDocument> {
        let person = &self.world.person;
        [
            (EmploymentDocumentType::Nss, person.nss()),
            (EmploymentDocumentType::Curp, person.document.clone()),
            (EmploymentDocumentType::Rfc, person.rfc()),
        ]
        .map(|(kind, number)| EmploymentDocument {
            document_type: Some(kind),
            document_number: Some(number),
        })
        .into()
    }
    fn families(&self) -> String {
        format!("{} {}", self.world.person.last, self.world.person.second_last)
    }

    /// Today's report on all jobs.
    pub(super) fn employment_record(&self) -> EmploymentRecord {
        let person = &self.world.person;
        let jobs: Vec<ReportedJob> = self.jobs().map(|job| self.reported(job)).collect();
        let employed = self.job().is_some();
        let weeks = jobs.iter().map(|job| job.weeks_employed).sum();
        EmploymentRecord {
            report_date: Some(self.today()),
            days_since_extraction: 0,
            internal_identification: person.document.clone(),
            personal_data: PersonalData {
                official_name: Some(person.name.clone()),
                first_name: Some(person.first.clone()),
                last_name: Some(self.families()),
                birth_date: Some(person.born),
                entitlements: Entitlements {
                    entitled_to_health_insurance: true,
                    entitled_to_company_benefits: employed,
                    // Two months longer than the last job.
                    valid_until: if employed {
                        None
                    } else {
                        let ended = self.jobs().last().and_then(|job| job.until);
                        ended.map(|until| in_month(until + 1, 31))
                    },
                    status: Some(if employed {
                        EmploymentStatus::Employed
                    } else {
                        EmploymentStatus::Unemployed
                    }),
                },
                document_ids: self.documents(),
                email: Some(person.email.clone()),
            },
            social_security_summary: Some(SocialSecurity {
                weeks_redeemed: Some(0),
                weeks_reinstated: Some(0),
                weeks_contributed: Some(weeks),
            }),
            employment_records: jobs.into_iter().rev().collect(),
            employment_scores: None,
            salary_estimation: None,
        }
    }

    /// The report as social security prints it.
    pub(super) fn printed_report(&self, it: &EmploymentRecord) -> Vec<u8> {
        let said = |text: Option<&String>| text.cloned().unwrap_or_default();
        let documents = it.personal_data.document_ids.iter().filter_map(|one| {
            Some(format!("{}: {}", one.document_type?, one.document_number.as_deref()?))
        });
        let weeks = it.social_security_summary.as_ref().and_then(|all| all.weeks_contributed);
        let mut lines = vec![
            format!("Nombre: {}", said(it.personal_data.official_name.as_ref())),
            format!("Fecha: {}", self.today()),
            format!("Semanas cotizadas: {}", weeks.unwrap_or_default()),
        ];
        lines.extend(documents);
        for job in &it.employment_records {
            let end = job.end_date.map_or("vigente".into(), |day| day.to_string());
            lines.push(String::new());
            lines.push(job.employer.clone());
            lines.push(format!("Registro patronal: {}", said(job.employer_id.as_ref())));
            lines.push(format!("Alta: {}, baja: {end}", job.start_date));
            lines.push(format!("Salario base diario: {}", job.most_recent_base_salary));
        }
        pdf::document("CONSTANCIA DE SEMANAS COTIZADAS", &lines)
    }

    fn reported(&self, job: &Job) -> ReportedJob {
        let end = self.last_day(job);
        let last = end.map_or(self.month(), month_of);
        let wage = job.monthly(last);
        let event = |event, month, on| JobEvent {
            event: Some(event),
            base_salary: daily(job.monthly(month)),
            update_date: on,
        };
        let left = end.map(|end| event(JobEventType::Left, last, end));
        let raises = job
            .raises(last)
            .map(|month| event(JobEventType::SalaryModified, month, in_month(month, 1)));
        let raises: Vec<JobEvent> = raises.collect();
        let hired = event(JobEventType::Hired, job.since, first_day(job));
        ReportedJob {
            collected_at: None,
            employer: job.employer.name.into(),
            employer_id: Some(Self::register(job)),
            start_date: first_day(job),
            end_date: end,
            weeks_employed: days(first_day(job), end.unwrap_or(self.today())) / 7,
            state: Some(self.world.person.city.state.to_owned()),
            most_recent_base_salary: daily(wage),
            monthly_salary: Amount::cents(wage),
            currency: self.country().currency().into(),
            employment_status_updates: Some(
                left.into_iter().chain(raises.into_iter().rev()).chain([hired]).collect(),
            ),
        }
    }

    /// The job of this month.
    pub(super) fn current_employment(&self) -> CurrentEmploymentMexico {
        let person = &self.world.person;
        let job = self.job();
        let current = job.map(|job| {
            let wage = job.monthly(self.month());
            vec![CurrentJob {
                employer: job.employer.name.into(),
                employer_id: Self::register(job),
                employer_rfc: tax_number(Country::Mexico, job.employer.name),
                state: person.city.state.into(),
                days_employed: days(first_day(job), self.today()),
                base_salary: Some(daily(wage)),
                monthly_salary: Some(Amount::cents(wage)),
            }]
        });
        CurrentEmploymentMexico {
            month: job.map(|_| month_name(self.month())),
            internal_identification: job.map(|_| person.document.clone()),
            personal_data: CurrentPersonalData {
                official_name: Some(person.name.clone()),
                first_name: Some(person.first.clone()),
                last_name: Some(self.families()),
                birth_date: Some(person.born),
                document_ids: self.documents(),
            },
            status: if job.is_some() {
                EmploymentStatus::Employed
            } else {
                EmploymentStatus::Unemployed
            },
            current_employment_records: current,
        }
    }

    /// The jobs that `window` touches; all of them without one.
    fn touched(&self, window: Option<Window>) -> impl Iterator<Item = &Job> {
        let mut jobs: Vec<&Job> = self.jobs().collect();
        jobs.reverse();
        jobs.into_iter().filter(move |job| {
            window.is_none_or(|window| {
                first_day(job) <= window.to
                    && self.last_day(job).is_none_or(|end| end >= window.from)
            })
        })
    }

    /// Contracts of Brazil, the latest first.
    pub(super) fn contracts_brazil(&self, window: Option<Window>) -> Vec<EmploymentBrazil> {
        self.touched(window).map(|job| self.contract_brazil(job)).collect()
    }

    fn contract_brazil(&self, job: &Job) -> EmploymentBrazil {
        let (start, end) = (first_day(job), self.last_day(job));
        let row = |kind, month: i64, base: i64| SalaryBrazil {
            base_amount: Amount::cents(base),
            retained_amount: Amount::cents(Pay::of(base).withheld()),
            kind: Some(kind),
            month: month_name(month),
            currency: self.country().currency().into(),
        };
        let mut salaries = Vec::new();
        for month in (job.since..=self.last_paid(job)).rev() {
            let wage = job.monthly(month);
            salaries.push(row(SalaryType::Regular, month, wage));
            if matches!(month.rem_euclid(12), 10 | 11) {
                salaries.push(row(SalaryType::Thirteenth, month, wage / 2));
            }
        }
        EmploymentBrazil {
            start_date: start,
            end_date: end,
            employer_data: EmployerBrazil {
                name: job.employer.name.into(),
                code: tax_number(Country::Brazil, job.employer.name),
                economic_activity: job.employer.activity.into(),
            },
            occupations: vec![OccupationBrazil {
                start_date: start,
                end_date: end,
                description: "411010 - Assistente administrativo".into(),
                name: "Analista".into(),
                locale: "Urbana".into(),
            }],
            salaries,
        }
    }

    /// Times with employers of Colombia, the latest first.
    pub(super) fn contracts_colombia(&self, window: Option<Window>) -> Vec<EmploymentColombia> {
        self.touched(window).map(|job| self.contract_colombia(job)).collect()
    }

    fn contract_colombia(&self, job: &Job) -> EmploymentColombia {
        let last = self.last_paid(job);
        let nit = tax_number(Country::Colombia, job.employer.name);
        let number: String = nit.chars().take_while(char::is_ascii_digit).collect();
        let raises: Vec<i64> = job.raises(last).collect();
        let row = |month: i64| {
            // In June and December half a wage comes on top.
            let extra = matches!(month.rem_euclid(12), 5 | 11);
            let pay = Pay::of(job.monthly(month) * if extra { 3 } else { 2 } / 2);
            let changes = [
                (month == job.since, StatusChange::First),
                (job.until == Some(month + 1), StatusChange::Final),
                (raises.contains(&month), StatusChange::PermanentChange),
            ];
            SalaryColombia {
                month: Some(month_name(month)),
                gross_amount: Some(Amount::cents(pay.gross)),
                net_amount: Some(Amount::cents(pay.net)),
                employment_type: Some(ContractType::Salaried),
                employment_type_additional_info: None,
                parafiscal_contribution: Some(true),
                salary_comprehensive: Some(false),
                salary_type: Some(SalaryKind::Fixed),
                pension_fund_name: Some("Fondo Horizonte Andino".into()),
                healthcare_provider_name: Some("Salud Páramo EPS".into()),
                status_changes: Some(
                    changes.into_iter().filter(|(is, _)| *is).map(|(_, change)| change).collect(),
                ),
            }
        };
        EmploymentColombia {
            employer_data: EmployerColombia {
                name: Some(job.employer.name.into()),
                id_type: Some("NIT".into()),
                id_number: number.parse().ok(),
                economic_activity_code: job.employer.activity.parse().ok(),
                economic_activity_code_description: Some(job.employer.does.into()),
                contributor_class_code: Some("A".into()),
                contributor_class_code_description: Some("Aportante con 200 o más".into()),
                contributor_type_code: Some(1),
                contributor_type_description: Some("Empleador".into()),
                tenure: u32::try_from(last + 1 - job.since).ok(),
            },
            salary_and_benefit_details: Some((job.since..=last).rev().map(row).collect()),
        }
    }
}
