//! An API of a test's own, with a tenant that may call it.

use crate::{browser::listen, schemas};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, Uri, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use connect::{sandbox::Sandbox, statement_files::StatementFiles};
use domain::env::Env;
use engine::{Engine, Parts, clock::VirtualClock};
use secrecy::SecretString;
use serde_json::{Value, json};
use server::Settings;
use std::sync::Arc;
use store::testing::{TestStore, postgres, sqlite, stores};
use tokio::task::JoinSet;
use tower::ServiceExt;
use vault::{KeyRing, Vault};

/// What every key's password is. Colons belong to it.
pub(crate) const PASSWORD: &str = "se:cret@#-_";

/// An API on a database of its own.
pub(crate) struct Api {
    pub(crate) router: Router,
    pub(crate) engine: Engine,
    /// `Basic …` of the tenant's key.
    pub(crate) keys: String,
    pub(crate) key_id: String,
    store: TestStore,
    /// Whoever takes its webhooks, for as long as it lives.
    endpoint: JoinSet<()>,
    ring: KeyRing,
    clock: VirtualClock,
    settings: Settings,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON; null when it is empty.
    pub(crate) fn json(&self) -> Value {
        if self.text.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }
    /// The first error's code.
    pub(crate) fn code(&self) -> String {
        self.json()[0]["code"].as_str().unwrap_or_default().to_owned()
    }
    /// Each error's code and field.
    pub(crate) fn codes(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let json = self.json();
        let items = json.as_array().expect("an error body is an array");
        items.iter().map(|item| (text(&item["code"]), text(&item["field"]))).collect()
    }
    /// The error body without what differs from call to call.
    pub(crate) fn errors(&self) -> Value {
        let mut json = self.json();
        for item in json.as_array_mut().expect("an error body is an array") {
            let id = item.as_object_mut().and_then(|item| item.remove("request_id"));
            let id = id.expect("every item has a request id");
            assert_eq!(
                Some(id.as_str().expect("text")),
                self.headers["x-request-id"].to_str().ok()
            );
        }
        json
    }
}

impl Api {
    /// On SQLite, for what no database could change.
    pub(crate) async fn new() -> Self {
        Self::on(sqlite().await, Settings::dev()).await
    }
    /// On SQLite, behaving so.
    pub(crate) async fn with(settings: Settings) -> Self {
        Self::on(sqlite().await, settings).await
    }
    /// On PostgreSQL alone.
    pub(crate) async fn on_postgres() -> Self {
        Self::on(postgres().await, Settings::dev()).await
    }
    /// One on each database.
    pub(crate) async fn each() -> Vec<Self> {
        let mut all = Vec::new();
        for store in stores().await {
            all.push(Self::on(store, Settings::dev()).await);
        }
        all
    }
    /// One on each database, with an endpoint that webhooks go to and that takes them all.
    pub(crate) async fn each_announcing() -> Vec<Self> {
        let mut all = Vec::new();
        for store in stores().await {
            let mut api = Self::announcing(store, Settings::dev(), true).await;
            let taken = Router::new().fallback(async || StatusCode::OK);
            let port = listen(&mut api.endpoint, taken).await;
            api.announce_to(&format!("http://127.0.0.1:{port}/")).await;
            all.push(api);
        }
        all
    }
    /// One on each database, with an endpoint that webhooks go to and at which nobody listens.
    pub(crate) async fn each_unheard() -> Vec<Self> {
        let mut all = Vec::new();
        for store in stores().await {
            let api = Self::announcing(store, Settings::dev(), true).await;
            // Nobody has a service of that port.
            api.announce_to("http://127.0.0.1:9/").await;
            all.push(api);
        }
        all
    }
    async fn announce_to(&self, url: &str) {
        let answer = self.post("/v1/webhooks/", &json!({ "url": url })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    }
    async fn on(store: TestStore, settings: Settings) -> Self {
        Self::announcing(store, settings, false).await
    }
    async fn announcing(store: TestStore, settings: Settings, local_webhooks: bool) -> Self {
        // What breaks is told beside the test that saw it.
        drop(
            tracing_subscriber::fmt()
                .with_max_level(tracing::Level::WARN)
                .with_test_writer()
                .try_init(),
        );
        let clock = VirtualClock::stopped("2026-01-14T09:00:00Z".parse().expect("an instant"));
        let ring = KeyRing::generate().expect("a ring");
        let engine = open(store.store.clone(), &ring, &clock, [7; 32], local_webhooks).await;
        let router = server::router(engine.clone(), settings.clone());
        let key_id = tenant(&engine).await;
        let keys = basic(&key_id, PASSWORD);
        let endpoint = JoinSet::new();
        Self { router, engine, keys, key_id, store, endpoint, ring, clock, settings }
    }
    /// Another process on the same data, after this one has stopped as it should.
    pub(crate) async fn started_again(&self) -> Router {
        self.engine.stop().await;
        let settings =
            store::Settings { connections: 8, patience: std::time::Duration::from_mins(1) };
        let store = store::Store::open(&self.store.url, settings).await.expect("the same store");
        let engine = open(store, &self.ring, &self.clock, [8; 32], false).await;
        server::router(engine, self.settings.clone())
    }
    /// `sqlite` or `postgres`.
    pub(crate) fn database(&self) -> &str {
        self.store.name
    }
    /// The keys of somebody else.
    pub(crate) async fn stranger(&self) -> String {
        basic(&tenant(&self.engine).await, PASSWORD)
    }

    /// Any request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 64 << 20).await.expect("a body");
        let text = String::from_utf8(body.to_vec()).expect("UTF-8");
        let answer = Answer { status: parts.status, headers: parts.headers, text };
        answer.is_well_formed(&uri);
        schemas::check(&method, &uri, &answer);
        answer
    }
    /// A request with this `Authorization`.
    pub(crate) async fn call_as(
        &self,
        authorization: Option<&str>,
        method: &str,
        path: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).expect("a method"))
            .uri(path)
            .header(header::HOST, "api.test")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        self.send(request.body(body.into()).expect("a request")).await
    }
    /// A request of the tenant.
    pub(crate) async fn call(&self, method: &str, path: &str, body: impl Into<Body>) -> Answer {
        self.call_as(Some(&self.keys), method, path, body).await
    }
    /// A GET of the tenant.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Body::empty()).await
    }
    /// A POST of the tenant.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, body.to_string()).await
    }
    /// A PATCH of the tenant.
    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call("PATCH", path, body.to_string()).await
    }
}

