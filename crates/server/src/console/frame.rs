//! What surrounds every page: who is signed in, which tenant is shown, where one can go.

use super::visitor::Visitor;
use crate::{
    App,
    page::{Framed, page},
    problem::Problem,
    query::Query,
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
    pub(super) done: Option<&'static str>,
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
            who: visitor.who,
            tenant,
            tenants,
            here,
            steerable: app.settings.steerable,
            now: app.engine.env().now(),
            done: None,
        }
    }
    /// Says what the address says was done before.
    pub(super) fn after(self, query: &Query) -> Self {
        Self { done: query.value("done").and_then(done), ..self }
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

/// What did not come to be done.
pub(super) const ENDED: &str = "ended";

/// Acts that lead back to a page, and what it says of them.
const DONE: [(&str, &str); 19] = [
    (ENDED, "Your sign-in had ended, and nothing was done. Sign in, and do it once more."),
    ("refresh", "The refresh is queued. What it brings stands in the timeline."),
    ("delete", "The link is deleted, with everything that was stored of it."),
    ("replay", "The delivery is on its way again."),
    ("replay-all", "They are on their way again, in the order in which they were announced."),
    ("test", "A test event is on its way."),
    ("change", "The endpoint is changed. What is announced from now on goes there."),
    ("enable", "The endpoint is enabled again. What it missed can be sent again."),
    ("disable", "Nothing is sent there any more; what was pending is cancelled."),
    ("forget", "The endpoint is deleted; what was pending is cancelled."),
    ("close", "The institution is left alone. Its links wait, and keep their status."),
    ("open", "The institution may be asked again. What waits goes on within minutes."),
    ("retry", "The work is queued. It is done as soon as a worker is free."),
    ("revoke", "The key is refused from now on, and every token that was made with it."),
    ("password", "The password is changed. Your other sign-ins have ended."),
    ("advance", "The clock stands there now, and everything on the way is done."),
    ("fault", "It goes wrong from now on."),
    ("faults", "All of it goes right again."),
    ("sign-out", "You are signed out."),
];

/// The sentence about an act.
pub(super) fn done(act: &str) -> Option<&'static str> {
    DONE.iter().find(|(known, _)| *known == act).map(|(_, sentence)| *sentence)
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
