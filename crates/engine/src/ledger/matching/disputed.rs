//! What the passes decided and the prices dispute. Each pass decides by one fact, and together they may end
//! in an answer that asks for more to be believed than another would. Then neither is taken: what the two
//! say differently is in doubt, so that both facts are kept until something tells them apart.

use super::{
    Work,
    cheapest::Part,
    marks::Against,
    pairing::{self, Pair},
    posting,
    price::{Moved, NEW_OR_GONE, Price, REPETITION},
};
use std::collections::{BTreeSet, HashSet};

impl Work<'_> {
    /// The same answer, but that what a cheaper one says differently is in doubt.
    pub(super) fn disputed(mut self) -> Self {
        let parts = self.unsettled();
        if parts.is_empty() {
            return self;
        }
        let others = self.others();
        let Some(cheapest) = self.cheapest(&parts, &others) else { return self };
        let now: BTreeSet<Pair> = self.pairs().collect();
        let differ: Vec<Pair> = now.symmetric_difference(&cheapest).copied().collect();
        let (mut undone, mut stays, mut added) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        for part in pairing::parts(&differ) {
            if !part.iter().any(|pair| now.contains(pair)) {
                added.extend(part);
            } else if self.only_stays(&part, &now, &cheapest) {
                stays.extend(part);
            } else {
                undone.extend(part);
            }
        }
        // What it leaves open besides is weighed as the less of what that may be, with both.
        let asked = |pairs: &[Pair], added: &[Pair]| {
            (self.price_if(&[pairs, added].concat(), &others).0, self.unbalanced(pairs))
        };
        let decided: Vec<Pair> = now.iter().copied().collect();
        let asks = (self.price().price, self.unbalanced(&decided)).min(asked(&decided, &added));
        let is_cheaper = |undone: &BTreeSet<Pair>| {
            let then: Vec<Pair> =
                (now.difference(undone)).chain(undone.intersection(&cheapest)).copied().collect();
            asked(&then, &[]).min(asked(&then, &added)) < asks
        };
        // A doubt that could have stayed one disputes nothing, unless it is what the rest depends on.
        let both: BTreeSet<Pair> = undone.union(&stays).copied().collect();
        let ways = if undone.is_empty() { vec![] } else { vec![undone, both] };
        let undone = ways.into_iter().find(is_cheaper);
        let booked =
            |&(r, i): &Pair| self.records[r].movement.pending && !self.items[i].movement.pending;
        if added.iter().any(booked) {
            // A hold that straightening left alone may be booked as something else.
            self.readmit_doubted();
            posting::settle(&mut self);
        }
        if let Some(undone) = undone {
            self.leave_in_doubt(&undone, &cheapest, &parts);
        }
        for (r, i) in added {
            // A repetition, and one that is missed: it says less that it is told under another day.
            if self.items[i].spare
                && self.is_open(r, i)
                && self.proves_absence(r)
                && self.price_by_itself(r, i, &Moved::new()) < REPETITION + NEW_OR_GONE
            {
                self.pair(r, i);
            }
            // What is in doubt already may be this one as well, with one change besides its day; and so may
            // what is new, where that alone would say that a record is gone.
            let one = self.could_be(r, i).is_some_and(|cost| cost <= 1);
            let new = self.items[i].perhaps.is_empty();
            if self.is_open(r, i) && one && (!new || self.is_alike(r, i)) {
                self.items[i].disputed = true;
                self.suppose(i, r);
            }
        }
        self
    }

    /// Whether nobody would take them for two who knew of nothing else.
    fn is_alike(&self, r: usize, i: usize) -> bool {
        let posts = self.records[r].movement.pending && !self.items[i].movement.pending;
        let days = self.days(r, i).abs();
        !self.items[i].spare && (posts || days == 0 || days == 1 && self.could_be(r, i) == Some(0))
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
        // What was stored in that doubt stays what was stored, by its own day before any calendar's.
        self.keep_doubts();
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
}
