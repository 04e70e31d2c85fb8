//! What the crate shows outside: the cage and its way out, on this machine as it is, with a connector
//! that means ill; and the schemas that connectors are built on.
//!
//! Everything is tried in both cages. A machine without one of them fails these tests: it says what to
//! install.

mod attacks;
mod cage;
mod network;
mod schemas;
