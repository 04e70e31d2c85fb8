//! `/v1/institutions/`: whether institutions can be used at present.

use crate::{
    App,
    api::institutions::FILTERS,
    caller::Caller,
    operation::{Operation, get},
    problem::Problem,
    query::Query,
};
use axum::{extract::State, response::Response};
use domain::{
    institution::{Health, Institution},
    link::Status,
    time::Moment,
};
use engine::institutions::Standing;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How an institution is.
#[derive(Serialize, ToSchema)]
struct InstitutionHealth {
    /// The number in its path.
    id: i64,
    /// The name by which links refer to it.
    name: String,
    /// The name that people know.
    display_name: String,
    /// Whether it can be used now.
    status: Health,
    /// Why it is down: `breaker`, `removed`, or an operator's word.
    status_reason: Option<String>,
    /// Whether an operator has closed it.
    closed: bool,
    /// Until when an operator has closed it; null until it is opened again.
    closed_until: Option<Moment>,
    /// The connector that speaks to it; null where nobody does.
    connector: Option<String>,
    /// The connector's version.
    connector_version: Option<String>,
    /// Failures in a row, over all links.
    failures: u32,
    /// Until when it is left alone because it failed for everybody.
    rests_until: Option<Moment>,
    /// How many links the caller has there, by their status.
    #[schema(value_type = BTreeMap<String, u64>)]
    links: BTreeMap<Status, u64>,
}
impl From<Standing> for InstitutionHealth {
    fn from(standing: Standing) -> Self {
        let Standing { institution, reason, closure, connector, failures, rests_until, links } =
            standing;
        let Institution { id, name, display_name, status, .. } = institution;
        let (connector, connector_version) = connector.unzip();
        Self {
            id,
            name,
            display_name,
            status,
            status_reason: reason,
            closed: closure.is_some(),
            closed_until: closure.and_then(|word| word.until).map(Moment),
            connector,
            connector_version,
            failures,
            rests_until: rests_until.map(Moment),
            links,
        }
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/institutions/", "list_institution_health", "Lists how institutions are", list)
            .lists::<InstitutionHealth>()
            .projects()
            .filters(FILTERS, &[]),
    ]
}

async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let conditions = query.conditions(FILTERS)?;
    let read = |page| app.engine.standings(caller.engine.tenant, &conditions, page);
    query.list(read, InstitutionHealth::from).await
}
