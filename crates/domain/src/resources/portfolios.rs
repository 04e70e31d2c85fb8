//! Portfolios: what a person has put into securities, as institutions without Open Finance show it.

use super::{body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{Count, Envelope, Events, News, Origin, Part, Resource, Verbs, WindowRule},
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

/// `/investments/portfolios/`.
pub static PORTFOLIOS: Resource = Resource {
    name: "INVESTMENTS_PORTFOLIOS",
    offered_as: "INVESTMENTS_PORTFOLIOS",
    announced_as: "INVESTMENTS_PORTFOLIOS",
    path: "/investments/portfolios/",
    noun: "portfolio",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: true, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::Now,
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")).bounds(),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: true,
    events: Events {
        loaded: &[("total_portfolios", Count::Total)],
        new: &[News::of("new_investments_portfolios_available", &[("new_portfolios", Count::New)])],
        updated: None,
        deleted: None,
        changes: None,
        told: None,
    },
    read,
    schemas: || served::<InvestmentsPortfolio>(&PORTFOLIOS),
};

/// What is kept together at an institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvestmentsPortfolio {
    /// What the institution calls it.
    pub name: String,
    /// What kind of things are in it.
    #[serde(rename = "type")]
    pub kind: PortfolioType,
    /// `ASSET` or `LIABILITY`.
    pub balance_type: Option<String>,
    /// What all of it is worth.
    pub balance_gross: Option<Amount>,
    /// The same after taxes.
    pub balance_net: Option<Amount>,
    /// ISO 4217.
    pub currency: String,
    /// What is in it.
    pub instruments: Option<Vec<Instrument>>,
}
words!(
    /// What kind of things are in a portfolio.
    PortfolioType {
        /// What pays as agreed.
        FixedIncome = "FIXED_INCOME",
        /// Anything else.
        Other = "OTHER",
        /// For old age.
        Pension = "PENSION",
        /// What pays as it goes.
        VariableIncome = "VARIABLE_INCOME",
    }
);

/// Something in a portfolio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Instrument {
    /// Follows from the portfolio, the type and the name, so that transactions name it too.
    #[serde(default)]
    #[schema(read_only)]
    pub id: Option<Uuid>,
    /// What others know it by.
    pub public_id: Option<Vec<PublicId>>,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: InstrumentType,
    /// Which variety of it, in the institution's words.
    pub subtype: Option<String>,
    /// What it is called.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// What a unit is worth.
    pub price: Option<Amount>,
    /// How many units.
    pub quantity: Option<Amount>,
    /// What all of them are worth.
    pub balance_gross: Option<Amount>,
    /// The same after taxes.
    pub balance_net: Option<Amount>,
    /// What a unit was bought for, on average.
    pub average_acquisition_price: Option<Amount>,
    /// What was gained so far.
    pub profit: Option<Amount>,
    /// Since when it is held; bonds and deposits.
    pub open_date: Option<Date>,
    /// How one gets out of it.
    pub redemption_conditions: Option<Vec<RedemptionCondition>>,
    /// What buying it cost.
    pub fees: Option<Vec<InstrumentFee>>,
    /// What it pays.
    pub interest_rates: Option<Vec<InstrumentRate>>,
}
words!(
    /// What an instrument is.
    InstrumentType {
        /// A bond.
        Bond = "BOND",
        /// What a bank owes.
        Deposit = "DEPOSIT",
        /// A fund that is traded.
        Etf = "ETF",
        /// A fund.
        Fund = "FUND",
        /// Anything else.
        Other = "OTHER",
        /// For old age.
        Pension = "PENSION",
        /// A share.
        Stock = "STOCK",
    }
);

/// What others know an instrument by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicId {
    /// `ISIN`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The number.
    pub value: String,
}

/// How one gets out of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedemptionCondition {
    /// `due_date`.
    #[serde(rename = "type")]
    pub kind: String,
    /// As text.
    pub value: String,
}

/// What buying an instrument cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InstrumentFee {
    /// What for.
    #[serde(rename = "type")]
    pub kind: String,
    /// How much.
    pub value: Amount,
}

/// What an instrument pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InstrumentRate {
    /// The period that it is stated for.
    #[serde(rename = "type")]
    pub kind: String,
    /// Percent; of the index, where there is one.
    pub value: Amount,
    /// The index: `CDI`.
    pub index: Option<String>,
}

/// The id of an instrument, known from what both the portfolio and its transactions say of it.
pub(super) fn instrument_id(portfolio: &str, kind: InstrumentType, name: &str) -> Uuid {
    // FNV-1a: it has to be the same everywhere, not hard to guess.
    let mut hash = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
    for byte in [portfolio, kind.as_str(), name].into_iter().flat_map(|s| s.bytes().chain([0xff])) {
        hash = (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
    }
    uuid::Builder::from_custom_bytes(hash.to_be_bytes()).into_uuid()
}

fn read(item: &RawValue, key: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let mut it: InvestmentsPortfolio = parse(&PORTFOLIOS, item)?;
    let shape = format!("shape:{}|{}|{}", it.kind, it.currency, it.name);
    let key = key.unwrap_or_else(|| shape.clone());
    for instrument in it.instruments.iter_mut().flatten() {
        instrument.id = Some(instrument_id(&key, instrument.kind, &instrument.name));
    }
    Ok(Item {
        facts: Facts::Keyed(vec![format!("id:{key}"), shape]),
        source_id: Some(key.clone()),
        account: Some(key),
        day: None,
        body: body(&PORTFOLIOS, &it)?,
    })
}
