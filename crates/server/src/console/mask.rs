//! What is not shown unless somebody asks for it and the audit log says so: what bodies say, and
//! what could be secret in an address.

use serde_json::Value;
use url::Url;

/// What stands in the place of a value.
pub(super) const MASK: &str = "••••";

/// Keys of a webhook's body that say which one it is, not whose or what.
const TELLING: [&str; 6] =
    ["webhook_id", "webhook_type", "webhook_code", "process_type", "link_id", "request_id"];

/// A JSON text, indented, in which every value is masked but those that say what it is.
pub(super) fn body(text: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return MASK.into() };
    mask(&mut value);
    pretty(&value)
}

/// The same with its values.
pub(super) fn open_body(text: &str) -> String {
    serde_json::from_str::<Value>(text).map_or_else(|_| text.into(), |value| pretty(&value))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| MASK.into())
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(pairs) => {
            for (key, value) in pairs {
                if !TELLING.contains(&key.as_str()) || value.is_object() || value.is_array() {
                    mask(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
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
