//! The hot statements go by an index, on both databases.

use crate::world::{after, env, event, new_link, page, record};
use domain::{
    filter::{Field, IS, Source, parse},
    link::Link,
    time::Window,
};
use store::{
    Buckets, Tx,
    events::Announced,
    jobs::Shown,
    records::Seen,
    testing::{Plan, TestStore, stores},
};

static EXTERNAL: &[Field] = &[Field::text("external_id", IS, Source::Column("external_id"))];

/// The plan of the last statement that begins so.
fn plan<'a>(plans: &'a [Plan], contains: &str) -> &'a str {
    let squeezed = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let found = plans.iter().rfind(|plan| squeezed(&plan.sql).contains(contains));
    &found.unwrap_or_else(|| panic!("no statement contains {contains}: {plans:#?}")).plan
}

#[track_caller]
fn goes_by(store: &TestStore, plans: &[Plan], contains: &str, index: &str) {
    let plan = plan(plans, contains);
    let whole = if store.name == "sqlite" {
        plan.lines().any(|line| {
            [
                "records",
                "deliveries",
                "events",
                "jobs",
                "links",
                "changes",
                "feed",
                "sessions",
                "commits",
            ]
            .iter()
            .any(|table| line.starts_with(&format!("SCAN {table}")))
                && !line.contains(index)
        })
    } else {
        plan.contains("Seq Scan") || plan.contains("Sort") || !plan.contains("Index")
    };
    assert!(plan.contains(index) && !whole, "{}: {contains}: not by {index}:\n{plan}", store.name);
}

/// PostgreSQL chooses by what the tables hold, so they hold something. The link and the tenant of
/// the stories have much; others too.
async fn crowd(store: &TestStore, link: &Link) {
    const SQL: &str = "
        insert into records select n % 4, md5('r' || n)::uuid, LINK,
            case when n % 4 = 3 then TENANT else md5('t' || n % 9)::uuid end, 'TRANSACTIONS',
            md5('a' || n % 7)::uuid, null, n::text, n % 900, false, '', n, null, null, n, n, '{}'
            from (select n, case when n % 4 = 3 then 'ID'::uuid else md5('l' || n % 50)::uuid end as link
                from generate_series(1, 8000) n) as rows;
        insert into jobs select n % 4096, md5('j' || n)::uuid, TENANT, null, 'k', n::text, '{}', n * 1000000000000,
            null, 0, 0, null, null, 0, case when n % 9 > 0 then 1 end, null
            from generate_series(1, 6000) n;
        insert into events select n % 4096, md5('e' || n)::uuid, TENANT, md5('l' || n % 500)::uuid,
            't', 'c', null, '{}', n from generate_series(1, 4000) n;
        insert into deliveries select n % 4096, md5('d' || n)::uuid, TENANT,
            md5('l' || n % 500)::uuid, md5('e' || n)::uuid, md5('p' || n % 3)::uuid, n,
            case when n % 3 = 0 then 'pending' else 'delivered' end, 1, 1, n * 1000000000000, null, 0, n, null, null, null
            from generate_series(1, 6000) n;
        insert into links select n % 4096, md5('l' || n)::uuid, TENANT, 'i', '', 'single', 'valid',
            null, null, null, null, 'store', '365d', '[]', TENANT, n, null, n, null, 0, 1, null, 1
            from generate_series(1, 2000) n;
        insert into sessions select n % 4096, md5('s' || n)::uuid, md5('t' || n % 9)::uuid,
            md5('l' || n)::uuid, 'running', '{}', null, 0, null, null, null, TENANT, TENANT, n, n, n,
            case when n % 9 > 0 then n end, 'i' || n % 5 from generate_series(1, 4000) n;
        insert into commits select n % 4096, md5('c' || n)::uuid, TENANT, md5('l' || n)::uuid, n,
            n > 20 from generate_series(1, 2000) n;
        insert into changes select n % 4096, md5('c' || n)::uuid, 0, md5('l' || n)::uuid, 'r',
            md5('r' || n)::uuid, 'created' from generate_series(1, 2000) n;
        insert into feed select TENANT, n + 1000, n % 4096, md5('c' || n)::uuid
            from generate_series(1, 2000) n";
    if store.way().is_none() {
        return;
    }
    let sql = SQL
        .replace("ID", &link.id.to_string())
        .replace("LINK", "link")
        .replace("TENANT", &format!("'{}'::uuid", link.tenant));
    store.alter(&sql).await;
}

