//! Electronic invoices: sales and purchases, as issuer and receiver see them alike.

use super::VAT;
use crate::connectors::sandbox::{
    chance::Seed,
    fiscal::{
        Taxpayer,
        deals::{Deal, Other},
        vouchers::instant,
    },
};
use domain::{
    money::Amount,
    record::Direction,
    resources::invoices_colombia::{
        InvoiceColombia, InvoiceLineColombia, InvoiceTypeColombia, PartyDetails,
        PaymentMethodColombia,
    },
    time::{Window, day},
};
use jiff::Timestamp;

/// Whoever is not named on an invoice.
const CONSUMER: (&str, &str) = ("222222222222", "CONSUMIDOR FINAL");
/// What a seed is split for.
const CUFE: u64 = 93;

/// One side of an invoice.
struct Side {
    number: String,
    name: String,
    details: Option<PartyDetails>,
}

#[expect(clippy::unnecessary_wraps, reason = "as the fields of an invoice want it")]
fn cents(cents: i64) -> Option<Amount> {
    Some(Amount::cents(cents))
}

/// The authority's number of an invoice: 96 hexadecimal digits.
fn cufe(seed: Seed) -> String {
    let parts = (0..6).map(|part| format!("{:016x}", seed.with(CUFE).with(part).bits()));
    parts.collect::<Vec<_>>().concat()
}

impl Taxpayer {
    /// The invoices of these days, the earliest first. What was given back is between buyer and
    /// seller.
    pub(super) fn invoices_of_colombia(
        &self,
        window: Window,
        now: Timestamp,
    ) -> Vec<InvoiceColombia> {
        let deals = self.deals(window, now).into_iter().filter(|deal| !deal.returned);
        deals.map(|deal| self.invoice_of_colombia(&deal)).collect()
    }

    fn own_side(&self) -> Side {
        let p = &self.person;
        let company = p.company;
        Side {
            number: self.number.clone(),
            name: p.name.to_uppercase(),
            details: Some(details(
                company,
                format!("{}, {}", p.street, p.city.name),
                p.telephone(),
                p.email.clone(),
            )),
        }
    }

    fn other_side(&self, other: Other) -> Side {
        match other {
            Other::Consumer => {
                Side { number: CONSUMER.0.into(), name: CONSUMER.1.into(), details: None }
            }
            Other::Company(name) => {
                let it = self.company(name);
                let address = format!("{}, {}", it.street, it.city.name);
                let details = Some(details(true, address, it.phone, it.email));
                Side { number: it.number, name: it.name.into(), details }
            }
        }
    }

    fn invoice_of_colombia(&self, deal: &Deal) -> InvoiceColombia {
        let (own, other) = (self.own_side(), self.other_side(deal.other));
        let (sender, receiver) = match deal.kind {
            Direction::Outflow => (own, other),
            Direction::Inflow => (other, own),
        };
        let (net, vat) = deal.parts(VAT);
        let what = match deal.habit.mcc {
            Some(5411 | 5499) => "Víveres",
            Some(5541) => "Combustible",
            Some(5812 | 5814) => "Servicio de restaurante",
            Some(5912) => "Medicamentos",
            Some(_) => "Artículos varios",
            None => "Bienes y servicios",
        };
        let method = if deal.on_credit() {
            PaymentMethodColombia::OnCredit
        } else {
            PaymentMethodColombia::AtOnce
        };
        let issued = deal.day();
        InvoiceColombia {
            invoice_identification: Some(cufe(deal.seed)),
            invoice_date: Some(issued),
            status: Some("Aprobado".into()),
            expiration_date: Some(day(instant(deal.paid))),
            invoice_type: Some(InvoiceTypeColombia::Sale),
            kind: Some(deal.kind),
            sender_id: Some(sender.number),
            sender_name: Some(sender.name),
            sender_details: sender.details,
            receiver_id: Some(receiver.number),
            receiver_name: Some(receiver.name),
            receiver_details: receiver.details,
            payment_type: Some(
                if deal.habit.mcc.is_some() { "Tarjeta Crédito" } else { "Transferencia" }.into(),
            ),
            payment_method: Some(method),
            invoice_details: vec![InvoiceLineColombia {
                description: Some(what.into()),
                product_identification: Some(deal.seed.digits(5)),
                quantity: cents(100),
                unit_code: Some("94".into()),
                unit_description: Some("unidad".into()),
                unit_amount: cents(net),
                tax_type: Some("IVA".into()),
                pre_tax_amount: cents(net),
                tax_percentage: cents(VAT * 100),
                tax_amount: cents(vat),
                total_amount: cents(deal.cents),
                ..InvoiceLineColombia::default()
            }],
            currency: Some("COP".into()),
            subtotal_amount: cents(net),
            exchange_rate: cents(100),
            tax_amount: cents(vat),
            discount_amount: cents(0),
            total_amount: cents(deal.cents),
            ..InvoiceColombia::default()
        }
    }
}

fn details(company: bool, address: String, phone: String, email: String) -> PartyDetails {
    let (kind, regimen) =
        if company { ("Persona Jurídica", "O-47") } else { ("Persona Natural", "R-99-PN") };
    PartyDetails {
        collected_at: None,
        tax_payer_type: Some(kind.into()),
        regimen: Some(regimen.into()),
        tax_scheme: Some(if company { "01 - IVA" } else { "ZZ - No aplica" }.into()),
        country: Some("CO".into()),
        address: Some(address),
        phone_number: Some(phone),
        email: Some(email),
    }
}
