//! The data: one handler for each verb, for every resource that the domain knows.

use super::{EXAMPLE_LINK, EXAMPLE_SESSION, later, links::session, wants_later};
use crate::{
    App,
    body::{Answer, Form, Json, Key, body, describe},
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
    resource::{self, Resource, WindowRule},
    time::{Window, day},
};
use engine::retrieval::{Retrieval, Retrieved};
use jiff::{Span, civil::Date};
use secrecy::SecretString;
use serde_json::{Value, json};
use utoipa::openapi::{ObjectBuilder, schema::Schema};

const LINK: &[&str] = &["link", "link__in"];

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
    let one = format!("{}{{id}}/", r.path);
    let (noun, many) = (r.noun, plural(r.noun));
    let id = |verb: &str, noun: &str| format!("{verb}_{}", noun.replace([' ', '-'], "_"));
    let schemas = (r.schemas)();
    let Some((name, _)) = schemas.first().cloned() else { return Vec::new() };
    let required: &[&str] = if r.link_required { &["link"] } else { &[] };
    let list = get(r.path, id("list", &many), format!("Lists {many}"), {
        move |state, caller, query| list(r, state, caller, query)
    });
    let mut all = vec![
        schemas
            .into_iter()
            .fold(list, |list, (name, schema)| list.schema(&name, schema))
            .lists_ref(&name)
            .projects()
            .filters(r.filters, required),
        get(one.clone(), id("detail", noun), format!("Shows one of the {many}"), {
            move |state, caller, record, query| detail(r, state, caller, record, query)
        })
        .answers_ref(200, "What is stored.", &name)
        .projects(),
    ];
    if r.verbs.retrieve {
        let retrieve = post(r.path, id("retrieve", &many), format!("Reads {many}"), {
            move |state, caller, headers, query, form| {
                retrieve(r, state, caller, headers, query, form)
            }
        })
        .says("Goes to the institution.")
        .body_of(&format!("Retrieve{name}"), Wanted::schema(r))
        .example(Wanted::example(r))
        .answers_array(201, "Read and kept.", &name)
        .answers_array(200, "Read and not kept.", &name)
        .errors(&[408, 428])
        .projects();
        all.push(if r.verbs.asynchronous { retrieve.may_be_asynchronous() } else { retrieve });
    }
    if r.verbs.resume {
        all.push(
            patch(
                r.path,
                id("resume", &many),
                format!("Brings an answer to a reading of {many}"),
                move |state, caller, query, wanted| resume(r, state, caller, query, wanted),
            )
            .body::<ResumeRetrieval>()
            .example(json!({"session": EXAMPLE_SESSION, "link": EXAMPLE_LINK, "token": "111111"}))
            .answers_array(201, "Read and kept.", &name)
            .answers_array(200, "Read and not kept.", &name)
            .errors(&[408, 428])
            .projects(),
        );
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

/// The body of a retrieval, as the resource's descriptor shapes it.
struct Wanted {
    link: LinkId,
    save: bool,
    token: Option<SecretString>,
    window: Option<Window>,
    account: Option<RecordId>,
}

impl Wanted {
    fn read(r: &Resource, form: &mut Form, today: Date) -> Option<Self> {
        let link = LinkId::draw(form, "link");
        let save = Option::<bool>::draw(form, "save_data");
        let token = Option::<SecretString>::draw(form, "token");
        let account = match r.account_key {
            Some(key) => Option::<RecordId>::draw(form, key),
            None => Some(None),
        };
        let window = window(r.window, form, today);
        Some(Self {
            link: link?,
            save: save?.unwrap_or(true),
            token: token?,
            window: window?,
            account: account?,
        })
    }
    fn example(r: &Resource) -> Value {
        match r.window {
            WindowRule::Now => json!({"link": EXAMPLE_LINK}),
            WindowRule::Dates { .. } | WindowRule::OptionalDates { .. } => {
                json!({"link": EXAMPLE_LINK, "date_from": "2026-01-01", "date_to": "2026-01-31"})
            }
        }
    }
    fn schema(r: &Resource) -> Schema {
        let mut body = ObjectBuilder::new();
        body = describe::<LinkId>(body, "link", "The link to read through.");
        body = describe::<Option<bool>>(
            body,
            "save_data",
            "Whether to keep what is read; true if nothing is said.",
        );
        body = describe::<Option<SecretString>>(body, "token", "A token given up front.");
        if let Some(key) = r.account_key {
            body = describe::<Option<RecordId>>(body, key, "Only this account.");
        }
        match r.window {
            WindowRule::Now => {}
            WindowRule::Dates { .. } => {
                body = describe::<Date>(body, "date_from", "The first day.");
                body = describe::<Date>(body, "date_to", "The last day; not in the future.");
            }
            WindowRule::OptionalDates { .. } => {
                body = describe::<Option<Date>>(body, "date_from", "The first day.");
                body =
                    describe::<Option<Date>>(body, "date_to", "The last day; not in the future.");
            }
        }
        body.into()
    }
}

/// The days that a body asks for; `None` when `form` has a complaint about them.
#[expect(clippy::option_option, reason = "refused, without days, with days")]
fn window(rule: WindowRule, form: &mut Form, today: Date) -> Option<Option<Window>> {
    let (from, to, at_most) = match rule {
        WindowRule::Now => return Some(None),
        WindowRule::Dates { at_most } => {
            let from = Date::draw(form, "date_from");
            let to = Date::draw(form, "date_to");
            (from?, to?, Some(at_most))
        }
        WindowRule::OptionalDates { default } => {
            let from = Option::<Date>::draw(form, "date_from");
            let to = Option::<Date>::draw(form, "date_to");
            let (from, to) = (from?, to?.unwrap_or(today));
            (from.unwrap_or_else(|| Window::last_days(to, default).from), to, None)
        }
    };
    if to > today {
        form.object("date_to", "invalid", "date_to cannot be in the future.");
        return None;
    }
    let Some(window) = Window::new(from, to) else {
        form.object("date_from", "invalid", "date_from cannot be later than date_to.");
        return None;
    };
    let longest = at_most.and_then(|days| from.checked_add(Span::new().days(days)).ok());
    if let (Some(longest), Some(days)) = (longest, at_most)
        && to > longest
    {
        let message =
            format!("The number of days between date_from and date_to must be at most {days} days");
        form.object("date_to", "invalid_period", message);
        return None;
    }
    Some(Some(window))
}

async fn list(
    r: &'static Resource,
    State(app): State<App>,
    caller: Caller,
    query: Query,
) -> Result<Response, Problem> {
    if r.link_required {
        query.requires(LINK)?;
    }
    let page = query.page()?;
    let conditions = query.conditions(r.filters)?;
    let listed = app.engine.records(caller.engine.tenant, r, &conditions, page).await?;
    query.answer(page, &listed)
}

async fn detail(
    r: &'static Resource,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<RecordId>,
    query: Query,
) -> Result<Response, Problem> {
    query.one(StatusCode::OK, app.engine.record(caller.engine.tenant, r, id).await?)
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
    let Wanted { link, save, token, window, account } = form.sure(read)?;
    let wanted = Retrieval { resource: r, link, window, account, save, token };
    if r.verbs.asynchronous && wants_later(&headers) {
        app.engine.retrieve_later(&caller.engine, wanted).await?;
        return later(caller.engine.request);
    }
    retrieved(&query, &app.engine.retrieve(&caller.engine, wanted).await?)
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
    retrieved(&query, &read)
}

fn retrieved(query: &Query, read: &Retrieved) -> Result<Response, Problem> {
    let status = if read.saved { StatusCode::CREATED } else { StatusCode::OK };
    query.array(status, &read.items)
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

    fn asked(rule: WindowRule, json: &str) -> Result<Option<Window>, (&'static str, String)> {
        let mut form = Form::parse(json.as_bytes()).expect("an object");
        let today = "2026-03-01".parse().expect("a day");
        let window = window(rule, &mut form, today);
        form.sure(window).map_err(|problem| {
            let item = problem.items.into_iter().next().expect("an item");
            (item.code, item.field.unwrap_or_default().into_owned())
        })
    }
    fn days(from: &str, to: &str) -> Option<Window> {
        Window::new(from.parse().expect("a day"), to.parse().expect("a day"))
    }

    #[test]
    fn both_dates_are_needed_where_the_resource_says_so() {
        let rule = WindowRule::Dates { at_most: 365 };
        let both = |from: &str, to: &str| {
            asked(rule, &format!(r#"{{"date_from": "{from}", "date_to": "{to}"}}"#))
        };
        assert_eq!(both("2026-01-01", "2026-03-01"), Ok(days("2026-01-01", "2026-03-01")));
        assert_eq!(
            asked(rule, r#"{"date_to": "2026-01-01"}"#),
            Err(("required", "date_from".into()))
        );
        assert_eq!(both("2026-01-01", "2026-03-02"), Err(("invalid", "date_to".into())));
        assert_eq!(both("2026-02-01", "2026-01-01"), Err(("invalid", "date_from".into())));
        assert_eq!(both("2025-03-01", "2026-03-01"), Ok(days("2025-03-01", "2026-03-01")));
        assert_eq!(both("2025-02-28", "2026-03-01"), Err(("invalid_period", "date_to".into())));
        assert_eq!(both("01/02/2026", "2026-01-01"), Err(("invalid", "date_from".into())));
    }
    #[test]
    fn optional_dates_default_to_the_days_before_today() {
        let rule = WindowRule::OptionalDates { default: 365 };
        assert_eq!(asked(rule, "{}"), Ok(days("2025-03-02", "2026-03-01")));
        assert_eq!(
            asked(rule, r#"{"date_from": "2026-02-01", "date_to": null}"#),
            Ok(days("2026-02-01", "2026-03-01"))
        );
    }
    #[test]
    fn nouns_have_plurals() {
        assert_eq!(plural("transaction"), "transactions");
        assert_eq!(plural("daily balance"), "daily balances");
        assert_eq!(plural("portfolio history"), "portfolio histories");
        assert_eq!(plural("tax status"), "tax status");
    }
}
