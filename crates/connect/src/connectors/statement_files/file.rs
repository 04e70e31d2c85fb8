//! One file: from the answer of a challenge to what it says.

use crate::{
    connectors::statement_items::{Gathered, place},
    talk::{Failure, Remark, Unreadable},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, SecretString};
use statements::{Format, HEAD, Options, Place, recognise};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// What a file says.
pub(super) struct Contents {
    pub(super) format: Format,
    pub(super) said: Gathered,
}

/// The names of the formats that are read, for people.
pub(super) fn formats() -> String {
    Format::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
}

/// Reads a file, which is `answer` in base64, to its end.
///
/// # Errors
/// [`Failure::Unreadable`] with the place where nothing more could be made of it.
pub(super) async fn read(
    answer: SecretString,
    mapping: Option<String>,
    said: Gathered,
) -> Result<Contents, Failure> {
    // Megabytes of text are not for the threads that answer requests.
    tokio::task::spawn_blocking(move || read_now(&answer, mapping.as_deref(), said))
        .await
        .map_err(|_| Failure::Unexpected("reading the file broke".into()))?
}

fn read_now(
    answer: &SecretString,
    mapping: Option<&str>,
    mut said: Gathered,
) -> Result<Contents, Failure> {
    let bytes = STANDARD
        .decode(answer.expose_secret().trim())
        .map(Zeroizing::new)
        .map_err(|_| unreadable(nowhere("the answer is not a file in base64")))?;
    let options = options(&bytes, mapping)?;
    let summary = statements::read(bytes.as_slice(), &options, &mut said)
        .map_err(|bad| unreadable(place(bad.place, &bad.problem)))?;
    said.end(&summary);
    if said.is_overfull() {
        let problem = "there are more than 200000 movements: upload fewer months at once";
        return Err(unreadable(nowhere(problem)));
    }
    if said.is_silent() {
        let first = said.first_fault();
        return Err(unreadable(
            first.unwrap_or_else(|| nowhere("the file names no account and shows no movement")),
        ));
    }
    Ok(Contents { format: summary.format, said })
}

/// How the file is to be read.
fn options(bytes: &[u8], mapping: Option<&str>) -> Result<Options, Failure> {
    let _ = mapping;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(unreadable(nowhere("the file is empty")));
    }
    let format = recognise(&bytes[..bytes.len().min(HEAD)]);
    if format.is_none() {
        let problem = format!("this is in no format that is read here: {}", formats());
        return Err(unreadable(Remark { line: Some(1), column: None, problem }));
    }
    Ok(Options { format, ..Options::default() })
}

fn nowhere(problem: &str) -> Remark {
    place(Place::default(), problem)
}

fn unreadable(remark: Remark) -> Failure {
    Failure::Unreadable(Box::new(Unreadable { remark, options: BTreeMap::new() }))
}

/// Checks a mapping before it is kept, and brings it into the form in which it is. The error is for
/// whoever wrote it.
pub fn check_mapping(mapping: &str) -> Result<String, String> {
    let _ = mapping;
    Err("tables are not read yet".into())
}
