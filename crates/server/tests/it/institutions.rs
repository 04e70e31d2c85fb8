//! Log-in, the catalogue, and what machines ask.

use crate::api::Api;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

#[tokio::test]
async fn the_root_says_that_the_keys_are_good() {
    for api in Api::each().await {
        let answer = api.get("/api/").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", api.database());
        let expected = json!({
            "institutions": "http://api.test/api/institutions/",
            "links": "http://api.test/api/links/",
        });
        assert_eq!(answer.json(), expected);
    }
}

#[tokio::test]
async fn addresses_are_those_that_the_client_knows() {
    let api = Api::new().await;
    let request = Request::builder()
        .uri("/api/")
        .header("authorization", &api.keys)
        .header("host", "10.0.0.7:8080")
        .header("x-forwarded-host", "links.example.com")
        .header("x-forwarded-proto", "https")
        .body(Body::empty())
        .expect("a request");
    let links = api.send(request).await.json()["links"].clone();
    assert_eq!(links, "https://links.example.com/api/links/");
}

#[tokio::test]
async fn machines_are_answered_without_keys() {
    for api in Api::each().await {
        for path in ["/healthz", "/readyz"] {
            let answer = api.call_as(None, "GET", path, "").await;
            assert_eq!(
                (answer.status, answer.json()["status"].as_str()),
                (StatusCode::OK, Some("ok"))
            );
        }
        let metrics = api.call_as(None, "GET", "/metrics", "").await.text;
        assert!(
            metrics.contains(
                r#"vinculo_http_requests_total{method="GET",route="/healthz",status="200"} 1"#
            ),
            "{metrics}"
        );
        let document = api.call_as(None, "GET", "/openapi.json", "").await;
        assert_eq!(document.json()["openapi"], "3.1.0");
    }
}
