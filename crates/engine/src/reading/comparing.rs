//! A reading and what is stored: brought together account by account, and compared by the ledger.

use super::{
    Reader,
    collector::mark,
    kept::{Kept, text},
    newborn::Newborn,
};
use crate::{
    Engine, Error,
    bodies::{Platform, content},
    ledger::{self, Known, Plan, Reading, Rules, Seen},
    retrieval::AccountReport,
};
use connect::talk::{Covered, Fetch, Share};
use domain::{
    access::AccessMode,
    ids::RecordId,
    record::{Facts, Item},
    resource::{Changes, Resource, Sighting, WindowRule},
    resources,
    time::{Window, day},
    webhook::Announcement,
};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use store::{
    Tx,
    records::{NewRecord, StoredRecord},
};

/// What a reading of `resource` may do to what is known of it.
fn rules(resource: &Resource) -> Rules {
    let computed = resource.computed();
    Rules {
        deletes: resource.vanishes,
        believes: computed.is_some(),
        keeps: computed.and_then(|computed| computed.keeps),
        ..Rules::default()
    }
}

impl Reader {
    /// What is compared apart from each other: each account, or all at once.
    pub(super) async fn parts(
        &self,
        tx: &mut Tx,
        engine: &Engine,
        resource: &'static Resource,
        fetch: &Fetch,
        items: &[(u32, Item)],
        covered: &Covered,
    ) -> Result<Vec<Part>, Error> {
        if resource.slice.is_some() {
            return self.part_alone(tx, resource, items).await;
        }
        let window = match fetch.window {
            // Records last, and have no day of their own.
            _ if resource.window == WindowRule::Touching => None,
            // All that was computed before is compared.
            _ if resource.computed().is_some() => None,
            None if resource.has_days() => days_of(items, covered),
            window => window,
        };
        let days = window.map(around);
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

    /// Of a large resource, whose silence says nothing, only what is known of what is shown.
    async fn part_alone(
        &self,
        tx: &mut Tx,
        resource: &Resource,
        items: &[(u32, Item)],
    ) -> Result<Vec<Part>, Error> {
        let shown: Vec<&str> = items
            .iter()
            .filter_map(|(_, item)| keys(&item.facts).first())
            .map(String::as_str)
            .collect();
        let known = match days_of(items, &Covered::nothing()) {
            Some(days) => {
                let days = around(days);
                tx.records_of_part_for_ledger(self.link.id, resource.name, days, &shown).await?
            }
            None => Vec::new(),
        };
        Ok(vec![Part { account: None, key: None, known, items: (0..items.len()).collect() }])
    }

    /// Gives accounts whose numbers this listing masks the numbers that an earlier one showed whole.
    pub(super) async fn unmask(
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

    #[expect(clippy::too_many_arguments, reason = "one reading with all that it is compared with")]
    pub(super) async fn reconcile(
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
        let filed_as = resource.filed_as(kept.tally.kind);
        let reading = Reading {
            window: share.window,
            // What is kept part by part is judged at its end, all of it.
            complete: share.complete && resource.slice.is_none(),
            trust,
            seen: &seen,
            removed: &part.removed(covered),
            at,
            stated: stated(covered, part),
        };
        let mut plan = ledger::reconcile(&known, &reading, &rules(resource));
        if resource.name == "ACCOUNTS" {
            self.leave_newer(tx, items, covered, &mut plan, kept).await?;
        }
        if let Some(window) = plan.proves {
            tx.add_coverage(self.link.id, &filed_as, part.account, window, at).await?;
        }
        let stored: HashMap<RecordId, &StoredRecord> =
            part.known.iter().map(|record| (record.id, record)).collect();
        let hashes: HashMap<usize, i64> = seen.iter().map(|s| (s.item, s.content)).collect();
        let platform = |id: RecordId, created_at, collected_at, changed_at| Platform {
            id: Some(id),
            parent: part.account,
            created_at,
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
                    platform(id, created_at, at, changed_at),
                    &item.body,
                ),
            }
        };
        kept.tally.told.extend(self.told(tx, engine, resource, part, items, &plan, at).await?);
        let new = plan.create.iter().map(|(index, _)| items[*index].1.body.as_str());
        kept.tally.changes.extend(self.changes(tx, resource, part, new).await?);
        let newborn = Newborn::of(engine, &self.link, resource, part.shown(items), part.ids());
        for (index, doubt) in &plan.create {
            let id = newborn.id(&items[*index].1.facts);
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
                let platform =
                    platform(id, stored.created_at, stored.collected_at, stored.changed_at);
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
        let seen = part.known.iter().map(|record| (record.id, record));
        let seen: HashMap<RecordId, &StoredRecord> = seen.collect();
        let ids: Vec<RecordId> = again.keys().copied().collect();
        let mut told = Vec::new();
        for (id, before) in tx.bodies(self.link.id, &ids).await? {
            let (Some(index), Some(&stored)) = (again.get(&id), seen.get(&id)) else { continue };
            let platform = Platform {
                id: Some(id),
                parent: part.account,
                created_at: stored.created_at,
                collected_at: at,
                changed_at: at,
            };
            let item = &items[*index].1.body;
            let after = engine.compose(&self.link, resource, platform, item);
            let seen = stored.collected_at;
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
            let Some(day) = as_of(&items[index].1, covered, kept.at) else { continue };
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
        match as_of(item, covered, at) {
            Some(day) if resource.name == "ACCOUNTS" => {
                let window = Window { from: day, to: day };
                Ok(tx.add_coverage(self.link.id, resource.name, Some(id), window, at).await?)
            }
            _ => Ok(()),
        }
    }

    /// What a reading shows of one account.
    pub(super) fn shown_of(
        &self,
        resource: &Resource,
        part: &Part,
        covered: &Covered,
    ) -> Option<AccountReport> {
        let (id, key) = (part.account?, part.key.as_deref());
        let body = self.parent(resource, key)?.body.clone();
        Some(AccountReport { id, body, items: part.items.len(), days: covered.share(key).window })
    }
}

/// A window, and the days around it in which what it shows may be known.
fn around(window: Window) -> Window {
    let reach = jiff::Span::new().days(Rules::default().reach());
    Window { from: window.from.saturating_sub(reach), to: window.to.saturating_add(reach) }
}

/// The balances that the institution states around its window.
fn stated(covered: &Covered, part: &Part) -> ledger::Stated {
    let stated = part.key.as_ref().and_then(|key| covered.stated.get(key));
    stated.map_or_else(ledger::Stated::default, |stated| ledger::Stated {
        opening: stated.opening,
        closing: stated.closing,
    })
}

/// The day that an account was shown as of, where its listing says so. Of a day that is still to come
/// nothing is covered: then it was shown as of the day of the reading.
fn as_of(account: &Item, covered: &Covered, at: Timestamp) -> Option<jiff::civil::Date> {
    let share = covered.accounts.get(account.account.as_deref()?)?;
    Some(share.window.map_or_else(|| day(at), |window| window.to))
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
pub(super) struct Part {
    account: Option<RecordId>,
    key: Option<String>,
    known: Vec<StoredRecord>,
    items: Vec<usize>,
}

impl Part {
    /// Of the `items` of the reading, the facts of its own.
    fn shown<'a>(&'a self, items: &'a [(u32, Item)]) -> impl Iterator<Item = &'a Facts> {
        self.items.iter().map(|index| &items[*index].1.facts)
    }

    /// The ids of what is known.
    fn ids(&self) -> impl Iterator<Item = RecordId> {
        self.known.iter().map(|record| record.id)
    }

    /// What the institution says it removed.
    fn removed(&self, covered: &Covered) -> Vec<String> {
        let removed = covered.removed.iter().filter(|removed| removed.account == self.key);
        removed.map(|removed| removed.source_id.clone()).collect()
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

pub(super) fn keys(facts: &Facts) -> &[String] {
    match facts {
        Facts::Keyed(keys) => keys,
        Facts::Movement(_) | Facts::Snapshot | Facts::Edition(_) => &[],
    }
}
