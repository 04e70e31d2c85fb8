//! Which version of the protocol a session speaks.

use serde::{Deserialize, Serialize};

/// A version that this host speaks. Where versions differ, the code matches on this and on nothing
/// else; `initialize` is the same in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "u32", try_from = "u32")]
pub enum Version {
    /// The first.
    One,
}

/// What this host speaks: the newest, and the one before it. Newest first.
pub const SPOKEN: &[Version] = &[Version::One];

impl Version {
    /// Its number on the wire.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::One => 1,
        }
    }
    /// The version of `number`, if this host speaks it.
    #[must_use]
    pub fn numbered(number: u32) -> Option<Self> {
        SPOKEN.iter().copied().find(|version| version.number() == number)
    }
    /// The numbers that `initialize` offers to a connector whose manifest says `theirs`: those that
    /// both speak, newest first. Empty: there is no common language.
    #[must_use]
    pub fn offered(theirs: &[u32]) -> Vec<u32> {
        common(SPOKEN.iter().map(|version| version.number()), theirs)
    }
}

/// Of `ours`, newest first, those that are also `theirs`.
fn common(ours: impl Iterator<Item = u32>, theirs: &[u32]) -> Vec<u32> {
    ours.filter(|number| theirs.contains(number)).collect()
}

impl From<Version> for u32 {
    fn from(version: Version) -> Self {
        version.number()
    }
}
impl TryFrom<u32> for Version {
    type Error = &'static str;
    fn try_from(number: u32) -> Result<Self, Self::Error> {
        Self::numbered(number).ok_or("a version of the protocol that is not spoken here")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_spoken_is_the_newest_and_at_most_the_one_before() {
        let numbers: Vec<_> = SPOKEN.iter().map(|version| version.number()).collect();
        assert!(
            matches!(numbers.len(), 1 | 2) && numbers.is_sorted_by(|newer, older| newer > older)
        );
        for version in SPOKEN {
            assert_eq!(Version::numbered(version.number()), Some(*version));
        }
        assert_eq!(Version::numbered(0), None);
    }

    proptest! {
        #[test]
        fn the_newest_that_both_speak_comes_first(newest in 2..9_u32, theirs in prop::collection::vec(0..9_u32, 0..5)) {
            let ours = [newest, newest - 1];
            let offered = common(ours.into_iter(), &theirs);
            let best = theirs.iter().filter(|number| ours.contains(number)).max();
            prop_assert_eq!(offered.first(), best);
            prop_assert!(offered.is_sorted_by(|newer, older| newer > older));
        }
    }
}
