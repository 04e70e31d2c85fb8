//! One login from open to close: runs a connector's conversation, parks it on a challenge, takes
//! the answer through the database, and does with the open door what it was opened for.

use crate::{
    Engine, Error,
    effects::{Cause, Settled},
    jobs::purpose_name,
    live::{Held, Progress},
    reading::Reader,
    retrieval::{Retrieved, Wanted},
};
use connect::talk::{Ask, Failure};
use domain::{
    env::BoxFuture,
    ids::{JobId, LinkId, RequestId, SessionId, TenantId},
    link::{Attempt, Event as LinkEvent, Link},
    session::{Challenge, Event, Session, State},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{Tx, secrets::LinkSecrets, sessions::StoredSession};
use tokio::sync::OwnedRwLockReadGuard;
use uuid::Uuid;

/// What a session was opened for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// To confirm a new link, then to load it.
    Register,
    /// To confirm new credentials, then to load.
    Repair,
    /// To answer one request for data.
    Retrieve(Wanted),
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
    pub(crate) const fn attempt(&self) -> Attempt {
        match self {
            Self::Register => Attempt::Registration,
            Self::Repair => Attempt::Repair,
            Self::Retrieve(_) => Attempt::Request,
            Self::Work(_) => Attempt::Schedule,
        }
    }
}

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
                deadline: now.saturating_add(Session::WORK).unwrap_or(Timestamp::MAX),
            },
            purpose: serde_json::to_string(purpose).expect("a purpose is plain data"),
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

    /// Runs an opened session in the background, whether or not its caller stays.
    pub(crate) fn start_session(
        &self,
        row: StoredSession,
        purpose: Purpose,
        brought: Brought,
    ) -> Arc<Held> {
        let held = self.live().hold(row.session.id);
        let run = Run::new(self, row, purpose, brought, held.clone());
        self.tracker().spawn(run.run());
        held
    }

    /// Runs an opened session here and now: for workers.
    pub(crate) async fn run_session(&self, row: StoredSession, purpose: Purpose) {
        let held = self.live().hold(row.session.id);
        Run::new(self, row, purpose, Brought::default(), held).run().await;
    }

    /// Ends the sessions whose node is gone: their links go on as if nobody had answered.
    pub async fn end_abandoned_sessions(&self) -> Result<usize, Error> {
        let now = self.env().now();
        let mut tx = self.store().read().await?;
        let overdue = tx.overdue_sessions_across_buckets(now, 100).await?;
        drop(tx);
        let mut ended = 0;
        for row in overdue.into_iter().filter(|row| !self.live().holds(row.session.id)) {
            self.end_abandoned(row, now).await?;
            ended += 1;
        }
        Ok(ended)
    }

    async fn end_abandoned(&self, row: StoredSession, now: Timestamp) -> Result<(), Error> {
        let purpose: Option<Purpose> = serde_json::from_str(&row.purpose).ok();
        let mut tx = self.store().write().await?;
        let Some(link) = tx.link_for_update(row.session.tenant, row.session.link).await? else {
            return Ok(());
        };
        let session = row.session.clone().apply(Event::RanOut, now).unwrap_or(row.session.clone());
        let outcome = Outcome::Failed(Failure::SessionExpired).stored(session.state, None);
        tx.finish_session(session.id, &outcome, now).await?;
        if let Some(purpose) = purpose.filter(|p| !matches!(p, Purpose::Work(_))) {
            let event = LinkEvent::ChallengeExpired(purpose.attempt());
            self.happened(&mut tx, &link, event, Cause::Request(row.request)).await?;
        }
        tx.commit().await?;
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
    /// A token for the first challenge.
    pub(crate) token: Option<SecretString>,
    /// New credentials, sealed: they take the place of the stored ones once they have worked.
    pub(crate) secrets: Option<LinkSecrets>,
}

/// One session at work in this process.
pub(crate) struct Run {
    pub(crate) engine: Engine,
    pub(crate) row: StoredSession,
    purpose: Purpose,
    brought: Brought,
    held: Arc<Held>,
    /// Held while at work, so that the clock is not advanced under our feet; let go when parked.
    working: Option<OwnedRwLockReadGuard<()>>,
}

