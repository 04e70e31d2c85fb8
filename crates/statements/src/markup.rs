//! Tags and texts of SGML and XML, as files have them that no parser would accept: tags that are
//! never closed, bare ampersands, a `<` in a text.
//!
//! Nothing is expanded but the five entities of XML, a blank, and letters by number; there are no
//! definitions, so no file grows while it is read.

use crate::{
    said::Place,
    source::{Reached, Source},
    telling::Ended,
};
use memchr::memchr;
use std::borrow::Cow;

/// The longest name of a tag that is kept, in bytes.
const LONGEST_NAME: usize = 128;

/// How text begins, after its `<`, that is not to be read as markup.
const QUOTED: &[u8] = b"![CDATA[";

/// One piece of markup.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A tag that begins something.
    Open(Tag<'a>),
    /// A tag that ends something: its name without a prefix, as it is written.
    Close(&'a str),
    /// Text between tags, entities put in; may be empty or blank. One text may come in pieces.
    Text(Cow<'a, str>),
    /// `<?…?>`, without the brackets: `xml version="1.0" encoding="UTF-8"`.
    Instruction(Cow<'a, str>),
    /// Something that is no markup, in words; it has been skipped.
    Broken(&'static str),
}

/// A tag that begins something.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// Its name without a prefix, as it is written.
    pub(crate) name: &'a str,
    /// It ends as well: `<NAME/>`.
    pub(crate) empty: bool,
    attributes: Cow<'a, str>,
}

impl Tag<'_> {
    /// The attribute of that name; the name's prefix is left out.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        attribute(&self.attributes, name)
    }
}

/// The value of `name` in `a="1" b='2'`.
pub(crate) fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        let (key, after) = rest.split_once('=')?;
        let key = key.trim().rsplit([':', ' ', '\t', '\n', '\r']).next().unwrap_or_default();
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        if key.eq_ignore_ascii_case(name) {
            return Some(unescape(value).into_owned());
        }
        rest = after;
    }
}

/// The markup of a file, piece by piece.
pub(crate) struct Markup<'a> {
    source: Source<'a>,
    /// Where the last piece began.
    place: Place,
    held: Vec<u8>,
    name: String,
}

impl<'a> Markup<'a> {
    /// From where `source` stands.
    pub(crate) fn new(source: Source<'a>) -> Self {
        let place = source.place();
        Self { source, place, held: Vec::new(), name: String::new() }
    }
    /// Where the last piece began.
    pub(crate) fn place(&self) -> Place {
        self.place
    }
    /// The bytes beneath, for what an instruction states about the encoding.
    pub(crate) fn source(&mut self) -> &mut Source<'a> {
        &mut self.source
    }

    /// The next piece; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'_>>, Ended> {
        self.place = self.source.place();
        self.held.clear();
        let bytes = self.source.fill()?;
        match bytes.first() {
            None => Ok(None),
            Some(b'<') => {
                if let Some(length) = plain_tag(bytes) {
                    return Ok(Some(self.plain(length)));
                }
                self.source.skip()?;
                match self.source.peek()? {
                    Some(b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'/') => self.tag().map(Some),
                    Some(b'?') => self.instruction().map(Some),
                    Some(b'!') => self.declaration().map(Some),
                    _ => {
                        // A bare `<`, as in “balance < 0”.
                        self.held.push(b'<');
                        self.text().map(Some)
                    }
                }
            }
            Some(_) => self.text().map(Some),
        }
    }

    /// The tag that [`plain_tag`] has seen. Nearly all are, so nothing is copied.
    fn plain(&mut self, length: usize) -> Token<'_> {
        let bytes = self.source.take(length);
        let inner = &bytes[1..bytes.len() - 1];
        let name = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
        match inner.strip_prefix(b"/") {
            Some(inner) => Token::Close(name(inner)),
            None => {
                Token::Open(Tag { name: name(inner), empty: false, attributes: Cow::Borrowed("") })
            }
        }
    }

    /// Text up to the next tag, which stays.
    fn text(&mut self) -> Result<Token<'_>, Ended> {
        // Nearly all can be had at once.
        if self.held.is_empty()
            && let Some(length) = memchr(b'<', self.source.fill()?)
        {
            let charset = self.source.charset();
            return Ok(Token::Text(unescaped(charset.text(self.source.take(length)))));
        }
        if self.source.before(b'<', &mut self.held)?.1 {
            return Ok(Token::Broken("a text is too long and was left out"));
        }
        Ok(Token::Text(unescaped(self.source.charset().text(&self.held))))
    }

    fn tag(&mut self) -> Result<Token<'_>, Ended> {
        let mut quotes = Quotes::default();
        loop {
            let from = self.held.len();
            let (reached, cut) = self.source.until(b'>', &mut self.held)?;
            if cut {
                return Ok(Token::Broken("a tag is too long and was left out"));
            }
            if reached == Reached::End {
                return Ok(Token::Broken("the file ends inside a tag"));
            }
            // A `>` may stand in an attribute's value.
            if !quotes.open_after(&self.held[from..]) {
                break;
            }
            self.held.push(b'>');
        }
        let text = self.source.charset().text(&self.held);
        let (closes, inner) = match text.strip_prefix('/') {
            Some(inner) => (true, inner),
            None => (false, &*text),
        };
        let (inner, empty) = match inner.trim_end().strip_suffix('/') {
            Some(inner) => (inner, true),
            None => (inner.trim_end(), false),
        };
        let end = inner.bytes().position(|byte| byte.is_ascii_whitespace() || byte == b'<');
        let end = end.unwrap_or(inner.len());
        let (name, attributes) = inner.split_at(end);
        if name.is_empty() || name.len() > LONGEST_NAME || attributes.contains('<') {
            return Ok(Token::Broken("a tag is not closed by “>” and was left out"));
        }
        let name = name.rsplit_once(':').map_or(name, |(_, name)| name);
        self.name.clear();
        self.name.push_str(name);
        if closes {
            return Ok(Token::Close(&self.name));
        }
        let attributes = if attributes.trim().is_empty() {
            Cow::Borrowed("")
        } else {
            Cow::Owned(attributes.to_owned())
        };
        Ok(Token::Open(Tag { name: &self.name, empty, attributes }))
    }

    fn instruction(&mut self) -> Result<Token<'_>, Ended> {
        self.source.skip()?;
        let (reached, cut) = self.source.until(b'>', &mut self.held)?;
        if cut || reached == Reached::End {
            return Ok(Token::Broken("an instruction does not end"));
        }
        while matches!(self.held.last(), Some(b'?' | b' ')) {
            self.held.pop();
        }
        Ok(Token::Instruction(self.source.charset().text(&self.held)))
    }

    /// A comment or a declaration, which say nothing, or text that is not to be read as markup.
    fn declaration(&mut self) -> Result<Token<'_>, Ended> {
        loop {
            let (reached, cut) = self.source.until(b'>', &mut self.held)?;
            if cut {
                return Ok(Token::Broken(
                    "a comment or a quoted text is too long and was left out",
                ));
            }
            if reached == Reached::End {
                return Ok(Token::Broken("the file ends inside a comment or a quoted text"));
            }
            if self.held.starts_with(QUOTED) {
                if self.held.ends_with(b"]]") {
                    let quoted = &self.held[QUOTED.len()..self.held.len() - 2];
                    return Ok(Token::Text(self.source.charset().text(quoted)));
                }
                self.held.push(b'>');
            } else if self.held.starts_with(b"!--") {
                if self.held[3..].ends_with(b"--") {
                    return Ok(Token::Text(Cow::Borrowed("")));
                }
                // What ends it stands before one `>`, so that nothing else need be kept.
                self.held.truncate(3);
            } else {
                return Ok(Token::Text(Cow::Borrowed("")));
            }
        }
    }
}

