//! Incomes: streams of money that come into checking and savings accounts, each from one source.
//!
//! Rolling months are 30 days, counted back from the last day that is looked at. Money that was the
//! person's already (internal transfers, savings taken back, cash), refunds, reversals and loans
//! are no income.

use crate::{
    book::{ASSETS, Book, Entry, HISTORY, number},
    cadence::{Cadence, cadence},
    charge_days::charge_days,
    exact::{Money, median, middle, quotient, steadiness},
    text,
};
use domain::{
    money::Amount,
    resources::{
        incomes::{
            Confidence, Income, IncomeFrequency, IncomeSourceType, IncomeStream, IncomeType,
        },
        transactions::{Subcategory, TransactionCategory},
    },
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Days of a rolling month.
const MONTH: i32 = 30;
/// Medians of two streams that are one differ by less than so many percent.
const ALIKE: i128 = 10;
/// How often streams that are perhaps one are compared.
const PASSES: usize = 4;
/// No stream that comes at equal distances within a year has more incomes.
const MOST_REGULAR: usize = 120;

/// What is asked of the incomes in a book.
#[derive(Debug, Clone)]
pub struct IncomesWanted {
    /// The first day to look at; without one, the oldest movement of the last 365 days.
    pub from: Option<Date>,
    /// The last day to look at.
    pub to: Date,
    /// Only streams of these types; of all, if there is nothing here.
    pub types: Option<Vec<IncomeType>>,
    /// Only streams that will go on at least so probably.
    pub at_least: Confidence,
}

impl IncomesWanted {
    /// Everything there is up to a day.
    #[must_use]
    pub fn until(to: Date) -> Self {
        Self { from: None, to, types: None, at_least: Confidence::Low }
    }
}

/// One income, as far as streams are made of it.
#[derive(Clone, Copy)]
pub(crate) struct Received<'b> {
    pub(crate) number: i32,
    pub(crate) money: Money,
    entry: &'b Entry<'b>,
}

/// Incomes of one account that have one source, in order of days.
struct Group<'b> {
    account: usize,
    kind: IncomeType,
    counterparty: Option<&'b str>,
    received: Vec<Received<'b>>,
}

impl Group<'_> {
    fn days(&self) -> Vec<i32> {
        self.received.iter().map(|income| income.number).collect()
    }
    fn amounts(&self) -> Vec<Money> {
        self.received.iter().map(|income| income.money).collect()
    }
    fn middle(&self) -> Money {
        middle(&mut self.amounts())
    }
    fn cadence(&self) -> Cadence {
        cadence(&self.days(), self.received.len())
    }
}

/// A stream with what totals need of it.
pub(crate) struct Found {
    pub(crate) stream: IncomeStream,
    pub(crate) total: Money,
    periods: BTreeSet<i32>,
    pub(crate) days: Vec<i32>,
}

/// The incomes in a book.
#[must_use]
pub fn incomes(book: &Book, wanted: &IncomesWanted) -> Income {
    let to = number(wanted.to);
    let earliest = wanted.from.map_or(to - HISTORY + 1, number);
    let looked_at: Vec<&Entry> =
        book.between(earliest, to).iter().filter(|entry| book.is_in(entry, ASSETS)).collect();
    let (first, last) = (looked_at.first(), looked_at.last());
    let from = match wanted.from {
        Some(from) => number(from),
        None => first.map_or(to, |entry| entry.number),
    };
    let lookback = periods(to - from + 1);
    let mut begun: BTreeMap<usize, i32> = BTreeMap::new();
    for entry in &looked_at {
        begun.entry(entry.account).or_insert(entry.number);
    }
    let mut found: Vec<Found> = merged(groups(book, &looked_at))
        .into_iter()
        .map(|group| {
            let begun = begun.get(&group.account).copied().unwrap_or(to);
            let full = periods(to - begun + 1).min(lookback);
            described(book, &group, to, lookback, full)
        })
        .filter(|found| {
            let kind = found.stream.income_type;
            wanted.types.as_ref().is_none_or(|types| types.contains(&kind))
                && found.stream.confidence >= wanted.at_least
        })
        .collect();
    found.sort_by(|a, b| {
        let key = |f: &Found| (f.total, f.stream.last_income_date);
        key(b).cmp(&key(a)).then_with(|| {
            let key = |s: &IncomeStream| {
                (s.account_id.clone(), s.income_type, s.last_income_description.clone())
            };
            key(&a.stream).cmp(&key(&b.stream))
        })
    });
    let charge = charge_days(book, &found, from, to);
    let came = found.iter().flat_map(|found| &found.periods).collect::<BTreeSet<_>>().len();
    let span = first.zip(last).map_or(0, |(first, last)| last.number - first.number);
    let months = usize::try_from((span + MONTH / 2) / MONTH).unwrap_or_default().max(came).max(1);
    let sum = |class: &dyn Fn(&IncomeStream) -> bool| -> Money {
        found.iter().filter(|found| class(&found.stream)).map(|found| found.total).sum()
    };
    let sure = |level: Confidence| sum(&|stream| stream.confidence == level);
    let all = sum(&|_| true);
    let regular = sum(&|stream| stream.frequency.is_regular());
    let irregular = all - regular;
    let (low, medium, high) =
        (sure(Confidence::Low), sure(Confidence::Medium), sure(Confidence::High));
    let average = |money: Money| money.among(months).unwrap_or_default();
    Income {
        number_of_income_streams: found.len(),
        income_streams: found.into_iter().map(|found| found.stream).collect(),
        income_source_type: IncomeSourceType::Bank,
        first_transaction_date: first.map(|entry| entry.day),
        last_transaction_date: last.map_or(wanted.to, |entry| entry.day),
        best_working_day_to_charge: Some(charge.first().copied().unwrap_or(0)),
        good_working_days_to_charge: Some(charge.into_iter().skip(1).collect()),
        monthly_average: average(all),
        monthly_average_regular: average(regular),
        monthly_average_irregular: average(irregular),
        monthly_average_low_confidence: average(low),
        monthly_average_medium_confidence: average(medium),
        monthly_average_high_confidence: average(high),
        total_income_amount: all.shown(),
        total_regular_income_amount: regular.shown(),
        total_irregular_income_amount: irregular.shown(),
        total_low_confidence: low.shown(),
        total_medium_confidence: medium.shown(),
        total_high_confidence: high.shown(),
    }
}

