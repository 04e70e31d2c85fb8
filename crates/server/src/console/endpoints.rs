//! Where webhooks go: adding, changing and testing an endpoint, and the secret that signs.

use super::{
    ask::Ask,
    form::{Act, Fields},
    frame::{Frame, maybe_when, shown, when},
    list::List,
    mask,
    visitor::{Desk, Named},
};
use crate::{App, problem::Problem, query::Query};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::ids::EndpointId;
use engine::webhooks::endpoints::{Change, Endpoint, NewEndpoint};
use secrecy::{ExposeSecret, SecretString};

#[derive(Template)]
#[template(path = "console/webhooks.html")]
struct Webhooks {
    frame: Frame,
    list: List<Row>,
}

/// An endpoint in the list.
struct Row {
    id: EndpointId,
    url: String,
    events: String,
    tone: &'static str,
    state: String,
    enabled: bool,
    authorization: bool,
    /// Until when the secret before the last rotation signs as well.
    old_secret: String,
    made: String,
}

fn row(endpoint: &Endpoint) -> Row {
    let (tone, state) = match (&endpoint.disabled, endpoint.failing_since) {
        (Some((at, why)), _) => ("bad", format!("disabled since {}: {why}", when(*at))),
        (None, Some(since)) => ("warn", format!("failing since {}", when(since))),
        (None, None) => ("good", "enabled".into()),
    };
    Row {
        id: endpoint.id,
        url: mask::address(&endpoint.url),
        events: endpoint.events.join(", "),
        tone,
        state,
        enabled: endpoint.disabled.is_none(),
        authorization: endpoint.has_authorization,
        old_secret: maybe_when(endpoint.old_secret_until),
        made: when(endpoint.created_at),
    }
}

pub(super) async fn list(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    let read = |page| app.engine.webhooks().endpoints(desk.tenant.id, page);
    let list = List::read(&query, read, |endpoint| row(&endpoint)).await?;
    shown(&Webhooks { list, frame: desk.frame(&app, "webhooks") })
}

#[derive(Template)]
#[template(path = "console/endpoint.html")]
struct Shown {
    frame: Frame,
    row: Row,
    /// A secret that has just been made: it is shown only now.
    made: Option<SecretString>,
}

pub(super) async fn show(
    State(app): State<App>,
    desk: Desk,
    Named(id): Named<EndpointId>,
) -> Result<Response, Problem> {
    let row = row(&app.engine.webhooks().endpoint(desk.tenant.id, id).await?);
    shown(&Shown { row, made: None, frame: desk.frame(&app, "webhooks") })
}

/// What an endpoint wants, as it is written into a field: with commas or line by line.
fn events(fields: &Fields) -> Vec<String> {
    let said = fields.text("events").split([',', '\n']).map(str::trim);
    said.filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

/// The value of a header, if one was written.
fn authorization(fields: &Fields) -> Option<SecretString> {
    Some(fields.secret("authorization")).filter(|value| !value.expose_secret().is_empty())
}

/// Adds an endpoint. Its secret is in this answer and nowhere else, so nothing is gone on to.
pub(super) async fn add(
    State(app): State<App>,
    Act { desk, fields }: Act,
) -> Result<Response, Problem> {
    let wanted = NewEndpoint {
        url: fields.text("url").into(),
        authorization: authorization(&fields),
        events: events(&fields),
    };
    let (endpoint, secret) = app.engine.webhooks().add_endpoint(&desk.caller(), wanted).await?;
    let frame = desk.frame(&app, "webhooks");
    shown(&Shown { row: row(&endpoint), made: Some(secret), frame })
}

/// What was left empty stays as it is.
pub(super) async fn change(
    State(app): State<App>,
    Named(id): Named<EndpointId>,
    Act { desk, fields }: Act,
) -> Result<Response, Problem> {
    let none = !fields.text("no_authorization").is_empty();
    let events = events(&fields);
    let change = Change {
        url: Some(fields.text("url").to_owned()).filter(|url| !url.is_empty()),
        authorization: if none { Some(None) } else { authorization(&fields).map(Some) },
        events: (!events.is_empty()).then_some(events),
        enabled: None,
    };
    app.engine.webhooks().change_endpoint(&desk.caller(), id, change).await?;
    Ok(desk.after("change", &format!("webhooks/{id}")))
}

pub(super) async fn test(
    State(app): State<App>,
    Named(id): Named<EndpointId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    let delivery = app.engine.webhooks().test_endpoint(&desk.caller(), id).await?;
    Ok(desk.after("test", &format!("deliveries/{delivery}")))
}

async fn switch(app: &App, desk: &Desk, id: EndpointId, enabled: bool) -> Result<(), Problem> {
    let change = Change { enabled: Some(enabled), ..Change::default() };
    app.engine.webhooks().change_endpoint(&desk.caller(), id, change).await?;
    Ok(())
}

pub(super) async fn enable(
    State(app): State<App>,
    Named(id): Named<EndpointId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    switch(&app, &desk, id, true).await?;
    Ok(desk.after("enable", &format!("webhooks/{id}")))
}

pub(super) async fn disable(
    State(app): State<App>,
    Named(id): Named<EndpointId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    switch(&app, &desk, id, false).await?;
    Ok(desk.after("disable", &format!("webhooks/{id}")))
}

/// Makes a new secret, which is in this answer and nowhere else.
pub(super) async fn rotate(
    State(app): State<App>,
    Named(id): Named<EndpointId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    let (endpoint, secret) = app.engine.webhooks().rotate_secret(&desk.caller(), id).await?;
    let frame = desk.frame(&app, "webhooks");
    shown(&Shown { row: row(&endpoint), made: Some(secret), frame })
}

/// Asks before an endpoint is deleted.
pub(super) async fn ask(
    State(app): State<App>,
    desk: Desk,
    Named(id): Named<EndpointId>,
) -> Result<Response, Problem> {
    let endpoint = app.engine.webhooks().endpoint(desk.tenant.id, id).await?;
    shown(&Ask {
        title: "Delete this endpoint?",
        subject: mask::address(&endpoint.url),
        text: ": nothing is sent there any more, what is pending is cancelled, and its secret is \
               forgotten. What was sent stays listed. One that is only disabled can be enabled again."
            .into(),
        act: "Delete it",
        keep: "Keep it",
        back: desk.at(&format!("webhooks/{id}")),
        frame: desk.frame(&app, "webhooks"),
    })
}

pub(super) async fn forget(
    State(app): State<App>,
    Named(id): Named<EndpointId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    app.engine.webhooks().delete_endpoint(&desk.caller(), id).await?;
    Ok(desk.after("forget", "webhooks"))
}
