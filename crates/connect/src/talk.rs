//! The conversation between the engine and a connector: log in, answer challenges, stream items by
//! resource and window, log out. In-process connectors implement these traits; connectors that are
//! programs of their own speak the same contract as JSON lines ([`crate::wire`]), and
//! [`crate::program`] implements the traits for them.

use domain::{
    env::{BoxFuture, Env},
    institution::Institution,
    record::Trust,
    session::Challenge,
    time::Window,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A family of institutions that one piece of code can speak to.
pub trait Connector: Send + Sync {
    /// A short stable name: `sandbox`.
    fn name(&self) -> &str;
    /// The version that health and breakers are kept for.
    fn version(&self) -> &str;
    /// The institutions it serves. Never talks to any.
    fn institutions(&self) -> Vec<Institution>;
    /// How far the ids of `institution`'s movements can be trusted.
    fn trust(&self, institution: &str) -> Trust;
    /// Whether `institution` can be told that a person has taken back what they allowed
    /// ([`Conversation::revoke`]).
    fn revokes(&self, _institution: &str) -> bool {
        false
    }
    /// Begins a conversation for `subject`: a key that means nothing to the connector and is the same
    /// each time this login is used, so that what it remembers can be told apart. No secret and no
    /// network yet.
    fn open(&self, institution: &str, subject: &str, env: &Env) -> Box<dyn Conversation>;
}

/// One login, from first byte to logout. Dropping it ends it.
pub trait Conversation: Send {
    /// Logs in, asking through `ask` where the institution does.
    fn login<'a>(
        &'a mut self,
        credentials: &'a Credentials,
        ask: &'a mut dyn Ask,
    ) -> BoxFuture<'a, Result<LoggedIn, Failure>>;

    /// Streams the items of one resource into `out`, in the institution's order. May ask again:
    /// some institutions want a token per kind of data.
    fn fetch<'a>(
        &'a mut self,
        wanted: &'a Fetch,
        ask: &'a mut dyn Ask,
        out: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Covered, Failure>>;

    /// Ends, at the institution, the consent by which this login was let in: the person has taken it
    /// back. What has ended already has ended well.
    fn revoke(&mut self) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(std::future::ready(Err(Failure::Unsupported)))
    }

    /// Leaves politely, where the institution wants to be told; the host waits a few seconds at most and
    /// ignores failures.
    fn logout(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// What a person logs in with. The only place where secrets travel; wiped when dropped.
pub struct Credentials {
    fields: BTreeMap<String, SecretString>,
    /// What the connector asked to remember last time (a trusted device, cookies).
    pub state: Option<SecretString>,
}

impl Credentials {
    /// Of fields named as in an institution's `form_fields`.
    #[must_use]
    pub fn new(fields: BTreeMap<String, SecretString>, state: Option<SecretString>) -> Self {
        Self { fields, state }
    }
    /// The field in clear; empty when it was not given.
    #[must_use]
    pub fn reveal(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", SecretString::expose_secret)
    }
    /// All that were given, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &SecretString)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// How a connector asks the end user.
pub trait Ask: Send {
    /// Parks the session until the answer has come. Inputless kinds answer with an empty text.
    fn ask(&mut self, challenge: Challenge) -> BoxFuture<'_, Result<SecretString, Failure>>;
    /// Whether somebody is there to answer; if not, asking fails with [`Failure::TokenRequired`].
    fn interactive(&self) -> bool {
        true
    }
    /// A sign of life from a connector that is at work and has nothing to show yet.
    fn alive(&mut self) {}
}

/// There is nobody to ask: a login that goes on by itself, of somebody who has left.
pub struct Nobody;

impl Ask for Nobody {
    fn ask(&mut self, _: Challenge) -> BoxFuture<'_, Result<SecretString, Failure>> {
        Box::pin(std::future::ready(Err(Failure::TokenRequired)))
    }
    fn interactive(&self) -> bool {
        false
    }
}

/// A good login.
#[derive(Default)]
pub struct LoggedIn {
    /// Who this is at the institution: stable, the same for every login of that person.
    pub user: String,
    /// What to remember for next time; sealed by the engine.
    pub state: Option<SecretString>,
}

/// What the engine wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// A resource's name: `TRANSACTIONS`.
    pub resource: String,
    /// Only this kind, where the resource has several: `INFLOW`; `None` for all.
    #[serde(default)]
    pub kind: Option<String>,
    /// Only this account, by the connector's own key; `None` for all.
    pub account: Option<String>,
    /// Only these days; `None` for the present state or everything there is.
    pub window: Option<Window>,
    /// The last checkpoint of a reading that broke off and is to go on from there. What comes then
    /// is the rest of one reading, and [`Covered`] speaks of all of it.
    pub cursor: Option<String>,
    /// Whether the documents that belong to the records are wanted as well.
    #[serde(default)]
    pub documents: bool,
    /// Further keys of the request's body that the resource defines.
    pub options: BTreeMap<String, String>,
}

