//! Instants and days as the API writes them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An instant on the wire: `2026-01-14T09:12:33.104000Z`, always UTC, always six digits, so that
/// text order is time order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, utoipa::ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub struct Moment(pub Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}
impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}
impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Timestamp::deserialize(deserializer).map(Self)
    }
}

/// The UTC day of an instant.
#[must_use]
pub fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Midnight UTC at the start of `day`.
#[must_use]
pub fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// Days from first to last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// The first day.
    pub from: Date,
    /// The last day; never before `from`.
    pub to: Date,
}

impl Window {
    /// None when `from` is after `to`.
    #[must_use]
    pub fn new(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }
    /// The `days` days that end with `to`.
    #[must_use]
    pub fn last_days(to: Date, days: i32) -> Self {
        let from = to.saturating_sub(jiff::Span::new().days((days - 1).clamp(0, 40_000)));
        Self { from, to }
    }
    /// Whether `day` lies inside.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_always_shows_six_digits() {
        let at: Timestamp = "2026-01-14T09:12:33Z".parse().expect("a timestamp");
        assert_eq!(Moment(at).to_string(), "2026-01-14T09:12:33.000000Z");
        let nanos: Timestamp = "2026-01-14T09:12:33.123456789Z".parse().expect("a timestamp");
        assert_eq!(Moment(nanos).to_string(), "2026-01-14T09:12:33.123456Z");
    }
}
