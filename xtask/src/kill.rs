//! `kill -9`, again and again, while clients work; then everything that was acknowledged must be
//! there, once.

use crate::{
    http::{Answer, call, receive},
    machine::find,
    pg::Cluster,
    served::{Served, empty_folder},
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    net::TcpListener,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{scope, sleep, spawn},
    time::Duration,
};

/// The webhooks that a link's first load and every refresh on demand must bring.
const CORE: [&str; 3] = ["ACCOUNTS", "OWNERS", "TRANSACTIONS"];
/// Registrations and refreshes in one round, at most: the work is in the kills, not in the data.
const PER_ROUND: usize = 6;

/// Everything that the clients were told, which the server may therefore never forget.
#[derive(Default)]
struct Told {
    /// Link → the login it was registered with.
    links: BTreeMap<String, String>,
    /// Logins whose registration got no answer: either of two outcomes is right.
    unanswered: BTreeSet<String>,
    /// Links that somebody asked to delete, and whether that was acknowledged.
    deleted: BTreeMap<String, bool>,
    /// Request id of an accepted refresh → its link.
    refreshes: BTreeMap<String, String>,
    /// Links whose refresh was asked for, so that no one asks within the cool-down again.
    refreshed: BTreeSet<String>,
    /// Webhooks received: id → every body that came with it.
    webhooks: BTreeMap<String, Vec<Value>>,
    /// How many webhooks came more than once.
    repeats: usize,
    /// What the reader of the change feed has stored: its cursor and its copy, written together.
    cursor: Option<String>,
    copy: BTreeMap<String, (String, String)>,
}

/// Kills `vinculo dev` `rounds` times on SQLite, or in a new database of `cluster`.
pub(crate) fn run(program: &Path, cluster: Option<&Cluster>, rounds: u32, seed: u64) -> Result<()> {
    let name = if cluster.is_some() { "kill_postgres" } else { "kill_sqlite" };
    let data = empty_folder(name)?.join("data");
    let database = cluster.map(|cluster| cluster.database(name)).transpose()?;
    let told = Arc::new(Mutex::new(Told::default()));
    let chance = Chance(AtomicU64::new(seed));
    let hook = receiver(&told)?;
    ensure!(find("setpriv").is_some(), "setpriv of util-linux is missing");
    for round in 0..rounds {
        let served = Served::start(program, &data, database.as_deref())?;
        if round == 0 {
            let endpoint = json!({ "url": hook });
            call(&served.url, "POST", "/v1/webhooks/", Some(&endpoint))?.good()?;
        }
        let over = AtomicBool::new(false);
        scope(|clients| {
            clients.spawn(|| register(&served.url, &told, &chance, &over));
            clients.spawn(|| refresh(&served.url, &told, &chance, &over));
            clients.spawn(|| follow(&served.url, &told, &chance, &over));
            clients.spawn(|| advance(&served.url, &chance, &over));
            sleep(Duration::from_millis(150 + chance.below(1500)));
            served.kill();
            over.store(true, Ordering::Relaxed);
        });
        let told = lock(&told);
        println!(
            "   round {round}: {} links, {} unanswered, {} refreshes, {} webhooks, {} changes read",
            told.links.len(),
            told.unanswered.len(),
            told.refreshes.len(),
            told.webhooks.len(),
            told.copy.len()
        );
    }
    let served = Served::start(program, &data, database.as_deref())?;
    check(&served.url, &told)
        .with_context(|| format!("with --seed {seed} on {name}; its log is {}", served.log()))
}

