//! Links on the console: found, shown with their records, and updated by the people whose they are.

use super::{
    desk::{Desk, PASSWORD, is_a_good_page, leads_to},
    full::{EREBOR, NOBODY, full},
};
use crate::api::Api;
use axum::http::StatusCode;
use domain::operator::Role;
use engine::operators;
use serde_json::json;

#[tokio::test]
async fn a_link_is_found_by_its_ids_its_institution_and_its_status() {
    let (api, link) = full().await;
    let body = json!({
        "institution": EREBOR, "username": "bnk101", "password": "full", "external_id": "customer-7"
    });
    let other =
        api.post("/api/links/", &body).await.json()["id"].as_str().expect("an id").to_owned();
    let desk = Desk::of(&api, "ana", Role::Viewer).await;
    let found = desk.get(&desk.at(&format!("links?find={link}&institution=&status="))).await;
    assert_eq!(leads_to(&found), desk.at(&format!("links/{link}")));
    for (query, here, there) in [
        ("find=customer-7", true, false),
        ("find=customer-8", false, false),
        ("institution=erebor_mx_retail&status=valid", true, true),
        ("status=invalid", false, false),
        ("institution=gringotts_mx_retail", false, false),
    ] {
        let text = desk.get(&desk.at(&format!("links?{query}"))).await.text;
        assert_eq!((text.contains(&other), text.contains(&link)), (here, there), "{query}");
        let file = desk.get(&desk.at(&format!("links.csv?{query}"))).await;
        assert_eq!((file.text.contains(&other), file.text.contains(&link)), (here, there));
    }
    let shown = desk.get(&desk.at(&format!("links/{other}"))).await.text;
    for told in ["customer-7", "registered", "Timeline", "Latest deliveries", "valid"] {
        assert!(shown.contains(told), "{told}");
    }
}

#[tokio::test]
async fn records_are_counted_and_masked_until_somebody_reveals_a_page() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let shown = desk.get(&desk.at(&format!("links/{link}"))).await.text;
    let at = desk.at(&format!("links/{link}/records/OWNERS"));
    assert!(shown.contains(&format!("href=\"{at}\"")), "{shown}");
    assert!(shown.contains("Latest changes"), "{shown}");
    let owner = api.get(&format!("/api/owners/?link={link}")).await.json()["results"][0].clone();
    let name = owner["display_name"].as_str().expect("a name");
    let masked = desk.get(&at).await.text;
    assert!(masked.contains(owner["id"].as_str().expect("an id")) && masked.contains("••••"));
    assert!(!masked.contains(name), "{masked}");
    let open = desk.post(&format!("{at}/reveal?page=1"), &[]).await;
    is_a_good_page(&at, &open);
    assert!(open.text.contains(name) && open.text.contains("unmasked"), "{}", open.text);
    assert!(!desk.get(&at).await.text.contains(name), "only once");

    let many = desk.at(&format!("links/{link}/records/TRANSACTIONS"));
    let second = desk.post(&format!("{many}/reveal?page=2"), &[]).await.text;
    assert!(second.contains("11 to 20 of"), "{second}");
    assert!(second.contains(&format!("href=\"{many}?page=3\"")), "no form is sent by a link");
    let none = desk.get(&desk.at(&format!("links/{link}/records/BILLS"))).await.text;
    assert!(none.contains("Nothing of this was read"), "{none}");
    let nothing = desk.post(&desk.at(&format!("links/{NOBODY}/records/OWNERS/reveal")), &[]).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let revealed = desk.audited().await.into_iter().filter(|(_, what)| what == "reveal_records");
    assert_eq!(revealed.count(), 2, "what was not shown is not written down");
}

/// The token of the page that an answer names.
fn token_of(text: &str) -> String {
    let (_, rest) = text.split_once("/connect/?access_token=").expect("an address");
    rest.split(['<', '"']).next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_person_updates_a_link_on_a_page_that_an_operator_asked_for() {
    for api in Api::each().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        let other = api.link(EREBOR, "bnk101", "full").await;
        let desk = Desk::of(&api, "ana", Role::Operator).await;
        let ask = desk.at(&format!("links/{link}/update"));
        let (first, second) = (desk.post(&ask, &[]).await, desk.post(&ask, &[]).await);
        is_a_good_page(&ask, &first);
        assert!(first.text.contains("http://api.test/connect/?access_token="), "{}", first.text);
        let [first, second] =
            [first, second].map(|page| format!("Bearer {}", token_of(&page.text)));
        let update = async |token: &str, link: &str| {
            let path = format!("/api/links/{link}/");
            api.call_as(Some(token), "PUT", &path, r#"{"password": "full"}"#).await.status
        };
        assert_eq!(update(&first, &other).await, StatusCode::NOT_FOUND, "it opens one link");
        let body = json!({"institution": EREBOR, "username": "bnk102", "password": "full"});
        let more = api.call_as(Some(&first), "POST", "/api/links/", body.to_string()).await;
        assert_eq!(more.status, StatusCode::FORBIDDEN, "and makes none");
        assert_eq!(update(&first, &link).await, StatusCode::OK, "{}", api.database());
        assert_eq!(update(&first, &link).await, StatusCode::UNAUTHORIZED, "once");
        api.advance(23).await;
        let (store, env) = (api.engine.store(), api.engine.env());
        assert_eq!(update(&second, &link).await, StatusCode::OK, "tomorrow too");
        desk.sign_in("ana", PASSWORD).await;
        let third = format!("Bearer {}", token_of(&desk.post(&ask, &[]).await.text));
        operators::remove(store, env, "ana").await.expect("she goes");
        assert_eq!(update(&third, &link).await, StatusCode::UNAUTHORIZED, "with her operator");
    }
}

#[tokio::test]
async fn where_only_registering_again_helps_no_page_is_made() {
    let api = Api::new().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let body = json!({
        "institution": "heimdall_mx_retail", "username": "mfa_default", "password": "x"
    });
    let asked = api.post("/api/links/", &body).await.json();
    let link = asked[0]["link"].as_str().expect("a link");
    let page = desk.get(&desk.at(&format!("links/{link}"))).await;
    assert!(!page.text.contains("Ask the person"), "{}", page.text);
    let refused = desk.post(&desk.at(&format!("links/{link}/update")), &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("has not been completed"), "{}", refused.text);
}
