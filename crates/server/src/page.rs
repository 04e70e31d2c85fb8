//! How a page for people is answered: a template, and the policy that says what it may load.

use crate::problem::Problem;
use askama::Template;
use axum::{
    http::{HeaderName, header},
    response::{Html, IntoResponse, Response},
};
use std::{collections::BTreeSet, fmt};
use url::Url;

/// Who may show a page inside their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framed {
    /// Nobody.
    Nowhere,
    /// Everybody: the page can do nothing without a token that whoever frames it has.
    Anywhere,
}

/// Where pictures of a page may come from besides this server: origins of the web, by TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pictures(BTreeSet<String>);

impl Pictures {
    /// More are not allowed, so that the policy stays short.
    const MOST: usize = 40;

    /// Those of the origins of `addresses`. What is no address of the web by TLS, and what has something
    /// in its host that means more than a host in a policy, allows nothing.
    pub(crate) fn of<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Self {
        Self::default().and(addresses)
    }

    /// These, and then those of more addresses.
    #[must_use]
    pub(crate) fn and<'a>(mut self, addresses: impl IntoIterator<Item = &'a str>) -> Self {
        let origin = |address: &str| {
            let url: Url = address.parse().ok().filter(|url: &Url| url.scheme() == "https")?;
            let origin = url.origin().ascii_serialization();
            let plain = |c: u8| c.is_ascii_alphanumeric() || b"-.:".contains(&c);
            origin.strip_prefix("https://")?.bytes().all(plain).then_some(origin)
        };
        for origin in addresses.into_iter().filter_map(origin) {
            if self.0.len() >= Self::MOST {
                break;
            }
            self.0.insert(origin);
        }
        self
    }
}

impl fmt::Display for Pictures {
    /// As a policy, and the page's modules, read them: each after a space.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|origin| write!(f, " {origin}"))
    }
}

impl Framed {
    /// What a page may load: this server's own scripts, styles and answers, its pictures and those that
    /// are allowed besides, and nothing else. Nothing of it stands in the page itself.
    fn policy(self, pictures: &Pictures) -> String {
        let frames = match self {
            Self::Nowhere => "; frame-ancestors 'none'",
            Self::Anywhere => "",
        };
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{pictures}; \
             connect-src 'self'; form-action 'self'; base-uri 'none'{frames}"
        )
    }
}

/// The page that `template` makes, in which what varies is escaped.
pub(crate) fn page(template: &impl Template, framed: Framed) -> Result<Response, Problem> {
    page_with(template, framed, &Pictures::default())
}

/// The same, which may show these pictures too.
pub(crate) fn page_with(
    template: &impl Template,
    framed: Framed,
    pictures: &Pictures,
) -> Result<Response, Problem> {
    let text = template.render().map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a page cannot be rendered");
        Problem::unexpected()
    })?;
    let policy: [(HeaderName, String); 1] =
        [(header::CONTENT_SECURITY_POLICY, framed.policy(pictures))];
    Ok((policy, Html(text)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_loads_pictures_from_the_origins_that_are_named_and_nothing_else_from_anywhere() {
        let pictures = Pictures::of([
            "https://cdn.example.com/logos/a.svg?b=c",
            "https://cdn.example.com/logos/b.svg",
            "https://other.example:8443/x.png",
            "http://plain.example.com/a.svg",
            "/assets/a.svg",
            "data:image/png;base64,",
            "https://x;script-src/a.svg",
            "https://*/a.svg",
            "https://a,b/a.svg",
            "javascript:alert(1)",
        ]);
        let policy = Framed::Anywhere.policy(&pictures);
        assert_eq!(
            policy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: \
             https://cdn.example.com https://other.example:8443; connect-src 'self'; \
             form-action 'self'; base-uri 'none'"
        );
        let many: Vec<String> = (0..99).map(|n| format!("https://h{n}.example/")).collect();
        let many = Pictures::of(many.iter().map(String::as_str));
        assert_eq!(many.0.len(), Pictures::MOST);
    }
}
