//! The sessions that this process holds, and how their callers watch them.

use crate::retrieval::Retrieved;
use connect::talk::Failure;
use domain::{
    ids::{JobId, SessionId},
    session::Challenge,
};
use jiff::Timestamp;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// How far a session has come.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Progress {
    /// The connector is at work.
    Working,
    /// The institution asks.
    Challenged {
        /// The how-manieth challenge of this session.
        number: u32,
        /// Until when an answer is taken.
        until: Timestamp,
        /// What is asked.
        challenge: Arc<Challenge>,
    },
    /// The link is confirmed; what follows happens by itself.
    LoggedIn,
    /// The request for data was answered.
    Answered(Arc<Retrieved>),
    /// It failed.
    Failed(Failure),
}

/// A session of this process.
pub(crate) struct Held {
    pub(crate) progress: watch::Sender<Progress>,
    /// Pinged when an answer has been stored, to save a look.
    pub(crate) answered: Notify,
    /// Ends the conversation.
    pub(crate) cancel: CancellationToken,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Live(Mutex<HashMap<SessionId, Arc<Held>>>);

impl Live {
    fn map(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Held>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(crate) fn hold(&self, id: SessionId, cancel: CancellationToken) -> Arc<Held> {
        let progress = watch::Sender::new(Progress::Working);
        let held = Arc::new(Held { progress, answered: Notify::new(), cancel });
        self.map().insert(id, held.clone());
        held
    }
    pub(crate) fn get(&self, id: SessionId) -> Option<Arc<Held>> {
        self.map().get(&id).cloned()
    }
    pub(crate) fn holds(&self, id: SessionId) -> bool {
        self.map().contains_key(&id)
    }
    /// Ends the conversation of a session that is not ours any more.
    pub(crate) fn cancel(&self, id: SessionId) {
        if let Some(held) = self.get(id) {
            held.cancel.cancel();
        }
    }
    pub(crate) fn release(&self, id: SessionId) {
        self.map().remove(&id);
    }
    pub(crate) fn ids(&self) -> Vec<SessionId> {
        self.map().keys().copied().collect()
    }
}

/// The claims on jobs that this process holds, to be renewed while it works on them.
#[derive(Default, Clone)]
pub(crate) struct Running(Arc<Mutex<HashMap<JobId, u64>>>);

/// Gives the claim up when dropped.
pub(crate) struct Claim(Running, JobId);

impl Running {
    fn map(&self) -> MutexGuard<'_, HashMap<JobId, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(crate) fn claim(&self, job: JobId, fence: u64) -> Claim {
        self.map().insert(job, fence);
        Claim(self.clone(), job)
    }
    pub(crate) fn claims(&self) -> Vec<(JobId, u64)> {
        self.map().iter().map(|(&job, &fence)| (job, fence)).collect()
    }
}
impl Drop for Claim {
    fn drop(&mut self) {
        self.0.map().remove(&self.1);
    }
}
