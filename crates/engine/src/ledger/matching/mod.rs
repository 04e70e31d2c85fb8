//! Movements: which item is which record. Every match is one to one, and the passes run from the
//! most certain to the least; what only a record's absence can justify waits for a complete
//! reading, or becomes a doubt.

mod calendar;
mod cheapest;
mod corrections;
mod disputed;
mod identity;
mod marks;
mod outcome;
mod pairing;
mod posting;
mod price;
mod straight;

use super::{
    Doubt, Known, Mark, Note, Plan, Reading, Rules, Seen,
    fingerprint::{self, Fingerprint},
    folding::{self, Kept},
    keeps_source_id,
    missing::Span,
};
use corrections::Change;
use domain::record::{Facts, Movement};
use jiff::civil::Date;
use marks::{Against, Belief};
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

/// The most records a doubt names.
const FEW: usize = 16;

/// See [`super::reconcile`].
pub(super) fn reconcile(known: &[Known], reading: &Reading<'_>, rules: &Rules) -> Plan {
    let (kept, folded) = folding::fold(reading);
    let mut work = Work::new(known, kept, reading, rules);
    work.notes.extend((folded > 0).then_some(Note::Folded { items: folded }));
    work.take_unchanged();
    let again = work.was_applied();
    if !work.is_settled() && !again {
        work.read_texts();
        work.weigh_marks();
        work.by_trusted_id();
        work = work.answer().disputed();
        work.keep_doubts();
    }
    let plan = work.plan();
    if again { plan.heard_again() } else { plan }
}

/// One item of the reading, after folding.
#[derive(Clone)]
struct Item<'a> {
    seen: &'a Seen,
    movement: &'a Movement,
    /// Perhaps only a repetition: it may be a record that is known, but makes no new one.
    spare: bool,
    text: String,
    print: Option<Fingerprint<'a>>,
    /// The record it is.
    record: Option<usize>,
    /// The doubted record that was stored for it.
    home: Option<usize>,
    /// Records that it may be as well.
    perhaps: Vec<usize>,
}

/// One record.
#[derive(Clone)]
struct Record<'a> {
    known: &'a Known,
    movement: &'a Movement,
    /// Its day in the reading's calendar.
    day: Date,
    text: String,
    print: Option<Fingerprint<'a>>,
    /// The item that shows it.
    item: Option<usize>,
    /// Stored in doubt: it steps aside until the evidence is weighed.
    doubted: bool,
    /// Some item may be it.
    supposed: bool,
    /// Its id stands on another movement now, and says nothing of where it went.
    id_lost: bool,
}

impl Record<'_> {
    /// Gives it a day in the reading's calendar.
    fn stand_on(&mut self, day: Date) {
        self.day = day;
        if let Some(print) = &mut self.print {
            print.day = day;
        }
    }
}

/// The comparison in progress.
#[derive(Clone)]
struct Work<'a> {
    items: Vec<Item<'a>>,
    records: Vec<Record<'a>>,
    span: Span,
    rules: &'a Rules,
    reading: &'a Reading<'a>,
    /// By mark, as [`marks::MARKS`] lists them.
    beliefs: [Belief; 4],
    /// By mark: how many unchanged pairs it ties.
    agreeing: [usize; 4],
    notes: Vec<Note>,
    reused: usize,
    /// What may be a repetition is no record yet: it is asked first what all the rest is.
    spares_wait: bool,
    /// By how many days the reading's calendar is taken to be off, for some or all of it.
    calendar: i32,
}

/// Calendar days from `from` to `to`.
fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

impl<'a> Work<'a> {
    fn new(
        known: &'a [Known],
        kept: Vec<Kept<'a>>,
        reading: &'a Reading<'a>,
        rules: &'a Rules,
    ) -> Self {
        let items: Vec<Item<'a>> = kept
            .into_iter()
            .map(|kept| Item {
                seen: kept.seen,
                movement: kept.movement,
                spare: kept.spare,
                text: String::new(),
                print: None,
                record: None,
                home: None,
                perhaps: Vec::new(),
            })
            .collect();
        let records = known
            .iter()
            .filter_map(|known| match &known.facts {
                Facts::Movement(movement) => Some(Record {
                    known,
                    movement,
                    day: movement.value_date,
                    text: String::new(),
                    print: None,
                    item: None,
                    doubted: matches!(known.doubt, Some(Doubt::PerhapsSame { .. })),
                    supposed: false,
                    id_lost: false,
                }),
                Facts::Keyed(_) | Facts::Snapshot | Facts::Edition(_) => None,
            })
            .collect();
        let span = Span::of(reading, items.iter().map(|item| item.movement.value_date));
        Self {
            items,
            records,
            span,
            rules,
            reading,
            beliefs: [Belief::default(); 4],
            agreeing: [0; 4],
            notes: Vec::new(),
            reused: 0,
            spares_wait: false,
            calendar: 0,
        }
    }

