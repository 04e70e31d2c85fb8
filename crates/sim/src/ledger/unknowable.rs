//! Two answers to one reading, compared: what truly is, and what the ledger took it for. Where they
//! part, what hangs together is weighed. If the ledger's answer needs no more that is new, gone or
//! changed than the truth does, then nobody who saw the same could have known better.

use super::{Entry, Run, movement};
use crate::{institution::Shown, invariants::merchant};
use domain::{
    ids::RecordId,
    record::{Facts, Movement},
};
use engine::ledger::{Doubt, Plan, keeps_source_id};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What has to be believed: first what is new or gone, then what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Cost(usize, usize);

/// Which record each item is, and the other way round.
#[derive(Debug, Default)]
struct Answer {
    items: HashMap<usize, usize>,
    records: HashMap<usize, usize>,
}

impl Answer {
    fn pair(&mut self, record: usize, item: usize) {
        self.items.insert(record, item);
        self.records.insert(item, record);
    }
}

/// The items and the records about which the plan says something else than the truth, and nothing
/// that takes more to believe.
#[derive(Debug, Default)]
pub(super) struct Unknowable {
    /// Lives that hang together with one of which an id said something false.
    pub(super) misled: Vec<usize>,
    pub(super) items: HashSet<usize>,
    pub(super) records: HashSet<RecordId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Node {
    Record(usize),
    Item(usize),
}

impl Unknowable {
    /// Of a reading, before its plan is applied.
    pub(super) fn of(run: &Run, shown: &Shown, plan: &Plan) -> Self {
        let scale = Scale::new(run, shown, plan);
        let mut parts: HashMap<Node, usize> = HashMap::new();
        let mut members: Vec<Vec<Node>> = Vec::new();
        let edges = |one: &Answer, other: &Answer| -> Vec<(usize, usize)> {
            let pairs = one.items.iter().map(|(record, item)| (*record, *item));
            pairs.filter(|(record, item)| other.items.get(record) != Some(item)).collect()
        };
        let differ: Vec<(usize, usize)> = edges(&scale.truth, &scale.plan)
            .into_iter()
            .chain(edges(&scale.plan, &scale.truth))
            .collect();
        for (record, item) in differ {
            let (one, other) = (Node::Record(record), Node::Item(item));
            for node in [one, other] {
                parts.entry(node).or_insert_with(|| {
                    members.push(vec![node]);
                    members.len() - 1
                });
            }
            let (into, from) = (parts[&one], parts[&other]);
            if into != from {
                for node in std::mem::take(&mut members[from]) {
                    parts.insert(node, into);
                    members[into].push(node);
                }
            }
        }
        let mut found = Self::default();
        for part in members.iter().filter(|part| !part.is_empty()) {
            let lives = || {
                part.iter().map(|node| match node {
                    Node::Record(record) => run.book.entries[*record].life,
                    Node::Item(item) => shown.lives[*item],
                })
            };
            if lives().any(|life| run.misled.contains(&life)) {
                found.misled.extend(lives());
            }
            if scale.weigh(&scale.plan, part) > scale.weigh(&scale.truth, part) {
                continue;
            }
            for node in part {
                match node {
                    Node::Record(record) => {
                        found.records.insert(run.book.entries[*record].known.id);
                    }
                    Node::Item(item) => {
                        found.items.insert(*item);
                    }
                }
            }
        }
        found
    }
}

struct Scale<'r> {
    run: &'r Run,
    shown: &'r Shown,
    truth: Answer,
    plan: Answer,
    at: HashMap<RecordId, usize>,
    /// By how many days most of what one reading wrote truly moved.
    moved: HashMap<Timestamp, i32>,
}

