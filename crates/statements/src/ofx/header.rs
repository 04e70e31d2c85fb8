//! What stands before the first tag.

use crate::{charset::Charset, markup::attribute};

/// The lines `KEY:VALUE` of a 1.x file, which some banks write without line ends.
const KEYS: &[&str] = &[
    "OFXHEADER",
    "DATA",
    "VERSION",
    "SECURITY",
    "ENCODING",
    "CHARSET",
    "COMPRESSION",
    "OLDFILEUID",
    "NEWFILEUID",
];

/// The encoding that a 1.x header states.
pub(super) fn charset_of_lines(header: &str) -> Option<Charset> {
    let value = |key: &str| {
        let after = header.split_once(&format!("{key}:"))?.1;
        let value = after.split_whitespace().next()?;
        // Everything on one line: the value ends where the next key begins.
        let end = KEYS.iter().filter_map(|key| value.find(&format!("{key}:"))).min();
        Some(&value[..end.unwrap_or(value.len())])
    };
    let label = value("CHARSET").filter(|label| *label != "NONE").or_else(|| value("ENCODING"))?;
    Some(Charset::stated(label))
}

/// The encoding that the declaration of a 2.x file states.
pub(super) fn charset_of_declaration(instruction: &str) -> Option<Charset> {
    let declaration = instruction.strip_prefix("xml")?;
    Some(Charset::stated(&attribute(declaration, "encoding")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_states_its_encoding_on_lines_or_on_one() {
        let latin = Some(Charset::stated("8859-15"));
        for header in [
            "OFXHEADER:100\nENCODING:USASCII\nCHARSET:8859-15\nCOMPRESSION:NONE\n",
            "OFXHEADER:100DATA:OFXSGMLENCODING:USASCIICHARSET:8859-15COMPRESSION:NONE",
            "OFXHEADER:100 ENCODING:USASCII CHARSET: 8859-15",
        ] {
            assert_eq!(charset_of_lines(header), latin, "{header}");
        }
        let windows = Some(Charset::default());
        assert_eq!(charset_of_lines("ENCODING:UTF-8\nCHARSET:NONE"), windows);
        assert_eq!(charset_of_lines("ENCODING:UTF-8"), windows);
        assert_eq!(charset_of_lines("\n\n"), None);
        assert_eq!(charset_of_declaration("xml version=\"1.0\" encoding=\"ISO-8859-15\""), latin);
        assert_eq!(charset_of_declaration("OFX OFXHEADER=\"200\" VERSION=\"203\""), None);
    }
}
