/// The driver's error as it words it. Its words hold those of its causes, which therefore are no causes
/// of this: whoever writes a chain of errors would say each twice.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Worded<E: std::fmt::Debug + std::fmt::Display>(pub(crate) E);

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// All connections are in use, or the database does not take more.
    #[error("the database is busy")]
    Busy,
    /// Another transaction won. Doing it all again may go well.
    #[error("another transaction got in the way")]
    Conflict(#[source] Worded<sqlx::Error>),
    /// There is one already with this id or key.
    #[error("there is one already")]
    Duplicate(#[source] Worded<sqlx::Error>),
    /// A stored value is not what it should be.
    #[error("the stored `{column}` cannot be read")]
    Corrupt {
        /// The column.
        column: String,
        /// What is wrong with it.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The address is neither a file's nor a PostgreSQL server's.
    #[error("a database is given as postgres://… or as the path of a file")]
    NotADatabase,
    /// The database was written by a later Vinculo.
    #[error(
        "the database is at version {found}, this program knows up to {known}: use a newer program"
    )]
    Newer {
        /// The database's version.
        found: i64,
        /// The last one that this program knows.
        known: i64,
    },
    /// Migrations have not been run.
    #[error(
        "the database is not up to date: {pending} of its migrations still to take; run `vinculo migrate`"
    )]
    Older {
        /// How many.
        pending: usize,
    },
    /// A transaction pooler stands before the database, and what was to be done outlasts
    /// transactions.
    #[error(
        "a transaction pooler stands before the database, and bringing it up to date needs a session \
         of its own: give the URL of the server itself"
    )]
    Pooled,
    /// A migration failed.
    #[error("the database could not be migrated")]
    Migration(#[source] Worded<sqlx::migrate::MigrateError>),
    /// The driver failed.
    #[error("the database failed")]
    Driver(#[source] Worded<sqlx::Error>),
}

impl Error {
    /// Whether the same again may succeed soon.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy | Self::Conflict(_))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        let code =
            error.as_database_error().and_then(|e| e.code().map(std::borrow::Cow::into_owned));
        match code.as_deref() {
            // PostgreSQL: too many connections, not ready. SQLite: busy, and busy with a snapshot.
            Some("53300" | "57P03" | "5" | "517" | "261") => Self::Busy,
            // PostgreSQL: serialisation failure, deadlock.
            Some("40001" | "40P01") => Self::Conflict(Worded(error)),
            // A primary or unique key, on either.
            Some("23505" | "1555" | "2067") => Self::Duplicate(Worded(error)),
            _ => Self::Driver(Worded(error)),
        }
    }
}
impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(Worded(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{error::Error as _, io};

    fn chain(error: &Error) -> String {
        let (mut said, mut cause) = (error.to_string(), error.source());
        while let Some(error) = cause {
            said = format!("{said}: {error}");
            cause = error.source();
        }
        said
    }

    #[test]
    fn a_chain_says_each_cause_of_the_driver_once() {
        let broken = || sqlx::Error::Io(io::Error::other("the cable was cut"));
        let migrated = sqlx::migrate::MigrateError::ExecuteMigration(broken(), 7);
        let column = crate::value::corrupt("day", Worded(sqlx::Error::Decode("no day".into())));
        for (error, said) in [(broken().into(), 1), (migrated.into(), 1), (column, 0)] {
            let chain = chain(&error);
            assert_eq!(chain.matches("the cable was cut").count(), said, "{chain}");
            assert_eq!(chain.matches("no day").count(), 1 - said, "{chain}");
        }
    }
}
