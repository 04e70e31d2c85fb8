//! Contracts by which customers of Open Finance buy and sell dollars, some months one. What a contract
//! costs leaves the account on the day on which it is settled.

use super::{
    chance::Seed,
    habits::{Habit, Purse, When, habit},
    institutions::{Country, Door},
    items::{BANK_CNPJ, Showing, working_day},
    world::{Movement, Plan, World, in_month, month_of, second_of},
};
use domain::{
    money::Amount,
    resources::{
        exchange_events::ExchangeHistory,
        exchanges::{Exchange, ExchangeType, SettlementMethod},
    },
    time::{Moment, Window, day},
};
use jiff::{Timestamp, ToSpan, civil::Date};
use rust_decimal::Decimal;

/// A contract through its whole life. Instants are seconds since 1970.
#[derive(Debug, Clone)]
pub(super) struct Contract {
    seed: Seed,
    sells: bool,
    signed_at: i64,
    /// When it was put off to a later day, if ever.
    put_off_at: Option<i64>,
    /// The days on which it is to be settled, before and after it was put off.
    due: (Date, Date),
    settled_at: i64,
    /// Cents of a dollar.
    foreign: i64,
    /// Ten-thousandths of a real for a dollar.
    rate: i64,
}

const EXCHANGES: u64 = 601;
const HOUR: i64 = 3_600;

#[rustfmt::skip] // One habit, one line.
static BOUGHT: Habit = habit(Purse::Checking, When::Books, (0, 0), &["CONTRATO DE CAMBIO"], "{what} {ref}", "OUTROS");
#[rustfmt::skip]
static SOLD: Habit = habit(Purse::Checking, When::Books, (0, 0), &["CONTRATO DE CAMBIO"], "{what} {ref}", "OUTROS").inflow();

/// What happened to a contract, in the central bank's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Signed = 1,
    Changed = 2,
    Settled = 4,
}

