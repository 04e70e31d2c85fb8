//! What Vinculo does: registers links, runs sessions, refreshes, keeps the ledger, announces.
//!
//! Architecture invariant: no HTTP towards callers and no SQL; `server` translates, `store`
//! remembers.

pub mod advance;
mod announcements;
mod aside;
pub mod backlog;
mod bodies;
mod breaker;
mod catalogue;
pub mod changes;
mod checkpoint;
pub mod clock;
pub mod consents;
mod conversation;
mod credentials;
mod documents;
pub mod effects;
pub mod error;
pub mod institutions;
pub mod jobs;
pub mod ledger;
pub mod links;
mod live;
mod mandate;
pub mod metrics;
pub mod operators;
pub mod overview;
pub mod pointers;
pub mod query;
mod reading;
mod rest;
pub mod retention;
pub mod retrieval;
mod revocation;
pub mod sandbox;
pub mod sessions;
pub mod standing;
pub mod statements;
pub mod tenants;
pub mod timeline;
pub mod tokens;
mod waiting;
pub mod webhooks;
pub mod worker;

pub use connect::talk::{Failure, LoginProblem, Remark, Unreadable};
pub use error::{Broken, Challenged, Error, FieldProblem};

use catalogue::Catalogue;
use clock::{SystemClock, VirtualClock};
use connect::{host::Limits, talk::Connector};
use domain::{
    env::Env,
    filter::Page,
    ids::{KeyId, NodeId, OperatorId, RequestId, TenantId},
    link::Link,
    operator::SignIn,
    refresh::Rate,
};
use jiff::{SignedDuration, Timestamp};
use live::{Live, Running};
use std::{
    fmt,
    sync::{Arc, RwLock},
};
use store::Store;
use tokio::sync::{Mutex, Notify, Semaphore, futures::Notified};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use vault::{Index, KeyRing, Signer, Vault, Verifier};
use webhooks::{Webhooks, guard::Reach, sender::Sender};

/// Who is calling, already authenticated, and with which request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Whose data may be seen.
    pub tenant: TenantId,
    /// Who it is.
    pub by: Actor,
    /// Repeated in errors and in the webhooks that the request causes.
    pub request: RequestId,
    /// The widget token that was used, if it was one: the session that is opened is remembered for it.
    pub token: Option<tokens::Presented>,
}

impl Caller {
    /// The key that was used, for what only its holders can do.
    pub fn key(&self) -> Result<KeyId, Error> {
        match self.by {
            Actor::Key(key) => Ok(key),
            Actor::Operator(_) => Err(Error::NoSuch("key")),
        }
    }
}

/// Who acts. As text, what the audit log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Whoever has this API key.
    Key(KeyId),
    /// An operator, in the console.
    Operator(OperatorId),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => write!(f, "key {id}"),
            Self::Operator(id) => write!(f, "operator {id}"),
        }
    }
}

/// One page of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// How many there are on all pages.
    pub count: u64,
    /// Those of this page.
    pub items: Vec<T>,
}

impl<T> Listed<T> {
    /// The page, unless it lies beyond the last one.
    fn on(page: Page, count: u64, items: Vec<T>) -> Result<Self, Error> {
        if page.exists(count) { Ok(Self { count, items }) } else { Err(Error::NoSuch("page")) }
    }
    /// The page of a list that is known whole.
    fn of_all(page: Page, all: Vec<T>) -> Result<Self, Error> {
        let count = all.len() as u64;
        let skipped = usize::try_from(page.offset()).unwrap_or(usize::MAX);
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        Self::on(page, count, all.into_iter().skip(skipped).take(size).collect())
    }
    /// The same list of something else.
    pub fn map<U>(self, of: impl FnMut(T) -> U) -> Listed<U> {
        Listed { count: self.count, items: self.items.into_iter().map(of).collect() }
    }
}

