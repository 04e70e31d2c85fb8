//! Readings that break off and go on.

use crate::{
    bank::{Step, movement},
    world::{
        World, days, failed, hours, items, minutes, on_both, recurrent, secret, single, wanted,
    },
};
use connect::talk::Failure;
use domain::{link::Status, session::ChallengeKind::Otp};
use engine::retrieval::Retrieval;

on_both!(stopped:
    a_reading_that_breaks_off_goes_on_from_its_checkpoint_and_is_one_reading,
    what_came_after_the_checkpoint_is_read_again_and_not_twice,
    a_reading_that_went_on_proves_what_is_missing,
    without_a_checkpoint_a_reading_begins_anew_with_the_next_session,
    a_session_returns_twice_and_no_more,
    a_reading_that_takes_too_long_goes_on_from_its_checkpoint,
    a_reading_that_always_takes_too_long_is_given_up,
    nobody_is_asked_so_that_a_reading_may_go_on,
    an_answer_given_up_front_is_not_wanted_again,
    who_is_refused_on_return_has_wrong_credentials,
    somebody_else_who_is_let_in_ends_the_reading,
    an_institution_that_says_it_is_down_is_left_alone,
    what_is_to_be_remembered_is_used_on_return,
);

fn hangs(shown: usize, checkpoint: Option<usize>) -> Vec<Step> {
    vec![Step::BreakOff { shown, checkpoint, with: Failure::Timeout }]
}
fn dies(shown: usize, checkpoint: Option<usize>) -> Vec<Step> {
    vec![Step::BreakOff { shown, checkpoint, with: Failure::Unexpected("it died".into()) }]
}
/// From where each reading of a person's movements went on.
fn cursors(world: &World, user: &str) -> Vec<String> {
    let visits = world.bank.visits().into_iter();
    let mine = visits.filter(|visit| visit.user == user && visit.what == "TRANSACTIONS");
    mine.map(|visit| visit.cursor.unwrap_or_else(|| "start".into())).collect()
}

async fn a_reading_that_breaks_off_goes_on_from_its_checkpoint_and_is_one_reading(world: &World) {
    world.bank.readings("ana", "TRANSACTIONS", [dies(2, Some(2)), vec![]]);
    let link = world.registered("ana").await;
    assert_eq!((link.status, world.bank.count("ana", "login")), (Status::Valid, 2));
    assert_eq!(cursors(world, "ana"), ["start", "2"]);
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
    let loaded: Vec<_> = (world.events().await.into_iter())
        .filter(|event| event.body.contains("historical_update"))
        .filter(|event| event.body.contains("TRANSACTIONS"))
        .collect();
    let [loaded] = loaded.as_slice() else { panic!("told once: {loaded:?}") };
    assert!(loaded.body.contains(r#""total_transactions":3"#), "{}", loaded.body);
    assert!(world.timeline(link.id).await.contains(&"reading_resumed".to_owned()));
    // Nothing is left to be done, and nothing comes twice.
    let before = world.changes().await.len();
    world.retrieve(link.id, "TRANSACTIONS").await.unwrap();
    assert_eq!(world.changes().await.len(), before);
}

async fn what_came_after_the_checkpoint_is_read_again_and_not_twice(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &[])).await.unwrap();
    world.bank.readings("ana", "TRANSACTIONS", [dies(2, Some(1)), vec![]]);
    for save in [true, false] {
        let retrieval = Retrieval { save, ..wanted(link.id, "TRANSACTIONS") };
        let answer = world.engine.retrieve(&world.caller(), retrieval).await.unwrap();
        let shown = items(&answer);
        let shown: Vec<_> = shown.iter().map(|i| i["description"].as_str().unwrap()).collect();
        assert_eq!(shown, ["COFFEE", "GROCERIES", "RENT"], "save: {save}");
        world.bank.readings("ana", "TRANSACTIONS", [dies(2, Some(1)), vec![]]);
    }
    assert_eq!(cursors(world, "ana"), ["start", "1", "start", "1"]);
}

async fn a_reading_that_went_on_proves_what_is_missing(world: &World) {
    let link = world.registered("ana").await;
    // Gone from the part that was read before it broke off, and something new in the rest.
    world.bank.person("ana", |ana| {
        ana.transactions.remove(1);
        ana.transactions.push(movement("SAV", "m4", "2026-01-13", "BREAD", "12.00"));
    });
    for _ in 0..2 {
        world.bank.readings("ana", "TRANSACTIONS", [dies(2, Some(1)), vec![]]);
        let window = days("2026-01-01", "2026-01-14");
        let retrieval = Retrieval { window, ..wanted(link.id, "TRANSACTIONS") };
        world.engine.retrieve(&world.caller(), retrieval).await.unwrap();
        world.advance(hours(13)).await;
    }
    let records = world.records(link.id, "TRANSACTIONS").await;
    let mut left: Vec<_> = records.iter().map(|r| r["description"].as_str().unwrap()).collect();
    left.sort_unstable();
    assert_eq!(left, ["BREAD", "COFFEE", "RENT"]);
}

