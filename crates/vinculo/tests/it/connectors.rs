//! Connectors that are programs, from outside: caged, in `dev`, and with the operator's tools.

use crate::{said, say, serving::Served, vinculo};
use serde_json::Value;
use std::{fs, path::Path};

const KEY: [(&str, &str); 2] = [
    ("VINCULO_SECRET_ID", crate::serving::ID),
    ("VINCULO_SECRET_PASSWORD", crate::serving::PASSWORD),
];

/// A registration that the script connector lets in.
const SINGLE: &str = r#"{"institution": "script_mx_retail", "username": "good", "password": "hunter2!", "access_mode": "single"}"#;

fn script() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/connectors/script")
}
/// A copy of the script connector in a directory of connectors.
fn copied(folder: &Path) {
    let to = folder.join("connectors/script");
    fs::create_dir_all(&to).unwrap();
    for file in ["connector.json", "main.py"] {
        fs::copy(Path::new(script()).join(file), to.join(file)).unwrap();
    }
}

#[test]
fn a_caged_program_is_a_connector_of_dev_and_goes_when_it_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    copied(folder.path());
    let path = std::env::var("PATH").unwrap();
    let environment = [KEY[0], KEY[1], ("PATH", &path)];
    let served = Served::start(folder.path(), &["dev", "--connectors", "connectors"], &environment);
    let link = |user: &str| {
        let body = format!(
            r#"{{"institution": "script_mx_retail", "username": "{user}", "password": "hunter2!", "access_mode": "single"}}"#
        );
        served.post("/api/links/", &body)
    };
    let (status, born) = link("good");
    assert_eq!(status, 201, "{born}");
    let id = born["id"].as_str().unwrap().to_owned();
    let (status, accounts) = served.post("/api/accounts/", &format!(r#"{{"link": "{id}"}}"#));
    assert_eq!((status, &accounts[0]["name"]), (201, &Value::from("Cuenta")), "{accounts}");
    let (status, asked) = link("otp");
    assert_eq!(status, 428, "{asked}");

    fs::remove_dir_all(folder.path().join("connectors/script")).unwrap();
    served.until(|served| {
        served.get("/api/institutions/?name=script_mx_retail").1.contains(r#""down""#)
    });
    let (status, refused) = link("another");
    assert_eq!((status, &refused[0]["code"]), (400, &Value::from("institution_inactive")));
    copied(folder.path());
    served.until(|_| link("another").0 == 201);
    assert_eq!(served.end("-TERM").1, Some(0));
}

#[test]
fn a_manifest_is_checked_without_running_anything() {
    let folder = tempfile::tempdir().unwrap();
    let good = say(folder.path(), &["connector", "check", script()]);
    assert_eq!(good.code, Some(0), "{}", good.err);
    assert!(good.out.starts_with("script 1.0.0: the manifest is good"), "{}", good.out);
    copied(folder.path());
    let file = folder.path().join("connectors/script/connector.json");
    let text = fs::read_to_string(&file).unwrap().replace("\"TRANSACTIONS\"", "\"TRANSACTION\"");
    fs::write(&file, text).unwrap();
    let bad = say(folder.path(), &["connector", "check", "connectors/script"]);
    assert_eq!(bad.code, Some(1));
    assert!(
        bad.err.contains(
            "connector.json, line 13, institutions[0].resources[1]: there is no such resource"
        ),
        "{}",
        bad.err
    );
}

#[test]
fn a_session_is_shown_live_and_its_challenges_are_answered_on_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let run = |user: &str, typed: &'static str| {
        said(
            vinculo(folder.path())
                .args(["connector", "run", script(), "--username", user, "--days", "5"])
                .write_stdin(typed),
        )
    };
    let shown = run("otp", "hunter2!\n000000\n123456\n");
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    assert!(
        shown.err.contains("otp: Enter the code.") && shown.err.contains("logged in as “user otp”"),
        "{}",
        shown.err
    );
    let records: Vec<Value> =
        shown.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records.len(), 1 + 5);
    assert!(!shown.err.contains("hunter2!"), "{}", shown.err);
    assert!(shown.err.contains("(attempt 2: the last answer was wrong)"), "{}", shown.err);
    let refused = run("good", "wrong\n");
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("invalid_credentials"), "{}", refused.err);
}

