//! Endpoints and deliveries on the native face.

use crate::api::Api;
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn added(api: &Api, url: &str) -> Value {
    let answer = api.post("/v1/webhooks/", &json!({"url": url})).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()
}
fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

#[tokio::test]
async fn an_endpoint_lives_from_its_birth_to_its_deletion() {
    for api in Api::each().await {
        let body = json!({
            "url": "https://example.com/hooks",
            "authorization": "Bearer canary",
            "events": ["LINK", "TRANSACTIONS/new_transactions_available"]
        });
        let made = api.post("/v1/webhooks/", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", api.database());
        let mut endpoint = made.json();
        let secret = endpoint.as_object_mut().expect("an object").remove("secret");
        assert!(secret.is_some_and(|s| s.as_str().is_some_and(|s| s.starts_with("whsec_"))));
        assert_eq!(endpoint["has_authorization"], true);
        let path = format!("/v1/webhooks/{}/", id(&endpoint));
        assert_eq!(api.get(&path).await.json(), endpoint, "without its secret");
        let listed = api.get("/v1/webhooks/").await;
        assert_eq!(listed.json()["results"], json!([endpoint]));
        assert!(!listed.text.contains("canary") && !listed.text.contains("whsec_"));

        let change = json!({"url": "https://example.com/b", "authorization": "", "enabled": false});
        let changed = api.patch(&path, &change).await.json();
        assert_eq!(
            (&changed["url"], &changed["enabled"]),
            (&json!("https://example.com/b"), &json!(false))
        );
        assert_eq!(
            (&changed["has_authorization"], &changed["events"]),
            (&json!(false), &endpoint["events"])
        );
        let refused = api.post(&format!("{path}test/"), &json!({})).await;
        assert_eq!(refused.codes(), [("invalid".into(), "endpoint".into())]);
        let enabled = api.patch(&path, &json!({"enabled": true})).await.json();
        assert_eq!((&enabled["enabled"], &enabled["disabled_at"]), (&json!(true), &Value::Null));

        let rotated = api.post(&format!("{path}secret/"), &json!({})).await.json();
        assert!(rotated["secret"].is_string() && rotated["old_secret_until"].is_string());

        assert_eq!(api.call("DELETE", &path, "").await.status, StatusCode::NO_CONTENT);
        assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(api.call("DELETE", &path, "").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_makes_no_endpoint_is_told_key_by_key() {
    let api = Api::new().await;
    let refused = async |body: Value| api.post("/v1/webhooks/", &body).await.codes();
    let said = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    assert_eq!(refused(json!({})).await, [said("required", "url")]);
    for url in
        ["http://localhost:9000/", "http://169.254.169.254/", "nothing", "ftp://example.com/"]
    {
        assert_eq!(refused(json!({"url": url})).await, [said("invalid", "url")], "{url}");
    }
    let body =
        json!({"url": "https://u:p@example.com", "authorization": "a\nb", "events": ["NOPE"]});
    let all = [
        said("invalid", "url"),
        said("invalid_choice", "events"),
        said("invalid", "authorization"),
    ];
    assert_eq!(refused(body).await, all);
}

#[tokio::test]
async fn another_tenants_endpoints_and_deliveries_are_not_there() {
    for api in Api::each().await {
        let endpoint = added(&api, "https://example.com/").await;
        let path = format!("/v1/webhooks/{}/", id(&endpoint));
        let delivery = api.post(&format!("{path}test/"), &json!({})).await.json();
        let stranger = api.stranger().await;
        for (method, path) in [
            ("GET", path.clone()),
            ("PATCH", path.clone()),
            ("DELETE", path.clone()),
            ("POST", format!("{path}secret/")),
            ("POST", format!("{path}test/")),
            ("GET", format!("/v1/deliveries/{}/", id(&delivery))),
            ("POST", format!("/v1/deliveries/{}/replay/", id(&delivery))),
        ] {
            let answer = api.call_as(Some(&stranger), method, &path, "{}").await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
        let listed = api.call_as(Some(&stranger), "GET", "/v1/deliveries/", "").await;
        assert_eq!(listed.json()["count"], 0);
    }
}

#[tokio::test]
async fn a_delivery_shows_what_is_sent_and_can_be_found_and_replayed() {
    for api in Api::each().await {
        let endpoint = added(&api, "https://example.com/").await;
        let tested = api.post(&format!("/v1/webhooks/{}/test/", id(&endpoint)), &json!({})).await;
        assert_eq!(tested.status, StatusCode::ACCEPTED, "{}", api.database());
        let delivery = tested.json();
        assert_eq!((&delivery["state"], &delivery["link"]), (&json!("pending"), &Value::Null));

        let shown = api.get(&format!("/v1/deliveries/{}/", id(&delivery))).await.json();
        assert_eq!(shown["body"]["webhook_id"], delivery["webhook_id"]);
        assert_eq!(shown["body"]["data"], json!({"endpoint": endpoint["id"]}));
        assert_eq!(shown["attempts"], json!([]));
        let webhook_id = delivery["webhook_id"].as_str().expect("text");
        let count = async |query: &str| {
            api.get(&format!("/v1/deliveries/?{query}")).await.json()["count"].clone()
        };
        for found in [
            "",
            "webhook_type=ENDPOINT&webhook_code=test",
            &format!("webhook_id={webhook_id}&state__in=pending,failed"),
            &format!("endpoint={}&created_at__gte=2026-01-14", id(&endpoint)),
        ] {
            assert_eq!(count(found).await, 1, "{found}");
        }
        for missed in ["webhook_type=LINK", "state=failed", "created_at__lt=2026-01-14"] {
            assert_eq!(count(missed).await, 0, "{missed}");
        }
        let bad = api.get("/v1/deliveries/?state=lost").await;
        assert_eq!(bad.status, StatusCode::BAD_REQUEST);

        let path = format!("/v1/webhooks/{}/", id(&endpoint));
        api.patch(&path, &json!({"enabled": false})).await;
        let replay = json!({"from": "2026-01-14T00:00:00Z", "to": "2026-01-15T00:00:00Z"});
        let none = api.post("/v1/deliveries/replay/", &replay).await;
        let nothing = json!({"count": 0, "left": 0});
        assert_eq!((none.status, none.json()), (StatusCode::ACCEPTED, nothing.clone()));
        let one = format!("/v1/deliveries/{}/replay/", id(&delivery));
        assert_eq!(api.post(&one, &json!({})).await.codes()[0].1, "endpoint", "it is disabled");
        api.patch(&path, &json!({"enabled": true})).await;
        for (more, expected) in [
            (json!({"link": "0197a6e8-1111-7abc-8def-000000000001"}), nothing.clone()),
            (json!({"webhook_type": "LINK"}), nothing.clone()),
            (json!({"webhook_code": "nothing"}), nothing.clone()),
            (json!({}), json!({"count": 1, "left": 0})),
            (json!({}), nothing),
        ] {
            let mut wanted = replay.clone();
            let keys = wanted.as_object_mut().expect("an object");
            keys.extend(more.as_object().expect("an object").clone());
            let all = api.post("/v1/deliveries/replay/", &wanted).await;
            assert_eq!(all.json(), expected, "{wanted}");
        }
        let again = api.post(&one, &json!({})).await;
        assert_eq!(
            (again.status, &again.json()["state"]),
            (StatusCode::ACCEPTED, &json!("pending"))
        );

        for (body, field) in [
            (json!({}), "from"),
            (json!({"from": "yesterday"}), "from"),
            (json!({"from": "2026-01-15T00:00:00Z", "to": "2026-01-14T00:00:00Z"}), "to"),
            (json!({"from": "2026-01-14T00:00:00Z", "states": ["pending"]}), "states"),
            (json!({"from": "2026-01-14T00:00:00Z", "endpoint": "x"}), "endpoint"),
            (json!({"from": "2026-01-13T00:00:00Z", "endpoint": id(&delivery)}), "endpoint"),
        ] {
            let refused = api.post("/v1/deliveries/replay/", &body).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
            assert_eq!(refused.codes()[0].1, field, "{body}");
        }
    }
}
