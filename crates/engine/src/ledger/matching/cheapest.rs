//! The cheapest answer of all: the pairs with which the least is to be believed, whatever fact speaks for
//! them. What hangs together is assigned as a whole, under each calendar that could be.

use super::{
    super::{Mark, fingerprint},
    Record, Work,
    pairing::{self, Pair},
    price::{Moved, NEW_OR_GONE, Others, Price},
};
use jiff::{Span, Timestamp, civil::Date};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::RangeInclusive,
};

/// The most records and items of one part that are compared each with each; of one amount twice as many.
const MANY: usize = 64;

/// How often the cheapest answer is asked which calendar it speaks for, and is made anew by that one.
const ROUNDS: usize = 4;

/// The most readings of which it is asked, one after the other, whether what they wrote moved.
const ASKED: usize = 8;

/// Which days are taken to be told otherwise.
#[derive(Clone, Default, PartialEq)]
struct Told {
    /// By how many days enough moved to say so.
    ways: BTreeSet<i32>,
    moved: Moved,
}

/// Records and items that could be each other, under whatever calendar.
pub(super) struct Part {
    /// In order, as the items.
    records: Vec<usize>,
    items: Vec<usize>,
    /// What has to be believed of each record with each item, days aside; `None` where they are two.
    costs: Vec<Option<Price>>,
}

