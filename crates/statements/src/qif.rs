//! QIF, Quicken's interchange format, which banks still offer.
//!
//! Lines of a letter and what it says, records ended by `^`, sections begun by `!`. Source: Intuit,
//! *QIF Technical Reference* (1997).
//!
//! | line | says |
//! |---|---|
//! | `!Type:Bank` `CCard` `Cash` `Oth A` `Oth L` | movements of such an account follow |
//! | `!Account` | an account's name (`N`) and type (`T`) follow |
//! | `D` `T` `U` | day, amount, amount again |
//! | `P` `M` | payee, memo |
//! | `N` | cheque number or reference |
//! | `^` | the record ends |
//!
//! The format has no account numbers (a name stands for one), no ids, no currency, and no order of
//! days: the head of the file is looked through for a day that can be read in one way only.

use crate::{
    days::{self, DayOrder},
    format::Options,
    numbers::{self, Point},
    said::{Account, AccountKind, Balance, BalanceKind, Movement, Place, Said},
    source::{LONGEST, Source, head_of},
    telling::{Ended, Telling},
    words::{append, tidy},
};
use jiff::civil::Date;

/// Whether a file that begins like this is QIF.
pub(crate) fn fits(head: &str) -> bool {
    head.lines().any(|line| {
        let line = line.trim_start().to_ascii_lowercase();
        ["!type:", "!account", "!option:", "!clear:"].iter().any(|begin| line.starts_with(begin))
    })
}

/// Reads a file to its end. `head` is how it begins.
pub(crate) fn read(
    head: &[u8],
    mut source: Source<'_>,
    options: &Options,
    out: &mut Telling<'_>,
) -> Result<(), Ended> {
    let mut last = Place { line: 1, column: 0 };
    let order = match options.day_order.or_else(|| order(&head_of(head))) {
        Some(order) => order,
        None => {
            let problem =
                "whether the day or the month comes first does not show; the day was taken";
            out.fault(last, problem)?;
            DayOrder::DayFirst
        }
    };
    let mut reading = Reading {
        out,
        order,
        section: Section::None,
        account: Account::default(),
        said: false,
        record: Record::default(),
        found: false,
        investments: false,
    };
    while let Some(line) = source.line()? {
        last = line.place;
        if line.cut {
            reading.out.fault(line.place, "the line is too long; its end was left out")?;
        }
        reading.line(&line.text(), line.place)?;
    }
    reading.end(last)
}

/// The order of days, if one of those in the head shows it.
fn order(head: &str) -> Option<DayOrder> {
    let mut written = head.lines().filter_map(|line| line.strip_prefix('D'));
    written.find_map(|text| {
        // Quicken's own way with years from 2000 on, which only its American edition has.
        if text.contains('\'') {
            return Some(DayOrder::MonthFirst);
        }
        let mut orders = days::orders(days::parts(text)?);
        let first = orders.next()?;
        orders.next().is_none().then_some(first)
    })
}

/// What records are about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    /// Nothing has been said.
    None,
    /// An account.
    Account,
    /// Movements.
    Movements,
    /// Something else: categories, securities, investments.
    Other,
}

/// A record, as it grows line by line.
#[derive(Default)]
struct Record {
    /// Where it began; `None` before its first line.
    place: Option<Place>,
    day: Option<String>,
    amount: Option<String>,
    payee: String,
    memo: String,
    number: Option<String>,
    category: Option<String>,
}

struct Reading<'a, 'b> {
    out: &'a mut Telling<'b>,
    order: DayOrder,
    section: Section,
    account: Account,
    said: bool,
    record: Record,
    found: bool,
    investments: bool,
}

/// `!Type:…` and the `T` of an account. `None` for what holds no movements of money alone.
fn kind(name: &str) -> Option<Option<AccountKind>> {
    match name.trim().to_ascii_lowercase().as_str() {
        "bank" => Some(Some(AccountKind::Checking)),
        "ccard" => Some(Some(AccountKind::CreditCard)),
        "oth l" => Some(Some(AccountKind::Loan)),
        "cash" | "oth a" => Some(None),
        _ => None,
    }
}

