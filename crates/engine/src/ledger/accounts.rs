//! Account numbers as institutions write them: with zeros in front, check digits, masks.

use std::borrow::Cow;

/// The kinds of key whose values are numbers of accounts or cards, compared as [`normal_number`]s.
const NUMBER_KINDS: &[&str] = &["number", "public", "card", "clabe", "iban", "agency_number"];

/// The kind of key that holds an institution's own id; used only as far as ids are trusted.
pub(super) const ID_KIND: &str = "id";

/// The fewest visible digits by which a masked number may still find its account.
const FEWEST_VISIBLE: usize = 3;

/// One `kind:value` key of a keyed record, brought into the form in which it is compared. In
/// `number:CHECKING|12|0341` only the last part is the number; what stands before says where it
/// counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountKey<'a> {
    /// What kind of key: only equal kinds are compared.
    pub kind: &'a str,
    /// Where the value counts: category, branch.
    pub scope: &'a str,
    /// The value without what institutions change about it.
    pub value: Cow<'a, str>,
    /// Only the end of the value is visible.
    pub masked: bool,
}

impl<'a> AccountKey<'a> {
    /// Parses `kind:value`; a key without a kind is its own value.
    #[must_use]
    pub fn parse(key: &'a str) -> Self {
        let (kind, value) = key.split_once(':').unwrap_or(("", key));
        if !NUMBER_KINDS.contains(&kind) {
            return Self { kind, scope: "", value: Cow::Borrowed(value), masked: false };
        }
        let (scope, number) = value.rsplit_once(['|', '/', ':']).unwrap_or(("", value));
        let (value, masked) = normal_number(number);
        Self { kind, scope, value: Cow::Owned(value), masked }
    }
    /// Whether both could name the same thing although one hides part of it. A masked number often
    /// comes without its branch, so only the beginning of the scopes must agree.
    #[must_use]
    pub fn resembles(&self, other: &Self) -> bool {
        let place = |key: &Self| key.scope.split('|').next().map(str::to_owned);
        let visible = if self.masked { &self.value } else { &other.value };
        let whole = if self.masked { &other.value } else { &self.value };
        self.kind == other.kind
            && (self.masked || other.masked)
            && place(self) == place(other)
            && visible.len() >= FEWEST_VISIBLE
            && whole.ends_with(visible.as_ref())
    }
    /// Whether one is the other with one more letter at its end, as a check digit is. No ground to
    /// match, since 341 and 3415 may be two accounts; but no contradiction to a trusted id.
    #[must_use]
    pub fn is_with_check_digit(&self, other: &Self) -> bool {
        let (short, long) =
            if self.value.len() < other.value.len() { (self, other) } else { (other, self) };
        self.kind == other.kind
            && NUMBER_KINDS.contains(&self.kind)
            && self.scope == other.scope
            && long.value.len() == short.value.len() + 1
            && long.value.starts_with(short.value.as_ref())
    }
}

/// An account number without separators, leading zeros and case, and whether a mask hides its
/// beginning: `0341` is `341`, `**** 1234` is the masked `1234`.
#[must_use]
pub fn normal_number(number: &str) -> (String, bool) {
    let mask =
        |letter: char| matches!(letter, '*' | '•' | '·' | '#') || letter.eq_ignore_ascii_case(&'x');
    // An x is a mask only where several stand together; alone it is a check digit.
    // In capitals first: the capital of one letter may be several, and some of them none.
    let capitals = number.chars().flat_map(char::to_uppercase);
    let letters: Vec<char> =
        capitals.filter(|c| c.is_alphanumeric() || mask(*c)).take(64).collect();
    let hidden = letters
        .windows(2)
        .rposition(|pair| pair.iter().all(|c| mask(*c)))
        .map(|at| at + 2)
        .or_else(|| letters.iter().rposition(|c| mask(*c) && !c.is_alphabetic()).map(|at| at + 1));
    let visible: String = letters[hidden.unwrap_or(0)..].iter().collect();
    if hidden.is_some() {
        return (visible, true);
    }
    let bare = visible.trim_start_matches('0');
    (if bare.is_empty() { visible } else { bare.to_owned() }, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_compared_without_zeros_separators_and_masks() {
        assert_eq!(AccountKey::parse("number:0341"), AccountKey::parse("number:341"));
        assert_eq!(AccountKey::parse("number:12.345-X"), AccountKey::parse("number:0012345x"));
        assert_eq!(normal_number("**** 1234"), ("1234".into(), true));
        assert_eq!(normal_number("straße ῖ 1"), normal_number("STRASSE Ι 1"), "in capitals");
        assert_eq!(normal_number("XXXXXXXX0341"), ("0341".into(), true));
        assert_eq!(normal_number("000"), ("000".into(), false));
        assert!(
            AccountKey::parse("number:****1234").resembles(&AccountKey::parse("number:5555661234"))
        );
        assert!(
            !AccountKey::parse("number:****1234")
                .resembles(&AccountKey::parse("number:5555661235"))
        );
        let (with, without) =
            (AccountKey::parse("number:12345-6"), AccountKey::parse("number:12345"));
        assert!(with.is_with_check_digit(&without) && !with.resembles(&without));
        assert_eq!(
            AccountKey::parse("number:CHECKING|1|0341"),
            AccountKey::parse("number:CHECKING|1|341")
        );
        assert_ne!(
            AccountKey::parse("number:CHECKING|1|23"),
            AccountKey::parse("number:CHECKING|12|3")
        );
        assert!(
            AccountKey::parse("number:CARD|****1234")
                .resembles(&AccountKey::parse("number:CARD|7|5555661234"))
        );
    }

    proptest! {
        #[test]
        fn no_number_panics_and_normal_stays_normal(number in ".{0,30}") {
            let (normal, masked) = normal_number(&number);
            if !masked {
                prop_assert_eq!(normal_number(&normal).0, normal);
            }
        }
    }
}
