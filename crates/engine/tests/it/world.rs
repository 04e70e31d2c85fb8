//! A world to try the engine in: a database, a clock that stands, a bank that does what it is told.

use crate::bank::{BANK, Bank};
use connect::{
    statement_files::StatementFiles,
    talk::{Connector, Failure},
};
use domain::{
    access::AccessMode,
    env::{Clock as _, Env},
    filter::{Page, Projection},
    ids::{KeyId, LinkId, RecordId, TenantId},
    link::{Link, Status},
    resource,
    time::Window,
};
use engine::{
    Actor, Caller, Challenged, Engine, Error, Parts, Settings,
    changes::{Cursor, Entry},
    clock::{SystemClock, VirtualClock},
    links::Registration,
    retrieval::{Retrieval, Retrieved},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};
use store::{Store, events::Event, testing::TestStore};
use tokio::runtime::Runtime;
use vault::{KeyRing, Vault};
use zeroize::Zeroizing;

/// When every story begins.
pub(crate) const START: &str = "2026-01-14T09:00:00Z";

/// Everything that a story is about.
pub(crate) struct World {
    pub(crate) place: TestStore,
    pub(crate) clock: VirtualClock,
    pub(crate) env: Env,
    pub(crate) bank: Arc<Bank>,
    pub(crate) engine: Engine,
    pub(crate) tenant: TenantId,
    key: KeyId,
    ring: KeyRing,
    settings: Settings,
}

impl World {
    /// With a clock that stands, and nothing in the background: things happen when they are
    /// waited for, or when the clock is moved.
    pub(crate) async fn stopped(place: TestStore) -> Self {
        let start = START.parse().expect("an instant");
        Self::new(place, VirtualClock::stopped(start), Settings::default(), 7).await
    }

    /// With a clock that runs, from the same start.
    pub(crate) async fn running(place: TestStore) -> Self {
        let start: Timestamp = START.parse().expect("an instant");
        let ahead = start.duration_since(SystemClock::new().now());
        Self::new(place, VirtualClock::running(ahead), Settings::default(), 7).await
    }

    /// With a clock that stands, and institutions that have room for two sessions each.
    pub(crate) async fn narrow(place: TestStore) -> Self {
        let start = START.parse().expect("an instant");
        let settings = Settings { sessions_per_institution: 2, ..Settings::default() };
        Self::new(place, VirtualClock::stopped(start), settings, 7).await
    }

    pub(crate) async fn new(
        place: TestStore,
        clock: VirtualClock,
        settings: Settings,
        seed: u8,
    ) -> Self {
        let env = Env::new(Arc::new(clock.clone()), [seed; 32]);
        let ring = KeyRing::generate().expect("randomness");
        let bank = Bank::new();
        let store = place.store.clone();
        let engine = open(store, &clock, &env, &ring, connectors(&bank), settings.clone()).await;
        let tenant = engine.add_tenant("acme").await.expect("a tenant").id;
        let key = env.id();
        Self { place, clock, env, bank, engine, tenant, key, ring, settings }
    }

    /// A second process on the same database, with the same clock and bank. It can die.
    pub(crate) async fn another_node(&self) -> Node {
        self.node_with(self.ring.to_text(), connectors(&self.bank)).await
    }

    /// A second process that has no connectors.
    pub(crate) async fn node_without_connectors(&self) -> Node {
        self.node_with(self.ring.to_text(), Vec::new()).await
    }

    /// A second process whose ring has a newer key; and that ring.
    pub(crate) async fn node_with_a_newer_key(&self) -> (Node, KeyRing) {
        let mut ring = KeyRing::parse(&self.ring.to_text()).expect("the same ring");
        ring.add_newest().expect("randomness");
        (self.node_with(ring.to_text(), connectors(&self.bank)).await, ring)
    }

