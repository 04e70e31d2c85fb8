//! Investments: what a person has put into securities, funds and bonds of Brazil.

use super::{body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{Count, Envelope, Events, News, Origin, Part, Resource, Verbs, WindowRule},
    time::Moment,
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/br/investments/`.
pub static INVESTMENTS: Resource = Resource {
    name: "INVESTMENTS",
    offered_as: "INVESTMENTS",
    announced_as: "INVESTMENTS",
    path: "/api/br/investments/",
    noun: "investment",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: true },
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
        Field::id("id", IN, Source::Column("id")),
        Field::word("type", InvestmentType::WORDS, IN, Source::Body(&["type"])),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: Some("link"),
    deletion_limited: false,
    marks_seen: true,
    events: Events {
        loaded: &[("total_investments", Count::Total)],
        new: &[News::of("new_investments_available", &[("new_investments", Count::New)])],
        updated: None,
        deleted: None,
        changes: None,
        told: None,
    },
    read,
    schemas: || served::<InvestmentBrazil>(&INVESTMENTS),
};

/// One position: a security, a fund, a bond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvestmentBrazil {
    /// Which family of products.
    #[serde(rename = "type")]
    pub kind: InvestmentType,
    /// The tax number of the issuer or of the fund; none for treasury bonds.
    pub issuer_id_number: Option<String>,
    /// ISIN.
    pub isin_number: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// What it is called: the kind of certificate, the fund, the bond, the ticker.
    pub product_name: String,
    /// Whether its income is free of tax; only of credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_tax_exempt: Option<bool>,
    /// The registrar's code; only of fixed income.
    pub clearing_code: Option<String>,
    /// When it falls due; fixed income and treasury bonds.
    pub due_date: Option<Date>,
    /// When it was issued; only of fixed income.
    pub issue_date: Option<Date>,
    /// When it was bought; fixed income and treasury bonds.
    pub purchase_date: Option<Date>,
    /// Until when it cannot be given back; only of fixed income.
    pub grace_period_date: Option<Date>,
    /// The price of a unit when it was issued; only of fixed income.
    pub issue_unit_price: Option<Amount>,
    /// What it is worth.
    pub balance: InvestmentBalance,
    /// What it pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remuneration: Option<Remuneration>,
    /// Which kind of fund it is.
    pub classification_details: Option<FundClassification>,
    /// Whether it pays interest on the way; credit and treasury bonds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voucher_payment_details: Option<VoucherPayment>,
    /// Who owes it; only of credit.
    pub debtor_details: Option<Debtor>,
}
words!(
    /// A family of investments.
    InvestmentType {
        /// What banks owe: CDB, RDB, LCI, LCA.
        FixedIncomeBanking = "FIXED_INCOME_BANKING",
        /// What companies owe: debentures, CRI, CRA.
        FixedIncomeCredit = "FIXED_INCOME_CREDIT",
        /// Shares and what else is traded.
        VariableIncome = "VARIABLE_INCOME",
        /// What the state owes.
        TreasuryBond = "TREASURY_BOND",
        /// A share in a fund.
        InvestmentFund = "INVESTMENT_FUND",
    }
);

/// What an investment is worth at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvestmentBalance {
    /// At which.
    pub reference_date: Moment,
    /// Before taxes and fees.
    pub gross_value: Amount,
    /// What cannot be used.
    pub blocked_amount: Amount,
    /// How many units.
    pub quantity: Amount,
    /// What a unit is worth before taxes and fees.
    pub gross_unit_price: Option<Amount>,
    /// After taxes and fees.
    pub net_value: Option<Amount>,
    /// What would be withheld.
    pub withheld_amount: Option<Amount>,
    /// What an operation costs.
    pub transaction_fee: Option<Amount>,
    /// What a unit was bought for.
    pub purchase_unit_price: Option<Amount>,
    /// The rate that is fixed.
    pub pre_fixed_rate: Option<Amount>,
    /// The share of the index.
    pub post_fixed_rate: Option<Amount>,
    /// The fine for being late, as agreed.
    pub penalty_fee: Option<Amount>,
    /// The interest for being late.
    pub late_payment_fee: Option<Amount>,
    /// The last price on the exchange.
    pub closing_price: Option<Amount>,
    /// How many units the price is quoted for.
    pub unit_price_factor: Option<Amount>,
}

/// What an investment pays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Remuneration {
    /// The rate that is fixed: 0.15 is 15 percent.
    pub pre_fixed_rate: Option<Amount>,
    /// The share of the index: 1.05 is 105 percent.
    pub post_fixed_rate: Option<Amount>,
    /// `LINEAR` or `EXPONENCIAL`.
    pub rate_type: Option<String>,
    /// `DIARIO`, `MENSAL`, `SEMESTRAL` or `ANUAL`.
    pub rate_periodicity: Option<String>,
    /// `DIAS_UTEIS` or `DIAS_CORRIDOS`.
    pub calculation_base: Option<String>,
    /// The index that it follows.
    pub indexer: Option<Indexer>,
    /// Says more where the index is none of those.
    pub indexer_additional_info: Option<String>,
}
words!(
    /// An index that a rate follows.
    #[expect(missing_docs, reason = "the words are the documentation")]
    Indexer {
        Cdi = "CDI",
        Di = "DI",
        Tr = "TR",
        Ipca = "IPCA",
        IgpM = "IGP_M",
        IgpDi = "IGP_DI",
        Inpc = "INPC",
        Bcp = "BCP",
        Tlc = "TLC",
        Selic = "SELIC",
        PreFixed = "PRE_FIXADO",
        Others = "OUTROS",
    }
);

/// Which kind of fund something is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct FundClassification {
    /// `RENDA_FIXA`, `ACOES`, `MULTIMERCADO` or `CAMBIAL`.
    pub category: Option<String>,
    /// ANBIMA's class.
    pub class: Option<String>,
    /// ANBIMA's subclass.
    pub subclass: Option<String>,
}

/// Whether an investment pays interest on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct VoucherPayment {
    /// Whether it does.
    pub is_voucher_payment: bool,
    /// `MENSAL`, `TRIMESTRAL`, `SEMESTRAL`, `ANUAL`, `IRREGULAR` or `OUTROS`.
    pub periodicity: Option<String>,
    /// Says more where it is none of those.
    pub periodicity_additional_info: Option<String>,
}

/// Who owes an investment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Debtor {
    /// Their name.
    pub name: String,
    /// Their tax number.
    pub id_document_number: String,
}

fn read(item: &RawValue, key: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: InvestmentBrazil = parse(&INVESTMENTS, item)?;
    let isin = it.isin_number.as_deref().unwrap_or_default();
    let bought = it.purchase_date.map(|day| day.to_string()).unwrap_or_default();
    let shape = format!("shape:{}|{isin}|{}|{bought}", it.kind, it.product_name);
    let id = key.as_ref().map(|key| format!("id:{key}"));
    Ok(Item {
        source_id: key.clone(),
        account: key,
        facts: Facts::Keyed(id.into_iter().chain([shape]).collect()),
        day: None,
        body: body(&INVESTMENTS, &it)?,
    })
}
