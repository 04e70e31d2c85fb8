//! Runs many histories through the ledger, each with its readings in order and again in disorder,
//! which makes two cases: `cargo run --release -p sim --example ledger -- --cases 1000000 --seed 1`,
//! on so many `--threads` where the machine has other work. With `--hard 1` only those run whose institution
//! tells little apart, four in ten. Ends with 1 if a promise was broken; two cases say how, and with `--tell 1`
//! everything that happened in order, with `--tell 2` in disorder.

use mimalloc::MiMalloc;
use sim::{
    invariants::Promise,
    ledger::{Order, Report},
};
use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn argument(name: &str, default: u64) -> u64 {
    let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
    arguments.next().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn main() -> io::Result<ExitCode> {
    let (cases, first) = (argument("--cases", 10_000), argument("--seed", 1));
    let cores = thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let threads = argument("--threads", cores).max(1);
    if let told @ 1..=2 = argument("--tell", 0) {
        let order = if told == 1 { Order::Kept } else { Order::Lost };
        io::stdout().write_all(sim::ledger::tell(first, order).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let only_hard = argument("--hard", 0) > 0;
    let next = AtomicU64::new(0);
    let work = || {
        let mut sum = Report::default();
        loop {
            let case = next.fetch_add(1, Ordering::Relaxed);
            let seed = first.wrapping_add(case / 2);
            if case >= cases {
                break sum;
            }
            let order = if case.is_multiple_of(2) { Order::Kept } else { Order::Lost };
            if !only_hard || sim::ledger::is_hard(seed) {
                sum.add(sim::ledger::run(seed, order));
            }
        }
    };
    let mut all = Report::default();
    thread::scope(|scope| {
        let parts: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for part in parts {
            all.add(part.join().expect("a run does not panic"));
        }
    });
    // Whichever thread ran it.
    all.broken.sort_by_key(|(seed, broken)| (*seed, broken.step));
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} runs, {} readings, {} items, {} records",
        all.runs, all.readings, all.items, all.records
    )?;
    writeln!(out, "doubts begun {:?}, left {:?}", all.doubts, all.left)?;
    writeln!(out, "merged {}, excused {:?}", all.merged, all.excused)?;
    let mut kinds: BTreeMap<Promise, (usize, Vec<u64>)> = BTreeMap::new();
    for (seed, broken) in &all.broken {
        let (count, seeds) = kinds.entry(broken.promise).or_default();
        *count += 1;
        if seeds.len() < 64 && seeds.last() != Some(seed) {
            seeds.push(*seed);
        }
    }
    for (promise, (count, seeds)) in &kinds {
        writeln!(out, "BROKEN {promise:?}: {count}, first seeds {seeds:?}")?;
    }
    for (seed, broken) in all.broken.iter().take(if cases <= 2 { 6 } else { 0 }) {
        writeln!(out, "seed {seed}, step {}: {:?}\n{}\n", broken.step, broken.promise, broken.how)?;
    }
    Ok(if all.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
