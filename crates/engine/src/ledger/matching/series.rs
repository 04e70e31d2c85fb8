//! Equal movements of each day, as a reading and the records show them: which of them move on where
//! the calendar moved.

use super::posting::Booked;
use jiff::{Span, civil::Date};
use std::collections::{BTreeMap, HashSet};

/// What a reading and the records show of one look, by day.
pub(super) type Series = BTreeMap<Date, Day>;

#[derive(Default)]
pub(super) struct Day {
    pub records: Vec<usize>,
    /// Records in doubt step aside: their items may be those of the records that they may repeat.
    pub doubted: Vec<usize>,
    pub items: Vec<usize>,
    /// Records that stay for certain: an item of their day has their amount and balance, or is the hold that
    /// no other of the series can have become.
    pub standing: HashSet<usize>,
}

impl Day {
    pub(super) fn equal(&self) -> usize {
        self.records.len().min(self.items.len())
    }
}

pub(super) fn later(day: Date, days: i32) -> Date {
    day.saturating_add(Span::new().days(days))
}

/// Whether what wholly moved leaves each other record of a series the item that it has, and no fewer
/// items are explained than if it had stayed. Holds that were not booked yet may be anything.
pub(super) fn fits(series: &Series, days: i32, wholly: &[bool], holds: &HashSet<usize>) -> bool {
    let count = |day: Option<&Day>, moved: bool| {
        let counts = |r: &&usize| wholly[**r] == moved && (moved || !holds.contains(r));
        day.map_or(0, |day| day.records.iter().filter(counts).count())
    };
    let explained = |day: &Date, of: &Day| {
        let come = count(series.get(&later(*day, -days)), true);
        (count(Some(of), false) + come).min(of.items.len())
    };
    series.iter().any(|(_, of)| count(Some(of), true) > 0)
        && series.iter().map(|(day, of)| explained(day, of)).sum::<usize>()
            >= series.values().map(Day::equal).sum::<usize>()
        && series.iter().all(|(day, of)| {
            let (stay, come) =
                (count(Some(of), false), count(series.get(&later(*day, -days)), true));
            stay.min(of.items.len()) == 0 || stay + come <= of.items.len()
        })
}

/// Adds the records in doubt that move with what their reading wrote: their day shows nothing that they
/// could be, or the next day something that no other record is.
pub(super) fn take_doubted(
    series: &Series,
    days: i32,
    wholly: &[bool],
    redated: &mut HashSet<usize>,
) {
    let mut order: Vec<(&Date, &Day)> = series.iter().collect();
    if days > 0 {
        order.reverse();
    }
    for (day, of) in order {
        let next = later(*day, days);
        for record in of.doubted.iter().filter(|r| wholly[**r]) {
            let left = series.get(&next).map_or(0, |after| {
                let stay = after.records.iter().filter(|r| !redated.contains(r)).count();
                let come = of.records.iter().chain(&of.doubted).filter(|r| redated.contains(r));
                after.items.len().saturating_sub(stay + come.count())
            });
            if of.items.is_empty() || left > 0 {
                redated.insert(*record);
            }
        }
    }
}

/// A search for what moved in a series.
pub(super) struct Steps<'s> {
    pub series: &'s Series,
    pub days: i32,
    pub booked: &'s Booked,
    /// Whether a record may begin a row that ends on a day, or beyond the window.
    pub starts: &'s dyn Fn(usize, Option<Date>) -> bool,
    /// Whether the reading was asked for a day.
    pub inside: &'s dyn Fn(Date) -> bool,
}

impl Steps<'_> {
    /// How many records of each day move on, so that the most of those that are gone and of the items
    /// that are new explain each other, each day through those between; and each row that they make,
    /// by its last day, with its records.
    pub(super) fn take(self) -> (BTreeMap<Date, usize>, Vec<(Date, usize)>) {
        let Self { series, days, booked, starts, inside } = self;
        let mut new: BTreeMap<Date, usize> = BTreeMap::new();
        let mut equal: BTreeMap<Date, usize> = BTreeMap::new();
        for (day, of) in series {
            let booked = of.items.iter().filter(|i| booked.items.contains(i)).count();
            new.insert(*day, (of.items.len() - of.equal()).saturating_sub(booked));
            equal.insert(*day, of.equal().min(of.records.len() - of.standing.len()));
        }
        let mut moved: BTreeMap<Date, usize> = BTreeMap::new();
        let mut rows = Vec::new();
        let mut order: Vec<(&Date, &Day)> = series.iter().collect();
        if days > 0 {
            order.reverse();
        }
        // The nearest that is gone explains what is new, and what an item explains comes before what goes
        // beyond the window.
        for beyond in [false, true] {
            for (day, of) in order.iter().copied() {
                let begun = moved.get(day).copied().unwrap_or_default();
                let mut able = (*day, 0);
                let held = of.records.iter().filter(|r| booked.records.contains(r)).count();
                for n in begun..(of.records.len() - held).saturating_sub(of.equal()) {
                    let mut row = vec![*day];
                    let mut last = later(*day, days);
                    while new.get(&last).is_none_or(|left| *left == 0)
                        && equal.get(&last).is_some_and(|n| *n > 0)
                    {
                        row.push(last);
                        last = later(last, days);
                    }
                    let left = new.get_mut(&last).filter(|left| **left > 0);
                    let end = if left.is_some() { Some(last) } else { None };
                    if able.0 != last {
                        able = (last, of.records.iter().filter(|r| starts(**r, end)).count());
                    }
                    if end.is_some() == beyond || end.is_none() && inside(last) || able.1 <= n {
                        break;
                    }
                    if let Some(left) = left {
                        *left -= 1;
                    }
                    for day in &row[1..] {
                        if let Some(pairs) = equal.get_mut(day) {
                            *pairs -= 1;
                        }
                    }
                    rows.push((last, row.len()));
                    for day in row {
                        *moved.entry(day).or_default() += 1;
                    }
                }
            }
        }
        (moved, rows)
    }
}
