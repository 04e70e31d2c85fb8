//! Who did what.

use super::{
    csv,
    frame::{Frame, shown, when},
    list::List,
    visitor::{Desk, Visitor},
};
use crate::{App, problem::Problem, query::Query};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::ids::{OperatorId, TenantId};
use engine::{operators::installation as nobody, tenants::AuditLine};
use std::collections::HashMap;

#[derive(Template)]
#[template(path = "console/audit.html")]
struct Audit {
    frame: Frame,
    list: List<Row>,
    /// The file of the whole list; the installation's own has none.
    export: Option<String>,
}

/// A line of the log.
struct Row {
    at: String,
    actor: String,
    action: String,
    subject: String,
}

/// Names of operators, those that were removed included, by what the log calls them.
async fn names(app: &App) -> Result<HashMap<String, String>, Problem> {
    let all = app.engine.operators().await?;
    let word = |id: OperatorId| engine::Actor::Operator(id).to_string();
    Ok(all.into_iter().map(|operator| (word(operator.id), operator.name)).collect())
}

fn row(line: AuditLine, names: &HashMap<String, String>) -> Row {
    let name = names.get(&line.actor).map(|name| format!("operator {name}"));
    let about = names.get(&format!("operator {}", line.subject)).cloned();
    Row {
        at: when(line.at),
        actor: name.unwrap_or(line.actor),
        action: line.action.replace('_', " "),
        subject: about.unwrap_or(line.subject),
    }
}

/// A page of what was done for a tenant, or for nobody.
async fn lines(app: &App, query: &Query, tenant: TenantId) -> Result<List<Row>, Problem> {
    let names = names(app).await?;
    let read = |page| app.engine.audit_log(tenant, page);
    List::read(query, read, |line| row(line, &names)).await
}

pub(super) async fn list(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    shown(&Audit {
        list: lines(&app, &query, desk.tenant.id).await?,
        export: Some(desk.at("audit.csv")),
        frame: desk.frame(&app, "audit"),
    })
}

/// What is about no tenant: sign-ins, accounts, institutions.
pub(super) async fn installation(
    State(app): State<App>,
    visitor: Visitor,
    query: Query,
) -> Result<Response, Problem> {
    let tenants = app.engine.tenants().await?;
    shown(&Audit {
        list: lines(&app, &query, nobody()).await?,
        export: None,
        frame: Frame::new(&app, visitor, None, tenants, "installation"),
    })
}

pub(super) async fn export(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    const HEAD: [&str; 4] = ["at", "actor", "action", "subject"];
    let names = std::sync::Arc::new(names(&app).await?);
    let tenant = desk.tenant.id;
    csv::export("audit", &HEAD, move |page| {
        let (engine, names) = (app.engine.clone(), names.clone());
        async move {
            let listed = engine.audit_log(tenant, page).await?;
            let cells = |line| {
                let Row { at, actor, action, subject } = row(line, &names);
                vec![at, actor, action, subject]
            };
            Ok(listed.map(cells))
        }
    })
    .await
}
