use connect::cage::{Walls, WallsKind};
use std::path::Path;

#[tokio::test]
async fn this_machine_can_cage_connectors() {
    let walls = Walls::probe(Path::new(env!("CARGO_BIN_EXE_cage-inner"))).await;
    assert_eq!(walls.kind(), Some(WallsKind::Namespaces), "{}", walls.sentence());
    assert_eq!(walls.without_namespaces().kind(), Some(WallsKind::Fallback));
}