/// What is to be seen at a terminal where somebody answers each prompt of `connector run`, and how
/// it ends.
fn at_a_terminal(turns: &[&str]) -> (String, Option<i32>) {
    let sitting = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/connectors/terminal.py");
    let vinculo = assert_cmd::cargo::cargo_bin!("vinculo");
    let output = std::process::Command::new("python3")
        .arg(sitting)
        .args(turns)
        .arg("--")
        .arg(vinculo)
        .args(["connector", "run", script(), "--days", "5"])
        .output()
        .unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

#[test]
fn what_is_secret_is_not_shown_while_it_is_typed() {
    let (seen, code) = at_a_terminal(&[
        "(username):=otp",
        "(password) (not shown):=hunter2!",
        "answer (not shown):=987654",
        "answer (not shown):=123456",
    ]);
    assert_eq!(code, Some(0), "{seen}");
    assert!(seen.contains("otp\r\n"), "a name is no secret: {seen}");
    for secret in ["hunter2!", "987654", "123456"] {
        assert!(!seen.contains(secret), "{seen}");
    }
    assert!(seen.contains("logged in as") && seen.ends_with("echo on\n"), "{seen}");
}

#[test]
fn whoever_interrupts_a_prompt_gets_the_terminal_back_as_it_was() {
    for turns in [
        vec!["(username):=otp", "(password) (not shown):=^C"],
        vec!["(username):=otp", "(password) (not shown):=x", "answer (not shown):=^C"],
    ] {
        let (seen, code) = at_a_terminal(&turns);
        assert_eq!(code, Some(1), "{seen}");
        assert!(seen.ends_with("echo on\n"), "{seen}");
    }
}

/// An installation with a directory of connectors that `more` says something of, and the key of its
/// tenant.
struct Production {
    folder: tempfile::TempDir,
    basic: String,
}

/// Writes a configuration that says `more` of connectors.
fn configure(folder: &Path, more: &str) {
    let text = format!(
        "[database]\nurl = \"sqlite:db\"\n[keys]\nfile = \"vinculo.keys\"\n\
         [connectors]\ndirectory = \"connectors\"\n{more}"
    );
    fs::write(folder.join("vinculo.toml"), text).unwrap();
}

impl Production {
    fn new(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // A connector is another user, where we are root.
        #[cfg(unix)]
        fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
        assert_eq!(say(folder.path(), &["init"]).code, Some(0));
        configure(folder.path(), more);
        fs::create_dir(folder.path().join("connectors")).unwrap();
        assert_eq!(say(folder.path(), &["migrate"]).code, Some(0));
        let made = say(folder.path(), &["keys", "create"]);
        let half = |name: &str| {
            let mut lines = made.out.lines();
            lines.find_map(|line| line.strip_prefix(name)).expect(&made.err).to_owned()
        };
        let key = [half("VINCULO_SECRET_ID="), half("VINCULO_SECRET_PASSWORD=")].join(":");
        let basic = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, key);
        Self { folder, basic }
    }
    fn path(&self) -> &Path {
        self.folder.path()
    }
    fn log(&self) -> String {
        fs::read_to_string(self.path().join("log")).unwrap()
    }
    fn serve(&self, path: &str) -> Served {
        let mut served = Served::start(self.path(), &["serve"], &[("PATH", path)]);
        served.basic.clone_from(&self.basic);
        served
    }
    fn served(&self) -> Served {
        self.serve(&std::env::var("PATH").unwrap())
    }
    /// Puts a version of the script connector in its place, as a whole.
    fn put(&self, version: &str) {
        copied(self.path());
        for file in ["connector.json", "main.py"] {
            let path = self.path().join("connectors/script").join(file);
            let text = fs::read_to_string(&path).unwrap().replace("1.0.0", version);
            fs::write(&path, text).unwrap();
        }
    }
    fn take_away(&self) {
        fs::remove_dir_all(self.path().join("connectors/script")).unwrap();
    }
}

