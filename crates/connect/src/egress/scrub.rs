//! Takes a person out of a recording: secrets by name, and what looks like one person's own (numbers,
//! addresses, names under their usual keys) by a stand-in of the same shape, the same each time, so
//! that a replayed session still fits together.
//!
//! It is careful, not wise: a name in the middle of a page is a word. Who keeps a recording reads it
//! first.

use crate::redactor::{REDACTED, Redactor};
use regex::{Captures, Regex};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};
use zeroize::Zeroize as _;

/// How many stand-ins a session has at most; what comes after is [`REDACTED`].
const MOST: usize = 100_000;
/// How many words are looked for everywhere, and how long one must be for that, in characters.
const MOST_WORDS: usize = 2000;
const SHORTEST_WORD: usize = 4;

pub(super) struct Scrub {
    redactor: Arc<Redactor>,
    /// What was seen, and what stands for it.
    seen: BTreeMap<String, String>,
    /// Of these, what no pattern would know again: names, cookies.
    words: Vec<String>,
}

impl Drop for Scrub {
    fn drop(&mut self) {
        for (mut seen, _) in std::mem::take(&mut self.seen) {
            seen.zeroize();
        }
        self.words.zeroize();
    }
}

/// What looks like one person's own. The first alternative that fits is taken, so what must stay comes
/// before what would swallow it.
static OWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<token>eyJ[\w-]{8,}\.[\w-]+\.[\w-]*)",
        r"|(?P<mail>[\w.+%-]{1,64}(?:@|%40|&#64;)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)",
        // CPF, CNPJ.
        r"|(?P<tax>\b\d{3}\.\d{3}\.\d{3}-\d{2}\b|\b\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}\b)",
        // CURP, RFC, IBAN.
        r"|(?P<id>\b[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d\b|\b[A-Z&]{3,4}\d{6}[A-Z\d]{3}\b",
        r"|\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b)",
        r"|(?P<card>\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}\b)",
        r"|(?P<phone>\+\d[\d ()-]{7,}\d)",
        // Money stays.
        r"|(?P<money>\b\d+[.,]\d{1,2}\b)",
        r"|(?P<number>\d{6,})",
    ))
    .ok()
});

/// Keys under which a person's own things stand, in the languages of our institutions.
const OWN_KEYS: &[&str] = &[
    "name",
    "nombre",
    "nome",
    "apellido",
    "sobrenome",
    "holder",
    "titular",
    "owner",
    "beneficiary",
    "address",
    "direccion",
    "endereco",
    "street",
    "calle",
    "rua",
    "email",
    "correo",
    "phone",
    "telefono",
    "telefone",
    "celular",
    "mobile",
    "birth",
    "nacimiento",
    "nascimento",
    "document",
    "curp",
    "rfc",
    "cpf",
    "cnpj",
    "nit",
    "iban",
    "clabe",
    "token",
    "password",
    "secret",
    "session",
];

/// Keys under which numbers are not somebody's.
const MONEY_KEYS: &[&str] = &[
    "amount", "balance", "valor", "monto", "saldo", "importe", "total", "limit", "cents", "price",
];

impl Scrub {
    pub(super) fn new(redactor: Arc<Redactor>) -> Self {
        Self { redactor, seen: BTreeMap::new(), words: Vec::new() }
    }

    /// Whatever else is known to be one person's own, longer words first.
    pub(super) fn learn(&mut self, own: &[String]) {
        let mut own: Vec<_> = own.iter().map(|word| word.trim()).collect();
        own.sort_by_key(|word| (std::cmp::Reverse(word.len()), *word));
        for word in own {
            // What only a pattern has found so far is looked for everywhere from now on.
            let stand_in = self.word(word, |number| shape(word, number));
            if !self.words.iter().any(|known| known == word)
                && stand_in != *word
                && self.words.len() < MOST_WORDS
                && word.chars().count() >= SHORTEST_WORD
            {
                self.words.push(word.to_owned());
            }
        }
        self.words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    }

