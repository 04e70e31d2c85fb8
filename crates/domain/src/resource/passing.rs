//! What of a record passes with time, without its institution saying anything: it is worked out when
//! the record is shown.

use crate::time::{Moment, day};
use jiff::{Timestamp, civil::Date};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What passes, by the body's own keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// A number of days under `key`: as many more as have gone by since the instant under `since`.
    Days {
        /// The number.
        key: &'static str,
        /// From when on it grows.
        since: &'static str,
    },
    /// A word under `key`: where it is `while_it_lasts`, it is `after` from the instant under `until`
    /// on.
    Word {
        /// The word.
        key: &'static str,
        /// What is said before.
        while_it_lasts: &'static str,
        /// When it ends; null or left out where it does not.
        until: &'static str,
        /// What is said from then on.
        after: &'static str,
    },
}

impl Passing {
    /// The body as it is at an instant.
    #[must_use]
    pub fn shown(self, body: String, at: Timestamp) -> String {
        match self.now(&body, at) {
            Some((key, value)) => replaced(body, key, &value),
            None => body,
        }
    }

    fn now(self, body: &str, at: Timestamp) -> Option<(&'static str, String)> {
        let keys: BTreeMap<&str, &RawValue> = serde_json::from_str(body).ok()?;
        let instant = |key| serde_json::from_str::<Moment>(keys.get(key)?.get()).ok();
        match self {
            Self::Days { key, since } => {
                let said: i64 = keys.get(key)?.get().parse().ok()?;
                let gone = days_between(day(instant(since)?.0), day(at));
                (gone > 0).then(|| (key, said.saturating_add(gone).to_string()))
            }
            Self::Word { key, while_it_lasts, until, after } => {
                let said: &str = serde_json::from_str(keys.get(key)?.get()).ok()?;
                let over = said == while_it_lasts && instant(until)?.0 <= at;
                over.then(|| (key, format!("\"{after}\"")))
            }
        }
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| span.get_days().into())
}

/// A JSON object with another value under one of its own keys; the same where it has no such key.
#[must_use]
pub fn replaced(mut body: String, key: &str, value: &str) -> String {
    let place = {
        let keys: BTreeMap<&str, &RawValue> = serde_json::from_str(&body).unwrap_or_default();
        // The value is a piece of the body.
        keys.get(key).map(|old| (old.get().as_ptr().addr() - body.as_ptr().addr(), old.get().len()))
    };
    if let Some((at, length)) = place {
        body.replace_range(at..at + length, value);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGE: Passing = Passing::Days { key: "age", since: "read_at" };
    const STATUS: Passing =
        Passing::Word { key: "status", while_it_lasts: "HOLDS", until: "ends", after: "ENDED" };

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn days_go_by_since_it_was_read() {
        let body = r#"{"inside":{"age":7},"age":2,"read_at":"2026-01-14T23:00:00.000000Z"}"#;
        for (now, age) in [
            ("2026-01-14T23:30:00Z", 2),
            ("2026-01-15T00:00:00Z", 3),
            ("2026-03-14T00:00:00Z", 61),
            ("2026-01-01T00:00:00Z", 2),
        ] {
            let expected = body.replace("\"age\":2", &format!("\"age\":{age}"));
            assert_eq!(AGE.shown(body.into(), at(now)), expected);
        }
    }

    #[test]
    fn a_word_is_said_until_its_end() {
        let body = r#"{"ends":"2026-01-14T00:00:00.000000Z","status":"HOLDS","x":"status"}"#;
        assert_eq!(STATUS.shown(body.into(), at("2026-01-13T23:59:59Z")), body);
        let ended = body.replace("HOLDS", "ENDED");
        assert_eq!(STATUS.shown(body.into(), at("2026-01-14T00:00:00Z")), ended);
        let other = body.replace("HOLDS", "REFUSED");
        assert_eq!(STATUS.shown(other.clone(), at("2026-02-14T00:00:00Z")), other);
        for endless in [r#"{"status":"HOLDS"}"#, r#"{"ends":null,"status":"HOLDS"}"#] {
            assert_eq!(STATUS.shown(endless.into(), at("2026-02-14T00:00:00Z")), endless);
        }
    }

    #[test]
    fn what_is_no_such_object_is_left_as_it_is() {
        for odd in ["", "[]", "{", r#"{"age":"two"}"#, r#"{"age":2}"#, r#"{"age":null}"#] {
            assert_eq!(AGE.shown(odd.into(), at("2026-02-14T00:00:00Z")), odd);
        }
        let spaced = "{ \"a\" : [1, 2] , \"b\" : 3 }";
        assert_eq!(replaced(spaced.into(), "a", "null"), "{ \"a\" : null , \"b\" : 3 }");
    }
}
