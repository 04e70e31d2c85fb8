//! How Vinculo talks to institutions.
//!
//! Architecture invariant: nothing here knows a tenant, a link's id, the store or the vault. A
//! connector gets secrets and questions, and gives items and failures.

pub mod cage;
mod connectors;
pub mod egress;
pub mod host;
pub mod manifest;
pub mod program;
pub mod redactor;
pub mod talk;
pub mod wire;

#[cfg(test)]
mod trial;

pub use connectors::sandbox;
