//! Every answer of every test is held against the contract's published schemas, and against what
//! our own OpenAPI document says of it.

use crate::api::Answer;
use axum::http::{Method, StatusCode, Uri};
use domain::resource;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

static PUBLISHED: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../schemas.json")).expect("the published schemas are JSON")
});
static OURS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&server::openapi()).expect("the document is JSON"));

/// What the objects behind each path are called.
static OBJECTS: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let own = [
        ("/api/institutions/", "Institution"),
        ("/api/links/", "Link"),
        ("/api/enrich/incomes/", "IncomeEyod"),
        ("/api/enrich/recurring-expenses/", "RecurringExpenseEyod"),
        ("/api/enrich/risk-insights/", "RiskInsightsEyod"),
        ("/api/categorization/", "Categorization"),
    ];
    let own = own.into_iter().map(|(path, name)| (path, name.to_owned()));
    own.chain(resource::all().iter().map(|r| (r.path, (r.schemas)().remove(0).0))).collect()
});

/// What the objects behind a path are called, and whether it is a list.
fn objects(path: &str) -> Option<(&'static str, bool)> {
    let leads_here = |template: &str| {
        let (mut parts, mut asked) = (template.split('/'), path.split('/'));
        let same = parts.by_ref().zip(asked.by_ref()).all(|(t, p)| t == p || t.starts_with('{'));
        same && parts.next().is_none() && asked.next().is_none()
    };
    OBJECTS.iter().find_map(|(path, name)| {
        let one = format!("{path}{{id}}/");
        let list = leads_here(path);
        (list || leads_here(&one)).then_some((name.as_str(), list))
    })
}

/// Panics unless `answer` is what both say.
pub(crate) fn check(method: &Method, uri: &Uri, answer: &Answer) {
    let kind = answer.headers.get("content-type").and_then(|kind| kind.to_str().ok());
    if kind != Some("application/json") {
        return;
    }
    let json = answer.json();
    let projected = uri.query().is_some_and(|q| q.contains("fields=") || q.contains("omit="));
    if answer.status.is_client_error() || answer.status.is_server_error() {
        if uri.path() != "/readyz" {
            published("ErrorList", &json);
        }
        // A list of errors may hold either: what asks is to be the one that can be answered.
        let asks = |item: &&Value| {
            ["session", "link", "expiry", "token_generation_data"]
                .iter()
                .any(|key| item.get(key).is_some())
        };
        for item in json.as_array().into_iter().flatten().filter(asks) {
            published("TokenRequired", item);
            assert_eq!(
                (answer.status, &item["code"]),
                (StatusCode::PRECONDITION_REQUIRED, &json!("token_required"))
            );
        }
    } else if answer.status == StatusCode::ACCEPTED && uri.path().starts_with("/api/") {
        published("AsyncAccepted", &json);
    } else if let Some((name, list)) = objects(uri.path()) {
        let is_page = method == Method::GET && list;
        let items: Vec<&Value> = match &json {
            Value::Array(items) => items.iter().collect(),
            page if is_page => {
                published("PaginatedResponse", page);
                page["results"].as_array().expect("results").iter().collect()
            }
            one => vec![one],
        };
        // What is not kept has no id; everything else is as if it were.
        let unsaved = method != Method::GET && answer.status == StatusCode::OK;
        for item in items.into_iter().filter(|_| !projected) {
            let mut item = item.clone();
            if unsaved {
                item["id"] = json!("0197a6e8-1111-7abc-8def-000000000001");
                item["account_id"] = item["id"].clone();
                if item["account"].is_object() {
                    item["account"]["id"] = item["id"].clone();
                }
            }
            published(contracted(name, &item), &item);
        }
    }
    if !projected {
        described(method, uri, answer, &json);
    }
}

