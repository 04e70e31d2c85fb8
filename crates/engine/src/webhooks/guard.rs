//! Keeps webhooks out of the operator's own network: a tenant chooses the URL, so without this any
//! tenant could make Vinculo post to a metadata service or a neighbour's admin port.
//!
//! In two layers: the host is looked at when an endpoint is configured and before each request, and
//! the resolved addresses when a connection is made. The second is what holds, since a name may
//! resolve to something else every time; the first tells the tenant early, and covers literal
//! addresses, which never reach a resolver.

use domain::address::private;
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};
use std::net::SocketAddr;
use url::Host;

/// The longest URL an endpoint may have, in bytes.
pub const LONGEST_URL: usize = 2048;

/// Where webhooks may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Also to this machine and its neighbours: `vinculo dev`.
    Anywhere,
    /// Only to addresses that the whole internet can reach.
    Public,
}

/// An address that webhooks may not go to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host} is not a public address ({why})")]
pub struct Forbidden {
    /// The name or address.
    pub host: String,
    /// What kind of place it is.
    pub why: &'static str,
}

/// Why a text cannot be an endpoint's URL. Reads as a sentence for the tenant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEndpoint {
    /// Not a URL at all, or one without a host.
    #[error("Enter a valid URL.")]
    NotAUrl,
    /// Longer than [`LONGEST_URL`].
    #[error("Ensure this field has no more than {LONGEST_URL} characters.")]
    TooLong,
    /// Neither http nor https.
    #[error("Enter a URL that starts with http:// or https://.")]
    Scheme,
    /// A user name or password, which would show up in every list of endpoints.
    #[error("Put credentials into `authorization`, not into the URL.")]
    Credentials,
    /// A place inside the operator's network.
    #[error("Enter a URL that can be reached from the internet: {0}.")]
    Forbidden(#[from] Forbidden),
}

impl Reach {
    /// Whether the host as written may be posted to. Names pass here unless they say themselves
    /// that they are local; what they resolve to is looked at when a connection is made.
    pub fn allows(self, url: &Url) -> Result<(), Forbidden> {
        if self == Self::Anywhere {
            return Ok(());
        }
        let (host, why) = match url.host() {
            Some(Host::Ipv4(address)) => (address.to_string(), private(address.into())),
            Some(Host::Ipv6(address)) => (address.to_string(), private(address.into())),
            Some(Host::Domain(name)) => {
                let bare = name.strip_suffix('.').unwrap_or(name);
                let local = bare == "localhost" || bare.ends_with(".localhost");
                (name.to_owned(), local.then_some("loopback"))
            }
            None => (String::new(), Some("no host")),
        };
        why.map_or(Ok(()), |why| Err(Forbidden { host, why }))
    }

    /// Reads what a tenant gives as an endpoint's URL.
    pub fn endpoint(self, text: &str) -> Result<Url, NotAnEndpoint> {
        if text.len() > LONGEST_URL {
            return Err(NotAnEndpoint::TooLong);
        }
        let url = Url::parse(text).map_err(|_| NotAnEndpoint::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotAnEndpoint::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAnEndpoint::Credentials);
        }
        self.allows(&url)?;
        Ok(url)
    }

    /// Of what a name resolved to, the addresses that may be connected to.
    fn keep(self, host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Forbidden> {
        if self == Self::Anywhere {
            return Ok(found);
        }
        let mut refused = None;
        let kept: Vec<_> = found
            .into_iter()
            .filter(|address| match private(address.ip()) {
                Some(why) => {
                    refused = Some(why);
                    false
                }
                None => true,
            })
            .collect();
        match refused {
            Some(why) if kept.is_empty() => Err(Forbidden { host: host.to_owned(), why }),
            _ => Ok(kept),
        }
    }
}

/// The system's resolver, with what may not be reached taken out.
#[derive(Debug, Clone, Copy)]
pub(super) struct GuardedResolver(pub(super) Reach);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let kept = reach.keep(name.as_str(), found)?;
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Which addresses are private is said, and tested, in `domain::address`.
    #[test]
    fn a_private_address_is_no_endpoint_in_either_notation() {
        for host in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[fd00:ec2::254]"] {
            let url = format!("http://{host}:81/");
            assert!(
                matches!(Reach::Public.endpoint(&url), Err(NotAnEndpoint::Forbidden(_))),
                "{url}"
            );
            assert!(Reach::Anywhere.endpoint(&url).is_ok(), "{url} is fine for a developer");
        }
    }

    #[test]
    fn disguises_of_local_hosts_are_seen_through() {
        for url in [
            "http://localhost/",
            "http://LOCALHOST:8080/x",
            "https://localhost./",
            "http://a.localhost/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://0/",
            "http://[::ffff:7f00:1]/",
            "http://[::ffff:169.254.169.254]/latest/meta-data/",
            "http://１２７.０.０.１/",
            "http://127.0.0.1。/",
        ] {
            assert!(
                matches!(Reach::Public.endpoint(url), Err(NotAnEndpoint::Forbidden(_))),
                "{url}"
            );
        }
    }

    #[test]
    fn what_is_no_endpoint_says_why() {
        let refused = |text: &str| Reach::Anywhere.endpoint(text).expect_err(text);
        assert_eq!(refused(""), NotAnEndpoint::NotAUrl);
        assert_eq!(refused("example.com/hook"), NotAnEndpoint::NotAUrl);
        assert_eq!(refused("https://"), NotAnEndpoint::NotAUrl);
        assert_eq!(refused("ftp://example.com"), NotAnEndpoint::Scheme);
        assert_eq!(refused("file:///etc/passwd"), NotAnEndpoint::Scheme);
        assert_eq!(refused("https://user@example.com"), NotAnEndpoint::Credentials);
        assert_eq!(refused("https://:pass@example.com"), NotAnEndpoint::Credentials);
        let long = format!("https://example.com/{}", "x".repeat(LONGEST_URL));
        assert_eq!(refused(&long), NotAnEndpoint::TooLong);
        assert!(Reach::Public.endpoint("https://hooks.example.com:8443/a?b=c").is_ok());
    }

    #[test]
    fn a_name_may_be_used_as_long_as_one_of_its_addresses_may() {
        let at = |text: &str| text.parse::<SocketAddr>().expect("an address");
        let mixed = vec![at("10.0.0.1:0"), at("1.1.1.1:0"), at("[::1]:0")];
        assert_eq!(Reach::Public.keep("mixed", mixed), Ok(vec![at("1.1.1.1:0")]));
        let inside = Reach::Public.keep("inside", vec![at("10.0.0.1:0")]);
        assert_eq!(inside, Err(Forbidden { host: "inside".into(), why: "private" }));
        assert_eq!(Reach::Public.keep("nothing", vec![]), Ok(vec![]));
        assert_eq!(Reach::Anywhere.keep("x", vec![at("[::1]:0")]), Ok(vec![at("[::1]:0")]));
    }

    proptest! {
        /// Whatever is written, it is refused or understood; nothing panics.
        #[test]
        fn any_text_is_answered(text in ".{0,200}") {
            if let Ok(url) = Reach::Public.endpoint(&text) {
                prop_assert!(matches!(url.scheme(), "http" | "https"));
            }
        }
    }
}
