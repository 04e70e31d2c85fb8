//! Endpoints and deliveries on the console.

use super::{
    desk::{Desk, is_a_good_page, leads_to},
    full::{EREBOR, NOBODY, first_endpoint, full},
};
use crate::api::Api;
use axum::http::StatusCode;
use domain::operator::Role;
use serde_json::json;

#[tokio::test]
async fn an_endpoint_is_added_changed_switched_and_its_secret_is_shown_once() {
    let (api, _) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let viewer = Desk::of(&api, "vera", Role::Viewer).await;
    let secret_in = |text: &str| text.contains("whsec_");
    let refused = desk.post(&desk.at("webhooks"), &[("url", "nonsense")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    let fields = [
        ("url", "http://127.0.0.1:9/hooks?key=abcdef"),
        ("events", "LINK, TRANSACTIONS/historical_update"),
        ("authorization", "Bearer s3same"),
    ];
    let added = desk.post(&desk.at("webhooks"), &fields).await;
    is_a_good_page("added", &added);
    assert!(secret_in(&added.text), "{}", added.text);
    let all = api.get("/v1/webhooks/?page_size=9").await.json();
    let made = all["results"].as_array().expect("endpoints").last().expect("it is there").clone();
    let id = made["id"].as_str().expect("an id").to_owned();
    assert_eq!(made["events"], json!(["LINK", "TRANSACTIONS/historical_update"]));
    let at = desk.at(&format!("webhooks/{id}"));
    for who in [&desk, &viewer] {
        let shown = who.get(&at).await.text;
        for hidden in ["whsec_", "abcdef", "s3same"] {
            assert!(!shown.contains(hidden), "{hidden}: {shown}");
        }
        assert!(shown.contains("goes along"), "{shown}");
    }
    let now = async || api.get(&format!("/v1/webhooks/{id}/")).await.json();
    desk.post(&at, &[("events", "LINK"), ("url", ""), ("authorization", "")]).await;
    let changed = now().await;
    assert_eq!((&changed["url"], &changed["has_authorization"]), (&made["url"], &json!(true)));
    assert_eq!(changed["events"], json!(["LINK"]), "what was left empty stays");
    desk.post(&at, &[("no_authorization", "1")]).await;
    assert_eq!(now().await["has_authorization"], json!(false));
    for (act, enabled) in [("disable", false), ("disable", false), ("enable", true)] {
        let done = desk.post(&format!("{at}/{act}"), &[]).await;
        assert_eq!((leads_to(&done), desk.note().as_str()), (at.as_str(), act));
        assert_eq!(now().await["enabled"], json!(enabled));
    }
    let rotated = desk.post(&format!("{at}/secret"), &[]).await;
    is_a_good_page("rotated", &rotated);
    assert!(secret_in(&rotated.text) && now().await["old_secret_until"].is_string());
    assert!(leads_to(&desk.post(&format!("{at}/delete"), &[]).await).ends_with("webhooks"));
    assert_eq!(desk.note(), "forget");
    assert_eq!(desk.post(&format!("{at}/delete"), &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn bodies_are_masked_until_somebody_reveals_them() {
    let (api, _) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let page = api.get("/v1/deliveries/?webhook_type=TRANSACTIONS&page_size=1").await.json();
    let id = page["results"][0]["id"].as_str().expect("a delivery");
    let body = api.get(&format!("/v1/deliveries/{id}/")).await.json()["body"].clone();
    let total = body["data"]["total_transactions"].as_u64().expect("a number").to_string();
    let at = desk.at(&format!("deliveries/{id}"));
    let telling = format!("&#34;total_transactions&#34;: {total}");
    let masked = desk.get(&at).await.text;
    assert!(masked.contains("••••") && !masked.contains(&telling), "{masked}");
    let open = desk.post(&format!("{at}/reveal"), &[]).await;
    assert_eq!(open.status, StatusCode::OK);
    assert!(open.text.contains(&telling) && open.text.contains("unmasked"), "{}", open.text);
    assert!(!desk.get(&at).await.text.contains(&telling), "only once");
}

#[tokio::test]
async fn many_deliveries_are_sent_again_after_a_look_at_how_many() {
    for api in Api::each_unheard().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        api.settle().await;
        let desk = Desk::of(&api, "ana", Role::Operator).await;
        let endpoint = first_endpoint(&api).await;
        let path = format!("/v1/webhooks/{endpoint}/");
        // Disabling cancels what nobody has taken.
        for enabled in [false, true] {
            api.patch(&path, &json!({"enabled": enabled})).await;
        }
        let cancelled = api.get("/v1/deliveries/?state=cancelled").await.json()["count"].clone();
        let cancelled = cancelled.as_u64().expect("a number");
        assert!(cancelled > 1, "{}", api.database());
        let ask = |query: &str| desk.at(&format!("deliveries/replay?{query}"));
        let page = desk.get(&ask("state=cancelled")).await;
        is_a_good_page("ask", &page);
        assert!(
            page.text.contains(&format!("Send {cancelled} deliveries again?")),
            "{}",
            page.text
        );
        let of_type = desk.get(&ask(&format!("webhook_type=ACCOUNTS&link={link}"))).await.text;
        assert!(of_type.contains("Send 1 deliveries again?"), "{of_type}");
        for nothing in [
            "state=delivered".to_owned(),
            format!("link={NOBODY}"),
            "webhook_code=nothing".to_owned(),
            "created_at__lt=2026-01-14T00:00".to_owned(),
        ] {
            let page = desk.get(&ask(&nothing)).await.text;
            assert!(page.contains("nothing to send again"), "{nothing}: {page}");
        }
        for wrong in ["state=pending", "state=lost", "link=x", "created_at__gte=soon"] {
            assert_eq!(desk.get(&ask(wrong)).await.status, StatusCode::BAD_REQUEST, "{wrong}");
        }
        let fields = [("state", "cancelled"), ("created_at__gte", "2026-01-01T00:00")];
        for left in [0, 0] {
            let sent = desk.post(&desk.at("deliveries/replay"), &fields).await;
            assert!(leads_to(&sent).ends_with("deliveries"));
            assert_eq!(desk.note(), "replay-all");
            let page = api.get("/v1/deliveries/?state=cancelled").await.json();
            assert_eq!(page["count"], left, "{}", api.database());
        }
        let viewer = Desk::of(&api, "vera", Role::Viewer).await;
        let page = viewer.get(&viewer.at("deliveries/replay?state=cancelled")).await;
        is_a_good_page("a viewer asks", &page);
    }
}
