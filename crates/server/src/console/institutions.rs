//! Institutions and the connectors that speak to them, and closing one for everybody.

use super::{
    form::Act,
    frame::{Frame, maybe_when, shown, when},
    list::{List, conditions},
    visitor::{Desk, Numbered},
};
use crate::{App, problem::Problem, query::Query};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    filter::{Condition, Field, IS, PARTIAL, Page, Source, Test, Value},
    institution::{Closure, Health},
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
    list: List<Row>,
}

/// An institution in a list.
pub(super) struct Row {
    id: i64,
    pub(super) name: String,
    display_name: String,
    healthy: bool,
    pub(super) reason: String,
    /// Whether an operator has closed it, and until when.
    closed: bool,
    until: String,
    connector: String,
    failures: u32,
    rests_until: String,
    pub(super) links: u64,
    valid: u64,
}

/// What a list says of an institution.
pub(super) fn row(standing: Standing) -> Row {
    let Standing { institution, reason, closure, connector, failures, rests_until, links } =
        standing;
    let until = closure.as_ref().and_then(|word| word.until);
    Row {
        id: institution.id,
        healthy: institution.status == Health::Healthy,
        name: institution.name,
        display_name: institution.display_name,
        reason: match reason.as_deref() {
            _ if closure.is_some() => {
                let until = until.map(|until| format!(" until {}", when(until)));
                let reason = reason.unwrap_or_default();
                format!("closed by an operator{}: {reason}", until.unwrap_or_default())
            }
            Some("breaker") => "failed for everybody; left alone for a while".into(),
            Some("removed") => "its connector is not offered".into(),
            Some(said) => said.into(),
            None => String::new(),
        },
        closed: closure.is_some(),
        until: maybe_when(until),
        connector: connector
            .map_or_else(|| "nobody".into(), |(name, version)| format!("{name} {version}")),
        failures,
        rests_until: maybe_when(rests_until),
        links: links.values().sum(),
        valid: links.get(&Status::Valid).copied().unwrap_or(0),
    }
}

pub(super) async fn list(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    let conditions = conditions(&query, FILTERS)?;
    let read = |page| app.engine.standings(desk.tenant.id, &conditions, page);
    let said = |key| query.value(key).unwrap_or_default().to_owned();
    shown(&Institutions {
        list: List::read(&query, read, row).await?,
        name: said("name"),
        status: said("status"),
        frame: desk.frame(&app, "institutions"),
    })
}

#[derive(Template)]
#[template(path = "console/institution.html")]
struct Shown {
    frame: Frame,
    row: Row,
}

pub(super) async fn show(
    State(app): State<App>,
    desk: Desk,
    Numbered(number): Numbered,
) -> Result<Response, Problem> {
    static NAME: Field = Field::text("name", IS, Source::Column("name"));
    const ONE: Page = Page { number: 1, size: 1 };
    let name = app.engine.institution(number).await?.name;
    let is = Condition { field: &NAME, test: Test::Is(Value::Text(name)) };
    let found = app.engine.standings(desk.tenant.id, &[is], ONE).await?.items.pop();
    let row = row(found.ok_or_else(Problem::not_found)?);
    shown(&Shown { row, frame: desk.frame(&app, "institutions") })
}

pub(super) async fn close(
    State(app): State<App>,
    Numbered(number): Numbered,
    Act { desk, fields }: Act,
) -> Result<Response, Problem> {
    let closure = Closure { reason: fields.text("reason").into(), until: fields.instant("until")? };
    app.engine.set_closure(&desk.caller(), number, Some(closure)).await?;
    Ok(desk.after("close", &format!("institutions/{number}")))
}

pub(super) async fn open(
    State(app): State<App>,
    Numbered(number): Numbered,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    app.engine.set_closure(&desk.caller(), number, None).await?;
    Ok(desk.after("open", &format!("institutions/{number}")))
}
