//! Where webhooks go, and what became of each.

use super::{
    csv,
    form::Act,
    frame::{Frame, Pager, maybe_when, page_of, shown, when},
    institutions::conditions,
    mask::{self, MASK},
    visitor::{Desk, Named},
};
use crate::{App, problem::Problem, query::Query};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    filter::{Condition, Field, IS, Source, Test, Value},
    ids::{DeliveryId, EndpointId, LinkId},
};
use engine::{
    Listed,
    webhooks::{
        deliveries::{DeliveryState, ListedDelivery, Story, link_of},
        endpoints::{Change, Endpoint},
    },
};

const LINK: Field = Field::id("link", IS, Source::Column("link"));

/// What deliveries can be searched for.
static FILTERS: &[Field] = &[
    LINK,
    Field::id("endpoint", IS, Source::Column("endpoint")),
    Field::word("state", DeliveryState::WORDS, IS, Source::Column("state")),
    Field::text("type", IS, Source::Column("type")),
];

/// Those about one link.
pub(super) fn of_link(id: LinkId) -> Condition {
    static FIELD: Field = LINK;
    Condition { field: &FIELD, test: Test::Is(Value::Id(id.into())) }
}

#[derive(Template)]
#[template(path = "console/webhooks.html")]
struct Webhooks {
    frame: Frame,
    endpoints: Vec<EndpointRow>,
}

/// An endpoint in the list.
struct EndpointRow {
    id: EndpointId,
    url: String,
    events: String,
    tone: &'static str,
    state: String,
    enabled: bool,
    made: String,
}

fn endpoint_row(endpoint: &Endpoint) -> EndpointRow {
    let (tone, state) = match (&endpoint.disabled, endpoint.failing_since) {
        (Some((at, why)), _) => ("bad", format!("disabled since {}: {why}", when(*at))),
        (None, Some(since)) => ("warn", format!("failing since {}", when(since))),
        (None, None) => ("good", "enabled".into()),
    };
    EndpointRow {
        id: endpoint.id,
        url: mask::address(&endpoint.url),
        events: endpoint.events.join(", "),
        tone,
        state,
        enabled: endpoint.disabled.is_none(),
        made: when(endpoint.created_at),
    }
}

pub(super) async fn list(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    // No tenant has more than fifty.
    let page = page_of(&query)?;
    let listed = app.engine.webhooks().endpoints(desk.tenant.id, page).await?;
    shown(&Webhooks {
        endpoints: listed.items.iter().map(endpoint_row).collect(),
        frame: desk.frame(&app, "webhooks").after(&query),
    })
}

pub(super) async fn test(
    State(app): State<App>,
    Named(id): Named<EndpointId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    let delivery = app.engine.webhooks().test_endpoint(&desk.caller(), id).await?;
    Ok(Redirect::to(&desk.at(&format!("deliveries/{delivery}?done=test"))).into_response())
}

pub(super) async fn enable(
    State(app): State<App>,
    Named(id): Named<EndpointId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    let change = Change { enabled: Some(true), ..Change::default() };
    app.engine.webhooks().change_endpoint(&desk.caller(), id, change).await?;
    Ok(Redirect::to(&desk.at("webhooks?done=enable")).into_response())
}

#[derive(Template)]
#[template(path = "console/deliveries.html")]
struct List {
    frame: Frame,
    states: &'static [DeliveryState],
    search: Search,
    deliveries: Vec<Row>,
    pager: Pager,
    export: String,
}

/// What the search form says.
struct Search {
    link: String,
    endpoint: String,
    state: String,
    kind: String,
}

impl Search {
    fn of(query: &Query) -> Self {
        let said = |key| query.value(key).unwrap_or_default().trim().to_owned();
        Self {
            link: said("link"),
            endpoint: said("endpoint"),
            state: said("state"),
            kind: said("type"),
        }
    }
    fn is_empty(&self) -> bool {
        [&self.link, &self.endpoint, &self.state, &self.kind].iter().all(|said| said.is_empty())
    }
}

/// A delivery in a list.
pub(super) struct Row {
    pub(super) id: DeliveryId,
    pub(super) event: String,
    pub(super) state: String,
    pub(super) tone: &'static str,
    pub(super) attempts: u32,
    pub(super) last: String,
    pub(super) made: String,
    pub(super) next: String,
    pub(super) link: Option<LinkId>,
    pub(super) endpoint: EndpointId,
}

