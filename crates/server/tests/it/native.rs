//! Our own face: links, settings, changes, the clock and the sandbox.

use crate::api::{Api, basic};
use axum::http::StatusCode;
use serde_json::{Value, json};

const EREBOR: &str = "erebor_mx_retail";

#[tokio::test]
async fn a_link_is_refreshed_as_often_as_one_says() {
    for api in Api::each().await {
        let path = format!("/v1/links/{}/", api.link(EREBOR, "bnk100", "full").await);
        let shown = api.get(&path).await.json();
        assert_eq!((&shown["refresh_rate"], &shown["next_action"]), (&json!("7d"), &Value::Null));
        for rate in ["6h", "12h", "24h", "7d", "30d"] {
            let shown = api.patch(&path, &json!({"refresh_rate": rate})).await;
            assert_eq!(
                (shown.status, &shown.json()["refresh_rate"]),
                (StatusCode::OK, &json!(rate))
            );
            assert!(shown.json()["next_refresh_at"].is_string(), "{rate}");
        }
        for (bad, code) in
            [(json!("5h"), "invalid_choice"), (Value::Null, "null"), (json!(6), "invalid_choice")]
        {
            let answer = api.patch(&path, &json!({"refresh_rate": bad})).await;
            assert_eq!(answer.codes(), [(code.to_owned(), "refresh_rate".to_owned())]);
        }
        let stranger = api.stranger().await;
        let stolen =
            api.call_as(Some(&stranger), "PATCH", &path, r#"{"refresh_rate": "6h"}"#).await;
        assert_eq!(stolen.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_timeline_tells_what_happened_newest_first() {
    for api in Api::each().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        api.settle().await;
        let timeline = api.get(&format!("/v1/links/{link}/timeline/?page_size=100")).await.json();
        let entries = timeline["results"].as_array().expect("results");
        let times: Vec<&str> = entries.iter().map(|e| e["at"].as_str().expect("a time")).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
        let kinds: Vec<&str> =
            entries.iter().map(|e| e["kind"].as_str().expect("a kind")).collect();
        assert!(kinds.contains(&"registered") && kinds.contains(&"refresh_finished"), "{kinds:?}");
    }
}

#[tokio::test]
async fn the_default_rate_holds_for_links_to_come() {
    for api in Api::each().await {
        assert_eq!(api.get("/v1/settings/").await.json(), json!({"default_rate": "7d"}));
        let changed = api.patch("/v1/settings/", &json!({"default_rate": "24h"})).await;
        assert_eq!(changed.json(), json!({"default_rate": "24h"}));
        let link = api.link(EREBOR, "bnk100", "full").await;
        assert_eq!(api.get(&format!("/api/links/{link}/")).await.json()["refresh_rate"], "24h");
        let stranger = api.stranger().await;
        let theirs = api.call_as(Some(&stranger), "GET", "/v1/settings/", "").await;
        assert_eq!(theirs.json(), json!({"default_rate": "7d"}));
    }
}

#[tokio::test]
async fn a_reader_of_changes_has_what_is_stored() {
    for api in Api::each().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        api.settle().await;
        let mut next = "http://api.test/v1/changes/?page_size=50".to_owned();
        let mut records = std::collections::BTreeSet::new();
        let cursor = loop {
            let path = next.strip_prefix("http://api.test").expect("our own address").to_owned();
            let page = api.get(&path).await.json();
            for change in page["results"].as_array().expect("results") {
                let id = change["id"].as_str().expect("an id").to_owned();
                match change["kind"].as_str() {
                    Some("deleted") => records.remove(&id),
                    _ if change["resource"] == "TRANSACTIONS" => records.insert(id),
                    _ => false,
                };
            }
            match page["next"].as_str() {
                Some(more) => next = more.to_owned(),
                None => break page["cursor"].as_str().expect("a cursor").to_owned(),
            }
        };
        let path = format!("/api/transactions/?link={link}&page_size=1");
        assert_eq!(api.get(&path).await.json()["count"], records.len());

        let at_end = format!("/v1/changes/?cursor={cursor}");
        assert_eq!(
            api.get(&at_end).await.json(),
            json!({"cursor": cursor, "next": null, "results": []})
        );
        // Who waits is woken by what happens.
        let waiting_path = format!("{at_end}&wait=60");
        let (waited, _) = tokio::join!(api.get(&waiting_path), async {
            tokio::task::yield_now().await;
            api.call("DELETE", &format!("/api/links/{link}/"), "").await
        });
        assert_ne!(waited.json()["results"], json!([]));
        for (query, field) in [("cursor=abc", "cursor"), ("wait=soon", "wait"), ("wait=-1", "wait")]
        {
            let answer = api.get(&format!("/v1/changes/?{query}")).await;
            assert_eq!(answer.codes(), [("invalid".to_owned(), field.to_owned())]);
        }
    }
}

#[tokio::test]
async fn the_clock_is_moved_and_what_falls_due_is_done() {
    for api in Api::each().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        assert_eq!(
            api.get("/v1/clock/").await.json(),
            json!({"now": "2026-01-14T09:00:00.000000Z", "movable": true})
        );
        let moved = api.post("/v1/clock/advance/", &json!({"by": "30d"})).await;
        assert_eq!(moved.json()["now"], "2026-02-13T09:00:00.000000Z", "{}", moved.text);
        let shown = api.get(&format!("/api/links/{link}/")).await.json();
        assert!(shown["last_accessed_at"].as_str() > Some("2026-02-01"), "{shown}");
        let to = api.post("/v1/clock/advance/", &json!({"to": "2026-02-14T00:00:00Z"})).await;
        assert_eq!(to.json()["now"], "2026-02-14T00:00:00.000000Z");
        let back = api.post("/v1/clock/advance/", &json!({"to": "2026-02-01T00:00:00Z"})).await;
        assert_eq!(back.codes(), [("invalid".to_owned(), "to".to_owned())]);
    }
}

#[tokio::test]
async fn faults_are_set_listed_and_ended() {
    let api = Api::new().await;
    let path = "/v1/sandbox/faults/";
    let fault = json!({"scope": {"institution": EREBOR}, "effect": "down", "calls": 1});
    let set = api.post(path, &fault).await;
    assert_eq!((set.status, set.json()), (StatusCode::CREATED, fault.clone()));
    assert_eq!(api.get(path).await.json()["results"], json!([fault]));
    let body = json!({"institution": EREBOR, "username": "bnk100", "password": "full"});
    assert_eq!(api.post("/api/links/", &body).await.code(), "institution_down");
    assert_eq!(api.get(path).await.json()["count"], 0, "its one call is used up");
    api.link(EREBOR, "bnk100", "full").await;

    api.post(path, &json!({"scope": {"institution": EREBOR}, "effect": {"slow": 1}})).await;
    let elsewhere = format!("{path}?institution=gringotts_mx_retail");
    assert_eq!(api.call("DELETE", &elsewhere, "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(path).await.json()["count"], 1);
    assert_eq!(api.call("DELETE", path, "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(path).await.json()["count"], 0);

    let at = |code: &str, field: &str| vec![(code.to_owned(), field.to_owned())];
    for (body, expected) in [
        (json!({}), at("required", "scope")),
        (json!({"scope": {"institution": EREBOR}}), at("required", "effect")),
        (
            json!({"scope": {"institution": "narnia"}, "effect": "down"}),
            at("does_not_exist", "scope"),
        ),
        (json!({"scope": {"planet": 1}, "effect": "down"}), at("invalid", "scope")),
        (json!({"scope": {"institution": EREBOR}, "effect": "explode"}), at("invalid", "effect")),
        (
            json!({"scope": {"institution": EREBOR}, "effect": "down", "until": "x"}),
            at("invalid", "until"),
        ),
    ] {
        assert_eq!(api.post(path, &body).await.codes(), expected, "{body}");
    }
}

#[tokio::test]
async fn a_fault_is_for_whom_it_says_and_ends_for_nobody_else() {
    let api = Api::new().await;
    let path = "/v1/sandbox/faults/";
    let link = "018f6d3e-00ab-7000-8000-000000000001";
    let of = |link: &str| json!({"scope": {"link": link}, "effect": "revoke"});
    let shouted = api.post(path, &of(&link.to_uppercase())).await;
    assert_eq!((shouted.status, shouted.json()), (StatusCode::CREATED, of(link)));
    let at = |code: &str, field: &str| vec![(code.to_owned(), field.to_owned())];
    assert_eq!(api.post(path, &of("018f6d3e")).await.codes(), at("invalid", "scope"));
    for (query, expected) in [
        ("username=ana", at("required", "institution")),
        ("link=018f6d3e", at("invalid", "link")),
        (&*format!("institution={EREBOR}&link={link}"), at("invalid", "link")),
        (&*format!("username=ana&link={link}"), at("invalid", "link")),
    ] {
        let refused = api.call("DELETE", &format!("{path}?{query}"), "").await;
        assert_eq!((refused.status, refused.codes()), (StatusCode::BAD_REQUEST, expected));
        assert_eq!(api.get(path).await.json()["count"], 1, "{query} ends nothing");
    }
    let ended = api.call("DELETE", &format!("{path}?link={}", link.to_uppercase()), "").await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(path).await.json()["count"], 0);
}

#[tokio::test]
async fn the_health_of_institutions_is_listed() {
    let api = Api::new().await;
    let page = api.get("/v1/institutions/?name=erebor_mx_retail").await.json();
    assert_eq!(
        page["results"],
        json!([{
            "id": 1004,
            "name": EREBOR,
            "display_name": "Erebor Bank",
            "status": "healthy",
            "status_reason": null,
            "closed": false,
            "closed_until": null,
            "connector": "sandbox",
            "connector_version": page["results"][0]["connector_version"],
            "failures": 0,
            "rests_until": null,
            "links": {}
        }])
    );
    api.link(EREBOR, "bnk100", "full").await;
    let page = api.get("/v1/institutions/?name=erebor_mx_retail").await.json();
    assert_eq!(page["results"][0]["links"], json!({"valid": 1}));
    let stranger = api.stranger().await;
    let theirs =
        api.call_as(Some(&stranger), "GET", "/v1/institutions/?name=erebor_mx_retail", "").await;
    assert_eq!(theirs.json()["results"][0]["links"], json!({}), "of others nothing is told");
}

#[tokio::test]
async fn an_overview_counts_what_is_the_callers() {
    for api in Api::each_unheard().await {
        for (user, mode) in [("bnk100", "recurrent"), ("bnk101", "recurrent"), ("bnk102", "single")]
        {
            let body = json!({
                "institution": EREBOR, "username": user, "password": "full", "access_mode": mode
            });
            assert_eq!(api.post("/api/links/", &body).await.status, StatusCode::CREATED);
        }
        api.settle().await;
        let fault = json!({"scope": {"institution": EREBOR}, "effect": "down"});
        api.post("/v1/sandbox/faults/", &fault).await;
        let seen = api.get("/v1/overview/").await.json();
        let valid = json!({"valid": 3, "invalid": 0, "unconfirmed": 0, "token_required": 0});
        assert_eq!(seen["links"], valid, "{}", api.database());
        assert_eq!(seen["refreshes"], json!([{"rate": "7d", "links": 2, "late": 0}]));
        assert_eq!(seen["institutions"]["down"], 0);
        assert_eq!(seen["deliveries"]["cut"], false);
        let hours = seen["deliveries"]["hours"].as_array().expect("hours");
        assert_eq!(hours.len(), 24);
        assert!(hours[23]["pending"].as_u64() > Some(0), "nobody listens: {seen}");

        api.advance(24 * 9).await;
        let later = api.get("/v1/overview/").await.json();
        assert_eq!(later["refreshes"], json!([{"rate": "7d", "links": 2, "late": 2}]));

        let stranger = api.stranger().await;
        let theirs = api.call_as(Some(&stranger), "GET", "/v1/overview/", "").await.json();
        assert_eq!(theirs["links"]["valid"], 0);
        assert_eq!(theirs["refreshes"], json!([]));
    }
}

#[tokio::test]
async fn keys_are_made_used_and_revoked() {
    for api in Api::each().await {
        let made = api.post("/v1/keys/", &json!({"name": " billing "})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let made = made.json();
        let (id, password) = (made["id"].as_str().expect("an id"), made["password"].as_str());
        assert_eq!((&made["name"], &made["last_used_at"]), (&json!("billing"), &Value::Null));
        let new = basic(id, password.expect("a password"));
        let listed = api.call_as(Some(&new), "GET", "/v1/keys/", "").await.json();
        let keys = listed["results"].as_array().expect("keys");
        assert_eq!(keys.len(), 2);
        assert!(keys.iter().all(|key| key.get("password").is_none()));
        let billing = keys.iter().find(|key| key["name"] == "billing").expect("the new one");
        assert!(billing["last_used_at"].is_string(), "it has just been used");
        for name in [json!(""), json!("x".repeat(101))] {
            let refused = api.post("/v1/keys/", &json!({"name": name})).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{name}");
        }
        let path = format!("/v1/keys/{id}/");
        let stranger = api.stranger().await;
        let stolen = api.call_as(Some(&stranger), "DELETE", &path, "").await;
        assert_eq!(stolen.status, StatusCode::NOT_FOUND);
        for _ in 0..2 {
            assert_eq!(api.call("DELETE", &path, "").await.status, StatusCode::NO_CONTENT);
        }
        let refused = api.call_as(Some(&new), "GET", "/v1/keys/", "").await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        let said = api.get("/v1/audit/").await.json();
        let said: Vec<_> = said["results"].as_array().expect("lines").iter().collect();
        let mut actions: Vec<_> = said.iter().map(|line| line["action"].as_str()).collect();
        actions.sort_unstable();
        assert_eq!(actions, [Some("make_key"), Some("revoke_key")], "once each");
        assert!(said.iter().all(|line| line["actor"] == format!("key {}", api.key_id)));
        let theirs = api.call_as(Some(&stranger), "GET", "/v1/audit/", "").await.json();
        assert_eq!(theirs["count"], 0);
    }
}

#[tokio::test]
async fn work_is_listed_and_done_again() {
    for api in Api::each().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        api.settle().await;
        let waiting = api.get("/v1/jobs/").await.json();
        let kinds: Vec<_> = waiting["results"].as_array().expect("jobs").iter().collect();
        assert!(kinds.iter().any(|job| job["kind"] == "refresh" && job["link"] == json!(link)));
        let fault = json!({"scope": {"link": link}, "effect": "unavailable"});
        api.post("/v1/sandbox/faults/", &fault).await;
        let asked = api.post(&format!("/api/links/{link}/refresh/"), &json!({})).await;
        assert!(asked.status.is_success(), "{}", asked.text);
        api.advance(6).await;
        let failed = api.get("/v1/jobs/?state=failed").await.json();
        let job = &failed["results"][0];
        assert_eq!((&job["kind"], &job["state"]), (&json!("load"), &json!("failed")), "{failed}");
        let retry = format!("/v1/jobs/{}/retry/", job["id"].as_str().expect("an id"));
        let stranger = api.stranger().await;
        let stolen = api.call_as(Some(&stranger), "POST", &retry, "").await;
        assert_eq!(stolen.status, StatusCode::NOT_FOUND);
        api.call("DELETE", "/v1/sandbox/faults/", "").await;
        assert_eq!(api.call("POST", &retry, "").await.status, StatusCode::ACCEPTED);
        api.settle().await;
        let sessions = api.get(&format!("/v1/links/{link}/sessions/")).await.json();
        let last = &sessions["results"][0];
        assert_eq!((&last["state"], &last["purpose"]), (&json!("done"), &json!("load")), "{last}");
        let wrong = api.get("/v1/jobs/?state=bored").await;
        assert_eq!(wrong.codes(), [("invalid_choice".to_owned(), "state".to_owned())]);
    }
}

#[tokio::test]
async fn what_a_link_has_and_what_changed_is_told() {
    for api in Api::each().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        api.settle().await;
        let counts = api.get(&format!("/v1/links/{link}/records/")).await.json();
        let counts = counts["results"].as_array().expect("results").clone();
        let of = |resource: &str| {
            let one = counts.iter().find(|one| one["resource"] == resource);
            one.unwrap_or_else(|| panic!("{}: {counts:?}", api.database())).clone()
        };
        let transactions = of("TRANSACTIONS");
        assert_eq!(transactions["path"], "/api/transactions/");
        let path = format!("/api/transactions/?link={link}&page_size=1");
        assert_eq!(api.get(&path).await.json()["count"], transactions["count"]);
        let changes = api.get(&format!("/v1/links/{link}/changes/?page_size=100")).await.json();
        let changes = changes["results"].as_array().expect("results").clone();
        let created: u64 = changes
            .iter()
            .filter(|change| change["resource"] == "TRANSACTIONS")
            .map(|change| change["created"].as_u64().expect("a number"))
            .sum();
        assert_eq!(json!(created), transactions["count"], "{changes:?}");
        let times: Vec<_> = changes.iter().map(|change| change["at"].as_str()).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
        let stranger = api.stranger().await;
        for path in ["records/", "changes/"] {
            let path = format!("/v1/links/{link}/{path}");
            let stolen = api.call_as(Some(&stranger), "GET", &path, "").await;
            assert_eq!(stolen.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

#[tokio::test]
async fn an_application_gets_a_page_on_which_its_person_updates_a_link() {
    let api = Api::new().await;
    let link = api.link(EREBOR, "bnk100", "full").await;
    let path = format!("/v1/links/{link}/update/");
    let made = api.call("POST", &path, "").await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let made = made.json();
    assert_eq!(made["expires_at"], "2026-01-15T09:00:00.000000Z");
    let url = made["url"].as_str().expect("an address");
    let (page, token) = url.split_once("?access_token=").expect("a token");
    assert_eq!(page, "http://api.test/connect/");
    let bearer = format!("Bearer {token}");
    let standing = api.call_as(Some(&bearer), "GET", "/v1/connect/", "").await.json();
    assert_eq!(standing["link"]["id"], json!(link), "{standing}");
    let stranger = api.stranger().await;
    let stolen = api.call_as(Some(&stranger), "POST", &path, "").await;
    assert_eq!(stolen.status, StatusCode::NOT_FOUND);
    let log = api.get("/v1/audit/").await.json();
    assert_eq!(log["results"][0]["action"], "request_update");
    api.advance(25).await;
    let late = api.call_as(Some(&bearer), "GET", "/v1/connect/", "").await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED, "a day later");
}

#[tokio::test]
async fn refreshes_and_tests_are_written_down_for_keys_too() {
    for api in Api::each_unheard().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        let page = api.get("/v1/webhooks/").await.json();
        let endpoint = page["results"][0]["id"].as_str().expect("an endpoint").to_owned();
        api.post(&format!("/api/links/{link}/refresh/"), &json!({})).await;
        api.call("POST", &format!("/v1/webhooks/{endpoint}/test/"), "").await;
        let log = api.get("/v1/audit/").await.json();
        let lines = log["results"].as_array().expect("lines").iter();
        let mut said: Vec<_> =
            lines.map(|line| (line["action"].as_str(), line["subject"].as_str())).collect();
        said.sort_unstable();
        let expected = [
            (Some("add_endpoint"), Some(endpoint.as_str())),
            (Some("refresh_link"), Some(link.as_str())),
            (Some("test_endpoint"), Some(endpoint.as_str())),
        ];
        assert_eq!(said, expected, "{}", api.database());
    }
}
