//! Documents: kept beside their records, and gone with them.

use crate::world::{env, new_link, record};
use domain::ids::{LinkId, RecordId};
use store::{Store, documents::StoredDocument, testing::stores};

fn document(record: RecordId, name: &str, text: &str) -> StoredDocument {
    let size = u64::try_from(text.len()).unwrap();
    StoredDocument { record, name: name.into(), size, sealed: text.as_bytes().to_vec() }
}
async fn kept(store: &Store, link: LinkId, records: &[RecordId]) -> Vec<StoredDocument> {
    let of_link: Vec<_> = records.iter().map(|record| (link, *record)).collect();
    let mut tx = store.read().await.unwrap();
    let mut all = tx.documents(&of_link).await.unwrap();
    let size: u64 = all.iter().map(|one| one.size).sum();
    assert_eq!(tx.size_of_documents(&of_link).await.unwrap(), size);
    all.sort_by_key(|one| (one.record, one.name.clone()));
    all
}

#[tokio::test]
async fn a_document_is_replaced_shown_with_its_record_and_gone_with_it() {
    for store in stores().await {
        let env = env();
        let link = new_link(&env, env.id(), 3);
        let account: RecordId = env.id_in(link.id.bucket());
        let records = [0; 4].map(|_| record(&env, &link, "TAX_STATUS", Some(account)));
        let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
        let mut tx = store.write().await.unwrap();
        tx.insert_link(&link, &[7; 32]).await.unwrap();
        tx.write_records(&records).await.unwrap();
        let some = |id| [document(id, "pdf", "one"), document(id, "receipt_pdf", "two")];
        let all: Vec<_> = ids.iter().flat_map(|id| some(*id)).collect();
        tx.put_documents(link.id, &all).await.unwrap();
        // Of two for one place, the later one.
        let again = ["yet another", "another"].map(|text| document(ids[0], "pdf", text));
        tx.put_documents(link.id, &again).await.unwrap();
        tx.commit().await.unwrap();
        let mut expected: Vec<_> = ids.iter().flat_map(|id| some(*id)).collect();
        expected[0] = document(ids[0], "pdf", "another");
        expected.sort_by_key(|one| (one.record, one.name.clone()));
        assert_eq!(kept(&store, link.id, &ids).await, expected, "{}", store.name);
        assert!(kept(&store, env.id_in(link.id.bucket()), &ids).await.is_empty(), "another link's");
        assert!(kept(&store, link.id, &[]).await.is_empty());

        let mut tx = store.write().await.unwrap();
        tx.delete_records(link.id, &ids[..1]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(kept(&store, link.id, &ids).await.len(), 6, "gone with its record");
        let mut tx = store.write().await.unwrap();
        tx.delete_records_of_accounts(link.id, &[account], &["TAX_STATUS"]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(kept(&store, link.id, &ids).await.is_empty(), "gone with its record's account");
        for all_at_once in [true, false] {
            let mut tx = store.write().await.unwrap();
            tx.put_documents(link.id, &some(ids[0])).await.unwrap();
            if all_at_once {
                tx.delete_records_of_link(link.id).await.unwrap();
            } else {
                tx.delete_link(link.tenant, link.id).await.unwrap();
            }
            tx.commit().await.unwrap();
            assert!(kept(&store, link.id, &ids).await.is_empty(), "gone with its link");
        }
    }
}
