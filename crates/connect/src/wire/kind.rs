//! Error kinds as they travel, and the failures that they mean.

use super::messages::Remark;
use crate::talk::{self, Failure, LoginProblem, Unreadable};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// Why a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The institution says that the login is wrong. Only on positive evidence.
    InvalidCredentials,
    /// The login is right, but the person is kept out; `problem` says why.
    LoginError,
    /// The institution wants a token, and nobody is there to ask.
    TokenRequired,
    /// The answer to a challenge was wrong.
    WrongToken,
    /// Nobody answered in time, or the institution closed the session.
    SessionExpired,
    /// The person is logged in elsewhere.
    TooManySessions,
    /// An announced or total outage.
    InstitutionDown,
    /// An unplanned, probably short outage.
    InstitutionUnavailable,
    /// The operator switched the institution off.
    InstitutionInactive,
    /// There is no such resource, version or institution.
    Unsupported,
    /// The institution says that there is nothing to return.
    UnavailableData,
    /// The permission was withdrawn at the institution.
    Revoked,
    /// What the person handed over cannot be read; `remark` says where and why.
    Unreadable,
    /// The host asked for it.
    Cancelled,
    /// Anything unclear, and every kind that is not in this list.
    Unexpected,
}

/// What keeps a person out although the login is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Must be unlocked at the institution.
    Locked,
    /// The password must be renewed at the institution.
    PasswordExpired,
    /// Something must be confirmed at the institution (terms, a new device).
    ActionNeeded,
    /// The institution forbids the access.
    Forbidden,
    /// A field that this institution needs was not given.
    MissingCredentials,
    /// Online access was never activated.
    NotActivated,
    /// A kind of challenge that cannot be passed on.
    UnsupportedChallenge,
}

/// The `data` of an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// Why.
    #[serde(deserialize_with = "known_or_unexpected")]
    pub kind: Kind,
    /// Only with `login_error`: what keeps the person out.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known_problem")]
    pub problem: Option<Problem>,
    /// Only with `unreadable`: where and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Remark>,
}

/// A kind of a later version, or a wrong one, must not turn into a verdict about a login.
fn known_or_unexpected<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or(Kind::Unexpected))
}
fn known_problem<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Problem>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

impl From<Kind> for Reason {
    fn from(kind: Kind) -> Self {
        Self { kind, problem: None, remark: None }
    }
}

impl Reason {
    /// What it means. `message` is for operators, and cleaned of secrets already.
    #[must_use]
    pub fn failure(self, message: &str) -> Failure {
        match self.kind {
            Kind::InvalidCredentials => Failure::InvalidCredentials,
            Kind::LoginError => match self.problem {
                Some(problem) => Failure::Login(problem.into()),
                // It blames the login and does not say for what: no evidence.
                None => Failure::Unexpected(format!("login_error without a problem: {message}")),
            },
            Kind::TokenRequired => Failure::TokenRequired,
            Kind::WrongToken => Failure::WrongToken,
            Kind::SessionExpired => Failure::SessionExpired,
            Kind::TooManySessions => Failure::TooManySessions,
            Kind::InstitutionDown => Failure::InstitutionDown,
            Kind::InstitutionUnavailable => Failure::InstitutionUnavailable,
            Kind::InstitutionInactive => Failure::InstitutionInactive,
            Kind::Unsupported => Failure::Unsupported,
            Kind::UnavailableData => Failure::UnavailableData,
            Kind::Revoked => Failure::Revoked,
            Kind::Unreadable => {
                let remark = self.remark.map_or_else(
                    || talk::Remark { line: None, column: None, problem: message.to_owned() },
                    Into::into,
                );
                Failure::Unreadable(Box::new(Unreadable { remark, options: BTreeMap::new() }))
            }
            Kind::Cancelled => Failure::Cancelled,
            Kind::Unexpected => Failure::Unexpected(message.to_owned()),
        }
    }
}

/// How a failure of the host's own is told to a connector.
impl From<&Failure> for Reason {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::InvalidCredentials => Kind::InvalidCredentials.into(),
            Failure::Login(problem) => {
                Self { kind: Kind::LoginError, problem: problem.told(), remark: None }
            }
            Failure::TokenRequired => Kind::TokenRequired.into(),
            Failure::WrongToken => Kind::WrongToken.into(),
            Failure::SessionExpired => Kind::SessionExpired.into(),
            Failure::TooManySessions => Kind::TooManySessions.into(),
            Failure::InstitutionDown => Kind::InstitutionDown.into(),
            Failure::InstitutionUnavailable => Kind::InstitutionUnavailable.into(),
            Failure::InstitutionInactive => Kind::InstitutionInactive.into(),
            Failure::Unsupported => Kind::Unsupported.into(),
            Failure::UnavailableData => Kind::UnavailableData.into(),
            Failure::Revoked => Kind::Revoked.into(),
            Failure::Unreadable(unreadable) => Self {
                kind: Kind::Unreadable,
                problem: None,
                remark: Some(unreadable.remark.clone().into()),
            },
            Failure::Cancelled | Failure::Timeout | Failure::TooMuch => Kind::Cancelled.into(),
            Failure::Unexpected(_) | Failure::Broken => Kind::Unexpected.into(),
        }
    }
}

impl From<Problem> for LoginProblem {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Locked => Self::Locked,
            Problem::PasswordExpired => Self::PasswordExpired,
            Problem::ActionNeeded => Self::ActionNeeded,
            Problem::Forbidden => Self::Forbidden,
            Problem::MissingCredentials => Self::MissingCredentials,
            Problem::NotActivated => Self::NotActivated,
            Problem::UnsupportedChallenge => Self::UnsupportedChallenge,
        }
    }
}
impl LoginProblem {
    /// As it travels; `None` for what only the engine knows.
    const fn told(self) -> Option<Problem> {
        Some(match self {
            Self::NotAttempted => return None,
            Self::Locked => Problem::Locked,
            Self::PasswordExpired => Problem::PasswordExpired,
            Self::ActionNeeded => Problem::ActionNeeded,
            Self::Forbidden => Problem::Forbidden,
            Self::MissingCredentials => Problem::MissingCredentials,
            Self::NotActivated => Problem::NotActivated,
            Self::UnsupportedChallenge => Problem::UnsupportedChallenge,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::failures;

    fn read(data: &str) -> Failure {
        serde_json::from_str::<Reason>(data).expect(data).failure("why")
    }

    #[test]
    fn a_failure_survives_the_wire() {
        for failure in failures() {
            // What the host alone decides is a cancellation; what happened is said apart.
            let told = match failure {
                Failure::Timeout | Failure::TooMuch => Failure::Cancelled,
                Failure::Unexpected(_) | Failure::Broken => Failure::Unexpected("why".into()),
                ref other => other.clone(),
            };
            let written = serde_json::to_string(&Reason::from(&failure)).expect("plain data");
            assert_eq!(read(&written), told);
        }
    }

    #[test]
    fn what_is_unclear_never_blames_a_login() {
        for data in [
            r#"{"kind": "invalid_password"}"#,
            r#"{"kind": 7}"#,
            r#"{"kind": null}"#,
            r#"{"kind": "login_error"}"#,
            r#"{"kind": "login_error", "problem": "bad_mood"}"#,
            r#"{"kind": "InvalidCredentials"}"#,
        ] {
            assert!(matches!(read(data), Failure::Unexpected(_)), "{data}");
        }
    }
}
