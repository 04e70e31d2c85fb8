//! The two databases behind one door: pools, transactions, and how values go in and come out.
//!
//! Each statement is written once. What differs between the databases is here, in the migrations,
//! and in the few places that ask [`Tx::is_postgres`].

use crate::{
    Error,
    value::{Row, Value},
};
use domain::ids::Bucket;
use sqlx::{
    Arguments as _, ConnectOptions as _, Database, Postgres, SqlSafeStr, SqlStr, Sqlite,
    Transaction,
    pool::{PoolConnection, PoolOptions},
    postgres::{PgConnectOptions, PgPool},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous},
};
use std::{str::FromStr as _, time::Duration};

/// Durable state, in SQLite or PostgreSQL. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Store {
    /// One file. Readers never wait; there is one writer, so that none is ever turned away.
    Sqlite {
        /// Opened read only.
        read: SqlitePool,
        /// One connection.
        write: SqlitePool,
    },
    /// A server, or a cluster that looks like one.
    Postgres {
        /// Its connections.
        pool: PgPool,
        /// Whether statements are prepared once for each connection. A transaction pooler between
        /// us and the server may forbid it.
        prepared: bool,
    },
}

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The most connections at once; on SQLite, the most readers.
    pub connections: u32,
    /// How long a transaction waits for a connection before it fails with [`Error::Busy`].
    pub patience: Duration,
}
impl Default for Settings {
    fn default() -> Self {
        Self { connections: 16, patience: Duration::from_secs(10) }
    }
}

/// A transaction. Dropped without [`Tx::commit`], it leaves no trace.
#[derive(Debug)]
pub struct Tx {
    inner: Inner,
    /// What the database said about each statement, while it is asked.
    #[cfg(feature = "testing")]
    pub(crate) plans: Option<Vec<crate::testing::Plan>>,
}

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres {
        tx: Transaction<'static, Postgres>,
        prepared: bool,
    },
    /// Connections without a transaction: [`Store::glance`].
    SqliteGlance(PoolConnection<Sqlite>),
    PostgresGlance {
        conn: PoolConnection<Postgres>,
        prepared: bool,
    },
}

/// The same code for both databases; written like a closure, so that tools understand it.
macro_rules! on {
    ($tx:expr, |$database:ident, $conn:ident, $prepared:ident| $body:expr) => {
        match &mut $tx.inner {
            Inner::Sqlite(tx) => {
                type $database = Sqlite;
                let ($conn, $prepared) = (&mut **tx, true);
                $body
            }
            Inner::Postgres { tx, prepared } => {
                type $database = Postgres;
                let ($conn, $prepared) = (&mut **tx, *prepared);
                $body
            }
            Inner::SqliteGlance(conn) => {
                type $database = Sqlite;
                let ($conn, $prepared) = (&mut **conn, true);
                $body
            }
            Inner::PostgresGlance { conn, prepared } => {
                type $database = Postgres;
                let ($conn, $prepared) = (&mut **conn, *prepared);
                $body
            }
        }
    };
}

/// The values of a statement, as its database takes them.
macro_rules! arguments {
    ($database:ident, $values:expr) => {{
        let mut arguments = <$database as Database>::Arguments::default();
        for value in $values {
            let added = match value {
                Value::Int(value) => arguments.add(value),
                Value::Small(value) => arguments.add(value),
                Value::Bool(value) => arguments.add(value),
                Value::Text(value) => arguments.add(value),
                Value::Bytes(value) => arguments.add(value),
                Value::Id(value) => arguments.add(value),
            };
            added.map_err(sqlx::Error::Encode)?;
        }
        arguments
    }};
}

