//! How long the ledger takes for ten thousand items, new and unchanged, beside a plain sort and
//! look-up of the same items: `cargo run --release -p sim --example ledger_bench`.

use domain::{
    ids::{Bucket, RecordId, uuid_in},
    money::Amount,
    record::{Direction, Facts, Movement, Trust},
    time::Window,
};
use engine::ledger::{Known, Reading, Rules, Seen, Stated, reconcile};
use jiff::{Timestamp, ToSpan as _, civil::date};
use std::{collections::HashMap, hint::black_box, io};

const ITEMS: i64 = 10_000;
const ROUNDS: u32 = 20;

fn seen() -> Vec<Seen> {
    let first = date(2026, 1, 1);
    let movement = |n: i64| Movement {
        value_date: first.saturating_add((n / 30).days()),
        transacted_at: None,
        amount: Amount::cents(n % 977 * 10 + 100),
        direction: Some(Direction::Outflow),
        currency: "BRL".into(),
        description: format!("Compra Padaria São João {} 00{n}", n % 41),
        pending: false,
        running_balance: None,
        reference: None,
        on_card: false,
    };
    (0..ITEMS)
        .map(|n| Seen {
            item: usize::try_from(n).unwrap_or(0),
            facts: Facts::Movement(movement(n)),
            source_id: Some(format!("id-{n}")),
            page: u32::try_from(n / 100).unwrap_or(0),
            content: n.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed()),
        })
        .collect()
}

fn known(seen: &[Seen]) -> Vec<Known> {
    seen.iter()
        .map(|s| Known {
            id: RecordId::from(uuid_in(Bucket::of(1), s.item as u64, [0; 8])),
            facts: s.facts.clone(),
            day: None,
            source_id: None,
            content: s.content,
            suspected_at: None,
            doubt: None,
            created_at: Timestamp::UNIX_EPOCH,
            written_at: Timestamp::UNIX_EPOCH,
            judged_at: None,
        })
        .collect()
}

#[expect(clippy::disallowed_types, reason = "a stopwatch decides nothing")]
fn time(out: &mut impl io::Write, name: &str, mut work: impl FnMut() -> usize) -> io::Result<()> {
    let mut best = f64::INFINITY;
    let mut answer = 0;
    for _ in 0..ROUNDS {
        let start = std::time::Instant::now();
        answer = black_box(work());
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    writeln!(out, "{name:<34} {best:8.2} ms  ({answer})")
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let seen = seen();
    let stored = known(&seen);
    // The same movements under other words: the slow way, where nothing is unchanged.
    let mut renamed = stored.clone();
    for known in &mut renamed {
        known.content = known.content.wrapping_add(1);
    }
    let reading = |trust| Reading {
        window: Window::new(date(2026, 1, 1), date(2026, 12, 31)),
        complete: true,
        trust,
        seen: &seen,
        removed: &[],
        at: Timestamp::UNIX_EPOCH + 900_000.hours(),
        stated: Stated::default(),
    };
    let rules = Rules::default();
    time(&mut out, "reference: index and look up", || {
        let index: HashMap<i64, usize> = stored.iter().map(|k| (k.content, 1)).collect();
        seen.iter().filter(|s| index.contains_key(&s.content)).count()
    })?;
    time(&mut out, "10,000 new", || reconcile(&[], &reading(Trust::Reading), &rules).create.len())?;
    time(&mut out, "10,000 unchanged", || {
        let plan = reconcile(&stored, &reading(Trust::Reading), &rules);
        assert!(plan.is_quiet(), "nothing changed");
        plan.unchanged.len()
    })?;
    time(&mut out, "10,000 whose content changed", || {
        reconcile(&renamed, &reading(Trust::Reading), &rules).update.len()
    })?;
    // Stored under the day before: the whole answer is made under each calendar that could be.
    let mut told = renamed.clone();
    for known in &mut told {
        if let Facts::Movement(movement) = &mut known.facts {
            movement.value_date = movement.value_date.yesterday().unwrap_or(movement.value_date);
        }
    }
    time(&mut out, "10,000 under another calendar", || {
        reconcile(&told, &reading(Trust::Reading), &rules).update.len()
    })?;
    Ok(())
}
