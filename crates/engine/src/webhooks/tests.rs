//! The whole way of a webhook, against real receivers and both databases, on a clock of our own.

use super::{
    Notice, Webhooks,
    deliveries::{DeliveryState, Replay, Replayed, link_of},
    endpoints::{Change, Endpoint, NewEndpoint},
    guard::Reach,
    receiver::{Received, Receiver, Reply},
    sender::Sender,
};
use crate::{Actor, Caller, Error, clock::VirtualClock, metrics::Metrics};
use DeliveryState::{Cancelled, Delivered, Failed};
use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    access::{AccessMode, StaleIn},
    env::{Clock as _, Env},
    filter::{Field, IS, Page, Source, parse},
    ids::{Bucket, EndpointId, LinkId},
    link::{Link, Status},
    refresh::Rate,
    webhook::{Announcement, MOST_ENDPOINTS, ProcessType, TIME_LIMIT},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use store::{
    Store,
    tenants::Tenant,
    testing::{TestStore, stores},
};
use tokio_util::sync::CancellationToken;
use vault::{KeyRing, Vault};

const FIRST: Page = Page { number: 1, size: 1000 };
const HOUR: SignedDuration = SignedDuration::from_hours(1);

static FILTERS: &[Field] = &[
    Field::id("link", IS, Source::Column("link")),
    Field::text("webhook_code", IS, Source::Column("code")),
    Field::text("state", IS, Source::Column("state")),
];

/// One installation with one tenant.
struct World {
    webhooks: Webhooks,
    clock: VirtualClock,
    wall: VirtualClock,
    env: Env,
    vault: Arc<Vault>,
    store: TestStore,
    caller: Caller,
}

impl World {
    async fn on(store: TestStore, reach: Reach) -> Self {
        let clock = VirtualClock::stopped("2026-01-31T10:00:00Z".parse().unwrap());
        // Receivers live in another time than an engine whose clock was advanced.
        let wall = VirtualClock::stopped("2025-06-01T12:00:00Z".parse().unwrap());
        let env = Env::new(Arc::new(clock.clone()), [7; 32]);
        let vault = Arc::new(Vault::new(&KeyRing::generate().unwrap()).unwrap());
        let caller =
            Caller { tenant: env.id(), by: Actor::Key(env.id()), request: env.id(), token: None };
        let tenant = Tenant {
            id: caller.tenant,
            name: "test".into(),
            default_rate: Rate::Week,
            created_at: env.now(),
        };
        let mut tx = store.write().await.unwrap();
        tx.add_tenant(&tenant).await.unwrap();
        tx.commit().await.unwrap();
        let webhooks = process(&env, &store, &vault, &wall, reach);
        Self { webhooks, clock, wall, env, vault, store, caller }
    }
    /// Another process on the same database.
    fn another_process(&self) -> Webhooks {
        process(&self.env, &self.store, &self.vault, &self.wall, Reach::Anywhere)
    }
    fn link(&self) -> Link {
        let now = self.env.now();
        let bucket = u16::try_from(self.env.chance_u64() % 4096).unwrap();
        let id: LinkId = self.env.id_in(Bucket::of(bucket));
        Link {
            id,
            tenant: self.caller.tenant,
            institution: "erebor_mx_retail".into(),
            access_mode: AccessMode::Recurrent,
            status: Status::Valid,
            external_id: Some("customer-8841".into()),
            institution_user_id: None,
            refresh_rate: None,
            schedule: None,
            credentials_storage: domain::access::CredentialsStorage::Store,
            stale_in: StaleIn::DEFAULT,
            fetch_resources: vec![],
            created_by: self.caller.key().expect("a key"),
            created_at: now,
            last_accessed_at: None,
            updated_at: now,
            refreshed_at: None,
            refused: 0,
            credentials_version: 1,
            credentials_since: Some(now),
        }
    }
    async fn has_endpoint(&self, url: String) -> (Endpoint, SecretString) {
        let wanted = NewEndpoint { url, authorization: None, events: vec![] };
        self.webhooks.add_endpoint(&self.caller, wanted).await.unwrap()
    }
    async fn announces(&self, link: &Link, what: Announcement) {
        let mut tx = self.store.write().await.unwrap();
        let (because, request) = (ProcessType::RecurrentUpdate, self.caller.request);
        let notice = Notice { link, because, request, what };
        self.webhooks.announce(&mut tx, [notice]).await.unwrap();
        tx.commit().await.unwrap();
        self.webhooks.wake();
    }
    async fn something_happens(&self) -> Link {
        let link = self.link();
        self.announces(&link, Announcement::invalid_credentials("No.")).await;
        link
    }
    async fn delivers(&self) -> usize {
        self.webhooks.deliver_until_quiet().await.unwrap()
    }
    async fn next_due(&self) -> Option<Timestamp> {
        let mut tx = self.store.read().await.unwrap();
        tx.next_delivery_at_across_buckets(self.clock_now()).await.unwrap()
    }
    fn clock_now(&self) -> Timestamp {
        self.env.now()
    }
    /// The states of all deliveries, sorted: ids of the same instant are in no order.
    async fn states(&self) -> Vec<DeliveryState> {
        self.states_of(|_| true).await
    }
    async fn states_of(&self, counts: impl Fn(EndpointId) -> bool) -> Vec<DeliveryState> {
        let tenant = self.caller.tenant;
        let listed = self.webhooks.deliveries(tenant, &[], FIRST).await.unwrap();
        let some = listed.items.into_iter().filter(|item| counts(item.delivery.endpoint));
        let mut states: Vec<_> = some.map(|item| item.delivery.state).collect();
        states.sort_unstable();
        states
    }
    async fn endpoint(&self, endpoint: &Endpoint) -> Endpoint {
        self.webhooks.endpoint(self.caller.tenant, endpoint.id).await.unwrap()
    }
}

