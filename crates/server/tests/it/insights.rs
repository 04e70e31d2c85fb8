//! What a caller's own data say. That the answers have the published form, every call checks.

use crate::api::Api;
use axum::http::StatusCode;
use serde_json::{Value, json};

const INCOMES: &str = "/api/enrich/incomes/";
const EXPENSES: &str = "/api/enrich/recurring-expenses/";
const RISK: &str = "/api/enrich/risk-insights/";
const CATEGORIES: &str = "/api/categorization/";

fn income(holder: &str, day: &str, amount: &str, description: &str) -> Value {
    json!({
        "transaction_id": format!("{holder} {day}"), "account_holder_type": "INDIVIDUAL",
        "account_holder_id": holder, "account_id": format!("{holder}'s"),
        "account_category": "CHECKING_ACCOUNT", "value_date": day, "description": description,
        "type": "INFLOW", "amount": amount, "currency": "MXN", "institution": "erebor",
    })
}

fn spent(day: &str, description: &str) -> Value {
    let mut one = income("ana", day, "219.00", description);
    one["type"] = json!("OUTFLOW");
    one["account_category"] = json!("CREDIT_CARD");
    one["mcc"] = json!(4899);
    one
}

fn risk() -> Value {
    json!({
        "user_id": "u1", "reference_date": "2026-01-10", "transactions_language": "pt",
        "transactions": [
            {"transaction_id": "1", "account_id": "a", "value_date": "2026-01-09", "type": "INFLOW",
             "amount": 483.78, "currency": "BRL", "description": "SALARIO"},
            {"transaction_id": "2", "account_id": "a", "value_date": "2026-01-11", "type": "OUTFLOW",
             "amount": 7, "currency": "BRL", "description": "PIX"},
            {"transaction_id": "3", "account_id": "a", "value_date": "2026-01-09", "type": "OUTFLOW",
             "amount": 7, "currency": "BRL", "description": "PIX", "status": "PENDING"},
        ],
        "accounts": [{"id": "a", "category": "CHECKING_ACCOUNT", "institution": "gringotts",
            "balance": 35901.46, "balance_date": "2026-01-10", "balance_currency": "BRL"}],
    })
}

#[tokio::test]
async fn incomes_are_found_for_each_account_holder() {
    let api = Api::new().await;
    let mut transactions: Vec<Value> = ["10", "11", "12"]
        .iter()
        .map(|month| income("ana", &format!("2025-{month}-15"), "9000.50", "PAGO DE NOMINA"))
        .collect();
    transactions.push(income("luis", "2025-12-20", "100", "DEPOSITO EN EFECTIVO"));
    let body = json!({"language": "es", "transactions": transactions});
    let answer = api.post(INCOMES, &body).await;
    assert_eq!(answer.status, StatusCode::OK);
    let found = answer.json();
    let of = |n: usize, key: &str| found[n][key].clone();
    assert_eq!(
        (of(0, "account_holder_id"), of(1, "account_holder_id")),
        (json!("ana"), json!("luis"))
    );
    assert_eq!(of(0, "total_income_amount"), json!(27001.5));
    assert_eq!(found[0]["income_streams"][0]["income_type"], "SALARY");
    assert_eq!(found[0]["income_streams"][0]["account_id"], "ana's");
    assert_eq!(found[1]["income_streams"][0]["frequency"], "SINGLE");
    assert!(found[0].get("best_working_day_to_charge").is_none());

    let mut sure = body;
    sure["minimum_confidence_level"] = json!("MEDIUM");
    sure["date_from"] = json!("2025-09-15");
    sure["date_to"] = json!("2025-12-31");
    let found = api.post(INCOMES, &sure).await.json();
    assert_eq!(found[1]["number_of_income_streams"], 0);
}

