//! What readings did, in numbers.

use domain::{
    ids::RecordId,
    record::{Direction, Facts, Item},
    resource::{Count, Resource},
    webhook::Announcement,
};
use jiff::civil::Date;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What one reading did, for webhooks and the timeline.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) seen: usize,
    pub(crate) created: Vec<RecordId>,
    pub(crate) updated: Vec<RecordId>,
    pub(crate) deleted: Vec<RecordId>,
    /// How new records differ from those before them.
    pub(crate) changes: Vec<&'static str>,
    /// What is told of records that were seen again.
    pub(crate) told: Vec<Announcement>,
    pub(crate) inflow: usize,
    pub(crate) outflow: usize,
    pub(crate) first: Option<Date>,
    pub(crate) last: Option<Date>,
    pub(crate) kind: Option<&'static str>,
    /// What [`Count::Sum`] comes to.
    pub(crate) sum: u64,
}

impl Tally {
    /// Both together.
    pub(super) fn add(&mut self, other: Self) {
        let earlier = |a: Option<Date>, b| a.into_iter().chain(b).min();
        let later = |a: Option<Date>, b| a.into_iter().chain(b).max();
        (self.first, self.last) = (earlier(self.first, other.first), later(self.last, other.last));
        self.seen += other.seen;
        self.inflow += other.inflow;
        self.outflow += other.outflow;
        self.created.extend(other.created);
        self.updated.extend(other.updated);
        self.deleted.extend(other.deleted);
        self.changes.extend(other.changes);
        self.told.extend(other.told);
        self.kind = other.kind;
        self.sum += other.sum;
    }
    pub(super) fn of(
        resource: &Resource,
        items: &[(u32, Item)],
        kind: Option<&'static str>,
    ) -> Self {
        let mut tally = Self { seen: items.len(), kind, ..Self::default() };
        let summed = resource.events.loaded.iter().find_map(|(_, count)| match count {
            Count::Sum(key) => Some(*key),
            _ => None,
        });
        if let Some(key) = summed {
            tally.sum = items.iter().filter_map(|(_, item)| number(&item.body, key)).sum();
        }
        for (_, item) in items {
            if let Facts::Movement(movement) = &item.facts {
                match movement.direction {
                    Some(Direction::Inflow) => tally.inflow += 1,
                    Some(Direction::Outflow) => tally.outflow += 1,
                    None => {}
                }
            }
            let Some(day) = item.day else { continue };
            tally.first = Some(tally.first.map_or(day, |first| first.min(day)));
            tally.last = Some(tally.last.map_or(day, |last| last.max(day)));
        }
        tally
    }
}

/// The whole number that a body says under a key.
fn number(body: &str, key: &str) -> Option<u64> {
    let keys: BTreeMap<&str, &RawValue> = serde_json::from_str(body).ok()?;
    keys.get(key)?.get().parse().ok()
}
