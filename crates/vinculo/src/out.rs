//! Standard output that never panics: when the reader goes away (`vinculo links list | head`),
//! there is nothing left to do and nothing went wrong.

use std::{
    fmt,
    io::{self, Write as _},
};

/// The reader of standard output has gone. Ends a command with success.
#[derive(Debug, thiserror::Error)]
#[error("the reader of standard output has gone")]
pub(crate) struct Closed;

/// Why a line was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Closed(#[from] Closed),
    #[error("standard output cannot be written")]
    Io(#[source] io::Error),
}

/// Standard output.
pub(crate) struct Out;

impl Out {
    /// Writes one line at once.
    pub(crate) fn line(text: impl fmt::Display) -> Result<(), Error> {
        let mut out = io::stdout().lock();
        match writeln!(out, "{text}").and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Closed.into()),
            Err(error) => Err(Error::Io(error)),
            Ok(()) => Ok(()),
        }
    }
    /// Writes a table: columns as wide as their widest cell, two spaces apart.
    pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> Result<(), Error> {
        let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
        let all = || std::iter::once(&head).chain(rows);
        let width = |column: usize| {
            all().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
        };
        let widths: Vec<usize> = (0..head.len()).map(|column| width(column).unwrap_or(0)).collect();
        for row in all() {
            let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}  "));
            Self::line(cells.collect::<String>().trim_end())?;
        }
        Ok(())
    }
}

/// Standard error, for people: what cannot be written there is lost.
pub(crate) fn tell(text: impl fmt::Display) {
    if writeln!(io::stderr().lock(), "{text}").is_err() {
        // There is nobody left to tell.
    }
}
