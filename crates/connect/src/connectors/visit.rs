//! A conversation of a connector that is built in, in plain `async fn`s.

use crate::talk::{Ask, Conversation, Covered, Credentials, Failure, Fetch, LoggedIn, Sink};
use domain::env::BoxFuture;

/// Somebody comes in, is shown things without being asked any more, and goes.
pub(super) trait Visit: Send {
    /// As [`Conversation::login`].
    fn let_in(
        &mut self,
        credentials: &Credentials,
        ask: &mut dyn Ask,
    ) -> impl Future<Output = Result<LoggedIn, Failure>> + Send;
    /// As [`Conversation::fetch`].
    fn show(
        &mut self,
        wanted: &Fetch,
        out: &mut dyn Sink,
    ) -> impl Future<Output = Result<Covered, Failure>> + Send;
    /// As [`Conversation::revoke`].
    fn revoke(&mut self) -> impl Future<Output = Result<(), Failure>> + Send {
        std::future::ready(Err(Failure::Unsupported))
    }
    /// As [`Conversation::logout`], where nobody has to be told.
    fn leave(&mut self);
}

impl<V: Visit> Conversation for V {
    fn login<'a>(
        &'a mut self,
        credentials: &'a Credentials,
        ask: &'a mut dyn Ask,
    ) -> BoxFuture<'a, Result<LoggedIn, Failure>> {
        Box::pin(self.let_in(credentials, ask))
    }
    fn fetch<'a>(
        &'a mut self,
        wanted: &'a Fetch,
        _ask: &'a mut dyn Ask,
        out: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Covered, Failure>> {
        Box::pin(self.show(wanted, out))
    }
    fn revoke(&mut self) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(Visit::revoke(self))
    }
    fn logout(&mut self) -> BoxFuture<'_, ()> {
        self.leave();
        Box::pin(std::future::ready(()))
    }
}
