//! What a company's customers have paid by card. Each time that money is paid out on the account
//! there are sales behind it: those with debit cards of the day before, those with credit cards of
//! thirty days before. They are drawn from the payment, so that their sum is the payment.

use super::{
    chance::Seed,
    habits::Purse,
    institutions::{Country, Door},
    items::Showing,
    world::{Movement, World, second_of},
};
use domain::{
    money::Amount,
    resources::receivables::{
        CardUse, Installments, ReceivablesFee, ReceivablesFeeType, ReceivablesTransaction,
        SaleStatus,
    },
    time::{Window, day},
};
use jiff::{Timestamp, civil::Date};

/// A sale that a customer paid by card.
#[derive(Debug, Clone)]
pub(super) struct Sale {
    seed: Seed,
    /// When, in seconds since 1970.
    pub(super) at: i64,
    /// When it is paid out; never if it was given back.
    pub(super) paid_at: Option<i64>,
    /// When it is given back, if ever.
    back_at: Option<i64>,
    debit: bool,
    /// What the company gets, in cents.
    pub(super) net: i64,
}

const DAY: i64 = 86_400;
/// Days until a sale with a credit card is paid out.
const CREDIT: i64 = 30;
/// What sales are split for.
const SALES: u64 = 501;

impl Sale {
    /// All the sales that one payment is for, and perhaps one that was given back before.
    fn behind(paid: &Movement) -> Vec<Self> {
        let seed = paid.seed.with(SALES);
        let debit = seed.once_in(3);
        let count = seed.with(1).between(2, 6);
        let sold = paid.at.div_euclid(DAY) - if debit { 1 } else { CREDIT };
        let sale = |n: i64, net| {
            let seed = seed.with(2).with(n.cast_unsigned());
            let at = sold * DAY + seed.with(1).between(12 * 3_600, 23 * 3_600);
            Self { seed, at, paid_at: Some(paid.at), back_at: None, debit, net }
        };
        let mut left = paid.cents;
        let mut sales = Vec::new();
        for n in 0..count {
            let rest = count - n;
            let even = left / rest;
            let net = match rest {
                1 => left,
                _ => seed.with(3).with(n.cast_unsigned()).between(even / 2, even.max(1)),
            };
            left -= net;
            sales.push(sale(n, net.max(1)));
        }
        if !debit && seed.with(4).once_in(5) {
            let lost = sale(count, (paid.cents / count).max(1));
            sales.push(Self { paid_at: None, back_at: Some(lost.at + 2 * DAY), ..lost });
        }
        sales
    }
    /// Whether it stands to be paid out at `now`.
    fn is_due(&self, now: i64) -> bool {
        self.at <= now && self.paid_at.or(self.back_at).is_some_and(|end| now < end)
    }
}

impl World {
    /// Whether they sell, and the bank is also who takes their customers' cards.
    pub(super) fn sells_by_card(&self) -> bool {
        self.person.company
            && self.site.country == Country::Brazil
            && self.site.door != Door::OpenFinance
    }
    /// The sales of these days, as far as they have happened at `now`, the latest first.
    pub(super) fn sold(&self, from: Date, to: Date, now: i64) -> Vec<Sale> {
        let first = second_of(from) / DAY;
        let end = second_of(to) + DAY;
        let mut sales: Vec<Sale> = self
            .draw(Purse::Checking, first, end + (CREDIT + 1) * DAY)
            .iter()
            .filter(|m| m.habit.pays_out)
            .flat_map(Sale::behind)
            .filter(|sale| (first * DAY..end).contains(&sale.at) && sale.at <= now)
            .collect();
        sales.sort_by_key(|sale| std::cmp::Reverse((sale.at, sale.seed.bits())));
        sales
    }
    /// What is still to be paid out at `now`, in cents.
    pub(super) fn receivable(&self, now: Timestamp) -> i64 {
        let today = day(now);
        let before = today.saturating_sub(jiff::Span::new().days(CREDIT + 2));
        let now = now.as_second();
        self.sold(before, today, now).iter().filter(|s| s.is_due(now)).map(|s| s.net).sum()
    }
}

impl Showing<'_> {
    /// The sales of these days, the latest first.
    pub(super) fn sales(&self, window: Window) -> Vec<ReceivablesTransaction> {
        let now = self.books.now.as_second();
        let sold = self.world.sold(window.from, window.to, now);
        sold.iter().map(|sale| self.sale(sale, now)).collect()
    }

    fn sale(&self, sale: &Sale, now: i64) -> ReceivablesTransaction {
        let at = Timestamp::from_second(sale.at).unwrap_or(Timestamp::UNIX_EPOCH);
        // Two percent on debit cards, three and a half on credit cards.
        let mille = if sale.debit { 20 } else { 35 };
        let fee = sale.net * mille / (1000 - mille);
        let minute = sale.at.rem_euclid(DAY) / 60;
        // Where the sale is, it is three hours earlier.
        let minute = minute - 3 * 60;
        let card = if sale.debit {
            &[CardUse::VisaDebit, CardUse::MastercardDebit, CardUse::EloDebit]
        } else {
            &[CardUse::VisaCredit, CardUse::MastercardCredit, CardUse::EloCredit]
        };
        ReceivablesTransaction {
            value_hour: format!("{:02}:{:02}", minute / 60, minute % 60),
            value_date: day(at),
            institution_transaction_id: sale.seed.digits(9),
            currency: self.country().currency().into(),
            kind: Some(sale.seed.with(5).pick(card)),
            gross_amount: Some(Amount::cents(sale.net + fee)),
            net_amount: Some(Amount::cents(sale.net)),
            fees: vec![ReceivablesFee {
                kind: Some(ReceivablesFeeType::Transaction),
                value: Amount::cents(fee),
            }],
            status: Some(match sale.back_at {
                Some(back) if back <= now => SaleStatus::Reverted,
                _ => SaleStatus::Approved,
            }),
            number_of_installments: Some(Installments {
                paid: Some(u16::from(sale.paid_at.is_some_and(|paid| paid <= now))),
                total: Some(1),
            }),
        }
    }
}
