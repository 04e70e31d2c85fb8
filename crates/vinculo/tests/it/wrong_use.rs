//! Wrong use ends with 2 and says what to do; a failure ends with 1.

use crate::{said, say, vinculo};
use std::fs;

#[test]
fn wrong_flags_end_with_two_and_say_what_is_possible() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (&["frobnicate"][..], "unrecognized subcommand"),
        (&["links", "show", "not-an-id"], "is not a valid UUID"),
        (&["links", "list", "--config", "a", "--data", "b"], "cannot be used with"),
        (&["keys", "create", "--tenant", "x"], "is not a valid UUID"),
        (&["migrate", "--log", "loud"], "human, json"),
        (&[], "Usage"),
    ] {
        let said = say(folder.path(), arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.err);
        assert!(said.err.contains(expected), "{arguments:?}: {}", said.err);
        assert_eq!(said.out, "", "{arguments:?}");
    }
}

#[test]
fn a_log_level_that_there_is_not_is_named_and_ends_with_two() {
    let folder = tempfile::tempdir().unwrap();
    let flag = say(folder.path(), &["dev", "--log-level", "loud"]);
    assert_eq!((flag.code, flag.err.contains("“loud”")), (Some(2), true), "{}", flag.err);
    let variable = said(vinculo(folder.path()).arg("dev").env("RUST_LOG", "engine=loud"));
    let named = variable.err.contains("“engine=loud”");
    assert_eq!((variable.code, named), (Some(2), true), "{}", variable.err);
}

#[test]
fn help_and_version_are_answers_not_errors() {
    let folder = tempfile::tempdir().unwrap();
    let version = say(folder.path(), &["--version"]);
    assert_eq!((version.code, version.out.starts_with("vinculo ")), (Some(0), true));
    let help = say(folder.path(), &["--help"]);
    assert_eq!(help.code, Some(0));
    for command in [
        "dev",
        "serve",
        "openapi",
        "init",
        "migrate",
        "keys",
        "links",
        "jobs",
        "doctor",
        "statements",
    ] {
        assert!(help.out.contains(command), "{}", help.out);
    }
}

#[test]
fn a_mistake_in_the_configuration_is_named_and_ends_with_two() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("vinculo.toml"), "[server]\nlistn = \"x\"\n").unwrap();
    let file = say(folder.path(), &["links", "list"]);
    assert_eq!(file.code, Some(2));
    assert!(file.err.contains("vinculo.toml, line 2, server.listn: "), "{}", file.err);

    let missing = say(folder.path(), &["links", "list", "--config", "nowhere.toml"]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.contains("nowhere.toml"), "{}", missing.err);

    fs::write(folder.path().join("vinculo.toml"), "").unwrap();
    let variable = said(
        vinculo(folder.path()).args(["links", "list"]).env("VINCULO_DATABASE__CONNECTIONS", "many"),
    );
    assert_eq!(variable.code, Some(2));
    assert!(variable.err.contains("VINCULO_DATABASE__CONNECTIONS, database.connections: "));
}

#[test]
fn merchants_that_mean_nothing_keep_it_from_starting_and_are_named_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = "[[rule]]\ncategory = \"Taxes\"\nwords = [\"**\"]\n";
    fs::write(folder.path().join("merchants.toml"), file).unwrap();
    let told = "merchants.toml, line 3: “**” cannot be looked for";
    let dev = say(folder.path(), &["dev", "--data", "data", "--merchants", "merchants.toml"]);
    assert_eq!((dev.code, dev.err.contains(told)), (Some(2), true), "{}", dev.err);
    let gone = say(folder.path(), &["dev", "--data", "data", "--merchants", "nowhere.toml"]);
    assert_eq!((gone.code, gone.err.contains("nowhere.toml")), (Some(2), true), "{}", gone.err);
    for arguments in [&["init"][..], &["migrate", "--database", "sqlite:db"]] {
        assert_eq!(say(folder.path(), arguments).code, Some(0));
    }
    let with = |command: &str| {
        let mut program = vinculo(folder.path());
        program.args([command, "--database", "sqlite:db"]);
        said(program.env("VINCULO_INSIGHTS__MERCHANTS", "merchants.toml"))
    };
    let serve = with("serve");
    assert_eq!((serve.code, serve.err.contains(told)), (Some(2), true), "{}", serve.err);
    assert!(with("doctor").out.contains(told));
}

#[test]
fn without_anything_configured_it_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let said = say(folder.path(), &["links", "list"]);
    assert_eq!(said.code, Some(2));
    for remedy in ["vinculo init", "VINCULO_DATABASE__URL", "--data"] {
        assert!(said.err.contains(remedy), "{}", said.err);
    }
}

#[test]
fn a_database_that_cannot_be_reached_ends_with_one_and_shows_no_password() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgres://someone:hunter2@127.0.0.1:1/nowhere";
    let said = say(folder.path(), &["migrate", "--database", url]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.err.contains("the database cannot be opened"), "{}", said.err);
    assert!(!said.err.contains("hunter2"), "{}", said.err);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    say(folder.path(), &["init"]);
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("vinculo"))
        .args(["migrate", "--database", "sqlite:db"])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}
