//! Work that outlives a request.

use crate::{
    bank::Step,
    world::{World, challenged, hours, minutes, on_both, seconds, single, wanted},
};
use connect::talk::Failure;
use domain::{ids::NodeId, link::Status, session::ChallengeKind::Otp};
use engine::Error;
use store::Buckets;

on_both!(stopped:
    a_load_that_meets_trouble_is_tried_again,
    a_load_that_only_meets_trouble_is_given_up,
    a_load_that_is_refused_is_not_tried_again,
    a_refresh_that_nobody_lives_to_end_waits_for_its_calendar,
    a_slow_institution_is_asked_once,
    a_connector_that_says_nothing_is_given_up,
    work_waits_for_the_question_that_is_open,
    a_link_has_room_for_so_much_work,
    how_late_work_is_can_be_asked;
    running: workers_in_the_background_do_what_is_due
);

async fn how_late_work_is_can_be_asked(world: &World) {
    let link = world.registered("ana").await;
    assert_eq!(world.engine.overdue().await.unwrap().work, seconds(0));
    world.engine.refresh_link(&world.caller(), link.id, None).await.unwrap();
    world.clock.advance(minutes(7));
    assert_eq!(world.engine.overdue().await.unwrap().work, minutes(7));
    world.settle().await;
    assert_eq!(world.engine.overdue().await.unwrap().work, seconds(0));
}

async fn a_load_that_meets_trouble_is_tried_again(world: &World) {
    let trouble = || vec![Step::Fail(Failure::InstitutionUnavailable)];
    world.bank.readings("ana", "TRANSACTIONS", [trouble(), trouble(), vec![]]);
    let link = world.registered("ana").await;
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 0);
    assert_eq!(world.records(link.id, "OWNERS").await.len(), 1, "what was read is kept");
    world.advance(minutes(10)).await;
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
    assert_eq!(world.status(link.id).await, Status::Valid);
    let codes = world.codes(link.id).await;
    let loads = codes.iter().filter(|c| *c == "historical_update").count();
    assert_eq!(loads, 3, "one for each resource, however often it is tried");
}

async fn a_load_that_only_meets_trouble_is_given_up(world: &World) {
    world.bank.readings("ana", "ACCOUNTS", [vec![Step::Fail(Failure::Timeout)]]);
    let registration = single("ana", &["ACCOUNTS"]);
    let link = world.engine.register(&world.caller(), registration).await.unwrap();
    world.advance(hours(5)).await;
    assert_eq!(world.bank.count("ana", "ACCOUNTS"), 6);
    let mut tx = world.place.read().await.unwrap();
    assert!(tx.unfinished_job(link.id.bucket(), "load", "").await.unwrap().is_none());
    let jobs = tx.jobs_of(link.id, 10).await.unwrap();
    let load = jobs.iter().find(|job| job.kind == "load").unwrap();
    assert_eq!(load.outcome.as_deref(), Some("the time limit passed"));
    drop(tx);
    assert_eq!(world.status(link.id).await, Status::Valid);
}

async fn a_load_that_is_refused_is_not_tried_again(world: &World) {
    let link = world.registered("ana").await;
    world.bank.person("ana", |ana| ana.password = "new");
    world.engine.retrieve_later(&world.caller(), wanted(link.id, "ACCOUNTS")).await.unwrap();
    world.advance(hours(5)).await;
    assert_eq!(world.bank.count("ana", "login"), 2);
    assert_eq!(world.status(link.id).await, Status::Invalid);
    let codes = world.codes(link.id).await;
    assert_eq!(codes.iter().filter(|c| *c == "invalid_credentials").count(), 1);
}

