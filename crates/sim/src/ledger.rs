//! One run: an account lives, an institution shows it again and again, and a book in memory applies
//! what `engine::ledger` plans. Everything follows from the seed.

mod faces;
mod once_failed;
mod tale;
mod unknowable;

use crate::{
    history::{History, local_day},
    institution::{Fault, Habits, Ids, Shown, later, show},
    invariants::{Broken, Excuse, Eyes, Promise, merchant, recognisable},
};
use domain::{
    ids::{Bucket, RecordId, uuid_in},
    record::{Facts, Movement},
    time::Window,
};
use engine::ledger::{
    Doubt, Known, Mark, Note, Plan, Reading, Rules, Seen, Stated, Verdict, keeps_source_id,
    reconcile,
};
use faces::Faces;
use jiff::{SignedDuration, Timestamp, civil::Date};
pub use once_failed::ONCE_FAILED;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::collections::{BTreeMap, HashMap, HashSet};
use tale::Tale;
use unknowable::Unknowable;

/// How many calm complete readings end a run.
const CALM: usize = 5;

/// What one run, or many added up, brought.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How many runs.
    pub runs: usize,
    /// Readings applied.
    pub readings: usize,
    /// Items in them.
    pub items: usize,
    /// Records ever created.
    pub records: usize,
    /// Doubts ever begun, by kind.
    pub doubts: BTreeMap<&'static str, usize>,
    /// Doubts left at the end, by kind.
    pub left: BTreeMap<&'static str, usize>,
    /// What could not be kept, by why.
    pub excused: BTreeMap<Excuse, usize>,
    /// Records kept in doubt that turned out to be repetitions.
    pub merged: usize,
    /// The promises that were broken, each with its seed.
    pub broken: Vec<(u64, Broken)>,
}

impl Report {
    /// Adds another report's numbers.
    pub fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.readings += other.readings;
        self.items += other.items;
        self.records += other.records;
        self.merged += other.merged;
        for (excuse, count) in other.excused {
            *self.excused.entry(excuse).or_default() += count;
        }
        for (kind, count) in other.doubts {
            *self.doubts.entry(kind).or_default() += count;
        }
        for (kind, count) in other.left {
            *self.left.entry(kind).or_default() += count;
        }
        self.broken.extend(other.broken);
    }

    fn excuse(&mut self, why: Excuse) {
        *self.excused.entry(why).or_default() += 1;
    }
}

const fn kind(doubt: &Doubt) -> &'static str {
    match doubt {
        Doubt::PerhapsSame { .. } => "perhaps the same",
        Doubt::PerhapsTwice => "perhaps twice",
        Doubt::SharedKey => "shared key",
    }
}

/// A record and what it truly stands for.
#[derive(Debug, Clone)]
struct Entry {
    known: Known,
    /// The life it last showed.
    life: usize,
    /// When complete readings (so they said) did not show its life.
    unseen: Vec<Timestamp>,
    /// Lives that it stood for before.
    lent: Vec<usize>,
}

impl Entry {
    fn names(&self, other: &Self) -> bool {
        matches!(&self.known.doubt, Some(Doubt::PerhapsSame { others, .. }) if others.contains(&other.known.id))
    }

    fn stand_for(&mut self, life: usize) {
        if self.life != life {
            self.lent.push(std::mem::replace(&mut self.life, life));
        }
    }
}

/// The book: records by id, in order of birth.
#[derive(Clone)]
struct Book {
    entries: Vec<Entry>,
    born: u64,
}

#[derive(Clone)]
struct Run {
    seed: u64,
    order: Order,
    history: History,
    eyes: Eyes,
    book: Book,
    /// The record that last showed each life, alive or not.
    homes: HashMap<usize, RecordId>,
    deleted: HashMap<usize, &'static str>,
    report: Report,
    step: usize,
    /// The last reading counted as complete.
    counted: bool,
    /// Lives of which an id that the manifest trusts said something false, and those that were taken for
    /// them since.
    misled: HashSet<usize>,
    rules: Rules,
    /// When the last reading was taken.
    taken_at: Option<Timestamp>,
    /// Lives that the last reading showed only as what looked like an overlap of its pages.
    folded: HashSet<usize>,
    /// What happened, where somebody wants to read it.
    tale: Option<Tale>,
}

/// In which order readings come, and whether each comes once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// One after the other, each of the last days.
    Kept,
    /// Older days after newer ones, periods that overlap, writers that die and begin again. Only
    /// instants stay in order: a link has one session at a time, so that no reading is kept after
    /// one that began later.
    Lost,
}

/// Runs one history through one institution. Whatever the order, the history, the institution and
/// the readings of the last days are the same.
#[must_use]
pub fn run(seed: u64, order: Order) -> Report {
    live(seed, order, false).report
}

/// The same run, told reading by reading.
#[must_use]
pub fn tell(seed: u64, order: Order) -> String {
    live(seed, order, true).tale.map_or_else(String::new, |tale| tale.lines)
}

