//! What Vinculo remembers. The only crate that knows SQL.
//!
//! - [`Store`] opens the database; [`Store::read`] and [`Store::write`] begin a [`Tx`]; all methods
//!   are on `Tx`, in one file for each noun, so that a state, its job and its event commit together.
//! - Each statement is one text for SQLite and PostgreSQL.
//! - Whatever serves a caller takes the tenant's id, and answers for another tenant's row as if it
//!   were not there.
//! - Statements name the bucket of their link, or end in `_across_buckets`.

mod claims;
mod conditions;
mod db;
mod error;
mod lists;
mod value;

pub mod audit;
pub mod changes;
pub mod coverage;
pub mod deliveries;
pub mod documents;
pub mod endpoints;
pub mod events;
pub mod institutions;
pub mod jobs;
pub mod leases;
pub mod links;
pub mod migrate;
pub mod operators;
pub mod records;
pub mod refusals;
pub mod secrets;
pub mod sessions;
pub mod statements;
pub mod tenants;
#[cfg(feature = "testing")]
pub mod testing;
pub mod timeline;
pub mod tokens;

pub use db::{Buckets, Settings, Store, Tx, Way};
pub use error::{Error, Worded};
pub use lists::Listed;
