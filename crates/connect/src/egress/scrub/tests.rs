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
    let clean: Value = serde_json::from_str(&scrub.body("", body)).expect("JSON");
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

#[test]
fn a_stand_in_is_the_same_wherever_it_stands_and_another_for_another() {
    let mut scrub = scrub();
    let page = scrub.text("mail ana@bank.example or eva@bank.example");
    assert_eq!(page, "mail person1@example.com or person2@example.com");
    assert_eq!(scrub.header("x-user", "ana@bank.example"), "person1@example.com");
    let body = scrub.body("", r#"{"note":"ana@bank.example","again":["eva@bank.example"]}"#);
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let wanted =
        serde_json::json!({"note": "person1@example.com", "again": ["person2@example.com"]});
    assert_eq!(body, wanted);
}

#[test]
fn what_is_not_somebodys_stays_as_it_is_built() {
    let mut scrub = scrub();
    let page = "<table class=\"m\"><tr><td>31/01/2026</td><td>Café 12</td><td>$ -1,234.50</td>";
    assert_eq!(scrub.text(page), page);
    let body = serde_json::json!({
        "rows": [{"amount": 1_234_567, "day": "2026-01-31", "words": "COFFEE", "ok": true}],
        "next": null, "count": 12_345, "saldo": "1234567.89", "empty": {"name": ""}, "list": [],
    });
    let clean: Value = serde_json::from_str(&scrub.body("", &body.to_string())).expect("JSON");
    assert_eq!(clean, body);
    assert_eq!(scrub.body("", "plain, no JSON {"), "plain, no JSON {");
    assert_eq!(scrub.body("", "\"a text alone\""), "\"a text alone\"");
    let person = r#"{"owner":{"fullName":"Ana Pérez","ids":[12345678901,"GOMC900101HDFRRL09"]}}"#;
    let clean: Value = serde_json::from_str(&scrub.body("", person)).expect("JSON");
    let ids = clean["owner"]["ids"].as_array().expect("a list");
    assert!(ids[0].is_u64() && ids[1].as_str().is_some_and(|id| id.len() == 18), "{clean}");
    assert!(!clean.to_string().contains("Ana") && !clean.to_string().contains("GOMC"), "{clean}");
}

#[test]
fn forms_are_cleaned_by_their_keys_in_one_line_and_in_parts() {
    let mut scrub = scrub();
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    let clean =
        scrub.body(form, "nome=Ana+P%C3%A9rez&page=2&cnpj=12.345.678%2F0001-95&x=hunter2%21");
    assert_eq!(clean, "nome=X1&page=2&cnpj=90.000.000%2F0000-02&x=[redacted]");
    let own = "ctl00$ContentPlaceHolder1$btnNext=Next&ctl00$ContentPlaceHolder1$txtNome=Eva+Luna";
    let clean = scrub.body(form, own);
    assert!(clean.starts_with("ctl00$ContentPlaceHolder1$btnNext=Next&"), "{clean}");
    assert!(!clean.contains("Eva"), "{clean}");
    let parts = "--x42\r\nContent-Disposition: form-data; name=\"person[name]\"\r\n\r\nBo Li\r\n\
                 --x42\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nfor Ana Pérez\r\n\
                 --x42\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n{\"email\":\"x\"}\r\n--x42--\r\n";
    let clean = scrub.body("multipart/form-data; boundary=\"x42\"", parts);
    for own in ["Bo Li", "Ana", "\"x\""] {
        assert!(!clean.contains(own), "{clean}");
    }
    assert!(clean.contains("for X1\r\n--x42\r\n") && clean.ends_with("--x42--\r\n"), "{clean}");
    assert_eq!(scrub.address("/find?day=1&name=Ana+P%C3%A9rez"), "/find?day=1&name=X1");
    for odd in ["", "=", "&&", "a", "--x42", "--x42\r\n\r\n", "%"] {
        assert_eq!(scrub.body(form, odd), odd);
        assert_eq!(scrub.body("multipart/form-data; boundary=x42", odd), odd);
    }
}

#[test]
fn a_word_is_known_again_as_addresses_pages_and_programs_write_it() {
    let mut scrub = scrub();
    scrub.learn(&["Ana Pérez".into(), "Pérez".into()]);
    for (own, clean) in [
        ("for=Ana+P%C3%A9rez&x", "for=X1&x"),
        ("for=Eva%20P%C3%A9rez", "for=Eva%20X2"),
        ("<b>Ana P&eacute;rez</b>", "<b>X1</b>"),
        ("<b>Ana&#32;P&#xe9;rez</b>", "<b>X1</b>"),
        (r#""\u003eP\u00e9rez\nP\u00e9rez""#, r#""\u003eX2\nX2""#),
    ] {
        assert_eq!(scrub.again(own), clean);
        assert_eq!(scrub.text(own), clean);
    }
}

#[test]
fn numbers_of_six_digits_are_somebodys_and_shorter_ones_are_not() {
    let mut scrub = scrub();
    assert_eq!(scrub.text("12345 page 7 of 99999"), "12345 page 7 of 99999");
    assert_eq!(scrub.text("123456"), "900001");
    assert_eq!(scrub.body("", r#"{"a":12345,"b":123456}"#), r#"{"a":12345,"b":900001}"#);
}

#[test]
fn words_under_four_characters_are_taken_out_only_where_their_key_says_whose_they_are() {
    let mut scrub = scrub();
    let clean = scrub.body("", r#"{"firstName":"Bo","words":"Bo buys a Bobcat"}"#);
    let clean: Value = serde_json::from_str(&clean).expect("JSON");
    assert_ne!(clean["firstName"], "Bo");
    assert_eq!(clean["words"], "Bo buys a Bobcat");
    scrub.learn(&["Ana".into(), "Li".into(), "X".into(), "  ".into(), String::new()]);
    assert_eq!(scrub.text("Ana, Li and X"), "Ana, Li and X");
    assert_eq!(scrub.again("Ana, Li and X"), "Ana, Li and X");
}

#[test]
fn what_is_learned_late_is_taken_out_where_it_stands_alone_the_longest_first() {
    let mut scrub = scrub();
    scrub.learn(&["Pérez".into(), "Ana Pérez".into(), "4711".into(), "Ana Pérez".into()]);
    let clean = scrub.again("Ana Pérez, Pérez; Pérezoso; 4711, 14711, 4711.50, 1.4711, a4711b");
    assert_eq!(clean, "X1, X2; Pérezoso; 0003, 14711, 4711.50, 1.4711, a4711b");
    assert_eq!(scrub.again(&clean), clean);
    assert_eq!(scrub.text("for Ana Pérez"), "for X1");
}

#[test]
fn a_secret_comes_before_every_pattern() {
    let mut scrub = Scrub::new(Arc::new(Redactor::new(&[SecretString::from("87654321")])));
    assert_eq!(scrub.text("pin 87654321"), format!("pin {REDACTED}"));
    let clean = scrub.body("", r#"{"name":"87654321","number":87654321}"#);
    assert!(!clean.contains("87654321"), "{clean}");
}

#[test]
fn after_so_many_stand_ins_nothing_is_told_apart_and_nothing_stays() {
    let mut scrub = scrub();
    for number in 0..MOST {
        scrub.stand_in(&number.to_string(), |number| number.to_string());
    }
    assert_eq!(scrub.text("ana@bank.example"), REDACTED);
    assert_eq!(scrub.header("cookie", "sid=s3cr3tvalue"), format!("sid={REDACTED}"));
}

proptest! {
    /// No secret and no long number survives, whatever stands around it.
    #[test]
    fn no_number_survives(before in "[a-z <>=\"]{0,10}", number in "[1-8]{9,20}", after in "[a-z <>\"]{0,10}") {
        let clean = scrub().body("", &format!("{before} {number}{after} hunter2! {number}"));
        prop_assert!(!clean.contains(&number) && !clean.contains("hunter2!"), "{}", clean);
    }

    /// Anything is taken.
    #[test]
    fn anything_is_cleaned(text in "\\PC{0,200}") {
        let mut scrub = scrub();
        drop(scrub.body("", &text));
        drop(scrub.header("cookie", &text));
        drop(scrub.header("set-cookie", &text));
    }
}
