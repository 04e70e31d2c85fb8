//! Entries good and bad.

use super::*;
use proptest::prelude::*;

#[test]
fn an_entry_is_a_name_and_a_port() {
    let entry: Entry = "Online.Bank-1.example.:8443".parse().expect("an entry");
    assert_eq!((entry.host(), entry.port(), entry.plain()), ("online.bank-1.example", 8443, false));
    let entry: Entry = "http://bank.example:80".parse().expect("an entry");
    assert!(entry.plain());
    assert_eq!(entry.to_string(), "http://bank.example:80");
}

#[test]
fn what_is_no_entry_says_why() {
    let why = |text: &str| text.parse::<Entry>().expect_err(text);
    for text in ["", "bank.example", "bank.example:", "bank.example:0", "bank.example:https"] {
        assert_eq!(why(text), NotAnEntry::Port, "{text}");
    }
    for text in ["10.0.0.1:443", "[::1]:443", "::1:443", "0x7f.1:443", "127.0.1:443"] {
        assert_eq!(why(text), NotAnEntry::Address, "{text}");
    }
    for text in ["*.bank.example:443", "bank example:443", "-bank.example:443", "bänk.example:443"]
    {
        assert_eq!(why(text), NotAnEntry::Name, "{text}");
    }
    assert_eq!(why("https://bank.example:443"), NotAnEntry::Address);
}

proptest! {
    /// What is read is written the same, and never an address.
    #[test]
    fn an_entry_survives_being_written(text in "(http://)?[a-zA-Z0-9.\\-:\\[\\]x]{0,40}:[0-9]{0,6}") {
        if let Ok(entry) = text.parse::<Entry>() {
            prop_assert_eq!(entry.to_string().parse::<Entry>(), Ok(entry.clone()));
            prop_assert!(entry.host().parse::<std::net::IpAddr>().is_err());
        }
    }
}
