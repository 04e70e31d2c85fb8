//! Faults on demand: what shall go wrong at the sandbox's institutions, for whom, how often and how
//! long. Whoever keeps them (the engine) may list them, store them and put them back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// One thing that shall go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// For whom.
    pub scope: Scope,
    /// What.
    pub effect: Effect,
    /// How many more times; without it, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<u32>,
    /// Until when; without it, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// For whom something goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everybody at this institution.
    Institution(String),
    /// One user of one institution.
    User {
        /// The institution's name.
        institution: String,
        /// Who logs in.
        username: String,
    },
    /// The login with this key, which is whatever was given to `Connector::open` as its subject.
    Link(String),
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Logins fail: the institution is down.
    Down,
    /// Logins fail: the institution is unavailable.
    Unavailable,
    /// Every login and every resource takes so many seconds longer.
    Slow(u32),
    /// Logins ask for a token, whatever the institution.
    DemandToken,
    /// Only this password lets anybody in.
    ChangePassword(SandboxPassword),
    /// Logins fail: the person withdrew the permission.
    Revoke,
    /// Half of the items come, and the institution says so.
    Partial,
    /// Only so many items come, and the institution calls that all.
    Truncated(usize),
    /// Each page begins with the last items of the page before.
    Duplicated,
    /// Nothing comes, and the institution calls that all.
    Empty,
    /// The institution's own ids are new at each login.
    ChurnIds,
    /// The consent of Open Finance ends then, and lets nobody in any more.
    ConsentUntil(Timestamp),
    /// The consent says that some of what it allows cannot be read at present.
    PausedResources,
    /// The consent says that some of what it allows cannot be read any more.
    LostResources,
}

/// A password of the sandbox: no secret, but not for logs either.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SandboxPassword(pub String);

impl fmt::Debug for SandboxPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// When an effect shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum During {
    Login,
    Fetch,
}

impl Effect {
    fn shows(&self, during: During) -> bool {
        match self {
            Self::Slow(_) | Self::ConsentUntil(_) => true,
            Self::Partial
            | Self::Truncated(_)
            | Self::Duplicated
            | Self::Empty
            | Self::PausedResources
            | Self::LostResources => during == During::Fetch,
            _ => during == During::Login,
        }
    }
}

/// Who is at an institution.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visitor<'a> {
    pub(super) institution: &'a str,
    pub(super) username: &'a str,
    pub(super) subject: &'a str,
}

impl Scope {
    fn covers(&self, who: Visitor<'_>) -> bool {
        match self {
            Self::Institution(name) => name == who.institution,
            Self::User { institution, username } => {
                institution == who.institution && username == who.username
            }
            Self::Link(subject) => subject == who.subject,
        }
    }
}

/// There are as many faults as there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are already {} faults", Faults::MOST)]
pub struct TooManyFaults;

/// Told of all faults whenever one comes, goes or is used.
type Keep = Box<dyn Fn(&[Fault]) + Send + Sync>;

/// What shall go wrong at present. Shared by all conversations.
#[derive(Default)]
pub struct Faults {
    faults: Mutex<Vec<Fault>>,
    keep: Option<Keep>,
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Faults").field(&self.faults).finish()
    }
}

impl Faults {
    /// So many there may be at once.
    pub const MOST: usize = 1_000;

    /// Those that were kept, and `keep` for what becomes of them.
    pub fn remembered(faults: Vec<Fault>, keep: impl Fn(&[Fault]) + Send + Sync + 'static) -> Self {
        Self { faults: Mutex::new(faults), keep: Some(Box::new(keep)) }
    }
    fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn changed(&self, faults: &[Fault]) {
        if let Some(keep) = &self.keep {
            keep(faults);
        }
    }
    /// From now on this goes wrong as well.
    pub fn add(&self, fault: Fault) -> Result<(), TooManyFaults> {
        let mut faults = self.faults();
        if faults.len() >= Self::MOST {
            return Err(TooManyFaults);
        }
        faults.push(fault);
        self.changed(&faults);
        Ok(())
    }
    /// What goes wrong at present, used-up ones left out.
    #[must_use]
    pub fn list(&self, now: Timestamp) -> Vec<Fault> {
        let mut faults = self.faults();
        faults.retain(|fault| fault.lasts(now));
        faults.clone()
    }
    /// Ends the faults of `scope`, or all; says how many.
    pub fn clear(&self, scope: Option<&Scope>) -> usize {
        let mut faults = self.faults();
        let before = faults.len();
        faults.retain(|fault| scope.is_some_and(|scope| fault.scope != *scope));
        self.changed(&faults);
        before - faults.len()
    }
    /// What goes wrong for `who` this time, which counts as one of its calls.
    pub(super) fn take(&self, who: Visitor<'_>, during: During, now: Timestamp) -> Vec<Effect> {
        let mut faults = self.faults();
        faults.retain(|fault| fault.lasts(now));
        let due = faults.iter_mut().filter(|f| f.scope.covers(who) && f.effect.shows(during));
        let mut counted = false;
        let effects = due
            .map(|fault| {
                counted |= fault.calls.is_some();
                fault.calls = fault.calls.map(|calls| calls - 1);
                fault.effect.clone()
            })
            .collect();
        if counted {
            faults.retain(|fault| fault.lasts(now));
            self.changed(&faults);
        }
        effects
    }
}

