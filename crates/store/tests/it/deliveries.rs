//! Deliveries: order, claims, attempts and replay.

use crate::world::{
    after, any_page, delivered, env, event, failed, new_link, page, retried, seeded, start,
};
use domain::{
    env::Env,
    filter::{Condition, Field, IN, IS, Source, parse},
    ids::{DeliveryId, EndpointId, NodeId, TenantId},
    link::Link,
    refresh::Rate,
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use store::{
    Buckets, Tx,
    deliveries::{Claimed, DeliveryState},
    endpoints::Endpoint,
    events::{Announced, Event},
    tenants::Tenant,
    testing::stores,
};

static FIELDS: &[Field] = &[
    Field::id("endpoint", IS, Source::Column("endpoint")),
    Field::id("link", IS, Source::Column("link")),
    Field::text("state", IN, Source::Column("state")),
    Field::instant("created_at", Source::Column("created_at")),
    Field::text("type", IS, Source::Column("type")),
    Field::text("code", IS, Source::Column("code")),
];

fn endpoint(tenant: TenantId, id: EndpointId) -> Endpoint {
    Endpoint {
        id,
        tenant,
        url: "https://example.org".into(),
        authorization_sealed: None,
        secret_sealed: vec![1],
        old_secret_sealed: None,
        old_secret_until: None,
        events: vec![],
        created_at: start(),
        disabled_at: None,
        disabled_reason: None,
        failing_since: None,
    }
}

pub(crate) async fn announce(
    tx: &mut Tx,
    env: &Env,
    link: &Link,
    code: &str,
    to: &[EndpointId],
) -> Event {
    let event = event(env, link, code);
    let to: Vec<(DeliveryId, EndpointId)> =
        to.iter().map(|&endpoint| (env.id_in(link.id.bucket()), endpoint)).collect();
    tx.announce(&[Announced { event: event.clone(), to }]).await.unwrap();
    event
}

pub(crate) async fn claim(tx: &mut Tx, node: NodeId, now: i64) -> Vec<Claimed> {
    let (now, lease) = (after(now), after(now + 30));
    tx.claim_deliveries_across_buckets(node, now, lease, 100, Buckets::ALL, &[]).await.unwrap()
}

fn bodies(claimed: &[Claimed]) -> Vec<&str> {
    claimed.iter().map(|claimed| claimed.body.as_str()).collect()
}

#[tokio::test]
async fn an_event_goes_once_to_each_endpoint_with_its_very_bytes() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let link = new_link(&env, env.id(), 3);
        let ends: [EndpointId; 2] = [env.id(), env.id()];
        let mut tx = store.write().await.unwrap();
        let event = announce(&mut tx, &env, &link, "one", &ends).await;
        assert_eq!(tx.event(link.tenant, event.id).await.unwrap(), Some(event.clone()));
        assert_eq!(tx.event(env.id(), event.id).await.unwrap(), None);
        assert_eq!(
            tx.next_delivery_at_across_buckets(after(0)).await.unwrap(),
            Some(event.created_at)
        );

        let claimed = claim(&mut tx, node, 1).await;
        assert_eq!(bodies(&claimed), [event.body.as_str(); 2], "{}", store.name);
        assert_eq!(claim(&mut tx, node, 1).await, [], "they are leased");
        assert_eq!(tx.next_delivery_at_across_buckets(after(1)).await.unwrap(), Some(after(31)));
        let attempts = [delivered(&claimed[0]), failed(&claimed[1])];
        assert_eq!(tx.record_attempts(&attempts).await.unwrap(), 2);
        assert_eq!(tx.record_attempts(&attempts).await.unwrap(), 0, "the leases are over");
        assert_eq!(tx.next_delivery_at_across_buckets(after(1)).await.unwrap(), None);

        let id = claimed[1].delivery.id;
        let (delivery, tries) = tx.delivery(link.tenant, id).await.unwrap().unwrap();
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Failed, 1));
        assert_eq!((delivery.last_status, delivery.last_error.as_deref()), (None, Some("refused")));
        assert_eq!((tries[0].number, tries[0].at, tries[0].duration_ms), (1, after(2), 12));
        assert_eq!(tx.delivery(env.id(), id).await.unwrap(), None);
        assert_eq!(tx.deliveries_of(link.tenant, event.id).await.unwrap().len(), 2);
        let all = tx.deliveries_across_buckets(link.tenant, &[], any_page()).await.unwrap();
        let of_link = tx.deliveries_of_link(link.tenant, link.id, &[], any_page()).await.unwrap();
        assert_eq!((of_link.count, &of_link), (2, &all), "{}", store.name);
        let stranger = tx.deliveries_of_link(env.id(), link.id, &[], any_page()).await.unwrap();
        assert_eq!(stranger.count, 0);
        let latest = |tenant, limit| (tenant, event.created_at, limit);
        for ((tenant, since, limit), expected) in [
            (
                latest(link.tenant, 9),
                &[(DeliveryState::Delivered, 1), (DeliveryState::Failed, 1)][..],
            ),
            (latest(link.tenant, 0), &[]),
            (latest(env.id(), 9), &[]),
            ((link.tenant, after(3600), 9), &[]),
        ] {
            let counts = tx.latest_deliveries_across_buckets(tenant, since, limit).await.unwrap();
            let counts: Vec<_> = counts.iter().map(|c| (c.hour, c.state, c.count)).collect();
            let expected: Vec<_> = expected.iter().map(|&(state, n)| (0, state, n)).collect();
            assert_eq!(counts, expected, "{}", store.name);
        }
        let counts = tx.deliveries_by_state_across_buckets(None).await.unwrap();
        assert_eq!(counts, [(DeliveryState::Delivered, 1), (DeliveryState::Failed, 1)]);
        assert_eq!(tx.deliveries_by_state_across_buckets(Some(env.id())).await.unwrap(), []);
    }
}

