//! Transactions that somebody turned away from.

use crate::world::{after, env};
use domain::refresh::Rate;
use std::{future::poll_fn, task::Poll};
use store::{Settings, Store, tenants::Tenant, testing::stores};

/// Polls `work` so often, and drops it; whether it was done by then.
async fn given_up_after<T>(polls: usize, work: impl Future<Output = T>) -> bool {
    let mut work = Box::pin(work);
    let mut left = polls;
    poll_fn(|context| {
        left -= 1;
        match work.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn a_transaction_whose_beginning_nobody_waited_for_is_in_nobodys_way() {
    for store in stores().await {
        let env = env();
        let only = Settings { connections: 1, ..Settings::default() };
        let narrow = Store::open(&store.url, only).await.unwrap();
        for polls in 1..=8 {
            given_up_after(polls, narrow.read()).await;
            let tenant = Tenant {
                id: env.id(),
                name: format!("after {polls}"),
                default_rate: Rate::Week,
                created_at: after(0),
            };
            let mut tx = narrow.write().await.unwrap();
            tx.add_tenant(&tenant).await.unwrap();
            tx.commit().await.unwrap();

            given_up_after(polls, narrow.write()).await;
            let seen = narrow.read().await.unwrap().tenant(tenant.id).await.unwrap();
            assert_eq!(seen.as_ref(), Some(&tenant), "{}", store.name);
            let elsewhere = store.read().await.unwrap().tenant(tenant.id).await.unwrap();
            assert_eq!(elsewhere, seen, "{}: it was committed", store.name);
        }
    }
}
