//! What banks have told of somebody's debts, as of the end of the last month: what stands on the
//! card and the loan at the bank of the same person.

use crate::connectors::sandbox::{
    fiscal::Taxpayer,
    habits::Purse,
    items::Showing,
    pdf,
    world::{in_month, month_of},
};
use domain::{
    money::Amount,
    resources::debt_reports::{
        CreditAvailable, DebtReport, DebtToBank, DebtorChile, DebtorDocument,
    },
    time::{day, midnight},
};
use jiff::{SignedDuration, Timestamp, ToSpan};

impl Taxpayer {
    pub(super) fn debts(&self, now: Timestamp) -> DebtReport {
        let told = in_month(month_of(day(now)) - 1, 31);
        let then = midnight(told.saturating_add(1.days()));
        let then = then.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(then);
        let showing = Showing::of(&self.bank, self.bank.books(told, then));
        let bank = self.bank.site.display;
        let nothing = Some(Amount::cents(0));
        let mut debts = Vec::new();
        let mut lines = Vec::new();
        for book in &showing.books.accounts {
            let kind = match (book.purse, self.person.company) {
                (Purse::Card | Purse::Loan, true) => "Comercial",
                (Purse::Card | Purse::Loan, false) => "Consumo",
                _ => continue,
            };
            let balance = showing.account(book).balance;
            let owed = balance.current.unwrap_or_default().max(Amount::cents(0));
            debts.push(DebtToBank {
                financial_institution: bank.into(),
                credit_type: kind.into(),
                amount: owed,
                current: Some(owed),
                delinquent: nothing,
                severely_delinquent: nothing,
                defaulted: nothing,
            });
            if book.purse == Purse::Card {
                lines.push(CreditAvailable {
                    financial_institution: bank.into(),
                    direct_amount: balance.available,
                    indirect_amount: nothing,
                });
            }
        }
        let total = Amount(debts.iter().map(|debt| debt.amount.0).sum()).canonical();
        DebtReport {
            personal_data: DebtorChile {
                full_name: self.person.name.to_uppercase(),
                document_id_type: DebtorDocument::Rut,
                document_id_number: self.number.clone(),
            },
            debt_data_last_update: told,
            currency: "CLP".into(),
            total: Some(total),
            current: Some(total),
            delinquent: nothing,
            severely_delinquent: nothing,
            defaulted: nothing,
            direct_debts: Some(debts),
            indirect_debts: Some(Vec::new()),
            credit_lines: Some(lines),
            other_credits: Some(Vec::new()),
        }
    }
}

/// The report as the authority prints it.
pub(super) fn printed(it: &DebtReport) -> Vec<u8> {
    let mut lines = vec![
        format!("Nombre: {}", it.personal_data.full_name),
        format!("RUT: {}", it.personal_data.document_id_number),
        format!("Información al: {}", it.debt_data_last_update),
        format!("Deuda total: {}", it.total.unwrap_or_default()),
    ];
    lines.extend(it.direct_debts.iter().flatten().map(|debt| {
        format!("{} | {} | {}", debt.financial_institution, debt.credit_type, debt.amount)
    }));
    pdf::document("INFORME DE DEUDAS", &lines)
}
