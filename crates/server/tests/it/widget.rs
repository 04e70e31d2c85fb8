//! What people do in the widget, in a browser.

use crate::{
    api::Api,
    browser::{Browser, listen, scenario},
};
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_connect_their_institutions() {
    let api = Api::new().await;
    let mut tasks = JoinSet::new();
    let port = listen(&mut tasks, api.router.clone()).await;
    let browser = Browser::start().await;
    scenario("a page", async {
        browser.open(&format!("http://127.0.0.1:{port}/connect/")).await;
        browser.is_accessible("the page").await;
        browser.is_quiet("the page").await;
    })
    .await;
}
