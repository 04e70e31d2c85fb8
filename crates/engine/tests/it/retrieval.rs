//! Asking institutions for data.

use crate::{
    bank::{SMALL_BANK, Step, account, movement},
    world::{
        World, challenged, days, failed, hours, items, minutes, on_both, record_id, recurrent,
        seconds, secret, single, wanted,
    },
};
use connect::talk::{Failure, LoginProblem};
use domain::{
    ids::{LinkId, RecordId},
    link::Status,
    resource,
    session::ChallengeKind::Otp,
};
use engine::{Error, retrieval::Retrieval};
use serde_json::{Value, json};
use store::records::StoredRecord;

on_both!(stopped:
    what_is_kept_can_be_listed,
    what_is_not_kept_is_only_shown,
    movements_carry_their_account_kept_or_not,
    one_account_can_be_asked_for,
    only_the_days_asked_for_are_read,
    reading_the_same_twice_writes_nothing,
    what_changed_is_written_and_nothing_else,
    a_partial_reading_deletes_nothing,
    what_the_institution_says_it_removed_is_deleted_at_once,
    a_hold_that_books_weeks_later_stays_the_same_record,
    a_number_that_is_masked_later_stays_known,
    a_doubt_outlives_a_change_of_what_is_shown,
    accounts_keep_their_ids_when_a_person_is_linked_again,
    accounts_that_share_a_number_are_two,
    a_number_that_a_new_account_shares_stays_with_the_one_that_had_it,
    a_request_during_the_load_waits_for_it,
    a_request_that_waits_too_long_is_turned_away,
    a_challenge_is_answered_on_the_collection_it_belongs_to,
    a_challenge_in_the_middle_of_a_reading_is_answered_too,
    an_abandoned_challenge_asks_for_a_token,
    the_sixth_refusal_makes_a_link_invalid,
    a_good_login_forgives_the_refusals_before_it,
    a_link_that_cannot_be_used_says_why,
    an_outage_changes_nothing,
    a_request_has_five_minutes_and_what_it_read_later_is_kept,
    a_link_deleted_meanwhile_ends_the_reading,
    an_asynchronous_request_is_answered_by_an_event,
    what_an_institution_has_not_got_is_told_and_the_rest_is_loaded,
    what_an_institution_does_not_offer_is_refused,
    a_connector_that_breaks_harms_nobody_else,
    a_superseded_question_is_late,
);

async fn what_is_kept_can_be_listed(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &[])).await.unwrap();
    let answer = world.retrieve(link.id, "TRANSACTIONS").await.unwrap();
    assert!(answer.saved);
    let mut shown = items(&answer);
    let mut listed = world.records(link.id, "TRANSACTIONS").await;
    for list in [&mut shown, &mut listed] {
        list.sort_by_key(|item| item["id"].as_str().map(str::to_owned));
    }
    assert_eq!(shown, listed);
    assert_eq!(world.records(link.id, "ACCOUNTS").await.len(), 2, "movements need their accounts");
    assert_eq!(world.link(link.id).await.last_accessed_at, Some(world.now()));
}

async fn what_is_not_kept_is_only_shown(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &[])).await.unwrap();
    let unsaved = Retrieval { save: false, ..wanted(link.id, "TRANSACTIONS") };
    let answer = world.engine.retrieve(&world.caller(), unsaved).await.unwrap();
    assert!(!answer.saved);
    assert_eq!(answer.items.len(), 3);
    assert!(items(&answer).iter().all(|item| item.get("id").is_none()));
    for resource in ["TRANSACTIONS", "ACCOUNTS"] {
        assert_eq!(world.records(link.id, resource).await.len(), 0);
    }
    assert_eq!(world.changes().await, []);
}

async fn movements_carry_their_account_kept_or_not(world: &World) {
    let link = world.registered("ana").await;
    for save in [true, false] {
        let retrieval = Retrieval { save, ..wanted(link.id, "TRANSACTIONS") };
        let answer = world.engine.retrieve(&world.caller(), retrieval).await.unwrap();
        for item in items(&answer) {
            let account = if item["description"] == "RENT" { "Account SAV" } else { "Account CHK" };
            assert_eq!(item["account"]["name"], account);
            assert_eq!(item["account"].get("id").is_some(), save);
        }
    }
}

