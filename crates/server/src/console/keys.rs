//! A tenant's API keys.

use super::{
    ask::Ask,
    form::Act,
    frame::{Frame, maybe_when, shown, when},
    list::List,
    visitor::{Desk, Named},
};
use crate::{App, problem::Problem, query::Query};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::ids::KeyId;
use engine::tenants::ApiKey;
use secrecy::{ExposeSecret, SecretString};

#[derive(Template)]
#[template(path = "console/keys.html")]
struct Keys {
    frame: Frame,
    list: List<Row>,
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

async fn keys(
    app: &App,
    desk: Desk,
    query: &Query,
    made: Option<(KeyId, SecretString)>,
) -> Result<Response, Problem> {
    let row = |key: ApiKey| Row {
        id: key.id,
        name: key.name,
        made: when(key.created_at),
        used: maybe_when(key.last_used_at),
        good: key.revoked_at.is_none(),
        revoked: maybe_when(key.revoked_at),
    };
    let list = List::read(query, |page| app.engine.keys(desk.tenant.id, page), row).await?;
    shown(&Keys { list, made, frame: desk.frame(app, "keys") })
}

pub(super) async fn list(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    keys(&app, desk, &query, None).await
}

/// Makes a key. Its password is in this answer and nowhere else, so nothing is gone on to.
pub(super) async fn make(
    State(app): State<App>,
    query: Query,
    Act { desk, fields }: Act,
) -> Result<Response, Problem> {
    let (key, secret) = app.engine.make_key(&desk.caller(), fields.text("name")).await?;
    keys(&app, desk, &query, Some((key.id, secret))).await
}

/// Asks before a key is revoked.
pub(super) async fn ask(
    State(app): State<App>,
    desk: Desk,
    Named(id): Named<KeyId>,
) -> Result<Response, Problem> {
    let key = app.engine.key(desk.tenant.id, id).await?;
    shown(&Ask {
        title: "Revoke this key?",
        subject: id.to_string(),
        text: format!(
            " ({}), last used: {}. Whoever calls with it is refused at once, and so are the tokens that \
             were made with it. It cannot be brought back.",
            key.name,
            maybe_when(key.last_used_at)
        ),
        act: "Revoke it",
        keep: "Keep it",
        back: desk.at("keys"),
        frame: desk.frame(&app, "keys"),
    })
}

pub(super) async fn revoke(
    State(app): State<App>,
    Named(id): Named<KeyId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    app.engine.revoke_key(&desk.caller(), id).await?;
    Ok(desk.after("revoke", "keys"))
}
