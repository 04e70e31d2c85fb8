//! What stands between the engine and a connector: deadlines on the engine's clock, limits on how
//! much may come, cancellation, and a floor under panics. The engine talks to institutions through
//! this alone.

use crate::talk::{
    Ask, Connector, Conversation, Covered, Credentials, Failure, Fetch, Given, LoggedIn, Share,
    Sink,
};
use crate::wire;
use domain::{
    env::{BoxFuture, Env},
    session::Challenge,
    time::{Window, day, later},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use secrecy::{ExposeSecret, SecretString};
use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Poll,
};
use tokio_util::sync::CancellationToken;

/// How long a connector may take and how much it may say. Time during which the end user is asked
/// or the engine is busy with an item does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One login.
    pub login: SignedDuration,
    /// One resource.
    pub fetch: SignedDuration,
    /// Without a sign of life: an item, a question, or word of progress.
    pub silence: SignedDuration,
    /// Leaving.
    pub logout: SignedDuration,
    /// Questions to the end user in one conversation.
    pub challenges: u32,
    /// Items of one resource; and of what is said of it at its end, things that were removed, balances
    /// that were stated, and accounts that were seen otherwise than the rest.
    pub items: usize,
    /// Bytes of one item with the keys of its documents, of one challenge, of one key that is named at
    /// the end of a resource, or of what is to be remembered.
    pub item_bytes: usize,
    /// Documents of one item.
    pub documents: usize,
    /// Bytes of one document.
    pub document_bytes: usize,
    /// Bytes of all items, documents and keys of a conversation.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            login: SignedDuration::from_mins(3),
            fetch: SignedDuration::from_mins(10),
            silence: SignedDuration::from_mins(2),
            logout: SignedDuration::from_secs(5),
            challenges: 20,
            items: 200_000,
            item_bytes: 1 << 20,
            documents: 4,
            document_bytes: wire::DOCUMENT,
            bytes: 256 << 20,
        }
    }
}

/// How long after its expiry a challenge is still waited for, so that whoever asks can say so first.
const GRACE: SignedDuration = SignedDuration::from_mins(1);

/// Opens conversations.
#[derive(Debug, Clone, Copy)]
pub struct Host;

impl Host {
    /// Begins a conversation with `institution` inside `limits`, until `cancel` is called.
    pub fn open(
        connector: &dyn Connector,
        institution: &str,
        subject: &str,
        env: &Env,
        limits: &Limits,
        cancel: CancellationToken,
    ) -> HostedConversation {
        HostedConversation::of(opened(connector, institution, subject, env), env, limits, cancel)
    }

    /// Holds a conversation that was opened elsewhere.
    #[must_use]
    pub fn hold(
        conversation: Box<dyn Conversation>,
        env: &Env,
        limits: &Limits,
        cancel: CancellationToken,
    ) -> HostedConversation {
        HostedConversation::of(Ok(conversation), env, limits, cancel)
    }
}

/// A conversation that ends when a limit is reached; from then on every call says why.
pub struct HostedConversation {
    inner: Result<Box<dyn Conversation>, Failure>,
    env: Env,
    limits: Limits,
    cancel: CancellationToken,
    challenges: u32,
    /// Items of the reading that is under way.
    items: usize,
    bytes: usize,
}

impl std::fmt::Debug for HostedConversation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostedConversation")
            .field("over", &self.inner.as_ref().err())
            .finish_non_exhaustive()
    }
}

impl HostedConversation {
    fn of(
        inner: Result<Box<dyn Conversation>, Failure>,
        env: &Env,
        limits: &Limits,
        cancel: CancellationToken,
    ) -> Self {
        let (env, limits) = (env.clone(), *limits);
        Self { inner, env, limits, cancel, challenges: 0, items: 0, bytes: 0 }
    }

    /// Ends it and begins another in its place. What counts towards the limits goes on counting.
    pub fn begin_again(&mut self, connector: &dyn Connector, institution: &str, subject: &str) {
        self.end(Failure::Cancelled);
        self.inner = opened(connector, institution, subject, &self.env);
    }