async fn one_account_can_be_asked_for(world: &World) {
    let link = world.registered("ana").await;
    let accounts = world.records(link.id, "ACCOUNTS").await;
    let savings = accounts.iter().find(|a| a["name"] == "Account SAV").unwrap();
    for save in [true, false] {
        let account = Some(record_id(savings));
        let retrieval = Retrieval { save, account, ..wanted(link.id, "TRANSACTIONS") };
        let answer = world.engine.retrieve(&world.caller(), retrieval).await.unwrap();
        let shown: Vec<_> = items(&answer).iter().map(|i| i["description"].clone()).collect();
        assert_eq!(shown, ["RENT"], "save: {save}");
        let visit = world.bank.visits().pop().unwrap();
        assert_eq!(visit.account.as_deref(), Some("SAV"));
    }
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3, "the others are not missing");

    let nobody = Some(world.env.id_in(link.id.bucket()));
    let retrieval = Retrieval { account: nobody, ..wanted(link.id, "TRANSACTIONS") };
    let refused = world.engine.retrieve(&world.caller(), retrieval).await;
    assert!(matches!(refused, Err(Error::Fields(_))));
}

async fn only_the_days_asked_for_are_read(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &[])).await.unwrap();
    let window = days("2026-01-06", "2026-01-11");
    let retrieval = Retrieval { window, ..wanted(link.id, "TRANSACTIONS") };
    let answer = world.engine.retrieve(&world.caller(), retrieval).await.unwrap();
    let shown: Vec<_> = items(&answer).iter().map(|i| i["description"].clone()).collect();
    assert_eq!(shown, ["GROCERIES"]);
    assert_eq!(world.bank.visits().pop().unwrap().window, window);
}

async fn stored(world: &World, link: &domain::link::Link, name: &str) -> Vec<StoredRecord> {
    let mut tx = world.place.read().await.unwrap();
    let mut records = tx.records_for_ledger(link.id, name, None, None).await.unwrap();
    records.sort_by_key(|record| record.id);
    records
}

async fn reading_the_same_twice_writes_nothing(world: &World) {
    let link = world.registered("ana").await;
    let before = (stored(world, &link, "TRANSACTIONS").await, world.changes().await);
    let accounts = world.records(link.id, "ACCOUNTS").await;
    world.advance(minutes(1)).await;
    world.retrieve(link.id, "TRANSACTIONS").await.unwrap();
    let after = (stored(world, &link, "TRANSACTIONS").await, world.changes().await);
    assert_eq!(before, after);
    // Accounts are few and always fresh: seen again, but not changed.
    let fresh = world.records(link.id, "ACCOUNTS").await;
    assert_ne!(accounts[0]["collected_at"], fresh[0]["collected_at"]);
    assert_eq!(accounts[0]["created_at"], fresh[0]["created_at"]);
    assert_eq!(accounts[0]["id"], fresh[0]["id"]);
}

async fn what_changed_is_written_and_nothing_else(world: &World) {
    let link = world.registered("ana").await;
    let before = world.changes().await.len();
    let before_it: Vec<_> = (world.records(link.id, "TRANSACTIONS").await.iter())
        .map(|r| r["description"].clone())
        .collect();
    world.bank.person("ana", |ana| {
        ana.transactions[0].1["category"] = json!("Food & Groceries");
        ana.transactions.push(movement("SAV", "m4", "2026-01-13", "INTEREST", "1.25"));
    });
    world.advance(minutes(1)).await;
    world.retrieve(link.id, "TRANSACTIONS").await.unwrap();
    let changes = world.changes().await.split_off(before);
    let mut kinds: Vec<_> = changes.iter().map(|c| (c.kind, c.resource.as_str())).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [("created", "TRANSACTIONS"), ("updated", "TRANSACTIONS")]);
    let records = world.records(link.id, "TRANSACTIONS").await;
    let coffee = records.iter().find(|r| r["description"] == "COFFEE").unwrap();
    assert_eq!(coffee["category"], "Food & Groceries");
    // Whoever asks for what was created since the last time gets corrections too.
    assert_eq!(coffee["created_at"], "2026-01-14T09:01:00.000000Z");
    let since = world.created_since("TRANSACTIONS", "2026-01-14T09:01:00Z").await;
    let mut since: Vec<_> = since.iter().map(|r| r["description"].as_str().unwrap()).collect();
    since.sort_unstable();
    assert_eq!(since, ["COFFEE", "INTEREST"]);
    let order: Vec<_> = records.iter().map(|r| r["description"].clone()).collect();
    assert_eq!(order[0], "INTEREST");
    let earlier: Vec<_> = order.iter().filter(|words| **words != "INTEREST").cloned().collect();
    assert_eq!(earlier, before_it, "who is in the middle of a list loses nothing");
    // That it is said once more is no change.
    world.advance(minutes(1)).await;
    world.retrieve(link.id, "TRANSACTIONS").await.unwrap();
    let created = |records: &[Value]| -> Vec<_> {
        records.iter().map(|r| (r["id"].clone(), r["created_at"].clone())).collect()
    };
    let again = world.records(link.id, "TRANSACTIONS").await;
    assert_eq!(created(&again), created(&records));
}

