//! What stands under a key of a body: how each type is read from JSON, and what it looks like.

use super::{Complaint, Input, kind_of};
use domain::{
    access::{AccessMode, CredentialsStorage, Scope, StaleIn},
    consent::Term,
    filter::not_within,
    ids::{EndpointId, LinkId, RecordId},
    money::Amount,
    record::Direction,
    refresh::Rate,
    resources::{
        accounts::Category,
        incomes::{Confidence, IncomeType},
        transactions::Status,
    },
    time::YEARS,
};
use jiff::civil::Date;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::{ops::RangeInclusive, str::FromStr};
use utoipa::openapi::{
    ObjectBuilder, RefOr, Type,
    schema::{ArrayBuilder, KnownFormat, Schema, SchemaFormat},
};

/// The longest text a body may say where nothing shorter is demanded.
const LONGEST: usize = 1024;
/// The longest list.
const MOST: usize = 100;
/// No amount reaches this.
const LARGEST: i64 = 10_000_000_000_000;

pub(crate) fn plain(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind)
}

/// Text as a form gives it: not blank, bounded.
pub(crate) fn text(value: Value, longest: usize) -> Result<String, Complaint> {
    let text = match value {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => return Err(Complaint::invalid("Not a valid string.")),
    };
    if text.trim().is_empty() {
        return Err(Complaint::new("blank", "This field may not be blank."));
    }
    if text.contains('\0') {
        return Err(Complaint::invalid("Null characters are not allowed."));
    }
    if text.chars().count() > longest {
        return Err(Complaint::invalid(format!(
            "Ensure this field has no more than {longest} characters."
        )));
    }
    Ok(text)
}

/// A value as error messages quote it: bounded.
fn quoted(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut short: String = text.chars().take(100).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

impl Input for String {
    fn read(value: Value) -> Result<Self, Complaint> {
        text(value, LONGEST).map(|text| text.trim().into())
    }
    fn schema() -> Schema {
        plain(Type::String).min_length(Some(1)).max_length(Some(LONGEST)).into()
    }
}
impl Input for SecretString {
    fn read(value: Value) -> Result<Self, Complaint> {
        text(value, LONGEST).map(Self::from)
    }
    fn schema() -> Schema {
        plain(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .min_length(Some(1))
            .max_length(Some(LONGEST))
            .into()
    }
}
/// The answer to a challenge: mostly a few digits, but where a file is asked for its bytes in
/// base64. How long it may be the limit of bodies says.
pub(crate) struct Answer(pub SecretString);
impl Input for Answer {
    fn read(value: Value) -> Result<Self, Complaint> {
        text(value, usize::MAX).map(|text| Self(text.into()))
    }
    fn schema() -> Schema {
        plain(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .min_length(Some(1))
            .into()
    }
}
impl Input for bool {
    fn read(value: Value) -> Result<Self, Complaint> {
        let word = match &value {
            Value::Bool(yes) => return Ok(*yes),
            Value::String(word) => word.to_ascii_lowercase(),
            other => other.to_string(),
        };
        match word.as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(Complaint::invalid("Must be a valid boolean.")),
        }
    }
    fn schema() -> Schema {
        plain(Type::Boolean).into()
    }
}
impl Input for Date {
    fn read(value: Value) -> Result<Self, Complaint> {
        let plain = |text: &&str| text.len() == 10 && text.is_ascii();
        value.as_str().filter(plain).and_then(|text| text.parse().ok()).ok_or_else(|| {
            Complaint::invalid(
                "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
            )
        })
    }
    fn schema() -> Schema {
        plain(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))).into()
    }
}

/// A whole number between two, as a number or a text.
fn whole(value: &Value, within: &RangeInclusive<i64>) -> Result<i64, Complaint> {
    let number = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let number = number.filter(|number| within.contains(number));
    number.ok_or_else(|| Complaint::invalid(not_within(within)))
}
macro_rules! wholes { ($($(#[doc = $says:literal])* $name:ident($of:ty): $within:expr, $pattern:literal;)*) => { $(
    $(#[doc = $says])*
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct $name(pub $of);
    impl Input for $name {
        fn read(value: Value) -> Result<Self, Complaint> {
            let number = whole(&value, &$within)?;
            <$of>::try_from(number).map(Self).map_err(|_| Complaint::invalid("Not a number."))
        }
        fn schema() -> Schema {
            plain(Type::String).pattern(Some($pattern)).into()
        }
    }
)* } }
wholes! {
    /// A calendar year.
    Year(i16): YEARS, r"^\d{4}$";
    /// A month of a year, from 1.
    Month(i8): (1..=12), r"^(0?[1-9]|1[0-2])$";
}

/// For how long a consent is given.
impl Input for Term {
    fn read(value: Value) -> Result<Self, Complaint> {
        let number = match &value {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_u64(),
        };
        let wrong = || {
            let message = format!("\"{}\" is not a valid choice.", quoted(&value));
            Complaint::new("invalid_choice", message)
        };
        number.and_then(Self::of).ok_or_else(wrong)
    }
    fn schema() -> Schema {
        plain(Type::Integer).enum_values(Some(Self::ALL.map(Self::days))).into()
    }
}

/// Any JSON object, kept as it is.
pub(crate) type Anything = Map<String, Value>;
impl Input for Anything {
    fn read(value: Value) -> Result<Self, Complaint> {
        match value {
            Value::Object(map) => Ok(map),
            other => Err(Complaint::invalid(format!(
                "Invalid data. Expected a dictionary, but got {}.",
                kind_of(&other)
            ))),
        }
    }
    fn schema() -> Schema {
        plain(Type::Object).into()
    }
}

macro_rules! ids { ($($id:ident),*) => { $(
    impl Input for $id {
        fn read(value: Value) -> Result<Self, Complaint> {
            let wrong = |value: &Value| Complaint::invalid(format!("\"{}\" is not a valid UUID.", quoted(value)));
            value.as_str().and_then(|text| text.trim().parse().ok()).ok_or_else(|| wrong(&value))
        }
        fn schema() -> Schema {
            plain(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))).into()
        }
    }
)* } }
ids!(EndpointId, LinkId, RecordId);

