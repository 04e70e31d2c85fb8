//! Clients that mean no good, or do not know better.

use crate::api::Api;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;
use server::{Limits, Settings};
use std::time::Duration;

#[tokio::test]
async fn an_unknown_path_is_an_error_array_everywhere() {
    let api = Api::new().await;
    for path in
        ["/", "/api", "/api/nothing/", "/api/links", "/nothing", "/v1/", "/api/links/%ff/", "//"]
    {
        let answer = api.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.errors(), json!([{"code": "not_found", "message": "Not found."}]));
    }
}

#[tokio::test]
async fn a_path_that_is_no_text_names_nothing_wherever_it_would_be_read() {
    let api = Api::new().await;
    for path in [
        "/api/institutions/%ff/",
        "/v1/webhooks/%ff/",
        "/assets/institutions/%ff/erebor.svg",
        "/sandbox/authorize/%ff",
        "/static/%ff/connect.js",
        "/docs/%ff/",
    ] {
        let answer = api.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let told = json!([{"code": "not_found", "message": "Not found."}]);
        assert_eq!(answer.errors(), told, "{path}");
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_before_it_is_read() {
    let limits = Limits { body: 1000, ..Limits::none() };
    let api = Api::with(Settings { limits, ..Settings::dev() }).await;
    let body = json!({"institution": "x".repeat(1000)}).to_string();
    let whole = api.call("POST", "/api/links/", body.clone()).await;
    assert_eq!(whole.status, StatusCode::PAYLOAD_TOO_LARGE);
    let pieces = futures::stream::iter(
        body.into_bytes()
            .chunks(100)
            .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()))
            .collect::<Vec<_>>(),
    );
    let streamed = api.call("POST", "/api/links/", Body::from_stream(pieces)).await;
    assert_eq!(streamed.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(streamed.code(), "request_too_large");
    // Nobody reads the body of a GET.
    assert_eq!(api.call("GET", "/api/", "x".repeat(5000)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn malformed_json_is_told_where_and_never_repeated() {
    let api = Api::new().await;
    let answer = api.call("POST", "/api/links/", r#"{"password": "hunter2"#).await;
    insta::assert_json_snapshot!(answer.errors(), @r#"
    [
      {
        "code": "parse_error",
        "message": "JSON parse error - EOF while parsing a string at line 1 column 21"
      }
    ]
    "#);
    let deep = format!("{{\"a\": {}", "[".repeat(500_000));
    let answer = api.call("POST", "/api/links/", deep).await;
    assert_eq!(answer.code(), "parse_error");
}

#[tokio::test]
async fn any_content_type_is_read_as_json() {
    let api = Api::new().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "…"] {
        let request = Request::builder()
            .method("POST")
            .uri("/api/accounts/")
            .header("authorization", &api.keys)
            .header(
                "content-type",
                axum::http::HeaderValue::from_bytes(kind.as_bytes()).expect("a value"),
            )
            .body(Body::from("{}"))
            .expect("a request");
        let answer = api.send(request).await;
        assert_eq!(answer.codes(), [("required".into(), "link".into())], "{kind}");
    }
}

#[tokio::test]
async fn the_81st_request_in_half_a_minute_waits_where_limits_are_on() {
    let limits = Limits { requests_in_30_seconds: 3, ..Limits::none() };
    let api = Api::with(Settings { limits, ..Settings::serve() }).await;
    for _ in 0..3 {
        assert_eq!(api.get("/api/").await.status, StatusCode::OK);
    }
    let answer = api.get("/api/").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.code(), "too_many_requests");
    let wait: u64 = answer.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(api.get("/healthz").await.status, StatusCode::OK, "machines are not counted");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_told_so() {
    let limits = Limits { time: Duration::ZERO, ..Limits::none() };
    let api = Api::with(Settings { limits, ..Settings::dev() }).await;
    let answer = api.get("/v1/changes/?wait=60").await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    insta::assert_json_snapshot!(answer.errors(), @r#"
    [
      {
        "code": "request_timeout",
        "message": "The request timed out, you can retry asking for less data by changing your query parameters"
      }
    ]
    "#);
}

#[tokio::test]
async fn pages_of_other_origins_may_call_with_a_token() {
    let api = Api::new().await;
    let request = Request::builder()
        .method("OPTIONS")
        .uri("/api/links/")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type")
        .body(Body::empty())
        .expect("a request");
    let answer = api.send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
}

#[tokio::test]
async fn nothing_can_be_steered_in_production() {
    let api = Api::with(Settings::serve()).await;
    for path in ["/v1/clock/", "/v1/sandbox/faults/"] {
        assert_eq!(api.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let answer = api.post("/v1/clock/advance/", &json!({"by": "1d"})).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!api.get("/openapi.json").await.text.contains("/v1/clock/"));
}
