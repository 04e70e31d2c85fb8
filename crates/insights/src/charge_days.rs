//! The working days of the month on which a debit most probably succeeds.
//!
//! A working day is any from Monday to Friday: which holidays there are, no calendar here knows.

use crate::{
    book::{ASSETS, Book, day_of, number},
    exact::{Money, middle},
    incomes::Found,
};
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;

/// The best day and so many further ones.
const SHOWN: usize = 4;
/// They are at least so many working days apart.
const APART: u8 = 3;
/// So many days after it, what goes out speaks against a day.
const AFTER: i32 = 2;
/// The most days of balances that are looked at: twelve months.
const MOST: i32 = 365;

/// Ordinals of working days, the best first: by the median of what was left at the end of that day,
/// less the median of what went out in the two days after it. Where no balance is known, those
/// right after the regular incomes.
pub(crate) fn charge_days(book: &Book, found: &[Found], from: i32, to: i32) -> Vec<u8> {
    let days = (to - from + 1).clamp(1, MOST);
    let scores = match book.balances(to, days) {
        Some(balances) => by_balance(book, &balances, to),
        None => by_income(found),
    };
    let mut ranked: Vec<(u8, Money)> = scores.into_iter().collect();
    ranked.sort_by_key(|&(ordinal, score)| (std::cmp::Reverse(score), ordinal));
    let mut chosen: Vec<u8> = Vec::with_capacity(SHOWN);
    for (ordinal, _) in ranked {
        if chosen.iter().all(|other| ordinal.abs_diff(*other) >= APART) {
            chosen.push(ordinal);
        }
        if chosen.len() == SHOWN {
            break;
        }
    }
    chosen
}

fn by_balance(book: &Book, balances: &[Money], to: i32) -> BTreeMap<u8, Money> {
    let mut out: BTreeMap<i32, Money> = BTreeMap::new();
    let days = i32::try_from(balances.len()).unwrap_or(MOST);
    for entry in book.between(to - days, to) {
        if !entry.is_inflow() && book.is_in(entry, ASSETS) {
            *out.entry(entry.number).or_default() += entry.money;
        }
    }
    let mut seen: BTreeMap<u8, (Vec<Money>, Vec<Money>)> = BTreeMap::new();
    for (day, balance) in (0..days).map(|back| to - back).zip(balances) {
        let Some(ordinal) = ordinal(day_of(day)) else { continue };
        let after = (1..=AFTER).filter_map(|after| out.get(&(day + after)).copied()).sum();
        let (left, went) = seen.entry(ordinal).or_default();
        left.push(*balance);
        went.push(after);
    }
    // The last ordinals are not in every month; what half of the months lack says little.
    let most = seen.values().map(|(left, _)| left.len()).max().unwrap_or_default();
    seen.into_iter()
        .filter(|(_, (left, _))| left.len() * 2 >= most)
        .map(|(ordinal, (mut left, mut went))| (ordinal, middle(&mut left) - middle(&mut went)))
        .collect()
}

fn by_income(found: &[Found]) -> BTreeMap<u8, Money> {
    let mut scores: BTreeMap<u8, Money> = BTreeMap::new();
    for found in found.iter().filter(|found| found.stream.frequency.is_regular()) {
        for day in &found.days {
            let next = (1..=3).find_map(|after| ordinal(day_of(day + after)));
            if let (Some(next), Some(money)) = (next, Money::of(found.stream.average_income_amount))
            {
                *scores.entry(next).or_default() += money;
            }
        }
    }
    scores
}

/// The how-manieth working day of its month a day is.
fn ordinal(day: Date) -> Option<u8> {
    let is_working = |day: Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    if !is_working(day) {
        return None;
    }
    let first = number(day.first_of_month());
    let count = (first..=number(day)).filter(|n| is_working(day_of(*n))).count();
    u8::try_from(count).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn working_days_are_counted_from_monday_to_friday() {
        assert_eq!(ordinal(date(2024, 3, 1)), Some(1), "a Friday");
        assert_eq!(ordinal(date(2024, 3, 2)), None);
        assert_eq!(ordinal(date(2024, 3, 4)), Some(2));
        assert_eq!(ordinal(date(2024, 3, 29)), Some(21));
        assert_eq!(ordinal(date(2024, 1, 31)), Some(23));
    }
}
