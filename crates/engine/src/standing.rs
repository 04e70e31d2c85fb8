//! How far a widget's token has come: what its page must know to go on where it was, when it was loaded
//! again or an answer was lost on the way.

use crate::{
    Challenged, Engine, Error,
    sessions::Outcome,
    tokens::{Grant, Presented},
};
use connect::talk::Failure;
use domain::{
    ids::{LinkId, SessionId},
    link::{Link, Status},
    session::State,
};
use store::sessions::StoredSession;

/// What a token has begun, and how that fares.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The name of the tenant that made the token.
    pub tenant: String,
    /// The link that it is for, or that it has begun to connect.
    pub link: Option<Link>,
    /// How far it has come.
    pub stage: Stage,
    /// The resources (`fetch_resources` names) that a load brings.
    pub wanted: Vec<&'static str>,
    /// Those of which something is there.
    pub loaded: Vec<&'static str>,
}

/// How far a token has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Nothing has been begun, or what was begun came to nothing and left nothing behind.
    Fresh,
    /// The institution is being logged in to.
    Working,
    /// The institution asks.
    Challenged(Box<Challenged>),
    /// It has let us in; data are coming.
    Loading,
    /// It has let us in, and that session is over.
    Loaded,
    /// The last login failed.
    Failed(Failure),
}

impl Engine {
    /// How far a token has come. One that is seen to have connected its link is used up by that,
    /// also where whoever waited for the answer has gone.
    pub async fn standing(&self, grant: &Grant) -> Result<Standing, Error> {
        let mut tx = self.store().read().await?;
        let tenant = tx.tenant(grant.tenant).await?.ok_or(Error::NoSuch("tenant"))?.name;
        let begun = match grant.presented() {
            Some(Presented { id, .. }) => tx.session_of_token(&id.simple().to_string()).await?,
            None => None,
        };
        let session = match begun {
            Some(id) => tx.session(grant.tenant, id).await?,
            None => None,
        };
        let id = session.as_ref().map(|row| row.session.link).or(grant.link);
        let link = match id {
            Some(id) => tx.link(grant.tenant, id).await?,
            None => None,
        };
        let names = match &link {
            Some(link) => tx.resources_of(link.id).await?,
            None => Vec::new(),
        };
        drop(tx);
        let stage = match &session {
            Some(row) => self.stage(row, link.as_ref())?,
            None => Stage::Fresh,
        };
        if matches!(stage, Stage::Loading | Stage::Loaded) && !grant.used {
            self.use_up(grant).await?;
        }
        let mut loaded: Vec<_> = names
            .iter()
            .filter_map(|name| domain::resource::named(name))
            .map(|resource| resource.offered_as)
            .collect();
        loaded.dedup();
        let wanted = match &link {
            Some(link) => self.wanted_of(link).await?,
            None => Vec::new(),
        };
        Ok(Standing { tenant, link, stage, wanted, loaded })
    }

    fn stage(&self, row: &StoredSession, link: Option<&Link>) -> Result<Stage, Error> {
        // What a session of this kind is for: from then on the link is good, whatever comes of the load.
        let let_in = link.is_some_and(|link| {
            link.status == Status::Valid && link.last_accessed_at >= Some(row.created_at)
        });
        let over = row.finished_at.is_some();
        if let_in {
            return Ok(if over { Stage::Loaded } else { Stage::Loading });
        }
        if over {
            let outcome = row.outcome.as_deref().map(serde_json::from_str::<Outcome>).transpose();
            let outcome = outcome.map_err(|e| Error::Internal("reading a session", Box::new(e)))?;
            return Ok(match outcome {
                Some(Outcome::Failed(failure)) => Stage::Failed(failure),
                _ => Stage::Fresh,
            });
        }
        if self.is_abandoned(row) {
            return Ok(Stage::Failed(Failure::SessionExpired));
        }
        Ok(match (&row.challenge, row.session.state) {
            (Some(challenge), State::Challenged) => {
                let place: (SessionId, LinkId) = (row.session.id, row.session.link);
                let (number, until) = (row.challenge_number, row.session.deadline);
                Stage::Challenged(Box::new(self.challenged(place, number, until, challenge)))
            }
            _ => Stage::Working,
        })
    }

    async fn wanted_of(&self, link: &Link) -> Result<Vec<&'static str>, Error> {
        let institution = self.institution_named(&link.institution).await?;
        let mut names: Vec<_> =
            link.wanted(&institution).into_iter().map(|resource| resource.offered_as).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }
}
