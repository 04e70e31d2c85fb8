//! The calendar of a reading. An institution tells its days in another time zone, or has stopped
//! doing so, and then one day's coffee looks like the next one's. So the calendar is found for the
//! whole list, before equal movements are paired by their days.

use super::{
    super::{Doubt, Mark, fingerprint::Fingerprint},
    Record, Work, days_between,
    marks::{Belief, instant},
    posting::Booked,
};
use domain::{
    ids::RecordId,
    record::{Direction, Movement},
    time::Window,
};
use jiff::{Span, Timestamp, civil::Date};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Zones differ by half hours, so what is left of an instant is the same in each.
const HALF_HOUR: i64 = 1800;

/// All that equal movements of a series share: everything but the day.
type Look<'a> = (Decimal, Option<Direction>, &'a str, u64, Option<i64>);

/// What a reading and the records show of one look, by day.
type Series = BTreeMap<Date, Day>;

#[derive(Default)]
struct Day {
    records: Vec<usize>,
    /// Records in doubt step aside: their items may be those of the records that they may repeat.
    doubted: Vec<usize>,
    items: Vec<usize>,
    /// Records that stay for certain: an item of their day has their amount and balance.
    standing: HashSet<usize>,
}

impl Day {
    fn equal(&self) -> usize {
        self.records.len().min(self.items.len())
    }
}

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

    /// By hours, a calendar moves some of what one reading wrote, near midnight, and leaves the others.
    fn by_hours(&self, enough: usize) -> bool {
        let both = self.written.values().map(|(went, stayed)| went.min(stayed));
        both.sum::<usize>() >= enough
    }

    /// Whether most of what one reading wrote certainly moved.
    fn wholly(&self, written: Timestamp) -> bool {
        self.written.get(&written).is_some_and(|(went, stayed)| went > stayed)
    }

    /// Whether anything that one reading wrote certainly moved.
    fn partly(&self, written: Timestamp) -> bool {
        self.written.get(&written).is_some_and(|(went, _)| *went > 0)
    }
}

fn later(day: Date, days: i32) -> Date {
    day.saturating_add(Span::new().days(days))
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
        for (r, i) in &booked.on_another_day {
            if let Some(print) = self.items[*i].print.filter(|_| !stays(*r, &all))
                && let Some(series) = all.get_mut(&look(print, self.items[*i].movement))
            {
                let day = series.entry(self.records[*r].day).or_default();
                if !day.records.contains(r) {
                    day.records.push(*r);
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
        for day in all.values_mut().flat_map(BTreeMap::values_mut) {
            day.standing = day.records.iter().copied().filter(stands).collect();
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
            // A row that ends today may as well be one that is gone and one that is new.
            let counted = |(last, row): &(Date, usize)| if self.was_read(*last) { *row } else { 1 };
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
                for record in records {
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
            .map(|r| !by_hours && moved.wholly(self.written_at(r)))
            .collect();
        let booked = &booked.of(|r| !wholly[r]);
        let mut redated: HashSet<usize> = HashSet::new();
        let mut touched = HashSet::new();
        for series in all {
            let before = redated.len();
            if series.values().all(|day| day.items.is_empty()) {
                continue;
            }
            if fits(series, moved.days, &wholly) {
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
            let gone = series.values().filter(|day| day.items.is_empty());
            redated.extend(gone.flat_map(|day| &day.doubted).filter(|r| wholly[**r]));
            if redated.len() > before {
                let records = |day: &Day| [&day.records[..], &day.doubted[..]].concat();
                touched.extend(series.values().flat_map(records));
            }
        }
        for record in redated {
            self.date(record, moved.days);
        }
        for record in touched {
            if let Some(item) = self.records[record].item.take() {
                self.items[item].record = None;
            }
        }
        self.shifted = moved.days;
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

/// Whether what wholly moved leaves each other record of a series the item that it has, and no fewer
/// items are explained than if it had stayed.
fn fits(series: &Series, days: i32, wholly: &[bool]) -> bool {
    let count = |day: Option<&Day>, moved: bool| {
        day.map_or(0, |day| day.records.iter().filter(|r| wholly[**r] == moved).count())
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

/// A search for what moved in a series.
struct Steps<'s> {
    series: &'s Series,
    days: i32,
    booked: &'s Booked,
    /// Whether a record may begin a row that ends on a day, or beyond the window.
    starts: &'s dyn Fn(usize, Option<Date>) -> bool,
    /// Whether the reading was asked for a day.
    inside: &'s dyn Fn(Date) -> bool,
}

impl Steps<'_> {
    /// How many records of each day move on, so that the most of those that are gone and of the items
    /// that are new explain each other, each day through those between; and each row that they make,
    /// by its last day, with its records.
    fn take(self) -> (BTreeMap<Date, usize>, Vec<(Date, usize)>) {
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
                for n in begun..of.records.len() - of.equal() {
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