/// The status of the script connector's institution; `None` where it has never been.
fn status(served: &Served) -> Option<String> {
    let (_, answer) = served.get("/api/institutions/?name=script_mx_retail");
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let found: Value = serde_json::from_str(body).unwrap();
    found["results"][0]["status"].as_str().map(str::to_owned)
}

#[test]
fn serve_offers_what_lies_in_its_directory_and_notices_what_changes() {
    let place = Production::new("");
    let served = place.served();
    assert_eq!(status(&served), None);
    place.put("1.0.0");
    served.until(|served| status(served).as_deref() == Some("healthy"));
    let (code, born) = served.post("/api/links/", SINGLE);
    assert_eq!(code, 201, "{born}");
    place.take_away();
    served.until(|served| status(served).as_deref() == Some("down"));
    let (code, refused) = served.post("/api/links/", &SINGLE.replace("good", "other"));
    assert_eq!((code, &refused[0]["code"]), (400, &Value::from("institution_inactive")));
    assert_eq!(served.end("-TERM").1, Some(0));
    assert!(place.log().contains("a connector is offered"), "{}", place.log());
}

#[test]
#[expect(clippy::disallowed_types, reason = "that it is at once is what is tested")]
fn on_sighup_serve_looks_at_once() {
    let place = Production::new("");
    place.put("1.0.0");
    let served = place.served();
    assert_eq!(status(&served).as_deref(), Some("healthy"));
    let began = std::time::Instant::now();
    for round in 0..10 {
        if round % 2 == 0 {
            place.take_away();
        } else {
            place.put("1.0.0");
        }
        let wanted = if round % 2 == 0 { "down" } else { "healthy" };
        served.signal("-HUP");
        served.until(|served| status(served).as_deref() == Some(wanted));
    }
    // By itself it looks every three seconds.
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    assert_eq!(served.end("-TERM").1, Some(0));
}

#[test]
fn an_institution_whose_connector_went_while_nothing_ran_is_down_until_it_is_back() {
    let place = Production::new("");
    place.put("1.0.0");
    for (offered, wanted) in [(true, "healthy"), (false, "down"), (true, "healthy")] {
        if offered {
            place.put("1.0.0");
        } else {
            place.take_away();
        }
        let served = place.served();
        assert_eq!(status(&served).as_deref(), Some(wanted));
        assert_eq!(served.end("-TERM").1, Some(0));
    }
}

/// Does something on a thread, and in the processes that it starts, as on a kernel without Landlock.
#[cfg(target_os = "linux")]
fn without_landlock<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    let missing = SeccompFilter::new(
        [(libc::SYS_landlock_create_ruleset, vec![])].into(),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::ENOSYS.unsigned_abs()),
        std::env::consts::ARCH.try_into().unwrap(),
    );
    let missing: BpfProgram = missing.unwrap().try_into().unwrap();
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            seccompiler::apply_filter(&missing).unwrap();
            work()
        });
        worker.join().unwrap()
    })
}

/// Where neither Bubblewrap nor Landlock is to be had.
#[cfg(target_os = "linux")]
#[test]
fn without_a_cage_serve_runs_no_connectors_of_others_unless_that_is_said_word_for_word() {
    without_landlock(|| {
        let place = Production::new("");
        place.put("1.0.0");
        let serve = |place: &Production| {
            said(vinculo(place.path()).args(["serve", "--listen", "127.0.0.1:0"]).env("PATH", ""))
        };
        let refused = serve(&place);
        assert_eq!(refused.code, Some(1), "{}", refused.err);
        for part in [
            "connectors of others are not run without a cage",
            "Bubblewrap is not installed",
            "The fallback needs Landlock",
            WORD_FOR_WORD,
        ] {
            assert!(refused.err.contains(part), "{part}: {}", refused.err);
        }
        configure(place.path(), "uncaged = \"yes\"\n");
        assert_eq!(serve(&place).code, Some(2), "anything else is not enough");

        configure(place.path(), &format!("uncaged = \"{WORD_FOR_WORD}\"\n"));
        let served = place.serve("");
        assert_eq!(status(&served).as_deref(), Some("healthy"));
        assert_eq!(served.end("-TERM").1, Some(0));
    });
}

