//! The clock and the sandbox's faults; only in `vinculo dev`.

use super::{
    form::Act,
    frame::{Frame, shown},
    visitor::Desk,
};
use crate::{
    App,
    problem::{Item, Problem},
    v1,
};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::filter::Page;
use engine::sandbox::{Effect, Fault, Scope};

#[derive(Template)]
#[template(path = "console/dev.html")]
struct Dev {
    frame: Frame,
    faults: Vec<(String, String)>,
    effects: &'static [(&'static str, &'static str)],
    leaps: &'static [(&'static str, &'static str)],
}

/// How far the clock is moved at a click.
const LEAPS: [(&str, &str); 4] =
    [("1h", "an hour"), ("1d", "a day"), ("7d", "a week"), ("30d", "30 days")];

/// What can be made to go wrong here with a click. The rest is there by `/v1/sandbox/faults/`.
const EFFECTS: [(&str, &str); 6] = [
    ("down", "is down"),
    ("unavailable", "is unavailable"),
    ("demand_token", "wants a token"),
    ("revoke", "revokes its consent"),
    ("partial", "shows a part"),
    ("empty", "shows nothing"),
];

/// As many as are shown.
const ALL: Page = Page { number: 1, size: Page::LARGEST };

pub(super) async fn show(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    let faults = app.engine.list_faults(ALL)?.items.into_iter().map(|fault| {
        let place = match &fault.scope {
            Scope::Institution(name) => name.clone(),
            Scope::User { institution, username } => format!("{username} at {institution}"),
            Scope::Link(id) => format!("link {id}"),
        };
        let what = serde_json::to_string(&fault.effect).unwrap_or_default().replace('"', "");
        (place, what.replace('_', " "))
    });
    shown(&Dev {
        faults: faults.collect(),
        effects: &EFFECTS,
        leaps: &LEAPS,
        frame: desk.frame(&app, "dev"),
    })
}

pub(super) async fn advance(
    State(app): State<App>,
    Act { desk, fields }: Act,
) -> Result<Response, Problem> {
    let to = v1::clock::later_by(app.engine.env().now(), fields.text("by"))?;
    app.engine.note_act(&desk.caller(), "advance_clock", &to.to_string()).await?;
    v1::clock::advance_to(&app, to).await?;
    Ok(desk.after("advance", "dev"))
}

pub(super) async fn add_fault(
    State(app): State<App>,
    Act { desk, fields }: Act,
) -> Result<Response, Problem> {
    let effect = EFFECTS.iter().find(|(word, _)| *word == fields.text("effect"));
    let effect = effect.and_then(|(word, _)| {
        serde_json::from_value::<Effect>(serde_json::Value::from(*word)).ok()
    });
    let effect = effect.ok_or_else(|| {
        Problem::bad(vec![Item::new("invalid", "Choose what goes wrong.").at("effect")])
    })?;
    let institution = fields.text("institution").to_owned();
    let subject = institution.clone();
    let fault = Fault { scope: Scope::Institution(institution), effect, calls: None, until: None };
    app.engine.add_fault(fault).await?;
    app.engine.note_act(&desk.caller(), "add_fault", &subject).await?;
    Ok(desk.after("fault", "dev"))
}

pub(super) async fn end_faults(
    State(app): State<App>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    app.engine.end_faults(None)?;
    app.engine.note_act(&desk.caller(), "end_faults", "all").await?;
    Ok(desk.after("faults", "dev"))
}