    /// What was cleaned already, once more, of what has come to be known since: where it stands alone,
    /// so that no stand-in and no amount of money is torn.
    pub(super) fn again(&self, text: &str) -> String {
        let mut pieces = vec![(self.redactor.clean(text), false)];
        for word in &self.words {
            let stand_in = self.seen.get(word).map_or(REDACTED, String::as_str);
            if pieces.iter().any(|(piece, done)| !done && piece.contains(word.as_str())) {
                pieces = split_alone(pieces, word, stand_in);
            }
        }
        pieces.into_iter().map(|(piece, _)| piece).collect()
    }

    /// A body: JSON by its keys, all else as text.
    pub(super) fn body(&mut self, text: &str) -> String {
        match serde_json::from_str::<Value>(text) {
            Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
                self.value(&mut value, false, false);
                // Once more as a whole: a secret may lie across what JSON holds apart.
                self.redactor.clean(&value.to_string())
            }
            _ => self.text(text),
        }
    }

    /// The value of a header.
    pub(super) fn header(&mut self, name: &str, value: &str) -> String {
        match name {
            "authorization" | "proxy-authorization" => REDACTED.to_owned(),
            "cookie" => {
                let pairs = value.split(';').map(|pair| self.cookie(pair.trim()));
                pairs.collect::<Vec<_>>().join("; ")
            }
            "set-cookie" => match value.split_once(';') {
                Some((pair, rest)) => format!("{};{rest}", self.cookie(pair)),
                None => self.cookie(value),
            },
            "date" | "expires" | "last-modified" | "content-type" => self.redactor.clean(value),
            _ => self.text(value),
        }
    }

    fn cookie(&mut self, pair: &str) -> String {
        match pair.split_once('=') {
            Some((name, value)) => {
                let stand_in = self.word(value, |number| format!("cookie{number}"));
                format!("{}={stand_in}", self.redactor.clean(name))
            }
            None => self.text(pair),
        }
    }

    /// Any text.
    pub(super) fn text(&mut self, text: &str) -> String {
        // What is done is not looked at again, or stand-ins would get stand-ins.
        let mut pieces = vec![(self.redactor.clean(text), false)];
        for word in std::mem::take(&mut self.words) {
            if pieces.iter().any(|(piece, done)| !done && piece.contains(&word)) {
                let stand_in = self.seen.get(&word).map_or(REDACTED, String::as_str).to_owned();
                pieces = split(pieces, &word, &stand_in);
            }
            self.words.push(word);
        }
        let pieces = pieces.into_iter();
        pieces.map(|(piece, done)| if done { piece } else { self.patterns(&piece) }).collect()
    }

    fn patterns(&mut self, text: &str) -> String {
        let Some(own) = &*OWN else { return REDACTED.to_owned() };
        let replaced = own.replace_all(text, |found: &Captures<'_>| {
            let all = &found[0];
            if found.name("money").is_some() || found.name("number").is_some() && day(all) {
                all.to_owned()
            } else if found.name("mail").is_some() {
                self.stand_in(all, |number| format!("person{number}@example.com"))
            } else if found.name("token").is_some() {
                self.stand_in(all, |number| format!("token{number}"))
            } else {
                self.stand_in(all, |number| shape(all, number))
            }
        });
        replaced.into_owned()
    }

    /// The stand-in of something that is to be known again wherever it stands.
    fn word(&mut self, value: &str, write: impl Fn(usize) -> String) -> String {
        let known = self.seen.contains_key(value);
        let stand_in = self.stand_in(value, write);
        let room = self.words.len() < MOST_WORDS && value.chars().count() >= SHORTEST_WORD;
        if !known && room && self.seen.contains_key(value) {
            self.words.push(value.to_owned());
        }
        stand_in
    }

    fn value(&mut self, value: &mut Value, own: bool, money: bool) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let key = key.to_ascii_lowercase();
                    let has = |keys: &[&str]| keys.iter().any(|word| key.contains(word));
                    self.value(value, has(OWN_KEYS), has(MONEY_KEYS));
                }
            }
            Value::Array(values) => {
                for value in values {
                    self.value(value, own, money);
                }
            }
            Value::String(text) if own && !text.is_empty() && !money => {
                let clean = self.redactor.clean(text);
                *text = if clean == *text {
                    self.word(&clean, |number| shape(&clean, number))
                } else {
                    clean
                };
            }
            Value::String(text) => *text = self.text(text),
            Value::Number(number) if !money => {
                let text = number.to_string();
                let clean = self.text(&text);
                if clean != text {
                    *value = clean.parse::<u64>().map_or(Value::String(clean), Value::from);
                }
            }
            _ => {}
        }
    }

    fn stand_in(&mut self, value: &str, write: impl Fn(usize) -> String) -> String {
        if value.is_empty() || value.contains(REDACTED) {
            return value.to_owned();
        }
        let next = self.seen.len() + 1;
        if let Some(stand_in) = self.seen.get(value) {
            return stand_in.clone();
        }
        if next > MOST {
            return REDACTED.to_owned();
        }
        let stand_in = write(next);
        self.seen.insert(value.to_owned(), stand_in.clone());
        stand_in
    }
}

