//! The resources, one file each.

use crate::{
    record::BadItem,
    resource::{Envelope, Resource},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use utoipa::{
    ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{AnyOfBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type},
    },
};

pub mod accounts;
pub mod balance_snapshots;
pub mod balances;
pub mod owners;
pub mod transactions;

/// Every resource, in the order in which a load reads them.
pub(crate) static ALL: &[&Resource] = &[
    &owners::OWNERS,
    &accounts::ACCOUNTS,
    &transactions::TRANSACTIONS,
    &balances::BALANCES,
    &balance_snapshots::BALANCE_SNAPSHOTS,
];

/// The institution's item as the resource's struct.
fn parse<T: DeserializeOwned>(resource: &Resource, item: &RawValue) -> Result<T, BadItem> {
    let mut json = serde_json::Deserializer::from_str(item.get());
    serde_path_to_error::deserialize(&mut json).map_err(|error| BadItem {
        resource: resource.name,
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
    // Only what we expected is ours, and it stands last.
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => "unreadable".into(),
    }
}

fn bad(resource: &Resource, path: &str, problem: &str) -> BadItem {
    BadItem { resource: resource.name, path: path.into(), problem: problem.into() }
}

/// The record's body: keys in the order of the struct, so that equal records are equal texts.
fn body<T: Serialize>(resource: &Resource, record: &T) -> Result<String, BadItem> {
    serde_json::to_string(record).map_err(|_| bad(resource, ".", "cannot be written as JSON"))
}

/// The schemas of a record as the API serves it: the institution's keys and the platform's.
fn served<T: ToSchema>(resource: &Resource) -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![(T::name().into_owned(), with_envelope(resource, T::schema()))];
    T::schemas(&mut schemas);
    if resource.embeds_account {
        schemas.extend((accounts::ACCOUNTS.schemas)());
    }
    let mut seen = std::collections::BTreeSet::new();
    schemas.retain(|(name, _)| seen.insert(name.clone()));
    schemas
}

fn with_envelope(resource: &Resource, schema: RefOr<Schema>) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(mut object)) = schema else { return schema };
    let text = |format| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(format)))
    };
    for part in resource.envelope {
        let (key, says, schema) = match part {
            Envelope::Id => ("id", "The record's own id.", text(KnownFormat::Uuid)),
            Envelope::Link => ("link", "The link it was read through.", text(KnownFormat::Uuid)),
            Envelope::AccountId => ("account_id", "Its account.", text(KnownFormat::Uuid)),
            Envelope::CollectedAt => {
                ("collected_at", "When it was last read.", text(KnownFormat::DateTime))
            }
            Envelope::CreatedAt => {
                ("created_at", "When it was stored or last changed.", text(KnownFormat::DateTime))
            }
            Envelope::LastAccessedAt => (
                "last_accessed_at",
                "When its link last reached the institution.",
                text(KnownFormat::DateTime).schema_type(
                    utoipa::openapi::schema::SchemaType::from_iter([Type::String, Type::Null]),
                ),
            ),
            Envelope::Institution => (
                "institution",
                "The institution that keeps it.",
                ObjectBuilder::new()
                    .property("name", ObjectBuilder::new().schema_type(Type::String))
                    .property("type", ObjectBuilder::new().schema_type(Type::String)),
            ),
        };
        object.properties.insert(key.into(), schema.description(Some(says)).build().into());
    }
    for &key in resource.documents.iter().flat_map(|documents| documents.keys) {
        let document = ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("The document in base64; null unless it was asked for."));
        object.properties.insert(key.into(), document.build().into());
    }
    if resource.embeds_account {
        let account = AnyOfBuilder::new()
            .description(Some("The account that it belongs to."))
            .item(Ref::from_schema_name(accounts::Account::name()))
            .item(ObjectBuilder::new().schema_type(Type::Null));
        object.properties.insert("account".into(), Schema::AnyOf(account.build()).into());
    }
    RefOr::T(Schema::Object(object))
}

#[cfg(test)]
mod tests;