    /// Logs in, asking through `ask`.
    pub async fn login(
        &mut self,
        credentials: &Credentials,
        ask: &mut dyn Ask,
    ) -> Result<LoggedIn, Failure> {
        let Self { inner, env, limits, cancel, challenges, .. } = self;
        let conversation = inner.as_mut().map_err(|over| over.clone())?;
        let watch = Watch::new(env.now());
        let work = async {
            let mut ask = HostedAsk { ask, watch: &watch, env, limits, asked: challenges };
            let logged_in = conversation.login(credentials, &mut ask).await?;
            let kept = logged_in.state.as_ref().map_or(0, |s| s.expose_secret().len());
            if kept.max(logged_in.user.len()) > limits.item_bytes {
                return watch.breach(Failure::TooMuch).await;
            }
            Ok(logged_in)
        };
        let result = guard(work, &watch, env, limits.login, limits.silence, cancel).await;
        self.settle(result)
    }

    /// Streams one resource into `out`, asking through `ask`.
    pub async fn fetch(
        &mut self,
        wanted: &Fetch,
        ask: &mut dyn Ask,
        out: &mut dyn Sink,
    ) -> Result<Covered, Failure> {
        let Self { inner, env, limits, cancel, challenges, items, bytes } = self;
        if wanted.cursor.is_none() {
            *items = 0;
        }
        let conversation = inner.as_mut().map_err(|over| over.clone())?;
        let watch = Watch::new(env.now());
        let work = async {
            let mut ask = HostedAsk { ask, watch: &watch, env, limits, asked: challenges };
            let mut out = HostedSink { out, watch: &watch, env, limits, items, bytes };
            let covered = conversation.fetch(wanted, &mut ask, &mut out).await?;
            if !fits(&covered, limits, out.bytes) {
                return watch.breach(Failure::TooMuch).await;
            }
            Ok(covered)
        };
        let result = guard(work, &watch, env, limits.fetch, limits.silence, cancel).await;
        let covered = self.settle(result)?;
        Ok(inside(covered, wanted, day(self.env.now())))
    }

    /// Ends, at the institution, the consent by which the login was let in. It may take as long as a
    /// login.
    pub async fn revoke(&mut self) -> Result<(), Failure> {
        let Self { inner, env, limits, cancel, .. } = self;
        let conversation = inner.as_mut().map_err(|over| over.clone())?;
        let watch = Watch::new(env.now());
        let work = conversation.revoke();
        let result = guard(work, &watch, env, limits.login, limits.silence, cancel).await;
        self.settle(result)
    }

    /// Leaves politely, for a few seconds at most, and ends.
    pub async fn logout(&mut self) {
        let Self { inner, env, limits, cancel, .. } = self;
        if let Ok(conversation) = inner {
            let watch = Watch::new(env.now());
            let work = async {
                conversation.logout().await;
                Ok(())
            };
            let left = guard(work, &watch, env, limits.logout, limits.logout, cancel).await;
            if let Err(End::Forced(failure)) = left {
                tracing::debug!(%failure, "a connector did not leave politely");
            }
        }
        self.end(Failure::Unexpected("the conversation has ended".into()));
    }

    fn settle<T>(&mut self, result: Result<T, End>) -> Result<T, Failure> {
        match result {
            Ok(value) => Ok(value),
            Err(End::Said(failure)) => Err(failure),
            Err(End::Forced(failure)) => {
                self.end(failure.clone());
                Err(failure)
            }
        }
    }

    fn end(&mut self, why: Failure) {
        let inner = std::mem::replace(&mut self.inner, Err(why));
        // A connector may panic on its way out as well.
        if catch_unwind(AssertUnwindSafe(|| drop(inner))).is_err() {
            tracing::error!("a connector panicked while it was dropped");
        }
    }
}

impl Drop for HostedConversation {
    fn drop(&mut self) {
        self.end(Failure::Cancelled);
    }
}

fn opened(
    connector: &dyn Connector,
    institution: &str,
    subject: &str,
    env: &Env,
) -> Result<Box<dyn Conversation>, Failure> {
    let opened = catch_unwind(AssertUnwindSafe(|| connector.open(institution, subject, env)));
    opened.map_err(|_| panicked())
}

fn panicked() -> Failure {
    Failure::Unexpected("the connector panicked".into())
}

/// Whether what is said at the end of a resource is within the limits: it comes at once, and not one by
/// one as items do. What it takes is counted among the `bytes`.
fn fits(covered: &Covered, limits: &Limits, bytes: &mut usize) -> bool {
    let Covered { stated, removed, accounts, .. } = covered;
    let removals = removed.iter().flat_map(|gone| gone.account.iter().chain([&gone.source_id]));
    let keys = stated.keys().chain(accounts.keys()).chain(removals).map(String::len);
    let longest = keys.clone().max().unwrap_or(0);
    *bytes = keys.fold(*bytes, usize::saturating_add);
    [stated.len(), removed.len(), accounts.len()].iter().all(|&count| count <= limits.items)
        && longest <= limits.item_bytes
        && *bytes <= limits.bytes
}

