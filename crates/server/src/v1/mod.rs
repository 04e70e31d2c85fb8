//! Our own face: what the compatible one has no words for.

use crate::operation::Operation;

pub(crate) fn operations() -> Vec<Operation> {
    Vec::new()
}

/// What steers clock and sandbox; only where the settings allow it.
pub(crate) fn steering() -> Vec<Operation> {
    Vec::new()
}
