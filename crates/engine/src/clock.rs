//! Where the time comes from: the machine, or a clock that can be moved.

use domain::{
    env::{BoxFuture, Clock},
    time::later,
};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;

/// Sleeps are cut into pieces of this length: the runtime's timer stands still while a machine is
/// suspended and knows nothing of a corrected system time.
const NAP: Duration = Duration::from_secs(20);

/// The system time, to the microsecond.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system time; everything else asks Env"
)]
fn system_time() -> Timestamp {
    microseconds(Timestamp::now())
}

/// `at` without what is finer than a microsecond: what the store keeps and the wire shows.
fn microseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

fn until(now: Timestamp, deadline: Timestamp) -> Duration {
    Duration::try_from(deadline.duration_since(now)).unwrap_or(Duration::ZERO)
}

/// The machine's time. Never goes backwards while the process lives: when the system time is set
/// back, this clock stands still until it has been caught up with.
#[derive(Debug)]
pub struct SystemClock {
    last: AtomicI64,
}

impl SystemClock {
    /// A clock of the machine.
    #[must_use]
    pub fn new() -> Self {
        Self { last: AtomicI64::new(i64::MIN) }
    }
}
impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = system_time();
        let last = self.last.fetch_max(now.as_microsecond(), Ordering::Relaxed);
        Timestamp::from_microsecond(last).map_or(now, |last| now.max(last))
    }
    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            loop {
                let now = self.now();
                if deadline <= now {
                    return;
                }
                tokio::time::sleep(until(now, deadline).min(NAP)).await;
            }
        })
    }
}

/// A clock that can be moved forward: running at real speed (`dev`), or stopped (tests). Clones
/// show the same time.
#[derive(Clone)]
pub struct VirtualClock(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    moved: Notify,
    remember: Box<dyn Fn(SignedDuration) + Send + Sync>,
}

struct State {
    /// `None` when the clock is stopped.
    ahead: Option<SignedDuration>,
    /// The latest time that was shown, or at which the clock stands.
    last: Timestamp,
    /// How many sleep until when.
    sleepers: BTreeMap<Timestamp, usize>,
}

impl State {
    fn now(&mut self) -> Timestamp {
        if let Some(ahead) = self.ahead {
            let now = later(system_time(), ahead);
            self.last = self.last.max(microseconds(now));
        }
        self.last
    }
}

impl VirtualClock {
    /// Runs at real speed, `ahead` of the machine's time.
    #[must_use]
    pub fn running(ahead: SignedDuration) -> Self {
        Self::running_remembered(ahead, |_| {})
    }
    /// As [`VirtualClock::running`]; `remember` is told how far ahead the clock will be before it
    /// moves, so that after a crash it is never started behind what it has shown.
    #[must_use]
    pub fn running_remembered(
        ahead: SignedDuration,
        remember: impl Fn(SignedDuration) + Send + Sync + 'static,
    ) -> Self {
        Self::new(Some(ahead), Timestamp::MIN, Box::new(remember))
    }
    /// Stands at `at` until it is moved.
    #[must_use]
    pub fn stopped(at: Timestamp) -> Self {
        Self::new(None, microseconds(at), Box::new(|_| {}))
    }
    fn new(
        ahead: Option<SignedDuration>,
        last: Timestamp,
        remember: Box<dyn Fn(SignedDuration) + Send + Sync>,
    ) -> Self {
        let state = Mutex::new(State { ahead, last, sleepers: BTreeMap::new() });
        Self(Arc::new(Inner { state, moved: Notify::new(), remember }))
    }

    /// Moves on to `to` and wakes whoever has slept until then. A clock that is there already does
    /// not move.
    pub fn advance_to(&self, to: Timestamp) {
        let mut state = self.state();
        let to = microseconds(to);
        if state.now() < to {
            if state.ahead.is_some() {
                let ahead = to.duration_since(system_time());
                (self.0.remember)(ahead);
                state.ahead = Some(ahead);
            }
            state.last = to;
        }
        drop(state);
        self.0.moved.notify_waiters();
    }
    /// Moves on by `by`; see [`VirtualClock::advance_to`].
    pub fn advance(&self, by: SignedDuration) {
        self.advance_to(later(self.now(), by));
    }
    /// Makes the clock run, `ahead` of the machine's time. One that has shown a later time stands
    /// still until it is caught up with.
    pub fn set_offset(&self, ahead: SignedDuration) {
        let mut state = self.state();
        (self.0.remember)(ahead);
        state.ahead = Some(ahead);
        drop(state);
        self.0.moved.notify_waiters();
    }
    /// How far ahead of the machine's time it runs; zero when it is stopped. What
    /// [`VirtualClock::running`] takes after a restart.
    #[must_use]
    pub fn offset(&self) -> SignedDuration {
        self.state().ahead.unwrap_or(SignedDuration::ZERO)
    }
    /// When the next sleeper wakes: where a stopped clock should go next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.state().sleepers.keys().next().copied()
    }
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// How long to wait in real time before looking again: `None` when the deadline has come,
    /// `Some(None)` until the clock is moved.
    #[expect(clippy::option_option, reason = "two different questions, answered at one instant")]
    fn wait(&self, deadline: Timestamp) -> Option<Option<Duration>> {
        let mut state = self.state();
        let now = state.now();
        (now < deadline).then(|| state.ahead.map(|_| until(now, deadline).min(NAP)))
    }
}

/// Counts one sleeper, until it wakes or is dropped.
struct Sleeper<'a> {
    clock: &'a VirtualClock,
    deadline: Timestamp,
}

