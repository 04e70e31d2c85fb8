//! What became of each webhook on its way to each endpoint, and sending it again.

use super::{
    csv,
    form::{Act, instant},
    frame::{Frame, maybe_when, shown, when},
    list::{List, conditions},
    mask::{self, MASK},
    visitor::{Desk, Named},
};
use crate::{
    App,
    problem::{Item, Problem},
    query::Query,
    v1::deliveries::FILTERS,
};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    filter::{Condition, Field, IS, Source, Test, Value},
    ids::{DeliveryId, EndpointId, LinkId},
    time::{earlier, later},
};
use engine::webhooks::deliveries::{
    DeliveryState, ListedDelivery, MOST_REPLAYED, Replay, Story, link_of,
};
use jiff::{SignedDuration, Timestamp};

/// Those about one link.
pub(super) fn of_link(id: LinkId) -> Condition {
    static FIELD: Field = Field::id("link", IS, Source::Column("link"));
    Condition { field: &FIELD, test: Test::Is(Value::Id(id.into())) }
}

#[derive(Template)]
#[template(path = "console/deliveries.html")]
struct Found {
    frame: Frame,
    states: &'static [DeliveryState],
    search: Search,
    list: List<Row>,
    export: String,
    /// Where all that was found is sent again.
    again: String,
}

/// What the search form says, or the form that sends what was found again.
struct Search {
    link: String,
    endpoint: String,
    state: String,
    kind: String,
    code: String,
    from: String,
    to: String,
}

impl Search {
    /// From what each field says.
    fn said<'a>(said: impl Fn(&'static str) -> &'a str) -> Self {
        let said = |name| said(name).trim().to_owned();
        Self {
            link: said("link"),
            endpoint: said("endpoint"),
            state: said("state"),
            kind: said("webhook_type"),
            code: said("webhook_code"),
            from: said("created_at__gte"),
            to: said("created_at__lt"),
        }
    }
    fn of(query: &Query) -> Self {
        Self::said(|name| query.value(name).unwrap_or_default())
    }
    /// The fields, by their names.
    fn fields(&self) -> [(&'static str, &str); 7] {
        [
            ("link", &self.link),
            ("endpoint", &self.endpoint),
            ("state", &self.state),
            ("webhook_type", &self.kind),
            ("webhook_code", &self.code),
            ("created_at__gte", &self.from),
            ("created_at__lt", &self.to),
        ]
    }
    fn is_empty(&self) -> bool {
        self.fields().iter().all(|(_, said)| said.is_empty())
    }
    /// What to send again: of what was found, what is over; what has not arrived if no state was said.
    fn replay(&self, now: Timestamp) -> Result<Replay, Problem> {
        /// As long as deliveries are kept, and longer.
        const EVER: SignedDuration = SignedDuration::from_hours(400 * 24);
        /// Instants are kept to the microsecond.
        const TICK: SignedDuration = SignedDuration::from_micros(1);
        let wrong = |field: &'static str, message: &'static str| {
            Problem::bad(vec![Item::new("invalid", message).at(field)])
        };
        let maybe = |said: &str| Some(said.to_owned()).filter(|said| !said.is_empty());
        let states = match self.state.parse() {
            Err(_) if self.state.is_empty() => Replay::MISSED.into(),
            Ok(DeliveryState::Pending) | Err(_) => {
                return Err(wrong("state", "What is on its way cannot be sent again."));
            }
            Ok(state) => vec![state],
        };
        let id = |said: &str, field| match maybe(said) {
            None => Ok(None),
            Some(said) => said.parse().map(Some).map_err(|_| wrong(field, "This is no id.")),
        };
        Ok(Replay {
            endpoint: id(&self.endpoint, "endpoint")?.map(uuid::Uuid::into),
            link: id(&self.link, "link")?.map(uuid::Uuid::into),
            kind: maybe(&self.kind),
            code: maybe(&self.code),
            from: instant("created_at__gte", &self.from)?.unwrap_or_else(|| earlier(now, EVER)),
            // What was announced at this very instant is there as well.
            to: instant("created_at__lt", &self.to)?.unwrap_or_else(|| later(now, TICK)),
            states,
        })
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

pub(super) async fn list(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    let conditions = conditions(&query, FILTERS)?;
    let read = |page| app.engine.webhooks().deliveries(desk.tenant.id, &conditions, page);
    shown(&Found {
        list: List::read(&query, read, row).await?,
        states: DeliveryState::ALL,
        search: Search::of(&query),
        export: query.elsewhere(&desk.at("deliveries.csv")),
        again: query.elsewhere(&desk.at("deliveries/replay")),
        frame: desk.frame(&app, "webhooks"),
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
            Ok(listed.map(cells))
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

fn story(app: &App, desk: Desk, story: Story, revealed: bool) -> Shown {
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
    Shown {
        webhook_id: story.delivery.delivery.event.hex(),
        delivery: row(story.delivery),
        body,
        revealed,
        attempts: attempts.collect(),
        frame: desk.frame(app, "webhooks"),
    }
}

pub(super) async fn delivery(
    State(app): State<App>,
    desk: Desk,
    Named(id): Named<DeliveryId>,
) -> Result<Response, Problem> {
    let found = app.engine.webhooks().delivery(desk.tenant.id, id).await?;
    shown(&story(&app, desk, found, false))
}

/// Shows the same with what is masked, after the audit log says so.
pub(super) async fn reveal(
    State(app): State<App>,
    Named(id): Named<DeliveryId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    let found = app.engine.webhooks().delivery(desk.tenant.id, id).await?;
    app.engine.note_act(&desk.caller(), "reveal_delivery", &id.to_string()).await?;
    shown(&story(&app, desk, found, true))
}

pub(super) async fn replay(
    State(app): State<App>,
    Named(id): Named<DeliveryId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    app.engine.webhooks().replay_delivery(&desk.caller(), id).await?;
    Ok(desk.after("replay", &format!("deliveries/{id}")))
}

#[derive(Template)]
#[template(path = "console/replay.html")]
struct Ask {
    frame: Frame,
    search: Search,
    /// The same for people.
    wanted: Vec<(&'static str, String)>,
    /// How many of that kind there are, and how many of them go at a time.
    found: u64,
    count: u64,
}

/// Asks before many are sent again.
pub(super) async fn ask(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    let replay = Search::of(&query).replay(app.engine.env().now())?;
    let found = app.engine.webhooks().replayable(desk.tenant.id, &replay).await?;
    // What is confirmed is what was counted, whatever is announced meanwhile.
    let (from, to) = (replay.from, replay.to);
    let search = Search { from: from.to_string(), to: to.to_string(), ..Search::of(&query) };
    let wanted = [
        ("State", search.state.clone()),
        ("Type", search.kind.clone()),
        ("Code", search.code.clone()),
        ("Link", search.link.clone()),
        ("Endpoint", search.endpoint.clone()),
        ("Announced from", when(from)),
        ("Announced before", when(to)),
    ];
    let wanted = wanted.into_iter().filter(|(_, said)| !said.is_empty()).collect();
    let count = found.min(MOST_REPLAYED.into());
    shown(&Ask { search, wanted, found, count, frame: desk.frame(&app, "webhooks") })
}

pub(super) async fn replay_all(
    State(app): State<App>,
    Act { desk, fields }: Act,
) -> Result<Response, Problem> {
    let replay = Search::said(|name| fields.text(name)).replay(app.engine.env().now())?;
    app.engine.webhooks().replay_deliveries(&desk.caller(), &replay).await?;
    Ok(desk.after("replay-all", "deliveries"))
}
