//! A tenant's API keys.

use super::{
    form::Act,
    frame::{Frame, maybe_when, shown, when},
    visitor::{Desk, Named},
};
use crate::{App, problem::Problem, query::Query};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use domain::ids::KeyId;
use secrecy::{ExposeSecret, SecretString};

#[derive(Template)]
#[template(path = "console/keys.html")]
struct Keys {
    frame: Frame,
    rows: Vec<Row>,
    /// One that has just been made: its id, and the password that is shown only now.
    made: Option<(KeyId, SecretString)>,
}

/// A key in the list.
struct Row {
    id: KeyId,
    name: String,
    made: String,
    used: String,
    revoked: String,
    good: bool,
}

async fn keys(app: &App, desk: Desk, made: Option<(KeyId, SecretString)>) -> Result<Keys, Problem> {
    let all = app.engine.keys(desk.tenant.id).await?;
    let rows = all.into_iter().rev().map(|key| Row {
        id: key.id,
        name: key.name,
        made: when(key.created_at),
        used: maybe_when(key.last_used_at),
        good: key.revoked_at.is_none(),
        revoked: maybe_when(key.revoked_at),
    });
    Ok(Keys { rows: rows.collect(), made, frame: desk.frame(app, "keys") })
}

pub(super) async fn list(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    let page = keys(&app, desk, None).await?;
    shown(&Keys { frame: page.frame.after(&query), ..page })
}

/// Makes a key. Its password is in this answer and nowhere else, so nothing is gone on to.
pub(super) async fn make(
    State(app): State<App>,
    Act { desk, fields }: Act,
) -> Result<Response, Problem> {
    let (key, secret) = app.engine.make_key(&desk.caller(), fields.text("name")).await?;
    shown(&keys(&app, desk, Some((key.id, secret))).await?)
}

pub(super) async fn revoke(
    State(app): State<App>,
    Named(id): Named<KeyId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    app.engine.revoke_key(&desk.caller(), id).await?;
    Ok(Redirect::to(&desk.at("keys?done=revoke")).into_response())
}
