//! `/v1/links/`: how often a link is refreshed, what to do about it, and what happened to it.

use crate::{
    App,
    api::links::LinkView,
    body::{Json, body},
    caller::Caller,
    operation::{Operation, get, patch},
    path::Id,
    problem::{Item, Problem},
    query::{Query, json, shown},
};
use axum::{extract, http::StatusCode, response::Response};
use domain::{
    access::AccessMode,
    ids::LinkId,
    link::Link,
    refresh::Rate,
    session::{ChallengeKind, State},
    time::Moment,
};
use engine::{Listed, links::Modification, timeline::SeenSession};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

body! {
    /// How a link is to be refreshed.
    RateLink {
        /// The new rate.
        refresh_rate: Rate,
    }
}

/// A link with what the compatible face has no words for.
#[derive(Serialize, ToSchema)]
struct LinkDetail {
    #[serde(flatten)]
    link: LinkView,
    /// When it is refreshed next; null while nothing is scheduled.
    next_refresh_at: Option<Moment>,
    /// When data last came.
    updated_at: Moment,
    /// When it was last refreshed on demand.
    refreshed_at: Option<Moment>,
    /// The one thing that helps a link that is not healthy; null when it is.
    next_action: Option<&'static str>,
}

/// One entry of a timeline.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes engine::timeline::Entry")]
struct TimelineEntry {
    /// When.
    at: Moment,
    /// What: `registered`, `refresh_started`, `challenge_raised`, `status_changed` …
    kind: String,
    /// More about it.
    #[schema(value_type = Object)]
    detail: (),
}

/// The sessions of a link.
#[derive(Serialize, ToSchema)]
struct LinkSessions {
    results: Vec<SessionView>,
}

/// One login at an institution.
#[derive(Serialize, ToSchema)]
#[schema(as = LinkSession)]
struct SessionView {
    id: Uuid,
    #[schema(inline)]
    state: State,
    /// What it is for: `registration`, `repair`, `request`, `load`, `schedule`, `async`, `upload`.
    purpose: &'static str,
    /// What the institution asks at present.
    #[schema(inline)]
    asks: Option<ChallengeKind>,
    /// How many challenges there have been.
    challenges: u32,
    /// The request that caused it.
    request_id: String,
    created_at: Moment,
    finished_at: Option<Moment>,
    /// Why it failed.
    failure: Option<String>,
}
impl From<SeenSession> for SessionView {
    fn from(session: SeenSession) -> Self {
        Self {
            id: session.id.into(),
            state: session.state,
            purpose: session.purpose,
            asks: session.asks,
            challenges: session.challenges,
            request_id: session.request.hex(),
            created_at: Moment(session.created_at),
            finished_at: session.finished_at.map(Moment),
            failure: session.failure,
        }
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/links/{id}/", "inspect_link", "Shows a link and what to do about it", detail)
            .answers_one::<LinkDetail>(200, "The link.")
            .projects(),
        patch("/v1/links/{id}/", "rate_link", "Sets how often a link is refreshed", modify)
            .body::<RateLink>()
            .example(serde_json::json!({"refresh_rate": "6h"}))
            .answers_one::<LinkDetail>(200, "The link as it is now."),
        get(
            "/v1/links/{id}/timeline/",
            "list_link_timeline",
            "Lists what happened to a link, newest first",
            timeline,
        )
        .lists::<TimelineEntry>()
        .projects(),
        get(
            "/v1/links/{id}/sessions/",
            "list_link_sessions",
            "Lists the sessions of a link, newest first",
            sessions,
        )
        .says("At most fifty; those that have ended are known for an hour.")
        .answers_one::<LinkSessions>(200, "Its sessions."),
    ]
}

async fn view(app: &App, link: Link) -> Result<LinkDetail, Problem> {
    Ok(LinkDetail {
        next_action: app.engine.next_action(&link).await?,
        next_refresh_at: link.schedule.as_ref().map(|schedule| Moment(schedule.due)),
        updated_at: Moment(link.updated_at),
        refreshed_at: link.refreshed_at.map(Moment),
        link: link.into(),
    })
}

async fn detail(
    extract::State(app): extract::State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    query: Query,
) -> Result<Response, Problem> {
    let link = app.engine.link(caller.engine.tenant, id).await?;
    query.one(StatusCode::OK, shown(&view(&app, link).await?)?)
}

async fn modify(
    extract::State(app): extract::State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    Json(RateLink { refresh_rate }): Json<RateLink>,
) -> Result<Response, Problem> {
    let link = app.engine.link(caller.engine.tenant, id).await?;
    if link.access_mode == AccessMode::Single {
        let message = "Only recurrent links are refreshed on a schedule.";
        return Err(Problem::bad(vec![Item::new("invalid", message).at("refresh_rate")]));
    }
    let wanted = Modification { refresh_rate: Some(refresh_rate), ..Modification::default() };
    let link = app.engine.modify_link(&caller.engine, id, wanted).await?;
    Ok(json(StatusCode::OK, shown(&view(&app, link).await?)?))
}

async fn timeline(
    extract::State(app): extract::State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    query: Query,
) -> Result<Response, Problem> {
    let page = query.page()?;
    let listed = app.engine.timeline(caller.engine.tenant, id, page).await?;
    let items = listed.items.iter().map(shown).collect::<Result<_, _>>()?;
    query.answer(page, &Listed { count: listed.count, items })
}

async fn sessions(
    extract::State(app): extract::State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
) -> Result<axum::Json<LinkSessions>, Problem> {
    let seen = app.engine.sessions(caller.engine.tenant, id).await?;
    Ok(axum::Json(LinkSessions { results: seen.into_iter().map(Into::into).collect() }))
}