/// Rolling months that so many days reach into.
fn periods(days: i32) -> u32 {
    u32::try_from(days.max(1).saturating_add(MONTH - 1) / MONTH).unwrap_or(1)
}

/// What kind of income a movement is; `None` if it is none.
fn kind(entry: &Entry) -> Option<IncomeType> {
    use Subcategory as Sub;
    use TransactionCategory as Of;
    if !entry.is_inflow() || entry.is_internal || !entry.money.is_positive() {
        return None;
    }
    match (entry.category, entry.subcategory) {
        (
            Some(Of::FeesCharges | Of::CreditsLoans | Of::InvestmentsSavings | Of::WithdrawalAtm),
            _,
        )
        | (Some(Of::Taxes), Some(Sub::TaxReturn)) => None,
        (Some(Of::IncomePayments), Some(Sub::Salary)) => Some(IncomeType::Salary),
        (Some(Of::IncomePayments), Some(Sub::Government)) => Some(IncomeType::Government),
        (Some(Of::IncomePayments), Some(Sub::Interest)) => Some(IncomeType::Interest),
        (Some(Of::IncomePayments), Some(Sub::Retirement)) => Some(IncomeType::Retirement),
        (Some(Of::IncomePayments), Some(Sub::Freelance)) => Some(IncomeType::Freelance),
        (Some(Of::IncomePayments), _) => Some(IncomeType::AlternativeIncome),
        (_, Some(Sub::Rent)) => Some(IncomeType::Rent),
        (Some(Of::Transfers), _) => Some(IncomeType::Transfer),
        (Some(Of::Deposits), _) => Some(IncomeType::Deposit),
        _ => Some(IncomeType::Unknown),
    }
}

