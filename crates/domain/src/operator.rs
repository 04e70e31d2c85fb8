//! Operators: who may sign in to the console, what each may do there, how long a sign-in lasts, and
//! how long wrong passwords are waited for. Pure.

use crate::{
    time::{earlier, later},
    words,
};
use jiff::{SignedDuration, Timestamp};

words!(
    /// What an operator may do.
    Role {
        /// Look at what is not masked.
        Viewer = "viewer",
        /// Look at everything, and act.
        Operator = "operator",
    }
);

impl Role {
    /// Whether links may be refreshed and deleted, keys made, webhooks replayed.
    #[must_use]
    pub const fn may_act(self) -> bool {
        matches!(self, Self::Operator)
    }
    /// Whether what is masked may be shown: names, numbers, bodies.
    #[must_use]
    pub const fn may_reveal(self) -> bool {
        matches!(self, Self::Operator)
    }
}

/// The longest name of an operator.
pub const LONGEST_NAME: usize = 64;
/// The shortest password, in characters.
pub const SHORTEST_PASSWORD: usize = 12;
/// The longest password, in bytes: each is hashed, whoever sent it.
pub const LONGEST_PASSWORD: usize = 1024;

/// Why a name or a password will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The name cannot be typed and read aloud without doubt.
    #[error("a name has 1 to 64 of the characters a to z, 0 to 9, “.”, “-”, “_” and “@”")]
    Name,
    /// The password is guessed too soon.
    #[error("a password has at least 12 characters")]
    Short,
    /// The password is no password.
    #[error("a password has at most 1024 bytes")]
    Long,
    /// The password is guessed first.
    #[error("the password must not hold the name")]
    HoldsName,
}

/// The name as it is kept: capitals and blanks around it do not count.
pub fn name(said: &str) -> Result<String, Unfit> {
    let name = said.trim().to_lowercase();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c);
    let fits = !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(plain);
    if fits { Ok(name) } else { Err(Unfit::Name) }
}

/// Whether a password will do for the operator of that name. Its length counts, and nothing else:
/// rules about kinds of characters make passwords alike.
pub fn check_password(name: &str, password: &str) -> Result<(), Unfit> {
    if password.len() > LONGEST_PASSWORD {
        return Err(Unfit::Long);
    }
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Unfit::Short);
    }
    if name.len() > 3 && password.to_lowercase().contains(name) {
        return Err(Unfit::HoldsName);
    }
    Ok(())
}

/// Passwords tried since the last right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tries {
    /// How many.
    pub count: u32,
    /// When the last one was.
    pub last_at: Option<Timestamp>,
}

impl Tries {
    /// So many are free; after that each costs a wait.
    pub const FREE: u32 = 5;
    /// The first wait; each one after it is twice as long.
    pub const WAIT: SignedDuration = SignedDuration::from_mins(1);
    /// The longest wait: somebody else's guessing must not keep an operator out for a night.
    pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);
    /// After so long without a try the count begins anew.
    pub const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

    /// Until when no password is looked at.
    #[must_use]
    pub fn locked_until(self) -> Option<Timestamp> {
        let beyond = self.count.checked_sub(Self::FREE)?;
        let wait = (Self::WAIT * (1 << beyond.min(8))).min(Self::LONGEST_WAIT);
        Some(later(self.last_at?, wait))
    }
    /// With one more, at `now`; `None` while the operator is locked out. To be stored before the
    /// password is looked at, so that tries side by side are counted like tries in a row.
    #[must_use]
    pub fn with_one_more(self, now: Timestamp) -> Option<Self> {
        if self.locked_until().is_some_and(|until| now < until) {
            return None;
        }
        let old = self.last_at.is_none_or(|at| now.duration_since(at) > Self::FORGOTTEN);
        let count = if old { 1 } else { self.count.saturating_add(1) };
        Some(Self { count, last_at: Some(now) })
    }
    /// Whether the last of them was the one from which on there are waits.
    #[must_use]
    pub const fn just_locked(self) -> bool {
        self.count == Self::FREE
    }
}

/// How long a sign-in lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignIn {
    /// Without anything being asked for.
    pub idle: SignedDuration,
    /// At most.
    pub longest: SignedDuration,
}

impl Default for SignIn {
    fn default() -> Self {
        Self { idle: SignedDuration::from_mins(30), longest: SignedDuration::from_hours(12) }
    }
}

