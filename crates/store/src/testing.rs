//! Fresh stores for tests, on both databases. A test that cannot have one fails.
//!
//! PostgreSQL is the server of `VINCULO_TEST_POSTGRES` (a URL under which databases may be created),
//! or else a throw-away server of our own: started by the first test that needs one, shared by all
//! that run from the same target directory, without durability, in memory where there is room, and
//! gone a quarter of an hour after its last use.

use crate::{Error, Settings, Store, Tx, db::Pools, value::Value};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, SqlSafeStr as _, SqlStr, postgres::PgConnection,
};
use std::{
    fs::{self, File},
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io::Read as _,
    ops::Deref,
    os::unix::{
        fs::{DirBuilderExt as _, chown},
        net::UnixStream,
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// A store of one test's own, migrated and empty. It goes with this value.
#[derive(Debug)]
pub struct TestStore {
    /// `sqlite` or `postgres`, for messages.
    pub name: &'static str,
    /// What [`Store::open`] was given; a program under test can be given the same.
    pub url: String,
    /// The store.
    pub store: Store,
    _place: Place,
}

impl Deref for TestStore {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "held to be dropped")]
enum Place {
    Directory(TempDir),
    Database(Database),
}

/// A database that is dropped with this value.
#[derive(Debug)]
struct Database {
    server: String,
    name: String,
}

/// The part of memory that programs share as files.
const MEMORY: &str = "/dev/shm";
/// What a server needs of it, in MiB: a few databases at a time, and their log.
const ROOM: u64 = 2048;

const SETTINGS: Settings = Settings { connections: 8, patience: Duration::from_mins(1) };

/// How the database goes about a statement.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The statement.
    pub sql: String,
    /// The database's words.
    pub plan: String,
}

impl Tx {
    /// From now on, asks the database how it goes about each statement. PostgreSQL is told to scan
    /// whole tables only where no index serves.
    pub async fn watch_plans(&mut self) -> Result<(), Error> {
        if self.is_postgres() {
            // As if the tables were large.
            for way in ["seqscan", "hashjoin", "mergejoin"] {
                let off = AssertSqlSafe(format!("set local enable_{way} = off"));
                self.run(off, vec![]).await?;
            }
        }
        self.plans = Some(Vec::new());
        Ok(())
    }

    /// How it went about the statements since it was watched or last asked.
    pub fn plans(&mut self) -> Vec<Plan> {
        self.plans.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(crate) async fn explain(&mut self, sql: &SqlStr, values: &[Value]) -> Result<(), Error> {
        if self.plans.is_none() {
            return Ok(());
        }
        let explain = if self.is_postgres() { "explain" } else { "explain query plan" };
        let question = AssertSqlSafe(format!("{explain} {}", sql.as_str())).into_sql_str();
        let column = if self.is_postgres() { 0 } else { 3 };
        let rows = self.rows_unseen(question, values.to_vec()).await?;
        let lines = rows.iter().map(|row| row.at::<String>(column)).collect::<Result<Vec<_>, _>>();
        let plan = Plan { sql: sql.as_str().into(), plan: lines?.join("\n") };
        self.plans.get_or_insert_default().push(plan);
        Ok(())
    }
}

impl Store {
    /// Takes the pending steps up to `version` only.
    pub async fn migrate_to(&self, version: i64) -> Result<(), Error> {
        crate::migrate::run(self, Some(version)).await
    }

    /// What a query of the test's own answers: each row's columns as one text, `null` for nothing.
    /// For looking at what no method shows.
    pub async fn look(&self, sqlite: &str, postgres: &str) -> Vec<String> {
        let mut tx = self.write().await.expect("the store answers");
        let sql = if tx.is_postgres() { postgres } else { sqlite };
        let rows = tx
            .rows(AssertSqlSafe(sql.to_owned()), vec![])
            .await
            .expect("the question can be answered");
        let text = |row: &crate::value::Row| row.at::<Option<String>>(0);
        let rows = rows.iter().map(|row| Ok(text(row)?.unwrap_or_else(|| "null".into())));
        rows.collect::<Result<_, Error>>().expect("the answer is text")
    }

