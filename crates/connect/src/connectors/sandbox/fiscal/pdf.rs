//! Documents as the authority prints them: one page, plain, in a font that every reader has.

use super::{Taxpayer, standing::in_words};
use domain::{
    resources::{
        tax_compliance_status::{Outcome, TaxComplianceStatus},
        tax_status::TaxStatus,
    },
    time::day,
};
use jiff::Timestamp;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

const FONT: Name<'static> = Name(b"F1");
/// An American letter, in points.
const PAGE: (f32, f32) = (612.0, 792.0);
const MARGIN: f32 = 64.0;
/// The most lines on the page.
const LINES: usize = 44;

/// In the encoding of the font, which has all letters of Spanish.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

/// A page with a title and lines.
pub(super) fn page(title: &str, lines: &[String]) -> Vec<u8> {
    let [catalog, pages, page, font, content] = [1, 2, 3, 4, 5].map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut sheet = pdf.page(page);
    sheet.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1));
    sheet.parent(pages);
    sheet.contents(content);
    sheet.resources().fonts().pair(FONT, font);
    sheet.finish();
    pdf.type1_font(font)
        .base_font(Name(b"Helvetica"))
        .encoding_predefined(Name(b"WinAnsiEncoding"));
    let mut text = Content::new();
    text.begin_text();
    text.set_font(FONT, 16.0);
    text.next_line(MARGIN, PAGE.1 - MARGIN);
    text.show(Str(&latin(title)));
    text.set_font(FONT, 10.0);
    text.next_line(0.0, -14.0);
    for line in lines.iter().take(LINES) {
        text.next_line(0.0, -14.0);
        text.show(Str(&latin(line)));
    }
    text.end_text();
    pdf.stream(content, &text.finish());
    pdf.finish()
}

/// The *Constancia de Situación Fiscal*.
pub(super) fn of_status(status: &TaxStatus) -> Vec<u8> {
    let said = |name: &str, value: Option<&String>| {
        value.map(|value| format!("{name}: {value}")).unwrap_or_default()
    };
    let payer = status.tax_payer_information.clone().unwrap_or_default();
    let address = status.address.clone().unwrap_or_default();
    let mut lines = vec![
        said("Lugar y fecha de emisión", status.place_and_date_of_issuance.as_ref()),
        said("idCIF", status.id_cif.as_ref()),
        said("RFC", payer.rfc.as_ref()),
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
    page("CONSTANCIA DE SITUACIÓN FISCAL", &lines)
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
        format!("RFC: {}", who.rfc),
        format!("Nombre: {}", who.person.name.to_uppercase()),
        format!("Fecha: {}", in_words(day(now))),
        format!("Sentido de la opinión: {outcome}"),
    ];
    page("OPINIÓN DEL CUMPLIMIENTO DE OBLIGACIONES FISCALES", &lines)
}
