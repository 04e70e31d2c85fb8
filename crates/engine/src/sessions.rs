//! One login from open to close: runs a connector's conversation, parks it on a challenge, takes
//! the answer through the database, and does with the open door what it was opened for.

use crate::{
    Engine, Error,
    conversation::Talk,
    effects::{Cause, Settled},
    error::Chain,
    live::{Claim, Held, Progress},
    mandate::{Mandate, Purpose, Work},
    reading::Reader,
    rest::{Busy, Pauses},
    retrieval::Retrieved,
    statements,
};
use connect::talk::{Ask, Credentials, Failure, LoginProblem, Unreadable};
use domain::{
    env::BoxFuture,
    ids::{LinkId, RequestId, SessionId, TenantId},
    link::{Attempt, Event as LinkEvent, Link, Refusals},
    session::{Challenge, ChallengeKind, Event, Session, State},
    time::{earlier, later},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use store::{Tx, secrets::LinkSecrets, sessions::StoredSession};
use uuid::Uuid;

/// How a session came out, as its row says it to other processes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    /// Everything was done; there is nothing to hand over.
    Done,
    /// The request was answered and its records kept.
    Kept(Vec<Uuid>),
    /// The request was answered; the records are in the sealed outcome.
    Unkept,
    /// The conversation failed.
    Failed(Failure),
}

/// A challenge's ticket on the wire: the session's id with the challenge's number in its last
/// byte, so that each challenge has a session id of its own and an old one is known as late.
#[must_use]
pub(crate) fn ticket(session: SessionId, challenge: u32) -> SessionId {
    let mut bytes = *Uuid::from(session).as_bytes();
    bytes[15] = u8::try_from(challenge).unwrap_or(u8::MAX);
    SessionId::from(Uuid::from_bytes(bytes))
}

/// The session and the number of the challenge that a ticket speaks of.
#[must_use]
pub(crate) fn redeem(given: SessionId) -> (SessionId, u32) {
    (ticket(given, 0), Uuid::from(given).as_bytes()[15].into())
}

/// Where an answer is sealed: it opens for its own session only.
pub(crate) fn answer_field(session: SessionId) -> String {
    format!("answer {session}")
}

/// How many challenges a session may raise; a ticket has one byte for them.
const MOST_CHALLENGES: u32 = 20;

/// How often a process looks at a row that another process may have changed.
pub(crate) const LOOK: SignedDuration = SignedDuration::from_millis(250);

impl Engine {
    /// A new session's row, not yet stored.
    pub(crate) fn new_session(
        &self,
        link: &Link,
        purpose: &Purpose,
        request: RequestId,
    ) -> StoredSession {
        let now = self.env().now();
        StoredSession {
            session: Session {
                id: ticket(self.env().id_in(link.id.bucket()), 0),
                tenant: link.tenant,
                link: link.id,
                state: State::Running,
                deadline: later(now, Session::WORK),
            },
            purpose: purpose.stored(),
            challenge: None,
            challenge_number: 0,
            outcome: None,
            request,
            node: self.node(),
            lease_until: self.lease(),
            created_at: now,
            finished_at: None,
        }
    }

    /// Ends the sessions whose node is gone. Their links go on as they were: nobody is to blame.
    pub async fn end_abandoned_sessions(&self) -> Result<usize, Error> {
        let now = self.env().now();
        let mut tx = self.store().read().await?;
        let overdue = tx.overdue_sessions_across_buckets(now, 100).await?;
        drop(tx);
        let mut ended = 0;
        for row in overdue.into_iter().filter(|row| self.is_abandoned(row)) {
            self.end_for_good(&row, Event::RanOut).await?;
            ended += 1;
        }
        Ok(ended)
    }

    /// Whether the node that runs an open session is gone. A living one looks after its own.
    pub(crate) fn is_abandoned(&self, row: &StoredSession) -> bool {
        row.lease_until <= self.env().now() && !self.live().holds(row.session.id)
    }

