//! Bodies: the JSON objects that the API serves, put together from the institution's fields and the
//! platform's without decoding either.

use crate::Engine;
use domain::{
    ids::RecordId,
    link::Link,
    record::Item,
    resource::{Envelope, Resource},
    time::Moment,
};
use jiff::Timestamp;
use std::fmt::Write;

/// What the platform says about a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Platform {
    /// None where nothing is kept.
    pub(crate) id: Option<RecordId>,
    pub(crate) account: Option<RecordId>,
    pub(crate) collected_at: Timestamp,
    /// When it began to say what it says. On the wire `created_at`: whoever asks for what was
    /// created since the last time gets corrections too.
    pub(crate) changed_at: Timestamp,
}

impl Engine {
    /// The whole body: the platform's keys before the institution's.
    pub(crate) fn compose(
        &self,
        link: &Link,
        resource: &Resource,
        platform: Platform,
        body: &str,
    ) -> String {
        let mut json = String::with_capacity(body.len() + 320);
        json.push('{');
        for part in resource.envelope {
            let written = match part {
                Envelope::Id => platform.id.map_or(Ok(()), |id| write!(json, r#""id":"{id}","#)),
                Envelope::Link => write!(json, r#""link":"{}","#, link.id),
                Envelope::Institution => {
                    let kind = self.kind_of(&link.institution);
                    write!(
                        json,
                        r#""institution":{{"name":"{}","type":"{kind}"}},"#,
                        link.institution
                    )
                }
                Envelope::AccountId => {
                    platform.account.map_or(Ok(()), |id| write!(json, r#""account_id":"{id}","#))
                }
                Envelope::CollectedAt => {
                    write!(json, r#""collected_at":"{}","#, Moment(platform.collected_at))
                }
                Envelope::CreatedAt => {
                    write!(json, r#""created_at":"{}","#, Moment(platform.changed_at))
                }
                Envelope::LastAccessedAt => {
                    write!(json, r#""last_accessed_at":"{}","#, Moment(platform.collected_at))
                }
            };
            written.expect("writing to a String cannot fail");
        }
        splice(json, body)
    }
}

/// A hash of what the item says, without what changes at every reading: the moment of collection,
/// and an id that institutions may renew.
pub(crate) fn content(item: &Item, at: Timestamp) -> i64 {
    let mut text = item.body.replace(&Moment(at).to_string(), "");
    if let Some(id) = &item.source_id {
        text = text.replacen(&serde_json::Value::from(id.as_str()).to_string(), "", 1);
    }
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    i64::from_be_bytes(digest.as_ref()[..8].try_into().expect("a digest has 32 bytes"))
}

/// `{"account":…,` before the rest of a body.
pub(crate) fn embed_account(account: Option<&str>, body: &str) -> String {
    let account = account.unwrap_or("null");
    let mut json = String::with_capacity(account.len() + body.len() + 16);
    json.push_str("{\"account\":");
    json.push_str(account);
    json.push(',');
    splice(json, body)
}

/// `head`, which ends in `{` or `,`, and the fields of the object `body`.
pub(crate) fn splice(mut head: String, body: &str) -> String {
    match body.strip_prefix('{') {
        Some("}") | None => {
            head.truncate(head.trim_end_matches(',').len());
            head.push('}');
        }
        Some(fields) => head.push_str(fields),
    }
    head
}
