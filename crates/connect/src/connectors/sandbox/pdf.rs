//! Documents as institutions print them: plain pages, in a font that every reader has.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

const FONT: Name<'static> = Name(b"F1");
/// An American letter, in points.
const PAGE: (f32, f32) = (612.0, 792.0);
const MARGIN: f32 = 64.0;
/// The most lines on a page.
const LINES: usize = 44;

/// In the encoding of the font, which has all letters of Spanish.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

/// A title and lines, on as many pages as they need.
pub(super) fn document(title: &str, lines: &[String]) -> Vec<u8> {
    let [catalog, pages, font] = [1, 2, 3].map(Ref::new);
    let mut next = 3;
    let mut new = || {
        next += 1;
        Ref::new(next)
    };
    let mut sheets: Vec<(Ref, Ref, &[String])> =
        lines.chunks(LINES).map(|some| (new(), new(), some)).collect();
    if sheets.is_empty() {
        sheets.push((new(), new(), &[]));
    }
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    let count = i32::try_from(sheets.len()).unwrap_or(i32::MAX);
    pdf.pages(pages).kids(sheets.iter().map(|(page, ..)| *page)).count(count);
    pdf.type1_font(font)
        .base_font(Name(b"Helvetica"))
        .encoding_predefined(Name(b"WinAnsiEncoding"));
    for (page, content, lines) in sheets {
        let mut sheet = pdf.page(page);
        sheet.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1));
        sheet.parent(pages);
        sheet.contents(content);
        sheet.resources().fonts().pair(FONT, font);
        sheet.finish();
        let mut text = Content::new();
        text.begin_text();
        text.set_font(FONT, 16.0);
        text.next_line(MARGIN, PAGE.1 - MARGIN);
        text.show(Str(&latin(title)));
        text.set_font(FONT, 10.0);
        text.next_line(0.0, -14.0);
        for line in lines {
            text.next_line(0.0, -14.0);
            text.show(Str(&latin(line)));
        }
        text.end_text();
        pdf.stream(content, &text.finish());
    }
    pdf.finish()
}
