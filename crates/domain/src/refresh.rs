//! When a link is refreshed next. Pure: chance comes in as a number.

use crate::words;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

words!(
    /// How often a recurrent link is refreshed (`contract/links.md` §7).
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

impl Schedule {
    /// The first period of a link that was loaded at `now`.
    #[must_use]
    pub fn start(rate: Rate, now: Timestamp, _chance: u64) -> Self {
        let due = now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX);
        Self { rate, due, anchor: due, day: None, failed: 0 }
    }
    /// The period after a success at `now`.
    #[must_use]
    pub fn succeeded(&self, now: Timestamp, chance: u64) -> Self {
        Self::start(self.rate, now, chance)
    }
    /// The next attempt after a passing failure at `now`.
    #[must_use]
    pub fn failed(&self, now: Timestamp, chance: u64) -> Self {
        Self { failed: self.failed + 1, ..Self::start(self.rate, now, chance) }
    }
}
