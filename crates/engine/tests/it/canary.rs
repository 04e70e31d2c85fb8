//! Secrets are where they belong and nowhere else: unmistakable ones are sent through everything
//! that can happen, and then looked for everywhere.

use crate::{
    bank::Step,
    world::{
        World, challenged, days, fields, hours, minutes, recurrent, seconds, secret, single, wanted,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use connect::talk::Failure;
use domain::{resource, session::ChallengeKind::Otp};
use engine::{
    Error, Settings, clock::VirtualClock, links::Registration, retrieval::Retrieval,
    webhooks::endpoints::NewEndpoint,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::{
    fmt::Write as _,
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex, OnceLock},
};
use store::testing::TestStore;

const USER: &str = "canary-user-5f1d";
const OTHER: &str = "canary-other-8c2e";
const PASSWORD: &str = "canary-password-77aa";
const WRONG: &str = "canary-wrong-1b3d";
const NEW: &str = "canary-new-90fe";
const ANSWER: &str = "canary-answer-4d4d";
const MISS: &str = "canary-miss-e0e1";
const TOKEN: &str = "canary-token-6a6b";
const STATE: &str = "canary-state-3c0d";
const BLURTED: &str = "canary-panic-d1d2";
const KEY: &str = "canary-api-key-2f2f";
const WRONG_KEY: &str = "canary-wrong-key-5e5e";
const AUTHORIZATION: &str = "Bearer canary-hook-abab";
const CUSTOMER: &str = "canary-customer-cdcd";
/// In files that are uploaded, where no record says it.
const FILE: &str = "canary-file-7e7e";
/// Shown to a caller, but never kept.
const UNKEPT: &str = "canary-unkept-efef";
/// What a connector says to operators: in the log, and nowhere else.
const DETAIL: &str = "canary-detail-0101";

const SECRETS: [&str; 16] = [
    USER,
    OTHER,
    PASSWORD,
    WRONG,
    NEW,
    ANSWER,
    MISS,
    TOKEN,
    STATE,
    BLURTED,
    KEY,
    WRONG_KEY,
    AUTHORIZATION,
    CUSTOMER,
    FILE,
    UNKEPT,
];

/// Collects what could be shown to somebody.
#[derive(Default)]
struct Shown(String);

impl Shown {
    fn error<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                let mut cause: Option<&dyn std::error::Error> = Some(&error);
                while let Some(error) = cause {
                    writeln!(self.0, "{error} {error:?}").unwrap();
                    cause = error.source();
                }
                None
            }
        }
    }
}

