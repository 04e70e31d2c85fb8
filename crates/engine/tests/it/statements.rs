//! Links whose data come from files that are uploaded.

use crate::{
    bank::{SCANS, Step, movement},
    world::{World, challenged, days, failed, fields, hours, on_both, record_id, single, wanted},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use connect::talk::Failure;
use domain::{
    access::{AccessMode, CredentialsStorage},
    ids::LinkId,
    link::{Link, Status},
    resource,
    session::ChallengeKind,
};
use engine::{
    Error,
    links::{Modification, Registration},
    statements::Uploaded,
};
use jiff::civil::date;
use secrecy::SecretString;
use serde_json::json;
use std::fmt::Write as _;

on_both!(stopped:
    a_link_without_a_file_is_valid_and_empty,
    an_upload_becomes_accounts_and_movements_and_is_announced,
    a_file_that_says_nothing_new_writes_nothing,
    a_movement_that_a_complete_file_leaves_out_twice_is_gone,
    an_earlier_statement_does_not_put_the_balance_back,
    days_to_come_are_not_read_by_a_file_that_claims_them,
    a_file_may_be_the_answer_to_a_challenge,
    a_link_fed_by_files_is_not_refreshed,
    an_upload_to_another_link_is_refused,
    a_file_that_cannot_be_read_changes_nothing,
    an_upload_whose_node_dies_is_done_again_whole
);

/// A registration at an institution that nobody logs in to.
fn fed_by_files() -> Registration {
    Registration {
        institution: "statements_mx_retail".into(),
        fields: fields(&[]),
        ..single("", &[])
    }
}
async fn registered(world: &World) -> Link {
    world.engine.register(&world.caller(), fed_by_files()).await.expect("a link")
}
fn file(text: &str) -> SecretString {
    STANDARD.encode(text).into()
}
async fn upload(world: &World, link: LinkId, text: &str) -> Result<Uploaded, Error> {
    world.engine.upload_statement(&world.caller(), link, file(text)).await
}
/// What an upload did: created, updated, deleted, unchanged.
fn did(uploaded: &Uploaded) -> [usize; 4] {
    [uploaded.created, uploaded.updated, uploaded.deleted, uploaded.unchanged]
}

/// January days of an account as OFX, with movements of a day, cents and words.
fn ofx(days: (u8, u8), closing: i64, movements: &[(u8, i64, &str)]) -> String {
    let amount = |cents: i64| {
        format!(
            "{}{}.{:02}",
            if cents < 0 { "-" } else { "" },
            cents.abs() / 100,
            cents.abs() % 100
        )
    };
    let mut shown = String::new();
    for (day, cents, words) in movements {
        let amount = amount(*cents);
        writeln!(
            shown,
            "<STMTTRN><TRNTYPE>OTHER<DTPOSTED>202601{day:02}<TRNAMT>{amount}<FITID>{day}{words}<NAME>{words}</STMTTRN>"
        )
        .unwrap();
    }
    format!(
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>MXN\n\
         <BANKACCTFROM><BANKID>0341<ACCTID>00012345-6<ACCTTYPE>CHECKING</BANKACCTFROM>\n\
         <BANKTRANLIST><DTSTART>202601{:02}<DTEND>202601{:02}\n{shown}</BANKTRANLIST>\n\
         <LEDGERBAL><BALAMT>{}<DTASOF>202601{:02}</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n",
        days.0,
        days.1,
        amount(closing),
        days.1
    )
}

async fn a_link_without_a_file_is_valid_and_empty(world: &World) {
    let wanted = Registration {
        fetch_resources: vec!["ACCOUNTS".into(), "TRANSACTIONS".into()],
        ..fed_by_files()
    };
    let link = world.engine.register(&world.caller(), wanted).await.unwrap();
    world.settle().await;
    let link = world.link(link.id).await;
    assert_eq!((link.status, link.access_mode), (Status::Valid, AccessMode::Single));
    assert_eq!(link.credentials_storage, CredentialsStorage::Store, "there is nothing to forget");
    assert!(world.records(link.id, "ACCOUNTS").await.is_empty());
    assert_eq!(world.codes(link.id).await, ["historical_update", "historical_update"]);
    // Two people may have nothing to tell them apart by.
    assert_ne!(registered(world).await.id, link.id);
    world.advance(hours(24 * 300)).await;
    assert_eq!(world.status(link.id).await, Status::Valid);
}

async fn an_upload_becomes_accounts_and_movements_and_is_announced(world: &World) {
    let link = registered(world).await;
    let text = ofx((1, 9), 98_765, &[(2, -1250, "COFFEE"), (3, 300_000, "SALARY"), (9, -5, "FEE")]);
    let uploaded = upload(world, link.id, &text).await.unwrap();
    assert_eq!(did(&uploaded), [3, 0, 0, 0]);
    assert_eq!(uploaded.format.as_deref(), Some("ofx"));
    assert_eq!(uploaded.faults, []);
    let [account] = &uploaded.accounts[..] else { panic!("one account: {uploaded:?}") };
    assert_eq!((account.movements, account.number.as_deref()), (3, Some("00012345-6")));
    assert_eq!(account.period, days("2026-01-01", "2026-01-09"));

    let accounts = world.records(link.id, "ACCOUNTS").await;
    assert_eq!(accounts[0]["balance"]["current"], 987.65);
    let movements = world.records(link.id, "TRANSACTIONS").await;
    assert!(movements.iter().all(|m| m["account"]["id"] == accounts[0]["id"]));
    assert_eq!(movements.len(), 3);
    assert_eq!(
        world.codes(link.id).await,
        ["new_accounts_available", "new_transactions_available"]
    );
    let timeline = world.timeline(link.id).await;
    assert!(timeline.iter().any(|kind| kind == "statement_read"), "{timeline:?}");
    let changed = world.changes().await.len();
    assert!(changed >= 4, "{changed}");
}

async fn a_file_that_says_nothing_new_writes_nothing(world: &World) {
    let link = registered(world).await;
    // Twins are two, however often they are shown.
    let twins = [(5, -1250, "COFFEE"), (5, -1250, "COFFEE"), (7, -99, "BUN")];
    let text = ofx((1, 9), 0, &twins);
    // Two movements with one id and all else equal may be one that is shown twice.
    let text = text.replacen("<FITID>5COFFEE", "<FITID>5COFFEE2", 1);
    assert_eq!(did(&upload(world, link.id, &text).await.unwrap()), [3, 0, 0, 0]);
    let before = world.changes().await.len();
    world.advance(hours(24)).await;
    assert_eq!(did(&upload(world, link.id, &text).await.unwrap()), [0, 0, 0, 3]);
    // Another export of days that overlap, under other ids.
    let more = [(5, -1250, "COFFEE"), (5, -1250, "COFFEE"), (7, -99, "BUN"), (11, -100, "TEA")];
    let more =
        ofx((4, 12), 0, &more).replace("<FITID>", "<FITID>X").replacen("X5COFFEE", "X5C2", 1);
    assert_eq!(did(&upload(world, link.id, &more).await.unwrap()), [1, 0, 0, 3]);
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 4);
    assert_eq!(world.records(link.id, "ACCOUNTS").await.len(), 1);
    let codes = world.codes(link.id).await;
    assert_eq!(codes.iter().filter(|code| *code == "new_transactions_available").count(), 2);
    let created = world.changes().await.len() - before;
    assert!(created <= 3, "{created}: one movement, and the account as it is shown");
}

