//! Links that refresh themselves.

use crate::{
    bank::{Bank, SMALL_BANK, Step, movement},
    world::{START, World, hours, minutes, on_both, recurrent, seconds, secret, wanted},
};
use connect::talk::{Failure, LoginProblem};
use domain::{
    link::{Link, Status},
    refresh::Rate,
    session::ChallengeKind::Otp,
};
use engine::{
    Settings,
    clock::VirtualClock,
    links::{Modification, Registration},
    retrieval::Retrieval,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::testing::TestStore;

on_both!(stopped:
    news_are_announced_and_silence_is_not,
    a_refresh_that_meets_a_question_asks_for_a_token_once,
    a_refresh_that_is_refused_makes_the_link_invalid_once,
    an_outage_is_outlived_inside_the_period,
    a_refresh_reads_what_it_has_not_seen_yet,
    the_timeline_tells_what_happened,
    a_link_says_what_helps_it,
);

/// Some links of each rate: many slow ones, few fast ones.
const LINKS: [(Rate, usize); 5] = [
    (Rate::SixHours, 1),
    (Rate::TwelveHours, 2),
    (Rate::Day, 4),
    (Rate::Week, 97),
    (Rate::Month, 96),
];

async fn with_links(world: &World, links: &[(Rate, usize)]) -> Vec<(String, Link)> {
    let mut all = Vec::new();
    for (rate, count) in links {
        for number in 0..*count {
            let user = format!("{rate}-{number}");
            let registration = Registration {
                institution: SMALL_BANK.into(),
                external_id: Some(user.clone()),
                ..recurrent(&user, "right")
            };
            let caller = world.caller();
            let link = world.engine.register(&caller, registration).await.unwrap();
            world.settle().await;
            let faster = Modification { refresh_rate: Some(*rate), ..Modification::default() };
            let link = world.engine.modify_link(&caller, link.id, faster).await.unwrap();
            world.advance(seconds(7)).await;
            all.push((user, link));
        }
    }
    all
}

/// Every refresh that the calendar demands until `end`, computed from nothing but the calendar.
fn demanded(links: &[(String, Link)], end: Timestamp) -> Vec<(Timestamp, String)> {
    let mut all = Vec::new();
    for (user, link) in links {
        let mut schedule = link.schedule.clone().expect("a schedule");
        while schedule.due <= end {
            all.push((schedule.due, user.clone()));
            schedule = schedule.succeeded(schedule.due, 0);
        }
    }
    all.sort();
    all
}

fn refreshes(bank: &Bank) -> Vec<(Timestamp, String)> {
    let logins = bank.visits().into_iter().filter(|v| v.what == "login");
    logins.map(|v| (v.at, v.user)).collect()
}

async fn every_link_is_refreshed_when_its_calendar_says(
    place: TestStore,
    links: &[(Rate, usize)],
    days: i64,
) {
    let world = World::stopped(place).await;
    let links = with_links(&world, links).await;
    let before = refreshes(&world.bank).len();
    world.advance(hours(days * 24)).await;
    // Those of fast links that fell due while others were still being made are in both.
    let mut seen = refreshes(&world.bank);
    let births: Vec<_> = links.iter().map(|(user, link)| (link.created_at, user.clone())).collect();
    seen.retain(|refresh| !births.contains(refresh));
    assert_eq!(seen, demanded(&links, world.now()));
    assert!(seen.len() > before);
    for (_, link) in &links {
        let now = world.link(link.id).await;
        assert_eq!(now.status, Status::Valid);
        assert!(now.schedule.unwrap().due > world.now());
    }
    world.finish().await;
}

#[tokio::test]
async fn two_hundred_links_are_refreshed_when_their_calendars_say_on_sqlite() {
    every_link_is_refreshed_when_its_calendar_says(store::testing::sqlite().await, &LINKS, 30)
        .await;
}
#[tokio::test]
async fn two_hundred_links_are_refreshed_when_their_calendars_say_on_postgres() {
    every_link_is_refreshed_when_its_calendar_says(store::testing::postgres().await, &LINKS, 10)
        .await;
}

/// What happened to whom and when, as far as it does not depend on the installation's keys.
type Log = Vec<(Timestamp, String, String, Value)>;

/// A month of some links, of whom some meet trouble, the clock being moved in steps of `step`.
async fn a_month(clock: VirtualClock, step: SignedDuration) -> Log {
    let place = store::testing::sqlite().await;
    let world = World::new(place, clock, Settings::default(), 3).await;
    let links =
        with_links(&world, &[(Rate::TwelveHours, 2), (Rate::Day, 2), (Rate::Month, 2)]).await;
    let down = || vec![Step::Fail(Failure::InstitutionDown)];
    world.bank.logins("12h-0", [vec![], down(), down(), vec![], down(), vec![]]);
    world.bank.logins("12h-1", [vec![Step::Take(seconds(30))]]);
    world.bank.logins("24h-1", [vec![], vec![], vec![Step::Ask(Otp, "123")]]);
    world.bank.readings("30d-1", "ACCOUNTS", [down(), down(), vec![]]);
    let end = START.parse::<Timestamp>().unwrap() + hours(30 * 24);
    while world.now() < end {
        let to = (world.now() + step).min(end);
        world.engine.advance(to).await.unwrap();
    }
    let mut log: Log = Vec::new();
    for event in world.events().await {
        let body: Value = serde_json::from_str(&event.body).unwrap();
        let who = body["external_id"].as_str().unwrap_or_default().to_owned();
        log.push((event.created_at, who, event.code, body["data"].clone()));
    }
    for visit in world.bank.visits() {
        log.push((visit.at, visit.user, visit.what, Value::Null));
    }
    for (user, link) in links {
        let listed = world.engine.timeline(world.tenant, link.id, crate::world::EVERYTHING).await;
        for entry in listed.unwrap().items {
            let mut detail: Value = serde_json::from_str(entry.detail.get()).unwrap();
            if let Some(detail) = detail.as_object_mut() {
                // Requests' ids are drawn by chance, which other keys lead elsewhere.
                detail.remove("request_id");
            }
            log.push((entry.at.0, user.clone(), entry.kind, detail));
        }
    }
    log.sort_by(|a, b| (a.0, &a.1, &a.2, a.3.to_string()).cmp(&(b.0, &b.1, &b.2, b.3.to_string())));
    world.finish().await;
    log
}

fn stopped() -> VirtualClock {
    VirtualClock::stopped(START.parse().unwrap())
}

#[tokio::test]
async fn the_same_history_gives_the_same_log() {
    assert_eq!(a_month(stopped(), hours(30 * 24)).await, a_month(stopped(), hours(30 * 24)).await);
}

#[tokio::test]
async fn many_small_steps_come_to_the_same_as_a_large_one() {
    assert_eq!(a_month(stopped(), hours(30 * 24)).await, a_month(stopped(), minutes(317)).await);
}

async fn events(world: &World, code: &str) -> Vec<Value> {
    let events = world.events().await.into_iter().filter(|event| event.code == code);
    events.map(|event| serde_json::from_str(&event.body).unwrap()).collect()
}

async fn news_are_announced_and_silence_is_not(world: &World) {
    let link = world.registered("ana").await;
    let loaded = world.events().await.len();
    assert_eq!(loaded, 3);
    world.advance(hours(7 * 24)).await;
    assert_eq!(world.events().await.len(), loaded, "nothing new, nothing said");
    world.bank.person("ana", |ana| {
        ana.transactions.push(movement("CHK", "m5", "2026-01-22", "COFFEE", "45.50"));
        ana.transactions.push(movement("SAV", "m6", "2026-01-23", "RENT", "5000.00"));
    });
    world.advance(hours(7 * 24)).await;
    let news = events(world, "new_transactions_available").await;
    assert_eq!(news.len(), 1);
    assert_eq!(news[0]["data"]["new_transactions"], 2);
    assert_eq!(news[0]["process_type"], "recurrent_update");
    assert_eq!(news[0]["link_id"], link.id.to_string());
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 5);
}

