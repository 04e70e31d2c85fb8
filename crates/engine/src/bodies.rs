//! Bodies: the JSON objects that the API serves, put together from the institution's fields and the
//! platform's without decoding either.

use crate::Engine;
use domain::{
    ids::RecordId,
    link::Link,
    record::Item,
    resource::{Envelope, Resource, Shown},
    time::Moment,
};
use jiff::Timestamp;
use serde_json::value::RawValue;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fmt::Write,
    hash::Hash,
};

/// What the platform says about a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Platform {
    /// None where nothing is kept.
    pub(crate) id: Option<RecordId>,
    /// What it belongs to; none where that is not kept either.
    pub(crate) parent: Option<RecordId>,
    /// When it was first stored.
    pub(crate) created_at: Timestamp,
    pub(crate) collected_at: Timestamp,
    /// When it began to say what it says. On the wire `created_at`: whoever asks for what was
    /// created since the last time gets corrections too.
    pub(crate) changed_at: Timestamp,
}

impl Engine {
    /// What people know an institution by, its name and its icon, as JSON.
    fn face_of(&self, institution: &str) -> (serde_json::Value, serde_json::Value) {
        let known = self.institution_of(institution);
        let (name, icon) = known.as_ref().map_or((institution, None), |known| {
            (known.display_name.as_str(), known.icon_logo.as_deref())
        });
        (name.into(), icon.unwrap_or_default().into())
    }

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
                Envelope::LinkId => write!(json, r#""link_id":"{}","#, link.id),
                Envelope::InstitutionFace => {
                    let (name, icon) = self.face_of(&link.institution);
                    write!(
                        json,
                        r#""belvo_institution_name":"{}","institution_display_name":{name},"institution_icon_logo":{icon},"#,
                        link.institution,
                    )
                }
                Envelope::InstitutionName => {
                    let (name, _) = self.face_of(&link.institution);
                    write!(json, r#""institution":{name},"#)
                }
                Envelope::Institution => {
                    let kind = self.kind_of(&link.institution);
                    write!(
                        json,
                        r#""institution":{{"name":"{}","type":"{kind}"}},"#,
                        link.institution
                    )
                }
                Envelope::Parent(key) => {
                    platform.parent.map_or(Ok(()), |id| write!(json, r#""{key}":"{id}","#))
                }
                // When it is shown: the other may be stored later.
                Envelope::Pointer(_) | Envelope::Passing(_) => Ok(()),
                Envelope::CollectedAt => {
                    write!(json, r#""collected_at":"{}","#, Moment(platform.collected_at))
                }
                Envelope::CreatedAt => {
                    write!(json, r#""created_at":"{}","#, Moment(platform.changed_at))
                }
                Envelope::Computations => write!(
                    json,
                    r#""created_at":"{}","updated_at":"{}","#,
                    Moment(platform.created_at),
                    Moment(platform.collected_at)
                ),
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

/// What the records of one answer belong to, as they show it: worked out once for each.
pub(crate) struct ShownParents<'a, K> {
    shown: Option<Shown>,
    ready: HashMap<K, Cow<'a, str>>,
}

impl<'a, K: Eq + Hash> ShownParents<'a, K> {
    pub(crate) fn of(resource: &Resource) -> Self {
        let shown = resource.belongs_to.map(|parent| parent.shown);
        Self { shown: shown.filter(|shown| shown.key().is_some()), ready: HashMap::new() }
    }
    /// The record `body` with what it belongs to under a key before its own, where the resource shows
    /// it; that is named by its key, and has a body of its own.
    pub(crate) fn embed(&mut self, parent: Option<(K, &'a str)>, body: &str) -> String {
        let Some((shown, key)) = self.shown.and_then(|shown| Some((shown, shown.key()?))) else {
            return body.into();
        };
        let parent: &str = match parent {
            None => "null",
            Some((name, whole)) => self.ready.entry(name).or_insert_with(|| match shown {
                Shown::Brief(_, keys) => brief(whole, keys).into(),
                _ => whole.into(),
            }),
        };
        let mut json = String::with_capacity(parent.len() + body.len() + key.len() + 8);
        for part in ["{\"", key, "\":", parent, ","] {
            json.push_str(part);
        }
        splice(json, body)
    }
}

/// Some keys of a body, as they stand there.
fn brief(body: &str, keys: &[&str]) -> String {
    let whole: BTreeMap<&str, &RawValue> = serde_json::from_str(body).unwrap_or_default();
    let some = keys.iter().filter_map(|key| Some((key, whole.get(key)?)));
    let fields: Vec<String> = some.map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
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
