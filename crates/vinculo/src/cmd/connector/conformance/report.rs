//! What the suite found.

use serde::Serialize;

/// One line of the table.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// What was checked.
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) verdict: Verdict,
}

/// How it went.
#[derive(Debug, Serialize)]
#[serde(tag = "verdict", content = "detail", rename_all = "snake_case")]
pub(super) enum Verdict {
    /// As it must, with what was seen.
    Passed(String),
    /// What is wrong.
    Failed(String),
    /// Why there was nothing to check.
    NotApplicable(String),
}

impl Verdict {
    pub(super) fn is_failed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
    /// In the table: the sign, and the words.
    pub(super) fn shown(&self) -> (&'static str, &str) {
        match self {
            Self::Passed(detail) => ("ok", detail),
            Self::Failed(what) => ("FAIL", what),
            Self::NotApplicable(why) => ("–", why),
        }
    }
}
