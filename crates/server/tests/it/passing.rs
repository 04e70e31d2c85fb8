//! What becomes of records while nobody reads them: reports grow old, and consents end.

use crate::{
    api::Api,
    people::{People, records},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

const OPEN: &str = "ofmockbank_br_retail";
const PERSON: &str = "76109277673";

#[tokio::test]
async fn a_report_grows_older_by_the_day() {
    for api in Api::each().await {
        let at = api.database().to_owned();
        let body = json!({"institution": "planet_mx_employment", "username": "TEMX850715HDFMRR08",
            "access_mode": "single", "fetch_resources": ["EMPLOYMENT_RECORDS"]});
        let link = api.post("/api/links/", &body).await.json()["id"].clone();
        api.settle().await;
        let path = format!("/api/employment-records/?link={}", link.as_str().expect("an id"));
        let report = async || api.get(&path).await.json()["results"][0].clone();
        let fresh = report().await;
        assert_eq!(fresh["days_since_extraction"], 0, "{at}");
        api.advance(3 * 24).await;
        let old = report().await;
        assert_eq!(old["days_since_extraction"], 3, "{at}");
        assert_eq!(old["collected_at"], fresh["collected_at"], "{at}: nobody has read it");
        let one = format!("/api/employment-records/{}/", old["id"].as_str().expect("an id"));
        assert_eq!(api.get(&one).await.json(), old, "{at}");
    }
}

/// What happens to the person at the institution of Open Finance.
async fn happens(api: &Api, effect: Value) {
    let user = json!({"institution": OPEN, "username": PERSON});
    let fault = json!({"scope": {"user": user}, "effect": effect});
    let added = api.post("/v1/sandbox/faults/", &fault).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
}
async fn consent(api: &Api) -> Value {
    let list = api.get(&format!("/api/consents/?user_document={PERSON}")).await.json();
    records(&list)[0].clone()
}

#[tokio::test]
async fn a_consent_has_ended_at_its_end_though_nobody_looks() {
    for api in Api::each().await {
        let at = api.database().to_owned();
        happens(&api, json!({"consent_until": "2026-01-15T00:00:00Z"})).await;
        People::at(&api).await.register(OPEN, PERSON, "").await;
        let before = consent(&api).await;
        assert_eq!(before["status"], "AUTHORISED", "{at}");
        // The link is refreshed once a week.
        api.advance(24).await;
        let after = consent(&api).await;
        assert_eq!(after["status"], "EXPIRED", "{at}");
        assert_eq!(after["created_at"], before["created_at"], "{at}: nobody has read it");
        let one = format!("/api/consents/{}/", after["id"].as_str().expect("an id"));
        assert_eq!(api.get(&one).await.json()["status"], "EXPIRED", "{at}");
    }
}

#[tokio::test]
async fn a_consent_that_was_withdrawn_says_so_when_its_event_does() {
    for api in Api::each_announcing().await {
        let at = api.database().to_owned();
        People::at(&api).await.register(OPEN, PERSON, "").await;
        let before = consent(&api).await;
        happens(&api, json!("revoke")).await;
        api.advance(8 * 24).await;
        let after = consent(&api).await;
        assert_eq!(after["status"], "REJECTED", "{at}");
        assert_eq!(after["id"], before["id"], "{at}");
        assert_ne!(after["created_at"], before["created_at"], "{at}: it says something else");
        let told = "/v1/deliveries/?webhook_code=openfinance_consent_expired";
        assert_eq!(api.get(told).await.json()["count"], 1, "{at}");
    }
}
