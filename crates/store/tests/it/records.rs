//! Records: the ledger's view, the API's lists, and the filters.

use crate::world::{after, any_page, env, new_link, page, record, start};
use domain::{
    env::Env,
    filter::{self, Condition, Field, Kind, Operator, Source, Test, Value},
    ids::RecordId,
    link::Link,
    money::Amount,
    time::{Moment, Window},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use proptest::prelude::*;
use std::cmp::Ordering;
use std::collections::HashMap;
use store::{
    records::{NewRecord, ResourceCount, Seen, StoredRecord, Summary},
    testing::{self, stores},
};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn as_stored(record: &NewRecord) -> StoredRecord {
    let r = record.clone();
    StoredRecord {
        id: r.id,
        account: r.account,
        source_id: r.source_id,
        natural_key: r.natural_key,
        day: r.day,
        pending: r.pending,
        facts: r.facts,
        content: r.content,
        suspected_at: r.suspected_at,
        doubt: r.doubt,
        judged_at: None,
        created_at: r.created_at,
        changed_at: r.created_at,
        collected_at: r.collected_at,
    }
}

fn sorted<T, K: Ord>(mut items: Vec<T>, key: impl FnMut(&T) -> K) -> Vec<T> {
    items.sort_by_key(key);
    items
}

#[tokio::test]
async fn the_ledger_reads_what_it_wrote() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let [one, other] = [(), ()].map(|()| env.id_in::<RecordId>(link.id.bucket()));
        let mut records = Vec::new();
        for (n, date) in ["1969-12-31", "1970-01-01", "2026-01-30", "2026-02-28"].iter().enumerate()
        {
            let mut r = record(&env, &link, "TRANSACTIONS", Some(one));
            r.day = Some(day(date));
            r.pending = n % 2 == 0;
            r.source_id = (n > 1).then(|| "'; drop table records; --".into());
            r.content = -1;
            r.doubt = (n == 3).then(|| "two fit".into());
            r.suspected_at = (n == 2).then(|| after(1));
            records.push(r);
        }
        records
            .push(NewRecord { account: Some(other), ..record(&env, &link, "TRANSACTIONS", None) });
        records.push(record(&env, &link, "ACCOUNTS", None));
        let mut tx = store.write().await.unwrap();
        tx.write_records(&records).await.unwrap();
        tx.write_records(&[]).await.unwrap();

        let expected = |range: std::ops::Range<usize>| {
            sorted(records[range].iter().map(as_stored).collect(), |r| r.id)
        };
        let all = tx.records_for_ledger(link.id, "TRANSACTIONS", None, None).await.unwrap();
        assert_eq!(sorted(all, |r| r.id), expected(0..5), "{}", store.name);
        let of_one = tx.records_for_ledger(link.id, "TRANSACTIONS", Some(one), None).await.unwrap();
        assert_eq!(sorted(of_one, |r| r.id), expected(0..4));
        let days = Window::new(day("1970-01-01"), day("2026-01-30"));
        let some = tx.records_for_ledger(link.id, "TRANSACTIONS", Some(one), days).await.unwrap();
        assert_eq!(sorted(some, |r| r.id), expected(1..3));
        let foreign = new_link(&env, env.id(), 3);
        assert_eq!(
            tx.records_for_ledger(foreign.id, "TRANSACTIONS", None, None).await.unwrap(),
            []
        );
    }
}

#[tokio::test]
async fn what_is_pending_or_named_by_its_id_is_found_outside_the_days() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let [one, other] = [0, 1].map(|_| Some(env.id_in::<RecordId>(link.id.bucket())));
        let with = |account, date: &str, pending, source_id: &str| NewRecord {
            day: Some(day(date)),
            pending,
            source_id: Some(source_id.into()),
            ..record(&env, &link, "TRANSACTIONS", account)
        };
        let records = [
            with(one, "2026-01-02", true, "hold"),
            with(one, "2026-01-02", false, "asked 'for'"),
            with(other, "2026-03-01", true, "asked 'for'"),
            with(one, "2026-01-02", false, "not asked for"),
            // These are read by their days.
            with(one, "2026-02-01", true, "hold"),
            with(one, "2026-02-10", false, "asked 'for'"),
            NewRecord { pending: true, ..record(&env, &link, "BILLS", one) },
        ];
        let mut tx = store.write().await.unwrap();
        tx.write_records(&records).await.unwrap();
        let days = Window::new(day("2026-02-01"), day("2026-02-10")).unwrap();
        for (account, expected) in [(one, 0..2), (None, 0..3)] {
            let found = tx
                .records_elsewhere_for_ledger(
                    link.id,
                    "TRANSACTIONS",
                    account,
                    days,
                    &["asked 'for'", "unheard of"],
                )
                .await
                .unwrap();
            let expected = records[expected].iter().map(as_stored).collect();
            assert_eq!(
                sorted(found, |r| r.id),
                sorted::<StoredRecord, _>(expected, |r| r.id),
                "{}",
                store.name
            );
        }
    }
}

