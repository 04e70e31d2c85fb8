//! What the widget's page asks besides the compatible API, and how it and its files are sent.

use crate::api::{Answer, Api};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

const HEIMDALL: &str = "heimdall_mx_retail";

async fn token(api: &Api, said: Value) -> String {
    let pair = api.post("/api/token/", &said).await.json();
    format!("Bearer {}", pair["access"].as_str().expect("a token"))
}
async fn ask(api: &Api, token: &str, method: &str, path: &str, body: Value) -> Answer {
    api.call_as(Some(token), method, path, body.to_string()).await
}
async fn standing(api: &Api, token: &str) -> Value {
    let answer = api.call_as(Some(token), "GET", "/v1/connect/", "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn a_page_that_is_loaded_again_learns_where_it_was() {
    for api in Api::each().await {
        let said =
            json!({"external_id": "person-1", "widget": {"branding": {"company_name": "A"}}});
        let token = token(&api, said).await;
        let fresh = standing(&api, &token).await;
        assert_eq!(fresh["stage"], "new");
        assert_eq!(fresh["company"], "shop");
        assert_eq!(fresh["external_id"], "person-1");
        assert_eq!(fresh["widget"]["branding"]["company_name"], "A");
        assert_eq!((&fresh["link"], &fresh["updates"]), (&Value::Null, &json!(false)));

        let body = json!({"institution": HEIMDALL, "username": "person_1", "password": "full"});
        let asked = ask(&api, &token, "POST", "/api/links/", body).await;
        assert_eq!(asked.status, StatusCode::PRECONDITION_REQUIRED);
        let waiting = standing(&api, &token).await;
        assert_eq!(waiting["stage"], "challenged");
        assert_eq!(waiting["link"]["institution"], HEIMDALL);
        let challenge = &waiting["challenge"];
        for key in ["code", "session", "link", "expiry", "token_generation_data"] {
            assert_eq!(challenge[key], asked.json()[0][key], "{key}");
        }

        let answer = json!({"session": challenge["session"], "token": "111111"});
        let link = ask(&api, &token, "PATCH", "/api/links/", answer).await.json();
        api.settle().await;
        let loaded = standing(&api, &token).await;
        assert_eq!(loaded["stage"], "loaded");
        assert_eq!(loaded["link"]["id"], link["id"]);
        let resources = json!(["ACCOUNTS", "OWNERS", "TRANSACTIONS"]);
        assert_eq!(loaded["link"]["loaded"], resources);
        assert_eq!(loaded["wanted"], resources);
        // It tells that, and opens nothing else any more.
        let other = ask(&api, &token, "GET", "/api/institutions/", json!({})).await;
        assert_eq!(other.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_token_whose_link_is_there_is_used_up_though_nobody_heard_the_answer() {
    let api = Api::new().await;
    let token = token(&api, json!({})).await;
    let body = json!({"institution": "erebor_mx_retail", "username": "ana", "password": "full"});
    let send = ask(&api, &token, "POST", "/api/links/", body);
    // Whoever asked goes away at once; the registration goes on.
    tokio::select! {
        biased;
        answer = send => assert_eq!(answer.status, StatusCode::CREATED),
        () = std::future::ready(()) => {}
    }
    api.settle().await;
    if api.get("/api/links/").await.json()["count"] == 0 {
        // It had not even begun: then it may begin again.
        assert_eq!(standing(&api, &token).await["stage"], "new");
        return;
    }
    assert_eq!(standing(&api, &token).await["stage"], "loaded");
    let other = ask(&api, &token, "GET", "/api/institutions/", json!({})).await;
    assert_eq!(other.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_refused_login_says_why_and_leaves_the_token_as_it_was() {
    let api = Api::new().await;
    let token = token(&api, json!({})).await;
    for (username, reason) in [
        ("user_invalid", json!("invalid_credentials")),
        ("err_locked", json!("locked")),
        ("err_password_exp", json!("password_expired")),
        ("err_unexpected", Value::Null),
    ] {
        let body =
            json!({"institution": "erebor_mx_retail", "username": username, "password": "x"});
        let answer = ask(&api, &token, "POST", "/api/links/", body).await;
        assert_eq!(answer.code(), "login_error");
        assert_eq!(answer.json()[0]["reason"], reason, "{username}");
        assert_eq!(standing(&api, &token).await["stage"], "new");
    }
}

#[tokio::test]
async fn a_link_that_lacks_a_code_is_asked_for_it_without_its_password() {
    for api in Api::each().await {
        let body = json!({"institution": HEIMDALL, "username": "bea", "password": "full"});
        let asked = api.post("/api/links/", &body).await;
        let session = &asked.json()[0]["session"];
        let link = api.patch("/api/links/", &json!({"session": session, "token": "111111"})).await;
        let link = link.json()["id"].clone();
        api.settle().await;
        let token = token(&api, json!({"link_id": link, "scopes": "write_links,read_links"})).await;
        let before = standing(&api, &token).await;
        assert_eq!((&before["stage"], &before["updates"]), (&json!("new"), &json!(true)));
        assert_eq!(before["link"]["id"], link);
        let asked = ask(&api, &token, "POST", "/v1/connect/login/", json!({})).await;
        assert_eq!(asked.status, StatusCode::PRECONDITION_REQUIRED, "{}", asked.text);
        let answer = json!({"session": asked.json()[0]["session"], "token": "111111"});
        let again = ask(&api, &token, "PATCH", "/api/links/", answer).await;
        assert_eq!(again.json()["id"], link);
    }
}

#[tokio::test]
async fn only_a_token_asks_and_only_about_its_own() {
    let api = Api::new().await;
    assert_eq!(api.get("/v1/connect/").await.status, StatusCode::NOT_FOUND, "keys are no token");
    let token = token(&api, json!({})).await;
    let without_a_link = ask(&api, &token, "POST", "/v1/connect/login/", json!({})).await;
    assert_eq!(without_a_link.status, StatusCode::NOT_FOUND);
    let nothing_made = ask(&api, &token, "POST", "/v1/connect/statements/", json!({})).await;
    assert_eq!(nothing_made.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_comes_too_late_is_sent_back_and_only_by_a_token_of_ours() {
    let api = Api::new().await;
    let urls = json!({"callback_urls": {"event": "yourapp://event?a=1"}});
    let token = token(&api, json!({"widget": urls})).await;
    let token = token.strip_prefix("Bearer ").expect("a token").to_owned();
    let open = async |token: &str| {
        api.call_as(None, "GET", &format!("/connect/?access_token={token}"), "").await
    };
    assert_eq!(open(&token).await.status, StatusCode::OK);
    api.advance(1).await;
    let late = open(&token).await;
    assert_eq!(late.status, StatusCode::SEE_OTHER);
    let address = late.headers["location"].to_str().expect("text");
    assert!(address.starts_with("yourapp://event?a=1&error=ACCESS_TOKEN_NOT_VALID&"), "{address}");
    assert_eq!(open(&format!("{token}x")).await.status, StatusCode::OK, "not ours");
}

#[tokio::test]
async fn the_page_and_its_files_are_sent_as_browsers_keep_them() {
    let api = Api::new().await;
    let page = api.call_as(None, "GET", "/connect/?access_token=x&locale=pt-BR", "").await;
    assert!(page.text.contains("<html lang=\"pt\">"), "{}", page.text);
    let policy = page.headers["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "));
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    let (_, file) = page.text.split_once("src=\"").expect("a script");
    let file = file.split('"').next().expect("an address");
    let sent = api.call_as(None, "GET", file, "").await;
    assert_eq!(sent.headers["cache-control"], "public, max-age=31536000, immutable");
    let other = file.replacen("/static/", "/static/old", 1);
    let other = api.call_as(None, "GET", &other, "").await;
    assert_eq!(other.headers["cache-control"], "no-store", "of another version");
    assert_eq!(other.text, sent.text);
    for script in ["/connect/widget.js", "/belvo-widget-1-stable.js"] {
        let script = api.call_as(None, "GET", script, "").await;
        assert_eq!(script.headers["content-type"], "text/javascript; charset=utf-8");
        assert!(script.text.contains("belvoSDK"));
    }
    let packed = Request::get(file).header(header::ACCEPT_ENCODING, "br, gzip").body(Body::empty());
    let packed = tower::ServiceExt::oneshot(api.router.clone(), packed.expect("a request")).await;
    assert_eq!(packed.expect("infallible").headers()["content-encoding"], "gzip");
    assert_eq!(api.call_as(None, "GET", "/static/x/nothing.js", "").await.code(), "not_found");
}
