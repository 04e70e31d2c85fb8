//! The one place where failures become status codes, and the only file that knows them. Every error
//! body is a JSON array; the outermost layer of the router adds the request's id to each item.

use crate::{origin::Origin, qr};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    filter::BadFilter,
    filter::BadPage,
    session::{Challenge, ChallengeKind, Words},
};
use engine::{
    Challenged, Error, Failure, FieldProblem, LoginProblem, Remark, Unreadable,
    error::{TOKEN_REQUIRED, login_message},
};
use serde::Serialize;
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

/// Where the brand's name stands in a sentence.
const BRAND: &str = "{brand}";
/// Codes whose sentences may name the brand. None of them quotes the caller.
const NAME_THE_BRAND: [&str; 3] = ["login_error", "unexpected_error", "service_unavailable"];
const UNEXPECTED: &str = "{brand} is unable to process the request due to an internal system issue or to an unsupported response from an institution";

/// One object of an error body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Item {
    /// Machine-readable, in snake case.
    pub code: &'static str,
    /// A sentence for people.
    pub message: Cow<'static, str>,
    /// The key of the body or query that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// What about the login, where the message alone does not say it; for widgets.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Filled in when the problem is rendered.
    request_id: String,
    /// The person who is linked already.
    #[serde(skip_serializing_if = "Option::is_none")]
    institution_user_id: Option<String>,
    /// What to send back with the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    /// For how many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry: Option<u32>,
    /// Which link is logging in.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// What the institution asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_generation_data: Option<Asked>,
    /// Where in a file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// The character in that line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
    /// How it perhaps could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<Value>,
}

/// `token_generation_data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Asked {
    instructions: String,
    /// Where the answer is found or what it looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Both in other languages, by their tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    translations: BTreeMap<String, AskedIn>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// The value of a QR code, drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    expects_user_input: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<String>,
    /// Only from the second on: the last answer was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
}

/// What the institution asks, in one more language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct AskedIn {
    instructions: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl From<Words> for AskedIn {
    fn from(Words { prompt, hint }: Words) -> Self {
        Self { instructions: prompt, hint }
    }
}

impl Item {
    pub(crate) fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), ..Self::default() }
    }
    /// The sentence, with the brand's name in it where it has a place.
    fn said(&self, brand: &str) -> Cow<'static, str> {
        if NAME_THE_BRAND.contains(&self.code) {
            self.message.replace(BRAND, brand).into()
        } else {
            self.message.clone()
        }
    }
    /// As the caller of `request` sees it, who reaches this server at `origin`.
    pub(crate) fn shown(&self, request: &str, brand: &str, origin: &Origin) -> Self {
        Self {
            request_id: request.into(),
            message: self.said(brand),
            token_generation_data: self.token_generation_data.clone().map(|asked| Asked {
                value: asked.value.map(|value| origin.resolve(&value)),
                ..asked
            }),
            ..self.clone()
        }
    }
    pub(crate) fn at(self, field: impl Into<Cow<'static, str>>) -> Self {
        Self { field: Some(field.into()), ..self }
    }
}

