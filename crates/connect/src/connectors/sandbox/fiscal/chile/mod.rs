//! The tax authority of Chile (SII): a company's ledgers of purchases and sales, the register, and
//! what banks have told of somebody's debts.

mod debts;
mod ledgers;
mod standing;
#[cfg(test)]
mod tests;

use super::{Shown, Taxpayer, kept};
use crate::talk::{Failure, Fetch};
use jiff::Timestamp;

/// Days for which there are ledgers.
const KEPT: i32 = 6 * 366;
/// The VAT, in percent.
const VAT: i64 = 19;

impl Taxpayer {
    pub(super) fn all_of_chile(&self, wanted: &Fetch, now: Timestamp) -> Result<Shown, Failure> {
        let mut shown = Shown::nothing();
        match wanted.resource.as_str() {
            "INVOICES_CHILE" => {
                let Some(window) = shown.covering(kept(wanted.window, KEPT, now)) else {
                    return Ok(shown);
                };
                for entry in self.ledgers(window, now) {
                    if wanted.kind.as_deref().is_none_or(|only| only == entry.kind.as_str()) {
                        shown.push(&entry, [])?;
                    }
                }
            }
            "TAX_STATUS_CHILE" => {
                let status = self.registered_in_chile(now);
                let pdf = wanted.documents.then(|| standing::printed(&status));
                shown.push(&status, pdf.map(|bytes| ("pdf", bytes)))?;
            }
            "DEBT_REPORTS" => {
                let report = self.debts(now);
                let pdf = wanted.documents.then(|| debts::printed(&report));
                shown.push(&report, pdf.map(|bytes| ("pdf", bytes)))?;
            }
            _ => return Err(Failure::Unsupported),
        }
        Ok(shown)
    }
}
