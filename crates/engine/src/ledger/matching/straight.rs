//! What the passes paired one after the other, straightened: where another assignment of equal movements
//! asks for less to be believed, it is taken.

use super::{
    super::{Doubt, Mark, fingerprint},
    Item, Work,
    marks::Against,
    pairing::{self, Pair},
    price::{Asked, Moved, NEW_OR_GONE, Price},
};
use std::collections::{HashMap, HashSet};

/// The most records and items of one part that are compared each with each.
const MANY: usize = 128;

impl Work<'_> {
    /// The answer, straightened: by the days that most of what one reading wrote moved, or by none, whichever
    /// leaves less to be believed.
    pub(super) fn straightened(self) -> (Asked, Self) {
        let pairs: Vec<Pair> = self.pairs().collect();
        let moved = self.moved(&pairs);
        let any = moved.values().any(|days| *days != 0);
        let enough = self.told_otherwise(&pairs).into_iter();
        let enough = enough.filter(|(_, count)| *count >= self.rules.enough).map(|(days, _)| days);
        let ways: HashSet<i32> =
            enough.chain(moved.values().copied()).chain([self.calendar]).collect();
        let other = any.then(|| self.clone());
        let one = self.straightened_by(&moved, &ways);
        match other.map(|other| other.straightened_by(&Moved::new(), &ways)) {
            Some(other) if other.0 < one.0 => other,
            _ => one,
        }
    }

    /// The passes pair one after the other. Where what they paired, and what they left, can be paired so that
    /// less is to be believed, it is.
    fn straightened_by(mut self, moved: &Moved, ways: &HashSet<i32>) -> (Asked, Self) {
        let doubts = self.open_doubts();
        let mut straight: Vec<(Vec<usize>, Vec<Pair>)> = Vec::new();
        for part in self.parts() {
            let (records, items) = pairing::sides(&part);
            let open = records.iter().any(|r| self.records[*r].item.is_none())
                && items.iter().any(|i| self.items[*i].record.is_none());
            let changed =
                |i: &usize| self.items[*i].record.is_some_and(|r| self.price_of(r, *i, moved) > 0);
            let tied = |i: &usize| {
                let elsewhere =
                    |r: &usize| self.items[*i].record != Some(*r) && self.is_tied(*r, *i);
                records.iter().any(elsewhere)
            };
            if records.len() + items.len() > MANY
                || !open && !items.iter().any(|i| changed(i) || tied(i))
            {
                continue;
            }
            let part = Part::new(&self, (records, items), moved, ways);
            let found = MAY_CHANGE.into_iter().find_map(|may| part.cheaper(may, &doubts));
            straight.extend(found.map(|pairs| (part.items, pairs)));
        }
        let parted = !straight.is_empty();
        for (items, pairs) in straight {
            let before: Vec<Pair> =
                items.iter().filter_map(|i| Some((self.items[*i].record.take()?, *i))).collect();
            for (record, _) in &before {
                self.records[*record].item = None;
            }
            for (record, item) in pairs {
                self.items[item].record = Some(record);
                self.records[record].item = Some(item);
            }
            // What is no more believed is in doubt.
            for (record, item) in before {
                if self.is_open(record, item) {
                    self.suppose(item, record);
                }
            }
        }
        if parted {
            // A record that was parted from its item may be tied to another.
            self.readmit_doubted();
            self.by_tie(Mark::Times);
            self.by_tie(Mark::References);
        }
        (self.price(), self)
    }

    /// What has one amount, and what is paired with it. What an id ties, and what was not even read stays as
    /// it is.
    fn parts(&self) -> Vec<Vec<Pair>> {
        let open = |item: &Item<'_>| item.print.is_some();
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
                let home = item.home.filter(|home| free(*home));
                links.extend(item.record.into_iter().chain(home).map(|r| (r, i)));
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
}

/// Records and items that could be each other, under one calendar.
struct Part<'w, 'a> {
    work: &'w Work<'a>,
    /// In order, as the items.
    records: Vec<usize>,
    items: Vec<usize>,
    moved: &'w Moved,
    /// By how many days enough moved to say that the calendar did.
    ways: &'w HashSet<i32>,
    /// Of each record with each item.
    costs: Vec<Cost>,
}

