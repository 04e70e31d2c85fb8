//! What the widget asks besides the compatible API: how far its token has come, a login with what is
//! stored, and a statement file for the link that it has made.

use crate::{
    App,
    api::links::LinkView,
    body::Form,
    caller::Caller,
    operation::{Access, Operation, get, post, put},
    origin::Origin,
    problem::{Item, Problem},
    query::{json, shown},
    v1::statements,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use domain::{access::Scope, ids::LinkId, link::Status};
use engine::{
    Error,
    standing::{Stage, Standing},
    tokens::Grant,
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// How far a widget's token has come.
#[derive(Serialize, ToSchema)]
struct Connection {
    /// Who asks for the connection: the name of the token's owner.
    company: String,
    /// `new`, `working`, `challenged`, `connected` (data are coming), `loaded` or `failed`.
    stage: &'static str,
    /// Whether the token was made for a link that is there already.
    updates: bool,
    link: Option<ConnectedLink>,
    /// The resources that a load brings.
    wanted: Vec<&'static str>,
    /// What is asked, as in the answer 428.
    #[schema(value_type = Option<Object>)]
    challenge: Option<Item>,
    /// How the last login failed, as in its answer.
    #[schema(value_type = Option<Object>)]
    problem: Option<Item>,
    /// As the token says.
    external_id: Option<String>,
    /// As the token says.
    fetch_resources: Option<Vec<String>>,
    /// As the token says.
    #[schema(value_type = Option<Object>)]
    widget: Option<Value>,
}

/// The link of a widget's token.
#[derive(Serialize, ToSchema)]
struct ConnectedLink {
    id: Uuid,
    /// The institution's name.
    institution: String,
    #[schema(inline)]
    status: Status,
    /// The resources of which something is there.
    loaded: Vec<&'static str>,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/connect/", "show_connection", "Shows how far a widget's token has come", show)
            .says(
                "For the widget's page, when it was loaded again or an answer was lost. A token \
                 that is used up still tells how its own link fares.",
            )
            .access(Access::KeysOrToken)
            .answers_one::<Connection>(200, "How far it has come.")
            .errors(&[404]),
        post(
            "/v1/connect/login/",
            "login_connection",
            "Logs in to the token's link with what is stored",
            login,
        )
        .says("For a link that only lacks a token: the institution then asks for it.")
        .access(Access::KeysOr(Scope::WriteLinks))
        .answers_one::<LinkView>(200, "Logged in.")
        .errors(&[404, 408, 428]),
        put(
            "/v1/connect/statements/mapping/",
            "set_connection_statement_mapping",
            "Says how tables are to be read into the link that the token has made",
            map,
        )
        .says("As the person who uploads them confirmed it.")
        .access(Access::KeysOrToken)
        .body_of(statements::MAPPING, statements::mapping_schema())
        .example(statements::mapping_example())
        .answers_ref(200, "The mapping as it is kept.", statements::MAPPING)
        .errors(&[404]),
        post(
            "/v1/connect/statements/",
            "upload_connection_statement",
            "Reads a statement file into the link that the token has made",
            upload,
        )
        .access(Access::KeysOrToken)
        .takes_file("A bank's statement file.")
        .answers_one::<statements::Statement>(201, "Read.")
        .errors(&[404]),
    ]
}

/// What the token of a request says. Keys have nothing here of their own.
fn grant(caller: &Caller) -> Result<&Grant, Problem> {
    caller.grant.as_ref().ok_or_else(Problem::not_found)
}

async fn show(State(app): State<App>, caller: Caller, origin: Origin) -> Result<Response, Problem> {
    let grant = grant(&caller)?;
    let Standing { tenant, link, stage, wanted, loaded } = app.engine.standing(grant).await?;
    let item = |problem: Problem| {
        let brand = &app.engine.settings().brand;
        let request = caller.engine.request.hex();
        problem.items.into_iter().next().map(|item| item.shown(&request, brand, &origin))
    };
    let (name, challenge, problem) = match stage {
        Stage::Fresh => ("new", None, None),
        Stage::Working => ("working", None, None),
        Stage::Loading => ("connected", None, None),
        Stage::Loaded => ("loaded", None, None),
        Stage::Challenged(challenged) => ("challenged", item((*challenged).into()), None),
        Stage::Failed(failure) => ("failed", None, item(failure.into())),
    };
    let connection = Connection {
        company: tenant,
        stage: name,
        updates: grant.link.is_some(),
        link: link.map(|link| ConnectedLink {
            id: link.id.into(),
            institution: link.institution,
            status: link.status,
            loaded,
        }),
        wanted,
        challenge,
        problem,
        external_id: grant.external_id.clone(),
        fetch_resources: grant.fetch_resources.clone(),
        widget: grant.widget.clone(),
    };
    Ok(json(StatusCode::OK, shown(&connection)?))
}

async fn login(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let grant = grant(&caller)?;
    let link = grant.link.ok_or_else(Problem::not_found)?;
    let none = BTreeMap::new();
    let link = app.engine.replace_credentials(&caller.engine, link, none, None).await?;
    app.engine.use_up(grant).await?;
    Ok(json(StatusCode::OK, shown(&LinkView::from(link))?))
}

/// The link that the token has made.
async fn made(app: &App, caller: &Caller) -> Result<LinkId, Problem> {
    let Standing { link, stage, .. } = app.engine.standing(grant(caller)?).await?;
    let there = matches!(stage, Stage::Loading | Stage::Loaded);
    Ok(link.filter(|_| there).ok_or(Error::NoSuch("link"))?.id)
}

async fn map(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Problem> {
    let link = made(&app, &caller).await?;
    let mapping = Value::Object(form.values()).to_string();
    let mapping = app.engine.set_statement_mapping(&caller.engine, link, &mapping).await?;
    Ok(json(StatusCode::OK, mapping))
}

async fn upload(
    State(app): State<App>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let link = made(&app, &caller).await?;
    // The session of the upload is not the one by which the token is known.
    let caller = engine::Caller { token: None, ..caller.engine };
    statements::read_in(&app, &caller, link, request).await
}