/// Whether the institution of a run tells little apart: it shows no instants, and its ids do not last. Nearly
/// all histories that ever broke a promise are of such.
#[must_use]
pub fn is_hard(seed: u64) -> bool {
    let (_, _, habits) = drawn(seed);
    !habits.times && !matches!(habits.ids, Ids::Stable | Ids::Posted)
}

/// What a run begins with: chance, what truly happens, and how the institution shows it.
fn drawn(seed: u64) -> (StdRng, History, Habits) {
    let mut rng = StdRng::seed_from_u64(seed);
    let days = rng.random_range(10..45);
    let size = rng.random_range(3..60);
    let history = History::invent(&mut rng, size, days);
    let habits = Habits::draw(&mut rng);
    (rng, history, habits)
}

fn live(seed: u64, order: Order, told: bool) -> Run {
    let (mut rng, history, habits) = drawn(seed);
    let (begins, ends) = (history.begins, history.ends);
    let report = Report { runs: 1, ..Report::default() };
    let mut run = Run {
        seed,
        order,
        history,
        eyes: Eyes { habits, days_moved: false },
        book: Book { entries: Vec::new(), born: 0 },
        homes: HashMap::new(),
        deleted: HashMap::new(),
        report,
        step: 0,
        counted: false,
        misled: HashSet::new(),
        rules: Rules::default(),
        taken_at: None,
        folded: HashSet::new(),
        tale: None,
    };
    run.tale = told.then(|| Tale::begin(&run));
    let fault_rate = [0.0, 0.2, 0.6][rng.random_range(0..3_usize)];
    let mut mishaps = StdRng::seed_from_u64(seed.rotate_left(32));
    let hours = ends.duration_since(begins).as_hours();
    let mut at = later(begins, rng.random_range(0..hours));
    while at < later(ends, 24 * 12) {
        let fault = rng.random_bool(fault_rate).then(|| Fault::draw(&mut rng));
        let back = [3, 6, 15, 60][rng.random_range(0..4_usize)];
        let window = Window::last_days(local_day(at, 0), back);
        if order == Order::Lost && mishaps.random_bool(0.3) {
            run.die(&mut mishaps, at, window);
        }
        run.read(&mut rng, at, window, fault);
        if order == Order::Lost {
            run.disorder(&mut mishaps, at, window, fault_rate);
        }
        at = later(at, rng.random_range(1..80));
    }
    for _ in 0..CALM {
        run.read(&mut rng, at, Window::last_days(local_day(at, 0), 90), None);
        at = later(at, 12);
    }
    run.judge_end(at);
    run
}

impl Run {
    fn read(&mut self, rng: &mut StdRng, at: Timestamp, window: Window, fault: Option<Fault>) {
        let shown = self.retrieve(rng, at, window, fault);
        self.take(&shown);
    }

    /// What the institution shows to a login of its own.
    fn retrieve(
        &mut self,
        rng: &mut StdRng,
        at: Timestamp,
        window: Window,
        fault: Option<Fault>,
    ) -> Shown {
        self.eyes.days_moved |= fault == Some(Fault::Zone);
        let login = rng.random();
        show(&self.history, self.eyes.habits, window, at, fault, login, rng)
    }

    /// The writer dies between two pages. What it had read is lost, or (where the connector said how
    /// far it came) was kept as the partial reading it was; then everything is read from the start.
    fn die(&mut self, rng: &mut StdRng, at: Timestamp, window: Window) {
        let mut shown = self.retrieve(rng, at, window, None);
        let pages = shown.seen.last().map_or(0, |last| last.page);
        let read = rng.random_range(0..=pages);
        if rng.random_bool(0.5) {
            shown.seen.retain(|seen| seen.page < read);
            shown.lives.truncate(shown.seen.len());
            shown.complete = false;
            self.take(&shown);
        }
    }

    /// After a reading of `window`: the same again from the start, because nobody heard that it was
    /// kept, or older days that overlap it.
    fn disorder(&mut self, rng: &mut StdRng, at: Timestamp, window: Window, fault_rate: f64) {
        let fault = rng.random_bool(fault_rate).then(|| Fault::draw(rng));
        match rng.random_range(0..4) {
            0 => {
                let first = self.retrieve(rng, at, window, None);
                self.take(&first);
                let mut again = self.retrieve(rng, at, window, None);
                again.at = at.saturating_add(SignedDuration::from_mins(1)).unwrap_or(at);
                let plan = self.plan(&again);
                self.note_lies(&again, &plan);
                if !plan.create.is_empty() {
                    let item = plan.create[0].0;
                    let how = format!(
                        "read from the start, it adds {}\n{:?}\n{}",
                        brief(&plan),
                        self.eyes.habits,
                        self.alike(&again, item)
                    );
                    self.broken(Promise::OneRecord, &[again.lives[item]], how);
                }
                self.take(&again);
            }
            1 => {
                let older = Self::older(rng, window);
                self.read(rng, at, older, fault);
            }
            2 => {
                let older = Self::older(rng, window);
                let newer = self.retrieve(rng, at, window, None);
                let older = self.retrieve(rng, at, older, None);
                // Days that were told wrong leave records that wait to be removed.
                if !self.eyes.days_moved {
                    self.check_order(&newer, &older);
                }
                self.take(&newer);
                self.take(&older);
            }
            _ => {}
        }
    }

