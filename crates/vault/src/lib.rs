//! The only code that turns sealed bytes into secrets, and that makes or checks anything secret.
//!
//! Architecture invariant: nothing here does I/O except [`keyring`], which reads and writes the
//! key ring. Nothing here knows the store, an institution or HTTP. No type that holds a secret can
//! be printed or serialised, and no error says more than that something did not open.

pub mod index;
pub mod keyring;
pub mod seal;
pub mod secrets;
pub mod signing;

pub use index::Index;
pub use keyring::KeyRing;
pub use seal::{Place, Vault, WrappedKey, number_of};
pub use secrets::{Verifier, hash_secret, is_secret, random_bytes, random_secret};
pub use signing::{Signer, new_webhook_secret, webhook_key, webhook_signature};

/// What can go wrong with secrets. Never says anything about them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Something was sealed by a key that the ring does not have (any more).
    #[error("the key ring has no key numbered {0}")]
    UnknownKey(u32),
    /// Altered, truncated or moved bytes, or the wrong key.
    #[error("the secret does not open here")]
    Sealed,
    /// The operating system gave no random bytes.
    #[error("the system gave no randomness")]
    NoEntropy,
    /// The stored hash of an API secret cannot be read.
    #[error("the stored hash of an API secret cannot be read")]
    Hash,
    /// A token that this installation did not sign, or that was altered.
    #[error("the token is not one of ours")]
    Token,
    /// A webhook secret that is not `whsec_` and 24 to 64 bytes in base64.
    #[error("a webhook secret is “whsec_” and 24 to 64 bytes in base64")]
    WebhookSecret,
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::KeyId;
    use jiff::{SignedDuration, Timestamp};
    use secrecy::{ExposeSecret as _, SecretString};
    use std::fmt::Debug;
    use uuid::Uuid;

    const CANARY: &str = "canary-hunter2";

    /// Types that hold secrets cannot be printed at all; this looks at what can.
    #[test]
    fn whatever_can_be_printed_says_nothing_of_the_secret() {
        let secret = SecretString::from(CANARY);
        let vault = Vault::new(&KeyRing::generate().unwrap()).unwrap();
        let here = Place { tenant: Uuid::nil(), subject: Uuid::nil(), field: "password" };
        let there = Place { field: "other", ..here };
        let key = vault.new_data_key(&here).unwrap();
        let sealed = vault.seal(&key, &here, CANARY.as_bytes()).unwrap();
        let signer =
            Signer::new(&vault.open_server_key("t", &vault.new_server_key("t").unwrap()).unwrap());
        let verifier = Verifier::new(1, SignedDuration::from_secs(1)).unwrap();
        let id = KeyId::from(Uuid::nil());

        let mut shown = Vec::new();
        let mut show = |what: &dyn Debug| shown.push(format!("{what:?}"));
        show(&secret);
        show(&key);
        show(&vault.open_text(&key, &here, &sealed).unwrap());
        show(&vault.open(&key, &there, &sealed).err());
        show(&vault.open_server_key(CANARY, CANARY.as_bytes()).err());
        show(&verifier.verify(id, &secret, CANARY, Timestamp::UNIX_EPOCH));
        show(&signer.verify(CANARY));
        show(&webhook_key(&secret).err());
        show(&KeyRing::parse(&format!("1:{CANARY}")).err());
        for shown in shown {
            assert!(!shown.contains("canary") && !shown.contains("hunter2"), "{shown}");
        }
        assert_eq!(vault.open_text(&key, &here, &sealed).unwrap().expose_secret(), CANARY);
        assert!(!sealed.windows(6).any(|bytes| CANARY.as_bytes().starts_with(bytes)));
    }
}
