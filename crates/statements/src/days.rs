//! Days and instants as banks write them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::Offset,
};
use serde::{Deserialize, Serialize};

/// In which order a day is written. In JSON: `day_first`, `month_first`, `year_first`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOrder {
    /// `31/12/2026`.
    DayFirst,
    /// `12/31/2026`.
    MonthFirst,
    /// `2026/12/31`.
    YearFirst,
}

/// A day and, where it is said, an instant on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The day as it is written, in the bank's own zone.
    pub(crate) day: Date,
    /// Where a time of day and its zone are written. Midnight and noon sharp are what banks write
    /// that know only the day.
    pub(crate) at: Option<Timestamp>,
}

/// Text that is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotADay;

/// `20260131`, `20260131093000.000[-3:BRT]`, `2026-01-31T09:30:00-03:00`: a year first, then whatever
/// is said of the rest. `None` where nothing is said: empty, or all zeros.
///
/// OFX 2.2, section 3.2.8.2: `YYYYMMDDHHMMSS.XXX[gmt offset[:tz name]]`, each part from the hours on
/// may be missing.
pub(crate) fn stamp(text: &str) -> Result<Option<Stamp>, NotADay> {
    let text = text.trim();
    let (written, zone) = match text.split_once('[') {
        Some((written, zone)) => (written, offset(zone)),
        None => (text, None),
    };
    // Two of the first eight digits at a time, over separators of any kind.
    let mut digits = [0_u8; 14];
    let mut count = 0;
    let mut rest = written;
    for (at, byte) in written.bytes().enumerate() {
        rest = &written[at..];
        match byte {
            b'0'..=b'9' if count < digits.len() => {
                digits[count] = byte - b'0';
                count += 1;
            }
            b'-' | b'/' | b'.' if count == 4 || count == 6 => {}
            b'T' | b' ' if count == 8 => {}
            b':' if count == 10 || count == 12 => {}
            b'.' | b',' | b':' | b'Z' | b'+' | b'-' | b' ' if count >= 8 => break,
            _ => return Err(NotADay),
        }
        rest = "";
    }
    if digits[..count].iter().all(|&digit| digit == 0) {
        return Ok(None);
    }
    if count < 8 {
        return Err(NotADay);
    }
    let pair = |at: usize| i8::try_from(digits[at] * 10 + digits[at + 1]).unwrap_or(99);
    let year = i16::from(pair(0)) * 100 + i16::from(pair(2));
    let day = day(year, pair(4), pair(6)).ok_or(NotADay)?;
    let time = match count {
        12.. => Time::new(pair(8), pair(10), if count == 14 { pair(12) } else { 0 }, 0).ok(),
        _ => None,
    };
    let zone = zone.or_else(|| iso_zone(rest));
    let at = time.zip(zone).and_then(|(time, zone)| instant(day, time, zone));
    Ok(Some(Stamp { day, at }))
}

/// An instant, unless it is one of those that stand for a day.
fn instant(day: Date, time: Time, zone: Offset) -> Option<Timestamp> {
    let only_a_day = time == Time::midnight() || time == Time::constant(12, 0, 0, 0);
    (!only_a_day).then(|| zone.to_timestamp(DateTime::from_parts(day, time)).ok())?
}

