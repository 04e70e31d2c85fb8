//! Takes a session's secrets out of what a connector says, in whatever dress it says them: as they
//! are, in a URL, in HTML, in JSON, in base64 at any place of a longer text, in hexadecimal, or in
//! base64 inside a URL inside JSON.
//!
//! What it cannot know is a secret that was changed: reversed, encrypted, spelt out. It is a net under
//! accidents, not a wall against a connector that wants to tell; that wall is the egress.

mod dress;
mod words;

pub(crate) use words::Words;

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};
use zeroize::Zeroizing;

/// What stands in a secret's place.
pub const REDACTED: &str = "[redacted]";

/// Shorter secrets, in characters, are only taken out where they stand alone: `12` is in every date.
const SHORT: usize = 4;
/// A single character is no secret.
const SHORTEST: usize = 2;
/// Longer ones (what a connector remembers: cookies, keys) are known by their pieces of this length.
const LONG: usize = 128;
const PIECE: usize = 32;
/// How many patterns a session has at most; more pieces of a long secret than that are not looked for.
const MOST_PATTERNS: usize = 4096;

/// Knows one session's secrets, and shows them to nobody.
#[derive(Default)]
pub struct Redactor {
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    patterns: Vec<Pattern>,
    /// Which patterns may begin with a byte.
    by_first: Vec<Vec<u16>>,
    /// How many of them the index knows.
    indexed: usize,
}

/// Characters that may come in any dress.
struct Pattern {
    characters: Zeroizing<Vec<char>>,
    /// Whether small and capital letters are the same.
    fold: bool,
    /// Whether it only counts where no letter or digit stands beside it.
    alone: bool,
}

/// What a pattern makes of a place in a text.
enum Found {
    /// It is there, so many bytes long.
    Whole(usize),
    /// It may be, but the text ends first.
    Perhaps,
    Not,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(…)")
    }
}

impl Redactor {
    /// Of the secrets of one session. What is public must not be given: it would be taken out too.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let redactor = Self::default();
        for secret in secrets {
            redactor.learn(secret);
        }
        redactor
    }

    /// Adds a secret that came later: the answer to a challenge, what is to be remembered.
    pub fn learn(&self, secret: &SecretString) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let characters = Zeroizing::new(secret.expose_secret().trim().chars().collect::<Vec<_>>());
        match characters.len() {
            ..SHORTEST => return,
            SHORTEST..SHORT => known.add(&characters, true, true),
            SHORT..=LONG => known.add_whole(&characters),
            _ => characters.chunks_exact(PIECE).for_each(|piece| known.add_whole(piece)),
        }
        known.index();
    }

    /// `text` with [`REDACTED`] in place of every secret.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        let cleaned = self.clean_bytes(text.as_bytes());
        String::from_utf8(cleaned).unwrap_or_else(|_| REDACTED.to_owned())
    }

    /// The same of bytes that may not be UTF-8.
    #[must_use]
    pub fn clean_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut out = Vec::with_capacity(bytes.len());
        known.clean(bytes, None, true, &mut out);
        out
    }

    /// Cleans a text that comes in pieces.
    #[must_use]
    pub fn stream(self: &Arc<Self>) -> Stream {
        Stream { redactor: self.clone(), held: Zeroizing::default(), before: None }
    }
}

/// A text that comes in pieces, however they are cut: what may be the beginning of a secret is held
/// back until it is known.
pub struct Stream {
    redactor: Arc<Redactor>,
    held: Zeroizing<Vec<u8>>,
    /// The last byte that was passed over.
    before: Option<u8>,
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream(…)")
    }
}

impl Stream {
    /// Takes a piece; answers what is known to be clean. At most some twelve times the longest
    /// secret's length is held back.
    #[must_use]
    pub fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        self.pass(piece, false)
    }

    /// There is no more: answers the rest.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.pass(&[], true)
    }

    fn pass(&mut self, piece: &[u8], last: bool) -> Vec<u8> {
        let mut text = Zeroizing::new(Vec::with_capacity(self.held.len() + piece.len()));
        text.extend_from_slice(&self.held);
        text.extend_from_slice(piece);
        let known = self.redactor.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut out = Vec::with_capacity(text.len());
        let passed = known.clean(&text, self.before, last, &mut out);
        self.before = passed.checked_sub(1).map(|at| text[at]).or(self.before);
        self.held = Zeroizing::new(text[passed..].to_vec());
        out
    }
}

