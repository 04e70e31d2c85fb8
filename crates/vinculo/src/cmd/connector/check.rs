//! `vinculo connector check`: whether a manifest is good. Runs nothing.

use crate::out::Out;
use anyhow::Result;
use connect::manifest::Manifest;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// The connector's folder
    folder: PathBuf,
}

pub(crate) fn run(flags: &Flags) -> Result<()> {
    let manifest = Manifest::load(&flags.folder)?;
    let Manifest { id, version, institutions, egress, needs, limits, .. } = &manifest;
    Out::line(format_args!("{id} {version}: the manifest is good"))?;
    for institution in institutions {
        let resources = institution.resources.join(" ");
        Out::line(format_args!("  {} ({}): {resources}", institution.name, institution.id))?;
    }
    let reach = if egress.is_empty() { "nothing".into() } else { egress.join(" ") };
    Out::line(format_args!("  reaches {reach}"))?;
    for need in needs {
        Out::line(format_args!("  reads {}", need.display()))?;
    }
    Out::line(format_args!(
        "  takes at most {} MiB, {} processes, {} open files, {} s",
        limits.memory_mib, limits.processes, limits.open_files, limits.seconds
    ))?;
    Ok(())
}
