//! The other source of records: what is stored of the link, from which insights are computed
//! ([ADR 0018](../../../../docs/adr/0018-computed-resources-are-readings-of-the-store.md)).

use super::{Announced, KnownParent, KnownParents, Reader, collector::Collector};
use crate::{
    Engine, Error,
    conversation::Talk,
    mandate::Mandate,
    retrieval::{Retrieved, Wanted},
    sessions::Run,
};
use connect::talk::{Covered, Failure, Fetch, Given};
use domain::{
    ids::RecordId,
    link::Link,
    resource::{Computed, HISTORY, Insight, Resource},
    resources::{
        accounts,
        employment_records::EmploymentRecord,
        incomes::{Confidence, IncomeType},
    },
    time::{Window, day},
};
use insights::{Account, Book, Career, IncomesWanted, MOST_OF_A_LINK, Movement, categories::Rules};
use jiff::{SignedDuration, Span, civil::Date};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::{cmp::Reverse, collections::BTreeMap, str::FromStr};

/// What is older than this is read again before anything is computed from it.
const FRESH: SignedDuration = SignedDuration::from_hours(24);
/// Records that are taken out of the store at once.
const PAGE: usize = 1_000;

impl Engine {
    /// What must be read before `computed` can be: what is not there, or not of the last day. Where
    /// data come from files, there is nothing to be read.
    async fn stale(
        &self,
        link: &Link,
        computed: &Computed,
    ) -> Result<Vec<&'static Resource>, Error> {
        if self.institution_named(&link.institution).await?.takes_statement_files() {
            return Ok(Vec::new());
        }
        let since = self.env().now().saturating_sub(FRESH).unwrap_or_default();
        let mut tx = self.store().read().await?;
        let mut stale = Vec::new();
        for &source in computed.from {
            if tx.last_reading(link.id, source.name).await?.is_none_or(|at| at < since) {
                stale.push(source);
            }
        }
        Ok(stale)
    }

    /// Whether what is wanted is computed from what is stored already: then nobody logs in.
    pub(crate) async fn is_at_hand(&self, link: &Link, wanted: &Wanted) -> Result<bool, Error> {
        match wanted.resource()?.computed() {
            Some(computed) => Ok(self.stale(link, computed).await?.is_empty()),
            None => Ok(false),
        }
    }
}

impl Reader {
    /// Reads what is missing or old of that which `computed` is computed from. Where nothing is to
    /// be kept all of it is read, since then nothing that is stored takes part.
    pub(super) async fn bring_up_to_date(
        &mut self,
        talk: &mut Talk,
        run: &mut Run,
        computed: &Computed,
        save: bool,
    ) -> Result<(), Error> {
        let mut sources = run.engine.stale(&self.link, computed).await?;
        sources.retain(|source| !self.asked_for.contains(source.name));
        if !save && !sources.is_empty() {
            sources = computed.from.to_vec();
            self.unsaved = Some(Material::of(&self.link));
        }
        for source in sources {
            let wanted = Wanted { save, ..Wanted::all_of(source.name) };
            self.catches_up = save;
            let read = Box::pin(self.read(talk, run, &wanted)).await;
            self.catches_up = false;
            read?;
        }
        Ok(())
    }

    /// Computes one resource from what is stored, or has just been read without being kept. What
    /// comes out goes the way of everything that is read.
    pub(crate) async fn compute(
        &mut self,
        mandate: &Mandate,
        wanted: &Wanted,
    ) -> Result<Retrieved, Error> {
        let (engine, resource) = (mandate.engine.clone(), wanted.resource()?);
        let computed = resource.computed().ok_or(Error::Unsupported)?;
        let at = engine.env().now();
        let mut material = match self.unsaved.take() {
            Some(material) => material,
            None => Material::stored(&engine, &self.link, computed).await?,
        };
        self.parents.insert(resource.name, std::mem::take(&mut material.parents));
        let order = Order {
            insight: computed.insight,
            window: wanted.window,
            chosen: wanted.chosen.clone(),
            today: day(at),
        };
        let found = {
            let engine = engine.clone();
            let work = move || order.carry_out(&material, engine.rules());
            tokio::task::spawn_blocking(work).await
        };
        let found = found.map_err(Error::broke("computing"))?;
        let found = found.map_err(|e| Error::Internal("computing", Box::new(e)))?;
        let mut collector = Collector::new(resource, None, at);
        for (account, item) in found {
            collector.take(Given { account, page: 0, item, documents: Vec::new() });
        }
        // What is computed of some days says nothing of what is found in others.
        let covered = Covered { complete: wanted.window.is_none(), ..Covered::nothing() };
        let fetch = Fetch::all_of(resource.name);
        let announced = Announced::Now(wanted);
        let read = if wanted.save {
            self.keep(mandate, resource, &fetch, collector, covered, announced).await?
        } else {
            self.show(&engine, resource, &collector)
        };
        if resource.single && mandate.shows(resource) && read.items.is_empty() {
            return Err(Failure::UnavailableData.into());
        }
        Ok(read)
    }

    /// Lets what was read without being kept be computed from.
    pub(super) fn remember_material(
        &mut self,
        resource: &'static Resource,
        items: &[(u32, domain::record::Item)],
    ) {
        let Some(mut material) = self.unsaved.take() else { return };
        for known in self.parents.get(resource.name).into_iter().flat_map(KnownParents::values) {
            material.take(resource, Some(known.id), &known.body);
        }
        for (_, item) in items.iter().filter(|_| resource.children().next().is_none()) {
            let account = self.parent(resource, item.account.as_deref()).map(|known| known.id);
            material.take(resource, account, &item.body);
        }
        self.unsaved = Some(material);
    }
}

