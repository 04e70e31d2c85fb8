//! Who did what: never changed, never deleted with what it speaks of.

use crate::{Error, Tx, lists::Listed, value::values};
use domain::{
    filter::Page,
    ids::{AuditId, TenantId},
};
use jiff::Timestamp;

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Its id.
    pub id: AuditId,
    /// Whose data it is about.
    pub tenant: TenantId,
    /// When.
    pub at: Timestamp,
    /// Who: a key, an operator, the schedule.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// JSON of the engine's; nothing personal.
    pub detail: String,
}

impl Tx {
    /// Adds a line.
    pub async fn audit(&mut self, line: &AuditLine) -> Result<(), Error> {
        const SQL: &str = "insert into audit (tenant, id, at, actor, action, subject, detail)
            values ($1, $2, $3, $4, $5, $6, json($7))";
        let AuditLine { id, tenant, at, actor, action, subject, detail } = line;
        let row = values![*tenant, *id, *at, actor, action, subject, detail];
        self.run(SQL, row).await.map(drop)
    }

    /// A page of a tenant's audit log, newest first.
    pub async fn audit_log(
        &mut self,
        tenant: TenantId,
        page: Page,
    ) -> Result<Listed<AuditLine>, Error> {
        const COUNT: &str = "select count(*) from audit where tenant = $1";
        const SQL: &str = "select id, tenant, at, actor, action, subject,
                cast(detail as text) as detail
            from audit where tenant = $1 order by at desc, id desc limit $2 offset $3";
        let count = self.number(COUNT, values![tenant]).await?;
        let rows = self.rows(SQL, values![tenant, page.size, page.offset()]).await?;
        let items = rows.iter().map(|row| {
            Ok(AuditLine {
                id: row.get("id")?,
                tenant: row.get("tenant")?,
                at: row.get("at")?,
                actor: row.get("actor")?,
                action: row.get("action")?,
                subject: row.get("subject")?,
                detail: row.get("detail")?,
            })
        });
        Ok(Listed { count, items: items.collect::<Result<_, Error>>()? })
    }
}