async fn everything_that_can_happen(world: &World, shown: &mut Shown) -> SecretString {
    let (engine, bank, caller) = (&world.engine, &world.bank, world.caller());
    let accounts = resource::named("ACCOUNTS").unwrap();

    // Keys of callers and of receivers.
    let key = engine.add_key(world.tenant, None, "ci", &SecretString::from(KEY)).await.unwrap();
    for try_with in [KEY, KEY, WRONG_KEY] {
        let verdict = engine.authenticate(&key.to_string(), &SecretString::from(try_with)).await;
        assert_eq!(shown.error(verdict).unwrap().is_some(), try_with == KEY);
    }
    let endpoint = NewEndpoint {
        url: "http://127.0.0.1:9/hook".into(),
        authorization: secret(AUTHORIZATION),
        events: vec!["*".into()],
    };
    let (_, signing) = engine.webhooks().add_endpoint(&caller, endpoint).await.unwrap();

    // Registrations: refused, broken, out of order, asked, answered.
    bank.person(USER, |person| {
        person.password = PASSWORD;
        person.customer = CUSTOMER.into();
        person.owners = vec![json!({"display_name": "Nobody"})];
    });
    let registration =
        |password| Registration { external_id: Some("x".into()), ..recurrent(USER, password) };
    shown.error(engine.register(&caller, registration(WRONG)).await);
    for trouble in [
        Step::Panic(BLURTED),
        Step::Fail(Failure::Unexpected(DETAIL.into())),
        Step::Fail(Failure::InstitutionDown),
    ] {
        bank.logins(USER, [vec![trouble]]);
        shown.error(engine.register(&caller, registration(PASSWORD)).await);
    }
    bank.logins(USER, [vec![Step::Ask(Otp, ANSWER), Step::Remember(STATE)], vec![]]);
    let asked = challenged(engine.register(&caller, registration(PASSWORD)).await);
    let again = engine.resume_link(&caller, asked.session, None, secret(MISS)).await;
    let asked = challenged(again);
    let link = engine.resume_link(&caller, asked.session, None, secret(ANSWER)).await.unwrap();
    world.settle().await;
    shown.error(engine.register(&caller, registration(PASSWORD)).await);

    // One that is never confirmed, with a token that came too early.
    bank.logins(OTHER, [vec![Step::Ask(Otp, ANSWER)]]);
    let early = Registration { token: secret(TOKEN), ..recurrent(OTHER, WRONG) };
    challenged(engine.register(&caller, early).await);
    world.advance(minutes(11)).await;

    // Data kept and not kept, asked for and not, with trouble in the middle.
    bank.logins(USER, [vec![Step::Ask(Otp, ANSWER)]]);
    let kept = bank_shows(world, UNKEPT);
    let retrieval = Retrieval { save: false, ..wanted(link.id, "ACCOUNTS") };
    let asked = challenged(engine.retrieve(&caller, retrieval).await);
    let answer = secret(ANSWER);
    let unkept =
        engine.resume_retrieval(&caller, accounts, asked.session, None, answer, None).await;
    assert!(unkept.unwrap().items[0].contains(UNKEPT));
    bank.person(USER, |person| person.accounts = kept);
    let retrieval = Retrieval { token: secret(TOKEN), ..wanted(link.id, "ACCOUNTS") };
    shown.error(engine.retrieve(&caller, retrieval).await);
    world.advance(minutes(11)).await;
    bank.logins(USER, [vec![]]);
    for trouble in [
        Step::Panic(BLURTED),
        Step::Fail(Failure::Unexpected(DETAIL.into())),
        Step::Fail(Failure::UnavailableData),
    ] {
        bank.readings(USER, "TRANSACTIONS", [vec![trouble], vec![]]);
        let window = days("2026-01-01", "2026-01-14");
        let retrieval = Retrieval { window, ..wanted(link.id, "TRANSACTIONS") };
        shown.error(engine.retrieve(&caller, retrieval).await);
    }
    bank.readings(USER, "TRANSACTIONS", [vec![Step::Fail(Failure::Unexpected(DETAIL.into()))]]);
    shown.error(engine.retrieve_later(&caller, wanted(link.id, "TRANSACTIONS")).await);
    world.settle().await;

    files_good_and_bad(world).await;

    // New credentials, wrong and right; then the password changes behind our back.
    let put = |password| {
        engine.replace_credentials(&caller, link.id, fields(&[("password", password)]), None)
    };
    shown.error(put(WRONG).await);
    bank.person(USER, |person| person.password = NEW);
    shown.error(put(NEW).await).unwrap();
    bank.person(USER, |person| person.password = PASSWORD);
    shown.error(world.retrieve(link.id, "ACCOUNTS").await);
    world.advance(hours(8 * 24)).await;
    shown.error(world.retrieve(link.id, "ACCOUNTS").await);

    // An answer that is given, but never taken: its node is dead.
    shown.error(put(PASSWORD).await).unwrap();
    world.settle().await;
    bank.logins(USER, [vec![Step::Ask(Otp, ANSWER)]]);
    let node = world.another_node().await;
    let id = link.id;
    let asked = node
        .does(move |engine| async move { engine.retrieve(&caller, wanted(id, "ACCOUNTS")).await });
    let asked = challenged(asked.await);
    node.dies();
    let answer = secret(ANSWER);
    let lost = engine.resume_retrieval(&caller, accounts, asked.session, None, answer, None);
    let (lost, ()) = tokio::join!(lost, async {
        for _ in 0..60 {
            world.advance(seconds(1)).await;
        }
    });
    shown.error(lost);

    // What the tenant and the operator can read of it all.
    let timeline = engine.timeline(world.tenant, link.id, crate::world::EVERYTHING).await.unwrap();
    let link = engine.link(world.tenant, link.id).await.unwrap();
    writeln!(shown.0, "{timeline:?} {link:?}").unwrap();
    signing
}