    /// Ends somebody's session without any consequence for its link: no answer comes in time any
    /// more. Whoever runs it is told.
    pub(crate) async fn end_for_good(
        &self,
        row: &StoredSession,
        event: Event,
    ) -> Result<(), Error> {
        let mut tx = self.store().write().await?;
        self.close_session(&mut tx, row, event).await?;
        tx.commit().await?;
        self.live().cancel(row.session.id);
        Ok(())
    }

    /// The same as part of something else; whoever runs it is to be told once that has happened.
    pub(crate) async fn close_session(
        &self,
        tx: &mut Tx,
        row: &StoredSession,
        event: Event,
    ) -> Result<(), Error> {
        let now = self.env().now();
        if let Ok(session) = row.session.clone().apply(event, now) {
            let outcome = Outcome::Failed(Failure::SessionExpired).stored(session.state, None);
            tx.finish_session(session.id, &outcome, now).await?;
        }
        Ok(())
    }
}

impl Outcome {
    fn stored(&self, state: State, sealed: Option<Vec<u8>>) -> store::sessions::Outcome {
        let outcome = serde_json::to_string(self).expect("an outcome is plain data");
        store::sessions::Outcome { state, outcome, sealed }
    }
}

/// What came with the request that opened a session. Lives and dies with the session.
#[derive(Default)]
pub(crate) struct Brought {
    /// A token, or a file, for the first challenge.
    pub(crate) token: Option<SecretString>,
    /// New credentials, sealed: they take the place of the stored ones once they have worked.
    pub(crate) secrets: Option<LinkSecrets>,
}

/// Credentials that are being tried.
#[derive(Clone, Copy)]
struct Tried {
    /// The keyed hash by which they are known again.
    hash: [u8; 32],
    /// Whether they have been refused before.
    refused: bool,
}

/// One session at work in this process.
pub(crate) struct Run {
    pub(crate) engine: Engine,
    pub(crate) row: StoredSession,
    pub(crate) mandate: Mandate,
    brought: Brought,
    held: Arc<Held>,
    /// How many answers the institution has been given.
    answered: u32,
    /// What was asked last, and which attempt at it that was.
    asked: Option<(ChallengeKind, u32)>,
    /// The same of what a wrong answer ended the conversation before this one with.
    wrong: Option<(ChallengeKind, u32)>,
    /// Once it is known.
    institution: Option<String>,
    /// What is remembered of the credentials, once they are tried.
    tried: Option<Tried>,
    /// Who was let in, in the institution's words.
    pub(crate) user: String,
    /// How often it has logged in once more, for a reading to go on.
    pub(crate) returns: u32,
    /// On the job that a caller's session has taken upon itself.
    claim: Option<Claim>,
    /// Who waits for the end user, so that the clock may move meanwhile.
    pauses: Pauses,
    /// At work whenever there is no conversation that is.
    busy: Option<Busy>,
}

impl Run {
    /// A session that this process holds from now on. Made before its row can be seen: whoever
    /// sees the row must find its holder.
    pub(crate) fn new(
        engine: &Engine,
        row: StoredSession,
        purpose: Purpose,
        brought: Brought,
    ) -> Self {
        Self {
            held: engine.live().hold(row.session.id, engine.stopping().child_token()),
            busy: Some(engine.bustle().busy()),
            engine: engine.clone(),
            mandate: Mandate {
                engine: engine.clone(),
                tenant: row.session.tenant,
                link: row.session.link,
                session: row.session.id,
                request: row.request,
                purpose,
            },
            row,
            brought,
            answered: 0,
            asked: None,
            wrong: None,
            institution: None,
            tried: None,
            user: String::new(),
            returns: 0,
            claim: None,
            pauses: Pauses::default(),
        }
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.mandate.tenant
    }
    pub(crate) fn link(&self) -> LinkId {
        self.mandate.link
    }
    pub(crate) fn request(&self) -> RequestId {
        self.row.request
    }
    fn work(&self) -> Option<&Work> {
        self.mandate.work()
    }

    /// Runs in the background, whether or not its caller stays.
    pub(crate) fn start(self) -> Arc<Held> {
        let held = self.held.clone();
        let tracker = self.engine.tracker().clone();
        tracker.spawn(self.run());
        held
    }

