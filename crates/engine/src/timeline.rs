//! What happened to a link, and what its caller should do next.

use crate::{Engine, Error, Listed};
use domain::{
    filter::Page,
    ids::{LinkId, TenantId},
    institution::Health,
    link::{Link, Status},
    time::Moment,
};
use serde::Serialize;
use serde_json::value::RawValue;

/// One entry of a timeline.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// When.
    pub at: Moment,
    /// What: `registered`, `refresh_started`, `status_changed` …
    pub kind: String,
    /// More about it.
    pub detail: Box<RawValue>,
}

impl Engine {
    /// A page of a link's timeline, newest first.
    pub async fn timeline(
        &self,
        tenant: TenantId,
        link: LinkId,
        page: Page,
    ) -> Result<Listed<Entry>, Error> {
        let mut tx = self.store().read().await?;
        tx.link(tenant, link).await?.ok_or(Error::NoSuch("link"))?;
        let listed = tx.timeline(tenant, link, page).await?;
        let entry = |entry: store::timeline::Entry| {
            let detail = RawValue::from_string(entry.detail)
                .map_err(|e| Error::Internal("reading a timeline", Box::new(e)))?;
            Ok(Entry { at: entry.at.into(), kind: entry.kind, detail })
        };
        let items = listed.items.into_iter().map(entry).collect::<Result<_, Error>>()?;
        Listed::on(page, listed.count, items)
    }

    /// The one thing that helps a link that is not healthy; `None` when it is.
    pub async fn next_action(&self, link: &Link) -> Result<Option<&'static str>, Error> {
        Ok(match link.status {
            Status::Unconfirmed => Some("answer_challenge_or_register_again"),
            Status::Invalid if !link.has_credentials() => Some("register_again"),
            Status::Invalid => Some("replace_credentials"),
            Status::TokenRequired => Some("retrieve_with_token"),
            Status::Valid => {
                let down = self.institution_named(&link.institution).await?.status == Health::Down;
                down.then_some("wait_for_institution")
            }
        })
    }
}
