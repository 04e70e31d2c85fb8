//! The contract of the store, held on both databases.
#![expect(clippy::unwrap_used, reason = "this whole program is tests")]

mod catalogue;
mod changes;
mod deliveries;
mod documents;
mod events;
mod glances;
mod jobs;
mod links;
mod operators;
mod plans;
mod pooler;
mod records;
mod refusals;
mod rules;
mod schema;
mod sessions;
mod statements;
mod transactions;
mod world;
