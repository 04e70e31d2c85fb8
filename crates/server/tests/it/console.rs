//! The console: who may come in, what each page shows, and that whatever is done is written down.

use crate::{
    api::{Answer, Api},
    browser::{Browser, LOOKS, listen, pictures, scenario},
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::{ids::TenantId, operator::Role};
use engine::operators;
use secrecy::SecretString;
use serde_json::json;
use server::Settings;
use std::sync::Mutex;
use tokio::task::JoinSet;

const EREBOR: &str = "erebor_mx_retail";
pub(crate) const PASSWORD: &str = "correct horse battery";
const NOBODY: &str = "0197a6e8-1111-7abc-8def-000000000001";

/// A browser of an operator's, without scripts.
struct Desk<'a> {
    api: &'a Api,
    tenant: TenantId,
    cookie: Mutex<String>,
    note: Mutex<String>,
}

pub(crate) async fn operator(api: &Api, name: &str, role: Role) {
    let (store, env) = (api.engine.store(), api.engine.env());
    let password = SecretString::from(PASSWORD);
    operators::add(store, env, name, role, &password).await.expect("an operator");
}

impl<'a> Desk<'a> {
    /// Before the door.
    async fn new(api: &'a Api) -> Self {
        let tenant = api.engine.tenants().await.expect("tenants")[0].id;
        Self { api, tenant, cookie: Mutex::default(), note: Mutex::default() }
    }
    /// Signed in as a new operator of that name.
    async fn of(api: &'a Api, name: &str, role: Role) -> Self {
        operator(api, name, role).await;
        let desk = Self::new(api).await;
        desk.sign_in(name, PASSWORD).await;
        desk
    }
    async fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.get("/console/sign-in").await;
        self.post("/console/sign-in", &[("name", name), ("password", password)]).await
    }
    /// The address of a page about the tenant.
    fn at(&self, page: &str) -> String {
        format!("/console/{}/{page}", self.tenant)
    }
    /// The act of which the next page is to say that it was done.
    fn note(&self) -> String {
        self.note.lock().expect("whole").clone()
    }
    fn proof(&self) -> String {
        let cookie = self.cookie.lock().expect("whole").clone();
        let token = cookie.split_once('=').map_or("", |(_, token)| token);
        self.api.engine.form_proof(&SecretString::from(token))
    }
    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], String::new()).await
    }
    /// Sends a form of a page of ours.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = ("origin", "http://api.test");
        self.send("POST", path, &[origin], self.form(fields)).await
    }
    fn form(&self, fields: &[(&str, &str)]) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("proof", &self.proof()).extend_pairs(fields);
        form.finish()
    }
    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).expect("a method"))
            .uri(path)
            .header(header::HOST, "api.test")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let cookie = self.cookie.lock().expect("whole").clone();
        if !cookie.is_empty() {
            request = request.header(header::COOKIE, format!("other=1; {cookie}"));
        }
        let note = self.note();
        if !note.is_empty() {
            request = request.header(header::COOKIE, format!("vinculo_console_note={note}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.api.send(request.body(Body::from(body)).expect("a request")).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().expect("text").split(';').next().unwrap_or_default();
            match set.strip_prefix("vinculo_console_note=") {
                Some(note) => note.clone_into(&mut self.note.lock().expect("whole")),
                None => set.clone_into(&mut self.cookie.lock().expect("whole")),
            }
        }
        answer
    }
    /// What the audit log says of the tenant: who, and what.
    async fn audited(&self) -> Vec<(String, String)> {
        let page = domain::filter::Page { number: 1, size: 1000 };
        let lines = self.api.engine.audit_log(self.tenant, page).await.expect("a log").items;
        let mut said: Vec<_> = lines.into_iter().map(|line| (line.actor, line.action)).collect();
        said.sort();
        said
    }
}

fn leads_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.headers[header::LOCATION].to_str().expect("text")
}

/// An API with a link, an endpoint at which nobody listens, and deliveries to it.
async fn full() -> (Api, String) {
    let api = Api::each_unheard().await.remove(0);
    let link = api.link(EREBOR, "bnk100", "full").await;
    api.settle().await;
    (api, link)
}

async fn first_endpoint(api: &Api) -> String {
    let page = api.get("/v1/webhooks/").await.json();
    page["results"][0]["id"].as_str().expect("an endpoint").to_owned()
}

async fn first_delivery(api: &Api) -> String {
    let page = api.get("/v1/deliveries/?page_size=1").await.json();
    page["results"][0]["id"].as_str().expect("a delivery").to_owned()
}

#[tokio::test]
async fn an_operator_signs_in_looks_around_and_signs_out() {
    for api in Api::each().await {
        operator(&api, "ana", Role::Operator).await;
        let desk = Desk::new(&api).await;
        let wanted = desk.at("links?status=valid");
        let shut = desk.get(&wanted).await;
        let encoded = wanted.replace('/', "%2F").replace('?', "%3F").replace('=', "%3D");
        assert_eq!(leads_to(&shut), format!("/console/sign-in?next={encoded}"));
        let door = desk.get(leads_to(&shut)).await;
        let cookie = door.headers[header::SET_COOKIE].to_str().expect("text");
        assert!(cookie.ends_with("; Path=/console; HttpOnly; SameSite=Strict"), "{cookie}");
        assert!(door.text.contains(&format!("value=\"{wanted}\"")), "{}", door.text);
        let before = desk.cookie.lock().expect("whole").clone();

        let wrong = desk.post("/console/sign-in", &[("name", "ana"), ("password", "x")]).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        assert!(wrong.text.contains("That did not work") && wrong.text.contains("value=\"ana\""));
        let fields = [("name", "Ana"), ("password", PASSWORD), ("next", wanted.as_str())];
        let entered = desk.post("/console/sign-in", &fields).await;
        assert_eq!(leads_to(&entered), wanted);
        assert_ne!(*desk.cookie.lock().expect("whole"), before, "a token of its own");
        assert_eq!(desk.get(&wanted).await.status, StatusCode::OK);
        assert_eq!(leads_to(&desk.get("/console/").await), desk.at(""));
        assert_eq!(leads_to(&desk.get("/console/sign-in").await), "/console/");

        let inside = desk.cookie.lock().expect("whole").clone();
        let left = desk.post("/console/sign-out", &[]).await;
        assert_eq!((leads_to(&left), desk.note().as_str()), ("/console/sign-in", "sign-out"));
        *desk.cookie.lock().expect("whole") = inside;
        assert_eq!(desk.get(&wanted).await.status, StatusCode::SEE_OTHER, "the token is dead");
    }
}

