//! Connectors that are programs: what a process costs beside a connector in this process, and what
//! the protocol costs beside a bare pipe with the same lines.

use connect::{
    host::{Host, HostedConversation, Limits},
    program::{Confinement, Network, Program, Room},
    talk::{Ask, Connector, Credentials, Failure, Fetch, Given, Sink},
};
use domain::{env::BoxFuture, env::Env, session::Challenge};
use secrecy::SecretString;
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Instant,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
};
use tokio_util::sync::CancellationToken;

const BANK: &str = "bench_mx_retail";
const SDK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sdk/python/src/vinculo_connector");
const STARTS: usize = 21;
const RECORDS: usize = 100_000;
const AT_ONCE: usize = 50;

pub(crate) async fn run() {
    let place = tempfile::tempdir().unwrap();
    let raw = folder(place.path(), "raw", include_str!("raw.py"));
    let sdk = folder(place.path(), "sdk", include_str!("sdk.py"));
    let walls = connect::cage::Walls::probe(&std::env::current_exe().unwrap()).await;
    println!("programs: {}", walls.sentence());
    let room = |confinement| Arc::new(Room::new(confinement, real_env()));
    let caged = room(Confinement::Caged(walls));
    let uncaged = room(Confinement::Uncaged);

    let in_process = starts(&crate::bank::Bank::new(1), crate::bank::NAME).await;
    println!("first answer and login, in process: {in_process:.4} ms (median of {STARTS})");
    for (name, folder, room) in [
        ("bare Python without a cage", &raw, &uncaged),
        ("bare Python in the cage", &raw, &caged),
        ("the Python SDK in the cage", &sdk, &caged),
    ] {
        let program = Program::load(folder, room.clone()).unwrap();
        let first = first_answer(&program).await;
        let login = starts(&program, BANK).await;
        println!("{name}: first answer after {first:.0} ms, logged in after {login:.0} ms");
    }

    let pipe = pipe(&raw).await;
    println!("bare pipe, the same lines read and dropped: {pipe:.0} lines/s");
    for (name, folder) in [("protocol, raw", &raw), ("protocol, Python SDK", &sdk)] {
        let program = Program::load(folder, caged.clone()).unwrap();
        let mut talk = open(&program, BANK);
        enter(&mut talk).await;
        let begun = Instant::now();
        let count = read(&mut talk, RECORDS).await;
        let rate = count as f64 / begun.elapsed().as_secs_f64();
        println!("{name}: {rate:.0} records/s, {:.2} of the pipe", rate / pipe);
        talk.logout().await;
    }

    let program = Program::load(&sdk, caged.clone()).unwrap();
    for each in [200, 2_000] {
        let before = resident();
        let begun = Instant::now();
        let sessions = (0..AT_ONCE).map(|_| async {
            let mut talk = open(&program, BANK);
            enter(&mut talk).await;
            let count = read(&mut talk, each).await;
            talk.logout().await;
            count
        });
        let (watched, peak) = watch(futures::future::join_all(sessions)).await;
        let count: usize = watched.into_iter().sum();
        println!(
            "{AT_ONCE} sessions at once, {each} records each: {:.0} records/s in {:.1} s; \
             this process {} MiB before, {} MiB at most",
            count as f64 / begun.elapsed().as_secs_f64(),
            begun.elapsed().as_secs_f64(),
            before >> 20,
            peak >> 20
        );
    }
    caged.close().await;
    uncaged.close().await;
}

