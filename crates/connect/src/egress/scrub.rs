//! Takes a person out of a recording: secrets by name, and what looks like one person's own (numbers,
//! addresses, names under their usual keys) by a stand-in of the same shape, the same each time, so
//! that a replayed session still fits together.
//!
//! It is careful, not wise: a name in the middle of a page is a word. Who keeps a recording reads it
//! first.

use crate::redactor::{REDACTED, Redactor, Words};
use regex::{Captures, Regex};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, LazyLock},
};
use url::form_urlencoded;
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
    words: Words,
}

impl Drop for Scrub {
    fn drop(&mut self) {
        for (mut seen, _) in std::mem::take(&mut self.seen) {
            seen.zeroize();
        }
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
        Self { redactor, seen: BTreeMap::new(), words: Words::default() }
    }

    /// Whatever else is known to be one person's own, longer words first.
    pub(super) fn learn(&mut self, own: &[String]) {
        let mut own: Vec<_> = own.iter().map(|word| word.trim()).collect();
        own.sort_by_key(|word| (std::cmp::Reverse(word.len()), *word));
        for word in own {
            // What only a pattern has found so far is looked for everywhere from now on.
            self.word(word, |number| shape(word, number));
        }
    }

    /// What was cleaned already, once more, of what has come to be known since: where it stands alone,
    /// so that no stand-in and no amount of money is torn.
    pub(super) fn again(&self, text: &str) -> String {
        let clean = self.redactor.clean(text);
        let found = self.words.find(&clean, |place| alone(&clean, place));
        pieces(&clean, &found).map(|(piece, _)| piece).collect()
    }

    /// What an institution lets everybody's caches keep is nobody's own, and a number in it is a
    /// program's: secrets alone are taken out.
    pub(super) fn common(&self, text: &str) -> String {
        self.redactor.clean(text)
    }

