//! The schemas that connectors in other languages are built on are those of the types that read
//! them. `cargo xtask schema` writes them.

use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sdk/schema");
/// Set by the chore that writes the schemas.
const WRITES: &str = "VINCULO_WRITES_SCHEMAS";

#[test]
fn the_published_schema_of_the_protocol_is_what_the_code_reads() {
    is_published(&connect::wire::schema::protocol(), "protocol-1.json");
}

#[test]
fn the_published_schema_of_manifests_is_what_the_code_reads() {
    is_published(&connect::manifest::schema(), "connector-1.json");
}

fn is_published(schema: &Value, name: &str) {
    let file = format!("{FOLDER}/{name}");
    let mut schema = schema.clone();
    // In whatever order this build keeps the keys of an object.
    schema.sort_all_objects();
    let computed = format!("{schema:#}\n");
    if std::env::var_os(WRITES).is_some() {
        std::fs::write(&file, &computed).expect("the schema can be written");
    }
    let published = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(published == computed, "sdk/schema/{name} is stale: cargo xtask schema");
}
