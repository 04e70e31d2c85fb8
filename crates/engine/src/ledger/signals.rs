//! Whether a reading's own arithmetic holds. It is told, never repaired.

use super::Stated;
use domain::{
    money::Amount,
    record::{Direction, Movement},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What a reading's balances say about its movements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Opening plus movements is closing, or each running balance follows from the one before.
    Agrees,
    /// Money is unaccounted for: so much more (or, negative, less) than the movements explain.
    DisagreesBy(Amount),
    /// There are no balances, or some movement has no direction.
    #[default]
    CannotTell,
}

/// The change of a balance by `movement`, read as money owned (`sign` 1) or owed (-1).
fn change(movement: &Movement, sign: Decimal) -> Option<Decimal> {
    match movement.direction? {
        Direction::Inflow => movement.amount.0.checked_mul(sign),
        Direction::Outflow => movement.amount.0.checked_mul(-sign),
    }
}

/// Checks the posted `movements`, each once and in the institution's order; `whole` when none of
/// the window is left out.
pub(super) fn verdict(movements: &[&Movement], stated: Stated, whole: bool) -> Verdict {
    let posted: Vec<&Movement> = movements.iter().copied().filter(|m| !m.pending).collect();
    // Cards and loans state what is owed, so there payments lower the balance; some institutions
    // show them the other way round. Whichever explains more is how this account is shown.
    let signs = [Decimal::ONE, Decimal::NEGATIVE_ONE];
    let least = |off: &dyn Fn(Decimal) -> Option<Decimal>| {
        signs.iter().filter_map(|sign| off(*sign)).min_by_key(Decimal::abs)
    };
    let off = match stated {
        Stated { opening: Some(opening), closing: Some(closing) } if whole => least(&|sign| {
            let sum = posted
                .iter()
                .try_fold(Decimal::ZERO, |sum, m| sum.checked_add(change(m, sign)?))?;
            closing.0.checked_sub(opening.0.checked_add(sum)?)
        }),
        _ => least(&|sign| unexplained(&posted, sign)),
    };
    match off {
        None => Verdict::CannotTell,
        Some(off) if off.is_zero() => Verdict::Agrees,
        Some(off) => Verdict::DisagreesBy(Amount(off.normalize())),
    }
}

/// What running balances jump by, beyond the movements between them. Institutions list one day's
/// movements in any order, so balances are chained by value: each movement leads from a balance to
/// a balance, and a chain without breaks has one loose end on either side.
fn unexplained(posted: &[&Movement], sign: Decimal) -> Option<Decimal> {
    let mut loose: HashMap<Decimal, i32> = HashMap::new();
    let mut steps = Vec::new();
    for movement in posted.iter().filter(|m| m.running_balance.is_some()) {
        let after = movement.running_balance?.0;
        let before = after.checked_sub(change(movement, sign)?)?;
        *loose.entry(before).or_default() += 1;
        *loose.entry(after).or_default() -= 1;
        steps.push((movement.value_date, before, after));
    }
    if steps.len() < 2 {
        return None;
    }
    if steps.first().map(|s| s.0) > steps.last().map(|s| s.0) {
        steps.reverse();
    }
    let breaks: i32 = loose.values().filter(|n| **n > 0).sum();
    if breaks <= 1 {
        return Some(Decimal::ZERO);
    }
    let mut starts = Vec::new();
    let mut ends = Vec::new();
    for (_, before, after) in steps {
        if let Some(n) = loose.get_mut(&before).filter(|n| **n > 0) {
            *n -= 1;
            starts.push(before);
        }
        if let Some(n) = loose.get_mut(&after).filter(|n| **n < 0) {
            *n += 1;
            ends.push(after);
        }
    }
    let gaps: Vec<Decimal> = starts
        .iter()
        .skip(1)
        .zip(&ends)
        .map(|(start, end)| start.checked_sub(*end))
        .collect::<Option<_>>()?;
    let sum = |of: &dyn Fn(&Decimal) -> Decimal| {
        gaps.iter().try_fold(Decimal::ZERO, |sum, gap| sum.checked_add(of(gap)))
    };
    let net = sum(&|gap| *gap)?;
    // Two gaps that cancel out are still two gaps.
    if net.is_zero() { sum(&Decimal::abs) } else { Some(net) }
}