    pub(crate) async fn run(mut self) {
        let result = Box::pin(self.converse()).await;
        if let Err(error) = self.close(result).await {
            // The row's lease runs out, and whoever finds it ends the session.
            tracing::error!(session.id = %self.row.session.id, error = %Chain(&error), "a session could not be closed");
        }
    }

    /// A conversation; after a wrong answer another one, that asks again.
    async fn converse(&mut self) -> Result<Option<Retrieved>, Error> {
        loop {
            let answered = self.answered;
            let result = self.converse_once().await;
            let wrong = matches!(result, Err(Error::Failed(Failure::WrongToken)));
            if !wrong || self.answered == answered {
                return result;
            }
            self.wrong = self.asked;
        }
    }

    async fn converse_once(&mut self) -> Result<Option<Retrieved>, Error> {
        let engine = self.engine.clone();
        if let Some(computed) = self.compute_at_hand().await? {
            return Ok(Some(computed));
        }
        let (link, credentials) = self.credentials().await?;
        let mut talk = engine.open_conversation(&link, &self.pauses, &self.held.cancel)?;
        self.busy = None;
        let result = self.talk(&mut talk, credentials).await;
        self.busy = Some(engine.bustle().busy());
        result
    }

    /// What a caller wants, where it is computed from what is stored already.
    async fn compute_at_hand(&mut self) -> Result<Option<Retrieved>, Error> {
        let Purpose::Retrieve(wanted) = &self.mandate.purpose else { return Ok(None) };
        let (engine, wanted) = (self.engine.clone(), wanted.clone());
        let link = engine.link(self.tenant(), self.link()).await?;
        if !engine.is_at_hand(&link, &wanted).await? {
            return Ok(None);
        }
        Reader::new(link, BTreeMap::new()).compute(&self.mandate, &wanted).await.map(Some)
    }

    /// What to log in with; fails where it is not to be tried.
    pub(crate) async fn credentials(&mut self) -> Result<(Link, Credentials), Error> {
        let engine = self.engine.clone();
        let mut tx = engine.store().read().await?;
        let link = tx.link(self.tenant(), self.link()).await?.ok_or(Error::NoSuch("link"))?;
        let stored = tx.secrets(link.id).await?.filter(|_| link.has_credentials());
        let stored = stored.ok_or(Error::ExpiredCredentials)?;
        self.institution = Some(link.institution.clone());
        let secrets = self.brought.secrets.as_ref().unwrap_or(&stored);
        let (credentials, hash) =
            engine.open_credentials(&link, secrets)?.ok_or(Error::ExpiredCredentials)?;
        let refusals = tx.refusals(link.id.bucket(), &hash).await?;
        drop(tx);
        let (most, now) = (engine.settings().refusals_per_login, engine.env().now());
        if refusals
            .is_some_and(|refusals| !refusals.allow(self.mandate.purpose.attempt(), most, now))
        {
            return Err(Failure::Login(LoginProblem::NotAttempted).into());
        }
        self.tried = Some(Tried { hash, refused: refusals.is_some() });
        Ok((link, credentials))
    }

    async fn talk(
        &mut self,
        talk: &mut Talk,
        credentials: Credentials,
    ) -> Result<Option<Retrieved>, Error> {
        let logged_in = talk.login(&credentials, self).await?;
        drop(credentials);
        let answer = match self.logged_in(logged_in).await {
            Ok(link) => self.read_all(talk, link).await,
            Err(error) => Err(error),
        };
        talk.logout().await;
        // Whoever was let in is told of no login that failed.
        answer.map_err(|error| match error {
            Error::Failed(Failure::Unexpected(detail)) => {
                self.warn_of(&detail);
                Failure::Broken.into()
            }
            error => error,
        })
    }

    /// For operators alone: it may quote whatever the institution said.
    fn warn_of(&self, detail: &str) {
        tracing::warn!(session.id = %self.row.session.id, detail, "a conversation failed");
    }