impl Answer {
    /// What holds of every answer to every request.
    fn is_well_formed(&self, uri: &Uri) {
        let id = self.headers["x-request-id"].to_str().expect("text");
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
        assert_eq!(self.headers["x-content-type-options"], "nosniff");
        if self.status.is_client_error() || self.status.is_server_error() {
            let page = self
                .headers
                .get(header::CONTENT_TYPE)
                .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/html")));
            if page {
                // It says it to people, in its own words.
                assert!(self.text.contains("<h1"), "{}", self.text);
                return;
            }
            if self.text.is_empty() || uri.path() == "/readyz" {
                return;
            }
            let json = self.json();
            let items = json.as_array().unwrap_or_else(|| panic!("no array: {}", self.text));
            assert!(!items.is_empty(), "an error says something");
            for item in items {
                assert!(item["code"].is_string() && item["message"].is_string(), "{item}");
                assert_eq!(item["request_id"], id, "one id for all");
            }
        }
    }
}

async fn open(
    store: store::Store,
    ring: &KeyRing,
    clock: &VirtualClock,
    chance: [u8; 32],
    local_webhooks: bool,
) -> Engine {
    let sandbox = Sandbox::new();
    let parts = Parts {
        env: Env::new(Arc::new(clock.clone()), chance),
        clock: Some(clock.clone()),
        store,
        vault: Vault::new(ring).expect("a vault"),
        settings: engine::Settings {
            faults: Some(sandbox.faults().clone()),
            local_webhooks,
            ..engine::Settings::default()
        },
        connectors: vec![Arc::new(sandbox), Arc::new(StatementFiles)],
    };
    Engine::open(parts).await.expect("an engine")
}

async fn tenant(engine: &Engine) -> String {
    let tenant = engine.add_tenant("shop").await.expect("a tenant");
    let key = engine
        .add_key(tenant.id, None, "test", &SecretString::from(PASSWORD))
        .await
        .expect("a key");
    key.to_string()
}

/// An `Authorization` header of keys.
pub(crate) fn basic(id: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{password}")))
}

impl Api {
    /// Registers a link of this user and says its id.
    pub(crate) async fn link(&self, institution: &str, username: &str, password: &str) -> String {
        let body = json!({"institution": institution, "username": username, "password": password});
        let answer = self.post("/api/links/", &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()["id"].as_str().expect("an id").to_owned()
    }
    /// Closes an institution, as an operator does.
    pub(crate) async fn close(&self, institution: i64, reason: &str) {
        let tenant = self.engine.tenants().await.expect("tenants")[0].id;
        let by = engine::Actor::Operator(self.engine.env().id());
        let caller = engine::Caller { tenant, by, request: self.engine.env().id(), token: None };
        let closure = domain::institution::Closure { reason: reason.into(), until: None };
        let closed = self.engine.set_closure(&caller, institution, Some(closure)).await;
        closed.expect("it is there");
    }
    /// Does all that is due in the background.
    pub(crate) async fn settle(&self) {
        self.engine.settle_down().await.expect("nothing breaks");
    }
    /// Its database goes away.
    pub(crate) async fn lose_database(&self) {
        self.store.close().await;
    }
    /// Moves the clock by so many hours, everything on the way done.
    pub(crate) async fn advance(&self, hours: i64) {
        let to = self.engine.env().now().saturating_add(jiff::SignedDuration::from_hours(hours));
        self.engine.advance(to.expect("in range")).await.expect("a movable clock");
    }
}
