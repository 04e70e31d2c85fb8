//! Which connector speaks to which institution. It can be exchanged while the engine runs: sessions
//! that are under way finish with the connector that they began with.

use crate::{Engine, Error};
use connect::talk::Connector;
use domain::{
    institution::{Health, Institution, InstitutionType},
    record::Trust,
};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};
use store::Tx;

/// Why an institution is down when nobody has said so.
pub(crate) const BY_BREAKER: &str = "breaker";

/// The connectors of this process, by the institutions that they serve.
#[derive(Default)]
pub(crate) struct Catalogue {
    by_institution: HashMap<String, (Arc<dyn Connector>, Arc<Institution>)>,
}

impl Catalogue {
    pub(crate) fn new(connectors: &[Arc<dyn Connector>]) -> Self {
        let by_institution = connectors.iter().flat_map(|connector| {
            connector.institutions().into_iter().map(|institution| {
                (institution.name.clone(), (connector.clone(), Arc::new(institution)))
            })
        });
        Self { by_institution: by_institution.collect() }
    }
    pub(crate) fn institutions(&self) -> Vec<Institution> {
        let mut all: Vec<_> =
            self.by_institution.values().map(|(_, i)| Institution::clone(i)).collect();
        all.sort_by_key(|institution| institution.id);
        all
    }
    pub(crate) fn has(&self, institution: &str) -> bool {
        self.by_institution.contains_key(institution)
    }
    pub(crate) fn connector(&self, institution: &str) -> Option<Arc<dyn Connector>> {
        self.by_institution.get(institution).map(|(connector, _)| connector.clone())
    }
    /// What the breaker of an institution is kept for: its id, and its connector's version.
    pub(crate) fn breaker_key(&self, institution: &str) -> Option<(i64, String)> {
        let (connector, institution) = self.by_institution.get(institution)?;
        Some((institution.id, connector.version().to_owned()))
    }

    /// The names of all that are offered here.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.by_institution.keys().map(String::as_str).collect()
    }

    /// The name and the version of the connector that speaks to an institution.
    pub(crate) fn speaker(&self, institution: &str) -> Option<(String, String)> {
        let (connector, _) = self.by_institution.get(institution)?;
        Some((connector.name().to_owned(), connector.version().to_owned()))
    }

    /// Stores the institutions; those that an earlier version of their connector could not reach get
    /// another chance, and work that was set aside for want of a connector is due again. Nothing is stored of those that are not offered here: another process on the
    /// same database may offer them, and which it does is for each to say of itself.
    pub(crate) async fn save(&self, tx: &mut Tx) -> Result<(), Error> {
        tx.save_catalogue(&self.institutions()).await?;
        tx.take_up_across_buckets(&self.names()).await?;
        for (connector, institution) in self.by_institution.values() {
            let health = tx.health(&institution.name).await?;
            let broken = Some((Health::Down, Some(BY_BREAKER.to_owned())));
            if health == broken && tx.breaker(institution.id, connector.version()).await?.is_none()
            {
                tx.set_health(&institution.name, Health::Healthy, None).await?;
            }
        }
        Ok(())
    }
}

impl Engine {
    /// Exchanges the connectors, all of them, for `connectors`. New sessions use the new ones. An
    /// institution that none of them serves is inactive in this process from now on; its links stay.
    pub async fn replace_connectors(&self, connectors: &[Arc<dyn Connector>]) -> Result<(), Error> {
        let next = Catalogue::new(connectors);
        let mut tx = self.store().write().await?;
        next.save(&mut tx).await?;
        tx.commit().await?;
        *self.shelf().write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }
    /// The connectors at this moment.
    pub(crate) fn catalogue(&self) -> Arc<Catalogue> {
        self.shelf().read().unwrap_or_else(PoisonError::into_inner).clone()
    }
    /// Where the institutions that are offered here have their pictures.
    #[must_use]
    pub fn pictures(&self) -> Vec<String> {
        let catalogue = self.catalogue();
        let all = catalogue.by_institution.values();
        let mut pictures: Vec<String> = all
            .flat_map(|(_, known)| [known.icon_logo.clone(), known.logo.clone()])
            .flatten()
            .collect();
        pictures.sort_unstable();
        pictures
    }
    /// How far the ids of an institution's movements can be trusted.
    pub(crate) fn trust(&self, institution: &str) -> Trust {
        self.catalogue().connector(institution).map_or(Trust::None, |c| c.trust(institution))
    }
    /// Whether the data of an institution's links come from files that are uploaded.
    pub(crate) fn takes_statement_files(&self, institution: &str) -> bool {
        let catalogue = self.catalogue();
        let entry = catalogue.by_institution.get(institution);
        entry.is_some_and(|(_, institution)| institution.takes_statement_files())
    }
    /// The institution as its connector describes it, unless it has left the catalogue.
    pub(crate) fn institution_of(&self, institution: &str) -> Option<Arc<Institution>> {
        self.catalogue().by_institution.get(institution).map(|(_, known)| known.clone())
    }
    /// The institution's family; a bank if it has left the catalogue.
    pub(crate) fn kind_of(&self, institution: &str) -> InstitutionType {
        self.institution_of(institution).map_or(InstitutionType::Bank, |known| known.kind)
    }
}