#[tokio::test]
async fn cookies_go_by_tls_alone_where_there_is_tls() {
    let public_url = Some("https://links.example.com".parse().expect("a url"));
    let api = Api::with(Settings { public_url, ..Settings::dev() }).await;
    let desk = Desk::new(&api).await;
    let door = desk.get("/console/sign-in").await;
    let cookie = door.headers[header::SET_COOKIE].to_str().expect("text");
    assert!(cookie.contains("; Secure"), "{cookie}");
}

#[tokio::test]
async fn wrong_passwords_lock_out_and_say_no_more_than_before() {
    let api = Api::new().await;
    operator(&api, "ana", Role::Operator).await;
    let desk = Desk::new(&api).await;
    let strip = |answer: Answer, name: &str| {
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        answer.text.replace(name, "")
    };
    let unknown = strip(desk.sign_in("bob", PASSWORD).await, "bob");
    for _ in 0..6 {
        assert_eq!(strip(desk.sign_in("ana", "a wrong one").await, "ana"), unknown);
    }
    assert_eq!(strip(desk.sign_in("ana", PASSWORD).await, "ana"), unknown, "the right one too");
    api.advance(1).await;
    assert_eq!(desk.sign_in("ana", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

/// Every page about a tenant, and a word that stands on it while there is nothing to show.
const PAGES: [(&str, &str); 9] = [
    ("", "There is no link yet"),
    ("links", "There is no link yet"),
    ("institutions", "Erebor"),
    ("webhooks", "There is no endpoint"),
    ("deliveries", "Nothing has been announced"),
    ("jobs", "Nothing waits"),
    ("keys", "test"),
    ("audit", "Nobody has done anything"),
    ("dev", "Nothing is made to go wrong"),
];

fn is_a_good_page(at: &str, answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{at}: {}", answer.text);
    let text = &answer.text;
    assert!(text.starts_with("<!doctype html>") && text.contains("<h1>"), "{at}: {text}");
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert!(!policy.contains("unsafe"), "{at}: {policy}");
    for bad in ["<script", "<style", " style=", " onclick", "javascript:"] {
        assert!(!text.contains(bad), "{at} has {bad}");
    }
    assert_eq!(answer.headers[header::REFERRER_POLICY], "same-origin");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    let forms = text.matches("method=\"post\"").count();
    assert_eq!(text.matches("name=\"proof\"").count(), forms, "{at}: each form has its proof");
    let (cells, named) = (text.matches("<td").count(), text.matches("<td data-th=").count());
    assert_eq!(cells, named, "{at}: on a phone each cell says what its column is called");
}

#[tokio::test]
async fn every_page_asks_who_is_looking_and_shows_itself_empty_and_full() {
    let api = Api::new().await;
    let stranger = Desk::new(&api).await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let (full, link) = full().await;
    let full_desk = Desk::of(&full, "ana", Role::Operator).await;
    for (page, empty) in PAGES {
        let at = desk.at(page);
        assert!(leads_to(&stranger.get(&at).await).starts_with("/console/sign-in?next="), "{at}");
        let shown = desk.get(&at).await;
        is_a_good_page(&at, &shown);
        assert!(shown.text.contains(empty), "{at} lacks “{empty}”: {}", shown.text);
        is_a_good_page(&at, &full_desk.get(&full_desk.at(page)).await);
    }
    let delivery = first_delivery(&full).await;
    let endpoint = first_endpoint(&full).await;
    for page in [
        format!("links/{link}"),
        format!("links/{link}/changes"),
        format!("links/{link}/records/TRANSACTIONS"),
        format!("links/{link}/records/BILLS"),
        format!("links/{link}/delete"),
        format!("webhooks/{endpoint}"),
        format!("webhooks/{endpoint}/delete"),
        format!("keys/{}/revoke", full.key_id),
        "institutions/1004".into(),
        "deliveries/replay?state=failed".into(),
        format!("deliveries/{delivery}"),
        "jobs?state=failed".into(),
        format!("deliveries?link={link}&state=pending&type=&endpoint="),
        "institutions?name=erebor&status=healthy".into(),
    ] {
        let at = full_desk.at(&page);
        is_a_good_page(&at, &full_desk.get(&at).await);
    }
    for at in ["/console/account", "/console/audit"] {
        assert!(leads_to(&stranger.get(at).await).starts_with("/console/sign-in"));
        is_a_good_page(at, &full_desk.get(at).await);
    }
    is_a_good_page("the door", &stranger.get("/console/sign-in").await);
}

#[tokio::test]
async fn what_is_not_there_is_said_on_a_page() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    for page in [
        desk.at(&format!("links/{NOBODY}")),
        desk.at("links/nonsense"),
        desk.at(&format!("links/{link}/records/NOTHING")),
        desk.at(&format!("links/{NOBODY}/records/TRANSACTIONS")),
        desk.at(&format!("links/{link}/records/TRANSACTIONS?page=9999")),
        desk.at(&format!("links/{NOBODY}/changes")),
        desk.at(&format!("webhooks/{NOBODY}")),
        desk.at(&format!("webhooks/{NOBODY}/delete")),
        desk.at(&format!("keys/{NOBODY}/revoke")),
        desk.at("institutions/7"),
        desk.at("institutions/nonsense"),
        desk.at("links?page=99"),
        desk.at(&format!("deliveries/{NOBODY}")),
        desk.at("nothing"),
        format!("/console/{NOBODY}/links"),
        "/console/nonsense/".into(),
        "/console/one/two/three/four/five".into(),
    ] {
        let answer = desk.get(&page).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
        assert!(answer.text.contains("There is nothing here"), "{page}: {}", answer.text);
    }
    let wrong = desk.get(&desk.at("links?status=bored")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text);
    assert_eq!(wrong.headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    let refresh = desk.at(&format!("links/{link}/refresh"));
    assert_eq!(leads_to(&desk.post(&refresh, &[]).await), desk.at(&format!("links/{link}")));
    assert_eq!(desk.note(), "refresh");
    let again = desk.post(&refresh, &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text.contains("already been refreshed"), "{}", again.text);
}

#[tokio::test]
async fn what_was_done_is_said_once_whoever_comes_back() {
    const QUEUED: &str = "The refresh is queued.";
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let page = desk.at(&format!("links/{link}"));
    assert_eq!(leads_to(&desk.post(&format!("{page}/refresh"), &[]).await), page);
    desk.get(&desk.at("links.csv")).await;
    assert_eq!(desk.get(&desk.at("nowhere")).await.status, StatusCode::NOT_FOUND);
    assert!(desk.get(&page).await.text.contains(QUEUED), "neither of these is a page that says it");
    assert!(!desk.get(&page).await.text.contains(QUEUED), "loaded again");

    let page = desk.at(&format!("webhooks/{}", first_endpoint(&api).await));
    assert_eq!(leads_to(&desk.post(&format!("{page}/disable"), &[]).await), page);
    desk.post("/console/sign-out", &[]).await;
    let door = desk.get(&page).await;
    assert_eq!(leads_to(&door), format!("/console/sign-in?next={}", page.replace('/', "%2F")));
    assert!(desk.get(leads_to(&door)).await.text.contains("You are signed out."));
    let fields = [("name", "ana"), ("password", PASSWORD), ("next", page.as_str())];
    assert_eq!(leads_to(&desk.post("/console/sign-in", &fields).await), page);
    let back = desk.get(&page).await;
    assert_eq!(back.status, StatusCode::OK);
    assert!(!back.text.contains("note good"), "an old note: {}", back.text);
}

/// Every form about a tenant: where it goes, and what is filled in.
fn forms(
    link: &str,
    delivery: &str,
    endpoint: &str,
    key: &str,
) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    let plain = |path: String| (path, vec![]);
    vec![
        plain(format!("links/{link}/refresh")),
        plain(format!("links/{link}/update")),
        plain(format!("links/{link}/records/TRANSACTIONS/reveal")),
        plain(format!("deliveries/{delivery}/reveal")),
        plain(format!("deliveries/{delivery}/replay")),
        ("deliveries/replay".into(), vec![("state", "failed")]),
        ("webhooks".into(), vec![("url", "http://127.0.0.1:9/other")]),
        (format!("webhooks/{endpoint}"), vec![("events", "LINK")]),
        plain(format!("webhooks/{endpoint}/test")),
        plain(format!("webhooks/{endpoint}/secret")),
        plain(format!("webhooks/{endpoint}/disable")),
        plain(format!("webhooks/{endpoint}/enable")),
        ("institutions/1004/close".into(), vec![("reason", "maintenance")]),
        plain("institutions/1004/open".into()),
        ("keys".into(), vec![("name", "new")]),
        plain(format!("keys/{key}/revoke")),
        ("dev/clock".into(), vec![("by", "10m")]),
        ("dev/faults".into(), vec![("institution", EREBOR), ("effect", "down")]),
        plain("dev/faults/end".into()),
        plain(format!("webhooks/{endpoint}/delete")),
        plain(format!("links/{link}/delete")),
    ]
}

async fn forms_of(api: &Api, link: &str) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    let endpoint = first_endpoint(api).await;
    let key = api.post("/v1/keys/", &json!({"name": "spare"})).await.json();
    forms(link, &first_delivery(api).await, &endpoint, key["id"].as_str().expect("a key"))
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let forms = forms_of(&api, &link).await;
    let before = desk.audited().await;
    let there = ("origin", "http://api.test");
    for (page, fields) in forms {
        let at = desk.at(&page);
        let good = desk.form(&fields);
        let forged = good.replace("proof=", "proof=x");
        let without = good.replace("proof=", "p=");
        for (headers, form) in [
            (vec![there], forged),
            (vec![there], without),
            (vec![("origin", "https://evil.example")], good.clone()),
            (vec![("origin", "null")], good.clone()),
            (vec![there, ("sec-fetch-site", "cross-site")], good.clone()),
            (vec![("sec-fetch-site", "same-site")], good.clone()),
        ] {
            let answer = desk.send("POST", &at, &headers, form).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{at} {headers:?}");
        }
        let large =
            desk.send("POST", &at, &[there], format!("{good}&x={}", "x".repeat(70_000))).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{at}");
        let cookie = std::mem::take(&mut *desk.cookie.lock().expect("whole"));
        let nobody = desk.send("POST", &at, &[there], good).await;
        assert_eq!(leads_to(&nobody), "/console/sign-in?next=%2Fconsole%2F", "{at}");
        assert_eq!(desk.note(), "ended", "{at}");
        *desk.cookie.lock().expect("whole") = cookie;
    }
    assert_eq!(desk.audited().await, before, "nothing was done");
    let fields = [("name", "ana"), ("password", PASSWORD)];
    let door = Desk::new(&api).await;
    let strange = door.post("/console/sign-in", &fields).await;
    assert_eq!(strange.status, StatusCode::FORBIDDEN, "without the page there is no form");
}

#[tokio::test]
async fn a_viewer_looks_and_neither_acts_nor_reveals() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "vera", Role::Viewer).await;
    let forms = forms_of(&api, &link).await;
    let before = desk.audited().await;
    for (page, fields) in forms {
        let answer = desk.post(&desk.at(&page), &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{page}");
        assert!(answer.text.contains("You may only look"), "{page}: {}", answer.text);
    }
    assert_eq!(desk.audited().await, before, "nothing was done");
    for page in ["", "links", "webhooks", "jobs", "keys", "dev"] {
        let shown = desk.get(&desk.at(page)).await;
        assert_eq!(shown.text.matches("method=\"post\"").count(), 1, "{page}: to sign out");
    }
}

