//! What there is to compute from: accounts and their movements, brought into one order, one
//! currency and one language.

use crate::{
    categories::{Merchant, Rules},
    exact::Money,
    text, transfers,
};
use domain::{
    money::Amount,
    record::Direction,
    resources::{
        accounts::{self, Category},
        transactions::{Status, Subcategory, TransactionCategory},
    },
};
use jiff::civil::{Date, date};
use serde::Deserialize;
use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    ops::Range,
};

/// The most movements that one analysis of a link looks at.
pub const MOST_OF_A_LINK: usize = 60_000;
/// The most movements of a caller's own that one request may bring.
pub const MOST_OF_A_REQUEST: usize = 10_000;
/// Movements of so many days before the last one are looked at, that one included.
pub const HISTORY: i32 = 365;

/// An account, as far as it is computed with.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Its id, here or to the caller.
    pub id: String,
    /// What it is.
    pub category: Option<Category>,
    /// The institution that keeps it.
    pub institution: String,
    /// ISO 4217.
    pub currency: Option<String>,
    /// What is in it, or owed.
    pub balance: Option<Amount>,
    /// The most that may be owed on a card.
    pub credit_limit: Option<Amount>,
    /// What is owed on a card, where that is not its balance.
    pub credit_used: Option<Amount>,
    /// What was lent.
    pub principal: Option<Amount>,
    /// What of it is still owed.
    pub outstanding: Option<Amount>,
    /// What is paid back each month.
    pub monthly_payment: Option<Amount>,
    /// By how much it may be overdrawn.
    pub overdraft_arranged: Option<Amount>,
    /// By how much it is.
    pub overdraft_used: Option<Amount>,
}

impl Account {
    /// A stored account.
    #[must_use]
    pub fn stored(id: String, institution: String, account: &accounts::Account) -> Self {
        let credit = account.credit_data.as_ref();
        let loan = account.loan_data.as_ref();
        let used = credit.and_then(|credit| credit.limits.as_ref()).and_then(|limits| {
            limits
                .iter()
                .filter_map(|limit| limit.used_amount)
                .filter_map(Money::of)
                .reduce(|a, b| a + b)
        });
        Self {
            id,
            institution,
            category: account.category,
            currency: account.currency.clone(),
            balance: account.balance.current,
            credit_limit: credit.and_then(|credit| credit.credit_limit),
            credit_used: account.balance.current.or(used.map(Money::shown)),
            principal: loan.and_then(|loan| loan.principal.or(loan.contract_amount)),
            outstanding: loan
                .and_then(|loan| loan.outstanding_principal.or(loan.outstanding_balance)),
            monthly_payment: loan.and_then(|loan| loan.monthly_payment),
            overdraft_arranged: account.overdraft.map(|overdraft| overdraft.arranged),
            overdraft_used: account.overdraft.map(|overdraft| overdraft.used),
        }
    }
}

/// A movement, as far as it is computed with: the contract's keys, of a stored record or of a
/// caller's own.
#[derive(Debug, Clone, Deserialize)]
pub struct Movement<'a> {
    /// The account that it belongs to.
    #[serde(skip)]
    pub account: String,
    /// The day it happened.
    pub value_date: Date,
    /// Never negative.
    pub amount: Amount,
    /// Which way; what is not known is left out.
    #[serde(rename = "type", default)]
    pub direction: Option<Direction>,
    /// ISO 4217; the account's, where nothing is said.
    #[serde(borrow, default)]
    pub currency: Option<Cow<'a, str>>,
    /// The institution's words.
    #[serde(borrow, default)]
    pub description: Option<Cow<'a, str>>,
    /// Only what is booked is computed with.
    #[serde(default)]
    pub status: Option<Status>,
    /// The trade of the shop.
    #[serde(default)]
    pub mcc: Option<u16>,
    /// What it was for, where the institution says so.
    #[serde(default)]
    pub category: Option<TransactionCategory>,
    /// What it was for, more closely.
    #[serde(default)]
    pub subcategory: Option<Subcategory>,
    /// Who was at the other end.
    #[serde(borrow, default)]
    pub counterparty: Option<Counterparty<'a>>,
}

