//! Several processes on one database.

use crate::{
    bank::{DOCUMENT, OPEN_BANK, Step, account},
    world::{
        World, challenged, failed, hours, items, on_both, record_id, recurrent, seconds, secret,
        wanted,
    },
};
use connect::talk::Failure;
use domain::{link::Status, resource, session::ChallengeKind::Otp};
use engine::{Error, links::Registration};

/// Processes that look for each other's news, by a clock that runs.
mod together {
    use super::*;

    on_both!(running:
        an_answer_given_to_one_node_reaches_the_session_of_another,
        an_answer_that_was_right_is_told_so_whatever_becomes_of_the_load,
        a_wrong_answer_given_to_one_node_brings_the_new_ticket_of_another,
        a_refusal_after_the_answer_is_told_by_the_node_that_took_it,
        new_credentials_confirmed_on_another_node_are_told_when_they_have_worked,
        data_read_by_one_node_are_handed_over_by_another,
        a_link_that_another_node_forgets_ends_its_conversation,
    );

    async fn an_answer_given_to_one_node_reaches_the_session_of_another(world: &World) {
        world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
        let asked = world.challenged("ana").await;
        let other = world.another_node().await;
        let caller = world.caller();
        let link = other
            .does(move |engine| async move {
                engine.resume_link(&caller, asked.session, None, secret("123")).await
            })
            .await
            .unwrap();
        assert_eq!((link.id, link.status), (asked.link, Status::Valid));
        world.settle().await;
        assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
        other.stops().await;
    }

    async fn an_answer_that_was_right_is_told_so_whatever_becomes_of_the_load(world: &World) {
        world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
        world.bank.readings("ana", "ACCOUNTS", [vec![Step::Fail(Failure::Timeout)]]);
        let asked = world.challenged("ana").await;
        let other = world.another_node().await;
        let caller = world.caller();
        let link = other
            .does(move |engine| async move {
                engine.resume_link(&caller, asked.session, None, secret("123")).await
            })
            .await
            .unwrap();
        assert_eq!((link.id, link.status), (asked.link, Status::Valid));
        other.stops().await;
    }

    async fn a_wrong_answer_given_to_one_node_brings_the_new_ticket_of_another(world: &World) {
        world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
        let first = world.challenged("ana").await;
        let other = world.another_node().await;
        let caller = world.caller();
        let again = other
            .does(move |engine| async move {
                engine.resume_link(&caller, first.session, None, secret("wrong")).await
            })
            .await;
        let second = challenged(again);
        assert_ne!(second.session, first.session);
        let link = world.engine.resume_link(&caller, second.session, None, secret("123")).await;
        assert_eq!(link.unwrap().status, Status::Valid);
        other.stops().await;
    }

    async fn a_refusal_after_the_answer_is_told_by_the_node_that_took_it(world: &World) {
        world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
        let caller = world.caller();
        let asked = challenged(world.engine.register(&caller, recurrent("ana", "wrong")).await);
        let other = world.another_node().await;
        let refused = other
            .does(move |engine| async move {
                engine.resume_link(&caller, asked.session, None, secret("123")).await
            })
            .await;
        assert_eq!(failed(refused), Failure::InvalidCredentials);
        assert_eq!(world.links().await, []);
        other.stops().await;
    }

    async fn new_credentials_confirmed_on_another_node_are_told_when_they_have_worked(
        world: &World,
    ) {
        let link = world.registered("ana").await;
        world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
        let fields = crate::world::fields(&[("password", "wrong")]);
        let caller = world.caller();
        let put = world.engine.replace_credentials(&caller, link.id, fields, None).await;
        let asked = challenged(put);
        let other = world.another_node().await;
        let refused = other
            .does(move |engine| async move {
                engine.resume_link(&caller, asked.session, None, secret("123")).await
            })
            .await;
        assert_eq!(failed(refused), Failure::InvalidCredentials);
        assert_eq!(world.link(link.id).await.credentials_version, 1);
        other.stops().await;
    }

