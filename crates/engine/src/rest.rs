//! Who is in the middle of something, and who waits for nothing but the clock. Whoever moves the
//! clock asks, so that nothing happens later than it is due and nobody is overtaken.

use domain::env::{BoxFuture, Clock, Env};
use jiff::Timestamp;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::Notify;

/// Keeps count. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Bustle(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    busy: usize,
    /// How many sleep until when.
    asleep: BTreeMap<Timestamp, usize>,
}

/// Somebody is in the middle of something until this is dropped.
pub(crate) struct Busy(Bustle);

/// Somebody sleeps until an instant, or until this is dropped.
pub(crate) struct Asleep {
    bustle: Bustle,
    until: Timestamp,
}

impl Bustle {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(crate) fn busy(&self) -> Busy {
        self.state().busy += 1;
        Busy(self.clone())
    }
    pub(crate) fn asleep(&self, until: Timestamp) -> Asleep {
        *self.state().asleep.entry(until).or_default() += 1;
        Asleep { bustle: self.clone(), until }
    }
    /// When the next one wakes.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.state().asleep.keys().next().copied()
    }
    /// Waits until nobody is in the middle of anything. Who should be awake by now is.
    pub(crate) async fn rest(&self, env: &Env) {
        loop {
            let changed = self.0.changed.notified();
            let now = env.now();
            {
                let state = self.state();
                if state.busy == 0 && state.asleep.keys().next().is_none_or(|next| *next > now) {
                    return;
                }
            }
            changed.await;
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.state().busy -= 1;
        self.0.0.changed.notify_waiters();
    }
}
impl Drop for Asleep {
    fn drop(&mut self) {
        let mut state = self.bustle.state();
        if let Some(count) = state.asleep.get_mut(&self.until) {
            *count -= 1;
            if *count == 0 {
                state.asleep.remove(&self.until);
            }
        }
        drop(state);
        self.bustle.0.changed.notify_waiters();
    }
}

/// How many in one conversation wait for the clock or for the end user: while any do, the
/// conversation is not in the middle of anything.
#[derive(Clone, Default)]
pub(crate) struct Pauses(Arc<AtomicUsize>);

/// One of them, until dropped.
pub(crate) struct Pause(Pauses);

impl Pauses {
    pub(crate) fn pause(&self) -> Pause {
        self.0.fetch_add(1, Ordering::Relaxed);
        Pause(self.clone())
    }
    pub(crate) fn any(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}
impl Drop for Pause {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The clock as conversations see it: it is known who sleeps on it.
pub(crate) struct WatchedClock {
    pub(crate) env: Env,
    pub(crate) bustle: Bustle,
    /// Those of the connector, which does nothing else while it sleeps; `None` for deadlines.
    pub(crate) pauses: Option<Pauses>,
}

impl Clock for WatchedClock {
    fn now(&self) -> Timestamp {
        self.env.now()
    }
    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let _asleep = self.bustle.asleep(deadline);
            let _pause = self.pauses.as_ref().map(Pauses::pause);
            self.env.sleep_until(deadline).await;
        })
    }
}
