//! Recurring expenses: what is paid month after month, computed from movements.

use super::transactions::TransactionCategory;
use crate::{money::Amount, words};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

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
