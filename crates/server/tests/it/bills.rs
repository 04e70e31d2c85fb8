//! Bills, and the movements that point to them.

use crate::{
    api::Api,
    people::{People, ids},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

const BANK: &str = "ofmockbank_br_retail";

/// The bill that a movement points to, as it is shown.
fn pointer(movement: &Value) -> &Value {
    &movement["credit_card_data"]["credit_card_bill"]
}

#[tokio::test]
async fn a_movement_shows_the_id_of_its_bill_while_that_is_stored() {
    for api in Api::each().await {
        let people = People::at(&api).await;
        let link = people.register(BANK, "76109277673", "").await;
        let bills = api.get(&format!("/api/bills/?link={link}&page_size=1000")).await.json();
        let bill = bills["results"][3].clone();
        let name = bill["bill_name"].as_str().expect("a name");
        let listed = format!(
            "/api/transactions/?link={link}&credit_card_data__bill_name__in={name}&page_size=1000"
        );
        let movements = api.get(&listed).await.json();
        let movements = movements["results"].as_array().expect("movements").clone();
        assert!(movements.len() > 5, "{}", api.database());
        for movement in &movements {
            assert_eq!(pointer(movement)["id"], bill["id"]);
            let key = &pointer(movement)["internal_identification"];
            assert_eq!(*key, bill["internal_identification"]);
        }
        let one = format!("/api/transactions/{}/", movements[0]["id"].as_str().expect("an id"));
        assert_eq!(api.get(&one).await.json(), movements[0], "alone as in the list");
        let read = json!({"link": link, "date_from": "2025-07-01", "date_to": "2026-01-14"});
        let read = api.post("/api/transactions/", &read).await;
        assert_eq!(read.status, StatusCode::CREATED, "{}", read.text);
        let known = ids(&bills);
        let mut pointing = 0;
        for movement in read.json().as_array().expect("movements") {
            if let Some(id) = pointer(movement)["id"].as_str() {
                assert!(known.iter().any(|known| known == id));
                pointing += 1;
            }
        }
        assert!(pointing > movements.len());
        let gone = format!("/api/bills/{}/", bill["id"].as_str().expect("an id"));
        assert_eq!(api.call("DELETE", &gone, "").await.status, StatusCode::NO_CONTENT);
        let after = api.get(&one).await.json();
        assert!(pointer(&after).get("id").is_none(), "{after}");
        assert_eq!(
            pointer(&after)["internal_identification"],
            bill["internal_identification"],
            "the bank still says which it is"
        );
    }
}
