//! Instants and days as the API writes them.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::RangeInclusive};

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

/// The instant so much later; the last that there is where that would lie beyond.
#[must_use]
pub fn later(at: Timestamp, time: SignedDuration) -> Timestamp {
    at.saturating_add(time).unwrap_or(Timestamp::MAX)
}
/// The instant so much earlier; the first that there is where that would lie before.
#[must_use]
pub fn earlier(at: Timestamp, time: SignedDuration) -> Timestamp {
    at.saturating_sub(time).unwrap_or(Timestamp::MIN)
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

/// The calendar years that can be asked for: what is written with fewer digits is a slip, not a year of
/// which there is nothing.
pub const YEARS: RangeInclusive<i64> = 1900..=9999;

/// Days from first to last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Days")]
pub struct Window {
    /// The first day.
    pub from: Date,
    /// The last day; never before `from`.
    pub to: Date,
}

/// A window as it is written, before its order is checked.
#[derive(Deserialize)]
struct Days {
    from: Date,
    to: Date,
}
impl TryFrom<Days> for Window {
    type Error = &'static str;
    fn try_from(Days { from, to }: Days) -> Result<Self, Self::Error> {
        Self::new(from, to).ok_or("the window ends before it begins")
    }
}

impl Window {
    /// None when `from` is after `to`.
    #[must_use]
    pub fn new(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }
    /// Its days in parts of at most so many, the earliest first.
    pub fn slices(self, days: i32) -> impl Iterator<Item = Self> {
        let days = jiff::Span::new().days(days.clamp(1, 40_000) - 1);
        let first = Some(self.from);
        let starts = std::iter::successors(first, move |from| {
            from.saturating_add(days).tomorrow().ok().filter(|next| *next <= self.to)
        });
        starts.map(move |from| Self { from, to: from.saturating_add(days).min(self.to) })
    }
    /// The `days` days that end with `to`; at least that one.
    #[must_use]
    pub fn last_days(to: Date, days: i32) -> Self {
        let earlier = days.saturating_sub(1).clamp(0, 40_000);
        let from = to.saturating_sub(jiff::Span::new().days(earlier));
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
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn an_instant_always_shows_six_digits() {
        let at: Timestamp = "2026-01-14T09:12:33Z".parse().expect("a timestamp");
        assert_eq!(Moment(at).to_string(), "2026-01-14T09:12:33.000000Z");
        let nanos: Timestamp = "2026-01-14T09:12:33.123456789Z".parse().expect("a timestamp");
        assert_eq!(Moment(nanos).to_string(), "2026-01-14T09:12:33.123456Z");
    }

    proptest! {
        #[test]
        fn slices_are_a_window_cut_in_order(length in 1..2_000_i32, days in -5..400_i32) {
            let window = Window::last_days(date(2026, 1, 14), length);
            let slices: Vec<Window> = window.slices(days).collect();
            prop_assert_eq!(slices.first().map(|first| first.from), Some(window.from));
            prop_assert_eq!(slices.last().map(|last| last.to), Some(window.to));
            for pair in slices.windows(2) {
                prop_assert_eq!(pair[0].to.tomorrow().ok(), Some(pair[1].from));
            }
            for slice in slices {
                prop_assert!(slice.from <= slice.to);
                prop_assert!((slice.to - slice.from).get_days() < days.max(1));
            }
        }
    }

    #[test]
    fn a_window_never_ends_before_it_begins() {
        let (first, last) = (date(2024, 2, 28), date(2024, 3, 1));
        assert_eq!(Window::new(last, first), None);
        let window = Window::last_days(last, 3);
        assert_eq!(Some(window), Window::new(first, last), "a leap year's");
        assert!(
            window.contains(first) && window.contains(last) && !window.contains(date(2024, 3, 2))
        );
        let written = serde_json::to_string(&window).expect("json");
        assert_eq!(serde_json::from_str::<Window>(&written).expect("json"), window);
        let reversed = r#"{"from": "2024-03-01", "to": "2024-02-28"}"#;
        assert!(serde_json::from_str::<Window>(reversed).is_err());
        for days in [i32::MIN, -1, 0, 1] {
            assert_eq!(Some(Window::last_days(last, days)), Window::new(last, last));
        }
    }

    proptest! {
        #[test]
        fn a_day_begins_at_its_midnight(micros in -62_000_000_000_000_000..253_000_000_000_000_000_i64) {
            let at = Timestamp::from_microsecond(micros).expect("in range");
            let begun = midnight(day(at));
            prop_assert!(begun <= at && at.duration_since(begun).as_hours() < 24);
            prop_assert_eq!(day(begun), day(at));
        }
        #[test]
        fn text_order_is_time_order(one in 0..253_000_000_000_000_000_i64, other in 0..253_000_000_000_000_000_i64) {
            let text = |micros| Moment(Timestamp::from_microsecond(micros).expect("in range")).to_string();
            prop_assert_eq!(one.cmp(&other), text(one).cmp(&text(other)));
        }
    }
}
