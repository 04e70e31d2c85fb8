//! A reading that breaks off goes on from its last checkpoint, in the same session and in one piece
//! ([ADR 0015](../../../docs/adr/0015-a-reading-goes-on-within-its-session.md)).

use crate::{Error, conversation::Talk, sessions::Run};
use connect::talk::{Failure, LoggedIn, Nobody};
use domain::resource::Resource;
use serde_json::json;

/// Up to where a reading has certainly come.
pub(crate) struct Checkpoint {
    /// From where it may go on, in the connector's own words. Never stored, never logged.
    pub(crate) cursor: String,
    /// How many items were kept before it, and how many refused.
    pub(crate) items: usize,
    pub(crate) refused: u32,
}

/// How often a session logs in once more.
pub(crate) const MOST_RETURNS: u32 = 2;

impl Run {
    /// Logs in once more, so that a reading that `broke` off may go on. Fails with what broke it
    /// where that cannot be.
    pub(crate) async fn return_to(
        &mut self,
        talk: &mut Talk,
        broke: Failure,
        resource: &Resource,
    ) -> Result<(), Error> {
        if !broke.breaks_off() || self.is_challenged() || self.returns == MOST_RETURNS {
            return Err(broke.into());
        }
        self.returns += 1;
        talk.logout().await;
        talk.begin_again();
        let (_, credentials) = self.credentials().await?;
        // A person does not answer twice because a connector stumbled.
        let said = match talk.login(&credentials, &mut Nobody).await {
            Ok(said) => said,
            Err(refused) if refused.blames_login() || refused == Failure::Cancelled => {
                return Err(refused.into());
            }
            Err(_) => return Err(broke.into()),
        };
        drop(credentials);
        self.let_in_again(said, resource).await?;
        let (session, resource) = (self.row.session.id, resource.name);
        tracing::warn!(session.id = %session, resource, %broke, "a reading goes on from its checkpoint");
        Ok(())
    }

    /// Takes note of who was let in, and of what is to be remembered.
    async fn let_in_again(&self, said: LoggedIn, resource: &Resource) -> Result<(), Error> {
        let engine = &self.engine;
        let mut tx = engine.store().write().await?;
        let link = tx.link_for_update(self.tenant(), self.link()).await?;
        let link = link.ok_or(Error::NoSuch("link"))?;
        self.mandate.still_ours(&mut tx).await?;
        if said.user != self.user {
            // Two people's data must not become one reading.
            return Err(Failure::Unexpected("somebody else was let in".into()).into());
        }
        if let Some(state) = &said.state {
            engine.keep_state(&mut tx, &link, state).await?;
        }
        engine.note(&mut tx, &link, "reading_resumed", json!({"resource": resource.name})).await?;
        Ok(tx.commit().await?)
    }
}
