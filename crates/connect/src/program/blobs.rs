//! The documents of one fetch: put together from their pieces, and kept until the record comes that
//! they belong to.

use crate::{
    talk::{Document, Failure, Given},
    wire::{self, messages as m},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::collections::BTreeMap;

/// Bytes of all documents that wait for their records.
const WAITING: usize = 32 << 20;

/// Documents that no record has taken yet.
#[derive(Default)]
pub(super) struct Blobs {
    /// The one of which pieces are still to come.
    open: Option<(String, Vec<u8>)>,
    whole: BTreeMap<String, Vec<u8>>,
    bytes: usize,
}

fn breach(what: &str) -> Failure {
    Failure::Unexpected(what.into())
}

impl Blobs {
    /// Takes a piece.
    pub(super) fn add(&mut self, piece: m::Blob) -> Result<(), Failure> {
        let bytes = STANDARD.decode(&piece.data).map_err(|_| breach("a blob is not base64"))?;
        let (id, mut blob) = match self.open.take() {
            Some((id, blob)) if id == piece.id => (id, blob),
            Some(_) => return Err(breach("a blob begins before the one before it has ended")),
            None if self.whole.contains_key(&piece.id) => {
                return Err(breach("two blobs have one id"));
            }
            None => (piece.id, Vec::new()),
        };
        self.bytes = self.bytes.saturating_add(bytes.len());
        if blob.len().saturating_add(bytes.len()) > wire::DOCUMENT || self.bytes > WAITING {
            return Err(Failure::TooMuch);
        }
        blob.extend(bytes);
        if piece.last {
            self.whole.insert(id, blob);
        } else {
            self.open = Some((id, blob));
        }
        Ok(())
    }

    /// A record with the documents that it names.
    pub(super) fn join(&mut self, record: m::Record) -> Result<Given, Failure> {
        let m::Record { account, page, item, documents } = record;
        let mut taken = Vec::with_capacity(documents.len());
        for (key, id) in documents {
            let blob = self.whole.remove(&id);
            let bytes = blob.ok_or_else(|| breach("a record names a blob that did not come"))?;
            self.bytes = self.bytes.saturating_sub(bytes.len());
            taken.push(Document { key, bytes });
        }
        Ok(Given { account, page, item, documents: taken })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;

    fn piece(id: &str, text: &str, last: bool) -> m::Blob {
        let media_type = "application/pdf".into();
        m::Blob { id: id.into(), media_type, data: STANDARD.encode(text), last }
    }
    fn record(documents: &[(&str, &str)]) -> m::Record {
        let item = RawValue::from_string("{}".into()).expect("json");
        let named = documents.iter().map(|(key, id)| ((*key).into(), (*id).into()));
        m::Record { account: None, page: 0, item, documents: named.collect() }
    }

    #[test]
    fn a_record_takes_its_documents_and_each_goes_to_one() {
        let mut blobs = Blobs::default();
        blobs.add(piece("a", "one ", false)).expect("taken");
        blobs.add(piece("a", "two", true)).expect("taken");
        blobs.add(piece("b", "", true)).expect("taken");
        let given = blobs.join(record(&[("pdf", "a"), ("receipt_pdf", "b")])).expect("a record");
        let shown: Vec<(&str, &[u8])> =
            given.documents.iter().map(|d| (d.key.as_str(), d.bytes.as_slice())).collect();
        assert_eq!(shown, [("pdf", &b"one two"[..]), ("receipt_pdf", &b""[..])]);
        assert!(blobs.join(record(&[("pdf", "a")])).is_err(), "it is gone");
        assert_eq!(blobs.bytes, 0);
    }
    #[test]
    fn pieces_that_are_mixed_up_are_a_breach() {
        let mut blobs = Blobs::default();
        blobs.add(piece("a", "x", false)).expect("taken");
        assert!(blobs.add(piece("b", "x", true)).is_err());
        let mut blobs = Blobs::default();
        blobs.add(piece("a", "x", true)).expect("taken");
        assert!(blobs.add(piece("a", "x", true)).is_err(), "an id twice");
        let broken = m::Blob { data: "?".into(), ..piece("c", "", true) };
        assert!(Blobs::default().add(broken).is_err());
        let mut blobs = Blobs::default();
        blobs.add(piece("a", "x", false)).expect("taken");
        assert!(blobs.join(record(&[("pdf", "a")])).is_err(), "it has not ended");
    }
    #[test]
    fn what_waits_is_bounded() {
        let big = "x".repeat(wire::DOCUMENT / 2);
        let mut blobs = Blobs::default();
        blobs.add(piece("a", &big, false)).expect("taken");
        blobs.add(piece("a", &big, true)).expect("as large as can be");
        blobs.add(piece("b", &big, false)).expect("taken");
        blobs.add(piece("b", &big, false)).expect("taken");
        assert_eq!(blobs.add(piece("b", "x", true)), Err(Failure::TooMuch));
        let mut blobs = Blobs::default();
        let most = WAITING / (wire::DOCUMENT / 2);
        for n in 0..most {
            blobs.add(piece(&n.to_string(), &big, true)).expect("room");
        }
        assert_eq!(blobs.add(piece("one more", "x", true)), Err(Failure::TooMuch));
    }
}
