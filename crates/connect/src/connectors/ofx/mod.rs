//! OFX Direct Connect: banks that answer requests of OFX over HTTPS, as the operator has listed them.
//!
//! The protocol is that of the *Open Financial Exchange Specification* 1.0.3, 1.6, 2.0.3 and 2.2
//! (<https://financialdataexchange.org/ofx>): a request is one POST with the login inside, and there
//! is no session but what a server's own keys make of it. `docs/connectors/ofx.md` is for operators.

mod conversation;
mod institutions;
mod post;
mod questions;
mod request;
mod status;

pub use institutions::{Institutions, Mistake};
pub use post::NoClient;

use crate::talk::{Connector, Conversation};
use conversation::Talk;
use domain::{env::Env, institution::Institution, record::Trust};
use post::Post;
use std::sync::Arc;

/// The connector of OFX Direct Connect.
pub struct Ofx {
    institutions: Institutions,
    post: Post,
}

impl Ofx {
    /// Of these institutions.
    ///
    /// # Errors
    /// [`NoClient`] when this machine cannot make TLS connections at all.
    pub fn new(institutions: Institutions) -> Result<Self, NoClient> {
        Ok(Self { institutions, post: Post::new()? })
    }
}

impl Connector for Ofx {
    fn name(&self) -> &'static str {
        "ofx"
    }
    fn version(&self) -> &'static str {
        "1"
    }
    fn institutions(&self) -> Vec<Institution> {
        self.institutions.listed().iter().map(|site| site.institution()).collect()
    }
    fn trust(&self, _institution: &str) -> Trust {
        // FITID is the same for ever by OFX 2.2, section 3.2.3; but it often is not before a movement
        // is booked.
        Trust::Posted
    }
    fn open(&self, institution: &str, subject: &str, env: &Env) -> Box<dyn Conversation> {
        let site = self.institutions.listed().iter().find(|site| site.name == institution);
        Box::new(Talk::new(site.map(Arc::clone), subject, env, self.post.clone()))
    }
}
