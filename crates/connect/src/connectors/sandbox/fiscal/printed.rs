//! Documents that tax authorities print.

use super::{Taxpayer, standing::in_words};
use crate::connectors::sandbox::pdf;
use domain::{
    resources::{
        tax_compliance_status::{Outcome, TaxComplianceStatus},
        tax_status::TaxStatus,
    },
    time::day,
};
use jiff::Timestamp;

/// How somebody is registered (in Mexico the *Constancia de Situación Fiscal*); `number` is what
/// tax numbers are called.
pub(super) fn of_status(status: &TaxStatus, title: &str, number: &str) -> Vec<u8> {
    let said = |name: &str, value: Option<&String>| {
        value.map(|value| format!("{name}: {value}")).unwrap_or_default()
    };
    let payer = status.tax_payer_information.clone().unwrap_or_default();
    let address = status.address.clone().unwrap_or_default();
    let mut lines = vec![
        said("Lugar y fecha de emisión", status.place_and_date_of_issuance.as_ref()),
        said("idCIF", status.id_cif.as_ref()),
        said(number, payer.rfc.as_ref()),
        said("CURP", payer.curp.as_ref()),
        said("Nombre", status.official_name.as_ref()),
        said("Estatus en el padrón", payer.status_padron.as_ref()),
        said("Código postal", address.postal_code.as_ref()),
        said("Vialidad", address.street.as_ref()),
        said("Número exterior", address.exterior_number.as_ref()),
        said("Entidad federativa", address.state.as_ref()),
    ];
    let regimes = status.regimes.iter().flatten();
    lines.extend(regimes.map(|regime| said("Régimen", regime.regimen.as_ref())));
    let obligations = status.obligations.iter().flatten();
    lines.extend(obligations.map(|one| said("Obligación", one.obligation.as_ref())));
    lines.retain(|line| !line.is_empty());
    pdf::document(title, &lines)
}

/// The *Opinión del cumplimiento de obligaciones fiscales*.
pub(super) fn of_opinion(who: &Taxpayer, said: &TaxComplianceStatus, now: Timestamp) -> Vec<u8> {
    let outcome = match said.outcome {
        Some(Outcome::Positive) => "POSITIVA",
        Some(Outcome::Negative) => "NEGATIVA",
        Some(Outcome::NoObligations) | None => "INSCRITO SIN OBLIGACIONES",
    };
    let lines = [
        format!("Folio: {}", said.internal_identification.as_deref().unwrap_or_default()),
        format!("RFC: {}", who.number),
        format!("Nombre: {}", who.person.name.to_uppercase()),
        format!("Fecha: {}", in_words(day(now))),
        format!("Sentido de la opinión: {outcome}"),
    ];
    pdf::document("OPINIÓN DEL CUMPLIMIENTO DE OBLIGACIONES FISCALES", &lines)
}
