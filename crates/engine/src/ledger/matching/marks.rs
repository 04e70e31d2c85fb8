//! What can tell a movement from its twin (ids, instants, balances, references), and how far each
//! is believed in one reading.

use super::{super::Mark, super::Note, super::fingerprint, Work, days_between, price::LASTING};
use domain::record::Movement;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};

/// How far a mark can be believed, by what the reading itself shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Belief {
    /// It contradicts most of what is certain without it.
    Ignored,
    /// Nothing speaks for it or against it.
    #[default]
    Weak,
    /// It agrees with most of what is certain without it.
    Strong,
}

/// What speaks against a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Against {
    Nothing,
    Weak,
    Strong,
}

/// One side of a comparison.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Record(usize),
    Item(usize),
}

#[derive(PartialEq, Eq, Hash)]
pub(super) enum MarkValue<'a> {
    Text(&'a str),
    Time(Timestamp),
    Balance(Decimal),
}

/// The instant, where it says more than the day.
pub(super) fn instant(movement: &Movement) -> Option<Timestamp> {
    movement.transacted_at.filter(|at| at.as_second().rem_euclid(86_400) != 0)
}

/// Whether two instants differ as the same instant does in two time zones.
fn zones_apart(one: Timestamp, other: Timestamp) -> bool {
    let off = one.duration_since(other).abs();
    off <= SignedDuration::from_hours(14) && off.as_secs() % 1800 == 0 && off.subsec_nanos() == 0
}

pub(super) const MARKS: [Mark; 4] = [Mark::Ids, Mark::Times, Mark::Balances, Mark::References];

impl<'a> Work<'a> {
    /// Whether a mark of both is there and equal; what is booked neither gains nor loses a reference.
    pub(super) fn mark(&self, mark: Mark, record: usize, item: usize) -> Option<bool> {
        let (r, i) = (&self.records[record], &self.items[item]);
        match mark {
            Mark::Ids if r.id_lost => None,
            Mark::Ids => Some(self.lasting_id(i.seen)? == r.known.source_id.as_deref()?),
            Mark::Times => Some(instant(i.movement)? == instant(r.movement)?),
            Mark::Balances => Some(i.movement.running_balance? == r.movement.running_balance?),
            Mark::References => {
                let (old, new) = (r.movement.reference.as_deref(), i.movement.reference.as_deref());
                let booked = !r.movement.pending && !i.movement.pending;
                let both = old.is_some() && new.is_some();
                (both || booked && old != new).then_some(old == new)
            }
        }
    }

    /// A manifest may be wrong and a balance recomputed. A mark that finds a record which agrees
    /// in all but one field speaks for itself; one that separates the only record and the only
    /// item with a fingerprint, or joins two that contradict each other, speaks against itself.
    /// Marks that mostly speak against themselves are not believed.
    pub(super) fn weigh_marks(&mut self) {
        let alone: Vec<(usize, usize)> = self
            .groups(|print| print, |record| !record.doubted)
            .into_values()
            .filter_map(|(records, items)| match (&records[..], &items[..]) {
                ([record], [item]) => Some((*record, *item)),
                _ => None,
            })
            .collect();
        let mut beliefs = self.beliefs;
        for mark in MARKS {
            let (mut agree, mut conflict) = (self.agreeing[mark as usize], 0);
            let tied = self.tied(mark);
            for (records, items) in tied.values() {
                if let ([record], [item]) = (&records[..], &items[..]) {
                    agree += usize::from(self.speaks(mark, *record, *item));
                    let wrong = mark == Mark::Ids && self.contradicts(*record, *item);
                    conflict += usize::from(wrong);
                }
            }
            // What a mark separates because it ties both to others is no contradiction.
            let elsewhere =
                |side| self.one_mark(mark, side).is_some_and(|value| tied.contains_key(&value));
            conflict += alone
                .iter()
                .filter(|(r, i)| self.mark(mark, *r, *i) == Some(false))
                .filter(|(r, i)| mark != Mark::Times || !self.is_a_day_apart(*r, *i))
                .filter(|(r, i)| !elsewhere(Side::Record(*r)) && !elsewhere(Side::Item(*i)))
                .count();
            beliefs[mark as usize] = if conflict > agree && conflict >= self.rules.enough {
                self.notes.push(Note::Disbelieved { mark });
                Belief::Ignored
            } else if agree > conflict {
                Belief::Strong
            } else {
                Belief::Weak
            };
        }
        self.beliefs = beliefs;
    }

    /// Whether two instants are of two days, each of them by the day that stands beside it: then the
    /// days are told otherwise, and the instants are true.
    fn is_a_day_apart(&self, r: usize, i: usize) -> bool {
        let (record, item) = (self.records[r].movement, self.items[i].movement);
        let of_its_day = |movement: &Movement| {
            let at = instant(movement)?;
            let days = days_between(movement.value_date, at.to_zoned(TimeZone::UTC).date());
            (days.abs() <= self.rules.day_slack).then_some(at)
        };
        of_its_day(record)
            .zip(of_its_day(item))
            .is_some_and(|(a, b)| a.duration_since(b).abs() > SignedDuration::from_hours(12))
    }

