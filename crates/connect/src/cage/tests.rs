//! Which cells are refused before anything is built.

use super::*;

fn cell(folder: &str, command: &[&str]) -> Cell {
    Cell {
        folder: folder.into(),
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        needs: Vec::new(),
        limits: Limits::default(),
        egress: None,
        trust: None,
    }
}

#[test]
fn a_cell_must_name_a_folder_of_its_own_and_a_command() {
    let why = |cell: Cell| check(&cell).expect_err("it is refused").to_string();
    assert!(check(&cell("/usr", &["true"])).is_ok());
    assert_eq!(why(cell("/usr", &[])), "there is no command to run");
    assert_eq!(why(cell("/usr", &["a\0b"])), "the command contains a zero byte");
    assert_eq!(why(cell("usr", &["true"])), "usr is not the absolute path of a connector's folder");
    assert_eq!(why(cell("/", &["true"])), "/ is not the absolute path of a connector's folder");
    assert!(why(cell("/usr/../etc", &["true"])).contains("not the absolute path"));
    assert_eq!(why(cell("/proc/self", &["true"])), "a connector cannot live in /proc/self");
    assert_eq!(why(cell("/usr/none", &["true"])), "there is no folder /usr/none");
}
