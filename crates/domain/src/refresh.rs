//! When a link is refreshed next. The rates and the rule of the monthly one are those that Belvo
//! documents. Pure: chance comes in as a number.
//!
//! A link has a calendar of its own, whose points are `anchor`s: one refresh is wanted in each
//! period from one anchor to the next. Chance spreads the links once, when their calendars begin;
//! afterwards each keeps its time of day, however long its refreshes take.

use crate::{
    env::{share, spread},
    time::{day, later},
    words,
};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

words!(
    /// How often a recurrent link is refreshed.
    Rate {
        /// Every six hours.
        SixHours = "6h",
        /// Twice a day.
        TwelveHours = "12h",
        /// Daily.
        Day = "24h",
        /// Weekly, the default.
        Week = "7d",
        /// On one day of each month.
        Month = "30d",
    }
);

impl Rate {
    /// The time from one anchor to the next; `None` for months, which differ.
    #[must_use]
    pub const fn period(self) -> Option<SignedDuration> {
        match self {
            Self::SixHours => Some(SignedDuration::from_hours(6)),
            Self::TwelveHours => Some(SignedDuration::from_hours(12)),
            Self::Day => Some(SignedDuration::from_hours(24)),
            Self::Week => Some(SignedDuration::from_hours(7 * 24)),
            Self::Month => None,
        }
    }

    /// The age from which on a link's data are late: what the rate promises, and an hour; of months
    /// the longest, and a day.
    #[must_use]
    pub const fn late_after(self) -> SignedDuration {
        let hours = match self {
            Self::SixHours => 6 + 1,
            Self::TwelveHours => 12 + 1,
            Self::Day => 24 + 1,
            Self::Week => 7 * 24 + 1,
            Self::Month => 32 * 24,
        };
        SignedDuration::from_hours(hours)
    }
}

/// Where a recurrent link stands in its calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The rate it follows.
    pub rate: Rate,
    /// The next attempt.
    pub due: Timestamp,
    /// When this period's first attempt was due: the calendar's own point, without retries.
    pub anchor: Timestamp,
    /// The link's day of the month, 1 to 20; only for [`Rate::Month`].
    pub day: Option<i8>,
    /// Attempts of this period that have failed.
    pub failed: u8,
}

/// The wait after a period's first passing failure; each further one doubles it.
const FIRST_RETRY: SignedDuration = SignedDuration::from_mins(5);
/// The last day of the month that a link can be given: every month has it, and room for retries.
const LAST_DAY: i8 = 20;
/// The attempts that follow a monthly link's first one, a day apart.
const MONTHLY_RETRIES: u8 = 6;
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

impl Schedule {
    /// The first period of a link that was loaded at `now`.
    ///
    /// The first refresh comes in the last tenth of the period, or on a day of the month drawn
    /// from 1 to 20, at a time drawn too: data are never older than their rate says, and links
    /// that were made together do not wake together.
    #[must_use]
    pub fn start(rate: Rate, now: Timestamp, chance: u64) -> Self {
        if let Some(period) = rate.period() {
            return Self::at(rate, None, later(now, period - share(period / 10, chance)));
        }
        let drawn = draw_day(chance);
        // Bits that the day does not depend on.
        let time = share(A_DAY, chance.rotate_left(32));
        Self::at(rate, Some(drawn), later(midnight_of_next(drawn, day(now)), time))
    }

    /// The period after a success at `now`: the next anchor that is still to come.
    ///
    /// A monthly link that succeeded at its first attempt keeps its day; one that needed retries
    /// takes the day it succeeded on, or a new one if that is past the 20th.
    #[must_use]
    pub fn succeeded(&self, now: Timestamp, chance: u64) -> Self {
        if let Some(period) = self.rate.period() {
            return self.next_anchor(period, now);
        }
        let today = day(now.max(self.anchor));
        let kept = match self.day {
            Some(own) if self.failed == 0 => own,
            _ if today.day() <= LAST_DAY => today.day(),
            _ => draw_day(chance),
        };
        self.on_next(kept, today)
    }