    async fn data_read_by_one_node_are_handed_over_by_another(world: &World) {
        let link = world.registered("ana").await;
        world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
        let other = world.another_node().await;
        let accounts = resource::named("ACCOUNTS").unwrap();
        for save in [true, false] {
            let mut retrieval = wanted(link.id, "ACCOUNTS");
            retrieval.save = save;
            let caller = world.caller();
            let asked = challenged(world.engine.retrieve(&caller, retrieval).await);
            let answer = other
                .does(move |engine| async move {
                    let token = secret("123");
                    engine
                        .resume_retrieval(&caller, accounts, asked.session, None, token, None)
                        .await
                })
                .await
                .unwrap();
            assert_eq!((answer.saved, items(&answer).len()), (save, 2));
            assert_eq!(items(&answer)[0].get("id").is_some(), save);
        }
        other.stops().await;
    }

    async fn a_link_that_another_node_forgets_ends_its_conversation(world: &World) {
        let link = world.registered("ana").await;
        world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
        let caller = world.caller();
        challenged(world.engine.retrieve(&caller, wanted(link.id, "ACCOUNTS")).await);
        let other = world.another_node().await;
        let id = link.id;
        other
            .does(move |engine| async move { engine.delete_link(&caller, id).await })
            .await
            .unwrap();
        while !world.bank.is_empty() {
            world.env.sleep(seconds(1) / 20).await;
        }
        other.stops().await;
    }
}

on_both!(stopped:
    a_registration_that_died_with_its_node_can_be_begun_again,
    a_retrieval_that_died_with_its_node_leaves_the_link_as_it_was,
    the_load_of_a_dead_node_is_done_by_another_within_half_a_minute,
    a_node_that_comes_back_late_cannot_write,
    a_node_that_stops_gives_its_work_back,
    a_node_that_stops_tells_who_waits_to_begin_again,
    an_institution_that_may_have_heard_of_a_revocation_is_told_again_by_another_node,
    an_institution_that_has_heard_of_a_revocation_lets_nobody_in_and_that_is_well,
);

async fn a_registration_that_died_with_its_node_can_be_begun_again(world: &World) {
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")], vec![]]);
    let node = world.another_node().await;
    let caller = world.caller();
    let first = node.does(move |engine| async move {
        engine.register(&caller, recurrent("ana", "right")).await
    });
    let asked = challenged(first.await);
    node.dies();
    world.advance(seconds(21)).await;
    let late = world.engine.resume_link(&caller, asked.session, None, secret("123")).await;
    assert!(matches!(late, Err(Error::SessionExpired)));
    assert_eq!(world.status(asked.link).await, Status::Unconfirmed);
    assert_eq!(world.registered("ana").await.status, Status::Valid);
}

async fn a_retrieval_that_died_with_its_node_leaves_the_link_as_it_was(world: &World) {
    let link = world.registered("ana").await;
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")], vec![]]);
    let node = world.another_node().await;
    let caller = world.caller();
    let id = link.id;
    let asked = node
        .does(move |engine| async move { engine.retrieve(&caller, wanted(id, "ACCOUNTS")).await });
    challenged(asked.await);
    node.dies();
    world.advance(seconds(21)).await;
    let now = world.link(link.id).await;
    assert_eq!((now.status, now.schedule), (Status::Valid, link.schedule));
    assert_eq!(items(&world.retrieve(link.id, "ACCOUNTS").await.unwrap()).len(), 2);
}

async fn the_load_of_a_dead_node_is_done_by_another_within_half_a_minute(world: &World) {
    world.bank.readings("ana", "TRANSACTIONS", [vec![Step::Hang], vec![]]);
    let node = world.another_node().await;
    let link = node.registered(world, "ana").await;
    world.bank.has_seen("ana", "TRANSACTIONS", 1).await;
    node.dies();
    world.bank.expects_crowds();
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 0);
    world.advance(seconds(30)).await;
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
    assert_eq!(world.bank.count("ana", "login"), 2);
}

