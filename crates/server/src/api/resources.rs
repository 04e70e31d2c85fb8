//! The data: one handler for each verb, for every resource that the domain knows.

use super::{EXAMPLE_LINK, EXAMPLE_SESSION, later, links::session, retrieval::Wanted, wants_later};
use crate::{
    App,
    body::{Answer, Form, Json, body},
    caller::Caller,
    operation::{Operation, delete, get, patch, post},
    path::Id,
    problem::Problem,
    query::Query,
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::{
    ids::{LinkId, RecordId},
    resource::{self, Resource},
    time::day,
};
use engine::retrieval::Retrieved;
use serde_json::json;

body! {
    /// The answer to a challenge of a retrieval.
    ResumeRetrieval {
        /// The session that asked.
        session: String,
        /// The link that is logging in.
        link: Option<LinkId>,
        /// The answer; nothing where nothing is to be typed.
        token: Option<Answer>,
        /// Whether to keep what is read; as the first request said, if nothing is said.
        save_data: Option<bool>,
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    resource::all().iter().flat_map(|resource| of(resource)).collect()
}

/// The operations of one resource.
fn of(r: &'static Resource) -> Vec<Operation> {
    let (noun, many) = (r.noun, plural(r.noun));
    let id = |verb: &str, noun: &str| format!("{verb}_{}", noun.replace([' ', '-'], "_"));
    let schemas = (r.schemas)();
    let Some((name, _)) = schemas.first().cloned() else { return Vec::new() };
    let (list_id, lists) = (id("list", &many), format!("Lists {many}"));
    let list = if r.is_nested() {
        get(r.path, list_id, lists, {
            move |state, caller, parent, query| list_of(r, state, caller, parent, query)
        })
    } else {
        get(r.path, list_id, lists, move |state, caller, query| list(r, state, caller, query))
    };
    let list = schemas
        .into_iter()
        .fold(list, |list, (name, schema)| list.schema(&name, schema))
        .lists_ref(&name)
        .projects()
        .filters(r.filters, r.required.as_slice());
    if r.is_nested() {
        return vec![list];
    }
    let one = format!("{}{{id}}/", r.path);
    let mut all = vec![
        list,
        get(one.clone(), id("detail", noun), format!("Shows one of the {many}"), {
            move |state, caller, record, query| detail(r, state, caller, record, query)
        })
        .answers_ref(200, "What is stored.", &name)
        .projects(),
    ];
    // What was read: the one record, or an array of them.
    let answers = if r.single { Operation::answers_ref } else { Operation::answers_array };
    let read = |operation: Operation| {
        let kept = answers(operation, 201, "Read and kept.", &name);
        answers(kept, 200, "Read and not kept.", &name)
    };
    if r.verbs.retrieve {
        let (does, says) = match r.computed() {
            None => ("Reads", "Goes to the institution."),
            Some(_) => (
                "Computes",
                "From what is stored; goes to the institution where that is missing or more than a day old.",
            ),
        };
        let retrieve = post(r.path, id("retrieve", &many), format!("{does} {many}"), {
            move |state, caller, headers, query, form| {
                retrieve(r, state, caller, headers, query, form)
            }
        })
        .says(says)
        .body_of(&format!("Retrieve{name}"), Wanted::schema(r))
        .example(Wanted::example(r))
        .errors(&[408, 428])
        .projects();
        let retrieve = read(retrieve);
        all.push(if r.verbs.asynchronous { retrieve.may_be_asynchronous() } else { retrieve });
    }
    if r.verbs.resume {
        let resume = patch(
            r.path,
            id("resume", &many),
            format!("Brings an answer to a reading of {many}"),
            move |state, caller, query, wanted| resume(r, state, caller, query, wanted),
        )
        .body::<ResumeRetrieval>()
        .example(json!({"session": EXAMPLE_SESSION, "link": EXAMPLE_LINK, "token": "111111"}))
        .errors(&[408, 428])
        .projects();
        all.push(read(resume));
    }
    if r.verbs.delete {
        all.push(
            delete(one, id("delete", noun), format!("Forgets one of the {many}"), {
                move |state, caller, record| forget(r, state, caller, record)
            })
            .answers_nothing(204, "Forgotten.")
            .errors(&[429]),
        );
    }
    all
}

/// More than one of a noun.
fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if noun.ends_with('s') => noun.to_owned(),
        _ => format!("{noun}s"),
    }
}

async fn list(
    r: &'static Resource,
    State(app): State<App>,
    caller: Caller,
    query: Query,
) -> Result<Response, Problem> {
    if let Some(name) = r.required {
        query.requires(name)?;
    }
    let page = query.page()?;
    let conditions = query.conditions(r.filters)?;
    let listed = (app.engine)
        .records(caller.engine.tenant, r, &conditions, page, &query.projection())
        .await?;
    query.answer(page, &listed)
}

async fn list_of(
    r: &'static Resource,
    State(app): State<App>,
    caller: Caller,
    Id(parent): Id<RecordId>,
    query: Query,
) -> Result<Response, Problem> {
    let page = query.page()?;
    let conditions = query.conditions(r.filters)?;
    let listed = app.engine.records_of(caller.engine.tenant, r, parent, &conditions, page).await?;
    query.answer(page, &listed)
}

async fn detail(
    r: &'static Resource,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<RecordId>,
    query: Query,
) -> Result<Response, Problem> {
    let tenant = caller.engine.tenant;
    query.one(StatusCode::OK, app.engine.record(tenant, r, id, &query.projection()).await?)
}

async fn retrieve(
    r: &'static Resource,
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    query: Query,
    mut form: Form,
) -> Result<Response, Problem> {
    let read = Wanted::read(r, &mut form, day(app.engine.env().now()));
    let wanted = form.sure(read)?.of(r);
    if r.verbs.asynchronous && wants_later(&headers) {
        app.engine.retrieve_later(&caller.engine, wanted).await?;
        return later(caller.engine.request);
    }
    retrieved(r, &query, &app.engine.retrieve(&caller.engine, wanted).await?)
}

async fn resume(
    r: &'static Resource,
    State(app): State<App>,
    caller: Caller,
    query: Query,
    Json(wanted): Json<ResumeRetrieval>,
) -> Result<Response, Problem> {
    let ResumeRetrieval { session: id, link, token, save_data } = wanted;
    let id = session(&id)?;
    let (engine, token) = (&app.engine, token.map(|answer| answer.0));
    let read = engine.resume_retrieval(&caller.engine, r, id, link, token, save_data).await?;
    retrieved(r, &query, &read)
}

fn retrieved(r: &Resource, query: &Query, read: &Retrieved) -> Result<Response, Problem> {
    let status = if read.saved { StatusCode::CREATED } else { StatusCode::OK };
    match read.items.last().filter(|_| r.single) {
        Some(one) => query.one(status, one.clone()),
        None => query.array(status, &read.items),
    }
}

async fn forget(
    r: &'static Resource,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<RecordId>,
) -> Result<Response, Problem> {
    if r.deletion_limited {
        app.doors.delete(caller.engine.tenant)?;
    }
    app.engine.delete_record(&caller.engine, r, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_have_plurals() {
        assert_eq!(plural("transaction"), "transactions");
        assert_eq!(plural("daily balance"), "daily balances");
        assert_eq!(plural("portfolio history"), "portfolio histories");
        assert_eq!(plural("tax status"), "tax status");
    }
}
