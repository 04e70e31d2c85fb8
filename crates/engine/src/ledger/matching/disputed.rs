//! What the passes decided and the prices dispute. Each pass decides by one fact, and together they may end
//! in an answer that asks for more to be believed than another would. Then neither is taken: what the two
//! say differently is in doubt, so that both facts are kept until something tells them apart.

use super::{
    super::{Mark, fingerprint},
    Record, Work,
    marks::{Against, Belief, MarkValue, Side},
    pairing::{self, Pair},
    price::{LASTING, Moved, NEW_OR_GONE, Others, Price},
};
use jiff::Timestamp;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

/// The most records and items of one part that are compared each with each.
const MANY: usize = 64;

/// How often the cheapest answer is asked which calendar it speaks for, and is made anew by that one.
const ROUNDS: usize = 4;

/// The most readings of which it is asked, one after the other, whether what they wrote moved.
const ASKED: usize = 8;

/// Which days are taken to be told otherwise.
#[derive(Clone, Default, PartialEq)]
struct Calendar {
    /// By how many days enough moved.
    ways: BTreeSet<i32>,
    moved: Moved,
}

/// Records and items that could be each other, under whatever calendar.
struct Part {
    records: Vec<usize>,
    items: Vec<usize>,
    /// What has to be believed of each record with each item, days aside; `None` where they are two.
    costs: Vec<Option<Price>>,
}

impl<'a> Work<'a> {
    /// The same answer, but that what a cheaper one says differently is in doubt.
    pub(super) fn disputed(mut self) -> Self {
        let parts = self.unsettled();
        if parts.is_empty() {
            return self;
        }
        let others = self.others();
        let Some(cheapest) = self.cheapest(&parts, &others) else { return self };
        let now: HashSet<Pair> = self.pairs().collect();
        let differ: Vec<Pair> = now.symmetric_difference(&cheapest).copied().collect();
        let (mut undone, mut added) = (Vec::new(), Vec::new());
        for part in pairing::parts(&differ) {
            if !part.iter().any(|pair| now.contains(pair)) {
                added.extend(part);
            } else if !part.iter().any(|pair| self.only_stays(*pair, &now, &cheapest)) {
                undone.extend(part);
            }
        }
        // What it leaves open besides is weighed as the less of what that may be, with both.
        let with = |pairs: &[Pair]| self.price_if(&[pairs, &added].concat(), &others).0;
        let left: Vec<Pair> = now.iter().filter(|pair| !undone.contains(pair)).copied().collect();
        let then: Vec<Pair> = undone.iter().filter(|pair| cheapest.contains(pair)).copied().collect();
        let then = [left, then].concat();
        let now: Vec<Pair> = now.into_iter().collect();
        let asked = self.price().price.min(with(&now));
        if self.price_if(&then, &others).0.min(with(&then)) < asked {
            self.leave_in_doubt(&undone, &cheapest, &parts);
        }
        for (r, i) in added {
            // Of what is in doubt already this is one thing more that it may be.
            if !self.items[i].perhaps.is_empty() && self.is_open(r, i) && self.is_the_same(r, i) {
                self.suppose(i, r);
            }
        }
        self
    }

    /// Whether the cheaper answer only leaves in doubt what a doubt was decided for.
    fn only_stays(&self, (r, i): Pair, now: &HashSet<Pair>, cheapest: &HashSet<Pair>) -> bool {
        let stays = |home: usize| self.names(home, r) && cheapest.contains(&(home, i));
        now.contains(&(r, i))
            && !cheapest.iter().any(|(elsewhere, _)| *elsewhere == r)
            && self.items[i].home.is_some_and(stays)
    }

    fn leave_in_doubt(&mut self, undone: &[Pair], cheapest: &HashSet<Pair>, parts: &[Part]) {
        let (mut records, mut items) = (HashSet::new(), HashSet::new());
        let undone: Vec<Pair> =
            undone.iter().filter(|(_, i)| !self.items[*i].spare).copied().collect();
        for &(r, i) in &undone {
            items.insert(i);
            self.items[i].disputed = true;
            if self.items[i].record == Some(r) {
                records.insert(r);
                self.items[i].record = None;
                self.records[r].item = None;
                // Before whatever else it may be.
                let others = std::mem::take(&mut self.items[i].perhaps);
                for perhaps in [r].into_iter().chain(others) {
                    self.suppose(i, perhaps);
                }
            }
        }
        for &(r, i) in undone.iter().filter(|pair| cheapest.contains(pair)) {
            self.suppose(i, r);
        }
        // What was stored in that doubt stays what was stored.
        for &i in &items {
            let home = self.items[i].home.filter(|home| {
                self.is_open(*home, i)
                    && self.items[i].perhaps.iter().any(|other| self.names(*home, *other))
                    && self.compare(*home, i).1 < Against::Strong
            });
            if let Some(home) = home {
                self.pair(home, i);
                self.items[i].perhaps.clear();
            }
        }
        // Nor is it decided what else may be what was opened.
        for part in parts {
            for (r, i, cost) in part.pairs() {
                let told = NEW_OR_GONE * Price::from(self.is_told_otherwise(r, i));
                let cost = cost + self.off(r, i, &Moved::new()) + told;
                if (records.contains(&r) || items.contains(&i))
                    && cost < 2 * NEW_OR_GONE
                    && self.is_open(r, i)
                    && !self.items[i].spare
                {
                    self.suppose(i, r);
                }
            }
        }
    }

