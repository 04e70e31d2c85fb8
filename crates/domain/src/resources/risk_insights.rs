//! Risk insights: what a person owns, owes, earns and spends, computed from accounts and movements.

use super::{
    accounts::ACCOUNTS,
    computed, served,
    transactions::{Subcategory, TRANSACTIONS, TransactionCategory},
};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{
        Computed, Count, Envelope, Events, Insight, Origin, Part, Resource, Verbs, WindowRule,
    },
    words,
};
use jiff::Timestamp;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, schema::Schema},
};

/// `/api/risk-insights/`.
pub static RISK_INSIGHTS: Resource = Resource {
    name: "RISK_INSIGHTS",
    offered_as: "RISK_INSIGHTS",
    announced_as: "RISK_INSIGHTS",
    path: "/api/risk-insights/",
    noun: "risk insights",
    origin: Origin::Computed(Computed {
        insight: Insight::RiskInsights,
        from: &[&ACCOUNTS, &TRANSACTIONS],
        choices: &[],
        keeps: Some(30),
    }),
    verbs: Verbs { retrieve: true, resume: true, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::Now,
    kinds: None,
    documents: None,
    single: true,
    load: Part::WHOLE,
    vanishes: false,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("account", IN, Source::Within("accounts")),
        Field::id("id", IN, Source::Column("id")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events { loaded: &[("total_risk_insights", Count::Total)], ..Events::NONE },
    read,
    schemas: || served::<RiskInsights>(&RISK_INSIGHTS),
};

words!(
    /// How far back a metric looks. The day that it looks back from counts too, so that `3d` are
    /// four days.
    LookBack {
        /// Three days.
        ThreeDays = "3d",
        /// A week.
        Week = "1w",
        /// 30 days.
        Month = "1m",
        /// 90 days.
        ThreeMonths = "3m",
        /// 180 days.
        SixMonths = "6m",
        /// 360 days.
        TwelveMonths = "12m",
    }
);

impl LookBack {
    /// Days before the one that it looks back from.
    #[must_use]
    pub const fn days(self) -> i32 {
        match self {
            Self::ThreeDays => 3,
            Self::Week => 7,
            Self::Month => 30,
            Self::ThreeMonths => 90,
            Self::SixMonths => 180,
            Self::TwelveMonths => 360,
        }
    }
}

/// Declares a block of metrics: those that there are once, and those that there are for each
/// look-back, whose keys end with its word (`min_balance_3d`). From the declaration come the two
/// structs, what they are as JSON, and their schema.
macro_rules! metrics { (
    $(#[doc = $says:literal])+ $name:ident { $($(#[doc = $doc:literal])+ $key:ident: $kind:ty),* $(,)? }
    $(#[doc = $each_says:literal])+ $each:ident { $($(#[doc = $each_doc:literal])+ $each_key:ident: $each_kind:ty),* $(,)? }
) => {
    $(#[doc = $says])+
    #[derive(Debug, Clone, PartialEq, Eq, Default)]
    pub struct $name {
        $($(#[doc = $doc])+ pub $key: $kind,)*
        /// Each look-back, from the shortest.
        pub looks: [$each; LookBack::ALL.len()],
    }
    $(#[doc = $each_says])+
    #[derive(Debug, Clone, PartialEq, Eq, Default)]
    pub struct $each { $($(#[doc = $each_doc])+ pub $each_key: $each_kind),* }
    impl Serialize for $name {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            $(map.serialize_entry(stringify!($key), &self.$key)?;)*
            $(for (back, look) in LookBack::ALL.iter().zip(&self.looks) {
                map.serialize_entry(&format!(concat!(stringify!($each_key), "_{}"), back), &look.$each_key)?;
            })*
            map.end()
        }
    }
    impl PartialSchema for $name {
        fn schema() -> RefOr<Schema> {
            let mut object = ObjectBuilder::new().description(Some(concat!($($says),+).trim()));
            $(object = object.property(stringify!($key), <$kind as PartialSchema>::schema()).required(stringify!($key));)*
            $(for back in LookBack::ALL {
                let key = format!(concat!(stringify!($each_key), "_{}"), back);
                object = object.property(&key, <$each_kind as PartialSchema>::schema()).required(&key);
            })*
            object.into()
        }
    }
    impl ToSchema for $name {}
} }

/// What was found of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskInsights {
    /// The accounts that were looked at.
    pub accounts: Vec<String>,
    /// What is owned.
    pub assets_metrics: AssetsMetrics,
    /// What is owed on cards.
    pub credit_cards_metrics: CreditCardsMetrics,
    /// What is owed on loans.
    pub loans_metrics: LoansMetrics,
    /// What was in checking and savings accounts at the end of each day.
    pub balances_metrics: BalancesMetrics,
    /// How often and how much money moved.
    pub transactions_metrics: TransactionsMetrics,
    /// What came in and went out each day, without what moved between the person's own accounts.
    pub cashflow_metrics: CashflowMetrics,
    /// What money was spent on and came from.
    pub category_metrics: Vec<CategoryMetrics>,
}

/// What is owned: checking and savings accounts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct AssetsMetrics {
    /// The institutions that keep them.
    pub institutions: Vec<String>,
    /// How many there are.
    pub num_assets_accounts: usize,
    /// How many checking accounts.
    pub num_checking_accounts: usize,
    /// How many savings accounts.
    pub num_savings_accounts: usize,
    /// What is in checking accounts.
    pub checking_accounts_balance: Option<Amount>,
    /// What is in savings accounts.
    pub savings_accounts_balance: Option<Amount>,
}

/// What is owed on cards.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct CreditCardsMetrics {
    /// How many card accounts there are.
    pub num_accounts: usize,
    /// The most that may be owed.
    pub sum_credit_limit: Option<Amount>,
    /// What is owed.
    pub sum_credit_used: Option<Amount>,
    /// What is owed as a part of the most that may be.
    pub credit_card_limit_utilization: Option<Amount>,
}

/// What is owed on loans, and by what checking and savings accounts are overdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct LoansMetrics {
    /// How many loan accounts there are.
    pub num_accounts: usize,
    /// What was lent.
    pub sum_loans_principal: Option<Amount>,
    /// What of it is still owed.
    pub sum_loans_outstanding_principal: Option<Amount>,
    /// What is paid each month.
    pub sum_loans_monthly_payment: Option<Amount>,
    /// What is still owed as a part of what was lent.
    pub loan_limit_utilization: Option<Amount>,
    /// By how much accounts may be overdrawn.
    pub overdraft_limit: Option<Amount>,
    /// By how much they are, as a part of that.
    pub overdraft_limit_utilization: Option<Amount>,
}

metrics!(
    /// What was in checking and savings accounts together at the end of each day.
    BalancesMetrics {
        /// Now.
        closing_balance: Option<Amount>,
        /// What `days_balance_below_x` compares with.
        balance_threshold_x: Amount,
    }
    /// The same, looking back so far.
    BalancesLook {
        /// The least.
        min_balance: Option<Amount>,
        /// The mean.
        mean_balance: Option<Amount>,
        /// The most.
        max_balance: Option<Amount>,
        /// The standard deviation of a sample.
        std_balance: Option<Amount>,
        /// The slope of the line of least squares, for each day.
        balance_trend: Option<Amount>,
        /// Days that ended with nothing or less.
        days_balance_below_0: Option<u32>,
        /// Days that ended with the mean or less.
        days_balance_below_mean: Option<u32>,
        /// Days that ended with the threshold or less.
        days_balance_below_x: Option<u32>,
    }
);

metrics!(
    /// How often and how much money moved in checking, savings, card and loan accounts.
    TransactionsMetrics {
        /// Days since the newest movement.
        days_since_last_transaction: Option<u32>,
        /// Days since the newest that brought money.
        days_since_last_incoming_transaction: Option<u32>,
        /// Days since the newest that took money.
        days_since_last_outgoing_transaction: Option<u32>,
        /// Days since the oldest movement.
        days_history: Option<u32>,
    }
    /// The same, looking back so far.
    TransactionsLook {
        /// Movements.
        num_transactions: u32,
        /// The most of one day.
        max_num_transactions: u32,
        /// The mean of a day.
        mean_num_transactions: Option<Amount>,
        /// Movements that brought money.
        num_incoming_transactions: u32,
        /// The most of one day.
        max_num_incoming_transactions: u32,
        /// The mean of a day.
        mean_num_incoming_transactions: Option<Amount>,
        /// What they brought.
        sum_incoming_amount: Option<Amount>,
        /// The most that one brought.
        max_incoming_amount: Option<Amount>,
        /// The mean of what one brought.
        mean_incoming_amount: Option<Amount>,
        /// Movements that took money.
        num_outgoing_transactions: u32,
        /// The most of one day.
        max_num_outgoing_transactions: u32,
        /// The mean of a day.
        mean_num_outgoing_transactions: Option<Amount>,
        /// What they took.
        sum_outgoing_amount: Option<Amount>,
        /// The most that one took.
        max_outgoing_amount: Option<Amount>,
        /// The mean of what one took.
        mean_outgoing_amount: Option<Amount>,
        /// Days without any movement.
        days_without_transactions: u32,
    }
);

metrics!(
    /// What came in and went out each day, without what moved between the person's own accounts.
    CashflowMetrics {}
    /// The same, looking back so far.
    CashflowLook {
        /// What came in.
        sum_positive: Option<Amount>,
        /// The most that came in on one day.
        max_positive: Option<Amount>,
        /// The mean of the days on which something came in.
        mean_positive: Option<Amount>,
        /// The slope over the days on which something came in, for each day.
        sum_positive_trend: Option<Amount>,
        /// What went out.
        sum_negative: Option<Amount>,
        /// The most that went out on one day.
        max_negative: Option<Amount>,
        /// The mean of the days on which something went out.
        mean_negative: Option<Amount>,
        /// The slope over the days on which something went out, for each day.
        sum_negative_trend: Option<Amount>,
        /// What came in as a part of what went out.
        positive_to_negative_ratio: Option<Amount>,
        /// What came in less what went out.
        net_cashflow: Option<Amount>,
        /// Its slope over the days on which something moved, for each day.
        net_cashflow_trend: Option<Amount>,
    }
);

/// What money was spent on or came from in the last 90 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryMetrics {
    /// What for.
    pub category: TransactionCategory,
    /// What for, more closely.
    pub subcategory: Option<Subcategory>,
    /// What came in less what went out.
    pub net_amount_3m: Option<Amount>,
    /// That as a part of all that came in and is categorised.
    pub category_inflow_ratio_3m: Option<Amount>,
    /// Its slope over the days on which something moved, for each day.
    pub trend_3m: Option<Amount>,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what is read may be refused, what is computed is not"
)]
fn read(item: &RawValue, _key: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    Ok(computed(item, Facts::Snapshot, None))
}