impl Fetch {
    /// All there is of a resource.
    #[must_use]
    pub fn all_of(resource: &str) -> Self {
        Self {
            resource: resource.into(),
            kind: None,
            account: None,
            window: None,
            cursor: None,
            documents: false,
            options: BTreeMap::new(),
        }
    }
}

/// A document that belongs to a record: a PDF, an XML file.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// The record's key that shows it: `pdf`.
    pub key: String,
    /// The file.
    pub bytes: Vec<u8>,
}
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({}, {} bytes)", self.key, self.bytes.len())
    }
}

/// One thing that the institution showed.
#[derive(Debug, Clone)]
pub struct Given {
    /// The connector's key of the account (or investment, portfolio, exchange) it belongs to or, for
    /// one of those, of itself; `None` where there is nothing of the kind.
    pub account: Option<String>,
    /// The page it stood on, so that overlapping pages can be folded.
    pub page: u32,
    /// The item, in the shape of the resource's struct.
    pub item: Box<RawValue>,
    /// Its documents, where they were wanted.
    pub documents: Vec<Document>,
}

/// Takes items as they come. Waiting is the back-pressure.
pub trait Sink: Send {
    /// Hands over one item; fails when a limit is reached or the session was cancelled.
    fn give(&mut self, given: Given) -> BoxFuture<'_, Result<(), Failure>>;
    /// Everything so far is said: a reading that breaks off may go on from `cursor`, in another
    /// conversation of the same session.
    fn checkpoint(&mut self, _cursor: &str) {}
}

/// How much of what was asked was really seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// The days really covered, if the resource has days.
    pub window: Option<Window>,
    /// The institution's own end of that window was reached, for every account.
    pub complete: bool,
    /// Balances that the institution stated for the window, by account key, to check sums against.
    pub stated: BTreeMap<String, Stated>,
    /// What the institution itself said that it removed, however much was seen.
    pub removed: Vec<Removed>,
    /// What was seen of single accounts, by account key, where it is not the same for all: it takes
    /// the place of `window` and `complete`. Of the listing of accounts itself, the days that each
    /// of them was shown as of.
    #[serde(default)]
    pub accounts: BTreeMap<String, Share>,
    /// What was wrong with what was read, for the person who can mend it.
    #[serde(default)]
    pub remarks: Vec<Remark>,
    /// The form in which it came, where there are several: `ofx`.
    #[serde(default)]
    pub format: Option<String>,
}

impl Covered {
    /// All of `window` was seen.
    #[must_use]
    pub fn whole(window: Option<Window>) -> Self {
        Self { window, complete: true, ..Self::nothing() }
    }
    /// Nothing was seen, and nothing follows from it.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            window: None,
            complete: false,
            stated: BTreeMap::new(),
            removed: Vec::new(),
            accounts: BTreeMap::new(),
            remarks: Vec::new(),
            format: None,
        }
    }
    /// How much was seen of one account, or of all at once.
    #[must_use]
    pub fn share(&self, account: Option<&str>) -> Share {
        let all = Share { window: self.window, complete: self.complete };
        account.and_then(|key| self.accounts.get(key)).copied().unwrap_or(all)
    }
}

/// How much was really seen of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// As [`Covered::window`].
    pub window: Option<Window>,
    /// As [`Covered::complete`].
    pub complete: bool,
}