impl Store {
    /// Connects to `postgres://…`, `sqlite:PATH`, or the SQLite file at a plain path, which is made
    /// if it is not there. Nothing is migrated: see [`Store::migrate`].
    ///
    /// On PostgreSQL statements are not kept prepared between transactions, so that a transaction
    /// pooler works; `?statement-cache-capacity=256` in the URL keeps so many for each connection.
    pub async fn open(url: &str, settings: Settings) -> Result<Self, Error> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Self::open_postgres(url, settings).await;
        }
        let path = url.strip_prefix("sqlite:").unwrap_or(url);
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.starts_with(":memory:") || path.contains("://") {
            return Err(Error::NotADatabase);
        }
        Self::open_sqlite(path, settings).await
    }

    async fn open_postgres(url: &str, settings: Settings) -> Result<Self, Error> {
        let mut options = PgConnectOptions::from_str(url)?.disable_statement_logging();
        let (_, capacity) = url.split_once("statement-cache-capacity=").unwrap_or_default();
        let prepared = !capacity.is_empty() && !capacity.starts_with('0');
        if !prepared {
            options = options.statement_cache_capacity(0);
        }
        if options.get_application_name().is_none() {
            options = options.application_name("vinculo");
        }
        let pool = PoolOptions::new()
            .max_connections(settings.connections)
            .acquire_timeout(settings.patience)
            .connect_with(options)
            .await?;
        Ok(Self::Postgres { pool, prepared })
    }

    async fn open_sqlite(path: &str, settings: Settings) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .statement_cache_capacity(256)
            .disable_statement_logging();
        let writer = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // What is deleted is overwritten: a forgotten record does not linger in the file.
            .pragma("secure_delete", "on");
        let pool = || {
            PoolOptions::new()
                .acquire_timeout(settings.patience)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
        };
        let write = pool().max_connections(1).connect_with(writer).await?;
        let read =
            pool().max_connections(settings.connections).connect_with(options.read_only(true));
        Ok(Self::Sqlite { read: read.await?, write })
    }

    /// A transaction that only reads, from one moment's state.
    pub async fn read(&self) -> Result<Tx, Error> {
        const SNAPSHOT: &str = "begin isolation level repeatable read, read only";
        Ok(Tx::new(match self {
            Self::Sqlite { read, .. } => Inner::Sqlite(read.begin().await?),
            Self::Postgres { pool, prepared } => {
                Inner::Postgres { tx: pool.begin_with(SNAPSHOT).await?, prepared: *prepared }
            }
        }))
    }

    /// For a single statement that only reads. Nothing is begun and nothing ended, which saves most
    /// of what such a statement costs; a second one would see another moment's state.
    pub async fn glance(&self) -> Result<Tx, Error> {
        Ok(Tx::new(match self {
            Self::Sqlite { read, .. } => Inner::SqliteGlance(read.acquire().await?),
            Self::Postgres { pool, prepared } => {
                Inner::PostgresGlance { conn: pool.acquire().await?, prepared: *prepared }
            }
        }))
    }

    /// A transaction that may write. On SQLite there is one at a time: keep it short.
    pub async fn write(&self) -> Result<Tx, Error> {
        Ok(Tx::new(match self {
            Self::Sqlite { write, .. } => Inner::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres { pool, prepared } => {
                Inner::Postgres { tx: pool.begin().await?, prepared: *prepared }
            }
        }))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        self.glance().await?.row("select 1", vec![]).await.map(drop)
    }

    /// Closes all connections, after those in use have come back.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }
}

impl Tx {
    fn new(inner: Inner) -> Self {
        Self {
            inner,
            #[cfg(feature = "testing")]
            plans: None,
        }
    }

    /// Makes everything done in this transaction durable and visible, all at once.
    pub async fn commit(self) -> Result<(), Error> {
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres { tx, .. } => tx.commit().await?,
            Inner::SqliteGlance(_) | Inner::PostgresGlance { .. } => {}
        }
        Ok(())
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres { .. } | Inner::PostgresGlance { .. })
    }

    /// `locking` where rows can be locked; nothing on SQLite, where a writer has all to itself.
    pub(crate) fn lock(&self, plain: &'static str, locking: &'static str) -> &'static str {
        if self.is_postgres() { locking } else { plain }
    }

    /// All rows of a query, unseen by those who watch.
    #[cfg(feature = "testing")]
    pub(crate) async fn rows_unseen(
        &mut self,
        sql: SqlStr,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, Error> {
        Ok(on!(self, |Db, conn, prepared| {
            let query = sqlx::query_with(sql, arguments!(Db, values)).persistent(prepared);
            query.fetch_all(conn).await?.into_iter().map(Row::from).collect()
        }))
    }

    /// All rows of a query.
    pub(crate) async fn rows(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, Error> {
        let sql: SqlStr = sql.into_sql_str();
        #[cfg(feature = "testing")]
        self.explain(&sql, &values).await?;
        Ok(on!(self, |Db, conn, prepared| {
            let query = sqlx::query_with(sql, arguments!(Db, values)).persistent(prepared);
            query.fetch_all(conn).await?.into_iter().map(Row::from).collect()
        }))
    }

    /// The first row of a query that has at most one.
    pub(crate) async fn row(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<Option<Row>, Error> {
        let sql: SqlStr = sql.into_sql_str();
        #[cfg(feature = "testing")]
        self.explain(&sql, &values).await?;
        Ok(on!(self, |Db, conn, prepared| {
            let query = sqlx::query_with(sql, arguments!(Db, values)).persistent(prepared);
            query.fetch_optional(conn).await?.map(Row::from)
        }))
    }

    /// A query that answers with one number, a count for instance.
    pub(crate) async fn number(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<u64, Error> {
        let row = self.row(sql, values).await?;
        row.map_or(Ok(0), |row| row.at(0))
    }

    /// Runs a statement; how many rows it touched.
    pub(crate) async fn run(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<u64, Error> {
        let sql: SqlStr = sql.into_sql_str();
        #[cfg(feature = "testing")]
        self.explain(&sql, &values).await?;
        Ok(on!(self, |Db, conn, prepared| {
            let query = sqlx::query_with(sql, arguments!(Db, values)).persistent(prepared);
            query.execute(conn).await?.rows_affected()
        }))
    }

    /// Runs a statement that touches one row or none; whether it touched one.
    pub(crate) async fn hit(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<bool, Error> {
        self.run(sql, values).await.map(|touched| touched > 0)
    }
}

/// A run of neighbouring buckets, both ends included: the part of the work that a node prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buckets {
    /// The first.
    pub from: Bucket,
    /// The last.
    pub to: Bucket,
}
impl Buckets {
    /// Every bucket.
    pub const ALL: Self = Self { from: Bucket::of(0), to: Bucket::of(Bucket::COUNT - 1) };
}
