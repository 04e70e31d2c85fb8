//! Small stories with known ends; the histories at large are proved in `sim::ledger`.

mod accounts;
mod calendars;
mod computed;
mod doubts;
mod holds;
mod marks;
mod missing;
mod twins;
mod words;

use super::{
    keyed::{Found, match_accounts},
    *,
};
use domain::{
    ids::{Bucket, uuid_in},
    record::{Direction, Movement},
};
use jiff::civil::date;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// An account's book that applies plans as the engine does.
#[derive(Default)]
struct Book {
    known: Vec<Known>,
    born: u64,
    /// What the institution says with each reading that it removed.
    removed: Vec<String>,
    /// The days that are asked for: all of March where it says nothing.
    window: Option<Window>,
}

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(500_000 + hours)
}
fn day(day: i8) -> Date {
    date(2026, 3, day)
}
fn march() -> Option<Window> {
    Window::new(day(1), day(31))
}

fn coffee(on: i8) -> Movement {
    Movement {
        value_date: day(on),
        transacted_at: None,
        amount: Amount::cents(450),
        direction: Some(Direction::Outflow),
        currency: "BRL".into(),
        description: "Padaria Real".into(),
        pending: false,
        running_balance: None,
        reference: None,
        on_card: false,
    }
}
fn rent(on: i8) -> Movement {
    Movement { amount: Amount::cents(90_000), description: "Aluguel".into(), ..coffee(on) }
}
fn card(on: i8, cents: i64) -> Movement {
    Movement { on_card: true, amount: Amount::cents(cents), ..coffee(on) }
}
fn pending(movement: Movement) -> Movement {
    Movement { pending: true, ..movement }
}

fn content(movement: &Movement) -> i64 {
    let mut hasher = DefaultHasher::new();
    format!("{movement:?}").hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// A page of movements without ids.
fn page(number: u32, movements: &[Movement]) -> Vec<Seen> {
    movements
        .iter()
        .map(|m| Seen {
            item: 0,
            facts: Facts::Movement(m.clone()),
            source_id: None,
            page: number,
            content: content(m),
        })
        .collect()
}
fn with_ids(mut seen: Vec<Seen>, ids: &[&str]) -> Vec<Seen> {
    for (seen, id) in seen.iter_mut().zip(ids) {
        seen.source_id = Some((*id).to_owned());
    }
    seen
}

/// After three purchases that say by their days how the calendar moved.
fn told(off: i8, others: &[Movement]) -> Vec<Seen> {
    let visit = |n: i8| Movement { amount: Amount::cents(n.into()), ..rent(4 + 2 * n + off) };
    page(0, &[&[1, 2, 3].map(visit), others].concat())
}

impl Book {
    fn read(&mut self, hours: i64, complete: bool, trust: Trust, mut seen: Vec<Seen>) -> Plan {
        for (index, seen) in seen.iter_mut().enumerate() {
            seen.item = index;
        }
        let reading = Reading {
            window: self.window.or(march()),
            complete,
            trust,
            seen: &seen,
            removed: &self.removed.clone(),
            at: at(hours),
            stated: Stated::default(),
        };
        let plan = reconcile(&self.known, &reading, &Rules::default());
        self.apply(&plan, &reading);
        let again = reconcile(&self.known, &reading, &Rules::default());
        assert!(again.is_quiet(), "the same reading twice wrote {again:?} after {plan:?}");
        plan
    }
    fn apply(&mut self, plan: &Plan, reading: &Reading<'_>) {
        let seen = reading.seen;
        let keep =
            |s: &Seen| s.source_id.clone().filter(|_| keeps_source_id(reading.trust, &s.facts));
        for (id, item) in &plan.update {
            let known = self.known.iter_mut().find(|k| k.id == *id).unwrap();
            known.facts = seen[*item].facts.clone();
            known.content = seen[*item].content;
            known.written_at = reading.at;
            known.source_id = keep(&seen[*item]).or(known.source_id.take());
        }
        for known in &mut self.known {
            if plan.suspect.contains(&known.id) {
                (known.suspected_at, known.judged_at) = (Some(reading.at), Some(reading.at));
            }
            if plan.clear.contains(&known.id) {
                (known.suspected_at, known.judged_at) = (None, Some(reading.at));
            }
            if let Some((_, doubt)) = plan.doubts.iter().find(|(id, _)| *id == known.id) {
                (known.doubt, known.judged_at) = (doubt.clone(), Some(reading.at));
            }
        }
        self.known.retain(|k| !plan.delete.contains(&k.id));
        for (item, doubt) in &plan.create {
            self.born += 1;
            self.known.push(Known {
                id: RecordId::from(uuid_in(Bucket::of(0), self.born, [0; 8])),
                facts: seen[*item].facts.clone(),
                day: None,
                source_id: keep(&seen[*item]),
                content: seen[*item].content,
                suspected_at: None,
                doubt: doubt.clone(),
                created_at: reading.at,
                written_at: reading.at,
                judged_at: None,
            });
        }
    }
    fn ids(&self) -> Vec<RecordId> {
        self.known.iter().map(|k| k.id).collect()
    }
    fn days(&self) -> Vec<i8> {
        let movement = |known: &Known| match &known.facts {
            Facts::Movement(movement) => movement.value_date.day(),
            Facts::Keyed(_) | Facts::Snapshot | Facts::Edition(_) => unreachable!(),
        };
        self.known.iter().map(movement).collect()
    }
    fn doubts(&self) -> usize {
        self.known.iter().filter(|k| k.doubt.is_some()).count()
    }
}
