//! `/v1/overview/`: how a tenant's links are, at a glance.

use crate::{
    App,
    caller::Caller,
    operation::{Operation, get},
    problem::Problem,
};
use axum::{Json, extract::State};
use domain::{link::Status, refresh::Rate, time::Moment};
use engine::overview as engine_overview;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How a tenant's links are.
#[derive(Serialize, ToSchema)]
struct Overview {
    /// When this was so.
    at: Moment,
    /// How many links there are in each status.
    #[schema(value_type = BTreeMap<String, u64>)]
    links: BTreeMap<Status, u64>,
    /// Valid recurrent links by their rate.
    refreshes: Vec<Refreshes>,
    deliveries: Deliveries,
    institutions: Institutions,
    jobs: Jobs,
}

/// Valid recurrent links of one rate.
#[derive(Serialize, ToSchema)]
#[schema(as = OverviewRefreshes)]
struct Refreshes {
    #[schema(inline)]
    rate: Rate,
    /// How many there are.
    links: u64,
    /// Of how many the data are older than the rate promises, by more than an hour.
    late: u64,
}

/// Deliveries of the last day.
#[derive(Serialize, ToSchema)]
#[schema(as = OverviewDeliveries)]
struct Deliveries {
    /// Hour by hour, the earliest first.
    hours: Vec<Hour>,
    /// Whether there were more than 10,000; then only the latest are counted.
    cut: bool,
}

/// Deliveries that were announced in one hour.
#[derive(Serialize, ToSchema)]
#[schema(as = OverviewHour)]
struct Hour {
    /// When it begins.
    from: Moment,
    delivered: u64,
    /// On their way.
    pending: u64,
    /// Given up or cancelled.
    failed: u64,
}

/// How many institutions can be used.
#[derive(Serialize, ToSchema)]
#[schema(as = OverviewInstitutions)]
struct Institutions {
    healthy: u64,
    down: u64,
}

/// Work in the background that is in trouble.
#[derive(Serialize, ToSchema)]
#[schema(as = OverviewJobs)]
struct Jobs {
    /// Due for more than five minutes.
    late: u64,
    /// Failed within a day.
    failed: u64,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/overview/", "overview", "How links, refreshes and deliveries are", overview)
            .answers_one::<Overview>(200, "How they are."),
    ]
}

async fn overview(State(app): State<App>, caller: Caller) -> Result<Json<Overview>, Problem> {
    let seen = app.engine.overview(caller.engine.tenant).await?;
    let refreshes = seen
        .refreshes
        .iter()
        .map(|&engine_overview::Refreshes { rate, links, late }| Refreshes { rate, links, late });
    let hours =
        seen.hours.iter().map(|&engine_overview::Hour { from, delivered, pending, failed }| Hour {
            from: Moment(from),
            delivered,
            pending,
            failed,
        });
    Ok(Json(Overview {
        at: Moment(seen.at),
        links: seen.links.iter().copied().collect(),
        refreshes: refreshes.collect(),
        deliveries: Deliveries { hours: hours.collect(), cut: seen.cut },
        institutions: Institutions { healthy: seen.healthy, down: seen.down_count },
        jobs: Jobs { late: seen.late_jobs, failed: seen.failed_jobs },
    }))
}
