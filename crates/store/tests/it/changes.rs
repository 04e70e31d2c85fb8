//! The change log: nothing is missed, nothing comes twice, whoever writes at the same time.

use crate::world::{created, env, new_link, page, record, seeded, start};
use domain::{env::Env, ids::CommitId, ids::RecordId, ids::TenantId, link::Link};
use std::collections::BTreeSet;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use store::{
    Store,
    changes::{Change, ChangeKind, CommitOfLink, NewChange},
    testing::stores,
};

async fn commit(
    store: &Store,
    env: &Env,
    link: &Link,
    changes: usize,
) -> (CommitId, Vec<RecordId>) {
    let commit = env.id_in(link.id.bucket());
    let changes: Vec<NewChange> =
        (0..changes).map(|_| created(&record(env, link, "TRANSACTIONS", None))).collect();
    let mut tx = store.write().await.unwrap();
    tx.log_changes(commit, link.tenant, link.id, env.now(), &changes).await.unwrap();
    tx.commit().await.unwrap();
    (commit, changes.iter().map(|change| change.record).collect())
}

async fn after(store: &Store, tenant: TenantId, at: (u64, u32), limit: u32) -> Vec<Change> {
    let mut tx = store.read().await.unwrap();
    tx.changes_after(tenant, at.0, at.1, limit).await.unwrap()
}

#[tokio::test]
async fn who_finds_nothing_to_put_in_order_waits_for_no_writer() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 7);
        commit(&store, &env, &link, 1).await;
        assert_eq!(store.sequence(link.tenant).await.unwrap(), 1);
        let writer = store.write().await.unwrap();
        let mut tx = store.glance().await.unwrap();
        assert!(!tx.is_unsequenced_across_buckets(link.tenant).await.unwrap());
        drop(tx);
        assert_eq!(store.sequence(link.tenant).await.unwrap(), 0, "{}", store.name);
        drop(writer);
        commit(&store, &env, &link, 1).await;
        assert_eq!(store.sequence(link.tenant).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_reader_goes_through_the_log_page_by_page() {
    for store in stores().await {
        let env = env();
        let tenant = env.id();
        let links: Vec<Link> = (0..3).map(|n| new_link(&env, tenant, n * 1000)).collect();
        let mut written = Vec::new();
        for (link, size) in links.iter().cycle().zip([1, 3, 2, 1, 600, 1, 1]) {
            written.extend(commit(&store, &env, link, size).await.1);
        }
        let foreign = new_link(&env, env.id(), 7);
        commit(&store, &env, &foreign, 1).await;
        assert_eq!(after(&store, tenant, (0, 0), 9).await, [], "nothing has a place yet");
        let mut tx = store.read().await.unwrap();
        let waiting = tx.unsequenced_tenants_across_buckets(9).await.unwrap();
        assert_eq!(BTreeSet::from_iter(waiting), BTreeSet::from([tenant, foreign.tenant]));
        drop(tx);

        assert_eq!(store.sequence(tenant).await.unwrap(), 7);
        assert_eq!(store.sequence(tenant).await.unwrap(), 0);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.head(tenant).await.unwrap(), 7);
        assert_eq!(tx.head(foreign.tenant).await.unwrap(), 0);
        drop(tx);
        for limit in [1, 4, 250, 1000] {
            let (mut at, mut read) = ((0, 0), Vec::new());
            loop {
                let changes = after(&store, tenant, at, limit).await;
                assert!(changes.len() <= limit as usize);
                let Some(last) = changes.last() else { break };
                at = (last.position, last.ordinal);
                read.extend(changes.iter().map(|change| change.record));
            }
            assert_eq!(read, written, "{} by {limit}", store.name);
        }
        let changes = after(&store, tenant, (0, 0), 1).await;
        assert_eq!((changes[0].link, changes[0].resource.as_str()), (links[0].id, "TRANSACTIONS"));
        assert_eq!((changes[0].position, changes[0].ordinal), (1, 0));
        assert_eq!(changes[0].kind, ChangeKind::Created);
    }
}

