//! The last step before a connector: takes away what it must not have, and becomes it. What is taken
//! here cannot be got back, by it or by anything that it starts.

use super::{
    order::Order,
    syscalls::{self, Place},
};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, NetPort, PathBeneath,
    PathFd, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, Scope,
};
use rustix::process::{Resource, Rlimit, Signal, getppid, setrlimit};
use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::Command,
};

/// Where programs without a slash are looked for.
const PROGRAMS: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

/// Devices that are the same for everybody.
const DEVICES: &[&str] = &[
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/tty",
    "/dev/ptmx",
];

/// Becomes the connector; only returns to say why it could not.
pub(super) fn cross(order: &Order) -> String {
    match ready(order) {
        Ok(mut command) => {
            let error = command.exec();
            format!("{} cannot be started: {error}", command.get_program().display())
        }
        Err(why) => why,
    }
}

fn ready(order: &Order) -> Result<Command, String> {
    let program = program(order)?;
    let warden = getppid().ok_or("the warden is gone")?;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|error| format!("the end of the warden cannot be followed: {error}"))?;
    if getppid() != Some(warden) {
        return Err("the warden is gone".to_owned());
    }
    // The kernel's own choice when memory is short, and after us when the processor is: both are
    // courtesies that a connector can do without.
    drop(fs::write("/proc/self/oom_score_adj", "500"));
    let _worse = rustix::process::nice(5);
    limits(order)?;
    rustix::thread::set_no_new_privs(true)
        .map_err(|error| format!("privileges cannot be given up: {error}"))?;
    landlock(order).map_err(|error| format!("Landlock refuses its rules: {error}"))?;
    let place = Place {
        namespaces: order.namespaces,
        network: order.port.is_some(),
        warden: warden.as_raw_nonzero().get().unsigned_abs(),
    };
    for filter in syscalls::filters(place)?.iter().rev() {
        seccompiler::apply_filter(filter)
            .map_err(|error| format!("the filter of system calls is refused: {error}"))?;
    }
    let mut command = Command::new(program);
    command.args(&order.command[1..]).current_dir(&order.folder);
    Ok(command)
}

fn program(order: &Order) -> Result<PathBuf, String> {
    let word = order.command.first().ok_or("there is no command to run")?;
    let path = if word.contains('/') {
        order.folder.join(word)
    } else {
        PROGRAMS
            .iter()
            .map(|folder| Path::new(folder).join(word))
            .find(|path| path.is_file())
            .ok_or_else(|| format!("there is no program {word} in {}", PROGRAMS.join(", ")))?
    };
    if let Err(error) = fs::read_dir(&order.folder) {
        let folder = order.folder.display();
        return Err(match order.user {
            Some(_) => format!(
                "{folder} cannot be read ({error}): a connector never runs as root, so its folder \
                 must be readable by everybody (chmod -R o+rX {folder})"
            ),
            None => format!("{folder} cannot be read: {error}"),
        });
    }
    Ok(path)
}

fn limits(order: &Order) -> Result<(), String> {
    let limits = &order.limits;
    let memory = limits.memory_mib.saturating_mul(1 << 20);
    let mut all = vec![
        // Of one process: what the warden adds up over all of them, it sees a moment too late.
        (Resource::Data, memory),
        (Resource::Fsize, limits.file_mib.saturating_mul(1 << 20)),
        (Resource::Nofile, limits.open_files),
        (Resource::Cpu, limits.cpu_seconds.saturating_add(1)),
        (Resource::Core, 0),
        (Resource::Memlock, 8 << 20),
        (Resource::Msgqueue, 0),
        (Resource::Nice, 0),
        (Resource::Rtprio, 0),
    ];
    if order.user.is_some() || order.namespaces && counts_by_namespace() {
        all.push((Resource::Nproc, tasks(limits.processes)));
    } else if !order.namespaces {
        // Ours counts all that this user runs on the machine.
        all.push((Resource::Nproc, tasks(limits.processes).saturating_add(others())));
    }
    for (resource, value) in all {
        // A limit that we ourselves are under cannot be raised.
        let most = rustix::process::getrlimit(resource).maximum;
        let value = Some(most.map_or(value, |most| most.min(value)));
        setrlimit(resource, Rlimit { current: value, maximum: value })
            .map_err(|error| format!("the limit {resource:?} cannot be set: {error}"))?;
    }
    Ok(())
}

/// The kernel counts threads, and what runs a script or a browser has many: the warden counts
/// processes, and this only holds a fork bomb until it has.
fn tasks(processes: u32) -> u64 {
    u64::from(processes) * 16 + 64
}

/// Whether the kernel counts a user's processes in each user namespace apart: since Linux 5.14. Before,
/// it counts those outside as well, which cannot be seen from here; then the warden counts alone.
fn counts_by_namespace() -> bool {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (5, 14),
        _ => false,
    }
}

/// How many threads there are of our user.
fn others() -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let own = rustix::process::getuid().as_raw();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ours = processes.filter(|entry| entry.metadata().is_ok_and(|found| found.uid() == own));
    ours.map(|entry| {
        fs::read_dir(entry.path().join("task")).map_or(0, |tasks| tasks.count() as u64)
    })
    .sum()
}

fn landlock(order: &Order) -> Result<(), landlock::RulesetError> {
    // The newest that this program knows; an older kernel does what it can of it …
    let abi = ABI::V6;
    let mut rules = Ruleset::default();
    if !order.namespaces {
        // … but where nothing else holds the network, it must be able to.
        rules = rules.set_compatibility(CompatLevel::HardRequirement);
        rules = rules.handle_access(AccessFs::from_all(ABI::V4))?;
        rules = rules.handle_access(AccessNet::ConnectTcp | AccessNet::BindTcp)?;
        if order.user.is_none() {
            rules = rules.scope(Scope::Signal | Scope::AbstractUnixSocket)?;
        }
        rules = rules.set_compatibility(CompatLevel::BestEffort);
    }
    rules = rules.handle_access(AccessFs::from_all(abi))?.scope(Scope::from_all(abi))?;
    let mut rules = rules.create()?;
    let read = AccessFs::from_read(abi);
    // Devices can be made nowhere.
    let write =
        AccessFs::from_all(abi) & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev);
    let device = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate;
    let places = order
        .reads
        .iter()
        .map(|path| (path.as_path(), read))
        .chain(order.writes.iter().map(|path| (path.as_path(), write)))
        .chain(DEVICES.iter().map(|path| (Path::new(path), device)));
    for (path, access) in places {
        // What is not there needs no rule, and what cannot be opened cannot be read anyway.
        let Ok(file) = PathFd::new(path) else { continue };
        let access = if path.is_dir() { access } else { access & AccessFs::from_file(abi) };
        rules = rules.add_rule(PathBeneath::new(file, access))?;
    }
    if !order.namespaces
        && let Some(port) = order.port
    {
        rules = rules.add_rule(NetPort::new(port, AccessNet::ConnectTcp))?;
    }
    rules.restrict_self().map(drop)
}
