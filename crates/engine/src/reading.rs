//! Reading an institution: asks the connector, checks what comes, lets the ledger compare it with
//! what is stored, and writes the difference in one transaction. What is computed from the store is
//! read in the same way.

mod collector;
mod comparing;
mod computing;
mod intake;
mod kept;
mod newborn;
mod tally;

pub(crate) use tally::Tally;

use crate::{
    Engine, Error, announcements,
    bodies::{Platform, ShownParents},
    conversation::Talk,
    documents::{encoded, with_documents},
    effects::Cause,
    ledger::{Coverage, Rules},
    mandate::Mandate,
    retrieval::{Retrieved, Wanted},
    sessions::Run,
};
use collector::Collector;
use computing::Material;
use connect::talk::{Covered, Failure, Fetch};
use domain::{
    ids::RecordId,
    link::Link,
    record::Item,
    resource::{Parent, Resource},
    time::{Window, day},
};
use intake::Intake;
use jiff::Timestamp;
use kept::Kept;
use newborn::Newborn;
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};
use store::Tx;

/// An invoice is mostly cancelled, if ever, within so many days: a scheduled refresh looks back as
/// far.
const CANCELLED_WITHIN: i32 = 31;

/// Something that records belong to, an account for instance, as this session knows it.
#[derive(Clone)]
struct KnownParent {
    id: RecordId,
    body: String,
}

/// By the connector's own key; where something is computed, by their id.
type KnownParents = HashMap<String, KnownParent>;

/// Reads the resources of one session, one after the other.
pub(crate) struct Reader {
    link: Link,
    /// By the resource's name; each read once, before the first resource that belongs to it.
    parents: HashMap<&'static str, KnownParents>,
    /// Further keys of every fetch.
    options: BTreeMap<String, String>,
    /// What was read and is announced with what comes next.
    carried: Tally,
    /// The resources that have been asked for.
    asked_for: HashSet<&'static str>,
    /// Whether what is read now need only be brought up to date.
    catches_up: bool,
    /// What was read without being kept, where something is computed from it.
    unsaved: Option<Material>,
    /// What the reading under way has shown of its days, where it is kept part by part.
    shown: HashSet<RecordId>,
}

/// When what is read is announced.
#[derive(Clone, Copy)]
enum Announced<'a> {
    /// Not at all.
    Never,
    /// With what is read next.
    Later,
    /// With what has been carried so far.
    Now(&'a Wanted),
}

impl Announced<'_> {
    /// The same for what is not the last of it. News are told with what is new: whoever does the work
    /// again would not find it new any more. What was asked for is told of once, at its end.
    fn of_part(self, cause: &Cause) -> Self {
        match (self, cause) {
            (Self::Now(_), Cause::Schedule(_)) => self,
            (Self::Now(_), _) => Self::Later,
            _ => self,
        }
    }
}

impl Reader {
    pub(crate) fn new(link: Link, options: BTreeMap<String, String>) -> Self {
        Self {
            link,
            parents: HashMap::new(),
            options,
            carried: Tally::default(),
            asked_for: HashSet::new(),
            catches_up: false,
            unsaved: None,
            shown: HashSet::new(),
        }
    }

    /// Reads one resource, kind by kind; `None` when it was part of a load and the institution has
    /// none of it.
    pub(crate) async fn read(
        &mut self,
        talk: &mut Talk,
        run: &mut Run,
        wanted: &Wanted,
    ) -> Result<Option<Retrieved>, Error> {
        let resource = wanted.resource()?;
        if let Some(computed) = resource.computed() {
            self.bring_up_to_date(talk, run, computed, wanted.save).await?;
            return self.compute(&run.mandate, wanted).await.map(Some);
        }
        if let Some(Parent { resource: parent, .. }) = resource.belongs_to
            && !self.parents.contains_key(parent.name)
        {
            let first = Wanted { save: wanted.save, ..Wanted::all_of(parent.name) };
            self.read_one(talk, run, parent, &first, None, Announced::Never).await?;
        }
        let read = self.read_kinds(talk, run, resource, wanted).await?;
        if wanted.save && read.is_some() {
            for below in resource.children().filter(|child| child.is_nested()) {
                self.read_kinds(talk, run, below, &Wanted::all_of(below.name)).await?;
            }
        }
        Ok(read)
    }

