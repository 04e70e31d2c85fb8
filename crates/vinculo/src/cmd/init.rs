//! `vinculo init`: a commented configuration and a key ring.

use crate::{
    WrongUse,
    config::{FILE, commented},
    out::tell,
};
use anyhow::{Context as _, Result};
use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};
use vault::{KeyRing, keyring};

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// Where to write vinculo.toml and vinculo.keys
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,
}

pub(crate) fn run(flags: &Flags) -> Result<()> {
    let config = flags.folder.join(FILE);
    let keys = flags.folder.join("vinculo.keys");
    for path in [&config, &keys] {
        if path.exists() {
            let mistake = format!("{} exists already; nothing was written", path.display());
            return Err(WrongUse(mistake).into());
        }
    }
    fs::create_dir_all(&flags.folder)
        .with_context(|| format!("cannot make {}", flags.folder.display()))?;
    let absolute = fs::canonicalize(&flags.folder)?.join("vinculo.keys");
    KeyRing::generate()?.write_new(&keys).map_err(|error| match error {
        keyring::Error::Exists(_) => anyhow::Error::new(WrongUse(error.to_string())),
        error => error.into(),
    })?;
    write_new(&config, &commented(&absolute))
        .with_context(|| format!("cannot write {}", config.display()))?;
    tell(format_args!(
        "Wrote {config} and {keys} (for your eyes only; keep a copy apart from the database's backups).\n\
         Next:\n  \
         1. set database.url in {config}, or VINCULO_DATABASE__URL\n  \
         2. vinculo migrate --config {config}\n  \
         3. vinculo keys create --new-tenant NAME --config {config}\n  \
         4. vinculo serve --config {config}\n\
         “vinculo doctor --config {config}” says what is still missing.",
        config = config.display(),
        keys = keys.display(),
    ));
    Ok(())
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
