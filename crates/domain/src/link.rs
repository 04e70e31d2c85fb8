//! A link's life, in one table (`contract/links.md` §6).

use crate::{
    access::{AccessMode, CredentialsStorage, StaleIn},
    ids::{KeyId, LinkId, TenantId},
    refresh::{Rate, Schedule},
    words,
};
use jiff::{SignedDuration, Timestamp};

words!(
    /// Whether a link can be used.
    Status {
        /// Usable.
        Valid = "valid",
        /// The stored credentials no longer work, or were erased.
        Invalid = "invalid",
        /// Its creation stopped at a challenge and was never completed.
        Unconfirmed = "unconfirmed",
        /// Was valid; the institution wants a new token before data can be refreshed.
        TokenRequired = "token_required",
    }
);

/// An end user's standing permission to read one institution for one tenant. Its credentials are
/// elsewhere, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Carries the link's bucket.
    pub id: LinkId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The institution's name.
    pub institution: String,
    /// Whether Vinculo comes back by itself.
    pub access_mode: AccessMode,
    /// Whether it can be used.
    pub status: Status,
    /// The caller's own key.
    pub external_id: Option<String>,
    /// The person at that institution: the same for every link of theirs.
    pub institution_user_id: Option<String>,
    /// How often it is refreshed; `None` for a single link.
    pub refresh_rate: Option<Rate>,
    /// Where it stands in its calendar; `None` while nothing is scheduled.
    pub schedule: Option<Schedule>,
    /// How long its credentials are kept.
    pub credentials_storage: CredentialsStorage,
    /// How long its data may go without an update.
    pub stale_in: StaleIn,
    /// What a load brings besides the core resources: names as in `fetch_resources`.
    pub fetch_resources: Vec<String>,
    /// The key that registered it.
    pub created_by: KeyId,
    /// When it was registered.
    pub created_at: Timestamp,
    /// The last successful access.
    pub last_accessed_at: Option<Timestamp>,
    /// The last access that brought data, or the birth: staleness counts from here.
    pub updated_at: Timestamp,
    /// When it was last refreshed on demand.
    pub refreshed_at: Option<Timestamp>,
    /// Logins that the institution has refused since the last good one.
    pub refused: u32,
    /// Which credentials these are; grows with every replacement.
    pub credentials_version: u32,
    /// Whether sealed credentials still exist.
    pub has_credentials: bool,
}

/// Who tried to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// A registration or its resume.
    Registration,
    /// A retrieval or refresh that a caller asked for.
    Request,
    /// A replacement of credentials.
    Repair,
    /// The schedule, or a background load.
    Schedule,
}

/// What can happen to a link. Facts, in the past tense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The institution let us in.
    LoggedIn(Attempt),
    /// The institution asked for something only the end user knows.
    Challenged(Attempt),
    /// Nobody answered.
    ChallengeExpired(Attempt),
    /// The institution said that the login is wrong, locked or forbidden: positive evidence.
    Rejected(Attempt),
    /// A scheduled refresh brought its data.
    Refreshed,
    /// A scheduled refresh failed for a reason that passes.
    Unreachable,
    /// The time to keep credentials is over.
    CredentialsErased,
    /// The end user or the institution withdrew the permission.
    Revoked,
    /// The caller changed the access mode.
    ModeChanged(AccessMode, Rate),
    /// The caller or the operator changed the rate.
    RateChanged(Rate),
}

/// What the engine must do in the transaction that stores the new state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Queue the background load of the link's resources.
    Load,
    /// Queue it for a later day.
    LoadAt(Timestamp),
    /// Set the one scheduled refresh to this instant.
    RefreshAt(Timestamp),
    /// Cancel the scheduled refresh.
    StopRefreshing,
    /// Announce `LINK`/`invalid_credentials`.
    NotifyInvalid,
    /// Announce `LINK`/`token_required`.
    NotifyTokenRequired,
    /// Remove the link as if it had never been: a refused registration.
    Forget,
}

/// An event that cannot happen in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} cannot happen to a link that is {status}")]
pub struct Refused {
    /// The state it was in.
    pub status: Status,
    /// What was said to have happened.
    pub event: Event,
}

impl Link {
    /// The refused requests that turn a valid link invalid.
    pub const MOST_REFUSED: u32 = 6;
    /// How long after a refresh on demand the next one is refused.
    pub const COOLDOWN: SignedDuration = SignedDuration::from_mins(10);