/// An application's webhook endpoint that sometimes dies before it answers.
fn receiver(told: &Arc<Mutex<Told>>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/hook", listener.local_addr()?);
    let told = Arc::clone(told);
    spawn(move || {
        for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let Ok(event) = receive(&stream) else { continue };
            let id = event["webhook_id"].as_str().unwrap_or_default().to_owned();
            {
                let mut told = lock(&told);
                let bodies = told.webhooks.entry(id).or_default();
                bodies.push(event);
                let repeated = bodies.len() > 1;
                told.repeats += usize::from(repeated);
            }
            if number % 7 != 3 {
                drop((&stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
            }
        }
    });
    Ok(url)
}

fn register(url: &str, told: &Mutex<Told>, chance: &Chance, over: &AtomicBool) {
    for _ in 0..PER_ROUND {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let login = format!("k{:014x}", chance.below(1 << 56));
        lock(told).unanswered.insert(login.clone());
        let Some(link) = good(call(url, "POST", "/api/links/", Some(&registration(&login)))) else {
            continue;
        };
        let id = text(&link["id"]);
        let mut told = lock(told);
        told.unanswered.remove(&login);
        told.links.insert(id, login);
    }
}

/// Refreshes links, and deletes one now and then.
fn refresh(url: &str, told: &Mutex<Told>, chance: &Chance, over: &AtomicBool) {
    for _ in 0..PER_ROUND {
        sleep(Duration::from_millis(chance.below(200)));
        if over.load(Ordering::Relaxed) {
            return;
        }
        let known: Vec<_> = {
            let told = lock(told);
            let untouched = |link: &&String| {
                !told.deleted.contains_key(*link) && !told.refreshed.contains(*link)
            };
            told.links.keys().filter(untouched).cloned().collect()
        };
        let Some(link) =
            known.get(usize::try_from(chance.below(1 << 20)).unwrap_or(0) % known.len().max(1))
        else {
            continue;
        };
        if chance.below(8) == 0 {
            lock(told).deleted.insert(link.clone(), false);
            if good(call(url, "DELETE", &format!("/api/links/{link}/"), None)).is_some() {
                lock(told).deleted.insert(link.clone(), true);
            }
            continue;
        }
        lock(told).refreshed.insert(link.clone());
        let path = format!("/api/links/{link}/refresh/");
        if let Some(accepted) = good(call(url, "POST", &path, Some(&json!({})))) {
            lock(told).refreshes.insert(text(&accepted["request_id"]), link.clone());
        }
    }
}

/// Reads the change feed, and dies now and then between reading a page and storing it.
fn follow(url: &str, told: &Mutex<Told>, chance: &Chance, over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        let cursor = lock(told).cursor.clone();
        let Some(page) = good(changes(url, cursor.as_deref(), 1)) else { return };
        if chance.below(4) > 0 {
            store(&mut lock(told), &page);
        }
    }
}

/// Lets time pass, so that the schedule has work in every round.
fn advance(url: &str, chance: &Chance, over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        sleep(Duration::from_millis(100 + chance.below(300)));
        let by = format!("{}h", 1 + chance.below(72));
        drop(call(url, "POST", "/v1/clock/advance/", Some(&json!({ "by": by }))));
    }
}

/// After the last restart and the time that orphaned work takes to be taken over.
fn check(url: &str, told: &Mutex<Told>) -> Result<()> {
    let unanswered = lock(told).unanswered.clone();
    for login in &unanswered {
        let answer = call(url, "POST", "/api/links/", Some(&registration(login)))?;
        let outcome = answer.body[0]["code"].as_str().unwrap_or_default().to_owned();
        ensure!(
            answer.status == 201 || outcome == "duplicated",
            "the registration of {login} got no answer, and cannot be repeated: {answer:?}"
        );
        if answer.status == 201 {
            lock(told).links.insert(text(&answer.body["id"]), login.clone());
        }
    }
    // Performs everything that is due, expired leases and repeated deliveries included.
    call(url, "POST", "/v1/clock/advance/", Some(&json!({ "by": "3d" })))?.good()?;
    loop {
        let cursor = lock(told).cursor.clone();
        let page = changes(url, cursor.as_deref(), 0)?.good()?;
        store(&mut lock(told), &page);
        if page["results"].as_array().is_none_or(Vec::is_empty) {
            break;
        }
    }
    let told = lock(told);
    let links = all(url, "/api/links/?")?;
    let stored: BTreeMap<_, _> = links.iter().map(|link| (text(&link["id"]), link)).collect();
    for (link, login) in &told.links {
        match told.deleted.get(link) {
            None => {
                let found = stored.get(link).with_context(|| {
                    format!("link {link} of {login} was acknowledged and is missing")
                })?;
                ensure!(found["status"] == "valid", "link {link} is stuck: {found}");
            }
            Some(true) => ensure!(!stored.contains_key(link), "deleted link {link} is back"),
            Some(false) => {}
        }
    }
    let people: BTreeSet<_> = links.iter().map(|link| text(&link["institution_user_id"])).collect();
    ensure!(people.len() == links.len(), "somebody has two links");
    webhooks(&told, &stored)?;
    feed(url, &told, &stored)?;
    println!(
        "   {} links, {} refreshes, {} webhooks ({} repeats), {} records: nothing lost, nothing twice",
        stored.len(),
        told.refreshes.len(),
        told.webhooks.len(),
        told.repeats,
        told.copy.len()
    );
    Ok(())
}

