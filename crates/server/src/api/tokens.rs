//! `/api/token/`: what a widget calls with.

use super::links::ExternalId;
use crate::{
    App,
    body::{Anything, Body, Form, Json, Scopes, body},
    caller::{self, Caller, Request},
    operation::{Access, Operation, post},
    path::Id,
    problem::Problem,
    query::{json, shown},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{
    access::{CredentialsStorage, Scope, StaleIn},
    ids::LinkId,
};
use engine::{
    Error,
    tokens::{TokenPair, TokenRequest},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

body! {
    /// What a token is to be good for.
    MakeToken {
        /// The id of an API key; it may come by Basic authentication instead.
        id: Option<String>,
        /// The password of that key.
        password: Option<SecretString>,
        /// What it may do, separated by commas; `read_institutions,write_links` if nothing is said.
        scopes: Option<Scopes>,
        /// The one link that it is for (update mode).
        link_id: Option<LinkId>,
        /// Put on the link that is made with it.
        external_id: Option<ExternalId>,
        /// Put on the link that is made with it.
        fetch_resources: Option<Vec<String>>,
        /// Put on the link that is made with it.
        stale_in: Option<StaleIn>,
        /// Put on the link that is made with it.
        credentials_storage: Option<CredentialsStorage>,
        /// How the widget looks, and where it sends people afterwards.
        widget: Option<Anything>,
    }
}
body! {
    /// A refresh token.
    RefreshToken {
        /// The `refresh` of a pair.
        refresh: SecretString,
    }
}
body! {
    /// What a token for one link may do.
    MakeLinkToken {
        /// Separated by commas; `read_links,write_links` if nothing is said.
        scopes: Option<Scopes>,
    }
}

/// A pair of tokens.
#[derive(Serialize, ToSchema)]
struct Tokens {
    /// Buys new access tokens.
    refresh: String,
    /// What the widget calls with, for minutes.
    access: String,
}
impl From<TokenPair> for Tokens {
    fn from(pair: TokenPair) -> Self {
        Self {
            refresh: pair.refresh.expose_secret().into(),
            access: pair.access.expose_secret().into(),
        }
    }
}

/// A fresh access token.
#[derive(Serialize, ToSchema)]
struct AccessToken {
    /// What the widget calls with, for minutes.
    access: String,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        post("/api/token/", "make_token", "Makes a widget's tokens", make)
            .says("The keys come in the body, by Basic authentication, or both; if both, equal.")
            .access(Access::Open)
            .body::<MakeToken>()
            .example(json!({
                "id": "0197a6e8-2222-7abc-8def-000000000002",
                "password": "the key's password",
                "scopes": "read_institutions,write_links,read_links"
            }))
            .answers_one::<Tokens>(200, "The tokens.")
            .errors(&[401]),
        post("/api/token/refresh/", "refresh_token", "Makes a fresh access token", renew)
            .access(Access::Open)
            .body::<RefreshToken>()
            .example(json!({"refresh": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"}))
            .answers_one::<AccessToken>(200, "The token.")
            .errors(&[401]),
        post(
            "/api/links/{id}/token/",
            "make_link_token",
            "Makes tokens for one link",
            make_for_link,
        )
        .body_optional::<MakeLinkToken>()
        .example(json!({"scopes": "read_institutions,write_links,read_links"}))
        .answers_one::<Tokens>(200, "The tokens."),
    ]
}

async fn make(
    State(app): State<App>,
    Request(request): Request,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Problem> {
    let read = MakeToken::read(&mut form);
    let by_header = caller::basic(&headers);
    let given = read.as_ref().map(|wanted| (wanted.id.is_some(), wanted.password.is_some()));
    match given {
        Some((false, true)) => form.object("id", "required", "This field is required."),
        Some((true, false)) => form.object("password", "required", "This field is required."),
        Some((false, false)) if by_header.is_none() => {
            form.object("id", "required", "This field is required.");
            form.object("password", "required", "This field is required.");
        }
        _ => {}
    }
    let wanted = form.sure(read)?;
    let in_body = wanted.id.zip(wanted.password);
    let (id, secret) = match (in_body, by_header) {
        (Some(body), Some(header)) if !same(&body, &header) => {
            return Err(Problem::unauthenticated());
        }
        (Some(keys), _) | (None, Some(keys)) => keys,
        (None, None) => return Err(Problem::unauthenticated()),
    };
    let caller = caller::by_keys(&app.engine, &id, &secret, request).await?;
    let wanted = TokenRequest {
        scopes: scopes(wanted.scopes, &[Scope::ReadInstitutions, Scope::WriteLinks]),
        link: wanted.link_id,
        external_id: wanted.external_id.and_then(|id| id.0),
        fetch_resources: wanted.fetch_resources,
        credentials_storage: wanted.credentials_storage,
        stale_in: wanted.stale_in,
        widget: wanted.widget.map(serde_json::Value::Object),
    };
    let pair = app.engine.issue_tokens(&caller, wanted).await.map_err(|error| match error {
        Error::NoSuch(_) => Problem::from(Error::field(
            "does_not_exist",
            "Object with this id does not exist.",
            "link_id",
        )),
        other => other.into(),
    })?;
    Ok(json(StatusCode::OK, shown(&Tokens::from(pair))?))
}

async fn make_for_link(
    State(app): State<App>,
    caller: Caller,
    Id(link): Id<LinkId>,
    Json(wanted): Json<MakeLinkToken>,
) -> Result<Response, Problem> {
    let wanted = TokenRequest {
        scopes: scopes(wanted.scopes, &[Scope::ReadLinks, Scope::WriteLinks]),
        link: Some(link),
        ..TokenRequest::default()
    };
    let pair = app.engine.issue_tokens(&caller.engine, wanted).await?;
    Ok(json(StatusCode::OK, shown(&Tokens::from(pair))?))
}

async fn renew(
    State(app): State<App>,
    Json(wanted): Json<RefreshToken>,
) -> Result<Response, Problem> {
    let access = app.engine.renew_access(wanted.refresh.expose_secret()).await?;
    let access = access.ok_or_else(Problem::bad_token)?.expose_secret().to_owned();
    Ok(json(StatusCode::OK, shown(&AccessToken { access })?))
}

/// Each scope once, in the order in which they were named.
fn scopes(wanted: Option<Scopes>, default: &[Scope]) -> Vec<Scope> {
    let wanted = wanted.map(|scopes| scopes.0).filter(|scopes| !scopes.is_empty());
    let mut once = Vec::new();
    for scope in wanted.unwrap_or_else(|| default.to_vec()) {
        if !once.contains(&scope) {
            once.push(scope);
        }
    }
    once
}

/// Whether both name the same keys. Neither has been proved right: nothing is learnt by timing.
fn same(one: &(String, SecretString), other: &(String, SecretString)) -> bool {
    one.0 == other.0 && one.1.expose_secret() == other.1.expose_secret()
}