#[tokio::test]
async fn an_overwritten_record_keeps_its_id_and_its_birth() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let first = record(&env, &link, "ACCOUNTS", None);
        // As the API serves it, to the letter: number, order of keys, letters beyond ASCII.
        let body = r#"{"z":1.10,"a":"São \"x\" \\ \u0000é","n":null,"big":12345678901234567890.123456789}"#;
        let second = NewRecord {
            created_at: after(99),
            collected_at: after(99),
            body: body.into(),
            natural_key: "other".into(),
            ..first.clone()
        };
        let mut tx = store.write().await.unwrap();
        tx.write_records(std::slice::from_ref(&first)).await.unwrap();
        tx.write_records(std::slice::from_ref(&second)).await.unwrap();
        let stored = tx.records_for_ledger(link.id, "ACCOUNTS", None, None).await.unwrap();
        let expected = NewRecord { created_at: first.created_at, ..second.clone() };
        assert_eq!(stored, [as_stored(&expected)], "{}: what it says is the same", store.name);
        let third = NewRecord { content: 7, ..second.clone() };
        tx.write_records(std::slice::from_ref(&third)).await.unwrap();
        tx.write_records(&[NewRecord { collected_at: after(100), ..third.clone() }]).await.unwrap();
        let stored = tx.records_for_ledger(link.id, "ACCOUNTS", None, None).await.unwrap();
        let times = (stored[0].created_at, stored[0].changed_at, stored[0].collected_at);
        assert_eq!(times, (first.created_at, after(99), after(100)), "{}", store.name);
        let found = tx.record(link.tenant, "ACCOUNTS", first.id).await.unwrap().unwrap();
        assert_eq!((found.body.as_str(), found.link), (body, link.id), "{}", store.name);
        assert_eq!(tx.record(env.id(), "ACCOUNTS", first.id).await.unwrap(), None);
        assert_eq!(tx.record(link.tenant, "OWNERS", first.id).await.unwrap(), None);
        assert_eq!(tx.bodies(link.id, &[first.id]).await.unwrap(), [(first.id, body.into())]);
        let missing: RecordId = env.id_in(link.id.bucket());
        assert_eq!(tx.bodies(link.id, &[missing]).await.unwrap(), []);
        let body = NewRecord { body: "no json".into(), ..first };
        assert!(tx.write_records(&[body]).await.is_err());
    }
}