async fn without_a_checkpoint_a_reading_begins_anew_with_the_next_session(world: &World) {
    world.bank.readings("ana", "TRANSACTIONS", [dies(2, None), vec![]]);
    let link = world.registered("ana").await;
    assert_eq!(world.bank.count("ana", "login"), 1);
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 0);
    world.advance(hours(2)).await;
    assert_eq!(cursors(world, "ana"), ["start", "start"]);
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
}

async fn a_session_returns_twice_and_no_more(world: &World) {
    let deaths = [dies(1, Some(1)), dies(2, Some(2)), dies(2, None), vec![]];
    world.bank.readings("ana", "TRANSACTIONS", deaths);
    let link = world.registered("ana").await;
    assert_eq!(cursors(world, "ana"), ["start", "1", "2"]);
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 0);
    assert_eq!(world.status(link.id).await, Status::Valid, "nobody is to blame");
    world.advance(hours(2)).await;
    assert_eq!(cursors(world, "ana")[3..], ["start"], "another session knows nothing of it");
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
}

async fn a_reading_that_takes_too_long_goes_on_from_its_checkpoint(world: &World) {
    world.bank.readings("ana", "TRANSACTIONS", [hangs(2, Some(1)), vec![]]);
    let link = world.register("ana").await.unwrap();
    world.advance(minutes(3)).await;
    assert_eq!(cursors(world, "ana"), ["start", "1"]);
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
    assert!(world.timeline(link.id).await.contains(&"reading_resumed".to_owned()));
}

async fn a_reading_that_always_takes_too_long_is_given_up(world: &World) {
    let time = [hangs(1, Some(1)), hangs(2, Some(2)), hangs(2, None), vec![]];
    world.bank.readings("ana", "TRANSACTIONS", time);
    let link = world.register("ana").await.unwrap();
    world.advance(minutes(7)).await;
    assert_eq!(cursors(world, "ana"), ["start", "1", "2"]);
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 0);
    assert_eq!(world.bank.count("ana", "login"), 3);
}

async fn nobody_is_asked_so_that_a_reading_may_go_on(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &[])).await.unwrap();
    world.bank.readings("ana", "TRANSACTIONS", [dies(2, Some(2)), vec![]]);
    world.bank.logins("ana", [vec![], vec![Step::Ask(Otp, "123")]]);
    let broke = failed(world.retrieve(link.id, "TRANSACTIONS").await);
    assert_eq!(broke, Failure::Broken);
    assert_eq!(world.status(link.id).await, Status::Valid, "it waits for nobody");
}

async fn an_answer_given_up_front_is_not_wanted_again(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &[])).await.unwrap();
    world.bank.logins("ana", [vec![Step::AskOnce(Otp, "123")], vec![]]);
    world.bank.readings("ana", "TRANSACTIONS", [dies(2, Some(2)), vec![]]);
    let retrieval = Retrieval { token: secret("123"), ..wanted(link.id, "TRANSACTIONS") };
    let answer = world.engine.retrieve(&world.caller(), retrieval).await.unwrap();
    assert_eq!(answer.items.len(), 3);
}

async fn who_is_refused_on_return_has_wrong_credentials(world: &World) {
    world.bank.readings("ana", "TRANSACTIONS", [dies(2, Some(2)), vec![]]);
    world.bank.logins("ana", [vec![], vec![Step::Fail(Failure::InvalidCredentials)]]);
    let link = world.register("ana").await.unwrap();
    world.settle().await;
    assert_eq!(world.status(link.id).await, Status::Invalid);
}

async fn somebody_else_who_is_let_in_ends_the_reading(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &[])).await.unwrap();
    world.bank.logins("ana", [vec![], vec![Step::BecomeAnother]]);
    world.bank.readings("ana", "TRANSACTIONS", [dies(2, Some(2)), vec![]]);
    let broke = failed(world.retrieve(link.id, "TRANSACTIONS").await);
    assert_eq!(broke, Failure::Broken);
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 0);
}

async fn an_institution_that_says_it_is_down_is_left_alone(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &[])).await.unwrap();
    let logins = world.bank.count("ana", "login");
    for with in [Failure::InstitutionDown, Failure::TooManySessions, Failure::TooMuch] {
        let step = Step::BreakOff { shown: 2, checkpoint: Some(2), with: with.clone() };
        world.bank.readings("ana", "TRANSACTIONS", [vec![step], vec![]]);
        assert_eq!(failed(world.retrieve(link.id, "TRANSACTIONS").await), with);
    }
    assert_eq!(world.bank.count("ana", "login"), logins + 3, "one for each request");
}

async fn what_is_to_be_remembered_is_used_on_return(world: &World) {
    let registration = recurrent("ana", "right");
    world.bank.logins("ana", [vec![Step::Remember("device 1")], vec![Step::Remember("device 2")]]);
    world.bank.readings("ana", "TRANSACTIONS", [dies(2, Some(2)), vec![]]);
    let link = world.engine.register(&world.caller(), registration).await.unwrap();
    world.settle().await;
    world.retrieve(link.id, "ACCOUNTS").await.unwrap();
    let visits = world.bank.visits().into_iter().filter(|visit| visit.what == "login");
    let states: Vec<String> = visits.map(|visit| visit.state.unwrap_or_default()).collect();
    assert_eq!(states, ["", "device 1", "device 2"]);
}
