//! Numbers by which countries know people and companies: made so that their check digits are right.

use super::{chance::Seed, institutions::Country};
use jiff::civil::{Date, date};
use std::ops::Range;

/// Capitals without accents.
pub(super) fn bare(text: &str) -> String {
    text.chars()
        .map(|c| match c.to_uppercase().next().unwrap_or(c) {
            'Á' | 'Ã' | 'Â' | 'À' => 'A',
            'É' | 'Ê' => 'E',
            'Í' => 'I',
            'Ó' | 'Õ' | 'Ô' => 'O',
            'Ú' | 'Ü' => 'U',
            'Ç' => 'C',
            'Ñ' => 'N',
            c => c,
        })
        .collect()
}

fn letters(text: &str) -> Vec<char> {
    bare(text).chars().filter(char::is_ascii_alphabetic).collect()
}
fn is_vowel(c: char) -> bool {
    "AEIOU".contains(c)
}
/// The first letter after the first that is a vowel, or is none.
fn inner(text: &str, vowel: bool) -> char {
    letters(text).into_iter().skip(1).find(|c| is_vowel(*c) == vowel).unwrap_or('X')
}
fn initial(text: &str) -> char {
    letters(text).first().copied().unwrap_or('X')
}
fn yymmdd(day: Date) -> String {
    format!("{:02}{:02}{:02}", day.year().rem_euclid(100), day.month(), day.day())
}

/// What letters count in a CURP's check digit.
const CURP_ORDER: &str = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
/// What letters count in an RFC's.
const RFC_ORDER: &str = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ";

/// The population register number of a person of Mexico: 18 letters and digits.
pub(super) fn curp(
    first: &str,
    last: &str,
    second_last: &str,
    born: Date,
    female: bool,
    state: &str,
    seed: Seed,
) -> String {
    let mut curp =
        String::from_iter([initial(last), inner(last, true), initial(second_last), initial(first)]);
    curp.push_str(&yymmdd(born));
    curp.push(if female { 'M' } else { 'H' });
    curp.push_str(state);
    curp.extend([inner(last, false), inner(second_last, false), inner(first, false)]);
    curp.push(char::from(if born.year() < 2000 { b'0' } else { b'A' } + seed.small(10)));
    let place = |c| CURP_ORDER.chars().position(|o| o == c).unwrap_or(0);
    let sum: usize = curp.chars().enumerate().map(|(i, c)| place(c) * (18 - i)).sum();
    curp + &((10 - sum % 10) % 10).to_string()
}

/// When the bearer of a CURP was born, and whether she is a woman; `None` of what is no CURP.
pub(super) fn said_by_curp(curp: &str) -> Option<(Date, bool)> {
    let number = |at: Range<usize>| curp.get(at)?.parse::<i16>().ok();
    let small = |at: Range<usize>| i8::try_from(number(at)?).ok();
    let letters = curp.as_bytes();
    let (sex, age) = (letters.get(10)?, letters.get(16)?);
    let century = if age.is_ascii_digit() { 1900 } else { 2000 };
    let born = Date::new(century + number(4..6)?, small(6..8)?, small(8..10)?).ok()?;
    let known = letters.len() == 18 && matches!(sex, b'H' | b'M');
    known.then_some((born, *sex == b'M'))
}

/// The tax number of a company of Mexico: 12 letters and digits.
pub(super) fn company_rfc(name: &str, born: Date, seed: Seed) -> String {
    let name: String = letters(name).into_iter().take(3).collect();
    with_rfc_digit(&format!("{name}{}{}", yymmdd(born), seed.digits(2)))
}

/// The tax number of a person of Mexico, whose CURP begins in the same way: 13 letters and digits.
pub(super) fn person_rfc(curp: &str, seed: Seed) -> String {
    let begins: String = curp.chars().take(10).collect();
    with_rfc_digit(&(begins + &seed.digits(2)))
}

/// The number of somebody at Mexico's social security.
pub(super) fn nss(seed: Seed) -> String {
    let base = seed.digits(10);
    let doubled = values(&base).rev().enumerate().map(|(i, d)| match i % 2 {
        0 => d * 2 / 10 + d * 2 % 10,
        _ => d,
    });
    let sum: u32 = doubled.sum();
    format!("{base}{}", (10 - sum % 10) % 10)
}

/// The tax number of a company that is only known by name.
pub(super) fn tax_number(country: Country, name: &str) -> String {
    let seed = Seed::of(&["company", name]);
    let founded = date(
        1980 + i16::from(seed.with(1).small(30)),
        seed.with(2).small(12).cast_signed() + 1,
        seed.with(3).small(28).cast_signed() + 1,
    );
    match country {
        Country::Mexico => company_rfc(name, founded, seed),
        Country::Colombia => nit(&format!("9{}", seed.digits(8))),
        Country::Brazil => cnpj(&format!("{}0001", seed.digits(8))),
        Country::Chile => rut(&format!("7{}", seed.digits(7))),
    }
}

