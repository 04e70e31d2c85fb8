//! What a person has allowed: whose it is, how it is given anew and taken back, and what remains.

use crate::api::{Answer, Api};
use axum::http::StatusCode;
use serde_json::{Value, json};

const BANK: &str = "ofmockbank_br_retail";
const RALPH: &str = "76109277673";
const COMPANY: &str = "50685362006773";
const PORTAL: &str = "read_consents,write_consents,write_consent_callback";

async fn token(api: &Api, mut said: Value) -> String {
    if said["scopes"].is_null() {
        said["scopes"] = json!(PORTAL);
    }
    let pair = api.post("/api/token/", &said).await.json();
    format!("Bearer {}", pair["access"].as_str().expect("a token"))
}
/// A token for whoever has this tax number.
async fn of(api: &Api, number: &str) -> String {
    let person = json!([{"type": "CPF", "number": number, "name": "Ralph Bragg"}]);
    token(api, json!({"widget": {"consent": {"identification_info": person}}})).await
}
async fn ask(api: &Api, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    api.call_as(Some(token), method, path, body).await
}
async fn consents(api: &Api, token: &str) -> Vec<Value> {
    let answer = ask(api, token, "GET", "/v1/consents/", Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()["results"].as_array().expect("a list").clone()
}
/// Registers a link under a consent, which the person gives at once.
async fn allow(api: &Api, username: &str, more: Value) -> String {
    let mut body = json!({"institution": BANK, "username": username});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let asked = api.post("/api/links/", &body).await;
    assert_eq!(asked.status, StatusCode::PRECONDITION_REQUIRED, "{}", asked.text);
    let session = &asked.json()[0]["session"];
    let link = api.patch("/api/links/", &json!({"session": session})).await;
    assert_eq!(link.status, StatusCode::OK, "{}", link.text);
    api.settle().await;
    link.json()["id"].as_str().expect("an id").to_owned()
}
async fn told(api: &Api) -> Vec<String> {
    let page = api.get("/v1/deliveries/?page_size=1000").await.json();
    let all = page["results"].as_array().expect("deliveries").iter();
    let consents = all.filter(|one| one["webhook_type"] == "CONSENT");
    consents.map(|one| one["webhook_code"].as_str().expect("text").to_owned()).collect()
}

#[tokio::test]
async fn a_token_sees_the_consents_of_its_person_and_nobody_elses() {
    for api in Api::each().await {
        let single =
            json!({"access_mode": "single", "external_id": "ralph-1", "consent_duration": 92});
        let link = allow(&api, "761.092.776-73", single).await;
        let other = allow(&api, COMPANY, json!({"access_mode": "single"})).await;
        let [ralph] = &consents(&api, &of(&api, RALPH).await).await[..] else { panic!("one") };
        assert_eq!((&ralph["link"], &ralph["status"]), (&json!(link), &json!("AUTHORISED")));
        assert_eq!((&ralph["days_left"], &ralph["consent_duration"]), (&json!(92), &json!(92)));
        assert_eq!(ralph["expired_at"], "2026-04-16T09:00:00.000000Z");
        assert_eq!((&ralph["renewable"], &ralph["revocable"]), (&json!(true), &json!(true)));
        assert_eq!(ralph["renewal"], Value::Null);
        let [company] = &consents(&api, &of(&api, COMPANY).await).await[..] else { panic!("one") };
        assert_eq!((&company["link"], &company["days_left"]), (&json!(other), &Value::Null));

        let marked = token(&api, json!({"external_id": "ralph-1"})).await;
        assert_eq!(consents(&api, &marked).await, std::slice::from_ref(ralph));
        let bound = token(&api, json!({"link_id": other, "external_id": "ralph-1"})).await;
        assert_eq!(consents(&api, &bound).await, std::slice::from_ref(company));
        assert!(
            consents(&api, &token(&api, json!({"external_id": "nobody-1"})).await).await.is_empty()
        );

        // Neither is there for the other, and neither is there for another tenant.
        let path = |of: &Value, what: &str| {
            format!("/v1/consents/{}/{what}", of["id"].as_str().expect("an id"))
        };
        let term = json!({"consent_duration": 92});
        for (method, what, body) in
            [("GET", "", Value::Null), ("POST", "renew/", term), ("POST", "revoke/", json!({}))]
        {
            let strange = ask(&api, &bound, method, &path(ralph, what), body.clone()).await;
            assert_eq!(strange.status, StatusCode::NOT_FOUND, "{method} {what}");
            let stranger = api.stranger().await;
            let strange = ask(&api, &stranger, method, &path(ralph, what), body).await;
            assert_eq!(strange.status, StatusCode::NOT_FOUND, "{method} {what}");
        }
        assert_eq!(
            consents(&api, &marked).await,
            std::slice::from_ref(ralph),
            "nothing has happened to it"
        );
        let keys = api.get(&path(ralph, "")).await;
        assert_eq!(keys.json()["id"], ralph["id"], "keys see all of their tenant's");
        assert_eq!(api.get("/v1/consents/").await.status, StatusCode::NOT_FOUND);

        let anonymous = token(&api, json!({})).await;
        let nobody = ask(&api, &anonymous, "GET", "/v1/consents/", Value::Null).await;
        assert_eq!(nobody.status, StatusCode::FORBIDDEN, "it names nobody");
        let widget = json!({"external_id": "ralph-1", "scopes": "read_institutions,write_links"});
        let widget = token(&api, widget).await;
        let widget = ask(&api, &widget, "GET", "/v1/consents/", Value::Null).await;
        assert_eq!(widget.status, StatusCode::FORBIDDEN, "it has no scope for this");
    }
}

#[tokio::test]
async fn a_consent_is_given_anew_at_its_institution_and_the_link_stays() {
    for api in Api::each_announcing().await {
        let link =
            allow(&api, RALPH, json!({"consent_duration": 92, "fetch_resources": ["ACCOUNTS"]}))
                .await;
        let token = of(&api, RALPH).await;
        let before = consents(&api, &token).await.remove(0);
        let one = format!("/v1/consents/{}/", before["id"].as_str().expect("an id"));
        let term = |days: u64| json!({"consent_duration": days});
        let odd = ask(&api, &token, "POST", &format!("{one}renew/"), term(100)).await;
        assert_eq!(odd.codes(), [("invalid_choice".to_owned(), "consent_duration".to_owned())]);

        let asked = ask(&api, &token, "POST", &format!("{one}renew/"), term(183)).await;
        assert_eq!(asked.status, StatusCode::PRECONDITION_REQUIRED, "{}", asked.text);
        let waiting = ask(&api, &token, "GET", &one, Value::Null).await.json();
        assert_eq!(waiting["renewal"], "challenged");
        assert_eq!(waiting["challenge"]["session"], asked.json()[0]["session"]);
        assert_eq!(waiting["expired_at"], before["expired_at"], "until then it is as it was");
        // Whoever begins again is asked again, and the first question is over.
        let again = ask(&api, &token, "POST", &format!("{one}renew/"), term(275)).await;
        let late = json!({"session": asked.json()[0]["session"]});
        assert_eq!(
            ask(&api, &token, "PATCH", "/v1/consents/", late).await.code(),
            "session_expired"
        );
        let answer = json!({"session": again.json()[0]["session"]});
        let answered = ask(&api, &token, "PATCH", "/v1/consents/", answer).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text);
        assert_eq!(
            (&answered.json()["id"], &answered.json()["status"]),
            (&json!(link), &json!("valid"))
        );
        api.settle().await;
        let after = ask(&api, &token, "GET", &one, Value::Null).await.json();
        assert_eq!((&after["days_left"], &after["consent_duration"]), (&json!(275), &json!(275)));
        assert_eq!((&after["renewal"], &after["link"]), (&Value::Null, &json!(link)));
        assert_eq!(told(&api).await, ["openfinance_consent_expiration_changed"]);
    }
}