/// What the operator decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How the service is named in the few sentences that name it.
    pub brand: String,
    /// The rate of new recurrent links, where the tenant has set none.
    pub default_rate: Rate,
    /// How long a caller's request may take.
    pub request_budget: SignedDuration,
    /// How long a request waits for another session of its link.
    pub session_patience: SignedDuration,
    /// Open sessions of one tenant.
    pub sessions_per_tenant: u64,
    /// Open sessions at one institution, whosever they are. So many that begin at the same instant
    /// in different processes may exceed it.
    pub sessions_per_institution: u64,
    /// How often an institution may refuse the same credentials before they are not tried any more
    /// for a while.
    pub refusals_per_login: u32,
    /// Pieces of work that one link may have waiting.
    pub jobs_per_link: u64,
    /// Jobs that this process does side by side.
    pub workers: usize,
    /// What a conversation may cost.
    pub conversation: Limits,
    /// By which movements are told apart; the rules that are built in, if there are none here.
    pub rules: Option<Arc<insights::categories::Rules>>,
    /// What goes wrong at the sandbox, where callers may steer it.
    pub faults: Option<Arc<sandbox::Faults>>,
    /// How the tokens of widgets are made.
    pub tokens: tokens::TokenSettings,
    /// No other process works on this database, and something sees to that: what a predecessor held
    /// is taken over at once.
    pub alone: bool,
    /// Webhooks may go to private addresses: for development.
    pub local_webhooks: bool,
    /// How long an operator's sign-in to the console lasts.
    pub sign_in: SignIn,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            brand: "Vinculo".into(),
            default_rate: Rate::Week,
            request_budget: SignedDuration::from_mins(5),
            session_patience: SignedDuration::from_secs(60),
            sessions_per_tenant: 500,
            sessions_per_institution: 500,
            refusals_per_login: Link::MOST_REFUSED,
            jobs_per_link: 20,
            workers: 16,
            conversation: Limits::default(),
            rules: None,
            faults: None,
            tokens: tokens::TokenSettings::default(),
            alone: false,
            local_webhooks: false,
            sign_in: SignIn::default(),
        }
    }
}

/// What an engine is made of.
pub struct Parts {
    /// Time and chance.
    pub env: Env,
    /// The clock behind `env`, where it may be moved.
    pub clock: Option<VirtualClock>,
    /// Where everything is remembered.
    pub store: Store,
    /// What seals.
    pub vault: Vault,
    /// Who speaks to institutions.
    pub connectors: Vec<Arc<dyn Connector>>,
    /// What the operator decides.
    pub settings: Settings,
}

/// Everything that acts, wired together. Cheap to clone; nothing is global.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    env: Env,
    clock: Option<VirtualClock>,
    node: NodeId,
    store: Store,
    vault: Arc<Vault>,
    index: Index,
    signer: Signer,
    verifier: Verifier,
    catalogue: RwLock<Arc<Catalogue>>,
    settings: Settings,
    live: Live,
    running: Running,
    tracker: TaskTracker,
    stop: CancellationToken,
    bustle: rest::Bustle,
    /// Who may start work: the workers, or an advance of the clock.
    turn: Mutex<()>,
    slots: Arc<Semaphore>,
    hashing: Semaphore,
    sign_ins: Semaphore,
    work: Notify,
    news: Notify,
    webhooks: Webhooks,
    metrics: metrics::Metrics,
}

