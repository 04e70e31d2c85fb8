//! One file: from the answer of a challenge to what it says.

use super::MAPPING;
use crate::{
    connectors::statement_items::{Gathered, place},
    talk::{Failure, Remark, Unreadable},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, SecretString};
use statements::{Format, HEAD, Mapping, Options, Place, csv::Guess, recognise};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The longest mapping that is kept, in bytes of JSON.
const LONGEST_MAPPING: usize = 16 * 1024;

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
    let summary = statements::read(bytes.as_slice(), &options, &mut said).map_err(|bad| {
        // A table that does not fit its mapping perhaps fits another.
        let guess = options.mapping.as_ref().and_then(|_| Mapping::guess(head(&bytes)));
        let options = guess
            .filter(|guess| options.mapping.as_ref() != Some(&guess.mapping))
            .map(|guess| proposed(&guess.mapping));
        let remark = place(bad.place, &bad.problem);
        let options = options.unwrap_or_default();
        Failure::Unreadable(Box::new(Unreadable { remark, options }))
    })?;
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
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(unreadable(nowhere("the file is empty")));
    }
    let head = head(bytes);
    // One that was kept has been checked; what an older program kept may not be understood.
    let mapping = mapping.and_then(|mapping| serde_json::from_str(mapping).ok());
    match (recognise(head), mapping) {
        (Some(Format::Csv) | None, Some(mapping)) => {
            Ok(Options { format: Some(Format::Csv), mapping: Some(mapping), ..Options::default() })
        }
        (Some(Format::Csv) | None, None) => Err(proposal(head)),
        (format, _) => Ok(Options { format, ..Options::default() }),
    }
}

/// A table can be read once somebody has said, or confirmed, what its columns are.
fn proposal(head: &[u8]) -> Failure {
    let first = |problem: String| Remark { line: Some(1), column: None, problem };
    let Some(Guess { mapping, doubts, .. }) = Mapping::guess(head) else {
        let problem = format!("this is in no format that is read here: {}", formats());
        return unreadable(first(problem));
    };
    let mut problem = "a table can be read once it is said which column is what".to_owned();
    for doubt in doubts {
        problem = format!("{problem}; {doubt}");
    }
    let options = proposed(&mapping);
    Failure::Unreadable(Box::new(Unreadable { remark: first(problem), options }))
}

/// The options of a fetch that reads by `mapping`.
fn proposed(mapping: &Mapping) -> BTreeMap<String, String> {
    let text = serde_json::to_string(mapping).ok();
    text.into_iter().map(|text| (MAPPING.to_owned(), text)).collect()
}

fn head(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(HEAD)]
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
    if mapping.len() > LONGEST_MAPPING {
        return Err(format!("A mapping has no more than {LONGEST_MAPPING} bytes."));
    }
    let mapping: Mapping = serde_json::from_str(mapping).map_err(|error| error.to_string())?;
    mapping.check().map_err(|problem| problem.to_string())?;
    serde_json::to_string(&mapping).map_err(|error| error.to_string())
}
