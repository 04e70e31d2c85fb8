//! Counts what is in a cage: processes, memory, processor time, files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

/// What is used up at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Census {
    /// Processes, dead ones left out.
    pub(super) processes: u32,
    /// Bytes of memory and of files in memory.
    pub(super) memory: u64,
    /// Processor time of those that live and of those that they have waited for, in ticks.
    pub(super) ticks: u64,
    /// Files and folders in the writable places.
    pub(super) files: u64,
}

/// Counts `processes`, and what `places` hold. Places with a file system of their own are asked for
/// its sums, others are walked.
pub(super) fn take(processes: &[u32], places: &[PathBuf], own_places: bool) -> Census {
    let mut census = Census::default();
    let mut shared = 0_u64;
    let mut unnamed = BTreeMap::new();
    for number in processes {
        let Some(seen) = look(*number) else { continue };
        census.processes += 1;
        census.ticks += seen.ticks;
        census.memory += seen.own;
        shared += seen.shared;
        files_without_names(*number, &mut unnamed);
    }
    let mut stored = unnamed.values().sum::<u64>();
    for place in places {
        let (bytes, files) = if own_places { filled(place) } else { walked(place) };
        stored += bytes;
        census.files += files;
    }
    // What is stored may be mapped as well, by several: the greater of the two is not less than half
    // of the truth, nor more than it if each page is mapped once.
    census.memory += shared.max(stored);
    census
}

struct Seen {
    own: u64,
    shared: u64,
    ticks: u64,
}

fn look(number: u32) -> Option<Seen> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    let fields: Vec<&str> = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace().collect();
    if matches!(*fields.first()?, "Z" | "X" | "x") {
        return None;
    }
    // User and system time, of itself and of the children that it has waited for: proc(5), 14 to 17.
    let ticks = fields.get(11..15)?.iter().filter_map(|n| n.parse::<u64>().ok()).sum();
    let status = fs::read_to_string(format!("/proc/{number}/status")).unwrap_or_default();
    let kib = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_ascii_whitespace().next()?.parse::<u64>().ok()
    };
    let of = |name: &str| kib(name).unwrap_or(0).saturating_mul(1024);
    Some(Seen { own: of("RssAnon:") + of("VmSwap:"), shared: of("RssShmem:"), ticks })
}

/// Files of `memfd_create` that are open: they are in no folder, and in memory though nobody maps them.
fn files_without_names(number: u32, found: &mut BTreeMap<(u64, u64), u64>) {
    for entry in fs::read_dir(format!("/proc/{number}/fd")).into_iter().flatten().flatten() {
        let path = entry.path();
        if fs::read_link(&path)
            .is_ok_and(|to| to.as_os_str().as_encoded_bytes().starts_with(b"/memfd:"))
            && let Ok(file) = fs::metadata(&path)
        {
            found.insert((file.dev(), file.ino()), file.blocks() * 512);
        }
    }
}

/// Bytes and files of a whole file system.
fn filled(place: &Path) -> (u64, u64) {
    rustix::fs::statvfs(place).map_or((0, 0), |all| {
        let used = all.f_blocks.saturating_sub(all.f_bfree).saturating_mul(all.f_frsize);
        (used, all.f_files.saturating_sub(all.f_ffree))
    })
}

/// How many files are walked at most: more than that is too many.
const WALK: u64 = 50_000;

/// Bytes and files below a folder. Links are not followed.
fn walked(place: &Path) -> (u64, u64) {
    let (mut bytes, mut files) = (0, 0);
    let mut folders = vec![place.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            files += 1;
            if files > WALK {
                return (bytes, files);
            }
            let Ok(found) = entry.metadata() else { continue };
            if found.is_dir() {
                folders.push(entry.path());
            }
            if seen.insert((found.dev(), found.ino())) {
                bytes += found.blocks() * 512;
            }
        }
    }
    (bytes, files)
}

#[cfg(test)]
mod tests;
