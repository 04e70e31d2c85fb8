//! What can be done with a link once it is there.

use crate::{
    bank::Step,
    world::{
        World, challenged, failed, fields, hours, minutes, on_both, record_id, recurrent, seconds,
        secret, single, wanted,
    },
};
use connect::talk::{Failure, LoginProblem};
use domain::{
    access::{AccessMode, CredentialsStorage},
    filter::Projection,
    link::Status,
    refresh::Rate,
    session::ChallengeKind::Otp,
};
use engine::{Error, links::Modification};

on_both!(stopped:
    wrong_new_credentials_leave_the_old_ones_working,
    right_new_credentials_repair_a_link_and_load_it,
    new_credentials_may_need_an_answer,
    new_credentials_that_nobody_confirms_change_nothing,
    what_a_connector_remembers_is_given_back_until_the_credentials_change,
    erased_credentials_cannot_be_replaced_in_part,
    a_login_whose_credentials_are_erased_is_registered_anew,
    a_link_loses_its_credentials_when_their_days_are_over,
    a_single_link_becomes_recurrent_a_day_later,
    a_recurrent_link_becomes_single_and_rests,
    a_rate_can_be_changed,
    data_that_nobody_updates_are_removed_and_the_link_stays,
    the_owners_go_with_the_last_account,
    a_link_is_refreshed_on_demand_once_in_ten_minutes,
    a_refresh_on_demand_reads_only_what_was_named,
    a_refresh_on_demand_that_names_nothing_reads_everything,
    a_deleted_link_is_gone_with_all_that_hung_on_it,
    a_link_deleted_later_is_announced,
    another_tenants_link_is_not_there,
    credentials_that_the_bank_refuses_are_not_tried_again_and_again,
    the_calendar_does_not_try_what_the_bank_refused_to_a_caller,
);

async fn wrong_new_credentials_leave_the_old_ones_working(world: &World) {
    let link = world.registered("ana").await;
    let wrong = fields(&[("password", "wrong")]);
    let put = world.engine.replace_credentials(&world.caller(), link.id, wrong, None).await;
    assert_eq!(failed(put), Failure::InvalidCredentials);
    assert_eq!(world.link(link.id).await, link);
    world.retrieve(link.id, "ACCOUNTS").await.unwrap();
}

async fn right_new_credentials_repair_a_link_and_load_it(world: &World) {
    let link = world.registered("ana").await;
    world.bank.person("ana", |ana| ana.password = "new");
    world.advance(hours(8 * 24)).await;
    let broken = world.link(link.id).await;
    assert_eq!((broken.status, broken.schedule), (Status::Invalid, None));
    let caller = world.caller();
    let right = fields(&[("password", "new")]);
    let put = world.engine.replace_credentials(&caller, link.id, right, None).await.unwrap();
    assert_eq!((put.status, put.credentials_version), (Status::Valid, 2));
    world.settle().await;
    assert!(world.link(link.id).await.schedule.is_some());
    let loaded: Vec<_> = (world.events().await.into_iter())
        .filter(|e| e.body.contains(&caller.request.hex()))
        .map(|e| e.code)
        .collect();
    assert_eq!(loaded, ["historical_update"; 3]);
}

async fn new_credentials_may_need_an_answer(world: &World) {
    let link = world.registered("ana").await;
    world.bank.person("ana", |ana| ana.password = "new");
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    let caller = world.caller();
    let right = fields(&[("password", "new")]);
    let put = world.engine.replace_credentials(&caller, link.id, right, None).await;
    let asked = challenged(put);
    assert_eq!(world.link(link.id).await.credentials_version, 1);
    let put = world.engine.resume_link(&caller, asked.session, Some(link.id), secret("123")).await;
    assert_eq!(put.unwrap().credentials_version, 2);
    world.bank.logins("ana", [vec![]]);
    world.retrieve(link.id, "ACCOUNTS").await.unwrap();
}