async fn a_partial_reading_deletes_nothing(world: &World) {
    let link = world.registered("ana").await;
    world.bank.person("ana", |ana| {
        ana.transactions.clear();
        ana.accounts.pop();
    });
    world.bank.readings("ana", "TRANSACTIONS", [vec![Step::Partial]]);
    world.bank.readings("ana", "ACCOUNTS", [vec![Step::Partial]]);
    world.retrieve(link.id, "TRANSACTIONS").await.unwrap();
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
    assert_eq!(world.records(link.id, "ACCOUNTS").await.len(), 2);
}

async fn what_the_institution_says_it_removed_is_deleted_at_once(world: &World) {
    let link = world.registered("ana").await;
    let before = world.changes().await.len();
    world.bank.person("ana", |ana| {
        ana.transactions.remove(0);
        // The ids of one account say nothing about another's.
        ana.removed = vec![("CHK", "m1"), ("CHK", "m3"), ("SAV", "unheard of")];
    });
    world.bank.readings("ana", "TRANSACTIONS", [vec![Step::Partial]]);
    world.advance(minutes(1)).await;
    let of_other_days =
        Retrieval { window: days("2026-01-11", "2026-01-13"), ..wanted(link.id, "TRANSACTIONS") };
    world.engine.retrieve(&world.caller(), of_other_days).await.unwrap();
    let left = world.records(link.id, "TRANSACTIONS").await;
    let mut left: Vec<_> = left.iter().filter_map(|r| r["description"].as_str()).collect();
    left.sort_unstable();
    assert_eq!(left, ["GROCERIES", "RENT"]);
    let changes = world.changes().await.split_off(before);
    let kinds: Vec<_> = changes.iter().map(|c| (c.kind, c.resource.as_str())).collect();
    assert_eq!(kinds, [("deleted", "TRANSACTIONS")]);
}

async fn a_hold_that_books_weeks_later_stays_the_same_record(world: &World) {
    world.bank.person("ana", |ana| {
        let mut hold = movement("CHK", "m9", "2025-11-20", "HOTEL", "900.00");
        hold.1["status"] = json!("PENDING");
        ana.transactions.push(hold);
    });
    let link = world.registered("ana").await;
    let hotel = async |world: &World| -> Vec<_> {
        let stored = stored(world, &link, "TRANSACTIONS").await;
        let hotels = stored.into_iter().filter(|r| r.source_id.as_deref() == Some("m9"));
        hotels.map(|r| (r.id, r.day.unwrap().to_string(), r.pending)).collect()
    };
    let [(id, _, true)] = hotel(world).await[..] else { panic!("a hold") };
    world.bank.person("ana", |ana| {
        ana.transactions.pop();
        ana.transactions.push(movement("CHK", "m9", "2026-01-12", "HOTEL", "900.00"));
    });
    world.advance(minutes(1)).await;
    let short =
        Retrieval { window: days("2026-01-11", "2026-01-13"), ..wanted(link.id, "TRANSACTIONS") };
    world.engine.retrieve(&world.caller(), short).await.unwrap();
    assert_eq!(hotel(world).await, [(id, "2026-01-12".into(), false)]);
    // So does a booked one that the institution dates anew.
    world.bank.person("ana", |ana| {
        ana.transactions.pop();
        ana.transactions.push(movement("CHK", "m9", "2025-11-21", "HOTEL", "900.00"));
    });
    world.advance(minutes(1)).await;
    let long_ago =
        Retrieval { window: days("2025-11-20", "2025-11-22"), ..wanted(link.id, "TRANSACTIONS") };
    world.engine.retrieve(&world.caller(), long_ago).await.unwrap();
    assert_eq!(hotel(world).await, [(id, "2025-11-21".into(), false)]);
}

