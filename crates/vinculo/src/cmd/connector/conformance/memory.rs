//! What this process has started, as the kernel counts it.

use std::{collections::BTreeSet, fs};

/// All processes below this one.
pub(super) fn children() -> BTreeSet<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|process| Some((process, parent(process)?)))
        .collect();
    let mut found = BTreeSet::new();
    let mut above = vec![std::process::id()];
    while let Some(process) = above.pop() {
        for (child, _) in parents.iter().filter(|(_, parent)| *parent == process) {
            if found.insert(*child) {
                above.push(*child);
            }
        }
    }
    found
}

/// The memory that they have together, in KiB; shared memory counts once for each.
pub(super) fn of_children() -> u64 {
    children().into_iter().filter_map(resident).sum()
}

/// The parent of a process that is not dead.
fn parent(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in brackets may contain anything, brackets and blanks too.
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    (!matches!(state, "Z" | "X" | "x")).then_some(parent)
}

fn resident(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}
