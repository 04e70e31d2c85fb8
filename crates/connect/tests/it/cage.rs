//! What a caged connector cannot see, change, use up or leave behind.

use crate::attacks::{Malicious, PATIENCE, Watched, processes_with};
use connect::cage::{Cell, Ended, Limits, WallsKind, spawn};
use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
    time::Duration,
};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};

/// Each of these in both cages.
macro_rules! in_both_cages {
    ($($name:ident)*) => {
        mod namespaces {
            $(#[tokio::test]
            async fn $name() {
                super::$name(connect::cage::WallsKind::Namespaces).await;
            })*
        }
        mod fallback {
            $(#[tokio::test]
            async fn $name() {
                super::$name(connect::cage::WallsKind::Fallback).await;
            })*
        }
    };
}
pub(crate) use in_both_cages;

in_both_cages! {
    an_honest_connector_runs_in_an_empty_home_and_hears_us
    files_of_the_machine_cannot_be_read
    nothing_but_home_and_tmp_can_be_written
    the_environment_is_empty
    dangerous_system_calls_do_not_exist
    other_processes_and_the_warden_cannot_be_touched
    a_fork_bomb_is_ended
    memory_of_its_own_is_bounded
    memory_of_a_family_is_bounded
    shared_memory_is_bounded
    memory_in_unnamed_files_is_bounded
    tmp_cannot_be_filled
    home_cannot_be_filled_with_one_file
    files_without_bytes_are_bounded_too
    processor_time_is_bounded
    a_connector_that_is_asked_may_leave_by_itself
    a_grandchild_ends_with_its_connector
    a_grandchild_ends_when_the_session_is_ended
    a_grandchild_ends_when_the_session_is_dropped
    a_line_without_end_stays_in_the_pipe
    output_that_nobody_reads_stays_in_the_pipe
    a_program_that_is_not_there_is_reported
    a_connector_ends_with_the_engine
}

async fn an_honest_connector_runs_in_an_empty_home_and_hears_us(kind: WallsKind) {
    let honest = Malicious::new(kind, &["tell"]).await;
    let mut inmate = honest.start().await;
    let mut stdin = inmate.stdin.take().expect("standard input");
    stdin.write_all(b"hello\n").await.expect("it listens");
    let mut said = String::new();
    let mut stdout = inmate.stdout.take().expect("standard output");
    stdout.read_to_string(&mut said).await.expect("it speaks");
    assert_eq!(inmate.wait().await, Ended::Exited(0), "{said}");
    let lines: Vec<_> = said.lines().collect();
    assert_ne!(lines[0], "uid 0");
    assert_eq!(lines[1..], ["home []", "folder ['malicious.py']", "said hello"]);
    assert_eq!(inmate.proxy, None);
}

async fn files_of_the_machine_cannot_be_read(kind: WallsKind) {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let ring = elsewhere.path().join("keyring.json");
    fs::write(&ring, "key").expect("it is written");
    // However carelessly they are kept.
    fs::set_permissions(&ring, fs::Permissions::from_mode(0o644)).expect("ours");
    fs::set_permissions(elsewhere.path(), fs::Permissions::from_mode(0o755)).expect("ours");
    let ring = ring.to_str().expect("a path");
    let own = format!("/proc/{}/environ", std::process::id());
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let paths = ["files", "/etc/shadow", "/etc/hostname", ring, &own, source, "/proc/1/environ"];
    Malicious::new(kind, &paths).await.run().await.all_stopped(paths.len() - 1);

    let folders =
        ["folder", "/root", "/var", "/srv", "/etc/ssh", env!("CARGO_MANIFEST_DIR"), "/run"];
    Malicious::new(kind, &folders).await.run().await.all_stopped(folders.len() - 1);
}

