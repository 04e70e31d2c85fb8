//! `/connect/`: the pages on which a person connects an institution, and what applications embed
//! them with; and `/portal/`, where they see what they have allowed.

mod page;
mod portal;
mod standing;

pub(crate) use page::destination;
pub(crate) use portal::place;

use crate::operation::Operation;

pub(crate) fn operations() -> Vec<Operation> {
    let pages = page::operations().into_iter().chain(portal::operations());
    pages.chain(standing::operations()).collect()
}
