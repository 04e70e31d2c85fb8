//! The documents of this repository as pages under `/docs/`, for whoever runs the binary and nothing
//! else. They are what it was built from, so that they say what it does.

mod markdown;
mod shelf;

use crate::{
    App,
    locale::Locale,
    page::{Framed, page},
    path::Path,
    problem::Problem,
};
use askama::Template;
use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use shelf::{Document, SHELF, Section};

/// Where they are.
const TOP: &str = "/docs/";

/// Pages for people, which the OpenAPI document says nothing of.
pub(crate) fn router() -> Router<App> {
    Router::new().route(TOP, get(async || show(""))).route("/docs/{*document}", get(document))
}

async fn document(Path(name): Path<String>) -> Result<Response, Problem> {
    match name.strip_suffix('/') {
        Some(name) => show(name),
        // Relative links need the slash.
        None => Ok(Redirect::permanent(&shelf::address(&name)).into_response()),
    }
}

fn show(name: &str) -> Result<Response, Problem> {
    let Some(at) = SHELF.position(name) else {
        let mut answer =
            page(&Missing { locale: Locale::English, sections: &SHELF.sections }, Framed::Nowhere)?;
        *answer.status_mut() = StatusCode::NOT_FOUND;
        return Ok(answer);
    };
    let neighbour = |at: Option<usize>| at.and_then(|at| SHELF.documents().nth(at));
    let document = neighbour(Some(at)).ok_or_else(Problem::not_found)?;
    let template = Shown {
        locale: Locale::English,
        sections: &SHELF.sections,
        document,
        before: neighbour(at.checked_sub(1)),
        after: neighbour(at.checked_add(1)),
    };
    page(&template, Framed::Nowhere)
}

#[derive(Template)]
#[template(path = "docs/document.html")]
struct Shown<'a> {
    locale: Locale,
    sections: &'a [Section],
    document: &'a Document,
    before: Option<&'a Document>,
    after: Option<&'a Document>,
}

impl Shown<'_> {
    fn shows(&self, other: &Document) -> bool {
        self.document.address() == other.address()
    }
}

#[derive(Template)]
#[template(path = "docs/missing.html")]
struct Missing<'a> {
    locale: Locale,
    sections: &'a [Section],
}

impl Missing<'_> {
    #[expect(clippy::unused_self, reason = "as the layout asks of each page")]
    fn shows(&self, _: &Document) -> bool {
        false
    }
}