    /// The whole life of a link. Pure: the same input and chance give the same answer.
    pub fn apply(
        &self,
        event: Event,
        now: Timestamp,
        chance: u64,
    ) -> Result<(Self, Vec<Effect>), Refused> {
        use {Attempt as A, Effect as Do, Event as E, Status as S};
        let mut next = self.clone();
        let mut effects = Vec::new();
        match (self.status, event) {
            (_, E::LoggedIn(attempt)) => {
                next.status = S::Valid;
                next.last_accessed_at = Some(now);
                next.refused = 0;
                let repaired = matches!(attempt, A::Registration | A::Repair);
                let recurrent = self.access_mode == AccessMode::Recurrent;
                if (repaired && (recurrent || attempt == A::Registration))
                    || self.status != S::Valid && recurrent
                {
                    effects.push(Do::Load);
                }
                if next.schedule.is_none() || repaired {
                    next.start_schedule(now, chance, &mut effects);
                }
            }
            (S::Unconfirmed | S::Invalid, E::Challenged(_))
            | (_, E::Challenged(A::Request | A::Repair)) => {}
            (S::Valid | S::TokenRequired, E::Challenged(A::Schedule | A::Registration))
            | (S::Valid, E::ChallengeExpired(A::Request | A::Repair)) => {
                next.status = S::TokenRequired;
                next.stop_schedule(&mut effects);
                if matches!(event, E::Challenged(_)) && self.status == S::Valid {
                    effects.push(Do::NotifyTokenRequired);
                }
            }
            (_, E::ChallengeExpired(_)) => {}
            (S::Unconfirmed, E::Rejected(A::Registration)) => effects.push(Do::Forget),
            (S::Valid | S::TokenRequired, E::Rejected(A::Schedule))
            | (S::Valid | S::TokenRequired, E::Revoked) => {
                next.status = S::Invalid;
                next.stop_schedule(&mut effects);
                effects.push(Do::NotifyInvalid);
            }
            (S::Valid | S::TokenRequired, E::Rejected(A::Request)) => {
                next.refused += 1;
                if next.refused >= Self::MOST_REFUSED {
                    next.status = S::Invalid;
                    next.stop_schedule(&mut effects);
                }
            }
            (_, E::Rejected(_) | E::Revoked) => {}
            (S::Valid, E::Refreshed) => {
                next.updated_at = now;
                if let Some(schedule) = &self.schedule {
                    let schedule = schedule.succeeded(now, chance);
                    effects.push(Do::RefreshAt(schedule.due));
                    next.schedule = Some(schedule);
                }
            }
            (S::Valid, E::Unreachable) => {
                if let Some(schedule) = &self.schedule {
                    let schedule = schedule.failed(now, chance);
                    effects.push(Do::RefreshAt(schedule.due));
                    next.schedule = Some(schedule);
                }
            }
            (status, E::CredentialsErased) => {
                next.has_credentials = false;
                if status != S::Unconfirmed {
                    next.status = S::Invalid;
                }
                next.stop_schedule(&mut effects);
            }
            (status, E::ModeChanged(mode, rate)) => {
                if mode == self.access_mode {
                    return Ok((next, effects));
                }
                next.access_mode = mode;
                match mode {
                    AccessMode::Single => {
                        next.refresh_rate = None;
                        next.stop_schedule(&mut effects);
                    }
                    AccessMode::Recurrent => {
                        next.refresh_rate = Some(rate);
                        next.credentials_storage = CredentialsStorage::Store;
                        if status == S::Valid {
                            let tomorrow = now.saturating_add(SignedDuration::from_hours(24));
                            effects.push(Do::LoadAt(tomorrow.unwrap_or(Timestamp::MAX)));
                            next.start_schedule(now, chance, &mut effects);
                        }
                    }
                }
            }
            (status, E::RateChanged(rate)) => {
                if self.access_mode == AccessMode::Recurrent {
                    next.refresh_rate = Some(rate);
                    if status == S::Valid && self.refresh_rate != Some(rate) {
                        next.start_schedule(now, chance, &mut effects);
                    }
                }
            }
            (status, event @ (E::Refreshed | E::Unreachable)) => {
                return Err(Refused { status, event });
            }
        }
        Ok((next, effects))
    }

    fn start_schedule(&mut self, now: Timestamp, chance: u64, effects: &mut Vec<Effect>) {
        self.schedule = self.refresh_rate.map(|rate| Schedule::start(rate, now, chance));
        effects.extend(self.schedule.as_ref().map(|s| Effect::RefreshAt(s.due)));
    }
    fn stop_schedule(&mut self, effects: &mut Vec<Effect>) {
        if self.schedule.take().is_some() {
            effects.push(Effect::StopRefreshing);
        }
    }

    /// When its credentials are to be erased; `None` for never.
    #[must_use]
    pub fn erase_credentials_at(&self) -> Option<Timestamp> {
        let lifetime = self.credentials_storage.lifetime().filter(|_| self.has_credentials)?;
        self.created_at.saturating_add(lifetime).ok()
    }
    /// When its data become stale.
    #[must_use]
    pub fn stale_at(&self) -> Timestamp {
        self.updated_at.saturating_add(self.stale_in.lifetime()).unwrap_or(Timestamp::MAX)
    }
    /// The resources that a load of this link brings, as the institution offers them: the core ones
    /// for a recurrent link, and those it asked for.
    #[must_use]
    pub fn wanted(&self, offered: &[String]) -> Vec<&'static crate::resource::Resource> {
        let recurrent = self.access_mode == AccessMode::Recurrent;
        crate::resource::all()
            .iter()
            .copied()
            .filter(|r| offered.iter().any(|o| o == r.offered_as))
            .filter(|r| {
                (recurrent && r.core) || self.fetch_resources.iter().any(|f| f == r.offered_as)
            })
            .collect()
    }
}
