//! The documentation that the binary serves.

use crate::{
    api::Api,
    browser::{Browser, LOOKS, listen, pictures},
};
use axum::http::{StatusCode, header};
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinSet;

/// Every page, by its address, found by following links from the first.
async fn pages(api: &Api) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let mut left = vec!["/docs/".to_owned()];
    while let Some(address) = left.pop() {
        if pages.contains_key(&address) {
            continue;
        }
        let answer = api.get(&address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        left.extend(
            links(&answer.text).filter(|(to, _)| to.starts_with("/docs/")).map(|(to, _)| to),
        );
        pages.insert(address, answer.text);
    }
    pages
}

/// Where a page's links lead, and to which part of it.
fn links(html: &str) -> impl Iterator<Item = (String, Option<String>)> {
    html.split("<a ").skip(1).filter_map(|tag| {
        let (_, to) = tag.split('>').next()?.split_once("href=\"")?;
        let to = to.split('"').next()?;
        Some(match to.split_once('#') {
            Some((to, part)) => (to.to_owned(), Some(part.to_owned())),
            None => (to.to_owned(), None),
        })
    })
}

#[tokio::test]
async fn every_link_of_the_documentation_leads_somewhere() {
    let api = Api::new().await;
    let pages = pages(&api).await;
    assert!(pages.len() > 40, "{:?}", pages.keys());
    for (address, html) in &pages {
        for (to, part) in links(html).filter(|(to, _)| !to.starts_with("https://")) {
            let to = if to.is_empty() { address } else { &to };
            let there = pages.get(to).unwrap_or_else(|| panic!("{address} links to {to}"));
            if let Some(part) = part {
                assert!(there.contains(&format!(" id=\"{part}\"")), "{address}: {to}#{part}");
            }
        }
        let ids: Vec<_> =
            html.split(" id=\"").skip(1).filter_map(|id| id.split('"').next()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{address}: an id twice");
    }
}

#[tokio::test]
async fn an_address_without_its_slash_leads_on_and_an_unknown_one_says_so() {
    let api = Api::new().await;
    let answer = api.get("/docs/webhooks").await;
    assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(answer.headers[header::LOCATION], "/docs/webhooks/");
    let answer = api.get("/docs/nothing/").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text.contains("No such page"), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documentation_can_be_read_on_a_phone_and_by_everybody() {
    let api = Api::new().await;
    let addresses: Vec<_> = pages(&api).await.into_keys().collect();
    let mut tasks = JoinSet::new();
    let port = listen(&mut tasks, api.router.clone()).await;
    let browser = Browser::start().await;
    let (_, _, (width, height)) = LOOKS[2];
    browser.size(width, height).await;
    for address in &addresses {
        browser.open(&format!("http://127.0.0.1:{port}{address}")).await;
        browser.fits(address).await;
    }
    // Tables, code, lists, contents, and the long one.
    for (look, dark, (width, height)) in LOOKS {
        browser.size(width, height).await;
        browser.dark(dark).await;
        for address in ["/docs/", "/docs/connectors/protocol/", "/docs/security/", "/docs/nothing/"]
        {
            browser.open(&format!("http://127.0.0.1:{port}{address}")).await;
            browser.is_accessible(&format!("{address}, {look}")).await;
            if let Some(folder) = pictures() {
                let name = address.trim_matches('/').replace('/', "-");
                browser.picture(&folder, &format!("{look}-{name}")).await;
            }
        }
    }
    browser.is_quiet("the documentation").await;
}
