//! A session's talk with its institution, seen from the engine: through the host's walls, and
//! always known to be at work or to wait.

use crate::{
    Engine, Error,
    rest::{Bustle, Busy, Pauses, WatchedClock},
};
use connect::{
    host::{Host, HostedConversation},
    talk::{Ask, Connector, Conversation, Covered, Credentials, Failure, Fetch, LoggedIn, Sink},
};
use domain::{env::Env, institution::Institution, link::Link, record::Trust};
use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};
use tokio_util::sync::CancellationToken;

/// One login, from first byte to logout.
pub(crate) struct Talk {
    hosted: HostedConversation,
    /// With whom, so that it can begin again.
    connector: Watched,
    institution: String,
    subject: String,
    bustle: Bustle,
    pauses: Pauses,
    /// `None` while it waits for the clock or the end user.
    busy: Option<Busy>,
}

impl Engine {
    /// Begins a conversation for a link, until it is cancelled. Whoever is asked something counts
    /// among `pauses` while the answer is awaited.
    pub(crate) fn open_conversation(
        &self,
        link: &Link,
        pauses: &Pauses,
        cancel: &CancellationToken,
    ) -> Result<Talk, Error> {
        let connector =
            self.catalogue().connector(&link.institution).ok_or(Failure::InstitutionInactive)?;
        let watched = |pauses| {
            let clock =
                WatchedClock { env: self.env().clone(), bustle: self.bustle().clone(), pauses };
            self.env().with_clock(Arc::new(clock))
        };
        let connector = Watched { connector, env: watched(Some(pauses.clone())) };
        let (institution, subject) = (link.institution.clone(), link.id.to_string());
        let hosted = Host::open(
            &connector,
            &institution,
            &subject,
            &watched(None),
            &self.settings().conversation,
            cancel.clone(),
        );
        let (bustle, pauses) = (self.bustle().clone(), pauses.clone());
        let busy = Some(bustle.busy());
        Ok(Talk { hosted, connector, institution, subject, bustle, pauses, busy })
    }
}

impl Talk {
    /// Ends the conversation, and begins another with the same connector in its place.
    pub(crate) fn begin_again(&mut self) {
        let Self { hosted, connector, institution, subject, .. } = self;
        hosted.begin_again(connector, institution, subject);
    }
    pub(crate) async fn login(
        &mut self,
        credentials: &Credentials,
        ask: &mut dyn Ask,
    ) -> Result<LoggedIn, Failure> {
        let Self { hosted, bustle, pauses, busy, .. } = self;
        attended(hosted.login(credentials, ask), bustle, pauses, busy).await
    }
    pub(crate) async fn fetch(
        &mut self,
        wanted: &Fetch,
        ask: &mut dyn Ask,
        out: &mut dyn Sink,
    ) -> Result<Covered, Failure> {
        let Self { hosted, bustle, pauses, busy, .. } = self;
        attended(hosted.fetch(wanted, ask, out), bustle, pauses, busy).await
    }
    pub(crate) async fn revoke(&mut self) -> Result<(), Failure> {
        let Self { hosted, bustle, pauses, busy, .. } = self;
        attended(hosted.revoke(), bustle, pauses, busy).await
    }
    pub(crate) async fn logout(&mut self) {
        let Self { hosted, bustle, pauses, busy, .. } = self;
        attended(hosted.logout(), bustle, pauses, busy).await;
    }
}

/// Runs `work`, busy except while all of it pauses.
async fn attended<T>(
    work: impl Future<Output = T>,
    bustle: &Bustle,
    pauses: &Pauses,
    busy: &mut Option<Busy>,
) -> T {
    let mut work = pin!(work);
    poll_fn(|context| {
        busy.get_or_insert_with(|| bustle.busy());
        let polled = work.as_mut().poll(context);
        if matches!(polled, Poll::Pending) && pauses.any() {
            *busy = None;
        }
        polled
    })
    .await
}

/// A connector whose conversations sleep on a watched clock.
struct Watched {
    connector: Arc<dyn Connector>,
    env: Env,
}

impl Connector for Watched {
    fn name(&self) -> &str {
        self.connector.name()
    }
    fn version(&self) -> &str {
        self.connector.version()
    }
    fn institutions(&self) -> Vec<Institution> {
        self.connector.institutions()
    }
    fn trust(&self, institution: &str) -> Trust {
        self.connector.trust(institution)
    }
    fn revokes(&self, institution: &str) -> bool {
        self.connector.revokes(institution)
    }
    fn open(&self, institution: &str, subject: &str, _: &Env) -> Box<dyn Conversation> {
        self.connector.open(institution, subject, &self.env)
    }
}
