//! Daily balances: what was in an account at the end of each day.

use super::{accounts::ACCOUNTS, bad, body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{
        ANY_WINDOW, AccountKey, Envelope, Events, Origin, Parent, Part, Resource, Shown, Verbs,
        WindowRule,
    },
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/balances/`, which every SDK still calls.
pub static BALANCES: Resource = Resource {
    name: "BALANCES",
    offered_as: "BALANCES",
    announced_as: "BALANCES",
    path: "/api/balances/",
    noun: "balance",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: true, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::Dates { at_most: ANY_WINDOW },
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: Some(AccountKey::optional("account")),
    belongs_to: Some(Parent { resource: &ACCOUNTS, shown: Shown::Whole("account") }),
    envelope: &[Envelope::Id, Envelope::CollectedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("account", IN, Source::Column("account")),
        Field::text("account__type", IN, Source::AccountBody(&["type"])),
        Field::id("id", IN, Source::Column("id")),
        Field::text("institution", IN, Source::AccountBody(&["institution", "name"])),
        Field::text("currency", IN, Source::AccountBody(&["currency"])),
        Field::amount("balance", Source::Body(&["balance"])),
        Field::date("value_date", Source::Body(&["value_date"])),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events::NONE,
    read,
    schemas: || served::<DailyBalance>(&BALANCES),
};

/// What was in an account at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DailyBalance {
    /// The day.
    pub value_date: Date,
    /// What was in it.
    pub balance: Amount,
    /// Deprecated: `balance` again.
    pub current_balance: Option<Amount>,
    /// Deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let mut it: DailyBalance = parse(&BALANCES, item)?;
    it.current_balance = Some(it.balance);
    let of = account.as_deref().ok_or_else(|| bad(&BALANCES, "account", "must be known"))?;
    Ok(Item {
        facts: Facts::Keyed(vec![format!("day:{of}|{}", it.value_date)]),
        account,
        source_id: None,
        day: Some(it.value_date),
        body: body(&BALANCES, &it)?,
    })
}
