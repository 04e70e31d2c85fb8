//! What holds of every page: empty, full, not there, and of many.

use super::{
    desk::{Desk, PASSWORD, is_a_good_page, leads_to},
    full::{NOBODY, first_delivery, first_endpoint, full},
};
use crate::api::Api;
use axum::http::{StatusCode, header};
use domain::operator::Role;
use server::Settings;

/// Every page about a tenant, and a word that stands on it while there is nothing to show.
pub(crate) const PAGES: [(&str, &str); 9] = [
    ("", "There is no link yet"),
    ("links", "There is no link yet"),
    ("institutions", "Erebor"),
    ("webhooks", "There is no endpoint"),
    ("deliveries", "Nothing has been announced"),
    ("jobs", "Nothing waits"),
    ("keys", "test"),
    ("audit", "Nobody has done anything"),
    ("dev", "Nothing is made to go wrong"),
];

#[tokio::test]
async fn every_page_asks_who_is_looking_and_shows_itself_empty_and_full() {
    let api = Api::new().await;
    let stranger = Desk::new(&api).await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let (full, link) = full().await;
    let full_desk = Desk::of(&full, "ana", Role::Operator).await;
    for (page, empty) in PAGES {
        let at = desk.at(page);
        assert!(leads_to(&stranger.get(&at).await).starts_with("/console/sign-in?next="), "{at}");
        let shown = desk.get(&at).await;
        is_a_good_page(&at, &shown);
        assert!(shown.text.contains(empty), "{at} lacks “{empty}”: {}", shown.text);
        is_a_good_page(&at, &full_desk.get(&full_desk.at(page)).await);
    }
    let delivery = first_delivery(&full).await;
    let endpoint = first_endpoint(&full).await;
    for page in [
        format!("links/{link}"),
        format!("links/{link}/changes"),
        format!("links/{link}/records/TRANSACTIONS"),
        format!("links/{link}/records/BILLS"),
        format!("links/{link}/delete"),
        format!("webhooks/{endpoint}"),
        format!("webhooks/{endpoint}/delete"),
        format!("keys/{}/revoke", full.key_id),
        "institutions/1004".into(),
        "deliveries/replay?state=failed".into(),
        format!("deliveries/{delivery}"),
        "jobs?state=failed".into(),
        format!("deliveries?link={link}&state=pending&type=&endpoint="),
        "institutions?name=erebor&status=healthy".into(),
    ] {
        let at = full_desk.at(&page);
        is_a_good_page(&at, &full_desk.get(&at).await);
    }
    for at in ["/console/account", "/console/audit"] {
        assert!(leads_to(&stranger.get(at).await).starts_with("/console/sign-in"));
        is_a_good_page(at, &full_desk.get(at).await);
    }
    is_a_good_page("the door", &stranger.get("/console/sign-in").await);
}

#[tokio::test]
async fn what_is_not_there_is_said_on_a_page() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    for page in [
        desk.at(&format!("links/{NOBODY}")),
        desk.at("links/nonsense"),
        desk.at(&format!("links/{link}/records/NOTHING")),
        desk.at(&format!("links/{NOBODY}/records/TRANSACTIONS")),
        desk.at(&format!("links/{link}/records/TRANSACTIONS?page=9999")),
        desk.at(&format!("links/{NOBODY}/changes")),
        desk.at(&format!("webhooks/{NOBODY}")),
        desk.at(&format!("webhooks/{NOBODY}/delete")),
        desk.at(&format!("keys/{NOBODY}/revoke")),
        desk.at("institutions/7"),
        desk.at("institutions/nonsense"),
        desk.at("links?page=99"),
        desk.at(&format!("deliveries/{NOBODY}")),
        desk.at("nothing"),
        format!("/console/{NOBODY}/links"),
        "/console/nonsense/".into(),
        "/console/one/two/three/four/five".into(),
    ] {
        let answer = desk.get(&page).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
        assert!(answer.text.contains("There is nothing here"), "{page}: {}", answer.text);
    }
    let wrong = desk.get(&desk.at("links?status=bored")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text);
    assert_eq!(wrong.headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    let refresh = desk.at(&format!("links/{link}/refresh"));
    assert_eq!(leads_to(&desk.post(&refresh, &[]).await), desk.at(&format!("links/{link}")));
    assert_eq!(desk.note(), "refresh");
    let again = desk.post(&refresh, &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text.contains("already been refreshed"), "{}", again.text);
}

