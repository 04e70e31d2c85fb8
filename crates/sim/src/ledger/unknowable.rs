//! Two answers to one reading, compared: what truly is, and what the ledger took it for. Where they
//! part, what hangs together is weighed. If the ledger's answer asks one to believe no more than
//! the truth does, then nobody who saw the same could have known better.

use super::{Entry, Run, movement};
use crate::{institution::Shown, invariants::merchant};
use domain::{
    ids::RecordId,
    record::{Facts, Movement},
};
use engine::ledger::{Doubt, Plan, Seen, keeps_source_id};
use jiff::Timestamp;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Write as _,
};

/// What has to be believed, counted in changes.
type Price = usize;

/// That something is new, or gone, is as much to believe as so many changes.
const NEW_OR_GONE: Price = 3;

/// That days are told otherwise: two things gone and two new are not enough to say so.
const CALENDAR: Price = 10;

/// That an item is only a repetition of an equal one on another page.
const REPETITION: Price = 2;

/// Other words altogether.
const UNLIKE: Price = 2;

/// Which record each item is, and the other way round.
#[derive(Debug, Default, Clone)]
struct Answer {
    items: HashMap<usize, usize>,
    records: HashMap<usize, usize>,
    /// Items that only repeat another on another page.
    repeated: HashSet<usize>,
    /// By how many days most of what one reading wrote moved.
    moved: HashMap<Timestamp, i32>,
}

impl Answer {
    fn pair(&mut self, record: usize, item: usize) {
        self.items.insert(record, item);
        self.records.insert(item, record);
    }

    /// By how many days most of what a reading wrote moved.
    fn days(&self, written: Timestamp) -> i32 {
        self.moved.get(&written).copied().unwrap_or_default()
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
    /// Of what hangs together and takes more to believe than the truth: what each answer asks one to
    /// believe of it.
    dearer: Vec<(Vec<Node>, String)>,
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
        let differ = |one: &Answer, other: &Answer| -> Vec<(Node, Node)> {
            let pairs =
                one.items.iter().filter(|(record, item)| other.items.get(record) != Some(item));
            pairs.map(|(record, item)| (Node::Record(*record), Node::Item(*item))).collect()
        };
        let differ =
            [differ(&scale.truth, &scale.plan), differ(&scale.plan, &scale.truth)].concat();
        let calendar = scale.by_calendar();
        let calendar: Vec<(Node, Node)> =
            calendar.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let apart = connected(&differ);
        let mut found = Self::default();
        let excuse = |found: &mut Self, part: &[Node]| {
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
        };
        for part in &connected(&[differ, calendar].concat()) {
            let lives = || {
                part.iter().map(|node| match node {
                    Node::Record(record) => run.book.entries[*record].life,
                    Node::Item(item) => shown.lives[*item],
                })
            };
            if lives().any(|life| run.misled.contains(&life)) {
                found.misled.extend(lives());
            }
            // A doubt asks for no more than the least of what it leaves open.
            let left_open = [&scale.plan, &scale.decided, &scale.likely];
            let plan = left_open.into_iter().map(|answer| scale.weigh(answer, part)).min();
            if plan <= Some(scale.weigh(&scale.truth, part)) || scale.is_left_open(part) {
                excuse(&mut found, part);
                continue;
            }
            // Nor could anybody who knew all the rest.
            for one in apart.iter().filter(|one| part.contains(&one[0])) {
                if scale.is_as_likely(one, part) {
                    excuse(&mut found, one);
                }
            }
            found.dearer.push((part.clone(), scale.account(part)));
        }
        found
    }
}

impl Unknowable {
    /// Why the answer about an item is not excused, for whoever looks into a broken promise.
    pub(super) fn why_not(&self, item: usize) -> &str {
        self.account_of(Node::Item(item))
    }

    /// Why the answer about a record (by its place in the book) is not excused.
    pub(super) fn why_not_gone(&self, record: usize) -> &str {
        self.account_of(Node::Record(record))
    }

