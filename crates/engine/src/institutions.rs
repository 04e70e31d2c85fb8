//! The catalogue: which institutions there are, and how they are.

use crate::{Engine, Error, Listed};
use domain::{filter::Condition, filter::Page, institution::Institution};

impl Engine {
    /// A page of the catalogue, by id.
    pub async fn institutions(
        &self,
        conditions: &[Condition],
        page: Page,
    ) -> Result<Listed<Institution>, Error> {
        let _ = (conditions, page);
        Err(Error::Busy)
    }
    /// One institution.
    pub async fn institution(&self, id: i64) -> Result<Institution, Error> {
        let _ = id;
        Err(Error::NoSuch("institution"))
    }
}