    /// Does what the door was opened for.
    async fn read_all(&mut self, talk: &mut Talk, link: Link) -> Result<Option<Retrieved>, Error> {
        let wanted = match &self.mandate.purpose {
            Purpose::Register | Purpose::Repair => self.engine.consent_of(&link),
            Purpose::Retrieve(wanted) => vec![wanted.clone()],
            Purpose::Upload => statements::wanted(),
            Purpose::Work(work) => work.wanted.clone(),
        };
        let mut answer = None;
        let options = self.engine.fetch_options(&link).await?;
        let mut reader = Reader::new(link, options);
        for wanted in &wanted {
            answer = reader.read(talk, self, wanted).await?;
        }
        Ok(answer)
    }

    /// The institution let us in: the link is valid from here on, and a registration or repair
    /// turns into the load that it caused, on the same open door.
    async fn logged_in(&mut self, said: connect::talk::LoggedIn) -> Result<Link, Error> {
        let engine = self.engine.clone();
        self.user.clone_from(&said.user);
        let mut tx = engine.store().write().await?;
        let mut link =
            tx.link_for_update(self.tenant(), self.link()).await?.ok_or(Error::NoSuch("link"))?;
        self.mandate.still_ours(&mut tx).await?;
        if link.institution_user_id.is_none() && !said.user.is_empty() {
            link.institution_user_id = Some(engine.index().institution_user_id(
                link.tenant,
                &link.institution,
                &said.user,
            ));
        }
        if let Some(secrets) = self.brought.secrets.take() {
            tx.put_secrets(&secrets).await?;
            link.credentials_version = secrets.credentials_version;
            engine.note(&mut tx, &link, "credentials_replaced", serde_json::json!({})).await?;
        }
        if let Some(tried) = self.tried.as_mut().filter(|tried| tried.refused) {
            tx.forget_refusals(link.id.bucket(), &tried.hash).await?;
            tried.refused = false;
        }
        if let Some(state) = &said.state {
            engine.keep_state(&mut tx, &link, state).await?;
        }
        let attempt = self.mandate.purpose.attempt();
        let adopts = matches!(self.mandate.purpose, Purpose::Register | Purpose::Repair);
        let event = LinkEvent::LoggedIn(attempt);
        let settled = engine.settle(&mut tx, &link, event, self.mandate.cause(), adopts).await?;
        let Settled { link, adopted } = settled;
        if self.mandate.purpose == Purpose::Register {
            engine.note(&mut tx, &link, "registered", serde_json::json!({})).await?;
        }
        let load = adopted.map(Purpose::Work);
        if let Some(load) = &load {
            engine.work_started(&mut tx, &link, load).await?;
        }
        tx.commit().await?;
        if adopts {
            self.held.progress.send_replace(Progress::LoggedIn);
        }
        if let Some(load) = load {
            self.mandate.purpose = load;
            self.claim = self.work().map(|work| engine.running().claim(work.job, work.fence));
        }
        engine.heard_from(&link.institution, None).await;
        Ok(link)
    }

    /// Whether a question waits for its answer, or has waited in vain.
    pub(crate) fn is_challenged(&self) -> bool {
        self.row.session.state == State::Challenged
    }