impl Run {
    fn new(
        engine: &Engine,
        row: StoredSession,
        purpose: Purpose,
        brought: Brought,
        held: Arc<Held>,
    ) -> Self {
        Self { engine: engine.clone(), row, purpose, brought, held, working: None }
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.row.session.tenant
    }
    pub(crate) fn link(&self) -> LinkId {
        self.row.session.link
    }
    pub(crate) fn request(&self) -> RequestId {
        self.row.request
    }
    /// The work being done, once it has begun.
    pub(crate) fn work(&self) -> Option<&Work> {
        match &self.purpose {
            Purpose::Work(work) => Some(work),
            _ => None,
        }
    }

    async fn run(mut self) {
        self.working = Some(self.engine.gate().read_owned().await);
        let result = Box::pin(self.converse()).await;
        if let Err(error) = self.close(result).await {
            // The row's lease runs out, and whoever finds it ends the session.
            tracing::error!(session.id = %self.row.session.id, error = %Chain(&error), "a session could not be closed");
            self.held
                .progress
                .send_replace(Progress::Failed(Failure::Unexpected("not closed".into())));
        }
        self.engine.live().release(self.row.session.id);
    }

    async fn converse(&mut self) -> Result<Option<Retrieved>, Error> {
        let engine = self.engine.clone();
        let mut tx = engine.store().read().await?;
        let link = tx.link(self.tenant(), self.link()).await?.ok_or(Error::NoSuch("link"))?;
        let stored = tx.secrets(link.id).await?.ok_or(Error::ExpiredCredentials)?;
        drop(tx);
        let secrets = self.brought.secrets.as_ref().unwrap_or(&stored);
        let credentials =
            engine.open_credentials(&link, secrets)?.ok_or(Error::ExpiredCredentials)?;
        let mut talk = engine.open_conversation(&link)?;
        let logged_in = talk.login(&credentials, self).await?;
        drop(credentials);

        let link = self.logged_in(logged_in).await?;
        let wanted = match &self.purpose {
            Purpose::Register | Purpose::Repair => Vec::new(),
            Purpose::Retrieve(wanted) => vec![wanted.clone()],
            Purpose::Work(work) => work.wanted.clone(),
        };
        let mut answer = None;
        let mut reader = Reader::new(link);
        for wanted in &wanted {
            answer = reader.read(&mut talk, self, wanted).await?;
        }
        talk.logout().await;
        Ok(answer)
    }

    /// The institution let us in: the link is valid from here on, and a registration or repair
    /// turns into the load that it caused, on the same open door.
    async fn logged_in(&mut self, said: connect::talk::LoggedIn) -> Result<Link, Error> {
        let engine = self.engine.clone();
        let mut tx = engine.store().write().await?;
        let mut link =
            tx.link_for_update(self.tenant(), self.link()).await?.ok_or(Error::NoSuch("link"))?;
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
        if let Some(state) = &said.state {
            engine.keep_state(&mut tx, &link, state).await?;
        }
        let attempt = self.purpose.attempt();
        let cause = self.work().map_or(Cause::Request(self.row.request), |work| work.cause.clone());
        let adopts = matches!(self.purpose, Purpose::Register | Purpose::Repair);
        let settled =
            engine.settle(&mut tx, &link, LinkEvent::LoggedIn(attempt), cause, adopts).await?;
        let Settled { link, adopted } = settled;
        if self.purpose == Purpose::Register {
            engine.note(&mut tx, &link, "registered", serde_json::json!({})).await?;
        }
        tx.commit().await?;
        if adopts {
            self.held.progress.send_replace(Progress::LoggedIn);
        }
        if let Some(work) = adopted {
            self.purpose = Purpose::Work(work);
        }
        engine.heard_from(&link.institution, None).await;
        Ok(link)
    }

