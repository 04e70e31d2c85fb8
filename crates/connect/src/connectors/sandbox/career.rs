//! What people work, from their first job on: for whom, since when and for how much. The bank shows
//! the wages, social security the jobs, and both of them this.

use super::{
    institutions::Country,
    people::Person,
    users::{Work, work_of},
    world::month_of,
};

/// Somebody who pays wages.
#[derive(Debug)]
pub(super) struct Employer {
    pub(super) name: &'static str,
    /// The code of what it does, where its country has it: CNAE, CIIU.
    pub(super) activity: &'static str,
    /// What it does.
    pub(super) does: &'static str,
}

const fn employer(name: &'static str, activity: &'static str, does: &'static str) -> Employer {
    Employer { name, activity, does }
}

static MX: &[Employer] = &[
    employer("SERVICIOS LUMBRE SA DE CV", "5611", "Servicios"),
    employer("GRUPO ARRECIFE SA DE CV", "4610", "Comercio"),
    employer("TALLERES OCASO SA DE CV", "8111", "Talleres"),
    employer("EDITORIAL CENZONTLE SA DE CV", "5111", "Editorial"),
];
static CO: &[Employer] = &[
    employer("INDUSTRIAS PARAMO SAS", "1089", "Elaboración de alimentos"),
    employer("GRUPO CORDILLERA SAS", "4631", "Comercio al por mayor"),
    employer("TEJIDOS FRAILEJON SAS", "1312", "Tejeduría"),
];
static BR: &[Employer] = &[
    employer("AURORA SISTEMAS LTDA", "6201501", "Software"),
    employer("GRUPO MARE ALTA SA", "4712100", "Comércio"),
    employer("LIVRARIA IPE AMARELO LTDA", "4761001", "Livraria"),
];

static CL: &[Employer] = &[
    employer("VIÑEDOS COIRON SPA", "1102", "Elaboración de vinos"),
    employer("GRUPO TRAPANANDA SPA", "4690", "Comercio al por mayor"),
    employer("EDITORIAL COPIHUE LTDA", "5811", "Edición de libros"),
];

/// A time with one employer. Months count from the year 0, and jobs begin and end with them.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) employer: &'static Employer,
    /// The first month.
    pub(super) since: i64,
    /// The first month no more, if it ends.
    pub(super) until: Option<i64>,
    /// What the first month paid before anything was withheld, in cents.
    base: i64,
}

impl Job {
    /// What `month` paid before anything was withheld, in cents: four percent more each year, for
    /// five years.
    pub(super) fn monthly(&self, month: i64) -> i64 {
        let years = ((month - self.since) / 12).clamp(0, RAISES);
        (self.base * (100 + 4 * years) / 100) / ROUND * ROUND
    }
    /// The months in which the wage rose, up to `last`.
    pub(super) fn raises(&self, last: i64) -> impl Iterator<Item = i64> {
        let months = (1..=RAISES).map(|year| self.since + 12 * year);
        let end = self.until.map_or(last, |until| last.min(until - 1));
        months.filter(move |month| *month <= end)
    }
    /// Whether it lasts in `month`.
    pub(super) fn lasts(&self, month: i64) -> bool {
        self.since <= month && self.until.is_none_or(|until| month < until)
    }
}

/// What is withheld of a wage, in percent.
const WITHHELD: i64 = 20;

/// A wage before and after what is withheld of it, in cents. Social security and the tax authority
/// see the whole of it, and the bank what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pay {
    pub(super) gross: i64,
    pub(super) net: i64,
}

impl Pay {
    /// Of what was earned.
    pub(super) const fn of(gross: i64) -> Self {
        Self { gross, net: gross - gross * WITHHELD / 100 }
    }
    /// Of what was paid out.
    pub(super) const fn leaving(net: i64) -> Self {
        Self::of(net * 100 / (100 - WITHHELD))
    }
    /// What was kept for taxes and insurance.
    pub(super) const fn withheld(self) -> i64 {
        self.gross - self.net
    }
}

/// How often a wage rises in one job.
const RAISES: i64 = 5;
/// Wages are even, so that their parts are whole cents.
const ROUND: i64 = 1_000;
/// For so many years somebody is followed.
const YEARS: i64 = 150;
/// What careers are split for.
const CAREER: u64 = 701;

/// The jobs of somebody, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Career {
    jobs: Vec<Job>,
}

impl Career {
    /// Of a person; companies have none.
    pub(super) fn of(person: &Person) -> Self {
        if person.company {
            return Self { jobs: Vec::new() };
        }
        let seed = person.seed.with(CAREER);
        let employers = match person.country {
            Country::Mexico => MX,
            Country::Colombia => CO,
            Country::Brazil => BR,
            Country::Chile => CL,
        };
        let begins = month_of(person.born) + 12 * 18 + seed.below(24).cast_signed();
        let years = (0..YEARS).map(|year| (year, seed.with(1).with(year.cast_unsigned())));
        let times: Vec<(i64, Option<i64>)> = match work_of(&person.document) {
            Work::Steady => {
                let mut starts = vec![begins];
                for (year, seed) in years.skip(1).filter(|(_, seed)| seed.once_in(5)) {
                    starts.push(begins + 12 * year + seed.with(1).below(12).cast_signed());
                }
                let ends = starts.iter().skip(1).map(|start| Some(*start)).chain([None]);
                starts.iter().copied().zip(ends).collect()
            }
            // From April to October.
            Work::Seasonal => years
                .map(|(year, _)| begins.div_euclid(12) * 12 + 12 * (year + 1) + 3)
                .map(|april| (april, Some(april + 7)))
                .collect(),
            Work::Idle => vec![(begins, Some(begins + 60))],
        };
        let first = seed.with(2).at(employers.len());
        let jobs = times.into_iter().enumerate().map(|(n, (since, until))| {
            let wage = seed.with(3).with(n as u64).between(5_700_000, 7_300_000);
            let employer = &employers[(first + n) % employers.len()];
            Job { employer, since, until, base: person.country.scale(wage) }
        });
        Self { jobs: jobs.collect() }
    }
    /// The job that they have in `month`.
    pub(super) fn job(&self, month: i64) -> Option<&Job> {
        self.jobs.iter().find(|job| job.lasts(month))
    }
    /// The jobs that they have had up to `month`, the first one first.
    pub(super) fn jobs(&self, month: i64) -> impl Iterator<Item = &Job> {
        self.jobs.iter().take_while(move |job| job.since <= month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_paid_out_is_left_of_what_was_earned_to_the_cent(net in 0..1_000_000_000_i64) {
            let pay = Pay::leaving(net);
            prop_assert_eq!(pay.net, net);
            prop_assert_eq!(pay.withheld(), pay.gross / 5);
        }
    }
}
