//! CAMT.053 and CAMT.052: ISO 20022's statement and report of an account, versions 1 to 13.
//!
//! Read by element as it goes by: what is kept is one statement's head and one entry. The versions
//! differ in where a few things stand (`Sts` or `Sts/Cd`, `Nm` or `Pty/Nm`, `BIC` or `BICFI`); all
//! places are looked at, whatever version the file says it is. Source: ISO 20022, *Bank-to-Customer
//! Cash Management*, messages `camt.052.001.01` to `.13` and `camt.053.001.01` to `.13`.
//!
//! Lenient: namespaces and unknown elements are passed over; an element that is not closed ends with
//! the one around it; nothing is expanded and nothing is fetched (see [`crate::markup`]).

mod balances;
mod entry;

use crate::{
    charset::Charset,
    days,
    markup::{self, Markup, Token},
    numbers::{self, Point},
    said::{Account, AccountKind, Place, Said},
    source::{LONGEST, Source},
    telling::{Ended, Telling},
    words::{closed_up, tidy},
};
use balances::{Balances, StatedBalance};
use domain::money::Amount;
use entry::{Details, Entry, Party};
use jiff::civil::Date;

/// How deep elements may stand in one another; the standard's own are less than twenty deep.
const DEEPEST: usize = 64;

/// The elements that say something, and those around them.
const ELEMENTS: &[&str] = &[
    "Document",
    "BkToCstmrStmt",
    "BkToCstmrAcctRpt",
    "GrpHdr",
    "Stmt",
    "Rpt",
    "Acct",
    "Id",
    "IBAN",
    "BBAN",
    "Othr",
    "PrtryAcct",
    "Tp",
    "Cd",
    "Prtry",
    "Ccy",
    "Nm",
    "Ownr",
    "Pty",
    "Svcr",
    "FinInstnId",
    "CmbndId",
    "BIC",
    "BICFI",
    "ClrSysMmbId",
    "MmbId",
    "FrToDt",
    "FrDtTm",
    "FrDt",
    "ToDtTm",
    "ToDt",
    "Bal",
    "CdOrPrtry",
    "Amt",
    "CdtDbtInd",
    "Dt",
    "DtTm",
    "Ntry",
    "NtryRef",
    "RvslInd",
    "Sts",
    "BookgDt",
    "ValDt",
    "AcctSvcrRef",
    "BkTxCd",
    "Domn",
    "Fmly",
    "SubFmlyCd",
    "NtryDtls",
    "Btch",
    "MsgId",
    "PmtInfId",
    "TxDtls",
    "Refs",
    "InstrId",
    "EndToEndId",
    "TxId",
    "ChqNb",
    "RltdPties",
    "Dbtr",
    "DbtrAcct",
    "UltmtDbtr",
    "Cdtr",
    "CdtrAcct",
    "UltmtCdtr",
    "RmtInf",
    "Ustrd",
    "Strd",
    "CdtrRefInf",
    "Ref",
    "AddtlRmtInf",
    "AddtlTxInf",
    "AddtlNtryInf",
];

/// An element of no name that is known.
const OTHER: &str = "";

/// Whether a file that begins like this is a CAMT.053 or CAMT.052.
pub(crate) fn fits(head: &str) -> bool {
    head.contains('<')
        && ["camt.053", "camt.052", "BkToCstmrStmt", "BkToCstmrAcctRpt"]
            .iter()
            .any(|mark| head.contains(mark))
}

/// Reads a file to its end.
pub(crate) fn read(source: Source<'_>, out: &mut Telling<'_>) -> Result<(), Ended> {
    let mut markup = Markup::new(source);
    let mut reading = Reading::new(out);
    loop {
        let place = markup.source().place();
        let mut charset = None;
        match markup.next()? {
            None => return reading.end(place),
            Some(Token::Open(tag)) => {
                let currency = if tag.name == "Amt" { tag.attribute("Ccy") } else { None };
                let (name, empty) = (element(tag.name), tag.empty);
                reading.open(name, currency.as_deref(), place)?;
                if empty {
                    reading.close(name, place)?;
                }
            }
            Some(Token::Close(name)) => reading.close(element(name), place)?,
            Some(Token::Text(text)) => reading.text(&text),
            Some(Token::Instruction(text)) => {
                charset = markup::attribute(&text, "encoding").map(|label| Charset::stated(&label));
            }
            Some(Token::Broken(problem)) => reading.out.fault(place, problem)?,
        }
        if let Some(charset) = charset {
            markup.source().state_charset(charset);
        }
    }
}

