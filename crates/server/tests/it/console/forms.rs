//! What holds of every form: whose it must be, who may send it, and that what it does is written down.

use super::{
    desk::{Desk, PASSWORD, leads_to},
    full::{EREBOR, first_delivery, first_endpoint, full},
};
use crate::api::Api;
use axum::http::StatusCode;
use domain::operator::Role;
use serde_json::json;

/// Every form about a tenant: where it goes, and what is filled in.
fn forms(
    link: &str,
    delivery: &str,
    endpoint: &str,
    key: &str,
) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    let plain = |path: String| (path, vec![]);
    vec![
        plain(format!("links/{link}/refresh")),
        plain(format!("links/{link}/update")),
        plain(format!("links/{link}/records/TRANSACTIONS/reveal")),
        plain(format!("deliveries/{delivery}/reveal")),
        plain(format!("deliveries/{delivery}/replay")),
        ("deliveries/replay".into(), vec![("state", "failed")]),
        ("webhooks".into(), vec![("url", "http://127.0.0.1:9/other")]),
        (format!("webhooks/{endpoint}"), vec![("events", "LINK")]),
        plain(format!("webhooks/{endpoint}/test")),
        plain(format!("webhooks/{endpoint}/secret")),
        plain(format!("webhooks/{endpoint}/disable")),
        plain(format!("webhooks/{endpoint}/enable")),
        ("institutions/1004/close".into(), vec![("reason", "maintenance")]),
        plain("institutions/1004/open".into()),
        ("keys".into(), vec![("name", "new")]),
        plain(format!("keys/{key}/revoke")),
        ("dev/clock".into(), vec![("by", "10m")]),
        ("dev/faults".into(), vec![("institution", EREBOR), ("effect", "down")]),
        plain("dev/faults/end".into()),
        plain(format!("webhooks/{endpoint}/delete")),
        plain(format!("links/{link}/delete")),
    ]
}

async fn forms_of(api: &Api, link: &str) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    let endpoint = first_endpoint(api).await;
    let key = api.post("/v1/keys/", &json!({"name": "spare"})).await.json();
    forms(link, &first_delivery(api).await, &endpoint, key["id"].as_str().expect("a key"))
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let forms = forms_of(&api, &link).await;
    let before = desk.audited().await;
    let there = ("origin", "http://api.test");
    for (page, fields) in forms {
        let at = desk.at(&page);
        let good = desk.form(&fields);
        let forged = good.replace("proof=", "proof=x");
        let without = good.replace("proof=", "p=");
        for (headers, form) in [
            (vec![there], forged),
            (vec![there], without),
            (vec![("origin", "https://evil.example")], good.clone()),
            (vec![("origin", "null")], good.clone()),
            (vec![there, ("sec-fetch-site", "cross-site")], good.clone()),
            (vec![("sec-fetch-site", "same-site")], good.clone()),
        ] {
            let answer = desk.send("POST", &at, &headers, form).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{at} {headers:?}");
        }
        let large =
            desk.send("POST", &at, &[there], format!("{good}&x={}", "x".repeat(70_000))).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{at}");
        let cookie = std::mem::take(&mut *desk.cookie.lock().expect("whole"));
        let nobody = desk.send("POST", &at, &[there], good).await;
        assert_eq!(leads_to(&nobody), "/console/sign-in?next=%2Fconsole%2F", "{at}");
        assert_eq!(desk.note(), "ended", "{at}");
        *desk.cookie.lock().expect("whole") = cookie;
    }
    assert_eq!(desk.audited().await, before, "nothing was done");
    let fields = [("name", "ana"), ("password", PASSWORD)];
    let door = Desk::new(&api).await;
    let strange = door.post("/console/sign-in", &fields).await;
    assert_eq!(strange.status, StatusCode::FORBIDDEN, "without the page there is no form");
}

