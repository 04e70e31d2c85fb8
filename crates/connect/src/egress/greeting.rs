//! Reads the first thing that a TLS client says, without saying anything.

use rustls::server::Acceptor;
use std::io::Read as _;

/// A greeting that may not have come whole yet.
pub(super) struct Greeting {
    reader: Acceptor,
    /// All that has come, to be passed on as it came.
    bytes: Vec<u8>,
}

/// More than any client greets with: keys that withstand quantum computers take some 2 KiB.
const LONGEST: usize = 32 * 1024;

impl Greeting {
    pub(super) fn new() -> Self {
        Self { reader: Acceptor::default(), bytes: Vec::new() }
    }

    /// Takes what has come. `Some` with the name that the client greets, or `None` if it has not said
    /// it yet.
    pub(super) fn hear(&mut self, mut came: &[u8]) -> Result<Option<String>, &'static str> {
        self.bytes.extend_from_slice(came);
        if self.bytes.len() > LONGEST {
            return Err("the TLS greeting is too long");
        }
        while !came.is_empty() {
            let read = self.reader.read_tls(&mut came.by_ref());
            if !matches!(read, Ok(1..)) {
                return Err("what came is not TLS");
            }
            match self.reader.accept() {
                Ok(None) => {}
                Ok(Some(accepted)) => {
                    let name = accepted.client_hello().server_name().map(str::to_ascii_lowercase);
                    return name.map(Some).ok_or("the TLS greeting names nobody");
                }
                Err(_) => return Err("what came is not a TLS greeting"),
            }
        }
        Ok(None)
    }

    /// All that has come.
    pub(super) fn bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests;
