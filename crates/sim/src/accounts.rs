//! People with several accounts, and institutions that list them under other numbers each time:
//! with zeros in front or without, masked, with ids that mean something or not, in any order.
//!
//! What must hold: an account keeps its record; two accounts never share one; a number that was
//! shown whole once is never lost to a mask. *Instead:* accounts
//! that a listing shows alike in every key may swap, and are marked as `SharedKey`; a
//! listing that hides what told two accounts apart may add a record in doubt, never merge them.

use domain::{
    ids::{Bucket, RecordId, uuid_in},
    record::{Facts, Trust},
};
use engine::ledger::{Known, Reading, Rules, Seen, Stated, reconcile, unmasked};
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use std::collections::{HashMap, HashSet};

/// A real account.
struct Account {
    number: u64,
    category: &'static str,
    branch: u32,
}

/// How a listing writes numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    Plain,
    Zeros,
    Masked,
}

impl Account {
    fn keys(&self, writing: Writing, index: usize, ids: bool) -> Vec<String> {
        let Self { number, category, branch } = self;
        let mut keys = match writing {
            Writing::Plain => vec![format!("number:{category}|{branch}|{number}")],
            Writing::Zeros => vec![format!("number:{category}|{branch}|000{number}")],
            Writing::Masked => vec![format!("number:{category}|****{:04}", number % 10_000)],
        };
        if ids {
            keys.push(format!("id:a{index}"));
        }
        keys.push(format!("shape:{category}|BRL"));
        keys
    }
}

/// Runs one person's accounts; the promises that were broken, in words.
#[must_use]
pub fn run(seed: u64) -> Vec<String> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut accounts: Vec<Account> = Vec::new();
    for _ in 0..rng.random_range(1..6) {
        // Now and then two end in the same four digits, or differ by one digit at the end.
        let number = match (rng.random_range(0..4), accounts.first()) {
            (0, Some(other)) => other.number + 10_000 * rng.random_range(1..9),
            (1, Some(other)) => other.number * 10 + rng.random_range(0..10),
            _ => rng.random_range(1_000..9_999_999),
        };
        let category = ["CHECKING_ACCOUNT", "SAVINGS_ACCOUNT"][rng.random_range(0..2_usize)];
        let branch = rng.random_range(1..4);
        if accounts.iter().all(|a| (a.number, a.category, a.branch) != (number, category, branch)) {
            accounts.push(Account { number, category, branch });
        }
    }
    let ids = rng.random_bool(0.5);
    let trust = if ids && rng.random_bool(0.7) { Trust::Stable } else { Trust::None };
    let mut known: Vec<Known> = Vec::new();
    let mut account_of: HashMap<RecordId, usize> = HashMap::new();
    let mut shown_whole: HashSet<usize> = HashSet::new();
    let mut broken = Vec::new();
    for step in 0..8_i64 {
        let writing =
            [Writing::Plain, Writing::Zeros, Writing::Masked][rng.random_range(0..3_usize)];
        let mut order: Vec<usize> = (0..accounts.len()).filter(|_| rng.random_bool(0.9)).collect();
        order.shuffle(&mut rng);
        let mut listed: Vec<Seen> = order
            .iter()
            .enumerate()
            .map(|(item, account)| Seen {
                item,
                facts: Facts::Keyed(accounts[*account].keys(writing, *account, ids)),
                source_id: None,
                page: 0,
                content: i64::try_from(*account).unwrap_or(0),
            })
            .collect();
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * step);
        unmask(&known, &mut listed, trust);
        let reading = Reading {
            window: None,
            complete: true,
            trust,
            seen: &listed,
            removed: &[],
            at,
            stated: Stated::default(),
        };
        let plan = reconcile(&known, &reading, &Rules::of_what_stays());
        // What a mask hides, no one can tell; without ids, listings that look alike may swap.
        let shape = |account: usize| accounts[account].keys(Writing::Masked, account, false);
        let alike = |one: usize, other: usize| one == other || shape(one) == shape(other);
        let doubted: HashSet<RecordId> =
            known.iter().filter(|k| k.doubt.is_some()).map(|k| k.id).collect();
        for (id, item) in plan.update.iter().chain(&plan.unchanged) {
            let (was, is) = (account_of[id], order[*item]);
            let trusted = ids && trust == Trust::Stable;
            if was != is && (trusted || !alike(was, is)) && !doubted.contains(id) {
                broken.push(format!("seed {seed} step {step}: {id} was {was} and became {is}"));
            }
        }
        for (item, doubt) in &plan.create {
            let again = account_of.values().any(|account| *account == order[*item]);
            let by_mask = writing == Writing::Masked || !shown_whole.contains(&order[*item]);
            if again && doubt.is_none() && !by_mask {
                broken.push(format!("seed {seed} step {step}: {} was created again", order[*item]));
            }
        }
        for (id, item) in plan.update.iter().chain(&plan.unchanged) {
            let whole = known.iter().any(|k| k.id == *id && !masked(&k.facts));
            if whole && masked(&listed[*item].facts) && !doubted.contains(id) {
                broken.push(format!("seed {seed} step {step}: {id} lost its number"));
            }
        }
        if !plan.delete.is_empty() {
            broken.push(format!("seed {seed} step {step}: an account was deleted"));
        }
        if writing != Writing::Masked {
            shown_whole.extend(&order);
        }
        apply(&mut known, &mut account_of, &plan, &listed, &order, at);
        if !reconcile(&known, &reading, &Rules::of_what_stays()).is_quiet() {
            broken.push(format!("seed {seed} step {step}: the same listing wrote again"));
        }
    }
    broken
}

