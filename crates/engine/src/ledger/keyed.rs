//! Things with keys of their own (accounts, owners, daily balances, bills): the strongest key
//! decides, and only where it is unique on both sides.

use super::{
    Doubt, Known, Note, Plan, Reading, Rules, Seen,
    accounts::{AccountKey, ID_KIND},
    keeps_source_id,
    missing::{self, Absent, Claim, Removed, Span},
};
use domain::record::{Facts, Trust};
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

/// The most records or items that are compared by resemblance, each with each.
const FEW: usize = 200;

/// One record's or item's keys, strongest first.
type Keys<'a> = Vec<AccountKey<'a>>;

/// Which known thing each seen one is, by their keys (`kind:value`, strongest first).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// This one.
    Known(usize),
    /// This one as far as order goes: others look exactly the same.
    Alike(usize),
    /// Perhaps one of several: a doubt, not a match.
    Perhaps,
    /// None.
    New,
}

/// Matches accounts (and anything else with keys) by number or public identification, else by
/// trusted id, else by whatever weaker keys they have. One to one.
pub(super) fn match_accounts(known: &[&[String]], seen: &[&[String]], trust: Trust) -> Vec<Found> {
    fn keys<'a>(all: &[&'a [String]], trust: Trust) -> Vec<Keys<'a>> {
        all.iter().map(|keys| usable(keys, None, trust)).collect()
    }
    pair(&keys(known, trust), &keys(seen, trust))
}

/// The seen accounts (by index) that hide part of a number, each with the known one that it
/// certainly is: what a listing masks today is not unknown if an earlier one showed it.
#[must_use]
pub fn unmasked(known: &[&[String]], seen: &[&[String]], trust: Trust) -> Vec<(usize, usize)> {
    let hides = |keys: &[String]| keys.iter().any(|key| AccountKey::parse(key).masked);
    if !seen.iter().any(|keys| hides(keys)) {
        return Vec::new();
    }
    let found = match_accounts(known, seen, trust);
    let certain = found.iter().enumerate().filter_map(|(item, found)| match found {
        Found::Known(record) => Some((item, *record)),
        Found::Alike(_) | Found::Perhaps | Found::New => None,
    });
    certain.filter(|(item, _)| hides(seen[*item])).collect()
}

/// Whether ids are trusted to name what they named before.
const fn trusts_ids(trust: Trust) -> bool {
    matches!(trust, Trust::Stable | Trust::Posted)
}

/// Whether a key (`kind:value`) may decide what a thing is: the institution's own id may as far as ids are
/// trusted.
#[must_use]
pub fn may_decide(key: &str, trust: Trust) -> bool {
    trusts_ids(trust) || AccountKey::parse(key).kind != ID_KIND
}

/// The keys that may decide, a trusted id before the weakest of them.
fn usable<'a>(keys: &'a [String], id: Option<&'a str>, trust: Trust) -> Keys<'a> {
    let trusted = trusts_ids(trust);
    let mut keys: Keys<'a> = keys
        .iter()
        .map(|key| AccountKey::parse(key))
        .filter(|key| trusted || key.kind != ID_KIND)
        .collect();
    if let Some(id) = id.filter(|_| trusted && keys.iter().all(|key| key.kind != ID_KIND)) {
        let at = if keys.len() > 1 { keys.len() - 1 } else { keys.len() };
        keys.insert(at, AccountKey { kind: ID_KIND, scope: "", value: id.into(), masked: false });
    }
    keys
}

/// Whether a key stronger than `rank` of `one` names another thing in `other`.
fn contradicts(one: &Keys<'_>, other: &Keys<'_>, rank: usize) -> bool {
    let by_id = one.get(rank).is_some_and(|key| key.kind == ID_KIND);
    let agrees = |a: &AccountKey<'_>, b: &AccountKey<'_>| {
        (a.value == b.value && a.scope == b.scope)
            || a.resembles(b)
            || (by_id && a.is_with_check_digit(b))
    };
    // A masked number does not outrank a trusted id.
    let masked = one.get(rank).is_some_and(|key| key.masked);
    let outranking =
        one.iter().enumerate().filter(|(at, key)| *at < rank || masked && key.kind == ID_KIND);
    outranking.map(|(_, key)| key).any(|key| {
        let mut same_kind = other.iter().filter(|k| k.kind == key.kind).peekable();
        same_kind.peek().is_some() && same_kind.all(|k| !agrees(key, k))
    })
}

