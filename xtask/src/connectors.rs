//! The SDKs for authors of connectors, and connectors made with them, in their cages.

use crate::{
    machine::{find, need, output, run, target, tied},
    sdk::once,
    served::empty_folder,
};
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    io::{BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const PYTHON: &str = "sdk/python";
const TYPESCRIPT: &str = "sdk/typescript";
const EXAMPLES: &str = "examples/connectors";
/// Debian's own: connectors see no other, and neither may what is tested.
const INTERPRETER: &str = "/usr/bin/python3";
const CHROMIUM: &str = "/usr/lib/chromium/chromium";

/// What the machine must have.
pub(crate) fn ready() -> Result<Tools> {
    need("Debian's Python with venv", &["python3", "python3-venv"], || {
        output(Command::new(INTERPRETER).args(["-c", "import ensurepip, venv"])).is_ok()
    })?;
    need("Node.js with npm", &["nodejs", "npm"], || {
        find("node").is_some() && find("npm").is_some()
    })?;
    need("Bubblewrap", &["bubblewrap"], || find("bwrap").is_some())?;
    need("Chromium", &["chromium"], || Path::new(CHROMIUM).exists())?;
    need("openssl", &["openssl"], || find("openssl").is_some())?;
    let home = target().join("connectors");
    fs::create_dir_all(&home)?;
    let venv = home.join("venv");
    once(&home.join("python.lock"), &Path::new(PYTHON).join("requirements.txt"), |lock| {
        run(Command::new(INTERPRETER).args(["-m", "venv", "--clear"]).arg(&venv))?;
        run(Command::new(venv.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", "--no-deps"])
            .arg("--requirement")
            .arg(lock))
    })?;
    let typescript = home.join("typescript");
    once(&home.join("typescript.lock"), &Path::new(TYPESCRIPT).join("package-lock.json"), |_| {
        fs::create_dir_all(&typescript)?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(Path::new(TYPESCRIPT).join(file), typescript.join(file))?;
        }
        run(npm(&typescript).args(["ci", "--ignore-scripts"]))
    })?;
    Ok(Tools { home, venv, typescript })
}

/// The SDKs' tools, installed at pinned versions under `target/connectors`.
pub(crate) struct Tools {
    home: PathBuf,
    venv: PathBuf,
    /// A copy of the TypeScript SDK that has its modules.
    typescript: PathBuf,
}

impl Tools {
    /// The types are fresh; both SDKs are typed and keep the protocol.
    pub(crate) fn sdks(&self) -> Result<()> {
        run(Command::new(INTERPRETER).args(["sdk/generate.py", "--check"]))?;
        let python = self.venv.join("bin/python");
        run(Command::new(&python).current_dir(PYTHON).args(["-m", "mypy", "src", "tests"]))?;
        run(&mut self.pytest(Path::new(PYTHON), "tests"))?;
        for part in ["src", "test"] {
            let there = self.typescript.join(part);
            if there.exists() {
                fs::remove_dir_all(&there)?;
            }
            copy(&Path::new(TYPESCRIPT).join(part), &there)?;
        }
        for file in ["tsconfig.json", "tsconfig.test.json"] {
            fs::copy(Path::new(TYPESCRIPT).join(file), self.typescript.join(file))?;
        }
        for built in ["dist", "dist-test"] {
            if self.typescript.join(built).exists() {
                fs::remove_dir_all(self.typescript.join(built))?;
            }
        }
        run(npm(&self.typescript).args(["run", "build"]))?;
        run(npm(&self.typescript).arg("test"))
    }

    /// The examples and both skeletons pass the suite, and the examples work through the product.
    pub(crate) fn run(&self, program: &Path) -> Result<()> {
        let offered = self.examples()?;
        let folder = empty_folder("toybank")?;
        let bank = Bank::start(&folder)?;
        let host = format!("toybank.example:443=127.0.0.1:{}", bank.tls_port);
        for example in ["toybank-python", "toybank-playwright"] {
            let place = offered.join(example);
            fs::copy(folder.join("toybank.pem"), place.join("toybank.pem"))?;
            run(Command::new(program).args(["connector", "test", "--host", &host]).arg(&place))?;
        }
        let recording = record(program, &offered.join("toybank-python"), &folder, &host)?;
        drop(bank);
        replay(program, &offered.join("toybank-python"), &recording)?;
        for language in ["python", "typescript"] {
            let place = empty_folder("skeletons")?.join(language);
            run(Command::new(program)
                .args(["connector", "new", "--language", language, "my_bank", "--folder"])
                .arg(&place))?;
            if language == "typescript" {
                run(npm(&place).args(["install", "--ignore-scripts"]))?;
                run(npm(&place).args(["run", "build"]))?;
            }
            run(Command::new(program).args(["connector", "test"]).arg(&place))?;
        }
        run(self
            .pytest(Path::new("."), "tests/toybank")
            .env("VINCULO_PROGRAM", program)
            .env("VINCULO_CONNECTORS", offered))
    }

    /// The examples with their SDKs inside them, as the cage needs it.
    fn examples(&self) -> Result<PathBuf> {
        let offered = self.home.join("offered");
        if offered.exists() {
            fs::remove_dir_all(&offered)?;
        }
        let python = offered.join("toybank-python");
        copy(&Path::new(EXAMPLES).join("toybank-python"), &python)?;
        let sdk = Path::new(PYTHON).join("src/vinculo_connector");
        copy(&sdk, &python.join("vendor/vinculo_connector"))?;
        let playwright = offered.join("toybank-playwright");
        copy(&Path::new(EXAMPLES).join("toybank-playwright"), &playwright)?;
        let modules = playwright.join("node_modules");
        copy(&self.typescript.join("node_modules"), &modules)?;
        let own = modules.join("@vinculo/connector");
        copy(&self.typescript.join("dist"), &own.join("dist"))?;
        fs::copy(Path::new(TYPESCRIPT).join("package.json"), own.join("package.json"))?;
        run(npm(&playwright).args(["run", "build"]))?;
        Ok(offered)
    }

    fn pytest(&self, folder: &Path, tests: &str) -> Command {
        let mut command = Command::new(self.venv.join("bin/python"));
        command.current_dir(folder).env("PYTHONDONTWRITEBYTECODE", "1");
        command.args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider", tests]);
        command
    }
}

/// A session with the bank is recorded, and what the bank knows of its client is not in the file.
fn record(program: &Path, connector: &Path, folder: &Path, host: &str) -> Result<PathBuf> {
    let path = folder.join("olivia.jsonl");
    let mut child = tied(program)
        .args(["connector", "run", "--username", "olivia", "--days", "60", "--host", host])
        .arg("--trust")
        .arg(folder.join("toybank.pem"))
        .arg("--record")
        .arg(&path)
        .arg(connector)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let mut typed = child.stdin.take().context("no standard input")?;
    typed.write_all(b"correct-horse-42\n111111\n")?;
    drop(typed);
    ensure!(child.wait()?.success(), "the session was not recorded");
    let kept = fs::read_to_string(&path)?;
    // Her password, her code, her name, her address, her numbers (whole: days look alike in part).
    for own in [
        "correct-horse",
        "111111",
        "olivia",
        "Olivia",
        "Pérez",
        "PEXX800101",
        ">1014<",
        "1014-01",
        "1014-02",
    ] {
        ensure!(!kept.contains(own), "{own} is in the recording {}", path.display());
    }
    Ok(path)
}

/// The recording replays without the bank, and what it does not have is missed.
fn replay(program: &Path, connector: &Path, recording: &Path) -> Result<()> {
    let replayed = |recording: &Path| {
        let mut command = Command::new(program);
        command.args(["connector", "run"]).arg(connector).arg("--replay").arg(recording);
        command.stdin(Stdio::null()).output()
    };
    let good = replayed(recording)?;
    ensure!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    let records = String::from_utf8(good.stdout)?;
    ensure!(records.lines().count() > 50, "the replay shows too few records: {records}");
    let kept = fs::read_to_string(recording)?;
    let poorer = recording.with_extension("poorer");
    let without: Vec<_> = kept.lines().filter(|line| !line.contains("/profile")).collect();
    fs::write(&poorer, without.join("\n"))?;
    ensure!(replayed(&poorer)?.status.code() == Some(1), "a page that is missing is not missed");
    let changed = recording.with_extension("changed");
    fs::write(&changed, kept.replace("Salary ACME", "Salary EMCA"))?;
    ensure!(replayed(&changed)?.status.code() == Some(1), "other words are not seen");
    Ok(())
}

/// `npm` in a folder, speaking of mistakes alone.
fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder);
    command.args(["--no-audit", "--no-fund", "--loglevel=error"]);
    command
}

/// Copies a folder with all that is in it; links stay what they are.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, there)?;
        } else if kind.is_dir() {
            copy(&entry.path(), &there)?;
        } else {
            fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}

/// A running toy bank; it ends when this is dropped.
struct Bank {
    child: Child,
    tls_port: u64,
}

impl Bank {
    fn start(folder: &Path) -> Result<Self> {
        let mut child = tied(Path::new(INTERPRETER))
            .arg("tests/toybank/toybank.py")
            .arg("--folder")
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let said = child.stdout.take().context("no standard output")?;
        BufReader::new(said).read_line(&mut line)?;
        let ready: serde_json::Value =
            serde_json::from_str(&line).context("the toy bank did not start")?;
        let tls_port = ready["tls_port"].as_u64().context("the toy bank has no port")?;
        Ok(Self { child, tls_port })
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        if self.child.kill().and_then(|()| self.child.wait()).is_err() {
            println!("   could not end the toy bank");
        }
    }
}
