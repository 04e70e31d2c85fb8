//! What a link has of one resource, masked until somebody reveals a page of it.

use super::{
    form::Act,
    frame::{Frame, shown},
    list::{List, PAGE_SIZE},
    mask,
    visitor::{Desk, Named, Of},
};
use crate::{App, problem::Problem, query::Query};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    filter::{Condition, Field, IS, Page, Projection, Source, Test, Value},
    ids::LinkId,
    resource::{Documents, Resource},
};

/// Records on a page: bodies are long.
const AT_ONCE: u32 = PAGE_SIZE / 5;

#[derive(Template)]
#[template(path = "console/records.html")]
struct Records {
    frame: Frame,
    link: LinkId,
    resource: &'static str,
    list: List<String>,
    revealed: bool,
    /// Where this page of them is revealed.
    reveal: String,
}

async fn records(
    app: &App,
    desk: Desk,
    (link, resource): (LinkId, &'static Resource),
    query: &Query,
    revealed: bool,
) -> Result<Response, Problem> {
    static LINK: Field = Field::id("link", IS, Source::Column("link"));
    let tenant = desk.tenant.id;
    app.engine.link(tenant, link).await?;
    let page = Page { size: AT_ONCE, ..super::list::page_of(query)? };
    let of_link = Condition { field: &LINK, test: Test::Is(Value::Id(link.into())) };
    // Documents are megabytes, and nobody reads them here.
    let documents = resource.documents.iter().flat_map(Documents::keys);
    let omit = documents.map(|&key| key.to_owned()).collect();
    let projection = Projection { fields: None, omit };
    let listed = app.engine.records(tenant, resource, &[of_link], page, &projection).await?;
    let text = |body: String| if revealed { mask::open_body(&body) } else { mask::record(&body) };
    let here = desk.at(&format!("links/{link}/records/{}", resource.name));
    shown(&Records {
        link,
        resource: resource.name,
        list: List::of(query, page, listed, text).at(&here),
        revealed,
        reveal: format!("{here}/reveal?page={}", page.number),
        frame: desk.frame(app, "links"),
    })
}

pub(super) async fn show(
    State(app): State<App>,
    desk: Desk,
    Named(link): Named<LinkId>,
    Of(resource): Of,
    query: Query,
) -> Result<Response, Problem> {
    records(&app, desk, (link, resource), &query, false).await
}

/// Shows a page of them as they are, after the audit log says so.
pub(super) async fn reveal(
    State(app): State<App>,
    Named(link): Named<LinkId>,
    Of(resource): Of,
    query: Query,
    Act { desk, .. }: Act,
) -> Result<Response, Problem> {
    app.engine.link(desk.tenant.id, link).await?;
    let subject = format!("{link} {}", resource.name);
    app.engine.note_act(&desk.caller(), "reveal_records", &subject).await?;
    records(&app, desk, (link, resource), &query, true).await
}
