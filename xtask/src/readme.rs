//! What the README shows is run, so that it stays true.

use crate::{
    machine::{find, run, tied},
    pg::Cluster,
    sdk::Tools,
    served::{KEYS, Served, empty_folder, walk},
};
use anyhow::{Context, Result, ensure};
use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

/// Where the README says that `vinculo dev` listens.
const WRITTEN: &str = "http://127.0.0.1:8080";

/// Runs every fenced block of README.md whose language is followed by `ci`, in order, against a
/// fresh `vinculo dev`.
pub(crate) fn run_blocks(program: &Path, tools: &Tools) -> Result<()> {
    let readme = fs::read_to_string("README.md")?;
    let blocks: Vec<_> = blocks(&readme, "ci").collect();
    ensure!(!blocks.is_empty(), "README.md has no block to run");
    let folder = empty_folder("readme")?;
    let served = Served::start(program, &folder.join("data"), None)?;
    for (number, (language, text)) in blocks.into_iter().enumerate() {
        let file = folder.join(format!("{number}.{language}"));
        fs::write(&file, text.replace(WRITTEN, &served.url))?;
        let mut command = match language {
            "sh" => Command::new("bash"),
            "python" => Command::new(tools.interpreter()),
            "js" => Command::new("node"),
            _ => anyhow::bail!("README.md: nothing runs a block of {language}"),
        };
        if language == "sh" {
            command.args(["-eu", "-o", "pipefail"]);
        }
        command.arg(&file).envs(KEYS).env("NODE_PATH", tools.modules());
        run(&mut command)
            .with_context(|| format!("vinculo said:\n{}", served.said()))
            .with_context(|| format!("this block of README.md fails:\n{text}"))?;
        println!();
    }
    Ok(())
}

/// Runs the block that is marked `production`, as an operator would with the sandbox enabled, in an
/// empty folder and on an empty database of `cluster`; then walks a link through what it started,
/// with the key that it made.
pub(crate) fn run_production(program: &Path, cluster: &Cluster) -> Result<()> {
    let readme = fs::read_to_string("README.md")?;
    let (_, text) = blocks(&readme, "production").next().context("README.md has no such block")?;
    let folder = empty_folder("production")?;
    fs::create_dir(folder.join("bin"))?;
    symlink(program, folder.join("bin").join("vinculo"))?;
    let database = cluster.database("production")?;
    let script = text.lines().map(|line| {
        let line = line.replace("postgres://…", &database);
        match line.split_whitespace().take(2).collect::<Vec<_>>()[..] {
            // The one that is given is used.
            ["cargo", "build"] => String::new(),
            // In the place of the shell, so that it ends with it.
            ["vinculo", "serve"] => format!("exec {line}"),
            _ => line,
        }
    });
    let script: Vec<_> = ["set -eu".to_owned()].into_iter().chain(script).collect();
    let file = folder.join("block.sh");
    fs::write(&file, script.join("\n"))?;
    let path = std::env::var("PATH").context("no search path")?;
    let mut command = tied(&find("bash").context("bash is missing")?);
    command
        .arg(&file)
        .current_dir(&folder)
        .env("PATH", format!("{}:{path}", folder.join("bin").display()))
        .env("VINCULO_SANDBOX__ENABLED", "true")
        .env("VINCULO_SERVER__LISTEN", "127.0.0.1:0");
    let served = Served::by(command, folder.join("log"))
        .context("the block of README.md for production fails")?;
    let log = fs::read_to_string(served.log())?;
    let printed = |name: &str| {
        let value = log.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.with_context(|| format!("no {name} was printed:\n{}", served.said()))
    };
    walk(&served, (printed("VINCULO_SECRET_ID")?, printed("VINCULO_SECRET_PASSWORD")?))?;
    println!("   a link was registered and read");
    Ok(())
}

/// The language and text of each block with this mark.
fn blocks<'a>(markdown: &'a str, wanted: &'static str) -> impl Iterator<Item = (&'a str, &'a str)> {
    markdown.split("```").skip(1).step_by(2).filter_map(move |block| {
        let (head, text) = block.split_once('\n')?;
        let (language, mark) = head.trim().split_once(' ')?;
        (mark == wanted).then_some((language, text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marked_blocks_are_run() {
        let markdown = "a\n```sh\nno\n```\nb\n```sh ci\nyes\n```\n```python ci\nyes too\n```\n\
            ```sh production\nno\n```\n";
        let found: Vec<_> = blocks(markdown, "ci").collect();
        assert_eq!(found, [("sh", "yes\n"), ("python", "yes too\n")]);
    }
}