fn process(
    env: &Env,
    store: &Store,
    vault: &Arc<Vault>,
    wall: &VirtualClock,
    reach: Reach,
) -> Webhooks {
    let sender = Sender::new(reach, Arc::new(wall.clone())).unwrap();
    Webhooks::new(env.clone(), store.clone(), vault.clone(), env.id(), sender, Metrics::default())
}

async fn worlds() -> [World; 2] {
    let [sqlite, postgres] = stores().await;
    [World::on(sqlite, Reach::Anywhere).await, World::on(postgres, Reach::Anywhere).await]
}

/// As the Standard Webhooks libraries do it: does any signature of the header fit the secret?
fn is_signed(got: &Received, secret: &SecretString) -> bool {
    let key = secret.expose_secret().strip_prefix("whsec_").unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(key).unwrap());
    let content = [
        got.header("webhook-id").as_bytes(),
        b".",
        got.header("webhook-timestamp").as_bytes(),
        b".",
        &got.body,
    ]
    .concat();
    got.header("webhook-signature").split(' ').any(|signature| {
        let signature = STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
        hmac::verify(&key, &content, &signature).is_ok()
    })
}

#[tokio::test]
async fn an_event_reaches_an_endpoint_signed_and_with_its_authorization() {
    for world in worlds().await {
        let receiver = Receiver::new().await;
        let wanted = NewEndpoint {
            url: receiver.url(),
            authorization: Some("Bearer abc".into()),
            events: vec![],
        };
        let (endpoint, secret) = world.webhooks.add_endpoint(&world.caller, wanted).await.unwrap();
        assert_eq!((endpoint.events, endpoint.has_authorization), (vec!["*".to_owned()], true));
        let link = world.something_happens().await;

        assert_eq!(world.delivers().await, 1, "{}", world.store.name);
        let [got] = &receiver.received()[..] else { panic!("one request") };
        let body = got.json();
        assert_eq!(body["webhook_id"], got.id());
        assert_eq!(body["webhook_type"], "LINK");
        assert_eq!(body["webhook_code"], "invalid_credentials");
        assert_eq!(body["process_type"], "recurrent_update");
        assert_eq!(body["link_id"], link.id.to_string());
        assert_eq!(body["request_id"], world.caller.request.hex());
        assert_eq!(body["external_id"], "customer-8841");
        assert_eq!(got.header("authorization"), "Bearer abc");
        assert_eq!(got.header("webhook-timestamp"), "1748779200", "the receivers' time");
        assert!(is_signed(got, &secret));
        assert!(!is_signed(got, &vault::new_webhook_secret().unwrap()));

        let listed = world.webhooks.deliveries(world.caller.tenant, &[], FIRST).await.unwrap();
        let [delivery] = &listed.items[..] else { panic!("one delivery") };
        let id = delivery.delivery.id;
        let story = world.webhooks.delivery(world.caller.tenant, id).await.unwrap();
        assert_eq!(story.delivery.delivery.state, DeliveryState::Delivered);
        assert_eq!(link_of(&story.delivery.delivery), Some(link.id));
        assert_eq!((story.attempts.len(), story.attempts[0].status), (1, Some(200)));
        assert_eq!(story.attempts[0].error, None);
        assert_eq!(story.body.as_bytes(), got.body);
        assert_eq!(world.delivers().await, 0, "nothing is sent twice");
    }
}

