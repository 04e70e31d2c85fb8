//! The whole answer to a reading, and what has to be believed with it. The passes decide what each fact
//! decides; where several answers are left, that is taken with which the least is to be believed.

use super::{
    super::{Doubt, Mark, fingerprint},
    Item, Record, Work, days_between,
    marks::{Against, Belief},
    pairing::{self, Pair},
};
use domain::ids::RecordId;
use jiff::Timestamp;
use pathfinding::{kuhn_munkres::kuhn_munkres_min, matrix::Matrix};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What has to be believed, counted in changes.
type Price = usize;

/// What has to be believed with an answer, and among equals how many days it says are told otherwise.
pub(super) type Asked = (Price, usize);

/// That something is new, or gone, is as much to believe as so many changes.
const NEW_OR_GONE: Price = 3;

/// That days are told otherwise: two things gone and two new are not enough to say so.
const CALENDAR: Price = 10;

/// The most records and items of one part that are compared each with each.
const MANY: usize = 128;

/// The marks that last, and so tie what changed.
const LASTING: [Mark; 3] = [Mark::Ids, Mark::Times, Mark::References];

/// By how many days most of what one reading wrote moved, where enough of it did.
type Moved = HashMap<Timestamp, i32>;

impl Work<'_> {
    /// What has to be believed with this answer: what is new, what is gone, what changed, that days are
    /// told otherwise, and of each reading that what it wrote has other days now.
    fn belief_asked(&self) -> Asked {
        let moved = self.moved();
        let told = self.pairs().filter(|(r, i)| self.is_told_otherwise(*r, *i)).count();
        let calendars = moved.values().filter(|days| **days != 0).count();
        let otherwise = if self.calendar == 0 && calendars == 0 {
            NEW_OR_GONE * told.min(self.rules.enough)
        } else {
            CALENDAR
        };
        let items: Price = (self.items.iter().enumerate())
            .map(|(i, item)| item.record.map_or(NEW_OR_GONE, |r| self.price_of(r, i, &moved)))
            .sum();
        let ids: HashMap<RecordId, &Record<'_>> =
            self.records.iter().map(|record| (record.known.id, record)).collect();
        let gone = |record: &&Record<'_>| {
            // Whose other self is shown is not missed.
            let explained = match &record.known.doubt {
                Some(Doubt::PerhapsSame { others, .. }) => {
                    others.iter().filter_map(|id| ids.get(id)).any(|other| other.item.is_some())
                }
                _ => false,
            };
            record.item.is_none() && !explained && self.is_covered(record)
        };
        let gone = NEW_OR_GONE * self.records.iter().filter(gone).count();
        (otherwise + calendars + items + gone, told)
    }

    fn is_covered(&self, record: &Record<'_>) -> bool {
        let day = record.movement.value_date;
        self.span.claims(Some(day), record.movement.pending) || self.span.is_between(day)
    }

    fn moved(&self) -> Moved {
        let mut ways: HashMap<Timestamp, BTreeMap<i32, usize>> = HashMap::new();
        for (r, i) in self.pairs() {
            let of = ways.entry(self.records[r].known.written_at).or_default();
            *of.entry(self.days(r, i)).or_default() += 1;
        }
        let most = |ways: BTreeMap<i32, usize>| {
            let most = ways.into_iter().max_by_key(|(days, count)| (*count, -days.abs()));
            most.filter(|(_, count)| *count >= self.rules.enough).map(|(days, _)| days)
        };
        ways.into_iter().filter_map(|(at, ways)| Some((at, most(ways)?))).collect()
    }

    fn pairs(&self) -> impl Iterator<Item = Pair> {
        self.items.iter().enumerate().filter_map(|(i, item)| Some((item.record?, i)))
    }

    /// From the day that was stored to the one that is shown.
    fn days(&self, r: usize, i: usize) -> i32 {
        days_between(self.records[r].movement.value_date, self.items[i].movement.value_date)
    }

    /// Whether a day is another, of what neither was booked nor is pending again.
    fn tells_otherwise(&self) -> bool {
        self.pairs().any(|(r, i)| self.is_told_otherwise(r, i))
    }

    fn is_told_otherwise(&self, r: usize, i: usize) -> bool {
        let (old, new) = (self.records[r].movement, self.items[i].movement);
        self.days(r, i) != 0 && old.pending == new.pending
    }

    /// What has to be believed if the record is the item.
    fn price_of(&self, r: usize, i: usize, moved: &Moved) -> Price {
        let (contradicted, changed) = self.against(r, i, moved);
        contradicted + changed
    }

    /// What has to be believed against the marks, and what changed.
    fn against(&self, r: usize, i: usize, moved: &Moved) -> (Price, Price) {
        let (record, item) = (&self.records[r], &self.items[i]);
        let (old, new) = (record.movement, item.movement);
        let posts = old.pending && !new.pending;
        let days = self.days(r, i);
        let words = record.known.content != item.seen.content
            && if posts {
                !fingerprint::likeness(&record.text, &item.text).akin()
            } else {
                record.text != item.text
            };
        let slack = self.rules.day_slack;
        let latest = if posts { self.rules.posts_within + slack } else { slack };
        let beyond = !(-slack..=latest).contains(&days) || words && (posts || days != 0);
        let other = self.compare(r, i).1 == Against::Strong || self.is_undone(r, i);
        if other || beyond && !self.is_tied(r, i) {
            return (2 * NEW_OR_GONE, 0);
        }
        let off = days - moved.get(&record.known.written_at).copied().unwrap_or_default();
        // Against the way of the others is further.
        let off = Price::try_from(off.abs().min(if posts { 1 } else { 2 })).unwrap_or_default();
        let sum = old.amount != new.amount || old.currency != new.currency;
        let other = LASTING.into_iter().any(|mark| self.says(mark, r, i) == Some(false));
        (NEW_OR_GONE * Price::from(other), off + Price::from(sum) + Price::from(words))
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
    fn is_tied(&self, r: usize, i: usize) -> bool {
        let silent = self.records[r].movement.reference.is_none();
        let ties = |mark: &Mark| !(silent && *mark == Mark::References);
        LASTING.iter().filter(|mark| ties(mark)).any(|mark| self.says(*mark, r, i) == Some(true))
    }

    /// The answer, straightened: by the days that most of what one reading wrote moved, by none, or with no
    /// day told otherwise, whichever leaves the least to be believed.
    pub(super) fn straightened(self) -> (Asked, Self) {
        let moved = self.moved();
        let mut others = Vec::new();
        if moved.values().any(|days| *days != 0) {
            others.push(self.clone());
        }
        if self.calendar == 0 && self.tells_otherwise() {
            others.push(self.clone().with_days_as_stored());
        }
        let mut best = self.straightened_by(&moved);
        for other in others.into_iter().rev() {
            let other = other.straightened_by(&Moved::new());
            if other.0 < best.0 {
                best = other;
            }
        }
        best
    }

    /// That what has another day is the same is in doubt, unless a mark says it, or it was in doubt before.
    fn with_days_as_stored(mut self) -> Self {
        let told = |work: &Self, (r, i): &Pair| {
            let before = work.items[*i].home.is_some();
            work.is_told_otherwise(*r, *i) && !work.is_tied(*r, *i) && !before
        };
        let otherwise: Vec<Pair> = self.pairs().filter(|pair| told(&self, pair)).collect();
        for (r, i) in otherwise {
            self.items[i].record = None;
            self.records[r].item = None;
            self.suppose(i, r);
        }
        self
    }

    /// The passes pair one after the other. Where what they paired, and what they left, can be paired so that
    /// less is to be believed, it is.
    fn straightened_by(mut self, moved: &Moved) -> (Asked, Self) {
        let mut straight: Vec<(Vec<usize>, Vec<Pair>)> = Vec::new();
        for part in self.parts() {
            let (records, items) = pairing::sides(&part);
            let open = records.iter().any(|r| self.records[*r].item.is_none())
                && items.iter().any(|i| self.items[*i].record.is_none());
            let changed =
                |i: &usize| self.items[*i].record.is_some_and(|r| self.price_of(r, *i, moved) > 0);
            if records.len() + items.len() > MANY || !open && !items.iter().any(changed) {
                continue;
            }
            let found =
                [1, 0].into_iter().find_map(|most| self.cheaper(&records, &items, moved, most));
            straight.extend(found.map(|pairs| (items, pairs)));
        }
        for (items, pairs) in straight {
            for item in items {
                if let Some(record) = self.items[item].record.take() {
                    self.records[record].item = None;
                }
            }
            for (record, item) in pairs {
                self.items[item].record = Some(record);
                self.records[record].item = Some(item);
            }
        }
        (self.belief_asked(), self)
    }

    /// What has one amount, and what is paired with it. What an id ties, what may be a repetition, and what
    /// was not even read stays as it is.
    fn parts(&self) -> Vec<Vec<Pair>> {
        let open = |item: &Item<'_>| item.print.is_some() && !item.spare;
        let free = |r: usize| {
            let record = &self.records[r];
            let read = record.item.is_none_or(|i| open(&self.items[i]));
            record.print.is_some() && read && !self.is_tied_by_id(r)
        };
        let mut sums: HashMap<_, (Vec<usize>, Vec<usize>)> = HashMap::new();
        let mut links: Vec<Pair> = Vec::new();
        for r in (0..self.records.len()).filter(|r| free(*r)) {
            sums.entry(fingerprint::sum(self.records[r].movement)).or_default().0.push(r);
        }
        for (i, item) in self.items.iter().enumerate() {
            if open(item) && item.record.is_none_or(free) {
                sums.entry(fingerprint::sum(item.movement)).or_default().1.push(i);
                links.extend(item.record.map(|r| (r, i)));
            }
        }
        for (records, items) in sums.values() {
            if let (Some(record), Some(item)) = (records.first(), items.first()) {
                links.extend(items.iter().map(|i| (*record, *i)));
                links.extend(records.iter().map(|r| (*r, *item)));
            }
        }
        pairing::parts(&links)
    }

    /// The pairs of a part with which less is to be believed than now, none of them new that asks for more
    /// than `most`. No more may change for it than the calendar changed: whether what is new is what is
    /// gone, the passes have weighed.
    fn cheaper(
        &self,
        records: &[usize],
        items: &[usize],
        moved: &Moved,
        most: Price,
    ) -> Option<Vec<Pair>> {
        // Among equals, what the passes said stands.
        const SCALE: i64 = 1_000;
        const NEVER: i64 = 1_000_000_000;
        let scaled = |price: Price| i64::try_from(price).map_or(NEVER, |price| price * SCALE);
        let pair = |r: usize, i: usize| {
            let (contradicted, changed) = self.against(r, i, moved);
            // A mark outweighs what changed.
            let price = contradicted + if self.is_tied(r, i) { 0 } else { changed };
            let now = self.records[r].item == Some(i);
            let home = self.items[i].home == Some(r);
            // What the passes left open, they left in doubt.
            let open = self.records[r].item.is_none() && self.items[i].record.is_none();
            let may_be = home || self.may_be(r, i) && (self.calendar != 0 || !open);
            (now || price <= most && may_be).then_some(price)
        };
        let gone = |r: usize| {
            let record = &self.records[r];
            let doubted = matches!(record.known.doubt, Some(Doubt::PerhapsSame { .. }));
            NEW_OR_GONE * Price::from(!doubted && self.is_covered(record))
        };
        // Behind the items stands that a record is gone, behind the records that an item is new.
        let (n, m) = (records.len(), items.len());
        let weights =
            Matrix::from_fn(n + m, n + m, |(x, y)| match (records.get(x), items.get(y)) {
                (Some(r), Some(i)) => pair(*r, *i).map_or(NEVER, |price| {
                    scaled(price) + i64::from(self.records[*r].item != Some(*i))
                }),
                (Some(r), None) if y - m == x => {
                    scaled(gone(*r)) + i64::from(self.records[*r].item.is_some())
                }
                (None, Some(i)) if x - n == y => {
                    scaled(NEW_OR_GONE) + i64::from(self.items[*i].record.is_some())
                }
                (None, None) => 0,
                _ => NEVER,
            });
        let (_, chosen) = kuhn_munkres_min(&weights);
        let pairs: Vec<Pair> = (records.iter().zip(&chosen))
            .filter_map(|(r, y)| Some((*r, *items.get(*y)?)))
            .collect();
        let now: Vec<Pair> =
            items.iter().filter_map(|i| Some((self.items[*i].record?, *i))).collect();
        let told = |(r, i): &&Pair| self.calendar != 0 && self.days(*r, *i) == self.calendar;
        let of = |pairs: &[Pair]| -> (Price, Price) {
            let (here, there): (HashSet<usize>, HashSet<usize>) = pairs.iter().copied().unzip();
            let price = |(r, i): &Pair| pair(*r, *i);
            let by_calendar: Price = pairs.iter().filter(told).filter_map(price).sum();
            let changed: Price = pairs.iter().filter(|pair| !told(pair)).filter_map(price).sum();
            let left: Price = records.iter().filter(|r| !here.contains(r)).map(|r| gone(*r)).sum();
            let new = items.iter().filter(|i| !there.contains(i)).count();
            (changed, by_calendar + changed + left + NEW_OR_GONE * new)
        };
        let ((changed, price), (changed_now, price_now)) = (of(&pairs), of(&now));
        (price < price_now && changed <= changed_now).then_some(pairs)
    }

    /// Whether there may be less to believe under another calendar: less by more than the calendar itself.
    pub(super) fn leaves_much(&self) -> bool {
        let moved = self.moved();
        let mut open: HashMap<_, (usize, usize)> = HashMap::new();
        for record in self.records.iter().filter(|record| record.item.is_none()) {
            open.entry(fingerprint::sum(record.movement)).or_default().0 += 1;
        }
        for item in self.items.iter().filter(|item| item.record.is_none()) {
            open.entry(fingerprint::sum(item.movement)).or_default().1 += 1;
        }
        let both: usize = open.values().map(|(gone, new)| (*gone).min(*new)).sum();
        let changed: Price = self.pairs().map(|(r, i)| self.price_of(r, i, &moved)).sum();
        let told = self.pairs().filter(|(r, i)| self.is_told_otherwise(*r, *i)).count();
        2 * NEW_OR_GONE * both + changed + NEW_OR_GONE * told.min(self.rules.enough) > CALENDAR
    }
}
