//! The two databases behind one door: pools, transactions, and how values go in and come out.
//!
//! Each statement is written once. What differs between the databases is here, in the migrations,
//! and in the few places that ask [`Tx::is_postgres`].

mod beginning;
mod glance;

use self::{
    beginning::begin,
    glance::{Glance, Resting},
};
use crate::{
    Error,
    value::{Row, Value},
};
use domain::ids::Bucket;
use sqlx::{
    Arguments as _, ConnectOptions as _, Database, PgConnection, Postgres, Row as _, SqlSafeStr,
    SqlStr, Sqlite, Transaction,
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgPool},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous},
};
use std::{collections::BTreeSet, str::FromStr as _, sync::Arc, time::Duration};

/// Durable state, in SQLite or PostgreSQL. Cheap to clone.
///
/// Its pools are this crate's: nobody else sends SQL.
#[derive(Debug, Clone)]
pub struct Store(pub(crate) Pools);

#[derive(Debug, Clone)]
pub(crate) enum Pools {
    /// One file. Readers never wait; there is one writer, so that none is ever turned away.
    Sqlite {
        /// Opened read only.
        read: SqlitePool,
        /// Those of them that rest between two glances.
        resting: Arc<Resting<Sqlite>>,
        /// One connection.
        write: SqlitePool,
    },
    /// A server, or a cluster that looks like one.
    Postgres {
        /// Its connections.
        pool: PgPool,
        /// Those of them that rest between two glances.
        resting: Arc<Resting<Postgres>>,
        /// How its connections may be used.
        way: Way,
    },
}

/// What stands between a store and its PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Nothing, or what gives each connection a session of its own: statements are kept prepared,
    /// and one that needs no other needs no transaction.
    Direct,
    /// A transaction pooler: nothing may outlast a transaction. Even a single statement takes two
    /// exchanges, which without a transaction may go to two sessions, so it gets one.
    Pooled,
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

/// Statements that each connection to PostgreSQL keeps prepared; those that were not used for the
/// longest time make room.
const PREPARED: usize = 256;
/// A statement with more values is a batch: large, and another text for each number of rows. A
/// server that kept them all prepared would run out of memory.
const FEW: usize = 32;

/// Which way a PostgreSQL is reached. Two connections ask in turn, and each twice in a row, in which
/// session they are: only where each has one of its own do both always hear the same, and not the
/// same as the other.
async fn way(options: &PgConnectOptions, patience: Duration) -> Result<Way, Error> {
    // A pool waits for a server that is just starting.
    let pool = PoolOptions::<Postgres>::new().max_connections(2).acquire_timeout(patience);
    let pool = pool.connect_with(options.clone()).await?;
    let (mut one, mut other) = (pool.acquire().await?, pool.acquire().await?);
    let (mut of_one, mut of_other) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..3 {
        of_one.insert(session(&mut one).await?);
        of_one.insert(session(&mut one).await?);
        of_other.insert(session(&mut other).await?);
        of_one.insert(session(&mut one).await?);
        of_other.insert(session(&mut other).await?);
        of_other.insert(session(&mut other).await?);
    }
    drop((one, other));
    pool.close().await;
    let own = of_one.len() == 1 && of_other.len() == 1 && of_one != of_other;
    Ok(if own { Way::Direct } else { Way::Pooled })
}

/// The session that answers. In one message, which cannot be torn apart.
async fn session(conn: &mut PgConnection) -> Result<i32, Error> {
    let row = sqlx::raw_sql("select pg_backend_pid()").fetch_one(conn).await?;
    Ok(row.try_get(0)?)
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
        way: Way,
    },
    /// Connections without a transaction: [`Store::glance`].
    SqliteGlance(Glance<Sqlite>),
    PostgresGlance(Glance<Postgres>),
}

