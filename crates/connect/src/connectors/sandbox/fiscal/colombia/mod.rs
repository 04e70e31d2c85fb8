//! The tax authority of Colombia (DIAN): electronic invoices of the last year, the register (RUT),
//! and the declarations of people and companies.

mod declarations;
mod invoices;
#[cfg(test)]
mod tests;

use super::{Shown, Taxpayer, kept, printed, standing::in_words};
use crate::talk::{Failure, Fetch};
use domain::{
    resources::tax_status::{TaxActivity, TaxAddress, TaxPayer, TaxRegime, TaxStatus},
    time::day,
};
use jiff::Timestamp;

/// Days for which there are invoices.
const YEAR: i32 = 365;
/// Years of which there are declarations.
const DECLARED: i32 = 6 * 366;
/// The VAT, in percent.
const VAT: i64 = 19;
/// What a company does, and what an employee does: the codes of the authority.
const TRADE: &str = "4711";
const EMPLOYED: &str = "0010";

impl Taxpayer {
    pub(super) fn all_of_colombia(&self, wanted: &Fetch, now: Timestamp) -> Result<Shown, Failure> {
        let mut shown = Shown::nothing();
        match wanted.resource.as_str() {
            "INVOICES" => {
                let Some(window) = shown.covering(kept(wanted.window, YEAR, now)) else {
                    return Ok(shown);
                };
                for invoice in self.invoices_of_colombia(window, now) {
                    let kind = invoice.kind.map_or("", |kind| kind.as_str());
                    if wanted.kind.as_deref().is_none_or(|only| only == kind) {
                        shown.push(&invoice, [])?;
                    }
                }
            }
            "TAX_STATUS" => {
                let status = self.registered_in_colombia(now);
                let title = "REGISTRO ÚNICO TRIBUTARIO";
                let pdf = wanted.documents.then(|| printed::of_status(&status, title, "NIT"));
                shown.push(&status, pdf.map(|bytes| ("pdf", bytes)))?;
            }
            "TAX_DECLARATIONS" => {
                let Some(window) = shown.covering(kept(wanted.window, DECLARED, now)) else {
                    return Ok(shown);
                };
                for declaration in self.declarations(window, now) {
                    let pdf = wanted.documents.then(|| declaration.printed(self));
                    let pdf = pdf.map(|bytes| ("pdf", bytes));
                    match declaration {
                        declarations::Declaration::Individual(it) => shown.push(&*it, pdf)?,
                        declarations::Declaration::Business(it) => shown.push(&*it, pdf)?,
                    }
                }
            }
            _ => return Err(Failure::Unsupported),
        }
        Ok(shown)
    }

    /// What they do, by the authority's code.
    fn activity(&self) -> &'static str {
        if self.person.company { TRADE } else { EMPLOYED }
    }

    fn registered_in_colombia(&self, now: Timestamp) -> TaxStatus {
        let p = &self.person;
        let of_person = |text: &String| (!p.company).then(|| text.to_uppercase());
        let (street, number) = p.street.rsplit_once(' ').unwrap_or((&p.street, "1"));
        let (kind, street) = street.split_once(' ').unwrap_or(("Calle", street));
        let city = p.city.name.to_uppercase();
        let regime = if p.company {
            "48-Impuesto sobre las ventas - IVA"
        } else {
            "49-No responsable de IVA"
        };
        TaxStatus {
            place_and_date_of_issuance: Some(format!("{city} A {}", in_words(day(now)))),
            official_name: Some(p.name.to_uppercase()),
            id_cif: (!p.company).then(|| p.document.clone()),
            tax_payer_information: Some(TaxPayer {
                rfc: Some(self.number.clone()),
                name: of_person(&p.first),
                first_last_name: of_person(&p.last),
                second_last_name: of_person(&p.second_last),
                social_name: p.company.then(|| p.name.to_uppercase()),
                email: Some(p.email.clone()),
                phone: Some(format!("{}{}", p.area_code, p.phone)),
                ..TaxPayer::default()
            }),
            address: Some(TaxAddress {
                postal_code: Some(p.postcode.clone()),
                street_type: Some(kind.to_uppercase()),
                street: Some(street.to_uppercase()),
                exterior_number: Some(number.into()),
                municipality: Some(city),
                state: Some(p.city.state.to_uppercase()),
                ..TaxAddress::default()
            }),
            economic_activity: Some(vec![TaxActivity {
                economic_activity: Some(self.activity().into()),
                order: Some("1".into()),
                ..TaxActivity::default()
            }]),
            regimes: Some(vec![TaxRegime { regimen: Some(regime.into()), ..TaxRegime::default() }]),
            regimens: None,
            obligations: Some(Vec::new()),
            digital_stamp: Some(self.seed.with(now.as_second().cast_unsigned()).digits(40)),
            digital_stamp_chain: None,
        }
    }
}