    /// Days before and around the first ones of `window`.
    fn older(rng: &mut StdRng, window: Window) -> Window {
        let days = |n: i32| jiff::Span::new().days(n);
        let from = window.from.saturating_sub(days(rng.random_range(0..20)));
        let to = window.from.saturating_add(days(rng.random_range(-3..8)));
        Window { from, to: to.max(from).min(window.to) }
    }

    /// Two windows that overlap leave the same records of what they show in either order, doubts,
    /// suspicions and what was taken for an overlap of pages aside. What neither shows may be removed
    /// in one order and still be suspected in the other: caution counts what is missing, and the first
    /// reading may explain some of it.
    fn check_order(&mut self, one: &Shown, other: &Shown) {
        let shown: HashSet<usize> = one.lives.iter().chain(&other.lives).copied().collect();
        let after = |first: &Shown, second: &Shown| {
            let mut fork = Self { tale: None, ..self.clone() };
            // Equal runs at the turn of a page are taken for an overlap by one window and not by the other.
            let mut folded: Vec<String> = Vec::new();
            for reading in [first, second] {
                fork.take(reading);
                let of = |(seen, life): (&Seen, &usize)| {
                    fork.folded.contains(life).then(|| outline(movement(&seen.facts)))
                };
                folded.extend(reading.seen.iter().zip(&reading.lives).filter_map(of));
            }
            let lied = !fork.misled.is_empty();
            let entries = || fork.book.entries.iter();
            let shown = entries()
                .filter(|entry| shown.contains(&entry.life) && entry.known.suspected_at.is_none());
            let mut outlines: Vec<String> =
                shown.map(|entry| outline(movement(&entry.known.facts))).collect();
            outlines.sort_unstable();
            (outlines, folded, lied || entries().any(|entry| entry.known.doubt.is_some()))
        };
        let (mut forth, mut folded, doubt) = after(one, other);
        let (mut back, folded_back, other_doubt) = after(other, one);
        folded.extend(folded_back);
        for left in [&mut forth, &mut back] {
            left.retain(|outline| !folded.contains(outline));
        }
        if forth != back && !doubt && !other_doubt {
            let only = |all: &[String], others: &[String]| -> Vec<String> {
                let mut others = others.to_vec();
                let mut left = all.to_vec();
                left.retain(|one| match others.iter().position(|other| other == one) {
                    Some(at) => {
                        others.swap_remove(at);
                        false
                    }
                    None => true,
                });
                left
            };
            let how = format!(
                "{:?} before {:?} leaves {:?}, after it {:?}\n{:?}",
                one.window,
                other.window,
                only(&forth, &back),
                only(&back, &forth),
                self.eyes.habits
            );
            self.broken(Promise::AnyOrder, &[], how);
        }
    }

    /// Lets the ledger compare what was shown, asks whether every promise holds, and applies it.
    fn take(&mut self, shown: &Shown) {
        self.step += 1;
        let fault = shown.fault;
        // No two readings of a link begin at one instant.
        let after = self.taken_at.map_or(shown.at, |last| last + SignedDuration::from_secs(1));
        let shown = &Shown { at: shown.at.max(after), ..shown.clone() };
        self.taken_at = Some(shown.at);
        let plan = self.plan(shown);
        self.report.readings += 1;
        self.counted = plan.counted_as_complete;
        self.note_lies(shown, &plan);
        self.report.items += shown.seen.len();
        if let Some(mut tale) = self.tale.take() {
            tale.reading(self, shown, &plan);
            self.tale = Some(tale);
        }
        let faces = Faces::of(self, shown, &plan);
        self.folded = faces.folded(shown, &plan);
        let unknowable = Unknowable::of(self, shown, &plan);
        self.misled.extend(&unknowable.misled);
        self.exchange(shown, &plan, &faces);
        self.check_matches(shown, &plan, &faces, &unknowable);
        self.note_silence(shown, &plan);
        self.check_deletions(shown, &plan, &faces, &unknowable);
        self.apply(shown, &plan);
        let again = self.plan(shown);
        if !again.is_quiet() {
            self.broken(
                Promise::TwiceIsOnce,
                &[],
                format!(
                    "first {}\nthen {}\nby {:?} {:?}\n{:?}\n{:?}",
                    brief(&plan),
                    brief(&again),
                    shown.fault,
                    self.eyes.habits,
                    plan.unchanged,
                    again.unchanged
                ),
            );
        }
        if let (Verdict::DisagreesBy(_), None) = (plan.verdict, fault) {
            self.broken(
                Promise::EndsWell,
                &[],
                format!("an honest reading does not add up: {:?}", plan.verdict),
            );
        }
    }