/// `-3:GMT]`, `-03:EST]`, `+5.5`, `-:EST]`: hours before or after GMT; the name says nothing that the
/// number does not, and is often wrong.
fn offset(text: &str) -> Option<Offset> {
    let text = text.trim_end_matches(']');
    let number = text.split(':').next()?.trim();
    let (sign, number) = match number.as_bytes().first()? {
        b'-' => (-1, &number[1..]),
        b'+' => (1, &number[1..]),
        _ => (1, number),
    };
    let (hours, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || hours.len() > 2 || !(part.is_empty() || digits(part)) {
        return None;
    }
    let hours: i32 = hours.parse().ok()?;
    // OFX: `.50` is half an hour.
    let part: i32 = format!("{part:0<2}").get(..2)?.parse().ok()?;
    Offset::from_seconds(sign * (hours * 3600 + part * 36)).ok()
}

/// `Z`, `-03:00`, `-0300` after an ISO 8601 time and its fraction.
fn iso_zone(rest: &str) -> Option<Offset> {
    let zone = rest.trim_start_matches(|c: char| c == '.' || c == ',' || c.is_ascii_digit()).trim();
    if zone == "Z" {
        return Some(Offset::UTC);
    }
    let sign = match zone.as_bytes().first()? {
        b'-' => -1,
        b'+' => 1,
        _ => return None,
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// A day that can be, in a year that statements come from.
pub(crate) fn day(year: i16, month: i8, day: i8) -> Option<Date> {
    (1900..2200).contains(&year).then(|| Date::new(year, month, day).ok())?
}

/// The three numbers of a day that is written with separators (`31/12/2026`, `1/ 5'07`, `2026-12-31`),
/// as they stand.
pub(crate) fn parts(text: &str) -> Option<[i16; 3]> {
    let mut numbers = [0_i16; 3];
    let mut index = 0;
    let mut inside = false;
    for letter in text.trim().chars() {
        match letter {
            '0'..='9' => {
                if inside || numbers[index] == 0 {
                    inside = true;
                    let digit = i16::try_from(letter.to_digit(10)?).ok()?;
                    numbers[index] = numbers[index].checked_mul(10)?.checked_add(digit)?;
                }
            }
            '/' | '-' | '.' | '\'' if inside && index < 2 => {
                index += 1;
                inside = false;
            }
            ' ' if !inside => {}
            // A time of day may follow.
            ' ' | 'T' if index == 2 && inside => break,
            _ => return None,
        }
    }
    (index == 2 && inside).then_some(numbers)
}

/// The day that three numbers are in an order. A year of two digits is one of 1970 to 2069.
pub(crate) fn ordered([a, b, c]: [i16; 3], order: DayOrder) -> Option<Date> {
    let (year, month, of_month) = match order {
        DayOrder::DayFirst => (c, b, a),
        DayOrder::MonthFirst => (c, a, b),
        DayOrder::YearFirst => (a, b, c),
    };
    let year = match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    };
    day(year, i8::try_from(month).ok()?, i8::try_from(of_month).ok()?)
}

/// The orders in which three numbers can be a day: what a file with many days is decided by.
pub(crate) fn orders(numbers: [i16; 3]) -> impl Iterator<Item = DayOrder> {
    let can = if numbers[0] > 31 {
        [DayOrder::YearFirst].as_slice()
    } else {
        [DayOrder::DayFirst, DayOrder::MonthFirst].as_slice()
    };
    can.iter().copied().filter(move |&order| ordered(numbers, order).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }
    fn said(text: &str) -> Option<(Date, Option<Timestamp>)> {
        stamp(text).expect("a day or nothing").map(|stamp| (stamp.day, stamp.at))
    }

    #[test]
    fn the_day_is_the_one_that_is_written() {
        let day = date(2026, 1, 31);
        for text in [
            "20260131",
            " 20260131 ",
            "20260131000000",
            "20260131000000[-3:GMT]",
            "20260131120000.000[0:GMT]",
            "20260131233000",
            "2026-01-31",
            "2026/01/31",
            "20260131093914:014",
            "202601310939",
            "20260131093914[-:EST]",
            "20260131253914[-3:BRT]",
            "2026013109",
        ] {
            assert_eq!(said(text), Some((day, None)), "{text}");
        }
        for (text, instant) in [
            ("20260131233000[-3:BRT]", "2026-02-01T02:30:00Z"),
            ("20260131233000.123[-03:EST]", "2026-02-01T02:30:00Z"),
            ("20260131233000[-3]", "2026-02-01T02:30:00Z"),
            ("20260131233000[+5.50:IST]", "2026-01-31T18:00:00Z"),
            ("20260131233000[5.5:IST]", "2026-01-31T18:00:00Z"),
            ("2026-01-31T23:30:00.5-03:00", "2026-02-01T02:30:00Z"),
            ("2026-01-31T23:30:00Z", "2026-01-31T23:30:00Z"),
        ] {
            assert_eq!(said(text), Some((day, Some(at(instant)))), "{text}");
        }
    }
    #[test]
    fn zeros_say_nothing_and_what_cannot_be_is_no_day() {
        for text in ["", "  ", "00000000", "00000000000000", "00000000000000[-3:GMT]"] {
            assert_eq!(said(text), None, "{text}");
        }
        for text in ["20120231", "20121301", "2012", "next week", "99999999", "31/12/2026", "é"] {
            assert_eq!(stamp(text), Err(NotADay), "{text}");
        }
    }
    #[test]
    fn three_numbers_are_a_day_in_the_orders_that_they_can_be() {
        use DayOrder::{DayFirst, MonthFirst, YearFirst};
        let of = |text| {
            parts(text).map(|numbers| orders(numbers).collect::<Vec<_>>()).unwrap_or_default()
        };
        assert_eq!(of("31/12/2026"), [DayFirst]);
        assert_eq!(of("12/31/26"), [MonthFirst]);
        assert_eq!(of("1/ 5'07"), [DayFirst, MonthFirst]);
        assert_eq!(of("2026-12-31"), [YearFirst]);
        assert_eq!(of("2026-12-31 09:30"), [YearFirst]);
        assert_eq!(of("31/31/2026"), []);
        assert_eq!(of("nonsense"), []);
        let day = |text, order| ordered(parts(text).expect("numbers"), order);
        assert_eq!(day("1/ 5'07", MonthFirst), Some(date(2007, 1, 5)));
        assert_eq!(day("05.01.99", DayFirst), Some(date(1999, 1, 5)));
        assert_eq!(day("29/02/2027", DayFirst), None);
    }
    proptest! {
        #[test]
        fn any_text_is_a_day_or_not(text in "[-0-9T:.\\[\\]/' +]{0,30}|.{0,30}") {
            prop_assert_eq!(stamp(&text), stamp(&text));
            let orders = parts(&text).map(|numbers| orders(numbers).count());
            prop_assert!(orders.is_none_or(|count| count <= 2));
        }
        #[test]
        fn a_day_is_read_as_it_was_written(days in 0..100_000_i64) {
            let day = date(1900, 1, 1).saturating_add(jiff::Span::new().days(days));
            let text = day.strftime("%Y%m%d").to_string();
            prop_assert_eq!(said(&text), Some((day, None)));
        }
    }
}
