//! The connectors, one folder each.

pub mod sandbox;
pub(crate) mod statement_items;
