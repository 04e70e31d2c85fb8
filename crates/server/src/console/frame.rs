//! What surrounds every page: who is signed in, which tenant is shown, where one can go.

use super::{note::Note, visitor::Visitor};
use crate::{
    App,
    page::{Framed, page},
    problem::Problem,
};
use askama::Template;
use axum::response::Response;
use engine::{operators::SignedIn, tenants::Tenant};
use jiff::Timestamp;

/// What stands around a page.
pub(super) struct Frame {
    pub(super) brand: String,
    pub(super) who: SignedIn,
    /// What each form brings back.
    pub(super) proof: String,
    pub(super) tenant: Option<Tenant>,
    pub(super) tenants: Vec<Tenant>,
    /// The section that is shown.
    pub(super) here: &'static str,
    pub(super) steerable: bool,
    pub(super) now: Timestamp,
    /// What has just been done.
    pub(super) note: Option<Note>,
}

/// The sections about one tenant: where they are, and what they are called.
const SECTIONS: [(&str, &str); 7] = [
    ("", "Overview"),
    ("links", "Links"),
    ("institutions", "Institutions"),
    ("webhooks", "Webhooks"),
    ("jobs", "Jobs"),
    ("keys", "Keys"),
    ("audit", "Audit"),
];

impl Frame {
    pub(super) fn new(
        app: &App,
        visitor: Visitor,
        tenant: Option<Tenant>,
        tenants: Vec<Tenant>,
        here: &'static str,
    ) -> Self {
        Self {
            brand: app.engine.settings().brand.clone(),
            proof: app.engine.form_proof(&visitor.token),
            note: visitor.note,
            who: visitor.who,
            tenant,
            tenants,
            here,
            steerable: app.settings.steerable,
            now: app.engine.env().now(),
        }
    }
    /// The address of a page about the tenant.
    pub(super) fn at(&self, page: &str) -> String {
        let tenant = self.tenant.as_ref().map(|tenant| tenant.id.to_string());
        format!("/console/{}/{page}", tenant.unwrap_or_default())
    }
    pub(super) fn sections(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let dev = self.steerable.then_some(("dev", "Clock and faults"));
        SECTIONS.into_iter().chain(dev).filter(move |_| self.tenant.is_some())
    }
    pub(super) fn is_here(&self, section: &str) -> bool {
        self.tenant.is_some() && self.here == section
    }
    pub(super) fn may_act(&self) -> bool {
        self.who.role.may_act()
    }
    pub(super) fn clock(&self) -> String {
        when(self.now)
    }
}

/// An instant as pages show it, in UTC.
pub(super) fn when(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
/// The same, or a dash.
pub(super) fn maybe_when(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "–".into(), when)
}

/// A page of the console.
pub(super) fn shown(template: &impl Template) -> Result<Response, Problem> {
    page(template, Framed::Nowhere)
}