/// Twenty thousand deliveries that have fallen due at once.
async fn night(store: &TestStore, link: &Link) {
    const SQL: &str = "insert into deliveries select n % 4096, md5('n' || n)::uuid, TENANT,
        md5('n' || n)::uuid, md5('n' || n)::uuid, md5('p')::uuid, 1, 'pending', 0, 0, 1000, null, 0,
        1000, null, null, null from generate_series(1, 20000) n";
    if store.way().is_none() {
        return;
    }
    let sql = SQL.replace("TENANT", &format!("'{}'::uuid", link.tenant));
    store.alter(&sql).await;
}

async fn knows_what_it_holds(store: &TestStore) {
    if store.way().is_none() {
        return;
    }
    store.alter("analyze").await;
}

/// The primary key on SQLite, which does not look into the tables; on PostgreSQL, which does, any
/// index that it finds as good.
fn key(store: &TestStore, table: &str) -> String {
    if store.name == "sqlite" {
        format!("sqlite_autoindex_{table}_1")
    } else {
        format!("on {table}")
    }
}

async fn watched(store: &TestStore, link: &Link) -> Tx {
    crowd(store, link).await;
    knows_what_it_holds(store).await;
    let mut tx = store.write().await.unwrap();
    tx.watch_plans().await.unwrap();
    tx
}

#[tokio::test]
async fn lists_and_details_go_by_an_index() {
    for store in &stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let mut tx = watched(store, &link).await;
        tx.insert_link(&link, &[1; 32]).await.unwrap();
        let one = record(&env, &link, "TRANSACTIONS", None);
        tx.write_records(std::slice::from_ref(&one)).await.unwrap();
        tx.plans();
        tx.records_page(link.tenant, link.id, "TRANSACTIONS", &[], page(1, 20), false)
            .await
            .unwrap();
        goes_by(
            store,
            &tx.plans(),
            "order by records.created_at desc, records.id desc",
            "records_of_link",
        );
        tx.records_page_across_buckets(link.tenant, "TRANSACTIONS", &[], page(1, 20), false)
            .await
            .unwrap();
        let plans = tx.plans();
        goes_by(
            store,
            &plans,
            "order by records.created_at desc, records.id desc",
            "records_of_tenant",
        );
        let both = plan(&plans, "select count(*) from records").matches("records_of_tenant");
        assert_eq!(both.count(), 2, "{}: the count and the page", store.name);
        tx.links_across_buckets(link.tenant, &[], page(1, 10)).await.unwrap();
        goes_by(store, &tx.plans(), "order by created_at desc, id desc", "links_of_tenant");

        for n in 0..3 {
            let one = record(&env, &link, "TRANSACTIONS", None);
            tx.write_records(&[one]).await.unwrap();
            let later =
                tx.records_page(link.tenant, link.id, "TRANSACTIONS", &[], page(2, n + 1), false);
            later.await.unwrap();
        }
        let plans = tx.plans();
        let later = plan(&plans, "as kept join records");
        assert!(later.contains("records_of_link"), "{}: {later}", store.name);
        assert!(later.contains(&key(store, "records")), "{}: {later}", store.name);
        tx.record(link.tenant, "TRANSACTIONS", one.id).await.unwrap();
        goes_by(store, &tx.plans(), "from records", &key(store, "records"));
        tx.bodies(link.id, &[one.id]).await.unwrap();
        goes_by(store, &tx.plans(), "from records", &key(store, "records"));
        tx.records_page(link.tenant, link.id, "TRANSACTIONS", &[], page(1, 20), true)
            .await
            .unwrap();
        let plans = tx.plans();
        let plan = plan(&plans, "as wanted join records");
        assert!(plan.contains("records_of_link"), "{}: {plan}", store.name);
        assert!(plan.contains(&key(store, "records")), "{}: {plan}", store.name);
        tx.link(link.tenant, link.id).await.unwrap();
        goes_by(store, &tx.plans(), "from links", &key(store, "links"));
    }
}

