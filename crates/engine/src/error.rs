//! Why the engine did not do what was asked, in its own terms; `server::problem` turns them into
//! the contract's codes and sentences.

use connect::talk::Failure;
use domain::{
    ids::{LinkId, SessionId},
    session::Challenge,
};

/// A field of a request that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The contract's code: `invalid`, `required`, `does_not_exist` …
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The key in the body or query.
    pub field: Option<&'static str>,
}

/// The institution asks, and the caller must bring the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenged {
    /// What the answer names.
    pub session: SessionId,
    /// The link that is logging in.
    pub link: LinkId,
    /// How many seconds the answer is awaited.
    pub expiry: u32,
    /// What is asked.
    pub challenge: Challenge,
}

/// Why the engine did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such thing, or another tenant's.
    #[error("no such {0}")]
    NoSuch(&'static str),
    /// Fields of the request are wrong.
    #[error("{} field(s) of the request are wrong", .0.len())]
    Fields(Vec<FieldProblem>),
    /// The same login is linked already.
    #[error("the login is linked already")]
    Duplicated {
        /// The person at that institution.
        institution_user_id: Option<String>,
    },
    /// A recurrent link must store its credentials.
    #[error("a recurrent link must store its credentials")]
    RecurrentMustStore,
    /// A link without stored credentials must say what to load.
    #[error("a link without stored credentials must say what to load")]
    MustFetch,
    /// A link without stored credentials cannot become recurrent.
    #[error("a link without stored credentials cannot become recurrent")]
    CannotSwitch,
    /// The link is invalid.
    #[error("the link is invalid")]
    InvalidLink,
    /// The link's registration was never completed.
    #[error("the link is unconfirmed")]
    UnconfirmedLink,
    /// The time to keep the link's credentials is over.
    #[error("the link's credentials have expired")]
    ExpiredCredentials,
    /// The session is over, or there was none.
    #[error("the session has expired")]
    SessionExpired,
    /// The link was refreshed a moment ago.
    #[error("the link was refreshed less than ten minutes ago")]
    RefreshedJustNow {
        /// How long to wait.
        minutes: i64,
    },
    /// The institution does not offer the resource.
    #[error("the institution does not offer the resource")]
    Unsupported,
    /// The institution asks.
    #[error("the institution asks")]
    Challenged(Box<Challenged>),
    /// The conversation with the institution failed.
    #[error("the conversation failed")]
    Failed(#[from] Failure),
    /// The request's time is over; what was read is kept.
    #[error("the request took too long")]
    TimedOut,
    /// A queue is full; later.
    #[error("too much is waiting already")]
    Busy,
    /// Something of ours broke.
    #[error("{0}")]
    Internal(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// One wrong field.
    #[must_use]
    pub fn field(code: &'static str, message: impl Into<String>, field: &'static str) -> Self {
        Self::Fields(vec![FieldProblem { code, message: message.into(), field: Some(field) }])
    }
}
