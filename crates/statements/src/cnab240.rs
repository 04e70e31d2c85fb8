//! CNAB 240, *extrato de conta corrente para conciliação bancária*.
//!
//! Lines of 240 columns; the eighth says what a line is. Source: FEBRABAN, *Layout padrão 240
//! posições*, version 10.11, chapter 3.7 (*Extrato de conta corrente para conciliação bancária*); the
//! leaflets of Banco do Brasil, Itaú, Santander, Bradesco and Caixa fill the same columns and differ
//! in where they put check digits and what they leave blank.
//!
//! | column 8 | is | says |
//! |---|---|---|
//! | `0` | header of the file | the bank |
//! | `1` | header of a lot | an account and its opening balance |
//! | `3`, and `E` in column 14 | a movement | |
//! | `5` | trailer of a lot | the closing balance, how many lines, sums of debits and credits |
//! | `9` | trailer of the file | how many lines |
//!
//! Amounts are in cents with `D` or `C` behind them. A file whose blanks at the ends of lines were lost
//! is read like any other, and so is one without line ends.

use crate::{
    days, numbers,
    said::{Account, Balance, BalanceKind, Movement, Place, Said},
    source::{Line, Source},
    telling::{Ended, Telling},
    words::tidy,
};
use domain::money::Amount;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::borrow::Cow;

/// Columns of a record.
const RECORD: usize = 240;

/// Whether a file that begins like this is a CNAB 240.
pub(crate) fn fits(head: &str) -> bool {
    let Some(first) = head.lines().find(|line| !line.trim().is_empty()) else { return false };
    // The bank, lot and kind; the header of the file reaches at least to its date.
    first.chars().count() >= 150
        && first.get(..8).is_some_and(|begin| {
            begin.bytes().all(|byte| byte.is_ascii_digit())
                && (begin.ends_with("00000") || begin.ends_with('1'))
        })
}

/// Reads a file to its end.
pub(crate) fn read(mut source: Source<'_>, out: &mut Telling<'_>) -> Result<(), Ended> {
    let mut reading = Reading { out, records: 0, lot: Lot::None, found: false, ended: false };
    let mut last = Place { line: 1, column: 0 };
    while let Some(line) = source.line()? {
        last = line.place;
        if line.cut {
            reading.out.fault(line.place, "the line is too long; its end was left out")?;
        }
        for record in Record::all(&line) {
            reading.record(&record)?;
        }
    }
    reading.end(last)
}

/// A line, or the part of one that is a record.
struct Record<'a> {
    text: Cow<'a, str>,
    place: Place,
    /// There is nothing missing at its end.
    whole: bool,
}

impl<'a> Record<'a> {
    /// The records of a line: one, unless the file has no line ends.
    fn all(line: &Line<'a>) -> Vec<Self> {
        let bytes = line.bytes;
        let record = |from: usize, to: usize| {
            let text = line.part(from, to);
            let whole = line.ended || to - from >= RECORD;
            let place = if from == 0 { line.place } else { line.at(from + 1) };
            Self { text, place, whole }
        };
        if bytes.len() < 2 * RECORD {
            return vec![record(0, bytes.len())];
        }
        (0..bytes.len())
            .step_by(RECORD)
            .map(|from| record(from, (from + RECORD).min(bytes.len())))
            .collect()
    }

    /// What stands in these columns, from 1 and both included; less where the line is shorter.
    fn columns(&self, from: usize, to: usize) -> &str {
        let text = &*self.text;
        let at = |column: usize| {
            if text.is_ascii() {
                column.min(text.len())
            } else {
                text.char_indices().nth(column).map_or(text.len(), |(at, _)| at)
            }
        };
        &text[at(from - 1)..at(to)]
    }

    fn place(&self, column: u64) -> Place {
        Place { column: self.place.column.max(1) - 1 + column, ..self.place }
    }
}

/// What the lines belong to.
enum Lot {
    None,
    /// Of another service than statements.
    Other,
    Statement(Sums),
}

/// What the trailer of a lot is held against.
#[derive(Default)]
struct Sums {
    lines: u64,
    debits: Decimal,
    credits: Decimal,
    other_segments: bool,
}

struct Reading<'a, 'b> {
    out: &'a mut Telling<'b>,
    records: u64,
    lot: Lot,
    found: bool,
    ended: bool,
}

impl Reading<'_, '_> {
    fn record(&mut self, record: &Record) -> Result<(), Ended> {
        // Blank lines, and the sign that once ended files.
        if record.text.trim_matches(|c: char| c.is_whitespace() || c.is_control()).is_empty() {
            return Ok(());
        }
        self.records += 1;
        if let Lot::Statement(sums) = &mut self.lot {
            sums.lines += 1;
        }
        match record.columns(8, 8) {
            "0" | "2" | "4" => Ok(()),
            "1" => self.begin(record),
            "3" => self.detail(record),
            "5" => self.finish(record),
            "9" => self.trailer(record),
            _ if !record.whole => {
                self.out.cut_off(record.place, "the file ends inside this line, which was left out")
            }
            _ => self.out.fault(record.place(8), "there is no such kind of line; it was left out"),
        }
    }

