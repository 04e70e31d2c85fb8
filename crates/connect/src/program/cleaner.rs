//! What a program says, without the secrets that its session has given it.

use super::Network;
use crate::redactor::Redactor;
use secrecy::SecretString;
use std::sync::Arc;

/// Knows the secrets of one session, more as it goes on. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Cleaner(Arc<Redactor>);

impl Cleaner {
    /// Tells what it learns to whoever listens, so that it is in no recording.
    pub(super) fn of(network: &Network) -> Self {
        match network {
            Network::Record(recorder) => Self(recorder.redactor().clone()),
            Network::Open | Network::Replay(_) => Self::default(),
        }
    }
    /// Must be told before the program is.
    pub(super) fn learn<'a>(&self, secrets: impl IntoIterator<Item = &'a SecretString>) {
        for secret in secrets {
            self.0.learn(secret);
        }
    }
    /// `text` without the secrets, without control characters, and of at most `longest` bytes.
    #[must_use]
    pub fn clean(&self, text: &str, longest: usize) -> String {
        // Cleaned before it is cut: half a secret is not known for one.
        let cleaned = self.0.clean(text);
        let end = (0..=longest.min(cleaned.len())).rev().find(|&at| cleaned.is_char_boundary(at));
        let cut = cleaned.get(..end.unwrap_or(0)).unwrap_or_default();
        cut.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}
