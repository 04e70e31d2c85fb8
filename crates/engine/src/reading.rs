//! Reading an institution: asks the connector, checks what comes, lets the ledger compare it with
//! what is stored, and writes the difference in one transaction.

use crate::{
    Engine, Error, announcements,
    bodies::{Platform, ShownParents, content},
    checkpoint::Checkpoint,
    conversation::Talk,
    documents::{encoded, with_documents},
    effects::Cause,
    ledger::{self, Coverage, Doubt, Known, Note, Plan, Reading, Rules, Seen, Verdict},
    retrieval::{AccountReport, Report, Retrieved, Wanted},
    sessions::Run,
};
use connect::talk::{Covered, Document, Failure, Fetch, Given, Share, Sink};
use domain::{
    access::AccessMode,
    env::BoxFuture,
    ids::RecordId,
    link::Link,
    money::Amount,
    record::{Direction, Facts, Item},
    resource::{Changes, Parent, Resource, Sighting, WindowRule},
    resources,
    time::Window,
    webhook::Announcement,
};
use jiff::Timestamp;
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{
    Tx,
    changes::ChangeKind,
    records::{NewRecord, StoredRecord},
};

/// An invoice is mostly cancelled, if ever, within so many days: a scheduled refresh looks back as
/// far.
const CANCELLED_WITHIN: i32 = 31;

/// Takes items, checks them, and keeps them until the reading is whole.
struct Collector {
    resource: &'static Resource,
    kind: Option<&'static str>,
    at: Timestamp,
    items: Vec<(u32, Item)>,
    /// By the item's index.
    documents: HashMap<usize, Vec<Document>>,
    refused: u32,
    checkpoint: Option<Checkpoint>,
}

