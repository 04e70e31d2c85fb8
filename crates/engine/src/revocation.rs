//! Telling an institution that a person has taken back what they allowed there. The person waits for
//! nothing of it, and it cannot fail for them: a job does it. What lets in stays sealed until then, is
//! used for this alone, and is erased as soon as the institution was told or nobody tries any more
//! ([ADR 0027](../../../docs/adr/0027-institutions-are-told-by-a-job.md)).

use crate::{Engine, Error, jobs::Kind, rest::Pauses};
use connect::talk::{Failure, LoginProblem, Nobody};
use domain::{ids::LinkId, link::Link, time::later};
use jiff::SignedDuration;
use serde_json::json;
use store::{Tx, jobs::Job};

/// For how long it is tried.
const TRIED_FOR: SignedDuration = SignedDuration::from_hours(3 * 24);

impl Engine {
    /// Queues that the institution of a link is told, where it can be: by its connector, and with
    /// something to log in with, which the caller then leaves in place. Whether it will be.
    pub(crate) async fn queue_revocation(&self, tx: &mut Tx, link: &Link) -> Result<bool, Error> {
        let connector = self.catalogue().connector(&link.institution);
        let hears = connector.is_some_and(|connector| connector.revokes(&link.institution));
        if !hears || !link.has_credentials() {
            return Ok(false);
        }
        let (subject, now) = (link.id.to_string(), self.env().now());
        tx.schedule(&self.new_job(link, Kind::Revoke, subject, &json!({}), now)).await?;
        Ok(true)
    }

    /// Tells the institution, or comes back later.
    pub(crate) async fn perform_revoke(&self, job: Job, link: LinkId) -> Result<(), Error> {
        let link = self.store().read().await?.link(job.tenant, link).await?;
        let Some(link) = link else { return self.finish(&job, "the link is gone").await };
        let closed = self.closed_until(&link.institution).await?;
        let failure = match closed {
            Some(_) => Some(Failure::InstitutionDown),
            None => self.revoke_there(&link).await?.err(),
        };
        let now = self.env().now();
        let (tried, over) = (job.attempt, now >= later(job.created_at, TRIED_FOR));
        let mut tx = self.store().write().await?;
        match failure {
            Some(failure) if failure.passes() && !over => {
                let wait = self.env().jitter(SignedDuration::from_mins(1 << tried.min(8)));
                match closed {
                    Some(until) => tx.put_back(job.id, job.fence, until).await?,
                    None => tx.retry(job.id, job.fence, later(now, wait)).await?,
                };
            }
            failure => {
                let said = failure.as_ref().map(ToString::to_string);
                let outcome = said.as_deref().unwrap_or("done");
                if tx.finish(job.id, job.fence, outcome, now).await? {
                    tx.erase_credentials(link.id).await?;
                    let told = if said.is_none() { "told_of_revocation" } else { "not_told" };
                    self.note(&mut tx, &link, told, json!({"failure": said})).await?;
                }
            }
        }
        Ok(tx.commit().await?)
    }

    /// Logs in once more, and ends there what the person allowed.
    async fn revoke_there(&self, link: &Link) -> Result<Result<(), Failure>, Error> {
        let secrets = self.store().read().await?.secrets(link.id).await?;
        let opened = secrets.map(|secrets| self.open_credentials(link, &secrets)).transpose()?;
        let Some((credentials, _)) = opened.flatten() else {
            return Ok(Err(Failure::Login(LoginProblem::MissingCredentials)));
        };
        let mut talk = match self.open_conversation(link, &Pauses::default(), &self.stopping()) {
            Ok(talk) => talk,
            Err(Error::Failed(failure)) => return Ok(Err(failure)),
            Err(error) => return Err(error),
        };
        // The person has said what they want, and is not asked again.
        let let_in = talk.login(&credentials, &mut Nobody).await;
        drop(credentials);
        self.heard_from(&link.institution, let_in.as_ref().err()).await;
        let said = match let_in {
            // It is what was wanted.
            Err(Failure::Revoked) => Ok(()),
            Err(failure) => Err(failure),
            Ok(let_in) => {
                // Should it not be told now, the next try logs in with the newest.
                if let Some(state) = &let_in.state {
                    let mut tx = self.store().write().await?;
                    self.keep_state(&mut tx, link, state).await?;
                    tx.commit().await?;
                }
                let said = talk.revoke().await;
                talk.logout().await;
                said
            }
        };
        Ok(match said {
            Err(Failure::Revoked) => Ok(()),
            said => said,
        })
    }
}