/// The length of a tag at the beginning of `bytes` that is a name of ASCII between its brackets and
/// nothing else: no prefix, no attributes.
fn plain_tag(bytes: &[u8]) -> Option<usize> {
    let begin = if bytes.get(1) == Some(&b'/') { 2 } else { 1 };
    let rest = bytes.get(begin..)?;
    rest.first().filter(|first| first.is_ascii_alphabetic())?;
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    let name = rest.iter().take(LONGEST_NAME).take_while(|byte| fits(byte)).count();
    (rest.get(name) == Some(&b'>')).then_some(begin + name + 1)
}

/// Whether a tag, as far as it has been seen, ends inside a quoted value, which a `>` may be part of.
#[derive(Default)]
struct Quotes {
    open: Option<u8>,
    before: u8,
}

impl Quotes {
    /// Goes on with `piece`; true while a value is open.
    fn open_after(&mut self, piece: &[u8]) -> bool {
        for &byte in piece {
            match (self.open, byte) {
                (None, b'"' | b'\'') if self.before == b'=' => self.open = Some(byte),
                (Some(quote), byte) if byte == quote => self.open = None,
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                self.before = byte;
            }
        }
        self.open.is_some()
    }
}

fn unescaped(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => unescape(text),
        Cow::Owned(text) => Cow::Owned(unescape(&text).into_owned()),
    }
}

/// `text` with the letters that its entities stand for. What is no entity stays as it is.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.bytes().take(12).position(|byte| byte == b';');
        if let Some((letter, end)) = end.and_then(|end| Some((letter(&from[1..end])?, end))) {
            out.push(letter);
            rest = &from[end + 1..];
        } else {
            out.push('&');
            rest = &from[1..];
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The letter of an entity, without its `&` and `;`.
fn letter(entity: &str) -> Option<char> {
    let number = |digits: &str, radix| {
        char::from_u32(u32::from_str_radix(digits, radix).ok()?).filter(|&letter| letter != '\0')
    };
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => match entity.strip_prefix('#')? {
            hex if hex.starts_with(['x', 'X']) => number(&hex[1..], 16),
            digits => number(digits, 10),
        },
    }
}

#[cfg(test)]
mod tests;
