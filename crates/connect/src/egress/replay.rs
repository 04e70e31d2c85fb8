//! Answers a session from a recording, without any network.

use super::{
    intercept::{Request, Response},
    recording::{Asked, Body, Exchange, Recording},
};
use crate::redactor::REDACTED;
use hyper::{StatusCode, body::Bytes, http};
use std::sync::{Mutex, PoisonError};

pub(super) struct Replay {
    exchanges: Vec<Exchange>,
    used: Mutex<Vec<bool>>,
}

impl Replay {
    pub(super) fn new(recording: &Recording) -> Self {
        let exchanges = recording.exchanges.clone();
        let used = Mutex::new(vec![false; exchanges.len()]);
        Self { exchanges, used }
    }

    /// The next answer that was given to this: to the very same address if there is one, else to the
    /// same path (days in queries pass); the last one again when all are used up.
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
        let same = |asked: &Asked| asked.method == method && asked.url == url;
        let alike = |asked: &Asked| asked.method == method && asked.place() == place;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let find = |fits: &dyn Fn(&Asked) -> bool, used: &[bool]| {
            let fits = |number: &usize| fits(&self.exchanges[*number].request);
            let fresh = (0..used.len()).filter(|number| !used[*number]).find(fits);
            (fresh, (0..used.len()).rev().find(fits))
        };
        let ((exact, again), (near, last)) = (find(&same, &used), find(&alike, &used));
        let number = exact.or(near).or(again).or(last);
        let number = number.ok_or("the recording has no answer to this")?;
        used[number] = true;
        drop(used);
        respond(&self.exchanges[number])
    }
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
