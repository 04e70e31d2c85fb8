//! How domain values are written into columns and read back. Portable types only: ids, integers,
//! text, bytes, truth; instants are microseconds since 1970 and days are days since 1970.

use crate::{Error, error::Worded};
use domain::ids::{
    AuditId, BelowLink, Bucket, CommitId, DeliveryId, EndpointId, EntryId, EventId, Id, JobId,
    KeyId, LinkId, NodeId, OperatorId, RecordId, RequestId, SessionId, TenantId,
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};
use std::str::FromStr;
use uuid::Uuid;

/// A value on its way into a statement.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(Option<i64>),
    Small(Option<i16>),
    Bool(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Id(Option<Uuid>),
}

/// The values of a statement, in the order of its `$1, $2, …`.
macro_rules! values { ($($value:expr),* $(,)?) => { vec![$($crate::value::Value::from($value)),*] } }
pub(crate) use values;

macro_rules! written { ($($kind:ident: $($type:ty => |$value:ident| $stored:expr),+;)+) => { $($(
    impl From<$type> for Value {
        fn from($value: $type) -> Self { Self::$kind(Some($stored)) }
    }
    impl From<Option<$type>> for Value {
        fn from(value: Option<$type>) -> Self { Self::$kind(value.map(|$value| $stored)) }
    }
)+)+ } }
written! {
    Int:
        i64 => |n| n,
        u32 => |n| n.into(),
        u64 => |n| i64::try_from(n).unwrap_or(i64::MAX),
        Timestamp => |at| at.as_microsecond(),
        Date => |day| days(day);
    Small: Bucket => |bucket| i16::try_from(bucket.number()).unwrap_or(i16::MAX);
    Bool: bool => |truth| truth;
    Text:
        &str => |text| text.to_owned(),
        String => |text| text,
        &String => |text| text.clone();
    Bytes:
        &[u8] => |bytes| bytes.to_vec(),
        Vec<u8> => |bytes| bytes,
        &Vec<u8> => |bytes| bytes.clone(),
        &[u8; 32] => |bytes| bytes.to_vec();
    Id: Uuid => |id| id;
}
macro_rules! ids { ($($id:ident),*) => {
    written! { Id: $($id => |id| id.into()),*; }
    $(impl Column for $id {
        fn read(row: &Row, column: &'static str) -> Result<Self, Error> {
            Uuid::read(row, column).map(Self::from)
        }
        fn read_at(row: &Row, index: usize) -> Result<Self, Error> {
            Uuid::read_at(row, index).map(Self::from)
        }
    }
    impl Column for Option<$id> {
        fn read(row: &Row, column: &'static str) -> Result<Self, Error> {
            Ok(Option::<Uuid>::read(row, column)?.map($id::from))
        }
        fn read_at(row: &Row, index: usize) -> Result<Self, Error> {
            Ok(Option::<Uuid>::read_at(row, index)?.map($id::from))
        }
    })*
} }

/// Days since 1970-01-01.
pub(crate) fn days(day: Date) -> i64 {
    jiff::civil::date(1970, 1, 1).until(day).map_or(i64::MAX, |span| span.get_days().into())
}
/// The day that is so many days after 1970-01-01.
fn day(days: i64) -> Option<Date> {
    let span = jiff::Span::new().try_days(days).ok()?;
    jiff::civil::date(1970, 1, 1).checked_add(span).ok()
}

/// A row on its way out.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}
impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}
impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}

