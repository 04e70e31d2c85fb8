//! MT940: SWIFT's end-of-day statement, and the MT942 of the day that goes on.
//!
//! A file is one or more statements, each a list of fields `:tag:content` of which the content may go
//! on in further lines. Source: SWIFT Standards, category 9, MT 940 *Customer Statement Message*, and
//! the banks' own leaflets for what they make of `:86:` (in [`information`]).
//!
//! | field | says |
//! |---|---|
//! | `:20:` | a statement begins |
//! | `:25:` | the account |
//! | `:60F:` `:60M:` | the opening balance of the statement, or of a further page of it |
//! | `:61:` | a movement, in [`line`] |
//! | `:86:` | information on the movement before it, or on the statement |
//! | `:62F:` `:62M:` | the closing balance, of the statement or of a page that is not the last |
//! | `:64:` | the available balance |
//! | `-` | the statement ends |
//!
//! Lenient: the envelope (`{1:…}{4:`) and lines of the bank's own around a statement are passed over;
//! any field may be missing; a page's balances are taken like a statement's, because each page adds up.
//! A movement is said when the field after it shows that it is whole, so that a file that breaks off
//! never says half a text.

mod information;
mod line;

use crate::{
    days,
    numbers::{self, Point},
    said::{Account, Balance, BalanceKind, Movement, Place, Said},
    source::{LONGEST, Source},
    telling::{Ended, Telling},
};
use domain::money::Amount;
use information::Wrapped;
use jiff::civil::Date;

/// Fields that begin or hold a statement; any of them shows that a file is one.
const FIELDS: &[&str] = &[
    ":20:", ":25:", ":25P:", ":28:", ":28C:", ":60F:", ":60M:", ":61:", ":62F:", ":62M:", ":86:",
    ":940:",
];

/// Whether a file that begins like this is an MT940.
pub(crate) fn fits(head: &str) -> bool {
    let mut lines = head.lines().map(|line| line.trim_start_matches(|c: char| c.is_control()));
    lines.any(|line| {
        FIELDS.iter().any(|field| line.starts_with(field)) || line.starts_with("{1:F01")
    })
}

/// Reads a file to its end.
pub(crate) fn read(mut source: Source<'_>, out: &mut Telling<'_>) -> Result<(), Ended> {
    let mut reading = Reading::new(out);
    let mut last = Place { line: 1, column: 0 };
    while let Some(line) = source.line()? {
        last = line.place;
        if line.cut {
            reading.out.fault(line.place, "the line is too long; its end was left out")?;
        }
        // Some banks frame their files by control characters.
        let text = line.text();
        let text = text.trim_matches(|c: char| c.is_control() && c != '\t');
        reading.line(text, line.place, line.ended)?;
    }
    reading.end(last)
}

/// A field, as it grows line by line.
struct Field {
    tag: &'static str,
    place: Place,
    lines: Vec<String>,
    bytes: usize,
    cut: bool,
    /// The file goes on after its last line.
    ended: bool,
}

/// How far a statement has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Before the first, or after the end of one.
    Nothing,
    /// Of an end-of-day statement, which ends with a closing balance.
    Statement,
    /// Of a report on the day that goes on, which has none.
    Interim,
    /// The closing balance has come.
    Closed,
}

/// A movement that is not yet known to be whole.
struct Pending {
    movement: Movement,
    place: Place,
    /// Bytes of text that it has taken.
    bytes: usize,
}

struct Reading<'a, 'b> {
    out: &'a mut Telling<'b>,
    field: Option<Field>,
    /// A `:` that stands alone: some programs break a line behind the first sign of a tag.
    lone_colon: bool,
    within: Within,
    /// The account of this statement, until it is said.
    account: Option<Account>,
    /// Whether what comes belongs to an account that has been said.
    said_account: bool,
    pending: Option<Pending>,
    /// Whether anything at all was found.
    found: bool,
}

/// The tag that a line begins with, and what follows it.
fn tag(line: &str) -> Option<(&'static str, &str)> {
    const TAGS: &[&str] = &[
        "13", "13D", "20", "21", "25", "25P", "28", "28C", "34F", "60", "60F", "60M", "61", "62",
        "62F", "62M", "64", "65", "86", "90C", "90D", "940", "942", "NS",
    ];
    let (name, rest) = line.strip_prefix(':')?.split_once(':')?;
    TAGS.iter().find(|&&known| known == name).map(|&known| (known, rest))
}

