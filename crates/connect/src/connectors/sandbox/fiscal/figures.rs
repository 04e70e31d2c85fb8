//! What a year or a month came to, as its vouchers say, and the statements that follow from it.

use super::Taxpayer;
use crate::connectors::sandbox::habits::Purse;
use domain::{
    money::Amount,
    record::Direction,
    resources::{
        financial_statements::{
            BalanceSheet, CurrentAssets, CurrentLiabilities, Equity, FinancialStatement,
            IncomeStatement,
        },
        invoices::{Invoice, InvoiceType},
    },
    time::{Window, day},
};
use jiff::{
    Timestamp,
    civil::{Date, date},
};

/// Sums of vouchers. Credit notes count against what they belong to, cancelled ones not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Figures {
    /// Invoiced, before taxes.
    pub(super) sales: Amount,
    /// The VAT on it.
    pub(super) sales_vat: Amount,
    /// Bought, before taxes.
    pub(super) purchases: Amount,
    /// The VAT on it.
    pub(super) purchases_vat: Amount,
    /// Wages paid, before deductions.
    pub(super) wages: Amount,
    /// Salaries earned, before deductions.
    pub(super) salaries: Amount,
    /// The income tax that was withheld from them.
    pub(super) salaries_tax: Amount,
}

/// One without the other.
pub(super) fn less(a: Amount, b: Amount) -> Amount {
    Amount(a.0 - b.0).canonical()
}
/// Both together.
pub(super) fn plus(a: Amount, b: Amount) -> Amount {
    Amount(a.0 + b.0).canonical()
}
/// So many hundredths of an amount, to the cent.
pub(super) fn percent(of: Amount, hundredths: i64) -> Amount {
    let share = of.0 * rust_decimal::Decimal::new(hundredths, 2);
    Amount(share.round_dp(2)).canonical()
}

impl Figures {
    /// Of those that are valid.
    pub(super) fn of<'a>(vouchers: impl IntoIterator<Item = &'a Invoice>) -> Self {
        let mut figures = Self::default();
        let valid = vouchers.into_iter().filter(|it| it.status.as_deref() == Some("Vigente"));
        valid.for_each(|it| figures.add(it));
        figures
    }
    /// Of those of some days.
    pub(super) fn within(vouchers: &[Invoice], days: Window) -> Self {
        Self::of(vouchers.iter().filter(|it| it.invoice_date.is_some_and(|day| days.contains(day))))
    }
    fn add(&mut self, it: &Invoice) {
        let (Some(kind), Some(direction)) = (it.invoice_type, it.kind) else { return };
        let net = it.subtotal_amount.unwrap_or_default();
        let vat = it.tax_amount.unwrap_or_default();
        match (kind, direction) {
            (InvoiceType::Ingreso, Direction::Outflow) => {
                self.sales = plus(self.sales, net);
                self.sales_vat = plus(self.sales_vat, vat);
            }
            (InvoiceType::Ingreso, Direction::Inflow) => {
                self.purchases = plus(self.purchases, net);
                self.purchases_vat = plus(self.purchases_vat, vat);
            }
            (InvoiceType::Egreso, Direction::Inflow) => {
                self.purchases = less(self.purchases, net);
                self.purchases_vat = less(self.purchases_vat, vat);
            }
            (InvoiceType::Nomina, Direction::Outflow) => self.wages = plus(self.wages, net),
            (InvoiceType::Nomina, Direction::Inflow) => {
                self.salaries = plus(self.salaries, net);
                let deductions = it.payroll.iter().flat_map(|p| p.tax_deductions.iter().flatten());
                for one in deductions.filter(|one| one.kind.as_deref() == Some("002")) {
                    self.salaries_tax = plus(self.salaries_tax, one.amount);
                }
            }
            _ => {}
        }
    }
}

/// A calendar year.
pub(super) fn year(number: i16) -> Window {
    Window { from: date(number, 1, 1), to: date(number, 12, 31) }
}

impl Taxpayer {
    /// What these days came to.
    pub(super) fn figures(&self, window: Window, now: Timestamp) -> Figures {
        Figures::of(&self.vouchers(window, now))
    }

    /// The statements that a company has filed: of the last five years, each by the end of March.
    pub(super) fn statements(&self, now: Timestamp) -> Vec<FinancialStatement> {
        if !self.person.company {
            return Vec::new();
        }
        let today = day(now);
        let filed = |number: &i16| Date::new(number + 1, 3, 31).is_ok_and(|by| by <= today);
        (today.year() - 5..today.year())
            .filter(filed)
            .map(|number| self.statement(number, now))
            .collect()
    }

    fn statement(&self, number: i16, now: Timestamp) -> FinancialStatement {
        let window = year(number);
        let it = self.figures(window, now);
        let books = self.bank.books(window.to, Self::paid_by(window, now).min(now));
        let cash: i64 = (books.accounts.iter())
            .filter(|book| matches!(book.purse, Purse::Checking | Purse::Savings))
            .map(|book| book.at_end_of(window.to))
            .sum();
        let cash = Amount::cents(cash);
        let goods = percent(it.purchases, 60);
        let gross = less(it.sales, goods);
        let expenses = plus(less(it.purchases, goods), it.wages);
        let operating = less(gross, expenses);
        let gain = operating > Amount::ZERO;
        let of = |when: bool, amount: Amount| when.then_some(amount);
        let loss = Amount(-operating.0).canonical();
        let tax = if gain { percent(operating, 30) } else { Amount::cents(0) };
        let net = less(operating, tax);
        let receivable = percent(it.sales, 4);
        let inventory = percent(it.purchases, 8);
        let assets = plus(plus(cash, receivable), inventory);
        let payable = percent(it.purchases, 5);
        let taxes = percent(it.sales_vat, 8);
        let debts = plus(payable, taxes);
        FinancialStatement {
            error: None,
            year: number.to_string(),
            currency: "MXN".into(),
            balance_sheet: BalanceSheet {
                current_assets: CurrentAssets {
                    cash_and_equivalents: Some(cash),
                    accounts_receivable: Some(receivable),
                    inventory: Some(inventory),
                    total: Some(assets),
                    ..CurrentAssets::default()
                },
                current_liabilities: CurrentLiabilities {
                    accounts_payable: Some(payable),
                    taxes_payable: Some(taxes),
                    total: Some(debts),
                    ..CurrentLiabilities::default()
                },
                equity: Equity {
                    stockholders_equity: Some(Amount::cents(5_000_000)),
                    retained_earnings: Some(less(less(assets, debts), Amount::cents(5_000_000))),
                    total: Some(less(assets, debts)),
                    ..Equity::default()
                },
                ..BalanceSheet::default()
            },
            income_statement: IncomeStatement {
                net_revenue: Some(it.sales),
                domestic_sales: Some(it.sales),
                foreign_sales: Some(Amount::cents(0)),
                cost_of_goods_sold: Some(goods),
                gross_profit: Some(gross),
                operating_expenses: Some(expenses),
                operating_income: of(gain, operating),
                operating_loss: of(!gain, loss),
                income_before_taxes: of(gain, operating),
                loss_before_taxes: of(!gain, loss),
                income_taxes: Some(tax),
                income_from_continuing_operations: of(gain, net),
                loss_from_continuing_operations: of(!gain, loss),
                net_income: of(gain, net),
                net_loss: of(!gain, loss),
                ..IncomeStatement::default()
            },
        }
    }
}
