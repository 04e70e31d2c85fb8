//! `/v1/webhooks/`: where a tenant's webhooks go.

use super::deliveries::DeliveryView;
use crate::{
    App,
    body::{Complaint, Input, Json, body, text},
    caller::Caller,
    operation::{Operation, delete, get, patch, post},
    path::Id,
    problem::Problem,
    query::{Query, json, shown},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{ids::EndpointId, time::Moment};
use engine::webhooks::{
    endpoints::{Change, Endpoint, LONGEST_AUTHORIZATION, NewEndpoint},
    guard::LONGEST_URL,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder, Type,
        schema::{KnownFormat, Schema, SchemaFormat},
    },
};
use uuid::Uuid;

/// An endpoint as the API shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = Endpoint)]
struct EndpointView {
    id: Uuid,
    /// Where webhooks are posted.
    url: String,
    /// Whether an `Authorization` header goes with them; its value is never shown.
    has_authorization: bool,
    /// What it gets: `*` for everything but the opt-in events, `TYPE`, `TYPE/code`.
    events: Vec<String>,
    /// Whether anything is sent to it.
    enabled: bool,
    disabled_at: Option<Moment>,
    disabled_reason: Option<String>,
    /// Since when everything sent to it has failed; after five days it is disabled.
    failing_since: Option<Moment>,
    /// Until when the secret before the last rotation signs as well.
    old_secret_until: Option<Moment>,
    created_at: Moment,
    /// What signatures are checked with (Standard Webhooks). Shown when it is made, never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<Endpoint> for EndpointView {
    fn from(endpoint: Endpoint) -> Self {
        let (disabled_at, disabled_reason) = endpoint.disabled.unzip();
        Self {
            id: endpoint.id.into(),
            url: endpoint.url,
            has_authorization: endpoint.has_authorization,
            events: endpoint.events,
            enabled: disabled_at.is_none(),
            disabled_at: disabled_at.map(Moment),
            disabled_reason,
            failing_since: endpoint.failing_since.map(Moment),
            old_secret_until: endpoint.old_secret_until.map(Moment),
            created_at: Moment(endpoint.created_at),
            secret: None,
        }
    }
}

impl EndpointView {
    fn with(secret: &SecretString, endpoint: Endpoint) -> Self {
        Self { secret: Some(secret.expose_secret().into()), ..endpoint.into() }
    }
}

body! {
    /// A place to send webhooks to.
    NewWebhook {
        /// Where to post: http or https, without credentials in it.
        url: Address,
        /// What to send as `Authorization`, verbatim: `Basic …`, `Bearer …`.
        authorization: Option<Authorization>,
        /// What it gets: `*`, `TYPE`, `TYPE/code`; everything but the opt-in events if nothing is said.
        events: Option<Vec<String>>,
    }
}
body! {
    /// What changes; the rest stays.
    ChangeWebhook {
        /// Where to post.
        url: Option<Address>,
        /// What to send as `Authorization`; an empty text for nothing.
        authorization: Option<Authorization>,
        /// What it gets.
        events: Option<Vec<String>>,
        /// Whether anything is sent to it. Disabling cancels what is pending.
        enabled: Option<bool>,
    }
}

/// A URL, of which the engine says whether it will do.
pub(crate) struct Address(String);
impl Input for Address {
    fn read(value: Value) -> Result<Self, Complaint> {
        text(value, LONGEST_URL).map(|text| Self(text.trim().into()))
    }
    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("uri".into())))
            .min_length(Some(1))
            .max_length(Some(LONGEST_URL))
            .examples(["https://example.com/hooks"])
            .into()
    }
}

