//! The outer wall: what Bubblewrap is told.
//!
//! An ordinary user gets a user namespace, without which the others cannot be had. Root does not: in
//! one, a process would still be the kernel's root, which the limit on processes does not bind. Root's
//! Bubblewrap builds the namespaces as root, the warden stays what it is with five capabilities, and
//! the connector is another user, with none.

use super::{
    Cell, Error, MARKER, Walls,
    folder::Folder,
    order::Order,
    walls::{SYSTEM, environment, written},
};
use std::{
    ffi::{OsStr, OsString},
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

/// Where our own things are inside.
pub(super) const PLACE: &str = "/cage";
const HOME: &str = "/home/connector";
/// Who the connector is inside a user namespace.
const INSIDE: u32 = 1000;

/// Names for the user and for this machine, instead of the machine's own files.
const ETC: &[&str] = &["passwd", "group", "hosts", "nsswitch.conf"];

/// Writes those files into a folder that goes with the session.
pub(super) fn etc(user: Option<u32>) -> std::io::Result<Folder> {
    let folder = Folder::on_disk()?;
    let user = user.unwrap_or(INSIDE);
    for name in ETC {
        let text = match *name {
            "passwd" => format!("connector:x:{user}:{user}::{HOME}:/bin/sh\n"),
            "group" => format!("connector:x:{user}:\n"),
            "hosts" => "127.0.0.1 localhost cage\n".to_owned(),
            _ => "passwd: files\ngroup: files\nhosts: files\n".to_owned(),
        };
        let path = folder.path().join(name);
        fs::write(&path, text)?;
        // Whatever our umask is: another user reads it.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
    }
    Ok(folder)
}

struct Arguments(Vec<OsString>);

impl Arguments {
    fn add<const N: usize>(&mut self, words: [&dyn AsRef<OsStr>; N]) {
        self.0.extend(words.iter().map(|word| word.as_ref().to_owned()));
    }
    /// A read-only view of `path` at the same path; links stay links.
    fn show(&mut self, path: &Path) {
        match fs::symlink_metadata(path) {
            Ok(found) if found.is_symlink() => {
                if let Ok(target) = fs::read_link(path) {
                    self.add([&"--symlink", &target, &path]);
                }
            }
            Ok(_) => self.bind(path, path),
            Err(_) => {}
        }
    }
    /// The folders above `path`, open to everybody: Bubblewrap's own would be its builder's alone.
    fn above(&mut self, path: &Path) {
        let mut above: Vec<&Path> = path.ancestors().skip(1).collect();
        above.pop();
        for folder in above.into_iter().rev() {
            self.add([&"--perms", &"0755", &"--dir", &folder]);
        }
    }
    /// A read-only view of `from` at `to`, which must be there.
    fn bind(&mut self, from: &Path, to: &Path) {
        self.above(to);
        self.add([&"--ro-bind", &from, &to]);
    }
    /// An empty place in memory that anybody inside may write to.
    fn scratch(&mut self, path: &str, bytes: u64) {
        self.above(Path::new(path));
        self.add([&"--perms", &"1777", &"--size", &bytes.to_string(), &"--tmpfs", &path]);
    }
}

pub(super) fn command(
    cell: &Cell,
    walls: &Walls,
    etc: &Path,
    user: Option<u32>,
) -> Result<Command, Error> {
    let Some(bubblewrap) = walls.bubblewrap() else {
        return Err(Error::NoWalls(walls.advice().join(" ")));
    };
    let limits = cell.limits;
    let bytes = limits.file_mib.saturating_mul(1 << 20);
    let mut arguments = Arguments(Vec::new());
    arguments.add([&"--unshare-pid", &"--unshare-net", &"--unshare-ipc", &"--unshare-uts"]);
    arguments.add([&"--unshare-cgroup-try", &"--hostname", &"cage", &"--clearenv"]);
    arguments.add([&"--die-with-parent", &"--new-session", &"--as-pid-1", &"--cap-drop", &"ALL"]);
    if user.is_some() {
        // The warden becomes others, ends others, and sees what others have open.
        for capability in
            ["CAP_SETUID", "CAP_SETGID", "CAP_KILL", "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"]
        {
            arguments.add([&"--cap-add", &capability]);
        }
    } else {
        let inside = INSIDE.to_string();
        arguments.add([&"--unshare-user", &"--uid", &inside, &"--gid", &inside]);
    }
    // Scratch places first: a folder may be below them.
    for place in [HOME, "/tmp"] {
        arguments.scratch(place, bytes);
    }
    for path in SYSTEM {
        arguments.show(Path::new(path));
    }
    for name in ETC {
        arguments.bind(&etc.join(name), &Path::new("/etc").join(name));
    }
    arguments.add([&"--proc", &"/proc"]);
    for hidden in ["/proc/keys", "/proc/key-users"] {
        if Path::new(hidden).exists() {
            arguments.add([&"--ro-bind", &"/dev/null", &hidden]);
        }
    }
    arguments.add([&"--dev", &"/dev"]);
    arguments.scratch("/dev/shm", bytes);
    // Else it would be a scratch place of half the machine's memory.
    arguments.add([&"--remount-ro", &"/dev"]);
    for need in &cell.needs {
        arguments.bind(need, need);
    }
    arguments.bind(&cell.folder, &cell.folder);
    let inside = |name: &str| PathBuf::from(PLACE).join(name);
    arguments.bind(walls.program(), &inside("inner"));
    if let Some(socket) = &cell.egress {
        arguments.bind(socket, &inside("egress"));
    }
    let mut cell = cell.clone();
    if let Some(trust) = &mut cell.trust {
        let there = inside("trust.pem");
        arguments.bind(&trust.authority, &there);
        trust.authority = there;
    }
    arguments.add([&"--remount-ro", &"/", &"--chdir", &"/"]);
    let port = cell.egress.as_ref().map(|_| super::PROXY_PORT);
    for (name, value) in environment(&cell, Path::new(HOME), Path::new("/tmp"), port) {
        arguments.add([&"--setenv", &name, &value]);
    }

    let mut reads: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
    reads.extend(ETC.iter().map(|name| PathBuf::from(format!("/etc/{name}"))));
    reads.extend(["/proc", "/dev"].map(PathBuf::from));
    reads.push(cell.folder.clone());
    reads.extend(cell.needs.iter().cloned());
    reads.extend(cell.trust.iter().map(|trust| trust.authority.clone()));
    let order = Order {
        namespaces: true,
        folder: cell.folder.clone(),
        command: cell.command.clone(),
        reads,
        writes: [HOME, "/tmp", "/dev/shm"].map(PathBuf::from).to_vec(),
        limits,
        egress: cell.egress.as_ref().map(|_| inside("egress")),
        port: None,
        user,
    };
    arguments.add([&"--", &inside("inner"), &MARKER, &"warden", &written(&order)?]);
    let mut command = Command::new(bubblewrap);
    command.args(arguments.0).env_clear().current_dir("/");
    Ok(command)
}