#[tokio::test]
async fn the_ledger_goes_by_an_index() {
    for store in &stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let one = record(&env, &link, "TRANSACTIONS", None);
        let day = "2026-01-01".parse().unwrap();
        let days = Window::new(day, day);
        let key = &key(store, "records");
        let mut tx = watched(store, &link).await;
        tx.records_for_ledger(link.id, "TRANSACTIONS", Some(one.id), days).await.unwrap();
        goes_by(store, &tx.plans(), "from records", "records_for_ledger");
        let last = Some((after(1), one.id));
        tx.records_after(link.id, "TRANSACTIONS", Some(day), last, 9).await.unwrap();
        goes_by(store, &tx.plans(), "and (created_at, id) > (", "records_of_link");
        let (link_id, account, days) = (link.id, Some(one.id), days.unwrap());
        tx.records_elsewhere_for_ledger(link_id, "TRANSACTIONS", account, days, &["x", "y"])
            .await
            .unwrap();
        let plans = tx.plans();
        goes_by(store, &plans, "union all", "records_pending");
        goes_by(store, &plans, "union all", "records_by_source");
        tx.records_of_part_for_ledger(link_id, "TRANSACTIONS", days, &["x"]).await.unwrap();
        goes_by(store, &tx.plans(), "and natural_key in", "records_for_ledger");
        tx.records_standing(link_id, "TRANSACTIONS", "x", days).await.unwrap();
        goes_by(store, &tx.plans(), "substr(natural_key", "records_for_ledger");
        tx.delete_records(link.id, &[one.id]).await.unwrap();
        goes_by(store, &tx.plans(), "delete from records", key);
        tx.suspect_records(link.id, &[one.id], after(1)).await.unwrap();
        goes_by(store, &tx.plans(), "update records", key);
        tx.mark_seen(link.id, &[Seen { id: one.id, collected_at: after(1), body: None }])
            .await
            .unwrap();
        goes_by(store, &tx.plans(), "update records", key);
        tx.set_doubts(link.id, &[(one.id, None)], after(1)).await.unwrap();
        goes_by(store, &tx.plans(), "update records", key);
    }
}