async fn a_number_that_is_masked_later_stays_known(world: &World) {
    let link = world.registered("ana").await;
    let changes = world.changes().await.len();
    let numbers = |accounts: &[Value]| {
        let mut numbers: Vec<_> =
            accounts.iter().map(|a| (record_id(a), a["number"].to_string())).collect();
        numbers.sort_unstable();
        numbers
    };
    let before = numbers(&world.records(link.id, "ACCOUNTS").await);
    let keys = |records: Vec<StoredRecord>| -> Vec<_> {
        records.into_iter().map(|r| (r.natural_key, r.facts)).collect()
    };
    let known_by = keys(stored(world, &link, "ACCOUNTS").await);
    world.bank.person("ana", |ana| {
        for (account, masked) in ana.accounts.iter_mut().zip(["****2001", "xxx2002"]) {
            account["number"] = json!(masked);
        }
    });
    for _ in 0..2 {
        world.advance(minutes(1)).await;
        let answer = world.retrieve(link.id, "ACCOUNTS").await.unwrap();
        assert_eq!(numbers(&items(&answer)), before, "the answer shows them as well");
        assert_eq!(numbers(&world.records(link.id, "ACCOUNTS").await), before);
        assert_eq!(keys(stored(world, &link, "ACCOUNTS").await), known_by);
    }
    assert_eq!(world.changes().await.len(), changes, "a mask is no change");
}

async fn a_doubt_outlives_a_change_of_what_is_shown(world: &World) {
    let link = world.registered("ana").await;
    world.bank.person("ana", |ana| {
        // An equal purchase under another id, while the one that was known is missing.
        ana.transactions[1] = movement("CHK", "m9", "2026-01-09", "GROCERIES", "310.00");
    });
    for category in ["Bills & Utilities", "Food & Groceries"] {
        world.bank.person("ana", |ana| ana.transactions[1].1["category"] = json!(category));
        world.advance(minutes(1)).await;
        world.retrieve(link.id, "TRANSACTIONS").await.unwrap();
        let records = stored(world, &link, "TRANSACTIONS").await;
        let doubted: Vec<_> = records.iter().filter(|r| r.doubt.is_some()).collect();
        assert_eq!((records.len(), doubted.len()), (4, 1), "{category}");
        assert_eq!(doubted[0].source_id.as_deref(), Some("m9"));
    }
}

async fn accounts_keep_their_ids_when_a_person_is_linked_again(world: &World) {
    let ids = |records: Vec<Value>| {
        let mut ids: Vec<_> = records.iter().map(record_id).collect();
        ids.sort_unstable();
        ids
    };
    let link = world.registered("ana").await;
    let first = ids(world.records(link.id, "ACCOUNTS").await);
    world.engine.delete_link(&world.caller(), link.id).await.unwrap();
    let again = world.registered("ana").await;
    assert_ne!(again.id, link.id);
    assert_eq!(again.institution_user_id, link.institution_user_id);
    assert_eq!(ids(world.records(again.id, "ACCOUNTS").await), first);
    assert_ne!(first[0], first[1]);
}

/// Accounts by currency, with their ids and how many movements each has.
async fn by_currency(world: &World, link: LinkId) -> Vec<(String, RecordId, usize)> {
    let movements = world.records(link, "TRANSACTIONS").await;
    let mut accounts: Vec<_> = (world.records(link, "ACCOUNTS").await.iter())
        .map(|account| {
            let of = movements.iter().filter(|m| m["account"]["id"] == account["id"]).count();
            (account["currency"].to_string(), record_id(account), of)
        })
        .collect();
    accounts.sort_unstable();
    accounts
}

async fn accounts_that_share_a_number_are_two(world: &World) {
    world.bank.person("ana", |ana| {
        ana.accounts[1]["number"] = ana.accounts[0]["number"].clone();
        ana.accounts[1]["currency"] = json!("USD");
    });
    let link = world.registered("ana").await;
    let before = by_currency(world, link.id).await;
    let shown: Vec<_> = before.iter().map(|(currency, ..)| currency.as_str()).collect();
    assert_eq!(shown, ["\"MXN\"", "\"USD\""]);
    assert_eq!(before.iter().map(|(.., movements)| movements).sum::<usize>(), 3, "{before:?}");
    world.advance(minutes(1)).await;
    world.retrieve(link.id, "ACCOUNTS").await.unwrap();
    assert_eq!(by_currency(world, link.id).await, before);
    // In whatever order they are listed to whoever links the same person again.
    world.engine.delete_link(&world.caller(), link.id).await.unwrap();
    world.bank.person("ana", |ana| ana.accounts.reverse());
    let again = world.registered("ana").await;
    assert_eq!(by_currency(world, again.id).await, before);
}