#[tokio::test]
async fn deliveries_of_one_link_to_one_endpoint_keep_their_order() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let link = new_link(&env, env.id(), 3);
        let other = new_link(&env, link.tenant, 3);
        let end: EndpointId = env.id();
        let mut tx = store.write().await.unwrap();
        let first = announce(&mut tx, &env, &link, "first", &[end]).await;
        // Announced in the same instant: the order is that of the announcements.
        let mut second = event(&env, &link, "second");
        second.created_at = first.created_at;
        let third = event(&env, &link, "third");
        let announced = [&second, &third].map(|event| Announced {
            event: event.clone(),
            to: vec![(env.id_in(link.id.bucket()), end)],
        });
        tx.announce(&announced).await.unwrap();
        let elsewhere = announce(&mut tx, &env, &other, "elsewhere", &[end]).await;

        let claimed = claim(&mut tx, node, 1).await;
        assert_eq!(bodies(&claimed), [&first.body, &elsewhere.body], "{}", store.name);
        assert_eq!(claim(&mut tx, node, 2).await, [], "the first is still under way");
        // It failed once: what comes after it need not wait for its next attempt.
        let attempts = [retried(&claimed[0], after(100)), delivered(&claimed[1])];
        tx.record_attempts(&attempts).await.unwrap();
        let next = claim(&mut tx, node, 3).await;
        assert_eq!(bodies(&next), [&second.body]);
        tx.record_attempts(&[delivered(&next[0])]).await.unwrap();
        let next = claim(&mut tx, node, 4).await;
        assert_eq!(bodies(&next), [&third.body]);
        tx.record_attempts(&[delivered(&next[0])]).await.unwrap();
        assert_eq!(tx.next_delivery_at_across_buckets(after(5)).await.unwrap(), Some(after(100)));
        let again = claim(&mut tx, node, 100).await;
        assert_eq!(bodies(&again), [&first.body]);
        assert_eq!(again[0].delivery.attempts, 1);
        assert!(again[0].delivery.fence > claimed[0].delivery.fence);
    }
}

#[tokio::test]
async fn a_dead_senders_delivery_is_sent_by_another_whose_word_counts() {
    for store in stores().await {
        let env = env();
        let [dead, heir]: [NodeId; 2] = [env.id(), env.id()];
        let link = new_link(&env, env.id(), 3);
        let mut tx = store.write().await.unwrap();
        announce(&mut tx, &env, &link, "first", &[env.id()]).await;
        let lost = claim(&mut tx, dead, 1).await;
        assert_eq!(claim(&mut tx, heir, 30).await, []);
        let taken = claim(&mut tx, heir, 31).await;
        assert_eq!(taken.len(), 1, "the lease has ended");
        assert_eq!(tx.record_attempts(&[failed(&lost[0])]).await.unwrap(), 0);
        assert_eq!(tx.record_attempts(&[delivered(&taken[0])]).await.unwrap(), 1);
        let id = taken[0].delivery.id;
        let (delivery, tries) = tx.delivery(link.tenant, id).await.unwrap().unwrap();
        assert_eq!((delivery.state, tries.len()), (DeliveryState::Delivered, 1), "{}", store.name);
    }
}

#[tokio::test]
async fn a_busy_endpoint_is_left_for_later() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let link = new_link(&env, env.id(), 3);
        let [busy, idle]: [EndpointId; 2] = [env.id(), env.id()];
        let mut tx = store.write().await.unwrap();
        announce(&mut tx, &env, &link, "x", &[busy, idle]).await;
        let (now, lease, all) = (after(1), after(30), Buckets::ALL);
        let claimed = tx.claim_deliveries_across_buckets(node, now, lease, 9, all, &[busy]).await;
        let claimed = claimed.unwrap();
        assert_eq!((claimed.len(), claimed[0].delivery.endpoint), (1, idle), "{}", store.name);
        assert_eq!(claim(&mut tx, node, 2).await.len(), 1, "now it has time");
    }
}