async fn a_movement_that_a_complete_file_leaves_out_twice_is_gone(world: &World) {
    let link = registered(world).await;
    let all: Vec<(u8, i64, String)> =
        (1..=20).map(|day| (day, -100, format!("SHOP {day}"))).collect();
    let shown = |leave_out: &[u8]| {
        let kept = all.iter().filter(|(day, ..)| !leave_out.contains(day));
        let kept: Vec<(u8, i64, &str)> = kept.map(|(d, c, w)| (*d, *c, w.as_str())).collect();
        ofx((1, 13), 0, &kept)
    };
    assert_eq!(upload(world, link.id, &shown(&[])).await.unwrap().created, 20);
    assert_eq!(did(&upload(world, link.id, &shown(&[7])).await.unwrap()), [0, 0, 0, 19]);
    world.advance(hours(7)).await;
    assert_eq!(did(&upload(world, link.id, &shown(&[7])).await.unwrap()), [0, 0, 1, 19]);
    // One that says no days proves nothing.
    let other = shown(&[7, 9]);
    let silent = other.replace("<DTSTART>20260101<DTEND>20260113", "");
    for _ in 0..2 {
        assert_eq!(upload(world, link.id, &silent).await.unwrap().deleted, 0);
        world.advance(hours(7)).await;
    }
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 19);
}