    fn plan(&self, shown: &Shown) -> Plan {
        // What the engine loads: the days around the window, and elsewhere what is pending or has one
        // of the trusted ids.
        let trust = self.eyes.habits.declared;
        let ids: HashSet<&str> = (shown.seen.iter())
            .filter(|seen| keeps_source_id(trust, &seen.facts))
            .filter_map(|seen| seen.source_id.as_deref())
            .collect();
        let reach = jiff::Span::new().days(self.rules.reach());
        let (from, to) =
            (shown.window.from.saturating_sub(reach), shown.window.to.saturating_add(reach));
        let known: Vec<Known> = self
            .book
            .entries
            .iter()
            .map(|entry| &entry.known)
            .filter(|known| {
                let movement = movement(&known.facts);
                from <= movement.value_date && movement.value_date <= to
                    || movement.pending
                    || known.source_id.as_deref().is_some_and(|id| ids.contains(id))
            })
            .cloned()
            .collect();
        let reading = Reading {
            window: Some(shown.window),
            complete: shown.complete,
            trust,
            seen: &shown.seen,
            removed: &[],
            at: shown.at,
            stated: Stated::default(),
        };
        reconcile(&known, &reading, &self.rules)
    }

    /// A manifest trusts ids that are another's, or that are no longer the movement's own: what they
    /// name may be taken for something else, unless the reading did not believe them.
    fn note_lies(&mut self, shown: &Shown, plan: &Plan) {
        let habits = self.eyes.habits;
        if habits.honest() {
            return;
        }
        let items = || {
            shown
                .seen
                .iter()
                .zip(&shown.lives)
                .filter_map(|(seen, life)| Some((seen, seen.source_id.as_deref()?, *life)))
        };
        let mut lies: Vec<usize> = Vec::new();
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (_, id, life) in items() {
            let other = *first.entry(id).or_insert(life);
            lies.extend([life, other].into_iter().filter(|_| other != life));
        }
        if !plan.notes.contains(&Note::Disbelieved { mark: Mark::Ids }) {
            for (_, id, life) in
                items().filter(|(seen, ..)| keeps_source_id(habits.declared, &seen.facts))
            {
                for entry in &self.book.entries {
                    let Some(known) = entry.known.source_id.as_deref() else { continue };
                    if (known == id) != (entry.life == life) && (known == id || entry.life == life)
                    {
                        lies.extend([entry.life, life]);
                    }
                }
            }
        }
        self.misled.extend(lies);
    }

    /// A promise about some lives (or about all, where none are named) was broken.
    fn broken(&mut self, promise: Promise, lives: &[usize], mut how: String) {
        // A manifest that is wrong: the timeline says so.
        let misled = if lives.is_empty() {
            !self.misled.is_empty()
        } else {
            lives.iter().any(|life| self.misled.contains(life))
        };
        if misled && promise != Promise::TwiceIsOnce {
            self.misled.extend(lives);
            self.report.excuse(Excuse::Misled);
            return;
        }
        how.insert_str(0, if self.order == Order::Kept { "in order: " } else { "in disorder: " });
        let life = lives.first().copied().unwrap_or_default();
        self.report.broken.push((self.seed, Broken { promise, step: self.step, life, how }));
    }
    fn place(&self, id: RecordId) -> Option<usize> {
        self.book.entries.iter().position(|entry| entry.known.id == id)
    }

    fn entry(&self, id: RecordId) -> Option<&Entry> {
        self.place(id).map(|at| &self.book.entries[at])
    }

    /// Where a record shows another movement and nobody can tell, or goes back to one for which it
    /// once stood, the two swapped records: what is left behind stands for what the other stood for.
    fn exchange(&mut self, shown: &Shown, plan: &Plan, faces: &Faces) {
        // What is shown by its own record needs no other, also where a page repeats it.
        let at_home: HashSet<usize> = (plan.update.iter().chain(&plan.unchanged))
            .filter(|(id, item)| {
                self.entry(*id).is_some_and(|entry| entry.life == shown.lives[*item])
            })
            .map(|(_, item)| shown.lives[*item])
            .collect();
        for (id, item) in plan.update.iter().chain(&plan.unchanged) {
            let life = shown.lives[*item];
            let Some(at) = self.place(*id) else { continue };
            let entry = &self.book.entries[at];
            let left = entry.life;
            let swapped = left != life
                && !at_home.contains(&life)
                && (faces.unobservable(Some(entry), *item)
                    || faces.unchanged(entry, *item)
                    || entry.lent.contains(&life)
                    || self.out_of_reach(entry, shown));
            if !swapped {
                continue;
            }
            self.report.excuse(Excuse::Swap);
            let behind = self.homes.insert(life, *id).and_then(|home| {
                (self.book.entries.iter())
                    .position(|other| other.known.id == home && other.life == life)
            });
            if let Some(behind) = behind {
                self.homes.insert(left, self.book.entries[behind].known.id);
                self.book.entries[behind].stand_for(left);
                // Nobody can tell either which of the two was not shown before.
                let unseen = self.book.entries[at].unseen.clone();
                let before = &mut self.book.entries[behind].unseen;
                let own = std::mem::replace(before, unseen);
                before.extend(&own);
                before.sort_unstable();
                before.dedup();
                self.book.entries[at].unseen = own;
            }
            self.book.entries[at].stand_for(life);
        }
    }

