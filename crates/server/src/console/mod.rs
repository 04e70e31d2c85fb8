//! `/console/`: pages for operators. Plain forms and links, no script. Each page is made of the
//! engine's own calls, those that `/v1/` makes too, for one tenant at a time (ADR 0021).
//!
//! Architecture invariant: what a page shows it masks itself; what it does it does as an operator,
//! so that the audit log names them. A form that did not come from a page of ours does nothing.

mod account;
mod ask;
mod audit;
mod chart;
mod csv;
mod deliveries;
mod dev;
mod endpoints;
mod form;
mod frame;
mod institutions;
mod jobs;
mod keys;
mod links;
mod list;
mod mask;
mod note;
mod overview;
mod records;
mod sign_in;
mod visitor;

use crate::{
    App,
    caller::Request as Id,
    origin::Origin,
    page::{Framed, page},
    problem::Problem,
};
use askama::Template;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::{any, get, post},
};
use note::Note;
use std::sync::Arc;
use visitor::Visitor;

/// Where those are sent who are not signed in.
const SIGN_IN: &str = "/console/sign-in";

/// Every page, with what each request passes on its way to it.
pub(crate) fn router(app: &App) -> Router<App> {
    let mut router = Router::new()
        .route("/console", get(|| async { Redirect::permanent("/console/") }))
        .route("/console/", get(overview::home))
        .route(SIGN_IN, get(sign_in::show).post(sign_in::enter))
        .route("/console/sign-out", post(sign_in::leave))
        .route("/console/account", get(account::show).post(account::change))
        .route("/console/audit", get(audit::installation))
        .route("/console/{tenant}/", get(overview::show))
        .route("/console/{tenant}/links", get(links::list))
        .route("/console/{tenant}/links.csv", get(links::export))
        .route("/console/{tenant}/links/{id}", get(links::show))
        .route("/console/{tenant}/links/{id}/refresh", post(links::refresh))
        .route("/console/{tenant}/links/{id}/update", post(links::request_update))
        .route("/console/{tenant}/links/{id}/changes", get(links::list_changes))
        .route("/console/{tenant}/links/{id}/records/{resource}", get(records::show))
        .route("/console/{tenant}/links/{id}/records/{resource}/reveal", post(records::reveal))
        .route("/console/{tenant}/links/{id}/delete", get(links::ask).post(links::delete))
        .route("/console/{tenant}/institutions", get(institutions::list))
        .route("/console/{tenant}/institutions/{number}", get(institutions::show))
        .route("/console/{tenant}/institutions/{number}/close", post(institutions::close))
        .route("/console/{tenant}/institutions/{number}/open", post(institutions::open))
        .route("/console/{tenant}/webhooks", get(endpoints::list).post(endpoints::add))
        .route("/console/{tenant}/webhooks/{id}", get(endpoints::show).post(endpoints::change))
        .route("/console/{tenant}/webhooks/{id}/test", post(endpoints::test))
        .route("/console/{tenant}/webhooks/{id}/enable", post(endpoints::enable))
        .route("/console/{tenant}/webhooks/{id}/disable", post(endpoints::disable))
        .route("/console/{tenant}/webhooks/{id}/secret", post(endpoints::rotate))
        .route(
            "/console/{tenant}/webhooks/{id}/delete",
            get(endpoints::ask).post(endpoints::forget),
        )
        .route("/console/{tenant}/deliveries", get(deliveries::list))
        .route("/console/{tenant}/deliveries.csv", get(deliveries::export))
        .route(
            "/console/{tenant}/deliveries/replay",
            get(deliveries::ask).post(deliveries::replay_all),
        )
        .route("/console/{tenant}/deliveries/{id}", get(deliveries::delivery))
        .route("/console/{tenant}/deliveries/{id}/reveal", post(deliveries::reveal))
        .route("/console/{tenant}/deliveries/{id}/replay", post(deliveries::replay))
        .route("/console/{tenant}/jobs", get(jobs::list))
        .route("/console/{tenant}/jobs/{id}/retry", post(jobs::retry))
        .route("/console/{tenant}/keys", get(keys::list).post(keys::make))
        .route("/console/{tenant}/keys/{id}/revoke", get(keys::ask).post(keys::revoke))
        .route("/console/{tenant}/audit", get(audit::list))
        .route("/console/{tenant}/audit.csv", get(audit::export));
    if app.settings.steerable {
        router = router
            .route("/console/{tenant}/dev", get(dev::show))
            .route("/console/{tenant}/dev/clock", post(dev::advance))
            .route("/console/{tenant}/dev/faults", post(dev::add_fault))
            .route("/console/{tenant}/dev/faults/end", post(dev::end_faults));
    }
    router
        .route("/console/{tenant}", get(overview::with_slash))
        .route("/console/{tenant}/{*elsewhere}", any(|| async { Problem::not_found() }))
        .method_not_allowed_fallback(|| async { Problem::not_found() })
        .layer(crate::router::catching_panics())
        .layer(from_fn_with_state(app.clone(), gate))
}

/// Before every page: limits, then who is signed in, then the time that it may take. After it: what
/// went wrong, as a page.
async fn gate(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<Id>().copied();
    let from = sign_in::came_from(request.headers());
    let brought = Note::brought(request.headers());
    let origin = Origin::of(request.headers(), request.uri(), &app.settings);
    let mut response = pass(&app, request, next).await.unwrap_or_else(IntoResponse::into_response);
    if let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() {
        response = told(&app, &problem, id, from).unwrap_or_else(IntoResponse::into_response);
    } else {
        note::pass_on(&mut response, brought, &origin);
    }
    // With no referrer at all, browsers would not say where a form comes from.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

async fn pass(app: &App, mut request: Request, next: Next) -> Result<Response, Problem> {
    app.doors.enter(request.headers(), request.extensions())?;
    let _place = app.doors.room.try_acquire().map_err(|_| Problem::busy())?;
    let work = async {
        match Visitor::of(app, request.headers()).await? {
            Some(visitor) => {
                request.extensions_mut().insert(visitor);
            }
            None if request.uri().path() == SIGN_IN => {}
            None => {
                return Ok(sign_in::first(&request));
            }
        }
        Ok(next.run(request).await)
    };
    let limit = app.settings.limits.time;
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(Problem::timed_out()))
}

/// What went wrong.
#[derive(Template)]
#[template(path = "console/problem.html")]
struct Told<'a> {
    brand: &'a str,
    title: &'static str,
    messages: Vec<String>,
    /// The page that leads on from here.
    back: Option<String>,
    request: String,
}

fn told(
    app: &App,
    problem: &Problem,
    id: Option<Id>,
    from: Option<String>,
) -> Result<Response, Problem> {
    let gone = problem.status == StatusCode::NOT_FOUND;
    let brand = &app.engine.settings().brand;
    let shown = Told {
        brand,
        title: match problem.status.as_u16() {
            403 => "You may only look",
            404 => "There is nothing here",
            408 | 500.. => "That did not work",
            429 => "Too many requests",
            _ => "That cannot be done",
        },
        messages: if gone {
            // So it is also for the second of two clicks.
            vec!["It was never there, or it has been deleted.".into()]
        } else {
            problem.messages(brand)
        },
        // Where something has gone, its own page has gone as well.
        back: from.filter(|_| !gone),
        request: id.map(|id| id.0.hex()).unwrap_or_default(),
    };
    let mut response = page(&shown, Framed::Nowhere)?;
    *response.status_mut() = problem.status;
    Ok(response)
}
