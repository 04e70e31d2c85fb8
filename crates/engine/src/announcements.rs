//! What is announced when: readings, and what befalls a link. Written in the transaction of the
//! thing itself; the dispatcher sends it afterwards.

use crate::{
    Engine, Error, effects::Cause, error::login_message, reading::Tally, retrieval::Wanted,
    webhooks::Notice,
};
use connect::talk::Failure;
use domain::{
    access::AccessMode,
    link::Link,
    resource::Resource,
    resources::consents,
    webhook::{Announcement, Counts},
};
use store::Tx;

impl Engine {
    /// What is told of a link, in the transaction of the thing itself.
    pub(crate) async fn announce(
        &self,
        tx: &mut Tx,
        link: &Link,
        cause: &Cause,
        what: impl IntoIterator<Item = Announcement>,
    ) -> Result<(), Error> {
        let (because, request) = (cause.process(), cause.request());
        let notices = what.into_iter().map(|what| Notice { link, because, request, what });
        self.webhooks().announce(tx, notices).await
    }
}

/// What a reading of a resource brought. A load and an asynchronous request are always answered; a
/// scheduled refresh and an upload speak only of news.
pub(crate) async fn reading(
    engine: &Engine,
    tx: &mut Tx,
    link: &Link,
    resource: &'static Resource,
    cause: &Cause,
    wanted: &Wanted,
    tally: &Tally,
) -> Result<(), Error> {
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let counts = Counts {
        total: count(tally.seen),
        new: count(tally.created.len()),
        inflow: count(tally.inflow),
        outflow: count(tally.outflow),
        first: tally.first,
        last: tally.last,
        kind: tally.kind,
        sum: tally.sum,
    };
    let part = wanted.part.unwrap_or(0);
    let main = match cause {
        Cause::Load(_) => {
            resource.load.get(part).and_then(|part| Announcement::loaded(resource, part, &counts))
        }
        Cause::Schedule(_) | Cause::Upload(_) if counts.new == 0 => None,
        Cause::Schedule(_) | Cause::Async(_) | Cause::Upload(_) => {
            Announcement::new(resource, &counts)
        }
        Cause::Request(_) => None,
    };
    // Work that is done again after a crash has perhaps been announced before the crash. Parts of a
    // load that share a code are announced in their order.
    let main = match (main, cause) {
        (Some(what), Cause::Load(request) | Cause::Async(request)) => {
            let alike = resource.load.iter().take(part).filter(|other| other.code == what.code);
            let before = match cause {
                Cause::Load(_) => count(alike.count()),
                _ => 0,
            };
            let told = tx.times_announced(link.id, what.of, what.code, *request).await?;
            (told <= before).then_some(what)
        }
        (main, _) => main,
    };
    let corrections = Announcement::updated(resource, &tally.updated)
        .into_iter()
        .chain(Announcement::deleted(resource, &tally.deleted));
    let changes = match cause {
        Cause::Schedule(_) => Announcement::changes(resource, &tally.changes),
        _ => None,
    };
    let corrections = corrections.chain(changes);
    engine.announce(tx, link, cause, main.into_iter().chain(corrections)).await?;
    // What is told of records is told as of a refresh, like what is told of links.
    engine.announce(tx, link, &cause.as_link_event(), tally.told.iter().cloned()).await
}

/// The link's login no longer works. Where a consent was what let in, it is the consent that has ended.
pub(crate) async fn link_invalid(
    engine: &Engine,
    tx: &mut Tx,
    link: &Link,
    cause: &Cause,
    failure: Option<&Failure>,
) -> Result<(), Error> {
    if failure == Some(&Failure::Revoked) {
        let ended = engine.end_consents(tx, link).await?;
        let ended: Vec<_> = ended.iter().filter_map(|body| consents::expired(body)).collect();
        if !ended.is_empty() && link.access_mode == AccessMode::Recurrent {
            return engine.announce(tx, link, &cause.as_link_event(), ended).await;
        }
    }
    let message =
        login_message(failure.unwrap_or(&Failure::InvalidCredentials), &engine.settings().brand);
    engine
        .announce(tx, link, &cause.as_link_event(), [Announcement::invalid_credentials(&message)])
        .await
}

/// The link needs its end user.
pub(crate) async fn token_required(
    engine: &Engine,
    tx: &mut Tx,
    link: &Link,
    cause: &Cause,
) -> Result<(), Error> {
    let what = Announcement::token_required(crate::error::TOKEN_REQUIRED);
    engine.announce(tx, link, &cause.as_link_event(), [what]).await
}

/// A deletion that was answered 202 is done.
pub(crate) async fn link_deleted(
    engine: &Engine,
    tx: &mut Tx,
    link: &Link,
    cause: &Cause,
) -> Result<(), Error> {
    engine.announce(tx, link, cause, [Announcement::link_deleted()]).await
}
