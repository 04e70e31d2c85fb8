//! `/v1/links/`: how often a link is refreshed, what to do about it, what happened to it, and what it
//! has.

use crate::{
    App,
    api::links::LinkView,
    body::{Json, body},
    caller::Caller,
    operation::{Operation, get, patch, post},
    origin::Origin,
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
use engine::{
    links::Modification,
    query::ResourceCount,
    timeline::{CommitOfLink, SeenSession},
    tokens::UpdateRequest,
};
use secrecy::ExposeSecret as _;
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

/// What one reading changed of one resource.
#[derive(Serialize, ToSchema)]
struct LinkChanges {
    /// When.
    at: Moment,
    /// The resource's name, or `LINK`.
    resource: String,
    /// Records that were new.
    created: u64,
    /// Records that said something else.
    updated: u64,
    /// Records that were gone.
    deleted: u64,
}
impl From<CommitOfLink> for LinkChanges {
    fn from(commit: CommitOfLink) -> Self {
        let CommitOfLink { at, resource, created, updated, deleted, .. } = commit;
        Self { at: Moment(at), resource, created, updated, deleted }
    }
}

/// What a link has.
#[derive(Serialize, ToSchema)]
struct LinkRecords {
    results: Vec<RecordCount>,
}

/// How much a link has of one resource.
#[derive(Serialize, ToSchema)]
struct RecordCount {
    /// The resource's name.
    resource: String,
    /// Where its records are listed.
    path: String,
    count: u64,
    /// When the newest came.
    newest_at: Moment,
}

/// How much there is of a resource, and where; what is of no resource that is served is left out.
fn record_count(count: ResourceCount) -> Option<RecordCount> {
    let path = domain::resource::named(&count.resource)?.path;
    Some(RecordCount {
        resource: count.resource,
        path: path.into(),
        count: count.count,
        newest_at: Moment(count.newest),
    })
}

/// A page on which the person of a link updates it.
#[derive(Serialize, ToSchema)]
struct UpdatePage {
    /// What to send to the person, and to nobody else: it opens this one link, once.
    url: String,
    /// Until when.
    expires_at: Moment,
}

/// Where the person of a link updates it.
pub(crate) fn update_page(origin: &Origin, request: &UpdateRequest) -> String {
    origin.resolve(&format!("/connect/?access_token={}", request.token.expose_secret()))
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
        get(
            "/v1/links/{id}/changes/",
            "list_link_changes",
            "Lists what the readings of a link changed, the latest first",
            changes,
        )
        .lists::<LinkChanges>()
        .projects(),
        get("/v1/links/{id}/records/", "list_link_records", "Counts the records of a link", records)
            .answers_one::<LinkRecords>(200, "How many there are of each resource."),
        post(
            "/v1/links/{id}/update/",
            "request_link_update",
            "Makes a page on which the person of a link updates it",
            request_update,
        )
        .says(
            "For a link that is broken: there the person gives the new password, or answers what the \
             institution asks. The page is good for a day and for this link, once.",
        )
        .answers_one::<UpdatePage>(201, "The page.")
        .errors(&[400]),
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
    query.list(|page| app.engine.timeline(caller.engine.tenant, id, page), |entry| entry).await
}

async fn sessions(
    extract::State(app): extract::State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
) -> Result<axum::Json<LinkSessions>, Problem> {
    let seen = app.engine.sessions(caller.engine.tenant, id).await?;
    Ok(axum::Json(LinkSessions { results: seen.into_iter().map(Into::into).collect() }))
}

async fn changes(
    extract::State(app): extract::State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    query: Query,
) -> Result<Response, Problem> {
    let read = |page| app.engine.link_changes(caller.engine.tenant, id, page);
    query.list(read, LinkChanges::from).await
}

async fn records(
    extract::State(app): extract::State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
) -> Result<axum::Json<LinkRecords>, Problem> {
    let counts = app.engine.resource_counts(caller.engine.tenant, id).await?;
    Ok(axum::Json(LinkRecords { results: counts.into_iter().filter_map(record_count).collect() }))
}

async fn request_update(
    extract::State(app): extract::State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    origin: Origin,
) -> Result<Response, Problem> {
    let made = app.engine.request_update(&caller.engine, id).await?;
    let page = UpdatePage { url: update_page(&origin, &made), expires_at: Moment(made.ends) };
    Ok(json(StatusCode::CREATED, shown(&page)?))
}
