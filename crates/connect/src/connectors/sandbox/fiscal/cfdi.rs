//! Vouchers as XML: CFDI 4.0, with the complements of payments (2.0), payroll (1.2) and the
//! authority's stamp (1.1). What stands in the XML is what stands in the invoice.

use super::xml::{Sheet, close, document, empty, open};
use crate::talk::Failure;
use domain::{
    money::Amount,
    resources::invoices::{Invoice, InvoiceLine, InvoiceType, Payment, Payroll},
};
use std::io;

const CFDI: &str = "http://www.sat.gob.mx/cfd/4";
const PAYMENTS: &str = "http://www.sat.gob.mx/Pagos20";
const PAYROLL: &str = "http://www.sat.gob.mx/nomina12";
/// The authority's stamp.
pub(super) const STAMP: &str = "http://www.sat.gob.mx/TimbreFiscalDigital";

/// A voucher's XML.
pub(super) fn xml(invoice: &Invoice) -> Result<Vec<u8>, Failure> {
    document(|sheet| write(sheet, invoice))
}

fn amount(value: Option<Amount>) -> Option<String> {
    value.map(|value| value.to_string())
}
/// A rate as the authority writes it: six decimals.
fn rate(value: Option<Amount>) -> Option<String> {
    value.map(|value| format!("{:.6}", value.0))
}

fn write(sheet: &mut Sheet, it: &Invoice) -> io::Result<()> {
    let letter = match it.invoice_type {
        Some(InvoiceType::Egreso) => "E",
        Some(InvoiceType::Nomina) => "N",
        Some(InvoiceType::Pago) => "P",
        Some(InvoiceType::Traslado) => "T",
        Some(InvoiceType::Ingreso) | None => "I",
    };
    let moment = it.invoice_date.map(|day| format!("{day}T12:00:00"));
    let discount = it.discount_amount.filter(|amount| *amount != Amount::ZERO);
    let is_payment = it.invoice_type == Some(InvoiceType::Pago);
    let total = |value| if is_payment { Some("0".into()) } else { amount(value) };
    let payroll = it.payroll.as_ref();
    open(
        sheet,
        "cfdi:Comprobante",
        &[
            ("xmlns:cfdi", Some(CFDI.into())),
            ("xmlns:pago20", is_payment.then(|| PAYMENTS.to_owned())),
            ("xmlns:nomina12", payroll.map(|_| PAYROLL.to_owned())),
            ("Version", it.version.clone()),
            ("Serie", it.series.clone()),
            ("Folio", it.folio.clone()),
            ("Fecha", moment.clone()),
            ("FormaPago", it.payment_type.clone()),
            ("SubTotal", total(it.subtotal_amount)),
            ("Descuento", amount(discount)),
            ("Moneda", it.currency.clone()),
            ("Total", total(it.total_amount)),
            ("TipoDeComprobante", Some(letter.into())),
            ("Exportacion", it.export_type.clone()),
            ("MetodoPago", it.payment_method.map(|method| method.as_str().to_owned())),
            ("LugarExpedicion", it.place_of_issue.clone()),
        ],
    )?;
    for related in &it.related_invoices {
        let name = "cfdi:CfdiRelacionados";
        open(sheet, name, &[("TipoRelacion", related.relationship_type.clone())])?;
        let number = related.related_invoice_identification.clone();
        empty(sheet, "cfdi:CfdiRelacionado", &[("UUID", number)])?;
        close(sheet, name)?;
    }
    empty(
        sheet,
        "cfdi:Emisor",
        &[
            ("Rfc", it.sender_id.clone()),
            ("Nombre", it.sender_name.clone()),
            ("RegimenFiscal", it.sender_fiscal_regime.clone()),
        ],
    )?;
    empty(
        sheet,
        "cfdi:Receptor",
        &[
            ("Rfc", it.receiver_id.clone()),
            ("Nombre", it.receiver_name.clone()),
            ("DomicilioFiscalReceptor", it.receiver_postal_code.clone()),
            ("RegimenFiscalReceptor", it.receiver_fiscal_regime.clone()),
            ("UsoCFDI", it.usage.clone()),
        ],
    )?;
    open(sheet, "cfdi:Conceptos", &[])?;
    it.invoice_details.iter().try_for_each(|one| line(sheet, one, is_payment))?;
    close(sheet, "cfdi:Conceptos")?;
    if let Some(taxes) = &it.tax_details {
        let added = Some(taxes.total_tax_transferred.to_string());
        open(sheet, "cfdi:Impuestos", &[("TotalImpuestosTrasladados", added)])?;
        open(sheet, "cfdi:Traslados", &[])?;
        for tax in &taxes.transferred_taxes {
            transferred(sheet, tax.pre_tax_amount, tax.tax_percentage, tax.tax_amount)?;
        }
        close(sheet, "cfdi:Traslados")?;
        close(sheet, "cfdi:Impuestos")?;
    }
    open(sheet, "cfdi:Complemento", &[])?;
    if is_payment {
        payments(sheet, &it.payments)?;
    }
    if let Some(payroll) = payroll {
        of_payroll(sheet, payroll)?;
    }
    empty(
        sheet,
        "tfd:TimbreFiscalDigital",
        &[
            ("xmlns:tfd", Some(STAMP.into())),
            ("Version", Some("1.1".into())),
            ("UUID", it.invoice_identification.clone()),
            ("FechaTimbrado", moment),
            ("RfcProvCertif", it.certification_authority.clone()),
        ],
    )?;
    close(sheet, "cfdi:Complemento")?;
    close(sheet, "cfdi:Comprobante")
}

