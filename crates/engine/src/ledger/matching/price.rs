//! What has to be believed with a whole answer, as a price. The passes decide what each fact decides; where
//! several answers are left, the cheapest is taken.

use super::{
    super::{Mark, fingerprint},
    Record, Work, days_between,
    marks::{Against, Belief},
    pairing::Pair,
    posting,
};
use domain::ids::RecordId;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What has to be believed, counted in changes.
pub(super) type Price = usize;

/// What has to be believed with an answer. Among equals that is better which leaves less in doubt, and then
/// that which moves by fewer days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked {
    pub(super) price: Price,
    in_doubt: usize,
    days: i32,
}

/// That something is new, or gone, is as much to believe as so many changes.
pub(super) const NEW_OR_GONE: Price = 3;

/// That days are told otherwise: two things gone and two new are not enough to say so.
const CALENDAR: Price = 10;

/// That what happened goes by other words altogether, rather than by more or fewer.
const UNLIKE: Price = 2;

/// That what was booked has another amount, where no mark that lasts ties it: more than that something is
/// new, less than that something is gone as well.
const CORRECTED: Price = 4;

/// That an item is only a repetition of another.
pub(super) const REPETITION: Price = 2;

/// The marks that last, and so tie what changed.
pub(super) const LASTING: [Mark; 3] = [Mark::Ids, Mark::Times, Mark::References];

/// The other records that each one in doubt may be.
pub(super) type Others = BTreeMap<usize, Vec<usize>>;

/// By how many days most of what one reading wrote moved, where enough of it did.
pub(super) type Moved = HashMap<Timestamp, i32>;

