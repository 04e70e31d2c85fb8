//! Log-in, the catalogue, and what machines ask.

use crate::api::Api;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;
use server::Settings;

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
    let api = Api::with(Settings { behind_proxy: true, ..Settings::dev() }).await;
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
        for gauge in ["vinculo_work_overdue_seconds 0", "vinculo_deliveries_overdue_seconds 0"] {
            assert!(metrics.contains(gauge), "{metrics}");
        }
        let document = api.call_as(None, "GET", "/openapi.json", "").await;
        assert_eq!(document.json()["openapi"], "3.1.0");
    }
}

#[tokio::test]
async fn logos_are_pictures_at_addresses_that_the_client_knows() {
    let api = Api::new().await;
    let listed = api.get("/api/institutions/?page_size=100").await.json();
    let all = listed["results"].as_array().expect("a list");
    // Files come from any bank.
    let branded = all
        .iter()
        .filter(|one| !one["name"].as_str().is_some_and(|n| n.starts_with("statements_")));
    for institution in branded {
        for kind in ["logo", "icon_logo", "text_logo"] {
            let address = institution[kind].as_str().expect("an address");
            let path = address.strip_prefix("http://api.test").expect("an address of this server");
            let picture = api.call_as(None, "GET", path, "").await;
            assert_eq!(picture.headers["content-type"], "image/svg+xml", "{address}");
            assert!(picture.text.starts_with("<svg "), "{}", picture.text);
        }
    }
    for path in ["icon_logos/nobody.svg", "icon_logos/erebor.png", "other/erebor.svg"] {
        let answer = api.call_as(None, "GET", &format!("/assets/institutions/{path}"), "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn forms_are_told_in_other_languages_to_widgets_alone() {
    for api in Api::each().await {
        let token = json!({"scopes": "read_institutions,write_links"});
        let token = api.post("/api/token/", &token).await.json();
        let token = format!("Bearer {}", token["access"].as_str().expect("a token"));
        let named = "/api/institutions/?name=erebor_mx_retail";
        let listed = api.call_as(Some(&token), "GET", named, "").await.json();
        let bank = &listed["results"][0];
        let path = format!("/api/institutions/{}/", bank["id"]);
        let shown = api.call_as(Some(&token), "GET", &path, "").await.json();
        let user = &bank["form_fields"][0];
        assert_eq!(user["label"], "Usuario");
        assert_eq!(user["translations"]["pt"]["label"], "Usuário");
        assert_eq!(shown["form_fields"], bank["form_fields"]);
        for path in [named, &path] {
            let text = api.get(path).await.text;
            assert!(text.contains("Usuario") && !text.contains("translations"), "{text}");
        }
    }
}
