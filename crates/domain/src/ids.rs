//! Typed ids: `UUIDv7`, so that they sort by birth, and for everything at or below a link the
//! link's [`Bucket`] in the twelve bits that `UUIDv7` leaves free beside its version.
//!
//! `id.bucket()` therefore needs no look-up, and every statement on a table of links or below can
//! name its bucket (ADR 0003).

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// One of 4096 shards that a link and everything below it lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bucket(u16);

impl Bucket {
    /// How many buckets there are.
    pub const COUNT: u16 = 1 << 12;

    /// The bucket of a number: its twelve lowest bits.
    #[must_use]
    pub const fn of(bits: u16) -> Self {
        Self(bits & (Self::COUNT - 1))
    }
    /// 0 to 4095.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// Builds the `UUIDv7` of `millis` since 1970 with `random` bits, carrying `bucket`.
#[must_use]
pub fn uuid_in(bucket: Bucket, millis: u64, random: [u8; 8]) -> Uuid {
    let [high, low] = bucket.0.to_be_bytes();
    let mut bits = [high, low, 0, 0, 0, 0, 0, 0, 0, 0];
    bits[2..].copy_from_slice(&random);
    uuid::Builder::from_unix_timestamp_millis(millis, &bits).into_uuid()
}

/// What reads as an id but is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0:.100}\" is not a valid UUID.")]
pub struct NotAnId(pub String);

/// A kind of id. Conversions to and from [`Uuid`] are for the edge and the store.
pub trait Id: Copy + Into<Uuid> + From<Uuid> {}

macro_rules! ids { ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
    $(#[$doc])*
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(transparent)]
    pub struct $name(Uuid);
    impl From<Uuid> for $name { fn from(id: Uuid) -> Self { Self(id) } }
    impl From<$name> for Uuid { fn from(id: $name) -> Self { id.0 } }
    impl Id for $name {}
    impl fmt::Display for $name {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.hyphenated().fmt(f) }
    }
    impl fmt::Debug for $name {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.hyphenated().fmt(f) }
    }
    impl FromStr for $name {
        type Err = NotAnId;
        fn from_str(text: &str) -> Result<Self, NotAnId> {
            Uuid::try_parse(text).map(Self).map_err(|_| NotAnId(text.into()))
        }
    }
    impl $name {
        /// The 32 lower-case hex digits that the API uses for sessions, requests and webhooks.
        #[must_use]
        pub fn hex(self) -> String { self.0.simple().to_string() }
    }
)* } }

macro_rules! below_a_link { ($($name:ident),* $(,)?) => { $(
    impl $name {
        /// Where this lives: the bucket of its link.
        #[must_use]
        pub fn bucket(self) -> Bucket {
            let bytes = self.0.as_bytes();
            Bucket::of(u16::from_be_bytes([bytes[6], bytes[7]]))
        }
    }
    impl BelowLink for $name {}
)* } }

/// Ids that carry a bucket.
pub trait BelowLink: Id {}

ids!(
    /// Who runs an integration and owns API keys.
    TenantId,
    /// The public half of an API key (`secret_id`).
    KeyId,
    /// An end user's standing permission to read one institution for one tenant.
    LinkId,
    /// One login at an institution, from open to close.
    SessionId,
    /// One record of a resource.
    RecordId,
    /// A durable unit of work.
    JobId,
    /// One transaction's worth of changes in the change log.
    CommitId,
    /// An entry of a link's timeline.
    EntryId,
    /// Where a tenant's webhooks go.
    EndpointId,
    /// A fact announced to the tenant; on the wire its `webhook_id`.
    EventId,
    /// One event on its way to one endpoint.
    DeliveryId,
    /// One request to the API; also the cause that webhooks repeat.
    RequestId,
    /// One running Vinculo process.
    NodeId,
    /// A line of the audit log.
    AuditId,
    /// Who may sign in to the console.
    OperatorId,
);
below_a_link!(LinkId, SessionId, RecordId, JobId, CommitId, EntryId, EventId, DeliveryId);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    proptest! {
        #[test]
        fn an_id_carries_its_bucket_and_sorts_by_birth(
            bucket in 0..Bucket::COUNT, earlier in 0..1_u64 << 47, random in any::<[u8; 8]>()
        ) {
            let bucket = Bucket::of(bucket);
            let id = LinkId::from(uuid_in(bucket, earlier, random));
            prop_assert_eq!(id.bucket(), bucket);
            prop_assert!(id < LinkId::from(uuid_in(Bucket::of(0), earlier + 1, [0; 8])));
            prop_assert_eq!(id.to_string().parse::<LinkId>(), Ok(id));
            prop_assert_eq!(id.hex().parse::<LinkId>(), Ok(id));
            prop_assert_eq!(Uuid::from(id).get_version_num(), 7);
        }
    }
}
