//! The life of one login: from opening, through challenges, to its end.

use crate::{
    ids::{LinkId, SessionId, TenantId},
    words,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

words!(
    /// What an institution can ask for mid-session (architecture §4.3).
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
    }
);

/// What the institution asks, as shown to the end user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// What is asked for.
    pub kind: ChallengeKind,
    /// What the person should do, in words.
    pub prompt: String,
    /// The number, QR content, picture or address to show.
    pub value: Option<String>,
    /// The options of a [`ChallengeKind::Choice`].
    pub options: Vec<String>,
    /// How long an answer is accepted.
    pub expires_in_seconds: u32,
}

impl Challenge {
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
        let work = now.saturating_add(Self::WORK).unwrap_or(Timestamp::MAX);
        let (state, deadline) = match (self.state, event) {
            (S::Running, E::ChallengeRaised(until)) => (S::Challenged, until),
            (S::Challenged, E::AnswerGiven) if now < self.deadline => (S::Answered, work),
            (S::Answered, E::AnswerTaken) => (S::Running, work),
            (S::Running, E::Finished) => (S::Done, now),
            (S::Running | S::Challenged | S::Answered, E::Broke) => (S::Failed, now),
            (S::Running | S::Challenged | S::Answered, E::RanOut) => (S::Expired, now),
            (state, event) => return Err(Refused { state, event }),
        };
        Ok(Self { state, deadline, ..self })
    }
}