#[tokio::test]
async fn what_was_taken_back_is_read_no_more_and_can_be_allowed_again_as_another_link() {
    for api in Api::each_announcing().await {
        let link = allow(&api, RALPH, json!({"consent_duration": 366})).await;
        let token = of(&api, RALPH).await;
        let id = consents(&api, &token).await[0]["id"].as_str().expect("an id").to_owned();
        let one = format!("/v1/consents/{id}/");
        // In the midst of a renewal.
        let term = json!({"consent_duration": 92});
        let asked = ask(&api, &token, "POST", &format!("{one}renew/"), term.clone()).await;
        for _ in 0..2 {
            let revoked = ask(&api, &token, "POST", &format!("{one}revoke/"), json!({})).await;
            assert_eq!(revoked.status, StatusCode::OK, "{}", revoked.text);
            let said = revoked.json();
            assert_eq!(
                (&said["status"], &said["link_status"]),
                (&json!("REJECTED"), &json!("invalid"))
            );
            assert_eq!((&said["renewable"], &said["revocable"]), (&json!(false), &json!(false)));
        }
        let late = json!({"session": asked.json()[0]["session"]});
        assert_eq!(
            ask(&api, &token, "PATCH", "/v1/consents/", late).await.code(),
            "session_expired"
        );
        assert_eq!(told(&api).await, ["openfinance_consent_expired"], "once");
        let shown = api.get(&format!("/api/consents/?user_document={RALPH}")).await.json();
        assert_eq!(
            (&shown["count"], &shown["results"][0]["status"]),
            (&json!(1), &json!("REJECTED"))
        );
        let refused = api.post("/api/accounts/", &json!({"link": link})).await;
        assert_eq!(refused.code(), "expired_credentials", "{}", refused.text);
        let renewed = ask(&api, &token, "POST", &format!("{one}renew/"), term).await;
        assert_eq!(renewed.code(), "expired_credentials");
        // Not even as time goes by.
        api.advance(24 * 8).await;
        assert_eq!(told(&api).await.len(), 1);
        let accounts = api.get(&format!("/api/accounts/?link={link}")).await.json();
        assert!(accounts["count"].as_u64().is_some_and(|count| count > 0), "what was read stays");

        let other = allow(&api, RALPH, json!({"consent_duration": 92})).await;
        assert_ne!(other, link);
        let statuses: Vec<_> = consents(&api, &of(&api, RALPH).await).await;
        let statuses: Vec<_> = statuses.iter().map(|one| one["status"].clone()).collect();
        assert_eq!(statuses, ["AUTHORISED", "REJECTED"]);
    }
}

