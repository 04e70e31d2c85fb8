//! `/connect/`: the pages on which a person connects an institution, and what applications embed
//! them with.

mod page;
mod standing;

use crate::operation::Operation;

pub(crate) fn operations() -> Vec<Operation> {
    page::operations().into_iter().chain(standing::operations()).collect()
}