async fn nothing_but_home_and_tmp_can_be_written(kind: WallsKind) {
    let malicious = Malicious::new(kind, &[]).await;
    let own = malicious.folder().join("malicious.py");
    let new = malicious.folder().join("new");
    let (own, new) = (own.to_str().expect("a path"), new.to_str().expect("a path"));
    let mut malicious = malicious;
    let paths =
        [own, new, "/usr/bin/new", "/new", "/etc/new", "/dev/new", "/proc/self/new", "/run/new"];
    malicious.cell.command.push("write_around".to_owned());
    malicious.cell.command.extend(paths.map(str::to_owned));
    malicious.run().await.all_stopped(paths.len());
    assert!(fs::read_to_string(own).expect("it is there").contains("means ill"));
}

async fn the_environment_is_empty(kind: WallsKind) {
    let outcome = Malicious::new(kind, &["environment"]).await.run().await;
    let all: BTreeMap<String, String> = serde_json::from_str(&outcome.said).expect("an object");
    let mut names: Vec<_> = all.keys().map(String::as_str).collect();
    // Some interpreters add what they find missing.
    names.retain(|name| !["LC_CTYPE", "PWD"].contains(name));
    assert_eq!(names, ["HOME", "LANG", "PATH", "TMPDIR"], "{outcome:?}");
}

async fn dangerous_system_calls_do_not_exist(kind: WallsKind) {
    Malicious::new(kind, &["calls"]).await.run().await.all_stopped(13);
    Malicious::new(kind, &["families"]).await.run().await.all_stopped(4);
}

async fn other_processes_and_the_warden_cannot_be_touched(kind: WallsKind) {
    let mut sibling = Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().expect("sleep");
    let number = sibling.id().to_string();
    let outcome = Malicious::new(kind, &["siblings", &number]).await.run().await;
    let alive = sibling.try_wait().expect("ours").is_none();
    sibling.kill().expect("ours");
    sibling.wait().expect("ours");
    assert!(alive, "{outcome:?}");
    assert!(outcome.said.ends_with("still here\n"), "{outcome:?}");
    assert!(!outcome.said.contains("got "), "{outcome:?}");
    assert_eq!(outcome.ended, Ended::Exited(0), "{outcome:?}");
}

async fn a_fork_bomb_is_ended(kind: WallsKind) {
    let bomb = Malicious::new(kind, &["fork_bomb", "token-fork-bomb"]).await;
    let token = bomb.folder().display().to_string();
    let mut with_token = bomb;
    with_token.cell.command = vec![
        "python3".to_owned(),
        "-c".to_owned(),
        format!("'{token}'\nimport os\nwhile True:\n  try: os.fork()\n  except OSError: pass"),
    ];
    let outcome = with_token.run().await;
    assert_eq!(outcome.ended, Ended::Processes, "{outcome:?}");
    assert_eq!(processes_with(&token), Vec::<u32>::new());
}

fn small() -> Limits {
    Limits { memory_mib: 128, ..Limits::default() }
}

async fn memory_of_its_own_is_bounded(kind: WallsKind) {
    let outcome = Malicious::new(kind, &["memory", "one"]).await.limited(small()).run().await;
    // The kernel refuses, or the warden was quicker.
    let refused = outcome.ended == Ended::Exited(1) && outcome.errors.contains("MemoryError");
    assert!(refused || outcome.ended == Ended::Memory, "{outcome:?}");
}

async fn memory_of_a_family_is_bounded(kind: WallsKind) {
    let outcome = Malicious::new(kind, &["memory", "family"]).await.limited(small()).run().await;
    assert_eq!(outcome.ended, Ended::Memory, "{outcome:?}");
}

async fn shared_memory_is_bounded(kind: WallsKind) {
    let outcome = Malicious::new(kind, &["memory", "shared"]).await.limited(small()).run().await;
    assert_eq!(outcome.ended, Ended::Memory, "{outcome:?}");
}

async fn memory_in_unnamed_files_is_bounded(kind: WallsKind) {
    let outcome = Malicious::new(kind, &["memory", "unnamed"]).await.limited(small()).run().await;
    assert_eq!(outcome.ended, Ended::Memory, "{outcome:?}");
}