    /// A record whose movement is shown, still pending or still booked, under a day that no other
    /// calendar makes of its own: it stands for that movement only since it swapped with another.
    fn out_of_reach(&self, entry: &Entry, shown: &Shown) -> bool {
        let old = movement(&entry.known.facts);
        let own = shown.lives.iter().position(|life| *life == entry.life);
        own.map(|own| movement(&shown.seen[own].facts)).is_some_and(|new| {
            let days = (new.value_date - old.value_date).get_days().abs();
            !entry.lent.is_empty() && old.pending == new.pending && days > self.rules.day_slack
        })
    }

    /// One movement is one record, and two are two.
    fn check_matches(
        &mut self,
        shown: &Shown,
        plan: &Plan,
        faces: &Faces,
        unknowable: &Unknowable,
    ) {
        for (id, item) in plan.update.iter().chain(&plan.unchanged) {
            let life = shown.lives[*item];
            let Some(entry) = self.entry(*id).cloned() else { continue };
            if entry.life != life {
                if self.impersonates(&entry, shown, *item, faces) {
                    self.report.excuse(Excuse::Impostor);
                } else if self.was_in_doubt(&entry, life, shown) {
                    self.report.excuse(Excuse::Decided);
                } else if unknowable.items.contains(item) {
                    self.report.excuse(Excuse::Simpler);
                } else {
                    let how = format!(
                        "{id} was {:?} and became {:?}\nrecord {:?}\nitem {:?}\nby {:?} from {} {:?}\n{}\n{}\n{}",
                        self.history.lives[entry.life],
                        self.history.lives[life],
                        entry.known,
                        shown.seen[*item],
                        shown.fault,
                        shown.window.from,
                        self.eyes.habits,
                        brief(plan),
                        self.alike(shown, *item),
                        unknowable.why_not(*item)
                    );
                    self.broken(Promise::TwoRecords, &[life, entry.life], how);
                }
            }
        }
        let mut seen_twice: HashSet<usize> = HashSet::new();
        for (item, doubt) in &plan.create {
            let life = shown.lives[*item];
            if !seen_twice.insert(life) {
                self.broken(Promise::OneRecord, &[life], "created twice by one reading".into());
            }
            let home = self.homes.get(&life).and_then(|home| self.entry(*home));
            let alive = home.filter(|entry| entry.life == life).cloned();
            match (alive, doubt) {
                (None, _) => {}
                // A doubt that names a record which stands for it.
                (Some(_), Some(Doubt::PerhapsSame { others, .. }))
                    if others.iter().any(|id| self.entry(*id).is_some_and(|e| e.life == life)) => {}
                (Some(other), _) if !self.recognises(&other, &shown.seen[*item].facts) => {
                    self.report.excuse(Excuse::Stranger);
                }
                (Some(other), _) => {
                    // Unless its record went to a movement that nothing tells from it.
                    let taken = plan
                        .update
                        .iter()
                        .chain(&plan.unchanged)
                        .find(|(id, _)| *id == other.known.id);
                    let swapped = || {
                        taken.is_some_and(|(_, by)| {
                            faces.unchanged(&other, *by)
                                || self.impersonates(&other, shown, *by, faces)
                        })
                    };
                    if faces.unobservable(None, *item) || swapped() {
                        self.report.excuse(Excuse::Swap);
                    } else if unknowable.items.contains(item) {
                        self.report.excuse(Excuse::Simpler);
                    } else {
                        let how = format!(
                            "created ({doubt:?}) beside {:?} unseen {:?}\n{:?}\nby {:?} from {}: {:?}\nitem {:?}\n{:?} {}",
                            other.known,
                            other.unseen,
                            self.history.lives[other.life],
                            shown.fault,
                            shown.window.from,
                            self.history.lives[life],
                            shown.seen[*item],
                            self.eyes.habits,
                            brief(plan)
                        );
                        let why_not = unknowable.why_not(*item);
                        let how = format!("{how}\n{}\n{why_not}", self.alike(shown, *item));
                        self.broken(Promise::OneRecord, &[life], how);
                    }
                }
            }
            if self.deleted.remove(&life).is_some() {
                self.report.excuse(Excuse::Reborn);
            }
        }
    }

    /// A doubt that stood before this reading said that the record may be the movement of another, and
    /// its own is not there, or has another record.
    fn was_in_doubt(&self, entry: &Entry, life: usize, shown: &Shown) -> bool {
        let mut of_life = self.book.entries.iter().filter(|other| other.life == life);
        let mut others = self.book.entries.iter().filter(|other| other.known.id != entry.known.id);
        (!shown.lives.contains(&entry.life) || others.any(|other| other.life == entry.life))
            && of_life.any(|other| entry.names(other) || other.names(entry))
    }

