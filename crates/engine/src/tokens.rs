//! The tokens that widgets call with: an access token for minutes, and a refresh token that buys
//! new ones. Both are JWTs signed by this installation, so that reading one costs no look-up.

use crate::{Actor, Caller, Engine, Error};
use domain::{
    access::{CredentialsStorage, Scope, StaleIn},
    ids::{LinkId, RequestId, SessionId, TenantId},
    link::Status,
    time::later,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use uuid::Uuid;
use vault::Signer;

/// What a token is to be good for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TokenRequest {
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The one link that it is for.
    pub link: Option<LinkId>,
    /// Put on the link that is made with it.
    pub external_id: Option<String>,
    /// Put on the link that is made with it.
    pub fetch_resources: Option<Vec<String>>,
    /// Put on the link that is made with it.
    pub credentials_storage: Option<CredentialsStorage>,
    /// Put on the link that is made with it.
    pub stale_in: Option<StaleIn>,
    /// How the widget looks, and where it sends people afterwards.
    pub widget: Option<Value>,
}

/// A refresh token and its first access token. As good as passwords.
pub struct TokenPair {
    /// Lives for years.
    pub refresh: SecretString,
    /// Lives for minutes.
    pub access: SecretString,
}

/// What a good access token says.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// Whose data may be seen.
    pub tenant: TenantId,
    /// Who made the token: what is done with it is done in their name.
    pub by: Actor,
    /// Which token this is: 32 hex digits.
    pub token: String,
    /// When it ends.
    pub ends: Timestamp,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The one link that it is for.
    pub link: Option<LinkId>,
    /// Put on the link that is made with it.
    pub external_id: Option<String>,
    /// Put on the link that is made with it.
    pub fetch_resources: Option<Vec<String>>,
    /// Put on the link that is made with it.
    pub credentials_storage: Option<CredentialsStorage>,
    /// Put on the link that is made with it.
    pub stale_in: Option<StaleIn>,
    /// How the widget looks, and where it sends people afterwards.
    pub widget: Option<Value>,
    /// Whether it has connected its link: then it only tells how that went.
    pub used: bool,
}

/// A widget token that a request came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presented {
    /// Which token it is.
    pub id: Uuid,
    /// When it ends.
    pub ends: Timestamp,
}

impl Grant {
    /// The token itself; `None` if it was made with an id that is none of ours.
    #[must_use]
    pub fn presented(&self) -> Option<Presented> {
        Some(Presented { id: Uuid::try_parse(&self.token).ok()?, ends: self.ends })
    }
}

/// The two kinds of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Access,
    Refresh,
}

/// What stands in a token. The names are those that existing readers look for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Claims {
    token_type: Kind,
    exp: i64,
    iat: i64,
    jti: String,
    user_id: Uuid,
    /// `user_id` is an operator, and not a key.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    operator: bool,
    organization_id: TenantId,
    organization_name: String,
    scopes: Vec<Scope>,
    environment: String,
    api_url: String,
    iss: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    credentials_storage: Option<CredentialsStorage>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    stale_in: Option<StaleIn>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    fetch_resources: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    link_id: Option<LinkId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    widget: Option<Value>,
}

/// How tokens are made.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// How long an access token lives.
    pub access: SignedDuration,
    /// `sandbox` or `production`; widgets read it.
    pub environment: String,
    /// Host and port where the API is reached; widgets read it.
    pub host: String,
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self {
            access: SignedDuration::from_mins(20),
            environment: "sandbox".into(),
            host: "localhost".into(),
        }
    }
}

/// What a person updates a link with.
pub struct UpdateRequest {
    /// Opens the widget for this one link, once. As good as a password.
    pub token: SecretString,
    /// Until when.
    pub ends: Timestamp,
}

/// How long the token of a page lives that somebody sends to a person, who may read it tomorrow.
const UPDATE: SignedDuration = SignedDuration::from_hours(24);
/// How long a refresh token lives.
const REFRESH: SignedDuration = SignedDuration::from_hours(7200 * 24);