#[tokio::test]
async fn a_viewer_looks_and_neither_acts_nor_reveals() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "vera", Role::Viewer).await;
    let forms = forms_of(&api, &link).await;
    let before = desk.audited().await;
    for (page, fields) in forms {
        let answer = desk.post(&desk.at(&page), &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{page}");
        assert!(answer.text.contains("You may only look"), "{page}: {}", answer.text);
    }
    assert_eq!(desk.audited().await, before, "nothing was done");
    for page in ["", "links", "webhooks", "jobs", "keys", "dev"] {
        let shown = desk.get(&desk.at(page)).await;
        assert_eq!(shown.text.matches("method=\"post\"").count(), 1, "{page}: to sign out");
    }
}

#[tokio::test]
async fn every_act_is_written_down_with_its_operator() {
    for api in Api::each_unheard().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        api.settle().await;
        let desk = Desk::of(&api, "ana", Role::Operator).await;
        let forms = forms_of(&api, &link).await;
        let before = desk.audited().await.len();
        for (page, fields) in forms {
            let done = desk.post(&desk.at(&page), &fields).await;
            if done.status != StatusCode::OK {
                leads_to(&done);
                assert!(!desk.note().is_empty(), "{page}: {:?}", done.headers);
                desk.note.lock().expect("whole").clear();
            }
        }
        let all = api.engine.operators().await.expect("operators");
        let ana = format!("operator {}", all[0].id);
        let audited = desk.audited().await;
        let done: Vec<&str> =
            audited.iter().filter(|(who, _)| *who == ana).map(|(_, what)| what.as_str()).collect();
        assert_eq!(
            done,
            [
                "add_endpoint",
                "add_fault",
                "advance_clock",
                "change_endpoint",
                "change_endpoint",
                "change_endpoint",
                "delete_endpoint",
                "delete_link",
                "end_faults",
                "make_key",
                "refresh_link",
                "replay_deliveries",
                "replay_delivery",
                "request_update",
                "reveal_delivery",
                "reveal_records",
                "revoke_key",
                "rotate_endpoint_secret",
                "test_endpoint",
            ],
            "{}",
            api.database()
        );
        assert_eq!(audited.len(), before + done.len());
        let page = desk.get(&desk.at("audit")).await.text;
        assert!(page.contains("operator ana") && page.contains("reveal delivery"), "{page}");
        let page = desk.get("/console/audit").await.text;
        for told in ["close institution", "open institution", EREBOR] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert_eq!(api.get(&format!("/api/links/{link}/")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn under_a_tenant_there_is_nothing_of_another() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let forms = forms_of(&api, &link).await;
    api.stranger().await;
    let tenants = api.engine.tenants().await.expect("tenants");
    let other = tenants.iter().find(|one| one.id != desk.tenant).expect("another").id;
    let elsewhere = |page: &str| format!("/console/{other}/{page}");
    let about_one = |page: &str| page.chars().any(|c| c.is_ascii_digit()) && page.contains('-');
    for (page, fields) in forms.iter().filter(|(page, _)| about_one(page)) {
        let answer = desk.post(&elsewhere(page), fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}: {}", answer.text);
    }
    for page in [
        format!("links/{link}"),
        format!("links/{link}/changes"),
        format!("links/{link}/records/TRANSACTIONS"),
        format!("webhooks/{}", first_endpoint(&api).await),
        format!("webhooks/{}/delete", first_endpoint(&api).await),
        format!("keys/{}/revoke", api.key_id),
        format!("deliveries/{}", first_delivery(&api).await),
    ] {
        assert_eq!(desk.get(&elsewhere(&page)).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    for page in ["links", "deliveries", "webhooks", "jobs", "links.csv", "deliveries.csv"] {
        let shown = desk.get(&elsewhere(page)).await;
        assert_eq!(shown.status, StatusCode::OK, "{page}");
        assert!(!shown.text.contains(&link), "{page}");
    }
    let shown = desk.get(&elsewhere("links")).await.text;
    assert!(shown.contains(&desk.at("")), "from one tenant one goes to the other");
}