#[tokio::test]
async fn an_event_that_nobody_wants_is_kept_and_goes_nowhere() {
    for world in worlds().await {
        let receiver = Receiver::new().await;
        let wanted = NewEndpoint {
            url: receiver.url(),
            authorization: None,
            events: vec!["ACCOUNTS".into(), "LINK/token_required".into()],
        };
        world.webhooks.add_endpoint(&world.caller, wanted).await.unwrap();
        let link = world.something_happens().await;
        assert_eq!(world.delivers().await, 0);
        let mut tx = world.store.read().await.unwrap();
        let events = tx.events_across_buckets(world.caller.tenant, FIRST).await.unwrap();
        assert_eq!((events.count, events.items[0].link), (1, link.id));
        drop(tx);
        world.announces(&link, Announcement::token_required("A token.")).await;
        assert_eq!(world.delivers().await, 1);
        assert_eq!(receiver.received()[0].json()["webhook_code"], "token_required");
    }
}

#[tokio::test]
async fn a_rotated_secret_signs_beside_the_old_one_for_a_day() {
    for world in worlds().await {
        let receiver = Receiver::new().await;
        let (endpoint, old) = world.has_endpoint(receiver.url()).await;
        world.something_happens().await;
        world.delivers().await;
        let (rotated, new) =
            world.webhooks.rotate_secret(&world.caller, endpoint.id).await.unwrap();
        assert!(rotated.old_secret_until.is_some());
        assert_ne!(new.expose_secret(), old.expose_secret());
        world.something_happens().await;
        world.delivers().await;
        world.clock.advance(HOUR * 24);
        world.something_happens().await;
        world.delivers().await;

        let by = |got: &Received| (is_signed(got, &old), is_signed(got, &new));
        let signed: Vec<_> = receiver.received().iter().map(by).collect();
        assert_eq!(signed, [(true, false), (true, true), (false, true)]);
        assert_eq!(world.endpoint(&endpoint).await.old_secret_until, None);
    }
}

#[tokio::test]
async fn a_delivery_is_tried_ten_times_over_three_days_and_then_given_up() {
    for world in worlds().await {
        let receiver = Receiver::answering(|_, _| Reply::Status(500)).await;
        let (endpoint, _) = world.has_endpoint(receiver.url()).await;
        world.something_happens().await;
        let begun = world.clock_now();
        assert_eq!(world.delivers().await, 1);
        while let Some(next) = world.next_due().await {
            assert!(next > world.clock_now());
            assert_eq!(world.delivers().await, 0, "nothing before its time");
            world.clock.advance_to(next);
            assert_eq!(world.delivers().await, 1);
        }
        let days = world.clock_now().duration_since(begun).as_hours();
        assert!((60..84).contains(&days), "{days} hours");
        let posts = receiver.received();
        assert_eq!(posts.len(), 10);
        assert!(posts.iter().all(|got| got.id() == posts[0].id()), "one id");
        assert!(posts.iter().all(|got| got.body == posts[0].body), "one body");
        assert_eq!(world.states().await, [DeliveryState::Failed]);
        let endpoint = world.endpoint(&endpoint).await;
        assert_eq!((endpoint.disabled, endpoint.failing_since), (None, Some(begun)));
    }
}

