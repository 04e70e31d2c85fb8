//! The bytes of a file as lines and pieces, with their places and within bounds.

use crate::{charset::Charset, said::Place, telling::Ended};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};
use memchr::{memchr, memchr2};
use std::{
    borrow::Cow,
    io::{self, BufRead, BufReader, Read},
};

/// The longest line, text or tag that is kept, in bytes; what is beyond is skipped and said.
pub(crate) const LONGEST: usize = 64 * 1024;

/// What is asked of a file at once, in bytes.
const BUFFER: usize = 32 * 1024;

/// A file, read once from beginning to end. Its bytes are ASCII or more: UTF-16 is translated
/// beforehand, everything else by whoever takes a piece.
pub(crate) struct Source<'a> {
    /// A buffer of its own, so that a look at the next byte is no call through a table.
    input: BufReader<Box<dyn Read + 'a>>,
    /// Bytes at the beginning of the buffer that were taken and may still be looked at.
    taken: usize,
    charset: Charset,
    place: Place,
    held: Vec<u8>,
}

/// A line without its end.
pub(crate) struct Line<'a> {
    /// Where it begins; its column is 0.
    pub(crate) place: Place,
    /// As they stand in the file.
    pub(crate) bytes: &'a [u8],
    /// It was longer than [`LONGEST`] and the rest was skipped.
    pub(crate) cut: bool,
    /// It has an end; the last line of a file may have none, and may not be all of a line.
    pub(crate) ended: bool,
    charset: Charset,
}

impl<'a> Line<'a> {
    /// As text.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        self.charset.text(self.bytes)
    }
    /// A part of it as text, by bytes: empty where the line is shorter.
    pub(crate) fn part(&self, from: usize, to: usize) -> Cow<'a, str> {
        let to = to.min(self.bytes.len());
        self.charset.text(self.bytes.get(from..to).unwrap_or_default())
    }
    /// The place of its `column`th character, from 1.
    pub(crate) fn at(&self, column: usize) -> Place {
        Place { column: column as u64, ..self.place }
    }
}

/// How [`Source::until`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    /// The byte that was looked for.
    Stop,
    /// The end of the file.
    End,
}

/// The file's own encoding where it is not ASCII or more, and the length of its mark.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    match Encoding::for_bom(head) {
        Some((encoding, _)) if encoding == UTF_16LE || encoding == UTF_16BE => Some(encoding),
        Some(_) => None,
        // Without a mark: the first letters of every format here are ASCII.
        None => match head {
            [1..=127, 0, 1..=127, 0, ..] => Some(UTF_16LE),
            [0, 1..=127, 0, 1..=127, ..] => Some(UTF_16BE),
            _ => None,
        },
    }
}

/// The beginning of a file as text, whatever its encoding, without a byte order mark.
pub(crate) fn head_of(head: &[u8]) -> Cow<'_, str> {
    let text = match wide(head) {
        Some(encoding) => encoding.decode_with_bom_removal(head).0,
        None => Charset::default().text(head),
    };
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
        Cow::Owned(text) => Cow::Owned(text.trim_start_matches('\u{feff}').to_owned()),
    }
}