/// Makes and reads tokens.
struct Tokens<'a> {
    signer: &'a Signer,
    settings: &'a TokenSettings,
}

impl Tokens<'_> {
    /// A pair for a tenant's key; `ids` are what the two are told apart by.
    fn pair(
        &self,
        by: (TenantId, Actor),
        organization: &str,
        wanted: TokenRequest,
        now: Timestamp,
        ids: [String; 2],
    ) -> TokenPair {
        let [access, refresh] = ids;
        let claims = self.claims(by, organization, wanted, now, refresh);
        TokenPair { access: self.access(claims.clone(), now, access), refresh: self.sign(&claims) }
    }
    /// What a refresh token says.
    fn claims(
        &self,
        (tenant, by): (TenantId, Actor),
        organization: &str,
        wanted: TokenRequest,
        now: Timestamp,
        id: String,
    ) -> Claims {
        let (user_id, operator) = match by {
            Actor::Key(key) => (key.into(), false),
            Actor::Operator(operator) => (operator.into(), true),
        };
        Claims {
            token_type: Kind::Refresh,
            exp: ending(now, REFRESH),
            iat: now.as_second(),
            jti: id,
            user_id,
            operator,
            organization_id: tenant,
            organization_name: organization.into(),
            scopes: wanted.scopes,
            environment: self.settings.environment.clone(),
            api_url: self.settings.host.clone(),
            iss: self.settings.host.clone(),
            credentials_storage: wanted.credentials_storage,
            stale_in: wanted.stale_in,
            fetch_resources: wanted.fetch_resources,
            link_id: wanted.link,
            external_id: wanted.external_id,
            widget: wanted.widget,
        }
    }
    /// An access token that says what a refresh token says.
    fn access(&self, refresh: Claims, now: Timestamp, id: String) -> SecretString {
        self.access_for(self.settings.access, refresh, now, id)
    }
    /// The same with a life of its own.
    fn access_for(
        &self,
        life: SignedDuration,
        refresh: Claims,
        now: Timestamp,
        id: String,
    ) -> SecretString {
        self.sign(&Claims {
            token_type: Kind::Access,
            exp: ending(now, life),
            iat: now.as_second(),
            jti: id,
            ..refresh
        })
    }
    fn sign(&self, claims: &Claims) -> SecretString {
        // Plain data with text keys: it always becomes JSON.
        let claims = serde_json::to_value(claims).unwrap_or_default();
        self.signer.sign(&claims).into()
    }
    /// What a token of this kind says, if it is ours and lives.
    fn read(&self, token: &str, kind: Kind, now: Timestamp) -> Option<Claims> {
        self.said(token, kind).filter(|claims| now.as_second() < claims.exp)
    }
    /// What a token of this kind says or said, if it is ours.
    fn said(&self, token: &str, kind: Kind) -> Option<Claims> {
        let claims: Claims = serde_json::from_value(self.signer.verify(token).ok()?).ok()?;
        (claims.token_type == kind).then_some(claims)
    }
}

fn ending(now: Timestamp, lifetime: SignedDuration) -> i64 {
    later(now, lifetime).as_second()
}

impl Claims {
    fn by(&self) -> Actor {
        if self.operator {
            Actor::Operator(self.user_id.into())
        } else {
            Actor::Key(self.user_id.into())
        }
    }
}

impl From<Claims> for Grant {
    fn from(claims: Claims) -> Self {
        Self {
            tenant: claims.organization_id,
            by: claims.by(),
            token: claims.jti,
            ends: Timestamp::from_second(claims.exp).unwrap_or(Timestamp::MAX),
            scopes: claims.scopes,
            link: claims.link_id,
            external_id: claims.external_id,
            fetch_resources: claims.fetch_resources,
            credentials_storage: claims.credentials_storage,
            stale_in: claims.stale_in,
            widget: claims.widget,
            used: false,
        }
    }
}

