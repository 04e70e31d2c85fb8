//! Signing in and out.

use super::{
    SIGN_IN,
    form::Form,
    frame::shown,
    note::{self, Note},
    visitor::{Visitor, token, token_cookie},
};
use crate::{App, origin::Origin, problem::Problem, query::Query};
use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use secrecy::SecretString;
use url::{Url, form_urlencoded};

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignIn {
    brand: String,
    proof: String,
    /// Where to go afterwards.
    next: String,
    name: String,
    refused: bool,
    note: Option<Note>,
    steerable: bool,
}

/// Leads to the sign-in that leads back to the page that was asked for. A form that was sent is lost:
/// then it leads to the page with the form, and says so.
pub(super) fn first(request: &Request) -> Response {
    let looks = request.method() == Method::GET;
    let page = request.uri().path_and_query().filter(|_| looks);
    let page = page.map(|page| page.as_str().to_owned());
    let page = page.or_else(|| came_from(request.headers()));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", page.as_deref().unwrap_or("/console/"));
    let door = format!("{SIGN_IN}?{}", query.finish());
    if looks { Redirect::to(&door).into_response() } else { note::after_nothing(&door) }
}

/// The page of the console that somebody comes from, as their browser says.
pub(super) fn came_from(headers: &HeaderMap) -> Option<String> {
    let url: Url = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let page = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    (inside(&page) == page).then_some(page)
}

/// A page of the console, whatever was asked for: nobody is sent elsewhere.
fn inside(next: &str) -> &str {
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let inside = next.starts_with("/console/") && plain && !next.starts_with(SIGN_IN);
    if inside && next.len() <= 2048 { next } else { "/console/" }
}

pub(super) async fn show(
    State(app): State<App>,
    origin: Origin,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let next = inside(query.value("next").unwrap_or_default());
    if Visitor::of(&app, &headers).await?.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    let note = Note::brought(&headers);
    form(&app, &origin, token(&headers), next, String::new(), false, note)
}

fn form(
    app: &App,
    origin: &Origin,
    token: Option<SecretString>,
    next: &str,
    name: String,
    refused: bool,
    note: Option<Note>,
) -> Result<Response, Problem> {
    let (token, fresh) = match token {
        Some(token) => (token, false),
        None => (app.engine.anonymous_token()?, true),
    };
    let page = SignIn {
        brand: app.engine.settings().brand.clone(),
        proof: app.engine.form_proof(&token),
        next: next.to_owned(),
        name,
        refused,
        note,
        steerable: app.settings.steerable,
    };
    let mut response = shown(&page)?;
    if let Some(cookie) = token_cookie(Some(&token), origin).filter(|_| fresh) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    if refused {
        *response.status_mut() = StatusCode::FORBIDDEN;
    }
    Ok(response)
}

pub(super) async fn enter(
    State(app): State<App>,
    origin: Origin,
    Form { fields, token }: Form,
) -> Result<Response, Problem> {
    let (name, next) = (fields.text("name"), inside(fields.text("next")));
    match app.engine.sign_in(name, &fields.secret("password")).await? {
        Some(token) => with_token(Redirect::to(next).into_response(), Some(&token), &origin),
        None => form(&app, &origin, Some(token), next, name.chars().take(64).collect(), true, None),
    }
}

pub(super) async fn leave(
    State(app): State<App>,
    origin: Origin,
    Form { token, .. }: Form,
) -> Result<Response, Problem> {
    app.engine.sign_out(&token).await?;
    with_token(note::after("sign-out", SIGN_IN), None, &origin)
}

/// The response, after which the browser has another token, or none.
pub(super) fn with_token(
    mut response: Response,
    token: Option<&SecretString>,
    origin: &Origin,
) -> Result<Response, Problem> {
    let cookie = token_cookie(token, origin).ok_or_else(Problem::unexpected)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for good in ["/console/", "/console/abc/links?status=valid&page=2"] {
            assert_eq!(inside(good), good);
        }
        for bad in [
            "",
            "https://evil.example/",
            "//evil.example/console/",
            "/consolex",
            "/api/links/",
            "/console/\\evil",
            "/console/a b",
            "/console/\r\nx",
            "/console/sign-in?next=/console/",
            &format!("/console/{}", "x".repeat(3000)),
        ] {
            assert_eq!(inside(bad), "/console/", "{bad}");
        }
    }
}
