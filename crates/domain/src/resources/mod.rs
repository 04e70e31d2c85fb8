//! The resources, one file each.

use crate::{
    record::{BadItem, Facts, Item},
    resource::{DocumentsShown, Envelope, Parent, Resource, Shown},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use utoipa::{
    ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{
            AnyOfBuilder, ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat,
            SchemaType, Type,
        },
    },
};

pub mod accounts;
pub mod balance_snapshots;
pub mod balances;
pub mod bills;
pub mod consents;
pub mod current_employments;
pub mod debt_reports;
pub mod employment_metrics;
pub mod employment_records;
pub mod employments_brazil;
pub mod employments_colombia;
pub mod exchange_events;
pub mod exchanges;
pub mod financial_statements;
pub mod incomes;
pub mod instrument_transactions;
pub mod investment_transactions;
pub mod investments;
pub mod invoices;
pub mod invoices_chile;
pub mod invoices_colombia;
pub mod owners;
pub mod portfolios;
pub mod receivables;
pub mod recurring_expenses;
pub mod risk_insights;
pub mod statements;
pub mod tax_compliance_status;
pub mod tax_declarations;
pub mod tax_retentions;
pub mod tax_returns;
pub mod tax_status;
pub mod tax_status_chile;
pub mod transactions;

/// Every resource, in the order in which a load reads them.
pub(crate) static ALL: &[&Resource] = &[
    &owners::OWNERS,
    &accounts::ACCOUNTS,
    &transactions::TRANSACTIONS,
    &balances::BALANCES,
    &balance_snapshots::BALANCE_SNAPSHOTS,
    &bills::BILLS,
    &statements::STATEMENTS,
    &investments::INVESTMENTS,
    &investment_transactions::INVESTMENT_TRANSACTIONS,
    &portfolios::PORTFOLIOS,
    &instrument_transactions::INSTRUMENT_TRANSACTIONS,
    &receivables::RECEIVABLES,
    &exchanges::EXCHANGES,
    &exchange_events::EXCHANGE_EVENTS,
    &consents::CONSENTS,
    &incomes::INCOMES,
    &recurring_expenses::RECURRING_EXPENSES,
    &risk_insights::RISK_INSIGHTS,
    &employment_records::EMPLOYMENT_RECORDS,
    &current_employments::CURRENT_EMPLOYMENTS,
    &employment_metrics::EMPLOYMENT_METRICS,
    &employments_brazil::EMPLOYMENTS_BRAZIL,
    &employments_colombia::EMPLOYMENTS_COLOMBIA,
    &invoices::INVOICES,
    &invoices_chile::INVOICES_CHILE,
    &tax_returns::TAX_RETURNS,
    &tax_declarations::TAX_DECLARATIONS,
    &tax_status::TAX_STATUS,
    &tax_status_chile::TAX_STATUS_CHILE,
    &debt_reports::DEBT_REPORTS,
    &tax_compliance_status::TAX_COMPLIANCE_STATUS,
    &tax_retentions::TAX_RETENTIONS,
    &financial_statements::FINANCIAL_STATEMENTS,
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
    let mut text = serde_json::to_string(record)
        .map_err(|_| bad(resource, ".", "cannot be written as JSON"))?;
    // Many of them wait until a reading is whole.
    text.shrink_to_fit();
    Ok(text)
}

/// What tells one edition of a document from another: a hash (FNV-1a) of what it says.
fn edition<T: Serialize>(resource: &Resource, said: &T) -> Result<String, BadItem> {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0100_0000_0000_0000_0000_013b;
    let text = body(resource, said)?;
    let hash = text.bytes().fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    Ok(format!("{hash:032x}"))
}

/// What was computed, as it stands: it is ours and has the contract's shape.
fn computed(item: &RawValue, facts: Facts, key: Option<String>) -> Item {
    Item { account: key, source_id: None, facts, day: None, body: item.get().into() }
}

/// The schemas of a record as the API serves it: the institution's keys and the platform's.
fn served<T: ToSchema>(resource: &Resource) -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![(T::name().into_owned(), with_envelope(resource, T::schema()))];
    T::schemas(&mut schemas);
    if let Some(parent) = resource.belongs_to.filter(|parent| parent.shown.key().is_some()) {
        schemas.extend((parent.resource.schemas)());
    }
    let mut seen = std::collections::BTreeSet::new();
    schemas.retain(|(name, _)| seen.insert(name.clone()));
    schemas
}

