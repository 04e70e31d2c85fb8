//! The calendar of a reading. An institution tells its days in another time zone, or has stopped
//! doing so, and then one day's coffee looks like the next one's. So the calendar is found for the
//! whole list, before equal movements are paired by their days.

use super::{
    super::{
        Doubt, Mark,
        fingerprint::{self, Fingerprint},
    },
    Record, Work, days_between,
    marks::{Belief, instant},
    posting::Booked,
    series::{self, Day, Series, Steps, fits, later},
};
use domain::{
    ids::RecordId,
    record::{Direction, Movement},
    time::Window,
};
use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};

/// Zones differ by half hours, so what is left of an instant is the same in each.
const HALF_HOUR: i64 = 1800;

/// All that equal movements of a series share: everything but the day.
type Look<'a> = (Decimal, Option<Direction>, &'a str, u64, Option<i64>);

/// So many times more moved than stayed, of what moved as a whole.
const NEARLY_ALL: usize = 4;

/// What one calendar explains.
struct Moved {
    days: i32,
    /// Records that are gone from their day for an item that nothing else explains, and those between.
    explained: usize,
    /// By the instant at which records were written: how many certainly moved, and how many stayed.
    written: HashMap<Timestamp, (usize, usize)>,
}

impl Moved {
    fn count(&mut self, written: Timestamp, went: bool, stayed: bool) {
        let counts = self.written.entry(written).or_default();
        *counts = (counts.0 + usize::from(went), counts.1 + usize::from(stayed));
    }

    /// By hours, a calendar moves some of what one reading wrote, near midnight, and leaves the others: one
    /// fewer of each says so than says that the calendar moved at all.
    fn by_hours(&self, enough: usize) -> bool {
        let both = self.written.values().map(|(went, stayed)| went.min(stayed));
        both.sum::<usize>() >= enough.saturating_sub(1)
    }

    /// Whether what one reading wrote moved as a whole: nearly all of it did, and either enough of it did or
    /// more of all that is known did than did not. A reading that wrote little may have written just
    /// what is near midnight.
    fn wholly(&self, written: Timestamp, enough: usize) -> bool {
        let (all_went, all_stayed) =
            self.written.values().fold((0, 0), |all, of| (all.0 + of.0, all.1 + of.1));
        self.written.get(&written).is_some_and(|(went, stayed)| {
            *went > NEARLY_ALL * stayed && (*went >= enough || all_went > all_stayed)
        })
    }

    /// Whether anything that one reading wrote certainly moved.
    fn partly(&self, written: Timestamp) -> bool {
        self.written.get(&written).is_some_and(|(went, _)| *went > 0)
    }
}

impl<'a> Work<'a> {
    /// Gives the records the days that they have in this reading. Where enough of those that are
    /// gone stand a day off, the calendar moved, for all that one reading wrote or, near midnight,
    /// for some of it: then no more of a series moves than explains what is gone and what is new.
    pub(super) fn find_calendar(&mut self) {
        if !self.may_have_moved() {
            return;
        }
        self.read_all_texts();
        let booked = Booked::find(self);
        let all = self.series(&booked);
        let slack = self.rules.day_slack;
        let mut found: Vec<Moved> = (-slack..=slack)
            .filter(|days| *days != 0)
            .map(|days| self.explained_by(&all, days, &booked))
            .filter(|moved| moved.explained >= self.rules.enough)
            .collect();
        found.sort_unstable_by_key(|moved| std::cmp::Reverse(moved.explained));
        if let Some(moved) = found.first()
            && found.get(1).is_none_or(|other| other.explained < moved.explained)
        {
            self.move_calendar(&all, moved, &booked);
        }
    }

