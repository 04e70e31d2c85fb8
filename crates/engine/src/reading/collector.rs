//! What a reading has been given so far.

use crate::checkpoint::Checkpoint;
use connect::talk::{Document, Given};
use domain::{
    record::{Facts, Item},
    resource::Resource,
};
use jiff::Timestamp;
use std::collections::HashMap;

/// The most items of a part.
const MOST: usize = 1_000;
/// The most bytes of a part, its documents among them, unless one item is larger.
const MOST_BYTES: usize = 8 << 20;

/// Takes items, checks them, and holds them until they are kept.
pub(super) struct Collector {
    pub(super) resource: &'static Resource,
    pub(super) kind: Option<&'static str>,
    pub(super) at: Timestamp,
    pub(super) items: Vec<(u32, Item)>,
    /// By the item's index.
    pub(super) documents: HashMap<usize, Vec<Document>>,
    pub(super) refused: u32,
    /// It is a part, and more of the same reading comes.
    pub(super) is_part: bool,
    /// Of the items and their documents.
    bytes: usize,
    checkpoint: Option<Checkpoint>,
}

impl Collector {
    pub(super) fn new(
        resource: &'static Resource,
        kind: Option<&'static str>,
        at: Timestamp,
    ) -> Self {
        Self {
            resource,
            kind,
            at,
            items: Vec::new(),
            documents: HashMap::new(),
            refused: 0,
            is_part: false,
            bytes: 0,
            checkpoint: None,
        }
    }
    /// Takes an item, if it can be kept.
    pub(super) fn take(&mut self, given: Given) {
        let Given { account, page, item, mut documents } = given;
        match (self.resource.read)(&item, account, self.at) {
            Ok(item) => {
                let known = self.resource.documents.map_or(&[][..], |documents| documents.names);
                documents.retain(|document| known.contains(&document.key.as_str()));
                self.bytes += size(&item, &documents);
                if !documents.is_empty() {
                    self.documents.insert(self.items.len(), documents);
                }
                self.items.push((page, Item { facts: of_kind(item.facts, self.kind), ..item }));
            }
            Err(bad) => {
                // A broken item is left out; the reading then counts as incomplete, so that
                // nothing is taken for missing because a parser broke.
                tracing::warn!(resource = self.resource.name, "an item cannot be kept: {bad}");
                self.refused += 1;
            }
        }
    }
    /// Forgets what came after the last checkpoint; its cursor, if there was one.
    pub(super) fn back(&mut self) -> Option<String> {
        let Checkpoint { cursor, items, refused } = self.checkpoint.as_ref()?;
        self.items.truncate(*items);
        self.documents.retain(|index, _| index < items);
        self.refused = *refused;
        let cursor = cursor.clone();
        self.weigh();
        Some(cursor)
    }
    /// Everything so far is said: the reading may go on from `cursor`.
    pub(super) fn checkpoint(&mut self, cursor: &str) {
        let (cursor, items) = (cursor.to_owned(), self.items.len());
        self.checkpoint = Some(Checkpoint { cursor, items, refused: self.refused });
    }
    /// A part of it, if there is so much that it should be kept now: what came before the last
    /// checkpoint, so that the reading can still go on from there. Where nothing did, all of it, and
    /// there is no way back before it.
    pub(super) fn part(&mut self) -> Option<Self> {
        if self.items.len() < MOST && self.bytes < MOST_BYTES {
            return None;
        }
        let before = self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.items);
        let count = if before > 0 { before } else { self.items.len() };
        match &mut self.checkpoint {
            Some(checkpoint) if before > 0 => checkpoint.items = 0,
            checkpoint => *checkpoint = None,
        }
        let mut part = Self { is_part: true, ..Self::new(self.resource, self.kind, self.at) };
        let rest = self.items.split_off(count);
        part.items = std::mem::replace(&mut self.items, rest);
        for (index, documents) in std::mem::take(&mut self.documents) {
            match index.checked_sub(count) {
                Some(index) => self.documents.insert(index, documents),
                None => part.documents.insert(index, documents),
            };
        }
        self.weigh();
        Some(part)
    }
    fn weigh(&mut self) {
        let documents = self.documents.values().flatten().map(|document| document.bytes.len());
        let items = self.items.iter().map(|(_, item)| item.body.len());
        self.bytes = items.chain(documents).sum();
    }
}

fn size(item: &Item, documents: &[Document]) -> usize {
    documents.iter().map(|document| document.bytes.len()).sum::<usize>() + item.body.len()
}

/// Facts that say which kind they are of, so that kinds are never taken for each other.
fn of_kind(facts: Facts, kind: Option<&str>) -> Facts {
    match (facts, kind) {
        (Facts::Keyed(keys), Some(kind)) => {
            Facts::Keyed(keys.into_iter().map(|key| format!("{}{key}", mark(kind))).collect())
        }
        (facts, _) => facts,
    }
}
/// What the keys of a kind begin with.
pub(super) fn mark(kind: &str) -> String {
    format!("{kind}.")
}
