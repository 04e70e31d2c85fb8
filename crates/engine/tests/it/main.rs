//! What the engine promises, told as stories on both databases.
#![expect(
    clippy::tests_outside_test_module,
    clippy::unwrap_used,
    reason = "this whole program is tests"
)]

mod bank;
mod calendar;
mod canary;
mod changes;
mod checkpoint;
mod institutions;
mod jobs;
mod large;
mod links;
mod memory;
mod nodes;
mod office;
mod operators;
mod registration;
mod retrieval;
mod statements;
mod world;
