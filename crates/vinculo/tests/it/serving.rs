//! `dev` and `serve` as processes: ready, refusing, stopping.

use crate::{said, say, vinculo};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
};
use store::Store;
use vault::{KeyRing, Vault};

pub(crate) const ID: &str = "0b8f2c64-51d7-4c3e-9a60-7c1d2e3f4a5b";
pub(crate) const PASSWORD: &str = "canary-password-of-the-key";
/// The same as it stands in a Basic header.
const BASIC: &str =
    "MGI4ZjJjNjQtNTFkNy00YzNlLTlhNjAtN2MxZDJlM2Y0YTViOmNhbmFyeS1wYXNzd29yZC1vZi10aGUta2V5";

/// A server of a test's own.
pub(crate) struct Served {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    address: String,
    /// The key that it is asked with, as a Basic header has it.
    pub(crate) basic: String,
}

impl Served {
    pub(crate) fn start(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("vinculo"))
            .args(arguments)
            .args(["--listen", "127.0.0.1:0"])
            .current_dir(folder)
            .env_clear()
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let log = || fs::read_to_string(folder.join("log")).unwrap_or_default();
        let address = line.trim_end().strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("{line}{}", log())).to_owned();
        Self { child, out, address, basic: BASIC.into() }
    }

    /// The status and the whole of an answer.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.call("GET", path, "")
    }
    /// The status and the body of an answer.
    pub(crate) fn post(&self, path: &str, body: &str) -> (u16, serde_json::Value) {
        let (status, answer) = self.call("POST", path, body);
        (status, json(&answer))
    }
    /// Asks again and again until it is so.
    pub(crate) fn until(&self, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..200 {
            if is_so(self) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("it does not come to be so");
    }
    fn call(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let basic = format!("Basic {}", self.basic);
        let headers = [("authorization", basic.as_str()), ("content-type", "application/json")];
        self.ask(method, path, &headers, body)
    }
    /// The status and the whole of an answer to a request with these headers.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.address).unwrap();
        for (name, value) in headers {
            write!(stream, "{name}: {value}\r\n").unwrap();
        }
        let length = body.len();
        write!(stream, "content-length: {length}\r\nconnection: close\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
    }

    /// Sends `signal`.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }
    /// Sends `signal`; whatever else it said on standard output, and its exit code.
    pub(crate) fn end(mut self, signal: &str) -> (String, Option<i32>) {
        self.signal(signal);
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (rest, self.child.wait().unwrap().code())
    }
}

/// The body of an answer.
pub(crate) fn json(answer: &str) -> serde_json::Value {
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

/// `id:password` as a Basic header has it.
pub(crate) fn basic(key: &str) -> String {
    STANDARD.encode(key.trim())
}

/// Whom webhooks are sent to.
pub(crate) struct Receiver {
    pub(crate) url: String,
    came: mpsc::Receiver<Webhook>,
}

/// One of them, as it came.
pub(crate) struct Webhook {
    head: String,
    pub(crate) body: String,
}

impl Receiver {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (tell, came) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if tell.send(Webhook::taken(stream.unwrap())).is_err() {
                    return;
                }
            }
        });
        Self { url, came }
    }
    /// The next one, for which it waits.
    pub(crate) fn next(&self) -> Webhook {
        self.came.recv().unwrap()
    }
    /// Those that have come since.
    pub(crate) fn rest(&self) -> Vec<Webhook> {
        self.came.try_iter().collect()
    }
}

impl Webhook {
    fn taken(mut stream: TcpStream) -> Self {
        let mut reader = BufReader::new(&stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
        }
        let mut came = Self { head, body: String::new() };
        let length = came.header("content-length").parse().unwrap();
        reader.take(length).read_to_string(&mut came.body).unwrap();
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
        came
    }
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Ended already unless a test failed.
        drop(self.child.kill());
    }
}

#[test]
fn dev_says_once_where_it_listens_and_stops_when_told() {
    for signal in ["-INT", "-TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let served = Served::start(folder.path(), &["dev"], &[]);
        assert_eq!(served.get("/healthz").0, 200);
        assert_eq!(served.get("/readyz").0, 200);
        let screen = fs::read_to_string(folder.path().join("log")).unwrap();
        let key = fs::read_to_string(folder.path().join(".vinculo/api-key")).unwrap();
        assert!(screen.contains(key.trim()) && screen.contains(&served.address), "{screen}");
        assert_eq!(served.end(signal), (String::new(), Some(0)), "{signal}");
    }
}

