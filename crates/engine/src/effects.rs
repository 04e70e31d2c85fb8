//! What follows from an event: one place stores the link's new state, schedules, announces and
//! writes the timeline, all in the transaction that the event belongs to.

use crate::{
    Engine, Error, announcements,
    jobs::{self, Kind},
    mandate::Work,
};
use connect::talk::Failure;
use domain::{
    ids::RequestId,
    link::{Effect, Event, Link},
    webhook::ProcessType,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Tx, jobs::NewJob, timeline::Entry};

/// Why something is being done; decides how its webhooks speak and which request they repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// A caller's synchronous request.
    Request(RequestId),
    /// A load after registration, repair, mode switch or refresh on demand.
    Load(RequestId),
    /// The link's calendar.
    Schedule(RequestId),
    /// A caller's asynchronous request.
    Async(RequestId),
    /// A caller's upload.
    Upload(RequestId),
}

impl Cause {
    /// The request that webhooks repeat.
    #[must_use]
    pub const fn request(&self) -> RequestId {
        match self {
            Self::Request(id)
            | Self::Load(id)
            | Self::Schedule(id)
            | Self::Async(id)
            | Self::Upload(id) => *id,
        }
    }
    /// The same for events about the link itself, which are always those of a refresh.
    #[must_use]
    pub(crate) const fn as_link_event(&self) -> Self {
        Self::Schedule(self.request())
    }
    /// How webhooks name it.
    #[must_use]
    pub const fn process(&self) -> ProcessType {
        match self {
            Self::Load(_) => ProcessType::HistoricalUpdate,
            Self::Request(_) | Self::Schedule(_) | Self::Upload(_) => ProcessType::RecurrentUpdate,
            Self::Async(_) => ProcessType::AsyncPost,
        }
    }
}

/// The key of the load that a link's switch to recurrent brings the next day: one, however often
/// it is switched.
fn switched(link: &Link) -> String {
    format!("{} switched", link.id)
}

/// What settling an event left.
pub(crate) struct Settled {
    /// The link as stored.
    pub(crate) link: Link,
    /// The load that the caller's session does itself.
    pub(crate) adopted: Option<Work>,
}

impl Engine {
    /// An event happened to a link: stores the new state and what follows. `None` when the link is
    /// no more, or the event cannot happen to it now (a late echo; it is logged).
    pub(crate) async fn happened(
        &self,
        tx: &mut Tx,
        link: &Link,
        event: Event,
        cause: Cause,
    ) -> Result<Option<Link>, Error> {
        self.settle_because(tx, link, event, cause, None).await
    }

    /// As [`Engine::happened`], naming the failure behind it for webhooks and timeline.
    pub(crate) async fn settle_because(
        &self,
        tx: &mut Tx,
        link: &Link,
        event: Event,
        cause: Cause,
        failure: Option<&Failure>,
    ) -> Result<Option<Link>, Error> {
        match link.apply(event, self.env().now(), self.env().chance_u64()) {
            Ok((next, effects)) => Ok(self
                .carry_out(tx, link, next, &effects, cause, failure, false)
                .await?
                .map(|s| s.link)),
            Err(refused) => {
                tracing::warn!(link.id = %link.id, "an event came late: {refused}");
                Ok(Some(link.clone()))
            }
        }
    }

    /// An event that must be able to happen, with the choice of doing its load in the session at
    /// hand (`adopt`) rather than in one of its own.
    pub(crate) async fn settle(
        &self,
        tx: &mut Tx,
        link: &Link,
        event: Event,
        cause: Cause,
        adopt: bool,
    ) -> Result<Settled, Error> {
        let (next, effects) = link
            .apply(event, self.env().now(), self.env().chance_u64())
            .map_err(|refused| Error::Internal("settling an event", Box::new(refused)))?;
        self.carry_out(tx, link, next, &effects, cause, None, adopt)
            .await?
            .ok_or(Error::NoSuch("link"))
    }

