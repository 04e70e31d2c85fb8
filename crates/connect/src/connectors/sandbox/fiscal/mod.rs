//! What tax authorities show of the sandbox's people and companies. It follows from the same lives
//! that the banks show: an invoice is a payment seen from the other side, a payroll voucher is a
//! salary, a return is a sum of both.

mod cfdi;
mod figures;
mod pdf;
mod retentions;
mod returns;
mod standing;
#[cfg(test)]
mod tests;
mod vouchers;
mod xml;

use super::{
    chance::Seed,
    institutions::Site,
    people::Person,
    world::{Plan, World},
};
use crate::talk::{Covered, Document, Failure, Fetch, Given};
use domain::{record::Direction, time::Window};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::to_raw_value;

/// The bank whose movements people's taxes follow from.
const BANK: &str = "erebor_mx_retail";
/// The same for companies.
const BUSINESS_BANK: &str = "gotham_mx_business";

/// Somebody at a tax authority.
#[derive(Debug, Clone)]
pub(super) struct Taxpayer {
    pub(super) person: Person,
    pub(super) rfc: String,
    /// The account that pays and is paid.
    bank: World,
    plan: Plan,
    seed: Seed,
}

/// Whether a login has the form of an RFC.
fn is_rfc(login: &str) -> bool {
    let letters = login.chars().take_while(|c| c.is_alphabetic() || *c == '&').count();
    (3..=4).contains(&letters) && login.chars().count() == letters + 9
}

impl Taxpayer {
    /// Whoever goes by that name: a company where it has the twelve letters of a company's RFC.
    pub(super) fn of(site: &'static Site, login: &str, plan: Plan) -> Option<Self> {
        let company = is_rfc(login) && login.chars().count() == 12;
        let bank = Site::named(if company { BUSINESS_BANK } else { BANK })?;
        let bank = World::of(bank, login, plan);
        let person = Person::of(site.country, company, login);
        let seed = Seed::of(&["taxpayer", site.name, login]);
        let rfc = if is_rfc(login) { login.to_uppercase() } else { person.rfc() };
        Some(Self { person, rfc, bank, plan, seed })
    }

    /// All items of what is wanted, and how much of it that is.
    pub(super) fn all(&self, wanted: &Fetch, now: Timestamp) -> Result<Shown, Failure> {
        let mut shown = Shown { items: Vec::new(), covered: Covered::whole(None) };
        match wanted.resource.as_str() {
            _ if self.plan == Plan::Nothing => shown.covered.window = wanted.window,
            "TAX_STATUS" => {
                let status = self.status(now);
                let pdf = wanted.documents.then(|| pdf::of_status(&status));
                shown.push(&status, pdf.map(|bytes| ("pdf", bytes)))?;
            }
            "TAX_COMPLIANCE_STATUS" => {
                let opinion = self.opinion(now);
                let pdf = wanted.documents.then(|| pdf::of_opinion(self, &opinion, now));
                shown.push(&opinion, pdf.map(|bytes| ("pdf", bytes)))?;
            }
            "INVOICES" => {
                let window = invoiced(wanted.window, now);
                shown.covered = Covered { complete: window.is_some(), ..Covered::whole(window) };
                let Some(window) = window else { return Ok(shown) };
                for voucher in self.vouchers(window, now) {
                    let direction = voucher.kind.map_or("", |kind| kind.as_str());
                    if wanted.kind.as_deref().is_some_and(|kind| kind != direction) {
                        continue;
                    }
                    let xml = if wanted.documents { Some(cfdi::xml(&voucher)?) } else { None };
                    shown.push(&voucher, xml.map(|bytes| ("xml", bytes)))?;
                }
            }
            "TAX_RETENTIONS" => {
                let window = invoiced(wanted.window, now);
                shown.covered = Covered { complete: window.is_some(), ..Covered::whole(window) };
                let Some(window) = window else { return Ok(shown) };
                for kind in Direction::ALL {
                    if wanted.kind.as_deref().is_some_and(|only| only != kind.as_str()) {
                        continue;
                    }
                    for retention in self.retentions(*kind, window, now) {
                        let xml = if wanted.documents {
                            Some(retentions::xml(&retention)?)
                        } else {
                            None
                        };
                        shown.push(&retention, xml.map(|bytes| ("xml", bytes)))?;
                    }
                }
            }
            "TAX_RETURNS" => {
                let window = invoiced(wanted.window, now);
                shown.covered = Covered { complete: window.is_some(), ..Covered::whole(window) };
                let Some(window) = window else { return Ok(shown) };
                let is = |kind: &str| wanted.kind.as_deref().is_none_or(|only| only == kind);
                let yearly = is("yearly").then(|| self.yearly(window, now));
                let monthly = is("monthly").then(|| self.monthly(window, now));
                for one in yearly.into_iter().chain(monthly).flatten() {
                    let documents = [("pdf", one.pdf), ("receipt_pdf", one.receipt)];
                    let documents = documents.into_iter().filter(|_| wanted.documents);
                    shown.push(&one.body, documents)?;
                }
            }
            "FINANCIAL_STATEMENTS" => {
                for statement in self.statements(now) {
                    shown.push(&statement, [])?;
                }
            }
            _ => return Err(Failure::Unsupported),
        }
        Ok(shown)
    }
}

/// The days of `asked` for which an authority still has vouchers: five years.
fn invoiced(asked: Option<Window>, now: Timestamp) -> Option<Window> {
    let kept = Window::last_days(domain::time::day(now), 5 * 366);
    let asked = asked.unwrap_or(kept);
    Window::new(asked.from.max(kept.from), asked.to.min(kept.to))
}

/// What is shown, and how much of what was asked for that is.
pub(super) struct Shown {
    pub(super) items: Vec<Given>,
    pub(super) covered: Covered,
}

impl Shown {
    fn push(
        &mut self,
        item: &impl Serialize,
        documents: impl IntoIterator<Item = (&'static str, Vec<u8>)>,
    ) -> Result<(), Failure> {
        let item = to_raw_value(item).map_err(|e| Failure::Unexpected(e.to_string()))?;
        let documents = documents.into_iter();
        let documents = documents.map(|(key, bytes)| Document { key: key.into(), bytes }).collect();
        self.items.push(Given { account: None, page: 0, item, documents });
        Ok(())
    }
}
