//! What a program says, without the secrets that its session has given it.

use crate::redactor::Redactor;
use secrecy::SecretString;
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// Knows the secrets of one session, more as it goes on. Cheap to clone.
#[derive(Clone)]
pub struct Cleaner(Arc<Mutex<Known>>);

struct Known {
    secrets: Vec<SecretString>,
    redactor: Arc<Redactor>,
}

impl fmt::Debug for Cleaner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cleaner(…)")
    }
}

impl Default for Cleaner {
    fn default() -> Self {
        let redactor = Arc::new(Redactor::new(&[]));
        Self(Arc::new(Mutex::new(Known { secrets: Vec::new(), redactor })))
    }
}

impl Cleaner {
    /// Must be told before the program is.
    pub(super) fn learn(&self, secrets: impl IntoIterator<Item = SecretString>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.secrets.extend(secrets);
        known.redactor = Arc::new(Redactor::new(&known.secrets));
    }
    /// `text` without the secrets, without control characters, and of at most `longest` bytes.
    #[must_use]
    pub fn clean(&self, text: &str, longest: usize) -> String {
        let redactor = self.0.lock().unwrap_or_else(PoisonError::into_inner).redactor.clone();
        // Cleaned before it is cut: half a secret is not known for one.
        let cleaned = redactor.clean(text);
        let end = (0..=longest.min(cleaned.len())).rev().find(|&at| cleaned.is_char_boundary(at));
        let cut = cleaned.get(..end.unwrap_or(0)).unwrap_or_default();
        cut.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}
