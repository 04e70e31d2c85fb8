//! `conformance.json`, beside the manifest: who may log in at the institution, or at the test site
//! that stands in for it, and what happens to them.

use anyhow::{Context as _, Result, bail, ensure};
use connect::{
    manifest::Manifest,
    wire::{
        kind::{Kind, Problem, Reason},
        secret::Secret,
    },
};
use domain::{resource, session::ChallengeKind, time::Window};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, fs::File, io::Read as _, path::Path};

/// Its name.
pub(super) const FILE: &str = "conformance.json";
/// The largest, in bytes.
const LARGEST: u64 = 1 << 20;
/// Users, at most: each is a session or more.
const MOST: usize = 100;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Conformance {
    /// Which of the manifest's institutions; the first if nothing is said.
    institution: Option<String>,
    /// The days that are read, of which everything should be known and booked.
    pub(super) window: Window,
    /// Who logs in. The first without `expect` and `challenge` is read in full.
    pub(super) users: Vec<User>,
}

/// Somebody who logs in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct User {
    /// The filled-in form.
    pub(super) credentials: BTreeMap<String, Secret>,
    /// How it ends, if not well.
    pub(super) expect: Option<Reason>,
    /// The resource whose fetch ends so; the login if nothing is said.
    pub(super) at: Option<String>,
    /// What the institution asks.
    pub(super) challenge: Option<Asked>,
}

/// A challenge and its answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Which kind.
    pub(super) kind: ChallengeKind,
    /// What is right; empty where nothing is typed.
    #[serde(default = "nothing")]
    pub(super) right: Secret,
    /// What is wrong, if anything can be.
    pub(super) wrong: Option<Secret>,
}

fn nothing() -> Secret {
    Secret::from("")
}

/// A kind with its problem: `login_error/locked`.
pub(super) struct Named<'a>(pub(super) &'a Reason);
impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&word(&self.0.kind))?;
        self.0.problem.map_or(Ok(()), |problem: Problem| write!(f, "/{}", word(&problem)))
    }
}

fn word(of: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(of).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

impl Conformance {
    /// Reads it from a connector's folder, and holds it to the manifest: whatever is declared has
    /// somebody who meets it.
    pub(super) fn load(folder: &Path, manifest: &Manifest) -> Result<Self> {
        let file = folder.join(FILE);
        let mut text = String::new();
        let opened = File::open(&file).with_context(|| format!("{} is missing", file.display()))?;
        opened.take(LARGEST + 1).read_to_string(&mut text).context(FILE)?;
        ensure!(text.len() as u64 <= LARGEST, "{FILE} is larger than {LARGEST} bytes");
        let mut json = serde_json::Deserializer::from_str(&text);
        let this: Self = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| anyhow::anyhow!("{FILE}: {}: {}", error.path(), error.inner()))?;
        this.check(manifest).context(FILE)?;
        Ok(this)
    }

    fn check(&self, manifest: &Manifest) -> Result<()> {
        ensure!(self.users.len() <= MOST, "more than {MOST} users");
        let name = self.institution(manifest);
        let Some(offered) = manifest.institutions.iter().find(|offered| offered.name == name)
        else {
            bail!("institution: the manifest has no {name}");
        };
        for (number, user) in self.users.iter().enumerate() {
            for field in user.credentials.keys() {
                ensure!(
                    offered.form_fields.iter().any(|input| input.name == *field),
                    "users[{number}].credentials: the form has no {field}"
                );
            }
            if let Some(at) = &user.at {
                ensure!(user.expect.is_some(), "users[{number}].at goes with `expect`");
                ensure!(
                    resource::named(at).is_some(),
                    "users[{number}].at: there is no resource {at}"
                );
            }
            ensure!(
                user.expect.as_ref().is_none_or(
                    |reason| (reason.kind == Kind::LoginError) == reason.problem.is_some()
                ),
                "users[{number}].expect: `problem` goes with login_error, and with nothing else"
            );
            if let Some(asked) = &user.challenge {
                ensure!(
                    manifest.challenges.contains(&asked.kind),
                    "users[{number}].challenge: the manifest does not declare {}",
                    asked.kind
                );
            }
        }
        ensure!(self.good().is_some(), "users: nobody has a plain good login");
        for kind in &manifest.challenges {
            ensure!(
                self.challenged().any(|(_, asked)| asked.kind == *kind),
                "users: nobody is asked for the {kind} that the manifest declares"
            );
        }
        let wrong = |user: &User| {
            user.expect.as_ref().is_some_and(|reason| reason.kind == Kind::InvalidCredentials)
        };
        ensure!(
            offered.form_fields.is_empty() || self.users.iter().any(wrong),
            "users: nobody has invalid_credentials"
        );
        Ok(())
    }

    /// The institution that is logged in to.
    pub(super) fn institution<'a>(&'a self, manifest: &'a Manifest) -> &'a str {
        let first = manifest.institutions.first().map(|offered| offered.name.as_str());
        self.institution.as_deref().or(first).unwrap_or_default()
    }
    /// Who is read in full.
    pub(super) fn good(&self) -> Option<&User> {
        self.users.iter().find(|user| user.expect.is_none() && user.challenge.is_none())
    }
    /// Who fails, and how.
    pub(super) fn failing(&self) -> impl Iterator<Item = (&User, &Reason)> {
        self.users.iter().filter_map(|user| Some((user, user.expect.as_ref()?)))
    }
    /// Who is asked, and what.
    pub(super) fn challenged(&self) -> impl Iterator<Item = (&User, &Asked)> {
        self.users.iter().filter_map(|user| Some((user, user.challenge.as_ref()?)))
    }
}
