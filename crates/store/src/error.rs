/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// All connections are in use, or the database does not take more.
    #[error("the database is busy")]
    Busy,
    /// Another transaction won. Doing it all again may go well.
    #[error("another transaction got in the way")]
    Conflict(#[source] sqlx::Error),
    /// There is one already with this id or key.
    #[error("there is one already")]
    Duplicate(#[source] sqlx::Error),
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
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The driver failed.
    #[error("the database failed")]
    Driver(#[source] sqlx::Error),
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
            Some("40001" | "40P01") => Self::Conflict(error),
            // A primary or unique key, on either.
            Some("23505" | "1555" | "2067") => Self::Duplicate(error),
            _ => Self::Driver(error),
        }
    }
}
impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(error)
    }
}
