//! How Vinculo talks to institutions.
//!
//! Architecture invariant: nothing here knows a tenant, a link's id, the store or the vault. A
//! connector gets secrets and questions, and gives items and failures.

mod connectors;
pub mod host;
pub mod talk;

#[cfg(test)]
mod trial;

pub use connectors::{ofx, sandbox, statement_files};