/// A type that a column can hold.
pub(crate) trait Column: Sized {
    /// From the column of that name.
    fn read(row: &Row, column: &'static str) -> Result<Self, Error>;
    /// From the column at that place.
    fn read_at(row: &Row, index: usize) -> Result<Self, Error>;
}

impl Row {
    /// The value of a column.
    pub(crate) fn get<T: Column>(&self, column: &'static str) -> Result<T, Error> {
        T::read(self, column)
    }
    /// The value of the column at that place: faster, for lists of thousands.
    pub(crate) fn at<T: Column>(&self, index: usize) -> Result<T, Error> {
        T::read_at(self, index)
    }
    /// A column that holds the text of a `T`.
    pub(crate) fn parsed<T>(&self, column: &'static str) -> Result<T, Error>
    where
        T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
    {
        let text: String = self.get(column)?;
        text.parse().map_err(|e| corrupt(column, e))
    }
    /// A column that may hold the text of a `T`.
    pub(crate) fn maybe_parsed<T>(&self, column: &'static str) -> Result<Option<T>, Error>
    where
        T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
    {
        let text: Option<String> = self.get(column)?;
        text.map(|text| text.parse().map_err(|e| corrupt(column, e))).transpose()
    }
    /// A column that holds the JSON of a `T`. The query reads it as `cast(… as text)`.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<T, Error> {
        let text: String = self.get(column)?;
        serde_json::from_str(&text).map_err(|e| corrupt(column, e))
    }
    /// A column that may hold the JSON of a `T`.
    pub(crate) fn maybe_json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, Error> {
        let text: Option<String> = self.get(column)?;
        text.map(|text| serde_json::from_str(&text).map_err(|e| corrupt(column, e))).transpose()
    }
}

/// A stored value that cannot be what it should be.
pub(crate) fn corrupt(
    column: impl Into<String>,
    cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::Corrupt { column: column.into(), cause: cause.into() }
}

macro_rules! read { ($($type:ty),*) => { $(impl Column for $type {
    fn read(row: &Row, column: &'static str) -> Result<Self, Error> {
        let value = match row {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        };
        value.map_err(|e| corrupt(column, Worded(e)))
    }
    fn read_at(row: &Row, index: usize) -> Result<Self, Error> {
        let value = match row {
            Row::Sqlite(row) => row.try_get(index),
            Row::Postgres(row) => row.try_get(index),
        };
        value.map_err(|e| corrupt(format!("column {index}"), Worded(e)))
    }
})* } }
read!(i64, bool, String, Vec<u8>, Uuid);
read!(Option<i64>, Option<bool>, Option<String>, Option<Vec<u8>>, Option<Uuid>);

/// Types that are stored as integers.
macro_rules! from_integer { ($($type:ty => |$n:ident| $value:expr),* $(,)?) => { $(
    impl Column for $type {
        fn read(row: &Row, column: &'static str) -> Result<Self, Error> {
            let $n = i64::read(row, column)?;
            $value.ok_or_else(|| corrupt(column, "out of range"))
        }
        fn read_at(row: &Row, index: usize) -> Result<Self, Error> {
            let $n = i64::read_at(row, index)?;
            $value.ok_or_else(|| corrupt(format!("column {index}"), "out of range"))
        }
    }
    impl Column for Option<$type> {
        fn read(row: &Row, column: &'static str) -> Result<Self, Error> {
            let n = Option::<i64>::read(row, column)?;
            n.map(|$n| $value.ok_or_else(|| corrupt(column, "out of range"))).transpose()
        }
        fn read_at(row: &Row, index: usize) -> Result<Self, Error> {
            let n = Option::<i64>::read_at(row, index)?;
            n.map(|$n| $value.ok_or_else(|| corrupt(format!("column {index}"), "out of range")))
                .transpose()
        }
    }
)* } }
from_integer! {
    u32 => |n| u32::try_from(n).ok(),
    u64 => |n| u64::try_from(n).ok(),
    Timestamp => |n| Timestamp::from_microsecond(n).ok(),
    Date => |n| day(n),
}
ids!(
    TenantId, KeyId, LinkId, SessionId, RecordId, JobId, CommitId, EntryId, EndpointId, EventId,
    DeliveryId, RequestId, NodeId, AuditId, OperatorId
);

/// The items of a batch as one JSON parameter. Ids in it are 32 hex digits, for `unhex`.
pub(crate) fn batch<T: Serialize>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<T> = items.into_iter().collect();
    serde_json::to_string(&items).unwrap_or_else(|_| String::from("[]"))
}

/// Ids as a batch.
pub(crate) fn hex<T: Id>(ids: &[T]) -> String {
    #[derive(Serialize)]
    struct Named {
        id: String,
    }
    batch(ids.iter().map(|&id| Named { id: simple(id) }))
}

/// Names as a batch.
pub(crate) fn names(names: &[&str]) -> String {
    #[derive(Serialize)]
    struct Named<'a> {
        name: &'a str,
    }
    batch(names.iter().map(|&name| Named { name }))
}

/// Ids with the buckets that they lie in, as a batch.
pub(crate) fn places<T: BelowLink>(ids: &[T]) -> String {
    #[derive(Serialize)]
    struct Place {
        bucket: u16,
        id: String,
    }
    batch(ids.iter().map(|&id| Place { bucket: bucket(id).number(), id: simple(id) }))
}

/// Rows of `bucket, id, fence` as a batch, for a claim that compares the fences again.
pub(crate) fn fenced(rows: &[Row]) -> Result<String, Error> {
    #[derive(Serialize)]
    struct Fenced {
        bucket: u16,
        id: String,
        fence: u64,
        place: usize,
    }
    let rows = rows.iter().zip(1..).map(|(row, place)| {
        let id: RecordId = row.get("id")?;
        Ok(Fenced { bucket: id.bucket().number(), id: id.hex(), fence: row.get("fence")?, place })
    });
    Ok(batch(rows.collect::<Result<Vec<_>, Error>>()?))
}

fn simple(id: impl Id) -> String {
    id.into().simple().to_string()
}

/// The bucket that any id below a link carries in the same place.
fn bucket(id: impl BelowLink) -> Bucket {
    RecordId::from(id.into()).bucket()
}
