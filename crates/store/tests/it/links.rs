//! Links, their secrets, their timeline, and their end.

use crate::world::{after, any_page, env, new_link, page, record, start};
use domain::{
    filter::{Field, Kind, Operator, Source, parse},
    ids::{EntryId, LinkId, TenantId},
    link::Status,
    refresh::{Rate, Schedule},
};
use store::{
    events::Announced, jobs::NewJob, links::Inserted, secrets::LinkSecrets, testing::stores,
    timeline::Entry,
};

#[tokio::test]
async fn a_link_comes_back_as_it_was_stored() {
    for store in stores().await {
        let env = env();
        let mut link = new_link(&env, env.id(), 77);
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.insert_link(&link, &[1; 32]).await.unwrap(), Inserted::Inserted);
        tx.commit().await.unwrap();

        let mut tx = store.write().await.unwrap();
        link.schedule = Some(Schedule::start(Rate::Week, env.now(), 3));
        link.status = Status::TokenRequired;
        link.last_accessed_at = Some(env.now());
        link.refreshed_at = Some(env.now());
        link.external_id = None;
        link.refused = 3;
        link.credentials_since = None;
        assert!(tx.save_link(&link).await.unwrap());
        let found = tx.link_for_update(link.tenant, link.id).await.unwrap();
        assert_eq!(found, Some(link.clone()), "{}", store.name);
        tx.commit().await.unwrap();

        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.link(link.tenant, link.id).await.unwrap(), Some(link.clone()));
        let foreign = tx.link(env.id(), link.id).await.unwrap();
        assert_eq!(foreign, None, "another tenant's link is not there");
        let mut tx = store.write().await.unwrap();
        link.tenant = env.id();
        assert!(!tx.save_link(&link).await.unwrap(), "nor can it be changed");
        assert!(!tx.delete_link(link.tenant, link.id).await.unwrap(), "nor removed");
    }
}

#[tokio::test]
async fn a_login_is_registered_once_for_each_tenant_and_institution() {
    for store in stores().await {
        let env = env();
        let first = new_link(&env, env.id(), 5);
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.insert_link(&first, &[9; 32]).await.unwrap(), Inserted::Inserted);
        let again = new_link(&env, first.tenant, 5);
        let taken = tx.insert_link(&again, &[9; 32]).await.unwrap();
        assert_eq!(taken, Inserted::Taken(first.id));
        assert_eq!(tx.link(first.tenant, again.id).await.unwrap(), None);
        let other_login = tx.insert_link(&again, &[8; 32]).await.unwrap();
        assert_eq!(other_login, Inserted::Inserted);
        let other_tenant = new_link(&env, env.id(), 5);
        assert_eq!(tx.insert_link(&other_tenant, &[9; 32]).await.unwrap(), Inserted::Inserted);
    }
}

#[tokio::test]
async fn a_login_that_is_let_go_is_registered_anew() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 5);
        let mut tx = store.write().await.unwrap();
        tx.insert_link(&link, &[9; 32]).await.unwrap();
        assert!(!tx.release_login(env.id(), link.id, &[7; 32]).await.unwrap(), "not by others");
        assert!(tx.release_login(link.tenant, link.id, &[7; 32]).await.unwrap());
        let again = new_link(&env, link.tenant, 5);
        assert_eq!(tx.insert_link(&again, &[9; 32]).await.unwrap(), Inserted::Inserted);
        assert_eq!(tx.link(link.tenant, link.id).await.unwrap(), Some(link), "it stays");
    }
}

#[tokio::test]
async fn a_transaction_that_is_not_committed_leaves_no_trace() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 5);
        let mut tx = store.write().await.unwrap();
        tx.insert_link(&link, &[9; 32]).await.unwrap();
        drop(tx);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.link(link.tenant, link.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_reading_transaction_cannot_write_and_sees_one_moment() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 5);
        let mut reader = store.read().await.unwrap();
        assert_eq!(reader.link(link.tenant, link.id).await.unwrap(), None);
        let mut tx = store.write().await.unwrap();
        tx.insert_link(&link, &[9; 32]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(reader.link(link.tenant, link.id).await.unwrap(), None, "{}", store.name);
        assert!(reader.insert_link(&link, &[9; 32]).await.is_err(), "{}", store.name);
        let mut glance = store.glance().await.unwrap();
        let seen = glance.link(link.tenant, link.id).await.unwrap();
        assert_eq!(seen.map(|link| link.id), Some(link.id), "{}", store.name);
    }
}

