//! Sessions: one at a time, and the way of an answer.

use crate::world::{after, env, new_link, page, session};
use domain::session::{Challenge, ChallengeKind, Event, State};
use store::{sessions::Outcome, testing::stores};

fn outcome(state: State) -> Outcome {
    Outcome { state, outcome: r#"{"n":1.50}"#.into(), sealed: Some(vec![1, 2]) }
}

#[tokio::test]
async fn a_link_has_one_session_at_a_time() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 9);
        let mut tx = store.write().await.unwrap();
        tx.insert_link(&link, &[1; 32]).await.unwrap();
        let first = session(&env, &link);
        assert!(tx.open_session(&first).await.unwrap());
        let second = session(&env, &link);
        assert!(!tx.open_session(&second).await.unwrap());
        let open = tx.open_session_of(link.tenant, link.id).await.unwrap();
        assert_eq!(open, Some(first.clone()), "{}", store.name);
        assert_eq!(tx.open_sessions_across_buckets(link.tenant).await.unwrap(), 1);
        let mut counts = Vec::new();
        for (tenant, institution) in [
            (link.tenant, link.institution.as_str()),
            (link.tenant, "another"),
            (env.id(), link.institution.as_str()),
        ] {
            let open = tx.open_sessions_of_and_at_across_buckets(tenant, institution);
            counts.push(open.await.unwrap());
        }
        assert_eq!(counts, [(1, 1), (1, 0), (0, 1)], "{}", store.name);

        let id = first.session.id;
        assert!(tx.finish_session(id, &outcome(State::Done), after(9)).await.unwrap());
        assert!(!tx.finish_session(id, &outcome(State::Failed), after(10)).await.unwrap());
        let over = tx.session(link.tenant, id).await.unwrap().unwrap();
        assert_eq!((over.session.state, over.finished_at), (State::Done, Some(after(9))));
        assert_eq!(over.outcome.as_deref(), Some(r#"{"n":1.50}"#));
        assert_eq!(tx.sealed_outcome(link.tenant, id).await.unwrap(), Some(vec![1, 2]));
        assert_eq!(tx.sealed_outcome(env.id(), id).await.unwrap(), None);
        assert_eq!(tx.session(env.id(), id).await.unwrap(), None, "another tenant's is not there");
        assert_eq!(tx.open_sessions_across_buckets(link.tenant).await.unwrap(), 0);
        let at = &link.institution;
        let open = tx.open_sessions_of_and_at_across_buckets(link.tenant, at).await.unwrap();
        assert_eq!(open, (0, 0));

        assert!(tx.open_session(&second).await.unwrap(), "the next one may begin");
        let ids = |sessions: &[store::sessions::StoredSession]| {
            sessions.iter().map(|s| s.session.id).collect::<Vec<_>>()
        };
        let both = [second.session.id, first.session.id];
        assert_eq!(ids(&tx.sessions_of(link.tenant, link.id, 9).await.unwrap()), both);
        let listed = tx.sessions_across_buckets(link.tenant, page(1, 1)).await.unwrap();
        assert_eq!((listed.count, ids(&listed.items)), (2, both[..1].to_vec()));
        assert_eq!(tx.prune_sessions_across_buckets(after(10)).await.unwrap(), 1);
        assert_eq!(ids(&tx.sessions_of(link.tenant, link.id, 9).await.unwrap()), both[..1]);
    }
}