    /// The pairs with which the least is to be believed, where that is less than now.
    fn cheapest(&self, parts: &[Part], others: &Others) -> Option<HashSet<Pair>> {
        let inside: HashSet<usize> = parts.iter().flat_map(|part| &part.items).copied().collect();
        let outside: Vec<Pair> = self.pairs().filter(|(_, i)| !inside.contains(i)).collect();
        // What another is in doubt about may be explained by it, or may not.
        let named: HashSet<usize> = others.values().flatten().copied().collect();
        let explained = [HashSet::new(), named];
        let explained = if explained[1].is_empty() { &explained[..1] } else { &explained };
        let (mut least, mut cheapest) = (self.price().price, None);
        for first in self.calendars(parts) {
            for explained in explained {
                let mut calendar = first.clone();
                for _ in 0..ROUNDS {
                    let mut pairs = outside.clone();
                    for part in parts {
                        pairs.extend(self.cheapest_of(part, &calendar, explained));
                    }
                    let (price, _) = self.price_if(&pairs, others);
                    let next = self.spoken_for(&pairs);
                    if price < least {
                        (least, cheapest) = (price, Some(pairs));
                    }
                    if next == calendar {
                        break;
                    }
                    calendar = next;
                }
            }
        }
        cheapest.map(|pairs| pairs.into_iter().collect())
    }

