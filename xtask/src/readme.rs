//! What the README shows is run, so that it stays true.

use crate::{
    machine::run,
    sdk::Tools,
    served::{KEYS, Served, empty_folder},
};
use anyhow::{Context, Result, ensure};
use std::{fs, path::Path, process::Command};

/// Where the README says that `vinculo dev` listens.
const WRITTEN: &str = "http://127.0.0.1:8080";

/// Runs every fenced block of README.md whose language is followed by `ci`, in order, against a
/// fresh `vinculo dev`.
pub(crate) fn run_blocks(program: &Path, tools: &Tools) -> Result<()> {
    let readme = fs::read_to_string("README.md")?;
    let blocks: Vec<_> = blocks(&readme).collect();
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

/// The language and text of each block that is to be run.
fn blocks(markdown: &str) -> impl Iterator<Item = (&str, &str)> {
    markdown.split("```").skip(1).step_by(2).filter_map(|block| {
        let (head, text) = block.split_once('\n')?;
        let (language, mark) = head.trim().split_once(' ')?;
        (mark == "ci").then_some((language, text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marked_blocks_are_run() {
        let markdown = "a\n```sh\nno\n```\nb\n```sh ci\nyes\n```\n```python ci\nyes too\n```\n";
        let found: Vec<_> = blocks(markdown).collect();
        assert_eq!(found, [("sh", "yes\n"), ("python", "yes too\n")]);
    }
}