impl Engine {
    fn tokens(&self) -> Tokens<'_> {
        Tokens { signer: self.signer(), settings: &self.settings().tokens }
    }
    fn token_id(&self) -> String {
        self.env().id::<RequestId>().hex()
    }

    /// Makes a pair of tokens. `Error::NoSuch("link")` when the link is not the caller's.
    pub async fn issue_tokens(
        &self,
        caller: &Caller,
        wanted: TokenRequest,
    ) -> Result<TokenPair, Error> {
        if let Some(link) = wanted.link {
            self.link(caller.tenant, link).await?;
        }
        let by = (caller.tenant, Actor::Key(caller.key()?));
        let organization = self.organization(caller.tenant).await?;
        let ids = [self.token_id(), self.token_id()];
        Ok(self.tokens().pair(by, &organization, wanted, self.env().now(), ids))
    }

    async fn organization(&self, tenant: TenantId) -> Result<String, Error> {
        let tenant = self.store().read().await?.tenant(tenant).await?;
        Ok(tenant.ok_or(Error::NoSuch("tenant"))?.name)
    }

    /// Makes the token of a page on which the person of a link gives it new credentials, or answers
    /// what the institution asks. The page before stays good until it has been used.
    /// `Error::UnconfirmedLink` and `Error::ExpiredCredentials` where only registering again helps.
    pub async fn request_update(
        &self,
        caller: &Caller,
        id: LinkId,
    ) -> Result<UpdateRequest, Error> {
        let link = self.link(caller.tenant, id).await?;
        if link.status == Status::Unconfirmed {
            return Err(Error::UnconfirmedLink);
        }
        if !link.has_credentials() {
            return Err(Error::ExpiredCredentials);
        }
        let organization = self.organization(caller.tenant).await?;
        let now = self.env().now();
        let wanted = TokenRequest {
            scopes: vec![Scope::ReadInstitutions, Scope::WriteLinks, Scope::ReadLinks],
            link: Some(id),
            ..TokenRequest::default()
        };
        let by = (caller.tenant, caller.by);
        let claims = self.tokens().claims(by, &organization, wanted, now, self.token_id());
        let token = self.tokens().access_for(UPDATE, claims, now, self.token_id());
        let mut tx = self.store().write().await?;
        self.audit(&mut tx, caller, "request_update", &id.to_string()).await?;
        tx.commit().await?;
        let ends = Timestamp::from_second(ending(now, UPDATE)).unwrap_or(Timestamp::MAX);
        Ok(UpdateRequest { token, ends })
    }

    /// What an access token allows, or allowed before it was used up; `None` if it is not ours, has
    /// ended, or its key is gone.
    pub async fn grant(&self, token: &str) -> Result<Option<Grant>, Error> {
        let Some(claims) = self.tokens().read(token, Kind::Access, self.env().now()) else {
            return Ok(None);
        };
        let mut tx = self.store().read().await?;
        if !holds(&mut tx, &claims).await? {
            return Ok(None);
        }
        let used = tx.token_is_used(&claims.jti).await?;
        Ok(Some(Grant { used, ..claims.into() }))
    }

    /// The `widget` of an access token of ours, whether or not it still opens anything: it says where
    /// to send a person who comes too late. `None` if the token is not ours.
    #[must_use]
    pub fn widget_of(&self, token: &str) -> Option<Option<Value>> {
        self.tokens().said(token, Kind::Access).map(|claims| claims.widget)
    }

    /// A fresh access token for a refresh token; `None` if it is not ours, has ended, or its key is
    /// gone.
    pub async fn renew_access(&self, refresh: &str) -> Result<Option<SecretString>, Error> {
        let now = self.env().now();
        let Some(claims) = self.tokens().read(refresh, Kind::Refresh, now) else {
            return Ok(None);
        };
        if !holds(&mut self.store().read().await?, &claims).await? {
            return Ok(None);
        }
        Ok(Some(self.tokens().access(claims, now, self.token_id())))
    }

    /// Remembers which session the token of a request has begun, in the transaction that opens it.
    pub(crate) async fn bind_token(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        session: SessionId,
    ) -> Result<(), Error> {
        if let Some(Presented { id, ends }) = caller.token {
            tx.bind_token(&id.simple().to_string(), session, ends).await?;
        }
        Ok(())
    }

    /// The token has connected its link: it opens nothing any more. False if it had been used up
    /// already.
    pub async fn use_up(&self, grant: &Grant) -> Result<bool, Error> {
        let mut tx = self.store().write().await?;
        tx.forget_ended_tokens(self.env().now()).await?;
        let first = tx.use_token(&grant.token, grant.ends).await?;
        tx.commit().await?;
        Ok(first)
    }
}

