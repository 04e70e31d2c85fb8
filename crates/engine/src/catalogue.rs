//! Which connector speaks to which institution.

use crate::Engine;
use connect::talk::Connector;
use domain::{
    institution::{Institution, InstitutionType},
    record::Trust,
};
use std::{collections::HashMap, sync::Arc};

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
    pub(crate) fn id(&self, institution: &str) -> Option<i64> {
        self.by_institution.get(institution).map(|(_, institution)| institution.id)
    }
    pub(crate) fn connector(&self, institution: &str) -> Option<&Arc<dyn Connector>> {
        self.by_institution.get(institution).map(|(connector, _)| connector)
    }
}

impl Engine {
    /// How far the ids of an institution's movements can be trusted.
    pub(crate) fn trust(&self, institution: &str) -> Trust {
        self.catalogue().connector(institution).map_or(Trust::None, |c| c.trust(institution))
    }
    /// Whether the data of an institution's links come from files that are uploaded.
    pub(crate) fn takes_statement_files(&self, institution: &str) -> bool {
        let entry = self.catalogue().by_institution.get(institution);
        entry.is_some_and(|(_, institution)| institution.takes_statement_files())
    }
    /// The institution's family; a bank if it has left the catalogue.
    pub(crate) fn kind_of(&self, institution: &str) -> InstitutionType {
        let entry = self.catalogue().by_institution.get(institution);
        entry.map_or(InstitutionType::Bank, |(_, institution)| institution.kind)
    }
}