async fn a_number_that_a_new_account_shares_stays_with_the_one_that_had_it(world: &World) {
    let link = world.registered("ana").await;
    let before = by_currency(world, link.id).await;
    world.bank.person("ana", |ana| {
        let mut dollars = ana.accounts[0].clone();
        dollars["internal_identification"] = json!("USD");
        dollars["currency"] = json!("USD");
        ana.accounts.push(dollars);
    });
    world.advance(minutes(1)).await;
    world.retrieve(link.id, "ACCOUNTS").await.unwrap();
    let after = by_currency(world, link.id).await;
    assert_eq!((&after[..2], after.len()), (&before[..], 3));
}

async fn a_request_during_the_load_waits_for_it(world: &World) {
    world.bank.readings("ana", "ACCOUNTS", [vec![Step::Hang], vec![]]);
    let link = world.register("ana").await.unwrap();
    let (answer, ()) = tokio::join!(world.retrieve(link.id, "TRANSACTIONS"), async {
        world.bank.has_seen("ana", "ACCOUNTS", 1).await;
        world.bank.release();
    });
    assert_eq!(answer.unwrap().items.len(), 3);
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3, "none came twice");
    assert_eq!(world.bank.count("ana", "login"), 2);
}

async fn a_request_that_waits_too_long_is_turned_away(world: &World) {
    world.bank.readings("ana", "ACCOUNTS", [vec![Step::Take(seconds(100))], vec![]]);
    let link = world.register("ana").await.unwrap();
    world.bank.has_seen("ana", "ACCOUNTS", 1).await;
    let (answer, ()) = tokio::join!(world.retrieve(link.id, "TRANSACTIONS"), async {
        for _ in 0..80 {
            world.advance(seconds(1)).await;
        }
    });
    assert_eq!(failed(answer), Failure::TooManySessions);
    world.advance(seconds(60)).await;
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3, "the load goes on");
}

async fn a_challenge_is_answered_on_the_collection_it_belongs_to(world: &World) {
    let link = world.registered("ana").await;
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    let window = days("2026-01-06", "2026-01-11");
    let retrieval = Retrieval { window, save: false, ..wanted(link.id, "TRANSACTIONS") };
    let caller = world.caller();
    let asked = challenged(world.engine.retrieve(&caller, retrieval).await);
    assert_eq!(asked.link, link.id);
    assert_eq!(world.status(link.id).await, Status::Valid, "while the question is open");
    let resume = |name, session, token| {
        let resource = resource::named(name).unwrap();
        world.engine.resume_retrieval(
            &caller,
            resource,
            session,
            Some(link.id),
            secret(token),
            None,
        )
    };
    let elsewhere = resume("ACCOUNTS", asked.session, "123").await;
    assert!(matches!(elsewhere, Err(Error::SessionExpired)));
    let wrong = challenged(resume("TRANSACTIONS", asked.session, "wrong").await);
    assert_ne!(wrong.session, asked.session);
    let answer = resume("TRANSACTIONS", wrong.session, "123").await.unwrap();
    assert_eq!((answer.saved, answer.items.len()), (false, 1), "as the request said");
}

async fn a_challenge_in_the_middle_of_a_reading_is_answered_too(world: &World) {
    let link = world.registered("ana").await;
    let ask = || vec![Step::AskOnce(Otp, "123")];
    world.bank.readings("ana", "TRANSACTIONS", [ask(), ask(), vec![]]);
    let asked = challenged(world.retrieve(link.id, "TRANSACTIONS").await);
    let transactions = resource::named("TRANSACTIONS").unwrap();
    let caller = world.caller();
    let resume = |session, token| {
        world.engine.resume_retrieval(&caller, transactions, session, None, secret(token), None)
    };
    let again = challenged(resume(asked.session, "wrong").await);
    assert_eq!(resume(again.session, "123").await.unwrap().items.len(), 3);
    assert_eq!(world.bank.count("ana", "login"), 1 + 2, "a wrong answer ends the visit");
}