    async fn read_kinds(
        &mut self,
        talk: &mut Talk,
        run: &mut Run,
        resource: &'static Resource,
        wanted: &Wanted,
    ) -> Result<Option<Retrieved>, Error> {
        let mut all: Option<Retrieved> = None;
        let kinds = resource.kinds_of(wanted.kind.as_deref());
        // A part of a load that is about all kinds is announced once. News are of one kind each.
        let at_once = run.mandate.work().is_some_and(|work| matches!(work.cause, Cause::Load(_)));
        for (index, &kind) in kinds.iter().enumerate() {
            let is_last = index + 1 == kinds.len();
            let announced =
                if is_last || !at_once { Announced::Now(wanted) } else { Announced::Later };
            match self.read_one(talk, run, resource, wanted, kind, announced).await {
                Err(Error::Failed(Failure::Unsupported | Failure::UnavailableData))
                    if run.mandate.work().is_some_and(|w| {
                        matches!(w.cause, Cause::Load(_) | Cause::Schedule(_))
                    }) =>
                {
                    self.nothing(&run.mandate, resource, kind, announced).await?;
                }
                Err(error) => return Err(error),
                Ok(read) => match &mut all {
                    None => all = Some(read),
                    Some(before) => before.add(read),
                },
            }
        }
        let shown = all.as_ref().filter(|_| resource.single && run.mandate.shows(resource));
        if shown.is_some_and(|read| read.items.is_empty()) {
            return Err(Failure::UnavailableData.into());
        }
        Ok(all)
    }

