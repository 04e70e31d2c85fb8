//! What is not shown unless somebody asks for it and the audit log says so: what bodies say, and
//! what could be secret in an address.

use serde_json::Value;
use url::Url;

/// What stands in the place of a value.
pub(super) const MASK: &str = "••••";

/// Keys of a webhook's body that say which one it is, not whose or what.
const OF_WEBHOOKS: &[&str] =
    &["webhook_id", "webhook_type", "webhook_code", "process_type", "link_id", "request_id"];
/// Keys of a record that are of ours: which it is, and when it came.
const OF_RECORDS: &[&str] = &["id", "link", "created_at", "collected_at"];

/// The body of a webhook, indented, in which every value is masked but those that say what it is.
pub(super) fn body(text: &str) -> String {
    masked(text, OF_WEBHOOKS)
}

/// A record, indented, in which every value is masked but those that are ours.
pub(super) fn record(text: &str) -> String {
    masked(text, OF_RECORDS)
}

fn masked(text: &str, telling: &[&str]) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return MASK.into() };
    mask(&mut value, telling);
    pretty(&value)
}

/// The same with its values.
pub(super) fn open_body(text: &str) -> String {
    serde_json::from_str::<Value>(text).map_or_else(|_| text.into(), |value| pretty(&value))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| MASK.into())
}

fn mask(value: &mut Value, telling: &[&str]) {
    match value {
        Value::Object(pairs) => {
            for (key, value) in pairs {
                if !telling.contains(&key.as_str()) || value.is_object() || value.is_array() {
                    mask(value, telling);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, telling)),
        Value::String(_) | Value::Number(_) => *value = MASK.into(),
        Value::Bool(_) | Value::Null => {}
    }
}

/// An address without what may be secret in it: who logs in, the query, and parts of the path that
/// are long enough to be a key.
pub(super) fn address(text: &str) -> String {
    const LONG: usize = 20;
    let Ok(url) = Url::parse(text) else { return MASK.into() };
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path: Vec<&str> = url
        .path()
        .split('/')
        .map(|part| if part.chars().count() >= LONG { MASK } else { part })
        .collect();
    let query = if url.query().is_some() { format!("?{MASK}") } else { String::new() };
    format!("{}://{host}{port}{}{query}", url.scheme(), path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_keeps_its_keys_and_says_which_webhook_it_is() {
        let text =
            r#"{"webhook_code":"x","data":{"total":3,"name":"Ana","ok":true,"n":null},"l":["a"]}"#;
        let masked = body(text);
        assert!(masked.contains(r#""webhook_code": "x""#), "{masked}");
        assert!(masked.contains(r#""ok": true"#) && masked.contains(r#""n": null"#));
        assert!(!masked.contains("Ana") && !masked.contains('3') && !masked.contains("\"a\""));
        assert!(open_body(text).contains("Ana"));
        assert_eq!(body("no JSON: Ana"), MASK);
    }
    #[test]
    fn a_record_says_which_it_is_and_when_it_came() {
        let text = r#"{"id":"r1","link":"l1","owner":{"id":"o1","name":"Ana"},"amount":12.5}"#;
        let masked = record(text);
        for told in ["r1", "l1", "o1"] {
            assert!(masked.contains(told), "{masked}");
        }
        assert!(!masked.contains("Ana") && !masked.contains("12.5"), "{masked}");
    }
    #[test]
    fn a_known_key_hides_nothing_that_is_inside_it() {
        assert!(!body(r#"{"link_id": {"name": "Ana"}}"#).contains("Ana"));
    }
    #[test]
    fn an_address_shows_where_and_not_with_what() {
        for (given, shown) in [
            ("https://example.com/hooks", "https://example.com/hooks"),
            ("https://u:p@example.com:8443/hooks?key=1", "https://example.com:8443/hooks?••••"),
            ("https://example.com/T0/aaaaaaaaaaaaaaaaaaaaaaaa", "https://example.com/T0/••••"),
            ("nonsense", MASK),
        ] {
            assert_eq!(address(given), shown);
        }
    }
}
