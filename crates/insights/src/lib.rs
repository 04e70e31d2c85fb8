//! What stored records say about a person's money and work: categories, incomes, recurring
//! expenses, risk insights, employment metrics.
//!
//! Everything is a pure function: the same accounts and movements, in whatever order, give the same
//! answer, exact to the rounding that the contract states.
//!
//! Architecture invariant: no I/O, no clock, no chance, no store. Days come in as arguments.

mod book;
mod cadence;
pub mod categories;
mod charge_days;
mod employment;
mod exact;
mod incomes;
mod recurring_expenses;
mod risk_insights;
mod text;
mod transfers;

pub use book::{Account, Book, Counterparty, HISTORY, MOST_OF_A_LINK, MOST_OF_A_REQUEST, Movement};
pub use employment::{Career, Job, employment_metrics};
pub use incomes::{IncomesWanted, incomes};
pub use recurring_expenses::{FoundExpense, recurring_expenses};
pub use risk_insights::risk_insights;