/// Reads one of an enum's words.
pub(crate) fn word<T: FromStr>(value: &Value) -> Result<T, Complaint> {
    value.as_str().and_then(|text| text.trim().parse().ok()).ok_or_else(|| {
        Complaint::new("invalid_choice", format!("\"{}\" is not a valid choice.", quoted(value)))
    })
}
macro_rules! choices { ($($name:ident),*) => { $(
    impl $crate::body::Input for $name {
        fn read(value: serde_json::Value) -> Result<Self, $crate::body::Complaint> {
            $crate::body::word(&value)
        }
        fn schema() -> utoipa::openapi::schema::Schema {
            $crate::body::plain(utoipa::openapi::Type::String).enum_values(Some($name::ALL.iter().map(|w| w.as_str()))).into()
        }
    }
)* } }
choices!(AccessMode, Category, Confidence, Direction, IncomeType, Rate, Status);
pub(crate) use choices;

macro_rules! periods { ($($name:ident: $pattern:literal),*) => { $(
    impl Input for $name {
        fn read(value: Value) -> Result<Self, Complaint> {
            let text = text(value, LONGEST)?;
            text.trim().parse().map_err(|e: domain::access::NotAPeriod| Complaint::invalid(e.to_string()))
        }
        fn schema() -> Schema {
            plain(Type::String).pattern(Some($pattern)).into()
        }
    }
)* } }
periods!(CredentialsStorage: r"^(store|nostore|\d{1,3}d)$", StaleIn: r"^\d{1,3}d$");

/// An amount that says which way only beside itself: not below zero, and less than ten trillions.
#[derive(Clone, Copy)]
pub(crate) struct Much(pub Amount);
impl Input for Much {
    fn read(value: Value) -> Result<Self, Complaint> {
        let amount = Amount::read(value)?;
        if amount < Amount::ZERO {
            return Err(Complaint::invalid("Ensure this value is greater than or equal to 0."));
        }
        Ok(Self(amount))
    }
    fn schema() -> Schema {
        plain(Type::Number).minimum(Some(0)).into()
    }
}
impl Input for Amount {
    fn read(value: Value) -> Result<Self, Complaint> {
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => String::new(),
        };
        let amount = text.parse::<Self>().ok().filter(|amount| amount.0.abs() < LARGEST.into());
        let wrong = || Complaint::invalid("A valid number below ten trillions is required.");
        amount.map(Self::canonical).ok_or_else(wrong)
    }
    fn schema() -> Schema {
        plain(Type::Number).into()
    }
}
/// A merchant category code.
impl Input for u16 {
    fn read(value: Value) -> Result<Self, Complaint> {
        let text = text(value, LONGEST)?;
        let code = text.trim().parse().ok().filter(|code| *code <= 9999);
        code.ok_or_else(|| Complaint::invalid("A valid integer of four digits is required."))
    }
    fn schema() -> Schema {
        plain(Type::Integer).minimum(Some(0)).maximum(Some(9999)).into()
    }
}

/// Text that may be empty.
pub(crate) struct Words(pub String);
impl Input for Words {
    fn read(value: Value) -> Result<Self, Complaint> {
        match value {
            Value::String(text) if text.is_empty() => Ok(Self(text)),
            Value::String(words) if words.trim().is_empty() => Ok(Self(words)),
            value => text(value, LONGEST).map(Self),
        }
    }
    fn schema() -> Schema {
        plain(Type::String).max_length(Some(LONGEST)).into()
    }
}

/// Words of an enum.
impl Input for Vec<IncomeType> {
    fn read(value: Value) -> Result<Self, Complaint> {
        list(value, MOST)?.iter().map(word).collect()
    }
    fn schema() -> Schema {
        ArrayBuilder::new()
            .items(RefOr::T(<IncomeType as Input>::schema()))
            .max_items(Some(MOST))
            .into()
    }
}

pub(super) fn list(value: Value, most: usize) -> Result<Vec<Value>, Complaint> {
    let Value::Array(items) = value else {
        let message = format!("Expected a list but got type \"{}\".", kind_of(&value));
        return Err(Complaint { nameless: true, ..Complaint::new("not_a_list", message) });
    };
    if items.len() > most {
        return Err(Complaint::invalid(format!(
            "Ensure this field has no more than {most} elements."
        )));
    }
    Ok(items)
}

/// Resource names, as `fetch_resources` lists them.
impl Input for Vec<String> {
    fn read(value: Value) -> Result<Self, Complaint> {
        list(value, MOST)?.into_iter().map(String::read).collect()
    }
    fn schema() -> Schema {
        ArrayBuilder::new()
            .items(RefOr::T(<String as Input>::schema()))
            .max_items(Some(MOST))
            .into()
    }
}

/// Token scopes in one text, separated by commas.
pub(crate) struct Scopes(pub Vec<Scope>);
impl Input for Scopes {
    fn read(value: Value) -> Result<Self, Complaint> {
        let text = String::read(value)?;
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(|name| word(&Value::from(name))).collect::<Result<_, _>>().map(Self)
    }
    fn schema() -> Schema {
        plain(Type::String).examples(["read_institutions,write_links"]).into()
    }
}
