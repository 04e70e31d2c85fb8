//! `/v1/deliveries/`: what became of each event on its way to each endpoint, and sending it again.

use crate::{
    App,
    body::{Body, Complaint, Form, Input, body},
    caller::Caller,
    operation::{Operation, get, post},
    path::Id,
    problem::Problem,
    query::{Query, json, shown},
};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    filter::{Field, IN, Source},
    ids::{DeliveryId, EndpointId, LinkId},
    time::Moment,
};
use engine::webhooks::deliveries::{
    DeliveryState, ListedDelivery, PastAttempt, Replay, Story, link_of,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder, Type,
        schema::{KnownFormat, Schema, SchemaFormat},
    },
};
use uuid::Uuid;

/// What deliveries can be filtered by.
pub(crate) static FILTERS: &[Field] = &[
    Field::id("id", IN, Source::Column("id")),
    Field::id("endpoint", IN, Source::Column("endpoint")),
    Field::id("link", IN, Source::Column("link")),
    Field::id("webhook_id", IN, Source::Column("event")),
    Field::word("state", DeliveryState::WORDS, IN, Source::Column("state")),
    Field::text("webhook_type", IN, Source::Column("type")),
    Field::text("webhook_code", IN, Source::Column("code")),
    Field::instant("created_at", Source::Column("created_at")),
];

/// A delivery as lists show it.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(crate) struct DeliveryView {
    id: Uuid,
    /// What is sent: the event's id, the same for every endpoint and every attempt.
    webhook_id: String,
    webhook_type: String,
    webhook_code: String,
    /// Where to.
    endpoint: Uuid,
    /// The link that the event is about; null for events about webhooks themselves.
    link: Option<Uuid>,
    #[schema(value_type = String)]
    state: DeliveryState,
    /// How often it has been attempted.
    attempt_count: u32,
    /// When it is attempted next; null when nothing is left to do.
    next_attempt_at: Option<Moment>,
    /// The HTTP status of the last attempt, if there was an answer.
    last_status: Option<u32>,
    /// Why the last attempt failed: no answer, or the beginning of the answer.
    last_error: Option<String>,
    created_at: Moment,
    /// When it was delivered, given up or cancelled.
    finished_at: Option<Moment>,
}

/// One attempt.
#[derive(Serialize, ToSchema)]
#[schema(as = DeliveryAttempt)]
struct AttemptView {
    /// From 1.
    number: u32,
    at: Moment,
    /// The HTTP status, if there was an answer.
    status: Option<u32>,
    /// Why it failed: no answer, or the beginning of the answer.
    error: Option<String>,
    duration_ms: u32,
}

/// A delivery with all there is to see of it.
#[derive(Serialize, ToSchema)]
struct DeliveryDetail {
    #[serde(flatten)]
    delivery: DeliveryView,
    /// Every attempt, in order.
    attempts: Vec<AttemptView>,
    /// What is sent.
    #[schema(value_type = Object)]
    body: Box<RawValue>,
}

/// How many deliveries are sent again.
#[derive(Serialize, ToSchema)]
struct Replayed {
    /// How many are on their way: 10,000 at most.
    count: u64,
    /// How many are left for another request.
    left: u64,
}

body! {
    /// Which deliveries to send again.
    ReplayDeliveries {
        /// Those to this endpoint; to all that are enabled if nothing is said.
        endpoint: Option<EndpointId>,
        /// Those about this link.
        link: Option<LinkId>,
        /// Those of events of this type.
        webhook_type: Option<String>,
        /// Those of events of this code.
        webhook_code: Option<String>,
        /// Those of events that were announced from then on …
        from: Instant,
        /// … and before then; until now if nothing is said.
        to: Option<Instant>,
        /// Those that ended so: `failed`, `cancelled`, `delivered`; the first two if nothing is said.
        states: Option<Vec<String>>,
    }
}

