//! What one item of an institution says, in the terms that the ledger decides by.

use crate::{money::Amount, words};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

words!(
    /// Which way money moved, seen from the account.
    Direction {
        /// In.
        Inflow = "INFLOW",
        /// Out.
        Outflow = "OUTFLOW",
    }
);

words!(
    /// How far an institution's own ids can be trusted.
    Trust {
        /// The same for ever.
        Stable = "stable",
        /// Stable once posted.
        Posted = "posted",
        /// Unique inside one reading only.
        Reading = "reading",
        /// There are none, or they mean nothing.
        None = "none",
    }
);

/// A movement of money, as far as it identifies itself. It is stored as JSON, so its names are
/// short and what is not known takes no room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// The day it happened.
    #[serde(rename = "d")]
    pub value_date: Date,
    /// The instant, where known better than the day.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub transacted_at: Option<Timestamp>,
    /// Never negative; the sign is `direction`.
    #[serde(rename = "a")]
    pub amount: Amount,
    /// Which way.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// ISO 4217.
    #[serde(rename = "c")]
    pub currency: String,
    /// The institution's words.
    #[serde(rename = "x")]
    pub description: String,
    /// Not yet booked: may change or vanish.
    #[serde(rename = "p", default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// The account's balance after it.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub running_balance: Option<Amount>,
    /// The institution's reference.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// On a card account, where tips and currencies move the amount when it posts.
    #[serde(rename = "k", default, skip_serializing_if = "std::ops::Not::not")]
    pub on_card: bool,
}

/// What an item says of its identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Facts {
    /// A movement inside an account.
    #[serde(rename = "m")]
    Movement(Movement),
    /// Something with keys of its own: the strongest first, each `kind:value`, never empty.
    #[serde(rename = "k")]
    Keyed(Vec<String>),
    /// A picture of a moment: every reading makes a new one.
    #[serde(rename = "s")]
    Snapshot,
    /// A document that is issued anew at each reading: one that says nothing else than the newest
    /// is that one. A hash of all but its dates and seals.
    #[serde(rename = "e")]
    Edition(String),
}

/// One item, checked and brought into the contract's shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The connector's key of what it belongs to, an account for instance, or of itself where others
    /// belong to it.
    pub account: Option<String>,
    /// The institution's own id.
    pub source_id: Option<String>,
    /// What it says of its identity.
    pub facts: Facts,
    /// The day by which windows select it, where it has one.
    pub day: Option<Date>,
    /// A JSON object: the contract's fields except those that the platform adds.
    pub body: String,
}

/// Why an item cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{resource}: {path}: {problem}")]
pub struct BadItem {
    /// The resource's name.
    pub resource: &'static str,
    /// Where in the item.
    pub path: String,
    /// What is wrong there. Never the value itself: it may be personal.
    pub problem: String,
}
