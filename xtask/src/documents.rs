//! What the documents show is run, so that it stays true.
//!
//! A fenced block of README.md or docs/ says after its language what is done with it: `ci`, it is
//! run to its end; `server`, its last command stays, and the blocks after it talk to that. Blocks of
//! one document share a folder. `typed=a,b` are lines that somebody would type. No block of shell
//! may go without a mark.

use crate::{
    machine::{find, tied},
    pg::Cluster,
    sdk::Tools,
    served::{KEYS, Served, empty_folder, walk},
};
use anyhow::{Context, Result, bail, ensure};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Where the documents say that Vinculo listens.
const WRITTEN: &str = "http://127.0.0.1:8080";

/// Runs all that the documents show.
pub(crate) fn run(program: &Path, tools: &Tools, cluster: &Cluster) -> Result<()> {
    let mut shown = 0;
    for file in documents()? {
        let text = fs::read_to_string(&file)?;
        let blocks = blocks(&text).with_context(|| file.display().to_string())?;
        if blocks.is_empty() {
            continue;
        }
        println!("   {}", file.display());
        let mut reader = Reader::new(program, tools, cluster, shown)?;
        for block in blocks {
            reader.follow(&block).with_context(|| {
                format!("in {}, this block fails:\n{}", file.display(), block.text)
            })?;
        }
        shown += 1;
    }
    ensure!(shown > 0, "no document shows anything");
    Ok(())
}

/// README.md, and every document that is about using Vinculo rather than about its making.
fn documents() -> Result<Vec<PathBuf>> {
    let mut found = vec![PathBuf::from("README.md")];
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() && !path.ends_with("adr") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Somebody who does what one document shows, in an empty folder.
struct Reader<'a> {
    program: &'a Path,
    tools: &'a Tools,
    cluster: &'a Cluster,
    folder: PathBuf,
    database: String,
    /// What is in the environment, and would be in that of a second terminal.
    environment: BTreeMap<String, String>,
    served: Option<Served>,
}

impl<'a> Reader<'a> {
    fn new(
        program: &'a Path,
        tools: &'a Tools,
        cluster: &'a Cluster,
        number: usize,
    ) -> Result<Self> {
        let folder = empty_folder(&format!("documents/{number}"))?;
        fs::create_dir(folder.join("bin"))?;
        symlink(program, folder.join("bin").join("vinculo"))?;
        let path = std::env::var("PATH").context("no search path")?;
        let mut environment: BTreeMap<_, _> =
            KEYS.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        environment.insert("PATH".into(), format!("{}:{path}", folder.join("bin").display()));
        environment.insert("NODE_PATH".into(), tools.modules().display().to_string());
        let database = format!("documents_{number}");
        Ok(Self { program, tools, cluster, folder, database, environment, served: None })
    }

    fn follow(&mut self, block: &Block<'_>) -> Result<()> {
        match block.mark {
            Mark::Ci => self.run(block),
            Mark::Server => self.serve(block),
        }
    }

    fn run(&mut self, block: &Block<'_>) -> Result<()> {
        let mut text = block.text.to_owned();
        if text.contains(WRITTEN) {
            let served = match self.served.take() {
                Some(served) => served,
                None => Served::start(self.program, &self.folder.join("data"), None)?,
            };
            text = text.replace(WRITTEN, &served.url);
            self.served = Some(served);
        }
        let file = self.folder.join(format!("block.{}", block.language));
        fs::write(&file, text)?;
        let mut command = match block.language {
            "sh" => Command::new("bash"),
            "python" => Command::new(self.tools.interpreter()),
            "js" => Command::new("node"),
            language => bail!("nothing runs a block of {language}"),
        };
        if block.language == "sh" {
            command.args(["-eu", "-o", "pipefail"]);
        }
        command.arg(&file).current_dir(&self.folder).envs(&self.environment);
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let mut input = child.stdin.take().context("no standard input")?;
        for line in &block.typed {
            writeln!(input, "{line}")?;
        }
        drop(input);
        let status = child.wait()?;
        println!();
        let said = || self.served.as_ref().map(Served::said).unwrap_or_default();
        ensure!(status.success(), "it ended with {status}; vinculo said:\n{}", said());
        Ok(())
    }

