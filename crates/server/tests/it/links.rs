//! Links: register, resume, list, update, modify, refresh, delete.

use crate::api::{Answer, Api};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use connect::sandbox::known_users;
use serde_json::{Value, json};
use server::{Limits, Settings};
use store::secrets::LinkSecrets;

const EREBOR: &str = "erebor_mx_retail";
const HEIMDALL: &str = "heimdall_mx_retail";
const NOBODY: &str = "0197a6e8-1111-7abc-8def-000000000001";

fn frodo(username: &str) -> Value {
    json!({"institution": EREBOR, "username": username, "password": "full"})
}
fn id(answer: &Answer) -> String {
    assert!(answer.status.is_success(), "{}", answer.text);
    answer.json()["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_link_is_registered_shown_listed_and_forgotten() {
    for api in Api::each().await {
        let mut body = frodo("bnk100");
        body["external_id"] = json!("customer-8841");
        body["save_data"] = json!(true);
        body["encryption_key"] = Value::Null;
        let born = api.post("/api/links/", &body).await;
        assert_eq!(born.status, StatusCode::CREATED, "{}", born.text);
        let link = born.json();
        assert_eq!(link["status"], "valid");
        assert_eq!(link["access_mode"], "recurrent");
        assert_eq!(link["refresh_rate"], "7d");
        assert_eq!(link["credentials_storage"], "store");
        assert_eq!(link["stale_in"], "365d");
        assert_eq!(link["external_id"], "customer-8841");
        assert_eq!(link["created_by"], api.key_id.as_str());
        assert_eq!(link["created_at"], "2026-01-14T09:00:00.000000Z");
        assert_eq!(link["last_accessed_at"], "2026-01-14T09:00:00.000000Z");
        assert_eq!(link["institution_user_id"].as_str().map(str::len), Some(44));
        let path = format!("/api/links/{}/", id(&born));

        assert_eq!(api.get(&path).await.json(), link);
        for query in [
            "",
            "?status__in=valid,invalid",
            "?external_id=customer-8841",
            "?institution=erebor_mx_retail&access_mode=recurrent",
            "?created_at__range=2026-01-01,2026-01-31",
            "?created_at=2026-01-14",
            "?refresh_rate=7d",
            &format!("?id__in={},{NOBODY}", id(&born)),
            &format!("?created_by__not_in={NOBODY}"),
        ] {
            let page = api.get(&format!("/api/links/{query}")).await.json();
            assert_eq!(page["count"], 1, "{query}");
            assert_eq!(page["results"][0], link, "{query}");
        }
        for query in ["?status=invalid", "?refresh_rate=null", "?created_at__gt=2026-01-14"] {
            let page = api.get(&format!("/api/links/{query}")).await.json();
            assert_eq!(page["count"], 0, "{query}");
        }
        let some = api.get(&format!("{path}?fields=id,status")).await.json();
        assert_eq!(some, json!({"id": link["id"], "status": "valid"}));

        assert_eq!(api.call("DELETE", &path, "").await.status, StatusCode::NO_CONTENT);
        assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(api.call("DELETE", &path, "").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn every_answer_with_a_link_shows_the_keys_that_are_asked_for() {
    for api in Api::each().await {
        let mut body = frodo("bnk100");
        body["access_mode"] = json!("single");
        let born = api.post("/api/links/?fields=id,access_mode", &body).await;
        assert_eq!(born.status, StatusCode::CREATED, "{}", born.text);
        assert_eq!(born.json(), json!({"id": id(&born), "access_mode": "single"}));
        let path = format!("/api/links/{}/", id(&born));

        let stale_in = json!({"stale_in": "90d"});
        let modified = api.patch(&format!("{path}?fields=stale_in"), &stale_in).await;
        assert_eq!(modified.json(), stale_in);
        let password = json!({"password": "full"}).to_string();
        let updated = api.call("PUT", &format!("{path}?omit=id,created_by"), password).await.json();
        let mut rest = api.get(&path).await.json();
        for key in ["id", "created_by"] {
            rest.as_object_mut().expect("an object").remove(key).expect(key);
        }
        assert_eq!(updated, rest);

        let body =
            json!({"institution": HEIMDALL, "username": "mfa_numeric", "password": "numeric_code"});
        let asked = api.post("/api/links/?fields=status", &body).await;
        assert_eq!(asked.status, StatusCode::PRECONDITION_REQUIRED, "{}", asked.text);
        let answer = json!({"session": asked.json()[0]["session"], "token": "111111"});
        let resumed = api.patch("/api/links/?fields=status", &answer).await;
        assert_eq!(resumed.json(), json!({"status": "valid"}));
    }
}

#[tokio::test]
async fn what_breaks_on_our_side_is_no_login_that_failed() {
    for api in Api::each().await {
        let link = id(&api.post("/api/links/", &frodo("bnk100")).await);
        api.settle().await;
        let mut tx = api.engine.store().write().await.expect("a transaction");
        let link_id = link.parse().expect("an id");
        let secrets = tx.secrets(link_id).await.expect("an answer").expect("secrets");
        let damaged = LinkSecrets { credentials: Some(b"nothing of ours".to_vec()), ..secrets };
        tx.put_secrets(&damaged).await.expect("they are stored");
        tx.commit().await.expect("it holds");
        let answer = api.post("/api/accounts/", &json!({"link": link})).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", answer.text);
        assert_eq!(answer.code(), "unexpected_error");
        assert_eq!(api.get(&format!("/api/links/{link}/")).await.json()["status"], "valid");
    }
}

#[tokio::test]
async fn the_same_login_is_linked_once() {
    for api in Api::each().await {
        let first = api.post("/api/links/", &frodo("bnk100")).await.json();
        let second = api.post("/api/links/", &frodo("bnk100")).await;
        assert_eq!(second.status, StatusCode::BAD_REQUEST);
        let error = second.errors();
        assert_eq!(error[0]["code"], "duplicated");
        assert_eq!(error[0]["message"], "Link already exists");
        assert_eq!(error[0]["institution_user_id"], first["institution_user_id"]);
        // Somebody else's tenant knows nothing of it.
        let stranger = api.stranger().await;
        let other =
            api.call_as(Some(&stranger), "POST", "/api/links/", frodo("bnk100").to_string()).await;
        assert_eq!(other.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn registrations_at_the_same_instant_make_one_link() {
    for api in Api::each().await {
        let body = frodo("bnk100");
        let (a, b, c) = tokio::join!(
            api.post("/api/links/", &body),
            api.post("/api/links/", &body),
            api.post("/api/links/", &body)
        );
        let mut statuses = [a.status.as_u16(), b.status.as_u16(), c.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 400, 400]);
        assert_eq!(api.get("/api/links/").await.json()["count"], 1);
    }
}

#[tokio::test]
async fn a_refused_login_leaves_nothing_behind() {
    let api = Api::new().await;
    for (username, code, message) in [
        ("user_invalid", "login_error", "Invalid credentials provided to login to the institution"),
        (
            "err_locked",
            "login_error",
            "The user account is locked, user needs to contact the institution to unlock it",
        ),
        (
            "err_forbidden",
            "login_error",
            "The user account access was forbidden by the institution",
        ),
        (
            "err_unexpected",
            "login_error",
            "Impossible to login, something unexpected happened while logging into the institution. Try again later.",
        ),
        (
            "err_too_many",
            "too_many_sessions",
            "Impossible to login, a session is already opened with the institution for these credentials",
        ),
        ("err_down", "institution_down", "The financial institution is down, try again later"),
        ("err_unavailable", "institution_unavailable", "The financial institution is unavailable"),
        (
            "err_inactive",
            "institution_inactive",
            "The institution has been temporarily deactivated",
        ),
    ] {
        let answer = api.post("/api/links/", &frodo(username)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{username}");
        assert_eq!(answer.errors(), json!([{"code": code, "message": message}]), "{username}");
    }
    let inactive = api.post("/api/links/", &frodo("err_not_activate")).await;
    assert_eq!(inactive.status, StatusCode::PRECONDITION_REQUIRED);
    let expected = "This user doesn't have web access activated yet.";
    assert_eq!(inactive.errors(), json!([{"code": "activation_required", "message": expected}]));
    assert_eq!(api.get("/api/links/").await.json()["count"], 0);
}

#[tokio::test]
async fn what_a_registration_cannot_say() {
    let api = Api::new().await;
    let errors = async |body: Value| api.post("/api/links/", &body).await.errors();
    insta::assert_json_snapshot!(errors(json!({})).await, @r#"
    [
      {
        "code": "required",
        "field": "institution",
        "message": "This field is required."
      },
      {
        "code": "required",
        "field": "username",
        "message": "This field is required."
      }
    ]
    "#);
    insta::assert_json_snapshot!(errors(json!({"institution": "narnia", "username": ""})).await, @r#"
    [
      {
        "code": "blank",
        "field": "username",
        "message": "This field may not be blank."
      },
      {
        "code": "does_not_exist",
        "field": "institution",
        "message": "Object with name=narnia does not exist."
      }
    ]
    "#);
    insta::assert_json_snapshot!(errors(json!({
        "institution": EREBOR, "username": null, "password": [], "access_mode": "often",
        "fetch_resources": "ACCOUNTS", "stale_in": "1y", "credentials_storage": "0d", "external_id": "a b"
    })).await, @r#"
    [
      {
        "code": "null",
        "field": "username",
        "message": "This field may not be null."
      },
      {
        "code": "invalid",
        "field": "password",
        "message": "Not a valid string."
      },
      {
        "code": "invalid_choice",
        "field": "access_mode",
        "message": "\"often\" is not a valid choice."
      },
      {
        "code": "invalid",
        "field": "external_id",
        "message": "Must be between 3 and 256 letters, digits, hyphens and underscores."
      },
      {
        "code": "not_a_list",
        "message": "Expected a list but got type \"str\"."
      },
      {
        "code": "invalid",
        "field": "credentials_storage",
        "message": "This value does not match the required pattern."
      },
      {
        "code": "invalid",
        "field": "stale_in",
        "message": "This value does not match the required pattern."
      }
    ]
    "#);
    let long = "1234567890abcdefg";
    let bad = json!({"institution": EREBOR, "username": long, "password": long});
    assert_eq!(errors(bad).await, json!([{"code": "validation_error", "message": "Bad request"}]));
    let no_password = errors(json!({"institution": EREBOR, "username": "bnk100"})).await;
    assert_eq!(no_password[0]["field"], "password");
    let mut storage = frodo("bnk100");
    storage["credentials_storage"] = json!("nostore");
    assert_eq!(errors(storage.clone()).await[0]["code"], "invalid_credentials_storage");
    storage["access_mode"] = json!("single");
    assert_eq!(errors(storage.clone()).await[0]["code"], "invalid_fetch_resources");
    storage["fetch_resources"] = json!(["INVOICES"]);
    let unsupported = errors(storage).await;
    assert_eq!(
        (&unsupported[0]["code"], &unsupported[0]["field"]),
        (&json!("invalid"), &json!("resources"))
    );
    let advanced = json!({"institution": "ironbank_br_retail", "username": "adv_valid", "password": "pass_valid"});
    assert_eq!(
        errors(advanced).await,
        json!([{"code": "login_error", "message": "Missing credentials to login to the institution"}])
    );
    assert_eq!(api.get("/api/links/").await.json()["count"], 0);
}

#[tokio::test]
async fn a_challenge_pauses_the_registration_until_it_is_answered() {
    for api in Api::each().await {
        let body =
            json!({"institution": HEIMDALL, "username": "mfa_numeric", "password": "numeric_code"});
        let asked = api.post("/api/links/", &body).await;
        assert_eq!(asked.status, StatusCode::PRECONDITION_REQUIRED, "{}", asked.text);
        let error = asked.errors()[0].clone();
        assert_eq!(error["code"], "token_required");
        assert_eq!(error["message"], "A MFA token is required by the institution to login");
        assert_eq!(error["session"].as_str().map(str::len), Some(32));
        assert!(error["expiry"].as_u64().is_some_and(|seconds| seconds > 0));
        let data = &error["token_generation_data"];
        assert_eq!((&data["type"], &data["expects_user_input"]), (&json!("numeric"), &json!(true)));
        assert!(data["value"].is_string() && data["instructions"].is_string(), "{data}");
        let link = format!("/api/links/{}/", error["link"].as_str().expect("a link"));
        assert_eq!(api.get(&link).await.json()["status"], "unconfirmed");
        let early = api.post("/api/accounts/", &json!({"link": error["link"]})).await;
        assert_eq!(early.errors()[0]["code"], "unconfirmed_link");

        let answer = async |session: &Value, token: &str| {
            let body = json!({"session": session, "link": null, "token": token});
            api.patch("/api/links/", &body).await
        };
        let again = answer(&error["session"], "999999").await;
        assert_eq!(again.status, StatusCode::PRECONDITION_REQUIRED);
        assert_eq!((data.get("attempt"), data.get("hint")), (None, None));
        assert_eq!(again.errors()[0]["token_generation_data"]["attempt"], 2);
        let fresh = &again.errors()[0]["session"];
        assert_ne!(fresh, &error["session"], "a wrong answer begins a new session");
        let late = answer(&error["session"], "111111").await;
        assert_eq!(late.errors()[0]["code"], "session_expired");
        let done = answer(fresh, "111111").await;
        assert_eq!((done.status, &done.json()["status"]), (StatusCode::OK, &json!("valid")));
        let twice = answer(fresh, "111111").await;
        assert_eq!(twice.status, StatusCode::BAD_REQUEST);
        assert_eq!(twice.code(), "session_expired");
    }
}

#[tokio::test]
async fn after_twenty_wrong_answers_the_registration_is_over() {
    let api = Api::new().await;
    let body = frodo("err_wrong_token");
    let mut asked = api.post("/api/links/", &body).await;
    for attempt in 1..=20 {
        assert_eq!(asked.status, StatusCode::PRECONDITION_REQUIRED, "{attempt}: {}", asked.text);
        let error = asked.errors()[0].clone();
        assert_eq!(error["token_generation_data"]["attempt"].as_u64().unwrap_or(1), attempt);
        let answer = json!({"session": error["session"], "token": "111111"});
        asked = api.patch("/api/links/", &answer).await;
    }
    assert_eq!((asked.status, &*asked.code()), (StatusCode::BAD_REQUEST, "session_expired"));
    assert_eq!(api.get("/api/links/").await.json()["count"], 0);
    let anew = api.post("/api/links/", &body).await;
    assert_eq!(anew.status, StatusCode::PRECONDITION_REQUIRED);
}

#[tokio::test]
async fn every_user_who_fails_is_answered_as_the_manual_says() {
    let api = Api::new().await;
    for user in known_users() {
        let Some(expected) = user.answered else { continue };
        let name = user.username;
        let body = json!({"institution": "erebor_mx_retail", "username": name, "password": "any",
            "access_mode": "single"});
        let mut answer = api.post("/api/links/", &body).await;
        if expected.gets_in {
            assert_eq!(answer.status, StatusCode::CREATED, "{name}: {}", answer.text);
            answer = api.post("/api/accounts/", &json!({"link": id(&answer)})).await;
        } else {
            // Only who can still answer has a link.
            let left = u64::from(answer.errors()[0]["session"].is_string());
            let path = "/api/links/?status=unconfirmed";
            assert_eq!(api.get(path).await.json()["count"], left, "{name} leaves a link");
        }
        let said = (answer.status.as_u16(), answer.code());
        assert_eq!(said, (expected.status, expected.code.to_owned()), "{name}: {}", answer.text);
        if name == "err_wrong_token" {
            let link = answer.errors()[0]["link"].as_str().expect("a link").to_owned();
            api.call("DELETE", &format!("/api/links/{link}/"), "").await;
        }
    }
}

#[tokio::test]
async fn an_answer_must_name_a_session_of_ones_own() {
    let api = Api::new().await;
    let body =
        json!({"institution": HEIMDALL, "username": "mfa_default", "password": "pass_valid"});
    let session = api.post("/api/links/", &body).await.errors()[0]["session"].clone();
    let stranger = api.stranger().await;
    for (who, session) in
        [(&stranger, session), (&api.keys, json!("abc")), (&api.keys, json!(NOBODY))]
    {
        let body = json!({"session": session, "token": "111111"}).to_string();
        let answer = api.call_as(Some(who), "PATCH", "/api/links/", body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        insta::allow_duplicates!(insta::assert_json_snapshot!(answer.errors(), @r#"
        [
          {
            "code": "session_expired",
            "message": "The session you are trying to resume has expired, please start again from register/retrieve endpoint"
          }
        ]
        "#));
    }
    assert_eq!(
        api.patch("/api/links/", &json!({})).await.codes(),
        [("required".into(), "session".into())]
    );
}

#[tokio::test]
async fn credentials_are_replaced_and_the_name_is_not() {
    let api = Api::new().await;
    let link = api.link(EREBOR, "bnk100", "full").await;
    let path = format!("/api/links/{link}/");
    let put = async |body: Value| api.call("PUT", &path, body.to_string()).await;
    let done = put(json!({"password": "full", "save_data": true, "username": "other"})).await;
    assert_eq!((done.status, &done.json()["id"]), (StatusCode::OK, &json!(link)));
    assert_eq!(
        put(json!({"save_data": true})).await.codes(),
        [("required".into(), "password".into())]
    );
}

#[tokio::test]
async fn a_link_can_be_used_differently() {
    let api = Api::new().await;
    let path = format!("/api/links/{}/", api.link(EREBOR, "bnk100", "full").await);
    let change = async |body: Value| api.patch(&path, &body).await;
    let single = change(json!({"access_mode": "single"})).await.json();
    assert_eq!((&single["access_mode"], &single["refresh_rate"]), (&json!("single"), &Value::Null));
    let again = change(json!({"access_mode": "recurrent", "stale_in": "90d"})).await.json();
    assert_eq!((&again["refresh_rate"], &again["stale_in"]), (&json!("7d"), &json!("90d")));
    assert_eq!(change(json!({"access_mode": null})).await.json()["access_mode"], "recurrent");
    assert_eq!(change(json!({})).await.status, StatusCode::OK);
    let wanted = change(json!({"fetch_resources": ["ACCOUNTS", "OWNERS"]})).await.json();
    assert_eq!(wanted["fetch_resources"], json!(["ACCOUNTS", "OWNERS"]));
    let half = change(json!({"fetch_resources": ["ACCOUNTS", "INCOMES"]})).await;
    assert_eq!(half.codes(), [("invalid".into(), "resources".into())]);
    let whole = json!({"fetch_resources": ["ACCOUNTS", "INCOMES", "TRANSACTIONS"]});
    assert_eq!(change(whole.clone()).await.json()["fetch_resources"], whole["fetch_resources"]);
}

#[tokio::test]
async fn a_refresh_is_accepted_once_in_ten_minutes() {
    let api = Api::new().await;
    let path = format!("/api/links/{}/refresh/", api.link(EREBOR, "bnk100", "full").await);
    api.settle().await;
    let accepted = api.call("POST", &path, "").await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{}", accepted.text);
    assert_eq!(
        accepted.json()["request_id"],
        accepted.headers["x-request-id"].to_str().expect("text")
    );
    let soon = api.post(&path, &json!({"fetch_resources": ["ACCOUNTS"]})).await;
    assert_eq!(soon.status, StatusCode::CONFLICT);
    let expected =
        "The link has already been refreshed. Please wait 10 minutes before trying again.";
    assert_eq!(soon.errors(), json!([{"code": "link_refreshed", "message": expected}]));
    api.advance(1).await;
    let wrong = api.post(&path, &json!({"fetch_resources": ["INVOICES"]})).await;
    assert_eq!(wrong.codes(), [("invalid".into(), "resources".into())]);
}

#[tokio::test]
async fn a_deletion_later_is_accepted_and_done() {
    let api = Api::new().await;
    let path = format!("/api/links/{}/", api.link(EREBOR, "bnk100", "full").await);
    let request = |mode: &str| {
        Request::builder()
            .method("DELETE")
            .uri(&path)
            .header("authorization", &api.keys)
            .header("x-belvo-request-mode", mode)
            .body(Body::empty())
            .expect("a request")
    };
    assert_eq!(api.send(request("async")).await.status, StatusCode::ACCEPTED);
    api.settle().await;
    assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.send(request("async")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_third_deletion_in_a_minute_waits_where_there_is_a_limit() {
    let limits = Limits { deletions_a_minute: 2, ..Limits::none() };
    let api = Api::with(Settings { limits, ..Settings::dev() }).await;
    let path = format!("/api/links/{NOBODY}/");
    for _ in 0..2 {
        assert_eq!(api.call("DELETE", &path, "").await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(api.call("DELETE", &path, "").await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn six_refused_requests_make_a_link_invalid() {
    let api = Api::new().await;
    let link = api.link(EREBOR, "bnk100", "full").await;
    let scope = json!({"user": {"institution": EREBOR, "username": "bnk100"}});
    let fault = json!({"scope": scope, "effect": {"change_password": "new"}});
    assert_eq!(api.post("/v1/sandbox/faults/", &fault).await.status, StatusCode::CREATED);
    let body = json!({"link": link});
    for attempt in 1..=6 {
        let answer = api.post("/api/accounts/", &body).await;
        assert_eq!(answer.code(), "login_error", "attempt {attempt}: {}", answer.text);
    }
    let answer = api.post("/api/accounts/", &body).await;
    let expected = "The link has been invalidated. You may need to update link credentials";
    assert_eq!(answer.errors(), json!([{"code": "invalid_link", "message": expected}]));
    let shown = api.get(&format!("/v1/links/{link}/")).await.json();
    assert_eq!(
        (&shown["status"], &shown["next_action"]),
        (&json!("invalid"), &json!("replace_credentials"))
    );
    let path = format!("/api/links/{link}/");
    let mended = api.call("PUT", &path, json!({"password": "new"}).to_string()).await;
    assert_eq!(mended.json()["status"], "valid", "{}", mended.text);
}

#[tokio::test]
async fn a_widget_connects_one_link_with_its_token() {
    for api in Api::each().await {
        let wanted =
            json!({"external_id": "from-token", "stale_in": "90d", "fetch_resources": ["OWNERS"]});
        let pair = api.post("/api/token/", &wanted).await.json();
        let token = format!("Bearer {}", pair["access"].as_str().expect("a token"));
        let post = async |body: Value| {
            api.call_as(Some(&token), "POST", "/api/links/", body.to_string()).await
        };
        assert_eq!(
            post(frodo("user_invalid")).await.code(),
            "login_error",
            "a failure costs nothing"
        );
        let born = post(frodo("bnk100")).await;
        assert_eq!(born.status, StatusCode::CREATED, "{}", born.text);
        let link = born.json();
        assert_eq!(
            (&link["external_id"], &link["stale_in"]),
            (&json!("from-token"), &json!("90d"))
        );
        assert_eq!(link["fetch_resources"], json!(["OWNERS"]));
        assert_eq!(post(frodo("bnk102")).await.status, StatusCode::UNAUTHORIZED, "used up");

        let update =
            json!({"link_id": link["id"], "scopes": "read_institutions,write_links,read_links"});
        let pair = api.post("/api/token/", &update).await.json();
        let token = format!("Bearer {}", pair["access"].as_str().expect("a token"));
        let other = api.link(EREBOR, "bnk103", "negative").await;
        let call = async |method: &str, link: &str, body: Value| {
            api.call_as(Some(&token), method, &format!("/api/links/{link}/"), body.to_string())
                .await
        };
        let id = id(&born);
        assert_eq!(call("GET", &other, json!({})).await.status, StatusCode::NOT_FOUND);
        assert_eq!(call("GET", &id, json!({})).await.status, StatusCode::OK);
        assert_eq!(
            call("PUT", &other, json!({"password": "x"})).await.status,
            StatusCode::NOT_FOUND
        );
        let registered =
            api.call_as(Some(&token), "POST", "/api/links/", frodo("bnk104").to_string()).await;
        assert_eq!(registered.status, StatusCode::FORBIDDEN);
        assert_eq!(call("PUT", &id, json!({"password": "full"})).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_widget_that_registers_two_people_at_once_connects_one() {
    for api in Api::each().await {
        let pair = api.post("/api/token/", &json!({})).await.json();
        let token = format!("Bearer {}", pair["access"].as_str().expect("a token"));
        let post = async |body: Value| {
            api.call_as(Some(&token), "POST", "/api/links/", body.to_string()).await
        };
        let (one, other) = tokio::join!(post(frodo("bnk100")), post(frodo("bnk102")));
        let mut said = [one.status, other.status];
        said.sort();
        assert_eq!(said, [StatusCode::CREATED, StatusCode::UNAUTHORIZED], "{}", api.database());
        assert_eq!(api.get("/api/links/").await.json()["count"], 1);
    }
}

#[tokio::test]
async fn a_redirect_leads_to_a_page_that_is_there() {
    let api = Api::new().await;
    let body = json!({"institution": HEIMDALL, "username": "mfa_redirect", "password": "any"});
    let asked = api.post("/api/links/", &body).await.json();
    let address = asked[0]["token_generation_data"]["value"].as_str().expect("an address");
    let path = address.strip_prefix("http://api.test").expect("an address of this server");
    let page = api.call_as(None, "GET", path, "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Go back to the application"), "{}", page.text);
    let back = json!({"session": asked[0]["session"], "link": asked[0]["link"]});
    let link = api.patch("/api/links/", &back).await;
    assert_eq!(link.json()["status"], "valid", "{}", link.text);
}

#[tokio::test]
async fn credentials_that_were_refused_six_times_are_not_attempted_for_a_day() {
    let api = Api::new().await;
    let said = |message: &str| json!([{"code": "login_error", "message": message}]);
    for _ in 0..6 {
        let refused = api.post("/api/links/", &frodo("user_invalid")).await;
        assert_eq!(
            refused.errors(),
            said("Invalid credentials provided to login to the institution")
        );
    }
    let refused = api.post("/api/links/", &frodo("user_invalid")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.errors(), said("Login not attempted due to invalid credentials"));
    assert_eq!(api.post("/api/links/", &frodo("bnk100")).await.status, StatusCode::CREATED);
}
