//! Employment records, with the report that belongs to them.

use crate::{api::Api, people::People};
use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

const RECORDS: &str = "/api/employment-records/";

#[tokio::test]
async fn the_report_is_among_the_files_where_it_was_asked_for() {
    for api in Api::each().await {
        let people = People::at(&api).await;
        let link = people.register("planet_mx_employment", "TEMX850715HDFMRR08", "").await;
        let listed = format!("{RECORDS}?link={link}");
        assert!(api.get(&listed).await.json()["results"][0]["files"].is_null());
        let read = api.post(RECORDS, &json!({"link": link, "attach_pdf": true})).await;
        assert_eq!(read.status, StatusCode::CREATED, "{}", read.text);
        let read = read.json()[0].clone();
        let file = &read["files"][0];
        assert_eq!(file["type"], "Constancia de semanas cotizadas");
        let pdf = STANDARD.decode(file["value"].as_str().expect("a file")).expect("base64");
        assert!(pdf.starts_with(b"%PDF-"));
        assert_eq!(api.get(&listed).await.json()["results"][0], read, "{}", api.database());
        let one = format!("{RECORDS}{}/?omit=files", read["id"].as_str().expect("an id"));
        assert!(api.get(&one).await.json().get("files").is_none());
    }
}