    async fn close(&mut self, result: Result<Option<Retrieved>, Error>) -> Result<(), Error> {
        let engine = self.engine.clone();
        let now = engine.env().now();
        let failure = match &result {
            Ok(_) => None,
            Err(Error::Failed(failure)) => Some(failure.clone()),
            Err(Error::ExpiredCredentials) => {
                Some(Failure::Login(connect::talk::LoginProblem::MissingCredentials))
            }
            Err(Error::NoSuch(_)) => Some(Failure::Cancelled),
            Err(error) => {
                tracing::error!(session.id = %self.row.session.id, error = %Chain(error), "a session failed on our side");
                Some(Failure::Unexpected("internal".into()))
            }
        };
        let parked_too_long =
            failure == Some(Failure::SessionExpired) && self.row.session.state == State::Challenged;
        let event = match &failure {
            None => Event::Finished,
            Some(_) if parked_too_long => Event::RanOut,
            Some(_) => Event::Broke,
        };
        let answer = result.ok().flatten();
        let mut tx = engine.store().write().await?;
        // Fenced: where another worker has taken the work over, its claim wins.
        let fenced_out = match self.work() {
            Some(work) => !tx.holds(work.job, work.fence).await?,
            None => false,
        };
        if let Some(link) = tx.link_for_update(self.tenant(), self.link()).await? {
            let ended = self.row.session.clone().apply(event, now);
            self.row.session =
                ended.map_err(|e| Error::Internal("ending a session", Box::new(e)))?;
            let (outcome, sealed) =
                self.outcome(&mut tx, &link, failure.as_ref(), answer.as_ref()).await?;
            let outcome = outcome.stored(self.row.session.state, sealed);
            let was_open = tx.finish_session(self.row.session.id, &outcome, now).await?;
            if was_open && !fenced_out {
                self.consequences(&mut tx, link, failure.as_ref(), parked_too_long).await?;
            }
        }
        tx.commit().await?;
        self.held.progress.send_replace(match (failure.clone(), answer) {
            (Some(failure), _) => Progress::Failed(failure),
            (None, Some(answer)) => Progress::Answered(Arc::new(answer)),
            (None, None) => Progress::LoggedIn,
        });
        engine.metrics().session_ended(purpose_name(&self.purpose), failure.as_ref());
        if let Some(failure) = failure {
            engine.heard_from_link(self.tenant(), self.link(), &failure).await;
        }
        engine.wake_workers();
        Ok(())
    }

    /// How the row says it. Only a caller who had to come back with an answer may be waiting in
    /// another process; only for them the answer itself is kept for a while.
    async fn outcome(
        &self,
        tx: &mut Tx,
        link: &Link,
        failure: Option<&Failure>,
        answer: Option<&Retrieved>,
    ) -> Result<(Outcome, Option<Vec<u8>>), Error> {
        Ok(match (failure, answer.filter(|_| self.row.challenge_number > 0)) {
            (Some(failure), _) => (Outcome::Failed(failure.clone()), None),
            (None, None) => (Outcome::Done, None),
            (None, Some(answer)) if answer.saved => {
                (Outcome::Kept(answer.records.iter().map(|&id| id.into()).collect()), None)
            }
            (None, Some(answer)) => {
                let sealed = self.engine.seal_answer(tx, link, self.row.session.id, answer).await?;
                (Outcome::Unkept, Some(sealed))
            }
        })
    }

    /// What the end of the session means for its link and its job.
    async fn consequences(
        &self,
        tx: &mut Tx,
        link: Link,
        failure: Option<&Failure>,
        parked_too_long: bool,
    ) -> Result<(), Error> {
        let engine = &self.engine;
        let attempt = self.purpose.attempt();
        let cause = self.work().map_or(Cause::Request(self.row.request), |work| work.cause.clone());
        let event = match failure {
            None => matches!(cause, Cause::Schedule(_)).then_some(LinkEvent::Refreshed),
            Some(_) if parked_too_long => Some(LinkEvent::ChallengeExpired(attempt)),
            Some(Failure::Revoked) => Some(LinkEvent::Revoked),
            Some(failure) if failure.blames_login() => Some(LinkEvent::Rejected(attempt)),
            Some(Failure::TokenRequired) => Some(LinkEvent::Challenged(attempt)),
            Some(_) if attempt == Attempt::Registration => Some(LinkEvent::Rejected(attempt)),
            Some(_) if matches!(cause, Cause::Schedule(_)) => Some(LinkEvent::Unreachable),
            Some(_) => None,
        };
        let link = match event {
            Some(event) => engine.settle_because(tx, &link, event, cause.clone(), failure).await?,
            None => Some(link),
        };
        let (Some(link), Some(work)) = (link, self.work()) else { return Ok(()) };
        engine.work_ended(tx, &link, work, failure).await
    }
}

