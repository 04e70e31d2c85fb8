//! What is remembered of credentials that were refused.

use crate::world::after;
use domain::{ids::Bucket, link::Refusals};
use store::testing::stores;

#[tokio::test]
async fn refused_credentials_are_counted_until_they_work_or_time_has_passed() {
    for store in stores().await {
        let (one, other, bucket) = ([1; 32], [2; 32], Bucket::of(9));
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.refusals(bucket, &one).await.unwrap(), None);
        for second in [10, 20] {
            tx.note_refusal(bucket, &one, after(second - 15), after(second)).await.unwrap();
        }
        tx.note_refusal(bucket, &other, after(5), after(20)).await.unwrap();
        let twice = Refusals { count: 2, last: after(20) };
        assert_eq!(tx.refusals(bucket, &one).await.unwrap(), Some(twice), "{}", store.name);
        assert_eq!(tx.refusals(Bucket::of(8), &one).await.unwrap(), None, "another's bucket");

        tx.note_refusal(bucket, &one, after(20), after(90)).await.unwrap();
        let anew = Refusals { count: 1, last: after(90) };
        assert_eq!(tx.refusals(bucket, &one).await.unwrap(), Some(anew), "the old ones are over");

        assert_eq!(tx.prune_refusals_across_buckets(after(90)).await.unwrap(), 1);
        assert_eq!(tx.refusals(bucket, &other).await.unwrap(), None);
        assert!(tx.forget_refusals(bucket, &one).await.unwrap());
        assert!(!tx.forget_refusals(bucket, &one).await.unwrap());
        assert_eq!(tx.refusals(bucket, &one).await.unwrap(), None);
    }
}
