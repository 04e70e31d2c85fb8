//! An API that has something of everything to show.

use crate::api::Api;

pub(crate) const EREBOR: &str = "erebor_mx_retail";

pub(crate) const NOBODY: &str = "0197a6e8-1111-7abc-8def-000000000001";

/// An API with a link, an endpoint at which nobody listens, and deliveries to it.
pub(crate) async fn full() -> (Api, String) {
    let api = Api::each_unheard().await.remove(0);
    let link = api.link(EREBOR, "bnk100", "full").await;
    api.settle().await;
    (api, link)
}

pub(crate) async fn first_endpoint(api: &Api) -> String {
    let page = api.get("/v1/webhooks/").await.json();
    page["results"][0]["id"].as_str().expect("an endpoint").to_owned()
}

pub(crate) async fn first_delivery(api: &Api) -> String {
    let page = api.get("/v1/deliveries/?page_size=1").await.json();
    page["results"][0]["id"].as_str().expect("a delivery").to_owned()
}
