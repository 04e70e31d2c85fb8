//! Resources that are computed from stored records: when they are, from what, and what stays of it.
//! That the answers have the published form, every call checks.

use crate::{
    api::Api,
    people::{EREBOR, ids},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

const INCOMES: &str = "/api/incomes/";
const EXPENSES: &str = "/api/recurring-expenses/";
const RISK: &str = "/api/risk-insights/";
const METRICS: &str = "/api/employment-metrics/";

/// A link of a frequent user that has been loaded with what these names say.
async fn loaded(api: &Api, names: &[&str]) -> String {
    loaded_as(api, "bnk100", "full", names).await
}
async fn loaded_as(api: &Api, user: &str, password: &str, names: &[&str]) -> String {
    let body = json!({"institution": EREBOR, "username": user, "password": password,
        "access_mode": "single", "fetch_resources": names});
    let answer = api.post("/api/links/", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    api.settle().await;
    answer.json()["id"].as_str().expect("an id").to_owned()
}
/// What has been announced of a type: the bodies.
async fn announced(api: &Api, of: &str) -> Vec<Value> {
    let page = api.get(&format!("/v1/deliveries/?webhook_type={of}&page_size=1000")).await.json();
    let mut bodies = Vec::new();
    for id in ids(&page) {
        bodies.push(api.get(&format!("/v1/deliveries/{id}/")).await.json()["body"].clone());
    }
    bodies
}
async fn down(api: &Api, institution: &str) {
    let fault = json!({"scope": {"institution": institution}, "effect": "down"});
    let answer = api.post("/v1/sandbox/faults/", &fault).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
}

#[tokio::test]
async fn a_load_computes_what_was_asked_for_and_tells_of_it() {
    for api in Api::each_announcing().await {
        let at = api.database().to_owned();
        let link = loaded(
            &api,
            &["ACCOUNTS", "TRANSACTIONS", "INCOMES", "RECURRING_EXPENSES", "RISK_INSIGHTS"],
        )
        .await;
        let listed = async |path: &str| {
            api.get(&format!("{path}?link={link}&page_size=1000")).await.json()["results"].clone()
        };
        let income = listed(INCOMES).await[0].clone();
        assert_eq!(income["institution"], "Erebor Bank", "{at}: as people know it");
        let streams = income["income_streams"].as_array().expect("streams").len();
        assert!(streams > 0, "{at}");
        let salary = &income["income_streams"][0];
        assert_eq!(salary["income_type"], "SALARY", "{at}: {salary}");
        let expenses = listed(EXPENSES).await;
        let expenses = expenses.as_array().expect("expenses");
        assert!(!expenses.is_empty(), "{at}");
        assert!(expenses[0]["account"]["id"].is_string(), "{at}: the account is inside");
        assert_eq!(listed(RISK).await.as_array().map(Vec::len), Some(1), "{at}");
        let told =
            async |of: &str| announced(&api, of).await.into_iter().map(|mut b| b["data"].take());
        assert_eq!(
            told("INCOMES").await.collect::<Vec<_>>(),
            [json!({"total_incomes": 1, "number_of_income_streams": streams})],
            "{at}"
        );
        assert_eq!(
            told("RECURRING_EXPENSES").await.collect::<Vec<_>>(),
            [json!({"total_recurring_expenses": expenses.len()})],
            "{at}"
        );
        assert_eq!(
            told("RISK_INSIGHTS").await.collect::<Vec<_>>(),
            [json!({"total_risk_insights": 1})],
            "{at}"
        );
        let other = loaded_as(&api, "bnk102", "low", &["ACCOUNTS", "TRANSACTIONS"]).await;
        let nothing = api.get(&format!("{INCOMES}?link={other}")).await.json();
        assert_eq!(nothing["count"], 0, "{at}: nobody asked for it");
    }
}
#[tokio::test]
async fn what_was_read_within_a_day_is_computed_from_and_else_it_is_read_first() {
    for api in Api::each().await {
        let at = api.database().to_owned();
        let link = loaded(&api, &["ACCOUNTS", "TRANSACTIONS"]).await;
        let body = json!({"link": link});
        down(&api, EREBOR).await;
        for path in [INCOMES, EXPENSES, RISK] {
            let answer = api.post(path, &body).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{at} {path}: nobody is asked");
        }
        let accessed = api.get(&format!("/api/links/{link}/")).await.json();
        api.advance(25).await;
        let answer = api.post(INCOMES, &body).await;
        assert_eq!(answer.code(), "institution_down", "{at}: it is a day old");
        let cleared = api.call("DELETE", "/v1/sandbox/faults/", "").await;
        assert!(cleared.status.is_success(), "{}", cleared.text);
        let answer = api.post(INCOMES, &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{at}: {}", answer.text);
        let again = api.get(&format!("/api/links/{link}/")).await.json();
        assert_ne!(again["last_accessed_at"], accessed["last_accessed_at"], "{at}: it was read");
    }
}

#[tokio::test]
async fn a_few_days_that_were_read_are_no_year_to_compute_from() {
    for api in Api::each().await {
        let at = api.database().to_owned();
        let link = loaded(&api, &["ACCOUNTS"]).await;
        let days = json!({"link": link, "date_from": "2026-01-10", "date_to": "2026-01-14"});
        assert_eq!(api.post("/api/transactions/", &days).await.status, StatusCode::CREATED, "{at}");
        let computed = api.post(INCOMES, &json!({"link": link})).await.json();
        let first = computed["first_transaction_date"].as_str().expect("a day");
        assert!(first < "2025-02-01", "{at}: the year was read first, from {first} on");
        // All of them are known now: a few more leave it up to date, without anybody being asked.
        assert_eq!(api.post("/api/transactions/", &days).await.status, StatusCode::CREATED, "{at}");
        down(&api, EREBOR).await;
        let again = api.post(RISK, &json!({"link": link})).await;
        assert_eq!(again.status, StatusCode::CREATED, "{at}: {}", again.text);
    }
}

#[tokio::test]
async fn a_link_that_was_never_loaded_is_loaded_first() {
    for api in Api::each().await {
        let at = api.database().to_owned();
        let body = json!({"institution": "heimdall_mx_retail", "username": "mfa_default",
            "password": "pass_valid", "access_mode": "single"});
        let session = api.post("/api/links/", &body).await.errors()[0]["session"].clone();
        let link =
            api.patch("/api/links/", &json!({"session": session, "token": "111111"})).await.json();
        let asked = api.post(INCOMES, &json!({"link": link["id"]})).await;
        assert_eq!(asked.status, StatusCode::PRECONDITION_REQUIRED, "{at}: {}", asked.text);
        let answer = json!({"session": asked.errors()[0]["session"], "token": "111111"});
        let elsewhere = api.patch(RISK, &answer).await;
        assert_eq!(elsewhere.code(), "session_expired", "{at}: another collection");
        let computed = api.patch(INCOMES, &answer).await;
        assert_eq!(computed.status, StatusCode::CREATED, "{at}: {}", computed.text);
        assert!(computed.json()["number_of_income_streams"].as_u64() > Some(0), "{at}");
        let path = format!("/api/transactions/?link={}", link["id"].as_str().expect("an id"));
        assert_ne!(api.get(&path).await.json()["count"], 0, "{at}: what was read is kept");
        let at_hand = api.post(RISK, &json!({"link": link["id"]})).await;
        assert_eq!(at_hand.status, StatusCode::CREATED, "{at}: nobody is asked twice");
    }
}

#[tokio::test]
async fn what_is_not_to_be_kept_leaves_nothing_behind() {
    for api in Api::each().await {
        let at = api.database().to_owned();
        let body = json!({"institution": EREBOR, "username": "bnk100", "password": "full",
            "access_mode": "single"});
        let link = api.post("/api/links/", &body).await.json()["id"].clone();
        let unsaved = json!({"link": link, "save_data": false});
        let mut found = Vec::new();
        for path in [INCOMES, EXPENSES, RISK] {
            let answer = api.post(path, &unsaved).await;
            assert_eq!(answer.status, StatusCode::OK, "{at} {path}: {}", answer.text);
            found.push(answer.json());
        }
        assert!(found[0].get("id").is_none() && found[0]["number_of_income_streams"] != 0, "{at}");
        let account = &found[1][0]["account"];
        assert!(account["category"].is_string() && account.get("id").is_none(), "{at}: {account}");
        let link = link.as_str().expect("an id");
        for path in [INCOMES, EXPENSES, RISK, "/api/accounts/", "/api/transactions/"] {
            let kept = api.get(&format!("{path}?link={link}")).await.json();
            assert_eq!(kept["count"], 0, "{at} {path}");
        }
        // Kept, it is the same.
        let kept = api.post(INCOMES, &json!({"link": link})).await.json();
        assert_eq!(kept["total_income_amount"], found[0]["total_income_amount"], "{at}");
        assert_eq!(kept["income_streams"], found[0]["income_streams"], "{at}: under the same ids");
    }
}

#[tokio::test]
async fn each_computation_is_kept_and_the_thirty_newest_stay() {
    for api in Api::each().await {
        let at = api.database().to_owned();
        let link = loaded_as(&api, "bnk102", "low", &["ACCOUNTS", "TRANSACTIONS"]).await;
        let body = json!({"link": link});
        let first = api.post(RISK, &body).await.json();
        let mut newest = Value::Null;
        for _ in 0..30 {
            let later = api.engine.env().now() + jiff::SignedDuration::from_mins(1);
            api.engine.advance(later).await.expect("a movable clock");
            newest = api.post(RISK, &body).await.json();
        }
        let page = api.get(&format!("{RISK}?link={link}&page_size=100")).await.json();
        assert_eq!((&page["count"], &page["results"][0]), (&json!(30), &newest), "{at}");
        let gone = format!("{RISK}{}/", first["id"].as_str().expect("an id"));
        assert_eq!(api.get(&gone).await.status, StatusCode::NOT_FOUND, "{at}");
        let account = first["accounts"][0].as_str().expect("an id");
        let count = async |filter: &str| {
            api.get(&format!("{RISK}?link={link}&{filter}")).await.json()["count"].clone()
        };
        assert_eq!(count(&format!("account={account}")).await, 30, "{at}");
        assert_eq!(count(&format!("account__in={account},{link}")).await, 30, "{at}");
        assert_eq!(count(&format!("account={link}")).await, 0, "{at}");
    }
}

#[tokio::test]
async fn an_expense_keeps_its_id_until_it_is_not_found_any_more() {
    for api in Api::each().await {
        let at = api.database().to_owned();
        let link = loaded(&api, &["ACCOUNTS", "TRANSACTIONS"]).await;
        let body = json!({"link": link});
        let found = api.post(EXPENSES, &body).await.json();
        assert_eq!(ids(&api.post(EXPENSES, &body).await.json()), ids(&found), "{at}");
        let payee = &found[0];
        let some_days = json!({"link": link, "date_from": "2026-01-13", "date_to": "2026-01-14"});
        assert_eq!(api.post(EXPENSES, &some_days).await.json(), json!([]), "{at}");
        let list = format!("{EXPENSES}?link={link}&page_size=1000");
        let listed = api.get(&list).await.json();
        assert_eq!(listed["count"], found.as_array().map(Vec::len).expect("expenses"), "{at}");
        // Without its payments there is no expense.
        let account = payee["account"]["id"].as_str().expect("an id");
        let payments = payee["transactions"].as_array().expect("payments");
        for payment in payments {
            let (day, amount) = (payment["value_date"].as_str(), &payment["amount"]);
            let path = format!(
                "/api/transactions/?link={link}&account={account}&value_date={}&amount={amount}",
                day.expect("a day")
            );
            for id in ids(&api.get(&path).await.json()) {
                let one = format!("/api/transactions/{id}/");
                // Deletions are limited to so many a minute.
                api.advance(1).await;
                assert_eq!(api.call("DELETE", &one, "").await.status, StatusCode::NO_CONTENT);
            }
        }
        let left = api.post(EXPENSES, &body).await.json();
        assert!(!ids(&left).contains(&ids(payee).remove(0)), "{at}: {left}");
        let mut listed = ids(&api.get(&list).await.json());
        let mut left = ids(&left);
        listed.sort();
        left.sort();
        assert_eq!(listed, left, "{at}: what is not found is gone at once");
    }
}

#[tokio::test]
async fn what_a_computation_can_be_asked_and_what_not() {
    let api = Api::new().await;
    let link = loaded(&api, &["ACCOUNTS", "TRANSACTIONS"]).await;
    let asked = async |more: Value| {
        let mut body = json!({"link": link, "save_data": false});
        body.as_object_mut().expect("keys").extend(more.as_object().expect("keys").clone());
        api.post(INCOMES, &body).await
    };
    let all = asked(json!({})).await.json();
    let some = asked(json!({"allowed_income_types": ["SALARY"]})).await.json();
    let streams = some["income_streams"].as_array().expect("streams");
    assert!(streams.iter().all(|stream| stream["income_type"] == "SALARY") && !streams.is_empty());
    assert!(all["number_of_income_streams"].as_u64() > some["number_of_income_streams"].as_u64());
    let sure = asked(json!({"minimum_confidence_level": "HIGH"})).await.json();
    assert_eq!(sure["total_income_amount"], sure["total_high_confidence"]);
    let days = asked(json!({"date_from": "2025-07-01", "date_to": "2025-12-31"})).await.json();
    assert!(days["last_transaction_date"].as_str() <= Some("2025-12-31"), "{days}");
    for (body, code, field) in [
        (
            json!({"date_from": "2025-10-27", "date_to": "2026-01-14"}),
            "invalid_period",
            "date_from",
        ),
        (
            json!({"date_from": "2025-01-13", "date_to": "2025-12-31"}),
            "invalid_period",
            "date_from",
        ),
        (json!({"date_from": "2025-07-01"}), "required", "date_to"),
        (json!({"allowed_income_types": ["WAGES"]}), "invalid_choice", "allowed_income_types"),
        (json!({"minimum_confidence_level": "SURE"}), "invalid_choice", "minimum_confidence_level"),
    ] {
        assert_eq!(asked(body).await.codes(), [(code.to_owned(), field.to_owned())]);
    }
    let tax = api.link("tatooine_mx_fiscal", "PFIS010101000", "individual").await;
    let answer = api.post(INCOMES, &json!({"link": tax})).await;
    assert_eq!(answer.code(), "unsupported_operation");
    let company = json!({"institution": "ironbank_br_business", "username": "shop",
        "password": "full", "username_type": "003", "username2": "valid", "password2": "valid"});
    let company = api.post("/api/links/", &company).await.json()["id"].clone();
    let answer = api.post(RISK, &json!({"link": company})).await;
    assert_eq!(answer.code(), "unsupported_operation", "business banks have none");
    let half = json!({"institution": EREBOR, "username": "bnk102", "password": "low",
        "fetch_resources": ["ACCOUNTS", "RISK_INSIGHTS"]});
    assert_eq!(api.post("/api/links/", &half).await.code(), "invalid");
}

#[tokio::test]
async fn where_nothing_moved_there_is_nothing_to_find() {
    let api = Api::new().await;
    let link = api.link(EREBOR, "bnk101", "nodata").await;
    api.settle().await;
    let body = json!({"link": link});
    let income = api.post(INCOMES, &body).await.json();
    assert_eq!(income["income_streams"], json!([]));
    assert_eq!(income["first_transaction_date"], Value::Null);
    assert_eq!(api.post(EXPENSES, &body).await.json(), json!([]));
    let risk = api.post(RISK, &body).await.json();
    assert_eq!(risk["accounts"], json!([]));
    assert_eq!(risk["transactions_metrics"]["num_transactions_1m"], 0);
    assert_eq!(risk["balances_metrics"]["closing_balance"], Value::Null);
}

#[tokio::test]
async fn metrics_are_of_a_day_and_computed_again_under_their_id() {
    for api in Api::each_announcing().await {
        let at = api.database().to_owned();
        let body = json!({"institution": "planet_mx_employment", "username": "SINX900322MJCNLM01"});
        let link = api.post("/api/links/", &body).await.json()["id"].clone();
        api.settle().await;
        let told: Vec<Value> = announced(&api, "EMPLOYMENT_METRICS")
            .await
            .into_iter()
            .map(|mut b| b["data"].take())
            .collect();
        assert_eq!(told, [json!({"total_employment_metrics": 1})], "{at}: in every load");
        let body = json!({"link": link});
        let now = api.post(METRICS, &body).await.json();
        assert_eq!(
            (&now["reference_date"], &now["current_status"]),
            (&Value::Null, &json!("UNEMPLOYED"))
        );
        assert_eq!(now["age"], 35, "{at}: as the CURP says");
        assert_eq!(now["employer_count"], 1, "{at}: {now}");
        api.advance(1).await;
        let later = api.post(METRICS, &body).await.json();
        assert_eq!(later["id"], now["id"], "{at}");
        assert_eq!(later["created_at"], now["created_at"], "{at}");
        assert_ne!(later["updated_at"], now["updated_at"], "{at}");
        let past = json!({"link": link, "reference_date": "2020-01-01"});
        let past = api.post(METRICS, &past).await.json();
        assert_eq!(past["reference_date"], "2020-01-01", "{at}");
        assert_ne!(past["id"], now["id"], "{at}");
        let path = format!("{METRICS}?link={}", link.as_str().expect("an id"));
        assert_eq!(api.get(&path).await.json()["count"], 2, "{at}");
        let wrong = json!({"link": link, "reference_date": "2026-02-01"});
        assert_eq!(api.post(METRICS, &wrong).await.code(), "invalid", "{at}: it is to come");
    }
}

#[tokio::test]
async fn an_uploaded_statement_is_computed_from() {
    let api = Api::new().await;
    let body = json!({"institution": "statements_mx_retail", "external_id": "files"});
    let link = api.post("/api/links/", &body).await.json()["id"].clone();
    let computed = api.post(RISK, &json!({"link": link})).await;
    assert_eq!(computed.status, StatusCode::CREATED, "no file is asked for: {}", computed.text);
}