impl<'a, 'b> Reading<'a, 'b> {
    fn new(out: &'a mut Telling<'b>) -> Self {
        Self {
            out,
            field: None,
            lone_colon: false,
            within: Within::Nothing,
            account: None,
            said_account: false,
            pending: None,
            found: false,
        }
    }

    fn line(&mut self, text: &str, place: Place, ended: bool) -> Result<(), Ended> {
        if std::mem::take(&mut self.lone_colon) {
            let joined = format!(":{text}");
            if tag(&joined).is_some() {
                return self.line(&joined, place, ended);
            }
            self.add(":", place, true)?;
        }
        // A tag may stand behind the envelope in one line: `{4::20:…`.
        let text = match text.find("{4:") {
            Some(at) if text.starts_with('{') => &text[at + 3..],
            _ => text,
        };
        if let Some((tag, rest)) = tag(text) {
            self.finish()?;
            self.field = Some(Field { tag, place, lines: Vec::new(), bytes: 0, cut: false, ended });
            return self.add(rest, place, ended);
        }
        let trimmed = text.trim();
        if trimmed == "-" || trimmed.starts_with("-}") || trimmed == "-XXX" {
            self.finish()?;
            return self.close(place);
        }
        if trimmed == ":" {
            self.lone_colon = true;
            return Ok(());
        }
        if text.starts_with("{1:") || text.starts_with("{2:") {
            return Ok(());
        }
        self.add(text, place, ended)
    }

    /// A further line of the field; outside of one, lines are the bank's own.
    fn add(&mut self, text: &str, place: Place, ended: bool) -> Result<(), Ended> {
        let Some(field) = &mut self.field else { return Ok(()) };
        field.ended = ended;
        // An empty line counts as well: a field of empty lines would otherwise grow without a bound.
        if field.bytes + text.len() + 1 > LONGEST {
            if !std::mem::replace(&mut field.cut, true) {
                let problem = format!(":{}: is too long; the rest of it was left out", field.tag);
                self.out.fault(place, problem)?;
            }
            return Ok(());
        }
        field.bytes += text.len() + 1;
        field.lines.push(text.to_owned());
        Ok(())
    }

    /// The field that was read last is whole.
    fn finish(&mut self) -> Result<(), Ended> {
        let Some(field) = self.field.take() else { return Ok(()) };
        self.found |= !matches!(field.tag, "86" | "NS");
        let first = field.lines.first().map_or("", |line| line.trim());
        match field.tag {
            "20" | "940" | "942" => {
                // A bank that writes no `-` begins anew.
                if field.tag != "20" || self.within != Within::Nothing {
                    self.close(field.place)?;
                }
                self.within = if field.tag == "942" { Within::Interim } else { Within::Statement };
            }
            "25" | "25P" => {
                // Some banks give no `:20:` either.
                if self.within == Within::Closed {
                    self.close(field.place)?;
                }
                self.settle()?;
                self.opened();
                self.account = Some(account(first));
                self.said_account = false;
            }
            "13" | "13D" | "34F" | "90C" | "90D" => self.within = Within::Interim,
            "60" | "60F" | "60M" => {
                if self.within == Within::Closed {
                    self.close(field.place)?;
                }
                self.opened();
                self.balance(&field, BalanceKind::Opening)?;
            }
            "61" => self.movement(&field)?,
            "86" => self.information(&field)?,
            "NS" => self.own_fields(&field)?,
            "62" | "62F" | "62M" => {
                self.balance(&field, BalanceKind::Closing)?;
                self.within = Within::Closed;
            }
            "64" => self.balance(&field, BalanceKind::Available)?,
            // References, page numbers, balances of days to come.
            _ => {}
        }
        Ok(())
    }

    fn opened(&mut self) {
        if self.within == Within::Nothing {
            self.within = Within::Statement;
        }
    }

    /// The statement ends; what comes next belongs to another.
    fn close(&mut self, place: Place) -> Result<(), Ended> {
        let had_movements = self.pending.is_some();
        self.settle()?;
        if self.within == Within::Statement && (had_movements || self.said_account) {
            self.out.fault(place, "the statement before this has no closing balance (:62F:)")?;
        }
        if self.account.is_some() {
            self.say_account(None, place)?;
        }
        self.within = Within::Nothing;
        Ok(())
    }