async fn new_credentials_that_nobody_confirms_change_nothing(world: &World) {
    let link = world.registered("ana").await;
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")], vec![]]);
    let wrong = fields(&[("password", "wrong")]);
    challenged(world.engine.replace_credentials(&world.caller(), link.id, wrong, None).await);
    world.advance(minutes(10)).await;
    assert_eq!(world.link(link.id).await, link);
    world.retrieve(link.id, "ACCOUNTS").await.unwrap();
}

async fn what_a_connector_remembers_is_given_back_until_the_credentials_change(world: &World) {
    world.bank.logins("ana", [vec![Step::Remember("a cookie")], vec![]]);
    let link = world.registered("ana").await;
    world.retrieve(link.id, "ACCOUNTS").await.unwrap();
    let right = fields(&[("password", "right")]);
    world.engine.replace_credentials(&world.caller(), link.id, right, None).await.unwrap();
    let logins = world.bank.visits().into_iter().filter(|v| v.what == "login");
    let states: Vec<_> = logins.map(|v| v.state).collect();
    assert_eq!(states, [None, Some("a cookie".to_owned()), None]);
}

async fn erased_credentials_cannot_be_replaced_in_part(world: &World) {
    let mut wanted = single("ana", &["ACCOUNTS"]);
    wanted.credentials_storage = Some(CredentialsStorage::NoStore);
    let link = world.engine.register(&world.caller(), wanted).await.unwrap();
    world.settle().await;
    let right = fields(&[("password", "right")]);
    let put = world.engine.replace_credentials(&world.caller(), link.id, right, None).await;
    assert!(matches!(put, Err(Error::ExpiredCredentials)));
}

async fn a_login_whose_credentials_are_erased_is_registered_anew(world: &World) {
    for (user, storage) in
        [("ana", CredentialsStorage::NoStore), ("eva", CredentialsStorage::Days(2))]
    {
        let mut wanted = single(user, &["ACCOUNTS"]);
        wanted.credentials_storage = Some(storage);
        let old = world.engine.register(&world.caller(), wanted).await.unwrap();
        world.advance(hours(48)).await;
        let old = world.link(old.id).await;
        assert_eq!(world.engine.next_action(&old).await.unwrap(), Some("register_again"));

        let again = || single(user, &["ACCOUNTS"]);
        let new = world.engine.register(&world.caller(), again()).await.unwrap();
        assert_ne!(new.id, old.id);
        assert_eq!(new.status, Status::Valid);
        assert_eq!(new.institution_user_id, old.institution_user_id, "the same person");
        world.settle().await;
        assert_eq!(world.link(old.id).await, old, "it stays as it was");
        for link in [old.id, new.id] {
            assert_eq!(world.records(link, "ACCOUNTS").await.len(), 2, "{user}");
        }
        let twice = world.engine.register(&world.caller(), again()).await;
        assert!(matches!(twice, Err(Error::Duplicated { .. })), "{twice:?}");
    }
}

async fn a_link_loses_its_credentials_when_their_days_are_over(world: &World) {
    let mut wanted = single("ana", &["ACCOUNTS"]);
    wanted.credentials_storage = Some(CredentialsStorage::Days(2));
    let link = world.engine.register(&world.caller(), wanted).await.unwrap();
    world.advance(hours(48) - seconds(1)).await;
    assert_eq!(world.status(link.id).await, Status::Valid);
    world.retrieve(link.id, "ACCOUNTS").await.unwrap();
    world.advance(seconds(1)).await;
    assert_eq!(world.status(link.id).await, Status::Invalid);
    let secrets = world.place.read().await.unwrap().secrets(link.id).await.unwrap().unwrap();
    assert_eq!(secrets.credentials, None);
    let late = world.retrieve(link.id, "ACCOUNTS").await;
    assert!(matches!(late, Err(Error::ExpiredCredentials)));
    assert_eq!(world.records(link.id, "ACCOUNTS").await.len(), 2, "the data stay");
}

