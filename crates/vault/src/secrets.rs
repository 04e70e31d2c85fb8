//! API secrets: made here, kept only as slow hashes, checked fast the second time.

use crate::{Error, index::hmac_of};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use aws_lc_rs::{hmac, rand};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::ids::KeyId;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Random bytes from the operating system, for keys, nonces and seeds. Wiped when dropped.
pub fn random_bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>, Error> {
    let mut bytes = Zeroizing::new([0; N]);
    rand::fill(&mut *bytes).map_err(|_| Error::NoEntropy)?;
    Ok(bytes)
}

/// A fresh secret of 256 bits: 43 characters that need no quoting in URLs and shells.
pub fn random_secret() -> Result<SecretString, Error> {
    Ok(URL_SAFE_NO_PAD.encode(*random_bytes::<32>()?).into())
}

/// The argon2id hash of an API secret in PHC form, for the database. Takes tens of milliseconds
/// and 19 MiB: not for an async thread.
pub fn hash_secret(secret: &SecretString) -> Result<String, Error> {
    let salt = random_bytes::<16>()?;
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(secret.expose_secret().as_bytes(), &*salt)
        .map_err(|_| Error::Hash)?;
    Ok(hash.to_string())
}

/// Whether `secret` is the one that was hashed. As slow as hashing it: not for an async thread.
pub fn is_secret(secret: &SecretString, hash: &str) -> Result<bool, Error> {
    let stored = PasswordHash::new(hash).map_err(|_| Error::Hash)?;
    let secret = secret.expose_secret().as_bytes();
    Ok(Argon2::default().verify_password(secret, &stored).is_ok())
}

/// A keyed hash of key, secret and stored hash: says nothing about them, and changes with each.
type Question = [u8; 32];

/// Checks API secrets, remembering verdicts for a while so that only the first request pays for
/// the slow hash.
pub struct Verifier {
    /// Lives as long as the process, so that remembered questions are of no use outside it.
    key: hmac::Key,
    verdicts: Mutex<Verdicts>,
}

impl Verifier {
    /// Remembers up to `capacity` right secrets and as many wrong ones, each for `lifetime`.
    pub fn new(capacity: usize, lifetime: SignedDuration) -> Result<Self, Error> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*random_bytes::<32>()?);
        Ok(Self { key, verdicts: Mutex::new(Verdicts::new(capacity, lifetime)) })
    }

    /// The verdict if it is remembered: fast. `hash` is what is stored for `key` now, so a changed
    /// secret is never judged by an old verdict.
    #[must_use]
    pub fn remembered(
        &self,
        key: KeyId,
        secret: &SecretString,
        hash: &str,
        now: Timestamp,
    ) -> Option<bool> {
        self.verdicts().get(&self.question(key, secret, hash), now)
    }
    /// The verdict, at the cost of a slow hash if it is not remembered: not for an async thread.
    pub fn verify(
        &self,
        key: KeyId,
        secret: &SecretString,
        hash: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let question = self.question(key, secret, hash);
        if let Some(verdict) = self.verdicts().get(&question, now) {
            return Ok(verdict);
        }
        let verdict = is_secret(secret, hash)?;
        self.verdicts().put(question, verdict, now);
        Ok(verdict)
    }

    fn question(&self, key: KeyId, secret: &SecretString, hash: &str) -> Question {
        let secret = secret.expose_secret().as_bytes();
        hmac_of(&self.key, &[Uuid::from(key).as_bytes(), secret, hash.as_bytes()])
    }
    fn verdicts(&self) -> std::sync::MutexGuard<'_, Verdicts> {
        self.verdicts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Verdicts {
    lifetime: SignedDuration,
    right: Memory,
    /// Apart from the right ones, so that guessing cannot push those out.
    wrong: Memory,
}

