//! Secrets go through the whole program, unmistakable ones, and are then looked for in everything that
//! it says and keeps. What happens inside the engine is in `engine`'s test of the same name.

use crate::{
    said,
    serving::{ID, PASSWORD, Receiver, Served, basic, json},
    vinculo,
};
use serde_json::{Value, json};
use std::{cell::RefCell, fs, path::Path};

const LOGIN: &str = "canary_login_71";
const OTHER: &str = "canary_other_8e";
const WRONG: &str = "canary_wrong_2f";
/// Of a form that no institution takes.
const UNFIT: &str = "canary-unfit-6b1e";
const BROKEN: &str = "canary_brokn_c4";
const BY_WIDGET: &str = "canary_wdget_0d";
const ANSWER: &str = "canary-answer-93ab";
const WRONG_KEY: &str = "canary-key-5a1f";
const TOKEN: &str = "canary-token-e7c2";
const OPERATOR: &str = "canary-operator-b86d";
const WRONG_OPERATOR: &str = "canary-intruder-4e4e";
const HOOK: &str = "Bearer canary-hook-d215";
const OTHER_HOOK: &str = "Bearer canary-hook-6c60";

/// A server, and whatever it has answered.
struct Heard {
    served: Served,
    answers: RefCell<String>,
}

impl Heard {
    fn answer(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, String) {
        let (status, answer) = self.served.ask(method, path, headers, body);
        self.answers.borrow_mut().push_str(&answer);
        (status, answer)
    }
    /// Asks as whoever `authorization` says.
    fn asked(&self, authorization: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
        let headers = [("authorization", authorization), ("content-type", "application/json")];
        let (status, answer) = self.answer(method, path, &headers, body);
        (status, json(&answer))
    }
    /// Asks with the key.
    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.asked(&key(PASSWORD), "POST", path, &body.to_string())
    }
}

fn key(password: &str) -> String {
    format!("Basic {}", basic(&format!("{ID}:{password}")))
}

fn login(user: &str, password: &str) -> Value {
    json!({
        "institution": "erebor_mx_retail",
        "username": user,
        "password": password,
        "access_mode": "recurrent",
    })
}

#[test]
fn secrets_are_in_nothing_that_the_program_says_keeps_or_sends() {
    let folder = tempfile::tempdir().unwrap();
    let environment =
        [("VINCULO_SECRET_ID", ID), ("VINCULO_SECRET_PASSWORD", PASSWORD), ("RUST_LOG", "trace")];
    let served = Served::start(folder.path(), &["dev"], &environment);
    let heard = Heard { served, answers: RefCell::default() };
    let receiver = Receiver::new();

    let signing = webhooks(&heard, &receiver);
    links(&heard);
    let tokens = widget(&heard);
    console(&heard, folder.path());

    let mut sent = vec![receiver.next()];
    let Heard { served, answers } = heard;
    assert_eq!(served.end("-TERM").1, Some(0));
    sent.extend(receiver.rest());
    assert!(sent.iter().all(|webhook| webhook.header("authorization") == OTHER_HOOK));

    let mut places = vec![("an answer".to_owned(), answers.into_inner().into_bytes())];
    places.extend(sent.into_iter().map(|sent| ("a webhook".into(), sent.body.into_bytes())));
    let kept = fs::read_dir(folder.path().join(".vinculo")).unwrap();
    for file in kept.map(|file| file.unwrap().path()).chain([folder.path().join("log")]) {
        places.push((file.display().to_string(), fs::read(file).unwrap()));
    }
    let holds =
        |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|at| at == text.as_bytes());
    let (log, webhook) = (&places[places.len() - 1].1, &places[1].1);
    assert!(holds(log, "POST /api/links/ 201") && holds(log, "TRACE"), "whoever looks can find");
    assert!(holds(&places[0].1, "erebor_mx_retail") && holds(webhook, "webhook_id"));
    let planted = [
        LOGIN,
        OTHER,
        WRONG,
        UNFIT,
        BROKEN,
        BY_WIDGET,
        ANSWER,
        WRONG_KEY,
        TOKEN,
        OPERATOR,
        WRONG_OPERATOR,
        HOOK,
        OTHER_HOOK,
        PASSWORD,
    ];
    let encoded = [PASSWORD, WRONG_KEY].map(|password| basic(&format!("{ID}:{password}")));
    let made = encoded.into_iter().chain(signing).chain(tokens);
    for secret in planted.map(str::to_owned).into_iter().chain(made) {
        for (place, bytes) in &places {
            assert!(!holds(bytes, &secret), "{secret} is in {place}");
        }
    }
}

/// An endpoint whose authorization is changed, and that is shown; the secrets that it had.
fn webhooks(heard: &Heard, receiver: &Receiver) -> Vec<String> {
    let hook = json!({"url": receiver.url, "authorization": HOOK});
    // The one answer that shows the secret.
    let made = heard.served.ask(
        "POST",
        "/v1/webhooks/",
        &[("authorization", &key(PASSWORD)), ("content-type", "application/json")],
        &hook.to_string(),
    );
    assert_eq!(made.0, 201, "{}", made.1);
    let endpoint = json(&made.1);
    let at = format!("/v1/webhooks/{}/", endpoint["id"].as_str().unwrap());
    let changed = json!({"authorization": OTHER_HOOK}).to_string();
    assert_eq!(heard.asked(&key(PASSWORD), "PATCH", &at, &changed).0, 200);
    let refused = json!({"url": "nowhere", "authorization": HOOK}).to_string();
    assert_eq!(heard.asked(&key(PASSWORD), "PATCH", &at, &refused).0, 400);
    let refused = json!({"authorization": [HOOK]}).to_string();
    assert_eq!(heard.asked(&key(PASSWORD), "PATCH", &at, &refused).0, 400);
    assert_eq!(heard.asked(&key(PASSWORD), "GET", &at, "").0, 200);
    vec![endpoint["secret"].as_str().unwrap().into()]
}