impl<'a> Sleeper<'a> {
    fn new(clock: &'a VirtualClock, deadline: Timestamp) -> Self {
        *clock.state().sleepers.entry(deadline).or_default() += 1;
        Self { clock, deadline }
    }
}
impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut state = self.clock.state();
        if let Some(count) = state.sleepers.get_mut(&self.deadline) {
            *count -= 1;
            if *count == 0 {
                state.sleepers.remove(&self.deadline);
            }
        }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.state().now()
    }
    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let _sleeper = Sleeper::new(self, deadline);
            loop {
                let mut moved = pin!(self.0.moved.notified());
                // Listening begins before looking, so that no move is missed between the two.
                moved.as_mut().enable();
                match self.wait(deadline) {
                    None => return,
                    Some(None) => moved.await,
                    Some(Some(nap)) => {
                        tokio::select! {
                            () = moved => {}
                            () = tokio::time::sleep(nap) => {}
                        }
                    }
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::env::Env;
    use proptest::prelude::*;
    use std::task::Context;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }
    fn is_over(future: &mut BoxFuture<'_, ()>) -> bool {
        future.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())).is_ready()
    }

    #[test]
    fn a_stopped_clock_stands_until_it_is_moved_and_wakes_only_whose_time_has_come() {
        let clock = VirtualClock::stopped(at("2026-01-31T10:00:00.123456789Z"));
        assert_eq!(clock.now(), at("2026-01-31T10:00:00.123456Z"), "to the microsecond");
        let mut soon = clock.sleep_until(at("2026-01-31T10:00:01Z"));
        let mut later = clock.sleep_until(at("2026-01-31T11:00:00Z"));
        assert!(!is_over(&mut soon) && !is_over(&mut later));
        assert_eq!(clock.next_deadline(), Some(at("2026-01-31T10:00:01Z")));

        clock.advance_to(at("2026-01-31T10:00:01Z"));
        assert!(is_over(&mut soon) && !is_over(&mut later));
        assert_eq!(clock.next_deadline(), Some(at("2026-01-31T11:00:00Z")));
        clock.advance(SignedDuration::from_hours(-1));
        assert_eq!(clock.now(), at("2026-01-31T10:00:01Z"), "never back");
        drop(later);
        assert_eq!(clock.next_deadline(), None, "who gave up is not waited for");
    }

    #[tokio::test]
    async fn a_sleeper_on_another_task_wakes_when_the_clock_is_moved() {
        let clock = VirtualClock::stopped(at("2026-01-31T10:00:00Z"));
        let env = Env::new(Arc::new(clock.clone()), [0; 32]);
        let sleep = env.sleep(SignedDuration::from_hours(24 * 30));
        let advance = async {
            while clock.next_deadline().is_none() {
                tokio::task::yield_now().await;
            }
            clock.advance(SignedDuration::from_hours(24 * 30));
        };
        tokio::join!(sleep, advance);
        assert_eq!(env.now(), at("2026-03-02T10:00:00Z"));
    }

    #[tokio::test]
    async fn a_running_clock_runs_and_can_be_moved() {
        let clock = VirtualClock::running(SignedDuration::from_hours(24));
        let begin = clock.now();
        assert!(begin > system_time());
        clock.sleep_until(begin + SignedDuration::from_millis(2)).await;
        assert!(clock.now() >= begin + SignedDuration::from_millis(2));

        let month = begin + SignedDuration::from_hours(24 * 30);
        let mut sleep = clock.sleep_until(month);
        assert!(!is_over(&mut sleep));
        clock.advance_to(month);
        sleep.await;
        assert!(clock.offset() >= SignedDuration::from_hours(24 * 30));

        clock.set_offset(SignedDuration::ZERO);
        assert!(clock.now() >= month, "it stands rather than going back");
    }

    #[test]
    fn a_move_is_remembered_before_it_is_shown() {
        let remembered = Arc::new(Mutex::new(SignedDuration::ZERO));
        let memory = remembered.clone();
        let clock = VirtualClock::running_remembered(SignedDuration::ZERO, move |ahead| {
            *memory.lock().unwrap() = ahead;
        });
        let month = clock.now() + SignedDuration::from_hours(24 * 30);
        clock.advance_to(month);
        let restarted = VirtualClock::running(*remembered.lock().unwrap());
        assert!(restarted.now() >= month);
    }

    #[tokio::test]
    async fn the_system_clock_shows_the_machines_time_in_microseconds() {
        let clock = SystemClock::new();
        let (before, now) = (system_time(), clock.now());
        assert!(before <= now && now <= system_time());
        assert_eq!(now.subsec_nanosecond() % 1000, 0);
        clock.sleep_until(now + SignedDuration::from_millis(2)).await;
        assert!(clock.now() >= now + SignedDuration::from_millis(2));
        clock.sleep_until(Timestamp::MIN).await;
    }

    proptest! {
        #[test]
        fn no_clock_ever_goes_back(
            moves in prop::collection::vec((any::<bool>(), -1_000_000..1_000_000_i64), 0..30),
            running in any::<bool>(),
        ) {
            let clock = if running {
                VirtualClock::running(SignedDuration::ZERO)
            } else {
                VirtualClock::stopped(at("2026-01-31T10:00:00Z"))
            };
            let mut last = clock.now();
            for (set, seconds) in moves {
                let by = SignedDuration::from_secs(seconds);
                if set && running {
                    clock.set_offset(by);
                } else {
                    let target = last.saturating_add(by).unwrap();
                    clock.advance_to(target);
                    prop_assert!(clock.now() >= target.max(last));
                }
                prop_assert!(clock.now() >= last);
                last = clock.now();
            }
        }
    }
}
