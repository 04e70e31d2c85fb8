//! The history of an exchange: what happened to the contract.

use super::{
    bad, body,
    exchanges::{EXCHANGES, SettlementMethod},
    parse, served,
};
use crate::{
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{Envelope, Events, Origin, Parent, Part, Resource, Shown, Verbs, WindowRule},
    time::Moment,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/br/exchanges/{id}/history/`, read along with the exchanges.
pub static EXCHANGE_EVENTS: Resource = Resource {
    name: "EXCHANGE_HISTORY",
    offered_as: "EXCHANGES",
    announced_as: "EXCHANGE_HISTORY",
    path: "/api/br/exchanges/{id}/history/",
    noun: "exchange event",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: false, resume: false, delete: false, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::Now,
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: false,
    slice: None,
    account_key: None,
    belongs_to: Some(Parent { resource: &EXCHANGES, shown: Shown::Apart }),
    envelope: &[
        Envelope::Id,
        Envelope::Link,
        Envelope::Parent("exchange_id"),
        Envelope::CollectedAt,
        Envelope::CreatedAt,
    ],
    filters: &[],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events::NONE,
    read,
    schemas: || served::<ExchangeHistory>(&EXCHANGE_EVENTS),
};

/// Something that happened to an exchange, and how it stood afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExchangeHistory {
    /// The network's key of the exchange.
    pub operation_identifier: String,
    /// The central bank's number of the event.
    pub event_sequence_number: String,
    /// What happened: 1 signed, 2 changed, 3 cancelled, 4 settled, 5 the rest written off, 6 that
    /// taken back, 9 an earlier event made void.
    pub event_type: u8,
    /// When.
    pub event_created_at: Moment,
    /// When it is to be settled.
    pub operation_due_date: Option<Date>,
    /// The rate.
    pub local_operation_tax_amount: Option<Amount>,
    /// ISO 4217 code of the rate.
    pub local_operation_tax_currency: Option<String>,
    /// How much in the country's own money.
    pub local_operation_value_amount: Option<Amount>,
    /// ISO 4217 code of that.
    pub local_operation_value_currency: Option<String>,
    /// How much in foreign money.
    pub foreign_operation_value_amount: Option<Amount>,
    /// ISO 4217 code of that.
    pub foreign_operation_value_currency: Option<String>,
    /// How much foreign money is not settled yet.
    pub operation_outstanding_balance_amount: Option<Amount>,
    /// ISO 4217 code of that.
    pub operation_outstanding_balance_currency: Option<String>,
    /// What a unit costs with taxes and fees.
    pub tev_amount_amount: Option<Amount>,
    /// ISO 4217 code of that.
    pub tev_amount_currency: Option<String>,
    /// The percentage of the foreign value that was paid in advance.
    pub local_currency_advance_percentage: Option<Amount>,
    /// How the foreign money is handed over.
    pub settlement_method: Option<SettlementMethod>,
    /// The central bank's code of what it is for.
    pub operation_category_code: Option<String>,
    /// The code of what the other side is to the customer.
    pub foreign_partie_relationship_code: Option<String>,
    /// Who pays or is paid abroad.
    pub foreign_partie_name: Option<String>,
    /// ISO 3166 code of their country.
    pub foreign_partie_country_code: Option<String>,
}

/// The kinds of event that there are.
const EVENT_TYPES: &[u8] = &[1, 2, 3, 4, 5, 6, 9];

fn read(item: &RawValue, exchange: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: ExchangeHistory = parse(&EXCHANGE_EVENTS, item)?;
    if !EVENT_TYPES.contains(&it.event_type) {
        return Err(bad(&EXCHANGE_EVENTS, "event_type", "must be 1, 2, 3, 4, 5, 6 or 9"));
    }
    Ok(Item {
        account: exchange.or_else(|| Some(it.operation_identifier.clone())),
        source_id: None,
        facts: Facts::Keyed(vec![format!("event:{}", it.event_sequence_number)]),
        day: None,
        body: body(&EXCHANGE_EVENTS, &it)?,
    })
}
