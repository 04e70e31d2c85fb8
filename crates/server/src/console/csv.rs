//! Lists as CSV: page by page as they are read, so that no list is in memory, with an end.

use crate::problem::Problem;
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::filter::Page;
use engine::{Error, Listed};
use futures::stream;
use std::{fmt::Write as _, io};

/// Lines that are read at once.
const AT_ONCE: u32 = 1000;
/// The most pages of a list that are given out: a hundred thousand lines.
const MOST: u32 = 100;

/// The lines of a list as a file. `page_of` reads one page of it.
pub(super) async fn export<F, R>(name: &str, head: &[&str], page_of: F) -> Result<Response, Problem>
where
    F: Fn(Page) -> R + Send + 'static,
    R: Future<Output = Result<Listed<Vec<String>>, Error>> + Send + 'static,
{
    let read = move |number| page_of(Page { number, size: AT_ONCE });
    // Whatever is wrong with the question is said as a page.
    let first = read(1).await?;
    let mut text = line(head);
    text.push_str(&lines(&first.items));
    let goes_on = |number: u32, count: u64| {
        let page = Page { number, size: AT_ONCE };
        (page.has_next(count) && number < MOST).then_some(number + 1)
    };
    let rest =
        stream::try_unfold((read, goes_on(1, first.count)), move |(read, next)| async move {
            let Some(number) = next else { return Ok(None) };
            let listed = match read(number).await {
                Ok(listed) => listed,
                // The list has become shorter meanwhile.
                Err(Error::NoSuch(_)) => return Ok(None),
                // The file breaks off, which the client notices.
                Err(error) => return Err(io::Error::other(error)),
            };
            let next = goes_on(number, listed.count);
            Ok(Some((Bytes::from(lines(&listed.items)), (read, next))))
        });
    let first = stream::once(async move { Ok(Bytes::from(text)) });
    let body = Body::from_stream(stream::StreamExt::chain(first, rest));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}.csv\""));
    headers.insert(header::CONTENT_DISPOSITION, disposition.map_err(|_| Problem::unexpected())?);
    Ok(response)
}

fn lines(rows: &[Vec<String>]) -> String {
    rows.iter().map(|row| line(row)).collect()
}

/// One line. Every cell stands between quotes, and none is taken for a formula.
fn line(cells: &[impl AsRef<str>]) -> String {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        let cell = cell.as_ref();
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        let (comma, guard) = (if at > 0 { "," } else { "" }, if formula { "'" } else { "" });
        // Writing into a string cannot fail.
        write!(line, "{comma}\"{guard}{}\"", cell.replace('"', "\"\"")).ok();
    }
    line + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_ends_early() {
        assert_eq!(line(&["a", "b,c", "d\"e"]), "\"a\",\"b,c\",\"d\"\"e\"\r\n");
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(line(&[cell]), format!("\"'{cell}\"\r\n"));
        }
    }
}
