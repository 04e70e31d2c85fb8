//! `:61:`, the line of a movement.
//!
//! `6!n[4!n]2a[1!a]15d1!a3!c16x[//16x]` and, in a second line, `34x`: value date, booking day, debit
//! or credit, the third letter of the currency, amount, type, the customer's reference, the bank's,
//! details.

use super::{three, unsigned};
use crate::{
    days::{self, DayOrder},
    said::Movement,
    words::{append, tidy},
};
use jiff::civil::Date;

/// A movement, and what was wrong with it: the column in the file's line, and the words.
pub(super) struct Read {
    pub(super) movement: Movement,
    pub(super) faults: Vec<(u64, &'static str)>,
}

/// Words that stand where a reference would, and are none: that there is no reference, or that it is
/// in `:86:`.
const NO_REFERENCE: &[&str] =
    &["NONREF", "EREF", "MARF", "PREF", "KREF+", "EREF+", "NOTPROVIDED", "NOREF", "N"];

/// `text`, unless it says that there is no reference.
pub(super) fn reference(text: &str) -> Option<String> {
    let text = text.trim();
    (!NO_REFERENCE.contains(&text)).then(|| tidy(text))?
}

/// Whether `text` has the form of an IBAN (ISO 13616). The check digits are not looked at: banks write
/// invented ones into samples, and a wrong one is still what the bank wrote.
pub(super) fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Reads the lines of a `:61:`, the first without its tag. `None` where there is no amount.
pub(super) fn read(lines: &[&str]) -> Option<Read> {
    let first = lines.first()?;
    if let Some(read) = one(first, lines.get(1..).unwrap_or_default()) {
        return Some(read);
    }
    // A program has broken the line in its middle.
    let joined = format!("{}{}", first.trim_end(), lines.get(1)?);
    one(&joined, lines.get(2..).unwrap_or_default())
}

/// The first line, and those that follow.
fn one(line: &str, more: &[&str]) -> Option<Read> {
    // Only ASCII stands before the references; other letters there are no movement.
    let line = line.trim();
    let start = line.bytes().take_while(u8::is_ascii_digit).count();
    let (date, rest) = line.split_at(start.min(6));
    let (entry, rest) = entry_day(rest);
    let mut movement = Movement::default();
    let mut faults = Vec::new();

    let mut rest = rest.trim_start();
    // `R` and `E` come before the `C` or `D` that they qualify.
    if let Some(behind) = rest.strip_prefix(['R', 'E']).filter(|t| t.starts_with(['C', 'D'])) {
        (movement.reversal, movement.pending) = (rest.starts_with('R'), rest.starts_with('E'));
        rest = behind;
    }
    let credit = match rest.as_bytes().first()? {
        b'C' => true,
        b'D' => false,
        _ => return None,
    };
    rest = rest[1..].trim_start();
    rest = rest.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(rest);
    let end =
        rest.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.')).unwrap_or(rest.len());
    let (amount, rest) = rest.split_at(end);
    movement.amount = unsigned(amount)?;
    // A reversed credit takes money away.
    if credit == movement.reversal {
        movement.amount.0 = -movement.amount.0;
    }

    match value_day(date) {
        Some((day, true)) => movement.value_date = Some(day),
        Some((day, false)) => {
            movement.value_date = Some(day);
            faults
                .push((5, "the value date is beyond the end of its month; its last day was taken"));
        }
        None => faults.push((5, "the value date is no day; the movement has none")),
    }
    if let Some(entry) = entry {
        movement.booking_date = movement.value_date.and_then(|value| booking_day(entry, value));
        if movement.booking_date.is_none() {
            faults.push((11, "the booking day is no day; the movement has none"));
        }
    }

    // `NTRF`, `N051`, `FMSC`, and `S` with nothing behind it.
    let rest = match rest.split_at_checked(4) {
        Some((kind, rest)) if kind.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            movement.kind = Some(kind.trim().to_owned());
            rest
        }
        _ => rest,
    };
    let mut details = more.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    references(rest, &mut movement);
    // Banks of the Netherlands put the other account there, and its owner behind it.
    if movement.reference.as_deref().is_some_and(is_iban) {
        movement.counterparty_account = movement.reference.take();
        movement.counterparty = details.next().map(str::to_owned);
    }
    for detail in details {
        if movement.counterparty_account.is_none() && is_iban(detail) {
            movement.counterparty_account = Some(detail.to_owned());
        } else if !super::information::words_between_slashes(detail, &mut movement) {
            append(&mut movement.description, detail);
        }
    }
    Some(Read { movement, faults })
}

/// What follows the type: `customer's//bank's`, or a Dutch account in sixteen columns and a name.
fn references(text: &str, movement: &mut Movement) {
    if let Some((customer, bank)) = text.split_once("//") {
        movement.reference = reference(customer);
        movement.id = reference(bank);
        return;
    }
    let columns = text.char_indices().nth(16).map(|(at, _)| text.split_at(at));
    match columns {
        Some((account, name)) if account.contains(' ') && !name.starts_with(' ') => {
            movement.counterparty_account = reference(account);
            movement.counterparty = Some(name.trim().to_owned());
        }
        _ => movement.reference = reference(text),
    }
}

/// The four digits, or blanks, of a booking day.
fn entry_day(text: &str) -> (Option<[i8; 2]>, &str) {
    let Some((entry, rest)) = text.split_at_checked(4) else { return (None, text) };
    if entry.bytes().all(|byte| byte.is_ascii_digit()) {
        let two = |at: usize| entry[at..at + 2].parse().unwrap_or(0);
        return (Some([two(0), two(2)]), rest);
    }
    (None, text)
}

/// The day, and whether it is the one that is written: interest is reckoned in months of thirty days,
/// and so there are value dates of 30 February.
fn value_day(text: &str) -> Option<(Date, bool)> {
    let [year, month, day] = three(text)?;
    if let Some(date) = days::ordered([year, month, day], DayOrder::YearFirst) {
        return Some((date, true));
    }
    if !(29..=31).contains(&day) {
        return None;
    }
    let first = days::ordered([year, month, 1], DayOrder::YearFirst)?;
    Some((first.last_of_month(), false))
}

/// The booking day nearest to the value date: its year is not written.
fn booking_day([month, day]: [i8; 2], value: Date) -> Option<Date> {
    let near = |year: i16| days::day(year, month, day);
    let candidates = [near(value.year() - 1), near(value.year()), near(value.year() + 1)];
    candidates
        .into_iter()
        .flatten()
        .min_by_key(|date| value.until(*date).map_or(i32::MAX, |span| span.get_days().abs()))
}
