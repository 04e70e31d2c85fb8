//! Incomes: where a person's money comes from, how much and how surely, computed from movements.

use super::{accounts::ACCOUNTS, computed, served, transactions::TRANSACTIONS};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{
        Choice, Computed, Count, Envelope, Events, Insight, Origin, Part, Resource, Verbs,
        WindowRule,
    },
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/incomes/`.
pub static INCOMES: Resource = Resource {
    name: "INCOMES",
    offered_as: "INCOMES",
    announced_as: "INCOMES",
    path: "/api/incomes/",
    noun: "income",
    origin: Origin::Computed(Computed {
        insight: Insight::Incomes,
        from: &[&ACCOUNTS, &TRANSACTIONS],
        choices: &[
            Choice {
                key: "allowed_income_types",
                words: IncomeType::WORDS,
                many: true,
                says: "Only streams of these types; all if nothing is said.",
            },
            Choice {
                key: "minimum_confidence_level",
                words: Confidence::WORDS,
                many: false,
                says: "Only streams that will go on at least so probably.",
            },
        ],
        keeps: Some(30),
    }),
    verbs: Verbs { retrieve: true, resume: true, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::LastYear { at_least: 90 },
    kinds: None,
    documents: None,
    single: true,
    load: Part::WHOLE,
    vanishes: false,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CreatedAt, Envelope::InstitutionName],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("account", IN, Source::Within("income_streams")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events {
        loaded: &[
            ("total_incomes", Count::Total),
            ("number_of_income_streams", Count::Sum("number_of_income_streams")),
        ],
        ..Events::NONE
    },
    read,
    schemas: || served::<Income>(&INCOMES),
};

/// The incomes that were found in the movements of one person's accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Income {
    /// Each source that was found; none when there is none.
    pub income_streams: Vec<IncomeStream>,
    /// Always `BANK`.
    pub income_source_type: IncomeSourceType,
    /// The day of the oldest movement that was looked at.
    pub first_transaction_date: Option<Date>,
    /// The day of the newest; where there was none, the last day that was looked at.
    pub last_transaction_date: Date,
    /// The working day of the month, from 1, on which a debit most probably succeeds; 0 where
    /// nothing speaks for any. Left out of the caller's own data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_working_day_to_charge: Option<u8>,
    /// Up to three more, the best first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good_working_days_to_charge: Option<Vec<u8>>,
    /// How many streams there are.
    pub number_of_income_streams: usize,
    /// All that came in, for each rolling month from the oldest movement to the newest, and no fewer
    /// than those in which something did.
    pub monthly_average: Amount,
    /// The part of monthly, fortnightly and weekly streams.
    pub monthly_average_regular: Amount,
    /// The part of all others.
    pub monthly_average_irregular: Amount,
    /// The part of streams that may well not go on.
    pub monthly_average_low_confidence: Amount,
    /// The part of streams that will perhaps go on.
    pub monthly_average_medium_confidence: Amount,
    /// The part of streams that will probably go on.
    pub monthly_average_high_confidence: Amount,
    /// All that came in.
    pub total_income_amount: Amount,
    /// What monthly, fortnightly and weekly streams brought.
    pub total_regular_income_amount: Amount,
    /// What all others brought.
    pub total_irregular_income_amount: Amount,
    /// What streams that may well not go on brought.
    pub total_low_confidence: Amount,
    /// What streams that will perhaps go on brought.
    pub total_medium_confidence: Amount,
    /// What streams that will probably go on brought.
    pub total_high_confidence: Amount,
}

/// The incomes of one account that have one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncomeStream {
    /// The account that it came into.
    pub account_id: String,
    /// What kind of income it is.
    pub income_type: IncomeType,
    /// How often it comes.
    pub frequency: IncomeFrequency,
    /// For each rolling month in which it came.
    pub monthly_average: Amount,
    /// The median of what came in a calendar month in which it came.
    pub monthly_median: Amount,
    /// The mean of one income.
    pub average_income_amount: Amount,
    /// The newest income.
    pub last_income_amount: Amount,
    /// ISO 4217.
    pub currency: String,
    /// What the institution says of the newest income.
    pub last_income_description: String,
    /// The day of the newest income.
    pub last_income_date: Date,
    /// From 0 to 1: how equal the amounts are; null for a single income.
    pub stability: Option<Amount>,
    /// From 0 to 1: how equal the times between them are; null for a single income.
    pub regularity: Option<Amount>,
    /// How much the last income is above (below) the first, as a part of the first; null for a
    /// single income.
    pub trend: Option<Amount>,
    /// Rolling months that were looked at.
    pub lookback_periods: u32,
    /// Those of them for which the account has movements.
    pub full_periods: u32,
    /// Those of them in which the income came.
    pub periods_with_income: u32,
    /// How often it came.
    pub number_of_incomes: usize,
    /// How probably it will go on.
    pub confidence: Confidence,
}

words!(
    /// Where incomes were found.
    IncomeSourceType {
        /// In the movements of bank accounts.
        Bank = "BANK",
    }
);
words!(
    /// A kind of income.
    IncomeType {
        /// From an employer.
        Salary = "SALARY",
        /// From the state.
        Government = "GOVERNMENT",
        /// From money that was lent or invested.
        Interest = "INTEREST",
        /// From tenants.
        Rent = "RENT",
        /// For former work.
        Retirement = "RETIREMENT",
        /// For work on one's own account.
        Freelance = "FREELANCE",
        /// For something else that was done or sold.
        AlternativeIncome = "ALTERNATIVE_INCOME",
        /// From somebody's account, for whatever reason.
        Transfer = "TRANSFER",
        /// Cash or cheques.
        Deposit = "DEPOSIT",
        /// Nothing tells.
        Unknown = "UNKNOWN",
    }
);
words!(
    /// How often an income comes.
    IncomeFrequency {
        /// Once a month.
        Monthly = "MONTHLY",
        /// Every two weeks, or twice a month.
        Fortnightly = "FORTNIGHTLY",
        /// Every week.
        Weekly = "WEEKLY",
        /// Again and again, without a pattern.
        Irregular = "IRREGULAR",
        /// It came once.
        Single = "SINGLE",
    }
);
words!(
    /// How probably an income will go on, from the least.
    Confidence {
        /// Nothing speaks for it.
        Low = "LOW",
        /// Perhaps.
        Medium = "MEDIUM",
        /// Probably.
        High = "HIGH",
    }
);

impl IncomeFrequency {
    /// It comes at equal distances.
    #[must_use]
    pub const fn is_regular(self) -> bool {
        matches!(self, Self::Monthly | Self::Fortnightly | Self::Weekly)
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what is read may be refused, what is computed is not"
)]
fn read(item: &RawValue, _key: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    Ok(computed(item, Facts::Snapshot, None))
}