    #[expect(clippy::too_many_arguments, reason = "one private funnel for every consequence")]
    async fn carry_out(
        &self,
        tx: &mut Tx,
        before: &Link,
        next: Link,
        effects: &[Effect],
        cause: Cause,
        failure: Option<&Failure>,
        adopt: bool,
    ) -> Result<Option<Settled>, Error> {
        let now = self.env().now();
        let mut adopted = None;
        if effects.contains(&Effect::Forget) {
            tx.delete_link(next.tenant, next.id).await?;
            return Ok(None);
        }
        for effect in effects {
            match effect {
                Effect::Load | Effect::LoadAt(_) => {
                    let request = cause.request();
                    let load = jobs::Load { cause: Cause::Load(request), wanted: None };
                    let job = self.new_job(&next, Kind::Load, request.hex(), &load, now);
                    match effect {
                        Effect::LoadAt(at) => {
                            let job = NewJob { subject: switched(&next), run_at: *at, ..job };
                            tx.schedule(&job).await?;
                        }
                        _ if adopt => {
                            let wanted = self.load_of(&next, None).await?;
                            // The same request cannot cause two loads, so the claim cannot fail to be new.
                            if let Some(job) = tx
                                .insert_claimed(
                                    &NewJob { run_at: self.lease(), ..job },
                                    self.node(),
                                )
                                .await?
                            {
                                adopted = Some(Work {
                                    job: job.id,
                                    fence: job.fence,
                                    attempt: job.attempt,
                                    cause: load.cause,
                                    wanted,
                                });
                            }
                        }
                        _ => tx.schedule(&job).await?,
                    }
                }
                Effect::RefreshAt(at) => {
                    let refresh = self.new_job(&next, Kind::Refresh, next.id.to_string(), &(), *at);
                    tx.schedule(&refresh).await?;
                }
                Effect::StopRefreshing => {
                    let (bucket, refresh) = (next.id.bucket(), next.id.to_string());
                    tx.cancel(bucket, Kind::Refresh.as_str(), &refresh).await?;
                    tx.cancel(bucket, Kind::Load.as_str(), &switched(&next)).await?;
                }
                Effect::NotifyInvalid => {
                    announcements::link_invalid(self, tx, &next, &cause, failure).await?;
                }
                Effect::NotifyTokenRequired => {
                    announcements::token_required(self, tx, &next, &cause).await?;
                }
                Effect::Forget => {}
            }
        }
        if next.status != before.status {
            let detail = json!({"from": before.status, "to": next.status});
            self.note(tx, &next, "status_changed", detail).await?;
        }
        self.reschedule_endings(tx, before, &next).await?;
        tx.save_link(&next).await?;
        tracing::debug!(link.id = %next.id, at = %now, status = %next.status, "settled");
        Ok(Some(Settled { link: next, adopted }))
    }

    /// Keeps the two alarms of a link at their instants: when its credentials are erased, and when
    /// its data are stale.
    pub(crate) async fn reschedule_endings(
        &self,
        tx: &mut Tx,
        before: &Link,
        next: &Link,
    ) -> Result<(), Error> {
        if before.erase_credentials_at() != next.erase_credentials_at() {
            match next.erase_credentials_at() {
                Some(at) => {
                    let job = self.new_job(next, Kind::Erase, next.id.to_string(), &(), at);
                    tx.schedule(&job).await?;
                }
                None => {
                    tx.cancel(next.id.bucket(), Kind::Erase.as_str(), &next.id.to_string()).await?;
                }
            }
        }
        if before.stale_at() != next.stale_at() {
            self.schedule_staleness(tx, next).await?;
        }
        Ok(())
    }

    pub(crate) async fn schedule_staleness(&self, tx: &mut Tx, link: &Link) -> Result<(), Error> {
        let job = self.new_job(link, Kind::Stale, link.id.to_string(), &(), link.stale_at());
        Ok(tx.schedule(&job).await?)
    }

    /// A line in the link's timeline.
    pub(crate) async fn note(
        &self,
        tx: &mut Tx,
        link: &Link,
        kind: &'static str,
        detail: serde_json::Value,
    ) -> Result<(), Error> {
        let entry = Entry {
            id: self.env().id_in(link.id.bucket()),
            tenant: link.tenant,
            link: link.id,
            at: self.env().now(),
            kind: kind.into(),
            detail: detail.to_string(),
        };
        tracing::info!(
            institution = %link.institution,
            link.id = %link.id,
            "link {}",
            kind.replace('_', " ")
        );
        Ok(tx.add_entry(&entry).await?)
    }
}
