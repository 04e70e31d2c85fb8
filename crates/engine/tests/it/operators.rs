//! Operators sign in, are locked out, and their sign-ins end.

use crate::world::{World, hours, minutes, on_both, seconds};
use domain::{
    filter::Page,
    operator::{Role, Unfit},
};
use engine::operators::{self, NotDone, SignedIn, installation};
use secrecy::SecretString;

on_both!(stopped:
    an_operator_signs_in_and_out,
    a_sign_in_ends_when_it_rests_and_after_half_a_day,
    wrong_passwords_lock_out_and_tell_nobody,
    tries_side_by_side_are_all_counted,
    a_new_password_ends_every_sign_in,
    who_is_removed_is_signed_out,
    what_will_not_do_is_refused,
    a_form_is_known_by_the_token_that_its_page_was_sent_for
);

const RIGHT: &str = "correct horse battery";

fn secret(text: &str) -> SecretString {
    text.into()
}

async fn add(world: &World, name: &str, role: Role) {
    let store = world.engine.store();
    operators::add(store, &world.env, name, role, &secret(RIGHT)).await.unwrap();
}

async fn sign_in(world: &World, name: &str, password: &str) -> Option<SecretString> {
    world.engine.sign_in(name, &secret(password)).await.unwrap()
}

async fn who(world: &World, token: &SecretString) -> Option<SignedIn> {
    world.engine.signed_in(token).await.unwrap()
}

/// What the audit log says of the installation, in the order of the words.
async fn audited(world: &World) -> Vec<String> {
    let page = Page { number: 1, size: 1000 };
    let mut tx = world.place.read().await.unwrap();
    let lines = tx.audit_log(installation(), page).await.unwrap().items;
    let mut actions: Vec<_> = lines.into_iter().map(|line| line.action).collect();
    actions.sort();
    actions
}

async fn an_operator_signs_in_and_out(world: &World) {
    add(world, "Ana", Role::Viewer).await;
    let token = sign_in(world, " ANA ", RIGHT).await.expect("the right password");
    let ana = who(world, &token).await.expect("signed in");
    assert_eq!((ana.name.as_str(), ana.role, ana.since), ("ana", Role::Viewer, world.now()));
    assert_eq!(who(world, &secret("another token")).await, None);
    world.engine.sign_out(&token).await.unwrap();
    assert_eq!(who(world, &token).await, None);
    world.engine.sign_out(&token).await.unwrap();
    assert_eq!(audited(world).await, ["add_operator", "sign_in", "sign_out"]);
}

async fn a_sign_in_ends_when_it_rests_and_after_half_a_day(world: &World) {
    add(world, "ana", Role::Operator).await;
    let token = sign_in(world, "ana", RIGHT).await.expect("signed in");
    for _ in 0..35 {
        world.clock.advance(minutes(20));
        assert!(who(world, &token).await.is_some(), "it is used");
    }
    world.clock.advance(minutes(20));
    assert_eq!(who(world, &token).await, None, "twelve hours are over");
    let token = sign_in(world, "ana", RIGHT).await.expect("signed in");
    world.clock.advance(minutes(31));
    assert_eq!(who(world, &token).await, None, "it rested");
}

async fn wrong_passwords_lock_out_and_tell_nobody(world: &World) {
    add(world, "ana", Role::Operator).await;
    for _ in 0..5 {
        assert!(sign_in(world, "ana", "a wrong password").await.is_none());
    }
    assert!(sign_in(world, "ana", RIGHT).await.is_none(), "locked out, whatever is tried");
    assert!(sign_in(world, "nobody", RIGHT).await.is_none());
    assert!(sign_in(world, "no name at all", RIGHT).await.is_none());
    assert!(sign_in(world, "ana", &"x".repeat(2000)).await.is_none());
    world.clock.advance(seconds(59));
    assert!(sign_in(world, "ana", RIGHT).await.is_none(), "not yet");
    world.clock.advance(seconds(1));
    assert!(sign_in(world, "ana", RIGHT).await.is_some());
    assert!(sign_in(world, "ana", "a wrong password").await.is_none());
    assert!(sign_in(world, "ana", RIGHT).await.is_some(), "counted anew");
    let failed = "sign_in_failed";
    assert_eq!(
        audited(world).await,
        ["add_operator", "lock_out", "sign_in", "sign_in", failed, failed, failed, failed, failed]
    );
}

