//! What institutions of the sandbox show to people, at the addresses that the catalogue and a
//! redirect name.

use crate::{
    operation::{Access, Operation, get},
    problem::Problem,
};
use axum::{
    extract::Path,
    http::{HeaderName, header},
    response::{Html, IntoResponse, Response},
};
use engine::sandbox::{AUTHORIZE, Logo, logo};
use utoipa::openapi::{ObjectBuilder, Type};

/// Pages here bring their own few styles and nothing else.
const STYLED: [(HeaderName, &str); 1] =
    [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'")];

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

async fn authorize(Path(id): Path<String>) -> Result<Response, Problem> {
    let ours = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !ours {
        return Err(Problem::not_found());
    }
    Ok((STYLED, Html(AUTHORIZE)).into_response())
}