async fn modify(
    world: &World,
    link: &domain::link::Link,
    wanted: Modification,
) -> Result<domain::link::Link, Error> {
    world.engine.modify_link(&world.caller(), link.id, wanted).await
}
fn to(mode: AccessMode) -> Modification {
    Modification { access_mode: Some(mode), ..Modification::default() }
}

async fn a_single_link_becomes_recurrent_a_day_later(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &["OWNERS"])).await.unwrap();
    world.settle().await;
    let link = modify(world, &link, to(AccessMode::Recurrent)).await.unwrap();
    assert_eq!(link.refresh_rate, Some(Rate::Week));
    assert_eq!(link.credentials_storage, CredentialsStorage::Store);
    world.advance(hours(24) - seconds(1)).await;
    assert_eq!(world.bank.count("ana", "login"), 1);
    world.advance(seconds(1)).await;
    assert_eq!(world.bank.count("ana", "login"), 2);
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
    world.advance(hours(7 * 24)).await;
    assert_eq!(world.bank.count("ana", "login"), 3, "and weekly from then on");

    let mut wanted = single("eva", &["ACCOUNTS"]);
    wanted.credentials_storage = Some(CredentialsStorage::NoStore);
    let lent = world.engine.register(&world.caller(), wanted).await.unwrap();
    world.settle().await;
    let refused = modify(world, &lent, to(AccessMode::Recurrent)).await;
    assert!(matches!(refused, Err(Error::CannotSwitch)));
}

async fn a_recurrent_link_becomes_single_and_rests(world: &World) {
    let link = world.registered("ana").await;
    let link = modify(world, &link, to(AccessMode::Single)).await.unwrap();
    assert_eq!((link.refresh_rate, &link.schedule), (None, &None));
    // There and back: the load that the first switch would bring is not wanted any more.
    let link = modify(world, &link, to(AccessMode::Recurrent)).await.unwrap();
    modify(world, &link, to(AccessMode::Single)).await.unwrap();
    world.advance(hours(40 * 24)).await;
    assert_eq!(world.bank.count("ana", "login"), 1);
}

async fn a_rate_can_be_changed(world: &World) {
    let link = world.registered("ana").await;
    let rate = Some(Rate::SixHours);
    let daily =
        modify(world, &link, Modification { refresh_rate: rate, ..Modification::default() });
    assert_eq!(daily.await.unwrap().refresh_rate, rate);
    world.advance(hours(24)).await;
    assert_eq!(world.bank.count("ana", "login"), 1 + 4);
}

async fn data_that_nobody_updates_are_removed_and_the_link_stays(world: &World) {
    let mut wanted = single("ana", &["ACCOUNTS", "OWNERS", "TRANSACTIONS"]);
    wanted.stale_in = Some("3d".parse().unwrap());
    let link = world.engine.register(&world.caller(), wanted).await.unwrap();
    world.advance(hours(48)).await;
    world.retrieve(link.id, "OWNERS").await.unwrap();
    world.advance(hours(48)).await;
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3, "a reading is an update");
    world.advance(hours(24)).await;
    for resource in ["ACCOUNTS", "OWNERS", "TRANSACTIONS"] {
        assert_eq!(world.records(link.id, resource).await.len(), 0, "{resource}");
    }
    let deleted = world.changes().await.into_iter().filter(|c| c.kind == "deleted").count();
    assert_eq!(deleted, 6);
    assert_eq!(world.status(link.id).await, Status::Valid);
    world.retrieve(link.id, "TRANSACTIONS").await.unwrap();
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
}

async fn the_owners_go_with_the_last_account(world: &World) {
    let link = world.registered("ana").await;
    let resource = domain::resource::named("ACCOUNTS").unwrap();
    let mut owners = Vec::new();
    for account in world.records(link.id, "ACCOUNTS").await {
        let id = record_id(&account);
        world.engine.delete_record(&world.caller(), resource, id).await.unwrap();
        owners.push(world.records(link.id, "OWNERS").await.len());
    }
    assert_eq!(owners, [1, 0]);
    let deleted = world.changes().await.into_iter().filter(|c| c.kind == "deleted");
    assert_eq!(deleted.filter(|change| change.resource == "OWNERS").count(), 1);
    world.retrieve(link.id, "OWNERS").await.unwrap();
    assert_eq!(world.records(link.id, "OWNERS").await.len(), 1, "a reading brings them back");
}