    /// Starts what stays, and walks a link through it with the keys that it was given or made.
    fn serve(&mut self, block: &Block<'_>) -> Result<()> {
        // One at a time: the next may want the folder of the one before.
        self.served = None;
        let mut script = vec!["set -eu".to_owned()];
        for line in block.text.lines() {
            let mut line =
                line.replace("/etc/vinculo", &self.folder.join("etc").display().to_string());
            if line.contains("postgres://…") {
                line = line.replace("postgres://…", &self.cluster.database(&self.database)?);
            }
            if let Some((name, value)) =
                line.strip_prefix("export ").and_then(|set| set.split_once('='))
            {
                self.environment.insert(name.to_owned(), value.to_owned());
            }
            let words: Vec<_> = line.split_whitespace().collect();
            match words[..] {
                // The one that is given is used.
                ["cargo", "build", ..] => {}
                // In the place of the shell, so that it ends with it.
                ["cargo", "run", "--release", "--", command, ref flags @ ..]
                | ["vinculo", command @ ("dev" | "serve"), ref flags @ ..] => {
                    let flags = flags.join(" ");
                    script.push(format!("exec vinculo {command} --listen 127.0.0.1:0 {flags}"));
                }
                _ => script.push(line),
            }
        }
        let file = self.folder.join("server.sh");
        fs::write(&file, script.join("\n"))?;
        let mut command = tied(&find("bash").context("bash is missing")?);
        command
            .arg(&file)
            .current_dir(&self.folder)
            .envs(&self.environment)
            .env("VINCULO_SANDBOX__ENABLED", "true");
        let served = Served::by(command, self.folder.join("log"))?;
        let log = fs::read_to_string(served.log())?;
        let key = |name: &str| {
            let printed = log.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            printed.or_else(|| self.environment.get(name).map(String::as_str)).unwrap_or_default()
        };
        let [(id, _), (password, _)] = KEYS;
        walk(&served, (key(id), key(password)))?;
        println!("   a link was registered and read");
        self.served = Some(served);
        Ok(())
    }
}

#[derive(Debug, PartialEq)]
enum Mark {
    Ci,
    Server,
}

/// A block that is run.
#[derive(Debug, PartialEq)]
struct Block<'a> {
    language: &'a str,
    mark: Mark,
    typed: Vec<&'a str>,
    text: &'a str,
}

/// The blocks of a document that are run, in their order.
fn blocks(markdown: &str) -> Result<Vec<Block<'_>>> {
    let mut found = Vec::new();
    for block in markdown.split("```").skip(1).step_by(2) {
        let Some((head, text)) = block.split_once('\n') else { continue };
        let mut words = head.split_whitespace();
        let language = words.next().unwrap_or_default();
        let mark = match words.next() {
            Some("ci") => Mark::Ci,
            Some("server") => Mark::Server,
            Some(mark) => bail!("what is a block marked {mark}?"),
            None if language == "sh" => bail!("nothing runs this block:\n{text}"),
            None => continue,
        };
        let typed = words.next().and_then(|word| word.strip_prefix("typed="));
        let typed = typed.map_or_else(Vec::new, |lines| lines.split(',').collect());
        found.push(Block { language, mark, typed, text });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_blocks_are_run_with_what_is_typed() {
        let markdown =
            "a\n```json\nno\n```\nb\n```sh ci typed=x,y\nyes\n```\n```sh server\nstay\n```\n";
        let block = |mark, typed, text| Block { language: "sh", mark, typed, text };
        assert_eq!(
            blocks(markdown).expect("all are marked"),
            [block(Mark::Ci, vec!["x", "y"], "yes\n"), block(Mark::Server, vec![], "stay\n")]
        );
    }

    #[test]
    fn a_block_of_shell_that_nothing_runs_is_an_error() {
        blocks("```sh\nrm -r /\n```\n").expect_err("no mark");
        blocks("```sh perhaps\nls\n```\n").expect_err("an unknown mark");
    }
}