impl Engine {
    /// Wires an engine: opens (or makes) the installation's own keys, and stores the catalogue.
    pub async fn open(parts: Parts) -> Result<Self, Error> {
        let Parts { env, clock, store, vault, connectors, settings } = parts;
        let index = Index::new(&server_key(&store, &vault, INDEX_KEY).await?);
        let signer = Signer::new(&server_key(&store, &vault, "tokens").await?);
        let catalogue = Catalogue::new(&connectors);
        let mut tx = store.write().await?;
        catalogue.save(&mut tx).await?;
        if settings.alone {
            tx.end_all_leases_across_buckets(env.now()).await?;
        }
        tx.commit().await?;
        let (vault, node) = (Arc::new(vault), env.id());
        let reach = if settings.local_webhooks { Reach::Anywhere } else { Reach::Public };
        // Receivers go by the real time, whatever the clock of this engine shows.
        let sender = Sender::new(reach, Arc::new(SystemClock::new()))?;
        let metrics = metrics::Metrics::default();
        let webhooks =
            Webhooks::new(env.clone(), store.clone(), vault.clone(), node, sender, metrics.clone());
        Ok(Self(Arc::new(Inner {
            node,
            clock,
            store,
            vault,
            index,
            signer,
            verifier: Verifier::new(10_000, SignedDuration::from_mins(5))?,
            catalogue: RwLock::new(Arc::new(catalogue)),
            live: Live::default(),
            running: Running::default(),
            tracker: TaskTracker::new(),
            stop: CancellationToken::new(),
            bustle: rest::Bustle::default(),
            turn: Mutex::default(),
            slots: Arc::new(Semaphore::new(settings.workers)),
            hashing: Semaphore::new(2),
            sign_ins: Semaphore::new(1),
            work: Notify::new(),
            news: Notify::new(),
            webhooks,
            metrics,
            settings,
            env,
        })))
    }

    /// Starts the background: workers and the webhook dispatcher. Ends with [`Engine::stop`].
    pub fn start(&self) {
        self.tracker().spawn(self.clone().work());
        self.tracker().spawn(self.clone().dispatch());
    }

    /// For a process that leaves the work to others: only keeps alive the sessions that its callers
    /// hold. Ends with [`Engine::stop`].
    pub fn attend(&self) {
        self.tracker().spawn(self.clone().stay_alive());
    }

    /// Whether requests can be served: the database answers, and the ring opens what is sealed in
    /// it. That its schema fits was seen when it was opened.
    pub async fn ready(&self) -> Result<(), NotReady> {
        let database = |error: store::Error| NotReady::Database(error.into());
        let mut tx = self.store().read().await.map_err(database)?;
        let sealed = tx.server_key(INDEX_KEY).await.map_err(database)?.unwrap_or_default();
        self.vault().open_server_key(INDEX_KEY, &sealed).map_err(NotReady::KeyRing)?;
        Ok(())
    }

    /// Takes another key ring, if it opens what the database holds: its newest key wraps from now on.
    pub async fn replace_ring(&self, ring: &KeyRing) -> Result<(), NotReady> {
        let database = |error: store::Error| NotReady::Database(error.into());
        let mut tx = self.store().glance().await.map_err(database)?;
        let sealed = tx.server_key(INDEX_KEY).await.map_err(database)?.unwrap_or_default();
        let ours = Vault::new(ring).and_then(|vault| vault.open_server_key(INDEX_KEY, &sealed));
        ours.map_err(NotReady::KeyRing)?;
        self.vault().replace(ring).map_err(NotReady::KeyRing)
    }

    /// How long the work, and the webhooks, that should have been done first have been waiting.
    pub async fn overdue(&self) -> Result<Overdue, Error> {
        let now = self.env().now();
        let since = |due: Option<Timestamp>| {
            due.map_or(SignedDuration::ZERO, |due| now.duration_since(due))
                .max(SignedDuration::ZERO)
        };
        let catalogue = self.catalogue();
        let mut tx = self.store().read().await?;
        Ok(Overdue {
            work: since(tx.next_run_at_across_buckets(Some(&catalogue.names())).await?),
            deliveries: since(tx.next_delivery_at_across_buckets(now).await?),
        })
    }

    /// Stops the background, lets what is in the middle of something finish, and waits for it.
    pub async fn stop(&self) {
        self.0.stop.cancel();
        self.0.tracker.close();
        self.0.tracker.wait().await;
        self.0.store.close().await;
    }

