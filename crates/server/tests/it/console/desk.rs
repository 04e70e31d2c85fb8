//! An operator at the console, without a browser: what is asked and answered is looked at as it is.

use crate::api::{Answer, Api};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::{ids::TenantId, operator::Role};
use engine::operators;
use secrecy::SecretString;
use std::sync::Mutex;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// A browser of an operator's, without scripts.
pub(crate) struct Desk<'a> {
    api: &'a Api,
    pub(crate) tenant: TenantId,
    pub(crate) cookie: Mutex<String>,
    pub(crate) note: Mutex<String>,
}

pub(crate) async fn operator(api: &Api, name: &str, role: Role) {
    let (store, env) = (api.engine.store(), api.engine.env());
    let password = SecretString::from(PASSWORD);
    operators::add(store, env, name, role, &password).await.expect("an operator");
}

impl<'a> Desk<'a> {
    /// Before the door.
    pub(crate) async fn new(api: &'a Api) -> Self {
        let tenant = api.engine.tenants().await.expect("tenants")[0].id;
        Self { api, tenant, cookie: Mutex::default(), note: Mutex::default() }
    }
    /// Signed in as a new operator of that name.
    pub(crate) async fn of(api: &'a Api, name: &str, role: Role) -> Self {
        operator(api, name, role).await;
        let desk = Self::new(api).await;
        desk.sign_in(name, PASSWORD).await;
        desk
    }
    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.get("/console/sign-in").await;
        self.post("/console/sign-in", &[("name", name), ("password", password)]).await
    }
    /// The address of a page about the tenant.
    pub(crate) fn at(&self, page: &str) -> String {
        format!("/console/{}/{page}", self.tenant)
    }
    /// The act of which the next page is to say that it was done.
    pub(crate) fn note(&self) -> String {
        self.note.lock().expect("whole").clone()
    }
    pub(crate) fn proof(&self) -> String {
        let cookie = self.cookie.lock().expect("whole").clone();
        let token = cookie.split_once('=').map_or("", |(_, token)| token);
        self.api.engine.form_proof(&SecretString::from(token))
    }
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], String::new()).await
    }
    /// Sends a form of a page of ours.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = ("origin", "http://api.test");
        self.send("POST", path, &[origin], self.form(fields)).await
    }
    pub(crate) fn form(&self, fields: &[(&str, &str)]) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("proof", &self.proof()).extend_pairs(fields);
        form.finish()
    }
    pub(crate) async fn send(
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
    pub(crate) async fn audited(&self) -> Vec<(String, String)> {
        let page = domain::filter::Page { number: 1, size: 1000 };
        let lines = self.api.engine.audit_log(self.tenant, page).await.expect("a log").items;
        let mut said: Vec<_> = lines.into_iter().map(|line| (line.actor, line.action)).collect();
        said.sort();
        said
    }
}

pub(crate) fn leads_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.headers[header::LOCATION].to_str().expect("text")
}

pub(crate) fn is_a_good_page(at: &str, answer: &Answer) {
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