/// A stand-in with the same letters, digits and signs in the same places. The digits count, from
/// nine hundred …, so that different ones stay different.
fn shape(value: &str, number: usize) -> String {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let count = format!("{number:0>digits$}");
    let mut count = count.chars().skip(count.len() - digits.min(count.len()));
    let mut first = digits > 5;
    let letters = format!("X{number}");
    if digits == 0 {
        return letters;
    }
    value
        .chars()
        .map(|c| match c {
            '0'..='9' => {
                let next = count.next().unwrap_or('0');
                if std::mem::take(&mut first) { '9' } else { next }
            }
            c if c.is_alphabetic() => 'X',
            c => c,
        })
        .collect()
}

/// Puts `stand_in` in the place of `word` in the pieces that are not done.
fn split(pieces: Vec<(String, bool)>, word: &str, stand_in: &str) -> Vec<(String, bool)> {
    let mut all = Vec::new();
    for (piece, done) in pieces {
        if done {
            all.push((piece, true));
            continue;
        }
        for (number, part) in piece.split(word).enumerate() {
            if number > 0 {
                all.push((stand_in.to_owned(), true));
            }
            all.push((part.to_owned(), false));
        }
    }
    all
}

/// As [`split`], where nothing stands beside `word` that it could be a piece of.
fn split_alone(pieces: Vec<(String, bool)>, word: &str, stand_in: &str) -> Vec<(String, bool)> {
    let mut all = Vec::new();
    for (piece, done) in pieces {
        let mut rest = 0;
        let found = piece.match_indices(word).filter(|_| !done);
        for (at, _) in found.filter(|(at, _)| alone(&piece, *at, at + word.len())) {
            all.push((piece.get(rest..at).unwrap_or_default().to_owned(), false));
            all.push((stand_in.to_owned(), true));
            rest = at + word.len();
        }
        all.push((piece.get(rest..).unwrap_or_default().to_owned(), done));
    }
    all
}

fn alone(text: &str, from: usize, to: usize) -> bool {
    let before = text.get(..from).unwrap_or_default().chars().rev();
    let after = text.get(to..).unwrap_or_default().chars();
    let beside = |mut one: Box<dyn Iterator<Item = char> + '_>| {
        let (next, further) = (one.next(), one.next());
        next.is_some_and(char::is_alphanumeric)
            || matches!(next, Some('.' | ',')) && further.is_some_and(|c| c.is_ascii_digit())
    };
    !beside(Box::new(before)) && !beside(Box::new(after))
}

/// Whether digits are a day or an instant as statements write it: `20260131`, `20260131120000`.
fn day(text: &str) -> bool {
    let number = |at: std::ops::Range<usize>| text.get(at).and_then(|n| n.parse::<u32>().ok());
    matches!(text.len(), 8 | 12 | 14)
        && number(0..4).is_some_and(|year| (1990..2100).contains(&year))
        && number(4..6).is_some_and(|month| (1..=12).contains(&month))
        && number(6..8).is_some_and(|day| (1..=31).contains(&day))
}

#[cfg(test)]
mod tests;
