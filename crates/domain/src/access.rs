//! How a link may be used: access mode, how long credentials and data are kept, token scopes.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A wire word that is not one of its enum's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0:.100}\" is not a valid choice.")]
pub struct NotAChoice(pub String);

/// An enum of wire words: `as_str`, `Display`, `FromStr`, serde and `ALL`, from one table.
#[macro_export]
macro_rules! words { ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
    $(#[$doc])*
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
    pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }
    impl $name {
        /// Every word, in the order of its declaration.
        pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        /// The words themselves, in the same order.
        pub const WORDS: &'static [&'static str] = &[$($word),+];
        /// The word on the wire.
        #[must_use]
        pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
    }
    impl std::fmt::Display for $name {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
    }
    // By hand: a derive inside a macro cannot read the words of `rename`.
    impl $crate::utoipa::PartialSchema for $name {
        fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::schema::Schema> {
            $crate::utoipa::openapi::ObjectBuilder::new()
                .schema_type($crate::utoipa::openapi::Type::String)
                .enum_values(Some(Self::WORDS.iter().copied()))
                .into()
        }
    }
    impl $crate::utoipa::ToSchema for $name {}
    impl std::str::FromStr for $name {
        type Err = $crate::access::NotAChoice;
        fn from_str(text: &str) -> Result<Self, Self::Err> {
            match text { $($word => Ok(Self::$variant),)+ _ => Err($crate::access::NotAChoice(text.into())) }
        }
    }
} }

words!(
    /// Whether Vinculo comes back by itself.
    AccessMode {
        /// Only when asked.
        Single = "single",
        /// On a schedule.
        Recurrent = "recurrent",
    }
);

words!(
    /// What a widget token may do.
    Scope {
        /// List institutions.
        ReadInstitutions = "read_institutions",
        /// Register, resume and update links.
        WriteLinks = "write_links",
        /// Read the link being updated.
        ReadLinks = "read_links",
        /// Read consents.
        ReadConsents = "read_consents",
        /// Renew consents and take them back.
        WriteConsents = "write_consents",
        /// Finish a consent that came back from the institution.
        WriteConsentCallback = "write_consent_callback",
        /// The original's flow names it; taking back needs `write_consents`, as its portal has it.
        DeleteConsents = "delete_consents",
    }
);

/// How long the credentials of a link are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialsStorage {
    /// Until the link is deleted.
    Store,
    /// Only for the initial load, and at most fifteen minutes.
    NoStore,
    /// For so many days.
    Days(u16),
}

/// How long data may go without an update before they are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StaleIn(u16);

/// Text that says no period: `Nd` with 1 ≤ N ≤ 999 was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("This value does not match the required pattern.")]
pub struct NotAPeriod;

fn days(text: &str) -> Result<u16, NotAPeriod> {
    let digits = text.strip_suffix('d').ok_or(NotAPeriod)?;
    let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    match digits.parse() {
        Ok(days) if plain && days > 0 => Ok(days),
        _ => Err(NotAPeriod),
    }
}

impl CredentialsStorage {
    /// What a link gets that asks for nothing: recurrent links store, single ones for a year.
    #[must_use]
    pub const fn default_for(mode: AccessMode) -> Self {
        match mode {
            AccessMode::Recurrent => Self::Store,
            AccessMode::Single => Self::Days(365),
        }
    }
    /// How long after the link's birth the credentials are erased; `None` for never.
    #[must_use]
    pub fn lifetime(self) -> Option<SignedDuration> {
        match self {
            Self::Store => None,
            Self::NoStore => Some(SignedDuration::from_mins(15)),
            Self::Days(days) => Some(SignedDuration::from_hours(24 * i64::from(days))),
        }
    }
}
impl fmt::Display for CredentialsStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store => f.write_str("store"),
            Self::NoStore => f.write_str("nostore"),
            Self::Days(days) => write!(f, "{days}d"),
        }
    }
}
impl FromStr for CredentialsStorage {
    type Err = NotAPeriod;
    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        match text {
            "store" => Ok(Self::Store),
            "nostore" => Ok(Self::NoStore),
            _ => match days(text)? {
                days @ 1..=365 => Ok(Self::Days(days)),
                _ => Err(NotAPeriod),
            },
        }
    }
}

impl StaleIn {
    /// A year.
    pub const DEFAULT: Self = Self(365);
    /// How long after the last update the data are removed.
    #[must_use]
    pub fn lifetime(self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.0))
    }
}
impl fmt::Display for StaleIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}
impl FromStr for StaleIn {
    type Err = NotAPeriod;
    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        days(text).map(Self)
    }
}

macro_rules! as_text { ($($name:ident),*) => { $(
    impl Serialize for $name {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }
    impl<'de> Deserialize<'de> for $name {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
        }
    }
)* } }
as_text!(CredentialsStorage, StaleIn);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn periods_are_one_to_three_digits_of_days() {
        assert_eq!("365d".parse(), Ok(CredentialsStorage::Days(365)));
        assert_eq!("366d".parse::<CredentialsStorage>(), Err(NotAPeriod));
        assert_eq!("999d".parse::<StaleIn>().map(|s| s.to_string()), Ok("999d".into()));
        for bad in ["", "d", "0d", "1000d", "+1d", "1", "1 d", "-1d", "٣d"] {
            assert_eq!(bad.parse::<StaleIn>(), Err(NotAPeriod), "{bad}");
            assert_eq!(bad.parse::<CredentialsStorage>(), Err(NotAPeriod), "{bad}");
        }
    }
    proptest! {
        #[test]
        fn what_is_read_is_written_again(days in 1..=365_u16) {
            let text = format!("{days}d");
            prop_assert_eq!(text.parse::<CredentialsStorage>().map(|s| s.to_string()), Ok(text.clone()));
            prop_assert_eq!(text.parse::<StaleIn>().map(|s| s.to_string()), Ok(text));
        }
    }
}