/// The value of a header, or an empty text for none.
pub(crate) struct Authorization(Option<SecretString>);
impl Input for Authorization {
    fn read(value: Value) -> Result<Self, Complaint> {
        if value.as_str() == Some("") {
            return Ok(Self(None));
        }
        text(value, LONGEST_AUTHORIZATION).map(|text| Self(Some(text.into())))
    }
    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .max_length(Some(LONGEST_AUTHORIZATION))
            .into()
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/webhooks/", "list_webhooks", "Lists where webhooks go", list)
            .lists::<EndpointView>()
            .projects(),
        post("/v1/webhooks/", "add_webhook", "Adds a place to send webhooks to", add)
            .says("The answer holds the secret that signs what is sent; it is shown only now.")
            .body::<NewWebhook>()
            .example(serde_json::json!({
                "url": "https://example.com/hooks",
                "authorization": "Bearer 4f9c1d",
                "events": ["LINK", "TRANSACTIONS/new_transactions_available"]
            }))
            .answers_one::<EndpointView>(201, "Added."),
        get("/v1/webhooks/{id}/", "detail_webhook", "Shows a place that webhooks go to", detail)
            .answers_one::<EndpointView>(200, "The endpoint.")
            .projects(),
        patch("/v1/webhooks/{id}/", "change_webhook", "Changes it, or enables it again", change)
            .body::<ChangeWebhook>()
            .example(serde_json::json!({"enabled": true}))
            .answers_one::<EndpointView>(200, "The endpoint as it is now."),
        delete("/v1/webhooks/{id}/", "delete_webhook", "Sends nothing there any more", forget)
            .answers_nothing(204, "Deleted; what was pending is cancelled."),
        post("/v1/webhooks/{id}/secret/", "rotate_webhook_secret", "Makes a new secret", rotate)
            .says(
                "The one before signs as well for 24 hours: each webhook then has two signatures.",
            )
            .answers_one::<EndpointView>(200, "The endpoint with its new secret, shown only now."),
        post("/v1/webhooks/{id}/test/", "test_webhook", "Sends a test event there", test)
            .answers_one::<DeliveryView>(
                202,
                "On its way; look at the delivery for what came of it.",
            )
            .errors(&[400]),
    ]
}

async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let read = |page| app.engine.webhooks().endpoints(caller.engine.tenant, page);
    query.list(read, EndpointView::from).await
}

async fn add(
    State(app): State<App>,
    caller: Caller,
    Json(wanted): Json<NewWebhook>,
) -> Result<Response, Problem> {
    let wanted = NewEndpoint {
        url: wanted.url.0,
        authorization: wanted.authorization.and_then(|value| value.0),
        events: wanted.events.unwrap_or_default(),
    };
    let (endpoint, secret) = app.engine.webhooks().add_endpoint(&caller.engine, wanted).await?;
    Ok(json(StatusCode::CREATED, shown(&EndpointView::with(&secret, endpoint))?))
}

async fn detail(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EndpointId>,
    query: Query,
) -> Result<Response, Problem> {
    let endpoint = app.engine.webhooks().endpoint(caller.engine.tenant, id).await?;
    query.one(StatusCode::OK, shown(&EndpointView::from(endpoint))?)
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EndpointId>,
    Json(wanted): Json<ChangeWebhook>,
) -> Result<Response, Problem> {
    let change = Change {
        url: wanted.url.map(|url| url.0),
        authorization: wanted.authorization.map(|value| value.0),
        events: wanted.events,
        enabled: wanted.enabled,
    };
    let endpoint = app.engine.webhooks().change_endpoint(&caller.engine, id, change).await?;
    Ok(json(StatusCode::OK, shown(&EndpointView::from(endpoint))?))
}

async fn forget(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EndpointId>,
) -> Result<Response, Problem> {
    app.engine.webhooks().delete_endpoint(&caller.engine, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EndpointId>,
) -> Result<Response, Problem> {
    let (endpoint, secret) = app.engine.webhooks().rotate_secret(&caller.engine, id).await?;
    Ok(json(StatusCode::OK, shown(&EndpointView::with(&secret, endpoint))?))
}

async fn test(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EndpointId>,
) -> Result<Response, Problem> {
    let webhooks = app.engine.webhooks();
    let delivery = webhooks.test_endpoint(&caller.engine, id).await?;
    let story = webhooks.delivery(caller.engine.tenant, delivery).await?;
    Ok(json(StatusCode::ACCEPTED, shown(&DeliveryView::from(story.delivery))?))
}
