//! The process that watches over a cage from inside: the first one in its namespace, or the one that
//! orphans fall to. It starts the connector, forwards the proxy, counts, and ends what is left over.

use super::{
    MARKER, PROXY_PORT,
    census::{self, Census},
    forwarding::forward,
    inmate::{descendants, reap},
    order::{self, Order},
    walls::written,
};
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process};
use std::{fs, os::unix::process::CommandExt as _, process::Command, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::sleep,
};

/// How often is counted, when all is calm and when something grows.
const CALM: Duration = Duration::from_millis(100);
const ALERT: Duration = Duration::from_millis(5);

/// How many files and folders the writable places may hold: each takes memory, though it is empty.
const MOST_FILES: u64 = 50_000;

/// Starts the connector and stays until it is gone. Answers the code to end with.
pub(super) fn watch(order: &Order) -> Result<u8, String> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
        .map_err(|error| format!("orphans cannot be collected: {error}"))?;
    // Nothing in the cage may look into or change its warden, even as the same user.
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(|error| format!("the warden cannot be closed: {error}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime cannot be started: {error}"))?;
    let code = runtime.block_on(guard(order));
    if !order.namespaces {
        reap(std::process::id());
    }
    code
}

async fn guard(order: &Order) -> Result<u8, String> {
    let watched =
        |kind| signal(kind).map_err(|error| format!("signals cannot be watched: {error}"));
    let mut ending = watched(SignalKind::terminate())?;
    let mut children = watched(SignalKind::child())?;
    let forwarding = match &order.egress {
        None => None,
        Some(socket) => {
            let listener = TcpListener::bind(("127.0.0.1", PROXY_PORT))
                .await
                .map_err(|error| format!("the proxy cannot be offered: {error}"))?;
            Some(forward(listener, socket.clone()))
        }
    };
    let connector = begin(order)?;
    let work = async {
        match forwarding {
            Some(forwarding) => forwarding.await,
            None => std::future::pending().await,
        }
    };
    let mut work = std::pin::pin!(work);
    let outside = rustix::process::getppid();
    let mut pace = CALM;
    loop {
        tokio::select! {
            () = &mut work => return Err("the proxy is not forwarded any more".to_owned()),
            _ = children.recv() => if let Some(code) = collect(connector) { return Ok(code) },
            _ = ending.recv() => {
                // It may be gone already; then the next signal says so.
                kill_process(connector, Signal::TERM).ok();
            }
            () = sleep(pace) => {
                if rustix::process::getppid() != outside {
                    return Err("whoever started the cage is gone".to_owned());
                }
                let census = census::take(&processes(order), &order.writes, order.namespaces);
                if let Some(code) = verdict(&census, order) {
                    return Ok(code);
                }
                pace = if close(&census, order) { ALERT } else { CALM };
            }
        }
    }
}

/// Starts the threshold, which becomes the connector.
fn begin(order: &Order) -> Result<Pid, String> {
    let own = std::env::current_exe().map_err(|error| format!("who are we? {error}"))?;
    let written = written(order).map_err(|error| error.to_string())?;
    let mut command = Command::new(own);
    command.args([MARKER, "threshold"]).arg(written).process_group(0);
    if let Some(user) = order.user {
        // Also leaves all groups.
        command.uid(user).gid(user);
    }
    command.current_dir("/");
    // Forgotten on purpose: whoever dies is collected in one place.
    let child = command.spawn().map_err(|error| format!("the inner wall is missing: {error}"))?;
    i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or("it has no number".to_owned())
}

/// Collects all who are dead. The connector's own end is ours.
fn collect(connector: Pid) -> Option<u8> {
    let mut code = None;
    while let Ok(Some((who, status))) = rustix::process::wait(WaitOptions::NOHANG) {
        if who == connector {
            code = Some(told(status));
        }
    }
    code
}

fn told(status: WaitStatus) -> u8 {
    let byte = |number: i32, most: u8| u8::try_from(number).unwrap_or(most).min(most);
    match (status.exit_status(), status.terminating_signal()) {
        (Some(0), _) => 0,
        (Some(code), _) if code == i32::from(order::NOT_STARTED) => order::NOT_STARTED,
        (Some(code), _) => order::EXITED + byte(code, 99),
        // The kernel's own limit was quicker than our count.
        (None, Some(signal)) if signal == Signal::XCPU.as_raw() => order::CPU,
        (None, Some(signal)) => order::KILLED + byte(signal, 39),
        (None, None) => order::NOT_STARTED,
    }
}

fn processes(order: &Order) -> Vec<u32> {
    let own = std::process::id();
    if !order.namespaces {
        return descendants(own);
    }
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|number| *number != own).collect()
}

fn ticks(order: &Order) -> u64 {
    order.limits.cpu_seconds.saturating_mul(rustix::param::clock_ticks_per_second())
}

fn verdict(census: &Census, order: &Order) -> Option<u8> {
    let limits = &order.limits;
    if census.processes > limits.processes {
        Some(order::PROCESSES)
    } else if census.memory > limits.memory_mib.saturating_mul(1 << 20) {
        Some(order::MEMORY)
    } else if census.ticks > ticks(order) {
        Some(order::CPU)
    } else if census.files > MOST_FILES {
        Some(order::FILES)
    } else {
        None
    }
}

/// Whether a limit is near.
fn close(census: &Census, order: &Order) -> bool {
    let limits = &order.limits;
    census.processes > limits.processes / 2
        || census.memory > limits.memory_mib.saturating_mul(1 << 19)
        || census.files > MOST_FILES / 2
}
