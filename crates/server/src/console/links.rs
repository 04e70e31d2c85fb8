//! Links: finding one, what happened to it, and what can be done about it.

use super::{
    ask::Ask,
    csv,
    deliveries::{self, Row as DeliveryRow},
    form::Act,
    frame::{Frame, maybe_when, shown, when},
    list::{List, conditions},
    overview::tone,
    visitor::{Desk, Named},
};
use crate::{
    App, api::links::FILTERS, origin::Origin, problem::Problem, query::Query,
    v1::links::update_page,
};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    filter::{Condition, Field, IS, Page, Source, Test, Value},
    ids::LinkId,
    link::{Link, Status},
};
use engine::{Error, query::ResourceCount, timeline::CommitOfLink};

#[derive(Template)]
#[template(path = "console/links.html")]
struct Links {
    frame: Frame,
    search: Search,
    statuses: &'static [Status],
    list: List<Row>,
    export: String,
}

/// What the search form says.
struct Search {
    find: String,
    institution: String,
    status: String,
}

impl Search {
    fn is_empty(&self) -> bool {
        self.find.is_empty() && self.institution.is_empty() && self.status.is_empty()
    }
}

/// A link in the list.
struct Row {
    id: LinkId,
    institution: String,
    status: Status,
    tone: &'static str,
    mode: String,
    rate: String,
    external_id: String,
    updated: String,
    due: String,
}

fn row(link: Link) -> Row {
    Row {
        id: link.id,
        tone: tone(link.status),
        status: link.status,
        institution: link.institution,
        mode: link.access_mode.to_string(),
        rate: link.refresh_rate.map_or_else(|| "–".into(), |rate| rate.to_string()),
        external_id: link.external_id.unwrap_or_default(),
        updated: when(link.updated_at),
        due: maybe_when(link.schedule.map(|schedule| schedule.due)),
    }
}

/// What the form asks for: its own fields, and an id or an external id in one of them.
fn wanted(query: &Query) -> Result<(Search, Vec<Condition>), Problem> {
    static EXTERNAL: Field = Field::text("find", IS, Source::Column("external_id"));
    let said = |key| query.value(key).unwrap_or_default().trim().to_owned();
    let search =
        Search { find: said("find"), institution: said("institution"), status: said("status") };
    let mut conditions = conditions(query, FILTERS)?;
    if !search.find.is_empty() {
        let text = Test::Is(Value::Text(search.find.clone()));
        conditions.push(Condition { field: &EXTERNAL, test: text });
    }
    Ok((search, conditions))
}