/// Incomes by account, kind and source: the counterparty's document, or what the text says.
fn groups<'b>(book: &'b Book, looked_at: &[&'b Entry]) -> Vec<Group<'b>> {
    let mut groups: BTreeMap<(usize, IncomeType, Option<&str>, String), Group> = BTreeMap::new();
    for entry in looked_at {
        let Some(kind) = kind(entry) else { continue };
        let source = match entry.counterparty {
            Some(_) => String::new(),
            None => text::source(book.plain(entry)),
        };
        let group = groups.entry((entry.account, kind, entry.counterparty, source));
        let group = group.or_insert_with(|| Group {
            account: entry.account,
            kind,
            counterparty: entry.counterparty,
            received: Vec::new(),
        });
        group.received.push(Received { number: entry.number, money: entry.money, entry });
    }
    groups.into_values().collect()
}

/// Groups of one account and kind that are alike in amount and, taken together, come at equal
/// distances are one: a source that is written in several ways. Two different counterparties
/// never are. Neighbours by amount are compared, and again while that finds any, but not for ever.
fn merged(mut groups: Vec<Group>) -> Vec<Group> {
    for _ in 0..PASSES {
        let before = groups.len();
        groups.sort_by_cached_key(|group| {
            let first = group.received.first().map(|income| income.number);
            (group.account, group.kind, group.middle(), first)
        });
        let mut merged: Vec<Group> = Vec::with_capacity(before);
        for group in groups {
            match merged.last_mut() {
                Some(last) => match together(last, &group) {
                    Some(both) => *last = both,
                    None => merged.push(group),
                },
                None => merged.push(group),
            }
        }
        groups = merged;
        if groups.len() == before {
            break;
        }
    }
    groups
}

fn together<'b>(one: &Group<'b>, other: &Group<'b>) -> Option<Group<'b>> {
    let strangers = one.counterparty.zip(other.counterparty).is_some_and(|(a, b)| a != b);
    let count = one.received.len() + other.received.len();
    if one.account != other.account || one.kind != other.kind || strangers || count > MOST_REGULAR {
        return None;
    }
    let (a, b) = (one.middle(), other.middle());
    if !a.abs_diff(b).is_below(ALIKE, a.max(b)) {
        return None;
    }
    let mut received = one.received.clone();
    received.extend(&other.received);
    received.sort_by_key(|income| (income.number, income.money));
    let counterparty = one.counterparty.or(other.counterparty);
    let both = Group { account: one.account, kind: one.kind, counterparty, received };
    both.cadence().frequency.is_regular().then_some(both)
}

/// A group as the contract describes a stream.
fn described(book: &Book, group: &Group, to: i32, lookback: u32, full: u32) -> Found {
    let amounts = group.amounts();
    let count = amounts.len();
    let total: Money = amounts.iter().copied().sum();
    let periods: BTreeSet<i32> =
        group.received.iter().map(|income| (to - income.number) / MONTH).collect();
    let mut months: BTreeMap<(i16, i8), Money> = BTreeMap::new();
    for income in &group.received {
        let day = income.entry.day;
        *months.entry((day.year(), day.month())).or_default() += income.money;
    }
    let cadence = group.cadence();
    let is_single = cadence.frequency == IncomeFrequency::Single;
    let stability = steadiness(&amounts).filter(|_| !is_single);
    let trend =
        amounts.first().zip(amounts.last()).and_then(|(first, last)| (*last - *first).per(*first));
    let last = group.received.last();
    let since = last.map_or(i32::MAX, |income| to - income.number);
    let shown = u32::try_from(periods.len()).unwrap_or(u32::MAX);
    let sure = confidence(&cadence, stability, shown, full, since);
    let account = book.accounts.get(group.account);
    Found {
        days: group.days(),
        total,
        stream: IncomeStream {
            account_id: account.map(|account| account.id.clone()).unwrap_or_default(),
            income_type: group.kind,
            frequency: cadence.frequency,
            monthly_average: total.among(periods.len()).unwrap_or_default(),
            monthly_median: median(&mut months.into_values().collect::<Vec<_>>())
                .unwrap_or_default(),
            average_income_amount: total.among(count).unwrap_or_default(),
            last_income_amount: last.map_or(Amount::ZERO, |income| income.money.shown()),
            currency: book.currency.to_owned(),
            last_income_description: last.map_or("", |income| income.entry.description).to_owned(),
            last_income_date: last.map_or(Date::ZERO, |income| income.entry.day),
            stability: stability.and_then(hundredths),
            regularity: cadence.regularity.and_then(hundredths),
            trend: trend.filter(|_| !is_single),
            lookback_periods: lookback,
            full_periods: full,
            periods_with_income: shown,
            number_of_incomes: count,
            confidence: sure,
        },
        periods,
    }
}

fn hundredths(n: i128) -> Option<Amount> {
    quotient(n, 100, 2)
}

/// How probably a stream goes on, by how many of the full periods it came in, how equal its amounts
/// and how equal its distances are: 0.4, 0.3 and 0.3 of the score. At least 0.85 is high, if it
/// comes at equal distances and one of them and a half has not passed since the last; at least 0.6
/// is medium.
fn confidence(
    cadence: &Cadence,
    stability: Option<i128>,
    periods: u32,
    full: u32,
    since: i32,
) -> Confidence {
    let (Some(stability), Some(regularity)) = (stability, cadence.regularity) else {
        return Confidence::Low;
    };
    let full = i128::from(full.max(1));
    let came = i128::from(periods).min(full);
    // In ten-thousandths, times the full periods.
    let score = 4000 * came + 30 * (stability + regularity) * full;
    let is_fresh = i64::from(since) * 4 <= i64::from(cadence.twice_expected) * 3;
    if cadence.frequency.is_regular() && is_fresh && score >= 8500 * full {
        Confidence::High
    } else if score >= 6000 * full {
        Confidence::Medium
    } else {
        Confidence::Low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_samples_of_confidence_are_reproduced() {
        let monthly = |regularity| Cadence {
            frequency: IncomeFrequency::Monthly,
            regularity: Some(regularity),
            twice_expected: 60,
        };
        // Stability 1, regularity 0.75, 3 of 4 periods; stability 0.9, regularity 0.8, 5 of 5.
        assert_eq!(confidence(&monthly(75), Some(100), 3, 4, 10), Confidence::Medium);
        assert_eq!(confidence(&monthly(80), Some(90), 5, 5, 10), Confidence::High);
        assert_eq!(confidence(&monthly(80), Some(90), 5, 5, 46), Confidence::Medium, "it stopped");
        let single = cadence(&[0], 1);
        assert_eq!(confidence(&single, None, 1, 1, 0), Confidence::Low);
    }
}
