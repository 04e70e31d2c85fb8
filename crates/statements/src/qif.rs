//! QIF: Quicken's interchange format, one letter and a value to a line, `^` after each record.
//!
//! There is no specification that holds; what is here is what Quicken, its successors and banks
//! write. Days are written in the order of the writer's country, which no file states, so that
//! nothing can be said before a day has shown it; what waits for that is bounded.

use crate::{
    days::{self, DayOrder},
    format::Options,
    numbers::{self, Point},
    said::{Account, AccountKind, Balance, BalanceKind, Movement, Place, Said},
    source::Source,
    telling::{Ended, Telling},
};
use domain::money::Amount;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// What may wait for the order of days to be known, in things said …
const MOST_HELD: usize = 5_000;
/// … and in bytes of their words.
const MOST_HELD_BYTES: usize = 2 * 1024 * 1024;
/// Splits of one record.
const MOST_SPLITS: usize = 1_000;

/// Whether a file that begins like this is QIF.
pub(crate) fn fits(head: &str) -> bool {
    let first = head.trim_start().lines().next().unwrap_or_default().to_ascii_lowercase();
    ["!type:", "!account", "!option:", "!clear:"].iter().any(|mark| first.starts_with(mark))
}

/// Reads a file.
pub(crate) fn read(mut source: Source, options: &Options, out: &mut Telling) -> Result<(), Ended> {
    let mut reading = Reading {
        days: Days { order: options.day_order, ..Days::default() },
        ..Reading::default()
    };
    let mut any = false;
    let mut last = source.place();
    while let Some(line) = source.line()? {
        last = line.place;
        if line.cut {
            out.fault(line.place, "the line is too long; its end was left out")?;
        }
        let text = line.text();
        let text = text.trim_end();
        if let Some(heading) = text.strip_prefix('!') {
            any = true;
            if reading.record.begun() {
                out.fault(
                    line.place,
                    "a record before this is not closed by “^” and was left out",
                )?;
            }
            reading.heading(heading);
            continue;
        }
        let Some(tag) = text.chars().next() else { continue };
        if tag == '^' {
            any = true;
            let record = std::mem::take(&mut reading.record);
            reading.take(record, out)?;
        } else if reading.section == Section::None {
            if !any {
                break;
            }
        } else {
            let value = text[tag.len_utf8()..].trim();
            reading.record.add(tag, value, line.place, reading.section, out)?;
        }
    }
    if !any {
        return Err(Ended::unreadable(last, "there is no QIF in this file"));
    }
    reading.days.settle(out)?;
    if reading.record.begun() {
        out.cut_off(last, "the file breaks off inside a record, which was left out")?;
    }
    Ok(())
}

/// What the records that follow are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Section {
    /// Nothing has been said yet.
    #[default]
    None,
    /// Movements of an account of this kind.
    Movements(Option<AccountKind>),
    /// Movements of securities.
    Securities,
    /// Descriptions of accounts.
    Accounts,
    /// Categories, classes, memorised payments: nothing for us.
    Other,
}

#[derive(Default)]
struct Reading {
    section: Section,
    record: Record,
    /// The account that was described last.
    account: Option<Account>,
    said: bool,
    days: Days,
}

impl Reading {
    fn heading(&mut self, heading: &str) {
        self.record = Record::default();
        let heading = heading.trim().to_ascii_lowercase();
        let section = match heading.split_once(':') {
            Some(("type", kind)) => section(kind),
            None if heading == "account" => Section::Accounts,
            // Switches of the program that reads.
            _ => return,
        };
        if !matches!(section, Section::Accounts | Section::Other) {
            self.said = false;
        }
        self.section = section;
    }

    fn take(&mut self, record: Record, out: &mut Telling) -> Result<(), Ended> {
        match self.section {
            Section::None | Section::Other => Ok(()),
            Section::Accounts => {
                let name = record.words.reference.clone().unwrap_or_default();
                let kind = match section(&record.kind.to_ascii_lowercase()) {
                    Section::Movements(kind) => kind,
                    Section::Securities => Some(AccountKind::Investment),
                    _ => None,
                };
                let shown = record.description.clone().unwrap_or_else(|| name.clone());
                self.account = Some(Account {
                    number: name,
                    kind,
                    name: Some(shown).filter(|shown| !shown.is_empty()),
                    ..Account::default()
                });
                self.said = false;
                Ok(())
            }
            Section::Movements(kind) => self.movement(record, kind, out),
            Section::Securities => self.movement(record, Some(AccountKind::Investment), out),
        }
    }

