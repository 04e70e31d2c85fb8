//! Elements of XML, written one after the other.

use crate::talk::Failure;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, Event},
};
use std::io;

/// A document in the making.
pub(super) type Sheet = Writer<Vec<u8>>;
/// An element's attributes; those without a value are left out.
pub(super) type Attributes<'a> = &'a [(&'a str, Option<String>)];

/// A whole document.
pub(super) fn document(
    write: impl FnOnce(&mut Sheet) -> io::Result<()>,
) -> Result<Vec<u8>, Failure> {
    let mut sheet = Writer::new(Vec::new());
    let begun = sheet.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    match begun.and_then(|()| write(&mut sheet)) {
        Ok(()) => Ok(sheet.into_inner()),
        Err(error) => Err(Failure::Unexpected(error.to_string())),
    }
}

fn start<'a>(name: &'a str, attributes: Attributes<'a>) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for (key, value) in attributes {
        if let Some(value) = value {
            element.push_attribute((*key, value.as_str()));
        }
    }
    element
}
/// Begins an element.
pub(super) fn open(sheet: &mut Sheet, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
    sheet.write_event(Event::Start(start(name, attributes)))
}
/// An element without content.
pub(super) fn empty(sheet: &mut Sheet, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
    sheet.write_event(Event::Empty(start(name, attributes)))
}
/// Ends an element.
pub(super) fn close(sheet: &mut Sheet, name: &str) -> io::Result<()> {
    sheet.write_event(Event::End(BytesEnd::new(name)))
}
