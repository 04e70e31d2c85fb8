//! What the statements in a file say.

use super::elements::{Elements, Step};
use crate::{
    charset::Charset,
    days::{self, Stamp},
    numbers::{self, Point},
    said::{Account, AccountKind, Balance, BalanceKind, Movement, Place, Said},
    source::Source,
    telling::{Ended, Telling},
};
use domain::money::Amount;
use jiff::civil::Date;

/// Reads a file of OFX, QFX or OFC.
pub(super) fn read(source: Source, out: &mut Telling) -> Result<(), Ended> {
    let mut elements = Elements::new(source);
    let mut reading = Reading::default();
    while let Some(step) = elements.next()? {
        match step {
            Step::Begin => reading.begin(&elements),
            Step::End => reading.end(&elements, out)?,
            Step::Leaf if elements.name() == "CPAGE" => {
                // OFC states its encoding inside.
                let charset = Charset::stated(elements.value());
                elements.state_charset(charset);
            }
            Step::Leaf => reading.leaf(&elements, out)?,
            Step::Broken(problem) => out.fault(elements.place(), problem)?,
        }
    }
    if !elements.begun() {
        return Err(Ended::unreadable(elements.place(), "there is no OFX in this file"));
    }
    if !elements.whole() {
        let problem = if reading.draft.is_some() {
            "the file breaks off inside a movement, which was left out"
        } else {
            "the file breaks off before its end"
        };
        out.cut_off(elements.place(), problem)?;
    }
    Ok(())
}

/// What is known while a file is read.
#[derive(Default)]
struct Reading {
    organisation: Option<String>,
    statement: Statement,
    draft: Option<Draft>,
    balance: Option<DraftBalance>,
    status: Option<(u32, bool)>,
}

/// What is known of the statement at hand.
#[derive(Default)]
struct Statement {
    account: Account,
    account_said: bool,
    from: Option<Date>,
    to: Option<Date>,
    /// The day of what it says without a day.
    as_of: Option<Date>,
    /// OFC: the balance, of which the day comes later.
    ledger: Option<(Place, String)>,
    decimals: Decimals,
}

/// How the amounts of a statement are written: what a balance without a point is judged by.
#[derive(Default)]
struct Decimals {
    /// Amounts with exactly two.
    two: u64,
    /// Amounts with none or others.
    other: u64,
    /// Amounts with two of which the last is a zero: zeros are not left out.
    zeros: u64,
}

impl Decimals {
    fn saw(&mut self, text: &str) {
        let fraction = text.trim().rsplit_once(['.', ',']).map(|(_, fraction)| fraction);
        match fraction {
            Some(fraction) if fraction.len() == 2 => {
                self.two += 1;
                self.zeros += u64::from(fraction.ends_with('0'));
            }
            _ => self.other += 1,
        }
    }
}

/// A movement that has begun.
#[derive(Default)]
struct Draft {
    /// The aggregate that it began with.
    began: &'static str,
    place: Place,
    movement: Box<Movement>,
    amount: Option<Amount>,
    amount_seen: bool,
    posted: Option<Stamp>,
    /// Other days, for want of `posted`.
    other: Option<Stamp>,
    cheque: Option<String>,
    /// What is said in words, by the tag that says it.
    texts: Vec<(&'static str, String)>,
}

/// A balance that has begun.
struct DraftBalance {
    kind: BalanceKind,
    place: Place,
    amount: String,
    date: Option<Date>,
}

impl Reading {
    fn begin(&mut self, elements: &Elements) {
        match elements.name() {
            // OFC has its account around the statement.
            "STMTRS" if elements.inside("ACCTSTMT") => {}
            "STMTRS" | "CCSTMTRS" | "INVSTMTRS" | "LOANSTMTRS" | "ACCTSTMT" => {
                self.statement = Statement::default();
                self.draft = None;
                self.balance = None;
            }
            name if name.ends_with("ACCTFROM") && self.draft.is_none() && self.is_said() => {
                let currency = self.statement.account.currency.take();
                self.statement = Statement::default();
                self.statement.account.currency = currency;
            }
            "LEDGERBAL" => self.balance(BalanceKind::Closing, elements.place()),
            "AVAILBAL" => self.balance(BalanceKind::Available, elements.place()),
            "STATUS" => self.status = None,
            name if self.draft.is_none() => {
                let Some(began) = moves_money(name) else { return };
                let place = elements.place();
                let draft = self.draft.insert(Draft { began, place, ..Draft::default() });
                draft.movement.pending = began == "STMTTRNP";
                if !began.starts_with("STMTTRN") && began != "GENTRN" {
                    draft.movement.kind = Some(began.to_owned());
                }
            }
            _ => {}
        }
    }

