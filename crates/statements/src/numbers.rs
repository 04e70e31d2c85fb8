//! Amounts as banks write them.

use domain::money::Amount;
use rust_decimal::Decimal;

/// What separates the whole part from the fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Point {
    /// A comma or a point; a single one is always the separator (OFX, MT940, CAMT).
    #[default]
    Either,
    /// A comma or a point; a single one before exactly three digits groups thousands (QIF, CSV).
    Guess,
    /// A comma; points group thousands.
    Comma,
    /// A point; commas group thousands.
    Dot,
}

/// Text that is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAnAmount;

/// The amount that `text` says, `None` where it says nothing: blanks, a dot, a sign or a currency
/// alone. Takes signs before or after, parentheses for negative, currency signs and codes, thousands
/// grouped by points, commas, blanks, apostrophes or underscores.
pub(crate) fn amount(text: &str, point: Point) -> Result<Option<Amount>, NotAnAmount> {
    let text = text.trim();
    // Nearly all: digits, a point, digits.
    if point != Point::Guess && point != Point::Comma && plain(text) {
        return text.parse().map(Some).map_err(|_| NotAnAmount);
    }
    let mut negative = false;
    let mut signs = 0;
    let mut digits = String::with_capacity(text.len());
    let mut separators: Vec<(char, usize)> = Vec::new();
    let mut letters = 0;
    for letter in text.chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            '.' | ',' => {
                if separators.len() > 16 {
                    return Err(NotAnAmount);
                }
                separators.push((letter, digits.len()));
            }
            '-' | '\u{2212}' | '\u{2013}' | '(' => {
                negative = true;
                signs += 1;
            }
            '+' => signs += 1,
            // Blanks and quotes group thousands, and signs of currencies say nothing here.
            ')' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}' | '_' | '\t'
            | '$' | '€' | '£' | '¥' => {}
            'A'..='Z' if letters < 3 => letters += 1,
            _ => return Err(NotAnAmount),
        }
    }
    if signs > 1 || digits.len() > 40 {
        return Err(NotAnAmount);
    }
    if digits.is_empty() {
        return Ok(None);
    }
    let scale = digits.len() - decimal_at(&digits, &separators, point)?;
    let value = digits.trim_start_matches('0');
    let value: i128 = if value.is_empty() { 0 } else { value.parse().map_err(|_| NotAnAmount)? };
    let scale = u32::try_from(scale).map_err(|_| NotAnAmount)?;
    let mut value = Decimal::try_from_i128_with_scale(value, scale).map_err(|_| NotAnAmount)?;
    if negative {
        value = -value;
    }
    Ok(Some(Amount(value)))
}

/// Digits without a separator as hundredths: `123456` is 1234.56.
pub(crate) fn cents(text: &str) -> Option<Amount> {
    let Ok(Some(Amount(mut value))) = amount(text, Point::Either) else { return None };
    if value.scale() > 0 {
        return None;
    }
    value.set_scale(2).ok()?;
    Some(Amount(value))
}

fn plain(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut points = 0;
    digits.bytes().all(|byte| {
        points += usize::from(byte == b'.');
        byte.is_ascii_digit() || (byte == b'.' && points == 1)
    }) && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.len() <= 20
}

/// How many of `digits` are before the fraction.
fn decimal_at(
    digits: &str,
    separators: &[(char, usize)],
    point: Point,
) -> Result<usize, NotAnAmount> {
    let all = digits.len();
    let Some(&(last, at)) = separators.last() else { return Ok(all) };
    let same = separators.iter().filter(|(separator, _)| *separator == last).count();
    let decimal = match point {
        // `1.234.567`: one that comes twice groups.
        Point::Either => same == 1,
        Point::Guess => {
            let group = all - at == 3 && (1..=3).contains(&at) && !digits.starts_with('0');
            same == 1 && !(separators.len() == 1 && group)
        }
        Point::Comma => last == ',',
        Point::Dot => last == '.',
    };
    let groups = if decimal { &separators[..separators.len() - 1] } else { separators };
    // What groups is one sign only, and before the fraction.
    let Some(&(grouping, _)) = groups.first() else { return Ok(if decimal { at } else { all }) };
    let fine = groups.iter().all(|(separator, _)| *separator == grouping)
        && !(decimal && grouping == last);
    if fine { Ok(if decimal { at } else { all }) } else { Err(NotAnAmount) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, point: Point) -> String {
        match amount(text, point) {
            Ok(Some(amount)) => amount.to_string(),
            Ok(None) => "nothing".into(),
            Err(NotAnAmount) => "no amount".into(),
        }
    }

    #[test]
    fn amounts_are_read_as_banks_write_them() {
        for (text, is) in [
            ("12.50", "12.50"),
            ("-12,50", "-12.50"),
            ("+00000000000115.8331", "115.8331"),
            ("1.234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1.234.567,8", "1234567.8"),
            ("1.234.567", "1234567"),
            ("1 234,56", "1234.56"),
            ("1'234.56", "1234.56"),
            ("12.50-", "-12.50"),
            ("(12.50)", "-12.50"),
            ("− 5", "-5"),
            ("R$ 1.234,56", "1234.56"),
            ("-$5.00", "-5.00"),
            ("5.00 USD", "5.00"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1.234", "1.234"),
            ("   .  ", "nothing"),
            ("", "nothing"),
            ("-", "nothing"),
            ("--5", "no amount"),
            ("1.2.3,4,5", "no amount"),
            ("12a", "no amount"),
            ("99999999999999999999999999999999", "no amount"),
        ] {
            assert_eq!(read(text, Point::Either), is, "{text}");
        }
    }
    #[test]
    fn a_single_separator_before_three_digits_groups_only_where_files_group() {
        assert_eq!(read("1,234", Point::Guess), "1234");
        assert_eq!(read("0,234", Point::Guess), "0.234");
        assert_eq!(read("1,23", Point::Guess), "1.23");
        assert_eq!(read("1234,567", Point::Guess), "1234.567");
        assert_eq!(read("1,234", Point::Comma), "1.234");
        assert_eq!(read("1.234", Point::Comma), "1234");
        assert_eq!(read("1,234", Point::Dot), "1234");
        assert_eq!(read("1.234,5", Point::Dot), "no amount");
    }
    #[test]
    fn cents_need_no_point() {
        assert_eq!(cents("123456").expect("cents").to_string(), "1234.56");
        assert_eq!(cents("-000005").expect("cents").to_string(), "-0.05");
        assert_eq!(cents("1.5"), None);
        assert_eq!(cents(" . "), None);
    }
    proptest! {
        #[test]
        fn any_text_is_an_amount_or_not(text in "[-+0-9.,' R$()A-Z]{0,50}|.{0,50}") {
            for point in [Point::Either, Point::Guess, Point::Comma, Point::Dot] {
                prop_assert_eq!(amount(&text, point), amount(&text, point));
            }
            prop_assert_eq!(cents(&text), cents(&text));
        }
        #[test]
        fn an_amount_is_read_as_it_was_written(cents in any::<i64>()) {
            let written = Amount::cents(cents).to_string();
            prop_assert_eq!(read(&written, Point::Either), written.clone());
            prop_assert_eq!(read(&written.replace('.', ","), Point::Comma), written);
        }
    }
}
