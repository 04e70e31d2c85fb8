//! A taxpayer with 20,000 invoices of one month: the load, and the memory that it takes beyond what
//! the process had; then a list of 1,000 of them, each a pay in all its detail, beside a bare handler
//! that returns the same bytes.

use crate::{House, Options, bank, ledger::Bare, list::List};
use domain::access::AccessMode;
use std::time::Instant;

const INVOICES: usize = 20_000;

pub(crate) async fn run(house: &House, options: &Options) {
    house.bank.shows(INVOICES);
    // The highest is that since now.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let idle = memory("VmRSS:");
    let begun = Instant::now();
    let link = house.register_at(bank::AUTHORITY, "fiscal", AccessMode::Recurrent).await;
    house.engine.settle_down().await.unwrap();
    let took = begun.elapsed();
    let above = memory("VmHWM:").saturating_sub(idle);
    house.bank.shows(1_000);

    let mut tx = house.engine.store().read().await.unwrap();
    assert_eq!(tx.summary(link.id, "INVOICES").await.unwrap().total, INVOICES as u64);
    drop(tx);
    let bare = Bare::copied(house, &link, "INVOICES").await.upsert(house).await;
    println!(
        "load of {INVOICES} invoices of one month: {:.0} records/s, {} MiB above {} MiB; bare upsert of the same rows {:.0}/s; ratio {:.2}",
        INVOICES as f64 / took.as_secs_f64(),
        above >> 20,
        idle >> 20,
        INVOICES as f64 / bare.as_secs_f64(),
        bare.as_secs_f64() / took.as_secs_f64()
    );

    let path = format!("/api/invoices/?link={}&page_size=1000", link.id);
    let (ours, theirs) = List::served(house, &path).await.flooded(1, options).await;
    println!(
        "list of 1,000 invoices with payroll detail ({} kB), one connection: {:.0} MB/s, p50 {:.2} ms, p99 {:.2} ms; bare handler {:.0} MB/s; ratio {:.3}",
        ours.bytes / 1000,
        ours.rate * ours.bytes as f64 / 1e6,
        ours.p50,
        ours.p99,
        theirs.rate * theirs.bytes as f64 / 1e6,
        ours.rate / theirs.rate
    );
}

/// What the kernel says of this process, in bytes: `VmRSS` or `VmHWM`.
fn memory(of: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(of)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}
