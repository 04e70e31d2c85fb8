//! What the passes paired one after the other, straightened: where another assignment of equal movements
//! asks for less to be believed, it is taken.

use super::{
    super::{Doubt, fingerprint},
    Item, Work,
    marks::Against,
    pairing::{self, Pair},
    price::{Asked, Moved, NEW_OR_GONE, Price},
};
use pathfinding::{kuhn_munkres::kuhn_munkres_min, matrix::Matrix};
use std::collections::{HashMap, HashSet};

/// The most records and items of one part that are compared each with each.
const MANY: usize = 128;

impl Work<'_> {
    /// The answer, straightened: by the days that most of what one reading wrote moved, or by none, whichever
    /// leaves less to be believed.
    pub(super) fn straightened(self) -> (Asked, Self) {
        let moved = self.moved();
        let other = moved.values().any(|days| *days != 0).then(|| self.clone());
        let one = self.straightened_by(&moved);
        match other.map(|other| other.straightened_by(&Moved::new())) {
            Some(other) if other.0 < one.0 => other,
            _ => one,
        }
    }

    /// The passes pair one after the other. Where what they paired, and what they left, can be paired so that
    /// less is to be believed, it is.
    fn straightened_by(mut self, moved: &Moved) -> (Asked, Self) {
        let told = self.told_otherwise();
        // A few days that are told otherwise are each as much to believe as something new.
        let few = self.calendar == 0
            && told < self.rules.enough
            && self.moved().values().all(|days| *days == 0);
        let otherwise = if few { NEW_OR_GONE } else { 0 };
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
            let found = [1, 0]
                .into_iter()
                .find_map(|most| self.cheaper(&records, &items, moved, most, otherwise));
            straight.extend(found.map(|pairs| (items, pairs)));
        }
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
        (self.price(), self)
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
        otherwise: Price,
    ) -> Option<Vec<Pair>> {
        // Among equals, what the passes said stands.
        const SCALE: i64 = 1_000;
        const NEVER: i64 = 1_000_000_000;
        let scaled = |price: Price| i64::try_from(price).map_or(NEVER, |price| price * SCALE);
        let pair = |r: usize, i: usize| {
            let (contradicted, changed) = self.against(r, i, moved);
            // A mark outweighs what changed.
            let price = contradicted + if self.is_tied(r, i) { 0 } else { changed };
            let told =
                self.is_told_otherwise(r, i) && !self.is_tied(r, i) && self.items[i].home.is_none();
            let price = price + if told { otherwise } else { 0 };
            let now = self.records[r].item == Some(i);
            // What the passes left open they left in doubt, but for what nothing at all speaks against.
            let (record, item) = (&self.records[r], &self.items[i]);
            let same = price == 0
                && record.movement.pending == item.movement.pending
                && !fingerprint::other_part(&record.text, &item.text)
                && self.compare(r, i).1 == Against::Nothing;
            let own = item.home == Some(r) || same;
            let open = self.records[r].item.is_none() && self.items[i].record.is_none();
            let may_be = own || self.may_be(r, i) && (self.calendar != 0 || !open);
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
}