impl Fault {
    fn lasts(&self, now: Timestamp) -> bool {
        self.calls != Some(0) && self.until.is_none_or(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down(scope: Scope, calls: Option<u32>, until: Option<&str>) -> Fault {
        let until = until.map(|u| u.parse().expect("a timestamp"));
        Fault { scope, effect: Effect::Down, calls, until }
    }
    const WHO: Visitor<'_> = Visitor { institution: "b", username: "u", subject: "s" };
    fn now() -> Timestamp {
        "2026-01-14T09:00:00Z".parse().expect("a timestamp")
    }

    #[test]
    fn a_fault_ends_after_its_calls_and_at_its_time() {
        let faults = Faults::default();
        faults.add(down(Scope::Link("s".into()), Some(2), None)).expect("room");
        faults
            .add(down(Scope::Institution("b".into()), None, Some("2026-01-14T10:00:00Z")))
            .expect("room");
        let count = |during, at| faults.take(WHO, during, at).len();
        assert_eq!(count(During::Fetch, now()), 0, "it shows at logins");
        assert_eq!((count(During::Login, now()), count(During::Login, now())), (2, 2));
        assert_eq!(count(During::Login, now()), 1, "its calls are used up");
        let later = "2026-01-14T10:00:00Z".parse().expect("a timestamp");
        assert_eq!(count(During::Login, later), 0, "its time is over");
        assert!(faults.list(later).is_empty());
    }
    #[test]
    fn a_fault_meets_only_those_it_is_for() {
        let faults = Faults::default();
        let other = Scope::User { institution: "b".into(), username: "v".into() };
        faults.add(down(other.clone(), None, None)).expect("room");
        faults.add(down(Scope::Link("t".into()), None, None)).expect("room");
        assert!(faults.take(WHO, During::Login, now()).is_empty());
        let v = Visitor { username: "v", ..WHO };
        assert_eq!(faults.take(v, During::Login, now()), [Effect::Down]);
        assert_eq!(faults.clear(Some(&other)), 1);
        assert_eq!(faults.clear(None), 1);
    }
    #[test]
    fn faults_survive_the_store_and_hide_the_password() {
        for effect in [
            Effect::Slow(3),
            Effect::Truncated(7),
            Effect::ChurnIds,
            Effect::ConsentUntil(now()),
            Effect::ChangePassword(SandboxPassword("hidden".into())),
        ] {
            let fault = Fault { effect, ..down(Scope::Link("s".into()), Some(1), None) };
            assert!(!format!("{fault:?}").contains("hidden"));
            let text = serde_json::to_string(&fault).expect("json");
            assert_eq!(serde_json::from_str::<Fault>(&text).expect("json"), fault);
        }
    }
    #[test]
    fn whoever_keeps_them_hears_of_every_change() {
        let kept = std::sync::Arc::new(Mutex::new(Vec::new()));
        let keeper = kept.clone();
        let keep = move |faults: &[Fault]| faults.clone_into(&mut keeper.lock().expect("a lock"));
        let always = down(Scope::Institution("b".into()), None, None);
        let faults = Faults::remembered(vec![always.clone()], keep);
        assert_eq!(faults.take(WHO, During::Login, now()), [Effect::Down], "as it was kept");
        faults.add(down(Scope::Link("s".into()), Some(2), None)).expect("room");
        faults.take(WHO, During::Login, now());
        let once = down(Scope::Link("s".into()), Some(1), None);
        assert_eq!(*kept.lock().expect("a lock"), [always, once]);
        faults.clear(None);
        assert!(kept.lock().expect("a lock").is_empty());
    }
    #[test]
    fn there_are_so_many_faults_and_no_more() {
        let faults = Faults::default();
        let fault = down(Scope::Link("s".into()), None, None);
        for _ in 0..Faults::MOST {
            faults.add(fault.clone()).expect("room");
        }
        assert_eq!(faults.add(fault), Err(TooManyFaults));
    }
}
