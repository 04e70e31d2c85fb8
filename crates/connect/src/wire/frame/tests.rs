use super::*;
use crate::wire::{
    kind::Kind,
    messages::{Challenge, LoggedIn, Record},
};
use proptest::prelude::*;

fn fault(line: &[u8]) -> Fault {
    read(line).expect_err("this is no message")
}

#[test]
fn a_message_is_a_request_a_notice_or_an_answer() {
    let request = read(br#"{"jsonrpc":"2.0","id":"c1","method":"challenge","params":{"a":1}}"#);
    assert!(matches!(request, Ok(Message::Request { id, method, params: Some(_) })
        if id.get() == "\"c1\"" && method == "challenge"));
    let notice = read(br#" {"method":"pro\u0067ress", "jsonrpc":"2.0", "new": [1,2]} "#);
    assert!(matches!(notice, Ok(Message::Notice { method, params: None }) if method == "progress"));
    for body in ["null", "{}", "[1]"] {
        let line = format!(r#"{{"jsonrpc":"2.0","id":7,"result":{body}}}"#);
        let answer = read(line.as_bytes());
        assert!(
            matches!(answer, Ok(Message::Answer { id: Some(7), result: Ok(raw) }) if raw.get() == body)
        );
    }
    let failed = br#"{"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"no","data":{"kind":"wrong_token"}}}"#;
    let Ok(Message::Answer { id: Some(7), result: Err(error) }) = read(failed) else {
        panic!("an error")
    };
    assert_eq!(error.data, Some(Kind::WrongToken.into()));
    let lost = br#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"what?"}}"#;
    assert!(matches!(read(lost), Ok(Message::Answer { id: None, result: Err(_) })));
}

#[test]
fn what_is_no_message_is_refused() {
    for line in [
        &b""[..],
        b"hello",
        b"7",
        b"null",
        b"[]",
        b"{",
        b"\xff{}",
        b"{\"a\":\"\xff\"}",
        b"\xef\xbb\xbf{}",
    ] {
        assert_eq!(fault(line), Fault::NotAnObject, "{}", String::from_utf8_lossy(line));
    }
    for line in [
        "{}",
        r#"{"jsonrpc":"1.0","method":"log"}"#,
        r#"{"jsonrpc":2.0,"method":"log"}"#,
        r#"{"jsonrpc":"2.0"}"#,
        r#"{"jsonrpc":"2.0","id":1}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":1,"error":{}}"#,
        r#"{"jsonrpc":"2.0","id":{},"method":"challenge"}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":"no"}"#,
        r#"{"jsonrpc":"2.0","method":"a","method":"b"}"#,
    ] {
        assert_eq!(fault(line.as_bytes()), Fault::NotJsonRpc, "{line}");
    }
}

#[test]
fn a_body_that_does_not_fit_is_named_without_its_value() {
    let body = |text: &'static str| serde_json::from_str::<&RawValue>(text).expect("json");
    let wrong = body(r#"{"kind": "hunter2", "prompt": "x"}"#);
    let fault = super::body::<Challenge>("challenge", Some(wrong)).expect_err("no such kind");
    assert!(fault.to_string().starts_with("challenge: kind: "), "{fault}");
    assert!(!fault.to_string().contains("hunter2"), "{fault}");
    let fault = super::body::<LoggedIn>("the answer to login", None).expect_err("no user");
    assert_eq!(fault.to_string(), "the answer to login: .: missing field `user`");
    let kept = super::body::<Record>("record", Some(body(r#"{"item":{"amount":1.10}}"#)));
    assert_eq!(kept.expect("a record").item.get(), r#"{"amount":1.10}"#, "to the letter");
}

#[test]
fn a_line_that_is_too_long_is_not_written() {
    let long = "x".repeat(LINE);
    assert_eq!(request(1, "login", &long), Err(Fault::TooLong));
    assert!(request(1, "login", &"x".repeat(LINE - 100)).is_ok());
}

proptest! {
    #[test]
    fn what_is_written_is_read(id in any::<u64>(), method in "[a-z]{1,12}", text in any::<String>()) {
        let written = request(id, &method, &text).expect("short");
        prop_assert_eq!(written.iter().position(|&byte| byte == b'\n'), Some(written.len() - 1));
        let Ok(Message::Request { id: read_id, method: read_method, params: Some(params) }) = read(&written) else {
            panic!("a request")
        };
        prop_assert_eq!((read_id.get(), &*read_method), (&*id.to_string(), &*method));
        prop_assert_eq!(serde_json::from_str::<String>(params.get()).expect("json"), text);
        let answered = answer(read_id, &true).expect("short");
        let matches = matches!(read(&answered), Ok(Message::Answer { id: Some(back), result: Ok(_) }) if back == id);
        prop_assert!(matches, "the answer to it");
        let said = notice(&method, &()).expect("short");
        let matches = matches!(read(&said), Ok(Message::Notice { .. }));
        prop_assert!(matches, "a notice");
    }
    #[test]
    fn nothing_panics_on_a_line(line in prop::collection::vec(any::<u8>(), 0..200), text in r#"[\{\}\[\]":,a-z0-9. ]{0,80}"#) {
        let _read = read(&line).is_ok();
        let _read = read(text.as_bytes()).is_ok();
    }
}
