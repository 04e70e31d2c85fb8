//! CSV, with a saved [`Mapping`] that says which column is what, or with one that is proposed from the
//! head of the file.
//!
//! Lenient: rows above the header and below the movements are passed over; a row that only tells a
//! balance (“SALDO ANTERIOR”) is no movement; amounts may have a currency, a `D` or `C` and thousands.
//! A CSV file has no end of its own: that it breaks off shows only where its last row is short.

mod cells;
mod guess;
mod mapping;
mod rows;

pub use guess::{Doubt, Guess};
pub use mapping::{Column, Columns, DecimalSign, Mapping, NoMapping, Sign};

use crate::{
    charset::Charset,
    format::Options,
    said::{Account, Balance, BalanceKind, Movement, Place, Said},
    source::Source,
    telling::{Ended, Telling},
    words::{append, tidy},
};
use cells::{Day, Told};
use domain::money::Amount;
use mapping::Places;
use rows::{Row, Rows};

/// How many rows may stand above the header.
const MOST_ABOVE: usize = 100;

/// Whether a file that begins like this is a CSV of movements.
pub(crate) fn fits(head: &str) -> bool {
    guess::of_text(head).is_some_and(|guess| guess.sure >= 40)
}

/// Reads a file to its end. `head` is how it begins.
pub(crate) fn read(
    head: &[u8],
    mut source: Source<'_>,
    options: &Options,
    out: &mut Telling<'_>,
) -> Result<(), Ended> {
    let first = Place { line: 1, column: 0 };
    let mapping = match &options.mapping {
        Some(mapping) => mapping.clone(),
        None => guessed(head, options, out)?,
    };
    if let Err(problem) = mapping.check() {
        return Err(Ended::unreadable(first, format!("the mapping cannot be used: {problem}")));
    }
    if let Some(label) = &mapping.encoding {
        source.state_charset(Charset::stated(label));
    }
    for _ in 0..mapping.skip {
        if source.line()?.is_none() {
            break;
        }
    }
    let mut rows = Rows::new(mapping.delimiter);
    let places = header(&mapping, &mut rows, &mut source, out)?;
    let mut reading =
        Reading { mapping: &mapping, places: &places, out, account: None, decimals: 0, rows: 0 };
    while let Some(row) = rows.next(&mut source, reading.out)? {
        reading.row(&row)?;
    }
    // An empty statement is one as well, if its header shows what it is.
    if reading.rows == 0 && !mapping.needs_header() {
        return Err(Ended::unreadable(source.place(), "no row of this file is a movement"));
    }
    reading.say_account("")
}

/// The mapping that the file's head suggests; what it leaves open is said.
fn guessed(head: &[u8], options: &Options, out: &mut Telling<'_>) -> Result<Mapping, Ended> {
    let first = Place { line: 1, column: 0 };
    let Some(Guess { mut mapping, doubts, .. }) = Mapping::guess(head) else {
        let problem = "which columns hold the day and the amount does not show; a mapping must say";
        return Err(Ended::unreadable(first, problem));
    };
    if let Some(order) = options.day_order {
        mapping.days = order;
    }
    for doubt in doubts {
        if doubt != Doubt::DayOrder || options.day_order.is_none() {
            out.fault(first, format!("there is no mapping for this file, and {doubt}"))?;
        }
    }
    Ok(mapping)
}

/// Where things are, from the row that says so.
fn header(
    mapping: &Mapping,
    rows: &mut Rows,
    source: &mut Source<'_>,
    out: &mut Telling<'_>,
) -> Result<Places, Ended> {
    let mut fewest: Option<Vec<&'static str>> = None;
    let mut place = source.place();
    if !mapping.header {
        return mapping
            .places(&[])
            .map_err(|_| Ended::unreadable(place, "the mapping needs a header"));
    }
    for _ in 0..MOST_ABOVE {
        let Some(row) = rows.next(source, out)? else { break };
        if row.is_blank() {
            continue;
        }
        let folded: Vec<String> = row.cells.iter().map(|cell| cells::fold(cell)).collect();
        match mapping.places(&folded) {
            Ok(places) => return Ok(places),
            Err(missing) => {
                if fewest.as_ref().is_none_or(|fewest| missing.len() < fewest.len()) {
                    place = row.place;
                    fewest = Some(missing);
                }
            }
        }
    }
    let missing = fewest.unwrap_or_default().join(", ");
    let problem =
        format!("no row names all columns of the mapping; here these are missing: {missing}");
    Err(Ended::unreadable(place, problem))
}

struct Reading<'a, 'b> {
    mapping: &'a Mapping,
    places: &'a Places,
    out: &'a mut Telling<'b>,
    /// The account that was said last, as its column names it.
    account: Option<String>,
    /// The most decimals that an amount had.
    decimals: u32,
    /// Movements and balances.
    rows: u64,
}