impl<'a> Source<'a> {
    /// All of a file; `head` is how it begins.
    pub(crate) fn new(head: &[u8], input: impl BufRead + 'a) -> Self {
        let mut input = input;
        if head.starts_with(b"\xEF\xBB\xBF") {
            // It is at the beginning of a buffer that holds all of it: that of the head.
            input.consume(3);
        }
        let input: Box<dyn Read + 'a> = match wide(head) {
            Some(encoding) => Box::new(Wide::new(encoding, input)),
            None => Box::new(input),
        };
        let place = Place { line: 1, column: 1 };
        Self {
            input: BufReader::with_capacity(BUFFER, input),
            taken: 0,
            charset: Charset::default(),
            place,
            held: Vec::new(),
        }
    }

    /// What the file states about its encoding, from here on.
    pub(crate) fn state_charset(&mut self, charset: Charset) {
        self.charset = charset;
    }
    /// How bytes that are not UTF-8 are read.
    pub(crate) fn charset(&self) -> Charset {
        self.charset
    }
    /// Where the next byte stands.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// Bytes that can be had at once; empty only at the end.
    pub(crate) fn fill(&mut self) -> Result<&[u8], Ended> {
        self.input.consume(std::mem::take(&mut self.taken));
        while self.input.buffer().is_empty() {
            match self.input.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    let problem = "the file could not be read to its end";
                    return Err(Ended::unreadable(self.place, problem));
                }
            }
        }
        Ok(self.input.buffer())
    }

    /// The next byte, without taking it; `None` at the end.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>, Ended> {
        Ok(self.fill()?.first().copied())
    }

    /// Takes the first `count` of the bytes that [`Self::fill`] has just shown, without a copy.
    pub(crate) fn take(&mut self, count: usize) -> &[u8] {
        let bytes = &self.input.buffer()[..count.min(self.input.buffer().len())];
        self.place = after(self.place, bytes);
        self.taken = bytes.len();
        bytes
    }

    /// Takes one byte that was peeked at.
    pub(crate) fn skip(&mut self) -> Result<(), Ended> {
        let Some(byte) = self.peek()? else { return Ok(()) };
        self.place = after_one(self.place, byte);
        self.input.consume(1);
        Ok(())
    }

    /// Adds to `into` what comes before the next `stop`, as much of it as leaves `into` within
    /// [`LONGEST`], and takes `stop` as well. The second answer is whether something was left out.
    pub(crate) fn until(&mut self, stop: u8, into: &mut Vec<u8>) -> Result<(Reached, bool), Ended> {
        self.run(stop, into, true)
    }

    /// As [`Self::until`], and `stop` stays.
    pub(crate) fn before(
        &mut self,
        stop: u8,
        into: &mut Vec<u8>,
    ) -> Result<(Reached, bool), Ended> {
        self.run(stop, into, false)
    }

    fn run(
        &mut self,
        stop: u8,
        into: &mut Vec<u8>,
        takes_stop: bool,
    ) -> Result<(Reached, bool), Ended> {
        let mut cut = false;
        loop {
            let place = self.place;
            let bytes = self.fill()?;
            if bytes.is_empty() {
                return Ok((Reached::End, cut));
            }
            let found = memchr(stop, bytes);
            let piece = &bytes[..found.unwrap_or(bytes.len())];
            let room = LONGEST.saturating_sub(into.len());
            cut |= piece.len() > room;
            into.extend_from_slice(&piece[..piece.len().min(room)]);
            let (mut place, mut taken) = (after(place, piece), piece.len());
            if takes_stop && found.is_some() {
                place = after_one(place, stop);
                taken += 1;
            }
            self.place = place;
            self.input.consume(taken);
            if found.is_some() {
                return Ok((Reached::Stop, cut));
            }
        }
    }

    /// The next line; `None` at the end. A line ends with a line feed, a carriage return or both.
    pub(crate) fn line(&mut self) -> Result<Option<Line<'_>>, Ended> {
        let mut held = std::mem::take(&mut self.held);
        held.clear();
        let (line, mut cut, mut some, mut ended) = (self.place.line, false, false, false);
        loop {
            let bytes = self.fill()?;
            if bytes.is_empty() {
                break;
            }
            some = true;
            let found = memchr2(b'\n', b'\r', bytes);
            let piece = &bytes[..found.unwrap_or(bytes.len())];
            let room = LONGEST.saturating_sub(held.len());
            cut |= piece.len() > room;
            held.extend_from_slice(&piece[..piece.len().min(room)]);
            let (taken, end) = (piece.len(), found.map(|at| bytes[at]));
            self.input.consume(taken + usize::from(end.is_some()));
            if let Some(end) = end {
                ended = true;
                if end == b'\r' && self.peek()? == Some(b'\n') {
                    self.input.consume(1);
                }
                self.place = Place { line: line + 1, column: 1 };
                break;
            }
        }
        self.held = held;
        let place = Place { line, column: 0 };
        Ok(some.then_some(Line { place, bytes: &self.held, cut, ended, charset: self.charset }))
    }
}

/// The place after one byte of ASCII that stands at `place`.
fn after_one(place: Place, byte: u8) -> Place {
    match byte {
        b'\n' => Place { line: place.line + 1, column: 1 },
        _ if byte & 0xC0 == 0x80 => place,
        _ => Place { column: place.column + 1, ..place },
    }
}

/// The place after `bytes` that begin at `place`.
fn after(mut place: Place, bytes: &[u8]) -> Place {
    let mut line = bytes;
    while let Some(at) = memchr(b'\n', line) {
        place = Place { line: place.line + 1, column: 1 };
        line = &line[at + 1..];
    }
    // Every byte but those that go on with a letter of UTF-8.
    let characters = line.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u64;
    Place { column: place.column + characters, ..place }
}

/// UTF-16 translated to UTF-8 as it is read.
struct Wide<R> {
    inner: R,
    decoder: Decoder,
    ended: bool,
}

impl<R: BufRead> Wide<R> {
    fn new(encoding: &'static Encoding, inner: R) -> Self {
        Self { inner, decoder: encoding.new_decoder_with_bom_removal(), ended: false }
    }
}

impl<R: BufRead> Read for Wide<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // The decoder writes whole letters only; a `BufReader` always has room for one.
        while !self.ended && out.len() >= 8 {
            let bytes = self.inner.fill_buf()?;
            let last = bytes.is_empty();
            let (result, taken, written, _) = self.decoder.decode_to_utf8(bytes, out, last);
            self.inner.consume(taken);
            self.ended = last && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests;