#[tokio::test]
async fn a_failing_endpoint_is_well_again_with_its_first_success() {
    for world in worlds().await {
        let receiver =
            Receiver::answering(|n, _| Reply::Status(if n == 0 { 302 } else { 204 })).await;
        let (endpoint, _) = world.has_endpoint(receiver.url()).await;
        world.something_happens().await;
        world.delivers().await;
        assert!(world.endpoint(&endpoint).await.failing_since.is_some(), "a redirect is a failure");
        world.clock.advance_to(world.next_due().await.unwrap());
        world.delivers().await;
        assert_eq!(world.endpoint(&endpoint).await.failing_since, None);
        assert_eq!(world.states().await, [DeliveryState::Delivered]);
    }
}

#[tokio::test]
async fn a_receiver_is_left_alone_for_as_long_as_it_asks() {
    for world in worlds().await {
        let receiver = Receiver::answering(|n, _| {
            if n > 0 {
                return Reply::Status(200);
            }
            Reply::Raw(
                "HTTP/1.1 429 X\r\nretry-after: 7200\r\ncontent-length: 3\r\n\r\na\0b".into(),
            )
        })
        .await;
        world.has_endpoint(receiver.url()).await;
        world.something_happens().await;
        world.delivers().await;
        let next = world.next_due().await.unwrap();
        let waits = next.duration_since(world.clock_now());
        assert!((HOUR * 2..HOUR * 3).contains(&waits), "{waits}");
        world.clock.advance_to(next);
        assert_eq!(world.delivers().await, 1);
        assert_eq!(world.states().await, [DeliveryState::Delivered]);
    }
}

#[tokio::test]
async fn who_answers_410_gets_nothing_more_and_the_others_are_told() {
    for world in worlds().await {
        let gone = Receiver::answering(|_, _| Reply::Status(410)).await;
        let other = Receiver::new().await;
        let (endpoint, _) = world.has_endpoint(gone.url()).await;
        let link = world.link();
        for _ in 0..3 {
            world.announces(&link, Announcement::invalid_credentials("No.")).await;
        }
        world.has_endpoint(other.url()).await;
        world.delivers().await;
        assert_eq!(gone.received().len(), 1);
        let [told] = &other.received()[..] else { panic!("one event") };
        let body = told.json();
        assert_eq!(
            (&body["webhook_type"], &body["webhook_code"]),
            (&"ENDPOINT".into(), &"endpoint_disabled".into())
        );
        assert_eq!(body["data"]["endpoint"], endpoint.id.to_string());
        assert_eq!(body["link_id"], serde_json::Value::Null);
        assert_eq!(world.states_of(|id| id == endpoint.id).await, [Failed, Cancelled, Cancelled]);
        let disabled = world.endpoint(&endpoint).await;
        assert_eq!(disabled.disabled.unwrap().1, "It answered 410 Gone.");

        // Nothing can be replayed to it until it is enabled again; then all of it can.
        let replay = Replay {
            endpoint: Some(endpoint.id),
            link: None,
            kind: None,
            code: None,
            from: link.created_at,
            to: world.clock_now() + HOUR,
            states: Replay::MISSED.into(),
        };
        let count = async || world.webhooks.replayable(world.caller.tenant, &replay).await.unwrap();
        assert_eq!(count().await, 0, "while it is disabled");
        let refused = world.webhooks.replay_deliveries(&world.caller, &replay).await;
        assert!(matches!(refused, Err(Error::Fields(_))), "{refused:?}");
        world.something_happens().await;
        world.delivers().await;
        assert_eq!(gone.received().len(), 1, "nothing is announced to it");

        gone.now_answers(|_, _| Reply::Status(200));
        let enable = Change { enabled: Some(true), ..Change::default() };
        let enabled =
            world.webhooks.change_endpoint(&world.caller, endpoint.id, enable).await.unwrap();
        assert_eq!((enabled.disabled, enabled.failing_since), (None, None));
        assert_eq!(count().await, 3);
        let replayed = async || world.webhooks.replay_deliveries(&world.caller, &replay).await;
        assert_eq!(replayed().await.unwrap(), Replayed { count: 3, left: 0 });
        assert_eq!(replayed().await.unwrap().count, 0, "a second click sends nothing twice");
        assert_eq!(world.delivers().await, 3);
        assert_eq!(world.states_of(|id| id == endpoint.id).await, [Delivered; 3]);

        let mut tx = world.store.read().await.unwrap();
        let audit = tx.audit_log(world.caller.tenant, FIRST).await.unwrap();
        let mut actions: Vec<_> = audit.items.iter().map(|line| line.action.as_str()).collect();
        actions.sort_unstable();
        assert_eq!(
            actions,
            [
                "add_endpoint",
                "add_endpoint",
                "change_endpoint",
                "disable_endpoint",
                "replay_deliveries",
                "replay_deliveries"
            ]
        );
    }
}