static FIELDS: &[Field] = &[
    Field::text("institution", &[Operator::Is, Operator::In], Source::Column("institution")),
    Field::text("status", &[Operator::Is], Source::Column("status")),
    Field::text("refresh_rate", &[Operator::Is], Source::Column("refresh_rate")).nullable(),
    Field::instant("created_at", Source::Column("created_at")),
    Field::new("created_by", Kind::Id, &[Operator::NotIn], Source::Column("created_by")),
];

#[tokio::test]
async fn links_are_listed_newest_first_and_filtered() {
    for store in stores().await {
        let env = env();
        let tenant: TenantId = env.id();
        let mut tx = store.write().await.unwrap();
        let mut links = Vec::new();
        for n in 0..7_u8 {
            let mut link = new_link(&env, tenant, u16::from(n) * 500);
            if n % 2 == 0 {
                link.status = Status::Valid;
                link.refresh_rate = None;
            }
            tx.insert_link(&link, &[n; 32]).await.unwrap();
            links.push(link);
        }
        tx.insert_link(&new_link(&env, env.id(), 3), &[7; 32]).await.unwrap();
        links.reverse();

        let all = tx.links_across_buckets(tenant, &[], page(1, 5)).await.unwrap();
        assert_eq!((all.count, &all.items[..]), (7, &links[..5]));
        let rest = tx.links_across_buckets(tenant, &[], page(2, 5)).await.unwrap();
        assert_eq!((rest.count, &rest.items[..]), (7, &links[5..]));
        let beyond = tx.links_across_buckets(tenant, &[], page(3, 5)).await.unwrap();
        assert_eq!((beyond.count, beyond.items.len()), (7, 0));
        assert!(!page(3, 5).exists(beyond.count));

        let ids = |query: &'static [(&'static str, &'static str)]| {
            parse(FIELDS, query.iter().copied()).unwrap()
        };
        for (query, expected) in [
            (ids(&[("status", "valid")]), 4),
            (ids(&[("refresh_rate", "null")]), 4),
            (ids(&[("refresh_rate", "7d")]), 3),
            (ids(&[("refresh_rate", "7d"), ("status", "valid")]), 0),
            (ids(&[("created_at__gt", "2026-01-31")]), 0),
            (ids(&[("created_at", "2026-01-31")]), 7),
            (ids(&[("created_by__not_in", "0199c0de-0000-7000-8000-000000000000")]), 7),
            (ids(&[("institution__in", "a,erebor_br_retail")]), 7),
            (ids(&[("institution", "a' or 1 = 1 --")]), 0),
        ] {
            let found = tx.links_across_buckets(tenant, &query, any_page()).await.unwrap();
            assert_eq!(found.count, expected, "{} {query:?}", store.name);
        }
        let counts = tx.links_by_state_across_buckets(tenant, |_| start()).await.unwrap();
        let count = |status| counts.iter().filter(|c| c.status == status).map(|c| c.count).sum();
        assert_eq!((count(Status::Valid), count(Status::Unconfirmed)), (4, 3), "{}", store.name);
        assert!(counts.iter().all(|c| c.late == 0), "nothing is older than the story");
        let counts = tx
            .links_by_state_across_buckets(tenant, |rate| {
                if rate == Rate::Week { after(3600) } else { start() }
            })
            .await
            .unwrap();
        for count in &counts {
            let late = if count.rate == Some(Rate::Week) { count.count } else { 0 };
            assert_eq!(count.late, late, "{}: {count:?}", store.name);
        }
        let counts = tx.links_by_institution_across_buckets(tenant).await.unwrap();
        let name = || "erebor_br_retail".to_owned();
        assert_eq!(counts, [(name(), Status::Unconfirmed, 3), (name(), Status::Valid, 4)]);
    }
}