    /// The next attempt after a passing failure at `now`.
    ///
    /// It comes after a growing wait while the period lasts, then at the next anchor. A monthly
    /// link tries again on each of the six following days, then on a new day of the next month.
    #[must_use]
    pub fn failed(&self, now: Timestamp, chance: u64) -> Self {
        let failed = self.failed.saturating_add(1);
        if let Some(period) = self.rate.period() {
            let doubled = FIRST_RETRY.saturating_mul(1 << self.failed.min(20));
            let wait = doubled.min(period / 4);
            let due = later(now, spread(wait, chance));
            return if due < later(self.anchor, period) {
                Self { due, failed, ..*self }
            } else {
                self.next_anchor(period, now)
            };
        }
        if failed <= MONTHLY_RETRIES {
            return Self { due: first_after(self.due, A_DAY, now), failed, ..*self };
        }
        self.on_next(draw_day(chance), day(now.max(self.anchor)).last_of_month())
    }

    const fn at(rate: Rate, day: Option<i8>, due: Timestamp) -> Self {
        Self { rate, due, anchor: due, day, failed: 0 }
    }
    fn next_anchor(&self, period: SignedDuration, now: Timestamp) -> Self {
        Self::at(self.rate, None, first_after(self.anchor, period, now))
    }
    /// The first `day` of a month after `date`, at the link's time of day.
    fn on_next(&self, day: i8, date: Date) -> Self {
        let time =
            self.anchor.to_zoned(TimeZone::UTC).time().duration_since(jiff::civil::Time::MIN);
        Self::at(self.rate, Some(day), later(midnight_of_next(day, date), time))
    }
}

/// The first of `anchor`, `anchor + step`, `anchor + 2·step` … that is later than `now`.
fn first_after(anchor: Timestamp, step: SignedDuration, now: Timestamp) -> Timestamp {
    let passed = now.duration_since(anchor).as_nanos().div_euclid(step.as_nanos()) + 1;
    let steps = i32::try_from(passed.max(0)).unwrap_or(i32::MAX);
    later(anchor, step.saturating_mul(steps))
}

/// Midnight of the first `day` of a month that is later than `date`.
fn midnight_of_next(day: i8, date: Date) -> Timestamp {
    let first = date.first_of_month();
    let month =
        if date.day() < day { first } else { first.saturating_add(jiff::Span::new().months(1)) };
    crate::time::midnight(month.with().day(day).build().unwrap_or(Date::MAX))
}

