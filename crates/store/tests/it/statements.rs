//! How a link's statement files are read.

use crate::world::{after, env, new_link, start};
use store::testing::stores;

#[tokio::test]
async fn a_mapping_is_kept_replaced_and_forgotten_for_its_link_alone() {
    for store in stores().await {
        let env = env();
        let [link, other] = [1, 1].map(|bucket| new_link(&env, env.id(), bucket).id);
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.statement_mapping(link).await.unwrap(), None, "{}", store.name);
        for (mapping, at) in [(r#"{"days":"day_first"}"#, start()), (r#"{"skip":2}"#, after(1))] {
            tx.put_statement_mapping(link, mapping, at).await.unwrap();
            assert_eq!(tx.statement_mapping(link).await.unwrap().as_deref(), Some(mapping));
        }
        assert_eq!(tx.statement_mapping(other).await.unwrap(), None);
        assert!(!tx.delete_statement_mapping(other).await.unwrap());
        assert!(tx.delete_statement_mapping(link).await.unwrap());
        assert_eq!(tx.statement_mapping(link).await.unwrap(), None);
    }
}
