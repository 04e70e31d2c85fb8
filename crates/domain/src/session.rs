//! The life of one login: from opening, through challenges, to its end.

use crate::{
    ids::{LinkId, SessionId, TenantId},
    time::later,
    words,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words!(
    /// What an institution can ask for mid-session.
    ChallengeKind {
        /// A code from a device, an SMS or an e-mail.
        Otp = "otp",
        /// A value is shown; the person computes or reads the answer.
        Numeric = "numeric",
        /// A QR code is shown.
        Qr = "qr",
        /// A question in words.
        Question = "question",
        /// One of several options.
        Choice = "choice",
        /// A picture to read.
        Image = "image",
        /// Confirm in the institution's app; nothing to type.
        Push = "push",
        /// Go to a page and come back.
        Redirect = "redirect",
        /// Hand over a file; the answer is its bytes in base64.
        File = "file",
    }
);

/// What the institution asks, as shown to the end user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// What is asked for.
    pub kind: ChallengeKind,
    /// What the person should do, in words.
    pub prompt: String,
    /// Where the answer is found or what it looks like: `sent to ***42`, `six digits`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The same in other languages, by their BCP 47 tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, Words>,
    /// The number, QR content, picture or address to show.
    pub value: Option<String>,
    /// The options of a [`ChallengeKind::Choice`].
    pub options: Vec<String>,
    /// How long an answer is accepted, at most [`Challenge::LONGEST`].
    pub expires_in_seconds: u32,
    /// Counts from 1, and grows when the last answer was wrong.
    #[serde(default = "first")]
    pub attempt: u32,
}

const fn first() -> u32 {
    1
}

/// What a challenge says, in one more language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// As [`Challenge::prompt`].
    pub prompt: String,
    /// As [`Challenge::hint`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Challenge {
    /// The longest that an answer is accepted, in seconds: a day. A connector that says more means
    /// no more.
    pub const LONGEST: u32 = 24 * 3600;

    /// A first one with no more to it, to be answered within five minutes.
    #[must_use]
    pub fn new(kind: ChallengeKind, prompt: impl Into<String>) -> Self {
        Self {
            kind,
            prompt: prompt.into(),
            hint: None,
            translations: BTreeMap::new(),
            value: None,
            options: Vec::new(),
            expires_in_seconds: 300,
            attempt: first(),
        }
    }

    /// The same, in one more language.
    #[must_use]
    pub fn said_in(mut self, language: &str, prompt: &str, hint: Option<&str>) -> Self {
        let words = Words { prompt: prompt.into(), hint: hint.map(str::to_owned) };
        self.translations.insert(language.into(), words);
        self
    }

    /// How many bytes of text it shows, in all languages.
    #[must_use]
    pub fn shown_bytes(&self) -> usize {
        let hint = |hint: &Option<String>| hint.as_ref().map_or(0, String::len);
        let words =
            |(tag, words): (&String, &Words)| tag.len() + words.prompt.len() + hint(&words.hint);
        self.prompt.len()
            + hint(&self.hint)
            + self.translations.iter().map(words).sum::<usize>()
            + self.value.as_ref().map_or(0, String::len)
            + self.options.iter().map(String::len).sum::<usize>()
    }

    /// Whether there is something to type. A push, a scan and a redirect only need a confirmation.
    #[must_use]
    pub const fn expects_input(&self) -> bool {
        !matches!(self.kind, ChallengeKind::Push | ChallengeKind::Redirect | ChallengeKind::Qr)
    }
}

words!(
    /// Where a session stands.
    State {
        /// The connector is at work.
        Running = "running",
        /// Waits for the end user.
        Challenged = "challenged",
        /// An answer has come; the connector is at work again.
        Answered = "answered",
        /// Ended well.
        Done = "done",
        /// Ended badly; the failure says how.
        Failed = "failed",
        /// Nobody answered in time, or its node died.
        Expired = "expired",
    }
);

impl State {
    /// Whether nothing can happen any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Expired)
    }
}

/// What can happen to a session. Facts, in the past tense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The institution asks; the answer is awaited until then.
    ChallengeRaised(Timestamp),
    /// The end user has answered.
    AnswerGiven,
    /// The connector took the answer and goes on.
    AnswerTaken,
    /// All that was asked for has been done.
    Finished,
    /// The conversation failed.
    Broke,
    /// Time is up, or the node is gone.
    RanOut,
}

/// A session, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// 32 hex digits on the wire.
    pub id: SessionId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The link that logs in.
    pub link: LinkId,
    /// Where it stands.
    pub state: State,
    /// Until when the state may last; afterwards [`Event::RanOut`].
    pub deadline: Timestamp,
}