/// Whether nothing tells two things apart, and something speaks for their being one.
fn could_be(one: &Keys<'_>, other: &Keys<'_>) -> bool {
    let same = |a: &AccountKey<'_>| other.iter().any(|b| a == b || a.resembles(b));
    one.iter().any(same)
        && !contradicts(one, other, one.len())
        && !contradicts(other, one, other.len())
}

fn group<K: Hash + Eq>(of: impl Iterator<Item = (K, usize)>) -> HashMap<K, Vec<usize>> {
    let mut groups: HashMap<K, Vec<usize>> = HashMap::new();
    for (key, index) in of {
        groups.entry(key).or_default().push(index);
    }
    groups
}

fn pair(known: &[Keys<'_>], seen: &[Keys<'_>]) -> Vec<Found> {
    let mut found: Vec<Found> = vec![Found::New; seen.len()];
    let mut taken = vec![false; known.len()];
    // All keys equal: the same, and the k-th of several that look the same is the k-th.
    let whole = group(known.iter().enumerate().map(|(index, keys)| (keys, index)));
    let mut turn: HashMap<&Keys<'_>, usize> = HashMap::new();
    let alike = group(seen.iter().enumerate().map(|(index, keys)| (keys, index)));
    for (index, keys) in seen.iter().enumerate() {
        let several = alike[keys].len() > 1;
        let same = whole.get(keys).map_or(&[][..], Vec::as_slice);
        let turn = turn.entry(keys).or_default();
        if let Some(record) = same.get(*turn) {
            *turn += 1;
            taken[*record] = true;
            found[index] = if several || same.len() > 1 {
                Found::Alike(*record)
            } else {
                Found::Known(*record)
            };
        } else if several {
            found[index] = Found::Perhaps;
        }
    }
    // Then one key after the other, strongest first, where it names one thing on either side.
    let ranks = seen.iter().map(Vec::len).max().unwrap_or(0);
    for rank in 0..ranks {
        let open: Vec<usize> = (0..seen.len())
            .filter(|i| matches!(found[*i], Found::New | Found::Perhaps) && seen[*i].len() > rank)
            .collect();
        if open.is_empty() {
            continue;
        }
        let records = group((0..known.len()).filter(|r| !taken[*r]).flat_map(|r| {
            let keys: HashSet<&AccountKey<'_>> = known[r].iter().collect();
            keys.into_iter().map(move |key| (key, r))
        }));
        let items = group(open.iter().map(|i| (&seen[*i][rank], *i)));
        for (key, items) in items {
            let candidates: Vec<usize> = records
                .get(key)
                .into_iter()
                .flatten()
                .copied()
                .filter(|r| {
                    !taken[*r] && items.iter().any(|i| !contradicts(&seen[*i], &known[*r], rank))
                })
                .collect();
            settle(&candidates, &items, &mut found, &mut taken);
        }
        // Masks: few things have them, so each is compared with each.
        let open: Vec<usize> = open
            .into_iter()
            .filter(|i| matches!(found[*i], Found::New | Found::Perhaps))
            .take(FEW)
            .collect();
        let free: Vec<usize> = (0..known.len()).filter(|r| !taken[*r]).take(FEW).collect();
        let resembles = |i: usize, r: usize| {
            known[r].iter().any(|key| key.resembles(&seen[i][rank]))
                && !contradicts(&seen[i], &known[r], rank)
                && !contradicts(&known[r], &seen[i], 0)
        };
        for item in &open {
            let candidates: Vec<usize> =
                free.iter().copied().filter(|r| resembles(*item, *r)).collect();
            let rivals: Vec<usize> = open
                .iter()
                .copied()
                .filter(|i| candidates.iter().any(|r| resembles(*i, *r)))
                .collect();
            if !candidates.is_empty() {
                settle(&candidates, &rivals, &mut found, &mut taken);
            }
        }
    }
    found
}

fn settle(records: &[usize], items: &[usize], found: &mut [Found], taken: &mut [bool]) {
    match (records, items) {
        ([], _) => {}
        ([record], [item]) if !taken[*record] => {
            taken[*record] = true;
            found[*item] = Found::Known(*record);
        }
        _ => {
            for item in items {
                if found[*item] == Found::New {
                    found[*item] = Found::Perhaps;
                }
            }
        }
    }
}

