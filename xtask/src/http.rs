//! As much HTTP as the chores need: one request per connection, on loopback.

use crate::served::KEYS;
use anyhow::{Context, Result, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// What a server said.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The body; `null` when it is empty or not JSON.
    pub(crate) body: Value,
}

impl Answer {
    /// The body, if the server did what it was asked.
    pub(crate) fn good(self) -> Result<Value> {
        if self.status < 300 {
            return Ok(self.body);
        }
        bail!("the server answered {}: {}", self.status, self.body)
    }
}

/// What the `Authorization` header says of the chores' keys.
pub(crate) fn authorization() -> String {
    let [(_, id), (_, password)] = KEYS;
    format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{password}")))
}

/// Sends one request with the chores' keys. An error means that no whole answer came, so whether
/// the request was carried out is not known.
pub(crate) fn call(url: &str, method: &str, path: &str, body: Option<&Value>) -> Result<Answer> {
    let host = url.strip_prefix("http://").context("chores speak plain HTTP")?;
    let body = body.map(ToString::to_string).unwrap_or_default();
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_mins(2)))?;
    // HTTP/1.0 has neither chunks nor a connection to keep.
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nhost: {host}\r\nauthorization: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        authorization(),
        body.len()
    )?;
    let mut reader = BufReader::new(stream);
    let (status, length) = head(&mut reader)?;
    let status = status.split(' ').nth(1).context("no status")?.parse()?;
    let mut body = Vec::new();
    match length {
        Some(length) => {
            body.resize(length, 0);
            reader.read_exact(&mut body)?;
        }
        None => drop(reader.read_to_end(&mut body)?),
    }
    Ok(Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() })
}

/// Reads one request with its body, as a receiver of webhooks does.
pub(crate) fn receive(stream: &TcpStream) -> Result<Value> {
    let mut reader = BufReader::new(stream);
    let (_, length) = head(&mut reader)?;
    let mut body = vec![0; length.context("a webhook without a length")?];
    reader.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}

/// The first line, and the length that the headers announce.
fn head(reader: &mut impl BufRead) -> Result<(String, Option<usize>)> {
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = None;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            bail!("the connection ended within the headers");
        }
        if line.trim().is_empty() {
            return Ok((first, length));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = Some(value.trim().parse()?);
        }
    }
}
