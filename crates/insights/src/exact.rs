//! Numbers that are computed with: money as whole ten-thousandths (no currency has more than four
//! decimals), so that sums, means, medians, ratios, slopes and deviations are exact until they are
//! written, and are rounded once, ties to even.

use domain::money::Amount;
use rust_decimal::{Decimal, RoundingStrategy};
use std::{
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub},
};

/// Decimals of [`Money`].
const SCALE: u32 = 4;
/// What one unit of a currency is in them.
const ONE: i128 = 10_000;
/// Ten trillions: no movement or balance of a person. A sum of as many as a machine can hold of
/// what is smaller still fits.
const LIMIT: i128 = 10_000_000_000_000 * ONE;

/// An amount to compute with; below zero where more is owed than owned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Money(i128);

impl Money {
    pub(crate) const ZERO: Self = Self(0);

    /// `None` beyond ten trillions.
    pub(crate) fn of(amount: Amount) -> Option<Self> {
        let mut exact =
            amount.0.round_dp_with_strategy(SCALE, RoundingStrategy::MidpointNearestEven);
        if exact.abs() >= Decimal::from_i128_with_scale(LIMIT, SCALE) {
            return None;
        }
        exact.rescale(SCALE);
        Some(Self(exact.mantissa()))
    }
    /// As it is shown: two decimals.
    pub(crate) fn shown(self) -> Amount {
        quotient(self.0, ONE, 2).unwrap_or_default()
    }
    /// This divided among `n`; nothing among none.
    pub(crate) fn among(self, n: usize) -> Option<Amount> {
        quotient(self.0, ONE.checked_mul(whole(n))?, 2)
    }
    /// How many times `other` this is.
    pub(crate) fn per(self, other: Self) -> Option<Amount> {
        quotient(self.0, other.0, 2)
    }
    /// So many times this.
    pub(crate) fn times(self, n: usize) -> Self {
        Self(self.0.saturating_mul(whole(n)))
    }
    /// This divided among `n`, to compute with: what does not divide loses less than a ten-thousandth.
    pub(crate) fn divided(self, n: usize) -> Option<Self> {
        self.0.checked_div(whole(n)).map(Self)
    }
    /// This in percent of `other`.
    pub(crate) fn percent_of(self, other: Self) -> Option<Amount> {
        quotient(self.0.checked_mul(100)?, other.0, 2)
    }
    pub(crate) fn abs_diff(self, other: Self) -> Self {
        Self((self.0 - other.0).abs())
    }
    /// Whether this is at most `percent` of `other`.
    pub(crate) fn within(self, percent: i128, other: Self) -> bool {
        self.0.saturating_mul(100) <= other.0.saturating_mul(percent)
    }
    /// Whether this is less than `percent` of `other`.
    pub(crate) fn is_below(self, percent: i128, other: Self) -> bool {
        self.0.saturating_mul(100) < other.0.saturating_mul(percent)
    }
    pub(crate) fn is_positive(self) -> bool {
        self.0 > 0
    }
}
impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

/// A count as a number to compute with.
pub(crate) fn whole(n: usize) -> i128 {
    i128::try_from(n).unwrap_or(i128::MAX)
}

/// `above` ÷ `below` to so many decimals, ties to even; nothing by zero.
pub(crate) fn quotient(above: i128, below: i128, decimals: u32) -> Option<Amount> {
    let (above, below) = if below < 0 { (-above, -below) } else { (above, below) };
    let above = above.checked_mul(10_i128.checked_pow(decimals)?)?;
    let (floor, rest) = (above.checked_div_euclid(below)?, above.checked_rem_euclid(below)?);
    let up = match rest.checked_mul(2)?.cmp(&below) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => floor % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    written(floor + i128::from(up), decimals)
}

fn written(digits: i128, decimals: u32) -> Option<Amount> {
    Decimal::try_from_i128_with_scale(digits, decimals).ok().map(Amount)
}

