//! `:86:`, the information on a movement, in the dialects that banks have made of it.
//!
//! - **Numbered fields**, `166?00GUTSCHRIFT?20SVWZ+…?30…`: Germany, Austria, Poland, Hungary. Source:
//!   Deutsche Kreditwirtschaft, *DFÜ-Abkommen, Anlage 3*, chapter 8 (MT 940, field 86); the words with
//!   a plus (`SVWZ+`) are its keywords for SEPA.
//! - **Words between slashes**, `/TRTP/SEPA OVERBOEKING/IBAN/…/NAME/…/REMI/…`: the Netherlands.
//! - Anything else is text.
//!
//! Banks break the text after 65 characters, in the middle of words, and the numbered fields after 27;
//! so a piece that fills its measure goes on in the next without a blank.

use super::line::{is_iban, reference};
use crate::{
    said::Movement,
    words::{append, closed_up, tidy},
};

/// How many characters a line of `:86:` holds.
const LINE: usize = 65;
/// How many the first holds where a bank counts the tag as well.
const FIRST_LINE: usize = 61;
/// How many characters a numbered field holds.
const NUMBERED: usize = 27;

/// The lines of a field as the one text that they were before they were wrapped.
pub(super) struct Wrapped(String);

impl Wrapped {
    pub(super) fn new(lines: &[String]) -> Self {
        let mut text = String::new();
        for (index, line) in lines.iter().enumerate() {
            let length = line.chars().count();
            let full = length == LINE || (index == 0 && length == FIRST_LINE);
            // A numbered field's sign may be cut as well: `…?2` and `1…` in the next line.
            let sign = line.trim_end().chars().rev().take(2).any(|c| c == '?');
            if full || (sign && !line.ends_with(' ')) {
                text.push_str(line);
            } else {
                text.push_str(line.trim_end());
                text.push(' ');
            }
        }
        Self(text)
    }
}

/// Adds what `text` says to `movement`.
pub(super) fn read(text: &Wrapped, movement: &mut Movement) {
    let text = text.0.trim();
    if let Some((sign, fields)) = numbered(text) {
        numbered_fields(sign, fields, movement);
    } else if !words_between_slashes(text, movement) {
        // `NL47INGB9999999999 name`: the other account again, which the line above has named.
        let rest = match text.split_once(' ') {
            Some((account, rest)) if is_iban(account) => {
                let rest = rest.trim_start();
                let known = movement.counterparty_account.as_deref() == Some(account);
                let name = movement.counterparty.as_deref().filter(|_| known);
                name.and_then(|name| rest.strip_prefix(name)).unwrap_or(text)
            }
            _ => text,
        };
        append(&mut movement.description, rest);
    }
}

/// Adds what `/WORD/text/WORD/text` says, if `text` is that.
pub(super) fn words_between_slashes(text: &str, movement: &mut Movement) -> bool {
    let words = between_slashes(text);
    if let Some(words) = &words {
        slashed(words, movement);
    }
    words.is_some()
}

/// The sign before the numbers, and the text from the first one on: `166?00…`, ` 020?00…`, `105>00…`.
fn numbered(text: &str) -> Option<(char, &str)> {
    let rest = match text.get(..3) {
        Some(code) if code.bytes().all(|byte| byte.is_ascii_digit()) => &text[3..],
        _ => text,
    };
    let sign = rest.chars().next().filter(|c| matches!(c, '?' | '>' | '<' | '^' | '~' | '|'))?;
    let mut digits = rest[sign.len_utf8()..].bytes();
    let number = digits.next().is_some_and(|b| b.is_ascii_digit())
        && digits.next().is_some_and(|b| b.is_ascii_digit());
    number.then_some((sign, rest))
}