/// A connector cannot have covered days that it was not asked for, nor days after `today`, whatever an
/// institution or a file says of them; and what it remarks is bounded.
fn inside(mut covered: Covered, wanted: &Fetch, today: Date) -> Covered {
    let clip = |seen: Share| {
        let asked = wanted.window.unwrap_or(Window { from: Date::MIN, to: Date::MAX });
        let window = seen.window.and_then(|seen| {
            Window::new(seen.from.max(asked.from), seen.to.min(asked.to).min(today))
        });
        // Nothing of what was asked for was seen, which proves nothing.
        let complete = seen.complete && window.is_some() == seen.window.is_some();
        Share { window, complete }
    };
    let Share { window, complete } = clip(covered.share(None));
    for share in covered.accounts.values_mut() {
        *share = clip(*share);
    }
    covered.remarks.truncate(MOST_REMARKS);
    for remark in &mut covered.remarks {
        remark.problem = shortened(std::mem::take(&mut remark.problem));
    }
    covered.format = covered.format.map(shortened);
    Covered { window, complete, ..covered }
}

/// What was handed over and cannot be read, said within bounds.
fn bounded(failure: Failure) -> Failure {
    match failure {
        Failure::Unreadable(mut unreadable) => {
            let said = std::mem::take(&mut unreadable.remark.problem);
            unreadable.remark.problem = shortened(said);
            let options = unreadable.options.iter();
            let size: usize = options.map(|(name, value)| name.len() + value.len()).sum();
            if size > MOST_OPTIONS {
                unreadable.options.clear();
            }
            Failure::Unreadable(unreadable)
        }
        failure => failure,
    }
}

/// The most remarks that are taken of one resource.
const MOST_REMARKS: usize = 200;
/// The longest text of a remark, in bytes.
const LONGEST_REMARK: usize = 500;
/// The most bytes of options that a connector may propose.
const MOST_OPTIONS: usize = 16 * 1024;

fn shortened(mut text: String) -> String {
    if text.len() > LONGEST_REMARK {
        text.truncate(text.floor_char_boundary(LONGEST_REMARK));
        text.push('…');
    }
    text
}

/// How a call ended other than well.
enum End {
    /// By the connector's own word; the conversation may go on.
    Said(Failure),
    /// By a limit; it may not.
    Forced(Failure),
}

/// Runs `work` until it is done, dies, takes too long or is not wanted any more.
async fn guard<T>(
    work: impl Future<Output = Result<T, Failure>>,
    watch: &Watch,
    env: &Env,
    total: SignedDuration,
    silence: SignedDuration,
    cancel: &CancellationToken,
) -> Result<T, End> {
    let mut work = Box::pin(work);
    let mut cancelled = pin!(cancel.cancelled());
    let mut alarm: Option<(Timestamp, BoxFuture<'static, ()>)> = None;
    let result = poll_fn(|context| {
        if cancelled.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(End::Forced(Failure::Cancelled)));
        }
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        // First, so that nobody goes on who has dropped a call that never returns, or ends in it.
        if let Some(breach) = watch.breached() {
            return Poll::Ready(Err(End::Forced(breach)));
        }
        match polled {
            Err(_) => return Poll::Ready(Err(End::Forced(panicked()))),
            Ok(Poll::Ready(result)) => {
                return Poll::Ready(result.map_err(|failure| End::Said(bounded(failure))));
            }
            Ok(Poll::Pending) => {}
        }
        let Some(due) = watch.due(total, silence) else {
            alarm = None;
            return Poll::Pending;
        };
        let (_, ring) = match &mut alarm {
            Some(set) if set.0 == due => set,
            other => {
                let env = env.clone();
                other.insert((due, Box::pin(async move { env.sleep_until(due).await })))
            }
        };
        ring.as_mut().poll(context).map(|()| Err(End::Forced(Failure::Timeout)))
    })
    .await;
    match catch_unwind(AssertUnwindSafe(|| drop(work))) {
        Ok(()) => result,
        Err(_) => Err(End::Forced(panicked())),
    }
}

/// What the clock of one call is set by.
struct Watch(Mutex<Pace>);

