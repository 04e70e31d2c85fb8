//! What a reading has been given so far.

use crate::checkpoint::Checkpoint;
use connect::talk::{Document, Failure, Given, Sink};
use domain::{
    env::BoxFuture,
    record::{Facts, Item},
    resource::Resource,
};
use jiff::Timestamp;
use std::collections::HashMap;

/// Takes items, checks them, and keeps them until the reading is whole.
pub(super) struct Collector {
    pub(super) resource: &'static Resource,
    pub(super) kind: Option<&'static str>,
    pub(super) at: Timestamp,
    pub(super) items: Vec<(u32, Item)>,
    /// By the item's index.
    pub(super) documents: HashMap<usize, Vec<Document>>,
    pub(super) refused: u32,
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
        Some(cursor.clone())
    }
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

impl Sink for Collector {
    fn give(&mut self, given: Given) -> BoxFuture<'_, Result<(), Failure>> {
        self.take(given);
        Box::pin(std::future::ready(Ok(())))
    }
    fn checkpoint(&mut self, cursor: &str) {
        let (cursor, items) = (cursor.to_owned(), self.items.len());
        self.checkpoint = Some(Checkpoint { cursor, items, refused: self.refused });
    }
}