async fn a_refresh_that_meets_a_question_asks_for_a_token_once(world: &World) {
    let link = world.registered("ana").await;
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    world.advance(hours(60 * 24)).await;
    let resting = world.link(link.id).await;
    assert_eq!((resting.status, resting.schedule), (Status::TokenRequired, None));
    assert_eq!(events(world, "token_required").await.len(), 1);
    assert_eq!(world.bank.count("ana", "login"), 2);
    let retrieval = Retrieval { token: secret("123"), ..wanted(link.id, "ACCOUNTS") };
    world.engine.retrieve(&world.caller(), retrieval).await.unwrap();
    world.bank.logins("ana", [vec![]]);
    world.settle().await;
    let awake = world.link(link.id).await;
    assert_eq!(awake.status, Status::Valid);
    world.advance(hours(7 * 24)).await;
    assert_eq!(world.bank.count("ana", "login"), 2 + 1 + 1 + 1, "request, load, refresh");
}

async fn a_refresh_that_is_refused_makes_the_link_invalid_once(world: &World) {
    let link = world.registered("ana").await;
    let locked = Failure::Login(LoginProblem::Locked);
    world.bank.logins("ana", [vec![Step::Fail(locked)]]);
    world.advance(hours(60 * 24)).await;
    assert_eq!(world.status(link.id).await, Status::Invalid);
    assert_eq!(world.bank.count("ana", "login"), 2);
    let said = events(world, "invalid_credentials").await;
    assert_eq!(said.len(), 1);
    assert!(said[0].to_string().contains("locked"), "{}", said[0]);
}