impl Work<'_> {
    /// What has to be believed with this answer. A doubt asks for no more than the least of what it leaves
    /// open: that all are what they may be, that none is, or those that are likely one by one.
    pub(super) fn price(&self) -> Asked {
        let others = self.others();
        let doubts = self.open_doubts();
        let decided: Vec<Pair> = self.pairs().collect();
        let mut least = self.price_if(&decided, &others);
        if !doubts.is_empty() {
            let moved = self.moved(&decided);
            let likely = |&&(r, i): &&Pair| {
                let gone = NEW_OR_GONE * Price::from(self.is_covered(&self.records[r]));
                self.price_by_itself(r, i, &moved) < NEW_OR_GONE + gone
            };
            let likely: Vec<Pair> = doubts.iter().filter(likely).copied().collect();
            for doubts in [&doubts, &likely] {
                least = least.min(self.price_if(&[&decided[..], doubts].concat(), &others));
            }
        }
        let (price, days) = least;
        Asked { price, in_doubt: doubts.len(), days }
    }

    /// What has to be believed if these are the pairs: what is new, what is gone, what changed, that days are
    /// told otherwise, and of each reading that what it wrote has other days now. And by how many days all
    /// moved.
    pub(super) fn price_if(&self, pairs: &[Pair], others: &Others) -> (Price, i32) {
        let moved = self.moved(pairs);
        let told = self.told_otherwise(pairs);
        let (shown, seen): (HashSet<usize>, HashSet<usize>) = pairs.iter().copied().unzip();
        let calendars = self.price_of_calendars(&moved, &told);
        let changed: Price = pairs.iter().map(|(r, i)| self.price_of(*r, *i, &moved)).sum();
        let new: Price =
            (0..self.items.len()).filter(|i| !seen.contains(i)).map(|i| self.left_alone(i)).sum();
        let gone = |r: &usize| {
            let record = &self.records[*r];
            // Whose other self is shown is not missed.
            let explained =
                others.get(r).is_some_and(|of| of.iter().any(|other| shown.contains(other)));
            !shown.contains(r) && !explained && self.is_covered(record)
        };
        let mut gone: BTreeSet<usize> = (0..self.records.len()).filter(gone).collect();
        // Nor is one that may well be what another in doubt about it is shown as.
        for (doubted, may_be) in others {
            let Some((_, i)) = pairs.iter().find(|(r, _)| r == doubted) else { continue };
            let likely = |r: &&usize| {
                !self.is_told_otherwise(**r, *i) && self.price_of(**r, *i, &moved) < NEW_OR_GONE
            };
            if let Some(one) = may_be.iter().filter(|r| gone.contains(r)).find(likely) {
                gone.remove(one);
            }
        }
        (calendars + changed + new + NEW_OR_GONE * gone.len(), self.days_of(pairs))
    }

    /// By how many days all of these moved.
    pub(super) fn days_of(&self, pairs: &[Pair]) -> i32 {
        pairs.iter().map(|(r, i)| self.days(*r, *i).saturating_abs()).fold(0, i32::saturating_add)
    }

    /// What has to be believed of an item that is no record: that it is new, or a repetition.
    pub(super) fn left_alone(&self, i: usize) -> Price {
        if self.items[i].spare { REPETITION } else { NEW_OR_GONE }
    }

    /// As which others each record in doubt may be shown.
    pub(super) fn others(&self) -> Others {
        let doubted: Vec<usize> =
            (0..self.records.len()).filter(|r| !self.named(*r).is_empty()).collect();
        if doubted.is_empty() {
            return Others::new();
        }
        let ids: HashMap<RecordId, usize> =
            self.records.iter().enumerate().map(|(r, record)| (record.known.id, r)).collect();
        let others = |r| self.named(r).iter().filter_map(|id| ids.get(id).copied()).collect();
        doubted.into_iter().map(|r| (r, others(r))).collect()
    }

    /// Whether an item is left in doubt about a record that is no other.
    pub(super) fn is_open_doubt(&self, r: usize, i: usize) -> bool {
        self.is_open(r, i) && self.items[i].perhaps.contains(&r)
    }

    /// What is in doubt, as what it may be: the likeliest first. A repetition that is no record is in none.
    pub(super) fn open_doubts(&self) -> Vec<Pair> {
        let mut may_be: Vec<(Price, Pair)> = Vec::new();
        let mut moved = None;
        for i in self.open_items().into_iter().filter(|i| !self.items[*i].spare) {
            for r in self.items[i].perhaps.iter().filter(|r| self.records[**r].item.is_none()) {
                let moved =
                    moved.get_or_insert_with(|| self.moved(&self.pairs().collect::<Vec<_>>()));
                may_be.push((self.price_by_itself(*r, i, moved), (*r, i)));
            }
        }
        // Among equals in the order of the items.
        may_be.sort_by_key(|(price, _)| *price);
        let (mut records, mut items) = (HashSet::new(), HashSet::new());
        let mut open: Vec<Pair> = Vec::new();
        for (_, (r, i)) in may_be {
            if !records.contains(&r) && !items.contains(&i) {
                records.insert(r);
                items.insert(i);
                open.push((r, i));
            }
        }
        open
    }

    /// That days are told otherwise, each way by itself, and of each reading that what it wrote has other
    /// days now.
    fn price_of_calendars(&self, moved: &Moved, told: &BTreeMap<i32, usize>) -> Price {
        let way = |(days, count): (&i32, &usize)| {
            if *count >= self.rules.enough || self.is_moved(*days, moved) {
                CALENDAR
            } else {
                NEW_OR_GONE * count
            }
        };
        let ways: Price = told.iter().map(way).sum();
        let idle = self.calendar != 0 && !told.contains_key(&self.calendar);
        ways + CALENDAR * Price::from(idle) + moved.values().filter(|days| **days != 0).count()
    }

    /// Whether the calendar is taken to have moved by so many days, for all or for what one reading wrote.
    fn is_moved(&self, days: i32, moved: &Moved) -> bool {
        days == self.calendar || moved.values().any(|way| *way == days)
    }

    pub(super) fn is_covered(&self, record: &Record<'_>) -> bool {
        let day = record.movement.value_date;
        self.span.claims(Some(day), record.movement.pending) || self.span.is_between(day)
    }

    pub(super) fn moved(&self, pairs: &[Pair]) -> Moved {
        let mut ways: HashMap<Timestamp, BTreeMap<i32, usize>> = HashMap::new();
        for &(r, i) in pairs {
            let of = ways.entry(self.records[r].known.written_at).or_default();
            *of.entry(self.days(r, i)).or_default() += 1;
        }
        let most = |ways: BTreeMap<i32, usize>| {
            let most = ways.into_iter().max_by_key(|(days, count)| (*count, -days.abs()));
            most.filter(|(_, count)| *count >= self.rules.enough).map(|(days, _)| days)
        };
        ways.into_iter().filter_map(|(at, ways)| Some((at, most(ways)?))).collect()
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = Pair> {
        self.items.iter().enumerate().filter_map(|(i, item)| Some((item.record?, i)))
    }

    /// From the day that was stored to the one that is shown.
    pub(super) fn days(&self, r: usize, i: usize) -> i32 {
        days_between(self.records[r].movement.value_date, self.items[i].movement.value_date)
    }

    /// How many days are told otherwise, by how many days.
    pub(super) fn told_otherwise(&self, pairs: &[Pair]) -> BTreeMap<i32, usize> {
        let mut told = BTreeMap::new();
        for (r, i) in pairs.iter().filter(|(r, i)| self.is_told_otherwise(*r, *i)) {
            *told.entry(self.days(*r, *i)).or_default() += 1;
        }
        told
    }

    /// Whether the record is a hold, which the item shows booked.
    pub(super) fn is_booked_as(&self, r: usize, i: usize) -> bool {
        self.records[r].movement.pending && !self.items[i].movement.pending
    }

    /// Whether a day is another, of what neither was booked nor is pending again.
    pub(super) fn is_told_otherwise(&self, r: usize, i: usize) -> bool {
        let (old, new) = (self.records[r].movement, self.items[i].movement);
        self.days(r, i) != 0 && old.pending == new.pending
    }

    /// Whether a day is told otherwise of what no mark ties.
    pub(super) fn is_redated(&self, r: usize, i: usize) -> bool {
        self.is_told_otherwise(r, i) && !self.is_tied(r, i)
    }

    /// What has to be believed if the record is the item, whatever else is: that its day is told otherwise
    /// as well, where that is not of those by which enough moved.
    pub(super) fn price_by_itself(&self, r: usize, i: usize, moved: &Moved) -> Price {
        let told = self.is_told_otherwise(r, i) && !self.is_moved(self.days(r, i), moved);
        self.price_of(r, i, moved) + NEW_OR_GONE * Price::from(told)
    }

    /// What has to be believed if the record is the item.
    pub(super) fn price_of(&self, r: usize, i: usize, moved: &Moved) -> Price {
        let (contradicted, off, changed) = self.against(r, i, moved);
        contradicted + off + changed
    }

    /// What has to be believed against the marks, by how many days it is off what its reading moved by, and
    /// what changed.
    pub(super) fn against(&self, r: usize, i: usize, moved: &Moved) -> (Price, Price, Price) {
        let (record, item) = (&self.records[r], &self.items[i]);
        let (old, new) = (record.movement, item.movement);
        let posts = self.is_booked_as(r, i);
        let days = self.days(r, i);
        let akin = || fingerprint::likeness(&record.text, &item.text).akin();
        let same = || match (record.print, item.print) {
            (Some(old), Some(new)) => old.text == new.text,
            _ => record.text == item.text,
        };
        let words: Price = if record.known.content == item.seen.content || same() {
            0
        } else if akin() {
            Price::from(!posts)
        } else {
            // Other words altogether.
            UNLIKE
        };
        let slack = self.rules.day_slack;
        let latest = if posts { self.rules.posts_within + slack } else { slack };
        let beyond = !(-slack..=latest).contains(&days)
            || words > 0 && (posts || days != 0)
            || posts && posting::amount(old, &record.text, new).is_none();
        let other = self.compare(r, i).1 == Against::Strong || self.is_undone(r, i);
        if other || beyond && !self.is_tied(r, i) {
            return (2 * NEW_OR_GONE, 0, 0);
        }
        let off = self.off(r, i, moved);
        let sum = old.amount != new.amount || old.currency != new.currency;
        let other = LASTING.into_iter().any(|mark| self.says(mark, r, i) == Some(false));
        let corrected = if posts || self.is_tied(r, i) { 1 } else { CORRECTED };
        let sum = corrected * Price::from(sum);
        (NEW_OR_GONE * Price::from(other), off, sum + words)
    }

    /// By how many days it is off what its reading moved by.
    pub(super) fn off(&self, r: usize, i: usize, moved: &Moved) -> Price {
        let posts = self.is_booked_as(r, i);
        let moved = moved.get(&self.records[r].known.written_at).copied().unwrap_or_default();
        let off = self.days(r, i).saturating_sub(moved).abs();
        // Against the way of the others is further.
        Price::try_from(off.min(if posts { 1 } else { 2 })).unwrap_or_default()
    }

    /// As [`Work::mark`], where the mark is believed.
    pub(super) fn says(&self, mark: Mark, r: usize, i: usize) -> Option<bool> {
        self.mark(mark, r, i).filter(|_| self.belief(mark) != Belief::Ignored)
    }

    /// Whether an id says that a record is its item.
    pub(super) fn is_tied_by_id(&self, r: usize) -> bool {
        self.records[r].item.is_some_and(|i| self.says(Mark::Ids, r, i) == Some(true))
    }

    /// Whether a mark that lasts ties a pair. That neither has a reference says nothing.
    pub(super) fn is_tied(&self, r: usize, i: usize) -> bool {
        let silent = self.records[r].movement.reference.is_none();
        let ties = |mark: &Mark| !(silent && *mark == Mark::References);
        LASTING.iter().filter(|mark| ties(mark)).any(|mark| self.says(*mark, r, i) == Some(true))
    }

    /// Whether there may be less to believe under another calendar: less by more than the calendar itself.
    pub(super) fn leaves_much(&self) -> bool {
        let pairs: Vec<Pair> = self.pairs().collect();
        let moved = self.moved(&pairs);
        let mut open: HashMap<_, (usize, usize)> = HashMap::new();
        for record in self.records.iter().filter(|record| record.item.is_none()) {
            open.entry(fingerprint::sum(record.movement)).or_default().0 += 1;
        }
        for item in self.items.iter().filter(|item| item.record.is_none()) {
            open.entry(fingerprint::sum(item.movement)).or_default().1 += 1;
        }
        let both: usize = open.values().map(|(gone, new)| (*gone).min(*new)).sum();
        let changed: Price = pairs.iter().map(|(r, i)| self.price_of(*r, *i, &moved)).sum();
        let calendars = self.price_of_calendars(&moved, &self.told_otherwise(&pairs));
        2 * NEW_OR_GONE * both + changed + calendars > CALENDAR
    }
}
