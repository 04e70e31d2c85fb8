//! Work that outlives a request: rows say what to do and when, workers claim them by lease and do
//! it. Everything timed is a row with its instant (ADR 0004), so moving the clock to the next
//! instant and doing what is due is all that it takes to advance time.

use crate::{
    Caller, Engine, Error, announcements,
    effects::Cause,
    mandate::{Purpose, Work},
    retrieval::Wanted,
    sessions::{Brought, Run},
    worker::MOST_ATTEMPTS,
};
use connect::talk::Failure;
use domain::{
    access::CredentialsStorage,
    env::share,
    ids::LinkId,
    link::{Event, Link, Status},
    resource::Part,
    session::{Event as SessionEvent, State},
    time::later,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Tx,
    jobs::{Job, NewJob},
};

/// What can be queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Read resources of a link because somebody asked.
    Load,
    /// Read what is new because the calendar says so.
    Refresh,
    /// Forget a link.
    Delete,
    /// Erase a link's credentials.
    Erase,
    /// Remove a link's data that nobody has updated.
    Stale,
    /// Tell the institution that the person has taken a consent back.
    Revoke,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Load, Self::Refresh, Self::Delete, Self::Erase, Self::Stale, Self::Revoke];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Refresh => "refresh",
            Self::Delete => "delete",
            Self::Erase => "erase",
            Self::Stale => "stale",
            Self::Revoke => "revoke",
        }
    }
    /// Whether its institution is spoken to.
    pub(crate) const fn asks(self) -> bool {
        matches!(self, Self::Load | Self::Refresh | Self::Revoke)
    }
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// The payload of [`Kind::Load`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) cause: Cause,
    /// `None` for all that the link's load brings.
    pub(crate) wanted: Option<Vec<Wanted>>,
}

/// How long until a piece of work that met an open session tries again.
const SOON: SignedDuration = SignedDuration::from_secs(2);
/// The same where that session waits for an end user.
const LATER: SignedDuration = SignedDuration::from_secs(30);
/// The longest until a piece of work for which there was no room tries again; the shortest is
/// [`SOON`]. Spread evenly, so that room that is made is soon taken.
const CROWDED: SignedDuration = SignedDuration::from_secs(20);

impl Engine {
    pub(crate) fn new_job(
        &self,
        link: &Link,
        kind: Kind,
        subject: String,
        payload: &impl Serialize,
        run_at: Timestamp,
    ) -> NewJob {
        NewJob {
            id: self.env().id_in(link.id.bucket()),
            tenant: link.tenant,
            link: Some(link.id),
            institution: kind.asks().then(|| link.institution.clone()),
            kind: kind.as_str().into(),
            subject,
            payload: serde_json::to_string(payload).expect("payloads are plain data"),
            run_at,
            created_at: self.env().now(),
        }
    }

    /// Queues a reading that a caller asked for.
    pub(crate) async fn queue_load(
        &self,
        caller: &Caller,
        link: &Link,
        cause: Cause,
        wanted: Vec<Wanted>,
    ) -> Result<(), Error> {
        let load = Load { cause, wanted: Some(wanted) };
        let job = self.new_job(link, Kind::Load, caller.request.hex(), &load, self.env().now());
        let mut tx = self.store().write().await?;
        if tx.unfinished_jobs_of(link.id).await? >= self.settings().jobs_per_link {
            return Err(Error::Busy);
        }
        tx.schedule(&job).await?;
        tx.commit().await?;
        self.wake_workers();
        Ok(())
    }

    /// What a load of `link` reads: all parts of each resource.
    pub(crate) async fn load_of(
        &self,
        link: &Link,
        only: Option<&[String]>,
    ) -> Result<Vec<Wanted>, Error> {
        let institution = self.institution_named(&link.institution).await?;
        let resources = match only {
            None => link.wanted(&institution),
            // In the order of a load, whatever the order of the names.
            Some(names) => domain::resource::all()
                .iter()
                .copied()
                .filter(|resource| names.iter().any(|name| name == resource.offered_as))
                .filter(|resource| institution.offers(resource))
                .collect(),
        };
        // What is nested is read along with what it belongs to.
        let apart = resources.iter().filter(|resource| !resource.is_nested());
        let parts = apart.flat_map(|resource| {
            let here = |(_, part): &(usize, &Part)| institution.is_in(part.countries);
            resource.load.iter().enumerate().filter(here).map(|(number, part)| Wanted {
                kind: part.kind.map(str::to_owned),
                part: Some(number),
                ..Wanted::all_of(resource.name)
            })
        });
        Ok(parts.collect())
    }

    /// What a scheduled refresh of `link` reads: what is new of each kind.
    async fn refresh_of(&self, link: &Link) -> Result<Vec<Wanted>, Error> {
        let institution = self.institution_named(&link.institution).await?;
        let resources = link.wanted(&institution);
        let apart = resources.iter().filter(|resource| !resource.is_nested());
        Ok(apart.map(|resource| Wanted::all_of(resource.name)).collect())
    }