async fn a_refresh_that_nobody_lives_to_end_waits_for_its_calendar(world: &World) {
    let link = world.registered("ana").await;
    let due = link.schedule.as_ref().unwrap().due;
    let dead: NodeId = world.env.id();
    for claims in 0..24 {
        let now = due + minutes(claims);
        let mut tx = world.place.write().await.unwrap();
        let offered = [link.institution.as_str()];
        let claim =
            tx.claim_across_buckets(dead, now, now + seconds(20), 10, Buckets::ALL, &offered);
        assert_eq!(claim.await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    }
    world.clock.advance_to(due + minutes(30));
    world.settle().await;
    assert_eq!(world.bank.count("ana", "login"), 1, "the bank is not asked a 25th time");
    assert_eq!(world.link(link.id).await.schedule.unwrap().failed, 1);
    world.advance(hours(24)).await;
    assert_eq!(world.bank.count("ana", "login"), 2, "but again when its calendar says so");
    assert_eq!(world.link(link.id).await.schedule.unwrap().failed, 0);
}

async fn a_slow_institution_is_asked_once(world: &World) {
    world.bank.readings("ana", "ACCOUNTS", [vec![Step::Take(seconds(100))]]);
    world.bank.readings("ana", "TRANSACTIONS", [vec![Step::Take(seconds(100))]]);
    let link = world.register("ana").await.unwrap();
    world.advance(minutes(4)).await;
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
    world.engine.refresh_link(&world.caller(), link.id, None).await.unwrap();
    world.advance(minutes(4)).await;
    let counts = ["login", "ACCOUNTS", "TRANSACTIONS"].map(|what| world.bank.count("ana", what));
    assert_eq!(counts, [2, 2, 2]);
}

async fn a_connector_that_says_nothing_is_given_up(world: &World) {
    let link = world.registered("ana").await;
    world.bank.readings("ana", "ACCOUNTS", [vec![Step::Take(hours(1))], vec![]]);
    let caller = world.caller();
    let (answer, ()) =
        tokio::join!(world.engine.retrieve(&caller, wanted(link.id, "ACCOUNTS")), async {
            world.bank.has_seen("ana", "ACCOUNTS", 2).await;
            world.advance(minutes(3)).await;
        });
    assert!(matches!(answer, Err(Error::Failed(Failure::Timeout))));
    world.retrieve(link.id, "ACCOUNTS").await.unwrap();
}

async fn work_waits_for_the_question_that_is_open(world: &World) {
    let link = world.registered("ana").await;
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")], vec![]]);
    let asked = challenged(world.retrieve(link.id, "ACCOUNTS").await);
    world.engine.retrieve_later(&world.caller(), wanted(link.id, "OWNERS")).await.unwrap();
    world.advance(minutes(2)).await;
    assert_eq!(world.bank.count("ana", "OWNERS"), 1, "one conversation at a time");
    let accounts = domain::resource::named("ACCOUNTS").unwrap();
    let token = crate::world::secret("123");
    let caller = world.caller();
    let resumed =
        world.engine.resume_retrieval(&caller, accounts, asked.session, None, token, None);
    resumed.await.unwrap();
    world.advance(seconds(30)).await;
    assert_eq!(world.bank.count("ana", "OWNERS"), 2);
}

async fn a_link_has_room_for_so_much_work(world: &World) {
    let link = world.registered("ana").await;
    let mut taken = 0;
    let full = loop {
        let later = world.engine.retrieve_later(&world.caller(), wanted(link.id, "OWNERS")).await;
        if let Err(error) = later {
            break error;
        }
        taken += 1;
        assert!(taken < 100);
    };
    assert!(matches!(full, Error::Busy));
    world.settle().await;
    assert_eq!(world.bank.count("ana", "OWNERS"), 1 + taken);
    world.engine.retrieve_later(&world.caller(), wanted(link.id, "OWNERS")).await.unwrap();
}

async fn workers_in_the_background_do_what_is_due(world: &World) {
    world.engine.start();
    let link = world.register("ana").await.unwrap();
    world.engine.retrieve_later(&world.caller(), wanted(link.id, "OWNERS")).await.unwrap();
    world.bank.has_seen("ana", "OWNERS", 2).await;
    world.advance(hours(7 * 24)).await;
    assert_eq!(world.bank.count("ana", "login"), 3, "the clock can be moved meanwhile");
    world.engine.retrieve_later(&world.caller(), wanted(link.id, "OWNERS")).await.unwrap();
    world.bank.has_seen("ana", "OWNERS", 4).await;
}