pub(super) async fn list(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    let (search, conditions) = wanted(&query)?;
    if let Ok(id) = search.find.parse::<LinkId>() {
        match app.engine.link(desk.tenant.id, id).await {
            Ok(link) => {
                return Ok(Redirect::to(&desk.at(&format!("links/{}", link.id))).into_response());
            }
            Err(Error::NoSuch(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let read = |page| app.engine.links(desk.tenant.id, &conditions, page);
    shown(&Links {
        list: List::read(&query, read, row).await?,
        statuses: Status::ALL,
        export: query.elsewhere(&desk.at("links.csv")),
        search,
        frame: desk.frame(&app, "links"),
    })
}

pub(super) async fn export(
    State(app): State<App>,
    desk: Desk,
    query: Query,
) -> Result<Response, Problem> {
    const HEAD: [&str; 9] = [
        "id",
        "institution",
        "status",
        "access_mode",
        "refresh_rate",
        "external_id",
        "created_at",
        "updated_at",
        "next_refresh_at",
    ];
    let (_, conditions) = wanted(&query)?;
    let tenant = desk.tenant.id;
    csv::export("links", &HEAD, move |page| {
        let (engine, conditions) = (app.engine.clone(), conditions.clone());
        async move {
            let listed = engine.links(tenant, &conditions, page).await?;
            let cells = |link: Link| {
                vec![
                    link.id.to_string(),
                    link.institution,
                    link.status.to_string(),
                    link.access_mode.to_string(),
                    link.refresh_rate.map(|rate| rate.to_string()).unwrap_or_default(),
                    link.external_id.unwrap_or_default(),
                    when(link.created_at),
                    when(link.updated_at),
                    link.schedule.map(|schedule| when(schedule.due)).unwrap_or_default(),
                ]
            };
            Ok(listed.map(cells))
        }
    })
    .await
}

#[derive(Template)]
#[template(path = "console/link.html")]
struct Shown {
    frame: Frame,
    link: Row,
    facts: Vec<(&'static str, String)>,
    next: Option<&'static str>,
    /// Whether its person can mend it on a page that is sent to them.
    can_update: bool,
    records: Vec<Count>,
    sessions: Vec<Session>,
    /// The timeline.
    list: List<Entry>,
    changes: Vec<Changes>,
    more_changes: bool,
    deliveries: Vec<DeliveryRow>,
    more_deliveries: bool,
}

/// How much there is of one resource.
struct Count {
    resource: String,
    records: u64,
    newest: String,
}

fn count(of: ResourceCount) -> Count {
    Count { resource: of.resource, records: of.count, newest: when(of.newest) }
}

/// What one reading changed.
struct Changes {
    at: String,
    resource: String,
    created: u64,
    updated: u64,
    deleted: u64,
}

fn changes(commit: CommitOfLink) -> Changes {
    let CommitOfLink { at, resource, created, updated, deleted, .. } = commit;
    Changes { at: when(at), resource, created, updated, deleted }
}

/// One login at the institution.
struct Session {
    opened: String,
    purpose: &'static str,
    state: String,
    asks: String,
    ended: String,
    failure: String,
}

/// One thing that happened.
struct Entry {
    at: String,
    what: String,
    detail: String,
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "–".into() } else { text }
}

/// What helps, in a sentence for whoever is awake at night.
fn advice(action: &str) -> &'static str {
    match action {
        "answer_challenge_or_register_again" => {
            "The registration stopped at a challenge. The person answers it, or registers again."
        }
        "register_again" => {
            "Its credentials were erased. The person has to register again; nothing else helps."
        }
        "replace_credentials" => {
            "The institution refused the credentials. The person gives new ones, in the application or \
             on a page that you ask for here; refreshing again does not help."
        }
        "retrieve_with_token" => {
            "The institution wants a token. The person gives it, in the application or on a page that \
             you ask for here."
        }
        "wait_for_institution" => {
            "The institution is down. Refreshes go on by themselves when it is back."
        }
        _ => "",
    }
}

pub(super) async fn show(
    State(app): State<App>,
    desk: Desk,
    Named(id): Named<LinkId>,
    query: Query,
) -> Result<Response, Problem> {
    const LATEST: Page = Page { number: 1, size: 10 };
    let tenant = desk.tenant.id;
    let link = app.engine.link(tenant, id).await?;
    let entry = |entry: engine::timeline::Entry| Entry {
        at: when(entry.at.0),
        what: entry.kind.replace('_', " "),
        detail: detail(entry.detail.get()),
    };
    let list = List::read(&query, |page| app.engine.timeline(tenant, id, page), entry).await?;
    let sessions = app.engine.sessions(tenant, id).await?;
    let of_link = deliveries::of_link(id);
    let sent = app.engine.webhooks().deliveries(tenant, &[of_link], LATEST).await?;
    let changed = app.engine.link_changes(tenant, id, LATEST).await?;
    let counts = app.engine.resource_counts(tenant, id).await?;
    let next = app.engine.next_action(&link).await?.map(advice);
    let facts = vec![
        ("Institution", link.institution.clone()),
        ("External id", link.external_id.clone().unwrap_or_else(|| "–".into())),
        ("Person", link.institution_user_id.clone().unwrap_or_else(|| "–".into())),
        ("Access mode", link.access_mode.to_string()),
        ("Refresh rate", link.refresh_rate.map_or_else(|| "–".into(), |rate| rate.to_string())),
        ("Next refresh", maybe_when(link.schedule.as_ref().map(|schedule| schedule.due))),
        ("Data from", when(link.updated_at)),
        ("Last login", maybe_when(link.last_accessed_at)),
        ("Registered", when(link.created_at)),
        ("By key", link.created_by.to_string()),
        (
            "Credentials",
            if link.has_credentials() {
                format!(
                    "sealed, version {}, kept: {}",
                    link.credentials_version, link.credentials_storage
                )
            } else {
                "erased".into()
            },
        ),
        ("Refused logins", link.refused.to_string()),
        ("Resources", or_dash(link.fetch_resources.join(", "))),
        ("Stale in", link.stale_in.to_string()),
    ];
    shown(&Shown {
        list,
        records: counts.into_iter().map(count).collect(),
        more_changes: changed.count > changed.items.len() as u64,
        changes: changed.items.into_iter().map(changes).collect(),
        can_update: link.status != Status::Unconfirmed && link.has_credentials(),
        sessions: sessions
            .into_iter()
            .map(|session| Session {
                opened: when(session.created_at),
                purpose: session.purpose,
                state: session.state.to_string(),
                asks: session.asks.map(|kind| kind.to_string()).unwrap_or_default(),
                ended: maybe_when(session.finished_at),
                failure: session.failure.unwrap_or_default(),
            })
            .collect(),
        more_deliveries: sent.count > sent.items.len() as u64,
        deliveries: sent.items.into_iter().map(deliveries::row).collect(),
        next,
        facts,
        link: row(link),
        frame: desk.frame(&app, "links"),
    })
}

/// The pairs of a JSON object as words.
fn detail(json: &str) -> String {
    let pairs: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(json).unwrap_or_default();
    let shown = pairs.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{}: {value}", key.replace('_', " "))
    });
    shown.collect::<Vec<_>>().join(" · ")
}

pub(super) async fn refresh(
    State(app): State<App>,
    Named(id): Named<LinkId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    app.engine.refresh_link(&desk.caller(), id, None).await?;
    Ok(desk.after("refresh", &format!("links/{id}")))
}

#[derive(Template)]
#[template(path = "console/changes.html")]
struct AllChanges {
    frame: Frame,
    link: LinkId,
    list: List<Changes>,
}

/// Everything that the readings of a link changed.
pub(super) async fn list_changes(
    State(app): State<App>,
    desk: Desk,
    Named(id): Named<LinkId>,
    query: Query,
) -> Result<Response, Problem> {
    let read = |page| app.engine.link_changes(desk.tenant.id, id, page);
    let list = List::read(&query, read, changes).await?;
    shown(&AllChanges { link: id, list, frame: desk.frame(&app, "links") })
}

#[derive(Template)]
#[template(path = "console/update.html")]
struct Update {
    frame: Frame,
    link: Row,
    url: String,
    until: String,
}

/// Makes a page for the person of a link. Its address is in this answer and nowhere else.
pub(super) async fn request_update(
    State(app): State<App>,
    Named(id): Named<LinkId>,
    origin: Origin,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    let made = app.engine.request_update(&desk.caller(), id).await?;
    let link = row(app.engine.link(desk.tenant.id, id).await?);
    let (url, until) = (update_page(&origin, &made), when(made.ends));
    shown(&Update { link, url, until, frame: desk.frame(&app, "links") })
}

/// Asks before a link is deleted.
pub(super) async fn ask(
    State(app): State<App>,
    desk: Desk,
    Named(id): Named<LinkId>,
) -> Result<Response, Problem> {
    let link = row(app.engine.link(desk.tenant.id, id).await?);
    let whose = match link.external_id.as_str() {
        "" => String::new(),
        known => format!(" ({known})"),
    };
    shown(&Ask {
        title: "Delete this link?",
        subject: id.to_string(),
        text: format!(
            " of {}{whose}, with its credentials and everything that was read. Nothing of it can be \
             brought back; the person would have to register again.",
            link.institution
        ),
        act: "Delete it",
        keep: "Keep it",
        back: desk.at(&format!("links/{id}")),
        frame: desk.frame(&app, "links"),
    })
}

pub(super) async fn delete(
    State(app): State<App>,
    Named(id): Named<LinkId>,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    app.engine.delete_link(&desk.caller(), id).await?;
    Ok(desk.after("delete", "links"))
}