#[tokio::test]
async fn suspicion_comes_stays_and_goes() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let records: Vec<_> = (0..3).map(|_| record(&env, &link, "BILLS", None)).collect();
        let ids: Vec<RecordId> = records.iter().map(|r| r.id).collect();
        let foreign: RecordId = env.id_in(link.id.bucket());
        let mut tx = store.write().await.unwrap();
        tx.write_records(&records).await.unwrap();
        assert_eq!(tx.suspect_records(link.id, &ids[..2], after(1)).await.unwrap(), 2);
        assert_eq!(tx.suspect_records(link.id, &ids, after(2)).await.unwrap(), 1, "since then");
        assert_eq!(tx.clear_records(link.id, &ids[1..2], after(3)).await.unwrap(), 1);
        assert_eq!(tx.clear_records(link.id, &ids[1..2], after(3)).await.unwrap(), 0);
        let seen = [
            Seen { id: ids[2], collected_at: after(7), body: Some(r#"{"at":1.50}"#.into()) },
            Seen { id: ids[1], collected_at: after(7), body: None },
        ];
        tx.mark_seen(link.id, &seen).await.unwrap();
        let stored = tx.records_for_ledger(link.id, "BILLS", None, None).await.unwrap();
        let stored = sorted(stored, |r| ids.iter().position(|id| *id == r.id));
        let marks: Vec<_> = stored.iter().map(|r| (r.suspected_at, r.collected_at)).collect();
        let untouched = records[0].collected_at;
        let expected = [(Some(after(1)), untouched), (None, after(7)), (None, after(7))];
        assert_eq!(marks, expected, "{}", store.name);
        let doubts =
            [(ids[0], Some("two 'fit'".into())), (ids[1], None), (foreign, Some("x".into()))];
        assert_eq!(tx.set_doubts(link.id, &doubts, after(4)).await.unwrap(), 2);
        let told = tx.records_for_ledger(link.id, "BILLS", None, None).await.unwrap();
        let told = told.iter().find(|r| r.id == ids[0]).unwrap();
        assert_eq!((told.doubt.as_deref(), told.judged_at), (Some("two 'fit'"), Some(after(4))));
        let bodies = sorted(tx.bodies(link.id, &ids).await.unwrap(), |(id, _)| {
            ids.iter().position(|known| known == id)
        });
        assert_eq!(bodies[1].1, records[1].body);
        assert_eq!(bodies[2].1, r#"{"at":1.50}"#);
    }
}

#[tokio::test]
async fn an_account_takes_its_records_with_it() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let account = record(&env, &link, "ACCOUNTS", None);
        let [mine, bill] =
            ["TRANSACTIONS", "BILLS"].map(|r| record(&env, &link, r, Some(account.id)));
        let spared = record(&env, &link, "OWNERS", Some(account.id));
        let others = record(&env, &link, "TRANSACTIONS", Some(env.id_in(link.id.bucket())));
        let mut tx = store.write().await.unwrap();
        let all = [account.clone(), mine.clone(), bill.clone(), spared, others.clone()];
        tx.write_records(&all).await.unwrap();
        let gone = tx
            .delete_records_of_accounts(link.id, &[account.id], &["TRANSACTIONS", "BILLS"])
            .await
            .unwrap();
        let expected = [(mine.id, "TRANSACTIONS".to_owned()), (bill.id, "BILLS".to_owned())];
        assert_eq!(sorted(gone, |g| g.0), sorted(expected.to_vec(), |g| g.0), "{}", store.name);
        assert_eq!(tx.delete_records(link.id, &[account.id, mine.id]).await.unwrap(), 1);
        let left = tx.records_for_ledger(link.id, "TRANSACTIONS", None, None).await.unwrap();
        assert_eq!(left, [as_stored(&others)]);
        assert_eq!(tx.delete_records_of_link(link.id).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn a_summary_counts_directions_and_says_the_first_and_last_day() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let mut tx = store.write().await.unwrap();
        let nothing = Summary { total: 0, inflow: 0, outflow: 0, first: None, last: None };
        assert_eq!(tx.summary(link.id, "TRANSACTIONS").await.unwrap(), nothing);
        let with = |date: &str, kind: &str| NewRecord {
            day: Some(day(date)),
            body: format!(r#"{{"type":"{kind}"}}"#),
            ..record(&env, &link, "TRANSACTIONS", None)
        };
        let records = [
            with("2026-01-05", "INFLOW"),
            with("2025-11-30", "OUTFLOW"),
            with("2026-01-04", "OUTFLOW"),
            record(&env, &link, "TRANSACTIONS", None),
        ];
        tx.write_records(&records).await.unwrap();
        let expected = Summary {
            total: 4,
            inflow: 1,
            outflow: 2,
            first: Some(day("2025-11-30")),
            last: Some(day("2026-01-05")),
        };
        assert_eq!(tx.summary(link.id, "TRANSACTIONS").await.unwrap(), expected, "{}", store.name);
        assert_eq!(tx.resources_of(link.id).await.unwrap(), ["TRANSACTIONS"]);
        let newest = records[3].created_at;
        let count = ResourceCount { resource: "TRANSACTIONS".into(), count: 4, newest };
        assert_eq!(tx.records_by_resource(link.id).await.unwrap(), [count], "{}", store.name);
    }
}

#[tokio::test]
async fn coverage_merges_what_overlaps_or_touches() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let account = Some(env.id_in(link.id.bucket()));
        let window = |from, to| Window::new(day(from), day(to)).unwrap();
        let mut tx = store.write().await.unwrap();
        let add = async |tx: &mut store::Tx, from, to, at| {
            let days = window(from, to);
            tx.add_coverage(link.id, "TRANSACTIONS", account, days, after(at)).await.unwrap();
            let covered = tx.coverage(link.id, "TRANSACTIONS", account).await.unwrap();
            covered.iter().map(|c| (c.days, c.read_at)).collect::<Vec<_>>()
        };
        add(&mut tx, "2026-01-01", "2026-01-10", 1).await;
        let apart = add(&mut tx, "2026-01-20", "2026-01-31", 2).await;
        assert_eq!(
            apart,
            [
                (window("2026-01-01", "2026-01-10"), after(1)),
                (window("2026-01-20", "2026-01-31"), after(2)),
            ]
        );
        let touching = add(&mut tx, "2026-01-11", "2026-01-12", 3).await;
        assert_eq!(
            touching[0],
            (window("2026-01-01", "2026-01-12"), after(1)),
            "as old as its oldest"
        );
        let whole = add(&mut tx, "2026-01-12", "2026-01-20", 4).await;
        assert_eq!(whole, [(window("2026-01-01", "2026-01-31"), after(1))]);
        let anew = add(&mut tx, "2025-12-01", "2026-02-01", 5).await;
        assert_eq!(
            anew,
            [(window("2025-12-01", "2026-02-01"), after(5))],
            "all of it was read again"
        );
        let inside = add(&mut tx, "2025-12-02", "2026-01-01", 6).await;
        assert_eq!(inside, anew, "{}", store.name);
        assert_eq!(tx.coverage(link.id, "TRANSACTIONS", None).await.unwrap(), []);
        assert_eq!(tx.coverage(link.id, "BILLS", account).await.unwrap(), []);
        assert_eq!(tx.forget_coverage(link.id).await.unwrap(), 1);
        assert_eq!(tx.coverage(link.id, "TRANSACTIONS", account).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_reading_is_remembered_for_as_long_as_there_is_something_of_it() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.last_reading(link.id, "BILLS").await.unwrap(), None);
        tx.note_reading(link.id, "BILLS", after(1)).await.unwrap();
        assert_eq!(tx.last_reading(link.id, "BILLS").await.unwrap(), None, "there was nothing");
        let one = record(&env, &link, "BILLS", None);
        tx.write_records(std::slice::from_ref(&one)).await.unwrap();
        assert_eq!(tx.last_reading(link.id, "BILLS").await.unwrap(), Some(after(1)));
        tx.note_reading(link.id, "BILLS", after(2)).await.unwrap();
        assert_eq!(tx.last_reading(link.id, "BILLS").await.unwrap(), Some(after(2)));
        assert_eq!(tx.last_reading(link.id, "OWNERS").await.unwrap(), None);
        tx.forget_coverage(link.id).await.unwrap();
        assert_eq!(tx.last_reading(link.id, "BILLS").await.unwrap(), None, "{}", store.name);
    }
}

