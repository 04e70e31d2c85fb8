//! The connectors, one folder each.

pub mod ofx;
pub mod sandbox;
pub mod statement_files;
pub(crate) mod statement_items;
mod visit;