#[test]
fn what_the_first_screen_shows_can_be_done_and_is_seen_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut served = Served::start(folder.path(), &["dev"], &[]);
    let log = || fs::read_to_string(folder.path().join("log")).unwrap();
    let url = format!("http://{}", served.address);
    let screen = log().replace("\\\n", " ");
    let (mut key, mut link) = (String::new(), String::new());
    let mut seen = Vec::new();
    for line in screen.lines().map(str::trim) {
        if let Some(said) = line.strip_prefix("KEY=") {
            key = said.into();
        } else if let Some(command) = line.strip_prefix("curl ") {
            let request = Curl::read(command, &[("$KEY", &key), ("$LINK", &link)]);
            served.basic = basic(&request.user);
            let method = if request.body.is_empty() { "GET" } else { "POST" };
            let path = request.path(&url);
            if method == "GET" {
                // What is read comes a moment after the link.
                served.until(|served| {
                    json(&served.get(&path).1)["results"]
                        .as_array()
                        .is_some_and(|all| all.len() == 5)
                });
            }
            let (status, answer) = served.call(method, &path, &request.body);
            if let Some(id) = json(&answer)["id"].as_str() {
                link = id.into();
            }
            seen.push((method, status));
        } else if let Some((_, path)) = line.split_once(&format!("{url}/")) {
            let path = path.split_whitespace().next().unwrap_or_default();
            let status = served.get(&format!("/{path}")).0;
            assert!([200, 303].contains(&status), "{status}: {line}");
        }
    }
    assert_eq!(seen, [("POST", 201), ("GET", 200), ("POST", 200)], "{screen}");
    assert!(log().contains("POST /api/links/ 201 in "), "{}", log());
    let event = format!("link.id={link}");
    let refreshed = |line: &str| line.contains("announced") && line.contains(&event);
    assert!(log().lines().any(refreshed), "{}", log());
    assert_eq!(served.end("-TERM").1, Some(0));
}

/// What a line of `curl` asks for.
#[derive(Default)]
struct Curl {
    user: String,
    url: String,
    body: String,
}

impl Curl {
    /// Of what stands after `curl`, as a shell would read it that knows these `variables`.
    fn read(command: &str, variables: &[(&str, &str)]) -> Self {
        let mut words = Vec::new();
        let mut rest = command.trim_start();
        while let Some(first) = rest.chars().next() {
            let quoted = ['\'', '"'].contains(&first);
            let end = if quoted { first } else { ' ' };
            let (word, after) = rest[usize::from(quoted)..].split_once(end).unwrap_or((rest, ""));
            let mut word = word.to_owned();
            if first != '\'' {
                for (name, value) in variables {
                    word = word.replace(name, value);
                }
            }
            words.push(word);
            rest = after.trim_start();
        }
        let mut curl = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "-u" => curl.user = words.next().unwrap(),
                "-d" => curl.body = words.next().unwrap(),
                "-H" => assert_eq!(words.next().unwrap(), "Content-Type: application/json"),
                _ => curl.url = word,
            }
        }
        curl
    }
    fn path(&self, at: &str) -> String {
        self.url.strip_prefix(at).unwrap_or_else(|| panic!("{} is elsewhere", self.url)).to_owned()
    }
}

