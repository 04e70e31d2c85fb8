//! The bodies of the messages. Keys that are not known are ignored, on both sides.

use super::secret::Secret;
use crate::talk;
use domain::{
    money::Amount,
    session::{self, ChallengeKind},
    time::Window,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap};

/// `initialize`: always the first message, and the same in every version.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Initialize {
    /// What the host speaks, newest first.
    pub versions: Vec<u32>,
    /// Who the host is.
    pub host: Host,
    /// The name of the institution that this session is for.
    pub institution: String,
    /// A key that means nothing and is the same each time this login is used.
    pub subject: String,
    /// The only way to the network: `http://127.0.0.1:3128`. Null where there is none.
    pub proxy: Option<String>,
    /// The language of prompts, as in BCP 47.
    pub locale: String,
}

/// Who speaks to the connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Host {
    /// `vinculo`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The answer to `initialize`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Initialized {
    /// The newest version that both speak.
    pub version: u32,
    /// As in the manifest.
    pub connector: Identity,
}

/// A connector and its version, as in its manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// The manifest's `id`.
    pub id: String,
    /// The manifest's `version`.
    pub version: String,
}

/// Nothing to say: the parameters of `describe`, `revoke`, `logout`, `cancel` and `ping`, and the
/// answer to the last four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Nothing {}

/// The answer to `describe`: as in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Described {
    /// The names of its institutions.
    pub institutions: Vec<String>,
    /// The resources that any of them can answer.
    pub resources: Vec<String>,
    /// The kinds of challenges that it may raise.
    #[schemars(with = "Vec<KindSchema>")]
    pub challenges: Vec<ChallengeKind>,
}

/// `login`: the only message with credentials.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Login {
    /// The institution's name.
    pub institution: String,
    /// The filled-in form fields of the institution, by their names.
    pub credentials: BTreeMap<String, Secret>,
    /// What the last good login asked to remember.
    pub state: Option<Secret>,
    /// Whether somebody is there to answer a challenge.
    pub interactive: bool,
}

/// The answer to `login`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LoggedIn {
    /// Who this is at the institution: stable, the same for every login of that person.
    pub user: Secret,
    /// What to remember for next time, at most 1 MiB.
    #[serde(default)]
    pub state: Option<Secret>,
}

/// `fetch`: one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fetch {
    /// Its name: `TRANSACTIONS`.
    pub resource: String,
    /// Only this kind, where the resource has several: `INFLOW`; null or absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only this account, by the connector's own key; null for all.
    pub account: Option<String>,
    /// Only these days; null for the present state or everything there is.
    pub window: Option<Days>,
    /// The last checkpoint of a reading that broke off.
    pub cursor: Option<String>,
    /// Whether the documents that belong to the records are wanted as blobs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub documents: bool,
    /// Further keys that the resource defines.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

/// Days from first to last, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Days(pub Window);

impl JsonSchema for Days {
    fn schema_name() -> Cow<'static, str> {
        "Days".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Days from first to last, both included.",
            "type": "object",
            "properties": {
                "from": {"type": "string", "format": "date", "description": "The first day."},
                "to": {"type": "string", "format": "date", "description": "The last day; never before `from`."}
            },
            "required": ["from", "to"]
        })
    }
}

/// The answer to `fetch`: how much of what was asked was really seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Covered {
    /// The days really covered, if the resource has days.
    #[serde(default)]
    pub window: Option<Days>,
    /// The institution's own end of that window was reached, for every account. In doubt `false`.
    #[serde(default)]
    pub complete: bool,
    /// Balances that the institution stated around the window, by account.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stated: BTreeMap<String, Stated>,
    /// What the institution itself said that it removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<Removed>,
    /// What was seen of single accounts, where it is not the same for all: it takes the place of
    /// `window` and `complete`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, Share>,
    /// What was wrong with what was read, for the person who can mend it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
    /// The form in which it came, where there are several: `ofx`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// How much was really seen of one account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// As in the whole answer.
    #[serde(default)]
    pub window: Option<Days>,
    /// As in the whole answer.
    #[serde(default)]
    pub complete: bool,
}

/// Something wrong with what was read. It never repeats what stood there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

/// Balances as the institution states them around a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Stated {
    /// Before the first movement.
    #[serde(default)]
    #[schemars(with = "Option<DecimalSchema>")]
    pub opening: Option<Amount>,
    /// After the last movement.
    #[serde(default)]
    #[schemars(with = "Option<DecimalSchema>")]
    pub closing: Option<Amount>,
}

/// A thing that the institution once showed and says it removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Removed {
    /// The connector's key of its account.
    #[serde(default)]
    pub account: Option<String>,
    /// The institution's id of it.
    pub source_id: String,
}