/// Files that can be read and that cannot, brought along and as an answer.
async fn files_good_and_bad(world: &World) {
    let (engine, caller) = (&world.engine, world.caller());
    let accounts = resource::named("ACCOUNTS").unwrap();
    let fed = Registration {
        institution: "statements_mx_retail".into(),
        fields: fields(&[]),
        ..single("", &[])
    };
    let fed = engine.register(&caller, fed).await.unwrap().id;
    let good = format!(
        "OFXHEADER:100\n\n<OFX><SIGNONMSGSRSV1><SONRS><INTU.USERID>{FILE}</SONRS></SIGNONMSGSRSV1>\
         <BANKMSGSRSV1><STMTTRNRS><STMTRS><BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>\
         <STMTTRN><DTPOSTED>20260105<TRNAMT>-1.00<NAME>BUN</STMTTRN>\
         </BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    );
    let table = format!("Fecha;Concepto {FILE};Importe\n05/01/2026;BUN;-1,00\n");
    for (text, readable) in [(&good, true), (&table, false), (&format!("{FILE} "), false)] {
        let file = SecretString::from(STANDARD.encode(text));
        let read = engine.upload_statement(&caller, fed, file).await;
        assert_eq!(read.is_ok(), readable, "{read:?}");
        if let Err(Error::Failed(Failure::Unreadable(why))) = &read {
            assert!(!why.remark.problem.contains(FILE), "the proposal alone names columns");
        }
        let asked = challenged(engine.retrieve(&caller, wanted(fed, "ACCOUNTS")).await);
        let answer = Some(SecretString::from(STANDARD.encode(text)));
        let read = engine.resume_retrieval(&caller, accounts, asked.session, None, answer, None);
        assert_eq!(read.await.is_ok(), readable);
    }
    assert_eq!(world.records(fed, "TRANSACTIONS").await.len(), 1);
}

/// The bank's accounts bear a name from now on; those before.
fn bank_shows(world: &World, name: &str) -> Vec<serde_json::Value> {
    let mut before = Vec::new();
    world.bank.person(USER, |person| {
        let mut named = person.accounts.clone();
        for account in &mut named {
            account["name"] = json!(name);
        }
        before = std::mem::replace(&mut person.accounts, named);
    });
    before
}

/// All that the database holds, as bytes.
async fn contents(place: &TestStore) -> Vec<u8> {
    const TABLES: &str = "select format('select t::text as line from %I.%I as t', \
        table_schema, table_name) from information_schema.tables \
        where table_schema not in ('pg_catalog', 'information_schema')";
    if place.way().is_none() {
        let file = Path::new(place.url.trim_start_matches("sqlite:"));
        let files = std::fs::read_dir(file.parent().unwrap()).unwrap();
        return files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    }
    let mut all = Vec::new();
    for query in place.look("", TABLES).await {
        all.extend(place.look("", &query).await);
    }
    all.join("\n").into_bytes()
}

/// Whether the text is there, plain or as databases print bytes.
fn holds(haystack: &str, needle: &str) -> bool {
    let mut hex = String::new();
    for byte in needle.bytes() {
        write!(hex, "{byte:02x}").unwrap();
    }
    haystack.contains(needle) || haystack.contains(&hex)
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(line)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// All that is logged in this process, to the last detail.
fn log() -> Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    let start = || {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        log
    };
    LOG.get_or_init(start).clone()
}

async fn secrets_are_found_nowhere(place: TestStore) {
    let log = log();
    let settings = Settings { local_webhooks: true, ..Settings::default() };
    let clock = VirtualClock::stopped(crate::world::START.parse().unwrap());
    let world = World::new(place, clock, settings, 7).await;
    let mut shown = Shown::default();
    let signing = everything_that_can_happen(&world, &mut shown).await;

    let database = contents(&world.place).await;
    let database = String::from_utf8_lossy(&database);
    let log = log.0.lock().unwrap().clone();
    let log = String::from_utf8_lossy(&log);
    assert!(holds(&database, "ACCOUNTS") && holds(&database, "historical_update"));
    assert!(holds(&log, "announced"), "the log says what happens");
    assert!(shown.0.contains("refused the credentials") && shown.0.contains("refresh_started"));
    for secret in SECRETS.into_iter().chain([signing.expose_secret()]) {
        assert!(!holds(&database, secret), "{secret} is in the database");
        assert!(!holds(&log, secret), "{secret} is in the log");
        assert!(!shown.0.contains(secret), "{secret} is shown");
    }
    assert!(holds(&log, DETAIL) && holds(&database, "Nobody"), "whoever looks can find");
    assert!(!holds(&database, DETAIL), "what is for operators is in the database");
    assert!(!shown.0.contains(DETAIL), "what is for operators is shown");
    world.finish().await;
}

#[tokio::test]
async fn secrets_are_found_nowhere_on_sqlite() {
    secrets_are_found_nowhere(store::testing::sqlite().await).await;
}
#[tokio::test]
async fn secrets_are_found_nowhere_on_postgres() {
    secrets_are_found_nowhere(store::testing::postgres().await).await;
}