impl<'w, 'a> Part<'w, 'a> {
    fn new(
        work: &'w Work<'a>,
        (records, items): (Vec<usize>, Vec<usize>),
        moved: &'w Moved,
        ways: &'w HashSet<i32>,
    ) -> Self {
        let mut part = Self { work, records, items, moved, ways, costs: Vec::new() };
        let each = part.records.iter().flat_map(|r| part.items.iter().map(move |i| (*r, *i)));
        part.costs = each.map(|(r, i)| part.weigh(r, i)).collect();
        part
    }

    /// The pairs with which less is to be believed than now, none of them new that changes more than it
    /// `may`. No more may change for it, days aside, than the calendar changed: whether what is new is what
    /// is gone, the passes have weighed. What they left in doubt counts as the less of what it leaves open,
    /// and stays in doubt.
    fn cheaper(&self, may: MayChange, doubts: &[Pair]) -> Option<Vec<Pair>> {
        let pairs = self.cheapest(may);
        let decided: Vec<Pair> =
            self.items.iter().filter_map(|i| Some((self.work.items[*i].record?, *i))).collect();
        let of_part = doubts.iter().filter(|(_, i)| self.items.contains(i));
        let all: Vec<Pair> = decided.iter().chain(of_part).copied().collect();
        let (now, explained) = self.asked(&decided).min(self.asked(&all));
        let (then, changed) = self.asked(&pairs);
        (then < now && changed <= explained)
            .then(|| pairs.into_iter().filter(|(r, i)| !self.is_in_doubt(*r, *i)).collect())
    }

    /// The pairs with which the least is to be believed.
    fn cheapest(&self, may: MayChange) -> Vec<Pair> {
        // Among equals marks decide, then what leaves less alone, then days that stay; then what the
        // passes said stands.
        const SCALE: i64 = 1_000 * MARK;
        const MARK: i64 = 1_000 * ALONE;
        const ALONE: i64 = 100_000 * DAY;
        const DAY: i64 = 1_000;
        let scaled = |price: Price| i64::try_from(price).unwrap_or(i64::MAX).saturating_mul(SCALE);
        let work = self.work;
        let pair = |r: usize, i: usize| {
            let marks = MARK * self.marks(r, i) + DAY * i64::from(work.days(r, i).abs().min(99));
            let other = i64::from(work.records[r].item != Some(i));
            self.pair(r, i, may).map(|price| scaled(price) + marks + other)
        };
        let gone =
            |r: usize| scaled(self.gone(r)) + ALONE + i64::from(work.records[r].item.is_some());
        let new = |i: usize| {
            scaled(work.left_alone(i)) + ALONE + i64::from(work.items[i].record.is_some())
        };
        pairing::cheapest(&self.records, &self.items, pair, (gone, new))
    }

    /// What has to be believed if these are the pairs, and how much of it is neither of days nor explained
    /// by the calendar.
    fn asked(&self, pairs: &[Pair]) -> (Whole, Price) {
        let work = self.work;
        let (here, there): (HashSet<usize>, HashSet<usize>) = pairs.iter().copied().unzip();
        let by_calendar = |(r, i): &&Pair| work.calendar != 0 && work.days(*r, *i) == work.calendar;
        let paired: Price = pairs.iter().map(|(r, i)| self.cost(*r, *i).price).sum();
        let other = pairs.iter().filter(|pair| !by_calendar(pair));
        let changed = other.map(|(r, i)| self.cost(*r, *i).changed()).sum();
        let gone: Price =
            self.records.iter().filter(|r| !here.contains(r)).map(|r| self.gone(*r)).sum();
        let new: Price =
            self.items.iter().filter(|i| !there.contains(i)).map(|i| work.left_alone(*i)).sum();
        let alone = self.records.len() + self.items.len() - 2 * pairs.len();
        let days = work.days_of(pairs);
        let marks = pairs.iter().map(|(r, i)| self.marks(*r, *i)).sum();
        (Whole { price: paired + gone + new, marks, alone, days }, changed)
    }

