//! Transactions of investments: what was put in and taken out.

use super::{bad, body, investments::INVESTMENTS, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Direction, Facts, Item, Movement},
    resource::{
        Count, Envelope, Events, News, Origin, Parent, Part, Resource, Shown, Verbs, WindowRule,
    },
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/br/investment-transactions/`.
pub static INVESTMENT_TRANSACTIONS: Resource = Resource {
    name: "INVESTMENT_TRANSACTIONS",
    offered_as: "INVESTMENT_TRANSACTIONS",
    announced_as: "INVESTMENT_TRANSACTIONS",
    path: "/api/br/investment-transactions/",
    noun: "investment transaction",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: true },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::OptionalDates { default: 365 },
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: None,
    belongs_to: Some(Parent { resource: &INVESTMENTS, shown: Shown::Whole("investment") }),
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("id", IN, Source::Column("id")),
        Field::word("type", Direction::WORDS, IN, Source::Body(&["type"])),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: Some("link"),
    deletion_limited: false,
    marks_seen: false,
    events: Events {
        loaded: &[
            ("total_transactions", Count::Total),
            ("total_inflow_transactions", Count::Inflow),
            ("total_outflow_transactions", Count::Outflow),
            ("first_transaction_date", Count::FirstDay),
            ("last_transaction_date", Count::LastDay),
        ],
        new: &[News::of(
            "new_investment_transactions_available",
            &[("new_transactions", Count::New)],
        )],
        updated: None,
        deleted: None,
        changes: None,
        told: None,
    },
    read,
    schemas: || served::<InvestmentTransactionBrazil>(&INVESTMENT_TRANSACTIONS),
};

/// What was put into an investment or taken out of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct InvestmentTransactionBrazil {
    /// The institution's own key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_identification: Option<String>,
    /// The day on which it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_date: Option<Date>,
    /// Before taxes; not of variable income.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_value: Option<Amount>,
    /// After taxes; not of variable income.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_value: Option<Amount>,
    /// What was traded or asked for; variable income and funds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Amount>,
    /// What a unit cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Amount>,
    /// How many units the price is quoted for; variable income.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_factor: Option<Amount>,
    /// The tax on the operation; not of variable income.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_tax: Option<Amount>,
    /// The tax on the income; not of variable income.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub income_tax: Option<Amount>,
    /// How many units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Amount>,
    /// Which way, seen from the investment: money put in is `INFLOW`.
    #[serde(rename = "type")]
    pub kind: Option<Direction>,
    /// What was done, in the network's words: `APLICACAO`, `COMPRA`, `RESGATE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype: Option<String>,
    /// Says more where it is none of those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype_additional_info: Option<String>,
    /// The share of the index; only of fixed income.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indexer_percentage: Option<Amount>,
    /// The rate; fixed income and treasury bonds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Amount>,
    /// What leaving costs; only of funds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_fee: Option<Amount>,
    /// The broker's note of the day; only of variable income.
    pub broker_note_details: Option<BrokerNote>,
}

/// A broker's note: all that was traded on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BrokerNote {
    /// Its number.
    pub broker_note_number: String,
    /// All that was bought and sold.
    pub gross_value: Amount,
    /// What the broker takes.
    pub brokerage_fee: Amount,
    /// What clearing and settling cost.
    pub clearing_settlement_fee: Amount,
    /// What registering at the clearing house costs.
    pub clearing_registration_fee: Amount,
    /// What the exchange takes for its notices.
    pub stock_exchange_asset_trade_notice_fee: Amount,
    /// What the exchange takes for its registry.
    pub stock_exchange_fee: Amount,
    /// What custody costs.
    pub clearing_custody_fee: Amount,
    /// Taxes but that on income.
    pub taxes: Amount,
    /// The tax on income.
    pub income_tax: Amount,
    /// What remains.
    pub net_value: Amount,
}

fn read(item: &RawValue, investment: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let resource = &INVESTMENT_TRANSACTIONS;
    let it: InvestmentTransactionBrazil = parse(resource, item)?;
    let value_date = it.value_date.ok_or_else(|| bad(resource, "value_date", "must be known"))?;
    let amount = (it.value.or(it.gross_value).or(it.net_value))
        .ok_or_else(|| bad(resource, "value", "must be known, or `gross_value`, or `net_value`"))?;
    let movement = Movement {
        value_date,
        transacted_at: None,
        amount,
        direction: it.kind,
        currency: "BRL".into(),
        description: it.subtype.clone().unwrap_or_default(),
        pending: false,
        running_balance: None,
        reference: it.quantity.map(|quantity| quantity.to_string()),
        on_card: false,
    };
    Ok(Item {
        account: investment,
        source_id: it.internal_identification.clone(),
        facts: Facts::Movement(movement),
        day: Some(value_date),
        body: body(resource, &it)?,
    })
}
