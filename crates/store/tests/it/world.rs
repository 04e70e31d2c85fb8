//! Ids, instants and domain values for the stories.

use domain::{
    access::{AccessMode, StaleIn},
    env::{BoxFuture, Clock, Env},
    filter::Page,
    ids::{Bucket, LinkId, RecordId, TenantId},
    link::{Link, Status},
    refresh::Rate,
    session::{Session, State},
};
use jiff::{SignedDuration, Timestamp};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use store::{
    changes::{ChangeKind, NewChange},
    deliveries::{Attempt, Claimed, Verdict},
    events::Event,
    records::NewRecord,
    sessions::StoredSession,
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

pub(crate) fn page(number: u32, size: u32) -> Page {
    Page { number, size }
}
pub(crate) fn any_page() -> Page {
    page(1, Page::LARGEST)
}

/// A new record of a link, not stored yet.
pub(crate) fn record(
    env: &Env,
    link: &Link,
    resource: &'static str,
    account: Option<RecordId>,
) -> NewRecord {
    let now = env.now();
    let id: RecordId = env.id_in(link.id.bucket());
    NewRecord {
        id,
        link: link.id,
        tenant: link.tenant,
        resource,
        account,
        source_id: None,
        natural_key: format!("key:{id}"),
        day: None,
        pending: false,
        facts: "facts".into(),
        content: i64::MIN,
        suspected_at: None,
        doubt: None,
        created_at: now,
        collected_at: now,
        body: format!(r#"{{"id":"{id}","amount":10.50}}"#),
    }
}

pub(crate) fn created(record: &NewRecord) -> NewChange {
    let resource = record.resource.into();
    NewChange { resource, record: record.id, kind: ChangeKind::Created }
}

pub(crate) fn session(env: &Env, link: &Link) -> StoredSession {
    let now = env.now();
    StoredSession {
        session: Session {
            id: env.id_in(link.id.bucket()),
            tenant: link.tenant,
            link: link.id,
            state: State::Running,
            deadline: now + SignedDuration::from_mins(10),
        },
        purpose: r#"{"registration":true}"#.into(),
        challenge: None,
        challenge_number: 0,
        outcome: None,
        request: env.id(),
        node: env.id(),
        lease_until: now + SignedDuration::from_secs(30),
        created_at: now,
        finished_at: None,
    }
}

pub(crate) fn event(env: &Env, link: &Link, code: &str) -> Event {
    Event {
        id: env.id_in(link.id.bucket()),
        tenant: link.tenant,
        link: link.id,
        kind: "TRANSACTIONS".into(),
        code: code.into(),
        process_type: None,
        request: None,
        body: format!(r#"{{"webhook_code": "{code}", "n": 1.50}}"#),
        created_at: env.now(),
    }
}

fn attempt(claimed: &Claimed, verdict: Verdict) -> Attempt {
    let delivery = &claimed.delivery;
    let worked = verdict == Verdict::Delivered;
    Attempt {
        delivery: delivery.id,
        fence: delivery.fence,
        number: delivery.attempts + 1,
        at: after(2),
        status: worked.then_some(200),
        error: (!worked).then(|| "refused".into()),
        duration_ms: 12,
        verdict,
    }
}
pub(crate) fn delivered(claimed: &Claimed) -> Attempt {
    attempt(claimed, Verdict::Delivered)
}
pub(crate) fn failed(claimed: &Claimed) -> Attempt {
    attempt(claimed, Verdict::Failed)
}
pub(crate) fn retried(claimed: &Claimed, at: Timestamp) -> Attempt {
    attempt(claimed, Verdict::RetryAt(at))
}
