//! Stored records: pages, one, deletion. Reads never talk to an institution.

use crate::{Caller, Engine, Error, Listed, bodies::ShownParents, documents::with_documents};
use domain::{
    filter::{Condition, Field, IS, Page, Projection, Source, Test, Value},
    ids::{LinkId, RecordId, TenantId},
    link::Link,
    resource::{self, Resource, Shown},
    resources::{accounts::ACCOUNTS, owners::OWNERS},
};
pub use store::records::ResourceCount;
use store::{Tx, changes::ChangeKind, records::PageRow};

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
        let (name, embeds) = (resource.name, shown_parent(resource).is_some());
        let mut tx = self.store().glance().await?;
        let rows = match one_link(conditions) {
            Some(link) => tx.records_page(tenant, link, name, conditions, page, embeds).await?,
            None => tx.records_page_across_buckets(tenant, name, conditions, page, embeds).await?,
        };
        let known: Vec<_> = rows.rows.iter().map(|row| (row.link, row.id)).collect();
        let documents = self.open_documents(&mut tx, tenant, resource, &known, projection).await?;
        let mut parents = ShownParents::of(resource);
        let now = self.env().now();
        let shown = |row: PageRow| {
            let parent = row.account.and_then(|id| Some((id, rows.parents.get(&id)?.as_str())));
            let body = parents.embed(parent, &resource.shown_at(row.body, now));
            (row.link, with_documents(resource.documents, documents.get(&row.id), body))
        };
        let bodies = rows.rows.into_iter().map(shown).collect();
        Listed::on(page, rows.count, self.point(&mut tx, resource, bodies).await?)
    }

    /// A page of the records that belong to one record. `Error::NoSuch` where that is not there.
    pub async fn records_of(
        &self,
        tenant: TenantId,
        resource: &'static Resource,
        parent: RecordId,
        conditions: &[Condition],
        page: Page,
    ) -> Result<Listed<String>, Error> {
        static PARENT: Field = Field::id("parent", IS, Source::Column("account"));
        let above = resource.belongs_to.ok_or(Error::NoSuch("record"))?.resource;
        let mut tx = self.store().glance().await?;
        let of = tx.record(tenant, above.name, parent).await?.ok_or(Error::NoSuch("record"))?;
        let theirs = Condition { field: &PARENT, test: Test::Is(Value::Id(parent.into())) };
        let conditions: Vec<Condition> = conditions.iter().cloned().chain([theirs]).collect();
        let rows =
            tx.records_page(tenant, of.link, resource.name, &conditions, page, false).await?;
        Listed::on(page, rows.count, rows.rows.into_iter().map(|row| row.body).collect())
    }

    /// How much a link has of each resource of which it has anything.
    pub async fn resource_counts(
        &self,
        tenant: TenantId,
        link: LinkId,
    ) -> Result<Vec<ResourceCount>, Error> {
        let mut tx = self.store().read().await?;
        tx.link(tenant, link).await?.ok_or(Error::NoSuch("link"))?;
        Ok(tx.records_by_resource(link).await?)
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
        let parent = match row.account.filter(|_| shown_parent(resource).is_some()) {
            Some(parent) => tx.bodies(row.link, &[parent]).await?.pop(),
            None => None,
        };
        let known = [(row.link, row.id)];
        let documents = self.open_documents(&mut tx, tenant, resource, &known, projection).await?;
        let parent = parent.as_ref().map(|(id, body)| (*id, body.as_str()));
        let body = resource.shown_at(row.body, self.env().now());
        let body = ShownParents::of(resource).embed(parent, &body);
        let body = with_documents(resource.documents, documents.get(&id), body);
        let shown = self.point(&mut tx, resource, vec![(row.link, body)]).await?;
        shown.into_iter().next().ok_or(Error::NoSuch("record"))
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
        self.delete_below(&mut tx, &link, resource, &[id]).await?;
        tx.delete_records(link.id, &[id]).await?;
        self.log_changes(&mut tx, &link, resource.name, &[(id, ChangeKind::Deleted)]).await?;
        if resource.name == ACCOUNTS.name {
            self.forget_owners_of_nothing(&mut tx, &link).await?;
        }
        tx.commit().await?;
        self.wake_readers();
        Ok(())
    }

    /// Whoever deletes an account wants its owners gone. They are known of the login as a whole, so
    /// they own something until its last account is deleted.
    async fn forget_owners_of_nothing(&self, tx: &mut Tx, link: &Link) -> Result<(), Error> {
        if tx.records_for_ledger(link.id, ACCOUNTS.name, None, None).await?.is_empty() {
            self.forget_records(tx, link, &OWNERS).await?;
        }
        Ok(())
    }

    /// Takes along what belongs to deleted records.
    pub(crate) async fn delete_below(
        &self,
        tx: &mut Tx,
        link: &Link,
        resource: &'static Resource,
        deleted: &[RecordId],
    ) -> Result<(), Error> {
        let children: Vec<&str> = resource.children().map(|child| child.name).collect();
        if deleted.is_empty() || children.is_empty() {
            return Ok(());
        }
        // Should it come back, all that belongs to it is asked for again.
        tx.forget_coverage_of(link.id, deleted).await?;
        for (record, name) in tx.delete_records_of_accounts(link.id, deleted, &children).await? {
            let name = resource::named(&name).map_or("", |r| r.name);
            self.log_changes(tx, link, name, &[(record, ChangeKind::Deleted)]).await?;
        }
        Ok(())
    }
}

/// How records of `resource` show what they belong to, where they do.
fn shown_parent(resource: &Resource) -> Option<Shown> {
    resource.belongs_to.map(|parent| parent.shown).filter(|shown| shown.key().is_some())
}

/// The one link that the conditions allow, if there is one: then a single bucket answers.
pub(crate) fn one_link(conditions: &[Condition]) -> Option<LinkId> {
    conditions.iter().find_map(|condition| match (&condition.field.name, &condition.test) {
        (&"link", Test::Is(Value::Id(id))) => Some(LinkId::from(*id)),
        (&"link", Test::In(values)) => match values.as_slice() {
            [Value::Id(id)] => Some(LinkId::from(*id)),
            _ => None,
        },
        _ => None,
    })
}
