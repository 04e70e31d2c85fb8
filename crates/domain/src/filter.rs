//! What the query of a list says: `amount__gte=10` parsed once for all resources, the page and the
//! projection, by the grammar of Belvo's public API.

use crate::{
    money::Amount,
    time::{YEARS, midnight},
};
use jiff::{Timestamp, Unit, civil::Date};
use std::{collections::BTreeSet, ops::RangeInclusive};
use uuid::Uuid;

/// A field that lists can be filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name in the query, nested with double underscores: `balance__available`.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Which operators it takes.
    pub operators: &'static [Operator],
    /// Where its value lives.
    pub source: Source,
    /// Whether the literal `null` asks for records that have no value.
    pub nullable: bool,
}

/// What a field's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A UUID.
    Id,
    /// A whole number.
    Integer,
    /// One of [`YEARS`].
    Year,
    /// A decimal number.
    Amount,
    /// `YYYY-MM-DD`.
    Date,
    /// An instant; a bare date means that whole UTC day.
    Instant,
}

/// What comes after the last `__` of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal; written with nothing.
    Is,
    /// Contains, whatever the case; written with nothing.
    Partial,
    /// Greater than.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less than.
    Lt,
    /// Less or equal.
    Lte,
    /// Between two values, both included.
    Range,
    /// One of.
    In,
    /// None of.
    NotIn,
    /// Contains, whatever the case.
    Icontains,
    /// Contains all.
    Allin,
}

/// Where a field's value lives in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A column of the table.
    Column(&'static str),
    /// A column of the table or, where it says nothing, another one.
    Either(&'static str, &'static str),
    /// A path of keys inside the body.
    Body(&'static [&'static str]),
    /// A path of keys inside the body of the record's account.
    AccountBody(&'static [&'static str]),
    /// Ids that stand anywhere inside the value under this key of the body; of one of them it is
    /// asked whether it is there.
    Within(&'static str),
}

/// Equality alone.
pub const IS: &[Operator] = &[Operator::Is];
/// Equality, comparisons and range: the contract's `(cmp)`.
pub const CMP: &[Operator] =
    &[Operator::Is, Operator::Gt, Operator::Gte, Operator::Lt, Operator::Lte, Operator::Range];
/// Comparisons and range without equality.
pub const BOUNDS: &[Operator] =
    &[Operator::Gt, Operator::Gte, Operator::Lt, Operator::Lte, Operator::Range];
/// Equality and `__in`.
pub const IN: &[Operator] = &[Operator::Is, Operator::In];
/// `__in` without equality.
pub const ONLY_IN: &[Operator] = &[Operator::In];
/// `__not_in` alone.
pub const NOT_IN: &[Operator] = &[Operator::NotIn];
/// Equality and `__icontains`.
pub const LIKE: &[Operator] = &[Operator::Is, Operator::Icontains];
/// `__icontains` without equality.
pub const ONLY_ICONTAINS: &[Operator] = &[Operator::Icontains];
/// Partial match, written like equality.
pub const PARTIAL: &[Operator] = &[Operator::Partial];
/// `__allin` alone.
pub const ALLIN: &[Operator] = &[Operator::Allin];

impl Field {
    /// A field of this kind.
    #[must_use]
    pub const fn new(
        name: &'static str,
        kind: Kind,
        operators: &'static [Operator],
        source: Source,
    ) -> Self {
        Self { name, kind, operators, source, nullable: false }
    }
    /// A field of any text.
    #[must_use]
    pub const fn text(name: &'static str, operators: &'static [Operator], source: Source) -> Self {
        Self::new(name, Kind::Text, operators, source)
    }
    /// A field of one of these words.
    #[must_use]
    pub const fn word(
        name: &'static str,
        words: &'static [&'static str],
        operators: &'static [Operator],
        source: Source,
    ) -> Self {
        Self::new(name, Kind::Word(words), operators, source)
    }
    /// A field of ids.
    #[must_use]
    pub const fn id(name: &'static str, operators: &'static [Operator], source: Source) -> Self {
        Self::new(name, Kind::Id, operators, source)
    }
    /// A field of whole numbers, with every comparison.
    #[must_use]
    pub const fn integer(name: &'static str, source: Source) -> Self {
        Self::new(name, Kind::Integer, CMP, source)
    }
    /// A field of calendar years, with every comparison.
    #[must_use]
    pub const fn year(name: &'static str, source: Source) -> Self {
        Self::new(name, Kind::Year, CMP, source)
    }
    /// A field of decimal numbers, with every comparison.
    #[must_use]
    pub const fn amount(name: &'static str, source: Source) -> Self {
        Self::new(name, Kind::Amount, CMP, source)
    }
    /// A field of days, with every comparison.
    #[must_use]
    pub const fn date(name: &'static str, source: Source) -> Self {
        Self::new(name, Kind::Date, CMP, source)
    }
    /// A field of instants, with every comparison.
    #[must_use]
    pub const fn instant(name: &'static str, source: Source) -> Self {
        Self::new(name, Kind::Instant, CMP, source)
    }
    /// The same field, whose equality also takes the literal `null`.
    #[must_use]
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }
    /// The same field with comparisons but no equality.
    #[must_use]
    pub const fn bounds(self) -> Self {
        Self { operators: BOUNDS, ..self }
    }

    /// Which of its operators `key` names.
    fn operator(&self, key: &str) -> Option<Operator> {
        let rest = key.strip_prefix(self.name)?;
        let suffix = if rest.is_empty() { "" } else { rest.strip_prefix("__")? };
        self.operators.iter().copied().find(|operator| operator.suffix() == suffix)
    }
}

