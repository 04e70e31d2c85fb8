//! A `vinculo dev` process under test.

use crate::machine::{output, run, target, tied};
use anyhow::{Context, Result, anyhow, ensure};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// The keys that every chore gives to the `vinculo dev` it starts.
pub(crate) const KEYS: [(&str, &str); 2] = [
    ("VINCULO_SECRET_ID", "0b8f2c64-51d7-4c3e-9a60-7c1d2e3f4a5b"),
    ("VINCULO_SECRET_PASSWORD", "a-Secret#Of:The@Chores_and_nobody-else"),
];

/// A running `vinculo dev`; it ends when this is dropped.
pub(crate) struct Served {
    child: Child,
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    log: PathBuf,
}

impl Served {
    /// Starts `program` on the data directory `data`, and on the database at `url` if given.
    pub(crate) fn start(program: &Path, data: &Path, url: Option<&str>) -> Result<Self> {
        Self::start_with(program, data, url, &[])
    }

    /// As [`Self::start`], with further flags.
    pub(crate) fn start_with(
        program: &Path,
        data: &Path,
        url: Option<&str>,
        flags: &[&str],
    ) -> Result<Self> {
        fs::create_dir_all(data)?;
        let log = data.with_extension("log");
        let errors = fs::File::options().create(true).append(true).open(&log)?;
        let mut command = tied(program);
        command.args(["dev", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(flags).envs(KEYS);
        if let Some(url) = url {
            command.args(["--database", url]);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let (ready, listening) = mpsc::channel();
        let lines = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let mut transcript = fs::File::options().create(true).append(true).open(&log)?;
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(url) = line.trim().strip_prefix("listening on ") {
                    // The receiver is gone only when the chore has given up waiting.
                    drop(ready.send(url.to_owned()));
                }
                drop(std::io::Write::write_all(&mut transcript, format!("{line}\n").as_bytes()));
            }
        });
        let url = listening.recv_timeout(Duration::from_secs(30));
        let mut served = Self { child, url: String::new(), log };
        served.url = url.map_err(|_| {
            anyhow!("vinculo dev never said where it listens; it said:\n{}", served.said())
        })?;
        Ok(served)
    }

    /// Ends it as a power cut would, at once.
    pub(crate) fn kill(&self) {
        // Through the system, because other threads still look at this one's URL.
        drop(output(Command::new("kill").arg("-KILL").arg(self.child.id().to_string())));
    }

    /// Where everything it prints is kept.
    pub(crate) fn log(&self) -> String {
        self.log.display().to_string()
    }

    /// The end of everything it has printed.
    pub(crate) fn said(&self) -> String {
        let all = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = all.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if self.child.kill().and_then(|()| self.child.wait()).is_err() {
            println!("   could not end vinculo dev");
        }
    }
}

/// An empty folder of this name under `target/`.
pub(crate) fn empty_folder(name: &str) -> Result<PathBuf> {
    let folder = target().join("chores").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// One link from registration to a listed transaction, with nothing but `curl`; then a second start
/// on the same data.
pub(crate) fn smoke(program: &Path) -> Result<()> {
    let folder = empty_folder("smoke")?;
    let data = folder.join("data");
    run(Command::new(program).arg("--version"))?;
    let [(_, id), (_, password)] = KEYS;
    let curl = |served: &Served, args: &[&str], path: &str| {
        output(
            Command::new("curl")
                .args(["--silent", "--show-error", "--fail-with-body", "--max-time", "60"])
                .args(["--user", &format!("{id}:{password}")])
                .args(args)
                .arg(format!("{}{path}", served.url)),
        )
        .with_context(|| format!("vinculo said:\n{}", served.said()))
    };
    let served = Served::start(program, &data, None)?;
    let body = r#"{"institution":"erebor_mx_retail","username":"bnk100","password":"full"}"#;
    let json = ["--header", "Content-Type: application/json", "--data"];
    let link: serde_json::Value =
        serde_json::from_str(&curl(&served, &[&json[..], &[body]].concat(), "/api/links/")?)?;
    let link = link["id"].as_str().context("the link has no id")?;
    let wanted = format!(r#"{{"link":"{link}","date_from":"2000-01-01","date_to":"2000-02-01"}}"#);
    curl(&served, &[&json[..], &[&wanted]].concat(), "/api/transactions/")?;
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json"] {
        curl(&served, &[], path)?;
    }
    drop(served);
    let served = Served::start(program, &data, None)?;
    let stored = curl(&served, &[], &format!("/api/links/{link}/"))?;
    ensure!(stored.contains(r#""status":"valid""#), "after a restart the link is {stored}");
    println!("   a link was registered, read, and found again after a restart");
    Ok(())
}
