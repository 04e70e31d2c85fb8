//! What is computed, from outside.

mod book;
mod incomes;
mod labelled;
mod properties;
mod recurring_expenses;
mod risk_insights;
