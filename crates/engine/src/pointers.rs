//! Ids inside bodies: an object that means a record of another resource by the institution's key
//! shows that record's own id beside it, where it is stored. Bodies know nothing of it: what is
//! meant may be stored after what means it, and deleted before.

use crate::{Engine, Error};
use domain::{
    ids::{LinkId, RecordId},
    resource::{Pointer, Resource},
};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use store::Tx;

/// An object that means another record.
#[derive(Deserialize)]
struct Meaning {
    internal_identification: Option<String>,
}

/// Where the object of a body begins that means another record, after its brace, and the key by
/// which it means it. No text of a body can look like it: quotes inside texts are escaped.
fn meant(pointer: Pointer, body: &str) -> Option<(usize, String)> {
    let begins = format!("\"{}\":{{", pointer.object);
    let at = body.find(&begins)? + begins.len();
    let object = body.get(at - 1..)?;
    let mut read = serde_json::Deserializer::from_str(object).into_iter::<Meaning>();
    let Meaning { internal_identification } = read.next()?.ok()?;
    Some((at, internal_identification?))
}

impl Engine {
    /// Shows the ids of what records mean, in bodies that each belong to a link.
    pub(crate) async fn point(
        &self,
        tx: &mut Tx,
        resource: &Resource,
        bodies: Vec<(LinkId, String)>,
    ) -> Result<Vec<String>, Error> {
        let Some(pointer) = resource.pointer() else {
            return Ok(bodies.into_iter().map(|(_, body)| body).collect());
        };
        let mut wanted: HashMap<LinkId, BTreeSet<String>> = HashMap::new();
        for (link, body) in &bodies {
            if let Some((_, key)) = meant(pointer, body) {
                wanted.entry(*link).or_default().insert(key);
            }
        }
        let mut known: HashMap<(LinkId, String), RecordId> = HashMap::new();
        for (link, keys) in wanted {
            let keys: Vec<String> = keys.iter().map(|key| format!("id:{key}")).collect();
            for (key, id) in tx.records_with_keys(link, pointer.resource, &keys).await? {
                if let Some(key) = key.strip_prefix("id:") {
                    known.insert((link, key.to_owned()), id);
                }
            }
        }
        let shown = bodies.into_iter().map(|(link, mut body)| {
            let id =
                meant(pointer, &body).and_then(|(at, key)| Some((at, known.get(&(link, key))?)));
            if let Some((at, id)) = id {
                body.insert_str(at, &format!("\"id\":\"{id}\","));
            }
            body
        });
        Ok(shown.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTER: Pointer = Pointer { object: "credit_card_bill", resource: "BILLS" };

    #[test]
    fn what_a_body_means_is_found_wherever_it_stands_and_nowhere_else() {
        let body = r#"{"a":{"credit_card_bill":{"internal_identification":"k1"},"b":1}}"#;
        let (at, key) = meant(POINTER, body).expect("it means something");
        assert_eq!((&body[..at], key.as_str()), (r#"{"a":{"credit_card_bill":{"#, "k1"));
        for nothing in [
            r#"{"credit_card_bill":null}"#,
            r#"{"credit_card_bill":{}}"#,
            r#"{"credit_card_bill":{"internal_identification":null}}"#,
            r#"{"description":"\"credit_card_bill\":{\"internal_identification\":\"k\"}"}"#,
            "{}",
        ] {
            assert!(meant(POINTER, nothing).is_none(), "{nothing}");
        }
    }
}
