//! Encodings, which files state wrongly more often than not.
//!
//! Bytes that are good UTF-8 are UTF-8, whatever the file says: text in an eight-bit encoding that
//! happens to be UTF-8 as well is plain ASCII or next to impossible. Everything else is what the file
//! states, if that is an eight-bit encoding, and otherwise Windows-1252, which is what programs write
//! that know nothing of encodings. This is decided line by line (or text by text), because files are
//! put together from parts that differ.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// How bytes that are not UTF-8 are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Charset(&'static Encoding);

impl Default for Charset {
    fn default() -> Self {
        Self(WINDOWS_1252)
    }
}

impl Charset {
    /// As a file states it: `1252`, `8859-1`, `ISO-8859-15`, `NONE`, `UTF-8`.
    pub(crate) fn stated(label: &str) -> Self {
        let label = label.trim();
        let with = |prefix: &str| Encoding::for_label(format!("{prefix}{label}").as_bytes());
        let encoding = Encoding::for_label(label.as_bytes())
            .or_else(|| with("windows-"))
            .or_else(|| with("iso-"))
            .or_else(|| with("iso-8859-"));
        match encoding {
            // Two-byte encodings of which the second byte may be a `<` or a line end cannot be cut
            // into lines; the ones that are left out are not used by any bank.
            Some(encoding) if encoding.is_ascii_compatible() && encoding != UTF_8 => Self(encoding),
            _ => Self::default(),
        }
    }

    /// `bytes` as text. Never fails: what cannot be read becomes U+FFFD.
    pub(crate) fn text(self, bytes: &[u8]) -> Cow<'_, str> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(error) => {
                let (good, rest) = bytes.split_at(error.valid_up_to());
                // A program that counts bytes has cut the last letter in half.
                if error.error_len().is_none() && !good.is_ascii() {
                    return String::from_utf8_lossy(good);
                }
                debug_assert!(!rest.is_empty());
                self.0.decode_without_bom_handling(bytes).0
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stated_encoding_counts_only_where_the_bytes_are_not_utf_8() {
        let windows = Charset::stated("1252");
        assert_eq!(windows.text("AÇÃO".as_bytes()), "AÇÃO");
        assert_eq!(windows.text(b"A\xC7\xC3O"), "AÇÃO");
        assert_eq!(Charset::stated("UTF-8").text(b"A\xC7\xC3O \x80"), "AÇÃO €");
        assert_eq!(Charset::stated("8859-15").text(b"\xA4"), "€");
        assert_eq!(Charset::stated("NONE").text(b"plain"), "plain");
        assert_eq!(Charset::stated("no such thing").text(b"\xE9"), "é");
    }
    #[test]
    fn a_letter_that_a_bank_cut_in_half_does_not_spoil_the_others() {
        assert_eq!(Charset::default().text(b"PADR\xC3\x83O A\xC3"), "PADRÃO A");
    }
}
