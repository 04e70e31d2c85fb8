//! Prints a schema that connectors are built on: `protocol` or `connector`. `cargo xtask schema`
//! keeps `sdk/schema/` as this says.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    let schema = match std::env::args().nth(1).as_deref() {
        Some("protocol") => connect::wire::schema::protocol(),
        Some("connector") => connect::manifest::schema(),
        _ => return Err(io::Error::other("say “protocol” or “connector”")),
    };
    let text = serde_json::to_string_pretty(&schema)?;
    writeln!(io::stdout().lock(), "{text}")
}