async fn tries_side_by_side_are_all_counted(world: &World) {
    add(world, "ana", Role::Operator).await;
    let tries = (0..12).map(|_| sign_in(world, "ana", "a wrong password"));
    assert!(futures::future::join_all(tries).await.iter().all(Option::is_none));
    let looked_at = audited(world).await.len() - 1;
    assert_eq!(looked_at, 5, "no more passwords are looked at than in a row");
}

async fn a_new_password_ends_every_sign_in(world: &World) {
    add(world, "ana", Role::Operator).await;
    let (one, other) = (sign_in(world, "ana", RIGHT).await, sign_in(world, "ana", RIGHT).await);
    let (one, other) = (one.expect("signed in"), other.expect("signed in"));
    let ana = who(world, &one).await.expect("signed in");
    let new = secret("another horse battery");
    let refused = world.engine.change_password(&ana, &secret("wrong"), &new).await.unwrap();
    assert!(refused.is_none());
    let unfit = world.engine.change_password(&ana, &secret(RIGHT), &secret("short")).await;
    assert!(matches!(unfit, Err(NotDone::Unfit(Unfit::Short))));
    let changed = world.engine.change_password(&ana, &secret(RIGHT), &new).await.unwrap();
    let changed = changed.expect("the right password");
    assert!(who(world, &one).await.is_none() && who(world, &other).await.is_none());
    assert!(who(world, &changed).await.is_some());
    assert!(sign_in(world, "ana", RIGHT).await.is_none());

    let by_hand = secret("yet another horse");
    operators::set_password(world.engine.store(), &world.env, "ana", &by_hand).await.unwrap();
    assert!(who(world, &changed).await.is_none());
    assert!(sign_in(world, "ana", "yet another horse").await.is_some());
}

async fn who_is_removed_is_signed_out(world: &World) {
    add(world, "ana", Role::Operator).await;
    let token = sign_in(world, "ana", RIGHT).await.expect("signed in");
    operators::remove(world.engine.store(), &world.env, "ana").await.unwrap();
    assert_eq!(who(world, &token).await, None);
    assert!(sign_in(world, "ana", RIGHT).await.is_none());
    let again = operators::remove(world.engine.store(), &world.env, "ana").await;
    assert!(matches!(again, Err(NotDone::NoSuch(_))));
    let all = world.engine.operators().await.unwrap();
    assert!(all.iter().all(|operator| operator.removed_at == Some(world.now())));
    world.clock.advance(hours(1));
    add(world, "ana", Role::Viewer).await;
}

async fn what_will_not_do_is_refused(world: &World) {
    let store = world.engine.store();
    let add = async |name: &str, password: &str| {
        operators::add(store, &world.env, name, Role::Viewer, &secret(password)).await
    };
    assert!(matches!(add("a b", RIGHT).await, Err(NotDone::Unfit(Unfit::Name))));
    assert!(matches!(add("ana", "short").await, Err(NotDone::Unfit(Unfit::Short))));
    add("ana", RIGHT).await.unwrap();
    assert!(matches!(add("ANA", RIGHT).await, Err(NotDone::Taken(_))));
}

async fn a_form_is_known_by_the_token_that_its_page_was_sent_for(world: &World) {
    let (one, other) =
        (world.engine.anonymous_token().unwrap(), world.engine.anonymous_token().unwrap());
    let proof = world.engine.form_proof(&one);
    assert!(world.engine.is_form_proof(&one, &proof));
    assert!(!world.engine.is_form_proof(&other, &proof));
    assert!(!world.engine.is_form_proof(&one, ""));
}