/// An event that cannot happen in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} cannot happen to a session that is {state}")]
pub struct Refused {
    /// The state it was in.
    pub state: State,
    /// What was said to have happened.
    pub event: Event,
}

impl Session {
    /// How long a connector may work between two challenges.
    pub const WORK: SignedDuration = SignedDuration::from_mins(10);

    /// The whole life of a session. Same input, same answer.
    pub fn apply(self, event: Event, now: Timestamp) -> Result<Self, Refused> {
        use {Event as E, State as S};
        let within = |time| later(now, time);
        let work = within(Self::WORK);
        let patience = within(SignedDuration::from_secs(Challenge::LONGEST.into()));
        let (state, deadline) = match (self.state, event) {
            (S::Running, E::ChallengeRaised(until)) => (S::Challenged, until.min(patience)),
            (S::Challenged, E::AnswerGiven) if now < self.deadline => (S::Answered, work),
            (S::Answered, E::AnswerTaken) => (S::Running, work),
            (S::Running, E::Finished) => (S::Done, now),
            (state, E::Broke) if !state.is_over() => (S::Failed, now),
            (state, E::RanOut) if !state.is_over() => (S::Expired, now),
            (state, event) => return Err(Refused { state, event }),
        };
        Ok(Self { state, deadline, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Bucket, Id, uuid_in};
    use proptest::prelude::*;

    fn now() -> Timestamp {
        "2026-01-14T09:00:00Z".parse().expect("a timestamp")
    }
    fn minutes(minutes: i64) -> SignedDuration {
        SignedDuration::from_mins(minutes)
    }
    fn id<T: Id>() -> T {
        T::from(uuid_in(Bucket::of(7), 1_768_381_953_104, [1; 8]))
    }
    fn opened() -> Session {
        Session {
            id: id(),
            tenant: id(),
            link: id(),
            state: State::Running,
            deadline: now() + Session::WORK,
        }
    }
    fn challenged() -> Session {
        opened().apply(Event::ChallengeRaised(now() + minutes(5)), now()).expect("it can happen")
    }

    #[test]
    fn a_challenge_pauses_a_session_until_it_is_answered() {
        let session = challenged();
        assert_eq!((session.state, session.deadline), (State::Challenged, now() + minutes(5)));
        let later = now() + minutes(4);
        let answered = session.apply(Event::AnswerGiven, later).expect("in time");
        let working = answered.apply(Event::AnswerTaken, later).expect("it can happen");
        assert_eq!((working.state, working.deadline), (State::Running, later + Session::WORK));
        let done = working.apply(Event::Finished, later).expect("it can happen");
        assert_eq!(done.state, State::Done);
    }

    #[test]
    fn an_answer_comes_before_the_deadline_or_not_at_all() {
        let late = challenged().apply(Event::AnswerGiven, now() + minutes(5));
        assert_eq!(late, Err(Refused { state: State::Challenged, event: Event::AnswerGiven }));
    }

    #[test]
    fn a_challenge_is_answered_once() {
        let answered = challenged().apply(Event::AnswerGiven, now()).expect("in time");
        assert!(answered.apply(Event::AnswerGiven, now()).is_err());
    }

    #[test]
    fn nobody_waits_for_an_answer_for_ever() {
        let session = opened().apply(Event::ChallengeRaised(Timestamp::MAX), now());
        assert_eq!(session.expect("it can happen").deadline, now() + minutes(24 * 60));
    }

    fn an_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            (0..10_000_i64).prop_map(|wait| Event::ChallengeRaised(now() + minutes(wait))),
            Just(Event::AnswerGiven),
            Just(Event::AnswerTaken),
            Just(Event::Finished),
            Just(Event::Broke),
            Just(Event::RanOut),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_a_session_ends_once(
            events in prop::collection::vec((an_event(), 0..30_i64), 1..40)
        ) {
            let mut session = opened();
            let mut now = now();
            for (event, passed) in events {
                now += minutes(passed);
                let next = match session.clone().apply(event, now) {
                    Ok(next) => next,
                    Err(refused) => {
                        prop_assert_eq!(refused, Refused { state: session.state, event });
                        let ending = matches!(event, Event::Broke | Event::RanOut);
                        prop_assert!(!ending || session.state.is_over(), "what lives can be ended");
                        continue;
                    }
                };
                prop_assert!(!session.state.is_over(), "nothing leaves a final state");
                if event == Event::AnswerGiven {
                    prop_assert!(session.state == State::Challenged && now < session.deadline);
                }
                prop_assert!(next.deadline <= now + minutes(24 * 60));
                prop_assert!(!next.state.is_over() || next.deadline == now);
                prop_assert!(next.state != State::Done || session.state == State::Running);
                session = next;
            }
        }
    }
}
