use super::*;
use crate::talk::{Document, Removed, Stated};
use crate::trial::{Answers, Collected, IdleClock, credentials};
use domain::{institution::Institution, record::Trust, session::ChallengeKind};
use jiff::civil::date;
use serde_json::value::RawValue;
use std::sync::Arc;

/// How a connector misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Good,
    PanicsAtOpen,
    PanicsAtOnce,
    PanicsLater,
    PanicsWhenDropped,
    Hangs,
    Dawdles,
    GivesSlowly(u8),
    GivesTooMany,
    GivesTooLarge,
    GivesTooMuch,
    /// One item with documents, of so many bytes each under a key of so many.
    GivesDocuments(&'static [(usize, usize)]),
    /// Names so many keys of so many bytes at the end.
    Names(Named, usize, usize),
    /// A checkpoint of so many bytes, and is done.
    Checkpoints(usize),
    /// A user of so many bytes, and so many to remember.
    Says(usize, usize),
    Swallows,
    AsksForEver,
    HintsTooMuch,
    AsksThenHangs,
    Unanswered,
    LiesAboutItsWindow,
    Fails,
}
/// Of what a connector names keys at the end of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Stated,
    Removed,
    AccountOfRemoved,
    Account,
}
struct Rude(Manner);
struct Talk(Manner, Env);

impl Connector for Rude {
    fn name(&self) -> &'static str {
        "rude"
    }
    fn version(&self) -> &'static str {
        "1"
    }
    fn institutions(&self) -> Vec<Institution> {
        Vec::new()
    }
    fn trust(&self, _: &str) -> Trust {
        Trust::None
    }
    fn open(&self, _: &str, _: &str, env: &Env) -> Box<dyn Conversation> {
        assert!(self.0 != Manner::PanicsAtOpen, "as told");
        Box::new(Talk(self.0, env.clone()))
    }
}
impl Drop for Talk {
    fn drop(&mut self) {
        assert!(self.0 != Manner::PanicsWhenDropped, "as told");
    }
}
fn question() -> Challenge {
    Challenge::new(ChallengeKind::Otp, "Code")
}
fn given(size: usize) -> Given {
    let text = format!("\"{}\"", "x".repeat(size));
    let item = RawValue::from_string(text).expect("json");
    Given { account: None, page: 0, item, documents: Vec::new() }
}
fn named(named: Named, count: usize, length: usize) -> Covered {
    let mut covered = Covered::whole(wanted().window);
    for n in 0..count {
        let key = format!("{n:0length$}");
        match named {
            Named::Stated => {
                covered.stated.insert(key, Stated { opening: None, closing: None });
            }
            Named::Removed => covered.removed.push(Removed { account: None, source_id: key }),
            Named::AccountOfRemoved => {
                covered.removed.push(Removed { account: Some(key), source_id: String::new() });
            }
            Named::Account => {
                covered.accounts.insert(key, Share { window: None, complete: false });
            }
        }
    }
    covered
}
impl Conversation for Talk {
    fn login<'a>(
        &'a mut self,
        _: &'a Credentials,
        ask: &'a mut dyn Ask,
    ) -> BoxFuture<'a, Result<LoggedIn, Failure>> {
        assert!(self.0 != Manner::PanicsAtOnce, "as told");
        Box::pin(async move {
            match self.0 {
                Manner::PanicsLater => {
                    self.1.sleep(SignedDuration::from_secs(1)).await;
                    panic!("as told");
                }
                Manner::Hangs => std::future::pending::<()>().await,
                Manner::Dawdles => {
                    for _ in 0..100 {
                        ask.ask(question()).await?;
                        self.1.sleep(SignedDuration::from_secs(50)).await;
                    }
                }
                Manner::AsksForEver => loop {
                    drop(ask.ask(question()).await);
                },
                Manner::HintsTooMuch => {
                    let hint = Some("x".repeat(limits().item_bytes));
                    ask.ask(Challenge { hint, ..question() }).await?;
                }
                Manner::AsksThenHangs | Manner::Unanswered => {
                    ask.ask(question()).await?;
                    std::future::pending::<()>().await;
                }
                Manner::Fails => return Err(Failure::InvalidCredentials),
                Manner::Says(user, state) => {
                    let state = Some("x".repeat(state).into());
                    return Ok(LoggedIn { user: "x".repeat(user), state });
                }
                _ => {}
            }
            Ok(LoggedIn { user: "u".into(), state: None })
        })
    }
    fn fetch<'a>(
        &'a mut self,
        wanted: &'a Fetch,
        _: &'a mut dyn Ask,
        out: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Covered, Failure>> {
        Box::pin(async move {
            match self.0 {
                Manner::GivesTooMany => loop {
                    out.give(given(1)).await?;
                },
                Manner::GivesTooLarge => out.give(given(2000)).await?,
                Manner::Swallows => {
                    for _ in 0..100 {
                        drop(out.give(given(1)).await);
                    }
                }
                Manner::GivesTooMuch => loop {
                    out.give(given(900)).await?;
                },
                Manner::GivesSlowly(times) => {
                    for _ in 0..times {
                        out.give(given(1)).await?;
                        self.1.sleep(SignedDuration::from_secs(50)).await;
                    }
                }
                Manner::GivesDocuments(documents) => {
                    let documents = documents.iter().map(|&(key, bytes)| Document {
                        key: "x".repeat(key),
                        bytes: vec![0; bytes],
                    });
                    out.give(Given { documents: documents.collect(), ..given(1) }).await?;
                }
                Manner::Names(what, count, length) => return Ok(named(what, count, length)),
                Manner::Checkpoints(length) => out.checkpoint(&"x".repeat(length)),
                Manner::LiesAboutItsWindow => {
                    let window = Window::last_days(date(2030, 1, 1), 4000);
                    return Ok(Covered::whole(Some(window)));
                }
                _ => {}
            }
            Ok(Covered::whole(wanted.window))
        })
    }
    fn logout(&mut self) -> BoxFuture<'_, ()> {
        let manner = self.0;
        Box::pin(async move {
            if manner == Manner::Hangs {
                std::future::pending::<()>().await;
            }
        })
    }
}

