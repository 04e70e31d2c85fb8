//! Sessions with `tests/connectors/script`, a program that does what its user's name says. Without a
//! cage: what the cage holds is proved in `tests/it`.

use super::*;
use crate::{
    host::{Host, HostedConversation, Limits},
    manifest::FILE,
    talk::{Covered, Credentials, Failure, Fetch, LoggedIn, LoginProblem},
    trial::{Answers, Collected, RealClock, credentials},
};
use domain::{session::ChallengeKind, time::Window};
use jiff::civil::date;
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    fs, io,
    sync::{Mutex, PoisonError},
};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::fmt::MakeWriter;

const BANK: &str = "script_mx_retail";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/connectors/script")
}
fn room() -> Arc<Room> {
    Arc::new(Room::new(Confinement::Uncaged, RealClock::env()))
}
fn program(room: &Arc<Room>) -> Program {
    Program::load(&folder(), room.clone()).expect("a good manifest")
}
/// Runs a story, and waits until its processes are gone.
fn story<T>(work: impl AsyncFnOnce(Arc<Room>) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let room = room();
        let told = work(room.clone()).await;
        room.close().await;
        told
    })
}
async fn login_as(
    session: &mut Session,
    user: &str,
    ask: &mut Answers,
) -> Result<LoggedIn, Failure> {
    session.login(&credentials(&[("username", user), ("password", "hunter2!")]), ask).await
}
/// What a login of `user` comes to, answered so.
fn login(user: &str, mut ask: Answers) -> Result<LoggedIn, Failure> {
    story(async |room| {
        let mut session = program(&room).session(BANK, "subject", Network::Open);
        let said = login_as(&mut session, user, &mut ask).await;
        session.logout().await;
        said
    })
}
fn transactions() -> Fetch {
    Fetch {
        window: Window::new(date(2026, 1, 10), date(2026, 1, 14)),
        ..Fetch::all_of("TRANSACTIONS")
    }
}
fn hosted(program: &Program, limits: Limits, cancel: &CancellationToken) -> HostedConversation {
    Host::open(program, BANK, "subject", &RealClock::env(), &limits, cancel.clone())
}

#[test]
fn a_session_logs_in_reads_and_leaves() {
    story(async |room| {
        let program = program(&room);
        let mut session = program.session(BANK, "subject", Network::Open);
        let described = session.describe().await.expect("a description");
        assert_eq!(described.institutions, [BANK]);
        assert_eq!(described.challenges, [ChallengeKind::Otp, ChallengeKind::File]);
        session.ping().await.expect("it is there");
        let said = login_as(&mut session, "good", &mut Answers::none()).await.expect("let in");
        assert_eq!((said.user.as_str(), said.state.is_none()), ("user good", true));
        let mut out = Collected::default();
        let covered = session.fetch(&transactions(), &mut Answers::none(), &mut out).await;
        let covered = covered.expect("read");
        assert_eq!(covered, Covered::whole(transactions().window));
        assert_eq!(out.0.len(), 5, "one for each day of the window");
        assert!(out.0.iter().all(|given| given.account.as_deref() == Some("acc-1")));
        assert!(out.0[0].item.get().contains("Café") || out.0[0].item.get().contains("Caf\\u00e9"));
        let wanted = Fetch { resource: "PETS".into(), ..transactions() };
        let refused = session.fetch(&wanted, &mut Answers::none(), &mut out).await;
        assert_eq!(refused.err(), Some(Failure::Unsupported));
        session.logout().await;
        let late = session.fetch(&transactions(), &mut Answers::none(), &mut out).await;
        assert!(matches!(late, Err(Failure::Unexpected(_))));
    });
}

#[test]
fn whoever_was_let_in_takes_back_what_they_allowed() {
    story(async |room| {
        let program = program(&room);
        for (user, said) in [("good", Ok(())), ("clings", Err(Failure::InstitutionUnavailable))] {
            let mut session = program.session(BANK, "subject", Network::Open);
            login_as(&mut session, user, &mut Answers::none()).await.expect("let in");
            assert_eq!(session.revoke().await, said, "{user}");
            session.logout().await;
            let late = session.revoke().await;
            assert!(matches!(late, Err(Failure::Unexpected(_))), "{late:?}");
        }
        assert!(!program.revokes(BANK), "its manifest does not say that it can");
    });
}

