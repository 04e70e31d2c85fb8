//! What statements say, as items of ACCOUNTS and TRANSACTIONS: the one place where the words of
//! [`statements`] become those of the resources, whoever brought the statement.
//!
//! [`Gathered`] listens to a reading to its end and then gives what it heard. It keeps the movements
//! in memory, because only the end tells which ids and times of day mean something; how many it
//! keeps is bounded by whoever makes it.

use crate::talk::{Covered, Failure, Given, Remark, Share, Stated};
use domain::{
    money::Amount,
    record::Direction,
    resources::{
        accounts::{Account, Balance, BalanceType, Category},
        transactions::{Booked, Counterparty, CreditCardData, Status, Transaction},
    },
    time::{Moment, Window},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::value::to_raw_value;
use statements::{AccountKind, BalanceKind, Fault, Listener, Movement, Said, Stop, Summary};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most faults that are handed on one by one.
pub(crate) const MOST_FAULTS: usize = 100;
/// Kinds of movement that only repeat its sign, or say nothing.
const SAYS_NOTHING: [&str; 5] = ["CREDIT", "DEBIT", "OTHER", "CR", "DR"];

/// What was heard of all accounts of one or several statements.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// In the order in which they came.
    accounts: Vec<Statement>,
    by_key: HashMap<String, usize>,
    /// The account that is being spoken of.
    current: Option<usize>,
    /// ISO 4217, for what names none.
    currency: String,
    /// Movements that may still come.
    room: usize,
    overfull: bool,
    faults: Vec<Fault>,
    fault_count: u64,
    /// Something cut the reading short.
    cut_off: bool,
}

/// What was heard of one account.
#[derive(Debug)]
struct Statement {
    key: String,
    account: statements::Account,
    /// Each time it was spoken of.
    sheets: Vec<Sheet>,
    available: Option<statements::Balance>,
    movements: Vec<Movement>,
    /// Movements without a day, which cannot be kept.
    undated: u64,
}

/// A stretch of a statement between two headings.
#[derive(Debug, Clone, Default)]
struct Sheet {
    period: Option<Window>,
    opening: Option<Amount>,
    closing: Option<statements::Balance>,
}

impl Sheet {
    fn is_blank(&self) -> bool {
        self.period.is_none() && self.opening.is_none() && self.closing.is_none()
    }
}

impl Gathered {
    /// Nothing yet. At most `most` movements are kept; amounts without a currency are in `currency`.
    pub(crate) fn new(currency: &str, most: usize) -> Self {
        Self {
            accounts: Vec::new(),
            by_key: HashMap::new(),
            current: None,
            currency: currency.into(),
            room: most,
            overfull: false,
            faults: Vec::new(),
            fault_count: 0,
            cut_off: false,
        }
    }

    /// The reading has ended, and came to this.
    pub(crate) fn end(&mut self, summary: &Summary) {
        self.cut_off |= summary.cut_off || summary.stopped;
        self.fault_count = self.fault_count.max(summary.faults);
    }

    /// Whether nothing was heard but faults.
    pub(crate) fn is_silent(&self) -> bool {
        self.accounts.is_empty()
    }

    /// The first thing that was wrong.
    pub(crate) fn first_fault(&self) -> Option<Remark> {
        self.faults.first().map(remark)
    }

    /// Whether there were more movements than were to be kept, and listening ended.
    pub(crate) fn is_overfull(&self) -> bool {
        self.overfull
    }

