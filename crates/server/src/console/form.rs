//! Forms that are sent back. Each carries a proof that its page was made for the token in the cookie;
//! a form of another site has neither the cookie nor the proof, and the browser says where it is from.

use super::visitor::{self, Desk, Visitor};
use crate::{
    App,
    origin::Origin,
    problem::{Item, Problem},
};
use axum::{
    body::to_bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header},
};
use domain::operator::Role;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;
use url::form_urlencoded;
use zeroize::Zeroizing;

/// The largest form, in bytes.
const LARGEST: usize = 64 << 10;
/// The name of the field that holds the proof.
pub(super) const PROOF: &str = "proof";

/// What was filled in; of a field that comes more than once, the last.
pub(super) struct Fields(BTreeMap<String, SecretString>);

impl Fields {
    /// The text of a field; empty if it was not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.expose_secret()).trim()
    }
    /// The instant in a field.
    pub(super) fn instant(&self, name: &'static str) -> Result<Option<Timestamp>, Problem> {
        instant(name, self.text(name))
    }
    /// A field as it was typed.
    pub(super) fn secret(&self, name: &str) -> SecretString {
        self.0.get(name).cloned().unwrap_or_else(|| "".into())
    }
}

/// An instant as inputs of a browser write it, without a zone and in UTC; nothing if nothing was said.
pub(super) fn instant(name: &'static str, said: &str) -> Result<Option<Timestamp>, Problem> {
    if said.is_empty() {
        return Ok(None);
    }
    let read = said.parse().ok().or_else(|| format!("{said}Z").parse().ok());
    read.map(Some).ok_or_else(|| {
        Problem::bad(vec![Item::new("invalid", "Write a day and a time, in UTC.").at(name)])
    })
}

/// A form from a page of ours, whoever sent it.
pub(super) struct Form {
    pub(super) fields: Fields,
    pub(super) token: SecretString,
}

impl FromRequest<App> for Form {
    type Rejection = Problem;
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let origin = Origin::from_request_parts(&mut parts, app).await;
        let origin = origin.unwrap_or_else(|never| match never {});
        if !is_ours(&parts.headers, &origin) {
            return Err(Problem::strange_form());
        }
        let token = visitor::token(&parts.headers).ok_or_else(Problem::strange_form)?;
        let bytes = to_bytes(body, LARGEST).await.map_err(|_| Problem::too_large())?;
        let bytes = Zeroizing::new(bytes.to_vec());
        let read = form_urlencoded::parse(&bytes);
        let fields = Fields(read.map(|(k, v)| (k.into_owned(), SecretString::from(&*v))).collect());
        if !app.engine.is_form_proof(&token, fields.text(PROOF)) {
            return Err(Problem::strange_form());
        }
        Ok(Self { fields, token })
    }
}

/// A form about a tenant from somebody who may act.
pub(super) struct Act {
    pub(super) desk: Desk,
    pub(super) fields: Fields,
}

impl FromRequest<App> for Act {
    type Rejection = Problem;
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let role = Visitor::from_request_parts(&mut parts, app).await?.who.role;
        let desk = Desk::from_request_parts(&mut parts, app).await?;
        let form = Form::from_request(Request::from_parts(parts, body), app).await?;
        // Everything that is sent acts, or reveals.
        if !Role::may_act(role) || !Role::may_reveal(role) {
            return Err(Problem::forbidden());
        }
        Ok(Self { desk, fields: form.fields })
    }
}

/// Whether the browser says that a request comes from a page of ours. One that says nothing is asked
/// for the proof alone.
fn is_ours(headers: &HeaderMap, origin: &Origin) -> bool {
    let said = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = said("sec-fetch-site").is_none_or(|site| site == "same-origin");
    let from = said(header::ORIGIN.as_str()).is_none_or(|from| origin.is(from));
    site && from
}
