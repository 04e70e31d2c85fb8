//! Institutions in trouble.

use crate::{
    bank::{BANK, Bank, SMALL_BANK, Step},
    world::{EVERYTHING, World, failed, hours, minutes, on_both, recurrent, secret, wanted},
};
use connect::talk::{Connector, Conversation, Failure};
use domain::{
    env::Env,
    institution::{Closure, Health, Institution},
    link::{Link, Status},
    record::Trust,
    session::ChallengeKind::Otp,
};
use engine::{Engine, Error, backlog::Shown, links::Registration};
use jiff::Timestamp;
use std::sync::Arc;
use vault::KeyRing;

on_both!(stopped:
    an_institution_that_fails_for_everybody_is_left_alone,
    a_rest_is_over_when_somebody_gets_through,
    wrong_passwords_are_no_trouble_of_the_institution,
    what_breaks_on_our_side_is_no_trouble_of_the_institution,
    work_waits_for_a_process_that_has_the_connector,
    work_without_a_connector_is_set_aside_until_somebody_has_one,
    an_institution_can_be_closed_by_the_operator,
    what_is_closed_until_an_instant_opens_by_itself,
    who_closes_an_institution_says_why_and_it_is_written_down_once,
    the_breaker_does_not_open_what_an_operator_closed,
    what_the_operator_closed_stays_closed_when_its_connector_goes_and_comes_back,
    a_process_closes_only_for_itself_what_it_does_not_offer,
    a_new_version_of_a_connector_gets_another_chance,
    a_session_under_way_finishes_with_the_connector_that_it_began_with;
    narrow: an_institution_has_room_for_so_many_sessions
);

/// The bank's connector as somebody has mended it.
struct Mended(Arc<Bank>);
impl Connector for Mended {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn version(&self) -> &'static str {
        "2"
    }
    fn institutions(&self) -> Vec<Institution> {
        self.0.institutions()
    }
    fn trust(&self, institution: &str) -> Trust {
        self.0.trust(institution)
    }
    fn open(&self, institution: &str, subject: &str, env: &Env) -> Box<dyn Conversation> {
        self.0.open(institution, subject, env)
    }
}

async fn people(world: &World, count: usize) -> Vec<Link> {
    let mut links = Vec::new();
    for number in 0..count {
        links.push(world.registered(&format!("p{number}")).await);
    }
    links
}
async fn health(world: &World) -> Health {
    world.engine.institution_named(BANK).await.unwrap().status
}
fn logins(world: &World) -> usize {
    world.bank.visits().iter().filter(|visit| visit.what == "login").count()
}

async fn an_institution_that_fails_for_everybody_is_left_alone(world: &World) {
    let links = people(world, 4).await;
    world.bank.is_down(true);
    for _ in 0..3 {
        for link in &links {
            let answer = world.retrieve(link.id, "ACCOUNTS").await;
            assert_eq!(failed(answer), Failure::InstitutionDown);
        }
    }
    assert_eq!(logins(world), 4 + 10, "ten failures are enough");
    assert_eq!(health(world).await, Health::Down);
    assert_eq!(failed(world.register("new").await), Failure::InstitutionDown);
    for link in &links {
        assert_eq!(world.link(link.id).await, *link, "the links are as they were");
    }
    let next = world.engine.next_action(&links[0]).await.unwrap();
    assert_eq!(next, Some("wait_for_institution"));
    world.engine.refresh_link(&world.caller(), links[0].id, None).await.unwrap();
    world.settle().await;
    assert_eq!(logins(world), 4 + 10, "work waits too");
    world.bank.is_down(false);
    world.advance(minutes(5)).await;
    assert_eq!(logins(world), 4 + 11);
    assert_eq!(health(world).await, Health::Healthy);
    world.register("new").await.unwrap();
}

async fn a_rest_is_over_when_somebody_gets_through(world: &World) {
    let links = people(world, 1).await;
    world.bank.is_down(true);
    for _ in 0..10 {
        world.retrieve(links[0].id, "ACCOUNTS").await.unwrap_err();
    }
    world.advance(minutes(5)).await;
    let tries = logins(world);
    assert_eq!(failed(world.retrieve(links[0].id, "ACCOUNTS").await), Failure::InstitutionDown);
    assert_eq!(logins(world), tries + 1, "one may try");
    world.advance(minutes(5)).await;
    world.retrieve(links[0].id, "ACCOUNTS").await.unwrap_err();
    assert_eq!(logins(world), tries + 1, "the next rest is longer");
    world.bank.is_down(false);
    world.advance(minutes(5)).await;
    world.retrieve(links[0].id, "ACCOUNTS").await.unwrap();
    assert_eq!(health(world).await, Health::Healthy);
}

