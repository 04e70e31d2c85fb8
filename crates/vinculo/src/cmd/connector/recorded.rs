//! What a recording says of its session: how it is held again, and what must come of it.

use anyhow::{Context as _, Result, bail};
use aws_lc_rs::digest;
use connect::{egress::Recording, talk::Given};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A session as it was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) institution: Option<String>,
    /// Its resources; all if none is named.
    pub(super) resources: Vec<String>,
    /// The day from which `days` are counted back.
    pub(super) today: Date,
    pub(super) days: i32,
    pub(super) background: bool,
}

/// What came of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// The reason for which it failed, as the protocol writes it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) failure: Option<String>,
    /// By the resources' names.
    pub(super) read: BTreeMap<String, Read>,
}

/// What came of one reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Read {
    pub(super) records: usize,
    /// `complete`, `incomplete`, or why nothing was read.
    pub(super) ended: String,
    /// SHA-256 of all records, in their order, in hexadecimal.
    pub(super) sha256: String,
}

/// The first line of a recording.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) plan: Plan,
    pub(super) outcome: Outcome,
}

impl Session {
    pub(super) fn of(recording: &Recording) -> Result<Self> {
        let session = recording.session.clone().context("the recording's first line is missing")?;
        serde_json::from_value(session).context("the recording's first line cannot be read")
    }
}

impl Outcome {
    /// An error that says where `other` is not the same; with `counts`, only where other or fewer
    /// things came, not what they say: a recording's words are stand-ins.
    pub(super) fn compare(&self, other: &Self, counts: bool) -> Result<()> {
        if self.failure != other.failure {
            let said = |outcome: &Self| outcome.failure.clone().unwrap_or_else(|| "good".into());
            bail!("it ended with {}, not with {}", said(other), said(self));
        }
        for name in self.read.keys().chain(other.read.keys()) {
            let (Some(wanted), Some(came)) = (self.read.get(name), other.read.get(name)) else {
                bail!("{name} was read only once");
            };
            if (wanted.records, &wanted.ended) != (came.records, &came.ended) {
                bail!(
                    "{name}: {} records, {}, not {}, {}",
                    came.records,
                    came.ended,
                    wanted.records,
                    wanted.ended
                );
            }
            if !counts && wanted.sha256 != came.sha256 {
                bail!("{name}: the records are not those that were recorded");
            }
        }
        Ok(())
    }
}

/// Adds up records.
pub(super) struct Sum(digest::Context);

impl Sum {
    pub(super) fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
    pub(super) fn add(&mut self, given: &Given) {
        let account = given.account.as_deref().unwrap_or_default();
        for text in [account, "\n", given.item.get(), "\n"] {
            self.0.update(text.as_bytes());
        }
    }
    pub(super) fn finish(self) -> String {
        let digest = self.0.finish();
        let halves = digest.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 15]);
        halves.filter_map(|half| char::from_digit(half.into(), 16)).collect()
    }
}

/// Keys of records under which somebody's own things stand. Names of products, words of movements
/// and amounts are not in it.
const OWN: &[&str] = &[
    "display_name",
    "first_name",
    "last_name",
    "holder",
    "email",
    "phone",
    "address",
    "number",
    "identification",
    "clabe",
];
/// Of these, the ones of which each word is looked for.
const WORDS: &[&str] = &["name", "holder", "address"];
/// How many are collected.
const MOST: usize = 2000;

/// Collects what a record shows to be one person's own, from accounts and owners: their names,
/// numbers and addresses.
pub(super) fn own(item: &Value, key: &str, into: &mut Vec<String>) {
    let is = |keys: &[&str]| keys.iter().any(|own| key.contains(own));
    match item {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| own(value, &key.to_ascii_lowercase(), into));
        }
        Value::Array(values) => values.iter().for_each(|value| own(value, key, into)),
        Value::String(text) if is(OWN) && !key.ends_with("type") && into.len() < MOST => {
            into.push(text.clone());
            if is(WORDS) {
                into.extend(text.split_whitespace().map(ToOwned::to_owned));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
