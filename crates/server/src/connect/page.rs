//! The widget's page. All that it does it does through the API, with the token that it was given.

use crate::{
    locale::{CONNECT, Locale, Speech},
    operation::{Access, Operation, get},
    page::{Framed, page},
    problem::Problem,
    query::Query,
};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "connect/page.html")]
struct Widget {
    locale: Locale,
    texts: &'static Speech,
}

impl Widget {
    fn text<'a>(&self, key: &'a str) -> &'a str {
        self.texts.text(self.locale, key)
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/connect/", "connect", "The page on which a person connects an institution", show)
            .says(
                "The widget, hosted: `access_token` and the widget's options come in the query, \
                 and are not looked at by the server.",
            )
            .access(Access::Open)
            .answers_media(200, "The page.", "text/html"),
    ]
}

async fn show(query: Query) -> Result<Response, Problem> {
    let locale = Locale::of(query.value("locale").unwrap_or_default());
    page(&Widget { locale, texts: &CONNECT }, Framed::Anywhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_there_in_every_language_and_names_only_what_is_served() {
        for &locale in Locale::ALL {
            let html = Widget { locale, texts: &CONNECT }.render().expect("a page");
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
