//! What tests of conversations are made with.

use crate::talk::{Ask, Credentials, Failure, Given, LoginProblem, Remark, Sink, Unreadable};
use domain::{
    env::{BoxFuture, Clock, Env},
    session::Challenge,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// A clock that stands still until everything waits, and then goes on to the next deadline.
pub(crate) struct IdleClock(Mutex<Idle>);

struct Idle {
    now: Timestamp,
    timers: Vec<(Timestamp, Waker)>,
}

impl IdleClock {
    /// At nine in the morning of 14 January 2026.
    pub(crate) fn new() -> (Arc<Self>, Env) {
        Self::at("2026-01-14T09:00:00Z".parse().expect("a timestamp"))
    }
    pub(crate) fn at(now: Timestamp) -> (Arc<Self>, Env) {
        let clock = Arc::new(Self(Mutex::new(Idle { now, timers: Vec::new() })));
        (clock.clone(), Env::new(clock, [7; 32]))
    }
    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Runs `work` to its end, however long it waits.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = Waker::from(woken.clone());
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(value) = work.as_mut().poll(&mut context) {
                return value;
            }
            if !woken.0.swap(false, Ordering::Relaxed) {
                let mut idle = self.idle();
                let next = idle.timers.iter().map(|t| t.0).min().expect("somebody waits for ever");
                idle.now = idle.now.max(next);
                idle.timers.retain(|timer| timer.0 > next);
            }
        }
    }
}

struct Woken(AtomicBool);
impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Clock for IdleClock {
    fn now(&self) -> Timestamp {
        self.idle().now
    }
    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(poll_fn(move |context| {
            let mut idle = self.idle();
            if idle.now >= deadline {
                return Poll::Ready(());
            }
            idle.timers.push((deadline, context.waker().clone()));
            Poll::Pending
        }))
    }
}

/// Every way in which a conversation fails.
pub(crate) fn failures() -> Vec<Failure> {
    let remark = Remark { line: Some(3), column: None, problem: "no day".into() };
    let options = std::collections::BTreeMap::new();
    let plain = [
        Failure::InvalidCredentials,
        Failure::TokenRequired,
        Failure::WrongToken,
        Failure::SessionExpired,
        Failure::TooManySessions,
        Failure::InstitutionDown,
        Failure::InstitutionUnavailable,
        Failure::InstitutionInactive,
        Failure::Unsupported,
        Failure::UnavailableData,
        Failure::Revoked,
        Failure::Timeout,
        Failure::TooMuch,
        Failure::Unreadable(Box::new(Unreadable { remark, options })),
        Failure::Cancelled,
        Failure::Unexpected(String::new()),
        Failure::Broken,
    ];
    let problems = [
        LoginProblem::Locked,
        LoginProblem::PasswordExpired,
        LoginProblem::ActionNeeded,
        LoginProblem::Forbidden,
        LoginProblem::MissingCredentials,
        LoginProblem::NotActivated,
        LoginProblem::UnsupportedChallenge,
    ];
    plain.into_iter().chain(problems.map(Failure::Login)).collect()
}

pub(crate) fn credentials(fields: &[(&str, &str)]) -> Credentials {
    let fields = fields.iter().map(|(k, v)| ((*k).to_owned(), SecretString::from(*v))).collect();
    Credentials::new(fields, None)
}

/// An end user who answers the given answers in turn, the last one for ever.
pub(crate) struct Answers {
    told: Vec<String>,
    after: Option<(Env, SignedDuration)>,
    failure: Option<Failure>,
    pub(crate) asked: Vec<Challenge>,
}
impl Answers {
    pub(crate) fn each(answers: &[&str]) -> Self {
        let told = answers.iter().map(|a| (*a).to_owned()).collect();
        Self { told, after: None, failure: None, asked: Vec::new() }
    }
    pub(crate) fn always(answer: &str) -> Self {
        Self::each(&[answer])
    }
    pub(crate) fn after(env: &Env, answer: &str, time: SignedDuration) -> Self {
        Self { after: Some((env.clone(), time)), ..Self::always(answer) }
    }
    /// Nobody is there to ask.
    pub(crate) fn none() -> Self {
        Self { failure: Some(Failure::TokenRequired), ..Self::each(&[]) }
    }
    /// Someone is there, but never answers.
    pub(crate) fn never() -> Self {
        Self::each(&[])
    }
}
impl Ask for Answers {
    fn ask(&mut self, challenge: Challenge) -> BoxFuture<'_, Result<SecretString, Failure>> {
        Box::pin(async move {
            self.asked.push(challenge);
            if let Some(failure) = &self.failure {
                return Err(failure.clone());
            }
            if let Some((env, time)) = &self.after {
                env.sleep(*time).await;
            }
            match self.told.get(self.asked.len() - 1).or(self.told.last()) {
                Some(answer) => Ok(SecretString::from(answer.as_str())),
                None => std::future::pending().await,
            }
        })
    }
    fn interactive(&self) -> bool {
        self.failure.is_none()
    }
}

/// Keeps what is given.
#[derive(Default)]
pub(crate) struct Collected(pub(crate) Vec<Given>);
impl Sink for Collected {
    fn give(&mut self, given: Given) -> BoxFuture<'_, Result<(), Failure>> {
        self.0.push(given);
        Box::pin(async { Ok(()) })
    }
}

/// The machine's own clock, which processes live by.
pub(crate) struct RealClock;
impl RealClock {
    pub(crate) fn env() -> Env {
        Env::new(Arc::new(Self), [7; 32])
    }
}
#[expect(clippy::disallowed_methods, reason = "a process does not wait for a clock of ours")]
impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'_, ()> {
        let time = deadline.duration_since(Timestamp::now());
        Box::pin(tokio::time::sleep(time.try_into().unwrap_or_default()))
    }
}