impl Known {
    fn add(&mut self, characters: &[char], fold: bool, alone: bool) {
        let new = |p: &Pattern| *p.characters != characters || p.fold != fold || p.alone != alone;
        if self.patterns.len() < MOST_PATTERNS && self.patterns.iter().all(new) {
            let characters = Zeroizing::new(characters.to_vec());
            self.patterns.push(Pattern { characters, fold, alone });
        }
    }

    /// A secret, and what becomes of it where bytes are written as letters.
    fn add_whole(&mut self, characters: &[char]) {
        self.add(characters, true, false);
        let text = Zeroizing::new(characters.iter().collect::<String>());
        let mut hex = Zeroizing::new(Vec::with_capacity(text.len() * 2));
        for byte in text.bytes() {
            hex.extend(
                [byte >> 4, byte & 15].into_iter().filter_map(|n| char::from_digit(n.into(), 16)),
            );
        }
        self.add(&hex, true, false);
        for before in 0..3 {
            // Three bytes are four characters: what stands before shifts it, and the characters that
            // it shares with its neighbours are not its own.
            let mut bytes = Zeroizing::new(vec![0; before]);
            bytes.extend_from_slice(text.as_bytes());
            let shared_end = usize::from(bytes.len() % 3 != 0);
            let encoded = Zeroizing::new(BASE64_STANDARD_NO_PAD.encode(&*bytes));
            let shared = [0, 2, 3][before];
            let own = Zeroizing::new(
                encoded.chars().take(encoded.len() - shared_end).skip(shared).collect::<Vec<_>>(),
            );
            let for_urls = Zeroizing::new(
                own.iter()
                    .map(|c| match c {
                        '+' => '-',
                        '/' => '_',
                        other => *other,
                    })
                    .collect::<Vec<_>>(),
            );
            self.add(&own, false, false);
            self.add(&for_urls, false, false);
        }
    }

    /// Takes the patterns that are new into the index.
    fn index(&mut self) {
        self.by_first.resize(256, Vec::new());
        for (number, pattern) in self.patterns.iter().enumerate().skip(self.indexed) {
            let Some(first) = pattern.characters.first() else { continue };
            let Ok(number) = u16::try_from(number) else { continue };
            let beginnings: BTreeSet<u8> =
                dress::beginnings(*first, pattern.fold).into_iter().collect();
            for byte in beginnings {
                self.by_first[usize::from(byte)].push(number);
            }
        }
        self.indexed = self.patterns.len();
    }

    /// Writes what is clean of `text` to `out`, and answers how many bytes of it are dealt with: all,
    /// if there is no more to come.
    fn clean(&self, text: &[u8], before: Option<u8>, last: bool, out: &mut Vec<u8>) -> usize {
        let mut at = 0;
        while at < text.len() {
            let candidates =
                self.by_first.get(usize::from(text[at])).map_or(&[][..], Vec::as_slice);
            let mut longest = 0;
            let mut wait = false;
            for pattern in candidates.iter().filter_map(|n| self.patterns.get(usize::from(*n))) {
                let before = at.checked_sub(1).map(|before| text[before]).or(before);
                match pattern.find(&text[at..], before, last) {
                    Found::Whole(length) => longest = longest.max(length),
                    Found::Perhaps => wait = true,
                    Found::Not => {}
                }
            }
            // A longer one that may be coming could cover what a shorter one leaves.
            if wait {
                return at;
            }
            if longest > 0 {
                out.extend_from_slice(REDACTED.as_bytes());
                at += longest;
            } else {
                out.push(text[at]);
                at += 1;
            }
        }
        at
    }
}

impl Pattern {
    fn find(&self, text: &[u8], before: Option<u8>, last: bool) -> Found {
        if self.alone && before.is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            return Found::Not;
        }
        // All the places where one may be after so many characters: a backslash may be itself, or the
        // beginning of another's dress.
        let mut places = vec![0];
        let mut short = false;
        for character in self.characters.iter() {
            let mut next = Vec::new();
            for place in places {
                let lengths = dress::lengths(&text[place..], *character, self.fold);
                short |= lengths.more;
                next.extend(lengths.found().map(|length| place + length));
            }
            next.sort_unstable();
            next.dedup();
            places = next;
            if places.is_empty() {
                break;
            }
        }
        if short && !last {
            return Found::Perhaps;
        }
        let Some(end) = places.last().copied() else { return Found::Not };
        match text.get(end) {
            Some(after) if self.alone && after.is_ascii_alphanumeric() => Found::Not,
            None if self.alone && !last => Found::Perhaps,
            _ => Found::Whole(end),
        }
    }
}

#[cfg(test)]
mod tests;