async fn wrong_passwords_are_no_trouble_of_the_institution(world: &World) {
    for number in 0..12 {
        let wrong = recurrent(&format!("p{number}"), "wrong");
        let refused = world.engine.register(&world.caller(), wrong).await;
        assert_eq!(failed(refused), Failure::InvalidCredentials);
    }
    assert_eq!(health(world).await, Health::Healthy);
}

async fn what_breaks_on_our_side_is_no_trouble_of_the_institution(world: &World) {
    let (other, ring) = world.node_with_a_newer_key().await;
    let link = other.registered(world, "ana").await;
    other.stops().await;
    for _ in 0..12 {
        let answer = world.retrieve(link.id, "ACCOUNTS").await;
        assert_eq!(failed(answer), Failure::Broken, "this ring opens nothing of it");
    }
    assert_eq!(health(world).await, Health::Healthy);
    assert_eq!(world.link(link.id).await.status, Status::Valid);

    let strange = KeyRing::generate().unwrap();
    assert!(world.engine.replace_ring(&strange).await.is_err(), "it opens nothing of ours");
    world.engine.replace_ring(&ring).await.unwrap();
    world.retrieve(link.id, "ACCOUNTS").await.unwrap();
}

async fn work_waits_for_a_process_that_has_the_connector(world: &World) {
    let link = world.registered("ana").await;
    let other = world.node_without_connectors().await;
    world.engine.refresh_link(&world.caller(), link.id, None).await.unwrap();
    let due = link.schedule.as_ref().unwrap().due;
    world.clock.advance_to(due);
    let late = async |node: &Engine| node.overdue().await.unwrap().work;
    other.does(|engine| async move { engine.settle_down().await }).await.unwrap();
    assert_eq!(world.bank.count("ana", "login"), 1);
    let mut tx = world.place.read().await.unwrap();
    let jobs = tx.jobs_of(link.id, 10).await.unwrap();
    drop(tx);
    let waiting = jobs.iter().filter(|job| job.run_at <= world.now() && job.finished_at.is_none());
    assert_eq!(waiting.map(|job| (job.fence, job.attempt)).collect::<Vec<_>>(), [(0, 0); 2]);
    let timeline = world.timeline(link.id).await;
    assert!(!timeline.iter().any(|kind| kind == "refresh_failed"), "nobody has tried");
    let mine = other.does(|engine| async move { engine.overdue().await }).await.unwrap().work;
    assert_eq!(mine, hours(0), "who cannot do it is not late with it");
    assert!(late(&world.engine).await > hours(0));

    world.settle().await;
    assert_eq!(world.bank.count("ana", "login"), 3);
    // Work that asks no institution is anybody's.
    let (caller, id) = (world.caller(), link.id);
    other
        .does(move |engine| async move { engine.delete_link_later(&caller, id).await })
        .await
        .unwrap();
    other.does(|engine| async move { engine.settle_down().await }).await.unwrap();
    assert_eq!(world.links().await, []);
    other.stops().await;
}

async fn work_without_a_connector_is_set_aside_until_somebody_has_one(world: &World) {
    let link = world.registered("ana").await;
    let other = world.node_without_connectors().await;
    let due = link.schedule.as_ref().unwrap().due;
    world.clock.advance_to(due + minutes(1));
    let aside = |engine: Engine| async move { engine.set_work_aside().await };
    other.does(aside).await.unwrap();
    let late = async |node: &Engine| node.overdue().await.unwrap().work;
    assert_eq!(late(&world.engine).await, minutes(1), "whoever can do it has had no time yet");
    world.clock.advance_to(due + minutes(11));
    world.engine.set_work_aside().await.unwrap();
    assert_eq!(late(&world.engine).await, minutes(11), "this process has the connector");
    // Another has not, and cannot know: what is set aside is taken up within a sign of life.
    other.does(aside).await.unwrap();
    assert_eq!(late(&world.engine).await, hours(0), "no claim comes past it");
    world.settle().await;
    assert_eq!(world.bank.count("ana", "login"), 2);

    let due = world.link(link.id).await.schedule.unwrap().due;
    world.engine.replace_connectors(&[]).await.unwrap();
    world.clock.advance_to(due + minutes(11));
    world.engine.set_work_aside().await.unwrap();
    world.settle().await;
    assert_eq!(world.bank.count("ana", "login"), 2, "nobody speaks to it");
    let waiting = world.engine.backlog(world.tenant, Shown::Waiting, EVERYTHING).await.unwrap();
    let refresh = waiting.items.iter().find(|job| job.kind == "refresh").unwrap();
    assert_eq!(refresh.run_at, due, "it is seen as what it is: late");
    let bank: Arc<dyn Connector> = world.bank.clone();
    world.engine.replace_connectors(&[bank]).await.unwrap();
    assert_eq!(late(&world.engine).await, minutes(11));
    world.settle().await;
    assert_eq!(world.bank.count("ana", "login"), 3);
    other.stops().await;
}

