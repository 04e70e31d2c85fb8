//! How often something comes, by the days on which it came.

use crate::exact::{quotient, twice_the_median_of, whole};
use domain::resources::incomes::IncomeFrequency;

/// How often, and how equal the distances are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cadence {
    pub(crate) frequency: IncomeFrequency,
    /// In hundredths, from 0 to 100; nothing for what came once.
    pub(crate) regularity: Option<i128>,
    /// Days from one to the next, twice; 0 where there is no next.
    pub(crate) twice_expected: i32,
}

/// A regular distance: what it is, which distances are exactly it (months and half months have
/// different lengths), and which are still near enough.
struct Beat {
    frequency: IncomeFrequency,
    expected: i32,
    exact: (i32, i32),
    tolerance: i32,
}

const BEATS: [Beat; 3] = [
    Beat { frequency: IncomeFrequency::Weekly, expected: 7, exact: (7, 7), tolerance: 1 },
    Beat { frequency: IncomeFrequency::Fortnightly, expected: 15, exact: (13, 16), tolerance: 2 },
    Beat { frequency: IncomeFrequency::Monthly, expected: 30, exact: (28, 31), tolerance: 5 },
];
/// What share of the distances must be near enough, in percent.
const ENOUGH: usize = 70;
/// So many beats in a row may be missed but the last.
const MISSED: i32 = 3;

impl Beat {
    /// How far a distance is from being exact.
    fn off(&self, gap: i32) -> i32 {
        (self.exact.0 - gap).max(gap - self.exact.1).max(0)
    }
    /// Whether a distance is near to one, two or three beats.
    fn holds(&self, gap: i32) -> bool {
        (1..=MISSED).any(|beats| (gap - beats * self.expected).abs() <= self.tolerance)
    }
}

/// The cadence of what came on `days`, in order, `count` times in all. What comes twice on one day
/// comes once as far as time goes.
pub(crate) fn cadence(days: &[i32], count: usize) -> Cadence {
    if count < 2 {
        return Cadence { frequency: IncomeFrequency::Single, regularity: None, twice_expected: 0 };
    }
    let gaps: Vec<i32> =
        days.windows(2).map(|two| two[1] - two[0]).filter(|gap| *gap > 0).collect();
    let irregular = |regularity, twice_expected| Cadence {
        frequency: IncomeFrequency::Irregular,
        regularity: Some(regularity),
        twice_expected,
    };
    let Some(middle) = twice_the_median_of(&mut gaps.clone()) else { return irregular(0, 0) };
    let beat = BEATS.iter().find(|beat| {
        (middle - 2 * beat.expected).abs() <= 2 * beat.tolerance
            && gaps.iter().filter(|gap| beat.holds(**gap)).count() * 100 >= gaps.len() * ENOUGH
    });
    let Some(beat) = beat else {
        let off = gaps.iter().map(|gap| i128::from((2 * gap - middle).abs())).sum();
        return irregular(evenness(off, gaps.len(), i128::from(middle)), middle);
    };
    let off = gaps.iter().map(|gap| i128::from(beat.off(*gap))).sum();
    Cadence {
        frequency: beat.frequency,
        regularity: Some(evenness(off, gaps.len(), i128::from(beat.expected))),
        twice_expected: 2 * beat.expected,
    }
}

/// max(0, 1 − mean distance ÷ expected), in hundredths.
fn evenness(off: i128, gaps: usize, expected: i128) -> i128 {
    let share = quotient(off, whole(gaps) * expected, 2).map_or(0, |share| share.0.mantissa());
    (100 - share).clamp(0, 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(days: &[i32]) -> (IncomeFrequency, Option<i128>) {
        let cadence = cadence(days, days.len());
        (cadence.frequency, cadence.regularity)
    }

    #[test]
    fn beats_are_told_from_their_distances() {
        assert_eq!(of(&[0]), (IncomeFrequency::Single, None));
        assert_eq!(of(&[0, 7, 14, 21]), (IncomeFrequency::Weekly, Some(100)));
        assert_eq!(
            of(&[0, 15, 31, 46, 59]),
            (IncomeFrequency::Fortnightly, Some(100)),
            "half months"
        );
        assert_eq!(
            of(&[0, 14, 28, 42]),
            (IncomeFrequency::Fortnightly, Some(100)),
            "every two weeks"
        );
        assert_eq!(
            of(&[0, 31, 59, 90, 120]),
            (IncomeFrequency::Monthly, Some(100)),
            "a day of the month"
        );
        assert_eq!(of(&[0, 20, 23, 60, 61]).0, IncomeFrequency::Irregular);
    }
    #[test]
    fn a_month_without_is_a_missed_one_and_not_another_pattern() {
        let (frequency, regularity) = of(&[0, 30, 60, 120, 150]);
        assert_eq!(frequency, IncomeFrequency::Monthly);
        assert!(regularity < Some(100));
    }
    #[test]
    fn what_comes_twice_on_one_day_comes_once_as_far_as_time_goes() {
        assert_eq!(of(&[0, 0, 30, 30, 60, 60]), (IncomeFrequency::Monthly, Some(100)));
        assert_eq!(of(&[5, 5]), (IncomeFrequency::Irregular, Some(0)));
    }
    proptest! {
        #[test]
        fn regularity_is_between_nothing_and_one(mut days in prop::collection::vec(0..400_i32, 0..40)) {
            days.sort_unstable();
            let (frequency, regularity) = of(&days);
            prop_assert_eq!(regularity.is_none(), frequency == IncomeFrequency::Single);
            prop_assert!(regularity.is_none_or(|r| (0..=100).contains(&r)));
        }
    }
}
