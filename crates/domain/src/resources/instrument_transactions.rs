//! Transactions of the instruments in a portfolio.

use super::{
    bad, body, parse,
    portfolios::{InstrumentType, PORTFOLIOS, instrument_id},
    served,
};
use crate::{
    filter::{Field, ONLY_IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item, Movement},
    resource::{
        ANY_WINDOW, Envelope, Events, Origin, Parent, Part, Resource, Shown, Verbs, WindowRule,
    },
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

/// `/investments/transactions/`.
pub static INSTRUMENT_TRANSACTIONS: Resource = Resource {
    name: "INSTRUMENT_TRANSACTIONS",
    offered_as: "INVESTMENTS_PORTFOLIOS",
    announced_as: "INSTRUMENT_TRANSACTIONS",
    path: "/investments/transactions/",
    noun: "instrument transaction",
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
    account_key: None,
    belongs_to: Some(Parent {
        resource: &PORTFOLIOS,
        shown: Shown::Brief("portfolio", &["id", "name", "type"]),
    }),
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", ONLY_IN, Source::Column("link")),
        Field::id("portfolio", ONLY_IN, Source::Column("account")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")).bounds(),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events::NONE,
    read,
    schemas: || served::<InvestmentTransactionLegacy>(&INSTRUMENT_TRANSACTIONS),
};

/// Something bought, sold or paid out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvestmentTransactionLegacy {
    /// Which instrument of the portfolio.
    pub instrument: InstrumentName,
    /// When the institution settled it.
    pub settlement_date: Date,
    /// When it was ordered.
    pub operation_date: Option<Date>,
    /// The institution's words for it.
    pub description: String,
    /// What it was.
    #[serde(rename = "type")]
    pub kind: InstrumentTransactionType,
    /// How many units.
    pub quantity: Option<Amount>,
    /// How much, without fees.
    pub amount: Option<Amount>,
    /// What a unit cost.
    pub price: Option<Amount>,
    /// ISO 4217.
    pub currency: String,
    /// What was charged for it.
    pub fees: Option<Amount>,
}
words!(
    /// What was done with an instrument.
    InstrumentTransactionType {
        /// Bought.
        Buy = "BUY",
        /// Sold.
        Sell = "SELL",
        /// Called off.
        Cancel = "CANCEL",
        /// Money put in or taken out.
        Cash = "CASH",
        /// Charged for.
        Fee = "FEE",
        /// Moved to or from another institution.
        Transfer = "TRANSFER",
        /// Paid out.
        Dividend = "DIVIDEND",
    }
);

/// An instrument, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InstrumentName {
    /// As in its portfolio.
    #[serde(default)]
    #[schema(read_only)]
    pub id: Option<Uuid>,
    /// What it is called.
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: InstrumentType,
}

fn read(item: &RawValue, portfolio: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let resource = &INSTRUMENT_TRANSACTIONS;
    let mut it: InvestmentTransactionLegacy = parse(resource, item)?;
    let of = portfolio.as_deref().ok_or_else(|| bad(resource, "portfolio", "must be known"))?;
    it.instrument.id = Some(instrument_id(of, it.instrument.kind, &it.instrument.name));
    let movement = Movement {
        value_date: it.settlement_date,
        transacted_at: None,
        amount: it.amount.unwrap_or_default(),
        direction: None,
        currency: it.currency.clone(),
        description: format!("{} {} {}", it.kind, it.instrument.name, it.description),
        pending: false,
        running_balance: None,
        reference: it.quantity.map(|quantity| quantity.to_string()),
        on_card: false,
    };
    Ok(Item {
        account: portfolio,
        source_id: None,
        facts: Facts::Movement(movement),
        day: Some(it.settlement_date),
        body: body(resource, &it)?,
    })
}
