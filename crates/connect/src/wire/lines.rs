//! Lines of bounded length out of a pipe.

use super::frame::Fault;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use zeroize::{Zeroize as _, Zeroizing};

/// How much is read at once.
const PIECE: usize = 16 << 10;

/// Why there is no further line.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// The other side closed the pipe. Half a line is none.
    #[error("the pipe was closed")]
    Closed,
    /// A line was longer than it may be.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The pipe broke.
    #[error("the pipe cannot be read")]
    Io(#[from] io::Error),
}

/// Reads line by line. It never holds more than the longest line and one piece, and what it held is
/// wiped. Cancel-safe: a wait that is given up loses nothing.
#[derive(Debug)]
pub struct Lines<R> {
    from: R,
    longest: usize,
    held: Zeroizing<Vec<u8>>,
    /// Where what was not handed out yet begins.
    start: usize,
    /// What was handed out from there, with its end; wiped at the next call.
    handed: usize,
    /// How far from `start` the end of the line was looked for.
    searched: usize,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Lines of at most `longest` bytes, without their end.
    pub fn new(from: R, longest: usize) -> Self {
        Self { from, longest, held: Zeroizing::default(), start: 0, handed: 0, searched: 0 }
    }

    /// The next line, without its end.
    pub async fn next(&mut self) -> Result<&[u8], Ended> {
        self.forget();
        loop {
            let fresh = self.held.get(self.start + self.searched..).unwrap_or_default();
            if let Some(at) = fresh.iter().position(|&byte| byte == b'\n') {
                let length = self.searched + at;
                if length > self.longest {
                    return Err(Fault::TooLong.into());
                }
                (self.handed, self.searched) = (length + 1, 0);
                let line = self.held.get(self.start..self.start + length).unwrap_or_default();
                return Ok(line.strip_suffix(b"\r").unwrap_or(line));
            }
            self.searched = self.held.len() - self.start;
            if self.searched > self.longest {
                return Err(Fault::TooLong.into());
            }
            self.make_room();
            if self.from.read_buf(&mut (&mut *self.held)).await? == 0 {
                return Err(Ended::Closed);
            }
        }
    }

    /// Wipes the line that was handed out.
    fn forget(&mut self) {
        let end = self.start + std::mem::take(&mut self.handed);
        if let Some(line) = self.held.get_mut(self.start..end) {
            line.zeroize();
        }
        self.start = end;
        if self.start == self.held.len() {
            self.held.clear();
            self.start = 0;
        }
    }

    /// Room for one piece, after what is left of the last one. It grows by hand, because a vector
    /// that grows by itself leaves a copy behind.
    fn make_room(&mut self) {
        let rest = self.held.len() - self.start;
        if self.start > 0 {
            self.held.copy_within(self.start.., 0);
            if let Some(stale) = self.held.get_mut(rest..) {
                stale.zeroize();
            }
            self.held.truncate(rest);
            self.start = 0;
        }
        if self.held.capacity() - rest < PIECE {
            let wanted = (rest * 2).max(4 * PIECE).min(self.longest + 2 * PIECE);
            let mut larger = Zeroizing::new(Vec::with_capacity(wanted.max(rest + PIECE)));
            larger.extend_from_slice(&self.held);
            self.held = larger;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
    }
    async fn all(bytes: &[u8], longest: usize) -> (Vec<Vec<u8>>, Ended) {
        let mut lines = Lines::new(bytes, longest);
        let mut read = Vec::new();
        loop {
            match lines.next().await {
                Ok(line) => read.push(line.to_vec()),
                Err(ended) => return (read, ended),
            }
        }
    }

    #[test]
    fn a_line_is_as_long_as_it_may_be_and_no_longer() {
        run(async {
            let (lines, ended) = all(b"12345\n\n123\r\nhalf", 5).await;
            assert_eq!(lines, [&b"12345"[..], b"", b"123"]);
            assert!(matches!(ended, Ended::Closed));
            let (lines, ended) = all(b"1\n123456\n", 5).await;
            assert_eq!(lines, [b"1"]);
            assert!(matches!(ended, Ended::Fault(Fault::TooLong)));
        });
    }

    #[test]
    fn a_line_without_an_end_is_not_held_beyond_its_limit() {
        run(async {
            let mut lines = Lines::new(tokio::io::repeat(b'x'), 100_000);
            assert!(matches!(lines.next().await, Err(Ended::Fault(Fault::TooLong))));
            assert!(lines.held.capacity() <= 100_000 + 3 * PIECE, "{}", lines.held.capacity());
        });
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(lengths in prop::collection::vec(0..40_000_usize, 0..9)) {
            let written: Vec<_> = lengths.into_iter().map(|length| "abcdefg".repeat(length / 7)).collect();
            let mut bytes = written.join("\n");
            bytes.extend(written.last().map(|_| '\n'));
            let (read, _) = run(all(bytes.as_bytes(), 40_000));
            let read: Vec<_> = read.into_iter().map(|line| String::from_utf8(line).expect("text")).collect();
            prop_assert_eq!(read, written);
        }
    }
}
