//! `vinculo connector new`: a connector to begin with. It has a demo bank inside, so that it works
//! and passes `vinculo connector test` before a line is written.

use crate::{WrongUse, out::Out};
use anyhow::{Context as _, Result};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// In which language
    #[arg(long)]
    language: Language,
    /// The connector's id, for ever: small letters, digits and _
    name: String,
    /// Where its folder is made [default: the name, here]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Language {
    Python,
    Typescript,
}

macro_rules! files {
    ($from:literal, $to:literal: $($name:literal)*) => {
        &[$(($name, $to, include_str!(concat!("../../../../../sdk/", $from, "/", $name)))),*]
    };
}

/// What goes into a skeleton: name, folder inside it, text.
type Embedded = &'static [(&'static str, &'static str, &'static str)];

const PYTHON: &[Embedded] = &[
    files!("templates/python", "": "connector.json" "conformance.json" "main.py" "demo_bank.py" "README.md"),
    files!("python/src/vinculo_connector", "vendor/vinculo_connector/":
        "__init__.py" "browser.py" "connector.py" "errors.py" "manifest.py" "protocol.py" "py.typed"
        "secret.py" "session.py" "web.py" "wire.py"),
];
const TYPESCRIPT: &[Embedded] = &[
    files!("templates/typescript", "": "connector.json" "conformance.json" "package.json" "tsconfig.json" "README.md"),
    files!("templates/typescript/src", "src/": "main.ts" "demo-bank.ts"),
    files!("typescript", "vendor/connector/": "package.json" "tsconfig.json"),
    files!("typescript/src", "vendor/connector/src/":
        "browser.ts" "connector.ts" "errors.ts" "index.ts" "manifest.ts" "protocol.ts" "secret.ts"
        "session.ts" "web.ts" "wire.ts"),
];

pub(crate) fn run(flags: &Flags) -> Result<()> {
    let Flags { language, name, folder } = flags;
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !(2..=40).contains(&name.len())
        || !name.chars().all(letters)
        || !name.starts_with(|c: char| c.is_ascii_lowercase())
    {
        let rule = "a connector's id has 2 to 40 small letters, digits and _, a letter first";
        return Err(WrongUse(rule.into()).into());
    }
    let folder = folder.clone().unwrap_or_else(|| name.into());
    if fs::read_dir(&folder).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(WrongUse(format!("{} is not empty", folder.display())).into());
    }
    let sets = match language {
        Language::Python => PYTHON,
        Language::Typescript => TYPESCRIPT,
    };
    // Its institution needs a number that no other has; an author will choose another.
    let number = 100_000 + name.bytes().fold(0_u32, |n, byte| (n * 31 + u32::from(byte)) % 900_000);
    for (file, place, text) in sets.iter().copied().flatten() {
        let text = text.replace("demo_connector", name).replace("100000", &number.to_string());
        write(&folder.join(place).join(file), &text)?;
    }
    let shown = folder.display();
    Out::line(format_args!("{shown} is a connector to a demo bank that is inside it. Next:\n"))?;
    if *language == Language::Typescript {
        Out::line(format_args!("  (cd {shown} && npm install && npm run build)"))?;
    }
    Out::line(format_args!("  vinculo connector test {shown}"))?;
    Ok(())
}

/// Never over what is there.
fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let written = fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("{} cannot be written", path.display()))
}
