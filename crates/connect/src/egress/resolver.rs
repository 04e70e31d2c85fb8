//! From a name to addresses that may be connected to.

use super::Rules;
use domain::address::private;
use std::{io, net::SocketAddr};

/// What a test says that names mean.
#[cfg(test)]
pub(super) type Script = Box<dyn Fn(&str) -> Vec<SocketAddr> + Send + Sync>;

/// Who knows the addresses of names.
pub(super) enum Resolver {
    /// The machine's own.
    System,
    /// A test.
    #[cfg(test)]
    Scripted(Script),
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Resolver")
    }
}

/// How many addresses of one name are tried.
const MOST: usize = 8;

impl Resolver {
    /// The addresses of `host` that may be connected to, or why there is none. They are looked up and
    /// checked for every connection, and the connection goes to what was checked: a name that means
    /// something else a moment later gains nothing.
    pub(super) async fn resolve(
        &self,
        rules: &Rules,
        host: &str,
        port: u16,
    ) -> Result<Vec<SocketAddr>, &'static str> {
        if let Some(address) = rules.hosts.get(&format!("{host}:{port}")) {
            return Ok(vec![*address]);
        }
        let found = self.look_up(host, port).await.map_err(|_| "the name cannot be resolved")?;
        let mut why = "the name has no address";
        let public = |address: &SocketAddr| {
            let inside = private(address.ip()).is_some();
            if inside {
                why = "the name resolves to an address that is not public";
            }
            !inside
        };
        let kept: Vec<_> = found.into_iter().filter(public).take(MOST).collect();
        if kept.is_empty() { Err(why) } else { Ok(kept) }
    }

    async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        match self {
            // The dot keeps the machine's search list out: `bank.example` is not
            // `bank.example.intranet`.
            Self::System => {
                let whole = format!("{host}.");
                Ok(tokio::net::lookup_host((whole.as_str(), port)).await?.collect())
            }
            #[cfg(test)]
            Self::Scripted(known) => Ok(known(host)),
        }
    }
}
