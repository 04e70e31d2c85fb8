//! Callers and their sessions: opening one for a request, watching it, bringing it an answer.

use crate::{
    Caller, Challenged, Engine, Error,
    live::{Held, Progress},
    mandate::Purpose,
    retrieval::Retrieved,
    sessions::{Brought, LOOK, Outcome, Run, answer_field, redeem, ticket},
};
use connect::talk::Failure;
use domain::{
    ids::{LinkId, SessionId, TenantId},
    link::{Link, Status},
    session::{Event, State},
    time::later,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::{collections::HashSet, sync::Arc};
use store::{Tx, sessions::StoredSession};

/// A caller's view of a session from some challenge on.
pub(crate) struct Watch {
    tenant: TenantId,
    link: LinkId,
    session: SessionId,
    /// Challenges up to this one are old news.
    after: u32,
    /// When the link had last been let in; later means that this session was.
    before: Option<Timestamp>,
    held: Option<Arc<Held>>,
}

impl Watch {
    /// Starts a session and watches it from its beginning.
    pub(crate) fn of(run: Run) -> Self {
        let (tenant, link, session) = (run.tenant(), run.link(), run.row.session.id);
        Self { tenant, link, session, after: 0, before: None, held: Some(run.start()) }
    }
}

impl Engine {
    /// Opens a session for a caller, once the link has no other. A short wait is normal: a new link
    /// is still being loaded when its owner asks for the first time.
    pub(crate) async fn open_for_caller(
        &self,
        caller: &Caller,
        link: &Link,
        purpose: Purpose,
        brought: Brought,
    ) -> Result<Watch, Error> {
        let at_hand = match &purpose {
            Purpose::Retrieve(wanted) => self.is_at_hand(link, wanted).await?,
            _ => false,
        };
        if !at_hand {
            self.check_open(&link.institution).await?;
        }
        let patience = later(self.env().now(), self.settings().session_patience);
        loop {
            let row = self.new_session(link, &purpose, caller.request);
            let mut tx = self.store().write().await?;
            // What we waited for may have changed the link, or ended it.
            let link =
                tx.link_for_update(link.tenant, link.id).await?.ok_or(Error::NoSuch("link"))?;
            if matches!(purpose, Purpose::Retrieve(_) | Purpose::Upload) {
                check_usable(&link)?;
            }
            if tx.open_session(&row).await? {
                if self.is_crowded(&mut tx, &link).await? {
                    return Err(Failure::TooManySessions.into());
                }
                self.bind_token(&mut tx, caller, row.session.id).await?;
                let run = Run::new(self, row, purpose, brought);
                tx.commit().await?;
                return Ok(Watch::of(run));
            }
            let other = tx.open_session_of(link.tenant, link.id).await?;
            drop(tx);
            if let Some(other) = other {
                self.make_room(&other, patience).await?;
            }
        }
    }

    /// Whether the tenant, or the institution, has more sessions open than it may: one that has just
    /// been opened in `tx` is counted, and goes with it.
    pub(crate) async fn is_crowded(&self, tx: &mut Tx, link: &Link) -> Result<bool, Error> {
        let (of_tenant, there) =
            tx.open_sessions_of_and_at_across_buckets(link.tenant, &link.institution).await?;
        Ok(of_tenant > self.settings().sessions_per_tenant
            || there > self.settings().sessions_per_institution)
    }

    /// Another session stands in the way of a caller: it is ended where nobody minds, and else
    /// waited for, until there is news of it.
    pub(crate) async fn make_room(
        &self,
        other: &StoredSession,
        patience: Timestamp,
    ) -> Result<(), Error> {
        if other.session.state == State::Challenged {
            // A person who asks again does not come back to the old question.
            return self.end_for_good(other, Event::Broke).await;
        }
        if self.is_abandoned(other) {
            return self.end_for_good(other, Event::RanOut).await;
        }
        let now = self.env().now();
        if now >= patience {
            return Err(Failure::TooManySessions.into());
        }
        if let Some(held) = self.live().get(other.session.id) {
            let mut progress = held.progress.subscribe();
            drop(held);
            tokio::select! {
                // That it ends is news as well.
                _ = progress.changed() => {}
                () = self.env().sleep_until(patience) => {}
            }
        } else {
            let look = now.saturating_add(LOOK).unwrap_or(patience).min(patience);
            self.env().sleep_until(look).await;
        }
        Ok(())
    }

    /// Brings an answer to a parked session. `now_for` gets what the session was opened for and
    /// says what it is for now; nothing, if the caller came back to a collection to which the
    /// session does not belong.
    pub(crate) async fn answer_challenge(
        &self,
        caller: &Caller,
        given: SessionId,
        link: Option<LinkId>,
        answer: Option<SecretString>,
        now_for: impl Fn(Purpose) -> Option<Purpose>,
    ) -> Result<Watch, Error> {
        let (id, number) = redeem(given);
        let mut tx = self.store().write().await?;
        let row = tx.session(caller.tenant, id).await?.ok_or(Error::SessionExpired)?;
        let purpose = now_for(Purpose::read(&row.purpose)?).ok_or(Error::SessionExpired)?;
        if link.is_some_and(|link| link != row.session.link) || row.challenge_number != number {
            return Err(Error::SessionExpired);
        }
        // Of what is over nothing more is asked.
        let session = row
            .session
            .clone()
            .apply(Event::AnswerGiven, self.env().now())
            .map_err(|_| Error::SessionExpired)?;
        let asks = row.challenge.as_ref().is_none_or(domain::session::Challenge::expects_input);
        let answer = match answer {
            Some(answer) => answer,
            None if asks => {
                return Err(Error::field("required", "This field is required.", "token"));
            }
            None => SecretString::from(""),
        };
        let answered = StoredSession { session, purpose: purpose.stored(), ..row };
        let link = answered.session.link;
        let logging_in = tx.link(caller.tenant, link).await?;
        let before = logging_in.ok_or(Error::SessionExpired)?.last_accessed_at;
        let secrets = tx.secrets(link).await?.ok_or(Error::SessionExpired)?;
        let sealed = self.seal_text(&secrets, caller.tenant, &answer_field(id), &answer)?;
        if !tx.give_answer(&answered, &sealed).await? {
            return Err(Error::SessionExpired);
        }
        tx.commit().await?;
        let held = self.live().get(id);
        if let Some(held) = &held {
            held.progress.send_if_modified(|progress| {
                let parked = matches!(progress, Progress::Challenged { .. });
                if parked {
                    *progress = Progress::Working;
                }
                parked
            });
            held.answered.notify_one();
        }
        Ok(Watch { tenant: caller.tenant, link, session: id, after: number, before, held })
    }

    /// Waits until the link is confirmed.
    pub(crate) async fn confirmed(&self, watch: Watch) -> Result<Link, Error> {
        let (tenant, link) = (watch.tenant, watch.link);
        match self.outcome_of(watch).await? {
            Progress::LoggedIn | Progress::Answered(_) => self.link(tenant, link).await,
            Progress::Failed(failure) => Err(failure.into()),
            Progress::Working | Progress::Challenged { .. } => Err(Error::SessionExpired),
        }
    }

    /// Waits for the data.
    pub(crate) async fn answer_of(&self, watch: Watch) -> Result<Retrieved, Error> {
        match self.outcome_of(watch).await? {
            Progress::Answered(answer) => Ok(Arc::unwrap_or_clone(answer)),
            Progress::Failed(failure) => Err(failure.into()),
            _ => Err(Error::SessionExpired),
        }
    }

    /// Waits for what comes next: a new challenge is an error, all else the caller's to read.
    async fn outcome_of(&self, watch: Watch) -> Result<Progress, Error> {
        let deadline = self.settings().request_budget;
        let waiting = async {
            match &watch.held {
                Some(held) => {
                    let mut progress = held.progress.subscribe();
                    let news = |p: &Progress| match p {
                        Progress::Working => false,
                        Progress::Challenged { number, .. } => *number > watch.after,
                        _ => true,
                    };
                    // The sender lives as long as the session; when it is gone the last value stays.
                    let waited = progress.wait_for(news).await.map(|progress| progress.clone());
                    Ok(waited.unwrap_or(Progress::Failed(Failure::SessionExpired)))
                }
                None => self.elsewhere(&watch).await,
            }
        };
        let progress = self.env().within(deadline, waiting).await.ok_or(Error::TimedOut)??;
        match progress {
            Progress::Challenged { number, until, challenge } => {
                let place = (watch.session, watch.link);
                Err(Error::Challenged(Box::new(self.challenged(place, number, until, &challenge))))
            }
            progress => Ok(progress),
        }
    }

    pub(crate) fn challenged(
        &self,
        (session, link): (SessionId, LinkId),
        number: u32,
        until: Timestamp,
        challenge: &domain::session::Challenge,
    ) -> Challenged {
        let left = until.duration_since(self.env().now()).max(SignedDuration::ZERO);
        Challenged {
            session: ticket(session, number),
            link,
            expiry: u32::try_from(left.as_secs()).unwrap_or(0),
            challenge: challenge.clone(),
        }
    }

    /// The session runs in another process: looks at its row until it says something new.
    async fn elsewhere(&self, watch: &Watch) -> Result<Progress, Error> {
        loop {
            let mut tx = self.store().read().await?;
            let Some(row) = tx.session(watch.tenant, watch.session).await? else {
                return Ok(Progress::Failed(Failure::SessionExpired));
            };
            if row.session.state == State::Challenged
                && row.challenge_number > watch.after
                && let Some(challenge) = row.challenge
            {
                let (number, until) = (row.challenge_number, row.session.deadline);
                return Ok(Progress::Challenged { number, until, challenge: Arc::new(challenge) });
            }
            let purpose = Purpose::read(&row.purpose)?;
            let over = row.session.state.is_over();
            // A good login first, whatever has become of the load since.
            if matches!(purpose, Purpose::Register | Purpose::Repair)
                && (over || row.session.state == State::Running)
                && tx.link(watch.tenant, watch.link).await?.is_some_and(|link| {
                    let by_then =
                        row.finished_at.is_none_or(|end| link.last_accessed_at <= Some(end));
                    link.status == Status::Valid && link.last_accessed_at != watch.before && by_then
                })
            {
                return Ok(Progress::LoggedIn);
            }
            if let Some(outcome) = row.outcome.as_deref().filter(|_| over) {
                let outcome: Outcome = serde_json::from_str(outcome)
                    .map_err(|e| Error::Internal("reading a session", Box::new(e)))?;
                return self.told_by(tx, watch, purpose, outcome).await;
            }
            drop(tx);
            self.env().sleep(LOOK).await;
        }
    }

    async fn told_by(
        &self,
        mut tx: store::Tx,
        watch: &Watch,
        purpose: Purpose,
        outcome: Outcome,
    ) -> Result<Progress, Error> {
        let answered = |items, saved| {
            Progress::Answered(Arc::new(Retrieved { saved, items, ..Retrieved::default() }))
        };
        Ok(match outcome {
            Outcome::Done => Progress::LoggedIn,
            Outcome::Failed(failure) => Progress::Failed(failure),
            Outcome::Kept(records) => {
                drop(tx);
                let Purpose::Retrieve(wanted) = purpose else {
                    return Err(Error::SessionExpired);
                };
                let resource = wanted.resource()?;
                let whole = domain::filter::Projection::default();
                let mut items = Vec::with_capacity(records.len());
                for id in records {
                    items.push(self.record(watch.tenant, resource, id.into(), &whole).await?);
                }
                answered(items, true)
            }
            Outcome::Unkept => {
                let sealed = tx
                    .sealed_outcome(watch.tenant, watch.session)
                    .await?
                    .ok_or(Error::SessionExpired)?;
                let secrets = tx.secrets(watch.link).await?.ok_or(Error::SessionExpired)?;
                answered(self.open_answer(&secrets, watch.tenant, watch.session, &sealed)?, false)
            }
        })
    }
}

/// The names in a list that occur twice or more are taken once, in order.
pub(crate) fn distinct(names: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

/// Whether data can be asked of the link; the contract's error if not.
pub(crate) fn check_usable(link: &Link) -> Result<(), Error> {
    match link.status {
        Status::Unconfirmed => Err(Error::UnconfirmedLink),
        _ if !link.has_credentials() => Err(Error::ExpiredCredentials),
        Status::Invalid => Err(Error::InvalidLink),
        Status::Valid | Status::TokenRequired => Ok(()),
    }
}
