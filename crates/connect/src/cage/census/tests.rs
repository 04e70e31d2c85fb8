//! Counting this very process, and a folder.

use super::*;

#[test]
fn a_process_has_memory_and_time_and_a_dead_one_does_not_count() {
    let own = take(&[std::process::id()], &[], false);
    assert_eq!(own.processes, 1);
    assert!(own.memory > 100_000, "{own:?}");
    let mut child = std::process::Command::new("true").spawn().expect("true");
    let number = child.id();
    while look(number).is_some() {
        std::thread::yield_now();
    }
    assert_eq!(take(&[number, u32::MAX], &[], false), Census::default());
    child.wait().expect("ours");
}

#[test]
fn files_are_counted_once_and_links_are_not_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    fs::create_dir(path.join("below")).expect("a folder");
    fs::write(path.join("below/file"), vec![0; 100_000]).expect("a file");
    fs::hard_link(path.join("below/file"), path.join("same")).expect("a link");
    std::os::unix::fs::symlink("/usr", path.join("away")).expect("a link");
    let (bytes, files) = walked(path);
    assert_eq!(files, 4);
    assert!((100_000..140_000).contains(&bytes), "{bytes}");
}