#[tokio::test]
async fn five_days_of_nothing_but_failure_disable_an_endpoint() {
    for world in worlds().await {
        let dead = Receiver::answering(|_, _| Reply::Close).await;
        let (endpoint, _) = world.has_endpoint(dead.url()).await;
        for day in 0..6 {
            assert_eq!(world.endpoint(&endpoint).await.disabled, None, "day {day}");
            world.something_happens().await;
            world.delivers().await;
            world.clock.advance(HOUR * 24);
        }
        let (_, reason) = world.endpoint(&endpoint).await.disabled.unwrap();
        assert_eq!(reason, "Everything sent to it for five days has failed.");
        assert!(!world.states().await.contains(&DeliveryState::Pending));
        assert_eq!(world.next_due().await, None);
    }
}

#[tokio::test]
async fn what_a_killed_process_had_is_sent_again_under_the_same_id() {
    for world in worlds().await {
        let receiver = Receiver::new().await;
        world.has_endpoint(receiver.url()).await;
        world.something_happens().await;

        let killed = world.another_process();
        let mut tx = world.store.write().await.unwrap();
        let mut parcels = killed.claim(&mut tx, 10, &[]).await.unwrap();
        tx.commit().await.unwrap();
        let parcel = parcels.pop().unwrap();
        let posted = parcel.post(killed.sender.clone(), world.clock_now(), TIME_LIMIT).await;
        // … and here it dies, or hangs for half a minute.
        assert_eq!(world.delivers().await, 0, "under a lease");
        world.clock.advance(SignedDuration::from_secs(21));
        assert_eq!(world.delivers().await, 1);
        let posts = receiver.received();
        assert_eq!(posts.len(), 2);
        assert_eq!((posts[0].id(), &posts[0].body), (posts[1].id(), &posts[1].body));

        // Should it wake, its record comes too late to change anything.
        let mut tx = world.store.write().await.unwrap();
        killed.record(&mut tx, &[posted]).await.unwrap();
        tx.commit().await.unwrap();
        let listed = world.webhooks.deliveries(world.caller.tenant, &[], FIRST).await.unwrap();
        let id = listed.items[0].delivery.id;
        let story = world.webhooks.delivery(world.caller.tenant, id).await.unwrap();
        assert_eq!(story.attempts.len(), 1);
    }
}

