//! How somebody stands with the tax authority: their registration and its opinion of them.

use super::{Plan, Taxpayer};
use domain::{
    resources::{
        tax_compliance_status::{Outcome, TaxComplianceStatus},
        tax_status::{
            CrossStreets, TaxActivity, TaxAddress, TaxObligation, TaxPayer, TaxRegime, TaxStatus,
        },
    },
    time::day,
};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};

/// Months as documents write them.
pub(super) const MONTHS: [&str; 12] = [
    "ENERO",
    "FEBRERO",
    "MARZO",
    "ABRIL",
    "MAYO",
    "JUNIO",
    "JULIO",
    "AGOSTO",
    "SEPTIEMBRE",
    "OCTUBRE",
    "NOVIEMBRE",
    "DICIEMBRE",
];

/// A day as documents write it.
pub(super) fn in_words(day: Date) -> String {
    let month = usize::try_from(day.month() - 1).ok().and_then(|m| MONTHS.get(m));
    format!("{:02} DE {} DE {}", day.day(), month.copied().unwrap_or_default(), day.year())
}

/// The regime of a company, and of an employee.
pub(super) const COMPANY_REGIME: (&str, &str) = ("601", "General de Ley Personas Morales");
pub(super) const PERSON_REGIME: (&str, &str) =
    ("605", "Sueldos y Salarios e Ingresos Asimilados a Salarios");

impl Taxpayer {
    /// Code and name of the regime that they are in.
    pub(super) fn regime(&self) -> (&'static str, &'static str) {
        if self.person.company { COMPANY_REGIME } else { PERSON_REGIME }
    }
    /// Since when they are registered.
    fn since(&self) -> Date {
        if self.person.company {
            return self.person.born;
        }
        self.person.born.saturating_add(22.years()).max(date(1980, 1, 1))
    }

    pub(super) fn status(&self, now: Timestamp) -> TaxStatus {
        let (p, today) = (&self.person, day(now));
        let of_person = |text: &String| (!p.company).then(|| text.to_uppercase());
        let since = self.since();
        let (street, number) = p.street.rsplit_once(' ').unwrap_or((&p.street, "1"));
        let (kind, street) = match street.split_once(' ') {
            Some(("Av.", name)) => ("AVENIDA", name),
            Some((_, name)) => ("CALLE", name),
            None => ("CALLE", street),
        };
        let city = p.city.name.to_uppercase();
        let (_, regime) = self.regime();
        let activity =
            if p.company { "Comercio al por mayor y al por menor" } else { "Asalariado" };
        let obligation = |obligation: &str, expiration: &str| TaxObligation {
            obligation: Some(obligation.into()),
            expiration: Some(expiration.into()),
            initial_date: Some(since),
            end_date: None,
        };
        let obligations = if p.company {
            vec![
                obligation(
                    "Declaración anual de ISR del ejercicio Personas morales.",
                    "Dentro de los tres meses siguientes al cierre del ejercicio.",
                ),
                obligation(
                    "Pago definitivo mensual de IVA.",
                    "A más tardar el día 17 del mes inmediato posterior al periodo que corresponda.",
                ),
            ]
        } else {
            Vec::new()
        };
        let issued = format!("{city} A {}", in_words(today));
        let stamp = format!(
            "||{today}|{}|CONSTANCIA DE SITUACIÓN FISCAL|200001088888800000031||",
            self.number
        );
        let seal = self.seed.with(now.as_second().cast_unsigned());
        let seal = seal.digits(120);
        TaxStatus {
            place_and_date_of_issuance: Some(issued),
            official_name: Some(p.name.to_uppercase()),
            id_cif: Some(format!("1{}", self.seed.with(1).digits(10))),
            tax_payer_information: Some(TaxPayer {
                rfc: Some(self.number.clone()),
                curp: (!p.company).then(|| p.document.clone()),
                name: of_person(&p.first),
                first_last_name: of_person(&p.last),
                second_last_name: of_person(&p.second_last),
                start_operations_date: Some(since),
                status_padron: Some("ACTIVO".into()),
                last_status_change_date: Some(since),
                commercial_name: p
                    .company
                    .then(|| p.name.split(' ').next().unwrap_or_default().to_uppercase()),
                social_name: p.company.then(|| p.name.to_uppercase()),
                email: Some(p.email.clone()),
                phone: Some(format!("{}{}", p.area_code, p.phone)),
            }),
            address: Some(TaxAddress {
                postal_code: Some(p.postcode.clone()),
                street_type: Some(kind.into()),
                street: Some(street.to_uppercase()),
                exterior_number: Some(number.into()),
                interior_number: None,
                suburb: Some("CENTRO".into()),
                locality: Some(city.clone()),
                municipality: Some(city),
                state: Some(p.city.state.to_uppercase()),
                between_street: Some(vec![CrossStreets {
                    street_one: Some("CALLE CEIBA".into()),
                    street_two: Some("CALLE NOGAL".into()),
                }]),
            }),
            economic_activity: Some(vec![TaxActivity {
                economic_activity: Some(activity.into()),
                initial_date: Some(since.to_string()),
                end_date: None,
                order: Some("1".into()),
                percentage: Some("100".into()),
            }]),
            regimes: Some(vec![TaxRegime {
                regimen: Some(regime.into()),
                regime: None,
                initial_date: Some(since),
                end_date: None,
            }]),
            regimens: None,
            obligations: Some(obligations),
            digital_stamp: Some(stamp),
            digital_stamp_chain: Some(seal),
        }
    }

    /// The authority's opinion: who is always overdrawn has not filed either.
    pub(super) fn opinion(&self, now: Timestamp) -> TaxComplianceStatus {
        let outcome = match self.plan {
            Plan::Negative => Outcome::Negative,
            Plan::Low => Outcome::NoObligations,
            Plan::Full | Plan::Nothing => Outcome::Positive,
        };
        let number = self.seed.with(now.as_second().cast_unsigned()).digits(7);
        TaxComplianceStatus {
            internal_identification: Some(format!("{:02}NA{number}", day(now).year() % 100)),
            rfc: Some(self.number.clone()),
            outcome: Some(outcome),
        }
    }
}
