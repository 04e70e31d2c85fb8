//! The one way to a server.

use super::institutions::Site;
use crate::talk::Failure;
use bytes::Bytes;
use reqwest::{
    Client, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, USER_AGENT},
};
use std::time::Duration;
use zeroize::Zeroizing;

/// The largest answer, in bytes: a year of a busy account has a tenth of it.
pub(super) const LARGEST: usize = 32 * 1024 * 1024;
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(15);
/// How long an answer may take, to its last byte.
const WHOLE: Duration = Duration::from_secs(90);

/// This machine cannot make TLS connections.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client: {0}")]
pub struct NoClient(#[source] reqwest::Error);

/// Posts requests of OFX.
#[derive(Clone)]
pub(super) struct Post(Client);

impl Post {
    #[expect(clippy::disallowed_methods, reason = "one of the two places that build a client")]
    pub(super) fn new() -> Result<Self, NoClient> {
        Client::builder()
            // A request holds a password: it goes where the operator said, and nowhere else.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .build()
            .map(Self)
            .map_err(NoClient)
    }

    /// The server's answer to `request`, bounded.
    pub(super) async fn post(
        &self,
        site: &Site,
        request: Zeroizing<String>,
    ) -> Result<Vec<u8>, Failure> {
        let sent = self
            .0
            .post(site.url.clone())
            .header(CONTENT_TYPE, "application/x-ofx")
            .header(ACCEPT, "*/*, application/x-ofx")
            .header(USER_AGENT, &site.user_agent)
            // The bytes are wiped when the client lets go of them.
            .body(Bytes::from_owner(Wiped(request)))
            .send()
            .await;
        let mut response = sent.map_err(|error| broken(site, &error))?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| broken(site, &error))? {
            if body.len() + piece.len() > LARGEST {
                return Err(Failure::TooMuch);
            }
            body.extend_from_slice(&piece);
        }
        // Some servers answer errors of OFX with a status of HTTP that says the same.
        if status.is_success() || has_ofx(&body) {
            return Ok(body);
        }
        tracing::warn!(institution = site.name, %status, "an OFX server answered with an error");
        Err(match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
                Failure::InstitutionUnavailable
            }
            status if status.is_server_error() => Failure::InstitutionUnavailable,
            status => Failure::Unexpected(format!("HTTP status {}", status.as_u16())),
        })
    }
}

/// Whether it begins as OFX does.
fn has_ofx(body: &[u8]) -> bool {
    let head = &body[..body.len().min(statements::HEAD)];
    statements::recognise(head) == Some(statements::Format::Ofx)
}

/// What broke a connection. The address is the operator's, and what was sent is not in the error.
fn broken(site: &Site, error: &reqwest::Error) -> Failure {
    tracing::warn!(institution = site.name, %error, "an OFX server cannot be reached");
    Failure::InstitutionUnavailable
}

struct Wiped(Zeroizing<String>);
impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

#[cfg(test)]
mod tests;