    /// The header of a lot.
    fn begin(&mut self, record: &Record) -> Result<(), Ended> {
        if matches!(self.lot, Lot::Statement(_)) {
            self.out.fault(record.place, "the lot before this has no trailer")?;
        }
        // Service 04 is reconciliation; some banks write nothing there.
        if !matches!(record.columns(10, 11).trim(), "04" | "") {
            self.lot = Lot::Other;
            return self.out.fault(record.place(10), "a lot that is no statement was left out");
        }
        self.lot = Lot::Statement(Sums { lines: 1, ..Sums::default() });
        self.found = true;
        let account = account(record);
        if account.number.is_empty() {
            self.out.fault(record.place(59), "the account has no number")?;
        }
        let currency = account.currency.clone();
        self.out.say(Said::Account(account))?;
        self.balance(record, BalanceKind::Opening, currency)
    }

    /// A balance, its day and its sign stand in the same columns of the header and the trailer.
    fn balance(
        &mut self,
        record: &Record,
        kind: BalanceKind,
        currency: Option<String>,
    ) -> Result<(), Ended> {
        let Some(amount) = signed(record.columns(151, 168), record.columns(169, 169)) else {
            // Without one there is nothing to say: some banks leave the columns blank.
            if record.columns(151, 168).trim().is_empty() {
                return Ok(());
            }
            return self.out.fault(record.place(151), "the balance is no amount with D or C");
        };
        let date = self.day(record, 143)?;
        self.out.say(Said::Balance(Balance { kind, date, amount, currency }))
    }

    fn detail(&mut self, record: &Record) -> Result<(), Ended> {
        match &mut self.lot {
            Lot::Other => return Ok(()),
            Lot::None => {
                self.lot = Lot::Statement(Sums { lines: 1, ..Sums::default() });
                self.found = true;
                self.out.fault(record.place, "a movement without the header of its lot")?;
                self.out.say(Said::Account(account(record)))?;
            }
            Lot::Statement(_) => {}
        }
        if !record.whole {
            let problem = "the file ends inside this line; its movement was left out";
            return self.out.cut_off(record.place, problem);
        }
        let Lot::Statement(sums) = &mut self.lot else { return Ok(()) };
        if record.columns(14, 14) != "E" {
            if std::mem::replace(&mut sums.other_segments, true) {
                return Ok(());
            }
            let problem = "only segment E is read; lines of other segments were left out";
            return self.out.fault(record.place(14), problem);
        }
        let Some(amount) = signed(record.columns(151, 168), record.columns(169, 169)) else {
            let problem = "the amount is none, or has no D or C; the movement was left out";
            return self.out.fault(record.place(151), problem);
        };
        let sum = if amount.0.is_sign_negative() { &mut sums.debits } else { &mut sums.credits };
        // Eighteen digits a line and a count of lines that fits into memory: no overflow.
        *sum = sum.saturating_add(amount.0.abs());
        let movement = self.movement(record, amount)?;
        self.out.say(Said::Movement(Box::new(movement)))
    }

    fn movement(&mut self, record: &Record, amount: Amount) -> Result<Movement, Ended> {
        // Column 143 is the day on the statement; 135 the day in the bank's books, where it differs.
        let value_date = self.day(record, 143)?;
        let booking_date = self.day(record, 135)?;
        if value_date.is_none() {
            self.out.fault(record.place(143), "the movement has no day")?;
        }
        let (category, own) = (record.columns(170, 172).trim(), record.columns(173, 176).trim());
        let kind = match (category, own) {
            ("", "") => None,
            (code, "") | ("", code) => Some(code.to_owned()),
            (category, own) => Some(format!("{category}-{own}")),
        };
        let complement = record.columns(114, 133);
        Ok(Movement {
            value_date: value_date.or(booking_date),
            booking_date,
            amount,
            description: tidy(record.columns(177, 201)).unwrap_or_default(),
            kind,
            reference: tidy(record.columns(202, 240)),
            counterparty_account: match record.columns(112, 113) {
                "01" => origin(complement),
                _ => None,
            },
            // FEBRABAN, note G*: *estornos*, of debits and of credits.
            reversal: matches!(category, "103" | "204"),
            ..Movement::default()
        })
    }