impl Verdicts {
    fn new(capacity: usize, lifetime: SignedDuration) -> Self {
        Self { lifetime, right: Memory::new(capacity), wrong: Memory::new(capacity) }
    }
    fn get(&self, question: &Question, now: Timestamp) -> Option<bool> {
        if self.right.has(question, now) {
            Some(true)
        } else {
            self.wrong.has(question, now).then_some(false)
        }
    }
    fn put(&mut self, question: Question, verdict: bool, now: Timestamp) {
        let until = now.saturating_add(self.lifetime).unwrap_or(Timestamp::MAX);
        if verdict { &mut self.right } else { &mut self.wrong }.put(question, until);
    }
}

/// A bounded set whose oldest members make room.
struct Memory {
    capacity: usize,
    until: HashMap<Question, Timestamp>,
    by_age: VecDeque<Question>,
}

impl Memory {
    fn new(capacity: usize) -> Self {
        Self { capacity, until: HashMap::new(), by_age: VecDeque::new() }
    }
    fn has(&self, question: &Question, now: Timestamp) -> bool {
        self.until.get(question).is_some_and(|&until| now < until)
    }
    fn put(&mut self, question: Question, until: Timestamp) {
        if self.until.insert(question, until).is_none() {
            self.by_age.push_back(question);
        }
        while self.by_age.len() > self.capacity {
            if let Some(oldest) = self.by_age.pop_front() {
                self.until.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }
    fn key(number: u128) -> KeyId {
        KeyId::from(Uuid::from_u128(number))
    }

    #[test]
    fn a_secret_is_checked_against_its_hash_and_the_verdict_remembered_for_a_while() {
        let verifier = Verifier::new(10, SignedDuration::from_secs(60)).unwrap();
        let (right, wrong) = (random_secret().unwrap(), random_secret().unwrap());
        let hash = hash_secret(&right).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(verifier.remembered(key(1), &right, &hash, at(0)), None);
        assert_eq!(verifier.verify(key(1), &right, &hash, at(0)), Ok(true));
        assert_eq!(verifier.verify(key(1), &wrong, &hash, at(0)), Ok(false));
        assert_eq!(verifier.remembered(key(1), &right, &hash, at(59)), Some(true));
        assert_eq!(verifier.remembered(key(1), &wrong, &hash, at(59)), Some(false));
        assert_eq!(verifier.remembered(key(1), &right, &hash, at(60)), None, "it expires");
        assert_eq!(verifier.remembered(key(2), &right, &hash, at(0)), None, "per key");
        assert_eq!(verifier.remembered(key(1), &right, "other", at(0)), None, "per hash");
        assert_eq!(verifier.verify(key(1), &right, "garbage", at(0)), Err(Error::Hash));
        assert_eq!(is_secret(&right, &hash), Ok(true));
        assert_eq!(is_secret(&wrong, &hash), Ok(false));
    }

    #[test]
    fn guessing_neither_grows_the_memory_nor_pushes_right_verdicts_out() {
        let mut verdicts = Verdicts::new(3, SignedDuration::from_secs(60));
        verdicts.put([0; 32], true, at(0));
        for guess in 1..100 {
            verdicts.put([guess; 32], false, at(0));
        }
        assert_eq!(verdicts.get(&[0; 32], at(1)), Some(true));
        assert_eq!(verdicts.get(&[99; 32], at(1)), Some(false));
        assert_eq!(verdicts.get(&[96; 32], at(1)), None, "the oldest made room");
        assert_eq!((verdicts.wrong.until.len(), verdicts.wrong.by_age.len()), (3, 3));
        verdicts.put([99; 32], false, at(50));
        assert_eq!(verdicts.get(&[99; 32], at(100)), Some(false), "renewed");
        assert_eq!(verdicts.wrong.by_age.len(), 3);
    }

    #[test]
    fn secrets_are_long_unlike_and_need_no_quoting() {
        let (one, other) = (random_secret().unwrap(), random_secret().unwrap());
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert_eq!(one.expose_secret().len(), 43);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(one.expose_secret().chars().all(plain));
    }
}
