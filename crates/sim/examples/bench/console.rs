//! Pages of the console of a tenant with 100,000 links, each beside a bare handler that returns the
//! same bytes. The links have a day behind them as such a tenant has: a job each for those that are
//! refreshed, a webhook each, the logins of the last hour.

use crate::{House, Options, load};
use domain::{
    access::AccessMode,
    env::share,
    ids::{Bucket, EndpointId},
    link::{Link, Status},
    operator::Role,
    refresh::Rate,
    session::{Session, State},
};
use engine::operators;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use std::time::Instant;
use store::{
    Store,
    deliveries::{Attempt, Verdict},
    events::{Announced, Event},
    jobs::NewJob,
    sessions::{Outcome, StoredSession},
};

/// How many links there are.
const LINKS: u64 = 100_000;
/// Links that are written in one transaction.
const AT_ONCE: u64 = 1_000;
/// Institutions that they are spread over, besides that of the one which is looked at.
const INSTITUTIONS: u64 = 20;
const PASSWORD: &str = "correct horse battery";

pub(crate) async fn run(house: &House, options: &Options) {
    let shown = house.register("console", AccessMode::Recurrent).await;
    house.engine.settle_down().await.unwrap();
    let begun = Instant::now();
    let endpoint = house.engine.env().id();
    let parts = (0..LINKS / AT_ONCE).map(|part| fill(house, &shown, endpoint, part * AT_ONCE));
    // SQLite has one writer, for whom nobody waits long.
    let lanes = if house.engine.store().way().is_some() { 4 } else { 1 };
    stream::iter(parts).buffer_unordered(lanes).collect::<()>().await;
    knows_what_it_holds(house.engine.store()).await;
    println!("{LINKS} links with what hangs on them: {:.0} s", begun.elapsed().as_secs_f64());

    let (store, env) = (house.engine.store(), house.engine.env());
    let password = SecretString::from(PASSWORD);
    operators::add(store, env, "bench", Role::Viewer, &password).await.unwrap();
    let token = house.engine.sign_in("bench", &password).await.unwrap().expect("it is right");
    let router = server::router(house.engine.clone(), server::Settings::dev());
    let server = load::serve(router).await;
    let link = shown.id;
    for (name, page) in [
        ("the overview", String::new()),
        ("links, all of them", "links".into()),
        ("links, by external id", format!("links?find={}", external_id(77_777))),
        ("links of an institution", format!("links?institution={}", institution(7))),
        ("links with a status", "links?status=invalid".into()),
        ("links of an institution with a status", {
            format!("links?institution={}&status=valid", institution(7))
        }),
        ("one link", format!("links/{link}")),
        ("institutions", "institutions".into()),
        ("deliveries", "deliveries".into()),
        ("jobs", "jobs".into()),
    ] {
        let path = format!("/console/{}/{page}", house.caller.tenant);
        let cookie = token.expose_secret();
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {server}\r\ncookie: vinculo_console={cookie}\r\n\r\n"
        );
        let bytes = load::body(server, request.as_bytes()).await;
        let bare = load::serve(load::bare(bytes, "text/html; charset=utf-8")).await;
        let ours = load::flood(server, request.as_bytes(), 1, options.time()).await;
        let theirs = load::flood(bare, request.as_bytes(), 1, options.time()).await;
        println!(
            "console, {name} ({:.1} kB): p50 {:.1} ms, p99 {:.1} ms; bare handler p50 {:.2} ms, p99 {:.2} ms; ratio {:.4}",
            ours.bytes as f64 / 1000.0,
            ours.p50,
            ours.p99,
            theirs.p50,
            theirs.p99,
            ours.rate / theirs.rate
        );
    }
}

/// What PostgreSQL does by itself after a while.
async fn knows_what_it_holds(store: &Store) {
    if store.way().is_some() {
        store.alter("vacuum analyze").await;
    }
}

fn external_id(n: u64) -> String {
    format!("customer-{n}")
}

fn institution(n: u64) -> String {
    format!("bench_{:02}_mx_retail", n % INSTITUTIONS)
}

