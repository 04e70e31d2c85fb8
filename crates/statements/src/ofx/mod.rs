//! OFX 1.x (SGML) and 2.x (XML), QFX, and the older OFC: statements in files, and what servers
//! answer.
//!
//! The format is that of the *Open Financial Exchange Specification* 1.0.3, 1.6, 2.0.3 and 2.2
//! (<https://financialdataexchange.org/ofx>); OFC is Microsoft's *Open Financial Connectivity* of
//! 1996, of which only its statements are left in use.

mod elements;
mod header;
mod reply;
mod statement;

pub use reply::{Answer, Listed, Profile, Question, Reply, SignOn, Status, reply};

use crate::{
    source::Source,
    telling::{Ended, Telling},
};

/// Whether a file that begins like this is OFX, QFX or OFC.
pub(crate) fn fits(head: &str) -> bool {
    let head = head.to_ascii_uppercase();
    head.contains("OFXHEADER") || head.contains("<OFX>") || head.contains("<OFC>")
}

/// Reads a file.
pub(crate) fn read(source: Source, out: &mut Telling) -> Result<(), Ended> {
    statement::read(source, out)
}
