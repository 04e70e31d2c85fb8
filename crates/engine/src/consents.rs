//! Consents of Open Finance that end while nobody reads them.

use crate::{Engine, Error};
use domain::{
    ids::RecordId,
    link::Link,
    resource::replaced,
    resources::consents::{self, CONSENTS},
    time::Moment,
};
use std::collections::HashMap;
use store::{Tx, changes::ChangeKind, records::NewRecord};

impl Engine {
    /// The institution lets nobody in by a link's consents any more: they say so from now on, and the
    /// feed with them. Their bodies.
    pub(crate) async fn end_consents(
        &self,
        tx: &mut Tx,
        link: &Link,
    ) -> Result<Vec<String>, Error> {
        let now = self.env().now();
        let known = tx.records_for_ledger(link.id, CONSENTS.name, None, None).await?;
        let ids: Vec<RecordId> = known.iter().map(|record| record.id).collect();
        let mut bodies: HashMap<RecordId, String> =
            tx.bodies(link.id, &ids).await?.into_iter().collect();
        let (mut ended, mut changed) = (Vec::new(), Vec::new());
        for it in known {
            let Some(before) = bodies.remove(&it.id) else { continue };
            let body = consents::withdrawn(&before, now);
            if body != before {
                let moment = format!("\"{}\"", Moment(now));
                changed.push(NewRecord {
                    id: it.id,
                    link: link.id,
                    tenant: link.tenant,
                    resource: CONSENTS.name,
                    account: it.account,
                    source_id: it.source_id,
                    natural_key: it.natural_key,
                    day: it.day,
                    pending: it.pending,
                    facts: it.facts,
                    // Other than anything that was read: what is read next is news.
                    content: it.content.wrapping_add(1),
                    suspected_at: it.suspected_at,
                    doubt: it.doubt,
                    created_at: it.created_at,
                    collected_at: now,
                    body: replaced(body.clone(), "created_at", &moment),
                });
            }
            ended.push(body);
        }
        tx.write_records(&changed).await?;
        let changes: Vec<_> =
            changed.iter().map(|record| (record.id, ChangeKind::Updated)).collect();
        self.log_changes(tx, link, CONSENTS.name, &changes).await?;
        Ok(ended)
    }
}