impl<'r> Scale<'r> {
    fn new(run: &'r Run, shown: &'r Shown, plan: &Plan) -> Self {
        let entries = &run.book.entries;
        let at: HashMap<_, usize> =
            entries.iter().enumerate().map(|(r, entry)| (entry.known.id, r)).collect();
        let mut planned = Answer::default();
        for (id, item) in plan.update.iter().chain(&plan.unchanged) {
            if let Some(record) = at.get(id) {
                planned.pair(*record, *item);
            }
        }
        let taken: HashSet<usize> = (planned.records.keys().copied())
            .chain(plan.create.iter().map(|(item, _)| *item))
            .collect();
        // Of several sightings of one movement, that counts which the plan takes.
        let mut sightings: BTreeMap<usize, usize> = BTreeMap::new();
        for (item, life) in shown.lives.iter().enumerate() {
            let now = sightings.entry(*life).or_insert(item);
            if !taken.contains(now) && taken.contains(&item) {
                *now = item;
            }
        }
        let mut truth = Answer::default();
        for (life, item) in &sightings {
            let of_life = || (0..entries.len()).filter(|record| entries[*record].life == *life);
            let planned = planned.records.get(item);
            let home = run.homes.get(life);
            let record = of_life()
                .find(|record| Some(record) == planned)
                .or_else(|| of_life().find(|record| Some(&entries[*record].known.id) == home))
                .or_else(|| of_life().next());
            if let Some(record) = record {
                truth.pair(record, *item);
            }
        }
        let mut scale = Self { run, shown, truth, plan: planned, at, moved: HashMap::new() };
        let mut ways: HashMap<Timestamp, BTreeMap<i32, usize>> = HashMap::new();
        for (record, item) in &scale.truth.items {
            let written = entries[*record].known.written_at;
            *ways.entry(written).or_default().entry(scale.days(*record, *item)).or_default() += 1;
        }
        let most = |ways: BTreeMap<i32, usize>| {
            let most = ways.into_iter().max_by_key(|(days, count)| (*count, -days.abs()));
            most.filter(|(_, count)| *count >= run.rules.enough).map(|(days, _)| days)
        };
        scale.moved = ways.into_iter().filter_map(|(at, ways)| Some((at, most(ways)?))).collect();
        scale
    }

    fn entry(&self, record: usize) -> &Entry {
        &self.run.book.entries[record]
    }

    fn record(&self, record: usize) -> &Movement {
        movement(&self.entry(record).known.facts)
    }

    fn item(&self, item: usize) -> &Movement {
        movement(&self.shown.seen[item].facts)
    }

    fn days(&self, record: usize, item: usize) -> i32 {
        (self.item(item).value_date - self.record(record).value_date).get_days()
    }

    fn weigh(&self, answer: &Answer, part: &[Node]) -> Cost {
        let costs = part.iter().map(|node| match node {
            Node::Record(record) => match answer.items.get(record) {
                Some(item) => self.pair(*record, *item),
                None => Cost(usize::from(self.missed(answer, *record)), 0),
            },
            Node::Item(item) => Cost(usize::from(!answer.records.contains_key(item)), 0),
        });
        costs.fold(Cost::default(), |a, b| Cost(a.0 + b.0, a.1 + b.1))
    }

    /// Whether a record should have been shown.
    fn missed(&self, answer: &Answer, record: usize) -> bool {
        let explained = match &self.entry(record).known.doubt {
            Some(Doubt::PerhapsSame { others, .. }) => {
                let mut others = others.iter().filter_map(|id| self.at.get(id));
                others.any(|other| answer.items.contains_key(other))
            }
            _ => false,
        };
        self.shown.complete
            && self.shown.window.contains(self.record(record).value_date)
            && !explained
    }

    fn pair(&self, record: usize, item: usize) -> Cost {
        let (old, new) = (self.record(record), self.item(item));
        let entry = self.entry(record);
        let facts = &self.shown.seen[item].facts;
        if !self.run.recognises(entry, facts) || self.contradicts(record, item) {
            return Cost(2, 0);
        }
        let moved = self.moved.get(&entry.known.written_at).copied().unwrap_or_default();
        let letters =
            |m: &Movement| m.description.chars().filter(|c| c.is_alphabetic()).collect::<String>();
        let posts = old.pending && !new.pending;
        let words = if posts {
            merchant(&old.description) != merchant(&new.description)
        } else {
            letters(old) != letters(new)
        };
        let changes = [
            self.days(record, item) != moved,
            old.amount != new.amount || old.currency != new.currency,
            words,
            !old.pending && new.pending,
        ];
        Cost(0, changes.into_iter().filter(|changed| *changed).count())
    }

    /// A mark that lasts says that they are two.
    fn contradicts(&self, record: usize, item: usize) -> bool {
        let habits = self.run.eyes.habits;
        let (old, new) = (self.record(record), self.item(item));
        let id = |facts: &Facts, id: Option<&str>| {
            id.filter(|_| habits.honest() && keeps_source_id(habits.declared, facts))
                .map(str::to_owned)
        };
        let known = &self.entry(record).known;
        let seen = &self.shown.seen[item];
        let ids = id(&known.facts, known.source_id.as_deref())
            .zip(id(&seen.facts, seen.source_id.as_deref()));
        let references = old.reference.as_ref().zip(new.reference.as_ref());
        habits.times && old.transacted_at != new.transacted_at
            || ids.is_some_and(|(a, b)| a != b)
            || references.is_some_and(|(a, b)| a != b)
    }
}
