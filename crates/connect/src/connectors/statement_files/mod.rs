//! Institutions that nobody logs in to: the data of their links come from statement files that the
//! person hands over.
//!
//! The file is the answer to a challenge ([`ChallengeKind::File`]), raised by the first fetch of a
//! session and not by its login, because a link may be registered before there is a file, and
//! because nobody must be asked where nobody is there (ADR 0014). Where there is no file there is
//! nothing to show: an empty reading that proves nothing.

mod file;
mod institutions;
#[cfg(test)]
mod tests;

pub use file::check_mapping;

use super::statement_items::Gathered;
use crate::talk::{
    Ask, Connector, Conversation, Covered, Credentials, Failure, Fetch, LoggedIn, Sink,
};
use domain::{
    env::{BoxFuture, Env},
    institution::Institution,
    record::Trust,
    session::{Challenge, ChallengeKind},
};
use institutions::Country;

/// The option of a fetch that says which column of a table says what, as JSON.
pub const MAPPING: &str = "mapping";

/// The most movements that are read of one file: what the host takes of one resource.
const MOST_MOVEMENTS: usize = 200_000;

/// The connector of statement files.
#[derive(Debug, Default, Clone, Copy)]
pub struct StatementFiles;

impl Connector for StatementFiles {
    fn name(&self) -> &'static str {
        "statement_files"
    }
    fn version(&self) -> &'static str {
        "1"
    }
    fn institutions(&self) -> Vec<Institution> {
        Country::ALL.into_iter().map(Country::institution).collect()
    }
    /// Banks number movements anew in each file, and two formats number them differently.
    fn trust(&self, _institution: &str) -> Trust {
        Trust::Reading
    }
    fn open(&self, institution: &str, _subject: &str, _env: &Env) -> Box<dyn Conversation> {
        let country = Country::of(institution);
        Box::new(Talk { country, hand: Hand::NotAsked })
    }
}

struct Talk {
    /// `None` where there is no such institution.
    country: Option<Country>,
    hand: Hand,
}

/// What the person handed over.
enum Hand {
    /// They have not been asked.
    NotAsked,
    /// Nobody is there to ask.
    Empty,
    /// This.
    Full(Box<file::Contents>),
}

impl Talk {
    /// What the file says, asked for once in a session; `None` where nobody is there to ask.
    async fn contents(
        &mut self,
        country: Country,
        wanted: &Fetch,
        ask: &mut dyn Ask,
    ) -> Result<Option<&file::Contents>, Failure> {
        if matches!(self.hand, Hand::NotAsked) {
            self.hand = match ask.ask(challenge()).await {
                Ok(answer) => {
                    let mapping = wanted.options.get(MAPPING).cloned();
                    let gathered = Gathered::new(country.currency(), MOST_MOVEMENTS);
                    Hand::Full(Box::new(file::read(answer, mapping, gathered).await?))
                }
                Err(Failure::TokenRequired) => Hand::Empty,
                Err(failure) => return Err(failure),
            };
        }
        Ok(match &self.hand {
            Hand::Full(contents) => Some(contents),
            Hand::NotAsked | Hand::Empty => None,
        })
    }
}

fn challenge() -> Challenge {
    let formats = file::formats();
    let said = Challenge::new(ChallengeKind::File, "Upload a statement file of your bank.")
        .said_in("es", "Sube un archivo con el estado de cuenta de tu banco.", Some(&formats))
        .said_in("pt", "Envie um arquivo com o extrato do seu banco.", Some(&formats));
    Challenge { hint: Some(formats), expires_in_seconds: 15 * 60, ..said }
}

impl Conversation for Talk {
    /// There is nothing to log in to.
    fn login<'a>(
        &'a mut self,
        _credentials: &'a Credentials,
        _ask: &'a mut dyn Ask,
    ) -> BoxFuture<'a, Result<LoggedIn, Failure>> {
        let known = self.country.is_some();
        Box::pin(async move {
            if known { Ok(LoggedIn::default()) } else { Err(Failure::InstitutionInactive) }
        })
    }

    fn fetch<'a>(
        &'a mut self,
        wanted: &'a Fetch,
        ask: &'a mut dyn Ask,
        out: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Covered, Failure>> {
        Box::pin(async move {
            let country = self.country.ok_or(Failure::InstitutionInactive)?;
            let accounts = match wanted.resource.as_str() {
                "ACCOUNTS" => true,
                "TRANSACTIONS" => false,
                _ => return Err(Failure::Unsupported),
            };
            let Some(contents) = self.contents(country, wanted, ask).await? else {
                return Ok(Covered::nothing());
            };
            let said = &contents.said;
            let mut covered = if accounts {
                for given in said.accounts() {
                    out.give(given?).await?;
                }
                said.as_of()
            } else {
                for given in said.movements(wanted.account.as_deref(), wanted.window) {
                    out.give(given?).await?;
                }
                said.covered()
            };
            if wanted.window.is_some() {
                // They are those around the days of the file.
                covered.stated.clear();
            }
            covered.format = Some(contents.format.name().into());
            Ok(covered)
        })
    }

    fn logout(&mut self) -> BoxFuture<'_, ()> {
        self.hand = Hand::Empty;
        Box::pin(async {})
    }
}
