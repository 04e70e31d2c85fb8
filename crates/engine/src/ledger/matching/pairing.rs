//! Records and items that could be each other form a graph; its connected parts are decided one by
//! one, so that no answer depends on the order of things.

use pathfinding::{kuhn_munkres::kuhn_munkres_min, matrix::Matrix};
use std::collections::HashMap;

/// A record and an item that could be one.
pub(super) type Pair = (usize, usize);

/// The connected parts of the graph of `pairs`.
pub(super) fn parts(pairs: &[Pair]) -> Vec<Vec<Pair>> {
    let mut part_of: HashMap<(bool, usize), usize> = HashMap::new();
    let mut parts: Vec<Vec<Pair>> = Vec::new();
    for pair in pairs {
        let (r, i) = ((false, pair.0), (true, pair.1));
        let into = match (part_of.get(&r).copied(), part_of.get(&i).copied()) {
            (None, None) => {
                parts.push(Vec::new());
                parts.len() - 1
            }
            (Some(one), None) | (None, Some(one)) => one,
            (Some(one), Some(other)) if one == other => one,
            (Some(one), Some(other)) => {
                let (into, from) =
                    if parts[one].len() < parts[other].len() { (other, one) } else { (one, other) };
                let moved = std::mem::take(&mut parts[from]);
                for pair in &moved {
                    part_of.insert((false, pair.0), into);
                    part_of.insert((true, pair.1), into);
                }
                parts[into].extend(moved);
                into
            }
        };
        part_of.insert(r, into);
        part_of.insert(i, into);
        parts[into].push(*pair);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The records and the items of a part, each once and in order.
pub(super) fn sides(part: &[Pair]) -> (Vec<usize>, Vec<usize>) {
    let mut records: Vec<usize> = part.iter().map(|pair| pair.0).collect();
    let mut items: Vec<usize> = part.iter().map(|pair| pair.1).collect();
    for side in [&mut records, &mut items] {
        side.sort_unstable();
        side.dedup();
    }
    (records, items)
}

/// The pairs of these records and items that cost the least, with what is left alone: what `pair` says that
/// it costs if they are one (`None`: they cannot be), and `alone`, of a record and of an item, that they are
/// in no pair. By the Hungarian method, whose time grows with the cube of how many there are. What anything
/// costs is less than a hundredth of `10^16`.
pub(super) fn cheapest(
    records: &[usize],
    items: &[usize],
    pair: impl Fn(usize, usize) -> Option<i64>,
    (gone, new): (impl Fn(usize) -> i64, impl Fn(usize) -> i64),
) -> Vec<Pair> {
    const NEVER: i64 = 10_000_000_000_000_000;
    // Behind the items stands that a record is gone, behind the records that an item is new.
    let (n, m) = (records.len(), items.len());
    let weights = Matrix::from_fn(n + m, n + m, |(x, y)| match (records.get(x), items.get(y)) {
        (Some(r), Some(i)) => pair(*r, *i).unwrap_or(NEVER),
        (Some(r), None) if y - m == x => gone(*r),
        (None, Some(i)) if x - n == y => new(*i),
        (None, None) => 0,
        _ => NEVER,
    });
    let (_, chosen) = kuhn_munkres_min(&weights);
    records.iter().zip(chosen).filter_map(|(r, y)| Some((*r, *items.get(y)?))).collect()
}
