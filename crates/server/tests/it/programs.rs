//! A connector that is a program, through the whole product.

use crate::api::{Answer, Api};
use axum::http::StatusCode;
use connect::{
    program::{Confinement, Program, Room},
    sandbox::Sandbox,
    talk::Connector,
};
use domain::{env::Env, filter::Page};
use engine::clock::SystemClock;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

const BANK: &str = "script_mx_retail";

/// An API on each database that offers `tests/connectors/script` beside the sandbox. What the cage
/// holds is proved elsewhere.
async fn each() -> Vec<(Api, Arc<Room>)> {
    let mut all = Vec::new();
    for api in Api::each().await {
        let env = Env::new(Arc::new(SystemClock::new()), [7; 32]);
        let room = Arc::new(Room::new(Confinement::Uncaged, env));
        api.engine.replace_connectors(&with_script(&room)).await.expect("they are exchanged");
        all.push((api, room));
    }
    all
}
fn with_script(room: &Arc<Room>) -> Vec<Arc<dyn Connector>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/connectors/script");
    let program = Program::load(&folder, room.clone()).expect("a good manifest");
    vec![Arc::new(Sandbox::new()), Arc::new(program)]
}
async fn register(api: &Api, user: &str, password: &str) -> Answer {
    let body = json!({
        "institution": BANK, "username": user, "password": password, "access_mode": "recurrent"
    });
    api.post("/api/links/", &body).await
}
async fn registered(api: &Api, user: &str) -> String {
    let answer = register(api, user, "hunter2!").await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["id"].as_str().expect("an id").to_owned()
}
async fn answer(api: &Api, asked: &Answer, token: &str) -> Answer {
    assert_eq!(asked.status, StatusCode::PRECONDITION_REQUIRED, "{}", asked.text);
    let session = &asked.json()[0]["session"];
    api.patch("/api/links/", &json!({"session": session, "token": token})).await
}
async fn status(api: &Api, link: &str) -> Value {
    api.get(&format!("/api/links/{link}/")).await.json()["status"].clone()
}
async fn count(api: &Api, resource: &str, link: &str) -> Value {
    api.get(&format!("/api/{resource}/?link={link}")).await.json()["count"].clone()
}

/// The codes of the webhooks that there is something to send for.
async fn announced(api: &Api) -> Vec<String> {
    let mut tx = api.engine.store().read().await.expect("a transaction");
    let mut codes = Vec::new();
    for tenant in tx.tenants().await.expect("tenants") {
        let page = Page { number: 1, size: Page::LARGEST };
        let events = tx.events_across_buckets(tenant.id, page).await.expect("events");
        codes.extend(events.items.into_iter().map(|event| event.code));
    }
    codes
}

#[tokio::test]
async fn a_link_is_registered_with_a_challenge_read_and_refreshed() {
    for (api, room) in each().await {
        let asked = register(&api, "trusted", "hunter2!").await;
        let shown = &asked.json()[0]["token_generation_data"];
        assert_eq!(
            (&shown["instructions"], &shown["hint"]),
            (&json!("Enter the code."), &json!("six digits"))
        );
        let again = answer(&api, &asked, "000000").await;
        let done = answer(&api, &again, "123456").await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
        let link = done.json()["id"].as_str().expect("an id").to_owned();
        api.settle().await;
        assert_eq!(count(&api, "accounts", &link).await, 1);
        assert_eq!(count(&api, "transactions", &link).await, 10);
        let first = api.get(&format!("/api/transactions/?link={link}&page_size=1")).await.json();
        assert_eq!(first["results"][0]["amount"], 12.5);
        assert_eq!(first["results"][0]["account"]["name"], "Cuenta");
        let announced = self::announced(&api).await;
        assert!(announced.iter().any(|code| code == "historical_update"), "{announced:?}");

        // It was asked to remember the device, and nobody has to answer again.
        api.advance(8 * 24).await;
        assert_eq!(status(&api, &link).await, "valid");
        let after = count(&api, "transactions", &link).await;
        assert!(after.as_u64().is_some_and(|after| after > 10), "{after}: days have passed");
        let announced = self::announced(&api).await;
        assert!(announced.iter().any(|code| code == "new_transactions_available"), "{announced:?}");
        room.close().await;
    }
}