    /// The accounts as items, each under its key.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = Result<Given, Failure>> {
        self.accounts.iter().map(|statement| given(&statement.key, &statement.item(&self.currency)))
    }

    /// The movements as items, account by account in the order of the file: of one account or of
    /// all, inside `window` if there is one.
    pub(crate) fn movements<'a>(
        &'a self,
        account: Option<&'a str>,
        window: Option<Window>,
    ) -> impl Iterator<Item = Result<Given, Failure>> + 'a {
        let wanted = self.accounts.iter().filter(move |s| account.is_none_or(|key| key == s.key));
        wanted.flat_map(move |statement| {
            let marks = statement.marks();
            statement.movements.iter().filter_map(move |movement| {
                let day = day_of(movement)?;
                let asked_for = window.is_none_or(|window| window.contains(day));
                asked_for.then(|| {
                    let item = statement.movement(movement, day, &self.currency, &marks);
                    given(&statement.key, &item)
                })
            })
        })
    }

    /// How much of each account's movements this shows, as the statement says.
    pub(crate) fn covered(&self) -> Covered {
        // A fault does not say whether it cost a movement, so none is risked.
        let whole = !self.cut_off && self.fault_count == 0 && !self.overfull;
        let shares = self.accounts.iter().map(|s| (s.key.clone(), s.share(whole)));
        let stated = self.accounts.iter().map(|s| (s.key.clone(), s.stated()));
        Covered {
            accounts: shares.collect(),
            stated: stated.collect(),
            remarks: self.remarks(),
            ..Covered::nothing()
        }
    }

    /// As of when each account was shown, for the listing of accounts itself. It is never complete:
    /// an account without a statement today is not gone.
    pub(crate) fn as_of(&self) -> Covered {
        let share = |s: &Statement| {
            let window = s.as_of().map(|day| Window { from: day, to: day });
            Some((s.key.clone(), Share { window: Some(window?), complete: false }))
        };
        let accounts: BTreeMap<_, _> = self.accounts.iter().filter_map(share).collect();
        Covered { accounts, ..Covered::nothing() }
    }

    fn remarks(&self) -> Vec<Remark> {
        let more = self.fault_count.saturating_sub(self.faults.len() as u64);
        let last = (more > 0).then(|| Remark {
            line: None,
            column: None,
            problem: format!("{more} more faults are not shown"),
        });
        self.faults.iter().map(remark).chain(last).collect()
    }

    fn account(&mut self, account: statements::Account) {
        let key = key(&account);
        let at = *self.by_key.entry(key.clone()).or_insert(self.accounts.len());
        match self.accounts.get_mut(at) {
            Some(statement) => {
                merge(&mut statement.account, account);
                if statement.sheets.last().is_none_or(|sheet| !sheet.is_blank()) {
                    statement.sheets.push(Sheet::default());
                }
            }
            None => self.accounts.push(Statement {
                key,
                account,
                sheets: vec![Sheet::default()],
                available: None,
                movements: Vec::new(),
                undated: 0,
            }),
        }
        self.current = Some(at);
    }

    /// The account that is spoken of; one without a name where none was named.
    fn statement(&mut self) -> Option<&mut Statement> {
        if self.current.is_none() {
            self.account(statements::Account::default());
        }
        self.accounts.get_mut(self.current?)
    }
}

impl Listener for Gathered {
    fn hear(&mut self, said: Said) -> Result<(), Stop> {
        match said {
            Said::Account(account) => self.account(account),
            Said::Period { from, to } => {
                if let Some(sheet) = self.statement().and_then(|s| s.sheets.last_mut()) {
                    sheet.period = Window::new(from, to);
                }
            }
            Said::Balance(balance) => {
                if let Some(statement) = self.statement() {
                    statement.balance(balance);
                }
            }
            Said::Movement(movement) => {
                if self.room == 0 {
                    self.overfull = true;
                    return Err(Stop);
                }
                self.room -= 1;
                if let Some(statement) = self.statement() {
                    match day_of(&movement) {
                        Some(_) => statement.movements.push(*movement),
                        None => statement.undated += 1,
                    }
                }
            }
            Said::Fault(fault) => {
                self.fault_count += 1;
                if self.faults.len() < MOST_FAULTS {
                    self.faults.push(fault);
                }
            }
        }
        Ok(())
    }
}

/// What the movements of one account say together.
struct Marks<'a> {
    /// Ids that two different movements share, so that they name neither.
    shared: BTreeSet<&'a str>,
    /// Whether their times of day tell them apart. Many banks write the same hour everywhere, or
    /// that of the export, and then two files would show two instants of one movement.
    timed: bool,
}

impl Statement {
    fn balance(&mut self, balance: statements::Balance) {
        let Some(sheet) = self.sheets.last_mut() else { return };
        match balance.kind {
            // Of several, the first opened it and the last closed it.
            BalanceKind::Opening => {
                sheet.opening.get_or_insert(balance.amount);
            }
            BalanceKind::Closing => sheet.closing = Some(balance),
            BalanceKind::Available => self.available = Some(balance),
        }
    }

    fn category(&self) -> Category {
        category(self.account.kind)
    }