async fn a_link_is_refreshed_on_demand_once_in_ten_minutes(world: &World) {
    let link = world.registered("ana").await;
    let caller = world.caller();
    world.engine.refresh_link(&caller, link.id, None).await.unwrap();
    world.settle().await;
    assert_eq!(world.bank.count("ana", "login"), 2);
    let announced = world.events().await;
    let announced = announced.iter().filter(|e| e.body.contains(&caller.request.hex()));
    assert_eq!(announced.map(|e| e.code.as_str()).collect::<Vec<_>>(), ["historical_update"; 3]);
    world.advance(minutes(4)).await;
    let soon = world.engine.refresh_link(&world.caller(), link.id, None).await;
    assert!(matches!(soon, Err(Error::RefreshedJustNow { minutes: 6 })), "{soon:?}");
    world.advance(minutes(6)).await;
    world.engine.refresh_link(&world.caller(), link.id, None).await.unwrap();
}

async fn a_refresh_on_demand_reads_only_what_was_named(world: &World) {
    let link = world.registered("ana").await;
    let names = |names: &[&str]| Some(names.iter().map(|&n| n.to_owned()).collect());
    let refused = world.engine.refresh_link(&world.caller(), link.id, names(&["INVOICES"])).await;
    assert!(matches!(refused, Err(Error::Fields(_))));
    world.engine.refresh_link(&world.caller(), link.id, names(&["OWNERS"])).await.unwrap();
    world.settle().await;
    let counts = ["OWNERS", "ACCOUNTS", "TRANSACTIONS"].map(|r| world.bank.count("ana", r));
    assert_eq!(counts, [2, 1, 1]);
    assert_eq!(world.link(link.id).await.fetch_resources, link.fetch_resources);
}

async fn a_refresh_on_demand_that_names_nothing_reads_everything(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &[])).await.unwrap();
    let caller = world.caller();
    world.engine.refresh_link(&caller, link.id, Some(Vec::new())).await.unwrap();
    world.settle().await;
    assert_eq!(world.codes(link.id).await, ["historical_update"; 3]);
}

async fn a_deleted_link_is_gone_with_all_that_hung_on_it(world: &World) {
    let link = world.registered("ana").await;
    let account = record_id(&world.records(link.id, "ACCOUNTS").await[0]);
    world.advance(seconds(1)).await;
    world.engine.delete_link(&world.caller(), link.id).await.unwrap();
    assert_eq!(world.links().await, []);
    assert!(matches!(world.retrieve(link.id, "ACCOUNTS").await, Err(Error::Fields(_))));
    let accounts = domain::resource::named("ACCOUNTS").unwrap();
    let gone = world.engine.record(world.tenant, accounts, account, &Projection::default()).await;
    assert!(matches!(gone, Err(Error::NoSuch("record"))));
    let mut tx = world.place.read().await.unwrap();
    assert!(tx.secrets(link.id).await.unwrap().is_none());
    assert!(tx.jobs_of(link.id, 10).await.unwrap().is_empty());
    drop(tx);
    let last = world.changes().await.pop().unwrap();
    assert_eq!((last.kind, last.resource.as_str()), ("deleted", "LINK"));
    assert!(matches!(
        world.engine.delete_link(&world.caller(), link.id).await,
        Err(Error::NoSuch("link"))
    ));
    world.advance(hours(30 * 24)).await;
    assert_eq!(world.bank.count("ana", "login"), 1);
}

async fn a_link_deleted_later_is_announced(world: &World) {
    let link = world.registered("ana").await;
    let caller = world.caller();
    world.engine.delete_link_later(&caller, link.id).await.unwrap();
    world.settle().await;
    assert_eq!(world.links().await, []);
    let events = world.events().await;
    assert_eq!(events.iter().map(|e| e.code.as_str()).collect::<Vec<_>>(), ["link_deleted"]);
    assert!(events[0].body.contains(&caller.request.hex()));
}

