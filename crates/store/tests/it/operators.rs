//! Operators and their sign-ins.

use crate::world::{after, env, start};
use domain::{
    env::Env,
    operator::{Role, Tries},
};
use store::{operators::Operator, testing::stores};

fn ana(env: &Env) -> Operator {
    Operator {
        id: env.id(),
        name: "ana".into(),
        role: Role::Operator,
        hash: "hash".into(),
        tries: Tries::default(),
        created_at: start(),
        signed_in_at: None,
        removed_at: None,
    }
}

#[tokio::test]
async fn a_name_is_free_again_when_its_operator_is_removed() {
    for store in stores().await {
        let env = env();
        let mut one = ana(&env);
        let other = Operator { id: env.id(), role: Role::Viewer, ..one.clone() };
        let mut tx = store.write().await.unwrap();
        assert!(tx.add_operator(&one).await.unwrap());
        assert!(!tx.add_operator(&other).await.unwrap(), "{}: taken", store.name);
        assert_eq!(tx.operator_named("ana").await.unwrap(), Some(one.clone()));
        assert_eq!(tx.operator(one.id).await.unwrap(), Some(one.clone()));
        assert!(tx.remove_operator(one.id, after(1)).await.unwrap());
        assert!(!tx.remove_operator(one.id, after(2)).await.unwrap(), "once");
        assert_eq!(tx.operator_named("ana").await.unwrap(), None);
        assert_eq!(tx.operator(one.id).await.unwrap(), None, "{}: removed", store.name);
        assert!(!tx.set_operator_hash(one.id, "new").await.unwrap());
        assert!(tx.add_operator(&other).await.unwrap());
        one.removed_at = Some(after(1));
        assert_eq!(tx.operators().await.unwrap(), [one.clone(), other], "{}", store.name);
        assert!(!format!("{one:?}").contains("hash"));
    }
}

#[tokio::test]
async fn of_two_tries_at_once_one_is_counted() {
    for store in stores().await {
        let env = env();
        let one = ana(&env);
        let mut tx = store.write().await.unwrap();
        tx.add_operator(&one).await.unwrap();
        let none = Tries::default();
        let first = Tries { count: 1, last_at: Some(after(1)) };
        let second = Tries { count: 2, last_at: Some(after(2)) };
        assert!(tx.count_tries(one.id, none, first).await.unwrap());
        assert!(!tx.count_tries(one.id, none, first).await.unwrap(), "{}", store.name);
        let same = Tries { last_at: Some(after(9)), ..first };
        assert!(!tx.count_tries(one.id, same, second).await.unwrap(), "another try than that");
        assert!(tx.count_tries(one.id, first, second).await.unwrap());
        assert_eq!(tx.operator_named("ana").await.unwrap().unwrap().tries, second);
        assert!(tx.set_operator_hash(one.id, "new").await.unwrap());
        let now = tx.operator_named("ana").await.unwrap().unwrap();
        assert_eq!((now.hash.as_str(), now.tries), ("new", none), "a new password, a new count");
    }
}

#[tokio::test]
async fn a_sign_in_is_found_by_its_token_until_it_ends() {
    for store in stores().await {
        let env = env();
        let mut one = ana(&env);
        one.tries = Tries { count: 3, last_at: Some(after(0)) };
        let mut tx = store.write().await.unwrap();
        tx.add_operator(&one).await.unwrap();
        for (token, at) in [([1; 32], 1), ([2; 32], 2), ([3; 32], 3)] {
            tx.begin_sign_in(&token, one.id, after(at)).await.unwrap();
        }
        let found = tx.sign_in(&[1; 32]).await.unwrap().expect("signed in");
        assert_eq!((found.began_at, found.seen_at), (after(1), after(1)), "{}", store.name);
        assert_eq!(found.operator.tries, Tries::default());
        assert_eq!(found.operator.signed_in_at, Some(after(3)));
        assert_eq!(tx.sign_in(&[9; 32]).await.unwrap(), None);
        tx.touch_sign_in(&[1; 32], after(60)).await.unwrap();
        assert_eq!(tx.sign_in(&[1; 32]).await.unwrap().unwrap().seen_at, after(60));

        assert_eq!(tx.prune_sign_ins(after(0), after(2)).await.unwrap(), 1, "the second rested");
        assert_eq!(tx.prune_sign_ins(after(1), after(0)).await.unwrap(), 1, "the first is old");
        assert!(tx.end_sign_in(&[3; 32]).await.unwrap());
        assert!(!tx.end_sign_in(&[3; 32]).await.unwrap());
        tx.begin_sign_in(&[4; 32], one.id, after(4)).await.unwrap();
        assert_eq!(tx.end_sign_ins_of(one.id).await.unwrap(), 1);
        tx.begin_sign_in(&[5; 32], one.id, after(5)).await.unwrap();
        tx.remove_operator(one.id, after(6)).await.unwrap();
        assert_eq!(tx.sign_in(&[5; 32]).await.unwrap(), None, "of nobody any more");
    }
}