/// Whether who made a token may still call.
async fn holds(tx: &mut Tx, claims: &Claims) -> Result<bool, Error> {
    Ok(match claims.by() {
        Actor::Key(id) => {
            let key = tx.key(id).await?;
            key.is_some_and(|key| key.tenant == claims.organization_id && key.revoked_at.is_none())
        }
        Actor::Operator(id) => tx.operator(id).await?.is_some_and(|one| one.role.may_act()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::{ExposeSecret, SecretSlice};

    fn signer() -> Signer {
        Signer::new(&SecretSlice::from(vec![7; 64]))
    }
    fn owner() -> (TenantId, Actor) {
        (Uuid::from_u128(1).into(), Actor::Key(Uuid::from_u128(2).into()))
    }
    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + seconds).expect("a timestamp")
    }
    fn pair(tokens: &Tokens<'_>) -> TokenPair {
        let wanted = TokenRequest {
            scopes: vec![Scope::ReadInstitutions, Scope::WriteLinks],
            external_id: Some("customer-1".into()),
            stale_in: "90d".parse().ok(),
            credentials_storage: "30d".parse().ok(),
            ..TokenRequest::default()
        };
        tokens.pair(owner(), "shop", wanted, at(0), ["a".repeat(32), "b".repeat(32)])
    }

    #[test]
    fn an_access_token_says_what_was_asked_for_and_lives_twenty_minutes() {
        let (signer, settings) = (signer(), TokenSettings::default());
        let tokens = Tokens { signer: &signer, settings: &settings };
        let pair = pair(&tokens);
        let read = |now| tokens.read(pair.access.expose_secret(), Kind::Access, now);
        let grant = Grant::from(read(at(1199)).expect("alive"));
        assert_eq!(grant.tenant, owner().0);
        assert_eq!(grant.scopes, [Scope::ReadInstitutions, Scope::WriteLinks]);
        assert_eq!(grant.external_id.as_deref(), Some("customer-1"));
        assert_eq!(grant.credentials_storage, Some(CredentialsStorage::Days(30)));
        assert_eq!(read(at(1200)), None);
    }
    #[test]
    fn a_refresh_token_is_no_access_token_and_buys_one() {
        let (signer, settings) = (signer(), TokenSettings::default());
        let tokens = Tokens { signer: &signer, settings: &settings };
        let pair = pair(&tokens);
        assert_eq!(tokens.read(pair.refresh.expose_secret(), Kind::Access, at(0)), None);
        assert_eq!(tokens.read(pair.access.expose_secret(), Kind::Refresh, at(0)), None);
        let years = 7200 * 86_400;
        let refresh = tokens.read(pair.refresh.expose_secret(), Kind::Refresh, at(years - 1));
        let access = tokens.access(refresh.expect("alive"), at(years - 1), "c".repeat(32));
        let grant = tokens.read(access.expose_secret(), Kind::Access, at(years)).expect("alive");
        assert_eq!(grant.jti, "c".repeat(32));
        assert_eq!(tokens.read(pair.refresh.expose_secret(), Kind::Refresh, at(years)), None);
    }
}
