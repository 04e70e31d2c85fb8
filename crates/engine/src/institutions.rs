//! The catalogue: which institutions there are, how they are, and the breaker that stops asking
//! one that fails for everybody.

use crate::{
    Caller, Engine, Error, Listed,
    breaker::{Breaker, Verdict},
    catalogue::BY_BREAKER,
    error::Chain,
    operators::installation,
};
use connect::talk::Failure;
use domain::{
    filter::{Condition, Page},
    ids::TenantId,
    institution::{Closure, Health, Institution},
    link::Status,
    time::later,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// Why an institution is down that nobody speaks to in this process.
const REMOVED: &str = "removed";

/// How an institution is, and what is known of why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The institution.
    pub institution: Institution,
    /// Why it is down: `breaker`, `removed`, or an operator's word.
    pub reason: Option<String>,
    /// An operator's word that holds: it is left alone.
    pub closure: Option<Closure>,
    /// The connector that speaks to it, and its version; nobody does where there is none.
    pub connector: Option<(String, String)>,
    /// Failures in a row, over all links.
    pub failures: u32,
    /// Until when its breaker keeps everybody from asking it.
    pub rests_until: Option<Timestamp>,
    /// How many links the tenant has there, by their status.
    pub links: BTreeMap<Status, u64>,
}

impl Engine {
    /// A page of how institutions are, by id, with the links that a tenant has there.
    pub async fn standings(
        &self,
        tenant: TenantId,
        conditions: &[Condition],
        page: Page,
    ) -> Result<Listed<Standing>, Error> {
        let catalogue = self.catalogue();
        let mut tx = self.store().read().await?;
        let now = self.env().now();
        let listed = tx.institutions(&catalogue.names(), conditions, page, now).await?;
        let mut reasons = tx.reasons().await?;
        let mut closures = tx.closures().await?;
        let breakers = tx.breakers().await?;
        let mut links: HashMap<String, BTreeMap<Status, u64>> = HashMap::new();
        // Counting all links of a tenant is for those that are shown; mostly none is down.
        if !listed.items.is_empty() {
            for (name, status, count) in tx.links_by_institution_across_buckets(tenant).await? {
                links.entry(name).or_default().insert(status, count);
            }
        }
        drop(tx);
        let standing = |institution: Institution| {
            let key = catalogue.breaker_key(&institution.name);
            let breaker = key.and_then(|key| breakers.get(&key)).map(|state| Breaker::read(state));
            let breaker = breaker.unwrap_or_default();
            let connector = catalogue.speaker(&institution.name);
            let closure = closures.remove(&institution.name).filter(|word| word.holds(now));
            let said = closure.as_ref().map(|word| word.reason.clone());
            let removed = || connector.is_none().then(|| REMOVED.to_owned());
            Standing {
                reason: said.or_else(|| reasons.remove(&institution.name)).or_else(removed),
                closure,
                connector,
                failures: breaker.failures(),
                rests_until: breaker.closed_until(now),
                links: links.remove(&institution.name).unwrap_or_default(),
                institution,
            }
        };
        Listed::on(page, listed.count, listed.items.into_iter().map(standing).collect())
    }

    /// A page of the catalogue, by id. `Error::NoSuch("page")` beyond the last.
    pub async fn institutions(
        &self,
        conditions: &[Condition],
        page: Page,
    ) -> Result<Listed<Institution>, Error> {
        let catalogue = self.catalogue();
        let mut tx = self.store().read().await?;
        let now = self.env().now();
        let listed = tx.institutions(&catalogue.names(), conditions, page, now).await?;
        Listed::on(page, listed.count, listed.items)
    }
    /// One institution.
    pub async fn institution(&self, id: i64) -> Result<Institution, Error> {
        let institution = self.store().read().await?.institution(id, self.env().now()).await?;
        institution.map(|stored| self.seen_here(stored)).ok_or(Error::NoSuch("institution"))
    }
    /// One institution, by the name that links use.
    pub async fn institution_named(&self, name: &str) -> Result<Institution, Error> {
        let now = self.env().now();
        let institution = self.store().read().await?.institution_named(name, now).await?;
        institution.map(|stored| self.seen_here(stored)).ok_or(Error::NoSuch("institution"))
    }
    /// An institution that nobody speaks to in this process is down in it, whatever is stored.
    fn seen_here(&self, stored: Institution) -> Institution {
        let offered = self.catalogue().has(&stored.name);
        Institution { status: if offered { stored.status } else { Health::Down }, ..stored }
    }
    /// Leaves an institution alone by an operator's word, for every tenant, or takes the word back:
    /// then it is as its breaker and its connector say. Written into the installation's audit log.
    pub async fn set_closure(
        &self,
        caller: &Caller,
        id: i64,
        closure: Option<Closure>,
    ) -> Result<Institution, Error> {
        let name = self.institution(id).await?.name;
        let closure = closure.map(|word| self.fit(&word)).transpose()?;
        let mut tx = self.store().write().await?;
        if tx.set_closure(&name, closure.as_ref()).await? {
            let action = if closure.is_some() { "close_institution" } else { "open_institution" };
            let caller = Caller { tenant: installation(), ..*caller };
            self.audit(&mut tx, &caller, action, &name).await?;
        }
        tx.commit().await?;
        self.institution(id).await
    }

