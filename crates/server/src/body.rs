//! Reading the bodies of requests. A body is declared once, with [`body!`]; from the declaration
//! come its reading, with every wrong key reported at once, and its schema in the OpenAPI document.

mod values;

pub(crate) use values::{
    Answer, Anything, Month, Much, Scopes, Words, Year, choices, plain, text, word,
};

use crate::{
    App,
    problem::{Item, Problem},
};
use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, Request},
};
use serde_json::{Map, Value};
use std::borrow::Cow;
use utoipa::openapi::{
    ObjectBuilder, RefOr,
    schema::{ArrayBuilder, Schema},
};
use values::list;

/// Of things that are wrong with a list, so many are said.
const SAID: usize = 100;

/// What is wrong with a value: code and sentence, and whether the item names the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    code: &'static str,
    message: Cow<'static, str>,
    nameless: bool,
}

impl Complaint {
    pub(crate) fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), nameless: false }
    }
    fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new("invalid", message)
    }
}

/// A JSON object on its way into a typed body. Collects what is wrong with it.
pub(crate) struct Form {
    values: Map<String, Value>,
    problems: Vec<Item>,
}

impl Form {
    /// Parses a body; an empty one is an empty object.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let form = |values| Self { values, problems: Vec::new() };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(form(Map::new()));
        }
        let text = std::str::from_utf8(bytes).map_err(|e| Problem::not_json(&e.to_string()))?;
        match serde_json::from_str(text) {
            Ok(Value::Object(values)) => Ok(form(values)),
            Ok(other) => Err(Problem::refused(
                "invalid",
                format!("Invalid data. Expected a dictionary, but got {}.", kind_of(&other)),
            )),
            Err(e) => Err(Problem::not_json(&e.to_string())),
        }
    }
    /// Reads the body of a request that may be so many bytes long.
    pub(crate) async fn within(request: Request, limit: usize) -> Result<Self, Problem> {
        Self::parse(&read_whole(request, limit).await?)
    }
    /// All that was given, for what reads itself.
    pub(crate) fn values(self) -> Map<String, Value> {
        self.values
    }
    /// The text of a key, still there to be read; `None` where it is none that can be searched for.
    pub(crate) fn said(&self, key: &str) -> Option<String> {
        let text = self.values.get(key)?.as_str()?.trim();
        let fits = !text.is_empty() && text.len() <= 100 && !text.contains('\0');
        fits.then(|| text.to_owned())
    }
    /// Whether a key is there, whatever its value.
    pub(crate) fn mentions(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }
    /// Takes a value out, where it was given and is not null.
    fn given(&mut self, key: &str) -> Option<Value> {
        self.values.remove(key).filter(|value| !value.is_null())
    }
    fn complain(&mut self, key: &'static str, complaint: Complaint) {
        let item = Item::new(complaint.code, complaint.message);
        self.problems.push(if complaint.nameless { item } else { item.at(key) });
    }
    /// Adds something that only a look at several keys shows.
    pub(crate) fn object(
        &mut self,
        key: &'static str,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) {
        self.complain(key, Complaint::new(code, message));
    }
    /// The value, unless anything at all is wrong with the form.
    pub(crate) fn sure<T>(&mut self, value: Option<T>) -> Result<T, Problem> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(Problem::bad(std::mem::take(&mut self.problems))),
        }
    }
}

/// The word by which error messages call the type of a JSON value.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(n) if n.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// A value that a body can have.
pub(crate) trait Input: Sized {
    /// Reads a value that is not null.
    fn read(value: Value) -> Result<Self, Complaint>;
    /// What it looks like.
    fn schema() -> Schema;
}

