//! What machines ask: is it alive, is it ready, how is it doing, what can it do.

use crate::{
    App,
    operation::{Access, Operation, get},
    problem::Problem,
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, Type, schema::Schema},
};

/// How this process is.
#[derive(Serialize, ToSchema)]
struct Condition {
    /// `ok`, or what is missing.
    status: String,
}

pub(crate) fn operations() -> Vec<Operation> {
    let object = || Schema::from(ObjectBuilder::new().schema_type(Type::Object));
    vec![
        get("/healthz", "alive", "Whether the process is alive", healthz)
            .access(Access::Open)
            .unlimited()
            .answers_one::<Condition>(200, "It is."),
        get("/readyz", "ready", "Whether requests can be served", readyz)
            .access(Access::Open)
            .unlimited()
            .answers_one::<Condition>(200, "They can: database and key ring are there.")
            .answers_one::<Condition>(503, "They cannot."),
        get("/metrics", "metrics", "Counters for Prometheus", metrics)
            .access(Access::Open)
            .unlimited()
            .answers_media(200, "What there is to count.", "text/plain"),
        get("/openapi.json", "openapi", "This document", document)
            .access(Access::Open)
            .unlimited()
            .answers(200, "OpenAPI 3.1.", object()),
    ]
}

async fn healthz() -> Json<Condition> {
    Json(Condition { status: "ok".into() })
}

async fn readyz(State(app): State<App>) -> Response {
    match app.engine.ready().await {
        Ok(()) => healthz().await.into_response(),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
            let missing = Condition { status: error.to_string() };
            (StatusCode::SERVICE_UNAVAILABLE, Json(missing)).into_response()
        }
    }
}

async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    match app.engine.overdue().await {
        Ok(overdue) => app.metrics.late(overdue),
        // What was counted here can be told without a database.
        Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "not measured"),
    }
    let text = app.metrics.text().map_err(|_| Problem::unexpected())?;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

async fn document(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], app.document.to_string()).into_response()
}
