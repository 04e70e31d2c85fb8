//! What Vinculo knows without doing anything: ids, money, the lives of links and sessions, refresh
//! policy, filters, and the resources as data.
//!
//! Architecture invariant: nothing here does I/O, reads a clock, draws chance or knows a runtime.
//! Time and chance come in as arguments, through [`env::Env`].

pub mod access;
pub mod address;
pub mod consent;
pub mod env;
pub mod filter;
pub mod ids;
pub mod institution;
pub mod link;
pub mod money;
pub mod operator;
pub mod record;
pub mod refresh;
pub mod resource;
pub mod resources;
pub mod session;
pub mod time;
pub mod webhook;

/// For [`words!`], which describes its words to OpenAPI wherever it is used.
#[doc(hidden)]
pub use utoipa;