#[tokio::test]
async fn deliveries_are_listed_cancelled_replayed_and_pruned() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let link = new_link(&env, env.id(), 3);
        let tenant = link.tenant;
        let [here, there]: [EndpointId; 2] = [env.id(), env.id()];
        let mut tx = store.write().await.unwrap();
        for code in ["a", "b", "c"] {
            announce(&mut tx, &env, &link, code, &[here, there]).await;
        }
        let cancelled = tx.cancel_deliveries_across_buckets(tenant, there, after(1)).await.unwrap();
        assert_eq!(cancelled, 3);
        for now in 1..4 {
            let claimed = claim(&mut tx, node, now).await;
            let attempts: Vec<_> = claimed.iter().map(delivered).collect();
            assert_eq!(tx.record_attempts(&attempts).await.unwrap(), 1);
        }
        let texts = |query: Vec<(&'static str, String)>| {
            parse(FIELDS, query.iter().map(|(key, value)| (*key, value.as_str()))).unwrap()
        };
        for (query, expected) in [
            (vec![], 6),
            (vec![("endpoint", here.to_string())], 3),
            (vec![("endpoint", there.to_string()), ("state", "cancelled".into())], 3),
            (vec![("endpoint", there.to_string()), ("state", "delivered".into())], 0),
            (vec![("code", "b".into())], 2),
            (vec![("code", "b".into()), ("link", link.id.to_string())], 2),
            (vec![("type", "ACCOUNTS".into())], 0),
        ] {
            let conditions = texts(query.clone());
            let listed =
                tx.deliveries_across_buckets(tenant, &conditions, any_page()).await.unwrap();
            assert_eq!(listed.count, expected, "{}: {query:?}", store.name);
            assert_eq!(listed.items.len() as u64, expected);
        }
        let conditions = texts(vec![("endpoint", here.to_string())]);
        let newest = tx.deliveries_across_buckets(tenant, &conditions, page(1, 1)).await.unwrap();
        assert_eq!(
            (newest.items[0].kind.as_str(), newest.items[0].code.as_str()),
            ("TRANSACTIONS", "c")
        );
        let newest = &newest.items[0].delivery;

        assert!(!tx.replay(env.id(), newest.id, after(5)).await.unwrap(), "another tenant's");
        assert!(tx.replay(tenant, newest.id, after(5)).await.unwrap());
        assert!(!tx.replay(tenant, newest.id, after(5)).await.unwrap(), "it is pending");
        let claimed = claim(&mut tx, node, 5).await;
        assert_eq!(claimed[0].delivery.id, newest.id);
        assert_eq!(claimed[0].delivery.attempts, 1, "its attempts are numbered on");
        tx.record_attempts(&[delivered(&claimed[0])]).await.unwrap();
        assert_eq!(tx.delivery(tenant, newest.id).await.unwrap().unwrap().1.len(), 2);

        let tenant_row =
            Tenant { id: tenant, name: "t".into(), default_rate: Rate::Day, created_at: start() };
        tx.add_tenant(&tenant_row).await.unwrap();
        for id in [here, there] {
            tx.add_endpoint(&endpoint(tenant, id)).await.unwrap();
        }
        let what = |endpoint: Option<EndpointId>, states: &str, from: Timestamp| {
            let mut query = vec![("state__in", states.to_owned())];
            query.push(("created_at__gte", from.to_string()));
            query.extend(endpoint.map(|id| ("endpoint", id.to_string())));
            texts(query)
        };
        let missed = what(Some(there), "failed,cancelled", start());
        let arrived = what(Some(here), "delivered", start());
        let count = async |tx: &mut Tx, what: &[Condition]| {
            tx.replayable_across_buckets(tenant, what).await.unwrap()
        };
        let replay = async |tx: &mut Tx, what: &[Condition], limit| {
            tx.replay_across_buckets(tenant, what, limit, after(6)).await.unwrap()
        };
        assert_eq!(tx.replay_across_buckets(env.id(), &missed, 9, after(6)).await.unwrap(), 0);
        assert_eq!(count(&mut tx, &missed).await, 3, "{}", store.name);
        assert_eq!(replay(&mut tx, &missed, 2).await, 2, "so many at a time");
        assert_eq!(count(&mut tx, &missed).await, 1);
        assert_eq!(replay(&mut tx, &missed, 2).await, 1, "the rest");
        assert_eq!(replay(&mut tx, &missed, 2).await, 0, "they are on their way");
        for nothing in
            [what(Some(here), "failed,cancelled", start()), what(Some(here), "delivered", after(9))]
        {
            assert_eq!(replay(&mut tx, &nothing, 9).await, 0, "{}", store.name);
        }
        tx.disable_endpoint(tenant, here, after(6), "gone").await.unwrap();
        assert_eq!((count(&mut tx, &arrived).await, replay(&mut tx, &arrived, 9).await), (0, 0));
        tx.save_endpoint(&endpoint(tenant, here)).await.unwrap();
        let all = what(None, "delivered", start());
        assert_eq!(replay(&mut tx, &all, 9).await, 3);
        let mut order = Vec::new();
        for now in 7..20 {
            let claimed = claim(&mut tx, node, now).await;
            let attempts: Vec<_> = claimed.iter().map(delivered).collect();
            tx.record_attempts(&attempts).await.unwrap();
            order.extend(
                claimed.iter().filter(|c| c.delivery.endpoint == there).map(|c| c.body.clone()),
            );
        }
        let codes: Vec<char> = order.iter().filter_map(|body| body.chars().nth(18)).collect();
        assert_eq!(codes, ['a', 'b', 'c'], "{}: {order:?}", store.name);
    }
}

