//! Heads of requests, good and bad.

use super::*;
use proptest::prelude::*;

fn wanted(text: &str) -> Result<String, &'static str> {
    match read(text.as_bytes()) {
        Ok(Wanted::Tunnel { host, port }) => Ok(format!("tunnel {host}:{port}")),
        Ok(Wanted::Plain { host, port, body, .. }) => Ok(format!("plain {host}:{port} {body}")),
        Err((_, why)) => Err(why),
    }
}

#[test]
fn a_head_is_read_in_one_way_only() {
    let tunnel = |target: &str| wanted(&format!("CONNECT {target} HTTP/1.1\r\n\r\n"));
    assert_eq!(tunnel("Bank.Example.:443").as_deref(), Ok("tunnel bank.example:443"));
    for target in [
        "bank.example",
        "bank.example:",
        "bank.example:0",
        "bank.example:+443",
        "bank.example:65536",
        "bank.example:443:80",
        ":443",
        "127.0.0.1:443",
        "127.1:443",
        "0x7f000001:443",
        "2130706433:443",
        "[::1]:443",
        "[::ffff:127.0.0.1]:443",
        "bank_example:443",
        "*.example:443",
        "bank..example:443",
        "https://bank.example:443",
        "user@bank.example:443",
    ] {
        assert!(tunnel(target).is_err(), "{target}");
    }
    let plain = |target: &str, host: &str| {
        wanted(&format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 7\r\n\r\n"))
    };
    let fits = Ok("plain bank.example:80 7");
    assert_eq!(plain("http://bank.example/", "bank.example").as_deref(), fits);
    assert_eq!(plain("http://bank.example:80?x", "BANK.example:80").as_deref(), fits);
    assert!(plain("http://bank.example:81/", "bank.example").is_err());
    assert!(plain("https://bank.example/", "bank.example").is_err());
    assert!(plain("http:///", "bank.example").is_err());
}

proptest! {
    /// Nothing that is sent panics, and what is understood is a name and a port.
    #[test]
    fn anything_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _understood = read(&bytes).is_ok();
    }

    /// What is passed on has one head, one Host and no second request.
    #[test]
    fn a_plain_head_stays_one(path in "[!-~]{0,30}", value in "[ -~]{0,30}") {
        let text = format!("GET http://bank.example/{path} HTTP/1.1\r\nHost: bank.example\r\nX: {value}\r\n\r\n");
        if let Ok(Wanted::Plain { head, .. }) = read(text.as_bytes()) {
            let head = String::from_utf8(head).expect("as it came");
            prop_assert_eq!(head.matches("\r\n\r\n").count(), 1);
            prop_assert_eq!(head.to_lowercase().matches("\r\nhost:").count(), 1);
        }
    }
}
