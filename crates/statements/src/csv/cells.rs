//! What stands in a cell.

use super::mapping::DecimalSign;
use crate::{
    days::{self, DayOrder},
    numbers::{self, Point},
};
use domain::money::Amount;
use jiff::{Timestamp, civil::Date};
use unicode_normalization::UnicodeNormalization;

/// A cell without what spreadsheets need: blanks, an apostrophe or `="…"` that make a number text.
pub(super) fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    let cell = cell.strip_prefix("=\"").and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell);
    cell.trim_matches('\'').trim()
}

/// A text as it is compared: small letters and digits, without accents and signs.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::new();
    let mut gap = false;
    for letter in text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        if letter.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.extend(letter.to_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

/// What a cell says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// One, and the instant where a zone is said.
    Is(Date, Option<Timestamp>),
    /// It is written like one, and cannot be.
    Impossible,
    /// Nothing.
    None,
}

/// Three numbers that may be a day, as they stand, and whether their order shows.
pub(super) enum Written {
    Numbers([i16; 3]),
    Known(Day),
    Nothing,
}

/// The months of Portuguese, Spanish and English by their first three letters.
fn month(word: &str) -> Option<i16> {
    Some(match fold(word).get(..3)? {
        "jan" | "ene" => 1,
        "fev" | "feb" => 2,
        "mar" => 3,
        "abr" | "apr" => 4,
        "mai" | "may" => 5,
        "jun" => 6,
        "jul" => 7,
        "ago" | "aug" => 8,
        "set" | "sep" => 9,
        "out" | "oct" => 10,
        "nov" => 11,
        "dez" | "dic" | "dec" => 12,
        _ => return None,
    })
}

/// How a day is written.
pub(super) fn written(cell: &str) -> Written {
    let cell = plain(cell);
    if cell.len() > 40 || !cell.contains(|c: char| c.is_ascii_digit()) {
        return Written::Nothing;
    }
    if let Some(numbers) = days::parts(cell) {
        // A year that comes first shows; a zone may follow.
        if numbers[0] > 31 {
            return Written::Known(match days::stamp(cell) {
                Ok(Some(stamp)) => Day::Is(stamp.day, stamp.at),
                _ => days::ordered(numbers, DayOrder::YearFirst)
                    .map_or(Day::Impossible, |day| Day::Is(day, None)),
            });
        }
        return Written::Numbers(numbers);
    }
    if cell.len() == 8 && cell.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = |from: usize, to: usize| cell[from..to].parse().unwrap_or(0);
        if let Some(day) =
            days::ordered([number(0, 4), number(4, 6), number(6, 8)], DayOrder::YearFirst)
        {
            return Written::Known(Day::Is(day, None));
        }
        return Written::Numbers([number(0, 2), number(2, 4), number(4, 8)]);
    }
    // `05-ENE-26`, `5 de janeiro de 2026`, `Jan 5, 2026`.
    let words: Vec<&str> = cell
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !matches!(*word, "de" | "del" | "DE" | "DEL"))
        .collect();
    if let [one, two, three, ..] = words.as_slice() {
        let number = |word: &str| word.parse::<i16>().ok();
        let named = match (number(one), month(two), number(three), month(one), number(two)) {
            (Some(day), Some(month), Some(year), ..)
            | (_, _, Some(year), Some(month), Some(day)) => Some([day, month, year]),
            _ => None,
        };
        if let Some(numbers) = named {
            let day = days::ordered(numbers, DayOrder::DayFirst);
            return Written::Known(day.map_or(Day::Impossible, |day| Day::Is(day, None)));
        }
    }
    Written::Nothing
}

/// The day that a cell says.
pub(super) fn day(cell: &str, order: DayOrder) -> Day {
    match written(cell) {
        Written::Numbers(numbers) => {
            days::ordered(numbers, order).map_or(Day::Impossible, |day| Day::Is(day, None))
        }
        Written::Known(day) => day,
        Written::Nothing => Day::None,
    }
}

/// A cell that is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotAnAmount;

/// The amount that a cell says; `D`, `DB` or `DR` behind it means that it went out, `C` or `CR` that it
/// came in.
pub(super) fn amount(cell: &str, decimal: DecimalSign) -> Result<Option<Amount>, NotAnAmount> {
    let cell = plain(cell);
    let digits = cell.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let mark = &cell[digits.len()..];
    let (cell, out) = match (direction(mark), digits.contains(|c: char| c.is_ascii_digit())) {
        (Some(credit), true) => (digits, Some(!credit)),
        _ => (cell, None),
    };
    let point = match decimal {
        DecimalSign::Comma => Point::Comma,
        DecimalSign::Point => Point::Dot,
    };
    let Ok(amount) = numbers::amount(cell, point) else { return Err(NotAnAmount) };
    Ok(amount.map(|Amount(value)| match out {
        Some(true) => Amount(-value.abs()),
        Some(false) | None => Amount(value),
    }))
}

/// Whether a word says that money came in (`true`) or went out.
pub(super) fn direction(word: &str) -> Option<bool> {
    match word.trim() {
        "+" => return Some(true),
        "-" => return Some(false),
        _ => {}
    }
    match fold(word).as_str() {
        "c" | "cr" | "cred" | "credit" | "credito" | "crdt" | "abono" | "deposito" | "deposit"
        | "entrada" | "ingreso" | "recebimento" | "haber" => Some(true),
        "d" | "db" | "dr" | "deb" | "debit" | "debito" | "dbit" | "cargo" | "retiro" | "saida"
        | "withdrawal" | "egreso" | "pagamento" | "debe" => Some(false),
        _ => None,
    }
}

/// What a row that only tells a balance says: before all (`true`), after, or in between.
pub(super) fn tells_balance(description: &str) -> Option<Told> {
    let text = fold(description);
    let begins = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    if !begins(&[
        "saldo",
        "s a l d o",
        "beginning balance",
        "opening balance",
        "ending balance",
        "closing balance",
    ]) {
        return None;
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    Some(if has(&["anterior", "inicial", "beginning", "opening"]) {
        Told::Opening
    } else if has(&["final", "atual", "actual", "ending", "closing"]) {
        Told::Closing
    } else {
        Told::Between
    })
}

/// Which balance a row tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Opening,
    Closing,
    Between,
}
