//! What a statement says, whatever its format.

use domain::money::Amount;
use jiff::{Timestamp, civil::Date};
use std::fmt;

/// One thing that a file says, in the order of the file. What belongs to an account follows its
/// [`Said::Account`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// From here on, of this account. The same account may come again.
    Account(Account),
    /// The days that the statement says it covers, both included.
    Period {
        /// The first.
        from: Date,
        /// The last.
        to: Date,
    },
    /// A stated balance.
    Balance(Balance),
    /// A movement of money.
    Movement(Box<Movement>),
    /// Something that could not be read, or only by guessing.
    Fault(Fault),
}

/// An account as its statement names it; nothing is normalised.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    /// The bank's code or BIC: `0341`, `BANCBRSP`.
    pub bank: Option<String>,
    /// The branch, where the bank keeps it apart from the number.
    pub branch: Option<String>,
    /// The number or IBAN, as printed; empty where the file names none.
    pub number: String,
    /// What it is.
    pub kind: Option<AccountKind>,
    /// ISO 4217, upper case.
    pub currency: Option<String>,
    /// Whose it is.
    pub holder: Option<String>,
    /// The bank's or the account's name, for people.
    pub name: Option<String>,
}

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// For payments.
    Checking,
    /// For savings.
    Savings,
    /// A card.
    CreditCard,
    /// A line of credit or a loan.
    Loan,
    /// Securities.
    Investment,
}

/// A balance that the bank states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Of which moment.
    pub kind: BalanceKind,
    /// At the end of that day, or before its first movement for an opening one.
    pub date: Option<Date>,
    /// Negative where the account is overdrawn or money is owed on a card.
    pub amount: Amount,
    /// ISO 4217, where it is said beside the balance.
    pub currency: Option<String>,
}

/// Of which moment a balance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BalanceKind {
    /// Before the first movement of the statement.
    Opening,
    /// After the last movement of the statement.
    Closing,
    /// What can be spent.
    Available,
}

/// A movement of money.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Movement {
    /// The bank's own id; not checked for repetitions.
    pub id: Option<String>,
    /// The day it counts from (value date). `None` where no day could be read; a fault says so.
    pub value_date: Option<Date>,
    /// The day it was booked, where that is said apart.
    pub booking_date: Option<Date>,
    /// The instant, where the file says a time of day and its zone.
    pub at: Option<Timestamp>,
    /// Negative where money left the account.
    pub amount: Amount,
    /// ISO 4217, where it is said beside the amount.
    pub currency: Option<String>,
    /// The bank's words, in the file's order, parts joined by one blank.
    pub description: String,
    /// What kind of movement the bank says it is, in the bank's code: `PIX`, `NTRF`, `DEBIT`.
    pub kind: Option<String>,
    /// A reference or cheque number.
    pub reference: Option<String>,
    /// Who was at the other end.
    pub counterparty: Option<String>,
    /// Their account or IBAN.
    pub counterparty_account: Option<String>,
    /// The balance after it.
    pub running_balance: Option<Amount>,
    /// Announced and not yet booked.
    pub pending: bool,
    /// The bank takes an earlier one back.
    pub reversal: bool,
}

/// Where in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// From 1.
    pub line: u64,
    /// In characters, from 1; 0 where the whole line is meant.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if self.column > 0 {
            write!(f, ", column {}", self.column)?;
        }
        Ok(())
    }
}

/// Something wrong in a file that can otherwise be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong, and what was made of it, for the person who uploaded the file. Names the
    /// field and never repeats its value, which may be personal.
    pub problem: String,
}

/// Nothing can be made of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct Unreadable {
    /// Where reading ended.
    pub place: Place,
    /// Why, for the person who uploaded it.
    pub problem: String,
}

/// The listener has heard enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop;

/// Hears what a file says.
pub trait Listener {
    /// One thing more; `Err` ends the reading at once.
    fn hear(&mut self, said: Said) -> Result<(), Stop>;
}

impl<F: FnMut(Said) -> Result<(), Stop>> Listener for F {
    fn hear(&mut self, said: Said) -> Result<(), Stop> {
        self(said)
    }
}