impl Operator {
    /// What is written after `__`; empty for those that are written with nothing.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Is | Self::Partial => "",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Range => "range",
            Self::In => "in",
            Self::NotIn => "not_in",
            Self::Icontains => "icontains",
            Self::Allin => "allin",
        }
    }
    /// Whether its values are separated by commas, and those of repeated keys merge.
    #[must_use]
    pub const fn takes_list(self) -> bool {
        matches!(self, Self::Range | Self::In | Self::NotIn | Self::Allin)
    }
}

/// A value of a filter, checked against its field's kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, or one of the field's words.
    Text(String),
    /// A UUID.
    Id(Uuid),
    /// A whole number.
    Integer(i64),
    /// A decimal number.
    Amount(Amount),
    /// A day.
    Date(Date),
    /// An instant, to the microsecond.
    Instant(Timestamp),
}

/// What a field must be. No value (null) passes nothing but [`Test::IsNull`] and [`Test::NotIn`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Equal.
    Is(Value),
    /// Without a value.
    IsNull,
    /// Greater than.
    Gt(Value),
    /// Greater or equal.
    Gte(Value),
    /// Less than.
    Lt(Value),
    /// Less or equal.
    Lte(Value),
    /// Between the two, both included; nothing when the first is greater.
    Between(Value, Value),
    /// One of these; an empty list matches nothing.
    In(Vec<Value>),
    /// None of these; an empty list matches everything.
    NotIn(Vec<Value>),
    /// Contains this text, whatever the case.
    Contains(String),
    /// A list that has all of these.
    HasAll(Vec<String>),
}

/// One condition of a list; all of them must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What is looked at.
    pub field: &'static Field,
    /// What it must be.
    pub test: Test,
}

/// A filter that cannot be understood: one object of a 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct BadFilter {
    /// The key in the query, operator included.
    pub field: String,
    /// `invalid` or `invalid_choice`.
    pub code: &'static str,
    /// The sentence for people, as the contract words it.
    pub message: String,
}

/// The most values of one key.
pub const MOST_VALUES: usize = 1000;
/// The longest value, in bytes.
pub const LONGEST_VALUE: usize = 512;

/// The conditions that `query` (decoded keys and values) puts on `fields`, in the order of their
/// first appearance.
///
/// Keys that name no field and operator of `fields` are ignored. Keys of list operators may be
/// repeated and merge; of any other repeated key the last wins. All errors are reported at once,
/// one for each key.
pub fn parse<'q>(
    fields: &'static [Field],
    query: impl IntoIterator<Item = (&'q str, &'q str)>,
) -> Result<Vec<Condition>, Vec<BadFilter>> {
    let mut keys: Vec<(&str, &'static Field, Operator, Vec<&str>)> = Vec::new();
    for (key, value) in query {
        let Some((field, operator)) = fields.iter().find_map(|f| Some((f, f.operator(key)?)))
        else {
            continue;
        };
        let known = keys.iter().position(|(known, ..)| *known == key).unwrap_or_else(|| {
            keys.push((key, field, operator, Vec::new()));
            keys.len() - 1
        });
        let values = &mut keys[known].3;
        if operator.takes_list() {
            let room = (MOST_VALUES + 1).saturating_sub(values.len());
            values.extend(list(value).take(room));
        } else {
            *values = vec![value];
        }
    }
    let mut conditions = Vec::with_capacity(keys.len());
    let mut bad = Vec::new();
    for (key, field, operator, values) in keys {
        match test(field, operator, &values) {
            Ok(test) => conditions.push(Condition { field, test }),
            Err((code, message)) => bad.push(BadFilter { field: key.into(), code, message }),
        }
    }
    if bad.is_empty() { Ok(conditions) } else { Err(bad) }
}

/// Code and message of a [`BadFilter`].
type Bad = (&'static str, String);

fn invalid(message: impl Into<String>) -> Bad {
    ("invalid", message.into())
}

/// The values of a comma-separated list; empty ones say nothing.
fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|value| !value.is_empty())
}