    fn account_of(&self, node: Node) -> &str {
        let part = self.dearer.iter().find(|(part, _)| part.contains(&node));
        part.map_or("", |(_, account)| account)
    }
}

/// What the links connect.
fn connected(links: &[(Node, Node)]) -> Vec<Vec<Node>> {
    let mut parts: HashMap<Node, usize> = HashMap::new();
    let mut members: Vec<Vec<Node>> = Vec::new();
    for (one, other) in links {
        for node in [*one, *other] {
            parts.entry(node).or_insert_with(|| {
                members.push(vec![node]);
                members.len() - 1
            });
        }
        let (into, from) = (parts[one], parts[other]);
        if into != from {
            for node in std::mem::take(&mut members[from]) {
                parts.insert(node, into);
                members[into].push(node);
            }
        }
    }
    members.retain(|part| !part.is_empty());
    members
}

struct Scale<'r> {
    run: &'r Run,
    shown: &'r Shown,
    truth: Answer,
    /// Where what is kept in doubt is what it may be.
    plan: Answer,
    /// Where what is kept in doubt is new.
    decided: Answer,
    /// Where what is kept in doubt is what it may be, or new, by what asks for the least.
    likely: Answer,
    /// Records that stay in doubt, the items that show them, and what those may be instead.
    in_doubt: Vec<(usize, usize, usize)>,
    at: HashMap<RecordId, usize>,
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
        let all = || 0..shown.seen.len();
        planned.repeated = all().filter(|item| !taken.contains(item)).collect();
        let mut truth = Answer::default();
        let seen: HashSet<&usize> = sightings.values().collect();
        truth.repeated = all().filter(|item| !seen.contains(item)).collect();
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
        let nothing = Answer::default;
        let mut scale = Self {
            run,
            shown,
            truth,
            plan: nothing(),
            decided: planned,
            likely: nothing(),
            in_doubt: Vec::new(),
            at,
        };
        scale.truth.moved = scale.moved(&scale.truth);
        scale.decided.moved = scale.moved(&scale.decided);
        scale.resolve(plan);
        scale
    }

    /// What is kept in doubt, as what it may be: all of it, the likeliest first, and so that the least is asked
    /// for, some of it being new.
    fn resolve(&mut self, plan: &Plan) {
        let mut may_be: Vec<(Price, usize, usize)> = Vec::new();
        let mut gains: Vec<(usize, Vec<(Price, usize)>)> = Vec::new();
        for (item, doubt) in &plan.create {
            let Some(Doubt::PerhapsSame { others, .. }) = doubt else { continue };
            let mut of_item = Vec::new();
            for record in others.iter().filter_map(|other| self.at.get(other)) {
                let told = self.is_told_otherwise(*record, *item)
                    && !self.decided.moved.values().any(|days| *days == self.days(*record, *item));
                let price = self.pair(&self.decided, *record, *item);
                let price = price + NEW_OR_GONE * Price::from(told);
                may_be.push((price, *record, *item));
                let gone = NEW_OR_GONE * Price::from(self.missed(&self.decided, *record));
                let gain = (NEW_OR_GONE + gone).saturating_sub(price);
                of_item.extend((gain > 0).then_some((gain, *record)));
            }
            gains.push((*item, of_item));
        }
        may_be.sort_by_key(|(price, ..)| *price);
        (self.plan, self.likely) = (self.decided.clone(), self.decided.clone());
        for (_, record, item) in may_be {
            if !self.plan.items.contains_key(&record) && !self.plan.records.contains_key(&item) {
                self.plan.pair(record, item);
            }
        }
        for (record, item) in most(&gains, &mut self.decided.items.keys().copied().collect()).1 {
            self.likely.pair(record, item);
        }
        let mut in_doubt = Vec::new();
        for (record, item) in &self.decided.items {
            let known = &self.entry(*record).known;
            let judged = plan.doubts.iter().find(|(id, _)| *id == known.id);
            let doubt = judged.map_or(known.doubt.as_ref(), |(_, doubt)| doubt.as_ref());
            if let Some(Doubt::PerhapsSame { others, .. }) = doubt {
                let others = others.iter().filter_map(|other| self.at.get(other).copied());
                in_doubt.extend(others.map(|other| (*record, *item, other)));
            }
        }
        self.in_doubt = in_doubt;
        self.plan.moved = self.moved(&self.plan);
        self.likely.moved = self.moved(&self.likely);
    }

    fn moved(&self, answer: &Answer) -> HashMap<Timestamp, i32> {
        let mut ways: HashMap<Timestamp, BTreeMap<i32, usize>> = HashMap::new();
        for (record, item) in &answer.items {
            let written = self.entry(*record).known.written_at;
            *ways.entry(written).or_default().entry(self.days(*record, *item)).or_default() += 1;
        }
        let most = |ways: BTreeMap<i32, usize>| {
            let most = ways.into_iter().max_by_key(|(days, count)| (*count, -days.abs()));
            most.filter(|(_, count)| *count >= self.run.rules.enough).map(|(days, _)| days)
        };
        ways.into_iter().filter_map(|(at, ways)| Some((at, most(ways)?))).collect()
    }

    /// What either answer says by another calendar: it hangs together.
    fn by_calendar(&self) -> Vec<Node> {
        let mut nodes = Vec::new();
        for answer in [&self.truth, &self.plan] {
            for record in 0..self.run.book.entries.len() {
                let written = self.entry(record).known.written_at;
                let item = answer.items.get(&record);
                if answer.days(written) != 0
                    || item.is_some_and(|item| self.is_told_otherwise(record, *item))
                {
                    nodes.push(Node::Record(record));
                    nodes.extend(item.map(|item| Node::Item(*item)));
                }
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        nodes
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

    /// Whether a day is another, of what neither was booked nor is pending again.
    fn is_told_otherwise(&self, record: usize, item: usize) -> bool {
        self.days(record, item) != 0 && self.record(record).pending == self.item(item).pending
    }

    fn weigh(&self, answer: &Answer, part: &[Node]) -> Price {
        let prices = part.iter().map(|node| match node {
            Node::Record(record) => match answer.items.get(record) {
                Some(item) => self.pair(answer, *record, *item),
                None => NEW_OR_GONE * Price::from(self.missed(answer, *record)),
            },
            Node::Item(item) if answer.records.contains_key(item) => 0,
            Node::Item(item) => self.left_alone(answer, *item),
        });
        // That what a reading wrote has other days now is one thing to believe.
        let calendars: HashSet<Timestamp> = (part.iter())
            .filter_map(|node| match node {
                Node::Record(record) if answer.items.contains_key(record) => {
                    Some(self.entry(*record).known.written_at)
                }
                _ => None,
            })
            .filter(|written| answer.days(*written) != 0)
            .collect();
        // Each way in which days are told otherwise by itself: few of them one by one.
        let mut ways: BTreeMap<i32, usize> = BTreeMap::new();
        for node in part {
            let Node::Record(record) = node else { continue };
            let item = answer.items.get(record);
            if let Some(item) = item.filter(|item| self.is_told_otherwise(*record, **item)) {
                *ways.entry(self.days(*record, *item)).or_default() += 1;
            }
        }
        let otherwise = ways.iter().map(|(days, count)| {
            let moved = calendars.iter().any(|written| answer.days(*written) == *days);
            if moved || *count >= self.run.rules.enough { CALENDAR } else { NEW_OR_GONE * count }
        });
        prices.sum::<Price>() + calendars.len() + otherwise.sum::<Price>()
    }

    /// Whether a doubt that stays leaves open something that asks for no more than the truth: the item that
    /// shows the record in doubt is what that may be. What the doubt alone would save, with the truth as well,
    /// says nothing.
    fn is_left_open(&self, part: &[Node]) -> bool {
        self.in_doubt.iter().any(|&(record, item, other)| {
            let mut part = part.to_vec();
            part.extend([Node::Record(record), Node::Record(other), Node::Item(item)]);
            part.sort_unstable();
            part.dedup();
            let resolved = |answer: &Answer| {
                let shown = answer.items.get(&record) == Some(&item);
                (shown && !answer.items.contains_key(&other)).then(|| {
                    let mut answer = answer.clone();
                    answer.items.remove(&record);
                    answer.pair(other, item);
                    answer.moved = self.moved(&answer);
                    self.weigh(&answer, &part)
                })
            };
            let truth = self.weigh(&self.truth, &part);
            let truth = resolved(&self.truth).map_or(truth, |other| truth.min(other));
            resolved(&self.likely).is_some_and(|price| price <= truth)
        })
    }

    /// Whether the truth asks for no less than what is the truth but for one piece, of which it is what the
    /// ledger says.
    fn is_as_likely(&self, piece: &[Node], part: &[Node]) -> bool {
        let as_likely = |said: &Answer| {
            let mut answer = self.truth.clone();
            let records = || {
                piece.iter().filter_map(|node| match node {
                    Node::Record(record) => Some(*record),
                    Node::Item(_) => None,
                })
            };
            for item in records().filter_map(|record| self.truth.items.get(&record)) {
                answer.records.remove(item);
            }
            for node in piece {
                if let Node::Item(item) = node {
                    answer.repeated.remove(item);
                    answer.repeated.extend(said.repeated.get(item));
                }
            }
            for record in records() {
                answer.items.remove(&record);
                if let Some(item) = said.items.get(&record) {
                    answer.pair(record, *item);
                }
            }
            answer.moved = self.moved(&answer);
            self.weigh(&answer, part) <= self.weigh(&self.truth, part)
        };
        [&self.plan, &self.decided].into_iter().any(as_likely)
    }

    /// What has to be believed of an item that is no record: that it is new, or that the page repeats one.
    fn left_alone(&self, answer: &Answer, item: usize) -> Price {
        let this = &self.shown.seen[item];
        let mut others = self.shown.seen.iter();
        let repeats = |other: &Seen| other.page != this.page && other.content == this.content;
        let repeated = answer.repeated.contains(&item) && others.any(repeats);
        if repeated { REPETITION } else { NEW_OR_GONE }
    }

    /// What each answer asks one to believe of a part, pair by pair.
    fn account(&self, part: &[Node]) -> String {
        let answers = [
            ("the truth", &self.truth),
            ("the plan", &self.plan),
            ("decided", &self.decided),
            ("likely", &self.likely),
        ];
        let mut said = String::new();
        for (name, answer) in answers {
            let price = self.weigh(answer, part);
            writeln!(said, "{name} costs {price}, moved {:?}", answer.moved)
                .expect("a string takes all");
            for line in part.iter().filter_map(|node| self.line(answer, *node)) {
                writeln!(said, "  {line}").expect("a string takes all");
            }
        }
        said
    }

    fn line(&self, answer: &Answer, node: Node) -> Option<String> {
        let shown = |item| look(self.item(item));
        Some(match node {
            Node::Record(record) => {
                let known = look(self.record(record));
                if let Some(item) = answer.items.get(&record) {
                    format!("{} {known} => {}", self.pair(answer, record, *item), shown(*item))
                } else {
                    format!(
                        "{} gone {known}",
                        NEW_OR_GONE * Price::from(self.missed(answer, record))
                    )
                }
            }
            Node::Item(item) if answer.records.contains_key(&item) => return None,
            Node::Item(item) => format!("{} new {}", self.left_alone(answer, item), shown(item)),
        })
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
        let explained = explained || self.is_shown_in_doubt(answer, record);
        let record = self.record(record);
        let days = || (0..self.shown.seen.len()).map(|item| self.item(item).value_date);
        let (older, newer) =
            (days().any(|day| day < record.value_date), days().any(|day| record.value_date < day));
        let upwards = days().next() < days().next_back();
        let covered = self.shown.complete && self.shown.window.contains(record.value_date);
        let shown = older && (newer || covered && !upwards) || record.pending && covered;
        shown && !explained
    }

    /// Whether another that was in doubt about it, and about none before it that is missing as well, is
    /// shown as what it may well be, of its own day.
    fn is_shown_in_doubt(&self, answer: &Answer, record: usize) -> bool {
        answer.items.iter().any(|(doubted, item)| {
            let Some(Doubt::PerhapsSame { others, .. }) = &self.entry(*doubted).known.doubt else {
                return false;
            };
            let likely = |other: &&usize| {
                !answer.items.contains_key(*other)
                    && !self.is_told_otherwise(**other, *item)
                    && self.pair(answer, **other, *item) < NEW_OR_GONE
            };
            others.iter().filter_map(|id| self.at.get(id)).find(likely) == Some(&record)
        })
    }

    fn pair(&self, answer: &Answer, record: usize, item: usize) -> Price {
        let (old, new) = (self.record(record), self.item(item));
        let entry = self.entry(record);
        let facts = &self.shown.seen[item].facts;
        let undone = !old.pending && new.pending;
        if undone || !self.run.recognises(entry, facts) || self.contradicts(record, item) {
            return 2 * NEW_OR_GONE;
        }
        let letters =
            |m: &Movement| m.description.chars().filter(|c| c.is_alphabetic()).collect::<String>();
        let posts = old.pending && !new.pending;
        let words = if merchant(&old.description) == merchant(&new.description) {
            Price::from(!posts && letters(old) != letters(new))
        } else {
            UNLIKE
        };
        let off = (self.days(record, item) - answer.days(entry.known.written_at)).unsigned_abs();
        let off = Price::try_from(off).unwrap_or_default().min(if posts { 1 } else { 2 });
        let sum = old.amount != new.amount || old.currency != new.currency;
        off + Price::from(sum) + words
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
        let instants = instant(old).zip(instant(new));
        habits.times && instants.is_some_and(|(a, b)| a != b)
            || ids.is_some_and(|(a, b)| a != b)
            || references.is_some_and(|(a, b)| a != b)
    }
}

/// The pairs by which the most is gained, each record once. Where there are too many ways to try them all, the
/// first items take the best that is left.
fn most(
    gains: &[(usize, Vec<(Price, usize)>)],
    taken: &mut HashSet<usize>,
) -> (Price, Vec<(usize, usize)>) {
    let Some(((item, records), rest)) = gains.split_first() else { return (0, Vec::new()) };
    let ways: usize =
        gains.iter().map(|(_, records)| records.len() + 1).fold(1, usize::saturating_mul);
    // Too many to be tried: the best that is left of each.
    let only = if ways > 20_000 { 1 } else { records.len() };
    let mut free: Vec<_> = records.iter().filter(|(_, r)| !taken.contains(r)).copied().collect();
    free.sort_unstable_by_key(|(gain, _)| Reverse(*gain));
    let alone = free.is_empty() || ways <= 20_000;
    let mut best = if alone { most(rest, taken) } else { (0, Vec::new()) };
    for (gain, record) in free.into_iter().take(only) {
        taken.insert(record);
        let (others, mut pairs) = most(rest, taken);
        taken.remove(&record);
        if gain + others > best.0 {
            pairs.push((record, *item));
            best = (gain + others, pairs);
        }
    }
    best
}

/// Midnight is how a day is told, and no instant.
fn instant(movement: &Movement) -> Option<Timestamp> {
    movement.transacted_at.filter(|at| at.as_second() % 86_400 != 0)
}

fn look(movement: &Movement) -> String {
    let Movement { value_date, amount, description, pending, running_balance, .. } = movement;
    let held = if *pending { "pending " } else { "" };
    format!("{value_date} {amount} {held}`{description}` {running_balance:?}")
}
