//! The only two impure inputs the product has: what time it is, and chance.

use crate::{
    ids::{BelowLink, Bucket, Id, uuid_in},
    time::later,
};
use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

/// A boxed future, for the few traits that are used as objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where the time comes from. Implementations live in `engine::clock`.
pub trait Clock: Send + Sync {
    /// The present instant, to the microsecond.
    fn now(&self) -> Timestamp;
    /// Ends when `deadline` has come.
    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'_, ()>;
}

/// Time and chance, passed by clone to everything that acts. Its chance is for ids, spread and
/// sandbox worlds, never for keys: those come from the vault.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
    chance: Arc<Mutex<StdRng>>,
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Env({})", self.now())
    }
}

impl Env {
    /// The same clock and seed give the same ids and the same spread.
    pub fn new(clock: Arc<dyn Clock>, seed: [u8; 32]) -> Self {
        Self { clock, chance: Arc::new(Mutex::new(StdRng::from_seed(seed))) }
    }
    /// The same chance with another clock.
    #[must_use]
    pub fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, chance: self.chance.clone() }
    }
    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
    /// Waits until `time` has passed on this clock.
    pub async fn sleep(&self, time: SignedDuration) {
        self.sleep_until(later(self.now(), time)).await;
    }
    /// Waits until this clock shows `deadline`.
    pub async fn sleep_until(&self, deadline: Timestamp) {
        self.clock.sleep_until(deadline).await;
    }
    /// `work`'s answer, or `None` if `time` passes first on this clock.
    pub async fn within<T>(
        &self,
        time: SignedDuration,
        work: impl Future<Output = T> + Send,
    ) -> Option<T> {
        let mut work = std::pin::pin!(work);
        let mut deadline = std::pin::pin!(self.sleep(time));
        std::future::poll_fn(move |context| {
            use std::task::Poll;
            match work.as_mut().poll(context) {
                Poll::Ready(answer) => Poll::Ready(Some(answer)),
                Poll::Pending => deadline.as_mut().poll(context).map(|()| None),
            }
        })
        .await
    }
    /// A fresh id that is below no link: `let tenant: TenantId = env.id();`
    #[must_use]
    pub fn id<T: Id>(&self) -> T {
        let [high, low, ..] = self.chance_u64().to_be_bytes();
        self.id_in_any(Bucket::of(u16::from_be_bytes([high, low])))
    }
    /// A fresh id of something at or below a link of `bucket`.
    #[must_use]
    pub fn id_in<T: BelowLink>(&self, bucket: Bucket) -> T {
        self.id_in_any(bucket)
    }
    fn id_in_any<T: Id>(&self, bucket: Bucket) -> T {
        let millis = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
        T::from(uuid_in(bucket, millis, self.chance_u64().to_be_bytes()))
    }
    /// Sixty-four random bits, for pure functions that take their chance as an argument.
    #[must_use]
    pub fn chance_u64(&self) -> u64 {
        self.draw(StdRng::next_u64)
    }
    /// `base` spread by ±10 %, so that a thousand links never wake in the same second.
    #[must_use]
    pub fn jitter(&self, base: SignedDuration) -> SignedDuration {
        spread(base, self.chance_u64())
    }
    fn draw<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.chance.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// `base` spread by ±10 %.
#[must_use]
pub fn spread(base: SignedDuration, chance: u64) -> SignedDuration {
    base - base / 10 + share(base / 5, chance)
}

/// An even share of `whole`, to the microsecond: nothing at chance 0, nearly all at the greatest.
#[must_use]
pub fn share(whole: SignedDuration, chance: u64) -> SignedDuration {
    let micros = (whole.as_micros() * i128::from(chance)) >> 64;
    SignedDuration::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LinkId, TenantId};
    use proptest::prelude::*;

    /// A clock that stands still until it is slept on.
    struct Stopped(Mutex<Timestamp>);
    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            *self.0.lock().expect("no test panics with it")
        }
        fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'_, ()> {
            *self.0.lock().expect("no test panics with it") = deadline;
            Box::pin(std::future::ready(()))
        }
    }
    fn env(seed: u8) -> Env {
        let at = "2026-01-14T09:00:00Z".parse().expect("a timestamp");
        Env::new(Arc::new(Stopped(Mutex::new(at))), [seed; 32])
    }

    #[test]
    fn the_same_clock_and_seed_give_the_same_ids() {
        let ids = |env: Env| -> Vec<TenantId> { (0..10).map(|_| env.id()).collect() };
        assert_eq!(ids(env(1)), ids(env(1)));
        assert_ne!(ids(env(1)), ids(env(2)));
    }

    #[test]
    fn ids_below_no_link_are_spread_over_all_buckets() {
        let env = env(1);
        let high = (0..100).filter(|_| env.id::<LinkId>().bucket().number() > 255).count();
        assert!(high > 50);
    }

    proptest! {
        #[test]
        fn what_is_spread_stays_within_a_tenth(seconds in 0..1_000_000_i64, chance in any::<u64>()) {
            let base = SignedDuration::from_secs(seconds);
            let spread = spread(base, chance);
            prop_assert!(base * 9 / 10 <= spread && spread <= base * 11 / 10);
        }
    }
}