    async fn close(&mut self, result: Result<Option<Retrieved>, Error>) -> Result<(), Error> {
        let engine = self.engine.clone();
        let now = engine.env().now();
        // What broke on our side says nothing of the institution.
        let heard = matches!(result, Err(Error::Failed(_)));
        let (answer, failure) = match result {
            Ok(answer) => (answer, None),
            Err(error) => (None, Some(self.failure_of(&error))),
        };
        let ending = match &failure {
            None => Ending::Good,
            Some(Failure::Cancelled) if engine.stopping().is_cancelled() => Ending::Interrupted,
            Some(Failure::SessionExpired) if self.is_challenged() => Ending::Unanswered,
            Some(failure) => Ending::Bad(failure.clone()),
        };
        let event = match &ending {
            Ending::Good => Event::Finished,
            Ending::Unanswered => Event::RanOut,
            Ending::Interrupted | Ending::Bad(_) => Event::Broke,
        };
        let failure = match ending {
            Ending::Interrupted => Some(Failure::SessionExpired),
            _ => failure,
        };
        let mut tx = engine.store().write().await?;
        let link = tx.link_for_update(self.tenant(), self.link()).await?;
        // Fenced: where another worker has taken the work over, its claim wins.
        let held = match self.work() {
            Some(work) => tx.holds(work.job, work.fence).await?,
            None => true,
        };
        if let (Ending::Bad(Failure::InvalidCredentials), Some(tried)) = (&ending, &self.tried) {
            // Whatever has become of the link: the institution has counted it.
            let forgotten = earlier(now, Refusals::REMEMBERED);
            tx.note_refusal(self.link().bucket(), &tried.hash, forgotten, now).await?;
        }
        let ended = self.row.session.clone().apply(event, now);
        self.row.session = ended.map_err(|e| Error::Internal("ending a session", Box::new(e)))?;
        let (outcome, sealed) =
            self.outcome(&mut tx, link.as_ref(), failure.as_ref(), answer.as_ref()).await?;
        let outcome = outcome.stored(self.row.session.state, sealed);
        let was_open = tx.finish_session(self.row.session.id, &outcome, now).await?;
        if let Some(link) = link.filter(|_| was_open && held) {
            let left = self.consequences(&mut tx, link, &ending).await?;
            if left.is_none() && self.row.challenge_number > 0 {
                // The link has gone and its sessions with it; but whoever brought the answer may
                // wait in another process for what came of it.
                tx.open_session(&self.row).await?;
                tx.finish_session(self.row.session.id, &outcome, now).await?;
            }
        }
        tx.commit().await?;
        if let (true, Some(institution), Ending::Bad(failure)) = (heard, &self.institution, &ending)
        {
            engine.heard_from(institution, Some(failure)).await;
        }
        engine.metrics().session_ended(self.mandate.purpose.name(), failure.as_ref());
        let end = match (failure, answer) {
            (Some(failure), _) => Progress::Failed(failure),
            (None, Some(answer)) => Progress::Answered(Arc::new(answer)),
            (None, None) => Progress::LoggedIn,
        };
        self.held.progress.send_modify(|progress| {
            // Whoever was told that the login was good may not have looked yet: what has become of
            // the load since is not for them.
            if *progress != Progress::LoggedIn {
                *progress = end;
            }
        });
        engine.wake_workers();
        engine.wake_dispatcher();
        Ok(())
    }

    fn failure_of(&self, error: &Error) -> Failure {
        match error {
            Error::Failed(Failure::Unexpected(detail)) => {
                self.warn_of(detail);
                Failure::Unexpected("in the conversation".into())
            }
            Error::Failed(failure) => failure.clone(),
            Error::ExpiredCredentials => Failure::Login(LoginProblem::MissingCredentials),
            Error::NoSuch(_) => Failure::Cancelled,
            error => {
                tracing::error!(session.id = %self.row.session.id, error = %Chain(error), "a session failed on our side");
                Failure::Broken
            }
        }
    }

    /// How the row says it. Only a caller who had to come back with an answer may be waiting in
    /// another process; only for them the answer itself is kept for a while.
    async fn outcome(
        &self,
        tx: &mut Tx,
        link: Option<&Link>,
        failure: Option<&Failure>,
        answer: Option<&Retrieved>,
    ) -> Result<(Outcome, Option<Vec<u8>>), Error> {
        let waited_for =
            self.row.challenge_number > 0 && matches!(self.mandate.purpose, Purpose::Retrieve(_));
        let answer = answer.filter(|_| waited_for);
        Ok(match (failure, answer, link) {
            // What is proposed names what stands in the file.
            (Some(Failure::Unreadable(unreadable)), ..) => {
                let remark = unreadable.remark.clone();
                let unreadable = Unreadable { remark, options: BTreeMap::new() };
                (Outcome::Failed(Failure::Unreadable(Box::new(unreadable))), None)
            }
            (Some(failure), ..) => (Outcome::Failed(failure.clone()), None),
            (None, Some(answer), _) if answer.saved => {
                (Outcome::Kept(answer.records.iter().map(|&id| id.into()).collect()), None)
            }
            (None, Some(answer), Some(link)) => {
                let sealed = self.engine.seal_answer(tx, link, self.row.session.id, answer).await?;
                (Outcome::Unkept, Some(sealed))
            }
            (None, ..) => (Outcome::Done, None),
        })
    }

