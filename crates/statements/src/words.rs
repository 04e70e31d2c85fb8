//! Texts that people read.

use crate::source::LONGEST;

/// Adds the words of `more` to `text`, one blank between any two: runs of blanks are columns on paper.
/// What would make it longer than [`LONGEST`] is left out.
pub(crate) fn append(text: &mut String, more: &str) {
    for word in more.split_whitespace() {
        if text.len() + word.len() + 1 > LONGEST {
            return;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
}

/// `text` with one blank between its words; `None` where there are none.
pub(crate) fn tidy(text: &str) -> Option<String> {
    let mut out = String::new();
    append(&mut out, text);
    (!out.is_empty()).then_some(out)
}

/// `text` without its blanks, as account numbers are compared; `None` where nothing is left.
pub(crate) fn closed_up(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect();
    (!text.is_empty()).then_some(text)
}