    fn movement(
        &mut self,
        record: Record,
        kind: Option<AccountKind>,
        out: &mut Telling,
    ) -> Result<(), Ended> {
        let Some(place) = record.place else { return Ok(()) };
        let opening = record.words.payee.as_deref().is_some_and(|payee| {
            ["opening balance", "saldo inicial", "saldo anterior"]
                .contains(&payee.to_lowercase().as_str())
        });
        if !self.said {
            self.said = true;
            let mut account = self.account.clone().unwrap_or_default();
            account.kind = account.kind.or(kind);
            // Quicken names the account in its first record: `L[Checking]`.
            let named = record.category.as_deref().filter(|_| opening);
            let named = named.and_then(|name| name.strip_prefix('[')?.strip_suffix(']'));
            if let (true, Some(name)) = (account.number.is_empty(), named) {
                name.clone_into(&mut account.number);
                account.name = Some(name.to_owned());
            }
            self.days.hold(Held { place, day: None, said: Said::Account(account) }, out)?;
        }
        let amount = match record.amount {
            Some(amount) => amount,
            // Without a total it is that of its parts.
            None if record.splits > 0 => Amount(record.split_sum),
            None => {
                return out.fault(place, "the record has no amount and was left out");
            }
        };
        let Some(amount) = record.signed(amount, self.section) else { return Ok(()) };
        let day = record.day.as_deref().and_then(days::parts);
        if day.is_none() {
            out.fault(place, "the record has no day that can be read")?;
        }
        if opening {
            let kind = BalanceKind::Opening;
            let balance = Balance { kind, date: None, amount, currency: None };
            return self.days.hold(Held { place, day, said: Said::Balance(balance) }, out);
        }
        let said = Said::Movement(Box::new(record.movement(amount)));
        self.days.hold(Held { place, day, said }, out)
    }
}

/// What `!Type:` says.
fn section(kind: &str) -> Section {
    match kind.trim() {
        "bank" => Section::Movements(Some(AccountKind::Checking)),
        "ccard" => Section::Movements(Some(AccountKind::CreditCard)),
        "oth l" => Section::Movements(Some(AccountKind::Loan)),
        "cash" | "oth a" => Section::Movements(None),
        "invst" | "port" => Section::Securities,
        _ => Section::Other,
    }
}

/// What people wrote.
#[derive(Default)]
struct Words {
    payee: Option<String>,
    memo: Option<String>,
    reference: Option<String>,
}

/// Lines up to a `^`.
#[derive(Default)]
struct Record {
    place: Option<Place>,
    day: Option<String>,
    amount: Option<Amount>,
    split_sum: Decimal,
    splits: usize,
    category: Option<String>,
    /// Of an account: its kind and its description.
    kind: String,
    description: Option<String>,
    /// Of securities: which.
    security: Option<String>,
    words: Words,
}

impl Record {
    fn begun(&self) -> bool {
        self.place.is_some()
    }

    fn add(
        &mut self,
        tag: char,
        value: &str,
        place: Place,
        section: Section,
        out: &mut Telling,
    ) -> Result<(), Ended> {
        self.place.get_or_insert(place);
        if value.is_empty() {
            return Ok(());
        }
        let first = |field: &mut Option<String>| {
            field.get_or_insert_with(|| value.to_owned());
        };
        if section == Section::Accounts {
            match tag {
                'N' => first(&mut self.words.reference),
                'T' => value.clone_into(&mut self.kind),
                'D' => first(&mut self.description),
                _ => {}
            }
            return Ok(());
        }
        match tag {
            'D' => first(&mut self.day),
            'T' | 'U' if self.amount.is_none() => match numbers::amount(value, Point::Guess) {
                Ok(amount) => self.amount = amount,
                Err(_) => out.fault(place, "the amount is not a number")?,
            },
            '$' if section != Section::Securities => {
                let part = numbers::amount(value, Point::Guess).ok().flatten();
                if let (true, Some(part)) = (self.splits < MOST_SPLITS, part) {
                    self.splits += 1;
                    self.split_sum = self.split_sum.checked_add(part.0).unwrap_or(self.split_sum);
                }
            }
            'P' => first(&mut self.words.payee),
            'M' => first(&mut self.words.memo),
            'N' => first(&mut self.words.reference),
            'L' => first(&mut self.category),
            'Y' if section == Section::Securities => first(&mut self.security),
            _ => {}
        }
        Ok(())
    }

