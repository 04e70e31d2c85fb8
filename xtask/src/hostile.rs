//! A client that means ill: generated requests to every operation of the served OpenAPI document,
//! none of which may be answered with a server error.

use crate::{
    http::{authorization, call},
    machine::run as carry_out,
    sdk::Tools,
    served::{Served, empty_folder},
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{fs, path::Path, process::Command};

/// Lets it loose on `program`.
pub(crate) fn run(program: &Path, tools: &Tools) -> Result<()> {
    let folder = empty_folder("hostile")?;
    let served = Served::start(program, &folder.join("data"), None)?;
    let mut document = call(&served.url, "GET", "/openapi.json", None)?.good()?;
    shorten_polls(&mut document)?;
    let file = folder.join("openapi.json");
    fs::write(&file, document.to_string())?;
    carry_out(
        Command::new(tools.schemathesis())
            .current_dir(&folder)
            .arg("run")
            .arg(&file)
            .args(["--url", &served.url])
            // As a header, because its own option takes no password with a colon.
            .args(["--header", &format!("Authorization: {}", authorization())])
            .args(["--checks", "not_a_server_error", "--max-examples", "15", "--seed", "20270131"])
            // Longer than the longest poll, of 60 seconds.
            .args(["--phases", "examples,coverage,fuzzing", "--request-timeout", "70"])
            // Its answer waits for all that falls due in up to five years of invented time.
            .args(["--exclude-path", "/v1/clock/advance/"])
            // One at a time: its own code generation is not safe to run in parallel.
            .args(["--workers", "1", "--no-color"]),
    )
    .with_context(|| format!("vinculo said:\n{}", served.said()))
}

/// Has polls end after a second: the client tries the longest that the document allows, several
/// times, and would wait for minutes.
fn shorten_polls(document: &mut Value) -> Result<()> {
    let wait = document
        .pointer_mut("/paths/~1v1~1changes~1/get/parameters")
        .and_then(Value::as_array_mut)
        .and_then(|parameters| parameters.iter_mut().find(|parameter| parameter["name"] == "wait"))
        .context("the feed cannot be waited for")?;
    wait["schema"]["maximum"] = json!(1);
    Ok(())
}
