//! The readers from outside: files in, what they say out.

mod bounds;
mod camt;
mod cnab240;
mod csv;
mod fixtures;
mod heard;
mod mt940;
mod ofx;
mod qif;