fn test(field: &Field, operator: Operator, values: &[&str]) -> Result<Test, Bad> {
    if values.len() > MOST_VALUES {
        return Err(invalid(format!("Ensure this field has no more than {MOST_VALUES} elements.")));
    }
    let first = values.first().copied().unwrap_or_default();
    let one = || Span::read(field.kind, first);
    let all = || values.iter().map(|text| point(field.kind, text)).collect::<Result<Vec<_>, _>>();
    Ok(match operator {
        Operator::Is if field.nullable && first == "null" => Test::IsNull,
        Operator::Is => match one()? {
            Span { from, to: None } => Test::Is(from),
            Span { from, to: Some((last, _)) } => Test::Between(from, last),
        },
        Operator::Gt => match one()? {
            Span { from, to: None } => Test::Gt(from),
            Span { to: Some((_, after)), .. } => Test::Gte(after),
        },
        Operator::Gte => Test::Gte(one()?.from),
        Operator::Lt => Test::Lt(one()?.from),
        Operator::Lte => match one()? {
            Span { from, to: None } => Test::Lte(from),
            Span { to: Some((_, after)), .. } => Test::Lt(after),
        },
        Operator::Range => {
            let &[from, to] = values else {
                return Err(invalid("Expected two values separated by a comma."));
            };
            let to = Span::read(field.kind, to)?;
            Test::Between(
                Span::read(field.kind, from)?.from,
                to.to.map_or(to.from, |(last, _)| last),
            )
        }
        Operator::In => Test::In(all()?),
        Operator::NotIn => Test::NotIn(all()?),
        Operator::Icontains | Operator::Partial => Test::Contains(text(first)?),
        Operator::Allin => {
            for value in values {
                Span::read(field.kind, value)?;
            }
            Test::HasAll(values.iter().map(|&value| value.into()).collect())
        }
    })
}

/// What a value covers: one point, or for a day against instants all of them from the first.
struct Span {
    from: Value,
    /// The last instant of the day, and the first one after it.
    to: Option<(Value, Value)>,
}

impl Span {
    fn read(kind: Kind, value: &str) -> Result<Self, Bad> {
        if let (Kind::Instant, Some(day)) = (kind, date(value.trim())) {
            let after = day.tomorrow().map_or(Timestamp::MAX, midnight);
            let last = after.saturating_sub(jiff::SignedDuration::from_micros(1));
            return Ok(Self {
                from: Value::Instant(midnight(day)),
                to: Some((Value::Instant(last.unwrap_or(after)), Value::Instant(after))),
            });
        }
        Ok(Self { from: point(kind, value)?, to: None })
    }
}

fn point(kind: Kind, value: &str) -> Result<Value, Bad> {
    // Also keeps what an error quotes short.
    let value = text(value)?;
    let trimmed = value.trim();
    match kind {
        Kind::Text => Ok(Value::Text(value)),
        Kind::Word(words) if words.contains(&trimmed) => Ok(Value::Text(trimmed.into())),
        Kind::Word(_) => Err(("invalid_choice", format!("\"{trimmed}\" is not a valid choice."))),
        Kind::Id => Uuid::try_parse(trimmed)
            .map(Value::Id)
            .map_err(|_| invalid(format!("\"{trimmed}\" is not a valid UUID."))),
        Kind::Integer => {
            trimmed.parse().map(Value::Integer).map_err(|_| invalid("A valid integer is required."))
        }
        Kind::Year => match trimmed.parse() {
            Ok(year) if YEARS.contains(&year) => Ok(Value::Integer(year)),
            _ => Err(invalid(not_within(&YEARS))),
        },
        Kind::Amount => {
            trimmed.parse().map(Value::Amount).map_err(|_| invalid("A valid number is required."))
        }
        Kind::Date => date(trimmed).map(Value::Date).ok_or_else(|| {
            invalid("Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")
        }),
        Kind::Instant => instant(trimmed).map(Value::Instant).ok_or_else(|| {
            invalid(
                "Datetime has wrong format. Use one of these formats instead: \
                 YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
            )
        }),
    }
}