#[tokio::test]
async fn claims_go_by_an_index() {
    for store in &stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let node = env.id();
        let mut tx = watched(store, &link).await;
        tx.claim_across_buckets(node, after(0), after(9), 10, Buckets::ALL, &["a"]).await.unwrap();
        goes_by(store, &tx.plans(), "from jobs", "jobs_due");
        tx.next_run_at_across_buckets(Some(&["a"])).await.unwrap();
        goes_by(store, &tx.plans(), "from jobs", "jobs_due");
        tx.any_aside_across_buckets(&["a"]).await.unwrap();
        goes_by(store, &tx.plans(), "select 1 from jobs", "jobs_aside");
        tx.take_up_across_buckets(&["a"]).await.unwrap();
        goes_by(store, &tx.plans(), "update jobs", "jobs_aside");
        tx.set_aside_across_buckets(after(0), &["a"], 10).await.unwrap();
        let plans = tx.plans();
        let aside = plan(&plans, "update jobs set aside_due");
        assert!(aside.contains("jobs_due"), "{}: {aside}", store.name);
        assert!(!aside.contains("Seq Scan") && !aside.contains("SCAN jobs"), "{aside}");
        let to = vec![(env.id_in(link.id.bucket()), env.id())];
        tx.announce(&[Announced { event: event(&env, &link, "x"), to }]).await.unwrap();
        goes_by(store, &tx.plans(), "insert into deliveries", "deliveries_in_order");
        let all = Buckets::ALL;
        tx.claim_deliveries_across_buckets(node, after(9), after(19), 10, all, &[]).await.unwrap();
        let plans = tx.plans();
        let due = plan(&plans, "from deliveries");
        assert!(due.contains("deliveries_due"), "{}: {due}", store.name);
        assert!(due.contains("deliveries_in_order"), "{}: {due}", store.name);
        assert!(
            !due.contains("Seq Scan") && !due.contains("SCAN deliveries"),
            "{}: {due}",
            store.name
        );
        goes_by(store, &plans, "update deliveries", &key(store, "deliveries"));
        goes_by(store, &plans, "join events", &key(store, "events"));
        tx.next_delivery_at_across_buckets(after(9)).await.unwrap();
        goes_by(store, &tx.plans(), "from deliveries", "deliveries_due");
    }
}

/// The first of what is due are taken, without a look at all the rest.
fn in_order_of(store: &TestStore, plan: &str, index: &str) {
    assert!(plan.contains(index), "{}: {plan}", store.name);
    assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{}: {plan}", store.name);
}

/// As after a night in which much fell due at once.
#[tokio::test]
async fn claims_go_by_an_index_before_the_database_knows_what_it_holds() {
    for store in &stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        crowd(store, &link).await;
        night(store, &link).await;
        let mut tx = store.write().await.unwrap();
        tx.watch_plans().await.unwrap();
        let (node, all) = (env.id(), Buckets::ALL);
        tx.claim_across_buckets(node, after(0), after(9), 512, all, &["a"]).await.unwrap();
        let due = tx.plans();
        in_order_of(store, plan(&due, "from jobs"), "jobs_due");
        tx.claim_deliveries_across_buckets(node, after(9), after(19), 512, all, &[]).await.unwrap();
        let due = tx.plans();
        in_order_of(store, plan(&due, "from deliveries"), "deliveries_due");
    }
}

#[tokio::test]
async fn open_sessions_are_counted_by_an_index() {
    for store in &stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let mut tx = watched(store, &link).await;
        let at = &link.institution;
        tx.open_sessions_of_and_at_across_buckets(link.tenant, at).await.unwrap();
        let plans = tx.plans();
        goes_by(store, &plans, "from sessions", "sessions_open_of_tenant");
        goes_by(store, &plans, "from sessions", "sessions_open_at");
    }
}