    /// The calendars that are tried first: none, each day for all and for nothing that was known, and that of
    /// this answer, also with what one reading more or one less wrote.
    fn calendars(&self, parts: &[Part]) -> Vec<Calendar> {
        let mut all = vec![Calendar::default()];
        let slack = self.rules.day_slack;
        for days in (-slack..=slack).filter(|days| *days != 0) {
            let ways = BTreeSet::from([days]);
            let moved = self.records.iter().map(|record| (record.known.written_at, days)).collect();
            all.push(Calendar { ways: ways.clone(), moved: Moved::new() });
            all.push(Calendar { ways, moved });
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

    /// The calendar for which pairs speak.
    fn spoken_for(&self, pairs: &[Pair]) -> Calendar {
        let mut moved = self.moved(pairs);
        moved.retain(|_, days| *days != 0);
        let told = self.told_otherwise(pairs).into_iter();
        let enough = told.filter(|(_, count)| *count >= self.rules.enough).map(|(days, _)| days);
        Calendar { ways: enough.chain(moved.values().copied()).collect(), moved }
    }

    fn cheapest_of(
        &self,
        part: &Part,
        calendar: &Calendar,
        explained: &HashSet<usize>,
    ) -> Vec<Pair> {
        // Among equals what the passes said stands.
        const SCALE: Price = 4 * MANY;
        let scaled = |price: Price, other: bool| {
            i64::try_from(SCALE * price).unwrap_or(i64::MAX) + i64::from(other)
        };
        let pair = |r: usize, i: usize| {
            let few = self.is_told_otherwise(r, i) && !calendar.ways.contains(&self.days(r, i));
            let days = self.off(r, i, &calendar.moved) + NEW_OR_GONE * Price::from(few);
            part.cost(r, i).map(|cost| scaled(cost + days, self.records[r].item != Some(i)))
        };
        let gone = |r: usize| {
            let record = &self.records[r];
            let missed = self.is_covered(record) && self.named(r).is_empty() && !explained.contains(&r);
            scaled(NEW_OR_GONE * Price::from(missed), record.item.is_some())
        };
        let new = |i: usize| scaled(self.left_alone(i), self.items[i].record.is_some());
        pairing::cheapest(&part.records, &part.items, pair, (gone, new))
    }

    /// What hangs together and has something in it that costs more than what is merely new.
    fn unsettled(&mut self) -> Vec<Part> {
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
        let may_be_tied = |i: usize| {
            let mark = |mark: &Mark| Some((*mark, self.one_mark(*mark, Side::Item(i))?));
            LASTING.iter().filter_map(mark).any(|mark| marks.contains(&mark))
        };
        let tied = |r: usize, i: usize| self.is_tied(r, i) || may_be_tied(i);
        let free = |r: usize| {
            sums.contains(&sum(r)) && self.records[r].item.is_none_or(|i| !tied(r, i))
        };
        let records: Vec<usize> = (0..self.records.len()).filter(|r| free(*r)).collect();
        let free = |i: &usize| match self.items[*i].record {
            Some(r) => free(r),
            None => !may_be_tied(*i),
        };
        let items: Vec<usize> = (0..self.items.len()).filter(free).collect();
        let (of_records, of_items): (HashSet<_>, HashSet<usize>) = (
            records.iter().map(|r| self.records[*r].known.id).collect(),
            items.iter().copied().collect(),
        );
        self.read_texts_of(
            |record| of_records.contains(&record.known.id),
            |i, _| of_items.contains(&i),
        );
        self.parts_of(&records, &items)
    }

    /// The marks that last, of what is not shown.
    fn marks_of_open(&self) -> HashSet<(Mark, MarkValue<'a>)> {
        let open = self.open_records();
        let believed = LASTING.into_iter().filter(|mark| self.belief(*mark) != Belief::Ignored);
        let of = |mark: Mark| {
            let value = move |r: &usize| Some((mark, self.one_mark(mark, Side::Record(*r))?));
            open.iter().filter_map(value)
        };
        believed.flat_map(of).collect()
    }

    fn parts_of(&self, records: &[usize], items: &[usize]) -> Vec<Part> {
        let mut by_sum: HashMap<_, Vec<usize>> = HashMap::new();
        for i in items {
            by_sum.entry(fingerprint::sum(self.items[*i].movement)).or_default().push(*i);
        }
        let mut costs: HashMap<Pair, Option<Price>> = HashMap::new();
        for &r in records {
            let movement = self.records[r].movement;
            let same = by_sum.get(&fingerprint::sum(movement));
            let posts = if movement.pending { items } else { &[] };
            let posts = posts.iter().filter(|i| {
                let sum = fingerprint::sum(self.items[**i].movement);
                sum != fingerprint::sum(movement) && self.could_post(r, **i)
            });
            for &i in same.into_iter().flatten().chain(posts) {
                if let Some(cost) = self.could_be(r, i) {
                    costs.insert((r, i), Some(cost));
                }
            }
            if let Some(i) = self.records[r].item {
                let (contradicted, _, changed) = self.against(r, i, &Moved::new());
                costs.insert((r, i), Some(contradicted + changed));
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
            let open = records.iter().any(open)
                && items.iter().any(|i| self.items[*i].record.is_none());
            if records.len() + items.len() <= MANY
                && (open || links.len() > 1 && items.iter().any(changed))
            {
                let each = records.iter().flat_map(|r| items.iter().map(|i| (*r, *i)));
                let costs = each.map(|pair| costs.get(&pair).copied().flatten()).collect();
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
    fn could_be(&self, r: usize, i: usize) -> Option<Price> {
        let (contradicted, _, changed) = self.against(r, i, &Moved::new());
        let cost = contradicted + changed;
        let two = cost >= 2 * NEW_OR_GONE
            || self.items[i].spare && cost > 0
            || fingerprint::other_part(&self.records[r].text, &self.items[i].text);
        (!two).then_some(cost)
    }

    /// Whether a hold may have been booked with another amount.
    fn could_post(&self, r: usize, i: usize) -> bool {
        let (old, new) = (self.records[r].movement, self.items[i].movement);
        let amount = if old.currency == new.currency {
            let (from, to) = fingerprint::posts_between(old, &self.records[r].text);
            from <= new.amount.0 && new.amount.0 <= to
        } else {
            old.on_card && new.on_card && fingerprint::converts(old, new)
        };
        amount && !new.pending && old.direction == new.direction
    }

    /// Whether nothing but its day tells a record from an item.
    fn is_the_same(&self, r: usize, i: usize) -> bool {
        self.could_be(r, i) == Some(0)
    }
}

impl Part {
    fn cost(&self, r: usize, i: usize) -> Option<Price> {
        let (x, y) = (self.records.binary_search(&r).ok()?, self.items.binary_search(&i).ok()?);
        self.costs[x * self.items.len() + y]
    }

    /// What could be one, and what it costs.
    fn pairs(&self) -> impl Iterator<Item = (usize, usize, Price)> {
        let each = self.records.iter().flat_map(|r| self.items.iter().map(|i| (*r, *i)));
        each.zip(&self.costs).filter_map(|((r, i), cost)| Some((r, i, (*cost)?)))
    }
}
