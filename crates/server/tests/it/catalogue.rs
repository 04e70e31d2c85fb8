//! Every webhook there is can be reached by what the sandbox's manual describes.

use crate::{
    api::Api,
    people::{EREBOR, People, ids},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use domain::{
    resource::{self, Resource},
    webhook::CATALOGUE,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// `webhook_type` and `webhook_code`.
type Event = (String, String);

const OPEN: (&str, &str) = ("ofmockbank_br_retail", "76109277673");

/// An API whose links are refreshed each day, with an endpoint that takes all events.
async fn listening() -> Api {
    let api = Api::each_announcing().await.swap_remove(0);
    let opted: Vec<String> = (CATALOGUE.iter().filter(|event| event.opt_in))
        .map(|event| format!("{}/{}", event.of, event.code))
        .collect();
    let events = [vec!["*".to_owned()], opted].concat();
    let endpoint = ids(&api.get("/v1/webhooks/").await.json()).remove(0);
    let path = format!("/v1/webhooks/{endpoint}/");
    let widened = api.patch(&path, &json!({ "events": events })).await;
    assert_eq!(widened.status, StatusCode::OK, "{}", widened.text);
    let daily = api.patch("/v1/settings/", &json!({"default_rate": "24h"})).await;
    assert_eq!(daily.status, StatusCode::OK, "{}", daily.text);
    api
}

/// What was announced.
async fn told(api: &Api) -> BTreeSet<Event> {
    let mut told = BTreeSet::new();
    for number in 1.. {
        let page = api.get(&format!("/v1/deliveries/?page_size=1000&page={number}")).await.json();
        for delivery in page["results"].as_array().expect("deliveries") {
            let text = |key: &str| delivery[key].as_str().expect("text").to_owned();
            told.insert((text("webhook_type"), text("webhook_code")));
        }
        if page["next"].is_null() {
            break;
        }
    }
    told
}

async fn fault(api: &Api, effect: Value, (institution, username): (&str, &str)) {
    let user = json!({"institution": institution, "username": username});
    let fault = json!({"scope": {"user": user}, "effect": effect});
    let added = api.post("/v1/sandbox/faults/", &fault).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
}

/// A changed password, a token that is wanted, a deletion that is done later, and endpoints.
async fn of_links() -> BTreeSet<Event> {
    let api = listening().await;
    let nobody = json!({"url": "http://127.0.0.1:9/nobody"});
    assert_eq!(api.post("/v1/webhooks/", &nobody).await.status, StatusCode::CREATED);
    for (user, effect) in
        [("ana", json!({"change_password": "another"})), ("eva", json!("demand_token"))]
    {
        api.link(EREBOR, user, "secret").await;
        api.settle().await;
        fault(&api, effect, (EREBOR, user)).await;
    }
    let gone = api.link(EREBOR, "ida", "secret").await;
    api.settle().await;
    let request = Request::builder()
        .method("DELETE")
        .uri(format!("/api/links/{gone}/"))
        .header("authorization", &api.keys)
        .header("X-BELVO-request-mode", "async")
        .body(Body::empty())
        .expect("a request");
    assert_eq!(api.send(request).await.status, StatusCode::ACCEPTED);
    let endpoints = api.get("/v1/webhooks/").await.json();
    let one = ids(&endpoints).remove(0);
    let tested = api.post(&format!("/v1/webhooks/{one}/test/"), &json!({})).await;
    assert_eq!(tested.status, StatusCode::ACCEPTED, "{}", tested.text);
    // Whoever has not answered for five days of news is disabled, and the others are told.
    api.link(EREBOR, "bnk100", "full").await;
    api.advance(7 * 24).await;
    told(&api).await
}

/// An end, first far and then near and then past, and resources that cannot be read.
async fn of_consents() -> BTreeSet<Event> {
    let api = listening().await;
    let people = People::at(&api).await;
    people.register(OPEN.0, OPEN.1, "").await;
    fault(&api, json!("paused_resources"), OPEN).await;
    fault(&api, json!("lost_resources"), OPEN).await;
    fault(&api, json!({"consent_until": "2026-01-24T00:00:00Z"}), OPEN).await;
    api.advance(11 * 24).await;
    told(&api).await
}

/// A month of purchases: held, booked under other words, and now and then let go.
async fn of_movements() -> BTreeSet<Event> {
    let api = listening().await;
    for user in ["bnk100", "ana", "eva", "ida"] {
        api.link(EREBOR, user, "full").await;
        api.settle().await;
    }
    api.advance(30 * 24).await;
    told(&api).await
}

/// Somebody whose season begins in April.
async fn of_work() -> BTreeSet<Event> {
    let api = listening().await;
    let people = People::at(&api).await;
    let link = people.register("planet_mx_employment", "TEMX850715HDFMRR08", "").await;
    let monthly = api.patch(&format!("/v1/links/{link}/"), &json!({"refresh_rate": "30d"})).await;
    assert_eq!(monthly.status, StatusCode::OK, "{}", monthly.text);
    api.advance(115 * 24).await;
    told(&api).await
}

#[tokio::test]
async fn whatever_a_resource_announces_reaches_its_webhook() {
    let api = listening().await;
    let mut people = People::at(&api).await;
    let announced = async |resource: &Resource, code: &str| {
        let path = format!(
            "/v1/deliveries/?webhook_type={}&webhook_code={code}&page_size=1000",
            resource.announced_as
        );
        api.get(&path).await.json()["count"].as_u64().expect("a count")
    };
    // What belongs to others before those, which would take it along; accounts take owners along too.
    let mut order: Vec<&Resource> = resource::all().iter().rev().copied().collect();
    order.sort_by_key(|resource| resource.name == "ACCOUNTS");
    for resource in order {
        let (.., link) = people.with(resource).await;
        for part in resource.load.iter().filter(|_| !resource.is_nested()) {
            let loads = announced(resource, part.code).await;
            let speaks = !resource.events.loaded.is_empty();
            assert_eq!(loads > 0, speaks, "{} {}", resource.name, part.code);
        }
        if resource.verbs.delete {
            // What the caller forgot and the institution still shows is new to the next refresh.
            let page = api.get(&format!("{}?link={link}", resource.path)).await.json();
            let latest = format!("{}{}/", resource.path, ids(&page).remove(0));
            assert_eq!(api.call("DELETE", &latest, "").await.status, StatusCode::NO_CONTENT);
        }
    }
    // The returns of a month are filed on the 17th of the next.
    api.advance(4 * 24).await;
    for resource in resource::all() {
        for news in resource.events.new {
            let told = announced(resource, news.code).await;
            assert!(told > 0, "{} {}", resource.name, news.code);
        }
    }
    let mut reached = told(&api).await;
    for more in [of_links().await, of_consents().await, of_movements().await, of_work().await] {
        reached.extend(more);
    }
    let all: BTreeSet<Event> =
        CATALOGUE.iter().map(|event| (event.of.into(), event.code.into())).collect();
    assert_eq!(reached.iter().find(|event| !all.contains(*event)), None, "not in the catalogue");
    let missed: Vec<_> =
        all.difference(&reached).map(|(of, code)| format!("{of}/{code}")).collect();
    assert_eq!(missed, [""; 0], "no documented action of the sandbox reaches these");
}