    /// Whether a mark that only one record and one item have joins what could be one.
    fn speaks(&self, mark: Mark, r: usize, i: usize) -> bool {
        let (record, item) = (&self.records[r], &self.items[i]);
        match mark {
            Mark::Balances => self.differences(r, i) <= 1,
            Mark::Times => record.movement.direction == item.movement.direction,
            Mark::Ids | Mark::References => {
                self.differences(r, i) <= 1
                    || fingerprint::likeness(&record.text, &item.text).akin()
            }
        }
    }

    /// Open records and open items by the value of a mark that both sides have.
    pub(super) fn tied(&self, mark: Mark) -> HashMap<MarkValue<'a>, (Vec<usize>, Vec<usize>)> {
        let mut tied: HashMap<MarkValue<'a>, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for record in self.open_records() {
            if self.records[record].doubted {
                continue;
            }
            if let Some(value) = self.one_mark(mark, Side::Record(record)) {
                tied.entry(value).or_default().0.push(record);
            }
        }
        for item in self.open_items() {
            if let Some((_, items)) =
                self.one_mark(mark, Side::Item(item)).and_then(|v| tied.get_mut(&v))
            {
                items.push(item);
            }
        }
        tied.retain(|_, (_, items)| !items.is_empty());
        tied
    }

    pub(super) fn belief(&self, mark: Mark) -> Belief {
        self.beliefs[mark as usize]
    }

    /// How many marks tie a pair together, and what speaks against it.
    pub(super) fn compare(&self, record: usize, item: usize) -> (usize, Against) {
        let mut ties = 0;
        let mut against = Against::Nothing;
        let (r, i) = (&self.records[record], &self.items[item]);
        for mark in MARKS {
            let belief = self.belief(mark);
            if belief == Belief::Ignored {
                continue;
            }
            match self.mark(mark, record, item) {
                None => {}
                Some(true) => ties += 1,
                Some(false) if mark == Mark::Balances => against = against.max(Against::Weak),
                // An instant read in another zone differs as well.
                Some(false) => {
                    let shifted = mark == Mark::Times
                        && instant(r.movement)
                            .zip(instant(i.movement))
                            .is_some_and(|(a, b)| zones_apart(a, b));
                    against = against.max(match belief {
                        _ if shifted => Against::Weak,
                        Belief::Strong => Against::Strong,
                        // No institution shows two instants for one movement.
                        _ if mark == Mark::Times => Against::Strong,
                        _ => Against::Weak,
                    });
                }
            }
        }
        // What is booked does not become pending again.
        if !r.movement.pending && i.movement.pending {
            against = against.max(Against::Weak);
        }
        (ties, against)
    }

    /// Whether a mark that lasts may tie an item to what has one of these `marks`.
    pub(super) fn may_be_tied(&self, i: usize, marks: &HashSet<(Mark, MarkValue<'a>)>) -> bool {
        let mark = |mark: &Mark| Some((*mark, self.one_mark(*mark, Side::Item(i))?));
        LASTING.iter().filter_map(mark).any(|mark| marks.contains(&mark))
    }

    /// The marks that last, of what is not shown.
    pub(super) fn marks_of_open(&self) -> HashSet<(Mark, MarkValue<'a>)> {
        let open = self.open_records();
        let believed = LASTING.into_iter().filter(|mark| self.belief(*mark) != Belief::Ignored);
        let of = |mark: Mark| {
            let value = move |r: &usize| Some((mark, self.one_mark(mark, Side::Record(*r))?));
            open.iter().filter_map(value)
        };
        believed.flat_map(of).collect()
    }

    pub(super) fn side(&self, side: Side) -> (&'a Movement, Option<&'a str>) {
        match side {
            Side::Record(r) => {
                (self.records[r].movement, self.records[r].known.source_id.as_deref())
            }
            Side::Item(i) => (self.items[i].movement, self.lasting_id(self.items[i].seen)),
        }
    }

    pub(super) fn all_marks(
        &self,
        side: Side,
    ) -> (bool, Option<Timestamp>, Option<Decimal>, Option<&'a str>, Option<&'a str>) {
        let (m, id) = self.side(side);
        let id = id.filter(|_| self.belief(Mark::Ids) != Belief::Ignored);
        let balance = m.running_balance.filter(|_| self.belief(Mark::Balances) != Belief::Ignored);
        (m.pending, instant(m), balance.map(|b| b.0), m.reference.as_deref(), id)
    }

    pub(super) fn one_mark(&self, mark: Mark, side: Side) -> Option<MarkValue<'a>> {
        let (m, id) = self.side(side);
        match mark {
            Mark::Ids => id.map(MarkValue::Text),
            Mark::Times => instant(m).map(MarkValue::Time),
            Mark::Balances => m.running_balance.map(|b| MarkValue::Balance(b.0)),
            Mark::References => m.reference.as_deref().map(MarkValue::Text),
        }
    }
}