#[test]
fn a_hang_up_makes_it_read_the_key_ring_again() {
    let folder = tempfile::tempdir().unwrap();
    let key = [("VINCULO_SECRET_ID", ID), ("VINCULO_SECRET_PASSWORD", PASSWORD)];
    let served = Served::start(folder.path(), &["dev"], &key);
    let register = |user: &str| {
        let link = format!(
            r#"{{"institution": "erebor_mx_retail", "username": "{user}", "password": "full", "access_mode": "single"}}"#
        );
        assert_eq!(served.post("/api/links/", &link).0, 201);
    };
    let ring = |what: &str| say(folder.path(), &["keys", "ring", what]).out;
    assert!(ring("add").contains("added key 2"));
    register("bnk1");
    let list = ring("list");
    assert!(list.lines().any(|line| line.starts_with("2 ") && line.contains(" 0 ")), "{list}");
    let log = || fs::read_to_string(folder.path().join("log")).unwrap();
    served.signal("-HUP");
    served.until(|_| log().contains("key 2 wraps"));
    register("bnk2");
    let list = ring("list");
    assert!(list.lines().any(|line| line.starts_with("2 ") && line.contains(" 1 ")), "{list}");

    // A ring that is not ours is not taken.
    fs::write(
        folder.path().join(".vinculo/keys"),
        "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    )
    .unwrap();
    served.signal("-HUP");
    served.until(|_| log().contains("the key ring stays as it was"));
    register("bnk3");
    assert_eq!(served.get("/readyz").0, 200);
    assert_eq!(served.end("-TERM").1, Some(0));
}

#[test]
fn a_key_of_the_environment_opens_and_its_password_is_written_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let key =
        [(("VINCULO_SECRET_ID"), ID), ("VINCULO_SECRET_PASSWORD", PASSWORD), ("RUST_LOG", "trace")];
    for _ in 0..2 {
        let served = Served::start(folder.path(), &["dev"], &key);
        assert_eq!(served.get("/api/links/").0, 200);
        assert_eq!(served.get("/v1/sandbox/faults/").0, 200, "the sandbox can be steered");
        assert_eq!(served.end("-TERM").1, Some(0));
        let mut files: Vec<_> = fs::read_dir(folder.path().join(".vinculo"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.push(folder.path().join("log"));
        for file in files {
            let bytes = fs::read(&file).unwrap();
            for canary in [PASSWORD.as_bytes(), BASIC.as_bytes()] {
                let found = bytes.windows(canary.len()).any(|window| window == canary);
                assert!(!found, "in {}", file.display());
            }
        }
    }
    let other = said(
        vinculo(folder.path()).arg("dev").envs([key[0], ("VINCULO_SECRET_PASSWORD", "other")]),
    );
    assert_eq!(other.code, Some(1));
    assert!(other.err.contains("known with another password"), "{}", other.err);
    let half = said(vinculo(folder.path()).arg("dev").envs([key[0]]));
    assert_eq!(half.code, Some(2));
}

#[test]
fn a_second_process_on_the_same_data_is_refused_until_the_first_has_gone() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), &["dev"], &[]);
    let second = say(folder.path(), &["dev", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(1));
    let holder = format!("in use by process {}", served.child.id());
    assert!(second.err.contains(&holder) && second.err.contains("--data"), "{}", second.err);
    assert!(second.err.contains(&served.address), "{}", second.err);
    served.end("-KILL");
    let served = Served::start(folder.path(), &["dev"], &[]);
    assert_eq!(served.end("-TERM").1, Some(0), "a killed process leaves no lock behind");
}

#[test]
fn a_sqlite_file_is_for_one_engine_whichever_command_runs_it() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), &["dev"], &[]);
    let file = "sqlite:.vinculo/vinculo.db";
    for arguments in [
        &["serve", "--data", ".vinculo"][..],
        &["serve", "--data", ".vinculo", "--database", file],
        &["dev", "--data", "another", "--database", file],
    ] {
        let second = say(folder.path(), &[arguments, &["--listen", "127.0.0.1:0"]].concat());
        assert_eq!(second.code, Some(1), "{arguments:?}");
        let holder = format!("vinculo.db is in use by process {}", served.child.id());
        assert!(second.err.contains(&holder), "{arguments:?}: {}", second.err);
        assert!(second.err.contains(&served.address), "{arguments:?}: {}", second.err);
    }
    assert_eq!(served.end("-TERM").1, Some(0));
    let served = Served::start(folder.path(), &["serve", "--data", ".vinculo"], &[]);
    assert_eq!(served.end("-TERM").1, Some(0), "what has ended keeps nobody out");
}

