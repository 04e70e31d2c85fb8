//! The table of operations, from which the routes and the OpenAPI document are both computed, and
//! what every request passes on its way to a handler.

use crate::{
    App, api, assets,
    caller::{self, Request as Id},
    connect, console, docs, machine,
    operation::{Access, Operation},
    origin::Origin,
    pictures,
    problem::Problem,
    v1,
};
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use std::{any::Any, sync::Arc, time::Duration};
use tower_http::{catch_panic::CatchPanicLayer, cors};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_MODE: HeaderName = HeaderName::from_static("x-belvo-request-mode");

/// Everything that can be asked. What steers clock and sandbox is left out where nobody may.
pub(crate) fn operations(steerable: bool) -> Vec<Operation> {
    let mut all = Vec::new();
    all.extend(machine::operations());
    all.extend(pictures::operations());
    all.extend(assets::operations());
    all.extend(connect::operations());
    all.extend(api::operations());
    all.extend(v1::operations());
    if steerable {
        all.extend(v1::steering());
    }
    all
}

/// What a gate knows of the operation behind it.
#[derive(Clone)]
struct Gate {
    app: App,
    access: Access,
    unlimited: bool,
}

/// The routes of `operations` with everything around them.
pub(crate) fn assemble(app: &App, operations: Vec<Operation>, with_console: bool) -> Router {
    let mut router = Router::new();
    // The console goes by cookies, and is for no page of another origin.
    let console = if with_console { console::router(app) } else { Router::new() };
    for Operation { path, route, access, unlimited, .. } in operations {
        let gate = Gate { app: app.clone(), access, unlimited };
        router = router.route(&path, route.route_layer(from_fn_with_state(gate, pass)));
    }
    router
        .merge(docs::router())
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|method: Method| async move {
            Problem::method_not_allowed(method.as_str())
        })
        .layer(catching_panics())
        .layer(cors())
        .merge(console)
        .layer(from_fn_with_state(app.clone(), answer))
        .with_state(app.clone())
}

/// Outermost: gives the request its id, renders problems, and tells what happened.
async fn answer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = app.engine.env().id();
    request.extensions_mut().insert(Id(id));
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let origin = Origin::of(request.headers(), request.uri(), &app.settings);
    request.extensions_mut().insert(origin.clone());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let to_widget = caller::bearer(request.headers()).is_some();
    #[expect(clippy::disallowed_types, reason = "telemetry")]
    let since = std::time::Instant::now();
    let at_work = app.metrics.begin();
    let mut response = next.run(request).await;
    drop(at_work);
    if let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() {
        let rendered = problem.render(&id.hex(), &app.engine.settings().brand, &origin, to_widget);
        let plain = std::mem::replace(&mut response, rendered);
        for (name, value) in plain.headers() {
            if !response.headers().contains_key(name) && *name != header::CONTENT_LENGTH {
                response.headers_mut().insert(name, value.clone());
            }
        }
    }
    protect(&mut response, &id.hex());
    let took = since.elapsed();
    let status = response.status().as_u16();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    app.metrics.answered(known(&method), route, status, took);
    tracing::info!(
        method = method.as_str(),
        path,
        status,
        ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        request = id.hex(),
        "answered"
    );
    response
}

/// The headers that every answer carries.
fn protect(response: &mut Response, request: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(request) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// Before every handler: limits, then who it is, then the time that it may take.
async fn pass(
    State(Gate { app, access, unlimited }): State<Gate>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let place = if unlimited {
        None
    } else {
        app.doors.enter(request.headers(), request.extensions())?;
        Some(app.doors.room.try_acquire().map_err(|_| Problem::busy())?)
    };
    let work = async {
        let id = request.extensions().get::<Id>().copied().ok_or_else(Problem::unexpected)?;
        let caller = caller::authorise(&app.engine, access, request.headers(), id.0).await?;
        if let Some(caller) = caller {
            request.extensions_mut().insert(caller);
        }
        Ok(next.run(request).await)
    };
    let answer = if unlimited {
        work.await
    } else {
        let limit = app.settings.limits.time;
        tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(Problem::timed_out()))
    };
    drop(place);
    answer
}

/// Answers for a handler that panicked. What the panic said is not repeated: it may hold what the
/// handler was working on, a password among it.
pub(crate) fn catching_panics() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    let answer: fn(Box<dyn Any + Send>) -> Response = |_| {
        tracing::error!("a handler panicked");
        Problem::unexpected().into_response()
    };
    CatchPanicLayer::custom(answer)
}

/// Pages of other origins may call with a token; nothing that they reach goes by cookies.
fn cors() -> cors::CorsLayer {
    cors::CorsLayer::new()
        .allow_origin(cors::Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, REQUEST_MODE])
        .expose_headers([REQUEST_ID, header::RETRY_AFTER])
        .max_age(Duration::from_hours(1))
}

/// A method as a label: callers may invent words.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, http::StatusCode, routing::get};
    use std::{
        io,
        sync::{Mutex, PoisonError},
    };
    use tower::ServiceExt as _;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_handler_that_panics_is_answered_for_and_what_it_said_is_not_in_the_log() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        let _logging = tracing::subscriber::set_default(subscriber);
        let panics: fn() -> &'static str = || panic!("canary-{}", "of-a-handler");
        let router = Router::new().route("/", get(async move || panics())).layer(catching_panics());
        let request = Request::new(Body::empty());
        let answer = router.oneshot(request).await.expect("infallible");
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let log = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let log = String::from_utf8(log).expect("text");
        assert!(log.contains("a handler panicked") && !log.contains("canary"), "{log}");
    }
}
