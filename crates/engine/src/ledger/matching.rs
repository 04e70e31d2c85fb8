//! Movements: which item is which record. Every match is one to one, and the passes run from the
//! most certain to the least; what only a record's absence can justify waits for a complete
//! reading, or becomes a doubt.

use super::{
    Doubt, Known, Mark, Note, Plan, Reading, Rules, Seen,
    fingerprint::{self, Fingerprint, Likeness},
    folding::{self, Kept},
    keeps_source_id,
    missing::{self, Absent, Span},
    posting, signals,
};
use domain::record::{Facts, Movement, Trust};
use jiff::{SignedDuration, Timestamp, civil::Date};
use rust_decimal::Decimal;
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

/// The most records a doubt names, and the most that are compared with each other one by one.
pub(super) const FEW: usize = 16;
/// How far the k-th item looks for a record that nothing speaks against.
const LOOK_AHEAD: usize = 64;

/// See [`super::reconcile`].
pub(super) fn reconcile(known: &[Known], reading: &Reading<'_>, rules: &Rules) -> Plan {
    let (kept, folded) = folding::fold(reading);
    let mut work = Work::new(known, kept, reading, rules);
    work.notes.extend((folded > 0).then_some(Note::Folded { items: folded }));
    work.take_unchanged();
    work.read_texts();
    work.weigh_marks();
    work.by_trusted_id();
    work.by_fingerprint();
    work.reopen_doubted();
    posting::settle(&mut work);
    work.by_tie();
    work.by_absence();
    work.plan()
}

/// How far a mark can be believed, by what the reading itself shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Belief {
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

/// One item of the reading, after folding.
pub(super) struct Item<'a> {
    pub seen: &'a Seen,
    pub movement: &'a Movement,
    /// Perhaps only a repetition: it may be a record that is known, but makes no new one.
    pub spare: bool,
    pub text: String,
    pub print: Option<Fingerprint<'a>>,
    /// The record it is.
    pub record: Option<usize>,
    /// The doubted record that was stored for it.
    pub home: Option<usize>,
    /// Records that it may be as well.
    pub perhaps: Vec<usize>,
}

/// One record.
pub(super) struct Record<'a> {
    pub known: &'a Known,
    pub movement: &'a Movement,
    pub text: String,
    pub print: Option<Fingerprint<'a>>,
    /// The item that shows it.
    pub item: Option<usize>,
    /// Stored in doubt: it steps aside until the evidence is weighed.
    pub doubted: bool,
}

/// The comparison in progress.
pub(super) struct Work<'a> {
    pub items: Vec<Item<'a>>,
    pub records: Vec<Record<'a>>,
    pub span: Span,
    pub rules: &'a Rules,
    reading: &'a Reading<'a>,
    beliefs: HashMap<Mark, Belief>,
    agreeing: HashMap<Mark, (usize, usize)>,
    notes: Vec<Note>,
    reused: usize,
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

/// Calendar days from `from` to `to`.
pub(super) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