impl Movement<'_> {
    /// The same, without the text that it was read from.
    #[must_use]
    pub fn into_owned(self) -> Movement<'static> {
        let owned = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Movement {
            currency: owned(self.currency),
            description: owned(self.description),
            counterparty: self
                .counterparty
                .map(|other| Counterparty { document_number: owned(other.document_number) }),
            account: self.account,
            value_date: self.value_date,
            amount: self.amount,
            direction: self.direction,
            status: self.status,
            mcc: self.mcc,
            category: self.category,
            subcategory: self.subcategory,
        }
    }
}

/// Who was at the other end.
#[derive(Debug, Clone, Deserialize)]
pub struct Counterparty<'a> {
    /// Tax number.
    #[serde(borrow, default)]
    pub document_number: Option<Cow<'a, str>>,
}

/// Accounts and movements that can be computed with: of one currency, booked, in order of days,
/// labelled; what moved between the accounts themselves is marked.
#[derive(Debug)]
pub struct Book<'a> {
    pub(crate) accounts: Vec<&'a Account>,
    pub(crate) currency: &'a str,
    pub(crate) entries: Vec<Entry<'a>>,
    /// All descriptions, plain, one after the other.
    plain: String,
}

/// A movement in the book.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// Its place among the accounts.
    pub(crate) account: usize,
    pub(crate) day: Date,
    /// The day as a number.
    pub(crate) number: i32,
    pub(crate) money: Money,
    pub(crate) direction: Direction,
    pub(crate) description: &'a str,
    pub(crate) category: Option<TransactionCategory>,
    pub(crate) subcategory: Option<Subcategory>,
    pub(crate) merchant: Option<&'a Merchant>,
    pub(crate) counterparty: Option<&'a str>,
    /// Between two accounts of the book.
    pub(crate) is_internal: bool,
    plain: Range<usize>,
}

impl Entry<'_> {
    pub(crate) fn is_inflow(&self) -> bool {
        self.direction == Direction::Inflow
    }
}

impl<'a> Book<'a> {
    /// Opens a book. Movements of accounts that are not listed, in another currency than most
    /// accounts have, pending, without a direction or beyond ten trillions are left out.
    #[must_use]
    pub fn open(accounts: &'a [Account], movements: &'a [Movement<'a>], rules: &'a Rules) -> Self {
        let mut all: Vec<&Account> = accounts.iter().collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all.dedup_by(|a, b| a.id == b.id);
        let currency = currency(&all, movements);
        all.retain(|account| account.currency.as_deref().is_none_or(|own| own == currency));
        let places: HashMap<&str, usize> =
            all.iter().enumerate().map(|(place, account)| (account.id.as_str(), place)).collect();
        let mut plain = String::new();
        let mut scratch = String::new();
        let mut entries: Vec<Entry> = movements
            .iter()
            .filter_map(|movement| {
                let account = *places.get(movement.account.as_str())?;
                let direction = movement.direction?;
                let money = Money::of(movement.amount)?;
                let is_foreign = movement.currency.as_deref().is_some_and(|own| own != currency);
                if is_foreign || movement.status == Some(Status::Pending) {
                    return None;
                }
                let description = movement.description.as_deref().unwrap_or_default();
                text::plain(description, &mut scratch);
                let start = plain.len();
                plain.push_str(&scratch);
                let label = rules.label_plain(&scratch, Some(direction), movement.mcc);
                let known = movement.category.filter(|c| *c != TransactionCategory::Unknown);
                Some(Entry {
                    account,
                    day: movement.value_date,
                    number: number(movement.value_date),
                    money,
                    direction,
                    description,
                    category: known.or(label.map(|label| label.category)),
                    subcategory: match known {
                        Some(_) => movement.subcategory,
                        None => label.and_then(|label| label.subcategory),
                    },
                    merchant: label.and_then(|label| label.merchant),
                    counterparty: movement
                        .counterparty
                        .as_ref()
                        .and_then(|other| other.document_number.as_deref())
                        .filter(|document| !document.is_empty()),
                    is_internal: false,
                    plain: start..plain.len(),
                })
            })
            .collect();
        // Whatever tells two movements apart is in it, so that the order they came in is not.
        entries.sort_by(|a, b| {
            let key = |e: &Entry<'a>| (e.number, e.account, e.direction, e.money, e.description);
            let rest = |e: &Entry<'a>| (e.counterparty, e.category, e.subcategory);
            key(a).cmp(&key(b)).then_with(|| rest(a).cmp(&rest(b)))
        });
        transfers::mark(&mut entries, all.len());
        Self { accounts: all, currency, entries, plain }
    }

    /// The day of the newest movement.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        self.entries.last().map(|entry| entry.day)
    }

