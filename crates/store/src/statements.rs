//! What links remember of how their statement files are to be read.

use crate::{Error, Tx, value::values};
use domain::ids::LinkId;
use jiff::Timestamp;

impl Tx {
    /// Which column of a link's tables of movements says what, as JSON.
    pub async fn statement_mapping(&mut self, link: LinkId) -> Result<Option<String>, Error> {
        const SQL: &str = "select cast(mapping as text) as mapping from statement_mappings
            where bucket = $1 and link = $2";
        let row = self.row(SQL, values![link.bucket(), link]).await?;
        row.map(|row| row.get("mapping")).transpose()
    }

    /// Keeps it, in the place of any before. The caller has made sure whose link it is.
    pub async fn put_statement_mapping(
        &mut self,
        link: LinkId,
        mapping: &str,
        at: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "insert into statement_mappings (bucket, link, mapping, updated_at)
            values ($1, $2, json($3), $4)
            on conflict (bucket, link) do update set mapping = excluded.mapping,
                updated_at = excluded.updated_at";
        self.run(SQL, values![link.bucket(), link, mapping, at]).await.map(drop)
    }

    /// Forgets it; false if there was none.
    pub async fn delete_statement_mapping(&mut self, link: LinkId) -> Result<bool, Error> {
        const SQL: &str = "delete from statement_mappings where bucket = $1 and link = $2";
        self.hit(SQL, values![link.bucket(), link]).await
    }
}
