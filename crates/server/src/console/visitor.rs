//! Who is looking: the cookie, the operator behind it, and the tenant that a page is about.

use super::frame::Frame;
use crate::{App, caller::Request, origin::Origin, problem::Problem};
use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use domain::ids::TenantId;
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
}

impl Visitor {
    /// Who sends these headers.
    pub(super) async fn of(app: &App, headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let Some(token) = token(headers) else { return Ok(None) };
        let who = app.engine.signed_in(&token).await?;
        Ok(who.map(|who| Self { who, token }))
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
        let Path(said) = Path::<HashMap<String, String>>::from_request_parts(parts, app)
            .await
            .map_err(|_| Problem::not_found())?;
        let wanted = said.get("tenant").and_then(|text| text.parse::<TenantId>().ok());
        let tenants = app.engine.tenants().await?;
        let tenant = tenants.iter().find(|tenant| Some(tenant.id) == wanted).cloned();
        let tenant = tenant.ok_or_else(Problem::not_found)?;
        Ok(Self { tenant, tenants, visitor, request })
    }
}

/// The id in an address, beside its tenant's.
pub(super) struct Named<T>(pub(super) T);

impl<T: domain::ids::Id + Send> FromRequestParts<App> for Named<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Path(said) = Path::<HashMap<String, String>>::from_request_parts(parts, app)
            .await
            .map_err(|_| Problem::not_found())?;
        let id = said.get("id").and_then(|text| uuid::Uuid::try_parse(text).ok());
        id.map(|id| Self(id.into())).ok_or_else(Problem::not_found)
    }
}

/// The token in a request's cookie.
pub(super) fn token(headers: &HeaderMap) -> Option<SecretString> {
    let said = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = said.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, token) = pairs.find(|(name, _)| name.trim() == COOKIE)?;
    let token = token.trim();
    // As long as what is given out; anything longer is nobody's.
    (!token.is_empty() && token.len() <= 64).then(|| token.into())
}

/// The header that keeps a token in the browser, or makes it forget what it has.
pub(super) fn cookie(token: Option<&SecretString>, origin: &Origin) -> Option<HeaderValue> {
    let secure = if origin.is_secure() { "; Secure" } else { "" };
    let (value, age) = match token {
        Some(token) => (token.expose_secret(), ""),
        None => ("", "; Max-Age=0"),
    };
    let text = format!("{COOKIE}={value}; Path=/console; HttpOnly; SameSite=Strict{secure}{age}");
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}
