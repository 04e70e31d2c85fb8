//! What can be seen of a movement, and so whether records swapped movements without anybody being
//! able to tell: as many records of one face went to items of one face as truly should have.

use super::{Entry, Run, movement};
use crate::{
    history::{Life, dated},
    institution::{Habits, Shown},
};
use domain::{
    money::Amount,
    record::{Direction, Facts, Trust},
};
use engine::ledger::{Mark, Note, Plan, keeps_source_id};
use jiff::{Timestamp, civil::Date};
use std::{
    collections::{HashMap, HashSet},
    hash::{Hash, Hasher},
};

/// All that an institution shows of a movement but its balance, which moves when others do, and
/// running numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Face {
    day: Date,
    instant: Option<Timestamp>,
    amount: Amount,
    inflow: bool,
    currency: String,
    words: String,
    pending: bool,
    reference: Option<String>,
    id: Option<String>,
}

impl Hash for Face {
    /// By what tells most of them apart.
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.day, &self.words).hash(state);
    }
}

impl Face {
    fn of(habits: Habits, facts: &Facts, id: Option<&str>) -> Self {
        let m = movement(facts);
        let (words, _) =
            m.description.rsplit_once(' ').filter(|_| habits.noise).unwrap_or((&m.description, ""));
        Self {
            day: m.value_date,
            instant: m.transacted_at.filter(|_| habits.times),
            amount: m.amount,
            inflow: m.direction == Some(Direction::Inflow),
            currency: m.currency.clone(),
            words: words.to_owned(),
            pending: m.pending,
            reference: m.reference.clone(),
            id: id.filter(|_| keeps_source_id(habits.declared, facts)).map(str::to_owned),
        }
    }

    /// Every face that a movement without a lasting id may show in its life.
    fn all_of(habits: Habits, life: &Life) -> impl Iterator<Item = Self> {
        let corrected = life.corrected.iter().map(|(_, look)| (look, false));
        let looks = [(&life.pending, true), (&life.posted, false)].into_iter().chain(corrected);
        looks.map(move |(look, pending)| Self {
            day: dated(life, look),
            instant: habits.times.then_some(life.made),
            amount: Amount::cents(look.cents),
            inflow: look.direction == Direction::Inflow,
            currency: look.currency.into(),
            words: look.words.clone(),
            pending,
            reference: look.reference.clone(),
            id: None,
        })
    }
}

/// From the faces of records to the faces of the items that show them; `None` where an item is new.
type Flow = HashMap<(Option<Face>, Face), usize>;

/// What one reading shows, by faces.
pub(super) struct Faces {
    habits: Habits,
    items: Vec<Face>,
    truth: Flow,
    plan: Flow,
    /// Of each movement that has no record yet: the faces that it may have shown before, and its own.
    fresh: Vec<(Vec<Face>, Face)>,
}

impl Faces {
    /// Of a reading, before its plan is applied.
    pub(super) fn of(run: &Run, shown: &Shown, plan: &Plan) -> Self {
        // Ids that the reading did not believe tell nobody apart.
        let believed = !plan.notes.contains(&Note::Disbelieved { mark: Mark::Ids });
        let declared = if believed { run.eyes.habits.declared } else { Trust::None };
        let habits = Habits { declared, ..run.eyes.habits };
        let items: Vec<Face> = (shown.seen.iter())
            .map(|seen| Face::of(habits, &seen.facts, seen.source_id.as_deref()))
            .collect();
        let mut faces =
            Self { habits, items, truth: Flow::new(), plan: Flow::new(), fresh: Vec::new() };
        let mut known = HashSet::new();
        let first: HashMap<usize, usize> =
            shown.lives.iter().enumerate().rev().map(|(item, life)| (*life, item)).collect();
        for entry in &run.book.entries {
            if let Some(item) = first.get(&entry.life) {
                known.insert(entry.life);
                let pair = faces.pair(Some(entry), *item);
                *faces.truth.entry(pair).or_default() += 1;
            }
        }
        for (life, item) in first.iter().filter(|(life, _)| !known.contains(*life)) {
            let pair = faces.pair(None, *item);
            let before = Face::all_of(habits, &run.history.lives[*life]).collect();
            faces.fresh.push((before, pair.1.clone()));
            *faces.truth.entry(pair).or_default() += 1;
        }
        for (id, item) in plan.update.iter().chain(&plan.unchanged) {
            let pair = faces.pair(run.entry(*id), *item);
            *faces.plan.entry(pair).or_default() += 1;
        }
        for (item, _) in &plan.create {
            let pair = faces.pair(None, *item);
            *faces.plan.entry(pair).or_default() += 1;
        }
        faces
    }

    fn record(&self, entry: &Entry) -> Face {
        Face::of(self.habits, &entry.known.facts, entry.known.source_id.as_deref())
    }

    fn pair(&self, entry: Option<&Entry>, item: usize) -> (Option<Face>, Face) {
        (entry.map(|entry| self.record(entry)), self.items[item].clone())
    }

    /// Lives of which the plan takes no item, because an equal one stands on another page.
    pub(super) fn folded(&self, shown: &Shown, plan: &Plan) -> HashSet<usize> {
        let matched = plan.update.iter().chain(&plan.unchanged).map(|(_, item)| *item);
        let taken: HashSet<usize> =
            matched.chain(plan.create.iter().map(|(item, _)| *item)).collect();
        let lives: HashSet<usize> = taken.iter().map(|item| shown.lives[*item]).collect();
        let elsewhere = |item: usize| {
            taken.iter().any(|other| {
                self.items[*other] == self.items[item]
                    && shown.seen[*other].page != shown.seen[item].page
            })
        };
        (0..self.items.len())
            .filter(|item| !lives.contains(&shown.lives[*item]) && elsewhere(*item))
            .map(|item| shown.lives[item])
            .collect()
    }

    /// Whether it shows what truly is, but for who is who among what looks the same. A movement
    /// that was never seen may be the one that an equal record stands for.
    pub(super) fn unobservable(&self, entry: Option<&Entry>, item: usize) -> bool {
        let pair = self.pair(entry, item);
        let (record, shown) = &pair;
        let of = |flow: &Flow| flow.get(&pair).copied().unwrap_or_default();
        let twins: usize = match record {
            Some(record) => (self.fresh.iter())
                .filter(|(before, now)| now == shown && before.contains(record))
                .count(),
            None => (self.truth.iter())
                .filter(|((record, now), _)| now == shown && self.may_be_fresh(record.as_ref()))
                .map(|(_, count)| count)
                .sum(),
        };
        of(&self.plan) <= of(&self.truth) + twins
    }

    /// Whether an item looks in everything as the record did.
    pub(super) fn unchanged(&self, entry: &Entry, item: usize) -> bool {
        self.record(entry) == self.items[item]
    }

    fn may_be_fresh(&self, record: Option<&Face>) -> bool {
        record.is_some_and(|record| self.fresh.iter().any(|(before, _)| before.contains(record)))
    }

    /// Whether nothing that is seen tells two records apart.
    pub(super) fn alike(&self, one: &Entry, other: &Entry) -> bool {
        self.record(one) == self.record(other)
    }
}
