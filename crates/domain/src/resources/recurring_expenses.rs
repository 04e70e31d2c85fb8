//! Recurring expenses: what is paid month after month, computed from movements.

use super::{
    accounts::ACCOUNTS,
    computed, parse, served,
    transactions::{TRANSACTIONS, TransactionCategory},
};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{
        Computed, Count, Envelope, Events, Insight, Origin, Parent, Part, Resource, Shown, Verbs,
        WindowRule,
    },
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/recurring-expenses/`.
pub static RECURRING_EXPENSES: Resource = Resource {
    name: "RECURRING_EXPENSES",
    offered_as: "RECURRING_EXPENSES",
    announced_as: "RECURRING_EXPENSES",
    path: "/api/recurring-expenses/",
    noun: "recurring expense",
    origin: Origin::Computed(Computed {
        insight: Insight::RecurringExpenses,
        from: &[&ACCOUNTS, &TRANSACTIONS],
        choices: &[],
        keeps: None,
    }),
    verbs: Verbs { retrieve: true, resume: true, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::LastYear { at_least: 0 },
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: None,
    belongs_to: Some(Parent { resource: &ACCOUNTS, shown: Shown::Whole("account") }),
    envelope: &[Envelope::Id],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("account", IN, Source::Column("account")),
        Field::id("id", IN, Source::Column("id")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events { loaded: &[("total_recurring_expenses", Count::Total)], ..Events::NONE },
    read,
    schemas: || served::<RecurringExpense>(&RECURRING_EXPENSES),
};

/// Something that one account pays every month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecurringExpense {
    /// Who is paid, or what for.
    pub name: String,
    /// The payments, the newest first.
    pub transactions: Vec<RecurringPayment>,
    /// How often it is paid.
    pub frequency: ExpenseFrequency,
    /// The mean of one payment.
    pub average_transaction_amount: Amount,
    /// The median of one payment.
    pub median_transaction_amount: Amount,
    /// Days from the newest payment to the day of the computation.
    pub days_since_last_transaction: i32,
    /// What for; one of six.
    pub category: TransactionCategory,
    /// Whether it is a subscription.
    pub payment_type: ExpenseType,
}

/// One payment of a recurring expense.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecurringPayment {
    /// How much.
    pub amount: Amount,
    /// What the institution says of it.
    pub description: String,
    /// The day.
    pub value_date: Date,
}

words!(
    /// How often an expense is paid.
    ExpenseFrequency {
        /// Once a month.
        Monthly = "MONTHLY",
    }
);
words!(
    /// Whether an expense is a subscription.
    ExpenseType {
        /// It is.
        Subscription = "SUBSCRIPTION",
        /// It is another payment that comes regularly.
        Regular = "REGULAR",
    }
);

/// What an account's expense is known by.
#[derive(Deserialize)]
struct Named {
    name: String,
}

fn read(item: &RawValue, key: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let Named { name } = parse(&RECURRING_EXPENSES, item)?;
    Ok(computed(item, Facts::Keyed(vec![format!("name:{name}")]), key))
}
