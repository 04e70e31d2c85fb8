//! Which of the balances that a bank states are the ones before, after and at hand.

use crate::said::{Balance, BalanceKind, Place};
use domain::money::Amount;
use jiff::civil::Date;

/// How many balances a statement may have; the standard has thirteen kinds.
const MOST: usize = 64;

/// `Bal`, as it stands.
#[derive(Default)]
pub(super) struct StatedBalance {
    pub(super) place: Place,
    /// ISO 20022, external code set `ExternalBalanceType1Code`; empty for a bank's own kind.
    pub(super) code: String,
    pub(super) amount: Option<Amount>,
    pub(super) currency: Option<String>,
    pub(super) credit: Option<bool>,
    pub(super) date: Option<Date>,
}

impl StatedBalance {
    pub(super) fn new(place: Place) -> Self {
        Self { place, ..Self::default() }
    }
    fn said(&self, kind: BalanceKind) -> Option<Balance> {
        let Amount(value) = self.amount?;
        let amount = Amount(if self.credit? { value } else { -value });
        Some(Balance { kind, date: self.date, amount, currency: self.currency.clone() })
    }
}

/// The balances of a statement.
#[derive(Default)]
pub(super) struct Balances(Vec<StatedBalance>);

impl Balances {
    /// `false` where there are too many.
    pub(super) fn add(&mut self, balance: StatedBalance) -> bool {
        let room = self.0.len() < MOST;
        if room {
            self.0.push(balance);
        }
        room
    }

    /// Those that say what a statement of ours says, in the file's order; the others (forward,
    /// expected, for information) are passed over.
    ///
    /// An interim balance (`ITBD`) is the end of a page that is not the last, or the beginning of one
    /// that is not the first; alone it is the balance at the moment of the report.
    pub(super) fn take(&mut self) -> Vec<Balance> {
        let all = std::mem::take(&mut self.0);
        let has = |code: &str| all.iter().any(|balance| balance.code == code);
        let opening = ["OPBD", "PRCD"].into_iter().find(|code| has(code));
        let closing = ["CLBD"].into_iter().find(|code| has(code));
        let available = ["CLAV", "ITAV"].into_iter().find(|code| has(code));
        let interim: Vec<usize> =
            (0..all.len()).filter(|&index| all[index].code == "ITBD").collect();
        let interim_opening = match (opening, closing, interim.as_slice()) {
            (None, Some(_), [first, ..]) | (None, None, [first, _, ..]) => Some(*first),
            _ => None,
        };
        let interim_closing = interim
            .last()
            .copied()
            .filter(|_| closing.is_none())
            .filter(|i| Some(*i) != interim_opening);

        let kind = |index: usize, balance: &StatedBalance| {
            let code = Some(balance.code.as_str());
            if code == opening || Some(index) == interim_opening {
                Some(BalanceKind::Opening)
            } else if code == closing || Some(index) == interim_closing {
                Some(BalanceKind::Closing)
            } else if code == available {
                Some(BalanceKind::Available)
            } else {
                None
            }
        };
        let chosen = all.iter().enumerate();
        chosen.filter_map(|(index, balance)| balance.said(kind(index, balance)?)).collect()
    }
}
