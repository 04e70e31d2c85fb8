//! Stored records: pages, one, deletion. Reads never talk to an institution.

use crate::{Caller, Engine, Error, Listed, bodies::embed_account, documents::with_documents};
use domain::{
    filter::{Condition, Page, Projection, Test, Value},
    ids::{LinkId, RecordId, TenantId},
    resource::{self, Resource},
};
use std::collections::HashMap;
use store::{changes::ChangeKind, records::PageRow};

impl Engine {
    /// A page of records as JSON objects, newest first, with the documents that `projection` shows. `Error::NoSuch("page")` beyond the last.
    pub async fn records(
        &self,
        tenant: TenantId,
        resource: &'static Resource,
        conditions: &[Condition],
        page: Page,
        projection: &Projection,
    ) -> Result<Listed<String>, Error> {
        let (name, embeds) = (resource.name, resource.embeds_account);
        let mut tx = self.store().glance().await?;
        let rows = match one_link(conditions) {
            Some(link) => tx.records_page(tenant, link, name, conditions, page, embeds).await?,
            None => tx.records_page_across_buckets(tenant, name, conditions, page, embeds).await?,
        };
        let known: Vec<_> = rows.rows.iter().map(|row| (row.link, row.id)).collect();
        let documents = self.open_documents(&mut tx, tenant, resource, &known, projection).await?;
        drop(tx);
        let shown = |row: PageRow| {
            let documents = documents.get(&row.id);
            with_documents(resource.documents, documents, shown(resource, row, &rows.accounts))
        };
        Listed::on(page, rows.count, rows.rows.into_iter().map(shown).collect())
    }

    /// One record as a JSON object.
    pub async fn record(
        &self,
        tenant: TenantId,
        resource: &'static Resource,
        id: RecordId,
        projection: &Projection,
    ) -> Result<String, Error> {
        let mut tx = self.store().read().await?;
        let row = tx.record(tenant, resource.name, id).await?.ok_or(Error::NoSuch("record"))?;
        let accounts = match row.account.filter(|_| resource.embeds_account) {
            Some(account) => tx.bodies(row.link, &[account]).await?.into_iter().collect(),
            None => HashMap::new(),
        };
        let known = [(row.link, row.id)];
        let documents = self.open_documents(&mut tx, tenant, resource, &known, projection).await?;
        Ok(with_documents(resource.documents, documents.get(&id), shown(resource, row, &accounts)))
    }

    /// Forgets one record, and what hangs on it. A later reading that still sees it brings it back.
    pub async fn delete_record(
        &self,
        caller: &Caller,
        resource: &'static Resource,
        id: RecordId,
    ) -> Result<(), Error> {
        let mut tx = self.store().write().await?;
        let row =
            tx.record(caller.tenant, resource.name, id).await?.ok_or(Error::NoSuch("record"))?;
        let link =
            tx.link_for_update(caller.tenant, row.link).await?.ok_or(Error::NoSuch("record"))?;
        let below = tx.delete_records_of_accounts(link.id, &[id], resource.cascades_to).await?;
        tx.delete_records(link.id, &[id]).await?;
        for (record, name) in below {
            let name = resource::named(&name).map_or("", |r| r.name);
            self.log_changes(&mut tx, &link, name, &[(record, ChangeKind::Deleted)]).await?;
        }
        self.log_changes(&mut tx, &link, resource.name, &[(id, ChangeKind::Deleted)]).await?;
        tx.commit().await?;
        self.wake_readers();
        Ok(())
    }
}

/// The body, with its account inside where the resource shows it.
fn shown(resource: &Resource, row: PageRow, accounts: &HashMap<RecordId, String>) -> String {
    if !resource.embeds_account {
        return row.body;
    }
    let account = row.account.and_then(|id| accounts.get(&id)).map(String::as_str);
    embed_account(account, &row.body)
}

/// The one link that the conditions allow, if there is one: then a single bucket answers.
fn one_link(conditions: &[Condition]) -> Option<LinkId> {
    conditions.iter().find_map(|condition| match (&condition.field.name, &condition.test) {
        (&"link", Test::Is(Value::Id(id))) => Some(LinkId::from(*id)),
        (&"link", Test::In(values)) => match values.as_slice() {
            [Value::Id(id)] => Some(LinkId::from(*id)),
            _ => None,
        },
        _ => None,
    })
}
