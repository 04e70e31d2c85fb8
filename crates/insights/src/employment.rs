//! Employment metrics: jobs, the time between them and what they paid, as of a day.
//!
//! A change of salary is one of more than 2 %. The last year is the last 365 days; three and five
//! years are those of the calendar. A month's salary is the mean of what was earned a day in it,
//! times 30.4; days without a job count as nothing, months without one not at all.

use crate::{
    book::number,
    exact::{Money, quotient},
};
use domain::{
    money::Amount,
    resources::{
        employment_metrics::EmploymentMetric,
        employment_records::{self, EmploymentRecord, EmploymentStatus, JobEventType},
    },
};
use jiff::{
    Span,
    civil::{Date, date},
};
use std::collections::BTreeSet;

/// A change of so many percent or less is none.
const NO_CHANGE: i128 = 2;

/// What a register knows of a person's work.
#[derive(Debug, Clone, Default)]
pub struct Career {
    /// When the person was born.
    pub birth_date: Option<Date>,
    /// What the register says of them, where no job does.
    pub status: Option<EmploymentStatus>,
    /// The jobs, in any order.
    pub jobs: Vec<Job>,
}

impl Career {
    /// As a report tells it. Where it does not say when the person was born, their CURP does.
    #[must_use]
    pub fn reported(report: &EmploymentRecord) -> Self {
        Self {
            birth_date: report
                .personal_data
                .birth_date
                .or_else(|| born(&report.internal_identification)),
            status: report.personal_data.entitlements.status,
            jobs: report.employment_records.iter().map(Job::reported).collect(),
        }
    }
}

impl Job {
    fn reported(job: &employment_records::Job) -> Self {
        let events = job.employment_status_updates.iter().flatten();
        // Whoever has left earns nothing more there.
        let paid = events.filter(|event| event.event != Some(JobEventType::Left));
        Self {
            employer: job.employer_id.clone().unwrap_or_else(|| job.employer.clone()),
            start: job.start_date,
            end: job.end_date,
            base_salary: Some(job.most_recent_base_salary),
            salaries: paid.map(|event| (event.update_date, event.base_salary)).collect(),
        }
    }
}

/// The birthday in a CURP: `BLPM951331…` is of the year 95. Since 2000 the last letter but one is
/// one.
fn born(curp: &str) -> Option<Date> {
    let number = |from: usize| curp.get(from..from + 2)?.parse::<i8>().ok();
    let century = if curp.as_bytes().get(16)?.is_ascii_alphabetic() { 2000 } else { 1900 };
    Date::new(century + i16::from(number(4)?), number(6)?, number(8)?).ok()
}

/// Work for one employer from one day to another.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// What the employer is known by: their number, or else their name.
    pub employer: String,
    /// The first day.
    pub start: Date,
    /// The last day; `None` while it lasts.
    pub end: Option<Date>,
    /// What is earned a day, where no movement says so.
    pub base_salary: Option<Amount>,
    /// From which day on how much was earned a day, in any order.
    pub salaries: Vec<(Date, Amount)>,
}

/// A job as far as it had got on the day that is looked back from.
struct Held<'a> {
    employer: &'a str,
    start: i32,
    /// That day, while it lasts.
    end: i32,
    is_open: bool,
    /// In order of days; never empty where anything is known.
    salaries: Vec<(i32, Money)>,
}

