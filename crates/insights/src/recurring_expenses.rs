//! Recurring expenses: what checking, savings and card accounts pay month after month.

use crate::{
    book::{Book, Entry, HISTORY, number},
    categories::Merchant,
    exact::{Money, median, middle},
    text,
};
use domain::resources::{
    accounts::Category,
    recurring_expenses::{ExpenseFrequency, ExpenseType, RecurringExpense, RecurringPayment},
    transactions::{Subcategory, TransactionCategory},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What can be paid from.
const PAYING: &[Category] = &[Category::Checking, Category::Savings, Category::CreditCard];
/// What recurring expenses can be for.
const CATEGORIES: &[TransactionCategory] = &[
    TransactionCategory::BillsUtilities,
    TransactionCategory::CreditsLoans,
    TransactionCategory::Insurance,
    TransactionCategory::OnlinePlatformsLeisure,
    TransactionCategory::TransportTravel,
    TransactionCategory::Taxes,
];
/// Days of a rolling month.
const MONTH: i32 = 30;
/// In how many rolling months it must have been paid; a known subscription in fewer.
const MONTHS: usize = 3;
const MONTHS_OF_A_SUBSCRIPTION: usize = 2;
/// Days from one payment to the next, and where one was missed.
const NEXT: std::ops::RangeInclusive<i32> = 25..=35;
const NEXT_BUT_ONE: std::ops::RangeInclusive<i32> = 57..=63;
/// What share of these distances must be so, in percent.
const ENOUGH: usize = 70;
/// By how much a payment may differ from the median, in percent; what utilities cost varies more.
const NEAR: i128 = 20;
const NEAR_OF_BILLS: i128 = 50;
/// What share of the payments may differ more and is left out, in percent.
const OUTLIERS: usize = 25;
/// Days since the newest, at most: nobody pays what stopped.
const AGE: i32 = 62;
/// By how much the payments of a subscription that nobody knows may differ, in percent.
const EQUAL: i128 = 2;

/// An expense and the account that pays it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundExpense {
    /// The account's id.
    pub account: String,
    /// The expense.
    pub expense: RecurringExpense,
}

/// The recurring expenses in a book, of the days `from` (or the last 365) to `to`; `today` is the
/// day from which their age is counted. By account and name.
#[must_use]
pub fn recurring_expenses(
    book: &Book,
    from: Option<Date>,
    to: Date,
    today: Date,
) -> Vec<FoundExpense> {
    let to = number(to);
    let from = from.map_or(to - HISTORY + 1, number);
    let mut payees: BTreeMap<(usize, String), Vec<&Entry>> = BTreeMap::new();
    for entry in book.between(from, to) {
        if entry.is_inflow()
            || entry.is_internal
            || !entry.money.is_positive()
            || is_no_expense(entry)
            || !book.is_in(entry, PAYING)
        {
            continue;
        }
        let name = match entry.merchant {
            Some(merchant) => merchant.name.clone(),
            None => text::titled(&text::source(book.plain(entry))),
        };
        if !name.is_empty() {
            payees.entry((entry.account, name)).or_default().push(entry);
        }
    }
    let account = |place: usize| book.accounts.get(place).map(|account| account.id.clone());
    payees
        .into_iter()
        .filter_map(|((place, name), payments)| {
            let expense = expense(name, &payments, to, number(today))?;
            Some(FoundExpense { account: account(place)?, expense })
        })
        .collect()
}

/// Cash, and the payment of a card whose own expenses are counted.
fn is_no_expense(entry: &Entry) -> bool {
    entry.category == Some(TransactionCategory::WithdrawalAtm)
        || entry.subcategory == Some(Subcategory::CreditCard)
}

fn expense(name: String, payments: &[&Entry], to: i32, today: i32) -> Option<RecurringExpense> {
    let category = majority(payments)?;
    if !CATEGORIES.contains(&category) {
        return None;
    }
    let is_bill = category == TransactionCategory::BillsUtilities;
    let near = if is_bill { NEAR_OF_BILLS } else { NEAR };
    let usual = middle(&mut payments.iter().map(|entry| entry.money).collect::<Vec<_>>());
    let kept: Vec<&Entry> = payments
        .iter()
        .copied()
        .filter(|entry| entry.money.abs_diff(usual).within(near, usual))
        .collect();
    let merchant: Option<&Merchant> = kept.iter().find_map(|entry| entry.merchant);
    let is_known = merchant.is_some_and(|merchant| merchant.subscription);
    let months: BTreeSet<i32> = kept.iter().map(|entry| (to - entry.number) / MONTH).collect();
    let enough = if is_known { MONTHS_OF_A_SUBSCRIPTION } else { MONTHS };
    let newest = kept.last()?;
    let left_out = payments.len() - kept.len();
    if months.len() < enough
        || left_out * 100 > payments.len() * OUTLIERS
        || !is_monthly(&kept)
        || to - newest.number > AGE
    {
        return None;
    }
    let amounts: Vec<Money> = kept.iter().map(|entry| entry.money).collect();
    let is_equal = amounts.iter().all(|money| money.abs_diff(usual).is_below(EQUAL, usual));
    let is_leisure = category == TransactionCategory::OnlinePlatformsLeisure;
    let total: Money = amounts.iter().copied().sum();
    Some(RecurringExpense {
        name,
        transactions: kept
            .iter()
            .rev()
            .map(|entry| RecurringPayment {
                amount: entry.money.shown(),
                description: entry.description.to_owned(),
                value_date: entry.day,
            })
            .collect(),
        frequency: ExpenseFrequency::Monthly,
        average_transaction_amount: total.among(kept.len())?,
        median_transaction_amount: median(&mut amounts.clone())?,
        days_since_last_transaction: (today - newest.number).max(0),
        category,
        payment_type: if is_known || (is_leisure && is_equal) {
            ExpenseType::Subscription
        } else {
            ExpenseType::Regular
        },
    })
}

/// Most distances are a month, or two where one was missed.
fn is_monthly(payments: &[&Entry]) -> bool {
    let gaps: Vec<i32> = payments
        .windows(2)
        .map(|two| two[1].number - two[0].number)
        .filter(|gap| *gap > 0)
        .collect();
    let monthly =
        gaps.iter().filter(|gap| NEXT.contains(gap) || NEXT_BUT_ONE.contains(gap)).count();
    !gaps.is_empty() && monthly * 100 >= gaps.len() * ENOUGH
}

/// What most of them were for; of as many, the first in the taxonomy.
fn majority(payments: &[&Entry]) -> Option<TransactionCategory> {
    let mut votes: BTreeMap<TransactionCategory, usize> = BTreeMap::new();
    for category in payments.iter().filter_map(|entry| entry.category) {
        *votes.entry(category).or_default() += 1;
    }
    votes
        .into_iter()
        .max_by_key(|&(category, votes)| (votes, std::cmp::Reverse(category)))
        .map(|(category, _)| category)
}
