//! The first page about a tenant: is everything as it should be?

use super::{
    chart::{self, Chart, Column},
    frame::{Frame, shown, when},
    institutions::{self, Row},
    visitor::{Desk, Visitor},
};
use crate::{App, problem::Problem};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use domain::link::Status;
use engine::overview as seen;

#[derive(Template)]
#[template(path = "console/empty.html")]
struct Empty {
    frame: Frame,
}

/// Goes to the first tenant; where there is none, says how to make one.
pub(super) async fn home(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let tenants = app.engine.tenants().await?;
    match tenants.first() {
        Some(first) => Ok(Redirect::to(&format!("/console/{}/", first.id)).into_response()),
        None => shown(&Empty { frame: Frame::new(&app, visitor, None, tenants, "") }),
    }
}

/// Goes to the first page about a tenant.
pub(super) async fn with_slash(desk: Desk) -> Redirect {
    Redirect::permanent(&desk.at(""))
}

#[derive(Template)]
#[template(path = "console/overview.html")]
struct Overview {
    frame: Frame,
    links: Chart,
    statuses: Vec<(Status, u64, &'static str)>,
    total: u64,
    refreshes: Vec<Refreshes>,
    hours: Chart,
    first_hour: String,
    sums: seen::Hour,
    cut: bool,
    /// Of the deliveries that came to an end, how many of a hundred were taken.
    success: Option<String>,
    healthy: u64,
    down: Vec<Row>,
    down_count: u64,
    late_jobs: u64,
    failed_jobs: u64,
}

/// Links of one rate, on time and late.
struct Refreshes {
    rate: String,
    on_time: u64,
    late: u64,
    chart: Chart,
}

/// The colour of a status.
pub(super) const fn tone(status: Status) -> &'static str {
    match status {
        Status::Valid => "good",
        Status::Invalid => "bad",
        Status::TokenRequired => "warn",
        Status::Unconfirmed => "idle",
    }
}

pub(super) async fn show(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    let overview = app.engine.overview(desk.tenant.id).await?;
    let statuses: Vec<_> =
        overview.links.iter().map(|&(status, count)| (status, count, tone(status))).collect();
    let parts: Vec<_> = statuses.iter().map(|&(_, count, tone)| (tone, count)).collect();
    let refreshes = overview.refreshes.iter().map(|of| {
        let on_time = of.links.saturating_sub(of.late);
        Refreshes {
            rate: of.rate.to_string(),
            on_time,
            late: of.late,
            chart: chart::bar("Links on time and late", &[("good", on_time), ("bad", of.late)]),
        }
    });
    let column = |hour: &seen::Hour| Column {
        name: when(hour.from),
        parts: vec![("good", hour.delivered), ("warn", hour.pending), ("bad", hour.failed)],
    };
    let columns: Vec<_> = overview.hours.iter().map(column).collect();
    let sum = |of: fn(&seen::Hour) -> u64| overview.hours.iter().map(of).sum();
    let sums = seen::Hour {
        from: overview.at,
        delivered: sum(|hour| hour.delivered),
        pending: sum(|hour| hour.pending),
        failed: sum(|hour| hour.failed),
    };
    shown(&Overview {
        total: statuses.iter().map(|(_, count, _)| count).sum(),
        links: chart::bar("Links by their status", &parts),
        statuses,
        refreshes: refreshes.collect(),
        hours: chart::columns("Deliveries by the hour", &columns),
        first_hour: overview.hours.first().map(|hour| when(hour.from)).unwrap_or_default(),
        success: percent(sums.delivered, sums.delivered + sums.failed),
        sums,
        cut: overview.cut,
        healthy: overview.healthy,
        down_count: overview.down_count,
        down: overview.down.into_iter().map(institutions::row).collect(),
        late_jobs: overview.late_jobs,
        failed_jobs: overview.failed_jobs,
        frame: desk.frame(&app, ""),
    })
}

/// How many of a hundred, with one digit; never a whole hundred unless it was all.
fn percent(part: u64, whole: u64) -> Option<String> {
    let tenths = (u128::from(part) * 1000).checked_div(u128::from(whole))?;
    Some(format!("{}.{} %", tenths / 10, tenths % 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_of_a_hundred_means_all() {
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(3, 3).as_deref(), Some("100.0 %"));
        assert_eq!(percent(99_999, 100_000).as_deref(), Some("99.9 %"));
        assert_eq!(percent(1, 3).as_deref(), Some("33.3 %"));
    }
}