async fn another_tenants_link_is_not_there(world: &World) {
    let link = world.registered("ana").await;
    let mut stranger = world.caller();
    stranger.tenant = world.engine.add_tenant("other").await.unwrap().id;
    let engine = &world.engine;
    assert!(matches!(engine.link(stranger.tenant, link.id).await, Err(Error::NoSuch("link"))));
    let deleted = engine.delete_link(&stranger, link.id).await;
    assert!(matches!(deleted, Err(Error::NoSuch("link"))));
    let put = engine.replace_credentials(&stranger, link.id, fields(&[]), None).await;
    assert!(matches!(put, Err(Error::NoSuch("link"))));
    let read = engine.retrieve(&stranger, wanted(link.id, "ACCOUNTS")).await;
    assert!(matches!(read, Err(Error::Fields(_))));
    let own = engine.register(&stranger, crate::world::recurrent("ana", "right")).await.unwrap();
    assert_ne!(own.institution_user_id, link.institution_user_id);
}

async fn credentials_that_the_bank_refuses_are_not_tried_again_and_again(world: &World) {
    world.bank.person("ana", |ana| ana.password = "new");
    let register =
        async |password| world.engine.register(&world.caller(), recurrent("ana", password)).await;
    let not_attempted = Failure::Login(LoginProblem::NotAttempted);
    for _ in 0..6 {
        assert_eq!(failed(register("old").await), Failure::InvalidCredentials);
    }
    assert_eq!(failed(register("old").await), not_attempted);
    assert_eq!(world.bank.count("ana", "login"), 6, "the bank is not asked any more");
    assert_eq!(failed(register("older").await), Failure::InvalidCredentials, "another password");
    assert_eq!(world.links().await, []);

    let link = register("new").await.unwrap();
    world.settle().await;
    let replace = async |password| {
        let fields = fields(&[("password", password)]);
        world.engine.replace_credentials(&world.caller(), link.id, fields, None).await
    };
    assert_eq!(failed(replace("old").await), not_attempted);
    assert_eq!(world.bank.count("ana", "login"), 8);
    assert_eq!(world.status(link.id).await, Status::Valid);
    world.advance(hours(24)).await;
    assert_eq!(failed(replace("old").await), Failure::InvalidCredentials, "it is forgotten");
    assert_eq!(world.bank.count("ana", "login"), 9);
    // What is refused counts from the last time that it was let in.
    world.bank.person("ana", |ana| ana.password = "old");
    replace("old").await.unwrap();
    world.settle().await;
    world.bank.person("ana", |ana| ana.password = "newest");
    for _ in 0..6 {
        assert_eq!(failed(world.retrieve(link.id, "OWNERS").await), Failure::InvalidCredentials);
    }
    assert_eq!(world.status(link.id).await, Status::Invalid);
    assert_eq!(failed(replace("old").await), not_attempted, "refused to another request");
    assert_eq!(world.bank.count("ana", "login"), 16);
}

async fn the_calendar_does_not_try_what_the_bank_refused_to_a_caller(world: &World) {
    let link = world.registered("ana").await;
    let often = Modification { refresh_rate: Some(Rate::SixHours), ..Modification::default() };
    world.engine.modify_link(&world.caller(), link.id, often).await.unwrap();
    world.bank.person("ana", |ana| ana.password = "new");
    assert_eq!(failed(world.retrieve(link.id, "OWNERS").await), Failure::InvalidCredentials);
    assert_eq!(world.status(link.id).await, Status::Valid);
    world.advance(hours(12)).await;
    assert_eq!(world.bank.count("ana", "login"), 2);
    assert_eq!(world.status(link.id).await, Status::Invalid);
    let codes = world.codes(link.id).await;
    assert_eq!(codes.iter().filter(|c| *c == "invalid_credentials").count(), 1);
}