    /// The movement that was read last is whole.
    fn settle(&mut self) -> Result<(), Ended> {
        match self.pending.take() {
            Some(pending) => self.out.say(Said::Movement(Box::new(pending.movement))),
            None => Ok(()),
        }
    }

    /// Says the account before the first thing that belongs to it.
    fn say_account(&mut self, currency: Option<&str>, place: Place) -> Result<(), Ended> {
        if let Some(mut account) = self.account.take() {
            account.currency = account.currency.or_else(|| currency.map(str::to_owned));
            self.said_account = true;
            return self.out.say(Said::Account(account));
        }
        if !self.said_account {
            self.said_account = true;
            self.out.fault(place, "no account (:25:) is named before this")?;
            let currency = currency.map(str::to_owned);
            return self.out.say(Said::Account(Account { currency, ..Account::default() }));
        }
        Ok(())
    }

    /// `C110522EUR3236,28`.
    fn balance(&mut self, field: &Field, kind: BalanceKind) -> Result<(), Ended> {
        self.settle()?;
        let text = field.lines.concat();
        let text = text.trim();
        let Some(balance) = balance(text) else {
            let problem = format!(":{}: is no balance and was left out", field.tag);
            return self.out.fault(field.place, problem);
        };
        if !field.ended && balance.amount.0.scale() < 2 {
            let problem = "the file ends inside a balance, which was left out";
            return self.out.cut_off(field.place, problem);
        }
        self.say_account(Some(&balance.currency), field.place)?;
        if balance.day.is_none() {
            let problem = format!(":{}: is of no day that there is; it has none", field.tag);
            self.out.fault(field.place, problem)?;
        }
        self.out.say(Said::Balance(Balance {
            kind,
            date: balance.day,
            amount: balance.amount,
            currency: Some(balance.currency),
        }))
    }

    fn movement(&mut self, field: &Field) -> Result<(), Ended> {
        self.settle()?;
        let lines: Vec<&str> = field.lines.iter().map(String::as_str).collect();
        let Some(read) = line::read(&lines) else {
            let problem = ":61: has no amount after a C or D and was left out";
            return self.out.fault(field.place, problem);
        };
        // An end within the line: the amount may go on, and what follows it certainly would.
        if !field.ended && read.movement.kind.is_none() {
            let problem = "the file ends inside a movement, which was left out";
            return self.out.cut_off(field.place, problem);
        }
        if self.within == Within::Nothing && self.said_account {
            let problem =
                "a movement outside of a statement; it is taken for one of the last account";
            self.out.fault(field.place, problem)?;
        }
        self.say_account(None, field.place)?;
        for fault in read.faults {
            self.out.fault(Place { column: fault.0, ..field.place }, fault.1)?;
        }
        let bytes = field.bytes;
        self.pending = Some(Pending { movement: read.movement, place: field.place, bytes });
        Ok(())
    }

    fn information(&mut self, field: &Field) -> Result<(), Ended> {
        let Some(pending) = &mut self.pending else {
            if self.within == Within::Nothing {
                let problem = ":86: belongs to no movement and was left out";
                self.out.fault(field.place, problem)?;
            }
            return Ok(());
        };
        if pending.bytes + field.bytes > LONGEST {
            let problem = "a movement has too much information; the rest of it was left out";
            return self.out.fault(field.place, problem);
        }
        pending.bytes += field.bytes;
        information::read(&Wrapped::new(&field.lines), &mut pending.movement);
        Ok(())
    }

    /// `:NS:`, fields of a bank's own by number, on the movement or the account before it.
    fn own_fields(&mut self, field: &Field) -> Result<(), Ended> {
        if let Some(pending) = &mut self.pending {
            if pending.bytes + field.bytes <= LONGEST {
                pending.bytes += field.bytes;
                information::own_fields(&field.lines, &mut pending.movement);
            }
            return Ok(());
        }
        let own = |number: &str| {
            let mut lines = field.lines.iter();
            lines.find_map(|line| line.strip_prefix(number)).map(|text| text.trim().to_owned())
        };
        if let Some(account) = &mut self.account {
            account.holder = own("22").filter(|holder| !holder.is_empty());
            // `171004171011`: the days that the statement covers.
            if let Some(days) = own("25").filter(|text| text.len() == 12 && text.is_ascii()) {
                let (from, to) = (day(&days[..6]), day(&days[6..]));
                if let Some((from, to)) = from.zip(to).filter(|(from, to)| from <= to) {
                    self.say_account(None, field.place)?;
                    self.out.say(Said::Period { from, to })?;
                }
            }
        }
        Ok(())
    }

