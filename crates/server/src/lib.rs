//! The HTTP surface: `/api/` as Belvo's SDKs know it, `/v1/` of our own, pages for people, and what
//! machines ask.
//!
//! Architecture invariant: handlers translate and nothing else. No SQL, no connector, no rule about
//! links lives here; `problem` is the only file that knows which failure has which status.

mod api;
mod assets;
mod body;
mod caller;
mod connect;
mod console;
mod docs;
mod limits;
mod locale;
mod machine;
mod metrics;
mod openapi;
mod operation;
mod origin;
mod page;
mod path;
mod pictures;
mod problem;
mod qr;
mod query;
mod router;
mod v1;

use axum::Router;
use engine::Engine;
use limits::Doors;
use metrics::Metrics;
use operation::Operation;
use std::{sync::Arc, time::Duration};
use url::Url;

/// How the surface behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether the clock and the sandbox can be steered through the API (`vinculo dev`).
    pub steerable: bool,
    /// Where clients reach this server; `None` to go by the headers of each request.
    pub public_url: Option<Url>,
    /// Whether a proxy stands before it, whose `X-Forwarded-*` headers can be believed.
    pub behind_proxy: bool,
    /// Records on a page when the request does not say.
    pub page_size: u32,
    /// How much may be asked for.
    pub limits: Limits,
}

/// How much may be asked for. Zero means no limit where a number of requests is limited.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests of one address in thirty seconds.
    pub requests_in_30_seconds: u32,
    /// Deletions of one tenant in a minute, of links, accounts and transactions together.
    pub deletions_a_minute: u32,
    /// Bytes of a request's body.
    pub body: usize,
    /// Bytes of a file that is uploaded.
    pub upload: usize,
    /// Files that are taken in and read at the same time; each is in memory, more wait.
    pub uploads_at_once: usize,
    /// How long a request may take.
    pub time: Duration,
    /// Requests at work at the same time.
    pub at_once: usize,
}

impl Limits {
    /// Only what protects the process itself.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            requests_in_30_seconds: 0,
            deletions_a_minute: 0,
            body: 1 << 20,
            upload: 16 << 20,
            uploads_at_once: 2,
            time: Duration::from_mins(5),
            at_once: 1024,
        }
    }
    /// Those of the original service.
    #[must_use]
    pub const fn contract() -> Self {
        Self { requests_in_30_seconds: 80, deletions_a_minute: 5, ..Self::none() }
    }
}

impl Settings {
    /// For `vinculo dev`: everything allowed, small pages.
    #[must_use]
    pub fn dev() -> Self {
        Self {
            steerable: true,
            public_url: None,
            behind_proxy: false,
            page_size: 10,
            limits: Limits::none(),
        }
    }
    /// For `vinculo serve`.
    #[must_use]
    pub fn serve() -> Self {
        Self { steerable: false, page_size: 100, limits: Limits::contract(), ..Self::dev() }
    }
}

/// What every handler may use.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) engine: Engine,
    pub(crate) settings: Arc<Settings>,
    pub(crate) doors: Arc<Doors>,
    pub(crate) metrics: Arc<Metrics>,
    /// The OpenAPI document of what is served.
    pub(crate) document: Arc<str>,
}

/// The whole surface on top of `engine`. Serve it with
/// `into_make_service_with_connect_info::<SocketAddr>()`, or rate limits cannot tell callers apart.
pub fn router(engine: Engine, settings: Settings) -> Router {
    serve(engine, settings, router::operations, true)
}

/// Only what machines ask, for a process that does nothing but background work.
pub fn machine_router(engine: Engine, settings: Settings) -> Router {
    serve(engine, settings, |_| machine::operations(), false)
}

fn serve(
    engine: Engine,
    settings: Settings,
    all: fn(bool) -> Vec<Operation>,
    with_console: bool,
) -> Router {
    let operations = all(settings.steerable);
    let document = openapi::document(all(settings.steerable));
    let app = App {
        metrics: Arc::new(Metrics::new(engine.metrics())),
        engine,
        doors: Arc::new(Doors::new(&settings.limits, settings.behind_proxy)),
        settings: Arc::new(settings),
        document: document.to_json().unwrap_or_default().into(),
    };
    router::assemble(&app, operations, with_console)
}

/// The OpenAPI document of everything that can be served, indented, the same for every call.
#[must_use]
pub fn openapi() -> String {
    let document = openapi::document(router::operations(true));
    document.to_pretty_json().unwrap_or_default() + "\n"
}
