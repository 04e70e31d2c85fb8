//! `vinculo openapi`: the document, computed from the resources.

use crate::out::Out;
use anyhow::Result;

pub(crate) fn run() -> Result<()> {
    Out::line(server::openapi().trim_end())?;
    Ok(())
}
