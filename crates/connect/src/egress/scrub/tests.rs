//! A person is taken out, and a session still fits together.

use super::*;
use proptest::prelude::*;
use secrecy::SecretString;

fn scrub() -> Scrub {
    Scrub::new(Arc::new(Redactor::new(&[SecretString::from("hunter2!")])))
}

#[test]
fn what_looks_like_one_persons_own_gets_a_stand_in_of_its_shape() {
    let mut scrub = scrub();
    for own in [
        "ana@bank.example",
        "123.456.789-09",
        "12.345.678/0001-95",
        "GOMC900101HDFRRL09",
        "DE89 3704 0044 0532 0130 00",
        "4111 1111 1111 1111",
        "+52 55 1234 5678",
        "00012345678",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl",
    ] {
        let first = scrub.text(&format!("<td>{own}</td>"));
        assert!(!first.contains(own), "{first}");
        assert_eq!(first, scrub.text(&format!("<td>{own}</td>")), "the same each time");
    }
    assert_eq!(
        scrub.text("konto 00012345678 und 87654321001"),
        "konto 90000000008 und 90000000010"
    );
}

#[test]
fn days_and_money_stay() {
    let text = "20260131 20260131120000 2026-01-31T10:00:00 1234567.89 1.234.567,89 -5,00 12345";
    assert_eq!(scrub().text(text), text);
}

#[test]
fn json_is_cleaned_by_its_keys_and_names_are_known_again_elsewhere() {
    let mut scrub = scrub();
    let body = r#"{"holderName":"Ana Pérez","account":{"number":123456789,"amount":1234567},
        "note":"for Ana Pérez","token":"abcdef","list":["hunter2!",12]}"#;
    let clean: Value = serde_json::from_str(&scrub.body(body)).expect("JSON");
    assert_eq!(clean["account"]["amount"], 1_234_567);
    assert_ne!(clean["account"]["number"], 123_456_789);
    let name = clean["holderName"].as_str().expect("a text");
    assert!(name.starts_with('X'), "{name}");
    assert_eq!(clean["note"], format!("for {name}"));
    assert_eq!(clean["list"], serde_json::json!([REDACTED, 12]));
    assert_ne!(clean["token"], "abcdef");
    assert_eq!(scrub.text("<h1>Ana Pérez</h1>"), format!("<h1>{name}</h1>"));
}

#[test]
fn cookies_keep_their_names_and_go_back_as_they_came() {
    let mut scrub = scrub();
    let given = scrub.header("set-cookie", "sid=s3cr3tvalue; Path=/; HttpOnly");
    let sent = scrub.header("cookie", "lang=en; sid=s3cr3tvalue");
    assert_eq!(given, "sid=cookie1; Path=/; HttpOnly");
    assert!(sent.ends_with("; sid=cookie1"), "{sent}");
    assert_eq!(scrub.text("var sid = 's3cr3tvalue'"), "var sid = 'cookie1'");
    assert_eq!(scrub.header("authorization", "Bearer x"), REDACTED);
}

proptest! {
    /// No secret and no long number survives, whatever stands around it.
    #[test]
    fn no_number_survives(before in "[a-z <>=\"]{0,10}", number in "[1-8]{9,20}", after in "[a-z <>\"]{0,10}") {
        let clean = scrub().body(&format!("{before} {number}{after} hunter2! {number}"));
        prop_assert!(!clean.contains(&number) && !clean.contains("hunter2!"), "{}", clean);
    }

    /// Anything is taken.
    #[test]
    fn anything_is_cleaned(text in "\\PC{0,200}") {
        let mut scrub = scrub();
        drop(scrub.body(&text));
        drop(scrub.header("cookie", &text));
        drop(scrub.header("set-cookie", &text));
    }
}