#[tokio::test]
async fn what_is_wrong_with_own_data_is_said_with_its_place() {
    let api = Api::new().await;
    let mut wrong = income("ana", "2025-12-15", "-1", "");
    wrong["type"] = json!("OUTFLOW");
    wrong["account_category"] = json!("LOAN_ACCOUNT");
    wrong["value_date"] = json!("15/12/2025");
    let good = income("ana", "2025-12-15", "1", "");
    let answer =
        api.post(INCOMES, &json!({"language": "es", "transactions": [good, wrong, 7]})).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let said = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    assert_eq!(
        answer.codes(),
        [
            said("invalid_choice", "transactions.1.account_category"),
            said("invalid", "transactions.1.value_date"),
            said("invalid_choice", "transactions.1.type"),
            said("invalid", "transactions.1.amount"),
            said("invalid", "transactions.2"),
        ]
    );
    let one = [income("ana", "2025-12-15", "1", "X")];
    let period = |from: Value, to: Value| json!({"language": "es", "transactions": one, "date_from": from, "date_to": to});
    for (body, expected) in [
        (json!({}), vec![said("required", "language"), said("required", "transactions")]),
        (json!({"language": "es", "transactions": "x"}), vec![said("not_a_list", "")]),
        (json!({"language": "español", "transactions": one}), vec![said("invalid", "language")]),
        (period(json!("2025-01-01"), Value::Null), vec![said("required", "date_to")]),
        (period(Value::Null, json!("2025-01-01")), vec![said("required", "date_from")]),
        (
            period(json!("2025-10-13"), json!("2026-01-10")),
            vec![said("invalid_period", "date_from")],
        ),
        (
            period(json!("2024-10-13"), json!("2026-01-10")),
            vec![said("invalid_period", "date_from")],
        ),
        (period(json!("2026-01-11"), json!("2026-01-10")), vec![said("invalid", "date_from")]),
    ] {
        assert_eq!(api.post(INCOMES, &body).await.codes(), expected, "{body}");
    }
    assert_eq!(
        api.post(INCOMES, &period(json!("2025-10-12"), json!("2026-01-10"))).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn no_more_is_said_or_taken_than_is_bounded() {
    let api = Api::new().await;
    let body = |transactions: Vec<Value>| json!({"language": "es", "transactions": transactions});
    let many = vec![spent("2026-01-01", "OXXO"); 10_000];
    let answer = api.post(CATEGORIES, &body(many)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["transactions"].as_array().map(Vec::len), Some(10_000));
    let answer = api.post(CATEGORIES, &body(vec![json!({}); 10_001])).await;
    assert_eq!(answer.codes(), [("invalid".to_owned(), "transactions".to_owned())]);
    let answer = api.post(CATEGORIES, &body(vec![json!({}); 10_000])).await;
    assert_eq!(answer.codes().len(), 100);
}

#[tokio::test]
async fn recurring_expenses_are_found_in_what_is_spent() {
    let api = Api::new().await;
    let spent = |day: &str| spent(day, "NETFLIX COM MX");
    let body = json!({"language": "es", "transactions": [
        spent("2025-11-04"), spent("2025-12-04"), spent("2026-01-04"),
    ]});
    let answer = api.post(EXPENSES, &body).await;
    assert_eq!(answer.status, StatusCode::OK);
    let found = answer.json();
    assert_eq!(found[0]["name"], "Netflix");
    assert_eq!(found[0]["account_holder_id"], "ana");
    assert_eq!(found[0]["account_id"], "ana's");
    assert_eq!(found[0]["payment_type"], "SUBSCRIPTION");
    assert_eq!(found[0]["transactions"][0]["value_date"], "2026-01-04");
    let nothing = json!({"language": "es", "transactions": []});
    assert_eq!(api.post(EXPENSES, &nothing).await.json(), json!([]));
}

#[tokio::test]
async fn risk_insights_look_back_from_the_reference_date() {
    let api = Api::new().await;
    let answer = api.post(RISK, &risk()).await;
    assert_eq!(answer.status, StatusCode::OK);
    let found = answer.json();
    assert_eq!(found["user_id"], "u1");
    assert_eq!(found["assets_metrics"]["institutions"], json!(["gringotts"]));
    assert_eq!(found["balances_metrics"]["std_balance_3d"], json!(279.31));
    assert_eq!(found["balances_metrics"]["balance_trend_3d"], json!(193.51));
    assert_eq!(found["transactions_metrics"]["num_transactions_3d"], 1);
    assert_eq!(found["balances_metrics"]["min_balance_3m"], Value::Null);

    let mut stray = risk();
    stray["transactions"][0]["account_id"] = json!("b");
    assert_eq!(
        api.post(RISK, &stray).await.codes(),
        [("invalid".to_owned(), "accounts".to_owned())]
    );
    let mut foreign = risk();
    foreign["transactions"][0]["currency"] = json!("USD");
    assert_eq!(
        api.post(RISK, &foreign).await.codes(),
        [("invalid".to_owned(), "transactions".to_owned())]
    );
}

#[tokio::test]
async fn movements_are_categorised_in_the_order_in_which_they_came() {
    let api = Api::new().await;
    let body = json!({"language": "es", "transactions": [
        spent("2026-01-02", "QWXZ"), spent("2026-01-01", "SPOTIFY AB"),
    ]});
    let found = api.post(CATEGORIES, &body).await.json();
    let [first, second] = [&found["transactions"][0], &found["transactions"][1]];
    assert_eq!(
        (&first["category"], &first["merchant"]),
        (&json!("Bills & Utilities"), &Value::Null)
    );
    assert_eq!(second["category"], "Online Platforms & Leisure");
    assert_eq!(second["subcategory"], "Movie & Audio");
    assert_eq!(second["merchant"]["merchant_name"], "Spotify");
    assert_eq!(second["merchant"]["website"], "https://www.spotify.com");
}

#[tokio::test]
async fn own_data_need_keys() {
    let api = Api::new().await;
    for path in [INCOMES, EXPENSES, RISK, CATEGORIES] {
        let answer = api.call_as(None, "POST", path, "{}").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        let answer = api.get(path).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
}