#[tokio::test]
async fn sealed_secrets_are_put_erased_and_rewrapped() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 4095);
        let secrets = LinkSecrets {
            link: link.id,
            key_number: 1,
            wrapped_key: vec![0, 1, 2, 255],
            credentials: Some(vec![7; 100]),
            state: None,
            credentials_version: 2,
        };
        let mut tx = store.write().await.unwrap();
        tx.insert_link(&link, &[1; 32]).await.unwrap();
        assert_eq!(tx.secrets(link.id).await.unwrap(), None);
        tx.put_secrets(&secrets).await.unwrap();
        assert!(tx.put_state(link.id, Some(&[1])).await.unwrap());
        let with_state = LinkSecrets { state: Some(vec![1]), ..secrets.clone() };
        assert_eq!(tx.secrets(link.id).await.unwrap(), Some(with_state.clone()));
        assert!(!format!("{with_state:?}").contains("255"), "sealed bytes are not shown");

        let old = tx.secrets_under_old_keys_across_buckets(2, 10).await.unwrap();
        assert_eq!(old, [(link.tenant, with_state.clone())]);
        assert!(tx.rewrap(&with_state, 2, &[3; 4]).await.unwrap());
        assert!(!tx.rewrap(&with_state, 2, &[4; 4]).await.unwrap(), "it is no longer so");
        assert_eq!(tx.secrets_under_old_keys_across_buckets(2, 10).await.unwrap(), []);
        assert_eq!(tx.secrets_by_key_across_buckets().await.unwrap(), [(2, 1)]);

        assert!(tx.erase_credentials(link.id).await.unwrap());
        let erased = tx.secrets(link.id).await.unwrap().unwrap();
        assert_eq!(
            (erased.credentials, erased.state, erased.wrapped_key),
            (None, None, vec![3; 4])
        );
        tx.put_secrets(&secrets).await.unwrap();
        assert_eq!(tx.secrets(link.id).await.unwrap(), Some(secrets));
        assert!(tx.delete_secrets(link.id).await.unwrap());
        assert!(!tx.delete_secrets(link.id).await.unwrap());
        assert!(!tx.put_state(link.id, None).await.unwrap());
        assert!(!tx.erase_credentials(link.id).await.unwrap());
    }
}

fn entry(env: &domain::env::Env, tenant: TenantId, link: LinkId) -> Entry {
    let id: EntryId = env.id_in(link.bucket());
    let detail = r#"{"found":3}"#.into();
    Entry { id, tenant, link, at: env.now(), kind: "refreshed".into(), detail }
}

#[tokio::test]
async fn a_timeline_shows_the_latest_first() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 1);
        let entries: Vec<Entry> = (0..5).map(|_| entry(&env, link.tenant, link.id)).collect();
        let mut tx = store.write().await.unwrap();
        for entry in &entries {
            tx.add_entry(entry).await.unwrap();
        }
        let shown = tx.timeline(link.tenant, link.id, page(1, 2)).await.unwrap();
        assert_eq!((shown.count, shown.items), (5, vec![entries[4].clone(), entries[3].clone()]));
        let foreign = tx.timeline(env.id(), link.id, page(1, 2)).await.unwrap();
        assert_eq!(foreign.count, 0);
        assert_eq!(tx.prune_timeline_across_buckets(entries[3].at).await.unwrap(), 3);
        assert_eq!(tx.timeline(link.tenant, link.id, page(1, 9)).await.unwrap().count, 2);
    }
}

#[tokio::test]
async fn a_timeline_is_in_the_order_in_which_it_was_written() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 1);
        let at = env.now();
        let mut tx = store.write().await.unwrap();
        for number in 0..9 {
            let kind = number.to_string();
            let entry = Entry { at, kind, ..entry(&env, link.tenant, link.id) };
            tx.add_entry(&entry).await.unwrap();
        }
        let shown = tx.timeline(link.tenant, link.id, page(1, 9)).await.unwrap();
        let kinds: String = shown.items.iter().rev().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, "012345678", "{}", store.name);
        assert_eq!(shown.items[8].at, at, "the first one is not moved");
    }
}