    /// What the end of the session means for its link and its job. `None` when the link is no more.
    async fn consequences(
        &self,
        tx: &mut Tx,
        link: Link,
        ending: &Ending,
    ) -> Result<Option<Link>, Error> {
        let engine = &self.engine;
        let attempt = self.mandate.purpose.attempt();
        let cause = self.mandate.cause();
        let scheduled = matches!(cause, Cause::Schedule(_));
        let event = match ending {
            Ending::Good => scheduled.then_some(LinkEvent::Refreshed),
            Ending::Unanswered => Some(LinkEvent::ChallengeExpired(attempt)),
            Ending::Interrupted => {
                // Nobody's fault: whoever comes next does the work.
                if let Some(work) = self.work() {
                    tx.put_back(work.job, work.fence, engine.env().now()).await?;
                }
                return Ok(Some(link));
            }
            // Whatever it was, there is no session in which it could still be completed.
            Ending::Bad(_) if attempt == Attempt::Registration => {
                Some(LinkEvent::Rejected(attempt))
            }
            Ending::Bad(Failure::Revoked) => Some(LinkEvent::Revoked),
            Ending::Bad(failure) if failure.blames_login() => Some(LinkEvent::Rejected(attempt)),
            Ending::Bad(Failure::TokenRequired) => Some(LinkEvent::Challenged(attempt)),
            Ending::Bad(_) => scheduled.then_some(LinkEvent::Unreachable),
        };
        let failure = match ending {
            Ending::Bad(failure) => Some(failure),
            _ => None,
        };
        let link = match event {
            Some(event) => engine.settle_because(tx, &link, event, cause, failure).await?,
            None => Some(link),
        };
        if let (Some(link), Some(work)) = (&link, self.work()) {
            engine.work_ended(tx, link, work, failure).await?;
        }
        Ok(link)
    }
}

impl Drop for Run {
    /// Whoever watches hears of the end, however it came.
    fn drop(&mut self) {
        self.engine.live().release(self.row.session.id);
        self.held.progress.send_if_modified(|progress| {
            let open = matches!(progress, Progress::Working | Progress::Challenged { .. });
            if open {
                *progress = Progress::Failed(Failure::Broken);
            }
            open
        });
    }
}

/// How a session ended.
enum Ending {
    /// All was done.
    Good,
    /// Nobody answered in time.
    Unanswered,
    /// This process is stopping.
    Interrupted,
    /// The conversation failed.
    Bad(Failure),
}

impl Ask for Run {
    fn ask(&mut self, mut challenge: Challenge) -> BoxFuture<'_, Result<SecretString, Failure>> {
        Box::pin(async move {
            // A new conversation counts from 1 again, and the person does not.
            let before = self.wrong.filter(|(kind, _)| *kind == challenge.kind);
            let before = before.map_or(0, |(_, attempt)| attempt);
            challenge.attempt = challenge.attempt.saturating_add(before);
            self.asked = Some((challenge.kind, challenge.attempt));
            if matches!(self.mandate.purpose, Purpose::Work(_)) {
                return Err(Failure::TokenRequired);
            }
            if challenge.expects_input()
                && let Some(token) = self.brought.token.take()
            {
                self.answered += 1;
                return Ok(token);
            }
            let answer = self.park(challenge).await.map_err(|error| match error {
                Error::Failed(failure) => failure,
                error => {
                    tracing::error!(session.id = %self.row.session.id, error = %Chain(&error), "a challenge could not be passed on");
                    Failure::Broken
                }
            });
            self.answered += u32::from(answer.is_ok());
            answer
        })
    }
    fn interactive(&self) -> bool {
        !matches!(self.mandate.purpose, Purpose::Work(_))
    }
}

