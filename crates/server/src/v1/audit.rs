//! `/v1/audit/`: who did what.

use crate::{
    App,
    caller::Caller,
    operation::{Operation, get},
    problem::Problem,
    query::Query,
};
use axum::{extract::State, response::Response};
use domain::time::Moment;
use engine::tenants::AuditLine;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// One line of the audit log.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditLine)]
struct LineView {
    id: Uuid,
    at: Moment,
    /// Who: `key` and its id, `operator` and its id, or a part of Vinculo itself.
    actor: String,
    /// What was done: `delete_link`, `make_key`, `replay_delivery` …
    action: String,
    /// To what: an id.
    subject: String,
}

impl From<AuditLine> for LineView {
    fn from(line: AuditLine) -> Self {
        let AuditLine { id, at, actor, action, subject, .. } = line;
        Self { id: id.into(), at: Moment(at), actor, action, subject }
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/audit/", "list_audit_log", "Lists who did what, newest first", list)
            .lists::<LineView>()
            .projects(),
    ]
}

async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let read = |page| app.engine.audit_log(caller.engine.tenant, page);
    query.list(read, LineView::from).await
}