    async fn read_one(
        &mut self,
        talk: &mut Talk,
        run: &mut Run,
        resource: &'static Resource,
        wanted: &Wanted,
        kind: Option<&'static str>,
        announced: Announced<'_>,
    ) -> Result<Retrieved, Error> {
        let engine = run.engine.clone();
        self.asked_for.insert(resource.name);
        let window = match wanted.window {
            // A file says its days itself.
            None if run.mandate.is_upload() => None,
            None => {
                let cause = run.mandate.work().map(|work| &work.cause);
                self.default_window(&engine, resource, wanted, kind, cause).await?
            }
            window => window,
        };
        let account = wanted.account.and_then(|id| {
            self.parents_of(resource).find(|(_, known)| known.id == id).map(|(key, _)| key.clone())
        });
        if wanted.account.is_some() && account.is_none() {
            return Ok(Retrieved { saved: wanted.save, ..Retrieved::default() });
        }
        let fetch = Fetch {
            kind: kind.map(str::to_owned),
            account,
            window,
            documents: wanted.documents && resource.documents.is_some(),
            options: self.options.clone(),
            ..Fetch::all_of(resource.name)
        };
        let slices: Vec<Option<Window>> = match (window, resource.slice) {
            (Some(window), Some(days)) => window.slices(days).map(Some).collect(),
            (window, _) => vec![window],
        };
        let mut all: Option<Retrieved> = None;
        let several = slices.len() > 1;
        let mut left = slices.len();
        for window in slices {
            left -= 1;
            let announced =
                if left > 0 { announced.of_part(&run.mandate.cause()) } else { announced };
            let fetch = Fetch { window, ..fetch.clone() };
            match self.read_slice(talk, run, resource, wanted, fetch, kind, announced).await {
                Ok(read) => match &mut all {
                    None => all = Some(read),
                    Some(before) => before.add(read),
                },
                // Of some days there may be nothing.
                Err(Error::Failed(Failure::UnavailableData)) if several => {
                    if left == 0 && all.is_some() {
                        self.nothing(&run.mandate, resource, kind, announced).await?;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        all.ok_or(Failure::UnavailableData.into())
    }

    /// Reads and keeps what is asked for at once.
    #[expect(clippy::too_many_arguments, reason = "one reading with all that it is about")]
    async fn read_slice(
        &mut self,
        talk: &mut Talk,
        run: &mut Run,
        resource: &'static Resource,
        wanted: &Wanted,
        mut fetch: Fetch,
        kind: Option<&'static str>,
        announced: Announced<'_>,
    ) -> Result<Retrieved, Error> {
        let mandate = run.mandate.clone();
        let collector = Collector::new(resource, kind, mandate.engine.env().now());
        let mut intake =
            Intake::new(self, &mandate, fetch.clone(), collector, wanted.save, announced);
        let mut covered = loop {
            let broke = match talk.fetch(&fetch, run, &mut intake).await {
                Ok(covered) => break covered,
                Err(failure) => failure,
            };
            let cursor = intake.back(&broke)?;
            run.return_to(talk, broke, resource).await?;
            fetch.cursor = Some(cursor);
        };
        let refused = intake.refused();
        covered.complete &= !refused;
        for share in covered.accounts.values_mut() {
            share.complete &= !refused;
        }
        intake.finish(covered).await
    }

    /// What came, only shown.
    fn show(
        &mut self,
        engine: &Engine,
        resource: &'static Resource,
        collector: &Collector,
    ) -> Retrieved {
        let at = collector.at;
        let mut parents = ShownParents::of(resource);
        let items = (collector.items.iter().enumerate())
            .map(|(index, (_, item))| {
                let body = self.compose_unsaved(engine, resource, item, at, &mut parents);
                let documents = collector.documents.get(&index).map(|all| encoded(all));
                with_documents(resource.documents, documents.as_ref(), body)
            })
            .collect();
        self.remember_unsaved(engine, resource, &collector.items, at);
        self.remember_material(resource, &collector.items);
        Retrieved { saved: false, items, ..Retrieved::default() }
    }

    /// One transaction: what is stored, what was read, the difference.
    async fn keep(
        &mut self,
        mandate: &Mandate,
        resource: &'static Resource,
        fetch: &Fetch,
        collector: Collector,
        covered: Covered,
        announced: Announced<'_>,
    ) -> Result<Retrieved, Error> {
        let engine = &mandate.engine;
        let Collector { mut items, at, kind, documents, is_part, .. } = collector;
        let mut tx = engine.store().write().await?;
        self.link =
            tx.link_for_update(mandate.tenant, mandate.link).await?.ok_or(Failure::Cancelled)?;
        mandate.still_ours(&mut tx).await?;

        let mut kept = Kept::of(resource, &items, kind, at, mandate.shows(resource));
        for part in self.parts(&mut tx, engine, resource, fetch, &items, &covered).await? {
            if resource.name == "ACCOUNTS" {
                self.unmask(&mut tx, engine, &part, &mut items).await?;
            }
            kept.report.accounts.extend(self.shown_of(resource, &part, &covered));
            self.reconcile(&mut tx, engine, resource, &items, &covered, &part, &mut kept).await?;
        }
        if resource.slice.is_some() {
            self.note_shown(fetch, &items, &kept);
            if !is_part {
                kept.flush(&mut tx).await?;
                self.judge_parts(&mut tx, resource, kind, &covered, &mut kept).await?;
            }
        }
        kept.report.format = covered.format;
        kept.report.remarks = covered.remarks;
        self.remember(resource, &items, &kept);
        kept.write(&mut tx, engine, &self.link, resource).await?;
        let of_records = documents.iter().filter_map(|(index, all)| Some((kept.ids[*index]?, all)));
        let of_records = of_records.flat_map(|(id, all)| all.iter().map(move |one| (id, one)));
        engine.keep_documents(&mut tx, &self.link, &of_records.collect::<Vec<_>>()).await?;
        self.announce(&mut tx, mandate, resource, announced, kept.tally()).await?;
        if mandate.is_upload() && resource.belongs_to.is_some() {
            let report = kept.reported();
            let detail = json!({
                "format": report.format,
                "created": report.created,
                "updated": report.updated,
                "unchanged": report.unchanged,
                "faults": report.remarks.len(),
            });
            engine.note(&mut tx, &self.link, "statement_read", detail).await?;
        }
        if resource.computed().is_none() && !is_part {
            if self.brings_up_to_date(&mut tx, resource, kind, fetch, at).await? {
                tx.note_reading(self.link.id, &resource.filed_as(kind), at).await?;
            }
            self.link.updated_at = at;
            self.link.last_accessed_at = Some(at);
            tx.save_link(&self.link).await?;
            engine.schedule_staleness(&mut tx, &self.link).await?;
        }
        tx.commit().await?;
        engine.wake_readers();
        engine.wake_dispatcher();

        let mut retrieved =
            Retrieved { saved: true, report: kept.reported(), ..Retrieved::default() };
        let mut parents = ShownParents::of(resource);
        let mut bodies = Vec::new();
        for (index, shown) in kept.shown.into_iter().enumerate() {
            let Some((id, body)) = shown else { continue };
            retrieved.records.push(id);
            let body = parents.embed(self.parent_of(resource, &items[index].1), &body);
            let documents = documents.get(&index).map(|all| encoded(all));
            let body = with_documents(resource.documents, documents.as_ref(), body);
            bodies.push((self.link.id, body));
        }
        let mut tx = engine.store().read().await?;
        retrieved.items = engine.point(&mut tx, resource, bodies).await?;
        Ok(retrieved)
    }

    /// The days to ask for where nobody said which. A part of a load has its own, other loads take
    /// all that institutions show; a scheduled refresh what no complete reading has covered yet, and
    /// a little before, where what was shown may still change.
    async fn default_window(
        &self,
        engine: &Engine,
        resource: &Resource,
        wanted: &Wanted,
        kind: Option<&str>,
        cause: Option<&Cause>,
    ) -> Result<Option<Window>, Error> {
        let today = day(engine.env().now());
        let part = wanted.part.and_then(|part| resource.load.get(part));
        if let Some(window) = part.and_then(|part| part.days.until(today)) {
            return Ok(Some(window));
        }
        let Some(all) = resource.window_of(kind).default(today) else { return Ok(None) };
        if !self.catches_up && !matches!(cause, Some(Cause::Schedule(_))) {
            return Ok(Some(all));
        }
        let before = match resource.belongs_to {
            Some(_) => Rules::default().posts_within,
            None => CANCELLED_WITHIN,
        };
        let mut tx = engine.store().read().await?;
        let gaps = self.gaps(&mut tx, resource, kind, all).await?;
        let from = gaps.iter().map(|gap| gap.from).min().map_or(today, |from| from.min(today));
        let from = from.saturating_sub(jiff::Span::new().days(before)).max(all.from);
        Ok(Some(Window { from, to: today }))
    }

    /// The days of `all` that no complete reading has covered: of the link, or of each thing that
    /// records belong to.
    async fn gaps(
        &self,
        tx: &mut Tx,
        resource: &Resource,
        kind: Option<&str>,
        all: Window,
    ) -> Result<Vec<Window>, Error> {
        let parents = self.parents_of(resource).map(|(_, parent)| Some(parent.id));
        let apart: Vec<Option<RecordId>> =
            if resource.belongs_to.is_some() { parents.collect() } else { vec![None] };
        let filed_as = resource.filed_as(kind);
        let mut gaps = Vec::new();
        for one in apart {
            let mut covered = Coverage::default();
            for part in tx.coverage(self.link.id, &filed_as, one).await? {
                covered.add(part.days);
            }
            gaps.extend(covered.gaps(all));
        }
        Ok(gaps)
    }

    /// Whether a reading leaves a resource up to date: it was of everything, and asked for all days
    /// up to this one that are not known already. A few days say nothing of the rest.
    async fn brings_up_to_date(
        &self,
        tx: &mut Tx,
        resource: &Resource,
        kind: Option<&str>,
        fetch: &Fetch,
        at: Timestamp,
    ) -> Result<bool, Error> {
        if fetch.account.is_some() {
            return Ok(false);
        }
        let (Some(asked), Some(all)) = (fetch.window, resource.window_of(kind).default(day(at)))
        else {
            return Ok(true);
        };
        let inside = |gap: &Window| asked.from <= gap.from && gap.to <= asked.to;
        let gaps = self.gaps(tx, resource, kind, all).await?;
        Ok(asked.to >= day(at) && gaps.iter().all(inside))
    }

    fn compose_unsaved<'a>(
        &'a self,
        engine: &Engine,
        resource: &Resource,
        item: &'a Item,
        at: Timestamp,
        parents: &mut ShownParents<'a, &'a str>,
    ) -> String {
        let platform =
            Platform { id: None, parent: None, created_at: at, collected_at: at, changed_at: at };
        let body = engine.compose(&self.link, resource, platform, &item.body);
        parents.embed(self.parent_of(resource, item), &body)
    }

    /// What an item belongs to: its key, and its record.
    fn parent_of<'a>(&'a self, resource: &Resource, item: &'a Item) -> Option<(&'a str, &'a str)> {
        let key = item.account.as_deref()?;
        Some((key, self.parent(resource, Some(key))?.body.as_str()))
    }

    /// What records of `resource` can belong to, as far as this session has read it.
    fn parents_of(&self, resource: &Resource) -> impl Iterator<Item = (&String, &KnownParent)> {
        shelf(resource).and_then(|shelf| self.parents.get(shelf)).into_iter().flatten()
    }

    fn parent(&self, resource: &Resource, key: Option<&str>) -> Option<&KnownParent> {
        self.parents.get(shelf(resource)?)?.get(key?)
    }

    fn remember(&mut self, resource: &'static Resource, items: &[(u32, Item)], kept: &Kept) {
        if resource.children().next().is_none() {
            return;
        }
        let shown = items.iter().zip(&kept.shown).filter_map(|((_, item), shown)| {
            let (id, body) = shown.clone()?;
            Some((item.account.clone()?, KnownParent { id, body }))
        });
        self.parents.insert(resource.name, shown.collect());
    }

    /// Accounts that are not kept still have movements that belong to them.
    fn remember_unsaved(
        &mut self,
        engine: &Engine,
        resource: &'static Resource,
        items: &[(u32, Item)],
        at: Timestamp,
    ) {
        if resource.children().next().is_none() {
            return;
        }
        let mut parents = ShownParents::of(resource);
        let facts = items.iter().map(|(_, item)| &item.facts);
        let newborn = Newborn::of(engine, &self.link, resource, facts, std::iter::empty());
        let shown = items.iter().filter_map(|(_, item)| {
            let body = self.compose_unsaved(engine, resource, item, at, &mut parents);
            let id = newborn.id(&item.facts);
            Some((item.account.clone()?, KnownParent { id, body }))
        });
        let shown = shown.collect();
        self.parents.insert(resource.name, shown);
    }

    /// Says what was read, now or later, in the transaction that wrote it.
    async fn announce(
        &mut self,
        tx: &mut Tx,
        mandate: &Mandate,
        resource: &'static Resource,
        announced: Announced<'_>,
        tally: Tally,
    ) -> Result<(), Error> {
        match announced {
            Announced::Never => Ok(()),
            Announced::Later => {
                self.carried.add(tally);
                Ok(())
            }
            Announced::Now(wanted) => {
                let mut all = std::mem::take(&mut self.carried);
                all.add(tally);
                let (engine, cause) = (&mandate.engine, mandate.cause());
                announcements::reading(engine, tx, &self.link, resource, &cause, wanted, &all).await
            }
        }
    }

    /// The institution has none of a resource that a load wanted: said once, with zeros.
    async fn nothing(
        &mut self,
        mandate: &Mandate,
        resource: &'static Resource,
        kind: Option<&'static str>,
        announced: Announced<'_>,
    ) -> Result<(), Error> {
        let mut tx = mandate.engine.store().write().await?;
        self.announce(&mut tx, mandate, resource, announced, Tally::of(resource, &[], kind))
            .await?;
        Ok(tx.commit().await?)
    }
}

/// Under which name what records of `resource` belong to is remembered: what is computed names it in
/// its own way.
fn shelf(resource: &Resource) -> Option<&'static str> {
    let parent = resource.belongs_to?.resource;
    Some(if resource.computed().is_some() { resource.name } else { parent.name })
}
