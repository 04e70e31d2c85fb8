//! How a page for people is answered: a template, and the policy that says what it may load.

use crate::problem::Problem;
use askama::Template;
use axum::{
    http::{HeaderName, header},
    response::{Html, IntoResponse, Response},
};

/// Who may show a page inside their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framed {
    /// Nobody.
    Nowhere,
    /// Everybody: the page can do nothing without a token that whoever frames it has.
    Anywhere,
}

/// What a page may load: this server's own scripts, styles, pictures and answers, and nothing else.
/// Nothing of it stands in the page itself.
macro_rules! policy {
    ($more:literal) => {
        concat!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; ",
            "connect-src 'self'; form-action 'self'; base-uri 'none'",
            $more
        )
    };
}

impl Framed {
    const fn policy(self) -> &'static str {
        match self {
            Self::Nowhere => policy!("; frame-ancestors 'none'"),
            Self::Anywhere => policy!(""),
        }
    }
}

/// The page that `template` makes, in which what varies is escaped.
pub(crate) fn page(template: &impl Template, framed: Framed) -> Result<Response, Problem> {
    let text = template.render().map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a page cannot be rendered");
        Problem::unexpected()
    })?;
    let policy: [(HeaderName, &str); 1] = [(header::CONTENT_SECURITY_POLICY, framed.policy())];
    Ok((policy, Html(text)).into_response())
}