    /// Whether money in it is owed.
    fn is_owed(&self) -> bool {
        matches!(self.account.kind, Some(AccountKind::CreditCard | AccountKind::Loan))
    }

    /// A balance as the resources state it: never negated, so that what is owed is positive.
    fn as_shown(&self, balance: Amount) -> Amount {
        if self.is_owed() && !balance.0.is_zero() { Amount(-balance.0) } else { balance }
    }

    /// The sheets that state anything, the earliest first; in the order of the file where they do
    /// not say.
    fn in_order(&self) -> Vec<&Sheet> {
        let mut sheets: Vec<&Sheet> = self.sheets.iter().filter(|s| !s.is_blank()).collect();
        if sheets.iter().all(|sheet| sheet.period.is_some()) {
            sheets.sort_by_key(|sheet| sheet.period.map(|period| (period.from, period.to)));
        }
        sheets
    }

    /// The latest closing balance.
    fn closing(&self) -> Option<&statements::Balance> {
        let closing = self.in_order().into_iter().filter_map(|sheet| sheet.closing.as_ref());
        closing.max_by_key(|balance| balance.date)
    }

    fn stated(&self) -> Stated {
        let sheets = self.in_order();
        let shown = |amount| self.as_shown(amount);
        Stated {
            opening: sheets.first().and_then(|sheet| sheet.opening).map(shown),
            closing: sheets.last().and_then(|s| s.closing.as_ref()).map(|b| shown(b.amount)),
        }
    }

    /// The day that the newest of it speaks of.
    fn as_of(&self) -> Option<Date> {
        let closing = self.closing().and_then(|balance| balance.date);
        let period = || self.sheets.iter().filter_map(|s| s.period).map(|period| period.to).max();
        closing.or_else(period).or_else(|| self.movements.iter().filter_map(day_of).max())
    }

    /// The days that it shows completely: those of its periods, if they leave nothing out between
    /// them and its own balances agree with its movements.
    fn share(&self, whole: bool) -> Share {
        let sheets = self.in_order();
        let mut windows = sheets.iter().filter_map(|sheet| sheet.period);
        let Some(first) = windows.next() else { return Share { window: None, complete: false } };
        let hull = windows.fold(first, |hull, next| Window {
            from: hull.from.min(next.from),
            to: hull.to.max(next.to),
        });
        let joined = sheets.windows(2).all(|pair| follows(pair[0], pair[1]));
        let stated = sheets.iter().all(|sheet| sheet.period.is_some());
        let complete =
            whole && stated && joined && self.undated == 0 && self.adds_up() != Some(false);
        Share { window: Some(hull), complete }
    }

    /// Whether opening balance and movements come to the closing balance; `None` where that cannot
    /// be told.
    fn adds_up(&self) -> Option<bool> {
        let sheets = self.in_order();
        let opening = sheets.first()?.opening?;
        let closing = sheets.last()?.closing.as_ref()?.amount;
        let own = |movement: &&Movement| {
            let (one, other) = (movement.currency.as_ref(), self.account.currency.as_ref());
            one.is_none() || other.is_none() || one == other
        };
        if !self.movements.iter().all(|movement| own(&movement)) {
            return None;
        }
        let booked = self.movements.iter().filter(|movement| !movement.pending);
        let sum =
            booked.map(|movement| movement.amount.0).try_fold(opening.0, Decimal::checked_add)?;
        Some(sum == closing.0)
    }