#[tokio::test]
async fn events_of_a_link_come_in_order_in_the_background_too() {
    for world in worlds().await {
        let receiver = Receiver::new().await;
        world.has_endpoint(receiver.url()).await;
        let links: Vec<Link> = (0..20).map(|_| world.link()).collect();
        for n in 0..5 {
            for link in &links {
                world.announces(link, Announcement::invalid_credentials(&n.to_string())).await;
            }
        }
        let stop = CancellationToken::new();
        tokio::join!(world.webhooks.dispatch(stop.clone()), async {
            receiver.has(100).await;
            stop.cancel();
        });
        for link in &links {
            let of = |got: &Received| {
                let body = got.json();
                (body["link_id"] == link.id.to_string())
                    .then(|| body["data"]["error_message"].clone())
            };
            let order: Vec<_> = receiver.received().iter().filter_map(of).collect();
            assert_eq!(order, ["0", "1", "2", "3", "4"], "{}", world.store.name);
        }
        assert_eq!(receiver.received().len(), 100);
        assert!(world.states().await.iter().all(|state| *state == DeliveryState::Delivered));
    }
}

#[tokio::test]
async fn a_receiver_that_hangs_does_not_hold_up_the_others() {
    for world in worlds().await {
        let slow = Receiver::answering(|_, _| Reply::Silence).await;
        let quick = Receiver::new().await;
        let (hanging, _) = world.has_endpoint(slow.url()).await;
        for _ in 0..100 {
            world.something_happens().await;
        }
        world.has_endpoint(quick.url()).await;
        for _ in 0..20 {
            world.something_happens().await;
        }
        let stop = CancellationToken::new();
        tokio::join!(world.webhooks.dispatch(stop.clone()), async {
            quick.has(20).await;
            assert!(slow.received().len() <= 64, "{}", slow.received().len());
            stop.cancel();
            world.wall.advance(TIME_LIMIT);
        });
        assert!(world.endpoint(&hanging).await.failing_since.is_some());
    }
}

#[tokio::test]
async fn a_receiver_that_hangs_costs_an_advance_less_and_less_until_it_answers() {
    for world in worlds().await {
        let slow = Receiver::answering(|_, _| Reply::Silence).await;
        world.has_endpoint(slow.url()).await;
        world.something_happens().await;
        let mut waited = Vec::new();
        let mut hangs = async |count: usize| {
            let posted = async {
                slow.has(count).await;
                let limit = world.wall.next_deadline().unwrap();
                waited.push(limit.duration_since(world.wall.now()).as_millis());
                world.wall.advance_to(limit);
            };
            assert_eq!(tokio::join!(world.delivers(), posted).0, 1);
            world.clock.advance_to(world.next_due().await.unwrap());
        };
        let held = world.webhooks.hold().await;
        for count in 1..=8 {
            hangs(count).await;
        }
        slow.now_answers(|_, _| Reply::Status(500));
        assert_eq!(world.delivers().await, 1);
        world.clock.advance_to(world.next_due().await.unwrap());
        slow.now_answers(|_, _| Reply::Silence);
        world.something_happens().await;
        // The second delivery has its first attempt now, beside the last one of the first.
        let last = async {
            for count in [10, 11] {
                slow.has(count).await;
                world.wall.advance_to(world.wall.next_deadline().unwrap());
            }
        };
        assert_eq!(tokio::join!(world.delivers(), last).0, 2);
        drop(held);
        drop(world.webhooks.hold().await);
        world.clock.advance_to(world.next_due().await.unwrap());
        hangs(12).await;
        assert_eq!(waited, [5000, 2500, 1250, 625, 312, 156, 78, 39, 5000]);
        let listed = world.webhooks.deliveries(world.caller.tenant, &[], FIRST).await.unwrap();
        let [.., first] = &listed.items[..] else { panic!("two deliveries") };
        assert_eq!(first.delivery.attempts, 10, "each is an attempt");
    }
}

#[tokio::test]
async fn nothing_is_begun_while_somebody_holds_the_clock() {
    for world in worlds().await {
        let receiver = Receiver::new().await;
        world.has_endpoint(receiver.url()).await;
        let held = world.webhooks.hold().await;
        world.something_happens().await;
        let stop = CancellationToken::new();
        tokio::join!(world.webhooks.dispatch(stop.clone()), async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            assert_eq!(receiver.received(), []);
            assert_eq!(world.delivers().await, 1, "but whoever holds it can");
            stop.cancel();
            drop(held);
        });
    }
}

