//! Stored records: pages, one, deletion. Reads never talk to an institution.

use crate::{Caller, Engine, Error, Listed};
use domain::{filter::Condition, filter::Page, ids::RecordId, ids::TenantId, resource::Resource};

impl Engine {
    /// A page of records as JSON objects, newest first. `Error::NoSuch("page")` beyond the last.
    pub async fn records(
        &self,
        tenant: TenantId,
        resource: &'static Resource,
        conditions: &[Condition],
        page: Page,
    ) -> Result<Listed<String>, Error> {
        let _ = (tenant, resource, conditions, page);
        Err(Error::Busy)
    }
    /// One record as a JSON object.
    pub async fn record(
        &self,
        tenant: TenantId,
        resource: &'static Resource,
        id: RecordId,
    ) -> Result<String, Error> {
        let _ = (tenant, resource, id);
        Err(Error::NoSuch("record"))
    }
    /// Forgets one record, and what hangs on it.
    pub async fn delete_record(
        &self,
        caller: &Caller,
        resource: &'static Resource,
        id: RecordId,
    ) -> Result<(), Error> {
        let _ = (caller, resource, id);
        Err(Error::NoSuch("record"))
    }
}