    /// Does a job, or answers the session that is to do it.
    pub(crate) async fn perform(&self, job: Job) -> Result<Option<Run>, Error> {
        let kind = Kind::named(&job.kind);
        let (Some(link), Some(kind)) = (job.link, kind) else {
            self.finish(&job, "unknown kind").await?;
            return Ok(None);
        };
        match kind {
            Kind::Load => {
                let load: Load = serde_json::from_str(&job.payload)
                    .map_err(|e| Error::Internal("reading a job", Box::new(e)))?;
                return self.perform_load(job, link, load).await;
            }
            Kind::Refresh => {
                let cause = Cause::Schedule(self.env().id());
                return self.perform_load(job, link, Load { cause, wanted: None }).await;
            }
            Kind::Delete => self.perform_delete(job, link).await?,
            Kind::Erase => self.perform_erase(job, link).await?,
            Kind::Stale => self.perform_stale(job, link).await?,
            Kind::Revoke => self.perform_revoke(job, link).await?,
        }
        Ok(None)
    }

    pub(crate) async fn finish(&self, job: &Job, outcome: &str) -> Result<(), Error> {
        let mut tx = self.store().write().await?;
        tx.finish(job.id, job.fence, outcome, self.env().now()).await?;
        Ok(tx.commit().await?)
    }

    /// Opens a session for the work. Where the link has one already, comes back soon.
    async fn perform_load(&self, job: Job, link: LinkId, load: Load) -> Result<Option<Run>, Error> {
        let mut read = self.store().read().await?;
        let link = read.link(job.tenant, link).await?;
        drop(read);
        let asked_for = matches!(load.cause, Cause::Async(_) | Cause::Load(_));
        let usable = |link: &Link| {
            let status =
                link.status == Status::Valid || asked_for && link.status == Status::TokenRequired;
            status && link.has_credentials()
        };
        let Some(link) = link.filter(usable) else {
            self.finish(&job, "the link cannot be used").await?;
            return Ok(None);
        };
        if let Some(until) = self.closed_until(&link.institution).await? {
            self.postpone(&job, &link, &load.cause, until).await?;
            return Ok(None);
        }
        let wanted = match load.wanted {
            Some(wanted) => wanted,
            None if matches!(load.cause, Cause::Schedule(_)) => self.refresh_of(&link).await?,
            None => self.load_of(&link, None).await?,
        };
        let request = load.cause.request();
        let work =
            Work { job: job.id, fence: job.fence, attempt: job.attempt, cause: load.cause, wanted };
        let purpose = Purpose::Work(work);
        let row = self.new_session(&link, &purpose, request);
        let mut tx = self.store().write().await?;
        // It may be gone or invalid by now: the row decides.
        let link = tx.link_for_update(link.tenant, link.id).await?.filter(usable);
        if !tx.holds(job.id, job.fence).await? {
            return Ok(None);
        }
        let Some(link) = link else {
            tx.finish(job.id, job.fence, "the link cannot be used", self.env().now()).await?;
            tx.commit().await?;
            return Ok(None);
        };
        if !tx.open_session(&row).await? {
            let other = tx.open_session_of(link.tenant, link.id).await?;
            let wait = match &other {
                Some(other) if other.session.state == State::Challenged => LATER,
                Some(other) if self.is_abandoned(other) => SignedDuration::ZERO,
                _ => SOON,
            };
            let at = later(self.env().now(), wait);
            tx.put_back(job.id, job.fence, at).await?;
            tx.commit().await?;
            if let Some(other) = other.filter(|other| self.is_abandoned(other)) {
                self.end_for_good(&other, SessionEvent::RanOut).await?;
            }
            return Ok(None);
        }
        if self.is_crowded(&mut tx, &link).await? {
            drop(tx);
            return self.wait_for_room(&job).await.map(|()| None);
        }
        self.work_started(&mut tx, &link, &purpose).await?;
        let run = Run::new(self, row, purpose, Brought::default());
        tx.commit().await?;
        Ok(Some(run))
    }

    /// The tenant or the institution has as many sessions open as it may: the work comes back, and
    /// has not been tried.
    async fn wait_for_room(&self, job: &Job) -> Result<(), Error> {
        let wait = SOON.saturating_add(share(CROWDED - SOON, self.env().chance_u64()));
        let at = later(self.env().now(), wait);
        let mut tx = self.store().write().await?;
        tx.put_back(job.id, job.fence, at).await?;
        Ok(tx.commit().await?)
    }

