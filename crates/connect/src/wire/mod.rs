//! The connector protocol as it travels: JSON-RPC 2.0, one object a line. The normative text is
//! `docs/connectors/protocol.md`; the schemas that others build on (`sdk/schema/`) are computed from
//! the types here.
//!
//! Architecture invariant: nothing here starts a process, waits for a deadline or knows a connector.

pub mod frame;
pub mod kind;
pub mod lines;
pub mod messages;
pub mod schema;
pub mod secret;
pub mod version;

/// The longest line either side may write, in bytes, without its end.
pub const LINE: usize = 1 << 20;
/// The longest cursor of a checkpoint, in bytes.
pub const CURSOR: usize = 4 << 10;
/// The largest document, in bytes.
pub const DOCUMENT: usize = 8 << 20;
/// The longest text that may be remembered for the next login, in bytes.
pub const STATE: usize = 1 << 20;