impl<'a> Held<'a> {
    fn by(job: &'a Job, today: i32) -> Option<Self> {
        let start = number(job.start);
        if start > today {
            return None;
        }
        let end = job.end.map(number).filter(|end| *end < today);
        let mut salaries: Vec<(i32, Money)> = job
            .salaries
            .iter()
            .map(|(day, salary)| (number(*day), *salary))
            .filter(|(day, _)| *day <= today)
            .filter_map(|(day, salary)| Some((day, Money::of(salary)?)))
            .collect();
        salaries.sort_unstable();
        if salaries.is_empty() {
            salaries.extend(job.base_salary.and_then(Money::of).map(|salary| (start, salary)));
        }
        let (is_open, end) = (end.is_none(), end.unwrap_or(today).max(start));
        Some(Self { employer: &job.employer, start, end, is_open, salaries })
    }
    fn first_salary(&self) -> Option<Money> {
        self.salaries.first().map(|(_, salary)| *salary)
    }
    fn last_salary(&self) -> Option<Money> {
        self.salaries.last().map(|(_, salary)| *salary)
    }
    /// What it paid on a day; before anything is known, what is known first.
    fn salary_on(&self, day: i32) -> Option<Money> {
        if day < self.start || day > self.end {
            return None;
        }
        let known = self.salaries.partition_point(|(from, _)| *from <= day);
        self.salaries.get(known.saturating_sub(1)).map(|(_, salary)| *salary)
    }
    /// The changes inside it.
    fn changes(&self) -> impl Iterator<Item = Change> {
        self.salaries.windows(2).filter_map(|two| Change::between(two[1].0, two[0].1, two[1].1))
    }
}

/// A change of salary, up or down.
struct Change {
    day: i32,
    is_raise: bool,
}
impl Change {
    fn between(day: i32, before: Money, after: Money) -> Option<Self> {
        let is_none = after.abs_diff(before).within(NO_CHANGE, before);
        (!is_none).then_some(Self { day, is_raise: after > before })
    }
}

/// How many raises and how many cuts.
fn counted(changes: impl Iterator<Item = Change>) -> (u32, u32) {
    changes.fold(
        (0, 0),
        |(up, down), change| {
            if change.is_raise { (up + 1, down) } else { (up, down + 1) }
        },
    )
}

/// What a stretch of years came to.
#[derive(Default)]
struct Years {
    raises: Option<u32>,
    cuts: Option<u32>,
    change: Option<Amount>,
    least: Option<Amount>,
    mean: Option<Amount>,
    most: Option<Amount>,
}

/// A career's metrics as of `reference`, or else `today`; `reference_date` is null in the latter
/// case.
#[must_use]
pub fn employment_metrics(
    career: &Career,
    reference: Option<Date>,
    today: Date,
) -> EmploymentMetric {
    let as_of = reference.unwrap_or(today);
    let day = number(as_of);
    let mut jobs: Vec<Held> = career.jobs.iter().filter_map(|job| Held::by(job, day)).collect();
    jobs.sort_by(|a, b| {
        let key = |job: &Held| (job.start, job.end, job.salaries.clone());
        key(a).cmp(&key(b)).then_with(|| a.employer.cmp(b.employer))
    });
    let open = jobs.iter().filter(|job| job.is_open).count();
    let employers = jobs.iter().map(|job| job.employer).collect::<BTreeSet<_>>().len();
    let last = jobs
        .iter()
        .enumerate()
        .rfind(|(_, job)| job.is_open)
        .or_else(|| jobs.iter().enumerate().max_by_key(|(_, job)| job.end));
    let before = last.and_then(|(place, _)| jobs.get(place.checked_sub(1)?));
    let covered = Covered::by(&jobs);
    let begun = jobs.first().map(|job| job.start);
    let after_change = last.zip(before).and_then(|((_, last), before)| {
        let change = Change::between(last.start, before.last_salary()?, last.first_salary()?);
        Some(counted(change.into_iter()))
    });
    let in_last = last.map(|(_, job)| counted(job.changes()));
    let changes: Vec<Change> = changes(&jobs);
    let overall = last.map(|_| counted(changes.iter().map(|c| Change { ..*c })));
    let year = years(&jobs, &changes, as_of, 1);
    let three = years(&jobs, &changes, as_of, 3);
    let five = years(&jobs, &changes, as_of, 5);
    EmploymentMetric {
        reference_date: reference,
        age: career.birth_date.and_then(|born| age(born, as_of)),
        current_status: if open > 0 { Some(EmploymentStatus::Employed) } else { career.status },
        current_employer_count: u32::try_from(open).ok(),
        base_salary_last: last.and_then(|(_, job)| job.last_salary()).map(Money::shown),
        weeks_employed_last_job: last.and_then(|(_, job)| weeks(job.end - job.start)),
        weeks_since_last_job: last.and_then(|(_, job)| weeks(day - job.end)),
        weeks_employed_total: weeks(covered.once),
        weeks_with_multiple_employers: weeks(covered.twice),
        employer_count: u32::try_from(jobs.len()).ok(),
        unique_employer_count: u32::try_from(employers).ok(),
        employers_per_year: begun.and_then(|begun| {
            let years = i128::from(day - begun);
            quotient(i128::try_from(employers).ok()? * 36_525, years * 100, 2)
        }),
        weeks_between_jobs: weeks(covered.between),
        max_weeks_between_jobs: weeks(covered.most_between),
        increases_last_job: in_last.map(|(up, _)| up),
        decreases_last_job: in_last.map(|(_, down)| down),
        increases_after_change: after_change.map(|(up, _)| up),
        decreases_after_change: after_change.map(|(_, down)| down),
        increases_overall: overall.map(|(up, _)| up),
        decreases_overall: overall.map(|(_, down)| down),
        increases_1y: year.raises,
        decreases_1y: year.cuts,
        increases_3y: three.raises,
        decreases_3y: three.cuts,
        increases_5y: five.raises,
        decreases_5y: five.cuts,
        yearly_change_1y: year.change,
        yearly_change_3y: three.change,
        yearly_change_5y: five.change,
        min_monthly_salary_1y: year.least,
        min_monthly_salary_3y: three.least,
        min_monthly_salary_5y: five.least,
        average_monthly_salary_1y: year.mean,
        average_monthly_salary_3y: three.mean,
        average_monthly_salary_5y: five.mean,
        max_monthly_salary_1y: year.most,
        max_monthly_salary_3y: three.most,
        max_monthly_salary_5y: five.most,
    }
}

