//! The sandbox: institutions that exist only here, with people whose money moves as it does in
//! Mexico, Colombia, Brazil and Chile, users who provoke every failure and every challenge, and faults on
//! demand. `docs/sandbox.md` is its manual.

mod bills;
mod career;
mod chance;
mod consents;
mod conversation;
mod employment;
mod exchanges;
mod faults;
mod fiscal;
mod habits;
mod holdings;
mod institutions;
mod investments;
mod items;
mod national_ids;
mod pdf;
mod people;
mod receivables;
mod shown;
mod statements;
mod users;
mod world;

pub use faults::{Effect, Fault, Faults, SandboxPassword, Scope, TooManyFaults};
pub use shown::{Logo, logo};
pub use users::{Answered, KnownUser, RIGHT_ANSWER, known_users};

use crate::talk::{Connector, Conversation};
use conversation::Talk;
use domain::{env::Env, institution::Institution, record::Trust};
use institutions::{Door, SITES, Site};
use std::sync::Arc;

/// The connector of the sandbox.
#[derive(Debug, Default)]
pub struct Sandbox {
    faults: Arc<Faults>,
}

impl Sandbox {
    /// Nothing goes wrong until a fault is added.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// These go wrong.
    #[must_use]
    pub fn with(faults: Faults) -> Self {
        Self { faults: Arc::new(faults) }
    }
    /// What goes wrong at present.
    #[must_use]
    pub fn faults(&self) -> &Arc<Faults> {
        &self.faults
    }
}

impl Connector for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }
    fn version(&self) -> &'static str {
        "1"
    }
    fn institutions(&self) -> Vec<Institution> {
        SITES.iter().map(Site::institution).collect()
    }
    fn trust(&self, _institution: &str) -> Trust {
        Trust::Posted
    }
    fn revokes(&self, institution: &str) -> bool {
        Site::named(institution).is_some_and(|site| site.door == Door::OpenFinance)
    }
    fn open(&self, institution: &str, subject: &str, env: &Env) -> Box<dyn Conversation> {
        Box::new(Talk {
            site: Site::named(institution),
            subject: subject.to_owned(),
            env: env.clone(),
            faults: self.faults.clone(),
            inside: None,
        })
    }
}

#[cfg(test)]
mod tests;
