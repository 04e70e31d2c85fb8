//! What is compared between a session and its replay, and what is collected as somebody's own.

use super::*;
use serde_json::{json, value::to_raw_value};

fn given(account: Option<&str>, item: &Value) -> Given {
    Given {
        account: account.map(str::to_owned),
        page: 0,
        item: to_raw_value(item).unwrap(),
        documents: Vec::new(),
    }
}
fn sum(all: &[Given]) -> String {
    let mut sum = Sum::new();
    for given in all {
        sum.add(given);
    }
    sum.finish()
}
fn read(records: usize, ended: &str, sha256: &str) -> Read {
    Read { records, ended: ended.into(), sha256: sha256.into() }
}
fn outcome(failure: Option<&str>, all: &[(&str, Read)]) -> Outcome {
    let read = all.iter().map(|(name, read)| ((*name).to_owned(), read.clone())).collect();
    Outcome { failure: failure.map(str::to_owned), read }
}
/// What is collected of a record, sorted.
fn owned(item: &Value) -> Vec<String> {
    let mut all = Vec::new();
    own(item, "", &mut all);
    all.sort();
    all.dedup();
    all
}

#[test]
fn a_sum_is_of_all_records_their_accounts_and_their_order() {
    let (one, two) = (given(Some("a"), &json!({"n": 1})), given(Some("a"), &json!({"n": 2})));
    assert_eq!(sum(&[]), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    let both = sum(&[one.clone(), two.clone()]);
    assert_eq!(both, sum(&[one.clone(), two.clone()]));
    assert_ne!(both, sum(&[two, one.clone()]));
    assert_ne!(sum(&[one]), sum(&[given(Some("b"), &json!({"n": 1}))]));
}

#[test]
fn a_replay_that_ends_otherwise_or_shows_something_else_is_told_apart() {
    let recorded = outcome(None, &[("ACCOUNTS", read(2, "complete", "aa"))]);
    let says = |other: &Outcome, counts| recorded.compare(other, counts).map_err(|e| e.to_string());
    assert_eq!(says(&recorded.clone(), false), Ok(()));
    let failed = outcome(Some("down"), &[("ACCOUNTS", read(2, "complete", "aa"))]);
    assert_eq!(says(&failed, true), Err("it ended with down, not with good".into()));
    for other in [outcome(None, &[]), outcome(None, &[("OWNERS", read(0, "complete", ""))])] {
        assert!(says(&other, true).is_err_and(|why| why.ends_with("was read only once")));
    }
    let fewer = outcome(None, &[("ACCOUNTS", read(1, "complete", "aa"))]);
    let why = "ACCOUNTS: 1 records, complete, not 2, complete";
    assert_eq!(says(&fewer, true), Err(why.into()));
    let incomplete = outcome(None, &[("ACCOUNTS", read(2, "incomplete", "aa"))]);
    assert!(says(&incomplete, true).is_err());
    let words = outcome(None, &[("ACCOUNTS", read(2, "complete", "bb"))]);
    assert_eq!(says(&words, true), Ok(()), "stand-ins count the same");
    let why = "ACCOUNTS: the records are not those that were recorded";
    assert_eq!(says(&words, false), Err(why.into()));
}

#[test]
fn names_numbers_and_addresses_of_a_record_are_somebodys_own_and_names_by_each_word() {
    let account = json!({
        "name": "Cuenta Perfiles", "number": "4000123", "category": "CHECKING_ACCOUNT",
        "currency": "MXN", "balance": {"current": "1234.50"},
        "public_identification_name": "CLABE", "public_identification_value": "0021",
    });
    assert_eq!(owned(&account), ["0021", "4000123", "CLABE"], "a product is nobody's");
    let owner = json!({
        "display_name": "Ana Pérez", "email": "ana@bank.example", "phone_number": "+52 55",
        "addresses": ["Calle 1", "Calle 2"],
        "document_id": {"document_type": "CURP", "document_number": "GOMC90"},
        "description": "Ana's café", "age": 30, "alive": true, "nothing": null,
    });
    let wanted = [
        "+52 55",
        "1",
        "2",
        "Ana",
        "Ana Pérez",
        "Calle",
        "Calle 1",
        "Calle 2",
        "GOMC90",
        "Pérez",
        "ana@bank.example",
    ];
    assert_eq!(owned(&owner), wanted);
}

#[test]
fn what_is_collected_is_bounded() {
    let mut all = Vec::new();
    for number in 0..3 * MOST {
        own(&json!({"number": number.to_string()}), "", &mut all);
    }
    assert_eq!(all.len(), MOST);
}

#[test]
fn a_recording_without_its_first_line_cannot_be_replayed() {
    let why = |recording: &Recording| Session::of(recording).err().map(|error| error.to_string());
    let missing = Recording::default();
    assert_eq!(why(&missing), Some("the recording's first line is missing".into()));
    let other = Recording { session: Some(json!({"plan": 7})), ..Recording::default() };
    assert_eq!(why(&other), Some("the recording's first line cannot be read".into()));
    let plan = json!({
        "institution": null, "resources": [], "today": "2026-01-14", "days": 90,
        "background": false,
    });
    let session = json!({"plan": plan, "outcome": {"read": {}}});
    let whole = Recording { session: Some(session), ..Recording::default() };
    assert!(Session::of(&whole).is_ok_and(|session| session.outcome == Outcome::default()));
}
