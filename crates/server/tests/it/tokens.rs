//! Widget tokens.

use crate::api::{Api, PASSWORD, basic};
use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// What stands in a token.
fn claims(token: &Value) -> Value {
    let token = token.as_str().expect("a token");
    let middle = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(middle).expect("base64")).expect("JSON")
}
fn bearer(pair: &Value) -> String {
    format!("Bearer {}", pair["access"].as_str().expect("a token"))
}

#[tokio::test]
async fn keys_come_in_the_body_in_the_header_or_in_both() {
    for api in Api::each().await {
        let keys = json!({"id": api.key_id, "password": PASSWORD});
        let in_body = api.call_as(None, "POST", "/api/token/", keys.to_string()).await;
        let in_header =
            api.post("/api/token/", &json!({"scopes": "read_institutions, write_links"})).await;
        let in_both = api.post("/api/token/", &keys).await;
        for answer in [in_body, in_header, in_both] {
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            let claims = claims(&answer.json()["access"]);
            assert_eq!(claims["scopes"], json!(["read_institutions", "write_links"]));
            assert_eq!(
                claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(e, i)| e - i),
                Some(1200)
            );
            assert_eq!(claims["token_type"], "access");
            assert_eq!(claims["organization_name"], "shop");
        }
    }
}

#[tokio::test]
async fn wrong_or_missing_keys_make_no_token() {
    let api = Api::new().await;
    let make = async |authorization: Option<&str>, body: Value| {
        api.call_as(authorization, "POST", "/api/token/", body.to_string()).await
    };
    let wrong = make(None, json!({"id": api.key_id, "password": "wrong"})).await;
    assert_eq!(
        (wrong.status, wrong.code().as_str()),
        (StatusCode::UNAUTHORIZED, "authentication_failed")
    );
    let other = api.stranger().await;
    let differ = make(Some(&other), json!({"id": api.key_id, "password": PASSWORD})).await;
    assert_eq!(differ.status, StatusCode::UNAUTHORIZED);
    let none = make(None, json!({})).await;
    assert_eq!(
        none.codes(),
        [("required".into(), "id".into()), ("required".into(), "password".into())]
    );
    let half = make(Some(&basic(&api.key_id, PASSWORD)), json!({"id": api.key_id})).await;
    assert_eq!(half.codes(), [("required".into(), "password".into())]);
}

#[tokio::test]
async fn what_a_token_cannot_say_is_refused() {
    let api = Api::new().await;
    let answer = api
        .post(
            "/api/token/",
            &json!({
                "scopes": "read_institutions,fly",
                "link_id": "0197a6e8-1111-7abc-8def-000000000001",
                "stale_in": "1000d",
                "fetch_resources": "ACCOUNTS"
            }),
        )
        .await;
    insta::assert_json_snapshot!(answer.errors(), @r#"
    [
      {
        "code": "invalid_choice",
        "field": "scopes",
        "message": "\"fly\" is not a valid choice."
      },
      {
        "code": "not_a_list",
        "message": "Expected a list but got type \"str\"."
      },
      {
        "code": "invalid",
        "field": "stale_in",
        "message": "This value does not match the required pattern."
      }
    ]
    "#);
    let unknown = json!({"link_id": "0197a6e8-1111-7abc-8def-000000000001"});
    let answer = api.post("/api/token/", &unknown).await;
    assert_eq!(answer.codes(), [("does_not_exist".into(), "link_id".into())]);
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_while_it_lives() {
    for api in Api::each().await {
        let pair = api.post("/api/token/", &json!({"scopes": "read_institutions"})).await.json();
        let token = bearer(&pair);
        let call =
            async |method: &str, path: &str| api.call_as(Some(&token), method, path, "{}").await;
        assert_eq!(call("GET", "/api/institutions/").await.status, StatusCode::OK);
        for (method, path) in [
            ("GET", "/api/"),
            ("GET", "/api/links/"),
            ("POST", "/api/links/"),
            ("GET", "/api/accounts/"),
            ("GET", "/v1/settings/"),
        ] {
            let answer = call(method, path).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
            assert_eq!(answer.code(), "permission_denied");
        }
        let soon = api.engine.env().now().saturating_add(SignedDuration::from_mins(20));
        api.engine.advance(soon.expect("in range")).await.expect("a movable clock");
        let ended = call("GET", "/api/institutions/").await;
        assert_eq!(ended.status, StatusCode::UNAUTHORIZED);

        let refresh = json!({"refresh": pair["refresh"]});
        let renewed =
            api.call_as(None, "POST", "/api/token/refresh/", refresh.to_string()).await.json();
        let answer = api.call_as(Some(&bearer(&renewed)), "GET", "/api/institutions/", "").await;
        assert_eq!(answer.status, StatusCode::OK);
        let access = json!({"refresh": renewed["access"]});
        let answer = api.call_as(None, "POST", "/api/token/refresh/", access.to_string()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "an access token buys nothing");
    }
}
