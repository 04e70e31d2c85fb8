//! Institutions and the connectors that speak to them.

use super::{
    frame::{Frame, Pager, maybe_when, page_of, shown},
    visitor::Desk,
};
use crate::{App, problem::Problem, query::Query};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    filter::{Condition, Field, IS, PARTIAL, Source, parse},
    institution::Health,
    link::Status,
};
use engine::institutions::Standing;

/// What can be searched for.
static FILTERS: &[Field] = &[
    Field::text("name", PARTIAL, Source::Column("name")),
    Field::word("status", Health::WORDS, IS, Source::Column("status")),
];

#[derive(Template)]
#[template(path = "console/institutions.html")]
struct Institutions {
    frame: Frame,
    name: String,
    status: String,
    rows: Vec<Row>,
    pager: Pager,
}

/// An institution in a list.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) healthy: bool,
    pub(super) reason: String,
    pub(super) connector: String,
    pub(super) failures: u32,
    pub(super) rests_until: String,
    pub(super) links: u64,
    pub(super) valid: u64,
}

/// What a list says of an institution.
pub(super) fn row(standing: Standing) -> Row {
    let Standing { institution, reason, connector, failures, rests_until, links } = standing;
    Row {
        healthy: institution.status == Health::Healthy,
        name: institution.name,
        display_name: institution.display_name,
        reason: match reason.as_deref() {
            Some("breaker") => "failed for everybody; left alone for a while".into(),
            Some("removed") => "its connector is not offered".into(),
            Some(said) => said.into(),
            None => String::new(),
        },
        connector: connector
            .map_or_else(|| "nobody".into(), |(name, version)| format!("{name} {version}")),
        failures,
        rests_until: maybe_when(rests_until),
        links: links.values().sum(),
        valid: links.get(&Status::Valid).copied().unwrap_or(0),
    }
}

/// The conditions that a search form asks for; what was left empty asks for nothing.
pub(super) fn conditions(
    query: &Query,
    fields: &'static [Field],
) -> Result<Vec<Condition>, Problem> {
    Ok(parse(fields, query.pairs().filter(|(_, value)| !value.trim().is_empty()))?)
}

pub(super) async fn list(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_of(&query)?;
    let conditions = conditions(&query, FILTERS)?;
    let listed = app.engine.standings(desk.tenant.id, &conditions, page).await?;
    let said = |key| query.value(key).unwrap_or_default().to_owned();
    shown(&Institutions {
        pager: Pager::new(&query, page, listed.count, listed.items.len()),
        rows: listed.items.into_iter().map(row).collect(),
        name: said("name"),
        status: said("status"),
        frame: desk.frame(&app, "institutions"),
    })
}
