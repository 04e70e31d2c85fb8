//! What comes while an institution is read: collected, and of a large resource kept part by part, so
//! that no more than a part is in memory
//! ([ADR 0023](../../../../docs/adr/0023-large-readings-are-kept-in-parts.md)).

use super::{Announced, Reader, collector::Collector, kept::Kept};
use crate::{
    Error,
    ledger::{Rules, Silence},
    mandate::Mandate,
    reading::collector::mark,
    retrieval::Retrieved,
};
use connect::talk::{Covered, Failure, Fetch, Given, Sink};
use domain::{env::BoxFuture, record::Item, resource::Resource};
use store::Tx;

/// Takes what one fetch, or several that go on from each other, brings.
pub(super) struct Intake<'a> {
    reader: &'a mut Reader,
    mandate: &'a Mandate,
    fetch: Fetch,
    collector: Collector,
    save: bool,
    announced: Announced<'a>,
    /// What the parts that are kept came to.
    kept: Option<Retrieved>,
    /// Why a part could not be kept.
    failed: Option<Error>,
}

impl<'a> Intake<'a> {
    pub(super) fn new(
        reader: &'a mut Reader,
        mandate: &'a Mandate,
        fetch: Fetch,
        collector: Collector,
        save: bool,
        announced: Announced<'a>,
    ) -> Self {
        reader.shown.clear();
        Self { reader, mandate, fetch, collector, save, announced, kept: None, failed: None }
    }

    /// Goes back to the last checkpoint of a reading that `broke` off: the cursor to go on from.
    /// Fails where there is none, or where it broke because of us.
    pub(super) fn back(&mut self, broke: &Failure) -> Result<String, Error> {
        match self.failed.take() {
            Some(failed) => Err(failed),
            None => self.collector.back().ok_or_else(|| broke.clone().into()),
        }
    }

    /// Whether something could not be read.
    pub(super) const fn refused(&self) -> bool {
        self.collector.refused > 0
    }

    /// Keeps the rest, or only shows what came.
    pub(super) async fn finish(self, covered: Covered) -> Result<Retrieved, Error> {
        let Self { reader, mandate, fetch, collector, save, announced, kept, .. } = self;
        let resource = collector.resource;
        if !save {
            return Ok(reader.show(&mandate.engine, resource, &collector));
        }
        let rest = reader.keep(mandate, resource, &fetch, collector, covered, announced).await?;
        Ok(match kept {
            None => rest,
            Some(mut all) => {
                all.add(rest);
                all
            }
        })
    }

    /// Keeps a part. What is not shown yet may still come, so nothing follows from it.
    async fn keep(&mut self, part: Collector) -> Result<(), Error> {
        let announced = self.announced.of_part(&self.mandate.cause());
        let (fetch, covered) = (&self.fetch, Covered::nothing());
        let read =
            self.reader.keep(self.mandate, part.resource, fetch, part, covered, announced).await?;
        match &mut self.kept {
            None => self.kept = Some(read),
            Some(all) => all.add(read),
        }
        Ok(())
    }
}

impl Sink for Intake<'_> {
    fn give(&mut self, given: Given) -> BoxFuture<'_, Result<(), Failure>> {
        self.collector.take(given);
        let in_parts = self.save && self.collector.resource.slice.is_some();
        let part = if in_parts { self.collector.part() } else { None };
        let Some(part) = part else { return Box::pin(std::future::ready(Ok(()))) };
        Box::pin(async move {
            let kept = self.keep(part).await;
            kept.map_err(|error| match error {
                Error::Failed(failure) => failure,
                error => {
                    self.failed = Some(error);
                    Failure::Cancelled
                }
            })
        })
    }
    fn checkpoint(&mut self, cursor: &str) {
        self.collector.checkpoint(cursor);
    }
}

impl Reader {
    /// Notes what a part has shown of the days that were asked for.
    pub(super) fn note_shown(&mut self, fetch: &Fetch, items: &[(u32, Item)], kept: &Kept) {
        let inside = |item: &Item| {
            fetch.window.is_none_or(|window| item.day.is_some_and(|day| window.contains(day)))
        };
        let shown = items.iter().zip(&kept.ids).filter(|((_, item), _)| inside(item));
        self.shown.extend(shown.filter_map(|(_, id)| *id));
    }

    /// What a complete reading proves that was kept part by part: its days, unless too much of what
    /// stands there was in none of them.
    pub(super) async fn judge_parts(
        &self,
        tx: &mut Tx,
        resource: &Resource,
        kind: Option<&str>,
        covered: &Covered,
        kept: &mut Kept,
    ) -> Result<(), Error> {
        let Some(window) = covered.window.filter(|_| covered.complete) else { return Ok(()) };
        let (link, mark) = (self.link.id, kind.map(mark).unwrap_or_default());
        let stood = tx.records_standing(link, resource.name, &mark, window).await?;
        let (stood, shown) = (usize::try_from(stood).unwrap_or(usize::MAX), self.shown.len());
        let missing = stood.saturating_sub(shown);
        let silence = Silence { shown, absent: missing, missing, stood };
        if let Some(doubt) = silence.doubt(&Rules::default()) {
            kept.notes.push(doubt);
        } else {
            let filed_as = resource.filed_as(kind);
            tx.add_coverage(link, &filed_as, None, window, kept.at).await?;
        }
        Ok(())
    }
}