async fn tmp_cannot_be_filled(kind: WallsKind) {
    let limits = Limits { file_mib: 16, ..small() };
    let fill = Malicious::new(kind, &["fill", "TMPDIR", "bytes"]).await.limited(limits);
    let outcome = fill.run().await;
    match kind {
        WallsKind::Namespaces => {
            assert!(outcome.said.contains("ENOSPC"), "{outcome:?}");
            assert_eq!(outcome.said, "stopped after 16 MiB: ENOSPC\n");
        }
        // There the place has no size of its own; what is in it counts as memory.
        WallsKind::Fallback => assert_eq!(outcome.ended, Ended::Memory, "{outcome:?}"),
    }
}

async fn home_cannot_be_filled_with_one_file(kind: WallsKind) {
    let limits = Limits { file_mib: 16, ..small() };
    let outcome = Malicious::new(kind, &["fill", "HOME", "one"]).await.limited(limits).run().await;
    assert!(outcome.said.starts_with("stopped after 16 MiB: E"), "{outcome:?}");
}

async fn files_without_bytes_are_bounded_too(kind: WallsKind) {
    let outcome = Malicious::new(kind, &["fill", "TMPDIR", "empty"]).await.run().await;
    assert_eq!(outcome.ended, Ended::Files, "{outcome:?}");
}

async fn processor_time_is_bounded(kind: WallsKind) {
    let limits = Limits { cpu_seconds: 1, ..small() };
    let outcome = Malicious::new(kind, &["busy"]).await.limited(limits).run().await;
    assert_eq!(outcome.ended, Ended::Cpu, "{outcome:?}");
}

async fn a_connector_that_is_asked_may_leave_by_itself(kind: WallsKind) {
    let polite = Malicious::new(kind, &["obey"]).await;
    let mut inmate = polite.start().await;
    let mut lines = BufReader::new(inmate.stdout.take().expect("standard output")).lines();
    let mut next = async || lines.next_line().await.expect("it speaks");
    assert_eq!(next().await.as_deref(), Some("ready"));
    assert_eq!(inmate.end(PATIENCE).await, Ended::Exited(7));
    assert_eq!(next().await.as_deref(), Some("bye"));
}

/// A connector with an orphan, and the text by which its processes are known.
async fn with_orphan(kind: WallsKind, then: &str) -> (Malicious, String) {
    let mut malicious = Malicious::new(kind, &["orphan", then]).await;
    let token = malicious.folder().join("malicious.py").display().to_string();
    malicious.cell.command[1].clone_from(&token);
    (malicious, token)
}

async fn a_grandchild_ends_with_its_connector(kind: WallsKind) {
    let (malicious, token) = with_orphan(kind, "go").await;
    let outcome = malicious.run().await;
    assert_eq!((outcome.ended, outcome.said.as_str()), (Ended::Exited(0), "orphaned\n"));
    assert_eq!(processes_with(&token), Vec::<u32>::new());
}

async fn a_grandchild_ends_when_the_session_is_ended(kind: WallsKind) {
    let (malicious, token) = with_orphan(kind, "stay").await;
    let mut inmate = malicious.start().await;
    let mut stdout = BufReader::new(inmate.stdout.take().expect("standard output")).lines();
    assert_eq!(stdout.next_line().await.expect("it speaks").as_deref(), Some("orphaned"));
    assert!(processes_with(&token).len() >= 2);
    assert_eq!(inmate.end(Duration::from_millis(200)).await, Ended::Stopped);
    assert_eq!(processes_with(&token), Vec::<u32>::new());
}

async fn a_grandchild_ends_when_the_session_is_dropped(kind: WallsKind) {
    let (malicious, token) = with_orphan(kind, "stay").await;
    let mut inmate = malicious.start().await;
    let mut stdout = BufReader::new(inmate.stdout.take().expect("standard output")).lines();
    assert_eq!(stdout.next_line().await.expect("it speaks").as_deref(), Some("orphaned"));
    let watched = Watched::with(&token);
    assert!(watched.count() >= 2);
    drop(inmate);
    watched.gone().await;
}

