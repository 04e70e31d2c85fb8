//! Connectors that are programs, from outside: caged, in `dev`, and with the operator's tools.

use crate::{said, say, serving::Served, vinculo};
use serde_json::Value;
use std::{fs, path::Path};

const KEY: [(&str, &str); 2] = [
    ("VINCULO_SECRET_ID", crate::serving::ID),
    ("VINCULO_SECRET_PASSWORD", crate::serving::PASSWORD),
];

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
    let refused = run("good", "wrong\n");
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("invalid_credentials"), "{}", refused.err);
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
