//! `vinculo connector list`: the connectors of the configured directory, and what is wrong with them.

use crate::{WrongUse, connectors::Line, installation::Which, out::Out};
use anyhow::Result;
use connect::manifest::Manifest;

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    which: Which,
}

pub(crate) async fn run(flags: &Flags) -> Result<()> {
    let installation = flags.which.find()?;
    let Some(mut directory) = installation.directory_at_rest()? else {
        let missing = "no directory is configured: directory under [connectors] in vinculo.toml";
        return Err(WrongUse(missing.into()).into());
    };
    if let Ok(store) = installation.open().await {
        // Without a database only the ids that are taken for ever are not known.
        drop(directory.learn(&store).await);
        store.close().await;
    }
    directory.look();
    let lines = directory.lines();
    let rows: Vec<_> = lines.iter().map(row).collect();
    Out::table(&["FOLDER", "CONNECTOR", "VERSION", "INSTITUTIONS", "OFFERED"], &rows)?;
    for Line { folder, complaint, .. } in &lines {
        if let Some(complaint) = complaint {
            Out::line(format_args!("\n{folder}: {complaint}"))?;
        }
    }
    Ok(())
}

fn row(line: &Line) -> Vec<String> {
    let manifest = line.offered.as_deref();
    let shown = |of: fn(&Manifest) -> String| manifest.map_or_else(|| "-".into(), of);
    let offered = match (manifest, &line.complaint) {
        (Some(_), None) => "yes",
        (Some(_), Some(_)) => "an older version",
        (None, _) => "no",
    };
    vec![
        line.folder.clone(),
        shown(|manifest| manifest.id.clone()),
        shown(|manifest| manifest.version.clone()),
        shown(|manifest| manifest.institutions.len().to_string()),
        offered.into(),
    ]
}