impl Collector {
    fn new(resource: &'static Resource, kind: Option<&'static str>, at: Timestamp) -> Self {
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
    /// Forgets what came after the last checkpoint; its cursor, if there was one.
    fn back(&mut self) -> Option<String> {
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
fn mark(kind: &str) -> String {
    format!("{kind}.")
}

impl Sink for Collector {
    fn give(&mut self, given: Given) -> BoxFuture<'_, Result<(), Failure>> {
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
        Box::pin(std::future::ready(Ok(())))
    }
    fn checkpoint(&mut self, cursor: &str) {
        let (cursor, items) = (cursor.to_owned(), self.items.len());
        self.checkpoint = Some(Checkpoint { cursor, items, refused: self.refused });
    }
}

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
    pub(crate) first: Option<jiff::civil::Date>,
    pub(crate) last: Option<jiff::civil::Date>,
    pub(crate) kind: Option<&'static str>,
}

impl Tally {
    /// Both together.
    fn add(&mut self, other: Self) {
        let earlier = |a: Option<jiff::civil::Date>, b| a.into_iter().chain(b).min();
        let later = |a: Option<jiff::civil::Date>, b| a.into_iter().chain(b).max();
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
    }
    fn of(items: &[(u32, Item)], kind: Option<&'static str>) -> Self {
        let mut tally = Self { seen: items.len(), kind, ..Self::default() };
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

/// Something that records belong to, an account for instance, as this session knows it.
#[derive(Clone)]
struct KnownParent {
    id: RecordId,
    body: String,
}

/// By the connector's own key.
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
        Self { link, parents: HashMap::new(), options, carried: Tally::default() }
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
                    Some(before) => {
                        before.items.extend(read.items);
                        before.records.extend(read.records);
                    }
                },
            }
        }
        let shown = all.as_ref().filter(|_| resource.single && run.shows_records());
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
        if !wanted.save {
            let mut parents = ShownParents::of(resource);
            let items = (collector.items.iter().enumerate())
                .map(|(index, (_, item))| {
                    let body = self.compose_unsaved(&engine, resource, item, at, &mut parents);
                    let documents = collector.documents.get(&index).map(|all| encoded(all));
                    with_documents(resource.documents, documents.as_ref(), body)
                })
                .collect();
            self.remember_unsaved(&engine, resource, &collector.items, at);
            return Ok(Retrieved { saved: false, items, ..Retrieved::default() });
        }
        self.keep(run, resource, &fetch, collector, covered, announced).await
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

        let mut kept = Kept::of(resource, &items, kind, at, run.shows_records());
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
        self.link.updated_at = at;
        self.link.last_accessed_at = Some(at);
        tx.save_link(&self.link).await?;
        engine.schedule_staleness(&mut tx, &self.link).await?;
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

    /// What is compared apart from each other: each account, or all at once.
    async fn parts(
        &self,
        tx: &mut Tx,
        engine: &Engine,
        resource: &'static Resource,
        fetch: &Fetch,
        items: &[(u32, Item)],
        covered: &Covered,
    ) -> Result<Vec<Part>, Error> {
        let window = match fetch.window {
            // Records last, and have no day of their own.
            _ if resource.window == WindowRule::Touching => None,
            None if resource.has_days() => days_of(items, covered),
            window => window,
        };
        let reach = jiff::Span::new().days(Rules::default().reach());
        let days = window.map(|window| Window {
            from: window.from.saturating_sub(reach),
            to: window.to.saturating_add(reach),
        });
        let of = |key: Option<&str>| self.parent(resource, key).map(|known| known.id);
        let scope = of(fetch.account.as_deref());
        let mut records = tx.records_for_ledger(self.link.id, resource.name, scope, days).await?;
        if let Some(days) = days {
            let trust = engine.trust(&self.link.institution);
            // The ids of one account say nothing about another's.
            let near: HashSet<(Option<RecordId>, &str)> = records
                .iter()
                .filter_map(|record| Some((record.account, record.source_id.as_deref()?)))
                .collect();
            let shown = items
                .iter()
                .filter(|(_, item)| ledger::keeps_source_id(trust, &item.facts))
                .filter_map(|(_, item)| Some((&item.account, item.source_id.as_deref()?)));
            let removed =
                covered.removed.iter().map(|gone| (&gone.account, gone.source_id.as_str()));
            let elsewhere: HashSet<&str> = shown
                .chain(removed)
                .filter(|(account, id)| !near.contains(&(of(account.as_deref()), id)))
                .map(|(_, id)| id)
                .collect();
            let ids: Vec<&str> = elsewhere.into_iter().collect();
            records.extend(
                tx.records_elsewhere_for_ledger(self.link.id, resource.name, scope, days, &ids)
                    .await?,
            );
        }
        if let Some(kind) = &fetch.kind {
            let mark = mark(kind);
            records.retain(|record| record.natural_key.starts_with(&mark));
        }
        let mut known: HashMap<Option<RecordId>, Vec<StoredRecord>> = HashMap::new();
        for record in records {
            known
                .entry(record.account.filter(|_| resource.belongs_to.is_some()))
                .or_default()
                .push(record);
        }
        if resource.belongs_to.is_none() {
            let known = known.remove(&None).unwrap_or_default();
            return Ok(vec![Part {
                account: None,
                key: None,
                known,
                items: (0..items.len()).collect(),
            }]);
        }
        let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, (_, item)) in items.iter().enumerate() {
            by_key.entry(item.account.as_deref().unwrap_or_default()).or_default().push(index);
        }
        let mut parts: Vec<Part> = self
            .parents_of(resource)
            .filter(|(key, _)| fetch.account.as_ref().is_none_or(|only| only == *key))
            .map(|(key, account)| Part {
                account: Some(account.id),
                key: Some(key.clone()),
                known: known.remove(&Some(account.id)).unwrap_or_default(),
                items: by_key.remove(key.as_str()).unwrap_or_default(),
            })
            .collect();
        if let Some(stray) = by_key.values().map(Vec::len).reduce(|a, b| a + b) {
            tracing::warn!(link.id = %self.link.id, resource = resource.name, stray, "items that belong to what was not shown were left out");
        }
        parts.sort_by_key(|part| part.account);
        Ok(parts)
    }

    /// Gives accounts whose numbers this listing masks the numbers that an earlier one showed whole.
    async fn unmask(
        &self,
        tx: &mut Tx,
        engine: &Engine,
        part: &Part,
        items: &mut [(u32, Item)],
    ) -> Result<(), Error> {
        let known = part.known.iter().map(known).collect::<Result<Vec<_>, Error>>()?;
        let stored: Vec<&[String]> = known.iter().map(|known| keys(&known.facts)).collect();
        let listed: Vec<&[String]> = items.iter().map(|(_, item)| keys(&item.facts)).collect();
        let same = ledger::unmasked(&stored, &listed, engine.trust(&self.link.institution));
        if same.is_empty() {
            return Ok(());
        }
        let ids: Vec<RecordId> = same.iter().map(|&(_, record)| known[record].id).collect();
        let bodies: HashMap<RecordId, String> =
            tx.bodies(self.link.id, &ids).await?.into_iter().collect();
        for (index, record) in same {
            if let Some(before) = bodies.get(&known[record].id) {
                resources::accounts::unmask(&mut items[index].1, before);
            }
        }
        Ok(())
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
        let today = domain::time::day(engine.env().now());
        let part = wanted.part.and_then(|part| resource.load.get(part));
        if let Some(window) = part.and_then(|part| part.days.until(today)) {
            return Ok(Some(window));
        }
        let Some(all) = resource.window_of(kind).default(today) else { return Ok(None) };
        if !matches!(cause, Some(Cause::Schedule(_))) {
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

    #[expect(clippy::too_many_arguments, reason = "one reading with all that it is compared with")]
    async fn reconcile(
        &self,
        tx: &mut Tx,
        engine: &Engine,
        resource: &'static Resource,
        items: &[(u32, Item)],
        covered: &Covered,
        part: &Part,
        kept: &mut Kept,
    ) -> Result<(), Error> {
        let at = kept.at;
        let trust = engine.trust(&self.link.institution);
        let known = part.known.iter().map(known).collect::<Result<Vec<_>, Error>>()?;
        let seen: Vec<Seen> =
            part.items.iter().map(|&index| seen(index, &items[index], at)).collect();
        let share = covered.share(part.key.as_deref());
        let removed = part.removed(covered);
        let reading = Reading {
            window: share.window,
            complete: share.complete,
            trust,
            seen: &seen,
            removed: &removed,
            at,
            stated: stated(covered, part),
        };
        let rules = Rules { deletes: resource.vanishes, ..Rules::default() };
        let mut plan = ledger::reconcile(&known, &reading, &rules);
        if resource.name == "ACCOUNTS" {
            self.leave_newer(tx, items, covered, &mut plan, kept).await?;
        }
        if let Some(window) = plan.proves {
            let filed_as = resource.filed_as(kept.tally.kind);
            tx.add_coverage(self.link.id, &filed_as, part.account, window, at).await?;
        }
        let stored: HashMap<RecordId, &StoredRecord> =
            part.known.iter().map(|record| (record.id, record)).collect();
        let hashes: HashMap<usize, i64> = seen.iter().map(|s| (s.item, s.content)).collect();
        let platform = |id: RecordId, collected_at, changed_at| Platform {
            id: Some(id),
            parent: part.account,
            collected_at,
            changed_at,
        };
        // What is known of it and not said by the item stays.
        let record = |id: RecordId, index: usize, stored: Option<&&StoredRecord>| {
            let item = &items[index].1;
            let trusted = ledger::keeps_source_id(trust, &item.facts);
            let created_at = stored.map_or(at, |stored| stored.created_at);
            let same = stored.filter(|stored| stored.content == hashes[&index]);
            let changed_at = same.map_or(at, |stored| stored.changed_at);
            NewRecord {
                id,
                link: self.link.id,
                tenant: self.link.tenant,
                resource: resource.name,
                account: part.account,
                source_id: (item.source_id.clone().filter(|_| trusted))
                    .or_else(|| stored?.source_id.clone()),
                natural_key: keys(&item.facts).first().cloned().unwrap_or_default(),
                day: item.day,
                pending: matches!(&item.facts, Facts::Movement(m) if m.pending),
                facts: serde_json::to_string(&item.facts).expect("facts are plain data"),
                content: hashes[&index],
                suspected_at: None,
                doubt: stored.and_then(|stored| stored.doubt.clone()),
                created_at,
                collected_at: at,
                body: engine.compose(
                    &self.link,
                    resource,
                    platform(id, at, changed_at),
                    &item.body,
                ),
            }
        };
        kept.tally.told.extend(self.told(tx, engine, resource, part, items, &plan, at).await?);
        let new = plan.create.iter().map(|(index, _)| items[*index].1.body.as_str());
        kept.tally.changes.extend(self.changes(tx, resource, part, new).await?);
        for (index, doubt) in &plan.create {
            let id = self.new_record_id(engine, resource, &items[*index].1.facts);
            kept.created(
                *index,
                NewRecord { doubt: text(doubt.as_ref()), ..record(id, *index, None) },
            );
            kept.write_some(tx).await?;
            self.shown_as_of(tx, resource, &items[*index].1, covered, id, at).await?;
        }
        for &(id, index) in &plan.update {
            kept.updated(index, record(id, index, stored.get(&id)));
            kept.write_some(tx).await?;
            self.shown_as_of(tx, resource, &items[index].1, covered, id, at).await?;
        }
        kept.unchanged += plan.unchanged.len();
        for &(id, index) in &plan.unchanged {
            kept.ids[index] = Some(id);
            let Some(stored) = stored.get(&id) else { continue };
            self.shown_as_of(tx, resource, &items[index].1, covered, id, at).await?;
            if resource.marks_seen {
                kept.seen(index, record(id, index, Some(stored)));
            } else if kept.shows {
                let platform = platform(id, stored.collected_at, stored.changed_at);
                let body = engine.compose(&self.link, resource, platform, &items[index].1.body);
                kept.shown[index] = Some((id, body));
            }
        }
        kept.marks(plan);
        Ok(())
    }

    /// What changed from the latest record that is stored to the `new` ones, where that is news.
    async fn changes(
        &self,
        tx: &mut Tx,
        resource: &Resource,
        part: &Part,
        new: impl Iterator<Item = &str>,
    ) -> Result<Vec<&'static str>, Error> {
        let latest = part.known.iter().max_by_key(|record| record.day);
        let (Some(Changes { between, .. }), Some(latest)) = (resource.events.changes, latest)
        else {
            return Ok(Vec::new());
        };
        let before = tx.bodies(self.link.id, &[latest.id]).await?.pop();
        Ok(before.map_or_else(Vec::new, |(_, before)| {
            new.flat_map(|after| between(&before, after)).collect()
        }))
    }

    /// What is told of records that were seen again, through a recurrent link.
    #[expect(clippy::too_many_arguments, reason = "one reading with all that it is compared with")]
    async fn told(
        &self,
        tx: &mut Tx,
        engine: &Engine,
        resource: &Resource,
        part: &Part,
        items: &[(u32, Item)],
        plan: &Plan,
        at: Timestamp,
    ) -> Result<Vec<Announcement>, Error> {
        let recurrent = self.link.access_mode == AccessMode::Recurrent;
        let Some(tells) = resource.events.told.filter(|_| recurrent) else { return Ok(Vec::new()) };
        let again: HashMap<RecordId, usize> =
            plan.update.iter().chain(&plan.unchanged).copied().collect();
        let seen = part.known.iter().map(|record| (record.id, record.collected_at));
        let seen: HashMap<RecordId, Timestamp> = seen.collect();
        let ids: Vec<RecordId> = again.keys().copied().collect();
        let mut told = Vec::new();
        for (id, before) in tx.bodies(self.link.id, &ids).await? {
            let (Some(index), Some(&seen)) = (again.get(&id), seen.get(&id)) else { continue };
            let platform =
                Platform { id: Some(id), parent: part.account, collected_at: at, changed_at: at };
            let item = &items[*index].1.body;
            let after = engine.compose(&self.link, resource, platform, item);
            told.extend(tells(&Sighting { before: &before, seen, after: &after, at }));
        }
        Ok(told)
    }

    /// A listing may be of an earlier day than one before it: the accounts that are stored as of a
    /// later day are left as they are. Takes them out of `plan`.
    async fn leave_newer(
        &self,
        tx: &mut Tx,
        items: &[(u32, Item)],
        covered: &Covered,
        plan: &mut Plan,
        kept: &mut Kept,
    ) -> Result<(), Error> {
        let mut newer = Vec::new();
        for &(id, index) in plan.update.iter().chain(&plan.unchanged) {
            let Some(day) = as_of(&items[index].1, covered) else { continue };
            let known = tx.coverage(self.link.id, "ACCOUNTS", Some(id)).await?;
            if known.iter().any(|part| part.days.to > day) {
                newer.push((id, index));
            }
        }
        if newer.is_empty() {
            return Ok(());
        }
        let ids: Vec<RecordId> = newer.iter().map(|(id, _)| *id).collect();
        let bodies: HashMap<RecordId, String> =
            tx.bodies(self.link.id, &ids).await?.into_iter().collect();
        plan.update.retain(|known| !newer.contains(known));
        plan.unchanged.retain(|known| !newer.contains(known));
        kept.unchanged += newer.len();
        for (id, index) in newer {
            kept.shown[index] = bodies.get(&id).map(|body| (id, body.clone()));
        }
        Ok(())
    }

    /// Remembers as of which day an account was shown, where its listing says so.
    async fn shown_as_of(
        &self,
        tx: &mut Tx,
        resource: &Resource,
        item: &Item,
        covered: &Covered,
        id: RecordId,
        at: Timestamp,
    ) -> Result<(), Error> {
        match as_of(item, covered) {
            Some(day) if resource.name == "ACCOUNTS" => {
                let window = Window { from: day, to: day };
                Ok(tx.add_coverage(self.link.id, resource.name, Some(id), window, at).await?)
            }
            _ => Ok(()),
        }
    }

    /// What a reading shows of one account.
    fn shown_of(
        &self,
        resource: &Resource,
        part: &Part,
        covered: &Covered,
    ) -> Option<AccountReport> {
        let (id, key) = (part.account?, part.key.as_deref());
        let body = self.parent(resource, key)?.body.clone();
        Some(AccountReport { id, body, items: part.items.len(), days: covered.share(key).window })
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
        let platform = Platform { id: None, parent: None, collected_at: at, changed_at: at };
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
        let parents = resource.belongs_to.and_then(|parent| self.parents.get(parent.resource.name));
        parents.into_iter().flatten()
    }

    fn parent(&self, resource: &Resource, key: Option<&str>) -> Option<&KnownParent> {
        self.parents.get(resource.belongs_to?.resource.name)?.get(key?)
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
        self.announce(&mut tx, run, resource, announced, Tally::of(&[], kind)).await?;
        Ok(tx.commit().await?)
    }
}