#[tokio::test]
async fn what_was_done_is_said_once_whoever_comes_back() {
    const QUEUED: &str = "The refresh is queued.";
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let page = desk.at(&format!("links/{link}"));
    assert_eq!(leads_to(&desk.post(&format!("{page}/refresh"), &[]).await), page);
    desk.get(&desk.at("links.csv")).await;
    assert_eq!(desk.get(&desk.at("nowhere")).await.status, StatusCode::NOT_FOUND);
    assert!(desk.get(&page).await.text.contains(QUEUED), "neither of these is a page that says it");
    assert!(!desk.get(&page).await.text.contains(QUEUED), "loaded again");

    let page = desk.at(&format!("webhooks/{}", first_endpoint(&api).await));
    assert_eq!(leads_to(&desk.post(&format!("{page}/disable"), &[]).await), page);
    desk.post("/console/sign-out", &[]).await;
    let door = desk.get(&page).await;
    assert_eq!(leads_to(&door), format!("/console/sign-in?next={}", page.replace('/', "%2F")));
    assert!(desk.get(leads_to(&door)).await.text.contains("You are signed out."));
    let fields = [("name", "ana"), ("password", PASSWORD), ("next", page.as_str())];
    assert_eq!(leads_to(&desk.post("/console/sign-in", &fields).await), page);
    let back = desk.get(&page).await;
    assert_eq!(back.status, StatusCode::OK);
    assert!(!back.text.contains("note good"), "an old note: {}", back.text);
}

#[tokio::test]
async fn lists_go_on_page_by_page_and_as_files() {
    let (api, _) = full().await;
    let desk = Desk::of(&api, "ana", Role::Viewer).await;
    let first = desk.get(&desk.at("deliveries?page_size=2&state=pending")).await.text;
    assert!(first.contains("1 to 2 of") && first.contains("Next page"), "{first}");
    assert!(
        first.contains("page_size=2&#38;state=pending&#38;page=2"),
        "the search stays: {first}"
    );
    let second = desk.get(&desk.at("deliveries?page_size=2&page=2")).await.text;
    assert!(second.contains("3 to ") && second.contains("Earlier page"));
    for (file, head) in [
        ("deliveries.csv", "\"id\",\"event\",\"endpoint\""),
        ("links.csv", "\"id\",\"institution\",\"status\""),
        ("audit.csv", "\"at\",\"actor\",\"action\",\"subject\""),
    ] {
        let answer = desk.get(&desk.at(file)).await;
        assert_eq!(answer.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        let disposition = answer.headers[header::CONTENT_DISPOSITION].to_str().expect("text");
        assert_eq!(disposition, format!("attachment; filename=\"{file}\""));
        assert!(answer.text.starts_with(head), "{file}: {}", answer.text);
        assert!(answer.text.lines().count() > 1, "{file}");
    }
    let listed = api.get("/v1/deliveries/?page_size=1").await.json()["count"].as_u64();
    let lines = desk.get(&desk.at("deliveries.csv")).await.text.lines().count() as u64;
    assert_eq!(Some(lines - 1), listed);
}

#[tokio::test]
async fn where_the_clock_is_real_there_is_nothing_to_steer() {
    let api = Api::with(Settings::serve()).await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    assert_eq!(desk.get(&desk.at("dev")).await.status, StatusCode::NOT_FOUND);
    let moved = desk.post(&desk.at("dev/clock"), &[("by", "1h")]).await;
    assert_eq!(moved.status, StatusCode::NOT_FOUND);
    assert!(!desk.get(&desk.at("")).await.text.contains("Clock and faults"));
}
