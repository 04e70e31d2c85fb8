//! Steering the sandbox: what shall go wrong at its institutions, where this process may be told.

use crate::{Engine, Error, Listed};
pub use connect::sandbox::{Effect, Fault, Faults, Logo, Scope, logo};
use domain::filter::Page;

impl Engine {
    /// The sandbox's faults; `None` where nobody may steer it.
    fn faults(&self) -> Result<&Faults, Error> {
        self.settings().faults.as_deref().ok_or(Error::NoSuch("sandbox"))
    }

    /// From now on this goes wrong as well.
    pub async fn add_fault(&self, fault: Fault) -> Result<(), Error> {
        let institution = match &fault.scope {
            Scope::Institution(name) | Scope::User { institution: name, .. } => Some(name),
            Scope::Link(_) => None,
        };
        if let Some(name) = institution {
            self.institution_named(name).await.map_err(|error| match error {
                Error::NoSuch(_) => {
                    let message = format!("Object with name={name} does not exist.");
                    Error::field("does_not_exist", message, "scope")
                }
                error => error,
            })?;
        }
        self.faults()?.add(fault).map_err(|_| Error::Busy)
    }

    /// A page of what goes wrong at present.
    pub fn list_faults(&self, page: Page) -> Result<Listed<Fault>, Error> {
        Listed::of_all(page, self.faults()?.list(self.env().now()))
    }

    /// Ends the faults of `scope`, or all; says how many.
    pub fn end_faults(&self, scope: Option<&Scope>) -> Result<usize, Error> {
        Ok(self.faults()?.clear(scope))
    }
}