/// √(`above` ÷ `below`), rounded to a whole number, ties to even.
fn root(above: i128, below: i128) -> Option<i128> {
    let floor = above.checked_div(below)?.checked_isqrt()?;
    // (floor + ½)² = floor² + floor + ¼
    let middle = floor.checked_mul(2)?.checked_add(1)?.checked_pow(2)?.checked_mul(below)?;
    let up = match above.checked_mul(4)?.cmp(&middle) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => floor % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    Some(floor + i128::from(up))
}

/// n·Σv² − (Σv)², of the values as they lie from the first of them, so that a large amount that
/// moves little does not overflow.
fn spread(values: &[Money]) -> Option<i128> {
    let first = values.first()?.0;
    let (mut sum, mut squares) = (0_i128, 0_i128);
    for value in values {
        let from = value.0 - first;
        sum = sum.checked_add(from)?;
        squares = squares.checked_add(from.checked_mul(from)?)?;
    }
    squares.checked_mul(whole(values.len()))?.checked_sub(sum.checked_mul(sum)?)
}

/// The standard deviation of a sample (divisor n − 1); nothing of fewer than two.
pub(crate) fn deviation(values: &[Money]) -> Option<Amount> {
    let n = whole(values.len());
    let below = n.checked_mul(n - 1)?.checked_mul(ONE)?;
    written(root(spread(values)?, below)?, 2)
}

/// max(0, 1 − s ÷ mean) in hundredths, s being the deviation of all of them (divisor n).
pub(crate) fn steadiness(values: &[Money]) -> Option<i128> {
    let sum: Money = values.iter().copied().sum();
    let relative = root(spread(values)?.checked_mul(10_000)?, sum.0.checked_mul(sum.0)?)?;
    Some((100 - relative).clamp(0, 100))
}

/// The middle of them, or half of the two in the middle; twice, so that it is whole.
fn twice_the_median<T: Copy + Ord + Add<Output = T>>(values: &mut [T]) -> Option<T> {
    values.sort_unstable();
    let middle = values.len() / 2;
    let above = *values.get(middle)?;
    let below = if values.len().is_multiple_of(2) { *values.get(middle - 1)? } else { above };
    Some(above + below)
}

/// The median; nothing of nothing.
pub(crate) fn median(values: &mut [Money]) -> Option<Amount> {
    quotient(twice_the_median(values)?.0, 2 * ONE, 2)
}

/// The median to compute with: an amount that does not divide loses half a ten-thousandth.
pub(crate) fn middle(values: &mut [Money]) -> Money {
    twice_the_median(values).map_or(Money::ZERO, |twice| Money(twice.0 / 2))
}

/// Twice the median of numbers of days.
pub(crate) fn twice_the_median_of(days: &mut [i32]) -> Option<i32> {
    twice_the_median(days)
}