#[tokio::test]
async fn a_deleted_link_takes_everything_below_with_it_and_nothing_of_others() {
    for store in stores().await {
        let env = env();
        let tenant = env.id();
        let [doomed, other] = [1, 2].map(|login| (new_link(&env, tenant, 1), [login; 32]));
        let mut tx = store.write().await.unwrap();
        for (link, login) in [&doomed, &other] {
            tx.insert_link(link, login).await.unwrap();
            tx.put_secrets(&LinkSecrets {
                link: link.id,
                key_number: 1,
                wrapped_key: vec![1],
                credentials: None,
                state: None,
                credentials_version: 1,
            })
            .await
            .unwrap();
            tx.add_entry(&entry(&env, tenant, link.id)).await.unwrap();
            let record = record(&env, link, "ACCOUNTS", None);
            tx.write_records(std::slice::from_ref(&record)).await.unwrap();
            let day = "2026-01-01".parse().unwrap();
            let days = domain::time::Window { from: day, to: day };
            tx.add_coverage(link.id, "ACCOUNTS", None, days, start()).await.unwrap();
            tx.put_statement_mapping(link.id, "{}", start()).await.unwrap();
            tx.schedule(&NewJob {
                id: env.id_in(link.id.bucket()),
                tenant,
                link: Some(link.id),
                institution: Some(link.institution.clone()),
                kind: "refresh".into(),
                subject: link.id.to_string(),
                payload: "{}".into(),
                run_at: after(60),
                created_at: start(),
            })
            .await
            .unwrap();
            let event = crate::world::event(&env, link, "new");
            let endpoint = env.id();
            let to = vec![(env.id_in(link.id.bucket()), endpoint)];
            tx.announce(&[Announced { event, to }]).await.unwrap();
            let session = crate::world::session(&env, link);
            assert!(tx.open_session(&session).await.unwrap());
            let change = crate::world::created(&record);
            let commit = env.id_in(link.id.bucket());
            tx.log_changes(commit, tenant, link.id, start(), &[change]).await.unwrap();
        }
        let node = env.id();
        let all = store::Buckets::ALL;
        let claimed = tx.claim_deliveries_across_buckets(node, after(1), after(60), 10, all, &[]);
        let attempts: Vec<_> = claimed.await.unwrap().iter().map(crate::world::failed).collect();
        assert_eq!(tx.record_attempts(&attempts).await.unwrap(), 2);
        assert!(tx.delete_link(tenant, doomed.0.id).await.unwrap());
        assert!(!tx.delete_link(tenant, doomed.0.id).await.unwrap());
        tx.commit().await.unwrap();

        let below = [
            "links",
            "link_secrets",
            "sessions",
            "records",
            "timeline",
            "coverage",
            "statement_mappings",
            "jobs",
            "events",
            "deliveries",
            "attempts",
        ];
        let mut counts = Vec::new();
        for table in below {
            let sql: &'static str =
                Box::leak(format!("select cast(count(*) as text) from {table}").into_boxed_str());
            counts.push((table, store.look(sql, sql).await[0].clone()));
        }
        assert!(counts.iter().all(|(_, count)| count == "1"), "{}: {counts:?}", store.name);
        store.sequence(tenant).await.unwrap();
        let mut tx = store.read().await.unwrap();
        let log = tx.changes_after(tenant, 0, 0, 10).await.unwrap();
        assert_eq!(log.len(), 2, "the change log stays");
    }
}

#[tokio::test]
async fn a_mapping_is_kept_replaced_and_forgotten_with_its_link() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 77);
        let mut tx = store.write().await.unwrap();
        tx.insert_link(&link, &[1; 32]).await.unwrap();
        assert_eq!(tx.statement_mapping(link.id).await.unwrap(), None);
        for mapping in [r#"{"skip":1}"#, r#"{"skip":2}"#] {
            tx.put_statement_mapping(link.id, mapping, start()).await.unwrap();
            assert_eq!(tx.statement_mapping(link.id).await.unwrap().as_deref(), Some(mapping));
        }
        assert!(tx.delete_statement_mapping(link.id).await.unwrap());
        assert!(!tx.delete_statement_mapping(link.id).await.unwrap(), "it was forgotten");
        tx.put_statement_mapping(link.id, "{}", start()).await.unwrap();
        tx.delete_link(link.tenant, link.id).await.unwrap();
        assert_eq!(tx.statement_mapping(link.id).await.unwrap(), None);
        tx.commit().await.unwrap();
    }
}
