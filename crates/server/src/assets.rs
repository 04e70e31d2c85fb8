//! Scripts, styles and texts of the pages: part of the program, and kept by browsers for as long as
//! they like, because a change of any of them changes the address of all.

use crate::{
    operation::{Access, Operation, get},
    path::Path,
    problem::Problem,
};
use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use std::{io::Write as _, sync::LazyLock};
use utoipa::openapi::{ObjectBuilder, Type};

macro_rules! files { ($($name:literal from $path:literal),* $(,)?) => {
    &[$(($name, include_str!(concat!("../", $path)))),*]
} }

/// Name and text. A file that pages use has its line here; modules find each other by these names.
static FILES: &[(&str, &str)] = files![
    "connect-api.js" from "assets/connect-api.js",
    "connect-config.js" from "assets/connect-config.js",
    "connect-consents.js" from "assets/connect-consents.js",
    "connect-en.json" from "locales/connect/en.json",
    "connect-es.json" from "locales/connect/es.json",
    "connect-flow.js" from "assets/connect-flow.js",
    "connect-loader.js" from "assets/connect-loader.js",
    "connect-outside.js" from "assets/connect-outside.js",
    "connect-pt.json" from "locales/connect/pt.json",
    "connect-table.js" from "assets/connect-table.js",
    "connect-theme.js" from "assets/connect-theme.js",
    "connect-view.js" from "assets/connect-view.js",
    "connect.css" from "assets/connect.css",
    "connect.js" from "assets/connect.js",
    "console.css" from "assets/console.css",
    "dark.css" from "assets/dark.css",
    "docs.css" from "assets/docs.css",
    "portal-en.json" from "locales/portal/en.json",
    "portal-es.json" from "locales/portal/es.json",
    "portal-flow.js" from "assets/portal-flow.js",
    "portal-pt.json" from "locales/portal/pt.json",
    "portal-view.js" from "assets/portal-view.js",
    "portal.css" from "assets/portal.css",
    "portal.js" from "assets/portal.js",
    "tokens.css" from "assets/tokens.css",
];

/// One file, ready to be sent.
pub(crate) struct Asset {
    media: &'static str,
    plain: Bytes,
    gzip: Bytes,
}

struct Assets {
    version: String,
    files: Vec<(&'static str, Asset)>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let whole: String = FILES.iter().flat_map(|(name, text)| [*name, "\0", *text, "\0"]).collect();
    let digest = digest(&SHA256, whole.as_bytes());
    let version = URL_SAFE_NO_PAD.encode(digest.as_ref().get(..9).unwrap_or_default());
    let file = |&(name, text): &(&'static str, &'static str)| (name, Asset::of(name, text));
    Assets { version, files: FILES.iter().map(file).collect() }
});

impl Asset {
    fn of(name: &str, text: &'static str) -> Self {
        let media = match name.rsplit('.').next() {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("json") => "application/json",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        };
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail; if it did, the file would go out as it is.
        let written = gzip.write_all(text.as_bytes());
        let gzip = gzip.finish().ok().filter(|_| written.is_ok()).unwrap_or_default();
        Self { media, plain: Bytes::from_static(text.as_bytes()), gzip: gzip.into() }
    }

    /// The file as the client of `headers` can read it.
    pub(crate) fn sent(&self, headers: &HeaderMap, cache: &'static str) -> Response {
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|said| said.to_str().ok());
        let gzip = !self.gzip.is_empty() && accepted.is_some_and(|said| said.contains("gzip"));
        let common: [(HeaderName, &str); 3] = [
            (header::CONTENT_TYPE, self.media),
            (header::CACHE_CONTROL, cache),
            (header::VARY, "accept-encoding"),
        ];
        if gzip {
            let encoded = [(header::CONTENT_ENCODING, "gzip")];
            return (common, encoded, self.gzip.clone()).into_response();
        }
        (common, self.plain.clone()).into_response()
    }
}

/// The file of this name.
pub(crate) fn named(name: &str) -> Option<&'static Asset> {
    ASSETS.files.iter().find(|(known, _)| *known == name).map(|(_, asset)| asset)
}

/// Where a page finds the file of this name.
pub(crate) fn address(name: &str) -> String {
    format!("/static/{}/{name}", ASSETS.version)
}

pub(crate) fn operations() -> Vec<Operation> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    vec![
        get("/static/{version}/{file}", "asset", "A script, style or text of a page", asset)
            .access(Access::Open)
            .unlimited()
            .path_parameter("version", text())
            .path_parameter("file", text())
            .answers_media(200, "The file.", "text/plain"),
    ]
}

async fn asset(
    Path((version, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asset = named(&file).ok_or_else(Problem::not_found)?;
    // While processes are replaced, a page of one may ask the other: it gets what there is, and
    // does not keep it.
    let cache =
        if version == ASSETS.version { "public, max-age=31536000, immutable" } else { "no-store" };
    Ok(asset.sent(&headers, cache))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    #[test]
    fn every_file_of_the_folders_is_served() {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let listed: Vec<_> = FILES.iter().map(|(name, text)| ((*name).to_owned(), *text)).collect();
        for file in fs::read_dir(top.join("assets")).expect("a folder").flatten() {
            let text = fs::read_to_string(file.path()).expect("text");
            let name = file.file_name().into_string().expect("a plain name");
            assert!(listed.contains(&(name.clone(), text.as_str())), "{name} is not listed");
        }
    }

    #[test]
    fn modules_import_only_what_is_there() {
        for (name, text) in FILES {
            for import in text.split("from \"./").skip(1).filter_map(|rest| rest.split('"').next())
            {
                assert!(named(import).is_some(), "{name} imports {import}");
            }
        }
    }
}