    /// A pending movement that is no longer shown as it was, and another that could be it; or a
    /// booked one that is not shown, and another under the very balance that it had;
    /// or one that was taken away, and another of its day and amount; or one that complete readings
    /// left out twice, and an equal one of a neighbouring day. Where twins have swapped records, the
    /// one that is left stands for the twin that is not shown.
    fn impersonates(&self, entry: &Entry, shown: &Shown, item: usize, faces: &Faces) -> bool {
        let mut twins = self.book.entries.iter().filter(|other| faces.alike(entry, other));
        twins.any(|stand_in| self.could_be(stand_in, shown, item))
    }
    fn could_be(&self, entry: &Entry, shown: &Shown, item: usize) -> bool {
        let (old, new) = (movement(&entry.known.facts), movement(&shown.seen[item].facts));
        let near = (new.value_date - old.value_date).get_days().abs() <= self.rules.day_slack;
        let own = shown.lives.iter().position(|life| *life == entry.life);
        let moved = own.map(|own| movement(&shown.seen[own].facts)).is_none_or(|own| {
            own.value_date != old.value_date
                || own.amount != old.amount
                || own.currency != old.currency
                || own.description != old.description && new.description == old.description
        });
        let gone = !self.history.present(shown.at).iter().any(|p| p.life == entry.life);
        let one_day_off = near && old.amount == new.amount && old.description == new.description;
        let tied = old.running_balance.is_some() && old.running_balance == new.running_balance;
        let posts =
            old.pending && (!new.pending || near) && moved && recognisable(old, new, false, false);
        let taken_away = gone
            && old.value_date == new.value_date
            && old.amount == new.amount
            && old.currency == new.currency
            && old.direction == new.direction
            && merchant(&old.description) == merchant(&new.description);
        let under_its_balance = tied && own.is_none() && one_day_off;
        let looked_twice = own.is_none()
            && shown.complete
            && entry
                .known
                .suspected_at
                .is_some_and(|since| shown.at.duration_since(since) >= self.rules.second_look);
        let left_out_twice = looked_twice && !old.pending && !new.pending && one_day_off;
        posts || taken_away || under_its_balance || left_out_twice
    }
    fn recognises(&self, entry: &Entry, facts: &Facts) -> bool {
        let habits = self.eyes.habits;
        let ids = entry.known.source_id.is_some() && habits.honest();
        let old = movement(&entry.known.facts);
        // Midnight is how a day is told, and no instant.
        let midnight = |at: Timestamp| at.as_second() % 86_400 == 0;
        let times = habits.times && !old.transacted_at.is_some_and(midnight);
        recognisable(old, movement(facts), times, ids)
    }
    /// Everything of the same merchant, amount or instant, for whoever looks into a broken promise.
    fn alike(&self, shown: &Shown, item: usize) -> String {
        let this = movement(&shown.seen[item].facts);
        let line = |m: &Movement, id: String, life: usize| {
            format!(
                "  {} {:?} {} {} pending {} balance {:?} {id} life {life}\n",
                m.value_date,
                m.transacted_at,
                m.amount,
                m.description,
                m.pending,
                m.running_balance
            )
        };
        let seen = shown.seen.iter().zip(&shown.lives).map(|(s, life)| {
            (movement(&s.facts), format!("item {} page {}", s.item, s.page), *life)
        });
        let known = self.book.entries.iter().map(|e| {
            (
                movement(&e.known.facts),
                format!("{} {:?} {:?}", e.known.id, e.known.doubt, e.known.suspected_at),
                e.life,
            )
        });
        seen.chain(known)
            .filter(|(m, ..)| {
                m.amount == this.amount
                    || m.transacted_at == this.transacted_at
                    || merchant(&m.description) == merchant(&this.description)
            })
            .map(|(m, id, life)| line(m, id, life))
            .collect()
    }

    fn note_silence(&mut self, shown: &Shown, plan: &Plan) {
        if !shown.complete {
            return;
        }
        // What another record shows is not shown by its own; whether that one may was asked.
        let matched: HashSet<(usize, RecordId)> = (plan.update.iter().chain(&plan.unchanged))
            .map(|(id, item)| (shown.lives[*item], *id))
            .collect();
        let taken: HashSet<usize> = matched.iter().map(|(life, _)| *life).collect();
        let lives: HashSet<usize> = shown.lives.iter().copied().collect();
        for entry in &mut self.book.entries {
            let itself = matched.contains(&(entry.life, entry.known.id));
            if itself || lives.contains(&entry.life) && !taken.contains(&entry.life) {
                entry.unseen.clear();
            } else {
                entry.unseen.push(shown.at);
            }
        }
    }