#[tokio::test]
async fn every_act_is_written_down_with_its_operator() {
    for api in Api::each_unheard().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        api.settle().await;
        let desk = Desk::of(&api, "ana", Role::Operator).await;
        let forms = forms_of(&api, &link).await;
        let before = desk.audited().await.len();
        for (page, fields) in forms {
            let done = desk.post(&desk.at(&page), &fields).await;
            if done.status != StatusCode::OK {
                leads_to(&done);
                assert!(!desk.note().is_empty(), "{page}: {:?}", done.headers);
                desk.note.lock().expect("whole").clear();
            }
        }
        let all = api.engine.operators().await.expect("operators");
        let ana = format!("operator {}", all[0].id);
        let audited = desk.audited().await;
        let done: Vec<&str> =
            audited.iter().filter(|(who, _)| *who == ana).map(|(_, what)| what.as_str()).collect();
        assert_eq!(
            done,
            [
                "add_endpoint",
                "add_fault",
                "advance_clock",
                "change_endpoint",
                "change_endpoint",
                "change_endpoint",
                "delete_endpoint",
                "delete_link",
                "end_faults",
                "make_key",
                "refresh_link",
                "replay_deliveries",
                "replay_delivery",
                "request_update",
                "reveal_delivery",
                "reveal_records",
                "revoke_key",
                "rotate_endpoint_secret",
                "test_endpoint",
            ],
            "{}",
            api.database()
        );
        assert_eq!(audited.len(), before + done.len());
        let page = desk.get(&desk.at("audit")).await.text;
        assert!(page.contains("operator ana") && page.contains("reveal delivery"), "{page}");
        let page = desk.get("/console/audit").await.text;
        for told in ["close institution", "open institution", EREBOR] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert_eq!(api.get(&format!("/api/links/{link}/")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn bodies_are_masked_until_somebody_reveals_them() {
    let (api, _) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let page = api.get("/v1/deliveries/?webhook_type=TRANSACTIONS&page_size=1").await.json();
    let id = page["results"][0]["id"].as_str().expect("a delivery");
    let body = api.get(&format!("/v1/deliveries/{id}/")).await.json()["body"].clone();
    let total = body["data"]["total_transactions"].as_u64().expect("a number").to_string();
    let at = desk.at(&format!("deliveries/{id}"));
    let telling = format!("&#34;total_transactions&#34;: {total}");
    let masked = desk.get(&at).await.text;
    assert!(masked.contains("••••") && !masked.contains(&telling), "{masked}");
    let open = desk.post(&format!("{at}/reveal"), &[]).await;
    assert_eq!(open.status, StatusCode::OK);
    assert!(open.text.contains(&telling) && open.text.contains("unmasked"), "{}", open.text);
    assert!(!desk.get(&at).await.text.contains(&telling), "only once");
}

#[tokio::test]
async fn under_a_tenant_there_is_nothing_of_another() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let forms = forms_of(&api, &link).await;
    api.stranger().await;
    let tenants = api.engine.tenants().await.expect("tenants");
    let other = tenants.iter().find(|one| one.id != desk.tenant).expect("another").id;
    let elsewhere = |page: &str| format!("/console/{other}/{page}");
    let about_one = |page: &str| page.chars().any(|c| c.is_ascii_digit()) && page.contains('-');
    for (page, fields) in forms.iter().filter(|(page, _)| about_one(page)) {
        let answer = desk.post(&elsewhere(page), fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}: {}", answer.text);
    }
    for page in [
        format!("links/{link}"),
        format!("links/{link}/changes"),
        format!("links/{link}/records/TRANSACTIONS"),
        format!("webhooks/{}", first_endpoint(&api).await),
        format!("webhooks/{}/delete", first_endpoint(&api).await),
        format!("keys/{}/revoke", api.key_id),
        format!("deliveries/{}", first_delivery(&api).await),
    ] {
        assert_eq!(desk.get(&elsewhere(&page)).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    for page in ["links", "deliveries", "webhooks", "jobs", "links.csv", "deliveries.csv"] {
        let shown = desk.get(&elsewhere(page)).await;
        assert_eq!(shown.status, StatusCode::OK, "{page}");
        assert!(!shown.text.contains(&link), "{page}");
    }
    let shown = desk.get(&elsewhere("links")).await.text;
    assert!(shown.contains(&desk.at("")), "from one tenant one goes to the other");
}

/// The token of the page that an answer names.
fn token_of(text: &str) -> String {
    let (_, rest) = text.split_once("/connect/?access_token=").expect("an address");
    rest.split(['<', '"']).next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_person_updates_a_link_on_a_page_that_an_operator_asked_for() {
    for api in Api::each().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        let other = api.link(EREBOR, "bnk101", "full").await;
        let desk = Desk::of(&api, "ana", Role::Operator).await;
        let ask = desk.at(&format!("links/{link}/update"));
        let (first, second) = (desk.post(&ask, &[]).await, desk.post(&ask, &[]).await);
        is_a_good_page(&ask, &first);
        assert!(first.text.contains("http://api.test/connect/?access_token="), "{}", first.text);
        let [first, second] =
            [first, second].map(|page| format!("Bearer {}", token_of(&page.text)));
        let update = async |token: &str, link: &str| {
            let path = format!("/api/links/{link}/");
            api.call_as(Some(token), "PUT", &path, r#"{"password": "full"}"#).await.status
        };
        assert_eq!(update(&first, &other).await, StatusCode::NOT_FOUND, "it opens one link");
        let body = json!({"institution": EREBOR, "username": "bnk102", "password": "full"});
        let more = api.call_as(Some(&first), "POST", "/api/links/", body.to_string()).await;
        assert_eq!(more.status, StatusCode::FORBIDDEN, "and makes none");
        assert_eq!(update(&first, &link).await, StatusCode::OK, "{}", api.database());
        assert_eq!(update(&first, &link).await, StatusCode::UNAUTHORIZED, "once");
        api.advance(23).await;
        let (store, env) = (api.engine.store(), api.engine.env());
        assert_eq!(update(&second, &link).await, StatusCode::OK, "tomorrow too");
        desk.sign_in("ana", PASSWORD).await;
        let third = format!("Bearer {}", token_of(&desk.post(&ask, &[]).await.text));
        operators::remove(store, env, "ana").await.expect("she goes");
        assert_eq!(update(&third, &link).await, StatusCode::UNAUTHORIZED, "with her operator");
    }
}

#[tokio::test]
async fn where_only_registering_again_helps_no_page_is_made() {
    let api = Api::new().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let body = json!({
        "institution": "heimdall_mx_retail", "username": "mfa_default", "password": "x"
    });
    let asked = api.post("/api/links/", &body).await.json();
    let link = asked[0]["link"].as_str().expect("a link");
    let page = desk.get(&desk.at(&format!("links/{link}"))).await;
    assert!(!page.text.contains("Ask the person"), "{}", page.text);
    let refused = desk.post(&desk.at(&format!("links/{link}/update")), &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("has not been completed"), "{}", refused.text);
}

#[tokio::test]
async fn records_are_counted_and_masked_until_somebody_reveals_a_page() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let shown = desk.get(&desk.at(&format!("links/{link}"))).await.text;
    let at = desk.at(&format!("links/{link}/records/OWNERS"));
    assert!(shown.contains(&format!("href=\"{at}\"")), "{shown}");
    assert!(shown.contains("Latest changes"), "{shown}");
    let owner = api.get(&format!("/api/owners/?link={link}")).await.json()["results"][0].clone();
    let name = owner["display_name"].as_str().expect("a name");
    let masked = desk.get(&at).await.text;
    assert!(masked.contains(owner["id"].as_str().expect("an id")) && masked.contains("••••"));
    assert!(!masked.contains(name), "{masked}");
    let open = desk.post(&format!("{at}/reveal?page=1"), &[]).await;
    is_a_good_page(&at, &open);
    assert!(open.text.contains(name) && open.text.contains("unmasked"), "{}", open.text);
    assert!(!desk.get(&at).await.text.contains(name), "only once");

    let many = desk.at(&format!("links/{link}/records/TRANSACTIONS"));
    let second = desk.post(&format!("{many}/reveal?page=2"), &[]).await.text;
    assert!(second.contains("11 to 20 of"), "{second}");
    assert!(second.contains(&format!("href=\"{many}?page=3\"")), "no form is sent by a link");
    let none = desk.get(&desk.at(&format!("links/{link}/records/BILLS"))).await.text;
    assert!(none.contains("Nothing of this was read"), "{none}");
    let nothing = desk.post(&desk.at(&format!("links/{NOBODY}/records/OWNERS/reveal")), &[]).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let revealed = desk.audited().await.into_iter().filter(|(_, what)| what == "reveal_records");
    assert_eq!(revealed.count(), 2, "what was not shown is not written down");
}

#[tokio::test]
async fn an_institution_is_closed_with_a_reason_and_opens_by_itself_or_by_hand() {
    let (api, link) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let viewer = Desk::of(&api, "vera", Role::Viewer).await;
    let at = desk.at("institutions/1004");
    let health = async || {
        let page = api.get("/v1/institutions/?name=erebor_mx_retail").await.json();
        let one = page["results"][0].clone();
        (one["status"].clone(), one["status_reason"].clone(), one["closed_until"].clone())
    };
    for (reason, until) in [("", ""), ("late", "2026-01-01T00:00"), ("odd", "soon")] {
        let fields = [("reason", reason), ("until", until)];
        let refused = desk.post(&format!("{at}/close"), &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{reason} {until}");
    }
    assert_eq!(health().await.0, "healthy");
    let fields = [("reason", "maintenance"), ("until", "2026-01-14T11:00")];
    for _ in 0..2 {
        let closed = desk.post(&format!("{at}/close"), &fields).await;
        assert_eq!((leads_to(&closed), desk.note().as_str()), (at.as_str(), "close"));
    }
    let until = json!("2026-01-14T11:00:00.000000Z");
    assert_eq!(health().await, (json!("down"), json!("maintenance"), until));
    let shown = viewer.get(&at).await.text;
    assert!(shown.contains("closed by an operator until 2026-01-14 11:00:00: maintenance"));
    assert!(!shown.contains("Open it again"), "a viewer looks: {shown}");
    let shown = viewer.get(&viewer.at(&format!("links/{link}"))).await.text;
    assert!(shown.contains("The institution is down"), "{shown}");
    assert!(viewer.get(&viewer.at("")).await.text.contains("closed by an operator"));
    api.advance(2).await;
    assert_eq!(health().await, (json!("healthy"), json!(null), json!(null)), "by itself");

    desk.sign_in("ana", PASSWORD).await;
    desk.post(&format!("{at}/close"), &[("reason", "for good"), ("until", "")]).await;
    let body = json!({"institution": EREBOR, "username": "bnk102", "password": "full"});
    assert_eq!(api.post("/api/links/", &body).await.code(), "institution_down");
    for _ in 0..2 {
        let opened = desk.post(&format!("{at}/open"), &[]).await;
        assert_eq!((leads_to(&opened), desk.note().as_str()), (at.as_str(), "open"));
    }
    assert_eq!(api.post("/api/links/", &body).await.status, StatusCode::CREATED);
    let page = desk.get("/console/audit").await.text;
    assert_eq!(page.matches("open institution").count(), 1, "a second click is none: {page}");
}

#[tokio::test]
async fn an_endpoint_is_added_changed_switched_and_its_secret_is_shown_once() {
    let (api, _) = full().await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    let viewer = Desk::of(&api, "vera", Role::Viewer).await;
    let secret_in = |text: &str| text.contains("whsec_");
    let refused = desk.post(&desk.at("webhooks"), &[("url", "nonsense")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    let fields = [
        ("url", "http://127.0.0.1:9/hooks?key=abcdef"),
        ("events", "LINK, TRANSACTIONS/historical_update"),
        ("authorization", "Bearer s3same"),
    ];
    let added = desk.post(&desk.at("webhooks"), &fields).await;
    is_a_good_page("added", &added);
    assert!(secret_in(&added.text), "{}", added.text);
    let all = api.get("/v1/webhooks/?page_size=9").await.json();
    let made = all["results"].as_array().expect("endpoints").last().expect("it is there").clone();
    let id = made["id"].as_str().expect("an id").to_owned();
    assert_eq!(made["events"], json!(["LINK", "TRANSACTIONS/historical_update"]));
    let at = desk.at(&format!("webhooks/{id}"));
    for who in [&desk, &viewer] {
        let shown = who.get(&at).await.text;
        for hidden in ["whsec_", "abcdef", "s3same"] {
            assert!(!shown.contains(hidden), "{hidden}: {shown}");
        }
        assert!(shown.contains("goes along"), "{shown}");
    }
    let now = async || api.get(&format!("/v1/webhooks/{id}/")).await.json();
    desk.post(&at, &[("events", "LINK"), ("url", ""), ("authorization", "")]).await;
    let changed = now().await;
    assert_eq!((&changed["url"], &changed["has_authorization"]), (&made["url"], &json!(true)));
    assert_eq!(changed["events"], json!(["LINK"]), "what was left empty stays");
    desk.post(&at, &[("no_authorization", "1")]).await;
    assert_eq!(now().await["has_authorization"], json!(false));
    for (act, enabled) in [("disable", false), ("disable", false), ("enable", true)] {
        let done = desk.post(&format!("{at}/{act}"), &[]).await;
        assert_eq!((leads_to(&done), desk.note().as_str()), (at.as_str(), act));
        assert_eq!(now().await["enabled"], json!(enabled));
    }
    let rotated = desk.post(&format!("{at}/secret"), &[]).await;
    is_a_good_page("rotated", &rotated);
    assert!(secret_in(&rotated.text) && now().await["old_secret_until"].is_string());
    assert!(leads_to(&desk.post(&format!("{at}/delete"), &[]).await).ends_with("webhooks"));
    assert_eq!(desk.note(), "forget");
    assert_eq!(desk.post(&format!("{at}/delete"), &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn many_deliveries_are_sent_again_after_a_look_at_how_many() {
    for api in Api::each_unheard().await {
        let link = api.link(EREBOR, "bnk100", "full").await;
        api.settle().await;
        let desk = Desk::of(&api, "ana", Role::Operator).await;
        let endpoint = first_endpoint(&api).await;
        let path = format!("/v1/webhooks/{endpoint}/");
        // Disabling cancels what nobody has taken.
        for enabled in [false, true] {
            api.patch(&path, &json!({"enabled": enabled})).await;
        }
        let cancelled = api.get("/v1/deliveries/?state=cancelled").await.json()["count"].clone();
        let cancelled = cancelled.as_u64().expect("a number");
        assert!(cancelled > 1, "{}", api.database());
        let ask = |query: &str| desk.at(&format!("deliveries/replay?{query}"));
        let page = desk.get(&ask("state=cancelled")).await;
        is_a_good_page("ask", &page);
        assert!(
            page.text.contains(&format!("Send {cancelled} deliveries again?")),
            "{}",
            page.text
        );
        let of_type = desk.get(&ask(&format!("webhook_type=ACCOUNTS&link={link}"))).await.text;
        assert!(of_type.contains("Send 1 deliveries again?"), "{of_type}");
        for nothing in [
            "state=delivered".to_owned(),
            format!("link={NOBODY}"),
            "webhook_code=nothing".to_owned(),
            "created_at__lt=2026-01-14T00:00".to_owned(),
        ] {
            let page = desk.get(&ask(&nothing)).await.text;
            assert!(page.contains("nothing to send again"), "{nothing}: {page}");
        }
        for wrong in ["state=pending", "state=lost", "link=x", "created_at__gte=soon"] {
            assert_eq!(desk.get(&ask(wrong)).await.status, StatusCode::BAD_REQUEST, "{wrong}");
        }
        let fields = [("state", "cancelled"), ("created_at__gte", "2026-01-01T00:00")];
        for left in [0, 0] {
            let sent = desk.post(&desk.at("deliveries/replay"), &fields).await;
            assert!(leads_to(&sent).ends_with("deliveries"));
            assert_eq!(desk.note(), "replay-all");
            let page = api.get("/v1/deliveries/?state=cancelled").await.json();
            assert_eq!(page["count"], left, "{}", api.database());
        }
        let viewer = Desk::of(&api, "vera", Role::Viewer).await;
        let page = viewer.get(&viewer.at("deliveries/replay?state=cancelled")).await;
        is_a_good_page("a viewer asks", &page);
    }
}

#[tokio::test]
async fn a_link_is_found_by_its_ids_its_institution_and_its_status() {
    let (api, link) = full().await;
    let body = json!({
        "institution": EREBOR, "username": "bnk101", "password": "full", "external_id": "customer-7"
    });
    let other =
        api.post("/api/links/", &body).await.json()["id"].as_str().expect("an id").to_owned();
    let desk = Desk::of(&api, "ana", Role::Viewer).await;
    let found = desk.get(&desk.at(&format!("links?find={link}&institution=&status="))).await;
    assert_eq!(leads_to(&found), desk.at(&format!("links/{link}")));
    for (query, here, there) in [
        ("find=customer-7", true, false),
        ("find=customer-8", false, false),
        ("institution=erebor_mx_retail&status=valid", true, true),
        ("status=invalid", false, false),
        ("institution=gringotts_mx_retail", false, false),
    ] {
        let text = desk.get(&desk.at(&format!("links?{query}"))).await.text;
        assert_eq!((text.contains(&other), text.contains(&link)), (here, there), "{query}");
        let file = desk.get(&desk.at(&format!("links.csv?{query}"))).await;
        assert_eq!((file.text.contains(&other), file.text.contains(&link)), (here, there));
    }
    let shown = desk.get(&desk.at(&format!("links/{other}"))).await.text;
    for told in ["customer-7", "registered", "Timeline", "Latest deliveries", "valid"] {
        assert!(shown.contains(told), "{told}");
    }
}

#[tokio::test]
async fn lists_go_on_page_by_page_and_as_files() {
    let (api, _) = full().await;
    let desk = Desk::of(&api, "ana", Role::Viewer).await;
    let first = desk.get(&desk.at("deliveries?page_size=2&state=pending")).await.text;
    assert!(first.contains("1 to 2 of") && first.contains("Next page"), "{first}");
    assert!(
        first.contains("page_size=2&#38;state=pending&#38;page=2"),
        "the search stays: {first}"
    );
    let second = desk.get(&desk.at("deliveries?page_size=2&page=2")).await.text;
    assert!(second.contains("3 to ") && second.contains("Earlier page"));
    for (file, head) in [
        ("deliveries.csv", "\"id\",\"event\",\"endpoint\""),
        ("links.csv", "\"id\",\"institution\",\"status\""),
        ("audit.csv", "\"at\",\"actor\",\"action\",\"subject\""),
    ] {
        let answer = desk.get(&desk.at(file)).await;
        assert_eq!(answer.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        let disposition = answer.headers[header::CONTENT_DISPOSITION].to_str().expect("text");
        assert_eq!(disposition, format!("attachment; filename=\"{file}\""));
        assert!(answer.text.starts_with(head), "{file}: {}", answer.text);
        assert!(answer.text.lines().count() > 1, "{file}");
    }
    let listed = api.get("/v1/deliveries/?page_size=1").await.json()["count"].as_u64();
    let lines = desk.get(&desk.at("deliveries.csv")).await.text.lines().count() as u64;
    assert_eq!(Some(lines - 1), listed);
}

#[tokio::test]
async fn a_new_password_is_asked_for_twice_and_ends_other_sign_ins() {
    let api = Api::new().await;
    let desk = Desk::of(&api, "ana", Role::Viewer).await;
    let other = Desk::new(&api).await;
    other.sign_in("ana", PASSWORD).await;
    let new = "another horse battery";
    let change = async |old: &str, new: &str, again: &str| {
        desk.post("/console/account", &[("old", old), ("new", new), ("again", again)]).await
    };
    for (old, one, two, said) in [
        (PASSWORD, new, "not the same at all", "not the same"),
        (PASSWORD, "short", "short", "at least 12 characters"),
        ("wrong", new, new, "not that one"),
    ] {
        let answer = change(old, one, two).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{said}");
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
    assert_eq!(leads_to(&change(PASSWORD, new, new).await), "/console/account");
    assert_eq!(desk.note(), "password");
    assert_eq!(desk.get("/console/account").await.status, StatusCode::OK);
    assert_eq!(other.get("/console/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn where_the_clock_is_real_there_is_nothing_to_steer() {
    let api = Api::with(Settings::serve()).await;
    let desk = Desk::of(&api, "ana", Role::Operator).await;
    assert_eq!(desk.get(&desk.at("dev")).await.status, StatusCode::NOT_FOUND);
    let moved = desk.post(&desk.at("dev/clock"), &[("by", "1h")]).await;
    assert_eq!(moved.status, StatusCode::NOT_FOUND);
    assert!(!desk.get(&desk.at("")).await.text.contains("Clock and faults"));
}

async fn looks_right(browser: &Browser, name: &str) {
    for (look, dark, (width, height)) in LOOKS {
        browser.size(width, height).await;
        browser.dark(dark).await;
        let at = format!("{name}, {look}");
        browser.is_accessible(&at).await;
        browser.is_quiet(&at).await;
        if let Some(folder) = pictures() {
            let name = format!("{look}-console-{}", name.replace(' ', "-"));
            browser.whole_picture(&folder, &name).await;
        }
    }
    browser.dark(false).await;
    browser.size(1280, 800).await;
}

/// Every page, in the light, in the dark and on a small phone. Where `VINCULO_SCREENSHOTS` names a
/// folder, each is kept there as a picture.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_can_be_read_by_everybody() {
    let (api, link) = full().await;
    operator(&api, "ana", Role::Operator).await;
    api.close(1002, "maintenance, as announced").await;
    let desk = Desk::new(&api).await;
    let mut tasks = JoinSet::new();
    let port = listen(&mut tasks, api.router.clone()).await;
    let base = format!("http://127.0.0.1:{port}");
    let browser = Browser::start().await;
    browser.open(&format!("{base}{}", desk.at("links"))).await;
    looks_right(&browser, "sign in").await;
    browser.write("name", "ana").await;
    browser.write("password", PASSWORD).await;
    browser.press("Sign in").await;
    browser.hear("Data from").await;
    let (delivery, endpoint) = (first_delivery(&api).await, first_endpoint(&api).await);
    for (name, page) in [
        ("overview", String::new()),
        ("links", "links".into()),
        ("link", format!("links/{link}")),
        ("changes", format!("links/{link}/changes")),
        ("records", format!("links/{link}/records/OWNERS")),
        ("delete", format!("links/{link}/delete")),
        ("institutions", "institutions".into()),
        ("institution", "institutions/1002".into()),
        ("webhooks", "webhooks".into()),
        ("endpoint", format!("webhooks/{endpoint}")),
        ("delete endpoint", format!("webhooks/{endpoint}/delete")),
        ("revoke", format!("keys/{}/revoke", api.key_id)),
        ("deliveries", "deliveries".into()),
        ("delivery", format!("deliveries/{delivery}")),
        ("send again", "deliveries/replay?webhook_type=ACCOUNTS&state=failed".into()),
        ("jobs", "jobs".into()),
        ("failed jobs", "jobs?state=failed".into()),
        ("keys", "keys".into()),
        ("audit", "audit".into()),
        ("clock and faults", "dev".into()),
    ] {
        browser.open(&format!("{base}{}", desk.at(&page))).await;
        looks_right(&browser, name).await;
    }
    // Page by page, and where there is nothing yet.
    browser.open(&format!("{base}{}", desk.at("deliveries?page_size=2&page=2"))).await;
    looks_right(&browser, "a page of many").await;
    let other = api.engine.add_tenant("Caja Popular de Ahorro y Préstamo del Norte").await;
    let other = other.expect("a tenant").id;
    for (page, _) in PAGES {
        browser.open(&format!("{base}/console/{other}/{page}")).await;
        looks_right(&browser, &format!("nothing {page}")).await;
    }
    browser.click(".menu summary").await;
    looks_right(&browser, "tenants").await;
    browser.open(&format!("{base}{}", desk.at("links/nothing"))).await;
    looks_right(&browser, "not there").await;
    for page in ["account", "audit"] {
        browser.open(&format!("{base}/console/{page}")).await;
        looks_right(&browser, &format!("installation {page}")).await;
    }
    browser.open(&format!("{base}{}", desk.at(&format!("links/{link}")))).await;
    browser.press("Ask the person to update it…").await;
    browser.hear("Send this address").await;
    looks_right(&browser, "update").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_works_in_a_browser() {
    let (api, link) = full().await;
    operator(&api, "ana", Role::Operator).await;
    let tenant = api.engine.tenants().await.expect("tenants")[0].id;
    let mut tasks = JoinSet::new();
    let port = listen(&mut tasks, api.router.clone()).await;
    let at = |page: &str| format!("http://127.0.0.1:{port}/console/{tenant}/{page}");
    let browser = Browser::start().await;
    scenario("she signs in, after a mistake", async {
        browser.open(&at("links")).await;
        browser.write("name", "ana").await;
        browser.write("password", "not this one").await;
        browser.press("Sign in").await;
        browser.hear("That did not work").await;
        browser.write("password", PASSWORD).await;
        browser.press("Sign in").await;
        browser.hear("Data from").await;
    })
    .await;
    scenario("she finds a link and refreshes it", async {
        browser.write("find", &link).await;
        browser.press("Find").await;
        browser.hear("Timeline").await;
        browser.press("Refresh now").await;
        browser.hear("The refresh is queued").await;
        browser.press("Refresh now").await;
        browser.hear("already been refreshed").await;
        browser.is_accessible("problem").await;
        browser.press("Back").await;
        browser.hear("Timeline").await;
    })
    .await;
    scenario("she reads a delivery and sends it again", async {
        browser.open(&at(&format!("deliveries/{}", first_delivery(&api).await))).await;
        browser.hear("••••").await;
        browser.press("Reveal what is masked").await;
        browser.hear("the audit log says so").await;
        browser.is_accessible("revealed").await;
        browser.press("Send again").await;
        browser.hear("on its way again").await;
    })
    .await;
    scenario("she lets a week pass, and leaves", async {
        browser.open(&at("dev")).await;
        browser.press("Let a week pass").await;
        // Here a sign-in ends by this clock, as in production.
        browser.write("name", "ana").await;
        browser.write("password", PASSWORD).await;
        browser.press("Sign in").await;
        browser.hear("2026-01-21").await;
        browser.press("Sign out").await;
        browser.hear("You are signed out").await;
        browser.open(&at("links")).await;
        browser.hear("Password").await;
    })
    .await;
}

/// Second clicks, the browser's back button, and a sign-in that has ended elsewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_operator_does_twice_or_too_late_is_told_and_does_no_harm() {
    let api = Api::new().await;
    operator(&api, "ana", Role::Operator).await;
    let tenant = api.engine.tenants().await.expect("tenants")[0].id;
    let mut tasks = JoinSet::new();
    let port = listen(&mut tasks, api.router.clone()).await;
    let at = |page: &str| format!("http://127.0.0.1:{port}/console/{tenant}/{page}");
    let browser = Browser::start().await;
    browser.open(&at("")).await;
    browser.write("name", "ana").await;
    browser.write("password", PASSWORD).await;
    browser.press("Sign in").await;
    browser.hear("Refreshes on time").await;
    scenario("she makes a key twice, revokes one twice, and keeps the other", async {
        let made = async |name: &str| {
            let page = api.get("/v1/keys/").await.json();
            let all = page["results"].as_array().expect("keys").clone();
            all.into_iter().filter(|key| key["name"] == name).collect::<Vec<_>>()
        };
        browser.open(&at("keys")).await;
        browser.write("name", "spare").await;
        browser.double_click("main form button").await;
        browser.hear("Its password is shown only now").await;
        let [key] = &made("spare").await[..] else { panic!("one key") };
        let ask = at(&format!("keys/{}/revoke", key["id"].as_str().expect("an id")));
        browser.open(&ask).await;
        browser.press("Keep it").await;
        browser.hear("API keys").await;
        assert_eq!(made("spare").await[0]["revoked_at"], json!(null));
        browser.open(&ask).await;
        browser.double_click("main form button").await;
        browser.hear("The key is refused from now on").await;
        browser.back().await;
        browser.press("Revoke it").await;
        browser.hear("The key is refused from now on").await;
    })
    .await;
    scenario("she deletes a link, and goes back to delete it again", async {
        let link = api.link(EREBOR, "bnk102", "full").await;
        browser.open(&at(&format!("links/{link}"))).await;
        browser.press("Delete…").await;
        browser.press("Delete it").await;
        browser.hear("The link is deleted").await;
        // The question is asked of the server anew, which has nothing left to ask about.
        browser.back().await;
        browser.hear("it has been deleted").await;
        browser.press("To the overview").await;
        browser.hear("Refreshes on time").await;
    })
    .await;
    scenario("she is signed out elsewhere, and told so", async {
        browser.open(&at("keys")).await;
        browser.write("name", "late").await;
        browser
            .run(
                "const form = document.querySelector('form[action$=sign-out]');
                 fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))})
                   .then(arguments[0]);",
                json!([]),
            )
            .await;
        browser.press("Make a key").await;
        browser.hear("nothing was done").await;
        browser.is_accessible("signed out").await;
        browser.write("name", "ana").await;
        browser.write("password", PASSWORD).await;
        browser.press("Sign in").await;
        browser.hear("API keys").await;
    })
    .await;
}
