//! The envelope of a message: JSON-RPC 2.0, one object a line, no batches.

use super::{LINE, kind::Reason};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::{borrow::Cow, io};
use zeroize::Zeroizing;

/// The code of every failure that has a [`Reason`].
pub const FAILED: i64 = -32_000;
/// The code for a request that is not known.
pub const UNKNOWN_METHOD: i64 = -32_601;
/// The code for a request whose parameters cannot be read.
pub const BAD_PARAMETERS: i64 = -32_602;

/// Why a line cannot be followed. It never repeats what stands in the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not an object of JSON in UTF-8.
    #[error("a line is not a JSON object")]
    NotAnObject,
    /// Not JSON-RPC 2.0.
    #[error("a line is not JSON-RPC 2.0")]
    NotJsonRpc,
    /// A message whose body does not fit; the texts are names of ours.
    #[error("{what}: {path}: {problem}")]
    Body {
        /// The message: `record`, `the answer to login`.
        what: &'static str,
        /// Where in the body.
        path: String,
        /// What is wrong there, without the value.
        problem: String,
    },
    /// Longer than [`LINE`].
    #[error("a line is longer than {LINE} bytes")]
    TooLong,
}

/// A message as it was read, still in the line that it came in.
#[derive(Debug)]
pub enum Message<'a> {
    /// Asks for an answer.
    Request {
        /// To be repeated in the answer: a number or a text.
        id: &'a RawValue,
        /// What is asked for.
        method: Cow<'a, str>,
        /// The rest.
        params: Option<&'a RawValue>,
    },
    /// Only says something.
    Notice {
        /// What is said.
        method: Cow<'a, str>,
        /// The rest.
        params: Option<&'a RawValue>,
    },
    /// Answers the request of this id.
    Answer {
        /// As the request had it; `None` where that could not be read.
        id: Option<u64>,
        /// The answer's body, or why there is none.
        result: Result<&'a RawValue, Error>,
    },
}

/// Why a request was not answered with a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Error {
    /// -32000, or one of JSON-RPC's own.
    #[serde(default)]
    pub code: i64,
    /// For operators.
    #[serde(default)]
    pub message: String,
    /// Why, by kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Reason>,
}

impl Error {
    /// A failure with its kind.
    #[must_use]
    pub fn failed(reason: Reason, message: impl Into<String>) -> Self {
        Self { code: FAILED, message: message.into(), data: Some(reason) }
    }
    /// There is no such request.
    #[must_use]
    pub fn unknown_method() -> Self {
        Self { code: UNKNOWN_METHOD, message: "there is no such method".into(), data: None }
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    jsonrpc: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
    // A null is an answer as well.
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(default)]
    error: Option<Error>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Reads a line.
pub fn read(line: &[u8]) -> Result<Message<'_>, Fault> {
    let text = std::str::from_utf8(line).map_err(|_| Fault::NotAnObject)?;
    if !text.trim_start().starts_with('{') {
        return Err(Fault::NotAnObject);
    }
    let Envelope { jsonrpc, id, method, params, result, error } = serde_json::from_str(text)
        .map_err(|error| match error.classify() {
            serde_json::error::Category::Data => Fault::NotJsonRpc,
            _ => Fault::NotAnObject,
        })?;
    if jsonrpc.as_deref() != Some("2.0") {
        return Err(Fault::NotJsonRpc);
    }
    // A null id is that of an error that answers nothing in particular.
    let named =
        id.filter(|id| id.get().starts_with(|c: char| c == '"' || c.is_ascii_digit() || c == '-'));
    match (method, result, error) {
        (Some(method), None, None) => match (id, named) {
            (None, _) => Ok(Message::Notice { method, params }),
            (Some(_), Some(id)) => Ok(Message::Request { id, method, params }),
            (Some(_), None) => Err(Fault::NotJsonRpc),
        },
        (None, Some(result), None) => {
            let id = named.and_then(|id| id.get().parse().ok());
            Ok(Message::Answer { id, result: Ok(result) })
        }
        (None, None, Some(error)) => {
            let id = named.and_then(|id| id.get().parse().ok());
            Ok(Message::Answer { id, result: Err(error) })
        }
        _ => Err(Fault::NotJsonRpc),
    }
}

/// Reads a message's body. `what` names it in the fault.
pub fn body<'de, T: Deserialize<'de>>(
    what: &'static str,
    body: Option<&'de RawValue>,
) -> Result<T, Fault> {
    let text = body.map_or("{}", RawValue::get);
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| Fault::Body {
        what,
        path: error.path().to_string(),
        problem: problem(&error.inner().to_string()),
    })
}

/// What a parser says, without the value that it says it of.
fn problem(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(before, _)| before);
    if message.starts_with("missing field `") {
        return message.into();
    }
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => "unreadable".into(),
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Written<'a, T, I> {
    Request { jsonrpc: Two, id: I, method: &'a str, params: &'a T },
    Notice { jsonrpc: Two, method: &'a str, params: &'a T },
    Result { jsonrpc: Two, id: I, result: &'a T },
    Error { jsonrpc: Two, id: I, error: &'a Error },
}

struct Two;
impl Serialize for Two {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("2.0")
    }
}

/// A request as a line with its end. The line may hold secrets, and is wiped when dropped.
pub fn request<T: Serialize>(
    id: u64,
    method: &str,
    params: &T,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    line(&Written::Request { jsonrpc: Two, id, method, params })
}
/// A notification as a line.
pub fn notice<T: Serialize>(method: &str, params: &T) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let message: Written<'_, T, u64> = Written::Notice { jsonrpc: Two, method, params };
    line(&message)
}
/// An answer as a line; `id` is the request's.
pub fn answer<T: Serialize>(id: &RawValue, result: &T) -> Result<Zeroizing<Vec<u8>>, Fault> {
    line(&Written::Result { jsonrpc: Two, id, result })
}
/// A failure as a line; `id` is the request's.
pub fn failure(id: &RawValue, error: &Error) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let message: Written<'_, (), _> = Written::Error { jsonrpc: Two, id, error };
    line(&message)
}

fn line<T: Serialize>(message: &T) -> Result<Zeroizing<Vec<u8>>, Fault> {
    // Measured first: a buffer that grows leaves copies of its secrets behind.
    let mut size = Size(0);
    serde_json::to_writer(&mut size, message).map_err(|_| Fault::NotJsonRpc)?;
    if size.0 > LINE {
        return Err(Fault::TooLong);
    }
    let mut line = Zeroizing::new(Vec::with_capacity(size.0 + 1));
    serde_json::to_writer(&mut *line, message).map_err(|_| Fault::NotJsonRpc)?;
    line.push(b'\n');
    Ok(line)
}

/// Only counts what is written.
struct Size(usize);
impl io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
