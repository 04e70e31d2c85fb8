//! What the columns of a CSV file are, as it is saved for the next file of the same bank.

use super::cells::fold;
use crate::days::DayOrder;
use serde::{Deserialize, Serialize};

/// How a bank's CSV files are to be read. Saved as JSON; `docs/statements.md` shows how one is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What separates columns: `;`, `,`, `|` or a tab.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// How bytes that are not UTF-8 are read, as a label of the WHATWG Encoding Standard; Windows-1252
    /// where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Lines of the file that are passed over before its header or first movement.
    #[serde(default)]
    pub skip: u32,
    /// Whether a row names the columns. It may stand below other rows (up to a hundred): it is the
    /// first that has all the names below.
    #[serde(default = "yes")]
    pub header: bool,
    /// What is in which column.
    pub columns: Columns,
    /// In which order days are written.
    pub days: DayOrder,
    /// What stands before the fraction of an amount.
    #[serde(default)]
    pub decimal: DecimalSign,
    /// What a minus before an amount of `columns.amount` means.
    #[serde(default)]
    pub sign: Sign,
    /// The bank's code or BIC, where the file does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// The account, where no column says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// ISO 4217, where no column says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// What is in which column. A movement needs a `date`, and an `amount` or a `debit` and a `credit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The day of the movement; the day it was booked where there is a `value_date` as well.
    pub date: Column,
    /// The day it counts from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_date: Option<Column>,
    /// The bank's words, joined in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub description: Vec<Column>,
    /// The amount with its sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Column>,
    /// What went out, with or without a sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debit: Option<Column>,
    /// What came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Column>,
    /// Whether `amount` went out or came in, in a word: `D`, `C`, `Cargo`, `Abono`, `Debit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Column>,
    /// The balance after the movement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Column>,
    /// The bank's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Column>,
    /// A reference or cheque number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Column>,
    /// What kind of movement the bank says it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Column>,
    /// Who was at the other end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<Column>,
    /// Their account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_account: Option<Column>,
    /// ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Column>,
    /// Whose movement it is, in files of several accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Column>,
}

/// A column, by its name in the header or by its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// From 1.
    Number(u16),
    /// Capitals, accents and signs make no difference; of two of the same name it is the first.
    Name(String),
}

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

/// What stands before the fraction of an amount; the other sign, and blanks, group thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DecimalSign {
    /// `1.234,56`.
    #[serde(rename = ",")]
    Comma,
    /// `1,234.56`.
    #[default]
    #[serde(rename = ".")]
    Point,
}

/// What a minus means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Money left the account.
    #[default]
    AsWritten,
    /// Money came in: purchases on a card are often written without a sign.
    Turned,
}

/// A mapping that no file can be read with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoMapping(String);

fn comma() -> char {
    ','
}
fn yes() -> bool {
    true
}

/// Where things are in a row, from 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub(super) date: usize,
    pub(super) value_date: Option<usize>,
    pub(super) description: Vec<usize>,
    pub(super) amount: Option<usize>,
    pub(super) debit: Option<usize>,
    pub(super) credit: Option<usize>,
    pub(super) direction: Option<usize>,
    pub(super) balance: Option<usize>,
    pub(super) id: Option<usize>,
    pub(super) reference: Option<usize>,
    pub(super) kind: Option<usize>,
    pub(super) counterparty: Option<usize>,
    pub(super) counterparty_account: Option<usize>,
    pub(super) currency: Option<usize>,
    pub(super) account: Option<usize>,
}

impl Mapping {
    /// Whether a file can be read with it.
    ///
    /// # Errors
    /// [`NoMapping`] says what is missing or cannot be.
    pub fn check(&self) -> Result<(), NoMapping> {
        let refuse = |problem: &str| Err(NoMapping(problem.to_owned()));
        let columns = &self.columns;
        if !self.delimiter.is_ascii() || self.delimiter.is_alphanumeric() || self.delimiter == '"' {
            return refuse("delimiter must be one sign of ASCII, and no letter, digit or quote");
        }
        if columns.amount.is_none() && (columns.debit.is_none() || columns.credit.is_none()) {
            return refuse("columns must name an amount, or a debit and a credit");
        }
        if columns.direction.is_some() && columns.amount.is_none() {
            return refuse("columns.direction says which way an amount went: name columns.amount");
        }
        for (column, _) in self.named() {
            match column {
                Column::Number(0) => return refuse("columns count from 1"),
                Column::Name(_) if !self.header => {
                    return refuse("without a header columns can only be named by their number");
                }
                Column::Name(name) if fold(name).is_empty() => {
                    return refuse("a column's name must have a letter or a digit");
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Every column that is named, and for what.
    fn named(&self) -> Vec<(&Column, &'static str)> {
        let columns = &self.columns;
        let mut all = vec![(&columns.date, "date")];
        all.extend(columns.description.iter().map(|column| (column, "description")));
        for (column, what) in [
            (&columns.value_date, "value_date"),
            (&columns.amount, "amount"),
            (&columns.debit, "debit"),
            (&columns.credit, "credit"),
            (&columns.direction, "direction"),
            (&columns.balance, "balance"),
            (&columns.id, "id"),
            (&columns.reference, "reference"),
            (&columns.kind, "kind"),
            (&columns.counterparty, "counterparty"),
            (&columns.counterparty_account, "counterparty_account"),
            (&columns.currency, "currency"),
            (&columns.account, "account"),
        ] {
            all.extend(column.as_ref().map(|column| (column, what)));
        }
        all
    }

    /// Where things are, if `header` (folded) names all of them; otherwise what it does not name.
    pub(super) fn places(&self, header: &[String]) -> Result<Places, Vec<&'static str>> {
        let mut missing = Vec::new();
        let mut places = Places::default();
        for (column, what) in self.named() {
            let found = match column {
                Column::Number(number) => Some(usize::from(*number).saturating_sub(1)),
                Column::Name(name) => {
                    let name = fold(name);
                    header.iter().position(|cell| *cell == name)
                }
            };
            let Some(at) = found else {
                missing.push(what);
                continue;
            };
            match what {
                "date" => places.date = at,
                "value_date" => places.value_date = Some(at),
                "description" => places.description.push(at),
                "amount" => places.amount = Some(at),
                "debit" => places.debit = Some(at),
                "credit" => places.credit = Some(at),
                "direction" => places.direction = Some(at),
                "balance" => places.balance = Some(at),
                "id" => places.id = Some(at),
                "reference" => places.reference = Some(at),
                "kind" => places.kind = Some(at),
                "counterparty" => places.counterparty = Some(at),
                "counterparty_account" => places.counterparty_account = Some(at),
                "currency" => places.currency = Some(at),
                _ => places.account = Some(at),
            }
        }
        if missing.is_empty() { Ok(places) } else { Err(missing) }
    }

    /// Whether any column is named by its name.
    pub(super) fn needs_header(&self) -> bool {
        self.named().iter().any(|(column, _)| matches!(column, Column::Name(_)))
    }
}