fn draw_day(chance: u64) -> i8 {
    i8::try_from(chance % u64::from(LAST_DAY.unsigned_abs())).unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Time;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }
    fn time_of_day(at: Timestamp) -> Time {
        at.to_zoned(TimeZone::UTC).time()
    }
    /// Monthly, on `day` at noon of January 2026, before its first attempt.
    fn monthly(day: i8) -> Schedule {
        let due = at(&format!("2026-01-{day:02}T12:00:00Z"));
        Schedule::at(Rate::Month, Some(day), due)
    }
    fn with_failures(mut schedule: Schedule, failures: u8) -> Schedule {
        for _ in 0..failures {
            schedule = schedule.failed(later(schedule.due, FIRST_RETRY), 7);
        }
        schedule
    }

    #[test]
    fn a_passing_failure_is_tried_again_after_growing_waits_and_then_at_the_next_anchor() {
        let start = at("2026-01-14T12:00:00Z");
        let mut schedule = Schedule::at(Rate::SixHours, None, start);
        let mut waits = Vec::new();
        while schedule.anchor == start {
            let next = schedule.failed(schedule.due, u64::MAX / 2);
            waits.push(next.due.duration_since(schedule.due).as_mins());
            schedule = next;
        }
        assert_eq!(waits[..7], [4, 9, 19, 39, 79, 89, 89], "minutes, cut: half of ±10 % is none");
        assert_eq!(schedule, Schedule::at(Rate::SixHours, None, at("2026-01-14T18:00:00Z")));
    }

    #[test]
    fn a_monthly_link_that_succeeds_on_its_day_keeps_it() {
        let next = monthly(15).succeeded(at("2026-01-15T12:03:00Z"), 3);
        assert_eq!(next, Schedule::at(Rate::Month, Some(15), at("2026-02-15T12:00:00Z")));
        let past_midnight = monthly(15).succeeded(at("2026-01-16T00:01:00Z"), 3);
        assert_eq!(past_midnight, next, "a refresh that ends after midnight does not move the day");
    }

    #[test]
    fn a_monthly_link_tries_again_on_each_of_six_following_days() {
        for failures in 1..=6 {
            let schedule = with_failures(monthly(15), failures);
            let expected = format!("2026-01-{}T12:00:00Z", 15 + failures);
            assert_eq!((schedule.due, schedule.failed), (at(&expected), failures));
            assert_eq!(schedule.anchor, monthly(15).anchor);
        }
    }

    #[test]
    fn a_retry_that_succeeds_up_to_the_20th_makes_that_day_the_new_one() {
        let schedule = with_failures(monthly(15), 3);
        let next = schedule.succeeded(at("2026-01-18T12:03:00Z"), 3);
        assert_eq!(next, Schedule::at(Rate::Month, Some(18), at("2026-02-18T12:00:00Z")));
    }

    #[test]
    fn a_retry_that_succeeds_after_the_20th_draws_a_new_day() {
        let schedule = with_failures(monthly(18), 3);
        let next = schedule.succeeded(at("2026-01-21T12:03:00Z"), 6);
        assert_eq!(next, Schedule::at(Rate::Month, Some(7), at("2026-02-07T12:00:00Z")));
    }

    #[test]
    fn when_all_six_retries_fail_a_day_of_the_next_month_is_drawn() {
        let next = with_failures(monthly(2), 7);
        assert_eq!(next, Schedule::at(Rate::Month, Some(8), at("2026-02-08T12:00:00Z")));
    }

    #[test]
    fn a_monthly_link_passes_leap_days_and_new_years() {
        let mut schedule = Schedule::at(Rate::Month, Some(20), at("2027-11-20T23:59:59Z"));
        for expected in ["2027-12-20", "2028-01-20", "2028-02-20", "2028-03-20"] {
            schedule = schedule.succeeded(schedule.due, 0);
            assert_eq!(day(schedule.due).to_string(), expected);
        }
    }

    #[test]
    fn links_made_together_do_not_wake_together() {
        let now = at("2026-01-14T12:00:00Z");
        let step = u64::MAX / 1000;
        for &rate in Rate::ALL {
            let mut due: Vec<_> =
                (0..1000).map(|n| Schedule::start(rate, now, n * step + n).due).collect();
            due.sort();
            due.dedup();
            assert_eq!(due.len(), 1000, "{rate}");
        }
    }

    #[test]
    fn a_calendar_at_the_end_of_time_does_not_panic() {
        for &rate in Rate::ALL {
            for now in [Timestamp::MIN, Timestamp::MAX] {
                let start = Schedule::start(rate, now, u64::MAX);
                for end in [Timestamp::MIN, Timestamp::MAX] {
                    assert_eq!(start.succeeded(end, 0).rate, start.failed(end, 0).rate);
                }
            }
        }
    }

    fn a_rate() -> impl Strategy<Value = Rate> {
        prop::sample::select(Rate::ALL)
    }
    fn a_time() -> impl Strategy<Value = Timestamp> {
        // Years 1980 to 2100.
        (315_532_800_000_000..4_102_444_800_000_000_i64)
            .prop_map(|micros| Timestamp::from_microsecond(micros).expect("in range"))
    }
    /// What an attempt comes to: whether it succeeds, the seconds it takes, and chance.
    fn attempts() -> impl Strategy<Value = Vec<(bool, i64, u64)>> {
        prop::collection::vec((any::<bool>(), 0..1800_i64, any::<u64>()), 1..60)
    }

    proptest! {
        #[test]
        fn whatever_happens_the_next_attempt_lies_ahead_and_the_calendar_does_not_drift(
            rate in a_rate(), now in a_time(), chance in any::<u64>(), attempts in attempts()
        ) {
            let mut schedule = Schedule::start(rate, now, chance);
            let first = schedule.anchor;
            prop_assert!(schedule.due > now);
            for (success, seconds, chance) in attempts {
                let now = later(schedule.due, SignedDuration::from_secs(seconds));
                let next = if success {
                    schedule.succeeded(now, chance)
                } else {
                    schedule.failed(now, chance)
                };
                prop_assert!(next.due > now && next.due >= next.anchor, "{:?} at {}", next, now);
                prop_assert_eq!(next.rate, rate);
                if success {
                    prop_assert!(next.anchor > schedule.anchor && next.failed == 0);
                }
                if next.anchor == schedule.anchor {
                    prop_assert!(!success && next.failed == schedule.failed + 1);
                } else {
                    prop_assert_eq!(next.due, next.anchor);
                }
                if let Some(period) = rate.period() {
                    let passed = next.anchor.duration_since(first).as_nanos();
                    prop_assert_eq!(passed % period.as_nanos(), 0);
                    prop_assert!(next.due <= later(next.anchor, period));
                    prop_assert!(next.due.duration_since(now) <= period);
                    prop_assert_eq!(next.day, None);
                } else {
                    prop_assert_eq!(time_of_day(next.due), time_of_day(first));
                    prop_assert_eq!(next.day, Some(day(next.anchor).day()));
                    prop_assert!((1..=20).contains(&day(next.anchor).day()));
                    prop_assert!(next.failed <= 6);
                    let months = |at| i32::from(day(at).year()) * 12 + i32::from(day(at).month());
                    let passed = months(next.anchor) - months(schedule.anchor);
                    prop_assert_eq!(passed, i32::from(next.anchor != schedule.anchor));
                }
                schedule = next;
            }
        }
        #[test]
        fn a_link_keeps_its_time_over_four_hundred_periods(
            rate in a_rate(), now in a_time(), chance in any::<u64>(), late in 0..3600_i64
        ) {
            let start = Schedule::start(rate, now, chance);
            let mut schedule = start.clone();
            for _ in 0..400 {
                let late = later(schedule.due, SignedDuration::from_secs(late));
                schedule = schedule.succeeded(late, chance);
            }
            prop_assert_eq!(schedule.day, start.day);
            if let Some(period) = rate.period() {
                prop_assert_eq!(schedule.due, later(start.due, period.saturating_mul(400)));
            } else {
                let expected = start.due.to_zoned(TimeZone::UTC)
                    .saturating_add(jiff::Span::new().months(400));
                prop_assert_eq!(schedule.due, expected.timestamp());
            }
        }
        #[test]
        fn the_first_refresh_comes_within_the_period(
            rate in a_rate(), now in a_time(), chance in any::<u64>()
        ) {
            let wait = Schedule::start(rate, now, chance).due.duration_since(now);
            match rate.period() {
                Some(period) => prop_assert!(period * 9 / 10 < wait && wait <= period),
                None => prop_assert!(wait <= A_DAY * 32),
            }
        }
        #[test]
        fn a_link_that_slept_for_long_goes_on_at_its_own_next_anchor(
            rate in a_rate(), now in a_time(), chance in any::<u64>(), days in 0..2000
        ) {
            let start = Schedule::start(rate, now, chance);
            let woken = later(start.due, A_DAY * days);
            for next in [start.succeeded(woken, chance), start.failed(woken, chance)] {
                let most = rate.period().unwrap_or(A_DAY * 31);
                prop_assert!(next.due > woken && next.due.duration_since(woken) <= most);
            }
        }
    }
}