#[tokio::test]
async fn what_was_read_of_an_account_is_forgotten_with_it() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let mut tx = store.write().await.unwrap();
        let days = Window::last_days(day("2026-01-14"), 30);
        let (one, other): (RecordId, RecordId) = (env.id(), env.id());
        for account in [one, other] {
            tx.add_coverage(link.id, "TRANSACTIONS", Some(account), days, after(1)).await.unwrap();
        }
        assert_eq!(tx.forget_coverage_of(link.id, &[one]).await.unwrap(), 1, "{}", store.name);
        assert_eq!(tx.coverage(link.id, "TRANSACTIONS", Some(one)).await.unwrap(), []);
        assert_eq!(tx.coverage(link.id, "TRANSACTIONS", Some(other)).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn records_are_found_by_the_keys_that_they_are_filed_under() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let sister = new_link(&env, link.tenant, 3);
        let mut tx = store.write().await.unwrap();
        let filed = |link: &Link, resource: &'static str, key: &str| NewRecord {
            natural_key: key.into(),
            ..record(&env, link, resource, None)
        };
        let (one, other) = (filed(&link, "BILLS", "bill-1"), filed(&link, "BILLS", "bill-2"));
        let elsewhere = [filed(&link, "ACCOUNTS", "bill-1"), filed(&sister, "BILLS", "bill-1")];
        tx.write_records(&[&[one.clone(), other][..], &elsewhere].concat()).await.unwrap();
        let keys = ["bill-1".to_owned(), "bill-9".to_owned()];
        let found = tx.records_with_keys(link.id, "BILLS", &keys).await.unwrap();
        assert_eq!(found, [("bill-1".to_owned(), one.id)], "{}", store.name);
        assert_eq!(tx.records_with_keys(link.id, "BILLS", &[]).await.unwrap(), []);
    }
}

async fn taken(tx: &mut store::Tx, link: &Link, since: Option<Date>) -> Vec<RecordId> {
    let (mut ids, mut last) = (Vec::new(), None);
    loop {
        let page = tx.records_after(link.id, "TRANSACTIONS", since, last, 3).await.unwrap();
        ids.extend(page.iter().map(|(_, row)| row.id));
        let Some((at, row)) = page.last() else { return ids };
        last = Some((*at, row.id));
    }
}

#[tokio::test]
async fn records_are_taken_page_by_page_in_the_order_in_which_they_were_stored() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let sister = new_link(&env, link.tenant, 3);
        let mut tx = store.write().await.unwrap();
        let mut records: Vec<_> =
            (0..10).map(|_| record(&env, &link, "TRANSACTIONS", None)).collect();
        for (n, record) in records.iter_mut().enumerate() {
            record.created_at = after(i64::try_from(n / 4).unwrap());
            record.day = (n > 0).then(|| day(if n < 8 { "2026-01-02" } else { "2026-01-01" }));
        }
        tx.write_records(&records).await.unwrap();
        tx.write_records(&[record(&env, &link, "BILLS", None)]).await.unwrap();
        tx.write_records(&[record(&env, &sister, "TRANSACTIONS", None)]).await.unwrap();
        let in_order = sorted(records.clone(), |r| (r.created_at, r.id));
        let ids = |keep: fn(&Option<Date>) -> bool| -> Vec<RecordId> {
            in_order.iter().filter(|r| keep(&r.day)).map(|r| r.id).collect()
        };
        assert_eq!(taken(&mut tx, &link, None).await, ids(|_| true), "{}", store.name);
        let since = taken(&mut tx, &link, Some(day("2026-01-02"))).await;
        assert_eq!(since, ids(|d| *d == Some(day("2026-01-02"))), "{}", store.name);
    }
}

