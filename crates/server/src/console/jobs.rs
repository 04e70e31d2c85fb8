//! Work in the background.

use super::{
    form::Act,
    frame::{Frame, maybe_when, shown, when},
    list::List,
    visitor::{Desk, Named},
};
use crate::{App, problem::Problem, query::Query, v1::jobs as v1};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::ids::{JobId, LinkId};
use engine::backlog::{Job, Shown};

#[derive(Template)]
#[template(path = "console/jobs.html")]
struct Jobs {
    frame: Frame,
    failed: bool,
    list: List<Row>,
}

/// A piece of work in the list.
struct Row {
    id: JobId,
    kind: String,
    link: Option<LinkId>,
    state: &'static str,
    late: bool,
    attempt: u32,
    due: String,
    ended: String,
    outcome: String,
}

pub(super) async fn list(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    let wanted = v1::wanted(&query)?;
    let read = |page| app.engine.backlog(desk.tenant.id, wanted, page);
    let now = app.engine.env().now();
    let row = |job: Job| Row {
        id: job.id,
        state: v1::state(&job),
        late: job.finished_at.is_none() && job.lease_owner.is_none() && job.run_at < now,
        kind: job.kind,
        link: job.link,
        attempt: job.attempt,
        due: when(job.run_at),
        ended: maybe_when(job.finished_at),
        outcome: job.outcome.unwrap_or_default(),
    };
    shown(&Jobs {
        failed: wanted == Shown::Failed,
        list: List::read(&query, read, row).await?,
        frame: desk.frame(&app, "jobs"),
    })
}

pub(super) async fn retry(
    State(app): State<App>,
    Named(id): Named<JobId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    app.engine.retry_job(&desk.caller(), id).await?;
    Ok(desk.after("retry", "jobs"))
}
