//! The suite finds what is wrong with a connector in the row that it belongs to, and nothing wrong
//! with one that is right.

use crate::{Said, say};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A folder with the faulty connector, its manifest changed by `change`, its users by `users`.
fn faulty(
    fault: &str,
    change: impl FnOnce(&mut Value),
    users: impl FnOnce(&mut Value),
) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    // The cage's user must be able to enter it.
    #[cfg(unix)]
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/connectors/faulty/main.py");
    fs::copy(script, folder.path().join("main.py")).unwrap();
    let mut manifest = json!({
        "id": "faulty", "version": "1.0.0", "licence": "Apache-2.0", "protocol": [1],
        "command": ["python3", "main.py", fault],
        "institutions": [{
            "id": 100_001, "name": "faulty_mx_retail", "type": "bank", "display_name": "Faulty",
            "country_codes": ["MX"],
            "form_fields": [
                {"name": "username", "type": "text", "label": "User"},
                {"name": "password", "type": "password", "label": "Password"},
            ],
            "resources": ["ACCOUNTS", "TRANSACTIONS"], "ids": "stable",
        }],
        "challenges": ["otp"], "egress": [],
    });
    change(&mut manifest);
    let login = |user: &str, password: &str| json!({"username": user, "password": password});
    let right = "correct-horse-42";
    let mut conformance = json!({
        "window": {"from": "2026-01-01", "to": "2026-01-31"},
        "users": [
            {"credentials": login("ana", right)},
            {"credentials": login("ana", "wrong-horse-43"), "expect": {"kind": "invalid_credentials"}},
            {"credentials": login("locked", right), "expect": {"kind": "login_error", "problem": "locked"}},
            {"credentials": login("otp", right), "challenge": {"kind": "otp", "right": "111111", "wrong": "908172"}},
        ],
    });
    users(&mut conformance);
    for (name, content) in [("connector.json", manifest), ("conformance.json", conformance)] {
        fs::write(folder.path().join(name), content.to_string()).unwrap();
    }
    folder
}

/// The rows that fail, and what was printed.
fn failing(folder: &Path, flags: &[&str]) -> (BTreeSet<String>, Said) {
    let mut arguments = vec!["connector", "test", ".", "--json", "--seed", "17"];
    arguments.extend(flags);
    let said = say(folder, &arguments);
    let report: Value = serde_json::from_str(&said.out).expect(&said.err);
    let failed = report["rows"].as_array().unwrap().iter().filter(|row| row["verdict"] == "failed");
    let failed: BTreeSet<_> = failed.map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(report["passed"], failed.is_empty());
    assert_eq!(said.code, Some(i32::from(!failed.is_empty())), "{}", said.err);
    (failed, said)
}

/// Looks away for a moment only: whoever hoards is looked for by a test of its own.
fn finds(fault: &str, rows: &[&str]) {
    finds_with(fault, rows, &["--look-away", "200"]);
}

fn finds_with(fault: &str, rows: &[&str], flags: &[&str]) {
    let folder = faulty(fault, |_| {}, |_| {});
    // Uncaged, so that what is found is found by the suite.
    let (failed, said) = failing(folder.path(), &[&["--uncaged"], flags].concat());
    let wanted: BTreeSet<_> = rows.iter().map(|&row| row.to_owned()).collect();
    assert_eq!(failed, wanted, "{fault}: {}", said.out);
}

#[test]
fn a_connector_without_a_fault_passes_every_row() {
    finds("", &[]);
}

macro_rules! each_fault {
    ($($test:ident: $fault:literal is $rows:expr;)*) => {
        $(#[test]
        fn $test() {
            finds($fault, &$rows);
        })*
    };
}

each_fault! {
    a_version_that_nobody_offered_is_found: "agrees" is ["negotiation"];
    a_connector_that_is_not_its_manifests_is_found: "version" is ["negotiation"];
    a_description_that_is_not_the_manifests_is_found: "describe" is ["negotiation"];
    an_answer_to_what_does_not_exist_is_found: "anything" is ["framing"];
    a_line_that_is_no_message_is_found: "chatty" is ["framing"];
    a_process_that_stays_is_found: "stays" is ["error login_error/locked"];
    a_user_who_is_another_each_time_is_found: "user" is ["login"];
    an_unclear_word_for_a_wrong_password_is_found: "unclear" is ["error invalid_credentials"];
    another_problem_than_the_declared_is_found: "problem" is ["error login_error/locked"];
    a_right_answer_that_is_refused_is_found: "right" is [
        "challenge otp: right", "challenge otp: wrong, then right",
    ];
    another_challenge_than_the_declared_is_found: "kind" is [
        "challenge otp: right", "challenge otp: wrong, then right",
    ];
    a_wrong_answer_that_is_taken_is_found: "gullible" is ["challenge otp: wrong, then right"];
    an_attempt_that_is_not_counted_is_found: "attempt" is ["challenge otp: wrong, then right"];
    a_cancelled_challenge_that_blames_the_login_is_found: "after_cancelled" is [
        "challenge otp: cancelled", "cancel",
    ];
    an_expired_challenge_that_blames_the_login_is_found: "after_session_expired" is [
        "challenge otp: expired",
    ];
    a_login_without_the_person_who_is_needed_is_found: "bold" is ["challenge otp: nobody there"];
    a_record_that_cannot_be_kept_is_found: "records" is ["records"];
    a_record_of_an_account_that_was_not_shown_is_found: "account" is ["records"];
    a_record_without_the_id_that_is_promised_is_found: "no_id" is ["records"];
    a_reading_that_never_is_complete_is_found: "incomplete" is ["records"];
    ids_of_the_connectors_own_making_are_found: "identities" is ["identities"];
    a_window_that_is_not_kept_is_found: "window" is ["window"];
    records_that_are_lost_between_two_readings_are_found: "resume" is ["resume"];
    records_that_come_again_after_a_checkpoint_are_found: "again" is ["resume"];
    pages_that_are_counted_anew_after_a_checkpoint_are_found: "pages" is ["resume"];
    a_connector_that_does_not_listen_while_it_works_is_found: "deaf" is ["ping"];
    a_connector_that_cannot_be_cancelled_is_found: "cancel" is ["cancel"];
    a_process_that_is_left_is_found: "orphan" is ["orphans"];
    a_secret_in_standard_error_is_found_in_any_dress: "secret_in_stderr" is ["secrets"];
    a_secret_in_a_log_is_found: "secret_in_log" is ["secrets"];
}