fn element(name: &str) -> &'static str {
    ELEMENTS.iter().copied().find(|known| *known == name).unwrap_or(OTHER)
}

/// A statement, as far as it has been read.
#[derive(Default)]
struct Statement {
    account: Account,
    said: bool,
    from: Option<Date>,
    to: Option<Date>,
    balances: Balances,
}

struct Reading<'a, 'b> {
    out: &'a mut Telling<'b>,
    /// The elements that are open, outermost first.
    open: Vec<&'static str>,
    /// How many more are open, deeper than is looked at.
    beyond: u64,
    /// Where the statement is in `open`.
    within: Option<usize>,
    text: String,
    currency: Option<String>,
    statement: Statement,
    balance: StatedBalance,
    entry: Entry,
    details: Details,
    /// Whether there has been a statement.
    found: bool,
    /// Where the message ended, for files without a statement.
    message_end: Option<Place>,
}

impl<'a, 'b> Reading<'a, 'b> {
    fn new(out: &'a mut Telling<'b>) -> Self {
        Self {
            out,
            open: Vec::new(),
            beyond: 0,
            within: None,
            text: String::new(),
            currency: None,
            statement: Statement::default(),
            balance: StatedBalance::default(),
            entry: Entry::default(),
            details: Details::default(),
            found: false,
            message_end: None,
        }
    }

    fn text(&mut self, text: &str) {
        if self.within.is_some() && self.text.len() + text.len() <= LONGEST {
            self.text.push_str(text);
        }
    }

    fn open(
        &mut self,
        name: &'static str,
        currency: Option<&str>,
        place: Place,
    ) -> Result<(), Ended> {
        self.text.clear();
        if self.beyond > 0 || self.open.len() >= DEEPEST {
            if self.beyond == 0 {
                self.out
                    .fault(place, "elements stand too deep in one another; they are left out")?;
            }
            self.beyond += 1;
            return Ok(());
        }
        // What a bank forgot to close ends here: these never stand in themselves.
        if matches!(name, "Stmt" | "Rpt" | "Ntry" | "Bal" | "TxDtls") && self.open.contains(&name) {
            self.out.fault(place, format!("<{name}> is not closed before the next one"))?;
            self.close(name, place)?;
        }
        match name {
            "Stmt" | "Rpt" if self.within.is_none() => {
                self.within = Some(self.open.len());
                self.statement = Statement::default();
                self.found = true;
            }
            "Bal" => self.balance = StatedBalance::new(place),
            "Ntry" => {
                self.say_head()?;
                self.entry = Entry::new(place);
            }
            "TxDtls" => self.details = Details::default(),
            "Amt" => self.currency = currency.and_then(closed_up),
            _ => {}
        }
        self.open.push(name);
        Ok(())
    }

    fn close(&mut self, name: &'static str, place: Place) -> Result<(), Ended> {
        if self.beyond > 0 {
            self.beyond -= 1;
            return Ok(());
        }
        let Some(at) = self.open.iter().rposition(|open| *open == name) else {
            return self
                .out
                .fault(place, "a closing tag that nothing has opened; it was passed over");
        };
        if at + 1 < self.open.len() {
            let inner = *self.open.last().unwrap_or(&OTHER);
            let inner = if inner.is_empty() { "an element" } else { inner };
            self.out
                .fault(place, format!("{inner} is not closed; it ends with what is around it"))?;
        }
        while self.open.len() > at {
            self.ended(place)?;
            let closed = self.open.pop();
            self.text.clear();
            if self.within.is_some_and(|within| self.open.len() <= within) {
                self.within = None;
            }
            if matches!(closed, Some("BkToCstmrStmt" | "BkToCstmrAcctRpt")) {
                self.message_end = Some(place);
            }
        }
        Ok(())
    }