/// The schemas of a record that has several shapes: under `name` it is any of them.
fn any_of(
    name: &str,
    says: &str,
    shapes: impl IntoIterator<Item = Vec<(String, RefOr<Schema>)>>,
) -> Vec<(String, RefOr<Schema>)> {
    let mut any = AnyOfBuilder::new().description(Some(says));
    let mut below = Vec::new();
    for shape in shapes {
        if let Some((name, _)) = shape.first() {
            any = any.item(Ref::from_schema_name(name.clone()));
        }
        below.extend(shape);
    }
    let mut schemas = vec![(name.to_owned(), Schema::AnyOf(any.build()).into())];
    schemas.extend(below);
    let mut seen = std::collections::BTreeSet::new();
    schemas.retain(|(name, _)| seen.insert(name.clone()));
    schemas
}

fn with_envelope(resource: &Resource, schema: RefOr<Schema>) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(mut object)) = schema else { return schema };
    for part in resource.envelope {
        for key in part.keys() {
            object.properties.insert((*key).into(), of_platform(*part, key).into());
        }
    }
    if let Some(documents) = &resource.documents {
        for &key in documents.keys() {
            object.properties.insert(key.into(), document(documents.shown).into());
        }
    }
    if let Some(parent) = resource.belongs_to
        && let Some(key) = parent.shown.key()
        && let Some(schema) = shown(&parent)
    {
        let parent = AnyOfBuilder::new()
            .description(Some("What it belongs to."))
            .item(schema)
            .item(ObjectBuilder::new().schema_type(Type::Null));
        object.properties.insert(key.into(), Schema::AnyOf(parent.build()).into());
    }
    RefOr::T(Schema::Object(object))
}

/// What is under a key that shows documents.
fn document(shown: DocumentsShown) -> Schema {
    let text = |nullable: bool| {
        let types: SchemaType =
            [Type::String].into_iter().chain(nullable.then_some(Type::Null)).collect();
        ObjectBuilder::new().schema_type(types)
    };
    match shown {
        DocumentsShown::Apart => text(true)
            .description(Some("The document in base64; null unless it was asked for."))
            .build()
            .into(),
        DocumentsShown::Listed(_) => {
            let one = ObjectBuilder::new()
                .property("type", text(false).description(Some("What it is.")))
                .property("value", text(true).description(Some("The document in base64.")));
            let list = ArrayBuilder::new()
                .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
                .items(one)
                .description(Some("The documents; null unless they were asked for."));
            list.build().into()
        }
    }
}

/// What is under one of the platform's keys.
fn of_platform(part: Envelope, key: &str) -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let format = |format| text().format(Some(SchemaFormat::KnownFormat(format)));
    let (says, schema) = match part {
        Envelope::Id => ("The record's own id.", format(KnownFormat::Uuid)),
        Envelope::Link | Envelope::LinkId => {
            ("The link it was read through.", format(KnownFormat::Uuid))
        }
        // Of these it has no keys of its own.
        Envelope::Parent(_) | Envelope::Pointer(_) | Envelope::Passing(_) => {
            ("What it belongs to.", format(KnownFormat::Uuid))
        }
        Envelope::CollectedAt => ("When it was last read.", format(KnownFormat::DateTime)),
        Envelope::CreatedAt => {
            ("When it was stored or last changed.", format(KnownFormat::DateTime))
        }
        Envelope::LastAccessedAt => (
            "When its link last reached the institution.",
            format(KnownFormat::DateTime)
                .schema_type(SchemaType::from_iter([Type::String, Type::Null])),
        ),
        Envelope::Computations => (
            if key == "created_at" {
                "When it was first computed."
            } else {
                "When it was last computed."
            },
            format(KnownFormat::DateTime),
        ),
        Envelope::Institution => (
            "The institution that keeps it.",
            ObjectBuilder::new().property("name", text()).property("type", text()),
        ),
        Envelope::InstitutionName => ("What people call the institution.", text()),
        Envelope::InstitutionFace => match key {
            "institution_icon_logo" => ("Where the institution's icon is.", text()),
            "institution_display_name" => ("What people call the institution.", text()),
            _ => ("The institution's name.", text()),
        },
    };
    schema.description(Some(says)).build().into()
}

/// What a record shows of what it belongs to.
fn shown(parent: &Parent) -> Option<RefOr<Schema>> {
    let (name, whole) = (parent.resource.schemas)().into_iter().next()?;
    match (parent.shown, whole) {
        (Shown::Brief(_, keys), RefOr::T(Schema::Object(whole))) => {
            let brief = keys.iter().filter_map(|key| Some((*key, whole.properties.get(*key)?)));
            let brief = brief.fold(ObjectBuilder::new(), |brief, (key, schema)| {
                brief.property(key, schema.clone())
            });
            Some(Schema::Object(brief.build()).into())
        }
        _ => Some(Ref::from_schema_name(name).into()),
    }
}

#[cfg(test)]
mod tests;
