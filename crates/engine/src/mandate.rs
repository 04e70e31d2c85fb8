//! What a session is for, and by what it writes.

use crate::{Engine, Error, effects::Cause, retrieval::Wanted};
use connect::talk::Failure;
use domain::{
    ids::{JobId, LinkId, RequestId, SessionId, TenantId},
    link::Attempt,
    resource::Resource,
};
use serde::{Deserialize, Serialize};
use store::Tx;

/// What a session was opened for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// To confirm a new link, then to load it.
    Register,
    /// To confirm new credentials, then to load.
    Repair,
    /// To answer one request for data.
    Retrieve(Wanted),
    /// To read the statement file that came with the request.
    Upload,
    /// To do a queued piece of work; nobody is there to answer a challenge.
    Work(Work),
}

/// A queued piece of work as its session sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Work {
    /// The job that pays for it.
    pub(crate) job: JobId,
    /// The claim: a late worker's writes are refused by it.
    pub(crate) fence: u64,
    /// The how-manieth try.
    pub(crate) attempt: u32,
    /// Why.
    pub(crate) cause: Cause,
    /// What to read.
    pub(crate) wanted: Vec<Wanted>,
}

impl Purpose {
    /// As its session's row holds it.
    pub(crate) fn stored(&self) -> String {
        serde_json::to_string(self).expect("a purpose is plain data")
    }
    pub(crate) fn read(stored: &str) -> Result<Self, Error> {
        serde_json::from_str(stored).map_err(|e| Error::Internal("reading a session", Box::new(e)))
    }
    pub(crate) const fn attempt(&self) -> Attempt {
        match self {
            Self::Register => Attempt::Registration,
            Self::Repair => Attempt::Repair,
            Self::Retrieve(_) | Self::Upload => Attempt::Request,
            Self::Work(_) => Attempt::Schedule,
        }
    }
    /// What timelines and metrics call it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Register => "registration",
            Self::Repair => "repair",
            Self::Retrieve(_) => "request",
            Self::Work(work) => match work.cause {
                Cause::Load(_) | Cause::Request(_) => "load",
                Cause::Schedule(_) => "schedule",
                Cause::Async(_) => "async",
                Cause::Upload(_) => "upload",
            },
            Self::Upload => "upload",
        }
    }
}

/// By what a session writes: whose it is, what for, and on which claim. It is the session's own where
/// its [`Run`](crate::sessions::Run) talks to the institution meanwhile.
#[derive(Clone)]
pub(crate) struct Mandate {
    pub(crate) engine: Engine,
    pub(crate) tenant: TenantId,
    pub(crate) link: LinkId,
    pub(crate) session: SessionId,
    pub(crate) request: RequestId,
    pub(crate) purpose: Purpose,
}

impl Mandate {
    /// The work being done, once it has begun.
    pub(crate) fn work(&self) -> Option<&Work> {
        match &self.purpose {
            Purpose::Work(work) => Some(work),
            _ => None,
        }
    }
    /// Why it is being done.
    pub(crate) fn cause(&self) -> Cause {
        match &self.purpose {
            Purpose::Work(work) => work.cause.clone(),
            Purpose::Upload => Cause::Upload(self.request),
            Purpose::Register | Purpose::Repair | Purpose::Retrieve(_) => {
                Cause::Request(self.request)
            }
        }
    }
    /// Whether a file that was uploaded is being read: all that is in it, whatever its days.
    pub(crate) fn is_upload(&self) -> bool {
        self.purpose == Purpose::Upload
    }
    /// Whether a caller waits for the records of `resource` themselves.
    pub(crate) fn shows(&self, resource: &Resource) -> bool {
        matches!(&self.purpose, Purpose::Retrieve(wanted) if wanted.resource == resource.name)
    }
    /// Fails where the session has been ended by somebody else, or where another worker has taken
    /// the work over. The link's row must be held already: whoever holds it comes first.
    pub(crate) async fn still_ours(&self, tx: &mut Tx) -> Result<(), Error> {
        let row = tx.session(self.tenant, self.session).await?;
        let open = row.is_some_and(|row| row.finished_at.is_none());
        let held = match self.work() {
            Some(work) => tx.holds(work.job, work.fence).await?,
            None => true,
        };
        if open && held { Ok(()) } else { Err(Failure::Cancelled.into()) }
    }
}