async fn a_node_that_comes_back_late_cannot_write(world: &World) {
    world.bank.readings("ana", "ACCOUNTS", [vec![Step::Hang], vec![]]);
    let node = world.another_node().await;
    let link = node.registered(world, "ana").await;
    world.bank.has_seen("ana", "ACCOUNTS", 1).await;
    world.bank.expects_crowds();
    // It gives no signs of life for a while: another one does its work.
    world.advance(seconds(30)).await;
    assert_eq!(world.records(link.id, "ACCOUNTS").await.len(), 2);
    let before = (world.changes().await, world.link(link.id).await, world.events().await);
    world.bank.person("ana", |ana| ana.accounts.push(account("NEW", "5200 9")));
    world.bank.release();
    node.does(|engine| async move { engine.settle_down().await }).await.unwrap();
    let after = (world.changes().await, world.link(link.id).await, world.events().await);
    assert_eq!(before, after);
    assert_eq!(world.records(link.id, "ACCOUNTS").await.len(), 2);
    node.stops().await;
}

async fn a_node_that_stops_gives_its_work_back(world: &World) {
    world.bank.readings("ana", "TRANSACTIONS", [vec![Step::Hang], vec![]]);
    let node = world.another_node().await;
    let link = node.registered(world, "ana").await;
    world.bank.has_seen("ana", "TRANSACTIONS", 1).await;
    node.stops().await;
    world.settle().await;
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
    assert_eq!(world.status(link.id).await, Status::Valid);
}

async fn a_node_that_stops_tells_who_waits_to_begin_again(world: &World) {
    let link = world.registered("ana").await;
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")], vec![]]);
    let node = world.another_node().await;
    let caller = world.caller();
    let id = link.id;
    let asked = node
        .does(move |engine| async move { engine.retrieve(&caller, wanted(id, "ACCOUNTS")).await });
    let asked = challenged(asked.await);
    node.stops().await;
    let accounts = resource::named("ACCOUNTS").unwrap();
    let late =
        world.engine.resume_retrieval(&caller, accounts, asked.session, None, secret("123"), None);
    assert!(matches!(late.await, Err(Error::SessionExpired)));
    assert_eq!(world.link(link.id).await, link, "nobody is to blame");
}

/// Ana takes back what she allowed. The node that tells the bank dies when the bank has heard it and
/// before it is written down; another takes over, whose login at the bank comes to `then`. How often
/// the bank was told.
async fn dies_after_telling(world: &World, then: Vec<Step>) -> usize {
    world.bank.logins("ana", [vec![], vec![], then]);
    let at = Registration { institution: OPEN_BANK.into(), ..recurrent("ana", "right") };
    let link = world.engine.register(&world.caller(), at).await.unwrap();
    world.settle().await;
    let consent = record_id(&world.consents(DOCUMENT).await[0]);
    world.bank.readings("ana", "logout", [vec![Step::Hang], vec![]]);
    world.engine.revoke_consent(&world.caller(), None, consent).await.unwrap();

    let node = world.another_node().await;
    node.begins(|engine| async move { engine.settle_down().await });
    world.bank.has_seen("ana", "logout", 1).await;
    assert_eq!(world.bank.count("ana", "revoke"), 1);
    node.dies();
    world.bank.expects_crowds();
    world.settle().await;
    let told = async || world.timeline(link.id).await.iter().filter(|it| is_told(it)).count();
    assert_eq!((told().await, world.keeps_a_login(link.id).await), (0, true), "the lease goes on");

    world.advance(seconds(30)).await;
    assert_eq!((told().await, world.keeps_a_login(link.id).await), (1, false));
    assert_eq!(world.bank.count("ana", "login"), 3);
    world.advance(hours(24 * 4)).await;
    assert_eq!(told().await, 1);
    world.bank.count("ana", "revoke")
}

fn is_told(kind: &str) -> bool {
    ["told_of_revocation", "not_told"].contains(&kind)
}

async fn an_institution_that_may_have_heard_of_a_revocation_is_told_again_by_another_node(
    world: &World,
) {
    assert_eq!(dies_after_telling(world, vec![]).await, 2);
}

async fn an_institution_that_has_heard_of_a_revocation_lets_nobody_in_and_that_is_well(
    world: &World,
) {
    let over = vec![Step::Fail(Failure::Revoked)];
    assert_eq!(dies_after_telling(world, over).await, 1);
}