#[tokio::test]
async fn what_is_unclear_before_anybody_is_let_in_is_a_login_error_and_nothing_later_is() {
    for (api, _) in each().await {
        let refused = register(&api, "vague", "hunter2!").await;
        assert_eq!((refused.status, &*refused.code()), (StatusCode::BAD_REQUEST, "login_error"));
        let link = registered(&api, "puzzled").await;
        api.settle().await;
        let body = json!({"link": link, "date_from": "2026-01-01", "date_to": "2026-01-14"});
        let broken = api.post("/api/transactions/", &body).await;
        let expected = (StatusCode::INTERNAL_SERVER_ERROR, "unexpected_error");
        assert_eq!((broken.status, &*broken.code()), expected, "{}", broken.text);
        assert_eq!(status(&api, &link).await, "valid");
    }
}

#[tokio::test]
async fn a_login_that_is_refused_makes_no_link_and_an_old_one_invalid() {
    for (api, room) in each().await {
        let refused = register(&api, "good", "wrong").await;
        assert_eq!((refused.status, &*refused.code()), (StatusCode::BAD_REQUEST, "login_error"));
        let link = registered(&api, "moves").await;
        api.settle().await;
        assert_eq!(status(&api, &link).await, "valid");
        api.advance(8 * 24).await;
        assert_eq!(status(&api, &link).await, "invalid");
        room.close().await;
    }
}

#[tokio::test]
async fn in_the_background_nobody_can_be_asked() {
    for (api, room) in each().await {
        let asked = register(&api, "sms", "hunter2!").await;
        let done = answer(&api, &asked, "123456").await;
        let link = done.json()["id"].as_str().expect("an id").to_owned();
        api.settle().await;
        api.advance(8 * 24).await;
        assert_eq!(status(&api, &link).await, "token_required");
        room.close().await;
    }
}

#[tokio::test]
async fn a_process_that_dies_after_a_checkpoint_is_followed_by_one_that_reads_the_rest() {
    for (api, room) in each().await {
        let link = registered(&api, "mortal").await;
        api.settle().await;
        assert_eq!(status(&api, &link).await, "valid");
        assert_eq!(count(&api, "transactions", &link).await, 10, "at once");
        let timeline = api.get(&format!("/v1/links/{link}/timeline/")).await.json();
        let happened = timeline["results"].as_array().expect("entries").iter();
        let resumed: Vec<_> = happened.filter(|one| one["kind"] == "reading_resumed").collect();
        assert_eq!(resumed.len(), 1);
        assert_eq!(resumed[0]["detail"]["resource"], "TRANSACTIONS");
        room.close().await;
    }
}

#[tokio::test]
async fn a_process_that_dies_without_a_checkpoint_is_tried_again_and_nothing_is_lost_or_twice() {
    for (api, room) in each().await {
        let link = registered(&api, "fragile").await;
        api.settle().await;
        assert_eq!(status(&api, &link).await, "valid", "nobody is to blame");
        assert_eq!(count(&api, "transactions", &link).await, 0, "it died in the middle");
        api.advance(2).await;
        assert_eq!(count(&api, "transactions", &link).await, 10);
        room.close().await;
    }
}

#[tokio::test]
async fn a_connector_that_is_taken_away_leaves_its_institution_inactive_until_it_is_back() {
    for (api, room) in each().await {
        let link = registered(&api, "good").await;
        api.settle().await;
        let bank = || async {
            let found = api.get(&format!("/api/institutions/?name={BANK}")).await.json();
            found["results"][0]["status"].clone()
        };
        assert_eq!(bank().await, "healthy");
        let rest: Vec<Arc<dyn Connector>> = vec![Arc::new(Sandbox::new())];
        api.engine.replace_connectors(&rest).await.expect("they are exchanged");
        assert_eq!(bank().await, "down");
        let refused = register(&api, "other", "hunter2!").await;
        assert_eq!(refused.code(), "institution_inactive", "{}", refused.text);
        api.advance(8 * 24).await;
        assert_eq!(status(&api, &link).await, "valid", "it waits");
        assert_eq!(count(&api, "transactions", &link).await, 10);
        api.engine.replace_connectors(&with_script(&room)).await.expect("they are exchanged");
        assert_eq!(bank().await, "healthy");
        api.advance(24).await;
        let after = count(&api, "transactions", &link).await;
        assert!(after.as_u64().is_some_and(|after| after > 10), "{after}: it was read again");
        room.close().await;
    }
}
