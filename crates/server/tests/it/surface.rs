//! Walks every operation of the served OpenAPI document: whatever is added is held to these
//! questions without anybody having to remember it.

use crate::{
    api::{Answer, Api, basic},
    schemas,
};
use axum::{body::Body, http::StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const NOBODY: &str = "0197a6e8-1111-7abc-8def-000000000001";

/// An operation as the document describes it.
struct Operation {
    method: String,
    path: String,
    doc: Value,
}

impl Operation {
    fn open(&self) -> bool {
        self.doc["security"] == json!([{}])
    }
    /// A path that names nothing, with what the query must have.
    fn somewhere(&self) -> String {
        let integer = self.parameters("path").any(|p| p["schema"]["type"] == "integer");
        let id = if integer { "4711" } else { NOBODY };
        let mut path = self.path.clone();
        while let Some((before, after)) = path.split_once('{') {
            let after = after.split_once('}').expect("a closed brace").1;
            path = format!("{before}{id}{after}");
        }
        let required: Vec<String> = self
            .parameters("query")
            .filter(|p| p["required"] == true)
            .map(|p| format!("{}={NOBODY}", p["name"].as_str().expect("a name")))
            .collect();
        if required.is_empty() { path } else { format!("{path}?{}", required.join("&")) }
    }
    fn parameters(&self, place: &str) -> impl Iterator<Item = &Value> {
        let all = self.doc["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(move |p| p["in"] == place)
    }
    fn takes_a_body(&self) -> bool {
        self.doc["requestBody"].is_object()
    }
}

async fn operations(api: &Api) -> Vec<Operation> {
    let document = api.get("/openapi.json").await.json();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, doc) in methods.as_object().expect("methods") {
            let (method, path, doc) = (method.to_uppercase(), path.clone(), doc.clone());
            all.push(Operation { method, path, doc });
        }
    }
    assert!(all.len() > 30, "{}", all.len());
    all
}

#[tokio::test]
async fn every_body_has_an_example_that_fits() {
    let api = Api::new().await;
    for operation in operations(&api).await.into_iter().filter(Operation::takes_a_body) {
        let at = format!("{} {}", operation.method, operation.path);
        let content = &operation.doc["requestBody"]["content"]["application/json"];
        let file = &operation.doc["requestBody"]["content"]["application/octet-stream"];
        if content.is_null() && file["schema"]["format"] == "binary" {
            continue;
        }
        assert!(content["example"].is_object(), "{at} has none");
        schemas::fits(&at, &content["example"], &content["schema"]);
    }
}

#[tokio::test]
async fn every_operation_asks_who_is_calling() {
    for api in Api::each().await {
        let wrong = [
            None,
            Some(basic(&api.key_id, "wrong")),
            Some(basic(NOBODY, crate::api::PASSWORD)),
            Some(basic("x", "y")),
            Some("Basic !!!".into()),
            Some("Bearer abc.def.ghi".into()),
            Some("Digest abc".into()),
        ];
        for operation in operations(&api).await.iter().filter(|operation| !operation.open()) {
            for authorization in &wrong {
                let answer = api
                    .call_as(
                        authorization.as_deref(),
                        &operation.method,
                        &operation.somewhere(),
                        "{}",
                    )
                    .await;
                let at = format!("{} {} {authorization:?}", operation.method, operation.path);
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{at}");
                assert_eq!(answer.code(), "authentication_failed", "{at}");
            }
        }
    }
}

