//! What Vinculo costs, measured side by side with a bare reference in the same run. Prints a table;
//! `cargo xtask bench` runs it in release and docs/performance.md keeps the results.
//!
//! `bench [--database URL] [--seconds N] [PART …]`, the parts being `list`, `register`, `ledger`,
//! `fiscal`, `refresh`, `deliveries`, `programs` and `console`; without a part, all of them.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a tool that prints and may stop")]
#![expect(clippy::cast_precision_loss, reason = "figures for people")]
#![expect(clippy::disallowed_types, reason = "it measures real time")]

mod bank;
mod console;
mod deliveries;
mod fiscal;
mod ledger;
mod list;
mod load;
mod programs;
mod refresh;
mod register;

use bank::Bank;
use domain::{env::Env, ids::RequestId};
use engine::{Actor, Caller, Engine, Parts, Settings, clock::VirtualClock};
use secrecy::SecretString;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use store::Store;
use vault::{KeyRing, Vault};

/// One installation under test.
struct House {
    engine: Engine,
    bank: Bank,
    caller: Caller,
    url: String,
}

/// The API secret of the house.
const SECRET: &str = "bench-secret";

impl House {
    /// A fresh one: a database of its own under `place`, or the one named on the command line.
    async fn open(place: &std::path::Path, options: &Options) -> Self {
        let url = options
            .database
            .clone()
            .unwrap_or_else(|| place.join("bench.db").display().to_string());
        let store = Store::open(&url, store::Settings::default()).await.unwrap();
        store.migrate().await.unwrap();
        let clock = VirtualClock::running(jiff::SignedDuration::ZERO);
        let env = Env::new(Arc::new(clock.clone()), [7; 32]);
        let bank = Bank::new(1_000);
        let engine = Engine::open(Parts {
            env: env.clone(),
            clock: Some(clock),
            store,
            vault: Vault::new(&KeyRing::generate().unwrap()).unwrap(),
            connectors: vec![Arc::new(bank.clone())],
            settings: Settings { local_webhooks: true, ..Settings::default() },
        })
        .await
        .unwrap();
        let tenant = engine.add_tenant("bench").await.unwrap().id;
        let key = engine.add_key(tenant, None, "bench", &SecretString::from(SECRET)).await.unwrap();
        engine.start();
        let caller = Caller { tenant, by: Actor::Key(key), request: env.id(), token: None };
        Self { engine, bank, caller, url }
    }

    /// A caller with a request of its own.
    fn caller(&self) -> Caller {
        Caller { request: self.engine.env().id::<RequestId>(), ..self.caller }
    }

    /// Registers a link for a user of the bank.
    async fn register(&self, user: &str, mode: domain::access::AccessMode) -> domain::link::Link {
        self.register_at(bank::NAME, user, mode).await
    }

    /// Registers a link for a user of an institution.
    async fn register_at(
        &self,
        institution: &str,
        user: &str,
        mode: domain::access::AccessMode,
    ) -> domain::link::Link {
        let fields = [("username", user), ("password", "full")];
        let wanted = engine::links::Registration {
            institution: institution.into(),
            fields: BTreeMap::from(fields.map(|(k, v)| (k.to_owned(), SecretString::from(v)))),
            token: None,
            access_mode: mode,
            external_id: None,
            fetch_resources: Vec::new(),
            credentials_storage: None,
            stale_in: None,
        };
        self.engine.register(&self.caller(), wanted).await.unwrap()
    }
}

struct Options {
    database: Option<String>,
    seconds: u64,
    parts: Vec<String>,
}

impl Options {
    fn read() -> Self {
        let mut options = Self { database: None, seconds: 5, parts: Vec::new() };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--database" => options.database = args.next(),
                "--seconds" => {
                    options.seconds = args.next().and_then(|n| n.parse().ok()).unwrap_or(5);
                }
                part => options.parts.push(part.into()),
            }
        }
        options
    }
    fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|p| p == part)
    }
    fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

fn main() -> std::process::ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == connect::cage::MARKER) {
        return connect::cage::inner(&args.collect::<Vec<_>>());
    }
    tokio::runtime::Runtime::new().unwrap().block_on(run());
    std::process::ExitCode::SUCCESS
}

async fn run() {
    let options = Options::read();
    let place = tempfile::tempdir().unwrap();
    let house = House::open(place.path(), &options).await;
    println!(
        "database: {}",
        if house.url.starts_with("postgres") { "PostgreSQL" } else { "SQLite" }
    );
    if options.wants("list") {
        list::run(&house, &options).await;
    }
    if options.wants("register") {
        register::run(&house, &options).await;
    }
    if options.wants("ledger") {
        ledger::run(&house).await;
    }
    if options.wants("fiscal") {
        fiscal::run(&house, &options).await;
    }
    if options.wants("refresh") {
        refresh::run(&house, &options).await;
    }
    if options.wants("deliveries") {
        deliveries::run(&house).await;
    }
    if options.wants("programs") {
        programs::run().await;
    }
    // Last: it leaves a crowd behind.
    if options.wants("console") {
        console::run(&house, &options).await;
    }
    house.engine.stop().await;
}