/// What the contract calls an object of ours.
fn contracted<'a>(name: &'a str, item: &Value) -> &'a str {
    let company = item["informacion_general"].get("denominacion_razon_social").is_some();
    // Colombia's numbers have a line in front of their check digit.
    let number = item["tax_payer_information"]["rfc"].as_str().unwrap_or_default();
    match (name, company, item.get("type").is_some()) {
        ("Invoice", ..) if item.get("receiver_details").is_some() => "InvoiceDian",
        ("Invoice", ..) => "InvoiceSat",
        ("TaxStatus", ..) if number.contains('-') => "TaxStatusDian",
        ("TaxStatus", ..) => "TaxStatusSat",
        ("TaxDeclaration", ..) if item["tax_payer_information"]["company_name"].is_string() => {
            "TaxDeclarationBusiness"
        }
        ("TaxDeclaration", ..) => "TaxDeclarationIndividual",
        ("TaxReturn", false, false) => "TaxReturnPersonal",
        ("TaxReturn", false, true) => "TaxReturnPersonalMonthly",
        ("TaxReturn", true, false) => "TaxReturnBusiness",
        ("TaxReturn", true, true) => "TaxReturnBusinessMonthly",
        _ => name,
    }
}

fn published(name: &str, value: &Value) {
    hold(&format!("published {name}"), value, || {
        let mut whole = json!({"$ref": format!("#/{name}"), name: PUBLISHED[name]});
        whole["$defs"] = needed(&PUBLISHED[name], "#/$defs/", &PUBLISHED["$defs"]);
        whole
    });
}

/// What our own document says of this answer.
fn described(method: &Method, uri: &Uri, answer: &Answer, value: &Value) {
    let paths = OURS["paths"].as_object().expect("paths");
    let leads_here = |template: &str| {
        let (template, path) = (template.split('/'), uri.path().split('/'));
        template.clone().count() == path.clone().count()
            && template.zip(path).all(|(t, p)| t == p || t.starts_with('{'))
    };
    let Some((path, methods)) = paths.iter().find(|(template, _)| leads_here(template)) else {
        return;
    };
    let responses = &methods[method.as_str().to_lowercase()]["responses"];
    if responses.is_null() {
        return;
    }
    let status = answer.status.as_str();
    let response = responses.get(status).unwrap_or(&responses["default"]);
    let schema = &response["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{method} {path} never says that it answers {status} with a body");
    fits(&format!("{method} {path} {status}"), value, schema);
}

/// Panics unless `value` fits a schema of our own document.
pub(crate) fn fits(name: &str, value: &Value, schema: &Value) {
    hold(name, value, || {
        let all = &OURS["components"]["schemas"];
        let schemas = needed(schema, "#/components/schemas/", all);
        json!({"allOf": [schema], "components": {"schemas": schemas}})
    });
}

/// Those of `all` that a schema refers to, and those that they refer to: a validator copies all that
/// it is given.
fn needed(schema: &Value, prefix: &str, all: &Value) -> Value {
    let mut found = serde_json::Map::new();
    let mut left = vec![schema];
    while let Some(next) = left.pop() {
        match next {
            Value::Object(map) => {
                let name = map.get("$ref").and_then(|to| to.as_str()?.strip_prefix(prefix));
                if let Some(name) = name.filter(|name| !found.contains_key(*name)) {
                    found.insert(name.to_owned(), all[name].clone());
                    left.push(&all[name]);
                }
                left.extend(map.values());
            }
            Value::Array(items) => left.extend(items),
            _ => {}
        }
    }
    found.into()
}

fn hold(name: &str, value: &Value, schema: impl FnOnce() -> Value) {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> =
        LazyLock::new(Mutex::default);
    let validator = VALIDATORS
        .lock()
        .expect("no test panics in here")
        .entry(name.to_owned())
        .or_insert_with(|| {
            let validator = jsonschema::validator_for(&schema());
            Arc::new(validator.unwrap_or_else(|e| panic!("{name}: {e}")))
        })
        .clone();
    let wrong: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{} at {}", error, error.instance_path))
        .collect();
    assert!(wrong.is_empty(), "{name}: {}\n{value:#}", wrong.join("\n"));
}
