//! Pages overlap, and lists show one thing twice: each movement of a reading is taken once, and
//! where nothing tells a repetition from a twin, the second is kept as a spare.

use super::{Reading, Seen};
use domain::record::{Facts, Movement, Trust};
use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

/// An item that counts.
pub(super) struct Kept<'a> {
    pub seen: &'a Seen,
    pub movement: &'a Movement,
    /// Perhaps a repetition of another that is kept.
    pub spare: bool,
}

/// The items that count, in order, and how many were repetitions for certain.
pub(super) fn fold<'a>(reading: &Reading<'a>) -> (Vec<Kept<'a>>, usize) {
    let mut kept: Vec<Option<Kept<'a>>> = reading
        .seen
        .iter()
        .map(|seen| match &seen.facts {
            Facts::Movement(movement) => Some(Kept { seen, movement, spare: false }),
            Facts::Keyed(_) | Facts::Snapshot | Facts::Edition(_) => None,
        })
        .collect();
    fold_ids(&mut kept, reading.trust);
    let mut kept: Vec<Kept<'a>> = kept.into_iter().flatten().collect();
    if kept.first().map(|k| k.seen.page) != kept.last().map(|k| k.seen.page) {
        fold_pages(&mut kept, reading.trust);
    }
    let folded = reading.seen.len() - kept.len();
    (kept, folded)
}

fn id_of(seen: &Seen, trust: Trust) -> Option<&str> {
    seen.source_id.as_deref().filter(|_| trust != Trust::None)
}

/// Ids that are unique inside one reading name one item, wherever it stands: the booked version
/// before the pending one, the later before the earlier. On one page twice with the same content,
/// the institution may mean it.
fn fold_ids(kept: &mut [Option<Kept<'_>>], trust: Trust) {
    let mut first: HashMap<&str, usize> = HashMap::with_capacity(kept.len());
    for at in 0..kept.len() {
        let Some((id, now)) = kept[at].as_ref().and_then(|k| Some((id_of(k.seen, trust)?, k)))
        else {
            continue;
        };
        let Some(before) = first.get(id).copied() else {
            first.insert(id, at);
            continue;
        };
        let Some(old) = kept[before].as_ref() else { continue };
        if now.seen.content == old.seen.content {
            if now.seen.page == old.seen.page {
                if let Some(now) = kept[at].as_mut() {
                    now.spare = true;
                }
            } else {
                kept[at] = None;
            }
            continue;
        }
        let (a, b) = (old.movement, now.movement);
        let (day, amount) = (a.value_date != b.value_date, a.amount != b.amount);
        let other = if a.pending == b.pending {
            day || amount
        } else {
            day && amount && a.description != b.description
        };
        // An id on two different movements means nothing: both are kept.
        if other {
            continue;
        }
        if b.pending && !a.pending {
            kept[at] = None;
        } else {
            kept[before] = None;
            first.insert(id, at);
        }
    }
}

/// Without ids, the end of one page that is the beginning of the next was read twice if it holds
/// different things; equal things on two pages may be twins, and are counted as often as one page
/// shows them.
fn fold_pages(kept: &mut Vec<Kept<'_>>, trust: Trust) {
    let key = |k: &Kept<'_>| {
        let mut hasher = DefaultHasher::new();
        match id_of(k.seen, trust) {
            Some(id) => id.hash(&mut hasher),
            None => k.seen.content.hash(&mut hasher),
        }
        hasher.finish()
    };
    let keys: Vec<u64> = kept.iter().map(key).collect();
    let mut dropped = vec![false; kept.len()];
    let mut starts: Vec<usize> =
        (1..kept.len()).filter(|at| kept[*at].seen.page != kept[*at - 1].seen.page).collect();
    starts.insert(0, 0);
    starts.push(kept.len());
    let overlaps: Vec<(usize, usize, usize)> = starts
        .windows(3)
        .map(|pages| {
            let (before, after) = (&keys[pages[0]..pages[1]], &keys[pages[1]..pages[2]]);
            let overlap = longest_overlap(before, after);
            (pages[1], overlap, after[..overlap].iter().collect::<HashSet<_>>().len())
        })
        .collect();
    // Two twins of two different things may meet at the turn of a page, but hardly at two turns.
    let often = overlaps.iter().filter(|(_, _, distinct)| *distinct > 1).count() > 1;
    for (start, overlap, distinct) in overlaps {
        if distinct > 2 || distinct == 2 && often {
            dropped[start..start + overlap].fill(true);
        }
    }
    let mut counts: HashMap<u64, HashMap<u32, usize>> = HashMap::new();
    let mut seen_keys: HashMap<u64, u32> = HashMap::new();
    let mut several = HashSet::new();
    for (at, k) in kept.iter().enumerate().filter(|(at, _)| !dropped[*at]) {
        if *seen_keys.entry(keys[at]).or_insert(k.seen.page) != k.seen.page {
            several.insert(keys[at]);
        }
    }
    if !several.is_empty() {
        for (at, k) in kept.iter().enumerate().filter(|(at, _)| !dropped[*at]) {
            if several.contains(&keys[at]) {
                *counts.entry(keys[at]).or_default().entry(k.seen.page).or_default() += 1;
            }
        }
        // Counted on the page that shows most of them; on the first such page.
        let most: HashMap<u64, u32> = counts
            .iter()
            .filter_map(|(key, pages)| {
                let (page, _) =
                    pages.iter().max_by_key(|(page, n)| (**n, std::cmp::Reverse(**page)))?;
                Some((*key, *page))
            })
            .collect();
        for (at, k) in kept.iter_mut().enumerate() {
            if most.get(&keys[at]).is_some_and(|page| *page != k.seen.page) {
                k.spare = true;
            }
        }
    }
    let mut at = 0;
    kept.retain(|_| {
        at += 1;
        !dropped[at - 1]
    });
}

/// The length of the longest end of `before` that is a beginning of `after`.
fn longest_overlap(before: &[u64], after: &[u64]) -> usize {
    // The failure function of Knuth, Morris and Pratt over `after`, run through the end of `before`.
    let before = &before[before.len().saturating_sub(after.len())..];
    let mut failure = vec![0_usize; after.len()];
    let step = |failure: &[usize], mut length: usize, key: u64| {
        while length > 0 && (length == after.len() || after[length] != key) {
            length = failure[length - 1];
        }
        length + usize::from(after.get(length) == Some(&key))
    };
    for at in 1..after.len() {
        failure[at] = step(&failure, failure[at - 1], after[at]);
    }
    before.iter().fold(0, |length, key| step(&failure, length, *key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_overlap_is_the_longest(before in prop::collection::vec(0..3_u64, 0..12), after in prop::collection::vec(0..3_u64, 0..12)) {
            let slow = (0..=before.len().min(after.len()))
                .rev()
                .find(|n| before[before.len() - n..] == after[..*n])
                .unwrap_or(0);
            prop_assert_eq!(longest_overlap(&before, &after), slow);
        }
    }
}
