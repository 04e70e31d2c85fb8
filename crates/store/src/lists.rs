//! Lists, a page at a time.

use crate::{Error, Tx, conditions::Sql, value::Row};
use domain::filter::Page;

/// A page of a list, and how long the whole list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// How many there are on all pages.
    pub count: u64,
    /// Those on this page.
    pub items: Vec<T>,
}

impl Tx {
    /// How many rows a list has, and those of one page.
    pub(crate) async fn page_of_list(
        &mut self,
        count: &'static str,
        select: &'static str,
        list: &Sql,
        order: &'static str,
        page: Page,
    ) -> Result<(u64, Vec<Row>), Error> {
        let (sql, values) = list.fork().before(count).finish();
        let count = self.number(sql, values).await?;
        if page.offset() >= count {
            return Ok((count, Vec::new()));
        }
        let mut list = list.fork().before(select);
        list.push(format_args!(" order by {order} limit ")).bind(page.size);
        list.push(" offset ").bind(page.offset());
        let (sql, values) = list.finish();
        Ok((count, self.rows(sql, values).await?))
    }
}
