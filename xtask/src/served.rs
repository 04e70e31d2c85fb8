//! A process of Vinculo under test.

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

/// A running `vinculo dev` or `vinculo serve`; it ends when this is dropped.
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
        let mut command = tied(program);
        command.args(["dev", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(flags).envs(KEYS);
        if let Some(url) = url {
            command.args(["--database", url]);
        }
        Self::by(command, data.with_extension("log"))
    }

    /// Starts what `command` comes to; all it prints goes to `log`.
    pub(crate) fn by(mut command: Command, log: PathBuf) -> Result<Self> {
        let errors = fs::File::options().create(true).append(true).open(&log)?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let (ready, listening) = mpsc::channel();
        let lines = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let mut transcript = fs::File::options().create(true).append(true).open(&log)?;
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                drop(std::io::Write::write_all(&mut transcript, format!("{line}\n").as_bytes()));
                if let Some(url) = line.trim().strip_prefix("listening on ") {
                    // The receiver is gone only when the chore has given up waiting.
                    drop(ready.send(url.to_owned()));
                }
            }
        });
        let url = listening.recv_timeout(Duration::from_secs(30));
        let mut served = Self { child, url: String::new(), log };
        served.url = url.map_err(|_| {
            anyhow!("vinculo never said where it listens; it said:\n{}", served.said())
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

    /// The end of everything it has printed, long enough that it holds what a suite of tests made it say.
    pub(crate) fn said(&self) -> String {
        let all = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = all.lines().collect();
        lines[lines.len().saturating_sub(2_000)..].join("\n")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if self.child.kill().and_then(|()| self.child.wait()).is_err() {
            println!("   could not end vinculo");
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

/// What `served` answers to `curl`, by an id and a password.
fn curl(
    served: &Served,
    (id, password): (&str, &str),
    args: &[&str],
    path: &str,
) -> Result<String> {
    output(
        Command::new("curl")
            .args(["--silent", "--show-error", "--fail-with-body", "--max-time", "60"])
            .args(["--user", &format!("{id}:{password}")])
            .args(args)
            .arg(format!("{}{path}", served.url)),
    )
    .with_context(|| format!("vinculo said:\n{}", served.said()))
}

/// One link from registration to stored transactions, with nothing but `curl`; its id.
pub(crate) fn walk(served: &Served, keys: (&str, &str)) -> Result<String> {
    let body = r#"{"institution":"gringotts_br_retail","username":"bnk100","password":"full"}"#;
    let json = ["--header", "Content-Type: application/json", "--data"];
    let link = curl(served, keys, &[&json[..], &[body]].concat(), "/api/links/")?;
    let link: serde_json::Value = serde_json::from_str(&link)?;
    let link = link["id"].as_str().context("the link has no id")?;
    let wanted = format!(r#"{{"link":"{link}","date_from":"2000-01-01","date_to":"2000-02-01"}}"#);
    curl(served, keys, &[&json[..], &[&wanted]].concat(), "/api/transactions/")?;
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json"] {
        curl(served, keys, &[], path)?;
    }
    Ok(link.to_owned())
}

/// Walks one link through `vinculo dev`, and finds it again after a second start on the same data.
pub(crate) fn smoke(program: &Path) -> Result<()> {
    let data = empty_folder("smoke")?.join("data");
    run(Command::new(program).arg("--version"))?;
    let [(_, id), (_, password)] = KEYS;
    let served = Served::start(program, &data, None)?;
    let link = walk(&served, (id, password))?;
    drop(served);
    let served = Served::start(program, &data, None)?;
    let stored = curl(&served, (id, password), &[], &format!("/api/links/{link}/"))?;
    ensure!(stored.contains(r#""status":"valid""#), "after a restart the link is {stored}");
    println!("   a link was registered, read, and found again after a restart");
    Ok(())
}

/// How often each start is measured.
const STARTS: usize = 11;

/// How long `vinculo dev` takes from its start until it says that it listens, beside the same program
/// when it only says its version.
pub(crate) fn bench(program: &Path) -> Result<()> {
    let folder = empty_folder("start")?;
    let [(_, id), (_, password)] = KEYS;
    let start = |data: &str| Served::start(program, &folder.join(data), None);
    measured("vinculo --version", |_| output(Command::new(program).arg("--version")))?;
    measured("vinculo dev, a new data directory", |number| start(&number.to_string()))?;
    walk(&start("0")?, (id, password))?;
    measured("vinculo dev, one with a link", |_| start("0"))
}

/// Measures and tells how long `start` takes; ending what it started is not part of it.
#[expect(clippy::disallowed_types, reason = "it measures real time")]
fn measured<T>(what: &str, start: impl Fn(usize) -> Result<T>) -> Result<()> {
    let mut times = Vec::new();
    for number in 0..STARTS {
        let began = std::time::Instant::now();
        let started = start(number)?;
        times.push(began.elapsed());
        drop(started);
    }
    times.sort();
    let (median, longest) = (times[STARTS / 2], times[STARTS - 1]);
    println!("   {what}: median {median:.1?}, at most {longest:.1?}");
    Ok(())
}