    /// The trailer of a lot.
    fn finish(&mut self, record: &Record) -> Result<(), Ended> {
        let sums = match std::mem::replace(&mut self.lot, Lot::None) {
            Lot::Other => return Ok(()),
            Lot::None => {
                return self.out.fault(record.place, "the trailer of a lot that has no header");
            }
            Lot::Statement(sums) => sums,
        };
        if !record.whole && record.columns(169, 169).is_empty() {
            let problem = "the file ends inside this line; its balance was left out";
            return self.out.cut_off(record.place, problem);
        }
        self.balance(record, BalanceKind::Closing, None)?;
        let stated = |from, to| record.columns(from, to).trim().parse::<u64>().ok();
        if stated(171, 176).is_some_and(|lines| lines != 0 && lines != sums.lines) {
            let problem = "the lot has another number of lines than this says; some may be missing";
            self.out.fault(record.place(171), problem)?;
        }
        for (from, sum, problem) in [
            (177, sums.debits, "the debits of the lot have another sum than this says"),
            (195, sums.credits, "the credits of the lot have another sum than this says"),
        ] {
            let stated = numbers::cents(record.columns(from, from + 17));
            if stated.is_some_and(|stated| !stated.0.is_zero() && stated.0 != sum) {
                self.out.fault(record.place(from as u64), problem)?;
            }
        }
        Ok(())
    }

    /// The trailer of the file.
    fn trailer(&mut self, record: &Record) -> Result<(), Ended> {
        self.ended = true;
        let stated = record.columns(24, 29).trim().parse::<u64>().ok();
        if stated.is_some_and(|lines| lines != 0 && lines != self.records) {
            let problem =
                "the file has another number of lines than this says; some may be missing";
            self.out.fault(record.place(24), problem)?;
        }
        Ok(())
    }

    /// `31122026` from that column on; blanks and zeros say nothing.
    fn day(&mut self, record: &Record, column: usize) -> Result<Option<Date>, Ended> {
        let text = record.columns(column, column + 7).trim();
        if text.bytes().all(|byte| byte == b'0') {
            return Ok(None);
        }
        let date = (text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| {
                let number = |from: usize, to: usize| text[from..to].parse().unwrap_or(0);
                let (day, month, year) = (number(0, 2), number(2, 4), number(4, 8));
                days::day(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
            })
            .flatten();
        if date.is_none() {
            let problem = "this is no day (DDMMYYYY); it was left out";
            self.out.fault(record.place(column as u64), problem)?;
        }
        Ok(date)
    }

    /// The file ends.
    fn end(self, place: Place) -> Result<(), Ended> {
        if !self.found {
            let problem = "there is no statement (a lot of service 04 with lines of segment E) in this \
                           CNAB 240 file";
            return Err(Ended::unreadable(place, problem));
        }
        if matches!(self.lot, Lot::Statement(_)) {
            return self.out.cut_off(place, "the file ends before the trailer of its lot");
        }
        if !self.ended {
            return self.out.cut_off(place, "the file ends before its trailer");
        }
        Ok(())
    }
}

/// The account that a header or a movement names.
fn account(record: &Record) -> Account {
    let branch = number(record.columns(53, 57), record.columns(58, 58), 4);
    // Itaú leaves the account's own check digit blank, and writes the one of branch and account.
    let digit = match record.columns(71, 71).trim() {
        "" => record.columns(72, 72),
        digit => digit,
    };
    let currency = record.columns(171, 173);
    Account {
        bank: tidy(record.columns(1, 3)),
        branch: (!branch.is_empty()).then_some(branch),
        number: number(record.columns(59, 70), digit, 0),
        kind: None,
        currency: (currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()))
            .then(|| currency.to_owned()),
        holder: tidy(record.columns(73, 102)),
        name: None,
    }
}

/// A number without the zeros that fill its columns but for `least` digits, and its check digit behind
/// a hyphen, as it is printed for people. Empty where there is none.
fn number(columns: &str, digit: &str, least: usize) -> String {
    let columns = columns.trim();
    let zeros = columns.len() - columns.trim_start_matches('0').len();
    let shown = &columns[zeros.min(columns.len().saturating_sub(least))..];
    let digit = digit.trim();
    if shown.bytes().all(|byte| byte == b'0') {
        String::new()
    } else if digit.is_empty() {
        shown.to_owned()
    } else {
        format!("{shown}-{digit}")
    }
}

/// Where a movement comes from: three columns of bank, five of branch, twelve of account.
fn origin(complement: &str) -> Option<String> {
    let (bank, rest) = complement.split_at_checked(3)?;
    let (branch, account) = rest.split_at_checked(5)?;
    let account = number(account, "", 0);
    (!account.is_empty()).then(|| format!("{}/{}/{account}", bank.trim(), branch.trim()))
}

/// Cents and a `D` or `C`.
fn signed(cents: &str, sign: &str) -> Option<Amount> {
    let cents = cents.trim();
    if cents.is_empty() || !cents.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let Amount(value) = numbers::cents(cents)?;
    match sign {
        "C" => Some(Amount(value)),
        "D" => Some(Amount(-value)),
        _ => None,
    }
}