impl Ask for Run {
    fn ask(&mut self, challenge: Challenge) -> BoxFuture<'_, Result<SecretString, Failure>> {
        Box::pin(async move {
            if matches!(self.purpose, Purpose::Work(_)) {
                return Err(Failure::TokenRequired);
            }
            if challenge.expects_input()
                && let Some(token) = self.brought.token.take()
            {
                return Ok(token);
            }
            self.park(challenge).await.map_err(|error| match error {
                Error::Failed(failure) => failure,
                error => {
                    tracing::error!(session.id = %self.row.session.id, error = %Chain(&error), "a challenge could not be passed on");
                    Failure::Unexpected("internal".into())
                }
            })
        })
    }
}

impl Run {
    async fn park(&mut self, challenge: Challenge) -> Result<SecretString, Error> {
        let engine = self.engine.clone();
        let now = engine.env().now();
        let seconds = i64::from(challenge.expires_in_seconds);
        let until =
            now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
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
            .note(&mut tx, &link, "challenge_raised", serde_json::json!({"kind": challenge.kind}))
            .await?;
        engine
            .happened(
                &mut tx,
                &link,
                LinkEvent::Challenged(self.purpose.attempt()),
                Cause::Request(self.request()),
            )
            .await?;
        tx.commit().await?;
        let challenge = Arc::new(challenge);
        self.held.progress.send_replace(Progress::Challenged { number, until, challenge });

        self.working = None;
        let answer = self.await_answer(until).await;
        self.working = Some(engine.gate().read_owned().await);
        answer
    }

    async fn await_answer(&mut self, until: Timestamp) -> Result<SecretString, Error> {
        let engine = self.engine.clone();
        let stop = engine.stopping();
        loop {
            let held = self.held.clone();
            let told = held.answered.notified();
            let id = self.row.session.id;
            let mut tx = engine.store().read().await?;
            let row = tx.session(self.tenant(), id).await?.filter(|row| row.finished_at.is_none());
            drop(tx);
            match row.map(|row| row.session.state) {
                None => return Err(Failure::Cancelled.into()),
                Some(State::Answered) => return self.take_answer().await,
                Some(_) => {}
            }
            let look = engine.env().now().saturating_add(LOOK).unwrap_or(until).min(until);
            tokio::select! {
                () = told => {}
                () = engine.env().sleep_until(look) => {}
                () = stop.cancelled() => return Err(Failure::SessionExpired.into()),
            }
            if engine.env().now() >= until {
                return Err(Failure::SessionExpired.into());
            }
        }
    }
}

impl Run {
    /// Takes the answer out of the row, so that it is nowhere once it has been used.
    async fn take_answer(&mut self) -> Result<SecretString, Error> {
        let engine = self.engine.clone();
        let (id, now) = (self.row.session.id, engine.env().now());
        let mut tx = engine.store().write().await?;
        let sealed =
            tx.take_answer(id, self.row.challenge_number).await?.ok_or(Failure::Cancelled)?;
        let secrets = tx.secrets(self.link()).await?.ok_or(Failure::Cancelled)?;
        let answer = engine.open_text(&secrets, self.tenant(), &answer_field(id), &sealed)?;
        let taken = self.row.session.clone().apply(Event::AnswerGiven, now);
        let taken = taken.and_then(|session| session.apply(Event::AnswerTaken, now));
        self.row.session = taken.map_err(|_| Failure::SessionExpired)?;
        self.row.challenge = None;
        tx.save_session(&self.row, State::Answered).await?;
        tx.commit().await?;
        self.held.progress.send_replace(Progress::Working);
        Ok(answer)
    }
}

/// An error with its causes, on one line.
pub(crate) struct Chain<'a>(pub(crate) &'a dyn std::error::Error);
impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
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