impl Reading<'_, '_> {
    fn line(&mut self, text: &str, place: Place) -> Result<(), Ended> {
        let text = text.trim_end();
        let mut letters = text.chars();
        let Some(letter) = letters.next() else { return Ok(()) };
        let rest = letters.as_str();
        match letter {
            '!' => return self.header(rest, place),
            '^' => return self.finish(place),
            _ if rest.len() > LONGEST => return Ok(()),
            _ => {}
        }
        self.record.place.get_or_insert(place);
        let record = &mut self.record;
        match letter {
            'D' => record.day = Some(rest.trim().to_owned()),
            'T' => record.amount = Some(rest.trim().to_owned()),
            'U' if record.amount.is_none() => record.amount = Some(rest.trim().to_owned()),
            'P' => append(&mut record.payee, rest),
            'M' => append(&mut record.memo, rest),
            'N' => record.number = tidy(rest),
            'L' => record.category = tidy(rest),
            // Addresses, whether it is reconciled, parts of a split.
            _ => {}
        }
        Ok(())
    }

    fn header(&mut self, text: &str, place: Place) -> Result<(), Ended> {
        if self.record.place.is_some() {
            self.out.fault(place, "the record above this is not ended by “^” and was left out")?;
            self.record = Record::default();
        }
        let lower = text.trim().to_ascii_lowercase();
        if let Some(name) = lower.strip_prefix("type:") {
            self.section = match kind(name) {
                Some(kind) => {
                    self.found = true;
                    // Movements of another kind are another account's, which nobody has named.
                    if self.said && self.account.kind != kind {
                        self.account = Account::default();
                        self.said = false;
                    }
                    self.account.kind = self.account.kind.or(kind);
                    Section::Movements
                }
                None => Section::Other,
            };
            if name.trim().starts_with("invst") && !self.investments {
                self.investments = true;
                self.out.fault(place, "investments are not read; their records were left out")?;
            }
        } else if lower.starts_with("account") {
            self.section = Section::Account;
        }
        Ok(())
    }

    fn finish(&mut self, place: Place) -> Result<(), Ended> {
        let record = std::mem::take(&mut self.record);
        let Some(begin) = record.place else { return Ok(()) };
        match self.section {
            Section::Account => {
                self.account = Account {
                    number: record.number.unwrap_or_default(),
                    kind: record.amount.as_deref().and_then(kind).flatten(),
                    ..Account::default()
                };
                self.said = false;
                Ok(())
            }
            Section::Movements => self.movement(record, begin),
            Section::Other => Ok(()),
            Section::None => self.out.fault(place, "a record before any “!Type:” was left out"),
        }
    }

    fn say_account(&mut self) -> Result<(), Ended> {
        if std::mem::replace(&mut self.said, true) {
            return Ok(());
        }
        self.out.say(Said::Account(self.account.clone()))
    }

    fn movement(&mut self, record: Record, place: Place) -> Result<(), Ended> {
        let amount = record.amount.as_deref().map(|text| numbers::amount(text, Point::Guess));
        let Some(Ok(Some(amount))) = amount else {
            return self.out.fault(place, "the record has no amount (T) and was left out");
        };
        // Quicken begins an account with a movement of its own making.
        let own =
            record.category.as_deref().and_then(|text| text.strip_prefix('[')?.strip_suffix(']'));
        let day = record.day.as_deref().and_then(|text| day(text, self.order));
        if record.payee.eq_ignore_ascii_case("opening balance") {
            if let (false, true, Some(name)) = (self.said, self.account.number.is_empty(), own) {
                name.clone_into(&mut self.account.number);
            }
            self.say_account()?;
            let kind = BalanceKind::Opening;
            return self.out.say(Said::Balance(Balance {
                kind,
                date: day,
                amount,
                currency: None,
            }));
        }
        self.say_account()?;
        if day.is_none() {
            self.out
                .fault(place, "the record has no day (D) that there is; the movement has none")?;
        }
        let mut description = record.payee;
        if !description.contains(&record.memo) {
            append(&mut description, &record.memo);
        }
        self.out.say(Said::Movement(Box::new(Movement {
            value_date: day,
            amount,
            description,
            reference: record.number,
            ..Movement::default()
        })))
    }

    /// The file ends.
    fn end(mut self, last: Place) -> Result<(), Ended> {
        if !self.found {
            let problem = "there is no account (!Type:Bank, CCard or Cash) in this QIF file";
            return Err(Ended::unreadable(last, problem));
        }
        self.say_account()?;
        if let Some(place) = self.record.place {
            let problem = "the file ends inside a record, which was left out";
            return self.out.cut_off(place, problem);
        }
        Ok(())
    }
}

/// `31/12/2026`, `1/ 5'07`, `2026-12-31`, `20261231`.
fn day(text: &str, order: DayOrder) -> Option<Date> {
    let Some(numbers) = days::parts(text) else {
        return days::stamp(text).ok().flatten().map(|stamp| stamp.day);
    };
    let order = if numbers[0] > 31 { DayOrder::YearFirst } else { order };
    days::ordered(numbers, order)
}