    /// As its price, where it may be asked.
    fn pair(&self, r: usize, i: usize, may: MayChange) -> Option<Price> {
        let work = self.work;
        let cost = self.cost(r, i);
        let (record, item) = (work.records[r].movement, work.items[i].movement);
        let may_be = || {
            work.items[i].home == Some(r)
                || self.is_same(r, i)
                || !work.items[i].spare
                    && (record.pending && !item.pending
                        || fingerprint::sum(record) == fingerprint::sum(item))
                    && work.may_be(r, i)
                    && (work.calendar != 0 || !work.is_open(r, i))
        };
        let now = work.records[r].item == Some(i);
        (now || self.is_in_doubt(r, i) || may(cost) && may_be()).then_some(cost.price)
    }

    /// What it costs that a day is told otherwise, where too few moved so: as much as something new, but
    /// little of what was stored in doubt about the other day and is decided.
    fn told(&self, r: usize, i: usize) -> Price {
        let work = self.work;
        match (work.items[i].home, work.items[i].record) {
            _ if !work.is_redated(r, i) || self.ways.contains(&work.days(r, i)) => 0,
            (Some(_), Some(decided)) if decided == r => 1,
            _ => NEW_OR_GONE,
        }
    }

    /// What has to be believed if the record is the item.
    fn cost(&self, r: usize, i: usize) -> Cost {
        match (self.records.binary_search(&r), self.items.binary_search(&i)) {
            (Ok(x), Ok(y)) => self.costs[x * self.items.len() + y],
            // What an item is in doubt about may be of another part.
            _ => self.weigh(r, i),
        }
    }

    fn weigh(&self, r: usize, i: usize) -> Cost {
        let work = self.work;
        let (contradicted, off, changed) = work.against(r, i, self.moved);
        // A mark outweighs what changed.
        let (off, changed) = if work.is_tied(r, i) { (0, 0) } else { (off, changed) };
        let told = self.told(r, i);
        let price = contradicted + off + changed + told;
        // That a hold is booked on another day is a change of its own.
        let posts = work.is_booked_as(r, i);
        Cost { price, told, off: if posts && work.days(r, i) != 0 { 0 } else { off } }
    }

    fn gone(&self, r: usize) -> Price {
        let record = &self.work.records[r];
        let doubted = matches!(record.known.doubt, Some(Doubt::PerhapsSame { .. }));
        NEW_OR_GONE * Price::from(!doubted && self.work.is_covered(record))
    }

    /// What the marks that last say against a pair, or for it.
    fn marks(&self, r: usize, i: usize) -> i64 {
        let work = self.work;
        let contradicted = work.says(Mark::Ids, r, i) == Some(false);
        i64::from(contradicted) - i64::from(work.is_tied(r, i))
    }

    /// Whether nothing tells them apart but, where one of them is paired, a balance.
    fn is_same(&self, r: usize, i: usize) -> bool {
        let work = self.work;
        let (record, item) = (&work.records[r], &work.items[i]);
        self.cost(r, i).price == 0
            && record.movement.pending == item.movement.pending
            && !fingerprint::other_part(&record.text, &item.text)
            && (!work.is_open(r, i) || work.compare(r, i).1 == Against::Nothing)
    }

    /// What the passes left open they left in doubt, but for what nothing at all speaks against.
    fn is_in_doubt(&self, r: usize, i: usize) -> bool {
        self.work.calendar == 0 && self.work.is_open_doubt(r, i) && !self.is_same(r, i)
    }
}

/// Whether a new pair may be made, by what it costs.
type MayChange = fn(Cost) -> bool;

/// What new pairs may change, one after the other: what is cheapest at first may change too much.
const MAY_CHANGE: [MayChange; 3] = [
    |cost| cost.price - cost.told <= 1,
    |cost| cost.changed() == 0,
    |cost| cost.price == cost.told,
];

/// What has to be believed if a record is an item.
#[derive(Clone, Copy)]
struct Cost {
    /// All of it.
    price: Price,
    /// Of it, that its day is told otherwise.
    told: Price,
    /// Of it, by how many days it is off what its reading moved by; but not for a hold that was booked on
    /// another day.
    off: Price,
}

impl Cost {
    /// What is not of days.
    fn changed(self) -> Price {
        self.price - self.told - self.off
    }
}

/// What has to be believed with the pairs of a part; the least is believed.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Whole {
    price: Price,
    /// How many pairs an id contradicts, less those that a mark ties.
    marks: i64,
    /// How many records and items are in no pair.
    alone: usize,
    /// By how many days all of them moved.
    days: i32,
}