impl Work<'_> {
    /// The pairs with which the least is to be believed, where that is less than now.
    pub(super) fn cheapest(&self, parts: &[Part], others: &Others) -> Option<BTreeSet<Pair>> {
        let inside: HashSet<usize> = parts.iter().flat_map(|part| &part.items).copied().collect();
        let outside: Vec<Pair> = self.pairs().filter(|(_, i)| !inside.contains(i)).collect();
        // What another is in doubt about may be explained by it, or may not.
        let named: HashSet<usize> = others.values().flatten().copied().collect();
        let explained = [HashSet::new(), named];
        let explained = if explained[1].is_empty() { &explained[..1] } else { &explained };
        let now: Vec<Pair> = self.pairs().collect();
        let (mut least, mut cheapest) = ((self.price().price, self.unbalanced(&now)), None);
        for first in self.calendars(parts) {
            for explained in explained {
                let mut told = first.clone();
                for _ in 0..ROUNDS {
                    let mut pairs = outside.clone();
                    for part in parts {
                        pairs.extend(self.cheapest_of(part, &told, explained));
                    }
                    let (price, _) = self.price_if(&pairs, others);
                    let next = self.spoken_for(&pairs);
                    let asked = (price, self.unbalanced(&pairs));
                    if asked < least {
                        (least, cheapest) = (asked, Some(pairs));
                    }
                    if next == told {
                        break;
                    }
                    told = next;
                }
            }
        }
        cheapest.map(|pairs| pairs.into_iter().collect())
    }

    /// The calendars that are tried first: none, each day for all and for nothing that was known, and that of
    /// this answer, also with what one reading more or one less wrote.
    fn calendars(&self, parts: &[Part]) -> Vec<Told> {
        let mut all = vec![Told::default()];
        let slack = self.rules.day_slack;
        for days in (-slack..=slack).filter(|days| *days != 0) {
            let ways = BTreeSet::from([days]);
            let moved = self.records.iter().map(|record| (record.known.written_at, days)).collect();
            all.push(Told { ways: ways.clone(), moved: Moved::new() });
            all.push(Told { ways, moved });
        }
        let now = self.spoken_for(&self.pairs().collect::<Vec<_>>());
        if now.ways.is_empty() {
            return all;
        }
        let mut wrote: BTreeMap<Timestamp, usize> = BTreeMap::new();
        for r in parts.iter().flat_map(|part| &part.records) {
            *wrote.entry(self.records[*r].known.written_at).or_default() += 1;
        }
        let mut wrote: Vec<(Timestamp, usize)> = wrote.into_iter().collect();
        wrote.retain(|(_, count)| *count >= self.rules.enough);
        wrote.sort_by_key(|(_, count)| Reverse(*count));
        wrote.truncate(ASKED);
        for (at, _) in wrote {
            let mut other = now.clone();
            if other.moved.remove(&at).is_some() {
                all.push(other);
                continue;
            }
            for days in &now.ways {
                let mut other = now.clone();
                other.moved.insert(at, *days);
                all.push(other);
            }
        }
        all.push(now);
        all
    }

    /// How many come back under another balance.
    pub(super) fn unbalanced(&self, pairs: &[Pair]) -> usize {
        pairs.iter().filter(|(r, i)| self.is_unbalanced(*r, *i)).count()
    }

    fn is_unbalanced(&self, r: usize, i: usize) -> bool {
        self.says(Mark::Balances, r, i) == Some(false)
    }

    /// The calendar for which pairs speak.
    fn spoken_for(&self, pairs: &[Pair]) -> Told {
        let mut moved = self.moved(pairs);
        moved.retain(|_, days| *days != 0);
        let told = self.told_otherwise(pairs).into_iter();
        let enough = told.filter(|(_, count)| *count >= self.rules.enough).map(|(days, _)| days);
        Told { ways: enough.chain(moved.values().copied()).collect(), moved }
    }

    /// The pairs of a part with which the least is to be believed, where days are so told and what is
    /// `explained` may be gone.
    fn cheapest_of(&self, part: &Part, told: &Told, explained: &HashSet<usize>) -> Vec<Pair> {
        // Among equals balances decide, and then what the passes said stands.
        const BALANCE: Price = 4 * MANY;
        const SCALE: Price = BALANCE * BALANCE;
        let scaled = |price: Price, unbalanced: bool, other: bool| {
            let equal = BALANCE * Price::from(unbalanced) + Price::from(other);
            i64::try_from(SCALE * price + equal).unwrap_or(i64::MAX)
        };
        let pair = |r: usize, i: usize| {
            let few = self.is_told_otherwise(r, i) && !told.ways.contains(&self.days(r, i));
            let days = self.off(r, i, &told.moved) + NEW_OR_GONE * Price::from(few);
            let (unbalanced, other) = (self.is_unbalanced(r, i), self.records[r].item != Some(i));
            part.cost(r, i).map(|cost| scaled(cost + days, unbalanced, other))
        };
        let gone = |r: usize| {
            let record = &self.records[r];
            let same = |i: usize| record.known.content == self.items[i].seen.content;
            let missed = if self.is_covered(record) {
                self.named(r).is_empty() && !explained.contains(&r)
            } else {
                // What is shown exactly as it was is not gone for nothing.
                record.item.is_some_and(same)
            };
            scaled(NEW_OR_GONE * Price::from(missed), false, record.item.is_some())
        };
        let new = |i: usize| scaled(self.left_alone(i), false, self.items[i].record.is_some());
        pairing::cheapest(&part.records, &part.items, pair, (gone, new))
    }

    /// What hangs together, where something is gone and something new, or something changed: of the amounts of
    /// what is gone or changed, and whatever its holds may have been booked as.
    pub(super) fn unsettled(&mut self) -> Vec<Part> {
        let changed: Vec<usize> = self
            .pairs()
            .filter(|(r, i)| self.price_of(*r, *i, &Moved::new()) > 0)
            .map(|(r, _)| r)
            .collect();
        let mut open = self.open_records();
        open.retain(|r| self.is_near(&self.records[*r]));
        if changed.is_empty() && open.is_empty() {
            return Vec::new();
        }
        let sum = |r: usize| fingerprint::sum(self.records[r].movement);
        let new: HashSet<_> =
            self.open_items().iter().map(|i| fingerprint::sum(self.items[*i].movement)).collect();
        open.retain(|r| self.is_covered(&self.records[*r]) || new.contains(&sum(*r)));
        let sums: HashSet<_> = open.into_iter().chain(changed).map(sum).collect();
        // Prices say nothing against a mark that ties.
        let marks = self.marks_of_open();
        let may_be_tied = |i: usize| self.may_be_tied(i, &marks);
        let tied = |r: usize, i: usize| self.is_tied(r, i) || may_be_tied(i);
        let free =
            |r: usize| sums.contains(&sum(r)) && self.records[r].item.is_none_or(|i| !tied(r, i));
        let records: Vec<usize> = (0..self.records.len()).filter(|r| free(*r)).collect();
        let free = |i: &usize| self.items[*i].record.map_or_else(|| !may_be_tied(*i), free);
        let items: Vec<usize> = (0..self.items.len()).filter(free).collect();
        let of_records: HashSet<_> = records.iter().map(|r| self.records[*r].known.id).collect();
        let of_items: HashSet<usize> = items.iter().copied().collect();
        self.read_texts_of(
            |record| of_records.contains(&record.known.id),
            |i, _| of_items.contains(&i),
        );
        self.parts_of(&records, &items)
    }

    /// What could be each other, under whatever calendar, in parts that hang together.
    fn parts_of(&self, records: &[usize], items: &[usize]) -> Vec<Part> {
        let mut of_sum: HashMap<_, (usize, Vec<usize>)> = HashMap::new();
        let mut of_day: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
        for i in items {
            let movement = self.items[*i].movement;
            of_sum.entry(fingerprint::sum(movement)).or_default().1.push(*i);
            of_day.entry(movement.value_date).or_default().push(*i);
        }
        for r in records {
            of_sum.entry(fingerprint::sum(self.records[*r].movement)).or_default().0 += 1;
        }
        of_sum.retain(|_, (records, items)| *records + items.len() <= 2 * MANY);
        let mut costs: HashMap<Pair, Price> = HashMap::new();
        for &r in records {
            let movement = self.records[r].movement;
            let sum = fingerprint::sum(movement);
            let same = of_sum.get(&sum).map(|(_, items)| items);
            let booked = self.days_of_posting(r).map(|days| of_day.range(days));
            let booked = booked.into_iter().flatten().flat_map(|(_, items)| items).take(4 * MANY);
            let posts = booked.filter(|i| {
                let item = self.items[**i].movement;
                fingerprint::sum(item) != sum
                    && !item.pending
                    && item.direction == movement.direction
            });
            for &i in same.into_iter().flatten().chain(posts) {
                let says_so = |cost: &Price| !self.is_open(r, i) || self.may_be_added(r, i, *cost);
                costs.extend(self.could_be(r, i).filter(says_so).map(|cost| ((r, i), cost)));
            }
            // What is paired may stay so, whatever it costs.
            if let Some(i) = self.records[r].item {
                let (contradicted, _, changed) = self.against(r, i, &Moved::new());
                costs.insert((r, i), contradicted + changed);
            }
        }
        let mut links: Vec<Pair> = costs.keys().copied().collect();
        links.sort_unstable();
        let mut parts = Vec::new();
        for links in pairing::parts(&links) {
            let (records, items) = pairing::sides(&links);
            let open = |r: &usize| {
                let record = &self.records[*r];
                record.item.is_none() && self.is_near(record)
            };
            let changed = |i: &usize| {
                self.items[*i].record.is_some_and(|r| self.price_of(r, *i, &Moved::new()) > 0)
            };
            let open =
                records.iter().any(open) && items.iter().any(|i| self.items[*i].record.is_none());
            if records.len() + items.len() <= MANY
                && (open || links.len() > 1 && items.iter().any(changed))
            {
                let each = records.iter().flat_map(|r| items.iter().map(|i| (*r, *i)));
                let costs = each.map(|pair| costs.get(&pair).copied()).collect();
                parts.push(Part { records, items, costs });
            }
        }
        parts
    }

    /// Whether the reading should have shown a record, or was asked for its day.
    fn is_near(&self, record: &Record<'_>) -> bool {
        self.is_covered(record) || self.span.inside(Some(record.movement.value_date))
    }

    /// What has to be believed, days aside, if a record is an item; `None` where they are two.
    pub(super) fn could_be(&self, r: usize, i: usize) -> Option<Price> {
        let (contradicted, _, changed) = self.against(r, i, &Moved::new());
        let cost = contradicted + changed;
        let two = cost >= 2 * NEW_OR_GONE
            || self.items[i].spare && cost > 0
            || fingerprint::other_part(&self.records[r].text, &self.items[i].text);
        (!two).then_some(cost)
    }

    /// Whether what was left alone can be left in doubt, or booked, for it.
    fn may_be_added(&self, r: usize, i: usize, cost: Price) -> bool {
        cost <= 1 || self.is_booked_as(r, i)
    }

    /// The days on which a hold may be booked.
    fn days_of_posting(&self, r: usize) -> Option<RangeInclusive<Date>> {
        let movement = self.records[r].movement;
        let days = |days: i32| Span::new().days(days);
        let slack = self.rules.day_slack;
        movement.pending.then(|| {
            movement.value_date.saturating_sub(days(slack))
                ..=movement.value_date.saturating_add(days(self.rules.posts_within + slack))
        })
    }
}

impl Part {
    /// What it costs, days aside, if they are one.
    fn cost(&self, r: usize, i: usize) -> Option<Price> {
        let (x, y) = (self.records.binary_search(&r).ok()?, self.items.binary_search(&i).ok()?);
        self.costs[x * self.items.len() + y]
    }

    /// What could be one, and what it costs.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize, Price)> {
        let each = self.records.iter().flat_map(|r| self.items.iter().map(|i| (*r, *i)));
        each.zip(&self.costs).filter_map(|((r, i), cost)| Some((r, i, (*cost)?)))
    }
}
