//! `/v1/sandbox/faults/`: what shall go wrong at the sandbox's institutions.

use crate::{
    App,
    body::Form,
    caller::Caller,
    operation::{Operation, delete, get, post},
    problem::{Item, Problem},
    query::{Query, json, shown},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::ids::{LinkId, NotAnId};
use engine::sandbox::{Fault, Scope};
use serde_json::Value;
use utoipa::openapi::{
    ObjectBuilder, RefOr, Type,
    schema::{KnownFormat, OneOfBuilder, Schema, SchemaFormat},
};

const FAULT: &str = "Fault";

pub(crate) fn operations() -> Vec<Operation> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    vec![
        get("/v1/sandbox/faults/", "list_faults", "Lists what goes wrong at present", list)
            .schema(FAULT, schema())
            .lists_ref(FAULT),
        post("/v1/sandbox/faults/", "add_fault", "Lets something go wrong", add)
            .body_of(FAULT, schema())
            .example(serde_json::json!({
                "scope": {"institution": "erebor_mx_retail"},
                "effect": "down",
                "calls": 3
            }))
            .answers_ref(201, "It goes wrong from now on.", FAULT),
        delete("/v1/sandbox/faults/", "end_faults", "Lets things go right again", end)
            .query("institution", "Only faults of this institution.", text())
            .query("username", "Only those of this user of `institution`.", text())
            .query("link", "Only faults of this link.", text())
            .answers_nothing(204, "They have ended."),
    ]
}

fn schema() -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let object = || ObjectBuilder::new().schema_type(Type::Object);
    let number = || ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
    let instant = || text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    let user = object()
        .property("institution", text())
        .property("username", text())
        .required("institution")
        .required("username");
    let scope = OneOfBuilder::new()
        .item(object().property("institution", text()).required("institution"))
        .item(object().property("user", user).required("user"))
        .item(object().property("link", text()).required("link"));
    let words = [
        "down",
        "unavailable",
        "demand_token",
        "revoke",
        "partial",
        "duplicated",
        "empty",
        "churn_ids",
        "paused_resources",
        "lost_resources",
    ];
    let effect = OneOfBuilder::new()
        .item(text().enum_values(Some(words)))
        .item(object().property("consent_until", instant()).required("consent_until"))
        .item(object().property("slow", number()).required("slow"))
        .item(object().property("change_password", text()).required("change_password"))
        .item(object().property("truncated", number()).required("truncated"));
    object()
        .description(Some("Something that goes wrong."))
        .property("scope", RefOr::T(scope.into()))
        .property("effect", RefOr::T(effect.into()))
        .property(
            "calls",
            number().description(Some("How many more times; always, if nothing is said.")),
        )
        .property("until", instant().description(Some("Until when; for ever, if nothing is said.")))
        .required("scope")
        .required("effect")
        .into()
}

async fn list(State(app): State<App>, _: Caller, query: Query) -> Result<Response, Problem> {
    query.list(async |page| app.engine.list_faults(page), |fault| fault).await
}

async fn add(State(app): State<App>, _: Caller, form: Form) -> Result<Response, Problem> {
    let given = Value::Object(form.values());
    let mut fault: Fault = serde_path_to_error::deserialize(given).map_err(|error| {
        let path = error.path().to_string();
        let first = path.split('.').next().filter(|key| *key != "?" && !key.is_empty());
        let missing = error.inner().to_string();
        // Serde names a missing key in quotes; the path is that of what it is missing from.
        let item =
            match missing.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
                Some(key) if first.is_none() => {
                    Item::new("required", "This field is required.").at(key.to_owned())
                }
                _ => Item::new("invalid", "This is not something that can go wrong here.")
                    .at(first.unwrap_or("effect").to_owned()),
            };
        Problem::bad(vec![item])
    })?;
    if let Scope::Link(link) = &fault.scope {
        fault.scope = of_link(link, "scope")?;
    }
    app.engine.add_fault(fault.clone()).await?;
    Ok(json(StatusCode::CREATED, shown(&fault)?))
}

async fn end(State(app): State<App>, _: Caller, query: Query) -> Result<Response, Problem> {
    let scope = scope(&query)?;
    app.engine.end_faults(scope.as_ref())?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Whose faults are to end; `None` for everybody's, which nothing but silence asks for.
fn scope(query: &Query) -> Result<Option<Scope>, Problem> {
    let given = |key| query.value(key).map(str::to_owned);
    Ok(match (given("institution"), given("username"), given("link")) {
        (None, None, None) => None,
        (None, None, Some(link)) => Some(of_link(&link, "link")?),
        (Some(institution), None, None) => Some(Scope::Institution(institution)),
        (Some(institution), Some(username), None) => Some(Scope::User { institution, username }),
        (None, Some(_), None) => {
            let item = Item::new("required", "This field is required.").at("institution");
            return Err(Problem::bad(vec![item]));
        }
        (_, _, Some(_)) => {
            let alone = "A link has one institution and one user: it is given alone.";
            return Err(Problem::bad(vec![Item::new("invalid", alone).at("link")]));
        }
    })
}

/// The link that `given` names, as it is called at its institution.
fn of_link(given: &str, field: &'static str) -> Result<Scope, Problem> {
    let link: LinkId = given.parse().map_err(|bad: NotAnId| {
        Problem::bad(vec![Item::new("invalid", bad.to_string()).at(field)])
    })?;
    Ok(Scope::Link(link.to_string()))
}