fn transferred(sheet: &mut Sheet, of: Amount, at: Amount, tax: Amount) -> io::Result<()> {
    empty(
        sheet,
        "cfdi:Traslado",
        &[
            ("Base", Some(of.to_string())),
            // IVA.
            ("Impuesto", Some("002".into())),
            ("TipoFactor", Some("Tasa".into())),
            ("TasaOCuota", rate(Some(at))),
            ("Importe", Some(tax.to_string())),
        ],
    )
}

fn line(sheet: &mut Sheet, it: &InvoiceLine, of_payment: bool) -> io::Result<()> {
    let money = |value| if of_payment { Some("0".into()) } else { amount(value) };
    let name = "cfdi:Concepto";
    open(
        sheet,
        name,
        &[
            ("ClaveProdServ", it.product_identification.clone()),
            ("Cantidad", it.quantity.map(|quantity| quantity.0.normalize().to_string())),
            ("ClaveUnidad", it.unit_code.clone()),
            ("Unidad", it.unit_description.clone().filter(|_| !of_payment)),
            ("Descripcion", it.description.clone()),
            ("ValorUnitario", money(it.unit_amount)),
            ("Importe", money(it.pre_tax_amount)),
            ("Descuento", amount(it.discount)),
            ("ObjetoImp", it.tax_subject_code.clone()),
        ],
    )?;
    if !it.transferred_taxes.is_empty() {
        open(sheet, "cfdi:Impuestos", &[])?;
        open(sheet, "cfdi:Traslados", &[])?;
        for tax in &it.transferred_taxes {
            let of = it.pre_tax_amount.unwrap_or_default();
            let at = tax.tax_percentage.unwrap_or_default();
            transferred(sheet, of, at, tax.transferred_tax_amount.unwrap_or_default())?;
        }
        close(sheet, "cfdi:Traslados")?;
        close(sheet, "cfdi:Impuestos")?;
    }
    close(sheet, name)
}