/// The slope of the line of least squares through (day, money), to four decimals: money for each
/// day. Nothing where there are fewer than two days.
pub(crate) fn slope(points: impl Iterator<Item = (i32, Money)>, decimals: u32) -> Option<Amount> {
    let (mut n, mut x, mut y, mut xy, mut xx) = (0_i128, 0_i128, 0_i128, 0_i128, 0_i128);
    for (day, Money(money)) in points {
        let day = i128::from(day);
        n += 1;
        x += day;
        y = y.checked_add(money)?;
        xy = xy.checked_add(day.checked_mul(money)?)?;
        xx += day * day;
    }
    let above = n.checked_mul(xy)?.checked_sub(x.checked_mul(y)?)?;
    quotient(above, (n * xx - x * x).checked_mul(ONE)?, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(text: &str) -> Amount {
        text.parse().expect("an amount")
    }
    fn money(text: &str) -> Money {
        Money::of(amount(text)).expect("money")
    }
    fn shown(amount: Option<Amount>) -> String {
        amount.map_or("none".into(), |amount| amount.to_string())
    }

    #[test]
    fn ties_go_to_the_even_neighbour() {
        for (text, as_shown) in [
            ("2.625", "2.62"),
            ("3.125", "3.12"),
            ("2.635", "2.64"),
            ("-2.625", "-2.62"),
            ("-2.635", "-2.64"),
            ("0.005", "0.00"),
            ("0.015", "0.02"),
            ("7", "7.00"),
        ] {
            assert_eq!(money(text).shown().to_string(), as_shown, "{text}");
        }
        assert_eq!(shown(money("0.05").among(2)), "0.02");
        assert_eq!(shown(money("1").among(0)), "none");
        assert_eq!(shown(money("-1").per(money("-3"))), "0.33");
    }
    #[test]
    fn the_published_sample_of_balances_is_exact() {
        let balances = ["35417.68", "35417.68", "35901.46", "35901.46"].map(money);
        assert_eq!(shown(deviation(&balances)), "279.31");
        assert_eq!(shown(slope((0..).zip(balances), 2)), "193.51");
    }
    #[test]
    fn the_published_sample_of_a_trend_of_two_days_is_exact() {
        let outflows = [(0, money("3375.43")), (1, money("3371.52"))];
        assert_eq!(shown(slope(outflows.into_iter(), 4)), "-3.9100");
    }
    #[test]
    fn what_has_no_answer_is_nothing() {
        assert_eq!(deviation(&[]), None);
        assert_eq!(deviation(&[money("1")]), None);
        assert_eq!(slope([(1, money("1"))].into_iter(), 4), None);
        assert_eq!(slope([(1, money("1")), (1, money("2"))].into_iter(), 4), None);
        assert_eq!(median(&mut []), None);
        assert_eq!(steadiness(&[]), None);
        assert_eq!(Money::of(amount("1e13")), None);
        assert_eq!(shown(Money::of(amount("9999999999999.99999")).map(Money::shown)), "none");
    }
    #[test]
    fn steadiness_is_one_minus_the_relative_deviation() {
        assert_eq!(steadiness(&["2500"; 9].map(money)), Some(100));
        // Mean 10, deviation 2.
        assert_eq!(steadiness(&["8", "12"].map(money)), Some(80));
        assert_eq!(steadiness(&["0.01", "1000"].map(money)), Some(0));
    }

    proptest! {
        #[test]
        fn means_times_counts_come_back(values in prop::collection::vec(-1_000_000_i64..1_000_000, 1..50)) {
            let values: Vec<Money> = values.into_iter().map(|cents| Money::of(Amount::cents(cents)).expect("money")).collect();
            let sum: Money = values.iter().copied().sum();
            let mean = sum.among(values.len()).expect("some");
            let off = (mean.0 * Decimal::from(values.len()) - sum.shown().0).abs();
            prop_assert!(off <= Decimal::new(5, 3) * Decimal::from(values.len()));
        }
        #[test]
        fn a_deviation_does_not_depend_on_where_values_lie(values in prop::collection::vec(0_i64..1_000_000, 2..30), by in -1_000_000_000_i64..1_000_000_000) {
            let at = |by: i64| -> Vec<Money> {
                values.iter().map(|cents| Money::of(Amount::cents(cents + by)).expect("money")).collect()
            };
            prop_assert_eq!(deviation(&at(0)), deviation(&at(by)));
        }
        #[test]
        fn nothing_panics_whatever_the_amounts(mantissas in prop::collection::vec(any::<i128>(), 0..20), scale in 0..28_u32) {
            let values: Vec<Money> = mantissas.iter()
                .filter_map(|m| Decimal::try_from_i128_with_scale(m % (1 << 95), scale).ok())
                .filter_map(|d| Money::of(Amount(d)))
                .collect();
            deviation(&values);
            steadiness(&values);
            slope((0..).zip(values.iter().copied()), 4);
            median(&mut values.clone());
            prop_assert!(values.iter().copied().sum::<Money>().abs_diff(Money::ZERO) >= Money::ZERO);
        }
    }
}
