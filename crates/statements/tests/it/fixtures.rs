//! Files of public projects, where they lie beside this one: `../shared/fixtures/statements`. Each
//! is compared with what another reader makes of it (`expected.json`), a second opinion.

use crate::heard::{Heard, hear};
use serde_json::Value;
use statements::Said;
use std::{collections::BTreeMap, fs, path::PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/statements")
}

/// The files of one format with the other reader's opinion of each; none where they are not there.
pub(crate) fn files(format: &str) -> Vec<(String, Vec<u8>, Value)> {
    let Ok(expected) = fs::read(folder().join("expected.json")) else { return Vec::new() };
    let expected: BTreeMap<String, Value> = serde_json::from_slice(&expected).expect("JSON");
    let mut files: Vec<_> = fs::read_dir(folder().join(format))
        .expect("a folder")
        .map(|file| file.expect("a file").path())
        .map(|path| {
            let file = path.file_name().expect("a name").to_string_lossy().into_owned();
            let opinion = expected.get(&format!("{format}/{file}")).cloned().unwrap_or_default();
            (file, fs::read(&path).expect("a file"), opinion)
        })
        .collect();
    files.sort_by(|one, other| one.0.cmp(&other.0));
    files
}

/// Number, count of movements and their sum, for each account in the order of the file.
pub(crate) fn sums(heard: &Heard) -> Vec<(String, usize, String)> {
    let mut sums: Vec<(String, usize, rust_decimal::Decimal)> = Vec::new();
    for said in &heard.all {
        match said {
            Said::Account(account) => sums.push((account.number.clone(), 0, 0.into())),
            Said::Movement(movement) => {
                let last = sums.last_mut().expect("an account before its movements");
                last.1 += 1;
                last.2 += movement.amount.0;
            }
            _ => {}
        }
    }
    sums.into_iter()
        .map(|(number, count, sum)| (number, count, sum.normalize().to_string()))
        .collect()
}

fn opinion(value: &Value) -> Vec<(String, usize, String)> {
    let accounts = value["accounts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    accounts
        .iter()
        .map(|account| {
            let count = account["transactions"].as_u64().expect("a count");
            let sum: rust_decimal::Decimal = text(&account["sum"]).parse().expect("a sum");
            let count = usize::try_from(count).expect("a count");
            (text(&account["number"]), count, sum.normalize().to_string())
        })
        .collect()
}

#[test]
fn ofx_files_say_what_another_reader_hears_or_more() {
    let files = files("ofx");
    for (file, bytes, expected) in &files {
        let heard = hear(bytes);
        let (sums, faults) = (sums(&heard), heard.faults());
        match file.as_str() {
            // The other reader refuses a file in which one movement of three has no day, one an
            // empty day, and one the 31st of February. All three moved money.
            "date_missing.ofx" => {
                assert_eq!(sums, [("192639749".into(), 3, "320".into())]);
                assert_eq!(
                    faults,
                    [
                        "fault line 33, column 5: the movement has no day",
                        "fault line 40, column 17: the movement has no day",
                        "fault line 50, column 21: DTPOSTED is not a day",
                        "fault line 48, column 17: the movement has no day",
                    ]
                );
            }
            // It refuses a balance of blanks, and with it the movement above.
            "empty_balance.ofx" => {
                assert_eq!(sums, [("192639749".into(), 1, "120".into())]);
                assert_eq!(
                    faults,
                    [
                        "fault line 37, column 13: the balance has no amount and was left out",
                        "fault line 41, column 13: the balance has no amount and was left out",
                    ]
                );
            }
            // It trips over empty tags; nothing is missing but the balance.
            "ofx-v102-empty-tags.ofx" => {
                assert_eq!(sums, [("12345678".into(), 1, "12.34".into())]);
                assert_eq!(faults.len(), 1, "{faults:?}");
            }
            // It keeps silent on what the bank refused.
            "signon_fail.ofx" => {
                assert!(sums.is_empty());
                assert_eq!(faults.len(), 1, "{faults:?}");
                assert!(faults[0].ends_with("the bank refused the login (code 15500)"));
            }
            _ => {
                assert_eq!(sums, opinion(expected), "{file}");
                assert_eq!(faults, [] as [&str; 0], "{file}");
                assert!(!heard.summary().cut_off, "{file}");
            }
        }
    }
    println!("{} files of OFX were read", files.len());
}