#[tokio::test]
async fn what_is_replayed_goes_out_as_it_was_announced_after_what_is_pending() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let link = new_link(&env, env.id(), 3);
        let (tenant, end) = (link.tenant, env.id());
        let mut tx = store.write().await.unwrap();
        let tenant_row =
            Tenant { id: tenant, name: "t".into(), default_rate: Rate::Day, created_at: start() };
        tx.add_tenant(&tenant_row).await.unwrap();
        tx.add_endpoint(&endpoint(tenant, end)).await.unwrap();
        let mut sent = Vec::new();
        let mut send_all = async |tx: &mut Tx, from: i64| {
            for now in from..from + 9 {
                let claimed = claim(tx, node, now).await;
                let attempts: Vec<_> = claimed.iter().map(delivered).collect();
                tx.record_attempts(&attempts).await.unwrap();
                sent.extend(claimed.iter().filter_map(|c| c.body.chars().nth(18)));
            }
        };
        // Two bursts, each of which is numbered from one.
        for (code, from) in [(["a", "b"], 1), (["c", "d"], 11)] {
            for code in code {
                announce(&mut tx, &env, &link, code, &[end]).await;
            }
            send_all(&mut tx, from).await;
        }
        announce(&mut tx, &env, &link, "e", &[end]).await;
        let delivered: Vec<Condition> = parse(FIELDS, [("state", "delivered")]).unwrap();
        let replayed = tx.replay_across_buckets(tenant, &delivered, 9, after(21)).await.unwrap();
        assert_eq!(replayed, 4, "{}", store.name);
        announce(&mut tx, &env, &link, "f", &[end]).await;
        send_all(&mut tx, 22).await;
        assert_eq!(sent.iter().collect::<String>(), "abcdeabcdf", "{}", store.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_dispatchers_send_each_delivery_once_and_in_order() {
    for store in stores().await {
        let env = env();
        let tenant = env.id();
        let end: EndpointId = env.id();
        let links: Vec<Link> = (0..12).map(|n| new_link(&env, tenant, n * 300)).collect();
        let mut tx = store.write().await.unwrap();
        for n in 0..4 {
            for link in &links {
                announce(&mut tx, &env, link, &n.to_string(), &[end]).await;
            }
        }
        tx.commit().await.unwrap();
        let mut dispatchers = tokio::task::JoinSet::new();
        for seed in 0..3 {
            let store = store.store.clone();
            dispatchers.spawn(async move {
                let node = seeded(seed).id();
                let mut sent = Vec::new();
                loop {
                    let mut tx = store.write().await.unwrap();
                    let claimed = claim(&mut tx, node, 1).await;
                    tx.commit().await.unwrap();
                    let attempts: Vec<_> = claimed.iter().map(delivered).collect();
                    let mut tx = store.write().await.unwrap();
                    let counted = tx.record_attempts(&attempts).await.unwrap();
                    assert_eq!(counted, claimed.len() as u64);
                    // Before the commit that lets the next one go.
                    sent.extend(claimed.into_iter().map(|c| (c.delivery.link, c.body)));
                    let rest = tx.next_delivery_at_across_buckets(after(1)).await.unwrap();
                    tx.commit().await.unwrap();
                    if rest.is_none() {
                        return sent;
                    }
                }
            });
        }
        let sent = dispatchers.join_all().await;
        for sent in &sent {
            let mut last: BTreeMap<_, &str> = BTreeMap::new();
            for (link, body) in sent {
                let before = last.insert(*link, body).unwrap_or_default();
                assert!(before < body.as_str(), "{}: in order", store.name);
            }
        }
        let mut all: Vec<_> = sent.into_iter().flatten().collect();
        assert_eq!(all.len(), 48, "{}", store.name);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 48, "none twice");
    }
}
