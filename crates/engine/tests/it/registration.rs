//! How links are born.

use crate::{
    bank::Step,
    world::{
        World, challenged, failed, hours, minutes, on_both, recurrent, seconds, secret, single,
    },
};
use connect::talk::Failure;
use domain::{
    access::CredentialsStorage,
    link::Status,
    session::ChallengeKind::{Otp, Push},
};
use engine::Error;

on_both!(stopped:
    a_good_login_makes_a_valid_link_and_loads_its_core,
    who_is_let_in_hears_of_it_whatever_becomes_of_the_load,
    a_refused_login_leaves_nothing,
    an_institution_that_is_down_leaves_nothing,
    what_nobody_can_complete_leaves_nothing,
    the_same_login_is_linked_once,
    of_two_registrations_at_once_one_is_a_duplicate,
    a_single_link_loads_what_it_asked_for_and_nothing_else,
    a_link_without_storage_loses_its_credentials_after_the_load,
    a_link_without_storage_loses_its_credentials_after_a_quarter_of_an_hour_at_the_latest,
    what_cannot_be_combined_is_refused,
    an_unconfirmed_link_can_be_registered_anew,
    a_wrong_answer_brings_a_new_ticket_and_the_old_one_is_late,
    a_wrong_answer_that_ends_the_login_begins_a_new_one,
    a_confirmation_needs_no_answer,
    a_token_given_up_front_answers_the_first_challenge,
    a_challenge_that_nobody_answers_expires,
    an_answer_opens_only_its_own_session,
);

async fn a_good_login_makes_a_valid_link_and_loads_its_core(world: &World) {
    let link = world.register("ana").await.unwrap();
    assert_eq!(link.status, Status::Valid);
    assert_eq!(link.last_accessed_at, Some(world.now()));
    assert_eq!(link.institution_user_id.as_ref().map(String::len), Some(44));
    world.settle().await;
    for (resource, count) in [("ACCOUNTS", 2), ("OWNERS", 1), ("TRANSACTIONS", 3)] {
        assert_eq!(world.records(link.id, resource).await.len(), count, "{resource}");
    }
    assert_eq!(world.bank.count("ana", "login"), 1, "the load goes through the same door");
    let due = world.link(link.id).await.schedule.unwrap().due;
    assert!(due > world.now());
}

async fn who_is_let_in_hears_of_it_whatever_becomes_of_the_load(world: &World) {
    world.bank.readings("ana", "ACCOUNTS", [vec![Step::Fail(Failure::Timeout)]]);
    world.bank.logins("ana", [vec![Step::Hang], vec![]]);
    let mut registering = Box::pin(world.register("ana"));
    tokio::select! {
        answer = &mut registering => panic!("the bank has let nobody in: {answer:?}"),
        () = world.bank.has_seen("ana", "login", 1) => {}
    }
    // All is over before they look again.
    world.bank.release();
    world.bank.has_seen("ana", "ACCOUNTS", 1).await;
    world.settle().await;
    assert_eq!(registering.await.unwrap().status, Status::Valid);
    world.advance(hours(5)).await;
}

async fn a_refused_login_leaves_nothing(world: &World) {
    let wrong = world.engine.register(&world.caller(), recurrent("ana", "wrong")).await;
    assert_eq!(failed(wrong), Failure::InvalidCredentials);
    assert_eq!(world.links().await, []);
    assert_eq!(world.register("ana").await.unwrap().status, Status::Valid);
}

async fn an_institution_that_is_down_leaves_nothing(world: &World) {
    world.bank.is_down(true);
    assert_eq!(failed(world.register("ana").await), Failure::InstitutionDown);
    assert_eq!(world.links().await, []);
}

async fn what_nobody_can_complete_leaves_nothing(world: &World) {
    for failure in [Failure::TokenRequired, Failure::WrongToken, Failure::Revoked] {
        world.bank.logins("ana", [vec![Step::Fail(failure.clone())], vec![]]);
        assert_eq!(failed(world.register("ana").await), failure);
        assert_eq!(world.links().await, []);
    }
    assert_eq!(world.register("ana").await.unwrap().status, Status::Valid);
}

