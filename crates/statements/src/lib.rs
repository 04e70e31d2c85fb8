//! Statement files of banks, read leniently: bytes in, what they say out.
//!
//! One room for each format. Every reader takes a stream and says what it finds as it finds it, so
//! that its memory is bounded by one line (or one element, where a format has no lines) and not by
//! the file. What is broken is said as a [`Fault`], with its place, and the reader goes on with
//! whatever can still be read; only where nothing can be made of the file it is [`Unreadable`].
//!
//! What formats share is written once: `source` (lines, bounds, places), `charset` (encodings
//! that lie), `markup` (tags of SGML and XML), `numbers`, `days`.
//!
//! Architecture invariant: no I/O of its own, no clock, no chance; the same bytes say the same.

mod camt;
mod charset;
mod cnab240;
pub mod csv;
mod days;
mod format;
mod markup;
mod mt940;
mod numbers;
pub mod ofx;
mod qif;
mod said;
mod source;
mod telling;
mod words;

pub use csv::Mapping;
pub use days::DayOrder;
pub use format::{Format, HEAD, Options, Summary, read, recognise};
pub use said::{
    Account, AccountKind, Balance, BalanceKind, Fault, Listener, Movement, Place, Said, Stop,
    Unreadable,
};