const WORD_FOR_WORD: &str = "I understand that connectors can then read this machine";

/// Where Landlock is to be had, but Bubblewrap is not.
#[cfg(target_os = "linux")]
#[test]
fn a_cage_that_leaves_the_network_open_is_none_to_serve_unless_that_is_said_word_for_word() {
    let place = Production::new("");
    place.put("1.0.0");
    let refused =
        said(vinculo(place.path()).args(["serve", "--listen", "127.0.0.1:0"]).env("PATH", ""));
    assert_eq!(refused.code, Some(1), "{}", refused.err);
    for part in [
        "connectors of others are not run without a cage that closes the network",
        "leave the network open at the proxy's port",
        "apt-get install bubblewrap",
        WORD_FOR_WORD,
    ] {
        assert!(refused.err.contains(part), "{part}: {}", refused.err);
    }
    let doctor = said(vinculo(place.path()).arg("doctor").env("PATH", ""));
    assert_eq!(doctor.code, Some(1), "{}", doctor.out);
    assert!(doctor.out.contains("BAD") && doctor.out.contains(WORD_FOR_WORD), "{}", doctor.out);

    configure(place.path(), &format!("uncaged = \"{WORD_FOR_WORD}\"\n"));
    let served = place.serve("");
    let (code, born) = served.post("/api/links/", SINGLE);
    assert_eq!(code, 201, "{born}");
    assert_eq!(served.end("-TERM").1, Some(0));
    let log = place.log();
    assert!(log.contains("connectors run all the same"), "{log}");
    assert!(log.contains("leave the network open"), "what holds is still put around: {log}");
}

#[cfg(target_os = "linux")]
#[test]
fn dev_warns_of_a_cage_that_leaves_the_network_open_and_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    copied(folder.path());
    let without = [KEY[0], KEY[1], ("PATH", "")];
    let served = Served::start(folder.path(), &["dev", "--connectors", "connectors"], &without);
    let (code, born) = served.post("/api/links/", SINGLE);
    assert_eq!(code, 201, "{born}");
    assert_eq!(served.end("-TERM").1, Some(0));
    let screen = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(screen.contains("WARN ") && screen.contains("leave the network open"), "{screen}");
}

#[test]
fn an_operator_sees_what_is_missing_before_a_connector_is_offered() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(say(folder.path(), &["init"]).code, Some(0));
    copied(folder.path());
    let file = folder.path().join("connectors/script/connector.json");
    let asking = fs::read_to_string(&file).unwrap();
    let asking = asking.replace("\"limits\"", "\"egress\": [\"bank.example:443\"], \"limits\"");
    fs::write(&file, asking).unwrap();
    let configure = |more: &str| {
        let text = format!(
            "[database]\nurl = \"sqlite:db\"\n[connectors]\ndirectory = \"connectors\"\n{more}"
        );
        fs::write(folder.path().join("vinculo.toml"), text).unwrap();
    };
    configure("");
    let listed = say(folder.path(), &["connector", "list"]);
    assert_eq!(listed.code, Some(0), "{}", listed.err);
    assert!(
        listed.out.contains("[connectors.approved.script]: \"bank.example:443\""),
        "{}",
        listed.out
    );
    let doctor = say(folder.path(), &["doctor"]);
    assert!(doctor.out.contains("BAD   connector in script: "), "{}", doctor.out);
    configure("[connectors.approved.script]\negress = [\"bank.example:443\"]\n");
    let doctor = say(folder.path(), &["doctor"]);
    assert!(doctor.out.contains("ok    connector script 1.0.0 is offered"), "{}", doctor.out);
    configure("uncaged = \"yes\"\n");
    let vague = say(folder.path(), &["doctor"]);
    assert!(
        vague.out.contains("I understand that connectors can then read this machine"),
        "{}",
        vague.out
    );
    configure("[connectors.hosts]\n\"127.0.0.1:443\" = \"127.0.0.1:8443\"\n");
    assert!(
        say(folder.path(), &["doctor"]).out.contains("connectors.hosts"),
        "a name, not an address"
    );
}