/// A key of a body: required, or optional when it is an `Option`.
pub(crate) trait Key: Sized {
    /// Whether it must be given.
    const REQUIRED: bool;
    /// Takes it out of `form`; `None` when `form` has a complaint about it.
    fn draw(form: &mut Form, key: &'static str) -> Option<Self>;
    /// What it looks like.
    fn schema() -> Schema;
}
impl<T: Input> Key for T {
    const REQUIRED: bool = true;
    fn draw(form: &mut Form, key: &'static str) -> Option<Self> {
        let read = match form.values.remove(key) {
            None => Err(Complaint::new("required", "This field is required.")),
            Some(Value::Null) => Err(Complaint::new("null", "This field may not be null.")),
            Some(value) => T::read(value),
        };
        read.map_err(|complaint| form.complain(key, complaint)).ok()
    }
    fn schema() -> Schema {
        T::schema()
    }
}
impl<T: Input> Key for Option<T> {
    const REQUIRED: bool = false;
    fn draw(form: &mut Form, key: &'static str) -> Option<Self> {
        let Some(value) = form.given(key) else { return Some(None) };
        T::read(value).map(Some).map_err(|complaint| form.complain(key, complaint)).ok()
    }
    fn schema() -> Schema {
        T::schema()
    }
}

/// A key that may be left out, but that cannot be null.
pub(crate) struct NotNull<T>(pub Option<T>);
impl<T: Input> Key for NotNull<T> {
    const REQUIRED: bool = false;
    fn draw(form: &mut Form, key: &'static str) -> Option<Self> {
        if !form.values.contains_key(key) {
            return Some(Self(None));
        }
        <T as Key>::draw(form, key).map(|value| Self(Some(value)))
    }
    fn schema() -> Schema {
        T::schema()
    }
}

/// A typed body.
pub(crate) trait Body: Sized {
    /// Its name among the schemas.
    const NAME: &'static str;
    /// Reads it; what is wrong is left in `form`.
    fn read(form: &mut Form) -> Option<Self>;
    /// What it looks like.
    fn schema() -> Schema;
}

/// Declares a body: a struct whose fields are read and described by their types.
macro_rules! body { ($(#[doc = $says:literal])* $(#[expect($($expected:tt)+)])? $name:ident { $($(#[doc = $doc:literal])+ $field:ident $(= $key:literal)?: $type:ty),* $(,)? }) => {
    $(#[doc = $says])*
    $(#[expect($($expected)+)])?
    pub(crate) struct $name { $($(#[doc = $doc])+ pub $field: $type),* }
    impl $crate::body::Body for $name {
        const NAME: &'static str = stringify!($name);
        fn read(form: &mut $crate::body::Form) -> Option<Self> {
            $(let $field = <$type as $crate::body::Key>::draw(form, $crate::body::key!($field $($key)?));)*
            Some(Self { $($field: $field?),* })
        }
        fn schema() -> utoipa::openapi::schema::Schema {
            let mut object = utoipa::openapi::ObjectBuilder::new()
                .description(Some(concat!($($says),*).trim()));
            $(object = $crate::body::describe::<$type>(object, $crate::body::key!($field $($key)?), concat!($($doc),+));)*
            object.into()
        }
    }
} }
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}
pub(crate) use {body, key};

/// Adds a key to the schema of a body.
pub(crate) fn describe<T: Key>(object: ObjectBuilder, key: &str, doc: &str) -> ObjectBuilder {
    let object = object.property(key, described(T::schema(), doc));
    if T::REQUIRED { object.required(key) } else { object }
}
fn described(schema: Schema, doc: &str) -> RefOr<Schema> {
    let doc = Some(doc.trim());
    match schema {
        Schema::Object(object) => ObjectBuilder::from(object).description(doc).into(),
        Schema::Array(array) => ArrayBuilder::from(array).description(doc).into(),
        other => other.into(),
    }
}

/// Extracts the object in a request's body, whatever its content type says.
pub(crate) struct Json<T>(pub T);

impl<T: Body> FromRequest<App> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let mut form = Form::from_request(request, app).await?;
        let read = T::read(&mut form);
        form.sure(read).map(Self)
    }
}
impl FromRequest<App> for Form {
    type Rejection = Problem;
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        Self::within(request, app.settings.limits.body).await
    }
}

async fn read_whole(request: Request, limit: usize) -> Result<Bytes, Problem> {
    // What a length says beforehand need not be read first.
    let said = request.headers().get(axum::http::header::CONTENT_LENGTH);
    if said.and_then(|n| n.to_str().ok()?.parse().ok()).is_some_and(|n: usize| n > limit) {
        return Err(Problem::too_large());
    }
    to_bytes(request.into_body(), limit).await.map_err(|error| {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(this) = cause {
            if this.to_string().contains("length limit exceeded") {
                return Problem::too_large();
            }
            cause = this.source();
        }
        Problem::not_json("the body ended early")
    })
}

/// Objects, each with keys of its own: what is wrong with one is reported at
/// `transactions.3.amount`.
pub(crate) struct Items<T, const MOST: usize>(pub Vec<T>);
impl<T: Body, const MOST: usize> Key for Items<T, MOST> {
    const REQUIRED: bool = true;
    fn draw(form: &mut Form, key: &'static str) -> Option<Self> {
        let items = Listed::<MOST>::draw(form, key)?.0;
        let mut read = Vec::with_capacity(items.len());
        for (place, item) in items.into_iter().enumerate() {
            let values = match item {
                Value::Object(values) => values,
                other => {
                    let message = format!(
                        "Invalid data. Expected a dictionary, but got {}.",
                        kind_of(&other)
                    );
                    form.problems.push(Item::new("invalid", message).at(format!("{key}.{place}")));
                    continue;
                }
            };
            let mut inner = Form { values, problems: Vec::new() };
            read.extend(T::read(&mut inner));
            form.problems.extend(inner.problems.into_iter().map(|problem| {
                let below = problem.field.clone().unwrap_or_default();
                problem.at(format!("{key}.{place}.{below}"))
            }));
            if form.problems.len() >= SAID {
                break;
            }
        }
        form.problems.truncate(SAID);
        form.problems.is_empty().then_some(Self(read))
    }
    fn schema() -> Schema {
        ArrayBuilder::new().items(RefOr::T(T::schema())).max_items(Some(MOST)).into()
    }
}
/// A list of whatever.
struct Listed<const MOST: usize>(Vec<Value>);
impl<const MOST: usize> Input for Listed<MOST> {
    fn read(value: Value) -> Result<Self, Complaint> {
        list(value, MOST).map(Self)
    }
    fn schema() -> Schema {
        ArrayBuilder::new().max_items(Some(MOST)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{access::AccessMode, ids::LinkId};

    body! {
        /// A body with one of each.
        Sample {
            /// Must be there.
            link: LinkId,
            /// May be there.
            mode: Option<AccessMode>,
            /// May be there.
            names: Option<Vec<String>>,
            /// May be there.
            save_data: Option<bool>,
        }
    }
    const LINK: &str = "0197a6e8-1111-7abc-8def-000000000001";

    type Said = (&'static str, String, Option<String>);
    fn read(json: &str) -> Result<Sample, Vec<Said>> {
        let shown = |problem: Problem| {
            let shown = |item: Item| (item.code, item.message.into(), item.field.map(Into::into));
            problem.items.into_iter().map(shown).collect::<Vec<_>>()
        };
        let mut form = Form::parse(json.as_bytes()).map_err(shown)?;
        let read = Sample::read(&mut form);
        form.sure(read).map_err(shown)
    }
    fn codes(json: &str) -> Vec<(&'static str, Option<String>)> {
        let problems = read(json).err().unwrap_or_default();
        problems.into_iter().map(|(code, _, field)| (code, field)).collect()
    }
    fn at(code: &'static str, field: &str) -> (&'static str, Option<String>) {
        (code, Some(field.into()))
    }

    #[test]
    fn null_is_absent_for_optional_keys_and_unknown_keys_are_ignored() {
        let json = format!(r#"{{"link": "{LINK}", "mode": null, "new": [1, {{}}]}}"#);
        let sample = read(&json).expect("a body");
        assert!(sample.mode.is_none() && sample.names.is_none() && sample.save_data.is_none());
        assert_eq!(sample.link.to_string(), LINK);
    }
    #[test]
    fn every_wrong_key_is_reported_at_once() {
        assert_eq!(codes(""), [at("required", "link")]);
        assert_eq!(
            codes(r#"{"link": null, "mode": "often", "save_data": "maybe", "names": "ACCOUNTS"}"#),
            [
                at("null", "link"),
                at("invalid_choice", "mode"),
                ("not_a_list", None),
                at("invalid", "save_data")
            ]
        );
        let problems = read(r#"{"link": "x", "names": "ACCOUNTS"}"#).err().expect("problems");
        assert_eq!(problems[0].1, "\"x\" is not a valid UUID.");
        assert_eq!(problems[1].1, "Expected a list but got type \"str\".");
        let names = format!(r#"{{"link": "{LINK}", "names": ["A", ""]}}"#);
        assert_eq!(codes(&names), [at("blank", "names")]);
    }
    #[test]
    fn what_is_no_json_object_is_said_to_be_none() {
        assert_eq!(codes("{"), [("parse_error", None)]);
        assert_eq!(codes("[]"), [("invalid", None)]);
        assert_eq!(codes("\"text\""), [("invalid", None)]);
        assert_eq!(codes(&"[".repeat(100_000)), [("parse_error", None)]);
        assert_eq!(codes(&format!("{{\"a\":{}", "[".repeat(200))), [("parse_error", None)]);
        assert!(Form::parse(b"{\"link\": \"\xff\"}").is_err());
    }
    #[test]
    fn the_schema_says_what_is_required() {
        let schema = serde_json::to_value(Sample::schema()).expect("json");
        assert_eq!(schema["required"], serde_json::json!(["link"]));
        assert_eq!(
            schema["properties"]["mode"]["enum"],
            serde_json::json!(["single", "recurrent"])
        );
        assert_eq!(schema["properties"]["link"]["description"], "Must be there.");
    }
}
