//! QR codes that institutions give as text, drawn for those who show them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// White around a code, in modules, as the standard asks.
const QUIET: i32 = 4;

/// The code that says `text`, as the address of an SVG; `None` if it is more than a code can say.
pub(crate) fn drawn(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|&x| code.get_module(x, y)) {
            // Writing to a string does not fail.
            write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET).ok()?;
        }
    }
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>"##
    );
    Some(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_a_picture_and_a_book_does_not() {
        let picture = drawn("00020126580014br.gov.bcb.pix").expect("a picture");
        let svg = picture.strip_prefix("data:image/svg+xml;base64,").expect("an SVG");
        let svg = String::from_utf8(STANDARD.decode(svg).expect("base64")).expect("text");
        // The corner that tells scanners where the code begins.
        assert!(svg.contains("M4 4h1v1h-1z") && svg.contains("viewBox=\"0 0 37 37\""), "{svg}");
        assert_eq!(drawn(&"x".repeat(5000)), None);
    }
}
