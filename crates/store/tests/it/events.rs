//! Events: what has been announced, and how long it is kept.

use crate::{
    deliveries::{announce, claim},
    world::{after, any_page, delivered, env, event, new_link, page},
};
use domain::ids::{EndpointId, TenantId};
use store::{events::Announced, testing::stores};

#[tokio::test]
async fn what_a_request_has_announced_is_known() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let mut tx = store.write().await.unwrap();
        let mut said = event(&env, &link, "historical_update");
        let request = env.id();
        said.request = Some(request);
        tx.announce(&[Announced { event: said, to: vec![] }]).await.unwrap();
        let cases = [
            (link.id, "TRANSACTIONS", "historical_update", request, 1),
            (link.id, "TRANSACTIONS", "historical_update", env.id(), 0),
            (link.id, "TRANSACTIONS", "new_transactions_available", request, 0),
            (link.id, "OWNERS", "historical_update", request, 0),
            (env.id_in(link.id.bucket()), "TRANSACTIONS", "historical_update", request, 0),
        ];
        for (link, of, code, request, known) in cases {
            let times = tx.times_announced(link, of, code, request).await.unwrap();
            assert_eq!(times, known, "{}: {of} {code}", store.name);
        }
    }
}

#[tokio::test]
async fn what_nothing_is_pending_of_is_pruned() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let link = new_link(&env, env.id(), 3);
        let (tenant, here): (TenantId, EndpointId) = (link.tenant, env.id());
        let mut tx = store.write().await.unwrap();
        for (code, now) in [("a", 1), ("b", 2), ("c", 3)] {
            announce(&mut tx, &env, &link, code, &[here]).await;
            let claimed = claim(&mut tx, node, now).await;
            let attempts: Vec<_> = claimed.iter().map(delivered).collect();
            assert_eq!(tx.record_attempts(&attempts).await.unwrap(), 1);
        }
        let events = tx.events_across_buckets(tenant, page(1, 2)).await.unwrap();
        assert_eq!((events.count, events.items.len(), events.items[0].code.as_str()), (3, 2, "c"));
        announce(&mut tx, &env, &link, "pending", &[here]).await;
        assert_eq!(tx.prune_events_across_buckets(after(99), 2).await.unwrap(), 2);
        assert_eq!(tx.prune_events_across_buckets(after(99), 9).await.unwrap(), 1);
        assert_eq!(tx.prune_events_across_buckets(after(99), 9).await.unwrap(), 0);
        assert_eq!(tx.events_across_buckets(tenant, any_page()).await.unwrap().count, 1);
        let left = tx.deliveries_across_buckets(tenant, &[], any_page()).await.unwrap();
        assert_eq!(left.count, 1);
    }
}
