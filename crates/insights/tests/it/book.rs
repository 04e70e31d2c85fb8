//! Accounts and movements to compute from.

use domain::{money::Amount, record::Direction, resources::accounts::Category};
use insights::{Account, Book, Movement, categories::Rules};
use jiff::civil::Date;

pub(crate) fn amount(text: &str) -> Amount {
    text.parse::<Amount>().expect("an amount").canonical()
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

pub(crate) fn account(id: &str, category: Category) -> Account {
    Account {
        id: id.into(),
        category: Some(category),
        currency: Some("MXN".into()),
        ..Account::default()
    }
}

pub(crate) fn checking() -> Vec<Account> {
    vec![account("checking", Category::Checking)]
}

pub(crate) fn movement(
    account: &str,
    on: &str,
    direction: Direction,
    much: &str,
    description: &str,
) -> Movement<'static> {
    Movement {
        account: account.into(),
        value_date: day(on),
        amount: amount(much),
        direction: Some(direction),
        currency: None,
        description: Some(description.to_owned().into()),
        status: None,
        mcc: None,
        category: None,
        subcategory: None,
        counterparty: None,
    }
}

pub(crate) fn came(on: &str, much: &str, description: &str) -> Movement<'static> {
    movement("checking", on, Direction::Inflow, much, description)
}

pub(crate) fn went(on: &str, much: &str, description: &str) -> Movement<'static> {
    movement("checking", on, Direction::Outflow, much, description)
}

pub(crate) fn open<'a>(accounts: &'a [Account], movements: &'a [Movement<'a>]) -> Book<'a> {
    Book::open(accounts, movements, Rules::embedded())
}