#[tokio::test]
async fn an_answer_goes_to_the_challenge_that_asked_for_it_and_is_read_once() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 9);
        let mut s = session(&env, &link);
        let id = s.session.id;
        let mut tx = store.write().await.unwrap();
        assert!(tx.open_session(&s).await.unwrap());

        s.session = s.session.apply(Event::ChallengeRaised(after(300)), after(1)).unwrap();
        s.challenge_number = 1;
        s.challenge = Some(Challenge {
            expires_in_seconds: 299,
            attempt: 2,
            ..Challenge::new(ChallengeKind::Otp, "O código")
        });
        assert!(tx.save_session(&s, State::Running).await.unwrap());
        assert!(!tx.save_session(&s, State::Running).await.unwrap(), "it was not running any more");
        assert_eq!(tx.session(link.tenant, id).await.unwrap(), Some(s.clone()));

        s.session = s.session.apply(Event::AnswerGiven, after(2)).unwrap();
        s.purpose = r#"{"because":"of this"}"#.into();
        let unasked = store::sessions::StoredSession { challenge_number: 2, ..s.clone() };
        assert!(!tx.give_answer(&unasked, b"late").await.unwrap(), "nobody asked that");
        let mut foreign = s.clone();
        foreign.session.tenant = env.id();
        assert!(!tx.give_answer(&foreign, b"x").await.unwrap());
        assert!(tx.give_answer(&s, b"sealed").await.unwrap());
        assert!(!tx.give_answer(&s, b"again").await.unwrap(), "one answer is enough");
        let read = tx.session(link.tenant, id).await.unwrap().unwrap();
        assert_eq!(read, s, "it is for what was said last");
        assert_eq!(tx.take_answer(id, 2).await.unwrap(), None);
        assert_eq!(tx.take_answer(id, 1).await.unwrap(), Some(b"sealed".to_vec()));
        assert_eq!(tx.take_answer(id, 1).await.unwrap(), None, "it is read once");

        s.session = s.session.apply(Event::AnswerTaken, after(3)).unwrap();
        s.challenge = None;
        assert!(tx.save_session(&s, State::Answered).await.unwrap());
    }
}

#[tokio::test]
async fn an_answer_to_an_earlier_challenge_is_forgotten_and_so_is_one_that_comes_after_the_end() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 9);
        let mut s = session(&env, &link);
        let id = s.session.id;
        let mut tx = store.write().await.unwrap();
        tx.open_session(&s).await.unwrap();
        s.session.state = State::Challenged;
        s.challenge_number = 1;
        tx.save_session(&s, State::Running).await.unwrap();
        s.session.state = State::Answered;
        tx.give_answer(&s, b"sealed").await.unwrap();
        s.session.state = State::Challenged;
        s.challenge_number = 2;
        assert!(tx.save_session(&s, State::Answered).await.unwrap());
        assert_eq!(tx.take_answer(id, 2).await.unwrap(), None);
        tx.finish_session(id, &outcome(State::Expired), after(5)).await.unwrap();
        assert!(!tx.give_answer(&s, b"late").await.unwrap());
        assert!(!tx.save_session(&s, State::Challenged).await.unwrap());
    }
}

#[tokio::test]
async fn a_dead_nodes_session_and_one_that_lasts_too_long_are_overdue() {
    for store in stores().await {
        let env = env();
        let tenant = env.id();
        let [alive, dead, slow] = [1, 2, 3].map(|n| session(&env, &new_link(&env, tenant, n)));
        let mut tx = store.write().await.unwrap();
        for s in [&alive, &dead, &slow] {
            tx.open_session(s).await.unwrap();
        }
        let [a, d, l] = [&alive, &dead, &slow].map(|s| s.session.id);
        assert!(tx.renew_session_lease(a, alive.node, after(90)).await.unwrap());
        assert!(tx.renew_session_lease(l, slow.node, after(900)).await.unwrap());
        assert!(!tx.renew_session_lease(a, dead.node, after(90)).await.unwrap(), "not its node");
        let ids = |found: Vec<store::sessions::StoredSession>| {
            found.into_iter().map(|s| s.session.id).collect::<Vec<_>>()
        };
        let overdue = tx.overdue_sessions_across_buckets(after(29), 9).await.unwrap();
        assert_eq!(ids(overdue), []);
        let overdue = tx.overdue_sessions_across_buckets(after(60), 9).await.unwrap();
        assert_eq!(ids(overdue), [d]);
        let overdue = tx.overdue_sessions_across_buckets(after(601), 9).await.unwrap();
        assert_eq!(ids(overdue), [d, a, l]);
        tx.finish_session(d, &outcome(State::Expired), after(60)).await.unwrap();
        assert!(!tx.renew_session_lease(d, dead.node, after(99)).await.unwrap(), "it is over");
    }
}
