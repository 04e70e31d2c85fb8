//! The rows of a CSV file, one at a time.
//!
//! The file's own lines go to `csv-core` one by one, so that a quote that nobody closes costs one line
//! and not the rest of the file.

use crate::{
    said::Place,
    source::{LONGEST, Source},
    telling::{Ended, Telling},
};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use std::collections::VecDeque;

/// Over how many lines a quoted cell may go.
const MOST_LINES: usize = 16;
/// Columns that are looked at.
const MOST_COLUMNS: usize = 256;

/// A row. Its cells are as they stand, without their quotes.
pub(super) struct Row {
    pub(super) place: Place,
    pub(super) cells: Vec<String>,
    /// The file goes on after it.
    pub(super) ended: bool,
}

impl Row {
    /// A cell; empty where the row is shorter.
    pub(super) fn cell(&self, at: Option<usize>) -> &str {
        at.and_then(|at| self.cells.get(at)).map_or("", |cell| super::cells::plain(cell))
    }
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Splits lines at a delimiter.
pub(super) struct Splitter {
    delimiter: u8,
    quoting: Reader,
    /// Seldom needed.
    plain: Option<Reader>,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    pub(super) fn new(delimiter: char) -> Self {
        let delimiter = u8::try_from(delimiter).unwrap_or(b',');
        Self {
            delimiter,
            quoting: ReaderBuilder::new().delimiter(delimiter).build(),
            plain: None,
            cells: Vec::new(),
            ends: vec![0; MOST_COLUMNS],
        }
    }

    /// The cells of the first row in `text`, and how many bytes of it they took; `None` where it ends
    /// inside a quote.
    fn split(&mut self, text: &str, quotes: bool) -> Option<(Vec<String>, usize)> {
        if text.trim().is_empty() {
            return Some((Vec::new(), text.len()));
        }
        let delimiter = self.delimiter;
        let plain = || ReaderBuilder::new().delimiter(delimiter).quoting(false).build();
        let reader = if quotes { &mut self.quoting } else { self.plain.get_or_insert_with(plain) };
        reader.reset();
        let line = format!("{text}\n");
        // Cells are never longer than what they were written as.
        self.cells.resize(line.len(), 0);
        let (result, mut taken, _, count) =
            reader.read_record(line.as_bytes(), &mut self.cells, &mut self.ends);
        match result {
            ReadRecordResult::Record => {}
            // More columns than are looked at.
            ReadRecordResult::OutputEndsFull => taken = line.len(),
            _ => return None,
        }
        let mut from = 0;
        let cells = self.ends[..count].iter().map(|&to| {
            let cell = self.cells.get(from..to).unwrap_or_default();
            from = to;
            String::from_utf8_lossy(cell).into_owned()
        });
        Some((cells.collect(), taken.min(text.len())))
    }

    /// The cells of one line alone, whatever its quotes.
    pub(super) fn line(&mut self, line: &str) -> Vec<String> {
        let split = self.split(line, true).or_else(|| self.split(line, false));
        split.map(|(cells, _)| cells).unwrap_or_default()
    }
}

/// A line that has been taken from the file and not yet given out.
struct Held {
    place: Place,
    text: String,
    ended: bool,
}

/// The rows of a file.
pub(super) struct Rows {
    splitter: Splitter,
    held: VecDeque<Held>,
    /// The most cells that a row had.
    columns: usize,
}

impl Rows {
    pub(super) fn new(delimiter: char) -> Self {
        Self { splitter: Splitter::new(delimiter), held: VecDeque::new(), columns: 0 }
    }

    /// The next row; `None` at the end.
    pub(super) fn next(
        &mut self,
        source: &mut Source<'_>,
        out: &mut Telling<'_>,
    ) -> Result<Option<Row>, Ended> {
        let row = self.take(source, out)?;
        if let Some(row) = &row {
            self.columns = self.columns.max(row.cells.len());
        }
        Ok(row)
    }

    fn hold(&mut self, source: &mut Source<'_>, out: &mut Telling<'_>) -> Result<bool, Ended> {
        let Some(line) = source.line()? else { return Ok(false) };
        if line.cut {
            out.fault(line.place, "the line is too long; its end was left out")?;
        }
        let text = line.text().into_owned();
        self.held.push_back(Held { place: line.place, text, ended: line.ended });
        Ok(true)
    }

    fn take(
        &mut self,
        source: &mut Source<'_>,
        out: &mut Telling<'_>,
    ) -> Result<Option<Row>, Ended> {
        if self.held.is_empty() && !self.hold(source, out)? {
            return Ok(None);
        }
        let Some(first) = self.held.front() else { return Ok(None) };
        let (place, mut ended) = (first.place, first.ended);
        if let Some((cells, _)) = self.splitter.split(&first.text, true) {
            self.held.pop_front();
            return Ok(Some(Row { place, cells, ended }));
        }
        // A quote is open: a line that closes it has an odd number of them as well.
        let mut bytes = first.text.len();
        let mut lines = 1;
        while lines < MOST_LINES {
            if self.held.len() == lines && !self.hold(source, out)? {
                break;
            }
            let text = &self.held[lines].text;
            bytes += text.len();
            lines += 1;
            // A line that has all columns is a row, and the quote above it was never closed.
            let row = self
                .splitter
                .split(text, false)
                .is_some_and(|(cells, _)| self.columns > 1 && cells.len() >= self.columns);
            if bytes > LONGEST || row {
                break;
            }
            if text.matches('"').count() % 2 == 1 {
                let texts: Vec<&str> = self.held.iter().take(lines).map(|h| &*h.text).collect();
                let joined = texts.join("\n");
                if let Some((cells, taken)) = self.splitter.split(&joined, true)
                    && taken == joined.len()
                {
                    ended = self.held[lines - 1].ended;
                    self.held.drain(..lines);
                    return Ok(Some(Row { place, cells, ended }));
                }
                break;
            }
        }
        let Some(first) = self.held.pop_front() else { return Ok(None) };
        out.fault(place, "a quote is opened and not closed; it was taken for text")?;
        let cells = self.splitter.split(&first.text, false).map(|(cells, _)| cells);
        Ok(Some(Row { place, cells: cells.unwrap_or_default(), ended }))
    }
}
