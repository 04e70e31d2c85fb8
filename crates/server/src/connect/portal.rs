//! The consent portal's page: where a person sees what they have allowed, gives it anew and takes it
//! back. Like the widget, it does so through the API, with the token that it was given.

use super::page::{KEPT, KEPT_SAYS, named, pictures};
use crate::{
    App,
    locale::{Locale, PORTAL, Speech},
    operation::{Access, Operation, get},
    page::{Framed, Pictures, page_with},
    problem::Problem,
    query::Query,
};
use askama::Template;
use axum::{extract::State, response::Response};
use serde_json::Value;
use utoipa::openapi::{ObjectBuilder, Type};

#[derive(Template)]
#[template(path = "connect/portal.html")]
struct Portal {
    locale: Locale,
    texts: &'static Speech,
    /// Those that it may show, and those of them that are of who asks.
    pictures: Pictures,
    named: Pictures,
}

impl Portal {
    fn text<'a>(&self, key: &'a str) -> &'a str {
        self.texts.text(self.locale, key)
    }
}

const PATH: &str = "/portal/";

pub(crate) fn operations() -> Vec<Operation> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    vec![
        get(PATH, "portal", "The page on which a person sees what they have allowed", show)
            .says(
                "`access_token` comes in the query; to renew one consent, as its webhook says, also \
                 `consent_id` and `action=renew`.",
            )
            .access(Access::Open)
            .answers_media(200, "The page.", "text/html")
            .query("access_token", "The token.", text())
            .query("consent_id", "The consent to begin with.", text())
            .query("action", "`renew`: begin with giving it anew.", text())
            .query("locale", "`es`, `en` or `pt`.", text())
            .query(KEPT, KEPT_SAYS, text()),
    ]
}

/// The page that a token with this `widget` is for.
pub(crate) fn place(widget: Option<&Value>) -> &'static str {
    let feature = widget.and_then(|widget| widget.get("openfinance_feature"));
    let manages = feature.and_then(Value::as_str) == Some("consent_management");
    if manages { PATH } else { "/connect/" }
}

async fn show(State(app): State<App>, query: Query) -> Result<Response, Problem> {
    let locale = Locale::of(query.value("locale").unwrap_or("pt"));
    let named = named(&app, &query);
    let pictures = pictures(&app, named.clone());
    let portal = Portal { locale, texts: &PORTAL, pictures: pictures.clone(), named };
    // Whoever could frame it could have a consent taken back by somebody who does not see it.
    page_with(&portal, Framed::Nowhere, &pictures)
}
