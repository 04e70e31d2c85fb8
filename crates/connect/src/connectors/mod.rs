//! The connectors, one folder each.

pub mod sandbox;
pub mod statement_files;
pub(crate) mod statement_items;