#[tokio::test]
async fn ids_are_found_inside_a_record() {
    static ACCOUNT: Field = Field::id("account", filter::IN, Source::Within("streams"));
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let mut tx = store.write().await.unwrap();
        tx.insert_link(&link, &[1; 32]).await.unwrap();
        let any = || uuid::Uuid::from(env.id::<RecordId>());
        let (one, other) = (any(), any());
        let inside = |ids: &[uuid::Uuid]| {
            let streams: Vec<_> =
                ids.iter().map(|id| serde_json::json!({"account_id": id})).collect();
            let body = serde_json::json!({"id": other, "streams": streams}).to_string();
            NewRecord { body, ..record(&env, &link, "INCOMES", None) }
        };
        let records = [inside(&[]), inside(&[one]), inside(&[one, other])];
        tx.write_records(&records).await.unwrap();
        let mut count = async |test: Test| {
            let conditions = [Condition { field: &ACCOUNT, test }];
            let (tenant, link) = (link.tenant, link.id);
            let rows = tx.records_page(tenant, link, "INCOMES", &conditions, page(1, 10), false);
            rows.await.unwrap().count
        };
        let id = domain::filter::Value::Id;
        assert_eq!(count(Test::Is(id(one))).await, 2, "{}", store.name);
        assert_eq!(count(Test::Is(id(other))).await, 1, "{}", store.name);
        assert_eq!(count(Test::In(vec![id(any()), id(other)])).await, 1, "{}", store.name);
        assert_eq!(count(Test::In(vec![id(other), id(one)])).await, 2, "{}", store.name);
        assert_eq!(count(Test::In(Vec::new())).await, 0, "{}", store.name);
    }
}

#[tokio::test]
async fn a_list_pages_stably_and_knows_its_end() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let sister = new_link(&env, link.tenant, 900);
        let stranger = new_link(&env, env.id(), 3);
        let mut tx = store.write().await.unwrap();
        for (n, link) in [&link, &sister, &stranger].into_iter().enumerate() {
            tx.insert_link(link, &[u8::try_from(n).unwrap(); 32]).await.unwrap();
        }
        let mut records: Vec<_> = (0..25).map(|_| record(&env, &link, "BILLS", None)).collect();
        for some in records.chunks_mut(6) {
            // Stored by one reading: the same instant.
            let at = some[0].created_at;
            for record in some {
                record.created_at = at;
            }
        }
        tx.write_records(&records).await.unwrap();
        tx.write_records(&[record(&env, &sister, "BILLS", None)]).await.unwrap();
        tx.write_records(&[record(&env, &stranger, "BILLS", None)]).await.unwrap();
        tx.write_records(&[record(&env, &link, "OWNERS", None)]).await.unwrap();
        let newest_first = sorted(records.clone(), |r| std::cmp::Reverse((r.created_at, r.id)));
        let mut listed = Vec::new();
        for number in 1..=4 {
            let rows = tx
                .records_page(link.tenant, link.id, "BILLS", &[], page(number, 7), false)
                .await
                .unwrap();
            assert_eq!(rows.count, 25);
            listed.extend(rows.rows);
        }
        let bodies = |rows: &[store::records::PageRow]| {
            rows.iter().map(|row| row.body.clone()).collect::<Vec<_>>()
        };
        let expected: Vec<_> = newest_first.iter().map(|r| r.body.clone()).collect();
        assert_eq!(bodies(&listed), expected, "{}", store.name);
        let beyond =
            tx.records_page(link.tenant, link.id, "BILLS", &[], page(5, 7), false).await.unwrap();
        assert!(beyond.rows.is_empty() && !page(5, 7).exists(beyond.count));
        let foreign =
            tx.records_page(stranger.tenant, link.id, "BILLS", &[], any_page(), false).await;
        assert_eq!(foreign.unwrap().count, 0, "another tenant's link has nothing");
        let whole = tx
            .records_page_across_buckets(link.tenant, "BILLS", &[], any_page(), false)
            .await
            .unwrap();
        assert_eq!((whole.count, whole.rows.len()), (26, 26));
        assert_eq!(whole.rows[0].link, sister.id);
    }
}

