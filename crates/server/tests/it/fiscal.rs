//! Fiscal resources: loaded part by part, asked for by kind, with their documents.

use crate::api::Api;
use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

const TATOOINE: &str = "tatooine_mx_fiscal";
const PERSON: (&str, &str) = ("PFIS010101000", "individual");
const COMPANY: (&str, &str) = ("PMO010101000", "business");
const STATUS: &str = "/api/tax-status/";
const OPINION: &str = "/api/tax-compliance-status/";
const INVOICES: &str = "/api/invoices/";
const RETENTIONS: &str = "/api/tax-retentions/";
const RETURNS: &str = "/api/tax-returns/";
const STATEMENTS: &str = "/api/financial-statements/";

async fn link(api: &Api, (user, password): (&str, &str)) -> String {
    let link = api.link(TATOOINE, user, password).await;
    api.settle().await;
    link
}
/// A link for which nothing but `resource` is loaded.
async fn link_for(api: &Api, (user, password): (&str, &str), resource: &str) -> String {
    let body = json!({"institution": TATOOINE, "username": user, "password": password,
        "access_mode": "single", "fetch_resources": [resource]});
    let answer = api.post("/api/links/", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    api.settle().await;
    answer.json()["id"].as_str().expect("an id").to_owned()
}
fn invoices(link: &str, kind: &str) -> Value {
    json!({"link": link, "type": kind, "date_from": "2025-12-01", "date_to": "2026-01-14"})
}
async fn count(api: &Api, path: &str) -> u64 {
    api.get(path).await.json()["count"].as_u64().expect("a count")
}
fn decoded(document: &Value) -> String {
    let bytes = STANDARD.decode(document.as_str().expect("a document")).expect("base64");
    String::from_utf8_lossy(&bytes).into_owned()
}
/// Code and `data` of what was announced of a type.
async fn announced(api: &Api, of: &str) -> Vec<(String, Value)> {
    let path = format!("/v1/deliveries/?webhook_type={of}&page_size=1000");
    let mut all = Vec::new();
    for delivery in api.get(&path).await.json()["results"].as_array().expect("results") {
        let path = format!("/v1/deliveries/{}/", delivery["id"].as_str().expect("an id"));
        let body = api.get(&path).await.json()["body"].clone();
        all.push((body["webhook_code"].as_str().expect("a code").to_owned(), body["data"].clone()));
    }
    all
}
#[tokio::test]
async fn whatever_anybody_is_shown_is_as_the_schemas_say() {
    for api in Api::each().await {
        for persona in
            [PERSON, COMPANY, ("fiscal100", "full"), ("fiscal101", "nodata"), ("fiscal102", "low")]
        {
            let link = link(&api, persona).await;
            let empty = persona.1 == "nodata";
            for path in [RETENTIONS, RETURNS, STATEMENTS] {
                let page = api.get(&format!("{path}?link={link}&page_size=1000")).await;
                assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            }
            for path in [STATUS, OPINION, INVOICES] {
                let page = api.get(&format!("{path}?link={link}&page_size=1000")).await;
                assert_eq!(page.status, StatusCode::OK, "{}", page.text);
                assert_eq!(page.json()["count"] == 0, empty, "{persona:?} {path}");
            }
            for kind in ["INFLOW", "OUTFLOW"] {
                let read = api.post(INVOICES, &invoices(&link, kind)).await;
                assert_eq!(read.status, StatusCode::CREATED, "{}", read.text);
            }
        }
    }
}

#[tokio::test]
async fn a_load_of_invoices_tells_of_the_last_month_and_of_each_of_five_years() {
    for api in Api::each_announcing().await {
        let link = link(&api, COMPANY).await;
        let said = announced(&api, "INVOICES").await;
        let told = |code: &str| said.iter().filter(|(other, _)| other == code).count();
        for direction in ["inflow", "outflow"] {
            assert_eq!(told(&format!("initial_{direction}_update")), 1);
            assert_eq!(told(&format!("historical_{direction}_update")), 5, "one for each year");
        }
        assert_eq!(said.len(), 12);
        let mut in_years = 0;
        for (code, data) in &said {
            let first = data["first_invoice_date"].as_str().expect("a day");
            let last = data["last_invoice_date"].as_str().expect("a day");
            let total = data["total_invoices"].as_u64().expect("a count");
            assert!(total > 0 && first <= last, "{code} {data}");
            if code.starts_with("initial") {
                assert!(first >= "2025-12-16" && last <= "2026-01-14", "{data}");
            } else {
                in_years += total;
            }
        }
        let all = count(&api, &format!("{INVOICES}?link={link}")).await;
        assert_eq!(all, in_years, "the last month is part of the last year");

        api.advance(24 * 8).await;
        let later = announced(&api, "INVOICES").await;
        let news: Vec<_> = later.iter().filter(|(code, _)| code.starts_with("new_")).collect();
        assert!(!news.is_empty() && later.len() == 12 + news.len(), "{later:?}");
        let now = count(&api, &format!("{INVOICES}?link={link}")).await;
        let new: u64 = news.iter().filter_map(|(_, data)| data["new_invoices"].as_u64()).sum();
        assert_eq!(now - all, new);
    }
}

#[tokio::test]
async fn each_document_of_the_authority_is_announced_once_and_kept_once() {
    for api in Api::each_announcing().await {
        let link = link(&api, PERSON).await;
        let said = announced(&api, "TAX_STATUS").await;
        assert_eq!((said.len(), said[0].0.as_str()), (1, "historical_update"));
        assert_eq!(said[0].1["total_tax_status"], 1);
        assert!(said[0].1["last_status_change_date"].is_string());
        let said = announced(&api, "TAX_COMPLIANCE_STATUS").await;
        assert_eq!(said[0].1, json!({"total_tax_compliance_status": 1}));
        api.advance(48).await;
        for path in [STATUS, OPINION] {
            let read = api.post(path, &json!({"link": link})).await;
            assert_eq!(read.status, StatusCode::CREATED, "{}", read.text);
            assert!(read.json().is_object(), "one object: {}", read.text);
            let kept = api.get(&format!("{path}?link={link}")).await.json();
            assert_eq!(kept["count"], 1, "it says nothing new: {path}");
            assert_eq!(kept["results"][0]["id"], read.json()["id"]);
        }
    }
}

#[tokio::test]
async fn a_document_comes_with_its_record_only_where_it_was_asked_for() {
    for api in Api::each().await {
        let link = link(&api, PERSON).await;
        for path in [STATUS, OPINION] {
            let list = format!("{path}?link={link}");
            let first = |page: Value| page["results"][0].clone();
            assert!(first(api.get(&list).await.json())["pdf"].is_null(), "the load asked for none");
            let plain = api.post(path, &json!({"link": link})).await.json();
            assert!(plain["pdf"].is_null());
            let unsaved = json!({"link": link, "attach_pdf": true, "save_data": false});
            let unsaved = api.post(path, &unsaved).await;
            assert!(decoded(&unsaved.json()["pdf"]).starts_with("%PDF-"), "{}", unsaved.text);
            assert!(first(api.get(&list).await.json())["pdf"].is_null(), "it was not kept");

            let asked = json!({"link": link, "attach_pdf": true});
            let read = api.post(path, &asked).await;
            assert_eq!(read.status, StatusCode::CREATED, "{}", read.text);
            let read = read.json();
            assert!(decoded(&read["pdf"]).starts_with("%PDF-"));
            let one = format!("{path}{}/", read["id"].as_str().expect("an id"));
            assert_eq!(api.get(&one).await.json()["pdf"], read["pdf"]);
            assert_eq!(first(api.get(&list).await.json())["pdf"], read["pdf"]);
            api.post(path, &json!({"link": link})).await;
            assert_eq!(api.get(&one).await.json()["pdf"], read["pdf"], "it stays");
            let omitted = api.get(&format!("{one}?omit=pdf")).await.json();
            assert!(omitted.get("pdf").is_none() && omitted.get("id").is_some());
            let only = api.get(&format!("{one}?fields=pdf")).await.json();
            assert_eq!(only, json!({"pdf": read["pdf"]}));
            let stranger = api.stranger().await;
            let stolen = api.call_as(Some(&stranger), "GET", &one, "").await;
            assert_eq!(stolen.status, StatusCode::NOT_FOUND);
            assert_eq!(api.call("DELETE", &one, "").await.status, StatusCode::NO_CONTENT);
            assert_eq!(api.get(&one).await.status, StatusCode::NOT_FOUND);
        }
        let asked = json!({"link": link, "type": "inflow", "attach_xml": true,
            "date_from": "2025-12-01", "date_to": "2026-01-14"});
        let read = api.post(INVOICES, &asked).await.json();
        let read = read.as_array().expect("invoices");
        assert!(read.iter().all(|one| decoded(&one["xml"]).starts_with("<?xml")));
        let listed = format!("{INVOICES}?link={link}&page_size=1000&invoice_date__gte=2025-12-01");
        let listed = api.get(&listed).await.json();
        let with = listed["results"].as_array().expect("results").iter();
        assert_eq!(with.filter(|one| one["xml"].is_string()).count(), read.len());
    }
}

#[tokio::test]
async fn invoices_are_asked_for_by_kind_and_for_a_year_at_most() {
    for api in Api::each().await {
        let link = link(&api, PERSON).await;
        for (kind, word) in [("inflow", "INFLOW"), ("OUTFLOW", "OUTFLOW")] {
            let read = api.post(INVOICES, &invoices(&link, kind)).await.json();
            let read = read.as_array().expect("invoices").clone();
            assert!(!read.is_empty() && read.iter().all(|one| one["type"] == word), "{kind}");
        }
        let listed = |filter: &str| format!("{INVOICES}?link={link}&{filter}");
        let inflow = count(&api, &listed("type=INFLOW")).await;
        let outflow = count(&api, &listed("type=OUTFLOW")).await;
        let all = count(&api, &listed("")).await;
        assert!(inflow > outflow && outflow > 0);
        assert_eq!(inflow + outflow, all, "no kind removes the other");
        assert_eq!(count(&api, &listed("status=Vigente,")).await, 0);
        assert_eq!(count(&api, &listed("invoice_date__lte=2019-01-01")).await, 0);
        assert_eq!(count(&api, &listed("total_amount__gt=0")).await, all);
    }
    let api = Api::new().await;
    let link = link(&api, PERSON).await;
    let refused = async |body: Value| api.post(INVOICES, &body).await.codes();
    let at = |code: &str, field: &str| vec![(code.to_owned(), field.to_owned())];
    let with = |key: &str, value: &str| {
        let mut body = invoices(&link, "INFLOW");
        body[key] = value.into();
        body
    };
    assert_eq!(refused(with("type", "sideways")).await, at("invalid_choice", "type"));
    assert_eq!(refused(with("date_from", "2024-12-31")).await, at("invalid_period", "date_to"));
    assert_eq!(refused(with("date_to", "2026-01-15")).await, at("invalid", "date_to"));
    let mut body = invoices(&link, "INFLOW");
    body.as_object_mut().expect("an object").remove("type");
    assert_eq!(refused(body).await, at("required", "type"));
}

#[tokio::test]
async fn retentions_of_both_kinds_are_announced_together_and_asked_for_apart() {
    for api in Api::each_announcing().await {
        let link = link_for(&api, PERSON, "TAX_RETENTIONS").await;
        let said = announced(&api, "TAX_RETENTIONS").await;
        assert_eq!(said.len(), 1, "once, for both kinds: {said:?}");
        let all = count(&api, &format!("{RETENTIONS}?link={link}")).await;
        assert!(all >= 10);
        assert_eq!(said[0].0, "historical_update");
        assert_eq!(said[0].1["total_tax_retentions"], all);
        assert!(
            said[0].1["first_tax_retention_date"].as_str()
                < said[0].1["last_tax_retention_date"].as_str()
        );
        let days = |kind: &str| {
            json!({"link": link, "type": kind, "attach_xml": true,
                "date_from": "2025-06-01", "date_to": "2026-01-14"})
        };
        let read = api.post(RETENTIONS, &days("inflow")).await;
        assert_eq!(read.status, StatusCode::CREATED, "{}", read.text);
        let read = read.json();
        assert!(decoded(&read[0]["xml"]).contains("retenciones:Retenciones"));
        assert_eq!(api.post(RETENTIONS, &days("outflow")).await.json(), json!([]));
        assert_eq!(count(&api, &format!("{RETENTIONS}?link={link}")).await, all, "no row twice");
    }
}

#[tokio::test]
async fn returns_are_loaded_by_year_and_by_month_and_asked_for_in_either_way() {
    for api in Api::each_announcing().await {
        for (persona, months) in [(PERSON, 11), (COMPANY, 11)] {
            let link = if persona == COMPANY {
                link_for(&api, persona, "TAX_RETURNS").await
            } else {
                link(&api, persona).await
            };
            let listed = format!("{RETURNS}?link={link}&page_size=1000");
            assert_eq!(count(&api, &listed).await, 4 + months, "{persona:?}");
            assert_eq!(count(&api, &format!("{listed}&ejercicio=2024")).await, 1);
            assert_eq!(count(&api, &format!("{listed}&ejercicio__lte=2022")).await, 2);
            assert_eq!(count(&api, &format!("{listed}&tipo_declaracion=Normal")).await, 4 + months);
            // Without a type it is by year; years may be texts, numbers or null.
            let some =
                json!({"link": link, "year_from": "2023", "year_to": 2024, "attach_pdf": true});
            let read = api.post(RETURNS, &some).await;
            assert_eq!(read.status, StatusCode::CREATED, "{}", read.text);
            let read = read.json();
            assert_eq!(read.as_array().map(Vec::len), Some(2));
            for key in ["pdf", "receipt_pdf"] {
                assert!(decoded(&read[0][key]).starts_with("%PDF-"));
            }
            let all = json!({"link": link, "type": "yearly", "year_from": null, "year_to": "2026"});
            assert_eq!(api.post(RETURNS, &all).await.json().as_array().map(Vec::len), Some(4));
            let some = json!({"link": link, "type": "monthly",
                "date_from": "2025-06-01", "date_to": "2025-08-31"});
            let read = api.post(RETURNS, &some).await.json();
            assert_eq!(read.as_array().map(Vec::len), Some(3), "{persona:?}");
            assert_eq!(read[0]["type"], "monthly");
            assert_eq!(count(&api, &listed).await, 4 + months, "no row twice");
        }
        let said = announced(&api, "TAX_RETURNS").await;
        assert_eq!(said.len(), 4, "two for each link: {said:?}");
        for (kind, total, first, last) in [("yearly", 4, 2021, 2024), ("monthly", 11, 2025, 2025)] {
            let data = json!({"type": kind, "total_tax_returns": total,
                "first_tax_return_year": first, "last_tax_return_year": last});
            let event = ("historical_update".to_owned(), data);
            assert_eq!(said.iter().filter(|one| **one == event).count(), 2, "{said:?}");
        }
        api.advance(24 * 8).await;
        let said = announced(&api, "TAX_RETURNS").await;
        let news = json!({"type": "monthly", "new_tax_returns": 1});
        let news = ("new_tax_returns_available".to_owned(), news);
        assert!(said.contains(&news), "December of who is kept fresh: {said:?}");
    }
    let api = Api::new().await;
    let link = link(&api, PERSON).await;
    let refused = async |body: Value| api.post(RETURNS, &body).await.codes();
    let at = |code: &str, field: &str| vec![(code.to_owned(), field.to_owned())];
    let monthly = json!({"link": link, "type": "monthly", "date_from": "2025-01-01"});
    assert_eq!(refused(monthly).await, at("required", "date_to"));
    let future = json!({"link": link, "year_to": "2027"});
    assert_eq!(refused(future).await, at("invalid", "year_to"));
}

#[tokio::test]
async fn statements_and_invoices_can_be_asked_for_later() {
    for api in Api::each_announcing().await {
        let link = link_for(&api, COMPANY, "FINANCIAL_STATEMENTS").await;
        let later = async |path: &str, body: Value| {
            let request = axum::http::Request::builder()
                .method("POST")
                .uri(path)
                .header("authorization", &api.keys)
                .header("X-Belvo-Request-Mode", "async")
                .body(axum::body::Body::from(body.to_string()));
            let answer = api.send(request.expect("a request")).await;
            assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
            api.settle().await;
        };
        let kept = count(&api, &format!("{STATEMENTS}?link={link}")).await;
        later(STATEMENTS, json!({"link": link})).await;
        let said = announced(&api, "FINANCIAL_STATEMENTS").await;
        assert!(
            said.contains(&("historical_update".into(), json!({"new_financial_statements": kept})))
        );
        let news =
            ("new_financial_statements_available".into(), json!({"new_financial_statements": 0}));
        assert!(kept > 0 && said.len() == 2 && said.contains(&news), "{said:?}");
        for kind in ["inflow", "outflow"] {
            later(INVOICES, invoices(&link, kind)).await;
            let said = announced(&api, "INVOICES").await;
            let word = kind.to_uppercase();
            let kept = count(&api, &format!("{INVOICES}?link={link}&type={word}")).await;
            let news = (format!("new_{kind}_invoices_available"), json!({"new_invoices": kept}));
            assert!(kept > 0 && said.contains(&news), "{said:?}");
        }
    }
}

#[tokio::test]
async fn whoever_has_no_document_gets_an_error_instead_of_an_object() {
    let api = Api::new().await;
    let link = link(&api, ("fiscal101", "nodata")).await;
    let answer = api.post(STATUS, &json!({"link": link})).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
    assert_eq!(answer.code(), "unavailable_data");
    let at_bank = api.link("erebor_mx_retail", "bnk102", "low").await;
    for path in [STATUS, OPINION] {
        let answer = api.post(path, &json!({"link": at_bank})).await;
        assert_eq!(answer.code(), "unsupported_operation");
    }
}

const COLOMBIA: (&str, [(&str, &str); 2]) =
    ("tatooine_co_fiscal", [("1020304050-8", "individual"), ("900555120-2", "business")]);
const CHILE: (&str, [(&str, &str); 2]) =
    ("tatooine_cl_fiscal", [("15620310-6", "individual"), ("77100200-5", "business")]);

/// A link of somebody at an authority, with these resources loaded.
async fn link_at(api: &Api, site: &str, (user, password): (&str, &str), all: &[&str]) -> String {
    let body = json!({"institution": site, "username": user, "password": password,
        "fetch_resources": all});
    let answer = api.post("/api/links/", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    api.settle().await;
    answer.json()["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn whatever_people_and_companies_of_colombia_and_chile_are_shown_is_as_the_schemas_say() {
    for api in Api::each().await {
        for ((site, people), paths) in [
            (COLOMBIA, [INVOICES, STATUS, "/api/tax-declarations/"]),
            (CHILE, ["/api/cl/invoices/", "/api/cl/tax-status/", "/api/cl/debt-reports/"]),
        ] {
            for who in [people[0], people[1], ("fiscal100", "full"), ("fiscal101", "nodata")] {
                let all = ["INVOICES", "TAX_STATUS", "TAX_DECLARATIONS", "DEBT_REPORTS"];
                let of = if site == CHILE.0 {
                    [all[0], all[1], all[3]]
                } else {
                    [all[0], all[1], all[2]]
                };
                let link = link_at(&api, site, who, &of).await;
                for path in paths {
                    let page = api.get(&format!("{path}?link={link}&page_size=1000")).await;
                    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
                    let none =
                        who.1 == "nodata" || path == "/api/cl/invoices/" && who.1 != "business";
                    assert_eq!(page.json()["count"] == 0, none, "{site} {who:?} {path}");
                }
            }
        }
    }
}

#[tokio::test]
async fn invoices_of_colombia_are_loaded_for_a_year_and_those_of_chile_with_sums_by_month() {
    for api in Api::each_announcing().await {
        let link = link_at(&api, COLOMBIA.0, COLOMBIA.1[1], &["INVOICES"]).await;
        let said = announced(&api, "INVOICES").await;
        let mut codes: Vec<&str> = said.iter().map(|(code, _)| code.as_str()).collect();
        codes.sort_unstable();
        assert_eq!(
            codes,
            [
                "historical_inflow_update",
                "historical_outflow_update",
                "initial_inflow_update",
                "initial_outflow_update"
            ],
            "one year"
        );
        let one = api.get(&format!("{INVOICES}?link={link}&type=OUTFLOW&page_size=1")).await.json();
        assert_eq!(one["results"][0]["sender_id"], COLOMBIA.1[1].0);
        assert_eq!(one["results"][0]["currency"], "COP");

        let link = link_at(&api, CHILE.0, CHILE.1[1], &["INVOICES"]).await;
        assert_eq!(announced(&api, "INVOICES").await.len(), 8);
        let path = "/api/cl/invoices/";
        let all = api.get(&format!("{path}?link={link}&page_size=1000")).await.json();
        let sum = |all: &Value| {
            let mut sums = all
                .as_array()
                .expect("invoices")
                .iter()
                .filter(|one| one["summary_invoice_details"]["month"] == "2026-01");
            sums.next().cloned().expect("a sum")
        };
        let january = sum(&all["results"]);
        // Without a kind it is both.
        let body = json!({"link": link, "date_from": "2026-01-01", "date_to": "2026-01-14"});
        let read = api.post(path, &body).await.json();
        for kind in ["INFLOW", "OUTFLOW"] {
            assert!(read.as_array().expect("invoices").iter().any(|one| one["type"] == kind));
        }
        assert_eq!(sum(&read)["id"], january["id"]);
        api.advance(24 * 4).await;
        let body = json!({"link": link, "date_from": "2026-01-01", "date_to": "2026-01-18"});
        let later = sum(&api.post(path, &body).await.json());
        assert_eq!(later["id"], january["id"], "a month's sum grows and stays one");
        assert!(later["total_amount"].as_f64() > january["total_amount"].as_f64());
    }
}

#[tokio::test]
async fn documents_of_colombia_and_chile_come_where_they_are_asked_for() {
    let api = Api::new().await;
    let colombia = link_at(&api, COLOMBIA.0, COLOMBIA.1[0], &["TAX_STATUS"]).await;
    let chile = link_at(&api, CHILE.0, CHILE.1[0], &["TAX_STATUS"]).await;
    for (link, path, number) in [
        (&colombia, STATUS, "1020304050-8"),
        (&colombia, "/api/tax-declarations/", "1020304050-8"),
        (&chile, "/api/cl/tax-status/", "15620310-6"),
        (&chile, "/api/cl/debt-reports/", "15620310-6"),
    ] {
        let read = api.post(path, &json!({"link": link, "attach_pdf": true})).await;
        assert_eq!(read.status, StatusCode::CREATED, "{}", read.text);
        let read = read.json();
        let one = read.as_array().map_or(&read, |all| &all[0]);
        assert!(decoded(&one["pdf"]).starts_with("%PDF-"), "{path}");
        assert!(one.to_string().contains(number), "{path}");
    }
    let declared = format!("/api/tax-declarations/?link={colombia}");
    assert_eq!(count(&api, &declared).await, 4, "of five years back, the last is not filed yet");
    assert_eq!(count(&api, &format!("{declared}&year__gte=2023")).await, 2);
    // Neither is Mexico's, nor are Mexico's theirs.
    for (link, path) in
        [(&colombia, RETURNS), (&chile, INVOICES), (&colombia, "/api/cl/tax-status/")]
    {
        let body = json!({"link": link, "type": "INFLOW", "date_from": "2026-01-01",
            "date_to": "2026-01-14"});
        let kinds = json!({"link": link, "year_to": "2025"});
        let body = if path == RETURNS { kinds } else { body };
        assert_eq!(api.post(path, &body).await.code(), "unsupported_operation", "{path}");
    }
}