#[tokio::test]
async fn dev_leaves_the_database_of_another_installation_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("theirs.db").display());
    let theirs = Store::open(&url, store::Settings::default()).await.unwrap();
    let vault = Vault::new(&KeyRing::generate().unwrap()).unwrap();
    theirs.migrate_to(1).await.unwrap();
    let mut tx = theirs.write().await.unwrap();
    let sealed = vault.new_server_key("index").unwrap();
    assert!(tx.put_server_key_if_absent("index", &sealed).await.unwrap());
    tx.commit().await.unwrap();
    let refused = || {
        let said = say(folder.path(), &["dev", "--listen", "127.0.0.1:0", "--database", &url]);
        assert_eq!(said.code, Some(1), "{}", said.err);
        for told in ["belongs to another installation", "--data DIR", "--database URL"] {
            assert!(said.err.contains(told), "{}", said.err);
        }
    };
    refused();
    assert_eq!(theirs.version().await.unwrap().found, 1, "nothing was migrated");

    theirs.migrate().await.unwrap();
    refused();
    let mut tx = theirs.read().await.unwrap();
    assert!(tx.tenants().await.unwrap().is_empty(), "nobody got a key");
    assert!(tx.operator_named("dev").await.unwrap().is_none());
}

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = say(folder.path(), &["dev", "--listen", &address]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains(&address) && refused.err.contains("--listen"), "{}", refused.err);
}

#[test]
fn serve_refuses_what_is_not_safe_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let database = ["serve", "--database", "sqlite:db", "--listen", "127.0.0.1:0"];
    let ringless = say(folder.path(), &database);
    assert_eq!(ringless.code, Some(2));
    assert!(ringless.err.contains("vinculo init"), "{}", ringless.err);

    assert_eq!(say(folder.path(), &["init"]).code, Some(0));
    let older = say(folder.path(), &database);
    assert_eq!(older.code, Some(1));
    assert!(older.err.contains("vinculo migrate"), "{}", older.err);

    assert_eq!(say(folder.path(), &["migrate", "--database", "sqlite:db"]).code, Some(0));
    let idle = said(vinculo(folder.path()).args(database).env("VINCULO_SERVER__ROLES", "cook"));
    assert_eq!(idle.code, Some(2));
    assert!(idle.err.contains("VINCULO_SERVER__ROLES"), "{}", idle.err);
}

#[test]
fn serve_plays_its_roles() {
    let folder = tempfile::tempdir().unwrap();
    say(folder.path(), &["init"]);
    let database = ["--database", "sqlite:db"];
    assert_eq!(say(folder.path(), &["migrate", "--database", "sqlite:db"]).code, Some(0));
    for (roles, api) in [("api,worker", 401), ("api", 401), ("worker", 404)] {
        let arguments = [&["serve", "--log", "json", "--roles", roles][..], &database].concat();
        let served = Served::start(folder.path(), &arguments, &[]);
        assert_eq!(served.get("/healthz").0, 200, "{roles}");
        assert_eq!(served.get("/api/links/").0, api, "{roles}");
        assert_eq!(served.get("/v1/clock/").0, 404, "{roles}: no clock can be moved");
        let second = say(folder.path(), &[&arguments[..], &["--listen", "127.0.0.1:0"]].concat());
        assert_eq!(second.code, Some(1), "one server for one SQLite file");
        assert!(second.err.contains("in use by process"), "{}", second.err);
        assert_eq!(served.end("-TERM").1, Some(0), "{roles}");
        let log = fs::read_to_string(folder.path().join("log")).unwrap();
        assert!(objects(&log).iter().any(|line| line["message"] == "answered"), "{log}");
        assert_eq!(objects(&second.err).len(), 1, "why it ended");
    }
}

/// The objects of which a log for machines consists, and of nothing else.
fn objects(log: &str) -> Vec<serde_json::Value> {
    let object = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    log.lines().map(object).collect()
}

#[test]
fn dev_says_to_machines_that_it_is_ready_and_keeps_the_key_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), &["dev", "--log", "json"], &[]);
    let address = served.address.clone();
    assert_eq!(served.end("-TERM").1, Some(0));
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    let objects = objects(&log);
    let ready = objects.iter().find(|line| line["message"] == "ready").unwrap();
    assert_eq!(ready["address"], address);
    let key = fs::read_to_string(folder.path().join(".vinculo/api-key")).unwrap();
    let (_, password) = key.trim().split_once(':').unwrap();
    assert!(!log.contains(password), "{log}");
}

#[test]
fn the_openapi_document_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let document = say(folder.path(), &["openapi"]);
    let document: serde_json::Value = serde_json::from_str(&document.out).unwrap();
    assert!(document["paths"]["/api/links/"].is_object());
}