/// Gives masked accounts the numbers by which they are known, as the engine does.
fn unmask(known: &[Known], listed: &mut [Seen], trust: Trust) {
    fn keys(facts: &Facts) -> &[String] {
        if let Facts::Keyed(keys) = facts { keys } else { &[] }
    }
    let stored: Vec<&[String]> = known.iter().map(|known| keys(&known.facts)).collect();
    let shown: Vec<&[String]> = listed.iter().map(|seen| keys(&seen.facts)).collect();
    for (item, record) in unmasked(&stored, &shown, trust) {
        listed[item].facts = known[record].facts.clone();
    }
}

fn masked(facts: &Facts) -> bool {
    matches!(facts, Facts::Keyed(keys) if keys.iter().any(|key| key.contains('*')))
}

fn apply(
    known: &mut Vec<Known>,
    account_of: &mut HashMap<RecordId, usize>,
    plan: &engine::ledger::Plan,
    seen: &[Seen],
    order: &[usize],
    at: Timestamp,
) {
    // Accounts are written at each reading, changed or not.
    for (id, item) in plan.update.iter().chain(&plan.unchanged) {
        account_of.insert(*id, order[*item]);
        if let Some(known) = known.iter_mut().find(|k| k.id == *id) {
            known.facts = seen[*item].facts.clone();
            known.content = seen[*item].content;
            known.written_at = at;
        }
    }
    for known in known.iter_mut() {
        if plan.suspect.contains(&known.id) {
            (known.suspected_at, known.judged_at) = (Some(at), Some(at));
        }
        if plan.clear.contains(&known.id) {
            (known.suspected_at, known.judged_at) = (None, Some(at));
        }
        if let Some((_, doubt)) = plan.doubts.iter().find(|(id, _)| *id == known.id) {
            (known.doubt, known.judged_at) = (doubt.clone(), Some(at));
        }
    }
    for (item, doubt) in &plan.create {
        let born = account_of.len() as u64 + 1;
        let id = RecordId::from(uuid_in(Bucket::of(3), born, [0; 8]));
        account_of.insert(id, order[*item]);
        known.push(Known {
            id,
            facts: seen[*item].facts.clone(),
            day: None,
            source_id: None,
            content: seen[*item].content,
            suspected_at: None,
            doubt: doubt.clone(),
            created_at: at,
            written_at: at,
            judged_at: None,
        });
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_account_keeps_its_record_however_it_is_listed() {
        let broken: Vec<String> = (0..3_000).flat_map(super::run).collect();
        let first: Vec<&String> = broken.iter().take(8).collect();
        assert!(broken.is_empty(), "{} promises broken: {first:#?}", broken.len());
    }
}
