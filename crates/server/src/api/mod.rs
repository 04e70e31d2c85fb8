//! The compatible face.

mod insights;
pub(crate) mod institutions;
pub(crate) mod links;
pub(crate) mod resources;
mod retrieval;
pub(crate) mod tokens;

use crate::{
    caller::Caller,
    operation::{Operation, get},
    origin::Origin,
    problem::Problem,
    query::{json, shown},
};
use axum::{
    Json,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::ids::RequestId;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) fn operations() -> Vec<Operation> {
    let mut all = vec![
        get("/api/", "root", "Whether the keys are good", root)
            .answers_one::<Root>(200, "They are."),
    ];
    all.extend(institutions::operations());
    all.extend(links::operations());
    all.extend(tokens::operations());
    all.extend(insights::operations());
    all.extend(resources::operations());
    all
}

/// Ids that examples of bodies name.
const EXAMPLE_LINK: &str = "0197a6e8-1111-7abc-8def-000000000001";
const EXAMPLE_ACCOUNT: &str = "0197a6e8-2222-7abc-8def-000000000002";
const EXAMPLE_SESSION: &str = "0197a6e833337abc8def000000000003";

/// Where to go from here.
#[derive(Serialize, ToSchema)]
struct Root {
    /// The list of institutions.
    institutions: String,
    /// The list of links.
    links: String,
}

async fn root(_: Caller, origin: Origin) -> Json<Root> {
    let at = |path| origin.resolve(path);
    Json(Root { institutions: at("/api/institutions/"), links: at("/api/links/") })
}

/// Whether the caller wants the answer later. The value is case-sensitive; any other is ignored.
fn wants_later(headers: &HeaderMap) -> bool {
    headers.get("x-belvo-request-mode").is_some_and(|mode| mode == "async")
}

/// 202 with the id by which a webhook will speak of it.
pub(crate) fn later(request: RequestId) -> Result<Response, Problem> {
    #[derive(Serialize)]
    struct Accepted {
        request_id: String,
    }
    Ok(json(StatusCode::ACCEPTED, shown(&Accepted { request_id: request.hex() })?))
}