impl Contract {
    /// What it costs or brings, in cents.
    pub(super) fn local(&self) -> i64 {
        self.foreign * self.rate / 10_000
    }
    fn identifier(&self) -> String {
        self.seed.with(9).digits(20)
    }
    fn signed_on(&self) -> Date {
        day(at(self.signed_at))
    }
    fn due_at(&self, now: i64) -> Date {
        if self.put_off_at.is_some_and(|at| at <= now) { self.due.1 } else { self.due.0 }
    }
    fn events(&self, now: i64) -> Vec<(Event, i64)> {
        let all = [
            Some((Event::Signed, self.signed_at)),
            self.put_off_at.map(|at| (Event::Changed, at)),
            Some((Event::Settled, self.settled_at)),
        ];
        all.into_iter().flatten().filter(|(_, at)| *at <= now).collect()
    }
    fn method(&self) -> SettlementMethod {
        if self.sells {
            SettlementMethod::Wire
        } else {
            self.seed.with(8).pick(&[SettlementMethod::Cash, SettlementMethod::PrepaidCard])
        }
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl World {
    /// The contract that was signed in `month`, if there is one.
    fn contract(&self, month: i64) -> Option<Contract> {
        let seed = self.seed.with(EXCHANGES).with(month.cast_unsigned());
        let trades = self.site.country == Country::Brazil
            && self.site.door == Door::OpenFinance
            && self.plan == Plan::Full;
        if !trades || !seed.once_in(3) {
            return None;
        }
        let company = self.person.company;
        let signed = working_day(in_month(month, seed.with(1).small(18).cast_signed() + 2));
        let due = working_day(signed.saturating_add(2.days()));
        let later = working_day(due.saturating_add(3.days()));
        let put_off = seed.with(2).once_in(3);
        let settled = if put_off { later } else { due };
        Some(Contract {
            seed,
            sells: company,
            signed_at: second_of(signed) + 14 * HOUR + seed.with(3).between(0, 4 * HOUR),
            put_off_at: put_off.then(|| second_of(due) + 11 * HOUR),
            due: (due, if put_off { later } else { due }),
            settled_at: second_of(settled) + 15 * HOUR,
            foreign: seed.with(4).between(20_000, 90_000) / 5_000
                * 5_000
                * if company { 20 } else { 1 },
            rate: seed.with(5).between(50_500, 58_500),
        })
    }
    /// What exchanges move on the checking account from the month `first` on, up to `until`.
    pub(super) fn exchanged(&self, first: i64, last: i64, until: i64) -> Vec<Movement> {
        // What is signed in the last days of a month may be settled in the next.
        let contracts = (first - 1..=last).filter_map(|month| self.contract(month));
        let settled = contracts.filter(|c| c.settled_at <= until);
        let settled = settled.filter(|c| month_of(day(at(c.settled_at))) >= first);
        let moved = settled.map(|c| {
            let habit = if c.sells { &SOLD } else { &BOUGHT };
            Movement::by_the_books(habit, c.seed, c.settled_at, c.local(), habit.inflow)
        });
        moved.collect()
    }
    /// The contracts signed in these days, as far as they have been at `now`, the latest first.
    fn contracts(&self, window: Window, now: i64) -> Vec<Contract> {
        let months = month_of(window.from)..=month_of(window.to);
        let all = months.rev().filter_map(|month| self.contract(month));
        all.filter(|c| c.signed_at <= now && window.contains(c.signed_on())).collect()
    }
}

impl Showing<'_> {
    /// The exchanges that were signed inside `window`, the latest first.
    pub(super) fn exchanges(&self, window: Window) -> Vec<(String, Exchange)> {
        let contracts = self.world.contracts(window, self.books.now.as_second());
        contracts.iter().map(|c| (c.identifier(), self.exchange(c))).collect()
    }

    fn exchange(&self, c: &Contract) -> Exchange {
        let now = self.books.now.as_second();
        let open = if c.settled_at <= now { 0 } else { c.foreign };
        Exchange {
            operation_identifier: c.identifier(),
            operation_number: Some(c.seed.with(7).digits(12)),
            operation_type: if c.sells { ExchangeType::Sells } else { ExchangeType::Buys },
            operation_requested_at: Moment(at(c.signed_at)),
            authorized_institution_identifier: BANK_CNPJ.parse().unwrap_or_default(),
            authorized_institution_name: self.world.site.display.into(),
            intermediary_institution_identifier: None,
            intermediary_institution_name: None,
            operation_due_date: c.due_at(now),
            local_operation_tax_amount: rate(c.rate),
            local_operation_tax_currency: "BRL".into(),
            local_operation_value_amount: Amount::cents(c.local()),
            local_operation_value_currency: "BRL".into(),
            foreign_operation_value_amount: Amount::cents(c.foreign),
            foreign_operation_value_currency: "USD".into(),
            operation_outstanding_balance_amount: Some(Amount::cents(open)),
            operation_outstanding_balance_currency: Some("USD".into()),
            tev_amount_amount: Some(rate(c.rate * 1_011 / 1_000)),
            tev_amount_currency: Some("BRL".into()),
            local_currency_advance_percentage: None,
            settlement_method: Some(c.method()),
            operation_category_code: if c.sells { "10003" } else { "32016" }.into(),
        }
    }

    /// What happened to the exchanges of the history that is shown, each with its exchange's key.
    pub(super) fn exchange_events(&self) -> Vec<(String, ExchangeHistory)> {
        let now = self.books.now.as_second();
        let mut events = Vec::new();
        for c in self.world.contracts(self.history(), now) {
            for (number, (event, at)) in (1_u32..).zip(c.events(now)) {
                events.push((c.identifier(), Self::exchange_event(&c, number, event, at)));
            }
        }
        events
    }

    fn exchange_event(c: &Contract, number: u32, event: Event, when: i64) -> ExchangeHistory {
        let settled = event == Event::Settled;
        let method = c.method();
        // Cash and prepaid cards have nobody on the other side.
        let other = settled && method == SettlementMethod::Wire;
        ExchangeHistory {
            operation_identifier: c.identifier(),
            event_sequence_number: number.to_string(),
            event_type: event as u8,
            event_created_at: Moment(at(when)),
            operation_due_date: Some(c.due_at(when)),
            local_operation_tax_amount: Some(rate(c.rate)),
            local_operation_tax_currency: Some("BRL".into()),
            local_operation_value_amount: Some(Amount::cents(c.local())),
            local_operation_value_currency: Some("BRL".into()),
            foreign_operation_value_amount: Some(Amount::cents(c.foreign)),
            foreign_operation_value_currency: Some("USD".into()),
            operation_outstanding_balance_amount: Some(Amount::cents(if settled {
                0
            } else {
                c.foreign
            })),
            operation_outstanding_balance_currency: Some("USD".into()),
            tev_amount_amount: Some(rate(c.rate * 1_011 / 1_000)),
            tev_amount_currency: Some("BRL".into()),
            local_currency_advance_percentage: None,
            settlement_method: Some(method),
            operation_category_code: Some(if c.sells { "10003" } else { "32016" }.into()),
            foreign_partie_relationship_code: other.then(|| "50".to_owned()),
            foreign_partie_name: other.then(|| "Fictitious Imports LLC".to_owned()),
            foreign_partie_country_code: other.then(|| "US".to_owned()),
        }
    }
}

fn rate(ten_thousandths: i64) -> Amount {
    Amount(Decimal::new(ten_thousandths, 4)).canonical()
}