#[test]
fn a_subject_is_the_same_each_time_and_says_nothing() {
    let told = |connector| pseudonym(connector, "019bbbbb-b680-7047-8ee1-731a6bd7ddcf");
    assert_eq!((told("bank"), told("bank").len()), (told("bank"), 43));
    assert_ne!(told("bank"), told("other"));
    assert!(!told("bank").contains("019bbbbb"));
}

#[test]
fn a_program_says_why_a_login_failed_and_what_is_unclear_blames_nobody() {
    let said = |user| login(user, Answers::none()).err();
    assert_eq!(said("locked"), Some(Failure::Login(LoginProblem::Locked)));
    assert_eq!(said("down"), Some(Failure::InstitutionDown));
    assert_eq!(said("vague"), Some(Failure::Unexpected("the moon is wrong".into())));
    let wrong = story(async |room| {
        let mut session = program(&room).session(BANK, "subject", Network::Open);
        let wrong = credentials(&[("username", "good"), ("password", "wrong")]);
        session.login(&wrong, &mut Answers::none()).await
    });
    assert_eq!(wrong.err(), Some(Failure::InvalidCredentials));
}

#[test]
fn a_challenge_is_asked_again_after_a_wrong_answer_and_then_given_up() {
    assert!(login("otp", Answers::always("123456")).is_ok());
    let mut person = Answers::each(&["1", "123456"]);
    let said = story(async |room| {
        let mut session = program(&room).session(BANK, "subject", Network::Open);
        login_as(&mut session, "otp", &mut person).await
    });
    assert!(said.is_ok());
    assert_eq!(person.asked.iter().map(|asked| asked.attempt).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(login("otp", Answers::always("1")).err(), Some(Failure::WrongToken));
    assert!(login("file", Answers::always("ZmlsZQ==")).is_ok());
}

#[test]
fn where_nobody_is_there_a_token_is_required_however_the_program_stumbles() {
    for user in ["otp", "stumbles"] {
        assert_eq!(login(user, Answers::none()).err(), Some(Failure::TokenRequired), "{user}");
    }
    // It fails by itself, before a message is sent to anybody.
    let mut ask = Answers::none();
    let said = story(async |room| {
        let mut session = program(&room).session(BANK, "subject", Network::Open);
        login_as(&mut session, "sms", &mut ask).await
    });
    assert_eq!((said.err(), ask.asked.len()), (Some(Failure::TokenRequired), 0));
}

#[test]
fn what_is_to_be_remembered_comes_back_at_the_next_login() {
    story(async |room| {
        let program = program(&room);
        let mut session = program.session(BANK, "subject", Network::Open);
        let said = login_as(&mut session, "trusted", &mut Answers::always("123456")).await;
        let state = said.expect("let in").state.expect("something to remember");
        session.logout().await;
        let fields = [("username", "trusted"), ("password", "hunter2!")];
        let fields = fields.map(|(name, value)| (name.to_owned(), SecretString::from(value)));
        let credentials = Credentials::new(fields.into(), Some(state.clone()));
        let mut session = program.session(BANK, "subject", Network::Open);
        let said = session.login(&credentials, &mut Answers::none()).await.expect("no question");
        assert_eq!(said.state.expect("again").expose_secret(), state.expose_secret());
    });
}

#[test]
fn a_program_that_breaks_the_rules_or_dies_is_unexpected_and_over() {
    for (user, why) in [
        ("garbage", "a line is not a JSON object"),
        ("quits", "it said no more: it ended with exit status: 3"),
        ("early record", "a record while nothing is read"),
        ("undeclared", "its manifest declares no challenge of kind question"),
    ] {
        assert_eq!(login(user, Answers::none()).err(), Some(Failure::Unexpected(why.into())));
    }
    assert_eq!(login("endless line", Answers::none()).err(), Some(Failure::TooMuch));
    story(async |room| {
        let mut session = program(&room).session(BANK, "subject", Network::Open);
        login_as(&mut session, "mortal", &mut Answers::none()).await.expect("let in");
        let mut out = Collected::default();
        let said = session.fetch(&transactions(), &mut Answers::none(), &mut out).await;
        let Err(Failure::Unexpected(why)) = said else { panic!("it has died") };
        assert!(why.contains("signal: 9"), "{why}");
        assert_eq!(out.0.len(), 5, "what was said before counts");
    });
}

#[test]
fn an_undeclared_challenge_is_not_passed_on() {
    let mut person = Answers::always("blue");
    story(async |room| {
        let mut session = program(&room).session(BANK, "subject", Network::Open);
        drop(login_as(&mut session, "undeclared", &mut person).await);
    });
    assert!(person.asked.is_empty());
}

#[test]
fn a_conversation_that_begins_again_goes_on_from_the_cursor_within_the_same_limits() {
    story(async |room| {
        let program = program(&room);
        let limits = Limits { items: 7, ..Limits::default() };
        let mut talk = hosted(&program, limits, &CancellationToken::new());
        let who = credentials(&[("username", "mortal"), ("password", "hunter2!")]);
        talk.login(&who, &mut Answers::none()).await.expect("let in");
        let mut out = Collected::default();
        let window = Window::new(date(2026, 1, 1), date(2026, 1, 14));
        let wanted = Fetch { window, ..transactions() };
        let died = talk.fetch(&wanted, &mut Answers::none(), &mut out).await;
        assert!(matches!(died, Err(Failure::Unexpected(_))), "{died:?}");
        assert_eq!(out.0.len(), 5);

        talk.begin_again(&program, BANK, "subject");
        talk.login(&who, &mut Answers::none()).await.expect("let in again");
        let wanted = Fetch { cursor: Some("4".into()), ..wanted };
        let rest = talk.fetch(&wanted, &mut Answers::none(), &mut out).await;
        assert_eq!(rest, Err(Failure::TooMuch), "five and two, and no more");
        assert_eq!(out.0.len(), 7);
        assert!(out.0[5].item.get().contains("2026-01-09"), "{}", out.0[5].item);
    });
}

#[test]
fn a_program_that_is_not_its_manifests_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = fs::read_to_string(super::tests::folder().join(FILE)).expect("a manifest");
    let write = |command: &str| {
        let text = manifest.replace(r#"["python3", "main.py"]"#, command);
        fs::write(folder.path().join(FILE), text).expect("written");
    };
    let begin = || {
        story(async |room| {
            let program = Program::load(folder.path(), room.clone()).expect("a good manifest");
            program.session(BANK, "subject", Network::Open).ping().await
        })
    };
    for (answer, why) in [
        (
            r#"{"version": 1, "connector": {"id": "other", "version": "1.0.0"}}"#,
            "it is not the connector of its manifest",
        ),
        (
            r#"{"version": 2, "connector": {"id": "script", "version": "1.0.0"}}"#,
            "it speaks a version that was not offered",
        ),
        (r#"{"version": 1}"#, "the answer to initialize: .: missing field `connector`"),
    ] {
        let line = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{answer}}}"#);
        fs::write(folder.path().join("line"), format!("{line}\n")).expect("written");
        write(r#"["sh", "-c", "read line; cat line; read line"]"#);
        assert_eq!(begin(), Err(Failure::Unexpected(why.into())));
    }
    write(r#"["no-such-program"]"#);
    assert!(matches!(begin(), Err(Failure::Unexpected(why)) if why.contains("cannot be started")));
    write(r#"["true"]"#);
    assert!(matches!(begin(), Err(Failure::Unexpected(_))));
}

#[test]
fn a_record_is_read_when_the_one_before_has_been_kept() {
    story(async |room| {
        let mut session = program(&room).session(BANK, "subject", Network::Open);
        login_as(&mut session, "flood", &mut Answers::none()).await.expect("let in");
        // Keeps two thousand and then no more: the program blocks, and nothing piles up.
        let mut out = Stuck { taken: 0, most: 2_000, full: tokio::sync::Notify::new().into() };
        let full = out.full.clone();
        let (wanted, mut ask) = (transactions(), Answers::none());
        let fetch = session.fetch(&wanted, &mut ask, &mut out);
        tokio::select! {
            said = fetch => panic!("it ended: {said:?}"),
            () = full.notified() => {}
        }
        assert_eq!(out.taken, 2_000);
    });
}

/// Takes so many, and then keeps whoever gives waiting.
struct Stuck {
    taken: usize,
    most: usize,
    full: Arc<tokio::sync::Notify>,
}
impl crate::talk::Sink for Stuck {
    fn give(&mut self, _: crate::talk::Given) -> domain::env::BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async {
            self.taken += 1;
            if self.taken == self.most {
                self.full.notify_one();
                std::future::pending::<()>().await;
            }
            Ok(())
        })
    }
}

#[test]
fn a_cancelled_session_ends_and_leaves_no_process() {
    story(async |room| {
        let program = program(&room);
        let cancel = CancellationToken::new();
        let mut talk = hosted(&program, Limits::default(), &cancel);
        let who = credentials(&[("username", "sleeps"), ("password", "hunter2!")]);
        let mut ask = CancelsWhenAlive(cancel);
        let said = talk.login(&who, &mut ask).await;
        assert_eq!(said.err(), Some(Failure::Cancelled));
        drop(talk);
        room.close().await;
    });
}

/// Somebody who loses patience as soon as the program is at work.
struct CancelsWhenAlive(CancellationToken);
impl crate::talk::Ask for CancelsWhenAlive {
    fn ask(
        &mut self,
        _: domain::session::Challenge,
    ) -> domain::env::BoxFuture<'_, Result<SecretString, Failure>> {
        Box::pin(std::future::ready(Err(Failure::TokenRequired)))
    }
    fn alive(&mut self) {
        self.0.cancel();
    }
}