fn weeks(days: i32) -> Option<Amount> {
    quotient(i128::from(days), 7, 2)
}

/// Completed years.
fn age(born: Date, as_of: Date) -> Option<u32> {
    let had_birthday = (as_of.month(), as_of.day()) >= (born.month(), born.day());
    let years = i32::from(as_of.year()) - i32::from(born.year()) - i32::from(!had_birthday);
    u32::try_from(years).ok()
}

/// All changes of a career: inside jobs, and from each to the next.
fn changes(jobs: &[Held]) -> Vec<Change> {
    let between = jobs.windows(2).filter_map(|two| {
        Change::between(two[1].start, two[0].last_salary()?, two[1].first_salary()?)
    });
    jobs.iter().flat_map(Held::changes).chain(between).collect()
}

/// Days with jobs.
#[derive(Default)]
struct Covered {
    /// With at least one.
    once: i32,
    /// With two or more.
    twice: i32,
    /// Without one, between the first and the last.
    between: i32,
    /// The longest such time.
    most_between: i32,
}
impl Covered {
    /// By jobs in order of their starts.
    fn by(jobs: &[Held]) -> Self {
        let mut covered = Self::default();
        let Some(first) = jobs.first() else { return covered };
        // Until when one job lasts, and until when a second one does.
        let (mut one, mut two) = (first.start, first.start);
        for job in jobs {
            let gap = (job.start - one).max(0);
            covered.between += gap;
            covered.most_between = covered.most_between.max(gap);
            covered.twice += (job.end.min(one) - job.start.max(two)).max(0);
            covered.once += (job.end - one.max(job.start)).max(0);
            two = two.max(job.end.min(one));
            one = one.max(job.end);
        }
        covered
    }
}