    /// Runs statements of the test's own. For doing what no method does.
    pub async fn alter(&self, sql: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let done = match &self.0 {
            Pools::Sqlite { write, .. } => sql.execute(write).await.map(drop),
            Pools::Postgres { pool, .. } => sql.execute(pool).await.map(drop),
        };
        done.expect("the statements can be run");
    }
}

/// A fresh store on each database.
pub async fn stores() -> [TestStore; 2] {
    [sqlite().await, postgres().await]
}

/// A fresh store on SQLite.
pub async fn sqlite() -> TestStore {
    let unmigrated = sqlite_empty().await;
    unmigrated.migrate().await.expect("SQLite can be migrated");
    unmigrated
}

/// A fresh store on PostgreSQL.
pub async fn postgres() -> TestStore {
    let server = server();
    let template = template(&server).await;
    database(server, &format!("template {template}")).await
}

/// A store on SQLite without any table.
pub async fn sqlite_empty() -> TestStore {
    let place = directory();
    let url = format!("sqlite:{}", place.path().join("vinculo.db").display());
    let store = Store::open(&url, SETTINGS).await.expect("SQLite can be opened");
    TestStore { name: "sqlite", url, store, _place: Place::Directory(place) }
}

/// A directory in memory where there is one: tests come and go faster than disks can follow, and
/// what they write need not outlive the machine.
fn directory() -> TempDir {
    tempfile::tempdir_in(MEMORY).or_else(|_| tempfile::tempdir()).expect("a temporary directory")
}

/// A store on PostgreSQL without any table.
pub async fn postgres_empty() -> TestStore {
    database(server(), "").await
}

async fn database(server: String, options: &str) -> TestStore {
    let name = format!("vinculo_{:016x}", RandomState::new().build_hasher().finish());
    execute(&server, format!("create database {name} {options}")).await;
    let url = with_database(&server, &name);
    let store = Store::open(&url, SETTINGS).await.expect("PostgreSQL can be opened");
    TestStore { name: "postgres", url, store, _place: Place::Database(Database { server, name }) }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                execute(&server, format!("drop database {name} with (force)")).await;
            });
        });
        // A database that stays behind harms nobody; the test's own verdict counts.
        drop(dropped.join());
    }
}

async fn execute(server: &str, sql: String) {
    let mut conn = PgConnection::connect(server).await.expect("the test server answers");
    conn.execute(AssertSqlSafe(sql)).await.expect("the test server lets us have databases");
    conn.close().await.expect("the test server says goodbye");
}

/// The URL of another database of the same server.
fn with_database(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').map_or((server, None), |(a, q)| (a, Some(q)));
    let (host, _) = address.rsplit_once('/').expect("a URL with a database");
    query.map_or_else(|| format!("{host}/{name}"), |query| format!("{host}/{name}?{query}"))
}

/// The name of a migrated database that new ones are copied from.
async fn template(server: &str) -> String {
    let mut hash = std::hash::DefaultHasher::new();
    hash.write(crate::migrate::postgres_sql().as_bytes());
    let name = format!("vinculo_template_{:016x}", hash.finish());
    let state = state_directory();
    let _alone = lock(&state, "template.lock");
    let mut conn = PgConnection::connect(server).await.expect("the test server answers");
    let known: bool =
        sqlx::query_scalar("select exists (select 1 from pg_database where datname = $1)")
            .bind(&name)
            .fetch_one(&mut conn)
            .await
            .expect("the test server lists its databases");
    conn.close().await.expect("the test server says goodbye");
    if !known {
        // Under another name until it is whole, so that a broken one is never copied.
        let unfinished = format!("{name}_new");
        execute(server, format!("drop database if exists {unfinished} with (force)")).await;
        execute(server, format!("create database {unfinished}")).await;
        let store = Store::open(&with_database(server, &unfinished), SETTINGS).await;
        let store = store.expect("PostgreSQL can be opened");
        store.migrate().await.expect("PostgreSQL can be migrated");
        store.close().await;
        execute(server, format!("alter database {unfinished} rename to {name}")).await;
    }
    name
}

/// Where what is shared by the tests of one target directory is kept.
fn state_directory() -> PathBuf {
    let program = std::env::current_exe().expect("a program knows its own path");
    let target = program.ancestors().find(|dir| dir.join("CACHEDIR.TAG").exists());
    let state = target.map_or_else(std::env::temp_dir, Path::to_owned).join("test-postgres");
    fs::create_dir_all(&state).expect("the target directory can be written to");
    state
}

/// Held until dropped; other processes wait.
fn lock(state: &Path, name: &str) -> File {
    let file = File::create(state.join(name)).expect("the target directory can be written to");
    file.lock().expect("files can be locked");
    file
}