impl Run {
    async fn park(&mut self, challenge: Challenge) -> Result<SecretString, Error> {
        let engine = self.engine.clone();
        let now = engine.env().now();
        let seconds = i64::from(challenge.expires_in_seconds);
        let until = later(now, SignedDuration::from_secs(seconds));
        if self.row.challenge_number == MOST_CHALLENGES {
            return Err(Failure::SessionExpired.into());
        }
        self.row.challenge_number += 1;
        let number = self.row.challenge_number;
        self.row.session = self
            .row
            .session
            .clone()
            .apply(Event::ChallengeRaised(until), now)
            .map_err(|e| Error::Internal("parking a session", Box::new(e)))?;

        let mut tx = engine.store().write().await?;
        let link =
            tx.link_for_update(self.tenant(), self.link()).await?.ok_or(Failure::Cancelled)?;
        self.row.challenge = Some(challenge.clone());
        tx.save_session(&self.row, State::Running).await?;
        engine
            .note(
                &mut tx,
                &link,
                "challenge_raised",
                serde_json::json!({"kind": challenge.kind, "attempt": challenge.attempt}),
            )
            .await?;
        engine
            .happened(
                &mut tx,
                &link,
                LinkEvent::Challenged(self.mandate.purpose.attempt()),
                Cause::Request(self.request()),
            )
            .await?;
        tx.commit().await?;
        let challenge = Arc::new(challenge);
        self.held.progress.send_replace(Progress::Challenged { number, until, challenge });
        self.await_answer(until).await
    }

    async fn await_answer(&mut self, until: Timestamp) -> Result<SecretString, Error> {
        let engine = self.engine.clone();
        let id = self.row.session.id;
        loop {
            let held = self.held.clone();
            let told = held.answered.notified();
            let mut tx = engine.store().read().await?;
            let row = tx.session(self.tenant(), id).await?.filter(|row| row.finished_at.is_none());
            drop(tx);
            let row = row.ok_or(Failure::Cancelled)?;
            if row.session.state == State::Answered {
                return self.take_answer(row).await;
            }
            let now = engine.env().now();
            if now >= until {
                return Err(Failure::SessionExpired.into());
            }
            let look = now.saturating_add(LOOK).unwrap_or(until).min(until);
            let _pause = self.pauses.pause();
            let _asleep = engine.bustle().asleep(until);
            tokio::select! {
                () = told => {}
                () = engine.env().sleep_until(look) => {}
            }
        }
    }

    /// Takes the answer out of the row, so that it is nowhere once it has been used; and what the
    /// session is for, since whoever answered may have changed it.
    async fn take_answer(&mut self, answered: StoredSession) -> Result<SecretString, Error> {
        let engine = self.engine.clone();
        let (id, now) = (self.row.session.id, engine.env().now());
        let mut tx = engine.store().write().await?;
        let sealed =
            tx.take_answer(id, self.row.challenge_number).await?.ok_or(Failure::Cancelled)?;
        let secrets = tx.secrets(self.link()).await?.ok_or(Failure::Cancelled)?;
        let answer = engine.open_text(&secrets, self.tenant(), &answer_field(id), &sealed)?;
        self.mandate.purpose = Purpose::read(&answered.purpose)?;
        let taken = answered.session.apply(Event::AnswerTaken, now);
        self.row.session = taken.map_err(|e| Error::Internal("taking an answer", Box::new(e)))?;
        self.row.challenge = None;
        tx.save_session(&self.row, State::Answered).await?;
        tx.commit().await?;
        self.held.progress.send_replace(Progress::Working);
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    proptest! {
        #[test]
        fn a_ticket_names_its_session_and_challenge(random in any::<u128>(), number in 0..=MOST_CHALLENGES) {
            let session = ticket(SessionId::from(Uuid::from_u128(random)), 0);
            prop_assert_eq!(redeem(ticket(session, number)), (session, number));
            prop_assert_eq!(ticket(session, number).bucket(), session.bucket());
        }
    }
}
