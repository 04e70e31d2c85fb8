//! The ledger: 10,000 new movements and 10,000 unchanged ones, from the connector to the commit,
//! beside a bare batched upsert of the same rows.

use crate::House;
use domain::{access::AccessMode, link::Link, resource, time::Window};
use engine::retrieval::Retrieval;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use store::records::NewRecord;

const COUNT: usize = 10_000;

pub(crate) async fn run(house: &House) {
    house.bank.shows(COUNT);
    let today = domain::time::day(house.engine.env().now());
    let link = house.register("ledger", AccessMode::Single).await;
    let retrieve = || async {
        let wanted = Retrieval {
            resource: resource::named("TRANSACTIONS").unwrap(),
            link: link.id,
            kind: None,
            window: Some(Window::last_days(today, 365)),
            account: None,
            documents: false,
            chosen: std::collections::BTreeMap::new(),
            save: true,
            token: None,
        };
        let begun = Instant::now();
        let got = house.engine.retrieve(&house.caller(), wanted).await.unwrap();
        assert_eq!(got.items.len(), COUNT);
        begun.elapsed()
    };
    let new = retrieve().await;
    let unchanged = retrieve().await.min(retrieve().await);

    let bare = Bare::copied(house, &link, "TRANSACTIONS").await;
    let bare_new = bare.upsert(house).await;
    let bare_again = bare.upsert(house).await;
    let rate = |took: Duration| COUNT as f64 / took.as_secs_f64();
    println!(
        "ledger, {COUNT} new movements: {:.0} records/s; bare upsert of the same rows {:.0}/s; ratio {:.2}",
        rate(new),
        rate(bare_new),
        bare_new.as_secs_f64() / new.as_secs_f64()
    );
    println!(
        "ledger, {COUNT} unchanged movements: {:.0} records/s; bare upsert of the same rows {:.0}/s; ratio {:.2}",
        rate(unchanged),
        rate(bare_again),
        bare_again.as_secs_f64() / unchanged.as_secs_f64()
    );
    house.bank.shows(1_000);
}

/// The reference writes rows that are made beforehand, with nothing to decide.
pub(crate) struct Bare(Vec<NewRecord>);

impl Bare {
    /// The same rows as a link has, under other ids.
    pub(crate) async fn copied(house: &House, link: &Link, resource: &str) -> Self {
        let mut tx = house.engine.store().read().await.unwrap();
        let stored = tx.records_for_ledger(link.id, resource, None, None).await.unwrap();
        let ids: Vec<_> = stored.iter().map(|record| record.id).collect();
        let mut bodies: HashMap<_, _> =
            tx.bodies(link.id, &ids).await.unwrap().into_iter().collect();
        drop(tx);
        let rows = stored.into_iter().map(|r| NewRecord {
            link: link.id,
            tenant: link.tenant,
            resource: "BENCH",
            body: bodies.remove(&r.id).unwrap(),
            id: house.engine.env().id_in(link.id.bucket()),
            account: r.account,
            source_id: r.source_id,
            natural_key: r.natural_key,
            day: r.day,
            pending: r.pending,
            facts: r.facts,
            content: r.content,
            suspected_at: None,
            doubt: None,
            created_at: r.created_at,
            collected_at: r.collected_at,
        });
        Self(rows.collect())
    }

    /// How long it takes to write them.
    pub(crate) async fn upsert(&self, house: &House) -> Duration {
        let begun = Instant::now();
        let mut tx = house.engine.store().write().await.unwrap();
        tx.write_records(&self.0).await.unwrap();
        tx.commit().await.unwrap();
        begun.elapsed()
    }
}