#[derive(Debug)]
struct Pace {
    began: Timestamp,
    /// The last sign of life.
    moved: Timestamp,
    /// Time that was not the connector's.
    ours: SignedDuration,
    /// Since when it waits for us.
    waiting: Option<Timestamp>,
    breach: Option<Failure>,
}

impl Watch {
    fn new(now: Timestamp) -> Self {
        let ours = SignedDuration::ZERO;
        Self(Mutex::new(Pace { began: now, moved: now, ours, waiting: None, breach: None }))
    }
    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// When to give up; never while it waits for us.
    fn due(&self, total: SignedDuration, silence: SignedDuration) -> Option<Timestamp> {
        let pace = self.pace();
        let after = |from: Timestamp, time: SignedDuration| later(from, time);
        let whole = after(pace.began, total.saturating_add(pace.ours));
        pace.waiting.is_none().then(|| whole.min(after(pace.moved, silence)))
    }
    /// Stops the clock until what is returned is dropped.
    fn wait<'a>(&'a self, env: &'a Env) -> Waiting<'a> {
        self.pace().waiting = Some(env.now());
        Waiting { watch: self, env }
    }
    /// Ends the call. Never returns, so that a connector cannot swallow it and go on.
    async fn breach<T>(&self, failure: Failure) -> T {
        self.pace().breach = Some(failure);
        std::future::pending().await
    }
    fn breached(&self) -> Option<Failure> {
        self.pace().breach.clone()
    }
}

struct Waiting<'a> {
    watch: &'a Watch,
    env: &'a Env,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let now = self.env.now();
        let mut pace = self.watch.pace();
        if let Some(since) = pace.waiting.take() {
            pace.ours = pace.ours.saturating_add(now.duration_since(since));
        }
        pace.moved = now;
    }
}

struct HostedAsk<'a> {
    ask: &'a mut dyn Ask,
    watch: &'a Watch,
    env: &'a Env,
    limits: &'a Limits,
    asked: &'a mut u32,
}

impl Ask for HostedAsk<'_> {
    fn ask(&mut self, mut challenge: Challenge) -> BoxFuture<'_, Result<SecretString, Failure>> {
        challenge.expires_in_seconds = challenge.expires_in_seconds.min(Challenge::LONGEST);
        Box::pin(async move {
            *self.asked += 1;
            let shown = challenge.shown_bytes();
            if *self.asked > self.limits.challenges || shown > self.limits.item_bytes {
                return self.watch.breach(Failure::TooMuch).await;
            }
            let _waiting = self.watch.wait(self.env);
            let patience = SignedDuration::from_secs(challenge.expires_in_seconds.into()) + GRACE;
            let answer = self.env.within(patience, self.ask.ask(challenge)).await;
            answer.unwrap_or(Err(Failure::SessionExpired))
        })
    }
    fn interactive(&self) -> bool {
        self.ask.interactive()
    }
    fn alive(&mut self) {
        self.watch.pace().moved = self.env.now();
        self.ask.alive();
    }
}

struct HostedSink<'a> {
    out: &'a mut dyn Sink,
    watch: &'a Watch,
    env: &'a Env,
    limits: &'a Limits,
    items: &'a mut usize,
    bytes: &'a mut usize,
}

impl Sink for HostedSink<'_> {
    fn give(&mut self, given: Given) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            let keys = given.account.iter().chain(given.documents.iter().map(|d| &d.key));
            let size = keys.map(String::len).fold(given.item.get().len(), usize::saturating_add);
            let sizes = given.documents.iter().map(|document| document.bytes.len());
            let (of_documents, largest) = sizes
                .fold((0_usize, 0), |(sum, most), size| (sum.saturating_add(size), most.max(size)));
            *self.items += 1;
            *self.bytes = self.bytes.saturating_add(size).saturating_add(of_documents);
            if size > self.limits.item_bytes
                || largest > self.limits.document_bytes
                || given.documents.len() > self.limits.documents
                || *self.items > self.limits.items
                || *self.bytes > self.limits.bytes
            {
                return self.watch.breach(Failure::TooMuch).await;
            }
            let _waiting = self.watch.wait(self.env);
            self.out.give(given).await
        })
    }
    fn checkpoint(&mut self, cursor: &str) {
        let mut pace = self.watch.pace();
        if cursor.len() > wire::CURSOR {
            pace.breach = Some(Failure::TooMuch);
            return;
        }
        pace.moved = self.env.now();
        drop(pace);
        self.out.checkpoint(cursor);
    }
}

#[cfg(test)]
mod tests;
