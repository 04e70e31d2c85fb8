//! A throw-away PostgreSQL: made, used and gone with the chore that started it.

use crate::machine::{find, is_root, need, output, target};
use anyhow::{Context, Result, bail, ensure};
use std::{
    fs,
    io::Read,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

/// A running PostgreSQL of our own, on a loopback port that nobody else uses. It does not survive
/// the process that started it, and it does not wait for the disk: what is under test is Vinculo.
pub(crate) struct Cluster {
    server: Child,
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
}

/// The part of memory that programs share as files.
const MEMORY: &str = "/dev/shm";
/// What there must be free of it, in MiB: a few databases of tests at a time, and their log.
const ROOM: u64 = 2048;
/// What a cluster's folder is called, before the number of the process whose it is.
const NAME: &str = "vinculo-pg-";

impl Cluster {
    /// Makes and starts one, in memory where there is room: a file system that keeps a while what was
    /// deleted takes longer for the thousand files of each test's database than the test does. Installs
    /// the server first where that is possible and needed.
    pub(crate) fn start() -> Result<Self> {
        let memory = has_room(Path::new(MEMORY)).then(|| MEMORY.into());
        Self::at(memory.into_iter().chain(disks()))
    }

    /// The same on a disk, as databases are in production, for what is to be measured.
    pub(crate) fn on_disk() -> Result<Self> {
        Self::at(disks())
    }

    fn at(places: impl IntoIterator<Item = PathBuf>) -> Result<Self> {
        let programs = installed()?;
        let folder = folder(places)?;
        let data = folder.join("data");
        // No password: it listens on loopback only, and holds nothing but test data.
        output(
            as_its_user(&programs.join("initdb")).current_dir("/").arg("--pgdata").arg(&data).args(
                [
                    "--username=vinculo",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync",
                ],
            ),
        )?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = fs::File::create(folder.join("log"))?;
        let mut server = as_its_user(&programs.join("postgres"));
        server.current_dir("/").arg("-D").arg(&data).arg("-p").arg(port.to_string());
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "full_page_writes=off",
            "max_connections=300",
            "shared_buffers=256MB",
        ] {
            server.arg("-c").arg(setting);
        }
        let server = server
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start PostgreSQL")?;
        let mut cluster = Self { server, folder, programs, port };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Where it listens, as a user who may create databases.
    pub(crate) fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// Makes an empty database and says where it is.
    pub(crate) fn database(&self, name: &str) -> Result<String> {
        output(
            Command::new(self.programs.join("psql"))
                .arg(self.url())
                .args(["--no-psqlrc", "--quiet", "--command"])
                .arg(format!("create database {name}")),
        )?;
        Ok(self.url_of(name))
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://vinculo@127.0.0.1:{}/{database}", self.port)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        for _ in 0..300 {
            if let Some(status) = self.server.try_wait()? {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL ended with {status}:\n{log}");
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok()
                && output(Command::new(self.programs.join("psql")).arg(self.url()).args([
                    "--no-psqlrc",
                    "--quiet",
                    "--command",
                    "select 1",
                ]))
                .is_ok()
            {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        bail!("PostgreSQL did not become ready within 30 seconds")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Its data go too, so there is nothing to close in order.
        let gone = self.server.kill().and_then(|()| self.server.wait()).is_ok();
        if !gone || fs::remove_dir_all(&self.folder).is_err() {
            println!("   left behind: {}", self.folder.display());
        }
    }
}

/// Where PostgreSQL's programs are; it is installed first where that is possible and needed.
pub(crate) fn installed() -> Result<PathBuf> {
    need("PostgreSQL 15 or later", &["postgresql"], || programs().is_some())?;
    programs().context("PostgreSQL has no initdb")
}

/// `cargo xtask pg`: until standard input ends or someone interrupts.
pub(crate) fn serve() -> Result<()> {
    let cluster = Cluster::start()?;
    println!("export VINCULO_TEST_POSTGRES={}", cluster.url());
    println!("PostgreSQL runs until this command is interrupted or its input ends.");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// The folder of `initdb`, `postgres` and `psql`: Debian keeps them off the search path.
fn programs() -> Option<PathBuf> {
    let newest = fs::read_dir("/usr/lib/postgresql").ok().and_then(|versions| {
        versions
            .filter_map(|version| version.ok()?.file_name().to_str()?.parse::<u32>().ok())
            .filter(|version| *version >= 15)
            .max()
            .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")))
    });
    newest.filter(|folder| folder.join("initdb").is_file()).or_else(|| {
        find("initdb").and_then(|file| file.canonicalize().ok()?.parent().map(Path::to_owned))
    })
}

/// PostgreSQL refuses to run as root: it gets its own user there.
fn as_its_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env"]);
    }
    command.args(["--pdeathsig", "KILL"]).arg(program);
    command
}

/// Where files are kept: under `target/`, or else among the system's temporary files, since a clone in
/// root's home is closed to everyone else.
fn disks() -> [PathBuf; 2] {
    [target(), std::env::temp_dir()]
}

/// Whether this much may be written there.
fn has_room(place: &Path) -> bool {
    forget_the_dead(place);
    let said = output(Command::new("df").args(["--block-size=M", "--output=avail"]).arg(place));
    let free = said
        .ok()
        .and_then(|said| said.lines().nth(1)?.trim().trim_end_matches('M').parse::<u64>().ok());
    free.is_some_and(|free| free >= ROOM)
}

/// Takes away what chores left in memory that were killed.
fn forget_the_dead(place: &Path) {
    for folder in fs::read_dir(place).into_iter().flatten().flatten() {
        let name = folder.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(NAME)?.parse::<u32>().ok());
        if owner.is_some_and(|owner| !Path::new("/proc").join(owner.to_string()).exists()) {
            // Another chore may be at it too.
            drop(fs::remove_dir_all(folder.path()));
        }
    }
}

/// An empty folder in the first of these places in which PostgreSQL's user can write.
fn folder(places: impl IntoIterator<Item = PathBuf>) -> Result<PathBuf> {
    let name = format!("{NAME}{}", std::process::id());
    for place in places {
        let folder = place.join(&name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        if !is_root() {
            return Ok(folder);
        }
        output(Command::new("chown").arg("postgres:postgres").arg(&folder))?;
        if output(as_its_user(Path::new("test")).current_dir("/").arg("-w").arg(&folder)).is_ok() {
            return Ok(folder);
        }
        fs::remove_dir_all(&folder)?;
    }
    ensure!(is_root(), "no folder for PostgreSQL");
    bail!("PostgreSQL's user can write neither under target/ nor among the temporary files")
}