#[tokio::test]
async fn what_changed_of_a_link_is_told_commit_by_commit_the_latest_first() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 7);
        let other = new_link(&env, link.tenant, 7);
        let (first, _) = commit(&store, &env, &link, 3).await;
        commit(&store, &env, &other, 1).await;
        let last = env.id_in(link.id.bucket());
        let kinds = [ChangeKind::Updated, ChangeKind::Deleted, ChangeKind::Updated];
        let changes =
            kinds.map(|kind| NewChange { kind, ..created(&record(&env, &link, "ACCOUNTS", None)) });
        let mut tx = store.write().await.unwrap();
        let at = env.now();
        tx.log_changes(last, link.tenant, link.id, at, &changes).await.unwrap();
        let told = tx.commits_of_link(link.tenant, link.id, page(1, 9)).await.unwrap();
        assert_eq!(told.count, 2, "{}", store.name);
        let [newest, oldest] = told.items.as_slice() else { panic!("{told:?}") };
        let counted = |one: &CommitOfLink| (one.created, one.updated, one.deleted);
        assert_eq!((newest.commit, newest.at, counted(newest)), (last, at, (0, 2, 1)));
        let of = [newest, oldest].map(|one| one.resource.as_str());
        assert_eq!(
            (oldest.commit, counted(oldest), of),
            (first, (3, 0, 0), ["ACCOUNTS", "TRANSACTIONS"])
        );
        let second = tx.commits_of_link(link.tenant, link.id, page(2, 1)).await.unwrap();
        assert_eq!((second.count, second.items), (2, vec![oldest.clone()]));
        let foreign = tx.commits_of_link(env.id(), link.id, page(1, 9)).await.unwrap();
        assert_eq!((foreign.count, foreign.items), (0, vec![]));
    }
}

#[tokio::test]
async fn no_changes_are_no_commit() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 1);
        let mut tx = store.write().await.unwrap();
        let commit = env.id_in(link.id.bucket());
        tx.log_changes(commit, link.tenant, link.id, start(), &[]).await.unwrap();
        assert_eq!(tx.unsequenced_tenants_across_buckets(9).await.unwrap(), []);
    }
}

/// Writers, sequencers and a reader, all at once: the reader must see each change exactly once, in
/// one order, and the changes of each link in the order in which they were made.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cursor_misses_nothing_while_others_write() {
    const WRITERS: u8 = 5;
    const COMMITS: usize = 12;
    for store in stores().await {
        let tenant: TenantId = env().id();
        let writing = Arc::new(AtomicUsize::new(WRITERS.into()));
        let mut writers = tokio::task::JoinSet::new();
        for n in 0..WRITERS {
            let (store, writing) = (store.store.clone(), writing.clone());
            writers.spawn(async move {
                let env = seeded(n);
                let link = new_link(&env, tenant, u16::from(n) * 700);
                let mut written = Vec::new();
                for size in (1..=3).cycle().take(COMMITS) {
                    written.extend(commit(&store, &env, &link, size).await.1);
                }
                writing.fetch_sub(1, Ordering::SeqCst);
                (link.id, written)
            });
        }
        let mut sequencers = tokio::task::JoinSet::new();
        for _ in 0..3 {
            let (store, writing) = (store.store.clone(), writing.clone());
            sequencers.spawn(async move {
                loop {
                    let last = writing.load(Ordering::SeqCst) == 0;
                    store.sequence(tenant).await.unwrap();
                    if last {
                        return;
                    }
                }
            });
        }
        let reader = {
            let store = store.store.clone();
            let total = usize::from(WRITERS) * COMMITS * 2;
            async move {
                let (mut at, mut read) = ((0, 0), Vec::new());
                while read.len() < total {
                    let changes = after(&store, tenant, at, 7).await;
                    if let Some(last) = changes.last() {
                        at = (last.position, last.ordinal);
                    }
                    read.extend(changes);
                    tokio::task::yield_now().await;
                }
                read
            }
        };
        let read = reader.await;
        sequencers.join_all().await;
        let written = writers.join_all().await;
        let order: Vec<_> = read.iter().map(|change| (change.position, change.ordinal)).collect();
        assert!(order.is_sorted_by(|a, b| a < b), "{}: in one order", store.name);
        for (link, written) in written {
            let seen = read.iter().filter(|change| change.link == link);
            let seen: Vec<RecordId> = seen.map(|change| change.record).collect();
            assert_eq!(seen, written, "{}: each once, in its order", store.name);
        }
        assert_eq!(after(&store, tenant, (0, 0), 5000).await, read, "and so for ever");
    }
}