    fn check_deletions(
        &mut self,
        shown: &Shown,
        plan: &Plan,
        faces: &Faces,
        unknowable: &Unknowable,
    ) {
        for id in &plan.delete {
            let Some(at) = self.place(*id) else { continue };
            let entry = self.book.entries[at].clone();
            let exists = shown.exist.contains(&entry.life)
                || self.history.present(shown.at).iter().any(|p| p.life == entry.life);
            let pending = movement(&entry.known.facts).pending;
            let twice =
                entry.unseen.first().zip(entry.unseen.last()).is_some_and(|(first, last)| {
                    last.duration_since(*first) >= self.rules.second_look
                });
            let by_rule = (pending && !entry.unseen.is_empty()) || twice;
            let shown_now = shown.lives.iter().position(|life| *life == entry.life);
            let estranged =
                shown_now.is_some_and(|item| !self.recognises(&entry, &shown.seen[item].facts));
            // Another record shows it now; whether that one may was asked above.
            let elsewhere = shown_now.is_some_and(|at| {
                plan.update.iter().chain(&plan.unchanged).any(|(_, item)| *item == at)
            });
            if exists && !by_rule && !estranged && !elsewhere {
                // Another record stands for it, or another movement is gone that looked the same.
                let twin = self.book.entries.iter().filter(|e| e.known.id != *id).any(|e| {
                    e.life == entry.life || !shown.lives.contains(&e.life) && faces.alike(e, &entry)
                });
                // What it may have been is shown, and it is not.
                let mut others = self.book.entries.iter().filter(|other| entry.names(other));
                let taken: HashSet<RecordId> =
                    plan.update.iter().chain(&plan.unchanged).map(|(id, _)| *id).collect();
                let decided =
                    shown_now.is_none() && others.any(|other| taken.contains(&other.known.id));
                if decided {
                    self.report.excuse(Excuse::Decided);
                } else if unknowable.records.contains(id) {
                    self.report.excuse(Excuse::Simpler);
                } else if !twin && !self.folded.contains(&entry.life) {
                    let how = format!(
                        "{id} was deleted, {:?} exists, unseen {:?}\n{}",
                        self.history.lives[entry.life],
                        entry.unseen,
                        unknowable.why_not_gone(at)
                    );
                    self.broken(Promise::NothingRemoved, &[entry.life], how);
                }
            }
            if exists {
                self.deleted.insert(entry.life, "by the rules");
            }
        }
    }

    fn apply(&mut self, shown: &Shown, plan: &Plan) {
        let trust = self.eyes.habits.declared;
        let keep = |item: usize| {
            shown.seen[item]
                .source_id
                .clone()
                .filter(|_| keeps_source_id(trust, &shown.seen[item].facts))
        };
        for (id, item) in &plan.update {
            if let Some(entry) = self.book.entries.iter_mut().find(|entry| entry.known.id == *id) {
                entry.known.facts = shown.seen[*item].facts.clone();
                entry.known.content = shown.seen[*item].content;
                entry.known.written_at = shown.at;
                entry.known.source_id = keep(*item).or(entry.known.source_id.take());
            }
        }
        for (id, item) in plan.update.iter().chain(&plan.unchanged) {
            let life = shown.lives[*item];
            self.homes.insert(life, *id);
            if let Some(entry) = self.book.entries.iter_mut().find(|entry| entry.known.id == *id) {
                entry.stand_for(life);
            }
        }
        for entry in &mut self.book.entries {
            let id = entry.known.id;
            let known = &mut entry.known;
            if plan.suspect.contains(&id) {
                (known.suspected_at, known.judged_at) = (Some(shown.at), Some(shown.at));
            }
            if plan.clear.contains(&id) {
                (known.suspected_at, known.judged_at) = (None, Some(shown.at));
            }
            if let Some((_, doubt)) = plan.doubts.iter().find(|(doubted, _)| *doubted == id) {
                (known.doubt, known.judged_at) = (doubt.clone(), Some(shown.at));
            }
        }
        self.book.entries.retain(|entry| !plan.delete.contains(&entry.known.id));
        for (item, doubt) in &plan.create {
            self.book.born += 1;
            let id =
                RecordId::from(uuid_in(Bucket::of(7), self.book.born, self.seed.to_be_bytes()));
            if let Some(doubt) = doubt {
                *self.report.doubts.entry(kind(doubt)).or_default() += 1;
            }
            let life = shown.lives[*item];
            self.homes.insert(life, id);
            self.book.entries.push(Entry {
                known: Known {
                    id,
                    facts: shown.seen[*item].facts.clone(),
                    day: None,
                    source_id: keep(*item),
                    content: shown.seen[*item].content,
                    suspected_at: None,
                    doubt: doubt.clone(),
                    created_at: shown.at,
                    written_at: shown.at,
                    judged_at: None,
                },
                life,
                unseen: Vec::new(),
                lent: Vec::new(),
            });
        }
        self.report.records += plan.create.len();
        self.report.merged += plan
            .notes
            .iter()
            .map(|note| if let Note::Merged { records } = note { *records } else { 0 })
            .sum::<usize>();
    }