async fn a_line_without_end_stays_in_the_pipe(kind: WallsKind) {
    let malicious = Malicious::new(kind, &["endless", "line"]).await;
    let mut inmate = malicious.start().await;
    let mut stdout = inmate.stdout.take().expect("standard output");
    let mut some = vec![0; 4 << 20];
    stdout.read_exact(&mut some).await.expect("as much as is read");
    assert!(!some.contains(&b'\n'));
    stopped(inmate).await;
}

/// Ends it at once: what it does not ignore may reach it before what it cannot.
async fn stopped(inmate: connect::cage::Inmate) {
    const TERM: Ended = Ended::Signal(15);
    assert!(matches!(inmate.end(Duration::ZERO).await, Ended::Stopped | TERM));
}

async fn output_that_nobody_reads_stays_in_the_pipe(kind: WallsKind) {
    let malicious = Malicious::new(kind, &["endless", "lines"]).await;
    let mut inmate = malicious.start().await;
    let mut stdout = inmate.stdout.take().expect("standard output");
    let mut first = [0];
    stdout.read_exact(&mut first).await.expect("it began");
    stopped(inmate).await;
    let mut rest = Vec::new();
    stdout.read_to_end(&mut rest).await.expect("it ended");
    assert!(rest.len() <= 1 << 20, "no more than a pipe holds: {}", rest.len());
}

async fn a_program_that_is_not_there_is_reported(kind: WallsKind) {
    let mut malicious = Malicious::new(kind, &[]).await;
    malicious.cell.command = vec!["no-such-program".to_owned()];
    let outcome = malicious.run().await;
    assert_eq!(outcome.ended, Ended::NotStarted);
    let why = "cage: there is no program no-such-program in /usr/local/bin, /usr/bin, /bin\n";
    assert_eq!(outcome.errors, why);
}