async fn an_abandoned_challenge_asks_for_a_token(world: &World) {
    let link = world.registered("ana").await;
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    challenged(world.retrieve(link.id, "ACCOUNTS").await);
    world.advance(minutes(10)).await;
    let resting = world.link(link.id).await;
    assert_eq!((resting.status, resting.schedule), (Status::TokenRequired, None));
    let retrieval = Retrieval { token: secret("123"), ..wanted(link.id, "ACCOUNTS") };
    world.engine.retrieve(&world.caller(), retrieval).await.unwrap();
    let awake = world.link(link.id).await;
    assert_eq!(awake.status, Status::Valid);
    assert!(awake.schedule.is_some());
    world.bank.logins("ana", [vec![]]);
    world.settle().await;
}

async fn the_sixth_refusal_makes_a_link_invalid(world: &World) {
    let link = world.registered("ana").await;
    world.bank.person("ana", |ana| ana.password = "new");
    for _ in 0..5 {
        assert_eq!(failed(world.retrieve(link.id, "ACCOUNTS").await), Failure::InvalidCredentials);
        assert_eq!(world.status(link.id).await, Status::Valid);
    }
    world.retrieve(link.id, "ACCOUNTS").await.unwrap_err();
    assert_eq!(world.status(link.id).await, Status::Invalid);
    assert!(matches!(world.retrieve(link.id, "ACCOUNTS").await, Err(Error::InvalidLink)));
    assert_eq!(world.bank.count("ana", "login"), 1 + 6, "nobody is locked out by us");
    world.advance(hours(10 * 24)).await;
    assert_eq!(world.bank.count("ana", "login"), 1 + 6);
}

async fn a_good_login_forgives_the_refusals_before_it(world: &World) {
    let link = world.registered("ana").await;
    for _ in 0..3 {
        world.bank.person("ana", |ana| ana.password = "new");
        for _ in 0..5 {
            world.retrieve(link.id, "ACCOUNTS").await.unwrap_err();
        }
        world.bank.person("ana", |ana| ana.password = "right");
        world.retrieve(link.id, "ACCOUNTS").await.unwrap();
    }
    assert_eq!(world.status(link.id).await, Status::Valid);
}

async fn a_link_that_cannot_be_used_says_why(world: &World) {
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")]]);
    let asked = world.challenged("ana").await;
    let early = world.retrieve(asked.link, "ACCOUNTS").await;
    assert!(matches!(early, Err(Error::UnconfirmedLink)));
    let early = world.engine.refresh_link(&world.caller(), asked.link, None).await;
    assert!(matches!(early, Err(Error::UnconfirmedLink)));
    world.advance(minutes(10)).await;

    world.bank.logins("eva", [vec![], vec![Step::Fail(Failure::Login(LoginProblem::Locked))]]);
    let link = world.registered("eva").await;
    world.advance(hours(8 * 24)).await;
    let late = world.retrieve(link.id, "ACCOUNTS").await;
    assert!(matches!(late, Err(Error::InvalidLink)), "the calendar found it out");
    let late = world.engine.refresh_link(&world.caller(), link.id, None).await;
    assert!(matches!(late, Err(Error::InvalidLink)));
}

async fn an_outage_changes_nothing(world: &World) {
    let link = world.registered("ana").await;
    world.bank.is_down(true);
    for _ in 0..8 {
        let answer = world.retrieve(link.id, "ACCOUNTS").await;
        assert_eq!(failed(answer), Failure::InstitutionDown);
    }
    assert_eq!(world.link(link.id).await, link);
}

async fn a_request_has_five_minutes_and_what_it_read_later_is_kept(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &[])).await.unwrap();
    let slowly = || [vec![Step::Take(seconds(115))]];
    world.bank.logins("ana", slowly());
    world.bank.readings("ana", "ACCOUNTS", slowly());
    world.bank.readings("ana", "TRANSACTIONS", slowly());
    let (answer, ()) = tokio::join!(world.retrieve(link.id, "TRANSACTIONS"), async {
        world.bank.has_seen("ana", "login", 2).await;
        world.advance(minutes(5)).await;
    });
    assert!(matches!(answer, Err(Error::TimedOut)));
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 0);
    world.advance(minutes(1)).await;
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
}