impl SignIn {
    /// How exactly it is known when something was last asked for: each look is not a write.
    pub const GRAIN: SignedDuration = SignedDuration::from_mins(1);

    /// Whether a sign-in that began and was last used then still holds.
    #[must_use]
    pub fn holds(self, began: Timestamp, seen: Timestamp, now: Timestamp) -> bool {
        now.duration_since(began) < self.longest
            && now.duration_since(seen) < self.idle.saturating_add(Self::GRAIN)
    }
    /// The instants that a sign-in must have begun and been used after to hold.
    #[must_use]
    pub fn bounds(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let before = |time| earlier(now, time);
        (before(self.longest), before(self.idle.saturating_add(Self::GRAIN)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    #[test]
    fn a_viewer_looks_and_an_operator_acts() {
        assert!(!Role::Viewer.may_act() && !Role::Viewer.may_reveal());
        assert!(Role::Operator.may_act() && Role::Operator.may_reveal());
    }

    #[test]
    fn names_are_kept_small_and_plain() {
        assert_eq!(name(" Ana.Lopez@acme "), Ok("ana.lopez@acme".into()));
        for bad in ["", " ", "ana lopez", "josé", "a/b", &"a".repeat(65)] {
            assert_eq!(name(bad), Err(Unfit::Name), "{bad}");
        }
    }

    #[test]
    fn passwords_are_long_and_not_the_name() {
        assert_eq!(check_password("ana", "correct horse"), Ok(()));
        assert_eq!(check_password("ana", "ana and a horse"), Ok(()), "short names are everywhere");
        assert_eq!(check_password("anabel", "my name is Anabel"), Err(Unfit::HoldsName));
        assert_eq!(check_password("ana", "elevenchars"), Err(Unfit::Short));
        assert_eq!(check_password("ana", "ñandúñandúña"), Ok(()), "characters, not bytes");
        assert_eq!(check_password("ana", &"x".repeat(1025)), Err(Unfit::Long));
    }

    #[test]
    fn after_five_wrong_passwords_each_further_one_waits_longer() {
        let mut tries = Tries::default();
        for n in 0..5 {
            tries = tries.with_one_more(at(n)).expect("free");
        }
        assert!(tries.just_locked());
        assert_eq!(tries.locked_until(), Some(at(4 + 60)));
        assert_eq!(tries.with_one_more(at(63)), None, "not yet");
        let mut now = at(64);
        for minutes in [2, 4, 8, 15, 15] {
            tries = tries.with_one_more(now).expect("after the wait");
            assert!(!tries.just_locked());
            let until = tries.locked_until().expect("locked again");
            assert_eq!(until.duration_since(now), SignedDuration::from_mins(minutes));
            now = until;
        }
        let day = SignedDuration::from_hours(25);
        let fresh = tries.with_one_more(now + day).expect("forgotten");
        assert_eq!((fresh.count, fresh.locked_until()), (1, None));
    }

    #[test]
    fn a_sign_in_ends_when_it_rests_and_in_any_case() {
        let (rule, minute) = (SignIn::default(), 60);
        assert!(rule.holds(at(0), at(0), at(29 * minute)));
        assert!(!rule.holds(at(0), at(0), at(31 * minute)), "it rested");
        assert!(rule.holds(at(0), at(700 * minute), at(719 * minute)));
        assert!(!rule.holds(at(0), at(719 * minute), at(720 * minute)), "half a day is over");
    }

    proptest! {
        #[test]
        fn whatever_is_tried_nobody_waits_longer_than_a_quarter_of_an_hour(
            steps in prop::collection::vec(0..100_000_i64, 0..60)
        ) {
            let (mut tries, mut now) = (Tries::default(), at(0));
            for step in steps {
                now += SignedDuration::from_secs(step);
                match tries.with_one_more(now) {
                    Some(more) => tries = more,
                    None => prop_assert!(
                        tries.locked_until().is_some_and(|until|
                            until.duration_since(now) <= Tries::LONGEST_WAIT)
                    ),
                }
            }
        }
        #[test]
        fn a_sign_in_holds_exactly_within_its_bounds(
            began in 0..100_000_i64, seen in 0..100_000_i64, now in 0..200_000_i64
        ) {
            let rule = SignIn::default();
            let (began, seen, now) = (at(began), at(seen), at(now));
            let (from, since) = rule.bounds(now);
            prop_assert_eq!(rule.holds(began, seen, now), began > from && seen > since);
        }
    }
}
