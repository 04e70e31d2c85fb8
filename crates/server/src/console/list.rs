//! A list: a page of what the engine lists, as rows, and where it goes on.

use crate::{problem::Problem, query::Query};
use domain::filter::{Condition, Field, Page, parse};
use engine::{Error, Listed};

/// Rows on a page.
pub(super) const PAGE_SIZE: u32 = 50;

/// A page of a list.
pub(super) struct List<R> {
    pub(super) rows: Vec<R>,
    pub(super) pager: Pager,
}

impl<R> List<R> {
    /// The page that `query` asks for: what the engine has `read` of the list, each of it as a row.
    pub(super) async fn read<T, F>(
        query: &Query,
        read: impl FnOnce(Page) -> F,
        row: impl FnMut(T) -> R,
    ) -> Result<Self, Problem>
    where
        F: Future<Output = Result<Listed<T>, Error>>,
    {
        let page = page_of(query)?;
        Ok(Self::of(query, page, read(page).await?, row))
    }
    /// What the engine lists of `page`, for which `query` asked, each of it as a row.
    pub(super) fn of<T>(
        query: &Query,
        page: Page,
        listed: Listed<T>,
        row: impl FnMut(T) -> R,
    ) -> Self {
        let pager = Pager::new(query, page, listed.count, listed.items.len());
        Self { pager, rows: listed.items.into_iter().map(row).collect() }
    }
    /// The same list, whose other pages are at `path`: a form was sent elsewhere.
    pub(super) fn at(self, path: &str) -> Self {
        let there = |address: String| {
            let query = address.split_once('?').map_or("", |(_, query)| query);
            format!("{path}?{query}")
        };
        let Pager { previous, next, .. } = self.pager;
        let pager = Pager { previous: previous.map(there), next: next.map(there), ..self.pager };
        Self { pager, ..self }
    }
}

/// The conditions that a search form asks for; what was left empty asks for nothing.
pub(super) fn conditions(
    query: &Query,
    fields: &'static [Field],
) -> Result<Vec<Condition>, Problem> {
    Ok(parse(fields, query.pairs().filter(|(_, value)| !value.trim().is_empty()))?)
}

/// Where a list goes on.
pub(super) struct Pager {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) count: u64,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

impl Pager {
    pub(super) fn new(query: &Query, page: Page, count: u64, shown: usize) -> Self {
        let to = |number: u32| query.with("page", &number.to_string());
        Self {
            first: if shown == 0 { 0 } else { page.offset() + 1 },
            last: page.offset() + shown as u64,
            count,
            previous: (page.number > 1).then(|| to(page.number - 1)),
            next: page.has_next(count).then(|| to(page.number + 1)),
        }
    }
    pub(super) const fn is_one(&self) -> bool {
        self.previous.is_none() && self.next.is_none()
    }
}

/// Which page of a list is asked for.
pub(super) fn page_of(query: &Query) -> Result<Page, Problem> {
    Ok(Page::parse(query.pairs(), PAGE_SIZE)?)
}