/// The fields of a text in order: their numbers and what they hold.
fn fields(sign: char, text: &str) -> impl Iterator<Item = (u8, &str)> {
    let number = |piece: &str| -> Option<u8> {
        let digits = piece.get(..2).filter(|two| two.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.parse().ok().filter(|n| matches!(n, 0..=10 | 20..=39 | 60..=79))
    };
    let mut rest = text;
    std::iter::from_fn(move || {
        let begin = rest.strip_prefix(sign)?;
        let this = number(begin)?;
        // A sign that no number follows is the person's own.
        let mut end = begin.len();
        for (at, _) in begin.match_indices(sign) {
            if number(&begin[at + sign.len_utf8()..]).is_some() {
                end = at;
                break;
            }
        }
        rest = &begin[end..];
        Some((this, &begin[2..end]))
    })
}

/// A text that grows from pieces of a fixed measure.
#[derive(Default)]
struct Pieced {
    text: String,
    full: bool,
}

impl Pieced {
    fn add(&mut self, piece: &str) {
        if !self.full && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.full = piece.chars().count() >= NUMBERED;
        self.text.push_str(piece);
    }
}

/// The keywords of SEPA in a purpose.
const KEYWORDS: &[&str] = &[
    "SVWZ+", "EREF+", "KREF+", "MREF+", "CRED+", "DEBT+", "COAM+", "OAMT+", "ABWA+", "ABWE+",
    "IBAN+", "BIC+", "BREF+", "RREF+", "RFB+", "SQTP+", "PURP+",
];

fn numbered_fields(sign: char, text: &str, movement: &mut Movement) {
    let mut posting = String::new();
    let mut name = Pieced::default();
    let mut account = None;
    let mut iban = None;
    // The purpose, in parts by keyword; `""` is what stands under none.
    let mut parts: Vec<(&'static str, Pieced)> = Vec::new();
    for (number, content) in fields(sign, text) {
        match number {
            0 => append(&mut posting, content),
            20..=29 | 60..=69 => purpose(content, &mut parts),
            31 => account = closed_up(content),
            32 | 33 => name.add(content),
            38 => iban = closed_up(content),
            // The bank's own numbers, its code for the other bank, names behind the names.
            _ => {}
        }
    }
    append(&mut movement.description, &posting);
    for (keyword, part) in &parts {
        match *keyword {
            "" | "SVWZ+" => append(&mut movement.description, &part.text),
            "EREF+" | "KREF+" if movement.reference.is_none() => {
                movement.reference = reference(&part.text);
            }
            "IBAN+" => iban = iban.or_else(|| closed_up(&part.text)),
            _ => {}
        }
    }
    movement.counterparty = tidy(&name.text).or_else(|| movement.counterparty.take());
    movement.counterparty_account =
        iban.or(account).or_else(|| movement.counterparty_account.take());
}

/// One field of the purpose. A keyword stands at its beginning or behind a blank; what it names ends
/// with the first field that is not full, except the person's own words, which go on.
fn purpose(content: &str, parts: &mut Vec<(&'static str, Pieced)>) {
    let keyword = |text: &str| KEYWORDS.iter().copied().find(|key| text.starts_with(key));
    let mut marks: Vec<(usize, &'static str)> = Vec::new();
    let mut before = ' ';
    for (at, letter) in content.char_indices() {
        if before == ' '
            && let Some(key) = keyword(&content[at..])
        {
            marks.push((at, key));
        }
        before = letter;
    }
    let first = marks.first().map_or(content.len(), |mark| mark.0);
    let full = content.chars().count() >= NUMBERED;
    if first > 0 || content.is_empty() {
        let head = &content[..first];
        match parts.last_mut() {
            Some((key, part)) if part.full || matches!(*key, "" | "SVWZ+") => part.add(head),
            _ => {
                let mut part = Pieced::default();
                part.add(head);
                parts.push(("", part));
            }
        }
        if let Some((_, part)) = parts.last_mut() {
            part.full = full && first == content.len();
        }
    }
    for (index, &(at, key)) in marks.iter().enumerate() {
        let end = marks.get(index + 1).map_or(content.len(), |next| next.0);
        let mut part = Pieced::default();
        part.add(&content[at + key.len()..end]);
        part.full = full && end == content.len();
        parts.push((key, part));
    }
}

/// The words that Dutch banks put between slashes, and those that SWIFT has for original amounts,
/// charges and rates.
const WORDS: &[&str] = &[
    "TRTP", "TRCD", "IBAN", "BIC", "NAME", "REMI", "EREF", "PREF", "MARF", "CSID", "ORDP", "BENM",
    "CNTP", "ISDT", "PURP", "ULTC", "ULTD", "ULTB", "OCMT", "IACC", "CHGS", "EXCH", "RTRN", "ADDR",
    "ID", "SVCL", "BUSP", "NRTX",
];

/// The words of `/WORD/text/WORD/text`, if the text begins with one.
fn between_slashes(text: &str) -> Option<Vec<(&'static str, &str)>> {
    let word = |text: &str| {
        let inner = text.strip_prefix('/')?;
        WORDS
            .iter()
            .copied()
            .find(|word| inner.strip_prefix(word).is_some_and(|behind| behind.starts_with('/')))
    };
    word(text)?;
    let mut found: Vec<(&'static str, usize)> = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('/').map(|at| from + at) {
        if let Some(word) = word(&text[at..]) {
            found.push((word, at));
            from = at + word.len() + 1;
        } else {
            from = at + 1;
        }
    }
    let pieces = found.iter().enumerate().map(|(index, &(word, at))| {
        let begin = at + word.len() + 2;
        let end = found.get(index + 1).map_or(text.len(), |next| next.1).max(begin);
        (word, text.get(begin..end).unwrap_or_default().trim().trim_end_matches('/'))
    });
    Some(pieces.collect())
}

fn slashed(words: &[(&'static str, &str)], movement: &mut Movement) {
    let mut others = String::new();
    for &(word, text) in words {
        match word {
            "TRTP" => append(&mut movement.description, text),
            "REMI" => {
                let text = text.strip_prefix("USTD//").unwrap_or(text);
                append(&mut movement.description, text);
            }
            "NAME" if movement.counterparty.is_none() => movement.counterparty = tidy(text),
            "IBAN" => movement.counterparty_account = closed_up(text),
            // ING: account, BIC, name and place.
            "CNTP" => {
                let mut parts = text.split('/');
                let account = parts.next().and_then(closed_up);
                movement.counterparty_account = account.or(movement.counterparty_account.take());
                let name = parts.nth(1).and_then(tidy);
                movement.counterparty = name.or(movement.counterparty.take());
            }
            "EREF" if movement.reference.is_none() => movement.reference = reference(text),
            "PREF" | "RTRN" | "PURP" => append(&mut others, text),
            _ => {}
        }
    }
    if movement.description.is_empty() {
        append(&mut movement.description, &others);
    }
    if movement.description.is_empty()
        && let Some(name) = &movement.counterparty
    {
        movement.description.clone_from(name);
    }
}

/// `:NS:`: lines that each begin with a number. 01 to 14 are the purpose, 15 and 16 the other's name,
/// 17 the bank's words, 33 and 34 the other's bank and account.
pub(super) fn own_fields(lines: &[String], movement: &mut Movement) {
    let mut name = String::new();
    for line in lines {
        let Some((number, content)) = line.split_at_checked(2) else { continue };
        match number.parse() {
            Ok(1..=14 | 17) => append(&mut movement.description, content),
            Ok(15 | 16) => append(&mut name, content),
            Ok(34) => movement.counterparty_account = closed_up(content),
            _ => {}
        }
    }
    movement.counterparty = tidy(&name).or_else(|| movement.counterparty.take());
}
