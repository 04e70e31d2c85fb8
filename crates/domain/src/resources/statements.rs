//! Statements: what a bank says of an account's month once it is over, with the document that it
//! sends to its customer.

use super::{accounts::ACCOUNTS, accounts::Category, bad, body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Direction, Facts, Item},
    resource::{
        AccountKey, Documents, Envelope, Events, Origin, Parent, Part, Resource, Shown, Verbs,
        WindowRule,
    },
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/statements/`.
pub static STATEMENTS: Resource = Resource {
    name: "STATEMENTS",
    offered_as: "STATEMENTS",
    announced_as: "STATEMENTS",
    path: "/api/statements/",
    noun: "statement",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: true, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::Month,
    kinds: None,
    documents: Some(Documents::apart("attach_pdf", &["pdf"])),
    single: false,
    load: Part::WHOLE,
    vanishes: false,
    slice: None,
    account_key: Some(AccountKey::required("account")),
    belongs_to: Some(Parent {
        resource: &ACCOUNTS,
        shown: Shown::Brief("account", &["id", "name", "category", "currency"]),
    }),
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("account", IN, Source::Column("account")),
        Field::id("id", IN, Source::Column("id")),
        Field::text("institution", IN, Source::AccountBody(&["institution", "name"])),
        Field::word("account_category", Category::WORDS, IN, Source::AccountBody(&["category"])),
        Field::date("period_start_date", Source::Body(&["period_start_date"])),
        Field::date("period_end_date", Source::Column("day")),
        Field::amount("previous_balance", Source::Body(&["previous_balance"])),
        Field::amount("final_balance", Source::Body(&["final_balance"])),
        Field::amount("total_inflow_amount", Source::Body(&["total_inflow_amount"])),
        Field::amount("total_outflow_amount", Source::Body(&["total_outflow_amount"])),
        Field::integer("total_inflow_transactions", Source::Body(&["total_inflow_transactions"])),
        Field::integer("total_outflow_transactions", Source::Body(&["total_outflow_transactions"])),
        Field::instant("collected_at", Source::Column("collected_at")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events::NONE,
    read,
    schemas: || served::<Statement>(&STATEMENTS),
};

/// What a bank says of an account's month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AccountStatement)]
pub struct Statement {
    /// The account's number, as the bank prints it.
    pub account_number: Option<String>,
    /// The bank's number of the customer.
    pub client_number: Option<String>,
    /// The customer's tax number; Mexico.
    #[serde(rename = "RFC")]
    pub rfc: Option<String>,
    /// The account's number between banks; Mexico.
    #[serde(rename = "CLABE")]
    pub clabe: Option<String>,
    /// The first day.
    pub period_start_date: Date,
    /// The last day.
    pub period_end_date: Date,
    /// The day on which the bank closed the period.
    pub cut_date: Option<Date>,
    /// What was in the account before.
    pub previous_balance: Option<Amount>,
    /// What is in the account now.
    pub final_balance: Option<Amount>,
    /// All that came in.
    pub total_inflow_amount: Option<Amount>,
    /// All that went out.
    pub total_outflow_amount: Option<Amount>,
    /// How often something came in.
    pub total_inflow_transactions: Option<u64>,
    /// How often something went out.
    pub total_outflow_transactions: Option<u64>,
    /// The movements that were booked in the period, the earliest first.
    #[serde(default)]
    pub transactions: Vec<StatementLine>,
}

/// A movement as a statement prints it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct StatementLine {
    /// The day it happened.
    pub value_date: Option<Date>,
    /// The day it was booked.
    pub accounting_date: Option<Date>,
    /// The bank's words for it.
    pub description: Option<String>,
    /// The bank's reference.
    pub reference: Option<String>,
    /// Which way the money went.
    #[serde(rename = "type")]
    pub kind: Option<Direction>,
    /// Never negative: `type` says which way.
    pub amount: Option<Amount>,
    /// What was in the account afterwards.
    pub balance: Option<Amount>,
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: Statement = parse(&STATEMENTS, item)?;
    if it.period_end_date < it.period_start_date {
        return Err(bad(&STATEMENTS, "period_end_date", "must not be before period_start_date"));
    }
    Ok(Item {
        facts: Facts::Keyed(vec![format!(
            "period:{}:{}",
            it.period_start_date, it.period_end_date
        )]),
        account,
        source_id: None,
        day: Some(it.period_end_date),
        body: body(&STATEMENTS, &it)?,
    })
}
