//! Files of public projects, where they lie beside this one: `../shared/fixtures/statements`. Each
//! is compared with what another reader makes of it (`expected.json`), a second opinion.

#![expect(clippy::print_stdout, reason = "a test says how many files it read")]

use crate::heard::{Heard, hear, hear_with};
use serde_json::Value;
use statements::{Format, Options, Said};
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

#[test]
fn mt940_files_say_what_another_reader_hears_or_more() {
    let files = files("mt940");
    for (file, bytes, expected) in &files {
        let options = Options { format: Some(Format::Mt940), ..Options::default() };
        let heard = hear_with(bytes, &options);
        let count = heard.movements().len();
        let said =
            expected["transactions"].as_u64().map(|count| usize::try_from(count).expect("few"));
        match file.as_str() {
            // The other reader refuses an account that has moved its name into the line below.
            "ASNB-mt940.txt" => {
                assert_eq!(count, 8);
                let other = heard.movements()[0].counterparty_account.as_deref();
                assert_eq!(other, Some("NL47INGB9999999999"));
            }
            // Interest is reckoned in months of thirty days; the last day of February was taken.
            "self-provided-february_30.sta" => {
                assert_eq!(Some(count), said);
                assert_eq!(
                    heard.faults(),
                    ["fault line 6, column 5: the value date is beyond the end of its month; its \
                      last day was taken"]
                );
            }
            // Numbers, and information on nothing: there is no statement in these.
            "self-provided-invalid_statement.sta" | "betterplace-empty_86.sta" => {
                assert_eq!(said, Some(0));
                let refused = heard.end.expect_err("no statement").to_string();
                assert!(refused.ends_with("there is no statement in this MT940 file"), "{refused}");
            }
            // A fragment: six balances of no account.
            "betterplace-amount_formats.sta" => {
                assert_eq!((count, heard.summary().balances), (0, 6));
                assert!(heard.summary().cut_off);
            }
            // Fragments: movements without a statement around them.
            "self-provided-multiline.sta" | "self-provided-sparkassen.sta" => {
                assert_eq!(Some(count), said, "{file}");
                assert_eq!(heard.faults().len(), 1, "{file}");
            }
            _ => {
                assert_eq!(Some(count), said, "{file}");
                assert_eq!(heard.faults(), [] as [&str; 0], "{file}");
                assert!(!heard.summary().cut_off, "{file}");
            }
        }
    }
    println!("{} files of MT940 were read", files.len());
}

#[test]
fn camt_files_of_all_versions_are_read() {
    let files = files("camt");
    for (file, bytes, _) in &files {
        let heard = hear(bytes);
        if file == "camt053.v2.wrong.xml" {
            let refused = heard.end.expect_err("no statement").to_string();
            let problem = "line 8, column 5: there is no statement (<Stmt>) in this CAMT file";
            assert_eq!(refused, problem);
            continue;
        }
        let amounts: Vec<_> = heard.movements().iter().map(|m| m.amount.to_string()).collect();
        let balances = heard.summary().balances;
        match file.as_str() {
            "camt053.v2.multi.statement.xml" => {
                assert_eq!(
                    (amounts.as_slice(), balances),
                    (&["8.85".into(), "-7.00".into()][..], 4)
                );
            }
            "camt053.v2.five.decimals.xml" => {
                assert_eq!((amounts[0].as_str(), balances), ("8.850", 2));
            }
            // Ten balances: the one before, the one after and the one at hand are said.
            "camt053.v2.all-balance-types.xml" => {
                assert_eq!((amounts[0].as_str(), balances), ("8.850", 3));
            }
            _ => assert_eq!((amounts.join(" ").as_str(), balances), ("8.85", 3), "{file}"),
        }
        assert_eq!(heard.faults(), [] as [&str; 0], "{file}");
        assert!(!heard.summary().cut_off, "{file}");
    }
    println!("{} files of CAMT were read", files.len());
}

#[test]
fn cnab_files_of_three_banks_say_the_same() {
    let files = files("cnab240");
    for (file, bytes, _) in &files {
        let heard = hear(bytes);
        assert_eq!(heard.faults(), [] as [&str; 0], "{file}");
        let (number, bank) = match file.as_str() {
            "bb.txt" => ("2726711-0", "001"),
            "itau.txt" => ("27267110-9", "341"),
            _ => ("2726711-0", "033"),
        };
        assert_eq!(
            heard.lines()[..2],
            [
                format!(
                    "account {number} bank={bank} branch=0679-9 currency=BRL \
                     holder=MARLI E BENJAMIN ADVOCACIA ME"
                ),
                "balance opening 932410.81 date=2022-11-23 currency=BRL".to_owned(),
            ]
        );
        // The sums are those of the trailer. Its closing balance is none of them: the samples are
        // invented.
        assert_eq!(sums(&heard), [(number.into(), 9, "-5013.15".into())], "{file}");
    }
    println!("{} files of CNAB 240 were read", files.len());
}
