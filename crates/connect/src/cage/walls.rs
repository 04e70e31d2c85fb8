//! What on this machine can hold a connector: tried, not guessed.

use super::{Cell, Ended, Error, Limits, MARKER, Trusted, order::Order, spawn};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::io::AsyncReadExt as _;

/// Which cage it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WallsKind {
    /// Bubblewrap's namespaces, with Landlock (as far as the kernel has it) and seccomp inside.
    Namespaces,
    /// Landlock and seccomp alone, on the machine's own files, processes and network. Weaker: see
    /// `SECURITY.md`.
    Fallback,
}

/// What works on this machine.
#[derive(Debug, Clone)]
pub struct Walls {
    program: PathBuf,
    bubblewrap: Option<PathBuf>,
    landlock: u8,
    users: Users,
    kind: Option<WallsKind>,
    fallback: bool,
    missing: Vec<String>,
}

/// Who a connector runs as. The kernel excuses root from the limit on processes, so root must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Users {
    /// We are not root: as ourselves.
    Own,
    /// A user of its own for each session.
    Each,
    /// One user for all: nobody.
    Nobody,
}

/// Users that nothing else on a machine has: of what systemd leaves unused,
/// <https://systemd.io/UIDS-GIDS/>.
const FIRST_USER: u32 = 1_879_048_192;
const MANY_USERS: u32 = 65_536;
const NOBODY: u32 = 65_534;

/// The least Landlock that can close the network without namespaces: it knows TCP ports.
const FALLBACK_LANDLOCK: u8 = 4;

/// How long a trial may take on a busy machine.
const TRIAL: Duration = Duration::from_secs(20);

impl Walls {
    /// Finds out by building a cage and running `true` in it. `program` is the executable that calls
    /// [`super::inner`] when its first argument is [`MARKER`]: this one, normally.
    pub async fn probe(program: &Path) -> Self {
        let mut walls = Self {
            program: program.to_owned(),
            bubblewrap: bubblewrap(),
            landlock: landlock(),
            users: users(),
            kind: None,
            fallback: false,
            missing: Vec::new(),
        };
        if !cfg!(target_os = "linux") {
            walls.missing.push("Connectors of others can only be caged on Linux.".to_owned());
            return walls;
        }
        let namespaces = if walls.bubblewrap.is_none() {
            Err("Bubblewrap is not installed (on Debian: apt-get install bubblewrap).".to_owned())
        } else {
            walls.kind = Some(WallsKind::Namespaces);
            walls.trial().await.map_err(|why| {
                format!(
                    "Bubblewrap is installed but cannot build a cage ({why}). It needs user \
                     namespaces: see user.max_user_namespaces, kernel.unprivileged_userns_clone and \
                     kernel.apparmor_restrict_unprivileged_userns (sysctl), or the container's \
                     seccomp profile."
                )
            })
        };
        let fallback = if walls.landlock < FALLBACK_LANDLOCK {
            Err(format!(
                "The fallback needs Landlock with rules for the network (Linux 6.7), and this kernel \
                 has {}.",
                match walls.landlock {
                    0 => "none or has it switched off".to_owned(),
                    abi => format!("its version {abi} only"),
                }
            ))
        } else {
            walls.kind = Some(WallsKind::Fallback);
            walls.trial().await.map_err(|why| format!("The fallback cannot hold anything ({why})."))
        };
        walls.fallback = fallback.is_ok();
        walls.kind = match (&namespaces, &fallback) {
            (Ok(()), _) => Some(WallsKind::Namespaces),
            (Err(_), Ok(())) => Some(WallsKind::Fallback),
            _ => None,
        };
        walls.missing.extend(namespaces.err());
        walls.missing.extend(fallback.err());
        walls
    }

    /// Which cage connectors are put into; `None` if none works.
    #[must_use]
    pub fn kind(&self) -> Option<WallsKind> {
        self.kind
    }

    /// Whether the proxy is the only thing on any network that a connector can reach. With namespaces
    /// it is. In the fallback, Landlock lets it connect to one TCP port, whatever the address: whoever
    /// listens there, anywhere, can be told what the connector knows.
    #[must_use]
    pub fn closes_network(&self) -> bool {
        self.kind == Some(WallsKind::Namespaces)
    }

    /// The same machine without Bubblewrap, for tests of the fallback.
    #[must_use]
    pub fn without_namespaces(mut self) -> Self {
        self.bubblewrap = None;
        self.kind = self.fallback.then_some(WallsKind::Fallback);
        self
    }

    /// The version of Landlock's interface that the kernel speaks; 0 for none.
    #[must_use]
    pub fn landlock(&self) -> u8 {
        self.landlock
    }

    /// What does not work and what to do about it, in sentences for the operator. Empty if all works.
    #[must_use]
    pub fn advice(&self) -> &[String] {
        &self.missing
    }