#[tokio::test]
async fn a_delivery_can_be_replayed_and_then_has_all_its_tries_again() {
    for world in worlds().await {
        let receiver = Receiver::new().await;
        world.has_endpoint(receiver.url()).await;
        world.something_happens().await;
        world.delivers().await;
        let listed = world.webhooks.deliveries(world.caller.tenant, &[], FIRST).await.unwrap();
        let id = listed.items[0].delivery.id;
        receiver.now_answers(|_, _| Reply::Status(503));
        let story = world.webhooks.replay_delivery(&world.caller, id).await.unwrap();
        assert_eq!(story.delivery.delivery.state, DeliveryState::Pending);
        world.delivers().await;
        while let Some(next) = world.next_due().await {
            world.clock.advance_to(next);
            world.delivers().await;
        }
        let story = world.webhooks.delivery(world.caller.tenant, id).await.unwrap();
        assert_eq!(story.attempts.len(), 11, "{}", world.store.name);
        let numbers: Vec<_> = story.attempts.iter().map(|attempt| attempt.number).collect();
        assert_eq!(numbers, (1..=11).collect::<Vec<_>>());
        assert_eq!(story.attempts[1].error.as_deref(), Some("ok"), "what it said");
        let nobody = Caller { tenant: world.env.id(), ..world.caller };
        let refused = world.webhooks.replay_delivery(&nobody, id).await;
        assert!(matches!(refused, Err(Error::NoSuch("delivery"))));
    }
}

#[tokio::test]
async fn a_test_event_goes_to_one_endpoint_whatever_it_has_subscribed_to() {
    for world in worlds().await {
        let (tested, other) = (Receiver::new().await, Receiver::new().await);
        world.has_endpoint(other.url()).await;
        let wanted =
            NewEndpoint { url: tested.url(), authorization: None, events: vec!["BILLS".into()] };
        let (endpoint, _) = world.webhooks.add_endpoint(&world.caller, wanted).await.unwrap();
        let id = world.webhooks.test_endpoint(&world.caller, endpoint.id).await.unwrap();
        assert_eq!(world.delivers().await, 1);
        assert_eq!(other.received(), []);
        let body = tested.received()[0].json();
        assert_eq!(
            (&body["webhook_type"], &body["webhook_code"]),
            (&"ENDPOINT".into(), &"test".into())
        );
        let story = world.webhooks.delivery(world.caller.tenant, id).await.unwrap();
        assert_eq!(link_of(&story.delivery.delivery), None);
    }
}

#[tokio::test]
async fn deliveries_are_found_by_link_code_and_state() {
    for world in worlds().await {
        let receiver =
            Receiver::answering(|n, _| Reply::Status(if n == 0 { 200 } else { 500 })).await;
        world.has_endpoint(receiver.url()).await;
        let first = world.something_happens().await;
        world.delivers().await;
        world.announces(&first, Announcement::token_required("A token.")).await;
        world.something_happens().await;
        world.delivers().await;
        let found = async |query: &[(&str, &str)]| {
            let conditions = parse(FILTERS, query.iter().copied()).unwrap();
            let listed =
                world.webhooks.deliveries(world.caller.tenant, &conditions, FIRST).await.unwrap();
            assert_eq!(listed.count, listed.items.len() as u64);
            listed.items.into_iter().map(|item| item.code).collect::<Vec<_>>()
        };
        let link = first.id.to_string();
        assert_eq!(found(&[]).await.len(), 3);
        assert_eq!(found(&[("link", &link)]).await, ["token_required", "invalid_credentials"]);
        assert_eq!(
            found(&[("link", &link), ("state", "delivered")]).await,
            ["invalid_credentials"]
        );
        assert_eq!(found(&[("webhook_code", "token_required")]).await, ["token_required"]);
        assert_eq!(found(&[("state", "cancelled")]).await, [] as [&str; 0]);
        let nobody = world.webhooks.deliveries(world.env.id(), &[], FIRST).await.unwrap();
        assert_eq!(nobody.count, 0);
    }
}