/// A moment in time, as a body says it.
pub(crate) struct Instant(Timestamp);
impl Input for Instant {
    fn read(value: Value) -> Result<Self, Complaint> {
        value.as_str().and_then(|text| text.trim().parse().ok()).map(Self).ok_or_else(|| {
            Complaint::new(
                "invalid",
                "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm:ssZ.",
            )
        })
    }
    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl From<ListedDelivery> for DeliveryView {
    fn from(ListedDelivery { delivery, kind, code }: ListedDelivery) -> Self {
        let pending = delivery.state == DeliveryState::Pending;
        Self {
            id: delivery.id.into(),
            webhook_id: delivery.event.hex(),
            webhook_type: kind,
            webhook_code: code,
            endpoint: delivery.endpoint.into(),
            link: link_of(&delivery).map(Into::into),
            state: delivery.state,
            attempt_count: delivery.attempts,
            next_attempt_at: pending.then_some(Moment(delivery.next_attempt_at)),
            last_status: delivery.last_status,
            last_error: delivery.last_error,
            created_at: Moment(delivery.created_at),
            finished_at: delivery.finished_at.map(Moment),
        }
    }
}

impl From<PastAttempt> for AttemptView {
    fn from(attempt: PastAttempt) -> Self {
        let PastAttempt { number, at, status, error, duration_ms } = attempt;
        Self { number, at: Moment(at), status, error, duration_ms }
    }
}

fn told(story: Story) -> Result<String, Problem> {
    let body = RawValue::from_string(story.body).map_err(|error| {
        tracing::error!(%error, "the body of a stored event is not JSON");
        Problem::unexpected()
    })?;
    shown(&DeliveryDetail {
        delivery: story.delivery.into(),
        attempts: story.attempts.into_iter().map(Into::into).collect(),
        body,
    })
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/deliveries/", "list_deliveries", "Lists deliveries, newest first", list)
            .lists::<DeliveryView>()
            .projects()
            .filters(FILTERS, &[]),
        get("/v1/deliveries/{id}/", "detail_delivery", "Shows a delivery and its attempts", detail)
            .answers_one::<DeliveryDetail>(200, "The delivery.")
            .projects(),
        post("/v1/deliveries/{id}/replay/", "replay_delivery", "Sends a delivery again", replay)
            .says("The same body under the same `webhook_id`, with all its tries again.")
            .answers_one::<DeliveryDetail>(202, "On its way.")
            .errors(&[400]),
        post(
            "/v1/deliveries/replay/",
            "replay_deliveries",
            "Sends many deliveries again",
            replay_many,
        )
        .says(
            "At most 10,000, the earliest first; `left` says how many there are beyond. What is on its \
             way is left alone, so that the same request goes on where the last one stopped.",
        )
        .body::<ReplayDeliveries>()
        .example(serde_json::json!({
            "from": "2026-01-14T00:00:00Z",
            "to": "2026-01-15T00:00:00Z",
            "states": ["failed"]
        }))
        .answers_one::<Replayed>(202, "On their way."),
    ]
}

async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let conditions = query.conditions(FILTERS)?;
    let read = |page| app.engine.webhooks().deliveries(caller.engine.tenant, &conditions, page);
    query.list(read, DeliveryView::from).await
}

async fn detail(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DeliveryId>,
    query: Query,
) -> Result<Response, Problem> {
    let story = app.engine.webhooks().delivery(caller.engine.tenant, id).await?;
    query.one(StatusCode::OK, told(story)?)
}

async fn replay(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DeliveryId>,
) -> Result<Response, Problem> {
    let story = app.engine.webhooks().replay_delivery(&caller.engine, id).await?;
    Ok(json(StatusCode::ACCEPTED, told(story)?))
}

async fn replay_many(
    State(app): State<App>,
    caller: Caller,
    mut form: Form,
) -> Result<Response, Problem> {
    let read = ReplayDeliveries::read(&mut form);
    let states = read.as_ref().and_then(|wanted| states(wanted.states.as_deref(), &mut form));
    let (wanted, states) = form.sure(read.zip(states))?;
    let replay = Replay {
        endpoint: wanted.endpoint,
        from: wanted.from.0,
        link: wanted.link,
        kind: wanted.webhook_type,
        code: wanted.webhook_code,
        to: wanted.to.map_or_else(|| app.engine.env().now(), |to| to.0),
        states,
    };
    let done = app.engine.webhooks().replay_deliveries(&caller.engine, &replay).await?;
    let shown = shown(&Replayed { count: done.count, left: done.left })?;
    Ok(json(StatusCode::ACCEPTED, shown))
}

/// How the deliveries to replay ended; `None` when `form` has a complaint about it.
fn states(named: Option<&[String]>, form: &mut Form) -> Option<Vec<DeliveryState>> {
    let Some(named) = named else {
        return Some(Replay::MISSED.into());
    };
    let read = |name: &String| match name.parse() {
        Ok(DeliveryState::Pending) | Err(_) => None,
        Ok(state) => Some(state),
    };
    let states: Option<Vec<_>> = named.iter().map(read).collect();
    if states.is_none() {
        let message = "Choose among failed, cancelled and delivered.";
        form.object("states", "invalid_choice", message);
    }
    states
}