/// Every load and every accepted refresh was announced, under one id each.
fn webhooks(told: &Told, stored: &BTreeMap<String, &Value>) -> Result<()> {
    let mut announced: BTreeMap<(String, String, String), BTreeSet<&str>> = BTreeMap::new();
    for (id, bodies) in &told.webhooks {
        ensure!(bodies.iter().all(|body| body == &bodies[0]), "webhook {id} came with two bodies");
        let event = &bodies[0];
        if event["webhook_code"] == "historical_update" {
            let [link, kind, cause] =
                ["link_id", "webhook_type", "request_id"].map(|key| text(&event[key]));
            announced.entry((link, kind, cause)).or_default().insert(id);
        }
    }
    if let Some((what, ids)) = announced.iter().find(|(_, ids)| ids.len() > 1) {
        let bodies: Vec<_> = ids.iter().map(|id| told.webhooks[*id][0].to_string()).collect();
        anyhow::bail!("{what:?} was announced {} times:\n{}", ids.len(), bodies.join("\n"));
    }
    for link in told.links.keys().filter(|link| stored.contains_key(*link)) {
        for kind in CORE {
            let loaded = announced.keys().any(|(of, what, _)| of == link && what == kind);
            ensure!(loaded, "the first load of {kind} of link {link} was lost");
        }
    }
    for (request, link) in told.refreshes.iter().filter(|(_, link)| stored.contains_key(*link)) {
        for kind in CORE {
            let key = (link.clone(), kind.to_owned(), request.clone());
            ensure!(announced.contains_key(&key), "refresh {request} of {link}: {kind} was lost");
        }
    }
    Ok(())
}

/// Where the records of links are listed: every list of the served document that can be asked for
/// those of one link.
fn lists(url: &str) -> Result<Vec<String>> {
    let document = call(url, "GET", "/openapi.json", None)?.good()?;
    let paths = document["paths"].as_object().context("a document without paths")?;
    let of_a_link = |path: &&String| {
        let filters = document["paths"][path.as_str()]["get"]["parameters"].as_array();
        let named = filters.is_some_and(|all| all.iter().any(|one| one["name"] == "link"));
        named && path.starts_with("/api/") && !path.contains('{')
    };
    let lists: Vec<_> = paths.keys().filter(of_a_link).cloned().collect();
    ensure!(lists.len() > CORE.len(), "the document names only {lists:?}");
    Ok(lists)
}

/// The reader's copy is what the lists show, and what one resource has is listed in one place.
fn feed(url: &str, told: &Told, stored: &BTreeMap<String, &Value>) -> Result<()> {
    let mut listed = BTreeMap::new();
    let mut places: BTreeMap<&str, String> = BTreeMap::new();
    for list in lists(url)? {
        for link in stored.keys() {
            for record in all(url, &format!("{list}?fields=id&link={link}&"))? {
                let id = text(&record["id"]);
                let copied = told.copy.get(&id);
                let (resource, of) = copied
                    .with_context(|| format!("the change feed never showed {id} of {list}"))?;
                ensure!(of == link, "{id} of {list} is of {link}, and of {of} in the change feed");
                let place = places.entry(resource).or_insert_with(|| list.clone());
                ensure!(*place == list, "{resource} is listed at {place} and at {list}");
                listed.insert(id, link);
            }
        }
    }
    for (id, of) in &told.copy {
        ensure!(listed.contains_key(id), "the change feed never took back {of:?} {id}");
    }
    for kind in CORE {
        ensure!(places.contains_key(kind), "nothing of {kind} is listed anywhere");
    }
    Ok(())
}

/// Every item of a list, page by page.
fn all(url: &str, path: &str) -> Result<Vec<Value>> {
    let mut items = Vec::new();
    for page in 1.. {
        let page = call(url, "GET", &format!("{path}page_size=1000&page={page}"), None)?.good()?;
        items.extend(page["results"].as_array().into_iter().flatten().cloned());
        if page["next"].is_null() {
            break;
        }
    }
    Ok(items)
}

fn changes(url: &str, cursor: Option<&str>, wait: u32) -> Result<Answer> {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    call(url, "GET", &format!("/v1/changes/?page_size=1000&wait={wait}{cursor}"), None)
}

/// Cursor and copy move together, as one transaction of a careful reader would.
fn store(told: &mut Told, page: &Value) {
    for change in page["results"].as_array().into_iter().flatten() {
        let [id, link, resource] = ["id", "link", "resource"].map(|key| text(&change[key]));
        match (resource.as_str(), change["kind"] == "deleted") {
            // A link takes its records along.
            ("LINK", true) => told.copy.retain(|_, (_, of)| *of != link),
            ("LINK", false) => {}
            (_, true) => drop(told.copy.remove(&id)),
            (_, false) => drop(told.copy.insert(id, (resource, link))),
        }
    }
    if let Some(cursor) = page["cursor"].as_str() {
        told.cursor = Some(cursor.to_owned());
    }
}

fn registration(login: &str) -> Value {
    json!({ "institution": "erebor_mx_retail", "username": login, "password": "full" })
}

fn good(answer: Result<Answer>) -> Option<Value> {
    answer.ok()?.good().ok()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn lock(told: &Mutex<Told>) -> MutexGuard<'_, Told> {
    told.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Chance that starts from a seed, shared by the clients.
struct Chance(AtomicU64);

impl Chance {
    /// A number below `limit`: splitmix64.
    fn below(&self, limit: u64) -> u64 {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}
