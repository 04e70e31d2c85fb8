//! What happened to a link, and what its caller should do next.

use crate::{Engine, Error, Listed, mandate::Purpose, sessions::Outcome};
use domain::{
    filter::Page,
    ids::{LinkId, RequestId, SessionId, TenantId},
    institution::Health,
    link::{Link, Status},
    session::{ChallengeKind, State},
    time::Moment,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
pub use store::changes::CommitOfLink;
use store::sessions::StoredSession;

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

/// A session as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenSession {
    /// Its id.
    pub id: SessionId,
    /// Where it stands.
    pub state: State,
    /// What it is for: `registration`, `schedule` …
    pub purpose: &'static str,
    /// What the institution asks at present.
    pub asks: Option<ChallengeKind>,
    /// How many challenges there have been.
    pub challenges: u32,
    /// The request that caused it.
    pub request: RequestId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Why it failed.
    pub failure: Option<String>,
}

/// The most sessions of a link that are shown.
const MOST_SESSIONS: u32 = 50;

impl Engine {
    /// The latest sessions of a link, newest first. Those that have ended are known for an hour.
    pub async fn sessions(
        &self,
        tenant: TenantId,
        link: LinkId,
    ) -> Result<Vec<SeenSession>, Error> {
        let mut tx = self.store().read().await?;
        tx.link(tenant, link).await?.ok_or(Error::NoSuch("link"))?;
        let rows = tx.sessions_of(tenant, link, MOST_SESSIONS).await?;
        Ok(rows.into_iter().map(seen).collect())
    }

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

    /// A page of what a link's readings changed, the latest first.
    pub async fn link_changes(
        &self,
        tenant: TenantId,
        link: LinkId,
        page: Page,
    ) -> Result<Listed<CommitOfLink>, Error> {
        let mut tx = self.store().read().await?;
        tx.link(tenant, link).await?.ok_or(Error::NoSuch("link"))?;
        let listed = tx.commits_of_link(tenant, link, page).await?;
        Listed::on(page, listed.count, listed.items)
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

fn seen(row: StoredSession) -> SeenSession {
    let purpose = serde_json::from_str::<Purpose>(&row.purpose);
    let outcome = row.outcome.and_then(|text| serde_json::from_str(&text).ok());
    SeenSession {
        id: row.session.id,
        state: row.session.state,
        purpose: purpose.map_or("unknown", |purpose| purpose.name()),
        asks: row.challenge.map(|challenge| challenge.kind),
        challenges: row.challenge_number,
        request: row.request,
        created_at: row.created_at,
        finished_at: row.finished_at,
        failure: match outcome {
            Some(Outcome::Failed(failure)) => Some(failure.to_string()),
            _ => None,
        },
    }
}