/// The balances that the institution states around its window.
fn stated(covered: &Covered, part: &Part) -> ledger::Stated {
    let stated = part.key.as_ref().and_then(|key| covered.stated.get(key));
    stated.map_or_else(ledger::Stated::default, |stated| ledger::Stated {
        opening: stated.opening,
        closing: stated.closing,
    })
}

/// The day that an account was shown as of, where its listing says so.
fn as_of(account: &Item, covered: &Covered) -> Option<jiff::civil::Date> {
    let share = covered.accounts.get(account.account.as_deref()?)?;
    share.window.map(|window| window.to)
}

/// The days that a reading without a window speaks of; `None` for any.
fn days_of(items: &[(u32, Item)], covered: &Covered) -> Option<Window> {
    let all = Share { window: covered.window, complete: covered.complete };
    let mut shares = covered.accounts.values().chain([&all]);
    if shares.clone().any(|share| share.complete && share.window.is_none()) {
        return None;
    }
    let days =
        items.iter().filter_map(|(_, item)| item.day).map(|day| Window { from: day, to: day });
    days.chain(shares.by_ref().filter_map(|share| share.window))
        .reduce(|hull, next| Window { from: hull.from.min(next.from), to: hull.to.max(next.to) })
}

/// One account's share of a reading, or all of it.
struct Part {
    account: Option<RecordId>,
    key: Option<String>,
    known: Vec<StoredRecord>,
    items: Vec<usize>,
}

