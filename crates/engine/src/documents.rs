//! Documents of records: sealed under the link's data key, each bound to its record and key, and
//! opened only where a body shows them. Bodies know nothing of them; the keys are put in front when
//! a record is served.

use crate::{Engine, Error, bodies::splice};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use connect::talk::Document;
use domain::{
    filter::Projection,
    ids::{LinkId, RecordId, TenantId},
    link::Link,
    resource::{Documents, DocumentsShown, Resource},
};
use secrecy::ExposeSecret;
use std::collections::{BTreeMap, HashMap, hash_map::Entry};
use store::{Tx, documents::StoredDocument, secrets::LinkSecrets};
use vault::{Place, WrappedKey};

/// Bytes of all documents that one answer shows.
const MOST: u64 = 64 << 20;

/// Bytes of documents that are sealed and not yet written, unless one is larger.
const AT_ONCE: usize = 4 << 20;

/// Documents in base64, by their names.
pub(crate) type Shown = BTreeMap<String, String>;

/// Documents that came with an item, as they are shown.
pub(crate) fn encoded(documents: &[Document]) -> Shown {
    let encoded = documents.iter().map(|one| (one.key.clone(), STANDARD.encode(&one.bytes)));
    encoded.collect()
}

/// A body with the keys of the resource's documents in front: null where there is none.
pub(crate) fn with_documents(
    documents: Option<Documents>,
    shown: Option<&Shown>,
    body: String,
) -> String {
    let Some(documents) = documents else { return body };
    let named = |name: &str| shown.and_then(|shown| shown.get(name)).map(String::as_str);
    let known = documents.names.iter().map(|name| (*name, named(name)));
    let size: usize =
        known.clone().map(|(name, text)| name.len() + text.map_or(0, str::len) + 32).sum();
    let mut json = String::with_capacity(body.len() + size);
    json.push('{');
    match documents.shown {
        DocumentsShown::Apart => {
            for (name, text) in known {
                push(&mut json, &["\"", name, "\":"]);
                match text {
                    Some(text) => push(&mut json, &["\"", text, "\","]),
                    None => json.push_str("null,"),
                }
            }
        }
        DocumentsShown::Listed(key) => {
            push(&mut json, &["\"", key, "\":"]);
            let mut list = String::with_capacity(size);
            for (name, text) in known.filter_map(|(name, text)| Some((name, text?))) {
                let before = if list.is_empty() { "[" } else { "," };
                push(&mut list, &[before, r#"{"type":""#, name, r#"","value":""#, text, "\"}"]);
            }
            let list: &[&str] = if list.is_empty() { &["null,"] } else { &[&list, "],"] };
            push(&mut json, list);
        }
    }
    splice(json, &body)
}

fn push(json: &mut String, parts: &[&str]) {
    for part in parts {
        json.push_str(part);
    }
}

fn field(record: RecordId, key: &str) -> String {
    format!("document {record} {key}")
}

fn data_key(secrets: &LinkSecrets) -> WrappedKey {
    WrappedKey { number: secrets.key_number, bytes: secrets.wrapped_key.clone() }
}

impl Engine {
    /// Keeps what came with records, in the place of what there was.
    pub(crate) async fn keep_documents(
        &self,
        tx: &mut Tx,
        link: &Link,
        documents: &[(RecordId, &Document)],
    ) -> Result<(), Error> {
        if documents.is_empty() {
            return Ok(());
        }
        let secrets = tx.secrets(link.id).await?.ok_or(Error::NoSuch("link"))?;
        let key = data_key(&secrets);
        let (mut some, mut held) = (Vec::new(), 0);
        for &(record, Document { key: name, bytes }) in documents {
            let field = field(record, name);
            let place =
                Place { tenant: link.tenant.into(), subject: link.id.into(), field: &field };
            let sealed = self.vault().seal(&key, &place, bytes)?;
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            some.push(StoredDocument { record, name: name.clone(), size, sealed });
            held += bytes.len();
            if held >= AT_ONCE {
                tx.put_documents(link.id, &std::mem::take(&mut some)).await?;
                held = 0;
            }
        }
        Ok(tx.put_documents(link.id, &some).await?)
    }

    /// The documents of some of a tenant's records, as far as they are shown.
    pub(crate) async fn open_documents(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        resource: &Resource,
        records: &[(LinkId, RecordId)],
        projection: &Projection,
    ) -> Result<HashMap<RecordId, Shown>, Error> {
        let mut shown: HashMap<RecordId, Shown> = HashMap::new();
        let Some(documents) = resource.documents else { return Ok(shown) };
        if records.is_empty() || !documents.keys().iter().any(|key| projection.shows(key)) {
            return Ok(shown);
        }
        if tx.size_of_documents(records).await? > MOST {
            let message = "The documents on this page are too large together: ask for a smaller page, or omit them.";
            return Err(Error::field("invalid", message, "page_size"));
        }
        let links: HashMap<RecordId, LinkId> =
            records.iter().map(|&(link, record)| (record, link)).collect();
        let mut secrets: HashMap<LinkId, LinkSecrets> = HashMap::new();
        for StoredDocument { record, name, sealed, .. } in tx.documents(records).await? {
            let Some(&link) = links.get(&record) else { continue };
            if !projection.shows(documents.key_of(&name)) {
                continue;
            }
            let of_link = match secrets.entry(link) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => match tx.secrets(link).await? {
                    Some(of_link) => place.insert(of_link),
                    None => continue,
                },
            };
            let field = field(record, &name);
            let place = Place { tenant: tenant.into(), subject: link.into(), field: &field };
            let bytes = self.vault().open(&data_key(of_link), &place, &sealed)?;
            let text = STANDARD.encode(bytes.expose_secret());
            shown.entry(record).or_default().insert(name, text);
        }
        Ok(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_stand_in_front_of_a_body_and_are_null_where_there_is_none() {
        let keys = Some(Documents::apart("attach_pdf", &["pdf", "xml"]));
        let body = with_documents(keys, None, r#"{"id":1}"#.into());
        assert_eq!(body, r#"{"pdf":null,"xml":null,"id":1}"#);
        let document = Document { key: "xml".into(), bytes: b"%PDF".to_vec() };
        let body = with_documents(keys, Some(&encoded(&[document])), "{}".into());
        assert_eq!(body, r#"{"pdf":null,"xml":"JVBERg=="}"#);
        assert_eq!(with_documents(None, None, "{}".into()), "{}");
    }

    #[test]
    fn documents_may_stand_in_a_list_each_with_its_name() {
        let listed = Documents {
            asked_by: "attach_pdf",
            names: &["report", "history"],
            shown: DocumentsShown::Listed("files"),
        };
        let body = with_documents(Some(listed), None, r#"{"id":1}"#.into());
        assert_eq!(body, r#"{"files":null,"id":1}"#);
        let of = |key: &str| Document { key: key.into(), bytes: b"%PDF".to_vec() };
        let one = encoded(&[of("history")]);
        let body = with_documents(Some(listed), Some(&one), "{}".into());
        assert_eq!(body, r#"{"files":[{"type":"history","value":"JVBERg=="}]}"#);
        let both = encoded(&[of("history"), of("report")]);
        let body = with_documents(Some(listed), Some(&both), r#"{"id":1}"#.into());
        let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(body["files"][0]["type"], "report", "in the order of the descriptor");
        assert_eq!((&body["files"][1]["type"], &body["id"]), (&"history".into(), &1.into()));
    }
}