    fn marks(&self) -> Marks<'_> {
        let mut first: HashMap<&str, &Movement> = HashMap::new();
        let mut shared = BTreeSet::new();
        let mut times = BTreeSet::new();
        for movement in &self.movements {
            if let Some(id) = movement.id.as_deref() {
                let before = first.entry(id).or_insert(movement);
                if *before != movement {
                    shared.insert(id);
                }
            }
            if let (Some(at), true) = (movement.at, times.len() < 2) {
                times.insert(at.to_zoned(TimeZone::UTC).time());
            }
        }
        Marks { shared, timed: times.len() > 1 }
    }

    /// The account as an item.
    fn item(&self, currency: &str) -> Account {
        let account = &self.account;
        let number = filled(&account.number).map(|number| match account.kind {
            Some(AccountKind::CreditCard) => masked(number),
            _ => number.to_owned(),
        });
        let branch = account.branch.as_deref().and_then(filled);
        let (public_name, public_value) = match (&number, branch) {
            (Some(number), _) if is_iban(number) => (Some("IBAN"), Some(plain(number))),
            (Some(number), _) if is_clabe(number) => (Some("CLABE"), Some(plain(number))),
            (Some(number), Some(branch)) if !self.is_owed() => {
                (Some("AGENCY/ACCOUNT"), Some(format!("{branch}/{number}")))
            }
            _ => (None, None),
        };
        let shown = |balance: &statements::Balance| self.as_shown(balance.amount);
        Account {
            category: Some(self.category()),
            balance_type: Some(if self.is_owed() {
                BalanceType::Liability
            } else {
                BalanceType::Asset
            }),
            name: account.name.as_deref().and_then(filled).map(str::to_owned),
            number,
            agency: branch.map(str::to_owned),
            balance: Balance {
                current: self.closing().map(shown),
                available: self.available.as_ref().map(|balance| balance.amount),
                ..Balance::default()
            },
            currency: Some(account.currency.clone().unwrap_or_else(|| currency.to_owned())),
            public_identification_name: public_name.map(str::to_owned),
            public_identification_value: public_value,
            ..Account::default()
        }
    }

    /// A movement of `day` as an item.
    fn movement(
        &self,
        movement: &Movement,
        day: Date,
        currency: &str,
        marks: &Marks<'_>,
    ) -> Transaction {
        let amount = movement.amount.0;
        let own = self.account.currency.as_deref().unwrap_or(currency);
        let id = movement.id.as_deref().and_then(filled);
        // A row of zeros is what a bank writes that has no ids.
        let id = id.filter(|id| !marks.shared.contains(id) && !id.bytes().all(|b| b == b'0'));
        let card = (self.account.kind == Some(AccountKind::CreditCard)).then(|| CreditCardData {
            card_number: filled(&self.account.number).map(masked),
            ..CreditCardData::default()
        });
        let kind = movement.kind.as_deref().and_then(filled);
        let counterparty = movement.counterparty_account.as_deref().and_then(filled);
        Transaction {
            internal_identification: id.map(str::to_owned),
            value_date: Some(day),
            transacted_at: movement.at.filter(|at| marks.timed && near(*at, day)).map(Moment),
            accounting_date: movement.booking_date.map(Booked::On),
            amount: Some(Amount(amount.abs())),
            balance: movement.running_balance.map(|balance| self.as_shown(balance)),
            currency: Some(movement.currency.clone().unwrap_or_else(|| own.to_owned())),
            description: filled(&movement.description).map(str::to_owned),
            observations: movement.counterparty.as_deref().and_then(filled).map(str::to_owned),
            reference: movement.reference.as_deref().and_then(filled).map(str::to_owned),
            kind: Some(if amount.is_sign_negative() && !amount.is_zero() {
                Direction::Outflow
            } else {
                Direction::Inflow
            }),
            status: Some(if movement.pending { Status::Pending } else { Status::Processed }),
            credit_card_data: card,
            counterparty: counterparty.map(|number| Counterparty {
                number: Some(number.to_owned()),
                ..Counterparty::default()
            }),
            operation_type: kind.filter(|kind| !SAYS_NOTHING.contains(kind)).map(str::to_owned),
            ..Transaction::default()
        }
    }
}

/// A fault as it is handed on.
pub(crate) fn remark(fault: &Fault) -> Remark {
    place(fault.place, &fault.problem)
}

/// What is wrong at a place of a file.
pub(crate) fn place(place: statements::Place, problem: &str) -> Remark {
    let said = |number: u64| (number > 0).then_some(number);
    Remark { line: said(place.line), column: said(place.column), problem: problem.into() }
}

/// The day of a movement: that on which the bank booked it, because by that day a statement is cut
/// off. By its value date it would be missing from the next statement, whose days that lies in.
fn day_of(movement: &Movement) -> Option<Date> {
    movement.booking_date.or(movement.value_date)
}

/// Whether an instant is of that day somewhere on Earth.
fn near(at: Timestamp, day: Date) -> bool {
    let there = at.to_zoned(TimeZone::UTC).date();
    there == day
        || day.tomorrow().is_ok_and(|d| d == there)
        || day.yesterday().is_ok_and(|d| d == there)
}