fn limits() -> Limits {
    let s = SignedDuration::from_secs;
    Limits {
        login: s(120),
        fetch: s(240),
        silence: s(60),
        logout: s(5),
        challenges: 3,
        items: 10,
        item_bytes: 1000,
        documents: 2,
        document_bytes: 2000,
        bytes: 5000,
    }
}
fn open(manner: Manner) -> (HostedConversation, Arc<IdleClock>, Env, CancellationToken) {
    let (clock, env) = IdleClock::new();
    let cancel = CancellationToken::new();
    let talk = Host::open(&Rude(manner), "b", "s", &env, &limits(), cancel.clone());
    (talk, clock, env, cancel)
}
/// Logs in, and says how long that took.
fn login(manner: Manner, mut answers: impl FnMut(&Env) -> Answers) -> (Option<Failure>, i64) {
    let (mut talk, clock, env, _) = open(manner);
    let began = env.now();
    let nobody = credentials(&[]);
    let said = clock.run(talk.login(&nobody, &mut answers(&env))).err();
    let took = env.now().duration_since(began).as_secs();
    if said.is_some() && said != Some(Failure::InvalidCredentials) && manner != Manner::Unanswered {
        let again = clock.run(talk.login(&nobody, &mut answers(&env))).err();
        assert_eq!(again, said, "what is over stays over");
    }
    (said, took)
}
fn wanted() -> Fetch {
    Fetch { window: Some(Window::last_days(date(2026, 1, 14), 14)), ..Fetch::all_of("ACCOUNTS") }
}
fn fetch(manner: Manner) -> (Result<Covered, Failure>, usize) {
    let (mut talk, clock, ..) = open(manner);
    let mut out = Collected::default();
    let said = clock.run(talk.fetch(&wanted(), &mut Answers::none(), &mut out));
    let given = out.0.len();
    if said.is_err() {
        let again = clock.run(talk.fetch(&wanted(), &mut Answers::none(), &mut out));
        assert_eq!(again, said, "what is over stays over");
    }
    (said, given)
}
fn quick(_: &Env) -> Answers {
    Answers::always("1")
}
/// An end user who needs 200 seconds.
fn slow(env: &Env) -> Answers {
    Answers::after(env, "1", SignedDuration::from_secs(200))
}