#[tokio::test]
async fn only_what_nobody_owns_is_open() {
    let api = Api::new().await;
    let open: BTreeSet<String> = operations(&api)
        .await
        .into_iter()
        .filter(Operation::open)
        .map(|operation| operation.path)
        .collect();
    let expected = [
        "/api/token/",
        "/api/token/refresh/",
        "/assets/institutions/{kind}/{file}",
        "/belvo-widget-1-stable.js",
        "/connect/",
        "/connect/widget.js",
        "/healthz",
        "/metrics",
        "/openapi.json",
        "/portal/",
        "/readyz",
        "/sandbox/authorize/{id}",
        "/static/{version}/{file}",
    ];
    assert_eq!(open.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn an_id_that_names_nothing_is_not_found() {
    for api in Api::each().await {
        let detail = |operation: &&Operation| operation.path.contains('{');
        for operation in operations(&api).await.iter().filter(detail) {
            let path = operation.somewhere();
            for path in [path.clone(), path.replace(NOBODY, "not-an-id").replace("4711", "x")] {
                let body = if operation.takes_a_body() {
                    r#"{"password": "x", "refresh_rate": "6h", "consent_duration": 92}"#
                } else {
                    ""
                };
                let answer = api.call(&operation.method, &path, body).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{} {path}", operation.method);
                assert_eq!(answer.code(), "not_found");
            }
        }
    }
}

/// Bodies that no operation can take, and bodies that some can.
const BODIES: &[&[u8]] = &[
    b"",
    b"{}",
    b"[]",
    b"null",
    b"{",
    b"\"text\"",
    b"\xff\xfe",
    b"{\"link\": \"\xff\"}",
    br#"{"link": null, "institution": null, "session": null, "url": null, "refresh": null}"#,
    br#"{"link": 1, "institution": 1, "session": 1, "url": 1, "scopes": 1, "refresh_rate": 1}"#,
    br#"{"link": {}, "institution": {}, "session": {}, "url": {}, "scopes": {}, "by": {}}"#,
    br#"{"link": [], "institution": [], "username": [], "fetch_resources": {}, "events": 1}"#,
    br#"{"link": "", "institution": "", "username": "", "token": "", "url": "", "to": ""}"#,
    br#"{"link": "\u0000", "institution": "\u0000", "username": "\u0000", "session": "\u0000"}"#,
    br#"{"date_from": "2026-02-30", "date_to": 20260101, "save_data": "perhaps"}"#,
    br#"{"date_from": "9999-12-31", "date_to": "0001-01-01"}"#,
    br#"{"fetch_resources": "ACCOUNTS", "stale_in": "0d", "credentials_storage": "9999d"}"#,
    br#"{"access_mode": "often", "refresh_rate": "5h", "scopes": "all", "default_rate": ""}"#,
    br#"{"by": "-1d", "to": "yesterday", "widget": []}"#,
];

#[tokio::test]
async fn no_body_makes_the_server_fail() {
    for api in Api::each().await {
        for operation in operations(&api).await.iter().filter(|o| o.takes_a_body()) {
            for body in BODIES {
                let answer = api.call(&operation.method, &operation.somewhere(), *body).await;
                let at = format!(
                    "{} {} {}: {}",
                    operation.method,
                    operation.path,
                    String::from_utf8_lossy(body),
                    answer.text
                );
                assert!(!answer.status.is_server_error(), "{at}");
                if std::str::from_utf8(body).is_err() || *body == b"{" {
                    let expected = ["parse_error", "not_found"];
                    assert!(expected.contains(&answer.code().as_str()), "{at}");
                }
            }
        }
    }
}

#[tokio::test]
async fn no_query_makes_the_server_fail() {
    const VALUES: &[&str] = &["", "%00", "%ff", "null", "1,2", "2026-01-14", "%25%27%5C"];
    for api in Api::each().await {
        for operation in operations(&api).await.iter().filter(|o| o.method == "GET") {
            let somewhere = operation.somewhere();
            let glue = if somewhere.contains('?') { '&' } else { '?' };
            for parameter in operation.parameters("query") {
                let name = parameter["name"].as_str().expect("a name");
                if name == "wait" {
                    continue;
                }
                for value in VALUES {
                    let path = format!("{somewhere}{glue}{name}={value}");
                    let answer = api.get(&path).await;
                    assert!(!answer.status.is_server_error(), "{path}: {}", answer.text);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_malformed_filter_is_refused_by_name() {
    let api = Api::new().await;
    for operation in operations(&api).await.iter().filter(|o| o.method == "GET") {
        let somewhere = operation.somewhere();
        let glue = if somewhere.contains('?') { '&' } else { '?' };
        for parameter in operation.parameters("query") {
            let name = parameter["name"].as_str().expect("a name");
            let schema = &parameter["schema"];
            let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
            let typed = schema["format"].is_string() || schema["enum"].is_array();
            if !typed || operation.path.contains('{') {
                continue;
            }
            let answer = api.get(&format!("{somewhere}{glue}{name}=~")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{} {name}", operation.path);
            let expected = if schema["enum"].is_array() { "invalid_choice" } else { "invalid" };
            assert_eq!(answer.codes(), [(expected.to_owned(), name.to_owned())]);
        }
    }
}

#[tokio::test]
async fn a_method_that_is_not_there_is_not_allowed() {
    let api = Api::new().await;
    let all = operations(&api).await;
    let paths: BTreeSet<&str> = all.iter().map(|operation| operation.path.as_str()).collect();
    for path in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let there = |o: &&Operation| o.path == path && o.method == method;
            if all.iter().any(|operation| there(&operation)) {
                continue;
            }
            let answer = api.call(method, &path.replace("{id}", NOBODY), Body::empty()).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_eq!(answer.json()[0]["message"], format!("Method \"{method}\" not allowed."));
            assert!(answer.headers.contains_key("allow"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_document_is_the_same_every_time_and_refers_to_what_is_there() {
    let document = server::openapi();
    assert_eq!(document, server::openapi());
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let mut ids = BTreeSet::new();
    for methods in document["paths"].as_object().expect("paths").values() {
        for operation in methods.as_object().expect("methods").values() {
            let id = operation["operationId"].as_str().expect("an id");
            assert!(ids.insert(id.to_owned()), "{id} twice");
            let responses = operation["responses"].as_object().expect("responses");
            assert!(responses.keys().any(|status| status.starts_with('2')), "{id}");
            assert!(responses.contains_key("default"), "{id}");
        }
    }
    let mut references = Vec::new();
    collect(&document, &mut references);
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a local reference");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            references.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

#[tokio::test]
async fn every_list_pages_and_refuses_pages_that_are_not_there() {
    for api in Api::each().await {
        let paged = |o: &&Operation| {
            o.method == "GET"
                && !o.path.contains('{')
                && o.parameters("query").any(|p| p["name"] == "page")
        };
        for operation in operations(&api).await.iter().filter(paged) {
            let somewhere = operation.somewhere();
            let glue = if somewhere.contains('?') { '&' } else { '?' };
            let page = async |page: &str| api.get(&format!("{somewhere}{glue}page={page}")).await;
            let first: Answer = page("1").await;
            assert_eq!(first.status, StatusCode::OK, "{somewhere}: {}", first.text);
            for bad in ["0", "-1", "x", "1.5", "1000000000", "99999999999999999999", ""] {
                assert_eq!(page(bad).await.status, StatusCode::NOT_FOUND, "{somewhere} page={bad}");
            }
            for bad in ["0", "-1", "x"] {
                let answer = api.get(&format!("{somewhere}{glue}page_size={bad}")).await;
                assert_eq!(answer.codes(), [("invalid".into(), "page_size".into())], "{somewhere}");
            }
            let many = api.get(&format!("{somewhere}{glue}page_size=5000")).await;
            assert_eq!(many.status, StatusCode::OK, "{somewhere}");
        }
    }
}
