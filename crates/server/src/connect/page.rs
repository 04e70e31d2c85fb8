//! The widget's page. All that it does it does through the API, with the token that it was given.

use crate::{
    App, assets,
    locale::{CONNECT, Locale, Speech},
    operation::{Access, Operation, get},
    page::{Framed, Pictures, page_with},
    problem::Problem,
    query::Query,
};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use url::Url;
use utoipa::openapi::{ObjectBuilder, Type};

#[derive(Template)]
#[template(path = "connect/page.html")]
struct Widget {
    locale: Locale,
    texts: &'static Speech,
    /// Those that it may show, and those of them that are of who asks.
    pictures: Pictures,
    named: Pictures,
}

impl Widget {
    /// Where its texts are.
    fn texts(&self) -> String {
        assets::address(&format!("connect-{}.json", self.locale))
    }
    fn text<'a>(&self, key: &'a str) -> &'a str {
        self.texts.text(self.locale, key)
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    vec![
        get("/connect/", "connect", "The page on which a person connects an institution", show)
            .says(
                "The widget, hosted: `access_token` and the widget's options come in the query. Where \
                 the token has ended and names an address for events, that is where it leads.",
            )
            .access(Access::Open)
            .answers_media(200, "The page.", "text/html")
            .answers_nothing(303, "The token has ended.")
            .query("access_token", "The token.", text())
            .query("locale", "`es`, `en` or `pt`.", text())
            .query(KEPT, KEPT_SAYS, text()),
        loader("/connect/widget.js", "widget_script"),
        // As the pages of applications that exist call it.
        loader("/belvo-widget-1-stable.js", "widget_script_by_its_old_name"),
    ]
}

/// The script with which applications embed the page.
fn loader(path: &str, id: &str) -> Operation {
    get(path, id, "The script that shows the widget over an application's page", script)
        .access(Access::Open)
        .unlimited()
        .answers_media(200, "The script.", "text/javascript")
}

async fn script(headers: HeaderMap) -> Result<Response, Problem> {
    let script = assets::named("connect-loader.js").ok_or_else(Problem::not_found)?;
    // Its address never changes, so that what it says must be asked for again now and then.
    Ok(script.sent(&headers, "public, max-age=300"))
}

async fn show(State(app): State<App>, query: Query) -> Result<Response, Problem> {
    let token = query.value("access_token").unwrap_or_default();
    if !token.is_empty()
        && app.engine.grant(token).await?.is_none()
        && let Some(address) =
            app.engine.widget_of(token).flatten().and_then(|widget| late(&widget))
    {
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response());
    }
    let locale = Locale::of(query.value("locale").unwrap_or_default());
    let named = named(&app, &query);
    let pictures = pictures(&app, named.clone());
    let widget = Widget { locale, texts: &CONNECT, pictures: pictures.clone(), named };
    page_with(&widget, Framed::Anywhere, &pictures)
}

/// What names pictures of who asks.
const LOGOS: [&str; 2] = ["company_icon", "company_logo"];
/// Where the address of a page keeps from where they come, once the token has gone from it.
pub(super) const KEPT: &str = "pictures";
pub(super) const KEPT_SAYS: &str =
    "From where pictures of the application may come, with commas; the page itself writes it.";

/// From where the pictures of who asks come, as the token says, or the address (ADR 0028).
pub(super) fn named(app: &App, query: &Query) -> Pictures {
    let token = query.value("access_token").unwrap_or_default();
    let widget = app.engine.widget_of(token).flatten().unwrap_or_default();
    let branding = LOGOS.map(|key| widget.get("branding")?.get(key)?.as_str());
    let said = LOGOS.map(|key| query.value(key));
    let kept = query.value(KEPT).unwrap_or_default().split(',').take(LOGOS.len());
    Pictures::of(branding.into_iter().chain(said).flatten().chain(kept))
}

/// The pictures that a page may show: those that are `named`, and those of the institutions.
pub(super) fn pictures(app: &App, named: Pictures) -> Pictures {
    named.and(app.engine.pictures().iter().map(String::as_str))
}

/// Where an application wants to hear that a token of its own came too late. Nobody else can say so:
/// the token is signed.
fn late(widget: &Value) -> Option<String> {
    let mut url = destination(widget.get("callback_urls")?.get("event")?.as_str()?)?;
    url.query_pairs_mut()
        .append_pair("error", "ACCESS_TOKEN_NOT_VALID")
        .append_pair("error_message", "The access token was not provided or is not valid");
    Some(url.into())
}

/// An address that a person can be sent to: never one that runs in the page.
pub(crate) fn destination(address: &str) -> Option<Url> {
    let runs = ["about", "blob", "data", "file", "filesystem", "javascript", "vbscript"];
    address.parse().ok().filter(|url: &Url| !runs.contains(&url.scheme()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_there_in_every_language_and_names_only_what_is_served() {
        for &locale in Locale::ALL {
            let (pictures, named) = Default::default();
            let widget = Widget { locale, texts: &CONNECT, pictures, named };
            let html = widget.render().expect("a page");
            assert!(html.contains(&format!("<html lang=\"{locale}\">")), "{html}");
            for named in html.split("/static/").skip(1).filter_map(|rest| rest.split('"').next()) {
                let (_, name) = named.split_once('/').expect("a version and a name");
                assert!(crate::assets::named(name).is_some(), "{name}");
            }
            assert!(!html.contains("<style") && !html.contains("style="), "{html}");
            assert!(!html.contains("<script>"), "{html}");
        }
    }
}
