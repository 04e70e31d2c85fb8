//! The SDKs for authors of connectors, and connectors made with them, in their cages.

use crate::{
    machine::{find, need, output, run, shown, target, tied},
    sdk::once,
    served::empty_folder,
};
use anyhow::{Context, Result, anyhow, ensure};
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
        at_once(&[&|| self.python(), &|| self.typescript()])
    }

    fn python(&self) -> Result<String> {
        let mut mypy = Command::new(self.venv.join("bin/python"));
        let typed = said(mypy.current_dir(PYTHON).args(["-m", "mypy", "src", "tests"]))?;
        Ok(typed + &said(&mut self.pytest(Path::new(PYTHON), "tests"))?)
    }

    fn typescript(&self) -> Result<String> {
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
        let built = said(npm(&self.typescript).args(["run", "build"]))?;
        Ok(built + &said(npm(&self.typescript).arg("test"))?)
    }

    /// The examples and both skeletons pass the suite, and the examples work through the product.
    pub(crate) fn run(&self, program: &Path) -> Result<()> {
        let offered = self.examples()?;
        let folder = empty_folder("toybank")?;
        let bank = Bank::start(&folder)?;
        let host = format!("toybank.example:443=127.0.0.1:{}", bank.tls_port);
        let examples = ["toybank-python", "toybank-playwright"].map(|name| offered.join(name));
        for example in &examples {
            fs::copy(folder.join("toybank.pem"), example.join("toybank.pem"))?;
        }
        let skeletons = empty_folder("skeletons")?;
        // Each mostly waits, for a browser, a deadline, a registry: so all at once.
        let suite = |place: &Path, host: Option<&str>| {
            let mut suite = Command::new(program);
            suite.args(["connector", "test"]);
            suite.args(host.iter().flat_map(|host| ["--host", host])).arg(place);
            said(&mut suite)
        };
        let [python, playwright] = &examples;
        at_once(&[
            &|| suite(python, Some(&host)),
            &|| suite(playwright, Some(&host)),
            &|| recorded(program, python, &folder, &host),
            &|| recorded(program, playwright, &folder, &host),
            &|| suite(&skeleton(program, &skeletons, "python")?, None),
            &|| suite(&skeleton(program, &skeletons, "typescript")?, None),
        ])?;
        drop(bank);
        at_once(&[
            &|| replayed(program, python, &folder),
            &|| replayed(program, playwright, &folder),
            &|| {
                said(
                    self.pytest(Path::new("."), "tests/toybank")
                        .env("VINCULO_PROGRAM", program)
                        .env("VINCULO_CONNECTORS", &offered),
                )
            },
        ])
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

/// One of several pieces of work; what it says.
type Work<'a> = &'a (dyn Fn() -> Result<String> + Sync);

/// Does several things at the same time, and shows what each says when it is done. The first that
/// fails is the error, once all have ended.
fn at_once(all: &[Work<'_>]) -> Result<()> {
    std::thread::scope(|scope| {
        let working: Vec<_> = all.iter().map(|work| scope.spawn(work)).collect();
        let mut ended = Ok(());
        for one in working {
            match one.join().map_err(|_| anyhow!("it panicked")).flatten() {
                Ok(said) => print!("{said}"),
                Err(error) => ended = ended.and(Err(error)),
            }
        }
        ended
    })
}

/// Runs a command to its end; what it says, which is the error if it fails.
fn said(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    let command = shown(command);
    ensure!(output.status.success(), "{command} ended with {}\n{said}{errors}", output.status);
    Ok(format!("   $ {command}\n{said}"))
}

/// A new connector, built.
fn skeleton(program: &Path, folder: &Path, language: &str) -> Result<PathBuf> {
    let place = folder.join(language);
    said(
        Command::new(program)
            .args(["connector", "new", "--language", language, "my_bank", "--folder"])
            .arg(&place),
    )?;
    if language == "typescript" {
        said(npm(&place).args(["install", "--ignore-scripts"]))?;
        said(npm(&place).args(["run", "build"]))?;
    }
    Ok(place)
}

/// Where the recording of a connector's session is.
fn recording(connector: &Path, folder: &Path) -> PathBuf {
    folder.join(connector.file_name().unwrap_or_default()).with_extension("jsonl")
}

/// What the bank knows of Olivia: her password, her code, her name, her addresses, her numbers (whole:
/// days look alike in part). `Ciudad` and the telephone are shown to browsers alone.
const OWN: [&str; 12] = [
    "correct-horse",
    "111111",
    "olivia",
    "Olivia",
    "Pérez",
    "P%C3%A9rez",
    "PEXX800101",
    ">1014<",
    "1014-01",
    "1014-02",
    "55 1234 1014",
    "Ciudad",
];

/// A session with the bank is recorded, and what the bank knows of its client is not in the file.
fn recorded(program: &Path, connector: &Path, folder: &Path, host: &str) -> Result<String> {
    let path = recording(connector, folder);
    let mut child = tied(program)
        .args(["connector", "run", "--username", "olivia", "--days", "60", "--host", host])
        .arg("--trust")
        .arg(folder.join("toybank.pem"))
        .arg("--record")
        .arg(&path)
        .arg(connector)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut typed = child.stdin.take().context("no standard input")?;
    typed.write_all(b"correct-horse-42\n111111\n")?;
    drop(typed);
    let ended = child.wait_with_output()?;
    let errors = String::from_utf8_lossy(&ended.stderr);
    ensure!(ended.status.success(), "the session was not recorded: {errors}");
    let kept = fs::read_to_string(&path)?;
    for own in OWN {
        ensure!(!kept.contains(own), "{own} is in the recording {}", path.display());
    }
    Ok(String::new())
}

/// The recording replays without the bank, and what it does not have is missed.
fn replayed(program: &Path, connector: &Path, folder: &Path) -> Result<String> {
    let path = recording(connector, folder);
    let replay = |recording: &Path| {
        let mut command = Command::new(program);
        command.args(["connector", "run"]).arg(connector).arg("--replay").arg(recording);
        command.stdin(Stdio::null()).output()
    };
    let good = replay(&path)?;
    ensure!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    let records = String::from_utf8(good.stdout)?;
    ensure!(records.lines().count() > 50, "the replay shows too few records: {records}");
    let kept = fs::read_to_string(&path)?;
    let poorer = path.with_extension("poorer");
    let without: Vec<_> = kept.lines().filter(|line| !line.contains("/profile\"")).collect();
    fs::write(&poorer, without.join("\n"))?;
    ensure!(replay(&poorer)?.status.code() == Some(1), "a page that is missing is not missed");
    let changed = path.with_extension("changed");
    fs::write(&changed, kept.replace("Salary ACME", "Salary EMCA"))?;
    ensure!(replay(&changed)?.status.code() == Some(1), "other words are not seen");
    Ok(String::new())
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
