//! Statement files: an upload is a session whose first challenge is answered already, by the file
//! (ADR 0014). The file is in memory as long as its session, and nowhere else.

use crate::{
    Caller, Engine, Error, FieldProblem,
    mandate::Purpose,
    retrieval::{AccountReport, Report, Wanted},
    sessions::Brought,
    waiting::check_usable,
};
use connect::{
    statement_files::{MAPPING, check_mapping},
    talk::Remark,
};
use domain::{
    ids::{LinkId, RecordId},
    link::Link,
    time::Window,
};
use secrecy::SecretString;
use std::collections::BTreeMap;

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploaded {
    /// The form of the file: `ofx`.
    pub format: Option<String>,
    /// The accounts that it speaks of.
    pub accounts: Vec<UploadedAccount>,
    /// Movements that are new.
    pub created: usize,
    /// Movements that it corrects.
    pub updated: usize,
    /// Movements that it says are not, or no longer, there.
    pub deleted: usize,
    /// Movements that were known as they are.
    pub unchanged: usize,
    /// What was wrong with it. The rest was kept.
    pub faults: Vec<Remark>,
}

/// What a file says of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedAccount {
    /// The account's id.
    pub id: RecordId,
    /// Its number, as its record shows it.
    pub number: Option<String>,
    /// How many movements of it the file shows.
    pub movements: usize,
    /// The days that the file says it shows.
    pub period: Option<Window>,
}

impl From<Report> for Uploaded {
    fn from(report: Report) -> Self {
        let Report { format, created, updated, deleted, unchanged, accounts, remarks } = report;
        let accounts = accounts.into_iter().map(UploadedAccount::from).collect();
        Self { format, accounts, created, updated, deleted, unchanged, faults: remarks }
    }
}

impl From<AccountReport> for UploadedAccount {
    fn from(AccountReport { id, body, items, days }: AccountReport) -> Self {
        let body: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        let number = body.get("number").and_then(serde_json::Value::as_str).map(str::to_owned);
        Self { id, number, movements: items, period: days }
    }
}

/// What an upload reads.
pub(crate) fn wanted() -> Vec<Wanted> {
    ["ACCOUNTS", "TRANSACTIONS"].map(Wanted::all_of).into()
}

impl Engine {
    /// Whether a statement file can be read into a link; the error that an upload would end with if
    /// not.
    pub async fn check_upload(&self, caller: &Caller, link: LinkId) -> Result<(), Error> {
        check_usable(&self.fed_by_files(caller, link).await?)
    }

    /// Reads a statement file into a link; `file` is its bytes in base64.
    pub async fn upload_statement(
        &self,
        caller: &Caller,
        link: LinkId,
        file: SecretString,
    ) -> Result<Uploaded, Error> {
        let link = self.fed_by_files(caller, link).await?;
        check_usable(&link)?;
        let brought = Brought { token: Some(file), secrets: None };
        let watch = self.open_for_caller(caller, &link, Purpose::Upload, brought).await?;
        Ok(self.answer_of(watch).await?.report.into())
    }

    /// Which column of a link's tables of movements says what, as a JSON object.
    pub async fn statement_mapping(&self, caller: &Caller, link: LinkId) -> Result<String, Error> {
        let link = self.fed_by_files(caller, link).await?;
        let mapping = self.store().read().await?.statement_mapping(link.id).await?;
        mapping.ok_or(Error::NoSuch("mapping"))
    }

    /// Keeps it for the uploads to come. Answers it as it is kept.
    pub async fn set_statement_mapping(
        &self,
        caller: &Caller,
        link: LinkId,
        mapping: &str,
    ) -> Result<String, Error> {
        let link = self.fed_by_files(caller, link).await?;
        let mapping = check_mapping(mapping).map_err(|problem| {
            Error::Fields(vec![FieldProblem { code: "invalid", message: problem, field: None }])
        })?;
        let mut tx = self.store().write().await?;
        let link = tx.link_for_update(link.tenant, link.id).await?.ok_or(Error::NoSuch("link"))?;
        tx.put_statement_mapping(link.id, &mapping, self.env().now()).await?;
        self.note(&mut tx, &link, "statement_mapping_set", serde_json::json!({})).await?;
        tx.commit().await?;
        Ok(mapping)
    }

    /// Forgets it.
    pub async fn delete_statement_mapping(
        &self,
        caller: &Caller,
        link: LinkId,
    ) -> Result<(), Error> {
        let link = self.fed_by_files(caller, link).await?;
        let mut tx = self.store().write().await?;
        if !tx.delete_statement_mapping(link.id).await? {
            return Err(Error::NoSuch("mapping"));
        }
        Ok(tx.commit().await?)
    }

    /// A link whose data come from files.
    async fn fed_by_files(&self, caller: &Caller, link: LinkId) -> Result<Link, Error> {
        let link = self.link(caller.tenant, link).await?;
        if self.takes_statement_files(&link.institution) {
            return Ok(link);
        }
        let message = "The institution of this link takes no statement files.".into();
        Err(Error::Fields(vec![FieldProblem {
            code: "unsupported_operation",
            message,
            field: None,
        }]))
    }

    /// Further keys of every fetch of a link.
    pub(crate) async fn fetch_options(
        &self,
        link: &Link,
    ) -> Result<BTreeMap<String, String>, Error> {
        if !self.takes_statement_files(&link.institution) {
            return Ok(BTreeMap::new());
        }
        let mapping = self.store().read().await?.statement_mapping(link.id).await?;
        Ok(mapping.into_iter().map(|mapping| (MAPPING.to_owned(), mapping)).collect())
    }
}
