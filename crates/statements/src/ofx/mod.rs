//! OFX and its relatives.

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
    let _ = (source, out);
    Ok(())
}