/// An error answer, not yet rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub status: StatusCode,
    pub items: Vec<Item>,
    /// Seconds after which to try again.
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, item: Item) -> Self {
        Self { status, items: vec![item], retry_after: None }
    }
    /// 400 with one item for each thing that is wrong; `items` must not be empty.
    pub(crate) fn bad(items: Vec<Item>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, items, retry_after: None }
    }
    /// 400 with one item.
    pub(crate) fn refused(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::bad(vec![Item::new(code, message)])
    }
    /// 400: the body is not JSON. `detail` says where, never what.
    pub(crate) fn not_json(detail: &str) -> Self {
        Self::refused("parse_error", format!("JSON parse error - {detail}"))
    }
    /// 401.
    pub(crate) fn unauthenticated() -> Self {
        let item = Item::new("authentication_failed", "Invalid Secret Keys");
        Self::new(StatusCode::UNAUTHORIZED, item)
    }
    /// 401: the token is forged, expired or used up.
    pub(crate) fn bad_token() -> Self {
        let message = "The access token was not provided or is not valid";
        Self::new(StatusCode::UNAUTHORIZED, Item::new("authentication_failed", message))
    }
    /// 403: the token's scopes do not allow it.
    pub(crate) fn forbidden() -> Self {
        let message = "You do not have permission to perform this action.";
        Self::new(StatusCode::FORBIDDEN, Item::new("permission_denied", message))
    }
    /// 403: a form that no page of ours was sent for, or for somebody else.
    pub(crate) fn strange_form() -> Self {
        let message = "This form is too old, or it is not from here. Open the page again.";
        Self::new(StatusCode::FORBIDDEN, Item::new("permission_denied", message))
    }
    /// 404.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, Item::new("not_found", "Not found."))
    }
    /// 405.
    pub(crate) fn method_not_allowed(method: &str) -> Self {
        let message = format!("Method \"{method}\" not allowed.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, Item::new("method_not_allowed", message))
    }
    /// 408.
    pub(crate) fn timed_out() -> Self {
        let message = "The request timed out, you can retry asking for less data by changing your query parameters";
        Self::new(StatusCode::REQUEST_TIMEOUT, Item::new("request_timeout", message))
    }
    /// 413.
    pub(crate) fn too_large() -> Self {
        let item = Item::new("request_too_large", "The body of the request is too large.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, item)
    }
    /// 415: the body is nothing that is taken here. `message` says what is.
    pub(crate) fn wrong_media(message: &'static str) -> Self {
        let item = Item::new("unsupported_media_type", message);
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, item)
    }
    /// 429.
    pub(crate) fn too_many(seconds: u64) -> Self {
        let message =
            format!("Request was throttled. Expected available in {} seconds.", seconds.max(1));
        let problem =
            Self::new(StatusCode::TOO_MANY_REQUESTS, Item::new("too_many_requests", message));
        Self { retry_after: Some(seconds.max(1)), ..problem }
    }
    /// 500: something of ours broke; the cause has been logged by whoever saw it.
    pub(crate) fn unexpected() -> Self {
        let item = Item::new("unexpected_error", UNEXPECTED);
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, item)
    }
    /// 500: too much to do at present.
    pub(crate) fn busy() -> Self {
        let item = Item::new("service_unavailable", UNEXPECTED);
        Self { retry_after: Some(3), ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, item) }
    }

    /// What is said of each thing that is wrong, for people.
    pub(crate) fn messages(&self, brand: &str) -> Vec<String> {
        self.items.iter().map(|item| item.said(brand).into_owned()).collect()
    }

    /// The body and headers that the caller sees.
    /// What only a widget needs is left out unless it goes to one.
    pub(crate) fn render(
        &self,
        request: &str,
        brand: &str,
        origin: &Origin,
        to_widget: bool,
    ) -> Response {
        let shown = self.items.iter().map(|item| item.shown(request, brand, origin));
        let shown: Vec<_> =
            shown.map(|item| Item { reason: item.reason.filter(|_| to_widget), ..item }).collect();
        let mut response = (self.status, axum::Json(shown)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Basic realm=\"api\", charset=\"UTF-8\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl IntoResponse for Problem {
    /// Leaves the rendering to the outermost layer, which knows the request's id and the brand.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<FieldProblem> for Item {
    fn from(problem: FieldProblem) -> Self {
        let item = Self::new(problem.code, problem.message);
        Self { field: problem.field.map(Cow::Borrowed), ..item }
    }
}
impl From<BadFilter> for Item {
    fn from(bad: BadFilter) -> Self {
        Self::new(bad.code, bad.message).at(bad.field)
    }
}
impl From<Vec<BadFilter>> for Problem {
    fn from(bad: Vec<BadFilter>) -> Self {
        Self::bad(bad.into_iter().map(Item::from).collect())
    }
}
impl From<BadPage> for Problem {
    fn from(bad: BadPage) -> Self {
        match bad {
            BadPage::Size(bad) => Self::bad(vec![bad.into()]),
            BadPage::NotFound => Self::not_found(),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSuch(_) => Self::not_found(),
            Error::Fields(fields) => Self::bad(fields.into_iter().map(Item::from).collect()),
            Error::Duplicated { institution_user_id } => Self::bad(vec![Item {
                institution_user_id,
                ..Item::new("duplicated", "Link already exists")
            }]),
            Error::RecurrentMustStore => Self::refused(
                "invalid_credentials_storage",
                "Recurrent links must store the credentials",
            ),
            Error::MustFetch => Self::refused(
                "invalid_fetch_resources",
                "Single links without stored credentials must fetch resources",
            ),
            Error::CannotSwitch => Self::refused(
                "invalid_access_mode_switch",
                "This link doesn't have stored credentials hence it can't be switched to recurrent mode",
            ),
            Error::InvalidLink => Self::refused(
                "invalid_link",
                "The link has been invalidated. You may need to update link credentials",
            ),
            Error::UnconfirmedLink => {
                Self::refused("unconfirmed_link", "The link creation has not been completed yet")
            }
            Error::ExpiredCredentials => Self::new(
                StatusCode::NOT_FOUND,
                Item::new("expired_credentials", "The credentials of this link have expired"),
            ),
            Error::SessionExpired => Failure::SessionExpired.into(),
            Error::RefreshedJustNow { minutes } => Self::new(
                StatusCode::CONFLICT,
                Item::new(
                    "link_refreshed",
                    format!(
                        "The link has already been refreshed. Please wait {minutes} minutes before trying again."
                    ),
                ),
            ),
            Error::Unsupported => Failure::Unsupported.into(),
            Error::Challenged(challenged) => (*challenged).into(),
            Error::Failed(failure) => failure.into(),
            Error::TimedOut => Self::timed_out(),
            Error::Busy => Self::busy(),
            Error::Internal(what, cause) => {
                tracing::error!(error = &*cause, "request failed: {what}");
                Self::unexpected()
            }
        }
    }
}

impl From<Challenged> for Problem {
    fn from(Challenged { session, link, expiry, challenge }: Challenged) -> Self {
        Self::new(
            StatusCode::PRECONDITION_REQUIRED,
            Item {
                session: Some(session.hex()),
                expiry: Some(expiry),
                link: Some(link.to_string()),
                token_generation_data: Some(challenge.into()),
                ..Item::new("token_required", TOKEN_REQUIRED)
            },
        )
    }
}
impl From<Challenge> for Asked {
    fn from(challenge: Challenge) -> Self {
        let code = challenge.value.as_deref().filter(|value| !value.starts_with("data:"));
        Self {
            picture: code.filter(|_| challenge.kind == ChallengeKind::Qr).and_then(qr::drawn),
            kind: challenge.kind.as_str(),
            expects_user_input: challenge.expects_input(),
            instructions: challenge.prompt,
            hint: challenge.hint,
            translations: (challenge.translations.into_iter())
                .map(|(tag, words)| (tag, words.into()))
                .collect(),
            value: challenge.value,
            options: challenge.options,
            attempt: Some(challenge.attempt).filter(|attempt| *attempt > 1),
        }
    }
}

impl From<Unreadable> for Problem {
    fn from(Unreadable { remark, options }: Unreadable) -> Self {
        let Remark { line, column, problem } = remark;
        let place = match (line, column) {
            (Some(line), Some(column)) => format!("line {line}, column {column}: "),
            (Some(line), None) => format!("line {line}: "),
            (None, _) => String::new(),
        };
        let message = format!("The file cannot be read: {place}{problem}");
        let read = |text: String| serde_json::from_str(&text).unwrap_or(Value::String(text));
        let options: serde_json::Map<String, Value> =
            options.into_iter().map(|(name, value)| (name, read(value))).collect();
        let proposed = (!options.is_empty()).then_some(Value::Object(options));
        let item = Item::new("unreadable_file", message).at("file");
        Self::bad(vec![Item { line, column, proposed, ..item }])
    }
}

/// One message of the contract stands for several reasons; who shows it to a person needs to know.
fn login_error(failure: &Failure) -> Item {
    let reason = match failure {
        Failure::InvalidCredentials => Some("invalid_credentials"),
        Failure::Revoked => Some("revoked"),
        Failure::Login(problem) => Some(match problem {
            LoginProblem::Locked => "locked",
            LoginProblem::PasswordExpired => "password_expired",
            LoginProblem::ActionNeeded => "action_needed",
            LoginProblem::Forbidden => "forbidden",
            LoginProblem::MissingCredentials => "missing_credentials",
            LoginProblem::NotActivated => "not_activated",
            LoginProblem::UnsupportedChallenge => "unsupported_challenge",
            LoginProblem::NotAttempted => "not_attempted",
        }),
        _ => None,
    };
    Item { reason, ..Item::new("login_error", login_message(failure, BRAND)) }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Login(LoginProblem::NotActivated) => Self::new(
                StatusCode::PRECONDITION_REQUIRED,
                Item::new(
                    "activation_required",
                    "This user doesn't have web access activated yet.",
                ),
            ),
            Failure::InvalidCredentials | Failure::Revoked | Failure::Login(_) => {
                Self::bad(vec![login_error(&failure)])
            }
            Failure::Unexpected(ref what) => {
                tracing::warn!(what, "a conversation broke");
                Self::bad(vec![login_error(&failure)])
            }
            // A token that nobody can be asked for: the link waits for its person.
            Failure::TokenRequired | Failure::WrongToken => Self::new(
                StatusCode::PRECONDITION_REQUIRED,
                Item::new("token_required", TOKEN_REQUIRED),
            ),
            Failure::SessionExpired | Failure::Cancelled => Self::refused(
                "session_expired",
                "The session you are trying to resume has expired, please start again from register/retrieve endpoint",
            ),
            Failure::TooManySessions => Self::refused(
                "too_many_sessions",
                "Impossible to login, a session is already opened with the institution for these credentials",
            ),
            Failure::InstitutionDown => Self::refused(
                "institution_down",
                "The financial institution is down, try again later",
            ),
            Failure::InstitutionUnavailable => {
                Self::refused("institution_unavailable", "The financial institution is unavailable")
            }
            Failure::InstitutionInactive => Self::refused(
                "institution_inactive",
                "The institution has been temporarily deactivated",
            ),
            Failure::Unsupported => Self::refused(
                "unsupported_operation",
                "The resource you are trying to access is not supported by this institution",
            ),
            Failure::UnavailableData => Self::refused(
                "unavailable_data",
                "The institution did not return any data for the request.",
            ),
            Failure::Unreadable(unreadable) => (*unreadable).into(),
            Failure::Timeout => Self::timed_out(),
            Failure::TooMuch => {
                tracing::warn!("an institution returned more than the limits allow");
                Self::unexpected()
            }
            // The session has logged what.
            Failure::Broken => Self::unexpected(),
        }
    }
}
