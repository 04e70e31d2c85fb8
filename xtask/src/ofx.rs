//! OFX Direct Connect through the whole product, against a bank that is built from `ofxtools`; and
//! our reader of statements beside those of others.

use crate::{
    machine::{cargo, need, output, run, target, tied},
    sdk::once,
    served::{KEYS, Served, empty_folder},
};
use anyhow::{Context, Result, anyhow};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const TESTS: &str = "tests/ofx";

/// The Python that has `ofxtools` and `ofxparse`, installed at pinned versions under `target/ofx`.
pub(crate) fn python() -> Result<PathBuf> {
    need("Python with venv", &["python3", "python3-venv"], || {
        output(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
    })?;
    let home = target().join("ofx");
    fs::create_dir_all(&home)?;
    let venv = home.join("venv");
    once(&home.join("python.lock"), &Path::new(TESTS).join("requirements.txt"), |lock| {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
        run(Command::new(venv.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", "--no-deps"])
            .arg("--requirement")
            .arg(lock))
    })?;
    Ok(venv.join("bin/python"))
}

/// A bank; it closes when this is dropped.
struct Bank {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Bank {
    /// Opens one, which writes the list of itself to `institutions`.
    fn open(python: &Path, institutions: &Path, log: PathBuf) -> Result<Self> {
        let mut command = tied(python);
        let mut child = command
            .arg(Path::new(TESTS).join("bank.py"))
            .arg(institutions)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log)?)
            .spawn()
            .context("cannot start the bank")?;
        let mut line = String::new();
        // Whether it listens or dies, one line or none ends this.
        BufReader::new(child.stdout.take().context("no standard output")?).read_line(&mut line)?;
        let mut bank = Self { child, url: String::new(), log };
        let url = line.trim().strip_prefix("listening on ").map(str::to_owned);
        bank.url = url.ok_or_else(|| anyhow!("the bank does not open:\n{}", bank.said()))?;
        Ok(bank)
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        if self.child.kill().and_then(|()| self.child.wait()).is_err() {
            println!("   could not close the bank");
        }
    }
}

/// Runs the tests of OFX Direct Connect.
pub(crate) fn tests(program: &Path) -> Result<()> {
    let python = python()?;
    let folder = empty_folder("ofx")?;
    let institutions = folder.join("institutions.toml");
    let bank = Bank::open(&python, &institutions, folder.join("bank.log"))?;
    let list = institutions.to_string_lossy().into_owned();
    let served = Served::start_with(program, &folder.join("data"), None, &["--ofx", &list])?;
    run(Command::new(&python)
        .args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider", TESTS])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("BANK_URL", &bank.url)
        .env("VINCULO_URL", &served.url)
        .envs(KEYS))
    .with_context(|| format!("the bank said:\n{}\nvinculo said:\n{}", bank.said(), served.said()))
}

/// Measures our reader of OFX beside `ofxtools` and `ofxparse`, in the same run.
pub(crate) fn bench() -> Result<()> {
    let python = python()?;
    run(&mut cargo(&[
        "build",
        "--release",
        "--locked",
        "--package",
        "statements",
        "--example",
        "read",
    ]))?;
    let reader = target().join("release").join("examples").join("read");
    run(Command::new(python)
        .arg(Path::new(TESTS).join("bench.py"))
        .arg(reader)
        .arg(empty_folder("ofx_bench")?)
        .env("PYTHONDONTWRITEBYTECODE", "1"))
}