    async fn node_with(
        &self,
        ring: Zeroizing<String>,
        connectors: Vec<Arc<dyn Connector>>,
    ) -> Node {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let url = self.place.url.clone();
        let (clock, env) = (self.clock.clone(), self.env.clone());
        let settings = self.settings.clone();
        let opened = runtime.spawn(async move {
            let connections = store::Settings { connections: 4, ..store::Settings::default() };
            let store = Store::open(&url, connections).await.expect("a second connection");
            let ring = KeyRing::parse(&ring).expect("a ring");
            open(store, &clock, &env, &ring, connectors, settings).await
        });
        Node { engine: opened.await.expect("a second node"), runtime }
    }

    /// Ends the story: nothing may be left over.
    pub(crate) async fn finish(self) {
        self.engine.settle_down().await.expect("it settles");
        let mut tx = self.engine.store().read().await.expect("a transaction");
        let open = tx.open_sessions_across_buckets(self.tenant).await.expect("a count");
        assert_eq!(open, 0, "a session was left open");
        let next = tx.next_run_at_across_buckets(None).await.expect("an instant");
        assert!(next.is_none_or(|next| next > self.env.now()), "work was left undone");
        drop(tx);
        assert!(self.bank.is_empty(), "a conversation was left open");
        assert!(!self.bank.was_crowded(), "a link had two conversations at once");
        self.engine.stop().await;
    }

    /// A request of the tenant's.
    pub(crate) fn caller(&self) -> Caller {
        Caller {
            tenant: self.tenant,
            by: Actor::Key(self.key),
            request: self.env.id(),
            token: None,
        }
    }
    pub(crate) fn now(&self) -> Timestamp {
        self.env.now()
    }

    /// Registers a person at the bank, as recurrent links are.
    pub(crate) async fn register(&self, user: &str) -> Result<Link, Error> {
        self.engine.register(&self.caller(), recurrent(user, "right")).await
    }
    /// Registers a person who has nothing to complain about, and waits for the load.
    pub(crate) async fn registered(&self, user: &str) -> Link {
        let link = self.register(user).await.expect("a good login");
        self.settle().await;
        self.link(link.id).await
    }
    /// A person whose registration the bank interrupts.
    pub(crate) async fn challenged(&self, user: &str) -> Challenged {
        challenged(self.register(user).await)
    }

    /// Does what is due.
    pub(crate) async fn settle(&self) {
        self.engine.settle_down().await.expect("it settles");
    }
    /// Moves the clock.
    pub(crate) async fn advance(&self, time: SignedDuration) {
        let to = self.now().saturating_add(time).expect("an instant");
        self.engine.advance(to).await.expect("the clock moves");
    }

    pub(crate) async fn link(&self, id: LinkId) -> Link {
        self.engine.link(self.tenant, id).await.expect("a link")
    }
    pub(crate) async fn status(&self, id: LinkId) -> Status {
        self.link(id).await.status
    }
    pub(crate) async fn links(&self) -> Vec<Link> {
        self.engine.links(self.tenant, &[], EVERYTHING).await.expect("links").items
    }

    /// Asks for a resource as of today, to be kept.
    pub(crate) async fn retrieve(&self, link: LinkId, name: &str) -> Result<Retrieved, Error> {
        self.engine.retrieve(&self.caller(), wanted(link, name)).await
    }

    /// A link's records of a resource, as lists show them.
    pub(crate) async fn records(&self, link: LinkId, name: &str) -> Vec<Value> {
        let resource = resource::named(name).expect("a resource");
        let field = resource.filters.iter().find(|f| f.name == "link").expect("a filter");
        let is = domain::filter::Test::Is(domain::filter::Value::Id(link.into()));
        self.found(resource, &[domain::filter::Condition { field, test: is }]).await
    }

    /// What somebody with this number has allowed.
    pub(crate) async fn consents(&self, document: &str) -> Vec<Value> {
        let resource = resource::named("CONSENTS").expect("a resource");
        let asked = [("user_document", document)];
        let conditions = domain::filter::parse(resource.filters, asked).expect("a filter");
        self.found(resource, &conditions).await
    }

