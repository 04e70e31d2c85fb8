//! The certain passes: what is unchanged, what a trusted id names, and the k-th of a fingerprint.

use super::{
    super::{
        Known, Mark,
        fingerprint::{self, Sum},
        keeps_source_id,
    },
    Item, Record, Work, days_between,
    marks::{Against, Belief, MARKS, Side, instant},
};
use domain::{ids::RecordId, record::Trust};
use jiff::civil::Date;
use std::{
    collections::{HashMap, HashSet, VecDeque},
    hash::Hash,
};

/// How far the k-th item looks for a record that nothing speaks against.
const LOOK_AHEAD: usize = 64;

impl<'a> Work<'a> {
    /// Most of most readings is what it was: the k-th item with a content (and lasting id) is the
    /// k-th record with it. A reading applied again ends here, and so plans nothing new.
    pub(super) fn take_unchanged(&mut self) {
        let lasts = |known: &'a Known| keeps_source_id(self.reading.trust, &known.facts);
        let mut waiting: HashMap<(i64, Option<&str>), VecDeque<usize>> =
            HashMap::with_capacity(self.records.len());
        // Of those that look alike, what this very reading wrote comes first, and what it missed last; then
        // what is in doubt or missing, or what another is in doubt about: that its twin is shown ends no
        // doubt.
        let named: HashSet<RecordId> =
            (0..self.records.len()).flat_map(|r| self.named(r)).copied().collect();
        let mut order = self.open_records();
        order.sort_by_key(|r| {
            let Record { known, doubted, .. } = &self.records[*r];
            let (wrote, missed) = (self.wrote(*r), self.missed(*r));
            (!wrote, missed, *doubted, known.suspected_at.is_some(), named.contains(&known.id))
        });
        for index in order {
            let known = self.records[index].known;
            let id = known.source_id.as_deref().filter(|_| lasts(known));
            waiting.entry((known.content, id)).or_default().push_back(index);
        }
        for spare in [false, true] {
            // What may be a repetition is the last to be any record: another item may be that one.
            let waits = spare && self.items.iter().any(|item| item.spare);
            let open = if waits { self.open_sums() } else { HashSet::new() };
            for index in 0..self.items.len() {
                let Item { seen, movement, spare: is_spare, record, .. } = self.items[index];
                if is_spare != spare || record.is_some() {
                    continue;
                }
                let sum = fingerprint::sum(movement);
                let same = (sum, Some(movement.value_date));
                if open.contains(&same) || movement.pending && open.contains(&(sum, None)) {
                    self.spares_wait = true;
                    continue;
                }
                let queue = waiting.get_mut(&(seen.content, self.lasting_id(seen)));
                let Some(record) = queue.and_then(VecDeque::pop_front) else { continue };
                for mark in MARKS {
                    let agrees = self.mark(mark, record, index) == Some(true);
                    self.agreeing[mark as usize] += usize::from(agrees);
                }
                self.pair(record, index);
            }
        }
    }

    /// The amounts of what is no record yet and certainly no repetition: by its day, and whatever that is if
    /// it is booked.
    fn open_sums(&self) -> HashSet<(Sum<'a>, Option<Date>)> {
        let open = self.items.iter().filter(|item| item.record.is_none() && !item.spare);
        let keys = open.map(|item| item.movement).flat_map(|movement| {
            let sum = fingerprint::sum(movement);
            let booked = (!movement.pending).then_some((sum, None));
            booked.into_iter().chain([(sum, Some(movement.value_date))])
        });
        keys.collect()
    }

    /// Every item is a record, and none of them is in doubt: there is nothing to weigh.
    pub(super) fn is_settled(&self) -> bool {
        self.items.iter().all(|item| item.record.is_some_and(|r| !self.records[r].doubted))
    }

    /// The same reading was applied before: it wrote or judged records at its instant; all that it shows is
    /// there, and all that it wrote is shown. It knows nothing new.
    pub(super) fn was_applied(&self) -> bool {
        let judged = |r: usize| self.records[r].known.judged_at == Some(self.reading.at);
        let records = || 0..self.records.len();
        self.items.iter().all(|item| item.spare || item.record.is_some())
            && records().any(|r| self.wrote(r) || judged(r))
            && records().all(|r| self.records[r].item.is_some() || !self.wrote(r))
    }

    /// Whether a record was written at the reading's own instant.
    fn wrote(&self, r: usize) -> bool {
        self.records[r].known.written_at == self.reading.at
    }

    /// Whether a record was first missed at the reading's own instant.
    fn missed(&self, r: usize) -> bool {
        self.records[r].known.suspected_at == Some(self.reading.at)
    }

    /// Day, amount and description all speak of another movement.
    pub(super) fn contradicts(&self, record: usize, item: usize) -> bool {
        let (r, i) = (&self.records[record], &self.items[item]);
        let (from, to) = if r.movement.pending {
            fingerprint::posts_between(r.movement, &r.text)
        } else {
            (r.movement.amount.0, r.movement.amount.0)
        };
        let amount = i.movement.amount.0;
        let days = days_between(r.day, i.movement.value_date);
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
    pub(super) fn by_trusted_id(&mut self) {
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

    /// Pass 2: the k-th item with a fingerprint is the k-th record with it.
    pub(super) fn by_fingerprint(&mut self) {
        let groups = self.groups(|print| print, |_| true);
        let choice = groups.values().any(|(_, items)| items.len() > 1);
        let marks = if choice { self.marks_of_open() } else { HashSet::new() };
        for (mut records, mut items) in groups.into_values() {
            records.sort_by_key(|r| {
                let record = &self.records[*r];
                (instant(record.movement), record.known.created_at, record.known.id)
            });
            // What a mark may tie to another record is the last to be one of these.
            items.sort_by_key(|i| {
                let item = &self.items[*i];
                (item.spare, self.may_be_tied(*i, &marks), instant(item.movement), *i)
            });
            // All marks equal first, so that twins stay who they are; then any mark; then order.
            self.zip_by(&records, &items, |work, side| Some(work.all_marks(side)));
            for mark in [Mark::Times, Mark::References, Mark::Balances] {
                if self.belief(mark) != Belief::Ignored {
                    self.zip_by(&records, &items, |work, side| work.one_mark(mark, side));
                }
            }
            // What is booked stays booked: a balance that moved is less than a hold that was booked
            // while an equal movement went.
            let holds = records
                .iter()
                .any(|r| self.records[*r].item.is_none() && self.records[*r].movement.pending);
            for (same_status, moved) in [(true, false), (true, holds), (false, false)] {
                for item in &items {
                    let fits = |r: &usize| {
                        self.is_open(*r, *item)
                            && !self.waits(*item)
                            && (!same_status
                                || self.records[*r].movement.pending
                                    == self.items[*item].movement.pending)
                            && (self.compare(*r, *item).1 == Against::Nothing
                                || moved && self.only_its_balance_moved(*r, *item))
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

    /// Whether it is asked first what all the rest is.
    fn waits(&self, i: usize) -> bool {
        self.spares_wait && self.items[i].spare
    }

    /// A reading that shows its day whole shows an equal item, but for a balance.
    fn only_its_balance_moved(&self, r: usize, i: usize) -> bool {
        !self.items[i].spare
            && self.span.covers(Some(self.records[r].day))
            && self.only_balance_moved(r, i)
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
                && !self.waits(*item)
            {
                queue.pop();
                self.pair(record, *item);
            }
        }
    }
}
