//! Amounts: exact decimals inside, JSON numbers on the wire, never a binary fraction in between.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, de::Error as _, ser::Error as _};
use serde_json::value::RawValue;
use std::{fmt, str::FromStr};

/// An exact decimal number. Reads a JSON number or a numeric string; writes a JSON number.
///
/// It passes through [`RawValue`], so it cannot be inside `#[serde(flatten)]` or an untagged enum.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, utoipa::ToSchema)]
#[schema(value_type = f64)]
pub struct Amount(pub Decimal);

/// Text that is no decimal number, or one that cannot be kept exactly; 28 digits always can. It does
/// not repeat the text, which may be somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number")]
pub struct NotAnAmount;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// The same amount with two decimals, or as many more as it needs, so that one amount is one
    /// text however an institution pads it.
    #[must_use]
    pub fn canonical(self) -> Self {
        let mut value = self.0.normalize();
        if value.scale() < 2 {
            value.rescale(2);
        }
        Self(value)
    }
    /// `cents` hundredths.
    #[must_use]
    pub fn cents(cents: i64) -> Self {
        Self(Decimal::new(cents, 2))
    }
}
impl FromStr for Amount {
    type Err = NotAnAmount;
    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        // The library also reads digits grouped by underscores, which no JSON number has.
        let plain = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        if !text.bytes().all(plain) {
            return Err(NotAnAmount);
        }
        let read = match text.split_once(['e', 'E']) {
            None => Decimal::from_str_exact(text),
            // The library rounds what stands before the exponent; the rest of it is exact.
            Some((digits, _)) => {
                Decimal::from_str_exact(digits).and_then(|_| Decimal::from_scientific(text))
            }
        };
        read.map(Self).map_err(|_| NotAnAmount)
    }
}
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl From<Decimal> for Amount {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}
impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}
impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let amount: Self = raw.get().trim_matches('"').parse().map_err(D::Error::custom)?;
        Ok(amount.canonical())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cents_do_not_drift() {
        let sum: Decimal = std::iter::repeat_n(Amount::cents(10).0, 3).sum();
        assert_eq!(serde_json::to_string(&Amount(sum)).expect("json"), "0.30");
    }
    #[test]
    fn numbers_are_read_in_every_form_of_json_and_as_text() {
        for (text, cents) in [("12.5", 1250), ("\"12.50\"", 1250), ("1.25e1", 1250), ("-0", 0)] {
            assert_eq!(serde_json::from_str::<Amount>(text).expect(text), Amount::cents(cents));
        }
        for bad in ["null", "true", "\"\"", "\"1_000\"", "\"1,5\"", "1e99", "[1]", "\"NaN\""] {
            assert!(serde_json::from_str::<Amount>(bad).is_err(), "{bad}");
        }
    }
    #[test]
    fn what_cannot_be_kept_exactly_is_refused_and_not_rounded() {
        for digits in ["1234567890123456789012345678", "0.1234567890123456789012345678"] {
            assert_eq!(digits.parse::<Amount>().expect(digits).to_string(), digits);
            for one_more in [format!("{digits}9"), format!("{digits}9e0"), format!("{digits}9E1")] {
                let more = if digits.starts_with('0') { one_more } else { format!("9{one_more}") };
                assert_eq!(more.parse::<Amount>(), Err(NotAnAmount), "{more}");
            }
        }
        let exact = "1.234567890123456789e18".parse::<Amount>().expect("exact");
        assert_eq!(exact.to_string(), "1234567890123456789");
    }
    proptest! {
        #[test]
        fn an_amount_survives_the_wire_exactly(mantissa in any::<i64>(), scale in 0..10_u32) {
            let amount = Amount(Decimal::new(mantissa, scale));
            let text = serde_json::to_string(&amount).expect("json");
            prop_assert!(!text.contains('"'), "a number, not a string: {}", text);
            prop_assert_eq!(serde_json::from_str::<Amount>(&text).expect("json"), amount);
        }
        #[test]
        fn whatever_is_read_is_a_json_number(text in "[-+0-9.eE]{0,40}|.{0,40}") {
            if let Ok(amount) = text.parse::<Amount>() {
                let written = serde_json::to_string(&amount).expect("json");
                prop_assert!(serde_json::from_str::<serde_json::Number>(&written).is_ok());
            }
        }
    }
}