    /// What each fact decides, the most certain first.
    fn passed(mut self) -> Self {
        self.by_fingerprint();
        if self.calendar != 0 {
            // What the other calendar finds nowhere may be what it was.
            self.take_unchanged();
        }
        self.reopen_doubted();
        // Records in doubt step aside for those that they may repeat, and then are as all others.
        self.by_change();
        if self.readmit_doubted() {
            self.by_change();
        }
        if self.stay_where_they_were() {
            self.by_fingerprint();
            self.by_change();
        }
        if self.spares_wait {
            self.spares_wait = false;
            self.by_fingerprint();
        }
        // An item that found no better record goes home.
        for item in &mut self.items {
            if let (None, Some(home)) = (item.record, item.home) {
                item.record = Some(home);
                item.perhaps.clear();
            }
        }
        self
    }

    /// The passes that explain by a change, the likeliest first.
    fn by_change(&mut self) {
        self.by_tie(Mark::Times);
        self.by_tie(Mark::References);
        self.by_absence(Change::Marks);
        self.come_home();
        posting::settle(self);
        // Only now: one balance can come back under the next of several equal movements.
        self.by_tie(Mark::Balances);
        self.by_absence(Change::Wording);
        self.by_absence(Change::Day);
        self.by_absence(Change::Undone);
        self.by_absence(Change::Words);
    }

    /// Records in doubt that no item went home to take part from here on. Whether there are any.
    fn readmit_doubted(&mut self) -> bool {
        let doubted =
            self.records.iter_mut().filter(|record| record.doubted && record.item.is_none());
        doubted.map(|record| record.doubted = false).count() > 0
    }