/// What is asked to be computed.
struct Order {
    insight: Insight,
    window: Option<Window>,
    chosen: BTreeMap<String, Vec<String>>,
    today: Date,
}

/// What was found, each with the account that it belongs to.
type Found = Vec<(Option<String>, Box<RawValue>)>;

impl Order {
    fn carry_out(&self, material: &Material, rules: &Rules) -> serde_json::Result<Found> {
        let one =
            |found: &dyn Fn() -> serde_json::Result<Box<RawValue>>| Ok(vec![(None, found()?)]);
        let book = || Book::open(&material.accounts, &material.movements, rules);
        let from = self.window.map(|window| window.from);
        let to = self.window.map_or(self.today, |window| window.to);
        match self.insight {
            Insight::Incomes => {
                let types = self.said::<IncomeType>("allowed_income_types");
                let wanted = IncomesWanted {
                    from,
                    to,
                    types: (!types.is_empty()).then_some(types),
                    at_least: self
                        .said("minimum_confidence_level")
                        .pop()
                        .unwrap_or(Confidence::Low),
                };
                one(&|| raw(&insights::incomes(&book(), &wanted)))
            }
            Insight::RecurringExpenses => {
                insights::recurring_expenses(&book(), from, to, self.today)
                    .into_iter()
                    .map(|found| Ok((Some(found.account), raw(&found.expense)?)))
                    .collect()
            }
            Insight::RiskInsights => one(&|| raw(&insights::risk_insights(&book(), self.today))),
            Insight::EmploymentMetrics => {
                let Some((_, career)) = &material.career else { return Ok(Vec::new()) };
                one(&|| raw(&insights::employment_metrics(career, from, self.today)))
            }
        }
    }

    /// What a choice of the body says.
    fn said<T: FromStr>(&self, key: &str) -> Vec<T> {
        let words = self.chosen.get(key).into_iter().flatten();
        words.filter_map(|word| word.parse().ok()).collect()
    }
}

fn raw(found: &impl Serialize) -> serde_json::Result<Box<RawValue>> {
    to_raw_value(found)
}

/// What there is to compute from: of each record only what is computed with, and of movements no
/// more than can be.
pub(super) struct Material {
    institution: String,
    accounts: Vec<Account>,
    /// The accounts as they are shown, by their ids.
    parents: KnownParents,
    movements: Vec<Movement<'static>>,
    /// As the newest report says.
    career: Option<(Option<Date>, Career)>,
}

impl Material {
    fn of(link: &Link) -> Self {
        Self {
            institution: link.institution.clone(),
            accounts: Vec::new(),
            parents: KnownParents::new(),
            movements: Vec::new(),
            career: None,
        }
    }

    /// What is stored of the last year, page by page.
    async fn stored(engine: &Engine, link: &Link, computed: &Computed) -> Result<Self, Error> {
        let mut material = Self::of(link);
        let year = day(engine.env().now()).saturating_sub(Span::new().days(HISTORY));
        let mut tx = engine.store().read().await?;
        for source in computed.from {
            let since = source.has_days().then_some(year);
            let mut after = None;
            loop {
                let page = tx.records_after(link.id, source.name, since, after, PAGE).await?;
                for (_, row) in &page {
                    material.take(source, row.account.or(Some(row.id)), &row.body);
                }
                if page.len() < PAGE {
                    break;
                }
                after = page.last().map(|(created_at, row)| (*created_at, row.id));
            }
        }
        Ok(material)
    }

    /// Takes one record, of `account` or that account itself, unless it does not say what is computed
    /// with.
    fn take(&mut self, resource: &Resource, account: Option<RecordId>, body: &str) {
        match (resource.name, account) {
            ("ACCOUNTS", Some(id)) => {
                let known = KnownParent { id, body: body.into() };
                self.parents.insert(id.to_string(), known);
                if let Ok(account) = serde_json::from_str::<accounts::Account>(body) {
                    let institution = self.institution.clone();
                    self.accounts.push(Account::stored(id.to_string(), institution, &account));
                }
            }
            ("TRANSACTIONS", Some(account)) => {
                if let Ok(movement) = serde_json::from_str::<Movement<'_>>(body) {
                    let account = account.to_string();
                    self.movements.push(Movement { account, ..movement.into_owned() });
                }
                if self.movements.len() >= MOST_OF_A_LINK + PAGE {
                    self.keep_newest();
                }
            }
            ("EMPLOYMENT_RECORDS", _) => {
                if let Ok(report) = serde_json::from_str::<EmploymentRecord>(body)
                    && self.career.as_ref().is_none_or(|(known, _)| *known <= report.report_date)
                {
                    self.career = Some((report.report_date, Career::reported(&report)));
                }
            }
            _ => {}
        }
    }

    fn keep_newest(&mut self) {
        if self.movements.len() > MOST_OF_A_LINK {
            self.movements.select_nth_unstable_by_key(MOST_OF_A_LINK, |movement| {
                Reverse(movement.value_date)
            });
            self.movements.truncate(MOST_OF_A_LINK);
        }
    }
}
