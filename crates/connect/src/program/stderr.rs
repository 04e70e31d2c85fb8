//! A program's standard error: lines for operators, cleaned, and no more of them than are of use.

use super::cleaner::Cleaner;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The longest line that is passed on, in bytes.
pub(super) const LINE: usize = 8 << 10;
/// How much of a session is passed on, in bytes.
pub(super) const SESSION: usize = 1 << 20;

/// Whose lines they are.
#[derive(Debug, Clone)]
pub(super) struct Whose {
    pub(super) connector: String,
    pub(super) institution: String,
}

/// Reads to the end, so that a program never blocks on it, and passes on what is within the limits.
pub(super) async fn drain(mut from: impl AsyncRead + Unpin, whose: Whose, cleaner: Cleaner) {
    let mut piece = vec![0; 8 << 10];
    let mut passed = Passed::default();
    let mut say = |line: &str| {
        tracing::info!(connector = whose.connector, institution = whose.institution, "{line}");
    };
    loop {
        match from.read(&mut piece).await {
            Ok(0) | Err(_) => break,
            Ok(length) => {
                passed.take(piece.get(..length).unwrap_or_default(), &cleaner, &mut say);
            }
        }
    }
    passed.end(&cleaner, &mut say);
}

/// What has been passed on, and the line that is not whole yet.
#[derive(Default)]
struct Passed {
    /// Twice as much as is passed on, so that a secret across the cut is still known for one.
    line: Vec<u8>,
    bytes: usize,
    over: bool,
}

impl Passed {
    fn take(&mut self, piece: &[u8], cleaner: &Cleaner, say: &mut impl FnMut(&str)) {
        for part in piece.split_inclusive(|&byte| byte == b'\n') {
            let text = part.strip_suffix(b"\n").unwrap_or(part);
            let room = (2 * LINE).saturating_sub(self.line.len());
            self.line.extend_from_slice(text.get(..room.min(text.len())).unwrap_or_default());
            if text.len() < part.len() {
                self.pass(cleaner, say);
            }
        }
    }
    fn end(&mut self, cleaner: &Cleaner, say: &mut impl FnMut(&str)) {
        if !self.line.is_empty() {
            self.pass(cleaner, say);
        }
    }
    fn pass(&mut self, cleaner: &Cleaner, say: &mut impl FnMut(&str)) {
        let line = std::mem::take(&mut self.line);
        if self.over {
            return;
        }
        let line = cleaner.clean(&String::from_utf8_lossy(&line), LINE);
        self.bytes += line.len() + 1;
        if self.bytes > SESSION {
            self.over = true;
            say("(the rest of this session's standard error is left out)");
        } else if !line.trim().is_empty() {
            say(line.trim_end());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(written: &[u8], step: usize) -> Vec<String> {
        let (mut passed, mut said) = (Passed::default(), Vec::new());
        let cleaner = Cleaner::default();
        let mut say = |line: &str| said.push(line.to_owned());
        for piece in written.chunks(step) {
            passed.take(piece, &cleaner, &mut say);
        }
        passed.end(&cleaner, &mut say);
        said
    }

    #[test]
    fn lines_are_passed_on_however_they_arrive() {
        for step in [1, 3, 100] {
            assert_eq!(
                passed(b"one\n\ntwo\x1b[0m \xff\nthree", step),
                ["one", "two [0m \u{fffd}", "three"]
            );
        }
    }

    #[test]
    fn a_line_and_a_session_are_cut() {
        let long = passed(&b"x".repeat(100_000), 8_192);
        assert_eq!((long.len(), long[0].len()), (1, LINE));
        let much = passed(&[&b"x".repeat(1_000)[..], b"\n"].concat().repeat(2_000), 8_192);
        assert_eq!(much.len(), SESSION / 1_001 + 1);
        assert!(much.last().is_some_and(|line| line.starts_with("(the rest")));
    }
}