/// Logins: good, twice, wrong, unreadable; and answers to what the institution asks.
fn links(heard: &Heard) {
    let (status, link) = heard.post("/api/links/", &login("somebody", LOGIN));
    assert_eq!(status, 201, "{link}");
    let (status, twice) = heard.post("/api/links/", &login("somebody", LOGIN));
    assert_eq!(status, 400, "{twice}");
    let (status, wrong) = heard.post("/api/links/", &login("user_invalid", WRONG));
    assert_eq!(status, 400, "{wrong}");
    let (status, unfit) = heard.post("/api/links/", &login("somebody", UNFIT));
    assert_eq!(status, 400, "{unfit}");
    let strange = json!({"institution": "erebor_mx_retail", "username": "x", "password": [BROKEN]});
    assert_eq!(heard.post("/api/links/", &strange).0, 400);
    let cut = login("somebody", BROKEN).to_string().replace('}', "");
    assert_eq!(heard.asked(&key(PASSWORD), "POST", "/api/links/", &cut).0, 400);
    let at = format!("/api/links/{}/", link["id"].as_str().unwrap());
    let other = json!({"password": OTHER}).to_string();
    assert_eq!(heard.asked(&key(PASSWORD), "PUT", &at, &other).0, 200);
    assert_eq!(heard.asked(&key(WRONG_KEY), "GET", &at, "").0, 401);

    let (status, asked) = heard.post("/api/links/", &login("mfa_default", LOGIN));
    assert_eq!(status, 428, "{asked}");
    let answer = json!({"session": asked[0]["session"], "link": asked[0]["link"], "token": ANSWER});
    let missed = heard.asked(&key(PASSWORD), "PATCH", "/api/links/", &answer.to_string());
    assert_eq!(missed.0, 428, "{}", missed.1);
    // Its session is over for whoever still holds the first ticket.
    assert_eq!(heard.asked(&key(PASSWORD), "PATCH", "/api/links/", &answer.to_string()).0, 400);
}

/// A widget's tokens, right and wrong; those that were made.
fn widget(heard: &Heard) -> Vec<String> {
    let wanted = |password: &str| json!({"id": ID, "password": password, "scopes": "read_institutions,write_links,read_links"});
    // The one answer that shows them.
    let json_body = [("content-type", "application/json")];
    let made = heard.served.ask("POST", "/api/token/", &json_body, &wanted(PASSWORD).to_string());
    assert_eq!(made.0, 200, "{}", made.1);
    let tokens = json(&made.1);
    let [access, refresh] = ["access", "refresh"].map(|name| tokens[name].as_str().unwrap());
    let refused = heard.answer("POST", "/api/token/", &json_body, &wanted(WRONG_KEY).to_string());
    assert_eq!(refused.0, 401, "{}", refused.1);
    for wrong in [TOKEN, access] {
        let body = json!({"refresh": wrong}).to_string();
        assert_eq!(heard.answer("POST", "/api/token/refresh/", &json_body, &body).0, 401);
    }
    let body = login("somebody_else", BY_WIDGET).to_string();
    let (status, link) = heard.asked(&format!("Bearer {access}"), "POST", "/api/links/", &body);
    assert_eq!(status, 201, "{link}");
    assert_eq!(heard.asked(&format!("Bearer {TOKEN}"), "POST", "/api/links/", &body).0, 401);
    // By its signature too, which is what makes it one.
    [access, refresh]
        .iter()
        .flat_map(|token| [token.to_string(), token.rsplit('.').next().unwrap().to_owned()])
        .collect()
}

/// An operator is made, and signs in, with another's password first.
fn console(heard: &Heard, folder: &Path) {
    let mut add = vinculo(folder);
    let added = said(add.args(["operators", "add", "ana"]).write_stdin(format!("{OPERATOR}\n")));
    assert_eq!(added.code, Some(0), "{}", added.err);
    heard.answers.borrow_mut().push_str(&(added.out + &added.err));
    let (_, door) = heard.answer("GET", "/console/sign-in", &[], "");
    let after = |start: &str, end: char| {
        let (_, rest) = door.split_once(start).unwrap_or_else(|| panic!("{start}: {door}"));
        rest.split(end).next().unwrap().to_owned()
    };
    let (cookie, proof) = (after("set-cookie: ", ';'), after("name=\"proof\" value=\"", '"'));
    let headers = [("cookie", &*cookie), ("content-type", "application/x-www-form-urlencoded")];
    for (password, expected) in [(WRONG_OPERATOR, 403), (OPERATOR, 303)] {
        let form = format!("proof={proof}&name=ana&password={password}");
        let (status, page) = heard.answer("POST", "/console/sign-in", &headers, &form);
        assert_eq!(status, expected, "{page}");
    }
}
