//! Answers a session from a recording, without any network.

use super::{
    intercept::{Request, Response},
    recording::{Asked, Body, Exchange, Recording},
    scrub::{boundary, is_form},
};
use crate::redactor::REDACTED;
use hyper::{StatusCode, body::Bytes, header, http};
use serde_json::Value;
use std::{
    cmp::Reverse,
    sync::{Mutex, PoisonError},
};
use url::form_urlencoded;

pub(super) struct Replay {
    exchanges: Vec<Exchange>,
    /// What each request carried, as it is compared.
    carried: Vec<String>,
    used: Mutex<Vec<bool>>,
}

impl Replay {
    pub(super) fn new(recording: &Recording) -> Self {
        let exchanges = recording.exchanges.clone();
        let used = Mutex::new(vec![false; exchanges.len()]);
        let carried = exchanges.iter().map(|exchange| exchange.request.carried()).collect();
        Self { exchanges, carried, used }
    }

    /// The next answer that was given to this. Whoever asks for several things at once does so in
    /// another order each time, so the request says which: what has the very same address comes before
    /// what has the same path (days in queries pass), of these what carried the same before what
    /// carried something else, and of these what is not used yet, in its order, before the last again.
    pub(super) fn answer(
        &self,
        host: &str,
        port: u16,
        request: &Request,
    ) -> Result<Response, &'static str> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        // What stands for a secret comes back as an address writes it.
        let path = path.replace("%5Bredacted%5D", REDACTED);
        let url = format!("https://{host}:{port}{path}");
        let place = url.split('?').next().unwrap_or(&url);
        let method = request.method().as_str();
        let said = request.headers().get(header::CONTENT_TYPE);
        let said = said.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let carried = carried(said, &String::from_utf8_lossy(request.body()));
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let all = self.exchanges.iter().zip(&self.carried).zip(used.iter()).enumerate();
        let fits = all.filter_map(|(number, ((Exchange { request, .. }, body), used))| {
            let alike = request.method == method && request.place() == place;
            let order = if *used { Reverse(number) } else { Reverse(usize::MAX - number) };
            alike.then_some((request.url != url, *body != carried, *used, order, number))
        });
        let number = fits.min().map(|(.., number)| number);
        let number = number.ok_or("the recording has no answer to this")?;
        used[number] = true;
        drop(used);
        respond(&self.exchanges[number])
    }
}

impl Asked {
    fn carried(&self) -> String {
        let said = self.headers.iter().find(|(name, _)| name == "content-type");
        match &self.body {
            Body::Text(text) => carried(said.map_or("", |(_, value)| value), text),
            Body::Omitted(_) => String::new(),
        }
    }
}

/// What a request carries, written in one way: the edges of its parts are chance, and what stands for
/// a secret is encoded by whoever sends it.
fn carried(kind: &str, text: &str) -> String {
    if let Some(boundary) = boundary(kind) {
        return text.replace(boundary, "");
    }
    if is_form(kind) {
        let pairs: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
        return format!("{pairs:?}");
    }
    serde_json::from_str(text).map_or_else(|_| text.to_owned(), |value: Value| value.to_string())
}

fn respond(exchange: &Exchange) -> Result<Response, &'static str> {
    let broken = "the recording holds an answer that cannot be given";
    let came = &exchange.response;
    let body = match &came.body {
        Body::Text(text) => Bytes::from(text.clone()),
        Body::Omitted(_) => return Err("the recording does not hold this body: it was not text"),
    };
    let mut response = http::Response::builder()
        .status(StatusCode::from_u16(came.status).map_err(|_| broken)?)
        .body(body)
        .map_err(|_| broken)?;
    for (name, value) in &came.headers {
        let name = http::HeaderName::from_bytes(name.as_bytes()).map_err(|_| broken)?;
        let value = http::HeaderValue::from_str(value).map_err(|_| broken)?;
        response.headers_mut().append(name, value);
    }
    Ok(response)
}
