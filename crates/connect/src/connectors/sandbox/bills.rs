//! The bills of a card: what each period came to, by the movements that are on it.

use super::{
    habits::{Habits, Purse},
    items::Showing,
    world::{Book, Movement, in_month, month_of},
};
use domain::{
    money::Amount,
    resources::bills::{
        Bill, BillPayment, BillPaymentMode, BillPaymentType, FinanceCharge, FinanceChargeType,
    },
    time::Window,
};
use jiff::civil::Date;

impl Showing<'_> {
    /// The day on which the bill closes that a movement of `day` is on.
    pub(super) fn bill_of(&self, day: Date) -> Date {
        let month = month_of(day);
        let cut = in_month(month, self.world.cut_day());
        if day <= cut { cut } else { in_month(month + 1, self.world.cut_day()) }
    }
    /// The institution's key of the bill that closes on a day.
    pub(super) fn bill_key(&self, closes: Date) -> String {
        let month = month_of(closes).cast_unsigned();
        format!("{:016x}", self.seed(Purse::Card).with(month).bits())
    }
    /// What the institution calls that bill.
    pub(super) fn bill_name(closes: Date) -> String {
        format!("{:04}-{:02}", closes.year(), closes.month())
    }
    /// Whether there is that bill already.
    pub(super) fn is_closed(&self, closes: Date) -> bool {
        closes < self.today()
    }

    /// The bills of a card that closed inside `window`, the latest first.
    pub(super) fn bills(&self, card: &Book, window: Window) -> Vec<Bill> {
        let months = month_of(window.from)..=month_of(window.to);
        let closings = months.rev().map(|month| in_month(month, self.world.cut_day()));
        let closed = closings.filter(|day| window.contains(*day) && self.is_closed(*day));
        closed.map(|day| self.bill(card, day)).collect()
    }

    fn bill(&self, card: &Book, closes: Date) -> Bill {
        let currency = || Some(self.country().currency().to_owned());
        let habits = Habits::of(self.country());
        let on_it = |m: &&Movement| m.booked_on().is_some_and(|day| self.bill_of(day) == closes);
        let (paid, spent): (Vec<&Movement>, Vec<&Movement>) = (card.booked.iter())
            .filter(on_it)
            .partition(|m| std::ptr::eq(m.habit, &raw const habits.card_paid));
        let total: i64 = spent.iter().map(|m| m.effect(Purse::Card)).sum();
        let payments = paid.iter().map(|m| BillPayment {
            kind: Some(BillPaymentType::Full),
            payment_date: Some(m.value_date()),
            payment_mode: Some(BillPaymentMode::DirectDebit),
            currency: currency(),
            amount: Some(Amount::cents(m.cents)),
        });
        Bill {
            internal_identification: Some(self.bill_key(closes)),
            bill_name: Some(Self::bill_name(closes)),
            due_date: Some(closes),
            currency: currency(),
            total_amount: Some(Amount::cents(total)),
            minimum_amount: Some(Amount::cents(total.max(0) * 15 / 100)),
            is_installment: Some(true),
            finance_charges: vec![FinanceCharge {
                kind: Some(FinanceChargeType::NoCharge),
                additional_info: None,
                currency: currency(),
                amount: Some(Amount::cents(0)),
            }],
            payments: payments.collect(),
        }
    }
}
