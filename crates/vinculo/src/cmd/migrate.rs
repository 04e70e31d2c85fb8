//! `vinculo migrate`: the database at this program's version.

use crate::{installation::Which, out::Out};
use anyhow::Result;

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    which: Which,
}

pub(crate) async fn run(flags: &Flags) -> Result<()> {
    let store = flags.which.find()?.open().await?;
    let taken = store.migrate().await?;
    for step in &taken {
        Out::line(format_args!("took {step}"))?;
    }
    let version = store.version().await?;
    store.close().await;
    Out::line(format_args!("the database is at version {}", version.found))?;
    Ok(())
}