    /// The description, plain.
    pub(crate) fn plain(&self, entry: &Entry) -> &str {
        self.plain.get(entry.plain.clone()).unwrap_or_default()
    }

    /// The entries of these days, both included.
    pub(crate) fn between(&self, from: i32, to: i32) -> &[Entry<'a>] {
        let start = self.entries.partition_point(|entry| entry.number < from);
        let end = self.entries.partition_point(|entry| entry.number <= to);
        self.entries.get(start..end).unwrap_or_default()
    }

    /// The account that an entry belongs to.
    pub(crate) fn account(&self, entry: &Entry) -> Option<&'a Account> {
        self.accounts.get(entry.account).copied()
    }

    /// Whether an entry is in an account of one of these categories.
    pub(crate) fn is_in(&self, entry: &Entry, categories: &[Category]) -> bool {
        self.account(entry)
            .and_then(|account| account.category)
            .is_some_and(|c| categories.contains(&c))
    }

    /// What was in checking and savings accounts together at the end of each of `days` days, the
    /// last of which is `last`, the newest first. `None` where no balance is known.
    pub(crate) fn balances(&self, last: i32, days: i32) -> Option<Vec<Money>> {
        let mut balance = self
            .accounts
            .iter()
            .filter(|account| account.category.is_some_and(|c| ASSETS.contains(&c)))
            .filter_map(|account| Money::of(account.balance?))
            .reduce(|a, b| a + b)?;
        let mut entries = self
            .between(last.saturating_sub(days), last)
            .iter()
            .rev()
            .filter(|entry| self.is_in(entry, ASSETS))
            .peekable();
        let mut series = Vec::with_capacity(usize::try_from(days).unwrap_or_default());
        for back in 0..days {
            series.push(balance);
            let day = last - back;
            while let Some(entry) = entries.next_if(|entry| entry.number == day) {
                balance =
                    if entry.is_inflow() { balance - entry.money } else { balance + entry.money };
            }
        }
        Some(series)
    }
}

/// What money is kept in.
pub(crate) const ASSETS: &[Category] = &[Category::Checking, Category::Savings];

/// The currency of most accounts; of as many, the one in which more moved; then by its letters.
fn currency<'a>(accounts: &[&'a Account], movements: &'a [Movement]) -> &'a str {
    let mut votes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for account in accounts {
        if let Some(currency) = account.currency.as_deref() {
            votes.entry(currency).or_default().0 += 1;
        }
    }
    for movement in movements {
        if let Some(currency) = movement.currency.as_deref() {
            votes.entry(currency).or_default().1 += 1;
        }
    }
    votes
        .into_iter()
        .max_by_key(|&(currency, votes)| (votes, Reverse(currency)))
        .map_or("", |(currency, _)| currency)
}

/// A day as a number, so that days can be counted.
pub(crate) fn number(day: Date) -> i32 {
    let hours = day.duration_since(date(1970, 1, 1)).as_hours();
    i32::try_from(hours / 24).unwrap_or(0)
}

/// The day that a number stands for.
pub(crate) fn day_of(number: i32) -> Date {
    date(1970, 1, 1).saturating_add(jiff::Span::new().days(number.clamp(-1_000_000, 1_000_000)))
}