async fn an_earlier_statement_does_not_put_the_balance_back(world: &World) {
    let link = registered(world).await;
    upload(world, link.id, &ofx((8, 13), 70_000, &[(9, -1, "A")])).await.unwrap();
    let earlier = upload(world, link.id, &ofx((1, 7), 50_000, &[(2, -1, "B")])).await.unwrap();
    assert_eq!((earlier.created, earlier.accounts.len()), (1, 1));
    let accounts = world.records(link.id, "ACCOUNTS").await;
    assert_eq!((accounts.len(), &accounts[0]["balance"]["current"]), (1, &json!(700.0)));
    upload(world, link.id, &ofx((8, 14), 60_000, &[(9, -1, "A"), (14, -10_000, "C")]))
        .await
        .unwrap();
    assert_eq!(world.records(link.id, "ACCOUNTS").await[0]["balance"]["current"], 600.0);
}

async fn days_to_come_are_not_read_by_a_file_that_claims_them(world: &World) {
    let link = registered(world).await;
    let covered = async |resource: &str| {
        let mut tx = world.place.read().await.unwrap();
        let account = record_id(&world.records(link.id, "ACCOUNTS").await[0]);
        let read = tx.coverage(link.id, resource, Some(account)).await.unwrap();
        read.into_iter().map(|read| (read.days.from, read.days.to)).collect::<Vec<_>>()
    };
    upload(world, link.id, &ofx((16, 20), 70_000, &[(17, -1, "A")])).await.unwrap();
    assert_eq!(covered("TRANSACTIONS").await, [], "today is the 14th");
    upload(world, link.id, &ofx((8, 20), 80_000, &[(9, -1, "B"), (17, -1, "A")])).await.unwrap();
    let until_today = (date(2026, 1, 8), date(2026, 1, 14));
    assert_eq!(covered("TRANSACTIONS").await, [until_today]);
    // Nor is the balance of a day to come kept against that of an earlier one.
    world.advance(hours(48)).await;
    upload(world, link.id, &ofx((8, 16), 60_000, &[(9, -1, "B")])).await.unwrap();
    assert_eq!(world.records(link.id, "ACCOUNTS").await[0]["balance"]["current"], 600.0);
}

async fn a_file_may_be_the_answer_to_a_challenge(world: &World) {
    let link = registered(world).await;
    let window = days("2026-01-01", "2026-01-05");
    let retrieval = engine::retrieval::Retrieval { window, ..wanted(link.id, "TRANSACTIONS") };
    let asked = challenged(world.engine.retrieve(&world.caller(), retrieval).await);
    assert_eq!(asked.challenge.kind, ChallengeKind::File);
    let movements = resource::named("TRANSACTIONS").unwrap();
    let answer = Some(file(&ofx((1, 9), 0, &[(2, -1, "A"), (9, -1, "B")])));
    let caller = world.caller();
    let read = world.engine.resume_retrieval(&caller, movements, asked.session, None, answer, None);
    assert_eq!(read.await.unwrap().items.len(), 1, "the days that were asked for");
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 1);
}

