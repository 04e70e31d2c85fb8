//! What Vinculo does: registers links, runs sessions, refreshes, keeps the ledger, announces.
//!
//! Architecture invariant: no HTTP towards callers and no SQL; `server` translates, `store`
//! remembers.

pub mod clock;
pub mod error;
pub mod institutions;
pub mod ledger;
pub mod links;
pub mod query;
pub mod retrieval;

pub use error::{Challenged, Error, FieldProblem};

use domain::{
    env::Env,
    ids::{KeyId, NodeId, RequestId, TenantId},
};
use std::sync::Arc;

/// Who is calling, already authenticated, and with which request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Whose data may be seen.
    pub tenant: TenantId,
    /// The key that was used.
    pub key: KeyId,
    /// Repeated in errors and in the webhooks that the request causes.
    pub request: RequestId,
}

/// One page of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// How many there are on all pages.
    pub count: u64,
    /// Those of this page.
    pub items: Vec<T>,
}

/// Everything that acts, wired together. Cheap to clone; nothing is global.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    env: Env,
    node: NodeId,
}

impl Engine {
    /// Time and chance.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.0.env
    }
    /// This process.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.0.node
    }
}
