//! The ledgers: what a company bought and sold. Who has nothing but wages has none.

use super::VAT;
use crate::connectors::sandbox::{
    fiscal::{
        Taxpayer,
        deals::{Deal, Other},
        vouchers::instant,
    },
    world::{in_month, month_of},
};
use domain::{
    money::Amount,
    record::Direction,
    resources::invoices_chile::{
        InvoiceChile, InvoiceStatusChile, MonthSumChile, PurchaseChile, SaleChile,
    },
    time::{Moment, Window, day},
};
use jiff::{SignedDuration, Timestamp};

/// Kinds of documents: the authority's codes and names.
const INVOICE: (u32, &str) = (33, "FACTURA_ELECTRONICA");
const RECEIPT: (u32, &str) = (39, "BOLETA_ELECTRONICA");
const CREDIT_NOTE: (u32, &str) = (61, "NOTA_CREDITO_ELECTRONICA");
/// Days after which a purchase counts as acknowledged, if nobody disputes it.
const ACKNOWLEDGED: i64 = 8;
/// What a seed is split for.
const FOLIO: u64 = 94;
const CUSTOMERS: u64 = 95;

impl Taxpayer {
    /// What stands in the ledgers of these days, the earliest first, and then the months' sums.
    pub(super) fn ledgers(&self, window: Window, now: Timestamp) -> Vec<InvoiceChile> {
        if !self.person.company {
            return Vec::new();
        }
        let deals = self.deals(window, now);
        let single = deals.iter().filter(|deal| deal.other != Other::Consumer);
        let mut all: Vec<InvoiceChile> = single.map(|deal| self.ledger_entry(deal, now)).collect();
        all.extend(self.sums(window, now));
        all
    }

    fn ledger_entry(&self, deal: &Deal, now: Timestamp) -> InvoiceChile {
        let other = match deal.other {
            Other::Company(name) => self.company(name),
            Other::Consumer => self.company("CONSUMIDOR FINAL"),
        };
        let own = (self.number.clone(), self.person.name.to_uppercase());
        let other = (other.number, other.name.to_owned());
        let (sender, receiver) = match deal.kind {
            Direction::Outflow => (own, other),
            Direction::Inflow => (other, own),
        };
        let (net, vat) = deal.parts(VAT);
        let (code, category) = if deal.returned { CREDIT_NOTE } else { INVOICE };
        let arrived = instant(deal.issued + 3_600);
        let acknowledged = instant(deal.issued + ACKNOWLEDGED * 86_400);
        let is_acknowledged = acknowledged <= now;
        let nothing = Some(Amount::cents(0));
        InvoiceChile {
            total_amount: Amount::cents(deal.cents),
            net_amount: Amount::cents(net),
            vat_amount: Amount::cents(vat),
            currency: "CLP".into(),
            issue_date: deal.day(),
            received_at: Some(Moment(arrived)),
            acknowledged_at: is_acknowledged.then_some(Moment(acknowledged)),
            claim_date: None,
            status: if is_acknowledged {
                InvoiceStatusChile::Registered
            } else {
                InvoiceStatusChile::Pending
            },
            document_code: code,
            category: category.into(),
            folio: Some(deal.seed.with(FOLIO).digits(6)),
            sender_id: sender.0,
            sender_name: sender.1,
            receiver_id: Some(receiver.0),
            receiver_name: Some(receiver.1),
            kind: deal.kind,
            purchase_invoice_details: (deal.kind == Direction::Inflow).then(|| PurchaseChile {
                vat_refundable_amount: Some(Amount::cents(vat)),
                vat_non_refundable_amount: nothing,
                tax_exempt_amount: nothing,
                credit_or_debit_note_on_purchase: Some(deal.returned),
                ..PurchaseChile::default()
            }),
            sales_invoice_details: (deal.kind == Direction::Outflow).then(|| SaleChile {
                is_free_of_charge: Some(false),
                tax_exempt_amount: nothing,
                vat_sales: Some(Amount::cents(vat)),
                ..SaleChile::default()
            }),
            summary_invoice_details: None,
        }
    }

    /// What customers of the shop were given receipts for: one sum for each month that begins in
    /// `window`, as far as it has come.
    fn sums(&self, window: Window, now: Timestamp) -> Vec<InvoiceChile> {
        let today = day(now);
        let months = month_of(window.from)..=month_of(window.to);
        let months =
            months.map(|month| Window { from: in_month(month, 1), to: in_month(month, 31) });
        let begun = months.filter(|month| window.contains(month.from) && month.from <= today);
        begun.filter_map(|month| self.sum(month, now)).collect()
    }

    fn sum(&self, month: Window, now: Timestamp) -> Option<InvoiceChile> {
        let deals = self.deals(month, now);
        let sold: Vec<&Deal> = deals.iter().filter(|deal| deal.other == Other::Consumer).collect();
        let last = sold.last()?;
        let parts: Vec<(i64, i64)> = sold.iter().map(|deal| deal.parts(VAT)).collect();
        let net: i64 = parts.iter().map(|(net, _)| net).sum();
        let vat: i64 = parts.iter().map(|(_, vat)| vat).sum();
        let receipts: u64 = sold.iter().map(|deal| 3 + deal.seed.with(CUSTOMERS).below(18)).sum();
        let updated = instant(last.issued).saturating_add(SignedDuration::from_hours(1));
        Some(InvoiceChile {
            total_amount: Amount::cents(net + vat),
            net_amount: Amount::cents(net),
            vat_amount: Amount::cents(vat),
            currency: "CLP".into(),
            issue_date: month.from,
            received_at: None,
            acknowledged_at: None,
            claim_date: None,
            status: InvoiceStatusChile::Registered,
            document_code: RECEIPT.0,
            category: RECEIPT.1.into(),
            folio: None,
            sender_id: self.number.clone(),
            sender_name: self.person.name.to_uppercase(),
            receiver_id: None,
            receiver_name: None,
            kind: Direction::Outflow,
            purchase_invoice_details: None,
            sales_invoice_details: Some(SaleChile {
                total_amount_for_period: Some(Amount::cents(net + vat)),
                vat_sales: Some(Amount::cents(vat)),
                tax_exempt_amount: Some(Amount::cents(0)),
                ..SaleChile::default()
            }),
            summary_invoice_details: Some(MonthSumChile {
                month: month.from.strftime("%Y-%m").to_string(),
                updated_at: updated.ok().map(Moment),
                total_documents: receipts,
                tax_exempt_amount: Amount::cents(0),
            }),
        })
    }
}
