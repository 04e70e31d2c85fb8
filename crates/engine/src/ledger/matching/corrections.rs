//! The late passes: a movement that changed and is still who it was, because a mark ties it, because
//! its old self is proved gone, or because enough others changed in the same way.

use super::{
    super::{
        Doubt, Mark, Note,
        fingerprint::{self, Fingerprint, Likeness},
    },
    Record, Work, days_between,
    marks::{Against, Belief, Side},
    pairing::{self, Pair},
};
use domain::{ids::RecordId, record::Movement};
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};

/// The most records or items of one kind that are compared each with each.
const MANY: usize = 64;

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
pub(super) enum Change {
    /// Only marks: its id, its balance.
    Marks,
    /// Its description, which is still akin.
    Wording,
    /// Its day.
    Day,
    /// That it was booked.
    Undone,
    /// Its description altogether.
    Words,
}

impl<'a> Work<'a> {
    /// Pass 4: a correction, tied by an instant, a reference or a balance, differs in one field.
    pub(super) fn by_tie(&mut self, mark: Mark) {
        if self.belief(mark) == Belief::Ignored {
            return;
        }
        for (records, items) in self.tied(mark).into_values() {
            let fits = |r: usize, i: usize| {
                let changed = self.differences(r, i) == 1 || self.corrected_twice(mark, r, i);
                // A balance that comes back days later, or under other words, is another purchase's;
                // so is one of the next day where nobody asked for the old one.
                let likeness = fingerprint::likeness(&self.records[r].text, &self.items[i].text);
                let days = self.shift(r, i).abs();
                let far = mark == Mark::Balances
                    && (likeness == Likeness::Unlike
                        || days > self.rules.day_slack
                        || days > 0 && !self.span.inside(Some(self.records[r].day)));
                changed
                    && !self.is_undone(r, i)
                    && !self.items[i].spare
                    && !far
                    && self.may_be(r, i)
                    && self.compare(r, i).1 < Against::Strong
                    // Whoever has a better explanation keeps it; what a hold may have become is
                    // none beside a reference.
                    && (mark == Mark::References && !self.records[r].supposed
                        || !self.is_explained(r, i))
            };
            for (record, item) in self.decided(&records, &items, fits).0 {
                self.pair(record, item);
            }
        }
    }

    /// A reference that stands on nothing else like it, with words that are akin, ties two more fields than
    /// one: the amount was corrected, and the day or the words as well. So does an instant to the
    /// second, and even all three.
    fn corrected_twice(&self, mark: Mark, r: usize, i: usize) -> bool {
        let Some(value) = self.one_mark(mark, Side::Item(i)) else { return false };
        let most = if mark == Mark::Times { 3 } else { 2 };
        // Two purchases may share a second; one that reads otherwise is no rival.
        let rival = |movement: &Movement| {
            let mut text = String::new();
            fingerprint::normal(&movement.description, &mut text);
            fingerprint::likeness(&text, &self.items[i].text) != Likeness::Unlike
        };
        let alone = |side: Side| {
            self.one_mark(mark, side).as_ref() != Some(&value) || !rival(self.side(side).0)
        };
        mark != Mark::Balances
            && self.records[r].movement.direction == self.items[i].movement.direction
            && self.differences(r, i) <= most
            && self.akin_words(r, i)
            && (0..self.records.len())
                .all(|other| other == r || self.names(other, r) || alone(Side::Record(other)))
            && (0..self.items.len())
                .all(|other| other == i || self.items[other].spare || alone(Side::Item(other)))
    }

