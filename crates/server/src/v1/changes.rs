//! `/v1/changes/`: every accepted change, once, in an order that a reader with a cursor can follow.

use crate::{
    App,
    caller::Caller,
    operation::{Operation, get},
    problem::{Item, Problem},
    query::{Query, json, shown},
};
use axum::{extract::State, http::StatusCode, response::Response};
use engine::changes::{Cursor, Entry, LONGEST_WAIT, MOST};
use jiff::SignedDuration;
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, Type},
};
use uuid::Uuid;

/// One change.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes engine::changes::Entry")]
struct Change {
    /// The cursor just after it.
    cursor: String,
    /// `created`, `updated` or `deleted`.
    kind: String,
    /// The resource's name, or `LINK`.
    resource: String,
    /// The record, or the link.
    id: Uuid,
    /// The link.
    link: Uuid,
}

/// The changes after a cursor.
#[derive(Serialize, ToSchema)]
struct Changes {
    /// Where to go on: after the last of `results`, or where the reader stood.
    cursor: String,
    /// Where more changes are known to wait; null when the reader has them all.
    next: Option<String>,
    /// Oldest first.
    #[schema(value_type = Vec<Change>)]
    results: Vec<Entry>,
}

pub(crate) fn operations() -> Vec<Operation> {
    let number = || ObjectBuilder::new().schema_type(Type::Integer);
    vec![
        get("/v1/changes/", "list_changes", "Lists what changed after a cursor", list)
            .says("A cursor never expires. A reader that goes on from the last one misses nothing.")
            .query(
                "cursor",
                "Where the reader stands; nothing for the beginning.",
                ObjectBuilder::new().schema_type(Type::String),
            )
            .query(
                "wait",
                "How many seconds to wait for the first change, 60 at most.",
                number().minimum(Some(0)).maximum(Some(60)),
            )
            .query(
                "page_size",
                "The most changes to answer with.",
                number().minimum(Some(1)).maximum(Some(MOST)),
            )
            .schema_of::<Change>()
            .answers_one::<Changes>(200, "What changed.")
            .errors(&[400]),
    ]
}

async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let invalid = |field, message| Problem::bad(vec![Item::new("invalid", message).at(field)]);
    let stood = query.value("cursor").unwrap_or_default().trim();
    let cursor = Cursor::parse(stood)
        .ok_or_else(|| invalid("cursor", "This is not a cursor that was given out here."))?;
    let wait = query.value("wait").map_or(Ok(0), str::parse::<u16>);
    let wait = wait.map_err(|_| invalid("wait", "A valid number of seconds is required."))?;
    let wait = SignedDuration::from_secs(wait.into()).min(LONGEST_WAIT);
    let limit = query.page()?.size.min(MOST);
    let results = app.engine.changes(caller.engine.tenant, cursor, limit, wait).await?;
    let last = results.last().map_or_else(|| cursor.text(), |entry| entry.cursor.clone());
    let full = u32::try_from(results.len()).is_ok_and(|found| found >= limit);
    let next = full.then(|| query.with("cursor", &last));
    Ok(json(StatusCode::OK, shown(&Changes { cursor: last, next, results })?))
}
