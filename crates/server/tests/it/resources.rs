//! Accounts, transactions, balances and owners: read, list, filter, page, delete.

use crate::{
    api::Api,
    people::{EREBOR, People, asking, ids, listed_at, records},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use domain::resource;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const NOBODY: &str = "0197a6e8-1111-7abc-8def-000000000001";

/// A link whose background load is done.
async fn loaded(api: &Api) -> String {
    let link = api.link(EREBOR, "bnk100", "full").await;
    api.settle().await;
    link
}

// On each database by itself: it is the longest of all, and two can go on at the same time.
#[tokio::test]
async fn every_resource_is_read_kept_listed_shown_and_forgotten() {
    read_keep_list_show_and_forget(Api::new().await).await;
}
#[tokio::test]
async fn every_resource_is_read_kept_listed_shown_and_forgotten_on_postgresql() {
    read_keep_list_show_and_forget(Api::on_postgres().await).await;
}

async fn read_keep_list_show_and_forget(api: Api) {
    let stranger = api.stranger().await;
    let mut people = People::at(&api).await;
    for resource in resource::all() {
        let (_, user, link) = people.with(resource).await;
        let at = format!("{} {}", api.database(), resource.name);
        let list = listed_at(&api, resource, user, &link).await;
        let mut kept = None;
        if resource.verbs.retrieve {
            let body = asking(&api, resource, &link).await;
            let read = api.post(resource.path, &body).await;
            assert_eq!(read.status, StatusCode::CREATED, "{at}: {}", read.text);
            let mut unsaved = body.clone();
            unsaved["save_data"] = json!(false);
            let shown = api.post(resource.path, &unsaved).await;
            assert_eq!(shown.status, StatusCode::OK, "{at}: {}", shown.text);
            assert!(records(&shown.json())[0].get("id").is_none(), "{at}: nothing saved has no id");
            kept = Some(ids(&read.json()));
        }
        let page = api.get(&list).await.json();
        let first = &page["results"][0];
        assert!(first.is_object(), "{at} has records");
        let mut all: BTreeSet<String> = ids(&page).into_iter().collect();
        let mut next = page["next"].clone();
        for number in 2.. {
            if next.is_null() {
                break;
            }
            let page = api.get(&format!("{list}&page={number}")).await.json();
            all.extend(ids(&page));
            next = page["next"].clone();
        }
        assert!(kept.iter().flatten().all(|id| all.contains(id)), "{at}");
        let others = api.call_as(Some(&stranger), "GET", &list, "").await;
        let empty = others.status == StatusCode::NOT_FOUND || others.json()["count"] == 0;
        assert!(empty, "{at}: {}", others.text);
        if resource.is_nested() {
            continue;
        }
        let one = format!("{}{}/", resource.path, first["id"].as_str().expect("an id"));
        assert_eq!(api.get(&one).await.json(), *first, "{at}");
        let stolen = api.call_as(Some(&stranger), "GET", &one, "").await;
        assert_eq!(stolen.status, StatusCode::NOT_FOUND, "{at}");
        if !resource.verbs.delete {
            let kept = api.call("DELETE", &one, "").await;
            assert_eq!(kept.status, StatusCode::METHOD_NOT_ALLOWED, "{at}");
            continue;
        }
        let stolen = api.call_as(Some(&stranger), "DELETE", &one, "").await;
        assert_eq!(stolen.status, StatusCode::NOT_FOUND, "{at}");
        assert_eq!(api.call("DELETE", &one, "").await.status, StatusCode::NO_CONTENT, "{at}");
        assert_eq!(api.get(&one).await.status, StatusCode::NOT_FOUND, "{at}");
    }
}

#[tokio::test]
async fn what_belongs_to_a_record_goes_with_it() {
    for api in Api::each().await {
        let mut people = People::at(&api).await;
        for child in resource::all().iter().filter(|r| r.required != Some("user_document")) {
            let Some(parent) = child.belongs_to else { continue };
            let (_, user, link) = people.with(child).await;
            // What a child before this one took along comes back.
            for read in [parent.resource, child] {
                if read.verbs.retrieve {
                    api.post(read.path, &asking(&api, read, &link).await).await;
                }
            }
            let list = listed_at(&api, child, user, &link).await;
            assert_ne!(api.get(&list).await.json()["count"], 0, "{}", child.name);
            let above = api.get(&format!("{}?link={link}", parent.resource.path)).await.json();
            for id in ids(&above) {
                let one = format!("{}{id}/", parent.resource.path);
                assert_eq!(api.call("DELETE", &one, "").await.status, StatusCode::NO_CONTENT);
            }
            let left = api.get(&list).await;
            let gone = left.status == StatusCode::NOT_FOUND || left.json()["count"] == 0;
            assert!(gone, "{}: {}", child.name, left.text);
        }
    }
}

#[tokio::test]
async fn whoever_asks_for_it_is_told_what_changed_in_somebodys_work() {
    let api = Api::new().await;
    let endpoint = json!({"url": "https://example.com/",
        "events": ["EMPLOYMENT_RECORDS/employment_changes"]});
    assert_eq!(api.post("/v1/webhooks/", &endpoint).await.status, StatusCode::CREATED);
    let people = People::at(&api).await;
    let link = people.register("planet_mx_employment", "TEMX850715HDFMRR08", "").await;
    let monthly = api.patch(&format!("/v1/links/{link}/"), &json!({"refresh_rate": "30d"})).await;
    assert_eq!(monthly.status, StatusCode::OK, "{}", monthly.text);
    // The season begins in April and ends in October.
    let mut told = Vec::new();
    for _ in 0..11 {
        api.advance(30 * 24).await;
        let page = api.get("/v1/deliveries/?page_size=1000").await.json();
        for delivery in page["results"].as_array().expect("deliveries") {
            let path = format!("/v1/deliveries/{}/", delivery["id"].as_str().expect("an id"));
            let body = api.get(&path).await.json()["body"].clone();
            assert_eq!(body["process_type"], "recurrent_update");
            let changes = body["data"]["employment_changes"].clone();
            if !told.contains(&changes) {
                told.push(changes);
            }
        }
    }
    assert_eq!(told, [json!(["EMPLOYED"]), json!(["UNEMPLOYED"])]);
    let reports = api.get(&format!("/api/employment-records/?link={link}")).await.json();
    assert!(reports["count"].as_u64() > Some(10), "each day's report stays");
}

#[tokio::test]
async fn the_pages_of_a_list_are_the_list() {
    for api in Api::each().await {
        let link = loaded(&api).await;
        let all = format!("/api/transactions/?link={link}&value_date__gte=2026-01-01");
        let whole = api.get(&format!("{all}&page_size=1000")).await.json();
        let default = api.get(&all).await.json();
        assert_eq!(default["results"].as_array().map(Vec::len), Some(10), "ten on a page in dev");
        let mut next = Some(format!("http://api.test{all}&page_size=7"));
        let (mut seen, mut pages) = (Vec::new(), 0);
        while let Some(url) = next {
            let path = url.strip_prefix("http://api.test").expect("our own address").to_owned();
            let page = api.get(&path).await.json();
            assert_eq!(page["count"], whole["count"]);
            seen.extend(ids(&page));
            pages += 1;
            assert_eq!(page["previous"].is_null(), pages == 1);
            next = page["next"].as_str().map(str::to_owned);
        }
        assert!(pages > 2);
        assert_eq!(seen, ids(&whole));
        assert_eq!(seen.len(), seen.iter().collect::<BTreeSet<_>>().len(), "each once");
    }
}

#[tokio::test]
async fn a_list_is_filtered_as_it_says() {
    for api in Api::each().await {
        let link = loaded(&api).await;
        let transactions = async |filter: &str| {
            let path = format!(
                "/api/transactions/?link={link}&value_date__gte=2025-11-01&page_size=1000&{filter}"
            );
            let answer = api.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            answer.json()["results"].as_array().expect("results").clone()
        };
        let all = transactions("").await;
        let some = |keep: &dyn Fn(&Value) -> bool| all.iter().filter(|t| keep(t)).count();
        let amount = |t: &Value| t["amount"].as_f64().expect("a number");
        let account = all[0]["account"]["id"].as_str().expect("an account").to_owned();
        assert_eq!(transactions("type=INFLOW").await.len(), some(&|t| t["type"] == "INFLOW"));
        assert_eq!(transactions("type__in=INFLOW,OUTFLOW").await.len(), all.len());
        assert_eq!(transactions("amount__gte=1000").await.len(), some(&|t| amount(t) >= 1000.0));
        assert_eq!(
            transactions("amount__range=100,200.50").await.len(),
            some(&|t| (100.0..=200.5).contains(&amount(t)))
        );
        assert_eq!(
            transactions("value_date__range=2025-12-01%2C2025-12-31").await.len(),
            some(&|t| t["value_date"].as_str().is_some_and(|day| day.starts_with("2025-12")))
        );
        assert_eq!(
            transactions("value_date=2026-01-05").await.len(),
            some(&|t| t["value_date"] == "2026-01-05")
        );
        assert_eq!(
            transactions(&format!("account={account}")).await.len(),
            some(&|t| t["account"]["id"] == account.as_str())
        );
        assert_eq!(transactions("created_at=2026-01-14").await.len(), all.len());
        assert_eq!(transactions("created_at__lt=2026-01-14").await.len(), 0);
        assert_eq!(transactions("collected_at__gte=2026-01-14T09:00:00Z").await.len(), all.len());
        assert_eq!(
            transactions("nothing=1&limit=5").await.len(),
            all.len(),
            "unknown keys are ignored"
        );
        let projected = transactions("fields=id,amount").await;
        assert_eq!(projected[0].as_object().map(serde_json::Map::len), Some(2));

        let accounts = async |filter: &str| {
            api.get(&format!("/api/accounts/?{filter}")).await.json()["count"]
                .as_u64()
                .expect("a count")
        };
        let every = accounts("").await;
        assert!(every > 0);
        assert_eq!(accounts("institution=erebor_mx_retail").await, every);
        assert_eq!(accounts("institution=gringotts_mx_retail").await, 0);
        assert_eq!(accounts("currency__in=MXN").await, every);
        assert_eq!(accounts("balance__current__gte=-999999999").await, every);
        assert_eq!(accounts(&format!("link__in={link},{NOBODY}")).await, every);
    }
}

#[tokio::test]
async fn what_a_retrieval_cannot_say() {
    let api = Api::new().await;
    let link = api.link(EREBOR, "bnk101", "nodata").await;
    let errors = async |path: &str, body: Value| api.post(path, &body).await.codes();
    let at = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    let transactions = "/api/transactions/";
    assert_eq!(
        errors(transactions, json!({})).await,
        [at("required", "link"), at("required", "date_from"), at("required", "date_to")]
    );
    assert_eq!(
        errors(transactions, json!({"link": "x", "date_from": "1/2/26", "date_to": null})).await,
        [at("invalid", "link"), at("invalid", "date_from"), at("null", "date_to")]
    );
    let days = |from: &str, to: &str| json!({"link": link, "date_from": from, "date_to": to});
    assert_eq!(
        errors(transactions, days("2026-01-15", "2026-01-16")).await,
        [at("invalid", "date_to")]
    );
    assert_eq!(
        errors(transactions, days("2026-01-02", "2026-01-01")).await,
        [at("invalid", "date_from")]
    );
    assert_eq!(
        errors("/api/accounts/", json!({"link": NOBODY})).await,
        [at("does_not_exist", "link")]
    );
    assert_eq!(
        errors(transactions, json!({"link": link, "date_from": "2026-01-01", "date_to": "2026-01-14", "account": "x"})).await,
        [at("invalid", "account")]
    );
    let listed = api.get("/api/transactions/").await;
    assert_eq!(
        (listed.status, listed.codes()),
        (StatusCode::BAD_REQUEST, vec![at("required", "link")])
    );
    assert_eq!(
        api.patch("/api/br/balances/", &json!({})).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    let nothing = api.post(transactions, &days("2026-01-01", "2026-01-14")).await;
    assert_eq!((nothing.status, nothing.json()), (StatusCode::CREATED, json!([])));
}

#[tokio::test]
async fn an_institution_without_the_resource_says_so() {
    let api = Api::new().await;
    let link = api.link("tatooine_mx_fiscal", "PFIS010101000", "individual").await;
    let answer = api.post("/api/accounts/", &json!({"link": link})).await;
    let expected = "The resource you are trying to access is not supported by this institution";
    assert_eq!(answer.errors(), json!([{"code": "unsupported_operation", "message": expected}]));
}

#[tokio::test]
async fn a_retrieval_waits_for_the_answer_to_its_challenge() {
    for api in Api::each().await {
        let body = json!({"institution": "heimdall_mx_retail", "username": "mfa_default", "password": "pass_valid", "access_mode": "single"});
        let session = api.post("/api/links/", &body).await.errors()[0]["session"].clone();
        let link =
            api.patch("/api/links/", &json!({"session": session, "token": "111111"})).await.json();
        let asked =
            api.post("/api/accounts/", &json!({"link": link["id"], "save_data": false})).await;
        assert_eq!(asked.status, StatusCode::PRECONDITION_REQUIRED, "{}", asked.text);
        let error = &asked.errors()[0];
        assert_eq!(error["link"], link["id"]);
        let elsewhere = json!({"session": error["session"], "token": "111111"});
        assert_eq!(api.patch("/api/owners/", &elsewhere).await.code(), "session_expired");
        let answer = json!({"session": error["session"], "link": link["id"], "token": "111111"});
        let read = api.patch("/api/accounts/?fields=name", &answer).await;
        assert_eq!(read.status, StatusCode::OK, "as the first request said: {}", read.text);
        assert_eq!(read.json()[0].as_object().map(serde_json::Map::len), Some(1));
        let asked = api.post("/api/accounts/", &json!({"link": link["id"]})).await;
        let session = &asked.errors()[0]["session"];
        let answer = json!({"session": session, "token": "111111", "save_data": false});
        let read = api.patch("/api/accounts/", &answer).await;
        assert_eq!(read.status, StatusCode::OK, "what is said last holds: {}", read.text);
        let up_front = json!({"link": link["id"], "token": "111111"});
        assert_eq!(api.post("/api/accounts/", &up_front).await.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn a_retrieval_can_be_answered_later() {
    let api = Api::new().await;
    let link = api.link(EREBOR, "bnk102", "low").await;
    let send = async |path: &str, mode: &str| {
        let body = json!({"link": link, "date_from": "2026-01-01", "date_to": "2026-01-14"});
        let request = Request::builder()
            .method("POST")
            .uri(path)
            .header("authorization", &api.keys)
            .header("X-BELVO-request-mode", mode)
            .body(Body::from(body.to_string()))
            .expect("a request");
        api.send(request).await.status
    };
    assert_eq!(send("/api/transactions/", "async").await, StatusCode::ACCEPTED);
    assert_eq!(send("/api/transactions/", "Async").await, StatusCode::CREATED);
    assert_eq!(
        send("/api/accounts/", "async").await,
        StatusCode::CREATED,
        "only where it is offered"
    );
}