/// Writes the links from the `from`th on, and what each has left behind within a day.
async fn fill(house: &House, model: &Link, endpoint: EndpointId, from: u64) {
    let (env, store) = (house.engine.env(), house.engine.store());
    let links: Vec<Link> = (from..from + AT_ONCE)
        .map(|n| {
            let age = |days: i64| {
                let most = SignedDuration::from_hours(24 * days);
                let age = share(most, env.chance_u64());
                env.now().saturating_sub(age).unwrap_or(Timestamp::MIN)
            };
            // Of a hundred: five are broken, three wait for a token, two never came to anything.
            let status = match n % 100 {
                0..5 => Status::Invalid,
                5..8 => Status::TokenRequired,
                8..10 => Status::Unconfirmed,
                _ => Status::Valid,
            };
            let recurrent = n % 10 != 9;
            let rate = if n % 3 == 0 { Rate::Day } else { Rate::Week };
            Link {
                id: env.id_in(Bucket::of(u16::try_from(n % 4096).unwrap())),
                institution: institution(n / 7),
                access_mode: if recurrent { AccessMode::Recurrent } else { AccessMode::Single },
                refresh_rate: recurrent.then_some(rate),
                status,
                external_id: Some(external_id(n)),
                created_at: age(365),
                updated_at: age(if rate == Rate::Day { 1 } else { 7 }),
                ..model.clone()
            }
        })
        .collect();
    let mut tx = store.write().await.unwrap();
    for (n, link) in (from..).zip(&links) {
        let mut login = [0; 32];
        login[..8].copy_from_slice(&n.to_be_bytes());
        tx.insert_link(link, &login).await.unwrap();
        if link.refresh_rate.is_some() {
            let later = share(SignedDuration::from_hours(24 * 7), env.chance_u64());
            let job = NewJob {
                id: env.id_in(link.id.bucket()),
                tenant: link.tenant,
                link: Some(link.id),
                institution: Some(link.institution.clone()),
                kind: "refresh".into(),
                subject: link.id.to_string(),
                payload: "{}".into(),
                run_at: env.now() + SignedDuration::from_hours(1) + later,
                created_at: link.created_at,
            };
            tx.schedule(&job).await.unwrap();
        }
        // Those that are read once a day and are known for an hour.
        if n % 24 == 0 {
            login_of(&mut tx, house, link).await;
        }
    }
    let announced: Vec<Announced> =
        links.iter().map(|link| webhook(house, link, endpoint)).collect();
    tx.announce(&announced).await.unwrap();
    let attempts = announced.iter().flat_map(|Announced { event, to }| {
        to.iter().map(|(delivery, _)| Attempt {
            delivery: *delivery,
            fence: 0,
            number: 1,
            at: event.created_at,
            status: Some(200),
            error: None,
            duration_ms: 20,
            verdict: Verdict::Delivered,
        })
    });
    tx.record_attempts(&attempts.collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
}

/// A webhook about a link, some time of the last day.
fn webhook(house: &House, link: &Link, endpoint: EndpointId) -> Announced {
    let env = house.engine.env();
    let age = share(SignedDuration::from_hours(24), env.chance_u64());
    let bucket = link.id.bucket();
    let event = Event {
        id: env.id_in(bucket),
        tenant: link.tenant,
        link: link.id,
        kind: "TRANSACTIONS".into(),
        code: "new_transactions_available".into(),
        process_type: Some("recurrent_refresh".into()),
        request: Some(env.id()),
        body: format!(r#"{{"link_id":"{}","data":{{"new_transactions":12}}}}"#, link.id),
        created_at: env.now() - age,
    };
    Announced { event, to: vec![(env.id_in(bucket), endpoint)] }
}

/// A login that is over.
async fn login_of(tx: &mut store::Tx, house: &House, link: &Link) {
    let (env, now) = (house.engine.env(), house.engine.env().now());
    let session = StoredSession {
        session: Session {
            id: env.id_in(link.id.bucket()),
            tenant: link.tenant,
            link: link.id,
            state: State::Running,
            deadline: now,
        },
        purpose: r#""Repair""#.into(),
        challenge: None,
        challenge_number: 0,
        outcome: None,
        request: env.id(),
        node: house.engine.node(),
        lease_until: now,
        created_at: now,
        finished_at: None,
    };
    assert!(tx.open_session(&session).await.unwrap());
    let outcome = Outcome { state: State::Done, outcome: "null".into(), sealed: None };
    assert!(tx.finish_session(session.session.id, &outcome, now).await.unwrap());
}
