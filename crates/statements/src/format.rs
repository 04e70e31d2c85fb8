//! Which formats there are, how one is recognised, and the door to their rooms.

use crate::{
    camt, cnab240,
    csv::{self, Mapping},
    days::DayOrder,
    mt940, ofx, qif,
    said::{Listener, Place, Unreadable},
    source::{Source, head_of},
    telling::{Ended, Telling},
};
use std::{
    fmt,
    io::{BufRead, Cursor, Read},
};

/// How many bytes of a file are enough to recognise its format.
pub const HEAD: usize = 4096;

/// A format of statement files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// OFX 1.x and 2.x, QFX, and the older OFC.
    Ofx,
    /// ISO 20022's CAMT.053 and CAMT.052, all versions.
    Camt,
    /// FEBRABAN's CNAB 240, *extrato para conciliação bancária*.
    Cnab240,
    /// SWIFT's MT940 and MT942, with or without their envelope.
    Mt940,
    /// Quicken's QIF.
    Qif,
    /// Columns of text, read by a [`Mapping`].
    Csv,
}

impl Format {
    /// Every format, in the order in which they are tried: those that can be told most surely come
    /// first.
    pub const ALL: &[Self] =
        &[Self::Ofx, Self::Camt, Self::Cnab240, Self::Mt940, Self::Qif, Self::Csv];

    /// A short stable name: `ofx`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ofx => "ofx",
            Self::Camt => "camt",
            Self::Cnab240 => "cnab240",
            Self::Mt940 => "mt940",
            Self::Qif => "qif",
            Self::Csv => "csv",
        }
    }

    /// Whether a file that begins like this is of it. `head` is text, whatever the file's encoding.
    fn fits(self, head: &str) -> bool {
        match self {
            Self::Ofx => ofx::fits(head),
            Self::Camt => camt::fits(head),
            Self::Cnab240 => cnab240::fits(head),
            Self::Mt940 => mt940::fits(head),
            Self::Qif => qif::fits(head),
            Self::Csv => csv::fits(head),
        }
    }

    fn room(
        self,
        head: &[u8],
        source: Source,
        options: &Options,
        out: &mut Telling,
    ) -> Result<(), Ended> {
        match self {
            Self::Ofx => ofx::read(source, out),
            Self::Camt => camt::read(source, out),
            Self::Cnab240 => cnab240::read(source, out),
            Self::Mt940 => mt940::read(source, out),
            Self::Qif => qif::read(source, options, out),
            Self::Csv => csv::read(head, source, options, out),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the caller knows of a file that the file may not say itself.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The format; recognised where it is not said.
    pub format: Option<Format>,
    /// How days are written, for formats that do not say (QIF, CSV); worked out where it is not
    /// said.
    pub day_order: Option<DayOrder>,
    /// What the columns of a CSV file are; guessed from its head where it is not said.
    pub mapping: Option<Mapping>,
}

/// What came of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// What the file is.
    pub format: Format,
    /// Accounts said, repetitions included.
    pub accounts: u64,
    /// Balances said.
    pub balances: u64,
    /// Movements said.
    pub movements: u64,
    /// Faults found, those beyond the bound on saying them included.
    pub faults: u64,
    /// The file breaks off: what should end it is not there. What came may not be all.
    pub cut_off: bool,
    /// The listener had heard enough.
    pub stopped: bool,
}

/// The format of a file that begins with `head` (the first [`HEAD`] bytes, or all of a shorter
/// file). `None` if it is none of ours.
#[must_use]
pub fn recognise(head: &[u8]) -> Option<Format> {
    let head = head_of(&head[..head.len().min(HEAD)]);
    Format::ALL.iter().copied().find(|format| format.fits(&head))
}

/// Reads a file from beginning to end, saying what it says to `listener` as it comes.
///
/// # Errors
/// [`Unreadable`] when nothing can be made of the file, or when `source` fails: what was said before
/// stands.
pub fn read(
    mut source: impl BufRead,
    options: &Options,
    listener: &mut dyn Listener,
) -> Result<Summary, Unreadable> {
    let nowhere = |problem: &str| Unreadable {
        place: Place { line: 1, column: 0 },
        problem: problem.to_owned(),
    };
    let mut head = Vec::new();
    source
        .by_ref()
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(|_| nowhere("the file could not be read"))?;
    let format = options.format.or_else(|| recognise(&head)).ok_or_else(|| {
        nowhere(if head.is_empty() {
            "the file is empty"
        } else {
            "this is no statement in a format that is known here"
        })
    })?;
    let mut out = Telling::new(listener, format);
    let bytes = Source::new(&head, Cursor::new(head.as_slice()).chain(source));
    match format.room(&head, bytes, options, &mut out) {
        Ok(()) | Err(Ended::Stopped) => Ok(out.summary()),
        Err(Ended::Unreadable(unreadable)) => Err(unreadable),
    }
}
