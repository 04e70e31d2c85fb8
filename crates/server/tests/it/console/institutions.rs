//! Institutions on the console.

use super::{
    desk::{Desk, PASSWORD, leads_to},
    full::{EREBOR, full},
};
use axum::http::StatusCode;
use domain::operator::Role;
use serde_json::json;

#[tokio::test]
async fn an_institution_is_closed_with_a_reason_and_opens_by_itself_or_by_hand() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let viewer = Desk::of(&api, "vera", Role::Viewer).await;
    let at = desk.at("institutions/1004");
    let health = async || {
        let page = api.get("/v1/institutions/?name=erebor_mx_retail").await.json();
        let one = page["results"][0].clone();
        (one["status"].clone(), one["status_reason"].clone(), one["closed_until"].clone())
    };
    for (reason, until) in [("", ""), ("late", "2026-01-01T00:00"), ("odd", "soon")] {
        let fields = [("reason", reason), ("until", until)];
        let refused = desk.post(&format!("{at}/close"), &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{reason} {until}");
    }
    assert_eq!(health().await.0, "healthy");
    let fields = [("reason", "maintenance"), ("until", "2026-01-14T11:00")];
    for _ in 0..2 {
        let closed = desk.post(&format!("{at}/close"), &fields).await;
        assert_eq!((leads_to(&closed), desk.note().as_str()), (at.as_str(), "close"));
    }
    let until = json!("2026-01-14T11:00:00.000000Z");
    assert_eq!(health().await, (json!("down"), json!("maintenance"), until));
    let shown = viewer.get(&at).await.text;
    assert!(shown.contains("closed by an operator until 2026-01-14 11:00:00: maintenance"));
    assert!(!shown.contains("Open it again"), "a viewer looks: {shown}");
    let shown = viewer.get(&viewer.at(&format!("links/{link}"))).await.text;
    assert!(shown.contains("The institution is down"), "{shown}");
    assert!(viewer.get(&viewer.at("")).await.text.contains("closed by an operator"));
    api.advance(2).await;
    assert_eq!(health().await, (json!("healthy"), json!(null), json!(null)), "by itself");

    desk.sign_in("ana", PASSWORD).await;
    desk.post(&format!("{at}/close"), &[("reason", "for good"), ("until", "")]).await;
    let body = json!({"institution": EREBOR, "username": "bnk102", "password": "full"});
    assert_eq!(api.post("/api/links/", &body).await.code(), "institution_down");
    for _ in 0..2 {
        let opened = desk.post(&format!("{at}/open"), &[]).await;
        assert_eq!((leads_to(&opened), desk.note().as_str()), (at.as_str(), "open"));
    }
    assert_eq!(api.post("/api/links/", &body).await.status, StatusCode::CREATED);
    let page = desk.get("/console/audit").await.text;
    assert_eq!(page.matches("open institution").count(), 1, "a second click is none: {page}");
}
