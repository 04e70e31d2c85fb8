//! Invoices of Colombia (*facturas electrónicas* of the DIAN): records of [`INVOICES`] in a shape of
//! their own.

use super::{
    bad, body,
    invoices::{INVOICES, Payment, Payroll, Warnings, key},
    parse,
};
use crate::{
    money::Amount,
    record::{BadItem, Direction, Facts, Item},
    time::Moment,
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The one kind of invoice there is.
pub(super) const SALE: &str = "Factura Electrónica de Venta";

/// An invoice of Colombia.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct InvoiceColombia {
    /// The authority's number of it (CUFE): the same for issuer and receiver, and for ever.
    pub invoice_identification: Option<String>,
    /// The day on which it was issued.
    pub invoice_date: Option<Date>,
    /// `Aprobado`, `Vigente` or `Cancelado`.
    pub status: Option<String>,
    /// When it is to be paid.
    pub expiration_date: Option<Date>,
    /// What kind of invoice it is.
    pub invoice_type: Option<InvoiceTypeColombia>,
    /// `OUTFLOW` where the person issued it, `INFLOW` where they received it.
    #[serde(rename = "type")]
    pub kind: Option<Direction>,
    /// The issuer's tax number.
    pub sender_id: Option<String>,
    /// The issuer.
    pub sender_name: Option<String>,
    /// More about the issuer.
    pub sender_details: Option<PartyDetails>,
    /// What the authority knows of the issuer's honesty.
    pub sender_tax_fraud_status: Option<String>,
    /// The receiver's tax number.
    pub receiver_id: Option<String>,
    /// The receiver.
    pub receiver_name: Option<String>,
    /// More about the receiver.
    pub receiver_details: Option<PartyDetails>,
    /// What the authority knows of the receiver's honesty.
    pub receiver_tax_fraud_status: Option<String>,
    /// How far its cancellation has come.
    pub cancelation_status: Option<String>,
    /// When it was cancelled.
    pub cancelation_update_date: Option<Date>,
    /// When it was certified.
    pub certification_date: Option<Date>,
    /// Who certified it.
    pub certification_authority: Option<String>,
    /// How it is paid.
    pub payment_type: Option<String>,
    /// Deprecated.
    pub payment_type_description: Option<String>,
    /// Whether it is paid at once.
    pub payment_method: Option<PaymentMethodColombia>,
    /// Deprecated.
    pub payment_method_description: Option<String>,
    /// What the receiver uses it for.
    pub usage: Option<String>,
    /// The version of its form.
    pub version: Option<String>,
    /// The postcode where it was issued.
    pub place_of_issue: Option<String>,
    /// What it is for.
    pub invoice_details: Vec<InvoiceLineColombia>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// All lines before taxes.
    pub subtotal_amount: Option<Amount>,
    /// What one of `currency` is in the country's own.
    pub exchange_rate: Option<Amount>,
    /// The taxes of all lines.
    pub tax_amount: Option<Amount>,
    /// What is taken off.
    pub discount_amount: Option<Amount>,
    /// What is to be paid.
    pub total_amount: Option<Amount>,
    /// Payments that it tells of.
    pub payments: Vec<Payment>,
    /// The pay that it tells of.
    pub payroll: Option<Payroll>,
    /// The issuer's own number.
    pub folio: Option<String>,
    /// Why only its outline is known; null where all is.
    pub warnings: Option<Warnings>,
}

words!(
    /// What kind of invoice of Colombia it is.
    InvoiceTypeColombia {
        /// A sale.
        Sale = "Factura Electrónica de Venta",
    }
);
words!(
    /// Whether an invoice of Colombia is paid at once.
    PaymentMethodColombia {
        /// At once.
        AtOnce = "Contado",
        /// Later.
        OnCredit = "Crédito",
    }
);

/// More about one side of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PartyDetails {
    /// When this was read.
    pub collected_at: Option<Moment>,
    /// `Persona Jurídica` or `Persona Natural`.
    pub tax_payer_type: Option<String>,
    /// The tax regime.
    pub regimen: Option<String>,
    /// The tax scheme.
    pub tax_scheme: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// The address in one line.
    pub address: Option<String>,
    /// Telephone.
    pub phone_number: Option<String>,
    /// E-mail.
    pub email: Option<String>,
}

/// One line of an invoice of Colombia.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct InvoiceLineColombia {
    /// When this was read.
    pub collected_at: Option<Moment>,
    /// What it is.
    pub description: Option<String>,
    /// The seller's code for it.
    pub product_identification: Option<String>,
    /// How much of it.
    pub quantity: Option<Amount>,
    /// The catalogue's code for its unit.
    pub unit_code: Option<String>,
    /// Its unit.
    pub unit_description: Option<String>,
    /// The price of one.
    pub unit_amount: Option<Amount>,
    /// Which tax it bears.
    pub tax_type: Option<String>,
    /// Before taxes.
    pub pre_tax_amount: Option<Amount>,
    /// The rate of its tax.
    pub tax_percentage: Option<Amount>,
    /// Its tax.
    pub tax_amount: Option<Amount>,
    /// With its tax.
    pub total_amount: Option<Amount>,
}

pub(super) fn read(
    item: &RawValue,
    account: Option<String>,
    stamp: Timestamp,
) -> Result<Item, BadItem> {
    let mut it: InvoiceColombia = parse(&INVOICES, item)?;
    let key = key(it.invoice_identification.as_deref())?;
    if it.invoice_date.is_none() {
        return Err(bad(&INVOICES, "invoice_date", "must be known"));
    }
    let stamp = Some(Moment(stamp));
    it.invoice_details.iter_mut().for_each(|line| line.collected_at = stamp);
    let parties = [&mut it.sender_details, &mut it.receiver_details];
    parties.into_iter().flatten().for_each(|party| party.collected_at = stamp);
    if let Some(payroll) = &mut it.payroll {
        payroll.collected_at = stamp;
    }
    Ok(Item {
        facts: Facts::Keyed(vec![key]),
        account,
        source_id: None,
        day: it.invoice_date,
        body: body(&INVOICES, &it)?,
    })
}
