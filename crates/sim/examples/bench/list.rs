//! A list of 100 transactions of one link, beside a bare handler that returns the same bytes.

use crate::{
    House, Options, SECRET,
    load::{self, Figures},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::access::AccessMode;
use std::net::SocketAddr;

pub(crate) async fn run(house: &House, options: &Options) {
    let link = house.register("list", AccessMode::Recurrent).await;
    house.engine.settle_down().await.unwrap();
    let path = format!("/api/transactions/?link={}&page_size=100", link.id);
    let list = List::served(house, &path).await;
    let List { server, bare, request } = &list;

    for connections in [1, 8] {
        let (ours, theirs) = list.flooded(connections, options).await;
        println!(
            "list of 100 transactions ({} kB), {connections} connections: {:.0}/s, p50 {:.2} ms, p99 {:.2} ms; bare handler {:.0}/s, p99 {:.2} ms; ratio {:.3}",
            ours.bytes / 1000,
            ours.rate,
            ours.p50,
            ours.p99,
            theirs.rate,
            theirs.p99,
            ours.rate / theirs.rate
        );
    }
    let ours = load::steady(*server, request.as_bytes(), 500, options.time()).await;
    let theirs = load::steady(*bare, request.as_bytes(), 500, options.time()).await;
    println!(
        "list at 500 requests/s: p50 {:.2} ms, p99 {:.2} ms; bare handler p50 {:.2} ms, p99 {:.2} ms",
        ours.p50, ours.p99, theirs.p50, theirs.p99
    );
}

/// A list, served by us and by a bare handler.
pub(crate) struct List {
    server: SocketAddr,
    bare: SocketAddr,
    request: String,
}

impl List {
    /// What is at `path`.
    pub(crate) async fn served(house: &House, path: &str) -> Self {
        let router = server::router(house.engine.clone(), server::Settings::dev());
        let server = load::serve(router).await;
        let basic = BASE64_STANDARD.encode(format!("{}:{SECRET}", house.caller.key().unwrap()));
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {server}\r\nauthorization: Basic {basic}\r\n\r\n"
        );
        let bytes = load::body(server, request.as_bytes()).await;
        let bare = load::serve(load::bare(bytes, "application/json")).await;
        Self { server, bare, request }
    }

    /// Asked as often as goes: ours, and the bare handler's.
    pub(crate) async fn flooded(
        &self,
        connections: usize,
        options: &Options,
    ) -> (Figures, Figures) {
        let request = self.request.as_bytes();
        let ours = load::flood(self.server, request, connections, options.time()).await;
        let theirs = load::flood(self.bare, request, connections, options.time()).await;
        assert_eq!(ours.bytes, theirs.bytes, "the same bytes");
        (ours, theirs)
    }
}
