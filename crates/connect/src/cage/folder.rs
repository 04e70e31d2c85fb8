//! The folder of a session: what a connector may write where it has no file system of its own, or the
//! few files that stand for the machine's where it has. It goes with its session; where the process died
//! before, it goes when the next one begins, and nothing that a connector left stays behind.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Once,
};
use tempfile::TempDir;

const PREFIX: &str = "vinculo-cage-";
/// The file that the folder's process holds a lock on for as long as it lives.
const HELD: &str = "held";

/// A folder that lives no longer than its session.
#[derive(Debug)]
pub(super) struct Folder {
    folder: TempDir,
    _held: File,
}

impl Folder {
    /// In memory where that can be had.
    pub(super) fn in_memory() -> io::Result<Self> {
        sweep_once();
        Self::within(memory()).or_else(|_| Self::within(&std::env::temp_dir()))
    }

    /// Where temporary files are.
    pub(super) fn on_disk() -> io::Result<Self> {
        sweep_once();
        Self::within(&std::env::temp_dir())
    }

    fn within(place: &Path) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
        // It gets its name with the lock on it: in between, another process would take it for abandoned.
        let unborn = folder.path().join("unborn");
        let held = File::create(&unborn)?;
        held.lock()?;
        fs::rename(&unborn, folder.path().join(HELD))?;
        Ok(Self { folder, _held: held })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn memory() -> &'static Path {
    Path::new("/dev/shm")
}

fn sweep_once() {
    static SWEPT: Once = Once::new();
    SWEPT.call_once(|| {
        for place in [memory(), &std::env::temp_dir()] {
            for left in abandoned(place) {
                if let Err(error) = fs::remove_dir_all(&left) {
                    tracing::warn!(folder = %left.display(), %error, "a dead session's folder stays");
                }
            }
        }
    });
}

/// Folders whose process is gone: nobody holds their lock. Those of other users cannot be opened, and
/// one that is being made has no lock yet.
fn abandoned(place: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    let is_abandoned = |folder: &PathBuf| {
        let held = folder.join(HELD);
        // A connector may have put something else there.
        fs::symlink_metadata(&held).is_ok_and(|found| found.is_file())
            && File::open(&held).is_ok_and(|held| held.try_lock().is_ok())
    };
    ours.map(|entry| entry.path()).filter(is_abandoned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_abandoned_whose_process_is_gone() {
        let place = tempfile::tempdir().expect("a place");
        let living = Folder::within(place.path()).expect("a folder");
        let dead = place.path().join("vinculo-cage-dead");
        let unborn = place.path().join("vinculo-cage-unborn");
        let other = place.path().join("something-else");
        for folder in [&dead, &unborn, &other] {
            fs::create_dir(folder).expect("a folder");
        }
        for folder in [&dead, &other] {
            fs::write(folder.join(HELD), "").expect("a lock");
        }
        assert_eq!(abandoned(place.path()), [dead]);
        let path = living.path().to_owned();
        drop(living);
        assert!(!path.exists());
    }
}
