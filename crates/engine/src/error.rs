//! Why the engine did not do what was asked, in its own terms; `server::problem` turns them into
//! the contract's codes and sentences.

use connect::talk::{Failure, LoginProblem};
use domain::{
    ids::{LinkId, SessionId},
    session::Challenge,
};
use tokio::task::JoinError;

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
    /// A task that was `doing` something broke.
    pub(crate) fn broke(doing: &'static str) -> impl FnOnce(JoinError) -> Self {
        move |error| Self::Internal(doing, Box::new(Broken::from(error)))
    }
}

/// Why a task did not come to its end. What a panic says may hold what the task was working on, a
/// password among it; so that is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Its code is wrong. The log says where.
    #[error("it panicked")]
    Panicked,
    /// The process is ending.
    #[error("it was cut off")]
    CutOff,
}

impl From<JoinError> for Broken {
    fn from(error: JoinError) -> Self {
        if error.is_panic() { Self::Panicked } else { Self::CutOff }
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

/// The sentence of a 428.
pub const TOKEN_REQUIRED: &str = "A MFA token is required by the institution to login";

/// The contract's sentence for a login that failed, in answers and in webhooks. One of them names
/// the service: `brand`.
#[must_use]
pub fn login_message(failure: &Failure, brand: &str) -> String {
    match failure {
        Failure::InvalidCredentials | Failure::Revoked => "Invalid credentials provided to login to the institution".into(),
        Failure::Login(LoginProblem::UnsupportedChallenge) => {
            format!("A MFA token is required by the institution, but it's not supported yet by {brand}.")
        }
        Failure::Login(LoginProblem::NotAttempted) => "Login not attempted due to invalid credentials".into(),
        Failure::Login(LoginProblem::MissingCredentials) => "Missing credentials to login to the institution".into(),
        Failure::Login(LoginProblem::Forbidden | LoginProblem::ActionNeeded | LoginProblem::PasswordExpired | LoginProblem::NotActivated) => {
            "The user account access was forbidden by the institution".into()
        }
        Failure::Login(LoginProblem::Locked) => {
            "The user account is locked, user needs to contact the institution to unlock it".into()
        }
        _ => "Impossible to login, something unexpected happened while logging into the institution. Try again later.".into(),
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        if error.is_passing() {
            tracing::warn!(error = &error as &dyn std::error::Error, "the store is busy");
            return Self::Busy;
        }
        Self::Internal("talking to the database", Box::new(error))
    }
}
impl From<crate::webhooks::sender::NoClient> for Error {
    fn from(error: crate::webhooks::sender::NoClient) -> Self {
        Self::Internal("building the sender of webhooks", Box::new(error))
    }
}
impl From<vault::Error> for Error {
    fn from(error: vault::Error) -> Self {
        Self::Internal("opening the vault", Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::JoinSet;

    #[tokio::test]
    async fn of_a_task_that_panicked_nothing_is_repeated_that_it_said() {
        let mut tasks = JoinSet::new();
        tasks.spawn(async { panic!("canary-of-a-task") });
        let ended: Result<(), _> = tasks.join_next().await.expect("a task");
        let error = Error::broke("doing this")(ended.expect_err("it panicked"));
        assert_eq!(Chain(&error).to_string(), "doing this: it panicked");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}
