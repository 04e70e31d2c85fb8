//! That the two databases open and answer.

use crate::world::{env, new_link};
use domain::{filter::Page, refresh::Schedule};
use store::{links::Inserted, testing::stores};

#[tokio::test]
async fn a_link_comes_back_as_it_was_stored() {
    for store in stores().await {
        let env = env();
        let mut link = new_link(&env, env.id(), 77);
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.insert_link(&link, &[1; 32]).await.unwrap(), Inserted::Inserted);
        tx.commit().await.unwrap();

        let mut tx = store.write().await.unwrap();
        link.schedule = Some(Schedule::start(domain::refresh::Rate::Week, env.now(), 3));
        assert!(tx.save_link(&link).await.unwrap());
        let found = tx.link_for_update(link.tenant, link.id).await.unwrap();
        assert_eq!(found, Some(link.clone()), "{}", store.name);
        let page = Page { number: 1, size: 10 };
        let listed = tx.links_across_buckets(link.tenant, &[], page).await.unwrap();
        assert_eq!((listed.count, listed.items), (1, vec![link]), "{}", store.name);
    }
}