#[tokio::test]
async fn what_operators_look_at_goes_by_an_index() {
    for store in &stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let tenant = link.tenant;
        let mut tx = watched(store, &link).await;
        tx.links_by_state_across_buckets(tenant, |_| after(0)).await.unwrap();
        tx.links_by_institution_across_buckets(tenant).await.unwrap();
        let plans = tx.plans();
        for (statement, index) in [
            ("group by status, refresh_rate", "links_by_state"),
            ("group by institution, status", "links_by_institution"),
        ] {
            let plan = plan(&plans, statement);
            // PostgreSQL weighs what the table holds: any index of the tenant is as good.
            let index = if store.name == "sqlite" { index } else { "on links" };
            assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{}: {plan}", store.name);
        }
        tx.latest_deliveries_across_buckets(tenant, after(0), 9).await.unwrap();
        let plans = tx.plans();
        let latest = plan(&plans, "as latest");
        assert!(latest.contains("deliveries_of_tenant"), "{}: {latest}", store.name);
        // Only the count: the events of some of the crowd are missing.
        tx.deliveries_across_buckets(tenant, &[], page(9_999, 9)).await.unwrap();
        let plans = tx.plans();
        let counted = plan(&plans, "select count(*) from deliveries");
        assert!(!counted.contains("events"), "{}: none is looked up: {counted}", store.name);
        tx.deliveries_of_link(tenant, link.id, &[], page(1, 9)).await.unwrap();
        let plans = tx.plans();
        let of_link = plan(&plans, "select count(*) from deliveries");
        assert!(of_link.contains("deliveries_of_event"), "{}: {of_link}", store.name);
        assert!(!of_link.contains("Seq Scan"), "{}: {of_link}", store.name);
        // In a bucket with one event PostgreSQL needs no index of its link.
        let by_link = store.name != "sqlite" || of_link.contains("events_of_link");
        assert!(by_link, "{}: {of_link}", store.name);
        tx.commits_of_link(tenant, link.id, page(1, 9)).await.unwrap();
        let plans = tx.plans();
        let commits = plan(&plans, "as latest");
        let by_link = store.name != "sqlite" || commits.contains("commits_of_link");
        assert!(by_link && !commits.contains("Seq Scan"), "{}: {commits}", store.name);
        assert!(commits.contains(&key(store, "changes")), "{}: {commits}", store.name);
        tx.records_by_resource(link.id).await.unwrap();
        let plans = tx.plans();
        let counts = plan(&plans, "group by resource");
        // Any index of the link is as good to PostgreSQL.
        let by_link = store.name != "sqlite" || counts.contains("records_of_link");
        assert!(by_link && !counts.contains("Seq Scan"), "{}: {counts}", store.name);
        let named = parse(EXTERNAL, [("external_id", "customer-7")]).unwrap();
        tx.links_across_buckets(tenant, &named, page(1, 9)).await.unwrap();
        let by = if store.name == "sqlite" { "links_by_external_id" } else { "on links" };
        goes_by(store, &tx.plans(), "select count(*) from links", by);
        let by = |index| if store.name == "sqlite" { index } else { "on jobs" };
        tx.jobs_across_buckets(Some(tenant), Shown::Waiting, page(1, 9)).await.unwrap();
        goes_by(store, &tx.plans(), "select count(*) from jobs", by("jobs_of_tenant"));
        tx.jobs_across_buckets(Some(tenant), Shown::Failed, page(1, 9)).await.unwrap();
        goes_by(store, &tx.plans(), "select count(*) from jobs", by("jobs_failed"));
        tx.troubled_jobs_across_buckets(tenant, after(0), after(0)).await.unwrap();
        let plans = tx.plans();
        goes_by(store, &plans, "run_at <", by("jobs_of_tenant"));
        goes_by(store, &plans, "finished_at >=", by("jobs_failed"));
    }
}

#[tokio::test]
async fn the_change_log_goes_by_an_index() {
    for store in &stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let change = crate::world::created(&record(&env, &link, "BILLS", None));
        let mut tx = store.write().await.unwrap();
        let commit = env.id_in(link.id.bucket());
        tx.log_changes(commit, link.tenant, link.id, after(0), &[change]).await.unwrap();
        tx.commit().await.unwrap();
        store.sequence(link.tenant).await.unwrap();
        let mut tx = watched(store, &link).await;
        tx.unsequenced_tenants_across_buckets(5).await.unwrap();
        let plans = tx.plans();
        assert!(plan(&plans, "from commits").contains("commits_unsequenced"), "{plans:?}");
        tx.is_unsequenced_across_buckets(link.tenant).await.unwrap();
        goes_by(store, &tx.plans(), "from commits", "commits_unsequenced");
        assert_eq!(tx.changes_after(link.tenant, 0, 0, 9).await.unwrap().len(), 1);
        let plans = tx.plans();
        goes_by(store, &plans, "from feed", &key(store, "feed"));
        assert!(plan(&plans, "join changes").contains(&key(store, "changes")), "{plans:?}");
    }
}
