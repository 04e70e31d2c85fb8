//! When an institution fails for everybody: stop asking, keep every link's status, try again later.
//! Pure.

use connect::talk::Failure;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What one conversation showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Answered,
    Failed,
}

/// The state of one institution and connector version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Breaker {
    /// Failures in a row, over all links.
    failures: u32,
    /// When the row began.
    since: Option<Timestamp>,
    /// Left alone until then; afterwards one may try.
    until: Option<Timestamp>,
    /// How often it has opened in a row: the waits double.
    trips: u32,
}

/// So many failures in a row, with no success in between, trip it.
const ENOUGH: u32 = 10;
/// A row older than this is not the same trouble.
const WINDOW: SignedDuration = SignedDuration::from_mins(30);
const LONGEST: SignedDuration = SignedDuration::from_hours(2);

impl Breaker {
    /// The first rest.
    pub(crate) const REST: SignedDuration = SignedDuration::from_mins(5);

    /// Failures that speak of the institution or of our connector, not of one person's login.
    pub(crate) const fn counts(failure: &Failure) -> bool {
        matches!(
            failure,
            Failure::InstitutionDown
                | Failure::InstitutionUnavailable
                | Failure::Timeout
                | Failure::Unexpected(_)
                | Failure::Broken
        )
    }
    /// From its stored text; what cannot be read starts afresh.
    pub(crate) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
    pub(crate) fn write(&self) -> String {
        serde_json::to_string(self).expect("a breaker is plain data")
    }
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        self.closed_until(now).is_some()
    }
    /// Whether it has tripped and nobody has got through since.
    pub(crate) fn opened(&self) -> bool {
        self.until.is_some()
    }
    /// Failures in a row, over all links.
    pub(crate) const fn failures(&self) -> u32 {
        self.failures
    }
    pub(crate) fn closed_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| *until > now)
    }
    pub(crate) fn after(&self, verdict: Verdict, now: Timestamp) -> Self {
        match verdict {
            Verdict::Answered => Self::default(),
            Verdict::Failed => {
                let fresh = self.since.is_none_or(|since| now.duration_since(since) > WINDOW)
                    && self.until.is_none();
                let mut next =
                    if fresh { Self { since: Some(now), ..Self::default() } } else { self.clone() };
                next.failures += 1;
                // Once it has tripped, a single failed trial is enough to rest again.
                let tried = self.until.is_some_and(|until| until <= now);
                if next.failures >= ENOUGH && (self.until.is_none() || tried) {
                    let rest = (Self::REST * (1 << next.trips.min(5))).min(LONGEST);
                    next.trips += 1;
                    next.until = now.saturating_add(rest).ok();
                }
                next
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    #[test]
    fn many_failures_in_a_row_open_it_and_one_success_closes_it() {
        let mut breaker = Breaker::default();
        for _ in 0..ENOUGH {
            assert!(!breaker.is_open(at(0)));
            breaker = breaker.after(Verdict::Failed, at(0));
        }
        assert_eq!(breaker.closed_until(at(0)), Some(at(5)));
        assert!(!breaker.is_open(at(5)), "one may try again");
        let worse = breaker.after(Verdict::Failed, at(5));
        assert_eq!(worse.closed_until(at(5)), Some(at(15)), "the rest doubles");
        assert_eq!(worse.after(Verdict::Answered, at(15)), Breaker::default());
    }

    proptest! {
        #[test]
        fn it_never_rests_longer_than_two_hours(failures in 0..200_u32) {
            let mut breaker = Breaker::default();
            let mut now = at(0);
            for _ in 0..failures {
                breaker = breaker.after(Verdict::Failed, now);
                if let Some(until) = breaker.closed_until(now) {
                    prop_assert!(until.duration_since(now) <= LONGEST);
                    now = until;
                }
            }
        }
        #[test]
        fn it_is_read_as_it_was_written(failures in 0..30_u32) {
            let breaker = (0..failures).fold(Breaker::default(), |b, _| b.after(Verdict::Failed, at(0)));
            prop_assert_eq!(Breaker::read(&breaker.write()), breaker);
        }
    }
}