    /// Whether enough may have moved: most readings show that nothing did before any text is read.
    fn may_have_moved(&self) -> bool {
        let mut gone: HashMap<_, (Date, Date)> = HashMap::new();
        for r in self.open_records() {
            let Record { day, movement, .. } = &self.records[r];
            if self.span.inside(Some(*day)) {
                let amount = (movement.amount.0, movement.direction, &movement.currency);
                let (first, last) = gone.entry(amount).or_insert((*day, *day));
                (*first, *last) = ((*first).min(*day), (*last).max(*day));
            }
        }
        let far = |i: &usize| {
            let movement = self.items[*i].movement;
            let amount = (movement.amount.0, movement.direction, &movement.currency);
            let (first, last) = gone.get(&amount)?;
            let far = |day: Date| days_between(day, movement.value_date).unsigned_abs();
            Some(far(*first).max(far(*last)))
        };
        let rows: u64 = self.open_items().iter().filter_map(far).map(u64::from).sum();
        let off = |(r, i): &(usize, usize)| self.shift(*r, *i) != 0;
        let tied = self.certain_pairs().filter(off).count();
        usize::try_from(rows).unwrap_or(usize::MAX).saturating_add(tied) >= self.rules.enough
    }

    /// Pairs that an id ties, by which the calendar can be told but which need none.
    fn certain_pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let believed = self.belief(Mark::Ids) != Belief::Ignored;
        let pairs =
            self.records.iter().enumerate().filter_map(|(r, record)| Some((r, record.item?)));
        pairs.filter(move |(r, i)| believed && self.mark(Mark::Ids, *r, *i) == Some(true))
    }

    fn series(&self, booked: &Booked) -> Vec<Series> {
        let (tied_records, tied_items): (HashSet<usize>, HashSet<usize>) =
            self.certain_pairs().unzip();
        let ids: HashMap<_, _> =
            self.records.iter().enumerate().map(|(r, record)| (record.known.id, r)).collect();
        let look = |print: Fingerprint<'a>, movement: &Movement| -> Look<'a> {
            let seconds = instant(movement).map(|at| at.as_second() % HALF_HOUR);
            (print.amount, print.direction, print.currency, print.text, seconds)
        };
        let mut all: HashMap<Look<'a>, Series> = HashMap::new();
        for (r, record) in self.records.iter().enumerate() {
            if let Some(print) = record.print.filter(|_| !tied_records.contains(&r)) {
                let series = all.entry(look(print, record.movement)).or_default();
                let day = series.entry(record.day).or_default();
                let aside = self.repeats_neighbour(r, &ids);
                if aside { &mut day.doubted } else { &mut day.records }.push(r);
            }
        }
        for (i, item) in self.items.iter().enumerate() {
            if let Some(print) = item.print.filter(|_| !item.spare && !tied_items.contains(&i))
                && let Some(series) = all.get_mut(&look(print, item.movement))
            {
                series.entry(print.day).or_default().items.push(i);
            }
        }
        // A hold that an item of the day before or after may show booked is one of its series.
        let stays = |r: usize, all: &HashMap<Look<'a>, Series>| {
            let record = &self.records[r];
            let series = record.print.and_then(|print| all.get(&look(print, record.movement)));
            series.and_then(|series| series.get(&record.day)).is_some_and(|of| !of.items.is_empty())
        };
        for (r, i) in booked.on_another_day() {
            if let Some(print) = self.items[i].print.filter(|_| !stays(r, &all))
                && let Some(series) = all.get_mut(&look(print, self.items[i].movement))
            {
                let day = series.entry(self.records[r].day).or_default();
                if !day.records.contains(&r) {
                    day.records.push(r);
                }
            }
        }
        let balance = |movement: &Movement, day: Date| {
            let believed = self.belief(Mark::Balances) != Belief::Ignored;
            movement.running_balance.filter(|_| believed).map(|b| (day, movement.amount.0, b.0))
        };
        let shown: HashSet<_> = (self.items.iter())
            .filter_map(|item| balance(item.movement, item.movement.value_date))
            .collect();
        let stands = |r: &usize| {
            let Record { day, movement, .. } = self.records[*r];
            balance(movement, day).is_some_and(|balance| shown.contains(&balance))
        };
        let pending = |r: &usize| self.records[*r].movement.pending;
        let slack = self.rules.day_slack;
        for series in all.values_mut() {
            let holds: Vec<Date> = (series.iter())
                .flat_map(|(day, of)| of.records.iter().filter(|r| pending(r)).map(|_| *day))
                .collect();
            for (day, of) in series.iter_mut() {
                // A hold that its day shows, and that no other can have become.
                let shown = of.items.iter().any(|i| self.items[*i].movement.pending);
                let near = |hold: &&Date| days_between(**hold, *day).abs() <= slack;
                let alone = shown && holds.iter().filter(near).count() == 1;
                let stay = |r: &usize| stands(r) || alone && pending(r);
                of.standing = of.records.iter().copied().filter(stay).collect();
            }
        }
        all.into_values().collect()
    }

    /// A record in doubt about an equal one of a neighbouring day.
    fn repeats_neighbour(&self, record: usize, ids: &HashMap<RecordId, usize>) -> bool {
        let one = &self.records[record];
        let Some(Doubt::PerhapsSame { others, .. }) = &one.known.doubt else { return false };
        others.iter().filter_map(|id| ids.get(id)).any(|other| {
            let other = &self.records[*other];
            let near = days_between(one.day, other.day).abs() <= self.rules.day_slack;
            let prints = one.print.zip(other.print);
            near && prints.is_some_and(|(a, b)| Fingerprint { day: b.day, ..a } == b)
        })
    }

    /// Whether a day was over when it was completely read before: what is new there is late, or was
    /// told under another day.
    fn was_read(&self, day: Date) -> bool {
        self.reading.read.covers(Window { from: day, to: later(day, 1) })
    }

    /// Whether a record may have moved: it is certainly gone, or the item at the end of its row is new
    /// among days that were read before.
    fn may_start(&self, record: usize, late: bool) -> bool {
        late || self.proves_absence(record)
    }

    fn explained_by(&self, all: &[Series], days: i32, booked: &Booked) -> Moved {
        let mut moved = Moved { days, explained: 0, written: HashMap::new() };
        for series in all {
            let steps = Steps {
                series,
                days,
                booked,
                starts: &|r, last| {
                    !booked.records.contains(&r)
                        && self.span.shows(self.records[r].day)
                        && last.is_some_and(|last| self.may_start(r, self.was_read(last)))
                },
                inside: &|day| self.span.inside(Some(day)),
            };
            let (steps, rows) = steps.take();
            // A row that ends today may as well be one that is gone and one that is new; so may one that
            // ends in what a record in doubt explains as well.
            let doubted = |day: &Date| series.get(day).is_some_and(|of| !of.doubted.is_empty());
            let counted = |(last, row): &(Date, usize)| {
                if self.was_read(*last) && !doubted(last) { (*row).min(2) } else { 1 }
            };
            moved.explained += rows.iter().map(counted).sum::<usize>();
            for (day, Day { records, items, standing, .. }) in series {
                let next = later(*day, days);
                let has_next = series.get(&next).is_some_and(|next| !next.items.is_empty());
                let went = items.is_empty() && steps.contains_key(day);
                let has_before = series
                    .get(&later(*day, -days))
                    .is_some_and(|before| !before.records.is_empty());
                let stayed =
                    !items.is_empty() && !has_next && (!has_before || self.span.inside(Some(next)));
                // The parts of one purchase move together: the first of them says what they all do.
                let later_part = |r: &&usize| fingerprint::is_later_part(&self.records[**r].text);
                for record in records.iter().filter(|r| !later_part(r)) {
                    let stayed = stayed || standing.contains(record);
                    moved.count(self.written_at(*record), went, stayed);
                }
            }
        }
        for (r, i) in self.certain_pairs() {
            let (record, item) = (&self.records[r], &self.items[i]);
            if record.movement.pending == item.movement.pending {
                let off = self.shift(r, i);
                moved.count(record.known.written_at, off == days, off == 0);
                moved.explained += usize::from(off == days);
            }
        }
        moved
    }

    fn move_calendar(&mut self, all: &[Series], moved: &Moved, booked: &Booked) {
        let by_hours = moved.by_hours(self.rules.enough);
        let wholly: Vec<bool> = (0..self.records.len())
            .map(|r| !by_hours && moved.wholly(self.written_at(r), self.rules.enough))
            .collect();
        let booked = &booked.of(|r| !wholly[r]);
        let holds: HashSet<usize> = booked.on_another_day().map(|(record, _)| record).collect();
        let mut redated: HashSet<usize> = HashSet::new();
        let mut touched = HashSet::new();
        for series in all {
            let before = redated.len();
            if series.values().all(|day| day.items.is_empty()) {
                continue;
            }
            if fits(series, moved.days, &wholly, &holds) {
                let records = series.values().flat_map(|day| &day.records);
                redated.extend(records.filter(|r| wholly[**r]));
            } else {
                let steps = Steps {
                    series,
                    days: moved.days,
                    booked,
                    starts: &|r, last| {
                        if booked.records.contains(&r) {
                            return false;
                        }
                        let Some(last) = last else { return wholly[r] };
                        let day = Some(self.records[r].day);
                        if !self.span.inside(day) {
                            // Nobody asked for it, so only others of its reading say that it moved.
                            return wholly[r] || by_hours && moved.partly(self.written_at(r));
                        }
                        // What is beyond all that is shown moved before a history got shorter.
                        self.may_start(r, self.span.covers(day) || self.was_read(last))
                    },
                    inside: &|day| self.span.inside(Some(day)),
                };
                for (day, count) in steps.take().0 {
                    redated.extend(self.in_order(&series[&day], moved.days).take(count));
                }
            }
            series::take_doubted(series, moved.days, &wholly, &mut redated);
            if redated.len() > before {
                let records = |day: &Day| [&day.records[..], &day.doubted[..]].concat();
                touched.extend(series.values().flat_map(records));
            }
        }
        for record in &redated {
            self.date(*record, moved.days);
        }
        for record in touched {
            if let Some(item) = self.records[record].item.take() {
                self.items[item].record = None;
            }
        }
        // Holds move with their reading, also where they are shown booked under other words.
        for record in Booked::find(self).moved_by(moved.days, |r| !wholly[r]) {
            if wholly[record] && redated.insert(record) {
                self.date(record, moved.days);
            }
        }
        self.shifted = moved.days;
        let stayed = moved.written.iter().filter(|(_, (went, stayed))| stayed > went);
        self.stayed = stayed.map(|(written, _)| *written).collect();
    }

    /// The records of a day, those first that move on before others.
    fn in_order(&self, day: &Day, days: i32) -> impl Iterator<Item = usize> {
        let mut records = day.records.clone();
        records.sort_by_key(|r| {
            let record = &self.records[*r];
            (instant(record.movement), record.known.created_at, record.known.id)
        });
        // The last of a day are the first of the next, and the other way round.
        if days > 0 {
            records.reverse();
        }
        // What an item of the day shows as it was, booked or not, stays.
        let mut shown: HashMap<bool, usize> = HashMap::new();
        for item in &day.items {
            *shown.entry(self.items[*item].movement.pending).or_default() += 1;
        }
        let mut stay = HashSet::new();
        for record in records.iter().rev() {
            if let Some(left) = shown.get_mut(&self.records[*record].movement.pending)
                && *left > 0
            {
                *left -= 1;
                stay.insert(*record);
            }
        }
        records.sort_by_key(|r| stay.contains(r));
        records.into_iter()
    }

    fn written_at(&self, record: usize) -> Timestamp {
        self.records[record].known.written_at
    }

    fn date(&mut self, record: usize, days: i32) {
        let record = &mut self.records[record];
        record.day = later(record.day, days);
        if let Some(print) = &mut record.print {
            print.day = record.day;
        }
    }
}
