//! The page of resources: for each one request and what a running sandbox answers. The page is
//! written by `cargo xtask reference`; here it is held against what is answered today.

use crate::api::Api;
use axum::http::StatusCode;
use domain::{
    filter::Field,
    resource::{Resource, all},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write as _, path::Path};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/resources.md");
/// Set by the chore that writes the page.
const WRITES: &str = "VINCULO_WRITES_REFERENCE";

const HEAD: &str = "# Resources, one by one

For each resource one request to the sandbox and its real answer. The page is written by
`cargo xtask reference` and held against a running sandbox by the tests. Ids are shortened to
numbers in the order in which they are first shown; lists are cut to one record, and the clock
stands at nine o'clock of 14 January 2026. Every list takes `page`, `page_size`, `fields` and `omit`
as well.
";

/// The sandbox's institutions whose answers are shown, the first that has a resource wins, and who
/// logs in there.
const SHOWN: &[(&str, &str, &str)] =
    &[("erebor_mx_retail", "bnk100", "full"), ("erebor_br_retail", "bnk100", "full")];

#[tokio::test]
async fn the_page_of_resources_shows_what_a_sandbox_answers() {
    let api = Api::new().await;
    let mut page = Page { text: HEAD.into(), ..Page::default() };
    for resource in all() {
        page.section(&api, resource).await;
    }
    if std::env::var_os(WRITES).is_some() {
        std::fs::write(PAGE, &page.text).expect("the page can be written");
    }
    let kept = std::fs::read_to_string(Path::new(PAGE)).unwrap_or_default();
    let differs = kept.lines().zip(page.text.lines()).position(|(one, other)| one != other);
    assert!(
        kept == page.text,
        "docs/resources.md is stale from line {differs:?} on: cargo xtask reference"
    );
}

#[derive(Default)]
struct Page {
    text: String,
    /// At each institution.
    links: BTreeMap<&'static str, String>,
    /// Where each id was first seen.
    ids: BTreeMap<String, usize>,
}

impl Page {
    async fn section(&mut self, api: &Api, resource: &Resource) {
        let Resource { name, path, verbs, .. } = resource;
        let mut verbs_said = vec![format!("`GET {path}`"), format!("`GET {path}{{id}}/`")];
        if verbs.delete {
            verbs_said.push(format!("`DELETE {path}{{id}}/`"));
        }
        if verbs.resume {
            verbs_said.push(format!("`PATCH {path}` (the answer to a challenge)"));
        }
        let text = &mut self.text;
        write!(text, "\n## {name}\n\n{}.", verbs_said.join(", ")).expect("text");
        let filters: Vec<String> = resource.filters.iter().map(filter).collect();
        writeln!(text, " Filters: {}.", filters.join(", ")).expect("text");
        let link = self.link(api, resource).await;
        if verbs.retrieve {
            let mut asked = example(path);
            asked["link"] = json!(link);
            if asked["date_to"].is_string() {
                // The clock stands before the example's end.
                asked["date_to"] = json!("2026-01-14");
            }
            let answer = api.post(path, &asked).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.text);
            self.shows(&format!("POST {path}"), Some(&asked), &answer.json());
        }
    }

    async fn link(&mut self, api: &Api, resource: &Resource) -> String {
        for (institution, username, password) in SHOWN {
            let found = api.get(&format!("/api/institutions/?name={institution}")).await.json();
            let offers = found["results"][0]["resources"].as_array().expect("resources");
            if offers.iter().any(|offered| offered == resource.offered_as) {
                if let Some(link) = self.links.get(institution) {
                    return link.clone();
                }
                let body = json!({
                    "institution": institution, "username": username, "password": password,
                    "access_mode": "single",
                });
                let answer = api.post("/api/links/", &body).await;
                assert_eq!(answer.status, StatusCode::CREATED, "{institution}: {}", answer.text);
                let link = answer.json()["id"].as_str().expect("an id").to_owned();
                self.links.insert(institution, link.clone());
                return link;
            }
        }
        panic!("no sandbox institution of this page offers {}", resource.offered_as)
    }

    fn shows(&mut self, request: &str, body: Option<&Value>, answer: &Value) {
        let mut shown = answer.clone();
        if let Some(items) = shown.as_array_mut() {
            assert!(!items.is_empty(), "{request} shows nothing");
            items.truncate(1);
        }
        let body = body.map(|body| format!("\n\n{}", pretty(body))).unwrap_or_default();
        let text = format!("\n```http\n{request}{body}\n```\n\n```json\n{}\n```\n", pretty(&shown));
        let text = self.numbered(&text);
        self.text.push_str(&text);
    }

    /// Ids are chance, so that they are told by the order in which they come.
    fn numbered(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for piece in text.split_inclusive('"') {
            let id = piece.strip_suffix('"').filter(|id| uuid::Uuid::try_parse(id).is_ok());
            if let Some(id) = id {
                let next = self.ids.len() + 1;
                let number = *self.ids.entry(id.to_owned()).or_insert(next);
                write!(out, "00000000-0000-0000-0000-{number:012}\"").expect("text");
            } else {
                out.push_str(piece);
            }
        }
        out
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON is text")
}

/// `amount`, `amount__gte` … as one word.
fn filter(field: &Field) -> String {
    let operators: Vec<&str> = field.operators.iter().map(|operator| operator.suffix()).collect();
    let more: Vec<&str> = operators.into_iter().filter(|suffix| !suffix.is_empty()).collect();
    if more.is_empty() {
        format!("`{}`", field.name)
    } else {
        format!("`{}` ({})", field.name, more.join(", "))
    }
}

/// The body that the OpenAPI document shows for a retrieval.
fn example(path: &str) -> Value {
    let document: Value = serde_json::from_str(&server::openapi()).expect("the document is JSON");
    document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"].clone()
}
