//! What was withheld: from somebody's interest by their bank, and from the rent that a company pays
//! to a person.

use super::{
    Taxpayer,
    cfdi::STAMP,
    vouchers::folio,
    xml::{close, document, empty, open},
};
use crate::{
    connectors::sandbox::{
        habits::Purse, national_ids::tax_number, people::Person, world::Movement,
    },
    talk::Failure,
};
use domain::{
    money::Amount,
    record::Direction,
    resources::tax_retentions::{ReceiverNationality, Retained, RetentionStatus, TaxRetention},
    time::{Moment, Window, day},
};
use jiff::Timestamp;

const RETENTIONS: &str = "http://www.sat.gob.mx/esquemas/retencionpago/2";
/// The catalogue's code for interest, and for other withholdings.
const INTEREST: u32 = 16;
const OTHER: u32 = 25;
/// For what the seed of a movement is split here.
const FOLIO: u64 = 71;

impl Taxpayer {
    /// The vouchers of these days that there are at `now`, the earliest first.
    pub(super) fn retentions(
        &self,
        kind: Direction,
        window: Window,
        now: Timestamp,
    ) -> Vec<TaxRetention> {
        let books = self.bank.books(window.from, Self::paid_by(window, now).min(now));
        let mut all: Vec<&Movement> = (books.accounts.iter())
            .flat_map(|book| book.booked.iter().map(move |m| (book.purse, m)))
            .filter(|(purse, m)| match (kind, self.person.company) {
                (Direction::Inflow, _) => *purse == Purse::Savings && m.habit.rail == "INTERESES",
                (Direction::Outflow, true) => m.word == "RENTA LOCAL",
                _ => false,
            })
            .map(|(_, m)| m)
            .filter(|m| window.contains(m.value_date()))
            .collect();
        all.sort_by_key(|m| m.at);
        all.into_iter().map(|m| self.retention(kind, m)).collect()
    }

    /// What moved is what was left.
    fn retention(&self, kind: Direction, m: &Movement) -> TaxRetention {
        let percent = if kind == Direction::Inflow { 2 } else { 10 };
        let withheld = m.cents * percent / (100 - percent);
        let whole = m.cents + withheld;
        let own = (self.number.clone(), self.person.name.to_uppercase());
        let (sender, receiver) = match kind {
            Direction::Inflow => (self.bank_itself(), own),
            Direction::Outflow => (own, self.landlord()),
        };
        let at = Timestamp::from_second(m.at).unwrap_or(Timestamp::UNIX_EPOCH);
        let amount = |cents| Some(Amount::cents(cents));
        TaxRetention {
            invoice_identification: Some(folio(m.seed.with(FOLIO))),
            version: Some("2.0".into()),
            code: Some(if kind == Direction::Inflow { INTEREST } else { OTHER }),
            issued_at: Some(Moment(at)),
            certified_at: Some(Moment(at)),
            cancelled_at: None,
            sender_id: Some(sender.0),
            sender_name: Some(sender.1),
            receiver_nationality: Some(ReceiverNationality::National),
            receiver_id: Some(receiver.0),
            receiver_name: Some(receiver.1),
            total_invoice_amount: amount(whole),
            total_exempt_amount: amount(0),
            total_retained_amount: amount(withheld),
            total_taxable_amount: amount(whole),
            retention_breakdown: Some(vec![Retained {
                base_amount: amount(whole),
                // ISR.
                tax_type: Some("001".into()),
                retained_amount: amount(withheld),
                payment_status: Some(RetentionStatus::Provisioned),
            }]),
        }
    }

    fn bank_itself(&self) -> (String, String) {
        let name = self.bank.site.display.to_uppercase();
        (tax_number(self.person.country, &name), name)
    }
    fn landlord(&self) -> (String, String) {
        let who = Person::of(self.person.country, false, &format!("{} landlord", self.number));
        (who.rfc(), who.name.to_uppercase())
    }
}

/// A retention's XML: CFDI de retenciones 2.0.
pub(super) fn xml(it: &TaxRetention) -> Result<Vec<u8>, Failure> {
    let amount = |value: Option<Amount>| value.map(|value| value.to_string());
    let instant = |at: Option<Moment>| at.map(|at| format!("{:.19}", at.to_string()));
    let on = it.issued_at.map(|at| day(at.0));
    document(|sheet| {
        open(
            sheet,
            "retenciones:Retenciones",
            &[
                ("xmlns:retenciones", Some(RETENTIONS.into())),
                ("Version", it.version.clone()),
                ("FechaExp", instant(it.issued_at)),
                ("CveRetenc", it.code.map(|code| format!("{code:02}"))),
            ],
        )?;
        empty(
            sheet,
            "retenciones:Emisor",
            &[("RfcE", it.sender_id.clone()), ("NomDenRazSocE", it.sender_name.clone())],
        )?;
        open(sheet, "retenciones:Receptor", &[("NacionalidadR", Some("Nacional".into()))])?;
        empty(
            sheet,
            "retenciones:Nacional",
            &[("RfcR", it.receiver_id.clone()), ("NomDenRazSocR", it.receiver_name.clone())],
        )?;
        close(sheet, "retenciones:Receptor")?;
        empty(
            sheet,
            "retenciones:Periodo",
            &[
                ("MesIni", on.map(|day| format!("{:02}", day.month()))),
                ("MesFin", on.map(|day| format!("{:02}", day.month()))),
                ("Ejercicio", on.map(|day| day.year().to_string())),
            ],
        )?;
        open(
            sheet,
            "retenciones:Totales",
            &[
                ("MontoTotOperacion", amount(it.total_invoice_amount)),
                ("MontoTotGrav", amount(it.total_taxable_amount)),
                ("MontoTotExent", amount(it.total_exempt_amount)),
                ("MontoTotRet", amount(it.total_retained_amount)),
            ],
        )?;
        for one in it.retention_breakdown.iter().flatten() {
            empty(
                sheet,
                "retenciones:ImpRetenidos",
                &[
                    ("BaseRet", amount(one.base_amount)),
                    ("ImpuestoRet", one.tax_type.clone()),
                    ("MontoRet", amount(one.retained_amount)),
                    ("TipoPagoRet", Some("04".into())),
                ],
            )?;
        }
        close(sheet, "retenciones:Totales")?;
        open(sheet, "retenciones:Complemento", &[])?;
        empty(
            sheet,
            "tfd:TimbreFiscalDigital",
            &[
                ("xmlns:tfd", Some(STAMP.into())),
                ("Version", Some("1.1".into())),
                ("UUID", it.invoice_identification.clone()),
                ("FechaTimbrado", instant(it.certified_at)),
            ],
        )?;
        close(sheet, "retenciones:Complemento")?;
        close(sheet, "retenciones:Retenciones")
    })
}
