//! Which days of an account have been completely read.

use domain::time::Window;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Days that complete readings have proved: apart from each other, in order, none touching.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Coverage(Vec<Window>);

fn next(day: Date) -> Date {
    day.tomorrow().unwrap_or(Date::MAX)
}
fn previous(day: Date) -> Date {
    day.yesterday().unwrap_or(Date::MIN)
}

impl Coverage {
    /// The intervals, in order.
    #[must_use]
    pub fn windows(&self) -> &[Window] {
        &self.0
    }
    /// Adds the days of `window`.
    pub fn add(&mut self, window: Window) {
        let start = self.0.partition_point(|have| next(have.to) < window.from);
        let end = start + self.0[start..].partition_point(|have| previous(have.from) <= window.to);
        let touched = &self.0[start..end];
        let from = touched.first().map_or(window.from, |have| have.from.min(window.from));
        let to = touched.last().map_or(window.to, |have| have.to.max(window.to));
        self.0.splice(start..end, [Window { from, to }]);
    }
    /// Whether every day of `window` has been read.
    #[must_use]
    pub fn covers(&self, window: Window) -> bool {
        self.0.iter().any(|have| have.from <= window.from && window.to <= have.to)
    }
    /// The days of `wanted` that have never been completely read, to be asked for again.
    #[must_use]
    pub fn gaps(&self, wanted: Window) -> Vec<Window> {
        let mut gaps = Vec::new();
        let mut from = wanted.from;
        for have in self.0.iter().filter(|have| have.to >= wanted.from && have.from <= wanted.to) {
            if from < have.from {
                gaps.push(Window { from, to: previous(have.from) });
            }
            if have.to >= wanted.to {
                return gaps;
            }
            from = next(have.to);
        }
        gaps.push(Window { from, to: wanted.to });
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn window(from: i64, days: i64) -> Window {
        let first = jiff::civil::date(2026, 1, 1);
        Window {
            from: first.saturating_add(from.days()),
            to: first.saturating_add((from + days).days()),
        }
    }
    fn days(windows: &[Window]) -> BTreeSet<Date> {
        windows.iter().flat_map(|w| w.from.series(1.day()).take_while(|day| *day <= w.to)).collect()
    }

    proptest! {
        #[test]
        fn coverage_is_the_set_of_days_added(added in prop::collection::vec((0..60_i64, 0..9_i64), 0..12)) {
            let mut coverage = Coverage::default();
            let mut set = BTreeSet::new();
            for (from, length) in added {
                coverage.add(window(from, length));
                set.extend(days(&[window(from, length)]));
            }
            prop_assert_eq!(days(coverage.windows()), set.clone());
            for pair in coverage.windows().windows(2) {
                prop_assert!(next(pair[0].to) < pair[1].from, "two intervals touch");
            }
            let wanted = window(5, 50);
            let gaps = coverage.gaps(wanted);
            let missing: BTreeSet<Date> = days(&[wanted]).difference(&set).copied().collect();
            prop_assert_eq!(days(&gaps), missing);
            prop_assert_eq!(gaps.is_empty(), coverage.covers(wanted));
        }
    }
}
