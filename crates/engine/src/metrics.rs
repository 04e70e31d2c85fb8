//! What the engine counts, for `/metrics`. One explicit struct, nothing global.

use connect::talk::Failure;
use domain::webhook::Outcome;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ending {
    purpose: &'static str,
    outcome: &'static str,
}

/// What a reading wrote.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Written {
    resource: &'static str,
    change: &'static str,
}

/// What came of posting a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Posted {
    outcome: &'static str,
}

/// The engine's counters.
#[derive(Debug, Default, Clone)]
pub struct Metrics {
    deliveries: Family<Posted, Counter>,
    sessions: Family<Ending, Counter>,
    records: Family<Written, Counter>,
}

impl Metrics {
    /// Puts the counters into a registry.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "delivery_attempts",
            "Attempts to deliver a webhook, by outcome",
            self.deliveries.clone(),
        );
        registry.register(
            "sessions",
            "Sessions ended, by purpose and outcome",
            self.sessions.clone(),
        );
        registry.register(
            "records",
            "Records written, by resource and change",
            self.records.clone(),
        );
    }
    pub(crate) fn attempted(&self, outcome: Outcome) {
        let outcome = match outcome {
            Outcome::Delivered => "delivered",
            Outcome::Failed => "failed",
            Outcome::Gone => "gone",
        };
        self.deliveries.get_or_create(&Posted { outcome }).inc();
    }
    pub(crate) fn session_ended(&self, purpose: &'static str, failure: Option<&Failure>) {
        let outcome = failure.map_or("done", word);
        self.sessions.get_or_create(&Ending { purpose, outcome }).inc();
    }
    pub(crate) fn records(&self, resource: &'static str, change: &'static str, count: u64) {
        if count > 0 {
            self.records.get_or_create(&Written { resource, change }).inc_by(count);
        }
    }
}

/// One word for each kind of failure; never its detail.
const fn word(failure: &Failure) -> &'static str {
    match failure {
        Failure::InvalidCredentials => "invalid_credentials",
        Failure::Login(_) => "login_error",
        Failure::TokenRequired => "token_required",
        Failure::WrongToken => "wrong_token",
        Failure::SessionExpired => "session_expired",
        Failure::TooManySessions => "too_many_sessions",
        Failure::InstitutionDown => "institution_down",
        Failure::InstitutionUnavailable => "institution_unavailable",
        Failure::InstitutionInactive => "institution_inactive",
        Failure::Unsupported => "unsupported",
        Failure::UnavailableData => "unavailable_data",
        Failure::Revoked => "revoked",
        Failure::Timeout => "timeout",
        Failure::TooMuch => "too_much",
        Failure::Unreadable(_) => "unreadable",
        Failure::Cancelled => "cancelled",
        Failure::Unexpected(_) => "unexpected",
        Failure::Broken => "broken",
    }
}