/// `challenge`: asks the end user, while `login` or `fetch` is at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Challenge {
    /// What is asked for.
    #[schemars(with = "KindSchema")]
    pub kind: ChallengeKind,
    /// What the person should do, in words.
    pub prompt: String,
    /// Where the answer is found or what it looks like.
    #[serde(default)]
    pub hint: Option<String>,
    /// Both in other languages, by their BCP 47 tags (`es`, `pt`): the person is shown their own.
    #[serde(default)]
    pub translations: BTreeMap<String, Words>,
    /// The number to show, the content of the QR code, the picture (a `data:` URL) or the page.
    #[serde(default)]
    pub value: Option<String>,
    /// The choices of a `choice`.
    #[serde(default)]
    pub options: Vec<String>,
    /// How long an answer is accepted.
    #[serde(default = "five_minutes")]
    pub expires_in_seconds: u32,
    /// Counts from 1, and grows when the last answer was wrong.
    #[serde(default = "first")]
    pub attempt: u32,
}

/// What a challenge says, in one more language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Words {
    /// What the person should do.
    pub prompt: String,
    /// Where the answer is found or what it looks like.
    #[serde(default)]
    pub hint: Option<String>,
}

const fn five_minutes() -> u32 {
    300
}
const fn first() -> u32 {
    1
}

/// The answer to `challenge`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// Empty for `push`, `qr` and `redirect`; base64 for `file`.
    pub answer: Secret,
}

/// `record`: one thing that the institution showed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// The connector's key of the account that it belongs to or, for an account, of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The page it stood on, so that overlapping pages can be folded.
    #[serde(default)]
    pub page: u32,
    /// The thing, in the shape of the resource.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub item: Box<RawValue>,
    /// The ids of its documents, by the keys that show them: each a blob that came before.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub documents: BTreeMap<String, String>,
}

/// `checkpoint`: everything before is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checkpoint {
    /// From where a reading that breaks off may go on; at most 4 KiB.
    #[schemars(length(max = 4096))]
    pub cursor: String,
}

/// `blob`: a piece of a document that records of this fetch refer to by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Blob {
    /// The document's id, new in this fetch.
    pub id: String,
    /// `application/pdf`.
    pub media_type: String,
    /// The piece, in base64.
    pub data: String,
    /// Whether it is the last piece of its document.
    #[serde(default)]
    pub last: bool,
}

/// `progress`: a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// How much is done.
    pub done: u64,
    /// Of how much, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// `log`: a line for operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Log {
    /// How important.
    #[serde(default, deserialize_with = "known_level")]
    pub level: Level,
    /// What happened.
    pub message: String,
}

/// How important a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something is broken.
    Error,
    /// Something is odd.
    Warn,
    /// Something happened.
    #[default]
    Info,
    /// For who looks for a mistake.
    Debug,
}

fn known_level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// The schema of [`ChallengeKind`], which `domain` describes to OpenAPI only.
struct KindSchema;
impl JsonSchema for KindSchema {
    fn schema_name() -> Cow<'static, str> {
        "ChallengeKind".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What an institution can ask for in the middle of a session.",
            "type": "string",
            "enum": ChallengeKind::WORDS,
        })
    }
}

/// The schema of [`Amount`]: exact, so it may also be a text.
struct DecimalSchema;
impl JsonSchema for DecimalSchema {
    fn schema_name() -> Cow<'static, str> {
        "Decimal".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An exact decimal number, better as a text than as a number.",
            "type": ["string", "number"],
        })
    }
}

impl From<&talk::Fetch> for Fetch {
    fn from(wanted: &talk::Fetch) -> Self {
        Self {
            resource: wanted.resource.clone(),
            kind: wanted.kind.clone(),
            account: wanted.account.clone(),
            window: wanted.window.map(Days),
            cursor: wanted.cursor.clone(),
            documents: wanted.documents,
            options: wanted.options.clone(),
        }
    }
}
impl From<Covered> for talk::Covered {
    fn from(covered: Covered) -> Self {
        let stated = covered.stated.into_iter().map(|(account, Stated { opening, closing })| {
            (account, talk::Stated { opening, closing })
        });
        let removed = covered.removed.into_iter();
        Self {
            window: covered.window.map(|days| days.0),
            complete: covered.complete,
            stated: stated.collect(),
            removed: removed
                .map(|Removed { account, source_id }| talk::Removed { account, source_id })
                .collect(),
            accounts: covered
                .accounts
                .into_iter()
                .map(|(account, Share { window, complete })| {
                    (account, talk::Share { window: window.map(|days| days.0), complete })
                })
                .collect(),
            remarks: covered.remarks.into_iter().map(Into::into).collect(),
            format: covered.format,
        }
    }
}
impl From<Remark> for talk::Remark {
    fn from(Remark { line, column, problem }: Remark) -> Self {
        Self { line, column, problem }
    }
}
impl From<talk::Remark> for Remark {
    fn from(talk::Remark { line, column, problem }: talk::Remark) -> Self {
        Self { line, column, problem }
    }
}
impl From<Challenge> for session::Challenge {
    fn from(asked: Challenge) -> Self {
        let Challenge {
            kind,
            prompt,
            hint,
            translations,
            value,
            options,
            expires_in_seconds,
            attempt,
        } = asked;
        let attempt = attempt.max(1);
        let words = |Words { prompt, hint }| session::Words { prompt, hint };
        let translations = translations.into_iter().map(|(tag, said)| (tag, words(said)));
        let translations = translations.collect();
        Self { kind, prompt, hint, translations, value, options, expires_in_seconds, attempt }
    }
}
