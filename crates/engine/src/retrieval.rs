//! One request for one resource of one link.

use crate::{Caller, Engine, Error};
use domain::{
    ids::{LinkId, RecordId, SessionId},
    resource::Resource,
    time::Window,
};
use secrecy::SecretString;

/// What a caller wants from the institution.
pub struct Retrieval {
    /// The resource.
    pub resource: &'static Resource,
    /// The link to read through.
    pub link: LinkId,
    /// Only these days, where the resource has days.
    pub window: Option<Window>,
    /// Only this account.
    pub account: Option<RecordId>,
    /// Whether to keep what is read.
    pub save: bool,
    /// A token given up front.
    pub token: Option<SecretString>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieved {
    /// Whether it was kept: 201 rather than 200.
    pub saved: bool,
    /// The records as JSON objects.
    pub items: Vec<String>,
}

impl Engine {
    /// Reads from the institution. `Challenged` when it asks.
    pub async fn retrieve(&self, caller: &Caller, wanted: Retrieval) -> Result<Retrieved, Error> {
        let _ = (caller, wanted.link);
        Err(Error::Busy)
    }
    /// Queues the reading; a webhook with the caller's request id tells when it is done.
    pub async fn retrieve_later(&self, caller: &Caller, wanted: Retrieval) -> Result<(), Error> {
        let _ = (caller, wanted.link);
        Err(Error::Busy)
    }
    /// Brings the answer to a challenge of a retrieval; `save` overrides what the POST said.
    pub async fn resume_retrieval(
        &self,
        caller: &Caller,
        resource: &'static Resource,
        session: SessionId,
        link: Option<LinkId>,
        answer: Option<SecretString>,
        save: Option<bool>,
    ) -> Result<Retrieved, Error> {
        let _ = (caller, resource, session, link, answer, save);
        Err(Error::SessionExpired)
    }
}
