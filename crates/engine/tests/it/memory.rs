//! What a large reading costs in memory.

use crate::{office::Office, world::World};

/// Invoices of one month.
const INVOICES: usize = 20_000;
/// Bytes above what the process had before.
const MOST: u64 = 64 << 20;

/// What the kernel says of this process, in bytes: `VmRSS` or `VmHWM`.
fn memory(of: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(of)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

// On SQLite alone: what is held is the engine's, whatever the database.
#[tokio::test]
async fn a_month_of_invoices_is_kept_part_by_part_in_bounded_memory() {
    let world = World::stopped(store::testing::sqlite().await).await;
    let office = Office::opened(&world).await;
    office.story().invoices = INVOICES;
    // The highest is that since now.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS:");
    let link = office.registered(&world).await;
    let above = memory("VmHWM:").saturating_sub(before);
    let mut tx = world.engine.store().read().await.unwrap();
    let kept = tx.summary(link.id, "INVOICES").await.unwrap();
    assert_eq!(kept.total, INVOICES as u64);
    assert!(above <= MOST, "{} MiB above idle", above >> 20);
    drop(tx);
    world.finish().await;
}