    /// A body of a media type: forms and JSON by their keys, all else as text.
    pub(super) fn body(&mut self, kind: &str, text: &str) -> String {
        if let Some(boundary) = boundary(kind) {
            return self.parts(text, boundary);
        }
        if is_form(kind) {
            return self.form(text);
        }
        match serde_json::from_str::<Value>(text) {
            Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
                self.value(&mut value, false, false);
                // Once more as a whole: a secret may lie across what JSON holds apart.
                self.redactor.clean(&value.to_string())
            }
            _ => self.text(text),
        }
    }

    /// An address, or a path with its query.
    pub(super) fn address(&mut self, address: &str) -> String {
        match address.split_once('?') {
            Some((place, query)) => format!("{}?{}", self.text(place), self.form(query)),
            None => self.text(address),
        }
    }

    /// `name=value&name=value`.
    fn form(&mut self, text: &str) -> String {
        let pairs = text.split('&').map(|pair| {
            let Some((name, value)) = form_urlencoded::parse(pair.as_bytes()).next() else {
                return pair.to_owned();
            };
            let (clean_name, clean) = (self.text(&name), self.field(&name, &value));
            // Written anew only where it must be: addresses are compared.
            if clean_name == name && clean == value {
                return pair.to_owned();
            }
            format!("{}={}", encoded(&clean_name), encoded(&clean))
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    /// A form in parts.
    fn parts(&mut self, text: &str, boundary: &str) -> String {
        let mark = format!("--{boundary}");
        let parts = text.split(&mark).map(|part| match part.split_once("\r\n\r\n") {
            Some((head, rest)) => {
                let value = rest.strip_suffix("\r\n").unwrap_or(rest);
                let end = rest.get(value.len()..).unwrap_or_default();
                let name = head.split_once(" name=\"").and_then(|(_, name)| name.split('"').next());
                let clean = self.field(name.unwrap_or_default(), value);
                format!("{}\r\n\r\n{clean}{end}", self.text(head))
            }
            None => self.text(part),
        });
        parts.collect::<Vec<_>>().join(&mark)
    }

    /// A field of a form. Frameworks write their own parts before its name:
    /// `ctl00$ContentPlaceHolder1$txtNome`, `person[name]`.
    fn field(&mut self, name: &str, value: &str) -> String {
        let key = name.trim_end_matches(']').rsplit(['$', '.', ':', '[']).next().unwrap_or(name);
        let (own, money) = keys(key);
        if own && !money { self.own(value) } else { self.body("", value) }
    }

    /// What stands under a key of a person's own things.
    fn own(&mut self, text: &str) -> String {
        let clean = self.redactor.clean(text);
        if clean == text { self.word(text, |number| shape(text, number)) } else { clean }
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
            "location" | "content-location" | "referer" => self.address(value),
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
        let clean = self.redactor.clean(text);
        let found = self.words.find(&clean, |_| true);
        let pieces: Vec<_> = pieces(&clean, &found).collect();
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
        let stand_in = self.stand_in(value, write);
        let room = self.words.count() < MOST_WORDS && value.chars().count() >= SHORTEST_WORD;
        if room && self.seen.contains_key(value) {
            self.words.add(value, &stand_in);
        }
        stand_in
    }

    fn value(&mut self, value: &mut Value, own: bool, money: bool) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let (own, money) = keys(key);
                    self.value(value, own, money);
                }
            }
            Value::Array(values) => {
                for value in values {
                    self.value(value, own, money);
                }
            }
            Value::String(text) if own && !text.is_empty() && !money => {
                *text = self.own(text);
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

/// Whether a key says that what stands under it is a person's own, and whether that it is money.
fn keys(key: &str) -> (bool, bool) {
    let key = key.to_ascii_lowercase();
    let has = |keys: &[&str]| keys.iter().any(|word| key.contains(word));
    (has(OWN_KEYS), has(MONEY_KEYS))
}

/// Whether a media type is that of a form whose fields stand in one line.
pub(super) fn is_form(kind: &str) -> bool {
    kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
}

/// What lies between the parts of a form, if its media type says that it has parts.
pub(super) fn boundary(kind: &str) -> Option<&str> {
    let (name, parameters) = kind.split_once(';')?;
    let mut parameters = parameters.split(';').filter_map(|one| one.trim().split_once('='));
    let (_, boundary) = parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    let boundary = boundary.trim_matches('"');
    (name.trim().eq_ignore_ascii_case("multipart/form-data") && !boundary.is_empty())
        .then_some(boundary)
}

/// As a form writes it; what stands for a secret can still be read.
fn encoded(text: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace("%5Bredacted%5D", REDACTED)
}

/// A text in pieces: what stands for what was found in it, which is done, and what lies between.
fn pieces(text: &str, found: &[(Range<usize>, &str)]) -> impl Iterator<Item = (String, bool)> {
    let mut all = Vec::with_capacity(2 * found.len() + 1);
    let mut rest = 0;
    for (place, stand_in) in found {
        all.push((text.get(rest..place.start).unwrap_or_default().to_owned(), false));
        all.push(((*stand_in).to_owned(), true));
        rest = place.end;
    }
    all.push((text.get(rest..).unwrap_or_default().to_owned(), false));
    all.into_iter()
}

/// Whether nothing stands beside a place that it could be a piece of.
fn alone(text: &str, place: &Range<usize>) -> bool {
    let before = text.get(..place.start).unwrap_or_default();
    let after = text.get(place.end..).unwrap_or_default();
    let beside = |mut one: Box<dyn Iterator<Item = char> + '_>| {
        let (next, further) = (one.next(), one.next());
        next.is_some_and(char::is_alphanumeric)
            || matches!(next, Some('.' | ',')) && further.is_some_and(|c| c.is_ascii_digit())
    };
    (escape_before(before) || !beside(Box::new(before.chars().rev())))
        && !beside(Box::new(after.chars()))
}

/// Whether a text ends with what stands for a sign: `%20`, `\n`, `\u003e`.
fn escape_before(text: &str) -> bool {
    let hex = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
    match text.as_bytes() {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', a, b] if hex(&[*a, *b]) => true,
        [.., b'\\', b'u', a, b, c, d] => hex(&[*a, *b, *c, *d]),
        _ => false,
    }
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
