//! Sales and purchases behind the movements of an account, for authorities that keep them in a
//! ledger of their own.

use super::{
    Taxpayer,
    vouchers::{CREDIT, instant},
};
use crate::connectors::sandbox::{
    chance::Seed,
    habits::{Habit, When},
    national_ids::tax_number,
    people::{City, Person},
    world::Movement,
};
use domain::{
    record::Direction,
    time::{Window, day},
};
use jiff::{Timestamp, civil::Date};

/// What a seed is split for.
const ASKED: u64 = 91;
const LATER: u64 = 92;

/// Who is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Other {
    /// The company of that name.
    Company(&'static str),
    /// Whoever came to the shop.
    Consumer,
}

/// Something that was sold or bought.
#[derive(Debug, Clone)]
pub(super) struct Deal {
    /// Sold (`OUTFLOW`, as invoices go out) or bought.
    pub(super) kind: Direction,
    pub(super) other: Other,
    /// What was paid, taxes included, in cents.
    pub(super) cents: i64,
    /// When it was invoiced, in seconds since 1970.
    pub(super) issued: i64,
    /// When it was paid.
    pub(super) paid: i64,
    /// What was bought was given back.
    pub(super) returned: bool,
    pub(super) habit: &'static Habit,
    pub(super) seed: Seed,
}

impl Deal {
    /// The day of the invoice.
    pub(super) fn day(&self) -> Date {
        day(instant(self.issued))
    }
    /// Whether it was not paid at once.
    pub(super) const fn on_credit(&self) -> bool {
        self.paid != self.issued
    }
    /// Before taxes, and the taxes, in cents and without any cents: at so many percent.
    pub(super) const fn parts(&self, percent: i64) -> (i64, i64) {
        let pesos = self.cents / 100;
        let whole = 100 + percent;
        let net = (pesos * 100 + whole / 2) / whole;
        (net * 100, self.cents - net * 100)
    }
}

/// A company that is only known by name: always the same.
pub(super) struct Company {
    pub(super) name: &'static str,
    pub(super) number: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) city: City,
    pub(super) street: String,
}

impl Taxpayer {
    /// The company of that name.
    pub(super) fn company(&self, name: &'static str) -> Company {
        let who = Person::of(self.person.country, true, name);
        let number = tax_number(self.person.country, name);
        let (email, phone) = (who.email.clone(), who.telephone());
        Company { name, number, email, phone, city: who.city, street: who.street }
    }

    /// What was sold and bought and invoiced in these days, as it is known at `now`; the earliest
    /// first.
    pub(super) fn deals(&self, window: Window, now: Timestamp) -> Vec<Deal> {
        let books = self.bank.books(window.from, Self::paid_by(window, now));
        let movements = books.accounts.iter().flat_map(|book| &book.booked);
        let mut deals: Vec<Deal> = movements.filter_map(|m| self.deal(m)).collect();
        deals.retain(|deal| deal.issued <= now.as_second() && window.contains(deal.day()));
        deals.sort_by_key(|deal| (deal.issued, deal.seed.bits()));
        deals
    }

    fn deal(&self, m: &Movement) -> Option<Deal> {
        let by_chance = matches!(m.habit.when, When::Chance(_));
        // What customers pay by card comes from many of them.
        let by_card = m.habit.rail == "ABONO";
        let (kind, other) = match (self.person.company, m.inflow) {
            _ if m.refund => (Direction::Inflow, Other::Company(m.word)),
            (true, true) if by_card => (Direction::Outflow, Other::Consumer),
            (true, true) if by_chance => (Direction::Outflow, Other::Company(m.word)),
            (_, false) if self.is_bought(m) => (Direction::Inflow, Other::Company(m.word)),
            _ => return None,
        };
        let later =
            kind == Direction::Outflow && other != Other::Consumer && m.seed.with(LATER).once_in(4);
        Some(Deal {
            kind,
            other,
            cents: m.cents,
            issued: if later { m.at - CREDIT * 86_400 } else { m.at },
            paid: m.at,
            returned: m.refund,
            habit: m.habit,
            seed: m.seed,
        })
    }

    /// Whether what was paid was for something that is invoiced: not wages, taxes, fees and friends,
    /// and of what people buy in shops a third.
    fn is_bought(&self, m: &Movement) -> bool {
        let steady = matches!(m.habit.when, When::Monthly(_));
        let by_chance = matches!(m.habit.when, When::Chance(_));
        let taxes = ["DIAN ", "SII "].iter().any(|office| m.word.starts_with(office));
        let fees = ["COMISION", "IMPUESTO"].contains(&m.habit.rail);
        match (m.habit.mcc, self.person.company) {
            _ if taxes || fees || m.habit.between_people => false,
            (None, company) => steady || company && by_chance,
            (Some(_), true) => true,
            (Some(5814 | 5499), false) => false,
            (Some(_), false) => steady || m.seed.with(ASKED).once_in(3),
        }
    }
}
