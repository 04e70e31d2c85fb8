//! Secrets in all their dresses, cut anywhere.

use super::*;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use proptest::prelude::*;
use std::fmt::Write as _;

fn redactor(secrets: &[&str]) -> Arc<Redactor> {
    let secrets: Vec<_> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
    Arc::new(Redactor::new(&secrets))
}

fn percent(text: &str, keep: impl Fn(u8) -> bool) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if keep(byte) {
            all.push(char::from(byte));
        } else {
            write!(all, "%{byte:02X}").expect("a string takes all");
        }
        all
    })
}

fn each(text: &str, write_one: impl Fn(char) -> String) -> String {
    text.chars().map(write_one).collect()
}

fn html(text: &str) -> String {
    each(text, |c| match c {
        '&' => "&amp;".into(),
        '<' => "&lt;".into(),
        '>' => "&gt;".into(),
        '"' => "&quot;".into(),
        '\'' => "&#39;".into(),
        other => other.into(),
    })
}

/// Every way in which a text is written somewhere.
fn dresses(text: &str) -> Vec<String> {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let json = serde_json::to_string(text).expect("a text");
    let hex = |text: &str| {
        each(text, |c| {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).bytes();
            bytes.fold(String::new(), |all, byte| format!("{all}{byte:02x}"))
        })
    };
    let ascii = each(text, |c| {
        let mut units = [0; 2];
        let units = c.encode_utf16(&mut units).iter();
        units.fold(String::new(), |all, unit| format!("{all}\\u{unit:04x}"))
    });
    let mut all = vec![
        text.to_owned(),
        text.to_ascii_uppercase(),
        text.to_ascii_lowercase(),
        percent(text, unreserved),
        percent(text, unreserved).to_ascii_lowercase(),
        percent(text, |_| false),
        percent(text, |byte| unreserved(byte) || byte == b' ').replace(' ', "+"),
        html(text),
        each(text, |c| format!("&#{};", u32::from(c))),
        each(text, |c| format!("&#x{:X};", u32::from(c))),
        each(text, |c| format!("&#x{:06x};", u32::from(c))),
        json[1..json.len() - 1].to_owned(),
        json[1..json.len() - 1].replace('/', "\\/"),
        ascii,
        hex(text),
        hex(text).to_uppercase(),
    ];
    for before in ["", "a", "ab", "abc", "user:"] {
        for after in ["", "z", "zy", "zyx"] {
            let around = format!("{before}{text}{after}");
            for encoded in [BASE64_STANDARD.encode(&around), BASE64_URL_SAFE.encode(&around)] {
                all.push(encoded.trim_end_matches('=').to_owned());
                all.push(percent(&encoded, unreserved));
                all.push(encoded);
            }
            all.push(BASE64_URL_SAFE_NO_PAD.encode(&around));
        }
    }
    all
}

/// The part of a secret's dress that is the secret's own, shortened by what base64 shares with its
/// neighbours: if this is gone, so is the secret.
fn shows(cleaned: &str, dress: &str) -> bool {
    cleaned.contains(dress) || !cleaned.contains(REDACTED)
}

#[test]
fn every_dress_of_a_secret_is_seen_through() {
    for secret in ["hunter2!", "pä$$wörd & <Söhne>", "a/b+c=d \"quoted\"\\", "😀secret😀", "1234"]
    {
        let redactor = redactor(&[secret]);
        for dress in dresses(secret) {
            let cleaned = redactor.clean(&format!("before {dress} after"));
            assert!(!shows(&cleaned, &dress), "{secret} as {dress}: {cleaned}");
            assert!(cleaned.starts_with("before ") && cleaned.ends_with(" after"), "{cleaned}");
        }
    }
}

#[test]
fn dresses_may_be_mixed_within_one_secret() {
    let cleaned = redactor(&["a&b c/d"]).clean("x=a%26b+c\\/d; y=a&#x26;b%20c/d; z=A&amp;B C%2fD");
    assert_eq!(cleaned, "x=[redacted]; y=[redacted]; z=[redacted]");
}