#[test]
fn a_stubborn_program_is_killed_with_all_that_it_started() {
    let log = Log::default();
    let guard = log.listen();
    story(async |room| {
        let program = program(&room);
        let cancel = CancellationToken::new();
        let mut talk = hosted(&program, Limits::default(), &cancel);
        let who = credentials(&[("username", "stubborn"), ("password", "hunter2!")]);
        let said = talk.login(&who, &mut CancelsWhenAlive(cancel)).await;
        assert_eq!(said.err(), Some(Failure::Cancelled));
    });
    drop(guard);
    let text = log.text();
    let pids = text.split("pids ").nth(1).expect(&text);
    for pid in pids.split_whitespace().take(2) {
        let alive = fs::read_to_string(format!("/proc/{pid}/stat"))
            .is_ok_and(|stat| !stat.contains(") Z "));
        assert!(!alive, "{pid} is alive");
    }
}

#[test]
fn what_leaves_the_process_has_no_secrets_in_it() {
    let log = Log::default();
    let guard = log.listen();
    let said = login("leaks", Answers::always("987654"));
    drop(guard);
    let Err(Failure::Unexpected(detail)) = said else { panic!("it failed") };
    let text = log.text();
    assert!(text.contains("logging in with") && text.contains("the password is"), "{text}");
    for secret in ["hunter2!", "987654"] {
        assert!(!detail.contains(secret), "{detail}");
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn remarks_reach_whoever_handed_a_file_over_without_secrets() {
    let said = login("unreadable", Answers::always("ZmlsZQ=="));
    let Err(Failure::Unreadable(unreadable)) = said else { panic!("it cannot be read") };
    assert_eq!(unreadable.remark.line, Some(3));
    assert!(unreadable.remark.problem.ends_with(" is no day"));
    let covered = story(async |room| {
        let mut session = program(&room).session(BANK, "subject", Network::Open);
        login_as(&mut session, "remarks", &mut Answers::none()).await.expect("let in");
        let mut out = Collected::default();
        session.fetch(&transactions(), &mut Answers::none(), &mut out).await.expect("read")
    });
    assert_eq!(covered.format.as_deref(), Some("ofx"));
    assert!(covered.share(Some("acc-1")).complete && !covered.share(Some("acc-2")).complete);
    let [remark] = covered.remarks.as_slice() else { panic!("one remark") };
    assert_eq!((remark.line, remark.column), (Some(7), Some(2)));
    assert!(remark.problem.ends_with(" is no amount"));
    for problem in [&unreadable.remark.problem, &remark.problem] {
        assert!(!problem.contains("hunter2!"), "{problem}");
    }
}

/// What was logged on this thread and those that a story's runtime has.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);
impl Log {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).expect("text")
    }
}
impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
