//! Ids, instants and domain values for the stories.

use domain::{
    access::{AccessMode, StaleIn},
    env::{BoxFuture, Clock, Env},
    ids::{Bucket, LinkId, TenantId},
    link::{Link, Status},
    refresh::Rate,
};
use jiff::{SignedDuration, Timestamp};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A clock that each look moves on by a microsecond, so that nothing happens at once.
struct Ticking(AtomicI64);
impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let now = self.0.fetch_add(1, Ordering::Relaxed);
        Timestamp::from_microsecond(now).expect("an instant")
    }
    fn sleep_until(&self, _: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// Time and chance, always the same.
pub(crate) fn env() -> Env {
    seeded(7)
}

/// Time and chance from a seed of one's own.
pub(crate) fn seeded(seed: u8) -> Env {
    Env::new(Arc::new(Ticking(AtomicI64::new(start().as_microsecond()))), [seed; 32])
}

/// When the stories begin.
pub(crate) fn start() -> Timestamp {
    "2026-01-31T10:00:00Z".parse().expect("an instant")
}

/// So long after the beginning.
pub(crate) fn after(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

/// A new link, not stored yet.
pub(crate) fn new_link(env: &Env, tenant: TenantId, bucket: u16) -> Link {
    let now = env.now();
    let id: LinkId = env.id_in(Bucket::of(bucket));
    Link {
        id,
        tenant,
        institution: "erebor_br_retail".into(),
        access_mode: AccessMode::Recurrent,
        status: Status::Unconfirmed,
        external_id: Some("zé 'quoted' \\ %_".into()),
        institution_user_id: None,
        refresh_rate: Some(Rate::Week),
        schedule: None,
        credentials_storage: "365d".parse().expect("a period"),
        stale_in: StaleIn::DEFAULT,
        fetch_resources: vec!["ACCOUNTS".into(), "TRANSACTIONS".into()],
        created_by: env.id(),
        created_at: now,
        last_accessed_at: None,
        updated_at: now,
        refreshed_at: None,
        refused: 0,
        credentials_version: 1,
        credentials_since: Some(now),
    }
}
