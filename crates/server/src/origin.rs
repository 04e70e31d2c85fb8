//! Where a client reaches this server, so that answers can name addresses on it.

use crate::{App, Settings};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, request::Parts, uri::Authority},
};
use std::{convert::Infallible, sync::Arc};
use url::Url;

/// Scheme and host as the client of one request knows them, without a slash at the end. Found out
/// once, by whoever sees the request first.
#[derive(Debug, Clone)]
pub(crate) struct Origin(Arc<str>);

impl FromRequestParts<App> for Origin {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Self>().cloned();
        Ok(known.unwrap_or_else(|| Self::of(&parts.headers, &parts.uri, &app.settings)))
    }
}

impl Origin {
    /// The configured one, else the one that a proxy says it was called by, where there is one, else
    /// that of the request itself.
    pub(crate) fn of(headers: &HeaderMap, uri: &Uri, settings: &Settings) -> Self {
        if let Some(url) = &settings.public_url {
            return Self(url.as_str().trim_end_matches('/').into());
        }
        let said = |name: &str| {
            let text = headers.get(name)?.to_str().ok()?;
            text.split(',').next().map(str::trim).filter(|text| !text.is_empty())
        };
        let forwarded = |name: &str| said(name).filter(|_| settings.behind_proxy);
        let host = forwarded("x-forwarded-host")
            .or_else(|| said("host"))
            .or_else(|| uri.authority().map(Authority::as_str))
            .filter(|host| host.parse::<Authority>().is_ok() && !host.contains('@'))
            .unwrap_or("localhost");
        let scheme = match forwarded("x-forwarded-proto").or_else(|| uri.scheme_str()) {
            Some("https") => "https",
            _ => "http",
        };
        Self(format!("{scheme}://{host}").into())
    }

    /// Whether a browser that names this origin means this server.
    pub(crate) fn is(&self, named: &str) -> bool {
        Url::parse(&self.0).is_ok_and(|url| url.origin().ascii_serialization() == named)
    }
    /// Whether the client reaches this server by TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// The origin of that name.
    #[cfg(test)]
    pub(crate) fn named(origin: &str) -> Self {
        Self(origin.into())
    }

    /// The address of a path on this server; any other address is left as it is. Connectors that
    /// are part of this server name their pictures and pages by path alone.
    pub(crate) fn resolve(&self, address: &str) -> String {
        match address.strip_prefix('/') {
            Some(rest) if !rest.starts_with('/') => format!("{}{address}", self.0),
            _ => address.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(headers: &[(&str, &str)], public: Option<&str>, behind_proxy: bool) -> Origin {
        let mut request = axum::http::Request::builder().uri("/api/links/?page=2");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).expect("a request");
        let public_url = public.map(|url| url.parse().expect("a url"));
        let settings = Settings { public_url, behind_proxy, ..Settings::dev() };
        Origin::of(request.headers(), request.uri(), &settings)
    }

    #[test]
    fn a_configured_address_wins_over_a_proxys_and_that_over_the_own_one() {
        let address = |headers, public| origin(headers, public, true).0.to_string();
        assert_eq!(address(&[("host", "127.0.0.1:8080")], None), "http://127.0.0.1:8080");
        let proxied = [
            ("host", "inner"),
            ("x-forwarded-host", "api.example.com"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(address(&proxied, None), "https://api.example.com");
        assert_eq!(&*origin(&proxied, None, false).0, "http://inner", "anybody may say so");
        assert_eq!(
            address(&proxied, Some("https://links.example.com/")),
            "https://links.example.com"
        );
        assert_eq!(address(&[("host", "a b/\"<x>")], None), "http://localhost");
    }

    #[test]
    fn an_origin_is_known_by_its_name() {
        for (ours, named, same) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", true),
            ("https://links.example.com", "https://links.example.com", true),
            ("https://links.example.com:443/vinculo", "https://links.example.com", true),
            ("https://links.example.com", "http://links.example.com", false),
            ("https://links.example.com", "https://evil.example.com", false),
            ("https://links.example.com", "null", false),
        ] {
            assert_eq!(Origin::named(ours).is(named), same, "{ours} {named}");
        }
        assert!(Origin::named("https://a").is_secure() && !Origin::named("http://a").is_secure());
    }

    #[test]
    fn only_paths_are_of_this_server() {
        let origin = origin(&[("host", "here")], None, false);
        for (given, resolved) in [
            ("/assets/a.svg", "http://here/assets/a.svg"),
            ("https://bank.example/a.svg", "https://bank.example/a.svg"),
            ("//bank.example/a.svg", "//bank.example/a.svg"),
            ("00020126", "00020126"),
            ("", ""),
        ] {
            assert_eq!(origin.resolve(given), resolved);
        }
    }
}