#[test]
fn the_longest_of_two_secrets_is_taken_out_whole() {
    let both = redactor(&["secret", "secretive person"]);
    assert_eq!(both.clean("a secretive person, a secret"), "a [redacted], a [redacted]");
}

#[test]
fn short_secrets_are_taken_out_where_they_stand_alone() {
    let redactor = redactor(&["123", "7"]);
    assert_eq!(
        redactor.clean("pin=123, 1234, a123, (123)"),
        "pin=[redacted], 1234, a123, ([redacted])"
    );
    assert_eq!(redactor.clean("7 of 7"), "7 of 7", "one character is no secret");
    assert_eq!(redactor.clean("123"), REDACTED);
}

#[test]
fn a_short_secret_at_the_edge_of_a_piece_waits_for_its_neighbour() {
    let redactor = redactor(&["123"]);
    let mut stream = redactor.stream();
    let mut said = stream.push(b"pin 123");
    said.extend(stream.push(b"4 and 12"));
    said.extend(stream.push(b"3"));
    said.extend(stream.finish());
    assert_eq!(String::from_utf8_lossy(&said), "pin 1234 and [redacted]");
}

#[test]
fn a_long_secret_is_known_by_its_pieces() {
    let long: String = (0..400_u32).filter_map(|n| char::from_u32(0x4e00 + n)).collect();
    let cleaned = redactor(&[&long]).clean(&long);
    assert!(cleaned.starts_with(REDACTED) && !cleaned.contains(&long[..96]), "{cleaned}");
}

#[test]
fn what_is_learnt_later_is_taken_out_from_then_on() {
    let redactor = redactor(&[]);
    assert_eq!(redactor.clean("code 445566"), "code 445566");
    redactor.learn(&SecretString::from("445566"));
    assert_eq!(redactor.clean("code 445566"), "code [redacted]");
}

#[test]
fn nothing_of_a_redactor_can_be_printed() {
    let redactor = redactor(&["hunter2"]);
    let mut stream = redactor.stream();
    assert!(stream.push(b"hunter").is_empty());
    assert!(!format!("{redactor:?} {stream:?}").contains("hunt"));
}

#[test]
fn a_text_that_only_begins_like_a_secret_is_not_lost() {
    let redactor = redactor(&["hunter2"]);
    let mut stream = redactor.stream();
    let mut said = stream.push(b"the hunt");
    said.extend(stream.push(b"er is %6"));
    said.extend(stream.finish());
    assert_eq!(String::from_utf8_lossy(&said), "the hunter is %6");
}

proptest! {
    /// However a text is cut, the same comes out.
    #[test]
    fn cuts_do_not_matter(
        secret in "[a-z0-9&/+ \\\\\"é]{4,12}",
        around in "[a-z%&\\\\ ]{0,20}",
        which in any::<prop::sample::Index>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let redactor = redactor(&[&secret]);
        let all = dresses(secret.trim());
        let text = format!("{around}{}{around}", all[which.index(all.len())]);
        let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        ends.sort_unstable();
        let mut stream = redactor.stream();
        let mut said = Vec::new();
        let mut at = 0;
        for end in ends {
            said.extend(stream.push(&text.as_bytes()[at..end]));
            at = end;
        }
        said.extend(stream.push(&text.as_bytes()[at..]));
        said.extend(stream.finish());
        prop_assert_eq!(String::from_utf8_lossy(&said), redactor.clean(&text));
    }

    /// No dress of any secret survives.
    #[test]
    fn no_secret_survives(secret in "[ -~é😀]{4,20}", before in "[a-z ]{0,3}", after in "[a-z ]{0,3}") {
        let secret = secret.trim();
        prop_assume!(secret.chars().count() >= SHORT);
        let redactor = redactor(&[secret]);
        for dress in dresses(secret) {
            let text = format!("{before} {dress} {after}");
            prop_assert!(!shows(&redactor.clean(&text), &dress), "{}", dress);
        }
    }

    /// What holds no secret is not touched, byte for byte.
    #[test]
    fn other_text_is_not_touched(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let redactor = redactor(&["correct horse battery staple"]);
        prop_assert_eq!(redactor.clean_bytes(&bytes), bytes);
    }
}