    fn fit(&self, word: &Closure) -> Result<Closure, Error> {
        let reason = word.reason.trim().to_owned();
        if reason.is_empty() || reason.chars().count() > Closure::LONGEST_REASON {
            let message = format!("A reason has 1 to {} characters.", Closure::LONGEST_REASON);
            return Err(Error::field("invalid", message, "reason"));
        }
        if !word.holds(self.env().now()) {
            return Err(Error::field("invalid", "This is in the past.", "until"));
        }
        Ok(Closure { reason, until: word.until })
    }

    /// Fails while the institution is known to be down, or nobody speaks to it.
    pub(crate) async fn check_open(&self, institution: &str) -> Result<(), Error> {
        if !self.catalogue().has(institution) {
            return Err(Failure::InstitutionInactive.into());
        }
        match self.closed_until(institution).await? {
            None => Ok(()),
            Some(_) => Err(Failure::InstitutionDown.into()),
        }
    }

    /// Until when the institution is left alone; `None` when it may be asked. Where an operator has
    /// closed it, or its connector was taken away, the next look is after a while at the latest.
    pub(crate) async fn closed_until(&self, institution: &str) -> Result<Option<Timestamp>, Error> {
        let now = self.env().now();
        let look = later(now, Breaker::REST);
        let Some((id, version)) = self.catalogue().breaker_key(institution) else {
            return Ok(Some(look));
        };
        let mut tx = self.store().read().await?;
        if let Some(word) = tx.closure(institution).await?.filter(|word| word.holds(now)) {
            return Ok(Some(word.until.map_or(look, |until| until.min(look))));
        }
        let breaker = tx.breaker(id, &version).await?;
        Ok(breaker.and_then(|stored| Breaker::read(&stored.state).closed_until(now)))
    }

    /// The institution answered, or failed so: the breaker takes note. A note that cannot be
    /// written is only logged: the next conversation writes its own.
    pub(crate) async fn heard_from(&self, institution: &str, failure: Option<&Failure>) {
        if let Err(error) = self.note_in_breaker(institution, failure).await {
            tracing::warn!(institution, error = %Chain(&error), "the breaker could not take note");
        }
    }

    async fn note_in_breaker(
        &self,
        institution: &str,
        failure: Option<&Failure>,
    ) -> Result<(), Error> {
        let verdict = match failure {
            None => Verdict::Answered,
            Some(failure) if Breaker::counts(failure) => Verdict::Failed,
            Some(_) => return Ok(()),
        };
        let Some((id, version)) = self.catalogue().breaker_key(institution) else { return Ok(()) };
        let now = self.env().now();
        let stored = self.store().glance().await?.breaker(id, &version).await?;
        let before = stored.as_ref().map(|s| Breaker::read(&s.state)).unwrap_or_default();
        let after = before.after(verdict, now);
        // Nothing to say while all is well, which is nearly always.
        if after == before {
            return Ok(());
        }
        let revision = stored.as_ref().map_or(0, |s| s.revision);
        let mut tx = self.store().write().await?;
        // Where two processes note at once one of them is not heard; the next failure is.
        if tx.put_breaker(id, &version, revision, &after.write()).await? {
            match (before.is_open(now), after.is_open(now)) {
                (false, true) => {
                    tx.set_health(institution, Health::Down, Some(BY_BREAKER)).await?;
                    tracing::warn!(
                        institution,
                        "many links fail at once: the institution is left alone for a while"
                    );
                }
                (_, false) if verdict == Verdict::Answered && before.opened() => {
                    tx.set_health(institution, Health::Healthy, None).await?;
                    tracing::info!(institution, "answers again");
                }
                _ => {}
            }
        }
        Ok(tx.commit().await?)
    }
}