    /// One sentence for `vinculo doctor`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let landlock = match self.landlock {
            0 => "no Landlock".to_owned(),
            abi => format!("Landlock {abi}"),
        };
        match self.kind {
            Some(WallsKind::Namespaces) => {
                format!("connectors are caged by Bubblewrap, {landlock} and seccomp")
            }
            Some(WallsKind::Fallback) => format!(
                "connectors are only held by {landlock} and seccomp, which leave the network open at \
                 the proxy's port: a connector can send what it knows to any machine that listens \
                 there. {}",
                self.missing.join(" ")
            ),
            None => format!("no cage works here: {}", self.missing.join(" ")),
        }
    }

    /// Builds a cage as it will be built, and runs `true` in it.
    async fn trial(&self) -> Result<(), String> {
        let cell = Cell {
            folder: PathBuf::from("/usr"),
            command: vec!["true".to_owned()],
            needs: Vec::new(),
            limits: Limits::default(),
            egress: None,
            trust: None,
        };
        let mut inmate = spawn(&cell, self).await.map_err(|error| error.to_string())?;
        let mut said = String::new();
        let ended = tokio::time::timeout(TRIAL, async {
            if let Some(stderr) = inmate.stderr.take() {
                // What cannot be read is not worth more than an empty explanation.
                drop(stderr.take(2048).read_to_string(&mut said).await);
            }
            inmate.wait().await
        });
        match ended.await {
            Ok(Ended::Exited(0)) => Ok(()),
            Ok(ended) if said.trim().is_empty() => Err(ended.to_string()),
            Ok(_) => Err(said.trim().replace('\n', " ")),
            Err(_) => Err("it did not answer in time".to_owned()),
        }
    }

    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    pub(super) fn bubblewrap(&self) -> Option<&Path> {
        self.bubblewrap.as_deref()
    }

    /// The user for the next session; `None` for our own.
    pub(super) fn user(&self) -> Option<u32> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        match self.users {
            Users::Own => None,
            Users::Nobody => Some(NOBODY),
            Users::Each => {
                // Two processes of one machine must not give out the same users.
                let spread = std::process::id().wrapping_mul(251);
                let next = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(spread);
                Some(FIRST_USER + next % MANY_USERS)
            }
        }
    }

    /// The warden on the machine itself, with `scratch` for home and `/tmp`.
    pub(super) fn fallback_command(
        &self,
        cell: &Cell,
        scratch: &Path,
        port: Option<u16>,
        user: Option<u32>,
    ) -> Result<Command, Error> {
        let mut reads: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
        reads.extend(SINGLE.iter().map(PathBuf::from));
        reads.push(cell.folder.clone());
        reads.extend(cell.needs.iter().cloned());
        reads.extend(cell.trust.iter().map(|trust| trust.authority.clone()));
        let order = Order {
            namespaces: false,
            folder: cell.folder.clone(),
            command: cell.command.clone(),
            reads,
            writes: vec![scratch.to_owned()],
            limits: cell.limits,
            egress: None,
            port,
            user,
        };
        let mut command = Command::new(&self.program);
        command.args([MARKER, "warden"]).arg(written(&order)?);
        command.env_clear().current_dir("/");
        command.envs(environment(cell, &scratch.join("home"), &scratch.join("tmp"), port));
        Ok(command)
    }
}

/// What every connector may read, links kept as they are: programs, libraries, certificates, fonts.
pub(super) const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
    "/etc/fonts",
    "/etc/chromium",
    "/etc/chromium.d",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
];

/// What of the machine itself a connector may read where it has no `/proc` of its own.
const SINGLE: &[&str] = &[
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu/online",
];

/// All of a connector's environment.
pub(super) fn environment(
    cell: &Cell,
    home: &Path,
    temporary: &Path,
    port: Option<u16>,
) -> BTreeMap<&'static str, PathBuf> {
    let mut all = BTreeMap::from([
        ("PATH", PathBuf::from("/usr/local/bin:/usr/bin:/bin")),
        ("HOME", home.to_owned()),
        ("TMPDIR", temporary.to_owned()),
        ("LANG", PathBuf::from("C.UTF-8")),
    ]);
    if let Some(port) = port {
        let proxy = PathBuf::from(format!("http://127.0.0.1:{port}"));
        all.insert("HTTPS_PROXY", proxy.clone());
        all.insert("HTTP_PROXY", proxy);
    }
    if let Some(Trusted { authority, key }) = &cell.trust {
        all.insert("SSL_CERT_FILE", authority.clone());
        all.insert("NODE_EXTRA_CA_CERTS", authority.clone());
        all.insert("REQUESTS_CA_BUNDLE", authority.clone());
        all.insert("VINCULO_TRUSTED_KEY", key.into());
    }
    all
}

pub(super) fn written(order: &Order) -> Result<String, Error> {
    serde_json::to_string(order).map_err(|error| Error::Cell(error.to_string()))
}

fn bubblewrap() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join("bwrap"))
        .find(|file| file.is_file())
}

fn users() -> Users {
    if !rustix::process::geteuid().is_root() {
        return Users::Own;
    }
    // A container's root may only have a few users to choose from.
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let has = |first: u64, count: u64| {
        map.lines().any(|line| {
            let mut numbers = line.split_ascii_whitespace().filter_map(|n| n.parse::<u64>().ok());
            match (numbers.next(), numbers.next(), numbers.next()) {
                (Some(inside), Some(_), Some(length)) => {
                    inside <= first && first + count <= inside + length
                }
                _ => false,
            }
        })
    };
    if has(FIRST_USER.into(), MANY_USERS.into()) {
        Users::Each
    } else if has(NOBODY.into(), 1) {
        Users::Nobody
    } else {
        Users::Own
    }
}

#[cfg(target_os = "linux")]
fn landlock() -> u8 {
    use landlock::{
        ABI, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    };
    use landlock::{Access as _, Scope};
    let has = |abi: ABI| {
        let mut rules = Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(abi))?;
        if abi >= ABI::V4 {
            rules = rules.handle_access(AccessNet::from_all(abi))?;
        }
        if abi >= ABI::V6 {
            rules = rules.scope(Scope::from_all(abi))?;
        }
        rules.create()
    };
    [(ABI::V1, 1), (ABI::V2, 2), (ABI::V3, 3), (ABI::V4, 4), (ABI::V5, 5), (ABI::V6, 6)]
        .into_iter()
        .filter(|(abi, _)| has(*abi).is_ok())
        .map(|(_, number)| number)
        .max()
        .unwrap_or(0)
}

#[cfg(not(target_os = "linux"))]
fn landlock() -> u8 {
    0
}