#[tokio::test]
async fn what_makes_no_endpoint_is_refused_key_by_key() {
    for store in stores().await {
        let world = World::on(store, Reach::Public).await;
        let add = async |url: &str, authorization: Option<&str>, events: &[&str]| {
            let wanted = NewEndpoint {
                url: url.into(),
                authorization: authorization.map(Into::into),
                events: events.iter().map(|event| (*event).into()).collect(),
            };
            match world.webhooks.add_endpoint(&world.caller, wanted).await {
                Ok(_) => vec![],
                Err(Error::Fields(problems)) => problems.iter().filter_map(|p| p.field).collect(),
                Err(other) => panic!("{other}"),
            }
        };
        assert_eq!(add("https://example.com/", None, &[]).await, [] as [&str; 0]);
        assert_eq!(
            add("http://127.0.0.1/", Some(" x"), &["NOPE"]).await,
            ["url", "events", "authorization"]
        );
        for bad in ["x\r\ny: z", "", "ñ", &"x".repeat(5000)] {
            assert_eq!(
                add("https://example.com/", Some(bad), &[]).await,
                ["authorization"],
                "{bad:?}"
            );
        }
        for _ in 1..MOST_ENDPOINTS {
            assert_eq!(add("https://example.com/", None, &["LINK"]).await, [] as [&str; 0]);
        }
        assert_eq!(add("https://example.com/", None, &[]).await, ["url"], "one too many");
        let tenant = world.caller.tenant;
        let page = Page { number: 3, size: 20 };
        let listed = world.webhooks.endpoints(tenant, page).await.unwrap();
        assert_eq!((listed.count, listed.items.len()), (50, 10));
        let beyond = world.webhooks.endpoints(tenant, Page { number: 4, ..page }).await;
        assert!(matches!(beyond, Err(Error::NoSuch("page"))));
    }
}

#[tokio::test]
async fn a_deleted_endpoint_gets_nothing_and_another_tenants_is_not_there() {
    for world in worlds().await {
        let receiver = Receiver::new().await;
        let (endpoint, _) = world.has_endpoint(receiver.url()).await;
        world.something_happens().await;
        let nobody = Caller { tenant: world.env.id(), ..world.caller };
        let webhooks = &world.webhooks;
        assert!(matches!(
            webhooks.delete_endpoint(&nobody, endpoint.id).await,
            Err(Error::NoSuch(_))
        ));
        assert!(matches!(
            webhooks.endpoint(nobody.tenant, endpoint.id).await,
            Err(Error::NoSuch(_))
        ));
        assert!(matches!(
            webhooks.test_endpoint(&nobody, endpoint.id).await,
            Err(Error::NoSuch(_))
        ));
        webhooks.delete_endpoint(&world.caller, endpoint.id).await.unwrap();
        assert_eq!(world.delivers().await, 0);
        assert_eq!(receiver.received(), []);
        assert_eq!(world.states().await, [DeliveryState::Cancelled]);
        let again = webhooks.delete_endpoint(&world.caller, endpoint.id).await;
        assert!(matches!(again, Err(Error::NoSuch("endpoint"))));
    }
}

#[tokio::test]
async fn secrets_are_kept_sealed_and_never_shown_again() {
    for world in worlds().await {
        let wanted = NewEndpoint {
            url: "http://localhost:9/".into(),
            authorization: Some("Bearer canary".into()),
            events: vec![],
        };
        let (endpoint, secret) = world.webhooks.add_endpoint(&world.caller, wanted).await.unwrap();
        let tenant = world.caller.tenant;
        let stored = world.store.read().await.unwrap().endpoint(tenant, endpoint.id).await.unwrap();
        let stored = stored.unwrap();
        let key = STANDARD.decode(secret.expose_secret().strip_prefix("whsec_").unwrap()).unwrap();
        let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|some| some == part);
        assert!(!has(&stored.secret_sealed, &key) && !has(&stored.secret_sealed, b"whsec_"));
        assert!(!has(stored.authorization_sealed.as_ref().unwrap(), b"canary"));
        assert!(!format!("{endpoint:?} {stored:?}").contains("canary"));
    }
}