    /// Whether what follows an account's naming is of another than the one before.
    fn is_said(&self) -> bool {
        self.statement.account_said
    }

    fn balance(&mut self, kind: BalanceKind, place: Place) {
        self.balance = Some(DraftBalance { kind, place, amount: String::new(), date: None });
    }

    fn end(&mut self, elements: &Elements, out: &mut Telling) -> Result<(), Ended> {
        let name = elements.name();
        if let Some(draft) = self.draft.take_if(|draft| draft.began == name) {
            return self.movement(draft, elements, out);
        }
        match name {
            "LEDGERBAL" | "AVAILBAL" => {
                let Some(balance) = self.balance.take() else { return Ok(()) };
                self.say_balance(balance, elements, out)
            }
            "STATUS" => self.refused(elements, out),
            "STMTRS" | "CCSTMTRS" | "INVSTMTRS" | "LOANSTMTRS" | "ACCTSTMT" => {
                if let Some((place, amount)) = self.statement.ledger.take() {
                    let (kind, date) = (BalanceKind::Closing, self.statement.to);
                    let balance = DraftBalance { kind, place, amount, date };
                    self.say_balance(balance, elements, out)?;
                }
                if !self.statement.account.number.is_empty() {
                    self.say_account(elements, out)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn leaf(&mut self, elements: &Elements, out: &mut Telling) -> Result<(), Ended> {
        let (name, value, place) = (elements.name(), elements.value(), elements.place());
        let parent = elements.stack().last().map_or("", String::as_str);
        if let Some(draft) = &mut self.draft {
            return draft.leaf(parent, name, value, place, &mut self.statement.decimals, out);
        }
        if let Some(balance) = &mut self.balance {
            match name {
                "BALAMT" => value.clone_into(&mut balance.amount),
                "DTASOF" => balance.date = day(name, value, place, out)?.or(balance.date),
                _ => {}
            }
            return Ok(());
        }
        let statement = &mut self.statement;
        match (parent, name) {
            ("STATUS", "CODE") => {
                let code = value.parse().unwrap_or(2000);
                self.status = (code != 0).then_some((code, true));
            }
            ("STATUS", "SEVERITY") => {
                if let Some((_, error)) = &mut self.status {
                    *error = value.eq_ignore_ascii_case("ERROR");
                }
            }
            ("FI", "ORG") => self.organisation = filled(value),
            (_, "CURDEF") => statement.account.currency = currency(value),
            ("INVSTMTRS", "DTASOF") => statement.as_of = day(name, value, place, out)?,
            ("INVBAL", "AVAILCASH") => {
                let (kind, date) = (BalanceKind::Available, statement.as_of);
                let balance = DraftBalance { kind, place, amount: value.to_owned(), date };
                return self.say_balance(balance, elements, out);
            }
            ("STMTRS", "LEDGER") => statement.ledger = Some((place, value.to_owned())),
            ("BANKTRANLIST" | "INVTRANLIST" | "STMTRS", "DTSTART" | "DTEND") => {
                let day = day(name, value, place, out)?;
                match name {
                    "DTSTART" => statement.from = day,
                    _ => statement.to = day,
                }
                if let (Some(from), Some(to)) = (statement.from, statement.to) {
                    if from > to {
                        return out.fault(place, "DTEND is before DTSTART; the days were left out");
                    }
                    self.say_account(elements, out)?;
                    return out.say(Said::Period { from, to });
                }
            }
            (parent, _) if parent.ends_with("ACCTFROM") => {
                let account = &mut statement.account;
                match name {
                    "BANKID" | "BROKERID" => account.bank = filled(value),
                    "BRANCHID" => account.branch = filled(value),
                    "ACCTID" => value.clone_into(&mut account.number),
                    "ACCTTYPE" => account.kind = kind(value),
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Says of which account the following is, if that has not been said.
    fn say_account(&mut self, elements: &Elements, out: &mut Telling) -> Result<(), Ended> {
        let statement = &mut self.statement;
        if statement.account_said {
            return Ok(());
        }
        statement.account_said = true;
        let mut account = statement.account.clone();
        account.name.clone_from(&self.organisation);
        account.kind = account.kind.or_else(|| {
            [
                ("CCSTMTRS", AccountKind::CreditCard),
                ("INVSTMTRS", AccountKind::Investment),
                ("LOANSTMTRS", AccountKind::Loan),
            ]
            .into_iter()
            .find_map(|(around, kind)| elements.inside(around).then_some(kind))
        });
        if account.number.is_empty() {
            out.fault(elements.place(), "the statement names no account (ACCTID)")?;
        }
        out.say(Said::Account(account))
    }

    fn say_balance(
        &mut self,
        balance: DraftBalance,
        elements: &Elements,
        out: &mut Telling,
    ) -> Result<(), Ended> {
        let DraftBalance { kind, place, amount: text, date } = balance;
        let amount = match numbers::amount(&text, Point::Either) {
            Ok(Some(amount)) => amount,
            // Banks that state none leave the tag in place.
            Ok(None) => return out.fault(place, "the balance has no amount and was left out"),
            Err(_) => return out.fault(place, "the balance is not a number and was left out"),
        };
        let amount = self.statement.in_cents(amount, &text, place, out)?;
        self.say_account(elements, out)?;
        out.say(Said::Balance(Balance { kind, date, amount, currency: None }))
    }

    fn movement(
        &mut self,
        draft: Draft,
        elements: &Elements,
        out: &mut Telling,
    ) -> Result<(), Ended> {
        let Draft {
            place, mut movement, amount, amount_seen, posted, other, cheque, texts, ..
        } = draft;
        let Some(amount) = amount else {
            // A purchase of securities without a total moves no money that is known.
            if amount_seen || movement.id.is_some() || posted.is_some() {
                out.fault(place, "the movement has no amount and was left out")?;
            }
            return Ok(());
        };
        movement.amount = amount;
        if posted.is_none() {
            let problem = match other {
                Some(_) => "the movement has no day of booking; another of its days was taken",
                None => "the movement has no day",
            };
            out.fault(place, problem)?;
        }
        let stamp = posted.or(other);
        movement.value_date = stamp.map(|stamp| stamp.day);
        movement.at = stamp.and_then(|stamp| stamp.at);
        movement.reference = movement.reference.or(cheque);
        movement.description = joined(texts);
        self.say_account(elements, out)?;
        out.say(Said::Movement(movement))
    }

    /// Says that the server refused something, as the status that has just ended says.
    fn refused(&mut self, elements: &Elements, out: &mut Telling) -> Result<(), Ended> {
        let Some((code, true)) = self.status.take() else { return Ok(()) };
        let what = match elements.stack().last().map(String::as_str) {
            Some("SONRS") => "the login",
            _ => "what was asked for",
        };
        out.fault(elements.place(), format!("the bank refused {what} (code {code})"))
    }
}

impl Statement {
    /// The amount of a balance, which some banks write in cents and without a point.
    fn in_cents(
        &self,
        amount: Amount,
        text: &str,
        place: Place,
        out: &mut Telling,
    ) -> Result<Amount, Ended> {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let Decimals { two, other, zeros } = self.decimals;
        if digits < 3 || amount.0.is_zero() || text.contains(['.', ',']) || two == 0 || other > 0 {
            return Ok(amount);
        }
        match numbers::cents(text) {
            // A program that writes 10.50 and not 10.5 would have written a point here.
            Some(cents) if zeros > 0 => {
                out.fault(place, "the balance has no decimal point and was read as cents")?;
                Ok(cents)
            }
            _ => {
                out.fault(place, "the balance has no decimal point and was read as whole units")?;
                Ok(amount)
            }
        }
    }
}

impl Draft {
    fn leaf(
        &mut self,
        parent: &str,
        name: &str,
        value: &str,
        place: Place,
        decimals: &mut Decimals,
        out: &mut Telling,
    ) -> Result<(), Ended> {
        if value.is_empty() {
            return Ok(());
        }
        let movement = &mut self.movement;
        // What is said first counts, because banks add blocks of their own behind.
        match (parent, name) {
            ("BANKACCTTO" | "CCACCTTO", "ACCTID") => {
                first(&mut movement.counterparty_account, value);
            }
            ("CURRENCY", "CURSYM") => {
                movement.currency = movement.currency.take().or_else(|| currency(value));
            }
            ("PAYEE", "NAME") => {
                first(&mut movement.counterparty, value);
                self.text("NAME", value);
            }
            ("BANKACCTTO" | "CCACCTTO" | "ORIGCURRENCY" | "CURRENCY" | "SECID" | "PAYEE", _) => {}
            (_, "TRNTYPE" | "INCOMETYPE") => {
                if name == "INCOMETYPE" {
                    movement.kind = None;
                }
                first(&mut movement.kind, value);
                movement.pending |= value.eq_ignore_ascii_case("HOLD");
            }
            (_, "DTPOSTED" | "DTTRADE" | "DTTRAN") => {
                let stamp = stamp(name, value, place, out)?;
                self.posted = self.posted.or(stamp);
            }
            (_, "DTUSER" | "DTAVAIL" | "DTSETTLE" | "VALUEDATE") => {
                // Only for want of the day of booking: what is wrong with it matters little.
                self.other = self.other.or(days::stamp(value).ok().flatten());
            }
            (_, "TRNAMT" | "TOTAL") if !self.amount_seen => {
                self.amount_seen = true;
                match numbers::amount(value, Point::Either) {
                    Ok(amount) => {
                        self.amount = amount;
                        decimals.saw(value);
                    }
                    Err(_) => out.fault(place, format!("{name} is not a number"))?,
                }
            }
            (_, "ACCTBAL") => {
                movement.running_balance = numbers::amount(value, Point::Either).ok().flatten();
            }
            (_, "FITID") => first(&mut movement.id, value),
            (_, "REFNUM") if says_something(value) => first(&mut movement.reference, value),
            (_, "CHECKNUM" | "CHKNUM") if says_something(value) => first(&mut self.cheque, value),
            (_, "CORRECTACTION") => movement.reversal |= value.eq_ignore_ascii_case("DELETE"),
            (_, "NAME") => self.text("NAME", value),
            (_, "EXTDNAME") => self.text("EXTDNAME", value),
            (_, "MEMO") => self.text("MEMO", value),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, tag: &'static str, value: &str) {
        if self.texts.iter().all(|(said, _)| *said != tag) {
            self.texts.push((tag, value.to_owned()));
        }
    }
}

/// The aggregates that a movement begins with. Securities count as far as money moves: what only
/// moves shares, or money between the parts of one account, does not.
const MONEY: [&str; 17] = [
    "STMTTRN",
    "STMTTRNP",
    "GENTRN",
    "BUYDEBT",
    "BUYMF",
    "BUYOPT",
    "BUYOTHER",
    "BUYSTOCK",
    "SELLDEBT",
    "SELLMF",
    "SELLOPT",
    "SELLOTHER",
    "SELLSTOCK",
    "INCOME",
    "INVEXPENSE",
    "MARGININTEREST",
    "RETOFCAP",
];

/// The aggregate of this name, if a movement begins with it.
fn moves_money(name: &str) -> Option<&'static str> {
    MONEY.into_iter().find(|begins| *begins == name)
}

/// The texts in their order, without those that another begins with: a memo often says the name
/// again, which is cut to 32 letters.
fn joined(texts: Vec<(&'static str, String)>) -> String {
    let mut kept: Vec<String> = Vec::with_capacity(texts.len());
    for (_, text) in texts {
        if kept.iter().any(|other| other.starts_with(&text)) {
            continue;
        }
        kept.retain(|other| !text.starts_with(other.as_str()));
        kept.push(text);
    }
    if kept.len() == 1 { kept.swap_remove(0) } else { kept.join(" ") }
}

/// A cheque's number of zeros is none.
fn says_something(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_alphanumeric() && byte != b'0')
}

fn first(field: &mut Option<String>, value: &str) {
    if field.is_none() {
        *field = Some(value.to_owned());
    }
}

fn filled(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn currency(value: &str) -> Option<String> {
    let code = value.to_ascii_uppercase();
    (code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())).then_some(code)
}

/// ACCTTYPE, also in the numbers of OFC.
pub(super) fn kind(value: &str) -> Option<AccountKind> {
    Some(match value.to_ascii_uppercase().as_str() {
        "CHECKING" | "0" => AccountKind::Checking,
        "SAVINGS" | "MONEYMRKT" | "CD" | "1" => AccountKind::Savings,
        "CREDITCARD" | "2" => AccountKind::CreditCard,
        "CREDITLINE" | "LOAN" => AccountKind::Loan,
        "INVESTMENT" => AccountKind::Investment,
        _ => return None,
    })
}

fn stamp(name: &str, value: &str, place: Place, out: &mut Telling) -> Result<Option<Stamp>, Ended> {
    let Ok(stamp) = days::stamp(value) else {
        out.fault(place, format!("{name} is not a day"))?;
        return Ok(None);
    };
    Ok(stamp)
}

fn day(name: &str, value: &str, place: Place, out: &mut Telling) -> Result<Option<Date>, Ended> {
    Ok(stamp(name, value, place, out)?.map(|stamp| stamp.day))
}