impl Reading<'_, '_> {
    fn row(&mut self, row: &Row) -> Result<(), Ended> {
        if row.is_blank() {
            return Ok(());
        }
        let places = self.places;
        let mut description = String::new();
        for &at in &places.description {
            append(&mut description, row.cell(Some(at)));
        }
        let day = cells::day(row.cell(Some(places.date)), self.mapping.days);
        let amount = self.amount(row)?;
        let balance = self.money(row, places.balance, "the balance")?;
        if let Some(told) = cells::tells_balance(&description) {
            return self.told(row, told, day, amount.or(balance));
        }
        let Some(amount) = amount else {
            // Titles, sums and notes; a row with a day and no amount may be more.
            if day != Day::None || balance.is_some() {
                let problem = "the row has no amount and was left out";
                self.out.fault(row.place, problem)?;
            }
            return Ok(());
        };
        let (date, at) = match day {
            Day::Is(day, at) => (Some(day), at),
            Day::Impossible => (None, None),
            Day::None => {
                let problem =
                    "the row has an amount and no day; it is no movement and was left out";
                return self.out.fault(row.place, problem);
            }
        };
        if !row.ended && self.may_be_cut(row, amount) {
            let problem = "the file ends inside this row, which was left out";
            return self.out.cut_off(row.place, problem);
        }
        self.decimals = self.decimals.max(amount.0.scale());
        self.say_account(row.cell(places.account))?;
        let mut movement = Movement {
            id: tidy(row.cell(places.id)),
            value_date: date,
            booking_date: None,
            at,
            amount,
            currency: tidy(row.cell(places.currency)),
            description,
            kind: tidy(row.cell(places.kind)),
            reference: tidy(row.cell(places.reference)),
            counterparty: tidy(row.cell(places.counterparty)),
            counterparty_account: tidy(row.cell(places.counterparty_account)),
            running_balance: balance,
            pending: false,
            reversal: false,
        };
        if let Day::Is(value, _) = cells::day(row.cell(places.value_date), self.mapping.days)
            && places.value_date.is_some()
        {
            movement.booking_date = movement.value_date;
            movement.value_date = Some(value);
        }
        if movement.value_date.is_none() {
            self.out.fault(row.place, "the day is none that there is; the movement has no day")?;
        }
        self.rows += 1;
        self.out.say(Said::Movement(Box::new(movement)))
    }

    /// Whether the last row, which has no line end, may have lost something: columns, or decimals.
    fn may_be_cut(&self, row: &Row, amount: Amount) -> bool {
        let places = self.places;
        let last = [places.amount, places.debit, places.credit, places.balance]
            .into_iter()
            .flatten()
            .chain(places.description.iter().copied())
            .max();
        last.is_some_and(|last| row.cells.len() <= last) || amount.0.scale() < self.decimals
    }

    /// The amount of a row, with its sign.
    fn amount(&mut self, row: &Row) -> Result<Option<Amount>, Ended> {
        let places = self.places;
        if let Some(Amount(value)) = self.money(row, places.amount, "the amount")? {
            if places.direction.is_some() {
                let Some(credit) = cells::direction(row.cell(places.direction)) else {
                    let problem = "which way the amount went is not said; the row was left out";
                    self.out.fault(row.place, problem)?;
                    return Ok(None);
                };
                return Ok(Some(Amount(if credit { value.abs() } else { -value.abs() })));
            }
            return Ok(Some(Amount(match self.mapping.sign {
                Sign::AsWritten => value,
                Sign::Turned => -value,
            })));
        }
        let debit = self.money(row, places.debit, "the debit")?.filter(|a| !a.0.is_zero());
        let credit = self.money(row, places.credit, "the credit")?.filter(|a| !a.0.is_zero());
        Ok(match (debit, credit) {
            (Some(debit), None) => Some(Amount(-debit.0.abs())),
            // A credit with a minus is one that is taken back.
            (None, Some(credit)) => Some(credit),
            (Some(debit), Some(credit)) => {
                let problem = "the row has a debit and a credit; their difference was taken";
                self.out.fault(row.place, problem)?;
                credit.0.checked_sub(debit.0.abs()).map(Amount)
            }
            (None, None) => None,
        })
    }

    fn money(&mut self, row: &Row, at: Option<usize>, what: &str) -> Result<Option<Amount>, Ended> {
        if let Ok(amount) = cells::amount(row.cell(at), self.mapping.decimal) {
            return Ok(amount);
        }
        // Titles that are repeated on every page are no amounts, and no faults.
        if row.cell(at).contains(|c: char| c.is_ascii_digit()) {
            self.out.fault(row.place, format!("{what} is no amount and was left out"))?;
        }
        Ok(None)
    }

    /// A row that only tells a balance.
    fn told(
        &mut self,
        row: &Row,
        told: Told,
        day: Day,
        amount: Option<Amount>,
    ) -> Result<(), Ended> {
        let kind = match told {
            Told::Opening => BalanceKind::Opening,
            Told::Closing => BalanceKind::Closing,
            Told::Between => return Ok(()),
        };
        let Some(amount) = amount else { return Ok(()) };
        if !row.ended && self.may_be_cut(row, amount) {
            let problem = "the file ends inside this row, which was left out";
            return self.out.cut_off(row.place, problem);
        }
        self.say_account(row.cell(self.places.account))?;
        self.rows += 1;
        let date = match day {
            Day::Is(day, _) => Some(day),
            Day::Impossible | Day::None => None,
        };
        self.out.say(Said::Balance(Balance { kind, date, amount, currency: None }))
    }

    /// Says the account where it is another than before. `named` is what its column says.
    fn say_account(&mut self, named: &str) -> Result<(), Ended> {
        let number = match named {
            "" => self.mapping.account.clone().unwrap_or_default(),
            named => named.to_owned(),
        };
        if self.account.as_ref().is_some_and(|said| *said == number || named.is_empty()) {
            return Ok(());
        }
        self.account = Some(number.clone());
        self.out.say(Said::Account(Account {
            bank: self.mapping.bank.clone(),
            number,
            currency: self.mapping.currency.clone(),
            ..Account::default()
        }))
    }
}