/// The last `n` years before a day.
fn years(jobs: &[Held], changes: &[Change], as_of: Date, n: i16) -> Years {
    let Some(first) = jobs.first() else { return Years::default() };
    let day = number(as_of);
    let from = match n {
        1 => day - 365,
        _ => number(as_of.saturating_sub(Span::new().years(n))),
    };
    let is_shorter = n > 1 && first.start > from;
    let (raises, cuts) =
        counted(changes.iter().filter(|change| change.day > from).map(|c| Change { ..*c }));
    let months: Vec<Option<Money>> =
        (0..=12 * i32::from(n)).map(|back| month(jobs, as_of, back)).collect();
    let (now, then) = (months.first().copied().flatten(), months.last().copied().flatten());
    let change = now.zip(then).and_then(|(now, then)| (now - then).percent_of(then));
    let within = || months.iter().take(12 * usize::try_from(n).unwrap_or(1)).flatten().copied();
    let sum: Money = within().sum();
    Years {
        raises: (!is_shorter).then_some(raises),
        cuts: (!is_shorter).then_some(cuts),
        change: change.filter(|_| !is_shorter),
        least: within().min().map(Money::shown),
        mean: sum.among(within().count()),
        most: within().max().map(Money::shown),
    }
}

/// The salary of the calendar month so many months before a day's, which counts only up to that
/// day; `None` without a job.
fn month(jobs: &[Held], as_of: Date, back: i32) -> Option<Money> {
    let months = i32::from(as_of.year()) * 12 + i32::from(as_of.month()) - 1 - back;
    let year = i16::try_from(months.div_euclid(12)).ok()?;
    let first = date_of(year, months.rem_euclid(12) + 1)?;
    let (from, to) = (number(first), number(first.last_of_month().min(as_of)));
    let mut earned: Option<Money> = None;
    for job in jobs.iter().filter(|job| job.start <= to && job.end >= from) {
        for day in from..=to {
            if let Some(salary) = job.salary_on(day) {
                *earned.get_or_insert_default() += salary;
            }
        }
    }
    let days = usize::try_from(to - from + 1).ok()?;
    earned?.times(304).divided(10 * days)
}