    /// After calm readings the book is what the institution shows.
    fn judge_end(&mut self, at: Timestamp) {
        let back = self.eyes.habits.memory.min(90);
        let window = Window::last_days(local_day(at, 0), back - 2);
        // The oldest day shown (and the newest, of a list that runs upwards) is never judged.
        let present = self.history.present(at);
        let days = || present.iter().map(|p| p.day).filter(|day| window.contains(*day));
        let (oldest, newest) = (days().min(), days().max().filter(|_| self.eyes.habits.upwards));
        let judged = |day: Date| {
            window.contains(day)
                && oldest.is_some_and(|oldest| day > oldest)
                && newest.is_none_or(|newest| day < newest)
        };
        let mut truth: BTreeMap<String, (i64, Vec<usize>)> = BTreeMap::new();
        for p in present.iter().filter(|p| judged(p.day)) {
            let entry = truth
                .entry(format!("{} {} {} {}", p.day, p.look.cents, p.look.direction, p.pending))
                .or_default();
            entry.0 += 1;
            entry.1.push(p.life);
        }
        for entry in &self.book.entries {
            let m = movement(&entry.known.facts);
            if judged(m.value_date) {
                let cents = m.amount.0 * rust_decimal::Decimal::ONE_HUNDRED;
                let direction = m.direction.map_or("", domain::record::Direction::as_str);
                let key =
                    format!("{} {} {} {}", m.value_date, cents.normalize(), direction, m.pending);
                let found = truth.entry(key).or_default();
                found.0 -= 1;
                found.1.push(entry.life);
            }
        }
        for (key, (off, lives)) in truth.into_iter().filter(|(_, (off, _))| *off != 0) {
            let here = || self.book.entries.iter().filter(|e| lives.contains(&e.life));
            let twice = here()
                .filter(|e| {
                    matches!(
                        e.known.doubt,
                        Some(Doubt::PerhapsTwice | Doubt::PerhapsSame { twice: true, .. })
                    )
                })
                .count();
            // Said instead: the reading never counted as complete, because too much was missing.
            if off < 0 && !self.counted {
                continue;
            }
            // Said instead: there is perhaps one more. Two equal runs that meet at the turn of a page are
            // taken for an overlap without a word.
            let folded = lives.iter().filter(|life| self.folded.contains(life)).count();
            if off > 0 && usize::try_from(off).is_ok_and(|off| off <= folded) {
                if twice == 0 {
                    self.report.excuse(Excuse::Folded);
                }
                continue;
            }
            let about: Vec<&Known> = self
                .book
                .entries
                .iter()
                .filter(|e| lives.contains(&e.life))
                .map(|e| &e.known)
                .collect();
            let how = format!("{key}: {off} too few; {about:?}");
            self.broken(Promise::EndsWell, &lives, how);
        }
        let mut open = Vec::new();
        for entry in &self.book.entries {
            let day = |entry: &Entry| movement(&entry.known.facts).value_date;
            if let Some(doubt) = &entry.known.doubt {
                *self.report.left.entry(kind(doubt)).or_default() += 1;
            } else if entry.known.suspected_at.is_some() {
                *self.report.left.entry("suspected").or_default() += 1;
            }
            // What the institution no longer shows, it says nothing of.
            let silent = !judged(day(entry))
                || self.book.entries.iter().any(|other| entry.names(other) && !judged(day(other)));
            let waits = entry.known.suspected_at.is_some()
                || matches!(entry.known.doubt, Some(Doubt::PerhapsSame { .. }));
            if waits && !silent && self.counted {
                open.push((entry.life, format!("still open: {:?}", entry.known)));
            }
        }
        for (life, how) in open {
            self.broken(Promise::EndsWell, &[life], how);
        }
    }
}

/// All of a plan but what is unchanged.
fn brief(plan: &Plan) -> String {
    let Plan { create, update, delete, suspect, clear, doubts, notes, .. } = plan;
    format!(
        "create {create:?} update {update:?} delete {delete:?} suspect {suspect:?} clear {clear:?} doubts {doubts:?} notes {notes:?}"
    )
}

/// What two readings of one moment agree in: not the running numbers in descriptions.
fn outline(m: &Movement) -> String {
    let words: String = m.description.chars().filter(|c| !c.is_ascii_digit()).collect();
    let direction = m.direction.map_or("", domain::record::Direction::as_str);
    format!("{} {} {direction} {} {words}", m.value_date, m.amount.0.normalize(), m.pending)
}

fn movement(facts: &Facts) -> &Movement {
    match facts {
        Facts::Movement(movement) => movement,
        Facts::Keyed(_) | Facts::Snapshot | Facts::Edition(_) => {
            unreachable!("this book holds movements")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_stands_for_one_movement_whatever_the_institution_does() {
        let mut all = Report::default();
        for seed in 0..110 {
            all.add(run(seed, Order::Kept));
            all.add(run(seed, Order::Lost));
        }
        // Doubts and excuses are promises too, as long as they are few.
        let doubts: usize = all.doubts.values().sum();
        assert!(doubts * 50 <= all.records, "{doubts} doubts of {} records", all.records);
        let of_identity = |(excuse, count): (&Excuse, &usize)| match excuse {
            Excuse::Reborn | Excuse::Folded | Excuse::Misled => 0,
            _ => *count,
        };
        let excused: usize = all.excused.iter().map(of_identity).sum();
        assert!(excused * 40 <= all.records, "{:?} of {} records", all.excused, all.records);
        for (order, seeds) in ONCE_FAILED {
            seeds.iter().for_each(|seed| all.add(run(*seed, *order)));
        }
        let first: Vec<_> = all.broken.iter().take(5).collect();
        assert!(
            all.broken.is_empty(),
            "{} promises broken in {} runs: {first:#?}",
            all.broken.len(),
            all.runs
        );
    }
}