    /// The innermost element has ended; what it held is in `text`.
    fn ended(&mut self, place: Place) -> Result<(), Ended> {
        let Some(within) = self.within else { return Ok(()) };
        // Taken for as long as it is looked at, so that the rest of `self` can be changed.
        let open = std::mem::take(&mut self.open);
        let text = std::mem::take(&mut self.text);
        let result = match &open[within + 1..] {
            [] => self.end_statement(place),
            ["Bal"] => self.end_balance(place),
            ["Ntry"] => self.end_entry(),
            ["Ntry", "NtryDtls", "TxDtls"] | ["Ntry", "TxDtls"] => {
                let details = std::mem::take(&mut self.details);
                self.entry.add(details, &self.statement.account);
                Ok(())
            }
            ["Acct", path @ ..] => {
                account(&mut self.statement.account, path, &text);
                Ok(())
            }
            ["FrToDt", end] => self.period(end, &text, place),
            ["Bal", path @ ..] => self.balance_part(path, &text, place),
            ["Ntry", "NtryDtls", "TxDtls", path @ ..] | ["Ntry", "TxDtls", path @ ..] => {
                details(&mut self.details, path, &text);
                Ok(())
            }
            ["Ntry", path @ ..] => self.entry_part(path, &text, place),
            _ => Ok(()),
        };
        (self.open, self.text) = (open, text);
        result
    }

    fn end_statement(&mut self, place: Place) -> Result<(), Ended> {
        if self.statement.account.number.is_empty() && !self.statement.said {
            self.out.fault(place, "the statement names no account (Acct/Id)")?;
        }
        self.say_head()
    }

    /// Says what precedes the entries, as far as it has not been said.
    fn say_head(&mut self) -> Result<(), Ended> {
        if self.within.is_none() {
            return Ok(());
        }
        let statement = &mut self.statement;
        if !std::mem::replace(&mut statement.said, true) {
            self.out.say(Said::Account(statement.account.clone()))?;
            if let Some((from, to)) = statement.from.zip(statement.to).filter(|(a, b)| a <= b) {
                self.out.say(Said::Period { from, to })?;
            }
        }
        for balance in statement.balances.take() {
            self.out.say(Said::Balance(balance))?;
        }
        Ok(())
    }

    fn period(&mut self, end: &str, text: &str, place: Place) -> Result<(), Ended> {
        let Some(day) = self.day(text, place, "FrToDt")? else { return Ok(()) };
        match end {
            "FrDtTm" | "FrDt" => self.statement.from = Some(day),
            // Midnight sharp is the end of the day before; in doubt the period is the shorter one.
            "ToDtTm" if text.contains("T00:00:00") && self.statement.from < Some(day) => {
                self.statement.to = day.yesterday().ok();
            }
            "ToDtTm" | "ToDt" => self.statement.to = Some(day),
            _ => {}
        }
        Ok(())
    }

    fn balance_part(&mut self, path: &[&str], text: &str, place: Place) -> Result<(), Ended> {
        match path {
            ["Tp", "CdOrPrtry", "Cd"] | ["Tp", "Cd"] => {
                text.trim().clone_into(&mut self.balance.code);
            }
            ["Amt"] => {
                self.balance.amount = self.amount(text, place)?;
                self.balance.currency = self.currency.take();
            }
            ["CdtDbtInd"] => self.balance.credit = self.credit(text, place)?,
            ["Dt", "Dt" | "DtTm"] | ["Dt"] if !text.trim().is_empty() => {
                self.balance.date = self.day(text, place, "Bal/Dt")?;
            }
            _ => {}
        }
        Ok(())
    }

