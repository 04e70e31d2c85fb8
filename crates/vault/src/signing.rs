//! Signatures: the tokens of the widget (JWT, HS512) and webhooks (Standard Webhooks).

use crate::{Error, random_bytes};
use aws_lc_rs::hmac;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde_json::Value;
use zeroize::Zeroizing;

const HEADER: &str = r#"{"alg":"HS512","typ":"JWT"}"#;
/// Ours are a few hundred bytes; whatever is longer is not worth hashing.
const MAX_TOKEN: usize = 16 * 1024;

/// Signs and checks tokens under the installation's token key.
pub struct Signer {
    key: hmac::Key,
    header: String,
}

impl Signer {
    /// From the installation's key of that purpose ([`crate::Vault::open_server_key`]).
    #[must_use]
    pub fn new(key: &SecretSlice<u8>) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA512, key.expose_secret()),
            header: URL_SAFE_NO_PAD.encode(HEADER),
        }
    }
    /// A token that says `claims`. It is as good as a password: hand it out and forget it.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        let said = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = hmac::sign(&self.key, said.as_bytes());
        format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
    /// The claims of a token that this installation signed. Whether it has expired is for the
    /// caller to say, by its clock.
    pub fn verify(&self, token: &str) -> Result<Value, Error> {
        if token.len() > MAX_TOKEN {
            return Err(Error::Token);
        }
        let (said, signature) = token.rsplit_once('.').ok_or(Error::Token)?;
        let (header, claims) = said.split_once('.').ok_or(Error::Token)?;
        // Our own header and nothing else: no other algorithm can be asked for.
        if header != self.header {
            return Err(Error::Token);
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Error::Token)?;
        hmac::verify(&self.key, said.as_bytes(), &signature).map_err(|_| Error::Token)?;
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|_| Error::Token)?;
        serde_json::from_slice(&claims).map_err(|_| Error::Token)
    }
}

const WEBHOOK_PREFIX: &str = "whsec_";

/// A fresh secret for a webhook endpoint: `whsec_` and 32 bytes in base64.
pub fn new_webhook_secret() -> Result<SecretString, Error> {
    let secret = Zeroizing::new(STANDARD.encode(*random_bytes::<32>()?));
    Ok(format!("{WEBHOOK_PREFIX}{}", &*secret).into())
}

/// The key in a webhook secret.
pub fn webhook_key(secret: &SecretString) -> Result<SecretSlice<u8>, Error> {
    let base64 = secret.expose_secret().strip_prefix(WEBHOOK_PREFIX).ok_or(Error::WebhookSecret)?;
    let key = SecretSlice::from(STANDARD.decode(base64).map_err(|_| Error::WebhookSecret)?);
    if (24..=64).contains(&key.expose_secret().len()) { Ok(key) } else { Err(Error::WebhookSecret) }
}

/// HMAC-SHA256 in base64, as it stands after `v1,` in a `webhook-signature` header. `input` is
/// `id.timestamp.body`.
#[must_use]
pub fn webhook_signature(key: &[u8], input: &[u8]) -> String {
    STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), input))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn signer(byte: u8) -> Signer {
        Signer::new(&SecretSlice::from(vec![byte; 64]))
    }

    #[test]
    fn a_token_says_what_was_signed_to_this_installation_only() {
        let claims = json!({"jti": "a".repeat(32), "scopes": ["read_links"], "exp": 1_790_000_000});
        let token = signer(1).sign(&claims);
        assert!(token.starts_with("eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."), "{token}");
        assert_eq!(signer(1).verify(&token), Ok(claims));
        assert_eq!(signer(2).verify(&token), Err(Error::Token));
    }

    #[test]
    fn no_other_algorithm_can_be_asked_for() {
        let claims = URL_SAFE_NO_PAD.encode("{}");
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS256","typ":"JWT"}"#, ""] {
            let said = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header));
            let key = hmac::Key::new(hmac::HMAC_SHA512, &[1; 64]);
            let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, said.as_bytes()));
            assert_eq!(signer(1).verify(&format!("{said}.{signature}")), Err(Error::Token));
            assert_eq!(signer(1).verify(&format!("{said}.")), Err(Error::Token));
        }
    }

    #[test]
    fn a_webhook_is_signed_as_the_standard_shows() {
        // The worked example of the Standard Webhooks reference libraries.
        let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let key = webhook_key(&secret).unwrap();
        let input = br#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#;
        assert_eq!(
            webhook_signature(key.expose_secret(), input),
            "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn webhook_secrets_are_of_their_form_or_refused() {
        let fresh = new_webhook_secret().unwrap();
        assert_eq!(webhook_key(&fresh).unwrap().expose_secret().len(), 32);
        for bad in ["", "whsec_", "whsec_!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA"] {
            assert_eq!(webhook_key(&bad.into()).err(), Some(Error::WebhookSecret), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn an_altered_token_is_refused_and_never_a_panic(
            at in any::<prop::sample::Index>(), with in any::<char>(), noise in any::<String>()
        ) {
            let token = signer(1).sign(&json!({"sub": "x"}));
            let mut altered: Vec<char> = token.chars().collect();
            let at = at.index(altered.len());
            altered[at] = with;
            let altered: String = altered.into_iter().collect();
            prop_assume!(altered != token);
            prop_assert_eq!(signer(1).verify(&altered), Err(Error::Token));
            prop_assert_eq!(signer(1).verify(&noise), Err(Error::Token));
        }
    }
}
