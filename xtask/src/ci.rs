//! All of CI, in order of cheapness.

use crate::{
    connectors, documents, kill,
    machine::{self, RELEASE, cargo, find, need, output, release, tied},
    ofx,
    pg::{self, Cluster},
    progress::Progress,
    sdk::Tools,
    served, tidy,
};
use anyhow::{Result, ensure};
use std::{fs, path::Path, process::Command};

const OPENAPI: &str = "openapi/vinculo.json";

/// `cargo xtask ci`.
pub(crate) fn run() -> Result<()> {
    let mut ci = Progress::new();
    ci.step("what the machine lacks", complete)?;
    ci.step("format", || exec(&["fmt", "--all", "--check"]))?;
    ci.step("tidy", || tidy::run(&crate::chores()))?;
    ci.step("clippy", || {
        exec(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
    })?;
    ci.step("documentation", || {
        let mut doc = lean(&["doc", "--workspace", "--no-deps", "--locked"]);
        machine::run(doc.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    ci.step("dependencies", deny)?;
    let cluster = ci.step("a throw-away PostgreSQL", Cluster::start)?;
    // Of what the tests leave it: their own build waits for its longest crate, as does this one.
    let mut building = tied(Path::new("nice"));
    building.arg(cargo(&[]).get_program()).args(RELEASE);
    let building = ci.beside("release build", &mut building)?;
    ci.step("tests on SQLite and PostgreSQL", || {
        let nextest = find("cargo-nextest").is_some();
        let runner: &[&str] =
            if nextest { &["nextest", "run", "--profile", "ci"] } else { &["test"] };
        let mut tests = lean(runner);
        tests.args(["--workspace", "--locked"]).env("VINCULO_TEST_POSTGRES", cluster.url());
        machine::run(&mut tests)
    })?;
    // As the tests have built it: a release build of its own would take longer than the cases.
    ci.step("the ledger on generated histories", || {
        exec(&["build", "--workspace", "--locked", "--example", "ledger"])?;
        let mut ledger = Command::new("target/debug/examples/ledger");
        machine::run(ledger.args(["--cases", "2000", "--seed", "1"]))
    })?;
    ci.join(building)?;
    let program = release();
    ci.step("the OpenAPI document is fresh", || openapi(&program, true))?;
    ci.step("smoke run", || served::smoke(&program))?;
    let tools = ci.step("Python and JavaScript", Tools::ready)?;
    let mut hostile = tied(&std::env::current_exe()?);
    let hostile =
        ci.beside("a hostile client", hostile.arg("hostile").arg("--program").arg(&program))?;
    ci.step("what the documents show", || documents::run(&program, &tools, &cluster))?;
    ci.step("SDKs on SQLite", || tools.run(&program, None))?;
    ci.step("SDKs on PostgreSQL", || tools.run(&program, Some(&cluster)))?;
    ci.step("OFX Direct Connect", || ofx::tests(&program))?;
    let kit = ci.step("tools of connectors", connectors::ready)?;
    ci.step("SDKs for connectors", || kit.sdks())?;
    ci.step("connectors in their cages", || kit.run(&program))?;
    ci.step("kill -9 on SQLite", || kill::run(&program, None, 10, 1))?;
    ci.step("kill -9 on PostgreSQL", || kill::run(&program, Some(&cluster), 10, 1))?;
    ci.join(hostile)?;
    ci.summary();
    Ok(())
}

/// Everything that a later step would miss, so that it is known in the first minute.
fn complete() -> Result<()> {
    need("curl", &["curl"], || find("curl").is_some())?;
    // What caged connectors are held by, and the language of those that try to break out: the
    // system's own, since a cage shows no other.
    need("Bubblewrap", &["bubblewrap"], || find("bwrap").is_some())?;
    let python = Path::new("/usr/bin/python3");
    need("Debian's Python", &["python3"], || python.exists())?;
    let inside = |program: &str| Path::new("/usr/bin").join(program).exists();
    need("Debian's Node", &["nodejs"], || inside("node"))?;
    need("Debian's Chromium", &["chromium"], || inside("chromium"))?;
    need("Chromium's driver", &["chromium-driver"], || inside("chromedriver"))?;
    pg::installed()?;
    ofx::python()?;
    Tools::ready()?;
    connectors::ready().map(|_| ())
}

/// Writes the OpenAPI document that `program` computes, or checks that it is the one in the tree.
pub(crate) fn openapi(program: &Path, check: bool) -> Result<()> {
    let computed = output(Command::new(program).arg("openapi"))?;
    if check {
        let checked_in = fs::read_to_string(OPENAPI).unwrap_or_default();
        ensure!(checked_in == computed, "{OPENAPI} is stale: run `cargo xtask openapi`");
    } else {
        fs::create_dir_all("openapi")?;
        fs::write(OPENAPI, computed)?;
    }
    Ok(())
}

/// Writes the page of resources. That it is what a sandbox answers is a test of the server's.
pub(crate) fn reference() -> Result<()> {
    let mut test = cargo(&["test", "--quiet", "--locked", "--package", "server", "--test", "it"]);
    machine::run(test.args(["--", "reference"]).env("VINCULO_WRITES_REFERENCE", "1"))
}

/// The tests of the server's that look at every page: of the widget, the consent portal, the console
/// and the documents.
const LOOKED_AT: [&str; 4] = [
    "widget::every_step_can_be_read_by_everybody",
    "portal::every_step_of_the_portal_can_be_read_by_everybody",
    "console::seen::every_page_can_be_read_by_everybody",
    "docs::the_documentation_can_be_read_on_a_phone_and_by_everybody",
];

/// Keeps what tests of the server's look at, in the light, in the dark and on a small phone; widget and
/// portal in every language.
pub(crate) fn screenshots() -> Result<()> {
    let folder = machine::target().join("screenshots");
    let mut test = cargo(&["test", "--quiet", "--locked", "--package", "server", "--test", "it"]);
    test.args(["--", "--exact"]).args(LOOKED_AT).env("VINCULO_SCREENSHOTS", &folder);
    machine::run(&mut test)?;
    println!("   the pictures are in {}", folder.display());
    Ok(())
}

/// Writes the schemas that connectors are built on. That they are what the code reads is a test of
/// `connect`'s.
pub(crate) fn schemas() -> Result<()> {
    let mut test = cargo(&["test", "--quiet", "--locked", "--package", "connect", "--test", "it"]);
    machine::run(test.args(["--", "schemas"]).env("VINCULO_WRITES_SCHEMAS", "1"))
}

/// Runs the simulation of the ledger: `cases` histories, starting from `seed`, or of them only the `hard` ones.
pub(crate) fn sim(cases: u64, seed: u64, hard: bool) -> Result<()> {
    let mut simulation = cargo(&["run", "--release", "--locked", "--package", "sim"]);
    simulation.args(["--example", "ledger", "--", "--cases", &cases.to_string()]);
    let hard = u8::from(hard).to_string();
    machine::run(simulation.args(["--seed", &seed.to_string(), "--hard", &hard]))
}

/// `cargo deny`, as much of it as this machine can run.
fn deny() -> Result<()> {
    if find("cargo-deny").is_none() {
        println!("   cargo-deny is not installed (cargo install --locked cargo-deny):");
        println!("   licences, sources and bans were checked by tidy; advisories were NOT checked");
        return Ok(());
    }
    if output(&mut cargo(&["deny", "fetch"])).is_err() {
        println!("   the advisory data cannot be fetched: advisories were NOT checked");
        return exec(&["deny", "check", "bans", "licenses", "sources"]);
    }
    exec(&["deny", "check"])
}

fn exec(args: &[&str]) -> Result<()> {
    machine::run(&mut lean(args))
}

/// Cargo without what only a debugger reads of a build that is used once. (Panics say their lines all
/// the same.)
fn lean(args: &[&str]) -> Command {
    let mut command = cargo(args);
    command.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_TEST_DEBUG", "0");
    command
}
