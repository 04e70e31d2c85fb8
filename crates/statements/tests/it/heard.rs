//! What a file said, as lines that a test can show.

use statements::{
    Account, AccountKind, Balance, BalanceKind, Movement, Options, Said, Summary, Unreadable, read,
};
use std::{fs, path::PathBuf};

/// What came of one reading.
pub(crate) struct Heard {
    pub(crate) all: Vec<Said>,
    pub(crate) end: Result<Summary, Unreadable>,
}

/// A file of `tests/texts`.
pub(crate) fn text(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/texts").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file of a folder of `tests/texts`.
pub(crate) fn texts(folder: &str) -> Vec<(String, Vec<u8>)> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/texts").join(folder);
    let mut texts: Vec<_> = fs::read_dir(path)
        .expect("a folder of texts")
        .map(|file| file.expect("a file").path())
        .map(|path| (path.display().to_string(), fs::read(&path).expect("a file")))
        .collect();
    texts.sort();
    texts
}

/// Reads it, whatever it is.
pub(crate) fn hear(bytes: &[u8]) -> Heard {
    hear_with(bytes, &Options::default())
}

pub(crate) fn hear_with(bytes: &[u8], options: &Options) -> Heard {
    let mut all = Vec::new();
    let end = read(bytes, options, &mut |said| {
        all.push(said);
        Ok(())
    });
    Heard { all, end }
}

impl Heard {
    /// One line for each thing said.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.all.iter().map(line).collect()
    }
    pub(crate) fn faults(&self) -> Vec<String> {
        self.lines().into_iter().filter(|line| line.starts_with("fault")).collect()
    }
    /// All but the faults.
    pub(crate) fn facts(&self) -> Vec<String> {
        self.lines().into_iter().filter(|line| !line.starts_with("fault")).collect()
    }
    pub(crate) fn movements(&self) -> Vec<&Movement> {
        let movements = self.all.iter().filter_map(|said| match said {
            Said::Movement(movement) => Some(&**movement),
            _ => None,
        });
        movements.collect()
    }
    pub(crate) fn summary(&self) -> &Summary {
        self.end.as_ref().expect("it can be read")
    }
}

fn some<T: ToString>(name: &str, value: Option<&T>) -> String {
    value.map_or(String::new(), |value| format!(" {name}={}", value.to_string()))
}

/// One thing said, in one line.
pub(crate) fn line(said: &Said) -> String {
    match said {
        Said::Account(Account { bank, branch, number, kind, currency, holder, name }) => {
            let kind = kind.map(|kind| match kind {
                AccountKind::Checking => "checking",
                AccountKind::Savings => "savings",
                AccountKind::CreditCard => "card",
                AccountKind::Loan => "loan",
                AccountKind::Investment => "investment",
            });
            format!(
                "account {number}{}{}{}{}{}{}",
                some("bank", bank.as_ref()),
                some("branch", branch.as_ref()),
                some("kind", kind.as_ref()),
                some("currency", currency.as_ref()),
                some("holder", holder.as_ref()),
                some("name", name.as_ref()),
            )
        }
        Said::Period { from, to } => format!("period {from} {to}"),
        Said::Balance(Balance { kind, date, amount, currency }) => {
            let kind = match kind {
                BalanceKind::Opening => "opening",
                BalanceKind::Closing => "closing",
                BalanceKind::Available => "available",
            };
            format!(
                "balance {kind} {amount}{}{}",
                some("date", date.as_ref()),
                some("currency", currency.as_ref())
            )
        }
        Said::Movement(movement) => {
            let Movement {
                id,
                value_date,
                booking_date,
                at,
                amount,
                currency,
                description,
                kind,
                reference,
                counterparty,
                counterparty_account,
                running_balance,
                pending,
                reversal,
            } = &**movement;
            let day = value_date.map_or("?".to_owned(), |day| day.to_string());
            format!(
                "movement {day} {amount} “{description}”{}{}{}{}{}{}{}{}{}{}{}",
                some("id", id.as_ref()),
                some("kind", kind.as_ref()),
                some("booked", booking_date.as_ref()),
                some("at", at.as_ref()),
                some("currency", currency.as_ref()),
                some("reference", reference.as_ref()),
                some("with", counterparty.as_ref()),
                some("with_account", counterparty_account.as_ref()),
                some("then", running_balance.as_ref()),
                if *pending { " pending" } else { "" },
                if *reversal { " reversal" } else { "" },
            )
        }
        Said::Fault(fault) => format!("fault {}: {}", fault.place, fault.problem),
    }
}
