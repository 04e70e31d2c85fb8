//! Readings that are kept part by part.

use crate::{
    office::Office,
    world::{World, days, hours, on_both, wanted},
};
use domain::{ids::LinkId, resource};
use engine::retrieval::Retrieval;
use jiff::civil::date;
use serde_json::Value;

on_both!(stopped:
    what_came_before_a_large_reading_broke_off_is_kept_and_told_of_once,
    a_large_reading_goes_on_from_a_checkpoint_and_counts_nothing_twice,
    a_refresh_tells_of_news_part_by_part,
    a_large_reading_that_leaves_out_too_much_proves_nothing,
    what_a_caller_wants_is_shown_whole,
);

async fn stored(world: &World, link: LinkId) -> u64 {
    let mut tx = world.engine.store().read().await.unwrap();
    tx.summary(link, "INVOICES").await.unwrap().total
}

/// What events with this code say, the earliest first.
async fn told(world: &World, code: &str, key: &str) -> Vec<u64> {
    let events = world.events().await.into_iter().filter(|event| event.code == code);
    let mut told: Vec<(jiff::Timestamp, u64)> = events
        .map(|event| {
            let body: Value = serde_json::from_str(&event.body).unwrap();
            (event.created_at, body["data"][key].as_u64().unwrap())
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    told.sort_unstable();
    told.into_iter().map(|(_, count)| count).collect()
}

async fn what_came_before_a_large_reading_broke_off_is_kept_and_told_of_once(world: &World) {
    let office = Office::opened(world).await;
    office.story().invoices = 1_200;
    office.story().breaks = Some((1_100, None));
    let link = office.registered(world).await;
    assert_eq!(stored(world, link.id).await, 1_000, "a part");
    world.advance(hours(2)).await;
    assert_eq!(stored(world, link.id).await, 1_200);
    let year = told(world, "historical_inflow_update", "total_invoices").await;
    assert_eq!(year, [1_200]);
}

async fn a_large_reading_goes_on_from_a_checkpoint_and_counts_nothing_twice(world: &World) {
    let office = Office::opened(world).await;
    office.story().invoices = 1_200;
    office.story().breaks = Some((1_100, Some(900)));
    let link = office.registered(world).await;
    assert_eq!(office.story().cursors, [None, Some("900".into())]);
    assert_eq!(stored(world, link.id).await, 1_200);
    let year = told(world, "historical_inflow_update", "total_invoices").await;
    assert_eq!(year, [1_200]);
}

async fn a_refresh_tells_of_news_part_by_part(world: &World) {
    let office = Office::opened(world).await;
    let link = office.registered(world).await;
    office.story().days = (date(2026, 1, 10), 4);
    office.story().invoices = 1_100;
    world.advance(hours(24 * 8)).await;
    assert_eq!(stored(world, link.id).await, 1_100);
    let mut news = told(world, "new_inflow_invoices_available", "new_invoices").await;
    news.sort_unstable();
    assert_eq!(news, [100, 1_000]);
}

async fn a_large_reading_that_leaves_out_too_much_proves_nothing(world: &World) {
    let office = Office::opened(world).await;
    office.story().invoices = 1_200;
    let link = office.registered(world).await;
    let noted =
        |timeline: &[String]| timeline.iter().filter(|kind| *kind == "reading_noted").count();
    assert_eq!(noted(&world.timeline(link.id).await), 0);
    for (shown, notes) in [(1_100, 0), (600, 1), (0, 2)] {
        office.story().invoices = shown;
        november(world, link.id).await;
        assert_eq!(noted(&world.timeline(link.id).await), notes, "{shown} shown");
        assert_eq!(stored(world, link.id).await, 1_200, "an invoice stays");
    }
}

async fn what_a_caller_wants_is_shown_whole(world: &World) {
    let office = Office::opened(world).await;
    let link = office.registered(world).await;
    office.story().invoices = 1_100;
    let shown = november(world, link.id).await;
    let mut folios: Vec<String> = shown
        .iter()
        .map(|invoice| serde_json::from_str::<Value>(invoice).unwrap()["id"].to_string())
        .collect();
    assert_eq!(folios.len(), 1_100);
    folios.sort_unstable();
    folios.dedup();
    assert_eq!(folios.len(), 1_100, "each once");
    assert_eq!(november(world, link.id).await, shown);
}

async fn november(world: &World, link: LinkId) -> Vec<String> {
    let retrieval = Retrieval {
        resource: resource::named("INVOICES").unwrap(),
        kind: Some("INFLOW"),
        window: days("2025-11-01", "2025-11-30"),
        ..wanted(link, "INVOICES")
    };
    world.engine.retrieve(&world.caller(), retrieval).await.unwrap().items
}
