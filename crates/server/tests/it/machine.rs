//! What machines ask: is it ready, and how is it doing.

use crate::api::Api;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;
use tower::ServiceExt as _;

impl Api {
    /// What `/metrics` says under this name and these labels.
    async fn counted(&self, what: &str) -> Option<f64> {
        let metrics = self.call_as(None, "GET", "/metrics", Body::empty()).await.text;
        let mut lines = metrics.lines().filter_map(|line| line.rsplit_once(' '));
        let (_, number) = lines.find(|(name, _)| *name == what)?;
        Some(number.parse().expect("a number"))
    }
}

#[tokio::test]
async fn a_request_whose_client_goes_away_is_no_longer_at_work() {
    let api = Api::new().await;
    let open = async || api.counted("vinculo_http_requests_open").await;
    let request = Request::get("/v1/changes/?wait=60").header("authorization", &api.keys);
    let waiting = api.router.clone().oneshot(request.body(Body::empty()).expect("a request"));
    let (mut waiting, asked) = (Box::pin(waiting), open());
    tokio::select! {
        biased;
        _ = &mut waiting => panic!("nothing changes"),
        // Whoever asks is at work as well.
        open = asked => assert_eq!(open, Some(2.0)),
    }
    drop(waiting);
    assert_eq!(open().await, Some(1.0));
}

#[tokio::test]
async fn without_its_database_it_is_alive_but_not_ready_and_says_what_is_missing() {
    for api in Api::each().await {
        let at = api.database().to_owned();
        let ask = async |path| api.call_as(None, "GET", path, "").await;
        assert_eq!(ask("/readyz").await.status, StatusCode::OK, "{at}");
        api.lose_database().await;
        let ready = ask("/readyz").await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "{at}");
        assert_eq!(ready.json(), json!({"status": "the database cannot be used"}), "{at}");
        assert_eq!(ask("/healthz").await.status, StatusCode::OK, "{at}");
        // What was counted here can be told all the same.
        let refused = r#"vinculo_http_requests_total{method="GET",route="/readyz",status="503"}"#;
        assert_eq!(api.counted(refused).await, Some(1.0), "{at}");
    }
}
