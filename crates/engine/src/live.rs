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
}

/// All of them.
#[derive(Default)]
pub(crate) struct Live(Mutex<HashMap<SessionId, Arc<Held>>>);

impl Live {
    fn map(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Held>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(crate) fn hold(&self, id: SessionId) -> Arc<Held> {
        let held = || {
            Arc::new(Held {
                progress: watch::Sender::new(Progress::Working),
                answered: Notify::new(),
            })
        };
        self.map().entry(id).or_insert_with(held).clone()
    }
    pub(crate) fn get(&self, id: SessionId) -> Option<Arc<Held>> {
        self.map().get(&id).cloned()
    }
    pub(crate) fn holds(&self, id: SessionId) -> bool {
        self.map().contains_key(&id)
    }
    pub(crate) fn release(&self, id: SessionId) {
        self.map().remove(&id);
    }
    pub(crate) fn ids(&self) -> Vec<SessionId> {
        self.map().keys().copied().collect()
    }
}

/// The claims on jobs that this process holds, to be renewed while it works on them.
#[derive(Default)]
pub(crate) struct Running(Mutex<HashMap<JobId, u64>>);

/// Gives the claim up when dropped.
pub(crate) struct Claim<'a>(&'a Running, JobId);

impl Running {
    fn map(&self) -> MutexGuard<'_, HashMap<JobId, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(crate) fn claim(&self, job: JobId, fence: u64) -> Claim<'_> {
        self.map().insert(job, fence);
        Claim(self, job)
    }
    pub(crate) fn claims(&self) -> Vec<(JobId, u64)> {
        self.map().iter().map(|(&job, &fence)| (job, fence)).collect()
    }
}
impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.0.map().remove(&self.1);
    }
}

impl Live {
    /// When the first parked session's time is up.
    pub(crate) fn next_deadline(&self) -> Option<jiff::Timestamp> {
        let until = |held: &Arc<Held>| match &*held.progress.borrow() {
            Progress::Challenged { until, .. } => Some(*until),
            _ => None,
        };
        self.map().values().filter_map(until).min()
    }
}
