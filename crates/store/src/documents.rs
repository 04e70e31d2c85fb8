//! Documents of records: sealed bytes under the key of the record that shows them. They are written,
//! read and forgotten with their record, and never with its body.

use crate::{
    Error, Tx,
    conditions::Sql,
    value::{Row, hex, values},
};
use domain::ids::{LinkId, RecordId};
use std::{collections::BTreeMap, fmt};

/// A document as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Whose it is.
    pub record: RecordId,
    /// The record's key that shows it: `pdf`.
    pub name: String,
    /// Bytes before sealing.
    pub size: u64,
    /// The document, sealed.
    pub sealed: Vec<u8>,
}
impl fmt::Debug for StoredDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredDocument({} of {}, {} bytes)", self.name, self.record, self.size)
    }
}

/// Records in one statement.
const BATCH: usize = 200;

fn stored(row: &Row) -> Result<StoredDocument, Error> {
    Ok(StoredDocument {
        record: row.at(0)?,
        name: row.at(1)?,
        size: row.at(2)?,
        sealed: row.at(3)?,
    })
}

/// The rows of [`WANTED`].
fn wanted(tx: &Tx, records: &[(LinkId, RecordId)], then: &'static str) -> Sql {
    const WANTED: &str = "with wanted (bucket, link, record) as (values ";
    let rows = records.iter().map(|(link, record)| values![link.bucket(), *link, *record]);
    let mut sql = Sql::new(WANTED, Vec::with_capacity(records.len() * 3));
    sql.rows(tx, None, rows).push(then);
    sql
}

impl Tx {
    /// Keeps a link's documents, each in the place of the one before; of two for one place the later.
    pub async fn put_documents(
        &mut self,
        link: LinkId,
        documents: &[StoredDocument],
    ) -> Result<(), Error> {
        const INSERT: &str =
            "insert into documents (bucket, link, record, name, size, sealed) values ";
        const UPDATE: &str = " on conflict (bucket, link, record, name)
            do update set size = excluded.size, sealed = excluded.sealed";
        // A statement cannot touch a row twice.
        let places = documents.iter().map(|one| ((one.record, one.name.as_str()), one));
        let last: BTreeMap<_, _> = places.collect();
        let last: Vec<&StoredDocument> = last.into_values().collect();
        for some in last.chunks(BATCH) {
            let rows = some.iter().map(|one| {
                let StoredDocument { record, name, size, sealed } = one;
                values![link.bucket(), link, *record, name, *size, sealed]
            });
            let mut sql = Sql::new(INSERT, Vec::with_capacity(some.len() * 6));
            sql.rows(self, None, rows).push(UPDATE);
            let (sql, values) = sql.finish();
            self.run(sql, values).await?;
        }
        Ok(())
    }

    /// How many bytes the documents of these records have together.
    pub async fn size_of_documents(
        &mut self,
        records: &[(LinkId, RecordId)],
    ) -> Result<u64, Error> {
        const SIZE: &str = ") select cast(coalesce(sum(documents.size), 0) as bigint) from wanted
            join documents on documents.bucket = wanted.bucket and documents.link = wanted.link
                and documents.record = wanted.record";
        let mut size = 0;
        for some in records.chunks(BATCH) {
            let (sql, values) = wanted(self, some, SIZE).finish();
            size += self.number(sql, values).await?;
        }
        Ok(size)
    }

    /// The documents of these records, whose links the caller has made sure of.
    pub async fn documents(
        &mut self,
        records: &[(LinkId, RecordId)],
    ) -> Result<Vec<StoredDocument>, Error> {
        const ALL: &str = ") select documents.record, documents.name, documents.size,
                documents.sealed from wanted
            join documents on documents.bucket = wanted.bucket and documents.link = wanted.link
                and documents.record = wanted.record";
        let mut all = Vec::new();
        for some in records.chunks(BATCH) {
            let (sql, values) = wanted(self, some, ALL).finish();
            for row in self.rows(sql, values).await? {
                all.push(stored(&row)?);
            }
        }
        Ok(all)
    }

    /// Removes the documents of some of a link's records.
    pub(crate) async fn delete_documents(
        &mut self,
        link: LinkId,
        records: &[RecordId],
    ) -> Result<(), Error> {
        const SQL: &str = "delete from documents where bucket = $1 and link = $2
            and record in (select unhex(value ->> 'id') from json_each($3))";
        self.run(SQL, values![link.bucket(), link, hex(records)]).await.map(drop)
    }
}
