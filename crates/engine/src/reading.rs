//! Reading an institution: asks the connector, checks what comes, lets the ledger compare it with
//! what is stored, and writes the difference in one transaction. What is computed from the store is
//! read in the same way.

mod collector;
mod comparing;
mod computing;
mod kept;
mod tally;

pub(crate) use tally::Tally;

use crate::{
    Engine, Error, announcements,
    bodies::{Platform, ShownParents},
    conversation::Talk,
    documents::{encoded, with_documents},
    effects::Cause,
    ledger::{Coverage, Rules},
    retrieval::{Retrieved, Wanted},
    sessions::Run,
};
use collector::Collector;
use computing::Material;
use connect::talk::{Covered, Failure, Fetch};
use domain::{
    ids::RecordId,
    link::Link,
    record::{Facts, Item},
    resource::{Parent, Resource},
    time::{Window, day},
};
use jiff::Timestamp;
use kept::Kept;
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
            return self.compute(run, wanted).await.map(Some);
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
        let at_once = run.work().is_some_and(|work| matches!(work.cause, Cause::Load(_)));
        for (index, &kind) in kinds.iter().enumerate() {
            let is_last = index + 1 == kinds.len();
            let announced =
                if is_last || !at_once { Announced::Now(wanted) } else { Announced::Later };
            match self.read_one(talk, run, resource, wanted, kind, announced).await {
                Err(Error::Failed(Failure::Unsupported | Failure::UnavailableData))
                    if run.work().is_some_and(|w| {
                        matches!(w.cause, Cause::Load(_) | Cause::Schedule(_))
                    }) =>
                {
                    self.nothing(run, resource, kind, announced).await?;
                }
                Err(error) => return Err(error),
                Ok(read) => match &mut all {
                    None => all = Some(read),
                    Some(before) => before.add(read),
                },
            }
        }
        let shown = all.as_ref().filter(|_| resource.single && run.shows(resource));
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
            None if run.is_upload() => None,
            None => {
                let cause = run.work().map(|work| &work.cause);
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
            // Told once, of all of them.
            let announced = match announced {
                Announced::Now(_) if left > 0 => Announced::Later,
                announced => announced,
            };
            let fetch = Fetch { window, ..fetch.clone() };
            match self.read_slice(talk, run, resource, wanted, fetch, kind, announced).await {
                Ok(read) => match &mut all {
                    None => all = Some(read),
                    Some(before) => before.add(read),
                },
                // Of some days there may be nothing.
                Err(Error::Failed(Failure::UnavailableData)) if several => {
                    if left == 0 && all.is_some() {
                        self.nothing(run, resource, kind, announced).await?;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        all.ok_or(Failure::UnavailableData.into())
    }

    /// Reads and keeps what is held in memory at once.
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
        let engine = run.engine.clone();
        let at = engine.env().now();
        let mut collector = Collector::new(resource, kind, at);
        let mut covered = loop {
            let broke = match talk.fetch(&fetch, run, &mut collector).await {
                Ok(covered) => break covered,
                Err(failure) => failure,
            };
            let Some(cursor) = collector.back() else { return Err(broke.into()) };
            run.return_to(talk, broke, resource).await?;
            fetch.cursor = Some(cursor);
        };
        covered.complete &= collector.refused == 0;
        for share in covered.accounts.values_mut() {
            share.complete &= collector.refused == 0;
        }
        self.finish(run, resource, wanted.save, &fetch, collector, covered, announced).await
    }

    /// Keeps what came, or only shows it.
    #[expect(clippy::too_many_arguments, reason = "one reading and what becomes of it")]
    async fn finish(
        &mut self,
        run: &Run,
        resource: &'static Resource,
        save: bool,
        fetch: &Fetch,
        collector: Collector,
        covered: Covered,
        announced: Announced<'_>,
    ) -> Result<Retrieved, Error> {
        if !save {
            let (engine, at) = (&run.engine, collector.at);
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
            return Ok(Retrieved { saved: false, items, ..Retrieved::default() });
        }
        self.keep(run, resource, fetch, collector, covered, announced).await
    }

    /// One transaction: what is stored, what was read, the difference.
    async fn keep(
        &mut self,
        run: &Run,
        resource: &'static Resource,
        fetch: &Fetch,
        collector: Collector,
        covered: Covered,
        announced: Announced<'_>,
    ) -> Result<Retrieved, Error> {
        let engine = &run.engine;
        let Collector { mut items, at, kind, documents, .. } = collector;
        let mut tx = engine.store().write().await?;
        self.link =
            tx.link_for_update(run.tenant(), run.link()).await?.ok_or(Failure::Cancelled)?;
        run.still_ours(&mut tx).await?;

        let mut kept = Kept::of(resource, &items, kind, at, run.shows(resource));
        for part in self.parts(&mut tx, engine, resource, fetch, &items, &covered).await? {
            if resource.name == "ACCOUNTS" {
                self.unmask(&mut tx, engine, &part, &mut items).await?;
            }
            kept.report.accounts.extend(self.shown_of(resource, &part, &covered));
            self.reconcile(&mut tx, engine, resource, &items, &covered, &part, &mut kept).await?;
        }
        kept.report.format = covered.format;
        kept.report.remarks = covered.remarks;
        self.remember(resource, &items, &kept);
        kept.write(&mut tx, engine, &self.link, resource).await?;
        let of_records = documents.iter().filter_map(|(index, all)| Some((kept.ids[*index]?, all)));
        let of_records = of_records.flat_map(|(id, all)| all.iter().map(move |one| (id, one)));
        engine.keep_documents(&mut tx, &self.link, &of_records.collect::<Vec<_>>()).await?;
        self.announce(&mut tx, run, resource, announced, kept.tally()).await?;
        if run.is_upload() && resource.belongs_to.is_some() {
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
        if resource.computed().is_none() {
            let to_this_day = fetch.window.is_none_or(|window| window.to >= day(at));
            if fetch.account.is_none() && to_this_day {
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
        let (accounts, before): (Vec<Option<RecordId>>, i32) = if resource.belongs_to.is_some() {
            let parents = self.parents_of(resource).map(|(_, parent)| Some(parent.id));
            (parents.collect(), Rules::default().posts_within)
        } else {
            (vec![None], CANCELLED_WITHIN)
        };
        let filed_as = resource.filed_as(kind);
        let mut from = today;
        let mut tx = engine.store().read().await?;
        for account in accounts {
            let mut covered = Coverage::default();
            for part in tx.coverage(self.link.id, &filed_as, account).await? {
                covered.add(part.days);
            }
            from = covered.gaps(all).first().map_or(from, |gap| gap.from.min(from));
        }
        let from = from.saturating_sub(jiff::Span::new().days(before)).max(all.from);
        Ok(Some(Window { from, to: today }))
    }

    /// Accounts keep their id when the same person is linked again; everything else is born now.
    fn new_record_id(&self, engine: &Engine, resource: &Resource, facts: &Facts) -> RecordId {
        match (resource.name, facts, &self.link.institution_user_id) {
            ("ACCOUNTS", Facts::Keyed(keys), Some(user)) if !keys.is_empty() => {
                let link = &self.link;
                engine
                    .index()
                    .account_id(link.id.bucket(), link.tenant, &link.institution, user, &keys[0])
                    .into()
            }
            _ => engine.env().id_in(self.link.id.bucket()),
        }
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
        let shown = items.iter().filter_map(|(_, item)| {
            let body = self.compose_unsaved(engine, resource, item, at, &mut parents);
            let id = self.new_record_id(engine, resource, &item.facts);
            Some((item.account.clone()?, KnownParent { id, body }))
        });
        let shown = shown.collect();
        self.parents.insert(resource.name, shown);
    }

    /// Says what was read, now or later, in the transaction that wrote it.
    async fn announce(
        &mut self,
        tx: &mut Tx,
        run: &Run,
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
                let (engine, cause) = (&run.engine, run.cause());
                announcements::reading(engine, tx, &self.link, resource, &cause, wanted, &all).await
            }
        }
    }

    /// The institution has none of a resource that a load wanted: said once, with zeros.
    async fn nothing(
        &mut self,
        run: &Run,
        resource: &'static Resource,
        kind: Option<&'static str>,
        announced: Announced<'_>,
    ) -> Result<(), Error> {
        let mut tx = run.engine.store().write().await?;
        self.announce(&mut tx, run, resource, announced, Tally::of(resource, &[], kind)).await?;
        Ok(tx.commit().await?)
    }
}

/// Under which name what records of `resource` belong to is remembered: what is computed names it in
/// its own way.
fn shelf(resource: &Resource) -> Option<&'static str> {
    let parent = resource.belongs_to?.resource;
    Some(if resource.computed().is_some() { resource.name } else { parent.name })
}
