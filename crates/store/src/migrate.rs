//! Migrations: plain files with the same numbers for both databases, listed once.

use crate::{Error, Store, Way, db::Pools};
use sqlx::{
    Connection, Row as _, SqlSafeStr as _,
    migrate::{Migrate as _, Migration, MigrationType, Migrator},
};

struct Step {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! steps { ($($version:literal $name:literal $file:literal),* $(,)?) => { &[$(Step {
    version: $version,
    name: $name,
    sqlite: include_str!(concat!("../migrations/sqlite/", $file)),
    postgres: include_str!(concat!("../migrations/postgres/", $file)),
}),*] } }

/// A published step is never edited; a change of the schema is a new one.
const STEPS: &[Step] = steps![
    1 "init" "0001_init.sql",
    2 "institution_of_sessions" "0002_institution_of_sessions.sql",
    3 "refusals" "0003_refusals.sql",
    4 "request_of_events" "0004_request_of_events.sql",
    5 "changes_of_records" "0005_changes_of_records.sql",
    6 "statement_mappings" "0006_statement_mappings.sql",
    7 "judgements" "0007_judgements.sql",
    8 "documents" "0008_documents.sql",
    9 "readings" "0009_readings.sql",
    10 "token_sessions" "0010_token_sessions.sql",
    11 "console" "0011_console.sql",
    12 "operators" "0012_operators.sql",
    13 "institution_of_jobs" "0013_institution_of_jobs.sql",
    14 "jobs_set_aside" "0014_jobs_set_aside.sql",
];

const TABLE: &str = "_sqlx_migrations";

/// Where a database stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The last step that has been taken; 0 for an empty database.
    pub found: i64,
    /// The last step that this program knows.
    pub known: i64,
    /// The names of the steps to take, in order.
    pub pending: Vec<String>,
}

fn migrator(sql: impl Fn(&Step) -> &'static str) -> Migrator {
    let migrations = STEPS.iter().map(|step| {
        let sql = sql(step).into_sql_str();
        Migration::new(step.version, step.name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

impl Store {
    /// Where the database stands.
    pub async fn version(&self) -> Result<Version, Error> {
        let applied: Vec<i64> = match &self.0 {
            Pools::Sqlite { write, .. } => {
                let mut conn = write.acquire().await?;
                conn.ensure_migrations_table(TABLE).await?;
                let applied = conn.list_applied_migrations(TABLE).await?;
                applied.into_iter().map(|step| step.version).collect()
            }
            Pools::Postgres { pool, .. } => {
                // Each in one message: the driver's own question would be kept prepared, which a
                // transaction pooler forbids.
                let (known, list) = (
                    "select cast(to_regclass('_sqlx_migrations') as text)",
                    "select version from _sqlx_migrations",
                );
                let table = sqlx::raw_sql(known).fetch_one(pool).await?;
                if table.try_get::<Option<String>, _>(0)?.is_none() {
                    Vec::new()
                } else {
                    let rows = sqlx::raw_sql(list).fetch_all(pool).await?;
                    rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?
                }
            }
        };
        let pending = STEPS.iter().filter(|step| !applied.contains(&step.version));
        Ok(Version {
            found: applied.iter().copied().max().unwrap_or(0),
            known: STEPS.iter().map(|step| step.version).max().unwrap_or(0),
            pending: pending.map(|s| format!("{:04}_{}", s.version, s.name)).collect(),
        })
    }

    /// Fails unless the database is at this program's version.
    pub async fn check(&self) -> Result<(), Error> {
        let Version { found, known, pending } = self.version().await?;
        match pending.len() {
            _ if found > known => Err(Error::Newer { found, known }),
            0 => Ok(()),
            pending => Err(Error::Older { pending }),
        }
    }

    /// Takes every pending step; the names of those taken. Processes that do so at once wait for
    /// one another, by a lock that a transaction pooler would lose. A database newer than the program
    /// is refused.
    pub async fn migrate(&self) -> Result<Vec<String>, Error> {
        let Version { found, known, pending } = self.version().await?;
        if found > known {
            return Err(Error::Newer { found, known });
        }
        if pending.is_empty() {
            return Ok(pending);
        }
        if self.way() == Some(Way::Pooled) {
            return Err(Error::Pooled);
        }
        run(self, None).await?;
        Ok(pending)
    }
}

pub(crate) async fn run(store: &Store, to: Option<i64>) -> Result<(), Error> {
    match &store.0 {
        Pools::Sqlite { write, .. } => {
            let mut conn = write.acquire().await?;
            migrator(|step| step.sqlite).run_direct(to, &mut *conn, false).await?;
        }
        Pools::Postgres { pool, .. } => {
            // A connection of its own: the lock belongs to the database session and must end with
            // it, whatever happens.
            let mut conn = pool.acquire().await?.detach();
            migrator(|step| step.postgres).run_direct(to, &mut conn, false).await?;
            conn.close().await?;
        }
    }
    Ok(())
}

/// The text of all steps on PostgreSQL: a database that was made from another text is another.
#[cfg(feature = "testing")]
pub(crate) fn postgres_sql() -> String {
    STEPS.iter().map(|step| step.postgres).collect()
}
