//! `vinculo statements`: what a statement file says, without a server, a link or a database.

use crate::out::{self, Out, tell};
use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use serde_json::{Value, json};
use statements::{
    Account, AccountKind, Balance, BalanceKind, DayOrder, Format, HEAD, Mapping, Movement, Options,
    Said, Stop, read,
};
use std::{
    fs::File,
    io::{BufReader, Read as _},
    path::{Path, PathBuf},
};

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Print what a file says: accounts, balances, movements, and what is wrong with it
    Read {
        file: PathBuf,
        /// The format [default: recognised]
        // `format` is the id of a flag of logging.
        #[arg(id = "of", long = "format", value_name = "NAME", value_parser = format)]
        format: Option<Format>,
        /// How a CSV file is to be read, as JSON [default: guessed]
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,
        /// In which order days are written where the file does not show it
        #[arg(long, value_name = "ORDER", value_parser = order)]
        days: Option<DayOrder>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Propose a mapping for a CSV file, and say what only a person can decide
    Mapping { file: PathBuf },
}

fn order(name: &str) -> Result<DayOrder, String> {
    match name {
        "day-first" => Ok(DayOrder::DayFirst),
        "month-first" => Ok(DayOrder::MonthFirst),
        "year-first" => Ok(DayOrder::YearFirst),
        _ => Err("days are written day-first, month-first or year-first".into()),
    }
}

fn format(name: &str) -> Result<Format, String> {
    let names = || Format::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
    let known = Format::ALL.iter().copied().find(|format| format.name() == name);
    known.ok_or_else(|| format!("the formats are {}", names()))
}

pub(crate) fn run(flags: &Flags) -> Result<()> {
    match &flags.what {
        What::Read { file, format, mapping, days, json } => {
            let mapping = mapping.as_deref().map(saved).transpose()?;
            let format = format.or_else(|| mapping.as_ref().map(|_| Format::Csv));
            let options = Options { format, day_order: *days, mapping };
            show(file, &options, if *json { in_json } else { for_people })
        }
        What::Mapping { file } => propose(file),
    }
}

fn open(file: &Path) -> Result<File> {
    File::open(file).with_context(|| format!("{} cannot be opened", file.display()))
}

/// The mapping that is saved in `file`.
fn saved(file: &Path) -> Result<Mapping> {
    let name = || file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(name)?;
    let mapping: Mapping = serde_json::from_str(&text).with_context(name)?;
    mapping.check().with_context(name)?;
    Ok(mapping)
}

fn show(file: &Path, options: &Options, line: fn(&Said) -> String) -> Result<()> {
    let mut printed = Ok(());
    let summary = read(BufReader::new(open(file)?), options, &mut |said: Said| {
        printed = Out::line(line(&said));
        if printed.is_err() { Err(Stop) } else { Ok(()) }
    });
    match printed {
        Err(out::Error::Closed(closed)) => return Err(closed.into()),
        printed => printed?,
    }
    let summary = match summary {
        Ok(summary) => summary,
        Err(unreadable) => bail!("{}, {unreadable}", file.display()),
    };
    // For people, and not in the way of a program that reads the lines above.
    tell(format_args!(
        "{}: {} accounts, {} balances, {} movements, {} faults",
        summary.format, summary.accounts, summary.balances, summary.movements, summary.faults
    ));
    if summary.cut_off {
        tell("The file breaks off: it may have said more.");
    }
    Ok(())
}

fn propose(file: &Path) -> Result<()> {
    let mut head = Vec::new();
    open(file)?
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .with_context(|| file.display().to_string())?;
    let Some(guess) = Mapping::guess(&head) else {
        bail!("{}: no column of it is known to be a day, or none an amount", file.display());
    };
    Out::line(serde_json::to_string_pretty(&guess.mapping)?)?;
    tell(format_args!("{} of 100 sure", guess.sure));
    for doubt in guess.doubts {
        tell(format_args!("decide: {doubt}"));
    }
    Ok(())
}

const fn account_kind(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Checking => "checking",
        AccountKind::Savings => "savings",
        AccountKind::CreditCard => "credit_card",
        AccountKind::Loan => "loan",
        AccountKind::Investment => "investment",
    }
}
const fn balance_kind(kind: BalanceKind) -> &'static str {
    match kind {
        BalanceKind::Opening => "opening",
        BalanceKind::Closing => "closing",
        BalanceKind::Available => "available",
    }
}

/// One line for one thing said: what it is, and what is said of it.
fn for_people(said: &Said) -> String {
    let day = |day: Option<jiff::civil::Date>| day.map_or("-".into(), |day| day.to_string());
    let mut line = match said {
        Said::Account(account) => format!("account   {}", account.number),
        Said::Period { from, to } => format!("period    {from} to {to}"),
        Said::Balance(balance) => format!(
            "balance   {:<10} {:>14} {}",
            day(balance.date),
            balance.amount,
            balance_kind(balance.kind)
        ),
        Said::Movement(movement) => format!(
            "movement  {:<10} {:>14} {}",
            day(movement.value_date),
            movement.amount,
            movement.description
        ),
        Said::Fault(fault) => format!("fault     {}: {}", fault.place, fault.problem),
    };
    // Everything that has not been shown yet, by its name.
    let shown = ["said", "number", "from", "to", "date", "value_date", "amount", "description"];
    if let Value::Object(fields) = value(said) {
        for (name, value) in fields.iter().filter(|(name, _)| !shown.contains(&name.as_str())) {
            let same = matches!(said, Said::Balance(_)) && name == "kind";
            let skip = same || matches!(said, Said::Fault(_));
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Bool(true) => String::new(),
                Value::Null | Value::Bool(false) => continue,
                other => other.to_string(),
            };
            if !skip {
                let sign = if text.is_empty() { "" } else { "=" };
                for part in ["  ", name.as_str(), sign, text.as_str()] {
                    line.push_str(part);
                }
            }
        }
    }
    line
}

fn in_json(said: &Said) -> String {
    let mut value = value(said);
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, value| !value.is_null());
    }
    value.to_string()
}

/// What was said, as an object that says in `said` what it is. Amounts are texts: exact in every
/// language.
fn value(said: &Said) -> Value {
    match said {
        Said::Account(Account { bank, branch, number, kind, currency, holder, name }) => json!({
            "said": "account", "number": number, "bank": bank, "branch": branch,
            "kind": kind.map(account_kind), "currency": currency, "holder": holder, "name": name,
        }),
        Said::Period { from, to } => json!({"said": "period", "from": from, "to": to}),
        Said::Balance(Balance { kind, date, amount, currency }) => json!({
            "said": "balance", "kind": balance_kind(*kind), "date": date,
            "amount": amount.to_string(), "currency": currency,
        }),
        Said::Movement(movement) => of_movement(movement),
        Said::Fault(fault) => json!({
            "said": "fault", "line": fault.place.line, "column": fault.place.column,
            "problem": fault.problem,
        }),
    }
}

fn of_movement(movement: &Movement) -> Value {
    json!({
        "said": "movement", "id": movement.id, "value_date": movement.value_date,
        "booking_date": movement.booking_date, "at": movement.at,
        "amount": movement.amount.to_string(), "currency": movement.currency,
        "description": movement.description, "kind": movement.kind,
        "reference": movement.reference, "counterparty": movement.counterparty,
        "counterparty_account": movement.counterparty_account,
        "running_balance": movement.running_balance.map(|amount| amount.to_string()),
        "pending": movement.pending, "reversal": movement.reversal,
    })
}