async fn an_institution_can_be_closed_by_the_operator(world: &World) {
    let link = people(world, 1).await.remove(0);
    let due = link.schedule.as_ref().unwrap().due;
    closes(world, Some("maintenance"), None).await.unwrap();
    assert_eq!(failed(world.retrieve(link.id, "ACCOUNTS").await), Failure::InstitutionDown);
    assert_eq!(failed(world.register("new").await), Failure::InstitutionDown);
    world.engine.advance(due + hours(1)).await.unwrap();
    assert_eq!(logins(world), 1);
    assert_eq!(world.status(link.id).await, Status::Valid);
    closes(world, None, None).await.unwrap();
    world.engine.advance(due + hours(12)).await.unwrap();
    assert_eq!(logins(world), 2, "inside the period");
}

async fn what_is_closed_until_an_instant_opens_by_itself(world: &World) {
    let link = people(world, 1).await.remove(0);
    let until = world.now() + minutes(3);
    closes(world, Some(" maintenance "), Some(until)).await.unwrap();
    let standing = async || {
        let all = world.engine.standings(world.caller().tenant, &[], EVERYTHING).await.unwrap();
        all.items.into_iter().find(|one| one.institution.name == BANK).unwrap()
    };
    let closed = standing().await;
    let said = Closure { reason: "maintenance".into(), until: Some(until) };
    assert_eq!((closed.institution.status, closed.closure), (Health::Down, Some(said)));
    assert_eq!(closed.reason.as_deref(), Some("maintenance"));
    assert_eq!(failed(world.retrieve(link.id, "ACCOUNTS").await), Failure::InstitutionDown);
    world.engine.refresh_link(&world.caller(), link.id, None).await.unwrap();
    world.advance(minutes(2)).await;
    assert_eq!(world.bank.count("p0", "login"), 1, "work waits");
    world.advance(minutes(2)).await;
    assert_eq!(world.bank.count("p0", "login"), 2, "and is done as soon as it opens");
    let open = standing().await;
    assert_eq!((open.institution.status, open.closure, open.reason), (Health::Healthy, None, None));
}

async fn who_closes_an_institution_says_why_and_it_is_written_down_once(world: &World) {
    for (reason, until) in [("", None), (" ", None), ("late", Some(world.now()))] {
        let refused = closes(world, Some(reason), until).await;
        assert!(matches!(refused, Err(Error::Fields(_))), "{refused:?}");
    }
    let long = "x".repeat(Closure::LONGEST_REASON + 1);
    assert!(closes(world, Some(&long), None).await.is_err());
    for _ in 0..2 {
        closes(world, Some("maintenance"), None).await.unwrap();
    }
    for _ in 0..2 {
        closes(world, None, None).await.unwrap();
    }
    let lines =
        world.engine.audit_log(engine::operators::installation(), EVERYTHING).await.unwrap();
    let mut acts: Vec<_> = lines.items.iter().map(|line| line.action.as_str()).collect();
    acts.sort_unstable();
    assert_eq!(acts, ["close_institution", "open_institution"], "a second click does nothing");
    assert!(lines.items.iter().all(|line| line.subject == BANK));
    let nowhere = world.engine.set_closure(&world.caller(), 99, None).await;
    assert!(matches!(nowhere, Err(Error::NoSuch(_))), "{nowhere:?}");
}

async fn the_breaker_does_not_open_what_an_operator_closed(world: &World) {
    let links = people(world, 1).await;
    world.bank.is_down(true);
    for _ in 0..10 {
        world.retrieve(links[0].id, "ACCOUNTS").await.unwrap_err();
    }
    closes(world, Some("maintenance"), None).await.unwrap();
    world.bank.is_down(false);
    world.advance(hours(3)).await;
    assert_eq!(health(world).await, Health::Down);
    closes(world, None, None).await.unwrap();
    world.retrieve(links[0].id, "ACCOUNTS").await.unwrap();
    assert_eq!(health(world).await, Health::Healthy);
}

/// An operator closes the bank, or opens it again.
async fn closes(
    world: &World,
    reason: Option<&str>,
    until: Option<Timestamp>,
) -> Result<Institution, Error> {
    let closure = reason.map(|reason| Closure { reason: reason.into(), until });
    world.engine.set_closure(&world.caller(), 1, closure).await
}

async fn what_the_operator_closed_stays_closed_when_its_connector_goes_and_comes_back(
    world: &World,
) {
    closes(world, Some("maintenance"), None).await.unwrap();
    let small = async || world.engine.institution_named(SMALL_BANK).await.unwrap().status;
    world.engine.replace_connectors(&[]).await.unwrap();
    assert_eq!((health(world).await, small().await), (Health::Down, Health::Down));
    let bank: Arc<dyn Connector> = world.bank.clone();
    world.engine.replace_connectors(&[bank]).await.unwrap();
    assert_eq!((health(world).await, small().await), (Health::Down, Health::Healthy));
}