/// An engine that is killed without a word: a process of this very test, which starts a cage and waits.
async fn a_connector_ends_with_the_engine(kind: WallsKind) {
    const ENGINE: &str = "VINCULO_TEST_ENGINE";
    if std::env::var_os(ENGINE).is_some() {
        let (malicious, token) = with_orphan(kind, "stay").await;
        let mut inmate = malicious.start().await;
        let mut stdout = BufReader::new(inmate.stdout.take().expect("standard output")).lines();
        stdout.next_line().await.expect("it speaks");
        // Past the harness, which would keep it: to the test that waits for it.
        let mut out = fs::OpenOptions::new()
            .write(true)
            .open(std::env::var_os(ENGINE).expect("a path"))
            .expect("a pipe");
        writeln!(out, "{token}").expect("somebody reads");
        drop(out);
        std::future::pending::<()>().await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let place = match kind {
        WallsKind::Namespaces => "namespaces",
        WallsKind::Fallback => "fallback",
    };
    let mut engine = Command::new(std::env::current_exe().expect("this test"))
        .args([
            "--exact",
            &format!("cage::{place}::a_connector_ends_with_the_engine"),
            "--nocapture",
        ])
        .env(ENGINE, &pipe)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("this test runs");
    let token = tokio::task::spawn_blocking(move || fs::read_to_string(pipe))
        .await
        .expect("it is read")
        .expect("a token");
    let token = token.trim();
    let watched = Watched::with(token);
    assert!(watched.count() >= 2);
    engine.kill().expect("ours");
    engine.wait().expect("ours");
    watched.gone().await;
    // What the engine would have cleaned up.
    drop(fs::remove_dir_all(std::path::Path::new(token).parent().expect("a folder")));
}

#[tokio::test]
async fn a_folder_that_only_root_may_read_is_refused_with_a_remedy() {
    for kind in [WallsKind::Namespaces, WallsKind::Fallback] {
        let malicious = Malicious::new(kind, &["tell"]).await;
        let closed = fs::Permissions::from_mode(0o000);
        fs::set_permissions(malicious.folder(), closed).expect("ours");
        let outcome = malicious.run().await;
        fs::set_permissions(malicious.folder(), fs::Permissions::from_mode(0o755)).expect("ours");
        assert_eq!(outcome.ended, Ended::NotStarted, "{outcome:?}");
        assert!(outcome.errors.contains("cannot be read"), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_session_may_be_given_further_paths_but_not_the_machines_secrets() {
    let walls = crate::attacks::walls(WallsKind::Namespaces).await;
    let cell = |need: &str| Cell {
        folder: "/usr/share".into(),
        command: vec!["cat".to_owned(), "/etc/debian_version".to_owned()],
        needs: vec![need.into()],
        limits: Limits::default(),
        egress: None,
        trust: None,
    };
    let mut inmate = spawn(&cell("/etc/debian_version"), &walls).await.expect("a cage");
    assert_eq!(inmate.wait().await, Ended::Exited(0));
    for never in ["/", "/etc", "/root", "/home", "/var/lib", "/proc/1", "relative", "/usr/../root"]
    {
        let refused = spawn(&cell(never), &walls).await.expect_err(never);
        assert!(refused.to_string().starts_with("needs: "), "{never}: {refused}");
    }
}

/// With a page that runs a script. In the fallback there are no sockets for it to begin with.
#[tokio::test]
async fn a_browser_and_node_run_in_the_whole_cage() {
    let limits = Limits { memory_mib: 2048, processes: 40, open_files: 1024, ..Limits::default() };
    for (program, package, arguments, shown) in [
        ("node", "nodejs", ["-e", "setTimeout(() => console.log(6 * 7), 1)"].as_slice(), "42"),
        (
            "chromium",
            "chromium",
            &[
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--dump-dom",
                "data:text/html,<script>document.write(6*7)</script>",
            ],
            "<body>42</body>",
        ),
    ] {
        let there = std::path::Path::new("/usr/bin").join(program).exists();
        assert!(there, "this test needs Debian's {program}: apt-get install {package}");
        let mut honest = Malicious::new(WallsKind::Namespaces, &[]).await.limited(limits);
        honest.cell.command = vec![program.to_owned()];
        honest.cell.command.extend(arguments.iter().map(|word| (*word).to_owned()));
        let outcome = honest.run().await;
        assert_eq!(outcome.ended, Ended::Exited(0), "{outcome:?}");
        assert!(outcome.said.contains(shown), "{outcome:?}");
    }
}

/// The cage of an ordinary user is built in another way than root's: with a user namespace, and
/// without another user to become. If these tests do not run as root, all of them show that.
#[tokio::test]
async fn an_ordinary_user_has_the_same_cages() {
    const NOBODY: &str = "61000";
    if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) != 0) {
        return;
    }
    // Where an ordinary user can read and write, wherever this was built.
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    fs::copy(std::env::current_exe().expect("this test"), place("it")).expect("a copy");
    fs::copy(env!("CARGO_BIN_EXE_cage-inner"), place("inner")).expect("a copy");
    fs::create_dir(place("tmp")).expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("ours");
    fs::set_permissions(place("tmp"), fs::Permissions::from_mode(0o1777)).expect("ours");
    let tried = tokio::process::Command::new("setpriv")
        .args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"])
        .arg(place("it"))
        // One after the other: without namespaces, sessions of one user share its limit on processes.
        .args(["--test-threads", "1"])
        .args(["an_honest", "a_fork_bomb", "of_a_family", "unnamed", "files_of", "other_processes"])
        .args(["session_is_ended", "only_the_proxy", "its_own_name", "the_engine"])
        .env(crate::attacks::INNER, place("inner"))
        .env("TMPDIR", place("tmp"))
        .kill_on_drop(true)
        .output();
    let tried = tried.await.expect("setpriv is there");
    let said = String::from_utf8_lossy(&tried.stdout);
    assert!(tried.status.success(), "{said}{}", String::from_utf8_lossy(&tried.stderr));
    assert!(said.contains("22 passed"), "{said}");
}