    /// The institution is left alone: a scheduled refresh waits for its next attempt, other work
    /// until it is asked again.
    async fn postpone(
        &self,
        job: &Job,
        link: &Link,
        cause: &Cause,
        until: Timestamp,
    ) -> Result<(), Error> {
        let mut tx = self.store().write().await?;
        let link = tx.link_for_update(link.tenant, link.id).await?;
        if !matches!(cause, Cause::Schedule(_)) {
            tx.put_back(job.id, job.fence, until).await?;
        } else if tx.finish(job.id, job.fence, "the institution is down", self.env().now()).await?
            && let Some(link) = link
        {
            self.happened(&mut tx, &link, Event::Unreachable, cause.clone()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// A session has begun a piece of work, or takes it upon itself: the timeline.
    pub(crate) async fn work_started(
        &self,
        tx: &mut Tx,
        link: &Link,
        purpose: &Purpose,
    ) -> Result<(), Error> {
        let Purpose::Work(work) = purpose else { return Ok(()) };
        let request = work.cause.request().hex();
        let detail = json!({"cause": purpose.name(), "request_id": request});
        self.note(tx, link, "refresh_started", detail).await
    }

    /// A session for a piece of work has ended: the job's row, the timeline, a retry where one
    /// helps. In the session's own closing transaction.
    pub(crate) async fn work_ended(
        &self,
        tx: &mut Tx,
        link: &Link,
        work: &Work,
        failure: Option<&Failure>,
    ) -> Result<(), Error> {
        let now = self.env().now();
        let detail = json!({"request_id": work.cause.request().hex(), "failure": failure.map(ToString::to_string)});
        let kind = if failure.is_none() { "refresh_finished" } else { "refresh_failed" };
        self.note(tx, link, kind, detail).await?;
        let retried = match failure {
            // The calendar has its own retries; a load that somebody waits for is tried again.
            Some(failure) if failure.passes() && !matches!(work.cause, Cause::Schedule(_)) => {
                let attempt = work.attempt;
                attempt < MOST_ATTEMPTS && {
                    let wait = self.env().jitter(SignedDuration::from_mins(1 << attempt.min(6)));
                    tx.retry(work.job, work.fence, later(now, wait)).await?
                }
            }
            _ => false,
        };
        if !retried {
            let outcome = failure.map_or_else(|| "done".to_owned(), ToString::to_string);
            tx.finish(work.job, work.fence, &outcome, now).await?;
        }
        // Credentials that were only lent are given back when the initial load is over.
        if link.credentials_storage == CredentialsStorage::NoStore && !retried {
            self.erase_now(tx, link).await?;
        }
        Ok(())
    }

    async fn erase_now(&self, tx: &mut Tx, link: &Link) -> Result<(), Error> {
        tx.erase_credentials(link.id).await?;
        let cause = Cause::Schedule(self.env().id());
        if let Some(link) = self.happened(tx, link, Event::CredentialsErased, cause).await? {
            self.note(tx, &link, "credentials_erased", json!({})).await?;
        }
        Ok(())
    }

    /// Erases a link's credentials, if their time is still over.
    async fn perform_erase(&self, job: Job, link: LinkId) -> Result<(), Error> {
        let now = self.env().now();
        let mut tx = self.store().write().await?;
        let link = tx.link_for_update(job.tenant, link).await?;
        tx.finish(job.id, job.fence, "done", now).await?;
        if let Some(link) = link.filter(|l| l.erase_credentials_at().is_some_and(|at| at <= now)) {
            self.erase_now(&mut tx, &link).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Removes the data of a link that nobody has updated; the link itself stays.
    async fn perform_stale(&self, job: Job, link: LinkId) -> Result<(), Error> {
        let now = self.env().now();
        let mut tx = self.store().write().await?;
        let link = tx.link_for_update(job.tenant, link).await?;
        tx.finish(job.id, job.fence, "done", now).await?;
        if let Some(link) = link {
            if link.stale_at() > now {
                self.schedule_staleness(&mut tx, &link).await?;
            } else {
                let removed = self.forget_data(&mut tx, &link).await?;
                self.note(&mut tx, &link, "stale_data_removed", json!({"records": removed}))
                    .await?;
            }
        }
        tx.commit().await?;
        self.wake_readers();
        Ok(())
    }

    async fn perform_delete(&self, job: Job, link: LinkId) -> Result<(), Error> {
        let load: Load = serde_json::from_str(&job.payload)
            .map_err(|e| Error::Internal("reading a job", Box::new(e)))?;
        let mut tx = self.store().write().await?;
        let Some(link) = tx.link_for_update(job.tenant, link).await? else { return Ok(()) };
        let session = self.forget_link(&mut tx, &link).await?;
        announcements::link_deleted(self, &mut tx, &link, &load.cause).await?;
        // The job's row went with the link.
        tx.commit().await?;
        self.forgotten(session);
        self.wake_dispatcher();
        Ok(())
    }
}
