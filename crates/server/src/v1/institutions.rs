//! `/v1/institutions/`: whether institutions can be used at present.

use crate::{
    App,
    api::institutions::FILTERS,
    caller::Caller,
    operation::{Operation, get},
    problem::Problem,
    query::{Query, shown},
};
use axum::{extract::State, response::Response};
use domain::institution::{Health, Institution};
use engine::Listed;
use serde::Serialize;
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
}
impl From<Institution> for InstitutionHealth {
    fn from(institution: Institution) -> Self {
        let Institution { id, name, display_name, status, .. } = institution;
        Self { id, name, display_name, status }
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

async fn list(State(app): State<App>, _: Caller, query: Query) -> Result<Response, Problem> {
    let page = query.page()?;
    let listed = app.engine.institutions(&query.conditions(FILTERS)?, page).await?;
    let items = listed.items.into_iter().map(|one| shown(&InstitutionHealth::from(one)));
    query.answer(page, &Listed { count: listed.count, items: items.collect::<Result<_, _>>()? })
}
