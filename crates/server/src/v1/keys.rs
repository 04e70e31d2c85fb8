//! `/v1/keys/`: a tenant's API keys.

use crate::{
    App,
    body::{Json, body},
    caller::Caller,
    operation::{Operation, delete, get, post},
    path::Id,
    problem::Problem,
    query::{Query, json, shown},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{ids::KeyId, time::Moment};
use engine::tenants::ApiKey;
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

body! {
    /// An API key to be made.
    NewKey {
        /// What people call it.
        name: String,
    }
}

/// An API key. Its password is known as a hash only.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKey)]
struct KeyView {
    /// The user name of Basic authentication.
    id: Uuid,
    /// What people call it.
    name: String,
    created_at: Moment,
    /// When it was last used, within some minutes.
    last_used_at: Option<Moment>,
    /// Since when it is refused.
    revoked_at: Option<Moment>,
    /// Shown when the key is made, never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

impl From<ApiKey> for KeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id.into(),
            name: key.name,
            created_at: Moment(key.created_at),
            last_used_at: key.last_used_at.map(Moment),
            revoked_at: key.revoked_at.map(Moment),
            password: None,
        }
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/keys/", "list_keys", "Lists API keys, the oldest first", list)
            .lists::<KeyView>()
            .projects(),
        post("/v1/keys/", "make_key", "Makes an API key", make)
            .says("The answer holds its password; it is shown only now.")
            .body::<NewKey>()
            .example(serde_json::json!({"name": "billing"}))
            .answers_one::<KeyView>(201, "Made."),
        delete("/v1/keys/{id}/", "revoke_key", "Refuses an API key from now on", revoke)
            .says("So are all tokens that were made with it. A key can revoke itself.")
            .answers_nothing(204, "Revoked."),
    ]
}

async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    query.list(|page| app.engine.keys(caller.engine.tenant, page), KeyView::from).await
}

async fn make(
    State(app): State<App>,
    caller: Caller,
    Json(wanted): Json<NewKey>,
) -> Result<Response, Problem> {
    let (key, secret) = app.engine.make_key(&caller.engine, &wanted.name).await?;
    let password = Some(secret.expose_secret().into());
    Ok(json(StatusCode::CREATED, shown(&KeyView { password, ..key.into() })?))
}

async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<KeyId>,
) -> Result<Response, Problem> {
    app.engine.revoke_key(&caller.engine, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
