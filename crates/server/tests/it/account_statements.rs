//! Statements of accounts, month by month, with their documents.

use crate::{
    api::Api,
    people::{EREBOR, ids},
};
use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

const STATEMENTS: &str = "/api/statements/";

/// A link and its checking account.
async fn account(api: &Api) -> (String, String) {
    let link = api.link(EREBOR, "bnk102", "low").await;
    api.settle().await;
    let accounts = api.get(&format!("/api/accounts/?link={link}")).await.json();
    (link, ids(&accounts).remove(0))
}

#[tokio::test]
async fn a_month_of_an_account_is_stated_with_its_document_where_it_is_asked_for() {
    for api in Api::each().await {
        let (link, account) = account(&api).await;
        let asked = json!({"link": link, "account": account, "year": "2025", "month": "11",
            "attach_pdf": true});
        let read = api.post(STATEMENTS, &asked).await;
        assert_eq!(read.status, StatusCode::CREATED, "{}", read.text);
        let read = read.json();
        assert_eq!(read.as_array().map(Vec::len), Some(1), "{}", api.database());
        let it = &read[0];
        assert_eq!(it["account"]["id"], account.as_str());
        assert_eq!(it["account"].as_object().map(serde_json::Map::len), Some(4), "in brief");
        assert_eq!(
            (&it["period_start_date"], &it["period_end_date"]),
            (&json!("2025-11-01"), &json!("2025-11-30"))
        );
        let pdf = STANDARD.decode(it["pdf"].as_str().expect("a document")).expect("base64");
        assert!(pdf.starts_with(b"%PDF-"));
        // The statement is the month's movements.
        let month = "accounting_date__range=2025-11-01,2025-11-30&page_size=1000";
        let movements = api.get(&format!("/api/transactions/?link={link}&{month}")).await.json();
        let sum = |all: &Value, kind: &str| -> f64 {
            let all = all.as_array().expect("movements").iter();
            all.filter(|one| one["type"] == kind).filter_map(|one| one["amount"].as_f64()).sum()
        };
        for (kind, total) in
            [("INFLOW", "total_inflow_amount"), ("OUTFLOW", "total_outflow_amount")]
        {
            let moved = sum(&movements["results"], kind);
            assert!((moved - it[total].as_f64().expect("a number")).abs() < 0.005, "{kind}");
        }
        let again = json!({"link": link, "account": account, "year": 2025, "month": 11});
        let again = api.post(STATEMENTS, &again).await.json();
        assert_eq!(again[0]["id"], it["id"], "once for each month");
        let listed = |filter: &str| format!("{STATEMENTS}?link={link}&{filter}");
        for (filter, count) in [
            ("", 1),
            ("account_category=CHECKING_ACCOUNT", 1),
            ("account_category=LOAN_ACCOUNT", 0),
            ("institution=erebor_mx_retail", 1),
            ("period_end_date__gte=2025-12-01", 0),
            ("period_start_date=2025-11-01", 1),
            ("total_outflow_transactions__gt=0", 1),
            ("final_balance__lt=-1", 0),
        ] {
            let page = api.get(&listed(filter)).await.json();
            assert_eq!(page["count"], count, "{filter}");
        }
        let page = api.get(&listed("")).await.json();
        assert_eq!(page["results"][0], *it, "it keeps its document");
    }
}

#[tokio::test]
async fn a_statement_is_of_one_account_and_of_a_month_that_is_over() {
    let api = Api::new().await;
    let (link, account) = account(&api).await;
    let errors = async |body: Value| api.post(STATEMENTS, &body).await.codes();
    let at = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    assert_eq!(
        errors(json!({"link": link})).await,
        [at("required", "account"), at("required", "year"), at("required", "month")]
    );
    let nobodys = json!({"link": link, "account": "0197a6e8-1111-7abc-8def-000000000001",
        "year": "2025", "month": "12"});
    assert_eq!(errors(nobodys).await, [at("does_not_exist", "account")]);
    let of = |year: i16, month: i8| json!({"link": link, "account": account, "year": year, "month": month});
    assert_eq!(errors(of(2026, 2)).await, [at("invalid", "month")]);
    for (year, month) in [(2026, 1), (2019, 5)] {
        let none = api.post(STATEMENTS, &of(year, month)).await;
        assert_eq!((none.status, none.json()), (StatusCode::CREATED, json!([])));
    }
}