/// What is said of a number that is not `within` two.
#[must_use]
pub fn not_within(within: &RangeInclusive<i64>) -> String {
    format!("A whole number from {} to {} is required.", within.start(), within.end())
}

fn text(value: &str) -> Result<String, Bad> {
    if value.len() > LONGEST_VALUE {
        return Err(invalid(format!(
            "Ensure this field has no more than {LONGEST_VALUE} characters."
        )));
    }
    // PostgreSQL has no text with it: better a 400 here than an error there.
    if value.contains('\0') {
        return Err(invalid("Null characters are not allowed."));
    }
    Ok(value.into())
}

/// Only `YYYY-MM-DD`; jiff reads more.
fn date(text: &str) -> Option<Date> {
    let plain = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    text.parse().ok().filter(|_| plain)
}

/// An instant with `Z`, an offset, or nothing for UTC, cut to the microsecond. The `+` of an offset
/// may have become a space when the query was decoded.
fn instant(text: &str) -> Option<Timestamp> {
    let restored = match text.rsplit_once(' ') {
        Some((time, offset)) if time.contains(':') => format!("{time}+{offset}"),
        _ => text.into(),
    };
    // The day comes first and in full; jiff would also read week dates and years of six digits.
    date(restored.get(..10)?)?;
    let at = restored.parse::<Timestamp>().ok().or_else(|| format!("{restored}Z").parse().ok())?;
    at.round(jiff::TimestampRound::new().smallest(Unit::Microsecond).mode(jiff::RoundMode::Floor))
        .ok()
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub number: u32,
    /// Records on a full page, 1 to [`Page::LARGEST`].
    pub size: u32,
}

/// Why there is no such page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPage {
    /// `page_size` is no size: a 400.
    #[error(transparent)]
    Size(#[from] BadFilter),
    /// `page` is no page: a 404.
    #[error("Not found.")]
    NotFound,
}

impl Page {
    /// The largest size; a larger one is taken for it.
    pub const LARGEST: u32 = 1000;

    /// The page that `query` asks for: the first, of `default` records, when it says nothing.
    pub fn parse<'q>(
        query: impl IntoIterator<Item = (&'q str, &'q str)>,
        default: u32,
    ) -> Result<Self, BadPage> {
        let mut page = Self { number: 1, size: default.clamp(1, Self::LARGEST) };
        for (key, value) in query {
            match key {
                "page" => {
                    let number = whole(value).and_then(|n| u32::try_from(n).ok());
                    page.number = number.filter(|&n| n > 0).ok_or(BadPage::NotFound)?;
                }
                "page_size" => page.size = size(value)?,
                _ => {}
            }
        }
        Ok(page)
    }
    /// How many records come before it.
    #[must_use]
    pub const fn offset(self) -> u64 {
        (self.number as u64 - 1) * self.size as u64
    }
    /// Whether a list of `count` has this page. The first page of an empty list exists.
    #[must_use]
    pub const fn exists(self, count: u64) -> bool {
        self.number == 1 || self.offset() < count
    }
    /// Whether a list of `count` goes on after this page.
    #[must_use]
    pub const fn has_next(self, count: u64) -> bool {
        self.offset() + (self.size as u64) < count
    }
}

fn size(text: &str) -> Result<u32, BadFilter> {
    let bad = |message: &str| BadFilter {
        field: "page_size".into(),
        code: "invalid",
        message: message.into(),
    };
    match whole(text) {
        None if text.trim().starts_with('-') => {
            Err(bad("Ensure this value is greater than or equal to 1."))
        }
        None => Err(bad("A valid integer is required.")),
        Some(0) => Err(bad("Ensure this value is greater than or equal to 1.")),
        Some(size) => Ok(u32::try_from(size).unwrap_or(Page::LARGEST).min(Page::LARGEST)),
    }
}

/// A number of digits alone, however many.
fn whole(text: &str) -> Option<u64> {
    let digits = text.trim();
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// Which first-level keys of each record are shown: `fields` first, then `omit`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Projection {
    /// Only these; `None` for all.
    pub fields: Option<BTreeSet<String>>,
    /// Not these.
    pub omit: BTreeSet<String>,
}

