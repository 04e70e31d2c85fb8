//! What one reading changes, and its writing.

use super::tally::Tally;
use crate::{
    Engine, Error,
    ledger::{Doubt, Note, Plan, Verdict},
    retrieval::Report,
};
use domain::{ids::RecordId, link::Link, money::Amount, record::Item, resource::Resource};
use jiff::Timestamp;
use serde_json::json;
use store::{Tx, changes::ChangeKind, records::NewRecord};

/// What one reading changes.
pub(super) struct Kept {
    pub(super) at: Timestamp,
    /// Whether a caller waits for the records themselves.
    pub(super) shows: bool,
    /// Whether others belong to them.
    pub(super) leads: bool,
    pub(super) shown: Vec<Option<(RecordId, String)>>,
    /// Which record each item is.
    pub(super) ids: Vec<Option<RecordId>>,
    pub(super) writes: Vec<NewRecord>,
    pub(super) changes: Vec<(RecordId, ChangeKind)>,
    pub(super) deletes: Vec<RecordId>,
    pub(super) suspects: Vec<RecordId>,
    pub(super) clears: Vec<RecordId>,
    pub(super) doubts: Vec<(RecordId, Option<String>)>,
    pub(super) notes: Vec<Note>,
    pub(super) disagreements: Vec<Amount>,
    pub(super) tally: Tally,
    pub(super) unchanged: usize,
    pub(super) report: Report,
}

impl Kept {
    /// Records that wait to be written at most.
    const AT_ONCE: usize = 400;

    pub(super) fn of(
        resource: &'static Resource,
        items: &[(u32, Item)],
        kind: Option<&'static str>,
        at: Timestamp,
        shows: bool,
    ) -> Self {
        Self {
            at,
            shows,
            leads: resource.children().next().is_some(),
            shown: vec![None; items.len()],
            ids: vec![None; items.len()],
            writes: Vec::new(),
            changes: Vec::new(),
            deletes: Vec::new(),
            suspects: Vec::new(),
            clears: Vec::new(),
            doubts: Vec::new(),
            notes: Vec::new(),
            disagreements: Vec::new(),
            tally: Tally::of(resource, items, kind),
            unchanged: 0,
            report: Report::default(),
        }
    }
    /// What the reading came to.
    pub(super) fn reported(&self) -> Report {
        let count = |kind| self.changes.iter().filter(|(_, k)| *k == kind).count();
        Report {
            created: count(ChangeKind::Created),
            updated: count(ChangeKind::Updated),
            deleted: count(ChangeKind::Deleted),
            unchanged: self.unchanged,
            ..self.report.clone()
        }
    }
    pub(super) fn created(&mut self, index: usize, record: NewRecord) {
        self.changes.push((record.id, ChangeKind::Created));
        self.seen(index, record);
    }
    pub(super) fn updated(&mut self, index: usize, record: NewRecord) {
        self.changes.push((record.id, ChangeKind::Updated));
        self.seen(index, record);
    }
    pub(super) fn seen(&mut self, index: usize, record: NewRecord) {
        self.ids[index] = Some(record.id);
        if self.shows || self.leads {
            self.shown[index] = Some((record.id, record.body.clone()));
        }
        self.writes.push(record);
    }
    pub(super) fn marks(&mut self, plan: Plan) {
        self.changes.extend(plan.delete.iter().map(|&id| (id, ChangeKind::Deleted)));
        self.deletes.extend(plan.delete);
        self.suspects.extend(plan.suspect);
        self.clears.extend(plan.clear);
        self.notes.extend(plan.notes);
        self.doubts.extend(plan.doubts.iter().map(|(id, doubt)| (*id, text(doubt.as_ref()))));
        if let Verdict::DisagreesBy(amount) = plan.verdict {
            self.disagreements.push(amount);
        }
    }

    /// Writes what is to be written once it is a lot, so that bodies are not held twice.
    pub(super) async fn write_some(&mut self, tx: &mut Tx) -> Result<(), Error> {
        if self.writes.len() >= Self::AT_ONCE { self.flush(tx).await } else { Ok(()) }
    }

    /// Writes what waits to be written.
    pub(super) async fn flush(&mut self, tx: &mut Tx) -> Result<(), Error> {
        tx.write_records(&self.writes).await?;
        self.writes.clear();
        Ok(())
    }

    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        engine: &Engine,
        link: &Link,
        resource: &'static Resource,
    ) -> Result<(), Error> {
        tx.write_records(&self.writes).await?;
        tx.delete_records(link.id, &self.deletes).await?;
        engine.delete_below(tx, link, resource, &self.deletes).await?;
        tx.suspect_records(link.id, &self.suspects, self.at).await?;
        tx.clear_records(link.id, &self.clears, self.at).await?;
        tx.set_doubts(link.id, &self.doubts, self.at).await?;
        engine.log_changes(tx, link, resource.name, &self.changes).await?;
        for kind in ChangeKind::ALL {
            let count = self.changes.iter().filter(|(_, k)| k == kind).count();
            engine.metrics().records(
                resource.name,
                kind.as_str(),
                u64::try_from(count).unwrap_or(0),
            );
        }
        for note in &self.notes {
            let detail = json!({"resource": resource.name, "note": note.to_string()});
            engine.note(tx, link, "reading_noted", detail).await?;
        }
        for amount in &self.disagreements {
            engine
                .note(tx, link, "sums_disagree", json!({"resource": resource.name, "by": amount}))
                .await?;
        }
        Ok(())
    }

    /// What the reading was like, and what it changed.
    pub(super) fn tally(&self) -> Tally {
        let ids = |kind: ChangeKind| {
            self.changes.iter().filter(move |(_, k)| *k == kind).map(|(id, _)| *id).collect()
        };
        Tally {
            created: ids(ChangeKind::Created),
            updated: ids(ChangeKind::Updated),
            deleted: ids(ChangeKind::Deleted),
            ..self.tally.clone()
        }
    }
}

/// A doubt as it is stored.
pub(super) fn text(doubt: Option<&Doubt>) -> Option<String> {
    doubt.map(|doubt| serde_json::to_string(doubt).expect("a doubt is plain data"))
}
