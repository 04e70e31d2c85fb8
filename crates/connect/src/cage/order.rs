//! What the outside tells the inside, and the few numbers by which the inside answers.

use super::Limits;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Said by the outside to the warden, and by the warden to the threshold, as one argument. Nothing in
/// it is secret: the connector can read it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Order {
    /// Whether there are namespaces around us: then the warden is process 1.
    pub(super) namespaces: bool,
    /// Where to start.
    pub(super) folder: PathBuf,
    /// What to become.
    pub(super) command: Vec<String>,
    /// What may be read, if it is there.
    pub(super) reads: Vec<PathBuf>,
    /// What may be written.
    pub(super) writes: Vec<PathBuf>,
    /// What may be used up.
    pub(super) limits: Limits,
    /// The proxy's socket, if the warden is to forward to it.
    pub(super) egress: Option<PathBuf>,
    /// The only TCP port that may be connected to, where the network is the machine's own.
    pub(super) port: Option<u16>,
    /// The user that the connector runs as, where we may choose.
    pub(super) user: Option<u32>,
}

/// The warden's exit codes. A connector's own are moved out of their way.
pub(super) const PROCESSES: u8 = 240;
pub(super) const MEMORY: u8 = 241;
pub(super) const CPU: u8 = 242;
pub(super) const FILES: u8 = 243;
/// The cage could not be built; what was wrong is on standard error.
pub(super) const NOT_STARTED: u8 = 250;
/// A connector's exit code `n` above zero is told as this plus `n`, up to 99.
pub(super) const EXITED: u8 = 100;
/// A connector's fatal signal `n` is told as this plus `n`, up to 39.
pub(super) const KILLED: u8 = 200;

/// Does what the arguments after the marker say.
#[cfg(target_os = "linux")]
pub(super) fn follow(args: &[std::ffi::OsString]) -> std::process::ExitCode {
    use std::io::Write as _;
    let read = |text: Option<&std::ffi::OsString>| -> Option<Order> {
        serde_json::from_str(text?.to_str()?).ok()
    };
    let order = read(args.get(1));
    let done = match (args.first().and_then(|word| word.to_str()), order) {
        (Some("warden"), Some(order)) => super::warden::watch(&order),
        (Some("threshold"), Some(order)) => Err(super::threshold::cross(&order)),
        _ => Err("this command is for Vinculo's own use".to_owned()),
    };
    match done {
        Ok(code) => code.into(),
        Err(why) => {
            // Nowhere else to say it; if standard error is gone, so is whoever would read it.
            drop(writeln!(std::io::stderr(), "cage: {why}"));
            NOT_STARTED.into()
        }
    }
}
