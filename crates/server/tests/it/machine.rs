//! What machines ask: is it ready, and how is it doing.

use crate::api::Api;
use axum::{body::Body, http::Request};
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