/// The same code for both databases; written like a closure, so that tools understand it. Says too
/// whether a statement with so many values is kept prepared.
macro_rules! on {
    ($tx:expr, $values:expr, |$database:ident, $conn:ident, $prepared:ident| $body:expr) => {{
        let few = $values.len() <= FEW;
        match &mut $tx.inner {
            Inner::Sqlite(tx) => {
                type $database = Sqlite;
                let ($conn, $prepared) = (&mut **tx, true);
                $body
            }
            Inner::Postgres { tx, way } => {
                type $database = Postgres;
                let ($conn, $prepared) = (&mut **tx, few && *way == Way::Direct);
                $body
            }
            Inner::SqliteGlance(glance) => {
                type $database = Sqlite;
                let ($conn, $prepared) = (glance.connection()?, true);
                $body
            }
            Inner::PostgresGlance(glance) => {
                type $database = Postgres;
                let ($conn, $prepared) = (glance.connection()?, few);
                $body
            }
        }
    }};
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
    /// On PostgreSQL it is found out which [`Way`] it goes there. Who says
    /// `?statement-cache-capacity=` in the URL knows better: so many statements are kept prepared
    /// for each connection, and with 0 it is as if there were a transaction pooler.
    pub async fn open(url: &str, settings: Settings) -> Result<Self, Error> {
        let Some(path) = Self::file(url)? else {
            return Self::open_postgres(url, settings).await;
        };
        Self::open_sqlite(path, settings).await
    }

    /// The file that [`Store::open`] opens for this URL; `None` if it is a PostgreSQL's.
    pub fn file(url: &str) -> Result<Option<&str>, Error> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(None);
        }
        let path = url.strip_prefix("sqlite:").unwrap_or(url);
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.starts_with(":memory:") || path.contains("://") {
            return Err(Error::NotADatabase);
        }
        Ok(Some(path))
    }

    async fn open_postgres(url: &str, settings: Settings) -> Result<Self, Error> {
        // PgBouncer refuses a setting of a session that it does not know, unless it was told of it;
        // and no number of ours is a float.
        let mut options =
            PgConnectOptions::from_str(url)?.disable_statement_logging().extra_float_digits(None);
        if options.get_application_name().is_none() {
            options = options.application_name("vinculo");
        }
        let way = match url.split_once("statement-cache-capacity=") {
            Some((_, said)) if said.starts_with('0') => Way::Pooled,
            Some(_) => Way::Direct,
            None => {
                options = options.statement_cache_capacity(PREPARED);
                way(&options, settings.patience).await?
            }
        };
        if way == Way::Pooled {
            options = options.statement_cache_capacity(0);
        }
        let pool = PoolOptions::new()
            .max_connections(settings.connections)
            .acquire_timeout(settings.patience)
            .connect_with(options)
            .await?;
        Ok(Self(Pools::Postgres { pool, resting: Arc::default(), way }))
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
        Ok(Self(Pools::Sqlite { read: read.await?, resting: Arc::default(), write }))
    }

    /// A transaction that only reads, from one moment's state.
    pub async fn read(&self) -> Result<Tx, Error> {
        const SNAPSHOT: &str = "begin isolation level repeatable read, read only";
        Ok(Tx::new(match &self.0 {
            Pools::Sqlite { read, resting, .. } => {
                Inner::Sqlite(resting.give_way(read, begin(read, "begin")).await?)
            }
            Pools::Postgres { pool, resting, way } => {
                let tx = resting.give_way(pool, begin(pool, SNAPSHOT)).await?;
                Inner::Postgres { tx, way: *way }
            }
        }))
    }

    /// For a single statement that only reads. Nothing is begun and nothing ended, and the connection
    /// goes to the next glance as it is: the pool would ask the database whether it still lives, each
    /// time that it comes back and on PostgreSQL each time that it goes out. That saves most of what
    /// such a statement costs; a second one would see another moment's state.
    pub async fn glance(&self) -> Result<Tx, Error> {
        Ok(Tx::new(match &self.0 {
            Pools::Sqlite { read, resting, .. } => {
                Inner::SqliteGlance(Glance::new(read, resting).await?)
            }
            Pools::Postgres { pool, resting, way: Way::Direct } => {
                Inner::PostgresGlance(Glance::new(pool, resting).await?)
            }
            Pools::Postgres { pool, way, .. } => {
                Inner::Postgres { tx: begin(pool, "begin").await?, way: *way }
            }
        }))
    }

    /// A transaction that may write. On SQLite there is one at a time: keep it short.
    pub async fn write(&self) -> Result<Tx, Error> {
        Ok(Tx::new(match &self.0 {
            Pools::Sqlite { write, .. } => Inner::Sqlite(begin(write, "begin immediate").await?),
            Pools::Postgres { pool, resting, way } => {
                let tx = resting.give_way(pool, begin(pool, "begin")).await?;
                Inner::Postgres { tx, way: *way }
            }
        }))
    }

    /// Which way the PostgreSQL is reached, where it is one.
    #[must_use]
    pub const fn way(&self) -> Option<Way> {
        match &self.0 {
            Pools::Sqlite { .. } => None,
            Pools::Postgres { way, .. } => Some(*way),
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        self.glance().await?.row("select 1", vec![]).await.map(drop)
    }

    /// Closes all connections, after those in use have come back.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { read, resting, write } => {
                resting.close(read).await;
                write.close().await;
            }
            Pools::Postgres { pool, resting, .. } => resting.close(pool).await,
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
            Inner::SqliteGlance(_) | Inner::PostgresGlance(_) => {}
        }
        Ok(())
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres { .. } | Inner::PostgresGlance(_))
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
        Ok(on!(self, values, |Db, conn, prepared| {
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
        let mut again = self.has_rested().then(|| (sql.clone(), values.clone()));
        let mut asked = (sql, values);
        loop {
            match (self.all(asked.0, asked.1).await, again.take()) {
                (Err(_), Some(same)) => asked = same,
                (rows, _) => return rows,
            }
            Box::pin(self.exchange()).await?;
        }
    }

    async fn all(&mut self, sql: SqlStr, values: Vec<Value>) -> Result<Vec<Row>, Error> {
        self.in_the_middle(true);
        let rows = on!(self, values, |Db, conn, prepared| {
            let query = sqlx::query_with(sql, arguments!(Db, values)).persistent(prepared);
            query.fetch_all(conn).await?.into_iter().map(Row::from).collect()
        });
        self.in_the_middle(false);
        Ok(rows)
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
        let mut again = self.has_rested().then(|| (sql.clone(), values.clone()));
        let mut asked = (sql, values);
        loop {
            match (self.first(asked.0, asked.1).await, again.take()) {
                (Err(_), Some(same)) => asked = same,
                (row, _) => return row,
            }
            Box::pin(self.exchange()).await?;
        }
    }

    async fn first(&mut self, sql: SqlStr, values: Vec<Value>) -> Result<Option<Row>, Error> {
        self.in_the_middle(true);
        let row = on!(self, values, |Db, conn, prepared| {
            let query = sqlx::query_with(sql, arguments!(Db, values)).persistent(prepared);
            query.fetch_optional(conn).await?.map(Row::from)
        });
        self.in_the_middle(false);
        Ok(row)
    }

    /// Whether this is a glance by a connection that has rested: it may have died meanwhile, and
    /// what only reads can be asked again.
    fn has_rested(&self) -> bool {
        match &self.inner {
            Inner::SqliteGlance(glance) => glance.uses > 0,
            Inner::PostgresGlance(glance) => glance.uses > 0,
            Inner::Sqlite(_) | Inner::Postgres { .. } => false,
        }
    }

    /// Goes on with a connection that the pool has tested.
    async fn exchange(&mut self) -> Result<(), Error> {
        match &mut self.inner {
            Inner::SqliteGlance(glance) => glance.exchange().await,
            Inner::PostgresGlance(glance) => glance.exchange().await,
            Inner::Sqlite(_) | Inner::Postgres { .. } => Ok(()),
        }
    }

    /// Whoever drops a glance in the middle of a statement leaves a connection that cannot rest.
    fn in_the_middle(&mut self, so: bool) {
        match &mut self.inner {
            Inner::SqliteGlance(glance) => glance.whole = !so,
            Inner::PostgresGlance(glance) => glance.whole = !so,
            Inner::Sqlite(_) | Inner::Postgres { .. } => {}
        }
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
        self.in_the_middle(true);
        let touched = on!(self, values, |Db, conn, prepared| {
            let query = sqlx::query_with(sql, arguments!(Db, values)).persistent(prepared);
            query.execute(conn).await?.rows_affected()
        });
        self.in_the_middle(false);
        Ok(touched)
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

/// A run of neighbouring buckets, both ends included, to which a claim of work can be narrowed. Every
/// process takes work of [`Buckets::ALL`] today; narrower runs are for databases that keep buckets apart.
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