/// The kinds of a link's timeline, the latest first.
async fn timeline(api: &Api, link: &str) -> Vec<String> {
    let page = api.get(&format!("/v1/links/{link}/timeline/?page_size=1000")).await.json();
    let all = page["results"].as_array().expect("entries").iter();
    all.map(|entry| entry["kind"].as_str().expect("text").to_owned()).collect()
}
/// Whether anything is kept that lets in.
async fn keeps_a_login(api: &Api, link: &str) -> bool {
    let link = link.parse().expect("an id");
    let mut tx = api.engine.store().read().await.expect("a transaction");
    let secrets = tx.secrets(link).await.expect("an answer").expect("a data key");
    secrets.credentials.is_some() || secrets.state.is_some()
}

#[tokio::test]
async fn the_institution_is_told_that_a_consent_was_taken_back_and_the_person_never_waits_for_it() {
    for api in Api::each_announcing().await {
        let link = allow(&api, RALPH, json!({"consent_duration": 92})).await;
        let token = of(&api, RALPH).await;
        let one = consents(&api, &token).await.remove(0);
        let revoke = format!("/v1/consents/{}/revoke/", one["id"].as_str().expect("an id"));
        let down = json!({"scope": {"institution": BANK}, "effect": "down"});
        assert_eq!(api.post("/v1/sandbox/faults/", &down).await.status, StatusCode::CREATED);
        for _ in 0..2 {
            let revoked = ask(&api, &token, "POST", &revoke, json!({})).await;
            assert_eq!(revoked.json()["status"], "REJECTED", "{}", revoked.text);
        }
        api.settle().await;
        assert!(!timeline(&api, &link).await.contains(&"told_of_revocation".into()));
        let waiting = api.get("/v1/jobs/").await.json();
        let kinds: Vec<_> = waiting["results"].as_array().expect("jobs").iter().collect();
        assert!(kinds.iter().any(|job| job["kind"] == "revoke"), "{waiting}");
        assert!(keeps_a_login(&api, &link).await, "for this alone");
        let read = api.post("/api/accounts/", &json!({"link": link})).await;
        assert_eq!(read.code(), "expired_credentials", "and for nothing else");
        let anew = json!({"consent_duration": 92});
        let renew = revoke.replace("revoke", "renew");
        let renewed = ask(&api, &token, "POST", &renew, anew.clone()).await;
        assert_eq!(renewed.code(), "expired_credentials");
        let path = format!("/api/links/{link}/");
        let replaced = api.call("PUT", &path, json!({"password": "x"}).to_string()).await;
        assert!(!replaced.status.is_success(), "{}", replaced.text);

        assert!(api.call("DELETE", "/v1/sandbox/faults/", "").await.status.is_success());
        api.advance(12).await;
        let told = timeline(&api, &link).await;
        assert_eq!(told.iter().filter(|kind| *kind == "told_of_revocation").count(), 1, "{told:?}");
        assert!(!keeps_a_login(&api, &link).await);
    }
}