/// All but the last of an RFC, with it.
fn with_rfc_digit(rfc: &str) -> String {
    let place = |c| RFC_ORDER.chars().position(|o| o == c).unwrap_or(0);
    // Companies have a letter less than people, which counts as a blank in front.
    let blank = if rfc.chars().count() == 11 { 13 * place(' ') } else { 0 };
    let sum: usize =
        blank + rfc.chars().rev().enumerate().map(|(i, c)| place(c) * (i + 2)).sum::<usize>();
    let check = match (11 - sum % 11) % 11 {
        10 => "A".to_owned(),
        digit => digit.to_string(),
    };
    format!("{rfc}{check}")
}

fn values(digits: &str) -> impl DoubleEndedIterator<Item = u32> {
    digits.bytes().map(|b| u32::from(b.wrapping_sub(b'0')))
}

/// Eleven less the remainder by eleven of the digits weighed from the right, twice.
fn twice_mod_11(base: &str, most: u32) -> String {
    let mut number = base.to_owned();
    for _ in 0..2 {
        let weights = (2..=most).cycle();
        let sum: u32 = values(&number).rev().zip(weights).map(|(d, w)| d * w).sum();
        number += &(match sum % 11 {
            0 | 1 => 0,
            r => 11 - r,
        })
        .to_string();
    }
    number
}
/// The tax number of a person of Brazil, of its first nine digits.
pub(super) fn cpf(base: &str) -> String {
    twice_mod_11(base, 11)
}
/// The tax number of a company of Brazil, of its first twelve digits.
pub(super) fn cnpj(base: &str) -> String {
    twice_mod_11(base, 9)
}
/// The tax number of a taxpayer of Colombia, of all but its last digit.
pub(super) fn nit(base: &str) -> String {
    const WEIGHTS: [u32; 15] = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71];
    let sum: u32 = values(base).rev().zip(WEIGHTS).map(|(d, w)| d * w).sum();
    let check = match sum % 11 {
        r @ (0 | 1) => r,
        r => 11 - r,
    };
    format!("{base}-{check}")
}

/// The tax number of a taxpayer of Chile, of all but what stands behind the line.
pub(super) fn rut(base: &str) -> String {
    let sum: u32 = values(base).rev().zip((2..=7).cycle()).map(|(d, w)| d * w).sum();
    match 11 - sum % 11 {
        11 => format!("{base}-0"),
        10 => format!("{base}-K"),
        check => format!("{base}-{check}"),
    }
}

/// Eighteen digits: the bank, the place, the account and a check digit.
pub(super) fn clabe(bank: &str, place: &str, account: &str) -> String {
    let base = format!("{bank}{place}{account}");
    let sum: u32 = values(&base).zip([3, 7, 1].into_iter().cycle()).map(|(d, w)| d * w % 10).sum();
    format!("{base}{}", (10 - sum % 10) % 10)
}

/// The digit that proves a Brazilian account number.
pub(super) fn account_digit(number: &str) -> u32 {
    let sum: u32 = values(number).rev().zip((2..=9).cycle()).map(|(d, w)| d * w).sum();
    match sum % 11 {
        0 | 1 => 0,
        r => 11 - r,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn check_digits_are_those_of_known_examples() {
        assert_eq!(cpf("529982247"), "52998224725");
        assert_eq!(cnpj("112223330001"), "11222333000181");
        assert_eq!(clabe("032", "180", "00011835971"), "032180000118359719");
        assert_eq!(nit("860034313"), "860034313-7");
        assert_eq!(rut("12345678"), "12345678-5");
        assert_eq!(rut("30686957"), "30686957-4");
        assert_eq!(rut("76000006"), "76000006-K");
        let born = date(1972, 1, 15);
        let curp = curp("Gloria", "Hernández", "García", born, true, "DF", Seed::of(&[]));
        assert!(curp.starts_with("HEGG720115MDFRRL"), "{curp}");
        assert_eq!(curp.len(), 18);
    }
    #[test]
    fn tax_numbers_of_mexico_are_those_of_known_examples() {
        // The authority's own examples.
        assert_eq!(with_rfc_digit("GODE561231GR"), "GODE561231GR8");
        assert_eq!(with_rfc_digit("SAT970701NN"), "SAT970701NN3");
    }

    fn days() -> impl Strategy<Value = Date> {
        (1930..2020_i16, 1..=12_i8, 1..=28_i8).prop_map(|(y, m, d)| date(y, m, d))
    }
    proptest! {
        #[test]
        fn whoever_it_is_has_a_number_of_the_right_form(
            first in "[A-ZÁÉÑa-zé]{1,9}", last in "[A-ZÑa-zí]{1,9}", second in "[A-Za-z]{0,9}",
            born in days(), bits in any::<u64>(), female in any::<bool>()
        ) {
            let seed = Seed::of(&[]).with(bits);
            let curp = curp(&first, &last, &second, born, female, "JC", seed);
            prop_assert_eq!(said_by_curp(&curp), Some((born, female)));
            prop_assert_eq!(said_by_curp(&curp[1..]), None);
            prop_assert_eq!(curp.chars().count(), 18);
            let rfc = person_rfc(&curp, seed);
            prop_assert_eq!(rfc.chars().count(), 13);
            prop_assert_eq!(with_rfc_digit(&rfc[..rfc.len() - 1]), rfc.clone());
        }
    }
}
