//! The calendar of a reading. An institution tells its days in another time zone, or has stopped
//! doing so: all of them where a parser is wrong, and only what happened near midnight where the bank
//! is. Then one day's coffee looks like the next one's. So the whole answer is made under each calendar
//! that could be, and the one is taken with which the least is to be believed.

use super::{super::fingerprint, Work, pairing::Pair, price::Asked};
use jiff::{Span, Timestamp};
use std::collections::{HashMap, HashSet};

/// The most readings of which it is asked, one after the other, whether what they wrote moved.
const ASKED: usize = 8;

/// By how many days all that some readings wrote moved. Of what others wrote, only that did which
/// explains what is gone and what is new.
#[derive(Clone)]
struct Calendar {
    days: i32,
    moved: HashSet<Timestamp>,
}

impl Work<'_> {
    /// The answer with which the least is to be believed.
    pub(super) fn answer(mut self) -> Self {
        if !self.may_have_moved() {
            return self.passed().straightened().1;
        }
        let (mut least, mut best) = self.clone().passed().straightened();
        if !best.leaves_much() {
            return best;
        }
        self.read_all_texts();
        let asked = self.asked();
        let slack = self.rules.day_slack;
        for days in (-slack..=slack).filter(|days| *days != 0) {
            let (price, answer) = self.likeliest(days, &asked);
            let in_doubt = answer.in_doubt();
            if price < least {
                (least, best) = (price, answer);
            }
            if let Some((price, answer)) = in_doubt.filter(|(asked, _)| asked.price < least.price) {
                (least, best) = (price, answer);
            }
        }
        // What the calendar does not explain is as straight as under none.
        best.calendar = 0;
        best.straightened().1
    }

    /// The simplest answer where the calendar is so many days off.
    fn likeliest(&self, days: i32, asked: &[Timestamp]) -> (Asked, Self) {
        let none = Calendar { days, moved: HashSet::new() };
        let moved = self.records.iter().map(|record| record.known.written_at).collect();
        let all = Calendar { days, moved };
        let (some, every) = (self.under(&none), self.under(&all));
        let (mut calendar, mut best) = if every.0 < some.0 { (all, every) } else { (none, some) };
        for at in asked {
            let mut other = calendar.clone();
            if !other.moved.remove(at) {
                other.moved.insert(*at);
            }
            let answer = self.under(&other);
            if answer.0 < best.0 {
                (calendar, best) = (other, answer);
            }
        }
        best
    }

    /// The same answer, but that what moved with the calendar is in doubt: it may say too little that the
    /// calendar moved, and may yet have moved.
    fn in_doubt(&self) -> Option<(Asked, Self)> {
        let moved = |&(r, i): &Pair| self.is_redated(r, i) && self.days(r, i) == self.calendar;
        let moved: Vec<Pair> = self.pairs().filter(moved).collect();
        if moved.is_empty() || moved.len() > self.rules.enough {
            return None;
        }
        let mut work = self.clone();
        work.calendar = 0;
        for (r, i) in moved {
            work.records[r].item = None;
            work.items[i].record = None;
            // Before whatever else it may be.
            let others = std::mem::take(&mut work.items[i].perhaps);
            for perhaps in [r].into_iter().chain(others) {
                work.suppose(i, perhaps);
            }
        }
        Some((work.price(), work))
    }

    fn under(&self, calendar: &Calendar) -> (Asked, Self) {
        let mut work = self.clone();
        work.calendar = calendar.days;
        for r in 0..work.records.len() {
            // What an id ties needs no calendar.
            if work.is_tied_by_id(r) || !calendar.moved.contains(&work.records[r].known.written_at)
            {
                continue;
            }
            let record = &mut work.records[r];
            record.stand_on(record.day.saturating_add(Span::new().days(calendar.days)));
            if let Some(item) = record.item.take() {
                work.items[item].record = None;
            }
        }
        work.passed().straightened()
    }

    /// Whether anything may have moved: something is gone, and something of its amount is new. Most
    /// readings show that nothing did before any text is compared.
    fn may_have_moved(&self) -> bool {
        let open = self.open_records().into_iter().map(|r| self.records[r].movement);
        let inside = open.filter(|movement| self.span.inside(Some(movement.value_date)));
        let gone: HashSet<_> = inside.map(fingerprint::sum).collect();
        let told = |r: usize| {
            self.is_tied_by_id(r) && self.records[r].item.is_some_and(|i| self.shift(r, i) != 0)
        };
        self.open_items().iter().any(|i| gone.contains(&fingerprint::sum(self.items[*i].movement)))
            || (0..self.records.len()).any(told)
    }

    /// The readings that wrote the most of what has the amount of something new.
    fn asked(&self) -> Vec<Timestamp> {
        let new: HashSet<_> =
            self.open_items().iter().map(|i| fingerprint::sum(self.items[*i].movement)).collect();
        let mut wrote: HashMap<Timestamp, usize> = HashMap::new();
        for record in &self.records {
            if self.span.inside(Some(record.movement.value_date))
                && new.contains(&fingerprint::sum(record.movement))
            {
                *wrote.entry(record.known.written_at).or_default() += 1;
            }
        }
        let mut asked: Vec<Timestamp> = wrote.keys().copied().collect();
        asked.sort_unstable_by_key(|at| std::cmp::Reverse((wrote[at], *at)));
        asked.truncate(ASKED);
        asked
    }
}
