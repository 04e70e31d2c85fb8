//! The world under test. Never in the release binary.
//!
//! [`history`] invents what truly happened in an account, [`institution`] shows it the way
//! institutions do (badly), [`ledger`] lets `engine::ledger` read that again and again, and
//! [`invariants`] compares the book that results with the truth. Everything follows from one seed.

pub mod accounts;
pub mod history;
pub mod institution;
pub mod invariants;
pub mod ledger;
