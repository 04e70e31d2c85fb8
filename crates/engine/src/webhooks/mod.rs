//! stub
pub mod guard;
#[cfg(test)]
pub(crate) mod receiver;
pub mod sender;

use crate::{Engine, Error, Settings};
use domain::{
    ids::RequestId,
    link::Link,
    webhook::{Announcement, ProcessType},
};
use store::Tx;
pub(crate) struct Webhooks;
impl Webhooks {
    pub(crate) fn new(_: &Settings) -> Result<Self, Error> {
        Ok(Self)
    }
    pub(crate) async fn announce(
        &self,
        _: &mut Tx,
        _: Option<&Link>,
        _: Option<ProcessType>,
        _: RequestId,
        _: Announcement,
    ) -> Result<(), Error> {
        Ok(())
    }
    pub(crate) async fn deliver_until_quiet(&self) -> Result<usize, Error> {
        Ok(0)
    }
}
impl Engine {
    pub(crate) async fn dispatch(self) {}
    pub(crate) fn wake_dispatcher(&self) {}
}
