//! An operator's day: init, migrate, keys, rotation, doctor.

use crate::{
    said, say,
    serving::{Receiver, Served, basic},
    vinculo,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use std::{fs, path::Path};

/// A fresh installation on SQLite, and the id of its first API key.
fn installed(folder: &Path) -> String {
    assert_eq!(say(folder, &["init"]).code, Some(0));
    let config = folder.join("vinculo.toml");
    let text = fs::read_to_string(&config).unwrap();
    let url = "url = \"postgres://vinculo@localhost/vinculo\"";
    assert!(text.contains(url));
    fs::write(config, text.replace(url, "url = \"sqlite:vinculo.db\"")).unwrap();
    let migrated = say(folder, &["migrate"]);
    assert_eq!(migrated.code, Some(0), "{}", migrated.err);
    let created = say(folder, &["keys", "create"]);
    assert_eq!(created.code, Some(0), "{}", created.err);
    let id = created.out.lines().next().and_then(|line| line.strip_prefix("VINCULO_SECRET_ID="));
    id.expect("an id").to_owned()
}

#[test]
fn init_never_overwrites_and_keeps_the_ring_private() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(say(folder.path(), &["init"]).code, Some(0));
    let ring = folder.path().join("vinculo.keys");
    let before = fs::read(&ring).unwrap();
    let again = say(folder.path(), &["init"]);
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains("exists already"), "{}", again.err);
    assert_eq!(fs::read(&ring).unwrap(), before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&ring).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_key_is_made_listed_and_revoked_and_its_password_shown_once() {
    let folder = tempfile::tempdir().unwrap();
    let id = installed(folder.path());
    let list = say(folder.path(), &["keys", "list"]);
    assert!(list.out.contains(&id), "{}", list.out);

    let second = say(folder.path(), &["keys", "create", "--new-tenant", "Acme", "--name", "shop"]);
    let password = second.out.lines().find_map(|l| l.strip_prefix("VINCULO_SECRET_PASSWORD="));
    let list = say(folder.path(), &["keys", "list"]).out;
    assert!(list.contains("Acme") && list.contains("shop"), "{list}");
    assert!(!list.contains(password.expect("a password")), "{list}");

    for nameless in [["--new-tenant", " "], ["--name", ""]] {
        let refused = say(folder.path(), &[&["keys", "create"][..], &nameless].concat());
        assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{}", refused.err);
    }
    let ambiguous = say(folder.path(), &["keys", "create"]);
    assert_eq!(ambiguous.code, Some(2));
    assert!(ambiguous.err.contains("--tenant ID") && ambiguous.err.contains("Acme"));

    assert_eq!(say(folder.path(), &["keys", "revoke", &id]).out, "revoked\n");
    assert_eq!(say(folder.path(), &["keys", "revoke", &id]).out, "was revoked already\n");
    let unknown = say(folder.path(), &["keys", "revoke", "00000000-0000-0000-0000-000000000000"]);
    assert_eq!(unknown.code, Some(1));
}

#[test]
fn operators_are_added_listed_and_removed_and_their_passwords_are_no_arguments() {
    let folder = tempfile::tempdir().unwrap();
    installed(folder.path());
    let typing = |arguments: &[&str], password: &str| {
        let mut command = vinculo(folder.path());
        said(command.arg("operators").args(arguments).write_stdin(format!("{password}\n")))
    };
    let added = typing(&["add", "Ana"], "correct horse battery");
    assert_eq!((added.code, added.out.as_str()), (Some(0), "added ana as operator\n"));
    let viewer = typing(&["add", "bea", "--role", "viewer"], "correct horse battery");
    assert_eq!(viewer.out, "added bea as viewer\n", "{}", viewer.err);
    let again = typing(&["add", "ana"], "correct horse battery");
    assert_eq!(again.code, Some(1), "{}", again.err);
    for (name, password) in [("bob", "short"), ("b b", "correct horse battery"), ("bob", "")] {
        assert_eq!(typing(&["add", name], password).code, Some(2), "{name} {password}");
    }
    assert_eq!(typing(&["passwd", "ana"], "another horse battery").code, Some(0));
    assert_eq!(typing(&["passwd", "nobody"], "another horse battery").code, Some(1));
    let list = say(folder.path(), &["operators", "list"]).out;
    assert!(list.contains("ana") && list.contains("viewer"), "{list}");
    assert_eq!(say(folder.path(), &["operators", "remove", "ana"]).out, "removed\n");
    assert_eq!(say(folder.path(), &["operators", "remove", "ana"]).code, Some(1));
    assert!(!say(folder.path(), &["operators", "list"]).out.contains("ana"));
}

