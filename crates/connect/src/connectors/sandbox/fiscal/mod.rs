//! What tax authorities show of the sandbox's people and companies. It follows from the same lives
//! that the banks show: an invoice is a payment seen from the other side, a payroll voucher is a
//! salary, a return is a sum of both. Here is the authority of Mexico; those of Colombia and Chile
//! are in their own files.

mod cfdi;
mod chile;
mod colombia;
mod deals;
mod figures;
mod forms;
mod printed;
mod retentions;
mod returns;
mod standing;
#[cfg(test)]
mod tests;
mod vouchers;
mod xml;

use super::{
    chance::Seed,
    institutions::{Country, Site},
    national_ids::nit,
    people::Person,
    world::{Plan, World},
};
use crate::talk::{Covered, Document, Failure, Fetch, Given};
use domain::{record::Direction, time::Window};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::to_raw_value;

/// Somebody at a tax authority.
#[derive(Debug, Clone)]
pub(super) struct Taxpayer {
    pub(super) person: Person,
    /// By which the authority knows them: RFC, NIT or RUT.
    pub(super) number: String,
    /// The account that pays and is paid.
    bank: World,
    plan: Plan,
    seed: Seed,
}

/// What Mexico's authority calls the document that says how somebody is registered.
const CONSTANCIA: &str = "CONSTANCIA DE SITUACIÓN FISCAL";

/// Whether a login has the form of an RFC.
fn is_rfc(login: &str) -> bool {
    let letters = login.chars().take_while(|c| c.is_alphabetic() || *c == '&').count();
    (3..=4).contains(&letters) && login.chars().count() == letters + 9
}

/// The digits of a NIT or RUT before its check digit, where a login is one.
fn base_of(login: &str) -> Option<u64> {
    login.split('-').next().filter(|base| base.len() >= 6)?.parse().ok()
}

impl Taxpayer {
    /// Whoever goes by that name: a company where it is a company's tax number.
    pub(super) fn of(site: &'static Site, login: &str, plan: Plan) -> Option<Self> {
        let (company, is_number, bank, business) = match site.country {
            Country::Mexico => {
                let company = is_rfc(login) && login.chars().count() == 12;
                (company, is_rfc(login), "erebor_mx_retail", "gotham_mx_business")
            }
            // Companies have nine digits, the first of them an eight or a nine.
            Country::Colombia => {
                let base = base_of(login);
                let company = base.is_some_and(|base| (800_000_000..1_000_000_000).contains(&base));
                (company, base.is_some(), "erebor_co_retail", "gotham_co_business")
            }
            // Nobody alive has a number as high as a company's.
            Country::Chile => {
                let base = base_of(login);
                let company = base.is_some_and(|base| base >= 50_000_000);
                (company, base.is_some(), "erebor_cl_retail", "gotham_cl_business")
            }
            Country::Brazil => return None,
        };
        let bank = Site::named(if company { business } else { bank })?;
        // At banks the same person logs in without the line.
        let user: String = login.chars().filter(|c| *c != '-').collect();
        let bank = World::of(bank, &user, plan);
        let person = Person::of(site.country, company, &user);
        let seed = Seed::of(&["taxpayer", site.name, &user]);
        let number = match (is_number, site.country, company) {
            (true, ..) => login.to_uppercase(),
            (false, Country::Mexico, _) => person.rfc(),
            (false, Country::Colombia, false) => nit(&person.document),
            (false, ..) => person.document.clone(),
        };
        Some(Self { person, number, bank, plan, seed })
    }

    /// All items of what is wanted, and how much of it that is.
    pub(super) fn all(&self, wanted: &Fetch, now: Timestamp) -> Result<Shown, Failure> {
        match self.person.country {
            _ if self.plan == Plan::Nothing => {
                let mut shown = Shown::nothing();
                shown.covered.window = wanted.window;
                Ok(shown)
            }
            Country::Mexico => self.all_of_mexico(wanted, now),
            Country::Colombia => self.all_of_colombia(wanted, now),
            Country::Chile => self.all_of_chile(wanted, now),
            Country::Brazil => Err(Failure::Unsupported),
        }
    }

    fn all_of_mexico(&self, wanted: &Fetch, now: Timestamp) -> Result<Shown, Failure> {
        let mut shown = Shown::nothing();
        match wanted.resource.as_str() {
            "TAX_STATUS" => {
                let status = self.status(now);
                let pdf = wanted.documents.then(|| printed::of_status(&status, CONSTANCIA, "RFC"));
                shown.push(&status, pdf.map(|bytes| ("pdf", bytes)))?;
            }
            "TAX_COMPLIANCE_STATUS" => {
                let opinion = self.opinion(now);
                let pdf = wanted.documents.then(|| printed::of_opinion(self, &opinion, now));
                shown.push(&opinion, pdf.map(|bytes| ("pdf", bytes)))?;
            }
            "INVOICES" => {
                let Some(window) = shown.covering(kept(wanted.window, FIVE_YEARS, now)) else {
                    return Ok(shown);
                };
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
                let Some(window) = shown.covering(kept(wanted.window, FIVE_YEARS, now)) else {
                    return Ok(shown);
                };
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
                let Some(window) = shown.covering(kept(wanted.window, FIVE_YEARS, now)) else {
                    return Ok(shown);
                };
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

/// Days for which Mexico's authority keeps vouchers.
const FIVE_YEARS: i32 = 5 * 366;

/// The days of `asked` that are among the last so many, which an authority still has.
fn kept(asked: Option<Window>, days: i32, now: Timestamp) -> Option<Window> {
    let kept = Window::last_days(domain::time::day(now), days);
    let asked = asked.unwrap_or(kept);
    Window::new(asked.from.max(kept.from), asked.to.min(kept.to))
}

/// What is shown, and how much of what was asked for that is.
pub(super) struct Shown {
    pub(super) items: Vec<Given>,
    pub(super) covered: Covered,
}

impl Shown {
    fn nothing() -> Self {
        Self { items: Vec::new(), covered: Covered::whole(None) }
    }
    /// Says which days are shown: none is not all.
    fn covering(&mut self, window: Option<Window>) -> Option<Window> {
        self.covered = Covered { complete: window.is_some(), ..Covered::whole(window) };
        window
    }
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
