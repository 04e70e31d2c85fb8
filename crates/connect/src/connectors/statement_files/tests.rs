use super::*;
use crate::{
    host::{Host, HostedConversation, Limits},
    trial::{Answers, Collected, IdleClock, credentials},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::time::Window;
use jiff::civil::date;
use tokio_util::sync::CancellationToken;

const SITE: &str = "statements_br_retail";
const OFX: &str = "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>\
    <CURDEF>BRL<BANKACCTFROM><BANKID>0341<ACCTID>12345-6<ACCTTYPE>CHECKING</BANKACCTFROM>\
    <BANKTRANLIST><DTSTART>20260101<DTEND>20260131\
    <STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260105<TRNAMT>-1.50<FITID>1<MEMO>CAFE</STMTTRN>\
    <STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260109<TRNAMT>-2.50<FITID>2<MEMO>CAFE</STMTTRN>\
    </BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>";

fn open(env: &Env) -> HostedConversation {
    let cancel = CancellationToken::new();
    Host::open(&StatementFiles, SITE, "a subject", env, &Limits::default(), cancel)
}
fn wanted(resource: &str) -> Fetch {
    Fetch::all_of(resource)
}
fn file(text: &str) -> Answers {
    Answers::always(&STANDARD.encode(text))
}

#[test]
fn every_institution_has_an_id_and_a_name_of_its_own_and_is_fed_by_files() {
    let all = StatementFiles.institutions();
    let ids: std::collections::BTreeSet<i64> = all.iter().map(|one| one.id).collect();
    assert_eq!(ids.len(), all.len());
    for one in &all {
        assert!(one.takes_statement_files() && one.form_fields.is_empty(), "{}", one.name);
        assert!(Country::of(&one.name).is_some());
    }
}

#[tokio::test]
async fn a_login_asks_nothing_and_the_file_is_asked_for_once() {
    let (_, env) = IdleClock::new();
    let (mut talk, mut person) = (open(&env), file(OFX));
    talk.login(&credentials(&[]), &mut person).await.expect("let in");
    assert!(person.asked.is_empty());
    let mut accounts = Collected::default();
    let covered = talk.fetch(&wanted("ACCOUNTS"), &mut person, &mut accounts).await;
    assert_eq!(covered.expect("accounts").format.as_deref(), Some("ofx"));
    let mut movements = Collected::default();
    let covered = talk.fetch(&wanted("TRANSACTIONS"), &mut person, &mut movements).await;
    let covered = covered.expect("movements");
    assert_eq!((accounts.0.len(), movements.0.len(), person.asked.len()), (1, 2, 1));
    assert_eq!(person.asked[0].kind, ChallengeKind::File);
    assert!(person.asked[0].hint.as_ref().is_some_and(|hint| hint.contains("ofx")));
    let share = covered.share(accounts.0[0].account.as_deref());
    assert!(share.complete);
    let seen = Window::new(date(2026, 1, 1), date(2026, 1, 14));
    assert_eq!(share.window, seen, "what is to come is not covered");
    talk.logout().await;
}

#[tokio::test]
async fn only_what_is_asked_for_is_shown() {
    let (_, env) = IdleClock::new();
    let (mut talk, mut person) = (open(&env), file(OFX));
    talk.login(&credentials(&[]), &mut person).await.expect("let in");
    let mut shown = Collected::default();
    let window = Window::new(date(2026, 1, 6), date(2026, 1, 10));
    let fetch = Fetch { window, ..wanted("TRANSACTIONS") };
    let covered = talk.fetch(&fetch, &mut person, &mut shown).await.expect("movements");
    assert_eq!(shown.0.len(), 1);
    assert!(covered.accounts.values().all(|share| share.window == window));
    let fetch = Fetch { account: Some("another".into()), ..wanted("TRANSACTIONS") };
    let mut shown = Collected::default();
    talk.fetch(&fetch, &mut person, &mut shown).await.expect("movements");
    assert!(shown.0.is_empty());
    let owners = talk.fetch(&wanted("OWNERS"), &mut person, &mut shown).await;
    assert_eq!(owners, Err(Failure::Unsupported));
}

#[tokio::test]
async fn where_nobody_is_there_to_ask_nothing_is_shown_and_nothing_follows() {
    let (_, env) = IdleClock::new();
    let (mut talk, mut nobody) = (open(&env), Answers::none());
    talk.login(&credentials(&[]), &mut nobody).await.expect("let in");
    for resource in ["ACCOUNTS", "TRANSACTIONS"] {
        let mut shown = Collected::default();
        let covered = talk.fetch(&wanted(resource), &mut nobody, &mut shown).await;
        assert_eq!(covered, Ok(Covered::nothing()));
        assert!(shown.0.is_empty());
    }
    assert_eq!(nobody.asked.len(), 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_where_and_never_what() {
    let (_, env) = IdleClock::new();
    for text in ["hunter2", "OFXHEADER:100\n\nhunter2", ":20:hunter2", "a;b;c\nhunter2;;\n"] {
        let (mut talk, mut person) = (open(&env), file(text));
        talk.login(&credentials(&[]), &mut person).await.expect("let in");
        let read = talk.fetch(&wanted("ACCOUNTS"), &mut person, &mut Collected::default()).await;
        let Err(Failure::Unreadable(why)) = read else { panic!("{text}: {read:?}") };
        assert!(!why.remark.problem.contains("hunter2"), "{why:?}");
    }
}

#[tokio::test]
async fn a_table_is_read_by_the_mapping_that_was_proposed() {
    let (_, env) = IdleClock::new();
    let table = "Data;Histórico;Valor\n05/01/2026;CAFÉ;-12,50\n15/01/2026;SALÁRIO;1.000,00\n";
    let (mut talk, mut person) = (open(&env), file(table));
    talk.login(&credentials(&[]), &mut person).await.expect("let in");
    let read = talk.fetch(&wanted("ACCOUNTS"), &mut person, &mut Collected::default()).await;
    let Err(Failure::Unreadable(why)) = read else { panic!("{read:?}") };
    let proposed = &why.options[MAPPING];
    assert_eq!(check_mapping(proposed).as_ref(), Ok(proposed));
    let options = why.options.clone();
    let fetch = Fetch { options, ..wanted("TRANSACTIONS") };
    let mut shown = Collected::default();
    let covered = talk.fetch(&fetch, &mut person, &mut shown).await.expect("movements");
    assert_eq!((shown.0.len(), covered.remarks), (2, Vec::new()));
    assert!(shown.0[0].item.get().contains("12.50"), "{}", shown.0[0].item);
    assert!(covered.accounts.values().all(|share| !share.complete), "a table says no days");
}