impl Part {
    /// What the institution says it removed.
    fn removed(&self, covered: &Covered) -> Vec<String> {
        let removed = covered.removed.iter().filter(|removed| removed.account == self.key);
        removed.map(|removed| removed.source_id.clone()).collect()
    }
}

/// What one reading changes.
struct Kept {
    at: Timestamp,
    /// Whether a caller waits for the records themselves.
    shows: bool,
    /// Whether others belong to them.
    leads: bool,
    shown: Vec<Option<(RecordId, String)>>,
    /// Which record each item is.
    ids: Vec<Option<RecordId>>,
    writes: Vec<NewRecord>,
    changes: Vec<(RecordId, ChangeKind)>,
    deletes: Vec<RecordId>,
    suspects: Vec<RecordId>,
    clears: Vec<RecordId>,
    doubts: Vec<(RecordId, Option<String>)>,
    notes: Vec<Note>,
    disagreements: Vec<Amount>,
    tally: Tally,
    unchanged: usize,
    report: Report,
}

impl Kept {
    /// Records that wait to be written at most.
    const AT_ONCE: usize = 400;

    fn of(
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
            tally: Tally::of(items, kind),
            unchanged: 0,
            report: Report::default(),
        }
    }
    /// What the reading came to.
    fn reported(&self) -> Report {
        let count = |kind| self.changes.iter().filter(|(_, k)| *k == kind).count();
        Report {
            created: count(ChangeKind::Created),
            updated: count(ChangeKind::Updated),
            deleted: count(ChangeKind::Deleted),
            unchanged: self.unchanged,
            ..self.report.clone()
        }
    }
    fn created(&mut self, index: usize, record: NewRecord) {
        self.changes.push((record.id, ChangeKind::Created));
        self.seen(index, record);
    }
    fn updated(&mut self, index: usize, record: NewRecord) {
        self.changes.push((record.id, ChangeKind::Updated));
        self.seen(index, record);
    }
    fn seen(&mut self, index: usize, record: NewRecord) {
        self.ids[index] = Some(record.id);
        if self.shows || self.leads {
            self.shown[index] = Some((record.id, record.body.clone()));
        }
        self.writes.push(record);
    }
    fn marks(&mut self, plan: Plan) {
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
    async fn write_some(&mut self, tx: &mut Tx) -> Result<(), Error> {
        if self.writes.len() >= Self::AT_ONCE {
            tx.write_records(&self.writes).await?;
            self.writes.clear();
        }
        Ok(())
    }

    async fn write(
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
    fn tally(&self) -> Tally {
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

fn seen(index: usize, (page, item): &(u32, Item), at: Timestamp) -> Seen {
    Seen {
        item: index,
        facts: item.facts.clone(),
        source_id: item.source_id.clone(),
        page: *page,
        content: content(item, at),
    }
}

fn known(record: &StoredRecord) -> Result<Known, Error> {
    let unreadable =
        |e: serde_json::Error| Error::Internal("reading a record's facts", Box::new(e));
    Ok(Known {
        id: record.id,
        facts: serde_json::from_str(&record.facts).map_err(unreadable)?,
        day: record.day,
        source_id: record.source_id.clone(),
        content: record.content,
        suspected_at: record.suspected_at,
        doubt: record.doubt.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)?,
        created_at: record.created_at,
        written_at: record.collected_at,
        judged_at: record.judged_at,
    })
}

/// A doubt as it is stored.
fn text(doubt: Option<&Doubt>) -> Option<String> {
    doubt.map(|doubt| serde_json::to_string(doubt).expect("a doubt is plain data"))
}

fn keys(facts: &Facts) -> &[String] {
    match facts {
        Facts::Keyed(keys) => keys,
        Facts::Movement(_) | Facts::Snapshot | Facts::Edition(_) => &[],
    }
}