    /// Time and chance.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.0.env
    }
    /// This process.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.0.node
    }
    /// What the operator decided.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }
    /// By which movements are told apart.
    #[must_use]
    pub fn rules(&self) -> &insights::categories::Rules {
        self.settings().rules.as_deref().unwrap_or(insights::categories::Rules::embedded())
    }
    /// Whether the clock can be moved: in `dev` and in tests.
    #[must_use]
    pub fn has_movable_clock(&self) -> bool {
        self.0.clock.is_some()
    }
    /// Where everything is remembered; for operators' tools.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }
    pub(crate) fn movable_clock(&self) -> Option<&VirtualClock> {
        self.0.clock.as_ref()
    }
    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }
    pub(crate) fn index(&self) -> &Index {
        &self.0.index
    }
    pub(crate) fn signer(&self) -> &Signer {
        &self.0.signer
    }
    pub(crate) fn verifier(&self) -> &Verifier {
        &self.0.verifier
    }
    pub(crate) fn shelf(&self) -> &RwLock<Arc<Catalogue>> {
        &self.0.catalogue
    }
    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }
    pub(crate) fn running(&self) -> &Running {
        &self.0.running
    }
    /// Endpoints, deliveries and their sending.
    #[must_use]
    pub fn webhooks(&self) -> &Webhooks {
        &self.0.webhooks
    }
    /// What the engine counts.
    #[must_use]
    pub fn metrics(&self) -> &metrics::Metrics {
        &self.0.metrics
    }
    pub(crate) fn tracker(&self) -> &TaskTracker {
        &self.0.tracker
    }
    pub(crate) fn stopping(&self) -> CancellationToken {
        self.0.stop.clone()
    }
    pub(crate) fn bustle(&self) -> &rest::Bustle {
        &self.0.bustle
    }
    pub(crate) fn turn(&self) -> &Mutex<()> {
        &self.0.turn
    }
    pub(crate) fn slots(&self) -> Arc<Semaphore> {
        self.0.slots.clone()
    }
    pub(crate) fn hashing(&self) -> &Semaphore {
        &self.0.hashing
    }
    pub(crate) fn sign_ins(&self) -> &Semaphore {
        &self.0.sign_ins
    }
    pub(crate) fn wake_workers(&self) {
        self.0.work.notify_one();
    }
    pub(crate) fn workers_woken(&self) -> Notified<'_> {
        self.0.work.notified()
    }
    pub(crate) fn wake_readers(&self) {
        self.0.news.notify_waiters();
    }
    pub(crate) fn readers_woken(&self) -> Notified<'_> {
        self.0.news.notified()
    }
}

/// How late an installation is. Zero where nothing waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overdue {
    /// Loads, refreshes and what else happens by itself.
    pub work: SignedDuration,
    /// Webhooks, whose later attempts are not late before their time.
    pub deliveries: SignedDuration,
}

/// What is missing to serve requests.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// It does not answer.
    #[error("the database cannot be used")]
    Database(#[source] Error),
    /// Another ring sealed what is stored.
    #[error("the key ring does not open what the database holds")]
    KeyRing(#[source] vault::Error),
}

/// Whether the ring of `vault` opens what a database holds, for whoever is about to change it. It is
/// only looked at, at whatever version it is; one in which no engine has kept anything fits any ring.
pub async fn fits(store: &Store, vault: &Vault) -> Result<(), NotReady> {
    let database = |error: store::Error| NotReady::Database(error.into());
    if store.version().await.map_err(database)?.found == 0 {
        return Ok(());
    }
    let mut tx = store.read().await.map_err(database)?;
    for (name, sealed) in tx.server_keys().await.map_err(database)? {
        vault.open_server_key(&name, &sealed).map_err(NotReady::KeyRing)?;
    }
    Ok(())
}

/// The key of the blind index, by its name in the database.
const INDEX_KEY: &str = "index";

/// A key of the installation: made at the first start, sealed under the ring, kept in the database.
async fn server_key(
    store: &Store,
    vault: &Vault,
    name: &str,
) -> Result<secrecy::SecretSlice<u8>, Error> {
    let mut tx = store.write().await?;
    if tx.server_key(name).await?.is_none() {
        // Another process may be first; then its key is the one.
        tx.put_server_key_if_absent(name, &vault.new_server_key(name)?).await?;
    }
    let sealed = tx.server_key(name).await?.ok_or(Error::NoSuch("server key"))?;
    tx.commit().await?;
    Ok(vault.open_server_key(name, &sealed)?)
}