#[tokio::test]
async fn a_page_brings_the_accounts_that_its_records_name() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let mut tx = store.write().await.unwrap();
        tx.insert_link(&link, &[1; 32]).await.unwrap();
        let [one, two, unused] = [(); 3].map(|()| record(&env, &link, "ACCOUNTS", None));
        let gone: RecordId = env.id_in(link.id.bucket());
        let names = [Some(one.id), Some(one.id), Some(two.id), Some(gone), None];
        let movements = names.map(|account| record(&env, &link, "TRANSACTIONS", account));
        tx.write_records(&[one.clone(), two.clone(), unused]).await.unwrap();
        tx.write_records(&movements).await.unwrap();
        let expected = HashMap::from([(one.id, one.body), (two.id, two.body)]);
        let found = tx
            .records_page(link.tenant, link.id, "TRANSACTIONS", &[], any_page(), true)
            .await
            .unwrap();
        assert_eq!((found.rows.len(), &found.parents), (5, &expected), "{}", store.name);
        let mut accounts: Vec<_> = found.rows.iter().map(|row| row.account).collect();
        accounts.reverse();
        assert_eq!(accounts, names);
        let wide = tx
            .records_page_across_buckets(link.tenant, "TRANSACTIONS", &[], any_page(), true)
            .await
            .unwrap();
        assert_eq!(wide, found, "{}", store.name);
        let bare = tx
            .records_page(link.tenant, link.id, "TRANSACTIONS", &[], page(1, 2), false)
            .await
            .unwrap();
        assert_eq!((bare.rows.len(), bare.parents.len()), (2, 0));
        drop(tx);
    }
}

/// A record for the filters: each value may be missing.
#[derive(Debug, Clone)]
struct Sample {
    text: Option<String>,
    integer: Option<i64>,
    cents: Option<i64>,
    day: Option<Date>,
    at: Option<Timestamp>,
    category: Option<&'static str>,
}

static FIELDS: &[Field] = &[
    Field::text("text", &[Operator::Is], Source::Body(&["text"])),
    Field::integer("integer", Source::Body(&["deep", "integer"])),
    Field::amount("amount", Source::Body(&["deep", "amount"])),
    Field::date("date", Source::Body(&["date"])),
    Field::date("booked", Source::Body(&["booked"])),
    Field::date("day", Source::Column("day")),
    Field::instant("at", Source::Body(&["at"])),
    Field::instant("suspected_at", Source::Column("suspected_at")),
    Field::text("category", &[Operator::Is], Source::AccountBody(&["category"])),
];

