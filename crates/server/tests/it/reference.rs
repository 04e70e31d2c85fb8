//! The page of resources: for each one request and what a running sandbox answers. The page is
//! written by `cargo xtask reference`; here it is held against what is answered today.

use crate::{
    api::Api,
    people::{People, asking, listed_at},
};
use axum::http::StatusCode;
use domain::{
    filter::Field,
    resource::{Resource, all},
};
use serde_json::Value;
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

#[tokio::test]
async fn the_page_of_resources_shows_what_a_sandbox_answers() {
    let api = Api::new().await;
    let mut people = People::at(&api).await;
    let mut page = Page { text: HEAD.into(), ..Page::default() };
    for resource in all() {
        let (_, user, link) = people.with(resource).await;
        page.section(&api, resource, user, &link).await;
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
    /// Where each id was first seen.
    ids: BTreeMap<String, usize>,
}

impl Page {
    async fn section(&mut self, api: &Api, resource: &Resource, user: &str, link: &str) {
        let Resource { name, path, verbs, .. } = resource;
        let mut verbs_said = vec![format!("`GET {path}`")];
        if !resource.is_nested() {
            verbs_said.push(format!("`GET {path}{{id}}/`"));
        }
        if verbs.delete {
            verbs_said.push(format!("`DELETE {path}{{id}}/`"));
        }
        if verbs.resume {
            verbs_said.push(format!("`PATCH {path}` (the answer to a challenge)"));
        }
        let text = &mut self.text;
        write!(text, "\n## {name}\n\n{}.", verbs_said.join(", ")).expect("text");
        let filters: Vec<String> = resource.filters.iter().map(filter).collect();
        if !filters.is_empty() {
            write!(text, " Filters: {}.", filters.join(", ")).expect("text");
        }
        text.push('\n');
        if verbs.retrieve {
            let asked = asking(api, resource, link).await;
            let answer = api.post(path, &asked).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.text);
            self.shows(&format!("POST {path}"), Some(&asked), &answer.json());
        } else {
            let list = listed_at(api, resource, user, link).await;
            let answer = api.get(&list).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            let asked = if resource.is_nested() { *path } else { list.as_str() };
            self.shows(&format!("GET {asked}"), None, &answer.json()["results"]);
        }
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
    let mut value = value.clone();
    // In whatever order this build keeps the keys of an object.
    value.sort_all_objects();
    serde_json::to_string_pretty(&value).expect("JSON is text")
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
