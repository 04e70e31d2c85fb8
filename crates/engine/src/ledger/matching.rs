//! Movements: which item is which record. Every match is one to one, and the passes run from the
//! most certain to the least; what only a record's absence can justify waits for a complete
//! reading, or becomes a doubt.

use super::{
    Doubt, Known, Mark, Note, Plan, Reading, Rules, Seen, Verdict,
    fingerprint::{self, Fingerprint, Likeness},
    folding::{self, Kept},
    keeps_source_id,
    missing::{self, Absent, Claim, Span},
    pairing::{self, Pair},
    posting, signals,
};
use domain::record::{Facts, Movement, Trust};
use jiff::{SignedDuration, Timestamp, civil::Date};
use rust_decimal::Decimal;
use std::{
    collections::{HashMap, HashSet, VecDeque},
    hash::Hash,
};

/// The most records a doubt names.
pub(super) const FEW: usize = 16;
/// The most records or items of one kind that are compared each with each.
const MANY: usize = 64;
/// How far the k-th item looks for a record that nothing speaks against.
const LOOK_AHEAD: usize = 64;

/// See [`super::reconcile`].
pub(super) fn reconcile(known: &[Known], reading: &Reading<'_>, rules: &Rules) -> Plan {
    let (kept, folded) = folding::fold(reading);
    let mut work = Work::new(known, kept, reading, rules);
    work.notes.extend((folded > 0).then_some(Note::Folded { items: folded }));
    work.take_unchanged();
    if !work.was_applied() {
        work.read_texts();
        work.weigh_marks();
        work.by_trusted_id();
        work.by_fingerprint();
        work.reopen_doubted();
        work.by_tie(Mark::Times);
        work.by_tie(Mark::References);
        work.by_absence(Change::Marks);
        work.by_shift();
        posting::settle(&mut work);
        // Only now: one balance can come back under the next of several equal movements.
        work.by_tie(Mark::Balances);
        work.by_absence(Change::Words);
        work.by_absence(Change::Day);
    }
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
    /// Its id stands on another movement now, and says nothing of where it went.
    id_lost: bool,
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
    /// By how much several running balances moved at once.
    deltas: HashSet<Decimal>,
    notes: Vec<Note>,
    reused: usize,
    /// By how many days the reading's calendar is off.
    pub shifted: i32,
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
                    id_lost: false,
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
            deltas: HashSet::new(),
            notes: Vec::new(),
            reused: 0,
            shifted: 0,
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

    /// Most of most readings is what it was: the k-th item with a content (and lasting id) is the
    /// k-th record with it. A reading applied again ends here, and so plans nothing new.
    fn take_unchanged(&mut self) {
        let lasts = |known: &'a Known| keeps_source_id(self.reading.trust, &known.facts);
        let mut waiting: HashMap<(i64, Option<&str>), VecDeque<usize>> =
            HashMap::with_capacity(self.records.len());
        for doubted in [false, true] {
            for (index, record) in
                self.records.iter().enumerate().filter(|(_, r)| r.doubted == doubted)
            {
                let id = record.known.source_id.as_deref().filter(|_| lasts(record.known));
                waiting.entry((record.known.content, id)).or_default().push_back(index);
            }
        }
        for spare in [false, true] {
            for index in 0..self.items.len() {
                let Item { seen, spare: is_spare, .. } = self.items[index];
                if is_spare != spare {
                    continue;
                }
                let queue = waiting.get_mut(&(seen.content, self.lasting_id(seen)));
                let Some(record) = queue.and_then(VecDeque::pop_front) else { continue };
                for mark in MARKS {
                    let agrees = self.mark(mark, record, index) == Some(true);
                    self.agreeing.entry(mark).or_default().0 += usize::from(agrees);
                }
                self.pair(record, index);
            }
        }
    }

    /// The same reading was applied before: it wrote records or suspicions at its instant, and all
    /// that it shows is there. It knows nothing new.
    fn was_applied(&self) -> bool {
        let at = self.reading.at;
        self.items.iter().all(|item| item.spare || item.record.is_some())
            && self.records.iter().any(|record| {
                record.known.written_at >= at
                    || record.known.suspected_at.is_some_and(|since| since >= at)
            })
    }

    /// Normal descriptions cost the most, so only what is open, or will be opened again, gets one.
    fn read_texts(&mut self) {
        let reopened: HashSet<usize> = self
            .records
            .iter()
            .filter(|record| record.doubted)
            .filter_map(|record| record.item)
            .collect();
        for record in
            self.records.iter_mut().filter(|record| record.item.is_none() || record.doubted)
        {
            fingerprint::normal(&record.movement.description, &mut record.text);
            record.print = Some(Fingerprint::of(record.movement, &record.text));
        }
        for (index, item) in self.items.iter_mut().enumerate() {
            if item.record.is_none() || reopened.contains(&index) {
                fingerprint::normal(&item.movement.description, &mut item.text);
                item.print = Some(Fingerprint::of(item.movement, &item.text));
            }
        }
    }

    /// Whether a mark of both is there and equal.
    fn mark(&self, mark: Mark, record: usize, item: usize) -> Option<bool> {
        let (r, i) = (&self.records[record], &self.items[item]);
        match mark {
            Mark::Ids if r.id_lost => None,
            Mark::Ids => Some(self.lasting_id(i.seen)? == r.known.source_id.as_deref()?),
            Mark::Times => Some(instant(i.movement)? == instant(r.movement)?),
            Mark::Balances => Some(i.movement.running_balance? == r.movement.running_balance?),
            Mark::References => {
                Some(i.movement.reference.as_deref()? == r.movement.reference.as_deref()?)
            }
        }
    }
    /// A manifest may be wrong and a balance recomputed. A mark that finds a record which agrees
    /// in all but one field speaks for itself; one that separates the only record and the only
    /// item with a fingerprint, or joins two that contradict each other, speaks against itself.
    /// Marks that mostly speak against themselves are not believed.
    fn weigh_marks(&mut self) {
        let mut weights = self.agreeing.clone();
        let alone: Vec<(usize, usize)> = self
            .groups(|print| print, |record| !record.doubted)
            .into_values()
            .filter_map(|(records, items)| match (&records[..], &items[..]) {
                ([record], [item]) => Some((*record, *item)),
                _ => None,
            })
            .collect();
        for mark in MARKS {
            let (agree, conflict) = weights.entry(mark).or_default();
            let tied = self.tied(mark);
            for (records, items) in tied.values() {
                if let ([record], [item]) = (&records[..], &items[..]) {
                    *agree += usize::from(self.speaks(mark, *record, *item));
                    let wrong = mark == Mark::Ids && self.contradicts(*record, *item);
                    *conflict += usize::from(wrong);
                }
            }
            // What a mark separates because it ties both to others is no contradiction.
            let elsewhere =
                |side| self.one_mark(mark, side).is_some_and(|value| tied.contains_key(&value));
            *conflict += alone
                .iter()
                .filter(|(r, i)| self.mark(mark, *r, *i) == Some(false))
                .filter(|(r, i)| !elsewhere(Side::Record(*r)) && !elsewhere(Side::Item(*i)))
                .count();
        }
        for mark in MARKS {
            let (agree, conflict) = weights.get(&mark).copied().unwrap_or_default();
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
    /// By how much the running balance moved.
    fn delta(&self, record: usize, item: usize) -> Option<Decimal> {
        let (old, new) = (self.records[record].movement, self.items[item].movement);
        new.running_balance?.0.checked_sub(old.running_balance?.0)
    }
    fn differences(&self, record: usize, item: usize) -> usize {
        let prints = self.records[record].print.zip(self.items[item].print);
        prints.map_or(usize::MAX, |(one, other)| one.differences(&other))
    }

    /// Open records and open items by the value of a mark that both sides have.
    fn tied(&self, mark: Mark) -> HashMap<MarkValue<'a>, (Vec<usize>, Vec<usize>)> {
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
                Some(false) if mark == Mark::Balances => {
                    let explained =
                        self.delta(record, item).is_some_and(|d| self.deltas.contains(&d));
                    against = against.max(if explained { Against::Nothing } else { Against::Weak });
                }
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

    /// Day, amount and description all speak of another movement.
    fn contradicts(&self, record: usize, item: usize) -> bool {
        let (r, i) = (&self.records[record], &self.items[item]);
        let (from, to) = if r.movement.pending {
            fingerprint::posts_between(r.movement, &r.text)
        } else {
            (r.movement.amount.0, r.movement.amount.0)
        };
        let amount = i.movement.amount.0;
        let days = days_between(r.movement.value_date, i.movement.value_date);
        // Words alone do not vouch for an id: one merchant is visited again and again.
        let other = days.abs() > self.rules.posts_within
            || r.movement.direction != i.movement.direction
            || !fingerprint::likeness(&r.text, &i.text).akin();
        days != 0
            && r.movement.currency == i.movement.currency
            && (amount < from || amount > to)
            && other
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
            let open: Vec<usize> =
                records.iter().copied().filter(|r| self.records[*r].item.is_none()).collect();
            let exact = open.iter().find(|r| self.records[**r].print == self.items[item].print);
            let same = exact.or_else(|| open.iter().find(|r| !self.contradicts(**r, item)));
            if let Some(record) = same {
                self.pair(*record, item);
                continue;
            }
            self.reused += usize::from(!open.is_empty());
            for record in open {
                self.records[record].id_lost = true;
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
        self.groups_by(&key, &key, which)
    }
    fn groups_by<K: Hash + Eq>(
        &self,
        of_record: impl Fn(Fingerprint<'a>) -> K,
        of_item: impl Fn(Fingerprint<'a>) -> K,
        which: impl Fn(&Record<'_>) -> bool,
    ) -> HashMap<K, (Vec<usize>, Vec<usize>)> {
        let mut groups: HashMap<K, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for record in self.open_records() {
            if let Some(print) = self.records[record].print.filter(|_| which(&self.records[record]))
            {
                groups.entry(of_record(print)).or_default().0.push(record);
            }
        }
        if groups.is_empty() {
            return groups;
        }
        for item in self.open_items() {
            if let Some((_, items)) =
                self.items[item].print.and_then(|print| groups.get_mut(&of_item(print)))
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
            self.zip_by(&records, &items, |work, side| Some(work.all_marks(side)));
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
    fn all_marks(
        &self,
        side: Side,
    ) -> (bool, Option<Timestamp>, Option<Decimal>, Option<&'a str>, Option<&'a str>) {
        let (m, id) = self.side(side);
        let id = id.filter(|_| self.belief(Mark::Ids) != Belief::Ignored);
        (m.pending, instant(m), m.running_balance.map(|b| b.0), m.reference.as_deref(), id)
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
    fn by_tie(&mut self, mark: Mark) {
        if self.belief(mark) == Belief::Ignored {
            return;
        }
        // Whoever has a better explanation keeps it.
        let explained: HashSet<usize> =
            self.items.iter().flat_map(|item| item.perhaps.iter().copied()).collect();
        for (records, items) in self.tied(mark).into_values() {
            let fits = |r: usize, i: usize| {
                let undone = self.items[i].movement.pending && !self.records[r].movement.pending;
                let changed = self.differences(r, i) == 1 || self.corrected_twice(mark, r, i);
                changed
                    && !undone
                    && self.compare(r, i).1 < Against::Strong
                    && !explained.contains(&r)
            };
            for (record, item) in self.decided(&records, &items, fits).0 {
                self.pair(record, item);
            }
        }
    }

    /// A reference that stands nowhere else, with words that are akin, ties two more fields than
    /// one: the amount was corrected, and the day or the words as well. So does an instant to the
    /// second, and even all three.
    fn corrected_twice(&self, mark: Mark, r: usize, i: usize) -> bool {
        let Some(value) = self.one_mark(mark, Side::Item(i)) else { return false };
        let most = if mark == Mark::Times { 3 } else { 2 };
        mark != Mark::Balances
            && self.records[r].movement.direction == self.items[i].movement.direction
            && self.differences(r, i) <= most
            && fingerprint::likeness(&self.records[r].text, &self.items[i].text).akin()
            && (0..self.records.len()).all(|other| {
                other == r || self.one_mark(mark, Side::Record(other)).as_ref() != Some(&value)
            })
            && (0..self.items.len()).all(|other| {
                other == i || self.one_mark(mark, Side::Item(other)).as_ref() != Some(&value)
            })
    }

    /// Pass 5: what only a record's absence explains. Where the reading proves the absence and the
    /// pair is akin, or enough pairs changed in the same way, or the absence is confirmed by a
    /// second look, the movement changed; else it may be another one, and both are kept in doubt.
    fn by_absence(&mut self, change: Change) {
        let pairs = self.changed(change);
        let mut support: HashMap<i32, usize> = HashMap::new();
        for changed in
            pairs.iter().filter(|changed| changed.alone && self.proves_absence(changed.record))
        {
            *support.entry(self.shift(changed.record, changed.item)).or_default() += 1;
        }
        let mut done = 0;
        for Changed { record, item, akin, alone } in pairs {
            if !self.is_open(record, item) {
                continue;
            }
            let proved = self.proves_absence(record);
            // What happened to enough of them happened to the one at the edge as well.
            let covered = self.span.covers(Some(self.records[record].movement.value_date));
            let enough =
                support.get(&self.shift(record, item)).is_some_and(|n| *n >= self.rules.enough);
            let at_once = akin && if change == Change::Day { proved } else { covered };
            if alone && (covered && enough || at_once || self.second_look(record)) {
                self.pair(record, item);
                done += 1;
            } else if akin || proved || change != Change::Words {
                self.suppose(item, record);
            }
        }
        if done > 0 && change != Change::Marks {
            self.notes.push(Note::Redated { items: done });
        }
    }

    /// Where enough movements moved by the same number of days, it was the calendar that moved:
    /// the k-th item of a fingerprint is the k-th record of the same fingerprint that many days off.
    fn by_shift(&mut self) {
        let slack = self.rules.day_slack;
        let moved = |days: i32| {
            let span = jiff::Span::new().days(days);
            move |print: Fingerprint<'a>| Fingerprint {
                day: print.day.saturating_add(span),
                ..print
            }
        };
        let mut shifts: Vec<(usize, i32, Vec<Pair>)> = (-slack..=slack)
            .filter(|days| *days != 0)
            .map(|days| {
                let mut pairs = Vec::new();
                for (records, items) in
                    self.groups_by(moved(days), |print| print, |r| !r.doubted).into_values()
                {
                    let alike = |r: &usize, i: &usize| {
                        self.records[*r].movement.pending == self.items[*i].movement.pending
                            && self.span.covers(Some(self.records[*r].movement.value_date))
                            && self.compare(*r, *i).1 < Against::Strong
                    };
                    pairs.extend(records.into_iter().zip(items).filter(|(r, i)| alike(r, i)));
                }
                let proved = pairs.iter().filter(|(r, _)| self.proves_absence(*r)).count();
                (proved, days, pairs)
            })
            .filter(|(proved, ..)| *proved >= self.rules.enough)
            .collect();
        shifts.sort_unstable_by_key(|(proved, ..)| std::cmp::Reverse(*proved));
        let mut changed = 0;
        self.shifted = shifts.first().map_or(0, |(_, days, _)| *days);
        for (_, _, pairs) in shifts {
            for (record, item) in pairs {
                if self.is_open(record, item) {
                    self.pair(record, item);
                    changed += 1;
                }
            }
        }
        self.notes.extend((changed > 0).then_some(Note::Redated { items: changed }));
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

    /// Pairs of open records and items that differ by one kind of change.
    fn changed(&self, change: Change) -> Vec<Changed> {
        let key = |print: Fingerprint<'a>| match change {
            Change::Marks => print,
            Change::Words => Fingerprint { text: 0, ..print },
            Change::Day => Fingerprint { day: Date::ZERO, ..print },
        };
        let mut found = Vec::new();
        for (records, items) in self.groups(key, |record| !record.doubted).into_values() {
            let fits = |r: usize, i: usize| self.could_change(change, r, i);
            let akin = |r: usize, i: usize| fits(r, i) && self.akin(change, r, i);
            let (strong, _) = self.decided(&records, &items, akin);
            let (taken_r, taken_i): (HashSet<_>, HashSet<_>) = strong.iter().copied().unzip();
            let rest_r: Vec<_> = records.into_iter().filter(|r| !taken_r.contains(r)).collect();
            let rest_i: Vec<_> = items.into_iter().filter(|i| !taken_i.contains(i)).collect();
            let (weak, open) = self.decided(&rest_r, &rest_i, fits);
            let as_changed =
                |akin, alone| move |(record, item)| Changed { record, item, akin, alone };
            found.extend(strong.into_iter().map(as_changed(true, true)));
            found.extend(weak.into_iter().map(as_changed(false, true)));
            found.extend(open.into_iter().map(as_changed(false, false)));
        }
        found.sort_unstable_by_key(|changed| (changed.record, changed.item));
        found
    }
    /// The pairs that fit each other and nothing else (among things that look alike, in order), and
    /// those that fit several.
    fn decided(
        &self,
        records: &[usize],
        items: &[usize],
        fits: impl Fn(usize, usize) -> bool,
    ) -> (Vec<Pair>, Vec<Pair>) {
        if records.len() > MANY || items.len() > MANY {
            return (Vec::new(), Vec::new());
        }
        let each = records.iter().flat_map(|r| items.iter().map(move |i| (*r, *i)));
        let pairs: Vec<Pair> = each.filter(|(r, i)| fits(*r, *i)).collect();
        let (mut decided, mut open) = (Vec::new(), Vec::new());
        for part in pairing::parts(&pairs) {
            let (records, items) = pairing::sides(&part);
            let whole = part.len() == records.len() * items.len();
            let same_records =
                records.iter().all(|r| self.records[*r].print == self.records[records[0]].print);
            let same_items =
                items.iter().all(|i| self.items[*i].print == self.items[items[0]].print);
            if part.len() == 1 || whole && same_records && same_items {
                let zipped: Vec<Pair> = records.into_iter().zip(items).collect();
                open.extend(part.into_iter().filter(|pair| !zipped.contains(pair)));
                decided.extend(zipped);
            } else {
                open.extend(part);
            }
        }
        (decided, open)
    }
    fn could_change(&self, change: Change, r: usize, i: usize) -> bool {
        let (record, item) = (&self.records[r], &self.items[i]);
        let becomes = record.movement.pending && !item.movement.pending;
        let undone = !record.movement.pending && item.movement.pending;
        !item.spare
            && self.compare(r, i).1 < Against::Strong
            && match change {
                Change::Marks => true,
                // How a pending movement posts was weighed before.
                Change::Words => !becomes && !undone,
                Change::Day => {
                    !becomes && !undone && self.shift(r, i).abs() <= self.rules.day_slack
                }
            }
    }
    fn akin(&self, change: Change, r: usize, i: usize) -> bool {
        let (record, item) = (&self.records[r], &self.items[i]);
        match change {
            Change::Marks => self.only_balance_moved(r, i),
            Change::Words => fingerprint::likeness(&record.text, &item.text) <= Likeness::Overlaps,
            Change::Day => record.movement.pending && item.movement.pending,
        }
    }

    fn only_balance_moved(&self, r: usize, i: usize) -> bool {
        let undone = !self.records[r].movement.pending && self.items[i].movement.pending;
        let other = [Mark::Ids, Mark::Times, Mark::References];
        !undone && other.iter().all(|mark| self.mark(*mark, r, i) != Some(false))
    }

    fn plan(mut self) -> Plan {
        let mut plan = Plan::default();
        // An item that found no better record goes home.
        let mut merged = 0;
        for item in 0..self.items.len() {
            let Some(home) = self.items[item].home else { continue };
            if self.items[item].record.is_some() {
                plan.delete.push(self.records[home].known.id);
                merged += 1;
            } else {
                self.items[item].record = Some(home);
                self.items[item].perhaps.clear();
            }
        }
        self.notes.extend((merged > 0).then_some(Note::Merged { records: merged }));
        self.notes.extend((self.reused > 0).then_some(Note::ReusedIds { items: self.reused }));
        self.judge_absent(&mut plan);
        self.write_items(&mut plan);
        let whole = plan.counted_as_complete;
        let verdict = |spares: bool| {
            let shown = self.items.iter().filter(|item| spares || !item.spare);
            let movements: Vec<&Movement> = shown.map(|item| item.movement).collect();
            signals::verdict(&movements, self.reading.stated, whole)
        };
        plan.verdict = match verdict(false) {
            // What may be a repetition may as well be a twin.
            off @ Verdict::DisagreesBy(_) if verdict(true) != Verdict::Agrees => off,
            Verdict::CannotTell => Verdict::CannotTell,
            _ => Verdict::Agrees,
        };
        plan.notes.append(&mut self.notes);
        plan
    }

    fn judge_absent(&self, plan: &mut Plan) {
        let ids: HashMap<_, _> =
            self.records.iter().enumerate().map(|(r, record)| (record.known.id, r)).collect();
        let (mut contested, mut waits) = (HashSet::new(), HashSet::new());
        for item in &self.items {
            if item.record.is_none() && !item.spare {
                waits.extend(item.perhaps.iter().copied());
            }
            let Some(home) = item.home.or(item.record).map(|r| self.records[r].known) else {
                continue;
            };
            if let Some(Doubt::PerhapsSame(others)) = &home.doubt {
                let others = others.iter().filter_map(|id| ids.get(id).copied());
                let into =
                    if home.created_at < self.reading.at { &mut contested } else { &mut waits };
                into.extend(others);
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
                // Where one of two records kept in doubt is shown and the other is not, the other
                // was a repetition, and says nothing about the reading.
                let repetition = matches!(&known.doubt, Some(Doubt::PerhapsSame(others))
                    if others.iter().filter_map(|id| ids.get(id)).any(|r| self.records[*r].item.is_some()));
                absent.push(Absent {
                    known: index,
                    day: Some(record.movement.value_date),
                    pending: record.movement.pending,
                    suspected_at: known.suspected_at,
                    claim: match (waits.contains(&index), contested.contains(&index)) {
                        (true, _) => Claim::Fresh,
                        (false, true) => Claim::Old,
                        (false, false) => Claim::None,
                    },
                    repetition,
                });
            }
        }
        // What stood there is what is shown and what is missing: the same before and after the
        // plan is applied, so that a repeated reading comes to the same judgement.
        let shown = self.items.iter().filter(|item| !item.spare && !item.movement.pending).count();
        let gone = absent.iter().filter(|a| a.counts() && self.span.inside(a.day)).count();
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
                    let open = item.perhaps.iter().filter(|r| self.records[**r].item.is_none());
                    let mut same: Vec<_> = open.map(|r| self.records[*r].known.id).collect();
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
                    if left.is_empty() { twice } else { Some(Doubt::PerhapsSame(left)) }
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

/// A record and an item that may be it, changed.
struct Changed {
    record: usize,
    item: usize,
    /// Alike enough to need no further support.
    akin: bool,
    /// Neither of them fits anything else.
    alone: bool,
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
