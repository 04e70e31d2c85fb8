//! The official SDKs, unmodified, against a running Vinculo.

use crate::{
    machine::{find, need, output, run, target},
    pg::Cluster,
    served::{KEYS, Served, empty_folder},
};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const PYTHON: &str = "tests/sdk/python";
const JAVASCRIPT: &str = "tests/sdk/js";

/// The SDKs and test runners, installed at pinned versions under `target/sdk`.
pub(crate) struct Tools {
    venv: PathBuf,
    modules: PathBuf,
}

impl Tools {
    /// Installs what is missing or out of date.
    pub(crate) fn ready() -> Result<Self> {
        need("Python with venv", &["python3", "python3-venv"], || {
            output(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
        })?;
        need("Node.js with npm", &["nodejs", "npm"], || {
            find("node").is_some() && find("npm").is_some()
        })?;
        let home = target().join("sdk");
        let venv = home.join("venv");
        once(&home.join("python.lock"), &Path::new(PYTHON).join("requirements.txt"), |lock| {
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
            run(Command::new(venv.join("bin/pip"))
                .args(["install", "--quiet", "--disable-pip-version-check", "--no-deps"])
                .arg("--requirement")
                .arg(lock))
        })?;
        let js = home.join("js");
        once(&home.join("js.lock"), &Path::new(JAVASCRIPT).join("package-lock.json"), |_| {
            fs::create_dir_all(&js)?;
            for file in ["package.json", "package-lock.json"] {
                fs::copy(Path::new(JAVASCRIPT).join(file), js.join(file))?;
            }
            run(Command::new("npm").current_dir(&js).args([
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ]))
        })?;
        Ok(Self { venv, modules: js.join("node_modules") })
    }

    /// Runs both SDKs' tests on SQLite, or in a new database of `cluster`.
    pub(crate) fn run(&self, program: &Path, cluster: Option<&Cluster>) -> Result<()> {
        let name = if cluster.is_some() { "sdk_postgres" } else { "sdk_sqlite" };
        let folder = empty_folder(name)?;
        for (suite, language) in [("python", self.python()), ("js", self.javascript()?)] {
            let mut language = language;
            let database = cluster.map(|c| c.database(&format!("{name}_{suite}"))).transpose()?;
            let served = Served::start(program, &folder.join(suite), database.as_deref())?;
            run(language.env("VINCULO_URL", &served.url).envs(KEYS))
                .with_context(|| format!("vinculo said:\n{}", served.said()))?;
        }
        Ok(())
    }

    /// The generator of hostile requests.
    pub(crate) fn schemathesis(&self) -> PathBuf {
        self.venv.join("bin/schemathesis")
    }

    /// The Python that has the SDK.
    pub(crate) fn interpreter(&self) -> PathBuf {
        self.venv.join("bin/python")
    }

    /// Where `require` finds the JavaScript SDK.
    pub(crate) fn modules(&self) -> &Path {
        &self.modules
    }

    fn python(&self) -> Command {
        let mut command = Command::new(self.interpreter());
        command.args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider", PYTHON]);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    fn javascript(&self) -> Result<Command> {
        let mut tests: Vec<_> = fs::read_dir(JAVASCRIPT)?
            .filter_map(|file| Some(file.ok()?.path()))
            .filter(|file| file.to_string_lossy().ends_with(".test.js"))
            .collect();
        tests.sort();
        let mut command = Command::new("node");
        command.arg("--test").args(tests).env("NODE_PATH", &self.modules);
        // One of its applications has its server in the other language.
        command.env("VINCULO_PYTHON", self.interpreter());
        Ok(command)
    }
}

/// Does `install` unless it was done with the same `lock` before.
pub(crate) fn once(
    stamp: &Path,
    lock: &Path,
    install: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    let wanted = fs::read(lock).with_context(|| format!("cannot read {}", lock.display()))?;
    if fs::read(stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install(lock)?;
    fs::write(stamp, wanted)?;
    Ok(())
}
