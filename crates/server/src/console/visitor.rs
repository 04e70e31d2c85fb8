//! Who is looking: the cookie, the operator behind it, and the tenant that a page is about.

use super::{
    frame::Frame,
    note::{self, Note},
};
use crate::{App, caller::Request, origin::Origin, path::Path, problem::Problem};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::Response,
};
use domain::{
    ids::TenantId,
    resource::{self, Resource},
};
use engine::{Actor, Caller, operators::SignedIn, tenants::Tenant};
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::HashMap;

/// The name of the cookie.
const COOKIE: &str = "vinculo_console";

/// An operator who is signed in.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) who: SignedIn,
    pub(super) token: SecretString,
    /// What they have just done.
    pub(super) note: Option<Note>,
}

impl Visitor {
    /// Who sends these headers.
    pub(super) async fn of(app: &App, headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let Some(token) = token(headers) else { return Ok(None) };
        let who = app.engine.signed_in(&token).await?;
        Ok(who.map(|who| Self { who, token, note: Note::brought(headers) }))
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        // Put there by the gate of every page but that of the sign-in.
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthenticated)
    }
}

/// An operator who looks at one tenant.
pub(super) struct Desk {
    pub(super) tenant: Tenant,
    tenants: Vec<Tenant>,
    visitor: Visitor,
    request: Request,
}

impl Desk {
    /// As whom the engine is called.
    pub(super) fn caller(&self) -> Caller {
        let by = Actor::Operator(self.visitor.who.id);
        Caller { tenant: self.tenant.id, by, request: self.request.0, token: None }
    }
    /// What surrounds a page of the section `here`.
    pub(super) fn frame(self, app: &App, here: &'static str) -> Frame {
        Frame::new(app, self.visitor, Some(self.tenant), self.tenants, here)
    }
    /// Goes on to a page about this tenant, where it is said that `act` was done.
    pub(super) fn after(&self, act: &str, page: &str) -> Response {
        note::after(act, &self.at(page))
    }
    /// The address of a page about this tenant.
    pub(super) fn at(&self, page: &str) -> String {
        format!("/console/{}/{page}", self.tenant.id)
    }
}

impl FromRequestParts<App> for Desk {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let request = Request::from_request_parts(parts, app).await?;
        let wanted = said(parts, app, "tenant").await?.parse::<TenantId>().ok();
        let tenants = app.engine.tenants().await?;
        let tenant = tenants.iter().find(|tenant| Some(tenant.id) == wanted).cloned();
        let tenant = tenant.ok_or_else(Problem::not_found)?;
        Ok(Self { tenant, tenants, visitor, request })
    }
}

/// What an address says under this name.
async fn said(parts: &mut Parts, app: &App, name: &str) -> Result<String, Problem> {
    let Path(mut said) = Path::<HashMap<String, String>>::from_request_parts(parts, app).await?;
    said.remove(name).ok_or_else(Problem::not_found)
}

/// The id in an address, beside its tenant's.
pub(super) struct Named<T>(pub(super) T);

impl<T: domain::ids::Id + Send> FromRequestParts<App> for Named<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let id = uuid::Uuid::try_parse(&said(parts, app, "id").await?);
        id.map(|id| Self(id.into())).map_err(|_| Problem::not_found())
    }
}

/// The number of the institution in an address.
pub(super) struct Numbered(pub(super) i64);

impl FromRequestParts<App> for Numbered {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let number = said(parts, app, "number").await?.parse();
        number.map(Self).map_err(|_| Problem::not_found())
    }
}

/// The resource in an address.
pub(super) struct Of(pub(super) &'static Resource);

impl FromRequestParts<App> for Of {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let resource = resource::named(&said(parts, app, "resource").await?);
        resource.map(Self).ok_or_else(Problem::not_found)
    }
}

/// What a request's cookie of that name says.
pub(super) fn said_in_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let said = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = said.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| known.trim() == name).map(|(_, said)| said.trim())
}

/// The token in a request's cookie.
pub(super) fn token(headers: &HeaderMap) -> Option<SecretString> {
    let token = said_in_cookie(headers, COOKIE)?;
    // As long as what is given out; anything longer is nobody's.
    (!token.is_empty() && token.len() <= 64).then(|| token.into())
}

/// The header that keeps a token in the browser, or makes it forget what it has.
pub(super) fn token_cookie(token: Option<&SecretString>, origin: &Origin) -> Option<HeaderValue> {
    let kept = token.map(|token| (token.expose_secret(), None));
    let mut header = cookie(COOKIE, kept, origin)?;
    header.set_sensitive(true);
    Some(header)
}

/// The header that keeps a cookie in the browser, for so many seconds if that is said, or makes it
/// forget what it has. Only the console's pages see it, and no script.
pub(super) fn cookie(
    name: &str,
    kept: Option<(&str, Option<&str>)>,
    origin: &Origin,
) -> Option<HeaderValue> {
    let secure = if origin.is_secure() { "; Secure" } else { "" };
    let (value, seconds) = kept.unwrap_or(("", Some("0")));
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let text = format!("{name}={value}; Path=/console; HttpOnly; SameSite=Strict{secure}{age}");
    HeaderValue::from_str(&text).ok()
}