    /// Pass 5: what only a record's absence explains. Where the reading proves the absence and the
    /// pair is akin, or enough pairs changed in the same way, or the absence is confirmed by a
    /// second look, the movement changed; else it may be another one, and both are kept in doubt.
    pub(super) fn by_absence(&mut self, change: Change) {
        let pairs = self.changed(change);
        let mut support: HashMap<(i32, bool), usize> = HashMap::new();
        for changed in
            pairs.iter().filter(|changed| changed.alone && self.proves_absence(changed.record))
        {
            *support.entry(self.way(changed.record, changed.item)).or_default() += 1;
        }
        // What is dated back moves the balances of all that came later by one amount.
        let mut moved: HashMap<Decimal, usize> = HashMap::new();
        if change == Change::Marks {
            let alone = pairs.iter().filter(|changed| changed.alone && changed.akin);
            for by in
                alone.filter_map(|changed| self.balance_moved_by(changed.record, changed.item))
            {
                *moved.entry(by).or_default() += 1;
            }
        }
        let mut done = 0;
        for Changed { record, item, akin, alone } in pairs {
            if !self.is_open(record, item) {
                continue;
            }
            let proved = self.proves_absence(record);
            // What happened to enough of them happened to the one at the edge as well.
            let covered = self.span.covers(Some(self.records[record].day));
            let enough =
                support.get(&self.way(record, item)).is_some_and(|n| *n >= self.rules.enough);
            let together = akin
                && self
                    .balance_moved_by(record, item)
                    .and_then(|by| moved.get(&by))
                    .is_some_and(|n| *n >= self.rules.enough);
            let at_once = akin
                && !self.is_torn(record, item)
                && if change == Change::Day {
                    proved && !self.is_explained(record, item)
                } else {
                    covered
                };
            // A second look proves that a record is gone, not which other purchase it became.
            let gone = change != Change::Words && self.second_look(record);
            // That it is gone is explained: it was the repetition that its doubt says.
            let repetition =
                matches!(change, Change::Day | Change::Words) && self.is_repetition(record);
            if alone && !repetition && (covered && enough || together || at_once || gone) {
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

    fn balance_moved_by(&self, record: usize, item: usize) -> Option<Decimal> {
        let (old, new) = (self.records[record].movement, self.items[item].movement);
        new.running_balance?.0.checked_sub(old.running_balance?.0)
    }

    /// In which way one movement would have changed, if it is one.
    fn way(&self, record: usize, item: usize) -> (i32, bool) {
        (self.shift(record, item), self.is_undone(record, item))
    }

    /// Whether what is booked would have become pending again.
    pub(super) fn is_undone(&self, record: usize, item: usize) -> bool {
        !self.records[record].movement.pending && self.items[item].movement.pending
    }

    pub(super) fn shift(&self, record: usize, item: usize) -> i32 {
        days_between(self.records[record].day, self.items[item].movement.value_date)
    }

    /// Pairs of open records and items that differ by one kind of change.
    fn changed(&self, change: Change) -> Vec<Changed> {
        let key = |print: Fingerprint<'a>| match change {
            Change::Marks | Change::Undone => print,
            Change::Wording | Change::Words => Fingerprint { text: 0, ..print },
            Change::Day => print.of_any_day(),
        };
        let mut found = Vec::new();
        for (records, items) in self.groups(key, |record| !record.doubted).into_values() {
            let fits = |r: usize, i: usize| self.could_change(change, r, i);
            let akin = |r: usize, i: usize| fits(r, i) && self.akin(change, r, i);
            let (strong, open) = self.decided(&records, &items, akin);
            let (taken_r, taken_i): (HashSet<_>, HashSet<_>) = strong.iter().copied().unzip();
            // What is equal to something taken may be it as well.
            let equal: Vec<Pair> = open
                .into_iter()
                .filter(|(r, i)| taken_r.contains(r) || taken_i.contains(i))
                .collect();
            let rest_r: Vec<_> = records.into_iter().filter(|r| !taken_r.contains(r)).collect();
            let rest_i: Vec<_> = items.into_iter().filter(|i| !taken_i.contains(i)).collect();
            let (weak, open) = self.decided(&rest_r, &rest_i, fits);
            let as_changed =
                |akin, alone| move |(record, item)| Changed { record, item, akin, alone };
            found.extend(strong.into_iter().map(as_changed(true, true)));
            found.extend(equal.into_iter().map(as_changed(true, false)));
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
        let item = &self.items[i];
        let becomes = self.is_booked_as(r, i);
        let undone = self.is_undone(r, i);
        !item.spare
            && self.may_be(r, i)
            && self.compare(r, i).1 < Against::Strong
            && match change {
                Change::Marks => !undone,
                Change::Undone => undone,
                // How a pending movement posts was weighed before.
                Change::Wording => !becomes && !undone && self.akin_words(r, i),
                Change::Day => {
                    !becomes && !undone && self.shift(r, i).abs() <= self.rules.day_slack
                }
                // Whatever else explains either of them is better than other words.
                Change::Words => !becomes && !undone && !self.is_explained(r, i),
            }
    }

    /// Something better may explain the record or the item.
    pub(super) fn is_explained(&self, r: usize, i: usize) -> bool {
        // That it may be what the record itself may be says nothing new.
        let other = |perhaps: &usize| !self.names(r, *perhaps);
        self.records[r].supposed || self.items[i].perhaps.iter().any(other)
    }

    /// Whether the doubt in which an item was stored names another record that is not shown either.
    fn is_torn(&self, r: usize, i: usize) -> bool {
        let named = self.items[i].home.map_or(&[][..], |home| self.named(home));
        let other = |(other, record): (usize, &Record<'_>)| {
            other != r && record.item.is_none() && named.contains(&record.known.id)
        };
        !named.is_empty() && self.records.iter().enumerate().any(other)
    }

    /// Whether a record was stored in doubt about another that is shown, but for one that is shown in
    /// its own place.
    fn is_repetition(&self, r: usize) -> bool {
        let named = self.named(r);
        let elsewhere = |item: usize| self.items[item].home != Some(r);
        let shown = |record: &Record<'_>| {
            record.item.is_some_and(elsewhere) && named.contains(&record.known.id)
        };
        !named.is_empty() && self.records.iter().any(shown)
    }

    /// Whether a record was stored in doubt about another.
    pub(super) fn names(&self, r: usize, other: usize) -> bool {
        self.named(r).contains(&self.records[other].known.id)
    }

    /// Which records a record was stored in doubt about: of nearly all, none.
    pub(super) fn named(&self, r: usize) -> &[RecordId] {
        match &self.records[r].known.doubt {
            Some(Doubt::PerhapsSame { others, .. }) => others,
            _ => &[],
        }
    }

    /// Alike enough to be one movement that changed in this one way. A mark that differs as well is
    /// another change, and two changes need support.
    fn akin(&self, change: Change, r: usize, i: usize) -> bool {
        let (record, item) = (&self.records[r], &self.items[i]);
        self.only_balance_moved(r, i)
            && match change {
                Change::Marks | Change::Undone | Change::Wording => true,
                Change::Words => self.akin_words(r, i),
                Change::Day => record.movement.pending && item.movement.pending,
            }
    }

    fn akin_words(&self, r: usize, i: usize) -> bool {
        fingerprint::likeness(&self.records[r].text, &self.items[i].text).akin()
    }

    pub(super) fn only_balance_moved(&self, r: usize, i: usize) -> bool {
        let other = [Mark::Ids, Mark::Times, Mark::References];
        !self.is_undone(r, i) && other.iter().all(|mark| self.says(*mark, r, i) != Some(false))
    }
}
