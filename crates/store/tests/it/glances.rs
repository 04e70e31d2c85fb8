//! Statements of their own: their connections rest between two of them, and stand in nobody's way.

use crate::world::env;
use domain::ids::KeyId;
use sqlx::{Connection as _, PgConnection};
use store::{Settings, Store, Tx, testing::stores};

/// One statement, whatever it says.
async fn looks(tx: &mut Tx) -> usize {
    tx.tenants().await.unwrap().len()
}
async fn glances(store: &Store) -> usize {
    looks(&mut store.glance().await.unwrap()).await
}

#[tokio::test]
async fn connections_that_rest_keep_no_transaction_waiting() {
    for store in stores().await {
        let settings = Settings { connections: 2, ..Settings::default() };
        let narrow = Store::open(&store.url, settings).await.unwrap();
        for _ in 0..3 {
            let (mut one, mut other) =
                (narrow.glance().await.unwrap(), narrow.glance().await.unwrap());
            assert_eq!((looks(&mut one).await, looks(&mut other).await), (0, 0));
            drop((one, other));
            assert_eq!(glances(&narrow).await, 0);
            let (one, other) = (narrow.read().await.unwrap(), narrow.read().await.unwrap());
            drop((one, other));
        }
        narrow.close().await;
        assert!(narrow.glance().await.is_err(), "{}: nothing rests any more", store.name);
    }
}

#[tokio::test]
async fn a_glance_that_nobody_waited_for_leaves_nothing_behind() {
    for store in stores().await {
        let env = env();
        for _ in 0..20 {
            let mut abandoned = store.glance().await.unwrap();
            tokio::select! {
                biased;
                _ = abandoned.key(env.id::<KeyId>()) => {}
                () = std::future::ready(()) => {}
            }
            drop(abandoned);
            assert_eq!(glances(&store).await, 0, "{}", store.name);
        }
    }
}

#[tokio::test]
async fn a_connection_that_died_while_it_rested_is_exchanged() {
    const KILL: &str = "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()";
    let [_, store] = stores().await;
    assert_eq!(glances(&store).await, 0);
    let mut other = PgConnection::connect(&store.url).await.unwrap();
    sqlx::query(KILL).execute(&mut other).await.unwrap();
    assert_eq!(glances(&store).await, 0);
}
