//! `/connect/`: the pages on which a person connects an institution, and what applications embed
//! them with.

mod page;

use crate::operation::Operation;

pub(crate) fn operations() -> Vec<Operation> {
    page::operations()
}
