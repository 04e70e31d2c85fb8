//! The contract of the store, held on both databases.
#![expect(clippy::tests_outside_test_module, reason = "this whole program is tests")]

mod smoke;
mod world;
