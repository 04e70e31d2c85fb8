//! How fast the store is, on both databases: `cargo bench -p store`. Rows are as large as those of
//! real institutions. Numbers are for comparing two versions on one quiet machine.
#![expect(clippy::print_stdout, reason = "it prints its numbers")]
#![expect(clippy::unwrap_used, reason = "a measurement that fails has no result")]
#![expect(clippy::disallowed_types, reason = "it measures")]

use domain::{
    env::{BoxFuture, Clock, Env},
    filter::Page,
    ids::{Bucket, LinkId, RecordId, TenantId},
    time::Window,
};
use jiff::{SignedDuration, Timestamp, civil::date};
use std::{sync::Arc, time::Instant};
use store::{
    Buckets, Settings, Store,
    changes::{ChangeKind, NewChange},
    deliveries::{Attempt, Verdict},
    events::{Announced, Event},
    jobs::NewJob,
    records::{NewRecord, Seen},
    testing::{postgres, stores},
};

const RECORDS: usize = 10_000;
const EVENTS: usize = 10_000;
const JOBS: usize = 2_000;

struct Still;
impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }
    fn sleep_until(&self, _: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for store in stores().await {
            all(store.name, &store).await;
        }
        let direct = postgres().await;
        let url = format!("{}&statement-cache-capacity=0", direct.url);
        let opened = Store::open(&url, Settings::default()).await.unwrap();
        all("postgres, as behind a transaction pooler", &opened).await;
        opened.close().await;
    });
}

async fn all(name: &str, store: &Store) {
    println!("{name}");
    records(store).await;
    deliveries(store).await;
    jobs(store).await;
}

/// What PostgreSQL does by itself after a while.
async fn analyze(store: &Store) {
    if store.way().is_some() {
        store.alter("vacuum analyze").await;
    }
}

/// Prints how long `work` took, and how many of `count` things that is in a second.
async fn timed<T>(what: &str, count: usize, work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = work.await;
    let took = begun.elapsed();
    let rate = f64::from(u32::try_from(count).unwrap()) / took.as_secs_f64();
    println!("  {what:<44} {:>9.1} ms  {rate:>10.0} /s", took.as_secs_f64() * 1000.0);
    done
}

fn transaction(
    env: &Env,
    link: LinkId,
    tenant: TenantId,
    account: RecordId,
    n: usize,
) -> NewRecord {
    let id: RecordId = env.id_in(link.bucket());
    let day =
        date(2025, 1, 1).saturating_add(jiff::Span::new().days(i64::try_from(n / 28).unwrap()));
    NewRecord {
        id,
        link,
        tenant,
        resource: "TRANSACTIONS",
        account: Some(account),
        source_id: Some(format!("TX-{n:010}")),
        natural_key: format!("{day}|{n}|12.50|BRL|mercado central"),
        day: Some(day),
        pending: false,
        facts: format!(
            r#"{{"value_date":"{day}","amount":12.50,"direction":"OUTFLOW","currency":"BRL","description":"mercado central {n}","pending":false}}"#
        ),
        content: i64::try_from(n).unwrap(),
        suspected_at: None,
        doubt: None,
        created_at: env.now(),
        collected_at: env.now(),
        body: format!(
            r#"{{"id":"{id}","internal_identification":"TX-{n:010}","account":null,"collected_at":"2026-01-14T09:12:33.104000Z","created_at":"2026-01-14T09:12:33.104000Z","value_date":"{day}","accounting_date":"{day}","amount":12.50,"balance":1024.33,"currency":"BRL","description":"COMPRA CARTAO MERCADO CENTRAL {n}","observations":null,"merchant":{{"logo":null,"website":null,"merchant_name":"Mercado Central"}},"category":"Food & Groceries","subcategory":null,"reference":"{n}","type":"OUTFLOW","status":"PROCESSED","credit_card_data":null,"gig_data":null,"mx_data":null}}"#
        ),
    }
}

