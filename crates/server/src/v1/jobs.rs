//! `/v1/jobs/`: work in the background that waits or has failed, and doing it again.

use crate::{
    App,
    caller::Caller,
    operation::{Operation, get, post},
    path::Id,
    problem::{Item, Problem},
    query::Query,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{ids::JobId, time::Moment};
use engine::backlog::{Job, Shown};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, Type},
};
use uuid::Uuid;

/// Which jobs can be listed.
pub(crate) const STATES: [(&str, Shown); 2] =
    [("waiting", Shown::Waiting), ("failed", Shown::Failed)];

/// A piece of work.
#[derive(Serialize, ToSchema)]
#[schema(as = BackgroundJob)]
struct JobView {
    id: Uuid,
    /// What is to be done: `refresh`, `load`, `delete`, `erase`, `stale`, `revoke`.
    kind: String,
    /// The link that it is about.
    link: Option<Uuid>,
    /// `waiting`, `running` or `failed`.
    state: &'static str,
    /// How often it has been begun since it was scheduled.
    attempt: u32,
    /// When it is due; of what is running, until when it must give a sign of life.
    run_at: Moment,
    created_at: Moment,
    /// When it ended.
    finished_at: Option<Moment>,
    /// How it ended, in words.
    outcome: Option<String>,
}

/// Where a job that is listed stands.
pub(crate) const fn state(job: &Job) -> &'static str {
    match (job.finished_at, job.lease_owner) {
        (Some(_), _) => "failed",
        (None, Some(_)) => "running",
        (None, None) => "waiting",
    }
}

impl From<Job> for JobView {
    fn from(job: Job) -> Self {
        Self {
            id: job.id.into(),
            state: state(&job),
            kind: job.kind,
            link: job.link.map(Into::into),
            attempt: job.attempt,
            run_at: Moment(job.run_at),
            created_at: Moment(job.created_at),
            finished_at: job.finished_at.map(Moment),
            outcome: job.outcome,
        }
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    let word = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(STATES.map(|(word, _)| word)));
    vec![
        get("/v1/jobs/", "list_jobs", "Lists work that waits, or that has failed", list)
            .says(
                "What waits comes the next due first, and last what has long waited for a connector; \
                 what has failed, the latest first.",
            )
            .lists::<JobView>()
            .projects()
            .query("state", "Which; `waiting` if nothing is said.", word),
        post("/v1/jobs/{id}/retry/", "retry_job", "Does a piece of work now", retry)
            .says("What waits becomes due; what has failed is queued anew.")
            .answers_nothing(202, "As soon as a worker is free.")
            .errors(&[400]),
    ]
}

/// Which jobs the query asks for.
pub(crate) fn wanted(query: &Query) -> Result<Shown, Problem> {
    let said = query.value("state").unwrap_or("waiting");
    let known = STATES.into_iter().find(|(word, _)| *word == said);
    known.map(|(_, shown)| shown).ok_or_else(|| {
        let message = format!("\"{said:.100}\" is not a valid choice.");
        Problem::bad(vec![Item::new("invalid_choice", message).at("state")])
    })
}

async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let wanted = wanted(&query)?;
    let read = |page| app.engine.backlog(caller.engine.tenant, wanted, page);
    query.list(read, JobView::from).await
}

async fn retry(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<JobId>,
) -> Result<Response, Problem> {
    app.engine.retry_job(&caller.engine, id).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}