impl Sample {
    fn value(&self, field: &Field) -> Option<Value> {
        match field.name {
            "text" => self.text.clone().map(Value::Text),
            "integer" => self.integer.map(Value::Integer),
            "amount" => self.cents.map(|cents| Value::Amount(Amount::cents(cents))),
            "date" | "booked" | "day" => self.day.map(Value::Date),
            "at" | "suspected_at" => self.at.map(Value::Instant),
            _ => self.category.map(|text| Value::Text(text.into())),
        }
    }
    /// The filter's meaning in the simplest words.
    fn passes(&self, condition: &Condition) -> bool {
        let value = self.value(condition.field);
        let compare = |wanted: &Value| match (&value, wanted) {
            (Some(Value::Text(a)), Value::Text(b)) => Some(a.cmp(b)),
            (Some(Value::Integer(a)), Value::Integer(b)) => Some(a.cmp(b)),
            (Some(Value::Amount(a)), Value::Amount(b)) => Some(a.cmp(b)),
            (Some(Value::Date(a)), Value::Date(b)) => Some(a.cmp(b)),
            (Some(Value::Instant(a)), Value::Instant(b)) => Some(a.cmp(b)),
            _ => None,
        };
        match &condition.test {
            Test::Is(wanted) => compare(wanted).is_some_and(Ordering::is_eq),
            Test::IsNull => value.is_none(),
            Test::Gt(wanted) => compare(wanted).is_some_and(Ordering::is_gt),
            Test::Gte(wanted) => compare(wanted).is_some_and(Ordering::is_ge),
            Test::Lt(wanted) => compare(wanted).is_some_and(Ordering::is_lt),
            Test::Lte(wanted) => compare(wanted).is_some_and(Ordering::is_le),
            Test::Between(from, to) => {
                compare(from).is_some_and(Ordering::is_ge)
                    && compare(to).is_some_and(Ordering::is_le)
            }
            Test::In(all) => all.iter().any(|one| compare(one).is_some_and(Ordering::is_eq)),
            Test::NotIn(all) => !all.iter().any(|one| compare(one).is_some_and(Ordering::is_eq)),
            Test::Contains(part) => {
                let part = part.to_lowercase();
                matches!(&value, Some(Value::Text(text)) if text.to_lowercase().contains(&part))
            }
            Test::HasAll(_) => false,
        }
    }
    fn record(&self, env: &Env, link: &Link, accounts: &[(&'static str, RecordId)]) -> NewRecord {
        let body = serde_json::json!({
            "text": self.text,
            "deep": {
                "integer": self.integer,
                "amount": self.cents.map(|_| "CENTS"),
            },
            "date": self.day.map(|day| day.to_string()),
            // A day, or an instant of that day.
            "booked": self.day.map(|day| match self.at {
                Some(_) => format!("{day}T23:59:59.999999Z"),
                None => day.to_string(),
            }),
            "at": self.at.map(|at| Moment(at).to_string()),
        });
        let cents = self.cents.map_or("null".into(), |cents| Amount::cents(cents).to_string());
        let account = accounts.iter().find(|(name, _)| Some(*name) == self.category);
        NewRecord {
            day: self.day,
            suspected_at: self.at,
            account: account.map(|(_, id)| *id),
            body: body.to_string().replace("\"CENTS\"", &cents),
            ..record(env, link, "TRANSACTIONS", None)
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    // Few letters, so that values meet; those that SQL and `like` take for something else.
    proptest::string::string_regex(r#"[aAéÉ%_\\'"1$ ]{0,3}"#).unwrap()
}
fn date() -> impl Strategy<Value = Date> {
    (0..5_i64).prop_map(|n| day("2025-12-30").saturating_add(jiff::Span::new().days(n)))
}
fn instant() -> impl Strategy<Value = Timestamp> {
    (-3..3_i64).prop_map(|n| start() + SignedDuration::from_micros(n * 500_000))
}
fn category() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("CHECKING_ACCOUNT"), Just("CREDIT_CARD")]
}
fn sample() -> impl Strategy<Value = Sample> {
    let maybe = prop::option::weighted::<std::ops::Range<i64>>;
    (
        prop::option::weighted(0.8, text()),
        maybe(0.8, -3..3),
        maybe(0.8, -300..300),
        prop::option::weighted(0.8, date()),
        prop::option::weighted(0.8, instant()),
        prop::option::weighted(0.8, category()),
    )
        .prop_map(|(text, integer, cents, day, at, category)| Sample {
            text,
            integer,
            cents,
            day,
            at,
            category,
        })
}
fn value(field: &'static Field) -> BoxedStrategy<Value> {
    match field.kind {
        Kind::Integer => (-3..3_i64).prop_map(Value::Integer).boxed(),
        Kind::Amount => (-300..300_i64).prop_map(|c| Value::Amount(Amount::cents(c))).boxed(),
        Kind::Date => date().prop_map(Value::Date).boxed(),
        Kind::Instant => instant().prop_map(Value::Instant).boxed(),
        _ if field.name == "category" => category().prop_map(|c| Value::Text(c.into())).boxed(),
        _ => text().prop_map(Value::Text).boxed(),
    }
}
fn condition() -> impl Strategy<Value = Condition> {
    prop::sample::select(FIELDS).prop_flat_map(|field| {
        let field = FIELDS.iter().find(|f| f.name == field.name).unwrap();
        let one = || value(field);
        let many = || prop::collection::vec(value(field), 0..4);
        let ordered = prop_oneof![
            one().prop_map(Test::Gt),
            one().prop_map(Test::Gte),
            one().prop_map(Test::Lt),
            one().prop_map(Test::Lte),
            (one(), one()).prop_map(|(a, b)| Test::Between(a, b)),
        ];
        let any = prop_oneof![
            2 => one().prop_map(Test::Is),
            1 => Just(Test::IsNull),
            1 => many().prop_map(Test::In),
            1 => many().prop_map(Test::NotIn),
        ];
        let test = match field.kind {
            // The order of texts is the database's own.
            Kind::Text => prop_oneof![2 => any, 1 => text().prop_map(Test::Contains)].boxed(),
            _ => prop_oneof![any, ordered].boxed(),
        };
        test.prop_map(move |test| Condition { field, test })
    })
}

#[test]
fn filters_mean_on_both_databases_what_they_say() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stores = runtime.block_on(testing::stores());
    let config = ProptestConfig { cases: 96, ..ProptestConfig::default() };
    let samples = prop::collection::vec(sample(), 1..12);
    let queries = prop::collection::vec(prop::collection::vec(condition(), 0..3), 1..6);
    proptest!(config, |(samples in samples, queries in queries)| {
        for store in &stores {
            runtime.block_on(check(store, &samples, &queries));
        }
    });
}

async fn check(store: &testing::TestStore, samples: &[Sample], queries: &[Vec<Condition>]) {
    let env = env();
    let link = new_link(&env, env.id(), 3);
    let mut tx = store.write().await.unwrap();
    tx.insert_link(&link, &[1; 32]).await.unwrap();
    let mut accounts = Vec::new();
    for category in ["CHECKING_ACCOUNT", "CREDIT_CARD"] {
        let body = format!(r#"{{"category":"{category}"}}"#);
        let account = NewRecord { body, ..record(&env, &link, "ACCOUNTS", None) };
        tx.write_records(std::slice::from_ref(&account)).await.unwrap();
        accounts.push((category, account.id));
    }
    let records: Vec<_> = samples.iter().map(|s| s.record(&env, &link, &accounts)).collect();
    tx.write_records(&records).await.unwrap();
    for query in queries {
        let rows = tx
            .records_page(link.tenant, link.id, "TRANSACTIONS", query, any_page(), false)
            .await
            .unwrap();
        let mut found: Vec<RecordId> = rows.rows.iter().map(|row| row.id).collect();
        found.reverse();
        let expected = samples.iter().zip(&records);
        let expected = expected.filter(|(sample, _)| query.iter().all(|c| sample.passes(c)));
        let expected: Vec<RecordId> = expected.map(|(_, record)| record.id).collect();
        assert_eq!(found, expected, "{}: {query:?}\n{samples:#?}", store.name);
        assert_eq!(rows.count, expected.len() as u64);
        let wide = tx
            .records_page_across_buckets(link.tenant, "TRANSACTIONS", query, any_page(), false)
            .await
            .unwrap();
        assert_eq!(wide.rows, rows.rows);
    }
}

#[tokio::test]
async fn a_day_is_found_by_the_instants_in_it() {
    static BOOKED: &[Field] = &[Field::date("booked", Source::Body(&["booked"]))];
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let booked = ["2026-01-13", "2026-01-14", "2026-01-14T04:00:00.000000Z", "2026-01-15"];
        let records = booked.map(|booked| NewRecord {
            body: format!(r#"{{"booked":"{booked}"}}"#),
            ..record(&env, &link, "TRANSACTIONS", None)
        });
        let mut tx = store.write().await.unwrap();
        tx.insert_link(&link, &[1; 32]).await.unwrap();
        tx.write_records(&records).await.unwrap();
        for (filter, days, count) in [
            ("booked", "2026-01-14", 2),
            ("booked__gt", "2026-01-14", 1),
            ("booked__gte", "2026-01-14", 3),
            ("booked__lt", "2026-01-14", 1),
            ("booked__lte", "2026-01-14", 3),
            ("booked__range", "2026-01-13,2026-01-14", 3),
        ] {
            let condition = filter::parse(BOOKED, [(filter, days)]).unwrap();
            let found = tx
                .records_page(link.tenant, link.id, "TRANSACTIONS", &condition, any_page(), false)
                .await
                .unwrap();
            assert_eq!(found.count, count, "{}: {filter}={days}", store.name);
        }
    }
}

#[tokio::test]
async fn what_a_caller_types_stays_a_value() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let mut tx = store.write().await.unwrap();
        tx.insert_link(&link, &[1; 32]).await.unwrap();
        tx.write_records(&[record(&env, &link, "TRANSACTIONS", None)]).await.unwrap();
        for nasty in
            ["' or 1=1 --", "$1", "%", "_", "\\", "\"", "; drop table records", "?", "日本"]
        {
            let conditions = filter::parse(FIELDS, [("text", nasty), ("category", nasty)]).unwrap();
            let rows = tx
                .records_page(link.tenant, link.id, "TRANSACTIONS", &conditions, any_page(), false)
                .await
                .unwrap();
            assert_eq!(rows.count, 0, "{}: {nasty}", store.name);
        }
    }
}

#[tokio::test]
async fn a_part_of_a_reading_finds_what_has_its_keys_and_all_that_stands_is_counted() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let of = |key: &str, day: &str| NewRecord {
            natural_key: key.into(),
            day: Some(day.parse().unwrap()),
            ..record(&env, &link, "INVOICES", None)
        };
        let account: RecordId = env.id_in(link.id.bucket());
        let mut tx = store.write().await.unwrap();
        let belonging = NewRecord { account: Some(account), ..of("INFLOW.c", "2026-01-02") };
        let all = [
            of("INFLOW.a", "2026-01-01"),
            of("INFLOW.b", "2026-01-31"),
            of("OUTFLOW.a", "2026-01-02"),
            of("INFLOW.a", "2026-02-01"),
            belonging,
        ];
        tx.write_records(&all).await.unwrap();
        let days = Window::new("2026-01-01".parse().unwrap(), "2026-01-31".parse().unwrap());
        let days = days.unwrap();
        let keys = ["INFLOW.a", "INFLOW.c", "INFLOW.d"];
        let part = tx.records_of_part_for_ledger(link.id, "INVOICES", days, &keys).await.unwrap();
        let found: Vec<_> = part.iter().map(|record| record.id).collect();
        assert_eq!(found, [all[0].id], "{}", store.name);
        let part = tx.records_of_part_for_ledger(link.id, "INVOICES", days, &[]).await.unwrap();
        assert!(part.is_empty());
        for (mark, count) in [("INFLOW.", 2), ("OUTFLOW.", 1), ("", 3), ("X", 0)] {
            let stands = tx.records_standing(link.id, "INVOICES", mark, days).await.unwrap();
            assert_eq!(stands, count, "{}: {mark}", store.name);
        }
        assert_eq!(tx.records_standing(link.id, "BILLS", "", days).await.unwrap(), 0);
    }
}
