//! The change log as readers see it.

use crate::{
    bank::movement,
    world::{World, on_both, seconds},
};
use engine::changes::Cursor;
use jiff::SignedDuration;

on_both!(stopped:
    a_reader_with_a_cursor_misses_nothing,
    a_cursor_of_another_tenant_shows_nothing,
    a_reader_who_waits_is_woken;
    running: a_reader_who_waits_hears_of_another_nodes_news
);

async fn a_reader_with_a_cursor_misses_nothing(world: &World) {
    for user in ["ana", "eva", "leo"] {
        world.registered(user).await;
    }
    let all = world.changes().await;
    assert_eq!(all.len(), 3 * 6);
    for limit in [1, 2, 5, 7] {
        let mut seen = Vec::new();
        let mut cursor = Cursor::default();
        loop {
            let tenant = world.tenant;
            let page =
                world.engine.changes(tenant, cursor, limit, SignedDuration::ZERO).await.unwrap();
            let Some(last) = page.last() else { break };
            cursor = Cursor::parse(&last.cursor).unwrap();
            seen.extend(page);
        }
        assert_eq!(seen, all, "{limit} at a time");
    }
}

async fn a_cursor_of_another_tenant_shows_nothing(world: &World) {
    world.registered("ana").await;
    let stranger = world.engine.add_tenant("other").await.unwrap().id;
    let wait = SignedDuration::ZERO;
    let seen = world.engine.changes(stranger, Cursor::default(), 10, wait).await.unwrap();
    assert_eq!(seen, []);
}

async fn a_reader_who_waits_is_woken(world: &World) {
    let link = world.registered("ana").await;
    let end = Cursor::parse(&world.changes().await.pop().unwrap().cursor).unwrap();
    world.bank.person("ana", |ana| {
        ana.transactions.push(movement("CHK", "m4", "2026-01-13", "TEA", "12.00"));
    });
    let reader = world.engine.changes(world.tenant, end, 10, seconds(60));
    let (news, kept) = tokio::join!(reader, world.retrieve(link.id, "TRANSACTIONS"));
    kept.unwrap();
    let news = news.unwrap();
    assert_eq!(news.len(), 1);
    assert_eq!((news[0].kind, news[0].link), ("created", link.id));

    let end = Cursor::parse(&news[0].cursor).unwrap();
    let reader = world.engine.changes(world.tenant, end, 10, seconds(60));
    let (news, ()) = tokio::join!(reader, async {
        for _ in 0..80 {
            world.advance(seconds(1)).await;
        }
    });
    assert_eq!(news.unwrap(), [], "after a minute there is no more to wait for");
}

async fn a_reader_who_waits_hears_of_another_nodes_news(world: &World) {
    let link = world.registered("ana").await;
    let end = Cursor::parse(&world.changes().await.pop().unwrap().cursor).unwrap();
    world.bank.person("ana", |ana| {
        ana.transactions.push(movement("CHK", "m4", "2026-01-13", "TEA", "12.00"));
    });
    let node = world.another_node().await;
    let (caller, id) = (world.caller(), link.id);
    let reader = world.engine.changes(world.tenant, end, 10, seconds(60));
    let elsewhere = node.does(move |engine| async move {
        engine.retrieve(&caller, crate::world::wanted(id, "TRANSACTIONS")).await
    });
    let (news, kept) = tokio::join!(reader, elsewhere);
    kept.unwrap();
    assert_eq!(news.unwrap().len(), 1);
    node.stops().await;
}
