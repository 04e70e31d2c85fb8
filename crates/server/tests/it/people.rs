//! The sandbox's people who have something of each resource.

use crate::api::Api;
use axum::http::StatusCode;
use domain::resource::{self, AccountKey, Resource, Unsaid, WindowRule};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) const EREBOR: &str = "erebor_mx_retail";

/// The records of a list or of an array, or the one there is.
pub(crate) fn records(answer: &Value) -> &[Value] {
    let items = answer.as_array().or_else(|| answer["results"].as_array());
    items.map_or(std::slice::from_ref(answer), Vec::as_slice)
}
/// Their ids.
pub(crate) fn ids(answer: &Value) -> Vec<String> {
    records(answer).iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

/// Who has something of each resource: the first whose institution offers it shows it.
const PEOPLE: &[(&str, &str, &str)] = &[
    (EREBOR, "bnk102", "low"),
    ("ofmockbank_br_retail", "76109277673", ""),
    ("erebor_br_retail", "bnk100", "full"),
    ("ironbank_br_business", "shop", "full"),
    ("planet_mx_employment", "TEMX850715HDFMRR08", ""),
    ("planet_br_employment", "76109277673", ""),
    ("planet_co_employment", "1032456789", ""),
    ("tatooine_mx_fiscal", "PMO010101000", "business"),
    ("tatooine_co_fiscal", "900555120-2", "business"),
    ("tatooine_cl_fiscal", "77100200-5", "business"),
];

/// Links of those who have something, each made when it is first needed.
pub(crate) struct People<'a> {
    api: &'a Api,
    institutions: Value,
    links: BTreeMap<&'static str, String>,
}

impl<'a> People<'a> {
    pub(crate) async fn at(api: &'a Api) -> Self {
        let institutions = api.get("/api/institutions/?page_size=1000").await.json();
        Self { api, institutions: institutions["results"].clone(), links: BTreeMap::new() }
    }
    /// Somebody who has records of a resource: their institution, user name and link.
    pub(crate) async fn with(
        &mut self,
        resource: &Resource,
    ) -> (&'static str, &'static str, String) {
        let offers = |name: &str| {
            let all = self.institutions.as_array().expect("institutions");
            let known = all.iter().find(|i| i["name"] == name).expect("an institution");
            known["resources"].as_array().expect("names").contains(&resource.offered_as.into())
                && (resource.countries.is_empty()
                    || resource.countries.iter().any(|country| known["country_code"] == *country))
        };
        let of = PEOPLE.iter().find(|(name, ..)| offers(name));
        let &(institution, user, password) =
            of.unwrap_or_else(|| panic!("nobody has {}", resource.name));
        if !self.links.contains_key(institution) {
            let link = self.register(institution, user, password).await;
            self.links.insert(institution, link);
        }
        (institution, user, self.links[institution].clone())
    }
    pub(crate) async fn register(&self, institution: &str, user: &str, password: &str) -> String {
        let mut body = json!({"institution": institution, "username": user});
        if !password.is_empty() {
            body["password"] = json!(password);
        }
        if institution.starts_with("ironbank") {
            body["username_type"] = json!("003");
            body["username2"] = json!("valid");
            body["password2"] = json!("valid");
        }
        let all = self.institutions.as_array().expect("institutions");
        let known = all.iter().find(|i| i["name"] == institution).expect("an institution");
        let names: Vec<String> = serde_json::from_value(known["resources"].clone()).expect("names");
        let known = names.into_iter().filter(|name| resource::offered_as(name).is_some());
        body["fetch_resources"] = known.collect();
        let mut answer = self.api.post("/api/links/", &body).await;
        if answer.status == StatusCode::PRECONDITION_REQUIRED {
            let session = answer.errors()[0]["session"].clone();
            answer = self.api.patch("/api/links/", &json!({"session": session})).await;
        }
        assert!(answer.status.is_success(), "{institution}: {}", answer.text);
        self.api.settle().await;
        answer.json()["id"].as_str().expect("an id").to_owned()
    }
}

/// The body that reads a resource.
pub(crate) async fn asking(api: &Api, resource: &Resource, link: &str) -> Value {
    let mut body = json!({"link": link});
    if let Some(AccountKey { key, required: true }) = resource.account_key {
        let category = "category=CHECKING_ACCOUNT";
        let accounts = api.get(&format!("/api/accounts/?link={link}&{category}")).await.json();
        body[key] = ids(&accounts).remove(0).into();
    }
    if resource.window == WindowRule::Month {
        body["year"] = "2025".into();
        body["month"] = "12".into();
    }
    if let WindowRule::Dates { .. } = resource.window {
        let long = resource.name != "INVOICES";
        body["date_from"] = json!(if long { "2025-07-01" } else { "2025-12-15" });
        body["date_to"] = json!("2026-01-14");
    }
    if let Some(kinds) = resource.kinds.filter(|kinds| kinds.unsaid == Unsaid::Refused) {
        body["type"] = kinds.all[0].word.into();
    }
    body
}
/// Where its records of a link are listed.
pub(crate) async fn listed_at(api: &Api, resource: &Resource, user: &str, link: &str) -> String {
    match (resource.belongs_to, resource.required) {
        (Some(parent), _) if resource.is_nested() => {
            let above = api.get(&format!("{}?link={link}", parent.resource.path)).await.json();
            let above = ids(&above).remove(0);
            format!("{}?page_size=1000", resource.path.replace("{id}", &above))
        }
        (_, Some("user_document")) => format!("{}?user_document={user}", resource.path),
        _ => format!("{}?link={link}&link__in={link}&page_size=1000", resource.path),
    }
}