    /// The file ends.
    fn end(mut self, place: Place) -> Result<(), Ended> {
        // A field that may go on is only told by the next one, so it is judged before it is read.
        let open = matches!(self.within, Within::Statement | Within::Interim);
        match self.field.as_ref().map(|field| field.tag) {
            Some("61") if open => {
                let at = self.field.take().map_or(place, |field| field.place);
                self.settle()?;
                let problem = "the file ends inside a statement; its last movement may not be whole \
                               and was left out";
                self.found = true;
                self.out.cut_off(at, problem)?;
            }
            Some("86" | "NS") if open && self.pending.is_some() => {
                self.field = None;
                let at = self.pending.take().map_or(place, |pending| pending.place);
                let problem = "the file ends inside a statement; its last movement may not be whole \
                               and was left out";
                self.out.cut_off(at, problem)?;
            }
            _ => {
                self.finish()?;
                self.settle()?;
                if self.within == Within::Statement {
                    let problem = "the file ends before the closing balance (:62F:)";
                    self.out.cut_off(place, problem)?;
                }
            }
        }
        if self.account.is_some() {
            self.say_account(None, place)?;
        }
        if self.found {
            Ok(())
        } else {
            Err(Ended::unreadable(place, "there is no statement in this MT940 file"))
        }
    }
}

/// `517852257`, `12345678/1020304050` (the bank's code and the number), `1291.99.348EUR`,
/// `NL31RABO0123456789 EUR`.
fn account(text: &str) -> Account {
    let mut text = text.trim();
    let mut currency = None;
    if let Some((number, code)) = text.len().checked_sub(3).and_then(|at| text.split_at_checked(at))
        && code.bytes().all(|byte| byte.is_ascii_uppercase())
        && (number.ends_with(' ')
            || (number.ends_with(|c: char| c.is_ascii_digit())
                && number.starts_with(|c: char| c.is_ascii_digit())))
    {
        currency = Some(code.to_owned());
        text = number.trim_end();
    }
    let (bank, number) = match text.split_once('/') {
        Some((bank, number)) if !bank.trim().is_empty() => (Some(bank.trim().to_owned()), number),
        Some((_, number)) => (None, number),
        None => (None, text),
    };
    let number = number.trim().trim_matches('"').to_owned();
    Account { bank, number, currency, ..Account::default() }
}

/// What a balance field says.
struct Stated {
    day: Option<Date>,
    currency: String,
    amount: Amount,
}

fn balance(text: &str) -> Option<Stated> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'C' => (false, &text[1..]),
        b'D' => (true, &text[1..]),
        _ => return None,
    };
    let (written, rest) = rest.split_at_checked(6)?;
    let (currency, amount) = rest.split_at_checked(3)?;
    if !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let amount = unsigned(amount)?;
    let amount = if negative { Amount(-amount.0) } else { amount };
    Some(Stated { day: day(written), currency: currency.to_owned(), amount })
}

/// `3236,28`, `380115,`, `000000001213,28`.
fn unsigned(text: &str) -> Option<Amount> {
    let text = text.trim();
    let digits = |byte: u8| byte.is_ascii_digit() || byte == b',' || byte == b'.';
    if !text.starts_with(|c: char| c.is_ascii_digit()) || !text.bytes().all(digits) {
        return None;
    }
    numbers::amount(text, Point::Either).ok().flatten()
}

/// `110522`.
fn day(text: &str) -> Option<Date> {
    let [year, month, day] = three(text)?;
    days::ordered([year, month, day], days::DayOrder::YearFirst)
}

/// Three numbers of two digits.
fn three(text: &str) -> Option<[i16; 3]> {
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| text[at..at + 2].parse().ok();
    Some([two(0)?, two(2)?, two(4)?])
}
