//! What institutions of the sandbox show to people, at the addresses that the catalogue and a
//! redirect name.

use crate::{
    App,
    connect::{destination, place},
    locale::{Locale, SANDBOX},
    operation::{Access, Operation, get},
    origin::Origin,
    page::{Framed, page},
    path::Path,
    problem::Problem,
    query::Query,
};
use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use engine::sandbox::{Logo, logo};
use url::Url;
use utoipa::openapi::{ObjectBuilder, Type};

pub(crate) fn operations() -> Vec<Operation> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let kind = text().enum_values(Some(["icon_logos", "text_logos"]));
    vec![
        get("/assets/institutions/{kind}/{file}", "logo", "A picture of a sandbox brand", picture)
            .access(Access::Open)
            .path_parameter("kind", kind)
            .path_parameter("file", text())
            .answers_media(200, "The picture.", "image/svg+xml"),
        get("/sandbox/authorize/{id}", "authorize", "Where a sandbox redirect leads", authorize)
            .access(Access::Open)
            .path_parameter("id", text())
            .query("access_token", "A widget's token: it says where to go back to.", text())
            .query("locale", "`es`, `en` or `pt`; taken along on the way back.", text())
            .answers_media(200, "A page.", "text/html"),
    ]
}

async fn picture(Path((kind, file)): Path<(String, String)>) -> Result<Response, Problem> {
    let kind = match kind.as_str() {
        "icon_logos" => Logo::Icon,
        "text_logos" => Logo::Text,
        _ => return Err(Problem::not_found()),
    };
    let picture = file.strip_suffix(".svg").and_then(|brand| logo(kind, brand));
    let headers =
        [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    Ok((headers, picture.ok_or_else(Problem::not_found)?).into_response())
}

/// The page of a bank that a redirect leads to.
#[derive(Template)]
#[template(path = "sandbox/authorize.html")]
struct Authorize {
    locale: Locale,
    /// Where somebody comes back to who agrees, and who does not; nowhere, if nobody says so.
    back: Option<(Url, Url)>,
}

impl Authorize {
    fn text<'a>(&self, key: &'a str) -> &'a str {
        SANDBOX.text(self.locale, key)
    }
}

async fn authorize(
    State(app): State<App>,
    Path(id): Path<String>,
    origin: Origin,
    query: Query,
) -> Result<Response, Problem> {
    let ours = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !ours {
        return Err(Problem::not_found());
    }
    let locale = Locale::of(query.value("locale").unwrap_or("en"));
    page(&Authorize { locale, back: back(&app, &id, &origin, &query) }, Framed::Nowhere)
}

/// Where a person goes back to, as banks do it: to the application's own link, or to the page that they
/// came from. Only a token of ours says where, so that nobody is led elsewhere from here.
fn back(app: &App, id: &str, origin: &Origin, query: &Query) -> Option<(Url, Url)> {
    let token = query.value("access_token")?;
    let widget = app.engine.widget_of(token)?;
    let link =
        widget.as_ref().and_then(|widget| widget.get("callback_urls")?.get("application_link"));
    let page = origin.resolve(place(widget.as_ref()));
    let link = link.and_then(|link| destination(link.as_str()?));
    let mut refused = link.or_else(|| page.parse().ok())?;
    refused.query_pairs_mut().append_pair("access_token", token);
    if let Some(locale) = query.value("locale") {
        refused.query_pairs_mut().append_pair("locale", locale);
    }
    let mut agreed = refused.clone();
    agreed.query_pairs_mut().append_pair("consent_id", id);
    Some((agreed, refused))
}