    /// What moved with its reading and is found nowhere has its own day again. Whether anything has.
    fn stay_where_they_were(&mut self) -> bool {
        let lost = |record: &&mut Record<'_>| {
            record.item.is_none() && record.day != record.movement.value_date
        };
        let mut any = false;
        for record in self.records.iter_mut().filter(lost) {
            record.stand_on(record.movement.value_date);
            any = true;
        }
        any
    }

    fn pair(&mut self, record: usize, item: usize) {
        // It leaves its home, where another has not moved in.
        if let Some(home) = self.items[item].home
            && self.records[home].item == Some(item)
        {
            self.records[home].item = None;
        }
        self.items[item].record = Some(record);
        self.records[record].item = Some(item);
    }

    fn open_items(&self) -> Vec<usize> {
        (0..self.items.len()).filter(|i| self.items[*i].record.is_none()).collect()
    }

    fn open_records(&self) -> Vec<usize> {
        (0..self.records.len()).filter(|r| self.records[*r].item.is_none()).collect()
    }

    fn is_open(&self, record: usize, item: usize) -> bool {
        self.records[record].item.is_none() && self.items[item].record.is_none()
    }

    /// The id that an item will still have in the next reading.
    fn lasting_id(&self, seen: &'a Seen) -> Option<&'a str> {
        seen.source_id.as_deref().filter(|_| keeps_source_id(self.reading.trust, &seen.facts))
    }

    /// Normal descriptions cost the most, so only what is open, or will be opened again, gets one.
    fn read_texts(&mut self) {
        let reopened: HashSet<usize> = self
            .records
            .iter()
            .filter(|record| record.doubted)
            .filter_map(|record| record.item)
            .collect();
        self.read_texts_of(
            |record| record.item.is_none() || record.doubted,
            |index, item| item.record.is_none() || reopened.contains(&index),
        );
    }

    /// Where the calendar may have moved, what seems to be unchanged is compared as well.
    fn read_all_texts(&mut self) {
        self.read_texts_of(|_| true, |_, _| true);
    }

    fn read_texts_of(
        &mut self,
        records: impl Fn(&Record<'a>) -> bool,
        items: impl Fn(usize, &Item<'a>) -> bool,
    ) {
        for record in self.records.iter_mut().filter(|r| r.print.is_none() && records(r)) {
            fingerprint::normal(&record.movement.description, &mut record.text);
            record.print = Some(Fingerprint::of(record.movement, &record.text));
        }
        for (index, item) in self.items.iter_mut().enumerate() {
            if item.print.is_none() && items(index, item) {
                fingerprint::normal(&item.movement.description, &mut item.text);
                item.print = Some(Fingerprint::of(item.movement, &item.text));
            }
        }
    }

    fn differences(&self, record: usize, item: usize) -> usize {
        let prints = self.records[record].print.zip(self.items[item].print);
        prints.map_or(usize::MAX, |(one, other)| one.differences(&other))
    }

    /// Open records (that pass `which`) and open items by a key of their fingerprints, where both
    /// sides have some.
    fn groups<K: Hash + Eq>(
        &self,
        key: impl Fn(Fingerprint<'a>) -> K,
        which: impl Fn(&Record<'_>) -> bool,
    ) -> HashMap<K, (Vec<usize>, Vec<usize>)> {
        let mut groups: HashMap<K, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for record in self.open_records() {
            if let Some(print) = self.records[record].print.filter(|_| which(&self.records[record]))
            {
                groups.entry(key(print)).or_default().0.push(record);
            }
        }
        if groups.is_empty() {
            return groups;
        }
        for item in self.open_items() {
            if let Some((_, items)) =
                self.items[item].print.and_then(|print| groups.get_mut(&key(print)))
            {
                items.push(item);
            }
        }
        groups.retain(|_, (_, items)| !items.is_empty());
        groups
    }

    /// Items whose record was stored in doubt are weighed again, with that record as their home.
    fn reopen_doubted(&mut self) {
        for record in 0..self.records.len() {
            if let Some(item) = self.records[record].item.filter(|_| self.records[record].doubted) {
                self.items[item].record = None;
                self.items[item].home = Some(record);
            }
        }
    }

    /// What no other record explains is the doubted one that differs only by marks.
    fn come_home(&mut self) {
        for (records, items) in self.groups(|print| print, |record| record.doubted).into_values() {
            let homeless = |i: &usize| {
                let item = &self.items[*i];
                item.home.is_none() && item.perhaps.is_empty() && !item.spare
            };
            let items: Vec<usize> = items.into_iter().filter(homeless).collect();
            for (record, item) in records.into_iter().zip(items) {
                if self.compare(record, item).1 < Against::Strong && !self.is_undone(record, item) {
                    self.items[item].home = Some(record);
                    self.records[record].item = Some(item);
                }
            }
        }
    }

    /// What is left in doubt about a record, and was stored in that doubt before, is what was stored.
    fn keep_doubts(&mut self) {
        let mut stored: HashMap<_, Vec<usize>> = HashMap::new();
        for r in self.open_records() {
            let Record { known, movement, text, .. } = &self.records[r];
            if matches!(known.doubt, Some(Doubt::PerhapsSame { .. })) {
                // By its own day, whatever the calendar.
                let look = (Fingerprint::of(movement, text), movement.pending);
                stored.entry(look).or_default().push(r);
            }
        }
        if stored.is_empty() {
            return;
        }
        for i in self.open_items() {
            let Item { movement, text, .. } = &self.items[i];
            let look = (Fingerprint::of(movement, text), movement.pending);
            let Some(stored) = stored.get_mut(&look) else { continue };
            let again = |r: &usize| {
                self.items[i].perhaps.iter().any(|other| self.names(*r, *other))
                    && self.compare(*r, i).1 < Against::Strong
            };
            if let Some(at) = stored.iter().position(again) {
                let record = stored.swap_remove(at);
                self.pair(record, i);
            }
        }
    }

    /// An item whose record was stored in doubt leaves it only for one that the doubt names, and an
    /// instalment is no other. A home that an id contradicts holds nobody.
    fn may_be(&self, record: usize, item: usize) -> bool {
        if fingerprint::other_part(&self.records[record].text, &self.items[item].text) {
            return false;
        }
        let home =
            self.items[item].home.filter(|home| self.says(Mark::Ids, *home, item) != Some(false));
        let home = home.and_then(|home| self.records[home].known.doubt.as_ref());
        match home {
            Some(Doubt::PerhapsSame { others, .. }) => {
                others.contains(&self.records[record].known.id)
            }
            _ => true,
        }
    }

    /// Whether the reading proves that this open record is not there any more.
    fn proves_absence(&self, record: usize) -> bool {
        let Record { day, movement, .. } = self.records[record];
        self.span.claims(Some(day), movement.pending)
    }

    fn second_look(&self, record: usize) -> bool {
        self.proves_absence(record)
            && self.records[record].known.suspected_at.is_some_and(|since| {
                self.reading.at.duration_since(since) >= self.rules.second_look
            })
    }

    fn suppose(&mut self, item: usize, record: usize) {
        let perhaps = &mut self.items[item].perhaps;
        if perhaps.len() < FEW && !perhaps.contains(&record) {
            perhaps.push(record);
            self.records[record].supposed = true;
        }
    }
}