/// Whether nothing can have happened between two stretches of one account.
fn follows(one: &Sheet, next: &Sheet) -> bool {
    let days = match (one.period, next.period) {
        (Some(one), Some(next)) => one.to.tomorrow().is_ok_and(|day| next.from <= day),
        _ => false,
    };
    let balances = one.closing.as_ref().zip(next.opening);
    days || balances.is_some_and(|(closing, opening)| closing.amount == opening)
}

fn given<T: Serialize>(key: &str, item: &T) -> Result<Given, Failure> {
    let item = to_raw_value(item).map_err(|error| Failure::Unexpected(error.to_string()))?;
    Ok(Given { account: Some(key.to_owned()), page: 0, item, documents: Vec::new() })
}

/// By what the movements of an account are held together: as coarse as the ledger's own keys of
/// accounts, so that what it takes for one account is one here. The bank's code is left out, because
/// formats write it differently (`341`, `0341`, a BIC); a link is of one bank.
pub(crate) fn key(account: &statements::Account) -> String {
    let bare = |text: &str| {
        let plain = plain(text);
        let bare = plain.trim_start_matches('0');
        if bare.is_empty() { plain.clone() } else { bare.to_owned() }
    };
    let number = account.number.trim();
    // What hides digits is compared as it stands: two masks with the same end may be two accounts.
    let hides = number.contains(['*', '•', '·', '#', '…']) || number.to_lowercase().contains("xx");
    let number = if hides { number.to_owned() } else { bare(number) };
    let branch = account.branch.as_deref().map(bare).unwrap_or_default();
    format!("{}|{branch}|{number}", category(account.kind))
}

fn category(kind: Option<AccountKind>) -> Category {
    match kind {
        // What formats without a word for it are used for.
        None | Some(AccountKind::Checking) => Category::Checking,
        Some(AccountKind::Savings) => Category::Savings,
        Some(AccountKind::CreditCard) => Category::CreditCard,
        Some(AccountKind::Loan) => Category::Loan,
        Some(AccountKind::Investment) => Category::Investment,
    }
}

/// What a second heading of the same account adds.
fn merge(known: &mut statements::Account, again: statements::Account) {
    let statements::Account { bank, branch, number: _, kind, currency, holder, name } = again;
    known.bank = known.bank.take().or(bank);
    known.branch = known.branch.take().or(branch);
    known.kind = known.kind.or(kind);
    known.currency = known.currency.take().or(currency);
    known.holder = known.holder.take().or(holder);
    known.name = known.name.take().or(name);
}

fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// Upper-case letters and digits alone.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// A card's number with only its last four digits, as no more may be kept of it.
fn masked(number: &str) -> String {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    if digits < 12 {
        return number.to_owned();
    }
    let mut left = digits;
    let hide = |c: char| {
        if !c.is_ascii_digit() {
            return c;
        }
        left -= 1;
        if left < 4 { c } else { '*' }
    };
    number.chars().map(hide).collect()
}

/// Whether a number is an IBAN, by its check digits (ISO 13616).
fn is_iban(number: &str) -> bool {
    let number = plain(number);
    let bytes = number.as_bytes();
    if !(15..=34).contains(&bytes.len())
        || !bytes.iter().all(u8::is_ascii_alphanumeric)
        || !bytes[..2].iter().all(u8::is_ascii_alphabetic)
        || !bytes[2..4].iter().all(u8::is_ascii_digit)
    {
        return false;
    }
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => u32::from(byte - b'A') + 10,
    };
    let moved = bytes[4..].iter().chain(&bytes[..4]);
    let rest = moved.fold(0, |rest, &byte| {
        let value = value(byte);
        (rest * if value > 9 { 100 } else { 10 } + value) % 97
    });
    rest == 1
}

/// Whether a number is a Mexican CLABE, by its length and its check digit (weights 3, 7, 1).
fn is_clabe(number: &str) -> bool {
    let digits: Option<Vec<u32>> = plain(number).chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 18) else { return false };
    let weighed = digits[..17].iter().zip([3, 7, 1].into_iter().cycle());
    let sum: u32 = weighed.map(|(digit, weight)| digit * weight % 10).sum();
    (10 - sum % 10) % 10 == digits[17]
}

#[cfg(test)]
mod tests;
