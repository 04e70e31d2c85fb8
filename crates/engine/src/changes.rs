//! The change log: what every reading really changed, in an order that a reader with a cursor can
//! follow without ever missing one.

use crate::{Engine, Error};
use domain::{
    ids::{RecordId, TenantId},
    link::Link,
};
use jiff::SignedDuration;
use serde::Serialize;
use store::{
    Tx,
    changes::{Change, ChangeKind, NewChange},
};

/// Where a reader stands: after this change. Never expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    position: u64,
    /// Its place in its commit.
    ordinal: u32,
}

impl Cursor {
    /// The text that readers keep; opaque to them.
    #[must_use]
    pub fn text(self) -> String {
        format!("v1-{:x}-{:x}", self.position, self.ordinal)
    }
    /// Reads what [`Cursor::text`] wrote; empty text is the beginning.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let (position, ordinal) = text.strip_prefix("v1-")?.split_once('-')?;
        Some(Self {
            position: u64::from_str_radix(position, 16).ok()?,
            ordinal: u32::from_str_radix(ordinal, 16).ok()?,
        })
    }
}

/// One change as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The cursor just after this change.
    pub cursor: String,
    /// `created`, `updated` or `deleted`.
    pub kind: &'static str,
    /// The resource's name, or `LINK`.
    pub resource: String,
    /// The record, or the link.
    pub id: RecordId,
    /// The link.
    pub link: domain::ids::LinkId,
}

/// The most changes that one answer holds.
pub const MOST: u32 = 1000;
/// The longest that a reader may wait for news.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(60);

impl Engine {
    /// Writes what changed, in the transaction that changes it.
    pub(crate) async fn log_changes(
        &self,
        tx: &mut Tx,
        link: &Link,
        resource: &str,
        changes: &[(RecordId, ChangeKind)],
    ) -> Result<(), Error> {
        if changes.is_empty() {
            return Ok(());
        }
        let changes: Vec<NewChange> = changes
            .iter()
            .map(|&(record, kind)| NewChange { resource: resource.into(), record, kind })
            .collect();
        let commit = self.env().id_in(link.id.bucket());
        Ok(tx.log_changes(commit, link.tenant, link.id, self.env().now(), &changes).await?)
    }

    /// The changes after `cursor`, oldest first; waits up to `wait` for the first one.
    pub async fn changes(
        &self,
        tenant: TenantId,
        cursor: Cursor,
        limit: u32,
        wait: SignedDuration,
    ) -> Result<Vec<Entry>, Error> {
        let deadline =
            self.env().now().saturating_add(wait.min(LONGEST_WAIT)).unwrap_or(jiff::Timestamp::MAX);
        loop {
            let news = self.readers_woken();
            self.store().sequence(tenant).await?;
            let mut tx = self.store().read().await?;
            let changes = tx
                .changes_after(tenant, cursor.position, cursor.ordinal, limit.clamp(1, MOST))
                .await?;
            drop(tx);
            if !changes.is_empty() || self.env().now() >= deadline {
                return Ok(changes.into_iter().map(entry).collect());
            }
            // Another process's commits are seen by looking; ours wake us.
            let look =
                self.env().now().saturating_add(SignedDuration::from_secs(1)).unwrap_or(deadline);
            tokio::select! {
                () = news => {}
                () = self.env().sleep_until(look.min(deadline)) => {}
            }
        }
    }
}

fn entry(change: Change) -> Entry {
    Entry {
        cursor: Cursor { position: change.position, ordinal: change.ordinal }.text(),
        kind: change.kind.as_str(),
        resource: change.resource,
        id: change.record,
        link: change.link,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    proptest! {
        #[test]
        fn a_cursor_is_read_as_it_was_written(position in any::<u64>(), ordinal in any::<u32>()) {
            let cursor = Cursor { position, ordinal };
            prop_assert_eq!(Cursor::parse(&cursor.text()), Some(cursor));
        }
        #[test]
        fn no_text_panics(text in ".{0,60}") {
            prop_assert!(Cursor::parse(&text).is_none_or(|c| !c.text().is_empty()));
        }
    }
}