#[test]
fn a_good_conversation_passes_through() {
    assert_eq!(login(Manner::Good, quick), (None, 0));
    assert_eq!(fetch(Manner::Good), (Ok(Covered::whole(wanted().window)), 0));
    assert_eq!(login(Manner::Fails, quick), (Some(Failure::InvalidCredentials), 0));
}
#[test]
fn a_panic_is_a_failure_like_any_other() {
    for manner in [Manner::PanicsAtOpen, Manner::PanicsAtOnce, Manner::PanicsLater] {
        assert_eq!(login(manner, quick).0, Some(panicked()), "{manner:?}");
    }
    assert_eq!(login(Manner::PanicsWhenDropped, quick).0, None);
}
#[test]
fn a_connector_that_hangs_is_given_up_after_the_time_of_silence() {
    assert_eq!(login(Manner::Hangs, quick), (Some(Failure::Timeout), 60));
}
#[test]
fn time_in_which_the_end_user_is_asked_does_not_count() {
    // Three answers of 200 seconds are the end user's; the connector may rest 120 seconds in all.
    assert_eq!(login(Manner::Dawdles, slow), (Some(Failure::Timeout), 3 * 200 + 120));
}
#[test]
fn after_an_answer_silence_counts_anew() {
    assert_eq!(login(Manner::AsksThenHangs, slow), (Some(Failure::Timeout), 200 + 60));
}
#[test]
fn a_question_that_nobody_answers_ends_the_session() {
    let (failure, took) = login(Manner::Unanswered, |_| Answers::never());
    assert_eq!((failure, took), (Some(Failure::SessionExpired), 300 + 60));
}
#[test]
fn a_connector_asks_so_often_and_no_more() {
    // It never stops by itself, whatever it is told.
    assert_eq!(login(Manner::AsksForEver, quick), (Some(Failure::TooMuch), 0));
}
#[test]
fn all_that_is_shown_with_a_question_counts() {
    assert_eq!(login(Manner::HintsTooMuch, quick), (Some(Failure::TooMuch), 0));
}
#[test]
fn no_more_comes_through_than_the_limits_allow() {
    assert_eq!(fetch(Manner::GivesTooMany), (Err(Failure::TooMuch), 10));
    assert_eq!(fetch(Manner::GivesTooLarge), (Err(Failure::TooMuch), 0));
    assert_eq!(fetch(Manner::GivesTooMuch), (Err(Failure::TooMuch), 5));
    assert_eq!(fetch(Manner::Swallows), (Err(Failure::TooMuch), 10));
}
#[test]
fn a_document_a_key_of_it_and_their_number_are_bounded() {
    for fine in [&[(3, 2000), (3, 2000)][..], &[(497, 0), (500, 0)]] {
        let (covered, given) = fetch(Manner::GivesDocuments(fine));
        assert!(covered.is_ok() && given == 1, "{fine:?}");
    }
    for wrong in [&[(3, 2001)][..], &[(3, 1), (3, 1), (3, 1)], &[(498, 0), (500, 0)]] {
        let said = fetch(Manner::GivesDocuments(wrong));
        assert_eq!(said, (Err(Failure::TooMuch), 0), "{wrong:?}");
    }
}
#[test]
fn what_is_named_at_the_end_of_a_resource_is_bounded_in_number_length_and_all() {
    for named in [Named::Stated, Named::Removed, Named::AccountOfRemoved, Named::Account] {
        for (count, length) in [(10, 500), (5, 1000)] {
            assert!(fetch(Manner::Names(named, count, length)).0.is_ok(), "{named:?}");
        }
        for (count, length) in [(11, 2), (1, 1001), (10, 501)] {
            let said = fetch(Manner::Names(named, count, length)).0;
            assert_eq!(said, Err(Failure::TooMuch), "{named:?}: {count} of {length}");
        }
    }
}
#[test]
fn a_cursor_is_bounded_even_when_nothing_comes_after_it() {
    assert!(fetch(Manner::Checkpoints(wire::CURSOR)).0.is_ok());
    assert_eq!(fetch(Manner::Checkpoints(wire::CURSOR + 1)).0, Err(Failure::TooMuch));
}
#[test]
fn who_has_logged_in_and_what_is_to_be_remembered_are_bounded() {
    assert_eq!(login(Manner::Says(1000, 1000), quick).0, None);
    for (user, state) in [(1001, 0), (0, 1001)] {
        assert_eq!(login(Manner::Says(user, state), quick).0, Some(Failure::TooMuch));
    }
}
#[test]
fn a_slow_connector_that_shows_life_gets_its_time_and_no_more() {
    assert_eq!(fetch(Manner::GivesSlowly(4)), (Ok(Covered::whole(wanted().window)), 4));
    assert_eq!(fetch(Manner::GivesSlowly(9)), (Err(Failure::Timeout), 5));
}
#[test]
fn a_connector_cannot_cover_days_that_were_not_asked_for() {
    assert_eq!(fetch(Manner::LiesAboutItsWindow).0.expect("fine").window, wanted().window);
}
#[test]
fn days_to_come_are_not_covered_whoever_claims_them() {
    let covered = |wanted: Option<Window>| {
        let (mut talk, clock, ..) = open(Manner::LiesAboutItsWindow);
        let wanted = Fetch { window: wanted, ..Fetch::all_of("ACCOUNTS") };
        let mut out = Collected::default();
        let covered = clock.run(talk.fetch(&wanted, &mut Answers::none(), &mut out));
        covered.expect("fine").share(None)
    };
    let until_today = |from| Window::new(from, date(2026, 1, 14));
    let month = Window::last_days(date(2026, 1, 31), 31);
    let seen = Share { window: until_today(date(2026, 1, 1)), complete: true };
    assert_eq!(covered(Some(month)), seen);
    let all = covered(None).window.expect("days");
    assert_eq!(all.to, date(2026, 1, 14), "where nobody asked for days");
    let none = Share { window: None, complete: false };
    assert_eq!(covered(Some(Window::last_days(date(2026, 2, 28), 28))), none);
}
#[test]
fn what_is_not_wanted_any_more_stops() {
    let (mut talk, clock, _, cancel) = open(Manner::AsksThenHangs);
    let nobody = credentials(&[]);
    let mut answers = Answers::never();
    let said = clock.run(async {
        let login = talk.login(&nobody, &mut answers);
        let (said, ()) = tokio::join!(login, async { cancel.cancel() });
        said.err()
    });
    assert_eq!(said, Some(Failure::Cancelled));
}
#[test]
fn leaving_takes_a_few_seconds_at_most_and_ends_it() {
    let (mut talk, clock, env, _) = open(Manner::Hangs);
    let began = env.now();
    clock.run(talk.logout());
    assert_eq!(env.now().duration_since(began), limits().logout);
    let said = clock.run(talk.fetch(&wanted(), &mut Answers::none(), &mut Collected::default()));
    assert!(matches!(said, Err(Failure::Unexpected(_))));
}