async fn the_same_login_is_linked_once(world: &World) {
    let link = world.registered("ana").await;
    let again = world.register("ana").await;
    assert!(matches!(again, Err(Error::Duplicated { institution_user_id })
        if institution_user_id == link.institution_user_id));
    world.registered("eva").await;
    assert_eq!(world.links().await.len(), 2);
}

async fn of_two_registrations_at_once_one_is_a_duplicate(world: &World) {
    let (one, other) = tokio::join!(world.register("ana"), world.register("ana"));
    let (valid, duplicate) = if one.is_ok() { (one, other) } else { (other, one) };
    assert_eq!(valid.unwrap().status, Status::Valid);
    assert!(matches!(duplicate, Err(Error::Duplicated { .. })), "{duplicate:?}");
    assert_eq!(world.links().await.len(), 1);
}

async fn a_single_link_loads_what_it_asked_for_and_nothing_else(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &["OWNERS"])).await.unwrap();
    world.settle().await;
    assert_eq!(world.records(link.id, "OWNERS").await.len(), 1);
    assert_eq!(world.records(link.id, "ACCOUNTS").await.len(), 0);
    let link = world.link(link.id).await;
    assert_eq!((link.refresh_rate, link.schedule), (None, None));
}

async fn a_link_without_storage_loses_its_credentials_after_the_load(world: &World) {
    let mut wanted = single("ana", &["ACCOUNTS"]);
    wanted.credentials_storage = Some(CredentialsStorage::NoStore);
    let link = world.engine.register(&world.caller(), wanted).await.unwrap();
    world.settle().await;
    assert_eq!(world.records(link.id, "ACCOUNTS").await.len(), 2);
    let link = world.link(link.id).await;
    assert_eq!((link.status, link.has_credentials()), (Status::Invalid, false));
    let secrets = world.place.read().await.unwrap().secrets(link.id).await.unwrap().unwrap();
    assert_eq!((secrets.credentials, secrets.state), (None, None));
    let late = world.retrieve(link.id, "ACCOUNTS").await;
    assert!(matches!(late, Err(Error::ExpiredCredentials)));
}

async fn a_link_without_storage_loses_its_credentials_after_a_quarter_of_an_hour_at_the_latest(
    world: &World,
) {
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    let mut wanted = single("ana", &["ACCOUNTS"]);
    wanted.credentials_storage = Some(CredentialsStorage::NoStore);
    let link = challenged(world.engine.register(&world.caller(), wanted).await).link;
    world.advance(minutes(15)).await;
    let secrets = world.place.read().await.unwrap().secrets(link).await.unwrap().unwrap();
    assert_eq!(secrets.credentials, None);
    assert_eq!(world.status(link).await, Status::Unconfirmed);
}

async fn what_cannot_be_combined_is_refused(world: &World) {
    let mut wanted = recurrent("ana", "right");
    wanted.credentials_storage = Some(CredentialsStorage::NoStore);
    let refused = world.engine.register(&world.caller(), wanted).await;
    assert!(matches!(refused, Err(Error::RecurrentMustStore)));

    let mut wanted = single("ana", &[]);
    wanted.credentials_storage = Some(CredentialsStorage::NoStore);
    let refused = world.engine.register(&world.caller(), wanted).await;
    assert!(matches!(refused, Err(Error::MustFetch)));

    let refused = world.engine.register(&world.caller(), single("ana", &["INVOICES"])).await;
    assert!(matches!(refused, Err(Error::Fields(_))));

    let mut wanted = recurrent("ana", "right");
    wanted.institution = "narnia".into();
    let refused = world.engine.register(&world.caller(), wanted).await;
    assert!(matches!(refused, Err(Error::Fields(_))));
    assert_eq!(world.links().await, []);
    assert_eq!(world.bank.visits(), []);
}

async fn an_unconfirmed_link_can_be_registered_anew(world: &World) {
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")], vec![]]);
    let first = world.challenged("ana").await;
    assert_eq!(world.status(first.link).await, Status::Unconfirmed);
    let link = world.register("ana").await.unwrap();
    assert_ne!(link.id, first.link);
    assert_eq!(link.status, Status::Valid);
    assert_eq!(world.links().await.len(), 1);
    let late = world.engine.resume_link(&world.caller(), first.session, None, secret("123")).await;
    assert!(matches!(late, Err(Error::SessionExpired)));
}

