//! Our own face: what the compatible one has no words for. Errors and pages look as they do there.

mod audit;
mod changes;
pub(crate) mod clock;
mod consents;
pub(crate) mod deliveries;
mod faults;
mod institutions;
pub(crate) mod jobs;
mod keys;
pub(crate) mod links;
mod overview;
mod settings;
pub(crate) mod statements;
mod webhooks;

use crate::operation::Operation;

pub(crate) fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    all.extend(links::operations());
    all.extend(statements::operations());
    all.extend(consents::operations());
    all.extend(overview::operations());
    all.extend(institutions::operations());
    all.extend(settings::operations());
    all.extend(changes::operations());
    all.extend(webhooks::operations());
    all.extend(deliveries::operations());
    all.extend(jobs::operations());
    all.extend(keys::operations());
    all.extend(audit::operations());
    all
}

/// What steers clock and sandbox; only where the settings allow it.
pub(crate) fn steering() -> Vec<Operation> {
    clock::operations().into_iter().chain(faults::operations()).collect()
}