async fn an_outage_is_outlived_inside_the_period(world: &World) {
    let link = world.registered("ana").await;
    let due = link.schedule.as_ref().unwrap().due;
    world.bank.is_down(true);
    world.engine.advance(due + minutes(30)).await.unwrap();
    let tried = world.bank.count("ana", "login") - 1;
    assert!((2..=4).contains(&tried), "{tried} attempts in half an hour");
    let now = world.link(link.id).await;
    assert_eq!(now.status, Status::Valid);
    world.bank.is_down(false);
    world.engine.advance(due + hours(2)).await.unwrap();
    assert_eq!(world.bank.count("ana", "ACCOUNTS"), 2, "it came through");
    let next = world.link(link.id).await.schedule.unwrap();
    assert_eq!((next.due, next.failed), (due + hours(7 * 24), 0), "and keeps its calendar");
    assert_eq!(world.codes(link.id).await, ["historical_update"; 3]);
}

async fn a_refresh_reads_what_it_has_not_seen_yet(world: &World) {
    let link = world.registered("ana").await;
    world.advance(hours(7 * 24)).await;
    let readings: Vec<_> = (world.bank.visits().into_iter())
        .filter(|v| v.what == "TRANSACTIONS")
        .map(|v| v.window.unwrap())
        .collect();
    assert_eq!(readings.len(), 2);
    let lengths = readings.iter().map(|w| w.to.since(w.from).unwrap().get_days());
    let lengths: Vec<_> = lengths.collect();
    assert!(lengths[0] >= 364 && lengths[1] < 60, "{lengths:?}");
    assert!(readings[1].from < readings[0].to, "pending movements are looked at again");
    drop(link);
}

async fn the_timeline_tells_what_happened(world: &World) {
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")], vec![]]);
    let asked = world.challenged("ana").await;
    assert_eq!(world.timeline(asked.link).await, ["challenge_raised"]);
    let caller = world.caller();
    let link = world.engine.resume_link(&caller, asked.session, None, secret("123")).await.unwrap();
    world.settle().await;
    let told = world.timeline(link.id).await.split_off(1);
    assert_eq!(told, ["status_changed", "registered", "refresh_started", "refresh_finished"]);
    world.bank.person("ana", |ana| ana.password = "new");
    world.advance(hours(7 * 24)).await;
    let told = world.timeline(link.id).await.split_off(5);
    assert_eq!(told, ["refresh_started", "status_changed", "refresh_failed"]);
}

async fn a_link_says_what_helps_it(world: &World) {
    let helps = async |link| {
        let link = world.link(link).await;
        (link.status, world.engine.next_action(&link).await.unwrap())
    };
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    let asked = world.challenged("ana").await;
    let answer = (Status::Unconfirmed, Some("answer_challenge_or_register_again"));
    assert_eq!(helps(asked.link).await, answer);

    let link = world.registered("eva").await.id;
    assert_eq!(helps(link).await, (Status::Valid, None));
    world.bank.logins("eva", [vec![Step::Ask(Otp, "123")]]);
    world.advance(hours(7 * 24)).await;
    assert_eq!(helps(link).await, (Status::TokenRequired, Some("retrieve_with_token")));
    let retrieval = Retrieval { token: secret("123"), ..wanted(link, "ACCOUNTS") };
    world.engine.retrieve(&world.caller(), retrieval).await.unwrap();
    assert_eq!(helps(link).await, (Status::Valid, None));

    world.bank.logins("eva", [vec![]]);
    world.bank.person("eva", |eva| eva.password = "new");
    world.advance(hours(7 * 24)).await;
    assert_eq!(helps(link).await, (Status::Invalid, Some("replace_credentials")));
}