async fn records(store: &Store) {
    let env = Env::new(Arc::new(Still), [1; 32]);
    let tenant: TenantId = env.id();
    let link: LinkId = env.id_in(Bucket::of(9));
    let account: RecordId = env.id_in(Bucket::of(9));
    let all: Vec<NewRecord> =
        (0..RECORDS).map(|n| transaction(&env, link, tenant, account, n)).collect();
    timed("write new records, one transaction", RECORDS, async {
        let mut tx = store.write().await.unwrap();
        tx.write_records(&all).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    timed("overwrite them", RECORDS, async {
        let mut tx = store.write().await.unwrap();
        tx.write_records(&all).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    let changes: Vec<NewChange> = all
        .iter()
        .map(|r| NewChange { resource: r.resource.into(), record: r.id, kind: ChangeKind::Created })
        .collect();
    timed("log their changes", RECORDS, async {
        let mut tx = store.write().await.unwrap();
        let commit = env.id_in(Bucket::of(9));
        tx.log_changes(commit, tenant, link, env.now(), &changes).await.unwrap();
        tx.commit().await.unwrap();
        store.sequence(tenant).await.unwrap();
    })
    .await;
    let seen: Vec<Seen> = all
        .iter()
        .map(|r| Seen { id: r.id, collected_at: env.now(), body: Some(r.body.clone()) })
        .collect();
    timed("mark them seen", RECORDS, async {
        let mut tx = store.write().await.unwrap();
        tx.mark_seen(link, &seen).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    analyze(store).await;
    timed("ledger: read one account whole", RECORDS, async {
        let mut tx = store.read().await.unwrap();
        let read = tx.records_for_ledger(link, "TRANSACTIONS", Some(account), None).await.unwrap();
        assert_eq!(read.len(), RECORDS);
    })
    .await;
    let days = Window::last_days(date(2025, 12, 30), 90);
    timed("ledger: read ninety days, 20 times", 20, async {
        for _ in 0..20 {
            let mut tx = store.read().await.unwrap();
            tx.records_for_ledger(link, "TRANSACTIONS", Some(account), Some(days)).await.unwrap();
        }
    })
    .await;
    for (what, page) in [
        ("list: first page of 100, 100 times", Page { number: 1, size: 100 }),
        ("list: page 90 of 100, 100 times", Page { number: 90, size: 100 }),
    ] {
        timed(what, 100, async {
            for _ in 0..100 {
                let mut tx = store.read().await.unwrap();
                let rows =
                    tx.records_page(tenant, link, "TRANSACTIONS", &[], page, false).await.unwrap();
                assert_eq!(rows.count, 0, "no link is stored, so nothing is shown");
                let rows = tx
                    .records_page_across_buckets(tenant, "TRANSACTIONS", &[], page, false)
                    .await
                    .unwrap();
                assert_eq!(rows.rows.len(), 100);
            }
        })
        .await;
    }
    timed("detail, 1000 times", 1000, async {
        for record in all.iter().take(1000) {
            let mut tx = store.read().await.unwrap();
            assert!(tx.record(tenant, "TRANSACTIONS", record.id).await.unwrap().is_some());
        }
    })
    .await;
}

async fn deliveries(store: &Store) {
    let env = Env::new(Arc::new(Still), [2; 32]);
    let (tenant, endpoint, node) = (env.id(), env.id(), env.id());
    let mut tx = store.write().await.unwrap();
    timed("announce events", EVENTS, async {
        let announced = |n: usize| {
            let bucket = Bucket::of(u16::try_from(n % 4096).unwrap());
            let event = Event {
                id: env.id_in(bucket),
                tenant,
                link: env.id_in(bucket),
                kind: "TRANSACTIONS".into(),
                code: "new_transactions_available".into(),
                process_type: Some("recurrent_refresh".into()),
                request: Some(env.id()),
                body: format!(r#"{{"webhook_id":"x","webhook_type":"TRANSACTIONS","webhook_code":"new_transactions_available","link_id":"{n}","request_id":"x","data":{{"new_transactions":{n}}}}}"#),
                created_at: env.now(),
            };
            Announced { event, to: vec![(env.id_in(bucket), endpoint)] }
        };
        let all: Vec<_> = (0..EVENTS).map(announced).collect();
        tx.announce(&all).await.unwrap();
    })
    .await;
    tx.commit().await.unwrap();
    analyze(store).await;
    let lease = env.now() + SignedDuration::from_secs(30);
    let sent = timed("claim and record deliveries, 500 at once", EVENTS, async {
        let mut sent = 0;
        loop {
            let mut tx = store.write().await.unwrap();
            let claimed = tx
                .claim_deliveries_across_buckets(node, env.now(), lease, 500, Buckets::ALL, &[])
                .await
                .unwrap();
            tx.commit().await.unwrap();
            if claimed.is_empty() {
                break sent;
            }
            let attempts: Vec<Attempt> = claimed
                .iter()
                .map(|claimed| Attempt {
                    delivery: claimed.delivery.id,
                    fence: claimed.delivery.fence,
                    number: 1,
                    at: env.now(),
                    status: Some(200),
                    error: None,
                    duration_ms: 20,
                    verdict: Verdict::Delivered,
                })
                .collect();
            let mut tx = store.write().await.unwrap();
            sent += tx.record_attempts(&attempts).await.unwrap();
            tx.commit().await.unwrap();
        }
    })
    .await;
    assert_eq!(sent, EVENTS as u64);
}

async fn jobs(store: &Store) {
    let env = Env::new(Arc::new(Still), [3; 32]);
    let node = env.id();
    let mut tx = store.write().await.unwrap();
    timed("schedule jobs", JOBS, async {
        for n in 0..JOBS {
            let job = NewJob {
                id: env.id_in(Bucket::of(u16::try_from(n % 4096).unwrap())),
                tenant: env.id(),
                link: None,
                institution: None,
                kind: "refresh".into(),
                subject: n.to_string(),
                payload: "{}".into(),
                run_at: env.now(),
                created_at: env.now(),
            };
            tx.schedule(&job).await.unwrap();
        }
    })
    .await;
    tx.commit().await.unwrap();
    timed("claim ten jobs, finish each", JOBS, async {
        let lease = env.now() + SignedDuration::from_secs(30);
        loop {
            let mut tx = store.write().await.unwrap();
            let claimed = tx
                .claim_across_buckets(node, env.now(), lease, 10, Buckets::ALL, &[])
                .await
                .unwrap();
            tx.commit().await.unwrap();
            if claimed.is_empty() {
                break;
            }
            for job in claimed {
                let mut tx = store.write().await.unwrap();
                assert!(tx.finish(job.id, job.fence, "done", env.now()).await.unwrap());
                tx.commit().await.unwrap();
            }
        }
    })
    .await;
}