#[test]
fn the_ring_is_rotated() {
    let folder = tempfile::tempdir().unwrap();
    installed(folder.path());
    let added = say(folder.path(), &["keys", "ring", "add"]);
    assert_eq!(
        (added.code, added.out.starts_with("added key 2")),
        (Some(0), true),
        "{}",
        added.err
    );
    let rewrapped = say(folder.path(), &["keys", "ring", "rewrap"]);
    assert!(
        rewrapped.out.contains("by key 2; nothing is left"),
        "{}{}",
        rewrapped.out,
        rewrapped.err
    );
    let list = say(folder.path(), &["keys", "ring", "list"]).out;
    assert!(list.lines().any(|line| line.starts_with('2') && line.ends_with("newest")), "{list}");
}

#[test]
fn what_was_sealed_opens_when_its_key_has_left_the_ring() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut served = Served::start(folder.path(), &["dev"], &[]);
        served.basic = basic(&fs::read_to_string(folder.path().join(".vinculo/api-key")).unwrap());
        served
    };
    let receiver = Receiver::new();
    let served = start();
    let (status, link) = served.post(
        "/api/links/",
        r#"{"institution": "erebor_mx_retail", "username": "bnk100", "password": "full", "access_mode": "recurrent"}"#,
    );
    assert_eq!(status, 201, "{link}");
    let hook = json!({"url": receiver.url, "authorization": "Bearer hook", "events": ["ENDPOINT"]});
    let (status, endpoint) = served.post("/v1/webhooks/", &hook.to_string());
    assert_eq!(status, 201, "{endpoint}");
    let at = |what: &str| format!("/v1/webhooks/{}/{what}/", endpoint["id"].as_str().unwrap());
    let (status, rotated) = served.post(&at("secret"), "");
    assert_eq!(status, 200, "{rotated}");
    assert_eq!(served.end("-TERM").1, Some(0));

    let ring = |what: &str| {
        let said = say(folder.path(), &["keys", "ring", what]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        said.out
    };
    let wraps = |key: &str| {
        let list = ring("list");
        let row = list.lines().find(|row| row.starts_with(key)).unwrap();
        row.split_whitespace().nth(1).unwrap().parse::<u32>().unwrap()
    };
    // Two of the server, the link's, the endpoint's two secrets and its authorization.
    assert_eq!(wraps("1"), 6);
    ring("add");
    assert!(ring("rewrap").starts_with("wrapped 6 keys anew by key 2; nothing is left"));
    assert_eq!((wraps("1"), wraps("2")), (0, 6));
    let file = folder.path().join(".vinculo/keys");
    let text = fs::read_to_string(&file).unwrap();
    let newest: String = text.lines().filter(|line| line.starts_with("2:")).collect();
    assert_ne!(newest.len(), text.trim_end().len());
    fs::write(&file, newest).unwrap();

    let served = start();
    let (status, accounts) =
        served.post("/api/accounts/", &json!({"link": link["id"]}).to_string());
    assert_eq!(status, 201, "it logs in with what is sealed: {accounts}");
    assert_eq!(served.post(&at("test"), "").0, 202);
    let sent = receiver.next();
    assert_eq!(sent.header("authorization"), "Bearer hook");
    let content =
        [sent.header("webhook-id"), sent.header("webhook-timestamp"), &sent.body].join(".");
    for signed in [&rotated, &endpoint] {
        let secret = signed["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap();
        let key = STANDARD.decode(secret).unwrap();
        let signature = format!("v1,{}", vault::webhook_signature(&key, content.as_bytes()));
        assert!(sent.header("webhook-signature").split(' ').any(|one| one == signature));
    }
    assert_eq!(served.end("-TERM").1, Some(0));
}

#[cfg(unix)]
#[test]
fn an_exposed_ring_is_refused_with_the_remedy() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    installed(folder.path());
    let ring = folder.path().join("vinculo.keys");
    fs::set_permissions(&ring, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = say(folder.path(), &["keys", "ring", "list"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("chmod 600"), "{}", refused.err);
    let doctor = say(folder.path(), &["doctor"]);
    assert_eq!(doctor.code, Some(1));
    assert!(doctor.out.contains("chmod 600"), "{}", doctor.out);
}

#[test]
fn the_doctor_finds_what_is_missing_and_what_does_not_belong_together() {
    let folder = tempfile::tempdir().unwrap();
    installed(folder.path());
    let well = say(folder.path(), &["doctor"]);
    assert_eq!(well.code, Some(0), "{}{}", well.out, well.err);
    assert!(!well.out.contains("BAD"), "{}", well.out);

    let older =
        said(vinculo(folder.path()).arg("doctor").env("VINCULO_DATABASE__URL", "sqlite:other"));
    assert_eq!(older.code, Some(1));
    assert!(older.out.contains("→ vinculo migrate"), "{}", older.out);

    let ringless =
        said(vinculo(folder.path()).arg("doctor").env("VINCULO_KEYS__FILE", "/nonexistent/keys"));
    assert_eq!(ringless.code, Some(1));
    assert!(ringless.out.contains("vinculo init"), "{}", ringless.out);
}

#[test]
fn links_and_work_are_shown_and_done_again_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("work.db").display());
    links_and_work_are_shown_and_done_again(folder.path(), &url);
}
#[tokio::test]
async fn links_and_work_are_shown_and_done_again_on_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let place = store::testing::postgres().await;
    links_and_work_are_shown_and_done_again(folder.path(), &place.url);
}
fn links_and_work_are_shown_and_done_again(folder: &Path, url: &str) {
    let mut served = Served::start(folder, &["dev", "--database", url], &[]);
    served.basic = basic(&fs::read_to_string(folder.join(".vinculo/api-key")).unwrap());
    let asked = |arguments: &[&str]| {
        let said = say(folder, &[arguments, &["--database", url]].concat());
        assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.err);
        said.out
    };
    let (status, link) = served.post(
        "/api/links/",
        r#"{"institution": "erebor_mx_retail", "username": "somebody", "password": "canary_somebody", "access_mode": "recurrent"}"#,
    );
    assert_eq!(status, 201, "{link}");
    let link = link["id"].as_str().unwrap();
    let show = || asked(&["links", "show", link]);
    let finished = |times| move |shown: &str| shown.matches("refresh_finished").count() == times;
    served.until(|_| finished(1)(&show()));

    let list = asked(&["links", "list"]);
    let row = list.lines().find(|row| row.starts_with(link)).unwrap();
    for told in ["erebor_mx_retail", "recurrent", "valid"] {
        assert!(row.contains(told), "{list}");
    }
    let shown = show();
    for told in ["erebor_mx_retail", "sealed, version 1", "registered", "refresh", "waiting"] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    assert!(!shown.contains("canary_somebody"), "{shown}");

    // The first refresh is a week away.
    let work = asked(&["jobs", "list"]);
    let row = work.lines().find(|row| row.contains(link) && row.contains("refresh")).unwrap();
    assert!(row.contains("waiting"), "{work}");
    let job = row.split_whitespace().next().unwrap();
    assert!(asked(&["jobs", "retry", job]).starts_with("queued"));
    served.until(|_| finished(2)(&show()));

    let done = shown.lines().find(|line| line.contains("load") && line.contains("done")).unwrap();
    let done = done.split_whitespace().next().unwrap();
    let again = say(folder, &["jobs", "retry", done, "--database", url]);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("This work is done."), "{}", again.err);
    let (_, audit) = served.get("/v1/audit/");
    for told in ["retry_job", "command line", job] {
        assert!(audit.contains(told), "{audit}");
    }
    assert_eq!(served.end("-TERM").1, Some(0));
}

#[test]
fn lists_of_nothing_are_lists() {
    let folder = tempfile::tempdir().unwrap();
    installed(folder.path());
    for arguments in [&["links", "list"][..], &["jobs", "list"], &["jobs", "list", "--failed"]] {
        let list = say(folder.path(), arguments);
        assert_eq!((list.code, list.out.lines().count()), (Some(0), 1), "{}{}", list.out, list.err);
    }
    let link = "00000000-0000-7000-8000-000000000000";
    for arguments in [["links", "show", link], ["jobs", "retry", link]] {
        assert_eq!(say(folder.path(), &arguments).code, Some(1));
    }
}
