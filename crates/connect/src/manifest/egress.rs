//! Where a connector may go.

use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr, str::FromStr};

/// One destination: `toybank.example:443` with TLS, `http://toybank.example:80` without.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Egress {
    /// A name in lower case; never an address.
    pub host: String,
    /// 1 to 65535.
    pub port: u16,
    /// Plain HTTP.
    pub plain: bool,
}

/// Text that is no destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEgress {
    /// No port, or none that exists.
    #[error("“host:port”, for plain HTTP “http://host:port”")]
    Form,
    /// An IP address, whose owner nobody can know.
    #[error("a name, not an address")]
    Address,
    /// Not the name of a host.
    #[error("the whole name of a host in lower case, without wildcards")]
    Name,
}

impl FromStr for Egress {
    type Err = BadEgress;
    fn from_str(text: &str) -> Result<Self, BadEgress> {
        let (rest, plain) = match text.strip_prefix("http://") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let bare = rest.trim_start_matches('[').split(']').next().unwrap_or_default();
        if rest.parse::<IpAddr>().is_ok() || bare.parse::<IpAddr>().is_ok() {
            return Err(BadEgress::Address);
        }
        let (host, port) = rest.rsplit_once(':').ok_or(BadEgress::Form)?;
        let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|&port: &u16| port > 0 && digits);
        let port = port.ok_or(BadEgress::Form)?;
        if is_address(host) {
            return Err(BadEgress::Address);
        }
        if !is_host(host) {
            return Err(BadEgress::Name);
        }
        Ok(Self { host: host.into(), port, plain })
    }
}

/// Also in the forms that only old resolvers read: `127.1`, `0x7f000001`, `2130706433`.
fn is_address(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    let number = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    host.parse::<IpAddr>().is_ok() || hex || number
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    host.len() <= 253 && host.contains('.') && host.split('.').all(label)
}

impl fmt::Display for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.plain { "http://" } else { "" };
        write!(f, "{scheme}{}:{}", self.host, self.port)
    }
}
impl From<Egress> for String {
    fn from(egress: Egress) -> Self {
        egress.to_string()
    }
}
impl TryFrom<String> for Egress {
    type Error = BadEgress;
    fn try_from(text: String) -> Result<Self, BadEgress> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_destination_is_a_whole_name_and_a_port() {
        let read = |text: &str| text.parse::<Egress>();
        let egress = |host: &str, port, plain| Ok(Egress { host: host.into(), port, plain });
        assert_eq!(read("toybank.example:443"), egress("toybank.example", 443, false));
        assert_eq!(read("http://a-1.b.example:80"), egress("a-1.b.example", 80, true));
        for text in [
            "",
            "toybank.example",
            "toybank.example:",
            "toybank.example:0",
            "toybank.example:65536",
            "toybank.example:+1",
            "toybank.example:44 3",
        ] {
            assert_eq!(read(text), Err(BadEgress::Form), "{text}");
        }
        for text in [
            "127.0.0.1:443",
            "[::1]:443",
            "::1",
            "10.1:80",
            "0x7f000001:80",
            "2130706433:80",
            "http://1.2.3.4:80",
            "1.2.3.0x4:1",
        ] {
            assert_eq!(read(text), Err(BadEgress::Address), "{text}");
        }
        for text in [
            "*.example:443",
            "localhost:443",
            "Toybank.example:443",
            "-a.example:1",
            "a..example:1",
            ".example:1",
            "a.example.:1",
            "https://a.example:443",
            "a.example/x:1",
            "a@b.example:1",
            "münze.example:1",
        ] {
            assert_eq!(read(text), Err(BadEgress::Name), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "(http://)?[a-z0-9.:-]{0,30}") {
            if let Ok(egress) = text.parse::<Egress>() {
                prop_assert_eq!(egress.to_string().parse(), Ok(egress));
            }
        }
    }
}
