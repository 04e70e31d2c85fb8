//! Greetings whole, in pieces, and others.

use super::*;
use proptest::prelude::*;

/// A greeting as clients send it.
fn greeting(name: &str) -> Vec<u8> {
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let name = name.to_owned().try_into().expect("a name");
    let mut client =
        rustls::ClientConnection::new(std::sync::Arc::new(config), name).expect("a client");
    let mut bytes = Vec::new();
    client.write_tls(&mut bytes).expect("a vector takes all");
    bytes
}

#[test]
fn the_name_is_read_however_the_greeting_is_cut() {
    let bytes = greeting("Bank.Example");
    for size in [1, 2, 5, 100, bytes.len()] {
        let mut reader = Greeting::new();
        let mut heard = None;
        for piece in bytes.chunks(size) {
            assert_eq!(heard, None);
            heard = reader.hear(piece).expect("a greeting");
        }
        assert_eq!(heard.as_deref(), Some("bank.example"));
        assert_eq!(reader.bytes(), bytes);
    }
}

#[test]
fn a_greeting_to_an_address_names_nobody() {
    let heard = Greeting::new().hear(&greeting("192.0.2.1"));
    assert_eq!(heard, Err("the TLS greeting names nobody"));
}

#[test]
fn what_is_not_tls_is_refused_at_once() {
    assert!(Greeting::new().hear(b"GET / HTTP/1.1\r\n\r\n").is_err());
    assert!(Greeting::new().hear(b"SSH-2.0-OpenSSH_9.2\r\n").is_err());
}

proptest! {
    /// Whatever comes is refused or waited on, and never kept beyond the bound.
    #[test]
    fn anything_is_answered(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 0..20)) {
        let mut reader = Greeting::new();
        for piece in pieces {
            if reader.hear(&piece).is_err() {
                break;
            }
        }
    }

    /// A greeting with a broken byte never names another host than it would have.
    #[test]
    fn a_broken_greeting_names_nobody_else(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = greeting("bank.example");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(Some(name)) = Greeting::new().hear(&bytes) {
            prop_assert!(name.len() <= 64);
        }
    }
}
