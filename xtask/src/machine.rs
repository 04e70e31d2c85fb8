//! What the machine must have: found, installed where we may, or named.

use anyhow::{Context, Result, bail, ensure};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
};

/// Runs `command` to its end, showing what it prints; it reads nothing.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("   $ {}", shown(command));
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    ensure!(status.success(), "{} ended with {status}", shown(command));
    Ok(())
}

/// What `command` prints on standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    ensure!(
        output.status.success(),
        "{} ended with {}: {}",
        shown(command),
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// The Cargo that runs us, with the workspace's own `target` directory.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    command
}

/// What builds the binary as it ships.
pub(crate) const RELEASE: [&str; 5] = ["build", "--release", "--locked", "--package", "vinculo"];

/// Where that binary is once it is built.
pub(crate) fn release() -> PathBuf {
    target().join("release").join("vinculo")
}

/// Builds the binary as it ships and says where it is.
pub(crate) fn build_release() -> Result<PathBuf> {
    run(&mut cargo(&RELEASE))?;
    Ok(release())
}

/// Where builds and everything that the chores download or make live. Chores are carried out at the top
/// of the repository.
pub(crate) fn target() -> PathBuf {
    std::env::current_dir().unwrap_or_default().join("target")
}

/// A command that ends when we do, even if we are killed. It must be started from the main thread.
pub(crate) fn tied(program: &Path) -> Command {
    if find("setpriv").is_some() {
        let mut command = Command::new("setpriv");
        command.arg("--pdeathsig").arg("KILL").arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// Where `program` is on the search path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Makes sure that `there()` holds, by installing Debian's `packages` where we may, else by saying
/// what to install.
pub(crate) fn need(what: &str, packages: &[&str], there: impl Fn() -> bool) -> Result<()> {
    static LISTS_ARE_FRESH: AtomicBool = AtomicBool::new(false);
    if there() {
        return Ok(());
    }
    if !is_root() || find("apt-get").is_none() {
        bail!("{what} is missing. On Debian: apt-get install {}", packages.join(" "));
    }
    println!("   {what} is missing: installing {}", packages.join(" "));
    let apt = |args: &[&str]| {
        run(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").arg("-qq").args(args))
    };
    if !LISTS_ARE_FRESH.swap(true, Ordering::Relaxed) {
        apt(&["update"])?;
    }
    apt(&[&["install", "--yes", "--no-install-recommends"], packages].concat())?;
    ensure!(there(), "{what} is still missing after installing {}", packages.join(" "));
    Ok(())
}

/// Whether we may install packages, and must not run a database as ourselves.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// A command as it would be typed.
pub(crate) fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    if let Some(name) = Path::new(&text).file_name() {
        text = name.to_string_lossy().into_owned();
    }
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}