#[test]
fn a_connector_that_hoards_is_found() {
    finds_with("hoards", &["back-pressure"], &[]);
}

#[test]
fn a_manifest_that_breaks_a_rule_is_the_only_row() {
    let folder = faulty("", |manifest| manifest["egress"] = json!(["10.0.0.1:443"]), |_| {});
    let (failed, said) = failing(folder.path(), &["--uncaged"]);
    assert_eq!(failed, ["manifest".to_owned()].into());
    assert!(said.out.contains("egress"), "{}", said.out);
}

#[test]
fn who_says_that_they_can_be_told_of_a_revocation_must_hear_it() {
    for (fault, rows) in [("", &[][..]), ("clings", &["revoke"])] {
        let says = |manifest: &mut Value| {
            let bank = &mut manifest["institutions"][0];
            bank["resources"] = json!(["ACCOUNTS", "TRANSACTIONS", "CONSENTS"]);
            bank["revokes"] = json!(true);
        };
        let folder = faulty(fault, says, |_| {});
        let (failed, said) = failing(folder.path(), &["--uncaged", "--look-away", "200"]);
        let wanted: BTreeSet<_> = rows.iter().map(|&row| row.to_owned()).collect();
        assert_eq!(failed, wanted, "{fault}: {}", said.out);
    }
}

#[test]
fn what_the_manifest_declares_and_nobody_meets_is_found() {
    for (change, users) in [(json!(["otp", "push"]), None), (json!(["otp"]), Some(json!([])))] {
        let folder = faulty(
            "",
            |manifest| manifest["challenges"] = change,
            |conformance| {
                if let Some(users) = users {
                    conformance["users"] = users;
                }
            },
        );
        let (failed, _) = failing(folder.path(), &["--uncaged"]);
        assert_eq!(failed, ["test users".to_owned()].into());
    }
}

#[test]
fn what_a_connector_reaches_beside_its_manifest_is_found_in_the_cage() {
    for fault in ["strays", "blames"] {
        let egress = |manifest: &mut Value| manifest["egress"] = json!(["bank.example:443"]);
        let folder = faulty(fault, egress, |_| {});
        let (failed, said) = failing(
            folder.path(),
            &["--host", "bank.example:443=127.0.0.1:1", "--look-away", "200"],
        );
        assert!(failed.contains("egress"), "{fault}: {}", said.out);
    }
}

/// A skeleton, made in a folder that the cage's user can enter.
fn skeleton(language: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let said = say(folder.path(), &["connector", "new", "--language", language, "my_bank"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let path = folder.path().join("my_bank");
    (folder, path)
}

#[test]
fn a_python_skeleton_passes_in_the_cage_as_it_is_made() {
    let (_folder, path) = skeleton("python");
    let (failed, said) = failing(&path, &[]);
    assert_eq!(failed, BTreeSet::new(), "{}", said.out);
}

#[test]
fn a_typescript_skeleton_has_a_good_manifest_and_all_of_the_sdk() {
    // It is built and proved where there is npm: `cargo xtask connectors`.
    let (_folder, path) = skeleton("typescript");
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(path.join("connector.json")).unwrap()).unwrap();
    assert_eq!(manifest["id"], "my_bank");
    for entry in
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sdk/typescript/src"))
            .unwrap()
    {
        let name = entry.unwrap().file_name();
        assert!(path.join("vendor/connector/src").join(&name).exists(), "{name:?}");
    }
}

#[test]
fn all_of_the_python_sdk_is_in_a_skeleton() {
    let (_folder, path) = skeleton("python");
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sdk/python/src/vinculo_connector");
    for entry in fs::read_dir(sdk).unwrap() {
        let name = entry.unwrap().file_name();
        let generated = name.to_string_lossy().starts_with("__pycache__");
        assert!(
            generated || path.join("vendor/vinculo_connector").join(&name).exists(),
            "{name:?}"
        );
    }
}

#[test]
fn wrong_use_of_the_kit_is_exit_code_2_and_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["connector", "new", "--language", "python", "My Bank"][..],
        &["connector", "new", "--language", "cobol", "my_bank"],
        &["connector", "test", "nowhere"],
        &["connector", "test", ".", "--host", "nonsense"],
    ] {
        let said = say(folder.path(), arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.err);
    }
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/notes"), "mine").unwrap();
    let said = say(folder.path(), &["connector", "new", "--language", "python", "mine"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert_eq!(fs::read_dir(folder.path().join("mine")).unwrap().count(), 1);
}