    fn end_balance(&mut self, place: Place) -> Result<(), Ended> {
        let balance = std::mem::take(&mut self.balance);
        if balance.amount.is_none() || balance.credit.is_none() {
            let problem = "a balance without Amt or CdtDbtInd was left out";
            return self.out.fault(balance.place, problem);
        }
        if !self.statement.balances.add(balance) {
            self.out.fault(place, "there are too many balances; this one was left out")?;
        }
        Ok(())
    }

    fn entry_part(&mut self, path: &[&str], text: &str, place: Place) -> Result<(), Ended> {
        match path {
            ["Amt"] => {
                self.entry.amount = self.amount(text, place)?;
                self.entry.currency = self.currency.take();
            }
            ["CdtDbtInd"] => self.entry.credit = self.credit(text, place)?,
            ["RvslInd"] => self.entry.reversal = matches!(text.trim(), "true" | "1"),
            ["Sts", "Cd" | "Prtry"] | ["Sts"] if !text.trim().is_empty() => {
                self.entry.status = text.trim().to_ascii_uppercase();
            }
            ["BookgDt", "Dt" | "DtTm"] => {
                if let Ok(Some(stamp)) = days::stamp(text) {
                    self.entry.booking = Some(stamp.day);
                    self.entry.at = stamp.at;
                } else {
                    self.out.fault(place, "BookgDt is no day; the entry has none")?;
                }
            }
            ["ValDt", "Dt" | "DtTm"] => self.entry.value = self.day(text, place, "ValDt")?,
            ["AcctSvcrRef"] => self.entry.bank_reference = tidy(text),
            ["NtryRef"] => self.entry.own_reference = tidy(text),
            ["NtryDtls", "Btch", "PmtInfId" | "MsgId"] => {
                self.entry.batch_reference = tidy(text).or(self.entry.batch_reference.take());
            }
            ["BkTxCd", path @ ..] => self.entry.code.part(path, text),
            ["AddtlNtryInf"] => self.entry.additional = tidy(text),
            _ => {}
        }
        Ok(())
    }

    fn end_entry(&mut self) -> Result<(), Ended> {
        let entry = std::mem::take(&mut self.entry);
        let place = entry.place;
        if entry.is_only_information() {
            return Ok(());
        }
        let Some(movement) = entry.movement() else {
            let problem = "an entry without Amt or CdtDbtInd was left out";
            return self.out.fault(place, problem);
        };
        if movement.value_date.is_none() {
            self.out.fault(place, "the entry has neither ValDt nor BookgDt; it is of no day")?;
        }
        self.out.say(Said::Movement(Box::new(movement)))
    }

    /// An amount without its sign, which is in `CdtDbtInd`.
    fn amount(&mut self, text: &str, place: Place) -> Result<Option<Amount>, Ended> {
        let Ok(Some(Amount(value))) = numbers::amount(text, Point::Either) else {
            self.out.fault(place, "Amt is no amount")?;
            return Ok(None);
        };
        if value.is_sign_negative() && !value.is_zero() {
            self.out.fault(place, "Amt has a sign of its own; CdtDbtInd alone was heeded")?;
        }
        Ok(Some(Amount(value.abs())))
    }

    fn credit(&mut self, text: &str, place: Place) -> Result<Option<bool>, Ended> {
        match text.trim() {
            "CRDT" => Ok(Some(true)),
            "DBIT" => Ok(Some(false)),
            _ => {
                self.out.fault(place, "CdtDbtInd is neither CRDT nor DBIT")?;
                Ok(None)
            }
        }
    }

    fn day(&mut self, text: &str, place: Place, what: &str) -> Result<Option<Date>, Ended> {
        let Ok(stamp) = days::stamp(text) else {
            self.out.fault(place, format!("{what} is no day"))?;
            return Ok(None);
        };
        Ok(stamp.map(|stamp| stamp.day))
    }

