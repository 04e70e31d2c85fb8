//! One line of a manifest's `egress`: a host and a port.

use std::{fmt, net::IpAddr, str::FromStr};

/// A place that a connector may reach.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    host: String,
    port: u16,
    plain: bool,
}

/// Why a text is no entry. Reads as a sentence for who writes a manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEntry {
    /// There is no `:port`, or it is not one.
    #[error("write it as host:port, with a port from 1 to 65535")]
    Port,
    /// An address instead of a name.
    #[error("an address is not allowed: write the institution's name")]
    Address,
    /// Not a name that can be looked up.
    #[error("the host is not a name: letters, digits, hyphens and dots only, no wildcards")]
    Name,
}

impl Entry {
    /// The name, in small letters, without a dot at the end.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
    /// Whether it is reached by HTTP without TLS.
    #[must_use]
    pub fn plain(&self) -> bool {
        self.plain
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.plain { "http://" } else { "" };
        write!(f, "{scheme}{}:{}", self.host, self.port)
    }
}

impl FromStr for Entry {
    type Err = NotAnEntry;

    fn from_str(text: &str) -> Result<Self, NotAnEntry> {
        let plain = text.strip_prefix("http://");
        let (host, port) = plain.unwrap_or(text).rsplit_once(':').ok_or(NotAnEntry::Port)?;
        let (host, port) = pair(host, port)?;
        Ok(Self { host, port, plain: plain.is_some() })
    }
}

/// A host and a port as a manifest or a client writes them, in the one form that is compared.
pub(super) fn pair(host: &str, port: &str) -> Result<(String, u16), NotAnEntry> {
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let port =
        port.parse::<u16>().ok().filter(|port| digits && *port != 0).ok_or(NotAnEntry::Port)?;
    if host.starts_with('[') || host.contains(':') || host.parse::<IpAddr>().is_ok() {
        return Err(NotAnEntry::Address);
    }
    let bare = host.strip_suffix('.').unwrap_or(host);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if bare.len() > 253 || !bare.split('.').all(label) {
        return Err(NotAnEntry::Name);
    }
    // `127.1`, `0x7f000001` and `2130706433` are addresses to the system's resolver: a name whose last
    // label is a number, as WHATWG's URL standard says, "ends in a number".
    let last = bare.rsplit('.').next().unwrap_or(bare);
    let number = last.bytes().all(|byte| byte.is_ascii_digit())
        || last
            .strip_prefix("0x")
            .or(last.strip_prefix("0X"))
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if number {
        return Err(NotAnEntry::Address);
    }
    Ok((bare.to_ascii_lowercase(), port))
}

#[cfg(test)]
mod tests;
