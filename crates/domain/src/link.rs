//! A link's life, in one table.

use crate::{
    access::{AccessMode, CredentialsStorage, StaleIn},
    ids::{KeyId, LinkId, TenantId},
    institution::Institution,
    refresh::{Rate, Schedule},
    resource::Resource,
    resources::consents::CONSENTS,
    time::later,
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
    /// When the sealed credentials came; `None` once they are erased.
    pub credentials_since: Option<Timestamp>,
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

/// What is remembered of credentials that an institution said are wrong, whichever link they were
/// for. Forgotten as soon as they are let in, and after a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusals {
    /// How often they were refused.
    pub count: u32,
    /// The last time.
    pub last: Timestamp,
}

impl Refusals {
    /// How long they are remembered: as long as institutions count, and no longer than a person
    /// needs who has set this very password there in the meantime.
    pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

    /// Whether the same credentials may be tried once more. Somebody who is there to see the answer
    /// may be refused `most` times; nobody learns anything from what is tried in the background.
    #[must_use]
    pub fn allow(&self, attempt: Attempt, most: u32, now: Timestamp) -> bool {
        let forgotten = now.duration_since(self.last) >= Self::REMEMBERED;
        forgotten || (attempt != Attempt::Schedule && self.count < most)
    }
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
    /// The end user withdrew the permission here: nothing of the login is kept.
    Withdrawn,
    /// The caller changed the access mode; the rate is that of recurrent links. Refused where it
    /// would need credentials that are no more.
    ModeChanged(AccessMode, Rate),
    /// The caller or the operator changed the rate; single links have none and ignore it.
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
    /// How long after a link became recurrent its first load comes.
    pub const SWITCH_DELAY: SignedDuration = SignedDuration::from_hours(24);

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
            (_, E::LoggedIn(attempt)) => next.let_in(attempt, now, chance, &mut effects),
            (S::Valid, E::Challenged(A::Schedule)) => {
                next.rest(S::TokenRequired, &mut effects);
                effects.push(Do::NotifyTokenRequired);
            }
            // Nobody is told: the caller was, by the answer to the request.
            (S::Valid, E::ChallengeExpired(A::Request)) => {
                next.rest(S::TokenRequired, &mut effects);
            }
            (S::Unconfirmed, E::Rejected(A::Registration)) => effects.push(Do::Forget),
            (S::Valid | S::TokenRequired, E::Rejected(A::Schedule) | E::Revoked) => {
                next.rest(S::Invalid, &mut effects);
                effects.push(Do::NotifyInvalid);
            }
            (status, E::Withdrawn) => {
                next.credentials_since = None;
                let resting = if status == S::Unconfirmed { status } else { S::Invalid };
                next.rest(resting, &mut effects);
                if matches!(status, S::Valid | S::TokenRequired) {
                    effects.push(Do::NotifyInvalid);
                }
            }
            (S::Valid | S::TokenRequired, E::Rejected(A::Request)) => {
                next.refused += 1;
                if next.refused >= Self::MOST_REFUSED {
                    next.rest(S::Invalid, &mut effects);
                }
            }
            // Somebody is there to see the answer, or the link rests already.
            (_, E::Challenged(_) | E::ChallengeExpired(_) | E::Rejected(_) | E::Revoked) => {}
            (S::Valid, E::Refreshed) => {
                next.updated_at = now;
                next.follow(self.schedule.as_ref().map(|s| s.succeeded(now, chance)), &mut effects);
            }
            (S::Valid, E::Unreachable) => {
                next.follow(self.schedule.as_ref().map(|s| s.failed(now, chance)), &mut effects);
            }
            (status, E::CredentialsErased) if self.erase_credentials_at().is_some() => {
                next.credentials_since = None;
                let resting = if status == S::Unconfirmed { status } else { S::Invalid };
                next.rest(resting, &mut effects);
            }
            (_, E::ModeChanged(mode, _)) if mode == self.access_mode => {}
            (_, E::ModeChanged(AccessMode::Single, _)) => {
                next.access_mode = AccessMode::Single;
                next.refresh_rate = None;
                next.follow(None, &mut effects);
            }
            (status, E::ModeChanged(AccessMode::Recurrent, rate)) if self.has_credentials() => {
                next.access_mode = AccessMode::Recurrent;
                next.refresh_rate = Some(rate);
                next.credentials_storage = CredentialsStorage::Store;
                if status == S::Valid {
                    let load = later(now, Self::SWITCH_DELAY);
                    effects.push(Do::LoadAt(load));
                    next.follow(Some(Schedule::start(rate, load, chance)), &mut effects);
                }
            }
            (status, E::RateChanged(rate)) => {
                if self.refresh_rate.is_some_and(|own| own != rate) {
                    next.refresh_rate = Some(rate);
                    if status == S::Valid {
                        next.follow(Some(Schedule::start(rate, now, chance)), &mut effects);
                    }
                }
            }
            (status, event) => return Err(Refused { status, event }),
        }
        Ok((next, effects))
    }

    /// The institution let us in. The first time, and when a recurrent link was repaired, the data
    /// are loaded; an attempt of the schedule is itself such a load.
    fn let_in(&mut self, attempt: Attempt, now: Timestamp, chance: u64, effects: &mut Vec<Effect>) {
        self.last_accessed_at = Some(now);
        self.refused = 0;
        if attempt == Attempt::Repair {
            self.credentials_since = Some(now);
        }
        // Credentials erased while a login went on do not come back to life with it.
        if !self.has_credentials() {
            return;
        }
        let first = self.status == Status::Unconfirmed;
        let repaired = match attempt {
            Attempt::Repair => true,
            Attempt::Request => self.status != Status::Valid,
            Attempt::Registration | Attempt::Schedule => false,
        };
        self.status = Status::Valid;
        let recurrent = self.access_mode == AccessMode::Recurrent;
        if (recurrent && (first || repaired)) || (first && !self.fetch_resources.is_empty()) {
            effects.push(Effect::Load);
        }
        if let Some(rate) = self.refresh_rate.filter(|_| self.schedule.is_none() || repaired) {
            self.follow(Some(Schedule::start(rate, now, chance)), effects);
        }
    }
    /// Takes a status in which nothing is refreshed.
    fn rest(&mut self, status: Status, effects: &mut Vec<Effect>) {
        self.status = status;
        self.follow(None, effects);
    }
    /// Goes on by `schedule`, or stops.
    fn follow(&mut self, schedule: Option<Schedule>, effects: &mut Vec<Effect>) {
        match &schedule {
            Some(schedule) => effects.push(Effect::RefreshAt(schedule.due)),
            None if self.schedule.is_some() => effects.push(Effect::StopRefreshing),
            None => {}
        }
        self.schedule = schedule;
    }

    /// Whether sealed credentials exist.
    #[must_use]
    pub const fn has_credentials(&self) -> bool {
        self.credentials_since.is_some()
    }
    /// When its credentials are to be erased; `None` for never.
    #[must_use]
    pub fn erase_credentials_at(&self) -> Option<Timestamp> {
        self.credentials_since?.saturating_add(self.credentials_storage.lifetime()?).ok()
    }
    /// When its data become stale.
    #[must_use]
    pub fn stale_at(&self) -> Timestamp {
        later(self.updated_at, self.stale_in.lifetime())
    }
    /// The resources that a load of this link brings, as the institution offers them: the core ones
    /// for a recurrent link, those it asked for, and the consent that it stands on.
    #[must_use]
    pub fn wanted(&self, institution: &Institution) -> Vec<&'static Resource> {
        let recurrent = self.access_mode == AccessMode::Recurrent;
        crate::resource::all()
            .iter()
            .copied()
            .filter(|r| institution.offers(r))
            .filter(|r| {
                let named = self.fetch_resources.iter().any(|f| f == r.offered_as);
                (recurrent && r.core) || named || r.name == CONSENTS.name
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Bucket, uuid_in};
    use proptest::prelude::*;

    fn now() -> Timestamp {
        "2026-01-14T09:00:00Z".parse().expect("a timestamp")
    }
    fn hours(hours: i64) -> SignedDuration {
        SignedDuration::from_hours(hours)
    }
    fn id<T: crate::ids::Id>() -> T {
        T::from(uuid_in(Bucket::of(7), 1_768_381_953_104, [1; 8]))
    }
    fn registered(mode: AccessMode) -> Link {
        Link {
            id: id(),
            tenant: id(),
            institution: "erebor_mx_retail".into(),
            access_mode: mode,
            status: Status::Unconfirmed,
            external_id: None,
            institution_user_id: None,
            refresh_rate: (mode == AccessMode::Recurrent).then_some(Rate::Week),
            schedule: None,
            credentials_storage: CredentialsStorage::default_for(mode),
            stale_in: StaleIn::DEFAULT,
            fetch_resources: vec!["ACCOUNTS".into()],
            created_by: id(),
            created_at: now(),
            last_accessed_at: None,
            updated_at: now(),
            refreshed_at: None,
            refused: 0,
            credentials_version: 1,
            credentials_since: Some(now()),
        }
    }
    fn after(link: &Link, event: Event) -> (Link, Vec<Effect>) {
        link.apply(event, now(), 7).expect("it can happen")
    }
    fn valid(mode: AccessMode) -> Link {
        after(&registered(mode), Event::LoggedIn(Attempt::Registration)).0
    }
    fn recurrent() -> Link {
        valid(AccessMode::Recurrent)
    }
    fn single() -> Link {
        valid(AccessMode::Single)
    }
    /// A link that its calendar found to be refused.
    fn invalid(mode: AccessMode) -> Link {
        after(&valid(mode), Event::Rejected(Attempt::Schedule)).0
    }
    fn due(link: &Link) -> Timestamp {
        link.schedule.as_ref().expect("a schedule").due
    }

    #[test]
    fn a_good_registration_loads_and_a_recurrent_link_is_scheduled() {
        let (link, effects) =
            after(&registered(AccessMode::Recurrent), Event::LoggedIn(Attempt::Registration));
        assert_eq!(link.status, Status::Valid);
        assert_eq!(link.last_accessed_at, Some(now()));
        assert_eq!(effects, [Effect::Load, Effect::RefreshAt(due(&link))]);
        let (link, effects) =
            after(&registered(AccessMode::Single), Event::LoggedIn(Attempt::Registration));
        assert_eq!((effects, link.schedule), (vec![Effect::Load], None));
    }

    #[test]
    fn a_single_link_that_asked_for_nothing_loads_nothing() {
        let link = Link { fetch_resources: vec![], ..registered(AccessMode::Single) };
        assert_eq!(after(&link, Event::LoggedIn(Attempt::Registration)).1, []);
    }

    #[test]
    fn a_refused_registration_is_forgotten() {
        let link = registered(AccessMode::Recurrent);
        assert_eq!(after(&link, Event::Rejected(Attempt::Registration)).1, [Effect::Forget]);
        let (challenged, effects) = after(&link, Event::Challenged(Attempt::Registration));
        assert_eq!((challenged.status, effects), (Status::Unconfirmed, vec![]));
        let (expired, effects) = after(&link, Event::ChallengeExpired(Attempt::Registration));
        assert_eq!((expired.status, effects), (Status::Unconfirmed, vec![]));
    }

    #[test]
    fn a_scheduled_refresh_that_is_refused_makes_a_link_invalid_and_says_so() {
        let (link, effects) = after(&recurrent(), Event::Rejected(Attempt::Schedule));
        assert_eq!(link.status, Status::Invalid);
        assert_eq!(effects, [Effect::StopRefreshing, Effect::NotifyInvalid]);
    }

    #[test]
    fn a_scheduled_refresh_that_meets_a_challenge_says_so_once() {
        let (link, effects) = after(&recurrent(), Event::Challenged(Attempt::Schedule));
        assert_eq!(link.status, Status::TokenRequired);
        assert_eq!(effects, [Effect::StopRefreshing, Effect::NotifyTokenRequired]);
        assert_eq!(after(&link, Event::Challenged(Attempt::Schedule)), (link, vec![]));
    }

    #[test]
    fn a_callers_challenge_costs_validity_only_when_abandoned() {
        let (asked, effects) = after(&recurrent(), Event::Challenged(Attempt::Request));
        assert_eq!((asked.status, effects), (Status::Valid, vec![]));
        let (link, effects) = after(&asked, Event::ChallengeExpired(Attempt::Request));
        assert_eq!(link.status, Status::TokenRequired);
        assert_eq!(effects, [Effect::StopRefreshing]);
    }

    #[test]
    fn refused_credentials_are_tried_so_often_and_in_the_background_not_at_all() {
        let refused = |count| Refusals { count, last: now() };
        let all = [Attempt::Registration, Attempt::Request, Attempt::Repair, Attempt::Schedule];
        let allowed = |refusals: Refusals, after: SignedDuration| {
            all.map(|attempt| refusals.allow(attempt, 3, now() + after))
        };
        let day = Refusals::REMEMBERED;
        assert_eq!(allowed(refused(2), hours(0)), [true, true, true, false]);
        assert_eq!(allowed(refused(3), hours(0)), [false; 4]);
        assert_eq!(allowed(refused(3), day - SignedDuration::from_secs(1)), [false; 4]);
        assert_eq!(allowed(refused(3), day), [true; 4]);
    }

    #[test]
    fn new_credentials_that_are_not_confirmed_change_nothing() {
        for link in [recurrent(), single(), invalid(AccessMode::Recurrent)] {
            for event in [
                Event::Challenged(Attempt::Repair),
                Event::ChallengeExpired(Attempt::Repair),
                Event::Rejected(Attempt::Repair),
            ] {
                assert_eq!(after(&link, event), (link.clone(), vec![]));
            }
        }
    }

    #[test]
    fn the_sixth_refused_request_makes_a_link_invalid() {
        let mut link = recurrent();
        for refused in 1..6 {
            link = after(&link, Event::Rejected(Attempt::Request)).0;
            assert_eq!((link.status, link.refused), (Status::Valid, refused));
        }
        let (sixth, effects) = after(&link, Event::Rejected(Attempt::Request));
        assert_eq!((sixth.status, effects), (Status::Invalid, vec![Effect::StopRefreshing]));
        let (forgiven, _) = after(&link, Event::LoggedIn(Attempt::Request));
        assert_eq!(forgiven.refused, 0);
    }

    #[test]
    fn a_repaired_recurrent_link_refreshes_at_once_and_a_single_one_does_not() {
        let (link, effects) =
            after(&invalid(AccessMode::Recurrent), Event::LoggedIn(Attempt::Repair));
        assert_eq!(link.status, Status::Valid);
        assert_eq!(effects, [Effect::Load, Effect::RefreshAt(due(&link))]);
        let (link, effects) = after(&invalid(AccessMode::Single), Event::LoggedIn(Attempt::Repair));
        assert_eq!((link.status, effects), (Status::Valid, vec![]));
    }

    #[test]
    fn a_token_given_with_a_request_repairs_too() {
        let (resting, _) = after(&recurrent(), Event::Challenged(Attempt::Schedule));
        let (link, effects) = after(&resting, Event::LoggedIn(Attempt::Request));
        assert_eq!(link.status, Status::Valid);
        assert_eq!(effects, [Effect::Load, Effect::RefreshAt(due(&link))]);
    }

    #[test]
    fn a_good_login_of_a_valid_link_leaves_its_calendar_alone() {
        for attempt in [Attempt::Request, Attempt::Schedule] {
            let (link, effects) = after(&recurrent(), Event::LoggedIn(attempt));
            assert_eq!((due(&link), effects), (due(&recurrent()), vec![]));
        }
    }

    #[test]
    fn a_passing_failure_never_changes_the_status() {
        let mut link = recurrent();
        for _ in 0..100 {
            link = link.apply(Event::Unreachable, due(&link), 7).expect("it can happen").0;
            assert_eq!(link.status, Status::Valid);
        }
    }

    #[test]
    fn credentials_are_erased_when_their_time_is_over_and_can_be_given_anew() {
        let link = single();
        assert_eq!(link.erase_credentials_at(), Some(now() + hours(365 * 24)));
        let (erased, _) = after(&link, Event::CredentialsErased);
        assert_eq!((erased.status, erased.has_credentials()), (Status::Invalid, false));
        assert_eq!(erased.erase_credentials_at(), None);
        let later = now() + hours(400 * 24);
        let repaired = erased.apply(Event::LoggedIn(Attempt::Repair), later, 7).expect("good").0;
        assert_eq!(repaired.status, Status::Valid);
        assert_eq!(repaired.erase_credentials_at(), Some(later + hours(365 * 24)));
    }

    #[test]
    fn a_login_that_outlives_its_credentials_does_not_bring_them_back() {
        let (erased, _) = after(&single(), Event::CredentialsErased);
        for attempt in [Attempt::Request, Attempt::Schedule, Attempt::Registration] {
            let (link, effects) = after(&erased, Event::LoggedIn(attempt));
            assert_eq!((link.status, effects), (Status::Invalid, vec![]));
        }
    }

    #[test]
    fn stored_credentials_are_never_erased() {
        let refused = recurrent().apply(Event::CredentialsErased, now(), 7).expect_err("refused");
        assert_eq!(refused.to_string(), "CredentialsErased cannot happen to a link that is valid");
    }

    #[test]
    fn a_link_that_becomes_recurrent_loads_the_next_day_and_refreshes_after_that() {
        let switch = Event::ModeChanged(AccessMode::Recurrent, Rate::SixHours);
        let (link, effects) = after(&single(), switch);
        let tomorrow = now() + hours(24);
        assert_eq!(effects, [Effect::LoadAt(tomorrow), Effect::RefreshAt(due(&link))]);
        assert!(due(&link) > tomorrow);
        assert_eq!(link.credentials_storage, CredentialsStorage::Store);
        assert_eq!(link.erase_credentials_at(), None);
        let (erased, _) = after(&single(), Event::CredentialsErased);
        assert!(erased.apply(switch, now(), 7).is_err(), "it has no credentials to come back with");
    }

    #[test]
    fn a_link_that_becomes_single_is_refreshed_no_more() {
        let (link, effects) =
            after(&recurrent(), Event::ModeChanged(AccessMode::Single, Rate::Week));
        assert_eq!((link.refresh_rate, link.schedule), (None, None));
        assert_eq!(effects, [Effect::StopRefreshing]);
    }

    #[test]
    fn a_new_rate_begins_a_new_calendar() {
        let (link, effects) = after(&recurrent(), Event::RateChanged(Rate::SixHours));
        assert_eq!(effects, [Effect::RefreshAt(due(&link))]);
        assert!(due(&link) <= now() + hours(6));
        let (same, effects) = after(&recurrent(), Event::RateChanged(Rate::Week));
        assert_eq!((same, effects), (recurrent(), vec![]));
        assert_eq!(after(&single(), Event::RateChanged(Rate::Day)), (single(), vec![]));
    }

    fn an_attempt() -> impl Strategy<Value = Attempt> {
        prop::sample::select(vec![
            Attempt::Registration,
            Attempt::Request,
            Attempt::Repair,
            Attempt::Schedule,
        ])
    }
    fn a_mode() -> impl Strategy<Value = AccessMode> {
        prop::sample::select(AccessMode::ALL)
    }
    fn an_event() -> impl Strategy<Value = Event> {
        let rate = || prop::sample::select(Rate::ALL);
        prop_oneof![
            an_attempt().prop_map(Event::LoggedIn),
            an_attempt().prop_map(Event::Challenged),
            an_attempt().prop_map(Event::ChallengeExpired),
            an_attempt().prop_map(Event::Rejected),
            Just(Event::Refreshed),
            Just(Event::Unreachable),
            Just(Event::CredentialsErased),
            Just(Event::Revoked),
            Just(Event::Withdrawn),
            (a_mode(), rate()).prop_map(|(mode, rate)| Event::ModeChanged(mode, rate)),
            rate().prop_map(Event::RateChanged),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_a_link_keeps_its_word(
            mode in a_mode(),
            events in prop::collection::vec((an_event(), 0..100_i64, any::<u64>()), 1..60),
        ) {
            let mut link = registered(mode);
            let mut now = now();
            for (event, passed, chance) in events {
                now += hours(passed);
                let (next, effects) = match link.apply(event, now, chance) {
                    Ok(applied) => applied,
                    Err(refused) => {
                        prop_assert_eq!(refused, Refused { status: link.status, event });
                        continue;
                    }
                };
                let recurrent = next.access_mode == AccessMode::Recurrent;
                let has = |effect| effects.contains(&effect);

                // A schedule, and with it a refresh, exists exactly for a valid recurrent link.
                prop_assert_eq!(next.schedule.is_some(), recurrent && next.status == Status::Valid);
                prop_assert_eq!(next.refresh_rate.is_some(), recurrent);
                if let Some(schedule) = &next.schedule {
                    prop_assert_eq!(Some(schedule.rate), next.refresh_rate);
                    prop_assert!(next.schedule == link.schedule || has(Effect::RefreshAt(schedule.due)));
                    prop_assert!(next.schedule == link.schedule || schedule.due > now);
                }
                prop_assert_eq!(
                    has(Effect::StopRefreshing), link.schedule.is_some() && next.schedule.is_none()
                );
                prop_assert!(!recurrent || next.credentials_storage == CredentialsStorage::Store);

                // An invalid link rests until new credentials, or the old ones, are let in.
                if link.status == Status::Invalid && next.status != Status::Invalid {
                    prop_assert!(matches!(event, Event::LoggedIn(_)));
                }
                if next.status != Status::Valid {
                    prop_assert!(!has(Effect::Load), "what cannot be used is not loaded");
                }
                if matches!(event, Event::LoggedIn(a) if a == Attempt::Repair || link.has_credentials()) {
                    prop_assert_eq!((next.status, next.refused), (Status::Valid, 0));
                    prop_assert_eq!(next.last_accessed_at, Some(now));
                }
                prop_assert!(next.has_credentials() || next.status != Status::Valid);

                // What is announced has just become true.
                let became = |status| link.status != status && next.status == status;
                prop_assert!(!has(Effect::NotifyTokenRequired) || became(Status::TokenRequired));
                prop_assert!(!has(Effect::NotifyInvalid) || became(Status::Invalid));
                prop_assert!(!has(Effect::Forget) || link.status == Status::Unconfirmed);
                prop_assert!(!matches!(event, Event::Unreachable) || next.status == link.status);
                prop_assert!(next.refused < Link::MOST_REFUSED || next.status == Status::Invalid);
                prop_assert!(next.stale_at() >= next.updated_at);
                link = next;
            }
        }
    }
}