async fn a_link_deleted_meanwhile_ends_the_reading(world: &World) {
    let link = world.registered("ana").await;
    world.bank.readings("ana", "ACCOUNTS", [vec![Step::Hang]]);
    let (answer, ()) = tokio::join!(world.retrieve(link.id, "ACCOUNTS"), async {
        world.bank.has_seen("ana", "ACCOUNTS", 2).await;
        world.engine.delete_link(&world.caller(), link.id).await.unwrap();
    });
    assert_eq!(failed(answer), Failure::Cancelled);
    assert_eq!(world.links().await, []);
    assert!(world.records(link.id, "ACCOUNTS").await.is_empty());
}

async fn an_asynchronous_request_is_answered_by_an_event(world: &World) {
    let link = world.engine.register(&world.caller(), single("ana", &[])).await.unwrap();
    let caller = world.caller();
    world.engine.retrieve_later(&caller, wanted(link.id, "TRANSACTIONS")).await.unwrap();
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 0);
    world.settle().await;
    assert_eq!(world.records(link.id, "TRANSACTIONS").await.len(), 3);
    let events = world.events().await;
    assert_eq!(events.len(), 1);
    let body: Value = serde_json::from_str(&events[0].body).unwrap();
    assert_eq!(body["webhook_code"], "new_transactions_available");
    assert_eq!(body["process_type"], "async_post");
    assert_eq!(body["request_id"], caller.request.hex());
    assert_eq!(body["data"]["new_transactions"], 3);
}

async fn what_an_institution_has_not_got_is_told_and_the_rest_is_loaded(world: &World) {
    world.bank.readings("ana", "OWNERS", [vec![Step::Fail(Failure::UnavailableData)]]);
    world.bank.readings("ana", "TRANSACTIONS", [vec![Step::Fail(Failure::Unsupported)]]);
    let link = world.registered("ana").await;
    assert_eq!(world.records(link.id, "ACCOUNTS").await.len(), 2);
    let mut totals: Vec<_> = (world.events().await.iter())
        .map(|event| serde_json::from_str::<Value>(&event.body).unwrap())
        .map(|body| (body["webhook_type"].to_string(), body["data"].clone()))
        .collect();
    totals.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(totals[0].1["total_accounts"], 2);
    assert_eq!(totals[1].1["total_owners"], 0);
    assert_eq!(totals[2].1["total_transactions"], 0);
    assert_eq!(failed(world.retrieve(link.id, "OWNERS").await), Failure::UnavailableData);
    assert_eq!(world.status(link.id).await, Status::Valid);
}

async fn what_an_institution_does_not_offer_is_refused(world: &World) {
    let mut registration = recurrent("ana", "right");
    registration.institution = SMALL_BANK.into();
    let link = world.engine.register(&world.caller(), registration).await.unwrap();
    world.settle().await;
    let visits = world.bank.visits().len();
    let refused = world.retrieve(link.id, "TRANSACTIONS").await;
    assert!(matches!(refused, Err(Error::Unsupported)));
    assert_eq!(world.bank.visits().len(), visits, "nobody is asked");
}

async fn a_connector_that_breaks_harms_nobody_else(world: &World) {
    let link = world.registered("ana").await;
    world.bank.readings("ana", "ACCOUNTS", [vec![Step::Panic("a bug in a connector")], vec![]]);
    let broken = world.retrieve(link.id, "ACCOUNTS").await;
    assert_eq!(failed(broken), Failure::Broken);
    assert_eq!(world.link(link.id).await.status, Status::Valid);
    world.bank.person("ana", |ana| ana.accounts.push(account("NEW", "5200 9")));
    assert_eq!(world.retrieve(link.id, "ACCOUNTS").await.unwrap().items.len(), 3);
}

async fn a_superseded_question_is_late(world: &World) {
    let link = world.registered("ana").await;
    world.bank.logins("ana", [vec![Step::Ask(Otp, "123")], vec![]]);
    let asked = challenged(world.retrieve(link.id, "ACCOUNTS").await);
    assert_eq!(world.retrieve(link.id, "OWNERS").await.unwrap().items.len(), 1);
    let accounts = resource::named("ACCOUNTS").unwrap();
    let caller = world.caller();
    let late =
        world.engine.resume_retrieval(&caller, accounts, asked.session, None, secret("123"), None);
    assert!(matches!(late.await, Err(Error::SessionExpired)));
    assert_eq!(world.status(link.id).await, Status::Valid);
}