/// Something wrong with what was read. It is shown to who handed it over, so it never repeats what
/// stood there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The line of a file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The character in that line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// What is wrong, and what was made of it.
    pub problem: String,
}

/// What a person handed over cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// Where and why.
    pub remark: Remark,
    /// Options of the fetch with which it perhaps could be, for the person to confirm.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

/// A thing that the institution once showed and says it removed. It counts only where the ids of the
/// institution can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// As [`Given::account`].
    pub account: Option<String>,
    /// The institution's id of it.
    pub source_id: String,
}

/// Balances as the institution states them around a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// Before the first movement.
    pub opening: Option<domain::money::Amount>,
    /// After the last movement.
    pub closing: Option<domain::money::Amount>,
}

/// Why a conversation failed, by kind. Details for operators go to the log, never to the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The institution said that the login is wrong. Only on positive evidence.
    #[error("the institution refused the credentials")]
    InvalidCredentials,
    /// The login is right, but the institution does not let this person in.
    #[error("the institution does not let this person in: {0:?}")]
    Login(LoginProblem),
    /// The institution wants a token, and there is nobody to ask.
    #[error("the institution wants a token")]
    TokenRequired,
    /// The answer to a challenge was wrong; the next challenge may follow in a new login.
    #[error("the answer was wrong")]
    WrongToken,
    /// Nobody answered in time, or the institution closed the session.
    #[error("the session expired")]
    SessionExpired,
    /// The person is logged in elsewhere.
    #[error("another session is open at the institution")]
    TooManySessions,
    /// Announced or total outage.
    #[error("the institution is down")]
    InstitutionDown,
    /// Unplanned, probably short.
    #[error("the institution is unavailable")]
    InstitutionUnavailable,
    /// The operator switched it off.
    #[error("the institution is inactive")]
    InstitutionInactive,
    /// This institution has no such resource.
    #[error("the resource is not supported")]
    Unsupported,
    /// The institution says that there is nothing to return.
    #[error("the institution returned no data")]
    UnavailableData,
    /// The permission was withdrawn at the institution.
    #[error("the permission was withdrawn")]
    Revoked,
    /// A deadline passed.
    #[error("the time limit passed")]
    Timeout,
    /// More items or bytes than the host takes.
    #[error("the conversation exceeded a limit")]
    TooMuch,
    /// What the person handed over cannot be read. Another try with the same ends the same.
    #[error("what was handed over cannot be read")]
    Unreadable(Box<Unreadable>),
    /// The caller does not want it any more.
    #[error("cancelled")]
    Cancelled,
    /// Anything unclear.
    #[error("something unexpected happened: {0}")]
    Unexpected(String),
    /// Something of ours broke; or, once somebody was let in, the connector did, or what the
    /// institution says is unclear. It is no login that failed. For the engine to say.
    #[error("something broke that is not the login's")]
    Broken,
}

/// What keeps a person out although the login is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginProblem {
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
    /// It was not tried: the institution would refuse it, as it did before.
    NotAttempted,
}

impl Failure {
    /// Whether it is the login's own fault, by positive evidence: the link becomes invalid.
    #[must_use]
    pub const fn blames_login(&self) -> bool {
        matches!(self, Self::InvalidCredentials | Self::Login(_) | Self::Revoked)
    }
    /// Whether a reading that ended so may go on from its last checkpoint at once: it broke off, and
    /// neither the institution nor a limit on how much may come says that it is enough.
    #[must_use]
    pub const fn breaks_off(&self) -> bool {
        matches!(
            self,
            Self::InstitutionUnavailable
                | Self::SessionExpired
                | Self::Timeout
                | Self::Unexpected(_)
        )
    }
    /// Whether trying again later may help, with nobody doing anything.
    #[must_use]
    pub const fn passes(&self) -> bool {
        matches!(
            self,
            Self::TooManySessions
                | Self::InstitutionDown
                | Self::InstitutionUnavailable
                | Self::InstitutionInactive
                | Self::Timeout
                | Self::SessionExpired
                | Self::TooMuch
                | Self::Cancelled
                | Self::Unexpected(_)
                | Self::Broken
        )
    }
}
