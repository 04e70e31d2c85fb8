//! Statements of accounts: each month once it is over, as the bank keeps it and as it prints it.

use super::{
    habits::Purse,
    items::Showing,
    pdf,
    world::{Book, in_month, month_of},
};
use domain::{
    money::Amount,
    record::Direction,
    resources::statements::{Statement, StatementLine},
    time::Window,
};
use jiff::ToSpan;

impl Showing<'_> {
    /// The statements of an account for the months that lie in `window` and are over, the latest
    /// first.
    pub(super) fn statements(&self, book: &Book, window: Window) -> Vec<Statement> {
        let months = (month_of(window.from)..=month_of(window.to)).rev();
        let months =
            months.map(|month| Window { from: in_month(month, 1), to: in_month(month, 31) });
        let over = months.filter(|month| {
            window.contains(month.from) && window.contains(month.to) && month.to < self.today()
        });
        over.map(|month| self.statement(book, month)).collect()
    }

    fn statement(&self, book: &Book, month: Window) -> Statement {
        let person = &self.world.person;
        let account = self.account(book);
        let booked = book.booked.iter().filter_map(|m| Some((m.booked_on()?, m)));
        let booked = booked.filter(|(on, _)| month.contains(*on));
        let lines: Vec<StatementLine> = booked
            .map(|(on, m)| StatementLine {
                value_date: Some(m.value_date()),
                accounting_date: Some(on),
                description: Some(self.world.description(m, self.books.now)),
                reference: Some(m.reference()),
                kind: Some(if m.inflow { Direction::Inflow } else { Direction::Outflow }),
                amount: Some(Amount::cents(m.cents)),
                balance: Some(Amount::cents(m.balance)),
            })
            .collect();
        let of = |kind| lines.iter().filter(move |line| line.kind == Some(kind));
        let sum = |kind| Amount(of(kind).filter_map(|line| line.amount).map(|a| a.0).sum());
        let count = |kind| u64::try_from(of(kind).count()).ok();
        let before = book.at_end_of(month.from.saturating_sub(1.days()));
        Statement {
            account_number: account.number,
            client_number: Some(self.customer()),
            rfc: Some(if person.company { person.document.clone() } else { person.rfc() }),
            clabe: account.public_identification_value,
            period_start_date: month.from,
            period_end_date: month.to,
            cut_date: Some(month.to),
            previous_balance: Some(Amount::cents(before)),
            final_balance: Some(Amount::cents(book.at_end_of(month.to))),
            total_inflow_amount: Some(sum(Direction::Inflow).canonical()),
            total_outflow_amount: Some(sum(Direction::Outflow).canonical()),
            total_inflow_transactions: count(Direction::Inflow),
            total_outflow_transactions: count(Direction::Outflow),
            transactions: lines,
        }
    }

    /// Whether the bank sends statements of such an account. Of cards it sends bills, of loans
    /// nothing.
    pub(super) const fn has_statements(purse: Purse) -> bool {
        matches!(purse, Purse::Checking | Purse::Savings)
    }

    /// The statement as it is sent to the customer.
    pub(super) fn printed_statement(&self, it: &Statement) -> Vec<u8> {
        let said = |text: Option<&String>| text.cloned().unwrap_or_default();
        let amount = |amount: Option<Amount>| amount.unwrap_or_default().to_string();
        let mut lines = vec![
            self.world.site.display.to_owned(),
            format!("Titular: {}", self.world.person.name),
            format!("RFC: {}", said(it.rfc.as_ref())),
            format!("Cuenta: {}", said(it.account_number.as_ref())),
            format!("CLABE: {}", said(it.clabe.as_ref())),
            format!("Periodo: {} a {}", it.period_start_date, it.period_end_date),
            format!("Saldo anterior: {}", amount(it.previous_balance)),
            format!("Abonos: {}", amount(it.total_inflow_amount)),
            format!("Cargos: {}", amount(it.total_outflow_amount)),
            format!("Saldo final: {}", amount(it.final_balance)),
            String::new(),
        ];
        lines.extend(it.transactions.iter().map(|line| {
            let sign = if line.kind == Some(Direction::Inflow) { "+" } else { "-" };
            let on = line.accounting_date.map(|day| day.to_string()).unwrap_or_default();
            let (moved, left) = (amount(line.amount), amount(line.balance));
            format!("{on} | {} | {sign}{moved} | {left}", said(line.description.as_ref()))
        }));
        pdf::document("ESTADO DE CUENTA", &lines)
    }
}