/// A connector's folder, readable by whoever it runs as.
fn folder(place: &Path, name: &str, script: &str) -> PathBuf {
    let folder = place.join(name);
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("main.py"), script).unwrap();
    let manifest = serde_json::json!({
        "id": format!("bench_{name}"), "version": "1.0.0", "licence": "Apache-2.0", "protocol": [1],
        "command": ["python3", "main.py"],
        "institutions": [{
            "id": 9901, "name": BANK, "type": "bank", "display_name": "Bench",
            "country_codes": ["MX"], "website": "https://bench.example", "primary_color": "#204080",
            "form_fields": [
                {"name": "username", "type": "text", "label": "User", "validation": "^.+$",
                 "validation_message": "Needed", "placeholder": ""},
                {"name": "password", "type": "password", "label": "Password", "validation": "^.+$",
                 "validation_message": "Needed", "placeholder": ""}
            ],
            "resources": ["ACCOUNTS", "TRANSACTIONS"], "ids": "stable"
        }],
        "challenges": [], "egress": [],
        "limits": {"memory_mib": 128, "processes": 8, "open_files": 64, "seconds": 600}
    });
    fs::write(folder.join("connector.json"), manifest.to_string()).unwrap();
    let vendored = folder.join("vendor/vinculo_connector");
    fs::create_dir_all(&vendored).unwrap();
    for entry in fs::read_dir(SDK).unwrap().flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), vendored.join(entry.file_name())).unwrap();
        }
    }
    for open in [place, &folder] {
        fs::set_permissions(open, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

fn real_env() -> Env {
    Env::new(Arc::new(engine::clock::SystemClock::new()), [7; 32])
}
fn open(connector: &dyn Connector, institution: &str) -> HostedConversation {
    let limits = Limits::default();
    Host::open(connector, institution, "bench", &real_env(), &limits, CancellationToken::new())
}
async fn enter(talk: &mut HostedConversation) {
    let fields = [("username", "ana"), ("password", "full")];
    let fields = fields.map(|(name, value)| (name.to_owned(), SecretString::from(value)));
    let credentials = Credentials::new(BTreeMap::from(fields), None);
    talk.login(&credentials, &mut Nobody).await.unwrap();
}
async fn read(talk: &mut HostedConversation, records: usize) -> usize {
    let wanted = Fetch {
        options: BTreeMap::from([("records".to_owned(), records.to_string())]),
        ..Fetch::all_of("TRANSACTIONS")
    };
    let mut counted = Counted(0);
    talk.fetch(&wanted, &mut Nobody, &mut counted).await.unwrap();
    assert_eq!(counted.0, records);
    counted.0
}

/// Milliseconds until a session has logged in; the middle one of many.
async fn starts(connector: &dyn Connector, institution: &str) -> f64 {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let begun = Instant::now();
        let mut talk = open(connector, institution);
        enter(&mut talk).await;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        talk.logout().await;
    }
    median(times)
}

/// Milliseconds until a process says its first line.
async fn first_answer(program: &Program) -> f64 {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let begun = Instant::now();
        let mut session = program.session(BANK, "bench", Network::Open);
        session.ping().await.unwrap();
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    median(times)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Lines in a second that come through a pipe from the same script, without a protocol.
async fn pipe(folder: &Path) -> f64 {
    let script = format!(
        "import sys\nsource = open('main.py').read().split('MANIFEST =')[0]\nexec(source)\n\
         for _ in range({RECORDS}): sys.stdout.buffer.write(RECORD)\n"
    );
    let mut child = Command::new("/usr/bin/python3")
        .args(["-c", &script])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let (mut line, mut count, mut begun) = (Vec::new(), 0_usize, None);
    while lines.read_until(b'\n', &mut line).await.unwrap() > 0 {
        begun.get_or_insert_with(Instant::now);
        count += 1;
        line.clear();
    }
    child.wait().await.unwrap();
    assert_eq!(count, RECORDS);
    count as f64 / begun.unwrap().elapsed().as_secs_f64()
}

/// Bytes of memory that this process has.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() << 10
}

/// Does `work`, and says how much memory this process had at most meanwhile.
async fn watch<T>(work: impl Future<Output = T>) -> (T, u64) {
    let mut work = std::pin::pin!(work);
    let mut peak = resident();
    loop {
        let look = tokio::time::sleep(std::time::Duration::from_millis(20));
        tokio::select! {
            done = &mut work => return (done, peak.max(resident())),
            () = look => peak = peak.max(resident()),
        }
    }
}

struct Nobody;
impl Ask for Nobody {
    fn ask(&mut self, _: Challenge) -> BoxFuture<'_, Result<SecretString, Failure>> {
        Box::pin(async { Err(Failure::TokenRequired) })
    }
}

struct Counted(usize);
impl Sink for Counted {
    fn give(&mut self, _: Given) -> BoxFuture<'_, Result<(), Failure>> {
        self.0 += 1;
        Box::pin(async { Ok(()) })
    }
}
