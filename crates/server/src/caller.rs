//! Who is calling: API keys by Basic, or a widget's token by Bearer.

use crate::{App, operation::Access, problem::Problem};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use domain::ids::{LinkId, RequestId};
use engine::{Actor, Engine, tokens::Grant};
use secrecy::SecretString;
use zeroize::Zeroizing;

/// Takes text with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An authenticated caller. A handler without it cannot reach a tenant's data.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// What the engine needs to know.
    pub engine: engine::Caller,
    /// What a widget's token says; `None` for API keys.
    pub grant: Option<Grant>,
}

impl Caller {
    /// 404 unless `link` is open to the caller: a token opens only the link it was made for.
    pub(crate) fn may_open(&self, link: LinkId) -> Result<(), Problem> {
        match &self.grant {
            Some(grant) if grant.link != Some(link) => Err(Problem::not_found()),
            _ => Ok(()),
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        // Put there by the gate of every operation that is not open to everybody.
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthenticated)
    }
}

/// The id that a request was given when it came in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request(pub RequestId);

impl FromRequestParts<App> for Request {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().copied().ok_or_else(Problem::unexpected)
    }
}

/// Finds out who is calling, and whether `access` lets them in; `None` where nobody is asked.
pub(crate) async fn authorise(
    engine: &Engine,
    access: Access,
    headers: &HeaderMap,
    request: RequestId,
) -> Result<Option<Caller>, Problem> {
    if access == Access::Open {
        return Ok(None);
    }
    if let Some(token) = bearer(headers) {
        let grant = engine.grant(token).await?;
        let alive = grant.filter(|grant| !grant.used || access == Access::KeysOrToken);
        let grant = alive.ok_or_else(Problem::bad_token)?;
        let allowed = match access {
            Access::Open | Access::KeysOrToken => true,
            Access::Keys => false,
            Access::KeysOr(scope) => grant.scopes.contains(&scope),
        };
        if !allowed {
            return Err(Problem::forbidden());
        }
        let token = grant.presented();
        let caller = engine::Caller { tenant: grant.tenant, by: grant.by, request, token };
        return Ok(Some(Caller { engine: caller, grant: Some(grant) }));
    }
    let (id, secret) = basic(headers).ok_or_else(Problem::unauthenticated)?;
    by_keys(engine, &id, &secret, request)
        .await
        .map(|caller| Some(Caller { engine: caller, grant: None }))
}

/// The caller that these keys belong to.
pub(crate) async fn by_keys(
    engine: &Engine,
    id: &str,
    secret: &SecretString,
    request: RequestId,
) -> Result<engine::Caller, Problem> {
    let known = engine.authenticate(id, secret).await?;
    let (tenant, key) = known.ok_or_else(Problem::unauthenticated)?;
    Ok(engine::Caller { tenant, by: Actor::Key(key), request, token: None })
}

fn credentials<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let (said, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    said.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}
/// The token of a widget, unread.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    credentials(headers, "bearer")
}
/// Id and password. Passwords may hold colons: the first one separates.
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, SecretString)> {
    let decoded = Zeroizing::new(BASE64.decode(credentials(headers, "basic")?).ok()?);
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((id.into(), secret.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn read(value: &str) -> Option<(String, String)> {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().expect("text"))]);
        basic(&headers).map(|(id, secret)| (id, secret.expose_secret().into()))
    }

    #[test]
    fn a_password_may_hold_colons() {
        let encoded = BASE64.encode("id:a:b@#-_:");
        assert_eq!(read(&format!("Basic {encoded}")), Some(("id".into(), "a:b@#-_:".into())));
        assert_eq!(
            read(&format!("basic {}", encoded.trim_end_matches('='))),
            read(&format!("BASIC {encoded}"))
        );
    }
    #[test]
    fn what_is_no_basic_header_is_nobody() {
        for bad in ["", "Basic", "Basic ", "Basic !!!", "Basic aWQ=", "Bearer abc", "Basic /w=="] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