    /// The file ends.
    fn end(mut self, place: Place) -> Result<(), Ended> {
        if !self.found {
            let place = self.message_end.unwrap_or(place);
            return Err(Ended::unreadable(
                place,
                "there is no statement (<Stmt>) in this CAMT file",
            ));
        }
        if let Some(inner) = self.open.iter().rfind(|name| !name.is_empty()) {
            let problem = if self.open.contains(&"Ntry") {
                format!("the file ends inside <{inner}>; the entry that it is in was left out")
            } else {
                format!("the file ends inside <{inner}>")
            };
            self.say_head()?;
            return self.out.cut_off(place, problem);
        }
        Ok(())
    }
}

/// A part of `Acct`.
fn account(account: &mut Account, path: &[&str], text: &str) {
    match path {
        ["Id", "IBAN" | "BBAN"] | ["Id", "Othr" | "PrtryAcct", "Id"]
            if account.number.is_empty() =>
        {
            text.trim().clone_into(&mut account.number);
        }
        ["Ccy"] => account.currency = closed_up(text),
        ["Nm"] => account.name = tidy(text),
        ["Tp", "Cd"] => account.kind = kind(text.trim()),
        ["Ownr", "Nm"] | ["Ownr", "Pty", "Nm"] => account.holder = tidy(text),
        ["Svcr", "FinInstnId", "BIC" | "BICFI"] | ["Svcr", "FinInstnId", "CmbndId", "BIC"] => {
            account.bank = closed_up(text);
        }
        ["Svcr", "FinInstnId", "ClrSysMmbId", "MmbId"] if account.bank.is_none() => {
            account.bank = closed_up(text);
        }
        _ => {}
    }
}

/// ISO 20022, external code set `ExternalCashAccountType1Code`.
fn kind(code: &str) -> Option<AccountKind> {
    match code {
        "CACC" | "TRAN" | "SACC" | "SLRY" => Some(AccountKind::Checking),
        "SVGS" | "ONDP" => Some(AccountKind::Savings),
        "CARD" => Some(AccountKind::CreditCard),
        "LOAN" | "ODFT" => Some(AccountKind::Loan),
        _ => None,
    }
}

/// A part of `TxDtls`.
fn details(details: &mut Details, path: &[&str], text: &str) {
    let name = |party: &mut Party| party.name = tidy(text);
    let number = |party: &mut Party| party.account = closed_up(text);
    match path {
        ["Refs", "AcctSvcrRef"] => details.bank_reference = tidy(text),
        ["Refs", "EndToEndId"] => details.end_to_end = tidy(text),
        ["Refs", "InstrId"] => details.instruction = tidy(text),
        ["Refs", "ChqNb"] => details.cheque = tidy(text),
        ["BkTxCd", path @ ..] => details.code.part(path, text),
        ["RltdPties", "Dbtr", "Nm"] | ["RltdPties", "Dbtr", "Pty", "Nm"] => {
            name(&mut details.debtor);
        }
        ["RltdPties", "Cdtr", "Nm"] | ["RltdPties", "Cdtr", "Pty", "Nm"] => {
            name(&mut details.creditor);
        }
        ["RltdPties", "UltmtDbtr", "Nm"] | ["RltdPties", "UltmtDbtr", "Pty", "Nm"] => {
            name(&mut details.ultimate_debtor);
        }
        ["RltdPties", "UltmtCdtr", "Nm"] | ["RltdPties", "UltmtCdtr", "Pty", "Nm"] => {
            name(&mut details.ultimate_creditor);
        }
        ["RltdPties", "DbtrAcct", "Id", "IBAN" | "BBAN"]
        | ["RltdPties", "DbtrAcct", "Id", "Othr", "Id"] => number(&mut details.debtor),
        ["RltdPties", "CdtrAcct", "Id", "IBAN" | "BBAN"]
        | ["RltdPties", "CdtrAcct", "Id", "Othr", "Id"] => number(&mut details.creditor),
        ["RmtInf", "Ustrd"] | ["RmtInf", "Strd", "AddtlRmtInf"] | ["AddtlTxInf"] => {
            details.say(text);
        }
        ["RmtInf", "Strd", "CdtrRefInf", "Ref"] => {
            details.creditor_reference = details.creditor_reference.take().or_else(|| tidy(text));
        }
        _ => {}
    }
}