async fn a_process_closes_only_for_itself_what_it_does_not_offer(world: &World) {
    let link = world.registered("ana").await;
    let other = world.node_without_connectors().await;
    let (caller, id) = (world.caller(), link.id);
    // In all three ways in which an institution is looked up.
    let seen = |engine: Engine| async move {
        let named = engine.institution_named(BANK).await.unwrap();
        let numbered = engine.institution(1).await.unwrap();
        let listed = engine.institutions(&[], EVERYTHING).await.unwrap().items.remove(0);
        [named, numbered, listed].map(|institution| institution.status)
    };
    assert_eq!(seen(world.engine.clone()).await, [Health::Healthy; 3]);
    assert_eq!(other.does(seen).await, [Health::Down; 3]);
    let ask =
        move |engine: Engine| async move { engine.retrieve(&caller, wanted(id, "ACCOUNTS")).await };
    assert_eq!(failed(other.does(ask).await), Failure::InstitutionInactive);
    let bank: Arc<dyn Connector> = world.bank.clone();
    let exchange = |with: Vec<Arc<dyn Connector>>| {
        other.does(|engine: Engine| async move { engine.replace_connectors(&with).await })
    };
    // Nor does it when its connectors come and go.
    exchange(vec![bank]).await.unwrap();
    assert_eq!(other.does(seen).await, [Health::Healthy; 3]);
    exchange(Vec::new()).await.unwrap();
    assert_eq!(seen(world.engine.clone()).await, [Health::Healthy; 3]);
    world.retrieve(id, "ACCOUNTS").await.unwrap();
    other.stops().await;
}

async fn an_institution_has_room_for_so_many_sessions(world: &World) {
    let link = people(world, 1).await.remove(0);
    for user in ["ana", "eva"] {
        world.bank.logins(user, [vec![Step::Ask(Otp, "123")]]);
        world.challenged(user).await;
    }
    assert_eq!(failed(world.register("new").await), Failure::TooManySessions);
    assert_eq!(world.links().await.len(), 3, "nothing is left of it");
    assert_eq!(failed(world.retrieve(link.id, "ACCOUNTS").await), Failure::TooManySessions);
    let elsewhere = Registration { institution: SMALL_BANK.into(), ..recurrent("new", "right") };
    world.engine.register(&world.caller(), elsewhere).await.unwrap();

    world.engine.refresh_link(&world.caller(), link.id, None).await.unwrap();
    world.advance(minutes(5)).await;
    assert_eq!(world.bank.count("p0", "login"), 1, "work waits too");
    let mut tx = world.place.read().await.unwrap();
    let jobs = tx.jobs_of(link.id, 10).await.unwrap();
    drop(tx);
    assert!(jobs.iter().all(|job| job.finished_at.is_some() || job.attempt == 0), "untried");
    assert_eq!(world.status(link.id).await, Status::Valid);
    // The questions expire.
    world.advance(minutes(6)).await;
    assert_eq!(world.bank.count("p0", "login"), 2);
    assert_eq!(world.status(link.id).await, Status::Valid);
    world.register("new").await.unwrap();
}

async fn a_new_version_of_a_connector_gets_another_chance(world: &World) {
    let links = people(world, 1).await;
    world.bank.is_down(true);
    for _ in 0..10 {
        world.retrieve(links[0].id, "ACCOUNTS").await.unwrap_err();
    }
    assert_eq!(health(world).await, Health::Down);
    world.bank.is_down(false);
    let same: Arc<dyn Connector> = world.bank.clone();
    world.engine.replace_connectors(&[same]).await.unwrap();
    assert_eq!(health(world).await, Health::Down, "nothing was mended");
    assert_eq!(failed(world.retrieve(links[0].id, "ACCOUNTS").await), Failure::InstitutionDown);
    let mended: Arc<dyn Connector> = Arc::new(Mended(world.bank.clone()));
    world.engine.replace_connectors(&[mended]).await.unwrap();
    assert_eq!(health(world).await, Health::Healthy);
    world.retrieve(links[0].id, "ACCOUNTS").await.unwrap();
}

async fn a_session_under_way_finishes_with_the_connector_that_it_began_with(world: &World) {
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    let asked = world.challenged("ana").await;
    world.engine.replace_connectors(&[]).await.unwrap();
    assert_eq!(failed(world.register("bob").await), Failure::InstitutionInactive);
    let caller = world.caller();
    let answer = world.engine.resume_link(&caller, asked.session, None, secret("123"));
    let link = answer.await.unwrap();
    assert_eq!(link.status, Status::Valid);
    let bank: Arc<dyn Connector> = world.bank.clone();
    world.engine.replace_connectors(&[bank]).await.unwrap();
}