    /// All records of a resource that were created from an instant on, as lists show them.
    pub(crate) async fn created_since(&self, name: &str, since: &str) -> Vec<Value> {
        let resource = resource::named(name).expect("a resource");
        let asked = [("created_at__gte", since)];
        let conditions = domain::filter::parse(resource.filters, asked).expect("a filter");
        self.found(resource, &conditions).await
    }

    async fn found(
        &self,
        resource: &'static resource::Resource,
        conditions: &[domain::filter::Condition],
    ) -> Vec<Value> {
        let projection = Projection::default();
        let listed =
            self.engine.records(self.tenant, resource, conditions, EVERYTHING, &projection).await;
        let items = listed.expect("records").items;
        items.iter().map(|item| serde_json::from_str(item).expect("an object")).collect()
    }

    /// The whole change log.
    pub(crate) async fn changes(&self) -> Vec<Entry> {
        let wait = SignedDuration::ZERO;
        self.engine.changes(self.tenant, Cursor::default(), 1000, wait).await.expect("changes")
    }

    /// All events that were announced, the oldest first.
    pub(crate) async fn events(&self) -> Vec<Event> {
        let mut tx = self.place.read().await.expect("a transaction");
        let mut events = Vec::new();
        for number in 1.. {
            let page = Page { number, size: Page::LARGEST };
            let listed = tx.events_across_buckets(self.tenant, page).await.expect("events");
            if listed.items.is_empty() {
                break;
            }
            events.extend(listed.items);
        }
        events.reverse();
        events
    }
    /// The codes of the events about a link, sorted.
    pub(crate) async fn codes(&self, link: LinkId) -> Vec<String> {
        let events = self.events().await;
        let mut codes: Vec<_> =
            events.into_iter().filter(|e| e.link == link).map(|e| e.code).collect();
        codes.sort();
        codes
    }

    /// Whether anything is kept that lets in.
    pub(crate) async fn keeps_a_login(&self, link: LinkId) -> bool {
        let mut tx = self.engine.store().read().await.expect("a transaction");
        let secrets = tx.secrets(link).await.expect("an answer").expect("a data key");
        secrets.credentials.is_some() || secrets.state.is_some()
    }

    /// The kinds of a link's timeline entries, oldest first.
    pub(crate) async fn timeline(&self, link: LinkId) -> Vec<String> {
        let listed = self.engine.timeline(self.tenant, link, EVERYTHING).await.expect("a timeline");
        listed.items.into_iter().rev().map(|entry| entry.kind).collect()
    }
}

/// Another process: with a runtime of its own, so that it can die in the middle of anything.
pub(crate) struct Node {
    pub(crate) engine: Engine,
    runtime: Runtime,
}

impl Node {
    /// Does something in that process, to its end.
    pub(crate) async fn does<T, F>(&self, something: impl FnOnce(Engine) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        self.runtime.spawn(something(self.engine.clone())).await.expect("it did not panic")
    }
    /// Begins something in that process, which goes on there for as long as it lives.
    pub(crate) fn begins<F>(&self, something: impl FnOnce(Engine) -> F)
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        self.runtime.spawn(something(self.engine.clone()));
    }
    /// Registers a person at the bank from that process; the load goes on there.
    pub(crate) async fn registered(&self, world: &World, user: &'static str) -> Link {
        let caller = world.caller();
        let register = |engine: Engine| async move {
            engine.register(&caller, recurrent(user, "right")).await
        };
        self.does(register).await.expect("a good login")
    }
    /// Dies without another word.
    pub(crate) fn dies(self) {
        self.runtime.shutdown_background();
    }
    /// Stops as it should.
    pub(crate) async fn stops(self) {
        let engine = self.engine.clone();
        self.runtime.spawn(async move { engine.stop().await }).await.expect("it stops");
        self.runtime.shutdown_background();
    }
}