fn date_of(year: i16, month: i32) -> Option<Date> {
    let month = i8::try_from(month).ok()?;
    ((-9998..=9998).contains(&year) && (1..=12).contains(&month)).then(|| date(year, month, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn job(employer: &str, start: Date, end: Option<Date>, salaries: &[(Date, i64)]) -> Job {
        Job {
            employer: employer.into(),
            start,
            end,
            base_salary: None,
            salaries: salaries
                .iter()
                .map(|(day, pesos)| (*day, Amount::cents(pesos * 100)))
                .collect(),
        }
    }
    fn shown(amount: Option<Amount>) -> String {
        amount.map_or("null".into(), |amount| amount.to_string())
    }
    fn career() -> Career {
        Career {
            birth_date: Some(date(1990, 6, 15)),
            status: Some(EmploymentStatus::Unemployed),
            jobs: vec![
                job(
                    "B",
                    date(2020, 3, 1),
                    None,
                    &[(date(2020, 3, 1), 500), (date(2023, 3, 1), 505), (date(2024, 1, 1), 600)],
                ),
                job(
                    "A",
                    date(2015, 1, 1),
                    Some(date(2019, 12, 31)),
                    &[(date(2015, 1, 1), 300), (date(2017, 1, 1), 400), (date(2018, 1, 1), 350)],
                ),
            ],
        }
    }

    #[test]
    fn a_career_is_counted_as_the_definitions_say() {
        let metric = employment_metrics(&career(), Some(date(2024, 6, 14)), date(2026, 1, 1));
        assert_eq!(metric.reference_date, Some(date(2024, 6, 14)));
        assert_eq!(metric.age, Some(33), "the birthday is tomorrow");
        assert_eq!(metric.current_status, Some(EmploymentStatus::Employed));
        assert_eq!(metric.current_employer_count, Some(1));
        assert_eq!(shown(metric.base_salary_last), "600.00");
        assert_eq!(shown(metric.weeks_since_last_job), "0.00");
        assert_eq!(shown(metric.weeks_between_jobs), "8.71", "61 days");
        assert_eq!(metric.max_weeks_between_jobs, metric.weeks_between_jobs);
        assert_eq!((metric.employer_count, metric.unique_employer_count), (Some(2), Some(2)));
        assert_eq!(
            (metric.increases_last_job, metric.decreases_last_job),
            (Some(1), Some(0)),
            "1 % is no change"
        );
        assert_eq!(
            (metric.increases_after_change, metric.decreases_after_change),
            (Some(1), Some(0))
        );
        assert_eq!((metric.increases_overall, metric.decreases_overall), (Some(3), Some(1)));
        assert_eq!((metric.increases_1y, metric.decreases_1y), (Some(1), Some(0)));
        assert_eq!((metric.increases_5y, metric.decreases_5y), (Some(2), Some(0)));
        assert_eq!(shown(metric.max_monthly_salary_1y), "18240.00", "600 a day, 30.4 days");
        assert_eq!(shown(metric.min_monthly_salary_1y), "15352.00");
        assert_eq!(shown(metric.yearly_change_1y), "18.81");
    }
    #[test]
    fn without_a_reference_it_is_todays() {
        let metric = employment_metrics(&career(), None, date(2019, 12, 31));
        assert_eq!(metric.reference_date, None);
        assert_eq!(metric.current_status, Some(EmploymentStatus::Employed), "the last day counts");
        let later = employment_metrics(&career(), None, date(2020, 1, 14));
        assert_eq!(later.current_status, Some(EmploymentStatus::Unemployed));
        assert_eq!(shown(later.weeks_since_last_job), "2.00");
        assert_eq!(later.increases_5y, Some(1));
        let early = employment_metrics(&career(), None, date(2017, 6, 1));
        assert_eq!((early.increases_3y, early.increases_1y), (None, Some(1)), "too short a career");
    }
    #[test]
    fn who_never_worked_has_no_last_job() {
        let metric = employment_metrics(&Career::default(), None, date(2024, 1, 1));
        assert_eq!((metric.employer_count, metric.age), (Some(0), None));
        assert_eq!((metric.base_salary_last, metric.weeks_since_last_job), (None, None));
        assert_eq!(metric.increases_overall, None);
    }
    #[test]
    fn weeks_of_two_jobs_count_once_and_as_multiple() {
        let jobs = vec![
            job("A", date(2024, 1, 1), Some(date(2024, 3, 11)), &[]),
            job("B", date(2024, 1, 15), Some(date(2024, 1, 29)), &[]),
            job("C", date(2024, 1, 22), Some(date(2024, 2, 5)), &[]),
        ];
        let metric =
            employment_metrics(&Career { jobs, ..Career::default() }, None, date(2024, 5, 1));
        assert_eq!(shown(metric.weeks_employed_total), "10.00");
        assert_eq!(shown(metric.weeks_with_multiple_employers), "3.00");
    }
    proptest! {
        #[test]
        fn jobs_may_come_in_any_order(
            jobs in prop::collection::vec((0..4000_i64, 0..2000_i64, any::<bool>(), 1..2000_i64), 0..8),
            turn in 0..8_usize,
        ) {
            let day = |n: i64| date(2012, 1, 1).saturating_add(Span::new().days(n));
            let mut jobs: Vec<Job> = jobs.into_iter().map(|(start, length, open, salary)| {
                let end = (!open).then(|| day(start + length));
                job(&format!("E{}", salary % 3), day(start), end, &[(day(start), salary), (day(start + length / 2), salary + 9)])
            }).collect();
            let metric = |jobs: &[Job]| employment_metrics(&Career { jobs: jobs.to_vec(), ..Career::default() }, None, date(2024, 1, 1));
            let one = metric(&jobs);
            let turn = turn.min(jobs.len());
            jobs.rotate_left(turn);
            prop_assert_eq!(&metric(&jobs), &one);
            let (all, twice) = (one.weeks_employed_total, one.weeks_with_multiple_employers);
            prop_assert!(all >= twice && twice >= Some(Amount::ZERO));
            prop_assert!(one.max_weeks_between_jobs <= one.weeks_between_jobs);
        }
    }
}