const MARKS: [Mark; 4] = [Mark::Ids, Mark::Times, Mark::Balances, Mark::References];

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
                    text: String::new(),
                    print: None,
                    item: None,
                    doubted: matches!(known.doubt, Some(Doubt::PerhapsSame(_))),
                }),
                Facts::Keyed(_) | Facts::Snapshot => None,
            })
            .collect();
        let span = Span::of(reading, items.iter().map(|item| item.movement.value_date));
        Self {
            items,
            records,
            span,
            rules,
            reading,
            beliefs: HashMap::new(),
            agreeing: HashMap::new(),
            notes: Vec::new(),
            reused: 0,
        }
    }

    pub(super) fn pair(&mut self, record: usize, item: usize) {
        self.items[item].record = Some(record);
        self.records[record].item = Some(item);
    }
    pub(super) fn open_items(&self) -> Vec<usize> {
        (0..self.items.len()).filter(|i| self.items[*i].record.is_none()).collect()
    }
    pub(super) fn open_records(&self) -> Vec<usize> {
        (0..self.records.len()).filter(|r| self.records[*r].item.is_none()).collect()
    }
    fn is_open(&self, record: usize, item: usize) -> bool {
        self.records[record].item.is_none() && self.items[item].record.is_none()
    }
    /// The id that an item will still have in the next reading.
    fn lasting_id(&self, seen: &'a Seen) -> Option<&'a str> {
        seen.source_id.as_deref().filter(|_| keeps_source_id(self.reading.trust, &seen.facts))
    }

    /// Most of most readings is what it was: one record and one item with the same content.
    fn take_unchanged(&mut self) {
        struct Group {
            records: u32,
            items: u32,
            record: usize,
        }
        let mut groups: HashMap<i64, Group> = HashMap::with_capacity(self.records.len());
        for (index, record) in self.records.iter().enumerate() {
            let group = groups.entry(record.known.content).or_insert(Group {
                records: 0,
                items: 0,
                record: index,
            });
            group.records += if record.known.doubt.is_some() { 2 } else { 1 };
        }
        for item in &self.items {
            if let Some(group) = groups.get_mut(&item.seen.content) {
                group.items += if item.spare { 2 } else { 1 };
            }
        }
        for index in 0..self.items.len() {
            let seen = self.items[index].seen;
            let Some(Group { records: 1, items: 1, record }) = groups.get(&seen.content) else {
                continue;
            };
            let known = self.records[*record].known;
            let same_id = match (self.lasting_id(seen), known.source_id.as_deref()) {
                (Some(one), Some(other)) => one == other,
                _ => true,
            };
            if same_id {
                self.note_agreement(*record, index, true);
                self.pair(*record, index);
            }
        }
    }

    /// Normal descriptions cost the most, so only what is still open gets one.
    fn read_texts(&mut self) {
        for record in self.records.iter_mut().filter(|record| record.item.is_none()) {
            fingerprint::normal(&record.movement.description, &mut record.text);
            record.print = Some(Fingerprint::of(record.movement, &record.text));
        }
        for item in self.items.iter_mut().filter(|item| item.record.is_none()) {
            fingerprint::normal(&item.movement.description, &mut item.text);
            item.print = Some(Fingerprint::of(item.movement, &item.text));
        }
    }

    /// Whether a mark of both is there and equal.
    fn mark(&self, mark: Mark, record: usize, item: usize) -> Option<bool> {
        let (r, i) = (&self.records[record], &self.items[item]);
        match mark {
            Mark::Ids => Some(self.lasting_id(i.seen)? == r.known.source_id.as_deref()?),
            Mark::Times => Some(instant(i.movement)? == instant(r.movement)?),
            Mark::Balances => Some(i.movement.running_balance? == r.movement.running_balance?),
            Mark::References => {
                Some(i.movement.reference.as_deref()? == r.movement.reference.as_deref()?)
            }
        }
    }
    fn note_agreement(&mut self, record: usize, item: usize, certain: bool) {
        for mark in MARKS {
            if let Some(equal) = self.mark(mark, record, item) {
                let (agree, conflict) = self.agreeing.entry(mark).or_default();
                if equal {
                    *agree += 1;
                } else if certain {
                    *conflict += 1;
                }
            }
        }
    }

    /// A manifest may be wrong and a balance recomputed: where one record and one item have the
    /// same fingerprint, the marks that contradict it most of the time are not believed.
    fn weigh_marks(&mut self) {
        let groups = self.groups(|print| print, |record| !record.doubted);
        for (records, items) in groups.into_values() {
            if let ([record], [item]) = (&records[..], &items[..]) {
                self.note_agreement(*record, *item, true);
            }
        }
        // Ids that return on another movement count as contradictions too.
        let mut returned = Vec::new();
        let by_id = self.records_by_id();
        for item in self.open_items() {
            let Some(records) = self.lasting_id(self.items[item].seen).and_then(|id| by_id.get(id))
            else {
                continue;
            };
            returned.push(records.iter().all(|record| self.contradicts(*record, item)));
        }
        let (_, conflict) = self.agreeing.entry(Mark::Ids).or_default();
        *conflict += returned.into_iter().filter(|contradicts| *contradicts).count();
        for mark in MARKS {
            let (agree, conflict) = self.agreeing.get(&mark).copied().unwrap_or_default();
            let belief = if conflict > agree && conflict >= self.rules.enough {
                self.notes.push(Note::Disbelieved { mark });
                Belief::Ignored
            } else if agree > conflict {
                Belief::Strong
            } else {
                Belief::Weak
            };
            self.beliefs.insert(mark, belief);
        }
    }

    fn belief(&self, mark: Mark) -> Belief {
        self.beliefs.get(&mark).copied().unwrap_or_default()
    }

    /// How many marks tie a pair together, and what speaks against it.
    fn compare(&self, record: usize, item: usize) -> (usize, Against) {
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
                // A balance that was recomputed differs as well as one of a twin does; so does an
                // instant read in another zone.
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

    /// Day, amount and description all speak of another movement.
    fn contradicts(&self, record: usize, item: usize) -> bool {
        let (r, i) = (&self.records[record], &self.items[item]);
        let days = days_between(r.movement.value_date, i.movement.value_date);
        let moved = if r.movement.pending {
            !(-self.rules.day_slack..=self.rules.posts_within).contains(&days)
        } else {
            days != 0
        };
        let (from, to) = fingerprint::posts_between(r.movement, &r.text);
        let amount = i.movement.amount.0;
        let other_amount = if r.movement.pending {
            amount < from || amount > to
        } else {
            amount != r.movement.amount.0
        };
        moved && other_amount && !fingerprint::likeness(&r.text, &i.text).akin()
    }

    fn records_by_id(&self) -> HashMap<&'a str, Vec<usize>> {
        let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
        if matches!(self.reading.trust, Trust::Stable | Trust::Posted) {
            for record in self.open_records() {
                let known = self.records[record].known;
                if let Some(id) = known
                    .source_id
                    .as_deref()
                    .filter(|_| keeps_source_id(self.reading.trust, &known.facts))
                {
                    by_id.entry(id).or_default().push(record);
                }
            }
        }
        by_id
    }

    /// Pass 1: the same trusted id is the same movement, unless everything else contradicts.
    fn by_trusted_id(&mut self) {
        if self.belief(Mark::Ids) == Belief::Ignored {
            return;
        }
        let by_id = self.records_by_id();
        for item in self.open_items() {
            let Some(records) = self.lasting_id(self.items[item].seen).and_then(|id| by_id.get(id))
            else {
                continue;
            };
            let open = || records.iter().copied().filter(|r| self.records[*r].item.is_none());
            let exact = open().find(|r| self.records[*r].print == self.items[item].print);
            match exact.or_else(|| open().find(|r| !self.contradicts(*r, item))) {
                Some(record) => self.pair(record, item),
                None if open().next().is_some() => self.reused += 1,
                None => {}
            }
        }
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

    /// Pass 2: the k-th item with a fingerprint is the k-th record with it.
    fn by_fingerprint(&mut self) {
        for (mut records, mut items) in self.groups(|print| print, |_| true).into_values() {
            records.sort_by_key(|r| {
                let record = &self.records[*r];
                (instant(record.movement), record.known.created_at, record.known.id)
            });
            items.sort_by_key(|i| (self.items[*i].spare, instant(self.items[*i].movement), *i));
            // All marks equal first, so that twins stay who they are; then any mark; then order.
            self.zip_by(&records, &items, |work, side| work.all_marks(side));
            for mark in [Mark::Times, Mark::References, Mark::Balances] {
                if self.belief(mark) != Belief::Ignored {
                    self.zip_by(&records, &items, |work, side| work.one_mark(mark, side));
                }
            }
            for same_status in [true, false] {
                for item in &items {
                    let fits = |r: &usize| {
                        self.is_open(*r, *item)
                            && (!same_status
                                || self.records[*r].movement.pending
                                    == self.items[*item].movement.pending)
                            && self.compare(*r, *item).1 == Against::Nothing
                    };
                    let first = records
                        .iter()
                        .filter(|r| self.records[**r].item.is_none())
                        .take(LOOK_AHEAD);
                    if let Some(record) = first.copied().find(fits) {
                        self.pair(record, *item);
                    }
                }
            }
        }
    }

    fn zip_by<K: Hash + Eq>(
        &mut self,
        records: &[usize],
        items: &[usize],
        key: impl Fn(&Self, Side) -> Option<K>,
    ) {
        let mut waiting: HashMap<K, Vec<usize>> = HashMap::new();
        for record in records.iter().rev().filter(|r| self.records[**r].item.is_none()) {
            if let Some(key) = key(self, Side::Record(*record)) {
                waiting.entry(key).or_default().push(*record);
            }
        }
        for item in items {
            if self.items[*item].record.is_some() {
                continue;
            }
            let queue = key(self, Side::Item(*item)).and_then(|key| waiting.get_mut(&key));
            if let Some(queue) = queue
                && let Some(record) = queue.last().copied()
                && self.compare(record, *item).1 < Against::Strong
            {
                queue.pop();
                self.pair(record, *item);
            }
        }
    }

    fn side(&self, side: Side) -> (&'a Movement, Option<&'a str>) {
        match side {
            Side::Record(r) => {
                (self.records[r].movement, self.records[r].known.source_id.as_deref())
            }
            Side::Item(i) => (self.items[i].movement, self.lasting_id(self.items[i].seen)),
        }
    }
    #[expect(clippy::type_complexity, reason = "a key, named nowhere else")]
    fn all_marks(
        &self,
        side: Side,
    ) -> Option<(bool, Option<Timestamp>, Option<Decimal>, Option<&'a str>, Option<&'a str>)> {
        let (m, id) = self.side(side);
        let id = id.filter(|_| self.belief(Mark::Ids) != Belief::Ignored);
        Some((m.pending, instant(m), m.running_balance.map(|b| b.0), m.reference.as_deref(), id))
    }
    fn one_mark(&self, mark: Mark, side: Side) -> Option<MarkValue<'a>> {
        let (m, id) = self.side(side);
        match mark {
            Mark::Ids => id.map(MarkValue::Text),
            Mark::Times => instant(m).map(MarkValue::Time),
            Mark::Balances => m.running_balance.map(|b| MarkValue::Balance(b.0)),
            Mark::References => m.reference.as_deref().map(MarkValue::Text),
        }
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

    /// Whether the reading proves that this open record is not there any more.
    pub(super) fn proves_absence(&self, record: usize) -> bool {
        let movement = self.records[record].movement;
        self.span.claims(Some(movement.value_date), movement.pending)
    }
    fn second_look(&self, record: usize) -> bool {
        self.proves_absence(record)
            && self.records[record].known.suspected_at.is_some_and(|since| {
                self.reading.at.duration_since(since) >= self.rules.second_look
            })
    }

    /// Pass 4: a correction, tied by an instant, a reference or a balance, differs in one field.
    fn by_tie(&mut self) {
        for mark in [Mark::Times, Mark::References, Mark::Balances] {
            if self.belief(mark) == Belief::Ignored {
                continue;
            }
            let mut tied: HashMap<MarkValue<'_>, (Vec<usize>, Vec<usize>)> = HashMap::new();
            for record in self.open_records() {
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
            for (records, items) in tied.into_values() {
                let fits = |r: usize, i: usize| {
                    let (record, item) = (&self.records[r], &self.items[i]);
                    record.print.zip(item.print).is_some_and(|(a, b)| a.differences(&b) == 1)
                        && !(item.movement.pending && !record.movement.pending)
                        && self.compare(r, i).1 < Against::Strong
                };
                for (record, item) in unique_pairs(&records, &items, fits) {
                    self.pair(record, item);
                }
            }
        }
    }

    /// Pass 5: what only a record's absence explains. Where the reading proves the absence and the
    /// pair is akin, or enough pairs changed in the same way, or the absence is confirmed by a
    /// second look, the movement changed; else it may be another one, and both are kept in doubt.
    fn by_absence(&mut self) {
        for change in [Change::Marks, Change::Words, Change::Day] {
            let pairs = self.changed(change);
            let mut support: HashMap<i32, usize> = HashMap::new();
            for (record, item, _) in &pairs {
                if self.proves_absence(*record) {
                    *support.entry(self.shift(*record, *item)).or_default() += 1;
                }
            }
            let mut changed = 0;
            for (record, item, akin) in pairs {
                if !self.is_open(record, item) {
                    continue;
                }
                let supported = support
                    .get(&self.shift(record, item))
                    .is_some_and(|pairs| *pairs >= self.rules.enough);
                if self.proves_absence(record) && (akin || supported || self.second_look(record)) {
                    self.pair(record, item);
                    changed += 1;
                } else if akin || self.proves_absence(record) || change != Change::Words {
                    self.suppose(item, record);
                }
            }
            if changed > 0 && change != Change::Marks {
                self.notes.push(Note::Redated { items: changed });
            }
        }
    }

    fn shift(&self, record: usize, item: usize) -> i32 {
        days_between(self.records[record].movement.value_date, self.items[item].movement.value_date)
    }
    pub(super) fn suppose(&mut self, item: usize, record: usize) {
        let perhaps = &mut self.items[item].perhaps;
        if perhaps.len() < FEW && !perhaps.contains(&record) {
            perhaps.push(record);
        }
    }

    /// Unique pairs of open records and items that differ by one kind of change, and whether they
    /// are akin enough to need no further support.
    fn changed(&self, change: Change) -> Vec<(usize, usize, bool)> {
        let key = |print: Fingerprint<'a>| match change {
            Change::Marks => print,
            Change::Words => Fingerprint { text: 0, ..print },
            Change::Day => Fingerprint { day: Date::ZERO, ..print },
        };
        let mut found = Vec::new();
        for (records, items) in self.groups(key, |record| !record.doubted).into_values() {
            if records.len() > FEW || items.len() > FEW {
                continue;
            }
            let fits = |r: usize, i: usize| self.could_change(change, r, i);
            let akin = |r: usize, i: usize| fits(r, i) && self.akin(change, r, i);
            let strong = unique_pairs(&records, &items, akin);
            let (taken_r, taken_i): (HashSet<_>, HashSet<_>) = strong.iter().copied().unzip();
            let rest_r: Vec<_> = records.into_iter().filter(|r| !taken_r.contains(r)).collect();
            let rest_i: Vec<_> = items.into_iter().filter(|i| !taken_i.contains(i)).collect();
            found.extend(strong.into_iter().map(|(r, i)| (r, i, true)));
            found.extend(
                unique_pairs(&rest_r, &rest_i, fits).into_iter().map(|(r, i)| (r, i, false)),
            );
        }
        found.sort_unstable();
        found
    }
    fn could_change(&self, change: Change, r: usize, i: usize) -> bool {
        let (record, item) = (&self.records[r], &self.items[i]);
        let becomes = record.movement.pending && !item.movement.pending;
        let undone = !record.movement.pending && item.movement.pending;
        let slack = if record.movement.pending && item.movement.pending {
            self.rules.posts_within
        } else {
            self.rules.day_slack
        };
        !item.spare
            && self.compare(r, i).1 < Against::Strong
            && match change {
                Change::Marks => true,
                // How a pending movement posts was weighed before.
                Change::Words => !becomes && !undone,
                Change::Day => !becomes && !undone && self.shift(r, i).abs() <= slack,
            }
    }
    fn akin(&self, change: Change, r: usize, i: usize) -> bool {
        let (record, item) = (&self.records[r], &self.items[i]);
        match change {
            Change::Marks => false,
            Change::Words => fingerprint::likeness(&record.text, &item.text) <= Likeness::Overlaps,
            Change::Day => record.movement.pending && item.movement.pending,
        }
    }

    fn plan(mut self) -> Plan {
        let mut plan = Plan::default();
        // An item that found no better record goes home.
        let mut merged = 0;
        for item in 0..self.items.len() {
            let Some(home) = self.items[item].home else { continue };
            match self.items[item].record {
                None => {
                    self.items[item].record = Some(home);
                    self.items[item].perhaps.clear();
                }
                Some(_) => {
                    plan.delete.push(self.records[home].known.id);
                    merged += 1;
                }
            }
        }
        self.notes.extend((merged > 0).then_some(Note::Merged { records: merged }));
        self.notes.extend((self.reused > 0).then_some(Note::ReusedIds { items: self.reused }));
        self.judge_absent(&mut plan);
        self.write_items(&mut plan);
        let whole = plan.counted_as_complete;
        let movements: Vec<&Movement> =
            self.items.iter().filter(|item| !item.spare).map(|item| item.movement).collect();
        plan.verdict = signals::verdict(&movements, self.reading.stated, whole);
        plan.notes.append(&mut self.notes);
        plan
    }

    fn judge_absent(&self, plan: &mut Plan) {
        let ids: HashMap<_, _> =
            self.records.iter().enumerate().map(|(r, record)| (record.known.id, r)).collect();
        let mut contested: HashSet<usize> = HashSet::new();
        for item in &self.items {
            contested.extend(&item.perhaps);
            if let Some(Doubt::PerhapsSame(others)) = item
                .home
                .filter(|home| item.record == Some(*home))
                .and_then(|h| self.records[h].known.doubt.as_ref())
            {
                contested.extend(others.iter().filter_map(|id| ids.get(id)));
            }
        }
        let removed: HashSet<&str> = self.reading.removed.iter().map(String::as_str).collect();
        let mut absent = Vec::new();
        for (index, record) in
            self.records.iter().enumerate().filter(|(_, record)| record.item.is_none())
        {
            let known = record.known;
            let trusted = known
                .source_id
                .as_deref()
                .filter(|_| keeps_source_id(self.reading.trust, &known.facts));
            if self.rules.deletes && trusted.is_some_and(|id| removed.contains(id)) {
                plan.delete.push(known.id);
            } else {
                absent.push(Absent {
                    known: index,
                    day: Some(record.movement.value_date),
                    pending: record.movement.pending,
                    suspected_at: known.suspected_at,
                    contested: contested.contains(&index),
                });
            }
        }
        // What stood there is what is shown and what is missing: the same before and after the
        // plan is applied, so that a repeated reading comes to the same judgement.
        let shown = self.items.iter().filter(|item| !item.spare && !item.movement.pending).count();
        let gone = absent.iter().filter(|a| !a.pending && self.span.inside(a.day)).count();
        let sentence = missing::judge(
            &absent,
            shown + gone,
            self.items.len(),
            &self.span,
            self.reading,
            self.rules,
        );
        plan.delete.extend(sentence.delete.iter().map(|r| self.records[*r].known.id));
        plan.suspect = sentence.suspect.iter().map(|r| self.records[*r].known.id).collect();
        plan.counted_as_complete = sentence.complete;
        plan.proves = sentence.proves;
        plan.notes = sentence.notes;
    }

    fn write_items(&self, plan: &mut Plan) {
        // A spare item that is no record leaves a doubt on the one it repeats.
        let repeated: HashSet<i64> = self
            .items
            .iter()
            .filter(|item| item.spare && item.record.is_none())
            .map(|item| item.seen.content)
            .collect();
        let deleted: HashSet<_> = plan.delete.iter().copied().collect();
        let ids: HashMap<_, _> =
            self.records.iter().enumerate().map(|(r, record)| (record.known.id, r)).collect();
        let mut doubted = 0;
        for item in &self.items {
            let twice = repeated.contains(&item.seen.content).then_some(Doubt::PerhapsTwice);
            let Some(index) = item.record else {
                if !item.spare {
                    let mut same: Vec<_> =
                        item.perhaps.iter().map(|r| self.records[*r].known.id).collect();
                    same.retain(|id| !deleted.contains(id));
                    same.sort_unstable();
                    let doubt =
                        if same.is_empty() { twice } else { Some(Doubt::PerhapsSame(same)) };
                    doubted += usize::from(doubt.is_some());
                    plan.create.push((item.seen.item, doubt));
                }
                continue;
            };
            let known = self.records[index].known;
            let id = self.lasting_id(item.seen);
            if known.content != item.seen.content
                || (id.is_some() && id != known.source_id.as_deref())
            {
                plan.update.push((known.id, item.seen.item));
            } else {
                plan.unchanged.push((known.id, item.seen.item));
            }
            if known.suspected_at.is_some() {
                plan.clear.push(known.id);
            }
            let doubt = match &known.doubt {
                // It ends when the others were seen beside it, or are gone.
                Some(Doubt::PerhapsSame(others)) => {
                    let left: Vec<_> = others
                        .iter()
                        .copied()
                        .filter(|id| !deleted.contains(id))
                        .filter(|id| match ids.get(id) {
                            Some(r) => self.records[*r].item.is_none(),
                            None => !self.span.inside(Some(item.movement.value_date)),
                        })
                        .collect();
                    (!left.is_empty()).then_some(Doubt::PerhapsSame(left))
                }
                Some(Doubt::PerhapsTwice) if !self.reading.complete => known.doubt.clone(),
                _ => twice,
            };
            if doubt != known.doubt {
                plan.doubts.push((known.id, doubt));
            }
        }
        plan.notes.extend((doubted > 0).then_some(Note::Doubted { items: doubted }));
    }
}

/// One side of a comparison.
#[derive(Clone, Copy)]
enum Side {
    Record(usize),
    Item(usize),
}

#[derive(PartialEq, Eq, Hash)]
enum MarkValue<'a> {
    Text(&'a str),
    Time(Timestamp),
    Balance(Decimal),
}

/// What a movement may have changed while keeping everything else.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Only marks: its id, its balance.
    Marks,
    /// Its description.
    Words,
    /// Its day.
    Day,
}

/// The pairs that fit each other and nothing else. Both lists are short, or share a rare value.
fn unique_pairs(
    records: &[usize],
    items: &[usize],
    fits: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    if records.len() > FEW || items.len() > FEW {
        return Vec::new();
    }
    let pairs: Vec<(usize, usize)> = records
        .iter()
        .flat_map(|r| items.iter().map(move |i| (*r, *i)))
        .filter(|(r, i)| fits(*r, *i))
        .collect();
    pairs
        .iter()
        .copied()
        .filter(|(r, i)| {
            pairs.iter().filter(|(other, _)| other == r).count() == 1
                && pairs.iter().filter(|(_, other)| other == i).count() == 1
        })
        .collect()
}