#[tokio::test]
async fn an_institution_that_cannot_be_told_in_three_days_is_not_told_and_nothing_is_kept() {
    for api in Api::each().await {
        let link = allow(&api, RALPH, json!({"access_mode": "single"})).await;
        let token = of(&api, RALPH).await;
        let one = consents(&api, &token).await.remove(0);
        let revoke = format!("/v1/consents/{}/revoke/", one["id"].as_str().expect("an id"));
        let down = json!({"scope": {"institution": BANK}, "effect": "unavailable"});
        assert_eq!(api.post("/v1/sandbox/faults/", &down).await.status, StatusCode::CREATED);
        assert!(ask(&api, &token, "POST", &revoke, json!({})).await.status.is_success());
        api.advance(24 * 2).await;
        assert!(keeps_a_login(&api, &link).await);
        api.advance(24 * 2).await;
        assert_eq!(timeline(&api, &link).await[0], "not_told");
        assert!(!keeps_a_login(&api, &link).await);
    }
}

#[tokio::test]
async fn a_consent_that_has_run_out_lets_nobody_in_and_is_given_anew_under_the_same_link() {
    for api in Api::each().await {
        let single = json!({"access_mode": "single", "consent_duration": 92});
        let link = allow(&api, RALPH, single).await;
        api.advance(24 * 93).await;
        let token = of(&api, RALPH).await;
        let over = consents(&api, &token).await.remove(0);
        assert_eq!((&over["status"], &over["days_left"]), (&json!("EXPIRED"), &json!(0)));
        assert_eq!((&over["renewable"], &over["revocable"]), (&json!(true), &json!(false)));
        let refused = api.post("/api/accounts/", &json!({"link": link})).await;
        assert_eq!(refused.code(), "login_error", "{}", refused.text);
        let shown = api.get(&format!("/api/consents/?user_document={RALPH}")).await.json();
        assert_eq!(shown["results"][0]["status"], "EXPIRED");
        let path = format!("/v1/consents/{}/renew/", over["id"].as_str().expect("an id"));
        let asked = ask(&api, &token, "POST", &path, json!({"consent_duration": 92})).await;
        let answer = json!({"session": asked.json()[0]["session"]});
        let given = ask(&api, &token, "PATCH", "/v1/consents/", answer).await;
        assert_eq!(given.json()["status"], "valid", "{}", given.text);
        api.settle().await;
        let now = consents(&api, &token).await.remove(0);
        assert_eq!((&now["status"], &now["days_left"]), (&json!("AUTHORISED"), &json!(92)));
        assert_eq!((&now["link"], &now["id"]), (&json!(link), &over["id"]));
    }
}

#[tokio::test]
async fn a_consent_is_as_the_token_asks_for_it_unless_the_person_says_otherwise() {
    let api = Api::new().await;
    let said = json!({"scopes": "read_institutions,write_links", "widget": {"consent": {
        "permissions": ["REGISTER", "ACCOUNTS"], "default_consent_duration_days": 275,
        "identification_info": [{"type": "CPF", "number": RALPH, "name": "Ralph B."}]}}});
    let widget = token(&api, said).await;
    let body = json!({"institution": BANK, "username": RALPH, "access_mode": "single"});
    let asked = ask(&api, &widget, "POST", "/api/links/", body).await;
    let answer = json!({"session": asked.json()[0]["session"]});
    let link = ask(&api, &widget, "PATCH", "/api/links/", answer).await;
    assert_eq!(link.status, StatusCode::OK, "{}", link.text);
    api.settle().await;
    let shown = api.get(&format!("/api/consents/?user_document={RALPH}")).await.json();
    let consent = &shown["results"][0];
    assert_eq!(
        (&consent["consent_duration"], &consent["user_name"]),
        (&json!(275), &json!("Ralph B."))
    );
    assert_eq!(consent["permissions"]["CREDIT_CARDS"], json!([]));
    assert_eq!(consent["permissions"]["REGISTER"].as_array().map(Vec::len), Some(2));
    let elsewhere = json!({"institution": "erebor_mx_retail", "username": "ana", "password": "full",
        "consent_duration": 92});
    let refused = api.post("/api/links/", &elsewhere).await;
    assert_eq!(refused.codes(), [("invalid".to_owned(), "consent_duration".to_owned())]);
}