/// See [`super::reconcile`].
pub(super) fn reconcile(known: &[Known], reading: &Reading<'_>, rules: &Rules) -> Plan {
    let mut plan = Plan::default();
    let (seen, folded) = fold(reading);
    let records: Vec<Keys<'_>> =
        known.iter().map(|k| keys_of(&k.facts, k.source_id.as_deref(), reading.trust)).collect();
    let items: Vec<Keys<'_>> =
        seen.iter().map(|s| keys_of(&s.facts, s.source_id.as_deref(), reading.trust)).collect();
    // Those seen before stay before; of those that look alike, a suspected one comes last.
    let mut order: Vec<usize> = (0..known.len()).collect();
    order.sort_by_key(|index| known[*index].suspected_at.is_some());
    let ordered: Vec<Keys<'_>> = order.iter().map(|index| records[*index].clone()).collect();
    let found = pair(&ordered, &items);
    let record_of = |found: &Found| match found {
        Found::Known(at) | Found::Alike(at) => Some(order[*at]),
        Found::Perhaps | Found::New => None,
    };
    let mut shown = vec![false; known.len()];
    for index in found.iter().filter_map(record_of) {
        shown[index] = true;
    }
    for (at, (found, seen)) in found.iter().zip(&seen).enumerate() {
        let others =
            items.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, keys)| keys);
        let absent = records.iter().zip(&shown).filter(|(_, shown)| !**shown).map(|(keys, _)| keys);
        let shared = items.len() + records.len() <= FEW
            && others.chain(absent).any(|other| could_be(&items[at], other));
        let doubt = shared.then_some(Doubt::SharedKey);
        let Some(index) = record_of(found) else {
            plan.create.push((seen.item, doubt));
            continue;
        };
        let record = &known[index];
        let new_id =
            keeps_source_id(reading.trust, &seen.facts) && record.source_id != seen.source_id;
        if record.content == seen.content && !new_id {
            plan.unchanged.push((record.id, seen.item));
        } else {
            plan.update.push((record.id, seen.item));
        }
        if record.suspected_at.is_some() {
            plan.clear.push(record.id);
        }
        if record.doubt != doubt {
            plan.doubts.push((record.id, doubt));
        }
    }
    let span = Span::everything(reading);
    let removed = Removed::of(reading);
    let absent: Vec<Absent> = known
        .iter()
        .enumerate()
        .filter(|(index, _)| !shown[*index])
        .map(|(index, k)| Absent {
            known: index,
            day: k.day,
            pending: false,
            suspected_at: k.suspected_at,
            claim: Claim::None,
            repetition: false,
            removed: removed.names(k),
        })
        .collect();
    let sentence = missing::judge(&absent, seen.len(), seen.len(), &span, reading, rules);
    plan.delete = sentence.delete.iter().map(|index| known[*index].id).collect();
    plan.suspect = sentence.suspect.iter().map(|index| known[*index].id).collect();
    plan.counted_as_complete = sentence.complete;
    plan.proves = sentence.proves;
    plan.notes = sentence.notes;
    if folded > 0 {
        plan.notes.push(Note::Folded { items: folded });
    }
    plan
}

fn keys_of<'a>(facts: &'a Facts, id: Option<&'a str>, trust: Trust) -> Keys<'a> {
    match facts {
        Facts::Keyed(keys) => usable(keys, id, trust),
        Facts::Movement(_) | Facts::Snapshot | Facts::Edition(_) => Vec::new(),
    }
}

/// Takes an item that stands on several pages once, in its latest version. On one page two things
/// may look the same if a mask hides what tells them apart; a key without one names one thing.
fn fold<'a>(reading: &Reading<'a>) -> (Vec<&'a Seen>, usize) {
    let mut kept: Vec<&Seen> = Vec::with_capacity(reading.seen.len());
    let mut by_keys: HashMap<Keys<'a>, Vec<usize>> = HashMap::new();
    for seen in reading.seen {
        let keys = keys_of(&seen.facts, seen.source_id.as_deref(), reading.trust);
        let unmistakable = keys.first().is_some_and(|key| !key.masked);
        let same = by_keys.entry(keys).or_default();
        if let Some(at) = same.iter().find(|at| unmistakable || kept[**at].page != seen.page) {
            kept[*at] = seen;
        } else {
            same.push(kept.len());
            kept.push(seen);
        }
    }
    let folded = reading.seen.len() - kept.len();
    (kept, folded)
}
