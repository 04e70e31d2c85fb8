//! How much one caller, and all of them together, may ask for.

use crate::{Limits, problem::Problem};
use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use domain::ids::TenantId;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::HashMapStateStore,
};
use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::sync::Semaphore;

/// A limit for each of many callers.
struct Keyed<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, DefaultClock>,
    checks: AtomicU32,
}

impl<K: Hash + Eq + Clone> Keyed<K> {
    /// At most `most` in `window`; `None` without a limit.
    fn new(most: u32, window: Duration) -> Option<Self> {
        let most = NonZeroU32::new(most)?;
        let quota = Quota::with_period(window / most.get())?.allow_burst(most);
        Some(Self { limiter: RateLimiter::hashmap(quota), checks: AtomicU32::new(0) })
    }
    fn check(&self, key: &K) -> Result<(), Problem> {
        // Forgets those who have been away long enough, so that the table does not grow for ever.
        if self.checks.fetch_add(1, Ordering::Relaxed).is_multiple_of(4096) {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            Problem::too_many(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
        })
    }
}

/// The limits at work.
pub(crate) struct Doors {
    edge: Option<Keyed<IpAddr>>,
    deletions: Option<Keyed<TenantId>>,
    /// Requests that may be at work at once.
    pub(crate) room: Semaphore,
    /// Uploads that may be at work at once; more wait.
    pub(crate) uploads: Semaphore,
    behind_proxy: bool,
}

impl Doors {
    pub(crate) fn new(limits: &Limits, behind_proxy: bool) -> Self {
        Self {
            edge: Keyed::new(limits.requests_in_30_seconds, Duration::from_secs(30)),
            deletions: Keyed::new(limits.deletions_a_minute, Duration::from_mins(1)),
            room: Semaphore::new(limits.at_once.clamp(1, Semaphore::MAX_PERMITS)),
            uploads: Semaphore::new(limits.uploads_at_once.clamp(1, Semaphore::MAX_PERMITS)),
            behind_proxy,
        }
    }
    /// Lets a request of this address in, or says when to come back.
    pub(crate) fn enter(
        &self,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Result<(), Problem> {
        let Some(edge) = &self.edge else { return Ok(()) };
        let address = self.address(headers, extensions).unwrap_or(Ipv6Addr::UNSPECIFIED.into());
        edge.check(&network(address))
    }
    /// Counts a deletion of this tenant, or says when to come back.
    pub(crate) fn delete(&self, tenant: TenantId) -> Result<(), Problem> {
        self.deletions.as_ref().map_or(Ok(()), |deletions| deletions.check(&tenant))
    }
    /// Who is at the other end: what the proxy added last, where there is one.
    fn address(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let forwarded = || {
            let last = headers.get_all("x-forwarded-for").iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        if self.behind_proxy { forwarded().or(peer) } else { peer }
    }
}

/// What one caller has: an IPv4 address, or a /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    fn limits() -> Limits {
        Limits { requests_in_30_seconds: 3, deletions_a_minute: 2, ..Limits::none() }
    }

    #[test]
    fn the_fourth_request_is_told_when_to_come_back() {
        let doors = Doors::new(&limits(), true);
        let from = |address: &str| {
            let headers = HeaderMap::from_iter([(
                "x-forwarded-for".parse().expect("a name"),
                format!("1.1.1.1, {address}").parse().expect("a value"),
            )]);
            doors.enter(&headers, &Extensions::new())
        };
        for _ in 0..3 {
            assert_eq!(from("2001:db8::1"), Ok(()));
        }
        let problem = from("2001:db8::ffff").expect_err("the same network");
        assert_eq!(problem.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(from("2001:db8:0:1::1"), Ok(()), "another network");
    }
    #[test]
    fn tenants_do_not_share_their_deletions() {
        let doors = Doors::new(&limits(), false);
        let tenant = |n: u128| TenantId::from(uuid::Uuid::from_u128(n));
        assert!(doors.delete(tenant(1)).is_ok() && doors.delete(tenant(1)).is_ok());
        assert!(doors.delete(tenant(1)).is_err());
        assert!(doors.delete(tenant(2)).is_ok());
    }
    #[test]
    fn nothing_is_counted_where_there_is_no_limit() {
        let doors = Doors::new(&Limits::none(), false);
        assert!((0..1000).all(|_| doors.enter(&HeaderMap::new(), &Extensions::new()).is_ok()));
    }
}