fn payments(sheet: &mut Sheet, all: &[Payment]) -> io::Result<()> {
    let total: rust_decimal::Decimal = all.iter().filter_map(|one| one.amount).map(|a| a.0).sum();
    open(sheet, "pago20:Pagos", &[("Version", Some("2.0".into()))])?;
    empty(sheet, "pago20:Totales", &[("MontoTotalPagos", Some(total.to_string()))])?;
    for one in all {
        open(
            sheet,
            "pago20:Pago",
            &[
                ("FechaPago", one.date.map(|at| format!("{:.19}", at.to_string()))),
                ("FormaDePagoP", one.payment_type.clone()),
                ("MonedaP", one.currency.clone()),
                ("TipoCambioP", one.exchange_rate.clone()),
                ("Monto", amount(one.amount)),
                ("NumOperacion", one.operation_number.clone()),
                ("NomBancoOrdExt", one.payer_bank_name.clone()),
            ],
        )?;
        for paid in &one.related_documents {
            empty(
                sheet,
                "pago20:DoctoRelacionado",
                &[
                    ("IdDocumento", paid.invoice_identification.clone()),
                    ("MonedaDR", paid.currency.clone()),
                    ("EquivalenciaDR", Some("1".into())),
                    ("NumParcialidad", Some(paid.partiality_number.to_string())),
                    ("ImpSaldoAnt", amount(paid.previous_balance)),
                    ("ImpPagado", amount(paid.amount_paid)),
                    ("ImpSaldoInsoluto", amount(paid.outstanding_balance)),
                    ("ObjetoImpDR", Some("01".into())),
                ],
            )?;
        }
        close(sheet, "pago20:Pago")?;
    }
    close(sheet, "pago20:Pagos")
}

fn of_payroll(sheet: &mut Sheet, it: &Payroll) -> io::Result<()> {
    let sum = |amounts: &mut dyn Iterator<Item = Amount>| -> String {
        amounts.map(|amount| amount.0).sum::<rust_decimal::Decimal>().to_string()
    };
    let earned = it.earnings_breakdown.as_deref().unwrap_or_default();
    let deducted = it.tax_deductions.as_deref().unwrap_or_default();
    let taxed = sum(&mut earned.iter().map(|one| one.taxable_amount));
    let exempt = sum(&mut earned.iter().map(|one| one.vat_free_amount));
    let off = sum(&mut deducted.iter().map(|one| one.amount));
    open(
        sheet,
        "nomina12:Nomina",
        &[
            ("Version", Some(it.version.as_str().into())),
            ("TipoNomina", it.kind.clone()),
            ("FechaPago", Some(it.payment_date.to_string())),
            ("FechaInicialPago", it.date_from.map(|day| day.to_string())),
            ("FechaFinalPago", it.date_to.map(|day| day.to_string())),
            ("NumDiasPagados", it.days.map(|days| days.to_string())),
            ("TotalPercepciones", Some(taxed.clone())),
            ("TotalDeducciones", Some(off)),
        ],
    )?;
    open(
        sheet,
        "nomina12:Percepciones",
        &[("TotalGravado", Some(taxed)), ("TotalExento", Some(exempt))],
    )?;
    for one in earned {
        empty(
            sheet,
            "nomina12:Percepcion",
            &[
                ("TipoPercepcion", one.kind.clone()),
                ("Clave", one.kind.clone()),
                ("Concepto", Some("Sueldo".into())),
                ("ImporteGravado", Some(one.taxable_amount.to_string())),
                ("ImporteExento", Some(one.vat_free_amount.to_string())),
            ],
        )?;
    }
    close(sheet, "nomina12:Percepciones")?;
    open(sheet, "nomina12:Deducciones", &[])?;
    for one in deducted {
        empty(
            sheet,
            "nomina12:Deduccion",
            &[
                ("TipoDeduccion", one.kind.clone()),
                ("Clave", one.kind.clone()),
                (
                    "Concepto",
                    Some((if one.kind.as_deref() == Some("002") { "ISR" } else { "IMSS" }).into()),
                ),
                ("Importe", Some(one.amount.to_string())),
            ],
        )?;
    }
    close(sheet, "nomina12:Deducciones")?;
    close(sheet, "nomina12:Nomina")
}