/// All that there are.
fn connectors(bank: &Arc<Bank>) -> Vec<Arc<dyn Connector>> {
    vec![bank.clone() as Arc<dyn Connector>, Arc::new(StatementFiles)]
}

async fn open(
    store: Store,
    clock: &VirtualClock,
    env: &Env,
    ring: &KeyRing,
    connectors: Vec<Arc<dyn Connector>>,
    settings: Settings,
) -> Engine {
    let parts = Parts {
        env: env.clone(),
        clock: Some(clock.clone()),
        store,
        vault: Vault::new(ring).expect("a vault"),
        connectors,
        settings,
    };
    Engine::open(parts).await.expect("an engine")
}

/// A list on one page.
pub(crate) const EVERYTHING: Page = Page { number: 1, size: Page::LARGEST };

/// A recurrent registration at the bank.
pub(crate) fn recurrent(user: &str, password: &str) -> Registration {
    Registration {
        institution: BANK.into(),
        fields: fields(&[("username", user), ("password", password)]),
        token: None,
        access_mode: AccessMode::Recurrent,
        external_id: None,
        fetch_resources: Vec::new(),
        credentials_storage: None,
        stale_in: None,
    }
}
/// A single registration at the bank that loads `fetch`.
pub(crate) fn single(user: &str, fetch: &[&str]) -> Registration {
    Registration {
        access_mode: AccessMode::Single,
        fetch_resources: fetch.iter().map(|&f| f.into()).collect(),
        ..recurrent(user, "right")
    }
}
pub(crate) fn fields(fields: &[(&str, &str)]) -> BTreeMap<String, SecretString> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))).collect()
}
#[expect(clippy::unnecessary_wraps, reason = "what callers may leave out, and here do not")]
pub(crate) fn secret(text: &str) -> Option<SecretString> {
    Some(SecretString::from(text))
}

/// A resource as of today, to be kept.
pub(crate) fn wanted(link: LinkId, name: &str) -> Retrieval {
    Retrieval {
        resource: resource::named(name).expect("a resource"),
        link,
        kind: None,
        window: None,
        account: None,
        documents: false,
        chosen: std::collections::BTreeMap::new(),
        save: true,
        token: None,
    }
}
pub(crate) fn days(from: &str, to: &str) -> Option<Window> {
    Window::new(from.parse().expect("a day"), to.parse().expect("a day"))
}
pub(crate) fn items(retrieved: &Retrieved) -> Vec<Value> {
    retrieved.items.iter().map(|item| serde_json::from_str(item).expect("an object")).collect()
}
pub(crate) fn record_id(record: &Value) -> RecordId {
    record["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

/// The challenge that a request met.
pub(crate) fn challenged<T>(result: Result<T, Error>) -> Challenged {
    match result {
        Err(Error::Challenged(challenged)) => *challenged,
        Err(error) => panic!("a challenge was expected, not: {error}"),
        Ok(_) => panic!("a challenge was expected, not success"),
    }
}
/// The failure that a request met.
pub(crate) fn failed<T>(result: Result<T, Error>) -> Failure {
    match result {
        Err(Error::Failed(failure)) => failure,
        Err(error) => panic!("a failure was expected, not: {error:?}"),
        Ok(_) => panic!("a failure was expected, not success"),
    }
}

pub(crate) fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}
pub(crate) fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}
pub(crate) fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// Tells each story twice: on SQLite and on PostgreSQL, in the world of that name.
macro_rules! on_both {
    ($($clock:ident: $($story:ident),+ $(,)?);+) => {
        mod on_sqlite {
            $($(#[tokio::test]
            async fn $story() {
                let world = crate::world::World::$clock(store::testing::sqlite().await).await;
                super::$story(&world).await;
                world.finish().await;
            })+)+
        }
        mod on_postgres {
            $($(#[tokio::test]
            async fn $story() {
                let world = crate::world::World::$clock(store::testing::postgres().await).await;
                super::$story(&world).await;
                world.finish().await;
            })+)+
        }
    };
}
pub(crate) use on_both;