impl Projection {
    /// What `query` asks for. Names that no record has are harmless; empty lists say nothing.
    pub fn parse<'q>(query: impl IntoIterator<Item = (&'q str, &'q str)>) -> Self {
        let mut projection = Self::default();
        for (key, value) in query {
            let names = list(value).map(String::from);
            match key {
                "fields" if list(value).next().is_some() => {
                    projection.fields.get_or_insert_default().extend(names);
                }
                "omit" => projection.omit.extend(names),
                _ => {}
            }
        }
        projection
    }
    /// Whether nothing is left out, so that bodies can be passed on unread.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.fields.is_none() && self.omit.is_empty()
    }
    /// Whether `key` is shown.
    #[must_use]
    pub fn shows(&self, key: &str) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.contains(key)) && !self.omit.contains(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    static FIELDS: &[Field] = &[
        Field::id("id", IN, Source::Column("id")),
        Field::text("name", LIKE, Source::Body(&["name"])),
        Field::text("display_name", PARTIAL, Source::Body(&["display_name"])),
        Field::word("status", &["valid", "invalid"], IN, Source::Column("status")),
        Field::word("refresh_rate", &["6h", "7d"], IS, Source::Column("refresh_rate")).nullable(),
        Field::integer("count", Source::Body(&["count"])),
        Field::year("year", Source::Body(&["year"])),
        Field::amount("balance", Source::Body(&["balance", "current"])),
        Field::amount("balance__available", Source::Body(&["balance", "available"])),
        Field::date("value_date", Source::Body(&["value_date"])),
        Field::instant("created_at", Source::Column("created_at")),
        Field::instant("collected_at", Source::Column("collected_at")).bounds(),
        Field::text("owner", ONLY_IN, Source::Body(&["owner"])),
        Field::text("created_by", NOT_IN, Source::Body(&["created_by"])),
        Field::text("resources", ALLIN, Source::Body(&["resources"])),
    ];

    fn one(key: &str, value: &str) -> Result<Test, (&'static str, String)> {
        match parse(FIELDS, [(key, value)]) {
            Ok(conditions) => Ok(conditions.into_iter().next().expect("a condition").test),
            Err(bad) => {
                assert_eq!(bad[0].field, key);
                Err((bad[0].code, bad[0].message.clone()))
            }
        }
    }
    fn at(text: &str) -> Value {
        Value::Instant(text.parse().expect("a timestamp"))
    }

    #[test]
    fn a_day_against_an_instant_means_that_whole_day() {
        assert_eq!(
            one("created_at", "2026-01-14"),
            Ok(Test::Between(at("2026-01-14T00:00:00Z"), at("2026-01-14T23:59:59.999999Z")))
        );
        assert_eq!(one("created_at__gt", "2026-01-14"), Ok(Test::Gte(at("2026-01-15T00:00:00Z"))));
        assert_eq!(one("created_at__gte", "2026-01-14"), Ok(Test::Gte(at("2026-01-14T00:00:00Z"))));
        assert_eq!(one("created_at__lt", "2026-01-14"), Ok(Test::Lt(at("2026-01-14T00:00:00Z"))));
        assert_eq!(one("created_at__lte", "2026-01-14"), Ok(Test::Lt(at("2026-01-15T00:00:00Z"))));
        assert_eq!(
            one("created_at__range", "2026-01-14,2026-02-03"),
            Ok(Test::Between(at("2026-01-14T00:00:00Z"), at("2026-02-03T23:59:59.999999Z")))
        );
    }

    #[test]
    fn an_instant_is_read_in_every_form_that_clients_send() {
        for same in [
            "2026-01-14T09:12:33Z",
            "2026-01-14T09:12:33.000Z",
            "2026-01-14T09:12:33.000000+00:00",
            "2026-01-14T09:12:33 00:00",
            "2026-01-14 09:12:33 00:00",
            "2026-01-14T06:12:33-03:00",
            "2026-01-14T12:12:33 03:00",
            "2026-01-14 09:12:33",
            "2026-01-14T09:12:33",
        ] {
            assert_eq!(
                one("created_at__gte", same),
                Ok(Test::Gte(at("2026-01-14T09:12:33Z"))),
                "{same}"
            );
        }
    }

    #[test]
    fn errors_are_worded_as_the_contract_words_them() {
        let date = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
        for bad in ["", "14/01/2026", "20260114", "2026-02-30", "2026-01-14T00:00:00Z"] {
            assert_eq!(one("value_date", bad), Err(("invalid", date.into())), "{bad}");
        }
        assert_eq!(one("id", "x"), Err(("invalid", "\"x\" is not a valid UUID.".into())));
        assert_eq!(
            one("status__in", "valid,X"),
            Err(("invalid_choice", "\"X\" is not a valid choice.".into()))
        );
        assert!(one("created_at", "yesterday").is_err());
        assert!(one("count", "1.5").is_err());
        let year = "A whole number from 1900 to 9999 is required.";
        for bad in ["24", "1899", "10000", "-2024", "1.5", "MMXXIV", ""] {
            assert_eq!(one("year", bad), Err(("invalid", year.into())), "{bad}");
            assert!(one("year__range", &format!("{bad},2024")).is_err(), "{bad}");
        }
        assert_eq!(one("year__gte", "1900"), Ok(Test::Gte(Value::Integer(1900))));
        assert!(one("balance__gte", "ten").is_err());
        assert!(one("value_date__range", "2026-01-14").is_err());
        assert!(one("value_date__range", "2026-01-14,2026-01-15,2026-01-16").is_err());
        assert!(one("name", "a\0b").is_err());
    }

    #[test]
    fn every_bad_key_is_reported() {
        let bad =
            parse(FIELDS, [("id", "x"), ("status", "valid"), ("year", "y")]).expect_err("bad");
        assert_eq!(bad.iter().map(|b| b.field.as_str()).collect::<Vec<_>>(), ["id", "year"]);
    }

    #[test]
    fn lists_merge_and_anything_else_is_said_last() {
        let query = [("owner__in", "a,b"), ("name", "x"), ("owner__in", " c ,"), ("name", "y")];
        let tests: Vec<Test> =
            parse(FIELDS, query).expect("good").into_iter().map(|c| c.test).collect();
        let text = |text: &str| Value::Text(text.into());
        assert_eq!(tests, [Test::In(vec![text("a"), text("b"), text("c")]), Test::Is(text("y"))]);
    }

    #[test]
    fn an_empty_list_matches_nothing_and_a_full_one_is_refused() {
        assert_eq!(one("owner__in", ""), Ok(Test::In(vec![])));
        assert!(one("owner__in", &"a,".repeat(MOST_VALUES)).is_ok());
        assert!(one("owner__in", &"a,".repeat(MOST_VALUES + 1)).is_err());
        assert!(one("name", &"a".repeat(LONGEST_VALUE + 1)).is_err());
    }

    #[test]
    fn keys_that_are_no_filter_are_ignored() {
        let query =
            [("limit", "5"), ("name__gt", "x"), ("owner", "x"), ("collected_at", "x"), ("", "")];
        assert_eq!(parse(FIELDS, query), Ok(vec![]));
    }

    #[test]
    fn a_nested_field_is_not_mistaken_for_an_operator() {
        let conditions = parse(FIELDS, [("balance__available__gte", "10.50")]).expect("good");
        assert_eq!(conditions[0].field.name, "balance__available");
        assert_eq!(conditions[0].test, Test::Gte(Value::Amount(Amount::cents(1050))));
    }

    #[test]
    fn null_is_asked_for_only_where_it_can_be() {
        assert_eq!(one("refresh_rate", "null"), Ok(Test::IsNull));
        assert!(one("status", "null").is_err());
    }

    #[test]
    fn a_partial_match_is_written_like_equality() {
        assert_eq!(one("display_name", "bank"), Ok(Test::Contains("bank".into())));
        assert_eq!(one("name__icontains", "bank"), Ok(Test::Contains("bank".into())));
        assert_eq!(one("resources__allin", "A,B"), Ok(Test::HasAll(vec!["A".into(), "B".into()])));
    }

    #[test]
    fn a_page_is_clamped_or_refused() {
        let page = |query: &[(&'static str, &'static str)]| Page::parse(query.iter().copied(), 10);
        assert_eq!(page(&[]), Ok(Page { number: 1, size: 10 }));
        assert_eq!(
            page(&[("page", "3"), ("page_size", "5000")]),
            Ok(Page { number: 3, size: 1000 })
        );
        assert_eq!(
            page(&[("page_size", "99999999999999999999999")]),
            Ok(Page { number: 1, size: 1000 })
        );
        for bad in ["0", "-1", "x", "", "1.5"] {
            assert!(matches!(page(&[("page_size", bad)]), Err(BadPage::Size(_))), "{bad}");
        }
        for bad in ["0", "-1", "last", "", "5000000000"] {
            assert_eq!(page(&[("page", bad)]), Err(BadPage::NotFound), "{bad}");
        }
    }

    #[test]
    fn pages_cover_a_list_exactly() {
        let page = |number| Page { number, size: 10 };
        assert!(page(1).exists(0) && !page(1).has_next(0) && !page(2).exists(0));
        assert!(!page(1).has_next(10) && page(1).has_next(11));
        assert!(!page(2).exists(10) && page(2).exists(11) && !page(2).has_next(20));
    }

    #[test]
    fn a_projection_takes_fields_and_then_omits() {
        let query = [("fields", "id,name"), ("fields", "balance"), ("omit", "name,unknown")];
        let projection = Projection::parse(query);
        assert_eq!(
            ["id", "name", "balance", "type"].map(|k| projection.shows(k)),
            [true, false, true, false]
        );
        assert!(Projection::parse([("fields", ""), ("omit", ",")]).is_whole());
    }

    /// What a store would answer: `value` is one JSON value of a record, read by the field's kind.
    fn passes(condition: &Condition, value: &serde_json::Value) -> bool {
        let text = value.as_str().map(String::from);
        let own = match condition.field.kind {
            Kind::Amount => {
                value.as_number().map(|n| Value::Amount(n.to_string().parse().expect("a number")))
            }
            Kind::Integer | Kind::Year => value.as_i64().map(Value::Integer),
            kind => text.clone().map(|text| point(kind, &text).expect("a stored value")),
        };
        match (&condition.test, own) {
            (Test::IsNull, own) => own.is_none(),
            (Test::NotIn(others), own) => own.is_none_or(|own| !others.contains(&own)),
            (_, None) => false,
            (Test::Is(other), Some(own)) => own == *other,
            (Test::Gt(other), Some(own)) => order(&own, other).is_gt(),
            (Test::Gte(other), Some(own)) => order(&own, other).is_ge(),
            (Test::Lt(other), Some(own)) => order(&own, other).is_lt(),
            (Test::Lte(other), Some(own)) => order(&own, other).is_le(),
            (Test::Between(from, to), Some(own)) => {
                order(&own, from).is_ge() && order(&own, to).is_le()
            }
            (Test::In(others), Some(own)) => others.contains(&own),
            (Test::Contains(part), Some(_)) => {
                text.is_some_and(|text| text.to_lowercase().contains(&part.to_lowercase()))
            }
            (Test::HasAll(_), Some(_)) => unreachable!("no list among the values"),
        }
    }
    fn order(left: &Value, right: &Value) -> std::cmp::Ordering {
        match (left, right) {
            (Value::Amount(left), Value::Amount(right)) => left.cmp(right),
            (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
            (Value::Date(left), Value::Date(right)) => left.cmp(right),
            (Value::Instant(left), Value::Instant(right)) => left.cmp(right),
            _ => unreachable!("two values of one kind that has an order"),
        }
    }
    /// What a reader of the contract would expect, from the query's own words.
    fn expected<T: PartialOrd>(operator: &str, own: &T, others: &[T]) -> bool {
        match operator {
            "" => *own == others[0],
            "__gt" => *own > others[0],
            "__gte" => *own >= others[0],
            "__lt" => *own < others[0],
            "__lte" => *own <= others[0],
            "__range" => others[0] <= *own && *own <= others[1],
            "__in" => others.contains(own),
            "__not_in" => !others.contains(own),
            _ => unreachable!("an operator of these tests"),
        }
    }
    fn ask(key: &str, operator: &str, values: &[String]) -> Condition {
        let values = if ["__range", "__in", "__not_in"].contains(&operator) {
            values.join(",")
        } else {
            values[0].clone()
        };
        let key = format!("{key}{operator}");
        parse(FIELDS, [(key.as_str(), values.as_str())]).expect("a good filter").remove(0)
    }

    fn comparison() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["", "__gt", "__gte", "__lt", "__lte", "__range"])
    }
    fn a_date() -> impl Strategy<Value = String> {
        (2024..2027, 1..=12, 1..=28).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}"))
    }
    fn an_instant() -> impl Strategy<Value = String> {
        let edges = prop::sample::select(vec![
            "00:00:00.000000",
            "00:00:00.000001",
            "12:30:15.250000",
            "23:59:59.999999",
        ]);
        (a_date(), edges).prop_map(|(date, time)| format!("{date}T{time}Z"))
    }

    proptest! {
        #[test]
        fn amounts_pass_as_their_cents_compare(
            operator in comparison(), own in -300..300_i64, others in prop::array::uniform2(-300..300_i64)
        ) {
            let words = others.map(|cents| Amount::cents(cents).to_string());
            let own_json = serde_json::to_value(Amount::cents(own)).expect("json");
            let condition = ask("balance", operator, &words);
            prop_assert_eq!(passes(&condition, &own_json), expected(operator, &own, &others));
            prop_assert!(!passes(&condition, &serde_json::Value::Null));
        }
        #[test]
        fn integers_pass_as_they_compare(
            operator in comparison(), own in 2019..2023_i64, others in prop::array::uniform2(2019..2023_i64)
        ) {
            for field in ["count", "year"] {
                let condition = ask(field, operator, &others.map(|other| other.to_string()));
                prop_assert_eq!(passes(&condition, &own.into()), expected(operator, &own, &others));
            }
        }
        #[test]
        fn days_pass_as_their_text_compares(
            operator in comparison(), own in a_date(), others in prop::array::uniform2(a_date())
        ) {
            let condition = ask("value_date", operator, &others);
            prop_assert_eq!(passes(&condition, &own.clone().into()), expected(operator, &own, &others));
        }
        #[test]
        fn instants_pass_as_their_text_compares(
            operator in comparison(), own in an_instant(), others in prop::array::uniform2(an_instant())
        ) {
            let condition = ask("created_at", operator, &others);
            prop_assert_eq!(passes(&condition, &own.clone().into()), expected(operator, &own, &others));
        }
        #[test]
        fn instants_pass_a_day_as_their_own_day_compares(
            operator in comparison(), own in an_instant(), others in prop::array::uniform2(a_date())
        ) {
            let condition = ask("created_at", operator, &others);
            let day = own[..10].to_owned();
            prop_assert_eq!(passes(&condition, &own.into()), expected(operator, &day, &others));
        }
        #[test]
        fn words_pass_as_they_are_listed(
            own in "[a-c]{1,2}", others in prop::collection::vec("[a-c]{1,2}", 1..5)
        ) {
            for (key, operator) in [("name", ""), ("owner", "__in"), ("created_by", "__not_in")] {
                let condition = ask(key, operator, &others);
                prop_assert_eq!(passes(&condition, &own.clone().into()), expected(operator, &own, &others));
            }
            let condition = ask("display_name", "", &others);
            prop_assert_eq!(passes(&condition, &own.to_uppercase().into()), own.contains(&others[0]));
        }
        #[test]
        fn no_query_panics_and_every_key_gets_its_verdict(
            query in prop::collection::vec((a_key(), "[0-9T:Z,. +-]{0,30}|null|.{0,30}"), 0..20)
        ) {
            let query = || query.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let known: BTreeSet<&str> = query()
                .map(|(key, _)| key)
                .filter(|key| FIELDS.iter().any(|field| field.operator(key).is_some()))
                .collect();
            match parse(FIELDS, query()) {
                Ok(conditions) => prop_assert_eq!(conditions.len(), known.len()),
                Err(bad) => {
                    prop_assert!(!bad.is_empty() && bad.len() <= known.len());
                    for bad in bad {
                        prop_assert!(known.contains(bad.field.as_str()));
                        prop_assert!(["invalid", "invalid_choice"].contains(&bad.code));
                    }
                }
            }
            drop(Projection::parse(query()));
            if let Ok(page) = Page::parse(query(), 10) {
                prop_assert!(page.number >= 1 && (1..=Page::LARGEST).contains(&page.size));
                prop_assert!(page.offset() < u64::MAX);
            }
        }
    }
    fn a_key() -> impl Strategy<Value = String> {
        let name = prop::sample::select(FIELDS.iter().map(|field| field.name).collect::<Vec<_>>());
        let operator = prop::sample::select(vec![
            "",
            "__gt",
            "__gte",
            "__lt",
            "__lte",
            "__range",
            "__in",
            "__not_in",
            "__icontains",
            "__allin",
        ]);
        prop_oneof![
            8 => (name, operator).prop_map(|(name, operator)| format!("{name}{operator}")),
            1 => Just("page".to_owned()),
            1 => Just("page_size".to_owned()),
            1 => Just("fields".to_owned()),
            1 => ".{0,12}",
        ]
    }
}