/// The URL of the server, started if need be.
fn server() -> String {
    if let Ok(url) = std::env::var("VINCULO_TEST_POSTGRES") {
        return url;
    }
    let state = state_directory();
    let _alone = lock(&state, "server.lock");
    let known = fs::read_to_string(state.join("server")).map(PathBuf::from);
    let home = match known {
        Ok(home) if UnixStream::connect(home.join(".s.PGSQL.5432")).is_ok() => home,
        _ => {
            let home = start();
            let text = home.to_str().expect("temporary directories have plain names");
            fs::write(state.join("server"), text).expect("the target directory can be written to");
            home
        }
    };
    File::create(home.join("used")).expect("a used server is marked as used");
    format!("postgres://vinculo@localhost/postgres?host={}", home.display())
}

/// Starts a server; the directory of its socket and its data.
fn start() -> PathBuf {
    let bin = binaries();
    // A file system that keeps a while what was deleted takes longer for the thousand files of each
    // test's database than the test does.
    let place = if has_room(MEMORY) { MEMORY.into() } else { std::env::temp_dir() };
    let home = tempfile::Builder::new().prefix("vinculo-tests-").tempdir_in(place);
    let home = home.expect("a directory").keep();
    let data = home.join("data");
    let path =
        |path: &Path| path.to_str().expect("temporary directories have plain names").to_owned();
    let owner = owner();
    fs::DirBuilder::new().mode(0o700).create(&data).expect("a directory");
    for dir in [&home, &data] {
        if let Some((user, group)) = owner {
            chown(dir, Some(user), Some(group)).expect("root may give directories away");
        }
    }
    let run = |program: &str, arguments: &[&str]| {
        let log = home.join("log");
        let file = File::options().create(true).append(true).open(&log).expect("a log");
        let mut command = Command::new(bin.join(program));
        command
            .args(arguments)
            .current_dir(&home)
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a log"))
            .stderr(file)
            .process_group(0);
        if let Some((user, group)) = owner {
            command.uid(user).gid(group);
        }
        let ended = command.status().unwrap_or_else(|e| panic!("{program} cannot be run: {e}"));
        if !ended.success() {
            let mut said = String::new();
            drop(File::open(&log).and_then(|mut log| log.read_to_string(&mut said)));
            panic!("{program} failed:\n{said}");
        }
    };
    let (data, home_text) = (path(&data), path(&home));
    run(
        "initdb",
        &["-D", &data, "-U", "vinculo", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync"],
    );
    let options = format!(
        "-k {home_text} -c listen_addresses= -c fsync=off -c synchronous_commit=off \
         -c full_page_writes=off -c max_connections=300 -c autovacuum=off"
    );
    let log = path(&home.join("server.log"));
    run("pg_ctl", &["start", "-w", "-D", &data, "-l", &log, "-o", &options]);
    watch(&home_text, owner);
    home
}

/// Whether a server finds its room there.
fn has_room(place: &str) -> bool {
    let said = Command::new("df").args(["--block-size=M", "--output=avail", place]).output();
    let free = said.ok().and_then(|said| {
        let said = String::from_utf8(said.stdout).ok()?;
        said.lines().nth(1)?.trim().trim_end_matches('M').parse::<u64>().ok()
    });
    free.is_some_and(|free| free >= ROOM)
}

/// Leaves behind what stops the server when it has not been used for a while.
fn watch(home: &str, owner: Option<(u32, u32)>) {
    const SCRIPT: &str = r#"
        while sleep 60; do
            [ -d "$0/data" ] || exit
            [ -n "$(find "$0/used" -mmin -15)" ] && continue
            kill -INT "$(head -n 1 "$0/data/postmaster.pid")"
            sleep 5
            rm -rf "$0"
            exit
        done"#;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", SCRIPT, home]).current_dir("/").process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    drop(command.spawn().expect("there is a shell"));
}

/// Where PostgreSQL's programs are.
fn binaries() -> PathBuf {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&search).collect();
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = installed.map(|dir| dir.path().join("bin")).collect();
    versions.sort();
    places.extend(versions.into_iter().rev());
    let complete = |dir: &PathBuf| dir.join("initdb").exists() && dir.join("pg_ctl").exists();
    places.into_iter().find(complete).expect(
        "these tests need PostgreSQL: install it (`apt-get install postgresql`), \
         or set VINCULO_TEST_POSTGRES to the URL of a server",
    )
}

/// The user and group to run PostgreSQL as: it refuses to run as root.
fn owner() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !root {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("the list of users");
    let ids = |name: &str| {
        let user = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = user.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(ids("postgres").or_else(|| ids("nobody")).expect("a user that is not root"))
}