async fn a_link_fed_by_files_is_not_refreshed(world: &World) {
    let recurrent = Registration { access_mode: AccessMode::Recurrent, ..fed_by_files() };
    let refused = world.engine.register(&world.caller(), recurrent).await;
    assert!(
        matches!(refused, Err(Error::Fields(fields)) if fields[0].field == Some("access_mode"))
    );
    let link = registered(world).await;
    let mode = Some(AccessMode::Recurrent);
    let change = Modification { access_mode: mode, ..Modification::default() };
    let refused = world.engine.modify_link(&world.caller(), link.id, change).await;
    assert!(matches!(refused, Err(Error::Fields(_))));
    let refused = world.engine.refresh_link(&world.caller(), link.id, None).await;
    assert!(matches!(refused, Err(Error::Unsupported)));
}

async fn an_upload_to_another_link_is_refused(world: &World) {
    let link = world.registered("ana").await;
    let refused = upload(world, link.id, "x").await;
    assert!(
        matches!(refused, Err(Error::Fields(fields)) if fields[0].code == "unsupported_operation")
    );
    let other = world.engine.add_tenant("other").await.unwrap();
    let caller = engine::Caller { tenant: other.id, ..world.caller() };
    let link = registered(world).await;
    let refused = world.engine.upload_statement(&caller, link.id, file("x")).await;
    assert!(matches!(refused, Err(Error::NoSuch(_))));
}

async fn a_file_that_cannot_be_read_changes_nothing(world: &World) {
    let link = registered(world).await;
    let before = world.changes().await.len();
    for text in ["", "no statement", "%PDF-1.7"] {
        let Failure::Unreadable(why) = failed(upload(world, link.id, text).await) else {
            panic!("{text}: another failure")
        };
        assert!(!why.remark.problem.is_empty());
    }
    let garbled = SecretString::from("%%%");
    let garbled = world.engine.upload_statement(&world.caller(), link.id, garbled).await;
    assert!(matches!(failed(garbled), Failure::Unreadable(_)));
    assert_eq!(world.status(link.id).await, Status::Valid, "nobody's login is to blame");
    assert_eq!(world.changes().await.len(), before);
}

async fn an_upload_whose_node_dies_is_done_again_whole(world: &World) {
    let scans = Registration { institution: SCANS.into(), ..single("ana", &[]) };
    let link = world.engine.register(&world.caller(), scans).await.unwrap().id;
    world.bank.readings("ana", "ACCOUNTS", [vec![Step::Ask(ChallengeKind::File, "Zm9v")]]);
    world.bank.readings("ana", "TRANSACTIONS", [vec![Step::Hang], vec![]]);
    world.bank.person("ana", |ana| {
        ana.transactions.push(movement("CHK", "old", "2020-01-01", "LONG AGO", "1.00"));
    });
    let node = world.another_node().await;
    let caller = world.caller();
    let lost = node.does(move |engine| async move {
        drop(engine.upload_statement(&caller, link, "Zm9v".into()).await);
    });
    tokio::select! {
        () = lost => panic!("it hangs"),
        () = world.bank.has_seen("ana", "TRANSACTIONS", 1) => {}
    }
    world.bank.expects_crowds();
    node.dies();
    assert!(world.records(link, "TRANSACTIONS").await.is_empty(), "whole or not at all");
    // Whoever uploads again waits until the session of the dead is over.
    let again = world.engine.upload_statement(&caller, link, "Zm9v".into());
    let (again, ()) = tokio::join!(again, async {
        for _ in 0..60 {
            world.advance(crate::world::seconds(1)).await;
        }
    });
    assert_eq!(did(&again.unwrap()), [4, 0, 0, 0], "however old it is");
    let repeated = world.engine.upload_statement(&caller, link, "Zm9v".into()).await.unwrap();
    assert_eq!(did(&repeated), [0, 0, 0, 4]);
    assert_eq!(world.records(link, "ACCOUNTS").await.len(), 2);
}
