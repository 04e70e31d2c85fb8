//! What `/metrics` tells: requests by route and status, and how long they took.

use engine::Overdue;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
}

/// A request at work. Dropped with it, also when its client goes away before the answer.
pub(crate) struct AtWork(Gauge);
impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The counters of the HTTP surface.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    open: Gauge,
    work: Gauge,
    deliveries: Gauge,
}

impl Metrics {
    /// What this surface counts, and what the engine does.
    pub(crate) fn new(engine: &engine::metrics::Metrics) -> Self {
        let mut registry = Registry::with_prefix("vinculo");
        engine.register(&mut registry);
        let requests = Family::default();
        let seconds = Family::new_with_constructor(
            (|| {
                Histogram::new([
                    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
                    30.0, 60.0, 300.0,
                ])
            }) as fn() -> Histogram,
        );
        let open = Gauge::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "How long they took",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("http_requests_open", "Requests at work", open.clone());
        let (work, deliveries) = (Gauge::default(), Gauge::default());
        for (name, says, gauge) in [
            ("work_overdue", "How long the work that is due has been waiting", &work),
            (
                "deliveries_overdue",
                "How long the webhooks that are due have been waiting",
                &deliveries,
            ),
        ] {
            registry.register_with_unit(name, says, Unit::Seconds, gauge.clone());
        }
        Self { registry, requests, seconds, open, work, deliveries }
    }
    /// A request is at work, until what this returns is dropped.
    pub(crate) fn begin(&self) -> AtWork {
        self.open.inc();
        AtWork(self.open.clone())
    }
    /// One request has been answered.
    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let (method, route) = (method.to_owned(), route.to_owned());
        self.requests
            .get_or_create(&Request { method: method.clone(), route: route.clone(), status })
            .inc();
        self.seconds.get_or_create(&Route { method, route }).observe(took.as_secs_f64());
    }
    /// How late the installation is.
    pub(crate) fn late(&self, overdue: Overdue) {
        self.work.set(overdue.work.as_secs());
        self.deliveries.set(overdue.deliveries.as_secs());
    }
    /// The text that Prometheus reads.
    pub(crate) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