    /// The amount as it moves the account's money; `None` where it moves none.
    fn signed(&self, amount: Amount, section: Section) -> Option<Amount> {
        if section != Section::Securities {
            return Some(amount);
        }
        let action = self.words.reference.as_deref().unwrap_or_default().to_ascii_lowercase();
        let size = amount.0.abs();
        match action.trim_end_matches('x') {
            "buy" | "shtsell" | "miscexp" | "margint" | "withdrw" | "xout" | "cvrshrt" => {
                Some(Amount(-size))
            }
            "sell" | "div" | "intinc" | "cgshort" | "cglong" | "cgmid" | "miscinc" | "rtrncap"
            | "contrib" | "xin" => Some(Amount(size)),
            "" | "cash" => Some(amount),
            // Shares that come and go, and what is reinvested, move no money.
            _ => None,
        }
    }

    fn movement(self, amount: Amount) -> Movement {
        let Words { payee, memo, reference } = self.words;
        // A number is a reference; a word (`ATM`, `DEP`, `Buy`) says what kind of movement it is.
        let (reference, kind) = match reference {
            Some(text) if text.bytes().any(|byte| byte.is_ascii_digit()) => (Some(text), None),
            other => (None, other),
        };
        let mut description = payee.or(self.security).unwrap_or_default();
        match memo {
            Some(memo) if memo.starts_with(&description) => description = memo,
            Some(memo) if !description.starts_with(&memo) => {
                description.push(' ');
                description.push_str(&memo);
            }
            _ => {}
        }
        Movement { amount, description, kind, reference, ..Movement::default() }
    }
}

/// Something that is said as soon as it is known how days are written.
struct Held {
    place: Place,
    day: Option<[i16; 3]>,
    said: Said,
}

/// How the days of a file are written, and what waits for that.
#[derive(Default)]
struct Days {
    order: Option<DayOrder>,
    held: Vec<Held>,
    bytes: usize,
}

impl Days {
    fn hold(&mut self, held: Held, out: &mut Telling) -> Result<(), Ended> {
        if let Some(order) = self.order {
            return say(held, order, out);
        }
        // A day that can be read in one way shows how the others are to be read.
        if let Some(numbers) = held.day {
            let mut orders = days::orders(numbers);
            if let (Some(only), None) = (orders.next(), orders.next()) {
                self.order = Some(only);
            }
        }
        if let Said::Movement(movement) = &held.said {
            self.bytes += movement.description.len();
        }
        self.held.push(held);
        match self.order {
            Some(order) => self.say_all(order, out),
            None if self.held.len() >= MOST_HELD || self.bytes >= MOST_HELD_BYTES => {
                self.settle(out)
            }
            None => Ok(()),
        }
    }

    fn say_all(&mut self, order: DayOrder, out: &mut Telling) -> Result<(), Ended> {
        self.bytes = 0;
        self.held.drain(..).try_for_each(|held| say(held, order, out))
    }

    /// Decides by what is there: files are in the order of their days, one way or the other.
    fn settle(&mut self, out: &mut Telling) -> Result<(), Ended> {
        if let Some(order) = self.order {
            return self.say_all(order, out);
        }
        let turns = |order| {
            let days: Vec<Date> =
                self.held.iter().filter_map(|held| days::ordered(held.day?, order)).collect();
            let ups = days.windows(2).filter(|pair| pair[0] < pair[1]).count();
            let downs = days.windows(2).filter(|pair| pair[0] > pair[1]).count();
            (ups.min(downs), days.len())
        };
        let (day_first, month_first) = (turns(DayOrder::DayFirst), turns(DayOrder::MonthFirst));
        let order = if month_first.0 < day_first.0 {
            DayOrder::MonthFirst
        } else {
            // As most of the world writes them, and the countries that this is for.
            DayOrder::DayFirst
        };
        if let (Some(held), true) = (self.held.first(), day_first.1 > 0) {
            let how = match order {
                DayOrder::MonthFirst => "month first",
                _ => "day first",
            };
            let problem = format!("no day shows in which order days are written; read as {how}");
            out.fault(held.place, problem)?;
        }
        self.order = Some(order);
        self.say_all(order, out)
    }
}

/// Says something whose day is written in `order`.
fn say(held: Held, order: DayOrder, out: &mut Telling) -> Result<(), Ended> {
    let Held { place, day, mut said } = held;
    let mut date = day.and_then(|numbers| days::ordered(numbers, order));
    if let (Some(numbers), None) = (day, date) {
        // One that cannot be in the order of the others.
        date = days::orders(numbers).find_map(|other| days::ordered(numbers, other));
        let problem = match date {
            Some(_) => "the day is written in another order than the others",
            None => "there is no such day",
        };
        out.fault(place, problem)?;
    }
    match &mut said {
        Said::Movement(movement) => movement.value_date = date,
        Said::Balance(balance) => balance.date = date,
        _ => {}
    }
    out.say(said)
}