/// What a list says of a delivery. What the receiver answered is not part of it.
pub(super) fn row(listed: ListedDelivery) -> Row {
    let ListedDelivery { delivery, kind, code } = listed;
    let pending = delivery.state == DeliveryState::Pending;
    Row {
        id: delivery.id,
        event: format!("{kind}/{code}"),
        tone: match delivery.state {
            DeliveryState::Delivered => "good",
            DeliveryState::Pending => "warn",
            DeliveryState::Failed => "bad",
            DeliveryState::Cancelled => "idle",
        },
        state: delivery.state.to_string(),
        attempts: delivery.attempts,
        last: match (delivery.last_status, &delivery.last_error) {
            (Some(status), _) => status.to_string(),
            (None, Some(error)) => error.clone(),
            (None, None) => "–".into(),
        },
        made: when(delivery.created_at),
        next: maybe_when(pending.then_some(delivery.next_attempt_at)),
        link: link_of(&delivery),
        endpoint: delivery.endpoint,
    }
}

pub(super) async fn deliveries(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_of(&query)?;
    let conditions = conditions(&query, FILTERS)?;
    let listed = app.engine.webhooks().deliveries(desk.tenant.id, &conditions, page).await?;
    shown(&List {
        states: DeliveryState::ALL,
        search: Search::of(&query),
        pager: Pager::new(&query, page, listed.count, listed.items.len()),
        deliveries: listed.items.into_iter().map(row).collect(),
        export: query.elsewhere(&desk.at("deliveries.csv")),
        frame: desk.frame(&app, "webhooks").after(&query),
    })
}

pub(super) async fn export(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    const HEAD: [&str; 8] =
        ["id", "event", "endpoint", "link", "state", "attempts", "last_status", "created_at"];
    let conditions = conditions(&query, FILTERS)?;
    let tenant = desk.tenant.id;
    csv::export("deliveries", &HEAD, move |page| {
        let (engine, conditions) = (app.engine.clone(), conditions.clone());
        async move {
            let listed = engine.webhooks().deliveries(tenant, &conditions, page).await?;
            let cells = |listed: ListedDelivery| {
                let status = listed.delivery.last_status;
                let Row { id, event, endpoint, link, state, attempts, made, .. } = row(listed);
                vec![
                    id.to_string(),
                    event,
                    endpoint.to_string(),
                    link.map(|link| link.to_string()).unwrap_or_default(),
                    state,
                    attempts.to_string(),
                    status.map(|status| status.to_string()).unwrap_or_default(),
                    made,
                ]
            };
            Ok(Listed { count: listed.count, items: listed.items.into_iter().map(cells).collect() })
        }
    })
    .await
}

#[derive(Template)]
#[template(path = "console/delivery.html")]
struct Shown {
    frame: Frame,
    delivery: Row,
    webhook_id: String,
    body: String,
    revealed: bool,
    attempts: Vec<AttemptRow>,
}

/// One attempt.
struct AttemptRow {
    number: u32,
    at: String,
    status: String,
    error: String,
    took: u32,
}

fn story(app: &App, desk: Desk, query: Option<&Query>, story: Story, revealed: bool) -> Shown {
    let body = if revealed { mask::open_body(&story.body) } else { mask::body(&story.body) };
    let attempts = story.attempts.into_iter().map(|attempt| AttemptRow {
        number: attempt.number,
        at: when(attempt.at),
        status: attempt.status.map_or_else(|| "no answer".into(), |status| status.to_string()),
        // With a status it is the beginning of what the receiver said.
        error: match (attempt.status, attempt.error) {
            (Some(_), Some(_)) if !revealed => MASK.into(),
            (_, error) => error.unwrap_or_default(),
        },
        took: attempt.duration_ms,
    });
    let frame = desk.frame(app, "webhooks");
    Shown {
        webhook_id: story.delivery.delivery.event.hex(),
        delivery: row(story.delivery),
        body,
        revealed,
        attempts: attempts.collect(),
        frame: match query {
            Some(query) => frame.after(query),
            None => frame,
        },
    }
}

pub(super) async fn delivery(
    State(app): State<App>,
    desk: Desk,
    Named(id): Named<DeliveryId>,
    query: Query,
) -> Result<Response, Problem> {
    let found = app.engine.webhooks().delivery(desk.tenant.id, id).await?;
    shown(&story(&app, desk, Some(&query), found, false))
}

/// Shows the same with what is masked, after the audit log says so.
pub(super) async fn reveal(
    State(app): State<App>,
    Named(id): Named<DeliveryId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    let found = app.engine.webhooks().delivery(desk.tenant.id, id).await?;
    app.engine.note_act(&desk.caller(), "reveal_delivery", &id.to_string()).await?;
    shown(&story(&app, desk, None, found, true))
}

pub(super) async fn replay(
    State(app): State<App>,
    Named(id): Named<DeliveryId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    app.engine.webhooks().replay_delivery(&desk.caller(), id).await?;
    Ok(Redirect::to(&desk.at(&format!("deliveries/{id}?done=replay"))).into_response())
}
