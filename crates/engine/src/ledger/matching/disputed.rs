//! What the passes decided and the prices dispute. Each pass decides by one fact, and together they may end
//! in an answer that asks for more to be believed than another would. Then neither is taken: what the two
//! say differently is in doubt, so that both facts are kept until something tells them apart.

use super::{
    Work,
    cheapest::Part,
    marks::Against,
    pairing::{self, Pair},
    posting,
    price::{Moved, NEW_OR_GONE, Others, Price, REPETITION},
};
use std::collections::{BTreeSet, HashSet};

/// What a cheaper answer says differently.
#[derive(Default)]
struct Dispute {
    /// Pairs of either, where what was decided is decided otherwise, or not at all.
    undone: BTreeSet<Pair>,
    /// Pairs of either, where the other only leaves open a doubt that was decided.
    stays: BTreeSet<Pair>,
    /// Its pairs of what was left alone.
    added: Vec<Pair>,
}

impl Work<'_> {
    /// The same answer, but that what a cheaper one says differently is in doubt.
    pub(super) fn disputed(mut self) -> Self {
        let parts = self.unsettled();
        if parts.is_empty() {
            return self;
        }
        let others = self.others();
        let Some(cheapest) = self.cheapest(&parts, &others) else { return self };
        let Dispute { undone, stays, added } = self.dispute(&cheapest);
        // A doubt that could have stayed one disputes nothing, unless it is what the rest depends on.
        let both: BTreeSet<Pair> = undone.union(&stays).copied().collect();
        let ways = if undone.is_empty() { Vec::new() } else { vec![undone, both] };
        let undone = (ways.into_iter())
            .find(|undone| self.asks_for_less(undone, &cheapest, &added, &others));
        self.book_left_alone(&added);
        if let Some(undone) = undone {
            self.leave_in_doubt(&undone, &cheapest, &parts);
        }
        self.doubt_left_alone(&added);
        self
    }

    fn dispute(&self, cheapest: &BTreeSet<Pair>) -> Dispute {
        let now: BTreeSet<Pair> = self.pairs().collect();
        let differ: Vec<Pair> = now.symmetric_difference(cheapest).copied().collect();
        let mut dispute = Dispute::default();
        for part in pairing::parts(&differ) {
            if !part.iter().any(|pair| now.contains(pair)) {
                dispute.added.extend(part);
            } else if self.only_stays(&part, &now, cheapest) {
                dispute.stays.extend(part);
            } else {
                dispute.undone.extend(part);
            }
        }
        dispute
    }

    /// Whether less has to be believed if the cheaper answer is right in what is `undone`. What it leaves open
    /// besides is weighed as the less of what that may be, with both.
    fn asks_for_less(
        &self,
        undone: &BTreeSet<Pair>,
        cheapest: &BTreeSet<Pair>,
        added: &[Pair],
        others: &Others,
    ) -> bool {
        let asked = |pairs: &[Pair], added: &[Pair]| {
            (self.price_if(&[pairs, added].concat(), others).0, self.unbalanced(pairs))
        };
        let now: Vec<Pair> = self.pairs().collect();
        let kept = now.iter().filter(|pair| !undone.contains(pair));
        let then: Vec<Pair> = kept.chain(undone.intersection(cheapest)).copied().collect();
        let asks = (self.price().price, self.unbalanced(&now)).min(asked(&now, added));
        asked(&then, &[]).min(asked(&then, added)) < asks
    }

    /// A hold that straightening left alone may be booked as something else.
    fn book_left_alone(&mut self, added: &[Pair]) {
        if added.iter().any(|(r, i)| self.is_booked_as(*r, *i)) {
            self.readmit_doubted();
            posting::settle(self);
        }
    }

    /// What the cheaper answer shows to be left alone for nothing.
    fn doubt_left_alone(&mut self, added: &[Pair]) {
        for &(r, i) in added {
            if !self.is_open(r, i) {
                continue;
            }
            // A repetition, and one that is missed: it says less that it is told under another day.
            let repeats = self.items[i].spare
                && self.proves_absence(r)
                && self.price_by_itself(r, i, &Moved::new()) < REPETITION + NEW_OR_GONE;
            // What is in doubt already may be this one as well, with one change besides its day; and so may
            // what is new, where nothing else would say so.
            let may_be = self.could_be(r, i).is_some_and(|cost| cost <= 1)
                && (!self.items[i].perhaps.is_empty() || self.is_alike(r, i));
            if repeats {
                self.pair(r, i);
            } else if may_be {
                self.suppose(i, r);
            }
        }
    }

    /// Whether nobody would take them for two who knew of nothing else.
    fn is_alike(&self, r: usize, i: usize) -> bool {
        let days = self.days(r, i).abs();
        let same = days == 0 || days == 1 && self.could_be(r, i) == Some(0);
        !self.items[i].spare && (self.is_booked_as(r, i) || same)
    }

    /// Whether the cheaper answer only leaves in doubt what a doubt was decided for.
    fn only_stays(&self, part: &[Pair], now: &BTreeSet<Pair>, cheapest: &BTreeSet<Pair>) -> bool {
        let shown: HashSet<usize> =
            part.iter().filter(|pair| cheapest.contains(pair)).map(|(r, _)| *r).collect();
        part.iter().filter(|pair| now.contains(pair)).any(|&(r, i)| {
            let stays = |home: usize| {
                // But its record, if it moved on to another, would say more than was in doubt.
                self.names(home, r)
                    && self.records[home].item.is_none()
                    && cheapest.contains(&(home, i))
            };
            !shown.contains(&r) && self.items[i].home.is_some_and(stays)
        })
    }

    /// Neither what the passes said of these pairs nor what the cheaper answer says is decided.
    fn leave_in_doubt(
        &mut self,
        undone: &BTreeSet<Pair>,
        cheapest: &BTreeSet<Pair>,
        parts: &[Part],
    ) {
        let (mut records, mut items) = (HashSet::new(), BTreeSet::new());
        let spare = |i: usize| self.items[i].spare;
        // A repetition is in no doubt, but what it was taken for may be what the other answer says.
        let other: HashSet<usize> =
            (undone.intersection(cheapest)).filter(|(_, i)| !spare(*i)).map(|(r, _)| *r).collect();
        let opened =
            |(r, i): &&Pair| !spare(*i) || self.items[*i].record == Some(*r) && other.contains(r);
        let undone: Vec<Pair> = undone.iter().filter(opened).copied().collect();
        for &(r, i) in &undone {
            items.insert(i);
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
        // What was stored in that doubt stays what was stored, by its own day before any calendar's.
        self.keep_doubts();
        let none = Moved::new();
        for &i in &items {
            // But not where only a calendar made it that home, and something is likelier by its own day.
            let price = |r: usize| self.price_by_itself(r, i, &none);
            let likelier = |home: usize| {
                let better = |(r, item): &Pair| *item == i && price(*r) < price(home);
                self.days(home, i) != 0 && cheapest.iter().any(better)
            };
            let home = self.items[i].home.filter(|home| {
                self.is_open(*home, i)
                    && !likelier(*home)
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
}