async fn a_wrong_answer_brings_a_new_ticket_and_the_old_one_is_late(world: &World) {
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    let first = world.challenged("ana").await;
    assert_eq!(first.expiry, 600);
    let answer = |session, token| {
        let caller = world.caller();
        async move { world.engine.resume_link(&caller, session, None, secret(token)).await }
    };
    let second = challenged(answer(first.session, "wrong").await);
    assert_ne!(second.session, first.session);
    assert_eq!(second.link, first.link);
    assert_eq!((first.challenge.attempt, second.challenge.attempt), (1, 2));
    assert_eq!(world.status(first.link).await, Status::Unconfirmed);
    assert!(matches!(answer(first.session, "123").await, Err(Error::SessionExpired)));
    let link = answer(second.session, "123").await.unwrap();
    assert_eq!((link.id, link.status), (first.link, Status::Valid));
    assert!(matches!(answer(second.session, "123").await, Err(Error::SessionExpired)));
    world.settle().await;
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
}

async fn a_wrong_answer_that_ends_the_login_begins_a_new_one(world: &World) {
    world.bank.logins("ana", [vec![Step::AskOnce(Otp, "123")]]);
    let first = world.challenged("ana").await;
    let caller = world.caller();
    let again = world.engine.resume_link(&caller, first.session, None, secret("wrong")).await;
    let second = challenged(again);
    assert_eq!(world.bank.count("ana", "login"), 2);
    assert_eq!((first.challenge.attempt, second.challenge.attempt), (1, 2));
    let right = world.engine.resume_link(&caller, second.session, None, secret("123")).await;
    assert_eq!(right.unwrap().status, Status::Valid);
}

async fn a_confirmation_needs_no_answer(world: &World) {
    world.bank.logins("ana", [vec![Step::Ask(Push, "")]]);
    let asked = world.challenged("ana").await;
    assert!(!asked.challenge.expects_input());
    let link = world.engine.resume_link(&world.caller(), asked.session, None, None).await.unwrap();
    assert_eq!(link.status, Status::Valid);

    world.bank.logins("eva", [vec![Step::Ask(Otp, "123")]]);
    let asked = world.challenged("eva").await;
    let empty = world.engine.resume_link(&world.caller(), asked.session, None, None).await;
    assert!(matches!(empty, Err(Error::Fields(_))), "an otp must be given");
    world.advance(minutes(11)).await;
}

async fn a_token_given_up_front_answers_the_first_challenge(world: &World) {
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    let mut wanted = recurrent("ana", "right");
    wanted.token = secret("123");
    let link = world.engine.register(&world.caller(), wanted).await.unwrap();
    assert_eq!(link.status, Status::Valid);
}

async fn a_challenge_that_nobody_answers_expires(world: &World) {
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    let asked = world.challenged("ana").await;
    world.advance(seconds(599)).await;
    assert!(!world.bank.is_empty(), "it is still waited for");
    world.advance(seconds(1)).await;
    assert!(world.bank.is_empty());
    let late = world.engine.resume_link(&world.caller(), asked.session, None, secret("123")).await;
    assert!(matches!(late, Err(Error::SessionExpired)));
    assert_eq!(world.status(asked.link).await, Status::Unconfirmed);
}

async fn an_answer_opens_only_its_own_session(world: &World) {
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    let asked = world.challenged("ana").await;
    let other = world.registered("eva").await;
    let caller = world.caller();
    let mismatched =
        world.engine.resume_link(&caller, asked.session, Some(other.id), secret("123")).await;
    assert!(matches!(mismatched, Err(Error::SessionExpired)));
    let mut stranger = caller;
    stranger.tenant = world.engine.add_tenant("other").await.unwrap().id;
    let stolen = world.engine.resume_link(&stranger, asked.session, None, secret("123")).await;
    assert!(matches!(stolen, Err(Error::SessionExpired)));
    let accounts = domain::resource::named("ACCOUNTS").unwrap();
    let elsewhere =
        world.engine.resume_retrieval(&caller, accounts, asked.session, None, secret("123"), None);
    assert!(matches!(elsewhere.await, Err(Error::SessionExpired)));
    let link = world.engine.resume_link(&caller, asked.session, Some(asked.link), secret("123"));
    assert_eq!(link.await.unwrap().id, asked.link);
}
