//! What moved between two accounts of one person: an outflow and an inflow of the same amount, on
//! different accounts, at most two days apart.
//!
//! Each movement is in one pair at most. Surest first: those that name the same counterparty, then
//! those that both say that they are transfers, then all others; of each the nearest days first. A
//! movement that is known to be something else (a salary, a shop) is never half of a pair.

use crate::{book::Entry, exact::Money};
use domain::resources::transactions::{Subcategory, TransactionCategory};
use std::collections::{BTreeMap, HashMap};

/// The most days between the two.
const APART: i32 = 2;

/// Movements of one amount: by day, those out and those in, by their place.
#[derive(Default)]
struct Group {
    out: BTreeMap<i32, Vec<usize>>,
    into: BTreeMap<i32, Vec<usize>>,
}

/// Which movements a pass looks at.
type Sure = fn(&Entry) -> bool;

/// Marks the entries that are halves of such pairs.
pub(crate) fn mark(entries: &mut [Entry], accounts: usize) {
    if accounts < 2 {
        return;
    }
    let passes: [(bool, Sure); 3] =
        [(true, |entry| entry.counterparty.is_some()), (false, says_so), (false, |_| true)];
    for (by_counterparty, sure) in passes {
        let mut groups: HashMap<(Money, Option<&str>), Group> = HashMap::new();
        for (place, entry) in entries.iter().enumerate() {
            if entry.is_internal || !may_be(entry) || !sure(entry) || !entry.money.is_positive() {
                continue;
            }
            let group = groups.entry((entry.money, entry.counterparty.filter(|_| by_counterparty)));
            let group = group.or_default();
            let side = if entry.is_inflow() { &mut group.into } else { &mut group.out };
            side.entry(entry.number).or_default().push(place);
        }
        let found: Vec<usize> =
            groups.into_values().flat_map(|group| pairs(group, entries)).collect();
        for place in found {
            if let Some(entry) = entries.get_mut(place) {
                entry.is_internal = true;
            }
        }
    }
}

/// The places of all entries of a group that find another half.
fn pairs(mut group: Group, entries: &[Entry]) -> Vec<usize> {
    let mut found = Vec::new();
    let account = |place: usize| entries.get(place).map_or(usize::MAX, |entry| entry.account);
    for apart in 0..=APART {
        for (day, out) in &mut group.out {
            for into_day in [day + apart, day - apart] {
                let Some(into) = group.into.get_mut(&into_day) else { continue };
                if out.is_empty() || into.is_empty() {
                    continue;
                }
                let mut by_account: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
                for place in into.drain(..).rev() {
                    by_account.entry(account(place)).or_default().push(place);
                }
                out.retain(|&place| {
                    let own = account(place);
                    let Some(other) = by_account.keys().find(|other| **other != own).copied()
                    else {
                        return true;
                    };
                    let Some(waiting) = by_account.get_mut(&other) else { return true };
                    let half = waiting.pop();
                    if waiting.is_empty() {
                        by_account.remove(&other);
                    }
                    found.push(place);
                    found.extend(half);
                    false
                });
                into.extend(by_account.into_values().flatten());
                into.sort_unstable();
            }
        }
    }
    found
}

/// It says itself that it went from account to account.
fn says_so(entry: &Entry) -> bool {
    entry.category == Some(TransactionCategory::Transfers)
}

/// Nothing that is known of it speaks against it.
fn may_be(entry: &Entry) -> bool {
    match entry.category {
        None
        | Some(
            TransactionCategory::Transfers
            | TransactionCategory::Deposits
            | TransactionCategory::Unknown
            | TransactionCategory::InvestmentsSavings,
        ) => true,
        Some(TransactionCategory::CreditsLoans) => {
            entry.subcategory == Some(Subcategory::CreditCard)
        }
        Some(_) => false,
    }
}
